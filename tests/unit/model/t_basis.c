#include "lab.h"

#include <stdio.h>

#include "model/basis.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static const char facts[] = "on,key,as_of,by,ref,half_life,assumed\n"
			    "ahu-1,,2026-01-01,brick:x.ttl,urn:a,30d,\n"
			    "ahu-1,model,2026-01-01T12:00:00Z,facility management,,,true\n"
			    "reader-1,,2026-01-01,walk,,30d,\n"
			    "d-1,,2026-03-01,walk,,30d,true\n";

static ward_ns day(const char *s)
{
	ward_ns t = 0;

	assert_int_equal(ward_time_parse(ward_str_z(s), &t), WARD_OK);
	return t;
}

static void known(void **state)
{
	struct lab l;
	size_t n;

	(void)state;
	assert_int_equal(lab_load(&l, ward_mem_heap(), NULL, "facts.csv", facts), WARD_OK);
	const struct ward_basis *b = ward_model_basis(l.m, lab_node(&l, "ahu-1"), &n);

	assert_int_equal(n, 2);
	assert_true(ward_str_eqz(b[0].ref, "urn:a") && !b[0].assumed && !b[0].key.len);
	assert_true(b[0].as_of == day("2026-01-01T00:00:00Z"));
	assert_true(b[0].half_life == 30 * 24 * 3600 * WARD_NS_PER_S);
	assert_true(b[1].assumed && ward_str_eqz(b[1].key, "model"));
	(void)ward_model_basis(l.m, lab_node(&l, "surgery"), &n);
	assert_int_equal(n, 0);
	lab_free(&l);
}

/* A fact that doesn't say how long it is good is good for as long as the ontology says: of what
 * fits, what names the key, then the nearest class. */
static void usually_good(void **state)
{
	static const char lives[] = "classes:\n"
				    "  - {id: a, name: A}\n  - {id: a.b, name: B}\n"
				    "  - {id: a.b.c, name: C}\n  - {id: d, name: D}\n"
				    "half_lives:\n"
				    "  - {lasts: 8d}\n  - {class: a, lasts: 4d}\n"
				    "  - {class: a.b, lasts: 2d}\n  - {key: ip, lasts: 16d}\n"
				    "  - {key: ip, class: a.b, lasts: 1d}\n";
	static const struct {
		const char *class, *key;
		int64_t days;
	} known[] = {{"d", "", 8}, {"d", "room", 8}, {"a", "", 4}, {"a.b", "room", 2},
		{"a.b.c", "", 2}, {"a", "ip", 16}, {"d", "ip", 16}, {"a.b.c", "ip", 1}};
	static const char *const wrong[] = {"{class: e, lasts: 1d}", "{class: a}", "{lasts: 0s}",
		"{lasts: soon}", "{lasts: 1d, of: a}"};
	const struct ward_mem *mem = ward_mem_heap();
	struct ward_ontology *o;
	struct ward_limits lim;
	struct ward_diag d;
	char text[256];

	(void)state;
	ward_limits_default(&lim);
	ward_diag_init(&d, mem);
	assert_int_equal(ward_ontology_parse(WARD_STR("o.yml"), ward_str_bytes(ward_str_z(lives)),
				 &lim, mem, &d, &o),
		WARD_OK);
	for (size_t i = 0; i < WARD_ARRAY_LEN(known); i++)
		assert_int_equal(ward_ontology_half_life(o,
					 ward_ontology_find(o, ward_str_z(known[i].class)),
					 ward_str_z(known[i].key)),
			known[i].days * 24 * 3600 * WARD_NS_PER_S);
	ward_ontology_free(o);
	for (size_t i = 0; i < WARD_ARRAY_LEN(wrong); i++) {
		snprintf(text, sizeof(text), "classes: [{id: a, name: A}]\nhalf_lives:\n  - %s\n",
			wrong[i]);
		if (ward_ontology_parse(WARD_STR("o.yml"), ward_str_bytes(ward_str_z(text)), &lim,
			    mem, &d, &o) != WARD_ERR_CONFIG)
			fail_msg("taken: %s", wrong[i]);
		assert_int_equal(d.item[d.n - 1].line, 3);
	}
	ward_diag_fini(&d);
}

/* What a critical service requires is warned of, the rest noted; what is young is neither. */
static void ages(void **state)
{
	struct lab l;
	size_t n;

	(void)state;
	assert_int_equal(lab_load(&l, ward_mem_heap(), NULL, "facts.csv", facts), WARD_OK);
	n = l.d.n;
	ward_model_basis_check(l.m, day("2026-01-31T00:00:00Z"), &l.d);
	assert_int_equal(l.d.n, n + 1); /* exactly one half-life; only the assumed are counted */
	assert_true(ward_str_find(l.d.item[n].what, WARD_STR("2 facts are assumed")) == 0);
	ward_model_basis_check(l.m, day("2026-03-02T00:00:00Z"), &l.d);
	assert_int_equal(l.d.n, n + 4);
	assert_int_equal(l.d.item[n + 1].level, WARD_DIAG_WARNING);
	assert_true(ward_str_find(l.d.item[n + 1].what, WARD_STR("'ahu-1' is 60 days old")) !=
		    SIZE_MAX);
	assert_int_equal(l.d.item[n + 1].line, 2);
	assert_int_equal(l.d.item[n + 2].level, WARD_DIAG_NOTE);
	lab_free(&l);
}

static void mistakes(void **state)
{
	static const char *const row[] = {"nobody,,2026-01-01,x,,,\n", "ahu-1,,yesterday,x,,,\n",
		"ahu-1,,2026-01-01,,,,\n", "ahu-1,,2026-13-01,x,,,\n",
		"ahu-1,,2026-01-01,x,,soon,\n"};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(row); i++) {
		char text[256];
		struct lab l;
		int n = snprintf(
			text, sizeof(text), "on,key,as_of,by,ref,half_life,assumed\n%s", row[i]);

		assert_true(n > 0 && (size_t)n < sizeof(text));
		assert_int_equal(
			lab_load(&l, ward_mem_heap(), NULL, "facts.csv", text), WARD_ERR_CONFIG);
		assert_int_equal(l.d.n_error, 1);
		lab_free(&l);
	}
}

static void outage_times(void **state)
{
	struct lab l;

	(void)state;
	assert_int_equal(lab_load(&l, ward_mem_heap(), NULL, "assets.csv",
				 "id,name,class,recovery,mtpd,keys\n"
				 "p-a,A,device.ahu,4h,2h,serial:S-1\np-b,B,device.ahu,1h,2h,\n"),
		WARD_OK);
	assert_true(ward_model_node(l.m, lab_node(&l, "p-b"))->mtpd == 7200 * WARD_NS_PER_S);
	assert_int_equal(
		ward_model_by_key(l.m, WARD_KEY_SERIAL, WARD_STR("S-1")), lab_node(&l, "p-a"));
	size_t n = 0;

	for (size_t i = 0; i < l.d.n; i++)
		n += l.d.item[i].level == WARD_DIAG_WARNING &&
		     ward_str_find(l.d.item[i].what, WARD_STR("'p-a' takes longer")) == 0;
	assert_int_equal(n, 1);
	lab_free(&l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(known),
		cmocka_unit_test(usually_good),
		cmocka_unit_test(ages),
		cmocka_unit_test(mistakes),
		cmocka_unit_test(outage_times),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
