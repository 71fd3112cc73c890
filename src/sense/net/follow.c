/* Content of TCP: from the packet to the flow's stream, and from there to a dissector. */
#include "sense/net/dissect.h"

#include "sense/net/emit.h"

/* Of what a side says without an answer in between, so many bytes are a try: more than one when it
 * is long, one when it comes in small pieces. */
enum { TRY_BYTES = 1024 };

struct ward_follow {
	struct ward_stream stream;
	uint16_t passed[2]; /* by side: bytes passed over since the last that was a try */
	uint8_t spoke;      /* bit of the side that did last */
	/* Bit per side, of a flow that is not confirmed: */
	uint8_t asking; /* its bytes wait for more of them, so that the probes can say */
	uint8_t middle; /* bytes of it were passed over, or lost, since its begin was seen */
	uint8_t amid;   /* the same since the other side has spoken */
};

/* Lists of the table of followed streams, in the order in which they are given up when the table is
 * full; those that hold bytes give them up in the same order when there is no memory. */
enum { LIST_UNCONFIRMED, LIST_HOLDS_UNCONFIRMED, LIST_CONFIRMED, LIST_HOLDS_CONFIRMED, LIST_N };
_Static_assert((unsigned)LIST_N <= (unsigned)WARD_LRU_LISTS, "lists of the table");

/* One call of the stream. */
struct call {
	struct ward_net *n;
	struct ward_flow *flow;
	/* The packet of a side that dissectors see: the current one, or one that is made when it is
	 * needed, of the flow's addresses. */
	const struct ward_packet *packet[2];
	struct ward_packet made;
	/* Bit per side: */
	uint8_t heard; /* it was answered: what it has said so far is all for now */
	uint8_t wake;  /* what is held of it is to be seen before the other's */
};

enum ward_err ward_follow_init(struct ward_net *n, const struct ward_limits *lim)
{
	if (!n->has_stream_module)
		return WARD_OK;
	enum ward_err err = ward_lru_init(&n->follow, n->mem, sizeof(struct ward_flow *),
		sizeof(struct ward_follow), ward_limit(lim, WARD_LIMIT_NET_STREAMS));

	return err ? err : ward_stream_init(&n->stream, n->mem, lim, n->count);
}

static struct ward_flow *owner_of(const struct ward_net *n, const struct ward_follow *follow)
{
	struct ward_flow *owner;

	memcpy(&owner, ward_lru_key(&n->follow, follow), sizeof(owner));
	return owner;
}

static unsigned list_of(const struct ward_flow *flow)
{
	unsigned list = flow->confirmed ? LIST_CONFIRMED : LIST_UNCONFIRMED;

	return list + ward_stream_holds(&flow->follow->stream);
}

void ward_follow_drop(struct ward_net *n, struct ward_flow *flow)
{
	if (!flow->follow)
		return;
	ward_stream_shed(&n->stream, &flow->follow->stream);
	ward_lru_del(&n->follow, flow->follow);
	flow->follow = NULL;
}

static const struct ward_packet *packet_of(struct call *c, unsigned side)
{
	if (!c->packet[side]) {
		ward_flow_packet(c->n, c->flow, side, &c->made);
		c->packet[!side] = c->packet[!side] == &c->made ? NULL : c->packet[!side];
		c->packet[side] = &c->made;
	}
	return c->packet[side];
}

static struct ward_dissect begin(struct call *c, size_t i, unsigned side, bool end)
{
	struct ward_dissect d = ward_dissect_begin(c->n, packet_of(c, side), c->flow, i, side);

	d.end = end;
	return d;
}

/* The dissector of a confirmed flow has lost its place, for so many bytes. */
static bool finds_again(struct call *c, unsigned side, uint64_t lost)
{
	struct ward_dissect d = begin(c, c->flow->module, side, false);

	if (d.module->gap && d.module->gap(&d, lost))
		return true;
	c->n->count[WARD_NET_DISSECT_GIVEN_UP]++;
	c->flow->left_alone = true;
	return false;
}

/* Are these bytes that nobody knows a try? */
static bool is_try(struct ward_follow *f, unsigned side, size_t len)
{
	if (len < TRY_BYTES && f->passed[side] + len < TRY_BYTES) {
		f->passed[side] = (uint16_t)(f->passed[side] + len);
		return false;
	}
	f->passed[side] = 0;
	return true;
}

/* Where in its messages an unknown side is, is not known from here on. */
static void note_middle(struct call *c, unsigned side)
{
	struct ward_follow *f = c->flow->follow;

	f->amid |= (uint8_t)(1u << side);
	if (f->stream.side[side].synced)
		f->middle |= (uint8_t)(1u << side);
}

/* Nothing can be made of the payload. */
static void pass_over(struct call *c, unsigned side, size_t len, struct ward_stream_take *take)
{
	take->used += len;
	if (c->flow->confirmed)
		take->stop = !finds_again(c, side, len);
	else
		ward_dissect_fail(c->n, c->flow, is_try(c->flow->follow, side, len));
	note_middle(c, side);
	take->stop |= c->flow->left_alone;
}

