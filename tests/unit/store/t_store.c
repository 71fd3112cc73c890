#include "lab.h"

#include "store/migrate.h"
#include "store/sql.h"

#include <unistd.h>

static int setup(void **state)
{
	struct lab *l = malloc(sizeof(*l));

	assert_non_null(l);
	lab_init(l);
	*state = l;
	return 0;
}

static int teardown(void **state)
{
	lab_fini(*state);
	free(*state);
	return 0;
}

/* Collects what a listing gives, and checks that each is the row it should be. */
struct got {
	struct lab *l;
	uint64_t number[64];
	uint32_t revision[64];
	size_t n, most;
};

static bool on_row(void *ctx, const struct ward_store_row *r)
{
	struct got *g = ctx;
	struct ward_store_row want = lab_row(g->l, (uint32_t)r->row - 1);

	assert_true(g->n < 64);
	assert_true(g->n == 0 || g->number[g->n - 1] < r->row);
	g->number[g->n] = r->row;
	g->revision[g->n++] = r->revision;
	assert_int_equal(r->kind, want.kind);
	assert_true(ward_id_eq(r->id, want.id));
	assert_int_equal(r->revision, want.revision);
	assert_int_equal(r->time, want.time);
	assert_true(ward_str_eq(r->json, want.json));
	return g->n < g->most;
}

static size_t rows(struct lab *l, uint64_t after, size_t n)
{
	struct got g = {.l = l, .most = 64};

	assert_int_equal(ward_store_rows(l->s, after, n, on_row, &g), WARD_OK);
	for (size_t i = 0; i < g.n; i++)
		assert_int_equal(g.number[i], after + 1 + i);
	return g.n;
}

static void test_fresh(void **state)
{
	struct lab *l = *state;
	struct ward_store_checkpoint c = {.seq = 9};
	struct ward_tree_head head;
	struct ward_ledger none;
	struct ward_hash root;

	lab_open(l);
	assert_int_equal(ward_store_position(l->s), 0);
	assert_int_equal(ward_store_last(l->s), 0);
	assert_int_equal(rows(l, 0, 10), 0);
	assert_int_equal(ward_store_checkpoint(l->s, &c), WARD_OK);
	assert_int_equal(c.seq, 0);
	ward_store_head(l->s, &head);
	ward_ledger_init(&none);
	ward_ledger_root(&none, &root);
	assert_true(ward_hash_eq(&head.root, &root));
	assert_int_equal(head.n, 0);
	assert_int_equal(head.time, WARD_NS_PER_S);
	assert_false(head.is_signed);
	assert_int_equal(ward_store_verify(l->s), WARD_OK);
	ward_store_close(NULL);
}

static void test_rows_come_back(void **state)
{
	struct lab *l = *state;
	struct got g = {.l = l, .most = 2};

	lab_open(l);
	lab_fill(l, 0, 20, 7);
	for (unsigned life = 0; life < 2; life++) {
		assert_int_equal(ward_store_last(l->s), 20);
		assert_int_equal(ward_store_position(l->s), 7);
		assert_int_equal(rows(l, 0, 100), 20);
		assert_int_equal(rows(l, 0, 5), 5);
		assert_int_equal(rows(l, 0, 0), 0);
		assert_int_equal(rows(l, 17, 5), 3);
		assert_int_equal(rows(l, 20, 5), 0);
		assert_int_equal(rows(l, UINT64_MAX, SIZE_MAX), 0);
		assert_int_equal(ward_store_verify(l->s), WARD_OK);
		lab_close(l);
		lab_open(l);
	}
	lab_fill(l, 20, 25, 8);
	assert_int_equal(rows(l, 18, SIZE_MAX), 7);
	/* a listener that has enough */
	assert_int_equal(ward_store_rows(l->s, 0, 100, on_row, &g), WARD_OK);
	assert_int_equal(g.n, 2);
	assert_int_equal(rows(l, 0, 100), 25);
}

