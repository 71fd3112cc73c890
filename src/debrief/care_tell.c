/* What care lost, beside what was forecast of it, and when; why times were forecast so. */
#include "debrief/tell.h"

/* Apart by so little, two times are told as one. */
#define SAME_NS (30 * WARD_NS_PER_S)

static bool is_even(const struct ward_debrief_care *c)
{
	return c->early == c->at && c->late == c->at;
}

/* "55 min", and of a reckoned truth between which moments it mostly is. */
static struct ward_str truth_at(
	struct debrief_tell *x, const struct ward_debrief_care *c, struct debrief_text *t)
{
	struct ward_wr w = ward_wr_fixed(t->p, sizeof(t->p));
	struct debrief_text at, early, late;

	if (is_even(c))
		return debrief_span(t, x->lang, c->at);
	WARD_SAY(&w, x->lang, WARD_TEXT("{at} ({early} to {late})"),
		{"at", debrief_span(&at, x->lang, c->at)},
		{"early", debrief_span(&early, x->lang, c->early)},
		{"late", debrief_span(&late, x->lang, c->late)});
	return ward_wr_text(&w);
}

static struct ward_str truth_text(
	struct debrief_tell *x, const struct ward_debrief_care *c, struct debrief_text *t)
{
	struct ward_wr w = ward_wr_fixed(t->p, sizeof(t->p));
	struct debrief_text at, lasts;

	if (!c->hit)
		return debrief_say(x, WARD_TEXT("not hit"));
	WARD_SAY(&w, x->lang,
		c->lasts ? WARD_TEXT("hit after {at}, for {span}") : WARD_TEXT("hit after {at}"),
		{"at", truth_at(x, c, &at)}, {"span", debrief_span(&lasts, x->lang, c->lasts)});
	return ward_wr_text(&w);
}

/* "45 min", from when on it may be, and between which times that was while the story went. */
static struct ward_str forecast_at(
	struct debrief_tell *x, const struct ward_debrief_care *c, struct debrief_text *t)
{
	struct ward_wr w = ward_wr_fixed(t->p, sizeof(t->p));
	struct debrief_text at, from, first, last;
	bool moved = c->said_first != c->said_last;

	if (!moved && c->earliest == c->expected)
		return debrief_span(t, x->lang, c->expected);
	WARD_SAY(&w, x->lang,
		moved ? WARD_TEXT("{at} (from {from} on; said meanwhile: {first} to {last})")
		      : WARD_TEXT("{at} (from {from} on)"),
		{"at", debrief_span(&at, x->lang, c->expected)},
		{"from", debrief_span(&from, x->lang, c->earliest)},
		{"first", debrief_span(&first, x->lang, c->said_first)},
		{"last", debrief_span(&last, x->lang, c->said_last)});
	return ward_wr_text(&w);
}

static struct ward_str forecast_text(
	struct debrief_tell *x, const struct ward_debrief_care *c, struct debrief_text *t)
{
	struct ward_wr w = ward_wr_fixed(t->p, sizeof(t->p));
	struct debrief_text at;

	if (!c->forecast)
		return debrief_say(x, WARD_TEXT("not forecast"));
	WARD_SAY(&w, x->lang, WARD_TEXT("hit after {at}"), {"at", forecast_at(x, c, &at)});
	return ward_wr_text(&w);
}

static struct ward_str off_text(
	struct debrief_tell *x, const struct ward_debrief_care *c, struct debrief_text *t)
{
	struct ward_wr w = ward_wr_fixed(t->p, sizeof(t->p));
	struct debrief_text span, share;
	ward_ns off = c->expected - c->at;

	if (!c->timed)
		return WARD_STR("");
	WARD_SAY(&w, x->lang,
		off < 0 ? WARD_TEXT("{span} too early, {share}")
			: WARD_TEXT("{span} too late, {share}"),
		{"span", debrief_span(&span, x->lang, off < 0 ? -off : off)},
		{"share", debrief_percent(&share, x->lang, c->off_micro)});
	return ward_wr_text(&w);
}

static void put_row(struct debrief_tell *x, const struct ward_debrief_care *c)
{
	struct debrief_text truth, forecast, off, likely, told;

	ward_doc_row(x->d, WARD_DOC_ROW,
		(struct ward_str[]){debrief_node(x, c->node), truth_text(x, c, &truth),
			forecast_text(x, c, &forecast), off_text(x, c, &off),
			debrief_percent(&likely, x->lang, c->lo_micro),
			c->told == WARD_NS_NEVER ? WARD_STR("")
						 : debrief_span(&told, x->lang, c->told)},
		6);
}

