/* The board's page, and the same as an object. */
#include "proof/board_priv.h"
#include "proof/say.h"
#include "words/day.h"

#include <stdio.h>

enum { LINE_BYTES = 16 << 10, MONTH_BYTES = 48 };

const enum ward_fact board_row[] = {WARD_FACT_INCIDENTS, WARD_FACT_GRAVE, WARD_FACT_HARM,
	WARD_FACT_HARM_LIKELY, WARD_FACT_DETECT, WARD_FACT_DECIDE, WARD_FACT_END, WARD_FACT_NOTICES,
	WARD_FACT_TESTS, WARD_FACT_REVIEWS, WARD_FACT_LOOKS, WARD_FACT_REVEALS, WARD_FACT_REQUESTS,
	WARD_FACT_ANSWERS, WARD_FACT_CHANGES};
const size_t board_n_row = WARD_ARRAY_LEN(board_row);

enum ward_norm_state board_state(const struct ward_proof_tell *t, const struct ward_norm *n,
	const struct ward_norm_control *c)
{
	return ward_norm_state(c, t->facts, ward_norm_added(t->proof, n, c));
}

void board_percent(struct ward_wr *w, struct ward_lang *lang, int64_t micro)
{
	WARD_SAY(w, lang, WARD_TEXT("{lo} %"),
		{"lo", board_number((uint64_t)((micro + 5000) / 10000))});
}

struct ward_str board_number(uint64_t n)
{
	static char text[24];

	return (struct ward_str){
		text, (size_t)snprintf(text, sizeof(text), "%llu", (unsigned long long)n)};
}

struct tell {
	const struct ward_board *b;
	struct ward_doc *d;
	struct ward_wr line;
	size_t n_decide;
};

static struct ward_str say(const struct tell *x, const char *english)
{
	return ward_lang_text(x->b->t.lang, ward_str_z(english));
}

static void put(struct tell *x, enum ward_doc_kind kind)
{
	ward_doc_put(x->d, kind, ward_wr_text(&x->line));
	if (ward_wr_bad(&x->line))
		x->d->err = WARD_ERR_NOMEM;
	ward_wr_reset(&x->line);
}

static void put_decision(void *ctx, struct ward_str text)
{
	struct tell *x = ctx;

	x->n_decide++;
	if (x->n_decide <= WARD_BOARD_DECIDE)
		ward_doc_put(x->d, WARD_DOC_ITEM, text);
}

static void put_decisions(struct tell *x)
{
	ward_doc_put(x->d, WARD_DOC_HEADING, say(x, WARD_TEXT("What the board must decide")));
	board_decide(x->b, put_decision, x);
	if (!x->n_decide)
		ward_doc_put(x->d, WARD_DOC_TEXT, say(x, WARD_TEXT("Nothing, by the record.")));
}

/* "November 2026" */
static struct ward_str month_of(const struct ward_board *b, char text[MONTH_BYTES], ward_month m)
{
	struct ward_wr w = ward_wr_fixed(text, MONTH_BYTES);

	ward_say_month(&w, b->t.lang, m / 12, m % 12 + 1);
	return ward_wr_text(&w);
}

/* ---- the month against the one before ---- */

static void number(struct tell *x, enum ward_fact f, bool before)
{
	struct ward_proof_value v = x->b->t.facts->value[f];

	if (before) {
		v.now = v.then;
		v.mean = v.mean_then;
	}
	proof_number(&x->line, x->b->t.lang, f, &v, true);
}

static void put_month(struct tell *x)
{
	char now[MONTH_BYTES], then[MONTH_BYTES];

	ward_doc_row(x->d, WARD_DOC_HEAD,
		(struct ward_str[]){say(x, WARD_TEXT("What")), month_of(x->b, now, x->b->t.month),
			month_of(x->b, then, x->b->t.month - 1)},
		3);
	for (size_t i = 0; i < board_n_row; i++) {
		number(x, board_row[i], false);
		size_t cut = x->line.len;

		number(x, board_row[i], true);
		struct ward_str all = ward_wr_text(&x->line);

		ward_doc_row(x->d, WARD_DOC_ROW,
			(struct ward_str[]){say(x, ward_fact_text(board_row[i])),
				ward_str_sub(all, 0, cut), ward_str_sub(all, cut, all.len)},
			3);
		ward_wr_reset(&x->line);
	}
}

