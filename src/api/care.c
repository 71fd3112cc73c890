/* What wards and services can do for patients, and what incidents will take of that. */
#include "api/priv.h"

#include "care/entered.h"
#include "care/have.h"

enum { NAME_BYTES = 4096, DOCUMENT_BYTES = 4 << 20 };

enum ward_err ward_api_entries(struct ward_api *a, const struct ward_care_entries *entries)
{
	struct ward_care_entry *at;

	ward_arena_reset(&a->entry_arena);
	a->entries = (struct ward_care_entries){NULL, 0};
	a->version++;
	at = ward_arena_array(&a->entry_arena, entries->n, sizeof(*at));
	for (size_t i = 0; at && i < entries->n; i++) {
		at[i] = entries->at[i];
		at[i].by = ward_arena_str(&a->entry_arena, at[i].by);
		at[i].why = ward_arena_str(&a->entry_arena, at[i].why);
		if (!at[i].by.p || !at[i].why.p)
			at = NULL;
	}
	if (!at)
		return WARD_ERR_NOMEM;
	a->entries = (struct ward_care_entries){at, entries->n};
	return WARD_OK;
}

static void put_count(struct ward_json *j, const char *key, int64_t v)
{
	ward_json_key(j, key);
	if (v == WARD_CARE_NONE)
		ward_json_null(j);
	else
		ward_json_i64(j, v);
}

static void put_word(struct ward_json *j, const char *key, enum ward_care_field f, int64_t v)
{
	const char *word = v == WARD_CARE_NONE ? NULL : ward_care_word(f, v);

	if (word)
		ward_json_put_str(j, key, ward_str_z(word));
	else
		ward_json_put_null(j, key);
}

/* Of a loss, its incident, if who asks may see that; or NULL. */
static struct api_incident *incident_of(const struct api_request *r, const struct ward_care_loss *l)
{
	struct api_incident *in = api_incident(r->a, l->impact->incident);

	return in && api_scope_sees(&r->scope, in) && api_may(r, WARD_RIGHT_SEE_INCIDENTS) ? in
											   : NULL;
}

/* "Too warm: Theatre 3". */
static void put_incident_name(struct api_request *r, const char *key, const struct api_incident *in)
{
	struct ward_wr w = ward_wr_grow(r->a->o.mem, NAME_BYTES);

	if (in)
		ward_headline_say(&in->name, r->lang, &w);
	ward_json_put_str(&r->j, key, ward_wr_text(&w));
	ward_wr_fini(&w);
}

/* What its state is, and until when somebody said so; why: what they wrote, else the incident that
 * takes most of it, else which of both sides counts. */
static void put_state(struct api_request *r, const struct ward_care_value *v,
	const struct api_incident *in, ward_ns since)
{
	put_word(&r->j, "state", WARD_CARE_STATE, v->is);
	ward_json_put_time_or_null(&r->j, "since", since);
	if (!(v->entry && v->entry->why.len) && in && v->is != WARD_CARE_STATE_OPEN)
		put_incident_name(r, "cause", in);
	else
		ward_json_put_str(&r->j, "cause",
			v->entry && v->entry->why.len
				? v->entry->why
				: ward_lang_text(r->lang, ward_str_z(ward_care_why_text(v->why))));
	ward_json_put_time_or_null(&r->j, "expires", v->entry ? v->entry->until : WARD_NS_NEVER);
}

/* Whence a number of beds is: what somebody counted and when, and who came and went since. */
static void put_source(struct ward_json *j, const struct ward_care_beds *b)
{
	const struct ward_care_entry *e = b->available.entry, *o = b->occupied.entry;

	ward_json_key(j, "entered");
	if (e || o) {
		ward_json_obj(j);
		put_count(j, "available", b->available.entered);
		put_count(j, "occupied", b->occupied.entered);
		ward_json_put_time_or_null(
			j, "at", o && (!e || o->made > e->made) ? o->made : e->made);
		ward_json_obj_end(j);
	} else {
		ward_json_null(j);
	}
	ward_json_key(j, "counted");
	if (b->moved.last == WARD_NS_NEVER) {
		ward_json_null(j);
		return;
	}
	ward_json_obj(j);
	ward_json_put_u64(j, "came", (uint64_t)b->moved.came);
	ward_json_put_u64(j, "went", (uint64_t)b->moved.went);
	ward_json_put_time_or_null(j, "since", b->moved.since);
	ward_json_put_time_or_null(j, "last", b->moved.last);
	ward_json_obj_end(j);
}

