#include "sense/net/proto/iec104/iec104.h"

#include "sense/net/emit.h"
#include "sense/net/proto/dissectors.h"

#include <math.h>
#include <stdio.h>

enum { PORT = 2404, PENDING = 16, SEQUENCE = 0x7fff };

/* Fields and classes beyond the types: X(IDENT, "name") */
#define NAME_LIST(X)                          \
	X(FUNCTION, "iec104.function")        \
	X(SEND, "iec104.send_sequence")       \
	X(RECEIVE, "iec104.receive_sequence") \
	X(TYPE, "iec104.type")                \
	X(TYPE_ID, "iec104.type_id")          \
	X(CAUSE, "iec104.cause")              \
	X(CAUSE_CODE, "iec104.cause_code")    \
	X(NEGATIVE, "iec104.negative")        \
	X(TEST, "iec104.test")                \
	X(ORIGINATOR, "iec104.originator")    \
	X(ADDRESS, "iec104.common_address")   \
	X(OBJECTS, "iec104.objects")          \
	X(IOA, "iec104.ioa")                  \
	X(COMMAND, "iec104.command")          \
	X(QUALIFIER, "iec104.qualifier")      \
	X(SELECT, "iec104.select")            \
	X(VALUE, "iec104.value")              \
	X(TIME, "iec104.time")                \
	X(OUTCOME, "iec104.outcome")          \
	X(LATENCY, "iec104.latency_ns")       \
	X(ANOMALY, "iec104.anomaly")          \
	X(UNPARSED, "iec104.unparsed_bytes")  \
	X(CLASS_U, "net.iec104.u")            \
	X(CLASS_OTHER, "net.iec104.other")    \
	X(CLASS_UNANSWERED, "net.iec104.unanswered")

enum name {
#define X(IDENT, name) NAME_##IDENT,
	NAME_LIST(X)
#undef X
		NAME_CLASS, /* then a class per type */
};

static const char *const names[] = {
#define X(IDENT, name) name,
	NAME_LIST(X)
#undef X
#define X(NAME, code, bytes) "net.iec104." #NAME,
		WARD_IEC104_TYPE_LIST(X)
#undef X
};

static const uint8_t class_type[] = {
#define X(NAME, code, bytes) code,
	WARD_IEC104_TYPE_LIST(X)
#undef X
};

static const char *const reasons[] = {
#define X(IDENT, name) name,
	WARD_IEC104_REASON_LIST(X)
#undef X
};

/* A command without its confirmation yet. */
struct pending {
	bool open;
	uint8_t side, type, cause;
	uint16_t common_address;
	uint32_t ioa;
	ward_ns time;
};

struct flow {
	struct pending pending[PENDING];
	size_t next;                           /* place of the next: the oldest one's */
	struct ward_iec104_optional expect[2]; /* by side: the next send sequence number */
	bool lost[2];                          /* by side: a begin must be found again */
	bool seen;                             /* an APDU was there */
};

static bool name_at(size_t i, struct ward_wr *w)
{
	if (i >= WARD_ARRAY_LEN(names))
		return false;
	ward_wr_z(w, names[i]);
	return true;
}

static unsigned side_of(const struct ward_dissect *d)
{
	return !d->from_client;
}

static uint32_t pick_class(const struct ward_dissect *d, const struct ward_iec104 *m)
{
	if (m->format == WARD_IEC104_U)
		return d->name[NAME_CLASS_U];
	for (size_t i = 0; i < WARD_ARRAY_LEN(class_type); i++)
		if (class_type[i] == m->type)
			return d->name[(size_t)NAME_CLASS + i];
	return d->name[NAME_CLASS_OTHER];
}

static void put_int(const struct ward_dissect *d, enum name field, int64_t v)
{
	ward_emit_int(d->net, d->name[field], v);
}

static void put_optional(
	const struct ward_dissect *d, enum name field, const struct ward_iec104_optional *o)
{
	if (o->is)
		put_int(d, field, o->v);
}

