/* Attack steps, measures and facts as people write them: what each mistake is told as, and that no
 * failing allocation leaks or is swallowed. */
#include "../model/lab.h"
#include "paths/attack.h"
#include "paths/facts.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static const char good[] =
	"states:\n"
	"  - {id: at, text: 'is at {}'}\n"
	"  - {id: badge, of: attacker, text: has a badge}\n"
	"steps:\n"
	"  - {id: come, text: 'Comes to {to}', to: {class: room.outside}, gives: at, likelihood: "
	"1,\n"
	"     time: 0s, technique: physical}\n"
	"  - {id: steal, text: Steals a badge, from: {has: at, class: room, zone: public},\n"
	"     relation: self, gives: badge, likelihood: [0.1, 0.2], time: 1h, technique: "
	"physical,\n"
	"     skill: medium, cost: 3, noise: 0.5, seen: [device.reader, net]}\n"
	"  - {id: stop, text: 'Stops {to}', from: {has: at}, relation: contains,\n"
	"     to: {class: device.ahu, except: [device.reader]}, also: [{has: badge}],\n"
	"     threat: bms.command, likelihood: [0.5, 1], time: 5min, technique: T0855,\n"
	"     hindered: [bms.command]}\n"
	"measures:\n"
	"  - {id: lock, text: 'Lock {}', steps: [stop], class: device.ahu, degree: 0.5, cost: 2,\n"
	"     role: engineer, side: outage}\n";

static struct lab lab;

static int open_lab(void **state)
{
	(void)state;
	return lab_load(&lab, ward_mem_heap(), NULL, "more.yml", "") != WARD_OK;
}

static int close_lab(void **state)
{
	(void)state;
	lab_free(&lab);
	return 0;
}

static enum ward_err parse(
	const char *text, const struct ward_mem *mem, struct ward_diag *d, struct ward_attack **ret)
{
	struct ward_attack_text t = {WARD_STR("a.yml"), ward_str_bytes(ward_str_z(text))};

	return ward_attack_parse(&t, 1, lab.m, &lab.lim, mem, d, ret);
}

static void well_written(void **state)
{
	struct ward_attack *a = NULL;
	struct ward_diag d;

	(void)state;
	ward_diag_init(&d, ward_mem_heap());
	assert_int_equal(parse(good, ward_mem_heap(), &d, &a), WARD_OK);
	assert_int_equal(d.n, 0);
	assert_int_equal(a->n_state, 2);
	assert_int_equal(a->n_step, 3);
	const struct ward_attack_step *stop = &a->step[2];

	assert_true(ward_str_eqz(stop->id, "stop"));
	assert_int_equal(stop->lo_micro, 500000);
	assert_int_equal(stop->time, 300 * WARD_NS_PER_S);
	assert_int_equal(stop->n_need, 1);
	assert_int_equal(stop->need[0].of, WARD_ATTACK_SELF);
	assert_true(ward_attack_fits(&stop->to, lab.m, lab_node(&lab, "ahu-1")));
	assert_false(ward_attack_fits(&stop->to, lab.m, lab_node(&lab, "reader-1")));
	assert_true(ward_attack_fits(&a->step[1].from, lab.m, lab_node(&lab, "hall")));
	assert_false(ward_attack_fits(&a->step[1].from, lab.m, lab_node(&lab, "or-1")));
	assert_int_equal(a->measure[0].role, lab_node(&lab, "engineer"));
	ward_attack_free(a);
	ward_diag_fini(&d);
}

