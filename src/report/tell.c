/* The whole record as a document: the summary first, then what it rests on. */
#include "report/priv.h"

#include "story/likely.h"

#include <stdlib.h>

enum { CARE_NAMED = 5, LINE_BYTES = 256 << 10 };

struct tell {
	const struct ward_report *r;
	const struct ward_exchange_incident *i;
	struct ward_lang *lang;
	struct ward_doc *d;
	struct ward_wr line;
	size_t *last; /* r->n_step: scratch */
};

static struct ward_str say(struct tell *t, const char *english)
{
	return ward_lang_text(t->lang, ward_str_z(english));
}

/* The line under construction becomes a block. */
static void put(struct tell *t, enum ward_doc_kind kind)
{
	ward_doc_put(t->d, kind, ward_wr_text(&t->line));
	if (ward_wr_bad(&t->line))
		t->d->err = WARD_ERR_NOMEM;
	ward_wr_reset(&t->line);
}

static void heading(struct tell *t, const char *english)
{
	ward_doc_put(t->d, WARD_DOC_HEADING, say(t, english));
}

static void nothing(struct tell *t)
{
	ward_doc_put(t->d, WARD_DOC_TEXT, say(t, WARD_TEXT("Nothing is on record.")));
}

/* A table's head of English texts; ends with NULL. */
static void head(struct tell *t, const char *const *column)
{
	struct ward_str cell[WARD_DOC_CELLS];
	size_t n = 0;

	for (; column[n]; n++)
		cell[n] = say(t, column[n]);
	ward_doc_row(t->d, WARD_DOC_HEAD, cell, n);
}

/* "Theatre 3 · First floor", or of these what is known. */
static void put_pair(struct tell *t, struct ward_str a, struct ward_str b)
{
	ward_wr_str(&t->line, a);
	if (a.len && b.len)
		ward_wr_z(&t->line, " · ");
	ward_wr_str(&t->line, b);
}

static size_t at(const struct tell *t)
{
	return ward_wr_text(&t->line).len;
}

/* A part of the line: cells of a row are written behind one another first, as its buffer may move.
 */
static struct ward_str cut(const struct tell *t, size_t from, size_t to)
{
	return ward_str_sub(ward_wr_text(&t->line), from, to - from);
}

/* ---- the summary ---- */

static void put_where(struct tell *t)
{
	const struct ward_exchange_incident *i = t->i;
	struct ward_str where = report_where(i);
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), LINE_BYTES);

	ward_wr_str(&w, i->name.on);
	if (i->name.on.len && where.len)
		ward_wr_z(&w, " · ");
	ward_wr_str(&w, where);
	if (ward_wr_text(&w).len)
		WARD_SAY(&t->line, t->lang, WARD_TEXT("Where: {place}"),
			{"place", ward_wr_text(&w)});
	ward_wr_fini(&w);
	put(t, WARD_DOC_ITEM);
}

static bool service_before(const struct ward_exchange_incident *i, size_t k)
{
	for (size_t n = 0; n < k; n++)
		if (ward_str_eq(i->impact[n].asset, i->impact[k].asset))
			return true;
	return false;
}

/* Each service once, by what hits it soonest. */
static void put_care(struct tell *t)
{
	size_t told = 0, more = 0;
	struct report_brief time, n;
	struct ward_wr w = ward_wr_fixed(n.p, sizeof(n.p));

	for (size_t k = 0; k < t->i->n_impact; k++) {
		const struct ward_exchange_impact *f = &t->i->impact[k];

		if (service_before(t->i, k))
			continue;
		if (told++ >= CARE_NAMED) {
			more++;
			continue;
		}
		WARD_SAY(&t->line, t->lang, WARD_TEXT("Care: {service}: about\u00a0{time}, {word}"),
			{"service", f->name},
			{"time", report_time_on(&time, t->lang, f->expected, t->r->x.at)},
			{"word", say(t, ward_likely_word(ward_likely(f->lo_micro, f->hi_micro)))});
		put(t, WARD_DOC_ITEM);
	}
	if (more) {
		ward_wr_u64(&w, more);
		WARD_SAY(&t->line, t->lang, WARD_TEXT("Care: and {n} more"),
			{"n", ward_wr_text(&w)});
	} else if (!t->i->n_impact) {
		ward_say(&t->line, t->lang,
			WARD_TEXT("Care: so far no service is expected to be hit"));
	}
	put(t, WARD_DOC_ITEM);
}

