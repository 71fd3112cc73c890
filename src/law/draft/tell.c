/* What the record says for a field, in a language. */
#include "law/draft/priv.h"

#include "story/likely.h"
#include "story/zone.h"

static bool is_letter(const struct ward_draft_ask *q)
{
	return q->law->form[q->form].letter.len > 0;
}

void draft_time(const struct ward_draft_ask *q, struct ward_wr *w, ward_ns t)
{
	struct ward_local l;

	if (t == WARD_NS_NEVER)
		return;
	if (is_letter(q)) {
		const struct ward_day day = ward_zone_day(t);

		ward_say_moment(w, q->lang, &day);
		return;
	}
	ward_zone_local(t, &l);
	int off = l.offset_min < 0 ? -l.offset_min : l.offset_min;

	ward_wr_printf(w, "%04d-%02d-%02d %02d:%02d (UTC%c%02d:%02d)", l.year, l.month, l.day,
		l.hour, l.minute, l.offset_min < 0 ? '-' : '+', off / 60, off % 60);
}

static void put_gravity(const struct ward_draft_ask *q, struct ward_wr *w)
{
	static const char *const level[WARD_RECORD_LEVELS] = {WARD_TEXT("info"), WARD_TEXT("low"),
		WARD_TEXT("medium"), WARD_TEXT("HIGH"), WARD_TEXT("CRITICAL")};
	const struct ward_exchange_incident *i = q->report->i;

	ward_say(w, q->lang,
		level[i->level < WARD_RECORD_LEVELS ? i->level : WARD_RECORD_LEVELS - 1]);
	ward_wr_z(w, ", ");
	ward_say(w, q->lang,
		ward_str_eqz(i->domain, "hybrid")     ? WARD_TEXT("physical and cyber at once")
		: ward_str_eqz(i->domain, "physical") ? WARD_TEXT("physical")
						      : WARD_TEXT("cyber"));
}

/* Each service once, by what hits it soonest. */
static void put_care(const struct ward_draft_ask *q, struct ward_wr *w)
{
	const struct ward_exchange_incident *i = q->report->i;

	for (size_t k = 0; k < i->n_impact; k++) {
		const struct ward_exchange_impact *f = &i->impact[k];
		bool before = false;

		for (size_t n = 0; n < k; n++)
			before |= ward_str_eq(i->impact[n].asset, f->asset);
		if (before)
			continue;
		if (w->len)
			ward_say_semicolon(w, q->lang);
		ward_wr_str(w, f->name);
		ward_say_colon(w, q->lang);
		ward_wr_str(w, ward_lang_text(q->lang, f->threat_name));
		ward_wr_z(w, ", ");
		ward_say(w, q->lang, ward_likely_word(ward_likely(f->lo_micro, f->hi_micro)));
		ward_wr_z(w, ", ");
		draft_time(q, w, f->expected);
	}
}

static void put_done(const struct ward_draft_ask *q, struct ward_wr *w)
{
	const struct ward_report *r = q->report;

	for (size_t k = 0; k < r->n_step; k++) {
		const struct ward_report_step *s = &r->step[k];
		bool acted = s->kind == WARD_REPORT_ACTION && ward_str_eqz(s->state, "done");
		bool judged =
			s->kind == WARD_REPORT_DECISION &&
			(ward_str_eqz(s->what, "contain") || ward_str_eqz(s->what, "recover"));

		if ((!acted && !judged) || !(acted ? s->on : s->why).len)
			continue;
		if (w->len)
			ward_say_semicolon(w, q->lang);
		draft_time(q, w, s->at);
		ward_wr_z(w, " ");
		ward_wr_str(w, acted ? s->on : s->why);
	}
}

/* ---- lists ---- */

/* What a list of signs says of one; code: by what does not hang on words. */
static struct ward_str sign_word(
	const struct ward_draft_ask *q, const struct ward_exchange_sign *s, bool code)
{
	return code && s->rule.len ? s->rule : code ? s->title : ward_lang_text(q->lang, s->title);
}

static bool is_device(const struct ward_draft_ask *q, const struct ward_exchange_sign *s)
{
	const struct ward_model *m = q->report->x.model;
	uint32_t node = ward_model_find(m, s->asset);
	uint32_t device = ward_ontology_find(ward_model_ontology(m), WARD_STR("device.medical"));

	return node != WARD_NONE && device != WARD_NONE && ward_model_is(m, node, device);
}

