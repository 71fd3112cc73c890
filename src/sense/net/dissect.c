/* Which dissector gets which payload. */
#include "sense/net/dissect.h"

#include "sense/net/emit.h"

/* EPHEMERAL: Linux takes clients' ports from there on. */
enum { DISSECT_TRIES = 8, NAME_MAX_BYTES = 96, EPHEMERAL = 32768, LONG = 64 };

/* Lists of the table of states: who is given up first. */
enum { LIST_UNCONFIRMED, LIST_CONFIRMED };

static size_t count_names(const struct ward_dissector *m)
{
	char text[NAME_MAX_BYTES];
	size_t i = 0;

	for (;; i++) {
		struct ward_wr w = ward_wr_fixed(text, sizeof(text));

		if (!m->name_at || !m->name_at(i, &w))
			return i;
	}
}

/* What the dissector keeps for all flows is its own, or another's. */
static enum ward_err init_shared(
	struct ward_net *n, struct ward_net_module *mod, const struct ward_dissector *m)
{
	for (size_t i = 0; m->shares && &n->module[i] != mod; i++)
		if (ward_dissector_at(i) == m->shares)
			mod->shared = n->module[i].shared;
	if (m->shares) {
		WARD_ASSERT(mod->shared);
		return WARD_OK;
	}
	mod->shared = ward_mem_alloc(n->mem, m->shared_bytes);
	if (m->shared_bytes && !mod->shared)
		return WARD_ERR_NOMEM;
	return m->open ? m->open(mod->shared, n->mem) : WARD_OK;
}

static void fini_shared(
	struct ward_net *n, struct ward_net_module *mod, const struct ward_dissector *m)
{
	if (m->shares || !mod->shared)
		return;
	if (m->close)
		m->close(mod->shared);
	ward_mem_free(n->mem, mod->shared, m->shared_bytes);
}

static enum ward_err init_module(
	struct ward_net *n, struct ward_net_module *mod, const struct ward_dissector *m)
{
	if (m->start && !m->start())
		return WARD_ERR_NOMEM;
	mod->n_name = count_names(m);
	mod->name = ward_mem_alloc(n->mem, mod->n_name * sizeof(*mod->name));
	mod->reason = ward_mem_alloc(n->mem, m->n_reason * sizeof(*mod->reason));
	if ((mod->n_name && !mod->name) || (m->n_reason && !mod->reason))
		return WARD_ERR_NOMEM;
	for (size_t i = 0; i < mod->n_name; i++) {
		char text[NAME_MAX_BYTES];
		struct ward_wr w = ward_wr_fixed(text, sizeof(text));

		WARD_ASSERT(m->name_at(i, &w) && !ward_wr_bad(&w));
		mod->name[i] = ward_name(n->names, ward_wr_text(&w));
	}
	return init_shared(n, mod, m);
}

/* What a dissector keeps is of very different size: of what takes more there are fewer. */
static const struct {
	size_t most_bytes;
	size_t share; /* a table has net.states / share entries */
} size_class[WARD_NET_STATE_SIZES] = {{2048, 1}, {8192, 2}, {32768, 8}};

static size_t class_of(size_t bytes)
{
	size_t i = 0;

	while (bytes > size_class[i].most_bytes)
		i++;
	return i;
}

static enum ward_err init_states(
	struct ward_net *n, const size_t largest[WARD_NET_STATE_SIZES], uint64_t max)
{
	enum ward_err err = WARD_OK;

	for (size_t i = 0; i < WARD_NET_STATE_SIZES && err == WARD_OK; i++)
		if (largest[i])
			err = ward_lru_init(&n->state[i], n->mem, sizeof(struct ward_flow *),
				largest[i],
				(size_t)(max + size_class[i].share - 1) / size_class[i].share);
	return err;
}

enum ward_err ward_dissect_init(struct ward_net *n, const struct ward_limits *lim)
{
	size_t largest[WARD_NET_STATE_SIZES] = {0};
	enum ward_err err = WARD_OK;

