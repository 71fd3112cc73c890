#include "run/rows.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

static uint8_t buf[WARD_MSG_BODY_MAX];

static struct ward_store_row row_of(uint64_t number, const char *json)
{
	return (struct ward_store_row){.row = number,
		.kind = WARD_ROW_INCIDENT,
		.id.b = {1, 2, 3, (uint8_t)number},
		.revision = 0xfffffffe,
		.time = -5,
		.json = ward_str_z(json)};
}

static void same_row(const struct ward_store_row *a, const struct ward_store_row *b)
{
	assert_int_equal(a->kind, b->kind);
	assert_true(ward_id_eq(a->id, b->id));
	assert_int_equal(a->revision, b->revision);
	assert_int_equal(a->time, b->time);
	assert_true(ward_str_eq(a->json, b->json));
}

/* Reads a whole COMMIT body. */
static enum ward_err read_commit(struct ward_rd r)
{
	struct ward_commit c;
	struct ward_commit_item item;
	enum ward_err err = ward_commit_get(&r, &c);

	for (unsigned i = 0; !err && i < c.n; i++)
		err = ward_commit_get_item(&r, &item);
	return err ? err : ward_rd_left(&r) ? WARD_ERR_MALFORMED : WARD_OK;
}

static enum ward_err read_committed(struct ward_rd r)
{
	enum ward_err verdict;

	return ward_committed_get(&r, &verdict);
}

static enum ward_err read_resume(struct ward_rd r)
{
	uint64_t off;

	return ward_resume_get(&r, &off);
}

static enum ward_err read_resumed(struct ward_rd r)
{
	struct ward_resumed d;

	return ward_resumed_get(&r, &d);
}

static enum ward_err read_query(struct ward_rd r)
{
	struct ward_rows_query q;

	return ward_rows_query_get(&r, &q);
}

static enum ward_err read_list(struct ward_rd r)
{
	const struct ward_rows_query q = {0, WARD_ROWS_MAX};
	uint64_t last;
	size_t n;

	return ward_row_list_get(&r, &q, &last, &n);
}

typedef enum ward_err (*read_fn)(struct ward_rd r);

/* Good as it is; malformed when anything is cut off or added. Each prefix is a block of its own
 * size, so that the sanitizer sees a read beyond it. */
static void prefixes(struct ward_slice body, read_fn read)
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

/* With one byte changed it must be refused. */
static void flipped(struct ward_slice body, size_t at, uint8_t v, read_fn read)
{
	uint8_t *p = malloc(body.len);

	assert_non_null(p);
	memcpy(p, body.p, body.len);
	p[at] = v;
	assert_int_equal(read(ward_rd_from(p, body.len)), WARD_ERR_MALFORMED);
	free(p);
}

static void test_commit(void **state)
{
	struct ward_wr w = ward_wr_fixed(buf, sizeof(buf));
	const struct ward_commit c = {.flags = WARD_COMMIT_FIRST | WARD_COMMIT_LAST,
		.transaction = 77,
		.position = INT64_MAX,
		.n = 2};
	const struct ward_store_row row = row_of(0, "{\"a\":\"\xc3\xa9\"}");
	struct ward_piece piece = {.of = {.seq = 5, .size = 100, .sha256 = {9}},
		.off = 20,
		.bytes = ward_slice_of("abc", 3)};
	struct ward_commit got;
	struct ward_commit_item item;
	struct ward_rd r;

	(void)state;
	ward_commit_put(&w, &c);
	ward_commit_put_row(&w, &row);
	size_t at = w.len;

	ward_commit_put_piece(&w, &piece);
	struct ward_slice body = ward_wr_slice(&w);

	r = ward_rd_slice(body);
	assert_int_equal(ward_commit_get(&r, &got), WARD_OK);
	assert_int_equal(got.flags, c.flags);
	assert_int_equal(got.transaction, 77);
	assert_int_equal(got.part, 0);
	assert_int_equal(got.position, INT64_MAX);
	assert_int_equal(got.n, 2);
	assert_int_equal(ward_commit_get_item(&r, &item), WARD_OK);
	assert_true(item.is_row);
	same_row(&item.row, &row);
	assert_int_equal(item.row.row, 0);
	assert_int_equal(ward_commit_get_item(&r, &item), WARD_OK);
	assert_false(item.is_row);
	assert_memory_equal(&item.piece.of, &piece.of, sizeof(piece.of));
	assert_int_equal(item.piece.off, 20);
	assert_int_equal(item.piece.bytes.len, 3);
	assert_memory_equal(item.piece.bytes.p, "abc", 3);
	assert_int_equal(ward_rd_left(&r), 0);
	prefixes(body, read_commit);

	flipped(body, 0, 4, read_commit);                /* an unknown flag */
	flipped(body, 0, WARD_COMMIT_LAST, read_commit); /* part 0 that is not the first */
	flipped(body, 8, 1, read_commit);                /* part 1 that is the first */
	flipped(body, 9, 0x80, read_commit);             /* a position over INT64_MAX */
	flipped(body, 17, 0x7f, read_commit);            /* too many items */
	flipped(body, 18, 1, read_commit);               /* fewer items than there are */
	flipped(body, 19, 3, read_commit);               /* an item of no kind */
	flipped(body, 19, 2, read_commit);               /* a row that says to be a piece */
	flipped(body, 20, 0, read_commit);               /* a row of no kind */
	flipped(body, 20, WARD_ROW_KIND_LAST + 1, read_commit);
	flipped(body, 20 + 29 + 7, 0xff, read_commit);   /* no UTF-8 */
	flipped(body, 20 + 29, 0, read_commit);          /* no JSON */
	flipped(body, at + 8, 0, read_commit);           /* sequence 0 */
	flipped(body, at + 1, 0x80, read_commit);        /* sequence over INT64_MAX */
	flipped(body, at + 9, 0x80, read_commit);        /* size over INT64_MAX */
	flipped(body, at + 1 + 48 + 6, 1, read_commit);  /* an offset beyond the size */
	flipped(body, at + 1 + 48 + 7, 98, read_commit); /* an end beyond the size */
}

