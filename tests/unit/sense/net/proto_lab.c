#include "proto_lab.h"

#include "event/event.h"
#include "sense/net/capture.h"

#include <stdlib.h>

enum { CONNECTIONS = 64, OUT_MAX = 1 << 26, BYTES_MAX = 1 << 22 };

static enum ward_err put(void *ctx, const struct ward_event *e)
{
	struct proto_lab *l = ctx;

	ward_event_write_json(e, &l->names, &l->out);
	ward_wr_ch(&l->out, '\n');
	WARD_ASSERT(!ward_wr_bad(&l->out) && ward_utf8_valid(ward_wr_slice(&l->out), NULL));
	return WARD_OK;
}

static void make_packets(struct proto_lab *l)
{
	for (uint8_t i = 0; i < 2; i++) {
		struct ward_packet *p = &l->packet[i];

		*p = (struct ward_packet){.has_ip = true,
			.has_transport = true,
			.ip_version = l->module->proto == WARD_PROTO_ICMP6 ? 6 : 4,
			.ttl = 255,
			.src_ip = {10, 0, 0, (uint8_t)(1 + i)},
			.dst_ip = {10, 0, 0, (uint8_t)(2 - i)},
			.proto = l->module->proto,
			.src_port = i ? l->module->port[0] : 50000,
			.dst_port = i ? 50000 : l->module->port[0]};
	}
}

void proto_lab_again(struct proto_lab *l, const struct ward_dissector *module)
{
	ward_carve_leave(l->net, &l->files);
	proto_lab_files(l);
	free(l->flow);
	l->module = module;
	for (l->module_at = 0; ward_dissector_at(l->module_at) != module; l->module_at++)
		;
	l->flow = calloc(1, module->flow_bytes ? module->flow_bytes : 1);
	WARD_ASSERT(l->flow);
	l->trusted = true;
	l->partial = l->confirmed = l->resynced = false;
	l->net->index = 0;
	for (unsigned i = 0; i < 2; i++) {
		ward_wr_reset(&l->side[i].bytes);
		l->side[i].skip = 0;
		l->side[i].dead = false;
	}
	make_packets(l);
}

void proto_lab_open(struct proto_lab *l, const struct ward_dissector *module)
{
	struct ward_net_opts opts = {.source = WARD_STR("lab"), .epoch = 1};

	memset(l, 0, sizeof(*l));
	ward_limits_default(&l->lim);
	l->lim.v[WARD_LIMIT_NET_FLOWS] = 1024;
	l->lim.v[WARD_LIMIT_NET_HOSTS] = 256;
	WARD_ASSERT(ward_names_init(&l->names, ward_mem_heap(), &l->lim) == WARD_OK);
	WARD_ASSERT(ward_net_new(ward_mem_heap(), &l->lim, &l->names, &opts, &l->net) == WARD_OK);
	l->out = ward_wr_grow(ward_mem_heap(), OUT_MAX);
	for (unsigned i = 0; i < 2; i++)
		l->side[i].bytes = ward_wr_grow(ward_mem_heap(), BYTES_MAX);
	l->sink = (struct ward_net_sink){put, l};
	l->net->sink = &l->sink;
	l->net->frame = &l->frame;
	proto_lab_again(l, module);
}

void proto_lab_close(struct proto_lab *l)
{
	free(l->flow);
	ward_net_free(l->net);
	ward_names_fini(&l->names);
	ward_wr_fini(&l->out);
	for (unsigned i = 0; i < 2; i++)
		ward_wr_fini(&l->side[i].bytes);
}

void proto_lab_unlearn(struct proto_lab *l)
{
	void *shared = l->net->module[l->module_at].shared;

	if (!l->module->close)
		return;
	l->module->close(shared);
	memset(shared, 0, l->module->shared_bytes);
	WARD_ASSERT(l->module->open(shared, l->net->mem) == WARD_OK);
}

void proto_lab_forget(struct proto_lab *l)
{
	ward_wr_reset(&l->out);
}

