/* Leaves that go elsewhere, and a database made anew of them: the same ledger, and what is not as
 * it was committed to is refused. */
#include "lab.h"

#include "store/take.h"

enum { ROWS = 40 };

struct two {
	struct lab from, to;
	size_t n; /* leaves that were taken */
	enum ward_err err;
	/* what is changed of the leaf with this number; 0: nothing */
	uint64_t at;
	void (*change)(struct ward_store_leaf *l);
};

static int setup(void **state)
{
	struct two *t = calloc(1, sizeof(*t));

	assert_non_null(t);
	lab_init(&t->from);
	lab_init(&t->to);
	lab_open(&t->from);
	lab_open(&t->to);
	*state = t;
	return 0;
}

static int teardown(void **state)
{
	struct two *t = *state;

	lab_fini(&t->from);
	lab_fini(&t->to);
	free(t);
	return 0;
}

static bool even(void *ctx, const struct ward_store_row *r)
{
	(void)ctx;
	return r->row % 2 == 0;
}

static void fill(struct two *t)
{
	lab_fill(&t->from, 0, ROWS, 77);
	struct ward_store_erasure e = {.kind = WARD_ROW_INCIDENT, .before = INT64_MAX, .fn = even};

	assert_int_equal(ward_store_erase(t->from.s, &e), WARD_OK);
	assert_true(e.n > 2);
}

static bool take(void *ctx, const struct ward_store_leaf *l)
{
	struct two *t = ctx;
	struct ward_store_leaf leaf = *l;

	if (leaf.row.row == t->at)
		t->change(&leaf);
	t->err = ward_store_take(t->to.s, &leaf);
	t->n += !t->err;
	return !t->err;
}

static enum ward_err take_all(struct two *t)
{
	t->n = 0;
	assert_int_equal(ward_store_begin(t->to.s), WARD_OK);
	assert_int_equal(ward_store_leaves(t->from.s, 0, SIZE_MAX, take, t), WARD_OK);
	if (t->err)
		ward_store_rollback(t->to.s);
	else
		assert_int_equal(ward_store_commit(t->to.s, 77), WARD_OK);
	return t->err;
}

static void test_the_same(void **state)
{
	struct two *t = *state;
	struct ward_tree_head a, b;

	fill(t);
	assert_int_equal(take_all(t), WARD_OK);
	assert_int_equal(t->n, ROWS);
	ward_store_head(t->from.s, &a);
	ward_store_head(t->to.s, &b);
	assert_int_equal(a.n, b.n);
	assert_true(ward_hash_eq(&a.root, &b.root));
	assert_int_equal(ward_store_position(t->to.s), 77);
	assert_int_equal(ward_store_verify(t->to.s), WARD_OK);
	lab_close(&t->to);
	lab_open(&t->to);
	assert_int_equal(ward_store_last(t->to.s), ROWS);
	/* it goes on as the other one would: what is there is known, also what is erased */
	assert_int_equal(ward_store_begin(t->to.s), WARD_OK);
	for (uint32_t i = 0; i <= ROWS; i++)
		lab_put(&t->to, i);
	assert_int_equal(ward_store_commit(t->to.s, 78), WARD_OK);
	assert_int_equal(ward_store_last(t->to.s), ROWS + 1);
	assert_int_equal(ward_store_verify(t->to.s), WARD_OK);
}

static void other_number(struct ward_store_leaf *l)
{
	l->row.row++;
}
static void other_kind(struct ward_store_leaf *l)
{
	l->row.kind = WARD_ROW_KIND_LAST + 1;
}
static void other_time(struct ward_store_leaf *l)
{
	l->row.time++;
}
static void other_json(struct ward_store_leaf *l)
{
	l->row.json = WARD_STR("{}");
}
static void other_leaf(struct ward_store_leaf *l)
{
	l->commitment.b[31] ^= 1;
}
static void no_salt(struct ward_store_leaf *l)
{
	l->salt = ward_slice_of(NULL, 0);
}
static void short_salt(struct ward_store_leaf *l)
{
	l->salt.len--;
}
static void no_json(struct ward_store_leaf *l)
{
	l->row.json = WARD_STR("");
}
static void no_text(struct ward_store_leaf *l)
{
	l->row.json = WARD_STR("\"\xff\"");
}

static void test_refused(void **state)
{
	static const struct {
		void (*change)(struct ward_store_leaf *l);
		enum ward_err err;
	} all[] = {
		{other_number, WARD_ERR_MALFORMED},
		{other_kind, WARD_ERR_MALFORMED},
		{no_salt, WARD_ERR_MALFORMED},
		{short_salt, WARD_ERR_MALFORMED},
		{no_json, WARD_ERR_MALFORMED},
		{no_text, WARD_ERR_MALFORMED},
		{other_time, WARD_ERR_CORRUPT},
		{other_json, WARD_ERR_CORRUPT},
		{other_leaf, WARD_ERR_CORRUPT},
	};
	struct two *t = *state;

	fill(t);
	t->at = 4; /* a detection, not erased */
	for (size_t i = 0; i < WARD_ARRAY_LEN(all); i++) {
		t->change = all[i].change;
		assert_int_equal(take_all(t), all[i].err);
		assert_int_equal(t->n, 3);
		assert_int_equal(ward_store_last(t->to.s), 0);
	}
	t->at = 0;
	assert_int_equal(take_all(t), WARD_OK);
}

/* A row that is there already, under another number. */
static bool take_again(void *ctx, const struct ward_store_leaf *l)
{
	struct two *t = ctx;
	struct ward_store_leaf leaf = *l;

	leaf.row.row = ward_store_last(t->to.s) + 1;
	t->err = ward_store_take(t->to.s, &leaf);
	return false;
}

static void test_twice(void **state)
{
	struct two *t = *state;

	fill(t);
	assert_int_equal(take_all(t), WARD_OK);
	assert_int_equal(ward_store_begin(t->to.s), WARD_OK);
	assert_int_equal(ward_store_leaves(t->from.s, 3, 1, take_again, t), WARD_OK);
	assert_int_equal(t->err, WARD_ERR_MALFORMED);
	ward_store_rollback(t->to.s);
	assert_int_equal(ward_store_last(t->to.s), ROWS);
}

static void test_gone(void **state)
{
	struct two *t = *state;
	uint64_t number[ROWS];
	size_t n = 99, m = 99;

	assert_int_equal(
		ward_store_gone(t->from.s, (struct ward_store_span){0, 9}, number, ROWS, &n),
		WARD_OK);
	assert_int_equal(n, 0);
	fill(t);
	assert_int_equal(ward_store_gone(t->from.s, (struct ward_store_span){0, INT64_MAX}, number,
				 ROWS, &n),
		WARD_OK);
	assert_true(n > 2);
	for (size_t i = 0; i < n; i++)
		assert_int_equal(number[i] % 2, 0);
	assert_int_equal(ward_store_gone(t->from.s, (struct ward_store_span){number[0], number[2]},
				 number, ROWS, &m),
		WARD_OK);
	assert_int_equal(m, 2);
	assert_int_equal(
		ward_store_gone(t->from.s, (struct ward_store_span){0, ROWS}, number, 1, &m),
		WARD_OK);
	assert_int_equal(m, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_the_same, setup, teardown),
		cmocka_unit_test_setup_teardown(test_refused, setup, teardown),
		cmocka_unit_test_setup_teardown(test_twice, setup, teardown),
		cmocka_unit_test_setup_teardown(test_gone, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
