/* Availability for programs: JSON lines and CSV. */
#include "base/json.h"
#include "care/care.h"

#include <stdio.h>

static void put_value(struct ward_json *j, enum ward_care_field f, int64_t v)
{
	if (v == WARD_CARE_NONE)
		ward_json_null(j);
	else if (ward_care_word(f, v))
		ward_json_z(j, ward_care_word(f, v));
	else
		ward_json_i64(j, v);
}

/* "state":{"is":…,"computed":…,"entered":…,"why":…,"by":…} */
static void put_field(struct ward_json *j, enum ward_care_field f, const struct ward_care_value *v)
{
	ward_json_key(j, ward_care_field_name(f));
	ward_json_obj(j);
	ward_json_key(j, "is");
	put_value(j, f, v->is);
	ward_json_key(j, "computed");
	put_value(j, f, v->computed);
	ward_json_key(j, "entered");
	put_value(j, f, v->entered);
	ward_json_key(j, "why");
	ward_json_z(j, ward_care_why_name(v->why));
	if (v->entry) {
		ward_json_key(j, "by");
		ward_json_str(j, v->entry->by);
		ward_json_key(j, "made");
		ward_json_time(j, v->entry->made);
		ward_json_key(j, "until");
		ward_json_time(j, v->entry->until);
		ward_json_key(j, "reason");
		ward_json_str(j, v->entry->why);
	}
	ward_json_obj_end(j);
}

static void put_loss(struct ward_json *j, const struct ward_care_loss *l, ward_ns at)
{
	const struct ward_record *r = l->impact;
	char id[WARD_ID_TEXT];

	ward_json_obj(j);
	ward_id_text(r->incident, id);
	ward_json_key(j, "incident");
	ward_json_z(j, id);
	ward_json_key(j, "number");
	ward_json_u64(j, l->number);
	if (l->incident) {
		ward_json_key(j, "headline");
		ward_json_str(j, l->incident->name.what);
		ward_json_key(j, "on");
		ward_json_str(j, l->incident->name.on);
	}
	ward_json_key(j, "threat");
	ward_json_str(j, r->threat);
	ward_json_key(j, "threat_name");
	ward_json_str(j, r->threat_name);
	ward_json_key(j, "need");
	ward_json_str(j, r->need);
	ward_json_key(j, "state");
	ward_json_z(j, ward_care_word(WARD_CARE_STATE, l->state));
	ward_json_key(j, "sure");
	ward_json_z(j, ward_likely_name(l->sure));
	ward_json_key(j, "likelihood");
	ward_json_arr(j);
	ward_json_micro(j, r->lo_micro);
	ward_json_micro(j, r->hi_micro);
	ward_json_arr_end(j);
	ward_json_key(j, "earliest");
	ward_json_time(j, r->earliest);
	ward_json_key(j, "expected");
	ward_json_time(j, r->expected);
	if (l->known != INT64_MIN) {
		ward_json_key(j, "known");
		ward_json_time(j, l->known);
	}
	if (l->heard != WARD_NS_NEVER) {
		ward_json_key(j, "last_heard");
		ward_json_time(j, l->heard);
		ward_json_key(j, "old");
		ward_json_bool(j, ward_care_is_old(l->heard, at));
	}
	ward_json_obj_end(j);
}

static void begin(struct ward_json *j, const struct ward_availability *c, const char *what,
	struct ward_str id, struct ward_str name)
{
	ward_json_obj(j);
	ward_json_key(j, "kind");
	ward_json_z(j, "availability");
	ward_json_key(j, "what");
	ward_json_z(j, what);
	ward_json_key(j, "id");
	ward_json_str(j, id);
	ward_json_key(j, "name");
	ward_json_str(j, name);
	ward_json_key(j, "at");
	ward_json_time(j, c->at);
}

static void end(struct ward_json *j, struct ward_wr *w)
{
	ward_json_obj_end(j);
	ward_wr_ch(w, '\n');
}

