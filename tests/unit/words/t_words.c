/* Languages: what is refused and where it says so, lookups, forms, numbers. */
#include "words/day.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#define T(name) cmocka_unit_test(name)
#define HEAD "language: it\nname: italiano\ndecimal: \",\"\ngroup: \".\"\n"

struct lab {
	struct ward_limits lim;
	struct ward_diag diag;
	struct ward_lang *l;
	char buf[512];
	struct ward_wr w;
};

static enum ward_err give(struct lab *l, const char *text)
{
	size_t len = strlen(text);
	uint8_t *exact = malloc(len ? len : 1);
	enum ward_err err;

	assert_non_null(exact);
	memcpy(exact, text, len);
	memset(l, 0, sizeof(*l));
	ward_limits_default(&l->lim);
	ward_diag_init(&l->diag, ward_mem_heap());
	l->w = ward_wr_fixed(l->buf, sizeof(l->buf));
	err = ward_lang_read((struct ward_slice){exact, len}, WARD_STR("it.yml"), &l->lim,
		ward_mem_heap(), &l->diag, &l->l);
	free(exact);
	return err;
}

static void done(struct lab *l)
{
	ward_lang_free(l->l);
	ward_diag_fini(&l->diag);
}

static void assert_text(struct lab *l, const char *want)
{
	assert_false(ward_wr_bad(&l->w));
	if (!ward_str_eqz(ward_wr_text(&l->w), want))
		fail_msg("'%.*s', not '%s'", (int)l->w.len, l->buf, want);
	ward_wr_reset(&l->w);
}

static void test_lookup(void **state)
{
	struct ward_counters counters;
	struct lab l;

	(void)state;
	assert_int_equal(give(&l, HEAD "texts:\n  \"now\": adesso\n"), WARD_OK);
	ward_counters_init(&counters);
	ward_lang_count_in(l.l, &counters);
	assert_true(ward_str_eqz(ward_lang_code(l.l), "it"));
	ward_say(&l.w, l.l, "now");
	assert_text(&l, "adesso");
	assert_int_equal(ward_lang_missing(l.l), 0);
	ward_say(&l.w, l.l, "later"); /* in English, and counted */
	assert_text(&l, "later");
	assert_int_equal(ward_lang_missing(l.l), 1);
	assert_int_equal(ward_counter_get(&counters, "words.missing"), 1);
	assert_int_equal(ward_lang_text(l.l, WARD_STR("")).len, 0);
	assert_int_equal(ward_lang_missing(l.l), 1); /* nothing lacks no translation */
	done(&l);
}

static void test_english_needs_no_file(void **state)
{
	char buf[64];
	struct ward_wr w = ward_wr_fixed(buf, sizeof(buf));

	(void)state;
	WARD_SAY(&w, NULL, "in {time}", {"time", WARD_STR("6 min")});
	ward_wr_ch(&w, ' ');
	ward_say_n(&w, NULL, 1, "{n} sign", "{n} signs");
	ward_wr_ch(&w, ' ');
	ward_say_n(&w, NULL, 4577, "{n} sign", "{n} signs");
	assert_true(ward_str_eqz(ward_wr_text(&w), "in 6 min 1 sign 4,577 signs"));
	assert_true(ward_str_eqz(ward_lang_code(NULL), "en"));
	assert_int_equal(ward_lang_missing(NULL), 0);
	ward_lang_free(NULL);
}

/* Two languages at once: neither is the process's. */
static void test_two_languages(void **state)
{
	struct lab a, b;

	(void)state;
	assert_int_equal(give(&a, HEAD "texts: {now: adesso}\n"), WARD_OK);
	assert_int_equal(give(&b, "language: nl\nname: Nederlands\ndecimal: \",\"\ngroup: \".\"\n"
				  "texts: {now: nu}\n"),
		WARD_OK);
	for (unsigned i = 0; i < 2; i++) {
		ward_say(&a.w, a.l, "now");
		assert_text(&a, "adesso");
		ward_say(&b.w, b.l, "now");
		assert_text(&b, "nu");
	}
	done(&a);
	done(&b);
}

