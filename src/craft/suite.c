/* Examples of rules: NAME.test.yml beside NAME.yml, and SigmaHQ's info.yml. */
#include "craft/class.h"
#include "craft/craft.h"

#include "event/event.h"

#include <stdlib.h>

enum { EVENTS_MAX = 10000, ARENA_BYTES = 64 << 20, FOUND_MAX = 4096 };

/* Where the time of a test begins: a Thursday. */
static const char begin_time[] = "2026-01-01T00:00:00Z";

struct suite {
	const struct ward_craft *c;
	struct ward_str file;
	const struct ward_conf *given; /* what all events of the file have; may be NULL */
	struct ward_arena a;           /* of one test */
	struct ward_event *event;
	size_t n;
	ward_ns now;
};

static void fault(struct suite *s, uint32_t line, const char *what)
{
	ward_diag_addf(s->c->diag, WARD_DIAG_ERROR, s->file, line, "%s", what);
}

/* "~" in a text is the number of the event. */
static struct ward_str numbered(struct suite *s, struct ward_str text, bool many, uint64_t i)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 20);

	for (size_t k = 0; k < text.len; k++) {
		if (many && text.p[k] == '~')
			ward_wr_u64(&w, i);
		else
			ward_wr_ch(&w, text.p[k]);
	}
	struct ward_str ret = ward_arena_str(&s->a, ward_wr_text(&w));

	ward_wr_fini(&w);
	return ret;
}

static bool scalar(
	struct suite *s, const struct ward_conf *c, bool many, uint64_t i, struct ward_value *ret)
{
	struct ward_value v = {.kind = WARD_VALUE_NULL};
	int64_t n = 0;

	if (c->kind != WARD_CONF_SCALAR) {
		*ret = v;
		return c->kind == WARD_CONF_NULL;
	}
	struct ward_str text = numbered(s, c->text, many, i);
	enum ward_value_kind number = c->quoted ? WARD_VALUE_NULL : ward_number_kind(text, &n);

	if (number == WARD_VALUE_INT)
		v = ward_value_int(n);
	else if (!c->quoted && (ward_str_eqz(text, "true") || ward_str_eqz(text, "false")))
		v = ward_value_bool(ward_str_eqz(text, "true"));
	else
		v = ward_value_str(text);
	if (number == WARD_VALUE_NUM)
		v.kind = WARD_VALUE_NUM;
	*ret = v;
	return text.p != NULL;
}

static bool value(
	struct suite *s, const struct ward_conf *c, bool many, uint64_t i, struct ward_value *ret)
{
	if (c->kind != WARD_CONF_SEQ)
		return scalar(s, c, many, i, ret);
	struct ward_value *item = ward_arena_array(&s->a, c->n_child + 1, sizeof(*item));
	uint32_t n = 0;

	if (!item)
		return false;
	for (const struct ward_conf *v = c->child; v; v = v->next)
		if (!scalar(s, v, many, i, &item[n++]))
			return false;
	*ret = (struct ward_value){.kind = WARD_VALUE_LIST, .n = n, .item = item};
	return true;
}

/* One entry of `events`. */
struct entry {
	const struct ward_conf *fields, *each; /* may be NULL */
	struct ward_str class;
	bool many;
};

/* A value of `each` is taken as it stands: the events differ by it already. */
static bool set_field(struct suite *s, struct ward_event *e, const struct ward_conf *field,
	const struct ward_conf *v, const struct entry *x, uint64_t i)
{
	struct ward_value val = {.kind = WARD_VALUE_NULL};

	if (value(s, v, x->many && field == v, i, &val) &&
		ward_event_set(e, ward_name(s->c->names, field->key), val) == WARD_OK)
		return true;
	fault(s, v->line,
		WARD_TEXT("this value can't be that of a field\nwrite text, a number, true, false, "
			  "null, or a list of them"));
	return false;
}

