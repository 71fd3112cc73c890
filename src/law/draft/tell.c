/* What the record says for a field, in a language. */
#include "law/draft/priv.h"

#include "story/likely.h"
#include "story/zone.h"

void draft_time(struct ward_wr *w, ward_ns t)
{
	struct ward_local l;

	if (t == WARD_NS_NEVER)
		return;
	ward_zone_local(t, &l);
	int off = l.offset_min < 0 ? -l.offset_min : l.offset_min;

	ward_wr_printf(w, "%04d-%02d-%02d %02d:%02d (UTC%c%02d:%02d)", l.year, l.month, l.day,
		l.hour, l.minute, l.offset_min < 0 ? '-' : '+', off / 60, off % 60);
}

/* One more of a list, once. */
static void more(struct ward_wr *w, struct ward_lang *lang, struct ward_str s)
{
	if (!s.len || ward_str_find(ward_wr_text(w), s) != SIZE_MAX)
		return;
	if (w->len)
		ward_say_semicolon(w, lang);
	ward_wr_str(w, s);
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
		draft_time(w, f->expected);
	}
}

/* Which services, in an order that does not go by time: it stays as they do. */
static void put_hit(const struct ward_draft_ask *q, struct ward_wr *w)
{
	const struct ward_exchange_incident *i = q->report->i;
	const struct ward_exchange_impact *last = NULL;

	for (;;) {
		const struct ward_exchange_impact *next = NULL;

		for (size_t k = 0; k < i->n_impact; k++) {
			const struct ward_exchange_impact *f = &i->impact[k];

			if ((!last || ward_str_cmp(f->asset, last->asset) > 0) &&
				(!next || ward_str_cmp(f->asset, next->asset) < 0))
				next = f;
		}
		if (!next)
			return;
		ward_wr_str(w, next->name);
		ward_wr_ch(w, ';');
		last = next;
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
		draft_time(w, s->at);
		ward_wr_z(w, " ");
		ward_wr_str(w, acted ? s->on : s->why);
	}
}

static void put_signs(const struct ward_draft_ask *q, enum ward_law_tell t, struct ward_wr *w)
{
	const struct ward_exchange_incident *i = q->report->i;
	const struct ward_model *m = q->report->x.model;

	for (size_t k = 0; k < i->n_sign; k++) {
		const struct ward_exchange_sign *s = &i->sign[k];
		uint32_t node = ward_model_find(m, s->asset);
		uint32_t device =
			ward_ontology_find(ward_model_ontology(m), WARD_STR("device.medical"));

		if (t == WARD_LAW_TELL_PLACES)
			more(w, q->lang, s->where);
		else if (t == WARD_LAW_TELL_THINGS)
			more(w, q->lang, s->on);
		else if (t == WARD_LAW_TELL_SIGNS)
			more(w, q->lang, ward_lang_text(q->lang, s->title));
		else if (t == WARD_LAW_TELL_DEVICES && node != WARD_NONE && device != WARD_NONE &&
			 ward_model_is(m, node, device))
			more(w, q->lang, s->on);
		if (t != WARD_LAW_TELL_INDICATORS)
			continue;
		more(w, q->lang, s->address);
		for (size_t n = 0; n < s->n_technique; n++)
			more(w, q->lang, s->technique[n]);
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
		draft_time(w, q->record->event);
		break;
	case WARD_LAW_TELL_SEEN:
		draft_time(w, q->record->detected);
		break;
	case WARD_LAW_TELL_LAST:
		draft_time(w, i->last);
		break;
	case WARD_LAW_TELL_THREATS:
		for (size_t k = 0; k < i->n_threat; k++)
			more(w, q->lang, ward_lang_text(q->lang, i->threat[k]->name));
		break;
	case WARD_LAW_TELL_CARE:
		put_care(q, w);
		break;
	case WARD_LAW_TELL_DONE:
		put_done(q, w);
		break;
	case WARD_LAW_TELL_PLACES:
	case WARD_LAW_TELL_THINGS:
	case WARD_LAW_TELL_DEVICES:
	case WARD_LAW_TELL_SIGNS:
	case WARD_LAW_TELL_INDICATORS:
		put_signs(q, t, w);
		break;
	case WARD_LAW_TELL_N:
		break;
	}
}

void draft_gist(const struct ward_draft_ask *q, enum ward_law_tell t, struct ward_wr *w)
{
	if (t == WARD_LAW_TELL_CARE)
		put_hit(q, w);
	else if (t != WARD_LAW_TELL_LAST)
		draft_record(q, t, w);
}
