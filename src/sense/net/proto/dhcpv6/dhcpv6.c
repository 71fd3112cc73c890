#include "sense/net/proto/dhcpv6/dhcpv6.h"
#include "sense/net/proto/dissectors.h"

#include "sense/net/emit.h"
#include "sense/net/text.h"

/* Fields beyond the catalogue: X(IDENT, "name") */
#define NAME_LIST(X)                                   \
	X(TYPE, "dhcpv6.message_type")                 \
	X(XID, "dhcpv6.xid")                           \
	X(OPTIONS, "dhcpv6.options")                   \
	X(REQUESTED, "dhcpv6.requested_options")       \
	X(CLIENT_DUID, "dhcpv6.client_duid")           \
	X(CLIENT_DUID_TYPE, "dhcpv6.client_duid_type") \
	X(CLIENT_MAC, "dhcpv6.client_mac")             \
	X(CLIENT_VENDOR, "dhcpv6.client_enterprise")   \
	X(SERVER_DUID, "dhcpv6.server_duid")           \
	X(SERVER_DUID_TYPE, "dhcpv6.server_duid_type") \
	X(SERVER_MAC, "dhcpv6.server_mac")             \
	X(SERVER_VENDOR, "dhcpv6.server_enterprise")   \
	X(FQDN, "dhcpv6.client_fqdn")                  \
	X(VENDOR, "dhcpv6.vendor_enterprise")          \
	X(VENDOR_CLASS, "dhcpv6.vendor_class")         \
	X(USER_CLASS, "dhcpv6.user_class")             \
	X(ADDRESS, "dhcpv6.address")                   \
	X(PREFIX, "dhcpv6.prefix")                     \
	X(VALID, "dhcpv6.valid_lifetime_s")            \
	X(DNS, "dhcpv6.dns_server")                    \
	X(DOMAIN, "dhcpv6.domain")                     \
	X(STATUS, "dhcpv6.status")                     \
	X(STATUS_CODE, "dhcpv6.status_code")           \
	X(ELAPSED, "dhcpv6.elapsed_ms")                \
	X(RAPID, "dhcpv6.rapid_commit")                \
	X(RELAYS, "dhcpv6.relays")                     \
	X(LINK, "dhcpv6.relay_link")                   \
	X(PEER, "dhcpv6.relay_peer")                   \
	X(INTERFACE, "dhcpv6.relay_interface_id")      \
	X(REMOTE, "dhcpv6.relay_remote_id")

enum name {
#define X(IDENT, name) NAME_##IDENT,
	NAME_LIST(X)
#undef X
/* After the fields a class per message type. */
#define X(IDENT, code, name) NAME_CLASS_##IDENT,
		WARD_DHCPV6_TYPE_LIST(X)
#undef X
			NAME_N,
};

enum { PORT_CLIENT = 546, PORT_SERVER = 547, TEXT = 512, ITEMS = 8 };

static const char *const names[] = {
#define X(IDENT, name) name,
	NAME_LIST(X)
#undef X
#define X(IDENT, code, name) "net.dhcpv6." name,
		WARD_DHCPV6_TYPE_LIST(X)
#undef X
};
_Static_assert(WARD_ARRAY_LEN(names) == NAME_N, "in the same order");

static const char *const reasons[] = {
#define X(IDENT, name) name,
	WARD_DHCPV6_REASON_LIST(X)
#undef X
};

static bool name_at(size_t i, struct ward_wr *w)
{
	if (i < NAME_N)
		ward_wr_z(w, names[i]);
	return i < NAME_N;
}

static void put_int(const struct ward_dissect *d, enum name field, int64_t v)
{
	ward_emit_int(d->net, d->name[field], v);
}

static void put_hex(const struct ward_dissect *d, enum name field, struct ward_slice s)
{
	char text[TEXT];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));

	if (s.len > TEXT / 2)
		s.len = TEXT / 2;
	ward_wr_hex(&w, s);
	if (w.len)
		ward_emit_str(d->net, d->name[field], ward_wr_text(&w));
}

static void put_codes(const struct ward_dissect *d, enum name field, const uint16_t *code, size_t n)
{
	struct ward_value *item = n ? ward_emit_items(d->net, n) : NULL;

	for (size_t i = 0; item && i < n; i++)
		item[i] = ward_value_int(code[i]);
	if (item)
		ward_emit_list(d->net, d->name[field], item, (uint32_t)n);
}

static void put_requested(const struct ward_dissect *d, struct ward_slice s)
{
	uint16_t code[WARD_DHCPV6_OPTIONS];
	struct ward_rd r = ward_rd_slice(s);
	size_t n = 0;

	while (n < WARD_DHCPV6_OPTIONS && ward_rd_left(&r))
		code[n++] = ward_rd_be16(&r);
	put_codes(d, NAME_REQUESTED, code, n);
}

