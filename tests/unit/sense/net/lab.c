#include "lab.h"

#include "sense/net/capture.h"

#include <stdlib.h>

enum { FLOWS = 4096, PARTS = 256, WAITING = 64 };

static enum ward_err put(void *ctx, const struct ward_event *e)
{
	struct lab *l = ctx;

	ward_event_write_json(e, &l->names, &l->out);
	ward_wr_ch(&l->out, '\n');
	WARD_ASSERT(!ward_wr_bad(&l->out));
	return WARD_OK;
}

void lab_init(struct lab *l, const char *name, uint8_t proto)
{
	struct ward_net_opts opts = {.source = WARD_STR("lab")};

	memset(l, 0, sizeof(*l));
	ward_limits_default(&l->lim);
	l->lim.v[WARD_LIMIT_NET_FLOWS] = 1024;
	l->lim.v[WARD_LIMIT_NET_HOSTS] = 256;
	l->out = ward_wr_grow(ward_mem_heap(), 1U << 28);
	WARD_ASSERT(ward_names_init(&l->names, ward_mem_heap(), &l->lim) == WARD_OK);
	WARD_ASSERT(ward_net_new(ward_mem_heap(), &l->lim, &l->names, &opts, &l->net) == WARD_OK);
	for (size_t i = 0; i < ward_dissector_count(); i++)
		if (ward_str_eqz(ward_str_z(ward_dissector_at(i)->name), name) &&
			ward_dissector_at(i)->proto == proto)
			l->module = ward_dissector_at(i);
	WARD_ASSERT(l->module);
}

void lab_fini(struct lab *l)
{
	ward_net_free(l->net);
	ward_names_fini(&l->names);
	ward_wr_fini(&l->out);
}

struct lab_flow *lab_flow_new(const struct lab *l, bool trusted)
{
	struct lab_flow *f = calloc(1, sizeof(*f));

	WARD_ASSERT(f);
	f->trusted = trusted;
	if (l->module->flow_bytes)
		WARD_ASSERT((f->state = calloc(1, l->module->flow_bytes)));
	return f;
}

void lab_flow_free(const struct lab *l, struct lab_flow *f)
{
	(void)l;
	free(f->side[0].p);
	free(f->side[1].p);
	free(f->state);
	free(f);
}

static const uint32_t *names_of(const struct lab *l)
{
	for (size_t i = 0; i < l->net->n_module; i++)
		if (ward_dissector_at(i) == l->module)
			return l->net->module[i].name;
	return NULL;
}

static struct ward_dissect call(const struct lab *l, const struct lab_flow *f,
	const struct ward_packet *p, bool from_client)
{
	static const struct ward_frame none;

	if (!l->net->frame)
		l->net->frame = &none;
	return (struct ward_dissect){.net = l->net,
		.packet = p,
		.module = l->module,
		.name = names_of(l),
		.from_client = from_client,
		.trusted = f->trusted,
		.flow = f->state};
}

enum ward_verdict lab_parse(struct lab *l, struct lab_flow *f, const struct ward_packet *p,
	bool from_client, struct ward_slice bytes, struct ward_dissect *ret)
{
	struct ward_net_sink sink = {put, l};
	uint8_t *exact = malloc(bytes.len ? bytes.len : 1);
	enum ward_verdict v;

	WARD_ASSERT(exact);
	if (bytes.len)
		memcpy(exact, bytes.p, bytes.len);
	*ret = call(l, f, p, from_client);
	l->net->sink = &sink;
	v = l->module->parse(ret, ward_slice_of(exact, bytes.len));
	l->net->sink = NULL;
	free(exact);
	return v;
}

bool lab_gap(struct lab *l, struct lab_flow *f, const struct ward_packet *p, bool from_client,
	uint64_t lost)
{
	struct ward_net_sink sink = {put, l};
	struct ward_dissect d = call(l, f, p, from_client);
	bool goes_on;

	l->net->sink = &sink;
	goes_on = l->module->gap && l->module->gap(&d, lost);
	l->net->sink = NULL;
	return goes_on;
}

void lab_end(struct lab *l, struct lab_flow *f, const struct ward_packet *p, bool from_client)
{
	struct ward_net_sink sink = {put, l};
	struct ward_dissect d = call(l, f, p, from_client);
	const struct lab_side *s = &f->side[!from_client];

	d.end = true;
	l->net->sink = &sink;
	(void)l->module->parse(&d, ward_slice_of(s->p, s->len));
	l->net->sink = NULL;
}