static void test_slots(void **state)
{
	struct lab l;

	(void)state;
	assert_int_equal(
		give(&l, HEAD "texts:\n  \"{a} before {b}\": \"{b} dopo {a}, {a}\"\n"), WARD_OK);
	WARD_SAY(&l.w, l.l, "{a} before {b}", {"a", WARD_STR("1")}, {"b", WARD_STR("{a}")});
	assert_text(&l, "{a} dopo 1, 1"); /* what is filled in is not looked into */
	WARD_SAY(&l.w, NULL, "{a} {} { {B} {a}", {"a", WARD_STR("1")});
	assert_text(&l, "1 {} { {B} 1");
	WARD_SAY(&l.w, NULL, "{a} {c}", {"a", WARD_STR("1")});
	assert_text(&l, "1 {c}"); /* one that is not given */
	done(&l);
}

static void test_forms(void **state)
{
	static const struct {
		uint64_t n;
		const char *plain, *french;
	} row[] = {{0, "0 segni", "0 segno"}, {1, "1 segno", "1 segno"}, {2, "2 segni", "2 segni"},
		{1234567, "1.234.567 segni", "1.234.567 segni"}};
	static const char texts[] =
		"texts:\n  \"{n} signs\": {one: \"{n} segno\", other: \"{n} segni\"}\n";
	char text[512];

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(row); i++) {
		struct lab l;

		(void)snprintf(text, sizeof(text), HEAD "%s", texts);
		assert_int_equal(give(&l, text), WARD_OK);
		ward_say_n(&l.w, l.l, row[i].n, "{n} sign", "{n} signs");
		assert_text(&l, row[i].plain);
		done(&l);
		(void)snprintf(text, sizeof(text), HEAD "zero_is_one: true\n%s", texts);
		assert_int_equal(give(&l, text), WARD_OK);
		ward_say_n(&l.w, l.l, row[i].n, "{n} sign", "{n} signs");
		assert_text(&l, row[i].french);
		done(&l);
	}
}

static void test_numbers(void **state)
{
	struct lab l;

	(void)state;
	assert_int_equal(give(&l, HEAD "texts: {}\n"), WARD_OK);
	ward_say_number(&l.w, l.l, 999);
	assert_text(&l, "999");
	ward_say_number(&l.w, l.l, 1000);
	assert_text(&l, "1.000");
	ward_say_decimal(&l.w, l.l, WARD_STR("0.25"));
	assert_text(&l, "0,25");
	ward_say_decimal(&l.w, l.l, WARD_STR("12"));
	assert_text(&l, "12");
	ward_say_decimal(&l.w, NULL, WARD_STR("0.25"));
	assert_text(&l, "0.25");
	done(&l);
}

static void test_inner(void **state)
{
	static const char *const row[][2] = {{"Too warm", "too warm"}, {"CT scanner", "CT scanner"},
		{"A", "A"}, {"", ""}, {"Électricité", "électricité"}, {"Évènement", "évènement"},
		{"ÉLEVÉ", "ÉLEVÉ"}, {"×y", "×y"}, {"É", "É"}, {"Été", "été"},
		{"3 doors", "3 doors"}, {"GTB bloquée", "GTB bloquée"}, {"Às", "às"}};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(row); i++) {
		char buf[64];
		struct ward_wr w = ward_wr_fixed(buf, sizeof(buf));

		ward_say_inner(&w, ward_str_z(row[i][0]));
		assert_true(ward_str_eqz(ward_wr_text(&w), row[i][1]));
	}
}

