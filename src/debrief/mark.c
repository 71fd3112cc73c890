/* What is held against a threshold, and the whole. */
#include "debrief/priv.h"

static const struct {
	const char *name;
	bool at_least;
	int64_t threshold;
	char unit;
} marks[WARD_DEBRIEF_MARK_N] = {
#define X(IDENT, name, least, threshold, unit) {name, least, threshold, unit},
	WARD_DEBRIEF_MARKS(X)
#undef X
};

const char *ward_debrief_mark_name(enum ward_debrief_mark_id m)
{
	WARD_ASSERT((unsigned)m < WARD_DEBRIEF_MARK_N);
	return marks[m].name;
}

bool ward_debrief_mark_at_least(enum ward_debrief_mark_id m)
{
	WARD_ASSERT((unsigned)m < WARD_DEBRIEF_MARK_N);
	return marks[m].at_least;
}

char ward_debrief_mark_unit(enum ward_debrief_mark_id m)
{
	WARD_ASSERT((unsigned)m < WARD_DEBRIEF_MARK_N);
	return marks[m].unit;
}

void debrief_value(struct ward_debrief *d, enum ward_debrief_mark_id m, int64_t value)
{
	d->score.mark[m].known = true;
	d->score.mark[m].value = value;
}

void debrief_share(struct ward_debrief *d, enum ward_debrief_mark_id m, size_t part, size_t whole)
{
	if (whole)
		debrief_value(d, m, (int64_t)(part * 1000000 / whole));
}

enum ward_err ward_debrief_end(struct ward_debrief *d, const struct ward_debrief_score **ret)
{
	struct ward_debrief_score *s = &d->score;
	uint32_t story = debrief_find_story(d);
	ward_ns act = ward_debrief_first_act(d), told = ward_debrief_first_told(d);

	s->first_told = act == WARD_NS_NEVER || told == WARD_NS_NEVER ? WARD_NS_NEVER
			: told > act                                  ? told - act
								      : 0;

	for (unsigned m = 0; m < WARD_DEBRIEF_MARK_N; m++)
		s->mark[m].threshold = marks[m].threshold;
	enum ward_err err = debrief_judge_steps(d, story);

	if (!err)
		err = debrief_judge_story(d, story);
	if (!err)
		err = debrief_judge_named(d, story);
	if (!err)
		err = debrief_judge_care(d, story);
	if (!err)
		err = debrief_judge_told(d);
	if (!err)
		err = debrief_count_messages(d);
	s->held = true;
	for (unsigned m = 0; m < WARD_DEBRIEF_MARK_N; m++) {
		struct ward_debrief_mark *x = &s->mark[m];

		x->held = !x->known ||
			  (marks[m].at_least ? x->value >= x->threshold : x->value <= x->threshold);
		s->held = s->held && x->held;
	}
	*ret = s;
	return err;
}
