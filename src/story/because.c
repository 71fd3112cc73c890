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

void ward_tell_because(struct ward_story *s, const struct loose *l)
{
	struct brief n;

	if (!l || !l->because.len || tell_reason(s, l))
		return;
	ward_text_open(&s->text, COL_SIGN, COL_SIGN + 2);
	TELL(s, WARD_STYLE_DIM,
		l->because_more ? WARD_TEXT("because {match}, and {n} more")
				: WARD_TEXT("because {match}"),
		STYLED("match", l->because, WARD_STYLE_DIM),
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
