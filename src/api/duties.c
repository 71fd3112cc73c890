/* The clocks of the law, of one incident: what they ask, what people answered, what is due when. */
#include "api/duty.h"
#include "api/take.h"

#include "recover/care.h"

enum { HIGH = 3 /* of api_level_name */, SHOWN = 12 };

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

/* Since the first care service was hit, as long as the incident goes on. */
static uint64_t minutes_hit(const struct api_forecast *const *care, size_t n,
	const struct api_incident *in, ward_ns now)
{
	ward_ns from = WARD_NS_NEVER, until = in->phase == WARD_PHASE_OVER ? in->seen : now, gone;

	for (size_t i = 0; i < n; i++)
		from = care[i]->expected < from ? care[i]->expected : from;
	return ward_sub(until, from, &gone) && gone > 0 ? (uint64_t)(gone / (60 * WARD_NS_PER_S))
							: 0;
}

/* Incidents of the half year before it that began by the same kind of sign, and were no mistake. */
static uint64_t similar(const struct ward_api *a, const struct api_incident *in)
{
	const ward_ns half = INT64_C(183) * 24 * 3600 * WARD_NS_PER_S;
	uint64_t n = 0;

	for (size_t i = 0; i < a->n_incident; i++) {
		const struct api_incident *x = a->incident[i];

		n += x != in && api_is_zero(x->into) && x->phase != WARD_PHASE_DISMISSED &&
		     x->first <= in->first && in->first - x->first < half && x->name.what.len &&
		     ward_str_eq(x->name.what, in->name.what);
	}
	return n;
}

struct ward_law_record api_law_record(struct ward_api *a, struct api_incident *in, ward_ns now)
{
	const struct api_forecast **care;
	struct ward_law_record r = {
		.event = in->first, .detected = in->n_turn ? in->turn[0].time : in->first};

	size_t n = api_line_care(a, in, &care);

