/* What is true in the played hospital, for who leads: by the physics of the range, from what the
 * steps that were played did to it, at the time of the story. */
#include "run/proc/play.h"

#include "range/look.h"

enum { AHEAD_H = 24, BEHIND_MOST_H = 168, ARENA = 64 << 20, THINGS = 40, SERVICES = 40 };

static const ward_ns again = 2 * WARD_NS_PER_S, hour = 3600 * WARD_NS_PER_S;

void play_truth_load(struct player *pl, const char *hospital)
{
	struct ward_diag d;

	ward_diag_init(&d, ward_mem_heap());
	enum ward_err err =
		ward_range_load(hospital, &pl->lim, ward_mem_heap(), &d, &pl->truth.range);

	if (err) /* the play goes on without; `ward exercise check` says more */
		WARD_LOG(&pl->p.log, WARN, "play.no_physics", WARD_KV_E(err),
			WARD_KV_S("file", d.n ? d.item[0].file : WARD_STR("")),
			WARD_KV_U("line", d.n ? d.item[0].line : 0),
			WARD_KV_S("what", d.n ? d.item[0].what : WARD_STR("")));
	ward_diag_fini(&d);
	pl->truth.text = ward_wr_grow(ward_mem_heap(), 1 << 20);
}

void play_truth_free(struct player *pl)
{
	ward_range_free(pl->truth.range);
	ward_wr_fini(&pl->truth.text);
}

/* What was done to the hospital so far. */
static struct ward_range_act *acts_of(
	const struct player *pl, struct ward_arena *a, size_t *ret_n, size_t *ret_unknown)
{
	const struct ward_scenario *s = pl->scenario;
	size_t n, n_act = 0;
	const struct ward_course_entry *e = ward_course_entries(pl->course, &n);
	struct ward_range_act *act;

	for (size_t i = 0; i < n; i++)
		if (e[i].what == WARD_COURSE_STEP || e[i].what == WARD_COURSE_BROUGHT)
			n_act += s->step[e[i].index].truth ? s->step[e[i].index].truth->n_does : 0;
	act = ward_arena_array(a, n_act, sizeof(*act));
	*ret_n = *ret_unknown = 0;
	for (size_t i = 0; act && i < n; i++) {
		bool step = e[i].what == WARD_COURSE_STEP || e[i].what == WARD_COURSE_BROUGHT;
		const struct ward_step_truth *t = step ? s->step[e[i].index].truth : NULL;

		for (size_t k = 0; t && k < t->n_does; k++) {
			if (!ward_range_can(pl->truth.range, t->does[k].on, t->does[k].what)) {
				++*ret_unknown;
				continue;
			}
			act[*ret_n] = t->does[k];
			act[(*ret_n)++].at += ward_scenario_story_time(s, e[i].played);
		}
	}
	return act;
}

static void put_named(const struct player *pl, struct ward_json *j, struct ward_str id)
{
	uint32_t node = ward_model_find(pl->scenario->model, id);

	ward_json_put_str(j, "id", id);
	ward_json_put_str(j, "name",
		node == WARD_NONE ? id : ward_model_node(pl->scenario->model, node)->name);
}

/* From now on; of what is past: until now. */
static void put_span(struct ward_json *j, const char *key, ward_ns from, ward_ns to)
{
	if (from == WARD_NS_NEVER || to == WARD_NS_NEVER)
		ward_json_put_null(j, key);
	else
		ward_json_put_i64(j, key, (to - from) / WARD_NS_PER_MS);
}

static void put_view(
	const struct player *pl, const struct ward_range_view *v, ward_ns at, struct ward_json *j)
{
	ward_json_obj(j);
	ward_json_put_i64(j, "story_ms", at / WARD_NS_PER_MS);
	ward_json_put_u64(j, "things_n", v->n_thing);
	ward_json_key(j, "things");
	ward_json_arr(j);
	for (size_t i = 0; i < v->n_thing && i < THINGS; i++) {
		const struct ward_range_thing *t = &v->thing[i];

		ward_json_obj(j);
		put_named(pl, j, t->id);
		ward_json_put_z(j, "is", ward_range_is_name(t->is));
		ward_json_put_z(j, "store", t->store ? t->store : "");
		ward_json_put_i64(j, "percent", t->percent);
		put_span(j, "ends_ms", at, t->ends);
		ward_json_obj_end(j);
	}
	ward_json_arr_end(j);
	ward_json_key(j, "services");
	ward_json_arr(j);
	for (size_t i = 0; i < v->n_service && i < SERVICES; i++) {
		const struct ward_range_service *s = &v->service[i];

		ward_json_obj(j);
		put_named(pl, j, s->id);
		put_span(j, "since_ms", s->since, at);
		put_span(j, "falls_ms", at, s->falls);
		put_span(j, "back_ms", at, s->back);
		ward_json_obj_end(j);
	}
	ward_json_arr_end(j);
	ward_json_obj_end(j);
}

static enum ward_err look(struct player *pl, ward_ns at, struct ward_arena *a)
{
	struct ward_range_in in = {.until = at + AHEAD_H * hour};
	struct ward_range_view v;
	struct ward_str bad;
	size_t unknown;

	in.act = acts_of(pl, a, &in.n_act, &unknown);
	if (!in.act)
		return WARD_ERR_NOMEM;
	if (unknown)
		ward_count_name(&pl->p.counters, "play.truth_unknown", unknown);
	enum ward_err err = ward_range_look(pl->truth.range, &in, at, a, &v, &bad);

	if (err)
		return err;
	struct ward_json j = ward_json_on(&pl->truth.text);

	put_view(pl, &v, at, &j);
	return ward_wr_bad(&pl->truth.text) ? WARD_ERR_LIMIT : WARD_OK;
}

void play_truth_show(struct player *pl, struct ward_json *j)
{
	struct play_truth *t = &pl->truth;
	ward_ns now = ward_clock_mono(pl->p.clock);
	ward_ns at = ward_scenario_story_time(pl->scenario, play_time(pl));
	size_t n;

	(void)ward_course_entries(pl->course, &n);
	if (t->range && at < BEHIND_MOST_H * hour && (n != t->n_entry || now - t->looked > again)) {
		struct ward_arena a;

		ward_wr_reset(&t->text);
		ward_arena_init(&a, ward_mem_heap(), ARENA);
		enum ward_err err = look(pl, at < 0 ? 0 : at, &a);

		ward_arena_fini(&a);
		if (err) {
			ward_wr_reset(&t->text);
			ward_count_name(&pl->p.counters, "play.truth_unread", 1);
		}
		t->looked = now;
		t->n_entry = n;
	}
	ward_json_key(j, "truth");
	if (t->text.len && at < BEHIND_MOST_H * hour)
		ward_json_raw(j, ward_wr_text(&t->text));
	else
		ward_json_null(j);
}
