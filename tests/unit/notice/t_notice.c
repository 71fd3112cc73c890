/* Signs, assessments and notes of the Turin pilot and of content as it is. */
#include "notice/notice.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { ARENA = 64 << 20, OUT = 1 << 20 };

static struct fix {
	struct ward_limits lim;
	struct ward_arena a;
	struct ward_diag d;
	struct ward_model *m;
	struct ward_lang *it;
	struct ward_notice_content c;
	struct ward_processing p;
	struct ward_proc_verdict v[WARD_NOTICE_THINGS];
	size_t n;
	ward_ns now;
	char content[4096], words[4200];
	struct ward_wr w;
	struct ward_notice x;
} f;

static int begin(void **state)
{
	char turin[4096];

	(void)state;
	(void)snprintf(f.content, sizeof(f.content), "%s/content", getenv("WARD_SOURCE_ROOT"));
	(void)snprintf(turin, sizeof(turin), "%s/pilots/turin", getenv("WARD_SOURCE_ROOT"));
	(void)snprintf(f.words, sizeof(f.words), "%s/words", f.content);
	ward_limits_default(&f.lim);
	ward_arena_init(&f.a, ward_mem_heap(), ARENA);
	ward_diag_init(&f.d, ward_mem_heap());
	f.w = ward_wr_grow(ward_mem_heap(), OUT);
	assert_int_equal(ward_time_parse(WARD_STR("2026-11-28T12:00:00Z"), &f.now), WARD_OK);
	assert_int_equal(
		ward_model_load(turin, f.content, &f.lim, ward_mem_heap(), &f.d, &f.m), WARD_OK);
	assert_int_equal(
		ward_lang_load(f.words, WARD_STR("it"), &f.lim, ward_mem_heap(), &f.d, &f.it),
		WARD_OK);
	const struct ward_processing_in in = {f.content, turin, f.m, &f.lim, &f.a, &f.d, f.now};

	assert_int_equal(ward_processing_load(&in, &f.p), WARD_OK);
	assert_int_equal(ward_notice_load(f.content, &f.lim, &f.a, &f.d, &f.c), WARD_OK);
	f.n = ward_processing_judge(&f.p, f.m, f.now, f.v, WARD_NOTICE_THINGS);
	return 0;
}

static int end(void **state)
{
	(void)state;
	ward_wr_fini(&f.w);
	ward_lang_free(f.it);
	ward_model_free(f.m);
	ward_diag_fini(&f.d);
	ward_arena_fini(&f.a);
	return 0;
}

/* As Markdown; what it is then is in f.x until the next. */
static enum ward_err make(enum ward_notice_kind kind, const char *of, struct ward_lang *lang,
	const struct ward_notice_assessed *was)
{
	const struct ward_notice_ask ask = {
		&f.c, &f.p, f.m, &f.lim, f.v, f.n, lang, f.now, ward_str_z(of), was};
	enum ward_err err = ward_notice_make(kind, &ask, &f.x);

	ward_wr_reset(&f.w);
	ward_doc_markdown(&f.x.doc, &f.w);
	return err;
}

static bool says(const char *part)
{
	return ward_str_find(ward_wr_text(&f.w), ward_str_z(part)) != SIZE_MAX;
}

static void test_content(void **state)
{
	size_t before = f.d.n_error;

	(void)state;
	ward_notice_check(&f.c, &f.d);
	assert_int_equal(f.d.n_error, before);
	assert_ptr_equal(ward_notice_about(&f.c, WARD_STR("video.tamper.black")),
		ward_notice_note(&f.c, WARD_STR("tamper")));
	assert_null(ward_notice_about(&f.c, WARD_STR("video.tampered")));
	assert_null(ward_notice_about(&f.c, WARD_STR("dns.query")));
}