	r.seen[WARD_LAW_SEEN_CARE] = n > 0;
	r.measured[WARD_LAW_MEASURE_SERVICES] = n;
	r.measured[WARD_LAW_MEASURE_MINUTES] = minutes_hit(care, n, in, now);
	r.measured[WARD_LAW_MEASURE_SIMILAR] = similar(a, in);
	r.counted[WARD_LAW_MEASURE_SERVICES] = r.counted[WARD_LAW_MEASURE_MINUTES] =
		r.counted[WARD_LAW_MEASURE_SIMILAR] = true;
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
	ward_json_put_time_or_null(&r->j, "at", s->at);
	ward_json_put_time_or_null(&r->j, "time", s->time);
	ward_json_put_time_or_null(&r->j, "was", s->was);
	ward_json_put_u64(&r->j, "times", s->times);
	ward_json_put_str(&r->j, "role", ward_str_z(s->role));
	ward_json_put_str(&r->j, "role_name", api_role_name(r->a, ward_str_z(s->role)));
	ward_json_put_str(&r->j, "name", api_person_name(r->a, ward_str_z(s->person)));
	ward_json_put_str(&r->j, "why", ward_str_z(s->why));
	ward_json_put_str(&r->j, "number", ward_str_z(s->number));
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

/* A thing by its name, once; at most SHOWN of them. */
static void put_thing(struct api_request *r, uint32_t node, uint32_t put[SHOWN], size_t *n)
{
	for (size_t i = 0; i < *n; i++)
		if (put[i] == node)
			return;
	if (node == WARD_NONE || *n == SHOWN)
		return;
	put[(*n)++] = node;
	ward_json_str(&r->j, ward_model_node(r->a->o.model, node)->name);
}

/* Of what the record can tell, what it says. */
static void put_seen(struct api_request *r, struct api_incident *in, enum ward_law_seen seen)
{
	const struct api_forecast **care;
	uint32_t put[SHOWN];
	size_t n = 0, n_care = seen == WARD_LAW_SEEN_CARE ? api_line_care(r->a, in, &care) : 0;

	ward_json_key(&r->j, "record");
	ward_json_arr(&r->j);
	for (size_t i = 0; i < n_care; i++)
		put_thing(r, care[i]->node, put, &n);
	for (size_t i = 0; seen == WARD_LAW_SEEN_DATA && i < in->part.n; i++) {
		const struct api_kept *k = in->part.at[i];

		if (k->kind == WARD_ROW_IMPACT && !k->f.withdrawn && k->f.confidential)
			put_thing(r, k->f.node, put, &n);
	}
	for (size_t i = 0; seen == WARD_LAW_SEEN_DEVICE && i < in->n_node; i++)
		if (ward_care_medical(r->a->o.model, in->node[i]))
			put_thing(r, in->node[i], put, &n);
	if (seen == WARD_LAW_SEEN_ACCESS)
		ward_json_str(&r->j, ward_lang_text(r->lang, in->name.what));
	ward_json_arr_end(&r->j);
}

static void put_measured(
	struct api_request *r, const struct ward_law_fact *f, const struct ward_law_weighed *w)
{
	ward_json_key(&r->j, "measure");
	if (f->measure == WARD_LAW_MEASURE_N) {
		ward_json_null(&r->j);
		return;
	}
	ward_json_obj(&r->j);
	ward_json_put_str(&r->j, "of", ward_str_z(ward_law_measure_name(f->measure)));
	ward_json_put_str(&r->j, "field", f->field);
	ward_json_key(&r->j, "value");
	if (w->measured)
		ward_json_u64(&r->j, w->value);
	else
		ward_json_null(&r->j);
	ward_json_key(&r->j, "at_least");
	if (f->at_least)
		ward_json_u64(&r->j, f->at_least);
	else
		ward_json_null(&r->j);
	put_said_as(r, "by", w->by);
	ward_json_obj_end(&r->j);
}

static void put_fact(struct api_request *r, struct api_incident *in, size_t i,
	const struct ward_law_case *c, const struct ward_law_record *record)
{
	const struct ward_law *l = r->a->o.cell.law;
	const struct ward_law_fact *f = &l->fact[i];
	const struct ward_law_weighed w = ward_law_weigh(l, i, c, record);
	bool seen = f->seen != WARD_LAW_SEEN_N && record->seen[f->seen];

	ward_json_obj(&r->j);
	ward_json_put_str(&r->j, "id", f->id);
	ward_json_put_str(&r->j, "ask", ward_lang_text(r->lang, f->ask));
	ward_json_put_str(&r->j, "is", ward_str_z(ward_law_is_name(w.is)));
	ward_json_key(&r->j, "any");
	ward_json_arr(&r->j);
	for (size_t k = 0; k < f->n_any; k++)
		ward_json_str(&r->j, l->fact[f->any[k]].id);
	ward_json_arr_end(&r->j);
	ward_json_put_bool(&r->j, "judge", f->judge);
	ward_json_put_str(&r->j, "proposed", ward_str_z(ward_law_is_name(w.proposed)));
	ward_json_put_str(&r->j, "law",
		ward_lang_text(r->lang, f->law)); /* a citation, or whose measure it is */
	ward_json_put_str(&r->j, "mark",
		f->mark < 0 ? WARD_STR("")
			    : ward_str_z(ward_law_mark_name((enum ward_law_mark)f->mark)));
	put_seen(r, in, seen ? f->seen : WARD_LAW_SEEN_N);
	put_measured(r, f, &w);
	put_said_as(r, "said", w.said);
	ward_json_obj_end(&r->j);
}

static void put_facts(struct api_request *r, struct api_incident *in, const struct ward_law_case *c,
	const struct ward_law_record *record)
{
	const struct ward_law *l = r->a->o.cell.law;

	ward_json_key(&r->j, "facts");
	ward_json_arr(&r->j);
	for (size_t i = 0; i < l->n_fact; i++)
		if (ward_law_is_asked(l, i))
			put_fact(r, in, i, c, record);
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
		ward_json_put_str(&r->j, "id", l->form[i].id);
		ward_json_put_str(&r->j, "name", ward_lang_text(r->lang, l->form[i].name));
		ward_json_obj_end(&r->j);
	}
	ward_json_arr_end(&r->j);
}