/* Who came and went by HL7 ADT messages, on top of the count before; nothing where nobody did. */
static void put_moved(struct ward_json *j, const struct ward_care_moved *m)
{
	if (m->last == WARD_NS_NEVER)
		return;
	ward_json_key(j, "counted");
	ward_json_obj(j);
	ward_json_key(j, "came");
	ward_json_i64(j, m->came);
	ward_json_key(j, "went");
	ward_json_i64(j, m->went);
	if (m->since != WARD_NS_NEVER) {
		ward_json_key(j, "since");
		ward_json_time(j, m->since);
	}
	ward_json_key(j, "last");
	ward_json_time(j, m->last);
	ward_json_obj_end(j);
}

static void put_beds(struct ward_json *j, const struct ward_care_ward *w)
{
	ward_json_key(j, "beds");
	ward_json_arr(j);
	for (size_t i = 0; i < w->n_bed; i++) {
		const struct ward_care_beds *b = &w->bed[i];

		ward_json_obj(j);
		ward_json_key(j, "type");
		ward_json_z(j, ward_bed_type_name(b->type));
		put_field(j, WARD_CARE_STAFFED, &b->staffed);
		put_field(j, WARD_CARE_OCCUPIED, &b->occupied);
		put_field(j, WARD_CARE_AVAILABLE, &b->available);
		put_field(j, WARD_CARE_MORE_24H, &b->more_24h);
		put_field(j, WARD_CARE_MORE_72H, &b->more_72h);
		put_moved(j, &b->moved);
		ward_json_obj_end(j);
	}
	ward_json_arr_end(j);
}

static void put_history(struct ward_json *j, const struct ward_care_ward *w)
{
	ward_json_key(j, "history");
	ward_json_arr(j);
	for (size_t i = 0; i < w->n_change; i++) {
		ward_json_obj(j);
		ward_json_key(j, "time");
		ward_json_time(j, w->change[i].time);
		ward_json_key(j, "state");
		ward_json_z(j, ward_care_word(WARD_CARE_STATE, w->change[i].state));
		ward_json_key(j, "why");
		ward_json_z(j, ward_care_why_name(w->change[i].why));
		ward_json_obj_end(j);
	}
	ward_json_arr_end(j);
	ward_json_key(j, "history_cut");
	ward_json_bool(j, w->changes_cut);
}

static void put_ward(struct ward_json *j, const struct ward_availability *c,
	const struct ward_model *m, const struct ward_care_ward *w)
{
	const struct ward_node *n = ward_model_node(m, w->node);

	begin(j, c, "ward", n->id, n->name);
	if (w->site != WARD_NONE) {
		ward_json_key(j, "site");
		ward_json_str(j, ward_model_node(m, w->site)->id);
	}
	ward_json_key(j, "care");
	ward_json_bool(j, w->care);
	put_field(j, WARD_CARE_STATE, &w->state);
	put_field(j, WARD_CARE_STAFFING, &w->staffing);
	put_field(j, WARD_CARE_STAFF, &w->staff);
	put_beds(j, w);
	ward_json_put_u64(j, "devices", w->n_device);
	ward_json_put_u64(j, "devices_lost", w->n_device_lost);
	ward_json_put_u64(j, "devices_threatened", w->n_device_threatened);
	ward_json_key(j, "losses");
	ward_json_arr(j);
	for (size_t i = 0; i < w->n_loss; i++)
		put_loss(j, &w->loss[i], c->at);
	ward_json_arr_end(j);
	ward_json_put_u64(j, "losses_more", w->n_loss_more);
	ward_json_put_u64(j, "losses_not_ruled_out", w->n_unsure);
	if (w->overdue != WARD_NS_NEVER) {
		ward_json_key(j, "overdue_since");
		ward_json_time(j, w->overdue);
	}
	if (n->recovery) {
		ward_json_key(j, "recovery_s");
		ward_json_i64(j, n->recovery / WARD_NS_PER_S);
	}
	put_history(j, w);
}

static void put_sum(struct ward_json *j, const char *key, int64_t n)
{
	if (n != WARD_CARE_NONE)
		ward_json_put_u64(j, key, (uint64_t)n);
}