static void put_step(struct tell *t)
{
	const struct ward_exchange_incident *i = t->i;
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), LINE_BYTES);

	if (i->step_text.len && i->phase == WARD_PHASE_OPEN) {
		ward_wr_str(&w, i->step_role);
		if (i->step_reach.len) {
			ward_wr_z(&w, " (");
			ward_wr_str(&w, i->step_reach);
			ward_wr_ch(&w, ')');
		}
		WARD_SAY(&t->line, t->lang,
			i->step_role.len ? WARD_TEXT("To do, {role}: {text}")
					 : WARD_TEXT("To do: {text}"),
			{"role", ward_wr_text(&w)},
			{"text", ward_lang_text(t->lang, i->step_text)});
	}
	ward_wr_fini(&w);
	put(t, WARD_DOC_ITEM);
}

static void put_title(struct tell *t)
{
	const struct ward_exchange_incident *i = t->i;
	struct report_brief time;

	ward_headline_say(&i->name, t->lang, &t->line);
	put(t, WARD_DOC_TITLE);
	if (t->r->x.exercise)
		ward_doc_put(
			t->d, WARD_DOC_MARK, say(t, WARD_TEXT("EXERCISE: none of this is real")));
	WARD_SAY(&t->line, t->lang, WARD_TEXT("{hospital}, as of {time}"),
		{"hospital", ward_model_hospital(t->r->x.model)->name},
		{"time", report_time(&time, t->lang, t->r->x.at)});
	put(t, WARD_DOC_TEXT);
}

static void put_summary(struct tell *t)
{
	const struct ward_exchange_incident *i = t->i;
	struct report_brief first, last;
	char id[WARD_ID_TEXT];

	heading(t, WARD_TEXT("Summary"));
	WARD_SAY(&t->line, t->lang, WARD_TEXT("{level}, {title}"),
		{"level", say(t, report_level(i->level))},
		{"title", say(t, report_domain(i->domain))});
	put(t, WARD_DOC_ITEM);
	put_where(t);
	WARD_SAY(&t->line, t->lang, WARD_TEXT("{first} to {last}"),
		{"first", report_time(&first, t->lang, i->first)},
		{"last", report_time_on(&last, t->lang, i->last, i->first)});
	put(t, WARD_DOC_ITEM);
	put_care(t);
	put_step(t);
	WARD_SAY(&t->line, t->lang, WARD_TEXT("How sure: {state}"),
		{"state", ward_lang_text(t->lang, i->state)});
	put(t, WARD_DOC_ITEM);
	ward_id_text(i->id, id);
	WARD_SAY(&t->line, t->lang, WARD_TEXT("Incident {id}"), {"id", ward_str_z(id)});
	put(t, WARD_DOC_ITEM);
}

/* ---- the course ---- */

struct moment {
	ward_ns at;
	const struct ward_exchange_sign *sign; /* or: */
	const struct ward_report_turn *turn;
	const struct ward_report_step *step;
	size_t place; /* keeps what is of one time in its order */
};

static int by_time(const void *a, const void *b)
{
	const struct moment *l = a, *r = b;

	if (l->at != r->at)
		return l->at < r->at ? -1 : 1;
	return l->place < r->place ? -1 : l->place > r->place;
}

static const char *kind_word(enum ward_report_kind k)
{
	static const char *const word[WARD_REPORT_KINDS] = {WARD_TEXT("Message"), WARD_TEXT("Clip"),
		WARD_TEXT("Photo"), WARD_TEXT("Recording"), WARD_TEXT("Playbook"),
		WARD_TEXT("Action"), WARD_TEXT("Decision")};

	return word[k];
}

static void put_said(struct tell *t, const struct moment *m)
{
	if (m->sign) {
		ward_wr_str(&t->line, ward_lang_text(t->lang, m->sign->title));
		if (m->sign->count > 1) {
			ward_wr_z(&t->line, " (");
			ward_say_n(&t->line, t->lang, m->sign->count,
				WARD_TEXT_ONE("{n}\u00a0time"), WARD_TEXT("{n}\u00a0times"));
			ward_wr_ch(&t->line, ')');
		}
	} else if (m->turn) {
		WARD_SAY(&t->line, t->lang, WARD_TEXT("The incident is {state}, {level}"),
			{"state", ward_lang_text(t->lang, m->turn->state)},
			{"level", say(t, report_level(m->turn->level))});
	} else {
		ward_wr_str(&t->line, say(t, kind_word(m->step->kind)));
		if (m->step->what.len || m->step->state.len)
			ward_say_colon(&t->line, t->lang);
		put_pair(t, report_change(t->lang, m->step->what),
			report_state(t->lang, m->step->state));
	}
}

