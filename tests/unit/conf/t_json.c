#include "conf/conf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

struct got {
	struct ward_arena a;
	struct ward_diag d;
	const struct ward_conf *c;
	enum ward_err err;
};

static void parse(struct got *g, struct ward_str text)
{
	struct ward_limits lim;

	ward_limits_default(&lim);
	*g = (struct got){.c = NULL};
	ward_arena_init(&g->a, ward_mem_heap(), 64 << 20);
	ward_diag_init(&g->d, ward_mem_heap());
	g->err = ward_conf_json(
		&g->a, &lim, WARD_STR("x.json"), 1, ward_str_bytes(text), &g->d, &g->c);
}

static void done(struct got *g)
{
	ward_diag_fini(&g->d);
	ward_arena_fini(&g->a);
}

static void tree(void **state)
{
	struct got g;

	(void)state;
	parse(&g, WARD_STR(" {\"a\" : [1, -2.5e+3, true, null, \"t\"],\n\"b\":{\"c\":{}} "
			   ",\"\":\"\"}\n"));
	assert_int_equal(g.err, WARD_OK);
	const struct ward_conf *a = ward_conf_get(g.c, "a"), *b = ward_conf_get(g.c, "b");

	assert_int_equal(a->n_child, 5);
	assert_true(ward_str_eqz(a->child->text, "1") && !a->child->quoted);
	assert_true(ward_str_eqz(a->child->next->text, "-2.5e+3"));
	assert_int_equal(a->child->next->next->next->kind, WARD_CONF_NULL);
	assert_true(a->child->next->next->next->next->quoted);
	assert_int_equal(a->line, 1);
	assert_int_equal(b->line, 2);
	assert_int_equal(ward_conf_get(b, "c")->kind, WARD_CONF_MAP);
	assert_non_null(ward_conf_get(g.c, ""));
	done(&g);
}

static void escapes(void **state)
{
	struct got g;

	(void)state;
	parse(&g, WARD_STR("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u0041\\u00e9\\u20ac\\ud83d\\ude00\""));
	assert_int_equal(g.err, WARD_OK);
	assert_true(
		ward_str_eqz(g.c->text, "\"\\/\b\f\n\r\tA\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80"));
	done(&g);
}

static void mistakes(void **state)
{
	static const struct {
		const char *text;
		uint32_t line;
	} row[] = {{"", 1}, {"{", 1}, {"[1,]", 1}, {"[1 2]", 1}, {"{\"a\"}", 1}, {"{a:1}", 1},
		{"{\"a\":1,\n\"a\":2}", 2}, {"\"x", 1}, {"\"\n\"", 1}, {"\"\\x\"", 1},
		{"\"\\u12\"", 1}, {"\"\\ud800\"", 1}, {"\"\\ude00\"", 1}, {"\"\\u0000\"", 1},
		{"01", 1}, {"+1", 1}, {"1.", 1}, {".5", 1}, {"1e", 1}, {"-", 1}, {"nul", 1},
		{"True", 1}, {"[1]\n2", 2}, {"\xff", 1}, {"]", 1}, {"{\"a\":1]", 1}, {"[}", 1},
		{"'a'", 1}, {"/**/1", 1}};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(row); i++) {
		struct got g;

		parse(&g, ward_str_z(row[i].text));
		assert_int_equal(g.err, WARD_ERR_CONFIG);
		assert_int_equal(g.d.n, 1);
		assert_int_equal(g.d.item[0].line, row[i].line);
		done(&g);
	}
}

/* Depth is bounded, many keys are looked up fast, a key that comes twice among them is found. */
static void large(void **state)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 8 << 20);
	struct got g;

	(void)state;
	for (unsigned i = 0; i < 100000; i++)
		ward_wr_ch(&w, '[');
	parse(&g, ward_wr_text(&w));
	assert_int_equal(g.err, WARD_ERR_CONFIG);
	done(&g);
	for (unsigned twice = 0; twice < 2; twice++) {
		ward_wr_reset(&w);
		for (unsigned i = 0; i < 50000; i++)
			ward_wr_printf(&w, "%s\"k%u\":%u", i ? "," : "{", i, i);
		ward_wr_z(&w, twice ? ",\"k77\":1}" : "}");
		parse(&g, ward_wr_text(&w));
		assert_int_equal(g.err, twice ? WARD_ERR_CONFIG : WARD_OK);
		done(&g);
	}
	ward_wr_fini(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tree),
		cmocka_unit_test(escapes),
		cmocka_unit_test(mistakes),
		cmocka_unit_test(large),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