static void test_known_rows_are_left_out(void **state)
{
	struct lab *l = *state;
	struct ward_store_stats st;
	struct ward_store_row r;

	lab_open(l);
	lab_fill(l, 0, 6, 1);
	lab_fill(l, 3, 9, 2); /* 3 to 5 again, from another life */
	assert_int_equal(ward_store_begin(l->s), WARD_OK);
	lab_put(l, 9);
	lab_put(l, 9); /* twice in one transaction */
	assert_int_equal(ward_store_commit(l->s, 3), WARD_OK);
	assert_int_equal(ward_store_last(l->s), 10);
	assert_int_equal(rows(l, 0, 100), 10);
	ward_store_stats(l->s, &st);
	assert_int_equal(st.n_added, 10);
	assert_int_equal(st.n_known, 4);
	assert_int_equal(st.n_differing, 0);
	assert_int_equal(st.n_commit, 3);
	assert_int_equal(l->n_fault, 0);

	/* other content under the same name: told, kept as it was */
	assert_int_equal(ward_store_begin(l->s), WARD_OK);
	r = lab_row(l, 4);
	r.json = WARD_STR("{}");
	assert_int_equal(ward_store_put(l->s, &r), WARD_OK);
	r = lab_row(l, 5);
	r.time++;
	assert_int_equal(ward_store_put(l->s, &r), WARD_OK);
	assert_int_equal(ward_store_commit(l->s, 4), WARD_OK);
	ward_store_stats(l->s, &st);
	assert_int_equal(st.n_differing, 2);
	assert_int_equal(st.n_fault, 0);
	assert_int_equal(l->n_fault, 2);
	assert_true(lab_told(l, "the same row came with other content", 5));
	assert_true(lab_told(l, "the same row came with other content", 6));
	assert_int_equal(rows(l, 0, 100), 10);
	assert_int_equal(ward_store_verify(l->s), WARD_OK);
}

static void test_rollback(void **state)
{
	struct lab *l = *state;
	struct ward_tree_head before, after;

	lab_open(l);
	lab_fill(l, 0, 5, 5);
	ward_store_head(l->s, &before);
	assert_int_equal(ward_store_begin(l->s), WARD_OK);
	lab_put(l, 5);
	lab_put(l, 6);
	/* readers don't see it */
	assert_int_equal(ward_store_last(l->s), 5);
	assert_int_equal(rows(l, 0, 100), 5);
	ward_store_rollback(l->s);
	ward_store_rollback(l->s);
	ward_store_head(l->s, &after);
	assert_true(ward_hash_eq(&before.root, &after.root));
	assert_int_equal(ward_store_verify(l->s), WARD_OK);
	/* numbers are not used up */
	lab_fill(l, 5, 6, 6);
	assert_int_equal(rows(l, 0, 100), 6);
	/* closing undoes as well */
	assert_int_equal(ward_store_begin(l->s), WARD_OK);
	lab_put(l, 6);
	lab_close(l);
	lab_open(l);
	assert_int_equal(ward_store_last(l->s), 6);
	assert_int_equal(ward_store_verify(l->s), WARD_OK);
}

static void test_states(void **state)
{
	struct lab *l = *state;
	struct ward_store_row r = lab_row(l, 0);
	struct ward_store_checkpoint c = {.seq = 1};
	uint8_t buf[8];
	struct ward_wr w = ward_wr_fixed(buf, sizeof(buf));

	lab_open(l);
	assert_int_equal(ward_store_put(l->s, &r), WARD_ERR_STATE);
	assert_int_equal(ward_store_commit(l->s, 1), WARD_ERR_STATE);
	assert_int_equal(ward_store_checkpoint_begin(l->s, &c), WARD_ERR_STATE);
	assert_int_equal(ward_store_begin(l->s), WARD_OK);
	assert_int_equal(ward_store_begin(l->s), WARD_ERR_STATE);
	assert_int_equal(ward_store_checkpoint_put(l->s, ward_slice_of("x", 1)), WARD_ERR_STATE);
	assert_int_equal(ward_store_checkpoint(l->s, &c), WARD_ERR_STATE);
	assert_int_equal(ward_store_checkpoint_read(l->s, 0, 8, &w), WARD_ERR_STATE);
	assert_int_equal(ward_store_verify(l->s), WARD_ERR_STATE);
	assert_int_equal(ward_store_commit(l->s, 1), WARD_OK);
	assert_int_equal(ward_store_position(l->s), 1);
}

