/* Signs, headings and first steps. */
#include "story/priv.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

/* From here on the name of a day says too little; less than seven days, for the change of clocks.
 */
#define WEEK (6 * 86400 * WARD_NS_PER_S)
/* A sign that came again is told of twice as often, or so long after it was. */
#define AGAIN_AFTER (15 * 60 * WARD_NS_PER_S)

static const char *const month_name[] = {"January", "February", "March", "April", "May", "June",
	"July", "August", "September", "October", "November", "December"};
static const char *const day_name[] = {
	"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"};

static void put_level(struct ward_story *s, unsigned level)
{
	static const enum ward_style style[WARD_RECORD_LEVELS] = {WARD_STYLE_PLAIN,
		WARD_STYLE_PLAIN, WARD_STYLE_WARN, WARD_STYLE_ALARM, WARD_STYLE_ALARM};

	static const char *const word[WARD_RECORD_LEVELS] = {
		"info", "low", "medium", "HIGH", "CRITICAL"};

	WARD_ASSERT(level < WARD_RECORD_LEVELS);
	ward_text_z(&s->text, style[level], word[level]);
}

void ward_tell_time(struct ward_wr *w, ward_ns t, bool seconds)
{
	struct ward_local l;

	ward_zone_local(t, &l);
	ward_wr_printf(w, "%02d:%02d", l.hour, l.minute);
	if (seconds)
		ward_wr_printf(w, ":%02d", l.second);
}

void ward_tell_forecast(struct ward_wr *w, ward_ns t, ward_ns now)
{
	struct ward_local at, here;
	ward_ns apart;

	ward_zone_local(t, &at);
	ward_zone_local(now, &here);
	if (!ward_sub(t, now, &apart) || apart >= WEEK || apart <= -WEEK)
		ward_wr_printf(w, "%d\u00a0%.3s\u00a0", at.day, month_name[at.month - 1]);
	else if (at.day != here.day)
		ward_wr_printf(w, "%.3s\u00a0", day_name[at.weekday]);
	ward_tell_time(w, t, false);
}

void ward_tell_count(struct ward_wr *w, uint64_t n, const char *one, const char *many)
{
	char digits[24];
	size_t len = (size_t)snprintf(digits, sizeof(digits), "%llu", (unsigned long long)n);

	for (size_t i = 0; i < len; i++) {
		if (i > 0 && (len - i) % 3 == 0)
			ward_wr_ch(w, ',');
		ward_wr_ch(w, digits[i]);
	}
	ward_wr_z(w, "\u00a0");
	ward_wr_z(w, n == 1 ? one : many);
}

void ward_tell_inner(struct ward_wr *w, struct ward_str name)
{
	bool lower = name.len > 1 && name.p[0] >= 'A' && name.p[0] <= 'Z' && name.p[1] >= 'a' &&
		     name.p[1] <= 'z';

	if (lower) {
		ward_wr_ch(w, (char)(name.p[0] + ('a' - 'A')));
		name = ward_str_sub(name, 1, name.len - 1);
	}
	ward_wr_str(w, name);
}

void ward_tell_put(struct ward_story *s, enum ward_style style)
{
	ward_text_put(&s->text, style, ward_wr_text(&s->line));
	ward_wr_reset(&s->line);
}

void ward_tell_line(struct ward_story *s, size_t indent, const char *fmt, ...)
{
	char buf[256]; /* our own words and numbers only: names are put by themselves */
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(buf, sizeof(buf), fmt, ap);
	va_end(ap);
	ward_text_open(&s->text, indent, indent);
	ward_text_z(&s->text, WARD_STYLE_PLAIN, buf);
	ward_text_close(&s->text);
}

