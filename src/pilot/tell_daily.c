/* What the weeks showed: interruptions, the blind sample, upkeep, complaints. */
#include "pilot/priv.h"

static void count(struct pilot_tell *x, const char *one, const char *many, uint64_t n)
{
	ward_say_n(&x->line, x->lang, n, one, many);
	pilot_put(x, WARD_DOC_ITEM);
}

static void put_role(struct pilot_tell *x, const struct ward_pilot_interrupted *k)
{
	struct pilot_text rate, span, most, hours, over, shifts, worst;

	WARD_SAY(&x->line, x->lang, WARD_TEXT("{role}, {who}"), {"role", k->role->name},
		{"who", pilot_with(x, k->with)});
	struct ward_str who = ward_arena_str(&x->d->arena, ward_wr_text(&x->line));

	ward_wr_reset(&x->line);
	WARD_SAY(&x->line, x->lang, WARD_TEXT("{rate} in {hours} h (interval {span})"),
		{"rate", pilot_tenth(&rate, x, k->rate.rate)},
		{"hours", pilot_number(&hours, x, (double)k->role->hours, 0)},
		{"span", pilot_span(&span, x, &k->rate.span, pilot_tenth)});
	struct ward_str how = ward_arena_str(&x->d->arena, ward_wr_text(&x->line));

	ward_wr_reset(&x->line);
	WARD_SAY(&x->line, x->lang, WARD_TEXT("{n} of {all}"),
		{"n", pilot_number(&over, x, (double)k->over, 0)},
		{"all", pilot_number(&shifts, x, (double)k->shifts, 0)});
	ward_doc_row(x->d, WARD_DOC_ROW,
		(struct ward_str[]){who, how, pilot_number(&most, x, (double)k->role->most, 0),
			ward_wr_text(&x->line), pilot_number(&worst, x, (double)k->worst, 0)},
		5);
	ward_wr_reset(&x->line);
}

static void put_interruptions(struct pilot_tell *x)
{
	if (!x->r->n_interrupted)
		return;
	pilot_heading(x, WARD_TEXT("Interruptions"));
	ward_doc_row(x->d, WARD_DOC_HEAD,
		(struct ward_str[]){pilot_say(x, WARD_TEXT("Role")),
			pilot_say(x, WARD_TEXT("Messages")), pilot_say(x, WARD_TEXT("Limit")),
			pilot_say(x, WARD_TEXT("Shifts over it")),
			pilot_say(x, WARD_TEXT("Most in a shift"))},
		5);
	for (size_t i = 0; i < x->r->n_interrupted; i++)
		put_role(x, &x->r->interrupted[i]);
	ward_doc_put(x->d, WARD_DOC_TEXT,
		pilot_say(x, WARD_TEXT("The interval counts messages as if each came by itself; "
				       "they come in bursts, so it is rather too narrow.")));
}

static void put_sample(struct pilot_tell *x)
{
	const struct ward_pilot_graded *g = &x->r->graded;
	struct pilot_text share, span, kappa, n;

	if (!g->n)
		return;
	pilot_heading(x, WARD_TEXT("Blind sample"));
	for (unsigned k = 0; k < WARD_PILOT_WITHS; k++) {
		if (!g->worth[k].n)
			continue;
		WARD_SAY(&x->line, x->lang,
			k == WARD_PILOT_WARD
				? WARD_TEXT("Of {n} that Ward told, {share} were real or worth "
					    "knowing (95 % interval: {span})")
				: WARD_TEXT("Of {n} that today's tools told, {share} were real or "
					    "worth knowing (95 % interval: {span})"),
			{"n", pilot_number(&n, x, (double)g->worth[k].n, 0)},
			{"share", pilot_percent(&share, x, g->worth[k].share)},
			{"span", pilot_span(&span, x, &g->worth[k].span, pilot_percent)});
		pilot_put(x, WARD_DOC_ITEM);
	}
	count(x, WARD_TEXT_ONE("{n} real case that today's tools told and Ward did not"),
		WARD_TEXT("{n} real cases that today's tools told and Ward did not"),
		g->missed[WARD_PILOT_WARD]);
	count(x, WARD_TEXT_ONE("{n} real case that Ward told and today's tools did not"),
		WARD_TEXT("{n} real cases that Ward told and today's tools did not"),
		g->missed[WARD_PILOT_TODAY]);
	if (g->quiet) {
		WARD_SAY(&x->line, x->lang,
			WARD_TEXT("In {n} quiet hours that were searched, what nobody had told: "
				  "{real} "
				  "real, {worth} worth knowing"),
			{"n", pilot_number(&n, x, (double)g->quiet, 0)},
			{"real", pilot_number(&share, x, (double)g->quiet_real, 0)},
			{"worth", pilot_number(&span, x, (double)g->quiet_worth, 0)});
		pilot_put(x, WARD_DOC_ITEM);
	}
	if (g->n_open)
		count(x,
			WARD_TEXT_ONE("{n} case on which the two differ and nobody has decided: "
				      "not counted"),
			WARD_TEXT("{n} cases on which the two differ and nobody has decided: not "
				  "counted"),
			g->n_open);
	if (g->knows_kappa) {
		WARD_SAY(&x->line, x->lang,
			WARD_TEXT("How far the two who graded agree beyond chance (Cohen's kappa): "
				  "{kappa}"),
			{"kappa", pilot_number(&kappa, x, g->kappa, 2)});
		pilot_put(x, WARD_DOC_ITEM);
	}
}

