/* What stands in the folder of versions is read strictly: it may be of anybody. */
#include "revision/revision.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static struct ward_arena arena;

static void paths(void **state)
{
	static const char *const good[] = {"hospital.yml", "rules/a-b_c.yml", "a/b/c/d.csv",
		"README.md", "scenarios/cooling/scenario.yml"};
	static const char *const bad[] = {"", "/etc/x.yml", "../x.yml", "a/../x.yml", "a//x.yml",
		".hidden.yml", "a/.b/x.yml", "keys/g-ferrero", "x.pem", "a b.yml", "x.yml/", ".yml",
		"x\n.yml", "x\\y.yml", "a/b/c/d/e/f/g/h/i.yml", "\xc3\xa9.yml"};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(good); i++)
		assert_true(ward_revision_path_ok(ward_str_z(good[i])));
	for (size_t i = 0; i < WARD_ARRAY_LEN(bad); i++)
		assert_false(ward_revision_path_ok(ward_str_z(bad[i])));
}

static void a_version_is_read_as_written(void **state)
{
	uint8_t bytes[1024];
	struct ward_wr w = ward_wr_fixed(bytes, sizeof(bytes));
	struct ward_revision_version v = {.number = 7,
					     .taken = -5,
					     .added = 1,
					     .changed = 2,
					     .removed = 3,
					     .manifest = {1},
					     .before = {2},
					     .by = WARD_STR("g-ferrero"),
					     .why = WARD_STR(
						     "ventilation\tmoved,\nas \xc3\xa8 agreed")},
				     r;

	(void)state;
	ward_revision_put_version(&w, &v);
	struct ward_str line = ward_str_sub(ward_wr_text(&w), 0, w.len - 1);

	assert_int_equal(ward_revision_get_version(line, &r), WARD_OK);
	assert_int_equal(r.number, 7);
	assert_int_equal(r.taken, -5);
	assert_int_equal(r.removed, 3);
	assert_memory_equal(r.manifest, v.manifest, WARD_REVISION_HASH);
	assert_true(ward_str_eqz(r.by, "g-ferrero"));
	assert_true(ward_str_eqz(r.why, "ventilation moved, as \xc3\xa8 agreed"));
	for (size_t n = 0; n < line.len - r.why.len; n++)
		assert_int_equal(ward_revision_get_version(ward_str_sub(line, 0, n), &r),
			WARD_ERR_MALFORMED);
}

static void put(struct ward_wr *w, uint64_t number, const uint8_t *before)
{
	struct ward_revision_version v = {
		.number = number, .by = WARD_STR("x"), .why = WARD_STR("y")};

	memcpy(v.before, before, WARD_REVISION_HASH);
	ward_revision_put_version(w, &v);
}

static enum ward_err list(const struct ward_wr *w, size_t *n, size_t *line)
{
	struct ward_revision_version *v;

	ward_arena_reset(&arena);
	return ward_revision_get_list(ward_wr_text(w), &arena, &v, n, line);
}

/* Each line names the one before: none can be changed, left out, or put elsewhere unseen. */
static void a_changed_past_is_found(void **state)
{
	uint8_t bytes[2048], hash[WARD_REVISION_HASH] = {0};
	struct ward_wr w = ward_wr_fixed(bytes, sizeof(bytes));
	size_t n, line, first;

	(void)state;
	put(&w, 1, hash);
	first = w.len;
	ward_revision_hash(ward_slice_of(bytes, first - 1), hash);
	put(&w, 2, hash);
	assert_int_equal(list(&w, &n, &line), WARD_OK);
	assert_int_equal(n, 2);
	ward_wr_z(&w, "3\t12"); /* never acknowledged */
	assert_int_equal(list(&w, &n, &line), WARD_OK);
	assert_int_equal(n, 2);
	bytes[first - 2] ^= 1; /* of the first one's reason */
	assert_int_equal(list(&w, &n, &line), WARD_ERR_CORRUPT);
	assert_int_equal(n, 1);
	assert_int_equal(line, 2);
}

static void a_tree_is_read_as_written(void **state)
{
	struct ward_revision_file f[] = {
		{WARD_STR("a.yml"), {1}, 3, NULL}, {WARD_STR("b/c.csv"), {2}, 0, NULL}};
	struct ward_revision_tree t = {f, 2, 0}, r;
	uint8_t bytes[512];
	struct ward_wr w = ward_wr_fixed(bytes, sizeof(bytes));

	(void)state;
	ward_revision_put_tree(&w, &t);
	struct ward_rd rd = ward_rd_slice(ward_wr_slice(&w));

	assert_int_equal(ward_revision_get_tree(&rd, &arena, &r), WARD_OK);
	assert_int_equal(r.n, 2);
	assert_true(ward_str_eqz(r.file[1].path, "b/c.csv"));
	for (size_t n = 1; n < w.len; n++) {
		rd = ward_rd_from(bytes, n);
		assert_true(ward_revision_get_tree(&rd, &arena, &r) ==
			    (bytes[n - 1] == '\n' ? WARD_OK : WARD_ERR_MALFORMED));
	}
	/* twice, or out of order */
	struct ward_revision_file twice[] = {f[1], f[0]};
	struct ward_revision_tree odd = {twice, 2, 0};

	ward_wr_reset(&w);
	ward_revision_put_tree(&w, &odd);
	rd = ward_rd_slice(ward_wr_slice(&w));
	assert_int_equal(ward_revision_get_tree(&rd, &arena, &r), WARD_ERR_MALFORMED);
}

static int begin(void **state)
{
	(void)state;
	ward_arena_init(&arena, ward_mem_heap(), 16 << 20);
	return 0;
}

static int end(void **state)
{
	(void)state;
	ward_arena_fini(&arena);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(paths),
		cmocka_unit_test(a_version_is_read_as_written),
		cmocka_unit_test(a_changed_past_is_found),
		cmocka_unit_test(a_tree_is_read_as_written),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