	/* a bit each in ward_dissect_pick */
	WARD_ASSERT(ward_dissector_count() < 64);
	n->n_module = ward_dissector_count();
	n->module = ward_mem_alloc(n->mem, n->n_module * sizeof(*n->module));
	if (!n->module)
		return WARD_ERR_NOMEM;
	for (size_t i = 0; i < n->n_module && err == WARD_OK; i++) {
		const struct ward_dissector *m = ward_dissector_at(i);

		WARD_ASSERT(m->flow_bytes <= size_class[WARD_NET_STATE_SIZES - 1].most_bytes);
		err = init_module(n, &n->module[i], m);
		n->has_stream_module |= m->proto == WARD_PROTO_TCP;
		size_t *bytes = &largest[class_of(m->flow_bytes)];

		*bytes = m->flow_bytes > *bytes ? m->flow_bytes : *bytes;
	}
	return err ? err : init_states(n, largest, ward_limit(lim, WARD_LIMIT_NET_STATES));
}

void ward_dissect_fini(struct ward_net *n)
{
	for (size_t i = 0; n->module && i < n->n_module; i++) {
		struct ward_net_module *mod = &n->module[i];

		ward_mem_free(n->mem, mod->name, mod->n_name * sizeof(*mod->name));
		ward_mem_free(
			n->mem, mod->reason, ward_dissector_at(i)->n_reason * sizeof(*mod->reason));
		fini_shared(n, mod, ward_dissector_at(i));
	}
	if (n->module)
		ward_mem_free(n->mem, n->module, n->n_module * sizeof(*n->module));
}

static bool has_port(const struct ward_dissector *m, uint16_t port)
{
	for (size_t i = 0; i < WARD_DISSECT_PORTS && m->port[i]; i++)
		if (port == m->port[i])
			return true;
	return false;
}

/* Of a protocol without ports, all of it. */
static bool hinted(const struct ward_dissector *m, const struct ward_packet *p)
{
	if (m->proto != WARD_PROTO_UDP && m->proto != WARD_PROTO_TCP)
		return true;
	return has_port(m, p->src_port) || has_port(m, p->dst_port);
}

const struct ward_dissector *ward_dissect_expected(
	const struct ward_net *n, const struct ward_flow *flow)
{
	const struct ward_flow_key *key = ward_lru_key(&n->flow, flow);

	if (flow->confirmed || flow->n_past || !flow->has_payload)
		return NULL;
	for (unsigned side = 0; side < 2; side++) {
		/* the server's first: of a connection whose begin was not seen it is a guess */
		uint16_t port = key->port[side == 0 ? 1 - flow->client : flow->client];

		for (size_t i = 0; i < n->n_module && (side == 0 || port < EPHEMERAL); i++)
			if (ward_dissector_at(i)->proto == key->proto &&
				has_port(ward_dissector_at(i), port))
				return ward_dissector_at(i);
	}
	return NULL;
}

static enum ward_probe ask(const struct ward_dissector *m, const struct ward_dissect_ask *a)
{
	if (m->proto != WARD_PROTO_TCP)
		return ward_probe_of(m->probe(a->payload));
	if (m->weak ? a->middle && !hinted(m, a->packet) : a->amid && a->payload.len < LONG)
		return WARD_PROBE_NO;
	enum ward_probe said = m->probe_stream(a->payload);

	if (said == WARD_PROBE_ON_PORT)
		return ward_probe_of(!a->middle && hinted(m, a->packet));
	if (said == WARD_PROBE_MORE && (a->last || (a->lost && !hinted(m, a->packet))))
		return WARD_PROBE_NO;
	return said;
}

