/* The same in one line, for an SMS and for a pager: what, where, what it means for care, how sure,
 * what to do. */
#include "respond/message.h"
#include "respond/also.h"

#include "respond/request.h"
#include "respond/short.h"

struct parts {
	struct writer *w;
	struct ward_wr text[WARD_SHORT_PARTS];
	size_t n;
	bool page; /* of a pager: who acts, and not what he does */
};

/* The next part, to be written. */
static struct ward_wr *next(struct parts *p)
{
	WARD_ASSERT(p->n < WARD_SHORT_PARTS);
	p->text[p->n] = ward_wr_grow(p->w->r->o.mem, LINE_MAX);
	return &p->text[p->n++];
}

static struct ward_str say(const struct parts *p, const char *english)
{
	return ward_lang_text(p->w->lang, ward_str_z(english));
}

/* A pager has no room for why it calls again; that it need not call any more is what counts. */
static bool says_change(const struct parts *p, enum change c)
{
	return p->page ? c == CHANGE_OVER || c == CHANGE_DISMISSED || c == CHANGE_MERGED ||
				 c == CHANGE_TAKEN || c == CHANGE_WITHDRAWN || c == CHANGE_LOST ||
				 c == CHANGE_NEAR || c == CHANGE_TICKET
		       : c != CHANGE_OPENED;
}

static void add_head(struct parts *p, const struct item *it)
{
	struct ward_wr *to = next(p);

	if (says_change(p, it->change)) {
		ward_wr_str(to, say(p, respond_change_text(it->change)));
		ward_wr_z(to, ": ");
	}
	WARD_SAY(to, p->w->lang, WARD_TEXT("{level}, {title}"),
		{"level", respond_level_word(p->w, it->in->level)},
		{"title", p->page && !it->also ? ward_lang_text(p->w->lang, it->in->title)
					       : respond_news(p->w, it)});
}

/* "4 incidents: 1 CRITICAL, 3 HIGH" */
static void add_counts(struct parts *p, size_t n_all)
{
	const struct ward_respond *r = p->w->r;
	size_t count[WARD_RECORD_LEVELS] = {0};
	struct ward_wr list = ward_wr_grow(r->o.mem, LINE_MAX);
	struct brief b;

	for (size_t i = 0; i < n_all; i++)
		count[r->item[i].in->level]++;
	for (unsigned i = WARD_RECORD_LEVELS; i-- > 0;) {
		if (!count[i])
			continue;
		ward_wr_z(&list, list.len ? ", " : "");
		ward_wr_u64(&list, count[i]);
		ward_wr_ch(&list, ' ');
		ward_wr_str(&list, respond_level_word(p->w, i));
	}
	WARD_SAY(next(p), p->w->lang, WARD_TEXT("{n} incidents: {counts}"),
		{"n", respond_digits(&b, n_all)}, {"counts", ward_wr_text(&list)});
	ward_wr_fini(&list);
}

static void add_where(struct parts *p, const struct also *in)
{
	struct ward_wr *to = next(p);

	ward_wr_str(to, in->on);
	if (p->page && in->on.len)
		return;
	ward_wr_z(to, in->on.len && in->where.len ? ", " : "");
	ward_wr_str(to, in->where);
}

static void add_care(struct parts *p, const struct incident *in)
{
	const struct care *best[1];
	size_t n = respond_rank_care(in, best, 1);
	struct ward_wr *to = next(p);
	struct brief time;

	if (!n) {
		if (!p->page)
			ward_say(to, p->w->lang, WARD_TEXT("No care at risk so far."));
		return;
	}
	if (p->page) {
		ward_wr_str(to, best[0]->name);
		ward_wr_z(to, ", ");
		ward_wr_str(to, say(p, ward_likely_word(respond_tier(best[0]))));
		return;
	}
	WARD_SAY(to, p->w->lang, WARD_TEXT("Care: {service}: about\u00a0{time}, {word}"),
		{"service", best[0]->name},
		{"time", respond_time(&time, best[0]->expected, p->w->now)},
		{"word", say(p, ward_likely_word(respond_tier(best[0])))});
	if (n > 1)
		ward_wr_printf(to, " (+%zu)", n - 1);
}

