#include "sense/log/pattern_part.h"
#include "sense/log/shape.h"

enum { ARENA_MAX = 256 << 20 };

enum ward_err ward_log_patterns_new(struct ward_names *names, const struct ward_limits *lim,
	const struct ward_mem *mem, struct ward_log_patterns **ret)
{
	struct ward_log_patterns *p = ward_mem_alloc(mem, sizeof(*p));
	enum ward_err err;

	if (!p)
		return WARD_ERR_NOMEM;
	p->mem = mem;
	p->lim = lim;
	p->names = names;
	ward_arena_init(&p->arena, mem, ARENA_MAX);
	err = ward_log_dispatch_init(p);
	if (err) {
		ward_log_patterns_free(p);
		return err;
	}
	*ret = p;
	return WARD_OK;
}

void ward_log_patterns_free(struct ward_log_patterns *p)
{
	if (!p)
		return;
	for (size_t i = 0; i < p->n_source; i++)
		ward_intern_fini(&p->source[i]->key);
	ward_mem_free(p->mem, p->source, p->cap_source * sizeof(struct ward_log_source *));
	ward_mem_free(p->mem, p->node, p->cap_node * sizeof(*p->node));
	ward_mem_free(p->mem, p->group, p->cap_group * sizeof(*p->group));
	ward_mem_free(p->mem, p->shape, p->cap_shape * sizeof(*p->shape));
	ward_mem_free(p->mem, p->json, p->n_json * sizeof(struct ward_log_pattern *));
	ward_arena_fini(&p->arena);
	ward_mem_free(p->mem, p, sizeof(*p));
}

size_t ward_log_patterns_n(const struct ward_log_patterns *p)
{
	return p->n_pattern;
}

size_t ward_log_patterns_tests(const struct ward_log_patterns *p)
{
	return p->n_test;
}

static bool same(const struct ward_value *v, struct ward_str s)
{
	int64_t i;

	if (v->kind == WARD_VALUE_STR || v->kind == WARD_VALUE_NUM)
		return ward_str_ieq(v->s, s);
	if (v->kind == WARD_VALUE_BOOL)
		return ward_str_eqz(s, v->b ? "true" : "false");
	return v->kind == WARD_VALUE_INT && ward_str_i64(s, &i) && i == v->i;
}

static struct ward_value *get(struct ward_log_found *f, uint32_t field)
{
	for (size_t i = 0; i < f->n; i++)
		if (f->item[i].field == field)
			return &f->item[i].v;
	return NULL;
}

/* The whole part of a number, also where it is written as text. */
static bool whole_part(const struct ward_value *v, int64_t *ret)
{
	struct ward_str rest = v->s;

	*ret = v->i;
	return v->kind == WARD_VALUE_INT ||
	       ((v->kind == WARD_VALUE_NUM || v->kind == WARD_VALUE_STR) &&
		       ward_str_i64(ward_str_cut(&rest, '.'), ret));
}

static bool is_word(const struct ward_log_word *w, const struct ward_value *v)
{
	int64_t i;

	if (w->range)
		return whole_part(v, &i) && w->low <= i && i <= w->high;
	return ward_str_eqz(w->from, "*") || same(v, w->from);
}

static void translate(const struct ward_log_source *src, struct ward_log_found *f)
{
	for (size_t i = 0; i < src->n_values; i++) {
		const struct ward_log_values *m = &src->values[i];
		struct ward_value *v = get(f, m->field);

		for (size_t k = 0; v && k < m->n; k++)
			if (is_word(&m->word[k], v)) {
				*v = m->word[k].to;
				break;
			}
	}
}

/* A time that stays a field: RFC 3339. */
static bool as_time(const struct ward_value *v, struct ward_arena *arena, struct ward_value *ret)
{
	uint8_t buf[48];
	struct ward_wr w = ward_wr_fixed(buf, sizeof(buf));
	ward_ns t;

	if (!ward_shape_time_value(v, &t))
		return false;
	ward_time_write(&w, t);
	*ret = ward_value_str(ward_arena_str(arena, ward_wr_text(&w)));
	return ret->s.p != NULL;
}

