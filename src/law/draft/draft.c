/* From the base of fields to a form that is filled in. */
#include "law/draft/priv.h"

enum { TEXT_BYTES = 1 << 20 };

/* ---- where a text comes from ---- */

static void put_amount(const struct ward_draft_ask *q, const struct ward_law_fact *fact, uint64_t n,
	struct ward_wr *w)
{
	char text[24];
	struct ward_wr digits = ward_wr_fixed(text, sizeof(text));

	ward_say_number(&digits, q->lang, n);
	if (fact->measure == WARD_LAW_MEASURE_MINUTES)
		WARD_SAY(w, q->lang, WARD_TEXT("{min}\u00a0min"), {"min", ward_wr_text(&digits)});
	else
		ward_wr_str(w, ward_wr_text(&digits));
}

/* A number and its threshold: a question that is not answered says at least that. */
static void put_measured(const struct ward_draft_ask *q, const struct ward_law_fact *fact,
	const struct ward_law_weighed *x, struct ward_wr *w)
{
	char text[2][32];
	struct ward_wr n = ward_wr_fixed(text[0], sizeof(text[0])),
		       least = ward_wr_fixed(text[1], sizeof(text[1]));

	if (!x->measured || !fact->at_least)
		return;
	put_amount(q, fact, x->value, &n);
	put_amount(q, fact, fact->at_least, &least);
	ward_wr_z(w, w->len ? " · " : "");
	WARD_SAY(w, q->lang, WARD_TEXT("measured: {n}; counts from {least} on"),
		{"n", ward_wr_text(&n)}, {"least", ward_wr_text(&least)});
}

static void put_fact(const struct ward_draft_ask *q, struct ward_draft_field *f, struct ward_wr *w)
{
	static const char *const word[] = {[WARD_LAW_NO] = WARD_TEXT("No"),
		[WARD_LAW_LIKELY] = WARD_TEXT("Likely, by the record; nobody has said so yet"),
		[WARD_LAW_YES] = WARD_TEXT("Yes")};
	const struct ward_law_weighed x = ward_law_weigh(q->law, f->of->of[0], q->c, q->record);

	if (x.is != WARD_LAW_UNKNOWN) {
		f->guess = x.is == WARD_LAW_LIKELY;
		ward_say(w, q->lang, word[x.is]);
		if (x.said && x.said->is == x.is)
			f->answer = x.said;
		if (f->answer && f->answer->why[0]) {
			ward_say_colon(w, q->lang);
			ward_wr_z(w, f->answer->why);
		}
	}
	put_measured(q, &q->law->fact[f->of->of[0]], &x, w);
}

struct ward_str draft_hospital(const struct ward_draft_ask *q, struct ward_str key)
{
	struct ward_str own = ward_law_own(q->law, key);
	const struct ward_hospital *h = ward_model_hospital(q->report->x.model);

	return own.len                        ? own
	       : ward_str_eqz(key, "name")    ? h->name
	       : ward_str_eqz(key, "country") ? h->country
					      : WARD_STR("");
}

const struct ward_law_said *draft_sent(
	const struct ward_draft_ask *q, const struct ward_law_field *f)
{
	for (size_t i = 0; i < f->n_of; i++) {
		const struct ward_law_said *s = ward_law_said(q->c, WARD_LAW_SAY_SENT, f->of[i]);

		if (s && s->is == WARD_LAW_YES)
			return s;
	}
	return NULL;
}

static void put_sent(
	const struct ward_draft_ask *q, const struct ward_law_said *s, struct ward_wr *w)
{
	if (!s)
		return;
	draft_time(q, w, s->time);
	ward_wr_z(w, s->number[0] ? ", " : "");
	ward_wr_z(w, s->number);
}

const struct ward_law_said *draft_own(
	const struct ward_draft_ask *q, const struct ward_law_field *f)
{
	const struct ward_law_said *said =
		ward_law_said(q->c, WARD_LAW_SAY_FIELD, (size_t)(f - q->law->field));

	return said && said->is == WARD_LAW_YES && said->value_len ? said : NULL;
}

static void put_value(const struct ward_draft_ask *q, struct ward_draft_field *f, struct ward_wr *w)
{
	const struct ward_law_said *said;

	f->own = draft_own(q, f->of);
	if (f->own) {
		ward_wr_str(w, (struct ward_str){f->own->value, f->own->value_len});
		return;
	}
	switch (f->of->source) {
	case WARD_LAW_SOURCE_FACT:
		put_fact(q, f, w);
		break;
	case WARD_LAW_SOURCE_RECORD:
		draft_record(q, f->of->tell, w);
		break;
	case WARD_LAW_SOURCE_HOSPITAL:
		ward_wr_str(w, draft_hospital(q, f->of->key));
		break;
	case WARD_LAW_SOURCE_AWARE:
		said = ward_law_said(q->c, WARD_LAW_SAY_AWARE, 0);
		draft_time(q, w, said ? said->time : WARD_NS_NEVER);
		break;
	case WARD_LAW_SOURCE_SENT:
		put_sent(q, draft_sent(q, f->of), w);
		break;
	case WARD_LAW_SOURCE_PERSON:
	case WARD_LAW_SOURCE_N:
		break;
	}
}

/* ---- digests ---- */

