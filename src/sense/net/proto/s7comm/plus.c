/* S7comm-plus (protocol id 0x72), the protocol of S7-1200 and S7-1500: versions and functions, as
 * far as they are plain. There is no public document. */
#include "sense/net/proto/dissectors.h"
#include "sense/net/proto/tpkt/stream.h"

#include "base/rd.h"
#include "sense/net/emit.h"
#include "sense/net/text.h"

enum {
	PORT = 102,
	ID = 0x72,
	HEAD = 4,    /* id, version, length; stands again, with length 0, at the end */
	DIGEST = 32, /* of integrity, with its length before it */
	REQUEST = 0x31,
	RESPONSE = 0x32,
	NOTIFICATION = 0x33,
	VERSION_MAX = 3,
	SYSTEM_EVENT = 0xfe,
	KEEP_ALIVE = 0xff,
};

/* X(IDENT, code, "name") */
#define FUNCTION_LIST(X)                                \
	X(EXPLORE, 0x04bb, "explore")                   \
	X(CREATE_OBJECT, 0x04ca, "create_object")       \
	X(DELETE_OBJECT, 0x04d4, "delete_object")       \
	X(SET_VARIABLE, 0x04f2, "set_variable")         \
	X(GET_VARIABLE, 0x04fc, "get_variable")         \
	X(ADD_LINK, 0x0506, "add_link")                 \
	X(REMOVE_LINK, 0x051a, "remove_link")           \
	X(GET_LINK, 0x0524, "get_link")                 \
	X(SET_MULTI, 0x0542, "set_multi_variables")     \
	X(GET_MULTI, 0x054c, "get_multi_variables")     \
	X(BEGIN_SEQUENCE, 0x0556, "begin_sequence")     \
	X(END_SEQUENCE, 0x0560, "end_sequence")         \
	X(INVOKE, 0x056b, "invoke")                     \
	X(SET_STREAMED, 0x057c, "set_var_substreamed")  \
	X(GET_STREAMED, 0x0586, "get_var_substreamed")  \
	X(GET_ADDRESS, 0x0590, "get_variables_address") \
	X(ABORT, 0x059a, "abort")                       \
	X(ERROR, 0x05a9, "error")

#define REASON_LIST(X)                                 \
	X(TPKT, "net.s7comm_plus.reject.tpkt")         \
	X(TPDU, "net.s7comm_plus.reject.tpdu")         \
	X(PROTOCOL, "net.s7comm_plus.reject.protocol") \
	X(VERSION, "net.s7comm_plus.reject.version")   \
	X(LENGTH, "net.s7comm_plus.reject.length")

enum reason {
#define X(IDENT, name) REASON_##IDENT,
	REASON_LIST(X)
#undef X
		REASON_N, /* none */
};

static const char *const reasons[] = {
#define X(IDENT, name) name,
	REASON_LIST(X)
#undef X
};

#define NAME_LIST(X)                                          \
	X(VERSION, "s7comm_plus.version")                     \
	X(OPCODE, "s7comm_plus.opcode")                       \
	X(FUNCTION, "s7comm_plus.function")                   \
	X(SEQUENCE, "s7comm_plus.sequence")                   \
	X(INTEGRITY, "s7comm_plus.integrity")                 \
	X(CALLED, "s7comm_plus.called_tsap")                  \
	X(CLASS_CONNECT, "net.s7comm_plus.connect")           \
	X(CLASS_NOTIFICATION, "net.s7comm_plus.notification") \
	X(CLASS_OTHER, "net.s7comm_plus.other")

enum name {
#define X(IDENT, name) NAME_##IDENT,
	NAME_LIST(X)
#undef X
		CLASS_FUNCTION, /* then the classes by function */
};

static const char *const names[] = {
#define X(IDENT, name) name,
	NAME_LIST(X)
#undef X
#define X(IDENT, code, name) "net.s7comm_plus." name,
		FUNCTION_LIST(X)
#undef X
};

static const struct {
	uint16_t code;
	const char *name;
} functions[] = {
#define X(IDENT, code, name) {code, name},
	FUNCTION_LIST(X)
#undef X
};

struct flow {
	struct ward_tpkt_stream stream;
	bool more[2]; /* by side: what comes next goes on with a PDU that has begun */
};

struct plus {
	uint8_t version, opcode;
	uint16_t function, sequence;
	bool plain, integrity;
	bool more; /* it does not end here */
	enum reason reason;
};

static bool name_at(size_t i, struct ward_wr *w)
{
	if (i >= WARD_ARRAY_LEN(names))
		return false;
	ward_wr_z(w, names[i]);
	return true;
}

static bool is_version(uint8_t v)
{
	return (v >= 1 && v <= VERSION_MAX) || v == SYSTEM_EVENT || v == KEEP_ALIVE;
}

/* What follows the head of a PDU's first part. */
static void content(struct ward_rd *r, struct plus *m)
{
	if (ward_rd_peek(r) == DIGEST) {
		ward_rd_skip(r, 1 + DIGEST);
		m->integrity = true;
	}
	m->opcode = ward_rd_u8(r);
	ward_rd_skip(r, 2);
	m->function = ward_rd_be16(r);
	ward_rd_skip(r, 2);
	m->sequence = ward_rd_be16(r);
	m->plain = !ward_rd_bad(r) && m->opcode >= REQUEST && m->opcode <= NOTIFICATION;
}