static void begin(struct proto_lab *l, unsigned side, bool end)
{
	l->d = (struct ward_dissect){.net = l->net,
		.packet = &l->packet[side],
		.module = l->module,
		.name = l->net->module[l->module_at].name,
		.from_client = side == 0,
		.trusted = l->trusted,
		.end = end,
		.partial = l->partial,
		.flow = l->module->flow_bytes ? l->flow : NULL,
		.files = &l->files,
		.shared = l->net->module[l->module_at].shared};
}

static enum ward_verdict parse_once(struct proto_lab *l, unsigned side, bool end)
{
	struct ward_slice all = ward_wr_slice(&l->side[side].bytes);
	uint8_t *exact = malloc(all.len ? all.len : 1);

	WARD_ASSERT(exact);
	if (all.len)
		memcpy(exact, all.p, all.len);
	begin(l, side, end);
	enum ward_verdict v = l->module->parse(&l->d, ward_slice_of(exact, all.len));

	free(exact);
	switch (v) {
	case WARD_VERDICT_OK:
		WARD_ASSERT(l->d.used >= 1 || l->module->proto != WARD_PROTO_TCP);
		break;
	case WARD_VERDICT_MORE:
		WARD_ASSERT(l->d.need == 0 || l->d.need > all.len);
		WARD_ASSERT(l->module->proto == WARD_PROTO_TCP || l->d.partial);
		break;
	case WARD_VERDICT_MALFORMED:
		WARD_ASSERT(l->d.reason < l->module->n_reason && l->d.off <= all.len);
		l->net->module[l->module_at].reason[l->d.reason]++;
		break;
	case WARD_VERDICT_FOREIGN:
	default:
		WARD_ASSERT(!l->trusted || v == WARD_VERDICT_FOREIGN);
	}
	return v;
}

static void consume(struct proto_lab_side *s, size_t n)
{
	size_t have = s->bytes.len;

	if (n >= have) {
		s->skip = n - have;
		s->bytes.len = 0;
		return;
	}
	memmove(s->bytes.p, s->bytes.p + n, have - n);
	s->bytes.len = have - n;
}

/* As follow.c does it: a confirmed connection goes on behind the message, or where its dissector
 * finds a begin again. */
static void give_up(struct proto_lab *l, unsigned side, enum ward_verdict v)
{
	struct proto_lab_side *s = &l->side[side];

	if (!l->confirmed) {
		s->dead = true;
	} else if (v == WARD_VERDICT_MALFORMED && l->d.used) {
		consume(s, l->d.used);
	} else {
		struct ward_dissect said = l->d;

		l->resynced = true;
		(void)proto_lab_gap(l, side, s->bytes.len);
		l->d = said;
	}
}

static enum ward_verdict feed_datagram(struct proto_lab *l, unsigned side, struct ward_slice bytes)
{
	enum ward_verdict v = WARD_VERDICT_FOREIGN;

	ward_wr_reset(&l->side[side].bytes);
	ward_wr_bytes(&l->side[side].bytes, bytes.p, bytes.len);
	if (l->trusted || l->module->probe(ward_wr_slice(&l->side[side].bytes)))
		v = parse_once(l, side, false);
	l->trusted |= v == WARD_VERDICT_OK;
	return v;
}

enum ward_verdict proto_lab_feed(
	struct proto_lab *l, unsigned side, struct ward_slice bytes, bool end)
{
	struct proto_lab_side *s = &l->side[side];

	if (l->module->proto != WARD_PROTO_TCP)
		return bytes.len ? feed_datagram(l, side, bytes) : WARD_VERDICT_MORE;
	size_t jump = s->skip < bytes.len ? s->skip : bytes.len;
	enum ward_verdict v = WARD_VERDICT_MORE;