void ward_draft_keep(const struct ward_draft_field *f, struct ward_wr *w)
{
	size_t n = f->text.len < WARD_DRAFT_KEPT ? f->text.len : WARD_DRAFT_KEPT;

	while (n < f->text.len && n && ((unsigned char)f->text.p[n] & 0xc0) == 0x80)
		n--; /* no half of a letter */
	ward_wr_str(w, f->of->id);
	ward_wr_ch(w, ' ');
	ward_wr_z(w, f->gist);
	ward_wr_ch(w, ' ');
	for (size_t i = 0; i < n; i++)
		ward_wr_ch(w, f->text.p[i] == '\n' ? ' ' : f->text.p[i]);
}

static enum ward_err digest_of(const struct ward_draft_ask *q, struct ward_draft *d)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), TEXT_BYTES);

	ward_wr_z(&w, q->exercise ? "EXERCISE\n" : "");
	ward_wr_str(&w, d->form->id);
	ward_wr_ch(&w, ' ');
	ward_wr_str(&w, ward_lang_code(q->lang));
	for (size_t i = 0; i < d->n; i++) {
		ward_wr_ch(&w, '\n');
		ward_wr_str(&w, d->field[i].of->id);
		ward_wr_ch(&w, ' ');
		ward_wr_str(&w, d->field[i].text);
	}
	enum ward_err err = ward_wr_bad(&w) ? WARD_ERR_NOMEM : WARD_OK;

	draft_hex(ward_wr_text(&w), d->digest, 64);
	ward_wr_fini(&w);
	return err;
}

/* ---- as it was sent ---- */

static const struct ward_law_said *sent_of(
	const struct ward_draft_ask *q, const struct ward_law_form *form)
{
	for (size_t i = 0; i < form->n_rule; i++) {
		const struct ward_law_said *s =
			ward_law_said(q->c, WARD_LAW_SAY_SENT, form->rule[i]);

		if (s && s->is == WARD_LAW_YES && ward_str_eqz(form->id, s->form))
			return s;
	}
	return NULL;
}

/* One line of what was kept: the field as it was sent. */
static enum ward_err compare_one(struct ward_draft *d, struct ward_str line)
{
	struct ward_str id = ward_str_cut(&line, ' '), sum = ward_str_cut(&line, ' ');
	enum draft_same same = DRAFT_SAME;
	enum ward_err err = WARD_OK;

	for (size_t i = 0; i < d->n && !err; i++) {
		struct ward_draft_field *f = &d->field[i];

		if (!ward_str_eq(f->of->id, id))
			continue;
		err = draft_same(d->ask, f->of, sum, &same);
		f->moved = same == DRAFT_OTHER;
		f->was = f->moved ? line : WARD_STR("");
		d->n_moved += f->moved;
		d->older |= same == DRAFT_UNKNOWN;
	}
	return err;
}

static enum ward_err compare(struct ward_draft *d)
{
	struct ward_str rest = {d->sent->value, d->sent->value_len};
	enum ward_err err = WARD_OK;

	while (rest.len && !err)
		err = compare_one(d, ward_str_cut(&rest, '\n'));
	return err;
}

/* ---- all of it ---- */

static enum ward_err fill(
	const struct ward_draft_ask *q, struct ward_arena *a, struct ward_draft_field *f)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), TEXT_BYTES);

	put_value(q, f, &w);
	enum ward_err err = ward_wr_bad(&w) ? WARD_ERR_NOMEM : WARD_OK;

	f->text = ward_str_trim(ward_wr_text(&w));
	if (!err && f->text.len) {
		f->text = ward_arena_str(a, f->text);
		err = f->text.p ? WARD_OK : WARD_ERR_NOMEM;
	} else {
		f->text = WARD_STR("");
	}
	ward_wr_fini(&w);
	f->gap = f->must && (!f->text.len || f->guess);
	return err ? err : draft_gist(q, f->of, f->gist);
}

static unsigned words_for(const struct ward_draft_ask *q, const struct ward_draft *d)
{
	unsigned n = 1;

	for (size_t i = 0; q->c && i < q->c->n; i++) {
		const struct ward_law_said *s = &q->c->said[i];

		if (s->say == WARD_LAW_SAY_AWARE || s->say == WARD_LAW_SAY_FACT)
			n += s->times;
		for (size_t k = 0; s->say == WARD_LAW_SAY_FIELD && k < d->form->n; k++)
			n += d->form->field[k] == s->of ? s->times : 0;
	}
	return n;
}

enum ward_err ward_draft_make(
	const struct ward_draft_ask *ask, struct ward_arena *a, struct ward_draft *ret)
{
	enum ward_err err = WARD_OK;

	*ret = (struct ward_draft){.ask = ask, .form = &ask->law->form[ask->form]};
	for (size_t i = 0; i < ret->form->n && !err; i++) {
		struct ward_draft_field *f = &ret->field[ret->n++];

		f->of = &ask->law->field[ret->form->field[i]];
		f->must = i < ret->form->n_must;
		err = fill(ask, a, f);
		ret->n_gap += f->gap;
	}
	ret->version = words_for(ask, ret);
	ret->sent = sent_of(ask, ret->form);
	if (ret->sent && !err)
		err = compare(ret);
	return err ? err : digest_of(ask, ret);
}
