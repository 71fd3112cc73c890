/* ICMP: each message that says something new, and how often an echo's payload changed. */
#include "sense/net/proto/icmp/icmp.h"
#include "sense/net/proto/dissectors.h"

#include "base/hash.h"
#include "sense/net/emit.h"
#include "sense/net/text.h"

/* Fields and classes: X(IDENT, "name"). The classes are in the order of the kinds. */
#define NAME_LIST(X)                                   \
	X(CLASS_OTHER, "net.icmp.other")               \
	X(CLASS_ECHO, "net.icmp.echo")                 \
	X(CLASS_ERROR, "net.icmp.error")               \
	X(CLASS_REDIRECT, "net.icmp.redirect")         \
	X(CLASS_QUERY, "net.icmp.query")               \
	X(CLASS_RS, "net.icmp.router_solicitation")    \
	X(CLASS_RA, "net.icmp.router_advertisement")   \
	X(CLASS_NS, "net.icmp.neighbor_solicitation")  \
	X(CLASS_NA, "net.icmp.neighbor_advertisement") \
	X(TYPE, "icmp.type")                           \
	X(CODE, "icmp.code")                           \
	X(MESSAGE, "icmp.message")                     \
	X(ECHOES, "icmp.echoes")                       \
	X(CHANGES, "icmp.payload_changes")             \
	X(BYTES_MIN, "icmp.payload_bytes_min")         \
	X(BYTES_MAX, "icmp.payload_bytes_max")         \
	X(QUOTED_SRC, "icmp.quoted_src_ip")            \
	X(QUOTED_DST, "icmp.quoted_dst_ip")            \
	X(QUOTED_PROTO, "icmp.quoted_proto")           \
	X(QUOTED_SRC_PORT, "icmp.quoted_src_port")     \
	X(QUOTED_DST_PORT, "icmp.quoted_dst_port")     \
	X(MTU, "icmp.mtu")                             \
	X(GATEWAY, "icmp.gateway")                     \
	X(DESTINATION, "icmp.destination")             \
	X(TARGET, "icmp.target")                       \
	X(ROUTER, "icmp.router")                       \
	X(SOLICITED, "icmp.solicited")                 \
	X(OVERRIDE, "icmp.override")                   \
	X(HOP_LIMIT, "icmp.hop_limit")                 \
	X(MANAGED, "icmp.managed")                     \
	X(OTHER_CONFIG, "icmp.other_config")           \
	X(PREFERENCE, "icmp.preference")               \
	X(LIFETIME, "icmp.router_lifetime_s")          \
	X(SOURCE_MAC, "icmp.source_lladdr")            \
	X(TARGET_MAC, "icmp.target_lladdr")            \
	X(PREFIX, "icmp.prefix")                       \
	X(PREFIX_VALID, "icmp.prefix_valid_s")         \
	X(RDNSS, "icmp.rdnss")                         \
	X(ANOMALY, "icmp.anomaly")

enum name {
#define X(IDENT, name) NAME_##IDENT,
	NAME_LIST(X)
#undef X
		NAME_N,
};

enum {
	HOP_LIMIT = 255, /* RFC 4861 6.1, 7.1: what has less comes from another link */
	STAMP = 16,      /* bytes of a payload in which ping has the time */
};

static const char *const reasons[] = {
#define X(IDENT, name) name,
	WARD_ICMP_REASON_LIST(X)
#undef X
};

/* Messages of one type and code between two addresses, in one direction or both. */
struct flow {
	uint64_t told;    /* hash of what was told last; 0: nothing */
	uint64_t payload; /* hash of the last echo's */
	uint64_t echoes, changes;
	size_t bytes_min, bytes_max;
};

static bool name_at(size_t i, struct ward_wr *w)
{
	static const char *const name[] = {
#define X(IDENT, name) name,
		NAME_LIST(X)
#undef X
	};

	if (i >= NAME_N)
		return false;
	ward_wr_z(w, name[i]);
	return true;
}

static void put_int(const struct ward_dissect *d, enum name field, uint64_t v)
{
	ward_emit_int(d->net, d->name[field], v > INT64_MAX ? INT64_MAX : (int64_t)v);
}

static void put_true(const struct ward_dissect *d, enum name field, bool v)
{
	if (v)
		ward_emit_bool(d->net, d->name[field], true);
}

static void put_ip(
	const struct ward_dissect *d, enum name field, const struct ward_icmp *m, const uint8_t *ip)
{
	uint8_t all[16] = {0};

	if (!ip)
		return;
	memcpy(all, ip, m->version == 4 ? 4 : 16);
	ward_emit_ip(d->net, d->name[field], all, m->version);
}