/* What the file gives all events, without what this one says otherwise. */
static bool set_given(struct suite *s, struct ward_event *e, const struct entry *x, uint64_t i)
{
	const struct ward_conf *given = ward_conf_get(s->given, "fields");

	for (const struct ward_conf *v = given ? given->child : NULL; v; v = v->next) {
		bool own = false;

		for (const struct ward_conf *f = x->fields ? x->fields->child : NULL; f;
			f = f->next)
			own |= ward_str_eq(f->key, v->key);
		if (!own && !set_field(s, e, v, v, x, i))
			return false;
	}
	return true;
}

static bool is_given(const struct suite *s, struct ward_str key)
{
	const struct ward_conf *given = ward_conf_get(s->given, "fields");

	for (const struct ward_conf *v = given ? given->child : NULL; v; v = v->next)
		if (ward_str_eq(v->key, key))
			return true;
	return false;
}

static bool add_event(struct suite *s, const struct entry *x, uint64_t i)
{
	struct ward_event *e = &s->event[s->n];
	const struct ward_conf *one = x->each ? x->each->child : NULL;
	const struct ward_conf *v = one ? one->child : NULL;

	ward_event_init(e, &s->a);
	e->id = ward_event_id(WARD_STR("test"), 0, s->n, 0);
	e->time = e->seen = s->now;
	e->source = ward_name(s->c->names, WARD_STR("test"));
	e->class = ward_name(s->c->names, x->class);
	if (!set_given(s, e, x, i))
		return false;
	for (const struct ward_conf *f = x->fields ? x->fields->child : NULL; f; f = f->next)
		if (!(f->kind == WARD_CONF_NULL && is_given(s, f->key)) &&
			!set_field(s, e, f, f, x, i))
			return false;
	for (uint64_t k = 0; k < i && v; k++)
		v = v->next;
	if (v && !set_field(s, e, one, v, x, i))
		return false;
	s->n++;
	return true;
}

/* `each: {field: [values]}`: one event for each of the values. */
static bool each_of(struct suite *s, const struct ward_conf *c, int64_t *ret_times)
{
	const struct ward_conf *each = ward_conf_get(c, "each");

	if (!each)
		return true;
	if (each->kind != WARD_CONF_MAP || each->n_child != 1 ||
		each->child->kind != WARD_CONF_SEQ || !each->child->child ||
		ward_conf_get(c, "times")) {
		fault(s, each->line,
			WARD_TEXT("'each' names one field and its values, and stands without "
				  "'times'\nwrite each: {user: [mary, john]}"));
		return false;
	}
	*ret_times = (int64_t)each->child->n_child;
	return true;
}

/* An example of events that there never are would show nothing. */
static bool is_class(struct suite *s, const struct ward_conf *c, struct ward_str class)
{
	const struct ward_conf *own = ward_conf_get(c, "class");
	const struct ward_conf *at = own ? own : ward_conf_get(s->given, "class");
	struct ward_str near = {NULL, 0};

	if (ward_craft_class(s->c->rs, s->c->names, class, &near))
		return true;
	uint32_t line = at ? at->line : c->line;

	if (near.len)
		ward_diag_addf(s->c->diag, WARD_DIAG_ERROR, s->file, line,
			WARD_TEXT("no sensor and no pipeline has events of class '%.*s'\ndid you "
				  "mean '%.*s'?"),
			WARD_STR_ARG(class), WARD_STR_ARG(near));
	else
		ward_diag_addf(s->c->diag, WARD_DIAG_ERROR, s->file, line,
			WARD_TEXT("no sensor and no pipeline has events of class '%.*s'\nwrite a "
				  "class that a pipeline names"),
			WARD_STR_ARG(class));
	return false;
}

