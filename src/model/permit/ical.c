/* Lines, components and events of RFC 5545. */
#include "model/permit/ical_int.h"

#include <stdio.h>

enum {
	LINE_BYTES_MAX = 64 << 10,
	DEPTH_MAX = 8,
	EVENT_BYTES_MAX = 1 << 20,
	PARAMS_MAX = 16,
	NAME_BYTES = 24
};

/* A content line: NAME;PARAM=VALUE:VALUE (RFC 5545 3.1). */
struct line {
	struct ward_str name, value, zone, kind; /* zone: TZID; kind: VALUE */
	uint32_t no;
};

/* A VEVENT while it is read; texts live in the arena. */
struct event {
	uint32_t line;
	struct ward_str uid, summary, location, categories, contact;
	struct ward_ical_time begin, end, except[WARD_ICAL_EXDATES_MAX];
	size_t n_except;
	bool has_length, cancelled, bad;
	int64_t days; /* how long: whole days by the wall clock, and the rest */
	ward_ns rest;
	struct ward_ical_rule rule;
};

struct parser {
	const struct ward_ical_opts *o;
	struct ward_str file, left;
	uint32_t next_line;
	struct ward_wr line; /* the unfolded line */
	struct ward_arena arena;
	char open[DEPTH_MAX][NAME_BYTES]; /* components that were begun; cut */
	unsigned depth, event_depth;      /* event_depth: that of the VEVENT we are in, 0: none */
	uint64_t n_event;
	struct event e;
	enum ward_err err;
};

#define refuse(p, no, ...) \
	ward_diag_addf((p)->o->diag, WARD_DIAG_ERROR, (p)->file, (no), __VA_ARGS__)

/* The next physical line without its end. */
static struct ward_str physical(struct parser *p)
{
	struct ward_str s = ward_str_cut(&p->left, '\n');

	p->next_line++;
	if (s.len && s.p[s.len - 1] == '\r')
		s.len--;
	return s;
}

static bool folded(const struct parser *p)
{
	return p->left.len && (p->left.p[0] == ' ' || p->left.p[0] == '\t');
}

/* The next logical line, its folds taken out; false at the end. */
static bool unfold(struct parser *p, struct ward_str *ret, uint32_t *ret_no)
{
	if (!p->left.len)
		return false;
	*ret_no = p->next_line;
	struct ward_str s = physical(p);

	if (!folded(p)) {
		*ret = s;
		return true;
	}
	ward_wr_reset(&p->line);
	ward_wr_str(&p->line, s);
	while (folded(p)) {
		s = physical(p);
		ward_wr_str(&p->line, ward_str_sub(s, 1, s.len));
	}
	*ret = ward_wr_text(&p->line);
	if (!ward_wr_bad(&p->line))
		return true;
	refuse(p, *ret_no, WARD_TEXT("a line longer than %d bytes\nshorten its text"),
		LINE_BYTES_MAX);
	*ret = WARD_STR("");
	return true;
}

/* Cuts up to the first of ':' and ';' outside quotes; *ret_sep is what stood there, 0 at the end.
 */
static struct ward_str cut_param(struct ward_str *rest, char *ret_sep)
{
	bool quoted = false;
	size_t n = 0;

	for (; n < rest->len; n++) {
		quoted ^= rest->p[n] == '"';
		if (!quoted && (rest->p[n] == ':' || rest->p[n] == ';'))
			break;
	}
	struct ward_str s = ward_str_sub(*rest, 0, n);

	*ret_sep = n < rest->len ? rest->p[n] : 0;
	*rest = ward_str_sub(*rest, n + 1, rest->len);
	return s;
}

static struct ward_str unquoted(struct ward_str s)
{
	if (s.len >= 2 && s.p[0] == '"' && s.p[s.len - 1] == '"')
		return ward_str_sub(s, 1, s.len - 2);
	return s;
}

/* False when it is no content line. */
static bool split(struct ward_str text, struct line *l)
{
	char sep;

	l->name = cut_param(&text, &sep);
	l->zone = l->kind = WARD_STR("");
	for (unsigned n = 0; sep == ';' && n < PARAMS_MAX; n++) {
		struct ward_str v = cut_param(&text, &sep), name = ward_str_cut(&v, '=');

		if (ward_str_ieq(name, WARD_STR("TZID")) && v.p)
			l->zone = unquoted(v);
		if (ward_str_ieq(name, WARD_STR("VALUE")) && v.p)
			l->kind = v;
	}
	l->value = text;
	return sep == ':' && l->name.len;
}

