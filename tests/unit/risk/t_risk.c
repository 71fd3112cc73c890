/* One device's risk worked by hand; what must never raise it; what is said of devices; that no
 * order of files changes a byte; failing allocators. */
#include "lab.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static const char policy[] = "from,to,service,allow\nn-guest,n-med,*,yes\n";
static const char *const guard =
	"protections:\n"
	"  - {id: p, name: Allow-list, on: pump, against: malware.*, degree: 0.25, scope: host}\n";

static void say(struct risk_lab *l, const char *file, const char *text)
{
	assert_int_equal(ward_advices_read(&l->advices, ward_str_z(file),
				 ward_str_bytes(ward_str_z(text)), &l->d),
		WARD_OK);
}

static void devices(struct risk_lab *l, const char *text)
{
	assert_int_equal(ward_abouts_devices(&l->abouts, WARD_STR("d.csv"),
				 ward_str_bytes(ward_str_z(text)), &l->d),
		WARD_OK);
}

static void answers(struct risk_lab *l, const char *file, const char *text)
{
	assert_int_equal(ward_abouts_answers(&l->abouts, ward_str_z(file),
				 ward_str_bytes(ward_str_z(text)), &l->d),
		WARD_OK);
}

static void open_lab(struct risk_lab *l, const char *more, const char *allow)
{
	assert_int_equal(risk_lab_open(l, ward_mem_heap(), more, allow), WARD_OK);
}

static const struct ward_device_risk *find(struct risk_lab *l, const char *asset)
{
	assert_int_equal(risk_lab_find(l, ward_mem_heap()), WARD_OK);
	const struct ward_device_risk *d = risk_lab_of(l, asset);

	assert_non_null(d);
	return d;
}

static void is(struct ward_interval v, int64_t lo, int64_t hi)
{
	assert_int_equal(v.lo, lo);
	assert_int_equal(v.hi, hi);
}

/* docs/device-risk.md, step by step. */
static void worked_by_hand(void **state)
{
	struct risk_lab l;

	(void)state;
	open_lab(&l, guard, policy);
	say(&l, "l.csv",
		"cve,vendor,product,versions,cvss,fix\n"
		"CVE-2024-0001,Vitalia,Flow 3,<2.0,9.8,Install 2.0\n");
	say(&l, "kev.csv", "cveID,knownRansomwareCampaignUse\nCVE-2024-0001,Unknown\n");
	devices(&l, "asset,version\npump,1.4\n");
	const struct ward_device_risk *d = find(&l, "pump");

	is(d->factor[WARD_FACTOR_CRITICALITY], 900000, 900000);
	is(d->factor[WARD_FACTOR_EXPOSURE], 600000, 900000);
	is(d->factor[WARD_FACTOR_VULNERABILITY], 600000, 950000);
	is(d->factor[WARD_FACTOR_PROTECTION], 208780, 1000000);
	is(d->risk, 67644, 769500);
	assert_int_equal(l.r.device[0].asset, d->asset);
	const struct ward_treatment *t = &l.r.treatment[d->treatment];

	assert_int_equal(t->kind, WARD_TREAT_PATCH);
	assert_int_equal(t->n_cve, 1);
	is(t->after, 0, 162000); /* of what nobody told yet */
	assert_true(ward_str_eqz(t->text, "Install 2.0"));
	/* Its own network alone: others on it, and who comes to the bay. */
	for (uint32_t i = 0; i < d->n_treatment; i++)
		if (t[i].kind == WARD_TREAT_SEGMENT)
			is(t[i].after, 11274, 256500);
	/* The spare of the same make has it, too, if its version is below 2.0. */
	d = risk_lab_of(&l, "spare");
	is(d->factor[WARD_FACTOR_VULNERABILITY], 0, 950000);
	is(d->factor[WARD_FACTOR_CRITICALITY], 100000, 500000);
	risk_lab_close(&l);
}

