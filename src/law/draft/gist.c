/* What counts of a field, without a language: what was sent is compared by it, whoever reads it in
 * whichever language, and whatever its words became in a later version of Ward. */
#include "law/draft/priv.h"

#include <stdlib.h>

enum { TEXT_BYTES = 1 << 20 };

static const char version[] = WARD_DRAFT_GIST_VERSION ":";

void draft_hex(struct ward_str s, char *ret, size_t digits)
{
	uint8_t sum[32];
	struct ward_wr w = ward_wr_fixed(ret, digits);

	ward_sha256(ward_str_bytes(s), sum);
	ward_wr_hex(&w, (struct ward_slice){sum, digits / 2});
	ret[digits] = '\0';
}

static int by_text(const void *a, const void *b)
{
	const struct ward_str *x = a, *y = b;

	return ward_str_cmp(*x, *y);
}

/* As a set: in an order that does not go by time. */
static void put_list(const struct ward_draft_ask *q, enum ward_law_tell t, struct ward_wr *w)
{
	struct draft_list l;

	w->bad = w->bad || !draft_list(q, t, true, &l);
	if (w->bad || !l.n)
		return;
	qsort(l.item, l.n, sizeof(*l.item), by_text);
	for (size_t i = 0; i < l.n; i++) {
		ward_wr_str(w, l.item[i]);
		ward_wr_ch(w, '\n');
	}
}

static void put_title(const struct ward_headline *h, struct ward_wr *w)
{
	const struct ward_str part[] = {h->what, h->on, h->effect, h->effect_on};

	for (size_t i = 0; i < WARD_ARRAY_LEN(part); i++) {
		ward_wr_str(w, part[i]);
		ward_wr_ch(w, '\n');
	}
}

/* Of care which services are hit, not how likely and when, which each sign changes a little; of
 * how many things a threat is, its last sign and when Ward saw it nothing. What was done since
 * makes nothing untrue that was told: it is told with the next report. */
static void put_record(const struct ward_draft_ask *q, enum ward_law_tell t, struct ward_wr *w)
{
	const struct ward_exchange_incident *i = q->report->i;

	switch (t) {
	case WARD_LAW_TELL_TITLE:
		put_title(&i->name, w);
		break;
	case WARD_LAW_TELL_GRAVITY:
		ward_wr_u64(w, i->level);
		ward_wr_str(w, i->domain);
		break;
	case WARD_LAW_TELL_STATE:
		ward_wr_str(w, i->state);
		break;
	case WARD_LAW_TELL_BEGAN:
		ward_wr_i64(w, i->first);
		break;
	case WARD_LAW_TELL_PLACES:
	case WARD_LAW_TELL_THINGS:
	case WARD_LAW_TELL_DEVICES:
	case WARD_LAW_TELL_SIGNS:
	case WARD_LAW_TELL_THREATS:
	case WARD_LAW_TELL_INDICATORS:
	case WARD_LAW_TELL_CARE:
		put_list(q, t, w);
		break;
	case WARD_LAW_TELL_ID:
	case WARD_LAW_TELL_SEEN:
	case WARD_LAW_TELL_LAST:
	case WARD_LAW_TELL_DONE:
	case WARD_LAW_TELL_N:
		break;
	}
}

static void put_said(const struct ward_law_said *s, struct ward_wr *w)
{
	if (!s)
		return;
	ward_wr_i64(w, s->time);
	ward_wr_z(w, s->number);
}

static void put_fact(const struct ward_draft_ask *q, size_t fact, struct ward_wr *w)
{
	const struct ward_law_weighed x = ward_law_weigh(q->law, fact, q->c, q->record);

	ward_wr_z(w, ward_law_is_name(x.is));
	if (x.said && x.said->is == x.is)
		ward_wr_z(w, x.said->why);
}