static void test_commit_of_an_empty_checkpoint(void **state)
{
	struct ward_wr w = ward_wr_fixed(buf, sizeof(buf));
	struct ward_piece piece = {.of = {.seq = 5}};

	(void)state;
	ward_commit_put(&w, &(struct ward_commit){.flags = WARD_COMMIT_LAST, .part = 3, .n = 1});
	ward_commit_put_piece(&w, &piece);
	prefixes(ward_wr_slice(&w), read_commit);
	/* but no bytes of one that has some */
	w.len = 19;
	piece.of.size = 1;
	ward_commit_put_piece(&w, &piece);
	assert_int_equal(read_commit(ward_rd_slice(ward_wr_slice(&w))), WARD_ERR_MALFORMED);
}

static void test_largest_row_has_room(void **state)
{
	char *json = malloc(WARD_ROW_JSON_MAX + 1);
	struct ward_store_row row = row_of(1, "");
	struct ward_wr w = ward_wr_fixed(buf, sizeof(buf));
	struct ward_row_list l;
	struct ward_rd r;
	struct ward_commit_item item;

	(void)state;
	assert_non_null(json);
	memset(json, ' ', WARD_ROW_JSON_MAX + 1);
	row.json = (struct ward_str){json, WARD_ROW_JSON_MAX};
	ward_commit_put(&w, &(struct ward_commit){.flags = WARD_COMMIT_FIRST, .n = 1});
	ward_commit_put_row(&w, &row);
	assert_false(ward_wr_bad(&w));
	assert_int_equal(read_commit(ward_rd_slice(ward_wr_slice(&w))), WARD_OK);
	ward_row_list_begin(&l, buf, 2);
	assert_true(ward_row_list_add(&l, &row));
	row.row = 2;
	assert_false(ward_row_list_add(&l, &row)); /* and the list is as it was */
	assert_int_equal(read_list(ward_rd_slice(ward_row_list_body(&l))), WARD_OK);
	/* a longer one is refused, also when it would fit the message */
	w = ward_wr_fixed(buf, sizeof(buf));
	row.json.len++;
	ward_commit_put_row(&w, &row);
	r = ward_rd_slice(ward_wr_slice(&w));
	assert_int_equal(ward_commit_get_item(&r, &item), WARD_ERR_MALFORMED);
	free(json);
}

static void test_committed(void **state)
{
	struct ward_wr w = ward_wr_fixed(buf, sizeof(buf));
	enum ward_err verdict = WARD_OK;
	struct ward_rd r;

	(void)state;
	ward_committed_put(&w, WARD_ERR_STATE);
	r = ward_rd_slice(ward_wr_slice(&w));
	assert_int_equal(ward_committed_get(&r, &verdict), WARD_OK);
	assert_int_equal(verdict, WARD_ERR_STATE);
	prefixes(ward_wr_slice(&w), read_committed);
	flipped(ward_wr_slice(&w), 0, WARD_ERR_N, read_committed);
}

