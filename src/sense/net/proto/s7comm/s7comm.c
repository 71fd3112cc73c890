#include "sense/net/proto/s7comm/s7comm.h"
#include "sense/net/proto/dissectors.h"
#include "sense/net/proto/tpkt/stream.h"

#include "sense/net/emit.h"
#include "sense/net/login.h"
#include "sense/net/text.h"

enum {
	PORT = 102,
	PENDING = 8, /* jobs at once: no controller takes more */
	TEXT = 64,
	TSAP_RACK = 5, /* bits: above the slot */
	TSAP_SLOT = 0x1f,
	PASSWORD = 0x501,
};

/* Fields and classes: X(IDENT, "name") */
#define NAME_LIST(X)                                 \
	X(CALLING, "s7comm.calling_tsap")            \
	X(CALLED, "s7comm.called_tsap")              \
	X(CONNECTION, "s7comm.connection_type")      \
	X(RACK, "s7comm.rack")                       \
	X(SLOT, "s7comm.slot")                       \
	X(FIRMWARE, "s7comm.firmware")               \
	X(AREA, "s7comm.area")                       \
	X(DB, "s7comm.db")                           \
	X(ADDRESS, "s7comm.address")                 \
	X(COUNT, "s7comm.count")                     \
	X(TRANSPORT, "s7comm.transport_size")        \
	X(VALUES, "s7comm.values")                   \
	X(RESULTS, "s7comm.results")                 \
	X(OUTCOME, "s7comm.outcome")                 \
	X(LATENCY, "s7comm.latency_ns")              \
	X(MALFORMED, "s7comm.malformed")             \
	X(CLASS_CONNECT, "net.s7comm.connect")       \
	X(CLASS_CONNECTED, "net.s7comm.connected")   \
	X(CLASS_DISCONNECT, "net.s7comm.disconnect") \
	X(CLASS_SEGMENTED, "net.s7comm.segmented")   \
	X(CLASS_ACK, "net.s7comm.ack")               \
	X(CLASS_IDENTITY, "net.s7comm.identity")     \
	X(CLASS_UNANSWERED, "net.s7comm.unanswered") \
	X(CLASS_OTHER, "net.s7comm.other")

enum name {
#define X(IDENT, name) NAME_##IDENT,
	NAME_LIST(X)
#undef X
		NAME_NUMBER, /* then numbers and texts of s7comm.h, classes by function and group */
};

static const char *const names[] = {
#define X(IDENT, name) name,
	NAME_LIST(X)
#undef X
#define X(IDENT, name, format) name,
		WARD_S7COMM_NUMBER_LIST(X)
#undef X
#define X(IDENT, name) name,
			WARD_S7COMM_TEXT_LIST(X)
#undef X
#define X(IDENT, code, name, job, answer) "net.s7comm." name,
				WARD_S7COMM_FUNCTION_LIST(X)
#undef X
#define X(IDENT, code, name) "net.s7comm." name,
					WARD_S7COMM_GROUP_LIST(X)
#undef X
};

static const uint8_t function_code[] = {
#define X(IDENT, code, name, job, answer) code,
	WARD_S7COMM_FUNCTION_LIST(X)
#undef X
};

static const uint8_t group_code[] = {
#define X(IDENT, code, name) code,
	WARD_S7COMM_GROUP_LIST(X)
#undef X
};

enum {
	NAME_TEXT = (int)NAME_NUMBER + (int)WARD_S7COMM_NUMBERS,
	CLASS_FUNCTION = NAME_TEXT + (int)WARD_S7COMM_TEXTS,
	CLASS_GROUP = CLASS_FUNCTION + (int)WARD_ARRAY_LEN(function_code),
};

static const uint8_t number_format[] = {
#define X(IDENT, name, format) WARD_S7COMM_AS_##format,
	WARD_S7COMM_NUMBER_LIST(X)
#undef X
};

static const char *const reasons[] = {
#define X(IDENT, name) name,
	WARD_S7COMM_REASON_LIST(X)
#undef X
};

/* A job or a request of user data without its answer yet. */
struct pending {
	bool open, from_client;
	bool goes_on; /* asks for what did not fit into the answer before */
	uint16_t reference;
	struct ward_s7comm_optional function, group, subfunction;
	ward_ns time;
};

struct flow {
	struct pending pending[PENDING];
	size_t next; /* place of the next request: the oldest one's */
	struct ward_tpkt_stream stream;
	bool middle[2]; /* by side: within a PDU that goes over several TPDUs */
};

