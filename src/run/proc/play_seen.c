/* What is expected of the steps that were played, and when Ward said it: by what is on record, as a
 * score judges it afterwards (debrief). */
#include "run/proc/play.h"

/* Sensors round their times. */
static const ward_ns slack = WARD_NS_PER_S;

/* Of the story; of one without an incident, of the first inject by which it became one, as a score
 * asks for it. */
static const struct ward_expect *expected(const struct player *pl)
{
	const struct ward_lead *l = &pl->scenario->lead;
	size_t n;
	const struct ward_course_entry *e = ward_course_entries(pl->course, &n);

	for (size_t i = 0; i < n; i++)
		if (e[i].what == WARD_COURSE_INJECT && l->inject[e[i].index].expect)
			return l->inject[e[i].index].expect;
	return &pl->scenario->expect;
}

enum ward_err play_seen_begin(struct player *pl)
{
	const struct ward_scenario *s = pl->scenario;
	struct play_seen *x = &pl->seen;
	size_t n = 0, n_told = s->expect.n_told;

	ward_arena_init(&x->arena, ward_mem_heap(), 8 << 20);
	x->first = ward_arena_array(&x->arena, s->lead.n_step, sizeof(*x->first));
	for (size_t i = 0; x->first && i < s->lead.n_step; i++) {
		x->first[i] = n;
		n += s->step[i].truth ? s->step[i].truth->n_sign : 0;
	}
	x->sign = ward_arena_array(&x->arena, n, sizeof(*x->sign));
	for (size_t i = 0; i < s->lead.n_inject; i++)
		if (s->lead.inject[i].expect && s->lead.inject[i].expect->n_told > n_told)
			n_told = s->lead.inject[i].expect->n_told;
	x->told = ward_arena_array(&x->arena, n_told, sizeof(*x->told));
	if (!x->first || !x->sign || !x->told)
		return WARD_ERR_NOMEM;
	for (size_t i = 0; i < n; i++)
		x->sign[i] = WARD_NS_NEVER;
	for (size_t i = 0; i < n_told; i++)
		x->told[i] = WARD_NS_NEVER;
	return WARD_OK;
}

void play_seen_end(struct player *pl)
{
	if (pl->seen.arena.mem)
		ward_arena_fini(&pl->seen.arena);
}

static bool is_played(const struct ward_course_entry *e)
{
	return e->what == WARD_COURSE_STEP || e->what == WARD_COURSE_BROUGHT;
}

static bool is_sign(
	const struct player *pl, const struct ward_record *r, const struct ward_truth *t)
{
	const struct ward_model *m = pl->scenario->model;
	struct ward_str on = ward_model_node(m, t->node)->id;

	return ward_str_eq(r->threat, ward_threats_at(ward_model_threats(m), t->threat)->code) &&
	       (ward_str_eq(r->asset, on) || ward_str_eq(r->place, on));
}

void play_seen_sign(struct player *pl, const struct ward_record *r, ward_ns told)
{
	size_t n;
	const struct ward_course_entry *e = ward_course_entries(pl->course, &n);

	for (size_t i = 0; i < n && !r->withdrawn; i++) {
		const struct ward_step_truth *t =
			is_played(&e[i]) ? pl->scenario->step[e[i].index].truth : NULL;

		for (size_t k = 0; t && k < t->n_sign; k++) {
			ward_ns *at = &pl->seen.sign[pl->seen.first[e[i].index] + k];

			if (*at == WARD_NS_NEVER && told >= e[i].at - slack &&
				r->last >= e[i].at - slack && is_sign(pl, r, &t->sign[k]))
				*at = told;
		}
	}
}

void play_seen_told(struct player *pl, struct ward_str role, ward_ns at)
{
	const struct ward_expect *x = expected(pl);

	for (size_t i = 0; i < x->n_told; i++)
		if (pl->seen.told[i] == WARD_NS_NEVER &&
			ward_str_eq(
				ward_model_node(pl->scenario->model, x->told[i].role)->id, role))
			pl->seen.told[i] = at;
}

/* After `from`, pauses left out; null: it was not. */
static void put_after(
	const struct player *pl, struct ward_json *j, const char *key, ward_ns from, ward_ns at)
{
	if (from == WARD_NS_NEVER || at == WARD_NS_NEVER) {
		ward_json_put_null(j, key);
		return;
	}
	ward_ns after =
		ward_course_unpaused(pl->course, at) - ward_course_unpaused(pl->course, from);

	ward_json_put_i64(j, key, after > 0 ? after / WARD_NS_PER_MS : 0);
}

static void put_within(struct ward_json *j, ward_ns within)
{
	if (within)
		ward_json_put_i64(j, "within_ms", within / WARD_NS_PER_MS);
	else
		ward_json_put_null(j, "within_ms");
}

static ward_ns played_at(const struct player *pl, size_t step)
{
	size_t n;
	const struct ward_course_entry *e = ward_course_entries(pl->course, &n);

	for (size_t i = 0; i < n; i++)
		if (is_played(&e[i]) && e[i].index == step)
			return e[i].at;
	return WARD_NS_NEVER;
}

void play_seen_show_signs(const struct player *pl, struct ward_json *j, size_t step)
{
	const struct ward_model *m = pl->scenario->model;
	const struct ward_step_truth *t = pl->scenario->step[step].truth;
	ward_ns at = t && t->n_sign ? played_at(pl, step) : WARD_NS_NEVER;

	ward_json_key(j, "signs");
	ward_json_arr(j);
	for (size_t k = 0; t && k < t->n_sign; k++) {
		ward_json_obj(j);
		ward_json_put_str(j, "threat",
			ward_threats_at(ward_model_threats(m), t->sign[k].threat)->name);
		ward_json_put_str(j, "on", ward_model_node(m, t->sign[k].node)->name);
		ward_json_put_bool(j, "visible", t->visible);
		put_within(j, t->sign[k].within);
		put_after(pl, j, "after_ms", at, pl->seen.sign[pl->seen.first[step] + k]);
		ward_json_obj_end(j);
	}
	ward_json_arr_end(j);
}

/* When the first step was that a sensor could notice. */
static ward_ns first_act(const struct player *pl)
{
	size_t n;
	const struct ward_course_entry *e = ward_course_entries(pl->course, &n);

	for (size_t i = 0; i < n; i++) {
		const struct ward_step_truth *t =
			is_played(&e[i]) ? pl->scenario->step[e[i].index].truth : NULL;

		if (t && t->visible && t->n_sign)
			return e[i].at;
	}
	return WARD_NS_NEVER;
}

void play_seen_show_story(const struct player *pl, struct ward_json *j)
{
	const struct ward_expect *x = expected(pl);
	ward_ns act = first_act(pl);

	ward_json_put_str(j, "response", x->response);
	ward_json_key(j, "expected");
	ward_json_arr(j);
	for (size_t i = 0; i < x->n_told; i++) {
		const struct ward_node *role =
			ward_model_node(pl->scenario->model, x->told[i].role);

		ward_json_obj(j);
		ward_json_put_str(j, "role", role->id);
		ward_json_put_str(j, "name", role->name);
		put_within(j, x->told[i].within);
		put_after(pl, j, "after_ms", act, pl->seen.told[i]);
		ward_json_obj_end(j);
	}
	ward_json_arr_end(j);
}
