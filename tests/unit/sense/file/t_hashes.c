#include "sense/file/hashes.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define MD5 "d41d8cd98f00b204e9800998ecf8427e"
#define SHA1 "da39a3ee5e6b4b0d3255bfef95601890afd80709"
#define SHA256 "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

struct lab {
	struct ward_limits lim;
	struct ward_diag diag;
	struct ward_arena arena;
	struct ward_hashes h;
};

static int up(void **state)
{
	static struct lab l;

	ward_limits_default(&l.lim);
	ward_diag_init(&l.diag, ward_mem_heap());
	ward_arena_init(&l.arena, ward_mem_heap(), 1 << 20);
	ward_hashes_init(&l.h, ward_mem_heap(), &l.arena);
	*state = &l;
	return 0;
}

static int down(void **state)
{
	struct lab *l = *state;

	ward_hashes_fini(&l->h);
	ward_arena_fini(&l->arena);
	ward_diag_fini(&l->diag);
	return 0;
}

static enum ward_err read_text(struct lab *l, const char *text)
{
	enum ward_err err = ward_hashes_read(
		&l->h, &l->lim, WARD_STR("block.txt"), ward_str_bytes(ward_str_z(text)), &l->diag);

	ward_hashes_ready(&l->h);
	return err;
}

static const struct ward_hash_row *find(struct lab *l, enum ward_hash_of of, const char *hex)
{
	uint8_t hash[WARD_HASH_BYTES];

	assert_true(ward_str_unhex(ward_str_z(hex), hash, ward_hash_length(of)));
	return ward_hashes_find(&l->h, of, hash);
}

static void found(void **state)
{
	struct lab *l = *state;

	assert_int_equal(read_text(l, "# known\n\n" SHA256 "  an empty file\r\n" MD5 "\n" SHA1
				      "\tthe same\n"),
		WARD_OK);
	assert_int_equal(l->h.n, 3);
	assert_int_equal(l->diag.n_error, 0);
	assert_true(ward_str_eqz(find(l, WARD_HASH_SHA256, SHA256)->what, "an empty file"));
	assert_true(ward_str_eqz(find(l, WARD_HASH_MD5, MD5)->what, MD5)); /* it has no name */
	assert_true(ward_str_eqz(find(l, WARD_HASH_SHA1, SHA1)->what, "the same"));
	assert_null(find(l, WARD_HASH_MD5, "d41d8cd98f00b204e9800998ecf8427f"));
}

static void refused(void **state)
{
	struct lab *l = *state;

	assert_int_equal(read_text(l, MD5 "0 odd\nnot hex\n" MD5 " \xff\n" MD5 "\n"), WARD_OK);
	assert_int_equal(l->h.n, 1);
	assert_int_equal(l->diag.n_error, 3);
	assert_int_equal(l->diag.item[1].line, 2);
}

/* Of lines about other things only those that are hashes of files count. */
static void picked(void **state)
{
	struct lab *l = *state;
	static const char lines[] =
		"192.0.2.1\tan address\n" SHA1 "\ta file\nhttps://a.example/x\ty\n" SHA256
		"\t\n" SHA256 SHA256 "\tSHA-512\n";

	assert_int_equal(ward_hashes_pick(&l->h, &l->lim, WARD_STR("a.json"),
				 ward_str_bytes(ward_str_z(lines)), &l->diag),
		WARD_OK);
	ward_hashes_ready(&l->h);
	assert_int_equal(l->h.n, 2);
	assert_int_equal(l->diag.n_error, 0);
	assert_true(ward_str_eqz(find(l, WARD_HASH_SHA1, SHA1)->what, "a file"));
	assert_true(ward_str_eqz(find(l, WARD_HASH_SHA256, SHA256)->what, SHA256));
}

static void limited(void **state)
{
	struct lab *l = *state;
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 20);

	assert_int_equal(ward_limits_set(&l->lim, WARD_STR("file.hashes"), 1024), WARD_OK);
	for (unsigned i = 0; i < 1025; i++)
		ward_wr_printf(&w, "%032x\n", i);
	ward_wr_ch(&w, 0);
	assert_int_equal(read_text(l, (const char *)w.p), WARD_ERR_LIMIT);
	assert_int_equal(l->h.n, 1024);
	assert_int_equal(l->diag.n_error, 1);
	ward_wr_fini(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test_setup_teardown(found, up, down),
		cmocka_unit_test_setup_teardown(refused, up, down),
		cmocka_unit_test_setup_teardown(picked, up, down),
		cmocka_unit_test_setup_teardown(limited, up, down)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