/* One entry of `events`: one event, or several that follow each other. */
static bool add_events(struct suite *s, const struct ward_conf *c, ward_ns start)
{
	static const char *const keys[] = {"class", "at", "times", "each", "every", "fields", NULL};
	struct entry x = {.class = WARD_STR("log.json"),
		.fields = ward_conf_get(c, "fields"),
		.each = ward_conf_get(c, "each"),
		.many = ward_conf_get(c, "times") || ward_conf_get(c, "each")};
	size_t errors = s->c->diag->n_error;
	int64_t times = 1;
	ward_ns at = s->now - start, every = WARD_NS_PER_S;

	if (c->kind != WARD_CONF_MAP || (x.fields && x.fields->kind != WARD_CONF_MAP)) {
		fault(s, c->line, WARD_TEXT("an event is a map\nwrite {class: …, fields: {…}}"));
		return false;
	}
	ward_conf_only(c, keys, s->c->diag);
	(void)ward_conf_str(s->given, "class", false, s->c->diag, &x.class);
	(void)ward_conf_str(c, "class", false, s->c->diag, &x.class);
	(void)ward_conf_duration(c, "at", false, s->c->diag, &at);
	(void)ward_conf_duration(c, "every", false, s->c->diag, &every);
	(void)ward_conf_i64(c, "times", false, s->c->diag, 1, EVENTS_MAX, &times);
	if (!each_of(s, c, &times) || s->c->diag->n_error > errors || !is_class(s, c, x.class))
		return false;
	if (s->n + (size_t)times > EVENTS_MAX) {
		fault(s, c->line, WARD_TEXT("more than 10000 events in one test\nleave some out"));
		return false;
	}
	s->now = start + at;
	for (int64_t i = 0; i < times; i++) {
		if (i && !ward_add(s->now, every, &s->now)) {
			fault(s, c->line,
				WARD_TEXT("this time is beyond all that there are\nmake it less"));
			return false;
		}
		if (!add_event(s, &x, (uint64_t)i))
			return false;
	}
	return true;
}

static int by_time(const void *a, const void *b)
{
	const struct ward_event *x = a, *y = b;

	return x->time != y->time ? (x->time < y->time ? -1 : 1) : ward_id_cmp(x->id, y->id);
}

struct found {
	struct ward_str key;
	struct ward_id id[FOUND_MAX];
	bool gone[FOUND_MAX];
	size_t n;
};

static void count(void *ctx, const struct ward_detection *d)
{
	struct found *f = ctx;
	size_t i = 0;

	if (!ward_str_eq(d->rule, f->key))
		return;
	while (i < f->n && !ward_id_eq(f->id[i], d->id))
		i++;
	if (i == FOUND_MAX)
		return;
	f->id[i] = d->id;
	f->gone[i] = d->withdrawn;
	f->n += i == f->n;
}

/* Detections that stand at the end; of a rule that only correlations hear, its matches. */
static enum ward_err feed(struct suite *s, struct ward_detector *det, struct ward_craft_test *t)
{
	struct ward_rule_info r = ward_ruleset_rule(s->c->rs, t->rule);
	struct found *f = calloc(1, sizeof(*f));
	enum ward_err err = f ? WARD_OK : WARD_ERR_NOMEM;

	for (size_t i = 0; i < s->n && !err; i++) {
		uint32_t near = 0;

		f->key = ward_craft_key(s->c->rs, t->rule);
		err = ward_detector_event(det, &s->event[i], count, f);
		if (!err && r.silent && !r.corr)
			err = ward_craft_near(det, &s->event[i], t->rule, &near);
		t->got += near == UINT32_MAX;
	}
	if (!err)
		err = ward_detector_tick(det, WARD_NS_NEVER, count, f);
	for (size_t i = 0; f && i < f->n; i++)
		t->got += !f->gone[i];
	free(f);
	return err;
}

static enum ward_err run_test(
	struct suite *s, struct ward_craft_test *t, ward_craft_test_fn fn, void *ctx)
{
	struct ward_detector *det = NULL;

	qsort(s->event, s->n, sizeof(*s->event), by_time);
	enum ward_err err = ward_detector_new(
		s->c->rs, s->c->names, s->c->model, s->c->lim, NULL, ward_mem_heap(), &det);

	if (!err)
		err = feed(s, det, t);
	ward_detector_free(det);
	if (err)
		return err;
	t->passed = t->want == SIZE_MAX ? t->got > 0 : t->got == t->want;
	t->event = s->event;
	t->n_event = s->n;
	fn(ctx, t);
	return WARD_OK;
}