static bool fits_one(enum ward_log_type t, const struct ward_value *v, struct ward_arena *arena,
	struct ward_value *ret)
{
	*ret = *v;
	if (t == WARD_LOG_TYPE_TIME)
		return as_time(v, arena, ret);
	return v->kind != WARD_VALUE_STR || ward_log_type_whole(t, v->s, arena, ret);
}

/* A member's value for a field of ours, apart from it: of a list the first that says something of
 * the type; text takes a list as it is. */
static bool fits(enum ward_log_type t, const struct ward_value *v, struct ward_arena *arena,
	struct ward_value *ret)
{
	if (v->kind != WARD_VALUE_LIST || t == WARD_LOG_TYPE_TEXT)
		return fits_one(t, v, arena, ret);
	for (size_t i = 0; i < v->n; i++)
		if (fits_one(t, &v->item[i], arena, ret) && ret->kind != WARD_VALUE_NULL)
			return true;
	return false;
}

static void give_also(
	const struct ward_log_source *src, struct ward_arena *arena, struct ward_log_found *f)
{
	for (size_t i = 0; i < src->n_also; i++) {
		const struct ward_log_also *a = &src->also[i];
		const struct ward_value *v = get(f, a->from);
		struct ward_value one;

		if (v && fits(a->to.type, v, arena, &one))
			ward_log_found_add(f, a->to.field, one);
	}
}

/* beside: an event whose own fields count, too; or NULL. */
static bool holds(
	const struct ward_log_when *w, struct ward_log_found *f, const struct ward_event *beside)
{
	const struct ward_value *v = get(f, w->field);

	if (!v && beside)
		v = ward_event_get(beside, w->field);

	if (!v || v->kind == WARD_VALUE_NULL)
		return false;
	for (size_t i = 0; i < w->n_value; i++)
		if (same(v, w->value[i]))
			return true;
	return w->any;
}

static const struct ward_log_case *choose(const struct ward_log_pattern *pat,
	struct ward_log_found *f, const struct ward_event *beside)
{
	for (size_t i = 0; i < pat->n_case; i++) {
		const struct ward_log_case *c = &pat->cases[i];
		size_t n = 0;

		while (n < c->n_when && holds(&c->when[n], f, beside))
			n++;
		if (n == c->n_when)
			return c;
	}
	return NULL;
}

static void set_all(const struct ward_log_set *set, size_t n, struct ward_log_found *f)
{
	for (size_t i = 0; i < n; i++)
		ward_log_found_add(f, set[i].field, set[i].v);
}

/* What was found, in the source's words, becomes the event's. */
static enum ward_err give(const struct ward_log_pattern *pat, struct ward_log_found *f,
	const struct ward_event *beside, struct ward_event *e)
{
	const struct ward_log_case *c;
	enum ward_err err = WARD_OK;

	give_also(pat->source, e->arena, f);
	translate(pat->source, f);
	c = choose(pat, f, beside);
	if (c)
		set_all(c->set, c->n_set, f);
	set_all(pat->set, pat->n_set, f);
	for (size_t i = 0; i < f->n && !err; i++)
		if (f->item[i].v.kind != WARD_VALUE_NULL)
			err = ward_event_set(e, f->item[i].field, f->item[i].v);
	if (!err)
		err = ward_event_set(e, WARD_FIELD_LOG_PATTERN, ward_value_str(pat->name));
	if (!err)
		e->class = c && c->class != WARD_NONE ? c->class : pat->class;
	return err;
}

/* Where the program's own words begin: behind padding, Solaris' "[ID 800047 auth.notice] ", and
 * what Cisco puts before %FACILITY-SEVERITY-MNEMONIC: a number, a time, a name, each with ": ". */