/* Twelve months as bars, the asked one last. */
static void put_bars(struct tell *x, const char *english, const uint64_t n[12])
{
	char first[MONTH_BYTES], last[MONTH_BYTES];

	for (size_t i = 0; i < 12; i++)
		ward_wr_printf(&x->line, "%s%llu", i ? " " : "", (unsigned long long)n[i]);
	ward_doc_row(x->d, WARD_DOC_BARS,
		(struct ward_str[]){say(x, english), ward_wr_text(&x->line),
			month_of(x->b, first, x->b->t.month - 11),
			month_of(x->b, last, x->b->t.month)},
		4);
	ward_wr_reset(&x->line);
}

/* ---- how it stands now ---- */

static void put_law(struct tell *x)
{
	char open[24], due[24], late[24];
	const uint64_t n[] = {x->b->t.facts->open, x->b->t.facts->due, x->b->t.facts->late};
	char *const to[] = {open, due, late};

	for (size_t i = 0; i < WARD_ARRAY_LEN(n); i++)
		(void)snprintf(to[i], sizeof(open), "%llu", (unsigned long long)n[i]);
	WARD_SAY(&x->line, x->b->t.lang,
		WARD_TEXT("Now: open incidents: {open}; clocks of the law that run: {due}; missed: "
			  "{late}."),
		{"open", ward_str_z(open)}, {"due", ward_str_z(due)}, {"late", ward_str_z(late)});
	put(x, WARD_DOC_TEXT);
}

static void put_letters(struct tell *x)
{
	const struct ward_norm *n = ward_norm_of(x->b->t.norms, WARD_STR("nis2"));
	size_t count[WARD_NORM_STATE_N] = {0};
	char c[24], p[24], all[24];

	if (!n)
		return;
	for (size_t i = 0; i < n->n_control; i++)
		count[board_state(&x->b->t, n, &n->control[i])]++;
	(void)snprintf(c, sizeof(c), "%zu", count[WARD_NORM_COVERED]);
	(void)snprintf(p, sizeof(p), "%zu", count[WARD_NORM_PARTLY]);
	(void)snprintf(all, sizeof(all), "%zu", n->n_control);
	WARD_SAY(&x->line, x->b->t.lang,
		WARD_TEXT("Of the {all} measures of NIS2 the record shows {covered}, and {partly} "
			  "in part."),
		{"all", ward_str_z(all)}, {"covered", ward_str_z(c)}, {"partly", ward_str_z(p)});
	put(x, WARD_DOC_TEXT);
}

static void put_risks(struct tell *x)
{
	const struct ward_board *b = x->b;

	if (!b->n_risk && !b->way_known)
		return;
	ward_doc_put(x->d, WARD_DOC_HEADING, say(x, WARD_TEXT("Risks, and what lowers them")));
	for (size_t i = 0; i < b->n_risk; i++) {
		char most[24];
		struct ward_wr w = ward_wr_fixed(most, sizeof(most));

		ward_wr_printf(&w, "%lld", (long long)((b->risk[i].hi + 5000) / 10000));
		WARD_SAY(&x->line, b->t.lang, WARD_TEXT("{device}: risk of up to {n} of 100"),
			{"device", ward_model_node(b->t.model, b->risk[i].node)->name},
			{"n", ward_wr_text(&w)});
		put(x, WARD_DOC_ITEM);
	}
	for (size_t i = 0; i < b->n_listed; i++) {
		WARD_SAY(&x->line, b->t.lang, WARD_TEXT("What to do first: {measure}"),
			{"measure", b->measure[i].text});
		put(x, WARD_DOC_ITEM);
	}
}