/* "a/b.test.yml" is about the rules of "a/b.yml": the only one that speaks for itself. */
static uint32_t own_rule(const struct suite *s, const struct ward_ruleset *rs)
{
	struct ward_str base = s->file;
	size_t n = ward_ruleset_counts(rs).n;
	uint32_t ret = WARD_NONE;

	if (!ward_str_ends(base, WARD_STR(".test.yml")))
		return WARD_NONE;
	base.len -= strlen(".test.yml");
	for (size_t i = 0; i < n; i++) {
		struct ward_rule_info r = ward_ruleset_rule(rs, i);

		if (!ward_str_starts(r.file, base) ||
			!ward_str_eqz(ward_str_sub(r.file, base.len, r.file.len), ".yml") ||
			r.silent || r.filter)
			continue;
		if (ret != WARD_NONE)
			return WARD_NONE;
		ret = (uint32_t)i;
	}
	return ret;
}

static bool subject(struct suite *s, const struct ward_conf *c, size_t *ret)
{
	const struct ward_ruleset *named = s->c->named ? s->c->named : s->c->rs;
	struct ward_str ref = {NULL, 0};
	bool given = ward_conf_str(c, "rule", false, s->c->diag, &ref);
	uint32_t at = given ? ward_ruleset_find(named, ref) : own_rule(s, named);

	if (at != WARD_NONE && named != s->c->rs)
		at = ward_ruleset_find(s->c->rs, ward_craft_key(named, at));
	if (at == WARD_NONE) {
		fault(s, c->line,
			given ? WARD_TEXT("no loaded rule has this id or name\ncorrect it, or load "
					  "its file too")
			      : WARD_TEXT("which rule is this test of?\nadd 'rule:' with an id or "
					  "name"));
		return false;
	}
	if (ward_ruleset_rule(s->c->rs, at).refused) {
		fault(s, c->line,
			WARD_TEXT("the rule of this test was refused\nmend the rule first"));
		return false;
	}
	*ret = at;
	return true;
}

static enum ward_err one_test(
	struct suite *s, const struct ward_conf *c, ward_craft_test_fn fn, void *ctx)
{
	static const char *const keys[] = {"name", "rule", "events", "detections", NULL};
	struct ward_craft_test t = {.file = s->file, .line = c->line, .want = SIZE_MAX};
	const struct ward_conf *events = ward_conf_get(c, "events");
	size_t errors = s->c->diag->n_error;
	int64_t want = 0;
	ward_ns start = 0;

	ward_conf_only(c, keys, s->c->diag);
	(void)ward_conf_str(c, "name", true, s->c->diag, &t.name);
	if (ward_conf_i64(c, "detections", false, s->c->diag, 0, FOUND_MAX, &want))
		t.want = (size_t)want;
	if (!events || events->kind != WARD_CONF_SEQ || !events->child)
		fault(s, c->line,
			WARD_TEXT("a test needs events\nadd 'events:' with a list of them"));
	if (s->c->diag->n_error > errors || !subject(s, c, &t.rule))
		return WARD_OK;
	if (ward_time_parse(ward_str_z(begin_time), &start) != WARD_OK)
		return WARD_ERR_STATE;
	s->now = start;
	for (const struct ward_conf *v = events->child; v; v = v->next)
		if (!add_events(s, v, start))
			return WARD_OK;
	return run_test(s, &t, fn, ctx);
}

/* `given: {class, fields}` of one document, and that nothing is misspelt beside it. */
static void given(struct suite *s, const struct ward_conf *doc)
{
	static const char *const keys[] = {"given", "tests", "untested", NULL};
	static const char *const given_keys[] = {"class", "fields", NULL};
	const struct ward_conf *fields;

	ward_conf_only(doc, keys, s->c->diag);
	s->given = ward_conf_get(doc, "given");
	ward_conf_only(s->given, given_keys, s->c->diag);
	fields = ward_conf_get(s->given, "fields");
	if (!s->given ||
		(s->given->kind == WARD_CONF_MAP && (!fields || fields->kind == WARD_CONF_MAP)))
		return;
	fault(s, s->given->line, WARD_TEXT("'given' is a map\nwrite {class: …, fields: {…}}"));
	s->given = NULL;
}

