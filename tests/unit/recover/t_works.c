/* Works as people write them: which one counts, what each mistake is told as, and that no failing
 * allocation leaks or is swallowed. */
#include "../model/lab.h"
#include "recover/works.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static const char good[] =
	"teams:\n"
	"  - {id: it, name: IT, number: 2}\n"
	"  - {id: plant, name: Plant, number: 1}\n"
	"works:\n"
	"  - {id: any, text: Repair, lasts: 2h, team: plant}\n"
	"  - {id: begin, start: true, text: Start, lasts: 1h, team: plant}\n"
	"  - {id: begin-soft, start: true, class: software, text: Start, lasts: 5min, team: it}\n"
	"  - {id: device, class: device, text: Repair, lasts: 1h, team: plant}\n"
	"  - {id: ahu, class: device.ahu, text: Repair, lasts: 50min, team: plant}\n"
	"  - {id: bms, threats: [bms.*], class: device, text: Local, lasts: 10min, verify: 5min,\n"
	"     team: it}\n"
	"  - {id: cmd, threats: [bms.command], class: device, text: Local, lasts: 9min, team: it}\n"
	"  - {id: call, cause: true, class: service, text: Call, lasts: 3h, team: it}\n"
	"returns:\n"
	"  - {id: again, threats: [outage], class: device, lasts: 1min}\n"
	"  - {id: care, class: service, lasts: 0s}\n"
	"tolerable:\n"
	"  - {id: s, class: service, mtpd: 8h}\n"
	"  - {id: c, class: service.care, mtpd: 2h}\n";

static struct lab lab;

static int open_lab(void **state)
{
	(void)state;
	return lab_load(&lab, ward_mem_heap(), NULL, "more.yml",
		       "services: [{id: stated, name: S, class: service.care, rooms: [hall], mtpd: "
		       "20min, requires: [{of: [hall]}]}]\n") != WARD_OK;
}

static int close_lab(void **state)
{
	(void)state;
	lab_free(&lab);
	return 0;
}

static enum ward_err parse(
	const char *text, const struct ward_mem *mem, struct ward_diag *d, struct ward_works **ret)
{
	struct ward_content_text t = {WARD_STR("w.yml"), ward_str_bytes(ward_str_z(text))};

	return ward_works_parse(&t, 1, lab.m, &lab.lim, mem, d, ret);
}

static void which(void **state)
{
	static const struct {
		const char *node, *threat;
		bool cause;
		const char *id;
	} row[] = {
		{"hall", "outage", false, "any"},
		{"reader-1", "outage", false, "again"},
		{"reader-1", "outage", true, "device"},
		{"ahu-1", "outage", true, "ahu"},
		{"ahu-1", "bms.command", false, "cmd"},
		{"ahu-1", "bms.discovery", false, "bms"},
		{"surgery", "outage", false, "care"},
		{"surgery", "outage", true, "call"},
	};
	struct ward_works *w = NULL;
	struct ward_diag d;
	bool assumed;

	(void)state;
	ward_diag_init(&d, ward_mem_heap());
	assert_int_equal(parse(good, ward_mem_heap(), &d, &w), WARD_OK);
	assert_int_equal(d.n, 0);
	for (size_t i = 0; i < WARD_ARRAY_LEN(row); i++) {
		uint32_t t =
			ward_threats_find(ward_model_threats(lab.m), ward_str_z(row[i].threat));
		const struct ward_work *x =
			ward_works_find(w, lab_node(&lab, row[i].node), t, row[i].cause);

		if (!ward_str_eqz(x->id, row[i].id))
			fail_msg("%s %s: %.*s", row[i].node, row[i].threat, WARD_STR_ARG(x->id));
	}
	assert_true(ward_str_eqz(ward_works_start(w, lab_node(&lab, "ahu-1"))->id, "begin"));
	assert_int_equal(
		ward_works_mtpd(w, lab_node(&lab, "surgery"), &assumed), 7200 * WARD_NS_PER_S);
	assert_true(assumed);
	assert_int_equal(
		ward_works_mtpd(w, lab_node(&lab, "stated"), &assumed), 1200 * WARD_NS_PER_S);
	assert_false(assumed);
	ward_works_free(w);
	ward_diag_fini(&d);
}