/* good with one piece replaced must give that finding, with a line. */
static void mistakes(void **state)
{
	static const struct {
		const char *old, *new, *what;
	} row[] = {
		{"gives: at,", "gives: att,", "no state 'att'"},
		{"gives: at,", "gives: at, threat: outage,", "neither or both"},
		{"gives: at,", "", "neither or both"},
		{"class: room.outside", "class: room.outsid", "no class 'room.outsid'"},
		{"relation: contains", "relation: contain", "no relation 'contain'"},
		{"relation: contains,", "", "no relation from one thing"},
		{"relation: self", "relation: self, direction: up", "no direction 'up'"},
		{"likelihood: [0.1, 0.2]", "likelihood: [0.3, 0.2]", "not a likelihood"},
		{"likelihood: [0.1, 0.2]", "likelihood: [a, b]", "not a likelihood"},
		{"likelihood: [0.1, 0.2],", "", "no likelihood"},
		{"zone: public", "zone: publick", "no kind of zone"},
		{"also: [{has: badge}]", "also: [{has: badge, of: to}]", "of: is not"},
		{"also: [{has: badge}]", "also: [badge]", "no list of needs"},
		{"threat: bms.command", "threat: bms.comand", "no threat 'bms.comand'"},
		{"skill: medium", "skill: expert", "no skill 'expert'"},
		{"steps: [stop]", "steps: [stopp]", "no step 'stopp'"},
		{"steps: [stop],", "", "no steps in measure"},
		{"side: outage", "side: out", "no threat 'out'"},
		{"id: steal", "id: come", "is there twice"},
		{"id: badge", "id: at", "is there twice"},
		{"measures:", "mesures:", "mesures"},
		{"technique: T0855", "technik: T0855", "technik"},
		{"from: {has: at}", "from: {has: badge}", "what the attacker has as such"},
		{"seen: [device.reader, net]",
			"seen: [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q]",
			"is no list of at most"},
	};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(row); i++) {
		struct ward_str text = ward_str_z(good);
		size_t at = ward_str_find(text, ward_str_z(row[i].old));
		struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 16);
		struct ward_attack *a = NULL;
		struct ward_diag d;
		bool told = false;

		assert_true(at != SIZE_MAX);
		ward_wr_str(&w, ward_str_sub(text, 0, at));
		ward_wr_z(&w, row[i].new);
		ward_wr_str(&w, ward_str_sub(text, at + strlen(row[i].old), text.len));
		ward_wr_u8(&w, 0);
		ward_diag_init(&d, ward_mem_heap());
		assert_int_equal(
			parse((const char *)w.p, ward_mem_heap(), &d, &a), WARD_ERR_CONFIG);
		assert_null(a);
		for (size_t k = 0; k < d.n; k++)
			told = told || (d.item[k].line > 0 && d.item[k].mend.len > 0 &&
					       ward_str_find(d.item[k].what,
						       ward_str_z(row[i].what)) != SIZE_MAX);
		if (!told)
			fail_msg("not told: %s", row[i].what);
		ward_diag_fini(&d);
		ward_wr_fini(&w);
	}
}

static const char *const csv[WARD_FACTS_N] = {
	"asset,cve\nahu-1,CVE-2024-0001\nahu-one,CVE-2024-0002\nahu-1,CVE-2024-0001\n"
	"ahu-2,CVE-2024-0003\nahu-2,CVE-2024-0004\n",
	"cveID,knownRansomwareCampaignUse,notes\nCVE-2024-0001,Known,x\nCVE-2024-0002,Unknown,\n",
	"#model_version:v2025.03.14,score_date:2026-01-01T00:00:00Z\ncve,epss,percentile\n"
	"CVE-2024-0003,0.100000000,0.9\nCVE-2024-0001,0.97,0.99\n",
	"from,to,service,allow\nn-bms,n-deep,bacnet,yes\n*,n-bms,*,yes\nn-deep,ahu-1,*,no\n"};

static enum ward_err facts(const char *const *text, const struct ward_mem *mem, struct ward_diag *d,
	struct ward_facts *ret)
{
	struct ward_slice file[WARD_FACTS_N] = {0};
	struct ward_str path[WARD_FACTS_N];

	for (unsigned i = 0; i < WARD_FACTS_N; i++) {
		path[i] = ward_str_z(ward_facts_name((enum ward_facts_file)i));
		if (text[i])
			file[i] = ward_str_bytes(ward_str_z(text[i]));
	}
	return ward_facts_read(file, path, lab.m, &lab.lim, mem, d, ret);
}

