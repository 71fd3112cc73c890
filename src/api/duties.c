/* The clocks of the law, of one incident: what they ask, what people answered, what is due when. */
#include "api/duty.h"
#include "api/take.h"

#include "recover/care.h"

enum { HIGH = 3 }; /* of api_level_name */

/* ---- what the record tells ---- */

static bool touches_data(const struct api_incident *in)
{
	for (size_t i = 0; i < in->part.n; i++) {
		const struct api_kept *k = in->part.at[i];

		if (k->kind == WARD_ROW_IMPACT && !k->f.withdrawn && k->f.confidential)
			return true;
	}
	return false;
}

static bool touches_device(const struct ward_api *a, const struct api_incident *in)
{
	for (size_t i = 0; i < in->n_node; i++)
		if (ward_care_medical(a->o.model, in->node[i]))
			return true;
	return false;
}

struct ward_law_record api_law_record(struct ward_api *a, struct api_incident *in)
{
	const struct api_forecast **care;
	struct ward_law_record r = {
		.event = in->first, .detected = in->n_turn ? in->turn[0].time : in->first};

	r.seen[WARD_LAW_SEEN_CARE] = api_line_care(a, in, &care) > 0;
	r.seen[WARD_LAW_SEEN_DATA] = touches_data(in);
	r.seen[WARD_LAW_SEEN_ACCESS] = strcmp(in->domain, "physical") != 0 && in->level >= HIGH;
	r.seen[WARD_LAW_SEEN_DEVICE] = touches_device(a, in);
	return r;
}

enum ward_err api_duties_take(
	struct ward_api *a, struct api_incident *in, const struct ward_conf *row)
{
	if (!a->o.cell.law)
		return WARD_OK;
	if (!in->law) {
		in->law = ward_mem_alloc(a->o.mem, sizeof(*in->law));
		if (!in->law)
			return WARD_ERR_NOMEM;
		ward_law_case_init(in->law, a->o.mem);
		a->n_law++;
	}
	enum ward_err err = ward_law_take(in->law, a->o.cell.law, row);

	if (err == WARD_ERR_STATE && a->o.counters)
		ward_count_name(a->o.counters, "api.law_void", 1);
	return err == WARD_ERR_STATE ? WARD_OK : err;
}

void api_duties_drop(struct ward_api *a, struct api_incident *in)
{
	if (!in->law)
		return;
	a->n_law--;
	ward_law_case_fini(in->law);
	ward_mem_free(a->o.mem, in->law, sizeof(*in->law));
	in->law = NULL;
}

enum ward_err api_law_case(
	const struct ward_api *a, const struct api_incident *in, struct ward_law_case *ret)
{
	enum ward_err err = in->law ? ward_law_join(ret, in->law) : WARD_OK;

	for (size_t i = 0, left = a->n_law - (in->law != NULL); left && i < a->n_incident && !err;
		i++)
		if (a->incident[i]->law && a->incident[i] != in && left-- &&
			ward_id_eq(a->incident[i]->into, in->id))
			err = ward_law_join(ret, a->incident[i]->law);
	return err;
}

/* ---- JSON ---- */

static void put_said(struct api_request *r, const struct ward_law_said *s)
{
	ward_json_obj(&r->j);
	api_time(&r->j, "at", s->at);
	api_time(&r->j, "time", s->time);
	uint32_t role = ward_model_find(r->a->o.model, ward_str_z(s->role));

	api_str(&r->j, "role", ward_str_z(s->role));
	api_str(&r->j, "role_name",
		role == WARD_NONE ? ward_str_z(s->role)
				  : ward_model_node(r->a->o.model, role)->name);
	api_str(&r->j, "why", ward_str_z(s->why));
	api_str(&r->j, "number", ward_str_z(s->number));
	ward_json_obj_end(&r->j);
}

static void put_said_as(struct api_request *r, const char *key, const struct ward_law_said *s)
{
	ward_json_key(&r->j, key);
	if (s)
		put_said(r, s);
	else
		ward_json_null(&r->j);
}

static void put_facts(
	struct api_request *r, const struct ward_law_case *c, const struct ward_law_record *record)
{
	const struct ward_law *l = r->a->o.cell.law;

	ward_json_key(&r->j, "facts");
	ward_json_arr(&r->j);
	for (size_t i = 0; i < l->n_fact; i++) {
		const struct ward_law_said *said;
		enum ward_law_is is = ward_law_fact_is(l, i, c, record, &said);

		ward_json_obj(&r->j);
		api_str(&r->j, "id", l->fact[i].id);
		api_str(&r->j, "ask", ward_lang_text(r->lang, l->fact[i].ask));
		api_str(&r->j, "is", ward_str_z(ward_law_is_name(is)));
		ward_json_key(&r->j, "any");
		ward_json_arr(&r->j);
		for (size_t k = 0; k < l->fact[i].n_any; k++)
			ward_json_str(&r->j, l->fact[l->fact[i].any[k]].id);
		ward_json_arr_end(&r->j);
		put_said_as(r, "said", said);
		ward_json_obj_end(&r->j);
	}
	ward_json_arr_end(&r->j);
}

