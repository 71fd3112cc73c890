/* A diff is right when it leads from the one text to the other, and says no more than it must. */
#include "revision/diff.h"

#include "base/wr.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

enum { ROUNDS = 3000, LINES = 24 };

static struct ward_arena arena;
static uint64_t seed;

/* Numbers that are the same each time (D. E. Knuth's MMIX). */
static unsigned any(unsigned below)
{
	seed = seed * 6364136223846793005u + 1442695040888963407u;
	return (unsigned)(seed >> 33) % below;
}

static struct ward_diff diff(struct ward_str from, struct ward_str to)
{
	struct ward_diff d;

	assert_int_equal(ward_diff_lines(from, to, WARD_DIFF_AROUND, &arena, &d), WARD_OK);
	return d;
}

/* What `to` is, made of `from` and the hunks alone. */
static void apply(struct ward_str from, const struct ward_diff *d, struct ward_wr *w)
{
	size_t at = 1, to = 1;

	for (size_t h = 0; h < d->n; h++) {
		const struct ward_diff_hunk *k = &d->hunk[h];

		for (; at < k->from; at++, to++) {
			ward_wr_str(w, ward_str_cut(&from, '\n'));
			ward_wr_ch(w, '\n');
		}
		assert_int_equal(to, k->to);
		for (size_t i = 0; i < k->n; i++) {
			if (k->line[i].sign != '+') {
				assert_true(
					ward_str_eq(ward_str_cut(&from, '\n'), k->line[i].text));
				at++;
			}
			if (k->line[i].sign != '-') {
				ward_wr_str(w, k->line[i].text);
				ward_wr_ch(w, '\n');
				to++;
			}
		}
	}
	while (from.p && from.len) {
		ward_wr_str(w, ward_str_cut(&from, '\n'));
		ward_wr_ch(w, '\n');
	}
	if (!d->to_open || !w->len)
		return;
	w->len--;
}

static size_t changes(const struct ward_diff *d)
{
	size_t n = 0;

	for (size_t h = 0; h < d->n; h++)
		for (size_t i = 0; i < d->hunk[h].n; i++)
			n += d->hunk[h].line[i].sign != ' ';
	return n;
}

static void leads_there(struct ward_str from, struct ward_str to)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 24);
	struct ward_diff d = diff(from, to);

	apply(from, &d, &w);
	assert_true(ward_str_eq(ward_wr_text(&w), to));
	ward_wr_fini(&w);
}

static void random_text(char *p, size_t *len)
{
	size_t n = any(LINES);

	*len = 0;
	for (size_t i = 0; i < n; i++) {
		if (any(5))
			p[(*len)++] = (char)('a' + any(4));
		p[(*len)++] = '\n';
	}
	if (*len && any(3) == 0 && p[*len - 1] == '\n' && *len > 1 && p[*len - 2] != '\n')
		(*len)--;
}

static void any_text_leads_to_any(void **state)
{
	char a[2 * LINES], b[2 * LINES];
	size_t n, m;

	(void)state;
	seed = 1;
	for (int i = 0; i < ROUNDS; i++) {
		random_text(a, &n);
		random_text(b, &m);
		ward_arena_reset(&arena);
		leads_there((struct ward_str){a, n}, (struct ward_str){b, m});
	}
}

/* As many lines as differ at least: all but the longest common part. */
static size_t least(struct ward_str a, struct ward_str b)
{
	struct ward_str x[LINES + 1], y[LINES + 1];
	size_t n = 0, m = 0, lcs[LINES + 2][LINES + 2] = {{0}};

	while (a.p && a.len)
		x[n++] = ward_str_cut(&a, '\n');
	while (b.p && b.len)
		y[m++] = ward_str_cut(&b, '\n');
	for (size_t i = 1; i <= n; i++)
		for (size_t k = 1; k <= m; k++) {
			size_t up = lcs[i - 1][k], left = lcs[i][k - 1];

			lcs[i][k] = ward_str_eq(x[i - 1], y[k - 1]) ? lcs[i - 1][k - 1] + 1
				    : up > left                     ? up
								    : left;
		}
	return n + m - 2 * lcs[n][m];
}

static void says_no_more_than_it_must(void **state)
{
	char a[2 * LINES], b[2 * LINES];
	size_t n, m;

	(void)state;
	seed = 2;
	for (int i = 0; i < ROUNDS; i++) {
		random_text(a, &n);
		random_text(b, &m);
		ward_arena_reset(&arena);
		struct ward_str from = {a, n}, to = {b, m};
		struct ward_diff d = diff(from, to);

		assert_int_equal(changes(&d), least(from, to));
	}
}

static void same_texts_have_none(void **state)
{
	(void)state;
	assert_int_equal(diff(WARD_STR("a\nb\n"), WARD_STR("a\nb\n")).n, 0);
	assert_int_equal(diff(WARD_STR(""), WARD_STR("")).n, 0);
}

static void hunks_stand_apart_with_what_is_around(void **state)
{
	struct ward_diff d = diff(WARD_STR("1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n12\n"),
		WARD_STR("1\nx\n3\n4\n5\n6\n7\n8\n9\n10\ny\n12\n"));

	(void)state;
	assert_int_equal(d.n, 2);
	assert_int_equal(d.hunk[0].from, 1);
	assert_int_equal(d.hunk[0].n, 6);
	assert_int_equal(d.hunk[1].from, 8);
	assert_int_equal(d.hunk[1].line[3].sign, '-');
	assert_int_equal(d.hunk[1].line[4].sign, '+');
}

/* Beyond the bound it is told as a whole, and still leads there. */
static void very_different_texts(void **state)
{
	struct ward_wr a = ward_wr_grow(ward_mem_heap(), 1 << 20),
		       b = ward_wr_grow(ward_mem_heap(), 1 << 20);

	(void)state;
	for (int i = 0; i < 3000; i++) {
		ward_wr_printf(&a, "left %d\n", i);
		ward_wr_printf(&b, "right %d\n", i);
	}
	leads_there(ward_wr_text(&a), ward_wr_text(&b));
	ward_wr_fini(&a);
	ward_wr_fini(&b);
}

static int begin(void **state)
{
	(void)state;
	ward_arena_init(&arena, ward_mem_heap(), 64 << 20);
	return 0;
}

static int end(void **state)
{
	(void)state;
	ward_arena_fini(&arena);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(any_text_leads_to_any),
		cmocka_unit_test(says_no_more_than_it_must),
		cmocka_unit_test(same_texts_have_none),
		cmocka_unit_test(hunks_stand_apart_with_what_is_around),
		cmocka_unit_test(very_different_texts),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
