/* The end: every incident in a few lines. */
#include "story/priv.h"

#include <stdlib.h>

#define MINUTE (60 * WARD_NS_PER_S)

enum { PLACES_MAX = 8 }; /* of one title are named */

/* "03:15 to 03:40", or "03:15" when both are the same minute. */
static void put_span(struct ward_wr *w, ward_ns first, ward_ns last, ward_ns now)
{
	ward_tell_forecast(w, first, now);
	if (last / MINUTE == first / MINUTE)
		return;
	ward_wr_z(w, " to ");
	ward_tell_forecast(w, last, first);
}

/* "(14 times, 03:15 to 03:40)" */
static void put_times(struct ward_wr *w, const struct sign *sign, const struct tale *t)
{
	ward_wr_z(w, " (");
	ward_tell_count(w, sign->n, "time", "times");
	if (sign->last / MINUTE != sign->first / MINUTE) {
		ward_wr_z(w, ", ");
		put_span(w, sign->first, sign->last, t->first);
	}
	ward_wr_ch(w, ')');
}

/* Where the signs of this title were, and how often each: "Theatre 1; Theatre 2 (3 times)". */
static void put_places(struct ward_wr *w, const struct tale *t, size_t first)
{
	size_t n = 0;

	for (size_t i = first; i < t->n_sign; i++) {
		const struct sign *sign = &t->sign[i];

		if (!sign->n || !ward_str_eq(sign->title, t->sign[first].title))
			continue;
		if (n++ >= PLACES_MAX)
			continue;
		ward_wr_z(w, n > 1 ? "; " : ": ");
		ward_wr_str(w, sign->on);
		if (sign->n > 1)
			put_times(w, sign, t);
	}
	if (n > PLACES_MAX)
		ward_wr_printf(w, "; %zu more", n - PLACES_MAX);
}

static bool title_before(const struct tale *t, size_t at)
{
	for (size_t i = 0; i < at; i++)
		if (t->sign[i].n && ward_str_eq(t->sign[i].title, t->sign[at].title))
			return true;
	return false;
}

static void sum_signs(struct ward_story *s, const struct tale *t)
{
	ward_text_open(&s->text, COL_BODY, COL_BODY);
	ward_text_z(&s->text, WARD_STYLE_BOLD, "What was seen");
	if (t->only_some)
		ward_text_z(&s->text, WARD_STYLE_PLAIN, " (not all: these are the most serious)");
	ward_text_close(&s->text);
	for (size_t i = 0; i < t->n_sign; i++) {
		if (!t->sign[i].n || title_before(t, i))
			continue;
		ward_text_open(&s->text, COL_BODY + 2, COL_LEVEL);
		ward_tell_forecast(&s->line, t->sign[i].first, t->first);
		ward_wr_ch(&s->line, ' ');
		ward_wr_str(&s->line, t->sign[i].title);
		put_places(&s->line, t, i);
		ward_tell_put(s, WARD_STYLE_PLAIN);
		ward_text_close(&s->text);
	}
}

/* Was the same role told before, which is behind in the list? */
static bool role_told(const struct tale *t, size_t at)
{
	for (size_t i = t->n_step; i-- > at + 1;)
		if (ward_str_eq(t->step[i].role, t->step[at].role))
			return true;
	return false;
}

static void sum_step(struct ward_story *s, const struct step *step)
{
	ward_text_open(&s->text, COL_BODY + 4, COL_BODY + 6);
	ward_wr_z(&s->line, "- ");
	if (step->on.len) {
		ward_wr_str(&s->line, step->on);
		ward_wr_z(&s->line, step->elsewhere ? " and elsewhere: " : ": ");
	}
	ward_wr_str(&s->line, step->text);
	ward_tell_put(s, WARD_STYLE_PLAIN);
	ward_text_close(&s->text);
}