/* 11: who it is, for ever: bytes, and what is known of how they were made. The fields of a server
 * follow those of a client in the same order. */
static void put_duid(const struct ward_dissect *d, enum name field, struct ward_slice duid)
{
	static const char *const type[] = {NULL, "llt", "en", "ll", "uuid"};
	static const uint8_t mac_at[] = {[1] = 8, [3] = 4};
	struct ward_rd r = ward_rd_slice(duid);
	uint16_t kind = ward_rd_be16(&r), hardware = ward_rd_be16(&r);

	if (!duid.len)
		return;
	put_hex(d, field, duid);
	if (kind > 0 && kind < WARD_ARRAY_LEN(type))
		ward_emit_z(d->net, d->name[field + 1], type[kind]);
	if (kind < WARD_ARRAY_LEN(mac_at) && mac_at[kind] && hardware == 1 &&
		duid.len == mac_at[kind] + 6u)
		ward_emit_mac(d->net, d->name[field + 2], duid.p + mac_at[kind]);
	if (kind == 2 && duid.len > 6) /* the enterprise's number, of four bytes */
		put_int(d, (enum name)(field + 3),
			(int64_t)((uint32_t)hardware << 16 | ward_rd_be16(&r)));
}

/* Texts, each built in turn, as a list. */
struct texts {
	struct ward_value *item;
	uint32_t n;
};

static struct texts begin_texts(const struct ward_dissect *d, bool any)
{
	return (struct texts){.item = any ? ward_emit_items(d->net, ITEMS) : NULL};
}

static void add_text(const struct ward_dissect *d, struct texts *t, struct ward_str s)
{
	if (!t->item || t->n == ITEMS || !s.len)
		return;
	struct ward_str copy = ward_arena_str(&d->net->arena, s);

	if (copy.p)
		t->item[t->n++] = ward_value_str(copy);
}

static void end_texts(const struct ward_dissect *d, const struct texts *t, enum name field)
{
	if (t->item)
		ward_emit_list(d->net, d->name[field], t->item, t->n);
}

static void put_names(const struct ward_dissect *d, enum name field, struct ward_slice s)
{
	struct texts t = begin_texts(d, s.len);
	struct ward_rd r = ward_rd_slice(s);
	char text[4 * 256];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));

	while (t.n < ITEMS && ward_dhcpv6_name(&r, &w)) {
		add_text(d, &t, ward_wr_text(&w));
		ward_wr_reset(&w);
	}
	end_texts(d, &t, field);
}

/* A length of two bytes and a text, of each (21.15, 21.16). */
static void put_classes(const struct ward_dissect *d, enum name field, struct ward_slice s)
{
	struct texts t = begin_texts(d, s.len);
	struct ward_rd r = ward_rd_slice(s);

	while (t.n < ITEMS && ward_rd_left(&r)) { /* each takes two bytes at least */
		char text[TEXT];
		struct ward_wr w = ward_wr_fixed(text, sizeof(text));
		struct ward_slice one = ward_rd_bytes(&r, ward_rd_be16(&r));

		ward_net_text(&w, ward_slice_of(one.p, one.len < 128 ? one.len : 128), "");
		add_text(d, &t, ward_wr_text(&w));
	}
	end_texts(d, &t, field);
}

static void put_vendor(const struct ward_dissect *d, struct ward_slice s)
{
	struct ward_rd r = ward_rd_slice(s);
	uint32_t enterprise = ward_rd_be32(&r);

	if (!s.len)
		return;
	put_int(d, NAME_VENDOR, enterprise);
	put_classes(d, NAME_VENDOR_CLASS, ward_rd_rest(&r));
}

static void put_leases(const struct ward_dissect *d, const struct ward_dhcpv6 *m)
{
	struct texts addresses = begin_texts(d, m->n_lease), prefixes = begin_texts(d, m->n_lease);
	uint32_t valid = 0;

	for (size_t i = 0; i < m->n_lease; i++) {
		const struct ward_dhcpv6_lease *l = &m->lease[i];
		char ip[WARD_IP_TEXT], text[WARD_IP_TEXT + 4];
		struct ward_wr w = ward_wr_fixed(text, sizeof(text));

		ward_wr_str(&w, (struct ward_str){ip, ward_ip_text(l->ip, 6, ip)});
		if (l->is_prefix) {
			ward_wr_ch(&w, '/');
			ward_wr_u64(&w, l->prefix_bits);
		}
		add_text(d, l->is_prefix ? &prefixes : &addresses, ward_wr_text(&w));
		valid = l->valid_s > valid ? l->valid_s : valid;
	}
	end_texts(d, &addresses, NAME_ADDRESS);
	end_texts(d, &prefixes, NAME_PREFIX);
	if (valid)
		put_int(d, NAME_VALID, valid);
}