/* An analytic that has no note, and a note about what nothing computes, are found. */
static void test_check(void **state)
{
	static struct ward_notice_content c;
	struct ward_diag d;

	(void)state;
	ward_diag_init(&d, ward_mem_heap());
	c = f.c;
	c.note[0].of[0] = WARD_STR("video.faces");
	ward_notice_check(&c, &d);
	assert_int_equal(d.n_error, 2); /* of what is no more, and what has none */
	ward_diag_fini(&d);
}

static void test_files(void **state)
{
	static const char *const bad[] = {"notes: [{id: a, name: n, does: d, wrong: w}]",
		("notes: [{id: a, name: n, does: d, wrong: w, of: [clips], cannot: [c], measured: "
		 "[{what: w, by: b}]}]"),
		"signs: [{country: FR, law: l, mark: confirmed, authority: a, from: air, line: x}]",
		"signs: [{country: FR, law: l, mark: confirmed, authority: a, from: permit}]",
		"notice: []"};
	static struct ward_notice_content c;
	struct ward_diag d;

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(bad); i++) {
		ward_diag_init(&d, ward_mem_heap());
		c.n_note = c.n_sign = 0;
		assert_int_equal(ward_notice_read(WARD_STR("f"), ward_str_bytes(ward_str_z(bad[i])),
					 &f.lim, &f.a, &d, &c),
			WARD_ERR_CONFIG);
		assert_true(d.n_error > 0);
		ward_diag_fini(&d);
	}
}

static void test_sign(void **state)
{
	(void)state;
	assert_int_equal(make(WARD_NOTICE_SIGN, "camera-au-corridor-staff", NULL, NULL), WARD_OK);
	assert_true(says("# Video surveillance") && says("Staff corridor AU"));
	assert_true(says("Kept for at most: 24 hours") && says("agreement of 2 March 2026"));
	assert_false(says("Catheterisation"));
	assert_int_equal(f.x.n_gap, 0);
	ward_notice_fini(&f.x);
	/* all of a floor; in Italian its own words are missing but not the law's */
	assert_int_equal(make(WARD_NOTICE_SIGN, "a2", f.it, NULL), WARD_OK);
	assert_true(says("Catheterisation corridor A2") && says("Area videosorvegliata") &&
		    says("Ispettorato del lavoro"));
	assert_false(says("Staff corridor AU"));
	ward_notice_fini(&f.x);
	assert_int_equal(make(WARD_NOTICE_SIGN, "b4", NULL, NULL), WARD_ERR_NOT_FOUND);
	ward_notice_fini(&f.x);
	assert_int_equal(make(WARD_NOTICE_TEXT, "", f.it, NULL), WARD_OK);
	assert_true(says("Garante per la protezione dei dati personali"));
	ward_notice_fini(&f.x);
}

/* What the register does not say is missing, and said to be. */
static void test_gaps(void **state)
{
	static struct ward_processing was;

	(void)state;
	was = f.p;
	f.p.controller = f.p.officer = WARD_STR("");
	assert_int_equal(make(WARD_NOTICE_SIGN, "", NULL, NULL), WARD_OK);
	assert_true(says("Controller: \\[missing\\]"));
	assert_int_equal(f.x.n_gap, 2);
	ward_notice_fini(&f.x);
	f.p = was;
}

