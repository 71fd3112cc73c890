/* Where people can be: nobody goes through a room that burns, so what lies behind it alone is left.
 */
#include "range/body.h"

/* The least number of a room from which one gets to it, without those that burn, where they are
 * meant. */
static void join(struct range_time *t, bool burning)
{
	const struct ward_range *r = t->r;
	bool moved = true;

	for (uint32_t i = 0; i < r->n_node; i++)
		t->at[i].part = i;
	while (moved) {
		moved = false;
		for (size_t k = 0; k < r->n_way; k++) {
			uint32_t a = r->way[k].a, b = r->way[k].b;

			if (t->at[a].part == t->at[b].part ||
				(burning && (t->s[a].burnt || t->s[b].burnt)))
				continue;
			t->at[a].part = t->at[b].part =
				t->at[a].part < t->at[b].part ? t->at[a].part : t->at[b].part;
			moved = true;
		}
	}
}

/* Of what hung together the largest part is the house, in which people are; who is in another one
 * has left it before the fire closed the way, and does not come back. */
void range_leave(struct range_time *t)
{
	const struct ward_range *r = t->r;
	uint32_t n = (uint32_t)r->n_node;

	join(t, false);
	for (uint32_t i = 0; i < n; i++) {
		t->at[i].whole = t->at[i].part;
		t->at[i].size = 0;
		t->at[i].house = i;
	}
	join(t, true);
	for (uint32_t i = 0; i < n; i++)
		t->at[t->at[i].part].size++;
	for (uint32_t i = 0; i < n; i++) {
		uint32_t *house = &t->at[t->at[i].whole].house;

		if (t->at[t->at[i].part].size > t->at[*house].size)
			*house = t->at[i].part;
	}
	for (uint32_t i = 0; i < n; i++)
		t->s[i].cut_off = t->at[i].part != t->at[t->at[i].whole].house;
}

bool range_somewhere(const struct range_time *t, const struct range_gate *g)
{
	uint32_t burnt = 0, open = 0;

	for (uint32_t k = 0; k < g->n; k++) {
		const struct range_state *s = &t->s[t->r->member[g->first + k]];

		burnt += s->burnt;
		open += !s->burnt && !s->cut_off;
	}
	return !g->n || (open && g->n - burnt >= g->need);
}