static void test_limits(void **state)
{
	struct lab *l = *state;
	char *big = malloc(WARD_ROW_JSON_MAX + 1);
	struct ward_store_row r = lab_row(l, 0);

	assert_non_null(big);
	memset(big, ' ', WARD_ROW_JSON_MAX + 1);
	lab_open(l);
	assert_int_equal(ward_store_begin(l->s), WARD_OK);
	r.kind = 0;
	assert_int_equal(ward_store_put(l->s, &r), WARD_ERR_MALFORMED);
	r.kind = 4;
	assert_int_equal(ward_store_put(l->s, &r), WARD_ERR_MALFORMED);
	r.kind = WARD_ROW_IMPACT;
	r.json = (struct ward_str){big, 0};
	assert_int_equal(ward_store_put(l->s, &r), WARD_ERR_MALFORMED);
	r.json.len = WARD_ROW_JSON_MAX + 1;
	assert_int_equal(ward_store_put(l->s, &r), WARD_ERR_LIMIT);
	r.json.len--;
	r.revision = UINT32_MAX;
	r.time = INT64_MIN;
	assert_int_equal(ward_store_put(l->s, &r), WARD_OK);
	assert_int_equal(ward_store_commit(l->s, (uint64_t)INT64_MAX + 1), WARD_ERR_LIMIT);
	assert_int_equal(ward_store_commit(l->s, INT64_MAX), WARD_OK);
	assert_int_equal(ward_store_position(l->s), INT64_MAX);
	assert_int_equal(ward_store_verify(l->s), WARD_OK);
	/* a reader's position is never taken back */
	lab_fill(l, 0, 1, 3);
	assert_int_equal(ward_store_position(l->s), INT64_MAX);
	lab_close(l);
	lab_open(l);
	assert_int_equal(ward_store_position(l->s), INT64_MAX);
	free(big);
}

static void test_incidents(void **state)
{
	struct lab *l = *state;
	struct got g = {.l = l, .most = 64};

	lab_open(l);
	lab_fill(l, 0, 30, 1); /* incidents are 1, 4, 7, 10 …: three ids, revisions 0 to 3 */
	assert_int_equal(ward_store_begin(l->s), WARD_OK);
	for (uint32_t i = 30; i < 39; i++)
		lab_put(l, i); /* newer revisions, not committed */
	assert_int_equal(ward_store_incidents(l->s, 0, 10, on_row, &g), WARD_OK);
	assert_int_equal(g.n, 3);
	assert_int_equal(g.number[0], 23);
	assert_int_equal(g.number[1], 26);
	assert_int_equal(g.number[2], 29);
	assert_int_equal(g.revision[0], 2);
	assert_int_equal(g.revision[2], 3);
	assert_int_equal(ward_store_commit(l->s, 2), WARD_OK);
	g.n = 0;
	assert_int_equal(ward_store_incidents(l->s, 0, 10, on_row, &g), WARD_OK);
	assert_int_equal(g.n, 3);
	assert_int_equal(g.number[2], 38);
	/* in pages */
	uint64_t at = g.number[0];

	g.n = 0;
	assert_int_equal(ward_store_incidents(l->s, at, 1, on_row, &g), WARD_OK);
	assert_int_equal(g.n, 1);
	assert_int_equal(g.number[0], 35);
}

static void hash(struct ward_store_checkpoint *c, const uint8_t *p, size_t len)
{
	ward_sha256(ward_slice_of(p, len), c->sha256);
	c->size = len;
}

static void put_checkpoint(struct lab *l, uint64_t seq, const uint8_t *p, size_t len)
{
	struct ward_store_checkpoint c = {.seq = seq};

	hash(&c, p, len);
	assert_int_equal(ward_store_checkpoint_begin(l->s, &c), WARD_OK);
	for (size_t off = 0; off < len;) {
		size_t n = len - off < 1000 ? len - off : 1000;

		assert_int_equal(
			ward_store_checkpoint_put(l->s, ward_slice_of(p + off, n)), WARD_OK);
		off += n;
	}
}

static void check_checkpoint(struct lab *l, uint64_t seq, const uint8_t *p, size_t len)
{
	struct ward_store_checkpoint c, want = {.seq = seq};
	uint8_t buf[4096];
	struct ward_wr w = ward_wr_fixed(buf, sizeof(buf));

	hash(&want, p, len);
	assert_int_equal(ward_store_checkpoint(l->s, &c), WARD_OK);
	assert_memory_equal(&c, &want, sizeof(c));
	while (w.len < len)
		assert_int_equal(ward_store_checkpoint_read(l->s, w.len, 300, &w), WARD_OK);
	assert_int_equal(w.len, len);
	assert_memory_equal(buf, p, len);
	assert_int_equal(ward_store_checkpoint_read(l->s, len, 300, &w), WARD_ERR_NOT_FOUND);
	assert_int_equal(ward_store_checkpoint_read(l->s, UINT64_MAX, 300, &w), WARD_ERR_NOT_FOUND);
}