static const struct ward_reason *reason(
	const struct risk_lab *l, const char *asset, enum ward_reason_kind kind)
{
	const struct ward_device_risk *d = risk_lab_of(l, asset);

	for (uint32_t i = 0; i < d->n_reason; i++)
		if (l->r.reason[d->reason + i].kind == kind)
			return &l->r.reason[d->reason + i];
	return NULL;
}

static void reads(const struct ward_reason *x, const char *text)
{
	char buf[256];
	struct ward_wr w = ward_wr_fixed(buf, sizeof(buf));

	assert_non_null(x);
	ward_reason_say(x, NULL, &w);
	if (!ward_str_eqz(ward_wr_text(&w), text))
		fail_msg("%.*s", WARD_STR_ARG(ward_wr_text(&w)));
}

/* That others, a buffer or a weight of nothing keep a service from losing care is told as such;
 * that nothing hangs on a device only where no relation leads from it to care. */
static void what_hangs_on_it(void **state)
{
	static const char services[] =
		"assets:\n"
		"  - {id: one, name: One, class: device.medical, room: bay}\n"
		"  - {id: two, name: Two, class: device.medical, room: bay}\n"
		"  - {id: three, name: Three, class: device.medical, room: bay}\n"
		"  - {id: lamp, name: Lamp, class: device.medical, room: bay}\n"
		"  - {id: late, name: Late, class: device.medical, room: bay}\n"
		"  - {id: feed, name: Feed, class: device.building.controller, room: bay}\n"
		"relations: [{from: feed, relation: powers, to: one}]\n"
		"services:\n"
		"  - {id: icu, name: ICU, class: service.care, rooms: [bay], weight: 3,\n"
		"     requires: [{need: 2, of: [one, two, three]}]}\n"
		"  - {id: slow, name: Slow, class: service.care, rooms: [bay], weight: 3,\n"
		"     requires: [{of: [late], buffer: 5h}]}\n"
		"  - {id: free, name: Free, class: service.care, rooms: [bay], weight: 0,\n"
		"     requires: [{of: [lamp]}]}\n";
	struct risk_lab l;

	(void)state;
	open_lab(&l, services, policy);
	assert_int_equal(risk_lab_find(&l, ward_mem_heap()), WARD_OK);
	reads(reason(&l, "one", WARD_REASON_SPARED),
		"ICU hangs on it, and stands while 2 of 3 work: without it 2 are left");
	reads(reason(&l, "late", WARD_REASON_LATER), "Slow falls by it, but only after 5 h");
	reads(reason(&l, "lamp", WARD_REASON_WEIGHTLESS),
		"Free falls by it, but is given no weight at that time");
	reads(reason(&l, "feed", WARD_REASON_HELD),
		"ICU hangs on it by the directory's relations, but does not fall when this alone "
		"fails");
	static const char *const held[] = {"one", "two", "three", "late", "lamp", "feed", "pump"};

	for (size_t i = 0; i < WARD_ARRAY_LEN(held); i++)
		assert_null(reason(&l, held[i], WARD_REASON_NO_CARE));
	assert_null(reason(&l, "pump", WARD_REASON_SPARED));
	reads(reason(&l, "spare", WARD_REASON_NO_CARE),
		"no relation of the directory leads from it to a care service");
	reads(reason(&l, "spare", WARD_REASON_OFF_NETWORK), "the directory has it on no network");
	assert_null(reason(&l, "feed", WARD_REASON_NOT_ALL));
	/* Where not all is looked at, that is told, and not that nothing hangs on it. */
	l.w.look = 1;
	assert_int_equal(risk_lab_find(&l, ward_mem_heap()), WARD_OK);
	reads(reason(&l, "feed", WARD_REASON_NOT_ALL),
		"more hangs on it than was looked at, the nearest first: 1");
	assert_null(reason(&l, "feed", WARD_REASON_NO_CARE));
	assert_null(reason(&l, "spare", WARD_REASON_NOT_ALL));
	risk_lab_close(&l);
}