/* The name as text, or the number. */
static void put_named(const struct ward_dissect *d, enum name field, const char *name, int64_t v)
{
	if (name)
		ward_emit_z(d->net, d->name[field], name);
	else
		put_int(d, field, v);
}

static void put_flag(const struct ward_dissect *d, enum name field, bool v)
{
	if (v)
		ward_emit_bool(d->net, d->name[field], true);
}

/* 101 clause 7.2.6.18: milliseconds, minute, hour, day, month, year of the century. */
static void put_time(const struct ward_dissect *d, struct ward_slice s)
{
	struct ward_rd r = ward_rd_slice(s);
	unsigned ms = ward_rd_le16(&r), minute = ward_rd_u8(&r) & 63, hour = ward_rd_u8(&r) & 31,
		 day = ward_rd_u8(&r) & 31, month = ward_rd_u8(&r) & 15,
		 year = ward_rd_u8(&r) & 127;
	char text[48];

	if (ward_rd_bad(&r) || !s.len)
		return;
	int len = snprintf(text, sizeof(text), "20%02u-%02u-%02u %02u:%02u:%02u.%03u", year, month,
		day, hour, minute, ms / 1000, ms % 1000);

	ward_emit_str(d->net, d->name[NAME_TIME], (struct ward_str){text, (size_t)len});
}

static void put_value(const struct ward_dissect *d, const struct ward_iec104 *m)
{
	char text[40];
	struct ward_value *v = m->value.is ? ward_emit_items(d->net, 1) : NULL;

	if (!v)
		return;
	if (m->is_real) {
		int len = snprintf(text, sizeof(text), "%.9g", m->real);

		*v = ward_value_str(
			ward_arena_str(&d->net->arena, (struct ward_str){text, (size_t)len}));
		if (!v->s.p)
			return;
		if (isfinite(m->real))
			v->kind = WARD_VALUE_NUM;
	} else {
		*v = ward_value_int(m->value.v);
	}
	ward_emit_list(d->net, d->name[NAME_VALUE], v, 1);
}

static void put_asdu(const struct ward_dissect *d, const struct ward_iec104 *m)
{
	const char *type = ward_iec104_type_name(m->type);
	struct ward_value *item = m->n_ioa ? ward_emit_items(d->net, m->n_ioa) : NULL;

	put_int(d, NAME_SEND, m->send);
	put_int(d, NAME_RECEIVE, m->receive);
	put_named(d, NAME_TYPE, type, m->type);
	put_int(d, NAME_TYPE_ID, m->type);
	put_named(d, NAME_CAUSE, ward_iec104_cause_name(m->cause), m->cause);
	put_int(d, NAME_CAUSE_CODE, m->cause);
	put_flag(d, NAME_NEGATIVE, m->negative);
	put_flag(d, NAME_TEST, m->test);
	put_int(d, NAME_ORIGINATOR, m->originator);
	put_int(d, NAME_ADDRESS, m->common_address);
	put_int(d, NAME_OBJECTS, m->n_object);
	for (size_t i = 0; item && i < m->n_ioa; i++)
		item[i] = ward_value_int(m->ioa[i]);
	if (item)
		ward_emit_list(d->net, d->name[NAME_IOA], item, (uint32_t)m->n_ioa);
	if (m->command)
		ward_emit_z(d->net, d->name[NAME_COMMAND], m->command);
	put_optional(d, NAME_QUALIFIER, &m->qualifier);
	if (m->select.is)
		ward_emit_bool(d->net, d->name[NAME_SELECT], m->select.v != 0);
	put_value(d, m);
	put_time(d, m->time);
	if (m->n_unparsed)
		put_int(d, NAME_UNPARSED, (int64_t)m->n_unparsed);
}

static bool is_refusal(const struct ward_iec104 *m)
{
	return m->cause >= WARD_IEC104_UNKNOWN_TYPE;
}

static bool is_confirmation(const struct ward_iec104 *m)
{
	return m->cause == WARD_IEC104_ACTIVATION_CON || m->cause == WARD_IEC104_DEACTIVATION_CON ||
	       is_refusal(m);
}

