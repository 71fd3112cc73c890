/* One packet can hold hundreds of messages of two bytes, an event each: without a bound a sender
 * would have the sensor write two hundred times of what he sends. A flow may give an event for each
 * BYTES that its packets had, which is less than any request of a protocol that carries orders;
 * what is beyond that, and more than SHOWN of its class in one packet, is counted: told in net.held
 * when it begins and each time that its count doubles, and by the flow's net.flow. */
#include "sense/net/emit.h"
#include "sense/net/flow.h"

enum { SHOWN = 32, BYTES = 12 };

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

static void tell(struct ward_net *n, const struct ward_flow *flow, uint32_t class)
{
	struct ward_packet p;

	if (!ward_emit_begin(n, n->name[WARD_NET_NAME_CLASS_HELD]))
		return;
	ward_flow_packet(n, flow, 0, &p);
	ward_emit_packet(n, &p);
	ward_emit_str(n, n->name[WARD_NET_NAME_HELD_CLASS], ward_name_text(n->names, class));
	ward_emit_int(n, n->name[WARD_NET_NAME_COUNT], (int64_t)flow->events_held);
	ward_emit_end(n);
}

bool ward_held_one(struct ward_net *n, uint32_t class)
{
	struct ward_flow *flow = n->told.flow;

	if (!flow || class == n->name[WARD_NET_NAME_CLASS_HELD])
		return false;
	if (++*count_of(n, class) <= SHOWN ||
		flow->events_told < (flow->bytes[0] + flow->bytes[1]) / BYTES) {
		flow->events_told++;
		return false;
	}
	n->count[WARD_NET_EVENTS_HELD]++;
	flow->events_held++;
	if ((flow->events_held & (flow->events_held - 1)) == 0)
		tell(n, flow, class);
	n->index++;
	return true;
}
