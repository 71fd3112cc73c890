/* SSDP: what devices say that they are and what others look for (UPnP Device Architecture 2.0,
 * clause 1). Heads as of HTTP in datagrams, so that HTTP's reader reads them. */
#include "sense/net/emit.h"
#include "sense/net/proto/dissectors.h"
#include "sense/net/proto/http/http.h"
#include "sense/net/text.h"

enum { PORT = 1900, TEXT = 512 };

/* Reasons why a message is malformed: X(IDENT, "name") */
#define REASON_LIST(X)                         \
	X(START, "net.ssdp.reject.start_line") \
	X(METHOD, "net.ssdp.reject.method")    \
	X(FIELDS, "net.ssdp.reject.fields")

enum reason {
#define X(IDENT, name) REASON_##IDENT,
	REASON_LIST(X)
#undef X
};

static const char *const reasons[] = {
#define X(IDENT, name) name,
	REASON_LIST(X)
#undef X
};

/* Fields that are told: X(IDENT, "of the message", "of the event") */
#define FIELD_LIST(X)                                                         \
	X(NT, "NT", "ssdp.nt")                                                \
	X(NTS, "NTS", "ssdp.nts")                                             \
	X(ST, "ST", "ssdp.st")                                                \
	X(USN, "USN", "ssdp.usn")                                             \
	X(LOCATION, "LOCATION", "ssdp.location")                              \
	X(SECURE_LOCATION, "SECURELOCATION.UPNP.ORG", "ssdp.secure_location") \
	X(SERVER, "SERVER", "ssdp.server")                                    \
	X(USER_AGENT, "USER-AGENT", "ssdp.user_agent")                        \
	X(MAN, "MAN", "ssdp.man")                                             \
	X(MX, "MX", "ssdp.mx_s")                                              \
	X(BOOT_ID, "BOOTID.UPNP.ORG", "ssdp.boot_id")                         \
	X(CACHE_CONTROL, "CACHE-CONTROL", "ssdp.max_age_s")

enum field {
#define X(IDENT, name, told) FIELD_##IDENT,
	FIELD_LIST(X)
#undef X
		FIELD_N,
};

/* Kinds of messages: X(IDENT, "class", fields that they must have) (1.2.2, 1.3.2, 1.3.3) */
#define KIND_LIST(X)                                                                     \
	X(NOTIFY, "net.ssdp.notify", 1u << FIELD_NT | 1u << FIELD_NTS | 1u << FIELD_USN) \
	X(SEARCH, "net.ssdp.search", 1u << FIELD_MAN | 1u << FIELD_ST)                   \
	X(RESPONSE, "net.ssdp.response", 1u << FIELD_ST | 1u << FIELD_USN)

enum kind {
#define X(IDENT, name, needs) KIND_##IDENT,
	KIND_LIST(X)
#undef X
		KIND_N,
};

static const char *const field_names[] = {
#define X(IDENT, name, told) name,
	FIELD_LIST(X)
#undef X
};

static const char *const names[] = {
#define X(IDENT, name, told) told,
	FIELD_LIST(X)
#undef X
#define X(IDENT, name, needs) name,
		KIND_LIST(X)
#undef X
};

static const unsigned kind_needs[] = {
#define X(IDENT, name, needs) (needs),
	KIND_LIST(X)
#undef X
};

struct message {
	enum kind kind;
	struct ward_str value[FIELD_N];
	unsigned has; /* bits of fields */
};

static bool name_at(size_t i, struct ward_wr *w)
{
	if (i >= WARD_ARRAY_LEN(names))
		return false;
	ward_wr_z(w, names[i]);
	return true;
}

static enum kind kind_of(const struct ward_http_head *h)
{
	if (h->answer)
		return h->status == 200 ? KIND_RESPONSE : KIND_N;
	if (ward_str_eqz(h->method, "NOTIFY"))
		return KIND_NOTIFY;
	return ward_str_eqz(h->method, "M-SEARCH") ? KIND_SEARCH : KIND_N;
}

static void read_fields(const struct ward_http_head *h, struct message *m)
{
	struct ward_str rest = h->fields, name, value;
	uint32_t odd = 0;

	while (ward_http_next(&rest, &name, &value, &odd))
		for (size_t i = 0; i < FIELD_N; i++)
			if (!(m->has >> i & 1) && ward_str_ieq(name, ward_str_z(field_names[i]))) {
				m->value[i] = value;
				m->has |= 1u << i;
			}
}

/* False: malformed, *why is set. Devices are seen that leave out the empty line at the end. */
static bool read_message(struct ward_slice payload, struct message *m, enum reason *why)
{
	struct ward_http_head h;

	*m = (struct message){.kind = KIND_N};
	*why = REASON_START;
	if (!ward_http_starts(payload) || !ward_http_head(payload, &h))
		return false;
	*why = REASON_METHOD;
	m->kind = kind_of(&h);
	if (m->kind == KIND_N || (!h.answer && !ward_str_eqz(h.target, "*")))
		return false;
	*why = REASON_FIELDS;
	read_fields(&h, m);
	return (m->has & kind_needs[m->kind]) == kind_needs[m->kind];
}

static void put_number(const struct ward_dissect *d, enum field i, struct ward_str s)
{
	uint64_t v;

	if (ward_str_u64(s, &v) && v <= INT64_MAX)
		ward_emit_int(d->net, d->name[i], (int64_t)v);
}

static void put_field(const struct ward_dissect *d, enum field i, struct ward_str s)
{
	char text[TEXT * 4];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));

	if (i == FIELD_CACHE_CONTROL) {
		put_number(d, i, ward_http_param(s, "max-age"));
	} else if (i == FIELD_MX || i == FIELD_BOOT_ID) {
		put_number(d, i, s);
	} else if (s.len) {
		ward_net_text(&w, ward_str_bytes(ward_str_sub(s, 0, TEXT)), "");
		ward_emit_str(d->net, d->name[i], ward_wr_text(&w));
	}
}

static enum ward_verdict parse(struct ward_dissect *d, struct ward_slice payload)
{
	struct message m;
	enum reason why;

	if (!read_message(payload, &m, &why)) {
		d->reason = why;
		if (d->partial && (why == REASON_FIELDS || ward_http_starts(payload)))
			return WARD_VERDICT_MORE;
		return d->trusted ? WARD_VERDICT_MALFORMED : WARD_VERDICT_FOREIGN;
	}
	if (!ward_emit_begin(d->net, d->name[FIELD_N + m.kind]))
		return WARD_VERDICT_OK;
	ward_emit_packet(d->net, d->packet);
	for (size_t i = 0; i < FIELD_N; i++)
		put_field(d, (enum field)i, m.value[i]);
	ward_emit_end(d->net);
	return WARD_VERDICT_OK;
}

static bool probe(struct ward_slice payload)
{
	struct message m;
	enum reason why;

	return read_message(payload, &m, &why);
}

const struct ward_dissector ward_dissect_ssdp = {
	.name = "ssdp",
	.kind = WARD_DISSECT_IT,
	.title = "SSDP",
	.standard = "UPnP Device Architecture 2.0, clause 1",
	.reads = "what devices announce and answer: types, names, server, location; what is "
		 "searched for",
	.proto = WARD_PROTO_UDP,
	.port = {PORT},
	.probe = probe,
	.parse = parse,
	.reason = reasons,
	.n_reason = WARD_ARRAY_LEN(reasons),
	.name_at = name_at,
};
