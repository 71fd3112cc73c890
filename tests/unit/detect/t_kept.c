/* Rules are read again while they watch: a file with an error is used as it was before it. */
#include "dt.h"

#include "detect/kept.h"

#define RULE(id, rest) \
	"title: R\nid: " id "\nlogsource: {product: t}\ndetection:\n  s: {k: " id "}\n" rest
#define GOOD(id) RULE(id, "  condition: s\n")
#define BAD(id) RULE(id, "  condition: s and\n")
#define CORR(member)                                                               \
	"title: C\nid: c\ncorrelation: {type: event_count, rules: [" member "],\n" \
	"  group-by: [h], timespan: 5m, condition: {gte: 3}}\n"

static struct dt t;

/* One life: what the one before kept comes in, what this one keeps goes out. */
struct life {
	struct ward_kept *kept;
	struct ward_ruleset *rs;
	struct ward_diag diag;
};

static struct ward_wr memory;

static void begin(struct life *l, const char *const *path, size_t n)
{
	struct ward_ruleset_args args = {.rules = path, .n_rules = n, .content = t.dir};
	struct ward_rd r = ward_rd_slice(ward_wr_slice(&memory));

	ward_diag_init(&l->diag, ward_mem_heap());
	l->rs = NULL;
	assert_int_equal(ward_kept_new(&t.lim, ward_mem_heap(), &l->kept), WARD_OK);
	if (memory.len)
		assert_int_equal(ward_kept_read(l->kept, &r), WARD_OK);
	assert_int_equal(ward_kept_ruleset(l->kept, &args, &l->diag, &l->rs), WARD_OK);
	ward_wr_reset(&memory);
	ward_kept_write(l->kept, &memory);
	assert_false(ward_wr_bad(&memory));
}

static void end(struct life *l)
{
	ward_ruleset_free(l->rs);
	ward_kept_free(l->kept);
	ward_diag_fini(&l->diag);
}

static bool watches(const struct life *l, const char *id)
{
	uint32_t i = ward_ruleset_find(l->rs, ward_str_z(id));

	return i != WARD_NONE && !ward_ruleset_rule(l->rs, i).refused;
}

static bool says(const struct life *l, const char *file, uint32_t line, const char *what)
{
	for (size_t i = 0; i < l->diag.n; i++) {
		const struct ward_diag_item *x = &l->diag.item[i];

		if (ward_str_ends(x->file, ward_str_z(file)) && x->line == line &&
			ward_str_find(x->what, ward_str_z(what)) != SIZE_MAX)
			return true;
	}
	return false;
}

static char paths[3][128];
static const char *path[] = {paths[0], paths[1], paths[2]};

static int setup(void **state)
{
	(void)state;
	dt_load(&t, GOOD("unused"));
	for (size_t i = 0; i < WARD_ARRAY_LEN(path); i++)
		(void)snprintf(paths[i], sizeof(paths[i]), "%s/%c.yml", t.dir, (char)('a' + i));
	memory = ward_wr_grow(ward_mem_heap(), 1 << 20);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(path); i++)
		(void)unlink(path[i]);
	ward_wr_fini(&memory);
	dt_end(&t);
	return 0;
}

/* Nothing was before: what loads is used, what does not is told. */
static void t_first(void **state)
{
	struct life l;

	(void)state;
	dt_file(&t, "a.yml", GOOD("a1") "---\n" BAD("a2"));
	dt_file(&t, "b.yml", GOOD("b1"));
	begin(&l, path, 2);
	assert_true(watches(&l, "a1"));
	assert_false(watches(&l, "a2"));
	assert_true(watches(&l, "b1"));
	assert_true(says(&l, "a.yml", 13, ""));
	assert_int_equal(ward_kept_n_used(l.kept), 0);
	end(&l);
}

/* A file that was fine is used as it was, the next one as it is; mended, it is used as it is. */
static void t_broken(void **state)
{
	struct life l;

	(void)state;
	dt_file(&t, "a.yml", GOOD("a1") "---\n" GOOD("a2"));
	dt_file(&t, "b.yml", GOOD("b1"));
	begin(&l, path, 2);
	assert_int_equal(l.diag.n_error, 0);
	end(&l);
	dt_file(&t, "a.yml", BAD("a1") "---\n" GOOD("a3"));
	dt_file(&t, "b.yml", GOOD("b2"));
	for (int i = 0; i < 2; i++) { /* and stays so, however often it is read */
		begin(&l, path, 2);
		assert_true(watches(&l, "a1") && watches(&l, "a2") && watches(&l, "b2"));
		assert_false(watches(&l, "a3") || watches(&l, "b1"));
		assert_int_equal(ward_ruleset_counts(l.rs).n_refused, 0);
		assert_int_equal(ward_kept_n_used(l.kept), 1);
		assert_true(l.diag.n_error > 0);
		assert_true(says(&l, "a.yml", 6, ""));
		assert_true(says(&l, "a.yml", 0, "as they were before"));
		end(&l);
	}
	dt_file(&t, "a.yml", "no: [yaml");
	begin(&l, path, 2);
	assert_true(watches(&l, "a1") && watches(&l, "a2"));
	end(&l);
	dt_file(&t, "a.yml", GOOD("a3"));
	begin(&l, path, 2);
	assert_true(watches(&l, "a3") && watches(&l, "b2"));
	assert_false(watches(&l, "a1"));
	assert_int_equal(l.diag.n_error + l.diag.n_warning, 0);
	end(&l);
}

/* A rule that moved into another file while the first one broke, and a correlation over a rule that
 * the broken file would have brought: these files go back, too. */
