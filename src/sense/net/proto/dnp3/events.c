#include "sense/net/proto/dnp3/events.h"

#include "sense/net/emit.h"
#include "sense/net/text.h"

#include <math.h>
#include <stdio.h>

enum { TEXT = 256 };

/* Fields and classes beyond the functions: X(IDENT, "name") */
#define NAME_LIST(X)                            \
	X(SRC, "dnp3.src")                      \
	X(DST, "dnp3.dst")                      \
	X(FROM_MASTER, "dnp3.from_master")      \
	X(LINK_FUNCTION, "dnp3.link_function")  \
	X(SEQUENCE, "dnp3.sequence")            \
	X(FUNCTION, "dnp3.function")            \
	X(FUNCTION_CODE, "dnp3.function_code")  \
	X(FIRST, "dnp3.first")                  \
	X(FINAL, "dnp3.final")                  \
	X(CONFIRM, "dnp3.confirm")              \
	X(UNSOLICITED, "dnp3.unsolicited")      \
	X(IIN, "dnp3.iin")                      \
	X(GROUP, "dnp3.group")                  \
	X(VARIATION, "dnp3.variation")          \
	X(QUALIFIER, "dnp3.qualifier")          \
	X(START, "dnp3.start")                  \
	X(STOP, "dnp3.stop")                    \
	X(COUNT, "dnp3.count")                  \
	X(OBJECTS, "dnp3.objects")              \
	X(INDEX, "dnp3.index")                  \
	X(CONTROL, "dnp3.control_code")         \
	X(TRIP_CLOSE, "dnp3.trip_close")        \
	X(TIMES, "dnp3.control_count")          \
	X(ON_MS, "dnp3.on_ms")                  \
	X(OFF_MS, "dnp3.off_ms")                \
	X(VALUE, "dnp3.value")                  \
	X(STATUS, "dnp3.status")                \
	X(CONTROLS, "dnp3.controls")            \
	X(TIME, "dnp3.time_ms")                 \
	X(DELAY, "dnp3.delay_ms")               \
	X(FILE_MODE, "dnp3.file_mode")          \
	X(FILE_STATUS, "dnp3.file_status")      \
	X(FILE_HANDLE, "dnp3.file_handle")      \
	X(FILE_BLOCK, "dnp3.file_block")        \
	X(APPLICATION, "dnp3.application")      \
	X(AUTH_USER, "dnp3.auth_user_number")   \
	X(ATTRIBUTE, "dnp3.software_version")   \
	X(ATTRIBUTE_1, "dnp3.hardware_version") \
	X(ATTRIBUTE_2, "dnp3.owner")            \
	X(ATTRIBUTE_3, "dnp3.location")         \
	X(ATTRIBUTE_4, "dnp3.device_id")        \
	X(ATTRIBUTE_5, "dnp3.device_name")      \
	X(ATTRIBUTE_6, "dnp3.serial")           \
	X(ATTRIBUTE_7, "dnp3.subset")           \
	X(ATTRIBUTE_8, "dnp3.product")          \
	X(ATTRIBUTE_9, "dnp3.attribute_251")    \
	X(ATTRIBUTE_10, "dnp3.vendor")          \
	X(SEGMENTS, "dnp3.segments")            \
	X(OUTCOME, "dnp3.outcome")              \
	X(LATENCY, "dnp3.latency_ns")           \
	X(ANOMALY, "dnp3.anomaly")              \
	X(UNPARSED, "dnp3.unparsed_bytes")      \
	X(MALFORMED, "dnp3.malformed")          \
	X(CLASS_LINK, "net.dnp3.link")          \
	X(CLASS_BROKEN, "net.dnp3.incomplete")  \
	X(CLASS_UNANSWERED, "net.dnp3.unanswered")

enum name {
#define X(IDENT, name) NAME_##IDENT,
	NAME_LIST(X)
#undef X
/* Then a class per function. */
#define X(IDENT, code, name) NAME_F_##IDENT,
		WARD_DNP3_FUNCTION_LIST(X)
#undef X
};

static const char *const names[] = {
#define X(IDENT, name) name,
	NAME_LIST(X)
#undef X
#define X(IDENT, code, name) "net.dnp3." name,
		WARD_DNP3_FUNCTION_LIST(X)
#undef X
};