static void test_dpia(void **state)
{
	struct ward_notice_assessed said = {.at = WARD_NS_NEVER};
	ward_ns kept = f.v[0].kept;

	(void)state;
	assert_int_equal(make(WARD_NOTICE_DPIA, "", NULL, &said), WARD_OK);
	assert_true(f.x.open && f.x.n_gap > 0 && says("Nobody has assessed this yet."));
	assert_true(says("GDPR 6\\(1\\)\\(e\\)") || says("GDPR 6(1)(e)"));
	said = (struct ward_notice_assessed){.at = f.now,
		.role = WARD_STR("data-protection-officer"),
		.text = WARD_STR("low"),
		.n_kept = f.x.n_kept};
	memcpy(said.digest, f.x.digest, sizeof(said.digest));
	for (size_t i = 0; i < f.x.n_kept; i++)
		said.kept[i] = ward_arena_str(&f.a, f.x.kept[i]);
	ward_notice_fini(&f.x);
	/* in another language it rests on the same */
	assert_int_equal(make(WARD_NOTICE_DPIA, "", f.it, &said), WARD_OK);
	assert_false(f.x.open);
	assert_int_equal(f.x.n_gap, 0);
	ward_notice_fini(&f.x);
	/* kept for longer: open again, and it says what moved */
	f.v[0].kept = 2 * kept;
	f.n--;
	assert_int_equal(make(WARD_NOTICE_DPIA, "", NULL, &said), WARD_OK);
	assert_true(f.x.open && f.x.n_moved == 2 && says("It is open again"));
	assert_true(says("gone: "));
	ward_notice_fini(&f.x);
	f.v[0].kept = kept;
	f.n++;
}

static void test_ethics(void **state)
{
	struct ward_json j;

	(void)state;
	assert_int_equal(make(WARD_NOTICE_ETHICS, "fall", NULL, NULL), WARD_OK);
	assert_true(says("3/3; 2/2") && says("not measured") && says("make bench"));
	ward_wr_reset(&f.w);
	j = ward_json_on(&f.w);
	ward_json_obj(&j);
	ward_notice_json(&f.x, &j);
	ward_json_obj_end(&j);
	assert_true(says("\"kind\":\"ethics\"") && says("\"is\":\"row\""));
	ward_notice_fini(&f.x);
	assert_int_equal(make(WARD_NOTICE_ETHICS, "mood", NULL, NULL), WARD_ERR_NOT_FOUND);
	ward_notice_fini(&f.x);
}

/* The record has each thing with its processor, and each processor with its contract (GDPR 28, 30).
 */
static void test_register(void **state)
{
	(void)state;
	assert_int_equal(make(WARD_NOTICE_REGISTER, "", f.it, NULL), WARD_OK);
	assert_true(says("Registro dei trattamenti"));
	assert_true(says("**Porte Sicure S\\.r\\.l.**"));
	assert_true(says("| Contratto | contract 118/2026 (Porte Sicure S\\.r\\.l\\.), dal"));
	assert_true(says("Hosting Nord S"));
	assert_true(says("| Avvisa di una violazione entro | 24 ore |"));
	/* who is told of incidents, which no source is */
	assert_true(says("| Finalità | Avvisare di un incidente chi deve agire. |"));
	assert_true(
		says("| Di recipients\\.yml | security, engineers, it, crisis, plant, network"));
	assert_int_equal(f.x.n_gap, 0);
	ward_notice_fini(&f.x);
	f.now += (ward_ns)3 * 366 * 86400 * WARD_NS_PER_S; /* the contract is over */
	f.n = ward_processing_judge(&f.p, f.m, f.now, f.v, WARD_NOTICE_THINGS);
	assert_int_equal(make(WARD_NOTICE_REGISTER, "", NULL, NULL), WARD_OK);
	assert_int_equal(f.x.n_gap, 1);
	assert_true(ward_str_eqz(f.x.gap[0], "Porte Sicure S.r.l.: no contract in force"));
	ward_notice_fini(&f.x);
}

static void test_works(void **state)
{
	(void)state;
	assert_int_equal(make(WARD_NOTICE_WORKS, "", NULL, NULL), WARD_OK);
	assert_true(says("recognising faces"));
	assert_true(says("What does not run"));
	assert_true(says("agreement of 2 March 2026 (RSU of the hospital), 2"));
	ward_notice_fini(&f.x);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_content),
		cmocka_unit_test(test_check), cmocka_unit_test(test_files),
		cmocka_unit_test(test_sign), cmocka_unit_test(test_gaps),
		cmocka_unit_test(test_dpia), cmocka_unit_test(test_ethics),
		cmocka_unit_test(test_works), cmocka_unit_test(test_register)};

	return cmocka_run_group_tests(tests, begin, end);
}
