#include "inv_lab.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static void test_glob(void **state)
{
	static const struct {
		const char *glob, *text;
		bool fits;
		const char *wild[2];
	} t[] = {
		{"", "", true, {NULL, NULL}},
		{"", "a", false, {NULL, NULL}},
		{"*", "", true, {"", NULL}},
		{"*", "abc", true, {"abc", NULL}},
		{"a?c", "AbC", true, {NULL, NULL}},
		{"a?c", "ac", false, {NULL, NULL}},
		{"*b", "abb", true, {"ab", NULL}},
		{"a*b*c", "a1b2c", true, {"1", "2"}},
		{"a*b*c", "abbc", true, {"", "b"}},
		{"a*b*c", "abb", false, {NULL, NULL}},
		{"SSH-2.0-*_*", "SSH-2.0-OpenSSH_9.2", true, {"OpenSSH", "9.2"}},
		{"**", "x", true, {"", "x"}},
		{"*x", "yyy", false, {NULL, NULL}},
	};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(t); i++) {
		struct ward_str wild[WARD_INV_WILD];
		size_t n = 0;
		bool fits = ward_inv_glob(ward_str_z(t[i].glob), ward_str_z(t[i].text), wild, &n);

		if (fits != t[i].fits)
			fail_msg("%s on %s", t[i].glob, t[i].text);
		for (size_t k = 0; k < 2 && fits && t[i].wild[k]; k++)
			if (k >= n || !ward_str_eqz(wild[k], t[i].wild[k]))
				fail_msg("%s on %s: star %zu", t[i].glob, t[i].text, k);
	}
}

/* Each mistake is found, at its line. */
static void test_findings(void **state)
{
	static const struct {
		const char *text, *what;
	} t[] = {
		{"rule: []\n", "rule"},
		{"rules: {}\n", "another shape"},
		{"rules: [x]\n", "another shape"},
		{"rules:\n - {class: a, claims: []}\n", "id"},
		{"rules:\n - {id: a, claims: []}\n", "needs 'class'"},
		{"rules:\n - {id: a, class: b}\n", "needs 'class'"},
		{"rules:\n - {id: a, class: b, claims: [{model: x}]}\n", "confidence"},
		{"rules:\n - {id: a, class: b, claims: [{model: x, confidence: 101}]}\n",
			"confidence"},
		{"rules:\n - {id: a, class: b, claims: [{confidence: 5}]}\n", "says nothing"},
		{"rules:\n - {id: a, class: b, claims: [{model: x, vendor: y, confidence: 5}]}\n",
			"one attribute"},
		{"rules:\n - {id: a, class: b, claims: [{colour: x, confidence: 5}]}\n",
			"one attribute"},
		{"rules:\n - {id: a, class: b, claims: [{class: x.y, confidence: 5}]}\n",
			"no such class"},
		{"rules:\n - {id: a, class: b, claims: [{model: x, version: y, confidence: 5}]}\n",
			"only software"},
		{"rules:\n - {id: a, class: b, claims: [{model: '${x', confidence: 5}]}\n", "'}'"},
		{"rules:\n - {id: a, class: b, claims: [{model: '${}', confidence: 5}]}\n", "'}'"},
		{"rules:\n - {id: a, class: b, claims: [{model: '${5}', confidence: 5}]}\n",
			"wildcard"},
		{"rules:\n - {id: a, class: b, claims: [{model: '${x|t}', confidence: 5}]}\n",
			"no such table"},
		{"rules:\n - {id: a, class: b, tie: {mac: x, ip: y, proof: z}}\n", "proof"},
		{"rules:\n - {id: a, class: b, claims: []}\n - {id: a, class: b, claims: []}\n",
			"there already"},
		{"rules:\n - {id: a, class: b, when: {f: {}}, claims: []}\n", "text"},
		{"tables: {t: x}\n", "map"},
		{"tables: {t: {a: b}}\n---\ntables: {t: {a: b}}\n", "there already"},
		{"placement: [{kind: x, confidence: 5, half_life: 1ms}]\n", "half life"},
		{"mobile: [nothing]\n", "no such class"},
		{"rules: [\n", "rules.yml"},
	};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(t); i++) {
		struct inv_lab l;
		struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 20);

		if (inv_lab_open(&l, t[i].text))
			fail_msg("no finding: %s", t[i].text);
		ward_diag_write_text(&l.hospital.d, &w);
		if (ward_str_find(ward_wr_text(&w), ward_str_z(t[i].what)) == SIZE_MAX)
			fail_msg("%s: %.*s", t[i].text, WARD_STR_ARG(ward_wr_text(&w)));
		ward_wr_fini(&w);
		inv_lab_close(&l);
	}
}

/* The rules that Ward brings are right. */
static void test_shipped(void **state)
{
	struct ward_limits lim;
	struct ward_names names;
	struct ward_diag d;
	struct ward_ontology *o = NULL;
	struct ward_inv_rules *r = NULL;
	const char *root = getenv("WARD_SOURCE_ROOT");
	char path[4096];

	(void)state;
	assert_non_null(root);
	ward_limits_default(&lim);
	ward_diag_init(&d, ward_mem_heap());
	assert_int_equal(ward_names_init(&names, ward_mem_heap(), &lim), WARD_OK);
	(void)snprintf(path, sizeof(path), "%s/content/ontology.yml", root);
	assert_int_equal(ward_ontology_load(path, &lim, ward_mem_heap(), &d, &o), WARD_OK);
	(void)snprintf(path, sizeof(path), "%s/content/inventory", root);
	assert_int_equal(ward_inv_rules_load(path, o, &names, &lim, &d, &r), WARD_OK);
	assert_int_equal(d.n_error, 0);
	assert_true(r->n_rule > 60);
	assert_non_null(ward_inv_kind(r, "wifi"));
	assert_true(ward_inv_mobile(r, ward_ontology_find(o, WARD_STR("device.medical.infusion"))));
	assert_false(ward_inv_mobile(r, ward_ontology_find(o, WARD_STR("device.medical.ct"))));
	for (size_t i = 0; i < r->n_rule; i++)
		assert_true(r->rule[i].why.len > 0);
	ward_inv_rules_free(r);
	assert_int_equal(ward_inv_rules_load("/nowhere", o, &names, &lim, &d, &r), WARD_ERR_IO);
	ward_ontology_free(o);
	ward_names_fini(&names);
	ward_diag_fini(&d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_glob),
		cmocka_unit_test(test_findings),
		cmocka_unit_test(test_shipped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
