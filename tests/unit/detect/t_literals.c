#include "unit.h"

#include "detect/fold.h"
#include "detect/literals.h"
#include "detect/packed.h"

#include <stdlib.h>

enum { SET_MAX = 400, TEXT_MAX = 300 };

static uint64_t seed = 7;

static size_t below(size_t n)
{
	seed = seed * 6364136223846793005u + 1442695040888963407u;
	return (size_t)(seed >> 33) % n;
}

/* Few different letters, so that literals share runs, stand in each other and overlap. */
static struct ward_str letters(struct ward_arena *a, size_t len, bool capitals)
{
	static const char of[] = "ab.\\ C";
	char *p = ward_arena_alloc(a, len + 1);

	assert_non_null(p);
	for (size_t i = 0; i < len; i++)
		p[i] = of[below(capitals ? 6 : 5)];
	return (struct ward_str){p, len};
}

static bool stands(const struct ward_literal *l, struct ward_str folded)
{
	switch (l->place) {
	case WARD_LITERAL_ANYWHERE:
		return ward_str_find(folded, l->text) != SIZE_MAX;
	case WARD_LITERAL_WHOLE:
		return ward_str_eq(folded, l->text);
	case WARD_LITERAL_START:
		return ward_str_starts(folded, l->text);
	case WARD_LITERAL_END:
		return ward_str_ends(folded, l->text);
	case WARD_LITERAL_PLACE_N:
		break;
	}
	return false;
}

static void compare(const struct ward_literals *set, const struct ward_literal *l, size_t n,
	struct ward_str s, struct ward_literal_hits *hits)
{
	char folded[TEXT_MAX];
	struct ward_str f = {folded, ward_fold(s, folded)};

	ward_literals_find(set, s, hits);
	for (size_t i = 0; i < n; i++)
		assert_int_equal(hits->seen[i / 64] >> i % 64 & 1, stands(&l[i], f));
	for (size_t i = 0; i < hits->n; i++)
		for (size_t k = 0; k < i; k++)
			assert_int_not_equal(hits->hit[i], hits->hit[k]);
	ward_literal_hits_clear(hits);
	for (size_t i = 0; i < SET_MAX / 64 + 1; i++)
		assert_int_equal(hits->seen[i], 0);
}

/* Sets of every size, of short, long and mixed literals, against looking for each. */
static void as_one_by_one(void **state)
{
	(void)state;
	for (size_t round = 0; round < 300; round++) {
		struct ward_arena a = test_arena();
		size_t n = 1 + below(round % 3 == 0 ? SET_MAX : 12), least = 1 + below(8);
		struct ward_literal *l = ward_arena_array(&a, n, sizeof(*l));
		uint32_t hit[SET_MAX];
		uint64_t seen[SET_MAX / 64 + 1] = {0};
		struct ward_literal_hits hits = {hit, 0, seen, 0};
		const struct ward_literals *set = NULL;

		assert_non_null(l);
		for (size_t i = 0; i < n; i++)
			l[i] = (struct ward_literal){letters(&a, least + below(9), false),
				(enum ward_literal_place)(
					round % 2 ? 0 : below(WARD_LITERAL_PLACE_N))};
		assert_int_equal(ward_literals_new(&a, l, n, round % 4 < 2, &set), WARD_OK);
		for (size_t k = 0; k < 30; k++)
			compare(set, l, n, letters(&a, below(TEXT_MAX), true), &hits);
		for (size_t i = 0; i < n; i++)
			compare(set, l, n, l[i].text, &hits);
		ward_arena_fini(&a);
	}
}

/* Texts that repeat what is looked for cost no more for each byte when they are longer. */
static void never_slow(void **state)
{
	(void)state;
	struct ward_arena a = test_arena();
	const struct ward_literals *set = NULL;
	struct ward_literal l[100];
	uint32_t hit[100];
	uint64_t seen[2] = {0}, cost[2];
	struct ward_literal_hits hits = {hit, 0, seen, 0};

	for (size_t i = 0; i < 100; i++) {
		char *p = ward_arena_alloc(&a, i + 2);

		assert_non_null(p);
		memset(p, 'a', i + 1);
		p[i + 1] = 'b';
		l[i] = (struct ward_literal){{p, i + 2}, WARD_LITERAL_ANYWHERE};
	}
	assert_int_equal(ward_literals_new(&a, l, 100, false, &set), WARD_OK);
	for (size_t k = 0; k < 2; k++) {
		size_t len = (size_t)10000 << k;
		char *p = ward_arena_alloc(&a, len);

		assert_non_null(p);
		memset(p, 'a', len);
		hits.steps = 0;
		ward_literals_find(set, (struct ward_str){p, len}, &hits);
		assert_int_equal(hits.n, 0);
		cost[k] = hits.steps;
	}
	assert_true(cost[1] <= 2 * cost[0] + 1000);
	ward_arena_fini(&a);
}

/* The filter finds the same places in both ways, and each at which a run of its stands. */
static void packed(void **state)
{
	(void)state;
	for (size_t round = 0; round < 400; round++) {
		struct ward_arena a = test_arena();
		struct ward_packed f = {.n_byte = 2 + round % 2};
		struct ward_str s = letters(&a, below(TEXT_MAX), true), run = {NULL, 0};
		size_t off[2] = {0, 0}, n[2] = {0, 0};
		static uint32_t all[2][TEXT_MAX + WARD_PACKED_OUT];

		for (unsigned i = 0; i < 6; i++) {
			run = letters(&a, f.n_byte, false);
			ward_packed_add(&f, run.p, i);
		}
		while (off[0] < s.len)
			n[0] += ward_packed_find(&f, s, &off[0], all[0] + n[0]);
		while (off[1] < s.len)
			n[1] += ward_packed_find_bytewise(&f, s, &off[1], all[1] + n[1]);
		assert_int_equal(n[0], n[1]);
		assert_memory_equal(all[0], all[1], n[0] * sizeof(all[0][0]));
		size_t at = ward_str_find(s, run), i = 0;

		while (i < n[0] && all[0][i] != at)
			i++;
		assert_true(at == SIZE_MAX || i < n[0]);
		ward_arena_fini(&a);
	}
}

static void no_memory(void **state)
{
	const struct ward_literal l[] = {{S("abc"), WARD_LITERAL_ANYWHERE},
		{S("abcdefghi"), WARD_LITERAL_ANYWHERE}, {S("x"), WARD_LITERAL_END}};
	enum ward_err err = WARD_ERR_NOMEM;

	(void)state;
	for (uint64_t at = 1; err; at++) {
		struct ward_mem_failing f;
		struct ward_arena a;
		const struct ward_literals *set = NULL;

		ward_mem_failing_init(&f, at);
		ward_arena_init(&a, &f.mem, 1 << 24);
		err = ward_literals_new(&a, l, WARD_ARRAY_LEN(l), true, &set);
		assert_true(err == WARD_OK || err == WARD_ERR_NOMEM);
		ward_arena_fini(&a);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(as_one_by_one), T(never_slow), T(packed), T(no_memory)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
