#include "sense/net/proto/dhcp/dhcp.h"
#include "sense/net/proto/dissectors.h"

#include "sense/net/emit.h"
#include "sense/net/text.h"

/* Fields and classes beyond the catalogue: X(IDENT, "name"). The classes stand in order of the
 * message type (RFC 2132 9.6), 0 is BOOTP. */
#define NAME_LIST(X)                           \
	X(CLASS_BOOTP, "net.dhcp.bootp")       \
	X(CLASS_DISCOVER, "net.dhcp.discover") \
	X(CLASS_OFFER, "net.dhcp.offer")       \
	X(CLASS_REQUEST, "net.dhcp.request")   \
	X(CLASS_DECLINE, "net.dhcp.decline")   \
	X(CLASS_ACK, "net.dhcp.ack")           \
	X(CLASS_NAK, "net.dhcp.nak")           \
	X(CLASS_RELEASE, "net.dhcp.release")   \
	X(CLASS_INFORM, "net.dhcp.inform")     \
	X(CLASS_OTHER, "net.dhcp.other")       \
	X(TYPE, "dhcp.message_type")           \
	X(XID, "dhcp.xid")                     \
	X(SECS, "dhcp.secs")                   \
	X(HOPS, "dhcp.hops")                   \
	X(BROADCAST, "dhcp.broadcast")         \
	X(CIADDR, "dhcp.ciaddr")               \
	X(YIADDR, "dhcp.yiaddr")               \
	X(SIADDR, "dhcp.siaddr")               \
	X(GIADDR, "dhcp.giaddr")               \
	X(CHADDR, "dhcp.chaddr")               \
	X(SNAME, "dhcp.sname")                 \
	X(FILE, "dhcp.file")                   \
	X(OPTIONS, "dhcp.options")             \
	X(PARAMETERS, "dhcp.parameter_list")   \
	X(SUBNET_MASK, "dhcp.subnet_mask")     \
	X(ROUTER, "dhcp.router")               \
	X(DNS, "dhcp.dns_server")              \
	X(HOST_NAME, "dhcp.host_name")         \
	X(DOMAIN_NAME, "dhcp.domain_name")     \
	X(REQUESTED, "dhcp.requested_address") \
	X(LEASE, "dhcp.lease_time_s")          \
	X(SERVER, "dhcp.server_id")            \
	X(MESSAGE, "dhcp.message")             \
	X(MAX_SIZE, "dhcp.max_message_size")   \
	X(VENDOR_CLASS, "dhcp.vendor_class")   \
	X(CLIENT_ID, "dhcp.client_id")         \
	X(TFTP_SERVER, "dhcp.tftp_server")     \
	X(BOOT_FILE, "dhcp.boot_file")         \
	X(CLIENT_FQDN, "dhcp.client_fqdn")     \
	X(RELAY, "dhcp.relay_agent")           \
	X(PROXY, "dhcp.proxy_url")             \
	X(CUT, "dhcp.values_cut")              \
	X(MALFORMED, "dhcp.malformed")

enum name {
#define X(IDENT, name) NAME_##IDENT,
	NAME_LIST(X)
#undef X
		NAME_N,
};

static const char *const names[] = {
#define X(IDENT, name) name,
	NAME_LIST(X)
#undef X
};

static const char *const reasons[] = {
#define X(IDENT, name) name,
	WARD_DHCP_REASON_LIST(X)
#undef X
};

enum format { TEXT, HEX, NUMBER, ADDRESSES, FQDN };

static const struct {
	uint8_t code;
	enum name name;
	enum format format;
} told[] = {
	{WARD_DHCP_SUBNET_MASK, NAME_SUBNET_MASK, ADDRESSES},
	{WARD_DHCP_ROUTER, NAME_ROUTER, ADDRESSES},
	{WARD_DHCP_DNS, NAME_DNS, ADDRESSES},
	{WARD_DHCP_HOST_NAME, NAME_HOST_NAME, TEXT},
	{WARD_DHCP_DOMAIN_NAME, NAME_DOMAIN_NAME, TEXT},
	{WARD_DHCP_REQUESTED, NAME_REQUESTED, ADDRESSES},
	{WARD_DHCP_LEASE, NAME_LEASE, NUMBER},
	{WARD_DHCP_SERVER, NAME_SERVER, ADDRESSES},
	{WARD_DHCP_MESSAGE, NAME_MESSAGE, TEXT},
	{WARD_DHCP_MAX_SIZE, NAME_MAX_SIZE, NUMBER},
	{WARD_DHCP_VENDOR_CLASS, NAME_VENDOR_CLASS, TEXT},
	{WARD_DHCP_CLIENT_ID, NAME_CLIENT_ID, HEX},
	{WARD_DHCP_TFTP_SERVER, NAME_TFTP_SERVER, TEXT},
	{WARD_DHCP_BOOT_FILE, NAME_BOOT_FILE, TEXT},
	{WARD_DHCP_CLIENT_FQDN, NAME_CLIENT_FQDN, FQDN},
	{WARD_DHCP_RELAY, NAME_RELAY, HEX},
	{WARD_DHCP_PROXY, NAME_PROXY, TEXT},
};

