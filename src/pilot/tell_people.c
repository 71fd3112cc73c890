/* What staff said on the forms; when it was to be stopped, and whether it was. */
#include "pilot/form.h"
#include "pilot/priv.h"

static void put_score(struct pilot_tell *x, const struct ward_pilot_form *f, const char *what)
{
	if (!f->with[0].n && !f->with[1].n)
		return;
	for (unsigned k = 0; k < WARD_PILOT_WITHS; k++) {
		struct pilot_text median, span, forms;

		if (!f->with[k].n)
			continue;
		ward_doc_row(x->d, WARD_DOC_ROW,
			(struct ward_str[]){pilot_say(x, what),
				pilot_with(x, (enum ward_pilot_with)k),
				pilot_median(&median, x, &f->with[k], pilot_tenth),
				pilot_span(&span, x, &f->with[k].span, pilot_tenth),
				pilot_number(&forms, x, (double)f->n_form[k], 0)},
			5);
	}
}

static void put_pairs(struct pilot_tell *x, const struct ward_pilot_form *f, const char *what)
{
	const struct ward_stats_pairs *p = &f->pairs;
	struct pilot_text n, median, span, sign, ranks;
	const struct ward_word_slot slot[] = {{"n", pilot_number(&n, x, (double)p->diff.n, 0)},
		{"what", pilot_say(x, what)}, {"median", pilot_tenth(&median, x, p->diff.median)},
		{"span", pilot_span(&span, x, &p->diff.span, pilot_tenth)},
		{"sign", pilot_number(&sign, x, p->sign, 4)},
		{"ranks", p->ranked ? pilot_number(&ranks, x, p->ranks, 4) : WARD_STR("–")}};

	if (!p->diff.n)
		return;
	ward_say_text(&x->line,
		pilot_say(
			x, WARD_TEXT("{what}, of {n} persons who answered for both: with Ward less "
				     "today's {median} (95 % interval: {span}); sign test p = "
				     "{sign}, Wilcoxon p = {ranks}")),
		slot, WARD_ARRAY_LEN(slot));
	pilot_put(x, WARD_DOC_ITEM);
}

static void put_scales(struct pilot_tell *x)
{
	if (!x->r->tlx.n_form[0] && !x->r->tlx.n_form[1])
		return;
	ward_doc_row(x->d, WARD_DOC_HEAD,
		(struct ward_str[]){pilot_say(x, WARD_TEXT("Load, median over persons")),
			pilot_with(x, WARD_PILOT_WARD), pilot_with(x, WARD_PILOT_TODAY)},
		3);
	for (size_t s = 0; s < WARD_TLX_SCALES; s++) {
		struct pilot_text v[WARD_PILOT_WITHS];
		struct ward_str cell[1 + WARD_PILOT_WITHS] = {pilot_say(x, ward_pilot_tlx_name(s))};

		for (unsigned k = 0; k < WARD_PILOT_WITHS; k++)
			cell[1 + k] = x->r->tlx.n_form[k]
					      ? pilot_number(&v[k], x, x->r->tlx_scale[k][s], 0)
					      : WARD_STR("–");
		ward_doc_row(x->d, WARD_DOC_ROW, cell, 1 + WARD_PILOT_WITHS);
	}
}

