#include "sense/net/flow.h"

#include "sense/net/emit.h"

enum { SERVICE_TEXT = 24 * (WARD_FLOW_PAST + 1) };

/* One list of the table per time limit: the oldest of each is the next to expire. */
enum flow_list { LIST_DATAGRAM, LIST_OPENING, LIST_OPEN, LIST_CLOSED, LIST_N };
_Static_assert((unsigned)LIST_N <= (unsigned)WARD_LRU_LISTS, "lists of the table");

static const ward_ns idle_max[LIST_N] = {
	[LIST_DATAGRAM] = 60 * WARD_NS_PER_S,
	[LIST_OPENING] = 30 * WARD_NS_PER_S,
	[LIST_OPEN] = 3600 * WARD_NS_PER_S, /* DICOM and HL7 connections idle for long */
	[LIST_CLOSED] = 10 * WARD_NS_PER_S, /* late acknowledgements still belong to it */
};

enum tcp_state {
	TCP_NONE, /* not TCP */
	TCP_SYN,
	TCP_SYN_ACK,
	TCP_OPEN,
	TCP_MIDSTREAM, /* was open before we looked */
	TCP_HALF_CLOSED,
	TCP_CLOSED,
	TCP_RESET,
	TCP_STATE_N,
};

enum tcp_event { EV_SYN, EV_SYN_ACK, EV_OTHER, EV_FIN, EV_FIN_BOTH, EV_RST, EV_N };

/* What an onlooker can say; sequence numbers are not checked here. */
static const uint8_t tcp_next[TCP_STATE_N][EV_N] = {
	/*                  SYN              SYN_ACK          OTHER            FIN FIN_BOTH    RST
	 */
	[TCP_NONE] = {TCP_SYN, TCP_SYN_ACK, TCP_MIDSTREAM, TCP_HALF_CLOSED, TCP_CLOSED, TCP_RESET},
	[TCP_SYN] = {TCP_SYN, TCP_SYN_ACK, TCP_OPEN, TCP_HALF_CLOSED, TCP_CLOSED, TCP_RESET},
	[TCP_SYN_ACK] = {TCP_SYN_ACK, TCP_SYN_ACK, TCP_OPEN, TCP_HALF_CLOSED, TCP_CLOSED,
		TCP_RESET},
	[TCP_OPEN] = {TCP_OPEN, TCP_OPEN, TCP_OPEN, TCP_HALF_CLOSED, TCP_CLOSED, TCP_RESET},
	[TCP_MIDSTREAM] = {TCP_MIDSTREAM, TCP_MIDSTREAM, TCP_MIDSTREAM, TCP_HALF_CLOSED, TCP_CLOSED,
		TCP_RESET},
	[TCP_HALF_CLOSED] = {TCP_HALF_CLOSED, TCP_HALF_CLOSED, TCP_HALF_CLOSED, TCP_HALF_CLOSED,
		TCP_CLOSED, TCP_RESET},
	[TCP_CLOSED] = {TCP_CLOSED, TCP_CLOSED, TCP_CLOSED, TCP_CLOSED, TCP_CLOSED, TCP_CLOSED},
	[TCP_RESET] = {TCP_RESET, TCP_RESET, TCP_RESET, TCP_RESET, TCP_RESET, TCP_RESET},
};

static const struct {
	const char *name;
	enum flow_list list;
} tcp_states[TCP_STATE_N] = {
	[TCP_NONE] = {NULL, LIST_DATAGRAM},
	[TCP_SYN] = {"syn", LIST_OPENING},
	[TCP_SYN_ACK] = {"syn_ack", LIST_OPENING},
	[TCP_OPEN] = {"open", LIST_OPEN},
	[TCP_MIDSTREAM] = {"midstream", LIST_OPEN},
	[TCP_HALF_CLOSED] = {"half_closed", LIST_OPEN},
	[TCP_CLOSED] = {"closed", LIST_CLOSED},
	[TCP_RESET] = {"reset", LIST_CLOSED},
};

static enum tcp_event tcp_event(struct ward_flow *flow, uint8_t flags, unsigned end)
{
	if (flags & WARD_TCP_RST)
		return EV_RST;
	if (flags & WARD_TCP_SYN)
		return flags & WARD_TCP_ACK ? EV_SYN_ACK : EV_SYN;
	if (!(flags & WARD_TCP_FIN))
		return EV_OTHER;
	flow->fin = (uint8_t)(flow->fin | 1u << end);
	return flow->fin == 3 ? EV_FIN_BOTH : EV_FIN;
}

