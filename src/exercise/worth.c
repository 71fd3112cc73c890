#include "exercise/worth.h"

#include <stdlib.h>

enum { RUN_BYTES = 64 << 20 };

/* An act, and in which place of the same moment it comes. */
struct placed {
	struct ward_range_act is;
	size_t order;
};

/* ---- what was prevented ---- */

/* Without this branch; NULL: as it was played; ALL: without any. */
static const struct ward_branch all_branches;
#define ALL (&all_branches)

static bool has(const struct ward_lead_steps is, size_t step)
{
	return step >= is.first && step < is.first + is.n;
}

static bool leaves(const struct ward_branch *b, size_t step)
{
	for (size_t i = 0; i < b->n_without; i++)
		if (b->without[i] == step)
			return true;
	return false;
}

/* Does it happen so: the step was played, or left out by a branch that is not taken then? */
static bool happens(const struct ward_worth *w, enum ward_course_fate fate, size_t step,
	const struct ward_branch *less)
{
	bool is = fate == WARD_COURSE_PLAYED;

	if (!is && fate != WARD_COURSE_LEFT)
		return false;
	for (size_t i = 0; i < w->n_branch; i++) {
		const struct ward_branch *b = w->branch[i].is;
		bool taken = less != ALL && less != b;

		if (!taken && has(b->steps, step))
			return false;
		if (taken && !is && leaves(b, step))
			return false;
	}
	return is || less;
}

static int by_time(const void *a, const void *b)
{
	const struct placed *x = a, *y = b;

	if (x->is.at != y->is.at)
		return x->is.at < y->is.at ? -1 : 1;
	return (x->order > y->order) - (x->order < y->order);
}

/* In the order of their times, as the physics take them. */
static enum ward_err order(
	struct placed *p, size_t n, struct ward_arena *a, struct ward_worth_acts *ret)
{
	ret->act = ward_arena_array(a, n, sizeof(*ret->act));
	if (!ret->act)
		return WARD_ERR_NOMEM;
	if (n)
		qsort(p, n, sizeof(*p), by_time);
	for (size_t i = 0; i < n; i++)
		ret->act[i] = p[i].is;
	ret->n = n;
	return WARD_OK;
}

static bool is_played(const struct ward_course_entry *e)
{
	return e->what == WARD_COURSE_STEP || e->what == WARD_COURSE_BROUGHT;
}

static size_t does_of(const struct ward_worth *w, size_t step)
{
	return w->step[step].truth ? w->step[step].truth->n_does : 0;
}

static size_t put(struct placed *p, size_t n, const struct ward_step *s, ward_ns when)
{
	for (size_t k = 0; s->truth && k < s->truth->n_does; k++, n++) {
		p[n] = (struct placed){s->truth->does[k], n};
		p[n].is.at += when;
	}
	return n;
}

/* What was played, as often as it was; then what was left out, when the story has it. */
static enum ward_err find_acts(const struct ward_course *c, const struct ward_worth *w,
	const struct ward_branch *less, struct ward_arena *a, struct ward_worth_acts *ret)
{
	size_t n_entry, n = 0, n_does = 0;
	const struct ward_course_entry *e = ward_course_entries(c, &n_entry);
	struct placed *p;

	for (size_t i = 0; i < n_entry; i++)
		if (is_played(&e[i]))
			n_does += does_of(w, e[i].index);
	for (size_t i = 0; i < w->s->n_step; i++)
		n_does += does_of(w, i);
	p = ward_arena_array(a, n_does, sizeof(*p));
	if (!p)
		return WARD_ERR_NOMEM;
	for (size_t i = 0; i < n_entry; i++)
		if (is_played(&e[i]) && happens(w, WARD_COURSE_PLAYED, e[i].index, less))
			n = put(p, n, &w->step[e[i].index],
				ward_scenario_story_time(w->s, e[i].played));
	for (size_t i = 0; i < w->s->n_step; i++)
		if (ward_course_fate(c, i) == WARD_COURSE_LEFT &&
			happens(w, WARD_COURSE_LEFT, i, less))
			n = put(p, n, &w->step[i], w->step[i].real);
	return order(p, n, a, ret);
}

/* Who decided what it asks for: the first who did. */
static void find_by(const struct ward_course *c, struct ward_worth_branch *b)
{
	size_t n;
	const struct ward_course_entry *e = ward_course_entries(c, &n);

	for (size_t i = 0; i < n; i++) {
		if (e[i].what != WARD_COURSE_DECIDE || e[i].decided != b->is->decided ||
			(e[i].of.len && !ward_str_eq(e[i].of, b->is->of)))
			continue;
		b->by = e[i].by.len ? e[i].by : WARD_STR("");
		b->policy = ward_str_eqz(e[i].text, "policy");
		b->decided = e[i].played;
		return;
	}
}

/* Did an earlier branch leave it out? */
static bool is_earlier(const struct ward_worth *w, const struct ward_worth_branch *b, size_t step)
{
	for (const struct ward_worth_branch *x = w->branch; x < b; x++)
		if (leaves(x->is, step))
			return true;
	return false;
}

