#include "conf/conf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <stdlib.h>

struct fix {
	struct ward_arena a;
	struct ward_diag d;
	struct ward_limits lim;
};

static int setup(void **state)
{
	struct fix *f = calloc(1, sizeof(*f));

	ward_arena_init(&f->a, ward_mem_heap(), 64 << 20);
	ward_diag_init(&f->d, ward_mem_heap());
	ward_limits_default(&f->lim);
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fix *f = *state;

	ward_diag_fini(&f->d);
	ward_arena_fini(&f->a);
	free(f);
	return 0;
}

static const struct ward_conf *yaml(struct fix *f, const char *text, enum ward_err want)
{
	const struct ward_conf *c = NULL;
	enum ward_err err = ward_conf_yaml(
		&f->a, &f->lim, WARD_STR("x.yml"), ward_str_bytes(ward_str_z(text)), &f->d, &c);

	assert_int_equal(err, want);
	return c ? c->child : NULL;
}

static uint32_t lines_of(const char *text)
{
	uint32_t n = 0;

	for (; *text; text++)
		n += *text == '\n';
	return n;
}

static void finding(struct fix *f, uint32_t line, const char *part)
{
	assert_int_equal(f->d.n, 1);
	assert_int_equal(f->d.item[0].line, line);
	assert_true(ward_str_find(f->d.item[0].what, ward_str_z(part)) != SIZE_MAX);
	assert_true(f->d.item[0].mend.len > 0);
}

static void tree(void **state)
{
	struct fix *f = *state;
	const struct ward_conf *c = yaml(f,
		"# a hospital\nrooms:\n  - id: r1\n    beds: 4\n    open: true\n  - {id: \"5\", "
		"lasts: 15min, degree: 0.25}\nnothing: ~\n",
		WARD_OK);
	const struct ward_conf *rooms = ward_conf_get(c, "rooms"), *second;
	struct ward_str id;
	int64_t beds, micro;
	bool open = false;
	ward_ns lasts;

	assert_int_equal(rooms->kind, WARD_CONF_SEQ);
	assert_int_equal(rooms->n_child, 2);
	assert_int_equal(rooms->child->line, 3);
	assert_true(ward_conf_str(rooms->child, "id", true, &f->d, &id));
	assert_true(ward_str_eqz(id, "r1"));
	assert_true(ward_conf_i64(rooms->child, "beds", true, &f->d, 0, 100, &beds));
	assert_int_equal(beds, 4);
	assert_true(ward_conf_bool(rooms->child, "open", true, &f->d, &open));
	assert_true(open);
	second = rooms->child->next;
	assert_true(ward_conf_get(second, "id")->quoted);
	assert_true(ward_conf_duration(second, "lasts", true, &f->d, &lasts));
	assert_int_equal(lasts, 900 * WARD_NS_PER_S);
	assert_true(ward_conf_degree(second, "degree", true, &f->d, &micro));
	assert_int_equal(micro, 250000);
	assert_int_equal(ward_conf_get(c, "nothing")->kind, WARD_CONF_NULL);
	assert_int_equal(f->d.n, 0);
}

static void documents(void **state)
{
	const struct ward_conf *c = yaml(*state, "a: 1\n---\nb: 2\n", WARD_OK);

	assert_non_null(ward_conf_get(c, "a"));
	assert_non_null(ward_conf_get(c->next, "b"));
	assert_null(c->next->next);
}