static const uint8_t class_function[] = {
#define X(IDENT, code, name) code,
	WARD_DNP3_FUNCTION_LIST(X)
#undef X
};

const char *const ward_dnp3_reasons[WARD_DNP3_REASON_N] = {
#define X(IDENT, name) name,
	WARD_DNP3_REASON_LIST(X)
#undef X
};

bool ward_dnp3_name_at(size_t i, struct ward_wr *w)
{
	if (i >= WARD_ARRAY_LEN(names))
		return false;
	ward_wr_z(w, names[i]);
	return true;
}

static uint32_t pick_class(const struct ward_dissect *d, const struct ward_dnp3 *m)
{
	for (size_t i = 0; m && i < WARD_ARRAY_LEN(class_function); i++)
		if (class_function[i] == m->function)
			return d->name[(size_t)NAME_F_CONFIRM + i];
	return d->name[NAME_CLASS_LINK];
}

static void put_int(const struct ward_dissect *d, enum name field, int64_t v)
{
	ward_emit_int(d->net, d->name[field], v);
}

static void put_optional(
	const struct ward_dissect *d, enum name field, const struct ward_dnp3_optional *o)
{
	if (o->is)
		put_int(d, field, o->v);
}

static void put_flag(const struct ward_dissect *d, enum name field, bool v)
{
	if (v)
		ward_emit_bool(d->net, d->name[field], true);
}

static void put_text(const struct ward_dissect *d, uint32_t field, struct ward_slice s)
{
	char text[TEXT * 4];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));

	s.len = s.len < TEXT ? s.len : TEXT;
	ward_net_text(&w, s, "");
	if (s.len)
		ward_emit_str(d->net, field, ward_wr_text(&w));
}

static void put_link(const struct ward_dissect *d, const struct ward_dnp3_link *l)
{
	const char *name = ward_dnp3_link_name(l->primary, l->function);

	put_int(d, NAME_SRC, l->src);
	put_int(d, NAME_DST, l->dst);
	ward_emit_bool(d->net, d->name[NAME_FROM_MASTER], l->from_master);
	if (name)
		ward_emit_z(d->net, d->name[NAME_LINK_FUNCTION], name);
	else
		put_int(d, NAME_LINK_FUNCTION, l->function);
}

static void put_iin(const struct ward_dissect *d, const struct ward_dnp3 *m)
{
	unsigned bits = m->iin[0] | (unsigned)m->iin[1] << 8, n = 0;
	struct ward_value *item = bits ? ward_emit_items(d->net, 16) : NULL;

	if (!item)
		return;
	for (unsigned i = 0; i < 16; i++) {
		const char *name = ward_dnp3_iin_name(i);

		if (bits & 1U << i)
			item[n++] = name ? ward_value_str(ward_str_z(name)) : ward_value_int(i);
	}
	ward_emit_list(d->net, d->name[NAME_IIN], item, n);
}

static struct ward_value none(void)
{
	return (struct ward_value){.kind = WARD_VALUE_NULL};
}

static struct ward_value optional(const struct ward_dnp3_optional *o)
{
	return o->is ? ward_value_int(o->v) : none();
}

static struct ward_value name_or_none(const char *name)
{
	return name ? ward_value_str(ward_str_z(name)) : none();
}

static struct ward_value object_cell(const struct ward_dnp3_object *o, enum name field)
{
	switch ((int)field) {
	case NAME_GROUP:
		return ward_value_int(o->group);
	case NAME_VARIATION:
		return ward_value_int(o->variation);
	case NAME_QUALIFIER:
		return ward_value_int(o->qualifier);
	case NAME_START:
		return optional(&o->start);
	case NAME_STOP:
		return optional(&o->stop);
	default:
		return optional(&o->count);
	}
}

/* The lists of a message's objects are of equal length; one without any value is left out. */
static void put_objects(
	const struct ward_dissect *d, const struct ward_dnp3_object *object, size_t n)
{
	static const enum name field[] = {
		NAME_GROUP, NAME_VARIATION, NAME_QUALIFIER, NAME_START, NAME_STOP, NAME_COUNT};

	for (size_t f = 0; n && f < WARD_ARRAY_LEN(field); f++) {
		struct ward_value *item = ward_emit_items(d->net, n);
		bool any = false;

		for (size_t i = 0; item && i < n; i++) {
			item[i] = object_cell(&object[i], field[f]);
			any |= item[i].kind != WARD_VALUE_NULL;
		}
		if (any)
			ward_emit_list(d->net, d->name[field[f]], item, (uint32_t)n);
	}
}