static void test_resume(void **state)
{
	struct ward_wr w = ward_wr_fixed(buf, sizeof(buf));
	struct ward_resumed d = {.position = 3,
		.piece = {.of = {.seq = 2, .size = 4, .sha256 = {1}},
			.off = 1,
			.bytes = ward_slice_of("xyz", 3)}};
	struct ward_resumed got;
	uint64_t off;
	struct ward_rd r;

	(void)state;
	ward_resume_put(&w, UINT64_MAX);
	r = ward_rd_slice(ward_wr_slice(&w));
	assert_int_equal(ward_resume_get(&r, &off), WARD_OK);
	assert_true(off == UINT64_MAX);
	prefixes(ward_wr_slice(&w), read_resume);

	ward_wr_reset(&w);
	ward_resumed_put(&w, &d);
	r = ward_rd_slice(ward_wr_slice(&w));
	assert_int_equal(ward_resumed_get(&r, &got), WARD_OK);
	assert_int_equal(got.position, 3);
	assert_memory_equal(&got.piece.of, &d.piece.of, sizeof(d.piece.of));
	assert_int_equal(got.piece.off, 1);
	assert_memory_equal(got.piece.bytes.p, "xyz", 3);
	prefixes(ward_wr_slice(&w), read_resumed);
	flipped(ward_wr_slice(&w), 0, 0x80, read_resumed); /* position over INT64_MAX */
	flipped(ward_wr_slice(&w), 15, 0, read_resumed);   /* bytes of no checkpoint */

	d = (struct ward_resumed){.position = 3}; /* none */
	ward_wr_reset(&w);
	ward_resumed_put(&w, &d);
	prefixes(ward_wr_slice(&w), read_resumed);
}

static void test_query(void **state)
{
	struct ward_wr w = ward_wr_fixed(buf, sizeof(buf));
	struct ward_rows_query q = {UINT64_MAX, WARD_ROWS_MAX}, got;
	struct ward_rd r;

	(void)state;
	ward_rows_query_put(&w, &q);
	r = ward_rd_slice(ward_wr_slice(&w));
	assert_int_equal(ward_rows_query_get(&r, &got), WARD_OK);
	assert_true(got.after == UINT64_MAX);
	assert_int_equal(got.n, WARD_ROWS_MAX);
	prefixes(ward_wr_slice(&w), read_query);
	flipped(ward_wr_slice(&w), 11, 1, read_query); /* 1025 */
	flipped(ward_wr_slice(&w), 10, 0, read_query); /* none */
}

static void test_row_list(void **state)
{
	struct ward_row_list l;
	struct ward_store_row row[3] = {row_of(4, "{}"), row_of(5, "{\"b\":2}"), row_of(9, "[]")};
	struct ward_rows_query q = {3, 3};
	uint64_t last = 0;
	size_t n = 0;
	struct ward_rd r;

	(void)state;
	ward_row_list_begin(&l, buf, 10);
	for (size_t i = 0; i < 3; i++)
		assert_true(ward_row_list_add(&l, &row[i]));
	struct ward_slice body = ward_row_list_body(&l);

	r = ward_rd_slice(body);
	assert_int_equal(ward_row_list_get(&r, &q, &last, &n), WARD_OK);
	assert_int_equal(last, 10);
	assert_int_equal(n, 3);
	for (size_t i = 0; i < 3; i++) {
		struct ward_store_row got;

		assert_int_equal(ward_row_list_next(&r, &got), WARD_OK);
		assert_int_equal(got.row, row[i].row);
		same_row(&got, &row[i]);
	}
	assert_int_equal(ward_rd_left(&r), 0);
	prefixes(body, read_list);
	flipped(body, 0, 0x80, read_list);   /* last over INT64_MAX */
	flipped(body, 7, 8, read_list);      /* a row beyond the last */
	flipped(body, 9, 2, read_list);      /* fewer than there are */
	flipped(body, 10 + 7, 0, read_list); /* not after what was asked */
	flipped(body, 10 + 7, 5, read_list); /* the same number twice */
	/* more than was asked for, or before it */
	q.n = 2;
	r = ward_rd_slice(body);
	assert_int_equal(ward_row_list_get(&r, &q, &last, &n), WARD_ERR_MALFORMED);
	q = (struct ward_rows_query){4, 3};
	r = ward_rd_slice(body);
	assert_int_equal(ward_row_list_get(&r, &q, &last, &n), WARD_ERR_MALFORMED);
	/* none */
	ward_row_list_begin(&l, buf, 0);
	prefixes(ward_row_list_body(&l), read_list);
	/* never more than a count may say */
	ward_row_list_begin(&l, buf, 5000);
	for (uint64_t i = 1; i <= WARD_ROWS_MAX; i++) {
		struct ward_store_row one = row_of(i, "1");

		assert_true(ward_row_list_add(&l, &one));
	}
	row[0].row = 4000;
	assert_false(ward_row_list_add(&l, &row[0]));
	assert_int_equal(read_list(ward_rd_slice(ward_row_list_body(&l))), WARD_OK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_commit),
		cmocka_unit_test(test_commit_of_an_empty_checkpoint),
		cmocka_unit_test(test_largest_row_has_room),
		cmocka_unit_test(test_committed),
		cmocka_unit_test(test_resume),
		cmocka_unit_test(test_query),
		cmocka_unit_test(test_row_list),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
