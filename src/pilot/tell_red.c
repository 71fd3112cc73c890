/* What the red team showed: times in pairs, and care. */
#include "pilot/priv.h"

#include <math.h>

/* The cell of pair i's other half. */
static double time_of(
	const struct ward_pilot_table *t, struct ward_str pair, int64_t with, unsigned column)
{
	for (size_t i = 0; i < t->n; i++)
		if (ward_str_eq(t->row[i].cell[WARD_PAIRS_PAIR].text, pair) &&
			t->row[i].cell[WARD_PAIRS_WITH].n == with)
			return t->row[i].cell[column].n == WARD_NS_NEVER
				       ? (double)INFINITY
				       : (double)t->row[i].cell[column].n / 1e9;
	return NAN;
}

static struct ward_str cell_of(struct pilot_text *t, const struct pilot_tell *x, double seconds)
{
	return isnan(seconds) ? WARD_STR("–") : pilot_time(t, x, seconds);
}

static void put_pairs(struct pilot_tell *x)
{
	const struct ward_pilot_table *t = &x->r->p->table[WARD_PILOT_PAIRS];

	ward_doc_row(x->d, WARD_DOC_HEAD,
		(struct ward_str[]){pilot_say(x, WARD_TEXT("Pair")),
			pilot_say(x, WARD_TEXT("Understood, with Ward")),
			pilot_say(x, WARD_TEXT("with today's tools")),
			pilot_say(x, WARD_TEXT("Acted, with Ward")),
			pilot_say(x, WARD_TEXT("with today's tools"))},
		5);
	for (size_t i = 0; i < t->n; i++) {
		struct ward_str pair = t->row[i].cell[WARD_PAIRS_PAIR].text;
		struct pilot_text s[4];
		bool first = true;

		for (size_t k = 0; k < i; k++)
			first &= !ward_str_eq(t->row[k].cell[WARD_PAIRS_PAIR].text, pair);
		if (!first)
			continue;
		ward_doc_row(x->d, WARD_DOC_ROW,
			(struct ward_str[]){pair,
				cell_of(&s[0], x,
					time_of(t, pair, WARD_PILOT_WARD, WARD_PAIRS_UNDERSTOOD)),
				cell_of(&s[1], x,
					time_of(t, pair, WARD_PILOT_TODAY, WARD_PAIRS_UNDERSTOOD)),
				cell_of(&s[2], x,
					time_of(t, pair, WARD_PILOT_WARD, WARD_PAIRS_ACTED)),
				cell_of(&s[3], x,
					time_of(t, pair, WARD_PILOT_TODAY, WARD_PAIRS_ACTED))},
			5);
	}
}

static void put_count(struct pilot_tell *x, struct pilot_text *t, const char *name, size_t n,
	struct ward_word_slot *slot)
{
	*slot = (struct ward_word_slot){name, pilot_number(t, x, (double)n, 0)};
}

static void put_tests(struct pilot_tell *x, const struct ward_pilot_times *t, const char *what)
{
	const struct ward_stats_pairs *p = &t->pairs;
	struct pilot_text n[5], sign, ranks, span, med[2];
	struct ward_word_slot slot[6];

	pilot_heading(x, what);
	for (unsigned k = 0; k < WARD_PILOT_WITHS; k++) {
		ward_wr_str(&x->line, pilot_with(x, (enum ward_pilot_with)k));
		ward_say_colon(&x->line, x->lang);
		ward_wr_str(&x->line, pilot_median(&med[k], x, &t->with[k], pilot_time));
		pilot_put(x, WARD_DOC_ITEM);
	}
	if (!p->diff.n)
		return;
	put_count(x, &n[0], "n", p->diff.n, &slot[0]);
	put_count(x, &n[1], "less", p->n_less, &slot[1]);
	put_count(x, &n[2], "more", p->n_more, &slot[2]);
	put_count(x, &n[3], "same", p->n_same, &slot[3]);
	slot[4] = (struct ward_word_slot){"median", pilot_time(&n[4], x, p->diff.median)};
	slot[5] = (struct ward_word_slot){"span", pilot_span(&span, x, &p->diff.span, pilot_time)};
	ward_say_text(&x->line,
		pilot_say(x, WARD_TEXT("Of {n} pairs Ward was quicker in {less}, slower in {more}, "
				       "the same in {same}; median difference {median} (95 % "
				       "interval: {span}).")),
		slot, WARD_ARRAY_LEN(slot));
	pilot_put(x, WARD_DOC_TEXT);
	WARD_SAY(&x->line, x->lang,
		WARD_TEXT(
			"Sign test: p = {sign}; Wilcoxon's signed ranks: p = {ranks} (both exact, "
			"two-sided)."),
		{"sign", pilot_number(&sign, x, p->sign, 4)},
		{"ranks", p->ranked ? pilot_number(&ranks, x, p->ranks, 4) : WARD_STR("–")});
	pilot_put(x, WARD_DOC_TEXT);
	if (t->n_never) {
		ward_say_n(&x->line, x->lang, t->n_never,
			WARD_TEXT_ONE("In {n} pair it never came, with neither: it counts as the "
				      "same."),
			WARD_TEXT("In {n} pairs it never came, with neither: they count as the "
				  "same."));
		pilot_put(x, WARD_DOC_TEXT);
	}
}

