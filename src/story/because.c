/* Why a detection was raised, behind it. */
#include "story/priv.h"

#include "words/reason.h"

struct at {
	struct ward_story *s;
	ward_ns now;
};

static void put_time(void *ctx, struct ward_str time, struct ward_wr *w)
{
	const struct at *at = ctx;
	struct brief b;
	ward_ns t;

	ward_wr_str(w, ward_time_parse(time, &t) == WARD_OK
			       ? ward_tell_forecast(&b, at->s, t, at->now)
			       : time);
}

/* Why a value is not as expected, as a sentence of the story's language; false: that is not why. */
static bool tell_reason(struct ward_story *s, const struct loose *l)
{
	struct at at = {s, l->last};

	ward_wr_reset(&s->aside);
	if (!ward_reason_tell(&s->aside, s->lang, l->reason, l->n_reason, put_time, &at))
		return false;
	ward_text_open(&s->text, COL_SIGN, COL_SIGN + 2);
	TELL(s, WARD_STYLE_DIM, WARD_TEXT("because {match}"),
		STYLED("match", ward_wr_text(&s->aside), WARD_STYLE_DIM));
	ward_text_close(&s->text);
	return true;
}

/* One that was cut in the record is known by its beginning, where one text alone begins so. */
static struct ward_str title_of(const struct ward_story *s, struct ward_str title)
{
	const struct ward_str cut = WARD_STR("…");
	struct ward_str begin = ward_str_sub(title, 0, title.len - cut.len), text, whole = title;
	size_t n = 0;

	if (!ward_str_ends(title, cut) || !begin.len)
		return ward_tell_text(s, title);
	for (size_t i = 0; n < 2 && ward_lang_at(s->lang, i, &text); i++)
		if (ward_str_starts(text, begin)) {
			whole = text;
			n++;
		}
	return n == 1 ? ward_tell_text(s, whole) : title;
}

/* Rules by their titles, `“Door forced”, “New device” × 3 within 1h`, each in the story's language
 * where it has one. */
static struct ward_str titles(struct ward_story *s, struct ward_str rest)
{
	const struct ward_str open = WARD_STR("“"), close = WARD_STR("”"),
			      within = WARD_STR(" within ");

	ward_wr_reset(&s->aside);
	while (s->lang && rest.len) {
		size_t at = ward_str_find(rest, open);
		struct ward_str behind =
			at == SIZE_MAX ? WARD_STR("") : ward_str_sub(rest, at + open.len, rest.len);
		size_t end = ward_str_find(behind, close);

		if (at == SIZE_MAX || end == SIZE_MAX)
			break;
		ward_wr_str(&s->aside, ward_str_sub(rest, 0, at));
		WARD_SAY(&s->aside, s->lang, WARD_TEXT("“{title}”"),
			{"title", title_of(s, ward_str_sub(behind, 0, end))});
		rest = ward_str_sub(behind, end + close.len, behind.len);
	}
	size_t at = ward_str_find(rest, within);

	if (s->aside.len && at != SIZE_MAX && ward_str_find(rest, WARD_STR(";")) == SIZE_MAX) {
		ward_wr_str(&s->aside, ward_str_sub(rest, 0, at + 1));
		WARD_SAY(&s->aside, s->lang, WARD_TEXT("within {span}"),
			{"span", ward_str_sub(rest, at + within.len, rest.len)});
		rest = WARD_STR("");
	}
	ward_wr_str(&s->aside, rest);
	return ward_wr_text(&s->aside);
}

void ward_tell_because(struct ward_story *s, const struct loose *l)
{
	struct brief n;

	if (!l || !l->because.len || tell_reason(s, l))
		return;
	ward_text_open(&s->text, COL_SIGN, COL_SIGN + 2);
	TELL(s, WARD_STYLE_DIM,
		l->because_more ? WARD_TEXT("because {match}, and {n} more")
				: WARD_TEXT("because {match}"),
		STYLED("match", titles(s, l->because), WARD_STYLE_DIM),
		STYLED("n", ward_tell_digits(&n, (int64_t)l->because_more), WARD_STYLE_DIM));
	ward_text_close(&s->text);
}

const struct loose *ward_story_loose(const struct ward_story *s, struct ward_id id)
{
	for (size_t i = 0; i < s->n_loose; i++)
		if (ward_id_eq(s->loose[i].id, id))
			return &s->loose[i];
	return NULL;
}