/* The hospital's own count before others that fit as well; its teams take the place of others. */
static void own(void **state)
{
	static const char mine[] =
		"teams: [{id: plant, name: Ours, number: 5}, {id: shift, name: Shift, number: 1}]\n"
		"works: [{id: zzz, class: device.ahu, text: Repair, lasts: 7min, team: shift}]\n"
		"tolerable: [{id: zzz, class: service.care, mtpd: 3h}]\n";
	struct ward_content_text t[] = {{WARD_STR("w.yml"), ward_str_bytes(ward_str_z(good))},
		{WARD_STR("own.yml"), ward_str_bytes(ward_str_z(mine))}};
	struct ward_works *w = NULL;
	struct ward_diag d;
	bool assumed;

	(void)state;
	ward_diag_init(&d, ward_mem_heap());
	assert_int_equal(ward_works_parse(t, 2, lab.m, &lab.lim, ward_mem_heap(), &d, &w), WARD_OK);
	assert_int_equal(w->n_team, 3);
	assert_int_equal(w->team[1].number, 5);
	assert_true(ward_str_eqz(w->team[1].name, "Ours"));
	uint32_t outage = ward_threats_find(ward_model_threats(lab.m), WARD_STR("outage"));

	assert_int_equal(ward_works_find(w, lab_node(&lab, "ahu-1"), outage, true)->lasts,
		420 * WARD_NS_PER_S);
	assert_int_equal(
		ward_works_mtpd(w, lab_node(&lab, "surgery"), &assumed), 10800 * WARD_NS_PER_S);
	ward_works_free(w);
	ward_diag_fini(&d);
}

/* good with one piece replaced must give that finding, with a mend. */
static void mistakes(void **state)
{
	static const struct {
		const char *old, *new, *what;
	} row[] = {
		{"class: device.ahu", "class: device.ahuu", "no class 'device.ahuu'"},
		{"threats: [bms.*]", "threats: [bmss.*]", "no threat 'bmss.*'"},
		{"threats: [outage]", "threats: [outag]", "no threat 'outag'"},
		{"threats: [outage]", "threats: {a: b}", "no list of at most"},
		{"lasts: 2h, team: plant", "lasts: 2h, team: plan", "no team 'plan'"},
		{"lasts: 2h, team: plant", "lasts: 2h", "no team in"},
		{"lasts: 2h, ", "", "lasts"},
		{"lasts: 50min", "lasts: fifty", "lasts"},
		{"number: 2", "number: 0", "number"},
		{"id: plant, name", "id: it, name", "there twice"},
		{"id: cmd", "id: bms", "is there twice"},
		{"id: c, class", "id: s, class", "is there twice"},
		{"verify: 5min", "verifi: 5min", "verifi"},
		{"works:\n  - {id: any", "works:\n  - {id: any, class: device", "no work fits"},
		{"{id: begin, start: true", "{id: begin", "no start fits"},
		{"tolerable:", "tolerabel:", "tolerabel"},
		{"mtpd: 8h", "mtpd: -8h", "mtpd"},
		{"mtpd: 8h", "mtpd: 367d", "longer than a year"},
		{"class: device, lasts: 1min", "class: device, lasts: 1min, lacks: power", "power"},
		{"returns:\n", "returns: 5\nreturn:\n", "no list"},
		{"teams:\n", "teams:\n  - it\n", "not a map in"},
	};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(row); i++) {
		struct ward_str text = ward_str_z(good);
		size_t at = ward_str_find(text, ward_str_z(row[i].old));
		struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 16);
		struct ward_works *works = NULL;
		struct ward_diag d;
		bool told = false;

		assert_true(at != SIZE_MAX);
		ward_wr_str(&w, ward_str_sub(text, 0, at));
		ward_wr_z(&w, row[i].new);
		ward_wr_str(&w, ward_str_sub(text, at + strlen(row[i].old), text.len));
		ward_wr_u8(&w, 0);
		ward_diag_init(&d, ward_mem_heap());
		assert_int_equal(
			parse((const char *)w.p, ward_mem_heap(), &d, &works), WARD_ERR_CONFIG);
		assert_null(works);
		for (size_t k = 0; k < d.n; k++)
			told = told || (d.item[k].mend.len > 0 &&
					       ward_str_find(d.item[k].what,
						       ward_str_z(row[i].what)) != SIZE_MAX);
		if (!told)
			fail_msg("not told: %s", row[i].what);
		ward_diag_fini(&d);
		ward_wr_fini(&w);
	}
}

static void no_memory(void **state)
{
	(void)state;
	for (uint64_t n = 1;; n++) {
		struct ward_mem_failing f;
		struct ward_works *w = NULL;
		struct ward_diag d;

		ward_mem_failing_init(&f, n);
		ward_diag_init(&d, ward_mem_heap());
		enum ward_err err = parse(good, &f.mem, &d, &w);

		ward_works_free(w);
		ward_diag_fini(&d);
		if (!err)
			break;
		assert_int_equal(err, WARD_ERR_NOMEM);
		assert_true(n < 10000);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(which), cmocka_unit_test(own),
		cmocka_unit_test(mistakes), cmocka_unit_test(no_memory)};

	return cmocka_run_group_tests(tests, open_lab, close_lab);
}