static void put_upkeep(struct pilot_tell *x)
{
	static const char *const on[] = {WARD_TEXT("directory"), WARD_TEXT("rules"),
		WARD_TEXT("sources"), WARD_TEXT("anything else")};
	const struct ward_pilot_upkeep *u = &x->r->upkeep;
	struct pilot_text all, week, hours;

	if (!u->week.n)
		return;
	pilot_heading(x, WARD_TEXT("Upkeep"));
	WARD_SAY(&x->line, x->lang,
		WARD_TEXT("{all} hours in all; of the weeks in the diary {week} hours each"),
		{"all", pilot_tenth(&all, x, u->all)},
		{"week", pilot_median(&week, x, &u->week, pilot_tenth)});
	pilot_put(x, WARD_DOC_TEXT);
	for (size_t i = 0; i < WARD_ARRAY_LEN(on); i++) {
		if (u->on[i] <= 0)
			continue;
		ward_wr_str(&x->line, pilot_say(x, on[i]));
		ward_say_colon(&x->line, x->lang);
		WARD_SAY(&x->line, x->lang, WARD_TEXT("{h} h"),
			{"h", pilot_tenth(&hours, x, u->on[i])});
		pilot_put(x, WARD_DOC_ITEM);
	}
}

static void put_complaints(struct pilot_tell *x)
{
	static const char *const outcome[] = {WARD_TEXT("upheld"), WARD_TEXT("upheld in part"),
		WARD_TEXT("rejected"), WARD_TEXT("withdrawn")};
	const struct ward_pilot_complaints *c = &x->r->complaints;
	struct pilot_text n;

	if (!x->r->p->table[WARD_PILOT_COMPLAINTS].there)
		return;
	pilot_heading(x, WARD_TEXT("Complaints about privacy"));
	count(x, WARD_TEXT_ONE("{n} complaint came"), WARD_TEXT("{n} complaints came"), c->n);
	if (c->n > c->answered)
		count(x, WARD_TEXT_ONE("{n} is not answered"), WARD_TEXT("{n} are not answered"),
			c->n - c->answered);
	if (c->answered > c->in_time)
		count(x, WARD_TEXT_ONE("{n} was answered late"),
			WARD_TEXT("{n} were answered late"), c->answered - c->in_time);
	for (size_t i = 0; i < WARD_ARRAY_LEN(outcome); i++) {
		if (!c->outcome[i])
			continue;
		ward_wr_str(&x->line, pilot_say(x, outcome[i]));
		ward_say_colon(&x->line, x->lang);
		ward_wr_str(&x->line, pilot_number(&n, x, (double)c->outcome[i], 0));
		pilot_put(x, WARD_DOC_ITEM);
	}
}

void pilot_tell_daily(struct pilot_tell *x)
{
	put_interruptions(x);
	put_sample(x);
	put_upkeep(x);
	put_complaints(x);
}
