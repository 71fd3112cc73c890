/* The copy of the brain's memory beside the store's database: whole, once per checkpoint, and the
 * one before when it fails. */
#include "../store/lab.h"

#include "run/memory.h"

#include <sys/stat.h>
#include <unistd.h>

enum { BYTES = WARD_STORE_PIECE_MAX * 2 + 77 };

static uint8_t given[BYTES], piece[WARD_STORE_PIECE_MAX];

/* A checkpoint of BYTES bytes that begin with `first`. */
static void commit(struct lab *l, uint64_t seq, uint8_t first)
{
	struct ward_store_checkpoint c = {.seq = seq, .size = BYTES};

	for (size_t i = 0; i < BYTES; i++)
		given[i] = (uint8_t)(first + i * 7);
	ward_sha256((struct ward_slice){given, BYTES}, c.sha256);
	assert_int_equal(ward_store_begin(l->s), WARD_OK);
	assert_int_equal(ward_store_checkpoint_begin(l->s, &c), WARD_OK);
	for (size_t off = 0; off < BYTES; off += 100000)
		assert_int_equal(ward_store_checkpoint_put(l->s,
					 (struct ward_slice){given + off,
						 BYTES - off < 100000 ? BYTES - off : 100000}),
			WARD_OK);
}

static void is_there(const char *state, bool same)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 22);

	assert_int_equal(ward_memory_read(state, &w), WARD_OK);
	assert_int_equal(w.len, BYTES);
	assert_true((memcmp(w.p, given, BYTES) == 0) == same);
	ward_wr_fini(&w);
}

static void copied_and_read(void **state)
{
	struct lab *l = *state;
	char top[64], store[80], path[96];
	struct ward_wr none = ward_wr_grow(ward_mem_heap(), 1024);
	uint64_t seq = 0;

	(void)snprintf(top, sizeof(top), "/tmp/ward-memory-XXXXXX");
	assert_non_null(mkdtemp(top));
	(void)snprintf(store, sizeof(store), "%s/store", top);
	(void)snprintf(path, sizeof(path), "%s/memory", store);
	assert_int_equal(ward_memory_read(top, &none), WARD_ERR_NOT_FOUND);
	assert_int_equal(mkdir(store, 0700), 0);
	lab_open(l);
	assert_int_equal(ward_memory_copy(l->s, store, piece, &seq), WARD_OK);
	assert_int_equal(seq, 0); /* there is none */
	commit(l, 5, 1);
	assert_int_equal(ward_memory_copy(l->s, store, piece, &seq), WARD_OK);
	assert_int_equal(seq, 0); /* not yet committed */
	assert_int_equal(ward_store_commit(l->s, 5), WARD_OK);
	assert_int_equal(ward_memory_copy(l->s, store, piece, &seq), WARD_OK);
	assert_int_equal(seq, 5);
	is_there(top, true);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(ward_memory_copy(l->s, store, piece, &seq), WARD_OK);
	assert_int_equal(ward_memory_read(top, &none), WARD_ERR_NOT_FOUND); /* known already */
	seq = 0;
	assert_int_equal(ward_memory_copy(l->s, store, piece, &seq), WARD_OK);
	is_there(top, true);
	commit(l, 9, 2);
	assert_int_equal(ward_store_commit(l->s, 9), WARD_OK);
	assert_int_equal(ward_memory_copy(l->s, "/nonexistent", piece, &seq), WARD_ERR_IO);
	assert_int_equal(seq, 5);
	is_there(top, false); /* the one before */
	assert_int_equal(ward_memory_copy(l->s, store, piece, &seq), WARD_OK);
	is_there(top, true);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(rmdir(store), 0);
	assert_int_equal(rmdir(top), 0);
	ward_wr_fini(&none);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(copied_and_read, lab_setup, lab_teardown)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
