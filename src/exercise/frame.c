/* Frames: ARP (RFC 826), BACnet/IP (ASHRAE 135 annex J); which frames a step is. */
#include "exercise/act.h"
#include "exercise/ip.h"
#include "exercise/names.h"
#include "exercise/talk.h"

enum {
	ETHERNET_MIN = 60,
	TALK_US = 400, /* between two frames of a conversation */
	BACNET_PORT = 0xbac0,
	NPDU_MAX = 1024,
	MAX_APDU = 1476,         /* what a BACnet/IP device takes */
	NO_SEGMENTATION = 3,     /* BACnetSegmentation */
	PRIORITIES = 16,         /* slots of a priority array */
	SEGMENTS_AND_APDU = 0x05 /* clause 20.1.2: one segment, up to 1476 bytes */
};

static const uint8_t everybody[6] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff};

size_t ward_act_frames(const struct ward_step *s)
{
	if (s->act == WARD_ACT_ARP)
		return s->arp.answer == WARD_NONE ? 1 : 2;
	if (s->act == WARD_ACT_BACNET)
		return s->bacnet.reply == WARD_REPLY_NONE ? 1 : 2;
	if (s->act == WARD_ACT_TCP || s->act == WARD_ACT_UDP)
		return ward_talk_frames(s);
	return s->act == WARD_ACT_TOOL ? s->tool.n_heard : 0;
}

ward_ns ward_act_frame_after(const struct ward_step *s, size_t i)
{
	static const ward_ns us = 1000;

	if (i == 0)
		return 0;
	if (s->act == WARD_ACT_TOOL)
		return s->tool.heard[i].after;
	if (s->act == WARD_ACT_ARP)
		return 600 * us;
	if (s->act != WARD_ACT_BACNET)
		return (ward_ns)i * TALK_US * us;
	return (s->bacnet.reply == WARD_REPLY_ACK ? 18000 : 12000) * us;
}

uint32_t ward_act_network(const struct ward_scenario *c, const struct ward_step *s)
{
	return c->host[s->from].network;
}

static void put_arp(
	const struct ward_scenario *c, const struct ward_step *s, bool answer, struct ward_wr *w)
{
	static const uint8_t unknown[6];
	const struct ward_host *asker = &c->host[s->from];
	const struct ward_host *from = answer ? &c->host[s->arp.answer] : asker;

	ward_frame_ethernet(w, answer ? asker->mac : everybody, from->mac, WARD_ETHERNET_ARP);
	ward_wr_be16(w, 1); /* Ethernet */
	ward_wr_be16(w, WARD_ETHERNET_IPV4);
	ward_wr_u8(w, 6);
	ward_wr_u8(w, 4);
	ward_wr_be16(w, answer ? 2 : 1);
	ward_wr_bytes(w, from->mac, 6);
	ward_wr_bytes(w, from->ip, 4);
	ward_wr_bytes(w, answer ? asker->mac : unknown, 6);
	ward_wr_bytes(w, answer ? asker->ip : s->arp.target, 4);
}

/* Clause 20.2.1: the tag and length before a content. */
static void put_tag(struct ward_wr *w, unsigned number, bool context, size_t len)
{
	unsigned first = number << 4 | (context ? 8 : 0);

	if (len < 5) {
		ward_wr_u8(w, (uint8_t)(first | len));
		return;
	}
	ward_wr_u8(w, (uint8_t)(first | 5));
	if (len < 254) {
		ward_wr_u8(w, (uint8_t)len);
		return;
	}
	ward_wr_u8(w, 254);
	ward_wr_be16(w, (uint16_t)len);
}

enum { OPEN = 6, CLOSE = 7 };

static void put_bracket(struct ward_wr *w, unsigned number, unsigned kind)
{
	ward_wr_u8(w, (uint8_t)(number << 4 | 8 | kind));
}

/* Clause 20.2.4: the fewest bytes that hold it. */
static void put_unsigned(struct ward_wr *w, unsigned number, bool context, uint32_t v)
{
	size_t len = v > 0xffffff ? 4 : v > 0xffff ? 3 : v > 0xff ? 2 : 1;

	put_tag(w, number, context, len);
	while (len-- > 0)
		ward_wr_u8(w, (uint8_t)(v >> (8 * len)));
}