void ward_board_tell(const struct ward_board *b, struct ward_doc *d)
{
	struct tell x = {b, d, ward_wr_grow(ward_mem_heap(), LINE_BYTES), 0};
	char month[MONTH_BYTES], when[64];
	struct ward_wr w = ward_wr_fixed(when, sizeof(when));

	WARD_SAY(&x.line, b->t.lang, WARD_TEXT("Security, {month}: for the board"),
		{"month", month_of(b, month, b->t.month)});
	put(&x, WARD_DOC_TITLE);
	if (b->t.exercise)
		ward_doc_put(
			d, WARD_DOC_MARK, say(&x, WARD_TEXT("EXERCISE: none of this is real")));
	proof_time(&w, b->t.lang, b->t.at);
	WARD_SAY(&x.line, b->t.lang,
		WARD_TEXT("{hospital}, as of {time}. Minutes of care are by forecast; the board "
			  "answers for the measures (NIS2, Article 20)."),
		{"hospital", ward_model_hospital(b->t.model)->name}, {"time", ward_wr_text(&w)});
	put(&x, WARD_DOC_TEXT);
	put_decisions(&x);
	ward_doc_put(d, WARD_DOC_HEADING, say(&x, WARD_TEXT("The month")));
	put_month(&x);
	put_bars(&x, WARD_TEXT("Incidents by month"), b->t.facts->began);
	put_bars(&x, WARD_TEXT("Minutes of care possibly lost, by month"), b->t.facts->harm);
	put_law(&x);
	put_letters(&x);
	put_risks(&x);
	ward_wr_fini(&x.line);
}

/* ---- for programs and pages ---- */

static void decision_json(void *ctx, struct ward_str text)
{
	ward_json_str(ctx, text);
}

static void rows_json(const struct ward_board *b, struct ward_json *j)
{
	struct tell x = {.b = b, .line = ward_wr_grow(ward_mem_heap(), LINE_BYTES)};

	ward_json_key(j, "rows");
	ward_json_arr(j);
	for (size_t i = 0; i < board_n_row; i++) {
		ward_json_obj(j);
		ward_json_put_str(j, "id", ward_str_z(ward_fact_name(board_row[i])));
		ward_json_put_str(j, "what", say(&x, ward_fact_text(board_row[i])));
		number(&x, board_row[i], false);
		ward_json_put_str(j, "now", ward_wr_text(&x.line));
		ward_wr_reset(&x.line);
		number(&x, board_row[i], true);
		ward_json_put_str(j, "before", ward_wr_text(&x.line));
		ward_wr_reset(&x.line);
		ward_json_obj_end(j);
	}
	ward_json_arr_end(j);
	ward_wr_fini(&x.line);
}

static void bars_json(struct ward_json *j, const char *key, const uint64_t n[12])
{
	ward_json_key(j, key);
	ward_json_arr(j);
	for (size_t i = 0; i < 12; i++)
		ward_json_u64(j, n[i]);
	ward_json_arr_end(j);
}

static void risks_json(const struct ward_board *b, struct ward_json *j)
{
	ward_json_key(j, "risks");
	ward_json_arr(j);
	for (size_t i = 0; i < b->n_risk; i++) {
		ward_json_obj(j);
		ward_json_put_str(j, "id", ward_model_node(b->t.model, b->risk[i].node)->id);
		ward_json_put_str(j, "name", ward_model_node(b->t.model, b->risk[i].node)->name);
		ward_json_key(j, "risk");
		ward_json_micro(j, b->risk[i].hi);
		ward_json_obj_end(j);
	}
	ward_json_arr_end(j);
	ward_json_key(j, "measures");
	ward_json_arr(j);
	for (size_t i = 0; i < b->n_listed; i++) {
		ward_json_obj(j);
		ward_json_put_str(j, "text", b->measure[i].text);
		ward_json_put_u64(j, "cost", b->measure[i].cost);
		ward_json_obj_end(j);
	}
	ward_json_arr_end(j);
}

void ward_board_json(const struct ward_board *b, struct ward_json *j)
{
	char month[16];
	struct ward_wr m = ward_wr_fixed(month, sizeof(month));

	ward_month_write(&m, b->t.month);
	ward_json_put_str(j, "schema", WARD_STR("ward.board/1"));
	ward_json_put_str(j, "hospital", ward_model_hospital(b->t.model)->name);
	ward_json_key(j, "exercise");
	ward_json_bool(j, b->t.exercise);
	ward_json_key(j, "at");
	ward_json_time(j, b->t.at);
	ward_json_put_str(j, "month", ward_wr_text(&m));
	ward_json_key(j, "decide");
	ward_json_arr(j);
	board_decide(b, decision_json, j);
	ward_json_arr_end(j);
	rows_json(b, j);
	bars_json(j, "began", b->t.facts->began);
	bars_json(j, "harm", b->t.facts->harm);
	ward_json_put_u64(j, "open", b->t.facts->open);
	ward_json_put_u64(j, "due", b->t.facts->due);
	ward_json_put_u64(j, "late", b->t.facts->late);
	risks_json(b, j);
}
