/* What was published of the field, beside what this run measured of the same: Hannou et al., IEEE
 * Access 2022, 10.1109/ACCESS.2022.3171252 (SAFECARE). What the run did not measure has no row. */
#include "debrief/priv.h"
#include "debrief/tell.h"

#include <stdio.h>

/* "0.52 ms", "18 ms", "2 s". */
static struct ward_str brief_span(
	const struct debrief_tell *x, ward_ns span, struct debrief_text *t)
{
	enum { FINE_MS = 10, HUNDREDTH = 10000 /* of a millisecond, in nanoseconds */ };
	struct ward_wr w = ward_wr_fixed(t->p, sizeof(t->p));
	char number[32], decimal[40];
	struct ward_wr d = ward_wr_fixed(decimal, sizeof(decimal));
	long long n = (long long)((span + HUNDREDTH / 2) / HUNDREDTH);

	if (span >= WARD_NS_PER_S)
		return debrief_span(t, x->lang, span);
	if (span >= FINE_MS * WARD_NS_PER_MS)
		(void)snprintf(number, sizeof(number), "%lld",
			(long long)((span + WARD_NS_PER_MS / 2) / WARD_NS_PER_MS));
	else
		(void)snprintf(number, sizeof(number), "%lld.%02lld", n / 100, n % 100);
	ward_say_decimal(&d, x->lang, ward_str_z(number));
	WARD_SAY(&w, x->lang, WARD_TEXT("{ms} ms"), {"ms", ward_wr_text(&d)});
	return ward_wr_text(&w);
}

static void put_row(struct debrief_tell *x, const char *what, const char *published,
	struct ward_str ours, const char *compare)
{
	ward_doc_row(x->d, WARD_DOC_ROW,
		(struct ward_str[]){debrief_say(x, what), debrief_say(x, published), ours,
			debrief_say(x, compare)},
		4);
}

static void put_f_score(struct debrief_tell *x)
{
	struct debrief_text ours;

	if (!debrief_beside(x->s, DEBRIEF_F_SCORE))
		return;
	put_row(x, WARD_TEXT("Forecast of what is hit, F-score"), WARD_TEXT("above 0.75"),
		debrief_amount(
			&ours, x->lang, WARD_DEBRIEF_CARE, x->s->mark[WARD_DEBRIEF_CARE].value),
		WARD_TEXT("Of four incidents there, of the care of one story here; what counts as "
			  "a hit differs."));
}

static void put_propagation(struct debrief_tell *x)
{
	const struct ward_debrief_timed *t = &x->s->timed;
	struct debrief_text ours, span;
	struct ward_wr w = ward_wr_fixed(ours.p, sizeof(ours.p));
	char number[40];
	struct ward_wr n = ward_wr_fixed(number, sizeof(number));

	if (!debrief_beside(x->s, DEBRIEF_PROPAGATION))
		return;
	ward_say_number(&n, x->lang, t->assets);
	WARD_SAY(&w, x->lang, WARD_TEXT("{span} at {n} assets"),
		{"span", brief_span(x, t->took, &span)}, {"n", ward_wr_text(&n)});
	put_row(x, WARD_TEXT("One whole forecast of impacts"), WARD_TEXT("below 1 s at 500 assets"),
		ward_wr_text(&w),
		WARD_TEXT("Their hardware is not stated; here it is the machine that made this, "
			  "and the middle of some runs."));
}

static void put_part(struct debrief_tell *x, const char *text, ward_ns after)
{
	struct debrief_text span;

	if (after == WARD_NS_NEVER)
		return;
	if (x->line.len)
		ward_say_semicolon(&x->line, x->lang);
	WARD_SAY(&x->line, x->lang, text, {"span", debrief_span(&span, x->lang, after)});
}

static void put_reaction(struct debrief_tell *x)
{
	const struct ward_debrief_score *s = x->s;
	const struct ward_debrief_mark *incident = &s->mark[WARD_DEBRIEF_TO_INCIDENT];

	if (!debrief_beside(s, DEBRIEF_REACTION))
		return;
	put_part(x, WARD_TEXT("the incident stands after {span}"),
		incident->known ? incident->value : WARD_NS_NEVER);
	put_part(x, WARD_TEXT("somebody is told after {span}"), s->first_told);
	put_part(x, WARD_TEXT("somebody acts on it after {span}"),
		s->n_decision ? s->decision[0].after : WARD_NS_NEVER);
	put_row(x, WARD_TEXT("Reaction, from the first visible step"),
		WARD_TEXT("below 10 min for more than half of the users, below 1 h for more than "
			  "78 %; without such a system above 1 h for 67 %"),
		ward_wr_text(&x->line),
		WARD_TEXT("Theirs is what an audience said of itself; here it is the time of the "
			  "story until Ward told somebody, and people act after that."));
	ward_wr_reset(&x->line);
}