static void test_checkpoint(void **state)
{
	struct lab *l = *state;
	uint8_t one[2500], two[1000];

	for (size_t i = 0; i < sizeof(one); i++)
		one[i] = (uint8_t)(i * 7 % 251);
	memset(two, 2, sizeof(two));
	lab_open(l);
	assert_int_equal(ward_store_begin(l->s), WARD_OK);
	lab_put(l, 0);
	put_checkpoint(l, 11, one, sizeof(one));
	lab_put(l, 1);
	assert_int_equal(ward_store_commit(l->s, 11), WARD_OK);
	check_checkpoint(l, 11, one, sizeof(one));
	lab_close(l);
	lab_open(l);
	check_checkpoint(l, 11, one, sizeof(one));
	/* undone, replaced within a transaction, replaced */
	assert_int_equal(ward_store_begin(l->s), WARD_OK);
	put_checkpoint(l, 12, two, sizeof(two));
	ward_store_rollback(l->s);
	check_checkpoint(l, 11, one, sizeof(one));
	assert_int_equal(ward_store_begin(l->s), WARD_OK);
	put_checkpoint(l, 12, one, sizeof(one));
	put_checkpoint(l, 13, two, sizeof(two));
	assert_int_equal(ward_store_commit(l->s, 13), WARD_OK);
	check_checkpoint(l, 13, two, sizeof(two));
	/* a transaction without one leaves it */
	lab_fill(l, 2, 3, 14);
	check_checkpoint(l, 13, two, sizeof(two));
	/* an empty one */
	assert_int_equal(ward_store_begin(l->s), WARD_OK);
	put_checkpoint(l, 15, one, 0);
	assert_int_equal(ward_store_commit(l->s, 15), WARD_OK);
	check_checkpoint(l, 15, one, 0);
	assert_int_equal(ward_store_verify(l->s), WARD_OK);
}

static void test_checkpoint_refused(void **state)
{
	struct lab *l = *state;
	struct ward_store_checkpoint c = {.seq = 0};
	uint8_t bytes[4] = "abc";

	lab_open(l);
	assert_int_equal(ward_store_begin(l->s), WARD_OK);
	assert_int_equal(ward_store_checkpoint_begin(l->s, &c), WARD_ERR_MALFORMED);
	c.seq = UINT64_MAX;
	assert_int_equal(ward_store_checkpoint_begin(l->s, &c), WARD_ERR_LIMIT);
	c.seq = 1;
	c.size = UINT64_MAX;
	assert_int_equal(ward_store_checkpoint_begin(l->s, &c), WARD_ERR_LIMIT);
	c.size = 0; /* whose hash is not zeros */
	assert_int_equal(ward_store_checkpoint_begin(l->s, &c), WARD_ERR_MALFORMED);
	hash(&c, bytes, 3);
	assert_int_equal(ward_store_checkpoint_begin(l->s, &c), WARD_OK);
	assert_int_equal(ward_store_checkpoint_put(l->s, ward_slice_of(bytes, 0)), WARD_ERR_LIMIT);
	assert_int_equal(ward_store_checkpoint_put(l->s, ward_slice_of(bytes, 4)), WARD_ERR_LIMIT);
	assert_int_equal(ward_store_checkpoint_put(l->s, ward_slice_of(bytes, 2)), WARD_OK);
	assert_int_equal(ward_store_commit(l->s, 1), WARD_ERR_MALFORMED); /* not whole */
	assert_int_equal(
		ward_store_checkpoint_put(l->s, ward_slice_of(bytes, 1)), WARD_ERR_MALFORMED);
	assert_int_equal(ward_store_commit(l->s, 1), WARD_ERR_MALFORMED); /* whole, not the one */
	ward_store_rollback(l->s);
	assert_int_equal(ward_store_checkpoint(l->s, &c), WARD_OK);
	assert_int_equal(c.seq, 0);
}