/* The command that this confirms, or NULL. */
static struct pending *command_of(const struct ward_dissect *d, const struct ward_iec104 *m)
{
	struct flow *f = d->flow;

	if (!f || m->format != WARD_IEC104_I || !is_confirmation(m))
		return NULL;
	for (size_t back = 1; back <= PENDING; back++) {
		struct pending *p = &f->pending[(f->next + PENDING - back) % PENDING];

		if (p->open && p->side != side_of(d) && p->type == m->type &&
			(is_refusal(m) || p->cause + 1 == m->cause) &&
			p->common_address == m->common_address && p->ioa == m->ioa[0])
			return p;
	}
	return NULL;
}

static void put_join(
	const struct ward_dissect *d, const struct ward_iec104 *m, const struct pending *p)
{
	if (m->format != WARD_IEC104_I || !is_confirmation(m) || !d->flow)
		return;
	if (!p)
		ward_emit_z(d->net, d->name[NAME_OUTCOME], "unrequested");
	else
		ward_emit_z(d->net, d->name[NAME_OUTCOME],
			is_refusal(m) ? "rejected"
			: m->negative ? "refused"
				      : "ok");
	if (p && d->net->frame->time >= p->time)
		put_int(d, NAME_LATENCY, d->net->frame->time - p->time);
}

/* 5.1: numbers go up by one from APDU to APDU. NULL: they do. */
static const char *sequence_anomaly(const struct ward_dissect *d, const struct ward_iec104 *m)
{
	struct flow *f = d->flow;
	struct ward_iec104_optional *expect = f ? &f->expect[side_of(d)] : NULL;
	const char *ret = NULL;

	if (!f || m->format != WARD_IEC104_I)
		return NULL;
	if (expect->is && expect->v != m->send)
		ret = "send-sequence";
	*expect = (struct ward_iec104_optional){true, (m->send + 1) & SEQUENCE};
	return ret;
}

static void emit(const struct ward_dissect *d, const struct ward_iec104 *m, const struct pending *p)
{
	const char *anomaly = sequence_anomaly(d, m);

	if (m->format == WARD_IEC104_S || !ward_emit_begin(d->net, pick_class(d, m)))
		return;
	ward_emit_packet(d->net, d->packet);
	if (m->format == WARD_IEC104_U)
		ward_emit_z(d->net, d->name[NAME_FUNCTION], m->u_function);
	else
		put_asdu(d, m);
	put_join(d, m, p);
	if (anomaly)
		ward_emit_z(d->net, d->name[NAME_ANOMALY], anomaly);
	ward_emit_end(d->net);
}

static void emit_unanswered(const struct ward_dissect *d, struct pending *p)
{
	if (!p->open)
		return;
	p->open = false;
	if (!ward_dissect_hears(d, p->side != 0) ||
		!ward_emit_begin(d->net, d->name[NAME_CLASS_UNANSWERED]))
		return;
	if (p->side != side_of(d))
		ward_emit_packet_turned(d->net, d->packet);
	else
		ward_emit_packet(d->net, d->packet);
	put_named(d, NAME_TYPE, ward_iec104_type_name(p->type), p->type);
	put_int(d, NAME_TYPE_ID, p->type);
	put_named(d, NAME_CAUSE, ward_iec104_cause_name(p->cause), p->cause);
	put_int(d, NAME_ADDRESS, p->common_address);
	put_int(d, NAME_IOA, p->ioa);
	ward_emit_end(d->net);
}

static void remember(const struct ward_dissect *d, const struct ward_iec104 *m)
{
	struct flow *f = d->flow;

	if (!f || m->format != WARD_IEC104_I || !m->n_ioa ||
		(m->cause != WARD_IEC104_ACTIVATION && m->cause != WARD_IEC104_DEACTIVATION))
		return;
	emit_unanswered(d, &f->pending[f->next]);
	f->pending[f->next] = (struct pending){.open = true,
		.side = (uint8_t)side_of(d),
		.type = m->type,
		.cause = m->cause,
		.common_address = m->common_address,
		.ioa = m->ioa[0],
		.time = d->net->frame->time};
	f->next = (f->next + 1) % PENDING;
}