static void put_on(struct tell *t, const struct moment *m)
{
	if (m->sign)
		put_pair(t, m->sign->on.len ? m->sign->on : m->sign->address, m->sign->where);
	else if (m->step)
		put_pair(t, m->step->on, m->step->role);
}

static void put_moment(struct tell *t, const struct moment *m)
{
	struct report_brief time;

	put_said(t, m);
	size_t on = at(t);

	put_on(t, m);
	const struct ward_str cell[] = {
		report_time(&time, t->lang, m->at), cut(t, 0, on), cut(t, on, at(t))};

	ward_doc_row(t->d, WARD_DOC_ROW, cell, WARD_ARRAY_LEN(cell));
	ward_wr_reset(&t->line);
}

static void put_timeline(struct tell *t)
{
	static const char *const column[] = {
		WARD_TEXT("Time"), WARD_TEXT("What"), WARD_TEXT("Where"), NULL};
	const struct ward_report *r = t->r;
	struct moment *m =
		ward_arena_array(&t->d->arena, t->i->n_sign + r->n_turn + r->n_step, sizeof(*m));
	size_t n = 0;

	if (!m) {
		t->d->err = WARD_ERR_NOMEM;
		return;
	}
	for (size_t k = 0; k < t->i->n_sign; k++, n++)
		m[n] = (struct moment){t->i->sign[k].first, &t->i->sign[k], NULL, NULL, n};
	for (size_t k = 0; k < r->n_turn; k++, n++)
		m[n] = (struct moment){r->turn[k].at, NULL, &r->turn[k], NULL, n};
	for (size_t k = 0; k < r->n_step; k++, n++)
		m[n] = (struct moment){r->step[k].at, NULL, NULL, &r->step[k], n};
	if (n)
		qsort(m, n, sizeof(*m), by_time);
	heading(t, WARD_TEXT("Timeline"));
	head(t, column);
	for (size_t k = 0; k < n; k++)
		put_moment(t, &m[k]);
	if (t->i->only_some)
		ward_doc_put(t->d, WARD_DOC_TEXT, say(t, WARD_TEXT("There are further signs.")));
}

/* ---- what it is on, and what follows ---- */

static bool thing_before(const struct ward_exchange_incident *i, size_t k)
{
	for (size_t n = 0; n < k; n++)
		if (ward_str_eq(i->sign[n].on, i->sign[k].on) &&
			ward_str_eq(i->sign[n].where, i->sign[k].where) &&
			ward_str_eq(i->sign[n].address, i->sign[k].address))
			return true;
	return false;
}

static void put_things(struct tell *t)
{
	static const char *const column[] = {
		WARD_TEXT("Asset or place"), WARD_TEXT("Where"), WARD_TEXT("Address"), NULL};

	heading(t, WARD_TEXT("Assets and places"));
	if (!t->i->n_sign) {
		nothing(t);
		return;
	}
	head(t, column);
	for (size_t k = 0; k < t->i->n_sign; k++) {
		const struct ward_exchange_sign *s = &t->i->sign[k];
		const struct ward_str cell[] = {s->on, s->where, s->address};

		if (!thing_before(t->i, k))
			ward_doc_row(t->d, WARD_DOC_ROW, cell, WARD_ARRAY_LEN(cell));
	}
}

static struct ward_str percent(struct report_brief *b, int64_t micro)
{
	struct ward_wr w = ward_wr_fixed(b->p, sizeof(b->p));

	ward_wr_i64(&w, micro / 10000);
	return ward_wr_text(&w);
}

static void put_impact(struct tell *t, const struct ward_exchange_impact *f)
{
	struct report_brief time, lo, hi;

	WARD_SAY(&t->line, t->lang, WARD_TEXT("{word}, {low} to {high}\u00a0%"),
		{"word", say(t, ward_likely_word(ward_likely(f->lo_micro, f->hi_micro)))},
		{"low", percent(&lo, f->lo_micro)}, {"high", percent(&hi, f->hi_micro)});
	size_t chain = at(t);

	for (size_t k = 0; k < f->n_link; k++) {
		if (k && ward_str_eq(f->link[k].name, f->link[k - 1].name))
			continue; /* another threat on the same */
		ward_wr_z(&t->line, k ? " → " : "");
		ward_wr_str(&t->line, f->link[k].name);
	}
	const struct ward_str cell[] = {f->name, ward_lang_text(t->lang, f->threat_name),
		report_time(&time, t->lang, f->expected), cut(t, 0, chain), cut(t, chain, at(t))};

	ward_doc_row(t->d, WARD_DOC_ROW, cell, WARD_ARRAY_LEN(cell));
	ward_wr_reset(&t->line);
}