void debrief_put_care(struct debrief_tell *x)
{
	bool spread = false;

	if (!x->s->n_care || !x->s->scenario->expect.knows_care)
		return;
	ward_doc_put(x->d, WARD_DOC_HEADING, debrief_say(x, WARD_TEXT("Care, if nobody acts")));
	ward_doc_row(x->d, WARD_DOC_HEAD,
		(struct ward_str[]){debrief_say(x, WARD_TEXT("Service")),
			debrief_say(x, WARD_TEXT("In truth")),
			debrief_say(x, WARD_TEXT("Forecast")), debrief_say(x, WARD_TEXT("Off")),
			debrief_say(x, WARD_TEXT("At least likely")),
			debrief_say(x, WARD_TEXT("First told after"))},
		6);
	for (size_t i = 0; i < x->s->n_care; i++) {
		put_row(x, &x->s->care[i]);
		spread |= x->s->care[i].hit && !is_even(&x->s->care[i]);
	}
	if (spread)
		ward_doc_put(x->d, WARD_DOC_TEXT,
			debrief_say(x, WARD_TEXT("In truth: the middle of many runs of the "
						 "hospital's physics; in brackets the first "
						 "and the last of ten.")));
	if (x->s->n_timed)
		ward_doc_put(x->d, WARD_DOC_TEXT,
			debrief_say(x, WARD_TEXT("Off: also as a share of the time from the "
						 "first visible step to the loss, of one minute "
						 "at least.")));
}

/* "Theatre 4: too warm, then does not work → Operating theatres: does not work" */
static void put_chain(struct debrief_tell *x, const struct ward_debrief_care *c)
{
	const struct ward_debrief_link *before = NULL;

	for (size_t i = 0; i < c->n_link; i++) {
		const struct ward_debrief_link *l = &c->link[i];
		bool same = before && ward_str_eq(before->name, l->name);

		if (same)
			ward_wr_str(&x->line, debrief_say(x, WARD_TEXT(", then ")));
		else
			ward_wr_z(&x->line, i ? " → " : "");
		if (!same) {
			ward_wr_str(&x->line, l->name);
			ward_say_colon(&x->line, x->lang);
		}
		ward_wr_str(&x->line, ward_lang_text(x->lang, l->threat));
		before = l;
	}
}

static const char *why_text(enum ward_range_why why)
{
	static const char *const text[WARD_RANGE_WHY_N] = {
		[WARD_RANGE_WHY_WITHOUT] = WARD_TEXT("lacks what it needs"),
		[WARD_RANGE_WHY_WARM] = WARD_TEXT("too warm"),
		[WARD_RANGE_WHY_OFF] = WARD_TEXT("switched itself off in the heat"),
		[WARD_RANGE_WHY_CUT_OFF] = WARD_TEXT("nobody gets there"),
		[WARD_RANGE_WHY_STOPPED] = WARD_TEXT("stopped"),
		[WARD_RANGE_WHY_BURNT] = WARD_TEXT("burns")};

	return text[why];
}

static void put_causes(struct debrief_tell *x, const struct ward_debrief_care *c)
{
	for (size_t i = 0; i < c->n_cause; i++) {
		ward_wr_z(&x->line, i ? " → " : "");
		ward_wr_str(&x->line, debrief_node(x, c->cause[i].node));
		ward_say_colon(&x->line, x->lang);
		ward_wr_str(&x->line, debrief_say(x, why_text(c->cause[i].why)));
	}
}

static void put_why(struct debrief_tell *x, const struct ward_debrief_care *c, const char *head,
	void put(struct debrief_tell *x, const struct ward_debrief_care *c))
{
	ward_wr_ch(&x->line, ' ');
	ward_wr_str(&x->line, debrief_say(x, head));
	ward_say_colon(&x->line, x->lang);
	put(x, c);
	ward_wr_ch(&x->line, '.');
}

/* The likeliest way is told, and another one is sooner. */
static void put_later(struct debrief_tell *x, const struct ward_debrief_care *c)
{
	struct debrief_text span;

	ward_wr_ch(&x->line, ' ');
	WARD_SAY(&x->line, x->lang,
		WARD_TEXT(
			"The forecast believed one way to be sooner, and this one likeliest, after "
			"{span}"),
		{"span", debrief_span(&span, x->lang, c->by_link)});
	ward_say_colon(&x->line, x->lang);
	put_chain(x, c);
	ward_wr_ch(&x->line, '.');
}

