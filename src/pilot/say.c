#include "pilot/priv.h"

#include "words/day.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

struct ward_str pilot_say(const struct pilot_tell *x, const char *english)
{
	return ward_lang_text(x->lang, ward_str_z(english));
}

void pilot_put(struct pilot_tell *x, enum ward_doc_kind kind)
{
	ward_doc_put(x->d, kind, ward_wr_text(&x->line));
	if (ward_wr_bad(&x->line))
		x->d->err = WARD_ERR_NOMEM;
	ward_wr_reset(&x->line);
}

void pilot_heading(struct pilot_tell *x, const char *english)
{
	ward_doc_put(x->d, WARD_DOC_HEADING, pilot_say(x, english));
}

struct ward_str pilot_number(struct pilot_text *t, const struct pilot_tell *x, double v, int digits)
{
	char plain[64];
	struct ward_wr w = ward_wr_fixed(t->p, sizeof(t->p));

	if (isnan(v) || isinf(v))
		return isnan(v) ? WARD_STR("–") : pilot_say(x, WARD_TEXT("never"));
	(void)snprintf(plain, sizeof(plain), "%.*f", digits, fabs(v));
	double shown = strtod(plain, NULL);

	ward_wr_z(&w, v < 0 && shown > 0 ? "−" : "");
	ward_say_decimal(&w, x->lang, ward_str_z(plain));
	return ward_wr_text(&w);
}

struct ward_str pilot_tenth(struct pilot_text *t, const struct pilot_tell *x, double v)
{
	return pilot_number(t, x, v, 1);
}

struct ward_str pilot_percent(struct pilot_text *t, const struct pilot_tell *x, double share)
{
	struct ward_wr w = ward_wr_fixed(t->p, sizeof(t->p));
	struct pilot_text number;

	WARD_SAY(
		&w, x->lang, WARD_TEXT("{lo} %"), {"lo", pilot_number(&number, x, share * 100, 0)});
	return ward_wr_text(&w);
}

struct ward_str pilot_time(struct pilot_text *t, const struct pilot_tell *x, double seconds)
{
	struct ward_wr w = ward_wr_fixed(t->p, sizeof(t->p));

	if (isinf(seconds)) {
		if (seconds > 0)
			return pilot_say(x, WARD_TEXT("never"));
		return pilot_say(x, WARD_TEXT("never otherwise"));
	}
	long long s = llround(fabs(seconds));

	ward_wr_z(&w, seconds < 0 && s ? "−" : "");
	if (s < 3600)
		ward_wr_printf(&w, "%lld:%02lld", s / 60, s % 60);
	else
		ward_wr_printf(&w, "%lld:%02lld:%02lld", s / 3600, s % 3600 / 60, s % 60);
	return ward_wr_text(&w);
}

struct ward_str pilot_date(struct pilot_text *t, const struct pilot_tell *x, int64_t day)
{
	struct ward_wr w = ward_wr_fixed(t->p, sizeof(t->p));
	struct ward_day d = {0};
	int64_t second;

	ward_time_split(day * 86400 * WARD_NS_PER_S, &d.year, &d.month, &d.day, &second);
	ward_say_day(&w, x->lang, &d);
	return ward_wr_text(&w);
}

struct ward_str pilot_span(struct pilot_text *t, const struct pilot_tell *x,
	const struct ward_stats_span *s, pilot_writes writes)
{
	struct ward_wr w = ward_wr_fixed(t->p, sizeof(t->p));
	struct pilot_text lo, hi;

	if (!s->known)
		return pilot_say(x, WARD_TEXT("too few for one"));
	WARD_SAY(&w, x->lang, WARD_TEXT("{from} to {to}"), {"from", writes(&lo, x, s->lo)},
		{"to", writes(&hi, x, s->hi)});
	return ward_wr_text(&w);
}

struct ward_str pilot_median(struct pilot_text *t, const struct pilot_tell *x,
	const struct ward_stats_median *m, pilot_writes writes)
{
	struct ward_wr w = ward_wr_fixed(t->p, sizeof(t->p));
	struct pilot_text mid, lo, hi, n;

	if (!m->n)
		return WARD_STR("–");
	WARD_SAY(&w, x->lang, WARD_TEXT("{median} (middle half {from} to {to}, n = {n})"),
		{"median", writes(&mid, x, m->median)}, {"from", writes(&lo, x, m->q1)},
		{"to", writes(&hi, x, m->q3)}, {"n", pilot_number(&n, x, (double)m->n, 0)});
	return ward_wr_text(&w);
}

struct ward_str pilot_with(const struct pilot_tell *x, enum ward_pilot_with k)
{
	return pilot_say(
		x, k == WARD_PILOT_WARD ? WARD_TEXT("with Ward") : WARD_TEXT("with today's tools"));
}