static bool name_at(size_t i, struct ward_wr *w)
{
	if (i >= NAME_N)
		return false;
	ward_wr_z(w, names[i]);
	return true;
}

enum { TEXT_MAX = 2048 };

/* Some end their texts with a NUL (RFC 2132 2). */
static void put_text(struct ward_net *n, uint32_t field, struct ward_slice s)
{
	char text[TEXT_MAX];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));

	while (s.len && s.p[s.len - 1] == 0)
		s.len--;
	if (s.len > TEXT_MAX / 4)
		s.len = TEXT_MAX / 4;
	ward_net_text(&w, s, "");
	if (w.len)
		ward_emit_str(n, field, ward_wr_text(&w));
}

static void put_hex(struct ward_net *n, uint32_t field, struct ward_slice s)
{
	char text[TEXT_MAX];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));

	ward_wr_hex(&w, ward_slice_of(s.p, s.len > TEXT_MAX / 2 ? TEXT_MAX / 2 : s.len));
	if (w.len)
		ward_emit_str(n, field, ward_wr_text(&w));
}

static void put_number(struct ward_net *n, uint32_t field, struct ward_slice s)
{
	int64_t v = 0;

	for (size_t i = 0; i < s.len && i < 4; i++)
		v = v << 8 | s.p[i];
	ward_emit_int(n, field, v);
}

enum { ADDRESSES_MAX = 64 };

static void put_addresses(struct ward_net *n, uint32_t field, struct ward_slice s)
{
	size_t n_item = s.len / 4 < ADDRESSES_MAX ? s.len / 4 : ADDRESSES_MAX;
	struct ward_value *item = ward_emit_items(n, n_item);

	for (size_t i = 0; item && i < n_item; i++) {
		uint8_t ip[16] = {0};
		char text[WARD_IP_TEXT];

		memcpy(ip, s.p + 4 * i, 4);
		struct ward_str copy = ward_arena_str(
			&n->arena, (struct ward_str){text, ward_ip_text(ip, 4, text)});

		item[i] = copy.p ? ward_value_str(copy)
				 : (struct ward_value){.kind = WARD_VALUE_NULL};
	}
	if (item)
		ward_emit_list(n, field, item, (uint32_t)n_item);
}

/* RFC 4702 2: flags, two bytes without meaning, then text or labels without compression. */
static void put_fqdn(struct ward_net *n, uint32_t field, struct ward_slice s)
{
	enum { LABELS = 0x04 };
	char text[TEXT_MAX];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));
	struct ward_rd r = ward_rd_slice(s);
	bool labels = ward_rd_u8(&r) & LABELS;

	ward_rd_skip(&r, 2);
	if (!labels) {
		put_text(n, field, ward_rd_rest(&r));
		return;
	}
	while (ward_rd_left(&r)) {
		struct ward_slice label = ward_rd_bytes(&r, ward_rd_u8(&r));

		if (!label.len)
			break;
		if (w.len)
			ward_wr_ch(&w, '.');
		ward_net_text(&w, label, ".");
	}
	if (w.len && !ward_wr_bad(&w))
		ward_emit_str(n, field, ward_wr_text(&w));
}

static void put_option(
	const struct ward_dissect *d, uint32_t field, enum format format, struct ward_slice s)
{
	static void (*const put[])(struct ward_net * n, uint32_t field, struct ward_slice s) = {
		[TEXT] = put_text,
		[HEX] = put_hex,
		[NUMBER] = put_number,
		[ADDRESSES] = put_addresses,
		[FQDN] = put_fqdn,
	};

	put[format](d->net, field, s);
}

/* "1,3,6": in the order in which a client asks, it tells what the client is. */
static void put_codes(const struct ward_dissect *d, enum name name, const uint8_t *p, size_t n)
{
	char text[WARD_DHCP_CODES * 4];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));

	for (size_t i = 0; i < n && i < WARD_DHCP_CODES; i++) {
		if (i)
			ward_wr_ch(&w, ',');
		ward_wr_u64(&w, p[i]);
	}
	if (w.len)
		ward_emit_str(d->net, d->name[name], ward_wr_text(&w));
}