static void test_ledger_is_as_documented(void **state)
{
	struct lab *l = *state;
	struct ward_ledger tree;
	struct ward_tree_head head;
	struct ward_hash root;

	ward_ledger_init(&tree);
	lab_open(l);
	for (uint32_t i = 0; i < 13; i++) {
		struct ward_store_row r = lab_row(l, i);
		uint8_t buf[128], salt[WARD_LEDGER_SALT];
		struct ward_wr w = ward_wr_fixed(buf, sizeof(buf));
		struct ward_hash record, commitment, leaf;

		ward_wr_u8(&w, (uint8_t)r.kind);
		ward_wr_bytes(&w, r.id.b, 16);
		ward_wr_be32(&w, r.revision);
		ward_wr_be64(&w, (uint64_t)r.time);
		ward_wr_str(&w, r.json);
		ward_sha256(ward_wr_slice(&w), record.b);
		memset(salt, (int)i, sizeof(salt)); /* as the lab gives them */
		ward_ledger_commitment(salt, &record, &commitment);
		ward_ledger_leaf(ward_slice_of(commitment.b, 32), &leaf);
		ward_ledger_add(&tree, &leaf);
		ward_ledger_root(&tree, &root);
		lab_fill(l, i, i + 1, i);
		ward_store_head(l->s, &head);
		assert_int_equal(head.n, i + 1);
		assert_true(ward_hash_eq(&head.root, &root));
	}
	lab_close(l);
	lab_open(l);
	ward_store_head(l->s, &head);
	assert_true(ward_hash_eq(&head.root, &root));
}

static void test_salts_are_random(void **state)
{
	struct lab *l = *state;
	struct ward_hash root[2];

	for (unsigned i = 0; i < 2; i++) {
		struct ward_store_options o = {
			.path = l->path, .clock = &l->clock.clock, .mem = ward_mem_heap()};
		struct ward_tree_head head;

		assert_int_equal(ward_store_open(&o, &l->s), WARD_OK);
		lab_fill(l, 0, 3, 1);
		assert_int_equal(ward_store_verify(l->s), WARD_OK);
		ward_store_head(l->s, &head);
		root[i] = head.root;
		lab_close(l);
		assert_int_equal(unlink(l->path), 0);
	}
	assert_false(ward_hash_eq(&root[0], &root[1]));
}

/* Does damage to a good database of ten rows and a checkpoint, and expects this fault: at open, or
 * when all is verified. */
static void damage(struct lab *l, const char *sql, const char *what, uint64_t row)
{
	bool told;

	lab_close(l);
	(void)unlink(l->path);
	lab_open(l);
	assert_int_equal(ward_store_begin(l->s), WARD_OK);
	for (uint32_t i = 0; i < 10; i++)
		lab_put(l, i);
	put_checkpoint(l, 3, (const uint8_t *)"checkpoint", 10);
	assert_int_equal(ward_store_commit(l->s, 3), WARD_OK);
	assert_int_equal(ward_store_verify(l->s), WARD_OK);
	lab_close(l);
	lab_sql(l, sql);
	l->n_fault = 0;
	enum ward_err err = lab_try_open(l, ward_mem_heap());

	if (!err)
		err = ward_store_verify(l->s);
	told = lab_told(l, what, row);
	if (err != WARD_ERR_CORRUPT || !told)
		fail_msg("%s: %s, %s", sql, ward_err_name(err), l->n_fault ? l->fault[0] : "-");
}