/* Whose story this is, once; and the date, each time that it changes. */
static void tell_day(struct ward_story *s, ward_ns t, bool gap_after)
{
	struct ward_local l;
	int day;

	ward_zone_local(t, &l);
	day = (l.year * 100 + l.month) * 100 + l.day;
	if (s->headed && day == s->day)
		return;
	if (s->begun)
		ward_text_gap(&s->text);
	ward_text_open(&s->text, 0, 0);
	if (!s->headed && s->hospital.len) {
		ward_text_put(&s->text, WARD_STYLE_BOLD, s->hospital);
		ward_text_z(&s->text, WARD_STYLE_PLAIN, ", ");
	}
	ward_wr_printf(&s->line, "%s %d %s %d", day_name[l.weekday], l.day, month_name[l.month - 1],
		l.year);
	ward_tell_put(s, WARD_STYLE_BOLD);
	ward_wr_printf(&s->line, " (local time, UTC%c%d", l.offset_min < 0 ? '-' : '+',
		abs(l.offset_min) / 60);
	if (l.offset_min % 60)
		ward_wr_printf(&s->line, ":%02d", abs(l.offset_min) % 60);
	if (s->zone.len) {
		ward_wr_z(&s->line, ", ");
		ward_wr_str(&s->line, s->zone);
	}
	ward_wr_ch(&s->line, ')');
	ward_tell_put(s, WARD_STYLE_PLAIN);
	ward_text_close(&s->text);
	if (gap_after)
		ward_text_gap(&s->text);
	s->headed = s->begun = true;
	s->day = day;
}

static void sign_head(struct ward_story *s, ward_ns t, unsigned level, bool compact)
{
	bool gap = !compact || s->block;

	tell_day(s, t, !gap);
	if (gap)
		ward_text_gap(&s->text);
	s->block = 0;
	ward_tell_time(&s->line, t, true);
	ward_text_open(&s->text, 0, COL_SIGN);
	ward_tell_put(s, WARD_STYLE_PLAIN);
	ward_text_tab(&s->text, COL_LEVEL);
	put_level(s, level);
	ward_text_tab(&s->text, COL_SIGN);
}

/* Why a sign belongs to its incident; nothing for the first. */
static void put_reason(struct ward_wr *w, const struct ward_record_member *m)
{
	struct ward_str kind = ward_str_eqz(m->on_kind, "asset") ? WARD_STR("device") : m->on_kind;
	bool before = m->with_time == WARD_NS_NEVER || m->with_time <= m->time;

	if (ward_str_eqz(m->joined_by, "asset")) {
		ward_wr_z(w, "the same ");
		ward_wr_str(w, kind.len ? kind : WARD_STR("place or device"));
		ward_wr_z(w, " as in");
	} else if (ward_str_eqz(m->joined_by, "actor")) {
		ward_wr_z(w, "the same person as in");
	} else if (ward_str_eqz(m->joined_by, "place") && m->hops == 0) {
		ward_wr_z(w, "the same place as in");
	} else if (ward_str_eqz(m->joined_by, "place")) {
		ward_wr_printf(w, "%lld %s away from", (long long)m->hops,
			m->hops == 1 ? "door or room" : "doors or rooms");
	} else if (ward_str_eqz(m->joined_by, "cause")) {
		ward_wr_z(w, before ? "may follow from" : "may lead to");
	} else {
		ward_wr_str(w, m->joined_by);
	}
	ward_wr_z(w, " “");
	ward_wr_str(w, m->with);
	ward_wr_z(w, "”");
	if (m->with_time != WARD_NS_NEVER) {
		ward_wr_z(w, " at\u00a0");
		ward_tell_forecast(w, m->with_time, m->time);
	}
}

/* Was there a sign of the same title before this one? Then title and place are enough. */
static bool title_known(const struct tale *t, const struct sign *sign)
{
	for (size_t i = 0; i < t->n_sign; i++)
		if (&t->sign[i] != sign && t->sign[i].n_told &&
			ward_str_eq(t->sign[i].title, sign->title))
			return true;
	return false;
}

void ward_tell_sign(struct ward_story *s, const struct tale *t, const struct sign *sign,
	const struct ward_record_member *m)
{
	bool known = title_known(t, sign);

	sign_head(s, m->time, m->level, known);
	if (known) {
		ward_wr_str(&s->line, sign->title);
		ward_wr_z(&s->line, ", also: ");
		ward_wr_str(&s->line, sign->on);
		ward_tell_put(s, WARD_STYLE_PLAIN);
		ward_text_close(&s->text);
		ward_tell_not_covered(s, &m->permit, m->time);
		return;
	}
	ward_text_put(&s->text, WARD_STYLE_BOLD, sign->title);
	ward_text_close(&s->text);
	ward_wr_str(&s->line, sign->on);
	if (sign->on.len && sign->where.len)
		ward_wr_z(&s->line, " · ");
	ward_wr_str(&s->line, sign->where);
	ward_text_open(&s->text, COL_SIGN, COL_SIGN);
	ward_tell_put(s, WARD_STYLE_PLAIN);
	ward_text_close(&s->text);
	if (m->with.len) {
		ward_wr_printf(&s->line, "incident %u: ", t->number);
		put_reason(&s->line, m);
		ward_text_open(&s->text, COL_SIGN, COL_SIGN + 2);
		ward_tell_put(s, WARD_STYLE_DIM);
		ward_text_close(&s->text);
	}
	ward_tell_not_covered(s, &m->permit, m->time);
}

