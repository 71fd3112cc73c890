#include "sense/net/net.h"

#include "sense/net/emit.h"
#include "sense/net/flow.h"

enum { EVENT_ARENA_FIRST = 65536 };

static const char *const names[] = {
#define X(IDENT, name) name,
	WARD_NET_NAME_LIST(X)
#undef X
};

static struct ward_str keep(struct ward_net *n, struct ward_str s)
{
	char *p = ward_mem_alloc(n->mem, s.len + 1);

	if (!p)
		return (struct ward_str){NULL, 0};
	if (s.len)
		memcpy(p, s.p, s.len);
	return (struct ward_str){p, s.len};
}

static enum ward_err setup(
	struct ward_net *n, const struct ward_limits *lim, const struct ward_net_opts *opts)
{
	enum ward_err err;

	n->iface = keep(n, opts->iface);
	n->scratch = ward_mem_alloc(n->mem, WARD_NET_SCRATCH);
	if (!n->iface.p || !n->scratch)
		return WARD_ERR_NOMEM;
	n->source_name = ward_name(n->names, opts->source);
	n->origin = ward_event_origin(opts->source, opts->epoch);
	for (size_t i = 0; i < WARD_NET_NAME_N; i++)
		n->name[i] = ward_name(n->names, ward_str_z(names[i]));
	if ((err = ward_flow_init(n, lim)) || (err = ward_host_init(n, lim)) ||
		(err = ward_neighbors_init(n)) || (err = ward_malformed_init(n)) ||
		(err = ward_self_init(n)) || (err = ward_dissect_init(n, lim)) ||
		(err = ward_follow_init(n, lim)) || (err = ward_carve_init(n, lim, opts)) ||
		(err = ward_expect_init(n)) ||
		(err = ward_frags_init(&n->frags, n->mem, lim, n->count)))
		return err;
	/* Its first chunk now, so that ordinary events allocate nothing. */
	if (!ward_arena_alloc(&n->arena, EVENT_ARENA_FIRST))
		return WARD_ERR_NOMEM;
	ward_arena_reset(&n->arena);
	return WARD_OK;
}

enum ward_err ward_net_new(const struct ward_mem *mem, const struct ward_limits *lim,
	struct ward_names *names_table, const struct ward_net_opts *opts, struct ward_net **ret)
{
	struct ward_net *n = ward_mem_alloc(mem, sizeof(*n));
	enum ward_err err;

	if (!n)
		return WARD_ERR_NOMEM;
	n->mem = mem;
	n->names = names_table;
	n->worker = opts->worker;
	n->n_worker = opts->n_worker;
	n->ring = opts->ring;
	n->count = n->counted;
	n->now = INT64_MIN;
	ward_arena_init(&n->arena, mem, ward_limit(lim, WARD_LIMIT_EVENT_BYTES) * 4);
	uint64_t overflow = names_table->n_overflow;

	err = setup(n, lim, opts);
	if (err == WARD_OK && names_table->n_overflow != overflow)
		err = WARD_ERR_LIMIT;
	if (err) {
		ward_net_free(n);
		return err;
	}
	*ret = n;
	return WARD_OK;
}

void ward_net_free(struct ward_net *n)
{
	if (!n)
		return;
	ward_dissect_fini(n);
	ward_lru_fini(&n->flow);
	ward_lru_fini(&n->host);
	ward_lru_fini(&n->arp);
	ward_lru_fini(&n->malformed);
	ward_neighbors_fini(n);
	ward_lru_fini(&n->self.sent);
	ward_lru_fini(&n->follow);
	ward_lru_fini(&n->expect);
	ward_carve_fini(n);
	for (size_t i = 0; i < WARD_NET_STATE_SIZES; i++)
		ward_lru_fini(&n->state[i]);
	ward_stream_fini(&n->stream);
	ward_frags_fini(&n->frags);
	ward_arena_fini(&n->arena);
	if (n->iface.p)
		ward_mem_free(n->mem, (void *)(uintptr_t)n->iface.p, n->iface.len + 1);
	ward_mem_free(n->mem, n->scratch, WARD_NET_SCRATCH);
	ward_mem_free(n->mem, n, sizeof(*n));
}