/* Of those that are not hinted the first that is sure; one that could be wrong waits for others. */
static size_t pick_new(struct ward_net *n, struct ward_dissect_ask *a)
{
	size_t found = n->n_module;
	bool more = false;

	for (size_t i = 0; i < n->n_module; i++) {
		const struct ward_dissector *m = ward_dissector_at(i);

		if (m->proto != a->packet->proto || a->tried >> i & 1)
			continue;
		enum ward_probe said = ask(m, a);

		if (said == WARD_PROBE_NO)
			continue;
		if (hinted(m, a->packet)) {
			a->wait = said == WARD_PROBE_MORE;
			return a->wait ? n->n_module : i;
		}
		if (said == WARD_PROBE_MORE)
			more = true;
		else if (found == n->n_module)
			found = i;
	}
	a->wait = more && (found == n->n_module || ward_dissector_at(found)->weak);
	return a->wait ? n->n_module : found;
}

size_t ward_dissect_pick(
	struct ward_net *n, const struct ward_flow *flow, struct ward_dissect_ask *a)
{
	size_t found = n->n_module, last = flow->module;

	a->wait = false;
	if (last >= n->n_module && !a->tried &&
		(found = ward_expect_module(n, a->packet)) < n->n_module)
		return found;
	if (last < n->n_module && !(a->tried >> last & 1)) {
		if (flow->confirmed)
			return last;
		enum ward_probe said = ask(ward_dissector_at(last), a);

		a->wait = said == WARD_PROBE_MORE;
		if (said != WARD_PROBE_NO)
			return a->wait ? n->n_module : last;
	}
	return flow->confirmed ? n->n_module : pick_new(n, a);
}

static void drop_state(struct ward_net *n, struct ward_flow *flow)
{
	ward_carve_leave(n, &flow->files);
	if (flow->kept)
		ward_lru_del(&n->state[flow->kept_size], flow->kept);
	flow->kept = NULL;
}

void ward_dissect_over(struct ward_net *n, struct ward_flow *flow)
{
	struct ward_packet p;

	if (!flow->confirmed || !flow->kept || !ward_dissector_at(flow->module)->over)
		return;
	ward_flow_packet(n, flow, 0, &p);
	struct ward_dissect d = ward_dissect_begin(n, &p, flow, flow->module, 0);

	d.module->over(&d);
}

void ward_dissect_leave(struct ward_net *n, struct ward_flow *flow)
{
	flow->left_alone = true;
	drop_state(n, flow);
	ward_follow_drop(n, flow);
}

/* Room for what the module keeps, zero at first. When there is none, a flow that is not confirmed
 * is left alone, or else the one that spoke least recently. */
static void *take_state(struct ward_net *n, struct ward_flow *flow, size_t bytes)
{
	struct ward_lru *state = &n->state[class_of(bytes)];

	if (ward_lru_full(state)) {
		void *victim = ward_lru_oldest(state, LIST_UNCONFIRMED);
		struct ward_flow *owner;

		if (!victim)
			victim = ward_lru_oldest(state, LIST_CONFIRMED);
		memcpy(&owner, ward_lru_key(state, victim), sizeof(owner));
		n->count[WARD_NET_STATE_EVICTED]++;
		ward_dissect_leave(n, owner);
	}
	flow->kept_size = (uint8_t)class_of(bytes);
	return ward_lru_add_part(state, &flow, LIST_UNCONFIRMED, bytes);
}

/* Of TCP an acknowledgement says what there was, and who has a connection has heard both. */
static uint8_t deaf_sides(const struct ward_packet *p, const struct ward_flow *flow)
{
	uint8_t deaf = flow->deaf;

	for (unsigned side = 0; side < 2 && p->proto == WARD_PROTO_TCP; side++)
		if (!flow->packets[side] || flow->seen[side].acked)
			deaf |= (uint8_t)(1u << side);
	return deaf;
}

struct ward_dissect ward_dissect_begin(struct ward_net *n, const struct ward_packet *p,
	struct ward_flow *flow, size_t i, unsigned side)
{
	const struct ward_dissector *m = ward_dissector_at(i);