static enum ward_err find_prevented(const struct ward_course *c, const struct ward_worth *w,
	struct ward_worth_branch *b, struct ward_arena *a)
{
	uint32_t *step = ward_arena_array(a, b->is->n_without, sizeof(*step));

	if (!step)
		return WARD_ERR_NOMEM;
	for (size_t i = 0; i < b->is->n_without; i++) {
		size_t at = b->is->without[i];
		const struct ward_step_truth *t = w->step[at].truth;

		if (!t || ward_course_fate(c, at) != WARD_COURSE_LEFT || is_earlier(w, b, at))
			continue;
		step[b->n_prevented++] = (uint32_t)at;
		b->says |= t->n_does > 0;
	}
	for (size_t i = 0; i < b->is->steps.n; i++) {
		size_t at = b->is->steps.first + i;
		const struct ward_step_truth *t = w->step[at].truth;

		b->says |= t && t->n_does && ward_course_fate(c, at) == WARD_COURSE_PLAYED;
	}
	b->prevented = step;
	return WARD_OK;
}

enum ward_err ward_worth_find(
	const struct ward_course *c, struct ward_arena *a, struct ward_worth *ret)
{
	const struct ward_scenario *s = ward_course_scenario(c);
	struct ward_worth w = {.s = s, .step = s->step};
	size_t n;
	const struct ward_course_entry *e = ward_course_entries(c, &n);
	enum ward_err err = WARD_OK;

	w.branch = ward_arena_array(a, s->lead.n_branch, sizeof(*w.branch));
	if (!w.branch)
		return WARD_ERR_NOMEM;
	for (size_t i = 0; i < n; i++)
		if (e[i].what == WARD_COURSE_BRANCH && e[i].taken)
			w.branch[w.n_branch++] = (struct ward_worth_branch){
				.is = &s->lead.branch[e[i].index], .by = WARD_STR("")};
	for (size_t i = 0; i < w.n_branch && !err; i++) {
		find_by(c, &w.branch[i]);
		err = find_prevented(c, &w, &w.branch[i], a);
		if (!err)
			err = find_acts(c, &w, w.branch[i].is, a, &w.branch[i].acts);
	}
	if (!err)
		err = find_acts(c, &w, ALL, a, &w.acts[WARD_WORTH_WITHOUT]);
	if (!err)
		err = find_acts(c, &w, NULL, a, &w.acts[WARD_WORTH_PLAYED]);
	if (!err)
		*ret = w;
	return err;
}

/* ---- what that is for care ---- */

struct losses {
	struct ward_range_loss *loss;
	size_t n;
	ward_ns away;
};

static enum ward_err run(const struct ward_worth *w, const struct ward_range *r,
	const struct ward_worth_acts *acts, struct ward_arena *a, struct losses *ret,
	struct ward_str *ret_bad)
{
	const struct ward_range_in in = {.act = acts->act,
		.n_act = acts->n,
		.until = (ward_ns)WARD_WORTH_HOURS * 3600 * WARD_NS_PER_S,
		.seed = ward_siphash(
			(struct ward_seed){.k0 = 0, .k1 = 0}, w->s->id.p, w->s->id.len),
		.runs = WARD_WORTH_RUNS};
	struct ward_range_loss *loss;
	struct ward_arena scratch;

	ward_arena_init(&scratch, a->mem, RUN_BYTES);
	enum ward_err err = ward_range_run(r, &in, &scratch, &loss, &ret->n, ret_bad);

	*ret = (struct losses){.n = err ? 0 : ret->n};
	ret->loss = err ? NULL : ward_arena_array(a, ret->n, sizeof(*ret->loss));
	if (!err && !ret->loss)
		err = WARD_ERR_NOMEM;
	for (size_t i = 0; !err && i < ret->n; i++) {
		ret->loss[i] = loss[i];
		ret->loss[i].service = ward_arena_str(a, loss[i].service);
		if (!ret->loss[i].service.p)
			err = WARD_ERR_NOMEM;
		ret->away += loss[i].lost;
	}
	ward_arena_fini(&scratch);
	return err;
}

static bool is_hit(const struct ward_range_loss *l)
{
	return l->hit * 2 >= WARD_WORTH_RUNS;
}

/* Into the row of its service, which may be new. */
static void take(struct ward_worth *w, enum ward_worth_way way, const struct losses *l)
{
	for (size_t i = 0; i < l->n; i++) {
		size_t k = 0;

		if (!is_hit(&l->loss[i]))
			continue;
		while (k < w->n_service && !ward_str_eq(w->service[k].service, l->loss[i].service))
			k++;
		if (k == w->n_service)
			w->service[w->n_service++] =
				(struct ward_worth_service){.service = l->loss[i].service};
		w->service[k].hit[way] = true;
		w->service[k].at[way] = l->loss[i].at;
		w->service[k].away[way] = l->loss[i].lost;
	}
	w->away[way] = l->away;
}

