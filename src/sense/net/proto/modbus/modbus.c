#include "sense/net/proto/modbus/modbus.h"
#include "sense/net/proto/dissectors.h"

#include "sense/net/emit.h"
#include "sense/net/text.h"

enum {
	PORT = 502,
	PENDING = 16, /* Messaging 1.0b, 4.3.1: transactions open at once on one connection */
	TEXT = 255,
	PROBE_MESSAGES = 8,
};

/* Fields and classes: X(IDENT, "name"). OBJECT_0 to OBJECT_6 in the order of clause 6.21. */
#define NAME_LIST(X)                                 \
	X(TRANSACTION, "modbus.transaction")         \
	X(UNIT, "modbus.unit")                       \
	X(FUNCTION, "modbus.function")               \
	X(FUNCTION_CODE, "modbus.function_code")     \
	X(ADDRESS, "modbus.address")                 \
	X(COUNT, "modbus.count")                     \
	X(VALUES, "modbus.values")                   \
	X(VALUES_SEEN, "modbus.values_seen")         \
	X(EXCEPTION, "modbus.exception")             \
	X(WRITE_ADDRESS, "modbus.write_address")     \
	X(WRITE_COUNT, "modbus.write_count")         \
	X(BYTES, "modbus.bytes")                     \
	X(DIAGNOSTIC, "modbus.diagnostic")           \
	X(AND_MASK, "modbus.and_mask")               \
	X(OR_MASK, "modbus.or_mask")                 \
	X(FILE, "modbus.file")                       \
	X(RECORD, "modbus.record")                   \
	X(MEI, "modbus.mei_type")                    \
	X(READ_CODE, "modbus.read_code")             \
	X(OBJECT_ID, "modbus.object_id")             \
	X(CONFORMITY, "modbus.conformity")           \
	X(MORE_FOLLOWS, "modbus.more_follows")       \
	X(OBJECT_0, "modbus.vendor")                 \
	X(OBJECT_1, "modbus.product")                \
	X(OBJECT_2, "modbus.revision")               \
	X(OBJECT_3, "modbus.vendor_url")             \
	X(OBJECT_4, "modbus.product_name")           \
	X(OBJECT_5, "modbus.model")                  \
	X(OBJECT_6, "modbus.application")            \
	X(OBJECTS, "modbus.objects")                 \
	X(SERVER_ID, "modbus.server_id")             \
	X(OUTCOME, "modbus.outcome")                 \
	X(LATENCY, "modbus.latency_ns")              \
	X(ANOMALY, "modbus.anomaly")                 \
	X(UNPARSED, "modbus.unparsed_bytes")         \
	X(MALFORMED, "modbus.malformed")             \
	X(CLASS_ACK, "net.modbus.ack")               \
	X(CLASS_EXCEPTION, "net.modbus.exception")   \
	X(CLASS_IDENTITY, "net.modbus.identity")     \
	X(CLASS_UNANSWERED, "net.modbus.unanswered") \
	X(CLASS_OTHER, "net.modbus.other")

enum name {
#define X(IDENT, name) NAME_##IDENT,
	NAME_LIST(X)
#undef X
/* After the fixed names, a class per public function. */
#define X(IDENT, code, name) NAME_F_##IDENT,
		WARD_MODBUS_FUNCTION_LIST(X)
#undef X
			NAME_N,
};

static const char *const fixed_names[] = {
#define X(IDENT, name) name,
	NAME_LIST(X)
#undef X
};

static const uint8_t class_function[] = {
#define X(IDENT, code, name) code,
	WARD_MODBUS_FUNCTION_LIST(X)
#undef X
};

static const char *const reasons[] = {
#define X(IDENT, name) name,
	WARD_MODBUS_REASON_LIST(X)
#undef X
};

/* A request without its response yet. */
struct pending {
	bool open;
	uint8_t unit, function;
	uint16_t transaction;
	struct ward_modbus_optional address, count;
	ward_ns time;
};

/* On a port of something else ten bytes are no proof: a side's only message so far. */
struct lone {
	bool is;
	uint8_t unit, function;
	uint16_t transaction;
};

struct flow {
	struct pending pending[PENDING];
	size_t next;  /* place of the next request: the oldest one's */
	bool seen;    /* a valid message was there */
	bool sure;    /* two that follow each other, or fit */
	bool lost[2]; /* by side, server second: a begin must be found again */
	struct lone lone[2];
};

