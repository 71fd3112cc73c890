/* Rows that go elsewhere, as the store's side sees it: whole, in order, and the notary is told of
 * what is there alone. */
#include "../store/lab.h"

#include "run/keeper.h"

struct room {
	struct lab lab;
	struct ward_keeper k;
	struct ward_answer a;
	uint32_t id;
	struct ward_store_leaf leaf[WARD_ROWS_MAX];
	struct ward_whole is;
	struct ward_leaf_list leaves;
};

static int setup(void **state)
{
	struct room *r = calloc(1, sizeof(*r));

	assert_non_null(r);
	lab_init(&r->lab);
	lab_open(&r->lab);
	ward_keeper_init(&r->k, r->lab.s, &r->lab.clock.clock);
	r->k.held = true;
	*state = r;
	return 0;
}

static int teardown(void **state)
{
	struct room *r = *state;

	lab_fini(&r->lab);
	free(r);
	return 0;
}

static void ask(
	struct room *r, enum ward_keeper_peer p, enum ward_msg_type t, uint64_t after, uint32_t n)
{
	uint8_t body[16];
	struct ward_wr w = ward_wr_fixed(body, sizeof(body));

	ward_rows_query_put(&w, &(struct ward_rows_query){after, n});
	struct ward_msg m = {.type = t, .id = ++r->id, .body = ward_rd_slice(ward_wr_slice(&w))};

	assert_int_equal(ward_keeper_message(&r->k, p, &m, &r->a), WARD_OK);
	assert_int_equal(r->a.refused, WARD_OK);
}

/* What comes after those; without any it waits for them. */
static size_t whole(struct room *r, uint64_t after, uint32_t n)
{
	const struct ward_rows_query q = {after, n};

	ask(r, WARD_KEEPER_QUORUM, WARD_MSG_WHOLE, after, n);
	if (r->a.type == WARD_MSG_NONE) {
		r->lab.clock.at += WARD_NS_PER_S;
		assert_int_equal(ward_keeper_due(&r->k, WARD_KEEPER_QUORUM, &r->a), WARD_OK);
	}
	assert_int_equal(r->a.type, WARD_MSG_WHOLE_LIST);
	assert_int_equal(r->a.id, r->id);
	struct ward_rd body = ward_rd_slice(r->a.body);

	assert_int_equal(ward_whole_get(&body, &q, r->leaf, &r->is), WARD_OK);
	return r->is.n;
}

/* Of how many the notary is told; SIZE_MAX: nothing yet. */
static size_t signs(struct room *r, uint64_t after)
{
	const struct ward_rows_query q = {after, WARD_ROWS_MAX};

	ask(r, WARD_KEEPER_NOTARY, WARD_MSG_LEAVES, after, WARD_ROWS_MAX);
	if (r->a.type == WARD_MSG_NONE)
		return SIZE_MAX;
	struct ward_rd body = ward_rd_slice(r->a.body);

	assert_int_equal(ward_leaf_list_get(&body, &q, &r->leaves), WARD_OK);
	return (size_t)r->leaves.n_ledger;
}

static void test_rows(void **state)
{
	struct room *r = *state;

	assert_int_equal(whole(r, 0, 10), 0);
	lab_fill(&r->lab, 0, 8, 33);
	assert_int_equal(whole(r, 0, 5), 5);
	assert_int_equal(r->is.last, 8);
	assert_int_equal(r->is.position, 33);
	for (size_t i = 0; i < 5; i++) {
		struct ward_store_row want = lab_row(&r->lab, (uint32_t)i);
		struct ward_hash h;

		assert_int_equal(r->leaf[i].row.row, i + 1);
		assert_true(ward_str_eq(r->leaf[i].row.json, want.json));
		ward_store_commitment(&r->leaf[i].row, r->leaf[i].salt.p, &h);
		assert_true(ward_hash_eq(&h, &r->leaf[i].commitment));
	}
	assert_int_equal(whole(r, 5, 5), 3);
	assert_int_equal(whole(r, 8, 5), 0);
	assert_int_equal(whole(r, 80, 5), 0); /* of another store */
	assert_int_equal(r->is.last, 8);
}

