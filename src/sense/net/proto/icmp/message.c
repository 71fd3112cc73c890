#include "sense/net/proto/icmp/icmp.h"

static const struct {
	uint8_t version, type;
	enum ward_icmp_kind kind;
	const char *name;
} types[] = {
	{4, 0, WARD_ICMP_ECHO, "echo-reply"},
	{4, 3, WARD_ICMP_ERROR, "destination-unreachable"},
	{4, 4, WARD_ICMP_ERROR, "source-quench"},
	{4, 5, WARD_ICMP_REDIRECT, "redirect"},
	{4, 8, WARD_ICMP_ECHO, "echo"},
	{4, 9, WARD_ICMP_ROUTER_ADVERTISEMENT, "router-advertisement"},
	{4, 10, WARD_ICMP_ROUTER_SOLICITATION, "router-solicitation"},
	{4, 11, WARD_ICMP_ERROR, "time-exceeded"},
	{4, 12, WARD_ICMP_ERROR, "parameter-problem"},
	{4, 13, WARD_ICMP_QUERY, "timestamp"},
	{4, 14, WARD_ICMP_QUERY, "timestamp-reply"},
	{4, 15, WARD_ICMP_QUERY, "information-request"},
	{4, 16, WARD_ICMP_QUERY, "information-reply"},
	{4, 17, WARD_ICMP_QUERY, "address-mask-request"},
	{4, 18, WARD_ICMP_QUERY, "address-mask-reply"},
	{6, 1, WARD_ICMP_ERROR, "destination-unreachable"},
	{6, 2, WARD_ICMP_ERROR, "packet-too-big"},
	{6, 3, WARD_ICMP_ERROR, "time-exceeded"},
	{6, 4, WARD_ICMP_ERROR, "parameter-problem"},
	{6, 128, WARD_ICMP_ECHO, "echo"},
	{6, 129, WARD_ICMP_ECHO, "echo-reply"},
	{6, 130, WARD_ICMP_OTHER, "multicast-listener-query"},
	{6, 131, WARD_ICMP_OTHER, "multicast-listener-report"},
	{6, 132, WARD_ICMP_OTHER, "multicast-listener-done"},
	{6, 133, WARD_ICMP_ROUTER_SOLICITATION, "router-solicitation"},
	{6, 134, WARD_ICMP_ROUTER_ADVERTISEMENT, "router-advertisement"},
	{6, 135, WARD_ICMP_NEIGHBOR_SOLICITATION, "neighbor-solicitation"},
	{6, 136, WARD_ICMP_NEIGHBOR_ADVERTISEMENT, "neighbor-advertisement"},
	{6, 137, WARD_ICMP_REDIRECT, "redirect"},
	{6, 139, WARD_ICMP_QUERY, "node-information-query"},
	{6, 140, WARD_ICMP_QUERY, "node-information-response"},
	{6, 143, WARD_ICMP_OTHER, "multicast-listener-report-2"},
};

enum { UDP = 17, TCP = 6, UNREACHABLE4 = 3, TOO_BIG4 = 4, TOO_BIG6 = 2 };

static void look_up(struct ward_icmp *m)
{
	for (size_t i = 0; i < WARD_ARRAY_LEN(types); i++)
		if (types[i].version == m->version && types[i].type == m->type) {
			m->kind = types[i].kind;
			m->name = types[i].name;
		}
}

static bool refuse(struct ward_icmp *m, enum ward_icmp_reason why, size_t off)
{
	m->reason = why;
	m->off = off;
	return false;
}

static const uint8_t *address(struct ward_rd *r, const struct ward_icmp *m)
{
	return ward_rd_take(r, m->version == 4 ? 4 : 16);
}

/* As much of the packet as its sender has put in (RFC 792, 1812 4.3.2.3, 4443 2.4): what is there
 * of its header is read, extension headers are not gone through. */
static void quoted(struct ward_rd *r, struct ward_icmp *m)
{
	struct ward_rd q = *r;
	uint8_t first = ward_rd_peek(&q);

	if (first >> 4 != m->version)
		return;
	ward_rd_skip(&q, m->version == 4 ? 9 : 6);
	m->quoted_proto = ward_rd_u8(&q);
	ward_rd_skip(&q, m->version == 4 ? 2 : 1);
	const uint8_t *src = address(&q, m), *dst = address(&q, m);

	if (ward_rd_bad(&q))
		return;
	m->quoted_src = src;
	m->quoted_dst = dst;
	if (m->version == 4 && (first & 15) > 5)
		ward_rd_skip(&q, (size_t)((first & 15) - 5) * 4);
	m->quoted_src_port = ward_rd_be16(&q);
	m->quoted_dst_port = ward_rd_be16(&q);
	m->has_ports = !ward_rd_bad(&q) && (m->quoted_proto == UDP || m->quoted_proto == TCP);
}

static void error(struct ward_rd *r, struct ward_icmp *m)
{
	uint32_t rest = ward_rd_be32(r);

	if (m->version == 4 && m->type == UNREACHABLE4 && m->code == TOO_BIG4)
		m->mtu = rest & 0xffff; /* RFC 1191 4 */
	else if (m->version == 6 && m->type == TOO_BIG6)
		m->mtu = rest;
	quoted(r, m);
}