enum ward_err ward_flow_init(struct ward_net *n, const struct ward_limits *lim)
{
	return ward_lru_init(&n->flow, n->mem, sizeof(struct ward_flow_key),
		sizeof(struct ward_flow), ward_limit(lim, WARD_LIMIT_NET_FLOWS));
}

/* From a to b, b not before a: frames carry any times, so the difference may not fit ward_ns. */
static uint64_t elapsed(ward_ns a, ward_ns b)
{
	return (uint64_t)b - (uint64_t)a;
}

/* Of a flow that was handed over all of them, such as "smtp,tls". */
static void put_service(struct ward_net *n, const struct ward_flow *flow)
{
	char text[SERVICE_TEXT];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));

	for (size_t i = 0; i < flow->n_past; i++) {
		ward_wr_z(&w, i ? "," : "");
		ward_wr_z(&w, ward_dissector_at(flow->past[i])->name);
	}
	if (flow->confirmed) {
		ward_wr_z(&w, w.len ? "," : "");
		ward_wr_z(&w, ward_dissector_at(flow->module)->name);
	}
	WARD_ASSERT(!ward_wr_bad(&w));
	if (w.len)
		ward_emit_str(n, WARD_FIELD_SERVICE, ward_wr_text(&w));
}

static uint32_t index_of(const struct ward_flow *flow)
{
	return WARD_NET_INDEX_FLOW | (uint32_t)flow->level << WARD_NET_INDEX_LEVEL;
}

static void emit_tunnel(struct ward_net *n, const struct ward_flow *flow)
{
	if (flow->carries)
		ward_emit_z(n, n->name[WARD_NET_NAME_TUNNEL_CARRIES],
			ward_tunnel_info(flow->carries)->name);
	if (!flow->tunnel.kind)
		return;
	ward_emit_z(
		n, n->name[WARD_NET_NAME_TUNNEL_KIND], ward_tunnel_info(flow->tunnel.kind)->name);
	if (flow->tunnel.has_id)
		ward_emit_int(n, n->name[WARD_NET_NAME_TUNNEL_ID], flow->tunnel.id);
	if (flow->tunnel.depth > 1)
		ward_emit_int(n, n->name[WARD_NET_NAME_TUNNEL_DEPTH], flow->tunnel.depth);
	if (!flow->tunnel.version)
		return;
	ward_emit_ip(
		n, n->name[WARD_NET_NAME_TUNNEL_SRC_IP], flow->tunnel.ip[0], flow->tunnel.version);
	ward_emit_ip(
		n, n->name[WARD_NET_NAME_TUNNEL_DST_IP], flow->tunnel.ip[1], flow->tunnel.version);
}

static void emit_flow(struct ward_net *n, const struct ward_flow *flow, const char *end)
{
	const struct ward_flow_key *key = ward_lru_key(&n->flow, flow);
	const struct ward_dissector *expected = ward_dissect_expected(n, flow);
	unsigned client = flow->client, server = 1 - client;

	if (!ward_emit_begin(n, n->name[WARD_NET_NAME_CLASS_FLOW]))
		return;
	ward_emit_place(n, key->vlan);
	if (flow->inner_vlan)
		ward_emit_int(n, n->name[WARD_NET_NAME_INNER_VLAN], flow->inner_vlan);
	if (flow->has_mac) {
		ward_emit_mac(n, WARD_FIELD_SRC_MAC, flow->mac[0]);
		ward_emit_mac(n, WARD_FIELD_DST_MAC, flow->mac[1]);
	}
	ward_emit_ip(n, WARD_FIELD_SRC_IP, key->ip[client], key->version);
	ward_emit_ip(n, WARD_FIELD_DST_IP, key->ip[server], key->version);
	if (key->proto == WARD_PROTO_ICMP || key->proto == WARD_PROTO_ICMP6) {
		ward_emit_int(n, n->name[WARD_NET_NAME_ICMP_TYPE], key->port[0] >> 8);
		ward_emit_int(n, n->name[WARD_NET_NAME_ICMP_CODE], key->port[0] & 0xff);
	} else if (key->proto == WARD_PROTO_TCP || key->proto == WARD_PROTO_UDP) {
		ward_emit_int(n, WARD_FIELD_SRC_PORT, key->port[client]);
		ward_emit_int(n, WARD_FIELD_DST_PORT, key->port[server]);
	}
	ward_emit_proto(n, key->proto);
	put_service(n, flow);
	if (expected)
		ward_emit_z(n, n->name[WARD_NET_NAME_SERVICE_EXPECTED], expected->name);
	ward_emit_int(n, WARD_FIELD_PACKETS, (int64_t)flow->packets[0]);
	ward_emit_int(n, WARD_FIELD_BYTES, (int64_t)flow->bytes[0]);
	ward_emit_int(n, WARD_FIELD_PACKETS_BACK, (int64_t)flow->packets[1]);
	ward_emit_int(n, WARD_FIELD_BYTES_BACK, (int64_t)flow->bytes[1]);
	uint64_t duration = elapsed(flow->first, flow->last);

	ward_emit_int(
		n, WARD_FIELD_DURATION_NS, duration > INT64_MAX ? INT64_MAX : (int64_t)duration);
	if (tcp_states[flow->state].name)
		ward_emit_z(n, WARD_FIELD_STATE, tcp_states[flow->state].name);
	emit_tunnel(n, flow);
	if (flow->snapped)
		ward_emit_int(n, n->name[WARD_NET_NAME_SNAPPED_PACKETS], flow->snapped);
	if (flow->events_held)
		ward_emit_int(n, n->name[WARD_NET_NAME_EVENTS_HELD], (int64_t)flow->events_held);
	ward_emit_z(n, n->name[WARD_NET_NAME_END], end);
	ward_emit_end_at(n, flow->last, flow->first_seq, index_of(flow));
}