static void put_address(const struct ward_dissect *d, enum name name, const uint8_t ip[4])
{
	static const uint8_t none[4];

	if (memcmp(ip, none, 4) != 0)
		put_addresses(d->net, d->name[name], ward_slice_of(ip, 4));
}

static void put_header(const struct ward_dissect *d, const struct ward_dhcp *m)
{
	struct ward_net *n = d->net;

	if (m->type)
		ward_emit_int(n, d->name[NAME_TYPE], m->type);
	ward_emit_int(n, d->name[NAME_XID], m->xid);
	ward_emit_int(n, d->name[NAME_SECS], m->secs);
	if (m->hops)
		ward_emit_int(n, d->name[NAME_HOPS], m->hops);
	if (m->broadcast)
		ward_emit_bool(n, d->name[NAME_BROADCAST], true);
	put_address(d, NAME_CIADDR, m->ciaddr);
	put_address(d, NAME_YIADDR, m->yiaddr);
	put_address(d, NAME_SIADDR, m->siaddr);
	put_address(d, NAME_GIADDR, m->giaddr);
	if (m->hlen == 6)
		ward_emit_mac(n, d->name[NAME_CHADDR], m->chaddr);
	else
		put_hex(n, d->name[NAME_CHADDR], ward_slice_of(m->chaddr, m->hlen));
	put_text(n, d->name[NAME_SNAME], m->sname);
	put_text(n, d->name[NAME_FILE], m->file);
}

static void emit(const struct ward_dissect *d, const struct ward_dhcp *m)
{
	struct ward_net *n = d->net;
	enum name class = m->type < NAME_CLASS_OTHER ? (enum name)m->type : NAME_CLASS_OTHER;
	struct ward_slice parameters = m->option[WARD_DHCP_PARAMETERS];

	if (!ward_emit_begin(n, d->name[class]))
		return;
	ward_emit_packet(n, d->packet);
	put_header(d, m);
	put_codes(d, NAME_OPTIONS, m->seen, m->n_seen);
	put_codes(d, NAME_PARAMETERS, parameters.p, parameters.len);
	for (size_t i = 0; i < WARD_ARRAY_LEN(told); i++)
		if (m->option[told[i].code].p)
			put_option(
				d, d->name[told[i].name], told[i].format, m->option[told[i].code]);
	if (m->n_cut)
		ward_emit_int(n, d->name[NAME_CUT], (int64_t)m->n_cut);
	if (m->reason != WARD_DHCP_REASON_N)
		ward_emit_z(n, d->name[NAME_MALFORMED], reasons[m->reason]);
	ward_emit_end(n);
}

static bool probe(struct ward_slice payload)
{
	enum { FIXED = 240, COOKIE_OFF = 236 };
	static const uint8_t cookie[] = {0x63, 0x82, 0x53, 0x63};

	return payload.len >= FIXED && (payload.p[0] == 1 || payload.p[0] == 2) &&
	       memcmp(payload.p + COOKIE_OFF, cookie, sizeof(cookie)) == 0;
}

static enum ward_verdict parse(struct ward_dissect *d, struct ward_slice payload)
{
	struct ward_wr store = ward_wr_fixed(d->net->scratch, WARD_NET_SCRATCH);
	struct ward_dhcp m;
	bool good = ward_dhcp_parse(payload, &store, &m);

	if (!d->trusted && !good)
		return WARD_VERDICT_FOREIGN;
	if (m.has_header)
		emit(d, &m);
	if (good)
		return WARD_VERDICT_OK;
	if (d->partial)
		return WARD_VERDICT_MORE;
	d->reason = m.reason;
	d->off = m.off;
	return WARD_VERDICT_MALFORMED;
}

const struct ward_dissector ward_dissect_dhcp = {
	.name = "dhcp",
	.kind = WARD_DISSECT_IT,
	.title = "DHCP and BOOTP",
	.standard = "RFC 2131 clauses 2 and 4.1, RFC 2132 clauses 2 to 9",
	.reads = "message types, addresses, host name, vendor class, parameter list (fingerprint), "
		 "server and relay",
	.proto = WARD_PROTO_UDP,
	.port = {67, 68},
	.probe = probe,
	.parse = parse,
	.reason = reasons,
	.n_reason = WARD_ARRAY_LEN(reasons),
	.name_at = name_at,
};
