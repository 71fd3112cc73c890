/* What each of Ward's own rules says of itself, in each language of content/words/rules, and no
 * translation of a text that is gone: descriptions, their first steps, and when they are wrong. */
#include "conf/conf.h"
#include "craft/craft.h"
#include "words/words.h"

#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "typography.h"

#define T(name) cmocka_unit_test(name)

enum { TEXTS_MAX = 1 << 13, TEXT_BYTES_MAX = 1 << 22, PATH_BYTES = 4096, DEPTH = 8 };

static const char *const codes[] = {"fr", "it", "nl"};

/* nftw has no context. */
static struct world {
	struct ward_limits lim;
	struct ward_diag diag;
	struct ward_arena arena;
	struct ward_intern said; /* English texts, on one line */
	size_t n_rule;
	struct ward_lang *lang[WARD_ARRAY_LEN(codes)];
} w;

static void say(struct ward_str text)
{
	char line[WARD_WORDS_BYTES_MAX * 2];
	struct ward_wr to = ward_wr_fixed(line, sizeof(line));
	uint32_t unused;

	if (!text.len)
		return;
	while (text.p) {
		ward_wr_str(&to, ward_str_trim(ward_str_cut(&text, '\n')));
		ward_wr_z(&to, text.p ? " " : "");
	}
	assert_false(ward_wr_bad(&to));
	assert_int_equal(ward_intern_put(&w.said, ward_wr_text(&to), &unused), WARD_OK);
}

static void rule(const struct ward_conf *d)
{
	const struct ward_conf *about = ward_conf_get(d, "description"),
			       *wrong = ward_conf_get(d, "falsepositives");
	struct ward_str what, step;

	if (d->kind != WARD_CONF_MAP || !ward_conf_get(d, "title"))
		return;
	w.n_rule++;
	ward_craft_split(about ? about->text : WARD_STR(""), &what, &step);
	say(what);
	say(step);
	for (const struct ward_conf *v = wrong ? wrong->child : NULL; v; v = v->next)
		say(v->text);
}

static int visit(const char *path, const struct stat *st, int type, struct FTW *at)
{
	const struct ward_conf *docs;
	struct ward_slice text;

	(void)st;
	(void)at;
	if (type != FTW_F || !ward_str_ends(ward_str_z(path), WARD_STR(".yml")) ||
		ward_str_ends(ward_str_z(path), WARD_STR(".test.yml")))
		return 0;
	assert_int_equal(ward_conf_read(&w.arena, &w.lim, path, &w.diag, &text), WARD_OK);
	assert_int_equal(
		ward_conf_yaml(&w.arena, &w.lim, ward_str_z(path), text, &w.diag, &docs), WARD_OK);
	for (const struct ward_conf *d = docs->child; d; d = d->next)
		rule(d);
	return 0;
}

static int gather(void **state)
{
	const char *root = getenv("WARD_SOURCE_ROOT");
	char path[PATH_BYTES];

	(void)state;
	assert_non_null(root);
	ward_limits_default(&w.lim);
	ward_diag_init(&w.diag, ward_mem_heap());
	ward_arena_init(&w.arena, ward_mem_heap(), 1 << 26);
	ward_intern_init(&w.said, ward_mem_heap(), TEXTS_MAX, TEXT_BYTES_MAX);
	(void)snprintf(path, sizeof(path), "%s/content/rules", root);
	assert_int_equal(nftw(path, visit, DEPTH, FTW_PHYS), 0);
	(void)snprintf(path, sizeof(path), "%s/content/words/rules", root);
	for (size_t i = 0; i < WARD_ARRAY_LEN(codes); i++)
		assert_int_equal(ward_lang_load(path, ward_str_z(codes[i]), &w.lim, ward_mem_heap(),
					 &w.diag, &w.lang[i]),
			WARD_OK);
	return 0;
}

static int forget(void **state)
{
	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(codes); i++)
		ward_lang_free(w.lang[i]);
	ward_intern_fini(&w.said);
	ward_arena_fini(&w.arena);
	ward_diag_fini(&w.diag);
	return 0;
}

static void test_complete(void **state)
{
	size_t n_bad = 0;

	(void)state;
	assert_true(w.n_rule > 300 && w.said.n > 800); /* the walk found what it looks for */
	for (size_t i = 0; i < WARD_ARRAY_LEN(codes); i++)
		for (uint32_t k = 0; k < w.said.n; k++) {
			struct ward_str english = ward_intern_at(&w.said, k);

			if (ward_lang_text(w.lang[i], english).p != english.p)
				continue;
			print_error("content/words/rules/%s.yml lacks: %.*s\n", codes[i],
				WARD_STR_ARG(english));
			n_bad++;
		}
	assert_int_equal(n_bad, 0);
}

static void test_not_stale(void **state)
{
	struct ward_str english;
	size_t n_bad = 0;

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(codes); i++)
		for (size_t k = 0; ward_lang_at(w.lang[i], k, &english); k++) {
			if (ward_intern_find(&w.said, english) != WARD_NONE)
				continue;
			print_error(
				"content/words/rules/%s.yml translates what no rule says: %.*s\n",
				codes[i], WARD_STR_ARG(english));
			n_bad++;
		}
	assert_int_equal(n_bad, 0);
}

static void test_typography(void **state)
{
	struct ward_str english;

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(codes); i++)
		for (size_t k = 0; ward_lang_at(w.lang[i], k, &english); k++)
			check_type(codes[i], ward_lang_text(w.lang[i], english));
}

int main(void)
{
	const struct CMUnitTest tests[] = {T(test_complete), T(test_not_stale), T(test_typography)};

	return cmocka_run_group_tests(tests, gather, forget);
}