void ward_flow_packet(const struct ward_net *n, const struct ward_flow *flow, unsigned side,
	struct ward_packet *ret)
{
	const struct ward_flow_key *key = ward_lru_key(&n->flow, flow);
	unsigned from = side == 0 ? flow->client : 1 - flow->client;

	*ret = (struct ward_packet){.has_mac = flow->has_mac,
		.has_ip = true,
		.has_transport = true,
		.vlan = key->vlan,
		.ip_version = key->version,
		.proto = key->proto,
		.src_port = key->port[from],
		.dst_port = key->port[1 - from],
		.reason = WARD_NET_COUNTER_N};
	memcpy(ret->src_ip, key->ip[from], 16);
	memcpy(ret->dst_ip, key->ip[1 - from], 16);
	memcpy(ret->src_mac, flow->mac[side], 6);
	memcpy(ret->dst_mac, flow->mac[1 - side], 6);
}

/* What its dissector still holds comes first, then the flow. Their events are numbered by the
 * flow's first packet, whatever the sensor is just looking at. */
static void give_up(struct ward_net *n, struct ward_flow *flow, const char *end)
{
	const struct ward_frame *frame = n->frame;
	uint32_t index = n->index;
	struct ward_frame last = {
		.time = flow->last, .seen = frame ? frame->seen : n->now, .seq = flow->first_seq};

	n->frame = &last;
	n->index = index_of(flow) + 1;
	ward_held_begin(n, flow);
	ward_dissect_end(n, flow);
	ward_held_end(n);
	ward_carve_tell(n);
	ward_self_end(n, flow);
	emit_flow(n, flow, end);
	n->frame = frame;
	n->index = index;
	ward_lru_del(&n->flow, flow);
}

static void end_flow(
	struct ward_net *n, struct ward_flow *flow, const char *end, enum ward_net_counter why)
{
	n->count[why]++;
	give_up(n, flow, end);
}

void ward_flow_expire(struct ward_net *n)
{
	for (unsigned list = 0; list < LIST_N; list++) {
		struct ward_flow *flow = ward_lru_oldest(&n->flow, list);

		while (flow && elapsed(flow->last, n->now) > (uint64_t)idle_max[list]) {
			bool closed = list == LIST_CLOSED;

			end_flow(n, flow, closed ? "closed" : "timeout", WARD_NET_FLOW_TIMEOUT);
			flow = ward_lru_oldest(&n->flow, list);
		}
	}
}

bool ward_flow_flush_one(struct ward_net *n)
{
	for (unsigned list = 0; list < LIST_N; list++) {
		struct ward_flow *flow = ward_lru_oldest(&n->flow, list);

		if (!flow)
			continue;
		give_up(n, flow, "source_end");
		break;
	}
	return n->flow.n > 0;
}