	if (s->dead)
		return WARD_VERDICT_FOREIGN;
	s->skip -= jump;
	if (bytes.len > jump)
		ward_wr_bytes(&s->bytes, bytes.p + jump, bytes.len - jump);
	WARD_ASSERT(!ward_wr_bad(&s->bytes));
	while (s->bytes.len || end) {
		v = parse_once(l, side, end);
		if (v == WARD_VERDICT_OK) {
			l->trusted = l->confirmed = true;
			consume(s, l->d.used);
			if (l->d.handover) {
				l->side[0].dead = l->side[1].dead = true;
				break;
			}
			if (!s->bytes.len)
				break;
			continue;
		}
		if (v == WARD_VERDICT_MORE)
			break;
		give_up(l, side, v);
		if (s->dead || !s->bytes.len)
			break;
	}
	return v;
}

bool proto_lab_gap(struct proto_lab *l, unsigned side, uint64_t lost)
{
	struct proto_lab_side *s = &l->side[side];

	if (l->module->proto != WARD_PROTO_TCP || s->dead)
		return !s->dead;

	ward_wr_reset(&s->bytes);
	if (lost <= s->skip) {
		s->skip -= (size_t)lost;
		return true;
	}
	begin(l, side, false);
	s->skip = 0;
	s->dead = !l->module->gap || !l->module->gap(&l->d, lost);
	return !s->dead;
}

void proto_lab_over(struct proto_lab *l, unsigned side)
{
	if (!l->module->over || !l->module->flow_bytes)
		return;
	begin(l, side, false);
	l->module->over(&l->d);
}

void proto_lab_files(struct proto_lab *l)
{
	ward_carve_tell(l->net);
}

uint64_t proto_lab_reason(const struct proto_lab *l, size_t reason)
{
	return l->net->module[l->module_at].reason[reason];
}

size_t proto_lab_seen(const struct proto_lab *l, const char *what)
{
	struct ward_str rest = ward_wr_text(&l->out);
	size_t n = 0;

	for (;;) {
		size_t at = ward_str_find(rest, ward_str_z(what));

		if (at == SIZE_MAX)
			return n;
		n++;
		rest = ward_str_sub(rest, at + 1, rest.len);
	}
}

/* Captures: one flow at a time, so that the lab needs no table. */

struct conn {
	uint8_t ip[16];
	uint16_t port, peer_port; /* of the client */
	uint8_t peer_ip[16];
};

/* The sequence number: the header stands right before the payload, its length in its 13th byte. */
static bool tcp_seq(const struct ward_frame *f, const struct ward_packet *p, uint32_t *ret)
{
	size_t end = (size_t)(p->payload.p - f->bytes.p);

	for (size_t len = 20; len <= 60 && len <= end; len += 4) {
		struct ward_rd r = ward_rd_from(p->payload.p - len, len);
		uint16_t src = ward_rd_be16(&r), dst = ward_rd_be16(&r);
		uint32_t seq = ward_rd_be32(&r);

		ward_rd_skip(&r, 4);
		if ((size_t)(ward_rd_u8(&r) >> 4) * 4 == len && src == p->src_port &&
			dst == p->dst_port) {
			*ret = seq;
			return true;
		}
	}
	return false;
}

void proto_lab_records(struct proto_lab *l, struct ward_slice records)
{
	struct ward_rd r = ward_rd_from(records.p, records.len);

	while (ward_rd_left(&r) > 3) {
		uint8_t head = ward_rd_u8(&r);
		size_t n = ward_rd_be16(&r);

		if (head & 4) {
			(void)proto_lab_gap(l, head & 1, n);
			continue;
		}
		n = n < ward_rd_left(&r) ? n : ward_rd_left(&r);
		l->partial = head & 8 && l->module->proto == WARD_PROTO_UDP;
		(void)proto_lab_feed(l, head & 1, ward_rd_bytes(&r, n), head & 2);
	}
	l->partial = false;
	for (unsigned side = 0; side < 2; side++)
		(void)proto_lab_feed(l, side, ward_slice_of(NULL, 0), true);
	if (l->confirmed)
		proto_lab_over(l, 0);
	ward_carve_leave(l->net, &l->files);
	proto_lab_files(l);
}

static bool hinted(const struct ward_dissector *m, uint16_t port)
{
	for (size_t i = 0; i < WARD_DISSECT_PORTS && m->port[i]; i++)
		if (m->port[i] == port)
			return true;
	return false;
}