static bool read_plus(struct ward_slice bytes, bool goes_on, struct plus *m)
{
	struct ward_rd r = ward_rd_slice(bytes);
	uint8_t id = ward_rd_u8(&r);

	*m = (struct plus){.reason = REASON_N};
	m->version = ward_rd_u8(&r);
	struct ward_rd body = ward_rd_sub(&r, ward_rd_be16(&r));

	if (id != ID)
		m->reason = REASON_PROTOCOL;
	else if (!is_version(m->version))
		m->reason = REASON_VERSION;
	else if (ward_rd_bad(&body) || (ward_rd_left(&r) && ward_rd_left(&r) != HEAD))
		m->reason = REASON_LENGTH;
	if (m->reason != REASON_N)
		return false;
	m->more = !ward_rd_left(&r) && m->version <= VERSION_MAX;
	if (!goes_on && m->version <= VERSION_MAX)
		content(&body, m);
	return true;
}

static uint32_t pick_class(const struct ward_dissect *d, const struct plus *m, const char **ret)
{
	*ret = NULL;
	if (m->opcode == NOTIFICATION)
		return d->name[NAME_CLASS_NOTIFICATION];
	for (size_t i = 0; i < WARD_ARRAY_LEN(functions); i++)
		if (functions[i].code == m->function) {
			*ret = functions[i].name;
			return d->name[CLASS_FUNCTION + i];
		}
	return d->name[NAME_CLASS_OTHER];
}

/* Requests and notifications; a response repeats its request's function and adds nothing plain. */
static void emit(const struct ward_dissect *d, const struct plus *m)
{
	const char *function;
	uint32_t class = pick_class(d, m, &function);

	if (!m->plain || m->opcode == RESPONSE || !ward_emit_begin(d->net, class))
		return;
	ward_emit_packet(d->net, d->packet);
	ward_emit_int(d->net, d->name[NAME_VERSION], m->version);
	ward_emit_z(
		d->net, d->name[NAME_OPCODE], m->opcode == REQUEST ? "request" : "notification");
	if (function)
		ward_emit_z(d->net, d->name[NAME_FUNCTION], function);
	else if (m->opcode == REQUEST)
		ward_emit_int(d->net, d->name[NAME_FUNCTION], m->function);
	if (m->opcode == REQUEST)
		ward_emit_int(d->net, d->name[NAME_SEQUENCE], m->sequence);
	ward_emit_bool(d->net, d->name[NAME_INTEGRITY], m->integrity);
	ward_emit_end(d->net);
}

static void emit_connect(const struct ward_dissect *d, const struct ward_tpkt *t)
{
	struct ward_slice called;
	char text[64];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));

	if (!ward_emit_begin(d->net, d->name[NAME_CLASS_CONNECT]))
		return;
	ward_emit_packet(d->net, d->packet);
	if (ward_cotp_parameter(t->variable, WARD_COTP_CALLED, &called) && called.len) {
		ward_text_ascii(&w, called, sizeof(text));
		ward_emit_str(d->net, d->name[NAME_CALLED], ward_wr_text(&w));
	}
	ward_emit_end(d->net);
}

static enum ward_verdict refuse(struct ward_dissect *d, enum reason reason, size_t off)
{
	d->reason = reason;
	d->off = off;
	return d->trusted ? WARD_VERDICT_MALFORMED : WARD_VERDICT_FOREIGN;
}

static enum ward_verdict data(struct ward_dissect *d, const struct ward_tpkt *t)
{
	struct flow *f = d->flow;
	struct plus m;

	d->used = t->size;
	if (!t->data.len)
		return WARD_VERDICT_OK;
	if (!read_plus(t->data, f->more[d->from_client], &m))
		return f->stream.seen ? refuse(d, m.reason, t->data_off) : WARD_VERDICT_FOREIGN;
	emit(d, &m);
	f->more[d->from_client] = m.more;
	f->stream.seen = true;
	return WARD_VERDICT_OK;
}

static enum ward_verdict parse(struct ward_dissect *d, struct ward_slice payload)
{
	struct flow *f = d->flow;
	struct ward_tpkt t;
	enum ward_verdict v = ward_tpkt_next(d, &f->stream, payload, ID, &t);

	if (v == WARD_VERDICT_MALFORMED)
		return refuse(d, t.reason == WARD_TPKT_TPDU ? REASON_TPDU : REASON_TPKT, t.off);
	if (v != WARD_VERDICT_OK || !t.size)
		return v;
	if (t.code == WARD_COTP_DT)
		return data(d, &t);
	if (t.code == WARD_COTP_CR)
		emit_connect(d, &t);
	d->used = t.size;
	return WARD_VERDICT_OK;
}

static enum ward_probe probe(struct ward_slice payload)
{
	return ward_tpkt_probe(payload, ID);
}

static bool gap(struct ward_dissect *d, uint64_t lost)
{
	struct flow *f = d->flow;

	(void)lost;
	f->stream.lost[d->from_client] = true;
	f->more[d->from_client] = false;
	return f->stream.seen;
}

const struct ward_dissector ward_dissect_s7comm_plus = {
	.name = "s7comm_plus",
	.kind = WARD_DISSECT_BUILDING,
	.title = "S7comm-plus",
	.standard =
		"RFC 1006 clause 6, ISO 8073 clause 13; S7comm-plus itself has no public document",
	.reads = "connections, versions and the functions of requests, as far as they are plain",
	.proto = WARD_PROTO_TCP,
	.port = {PORT},
	.probe_stream = probe,
	.parse = parse,
	.gap = gap,
	.flow_bytes = sizeof(struct flow),
	.reason = reasons,
	.n_reason = WARD_ARRAY_LEN(reasons),
	.name_at = name_at,
};
