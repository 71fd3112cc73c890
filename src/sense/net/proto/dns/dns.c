#include "sense/net/proto/dns/dns.h"

#include "sense/net/proto/dns/label.h"
#include "sense/net/proto/dns/names.h"
#include "sense/net/proto/dissectors.h"
#include "sense/net/emit.h"

/* Fields and classes beyond the catalogue: X(IDENT, "name") */
#define NAME_LIST(X)                                \
	X(CLASS_QUERY, "net.dns.query")             \
	X(CLASS_RESPONSE, "net.dns.response")       \
	X(PROTOCOL, "dns.protocol")                 \
	X(ID, "dns.id")                             \
	X(OPCODE, "dns.opcode")                     \
	X(RCODE, "dns.rcode")                       \
	X(AA, "dns.aa")                             \
	X(TC, "dns.tc")                             \
	X(RD, "dns.rd")                             \
	X(RA, "dns.ra")                             \
	X(Z, "dns.z")                               \
	X(AD, "dns.ad")                             \
	X(CD, "dns.cd")                             \
	X(CONFLICT, "dns.conflict")                 \
	X(TENTATIVE, "dns.tentative")               \
	X(BROADCAST, "dns.broadcast")               \
	X(QDCOUNT, "dns.qdcount")                   \
	X(ANCOUNT, "dns.ancount")                   \
	X(NSCOUNT, "dns.nscount")                   \
	X(ARCOUNT, "dns.arcount")                   \
	X(QUERY, "dns.query")                       \
	X(QTYPE, "dns.qtype")                       \
	X(QCLASS, "dns.qclass")                     \
	X(UNICAST, "dns.unicast_response")          \
	X(LABEL, "dns.label")                       \
	X(LABEL_LENGTH, "dns.label_length")         \
	X(LABEL_DIGITS, "dns.label_digits")         \
	X(LABEL_VOWELS, "dns.label_vowels")         \
	X(LABEL_CONSONANTS, "dns.label_consonants") \
	X(LABEL_RARITY, "dns.label_rarity")         \
	X(ANSWERS, "dns.answers")                   \
	X(ANSWER_NAME, "dns.answer_name")           \
	X(ANSWER_TYPE, "dns.answer_type")           \
	X(ANSWER_TTL, "dns.answer_ttl_s")           \
	X(AUTHORITY, "dns.authority")               \
	X(AUTHORITY_NAME, "dns.authority_name")     \
	X(AUTHORITY_TYPE, "dns.authority_type")     \
	X(AUTHORITY_TTL, "dns.authority_ttl_s")     \
	X(ADDITIONAL, "dns.additional")             \
	X(ADDITIONAL_NAME, "dns.additional_name")   \
	X(ADDITIONAL_TYPE, "dns.additional_type")   \
	X(ADDITIONAL_TTL, "dns.additional_ttl_s")   \
	X(EDNS_VERSION, "dns.edns_version")         \
	X(UDP_PAYLOAD_SIZE, "dns.udp_payload_size") \
	X(DNSSEC_OK, "dns.do")                      \
	X(OPTIONS, "dns.edns_options")              \
	X(CLIENT_SUBNET, "dns.client_subnet")       \
	X(EXTENDED_ERROR, "dns.extended_error")     \
	X(BYTES, "dns.bytes")                       \
	X(TRAILING, "dns.trailing_bytes")           \
	X(WAITED, "dns.rtt_ns")                     \
	X(REPEAT, "dns.repeated")                   \
	X(UNSOLICITED, "dns.unsolicited")           \
	X(CUT, "dns.values_cut")                    \
	X(MALFORMED, "dns.malformed")

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
	WARD_DNS_REASON_LIST(X)
#undef X
};

/* By enum ward_dns_kind; also the dissectors' names. */
static const char *const kinds[] = {"dns", "mdns", "llmnr", "nbns"};

static bool name_at(size_t i, struct ward_wr *w)
{
	if (i >= NAME_N)
		return false;
	ward_wr_z(w, names[i]);
	return true;
}