static void what_is_said_of_devices(void **state)
{
	struct risk_lab l;

	(void)state;
	open_lab(&l, "", policy);
	devices(&l, "{\"kind\":\"asset\",\"asset\":\"spare\",\"peers\":40,\"services\":[{\"as\":"
		    "\"server\",\"service\":\"telnet\"},{\"as\":\"server\",\"service\":\"https\"},"
		    "{\"as\":\"client\",\"service\":\"ftp\"}],\"facts\":[{\"attribute\":"
		    "\"firmware\",\"value\":\"2.1\"}]}\n\n"
		    "{\"kind\":\"asset\",\"key\":\"02:00:00:00:00:01\",\"peers\":1}\n");
	uint32_t spare = ward_model_find(l.m, WARD_STR("spare"));
	const struct ward_about *a = &l.abouts.of[spare];

	assert_true(a->seen && ward_str_eqz(a->services, "telnet"));
	assert_true(ward_str_eqz(a->version, "2.1"));
	assert_int_equal(a->peers, 40);
	is(find(&l, "spare")->factor[WARD_FACTOR_EXPOSURE], 300000, 500000);
	devices(&l, "asset,internet\nspare,yes\n");
	is(find(&l, "spare")->factor[WARD_FACTOR_EXPOSURE], 900000, 1000000);

	struct ward_interval before = find(&l, "pump")->factor[WARD_FACTOR_PROTECTION];

	answers(&l, "m.yml",
		"- {vendor: Vitalia, product: Flow 3, answers: {MLDP-1: yes, SAHD-1: "
		"no, RMOT-1: no, MPII-1: yes}}\n");
	struct ward_interval after = find(&l, "pump")->factor[WARD_FACTOR_PROTECTION];

	assert_int_equal(after.hi, 700000);
	assert_true(after.lo > before.lo); /* it is no longer hoped that it is hardened */
	answers(&l, "m.csv", "asset,question,answer\npump,MLDP-2,No\npump,RMOT-2,Yes\n");
	assert_int_equal(find(&l, "pump")->factor[WARD_FACTOR_PROTECTION].hi, 1000000);
	is(find(&l, "pump")->factor[WARD_FACTOR_EXPOSURE], 600000, 900000);
	risk_lab_close(&l);
}

static void mistakes(void **state)
{
	static const struct {
		bool answers;
		const char *text, *what;
		uint32_t line;
	} row[] = {{false, "name\nx\n", "no column 'asset'", 1},
		{false, "asset\npumq\n", "no asset 'pumq'", 2},
		{false, "asset,internet\npump,often\n", "neither yes nor no", 2},
		{false, "{\"kind\":\"asset\",\"asset\":\"pump\"}\n", "no number of peers", 1},
		{false, "{\"kind\":\"asset\"}\n{\n", "", 2},
		{true, "asset,answer\npump,yes\n", "no column", 1},
		{true, "asset,question,answer\npump,MLDP,perhaps\n", "no answer", 2},
		{true, "asset,question,answer\n,MLDP,yes\n", "nothing says whose", 2}};
	struct risk_lab l;

	(void)state;
	open_lab(&l, "", policy);
	for (size_t i = 0; i < WARD_ARRAY_LEN(row); i++) {
		size_t before = l.d.n;
		struct ward_slice text = ward_str_bytes(ward_str_z(row[i].text));
		enum ward_err err =
			row[i].answers
				? ward_abouts_answers(&l.abouts, WARD_STR("m.csv"), text, &l.d)
				: ward_abouts_devices(&l.abouts, WARD_STR("d"), text, &l.d);

		assert_int_equal(err, WARD_ERR_CONFIG);
		assert_true(l.d.n > before);
		if (l.d.item[before].line != row[i].line ||
			!ward_str_starts(l.d.item[before].what, ward_str_z(row[i].what)))
			fail_msg("%zu: line %u: %.*s", i, l.d.item[before].line,
				WARD_STR_ARG(l.d.item[before].what));
	}
	risk_lab_close(&l);
}

static uint64_t rng = 7;