/* RFC 5545 3.3.11: \n, \N, \\, \; and \, */
static struct ward_str text_of(struct parser *p, struct ward_str s)
{
	char *to = ward_arena_alloc(&p->arena, s.len);
	size_t n = 0;

	if (!to) {
		p->err = WARD_ERR_NOMEM;
		return WARD_STR("");
	}
	for (size_t i = 0; i < s.len; i++) {
		char c = s.p[i];

		if (c == '\\' && i + 1 < s.len) {
			c = s.p[++i];
			c = c == 'n' || c == 'N' ? ' ' : c;
		}
		to[n++] = c;
	}
	return ward_str_trim((struct ward_str){to, n});
}

static bool moment(
	struct parser *p, const struct line *l, struct ward_str s, struct ward_ical_time *ret)
{
	bool ok = ward_ical_time_parse(ward_str_trim(s), ret);

	if (ok && ward_str_ieq(l->kind, WARD_STR("DATE")) != (ret->form == WARD_ICAL_DATE))
		ok = !l->kind.len && ret->form == WARD_ICAL_DATE; /* seen without VALUE=DATE */
	if (!ok) {
		refuse(p, l->no,
			WARD_TEXT("%.*s has the bad value '%.*s'\nwrite 20260319T090000, …Z for "
				  "UTC, or 20260319 with VALUE=DATE"),
			WARD_STR_ARG(l->name), WARD_STR_ARG(s));
		p->e.bad = true;
		return false;
	}
	if (ret->form == WARD_ICAL_LOCAL)
		ret->zone = ward_arena_str(&p->arena, l->zone);
	if (ret->form == WARD_ICAL_LOCAL && !ret->zone.p)
		p->err = WARD_ERR_NOMEM;
	return true;
}

static void except(struct parser *p, const struct line *l)
{
	for (struct ward_str rest = l->value; rest.p;) {
		struct ward_ical_time t;

		if (!moment(p, l, ward_str_cut(&rest, ','), &t))
			return;
		if (p->e.n_except == WARD_ICAL_EXDATES_MAX) {
			refuse(p, l->no,
				WARD_TEXT("more than %d EXDATE\nwrite the dates as events of their "
					  "own"),
				WARD_ICAL_EXDATES_MAX);
			p->e.bad = true;
			return;
		}
		p->e.except[p->e.n_except++] = t;
	}
}

static void on_text(struct parser *p, const struct line *l, struct ward_str *to)
{
	*to = text_of(p, l->value);
}

static void on_begin(struct parser *p, const struct line *l, struct ward_str *to)
{
	(void)to;
	(void)moment(p, l, l->value, &p->e.begin);
}

static void on_end(struct parser *p, const struct line *l, struct ward_str *to)
{
	(void)to;
	(void)moment(p, l, l->value, &p->e.end);
}

static void on_length(struct parser *p, const struct line *l, struct ward_str *to)
{
	(void)to;
	p->e.has_length = ward_ical_length_parse(l->value, &p->e.days, &p->e.rest);
	if (p->e.has_length)
		return;
	refuse(p, l->no, WARD_TEXT("DURATION has the bad value '%.*s'\nwrite PT2H, P1D or P1W"),
		WARD_STR_ARG(l->value));
	p->e.bad = true;
}

static void on_rule(struct parser *p, const struct line *l, struct ward_str *to)
{
	const char *why = p->e.rule.given ? WARD_TEXT("a second RRULE\nremove one of them")
					  : ward_ical_rule_parse(l->value, &p->e.rule);

	(void)to;
	if (!why)
		return;
	refuse(p, l->no, "%s", why);
	p->e.bad = true;
}

static void on_except(struct parser *p, const struct line *l, struct ward_str *to)
{
	(void)to;
	except(p, l);
}

static void on_status(struct parser *p, const struct line *l, struct ward_str *to)
{
	(void)to;
	p->e.cancelled = ward_str_ieq(l->value, WARD_STR("CANCELLED"));
}

static void on_strange(struct parser *p, const struct line *l, struct ward_str *to)
{
	(void)to;
	refuse(p, l->no,
		WARD_TEXT("%.*s is not understood\nwrite the dates that it is about as events of "
			  "their own"),
		WARD_STR_ARG(l->name));
	p->e.bad = true;
}

