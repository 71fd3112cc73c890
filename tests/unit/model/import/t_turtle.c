#include "model/import/turtle.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

struct got {
	struct ward_diag d;
	struct ward_limits lim;
	struct ward_graph g;
	enum ward_err err;
};

static void parse(struct got *t, struct ward_str text)
{
	ward_limits_default(&t->lim);
	ward_diag_init(&t->d, ward_mem_heap());
	ward_graph_init(&t->g, ward_mem_heap(), &t->lim);
	t->err = ward_turtle_parse(&t->g, &t->lim, WARD_STR("x.ttl"), ward_str_bytes(text), &t->d);
}

static void done(struct got *t)
{
	ward_graph_fini(&t->g);
	ward_diag_fini(&t->d);
}

/* All triples as one text, "s p o\n". */
static void expect(const char *text, const char *want)
{
	char buf[4096];
	struct ward_wr w = ward_wr_fixed(buf, sizeof(buf));
	struct got t;

	parse(&t, ward_str_z(text));
	assert_int_equal(t.err, WARD_OK);
	for (size_t i = 0; i < t.g.n; i++) {
		const uint32_t part[] = {t.g.triple[i].s, t.g.triple[i].p, t.g.triple[i].o};

		for (size_t k = 0; k < 3; k++) {
			ward_wr_str(&w, ward_intern_at(&t.g.term, part[k]));
			ward_wr_ch(&w, k == 2 ? '\n' : ' ');
		}
	}
	ward_wr_u8(&w, 0);
	assert_string_equal(buf, want);
	done(&t);
}

#define TYPE "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
#define RDF "http://www.w3.org/1999/02/22-rdf-syntax-ns#"

static void forms(void **state)
{
	(void)state;
	expect("", "");
	expect("# nothing", "");
	expect("<a:s> <a:p> <a:o> .", "a:s a:p a:o\n");
	expect("@prefix : <a:> . :s a :C ; :p :x , :y ; .",
		"a:s " TYPE " a:C\na:s a:p a:x\na:s a:p a:y\n");
	expect("PREFIX p: <a:>\nBASE <http://h/d/e#f>\n<#s> p:a.b <g> . <> p:c p:x\\,y .",
		"http://h/d/e#s a:a.b http://h/d/g\nhttp://h/d/e a:c a:x,y\n");
	expect("<a:s> <a:p> \"t\\u00e9\\n\"@en-GB, 'x', \"\"\"a\"b\n\"\"\", 1.5e3, -2, true, "
	       "\"5\"^^<a:t> .",
		"a:s a:p \"t\xc3\xa9\n\na:s a:p \"x\na:s a:p \"a\"b\n\na:s a:p \"1.5e3\na:s a:p "
		"\"-2\n"
		"a:s a:p \"true\na:s a:p \"5\n");
	expect("<a:s> <a:p> 1.", "a:s a:p \"1\n");
	expect("_:x <a:p> [] .", "_:x a:p _:#0\n");
	expect("<a:s> <a:p> [ <a:q> [ <a:r> 1 ] ; <a:t> 2 ] , 3 .",
		"_:#1 a:r \"1\n_:#0 a:q _:#1\n_:#0 a:t \"2\na:s a:p _:#0\na:s a:p \"3\n");
	expect("[ <a:p> 1 ] . [ <a:p> 2 ] <a:q> 3 .", "_:#0 a:p \"1\n_:#1 a:p \"2\n_:#1 a:q \"3\n");
	expect("<a:s> <a:p> ( 1 () ) .",
		"_:#0 " RDF "first \"1\n_:#0 " RDF "rest _:#1\n_:#1 " RDF "first " RDF
		"nil\n_:#1 " RDF "rest " RDF "nil\na:s a:p _:#0\n");
}

static void refuse(struct ward_str text, uint32_t line)
{
	struct got t;

	parse(&t, text);
	assert_int_equal(t.err, WARD_ERR_CONFIG);
	assert_int_equal(t.d.n, 1);
	assert_int_equal(t.d.item[0].line, line);
	assert_true(ward_str_find(t.d.item[0].what, WARD_STR("byte ")) != SIZE_MAX);
	done(&t);
}

static void mistakes(void **state)
{
	static const char *const text[] = {"<a:s>", "<a:s> <a:p>", "<a:s> <a:p> <a:o>",
		"x:s <a:p> 1 .", "<a:s> <a:p> \"x", "<a:s> <a:p> \"x\ny\" .", "<a:s> <a:p> [ .",
		"<a:s> <a:p> ( 1 .", "<a b> <a:p> 1 .", "\"s\" <a:p> 1 .", "<a:s> <a:p> \"\\q\" .",
		"<a:s> <a:p> \"\\ud800\" .", "<a:s> <a:p> + .", "@prefix x <a:> .",
		"@prefix x: <a:>", "<a:s> <a:p> 1 ] .", "<a:s> <a:p> ) .", "<a:s> <a:p> <a\\x> .",
		"@prefix x: <a:> . x:% <a:p> 1 .", "<a:s> <a:p> \"x\"@1 ."};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(text); i++)
		refuse(ward_str_z(text[i]), 1);
	refuse(WARD_STR("<a:s> <a:p> 1 .\n\n<a:s> <a:p> ?"), 3);
	refuse(WARD_STR("<a:s> <a:p> 1 .\n\xff"), 2);
}

/* The stack is bounded, and a text cut anywhere ends in a finding or is a whole one. */
static void hostile(void **state)
{
	static char deep[3 * 100000 + 20];
	struct ward_wr w = ward_wr_fixed(deep, sizeof(deep));
	const struct ward_str good = WARD_STR(
		"@prefix p: <a:> . p:s a p:C ; p:p [ p:q ( 1 'x' ) ] , \"\"\"y\\u0041\"\"\"@en .");

	(void)state;
	ward_wr_z(&w, "<a:s> <a:p> ");
	while (w.len + 3 < sizeof(deep))
		ward_wr_z(&w, "(");
	refuse(ward_wr_text(&w), 1);
	for (size_t n = 0; n < good.len; n++) {
		struct got t;

		parse(&t, ward_str_sub(good, 0, n));
		assert_true((t.err == WARD_ERR_CONFIG) == (t.d.n == 1));
		assert_true(t.err == WARD_ERR_CONFIG || n == 0 || n == 17 || n == 18);
		done(&t);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(forms),
		cmocka_unit_test(mistakes),
		cmocka_unit_test(hostile),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