static void test_verify_finds(void **state)
{
	struct lab *l = *state;
#define UNCHECKED "PRAGMA ignore_check_constraints = ON; PRAGMA foreign_keys = OFF; "
	static const struct {
		const char *sql, *what;
		uint64_t row;
	} t[] = {
		{"UPDATE record SET json = replace(json, 'true', 'frue') WHERE number = 4",
			"a row is not what its leaf says", 4},
		{"UPDATE record SET time = time + 1 WHERE number = 4",
			"a row is not what its leaf says", 4},
		{"UPDATE record SET revision = 77 WHERE number = 4",
			"a row is not what its leaf says", 4},
		{"UPDATE record SET kind = 3 WHERE number = 4", "a row is not what its leaf says",
			4},
		{"UPDATE record SET id = zeroblob(16) WHERE number = 4",
			"a row is not what its leaf says", 4},
		{"UPDATE record SET salt = randomblob(32) WHERE number = 10",
			"a row is not what its leaf says", 10},
		{"UPDATE record SET salt = randomblob(33) WHERE number = 10",
			"a row without its salt, or half erased", 10},
		{"UPDATE record SET json = NULL WHERE number = 2",
			"a row without its salt, or half erased", 2},
		{"UPDATE record SET salt = NULL WHERE number = 2",
			"a row without its salt, or half erased", 2},
		{"UPDATE record SET json = '' WHERE number = 2",
			"a row's JSON is empty or too long", 2},
		{"UPDATE record SET kind = 9 WHERE number = 2", "a row that no version writes", 2},
		{"UPDATE record SET id = x'00' WHERE number = 2", "a row that no version writes",
			2},
		{"UPDATE leaf SET commitment = randomblob(32) WHERE number = 7",
			"a row is not what its leaf says", 7},
		{"UPDATE leaf SET commitment = randomblob(32) WHERE number = 7",
			"the leaves don't give the ledger's root", 0},
		{"UPDATE leaf SET commitment = x'00' WHERE number = 7", "a leaf that is no hash",
			7},
		{"DELETE FROM record WHERE number = 5", "a leaf without a row", 5},
		{"DELETE FROM leaf WHERE number = 5", "leaves are missing before this one", 6},
		{"DELETE FROM leaf WHERE number = 5", "there are rows without a leaf", 0},
		{"DELETE FROM leaf WHERE number = 5", "the ledger's size is not that of its leaves",
			0},
		{"DELETE FROM record WHERE number = 10",
			"the last row has no leaf, or the last leaf no row", 0},
		{"DELETE FROM record WHERE number = 10; DELETE FROM leaf WHERE number = 10",
			"the ledger's size is not that of its leaves", 0},
		{"DELETE FROM ledger", "the ledger is missing", 0},
		{"UPDATE ledger SET size = 9", "the ledger's size is not that of its leaves", 0},
		{"UPDATE ledger SET size = 11", "the ledger's peaks don't fit its size", 0},
		{"UPDATE ledger SET size = -1", "the ledger's peaks don't fit its size", 0},
		{"UPDATE ledger SET peaks = zeroblob(64)",
			"the leaves don't give the ledger's root", 0},
		{"UPDATE checkpoint_part SET bytes = x'00'",
			"the checkpoint is not what its hash says", 0},
		{"UPDATE checkpoint_part SET offset = 1",
			"the checkpoint is not what its hash says", 0},
		{"DELETE FROM checkpoint", "the checkpoint is not what its hash says", 0},
		{"UPDATE checkpoint SET seq = 0", "a checkpoint that no version writes", 0},
		{"UPDATE checkpoint SET sha256 = x'00'", "a checkpoint that no version writes", 0},
		{"PRAGMA writable_schema = ON; UPDATE sqlite_schema SET sql = replace(sql, "
		 "'UNIQUE (kind, id, revision)', 'UNIQUE (kind, revision, id)')",
			"SQLite finds its structure damaged", 0},
	};

	for (size_t i = 0; i < WARD_ARRAY_LEN(t); i++) {
		char sql[512];

		(void)snprintf(sql, sizeof(sql), UNCHECKED "%s", t[i].sql);
		damage(l, sql, t[i].what, t[i].row);
	}
}

static void test_erased(void **state)
{
	struct lab *l = *state;
	struct ward_tree_head before, after;
	struct ward_store_stats st;
	struct got g = {.l = l, .most = 64};

	lab_open(l);
	lab_fill(l, 0, 10, 1);
	ward_store_head(l->s, &before);
	lab_close(l);
	lab_sql(l, "UPDATE record SET json = NULL, salt = NULL WHERE number IN (2, 3)");
	lab_open(l);
	assert_int_equal(ward_store_verify(l->s), WARD_OK);
	ward_store_head(l->s, &after);
	assert_true(ward_hash_eq(&before.root, &after.root));
	assert_int_equal(ward_store_rows(l->s, 0, 3, on_row, &g), WARD_OK);
	assert_int_equal(g.n, 3);
	assert_int_equal(g.number[1], 4);
	/* it does not come back by a replay */
	lab_fill(l, 0, 10, 1);
	ward_store_stats(l->s, &st);
	assert_int_equal(st.n_known, 10);
	assert_int_equal(st.n_differing, 0);
	assert_int_equal(ward_store_last(l->s), 10);
}

