#include "exercise/talk.h"

#include "exercise/ip.h"

enum {
	SEGMENT = 1460, /* bytes of content that a segment or datagram has at most */
	FIN = 1,
	SYN = 2,
	RST = 4,
	PSH = 8,
	ACK = 16,
	HELLO = 3,   /* frames until it stands */
	GOODBYE = 3, /* … and to end it */
	TCP_HEADER = 20,
	WINDOW = 64240,
	EPHEMERAL = 49152, /* RFC 6335 section 6 */
};

static size_t segments(const struct ward_saying *s)
{
	return (s->bytes.len + SEGMENT - 1) / SEGMENT;
}

static size_t contents(const struct ward_step *s)
{
	size_t n = 0;

	for (size_t i = 0; i < s->talk.n_say; i++)
		n += segments(&s->talk.say[i]);
	return n;
}

size_t ward_talk_frames(const struct ward_step *s)
{
	if (s->act == WARD_ACT_UDP)
		return contents(s);
	return s->talk.refused ? 2 : HELLO + contents(s) + GOODBYE;
}

/* One frame of the conversation. */
struct part {
	bool server;
	uint32_t said[2]; /* bytes so far, of who asked and of who is asked, before this one */
	struct ward_slice body;
};

/* The k-th segment with content; behind the last, what was said in all. */
static struct part part_at(const struct ward_step *s, size_t k)
{
	struct part p = {.server = false};

	for (size_t i = 0; i < s->talk.n_say; i++) {
		const struct ward_saying *say = &s->talk.say[i];
		size_t n = segments(say), from = k * SEGMENT;

		p.server = say->server;
		if (k < n) {
			size_t left = say->bytes.len - from;

			p.said[p.server] += (uint32_t)from;
			p.body =
				ward_slice_of(say->bytes.p + from, left < SEGMENT ? left : SEGMENT);
			return p;
		}
		k -= n;
		p.said[p.server] += (uint32_t)say->bytes.len;
	}
	return p;
}

struct segment {
	struct part part;
	uint8_t flags;
	uint32_t extra[2]; /* SYN and FIN count as one each */
};

static struct segment segment_at(const struct ward_step *s, size_t i)
{
	static const struct segment hello[HELLO] = {{.flags = SYN},
		{.part.server = true, .flags = SYN | ACK, .extra = {1, 0}},
		{.flags = ACK, .extra = {1, 1}}};
	static const struct segment refused[] = {
		{.flags = SYN}, {.part.server = true, .flags = RST | ACK, .extra = {1, 0}}};
	size_t n = contents(s);
	struct segment seg = {.flags = ACK, .extra = {1, 1}};

	if (s->talk.refused)
		return refused[i];
	if (i < HELLO)
		return hello[i];
	i -= HELLO;
	seg.part = part_at(s, i);
	if (i < n) {
		seg.flags |= PSH;
		return seg;
	}
	i -= n; /* who asked ends it, the other does too, the first hears it */
	seg.part.server = i == 1;
	seg.flags |= i < 2 ? FIN : 0;
	seg.extra[0] += i > 0;
	seg.extra[1] += i > 1;
	return seg;
}

static uint16_t client_port(size_t step)
{
	return (uint16_t)(EPHEMERAL + step % (65536 - EPHEMERAL));
}

/* Where each side begins to count: told by the step, so that it is the same each time. */
static uint32_t first_number(size_t step, bool server)
{
	return ((uint32_t)step * 2 + server) * 0x01000193u + 0x811c9dc5u;
}

static void put_segment(const struct ward_scenario *c, size_t step, const struct segment *seg,
	uint16_t id, struct ward_wr *w)
{
	const struct ward_step *s = &c->step[step];
	bool server = seg->part.server;
	const struct ward_host *from = &c->host[server ? s->talk.to : s->from];
	const struct ward_host *to = &c->host[server ? s->from : s->talk.to];
	uint8_t head[TCP_HEADER];
	struct ward_wr h = ward_wr_fixed(head, sizeof(head));

	ward_wr_be16(&h, server ? s->talk.port : client_port(step));
	ward_wr_be16(&h, server ? client_port(step) : s->talk.port);
	ward_wr_be32(&h,
		seg->flags == (RST | ACK)
			? 0
			: first_number(step, server) + seg->part.said[server] + seg->extra[server]);
	ward_wr_be32(&h, seg->flags & ACK ? first_number(step, !server) + seg->part.said[!server] +
						    seg->extra[!server]
					  : 0);
	ward_wr_u8(&h, TCP_HEADER / 4 << 4);
	ward_wr_u8(&h, seg->flags);
	ward_wr_be16(&h, WINDOW);
	ward_wr_be16(&h, 0);
	ward_wr_be16(&h, 0);
	uint16_t sum = ward_frame_checksum(
		from->ip, to->ip, WARD_IPV4_TCP, ward_wr_slice(&h), seg->part.body);

	ward_frame_ethernet(w, to->mac, from->mac, WARD_ETHERNET_IPV4);
	ward_frame_ipv4(w, from->ip, to->ip, id, WARD_IPV4_TCP, TCP_HEADER + seg->part.body.len);
	ward_wr_bytes(w, head, 16);
	ward_wr_be16(w, sum);
	ward_wr_bytes(w, head + 18, 2);
	ward_wr_bytes(w, seg->part.body.p, seg->part.body.len);
}

static void put_datagram(
	const struct ward_scenario *c, size_t step, size_t i, uint16_t id, struct ward_wr *w)
{
	const struct ward_step *s = &c->step[step];
	struct part p = part_at(s, i);
	const struct ward_host *from = &c->host[p.server ? s->talk.to : s->from];
	const struct ward_host *to = &c->host[p.server ? s->from : s->talk.to];
	uint16_t port = client_port(step);

	ward_frame_ethernet(w, to->mac, from->mac, WARD_ETHERNET_IPV4);
	ward_frame_ipv4(w, from->ip, to->ip, id, WARD_IPV4_UDP, WARD_UDP_HEADER + p.body.len);
	ward_frame_udp(w, from->ip, to->ip, p.server ? s->talk.port : port,
		p.server ? port : s->talk.port, p.body);
}

void ward_talk_frame(const struct ward_scenario *c, size_t step, size_t i, struct ward_wr *w)
{
	const struct ward_step *s = &c->step[step];
	uint16_t id = (uint16_t)(step * 64 + i + 1);

	if (s->act == WARD_ACT_UDP) {
		put_datagram(c, step, i, id, w);
		return;
	}
	struct segment seg = segment_at(s, i);

	put_segment(c, step, &seg, id, w);
}
