/* Every sentence of the code that refuses something, and every finding, has the mark by which it is
 * translated (t_content.c). */
#include "sources.h"

enum { TEXT_BYTES_MAX = 1 << 26 };

/* nftw has no context. */
static struct world {
	struct ward_limits lim;
	struct ward_arena arena;
	size_t n_told, n_bare; /* what somebody reads; that without a mark */
} w;

static int begin(void **state)
{
	(void)state;
	ward_limits_default(&w.lim);
	ward_arena_init(&w.arena, ward_mem_heap(), TEXT_BYTES_MAX);
	return 0;
}

static int end(void **state)
{
	(void)state;
	ward_arena_fini(&w.arena);
	return 0;
}

/* The calls that end in what somebody reads: each sentence in them has its mark. */
static const char *const tellers[] = {"serve_problem(", "serve_wait(", "api_refuse(", "API_REFUSE(",
	"reckon_no(", "refuse(k, c, ", "refuse(d, said, ", "no(a, ret, ", "signing_refuse(",
	"ward_playbook_check_bad(c, ", "ward_playbook_check_warn(c, ", "ward_playbook_say(",
	"reference(c, ", "list(c, s, ", "bad(r, ", "refuse(r, WARD_ERR_"};

/* Looks through one call, from behind its name; p is at its bracket. Gives its unmarked sentence,
 * or NULL. */
static const char *unmarked(const char *p)
{
	int depth = 0;
	bool marked = false;

	do {
		depth += *p == '(';
		depth -= *p == ')';
		if (strncmp(p, "WARD_TEXT(", 10) == 0 || strncmp(p, "WARD_STR(", 9) == 0)
			marked = true;
		else if (*p == ')' || *p == ',' || *p == ':')
			marked = false;
		if (*p == '"') {
			const char *begin = p++;

			while (*p && *p != '"')
				p += *p == '\\' ? 2 : 1;
			if (!marked && memchr(begin, ' ', (size_t)(p - begin)))
				return begin;
		}
	} while (*p++ && depth);
	return NULL;
}

static int tells(const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)st;
	(void)at;
	if (type != FTW_F || !ward_str_ends(ward_str_z(path), WARD_STR(".c")))
		return 0;
	const char *text =
		ward_arena_str(&w.arena, ward_slice_text(sources_read(&w.arena, &w.lim, path))).p;

	assert_non_null(text);
	for (size_t i = 0; i < WARD_ARRAY_LEN(tellers); i++)
		for (const char *p = text; (p = strstr(p, tellers[i])) != NULL; p++) {
			const char *bare = unmarked(strchr(p, '('));

			w.n_told++;
			if (!bare)
				continue;
			print_error("%s: without WARD_TEXT: %.60s\n", path, bare);
			w.n_bare++;
		}
	return 0;
}

static void test_refusals_marked(void **state)
{
	(void)state;
	w.n_told = w.n_bare = 0;
	sources_walk("src/api", tells);
	sources_walk("src/reckon", tells);
	sources_walk("src/run", tells);
	sources_walk("src/respond/act", tells);
	sources_walk("src/respond/playbook", tells);
	assert_true(w.n_told > 200); /* it found what it looks for */
	assert_int_equal(w.n_bare, 0);
}

/* Files whose texts have the shape of findings and are none: an error before a language is there,
 * and a rule that is written. */
static const char *const untold[] = {"/src/words/load.c", "/src/craft/tune.c"};

/* The literals at *p, joined and without their escapes; what is behind them. */
static const char *literals(const char *p, struct ward_wr *to)
{
	while (*p == '"') {
		for (p++; *p != '"'; p++) {
			bool escaped = *p == '\\';

			p += escaped;
			ward_wr_ch(to, escaped && *p == 'n'   ? '\n'
				       : escaped && *p == 'r' ? '\r'
							      : *p);
		}
		for (p++; *p == ' ' || *p == '\t' || *p == '\n'; p++)
			;
	}
	return p;
}

/* What is wrong, an end of line, its mend: the shape of a finding's text, and of nothing else
 * (markup begins with '<' or ends a line, HTTP has '\r'). */
static bool is_finding(struct ward_str text)
{
	struct ward_str mend = text, what = ward_str_cut(&mend, '\n');

	return what.len && mend.len && ward_str_find(mend, WARD_STR("\n")) == SIZE_MAX &&
	       ward_str_find(text, WARD_STR("\r")) == SIZE_MAX &&
	       ward_str_find(what, WARD_STR(" ")) != SIZE_MAX &&
	       ward_str_find(mend, WARD_STR(" ")) != SIZE_MAX && what.p[0] != '<' &&
	       mend.p[0] != ' ' && mend.p[0] != '<' && what.p[what.len - 1] != ':' &&
	       mend.p[mend.len - 1] != ' ';
}

static int finds(const char *path, const struct stat *st, int type, struct FTW *at)
{
	static const char mark[] = "WARD_TEXT(";
	char text[1 << 14];
	const char *from, *p;

	(void)st;
	(void)at;
	if (type != FTW_F || !ward_str_ends(ward_str_z(path), WARD_STR(".c")))
		return 0;
	for (size_t i = 0; i < WARD_ARRAY_LEN(untold); i++)
		if (strstr(path, untold[i]))
			return 0;
	from = p =
		ward_arena_str(&w.arena, ward_slice_text(sources_read(&w.arena, &w.lim, path))).p;
	assert_non_null(p);
	while ((p = strpbrk(p, "\"'/")) != NULL) {
		const char *begin = p;
		struct ward_wr to = ward_wr_fixed(text, sizeof(text));

		if (p[0] == '/') {
			p = p[1] == '*' ? strstr(p, "*/") : p;
			p += 1;
			continue;
		}
		if (p[0] == '\'') {
			p = strchr(p + (p[1] == '\\' ? 3 : 2), '\'') + 1;
			continue;
		}
		p = literals(p, &to);
		while (begin > from && strchr(" \t\n", begin[-1]))
			begin--;
		if (ward_wr_bad(&to) || !is_finding(ward_wr_text(&to)))
			continue; /* as long as only help is */
		w.n_told++;
		if (begin - from >= 10 && strncmp(begin - 10, mark, 10) == 0)
			continue;
		print_error("%s: a finding without WARD_TEXT: %.*s\n", path,
			WARD_STR_ARG(ward_wr_text(&to)));
		w.n_bare++;
	}
	return 0;
}

static void test_findings_marked(void **state)
{
	(void)state;
	w.n_told = w.n_bare = 0;
	sources_walk("src", finds);
	assert_true(w.n_told > 500); /* it found what it looks for */
	assert_int_equal(w.n_bare, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_refusals_marked), cmocka_unit_test(test_findings_marked)};

	return cmocka_run_group_tests(tests, begin, end);
}
