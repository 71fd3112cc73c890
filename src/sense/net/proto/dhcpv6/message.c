#include "sense/net/proto/dhcpv6/dhcpv6.h"

#include "sense/net/text.h"

/* RFC 8415 21, RFC 3646, 4704, 4649 */
enum {
	CLIENT_ID = 1,
	SERVER_ID = 2,
	IA_NA = 3,
	IA_TA = 4,
	IA_ADDRESS = 5,
	REQUESTED = 6,
	ELAPSED = 8,
	RELAY_MESSAGE = 9,
	STATUS = 13,
	RAPID_COMMIT = 14,
	USER_CLASS = 15,
	VENDOR_CLASS = 16,
	INTERFACE_ID = 18,
	DNS_SERVERS = 23,
	DOMAINS = 24,
	IA_PD = 25,
	IA_PREFIX = 26,
	REMOTE_ID = 37,
	CLIENT_FQDN = 39,
};

enum { DUID_MAX = 130, IP = 16 }; /* 11.1: the type of two bytes, then up to 128 */

static bool refuse(struct ward_dhcpv6 *m, enum ward_dhcpv6_reason why, size_t off)
{
	m->reason = why;
	m->off = off;
	return false;
}

static bool is_duid(struct ward_slice s)
{
	return s.len > 2 && s.len <= DUID_MAX;
}

static void add_lease(struct ward_dhcpv6 *m, const struct ward_dhcpv6_lease *lease)
{
	m->n_lease_seen++;
	if (m->n_lease < WARD_DHCPV6_LEASES)
		m->lease[m->n_lease++] = *lease;
}

static bool address(struct ward_rd *r, struct ward_dhcpv6 *m)
{
	struct ward_dhcpv6_lease lease = {.ip = ward_rd_take(r, IP)};

	ward_rd_skip(r, 4); /* preferred lifetime */
	lease.valid_s = ward_rd_be32(r);
	if (!ward_rd_bad(r))
		add_lease(m, &lease);
	return !ward_rd_bad(r);
}

static bool prefix(struct ward_rd *r, struct ward_dhcpv6 *m)
{
	struct ward_dhcpv6_lease lease = {.is_prefix = true};

	ward_rd_skip(r, 4);
	lease.valid_s = ward_rd_be32(r);
	lease.prefix_bits = ward_rd_u8(r);
	lease.ip = ward_rd_take(r, IP);
	if (ward_rd_bad(r) || lease.prefix_bits > 128)
		return false;
	add_lease(m, &lease);
	return true;
}

static bool status(struct ward_rd *r, struct ward_dhcpv6 *m)
{
	uint16_t code = ward_rd_be16(r);

	/* the first that is no success says it */
	if (!m->has_status || !m->status)
		m->status = code;
	m->has_status = true;
	return !ward_rd_bad(r);
}

/* What is in an identity association, behind its head: options of four bytes at least. */
static bool association(struct ward_rd *r, size_t head, struct ward_dhcpv6 *m)
{
	ward_rd_skip(r, head);
	while (ward_rd_left(r)) {
		uint16_t code = ward_rd_be16(r);
		struct ward_rd body = ward_rd_sub(r, ward_rd_be16(r));

		if (ward_rd_bad(r) || (code == IA_ADDRESS && !address(&body, m)) ||
			(code == IA_PREFIX && !prefix(&body, m)) ||
			(code == STATUS && !status(&body, m)))
			return false;
	}
	return !ward_rd_bad(r);
}

static bool elapsed(struct ward_rd *r, struct ward_dhcpv6 *m)
{
	m->elapsed_cs = ward_rd_be16(r);
	m->has_elapsed = true;
	return !ward_rd_bad(r);
}

/* The content of an option; false: it is not what the code says. */
static bool content(uint16_t code, struct ward_slice s, struct ward_dhcpv6 *m)
{
	struct ward_rd r = ward_rd_slice(s);

	switch (code) {
	case CLIENT_ID:
		m->client_duid = s;
		return is_duid(s);
	case SERVER_ID:
		m->server_duid = s;
		return is_duid(s);
	case IA_NA:
	case IA_PD:
		return association(&r, 12, m);
	case IA_TA:
		return association(&r, 4, m);
	case REQUESTED:
		m->requested = s;
		return s.len % 2 == 0;
	case ELAPSED:
		return elapsed(&r, m);
	case STATUS:
		return status(&r, m);
	case RAPID_COMMIT:
		m->rapid_commit = true;
		return true;
	case USER_CLASS:
		m->user_class = s;
		return true;
	case VENDOR_CLASS:
		m->vendor_class = s;
		return s.len >= 4;
	case DNS_SERVERS:
		m->dns = s;
		return s.len % IP == 0;
	case DOMAINS:
		m->domains = s;
		return true;
	case CLIENT_FQDN:
		m->fqdn = s;
		return s.len >= 1;
	default:
		return true;
	}
}