/* One that has an error does not take its neighbours with it, whatever the error is. */
static void documents_apart(void **state)
{
	static const struct {
		const char *broken;
		uint32_t line;
	} row[] = {{"b: 1\nb: 2\n", 5}, {"b: *x\n", 4}, {"b: [1\n", 5}, {"\tb: 1\n", 4},
		{"b: |\n  text\nc\n", 7}, {"b: \"open\n", 5}, {"- [{a: [\n", 5}};
	struct fix *f = *state;

	for (size_t i = 0; i < WARD_ARRAY_LEN(row); i++) {
		const struct ward_conf *c = NULL;
		struct ward_wr w = ward_wr_grow(ward_mem_heap(), 4096);
		size_t n_bad;

		ward_wr_printf(&w,
			"\xef\xbb\xbf# first\na: 1\n--- # second\n%s---\nc: 3\n...\n"
			"%%YAML 1.1\n---\nd: 4\n",
			row[i].broken);
		assert_int_equal(ward_conf_yaml_docs(&f->a, &f->lim, WARD_STR("x.yml"),
					 ward_wr_slice(&w), &f->d, &c, &n_bad),
			WARD_OK);
		assert_int_equal(n_bad, 1);
		assert_int_equal(c->n_child, 3);
		assert_non_null(ward_conf_get(c->child, "a"));
		assert_non_null(ward_conf_get(c->child->next, "c"));
		assert_non_null(ward_conf_get(c->child->next->next, "d"));
		assert_int_equal(c->child->next->next->child->line, 9 + lines_of(row[i].broken));
		assert_int_equal(f->d.n, i + 1);
		assert_in_range(f->d.item[i].line, 4, row[i].line);
		ward_wr_fini(&w);
	}
}

static void empty(void **state)
{
	assert_null(yaml(*state, "", WARD_OK));
}

static void duplicate_key(void **state)
{
	(void)yaml(*state, "a: 1\nb: 2\na: 3\n", WARD_ERR_CONFIG);
	finding(*state, 3, "twice");
}

static const struct ward_conf *at(const struct ward_conf *doc, const char *a, const char *b)
{
	return ward_conf_get(ward_conf_get(doc, a), b);
}

/* An alias is what it names, written out: values, keys, whole trees, and what names others. */
static void alias(void **state)
{
	const struct ward_conf *d = yaml(*state,
		"a: &x [1, {k: &y 'two'}]\n"
		"b: *x\n"
		"&z c: *y\n"
		"d: {e: *y, *z : *x}\n"
		"j: &x {e: *y, l: 1}\n"
		"f: {g: *x, h: &n , i: *n}\n",
		WARD_OK);
	const struct ward_conf *b = ward_conf_get(d, "b"), *h = at(d, "f", "g");

	assert_int_equal(b->kind, WARD_CONF_SEQ);
	assert_int_equal(b->n_child, 2);
	assert_int_equal(b->line, 2);
	assert_true(ward_str_eqz(b->key, "b"));
	assert_true(ward_str_eqz(b->child->text, "1"));
	assert_true(ward_str_eqz(ward_conf_get(b->child->next, "k")->text, "two"));
	assert_true(ward_conf_get(b->child->next, "k")->quoted);
	assert_null(b->child->next->next);
	assert_true(ward_str_eqz(ward_conf_get(d, "c")->text, "two"));
	/* a name may be given again */
	assert_int_equal(at(d, "d", "c")->kind, WARD_CONF_SEQ);
	assert_true(ward_str_eqz(ward_conf_get(h, "e")->text, "two"));
	assert_int_equal(h->n_child, 2);
	assert_int_equal(at(d, "f", "i")->kind, WARD_CONF_NULL);
}

/* Inside of what it names; of nothing; of another document; a key that is no text. */
static void alias_refused(void **state)
{
	static const struct {
		const char *text, *word;
		uint32_t line;
	} row[] = {
		{"a: &x\n  b: [1, *x]\n", "inside", 2},
		{"&x [*x]\n", "inside", 1},
		{"a: *x\nb: &x 1\n", "no anchor", 1},
		{"a: &x 1\n---\nb: *x\n", "no anchor", 3},
		{"a: &x [1]\n*x : 1\n", "text", 2},
		{"a: &x k\nk: 1\n*x : 1\n", "twice", 3},
	};
	struct fix *f = *state;

	for (size_t i = 0; i < WARD_ARRAY_LEN(row); i++) {
		(void)yaml(f, row[i].text, WARD_ERR_CONFIG);
		assert_int_equal(f->d.n, i + 1);
		assert_int_equal(f->d.item[i].line, row[i].line);
		if (ward_str_find(f->d.item[i].what, ward_str_z(row[i].word)) == SIZE_MAX)
			fail_msg("'%.*s'", WARD_STR_ARG(f->d.item[i].what));
	}
}