/* Clause 20.2.5: the fewest bytes that hold it and its sign. */
static void put_signed(struct ward_wr *w, int32_t v)
{
	size_t len = v >= -0x80 && v < 0x80           ? 1
		     : v >= -0x8000 && v < 0x8000     ? 2
		     : v >= -0x800000 && v < 0x800000 ? 3
						      : 4;

	put_tag(w, 3, false, len);
	while (len-- > 0)
		ward_wr_u8(w, (uint8_t)((uint32_t)v >> (8 * len)));
}

static void put_object(
	struct ward_wr *w, unsigned number, bool context, uint32_t type, uint32_t instance)
{
	put_tag(w, number, context, 4);
	ward_wr_be32(w, type << 22 | instance);
}

/* Application tags of clause 20.2.1.4. */
static void put_point(struct ward_wr *w, const struct ward_act_value *p)
{
	switch (p->type) {
	case WARD_ACT_VALUE_NULL:
		put_tag(w, 0, false, 0);
		return;
	case WARD_ACT_VALUE_BOOLEAN: /* clause 20.2.3: the length is the value */
		put_tag(w, 1, false, p->bits);
		return;
	case WARD_ACT_VALUE_UNSIGNED:
		put_unsigned(w, 2, false, p->bits);
		return;
	case WARD_ACT_VALUE_SIGNED:
		put_signed(w, (int32_t)p->bits);
		return;
	case WARD_ACT_VALUE_REAL:
		put_tag(w, 4, false, 4);
		ward_wr_be32(w, p->bits);
		return;
	case WARD_ACT_VALUE_TEXT: /* clause 20.2.9: character set 0 is UTF-8 */
		put_tag(w, 7, false, p->text.len + 1);
		ward_wr_u8(w, 0);
		ward_wr_str(w, p->text);
		return;
	case WARD_ACT_VALUE_ENUMERATED:
		put_unsigned(w, 9, false, p->bits);
		return;
	case WARD_ACT_VALUE_N:
	default:
		WARD_ASSERT(p->type != WARD_ACT_VALUE_N); /* a step has a value */
	}
}

static void put_property(struct ward_wr *w, const struct ward_step *s)
{
	put_object(w, 0, true, s->bacnet.type, s->bacnet.instance);
	put_unsigned(w, 1, true, s->bacnet.property);
}

static void put_value(struct ward_wr *w, const struct ward_step *s, const struct ward_act_value *p)
{
	/* clause 12: what is read of a priority array is all of its slots */
	size_t n = s->bacnet.property == WARD_BACNET_PRIORITY_ARRAY &&
				   s->bacnet.service == WARD_BACNET_ACT_READ
			   ? PRIORITIES
			   : 1;

	put_bracket(w, 3, OPEN);
	while (n-- > 0)
		put_point(w, p);
	put_bracket(w, 3, CLOSE);
}

/* NPDU (clause 6.2) and APDU (clause 20.1, 21) of the request. */
static void put_request(struct ward_wr *w, const struct ward_step *s)
{
	enum { VERSION = 1, EXPECTS_REPLY = 4, CONFIRMED = 0x00, UNCONFIRMED = 0x10 };
	bool confirmed = s->bacnet.service >= WARD_BACNET_ACT_READ;
	static const uint8_t choice[WARD_BACNET_ACT_N] = {8, 0, 12, 15};

	ward_wr_u8(w, VERSION);
	ward_wr_u8(w, confirmed ? EXPECTS_REPLY : 0);
	ward_wr_u8(w, confirmed ? CONFIRMED : UNCONFIRMED);
	if (confirmed) {
		ward_wr_u8(w, SEGMENTS_AND_APDU);
		ward_wr_u8(w, s->bacnet.invoke);
	}
	ward_wr_u8(w, choice[s->bacnet.service]);
	switch (s->bacnet.service) {
	case WARD_BACNET_ACT_WHO_IS:
		if (s->bacnet.ranged) {
			put_unsigned(w, 0, true, s->bacnet.low);
			put_unsigned(w, 1, true, s->bacnet.high);
		}
		return;
	case WARD_BACNET_ACT_I_AM:
		put_object(w, 12, false, 8, s->bacnet.device);
		put_unsigned(w, 2, false, MAX_APDU);
		put_unsigned(w, 9, false, NO_SEGMENTATION);
		put_unsigned(w, 2, false, s->bacnet.vendor);
		return;
	case WARD_BACNET_ACT_READ:
		put_property(w, s);
		return;
	case WARD_BACNET_ACT_WRITE:
		put_property(w, s);
		put_value(w, s, &s->bacnet.value);
		if (s->bacnet.priority)
			put_unsigned(w, 4, true, s->bacnet.priority);
		return;
	case WARD_BACNET_ACT_N:
	default:
		WARD_ASSERT(s->bacnet.service != WARD_BACNET_ACT_N); /* what is loaded has one */
	}
}