static struct ward_value named(
	struct ward_net *n, const char *name, const char *prefix, uint32_t number)
{
	char text[32];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));

	if (name)
		return ward_value_str(ward_str_z(name));
	ward_wr_z(&w, prefix);
	ward_wr_u64(&w, number);
	struct ward_str copy = ward_arena_str(&n->arena, ward_wr_text(&w));

	/* Room for so little text is left, or the event is lost with its next list anyway. */
	return copy.p ? ward_value_str(copy) : ward_value_int(number);
}

static struct ward_value text(struct ward_net *n, struct ward_str s)
{
	struct ward_str copy = ward_arena_str(&n->arena, s);

	return copy.p ? ward_value_str(copy) : (struct ward_value){.kind = WARD_VALUE_NULL};
}

static void put_named(struct ward_net *n, uint32_t field, const char *name, uint32_t number)
{
	if (name)
		ward_emit_z(n, field, name);
	else
		ward_emit_int(n, field, number);
}

/* The bits of each kind; the same place means something else in another (RFC 4795, RFC 1002). */
struct flag {
	uint16_t bit;
	enum name name;
};

enum { FLAGS = 6 };

static const struct flag unicast_flags[FLAGS] = {{WARD_DNS_AA, NAME_AA}, {WARD_DNS_TC, NAME_TC},
	{WARD_DNS_RD, NAME_RD}, {WARD_DNS_RA, NAME_RA}, {WARD_DNS_AD, NAME_AD},
	{WARD_DNS_CD, NAME_CD}};
static const struct flag llmnr_flags[FLAGS] = {{WARD_DNS_LLMNR_C, NAME_CONFLICT},
	{WARD_DNS_TC, NAME_TC}, {WARD_DNS_LLMNR_T, NAME_TENTATIVE}};
static const struct flag netbios_flags[FLAGS] = {{WARD_DNS_AA, NAME_AA}, {WARD_DNS_TC, NAME_TC},
	{WARD_DNS_RD, NAME_RD}, {WARD_DNS_RA, NAME_RA}, {WARD_DNS_NETBIOS_B, NAME_BROADCAST}};
static const struct flag *const flags[] = {
	unicast_flags, unicast_flags, llmnr_flags, netbios_flags};

/* Bits that are set; Z always, as rules ask for Z = 0. */
static void put_flags(const struct ward_dissect *d, const struct ward_dns *m)
{
	const struct flag *f = flags[m->kind];

	for (size_t i = 0; i < FLAGS; i++)
		if (m->flags & f[i].bit)
			ward_emit_bool(d->net, d->name[f[i].name], true);
	if (f == unicast_flags)
		ward_emit_int(d->net, d->name[NAME_Z], (m->flags & WARD_DNS_Z) != 0);
}

static void put_header(const struct ward_dissect *d, const struct ward_dns *m)
{
	static const enum name count[WARD_DNS_SECTIONS] = {
		NAME_QDCOUNT, NAME_ANCOUNT, NAME_NSCOUNT, NAME_ARCOUNT};
	struct ward_net *n = d->net;

	ward_emit_z(n, d->name[NAME_PROTOCOL], kinds[m->kind]);
	ward_emit_int(n, d->name[NAME_ID], m->id);
	put_named(n, d->name[NAME_OPCODE], ward_dns_opcode_name(m->kind, m->opcode), m->opcode);
	if (m->response)
		put_named(n, d->name[NAME_RCODE], ward_dns_rcode_name(m->kind, m->rcode), m->rcode);
	put_flags(d, m);
	for (size_t s = 0; s < WARD_DNS_SECTIONS; s++)
		if (m->count[s])
			ward_emit_int(n, d->name[count[s]], m->count[s]);
}