static bool name_at(size_t i, struct ward_wr *w)
{
	if (i < WARD_ARRAY_LEN(fixed_names)) {
		ward_wr_z(w, fixed_names[i]);
		return true;
	}
	if (i >= NAME_N)
		return false;
	const char *name =
		ward_modbus_function_name(class_function[i - WARD_ARRAY_LEN(fixed_names)]);

	ward_wr_z(w, "net.modbus.");
	for (; *name; name++)
		ward_wr_ch(w, *name == '-' ? '_' : *name);
	return true;
}

static uint32_t request_class(const struct ward_dissect *d, unsigned function)
{
	for (size_t i = 0; i < WARD_ARRAY_LEN(class_function); i++)
		if (class_function[i] == function)
			return d->name[WARD_ARRAY_LEN(fixed_names) + i];
	return d->name[NAME_CLASS_OTHER];
}

static uint32_t pick_class(const struct ward_dissect *d, const struct ward_modbus *m)
{
	if (!m->response)
		return request_class(d, m->function);
	if (m->exception.is)
		return d->name[NAME_CLASS_EXCEPTION];
	return m->n_object || m->server_id.len ? d->name[NAME_CLASS_IDENTITY]
					       : d->name[NAME_CLASS_ACK];
}

/* The name as text, or the number. */
static void put_named(const struct ward_dissect *d, enum name field, const char *name, unsigned v)
{
	if (name)
		ward_emit_z(d->net, d->name[field], name);
	else
		ward_emit_int(d->net, d->name[field], v);
}

static void put_optional(
	const struct ward_dissect *d, enum name field, const struct ward_modbus_optional *o)
{
	if (o->is)
		ward_emit_int(d->net, d->name[field], o->v);
}

static void put_text(const struct ward_dissect *d, enum name field, struct ward_slice s)
{
	char text[TEXT];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));

	ward_text_ascii(&w, s, sizeof(text));
	ward_emit_str(d->net, d->name[field], ward_wr_text(&w));
}

static void put_identity(const struct ward_dissect *d, const struct ward_modbus *m)
{
	for (size_t i = 0; i < m->n_object; i++)
		if (m->object[i].id <= NAME_OBJECT_6 - NAME_OBJECT_0)
			put_text(d, (enum name)(NAME_OBJECT_0 + m->object[i].id),
				m->object[i].value);
	if (m->n_object_seen)
		ward_emit_int(d->net, d->name[NAME_OBJECTS], (int64_t)m->n_object_seen);
	if (m->server_id.len)
		put_text(d, NAME_SERVER_ID, m->server_id);
}

static void put_values(const struct ward_dissect *d, const struct ward_modbus *m)
{
	struct ward_value *item = m->n_value ? ward_emit_items(d->net, m->n_value) : NULL;

	if (!item)
		return;
	for (size_t i = 0; i < m->n_value; i++)
		item[i] = ward_value_int(m->value[i]);
	ward_emit_list(d->net, d->name[NAME_VALUES], item, (uint32_t)m->n_value);
	if (m->n_value_seen > m->n_value)
		ward_emit_int(d->net, d->name[NAME_VALUES_SEEN], (int64_t)m->n_value_seen);
}

static void put_head(
	const struct ward_dissect *d, uint16_t transaction, unsigned unit, unsigned function)
{
	ward_emit_int(d->net, d->name[NAME_TRANSACTION], transaction);
	ward_emit_int(d->net, d->name[NAME_UNIT], unit);
	put_named(d, NAME_FUNCTION, ward_modbus_function_name(function), function);
	ward_emit_int(d->net, d->name[NAME_FUNCTION_CODE], function);
}

static void put_body(const struct ward_dissect *d, const struct ward_modbus *m)
{
	put_optional(d, NAME_ADDRESS, &m->address);
	put_optional(d, NAME_COUNT, &m->count);
	put_optional(d, NAME_WRITE_ADDRESS, &m->write_address);
	put_optional(d, NAME_WRITE_COUNT, &m->write_count);
	put_optional(d, NAME_BYTES, &m->bytes);
	if (m->diagnostic.is)
		put_named(d, NAME_DIAGNOSTIC, ward_modbus_diagnostic_name(m->diagnostic.v),
			m->diagnostic.v);
	put_optional(d, NAME_AND_MASK, &m->and_mask);
	put_optional(d, NAME_OR_MASK, &m->or_mask);
	put_optional(d, NAME_FILE, &m->file);
	put_optional(d, NAME_RECORD, &m->record);
	put_optional(d, NAME_MEI, &m->mei);
	put_optional(d, NAME_READ_CODE, &m->read_code);
	put_optional(d, NAME_OBJECT_ID, &m->object_id);
	put_optional(d, NAME_CONFORMITY, &m->conformity);
	if (m->more_follows.is)
		ward_emit_bool(d->net, d->name[NAME_MORE_FOLLOWS], m->more_follows.v != 0);
	if (m->exception.is)
		put_named(d, NAME_EXCEPTION, ward_modbus_exception_name(m->exception.v),
			m->exception.v);
	put_values(d, m);
	put_identity(d, m);
}