static void put_reply(struct ward_wr *w, const struct ward_step *s)
{
	enum { VERSION = 1, SIMPLE_ACK = 0x20, COMPLEX_ACK = 0x30, READ = 12, WRITE = 15 };
	bool ack = s->bacnet.reply == WARD_REPLY_ACK;

	ward_wr_u8(w, VERSION);
	ward_wr_u8(w, 0);
	ward_wr_u8(w, ack ? SIMPLE_ACK : COMPLEX_ACK);
	ward_wr_u8(w, s->bacnet.invoke);
	ward_wr_u8(w, ack ? WRITE : READ);
	if (ack)
		return;
	put_property(w, s);
	put_value(w, s, &s->bacnet.answer);
}

/* Annex J.2: type, function, length, then the NPDU. */
static void put_bvlc(struct ward_wr *w, const struct ward_step *s, bool reply)
{
	enum { BVLC = 0x81, UNICAST = 0x0a, BROADCAST = 0x0b, BVLC_HEADER = 4 };
	uint8_t npdu[NPDU_MAX];
	struct ward_wr n = ward_wr_fixed(npdu, sizeof(npdu));

	if (reply)
		put_reply(&n, s);
	else
		put_request(&n, s);
	ward_wr_u8(w, BVLC);
	ward_wr_u8(w, s->bacnet.to == WARD_NONE ? BROADCAST : UNICAST);
	ward_wr_be16(w, (uint16_t)(BVLC_HEADER + n.len));
	ward_wr_bytes(w, npdu, n.len);
	w->bad |= ward_wr_bad(&n);
}

void ward_act_bacnet(const struct ward_step *s, struct ward_wr *w)
{
	WARD_ASSERT(s->act == WARD_ACT_BACNET);
	put_bvlc(w, s, false);
}

static void put_bacnet(const struct ward_scenario *c, const struct ward_step *s, uint16_t id,
	bool reply, struct ward_wr *w)
{
	bool all = s->bacnet.to == WARD_NONE;
	const struct ward_host *from = &c->host[reply ? s->bacnet.to : s->from];
	const struct ward_host *to = all ? NULL : &c->host[reply ? s->from : s->bacnet.to];
	const uint8_t *ip = all ? from->broadcast : to->ip;
	uint8_t bvlc[NPDU_MAX + 4];
	struct ward_wr b = ward_wr_fixed(bvlc, sizeof(bvlc));

	put_bvlc(&b, s, reply);
	w->bad |= ward_wr_bad(&b);
	ward_frame_ethernet(w, all ? everybody : to->mac, from->mac, WARD_ETHERNET_IPV4);
	ward_frame_ipv4(w, from->ip, ip, id, WARD_IPV4_UDP, WARD_UDP_HEADER + b.len);
	ward_frame_udp(w, from->ip, ip, BACNET_PORT, BACNET_PORT, ward_wr_slice(&b));
}

void ward_act_frame(const struct ward_scenario *c, size_t step, size_t i, struct ward_wr *w)
{
	const struct ward_step *s = &c->step[step];
	size_t from = w->len;

	WARD_ASSERT(i < ward_act_frames(s));
	if (s->act == WARD_ACT_TOOL)
		ward_wr_str(w, s->tool.heard[i].frame);
	else if (s->act == WARD_ACT_ARP)
		put_arp(c, s, i > 0, w);
	else if (s->act != WARD_ACT_BACNET)
		ward_talk_frame(c, step, i, w);
	else /* the IPv4 id: of the step, so that a restarted player says the same */
		put_bacnet(c, s, (uint16_t)(2 * step + i + 1), i > 0, w);
	while (!ward_wr_bad(w) && w->len - from < ETHERNET_MIN)
		ward_wr_u8(w, 0);
}