void ward_care_write_json(
	const struct ward_availability *c, const struct ward_model *m, struct ward_wr *w)
{
	const struct ward_hospital *h = ward_model_hospital(m);
	struct ward_json j = ward_json_on(w);

	begin(&j, c, "hospital", h->id, h->name);
	ward_json_put_u64(&j, "incidents", c->n_incident);
	ward_json_put_u64(&j, "impacts_without_incident", c->n_orphan);
	ward_json_put_u64(&j, "impacts_elsewhere", c->n_foreign);
	end(&j, w);
	for (size_t i = 0; i < c->n_site; i++) {
		const struct ward_care_site *s = &c->site[i];
		const struct ward_node *n =
			s->node == WARD_NONE ? NULL : ward_model_node(m, s->node);

		j = ward_json_on(w);
		begin(&j, c, "site", n ? n->id : h->id, n ? n->name : h->name);
		put_field(&j, WARD_CARE_STATE, &s->state);
		put_field(&j, WARD_CARE_TRAFFIC, &s->traffic);
		put_field(&j, WARD_CARE_SECURITY, &s->security);
		put_field(&j, WARD_CARE_STAFFING, &s->staffing);
		put_sum(&j, "staffed", s->staffed);
		put_sum(&j, "occupied", s->occupied);
		put_sum(&j, "available", s->available);
		ward_json_put_u64(&j, "wards", s->n_ward);
		end(&j, w);
	}
	for (size_t i = 0; i < c->n_ward; i++) {
		j = ward_json_on(w);
		put_ward(&j, c, m, &c->ward[i]);
		end(&j, w);
	}
}

/* RFC 4180, and no cell that a spreadsheet takes for a formula. */
static void put_cell(struct ward_wr *w, struct ward_str s)
{
	ward_wr_ch(w, '"');
	if (s.len && strchr("=+-@\t\r", s.p[0]))
		ward_wr_ch(w, '\'');
	for (size_t i = 0; i < s.len; i++) {
		if (s.p[i] == '"')
			ward_wr_ch(w, '"');
		ward_wr_ch(w, s.p[i]);
	}
	ward_wr_ch(w, '"');
}

static void put_count(struct ward_wr *w, const struct ward_care_value *v)
{
	ward_wr_ch(w, ',');
	if (v && v->is != WARD_CARE_NONE)
		ward_wr_i64(w, v->is);
}

void ward_care_write_csv(
	const struct ward_availability *c, const struct ward_model *m, struct ward_wr *w)
{
	ward_wr_z(w, "ward,name,state,why,bed_type,staffed,occupied,available,more_in_a_day,more_"
		     "in_three_days,"
		     "next_loss,last_heard,overdue_since\n");
	for (size_t i = 0; i < c->n_ward; i++) {
		const struct ward_care_ward *x = &c->ward[i];
		const struct ward_node *n = ward_model_node(m, x->node);

		for (size_t k = 0; k < (x->n_bed ? x->n_bed : 1); k++) {
			const struct ward_care_beds *b = x->n_bed ? &x->bed[k] : NULL;

			put_cell(w, n->id);
			ward_wr_ch(w, ',');
			put_cell(w, n->name);
			ward_wr_printf(w, ",%s,%s,%s", ward_care_word(WARD_CARE_STATE, x->state.is),
				ward_care_why_name(x->state.why),
				b ? ward_bed_type_name(b->type) : "");
			put_count(w, b ? &b->staffed : NULL);
			put_count(w, b ? &b->occupied : NULL);
			put_count(w, b ? &b->available : NULL);
			put_count(w, b ? &b->more_24h : NULL);
			put_count(w, b ? &b->more_72h : NULL);
			const ward_ns time[] = {x->next, x->heard, x->overdue};

			for (size_t t = 0; t < WARD_ARRAY_LEN(time); t++) {
				ward_wr_ch(w, ',');
				if (time[t] != WARD_NS_NEVER)
					ward_time_write(w, time[t]);
			}
			ward_wr_ch(w, '\n');
		}
	}
}
