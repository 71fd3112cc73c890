/* The exercise's log: an entry a line, as JSON. */
#include "exercise/course.h"

#include "base/json.h"
#include "conf/conf.h"

enum { LINE_BYTES = 1 << 20 };

static bool of_step(enum ward_course_what w)
{
	return w == WARD_COURSE_STEP || w == WARD_COURSE_BROUGHT || w == WARD_COURSE_SKIP ||
	       w == WARD_COURSE_REPEAT;
}

static void put_about(
	const struct ward_scenario *s, const struct ward_course_entry *e, struct ward_json *j)
{
	if (of_step(e->what)) {
		const struct ward_step *step = &s->step[e->index];

		ward_json_put_u64(j, "step", e->index + 1);
		if (step->id.len)
			ward_json_put_str(j, "id", step->id);
		if (step->note.len)
			ward_json_put_str(j, "note", step->note);
	} else if (e->what == WARD_COURSE_BRANCH) {
		ward_json_put_str(j, "branch", s->lead.branch[e->index].id);
		ward_json_put_bool(j, "taken", e->taken);
	} else if (e->what == WARD_COURSE_INJECT) {
		ward_json_put_str(j, "inject", s->lead.inject[e->index].id);
	} else if (e->what == WARD_COURSE_DECIDE) {
		ward_json_put_z(j, "decided", ward_lead_decided_name(e->decided));
		ward_json_put_bool(j, "itself", e->itself);
	} else if (e->what == WARD_COURSE_SEEN) {
		ward_json_put_id(j, "message", e->message);
	}
	if (e->of.len)
		ward_json_put_str(j, "of", e->of);
	if (e->text.len)
		ward_json_put_str(j, "text", e->text);
	if (e->by.len)
		ward_json_put_str(j, "by", e->by);
}

void ward_course_write(
	const struct ward_scenario *s, const struct ward_course_entry *e, struct ward_wr *w)
{
	static const struct ward_id none;
	struct ward_json j = ward_json_on(w);

	ward_json_obj(&j);
	ward_json_put_time(&j, "time", e->at);
	ward_json_put_i64(&j, "played_ms", e->played / WARD_NS_PER_MS);
	ward_json_put_z(&j, "what", ward_course_name(e->what));
	put_about(s, e, &j);
	if (!ward_id_eq(e->id, none))
		ward_json_put_id(&j, "decision", e->id);
	ward_json_obj_end(&j);
}

/* Index of what is called so; SIZE_MAX. */
static size_t inject_of(const struct ward_lead *l, struct ward_str id)
{
	for (size_t i = 0; i < l->n_inject; i++)
		if (ward_str_eq(l->inject[i].id, id))
			return i;
	return SIZE_MAX;
}

static size_t branch_of(const struct ward_lead *l, struct ward_str id)
{
	for (size_t i = 0; i < l->n_branch; i++)
		if (ward_str_eq(l->branch[i].id, id))
			return i;
	return SIZE_MAX;
}

/* What the entry is about; false: the scenario has no such thing. */
static bool read_about(
	const struct ward_scenario *s, const struct ward_conf *c, struct ward_course_entry *e)
{
	size_t i = 0;
	uint64_t n;

	if (of_step(e->what)) {
		if (!ward_str_u64(ward_conf_word(c, "step"), &n) || !n || n > s->lead.n_step)
			return false;
		i = (size_t)n - 1;
	} else if (e->what == WARD_COURSE_BRANCH) {
		i = branch_of(&s->lead, ward_conf_word(c, "branch"));
		e->taken = ward_str_eqz(ward_conf_word(c, "taken"), "true");
	} else if (e->what == WARD_COURSE_INJECT) {
		i = inject_of(&s->lead, ward_conf_word(c, "inject"));
	} else if (e->what == WARD_COURSE_DECIDE) {
		e->decided = ward_lead_decided_parse(ward_conf_word(c, "decided"));
		e->itself = ward_str_eqz(ward_conf_word(c, "itself"), "true");
	}
	e->index = (uint32_t)i;
	return i != SIZE_MAX && e->decided != WARD_LEAD_N;
}

enum ward_err ward_course_read(const struct ward_scenario *s, const struct ward_limits *lim,
	struct ward_arena *a, struct ward_str line, struct ward_course_entry *ret)
{
	enum { DAYS = 30 }; /* as offsets of steps; what is behind them may be as long again */
	static const int64_t most_ms = (int64_t)2 * DAYS * 86400 * 1000;
	struct ward_course_entry e = {.index = 0};
	const struct ward_conf *c;
	struct ward_diag diag;
	int64_t ms = 0;

	ward_diag_init(&diag, ward_mem_heap());
	enum ward_err err =
		ward_conf_json(a, lim, WARD_STR("log"), 1, ward_str_bytes(line), &diag, &c);