static bool name_at(size_t i, struct ward_wr *w)
{
	if (i >= WARD_ARRAY_LEN(names))
		return false;
	ward_wr_z(w, names[i]);
	return true;
}

static bool is_answer(const struct ward_s7comm *m)
{
	uint32_t rosctr = m->n[WARD_S7COMM_N_ROSCTR].v;

	return rosctr == WARD_S7COMM_ACK || rosctr == WARD_S7COMM_ACK_DATA ||
	       (rosctr == WARD_S7COMM_USERDATA &&
		       ward_s7comm_answers(m->n[WARD_S7COMM_N_DIRECTION].v));
}

static bool is_request(const struct ward_s7comm *m)
{
	uint32_t rosctr = m->n[WARD_S7COMM_N_ROSCTR].v;

	return rosctr == WARD_S7COMM_JOB ||
	       (rosctr == WARD_S7COMM_USERDATA &&
		       ward_s7comm_asks(m->n[WARD_S7COMM_N_DIRECTION].v));
}

static bool identifies(const struct ward_s7comm *m)
{
	bool is = m->firmware.len != 0;

	for (size_t i = WARD_S7COMM_T_ORDER_NUMBER; i < WARD_S7COMM_TEXTS; i++)
		is |= m->text[i].len != 0;
	return is;
}

static uint32_t pick_class(const struct ward_dissect *d, const struct ward_s7comm *m)
{
	if (is_answer(m))
		return d->name[identifies(m) ? NAME_CLASS_IDENTITY : NAME_CLASS_ACK];
	for (size_t i = 0; i < WARD_ARRAY_LEN(function_code); i++)
		if (m->n[WARD_S7COMM_N_FUNCTION].is &&
			function_code[i] == m->n[WARD_S7COMM_N_FUNCTION].v)
			return d->name[CLASS_FUNCTION + i];
	for (size_t i = 0; i < WARD_ARRAY_LEN(group_code); i++)
		if (m->n[WARD_S7COMM_N_GROUP].is && group_code[i] == m->n[WARD_S7COMM_N_GROUP].v)
			return d->name[CLASS_GROUP + i];
	return d->name[NAME_CLASS_OTHER];
}

static struct ward_value named(enum ward_s7comm_format format, uint32_t v)
{
	const char *text = ward_s7comm_name(format, v);

	return text ? ward_value_str(ward_str_z(text)) : ward_value_int(v);
}

static void put_number(const struct ward_dissect *d, size_t i, const struct ward_s7comm_optional *o)
{
	const char *text = ward_s7comm_name(number_format[i], o->v);

	if (!o->is)
		return;
	if (text)
		ward_emit_z(d->net, d->name[NAME_NUMBER + i], text);
	else
		ward_emit_int(d->net, d->name[NAME_NUMBER + i], o->v);
}

static void put_text(const struct ward_dissect *d, uint32_t name, struct ward_slice s)
{
	char text[TEXT];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));

	if (!s.len)
		return;
	ward_text_ascii(&w, s, sizeof(text));
	ward_emit_str(d->net, name, ward_wr_text(&w));
}

static struct ward_value area_of(const struct ward_s7comm_item *i)
{
	return named(WARD_S7COMM_AS_AREA, i->area);
}
static struct ward_value db_of(const struct ward_s7comm_item *i)
{
	return ward_value_int(i->db);
}
static struct ward_value address_of(const struct ward_s7comm_item *i)
{
	return ward_value_int(i->address);
}
static struct ward_value count_of(const struct ward_s7comm_item *i)
{
	return ward_value_int(i->count);
}
static struct ward_value transport_of(const struct ward_s7comm_item *i)
{
	return named(WARD_S7COMM_AS_TRANSPORT, i->transport);
}

/* Lists of equal length, one value per item. */
static void put_items(const struct ward_dissect *d, const struct ward_s7comm *m)
{
	static const struct {
		enum name name;
		struct ward_value (*of)(const struct ward_s7comm_item *i);
	} column[] = {{NAME_AREA, area_of}, {NAME_DB, db_of}, {NAME_ADDRESS, address_of},
		{NAME_COUNT, count_of}, {NAME_TRANSPORT, transport_of}};

	for (size_t c = 0; m->n_item && c < WARD_ARRAY_LEN(column); c++) {
		struct ward_value *item = ward_emit_items(d->net, m->n_item);

		if (!item)
			return;
		for (size_t i = 0; i < m->n_item; i++)
			item[i] = column[c].of(&m->item[i]);
		ward_emit_list(d->net, d->name[column[c].name], item, (uint32_t)m->n_item);
	}
}

