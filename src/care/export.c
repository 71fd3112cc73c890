#include "care/export.h"

#include "story/zone.h"
#include "words/words.h"

#include <stdio.h>
#include <stdlib.h>

struct ward_str ward_care_stamp(struct ward_stamp *s, ward_ns t)
{
	struct ward_local l;

	ward_zone_local(t, &l);
	int off = abs(l.offset_min);
	int n = snprintf(s->p, sizeof(s->p), "%04d-%02d-%02dT%02d:%02d:%02d%c%02d:%02d", l.year,
		l.month, l.day, l.hour, l.minute, l.second, l.offset_min < 0 ? '-' : '+', off / 60,
		off % 60);

	return (struct ward_str){s->p, n > 0 && (size_t)n < sizeof(s->p) ? (size_t)n : 0};
}

struct ward_str ward_care_site_name(
	const struct ward_care_export *x, const struct ward_care_site *s)
{
	return s->node == WARD_NONE || x->c->n_site == 1 ? ward_model_hospital(x->m)->name
							 : ward_model_node(x->m, s->node)->name;
}

struct ward_str ward_care_site_id(const struct ward_care_export *x, const struct ward_care_site *s)
{
	return s->node == WARD_NONE || x->c->n_site == 1 ? ward_model_hospital(x->m)->id
							 : ward_model_node(x->m, s->node)->id;
}

void ward_care_say_unknown(const struct ward_care_export *x, struct ward_wr *out)
{
	char n[24];
	struct ward_wr number = ward_wr_fixed(n, sizeof(n));

	if (!x->c->n_unknown)
		return;
	ward_wr_u64(&number, x->c->n_unknown);
	WARD_SAY(out, x->lang,
		WARD_TEXT("incidents that go on and whose losses are not all in this: {n}; what is "
			  "open or free here may not be"),
		{"n", ward_wr_text(&number)});
}

/* The soonest loss that is still to come, or NULL. */
static const struct ward_care_loss *next_of(const struct ward_care_ward *w, ward_ns at)
{
	const struct ward_care_loss *next = NULL;

	for (size_t i = 0; i < w->n_loss; i++)
		if (w->loss[i].impact->expected > at && w->loss[i].state > WARD_CARE_STATE_OPEN &&
			(!next || w->loss[i].impact->expected < next->impact->expected))
			next = &w->loss[i];
	return next;
}

void ward_care_say_ward(
	const struct ward_care_export *x, const struct ward_care_ward *w, struct ward_wr *out)
{
	const struct ward_care_loss *next = next_of(w, x->c->at);
	struct ward_str state = ward_lang_text(
		x->lang, ward_str_z(ward_care_word_text(WARD_CARE_STATE, w->state.is)));
	bool old = w->n_loss && w->state.is == w->state.computed &&
		   ward_care_is_old(w->heard, x->c->at);
	struct ward_stamp time = {.p = ""};

	WARD_SAY(out, x->lang, WARD_TEXT("{ward}: {state}"),
		{"ward", ward_model_node(x->m, w->node)->name}, {"state", state});
	if (old) {
		ward_wr_z(out, "; ");
		WARD_SAY(out, x->lang, WARD_TEXT("last heard at {time}"),
			{"time", ward_care_stamp(&time, w->heard)});
	}
	if (w->overdue != WARD_NS_NEVER) {
		ward_wr_z(out, "; ");
		WARD_SAY(out, x->lang,
			WARD_TEXT("overdue: it could be open again since {time}; nobody said that "
				  "it is"),
			{"time", ward_care_stamp(&time, w->overdue)});
	}
	if (!next)
		return;
	ward_wr_z(out, "; ");
	WARD_SAY(out, x->lang, WARD_TEXT("care may be lost about {time}: {sure}"),
		{"time", ward_care_stamp(&time, next->impact->expected)},
		{"sure", ward_lang_text(x->lang, ward_str_z(ward_likely_word(next->sure)))});
}