static bool same(const struct conn *c, const struct ward_packet *p, unsigned *ret_side)
{
	bool to = c->port == p->src_port && c->peer_port == p->dst_port &&
		  memcmp(c->ip, p->src_ip, 16) == 0 && memcmp(c->peer_ip, p->dst_ip, 16) == 0;
	bool back = c->port == p->dst_port && c->peer_port == p->src_port &&
		    memcmp(c->ip, p->dst_ip, 16) == 0 && memcmp(c->peer_ip, p->src_ip, 16) == 0;

	*ret_side = to ? 0 : 1;
	return to || back;
}

/* The connections of the file, in order of their first payload. */
static size_t list(const struct proto_lab *l, const char *path, struct conn *conns)
{
	char why[WARD_CAPTURE_WHY];
	struct ward_capture *c;
	struct ward_frame f;
	uint64_t count[WARD_NET_COUNTER_N] = {0};
	size_t n = 0;

	if (ward_capture_open(ward_mem_heap(), path, why, &c) != WARD_OK)
		return SIZE_MAX;
	while (n < CONNECTIONS && ward_capture_next(c, &f) == WARD_OK) {
		struct ward_packet p;
		unsigned side;
		size_t i = 0;

		ward_packet_decode(&f, &p, count);
		if (p.proto != WARD_PROTO_TCP || !p.payload.len)
			continue;
		while (i < n && !same(&conns[i], &p, &side))
			i++;
		if (i < n || !(hinted(l->module, p.src_port) || hinted(l->module, p.dst_port) ||
				     l->module->probe_stream(p.payload) == WARD_PROBE_YES))
			continue;
		bool turned = hinted(l->module, p.src_port);

		conns[n] = (struct conn){.port = turned ? p.dst_port : p.src_port,
			.peer_port = turned ? p.src_port : p.dst_port};
		memcpy(conns[n].ip, turned ? p.dst_ip : p.src_ip, 16);
		memcpy(conns[n++].peer_ip, turned ? p.src_ip : p.dst_ip, 16);
	}
	ward_capture_close(c);
	return n;
}

static void one(struct proto_lab *l, const char *path, const struct conn *conn)
{
	char why[WARD_CAPTURE_WHY];
	struct ward_capture *c;
	struct ward_frame f;
	uint64_t count[WARD_NET_COUNTER_N] = {0};
	uint32_t next[2] = {0}, seq;
	bool began[2] = {false, false};
	unsigned turned = 0;

	WARD_ASSERT(ward_capture_open(ward_mem_heap(), path, why, &c) == WARD_OK);
	while (ward_capture_next(c, &f) == WARD_OK) {
		struct ward_packet p;
		unsigned side;

		ward_packet_decode(&f, &p, count);
		if (p.proto != WARD_PROTO_TCP || !same(conn, &p, &side))
			continue;
		/* The port said who the client is, unless its SYN says otherwise. */
		if ((p.tcp_flags & (WARD_TCP_SYN | WARD_TCP_ACK)) == WARD_TCP_SYN)
			turned = side;
		side ^= turned;
		if (!p.payload.len || !tcp_seq(&f, &p, &seq) || (began[side] && seq != next[side]))
			continue;
		began[side] = true;
		next[side] = seq + (uint32_t)p.payload.len;
		l->frame = f;
		l->packet[side] = p;
		l->trusted |= hinted(l->module, conn->peer_port);
		(void)proto_lab_feed(l, side, p.payload, false);
	}
	for (unsigned side = 0; side < 2; side++)
		if (began[side])
			(void)proto_lab_feed(l, side, ward_slice_of(NULL, 0), true);
	ward_capture_close(c);
}

bool proto_lab_capture(struct proto_lab *l, const char *path)
{
	static struct conn conns[CONNECTIONS];
	size_t n = list(l, path, conns);

	for (size_t i = 0; n != SIZE_MAX && i < n; i++) {
		proto_lab_again(l, l->module);
		l->trusted = false;
		one(l, path, &conns[i]);
	}
	return n != SIZE_MAX;
}