/* "permit w-1 (Rossi Impianti, until 11:00)" */
static void put_permit(struct ward_wr *w, const struct ward_record_permit *p, ward_ns now)
{
	ward_wr_z(w, "permit ");
	ward_wr_str(w, p->id);
	ward_wr_z(w, " (");
	ward_wr_str(w, p->who);
	ward_wr_z(w, ", until ");
	ward_tell_forecast(w, p->until, now);
	ward_wr_ch(w, ')');
}

void ward_tell_not_covered(struct ward_story *s, const struct ward_record_permit *p, ward_ns now)
{
	if (!p->id.len || p->expected)
		return;
	put_permit(&s->line, p, now);
	ward_wr_z(&s->line, " does not cover this: ");
	ward_wr_str(&s->line, p->because);
	ward_text_open(&s->text, COL_SIGN, COL_SIGN + 2);
	ward_tell_put(s, WARD_STYLE_DIM);
	ward_text_close(&s->text);
}

/* The front of a line about a sign that is part of no incident; word stands where its level would.
 */
static void open_loose(struct ward_story *s, const struct loose *l, const char *word)
{
	tell_day(s, l->first, !s->block);
	if (s->block)
		ward_text_gap(&s->text);
	s->block = 0;
	ward_tell_time(&s->line, l->first, true);
	ward_text_open(&s->text, 0, COL_SIGN);
	ward_tell_put(s, WARD_STYLE_PLAIN);
	ward_text_tab(&s->text, COL_LEVEL);
	ward_text_z(&s->text, WARD_STYLE_DIM, word);
	ward_text_tab(&s->text, COL_SIGN);
}

void ward_tell_expected(struct ward_story *s, const struct loose *l)
{
	open_loose(s, l, "works");
	ward_wr_z(&s->line, "expected: ");
	ward_wr_str(&s->line, l->title);
	ward_wr_z(&s->line, l->on.len ? ", " : "");
	ward_wr_str(&s->line, l->on);
	ward_wr_z(&s->line, "; ");
	put_permit(&s->line, &l->permit, l->first);
	ward_tell_put(s, WARD_STYLE_PLAIN);
	ward_text_close(&s->text);
}

void ward_tell_works(struct ward_story *s, const struct tale *t)
{
	ward_text_open(&s->text, COL_BODY, COL_BODY + 2);
	ward_tell_count(&s->line, t->n_expected, "sign near it is", "signs near it are");
	ward_wr_z(&s->line, " expected by a works permit, and not counted here");
	ward_tell_put(s, WARD_STYLE_PLAIN);
	ward_text_close(&s->text);
}

void ward_tell_note(struct ward_story *s, const struct loose *l)
{
	open_loose(s, l, "note");
	ward_text_put(&s->text, WARD_STYLE_PLAIN, l->title);
	ward_text_z(&s->text, WARD_STYLE_PLAIN, l->on.len ? ": " : "");
	ward_text_put(&s->text, WARD_STYLE_PLAIN, l->on);
	ward_text_close(&s->text);
}

void ward_tell_lone(struct ward_story *s, const struct loose *l)
{
	sign_head(s, l->first, l->level, false);
	ward_text_put(&s->text, WARD_STYLE_BOLD, l->title);
	ward_text_close(&s->text);
	ward_text_open(&s->text, COL_SIGN, COL_SIGN);
	ward_text_put(&s->text, WARD_STYLE_PLAIN, l->on);
	ward_text_z(&s->text, WARD_STYLE_PLAIN,
		l->on.len ? " (belongs to no incident)" : "belongs to no incident");
	ward_text_close(&s->text);
	ward_tell_not_covered(s, &l->permit, l->first);
}

