/* The fixed part of a message, and its options wherever they stand. */
#include "sense/net/proto/dhcp/dhcp.h"

enum {
	COOKIE = 0x63825363, /* RFC 2132 2 */
	SNAME_OFF = 44,
	SNAME = 64,
	FILE_OFF = 108,
	FILE_NAME = 128,
	IN_FILE = 1, /* RFC 2132 9.3 */
	IN_SNAME = 2,
};

struct reader {
	struct ward_slice payload;
	struct ward_wr *store;
	struct ward_dhcp *m;
};

/* Sizes that options have by their definition; others may be of any. */
static const struct {
	uint8_t code, unit;
	bool many;
} sizes[] = {
	{WARD_DHCP_SUBNET_MASK, 4, false},
	{WARD_DHCP_ROUTER, 4, true},
	{WARD_DHCP_DNS, 4, true},
	{WARD_DHCP_REQUESTED, 4, false},
	{WARD_DHCP_LEASE, 4, false},
	{WARD_DHCP_OVERLOAD_OPTION, 1, false},
	{WARD_DHCP_TYPE, 1, false},
	{WARD_DHCP_SERVER, 4, false},
	{WARD_DHCP_MAX_SIZE, 2, false},
};

static bool fail(struct ward_dhcp *m, enum ward_dhcp_reason why, size_t off)
{
	m->reason = why;
	m->off = off;
	return false;
}

static struct ward_slice until_nul(struct ward_slice s)
{
	const uint8_t *nul = s.len ? memchr(s.p, 0, s.len) : NULL;

	return ward_slice_of(s.p, nul ? (size_t)(nul - s.p) : s.len);
}

static void take(struct ward_rd *r, uint8_t ret[4])
{
	const uint8_t *p = ward_rd_take(r, 4);

	if (p)
		memcpy(ret, p, 4);
}

static bool read_header(struct reader *b, struct ward_rd *r)
{
	struct ward_dhcp *m = b->m;
	uint8_t op = ward_rd_u8(r);

	m->htype = ward_rd_u8(r);
	m->hlen = ward_rd_u8(r);
	m->hops = ward_rd_u8(r);
	m->xid = ward_rd_be32(r);
	m->secs = ward_rd_be16(r);
	m->broadcast = ward_rd_be16(r) & 0x8000;
	take(r, m->ciaddr);
	take(r, m->yiaddr);
	take(r, m->siaddr);
	take(r, m->giaddr);
	const uint8_t *hardware = ward_rd_take(r, WARD_DHCP_HARDWARE);

	m->sname = until_nul(ward_rd_bytes(r, SNAME));
	m->file = until_nul(ward_rd_bytes(r, FILE_NAME));
	uint32_t cookie = ward_rd_be32(r);

	if (ward_rd_bad(r) || !hardware)
		return fail(m, WARD_DHCP_HEADER_SHORT, r->off);
	if (op != 1 && op != 2)
		return fail(m, WARD_DHCP_HEADER_OP, 0);
	if (m->hlen > WARD_DHCP_HARDWARE)
		return fail(m, WARD_DHCP_HEADER_HLEN, 2);
	if (cookie != COOKIE)
		return fail(m, WARD_DHCP_COOKIE, r->off - 4);
	memcpy(m->chaddr, hardware, WARD_DHCP_HARDWARE);
	m->reply = op == 2;
	m->has_header = true;
	return true;
}

/* RFC 3396 5: pieces of one option are one. */
static void keep(struct reader *b, uint8_t code, struct ward_slice s)
{
	struct ward_dhcp *m = b->m;
	struct ward_slice *have = &m->option[code];

	if (!have->p) {
		*have = s;
		if (m->n_seen < WARD_DHCP_SEEN)
			m->seen[m->n_seen++] = code;
		return;
	}
	size_t from = b->store->len;

	ward_wr_bytes(b->store, have->p, have->len);
	ward_wr_bytes(b->store, s.p, s.len);
	if (ward_wr_bad(b->store)) {
		b->store->bad = false;
		b->store->len = from;
		m->n_cut++;
		return;
	}
	*have = ward_slice_of(b->store->p + from, have->len + s.len);
}

/* Options until the end of r or the end option. A cursor that begins at `base` of the payload. */
static bool read_options(struct reader *b, struct ward_rd r, size_t base)
{
	while (ward_rd_left(&r)) {
		uint8_t code = ward_rd_u8(&r);

		if (code == WARD_DHCP_PAD)
			continue;
		if (code == WARD_DHCP_END)
			return true;
		struct ward_slice s = ward_rd_bytes(&r, ward_rd_u8(&r));

		if (ward_rd_bad(&r))
			return fail(b->m, WARD_DHCP_OPTION_SHORT, base + r.off);
		keep(b, code, s);
	}
	return true;
}

/* `base`: where options begin. The option itself may be in pieces, and so nowhere. */
static bool read_overloaded(struct reader *b, size_t base)
{
	struct ward_dhcp *m = b->m;
	const struct ward_slice *o = &m->option[WARD_DHCP_OVERLOAD_OPTION];
	if (!o->p)
		return true;
	uint8_t where = o->len == 1 ? o->p[0] : 0;

	if (where < IN_FILE || where > (IN_FILE | IN_SNAME))
		return fail(m, WARD_DHCP_OVERLOAD, base);
	if (where & IN_FILE) {
		m->file = ward_slice_of(NULL, 0);
		if (!read_options(b, ward_rd_from(b->payload.p + FILE_OFF, FILE_NAME), FILE_OFF))
			return false;
	}
	if (where & IN_SNAME) {
		m->sname = ward_slice_of(NULL, 0);
		return read_options(b, ward_rd_from(b->payload.p + SNAME_OFF, SNAME), SNAME_OFF);
	}
	return true;
}

static bool sizes_fit(struct ward_dhcp *m, size_t end)
{
	for (size_t i = 0; i < WARD_ARRAY_LEN(sizes); i++) {
		struct ward_slice *s = &m->option[sizes[i].code];

		if (!s->p || s->len == sizes[i].unit ||
			(sizes[i].many && s->len && s->len % sizes[i].unit == 0))
			continue;
		*s = ward_slice_of(NULL, 0);
		if (m->reason == WARD_DHCP_REASON_N)
			(void)fail(m, WARD_DHCP_OPTION_LENGTH, end);
	}
	return m->reason == WARD_DHCP_REASON_N;
}

bool ward_dhcp_parse(struct ward_slice payload, struct ward_wr *store, struct ward_dhcp *m)
{
	struct ward_rd r = ward_rd_slice(payload);

	memset(m, 0, sizeof(*m));
	struct reader b = {payload, store, m};

	m->reason = WARD_DHCP_REASON_N;
	ward_wr_reset(store);
	if (!read_header(&b, &r))
		return false;
	size_t base = r.off;
	struct ward_slice rest = ward_rd_rest(&r);

	if (read_options(&b, ward_rd_slice(rest), base))
		(void)read_overloaded(&b, base);
	bool fits = sizes_fit(m, base);

	if (m->option[WARD_DHCP_TYPE].p)
		m->type = m->option[WARD_DHCP_TYPE].p[0];
	return fits;
}