static void put_size(struct pilot_tell *x)
{
	struct pilot_text n, first;

	WARD_SAY(&x->line, x->lang,
		WARD_TEXT("{n} pairs; in {first} of them it was played with Ward first, which a "
			  "lot should have made about half."),
		{"n", pilot_number(&n, x, (double)x->r->n_pair, 0)},
		{"first", pilot_number(&first, x, (double)x->r->ward_first, 0)});
	pilot_put(x, WARD_DOC_TEXT);
	if (x->r->n_pair < WARD_STATS_FEWEST)
		ward_doc_put(x->d, WARD_DOC_STRONG,
			pilot_say(x, WARD_TEXT("With fewer than six pairs no test can show "
					       "anything, even if all go one way.")));
	else if (x->r->n_pair < WARD_STATS_CLAIM)
		ward_doc_put(x->d, WARD_DOC_STRONG,
			pilot_say(x, WARD_TEXT("With fewer than twenty pairs nothing is claimed "
					       "beyond these watches and scenarios.")));
}

void pilot_tell_times(struct pilot_tell *x)
{
	if (!x->r->p->table[WARD_PILOT_PAIRS].n)
		return;
	pilot_heading(x, WARD_TEXT("Red team: times from the first act (minutes:seconds)"));
	put_size(x);
	put_pairs(x);
	put_tests(x, &x->r->understood, WARD_TEXT("Time to the right understanding"));
	put_tests(x, &x->r->acted, WARD_TEXT("Time to the first right act"));
	ward_doc_put(x->d, WARD_DOC_TEXT,
		pilot_say(
			x, WARD_TEXT("“Never” is longer than any time, in medians and in the sign "
				     "test. How much longer nobody knows: where one of a pair "
				     "never came, signed ranks are left out.")));
}

static struct ward_str share_of(
	struct pilot_text *t, struct pilot_tell *x, const struct ward_stats_share *s)
{
	struct ward_wr w = ward_wr_fixed(t->p, sizeof(t->p));
	struct pilot_text share, span;

	if (!s->n)
		return WARD_STR("–");
	WARD_SAY(&w, x->lang, WARD_TEXT("{share} ({span})"),
		{"share", pilot_percent(&share, x, s->share)},
		{"span", pilot_span(&span, x, &s->span, pilot_percent)});
	return ward_wr_text(&w);
}

static void put_counts(struct pilot_tell *x, unsigned k)
{
	const struct ward_pilot_care *c = &x->r->care[k];
	struct pilot_text both, missed, invented, f;

	ward_doc_row(x->d, WARD_DOC_ROW,
		(struct ward_str[]){pilot_with(x, (enum ward_pilot_with)k),
			pilot_number(&both, x, (double)c->n_both, 0),
			pilot_number(&missed, x, (double)(c->n_hit - c->n_both), 0),
			pilot_number(&invented, x, (double)(c->n_said - c->n_both), 0),
			pilot_number(&f, x, c->f, 2)},
		5);
}

static void put_shares(struct pilot_tell *x, unsigned k)
{
	struct pilot_text recall, precision;

	ward_wr_str(&x->line, pilot_with(x, (enum ward_pilot_with)k));
	ward_say_colon(&x->line, x->lang);
	WARD_SAY(&x->line, x->lang,
		WARD_TEXT("of what was hit, {recall} was said; of what was said, {precision} was "
			  "hit (95 % intervals)"),
		{"recall", share_of(&recall, x, &x->r->care[k].recall)},
		{"precision", share_of(&precision, x, &x->r->care[k].precision)});
	pilot_put(x, WARD_DOC_ITEM);
}

static void put_cases(struct pilot_tell *x)
{
	const struct ward_pilot_table *t = &x->r->p->table[WARD_PILOT_CARE];

	for (size_t i = 0; i < t->n; i++) {
		const struct ward_pilot_cell *c = t->row[i].cell;

		if (c[WARD_CARE_SAID].n == c[WARD_CARE_HIT].n)
			continue;
		WARD_SAY(&x->line, x->lang,
			c[WARD_CARE_HIT].n == WARD_PILOT_YES
				? WARD_TEXT("{pair}, {who}: {service} was hit, and not said")
				: WARD_TEXT("{pair}, {who}: {service} was said, and not hit"),
			{"pair", c[WARD_CARE_PAIR].text},
			{"who", pilot_with(x, (enum ward_pilot_with)c[WARD_CARE_WITH].n)},
			{"service", c[WARD_CARE_SERVICE].text});
		pilot_put(x, WARD_DOC_ITEM);
	}
}

void pilot_tell_care(struct pilot_tell *x)
{
	if (!x->r->p->table[WARD_PILOT_CARE].n)
		return;
	pilot_heading(x, WARD_TEXT("Red team: care that was missed and invented"));
	ward_doc_row(x->d, WARD_DOC_HEAD,
		(struct ward_str[]){pilot_say(x, WARD_TEXT("Watch")),
			pilot_say(x, WARD_TEXT("Hit, and said")), pilot_say(x, WARD_TEXT("Missed")),
			pilot_say(x, WARD_TEXT("Invented")), pilot_say(x, WARD_TEXT("F-score"))},
		5);
	for (unsigned k = 0; k < WARD_PILOT_WITHS; k++)
		if (x->r->care[k].f >= 0)
			put_counts(x, k);
	for (unsigned k = 0; k < WARD_PILOT_WITHS; k++)
		if (x->r->care[k].f >= 0)
			put_shares(x, k);
	ward_doc_put(x->d, WARD_DOC_TEXT,
		pilot_say(
			x, WARD_TEXT("Services of one scenario fall together, which the intervals "
				     "do not know: they are rather too narrow.")));
	put_cases(x);
}