/* Hexadecimal, cut. */
static void put_values(const struct ward_dissect *d, const struct ward_s7comm *m)
{
	struct ward_value *item = NULL;

	if (m->n[WARD_S7COMM_N_FUNCTION].v == WARD_S7COMM_F_WRITE_VAR && m->n_item)
		item = ward_emit_items(d->net, m->n_item);
	if (!item)
		return;
	for (size_t i = 0; i < m->n_item; i++) {
		struct ward_slice v = m->item[i].value;
		char text[2 * WARD_S7COMM_VALUE];
		struct ward_wr w = ward_wr_fixed(text, sizeof(text));

		ward_wr_hex(&w,
			ward_slice_of(v.p, v.len < WARD_S7COMM_VALUE ? v.len : WARD_S7COMM_VALUE));
		struct ward_str copy = ward_arena_str(&d->net->arena, ward_wr_text(&w));

		item[i] = ward_value_str(copy.p ? copy : WARD_STR(""));
	}
	ward_emit_list(d->net, d->name[NAME_VALUES], item, (uint32_t)m->n_item);
}

static void put_results(const struct ward_dissect *d, const struct ward_s7comm *m)
{
	struct ward_value *item = m->n_result ? ward_emit_items(d->net, m->n_result) : NULL;

	if (!item)
		return;
	for (size_t i = 0; i < m->n_result; i++)
		item[i] = named(WARD_S7COMM_AS_RETURN, m->result[i]);
	ward_emit_list(d->net, d->name[NAME_RESULTS], item, (uint32_t)m->n_result);
}

static void put_body(const struct ward_dissect *d, const struct ward_s7comm *m)
{
	char text[TEXT];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));

	for (size_t i = 0; i < WARD_S7COMM_NUMBERS; i++)
		put_number(d, i, &m->n[i]);
	for (size_t i = 0; i < WARD_S7COMM_TEXTS; i++)
		put_text(d, d->name[NAME_TEXT + i], m->text[i]);
	if (m->firmware.len == 3) {
		ward_wr_printf(
			&w, "%u.%u.%u", m->firmware.p[0], m->firmware.p[1], m->firmware.p[2]);
		ward_emit_str(d->net, d->name[NAME_FIRMWARE], ward_wr_text(&w));
	}
	put_items(d, m);
	put_values(d, m);
	put_results(d, m);
}

/* The request that the other side sent and this answers, or NULL. */
static struct pending *request_of(const struct ward_dissect *d, const struct ward_s7comm *m)
{
	struct flow *f = d->flow;

	for (size_t back = 1; is_answer(m) && back <= PENDING; back++) {
		struct pending *p = &f->pending[(f->next + PENDING - back) % PENDING];

		if (p->open && p->from_client != d->from_client &&
			p->reference == m->n[WARD_S7COMM_N_REFERENCE].v)
			return p;
	}
	return NULL;
}

static bool went_well(const struct ward_s7comm *m)
{
	bool good = m->n[WARD_S7COMM_N_ERROR].v == 0;

	for (size_t i = 0; i < m->n_result; i++)
		good &= m->result[i] == WARD_S7COMM_SUCCESS;
	return good;
}

static void put_join(
	const struct ward_dissect *d, const struct ward_s7comm *m, const struct pending *p)
{
	if (!p) {
		ward_emit_z(d->net, d->name[NAME_OUTCOME], "unrequested");
		return;
	}
	if (!m->n[WARD_S7COMM_N_FUNCTION].is)
		put_number(d, WARD_S7COMM_N_FUNCTION, &p->function);
	ward_emit_z(d->net, d->name[NAME_OUTCOME], went_well(m) ? "ok" : "error");
	if (d->net->frame->time >= p->time)
		ward_emit_int(d->net, d->name[NAME_LATENCY], d->net->frame->time - p->time);
}

static void emit(const struct ward_dissect *d, const struct ward_s7comm *m, const struct pending *p)
{
	if (!ward_emit_begin(d->net, pick_class(d, m)))
		return;
	ward_emit_packet(d->net, d->packet);
	put_body(d, m);
	if (is_answer(m))
		put_join(d, m, p);
	if (m->reason != WARD_S7COMM_REASON_N)
		ward_emit_z(d->net, d->name[NAME_MALFORMED], reasons[m->reason]);
	ward_emit_end(d->net);
}