struct changes {
	struct api_request *r;
	bool shown[WARD_LAW_FIELDS], told[WARD_LAW_FACTS];
};

/* One thing that is other: as it was sent, and now; who said it, if somebody did. */
static void put_change(struct api_request *r, struct ward_str what, struct ward_str was,
	struct ward_str now, const struct ward_law_said *said)
{
	ward_json_obj(&r->j);
	ward_json_put_str(&r->j, "what", ward_lang_text(r->lang, what));
	ward_json_put_str(
		&r->j, "is", ward_str_z(ward_law_is_name(said ? said->is : WARD_LAW_UNKNOWN)));
	ward_json_put_str(&r->j, "was", was);
	ward_json_put_str(&r->j, "now", now);
	put_said_as(r, "said", said);
	ward_json_obj_end(&r->j);
}

static void put_moved(void *ctx, const struct ward_draft_field *f)
{
	struct changes *x = ctx;

	x->shown[f->of - x->r->a->o.cell.law->field] = true;
	if (f->of->source == WARD_LAW_SOURCE_FACT)
		x->told[f->of->of[0]] = true;
	put_change(x->r, f->of->ask, f->was, f->text, f->own ? f->own : f->answer);
}

/* What was said, or became other on record, since it was sent; with which report its receiver is
 * told, and by when. */