static void grow(struct lab_side *s, struct ward_slice bytes)
{
	if (s->len + bytes.len > s->cap) {
		s->cap = (s->len + bytes.len) * 2;
		WARD_ASSERT((s->p = realloc(s->p, s->cap)));
	}
	memcpy(s->p + s->len, bytes.p, bytes.len);
	s->len += bytes.len;
}

enum ward_verdict lab_feed(struct lab *l, struct lab_flow *f, const struct ward_packet *p,
	bool from_client, struct ward_slice bytes)
{
	struct lab_side *s = &f->side[!from_client];
	enum ward_verdict v = WARD_VERDICT_OK;
	struct ward_dissect d;
	size_t skip = s->skip < bytes.len ? (size_t)s->skip : bytes.len;

	s->skip -= skip;
	bytes = ward_slice_of(bytes.p + skip, bytes.len - skip);
	if (!s->dead && bytes.len)
		grow(s, bytes);
	while (!s->dead && s->len) {
		v = lab_parse(l, f, p, from_client, ward_slice_of(s->p, s->len), &d);
		if (v == WARD_VERDICT_MORE)
			return v;
		if (v == WARD_VERDICT_FOREIGN || (v == WARD_VERDICT_MALFORMED && !d.used)) {
			s->dead = true;
			break;
		}
		WARD_ASSERT(d.used);
		f->trusted |= v == WARD_VERDICT_OK;
		size_t cut = d.used < s->len ? d.used : s->len;

		s->skip = d.used - cut;
		memmove(s->p, s->p + cut, s->len - cut);
		s->len -= cut;
	}
	return v;
}

/* One TCP flow of a capture: segments wait in parts until what is before them has come. */
struct part {
	uint32_t seq;
	struct ward_slice bytes; /* owned */
};

struct tcp {
	struct ward_packet first;
	struct lab_flow *flow;
	bool known[2], tried;
	uint32_t next[2];
	struct part part[2][PARTS];
	size_t n_part[2];
};

static bool same(const struct ward_packet *a, const struct ward_packet *b, bool back)
{
	return a->ip_version == b->ip_version &&
	       memcmp(a->src_ip, back ? b->dst_ip : b->src_ip, 16) == 0 &&
	       memcmp(a->dst_ip, back ? b->src_ip : b->dst_ip, 16) == 0 &&
	       a->src_port == (back ? b->dst_port : b->src_port) &&
	       a->dst_port == (back ? b->src_port : b->dst_port);
}

static bool hinted(const struct lab *l, const struct ward_packet *p)
{
	for (size_t i = 0; i < WARD_DISSECT_PORTS && l->module->port[i]; i++)
		if (p->src_port == l->module->port[i] || p->dst_port == l->module->port[i])
			return true;
	return false;
}

static void deliver(struct lab *l, struct tcp *t, const struct ward_packet *p, unsigned side,
	struct ward_slice bytes)
{
	if (!t->tried) {
		t->tried = true;
		if (!hinted(l, p) && !l->module->probe(bytes))
			t->flow->side[0].dead = t->flow->side[1].dead = true;
	}
	if (!t->flow->side[side].dead)
		(void)lab_feed(l, t->flow, p, side == 0, bytes);
}

/* Delivers what of the segment is next; true when it need not be kept. */
static bool advance(struct lab *l, struct tcp *t, const struct ward_packet *p, unsigned side,
	const struct part *part)
{
	uint32_t old = t->next[side] - part->seq;

	if ((int32_t)old < 0)
		return false;
	if (old >= part->bytes.len)
		return true;
	deliver(l, t, p, side, ward_slice_of(part->bytes.p + old, part->bytes.len - old));
	t->next[side] = part->seq + (uint32_t)part->bytes.len;
	return true;
}

static void drain(struct lab *l, struct tcp *t, const struct ward_packet *p, unsigned side)
{
	for (size_t i = 0; i < t->n_part[side];) {
		if (!advance(l, t, p, side, &t->part[side][i])) {
			i++;
			continue;
		}
		free((void *)(uintptr_t)t->part[side][i].bytes.p);
		t->part[side][i] = t->part[side][--t->n_part[side]];
		i = 0;
	}
}

/* Nothing more will come before the earliest part: the dissector is told how much is missing. */
static void give_up(struct lab *l, struct tcp *t, const struct ward_packet *p, unsigned side)
{
	while (t->n_part[side]) {
		struct lab_side *s = &t->flow->side[side];
		uint32_t first = t->part[side][0].seq;

		for (size_t i = 1; i < t->n_part[side]; i++)
			if ((int32_t)(t->part[side][i].seq - first) < 0)
				first = t->part[side][i].seq;
		uint32_t lost = first - t->next[side];

		if (s->skip >= lost && !s->len) {
			s->skip -= lost;
		} else if (!s->dead) {
			s->dead = !lab_gap(l, t->flow, p, side == 0, lost);
			s->len = 0;
			s->skip = 0;
		}
		t->next[side] = first;
		drain(l, t, p, side);
	}
}