static void take_property(struct parser *p, const struct line *l)
{
	const struct {
		const char *name;
		void (*fn)(struct parser *p, const struct line *l, struct ward_str *to);
		struct ward_str *to;
	} table[] = {{"UID", on_text, &p->e.uid}, {"SUMMARY", on_text, &p->e.summary},
		{"LOCATION", on_text, &p->e.location}, {"CATEGORIES", on_text, &p->e.categories},
		{"CONTACT", on_text, &p->e.contact}, {"DTSTART", on_begin, NULL},
		{"DTEND", on_end, NULL}, {"DURATION", on_length, NULL}, {"RRULE", on_rule, NULL},
		{"EXDATE", on_except, NULL}, {"STATUS", on_status, NULL},
		{"RDATE", on_strange, NULL}, {"EXRULE", on_strange, NULL},
		{"RECURRENCE-ID", on_strange, NULL}};

	for (size_t i = 0; i < WARD_ARRAY_LEN(table); i++)
		if (ward_str_ieq(l->name, ward_str_z(table[i].name)))
			table[i].fn(p, l, table[i].to);
}

/* UTC of a moment; a date is its midnight. */
static bool utc(struct parser *p, const struct ward_ical_time *t, ward_ns *ret)
{
	const struct ward_ical_civil *c = &t->at;

	if (t->form == WARD_ICAL_UTC)
		return ward_time_civil(c->year, c->month, c->day,
			       c->hour * 3600 + c->minute * 60 + c->second, 0, ret) == WARD_OK;
	return p->o->zone(p->o->ctx, t->zone, c, ret);
}

static bool unknown_zone(struct parser *p, const struct ward_ical_time *t)
{
	refuse(p, p->e.line,
		WARD_TEXT("the time zone '%.*s' is not known here\nname it as IANA does "
			  "(Europe/Rome), or write times in UTC"),
		WARD_STR_ARG(t->zone));
	return false;
}

/* The length of the event, from DTEND where that says it. */
static bool length(struct parser *p)
{
	struct event *e = &p->e;
	ward_ns from, to;

	if (e->has_length && e->end.form != WARD_ICAL_NONE)
		refuse(p, e->line,
			WARD_TEXT("the event has DTEND and DURATION\nremove one of them"));
	else if (e->has_length && e->begin.form == WARD_ICAL_DATE && e->rest)
		refuse(p, e->line, WARD_TEXT("a whole day with a DURATION of hours\nwrite P1D"));
	else if (e->has_length)
		return true;
	else if (e->begin.form == WARD_ICAL_DATE && e->end.form == WARD_ICAL_NONE)
		e->days = 1;
	else if (e->end.form == WARD_ICAL_NONE)
		refuse(p, e->line, WARD_TEXT("the event has no end\nadd DTEND or DURATION"));
	else if ((e->begin.form == WARD_ICAL_DATE) != (e->end.form == WARD_ICAL_DATE))
		refuse(p, e->line,
			WARD_TEXT("a date and a time as begin and end\nwrite both in one way"));
	else if (e->begin.form == WARD_ICAL_DATE)
		e->days = ward_ical_day(&e->end.at) - ward_ical_day(&e->begin.at);
	else if (!utc(p, &e->begin, &from) || !utc(p, &e->end, &to))
		return unknown_zone(p, e->begin.zone.len ? &e->begin : &e->end);
	else
		e->rest = to - from;
	if (e->days > 0 || e->rest > 0)
		return true;
	if (e->days < 0 || e->rest < 0 || e->end.form != WARD_ICAL_NONE)
		refuse(p, e->line, WARD_TEXT("the event ends before it begins\ncorrect DTEND"));
	return false;
}

/* Is the occurrence beyond UNTIL? In the terms that UNTIL is written in. */
static bool beyond(struct parser *p, const struct ward_ical_time *at, ward_ns from)
{
	const struct ward_ical_time *until = &p->e.rule.until;
	ward_ns end;

	if (until->form == WARD_ICAL_NONE)
		return false;
	if (until->form == WARD_ICAL_DATE)
		return ward_ical_day(&at->at) > ward_ical_day(&until->at);
	struct ward_ical_time t = *until;

	t.zone = at->zone;
	return !utc(p, &t, &end) || from > end;
}