static const char *domain_word(struct ward_str domain)
{
	return ward_str_eqz(domain, "hybrid")     ? "physical and cyber at once"
	       : ward_str_eqz(domain, "physical") ? "physical"
						  : "cyber";
}

void ward_tell_standing(struct ward_story *s, const struct tale *t)
{
	put_level(s, t->level);
	ward_wr_z(&s->line, ", ");
	ward_wr_z(&s->line, domain_word(t->domain));
	ward_wr_z(&s->line, ", ");
	ward_wr_str(&s->line, t->state);
	ward_tell_put(s, WARD_STYLE_PLAIN);
}

void ward_tell_opened(struct ward_story *s, const struct tale *t, bool changed, bool new_step)
{
	ward_text_gap(&s->text);
	ward_text_open(&s->text, 0, COL_BODY);
	ward_wr_printf(&s->line, "INCIDENT %u", t->number);
	ward_tell_put(s, WARD_STYLE_BOLD);
	if (changed) {
		ward_text_z(&s->text, WARD_STYLE_PLAIN, t->revision > 1 ? " is now: " : " opens: ");
		ward_tell_standing(s, t);
	}
	if (changed && new_step) {
		ward_text_close(&s->text);
		ward_text_open(&s->text, COL_BODY, COL_BODY + 2);
		ward_wr_z(&s->line, t->n_step > 1 ? "Next step, " : "First step, ");
	} else if (new_step) {
		ward_wr_z(&s->line, ", next step, ");
	}
	if (new_step) {
		const struct step *step = &t->step[t->n_step - 1];

		ward_tell_put(s, WARD_STYLE_PLAIN);
		ward_tell_role(s, step);
		ward_text_z(&s->text, WARD_STYLE_BOLD, ": ");
		ward_text_put(&s->text, WARD_STYLE_PLAIN, step->text);
	}
	ward_text_close(&s->text);
	s->block = t->number;
}

void ward_tell_taken_back(struct ward_story *s, struct ward_str title, struct ward_str on)
{
	ward_wr_z(&s->line, "taken back: ");
	ward_wr_str(&s->line, title);
	ward_wr_z(&s->line, ", ");
	ward_wr_str(&s->line, on);
	ward_text_open(&s->text, COL_SIGN, COL_SIGN + 2);
	ward_tell_put(s, WARD_STYLE_PLAIN);
	ward_text_close(&s->text);
}

/* A sign that came again: how often by now, instead of a line each time. */
static void again(struct ward_story *s, const struct tale *t, const struct sign *sign)
{
	tell_day(s, sign->last, !s->block);
	if (s->block)
		ward_text_gap(&s->text);
	s->block = 0;
	ward_tell_time(&s->line, sign->last, true);
	ward_text_open(&s->text, 0, COL_SIGN);
	ward_tell_put(s, WARD_STYLE_PLAIN);
	ward_text_tab(&s->text, COL_LEVEL);
	ward_wr_z(&s->line, "again: ");
	ward_wr_str(&s->line, sign->title);
	if (title_known(t, sign)) {
		ward_wr_z(&s->line, ", ");
		ward_wr_str(&s->line, sign->on);
	}
	ward_wr_z(&s->line, " (");
	ward_tell_count(&s->line, sign->n, "time", "times");
	ward_wr_z(&s->line, "\u00a0now)");
	ward_tell_put(s, WARD_STYLE_DIM);
	ward_text_close(&s->text);
}

void ward_tell_repeats(struct ward_story *s, struct tale *t)
{
	for (size_t i = 0; i < t->n_sign; i++) {
		struct sign *sign = &t->sign[i];
		ward_ns since;

		if (!sign->n_told || sign->n <= sign->n_told)
			continue;
		if (sign->n / 2 < sign->n_told && ward_sub(sign->last, sign->told_last, &since) &&
			since < AGAIN_AFTER)
			continue;
		again(s, t, sign);
		sign->n_told = sign->n;
		sign->told_last = sign->last;
	}
}

void ward_tell_role(struct ward_story *s, const struct step *step)
{
	ward_text_put(&s->text, WARD_STYLE_BOLD, step->role);
	if (!step->reach.len)
		return;
	ward_wr_z(&s->line, " (");
	ward_wr_str(&s->line, step->reach);
	ward_wr_ch(&s->line, ')');
	ward_tell_put(s, WARD_STYLE_PLAIN);
}
