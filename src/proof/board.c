/* The board's month: what is in it, and what it must decide. */
#include "proof/board_priv.h"
#include "proof/say.h"

enum { SOON_DAYS = 60 };

static const ward_ns day = 86400 * WARD_NS_PER_S;

/* ---- what `reckon` computed ---- */

static int64_t micro(const struct ward_conf *c, const char *key)
{
	int64_t v = 0;

	return c && ward_degree_parse(ward_conf_word(c, key), &v) ? v : 0;
}

static uint64_t euros(const struct ward_conf *c)
{
	uint64_t v = 0;

	return ward_str_u64(ward_conf_word(c, "cost"), &v) ? v : 0;
}

static void lend_risks(struct ward_board *b, const struct ward_conf *c)
{
	const struct ward_conf *items = ward_conf_get(c, "items");

	for (const struct ward_conf *x = items ? items->child : NULL;
		x && b->n_risk < WARD_BOARD_RISKS; x = x->next) {
		const struct ward_conf *risk = ward_conf_get(x, "risk");
		uint32_t node = ward_model_find(b->t.model, ward_conf_word(x, "id"));
		int64_t lo = 0, hi = 0;

		if (node == WARD_NONE || !risk || risk->n_child != 2 ||
			!ward_degree_parse(risk->child->text, &lo) ||
			!ward_degree_parse(risk->child->next->text, &hi))
			continue;
		b->risk[b->n_risk].node = node;
		b->risk[b->n_risk].lo = lo;
		b->risk[b->n_risk++].hi = hi;
	}
}

/* The cheapest come first; of two that cost the same, the one that was named first. */
static void lend_measure(struct ward_board *b, const struct ward_conf *x)
{
	size_t at = b->n_listed;
	uint64_t cost = euros(x);

	b->n_measure++;
	while (at && b->measure[at - 1].cost > cost)
		at--;
	if (at == WARD_BOARD_MEASURES)
		return;
	b->n_listed += b->n_listed < WARD_BOARD_MEASURES;
	for (size_t i = b->n_listed - 1; i > at; i--)
		b->measure[i] = b->measure[i - 1];
	b->measure[at].text = ward_conf_word(x, "text");
	b->measure[at].cost = cost;
}

void ward_board_lend(
	struct ward_board *b, const struct ward_conf *risks, const struct ward_conf *paths)
{
	const struct ward_conf *p = paths ? ward_conf_get(paths, "paths") : NULL;
	const struct ward_conf *list = p ? ward_conf_get(p, "measures") : NULL;
	const struct ward_conf *plans = p ? ward_conf_get(p, "plans") : NULL;

	if (risks)
		lend_risks(b, risks);
	if (!plans || !plans->n_child)
		return;
	b->way_known = true;
	b->service = ward_conf_word(ward_conf_get(p, "service"), "name");
	b->before = micro(p, "before");
	b->after = micro(p, "after");
	b->cost = euros(p);
	for (const struct ward_conf *x = list ? list->child : NULL; x; x = x->next)
		lend_measure(b, x);
}

/* ---- what the board must decide ---- */

struct deciding {
	const struct ward_board *b;
	struct ward_lang *lang;
	board_say_fn fn;
	void *ctx;
	struct ward_wr line;
};

static void next(struct deciding *x)
{
	if (!ward_wr_bad(&x->line))
		x->fn(x->ctx, ward_wr_text(&x->line));
	ward_wr_reset(&x->line);
}

static void say_count(struct deciding *x, uint64_t n, const char *one, const char *others)
{
	if (!n)
		return;
	ward_say_n(&x->line, x->lang, n, one, others);
	next(x);
}

static const struct ward_proof_value *value(const struct ward_board *b, enum ward_fact f)
{
	return &b->t.facts->value[f];
}

