#include "lab.h"

#include <sys/stat.h>
#include <unistd.h>

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
	r.kind = WARD_ROW_KIND_LAST + 1;
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

/* Rows that a crash left in the log are there, nothing is changed, and nothing is made. */
static void test_reading(void **state)
{
	struct lab *l = *state;
	struct ward_store_options o = {
		.path = l->path, .clock = &l->clock.clock, .mem = ward_mem_heap(), .reading = true};
	struct ward_store *s = NULL;

	assert_true(ward_store_open(&o, &s) != WARD_OK);
	assert_int_equal(access(l->path, F_OK), -1);
	lab_open(l);
	lab_fill(l, 0, 7, 1);
	lab_close(l);
	assert_int_equal(ward_store_open(&o, &s), WARD_OK);
	l->s = s;
	assert_int_equal(ward_store_last(s), 7);
	assert_int_equal(rows(l, 0, 10), 7);
	assert_int_equal(ward_store_verify(s), WARD_OK);
	struct ward_store_row more = lab_row(l, 8);
	enum ward_err err = ward_store_begin(s);

	if (!err)
		err = ward_store_put(s, &more);
	assert_true(err != WARD_OK);
	lab_close(l);
	lab_open(l);
	assert_int_equal(ward_store_last(l->s), 7);
}

/* Opens the copy as a store of its own: it is whole, and as the head says. */
static void copy_is(struct lab *l, const struct ward_tree_head *want, uint64_t position)
{
	char path[sizeof(l->path)];
	struct ward_tree_head head;

	lab_close(l);
	memcpy(path, l->path, sizeof(path));
	(void)snprintf(l->path, sizeof(l->path), "%s/copy.db", l->dir);
	lab_open(l);
	ward_store_head(l->s, &head);
	assert_int_equal(head.n, want->n);
	assert_true(ward_hash_eq(&head.root, &want->root));
	assert_int_equal(ward_store_position(l->s), position);
	assert_int_equal(ward_store_verify(l->s), WARD_OK);
	assert_int_equal(l->n_fault, 0);
	lab_close(l);
	assert_int_equal(unlink(l->path), 0);
	memcpy(l->path, path, sizeof(path));
	lab_open(l);
}

/* What is committed while it is copied is in it; what is not is not. */
static void test_copy(void **state)
{
	struct lab *l = *state;
	struct ward_store_copy *c = NULL;
	struct ward_tree_head head;
	char path[80];
	uint32_t n = 300;
	enum ward_err err;

	(void)snprintf(path, sizeof(path), "%s/copy.db", l->dir);
	lab_open(l);
	lab_fill(l, 0, n, 7);
	assert_int_equal(ward_store_copy_begin(l->s, path, &c), WARD_OK);
	while ((err = ward_store_copy_step(c, 1)) == WARD_ERR_AGAIN) {
		if (n >= 420)
			continue;
		assert_int_equal(ward_store_begin(l->s), WARD_OK);
		for (uint32_t i = n; i < n + 40; i++)
			lab_put(l, i);
		assert_int_equal(ward_store_copy_step(c, 1), WARD_ERR_AGAIN); /* not half of it */
		assert_int_equal(ward_store_commit(l->s, n), WARD_OK);
		n += 40;
		lab_fill(l, n, n, 0);
	}
	assert_int_equal(err, WARD_OK);
	ward_store_copy_end(c);
	ward_store_head(l->s, &head);
	assert_int_equal(head.n, n);
	lab_fill(l, n, n + 20, n + 20); /* it has no part in what follows */
	copy_is(l, &head, n - 40);
	ward_store_copy_end(NULL);
}

/* Given up in the middle: the store goes on as it was, and another one is whole. */
static void test_copy_given_up(void **state)
{
	struct lab *l = *state;
	struct ward_store_copy *c = NULL;
	struct ward_tree_head head;
	char path[96];

	lab_open(l);
	lab_fill(l, 0, 200, 7);
	(void)snprintf(path, sizeof(path), "%s/no/such/copy.db", l->dir);
	assert_int_equal(ward_store_copy_begin(l->s, path, &c), WARD_ERR_IO);
	assert_null(c);
	(void)snprintf(path, sizeof(path), "%s/copy.db", l->dir);
	assert_int_equal(ward_store_copy_begin(l->s, path, &c), WARD_OK);
	assert_int_equal(ward_store_copy_step(c, 2), WARD_ERR_AGAIN);
	ward_store_copy_end(c);
	assert_int_equal(unlink(path), 0);
	lab_fill(l, 200, 210, 8);
	ward_store_head(l->s, &head);
	assert_int_equal(ward_store_copy_begin(l->s, path, &c), WARD_OK);
	assert_int_equal(ward_store_copy_step(c, 1 << 20), WARD_OK);
	ward_store_copy_end(c);
	copy_is(l, &head, 8);
}

static off_t size_of(const char *path)
{
	struct stat st;

	assert_int_equal(stat(path, &st), 0);
	return st.st_size;
}

/* Commits leave what they wrote in the log; it is moved when nobody waits. */
static void test_tidy(void **state)
{
	struct lab *l = *state;
	uint32_t n = 0;
	off_t before;

	lab_open(l);
	before = size_of(l->path);
	while (!ward_store_untidy(l->s)) {
		lab_fill(l, n, n + 1000, 1);
		n += 1000;
	}
	assert_int_equal(size_of(l->path), before);
	assert_int_equal(ward_store_begin(l->s), WARD_OK);
	assert_int_equal(ward_store_tidy(l->s), WARD_ERR_STATE);
	ward_store_rollback(l->s);
	assert_int_equal(ward_store_tidy(l->s), WARD_OK);
	assert_false(ward_store_untidy(l->s));
	assert_true(size_of(l->path) > before + 500 * 4096);
	assert_int_equal(rows(l, n - 60, 60), 60);
	assert_int_equal(ward_store_verify(l->s), WARD_OK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_fresh, lab_setup, lab_teardown),
		cmocka_unit_test_setup_teardown(test_rows_come_back, lab_setup, lab_teardown),
		cmocka_unit_test_setup_teardown(
			test_known_rows_are_left_out, lab_setup, lab_teardown),
		cmocka_unit_test_setup_teardown(test_rollback, lab_setup, lab_teardown),
		cmocka_unit_test_setup_teardown(test_states, lab_setup, lab_teardown),
		cmocka_unit_test_setup_teardown(test_limits, lab_setup, lab_teardown),
		cmocka_unit_test_setup_teardown(test_incidents, lab_setup, lab_teardown),
		cmocka_unit_test_setup_teardown(test_checkpoint, lab_setup, lab_teardown),
		cmocka_unit_test_setup_teardown(test_checkpoint_refused, lab_setup, lab_teardown),
		cmocka_unit_test_setup_teardown(
			test_ledger_is_as_documented, lab_setup, lab_teardown),
		cmocka_unit_test_setup_teardown(test_salts_are_random, lab_setup, lab_teardown),
		cmocka_unit_test_setup_teardown(test_one_owner, lab_setup, lab_teardown),
		cmocka_unit_test_setup_teardown(test_reading, lab_setup, lab_teardown),
		cmocka_unit_test_setup_teardown(test_tidy, lab_setup, lab_teardown),
		cmocka_unit_test_setup_teardown(test_copy, lab_setup, lab_teardown),
		cmocka_unit_test_setup_teardown(test_copy_given_up, lab_setup, lab_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
