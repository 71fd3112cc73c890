/* The end: every incident in a few lines. */
#include "story/priv.h"

#include <stdlib.h>

#define MINUTE (60 * WARD_NS_PER_S)

enum { PLACES_MAX = 8 }; /* of one title are named */

/* "03:15 to 03:40", or "03:15" when both are the same minute. */
static void put_span(
	struct ward_wr *w, const struct ward_story *s, const ward_ns span[2], ward_ns now)
{
	struct brief first, last;

	if (span[1] / MINUTE == span[0] / MINUTE)
		ward_wr_str(w, ward_tell_forecast(&first, s, span[0], now));
	else
		WARD_SAY(w, s->lang, WARD_TEXT("{first} to {last}"),
			{"first", ward_tell_forecast(&first, s, span[0], now)},
			{"last", ward_tell_forecast(&last, s, span[1], span[0])});
}

/* "(14 times, 03:15 to 03:40)" */
static void put_times(
	struct ward_wr *w, const struct ward_story *s, const struct sign *sign, ward_ns now)
{
	const ward_ns span[] = {sign->first, sign->last};

	ward_wr_z(w, " (");
	ward_say_n(
		w, s->lang, sign->n, WARD_TEXT_ONE("{n}\u00a0time"), WARD_TEXT("{n}\u00a0times"));
	if (sign->last / MINUTE != sign->first / MINUTE) {
		ward_wr_z(w, ", ");
		put_span(w, s, span, now);
	}
	ward_wr_ch(w, ')');
}

/* Where the signs of this title were, and how often each: "Theatre 1; Theatre 2 (3 times)". */
static void put_places(
	struct ward_wr *w, const struct ward_story *s, const struct tale *t, size_t first)
{
	size_t n = 0;

	for (size_t i = first; i < t->n_sign; i++) {
		const struct sign *sign = &t->sign[i];

		if (!sign->n || !ward_str_eq(sign->title, t->sign[first].title))
			continue;
		if (n++ >= PLACES_MAX)
			continue;
		if (n > 1)
			ward_say(w, s->lang, WARD_TEXT("; "));
		ward_wr_str(w, sign->on);
		if (sign->n > 1)
			put_times(w, s, sign, t->first);
	}
	if (n > PLACES_MAX) {
		ward_say(w, s->lang, WARD_TEXT("; "));
		ward_say_n(w, s->lang, n - PLACES_MAX, WARD_TEXT_ONE("{n}\u00a0more"),
			WARD_TEXT("{n}\u00a0more"));
	}
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
	ward_tell_say(s, WARD_STYLE_BOLD, WARD_TEXT("What was seen"));
	if (t->only_some) {
		ward_text_z(&s->text, WARD_STYLE_PLAIN, " ");
		ward_tell_say(
			s, WARD_STYLE_PLAIN, WARD_TEXT("(not all: these are the most serious)"));
	}
	ward_text_close(&s->text);
	for (size_t i = 0; i < t->n_sign; i++) {
		struct brief time;

		if (!t->sign[i].n || title_before(t, i))
			continue;
		put_places(&s->line, s, t, i);
		ward_text_open(&s->text, COL_BODY + 2, COL_LEVEL);
		TELL(s, WARD_STYLE_PLAIN, WARD_TEXT("{time} {title}: {places}"),
			PLAIN("time", ward_tell_forecast(&time, s, t->sign[i].first, t->first)),
			PLAIN("title", ward_tell_text(s, t->sign[i].title)),
			PLAIN("places", ward_wr_text(&s->line)));
		ward_wr_reset(&s->line);
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
	struct ward_str text = ward_tell_text(s, step->text);

	ward_text_open(&s->text, COL_BODY + 4, COL_BODY + 6);
	ward_text_z(&s->text, WARD_STYLE_PLAIN, "- ");
	if (step->on.len)
		TELL(s, WARD_STYLE_PLAIN,
			step->elsewhere ? WARD_TEXT("{name} and elsewhere: {what}")
					: WARD_TEXT("{name}: {what}"),
			PLAIN("name", step->on), PLAIN("what", text));
	else
		ward_text_put(&s->text, WARD_STYLE_PLAIN, text);
	ward_text_close(&s->text);
}

/* By role, that of the latest step first. */
static void sum_steps(struct ward_story *s, const struct tale *t)
{
	if (!t->n_step)
		return;
	ward_text_open(&s->text, COL_BODY, COL_BODY);
	ward_tell_say(s, WARD_STYLE_BOLD, WARD_TEXT("First steps, the latest first"));
	ward_text_close(&s->text);
	for (size_t i = t->n_step; i-- > 0;) {
		if (role_told(t, i))
			continue;
		ward_text_open(&s->text, COL_BODY + 2, COL_BODY + 4);
		struct piece role = ward_tell_role(s, &t->step[i]);

		ward_text_put(&s->text, role.style, role.text);
		ward_text_put(&s->text, WARD_STYLE_PLAIN, role.tail);
		ward_text_close(&s->text);
		for (size_t k = i + 1; k-- > 0;)
			if (ward_str_eq(t->step[k].role, t->step[i].role))
				sum_step(s, &t->step[k]);
	}
}

static void sum_name(struct ward_story *s, const struct tale *t)
{
	if (!t->name.what.len)
		return;
	ward_headline_say(&t->name, s->lang, &s->line);
	ward_text_open(&s->text, COL_BODY, COL_BODY);
	ward_text_put(&s->text, WARD_STYLE_BOLD, ward_wr_text(&s->line));
	ward_text_close(&s->text);
	ward_wr_reset(&s->line);
}

static enum ward_err sum_tale(struct ward_story *s, const struct tale *t, ward_ns now)
{
	const ward_ns span[] = {t->first, t->last};
	enum ward_err err;