static void put_quoted(const struct ward_dissect *d, const struct ward_icmp *m)
{
	put_ip(d, NAME_QUOTED_SRC, m, m->quoted_src);
	put_ip(d, NAME_QUOTED_DST, m, m->quoted_dst);
	if (m->quoted_src)
		put_int(d, NAME_QUOTED_PROTO, m->quoted_proto);
	if (m->has_ports) {
		put_int(d, NAME_QUOTED_SRC_PORT, m->quoted_src_port);
		put_int(d, NAME_QUOTED_DST_PORT, m->quoted_dst_port);
	}
}

/* "ip" or "ip/bits" of each, as a list. */
static void put_list(const struct ward_dissect *d, enum name field, const struct ward_icmp *m)
{
	bool prefixes = field == NAME_PREFIX;
	size_t n = prefixes ? m->n_prefix : m->n_rdnss;
	struct ward_value *item = n ? ward_emit_items(d->net, n) : NULL;

	if (!item)
		return;
	for (size_t i = 0; i < n; i++) {
		char ip[WARD_IP_TEXT], text[WARD_IP_TEXT + 4];
		struct ward_wr w = ward_wr_fixed(text, sizeof(text));

		ward_wr_str(
			&w, (struct ward_str){ip,
				    ward_ip_text(prefixes ? m->prefix[i].ip : m->rdnss[i], 6, ip)});
		if (prefixes) {
			ward_wr_ch(&w, '/');
			ward_wr_u64(&w, m->prefix[i].bits);
		}
		struct ward_str copy = ward_arena_str(&d->net->arena, ward_wr_text(&w));

		if (!copy.p)
			return;
		item[i] = ward_value_str(copy);
	}
	ward_emit_list(d->net, d->name[field], item, (uint32_t)n);
}

static void put_router(const struct ward_dissect *d, const struct ward_icmp *m)
{
	/* RFC 4191 2.2 */
	static const char *const preference[] = {"medium", "high", "reserved", "low"};
	uint32_t valid = 0;

	put_int(d, NAME_LIFETIME, m->lifetime_s);
	if (m->version == 4)
		return;
	put_int(d, NAME_HOP_LIMIT, m->hop_limit);
	put_true(d, NAME_MANAGED, m->flags & 0x80);
	put_true(d, NAME_OTHER_CONFIG, m->flags & 0x40);
	ward_emit_z(d->net, d->name[NAME_PREFERENCE], preference[m->flags >> 3 & 3]);
	put_list(d, NAME_PREFIX, m);
	for (size_t i = 0; i < m->n_prefix; i++)
		valid = m->prefix[i].valid_s > valid ? m->prefix[i].valid_s : valid;
	if (m->n_prefix)
		put_int(d, NAME_PREFIX_VALID, valid);
	put_list(d, NAME_RDNSS, m);
}

static void put_neighbor(const struct ward_dissect *d, const struct ward_icmp *m)
{
	put_ip(d, NAME_TARGET, m, m->target);
	put_true(d, NAME_ROUTER, m->router);
	put_true(d, NAME_SOLICITED, m->solicited);
	put_true(d, NAME_OVERRIDE, m->override);
	if (m->source_mac)
		ward_emit_mac(d->net, d->name[NAME_SOURCE_MAC], m->source_mac);
	if (m->target_mac)
		ward_emit_mac(d->net, d->name[NAME_TARGET_MAC], m->target_mac);
}

static bool is_discovery(const struct ward_icmp *m)
{
	return m->version == 6 &&
	       (m->kind >= WARD_ICMP_ROUTER_SOLICITATION || m->kind == WARD_ICMP_REDIRECT);
}

static bool off_link(const struct ward_dissect *d, const struct ward_icmp *m)
{
	return is_discovery(m) && d->packet->ttl != HOP_LIMIT;
}

static bool begin(const struct ward_dissect *d, const struct ward_icmp *m)
{
	if (!ward_emit_begin(d->net, d->name[NAME_CLASS_OTHER + m->kind]))
		return false;
	ward_emit_packet(d->net, d->packet);
	put_int(d, NAME_TYPE, m->type);
	put_int(d, NAME_CODE, m->code);
	if (m->name)
		ward_emit_z(d->net, d->name[NAME_MESSAGE], m->name);
	return true;
}

static void emit(const struct ward_dissect *d, const struct ward_icmp *m)
{
	if (!begin(d, m))
		return;
	put_quoted(d, m);
	if (m->mtu)
		put_int(d, NAME_MTU, m->mtu);
	put_ip(d, NAME_GATEWAY, m, m->gateway);
	put_ip(d, NAME_DESTINATION, m, m->destination);
	if (m->kind == WARD_ICMP_ROUTER_ADVERTISEMENT)
		put_router(d, m);
	put_neighbor(d, m);
	if (off_link(d, m))
		ward_emit_z(d->net, d->name[NAME_ANOMALY], "hop-limit");
	ward_emit_end(d->net);
}

/* Counts; at the first payload that differs from the one before it, and whenever the number of such
 * has doubled, the count is told: pings repeat themselves, what is carried in them does not. */