/* "Building engineer on call (extension 2310)"; of a pager the number first, which is what counts.
 */
static void put_who(const struct parts *p, const struct also *in, struct ward_wr *to)
{
	struct ward_str first = p->page ? in->reach : in->role,
			then = p->page ? in->role : in->reach;

	ward_wr_str(to, first);
	ward_wr_z(to, first.len && then.len ? " (" : "");
	ward_wr_str(to, then);
	ward_wr_z(to, first.len && then.len ? ")" : "");
}

static void add_step(struct parts *p, const struct also *in)
{
	struct ward_wr who = ward_wr_grow(p->w->r->o.mem, LINE_MAX), *to = next(p);

	put_who(p, in, &who);
	if (p->page || !in->step.len)
		ward_wr_str(to, ward_wr_text(&who));
	else
		WARD_SAY(to, p->w->lang,
			in->role.len ? WARD_TEXT("To do, {role}: {text}")
				     : WARD_TEXT("To do: {text}"),
			{"role", ward_wr_text(&who)},
			{"text", ward_lang_text(p->w->lang, in->step)});
	to->bad = to->bad || ward_wr_bad(&who);
	ward_wr_fini(&who);
}

static void add_item(struct parts *p, const struct item *it)
{
	const struct incident *in = it->in;
	const struct also whole = respond_whole(in), *of = it->also ? it->also : &whole;

	add_head(p, it);
	add_where(p, of);
	if (in->phase != PHASE_OPEN)
		return;
	if (p->w->shown.care)
		add_care(p, in);
	ward_wr_str(next(p), ward_lang_text(p->w->lang, in->state));
	if (!p->page)
		(void)respond_put_taken(p->w, it, next(p));
	add_step(p, of);
}

/* What a way has room for. */
static const struct way {
	const char *key;
	enum ward_short_set set;
	size_t max;
} ways[] = {{"short", WARD_SHORT_GSM, WARD_SHORT_SMS}, {"page", WARD_SHORT_ASCII, WARD_SHORT_PAGE}};

static void put(const struct ward_mem *mem, const struct way *to, const struct ward_str *part,
	size_t n, struct ward_json *j)
{
	struct ward_wr line = ward_wr_grow(mem, LINE_MAX);

	ward_short_join(&line, mem, to->set, part, n, to->max);
	ward_json_key(j, to->key);
	ward_json_str(j, ward_wr_text(&line));
	j->w->bad = j->w->bad || ward_wr_bad(&line);
	ward_wr_fini(&line);
}

void respond_json_quiet(const struct ward_respond *r, struct ward_str text, struct ward_json *j)
{
	for (size_t i = 0; i < WARD_ARRAY_LEN(ways); i++)
		put(r->o.mem, &ways[i], &text, 1, j);
}

static void put_parts(
	struct writer *w, const struct item *first, size_t n_all, bool page, struct ward_json *j)
{
	struct ward_str part[WARD_SHORT_PARTS];
	struct parts p = {.w = w, .page = page};

	if (w->r->o.exercise)
		ward_say(next(&p), w->lang, WARD_TEXT("EXERCISE"));
	if (respond_request_news(w->r, w->listener))
		respond_put_first_request(w->r, w->listener, w->now, next(&p));
	if (n_all > 1)
		add_counts(&p, n_all);
	add_item(&p, first);
	for (size_t i = 0; i < p.n; i++) {
		part[i] = ward_wr_text(&p.text[i]);
		j->w->bad = j->w->bad || ward_wr_bad(&p.text[i]);
	}
	put(w->r->o.mem, &ways[page], part, p.n, j);
	for (size_t i = 0; i < p.n; i++)
		ward_wr_fini(&p.text[i]);
}

void respond_json_short(struct writer *w, size_t n, size_t n_all, struct ward_json *j)
{
	if (!n) { /* of no incident: of recipients that are not reached */
		respond_json_quiet(w->r, ward_wr_text(&w->subject), j);
		return;
	}
	put_parts(w, w->shown.item, n_all, false, j);
	put_parts(w, w->shown.item, n_all, true, j);
}