static void segment(
	struct lab *l, struct tcp *t, const struct ward_packet *p, unsigned side, uint32_t seq)
{
	struct part part = {seq, p->payload};

	if (p->tcp_flags & WARD_TCP_SYN) {
		t->known[side] = true;
		t->next[side] = seq + 1;
		return;
	}
	if (!p->payload.len)
		return;
	if (!t->known[side])
		t->next[side] = seq;
	t->known[side] = true;
	if (!advance(l, t, p, side, &part) && t->n_part[side] < PARTS) {
		uint8_t *copy = malloc(part.bytes.len);

		WARD_ASSERT(copy);
		memcpy(copy, part.bytes.p, part.bytes.len);
		part.bytes.p = copy;
		t->part[side][t->n_part[side]++] = part;
	}
	drain(l, t, p, side);
	if (t->n_part[side] >= WAITING)
		give_up(l, t, p, side);
}

/* The payload follows the TCP header, whose sequence number the packet does not give. */
static uint32_t seq_of(const struct ward_frame *f, const struct ward_packet *p)
{
	const uint8_t ports[4] = {(uint8_t)(p->src_port >> 8), (uint8_t)p->src_port,
		(uint8_t)(p->dst_port >> 8), (uint8_t)p->dst_port};
	size_t from = p->ip_version == 6 ? 40 : 20;
	const uint8_t *at = from < f->bytes.len
				    ? memmem(f->bytes.p + from, f->bytes.len - from, ports, 4)
				    : NULL;
	struct ward_rd r = ward_rd_from(at, at ? f->bytes.len - (size_t)(at - f->bytes.p) : 0);

	ward_rd_skip(&r, 4);
	return ward_rd_be32(&r);
}

static struct tcp *find(struct lab *l, struct tcp **all, size_t *n, const struct ward_packet *p)
{
	bool begin = (p->tcp_flags & (WARD_TCP_SYN | WARD_TCP_ACK)) == WARD_TCP_SYN;

	for (size_t i = *n; i-- > 0;)
		if (same(&all[i]->first, p, false) || same(&all[i]->first, p, true)) {
			if (begin && all[i]->known[1])
				break;
			return all[i];
		}
	if (*n == FLOWS)
		return NULL;
	struct tcp *t = calloc(1, sizeof(*t));

	WARD_ASSERT(t);
	t->first = *p;
	t->flow = lab_flow_new(l, hinted(l, p));
	return all[(*n)++] = t;
}

/* The packet of one side of a flow, as far as a dissector looks at it. */
static struct ward_packet packet_of(const struct tcp *t, unsigned side)
{
	struct ward_packet p = t->first;

	if (side) {
		memcpy(p.src_ip, t->first.dst_ip, 16);
		memcpy(p.dst_ip, t->first.src_ip, 16);
		p.src_port = t->first.dst_port;
		p.dst_port = t->first.src_port;
	}
	return p;
}

static void tcp_end(struct lab *l, struct tcp *t)
{
	for (unsigned side = 0; side < 2; side++) {
		struct ward_packet p = packet_of(t, side);

		give_up(l, t, &p, side);
		if (!t->flow->side[side].dead)
			lab_end(l, t->flow, &p, side == 0);
	}
	lab_flow_free(l, t->flow);
	free(t);
}

bool lab_capture(struct lab *l, const char *path)
{
	static struct tcp *all[FLOWS];
	uint64_t count[WARD_NET_COUNTER_N] = {0};
	char why[WARD_CAPTURE_WHY];
	struct ward_capture *c;
	struct ward_packet p;
	struct ward_frame f;
	size_t n = 0;

	if (ward_capture_open(ward_mem_heap(), path, why, &c) != WARD_OK)
		return false;
	while (ward_capture_next(c, &f) == WARD_OK) {
		ward_packet_decode(&f, &p, count);
		if (p.proto != WARD_PROTO_TCP || !p.has_transport || p.fragment)
			continue;
		struct tcp *t = find(l, all, &n, &p);

		l->net->frame = &f;
		l->net->index = 0;
		if (t)
			segment(l, t, &p, !same(&t->first, &p, false), seq_of(&f, &p));
		l->net->frame = NULL;
	}
	ward_capture_close(c);
	while (n)
		tcp_end(l, all[--n]);
	return true;
}