/* Lists of equal length: the i-th entries are one question. */
static void put_questions(const struct ward_dissect *d, const struct ward_dns *m)
{
	struct ward_net *n = d->net;
	struct ward_value *name = ward_emit_items(n, m->n_question),
			  *type = ward_emit_items(n, m->n_question),
			  *class = ward_emit_items(n, m->n_question);
	bool unicast = false;

	if (!name || !type || !class)
		return;
	for (size_t i = 0; i < m->n_question; i++) {
		const struct ward_dns_question *q = &m->question[i];

		name[i] = text(n, q->name);
		type[i] = named(n, ward_dns_type_name(m->kind, q->type), "TYPE", q->type);
		class[i] = named(n, ward_dns_class_name(q->class), "CLASS", q->class);
		unicast |= q->unicast;
	}
	ward_emit_list(n, d->name[NAME_QUERY], name, (uint32_t)m->n_question);
	ward_emit_list(n, d->name[NAME_QTYPE], type, (uint32_t)m->n_question);
	ward_emit_list(n, d->name[NAME_QCLASS], class, (uint32_t)m->n_question);
	if (unicast)
		ward_emit_bool(n, d->name[NAME_UNICAST], true);
}

/* Of the first question; hardly anybody sends two. */
static void put_label(const struct ward_dissect *d, const struct ward_dns *m)
{
	struct ward_net *n = d->net;
	struct ward_dns_label l;

	if (m->kind != WARD_DNS_UNICAST || !m->n_question ||
		!ward_dns_label_of(m->question[0].name, &l))
		return;
	ward_emit_str(n, d->name[NAME_LABEL], l.text);
	ward_emit_int(n, d->name[NAME_LABEL_LENGTH], l.length);
	ward_emit_int(n, d->name[NAME_LABEL_DIGITS], l.digits_permille);
	ward_emit_int(n, d->name[NAME_LABEL_VOWELS], l.vowels_permille);
	ward_emit_int(n, d->name[NAME_LABEL_CONSONANTS], l.consonants);
	ward_emit_int(n, d->name[NAME_LABEL_RARITY], l.rarity);
}

/* Likewise, the records of one section. data, name, type, TTL follow each other in NAME_LIST. */
static void put_records(const struct ward_dissect *d, const struct ward_dns *m,
	enum ward_dns_section section, enum name data_name)
{
	struct ward_net *n = d->net;
	uint32_t k = 0, n_item = 0;

	for (size_t i = 0; i < m->n_record; i++)
		n_item += m->record[i].section == section;
	if (!n_item)
		return;
	struct ward_value *data = ward_emit_items(n, n_item), *name = ward_emit_items(n, n_item),
			  *type = ward_emit_items(n, n_item), *ttl = ward_emit_items(n, n_item);

	if (!data || !name || !type || !ttl)
		return;
	for (size_t i = 0; i < m->n_record; i++) {
		const struct ward_dns_record *rr = &m->record[i];

		if (rr->section != section)
			continue;
		data[k] = text(n, rr->data);
		name[k] = text(n, rr->name);
		type[k] = named(n, ward_dns_type_name(m->kind, rr->type), "TYPE", rr->type);
		ttl[k++] = ward_value_int(rr->ttl_s);
	}
	ward_emit_list(n, d->name[data_name], data, n_item);
	ward_emit_list(n, d->name[data_name + 1], name, n_item);
	ward_emit_list(n, d->name[data_name + 2], type, n_item);
	ward_emit_list(n, d->name[data_name + 3], ttl, n_item);
}

static void put_edns(const struct ward_dissect *d, const struct ward_dns *m)
{
	struct ward_net *n = d->net;
	struct ward_value *item;

	if (!m->has_opt)
		return;
	ward_emit_int(n, d->name[NAME_EDNS_VERSION], m->edns_version);
	ward_emit_int(n, d->name[NAME_UDP_PAYLOAD_SIZE], m->udp_payload_size);
	if (m->dnssec_ok)
		ward_emit_bool(n, d->name[NAME_DNSSEC_OK], true);
	if (m->n_option && (item = ward_emit_items(n, m->n_option))) {
		for (size_t i = 0; i < m->n_option; i++)
			item[i] = ward_value_int(m->option[i]);
		ward_emit_list(n, d->name[NAME_OPTIONS], item, (uint32_t)m->n_option);
	}
	if (m->client_subnet.len)
		ward_emit_str(n, d->name[NAME_CLIENT_SUBNET], m->client_subnet);
	if (m->has_error)
		ward_emit_int(n, d->name[NAME_EXTENDED_ERROR], m->error);
}