static void put_beds(struct api_request *r, const struct ward_care_ward *w)
{
	ward_json_key(&r->j, "beds");
	ward_json_arr(&r->j);
	for (size_t i = 0; i < w->n_bed; i++) {
		const struct ward_care_beds *b = &w->bed[i];

		ward_json_obj(&r->j);
		ward_json_put_str(&r->j, "type", ward_str_z(ward_bed_type_name(b->type)));
		put_count(&r->j, "available", b->available.is);
		put_count(&r->j, "occupied", b->occupied.is);
		put_count(&r->j, "baseline", b->staffed.is);
		put_source(&r->j, b);
		ward_json_obj_end(&r->j);
	}
	ward_json_arr_end(&r->j);
}

/* What may be taken of it, soonest first as far as the room `care` has it. An incident that who
 * asks may not see is not named. */
static void put_forecast(struct api_request *r, const struct ward_care_ward *w)
{
	ward_json_key(&r->j, "forecast");
	ward_json_arr(&r->j);
	for (size_t i = 0; i < w->n_loss; i++) {
		const struct ward_care_loss *l = &w->loss[i];
		const struct api_incident *in = incident_of(r, l);

		ward_json_obj(&r->j);
		ward_json_put_time_or_null(&r->j, "at", l->impact->expected);
		put_word(&r->j, "state", WARD_CARE_STATE, l->state);
		ward_json_key(&r->j, "likelihood");
		ward_json_arr(&r->j);
		ward_json_micro(&r->j, l->impact->lo_micro);
		ward_json_micro(&r->j, l->impact->hi_micro);
		ward_json_arr_end(&r->j);
		put_incident_name(r, "why", in);
		if (in)
			ward_json_put_id(&r->j, "incident", in->id);
		else
			ward_json_put_null(&r->j, "incident");
		ward_json_obj_end(&r->j);
	}
	ward_json_arr_end(&r->j);
	ward_json_put_u64(&r->j, "forecast_more", w->n_loss_more);
}

static void put_ward(struct api_request *r, const struct ward_care_ward *w)
{
	const struct ward_node *n = ward_model_node(r->a->o.model, w->node);

	ward_json_obj(&r->j);
	ward_json_put_str(&r->j, "id", n->id);
	ward_json_put_str(&r->j, "name", n->name);
	ward_json_put_str(&r->j, "kind", n->beds ? WARD_STR("ward") : WARD_STR("service"));
	ward_json_put_bool(&r->j, "care", w->care);
	put_state(r, &w->state, w->n_loss ? incident_of(r, &w->loss[0]) : NULL,
		w->n_change ? w->change[w->n_change - 1].time : WARD_NS_NEVER);
	put_beds(r, w);
	put_count(&r->j, "staff", w->staff.is);
	put_word(&r->j, "staffing", WARD_CARE_STAFFING, w->staffing.is);
	put_forecast(r, w);
	ward_json_obj_end(&r->j);
}

static void put_site(struct api_request *r, const struct ward_care_site *s)
{
	const struct ward_hospital *h = ward_model_hospital(r->a->o.model);
	const struct ward_node *n =
		s->node == WARD_NONE ? NULL : ward_model_node(r->a->o.model, s->node);

	ward_json_obj(&r->j);
	ward_json_put_str(&r->j, "id", n ? n->id : h->id);
	ward_json_put_str(&r->j, "name", n ? n->name : h->name);
	ward_json_put_str(&r->j, "kind", WARD_STR("site"));
	ward_json_put_bool(&r->j, "care", true);
	put_state(r, &s->state, NULL, WARD_NS_NEVER);
	ward_json_key(&r->j, "beds");
	ward_json_arr(&r->j);
	ward_json_arr_end(&r->j);
	ward_json_put_null(&r->j, "staff");
	put_word(&r->j, "staffing", WARD_CARE_STAFFING, s->staffing.is);
	put_word(&r->j, "ambulances", WARD_CARE_TRAFFIC, s->traffic.is);
	put_word(&r->j, "security", WARD_CARE_SECURITY, s->security.is);
	ward_json_key(&r->j, "forecast");
	ward_json_arr(&r->j);
	ward_json_arr_end(&r->j);
	ward_json_put_u64(&r->j, "forecast_more", 0);
	ward_json_obj_end(&r->j);
}