static bool excepted(struct parser *p, const struct ward_ical_time *at, ward_ns from)
{
	for (size_t i = 0; i < p->e.n_except; i++) {
		const struct ward_ical_time *x = &p->e.except[i];
		ward_ns t;

		if (x->form == WARD_ICAL_DATE ? ward_ical_day(&x->at) == ward_ical_day(&at->at)
					      : utc(p, x, &t) && t == from)
			return true;
	}
	return false;
}

/* Gives one occurrence that begins on this day; *ret_more is false behind UNTIL. */
static bool give(struct parser *p, int64_t day, bool *ret_more)
{
	const struct event *e = &p->e;
	struct ward_ical_time at = e->begin, end = e->begin;
	struct ward_ical_date d = {.uid = e->uid,
		.summary = e->summary,
		.location = e->location,
		.categories = e->categories,
		.contact = e->contact,
		.series = e->rule.given,
		.line = e->line};

	ward_ical_date_of(day, &at.at);
	ward_ical_date_of(day + e->days, &end.at);
	if (end.at.year > WARD_ICAL_YEAR_MAX) {
		refuse(p, e->line, WARD_TEXT("a date too far away\nend the series earlier"));
		return false;
	}
	if (!utc(p, &at, &d.from) || !utc(p, &end, &d.until))
		return unknown_zone(p, &at);
	if (!ward_add(d.until, e->rest, &d.until)) {
		refuse(p, e->line, WARD_TEXT("the event is too long\ncorrect DURATION"));
		return false;
	}
	d.at = at.at;
	*ret_more = !beyond(p, &at, d.from);
	if (*ret_more && !excepted(p, &at, d.from))
		p->err = p->o->fn(p->o->ctx, &d);
	return !p->err;
}

static void series(struct parser *p)
{
	const struct event *e = &p->e;
	int64_t first = ward_ical_day(&e->begin.at), at = 0, day;
	uint64_t n = 0;
	bool more = true;

	while (more && ward_ical_rule_next(&e->rule, first, &at, &n, &day)) {
		if (n == 1 && day != first) {
			refuse(p, e->line,
				WARD_TEXT("the series does not begin on one of its days\nset "
					  "DTSTART to the first of them"));
			return;
		}
		if (n > WARD_ICAL_DATES_MAX) {
			refuse(p, e->line,
				WARD_TEXT("a series of more than %d dates\nend it earlier"),
				WARD_ICAL_DATES_MAX);
			return;
		}
		if (!give(p, day, &more))
			return;
	}
}

static void finish_event(struct parser *p)
{
	struct event *e = &p->e;
	bool more;

	if (++p->n_event > WARD_ICAL_EVENTS_MAX) {
		if (p->n_event == WARD_ICAL_EVENTS_MAX + 1)
			refuse(p, e->line, WARD_TEXT("more than %d events\nsplit the calendar"),
				WARD_ICAL_EVENTS_MAX);
		return;
	}
	if (e->cancelled) {
		ward_diag_addf(p->o->diag, WARD_DIAG_NOTE, p->file, e->line,
			WARD_TEXT("the event is cancelled: left out"));
		return;
	}
	if (e->bad)
		return;
	if (e->begin.form == WARD_ICAL_NONE) {
		refuse(p, e->line, WARD_TEXT("the event has no begin\nadd DTSTART"));
		return;
	}
	if (!length(p))
		return;
	if (e->rule.given)
		series(p);
	else
		(void)give(p, ward_ical_day(&e->begin.at), &more);
}

static void begin(struct parser *p, const struct line *l)
{
	bool event = ward_str_ieq(l->value, WARD_STR("VEVENT"));

	if (p->depth == 0 && !ward_str_ieq(l->value, WARD_STR("VCALENDAR")))
		refuse(p, l->no,
			WARD_TEXT("'%.*s' outside of a calendar\nbegin with BEGIN:VCALENDAR"),
			WARD_STR_ARG(l->value));
	(void)snprintf(p->open[p->depth], NAME_BYTES, "%.*s", WARD_STR_ARG(l->value));
	p->depth++;
	if (!event || p->event_depth)
		return;
	p->event_depth = p->depth;
	ward_arena_reset(&p->arena);
	p->e = (struct event){.line = l->no};
	struct ward_str *text[] = {
		&p->e.uid, &p->e.summary, &p->e.location, &p->e.categories, &p->e.contact};

	for (size_t i = 0; i < WARD_ARRAY_LEN(text); i++)
		*text[i] = WARD_STR("");
}