/* RFC 4861 4.6.2 */
static void prefix(struct ward_rd *r, struct ward_icmp *m)
{
	struct ward_icmp_prefix p = {.bits = ward_rd_u8(r)};
	uint8_t flags = ward_rd_u8(r);

	p.on_link = flags & 0x80;
	p.autonomous = flags & 0x40;
	p.valid_s = ward_rd_be32(r);
	ward_rd_skip(r, 8);
	p.ip = ward_rd_take(r, 16);
	if (p.ip && m->n_prefix < WARD_ICMP_ITEMS)
		m->prefix[m->n_prefix++] = p;
}

/* RFC 8106 5.1 */
static void servers(struct ward_rd *r, struct ward_icmp *m)
{
	ward_rd_skip(r, 6);
	while (ward_rd_left(r) >= 16 && m->n_rdnss < WARD_ICMP_ITEMS)
		m->rdnss[m->n_rdnss++] = ward_rd_take(r, 16);
}

/* RFC 4861 4.6: type, length in eights of bytes; false: one that can't be. */
static bool options(struct ward_rd *r, struct ward_icmp *m)
{
	while (ward_rd_left(r)) {
		uint8_t type = ward_rd_u8(r), eights = ward_rd_u8(r);

		if (!eights)
			return false;
		struct ward_rd body = ward_rd_sub(r, eights * 8u - 2);

		if (ward_rd_bad(r))
			return false;
		if (type == 1)
			m->source_mac = ward_rd_take(&body, 6);
		else if (type == 2)
			m->target_mac = ward_rd_take(&body, 6);
		else if (type == 3)
			prefix(&body, m);
		else if (type == 5 && eights == 1) {
			ward_rd_skip(&body, 2);
			m->mtu = ward_rd_be32(&body);
		} else if (type == 25)
			servers(&body, m);
	}
	return true;
}

static bool redirect(struct ward_rd *r, struct ward_icmp *m)
{
	if (m->version == 6)
		ward_rd_skip(r, 4);
	m->gateway = address(r, m);
	if (m->version == 4) {
		quoted(r, m);
		return true;
	}
	m->destination = address(r, m);
	return ward_rd_bad(r) || options(r, m);
}

static bool advertisement(struct ward_rd *r, struct ward_icmp *m)
{
	if (m->version == 4) { /* RFC 1256: addresses follow */
		ward_rd_skip(r, 2);
		m->lifetime_s = ward_rd_be16(r);
		m->gateway = ward_rd_left(r) ? ward_rd_take(r, 4) : NULL;
		return true;
	}
	m->hop_limit = ward_rd_u8(r);
	m->flags = ward_rd_u8(r);
	m->lifetime_s = ward_rd_be16(r);
	ward_rd_skip(r, 8);
	return ward_rd_bad(r) || options(r, m);
}

static bool neighbor(struct ward_rd *r, struct ward_icmp *m)
{
	uint8_t flags = ward_rd_u8(r);

	ward_rd_skip(r, 3);
	if (m->kind == WARD_ICMP_NEIGHBOR_ADVERTISEMENT) {
		m->router = flags & 0x80;
		m->solicited = flags & 0x40;
		m->override = flags & 0x20;
	}
	m->target = ward_rd_take(r, 16);
	return ward_rd_bad(r) || options(r, m);
}

/* Behind type, code and checksum. False: an option can't be. */
static bool body(struct ward_rd *r, struct ward_icmp *m)
{
	switch (m->kind) {
	case WARD_ICMP_ECHO:
		ward_rd_skip(r, 4); /* identifier, sequence number */
		m->echo = ward_rd_rest(r);
		return true;
	case WARD_ICMP_ERROR:
		error(r, m);
		return true;
	case WARD_ICMP_REDIRECT:
		return redirect(r, m);
	case WARD_ICMP_ROUTER_SOLICITATION:
		ward_rd_skip(r, 4);
		return m->version == 4 || options(r, m);
	case WARD_ICMP_ROUTER_ADVERTISEMENT:
		return advertisement(r, m);
	case WARD_ICMP_NEIGHBOR_SOLICITATION:
	case WARD_ICMP_NEIGHBOR_ADVERTISEMENT:
		return neighbor(r, m);
	case WARD_ICMP_QUERY:
		ward_rd_skip(r, 4);
		return true;
	case WARD_ICMP_OTHER:
	case WARD_ICMP_KIND_N:
	default:
		return true;
	}
}

bool ward_icmp_parse(struct ward_slice message, unsigned version, struct ward_icmp *m)
{
	struct ward_rd r = ward_rd_slice(message);

	memset(m, 0, sizeof(*m));
	m->reason = WARD_ICMP_REASON_N;
	m->version = version == 6 ? 6 : 4;
	m->type = ward_rd_u8(&r);
	m->code = ward_rd_u8(&r);
	ward_rd_skip(&r, 2);
	look_up(m);
	bool good = body(&r, m);

	if (ward_rd_bad(&r))
		return refuse(m, good ? WARD_ICMP_BAD_SHORT : WARD_ICMP_BAD_OPTION, message.len);
	return good || refuse(m, WARD_ICMP_BAD_OPTION, r.off);
}