static void put_update(struct api_request *r, const struct ward_law_clock *k,
	const struct ward_law_clock *all, struct api_incident *in, const struct ward_law_case *c)
{
	const struct ward_law *l = r->a->o.cell.law;
	const struct ward_law_said *said[SHOWN];
	const struct ward_law_clock *next = &all[k->next];
	struct changes x = {.r = r};

	ward_json_key(&r->j, "update");
	if (k->state != WARD_LAW_CHANGED) {
		ward_json_null(&r->j);
		return;
	}
	ward_json_obj(&r->j);
	ward_json_put_str(&r->j, "with", next->rule->id);
	ward_json_put_str(&r->j, "name", ward_lang_text(r->lang, next->rule->name));
	ward_json_put_time_or_null(&r->j, "due", next == k ? WARD_NS_NEVER : next->due);
	put_forms(r, next->rule);
	ward_json_key(&r->j, "changed");
	ward_json_arr(&r->j);
	if (api_law_moved_fields(r, in, c, k->said, put_moved, &x) != WARD_OK)
		r->w->bad = true;
	size_t n = ward_law_changes(l, c, k->said, said, SHOWN);

	for (size_t i = 0; i < n; i++) {
		bool fact = said[i]->say == WARD_LAW_SAY_FACT,
		     field = said[i]->say == WARD_LAW_SAY_FIELD;

		if ((fact && x.told[said[i]->of]) || (field && x.shown[said[i]->of]))
			continue;
		put_change(r,
			fact    ? l->fact[said[i]->of].ask
			: field ? l->field[said[i]->of].ask
				: ward_str_z(
					  WARD_TEXT("Since when the hospital knows for certain")),
			WARD_STR(""), WARD_STR(""), said[i]);
	}
	ward_json_arr_end(&r->j);
	ward_json_obj_end(&r->j);
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

static void put_clock(struct api_request *r, const struct ward_law_clock *k)
{
	const struct ward_law_rule *u = k->rule;

	ward_json_put_str(&r->j, "id", u->id);
	ward_json_put_str(&r->j, "name", ward_lang_text(r->lang, u->name));
	ward_json_put_str(&r->j, "law", u->law);
	ward_json_put_str(&r->j, "to", ward_lang_text(r->lang, u->to));
	ward_json_put_str(&r->j, "jurisdiction", u->jurisdiction);
	ward_json_put_str(&r->j, "series", u->series);
	ward_json_put_str(&r->j, "phase", u->phase);
	ward_json_put_str(&r->j, "mark", ward_str_z(ward_law_mark_name(u->mark)));
	ward_json_put_str(&r->j, "state", ward_str_z(ward_law_state_name(k->state)));
	ward_json_put_str(&r->j, "is", ward_str_z(ward_law_is_name(k->is)));
	ward_json_put_time_or_null(&r->j, "from", k->from);
	ward_json_put_time_or_null(&r->j, "due", k->due);
	ward_json_put_time_or_null(&r->j, "worst", k->worst);
	ward_json_put_u64(&r->j, "used", k->used);
}

void api_clock_put(struct api_request *r, const struct ward_law_clock *k)
{
	ward_json_obj(&r->j);
	put_clock(r, k);
	ward_json_obj_end(&r->j);
}

static void put_whole(struct api_request *r, const struct ward_law_clock *all, size_t i,
	struct api_incident *in, const struct ward_law_case *c)
{
	const struct ward_law_clock *k = &all[i];

	ward_json_obj(&r->j);
	put_clock(r, k);
	put_said_as(r, "said", k->said);
	put_said_as(r, "tried",
		ward_law_said(c, WARD_LAW_SAY_TRIED, (size_t)(k->rule - r->a->o.cell.law->rule)));
	put_needs(r, k->rule);
	put_forms(r, k->rule);
	put_update(r, k, all, in, c);
	ward_json_obj_end(&r->j);
}

void api_duties_put(struct api_request *r, struct api_incident *in)
{
	struct ward_law_clock k[WARD_LAW_RULES];
	struct ward_law_case c;
	size_t n = 0;

	ward_law_case_init(&c, r->a->o.mem);
	struct ward_law_record record = api_law_record(r->a, in, r->ask->now);

	if (api_law_case(r->a, in, &c) != WARD_OK || api_law_moved(r, in, &c, &record) != WARD_OK)
		r->w->bad = true;
	else if (r->a->o.cell.law)
		n = ward_law_clocks(r->a->o.cell.law, &c, &record, r->ask->now, k);
	put_said_as(r, "aware", ward_law_said(&c, WARD_LAW_SAY_AWARE, 0));
	ward_json_key(&r->j, "clocks");
	ward_json_arr(&r->j);
	for (size_t i = 0; i < n; i++)
		if (k[i].state >= WARD_LAW_WAITS)
			api_clock_put(r, &k[i]);
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
	struct ward_law_record record = api_law_record(r->a, in, r->ask->now);

	if (api_law_case(r->a, in, &c) != WARD_OK || api_law_moved(r, in, &c, &record) != WARD_OK)
		r->w->bad = true;
	size_t n = ward_law_clocks(l, &c, &record, r->ask->now, k);

	ward_json_obj(&r->j);
	ward_json_put_id(&r->j, "id", in->id);
	api_line_name(r->a, in, r->at, &r->j);
	ward_json_put_time_or_null(&r->j, "event", record.event);
	ward_json_put_time_or_null(&r->j, "detected", record.detected);
	put_said_as(r, "aware", ward_law_said(&c, WARD_LAW_SAY_AWARE, 0));
	ward_json_put_bool(
		&r->j, "may", api_may(r, WARD_RIGHT_ANSWER_LAW) && api_is_zero(in->into));
	ward_json_put_bool(&r->j, "exercise", r->a->o.exercise);
	put_facts(r, in, &c, &record);
	ward_json_key(&r->j, "clocks");
	ward_json_arr(&r->j);
	for (size_t i = 0; i < n; i++)
		put_whole(r, k, i, in, &c);
	ward_json_arr_end(&r->j);
	ward_json_obj_end(&r->j);
	ward_law_case_fini(&c);
}