/* Ten times ten times ten …: as if it were written out, so the limits hold. */
static void alias_flood(void **state)
{
	struct fix *f = *state;
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 16);

	ward_wr_z(&w, "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
	for (int i = 1; i < 12; i++) {
		ward_wr_printf(&w, "a%d: &a%d [", i, i);
		for (int k = 0; k < 10; k++)
			ward_wr_printf(&w, "%s*a%d", k ? ", " : "", i - 1);
		ward_wr_z(&w, "]\n");
	}
	ward_wr_u8(&w, 0);
	f->lim.v[WARD_LIMIT_CONF_NODES] = 100000;
	(void)yaml(f, (const char *)w.p, WARD_ERR_CONFIG);
	assert_non_null(strstr(f->d.item[0].what.p, "conf.nodes"));
	ward_wr_reset(&w);
	ward_wr_z(&w, "a0: &a0 [x]\n"); /* each a level deeper */
	for (int i = 1; i < 100; i++)
		ward_wr_printf(&w, "a%d: &a%d [*a%d]\n", i, i, i - 1);
	ward_wr_u8(&w, 0);
	(void)yaml(f, (const char *)w.p, WARD_ERR_CONFIG);
	assert_non_null(strstr(f->d.item[1].what.p, "deeper"));
	ward_wr_fini(&w);
}

static void tag(void **state)
{
	(void)yaml(*state, "a: !!int 1\n", WARD_ERR_CONFIG);
	finding(*state, 1, "tags");
}

static void merge(void **state)
{
	(void)yaml(*state, "a: 1\n<<: {b: 1}\n", WARD_ERR_CONFIG);
	finding(*state, 2, "merge");
}

static void syntax(void **state)
{
	(void)yaml(*state, "a: [1,\nb: 2\n", WARD_ERR_CONFIG);
	assert_true(((struct fix *)*state)->d.n_error >= 1);
	assert_true(((struct fix *)*state)->d.item[0].line >= 1);
}

static void not_utf8(void **state)
{
	(void)yaml(*state, "a: 1\nb: \xff\n", WARD_ERR_CONFIG);
	finding(*state, 2, "UTF-8");
}

static void too_deep(void **state)
{
	char text[200];

	memset(text, '[', 100);
	memset(text + 100, ']', 99);
	text[199] = 0;
	(void)yaml(*state, text, WARD_ERR_CONFIG);
	finding(*state, 1, "deeper");
}

static void too_many(void **state)
{
	struct fix *f = *state;

	f->lim.v[WARD_LIMIT_CONF_NODES] = 3;
	(void)yaml(f, "[1, 2, 3, 4]\n", WARD_ERR_CONFIG);
	finding(f, 1, "conf.nodes");
}

static void typed_refusals(void **state)
{
	struct fix *f = *state;
	const struct ward_conf *c = yaml(f, "n: 12\nb: yes\nd: 1.5\nt: 9\ns: [1]\n", WARD_OK);
	int64_t i = -1;
	bool b;
	struct ward_str s;

	assert_false(ward_conf_i64(c, "n", true, &f->d, 0, 5, &i));
	assert_int_equal(i, -1);
	assert_false(ward_conf_bool(c, "b", true, &f->d, &b));
	assert_false(ward_conf_degree(c, "d", true, &f->d, &i));
	assert_false(ward_conf_duration(c, "t", true, &f->d, &i));
	assert_false(ward_conf_str(c, "s", true, &f->d, &s));
	assert_false(ward_conf_str(c, "gone", true, &f->d, &s));
	assert_false(ward_conf_str(c, "gone", false, &f->d, &s));
	assert_int_equal(f->d.n_error, 6);
	ward_conf_only(c, (const char *const[]){"n", "b", "d", "t", NULL}, &f->d);
	assert_int_equal(f->d.n_error, 7);
	assert_int_equal(f->d.item[6].line, 5);
}

