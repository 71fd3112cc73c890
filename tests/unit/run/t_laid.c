/* What the command that lays out a house said, for a page. */
#include "run/laid.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

enum { ARENA = 1 << 20, OUT = 4096 };

static bool has(void *ctx, struct ward_str path)
{
	return ward_str_eqz(path, ctx);
}

static enum ward_err read(const char *said, char *there, char out[OUT], struct ward_laid *l)
{
	static struct ward_limits lim;
	struct ward_arena a;
	struct ward_wr w = ward_wr_fixed(out, OUT - 1);
	struct ward_json j = ward_json_on(&w);

	ward_limits_default(&lim);
	ward_arena_init(&a, ward_mem_heap(), ARENA);
	*l = (struct ward_laid){.arena = &a, .lim = &lim, .has = has, .ctx = there};
	ward_json_arr(&j);
	enum ward_err err = ward_laid_read(l, ward_str_z(said), &j);

	ward_json_arr_end(&j);
	out[w.len] = 0;
	ward_arena_fini(&a);
	return err;
}

static void files_and_questions(void **state)
{
	char out[OUT], there[] = "rooms.csv";
	struct ward_laid l;

	(void)state;
	assert_int_equal(read("{\"kind\":\"file\",\"path\":\"hospital.yml\",\"lines\":3}\n\n"
			      "{\"kind\":\"file\",\"path\":\"rooms.csv\"}\n"
			      "{\"kind\":\"question\",\"id\":\"beds\",\"text\":\"12\"}\n"
			      "{\"kind\":\"other\",\"id\":\"x\"}\n",
				 there, out, &l),
		WARD_OK);
	assert_string_equal(
		out, "[{\"path\":\"hospital.yml\",\"lines\":3},{\"id\":\"beds\",\"text\":\"12\"}]");
	assert_true(l.there && !l.n_why);
}

static void the_first_finding(void **state)
{
	char out[OUT], none[] = "";
	struct ward_laid l;

	(void)state;
	assert_int_equal(read("{\"kind\":\"finding\",\"what\":\"no beds\",\"mend\":\"say some\"}\n"
			      "{\"kind\":\"finding\",\"what\":\"two\",\"mend\":\"x\"}\n",
				 none, out, &l),
		WARD_OK);
	assert_string_equal(out, "[]");
	assert_int_equal(l.n_why, strlen("no beds; say some"));
	assert_memory_equal(l.why, "no beds; say some", l.n_why);
	assert_int_equal(read("{\"kind\":\"fi", none, out, &l), WARD_ERR_CONFIG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(files_and_questions), cmocka_unit_test(the_first_finding)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
