/* The record as one object: docs/report.md, "ward.report/1". */
#include "report/priv.h"

#include "exchange/format.h"
#include "story/likely.h"

enum { WHAT_BYTES = 64 << 10, EFFECT_BYTES = 4096 };

static void put_time(struct ward_json *j, const char *key, ward_ns t)
{
	if (t == WARD_NS_NEVER)
		return;
	ward_json_key(j, key);
	ward_json_time(j, t);
}

static void put_sign(
	struct ward_json *j, struct ward_lang *lang, const struct ward_exchange_sign *s)
{
	ward_json_obj(j);
	ward_exchange_json_id(j, "id", s->id);
	ward_json_key(j, "level");
	ward_json_z(j, ward_record_level_name(s->level));
	put_time(j, "first", s->first);
	put_time(j, "last", s->last);
	ward_json_key(j, "count");
	ward_json_u64(j, s->count);
	ward_exchange_json_str(j, "title", ward_lang_text(lang, s->title));
	ward_exchange_json_str(j, "rule", s->rule);
	ward_exchange_json_str(j, "asset", s->asset);
	ward_exchange_json_str(j, "on", s->on);
	ward_exchange_json_str(j, "where", s->where);
	ward_exchange_json_str(j, "address", s->address);
	ward_exchange_json_str(j, "works", s->works);
	if (s->works.len)
		put_time(j, "works_until", s->works_until);
	ward_json_obj_end(j);
}

static void put_impact(
	struct ward_json *j, struct ward_lang *lang, const struct ward_exchange_impact *f)
{
	ward_json_obj(j);
	ward_exchange_json_id(j, "id", f->id);
	ward_exchange_json_str(j, "service", f->asset);
	ward_exchange_json_str(j, "name", f->name);
	ward_exchange_json_str(j, "threat", ward_lang_text(lang, f->threat_name));
	put_time(j, "earliest", f->earliest);
	put_time(j, "expected", f->expected);
	ward_json_key(j, "likelihood");
	ward_json_arr(j);
	ward_json_micro(j, f->lo_micro);
	ward_json_micro(j, f->hi_micro);
	ward_json_arr_end(j);
	ward_json_key(j, "likely");
	ward_json_z(j, ward_likely_name(ward_likely(f->lo_micro, f->hi_micro)));
	ward_json_key(j, "because");
	ward_json_arr(j);
	for (size_t k = 0; k < f->n_link; k++)
		ward_json_str(j, f->link[k].name);
	ward_json_arr_end(j);
	ward_json_obj_end(j);
}

/* "playbook · step · what": each part is a text of its own. */
static void put_what(struct ward_json *j, struct ward_lang *lang, struct ward_str s)
{
	static const struct ward_str mark = {" · ", 4};
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), WHAT_BYTES);

	while (lang && s.len) {
		size_t at = ward_str_find(s, mark);

		ward_wr_str(&w, ward_lang_text(lang, ward_str_sub(s, 0, at)));
		s = at == SIZE_MAX ? WARD_STR("") : ward_str_sub(s, at + mark.len, SIZE_MAX);
		ward_wr_str(&w, at == SIZE_MAX ? WARD_STR("") : mark);
	}
	ward_exchange_json_str(j, "what", lang ? ward_wr_text(&w) : s);
	ward_wr_fini(&w);
}

static void put_step(struct ward_json *j, struct ward_lang *lang, const struct ward_report_step *s)
{
	ward_json_obj(j);
	ward_json_key(j, "kind");
	ward_json_z(j, ward_report_kind_name(s->kind));
	if (s->row) {
		ward_json_key(j, "row");
		ward_json_u64(j, s->row);
	}
	put_time(j, "at", s->at);
	ward_exchange_json_str(j, "id", s->id);
	put_what(j, lang, s->what);
	ward_exchange_json_str(j, "state", s->state);
	ward_exchange_json_str(j, "role", s->role);
	ward_exchange_json_str(j, "on", s->on);
	/* of a message it is what became of it, which Ward says; else what people wrote */
	ward_exchange_json_str(
		j, "why", s->kind == WARD_REPORT_MESSAGE ? ward_lang_text(lang, s->why) : s->why);
	put_time(j, "from", s->from);
	put_time(j, "to", s->to);
	put_time(j, "until", s->until);
	ward_json_obj_end(j);
}