static void more(struct draft_list *l, struct ward_str s)
{
	for (size_t i = 0; i < l->n; i++)
		if (ward_str_eq(l->item[i], s))
			return;
	if (s.len)
		l->item[l->n++] = s;
}

static void list_sign(const struct ward_draft_ask *q, enum ward_law_tell t, bool code,
	const struct ward_exchange_sign *s, struct draft_list *l)
{
	if (t == WARD_LAW_TELL_PLACES)
		more(l, s->where);
	else if (t == WARD_LAW_TELL_SIGNS)
		more(l, sign_word(q, s, code));
	else if (t == WARD_LAW_TELL_THINGS || (t == WARD_LAW_TELL_DEVICES && is_device(q, s)))
		more(l, s->on);
	if (t != WARD_LAW_TELL_INDICATORS)
		return;
	more(l, s->address);
	for (size_t n = 0; n < s->n_technique; n++)
		more(l, s->technique[n]);
}

bool draft_list(
	const struct ward_draft_ask *q, enum ward_law_tell t, bool code, struct draft_list *ret)
{
	const struct ward_exchange_incident *i = q->report->i;
	size_t most = i->n_sign + i->n_threat + i->n_impact;

	for (size_t k = 0; k < i->n_sign; k++)
		most += i->sign[k].n_technique;
	*ret = (struct draft_list){
		ward_arena_array(q->report->x.arena, most, sizeof(struct ward_str)), 0};
	if (!ret->item)
		return false;
	for (size_t k = 0; t == WARD_LAW_TELL_THREATS && k < i->n_threat; k++)
		more(ret, code ? i->threat[k]->code : ward_lang_text(q->lang, i->threat[k]->name));
	for (size_t k = 0; t == WARD_LAW_TELL_CARE && k < i->n_impact; k++)
		more(ret, code ? i->impact[k].asset : i->impact[k].name);
	for (size_t k = 0; k < i->n_sign; k++)
		list_sign(q, t, code, &i->sign[k], ret);
	return true;
}

static void put_list(const struct ward_draft_ask *q, enum ward_law_tell t, struct ward_wr *w)
{
	struct draft_list l;

	w->bad = w->bad || !draft_list(q, t, false, &l);
	for (size_t k = 0; !w->bad && k < l.n; k++) {
		if (k)
			ward_say_semicolon(w, q->lang);
		ward_wr_str(w, l.item[k]);
	}
}

void draft_record(const struct ward_draft_ask *q, enum ward_law_tell t, struct ward_wr *w)
{
	const struct ward_exchange_incident *i = q->report->i;
	char id[WARD_ID_TEXT];

	switch (t) {
	case WARD_LAW_TELL_ID:
		ward_id_text(i->id, id);
		ward_wr_z(w, id);
		break;
	case WARD_LAW_TELL_TITLE:
		ward_headline_say(&i->name, q->lang, w);
		break;
	case WARD_LAW_TELL_GRAVITY:
		put_gravity(q, w);
		break;
	case WARD_LAW_TELL_STATE:
		ward_wr_str(w, ward_lang_text(q->lang, i->state));
		break;
	case WARD_LAW_TELL_BEGAN:
		draft_time(q, w, q->record->event);
		break;
	case WARD_LAW_TELL_SEEN:
		draft_time(q, w, q->record->detected);
		break;
	case WARD_LAW_TELL_LAST:
		draft_time(q, w, i->last);
		break;
	case WARD_LAW_TELL_CARE:
		if (is_letter(q)) /* how likely, and by what, is not for who is cared for */
			put_list(q, t, w);
		else
			put_care(q, w);
		break;
	case WARD_LAW_TELL_DONE:
		put_done(q, w);
		break;
	case WARD_LAW_TELL_THREATS:
	case WARD_LAW_TELL_PLACES:
	case WARD_LAW_TELL_THINGS:
	case WARD_LAW_TELL_DEVICES:
	case WARD_LAW_TELL_SIGNS:
	case WARD_LAW_TELL_INDICATORS:
		put_list(q, t, w);
		break;
	case WARD_LAW_TELL_N:
		break;
	}
}