/* What does not fit together although each message is valid; NULL: nothing. */
static const char *anomaly(const struct ward_modbus *m, const struct pending *p)
{
	if (p->unit != m->unit)
		return "unit-differs";
	if (p->function != m->function)
		return "function-differs";
	if (m->address.is && p->address.is && m->address.v != p->address.v)
		return "address-differs";
	if (!m->bytes.is || !p->count.is)
		return NULL;
	switch (m->function) {
	case WARD_MODBUS_F_READ_COILS:
	case WARD_MODBUS_F_READ_DISCRETE:
		return m->bytes.v == (p->count.v + 7) / 8 ? NULL : "count-differs";
	case WARD_MODBUS_F_READ_HOLDING:
	case WARD_MODBUS_F_READ_INPUT:
	case WARD_MODBUS_F_READ_WRITE:
		return m->bytes.v == p->count.v * 2 ? NULL : "count-differs";
	default:
		return NULL;
	}
}

/* The request of this response, or NULL. */
static struct pending *request_of(struct flow *f, const struct ward_modbus *m)
{
	for (size_t back = 1; f && m->response && back <= PENDING; back++) {
		struct pending *p = &f->pending[(f->next + PENDING - back) % PENDING];

		if (p->open && p->transaction == m->transaction)
			return p;
	}
	return NULL;
}

static void put_join(
	const struct ward_dissect *d, const struct ward_modbus *m, const struct pending *p)
{
	const char *what;

	if (!p) {
		ward_emit_z(d->net, d->name[NAME_OUTCOME], "unrequested");
		return;
	}
	ward_emit_z(d->net, d->name[NAME_OUTCOME], m->exception.is ? "exception" : "ok");
	if (!m->address.is)
		put_optional(d, NAME_ADDRESS, &p->address);
	if (!m->count.is)
		put_optional(d, NAME_COUNT, &p->count);
	if (d->net->frame->time >= p->time)
		ward_emit_int(d->net, d->name[NAME_LATENCY], d->net->frame->time - p->time);
	what = anomaly(m, p);
	if (what)
		ward_emit_z(d->net, d->name[NAME_ANOMALY], what);
}

static void emit(const struct ward_dissect *d, const struct ward_modbus *m, const struct pending *p)
{
	if (!ward_emit_begin(d->net, pick_class(d, m)))
		return;
	ward_emit_packet(d->net, d->packet);
	put_head(d, m->transaction, m->unit, m->function);
	put_body(d, m);
	if (m->response && d->flow)
		put_join(d, m, p);
	if (m->n_unparsed)
		ward_emit_int(d->net, d->name[NAME_UNPARSED], (int64_t)m->n_unparsed);
	if (m->reason != WARD_MODBUS_REASON_N)
		ward_emit_z(d->net, d->name[NAME_MALFORMED], reasons[m->reason]);
	ward_emit_end(d->net);
}

/* A port says who serves better than who was heard first. */
static bool is_response(const struct ward_dissect *d)
{
	if ((d->packet->src_port == PORT) != (d->packet->dst_port == PORT))
		return d->packet->src_port == PORT;
	return !d->from_client;
}

static void emit_unanswered(const struct ward_dissect *d, const struct pending *p)
{
	if (!ward_dissect_hears(d, d->from_client == is_response(d)) ||
		!ward_emit_begin(d->net, d->name[NAME_CLASS_UNANSWERED]))
		return;
	if (is_response(d))
		ward_emit_packet_turned(d->net, d->packet);
	else
		ward_emit_packet(d->net, d->packet);
	put_head(d, p->transaction, p->unit, p->function);
	put_optional(d, NAME_ADDRESS, &p->address);
	put_optional(d, NAME_COUNT, &p->count);
	ward_emit_end(d->net);
}

/* Oldest first. */
static void over(struct ward_dissect *d)
{
	struct flow *f = d->flow;

	for (size_t i = 0; i < PENDING; i++) {
		struct pending *p = &f->pending[(f->next + i) % PENDING];

		if (p->open)
			emit_unanswered(d, p);
		p->open = false;
	}
}