	if (!err && (!ward_conf_i64(c, "played_ms", true, &diag, -most_ms, most_ms, &ms) ||
			    ward_time_parse(ward_conf_word(c, "time"), &e.at) != WARD_OK))
		err = WARD_ERR_MALFORMED;
	ward_diag_fini(&diag);
	if (err)
		return err == WARD_ERR_NOMEM ? err : WARD_ERR_MALFORMED;
	e.what = ward_course_parse(ward_conf_word(c, "what"), false);
	e.played = ms * WARD_NS_PER_MS;
	e.of = ward_conf_word(c, "of");
	e.text = ward_conf_word(c, "text");
	e.by = ward_conf_word(c, "by");
	struct ward_str id = ward_conf_word(c, "decision");
	bool seen = e.what == WARD_COURSE_SEEN;

	if ((id.len && !ward_id_parse(id, &e.id)) ||
		(seen && !ward_id_parse(ward_conf_word(c, "message"), &e.message)))
		return WARD_ERR_MALFORMED;
	if (e.what == WARD_COURSE_N || !read_about(s, c, &e))
		return WARD_ERR_MALFORMED;
	*ret = e;
	return WARD_OK;
}

/* ---- performances ---- */

void ward_course_write_begin(const struct ward_scenario *s, const struct ward_course_begin *b,
	struct ward_str boot, struct ward_wr *w)
{
	struct ward_json j = ward_json_on(w);

	ward_json_obj(&j);
	ward_json_put_z(&j, "schema", "ward.exercise/1");
	ward_json_put_time(&j, "time", b->at);
	ward_json_put_z(&j, "what", "begin");
	ward_json_put_str(&j, "hospital", ward_model_hospital(s->model)->id);
	ward_json_put_str(&j, "scenario", s->id);
	ward_json_put_u64(&j, "speed", b->speed);
	ward_json_put_str(&j, "boot", boot);
	ward_json_obj_end(&j);
}

struct begun {
	struct ward_course_begin is;
	struct ward_str scenario, boot;
};

/* Is the line the begin of a performance, of whatever scenario? */
static bool begins(const struct ward_limits *lim, struct ward_arena *a, struct ward_str line,
	struct begun *ret)
{
	const struct ward_conf *c;
	struct ward_diag diag;

	ward_diag_init(&diag, ward_mem_heap());
	enum ward_err err =
		ward_conf_json(a, lim, WARD_STR("log"), 1, ward_str_bytes(line), &diag, &c);

	ward_diag_fini(&diag);
	if (err || !ward_str_eqz(ward_conf_word(c, "what"), "begin"))
		return false;
	ret->is.until = WARD_NS_NEVER;
	ret->scenario = ward_conf_word(c, "scenario");
	ret->boot = ward_conf_word(c, "boot");
	return ward_time_parse(ward_conf_word(c, "time"), &ret->is.at) == WARD_OK &&
	       ward_str_u64(ward_conf_word(c, "speed"), &ret->is.speed) && ret->is.speed;
}

/* The next whole line; false: there is none. */
static bool next_line(struct ward_str *text, struct ward_str *ret)
{
	size_t end = ward_str_find(*text, WARD_STR("\n"));

	if (end == SIZE_MAX)
		return false;
	*ret = ward_str_sub(*text, 0, end);
	*text = ward_str_sub(*text, end + 1, text->len - end - 1);
	return true;
}

/* The entries of the last performance, to where another one begins, and behind which line. */
static bool find_last(const struct ward_course *c, const struct ward_limits *lim,
	struct ward_str *text, struct ward_str boot, struct ward_course_begin *ret,
	uint32_t *ret_line)
{
	struct ward_str rest = *text, line;
	struct ward_arena a;
	struct begun b;
	bool open = false, found = false;

	ward_arena_init(&a, ward_mem_heap(), LINE_BYTES);
	for (uint32_t n = 1; next_line(&rest, &line); n++) {
		ward_arena_reset(&a);
		if (ward_str_find(line, WARD_STR("\"begin\"")) == SIZE_MAX ||
			!begins(lim, &a, line, &b))
			continue;
		if (open) {
			*text = ward_str_sub(*text, 0, (size_t)(line.p - text->p));
			ret->until = b.is.at;
		}
		open = ward_str_eq(b.scenario, ward_course_scenario(c)->id) &&
		       (!boot.len || ward_str_eq(b.boot, boot));
		if (!open)
			continue;
		found = true;
		*ret = b.is;
		*text = rest;
		*ret_line = n;
	}
	ward_arena_fini(&a);
	return found;
}

enum ward_err ward_course_log(struct ward_course *c, const struct ward_limits *lim,
	struct ward_str text, struct ward_str boot, struct ward_course_begin *ret,
	uint32_t *ret_line)
{
	struct ward_course_entry e;
	struct ward_arena a;
	struct ward_str line;
	const char *why;
	enum ward_err err = WARD_OK;

	*ret_line = 0;
	if (!find_last(c, lim, &text, boot, ret, ret_line))
		return WARD_ERR_NOT_FOUND;
	ward_arena_init(&a, ward_mem_heap(), LINE_BYTES);
	while (!err && next_line(&text, &line)) {
		++*ret_line;
		ward_arena_reset(&a);
		err = ward_course_read(ward_course_scenario(c), lim, &a, line, &e);
		if (!err)
			err = ward_course_take(c, &e, &why);
		if (err && err != WARD_ERR_NOMEM)
			err = WARD_ERR_MALFORMED;
	}
	ward_arena_fini(&a);
	return err;
}