/* One line and no more, nothing that a terminal would take for a command. */
static void lines(void **state)
{
	struct fix *f = *state;
	const struct ward_conf *c = yaml(f,
		"good: Salle \u00e0 manger\nlong: 123456789012345678901\nline: \"a\\nb\"\n"
		"c1: \"a\\u009bb\"\ndel: \"\\x7f\"\nnone: \"\"\n",
		WARD_OK);
	static const char *const bad[] = {"long", "line", "c1", "del", "none"};
	struct ward_str s;

	assert_int_equal(ward_conf_line(c, "good", true, 20, &f->a, &f->d, &s), WARD_OK);
	assert_true(ward_str_eqz(s, "Salle \u00e0 manger"));
	assert_int_equal(ward_conf_line(c, "none", false, 20, &f->a, &f->d, &s), WARD_OK);
	assert_int_equal(s.len, 0);
	assert_int_equal(ward_conf_line(c, "gone", false, 20, &f->a, &f->d, &s), WARD_OK);
	assert_int_equal(f->d.n_error, 0);
	for (size_t i = 0; i < WARD_ARRAY_LEN(bad); i++) {
		assert_int_equal(ward_conf_line(c, bad[i], true, 20, &f->a, &f->d, &s), WARD_OK);
		assert_int_equal(s.len, 0);
		assert_int_equal(f->d.n_error, i + 1);
		assert_int_equal(f->d.item[i].line, i + 2);
	}
}

static void degrees(void **state)
{
	static const struct {
		const char *text;
		int64_t micro; /* -1: refused */
	} row[] = {{"0", 0}, {"1", 1000000}, {"0.5", 500000}, {"0.000001", 1}, {"1.0", 1000000},
		{"1.000001", -1}, {"0.0000001", -1}, {".5", -1}, {"0.", -1}, {"2", -1}, {"", -1},
		{"-0.5", -1}, {"0,5", -1}};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(row); i++) {
		int64_t micro = -1;

		assert_int_equal(
			ward_degree_parse(ward_str_z(row[i].text), &micro), row[i].micro >= 0);
		assert_int_equal(micro, row[i].micro);
	}
}

static enum ward_err csv(struct fix *f, const char *text, struct ward_csv *t)
{
	return ward_conf_csv(
		&f->a, &f->lim, WARD_STR("x.csv"), ward_str_bytes(ward_str_z(text)), &f->d, t);
}

static void csv_table(void **state)
{
	struct ward_csv t;

	assert_int_equal(csv(*state,
				 "# rooms\nid,name\r\nr1,\"Room \"\"1\"\", east\"\n\nr2,\"two\n"
				 "lines\"\nr3, x ",
				 &t),
		WARD_OK);
	assert_int_equal(t.n_column, 2);
	assert_int_equal(t.n_row, 3);
	assert_true(ward_str_eqz(t.row[0].cell[1], "Room \"1\", east"));
	assert_int_equal(t.row[0].line, 3);
	assert_int_equal(t.row[1].line, 5);
	assert_true(ward_str_eqz(t.row[1].cell[1], "two\nlines"));
	assert_int_equal(t.row[2].line, 7);
	assert_true(ward_str_eqz(t.row[2].cell[1], "x"));
	assert_int_equal(ward_csv_column(&t, "name"), 1);
	assert_int_equal(ward_csv_column(&t, "gone"), SIZE_MAX);
}