static void put_dns(const struct ward_dissect *d, struct ward_slice s)
{
	struct texts t = begin_texts(d, s.len);
	struct ward_rd r = ward_rd_slice(s);

	while (t.n < ITEMS && ward_rd_left(&r)) {
		char ip[WARD_IP_TEXT];
		const uint8_t *at = ward_rd_take(&r, 16);

		if (!at)
			break;
		add_text(d, &t, (struct ward_str){ip, ward_ip_text(at, 6, ip)});
	}
	end_texts(d, &t, NAME_DNS);
}

static void put_relay(const struct ward_dissect *d, const struct ward_dhcpv6 *m)
{
	if (!m->n_relay)
		return;
	put_int(d, NAME_RELAYS, (int64_t)m->n_relay);
	ward_emit_ip(d->net, d->name[NAME_LINK], m->link, 6);
	ward_emit_ip(d->net, d->name[NAME_PEER], m->peer, 6);
	put_hex(d, NAME_INTERFACE, m->interface_id);
	put_hex(d, NAME_REMOTE, m->remote_id);
}

static void put_status(const struct ward_dissect *d, const struct ward_dhcpv6 *m)
{
	const char *name = ward_dhcpv6_status_name(m->status);

	if (!m->has_status)
		return;
	if (name)
		ward_emit_z(d->net, d->name[NAME_STATUS], name);
	put_int(d, NAME_STATUS_CODE, m->status);
}

static void emit(const struct ward_dissect *d, const struct ward_dhcpv6 *m)
{
	struct ward_slice fqdn = m->fqdn;

	/* the types count from 1 without a gap */
	if (!ward_emit_begin(d->net, d->name[NAME_CLASS_SOLICIT + m->type - 1]))
		return;
	ward_emit_packet(d->net, d->packet);
	put_int(d, NAME_TYPE, m->type);
	put_int(d, NAME_XID, m->xid);
	put_codes(d, NAME_OPTIONS, m->option, m->n_option);
	put_requested(d, m->requested);
	put_duid(d, NAME_CLIENT_DUID, m->client_duid);
	put_duid(d, NAME_SERVER_DUID, m->server_duid);
	if (fqdn.len)
		put_names(d, NAME_FQDN, ward_slice_of(fqdn.p + 1, fqdn.len - 1));
	put_vendor(d, m->vendor_class);
	put_classes(d, NAME_USER_CLASS, m->user_class);
	put_leases(d, m);
	put_dns(d, m->dns);
	put_names(d, NAME_DOMAIN, m->domains);
	put_status(d, m);
	if (m->has_elapsed)
		put_int(d, NAME_ELAPSED, m->elapsed_cs * 10);
	if (m->rapid_commit)
		ward_emit_bool(d->net, d->name[NAME_RAPID], true);
	put_relay(d, m);
	ward_emit_end(d->net);
}

/* Somebody says who they are, in one of the ways that there are. */
static bool strong(const struct ward_dhcpv6 *m)
{
	struct ward_rd r = ward_rd_slice(m->client_duid.len ? m->client_duid : m->server_duid);
	uint16_t kind = ward_rd_be16(&r);

	return !ward_rd_bad(&r) && kind >= 1 && kind <= 4;
}

static bool probe(struct ward_slice payload)
{
	struct ward_dhcpv6 m;

	return ward_dhcpv6_parse(payload, &m);
}

static enum ward_verdict parse(struct ward_dissect *d, struct ward_slice payload)
{
	struct ward_dhcpv6 m;
	bool good = ward_dhcpv6_parse(payload, &m);

	if (!good && d->partial && m.reason != WARD_DHCPV6_BAD_TYPE)
		return WARD_VERDICT_MORE;
	if (!good) {
		d->reason = m.reason;
		d->off = m.off;
		return d->trusted ? WARD_VERDICT_MALFORMED : WARD_VERDICT_FOREIGN;
	}
	if (!d->trusted && !strong(&m))
		return WARD_VERDICT_FOREIGN;
	emit(d, &m);
	return WARD_VERDICT_OK;
}

const struct ward_dissector ward_dissect_dhcpv6 = {
	.name = "dhcpv6",
	.kind = WARD_DISSECT_IT,
	.title = "DHCPv6",
	.standard = "RFC 8415 clauses 8, 9, 21; RFC 3646, 4704, 4649",
	.reads = "every message: who asks (DUID, FQDN, classes), what for, addresses, servers, "
		 "relays",
	.proto = WARD_PROTO_UDP,
	.port = {PORT_CLIENT, PORT_SERVER},
	.probe = probe,
	.parse = parse,
	.reason = reasons,
	.n_reason = WARD_ARRAY_LEN(reasons),
	.name_at = name_at,
};
