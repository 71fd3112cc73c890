/* Why a detection was raised, behind it. */
#include "story/priv.h"

void ward_tell_because(struct ward_story *s, const struct loose *l)
{
	struct brief n;

	if (!l || !l->because.len)
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