/* What all workers do and the first one says. */
static void mute(struct ward_net *n, bool on)
{
	n->muted = on && n->worker != 0;
	n->count = n->muted ? n->elsewhere : n->counted;
}

/* Both directions, and fragments, of a conversation have one worker. */
static bool is_mine(const struct ward_net *n, const struct ward_packet *p)
{
	uint64_t sum = 0;

	if (n->n_worker < 2)
		return true;
	for (size_t i = 0; p->has_ip && i < 16; i += 4) {
		struct ward_rd a = ward_rd_from(p->src_ip + i, 4),
			       b = ward_rd_from(p->dst_ip + i, 4);
		uint64_t src = ward_rd_be32(&a), dst = ward_rd_be32(&b);

		sum = sum * 31 + (src * src + dst * dst + (src ^ dst));
	}
	sum *= UINT64_C(0x9e3779b97f4a7c15); /* Knuth: the golden ratio spreads neighbours */
	return (sum >> 32) % n->n_worker == n->worker;
}

static void advance(struct ward_net *n, ward_ns time)
{
	if (time < n->now) {
		n->count[WARD_NET_TIME_BACK]++;
		return;
	}
	mute(n, false);
	n->now = time;
	ward_self_tick(n);
	ward_flow_expire(n);
}

/* A fragment: when it makes its datagram whole, p becomes that; else false. */
static bool see_fragment(struct ward_net *n, struct ward_packet *p)
{
	struct ward_frag_result got = ward_frags_see(&n->frags, p, n->now);

	if (got.odd != WARD_NET_COUNTER_N)
		ward_malformed_see(n, p, "ip", ward_net_counter_info(got.odd)->name, 0);
	if (!got.whole.len)
		return false;
	/* the first fragment had ports, and was counted for its flow */
	p->n_packet = got.n_packet + (p->frag.off == 0);
	p->ip_bytes = got.n_byte + (p->frag.off == 0 ? p->ip_bytes : 0);
	ward_packet_decode_whole(n->frame, got.whole, got.proto, p, n->count);
	return true;
}

/* Who carries the packet. A tunnel that is not a flow by itself is one when nothing was understood
 * of what is inside, so that it is not lost. */
static void see_outer(struct ward_net *n, const struct ward_packet *p)
{
	bool understood = p->has_transport || p->has_arp || p->frag.is || p->neighbor.kind;

	for (size_t i = 0; i < p->n_tunnel; i++) {
		const struct ward_tunnel_info *info = ward_tunnel_info(p->tunnel[i].kind);
		struct ward_packet outer;
		unsigned side;

		if (!ward_packet_outer(p, i, &outer))
			continue;
		if (!info->flow && (understood || i + 1 < p->n_tunnel))
			continue;
		if (!is_mine(n, &outer))
			continue;
		n->level = (uint8_t)i;
		struct ward_flow *flow = ward_flow_see(n, &outer, &side);

		flow->carries = (uint8_t)p->tunnel[i].kind;
	}
}

/* What is wrong inside of a tunnel, where it has no addresses yet, is told of who carries it. */
static void see_malformed(struct ward_net *n, const struct ward_packet *p)
{
	const char *reason = ward_net_counter_info(p->reason)->name;
	struct ward_packet outer;

	if (!p->has_ip && p->n_tunnel && ward_packet_outer(p, p->n_tunnel - 1u, &outer))
		ward_malformed_see(n, &outer, NULL, reason, p->reason_off);
	else
		ward_malformed_see(n, p, NULL, reason, p->reason_off);
}

static bool is_malformed(const struct ward_packet *p)
{
	return p->reason != WARD_NET_COUNTER_N &&
	       ward_net_counter_info(p->reason)->kind == WARD_NET_REJECT;
}