static struct ward_value value(struct ward_net *n, const struct ward_dnp3_control *c)
{
	char text[40];

	if (!c->is_real)
		return ward_value_int(c->integer);
	int len = snprintf(text, sizeof(text), "%.9g", c->real);
	struct ward_value v =
		ward_value_str(ward_arena_str(&n->arena, (struct ward_str){text, (size_t)len}));

	if (!v.s.p)
		return none();
	if (isfinite(c->real))
		v.kind = WARD_VALUE_NUM;
	return v;
}

static struct ward_value control_cell(
	struct ward_net *n, const struct ward_dnp3_control *c, enum name field)
{
	switch ((int)field) {
	case NAME_INDEX:
		return optional(&c->index);
	case NAME_CONTROL:
		return c->is_relay ? name_or_none(ward_dnp3_control_name(c->code)) : none();
	case NAME_TRIP_CLOSE:
		return c->is_relay ? name_or_none(ward_dnp3_trip_close(c->code)) : none();
	case NAME_TIMES:
		return c->is_relay ? ward_value_int(c->count) : none();
	case NAME_ON_MS:
		return c->is_relay ? ward_value_int(c->on_ms) : none();
	case NAME_OFF_MS:
		return c->is_relay ? ward_value_int(c->off_ms) : none();
	case NAME_VALUE:
		return c->is_relay ? none() : value(n, c);
	default:
		return ward_dnp3_status_name(c->status)
			       ? ward_value_str(ward_str_z(ward_dnp3_status_name(c->status)))
			       : ward_value_int(c->status);
	}
}

static void put_controls(const struct ward_dissect *d, const struct ward_dnp3 *m)
{
	static const enum name field[] = {NAME_INDEX, NAME_CONTROL, NAME_TRIP_CLOSE, NAME_TIMES,
		NAME_ON_MS, NAME_OFF_MS, NAME_VALUE, NAME_STATUS};
	size_t n = m->n_control;

	for (size_t f = 0; n && f < WARD_ARRAY_LEN(field); f++) {
		struct ward_value *item = ward_emit_items(d->net, n);
		bool any = false;

		if (field[f] == NAME_STATUS && !m->is_response)
			continue; /* a request's is always zero */
		for (size_t i = 0; item && i < n; i++) {
			item[i] = control_cell(d->net, &m->control[i], field[f]);
			any |= item[i].kind != WARD_VALUE_NULL;
		}
		if (any)
			ward_emit_list(d->net, d->name[field[f]], item, (uint32_t)n);
	}
	if (m->n_control_seen > n)
		put_int(d, NAME_CONTROLS, (int64_t)m->n_control_seen);
}

static void put_file(const struct ward_dissect *d, const struct ward_dnp3 *m)
{
	static const char *const modes[] = {"null", "read", "write", "append"};
	int64_t mode = m->file_mode.v;

	put_text(d, WARD_FIELD_FILE_NAME, m->file_name);
	if (m->file_size.is)
		ward_emit_int(d->net, WARD_FIELD_FILE_BYTES, m->file_size.v);
	if (m->file_mode.is && mode < (int64_t)WARD_ARRAY_LEN(modes))
		ward_emit_z(d->net, d->name[NAME_FILE_MODE], modes[mode]);
	else
		put_optional(d, NAME_FILE_MODE, &m->file_mode);
	put_optional(d, NAME_FILE_STATUS, &m->file_status);
	put_optional(d, NAME_FILE_HANDLE, &m->file_handle);
	put_optional(d, NAME_FILE_BLOCK, &m->file_block);
}

