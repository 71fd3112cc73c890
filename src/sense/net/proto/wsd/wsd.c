/* WS-Discovery: SOAP over UDP, by which printers, cameras (ONVIF) and medical devices (IEEE 11073
 * SDC) are found. */
#include "sense/net/emit.h"
#include "sense/net/proto/dissectors.h"
#include "sense/net/proto/wsd/xml.h"
#include "sense/net/text.h"

enum { PORT = 3702, ITEMS = 16, ITEM_BYTES = 512, PREFIXES = 24 };

/* Reasons why a message is malformed: X(IDENT, "name") */
#define REASON_LIST(X)                         \
	X(XML, "net.wsd.reject.xml")           \
	X(ENVELOPE, "net.wsd.reject.envelope") \
	X(ACTION, "net.wsd.reject.action")

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

/* WS-Discovery 1.1, 4 to 6; the last part of the action: X(IDENT, "action", "class") */
#define ACTION_LIST(X)                                            \
	X(HELLO, "Hello", "net.wsd.hello")                        \
	X(BYE, "Bye", "net.wsd.bye")                              \
	X(PROBE, "Probe", "net.wsd.probe")                        \
	X(PROBE_MATCHES, "ProbeMatches", "net.wsd.probe_matches") \
	X(RESOLVE, "Resolve", "net.wsd.resolve")                  \
	X(RESOLVE_MATCHES, "ResolveMatches", "net.wsd.resolve_matches")

/* Elements whose text is told: X(IDENT, "element", "field") */
#define ELEMENT_LIST(X)                       \
	X(ADDRESS, "Address", "wsd.endpoint") \
	X(TYPES, "Types", "wsd.types")        \
	X(SCOPES, "Scopes", "wsd.scopes")     \
	X(XADDRS, "XAddrs", "wsd.addresses")

enum action {
#define X(IDENT, action, class) ACTION_##IDENT,
	ACTION_LIST(X)
#undef X
		ACTION_N,
};

enum element {
#define X(IDENT, element, field) ELEMENT_##IDENT,
	ELEMENT_LIST(X)
#undef X
		ELEMENT_N,
};

static const char *const actions[] = {
#define X(IDENT, action, class) action,
	ACTION_LIST(X)
#undef X
};

static const char *const elements[] = {
#define X(IDENT, element, field) element,
	ELEMENT_LIST(X)
#undef X
};

enum name { NAME_NAMESPACES = (unsigned)ACTION_N + (unsigned)ELEMENT_N };

static const char *const names[] = {
#define X(IDENT, action, class) class,
	ACTION_LIST(X)
#undef X
#define X(IDENT, element, field) field,
		ELEMENT_LIST(X)
#undef X
			"wsd.type_namespaces",
};

static const char *const namespaces[] = {
	"http://schemas.xmlsoap.org/ws/2005/04/discovery",
	"http://docs.oasis-open.org/ws-dd/ns/discovery/2009/01",
};

struct prefix {
	struct ward_str name, uri;
};

struct message {
	enum action action;
	struct ward_str item[ELEMENT_N][ITEMS];
	size_t n_item[ELEMENT_N];
	struct prefix prefix[PREFIXES];
	size_t n_prefix;
};

static bool name_at(size_t i, struct ward_wr *w)
{
	if (i >= WARD_ARRAY_LEN(names))
		return false;
	ward_wr_z(w, names[i]);
	return true;
}

static enum action action_of(struct ward_str uri)
{
	for (size_t i = 0; i < WARD_ARRAY_LEN(namespaces); i++) {
		struct ward_str space = ward_str_z(namespaces[i]), last;

		if (!ward_str_starts(uri, space))
			continue;
		last = ward_str_sub(uri, space.len, uri.len);
		for (size_t k = 0; k < ACTION_N; k++)
			if (last.len && last.p[0] == '/' &&
				ward_str_eqz(ward_str_sub(last, 1, last.len), actions[k]))
				return (enum action)k;
	}
	return ACTION_N;
}

/* xmlns:prefix; of a prefix that is declared twice the first counts. */
static void see_prefixes(struct message *m, struct ward_str attributes)
{
	struct ward_str name, value;

	while (m->n_prefix < PREFIXES && ward_xml_attribute(&attributes, &name, &value))
		if (ward_str_starts(name, WARD_STR("xmlns:")))
			m->prefix[m->n_prefix++] = (struct prefix){ward_xml_local(name), value};
}

/* Lists are separated by blanks. */
static void see_text(struct message *m, const struct ward_xml *x, struct ward_str text)
{
	struct ward_str top = ward_xml_open(x, 0);
	size_t k = 0;

	if (ward_str_eqz(top, "Action") && m->action == ACTION_N)
		m->action = action_of(text);
	while (k < ELEMENT_N && !ward_str_eqz(top, elements[k]))
		k++;
	/* ReplyTo has an address, too. */
	if (k == ELEMENT_N ||
		(k == ELEMENT_ADDRESS && !ward_str_eqz(ward_xml_open(x, 1), "EndpointReference")))
		return;
	while (text.len && m->n_item[k] < ITEMS) {
		size_t n = 0;

		while (n < text.len && !ward_xml_blank(text.p[n]))
			n++;
		m->item[k][m->n_item[k]++] = ward_str_sub(text, 0, n);
		text = ward_str_trim(ward_str_sub(text, n, text.len));
	}
}

/* Without a byte order mark. */
static struct ward_str without_mark(struct ward_str s)
{
	return ward_str_starts(s, WARD_STR("\xef\xbb\xbf")) ? ward_str_sub(s, 3, s.len) : s;
}