/* 6.8.1: a device forced to listen only does not answer. */
static bool expects_response(const struct ward_modbus *m)
{
	return !(m->diagnostic.is && m->diagnostic.v == 4);
}

/* Takes the place of the oldest request; if that one was never answered, says so. */
static void remember(const struct ward_dissect *d, const struct ward_modbus *m)
{
	struct flow *f = d->flow;

	if (!f || m->response || !expects_response(m))
		return;
	struct pending *p = &f->pending[f->next];

	if (p->open)
		emit_unanswered(d, p);
	*p = (struct pending){.open = true,
		.unit = m->unit,
		.function = m->function,
		.transaction = m->transaction,
		.address = m->address,
		.count = m->count,
		.time = d->net->frame->time};
	f->next = (f->next + 1) % PENDING;
}

/* Whole messages to the last byte, in one direction. */
static bool whole_messages(struct ward_slice payload, bool response)
{
	struct ward_modbus m;
	size_t off = 0;

	for (unsigned i = 0; i < PROBE_MESSAGES && off < payload.len; i++) {
		struct ward_slice rest = ward_slice_of(payload.p + off, payload.len - off);

		if (!ward_modbus_parse(rest, response, &m) || m.n_unparsed)
			return false;
		off += m.size;
	}
	return off > 0;
}

static bool probe(struct ward_slice payload)
{
	return whole_messages(payload, false) || whole_messages(payload, true);
}

/* The last of some messages may be a front; of that only the header can be looked at. On its port
 * a message's content may be wrong. */
static enum ward_probe probe_stream(struct ward_slice payload)
{
	struct ward_modbus m;
	size_t off = 0;

	if (ward_modbus_frame(payload, &m) == WARD_MODBUS_NOT)
		return WARD_PROBE_NO;
	if (probe(payload))
		return WARD_PROBE_YES;
	for (unsigned i = 0; i < PROBE_MESSAGES && off < payload.len; i++) {
		struct ward_slice rest = ward_slice_of(payload.p + off, payload.len - off);

		switch (ward_modbus_frame(rest, &m)) {
		case WARD_MODBUS_MORE:
			return WARD_PROBE_MORE;
		case WARD_MODBUS_NOT:
			return WARD_PROBE_NO;
		case WARD_MODBUS_WHOLE:
		default:
			break;
		}
		off += m.size;
	}
	return WARD_PROBE_ON_PORT;
}

static enum ward_verdict refuse(struct ward_dissect *d, enum ward_modbus_reason reason, size_t off)
{
	d->reason = reason;
	d->off = off;
	return d->trusted ? WARD_VERDICT_MALFORMED : WARD_VERDICT_FOREIGN;
}

/* One whole message of m->size bytes. */
static enum ward_verdict message(
	struct ward_dissect *d, struct ward_slice payload, struct ward_modbus *m)
{
	bool good = ward_modbus_parse(payload, is_response(d), m);
	struct pending *p = request_of(d->flow, m);

	/* On a port of something else only what is right to the last byte counts. */
	if (!d->trusted && (!good || m->n_unparsed))
		return WARD_VERDICT_FOREIGN;
	emit(d, m, p);
	if (p)
		p->open = false;
	remember(d, m);
	if (d->flow && good)
		((struct flow *)d->flow)->seen = true;
	d->net->count[WARD_NET_UNPARSED] += m->n_unparsed;
	d->used = m->size;
	return good ? WARD_VERDICT_OK : refuse(d, m->reason, m->off);
}

/* Bytes are missing or make no sense: look for the next begin, if this ever was Modbus. */
static bool lose(const struct ward_dissect *d)
{
	struct flow *f = d->flow;

	if (!f || !f->seen)
		return false;
	f->lost[is_response(d)] = true;
	return true;
}

/* After a gap: only a payload that is whole messages is a begin. Modbus sends each message in its
 * own segment, so one is soon found. */
static bool found_again(struct ward_dissect *d, struct ward_slice payload)
{
	struct flow *f = d->flow;
	bool response = is_response(d);

	if (f && f->lost[response] && !whole_messages(payload, response))
		return false;
	if (f)
		f->lost[response] = false;
	return true;
}

/* Does the message answer the other side's only one, or the other way round? */
static bool fits(const struct lone *l, const struct ward_modbus *m)
{
	return l->is && l->transaction == m->transaction && l->unit == m->unit &&
	       l->function == m->function;
}