static uint32_t draw(uint32_t n)
{
	rng ^= rng << 13;
	rng ^= rng >> 7;
	rng ^= rng << 17;
	return (uint32_t)(rng % n);
}

/* Some statements on the pump, the same for the same seed. */
static void some(struct risk_lab *l, uint64_t seed)
{
	static const char *const range[] = {"", "<2.0", ">=1.5", "1.4", "what"};
	static const char *const status[] = {"affected", "under_investigation", "fixed"};
	char text[1024];
	int n = snprintf(text, sizeof(text), "cve,vendor,product,versions,cvss,status\n");

	rng = seed;
	for (uint32_t i = draw(5); i; i--)
		n += snprintf(text + n, sizeof(text) - (size_t)n,
			"CVE-2024-000%u,Vitalia,Flow 3,%s,%u.%u,%s\n", draw(4), range[draw(5)],
			draw(10), draw(10), status[draw(3)]);
	say(l, "l.csv", text);
	if (draw(2))
		say(l, "k.csv", "cveID\nCVE-2024-0001\n");
	if (draw(2))
		say(l, "e.csv", "cve,epss\nCVE-2024-0002,0.3\n");
	devices(l, draw(2) ? "asset,version\npump,1.4\n" : "asset\n");
}

static struct ward_interval with(uint64_t seed, const char *more, const char *vex)
{
	struct risk_lab l;

	open_lab(&l, more, policy);
	some(&l, seed);
	if (vex)
		say(&l, "vex.csv", vex);
	struct ward_interval v = find(&l, "pump")->risk;

	assert_true(0 <= v.lo && v.lo <= v.hi && v.hi <= 1000000);
	risk_lab_close(&l);
	return v;
}

static void protection_never_raises(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 60; seed++) {
		static const char *const against[] = {"malware.*", "outage", "medical.*"};
		char more[512];
		int n = snprintf(more, sizeof(more), "protections:\n");
		struct ward_interval last = with(seed, "", NULL), next;

		for (unsigned k = 0; k < 3; k++) {
			rng = seed * 3 + k;
			n += snprintf(more + n, sizeof(more) - (size_t)n,
				"  - {id: p%u, on: pump, against: %s, degree: 0.%u, scope: s%u}\n",
				k, against[draw(3)], 1 + draw(9), draw(2));
			next = with(seed, more, NULL);
			assert_true(next.lo <= last.lo && next.hi <= last.hi);
			last = next;
		}
	}
}

/* A statement that the pump is not affected adds nothing, and takes away what it speaks of. */
static void not_affected_never_counts(void **state)
{
	static const char vex[] = "cve,asset,status\nCVE-2024-0001,pump,not_affected\n";
	struct risk_lab l;

	(void)state;
	for (uint64_t seed = 1; seed <= 60; seed++) {
		open_lab(&l, "", policy);
		some(&l, seed);
		struct ward_interval last = find(&l, "pump")->factor[WARD_FACTOR_VULNERABILITY];
		bool silent = l.advices.n_advice == 0;

		say(&l, "vex.csv", vex);
		const struct ward_device_risk *d = find(&l, "pump");
		struct ward_interval next = d->factor[WARD_FACTOR_VULNERABILITY];

		assert_true(silent || (next.lo <= last.lo && next.hi <= last.hi));
		for (uint32_t i = 0; i < d->n_reason; i++) {
			const struct ward_reason *x = &l.r.reason[d->reason + i];

			assert_true(!ward_str_eqz(x->a, "CVE-2024-0001") ||
				    (x->kind == WARD_REASON_NOT_AFFECTED && !x->v.hi));
		}
		risk_lab_close(&l);
	}
	open_lab(&l, "", policy);
	say(&l, "vex.csv", vex);
	is(find(&l, "pump")->factor[WARD_FACTOR_VULNERABILITY], 0, 200000);
	risk_lab_close(&l);
}

/* A statement on "Flow 3 Pro" clears no "Flow 3"; of equal dates the better match counts, then the
 * worse word. */