static void put_impacts(struct tell *t)
{
	static const char *const column[] = {WARD_TEXT("Service"), WARD_TEXT("What may happen"),
		WARD_TEXT("Expected"), WARD_TEXT("How likely"), WARD_TEXT("Reason"), NULL};

	heading(t, WARD_TEXT("Care services"));
	if (t->i->n_impact)
		head(t, column);
	else
		ward_doc_put(t->d, WARD_DOC_TEXT,
			say(t, WARD_TEXT("Care: so far no service is expected to be hit")));
	for (size_t k = 0; k < t->i->n_impact; k++)
		put_impact(t, &t->i->impact[k]);
	if (t->i->n_further)
		ward_say_n(&t->line, t->lang, t->i->n_further,
			WARD_TEXT_ONE(
				"{n}\u00a0further effect on a care service can't be ruled out."),
			WARD_TEXT("{n}\u00a0further effects on care services can't be ruled out."));
	put(t, WARD_DOC_TEXT);
}

/* ---- what was told, done and decided ---- */

/* What the first step of a thing says, which later ones need not repeat. */
static const struct ward_report_step *first_of(
	const struct ward_report *r, const struct ward_report_step *last)
{
	for (size_t i = 0; i < r->n_step; i++)
		if (r->step[i].kind == last->kind && ward_str_eq(r->step[i].id, last->id))
			return &r->step[i];
	return last;
}

static void put_messages(struct tell *t)
{
	static const char *const column[] = {WARD_TEXT("Told"), WARD_TEXT("To"), WARD_TEXT("What"),
		WARD_TEXT("State"), WARD_TEXT("Reason"), NULL};
	size_t n = ward_report_last(t->r, WARD_REPORT_MESSAGE, t->last);

	heading(t, WARD_TEXT("Messages"));
	if (!n)
		nothing(t);
	else
		head(t, column);
	for (size_t k = 0; k < n; k++) {
		const struct ward_report_step *s = &t->r->step[t->last[k]];
		const struct ward_report_step *first = first_of(t->r, s);
		struct report_brief time;
		const struct ward_str cell[] = {report_time(&time, t->lang, s->at), s->on,
			report_change(t->lang, first->what), report_state(t->lang, s->state),
			ward_lang_text(t->lang, s->why)};

		ward_doc_row(t->d, WARD_DOC_ROW, cell, WARD_ARRAY_LEN(cell));
	}
}

static void put_steps(struct tell *t, const char *title, unsigned kinds)
{
	static const char *const column[] = {WARD_TEXT("Time"), WARD_TEXT("What"),
		WARD_TEXT("State"), WARD_TEXT("Role"), WARD_TEXT("Reason"), NULL};
	size_t n = 0;

	heading(t, title);
	for (size_t k = 0; k < t->r->n_step; k++) {
		const struct ward_report_step *s = &t->r->step[k];
		struct report_brief time;

		if (!(kinds >> s->kind & 1))
			continue;
		if (!n++)
			head(t, column);
		put_pair(t, s->what, s->on);
		const struct ward_str cell[] = {report_time(&time, t->lang, s->at),
			ward_wr_text(&t->line), report_state(t->lang, s->state), s->role, s->why};

		ward_doc_row(t->d, WARD_DOC_ROW, cell, WARD_ARRAY_LEN(cell));
		ward_wr_reset(&t->line);
	}
	if (!n)
		nothing(t);
}

static void put_recordings(struct tell *t)
{
	static const char *const column[] = {WARD_TEXT("Camera"), WARD_TEXT("From"),
		WARD_TEXT("Until"), WARD_TEXT("Kept until"), WARD_TEXT("Reason"), NULL};
	size_t n = 0;

	heading(t, WARD_TEXT("Clips, photos and recordings"));
	for (size_t k = 0; k < t->r->n_step; k++) {
		const struct ward_report_step *s = &t->r->step[k];
		struct report_brief from, to, until;
		struct ward_str of = s->on;

		if (s->kind != WARD_REPORT_CLIP && s->kind != WARD_REPORT_PHOTO &&
			s->kind != WARD_REPORT_RECORDING)
			continue;
		if (!n++)
			head(t, column);
		ward_wr_reset(&t->line);
		if (s->kind == WARD_REPORT_PHOTO) {
			WARD_SAY(&t->line, t->lang, WARD_TEXT("photo {id}"), {"id", s->id});
			of = ward_wr_text(&t->line);
		}
		const struct ward_str cell[] = {of, report_time(&from, t->lang, s->from),
			report_time(&to, t->lang, s->to), report_time(&until, t->lang, s->until),
			s->why};

		ward_doc_row(t->d, WARD_DOC_ROW, cell, WARD_ARRAY_LEN(cell));
		ward_wr_reset(&t->line);
	}
	if (!n)
		nothing(t);
}