bool debrief_beside(const struct ward_debrief_score *s, enum debrief_beside of)
{
	return of == DEBRIEF_F_SCORE ? s->mark[WARD_DEBRIEF_CARE].known
	       : of == DEBRIEF_PROPAGATION
		       ? s->timed.runs > 0
		       : s->mark[WARD_DEBRIEF_TO_INCIDENT].known || s->first_told != WARD_NS_NEVER;
}

void debrief_put_beside(struct debrief_tell *x)
{
	bool any = false;

	for (unsigned i = 0; i < DEBRIEF_BESIDE_N; i++)
		any |= debrief_beside(x->s, (enum debrief_beside)i);
	if (!any)
		return;
	ward_doc_put(
		x->d, WARD_DOC_HEADING, debrief_say(x, WARD_TEXT("Beside what others published")));
	ward_doc_row(x->d, WARD_DOC_HEAD,
		(struct ward_str[]){debrief_say(x, WARD_TEXT("What")),
			debrief_say(x, WARD_TEXT("SAFECARE published")),
			debrief_say(x, WARD_TEXT("In this run")),
			debrief_say(x, WARD_TEXT("How far the two compare"))},
		4);
	put_f_score(x);
	put_propagation(x);
	put_reaction(x);
	ward_doc_put(x->d, WARD_DOC_TEXT,
		debrief_say(x, WARD_TEXT("Published: Hannou et al., IEEE Access 2022, "
					 "10.1109/ACCESS.2022.3171252, section V.")));
}

/* ---- for programs ---- */

static void put_micro(struct ward_json *j, const char *key, ward_ns t)
{
	if (t != WARD_NS_NEVER)
		ward_json_put_micro(j, key, t / (WARD_NS_PER_S / 1000000));
}

static void begin(struct ward_json *j, const char *figure)
{
	ward_json_obj(j);
	ward_json_put_z(j, "figure", figure);
	ward_json_put_z(j, "source", "10.1109/ACCESS.2022.3171252");
	ward_json_key(j, "published");
	ward_json_obj(j);
}

static void ours(struct ward_json *j)
{
	ward_json_obj_end(j);
	ward_json_key(j, "ours");
	ward_json_obj(j);
}

static void end(struct ward_json *j)
{
	ward_json_obj_end(j);
	ward_json_obj_end(j);
}

static void json_reaction(const struct ward_debrief_score *s, struct ward_json *j)
{
	begin(j, "reaction");
	ward_json_put_z(j, "with", "more than half below 600 s, more than 78 % below 3600 s");
	ward_json_put_z(j, "without", "67 % above 3600 s");
	ours(j);
	if (s->mark[WARD_DEBRIEF_TO_INCIDENT].known)
		put_micro(j, "incident_s", s->mark[WARD_DEBRIEF_TO_INCIDENT].value);
	put_micro(j, "told_s", s->first_told);
	if (s->n_decision)
		put_micro(j, "acted_s", s->decision[0].after);
	end(j);
}

void debrief_json_beside(const struct ward_debrief_score *s, struct ward_json *j)
{
	ward_json_key(j, "beside");
	ward_json_arr(j);
	if (debrief_beside(s, DEBRIEF_F_SCORE)) {
		begin(j, "f_score");
		ward_json_put_micro(j, "above", 750000);
		ours(j);
		ward_json_put_micro(j, "value", s->mark[WARD_DEBRIEF_CARE].value);
		end(j);
	}
	if (debrief_beside(s, DEBRIEF_PROPAGATION)) {
		begin(j, "propagation");
		ward_json_put_i64(j, "below_s", 1);
		ward_json_put_i64(j, "assets", 500);
		ours(j);
		put_micro(j, "s", s->timed.took);
		ward_json_put_u64(j, "assets", s->timed.assets);
		ward_json_put_u64(j, "runs", s->timed.runs);
		end(j);
	}
	if (debrief_beside(s, DEBRIEF_REACTION))
		json_reaction(s, j);
	ward_json_arr_end(j);
}