static void only_its_own_name_clears(void **state)
{
	static const struct {
		const char *list;
		int64_t hi;
	} row[] = {
		{"CVE-1,Vitalia,Flow 3 Pro,,,not_affected\nCVE-1,Vitalia,Flow 3,,9.8,\n", 294400},
		{"CVE-1,Vitalia,Flow 3 Pro,,,fixed\nCVE-1,Vitalia,Flow 3,,9.8,\n", 294400},
		{"CVE-1,Vitalia,Flow,,9.8,\nCVE-1,Vitalia,3 Flow,,,not_affected\n", 200000},
		{"CVE-1,Vitalia,Flow 3,,9.8,\nCVE-1,Vitalia,Flow 3,,,fixed\n", 294400},
		{"CVE-1,Vitalia,Flow 3,,9.8,\nCVE-1,,,pump,,fixed\n", 200000},
		{"CVE-1,Vitalia,Flow,,9.8,\nCVE-1,Vitalia,Flow,,,not_affected\n", 294400},
	};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(row); i++) {
		struct risk_lab l;
		char text[256];

		open_lab(&l, "", policy);
		assert_true(snprintf(text, sizeof(text), "cve,vendor,product,asset,cvss,status\n%s",
				    row[i].list) < (int)sizeof(text));
		say(&l, "l.csv", text);
		struct ward_interval v = find(&l, "pump")->factor[WARD_FACTOR_VULNERABILITY];

		if (v.hi != row[i].hi)
			fail_msg("%zu: %lld", i, (long long)v.hi);
		risk_lab_close(&l);
	}
}

/* Vulnerabilities that one step helps against are counted together, whatever stands between; what
 * the others make is left. Ten thousand steps take no longer than to read them. */
static void steps_of_many(void **state)
{
	enum { ROWS = 10000 };
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 24);
	struct risk_lab l;
	size_t seen = 0;

	(void)state;
	open_lab(&l, "", policy);
	l.lim.v[WARD_LIMIT_CONF_NODES] = 1 << 20;
	ward_wr_z(&w, "cve,vendor,product,cvss,fix\n");
	for (int64_t i = 0; i < ROWS; i++) {
		ward_wr_z(&w, "CVE-");
		ward_wr_i64(&w, i);
		ward_wr_z(&w, ",Vitalia,Flow 3,0,Install ");
		ward_wr_i64(&w, i < 10 ? 0 : i);
		ward_wr_z(&w, "\n");
	}
	assert_int_equal(ward_advices_read(&l.advices, WARD_STR("l.csv"),
				 ward_str_bytes(ward_wr_text(&w)), &l.d),
		WARD_OK);
	const struct ward_device_risk *d = find(&l, "pump");

	for (uint32_t i = 0; i < d->n_treatment; i++) {
		const struct ward_treatment *t = &l.r.treatment[d->treatment + i];

		if (t->kind != WARD_TREAT_PATCH)
			continue;
		assert_int_equal(t->n_cve, ward_str_eqz(t->text, "Install 0") ? 10 : 1);
		seen++;
	}
	assert_int_equal(seen, ROWS - 9);
	risk_lab_close(&l);
	ward_wr_fini(&w);
}