static enum ward_probe probe(struct ward_slice payload)
{
	struct ward_iec104 m;

	switch (ward_iec104_parse(payload, &m)) {
	case WARD_IEC104_WHOLE:
		return ward_probe_of(m.format != WARD_IEC104_I || m.known_type);
	case WARD_IEC104_MORE:
		return WARD_PROBE_MORE;
	case WARD_IEC104_NOT:
	default:
		return WARD_PROBE_NO;
	}
}

static enum ward_verdict refuse(struct ward_dissect *d, const struct ward_iec104 *m)
{
	d->reason = m->reason;
	d->off = m->off;
	return d->trusted ? WARD_VERDICT_MALFORMED : WARD_VERDICT_FOREIGN;
}

/* Bytes are missing or make no sense: look for the next begin, if this ever was 104. */
static bool lose(const struct ward_dissect *d)
{
	struct flow *f = d->flow;

	if (!f || !f->seen)
		return false;
	f->lost[side_of(d)] = true;
	f->expect[side_of(d)].is = false;
	return true;
}

/* After a gap only a payload that begins with a whole APDU is a begin. */
static bool found_again(struct ward_dissect *d, struct ward_slice payload)
{
	struct flow *f = d->flow;

	if (!f || !f->lost[side_of(d)])
		return true;
	if (probe(payload) != WARD_PROBE_YES) {
		d->used = payload.len;
		return false;
	}
	f->lost[side_of(d)] = false;
	return true;
}

static enum ward_verdict parse(struct ward_dissect *d, struct ward_slice payload)
{
	struct flow *f = d->flow;
	struct ward_iec104 m;
	struct pending *p;

	if (!payload.len)
		return WARD_VERDICT_MORE;
	if (!found_again(d, payload))
		return WARD_VERDICT_OK;
	switch (ward_iec104_parse(payload, &m)) {
	case WARD_IEC104_MORE:
		d->need = m.size ? m.size : (size_t)WARD_IEC104_HEADER;
		return WARD_VERDICT_MORE;
	case WARD_IEC104_NOT:
		d->used = m.reason >= WARD_IEC104_APCI_CONTROL ? m.size : 0;
		return refuse(d, &m);
	case WARD_IEC104_WHOLE:
	default:
		break;
	}
	p = command_of(d, &m);
	emit(d, &m, p);
	if (p)
		p->open = false;
	remember(d, &m);
	if (f)
		f->seen = true;
	d->net->count[WARD_NET_UNPARSED] += m.n_unparsed;
	d->used = m.size;
	return WARD_VERDICT_OK;
}

static bool gap(struct ward_dissect *d, uint64_t lost)
{
	(void)lost;
	return lose(d);
}

/* Oldest first. */
static void over(struct ward_dissect *d)
{
	struct flow *f = d->flow;

	for (size_t i = 0; i < PENDING; i++)
		emit_unanswered(d, &f->pending[(f->next + i) % PENDING]);
}

const struct ward_dissector ward_dissect_iec104 = {
	.name = "iec104",
	.kind = WARD_DISSECT_BUILDING,
	.title = "IEC 60870-5-104",
	.standard = "IEC 60870-5-104:2006 clauses 5, 8, IEC 60870-5-101 clause 7",
	.reads = "control functions, every type with cause, addresses and objects, commands with "
		 "their qualifiers and confirmation",
	.proto = WARD_PROTO_TCP,
	.port = {PORT},
	.probe_stream = probe,
	.parse = parse,
	.gap = gap,
	.over = over,
	.flow_bytes = sizeof(struct flow),
	.reason = reasons,
	.n_reason = WARD_ARRAY_LEN(reasons),
	.name_at = name_at,
};