static void put_open(struct tell *t)
{
	size_t before = t->d->n;

	heading(t, WARD_TEXT("Open tasks"));
	put_step(t);
	for (size_t k = 0; k < t->r->n_step; k++) {
		const struct ward_report_step *s = &t->r->step[k];

		if (!ward_report_is_open(t->r, k))
			continue;
		ward_wr_str(&t->line, say(t, kind_word(s->kind)));
		ward_say_colon(&t->line, t->lang);
		put_pair(t,
			report_change(t->lang, s->what.len && s->kind == WARD_REPORT_RUN
						       ? s->what
						       : first_of(t->r, s)->what),
			first_of(t->r, s)->on);
		ward_wr_z(&t->line, " · ");
		put_pair(t, report_state(t->lang, s->state), s->role);
		put(t, WARD_DOC_ITEM);
	}
	if (t->d->n == before + 1)
		nothing(t);
}

/* ---- where it can be verified ---- */

static void put_rows(struct tell *t)
{
	struct report_brief from, to;
	struct ward_wr a = ward_wr_fixed(from.p, sizeof(from.p));
	struct ward_wr b = ward_wr_fixed(to.p, sizeof(to.p));

	ward_wr_u64(&a, t->r->first_row);
	ward_wr_u64(&b, t->r->last_row);
	WARD_SAY(&t->line, t->lang,
		WARD_TEXT("What is told here is kept in rows {from} to {to} of Ward's store."),
		{"from", ward_wr_text(&a)}, {"to", ward_wr_text(&b)});
	put(t, WARD_DOC_TEXT);
}

static void put_integrity(struct tell *t)
{
	const struct ward_report_ledger *l = &t->r->ledger;
	struct report_brief n, time;
	char root[2 * sizeof(l->root)];
	struct ward_wr hex = ward_wr_fixed(root, sizeof(root)), w = ward_wr_fixed(n.p, sizeof(n.p));

	heading(t, WARD_TEXT("Integrity"));
	if (t->r->first_row)
		put_rows(t);
	if (l->known) {
		ward_wr_hex(&hex, ward_slice_of(l->root, sizeof(l->root)));
		ward_wr_u64(&w, l->n);
		WARD_SAY(&t->line, t->lang,
			WARD_TEXT("The ledger of all {n} rows has the root {root} ({time})."),
			{"n", ward_wr_text(&w)}, {"root", ward_wr_text(&hex)},
			{"time", report_time(&time, t->lang, l->time)});
		put(t, WARD_DOC_TEXT);
	} else if (t->r->first_row) {
		ward_doc_put(t->d, WARD_DOC_TEXT,
			say(t, WARD_TEXT("The ledger's root is told when Ward does not run.")));
	} else {
		ward_doc_put(t->d, WARD_DOC_TEXT,
			say(t, WARD_TEXT("Made of files of records: no ledger holds them.")));
	}
	if (t->r->n_unread)
		ward_doc_put(t->d, WARD_DOC_STRONG,
			say(t, WARD_TEXT("Some rows could not be read and are not told here.")));
}

void ward_report_tell(const struct ward_report *r, struct ward_lang *lang, struct ward_doc *d)
{
	struct tell t = {.r = r,
		.i = r->i,
		.lang = lang,
		.d = d,
		.line = ward_wr_grow(ward_mem_heap(), LINE_BYTES),
		.last = ward_arena_array(&d->arena, r->n_step, sizeof(size_t))};

	if (!t.last) {
		d->err = WARD_ERR_NOMEM;
		ward_wr_fini(&t.line);
		return;
	}
	put_title(&t);
	put_summary(&t);
	put_open(&t);
	put_timeline(&t);
	put_things(&t);
	put_impacts(&t);
	put_messages(&t);
	put_steps(&t, WARD_TEXT("Actions and playbooks"),
		1u << WARD_REPORT_ACTION | 1u << WARD_REPORT_RUN);
	put_steps(&t, WARD_TEXT("Decisions"), 1u << WARD_REPORT_DECISION);
	put_recordings(&t);
	put_integrity(&t);
	ward_doc_end(
		d, say(&t, WARD_TEXT("There is more than fits here: all of it is in the JSON.")));
	ward_wr_fini(&t.line);
}