static void put_needs(struct api_request *r, const struct ward_law_rule *u)
{
	ward_json_key(&r->j, "needs");
	ward_json_arr(&r->j);
	for (size_t i = 0; i < u->n_need; i++)
		ward_json_str(&r->j, ward_lang_text(r->lang, u->need[i]));
	ward_json_arr_end(&r->j);
	ward_json_key(&r->j, "asks");
	ward_json_arr(&r->j);
	for (size_t i = 0; i < u->n_when + u->n_unless; i++)
		ward_json_str(
			&r->j, r->a->o.cell.law
				       ->fact[i < u->n_when ? u->when[i] : u->unless[i - u->n_when]]
				       .id);
	ward_json_arr_end(&r->j);
}

static void put_forms(struct api_request *r, const struct ward_law_rule *u)
{
	const struct ward_law *l = r->a->o.cell.law;

	ward_json_key(&r->j, "forms");
	ward_json_arr(&r->j);
	for (size_t i = 0; i < l->n_form; i++) {
		if (!ward_law_form_is_for(&l->form[i], (size_t)(u - l->rule)))
			continue;
		ward_json_obj(&r->j);
		api_str(&r->j, "id", l->form[i].id);
		api_str(&r->j, "name", ward_lang_text(r->lang, l->form[i].name));
		ward_json_obj_end(&r->j);
	}
	ward_json_arr_end(&r->j);
}

static void put_clock(struct api_request *r, const struct ward_law_clock *k, bool whole)
{
	const struct ward_law_rule *u = k->rule;

	ward_json_obj(&r->j);
	api_str(&r->j, "id", u->id);
	api_str(&r->j, "name", ward_lang_text(r->lang, u->name));
	api_str(&r->j, "law", u->law);
	api_str(&r->j, "to", ward_lang_text(r->lang, u->to));
	api_str(&r->j, "jurisdiction", u->jurisdiction);
	api_str(&r->j, "mark", ward_str_z(ward_law_mark_name(u->mark)));
	api_str(&r->j, "state", ward_str_z(ward_law_state_name(k->state)));
	api_str(&r->j, "is", ward_str_z(ward_law_is_name(k->is)));
	api_time(&r->j, "from", k->from);
	api_time(&r->j, "due", k->due);
	api_time(&r->j, "worst", k->worst);
	api_u64(&r->j, "used", k->used);
	if (whole) {
		put_said_as(r, "said", k->said);
		put_needs(r, u);
		put_forms(r, u);
	}
	ward_json_obj_end(&r->j);
}

void api_duties_put(struct api_request *r, struct api_incident *in)
{
	struct ward_law_clock k[WARD_LAW_RULES];
	struct ward_law_case c;
	size_t n = 0;

	ward_law_case_init(&c, r->a->o.mem);
	const struct ward_law_record record = api_law_record(r->a, in);

	if (api_law_case(r->a, in, &c) != WARD_OK)
		r->w->bad = true;
	else if (r->a->o.cell.law)
		n = ward_law_clocks(r->a->o.cell.law, &c, &record, r->ask->now, k);
	put_said_as(r, "aware", ward_law_said(&c, WARD_LAW_SAY_AWARE, 0));
	ward_json_key(&r->j, "clocks");
	ward_json_arr(&r->j);
	for (size_t i = 0; i < n; i++)
		if (k[i].state >= WARD_LAW_WAITS)
			put_clock(r, &k[i], false);
	ward_json_arr_end(&r->j);
	ward_law_case_fini(&c);
}

void api_duties(struct api_request *r)
{
	const struct ward_law *l = r->a->o.cell.law;
	struct api_incident *in = api_asked(r);
	struct ward_law_clock k[WARD_LAW_RULES];
	struct ward_law_case c;

	if (!in)
		return;
	if (!l) {
		api_refuse(r, 404,
			WARD_TEXT("the rules of the law can't be read here; 'ward check' says what "
				  "is "
				  "wrong with them"));
		return;
	}
	ward_law_case_init(&c, r->a->o.mem);
	if (api_law_case(r->a, in, &c) != WARD_OK)
		r->w->bad = true;
	const struct ward_law_record record = api_law_record(r->a, in);
	size_t n = ward_law_clocks(l, &c, &record, r->ask->now, k);

	ward_json_obj(&r->j);
	api_id(&r->j, "id", in->id);
	api_line_name(r->a, in, r->at, &r->j);
	api_time(&r->j, "event", record.event);
	api_time(&r->j, "detected", record.detected);
	put_said_as(r, "aware", ward_law_said(&c, WARD_LAW_SAY_AWARE, 0));
	api_bool(&r->j, "may", api_may(r, WARD_RIGHT_ANSWER_LAW) && api_is_zero(in->into));
	api_bool(&r->j, "exercise", r->a->o.exercise);
	put_facts(r, &c, &record);
	ward_json_key(&r->j, "clocks");
	ward_json_arr(&r->j);
	for (size_t i = 0; i < n; i++)
		put_clock(r, &k[i], true);
	ward_json_arr_end(&r->j);
	ward_json_obj_end(&r->j);
	ward_law_case_fini(&c);
}