static void test_damaged_row_stops_a_listing(void **state)
{
	struct lab *l = *state;
	struct got g = {.l = l, .most = 64};
	struct ward_store_row r = lab_row(l, 1);

	lab_open(l);
	lab_fill(l, 0, 5, 1);
	lab_close(l);
	lab_sql(l, UNCHECKED "UPDATE record SET json = '' WHERE number = 2");
	lab_open(l);
	assert_int_equal(ward_store_rows(l->s, 0, 10, on_row, &g), WARD_ERR_CORRUPT);
	assert_int_equal(g.n, 1);
	assert_true(lab_told(l, "a row's JSON is empty or too long", 2));
	/* and a transaction that meets it; then nothing but close is left */
	assert_int_equal(ward_store_begin(l->s), WARD_OK);
	assert_int_equal(ward_store_put(l->s, &r), WARD_ERR_CORRUPT);
	assert_int_equal(ward_store_put(l->s, &r), WARD_ERR_STATE);
	assert_int_equal(ward_store_commit(l->s, 1), WARD_ERR_STATE);
	ward_store_rollback(l->s);
	assert_int_equal(ward_store_begin(l->s), WARD_ERR_STATE);
	assert_int_equal(ward_store_verify(l->s), WARD_ERR_STATE);
}

/* Bytes of the file itself, beneath SQLite. */
static void test_damaged_file(void **state)
{
	struct lab *l = *state;
	size_t n_found = 0, n_page = 0;

	lab_open(l);
	lab_fill(l, 0, 60, 1);
	lab_close(l);
	FILE *f = fopen(l->path, "r+b");

	assert_non_null(f);
	assert_int_equal(fseek(f, 0, SEEK_END), 0);
	long len = ftell(f);

	for (long page = 0; page < len; page += 4096, n_page++) {
		uint8_t was[64], bad[64];

		memset(bad, 0xa5, sizeof(bad));
		(void)fseek(f, page, SEEK_SET);
		assert_int_equal(fread(was, 1, sizeof(was), f), sizeof(was));
		(void)fseek(f, page, SEEK_SET);
		assert_int_equal(fwrite(bad, 1, sizeof(bad), f), sizeof(bad));
		(void)fflush(f);
		enum ward_err err = lab_try_open(l, ward_mem_heap());

		if (!err)
			err = ward_store_verify(l->s);
		assert_true(err == WARD_OK || err == WARD_ERR_CORRUPT || err == WARD_ERR_FOREIGN);
		n_found += err != WARD_OK;
		lab_close(l);
		(void)fseek(f, page, SEEK_SET);
		assert_int_equal(fwrite(was, 1, sizeof(was), f), sizeof(was));
		(void)fflush(f);
	}
	fclose(f);
	assert_int_equal(n_found, n_page);
	lab_open(l);
	assert_int_equal(ward_store_verify(l->s), WARD_OK);
}

static void test_not_ours(void **state)
{
	struct lab *l = *state;
	FILE *f;

	lab_open(l);
	lab_close(l);
	lab_sql(l, "PRAGMA user_version = 1000");
	assert_int_equal(lab_try_open(l, ward_mem_heap()), WARD_ERR_VERSION);
	lab_sql(l, "PRAGMA application_id = 1");
	assert_int_equal(lab_try_open(l, ward_mem_heap()), WARD_ERR_FOREIGN);
	assert_int_equal(unlink(l->path), 0);
	lab_sql(l, "CREATE TABLE other (a)");
	assert_int_equal(lab_try_open(l, ward_mem_heap()), WARD_ERR_FOREIGN);
	lab_sql(l, "INSERT INTO other VALUES (1)"); /* it was left as it was */
	f = fopen(l->path, "wb");
	assert_non_null(f);
	for (unsigned i = 0; i < 1000; i++)
		(void)fputs("no database", f);
	fclose(f);
	assert_int_equal(lab_try_open(l, ward_mem_heap()), WARD_ERR_FOREIGN);
	assert_int_equal(unlink(l->path), 0);
	(void)snprintf(l->path, sizeof(l->path), "%s/no/such/ward.db", l->dir);
	assert_int_equal(lab_try_open(l, ward_mem_heap()), WARD_ERR_IO);
}

