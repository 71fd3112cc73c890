/* The end: every incident in a few lines. */
#include "story/priv.h"

#include <stdio.h>
#include <stdlib.h>

/* Where the other signs of this title were, and how often each: "Theatre 1, Theatre 2 (3 times)".
 */
static void put_places(struct ward_wr *w, const struct tale *t, size_t first)
{
	bool any = false;

	for (size_t i = first; i < t->n_sign; i++) {
		const struct sign *sign = &t->sign[i];

		if (!sign->n || !ward_str_eq(sign->title, t->sign[first].title))
			continue;
		ward_wr_z(w, any ? "; " : ": ");
		ward_wr_str(w, sign->on);
		if (sign->n > 1)
			ward_wr_printf(w, " (%u\u00a0times)", sign->n);
		any = true;
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
	ward_text_z(&s->text, WARD_STYLE_BOLD, "What was seen");
	ward_text_close(&s->text);
	for (size_t i = 0; i < t->n_sign; i++) {
		if (!t->sign[i].n || title_before(t, i))
			continue;
		ward_text_open(&s->text, COL_BODY + 2, COL_LEVEL);
		ward_tell_time(&s->line, t->sign[i].first, false);
		ward_wr_ch(&s->line, ' ');
		ward_wr_str(&s->line, t->sign[i].title);
		put_places(&s->line, t, i);
		ward_tell_put(s, WARD_STYLE_PLAIN);
		ward_text_close(&s->text);
	}
}

static void sum_steps(struct ward_story *s, const struct tale *t)
{
	if (!t->n_step)
		return;
	ward_text_open(&s->text, COL_BODY, COL_BODY);
	ward_text_z(&s->text, WARD_STYLE_BOLD, "First steps, the latest first");
	ward_text_close(&s->text);
	for (size_t i = t->n_step; i > 0; i--)
		ward_tell_step(s, &t->step[i - 1], "", COL_BODY + 2);
}

static enum ward_err sum_tale(struct ward_story *s, const struct tale *t)
{
	enum ward_err err;

	ward_text_gap(&s->text);
	ward_text_open(&s->text, 0, COL_BODY);
	ward_wr_printf(&s->line, "INCIDENT %u", t->number);
	ward_tell_put(s, WARD_STYLE_BOLD);
	ward_text_z(&s->text, WARD_STYLE_PLAIN, ": ");
	ward_tell_standing(s, t);
	ward_wr_z(&s->line, ", ");
	ward_tell_time(&s->line, t->first, false);
	ward_wr_z(&s->line, " to ");
	ward_tell_time(&s->line, t->last, false);
	ward_tell_put(s, WARD_STYLE_PLAIN);
	ward_text_close(&s->text);
	s->block = t->number;
	sum_signs(s, t);
	err = ward_tell_care_all(s, t);
	if (!err)
		sum_steps(s, t);
	return err;
}

static int by_number(const void *va, const void *vb)
{
	const struct tale *a = *(struct tale *const *)va, *b = *(struct tale *const *)vb;

	return a->number < b->number ? -1 : a->number > b->number;
}

/* "4,577 events" */
static void put_count(struct ward_wr *w, uint64_t n, const char *one, const char *many)
{
	char digits[24];
	size_t len = (size_t)snprintf(digits, sizeof(digits), "%llu", (unsigned long long)n);

	for (size_t i = 0; i < len; i++) {
		if (i > 0 && (len - i) % 3 == 0)
			ward_wr_ch(w, ',');
		ward_wr_ch(w, digits[i]);
	}
	ward_wr_ch(w, ' ');
	ward_wr_z(w, n == 1 ? one : many);
}

static void sum_counts(struct ward_story *s, uint64_t n_event)
{
	if (n_event)
		put_count(&s->line, n_event, "event, ", "events, ");
	if (s->n_detection && s->n_detection == s->n_weak)
		put_count(&s->line, s->n_detection, "weak sign, ", "weak signs, ");
	else if (s->n_detection)
		put_count(&s->line, s->n_detection, "sign, ", "signs, ");
	if (s->n_number)
		put_count(&s->line, s->n_number, "incident", "incidents");
	else
		ward_wr_z(&s->line, "no incident");
	ward_tell_put(s, WARD_STYLE_PLAIN);
	ward_text_close(&s->text);
}

enum ward_err ward_tell_summary(struct ward_story *s, uint64_t n_event)
{
	size_t from = s->n_tale > TALES_SUMMED ? s->n_tale - TALES_SUMMED : 0;
	enum ward_err err = WARD_OK;

	if (s->headed)
		ward_text_gap(&s->text);
	ward_text_open(&s->text, 0, COL_BODY);
	if (!s->n_number && !s->n_lone)
		ward_text_z(&s->text, WARD_STYLE_BOLD, "Nothing to report: ");
	else
		ward_text_z(&s->text, WARD_STYLE_BOLD, "SUMMARY: ");
	sum_counts(s, n_event);
	if (s->n_tale)
		qsort(s->tale, s->n_tale, sizeof(struct tale *), by_number);
	if (from)
		ward_tell_line(s, 0, "The latest %d incidents:", (int)TALES_SUMMED);
	for (size_t i = from; !err && i < s->n_tale; i++)
		err = sum_tale(s, s->tale[i]);
	return err;
}