/* False: there is no memory for it. */
static bool find(struct api_request *r, struct ward_availability *ret)
{
	struct ward_api *a = r->a;
	struct ward_care_ask ask = {.m = a->o.model,
		.entry = a->entries.at,
		.n_entry = a->entries.n,
		.at = r->ask->now};
	enum ward_err err = ward_care_past_ask(a->past, &a->scratch, &ask);

	if (!err)
		err = ward_availability_find(&ask, &a->scratch, ret);
	if (err)
		r->w->bad = true;
	return !err;
}

void api_put_have(struct api_request *r)
{
	struct ward_api *a = r->a;
	struct ward_wr w = ward_wr_grow(a->o.mem, DOCUMENT_BYTES);
	struct ward_availability c;

	if (!find(r, &c))
		return;
	const struct ward_care_export x = {.c = &c,
		.m = a->o.model,
		.lang = r->lang,
		.exercise = ward_model_exercise(a->o.model, a->o.exercise)};

	ward_care_write_have(&x, &w);
	ward_json_put_time_or_null(&r->j, "at", c.at);
	ward_json_put_bool(&r->j, "exercise", x.exercise);
	ward_json_put_str(&r->j, "document", ward_wr_text(&w));
	r->w->bad |= ward_wr_bad(&w);
	ward_wr_fini(&w);
}

/* What others would be told: the same document as `ward export have` writes. */
void api_have(struct api_request *r)
{
	if (!r->scope.everywhere) {
		api_refuse(r, 403,
			WARD_TEXT("this tells of the whole hospital, and you have places of it"));
		return;
	}
	ward_json_obj(&r->j);
	api_put_have(r);
	ward_json_obj_end(&r->j);
}

static enum ward_err record_of(struct ward_api *a, const struct ward_decision *d,
	struct ward_diag *diag, struct ward_record *ret)
{
	const struct ward_conf *c = NULL;
	enum ward_err err = ward_conf_json(
		&a->scratch, a->o.lim, WARD_STR("args"), 1, ward_str_bytes(d->args), diag, &c);

	if (err || c->kind != WARD_CONF_MAP)
		return err ? err : WARD_ERR_CONFIG;
	*ret = (struct ward_record){.kind = WARD_RECORD_ENTRY,
		.asset = d->subject,
		.by = d->person,
		.why = d->text,
		.first = d->at,
		.arg = ward_arena_array(&a->scratch, c->n_child, sizeof(*ret->arg))};
	if (!ret->arg)
		return WARD_ERR_NOMEM;
	for (const struct ward_conf *x = c->child; x; x = x->next)
		ret->arg[ret->n_arg++] = (struct ward_record_arg){x->key, x->text};
	return WARD_OK;
}

enum ward_err ward_api_entry_check(
	struct ward_api *a, const struct ward_decision *d, struct ward_wr *ret_why)
{
	struct ward_care_entry entry;
	struct ward_record record;
	struct ward_diag diag;

	ward_arena_reset(&a->scratch);
	ward_diag_init(&diag, a->o.mem);
	const struct ward_care_in in = {a->o.model, a->o.lim, &diag, &a->scratch};
	enum ward_err err = record_of(a, d, &diag, &record);

	if (!err)
		err = ward_care_entered_read(&in, &record, &entry);
	for (size_t i = 0; err && i < diag.n; i++) {
		const struct ward_diag_item *x = &diag.item[i];

		ward_wr_z(ret_why, i ? "; " : "");
		ward_wr_str(ret_why, x->what);
		ward_wr_z(ret_why, x->mend.len ? ": " : "");
		ward_wr_str(ret_why, x->mend);
	}
	if (err && !diag.n)
		ward_wr_z(ret_why, "the entry says what no ward has");
	ward_diag_fini(&diag);
	return err;
}

void api_care(struct api_request *r)
{
	struct ward_availability c;

	if (!find(r, &c))
		return;
	ward_json_obj(&r->j);
	ward_json_put_time_or_null(&r->j, "at", r->ask->now);
	ward_json_key(&r->j, "items");
	ward_json_arr(&r->j);
	for (size_t i = 0; i < c.n_site; i++)
		if (c.site[i].node == WARD_NONE ? r->scope.everywhere
						: api_scope_has(&r->scope, c.site[i].node))
			put_site(r, &c.site[i]);
	for (size_t i = 0; i < c.n_ward; i++)
		if (api_scope_has(&r->scope, c.ward[i].node))
			put_ward(r, &c.ward[i]);
	ward_json_arr_end(&r->j);
	ward_json_put_u64(&r->j, "unknown", c.n_unknown);
	ward_json_obj_end(&r->j);
}