static void end(struct parser *p, const struct line *l)
{
	if (!p->depth) {
		refuse(p, l->no, WARD_TEXT("END without BEGIN\nremove the line"));
		return;
	}
	bool event = p->event_depth == p->depth;
	const char *open = p->open[--p->depth];
	bool fits = ward_str_ieq(ward_str_sub(l->value, 0, NAME_BYTES - 1), ward_str_z(open));

	if (!fits)
		refuse(p, l->no, WARD_TEXT("END:%.*s where END:%s belongs\ncorrect the line"),
			WARD_STR_ARG(l->value), open);
	if (!event)
		return;
	p->event_depth = 0;
	if (fits)
		finish_event(p);
}

static void take_line(struct parser *p, struct ward_str text, uint32_t no)
{
	struct line l = {.no = no};

	if (!ward_str_trim(text).len)
		return;
	if (!split(text, &l)) {
		refuse(p, no,
			WARD_TEXT("no line of a calendar\nwrite NAME:value; lines that go on begin "
				  "with a blank"));
		p->e.bad = true;
	} else if (ward_str_ieq(l.name, WARD_STR("BEGIN")) && p->depth == DEPTH_MAX) {
		refuse(p, no, WARD_TEXT("nested too deep\nremove the inner components"));
		p->err = WARD_ERR_CONFIG;
	} else if (ward_str_ieq(l.name, WARD_STR("BEGIN"))) {
		begin(p, &l);
	} else if (ward_str_ieq(l.name, WARD_STR("END"))) {
		end(p, &l);
	} else if (p->event_depth && p->event_depth == p->depth) {
		take_property(p, &l);
	}
}

bool ward_ical_is(struct ward_slice text)
{
	struct ward_str s = ward_slice_text(text);

	if (ward_str_starts(s, WARD_STR("\xef\xbb\xbf")))
		s = ward_str_sub(s, 3, s.len);
	return s.len >= 15 && ward_str_ieq(ward_str_sub(s, 0, 15), WARD_STR("BEGIN:VCALENDAR"));
}

static bool sound(struct parser *p, struct ward_slice text)
{
	size_t off = 0;

	if (text.len > ward_limit(p->o->lim, WARD_LIMIT_CONF_BYTES))
		refuse(p, 0, WARD_TEXT("larger than the limit conf.bytes\nsplit the calendar"));
	else if (!ward_utf8_valid(text, &off))
		refuse(p, 0, WARD_TEXT("byte %zu is no UTF-8\nexport the calendar as UTF-8"), off);
	else if (!ward_ical_is(text))
		refuse(p, 1, WARD_TEXT("no calendar\nbegin with BEGIN:VCALENDAR"));
	else
		return true;
	return false;
}

enum ward_err ward_ical_parse(
	const struct ward_ical_opts *o, struct ward_str file, struct ward_slice text)
{
	struct parser *p = ward_mem_alloc(o->mem, sizeof(*p));
	size_t errors = o->diag->n_error;
	struct ward_str line;
	uint32_t no;
	enum ward_err err;

	if (!p)
		return WARD_ERR_NOMEM;
	p->o = o;
	p->file = file;
	p->left = ward_slice_text(text);
	p->next_line = 1;
	p->line = ward_wr_grow(o->mem, LINE_BYTES_MAX);
	ward_arena_init(&p->arena, o->mem, EVENT_BYTES_MAX);
	if (sound(p, text)) {
		if (ward_str_starts(p->left, WARD_STR("\xef\xbb\xbf")))
			p->left = ward_str_sub(p->left, 3, p->left.len);
		while (!p->err && unfold(p, &line, &no))
			take_line(p, line, no);
		if (!p->err && p->depth)
			refuse(p, p->next_line,
				WARD_TEXT("the calendar is cut off\nexport it once more"));
	}
	err = p->err;
	ward_wr_fini(&p->line);
	ward_arena_fini(&p->arena);
	ward_mem_free(o->mem, p, sizeof(*p));
	return err ? err : o->diag->n_error > errors ? WARD_ERR_CONFIG : WARD_OK;
}