/* A head that is signed is of rows that are elsewhere, too. */
static void test_notary(void **state)
{
	struct room *r = *state;
	struct ward_tree_head head;

	lab_fill(&r->lab, 0, 8, 1);
	ward_store_head(r->lab.s, &head);
	assert_int_equal(signs(r, 0), SIZE_MAX);
	assert_int_equal(whole(r, 0, 5), 5);
	assert_int_equal(signs(r, 0), SIZE_MAX); /* offered is not taken */
	assert_int_equal(whole(r, 5, 5), 3);
	assert_int_equal(signs(r, 0), SIZE_MAX);
	lab_fill(&r->lab, 8, 12, 2);
	assert_int_equal(whole(r, 8, 5), 4);
	assert_int_equal(signs(r, 0), 8); /* as it was when all eight were offered */
	assert_true(ward_hash_eq(&r->leaves.root, &head.root));
	assert_int_equal(r->leaves.n, 8);
	assert_int_equal(signs(r, 8), 8);
	assert_int_equal(r->leaves.n, 0);
	assert_int_equal(whole(r, 12, 5), 0);
	assert_int_equal(signs(r, 8), 12);
	assert_int_equal(r->leaves.n, 4);
	/* what it signed before is not taken back while it is not known what is elsewhere … */
	ward_keeper_init(&r->k, r->lab.s, &r->lab.clock.clock);
	r->k.held = true;
	assert_int_equal(signs(r, 12), SIZE_MAX);
	assert_int_equal(whole(r, 11, 1), 1);
	assert_int_equal(signs(r, 12), SIZE_MAX);
	assert_int_equal(whole(r, 12, 1), 0);
	assert_int_equal(signs(r, 12), 12);
	/* … but a store that has less than was signed is told of */
	assert_int_equal(signs(r, 20), 12);
	/* without a database all is as ever */
	r->k.held = false;
	lab_fill(&r->lab, 12, 13, 3);
	assert_int_equal(signs(r, 0), 13);
}

static bool all(void *ctx, const struct ward_store_row *row)
{
	(void)ctx, (void)row;
	return true;
}

static void test_gone(void **state)
{
	struct room *r = *state;
	const struct ward_gone g = {1, 8};
	struct ward_store_erasure e = {.kind = WARD_ROW_INCIDENT, .before = INT64_MAX, .fn = all};
	uint8_t body[16];
	struct ward_wr w = ward_wr_fixed(body, sizeof(body));
	static uint64_t number[WARD_GONE_MAX];
	size_t n = 0;

	lab_fill(&r->lab, 0, 9, 1);
	assert_int_equal(ward_store_erase(r->lab.s, &e), WARD_OK);
	ward_gone_put(&w, &g);
	struct ward_msg m = {
		.type = WARD_MSG_GONE, .id = ++r->id, .body = ward_rd_slice(ward_wr_slice(&w))};

	assert_int_equal(ward_keeper_message(&r->k, WARD_KEEPER_QUORUM, &m, &r->a), WARD_OK);
	assert_int_equal(r->a.type, WARD_MSG_GONE_LIST);
	struct ward_rd list = ward_rd_slice(r->a.body);

	assert_int_equal(ward_gone_list_get(&list, &g, number, &n), WARD_OK);
	assert_int_equal(n, e.n);
	assert_int_equal(whole(r, 0, 9), 9);
	for (size_t i = 0; i < n; i++)
		assert_null(r->leaf[number[i] - 1].row.json.p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_rows, setup, teardown),
		cmocka_unit_test_setup_teardown(test_notary, setup, teardown),
		cmocka_unit_test_setup_teardown(test_gone, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
