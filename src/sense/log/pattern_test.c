/* The tests that stand beside a pattern: a line with the fields that it gives, or one that is not
 * this pattern's. */
#include "event/json.h"
#include "sense/log/pattern_part.h"

static const char *const keys[] = {"line", "not", "app", "class", "fields", NULL};

enum { TEXT_MAX = 65536 };

struct test {
	struct ward_log_patterns *p;
	const struct ward_log_pattern *pat;
	const struct ward_conf *c;
	struct ward_diag *diag;
	struct ward_arena arena;
	struct ward_event e;
	size_t n_own; /* of a JSON line: fields that were there before */
};

static void fail(
	const struct test *t, const struct ward_conf *c, const char *what, struct ward_str s)
{
	ward_diag_addf(t->diag, WARD_DIAG_ERROR, c->file, c->line,
		WARD_TEXT("pattern %.*s: %s '%.*s'\nmend the pattern or its test"),
		WARD_STR_ARG(t->pat->name), what, WARD_STR_ARG(s));
}

static enum ward_err match(struct test *t, struct ward_str line, bool *ret)
{
	struct ward_str app = {"", 0};
	ward_ns time;

	(void)ward_conf_str(t->c, "app", false, t->diag, &app);
	if (!app.len && t->pat->source->n_app) {
		app = t->pat->source->app[0];
		app.len -= app.len && app.p[app.len - 1] == '*';
	}
	ward_event_init(&t->e, &t->arena);
	if (!t->pat->n_member)
		return ward_log_patterns_line(t->p, app, line, &t->e, &time, ret);

	struct ward_json_reader r;
	enum ward_err err = ward_json_reader_init(&r, t->p->names, t->p->mem, t->p->lim);

	if (err)
		return err;
	r.foreign = true;
	err = ward_json_read_event(&r, line, &t->arena, &t->e);
	ward_json_reader_fini(&r);
	*ret = false;
	if (err)
		return err == WARD_ERR_NOMEM ? err : WARD_OK;
	return ward_log_patterns_json(t->p, &t->e, &time, ret);
}

/* A value as the test writes it. */
static struct ward_str as_text(const struct ward_value *v, uint8_t *buf, size_t cap)
{
	struct ward_wr w = ward_wr_fixed(buf, cap);

	if (v->kind == WARD_VALUE_STR || v->kind == WARD_VALUE_NUM)
		return v->s;
	if (v->kind == WARD_VALUE_INT)
		ward_wr_i64(&w, v->i);
	else
		ward_wr_z(&w, v->kind != WARD_VALUE_BOOL ? "?" : v->b ? "true" : "false");
	return ward_wr_text(&w);
}

/* What is always there is not asked for: the pattern's own constants, and other members of JSON. */
static bool expected(const struct test *t, const struct ward_conf *fields, uint32_t name)
{
	const struct ward_log_pattern *pat = t->pat;
	struct ward_str text = ward_name_text(t->p->names, name);

	for (const struct ward_conf *k = fields ? fields->child : NULL; k; k = k->next)
		if (ward_str_eq(k->key, text))
			return true;
	for (size_t i = 0; i < pat->n_set; i++)
		if (pat->set[i].field == name)
			return true;
	for (size_t i = 0; i < pat->n_case; i++)
		for (size_t k = 0; k < pat->cases[i].n_set; k++)
			if (pat->cases[i].set[k].field == name)
				return true;
	return name == WARD_FIELD_LOG_PATTERN || pat->n_member;
}

static void compare(const struct test *t)
{
	const struct ward_conf *fields = ward_conf_get(t->c, "fields");
	struct ward_str class = {NULL, 0};
	uint8_t buf[32];

	if (ward_conf_str(t->c, "class", false, t->diag, &class) &&
		!ward_str_eq(class, ward_name_text(t->p->names, t->e.class)))
		fail(t, t->c, WARD_TEXT("the class is"), ward_name_text(t->p->names, t->e.class));
	for (const struct ward_conf *k = fields ? fields->child : NULL; k; k = k->next) {
		const struct ward_value *v = ward_event_get(&t->e, ward_name(t->p->names, k->key));

		if (!v)
			fail(t, k, WARD_TEXT("the line gives no field"), k->key);
		else if (!ward_str_eq(as_text(v, buf, sizeof(buf)), k->text))
			fail(t, k, WARD_TEXT("the field's value is"), as_text(v, buf, sizeof(buf)));
	}
	for (size_t i = 0; i < t->e.n_field; i++)
		if (!expected(t, fields, t->e.field[i].name))
			fail(t, t->c, WARD_TEXT("the test does not name the field"),
				ward_name_text(t->p->names, t->e.field[i].name));
}

static enum ward_err run(struct test *t)
{
	struct ward_str line = {NULL, 0}, other = {NULL, 0};
	bool fits = false;
	enum ward_err err;

	ward_conf_only(t->c, keys, t->diag);
	(void)ward_conf_str(t->c, "line", false, t->diag, &line);
	(void)ward_conf_str(t->c, "not", false, t->diag, &other);
	if (!line.len == !other.len) {
		fail(t, t->c, WARD_TEXT("a test needs either 'line' or 'not':"), line);
		return WARD_OK;
	}
	err = match(t, line.len ? line : other, &fits);
	if (err)
		return err;
	bool mine =
		fits && ward_str_eq(ward_event_str(&t->e, WARD_FIELD_LOG_PATTERN), t->pat->name);

	if (other.len && mine)
		fail(t, t->c, WARD_TEXT("this line must not match:"), other);
	else if (line.len && !fits)
		fail(t, t->c, WARD_TEXT("this line does not match:"), line);
	else if (line.len && !mine)
		fail(t, t->c, WARD_TEXT("this line is another pattern's:"),
			ward_event_str(&t->e, WARD_FIELD_LOG_PATTERN));
	else if (line.len)
		compare(t);
	return WARD_OK;
}

static enum ward_err run_all(struct test *t)
{
	enum ward_err err = WARD_OK;
	bool any = false;

	for (t->c = t->pat->tests->child; t->c && !err; t->c = t->c->next) {
		any |= ward_conf_get(t->c, "line") != NULL;
		ward_arena_reset(&t->arena);
		err = run(t);
		t->p->n_test++;
	}
	if (!any && !err)
		fail(t, t->pat->tests, WARD_TEXT("no test has a line of"), t->pat->source->name);
	return err;
}

enum ward_err ward_log_tests_run(struct ward_log_patterns *p, struct ward_diag *diag)
{
	struct test t = {.p = p, .diag = diag};
	enum ward_err err = WARD_OK;

	ward_arena_init(&t.arena, p->mem, (size_t)64 * TEXT_MAX);
	while (p->tested && !err) {
		t.pat = p->tested;
		err = run_all(&t);
		p->tested = p->tested->next_tested;
	}
	p->tested = NULL;
	ward_arena_fini(&t.arena);
	return err;
}