static void see_echo(const struct ward_dissect *d, const struct ward_icmp *m)
{
	struct flow *f = d->flow;
	size_t skip = m->echo.len < STAMP ? m->echo.len : STAMP;
	uint64_t hash = ward_siphash((struct ward_seed){0x69636d70, m->echo.len},
		m->echo.p ? m->echo.p + skip : NULL, m->echo.len - skip);
	bool changed = f->echoes && hash != f->payload;

	f->payload = hash;
	f->bytes_min = f->echoes && f->bytes_min < m->echo.len ? f->bytes_min : m->echo.len;
	f->bytes_max = f->bytes_max > m->echo.len ? f->bytes_max : m->echo.len;
	f->echoes++;
	f->changes += changed;
	if (!changed || f->changes & (f->changes - 1) || !begin(d, m))
		return;
	put_int(d, NAME_ECHOES, f->echoes);
	put_int(d, NAME_CHANGES, f->changes);
	put_int(d, NAME_BYTES_MIN, f->bytes_min);
	put_int(d, NAME_BYTES_MAX, f->bytes_max);
	ward_emit_end(d->net);
}

/* Of an error what it is about, of others all: what was just said is not told again. */
static uint64_t told_hash(const struct ward_icmp *m, struct ward_slice message)
{
	uint8_t about[40] = {0};
	size_t ip = m->version == 4 ? 4 : 16;

	if (m->kind != WARD_ICMP_ERROR || !m->quoted_src)
		return ward_siphash((struct ward_seed){0x69636d70, 1}, message.p, message.len) | 1;
	struct ward_wr w = ward_wr_fixed(about, sizeof(about));

	ward_wr_bytes(&w, m->quoted_src, ip);
	ward_wr_bytes(&w, m->quoted_dst, ip);
	ward_wr_u8(&w, m->quoted_proto);
	if (m->has_ports) {
		ward_wr_be16(&w, m->quoted_src_port);
		ward_wr_be16(&w, m->quoted_dst_port);
	}
	return ward_siphash((struct ward_seed){0x69636d70, 2}, about, w.len) | 1;
}

/* Who claims to have which address: as ARP does. */
static void see_claims(const struct ward_dissect *d, const struct ward_icmp *m)
{
	const struct ward_packet *p = d->packet;

	if (!is_discovery(m) || off_link(d, m))
		return;
	if (m->source_mac && m->kind != WARD_ICMP_REDIRECT)
		ward_host_claim(d->net, p->src_ip, m->source_mac, p->vlan);
	if (m->target_mac && m->kind == WARD_ICMP_NEIGHBOR_ADVERTISEMENT)
		ward_host_claim(d->net, m->target, m->target_mac, p->vlan);
}

static bool probe(struct ward_slice payload)
{
	return payload.len >= 4;
}

static enum ward_verdict parse(struct ward_dissect *d, struct ward_slice payload)
{
	struct flow *f = d->flow;
	struct ward_icmp m;

	if (!ward_icmp_parse(payload, d->packet->proto == WARD_PROTO_ICMP6 ? 6 : 4, &m)) {
		if (d->partial)
			return WARD_VERDICT_MORE;
		d->reason = m.reason;
		d->off = m.off;
		return d->trusted ? WARD_VERDICT_MALFORMED : WARD_VERDICT_FOREIGN;
	}
	if (m.kind == WARD_ICMP_ECHO) {
		see_echo(d, &m);
		return WARD_VERDICT_OK;
	}
	see_claims(d, &m);
	uint64_t hash = told_hash(&m, payload);

	if (hash != f->told)
		emit(d, &m);
	f->told = hash;
	return WARD_VERDICT_OK;
}

const struct ward_dissector ward_dissect_icmp = {
	.name = "icmp",
	.kind = WARD_DISSECT_IT,
	.title = "ICMP",
	.standard = "RFC 792, RFC 950 appendix I, RFC 1191 clause 4, RFC 1256 clause 3",
	.reads = "errors with the packet that they quote, redirects, routers, queries; of echoes "
		 "counts",
	.proto = WARD_PROTO_ICMP,
	.probe = probe,
	.parse = parse,
	.flow_bytes = sizeof(struct flow),
	.reason = reasons,
	.n_reason = WARD_ARRAY_LEN(reasons),
	.name_at = name_at,
};

const struct ward_dissector ward_dissect_icmp6 = {
	.name = "icmp",
	.kind = WARD_DISSECT_IT,
	.title = "ICMPv6 and neighbour discovery",
	.standard =
		"RFC 4443 clauses 2 to 4, RFC 4861 clause 4, RFC 4191 clause 2, RFC 8106 clause 5",
	.reads = "as ICMP, and routers, neighbours, prefixes, name servers",
	.proto = WARD_PROTO_ICMP6,
	.probe = probe,
	.parse = parse,
	.flow_bytes = sizeof(struct flow),
	.reason = reasons,
	.n_reason = WARD_ARRAY_LEN(reasons),
	.name_at = name_at,
};