static void emit_unanswered(const struct ward_dissect *d, const struct pending *p)
{
	if (!ward_dissect_hears(d, !p->from_client) ||
		!ward_emit_begin(d->net, d->name[NAME_CLASS_UNANSWERED]))
		return;
	if (p->from_client == d->from_client)
		ward_emit_packet(d->net, d->packet);
	else
		ward_emit_packet_turned(d->net, d->packet);
	ward_emit_int(d->net, d->name[NAME_NUMBER + WARD_S7COMM_N_REFERENCE], p->reference);
	put_number(d, WARD_S7COMM_N_FUNCTION, &p->function);
	put_number(d, WARD_S7COMM_N_GROUP, &p->group);
	put_number(d, WARD_S7COMM_N_SUBFUNCTION, &p->subfunction);
	ward_emit_end(d->net);
}

/* The answer says whether the password was right. It is only scrambled on the wire. */
static void emit_login(
	const struct ward_dissect *d, const struct ward_s7comm *m, const struct pending *p)
{
	struct ward_login login = {.method = "password",
		.outcome = went_well(m) ? WARD_LOGIN_OK : WARD_LOGIN_FAILED,
		.cleartext = true};

	if (p->subfunction.is && p->subfunction.v == PASSWORD)
		ward_emit_login(d, &login, true);
}

/* Takes the place of the oldest request; if that one was never answered, says so. */
static void remember(const struct ward_dissect *d, const struct ward_s7comm *m)
{
	struct flow *f = d->flow;
	struct pending *p = &f->pending[f->next];

	if (p->open)
		emit_unanswered(d, p);
	*p = (struct pending){.open = true,
		.from_client = d->from_client,
		.goes_on = m->n[WARD_S7COMM_N_DATA_UNIT].is,
		.reference = (uint16_t)m->n[WARD_S7COMM_N_REFERENCE].v,
		.function = m->n[WARD_S7COMM_N_FUNCTION],
		.group = m->n[WARD_S7COMM_N_GROUP],
		.subfunction = m->n[WARD_S7COMM_N_SUBFUNCTION],
		.time = d->net->frame->time};
	f->next = (f->next + 1) % PENDING;
}

static void end_of_side(const struct ward_dissect *d)
{
	struct flow *f = d->flow;

	for (size_t i = 0; i < PENDING; i++) {
		struct pending *p = &f->pending[(f->next + i) % PENDING];

		if (!p->open || p->from_client == d->from_client)
			continue;
		emit_unanswered(d, p);
		p->open = false;
	}
}

/* Text when it is one, as S7-1200 and later use it; otherwise hexadecimal. */
static void put_tsap(const struct ward_dissect *d, enum name field, struct ward_slice s)
{
	char text[2 * TEXT];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));

	if (!s.len)
		return;
	s.len = s.len < TEXT ? s.len : TEXT;
	if (s.len > 2)
		ward_text_ascii(&w, s, TEXT);
	else
		ward_wr_hex(&w, s);
	ward_emit_str(d->net, d->name[field], ward_wr_text(&w));
}

static void emit_transport(const struct ward_dissect *d, const struct ward_tpkt *t, enum name class)
{
	struct ward_slice calling, called;

	if (!ward_emit_begin(d->net, d->name[class]))
		return;
	ward_emit_packet(d->net, d->packet);
	if (ward_cotp_parameter(t->variable, WARD_COTP_CALLING, &calling) &&
		ward_cotp_parameter(t->variable, WARD_COTP_CALLED, &called)) {
		put_tsap(d, NAME_CALLING, calling);
		put_tsap(d, NAME_CALLED, called);
		const char *type =
			called.len == 2 ? ward_s7comm_name(WARD_S7COMM_AS_CONNECTION, called.p[0])
					: NULL;

		if (type) {
			ward_emit_z(d->net, d->name[NAME_CONNECTION], type);
			ward_emit_int(d->net, d->name[NAME_RACK], called.p[1] >> TSAP_RACK);
			ward_emit_int(d->net, d->name[NAME_SLOT], called.p[1] & TSAP_SLOT);
		}
	}
	ward_emit_end(d->net);
}

static enum ward_verdict refuse(struct ward_dissect *d, enum ward_s7comm_reason reason, size_t off)
{
	d->reason = reason;
	d->off = off;
	return d->trusted ? WARD_VERDICT_MALFORMED : WARD_VERDICT_FOREIGN;
}