static void test_one_owner(void **state)
{
	struct lab *l = *state;
	struct ward_store *first;

	lab_open(l);
	first = ward_steal(l->s);
	assert_int_equal(lab_try_open(l, ward_mem_heap()), WARD_ERR_AGAIN);
	ward_store_close(first);
	lab_open(l);
}

static void test_migrations(void **state)
{
	struct lab *l = *state;
	static const char *const list[] = {
		"PRAGMA application_id = 1463898692; CREATE TABLE a (x) STRICT_; ",
		"CREATE TABLE b (x); PRAGMA user_version = 2;",
		"INSERT INTO b VALUES (1); PRAGMA user_version = 7;", /* leads elsewhere */
		"INSERT INTO nowhere VALUES (1); PRAGMA user_version = 3;",
		"INSERT INTO b VALUES (3); -- the end\nPRAGMA user_version = 3; ",
	};
	const char *good[] = {"PRAGMA application_id = 1463898692;\n\n-- text\n"
			      "CREATE TABLE a (x); PRAGMA user_version = 1;",
		list[1], list[4]};
	const char *const *ours;
	sqlite3 *db;
	int64_t v;
	size_t n;

	ours = ward_store_migrations(&n);
	assert_true(n >= 1);
	for (size_t i = 0; i < n; i++)
		assert_non_null(strstr(ours[i], "PRAGMA user_version"));
	assert_int_equal(ward_sql_open(l->path, &db), WARD_OK);
	assert_int_equal(ward_store_migrate(db, list, 1), WARD_ERR_CORRUPT); /* no SQL */
	assert_int_equal(ward_store_migrate(db, good, 1), WARD_OK);
	assert_int_equal(ward_store_migrate(db, good, 1), WARD_OK);
	assert_int_equal(ward_store_migrate(db, good, 2), WARD_OK);
	assert_int_equal(ward_store_migrate(db, good, 1), WARD_ERR_VERSION);
	/* a step that fails leaves nothing of itself */
	good[2] = list[2];
	assert_int_equal(ward_store_migrate(db, good, 3), WARD_ERR_CORRUPT);
	good[2] = list[3];
	assert_int_equal(ward_store_migrate(db, good, 3), WARD_ERR_CORRUPT);
	assert_int_equal(ward_sql_int(db, "SELECT count(*) FROM b", &v), WARD_OK);
	assert_int_equal(v, 0);
	assert_int_equal(ward_sql_int(db, "SELECT x FROM b", &v), WARD_ERR_NOT_FOUND);
	assert_int_equal(ward_sql_int(db, "PRAGMA user_version", &v), WARD_OK);
	assert_int_equal(v, 2);
	good[2] = list[4];
	assert_int_equal(ward_store_migrate(db, good, 3), WARD_OK);
	assert_int_equal(ward_sql_int(db, "SELECT count(*) FROM b", &v), WARD_OK);
	assert_int_equal(v, 1);
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_fresh, setup, teardown),
		cmocka_unit_test_setup_teardown(test_rows_come_back, setup, teardown),
		cmocka_unit_test_setup_teardown(test_known_rows_are_left_out, setup, teardown),
		cmocka_unit_test_setup_teardown(test_rollback, setup, teardown),
		cmocka_unit_test_setup_teardown(test_states, setup, teardown),
		cmocka_unit_test_setup_teardown(test_limits, setup, teardown),
		cmocka_unit_test_setup_teardown(test_incidents, setup, teardown),
		cmocka_unit_test_setup_teardown(test_checkpoint, setup, teardown),
		cmocka_unit_test_setup_teardown(test_checkpoint_refused, setup, teardown),
		cmocka_unit_test_setup_teardown(test_ledger_is_as_documented, setup, teardown),
		cmocka_unit_test_setup_teardown(test_salts_are_random, setup, teardown),
		cmocka_unit_test_setup_teardown(test_verify_finds, setup, teardown),
		cmocka_unit_test_setup_teardown(test_erased, setup, teardown),
		cmocka_unit_test_setup_teardown(test_damaged_row_stops_a_listing, setup, teardown),
		cmocka_unit_test_setup_teardown(test_damaged_file, setup, teardown),
		cmocka_unit_test_setup_teardown(test_not_ours, setup, teardown),
		cmocka_unit_test_setup_teardown(test_one_owner, setup, teardown),
		cmocka_unit_test_setup_teardown(test_migrations, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