/* What the flow remembers. Multicast answers come without a question and with id 0. */
static void put_match(const struct ward_dissect *d, const struct ward_dns *m)
{
	struct ward_net *n = d->net;
	ward_ns waited = 0;

	if (!d->flow || m->kind == WARD_DNS_MULTICAST)
		return;
	if (!m->response) {
		if (ward_dns_asked(d->flow, m->id, n->frame->time))
			ward_emit_bool(n, d->name[NAME_REPEAT], true);
	} else if (ward_dns_answered(d->flow, m->id, n->frame->time, &waited)) {
		ward_emit_int(n, d->name[NAME_WAITED], waited);
	} else {
		ward_emit_bool(n, d->name[NAME_UNSOLICITED], true);
	}
}

static void emit(const struct ward_dissect *d, const struct ward_dns *m, size_t bytes)
{
	struct ward_net *n = d->net;

	if (!ward_emit_begin(n, d->name[m->response ? NAME_CLASS_RESPONSE : NAME_CLASS_QUERY]))
		return;
	ward_emit_packet(n, d->packet);
	put_header(d, m);
	put_questions(d, m);
	put_label(d, m);
	put_records(d, m, WARD_DNS_ANSWER, NAME_ANSWERS);
	put_records(d, m, WARD_DNS_AUTHORITY, NAME_AUTHORITY);
	put_records(d, m, WARD_DNS_ADDITIONAL, NAME_ADDITIONAL);
	put_edns(d, m);
	put_match(d, m);
	ward_emit_int(n, d->name[NAME_BYTES], (int64_t)bytes);
	if (m->trailing)
		ward_emit_int(n, d->name[NAME_TRAILING], (int64_t)m->trailing);
	if (m->n_cut)
		ward_emit_int(n, d->name[NAME_CUT], (int64_t)m->n_cut);
	if (m->reason != WARD_DNS_REASON_N)
		ward_emit_z(n, d->name[NAME_MALFORMED], reasons[m->reason]);
	ward_emit_end(n);
}

static enum ward_verdict dissect(
	struct ward_dissect *d, struct ward_slice message, enum ward_dns_kind kind)
{
	struct ward_wr w = ward_wr_fixed(d->net->scratch, WARD_NET_SCRATCH);
	struct ward_dns m;
	bool good = ward_dns_parse(message, kind, &w, &m);

	/* On a port of something else only a message that is right to the last byte counts. */
	if (!d->trusted && (!good || m.trailing))
		return WARD_VERDICT_FOREIGN;
	if (m.has_header)
		emit(d, &m, message.len);
	d->net->count[WARD_NET_UNPARSED] += m.trailing;
	if (good)
		return WARD_VERDICT_OK;
	if (d->partial)
		return WARD_VERDICT_MORE;
	d->reason = m.reason;
	d->off = m.off;
	return WARD_VERDICT_MALFORMED;
}

static bool probe_datagram(struct ward_slice payload)
{
	return ward_dns_probe(payload, payload.len);
}

static enum ward_verdict parse_unicast(struct ward_dissect *d, struct ward_slice payload)
{
	return dissect(d, payload, WARD_DNS_UNICAST);
}

static enum ward_verdict parse_multicast(struct ward_dissect *d, struct ward_slice payload)
{
	return dissect(d, payload, WARD_DNS_MULTICAST);
}

static enum ward_verdict parse_llmnr(struct ward_dissect *d, struct ward_slice payload)
{
	return dissect(d, payload, WARD_DNS_LLMNR);
}

static enum ward_verdict parse_netbios(struct ward_dissect *d, struct ward_slice payload)
{
	return dissect(d, payload, WARD_DNS_NETBIOS);
}