static enum ward_verdict pdu(struct ward_dissect *d, const struct ward_tpkt *t)
{
	struct flow *f = d->flow;
	struct ward_s7comm m;
	bool good = ward_s7comm_parse(t->data, &m);

	if (!f->stream.seen && !good && (!d->trusted || m.reason == WARD_S7COMM_PROTOCOL))
		return WARD_VERDICT_FOREIGN;
	struct pending *p = request_of(d, &m);

	/* What goes on does not begin with a list's head. */
	if (p && p->goes_on) {
		m.n[WARD_S7COMM_N_SZL_ID].is = m.n[WARD_S7COMM_N_SZL_INDEX].is = false;
		memset(m.text, 0, sizeof(m.text));
		m.firmware.len = 0;
	}
	if (m.reason != WARD_S7COMM_PROTOCOL)
		emit(d, &m, p);
	if (p && m.n[WARD_S7COMM_N_DATA_UNIT].is)
		emit_login(d, &m, p);
	if (p)
		p->open = false;
	if (good && is_request(&m))
		remember(d, &m);
	f->stream.seen |= good;
	d->used = t->size;
	return good ? WARD_VERDICT_OK : refuse(d, m.reason, t->data_off + m.off);
}

/* Data that goes over several TPDUs: S7comm's own limit of a PDU keeps it from that, so it is told.
 */
static enum ward_verdict data(struct ward_dissect *d, const struct ward_tpkt *t)
{
	struct flow *f = d->flow;
	bool middle = f->middle[d->from_client];

	d->used = t->size;
	f->middle[d->from_client] = !t->last && (middle || t->data.len);
	/* Without data it acknowledges, in some controllers' way. */
	if (middle || !t->data.len)
		return WARD_VERDICT_OK;
	if (t->last)
		return pdu(d, t);
	if (!f->stream.seen && t->data.p[0] != WARD_S7COMM_ID)
		return WARD_VERDICT_FOREIGN;
	emit_transport(d, t, NAME_CLASS_SEGMENTED);
	return WARD_VERDICT_OK;
}

static enum ward_verdict packet(struct ward_dissect *d, const struct ward_tpkt *t)
{
	switch (t->code) {
	case WARD_COTP_CR:
		emit_transport(d, t, NAME_CLASS_CONNECT);
		break;
	case WARD_COTP_CC:
		emit_transport(d, t, NAME_CLASS_CONNECTED);
		break;
	case WARD_COTP_DR:
		emit_transport(d, t, NAME_CLASS_DISCONNECT);
		break;
	case WARD_COTP_DT:
		return data(d, t);
	default:
		break;
	}
	d->used = t->size;
	return WARD_VERDICT_OK;
}

static enum ward_verdict one(struct ward_dissect *d, struct ward_slice payload)
{
	struct flow *f = d->flow;
	struct ward_tpkt t;
	enum ward_verdict v = ward_tpkt_next(d, &f->stream, payload, WARD_S7COMM_ID, &t);

	if (v == WARD_VERDICT_MALFORMED)
		return refuse(
			d, t.reason == WARD_TPKT_TPDU ? WARD_S7COMM_TPDU : WARD_S7COMM_TPKT, t.off);
	return v == WARD_VERDICT_OK && t.size ? packet(d, &t) : v;
}

static enum ward_verdict parse(struct ward_dissect *d, struct ward_slice payload)
{
	enum ward_verdict v = one(d, payload);

	if (d->end && (v == WARD_VERDICT_MORE || (v == WARD_VERDICT_OK && d->used >= payload.len)))
		end_of_side(d);
	return v;
}

static enum ward_probe probe(struct ward_slice payload)
{
	return ward_tpkt_probe(payload, WARD_S7COMM_ID);
}

static bool gap(struct ward_dissect *d, uint64_t lost)
{
	struct flow *f = d->flow;

	(void)lost;
	f->stream.lost[d->from_client] = true;
	f->middle[d->from_client] = false;
	return f->stream.seen;
}

const struct ward_dissector ward_dissect_s7comm = {
	.name = "s7comm",
	.kind = WARD_DISSECT_BUILDING,
	.title = "S7comm",
	.standard = "RFC 1006 clause 6, ISO 8073 clause 13; S7comm itself has no public document",
	.reads = "connections with rack and slot, reads and writes with area and address, stop, "
		 "start, "
		 "download and upload of blocks, functions of programming devices, who the "
		 "controller "
		 "is",
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
