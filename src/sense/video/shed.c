#include "sense/video/shed.h"

enum {
	OVER = 2, /* windows before there is less; of lateness as many for each step of priority */
	PLENTY = 12, /* before there is more, at first */
	WAIT_MAX = 240,
	OF_BUDGET = 50, /* percent of it that are plenty: one step more costs up to twice as much */
};

static const ward_ns window = 5 * WARD_NS_PER_S;
static const ward_ns late_max = WARD_NS_PER_S; /* of the first priority; each next twice as much */
static const ward_ns late_plenty = 300 * WARD_NS_PER_MS;

void ward_shed_init(struct ward_shed *s, unsigned budget, unsigned priority)
{
	*s = (struct ward_shed){
		.budget = budget, .priority = priority ? priority : 2, .wait = PLENTY};
	WARD_ASSERT(s->priority <= WARD_SHED_PRIORITY_MAX);
}

static bool change(struct ward_shed *s, ward_ns now, bool less)
{
	s->level = less ? s->level + 1 : s->level - 1;
	/* what had to be taken back at once will be tried later the next time */
	if (less && s->returned)
		s->wait = s->wait < WAIT_MAX / 2 ? s->wait * 2 : WAIT_MAX;
	s->returned = !less;
	s->n_over = s->n_plenty = 0;
	if (s->level == WARD_SHED_NONE)
		s->since = 0;
	else if (!s->since)
		s->since = now;
	return true;
}

/* The window that ends now. */
static bool judge(struct ward_shed *s, ward_ns now, ward_ns used)
{
	ward_ns length = now - s->begun, spent = used - s->used;
	bool over, plenty, own;

	s->percent = (unsigned)(spent > 0 ? spent * 100 / length : 0);
	own = s->budget && s->percent > s->budget;
	over = own || s->late > late_max << (s->priority - 1);
	plenty = (!s->budget || s->percent * 100 <= s->budget * OF_BUDGET) && s->late < late_plenty;
	s->n_over = over ? s->n_over + 1 : 0;
	s->n_plenty = plenty ? s->n_plenty + 1 : 0;
	/* it lasted: the next time is not in vain */
	if (s->returned && s->n_plenty > s->wait)
		s->returned = false;
	if (s->n_over >= (own ? OVER : OVER * s->priority) && s->level + 1 < WARD_SHED_N)
		return change(s, now, true);
	if (s->n_plenty >= s->wait && s->level > WARD_SHED_NONE)
		return change(s, now, false);
	return false;
}

bool ward_shed_step(struct ward_shed *s, ward_ns now, ward_ns used, ward_ns late)
{
	bool changed = false;

	if (s->known && now - s->begun < window) {
		s->late = late > s->late ? late : s->late;
		return false;
	}
	/* a camera that was away for long says nothing of the time between */
	if (s->known && now - s->begun < 4 * window) {
		s->late = late > s->late ? late : s->late;
		changed = judge(s, now, used);
	}
	s->known = true;
	s->begun = now;
	s->used = used;
	s->late = 0;
	return changed;
}

const char *ward_shed_word(enum ward_shed_level level)
{
	static const char *const word[WARD_SHED_N] = {"all", "half", "reference", "keyframes"};

	return word[level];
}
