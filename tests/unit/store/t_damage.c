#include "lab.h"

#include <unistd.h>

struct got {
	uint64_t number[64];
	size_t n;
};

static bool on_row(void *ctx, const struct ward_store_row *r)
{
	struct got *g = ctx;

	assert_true(g->n < 64);
	g->number[g->n++] = r->row;
	return true;
}

static void put_checkpoint(struct lab *l)
{
	struct ward_slice bytes = ward_slice_of("checkpoint", 10);
	struct ward_store_checkpoint c = {.seq = 3, .size = bytes.len};

	ward_sha256(bytes, c.sha256);
	assert_int_equal(ward_store_checkpoint_begin(l->s, &c), WARD_OK);
	assert_int_equal(ward_store_checkpoint_put(l->s, bytes), WARD_OK);
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
	put_checkpoint(l);
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
		{"UPDATE record SET kind = 99 WHERE number = 2", "a row that no version writes", 2},
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
	struct got g = {.n = 0};

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
	struct got g = {.n = 0};
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_verify_finds, lab_setup, lab_teardown),
		cmocka_unit_test_setup_teardown(test_erased, lab_setup, lab_teardown),
		cmocka_unit_test_setup_teardown(
			test_damaged_row_stops_a_listing, lab_setup, lab_teardown),
		cmocka_unit_test_setup_teardown(test_damaged_file, lab_setup, lab_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