static struct ward_str begin(struct ward_str message)
{
	struct ward_str head = ward_str_sub(message, 0, 96);
	size_t at = ward_str_find(head, WARD_STR(": %"));

	if (ward_str_starts(message, WARD_STR("[ID "))) {
		at = ward_str_find(message, WARD_STR("] "));
		if (at != SIZE_MAX)
			message = ward_str_sub(message, at + 2, message.len);
	} else if (at != SIZE_MAX && at + 3 < head.len && head.p[at + 3] >= 'A' &&
		   head.p[at + 3] <= 'Z') {
		message = ward_str_sub(message, at + 2, message.len);
	}
	while (ward_str_starts(message, WARD_STR(" ")) || ward_str_starts(message, WARD_STR(": ")))
		message = ward_str_sub(message, 1, message.len);
	return message;
}

enum ward_err ward_log_patterns_line(const struct ward_log_patterns *p, struct ward_str app,
	struct ward_str message, struct ward_event *e, ward_ns *ret_time, bool *ret)
{
	struct ward_log_found found;
	const struct ward_log_shape *s;

	*ret = false;
	message = begin(message);
	s = ward_log_dispatch_find(p, app, message, e->arena, &found);
	if (!s)
		return WARD_OK;
	*ret = true;
	*ret_time = found.time;
	return give(s->pattern, &found, NULL, e);
}

enum ward_err ward_log_patterns_call(const struct ward_log_patterns *p, struct ward_event *e)
{
	struct ward_str app = ward_event_str(e, WARD_FIELD_APP),
			message = ward_event_str(e, WARD_FIELD_MESSAGE);
	struct ward_log_found found;
	const struct ward_log_shape *s;

	if (!app.len || !message.len)
		return WARD_OK;
	s = ward_log_dispatch_find(p, app, message, e->arena, &found);
	return s ? give(s->pattern, &found, e, e) : WARD_OK;
}

static bool hidden(uint32_t field)
{
	return field < WARD_FIELD_N &&
	       ward_field_info((enum ward_field_id)field)->identity != WARD_IDENTITY_NONE;
}

/* Members with a name of ours leave the record under theirs, or altogether. A second one for the
 * same field stays, but not where it names a person, or could: what should be a host's name and is
 * none may be an account. */
static void take_members(
	const struct ward_log_source *src, struct ward_event *e, struct ward_log_found *f)
{
	size_t n = 0;

	for (size_t i = 0; i < e->n_field; i++) {
		const struct ward_log_target *to = NULL;
		struct ward_value v = {.kind = WARD_VALUE_NULL};

		for (size_t k = 0; k < src->n_target && !to; k++)
			if (src->target_name[k] == e->field[i].name)
				to = &src->target[k];
		if (to && to->field == WARD_NONE)
			continue;
		if (to && !get(f, to->field) && fits(to->type, &e->field[i].v, e->arena, &v)) {
			if (v.kind != WARD_VALUE_NULL)
				ward_log_found_add(f, to->field, v);
		} else if (!to || (!hidden(to->field) && to->type != WARD_LOG_TYPE_NAME)) {
			e->field[n++] = e->field[i];
		}
	}
	e->n_field = n;
}

enum ward_err ward_log_patterns_json(
	const struct ward_log_patterns *p, struct ward_event *e, ward_ns *ret_time, bool *ret)
{
	const struct ward_log_pattern *pat = ward_log_json_find(p, e);
	const struct ward_log_source *src = pat ? pat->source : NULL;
	struct ward_log_found found;
	enum ward_err err;

	*ret = pat != NULL;
	*ret_time = 0;
	if (!pat)
		return WARD_OK;
	found.n = 0;
	take_members(src, e, &found);
	err = give(pat, &found, NULL, e);
	for (size_t i = 0; !err && i < src->n_time && !*ret_time; i++) {
		const struct ward_value *v = ward_event_get(e, src->time[i]);

		if (v && !ward_shape_time_value(v, ret_time))
			*ret_time = 0;
	}
	return err;
}
