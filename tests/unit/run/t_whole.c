#include "run/whole.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

static uint8_t buf[WARD_MSG_BODY_MAX], salt[WARD_LEDGER_SALT];
static struct ward_store_leaf got[WARD_ROWS_MAX];
static const struct ward_rows_query after_7 = {7, 3};

static struct ward_store_leaf leaf_of(uint64_t number, const char *json)
{
	struct ward_store_leaf l = {.row = {.row = number,
					    .kind = WARD_ROW_DECISION,
					    .id.b = {1, 2, (uint8_t)number},
					    .revision = 0xfffffffe,
					    .time = -5},
		.commitment.b = {9, (uint8_t)number}};

	if (json) {
		l.row.json = ward_str_z(json);
		l.salt = ward_slice_of(salt, sizeof(salt));
	}
	return l;
}

static enum ward_err read_list(struct ward_rd r)
{
	struct ward_whole l;

	return ward_whole_get(&r, &after_7, got, &l);
}

static enum ward_err read_asked(struct ward_rd r)
{
	struct ward_gone g;

	return ward_gone_get(&r, &g);
}

static enum ward_err read_gone(struct ward_rd r)
{
	static uint64_t number[WARD_GONE_MAX];
	size_t n;

	return ward_gone_list_get(&r, &(struct ward_gone){4, 9}, number, &n);
}

/* Good as it is; malformed when anything is cut off or added. */
static void prefixes(struct ward_slice body, enum ward_err (*read)(struct ward_rd r))
{
	uint8_t *more = malloc(body.len + 1);

	assert_non_null(more);
	memcpy(more, body.p, body.len);
	more[body.len] = 0;
	assert_int_equal(read(ward_rd_slice(body)), WARD_OK);
	assert_int_equal(read(ward_rd_from(more, body.len + 1)), WARD_ERR_MALFORMED);
	free(more);
	for (size_t n = 0; n < body.len; n++) {
		uint8_t *p = malloc(n ? n : 1);

		assert_non_null(p);
		memcpy(p, body.p, n);
		assert_int_equal(read(ward_rd_from(p, n)), WARD_ERR_MALFORMED);
		free(p);
	}
}

static struct ward_slice list_of(uint64_t last, const struct ward_store_leaf *leaf, size_t n)
{
	static struct ward_whole_list l;

	ward_whole_begin(&l, buf, last, 55);
	for (size_t i = 0; i < n; i++)
		assert_true(ward_whole_add(&l, &leaf[i]));
	return ward_whole_body(&l);
}

static void test_list(void **state)
{
	(void)state;
	const struct ward_store_leaf leaf[] = {
		leaf_of(8, "{\"a\":1}"), leaf_of(9, NULL), leaf_of(10, "{}")};
	struct ward_slice body = list_of(12, leaf, 3);
	struct ward_rd r = ward_rd_slice(body);
	struct ward_whole l;

	assert_int_equal(ward_whole_get(&r, &after_7, got, &l), WARD_OK);
	assert_int_equal(l.last, 12);
	assert_int_equal(l.position, 55);
	assert_int_equal(l.n, 3);
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(got[i].row.row, 8 + i);
		assert_int_equal(got[i].row.kind, WARD_ROW_DECISION);
		assert_int_equal(got[i].row.revision, 0xfffffffe);
		assert_int_equal(got[i].row.time, -5);
		assert_true(ward_id_eq(got[i].row.id, leaf[i].row.id));
		assert_true(ward_hash_eq(&got[i].commitment, &leaf[i].commitment));
		assert_int_equal(!got[i].salt.p, i == 1);
		assert_true(ward_str_eq(got[i].row.json, leaf[i].row.json));
	}
	prefixes(body, read_list);
}

static void test_list_refused(void **state)
{
	(void)state;
	struct ward_store_leaf leaf[] = {
		leaf_of(8, "{}"), leaf_of(9, "{}"), leaf_of(10, "{}"), leaf_of(11, "{}")};

	assert_int_equal(read_list(ward_rd_slice(list_of(12, leaf, 4))), WARD_ERR_MALFORMED);
	assert_int_equal(read_list(ward_rd_slice(list_of(9, leaf, 3))), WARD_ERR_MALFORMED);
	assert_int_equal(read_list(ward_rd_slice(list_of(12, leaf + 1, 2))), WARD_ERR_MALFORMED);
	leaf[1].row.kind = WARD_ROW_KIND_LAST + 1;
	assert_int_equal(read_list(ward_rd_slice(list_of(12, leaf, 3))), WARD_ERR_MALFORMED);
	leaf[1] = leaf_of(9, "");
	assert_int_equal(read_list(ward_rd_slice(list_of(12, leaf, 3))), WARD_ERR_MALFORMED);
	leaf[1] = leaf_of(9, "\"\xff\"");
	assert_int_equal(read_list(ward_rd_slice(list_of(12, leaf, 3))), WARD_ERR_MALFORMED);
	leaf[1] = leaf_of(9, "{}");
	assert_int_equal(read_list(ward_rd_slice(list_of(12, leaf, 3))), WARD_OK);
	assert_int_equal(read_list(ward_rd_slice(list_of(0, NULL, 0))), WARD_OK);
}

/* The longest row fits, and a list ends where the message does. */
static void test_list_is_full(void **state)
{
	(void)state;
	static char json[WARD_ROW_JSON_MAX + 1];
	struct ward_whole_list l;

	memset(json, 'x', WARD_ROW_JSON_MAX);
	const struct ward_store_leaf one = leaf_of(8, json), two = leaf_of(9, json);

	ward_whole_begin(&l, buf, 9, 0);
	assert_true(ward_whole_add(&l, &one));
	assert_false(ward_whole_add(&l, &two));
	struct ward_rd r = ward_rd_slice(ward_whole_body(&l));
	struct ward_whole is;

	assert_int_equal(ward_whole_get(&r, &after_7, got, &is), WARD_OK);
	assert_int_equal(is.n, 1);
	assert_int_equal(got[0].row.json.len, WARD_ROW_JSON_MAX);
}

static void test_gone(void **state)
{
	(void)state;
	static uint64_t number[] = {5, 7, 9};
	struct ward_wr w = ward_wr_fixed(buf, sizeof(buf));

	ward_gone_list_put(&w, number, 3);
	prefixes(ward_wr_slice(&w), read_gone);
	for (size_t i = 0; i < 3; i++) { /* not above the one before, or beyond */
		static const uint64_t bad[] = {4, 5, 10};
		uint64_t was = number[i];

		number[i] = bad[i];
		ward_wr_reset(&w);
		ward_gone_list_put(&w, number, 3);
		assert_int_equal(read_gone(ward_rd_slice(ward_wr_slice(&w))), WARD_ERR_MALFORMED);
		number[i] = was;
	}
	ward_wr_reset(&w);
	ward_gone_put(&w, &(struct ward_gone){3, 3});
	prefixes(ward_wr_slice(&w), read_asked);
	ward_wr_reset(&w);
	ward_gone_put(&w, &(struct ward_gone){4, 3});
	assert_int_equal(read_asked(ward_rd_slice(ward_wr_slice(&w))), WARD_ERR_MALFORMED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_list),
		cmocka_unit_test(test_list_refused),
		cmocka_unit_test(test_list_is_full),
		cmocka_unit_test(test_gone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