static void see_code(struct ward_dhcpv6 *m, uint16_t code)
{
	if (m->n_option < WARD_DHCPV6_OPTIONS)
		m->option[m->n_option++] = code;
	m->n_option_seen++;
}

/* 8, 21.1: the message of a client or a server, from its transaction id on. */
static bool message(struct ward_rd *r, struct ward_dhcpv6 *m)
{
	m->xid = ward_rd_be24(r);
	if (ward_rd_bad(r))
		return refuse(m, WARD_DHCPV6_BAD_SHORT, r->len);
	while (ward_rd_left(r)) { /* each takes four bytes at least */
		size_t from = r->off;
		uint16_t code = ward_rd_be16(r);
		struct ward_slice body = ward_rd_bytes(r, ward_rd_be16(r));

		if (ward_rd_bad(r))
			return refuse(m, WARD_DHCPV6_BAD_OPTION, from);
		see_code(m, code);
		if (!content(code, body, m))
			return refuse(m, WARD_DHCPV6_BAD_CONTENT, from);
	}
	return true;
}

/* 9: a relay's head and options; *r goes on with the message that it relays. */
static bool relay(struct ward_rd *r, struct ward_dhcpv6 *m)
{
	struct ward_slice inner = {NULL, 0};
	bool outermost = m->n_relay++ == 0;

	ward_rd_skip(r, 1); /* hop count */
	const uint8_t *link = ward_rd_take(r, IP), *peer = ward_rd_take(r, IP);

	if (ward_rd_bad(r))
		return refuse(m, WARD_DHCPV6_BAD_SHORT, 0);
	if (outermost) {
		m->link = link;
		m->peer = peer;
	}
	while (ward_rd_left(r)) {
		uint16_t code = ward_rd_be16(r);
		struct ward_slice body = ward_rd_bytes(r, ward_rd_be16(r));

		if (ward_rd_bad(r))
			return refuse(m, WARD_DHCPV6_BAD_OPTION, 0);
		if (code == RELAY_MESSAGE)
			inner = body;
		else if (code == INTERFACE_ID && outermost)
			m->interface_id = body;
		else if (code == REMOTE_ID && outermost)
			m->remote_id = body;
	}
	if (!inner.len)
		return refuse(m, WARD_DHCPV6_BAD_RELAY, 0);
	*r = ward_rd_slice(inner);
	return true;
}

bool ward_dhcpv6_parse(struct ward_slice datagram, struct ward_dhcpv6 *m)
{
	struct ward_rd r = ward_rd_slice(datagram);

	memset(m, 0, sizeof(*m));
	m->reason = WARD_DHCPV6_REASON_N;
	for (;;) { /* each turn is one relay less, of which there are few */
		m->type = ward_rd_u8(&r);
		if (ward_rd_bad(&r))
			return refuse(m, WARD_DHCPV6_BAD_SHORT, 0);
		if (m->type != WARD_DHCPV6_RELAY_FORWARD && m->type != WARD_DHCPV6_RELAY_REPLY)
			break;
		if (m->n_relay > WARD_DHCPV6_RELAYS)
			return refuse(m, WARD_DHCPV6_BAD_RELAY, 0);
		if (!relay(&r, m))
			return false;
	}
	if (m->type == 0 || m->type > WARD_DHCPV6_TYPE_MAX)
		return refuse(m, WARD_DHCPV6_BAD_TYPE, 0);
	return message(&r, m);
}

bool ward_dhcpv6_name(struct ward_rd *r, struct ward_wr *w)
{
	size_t n = 0;

	while (ward_rd_left(r)) { /* each label takes a byte at least */
		struct ward_slice label = ward_rd_bytes(r, ward_rd_u8(r));

		if (ward_rd_bad(r) || label.len > 63)
			return false;
		if (!label.len)
			break;
		if (n++)
			ward_wr_ch(w, '.');
		ward_net_text(w, label, ".");
	}
	return n > 0;
}

const char *ward_dhcpv6_status_name(unsigned code)
{
	static const char *const name[] = {"success", "unspecified-failure", "no-addresses",
		"no-binding", "not-on-link", "use-multicast", "no-prefixes"};

	return code < WARD_ARRAY_LEN(name) ? name[code] : NULL;
}
