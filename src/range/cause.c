/* Why a service does not work: back from it, at each thing by the first need that is not met. */
#include "range/body.h"

static const char *const names[WARD_RANGE_WHY_N] = {
#define X(NAME, name) name,
	WARD_RANGE_WHY_LIST(X)
#undef X
};

const char *ward_range_why_name(enum ward_range_why w)
{
	WARD_ASSERT((unsigned)w < WARD_RANGE_WHY_N);
	return names[w];
}

static bool is_warm(const struct range_time *t, uint32_t i)
{
	return t->r->node[i].store == RANGE_WARMTH && !(t->s[i].left < 1);
}

static enum ward_range_why why_of(const struct range_time *t, uint32_t i)
{
	const struct range_state *s = &t->s[i];

	if (s->burnt)
		return WARD_RANGE_WHY_BURNT;
	if (s->cut_off)
		return WARD_RANGE_WHY_CUT_OFF;
	if (s->stopped)
		return WARD_RANGE_WHY_STOPPED;
	if (s->tripped)
		return WARD_RANGE_WHY_OFF;
	if (is_warm(t, i) && range_flows(t, i))
		return WARD_RANGE_WHY_WARM;
	return WARD_RANGE_WHY_WITHOUT;
}

/* A member of the gate that fails it; WARD_NONE. */
static uint32_t member_of(const struct range_time *t, const struct range_gate *g)
{
	for (uint32_t k = 0; k < g->n; k++) {
		uint32_t by = t->r->member[g->first + k];
		const struct range_state *s = &t->s[by];

		if (g->by == RANGE_PLACE ? s->burnt || s->cut_off : !s->works)
			return by;
	}
	return WARD_NONE;
}

static bool is_met(const struct range_time *t, const struct range_gate *g)
{
	return g->by == RANGE_PLACE ? range_somewhere(t, g) : range_holds(t, g);
}

/* What this one lacks, of these needs: of cold alone, or of all else; WARD_NONE: nothing. */
static uint32_t lack(const struct range_time *t, uint32_t i, bool cold)
{
	const struct ward_range *r = t->r;

	for (uint32_t g = r->node[i].gate; g != WARD_NONE; g = r->gate[g].next)
		if ((r->gate[g].by == RANGE_COLD) == cold && !is_met(t, &r->gate[g])) {
			uint32_t by = member_of(t, &r->gate[g]);

			if (by != WARD_NONE)
				return by;
		}
	return WARD_NONE;
}

/* The next one back; WARD_NONE: it is here that it began. */
static uint32_t back(const struct range_time *t, uint32_t i, enum ward_range_why why)
{
	uint32_t by;

	switch (why) {
	case WARD_RANGE_WHY_OFF:
		return t->r->node[i].room;
	case WARD_RANGE_WHY_WARM:
		by = lack(t, i, true);
		return by != WARD_NONE ? by : lack(t, i, false);
	case WARD_RANGE_WHY_WITHOUT:
		by = lack(t, i, false);
		return by != WARD_NONE ? by : lack(t, i, true);
	case WARD_RANGE_WHY_CUT_OFF:
	case WARD_RANGE_WHY_STOPPED:
	case WARD_RANGE_WHY_BURNT:
	case WARD_RANGE_WHY_N:
		break;
	}
	return WARD_NONE;
}

static bool is_in(const struct range_trace *x, uint32_t node)
{
	bool is = false;

	for (uint32_t k = 0; k < x->n; k++)
		is |= x->link[k].node == node;
	return is;
}

void range_find_cause(const struct range_time *t, size_t i, struct range_trace *ret)
{
	uint32_t node = t->r->service[i];

	ret->n = 0;
	while (node != WARD_NONE && ret->n < RANGE_LINKS_MAX && !is_in(ret, node)) {
		enum ward_range_why why = why_of(t, node);

		ret->link[ret->n++] = (struct range_link){node, why};
		node = back(t, node, why);
	}
}
