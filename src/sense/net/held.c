/* One packet can hold hundreds of tiny messages, an event each: without a bound a sender would have
 * the sensor write a hundred times of what he sends. Of each class one packet (or what it completes
 * of its stream, or the end of a flow) gives SHOWN events; the rest are counted, and told by the
 * flow's net.flow. Per class, so that a flood of one does not hide another. */
#include "sense/net/emit.h"
#include "sense/net/flow.h"

enum { SHOWN = 32 };

void ward_held_begin(struct ward_net *n, struct ward_flow *flow)
{
	n->told.flow = flow;
	n->told.n_class = 0;
}

void ward_held_end(struct ward_net *n)
{
	n->told.flow = NULL;
}

/* Of a packet with more classes than are told apart, the last are counted together. */
static uint32_t *count_of(struct ward_net *n, uint32_t class)
{
	for (uint32_t i = 0; i < n->told.n_class; i++)
		if (n->told.of[i].class == class)
			return &n->told.of[i].n;
	if (n->told.n_class < WARD_NET_TOLD_CLASSES) {
		n->told.of[n->told.n_class].class = class;
		n->told.of[n->told.n_class++].n = 0;
	}
	return &n->told.of[n->told.n_class - 1].n;
}

bool ward_held_one(struct ward_net *n, uint32_t class)
{
	if (!n->told.flow || ++*count_of(n, class) <= SHOWN)
		return false;
	n->count[WARD_NET_EVENTS_HELD]++;
	n->told.flow->events_held++;
	n->index++;
	return true;
}
