/* Answers and the numbers that templates make of them. */
#include "model/make/start.h"
#include "words/words.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

static const char questions[] = "questions:\n"
				"  - {id: n, ask: How many?, kind: number, max: 200, usual: 1}\n"
				"  - {id: country, ask: Which country?, kind: country, usual: IT}\n"
				"  - {id: timezone, ask: Which zone?, kind: timezone, usual: UTC}\n"
				"  - {id: language, ask: Which?, kind: language, usual: en}\n"
				"  - {id: login, ask: Who?, kind: id, usual: admin}\n"
				"templates: [a]\n";

static enum ward_err get(
	void *ctx, struct ward_str name, struct ward_str *ret_path, struct ward_slice *ret_text)
{
	*ret_path = name;
	*ret_text = ward_str_bytes(
		ward_str_z(ward_str_eqz(name, "a.yml") ? (const char *)ctx : questions));
	return WARD_OK;
}

static struct ward_start *open_start(
	const char *text, const struct ward_limits *lim, struct ward_diag *d)
{
	const struct ward_start_source from = {get, (void *)(uintptr_t)text};
	struct ward_start *s = NULL;

	ward_diag_init(d, ward_mem_heap());
	assert_int_equal(ward_start_parse(&from, lim, ward_mem_heap(), d, &s), WARD_OK);
	return s;
}

static enum ward_err answer(struct ward_start *s, const char *text, struct ward_diag *d)
{
	return ward_start_answers(s, WARD_STR("a"), ward_str_bytes(ward_str_z(text)), d);
}

/* p percent of a, rounded up, at least 1. */
static void part(void **state)
{
	static const struct {
		const char *answer, *is;
	} row[] = {{"n: 0", "1"}, {"n: 1", "1"}, {"n: 2", "1"}, {"n: 3", "2"}, {"n: 4", "2"},
		{"n: 5", "3"}, {"n: 199", "100"}};
	struct ward_limits lim;

	(void)state;
	ward_limits_default(&lim);
	for (size_t i = 0; i < WARD_ARRAY_LEN(row); i++) {
		struct ward_make_files made = {0};
		struct ward_diag d;
		struct ward_start *s = open_start("text: \"is $(part n 50)\"\n", &lim, &d);

		assert_int_equal(answer(s, row[i].answer, &d), WARD_OK);
		assert_int_equal(ward_start_make(s, NULL, &d, &made), WARD_OK);
		struct ward_str text = ward_str_trim(ward_wr_text(&made.file[0].text));

		assert_true(ward_str_starts(text, WARD_STR("is ")));
		if (!ward_str_eqz(ward_str_sub(text, 3, text.len), row[i].is))
			fail_msg("%s: %.*s", row[i].answer, WARD_STR_ARG(text));
		ward_make_files_fini(&made);
		ward_start_free(s);
		ward_diag_fini(&d);
	}
}

/* Names are said in the language, with their numbers; a translation that would end the value of the
 * file is none. */
static void said(void **state)
{
	static const char words[] =
		"language: it\nname: italiano\ndecimal: \",\"\ngroup: \".\"\ntexts:\n"
		"  \"Ward {m}\": \"Reparto {m}\"\n"
		"  \"Bad\": \"a \\\" b\"\n";
	static const struct {
		const char *template, *is;
	} row[] = {{"name $[Ward {m}].", "name Reparto 3."}, {"$[Bed {m}]", "Bed 3"},
		{"$[Bad]", NULL}, {"$[Ward {none}]", NULL}, {"$[open", "open"}};
	struct ward_lang *lang = NULL;
	struct ward_limits lim;
	struct ward_diag d;

	(void)state;
	ward_limits_default(&lim);
	ward_diag_init(&d, ward_mem_heap());
	assert_int_equal(ward_lang_read(ward_str_bytes(ward_str_z(words)), WARD_STR("it.yml"), &lim,
				 ward_mem_heap(), &d, &lang),
		WARD_OK);
	ward_diag_fini(&d);
	for (size_t i = 0; i < WARD_ARRAY_LEN(row); i++) {
		struct ward_make_files made = {0};
		char text[96];

		(void)snprintf(
			text, sizeof(text), "text: |\n  =m times n 1\n  %s\n", row[i].template);
		struct ward_start *s = open_start(text, &lim, &d);

		assert_int_equal(answer(s, "n: 3", &d), WARD_OK);
		assert_int_equal(
			ward_start_make(s, lang, &d, &made), row[i].is ? WARD_OK : WARD_ERR_CONFIG);
		if (row[i].is) {
			struct ward_str is = ward_str_trim(ward_wr_text(&made.file[0].text));

			if (!ward_str_eqz(is, row[i].is))
				fail_msg("%s: %.*s", row[i].template, WARD_STR_ARG(is));
		}
		ward_make_files_fini(&made);
		ward_start_free(s);
		ward_diag_fini(&d);
	}
	ward_lang_free(lang);
}

/* A country or zone that is not there is found at the answer. */
static void forms(void **state)
{
	static const struct {
		const char *text;
		enum ward_err err;
	} row[] = {{"country: FR", WARD_OK}, {"country: ZZ", WARD_ERR_CONFIG},
		{"country: it", WARD_ERR_CONFIG}, {"country: T I", WARD_ERR_CONFIG},
		{"country: ITA", WARD_ERR_CONFIG}, {"timezone: UTC", WARD_OK},
		{"timezone: Rome", WARD_ERR_CONFIG}, {"timezone: /etc/passwd", WARD_ERR_CONFIG},
		{"timezone: Europe/../x", WARD_ERR_CONFIG}, {"timezone: Europe/", WARD_ERR_CONFIG},
		{"language: nl", WARD_OK}, {"language: de", WARD_ERR_CONFIG},
		{"language: IT", WARD_ERR_CONFIG}, {"login: m-rossi", WARD_OK},
		{"login: m.rossi", WARD_ERR_CONFIG}, {"login: M Rossi", WARD_ERR_CONFIG},
		{"login: a-name-of-more-than-thirty-two-bytes", WARD_ERR_CONFIG}};
	struct ward_limits lim;
	struct ward_diag d;
	struct ward_start *s;

	(void)state;
	ward_limits_default(&lim);
	s = open_start("text: x\n", &lim, &d);
	for (size_t i = 0; i < WARD_ARRAY_LEN(row); i++) {
		size_t before = d.n;

		if (answer(s, row[i].text, &d) != row[i].err)
			fail_msg("%s", row[i].text);
		assert_int_equal(d.n, before + (row[i].err != WARD_OK));
		if (row[i].err)
			assert_int_equal(d.item[before].line, 1);
	}
	if (!getenv("TZDIR") && access("/usr/share/zoneinfo/zone.tab", R_OK) == 0) {
		assert_int_equal(answer(s, "timezone: Europe/Rome", &d), WARD_OK);
		assert_int_equal(answer(s, "timezone: Europe/Rom", &d), WARD_ERR_CONFIG);
		assert_int_equal(answer(s, "timezone: Europe", &d), WARD_ERR_CONFIG);
	}
	ward_start_free(s);
	ward_diag_fini(&d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(part), cmocka_unit_test(said), cmocka_unit_test(forms)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