static void put_turns(struct ward_json *j, const struct ward_report *r)
{
	ward_json_key(j, "states");
	ward_json_arr(j);
	for (size_t k = 0; k < r->n_turn; k++) {
		ward_json_obj(j);
		put_time(j, "at", r->turn[k].at);
		ward_exchange_json_str(j, "state", r->turn[k].state);
		ward_json_key(j, "level");
		ward_json_z(j, ward_record_level_name(r->turn[k].level));
		ward_json_obj_end(j);
	}
	ward_json_arr_end(j);
}

static void put_to_do(
	struct ward_json *j, struct ward_lang *lang, const struct ward_exchange_incident *i)
{
	if (!i->step_text.len)
		return;
	ward_json_key(j, "first_step");
	ward_json_obj(j);
	ward_exchange_json_str(j, "role", i->step_role);
	ward_exchange_json_str(j, "reach", i->step_reach);
	ward_exchange_json_str(j, "text", ward_lang_text(lang, i->step_text));
	ward_json_obj_end(j);
}

static void put_lists(struct ward_json *j, struct ward_lang *lang, const struct ward_report *r)
{
	ward_json_key(j, "signs");
	ward_json_arr(j);
	for (size_t k = 0; k < r->i->n_sign; k++)
		put_sign(j, lang, &r->i->sign[k]);
	ward_json_arr_end(j);
	ward_json_key(j, "signs_complete");
	ward_json_bool(j, !r->i->only_some);
	ward_json_key(j, "care");
	ward_json_arr(j);
	for (size_t k = 0; k < r->i->n_impact; k++)
		put_impact(j, lang, &r->i->impact[k]);
	ward_json_arr_end(j);
	ward_json_key(j, "care_not_ruled_out");
	ward_json_u64(j, r->i->n_further);
	put_turns(j, r);
	ward_json_key(j, "steps");
	ward_json_arr(j);
	for (size_t k = 0; k < r->n_step; k++)
		put_step(j, lang, &r->step[k]);
	ward_json_arr_end(j);
}
static void put_integrity(struct ward_json *j, const struct ward_report *r)
{
	char root[2 * sizeof(r->ledger.root)];
	struct ward_wr hex = ward_wr_fixed(root, sizeof(root));
	ward_json_key(j, "integrity");
	ward_json_obj(j);
	if (r->first_row) {
		ward_json_key(j, "first_row");
		ward_json_u64(j, r->first_row);
		ward_json_key(j, "last_row");
		ward_json_u64(j, r->last_row);
	}
	if (r->ledger.known) {
		ward_wr_hex(&hex, ward_slice_of(r->ledger.root, sizeof(r->ledger.root)));
		ward_json_key(j, "rows");
		ward_json_u64(j, r->ledger.n);
		ward_json_key(j, "root");
		ward_json_str(j, ward_wr_text(&hex));
		put_time(j, "time", r->ledger.time);
	}
	ward_json_key(j, "unread_rows");
	ward_json_u64(j, r->n_unread);
	ward_json_obj_end(j);
}

void ward_report_json(const struct ward_report *r, struct ward_lang *lang, struct ward_wr *w)
{
	const struct ward_exchange_incident *i = r->i;
	struct ward_json j = ward_json_on(w);
	struct ward_wr effect = ward_wr_grow(ward_mem_heap(), EFFECT_BYTES);

	ward_json_obj(&j);
	ward_json_key(&j, "schema");
	ward_json_z(&j, "ward.report/1");
	ward_json_key(&j, "exercise");
	ward_json_bool(&j, r->x.exercise);
	ward_json_key(&j, "hospital");
	ward_json_str(&j, ward_model_hospital(r->x.model)->id);
	put_time(&j, "at", r->x.at);
	ward_exchange_json_id(&j, "incident", i->id);
	ward_json_key(&j, "revision");
	ward_json_u64(&j, i->revision);
	ward_exchange_json_str(&j, "title", ward_lang_text(lang, i->name.what));
	ward_exchange_json_str(&j, "on", i->name.on);
	ward_headline_effect(&i->name, lang, &effect);
	ward_exchange_json_str(&j, "effect", ward_wr_text(&effect));
	ward_wr_fini(&effect);
	ward_json_key(&j, "level");
	ward_json_z(&j, ward_record_level_name(i->level));
	ward_exchange_json_str(&j, "state", i->state);
	ward_exchange_json_str(&j, "domain", i->domain);
	put_time(&j, "first", i->first);
	put_time(&j, "last", i->last);
	put_to_do(&j, lang, i);
	put_lists(&j, lang, r);
	put_integrity(&j, r);
	ward_json_obj_end(&j);
	ward_wr_ch(w, '\n');
}