/* An update ends what it helps against; a workaround at best three quarters. */
static void what_a_step_leaves(void **state)
{
	static const char list[] = "cve,vendor,product,cvss,fix\nCVE-1,Vitalia,Flow 3,10,Do A\n"
				   "CVE-2,Vitalia,Flow 3,5,Do B\nCVE-3,Vitalia,Flow 3,10,Do A\n";
	struct risk_lab l;
	size_t seen = 0;

	(void)state;
	open_lab(&l, "", policy);
	say(&l, "l.csv", list);
	say(&l, "e.csv", "cve,epss\nCVE-2,0.05\nCVE-1,0.1\nCVE-3,0.2\n");
	const struct ward_device_risk *d = find(&l, "pump");

	is(d->factor[WARD_FACTOR_VULNERABILITY], 200000, 989513);
	for (uint32_t i = 0; i < d->n_treatment; i++) {
		const struct ward_treatment *t = &l.r.treatment[d->treatment + i];

		seen += t->kind == WARD_TREAT_PATCH;
		if (!ward_str_eqz(t->text, "Do A"))
			continue;
		/* CVE-2 is left: 0.05 to 1 - 0.95^12 */
		assert_int_equal(t->n_cve, 2);
		assert_in_range(t->after.lo, d->risk.lo / 4 - 1, d->risk.lo / 4 + 1);
		assert_in_range(t->after.hi * 989513 / d->risk.hi, 459630, 459650);
	}
	assert_int_equal(seen, 2);
	risk_lab_close(&l);
}

static struct ward_wr written(bool backwards)
{
	static const char two[] =
		"cve,vendor,product,versions,cvss,fix\n"
		"CVE-2,Vitalia,Flow 3,<2,5,Do A\nCVE-1,Vitalia,Flow 3,,7.1,Do B\n";
	static const char *const file[] = {two, "cve,cpe,cvss\nCVE-1,cpe:/h:vitalia:flow_3:1.4,3\n",
		"cveID\nCVE-1\n",
		"cve,vendor,product,status\nCVE-2,Vitalia,Flow,under_investigation\n"};
	static const char *const name[] = {"a.csv", "b.csv", "c.csv", "d.csv"};
	struct ward_wr out = ward_wr_grow(ward_mem_heap(), 1 << 24);
	struct risk_lab l;

	open_lab(&l, guard, NULL);
	for (size_t i = 0; i < WARD_ARRAY_LEN(file); i++) {
		size_t k = backwards ? WARD_ARRAY_LEN(file) - 1 - i : i;

		say(&l, name[k], file[k]);
	}
	(void)find(&l, "pump");
	ward_risks_write_json(&l.r, &l.w, NULL, &out);
	ward_risks_write_csv(&l.r, &l.w, &out);
	ward_risks_write_text(&l.r, &l.w, SIZE_MAX, NULL, &out);
	assert_false(ward_wr_bad(&out));
	risk_lab_close(&l);
	return out;
}

static void no_order_changes_a_byte(void **state)
{
	struct ward_wr a = written(false), b = written(true);

	(void)state;
	assert_true(ward_str_eq(ward_wr_text(&a), ward_wr_text(&b)));
	ward_wr_fini(&a);
	ward_wr_fini(&b);
}

struct failing {
	struct ward_mem mem;
	size_t left;
};

static void *failing_resize(void *ctx, void *p, size_t len_old, size_t len_new)
{
	struct failing *f = ctx;
	const struct ward_mem *heap = ward_mem_heap();

	if (len_new > len_old && f->left-- == 0) {
		f->left = 0;
		return NULL;
	}
	return heap->resize(heap->ctx, p, len_old, len_new);
}

static void failing_allocators(void **state)
{
	(void)state;
	for (size_t k = 0;; k++) {
		struct failing f = {.left = k};
		struct risk_lab l;

		f.mem = (struct ward_mem){.resize = failing_resize, .ctx = &f};
		open_lab(&l, guard, policy);
		some(&l, 5);
		enum ward_err err = risk_lab_find(&l, &f.mem);

		risk_lab_close(&l);
		if (err == WARD_OK)
			return;
		assert_int_equal(err, WARD_ERR_NOMEM);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(worked_by_hand),
		cmocka_unit_test(what_hangs_on_it), cmocka_unit_test(what_is_said_of_devices),
		cmocka_unit_test(mistakes), cmocka_unit_test(protection_never_raises),
		cmocka_unit_test(not_affected_never_counts),
		cmocka_unit_test(only_its_own_name_clears), cmocka_unit_test(steps_of_many),
		cmocka_unit_test(what_a_step_leaves), cmocka_unit_test(no_order_changes_a_byte),
		cmocka_unit_test(failing_allocators)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