void pilot_tell_forms(struct pilot_tell *x)
{
	const struct ward_pilot_report *r = x->r;

	if (!r->p->table[WARD_PILOT_SUS].n && !r->p->table[WARD_PILOT_TLX].n)
		return;
	pilot_heading(x, WARD_TEXT("What staff said: usability and task load"));
	ward_doc_row(x->d, WARD_DOC_HEAD,
		(struct ward_str[]){pilot_say(x, WARD_TEXT("Form")),
			pilot_say(x, WARD_TEXT("Watch")),
			pilot_say(x, WARD_TEXT("Median over persons")),
			pilot_say(x, WARD_TEXT("95 % interval")), pilot_say(x, WARD_TEXT("Forms"))},
		5);
	put_score(x, &r->sus, WARD_TEXT("Usability (0 to 100, high is good)"));
	put_score(x, &r->tlx, WARD_TEXT("Task load (0 to 100, low is good)"));
	put_score(x, &r->weighted, WARD_TEXT("Task load, weighted"));
	put_pairs(x, &r->sus, WARD_TEXT("Usability"));
	put_pairs(x, &r->tlx, WARD_TEXT("Task load"));
	put_pairs(x, &r->weighted, WARD_TEXT("Task load, weighted"));
	put_scales(x);
	ward_doc_put(x->d, WARD_DOC_TEXT,
		pilot_say(
			x, WARD_TEXT("A person counts once, by the median of their forms. The "
				     "wording is Ward's own, so scores compare days here, and not "
				     "with published ones.")));
}

static void put_decided(struct pilot_tell *x, struct ward_str id)
{
	const struct ward_pilot_table *t = &x->r->p->table[WARD_PILOT_STOPS];

	for (size_t i = 0; i < t->n; i++) {
		const struct ward_pilot_cell *c = t->row[i].cell;
		struct pilot_text day;

		if (!ward_str_eq(c[WARD_STOPS_CRITERION].text, id))
			continue;
		WARD_SAY(&x->line, x->lang,
			c[WARD_STOPS_DECIDED].n == WARD_STOP_STOPPED
				? WARD_TEXT("{id}, {day}: stopped. {why}")
				: WARD_TEXT("{id}, {day}: went on. {why}"),
			{"id", id}, {"day", pilot_date(&day, x, c[WARD_STOPS_DAY].n)},
			{"why", c[WARD_STOPS_WHY].text});
		pilot_put(x, WARD_DOC_ITEM);
	}
}

/* Numbers that a criterion of the protocol is about, whoever decided what. */
static void put_touched(struct pilot_tell *x)
{
	for (size_t i = 0; i < x->r->n_interrupted; i++) {
		const struct ward_pilot_interrupted *k = &x->r->interrupted[i];
		struct pilot_text day;

		if (!k->runs || k->with != WARD_PILOT_WARD)
			continue;
		WARD_SAY(&x->line, x->lang,
			WARD_TEXT(
				"{role} was interrupted more than twice the limit on three days in "
				"a row, first from {day} on: see whether a criterion asked for a "
				"stop."),
			{"role", k->role->name}, {"day", pilot_date(&day, x, k->run_from)});
		pilot_put(x, WARD_DOC_STRONG);
	}
}

void pilot_tell_stop(struct pilot_tell *x)
{
	const struct ward_pilot *p = x->r->p;
	struct pilot_text day;

	pilot_heading(x, WARD_TEXT("Stop criteria"));
	if (!p->n_criterion) {
		ward_doc_put(x->d, WARD_DOC_STRONG, pilot_say(x, WARD_TEXT("None were written.")));
		return;
	}
	WARD_SAY(&x->line, x->lang, WARD_TEXT("Written on {day}; decided by {who}."),
		{"day", pilot_date(&day, x, p->stop_written)}, {"who", p->stop_by});
	pilot_put(x, WARD_DOC_TEXT);
	if (!x->r->stop_before)
		ward_doc_put(x->d, WARD_DOC_STRONG,
			pilot_say(x, WARD_TEXT("They were not written before the first phase "
					       "began, or no phase is known: they do not bind "
					       "beforehand.")));
	for (size_t i = 0; i < p->n_criterion; i++) {
		WARD_SAY(&x->line, x->lang, WARD_TEXT("{what}: {is}"), {"what", p->criterion[i].id},
			{"is", p->criterion[i].text});
		pilot_put(x, WARD_DOC_ITEM);
	}
	put_touched(x);
	if (!p->table[WARD_PILOT_STOPS].n)
		ward_doc_put(x->d, WARD_DOC_TEXT,
			pilot_say(x, WARD_TEXT("No case of one was written down.")));
	for (size_t i = 0; i < p->n_criterion; i++)
		put_decided(x, p->criterion[i].id);
}