	put_span(&s->line, s, span, now);
	ward_text_gap(&s->text);
	ward_text_open(&s->text, 0, COL_BODY);
	ward_tell_standing(s, t, WARD_TEXT("{incident}: {level}, {domain}, {state}, {span}"),
		ward_wr_text(&s->line));
	ward_wr_reset(&s->line);
	ward_text_close(&s->text);
	if (ward_str_eqz(t->state, "dismissed"))
		return WARD_OK;
	s->block = t->number;
	sum_name(s, t);
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

/* "98 events, 17 signs, 1 incident" */
static void put_counts(struct ward_story *s, uint64_t n_event)
{
	struct ward_wr *w = &s->line;
	bool weak = s->n_detection == s->n_weak;

	if (n_event)
		ward_say_n(w, s->lang, n_event, WARD_TEXT_ONE("{n}\u00a0event"),
			WARD_TEXT("{n}\u00a0events"));
	ward_wr_z(w, n_event ? ", " : "");
	if (s->n_detection)
		ward_say_n(w, s->lang, s->n_detection,
			weak ? WARD_TEXT_ONE("{n}\u00a0weak sign") : WARD_TEXT_ONE("{n}\u00a0sign"),
			weak ? WARD_TEXT("{n}\u00a0weak signs") : WARD_TEXT("{n}\u00a0signs"));
	ward_wr_z(w, s->n_detection ? ", " : "");
	if (s->n_expected)
		ward_say_n(w, s->lang, s->n_expected,
			WARD_TEXT_ONE("{n}\u00a0sign expected by works permits"),
			WARD_TEXT("{n}\u00a0signs expected by works permits"));
	ward_wr_z(w, s->n_expected ? ", " : "");
	if (s->n_number)
		ward_say_n(w, s->lang, s->n_number, WARD_TEXT_ONE("{n}\u00a0incident"),
			WARD_TEXT("{n}\u00a0incidents"));
	else
		ward_say(w, s->lang, WARD_TEXT("no incident"));
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
	put_counts(s, sum->n_event);
	TELL(s, WARD_STYLE_BOLD,
		!s->n_number && !s->n_lone ? WARD_TEXT("Nothing to report: {counts}") : sum->title,
		PLAIN("counts", ward_wr_text(&s->line)));
	ward_wr_reset(&s->line);
	ward_text_close(&s->text);
	if (s->n_tale)
		qsort(s->tale, s->n_tale, sizeof(struct tale *), by_number);
	if (from)
		ward_tell_line(s, 0, sum->most, WARD_TEXT_ONE("The latest incident:"),
			WARD_TEXT("The latest {n} incidents:"));
	for (size_t i = 0; i < s->n_tale; i++)
		now = s->tale[i]->last > now ? s->tale[i]->last : now;
	for (size_t i = from; !err && i < s->n_tale; i++)
		err = sum_tale(s, s->tale[i], now);
	return err;
}