/* Each fault is said with its line and its mend. */
static void test_refused(void **state)
{
	static const struct {
		const char *text, *what;
		unsigned line;
	} row[] = {
		{HEAD "texts:\n  now: adesso\n  now: ora\n", "now", 7},
		{HEAD "texts:\n  \"in {time}\": fra poco\n", "lacks the slot {time}", 6},
		{HEAD "texts:\n  \"in {time}\": fra {tempo}\n", "lacks the slot {time}", 6},
		{HEAD "texts:\n  soon: fra {time}\n", "has a slot {time}", 6},
		{HEAD "texts:\n  now:\n", "has no translation", 6},
		{HEAD "texts:\n  now: \"\"\n", "has no translation", 6},
		{HEAD "texts:\n  now: [a]\n", "has no translation", 6},
		{HEAD "texts:\n  now: \"a\\nb\"\n", "control character", 6},
		{HEAD "texts:\n  now: \"a\\e[1mb\"\n", "control character", 6},
		{HEAD "texts:\n  \"{n} a\": {one: \"{n} b\"}\n", "lacks a form", 6},
		{HEAD "texts:\n  \"{n} a\": {one: b, other: \"{n} c\"}\n", "lacks the slot {n}", 6},
		{HEAD "texts:\n  \"{n} a\": {one: \"{n} b\", other: \"{n} c\", few: d}\n", "few",
			6},
		{HEAD "texts: []\n", "'texts' is no map", 5},
		{HEAD "text: {}\ntexts: {}\n", "text", 5},
		{HEAD, "'texts' is no map", 1},
		{"language: Italian\nname: i\ndecimal: \",\"\ngroup: \".\"\ntexts: {}\n",
			"no code of a language", 1},
		{"name: i\ndecimal: \",\"\ngroup: \".\"\ntexts: {}\n", "language", 1},
		{"language: it\nname: i\ndecimal: \",,,,,\"\ngroup: \".\"\ntexts: {}\n",
			"more than a character", 1},
		{"- a\n", "a language is one map", 1},
		{"", "a language is one map", 1},
	};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(row); i++) {
		struct lab l;
		bool found = false;

		assert_int_equal(give(&l, row[i].text), WARD_ERR_CONFIG);
		assert_null(l.l);
		for (size_t k = 0; k < l.diag.n; k++) {
			const struct ward_diag_item *d = &l.diag.item[k];

			found |= ward_str_find(d->what, ward_str_z(row[i].what)) != SIZE_MAX &&
				 d->line == row[i].line && d->mend.len &&
				 ward_str_eqz(d->file, "it.yml");
		}
		if (!found)
			fail_msg("row %zu: not said: %s, line %u; but %.*s, line %u", i,
				row[i].what, row[i].line, WARD_STR_ARG(l.diag.item[0].what),
				l.diag.item[0].line);
		done(&l);
	}
}

static void test_sizes(void **state)
{
	static char text[1 << 18];
	struct lab l;
	int n = snprintf(text, sizeof(text), HEAD "texts:\n  now: ");

	(void)state;
	memset(text + n, 'x', WARD_WORDS_BYTES_MAX);
	memcpy(text + n + WARD_WORDS_BYTES_MAX, "\n", 2);
	assert_int_equal(give(&l, text), WARD_OK);
	done(&l);
	memcpy(text + n + WARD_WORDS_BYTES_MAX, "x\n", 3);
	assert_int_equal(give(&l, text), WARD_ERR_CONFIG);
	done(&l);
	for (unsigned more = 0; more < 2; more++) {
		n = snprintf(text, sizeof(text), HEAD "texts:\n");
		for (unsigned i = 0; i < WARD_WORDS_TEXTS_MAX + more; i++)
			n += snprintf(text + n, sizeof(text) - (size_t)n, "  k%u: v\n", i);
		assert_int_equal(give(&l, text), more ? WARD_ERR_CONFIG : WARD_OK);
		done(&l);
	}
}

static void test_folder(void **state)
{
	char dir[] = "/tmp/ward-words-XXXXXX", path[64], list[64];
	static const char text[] = HEAD "texts: {now: adesso}\n";
	struct ward_wr w = ward_wr_fixed(list, sizeof(list));
	struct ward_limits lim;
	struct ward_diag diag;
	struct ward_lang *l = NULL;
	const struct ward_mem *mem = ward_mem_heap();

	(void)state;
	assert_non_null(mkdtemp(dir));
	ward_limits_default(&lim);
	ward_diag_init(&diag, mem);
	for (unsigned i = 0; i < 2; i++) { /* the second is of another language than its name */
		FILE *f;

		(void)snprintf(path, sizeof(path), "%s/%s.yml", dir, i ? "fr" : "it");
		f = fopen(path, "w");
		assert_non_null(f);
		assert_true(fputs(text, f) >= 0);
		assert_int_equal(fclose(f), 0);
	}
	ward_lang_list(dir, &w);
	assert_true(ward_str_eqz(ward_wr_text(&w), "en, fr, it"));
	assert_int_equal(ward_lang_load(dir, WARD_STR("en"), &lim, mem, &diag, &l), WARD_OK);
	assert_null(l);
	assert_int_equal(
		ward_lang_load(dir, WARD_STR("nl"), &lim, mem, &diag, &l), WARD_ERR_NOT_FOUND);
	assert_int_equal(
		ward_lang_load(dir, WARD_STR("../it"), &lim, mem, &diag, &l), WARD_ERR_NOT_FOUND);
	assert_int_equal(diag.n, 0);
	assert_int_equal(
		ward_lang_load(dir, WARD_STR("fr"), &lim, mem, &diag, &l), WARD_ERR_CONFIG);
	assert_int_equal(diag.n_error, 1);
	assert_int_equal(ward_lang_load(dir, WARD_STR("it"), &lim, mem, &diag, &l), WARD_OK);
	ward_lang_free(l);
	ward_diag_fini(&diag);
	for (unsigned i = 0; i < 2; i++) {
		(void)snprintf(path, sizeof(path), "%s/%s.yml", dir, i ? "fr" : "it");
		assert_int_equal(unlink(path), 0);
	}
	assert_int_equal(rmdir(dir), 0);
}