/* False: malformed, *why is set. */
static bool read_message(struct ward_slice payload, struct message *m, enum reason *why)
{
	struct ward_xml x = {.all = without_mark(ward_slice_text(payload))};
	struct ward_xml_piece piece;
	enum ward_xml_kind kind;

	*m = (struct message){.action = ACTION_N};
	while ((kind = ward_xml_next(&x, &piece)) != WARD_XML_BAD && kind != WARD_XML_END) {
		if (kind == WARD_XML_OPEN && x.depth == 1 &&
			!ward_str_eqz(ward_xml_local(piece.name), "Envelope")) {
			*why = REASON_ENVELOPE;
			return false;
		}
		if (kind == WARD_XML_OPEN)
			see_prefixes(m, piece.attributes);
		else if (kind == WARD_XML_TEXT)
			see_text(m, &x, piece.text);
	}
	*why = kind == WARD_XML_BAD ? REASON_XML : REASON_ACTION;
	return kind == WARD_XML_END && m->action != ACTION_N;
}

/* IEEE 11073-20701 9.3: a context's scope names its kind, then who or what. Location tells where a
 * device stands; of others, a patient's among them, only the kind is told. */
static struct ward_str safe_scope(struct ward_str s)
{
	struct ward_str rest = s, scheme = ward_str_cut(&rest, ':');

	if (ward_str_ieq(ward_str_sub(s, 0, 9), WARD_STR("sdc.ctxt.")) &&
		!ward_str_ieq(scheme, WARD_STR("sdc.ctxt.loc")))
		return scheme;
	return s;
}

/* False: no memory; the event is then lost. */
static bool put_item(const struct ward_dissect *d, struct ward_str s, struct ward_value *ret)
{
	uint8_t plain[ITEM_BYTES], text[ITEM_BYTES * 4];
	struct ward_wr p = ward_wr_fixed(plain, sizeof(plain)),
		       w = ward_wr_fixed(text, sizeof(text));

	ward_xml_unescape(&p, ward_str_sub(s, 0, ITEM_BYTES));
	ward_net_text(&w, ward_wr_slice(&p), "");
	struct ward_str copy =
		w.len ? ward_arena_str(&d->net->arena, ward_wr_text(&w)) : WARD_STR("");

	*ret = ward_value_str(copy);
	return copy.p;
}

static struct ward_str namespace_of(const struct message *m, struct ward_str qname)
{
	struct ward_str rest = qname, prefix = ward_str_cut(&rest, ':');

	for (size_t i = 0; rest.p && i < m->n_prefix; i++)
		if (ward_str_eq(m->prefix[i].name, prefix))
			return m->prefix[i].uri;
	return WARD_STR("");
}

static void put_items(const struct ward_dissect *d, const struct message *m, enum element k)
{
	uint32_t n = (uint32_t)m->n_item[k];
	struct ward_value *item = n ? ward_emit_items(d->net, n) : NULL;
	struct ward_value *space = n && k == ELEMENT_TYPES ? ward_emit_items(d->net, n) : NULL;

	for (size_t i = 0; item && i < n; i++) {
		struct ward_str s = m->item[k][i];

		if (k == ELEMENT_SCOPES)
			s = safe_scope(s);
		if ((space && !put_item(d, namespace_of(m, s), &space[i])) ||
			!put_item(d, k == ELEMENT_TYPES ? ward_xml_local(s) : s, &item[i]))
			return;
	}
	if (item)
		ward_emit_list(d->net, d->name[ACTION_N + k], item, n);
	if (space)
		ward_emit_list(d->net, d->name[NAME_NAMESPACES], space, n);
}

static enum ward_verdict parse(struct ward_dissect *d, struct ward_slice payload)
{
	struct message m;
	enum reason why;

	if (!read_message(payload, &m, &why)) {
		if (d->partial && why == REASON_XML)
			return WARD_VERDICT_MORE;
		d->reason = why;
		return d->trusted ? WARD_VERDICT_MALFORMED : WARD_VERDICT_FOREIGN;
	}
	if (!ward_emit_begin(d->net, d->name[m.action]))
		return WARD_VERDICT_OK;
	ward_emit_packet(d->net, d->packet);
	for (size_t k = 0; k < ELEMENT_N; k++)
		put_items(d, &m, (enum element)k);
	ward_emit_end(d->net);
	return WARD_VERDICT_OK;
}

/* One of the two namespaces stands in every message, near its begin. */
static bool probe(struct ward_slice payload)
{
	struct ward_str s = ward_slice_text(payload);

	if (!ward_str_starts(without_mark(s), WARD_STR("<")))
		return false;
	for (size_t i = 0; i < WARD_ARRAY_LEN(namespaces); i++)
		if (ward_str_find(s, ward_str_z(namespaces[i])) != SIZE_MAX)
			return true;
	return false;
}

const struct ward_dissector ward_dissect_wsd = {
	.name = "wsd",
	.kind = WARD_DISSECT_MEDICAL,
	.title = "WS-Discovery (DPWS, ONVIF, IEEE 11073 SDC)",
	.standard = "OASIS WS-Discovery 1.1 clauses 4 to 6, SOAP-over-UDP 1.1; IEEE 11073-20702",
	.reads =
		"who says hello or bye, who looks for what, types, scopes and addresses of devices",
	.proto = WARD_PROTO_UDP,
	.port = {PORT},
	.probe = probe,
	.parse = parse,
	.reason = reasons,
	.n_reason = WARD_ARRAY_LEN(reasons),
	.name_at = name_at,
};