static void t_together(void **state)
{
	struct life l;

	(void)state;
	dt_file(&t, "a.yml", GOOD("a1") "---\n" GOOD("a2"));
	dt_file(&t, "b.yml", GOOD("b1"));
	dt_file(&t, "c.yml", CORR("a1"));
	begin(&l, path, 3);
	assert_int_equal(l.diag.n_error, 0);
	end(&l);
	dt_file(&t, "a.yml", GOOD("new") "---\n" BAD("a1"));
	dt_file(&t, "b.yml", GOOD("b1") "---\n" GOOD("a2"));
	dt_file(&t, "c.yml", CORR("new"));
	begin(&l, path, 3);
	assert_true(
		watches(&l, "a1") && watches(&l, "a2") && watches(&l, "b1") && watches(&l, "c"));
	assert_int_equal(ward_ruleset_counts(l.rs).n_refused, 0);
	assert_int_equal(ward_kept_n_used(l.kept), 3);
	end(&l);
}

/* A rule that moves into a file with a slip: where it was is used as it was; of a file that is gone
 * that is told. What only was taken away stays away. */
static void t_moved(void **state)
{
	struct life l;

	(void)state;
	dt_file(&t, "a.yml", GOOD("a-one") "---\n" GOOD("a-two") "---\n" GOOD("a-three"));
	dt_file(&t, "b.yml", GOOD("b-one"));
	begin(&l, path, 2);
	end(&l);
	dt_file(&t, "a.yml", GOOD("a-one"));
	dt_file(&t, "b.yml", GOOD("b-one") "---\n" BAD("a-two"));
	for (int i = 0; i < 2; i++) {
		begin(&l, path, 2);
		assert_true(watches(&l, "a-one") && watches(&l, "a-two") && watches(&l, "b-one"));
		assert_true(says(&l, "a.yml", 0, "its rule 'a-two' is now in "));
		assert_int_equal(ward_kept_n_used(l.kept), 2);
		end(&l);
	}
	dt_file(&t, "b.yml", GOOD("b-one"));
	begin(&l, path, 2);
	assert_true(watches(&l, "a-one") && watches(&l, "b-one"));
	assert_false(watches(&l, "a-two") || watches(&l, "a-three"));
	end(&l);
	dt_file(&t, "c.yml", GOOD("new") "---\n" BAD("a-one")); /* never was without an error */
	begin(&l, path + 1, 2);
	assert_true(watches(&l, "new") && watches(&l, "b-one"));
	assert_false(watches(&l, "a-one"));
	assert_true(says(&l, "a.yml", 0, "DOES NOT WATCH"));
	end(&l);
}

/* A broken file is seen behind more findings than are told. */
static void t_many(void **state)
{
	struct life l;
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 20);

	(void)state;
	ward_wr_z(&w, GOOD("a1"));
	for (int i = 0; i < 10001; i++)
		ward_wr_printf(&w, "zz%d: 1\n", i);
	ward_wr_ch(&w, 0);
	assert_false(ward_wr_bad(&w));
	dt_file(&t, "a.yml", (const char *)w.p);
	dt_file(&t, "b.yml", GOOD("b1"));
	begin(&l, path, 2);
	assert_true(watches(&l, "a1") && watches(&l, "b1"));
	assert_true(l.diag.n_dropped > 0);
	end(&l);
	dt_file(&t, "b.yml", "no: [yaml");
	begin(&l, path, 2);
	assert_true(watches(&l, "a1") && watches(&l, "b1"));
	assert_true(says(&l, "b.yml", 0, "as they were before"));
	end(&l);
	ward_wr_fini(&w);
}

/* What was taken away is gone, and what can't be read is not. */
static void t_gone(void **state)
{
	struct life l;

	(void)state;
	dt_file(&t, "a.yml", GOOD("a1"));
	dt_file(&t, "b.yml", GOOD("b1"));
	begin(&l, path, 2);
	end(&l);
	begin(&l, path + 1, 1);
	assert_false(watches(&l, "a1"));
	assert_true(ward_kept_has(l.kept, ward_str_z(path[1])));
	assert_false(ward_kept_has(l.kept, ward_str_z(path[0])));
	end(&l);
	assert_int_equal(unlink(path[1]), 0);
	assert_int_equal(mkdir(path[1], 0700), 0); /* of this name, and no file */
	begin(&l, path + 1, 1);
	assert_int_equal(ward_ruleset_counts(l.rs).n, 0);
	end(&l);
	assert_int_equal(rmdir(path[1]), 0);
}

/* Bytes that are none of ours, and every beginning of those that are. */
static void t_bytes(void **state)
{
	struct life l;

	(void)state;
	dt_file(&t, "a.yml", GOOD("a1"));
	begin(&l, path, 1);
	end(&l);
	for (size_t n = 0; n < memory.len; n++) {
		struct ward_rd r = ward_rd_from(memory.p, n);

		assert_int_equal(ward_kept_new(&t.lim, ward_mem_heap(), &l.kept), WARD_OK);
		assert_int_equal(ward_kept_read(l.kept, &r), WARD_ERR_MALFORMED);
		ward_kept_free(l.kept);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(t_first, setup, teardown),
		cmocka_unit_test_setup_teardown(t_broken, setup, teardown),
		cmocka_unit_test_setup_teardown(t_together, setup, teardown),
		cmocka_unit_test_setup_teardown(t_moved, setup, teardown),
		cmocka_unit_test_setup_teardown(t_many, setup, teardown),
		cmocka_unit_test_setup_teardown(t_gone, setup, teardown),
		cmocka_unit_test_setup_teardown(t_bytes, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