static void add_used(struct ward_stream_take *take, size_t used)
{
	if (!ward_add(take->used, used, &take->used))
		take->used = UINT64_MAX;
}

/* The payload is not a whole message. */
static void wait_for_more(struct call *c, const struct ward_dissect *d, unsigned side, size_t len,
	struct ward_stream_take *take)
{
	if (d->end) {
		c->n->count[WARD_NET_DISSECT_MORE]++;
		take->used += len;
	} else if (d->need <= ward_stream_side_bytes(&c->n->stream)) {
		take->need = d->need;
	} else {
		c->n->count[WARD_NET_DISSECT_TOO_LONG]++;
		if (c->flow->confirmed)
			add_used(take, d->need);
		else
			pass_over(c, side, len, take);
	}
}

enum step { STEP_NEXT, STEP_WAIT, STEP_FOREIGN };

/* One message, as module i sees it. */
static enum step run(struct call *c, size_t i, unsigned side, struct ward_slice payload, bool end,
	struct ward_stream_take *take)
{
	struct ward_dissect d = begin(c, i, side, end);

	switch (d.module->parse(&d, payload)) {
	case WARD_VERDICT_OK:
		WARD_ASSERT(d.used > 0);
		/* What the other side said before has waited for that. */
		take->wake |= !c->flow->confirmed;
		ward_dissect_confirm(c->n, c->flow);
		add_used(take, d.used);
		if (d.handover) {
			ward_dissect_hand_over(c->n, c->flow);
			c->flow->follow->middle = c->flow->follow->amid = 0;
			take->wake = true;
		}
		return STEP_NEXT;
	case WARD_VERDICT_MORE:
		if (d.other_first && !c->flow->confirmed)
			c->wake |= (uint8_t)(1u << !side);
		wait_for_more(c, &d, side, payload.len, take);
		return STEP_WAIT;
	case WARD_VERDICT_MALFORMED:
		if (!d.trusted)
			return STEP_FOREIGN;
		ward_dissect_malformed(c->n, c->flow, &d);
		if (!d.used || !c->flow->confirmed) {
			pass_over(c, side, payload.len, take);
			return STEP_WAIT;
		}
		add_used(take, d.used);
		return STEP_NEXT;
	case WARD_VERDICT_FOREIGN:
	default:
		return STEP_FOREIGN;
	}
}

/* One message. False: there is no point in going on with this payload. */
static bool step(struct call *c, unsigned side, struct ward_slice payload, bool end,
	struct ward_stream_take *take)
{
	struct ward_net *n = c->n;
	struct ward_follow *f = c->flow->follow;
	uint8_t bit = (uint8_t)(1u << side);
	struct ward_dissect_ask ask = {.packet = packet_of(c, side),
		.payload = payload,
		.middle = f->middle & bit || !f->stream.side[side].synced,
		.amid = f->amid & bit && f->stream.side[side].synced,
		.last = end || c->heard & bit || payload.len >= WARD_PROBE_MOST,
		.lost = !f->stream.side[side].synced};

	f->asking &= (uint8_t)~bit;
	for (size_t i; (i = ward_dissect_pick(n, c->flow, &ask)) < n->n_module;) {
		enum step step = run(c, i, side, payload, end, take);

		if (step != STEP_FOREIGN)
			return step == STEP_NEXT;
		ask.tried |= UINT64_C(1) << i;
	}
	if (ask.wait) {
		f->asking |= bit;
		return false;
	}
	n->count[WARD_NET_DISSECT_FOREIGN] += ask.tried != 0;
	pass_over(c, side, payload.len, take);
	return false;
}

/* Only the end is left to tell: there is nothing to choose, and to wait for. */
static void tell_end(struct call *c, unsigned side)
{
	struct ward_flow *flow = c->flow;

	if (!flow->confirmed || flow->left_alone)
		return;
	struct ward_dissect d = begin(c, flow->module, side, true);

	if (d.module->parse(&d, ward_slice_of("", 0)) == WARD_VERDICT_MALFORMED)
		ward_dissect_malformed(c->n, flow, &d);
}

static struct ward_stream_take on_bytes(void *ctx, unsigned side, struct ward_slice bytes, bool end)
{
	struct ward_stream_take take = {0};

	if (!bytes.len)
		tell_end(ctx, side);

	while (take.used < bytes.len) {
		size_t used = (size_t)take.used;
		struct ward_slice rest = ward_slice_of(bytes.p + used, bytes.len - used);

		if (!step(ctx, side, rest, end, &take))
			break;
		WARD_ASSERT(take.used > used);
	}
	return take;
}

static bool on_gap(void *ctx, unsigned side, uint64_t lost)
{
	struct call *c = ctx;

	c->flow->deaf |= (uint8_t)(1u << side);
	if (c->flow->confirmed)
		return finds_again(c, side, lost);
	c->flow->module = WARD_FLOW_NO_MODULE;
	c->flow->follow->middle |= (uint8_t)(1u << side);
	return true;
}