/* What every worker looks at, for all frames. */
static void see_all(struct ward_net *n, const struct ward_frame *f, struct ward_packet *p)
{
	struct ward_packet outer;

	mute(n, true);
	ward_packet_decode(f, p, n->count);
	advance(n, f->time);
	mute(n, true);
	for (size_t i = 0; i < p->n_tunnel; i++)
		if (ward_packet_outer(p, i, &outer))
			ward_host_see(n, &outer);
	ward_host_see(n, p);
	ward_neighbors_see(n, p);
	if (f->outgoing && n->worker == 0)
		ward_self_sent(n, p);
	if (p->reason == WARD_NET_LINK_TYPE)
		n->self.link_type = f->link_type;
	if (is_malformed(p))
		see_malformed(n, p);
	mute(n, false);
}

/* A packet of this worker's share. */
static void see_own(struct ward_net *n, struct ward_packet *p)
{
	unsigned side = 0;

	/* what is inside of the whole may be a fragment again */
	for (unsigned i = 0; p->frag.is && i <= WARD_TUNNELS_MAX && see_fragment(n, p);)
		if (++i && is_malformed(p))
			see_malformed(n, p);
	see_outer(n, p);
	n->level = p->n_tunnel;
	struct ward_flow *flow = ward_flow_see(n, p, &side);

	if (flow && p->proto == WARD_PROTO_TCP)
		ward_self_see(n, p, flow, side);
	if (flow)
		ward_dissect_see(n, p, flow, side);
}

enum ward_err ward_net_packet(
	struct ward_net *n, const struct ward_frame *f, const struct ward_net_sink *sink)
{
	struct ward_packet p;

	n->frame = f;
	n->sink = sink;
	n->index = 0;
	n->err = WARD_OK;
	see_all(n, f, &p);
	if (is_mine(n, &p))
		see_own(n, &p);
	else
		see_outer(n, &p);
	ward_carve_tell(n);
	n->frame = NULL;
	return n->err;
}

static void begin_without_frame(struct ward_net *n, const struct ward_net_sink *sink)
{
	n->frame = NULL;
	n->sink = sink;
	n->err = WARD_OK;
}

enum ward_err ward_net_flush_one(
	struct ward_net *n, const struct ward_net_sink *sink, bool *ret_more)
{
	begin_without_frame(n, sink);
	*ret_more = ward_flow_flush_one(n);
	if (!*ret_more)
		ward_self_flush(n);
	return n->err;
}

enum ward_err ward_net_flush(struct ward_net *n, const struct ward_net_sink *sink)
{
	begin_without_frame(n, sink);
	while (ward_flow_flush_one(n) && n->err == WARD_OK)
		;
	ward_self_flush(n);
	return n->err;
}

enum ward_err ward_net_tick(struct ward_net *n, ward_ns now, const struct ward_net_sink *sink)
{
	begin_without_frame(n, sink);
	if (now > n->now) {
		n->now = now;
		ward_self_tick(n);
		ward_flow_expire(n);
	}
	return n->err;
}

void ward_net_dropped(struct ward_net *n, uint64_t n_frame)
{
	if (n->worker == 0)
		n->counted[WARD_NET_CAPTURE_DROPPED] = n_frame;
}

uint16_t ward_net_unknown_link(const struct ward_net *n)
{
	return n->self.link_type;
}

void ward_net_files(struct ward_net *n, const struct ward_file_sink *sink)
{
	n->carve.sink = sink;
}

uint64_t ward_net_count(const struct ward_net *n, enum ward_net_counter c)
{
	WARD_ASSERT((unsigned)c < WARD_NET_COUNTER_N);
	return n->counted[c];
}

void ward_net_counters(const struct ward_net *n, struct ward_counters *c)
{
	for (unsigned i = 0; i < WARD_NET_COUNTER_N; i++)
		ward_count_name(
			c, ward_net_counter_info((enum ward_net_counter)i)->name, n->counted[i]);
	for (size_t m = 0; m < n->n_module; m++)
		for (size_t i = 0; i < ward_dissector_at(m)->n_reason; i++)
			ward_count_name(c, ward_dissector_at(m)->reason[i], n->module[m].reason[i]);
}