static void evict(struct ward_net *n)
{
	struct ward_flow *oldest = NULL;

	for (unsigned list = 0; list < LIST_N; list++) {
		struct ward_flow *flow = ward_lru_oldest(&n->flow, list);

		if (flow && (!oldest || flow->last < oldest->last))
			oldest = flow;
	}
	WARD_ASSERT(oldest);
	end_flow(n, oldest, "evicted", WARD_NET_FLOW_EVICTED);
}

/* Which end of the key the packet's sender is. An ICMP "port" is type and code: the same for both,
 * so that a request and its reply are two flows. */
static unsigned make_key(const struct ward_packet *p, struct ward_flow_key *key)
{
	bool icmp = p->proto == WARD_PROTO_ICMP || p->proto == WARD_PROTO_ICMP6;
	int order = memcmp(p->src_ip, p->dst_ip, 16);
	unsigned end = order > 0 || (order == 0 && p->src_port > p->dst_port);

	*key = (struct ward_flow_key){.vlan = p->vlan, .proto = p->proto, .version = p->ip_version};
	memcpy(key->ip[end], p->src_ip, 16);
	memcpy(key->ip[1 - end], p->dst_ip, 16);
	key->port[end] = p->src_port;
	key->port[1 - end] = icmp ? p->src_port : p->dst_port;
	return end;
}

/* A new connection on the ports of one that is over. */
static bool is_reopening(const struct ward_flow *flow, const struct ward_packet *p)
{
	return (flow->state == TCP_CLOSED || flow->state == TCP_RESET) &&
	       (p->tcp_flags & (WARD_TCP_SYN | WARD_TCP_ACK | WARD_TCP_RST)) == WARD_TCP_SYN;
}

static void take_tunnel(struct ward_flow *flow, const struct ward_packet *p, bool answer)
{
	const struct ward_tunnel *t = &p->tunnel[p->n_tunnel - 1];

	flow->tunnel.kind = (uint8_t)t->kind;
	flow->tunnel.depth = p->n_tunnel;
	flow->tunnel.version = t->ip_version;
	flow->tunnel.has_id = t->has_id;
	flow->tunnel.id = t->id;
	memcpy(flow->tunnel.ip[answer], t->src_ip, 16);
	memcpy(flow->tunnel.ip[!answer], t->dst_ip, 16);
}

static struct ward_flow *open_flow(struct ward_net *n, const struct ward_packet *p,
	const struct ward_flow_key *key, unsigned end)
{
	if (ward_lru_full(&n->flow))
		evict(n);
	bool answer = p->proto == WARD_PROTO_TCP && p->tcp_flags & WARD_TCP_SYN &&
		      p->tcp_flags & WARD_TCP_ACK;
	struct ward_flow *flow = ward_lru_add(&n->flow, key, LIST_DATAGRAM);

	n->count[WARD_NET_FLOWS]++;
	flow->client = (uint8_t)(answer ? 1 - end : end);
	flow->module = WARD_FLOW_NO_MODULE;
	flow->first = flow->last = n->frame->time;
	flow->first_seq = n->frame->seq;
	flow->has_mac = p->has_mac;
	memcpy(flow->mac[answer], p->src_mac, 6);
	memcpy(flow->mac[!answer], p->dst_mac, 6);
	flow->level = n->level;
	flow->inner_vlan = p->inner_vlan;
	if (p->n_tunnel)
		take_tunnel(flow, p, answer);
	return flow;
}

struct ward_flow *ward_flow_see(struct ward_net *n, const struct ward_packet *p, unsigned *ret_side)
{
	struct ward_flow_key key;

	if (!p->has_transport)
		return NULL;
	unsigned end = make_key(p, &key);
	struct ward_flow *flow = ward_lru_find(&n->flow, &key);

	if (flow && p->proto == WARD_PROTO_TCP && is_reopening(flow, p)) {
		end_flow(n, flow, "closed", WARD_NET_FLOW_REUSED);
		flow = NULL;
	}
	if (!flow)
		flow = open_flow(n, p, &key, end);
	unsigned side = end != flow->client;

	flow->packets[side] += p->n_packet;
	flow->bytes[side] += p->ip_bytes;
	flow->snapped += p->payload_snapped && flow->snapped < UINT32_MAX;
	if (n->frame->time > flow->last)
		flow->last = n->frame->time;
	if (p->proto == WARD_PROTO_TCP)
		flow->state = tcp_next[flow->state][tcp_event(flow, p->tcp_flags, end)];
	ward_lru_touch(&n->flow, flow, tcp_states[flow->state].list);
	*ret_side = side;
	return flow;
}