/* RFC 1035 4.2.2: two bytes of length before each message. */
enum { LENGTH = 2 };

static enum ward_probe probe_stream(struct ward_slice payload)
{
	struct ward_rd r = ward_rd_slice(payload);
	uint16_t len = ward_rd_be16(&r);

	if (!ward_rd_bad(&r) && len < WARD_DNS_HEADER)
		return WARD_PROBE_NO;
	if (payload.len < LENGTH + WARD_DNS_HEADER)
		return WARD_PROBE_MORE;
	if (ward_rd_left(&r) > len)
		r.len = r.off + len;
	return ward_probe_of(ward_dns_probe(ward_rd_rest(&r), len));
}

static enum ward_verdict parse_stream(struct ward_dissect *d, struct ward_slice payload)
{
	struct ward_rd r = ward_rd_slice(payload);
	uint16_t len = ward_rd_be16(&r);

	d->need = ward_rd_bad(&r) ? LENGTH : LENGTH + (size_t)len;
	if (payload.len < d->need)
		return WARD_VERDICT_MORE;
	if (len < WARD_DNS_HEADER) {
		d->reason = WARD_DNS_STREAM_LENGTH;
		d->off = 0;
		return d->trusted ? WARD_VERDICT_MALFORMED : WARD_VERDICT_FOREIGN;
	}
	enum ward_verdict verdict = dissect(d, ward_rd_bytes(&r, len), WARD_DNS_UNICAST);

	d->used = LENGTH + (size_t)len;
	d->off += LENGTH;
	return verdict;
}

#define COMMON                                                         \
	.flow_bytes = sizeof(struct ward_dns_flow), .reason = reasons, \
	.n_reason = WARD_ARRAY_LEN(reasons), .name_at = name_at

const struct ward_dissector ward_dissect_dns = {
	.name = "dns",
	.kind = WARD_DISSECT_IT,
	.title = "DNS",
	.standard = "RFC 1035 clause 4, RFC 6891 clause 6, RFC 9460 clause 2",
	.reads = "questions, answers with data as in a zone file, EDNS, return codes, round trip",
	.proto = WARD_PROTO_UDP,
	.port = {53},
	.probe = probe_datagram,
	.parse = parse_unicast,
	COMMON,
};

const struct ward_dissector ward_dissect_dns_stream = {
	.name = "dns",
	.kind = WARD_DISSECT_IT,
	.title = "DNS over TCP",
	.standard = "RFC 1035 clause 4, RFC 7766 clause 8",
	.reads = "as DNS",
	.proto = WARD_PROTO_TCP,
	.port = {53},
	.probe_stream = probe_stream,
	.parse = parse_stream,
	COMMON,
};

const struct ward_dissector ward_dissect_mdns = {
	.name = "mdns",
	.kind = WARD_DISSECT_IT,
	.title = "Multicast DNS",
	.standard = "RFC 6762 clauses 5.4 and 18, RFC 6763",
	.reads = "as DNS: services and names of devices",
	.proto = WARD_PROTO_UDP,
	.port = {5353},
	.probe = probe_datagram,
	.parse = parse_multicast,
	COMMON,
};

const struct ward_dissector ward_dissect_llmnr = {
	.name = "llmnr",
	.kind = WARD_DISSECT_IT,
	.title = "LLMNR",
	.standard = "RFC 4795 clause 2.1",
	.reads = "as DNS",
	.proto = WARD_PROTO_UDP,
	.port = {5355},
	.probe = probe_datagram,
	.parse = parse_llmnr,
	COMMON,
};

const struct ward_dissector ward_dissect_nbns = {
	.name = "nbns",
	.kind = WARD_DISSECT_IT,
	.title = "NetBIOS name service",
	.standard = "RFC 1002 4.2",
	.reads = "names asked for, registered and released",
	.proto = WARD_PROTO_UDP,
	.port = {137},
	.probe = probe_datagram,
	.parse = parse_netbios,
	COMMON,
};
