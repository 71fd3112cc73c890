/* The situation report: facts, what is expected, what is decided and what is not, tasks, who comes,
 * and in which order things are brought back. Of all that is open and that who asks may see. */
#include "api/situation.h"

#include <stdlib.h>

enum { SHOWN_MAX = 20 };

/* ---- gathered ---- */

static int by_time(const void *va, const void *vb)
{
	const struct situation_care *x = va, *y = vb;

	if (x->f->expected != y->f->expected)
		return x->f->expected < y->f->expected ? -1 : 1;
	return x->f->node < y->f->node ? -1 : x->f->node > y->f->node;
}

/* Each service once, by what hits it first. */
static void gather_care(struct situation *s)
{
	struct ward_api *a = s->r->a;
	size_t n = 0, kept = 0;

	for (size_t i = 0; i < s->n_in; i++)
		n += s->in[i]->part.n;
	s->care = ward_arena_array(&a->scratch, n, sizeof(*s->care));
	n = 0;
	for (size_t i = 0; s->care && i < s->n_in; i++) {
		const struct api_forecast **f;
		size_t of = api_line_care(a, s->in[i], &f);

		for (size_t k = 0; k < of; k++)
			s->care[n++] = (struct situation_care){f[k], s->in[i]};
	}
	if (n)
		qsort(s->care, n, sizeof(*s->care), by_time);
	for (size_t i = 0; i < n; i++) {
		size_t k = 0;

		while (k < kept && s->care[k].f->node != s->care[i].f->node)
			k++;
		if (k == kept)
			s->care[kept++] = s->care[i];
	}
	s->n_care = kept;
}

/* A plan is of all that is open: who may see a part of it only has none. */
static void gather_plan(struct situation *s)
{
	const struct api_back *b = &s->r->a->back;

	s->back_is = s->r->scope.everywhere ? api_back(s->r, s->in, s->n_in) : API_BACK_NONE;
	s->back = s->back_is != API_BACK_NONE && b->known ? b : NULL;
}

size_t situation_open(const struct situation *s, enum situation_open what)
{
	const struct ward_crisis *c = &s->r->a->crisis;
	size_t n = 0;

	if (what == SITUATION_APPROVE)
		return api_waiting_actions(s->r);
	if (what == SITUATION_ANSWER)
		return api_waiting_requests(s->r);
	for (size_t i = 0; i < s->n_in; i++)
		n += what == SITUATION_TAKE      ? s->in[i]->taken == WARD_NS_NEVER
		     : what == SITUATION_CONFIRM ? strcmp(s->in[i]->state, "suspected") == 0
						 : 0;
	for (size_t i = 0; i < c->n_item; i++)
		if (api_crisis_sees(s->r, c->item[i]))
			n += what == SITUATION_LATE
				     ? ward_crisis_is_late(c->item[i], s->r->ask->now)
			     : what == SITUATION_CANNOT ? c->item[i]->state == WARD_CRISIS_CANNOT
							: 0;
	return n;
}

/* ---- as data ---- */

static void put_facts(struct situation *s)
{
	struct ward_json *j = &s->r->j;

	ward_json_key(j, "incidents");
	ward_json_arr(j);
	for (size_t i = 0; i < s->n_in && i < SHOWN_MAX; i++)
		ward_json_raw(j, s->in[i]->line[s->r->at]);
	ward_json_arr_end(j);
	ward_json_put_u64(j, "incidents_total", s->n_in);
}

static void put_forecast(struct situation *s)
{
	struct ward_json *j = &s->r->j;

	ward_json_key(j, "care");
	ward_json_arr(j);
	for (size_t i = 0; i < s->n_care; i++)
		api_put_care(s->r->a, j, s->care[i].f);
	ward_json_arr_end(j);
}

static void put_open(struct situation *s)
{
	static const char *const code[SITUATION_OPEN_N] = {
		"take", "confirm", "approve", "answer", "late", "cannot"};
	struct ward_json *j = &s->r->j;

	ward_json_key(j, "open");
	ward_json_arr(j);
	for (unsigned k = 0; k < SITUATION_OPEN_N; k++) {
		size_t n = situation_open(s, (enum situation_open)k);

		if (!n)
			continue;
		ward_json_obj(j);
		ward_json_put_str(j, "what", ward_str_z(code[k]));
		ward_json_put_u64(j, "n", n);
		ward_json_obj_end(j);
	}
	ward_json_arr_end(j);
}