/* Those that end soon, or did and nothing was agreed since. */
static void decide_agreements(struct deciding *x)
{
	const struct ward_processing *p = x->b->processing;

	for (size_t i = 0; p && i < p->n_agreement; i++) {
		const struct ward_proc_agreement *g = &p->agreement[i];
		char text[48];
		struct ward_wr w = ward_wr_fixed(text, sizeof(text));

		if (g->until == WARD_NS_NEVER || g->until > x->b->t.at + SOON_DAYS * day)
			continue;
		proof_day(&w, x->lang, g->until - 1);
		WARD_SAY(&x->line, x->lang,
			g->until <= x->b->t.at
				? WARD_TEXT(
					  "Agreement {ref} ended on {day}: renew it, or stop what "
					  "rests on it.")
				: WARD_TEXT("Agreement {ref} ends on {day}: have it renewed."),
			{"ref", ward_proc_ref(g)}, {"day", ward_wr_text(&w)});
		next(x);
	}
}

static void decide_letters(struct deciding *x)
{
	struct ward_str list = ward_str_z("");
	const struct ward_norm *n = ward_norm_of(x->b->t.norms, WARD_STR("nis2"));
	char text[128];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));

	for (size_t i = 0; n && i < n->n_control; i++)
		if (board_state(&x->b->t, n, &n->control[i]) == WARD_NORM_NONE) {
			ward_wr_z(&w, w.len ? ", (" : "(");
			ward_wr_str(&w, n->control[i].id);
			ward_wr_ch(&w, ')');
		}
	list = ward_wr_text(&w);
	if (!list.len)
		return;
	WARD_SAY(&x->line, x->lang,
		WARD_TEXT("NIS2 {list}: nothing is on record. Say who answers, and have it shown."),
		{"list", list});
	next(x);
}

static void decide_measure(struct deciding *x)
{
	const struct ward_board *b = x->b;
	char cost[48], before[32], after[32];
	struct ward_wr c = ward_wr_fixed(cost, sizeof(cost)),
		       f = ward_wr_fixed(before, sizeof(before)),
		       t = ward_wr_fixed(after, sizeof(after));

	if (!b->way_known || !b->n_measure)
		return;
	ward_say_number(&c, x->lang, b->cost);
	board_percent(&f, x->lang, b->before);
	board_percent(&t, x->lang, b->after);
	WARD_SAY(&x->line, x->lang,
		WARD_TEXT("{n} measures for about {cost} EUR lower the chance of an attack on "
			  "{service} from {before} to {after}: approve them, or accept the risk."),
		{"n", board_number(b->n_measure)}, {"cost", ward_wr_text(&c)},
		{"service", b->service}, {"before", ward_wr_text(&f)}, {"after", ward_wr_text(&t)});
	next(x);
}

void board_decide(const struct ward_board *b, board_say_fn fn, void *ctx)
{
	const struct ward_proof_value *asked = value(b, WARD_FACT_REVEALS),
				      *seen = value(b, WARD_FACT_REVIEWED),
				      *run = value(b, WARD_FACT_PURPOSES);
	struct deciding x = {b, b->t.lang, fn, ctx, ward_wr_grow(ward_mem_heap(), 4096)};

	say_count(&x, b->t.facts->late,
		"{n} notice that the law asks for is late: say who sends it today.",
		WARD_TEXT("{n} notices that the law asks for are late: say who sends them today."));
	say_count(&x, value(b, WARD_FACT_BREAKS)->now,
		"{n} time the ledger was not as it was signed: have it looked into.",
		WARD_TEXT("{n} times the ledger was not as it was signed: have it looked into."));
	say_count(&x, run->known && run->of > run->n ? run->of - run->n : 0,
		"{n} source or analytic does not run, since something that the law wants "
		"is missing: decide whether it is needed.",
		WARD_TEXT("{n} sources and analytics do not run, since something that the law "
			  "wants is missing: decide which are needed."));
	decide_agreements(&x);
	say_count(&x, asked->n > seen->n ? asked->n - seen->n : 0,
		"{n} name was asked for and not reviewed: ask the data protection "
		"officer.",
		WARD_TEXT("{n} names were asked for and not reviewed: ask the data protection "
			  "officer."));
	decide_measure(&x);
	decide_letters(&x);
	if (value(b, WARD_FACT_TESTS)->known && !value(b, WARD_FACT_TESTS)->n) {
		ward_say(&x.line, x.lang,
			WARD_TEXT("In twelve months no way to those who are told was tested: have "
				  "tests set up."));
		next(&x);
	}
	ward_wr_fini(&x.line);
}