static void csv_refusals(void **state)
{
	static const struct {
		const char *text;
		uint32_t line;
		const char *part;
	} row[] = {{"a,b\n1,2\n3\n", 3, "1 cells"}, {"a,a\n", 2, "twice"}, {"", 1, "empty"},
		{"a\n\"x\n", 2, "no end"}, {"a\n\"x\"y\n", 2, "closing quote"},
		{"a\n\xff\n", 2, "UTF-8"}, {"# x\na;b\n1;2\n", 2, "semicolons or tabs"}};

	for (size_t i = 0; i < WARD_ARRAY_LEN(row); i++) {
		struct fix *f = *state;
		struct ward_csv t;

		assert_int_equal(csv(f, row[i].text, &t), WARD_ERR_CONFIG);
		finding(f, row[i].line, row[i].part);
		assert_int_equal(teardown(state), 0);
		assert_int_equal(setup(state), 0);
	}
}

/* Other programs' tables: what the header has parts the cells; a comma there comes first. */
static void csv_any(void **state)
{
	static const char *const text[] = {
		"id,a;b\n1,\"x,y\"\n", "id;name\n1;\"x,y\"\n", "id\tname\r\n1\tx,y\r\n"};

	for (size_t i = 0; i < WARD_ARRAY_LEN(text); i++) {
		struct fix *f = *state;
		struct ward_csv t;

		assert_int_equal(ward_conf_csv_any(&f->a, &f->lim, WARD_STR("x.csv"),
					 ward_str_bytes(ward_str_z(text[i])), &f->d, &t),
			WARD_OK);
		assert_int_equal(t.n_column, 2);
		assert_true(ward_str_eqz(t.row[0].cell[0], "1"));
		assert_true(ward_str_eqz(t.row[0].cell[1], "x,y"));
	}
}

/* A table of quoted cells takes memory by its size, not by its square. */
static void csv_quoted(void **state)
{
	struct fix *f = *state;
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 20);
	struct ward_arena a;
	struct ward_csv t;

	ward_wr_z(&w, "id,name\n");
	for (int i = 0; i < 10000; i++)
		ward_wr_printf(&w, "%d,\"a \"\"quoted\"\" cell\"\n", i);
	ward_arena_init(&a, ward_mem_heap(), 8 << 20);
	assert_int_equal(
		ward_conf_csv(&a, &f->lim, WARD_STR("x.csv"), ward_wr_slice(&w), &f->d, &t),
		WARD_OK);
	assert_int_equal(t.n_row, 10000);
	assert_true(ward_str_eqz(t.row[9999].cell[1], "a \"quoted\" cell"));
	ward_arena_fini(&a);
	ward_wr_fini(&w);
}

/* Every failing allocation gives NOMEM, never a crash or half a tree. */
static void no_memory(void **state)
{
	static const char text[] = "a: {b: [1, 2, {c: d}], e: \"f\"}\ng: h\n";
	struct fix *f = *state;
	enum ward_err err = WARD_ERR_NOMEM;

	for (uint64_t at = 1; err != WARD_OK; at++) {
		struct ward_mem_failing mem;
		struct ward_arena a;
		const struct ward_conf *c = NULL;

		assert_true(at < 1000);
		ward_mem_failing_init(&mem, at);
		ward_arena_init(&a, &mem.mem, 1 << 20);
		err = ward_conf_yaml(
			&a, &f->lim, WARD_STR("x"), ward_str_bytes(ward_str_z(text)), &f->d, &c);
		assert_true(err == WARD_OK ? c != NULL : err == WARD_ERR_NOMEM && !c);
		ward_arena_fini(&a);
	}
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	static const struct CMUnitTest tests[] = {T(tree), T(documents), T(documents_apart),
		T(empty), T(duplicate_key), T(alias), T(alias_refused), T(alias_flood), T(tag),
		T(merge), T(syntax), T(not_utf8), T(too_deep), T(too_many), T(typed_refusals),
		T(lines), T(degrees), T(csv_table), T(csv_refusals), T(csv_any), T(csv_quoted),
		T(no_memory)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