void debrief_say_why(struct debrief_tell *x, const struct ward_debrief_care *c)
{
	if (c->n_link && c->by_link - c->expected >= SAME_NS)
		put_later(x, c);
	else if (c->n_link)
		put_why(x, c, WARD_TEXT("The forecast believed"), put_chain);
	if (c->n_cause)
		put_why(x, c, WARD_TEXT("In truth"), put_causes);
}

/* Of the truth, all but itself. */
static bool is_alike_in_truth(const struct ward_debrief_care *a, const struct ward_debrief_care *b)
{
	bool is = a->n_cause == b->n_cause;

	for (size_t i = 0; is && i + 1 < a->n_cause; i++)
		is = a->cause[i].node == b->cause[i].node && a->cause[i].why == b->cause[i].why;
	return is;
}

/* Do both err by the same, for the same reason? Their last links are themselves. */
static bool is_alike(const struct ward_debrief_care *a, const struct ward_debrief_care *b)
{
	bool is = a->at == b->at && a->early == b->early && a->late == b->late &&
		  a->expected == b->expected && a->earliest == b->earliest &&
		  a->n_link == b->n_link && a->by_link == b->by_link && is_alike_in_truth(a, b);

	for (size_t i = 0; is && i + 1 < a->n_link; i++)
		is = ward_str_eq(a->link[i].name, b->link[i].name) &&
		     ward_str_eq(a->link[i].threat, b->link[i].threat);
	return is;
}

static bool falls_short(const struct debrief_tell *x, const struct ward_debrief_care *c)
{
	return c->timed && c->off_micro > x->s->mark[WARD_DEBRIEF_FORECAST].threshold;
}

/* Is there one before it that is told with it? */
static bool is_told(const struct debrief_tell *x, size_t i)
{
	bool is = false;

	for (size_t k = 0; k < i && !is; k++)
		is = falls_short(x, &x->s->care[k]) && is_alike(&x->s->care[k], &x->s->care[i]);
	return is;
}

/* All that err like service i, by name. */
static struct ward_str names_of(const struct debrief_tell *x, size_t i, struct ward_wr *w)
{
	for (size_t k = i; k < x->s->n_care; k++) {
		const struct ward_debrief_care *c = &x->s->care[k];

		if (!falls_short(x, c) || !is_alike(&x->s->care[i], c))
			continue;
		ward_wr_z(w, w->len ? ", " : "");
		ward_wr_str(w, debrief_node(x, c->node));
	}
	return ward_wr_text(w);
}

static void put_off(struct debrief_tell *x, size_t i, struct ward_wr *names)
{
	const struct ward_debrief_care *c = &x->s->care[i];
	struct debrief_text truth, forecast, off;
	const struct ward_word_slot slot[] = {{"services", names_of(x, i, names)},
		{"off", off_text(x, c, &off)}, {"truth", truth_at(x, c, &truth)},
		{"forecast", forecast_at(x, c, &forecast)}};

	ward_say_text(&x->line,
		debrief_say(
			x, WARD_TEXT("{services}: {off}. Lost after {truth}, forecast for after "
				     "{forecast}.")),
		slot, WARD_ARRAY_LEN(slot));
	debrief_say_why(x, c);
	debrief_put(x, WARD_DOC_ITEM);
	ward_wr_reset(names);
}

void debrief_put_times(struct debrief_tell *x)
{
	struct ward_wr names = ward_wr_grow(ward_mem_heap(), 16 << 10);
	struct debrief_text off, bare;

	if (x->s->mark[WARD_DEBRIEF_FORECAST].held)
		goto out;
	WARD_SAY(&x->line, x->lang,
		WARD_TEXT("The middle of the times is {span} off; as a share of the time to the "
			  "loss, however short that is, {share}."),
		{"span", debrief_span(&off, x->lang, x->s->off)},
		{"share", debrief_percent(&bare, x->lang, x->s->off_bare_micro)});
	debrief_put(x, WARD_DOC_ITEM);
	for (size_t i = 0; i < x->s->n_care; i++)
		if (falls_short(x, &x->s->care[i]) && !is_told(x, i))
			put_off(x, i, &names);
out:
	ward_wr_fini(&names);
}