static void put(const struct ward_draft_ask *q, const struct ward_law_field *f, struct ward_wr *w)
{
	const struct ward_law_said *own = draft_own(q, f);

	if (own) {
		ward_wr_str(w, (struct ward_str){own->value, own->value_len});
		return;
	}
	switch (f->source) {
	case WARD_LAW_SOURCE_FACT:
		put_fact(q, f->of[0], w);
		break;
	case WARD_LAW_SOURCE_RECORD:
		put_record(q, f->tell, w);
		break;
	case WARD_LAW_SOURCE_HOSPITAL:
		ward_wr_str(w, draft_hospital(q, f->key));
		break;
	case WARD_LAW_SOURCE_AWARE:
		put_said(ward_law_said(q->c, WARD_LAW_SAY_AWARE, 0), w);
		break;
	case WARD_LAW_SOURCE_SENT:
		put_said(draft_sent(q, f), w);
		break;
	case WARD_LAW_SOURCE_PERSON:
	case WARD_LAW_SOURCE_N:
		break;
	}
}

enum ward_err draft_gist(const struct ward_draft_ask *q, const struct ward_law_field *f,
	char ret[WARD_DRAFT_GIST + 1])
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), TEXT_BYTES);

	put(q, f, &w);
	enum ward_err err = ward_wr_bad(&w) ? WARD_ERR_NOMEM : WARD_OK;

	memcpy(ret, version, sizeof(version) - 1);
	draft_hex(ward_wr_text(&w), ret + sizeof(version) - 1, WARD_DRAFT_DIGITS);
	ward_wr_fini(&w);
	return err;
}

/* ---- against what was sent ---- */

enum ward_err draft_same(const struct ward_draft_ask *q, const struct ward_law_field *f,
	struct ward_str sum, enum draft_same *ret)
{
	bool text = f->source == WARD_LAW_SOURCE_PERSON || f->source == WARD_LAW_SOURCE_HOSPITAL;
	const struct ward_law_said *own = draft_own(q, f);
	char now[WARD_DRAFT_GIST + 1];

	*ret = DRAFT_UNKNOWN;
	if (ward_str_starts(sum, ward_str_z(version))) {
		enum ward_err err = draft_gist(q, f, now);

		*ret = ward_str_eqz(sum, now) ? DRAFT_SAME : DRAFT_OTHER;
		return err;
	}
	if (sum.len != WARD_DRAFT_DIGITS || (!own && !text))
		return WARD_OK;
	/* of an earlier version: of what stood in it; what people wrote is the same in all */
	draft_hex(ward_str_trim(own ? (struct ward_str){own->value, own->value_len}
				: f->source == WARD_LAW_SOURCE_HOSPITAL ? draft_hospital(q, f->key)
									: WARD_STR("")),
		now, WARD_DRAFT_DIGITS);
	*ret = ward_str_eqz(sum, now) ? DRAFT_SAME : DRAFT_OTHER;
	return WARD_OK;
}

/* Does what the record says of it rest on detections that are not kept any more? */
static bool is_lost(const struct ward_draft_ask *q, const struct ward_law_field *f)
{
	const struct ward_exchange_incident *i = q->report->i;
	bool rests = f->tell == WARD_LAW_TELL_THREATS || f->tell == WARD_LAW_TELL_INDICATORS ||
		     f->tell == WARD_LAW_TELL_SIGNS || f->tell == WARD_LAW_TELL_DEVICES;

	for (size_t k = 0; rests && k < i->n_sign; k++)
		if (!i->sign[k].rule.len)
			return true;
	return false;
}

enum ward_err ward_draft_record_moved(
	const struct ward_draft_ask *q, const struct ward_law_said *sent, bool *ret)
{
	struct ward_str rest = {sent->value, sent->value_len};
	enum ward_err err = WARD_OK;
	bool moved = false;

	while (rest.len && !err && !moved) {
		struct ward_str line = ward_str_cut(&rest, '\n');
		size_t at = ward_law_field_of(q->law, ward_str_cut(&line, ' '));
		const struct ward_law_field *f = at == SIZE_MAX ? NULL : &q->law->field[at];
		enum draft_same same = DRAFT_SAME;

		if (f && f->source == WARD_LAW_SOURCE_RECORD && !draft_own(q, f) && !is_lost(q, f))
			err = draft_same(q, f, ward_str_cut(&line, ' '), &same);
		moved = same == DRAFT_OTHER;
	}
	if (!err)
		*ret = moved;
	return err;
}