/* On a port of something else: an answer to what the other side asked, or two messages. */
static enum ward_verdict be_sure(struct ward_dissect *d, struct ward_slice payload, size_t size)
{
	struct flow *f = d->flow;
	bool response = is_response(d);
	struct ward_slice rest = ward_slice_of(payload.p + size, payload.len - size);
	struct ward_modbus one, next;

	if (!f || !ward_modbus_parse(ward_slice_of(payload.p, size), response, &one) ||
		one.n_unparsed)
		return WARD_VERDICT_FOREIGN;
	if (fits(&f->lone[!response], &one)) {
		f->sure = true;
		d->other_first = response; /* what was asked is told first */
		return response ? WARD_VERDICT_MORE : WARD_VERDICT_OK;
	}
	f->lone[response] = (struct lone){true, one.unit, one.function, one.transaction};
	switch (ward_modbus_frame(rest, &next)) {
	case WARD_MODBUS_WHOLE:
		f->sure = ward_modbus_parse(rest, response, &next) && !next.n_unparsed;
		return f->sure ? WARD_VERDICT_OK : WARD_VERDICT_FOREIGN;
	case WARD_MODBUS_NOT:
		return WARD_VERDICT_FOREIGN;
	case WARD_MODBUS_MORE:
	default:
		return d->end ? WARD_VERDICT_FOREIGN : WARD_VERDICT_MORE;
	}
}

static enum ward_verdict parse_stream(struct ward_dissect *d, struct ward_slice payload)
{
	const struct flow *f = d->flow;
	struct ward_modbus m;

	if (!found_again(d, payload)) {
		d->used = payload.len;
		return payload.len ? WARD_VERDICT_OK : WARD_VERDICT_MORE;
	}
	switch (ward_modbus_frame(payload, &m)) {
	case WARD_MODBUS_NOT:
		if (lose(d))
			d->used = payload.len;
		return refuse(d, m.reason, m.off);
	case WARD_MODBUS_MORE:
		d->need = m.size;
		return WARD_VERDICT_MORE;
	case WARD_MODBUS_WHOLE:
	default:
		break;
	}
	enum ward_verdict v =
		d->trusted || (f && f->sure) ? WARD_VERDICT_OK : be_sure(d, payload, m.size);

	return v == WARD_VERDICT_OK ? message(d, payload, &m) : v;
}

static enum ward_verdict parse_datagram(struct ward_dissect *d, struct ward_slice payload)
{
	struct ward_modbus m;
	enum ward_verdict verdict;

	switch (ward_modbus_frame(payload, &m)) {
	case WARD_MODBUS_NOT:
		return refuse(d, m.reason, m.off);
	case WARD_MODBUS_MORE:
		return d->partial ? WARD_VERDICT_MORE
				  : refuse(d, WARD_MODBUS_MBAP_SHORT, payload.len);
	case WARD_MODBUS_WHOLE:
	default:
		break;
	}
	if (!d->trusted && m.size != payload.len)
		return WARD_VERDICT_FOREIGN;
	verdict = message(d, payload, &m);
	if (verdict == WARD_VERDICT_OK && m.size != payload.len)
		return refuse(d, WARD_MODBUS_BODY_LONG, m.size);
	return verdict;
}

static bool gap(struct ward_dissect *d, uint64_t lost)
{
	(void)lost;
	return lose(d);
}

const struct ward_dissector ward_dissect_modbus = {
	.name = "modbus",
	.kind = WARD_DISSECT_BUILDING,
	.title = "Modbus/TCP",
	.standard = "Modbus Application Protocol V1.1b3 clauses 6 and 7",
	.reads = "every function with addresses, counts and written values, exceptions, device "
		 "identification",
	.proto = WARD_PROTO_TCP,
	.port = {PORT},
	.probe_stream = probe_stream,
	.weak = true,
	.parse = parse_stream,
	.gap = gap,
	.over = over,
	.flow_bytes = sizeof(struct flow),
	.reason = reasons,
	.n_reason = WARD_ARRAY_LEN(reasons),
	.name_at = name_at,
};

const struct ward_dissector ward_dissect_modbus_udp = {
	.name = "modbus",
	.kind = WARD_DISSECT_BUILDING,
	.title = "Modbus over UDP",
	.standard = "Modbus Application Protocol V1.1b3 clauses 6 and 7",
	.reads = "as Modbus/TCP",
	.proto = WARD_PROTO_UDP,
	.port = {PORT},
	.probe = probe,
	.parse = parse_datagram,
	.reason = reasons,
	.n_reason = WARD_ARRAY_LEN(reasons),
	.name_at = name_at,
};