enum ward_err ward_worth_reckon(struct ward_worth *w, const struct ward_range *r,
	struct ward_arena *a, struct ward_str *ret_bad)
{
	struct losses l[WARD_WORTH_WAYS] = {{NULL, 0, 0}}, other;
	enum ward_err err = WARD_OK;
	bool says = false;

	for (size_t i = 0; i < w->n_branch; i++)
		says |= w->branch[i].says;
	if (!says)
		return WARD_OK;
	for (unsigned k = 0; k < WARD_WORTH_WAYS && !err; k++)
		err = run(w, r, &w->acts[k], a, &l[k], ret_bad);
	for (size_t i = 0; i < w->n_branch && !err; i++) {
		w->branch[i].away = l[WARD_WORTH_WITHOUT].away;
		if (w->n_branch == 1 || !w->branch[i].says)
			continue; /* without this one is without any */
		err = run(w, r, &w->branch[i].acts, a, &other, ret_bad);
		if (!err)
			w->branch[i].away = other.away;
	}
	if (err)
		return err;
	w->service = ward_arena_array(a, l[0].n + l[1].n, sizeof(*w->service));
	if (!w->service)
		return WARD_ERR_NOMEM;
	for (unsigned k = 0; k < WARD_WORTH_WAYS; k++)
		take(w, (enum ward_worth_way)k, &l[k]);
	w->reckoned = true;
	return WARD_OK;
}

ward_ns ward_worth_saved(const struct ward_worth *w, const struct ward_worth_branch *b)
{
	WARD_ASSERT(w->reckoned && b->says);
	return b->away - w->away[WARD_WORTH_PLAYED];
}

/* ---- JSON ---- */

static void put_ms(struct ward_json *j, const char *key, ward_ns t)
{
	ward_json_put_i64(j, key, t / WARD_NS_PER_MS);
}

static void put_name(const struct ward_worth *w, struct ward_json *j, struct ward_str id)
{
	uint32_t node = ward_model_find(w->s->model, id);

	ward_json_put_str(
		j, "name", node == WARD_NONE ? id : ward_model_node(w->s->model, node)->name);
}

static void put_branch(
	const struct ward_worth *w, const struct ward_worth_branch *b, struct ward_json *j)
{
	ward_json_obj(j);
	ward_json_put_str(j, "branch", b->is->id);
	ward_json_put_str(j, "note", b->is->note);
	ward_json_put_z(j, "decided", ward_lead_decided_name(b->is->decided));
	ward_json_put_str(j, "of", b->is->of);
	ward_json_put_str(j, "by", b->by);
	ward_json_put_bool(j, "policy", b->policy);
	put_ms(j, "played_ms", b->decided);
	if (w->reckoned && b->says)
		put_ms(j, "saved_ms", ward_worth_saved(w, b));
	else
		ward_json_put_null(j, "saved_ms");
	ward_json_key(j, "prevented");
	ward_json_arr(j);
	for (size_t i = 0; i < b->n_prevented; i++) {
		const struct ward_step *s = &w->step[b->prevented[i]];

		ward_json_obj(j);
		ward_json_put_u64(j, "step", b->prevented[i] + 1);
		put_ms(j, "story_ms", s->real);
		ward_json_put_str(j, "note", s->note);
		ward_json_obj_end(j);
	}
	ward_json_arr_end(j);
	ward_json_obj_end(j);
}

static void put_service(
	const struct ward_worth *w, const struct ward_worth_service *s, struct ward_json *j)
{
	static const char *const at[] = {"without_at_ms", "played_at_ms"};
	static const char *const away[] = {"without_ms", "played_ms"};

	ward_json_obj(j);
	ward_json_put_str(j, "service", s->service);
	put_name(w, j, s->service);
	for (unsigned k = 0; k < WARD_WORTH_WAYS; k++) {
		if (s->hit[k])
			put_ms(j, at[k], s->at[k]);
		else
			ward_json_put_null(j, at[k]);
		put_ms(j, away[k], s->hit[k] ? s->away[k] : 0);
	}
	ward_json_obj_end(j);
}

void ward_worth_write(const struct ward_worth *w, struct ward_json *j)
{
	ward_json_obj(j);
	if (w->reckoned) {
		put_ms(j, "without_ms", w->away[WARD_WORTH_WITHOUT]);
		put_ms(j, "played_ms", w->away[WARD_WORTH_PLAYED]);
	} else {
		ward_json_put_null(j, "without_ms");
		ward_json_put_null(j, "played_ms");
	}
	ward_json_key(j, "decisions");
	ward_json_arr(j);
	for (size_t i = 0; i < w->n_branch; i++)
		put_branch(w, &w->branch[i], j);
	ward_json_arr_end(j);
	ward_json_key(j, "services");
	ward_json_arr(j);
	for (size_t i = 0; i < w->n_service; i++)
		put_service(w, &w->service[i], j);
	ward_json_arr_end(j);
	ward_json_obj_end(j);
}