static void put_items(struct situation *s, const char *key, enum ward_decision_kind kind)
{
	const struct ward_crisis *c = &s->r->a->crisis;

	ward_json_key(&s->r->j, key);
	ward_json_arr(&s->r->j);
	for (size_t i = 0; i < c->n_item; i++)
		if (c->item[i]->kind == kind && api_crisis_sees(s->r, c->item[i]))
			api_crisis_put(s->r, c->item[i]);
	ward_json_arr_end(&s->r->j);
}

static void put_work(struct situation *s, const struct api_back_work *x)
{
	const struct ward_model *m = s->r->a->o.model;
	struct ward_json *j = &s->r->j;

	ward_json_obj(j);
	ward_json_key(j, "on");
	api_node(j, m, x->node);
	ward_json_put_str(j, "text", ward_lang_text(s->r->lang, x->text));
	ward_json_put_str(j, "team", ward_lang_text(s->r->lang, x->team));
	ward_json_put_u64(j, "team_number", x->number);
	ward_json_put_time_or_null(j, "begin", x->begin);
	ward_json_put_time_or_null(j, "end", x->end);
	ward_json_put_bool(j, "medical", x->medical);
	ward_json_key(j, "gives_back");
	ward_json_arr(j);
	for (size_t i = 0; i < x->n_gives; i++)
		api_node(j, m, x->gives[i]);
	ward_json_arr_end(j);
	ward_json_obj_end(j);
}

static void put_back(
	struct ward_json *j, const struct ward_model *m, const struct api_back_service *v)
{
	ward_json_obj(j);
	ward_json_key(j, "service");
	api_node(j, m, v->node);
	ward_json_put_time_or_null(j, "down", v->down);
	ward_json_put_time_or_null(j, "back", v->back);
	ward_json_key(j, "bears_seconds");
	if (v->bears)
		ward_json_i64(j, v->bears / WARD_NS_PER_S);
	else
		ward_json_null(j);
	ward_json_obj_end(j);
}

static void put_plan(struct situation *s)
{
	static const char *const is[] = {[API_BACK_NONE] = "none",
		[API_BACK_COMPUTING] = "computing",
		[API_BACK_OLDER] = "older",
		[API_BACK_CURRENT] = "current",
		[API_BACK_FAILED] = "failed"};
	const struct api_back *b = s->back;
	struct ward_json *j = &s->r->j;

	ward_json_put_str(j, "recovery_is", ward_str_z(is[s->back_is]));
	ward_json_key(j, "recovery");
	if (!b) {
		ward_json_null(j);
		return;
	}
	ward_json_obj(j);
	ward_json_put_time_or_null(j, "at", b->at);
	ward_json_put_u64(j, "took_ms", (uint64_t)(b->took / WARD_NS_PER_MS));
	ward_json_key(j, "works");
	ward_json_arr(j);
	for (size_t i = 0; i < b->n_work; i++)
		put_work(s, &b->work[i]);
	ward_json_arr_end(j);
	ward_json_put_u64(j, "works_total", b->works_total);
	ward_json_key(j, "services");
	ward_json_arr(j);
	for (size_t i = 0; i < b->n_service; i++)
		put_back(j, s->r->a->o.model, &b->service[i]);
	ward_json_arr_end(j);
	ward_json_obj_end(j);
}

void api_situation(struct api_request *r)
{
	const struct ward_hospital *h = ward_model_hospital(r->a->o.model);
	struct ward_wr text = ward_wr_grow(r->a->o.mem, WARD_API_ANSWER);
	struct situation s = {.r = r};

	s.n_in = api_open(r, &s.in);
	gather_care(&s);
	gather_plan(&s);
	ward_json_obj(&r->j);
	ward_json_put_time_or_null(&r->j, "at", r->ask->now);
	ward_json_put_str(&r->j, "hospital", h->name);
	ward_json_put_bool(&r->j, "exercise", ward_model_exercise(r->a->o.model, r->a->o.exercise));
	api_crisis_head(r);
	put_facts(&s);
	put_forecast(&s);
	put_items(&s, "decided", WARD_DECISION_RESOLVE);
	put_open(&s);
	put_items(&s, "tasks", WARD_DECISION_TASK);
	put_items(&s, "recalls", WARD_DECISION_RECALL);
	put_plan(&s);
	situation_text(&s, &text);
	if (ward_wr_bad(&text))
		r->w->bad = true;
	ward_json_put_str(&r->j, "text", ward_wr_text(&text));
	ward_json_obj_end(&r->j);
	ward_wr_fini(&text);
}