	if (flow->module != i)
		drop_state(n, flow);
	flow->module = (uint8_t)i;
	if (m->flow_bytes && !flow->kept)
		flow->kept = take_state(n, flow, m->flow_bytes);
	else if (flow->kept)
		ward_lru_touch(&n->state[flow->kept_size], flow->kept,
			flow->confirmed ? LIST_CONFIRMED : LIST_UNCONFIRMED);
	return (struct ward_dissect){.net = n,
		.packet = p,
		.module = m,
		.name = n->module[i].name,
		.from_client = side == 0,
		.trusted = flow->confirmed || hinted(m, p),
		.deaf = deaf_sides(p, flow),
		.flow = flow->kept,
		.files = &flow->files,
		.shared = n->module[i].shared};
}

void ward_dissect_confirm(struct ward_net *n, struct ward_flow *flow)
{
	n->count[WARD_NET_PDU]++;
	flow->confirmed = true;
}

void ward_dissect_hand_over(struct ward_net *n, struct ward_flow *flow)
{
	/* Of many the first are told, and the last. */
	if (flow->confirmed && flow->n_past < WARD_FLOW_PAST)
		flow->past[flow->n_past++] = flow->module;
	flow->module = WARD_FLOW_NO_MODULE;
	flow->confirmed = false;
	flow->tries = 0;
	drop_state(n, flow);
}

void ward_dissect_fail(struct ward_net *n, struct ward_flow *flow, bool counts)
{
	flow->module = WARD_FLOW_NO_MODULE;
	drop_state(n, flow);
	if (!counts || ++flow->tries < DISSECT_TRIES)
		return;
	n->count[WARD_NET_DISSECT_GIVEN_UP]++;
	flow->left_alone = true;
}

void ward_dissect_malformed(
	struct ward_net *n, const struct ward_flow *flow, const struct ward_dissect *d)
{
	WARD_ASSERT(d->reason < d->module->n_reason);
	n->module[flow->module].reason[d->reason]++;
	ward_malformed_see(n, d->packet, d->module->name, d->module->reason[d->reason], d->off);
}

/* False: it is not the module's. */
static bool run(struct ward_net *n, const struct ward_packet *p, struct ward_flow *flow, size_t i,
	unsigned side)
{
	struct ward_dissect d = ward_dissect_begin(n, p, flow, i, side);

	d.partial = p->payload_snapped;
	switch (d.module->parse(&d, p->payload)) {
	case WARD_VERDICT_OK:
		ward_dissect_confirm(n, flow);
		return true;
	case WARD_VERDICT_MORE:
		n->count[WARD_NET_DISSECT_MORE]++;
		return true;
	case WARD_VERDICT_MALFORMED:
		/* Garbage that only looks like the protocol, on a port of something else, is not
		 * called a malformed message of it. */
		if (d.trusted)
			ward_dissect_malformed(n, flow, &d);
		return d.trusted;
	case WARD_VERDICT_FOREIGN:
	default:
		return false;
	}
}

static void see_datagram(
	struct ward_net *n, const struct ward_packet *p, struct ward_flow *flow, unsigned side)
{
	/* of fragments only the whole is looked at, when frag.c has it */
	if (p->payload.len == 0 || p->fragment || flow->left_alone)
		return;
	struct ward_dissect_ask ask = {.packet = p, .payload = p->payload};

	for (size_t i; (i = ward_dissect_pick(n, flow, &ask)) < n->n_module;) {
		if (run(n, p, flow, i, side))
			return;
		ask.tried |= UINT64_C(1) << i;
	}
	n->count[WARD_NET_DISSECT_FOREIGN] += ask.tried != 0;
	if (!flow->confirmed)
		ward_dissect_fail(n, flow, true);
}

void ward_dissect_see(
	struct ward_net *n, const struct ward_packet *p, struct ward_flow *flow, unsigned side)
{
	flow->has_payload |= p->payload_len != 0;
	ward_held_begin(n, flow);
	if (p->proto != WARD_PROTO_TCP)
		see_datagram(n, p, flow, side);
	else if (n->has_stream_module)
		ward_follow_see(n, p, flow, side);
	ward_held_end(n);
}

void ward_dissect_end(struct ward_net *n, struct ward_flow *flow)
{
	if (flow->follow)
		ward_follow_end(n, flow);
	ward_dissect_over(n, flow);
	drop_state(n, flow);
}