/* Memory that runs out at any call: told, nothing leaked. */
static void test_nomem(void **state)
{
	static const char text[] =
		HEAD "texts:\n  now: adesso\n  \"{n} a\": {one: \"{n} b\", other: \"{n} c\"}\n";
	enum ward_err err = WARD_ERR_NOMEM;

	(void)state;
	for (uint64_t at = 1; err == WARD_ERR_NOMEM; at++) {
		struct ward_mem_failing mem;
		struct ward_limits lim;
		struct ward_diag diag;
		struct ward_lang *l = NULL;

		ward_limits_default(&lim);
		ward_diag_init(&diag, ward_mem_heap());
		ward_mem_failing_init(&mem, at);
		err = ward_lang_read((struct ward_slice){(const uint8_t *)text, sizeof(text) - 1},
			WARD_STR("it.yml"), &lim, &mem.mem, &diag, &l);
		assert_true(err == WARD_OK || err == WARD_ERR_NOMEM);
		assert_true((l != NULL) == (err == WARD_OK));
		assert_true(err == WARD_OK || at < 1000);
		ward_lang_free(l);
		ward_diag_fini(&diag);
	}
}

/* As each language that there is writes a day; the first of a month is counted where it is. */
static void test_days(void **state)
{
	static const struct {
		const char *code, *first, *moment, *month;
	} row[] = {{"en", "1\u00a0March 2026", "12\u00a0August 2026, 03:05", "August 2026"},
		{"fr", "1er\u00a0mars 2026", "12\u00a0août 2026, 03:05", "août 2026"},
		{"it", "1º\u00a0marzo 2026", "12\u00a0agosto 2026, 03:05", "agosto 2026"},
		{"nl", "1\u00a0maart 2026", "12\u00a0augustus 2026, 03:05", "augustus 2026"}};
	const struct ward_day first = {2026, 3, 1, 0, 0}, other = {2026, 8, 12, 3, 5};
	char dir[4096];

	(void)state;
	(void)snprintf(dir, sizeof(dir), "%s/content/words", getenv("WARD_SOURCE_ROOT"));
	for (size_t i = 0; i < sizeof(row) / sizeof(*row); i++) {
		struct lab l = {.w = ward_wr_fixed(l.buf, sizeof(l.buf))};

		ward_limits_default(&l.lim);
		ward_diag_init(&l.diag, ward_mem_heap());
		assert_int_equal(ward_lang_load(dir, ward_str_z(row[i].code), &l.lim,
					 ward_mem_heap(), &l.diag, &l.l),
			WARD_OK);
		ward_say_day(&l.w, l.l, &first);
		assert_text(&l, row[i].first);
		ward_say_moment(&l.w, l.l, &other);
		assert_text(&l, row[i].moment);
		ward_say_month(&l.w, l.l, other.year, other.month);
		assert_text(&l, row[i].month);
		done(&l);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {T(test_lookup), T(test_english_needs_no_file),
		T(test_two_languages), T(test_slots), T(test_forms), T(test_numbers), T(test_inner),
		T(test_days), T(test_refused), T(test_sizes), T(test_folder), T(test_nomem)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