/* By role, that of the latest step first. */
static void sum_steps(struct ward_story *s, const struct tale *t)
{
	if (!t->n_step)
		return;
	ward_text_open(&s->text, COL_BODY, COL_BODY);
	ward_text_z(&s->text, WARD_STYLE_BOLD, "First steps, the latest first");
	ward_text_close(&s->text);
	for (size_t i = t->n_step; i-- > 0;) {
		if (role_told(t, i))
			continue;
		ward_text_open(&s->text, COL_BODY + 2, COL_BODY + 4);
		ward_tell_role(s, &t->step[i]);
		ward_text_close(&s->text);
		for (size_t k = i + 1; k-- > 0;)
			if (ward_str_eq(t->step[k].role, t->step[i].role))
				sum_step(s, &t->step[k]);
	}
}

static enum ward_err sum_tale(struct ward_story *s, const struct tale *t, ward_ns now)
{
	enum ward_err err;

	ward_text_gap(&s->text);
	ward_text_open(&s->text, 0, COL_BODY);
	ward_wr_printf(&s->line, "INCIDENT %u", t->number);
	ward_tell_put(s, WARD_STYLE_BOLD);
	ward_text_z(&s->text, WARD_STYLE_PLAIN, ": ");
	ward_tell_standing(s, t);
	ward_wr_z(&s->line, ", ");
	put_span(&s->line, t->first, t->last, now);
	ward_tell_put(s, WARD_STYLE_PLAIN);
	ward_text_close(&s->text);
	if (ward_str_eqz(t->state, "dismissed"))
		return WARD_OK;
	s->block = t->number;
	sum_signs(s, t);
	if (t->n_expected)
		ward_tell_works(s, t);
	err = ward_tell_care_all(s, t, now);
	if (!err)
		sum_steps(s, t);
	return err;
}

static int by_number(const void *va, const void *vb)
{
	const struct tale *a = *(struct tale *const *)va, *b = *(struct tale *const *)vb;

	return a->number < b->number ? -1 : a->number > b->number;
}

static void sum_counts(struct ward_story *s, uint64_t n_event)
{
	if (n_event)
		ward_tell_count(&s->line, n_event, "event, ", "events, ");
	if (s->n_detection && s->n_detection == s->n_weak)
		ward_tell_count(&s->line, s->n_detection, "weak sign, ", "weak signs, ");
	else if (s->n_detection)
		ward_tell_count(&s->line, s->n_detection, "sign, ", "signs, ");
	if (s->n_expected) {
		ward_tell_count(&s->line, s->n_expected, "sign", "signs");
		ward_wr_z(&s->line, " expected by works permits, ");
	}
	if (s->n_number)
		ward_tell_count(&s->line, s->n_number, "incident", "incidents");
	else
		ward_wr_z(&s->line, "no incident");
	ward_tell_put(s, WARD_STYLE_PLAIN);
	ward_text_close(&s->text);
}

enum ward_err ward_tell_summary(struct ward_story *s, const struct summary *sum)
{
	size_t from = s->n_tale > sum->most ? s->n_tale - sum->most : 0;
	enum ward_err err = WARD_OK;
	ward_ns now = sum->now;

	if (s->begun)
		ward_text_gap(&s->text);
	s->begun = true;
	ward_text_open(&s->text, 0, COL_BODY);
	ward_text_z(&s->text, WARD_STYLE_BOLD,
		!s->n_number && !s->n_lone ? "Nothing to report: " : sum->title);
	sum_counts(s, sum->n_event);
	if (s->n_tale)
		qsort(s->tale, s->n_tale, sizeof(struct tale *), by_number);
	if (from)
		ward_tell_line(s, 0, "The latest %zu incidents:", sum->most);
	for (size_t i = 0; i < s->n_tale; i++)
		now = s->tale[i]->last > now ? s->tale[i]->last : now;
	for (size_t i = from; !err && i < s->n_tale; i++)
		err = sum_tale(s, s->tale[i], now);
	return err;
}