static void put_app(const struct ward_dissect *d, const struct ward_dnp3 *m)
{
	const char *function = ward_dnp3_function_name(m->function);

	put_int(d, NAME_SEQUENCE, m->sequence);
	if (function)
		ward_emit_z(d->net, d->name[NAME_FUNCTION], function);
	put_int(d, NAME_FUNCTION_CODE, m->function);
	if (!m->first || !m->final) {
		ward_emit_bool(d->net, d->name[NAME_FIRST], m->first);
		ward_emit_bool(d->net, d->name[NAME_FINAL], m->final);
	}
	put_flag(d, NAME_CONFIRM, m->confirm);
	put_flag(d, NAME_UNSOLICITED, m->unsolicited);
	put_iin(d, m);
	put_objects(d, m->object, m->n_object);
	if (m->n_object_seen > m->n_object)
		put_int(d, NAME_OBJECTS, (int64_t)m->n_object_seen);
	put_controls(d, m);
	put_optional(d, NAME_TIME, &m->time);
	put_optional(d, NAME_DELAY, &m->delay_ms);
	put_file(d, m);
	put_text(d, d->name[NAME_APPLICATION], m->application);
	put_optional(d, NAME_AUTH_USER, &m->auth_user);
	for (size_t i = 0; i < WARD_DNP3_ATTRIBUTES; i++)
		put_text(d, d->name[(size_t)NAME_ATTRIBUTE + i], m->attribute[i]);
	if (m->n_unparsed)
		put_int(d, NAME_UNPARSED, (int64_t)m->n_unparsed);
	if (m->reason != WARD_DNP3_REASON_N)
		ward_emit_z(d->net, d->name[NAME_MALFORMED], ward_dnp3_reasons[m->reason]);
}

/* 4.2.2.6.2: what the second octet refuses. */
static const char *outcome(const struct ward_dnp3 *m)
{
	if (m->iin[1] & 0x07)
		return "rejected";
	return m->refused || (m->file_status.is && m->file_status.v) ? "refused" : "ok";
}

static void put_join(const struct ward_dissect *d, const struct ward_dnp3_event *e)
{
	const struct ward_dnp3_pending *p = e->request;

	if (!e->app || !e->app->is_response || e->app->function == WARD_DNP3_F_UNSOLICITED ||
		!e->app->first)
		return;
	if (e->joins && !p)
		ward_emit_z(d->net, d->name[NAME_OUTCOME], "unrequested");
	if (!p)
		return;
	ward_emit_z(d->net, d->name[NAME_OUTCOME], outcome(e->app));
	if (d->net->frame->time >= p->time)
		put_int(d, NAME_LATENCY, d->net->frame->time - p->time);
}

void ward_dnp3_emit(const struct ward_dissect *d, const struct ward_dnp3_event *e)
{
	if (!ward_emit_begin(d->net, pick_class(d, e->app)))
		return;
	ward_emit_packet(d->net, d->packet);
	put_link(d, e->link);
	if (e->app)
		put_app(d, e->app);
	put_join(d, e);
	if (e->anomaly)
		ward_emit_z(d->net, d->name[NAME_ANOMALY], e->anomaly);
	if (e->n_segment > 1)
		put_int(d, NAME_SEGMENTS, e->n_segment);
	ward_emit_end(d->net);
}

void ward_dnp3_emit_unanswered(
	const struct ward_dissect *d, const struct ward_dnp3_pending *p, bool turned)
{
	const char *function = ward_dnp3_function_name(p->function);

	if (!ward_emit_begin(d->net, d->name[NAME_CLASS_UNANSWERED]))
		return;
	if (turned)
		ward_emit_packet_turned(d->net, d->packet);
	else
		ward_emit_packet(d->net, d->packet);
	put_int(d, NAME_SRC, p->src);
	put_int(d, NAME_DST, p->dst);
	put_int(d, NAME_SEQUENCE, p->sequence);
	if (function)
		ward_emit_z(d->net, d->name[NAME_FUNCTION], function);
	put_int(d, NAME_FUNCTION_CODE, p->function);
	put_objects(d, &p->object, p->object.group || p->object.variation);
	ward_emit_end(d->net);
}

void ward_dnp3_emit_broken(const struct ward_dissect *d, const struct ward_dnp3_link *l)
{
	if (!ward_emit_begin(d->net, d->name[NAME_CLASS_BROKEN]))
		return;
	ward_emit_packet(d->net, d->packet);
	put_link(d, l);
	ward_emit_z(d->net, d->name[NAME_ANOMALY], "segment-missing");
	ward_emit_end(d->net);
}