static bool on_room(void *ctx)
{
	static const unsigned lists[] = {LIST_HOLDS_UNCONFIRMED, LIST_HOLDS_CONFIRMED};
	struct call *c = ctx;

	for (size_t i = 0; i < WARD_ARRAY_LEN(lists); i++) {
		struct ward_follow *victim = ward_lru_oldest(&c->n->follow, lists[i]);

		/* The flow itself was touched last: it is found only when it is alone. */
		if (!victim || victim == c->flow->follow)
			continue;
		ward_stream_shed(&c->n->stream, &victim->stream);
		ward_lru_touch(&c->n->follow, victim, list_of(owner_of(c->n, victim)));
		return true;
	}
	return false;
}

static void open_stream(struct ward_net *n, struct ward_flow *flow)
{
	for (unsigned list = 0; ward_lru_full(&n->follow); list++) {
		struct ward_follow *victim = ward_lru_oldest(&n->follow, list);

		WARD_ASSERT(list < LIST_N);
		if (!victim)
			continue;
		n->count[WARD_NET_STREAM_EVICTED]++;
		ward_dissect_leave(n, owner_of(n, victim));
	}
	flow->follow = ward_lru_add(&n->follow, &flow, LIST_UNCONFIRMED);
	for (unsigned side = 0; side < 2; side++)
		if (flow->syn & 1u << side)
			ward_stream_begin(&flow->follow->stream, side, flow->isn[side] + 1);
}

/* Remembers where the sides begin. A new handshake on the ports of a connection that was not seen
 * to end: the peer that says yes to it decides, for anybody could have sent the first half. */
static void see_handshake(
	struct ward_net *n, const struct ward_packet *p, struct ward_flow *flow, unsigned side)
{
	bool answer = p->tcp_flags & WARD_TCP_ACK;
	bool agreed = answer && p->tcp_ack == flow->isn[!side] + 1;
	const struct ward_stream_side *old =
		flow->follow ? &flow->follow->stream.side[!side] : NULL;

	if (agreed && flow->syn & 1u << !side && old && old->started && old->first != p->tcp_ack) {
		ward_dissect_end(n, flow);
		flow->left_alone = false;
		flow->tries = 0;
		if (flow->n_past) /* it begins with the first of them again */
			ward_dissect_hand_over(n, flow);
	}
	flow->syn |= (uint8_t)(1u << side);
	flow->isn[side] = p->tcp_seq;
	if (answer && !(flow->syn & 1u << !side)) {
		flow->syn |= (uint8_t)(1u << !side);
		flow->isn[!side] = p->tcp_ack - 1;
	}
}

void ward_follow_see(
	struct ward_net *n, const struct ward_packet *p, struct ward_flow *flow, unsigned side)
{
	if (p->fragment || flow->left_alone)
		return;
	if (p->tcp_flags & WARD_TCP_SYN)
		see_handshake(n, p, flow, side);
	if (!flow->follow) {
		if (!p->payload_len)
			return;
		open_stream(n, flow);
	}
	struct call c = {.n = n, .flow = flow};
	struct ward_stream_user user = {on_bytes, on_gap, on_room, &c};
	struct ward_segment seg = {.side = side,
		.seq = p->tcp_seq,
		.ack = p->tcp_ack,
		.flags = p->tcp_flags,
		.bytes = p->payload,
		.len = p->payload_len};

	/* In the middle of something unknown each payload is tried by itself: order is no help. */
	seg.hasty = flow->module == WARD_FLOW_NO_MODULE &&
		    flow->follow->stream.side[side].started &&
		    !flow->follow->stream.side[side].synced;
	c.packet[side] = p;
	ward_lru_touch(&n->follow, flow->follow, list_of(flow));
	if (p->payload_len && !(flow->follow->spoke >> side & 1)) {
		flow->follow->spoke = (uint8_t)(1u << side);
		flow->follow->passed[side] = TRY_BYTES;
		flow->follow->amid &= (uint8_t) ~(1u << side);
	}
	if (flow->follow->asking >> !side & 1 && ward_stream_answers(&flow->follow->stream, &seg)) {
		c.heard = (uint8_t)(1u << !side);
		ward_stream_wake(&n->stream, &flow->follow->stream, !side, &user);
		c.heard = 0;
	}
	if (!ward_stream_see(&n->stream, &flow->follow->stream, &seg, &user)) {
		n->count[WARD_NET_STREAM_OVERLAP]++;
		ward_malformed_see(
			n, p, "tcp", ward_net_counter_info(WARD_NET_STREAM_OVERLAP)->name, 0);
	}
	if (c.wake >> !side & 1)
		ward_stream_wake(&n->stream, &flow->follow->stream, !side, &user);
	if (!ward_stream_over(&flow->follow->stream)) {
		ward_lru_touch(&n->follow, flow->follow, list_of(flow));
		return;
	}
	if (!flow->follow->stream.stopped)
		ward_dissect_over(n, flow);
	ward_dissect_leave(n, flow);
}

void ward_follow_end(struct ward_net *n, struct ward_flow *flow)
{
	struct call c = {.n = n, .flow = flow};

	struct ward_stream_user user = {on_bytes, on_gap, on_room, &c};

	ward_stream_end(&n->stream, &flow->follow->stream, &user);
	ward_follow_drop(n, flow);
}