/* From the path, or from the bytes when there are some. */
static enum ward_err run_file(const struct ward_craft *c, struct ward_str file,
	const struct ward_slice *bytes, ward_craft_test_fn fn, void *ctx)
{
	struct suite s = {.c = c, .file = file, .event = calloc(EVENTS_MAX, sizeof(*s.event))};
	const struct ward_conf *docs = NULL;
	struct ward_slice text = bytes ? *bytes : (struct ward_slice){NULL, 0};
	struct ward_arena a;

	if (!s.event)
		return WARD_ERR_NOMEM;
	ward_arena_init(&a, ward_mem_heap(), ward_limit(c->lim, WARD_LIMIT_DETECT_RULE_BYTES));
	ward_arena_init(&s.a, ward_mem_heap(), ARENA_BYTES);
	enum ward_err err = bytes ? WARD_OK : ward_conf_read(&a, c->lim, file.p, c->diag, &text);

	if (!err)
		err = ward_conf_yaml(&a, c->lim, file, text, c->diag, &docs);
	for (const struct ward_conf *d = err ? NULL : docs->child; d && !err; d = d->next) {
		const struct ward_conf *list = ward_conf_get(d, "tests");

		given(&s, d);

		if (!list || list->kind != WARD_CONF_SEQ)
			fault(&s, d->line,
				WARD_TEXT("a test file has 'tests', a list of maps\nadd it"));
		for (const struct ward_conf *v = list ? list->child : NULL; v && !err;
			v = v->next) {
			s.n = 0;
			ward_arena_reset(&s.a);
			err = one_test(&s, v, fn, ctx);
		}
	}
	ward_arena_fini(&s.a);
	ward_arena_fini(&a);
	free(s.event);
	return err == WARD_ERR_CONFIG || err == WARD_ERR_IO || err == WARD_ERR_NOT_FOUND ? WARD_OK
											 : err;
}

enum ward_err ward_craft_tests(
	const struct ward_craft *c, const char *path, ward_craft_test_fn fn, void *ctx)
{
	if (!ward_str_ends(ward_str_z(path), WARD_STR(".test.yml")))
		return WARD_ERR_FOREIGN;
	return run_file(c, ward_str_z(path), NULL, fn, ctx);
}

enum ward_err ward_craft_tests_text(const struct ward_craft *c, const struct ward_rule_text *text,
	ward_craft_test_fn fn, void *ctx)
{
	return run_file(c, ward_str_z(text->file), &text->bytes, fn, ctx);
}

enum ward_err ward_craft_regression(
	const struct ward_craft *c, const char *path, ward_craft_case_fn fn, void *ctx)
{
	struct suite s = {.c = c, .file = ward_str_z(path)};
	const struct ward_conf *docs = NULL;
	struct ward_arena a;

	ward_arena_init(&a, ward_mem_heap(), ward_limit(c->lim, WARD_LIMIT_DETECT_RULE_BYTES));
	enum ward_err err = ward_conf_yaml_file(&a, c->lim, path, c->diag, &docs);
	const struct ward_conf *doc = err ? NULL : docs->child;
	const struct ward_conf *meta = ward_conf_get(doc, "rule_metadata");
	const struct ward_conf *list = ward_conf_get(doc, "regression_tests_info");
	const struct ward_conf *id = ward_conf_get(meta ? meta->child : NULL, "id");

	if (!err && (!id || !list))
		ward_diag_addf(c->diag, WARD_DIAG_WARNING, s.file, doc ? doc->line : 0,
			WARD_TEXT("no rule_metadata with an id, or no regression_tests_info\nwrite "
				  "it as SigmaHQ does"));
	for (const struct ward_conf *v = id && list ? list->child : NULL; v; v = v->next) {
		struct ward_craft_case t = {
			.file = s.file, .line = v->line, .rule = id->text, .want = SIZE_MAX};
		int64_t want = 0;

		(void)ward_conf_str(v, "name", false, c->diag, &t.name);
		if (ward_conf_i64(v, "match_count", false, c->diag, 0, INT32_MAX, &want))
			t.want = (size_t)want;
		if (ward_conf_str(v, "path", true, c->diag, &t.path))
			fn(ctx, &t);
	}
	ward_arena_fini(&a);
	return err == WARD_ERR_NOMEM || err == WARD_ERR_LIMIT ? err : WARD_OK;
}