static void known_facts(void **state)
{
	struct ward_facts f;
	struct ward_diag d;
	size_t n;

	(void)state;
	ward_diag_init(&d, ward_mem_heap());
	assert_int_equal(facts(csv, ward_mem_heap(), &d, &f), WARD_OK);
	const struct ward_vuln *v = ward_facts_vulns(&f, lab_node(&lab, "ahu-1"), &n);

	assert_int_equal(n, 2); /* by id and by host name, the same twice counts once */
	assert_int_equal(v[0].lo_micro, 970000); /* the greater of EPSS and KEV */
	assert_true(v[0].kev && v[0].epss);
	assert_int_equal(v[1].lo_micro, 600000);
	assert_int_equal(v[1].hi_micro, 950000);
	v = ward_facts_vulns(&f, lab_node(&lab, "ahu-2"), &n);
	assert_int_equal(v[0].lo_micro, 100000);
	assert_in_range(v[0].hi_micro, 717560, 717600); /* 1 - 0.9^12 = 0.71757… */
	assert_int_equal(v[1].lo_micro, 20000);
	assert_true(f.policy);
	const struct ward_reach *r = ward_facts_reaching(&f, lab_node(&lab, "n-deep"), &n);

	assert_int_equal(n, 1);
	assert_int_equal(r[0].from, lab_node(&lab, "n-bms"));
	(void)ward_facts_reaching(&f, lab_node(&lab, "n-bms"), &n);
	assert_int_equal(n, 1);
	(void)ward_facts_reaching(&f, lab_node(&lab, "ahu-1"), &n);
	assert_int_equal(n, 0);
	ward_facts_fini(&f);
	ward_diag_fini(&d);
}

static void fact_mistakes(void **state)
{
	static const struct {
		enum ward_facts_file file;
		const char *text, *what;
	} row[] = {
		{WARD_FACTS_VULNERABILITIES, "asset,cve\nahu-9,CVE-2024-0001\n", "no 'ahu-9'"},
		{WARD_FACTS_VULNERABILITIES, "asset,cve\nahu-1,CVE-24-1\n", "no CVE number"},
		{WARD_FACTS_VULNERABILITIES, "asset,cvs\nahu-1,CVE-2024-0001\n", "no column"},
		{WARD_FACTS_KEV, "cve\nCVE-2024-0001\n", "no column"},
		{WARD_FACTS_EPSS, "cve,epss\nCVE-2024-0001,1.5\n", "no likelihood"},
		{WARD_FACTS_POLICY, "from,to,service,allow\nn-bms,n-deep,*,maybe\n",
			"neither yes nor no"},
		{WARD_FACTS_POLICY, "from,to,service,allow\nn-bm,n-deep,*,yes\n", "no 'n-bm'"},
		{WARD_FACTS_POLICY, "from,to\nn-bms\n", "cells"},
	};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(row); i++) {
		const char *text[WARD_FACTS_N] = {0};
		struct ward_facts f;
		struct ward_diag d;
		bool told = false;

		text[row[i].file] = row[i].text;
		ward_diag_init(&d, ward_mem_heap());
		assert_int_equal(facts(text, ward_mem_heap(), &d, &f), WARD_ERR_CONFIG);
		for (size_t k = 0; k < d.n; k++)
			told = told ||
			       ward_str_find(d.item[k].what, ward_str_z(row[i].what)) != SIZE_MAX;
		if (!told)
			fail_msg("not told: %s", row[i].what);
		ward_facts_fini(&f);
		ward_diag_fini(&d);
	}
}

static void no_memory(void **state)
{
	enum ward_err err = WARD_ERR_NOMEM;
	struct ward_mem_failing mem;
	struct ward_diag d;

	(void)state;
	ward_diag_init(&d, ward_mem_heap());
	for (uint64_t n = 1; err; n++) {
		struct ward_attack *a = NULL;

		ward_mem_failing_init(&mem, n);
		err = parse(good, &mem.mem, &d, &a);
		assert_true(err == WARD_OK || err == WARD_ERR_NOMEM);
		assert_true((a != NULL) == (err == WARD_OK));
		ward_attack_free(a);
	}
	err = WARD_ERR_NOMEM;
	for (uint64_t n = 1; err; n++) {
		struct ward_facts f;

		ward_mem_failing_init(&mem, n);
		err = facts(csv, &mem.mem, &d, &f);
		assert_true(err == WARD_OK || err == WARD_ERR_NOMEM);
		ward_facts_fini(&f);
	}
	ward_diag_fini(&d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(well_written),
		cmocka_unit_test(mistakes), cmocka_unit_test(known_facts),
		cmocka_unit_test(fact_mistakes), cmocka_unit_test(no_memory)};

	return cmocka_run_group_tests(tests, open_lab, close_lab);
}
