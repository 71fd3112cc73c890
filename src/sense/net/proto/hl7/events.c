/* Events of the HL7 dissector: what addresses a message, and how many segments of which kind it
 * has, and which device it is of. No other field is in them, no control id, no text of an error. */
#include "sense/net/emit.h"
#include "sense/net/proto/hl7/stream.h"

enum { TEXT = 64 };

#define NAME_LIST(X)                                          \
	X(TYPE, "hl7.type")                                   \
	X(TRIGGER, "hl7.trigger")                             \
	X(STRUCTURE, "hl7.structure")                         \
	X(SENDING_APPLICATION, "hl7.sending_application")     \
	X(SENDING_FACILITY, "hl7.sending_facility")           \
	X(RECEIVING_APPLICATION, "hl7.receiving_application") \
	X(RECEIVING_FACILITY, "hl7.receiving_facility")       \
	X(TIME, "hl7.time")                                   \
	X(PROCESSING, "hl7.processing_id")                    \
	X(VERSION, "hl7.version")                             \
	X(CHARSET, "hl7.charset")                             \
	X(ACCEPT_ACK, "hl7.accept_ack")                       \
	X(APPLICATION_ACK, "hl7.application_ack")             \
	X(CONTROL, "hl7.control_id_given")                    \
	X(SEGMENTS, "hl7.segments")                           \
	X(SEGMENT, "hl7.segment")                             \
	X(SEGMENT_COUNT, "hl7.segment_count")                 \
	X(OTHER, "hl7.segments_other")                        \
	X(DEVICE, "hl7.device")                               \
	X(DEVICE_UNIVERSAL, "hl7.device_universal_id")        \
	X(DEVICE_UDI, "hl7.device_udi")                       \
	X(DEVICES, "hl7.devices")                             \
	X(POINT, "hl7.point_of_care")                         \
	X(PRIOR, "hl7.prior_point_of_care")                   \
	X(BYTES, "hl7.bytes")                                 \
	X(FRAMED, "hl7.framed")                               \
	X(CUT, "hl7.cut")                                     \
	X(ACK, "hl7.ack_code")                                \
	X(OUTCOME, "hl7.outcome")                             \
	X(ANSWERS_TYPE, "hl7.answers_type")                   \
	X(ANSWERS_TRIGGER, "hl7.answers_trigger")             \
	X(UNSEEN, "hl7.request_unseen")                       \
	X(ERRORS, "hl7.errors")                               \
	X(ERROR_CODE, "hl7.error_code")                       \
	X(SEVERITY, "hl7.error_severity")                     \
	X(CLASS_MESSAGE, "net.hl7.message")                   \
	X(CLASS_ACK, "net.hl7.ack")                           \
	X(CLASS_UNANSWERED, "net.hl7.unanswered")

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

bool ward_hl7_name_at(size_t i, struct ward_wr *w)
{
	if (i >= NAME_N)
		return false;
	ward_wr_z(w, names[i]);
	return true;
}

/* Printable ASCII; anything else becomes a question mark. Empty texts are left out. */
static void put_text(const struct ward_dissect *d, enum name field, struct ward_str s)
{
	char text[TEXT];
	size_t n = s.len < TEXT ? s.len : TEXT;

	for (size_t i = 0; i < n; i++)
		text[i] = (char)(s.p[i] >= 0x20 && s.p[i] <= 0x7e ? s.p[i] : '?');
	if (n)
		ward_emit_str(d->net, d->name[field], (struct ward_str){text, n});
}

static void put_packet(const struct ward_dissect *d, unsigned from)
{
	if (ward_hl7_side_of(d) == from)
		ward_emit_packet(d->net, d->packet);
	else
		ward_emit_packet_turned(d->net, d->packet);
}

static void put_duration(const struct ward_dissect *d, ward_ns begin)
{
	ward_ns now = d->net->frame->time;

	if (now >= begin)
		ward_emit_int(d->net, WARD_FIELD_DURATION_NS, now - begin);
}

static bool is_time(struct ward_str s)
{
	for (size_t i = 0; i < s.len; i++)
		if ((s.p[i] < '0' || s.p[i] > '9') && !strchr(".+-", s.p[i]))
			return false;
	return true;
}

static void put_msh(const struct ward_dissect *d, const struct ward_hl7_msh *m)
{
	put_text(d, NAME_TYPE, m->type);
	put_text(d, NAME_TRIGGER, m->trigger);
	put_text(d, NAME_STRUCTURE, m->structure);
	put_text(d, NAME_SENDING_APPLICATION, m->sending_application);
	put_text(d, NAME_SENDING_FACILITY, m->sending_facility);
	put_text(d, NAME_RECEIVING_APPLICATION, m->receiving_application);
	put_text(d, NAME_RECEIVING_FACILITY, m->receiving_facility);
	if (is_time(m->time))
		put_text(d, NAME_TIME, m->time);
	put_text(d, NAME_PROCESSING, m->processing);
	put_text(d, NAME_VERSION, m->version);
	put_text(d, NAME_CHARSET, m->charset);
	put_text(d, NAME_ACCEPT_ACK, m->accept_ack);
	put_text(d, NAME_APPLICATION_ACK, m->application_ack);
	ward_emit_bool(d->net, d->name[NAME_CONTROL], m->control.len != 0);
}

static void put_segments(const struct ward_dissect *d, const struct ward_hl7_side *s)
{
	struct ward_net *n = d->net;
	struct ward_value *name = ward_emit_items(n, s->n_kind),
			  *count = ward_emit_items(n, s->n_kind);

	ward_emit_int(n, d->name[NAME_SEGMENTS], s->n_segment);
	for (size_t i = 0; name && count && i < s->n_kind; i++) {
		name[i] = ward_value_str(ward_str_z(ward_hl7_segment_nth(s->kind[i])));
		count[i] = ward_value_int(s->count[i]);
	}
	if (name && count) {
		ward_emit_list(n, d->name[NAME_SEGMENT], name, s->n_kind);
		ward_emit_list(n, d->name[NAME_SEGMENT_COUNT], count, s->n_kind);
	}
	if (s->n_other)
		ward_emit_int(n, d->name[NAME_OTHER], s->n_other);
}

static void put_device(const struct ward_dissect *d, const struct ward_hl7_side *s)
{
	if (!s->n_device)
		return;
	put_text(d, NAME_DEVICE, (struct ward_str){s->device.p, s->device.len});
	put_text(d, NAME_DEVICE_UNIVERSAL,
		(struct ward_str){s->device_universal.p, s->device_universal.len});
	put_text(d, NAME_DEVICE_UDI, (struct ward_str){s->device_udi.p, s->device_udi.len});
	ward_emit_int(d->net, d->name[NAME_DEVICES], s->n_device);
}

static void put_visit(const struct ward_dissect *d, const struct ward_hl7_side *s)
{
	if (!s->has_visit)
		return;
	put_text(d, NAME_POINT, (struct ward_str){s->point.p, s->point.len});
	put_text(d, NAME_PRIOR, (struct ward_str){s->prior.p, s->prior.len});
}

static void put_ack(const struct ward_dissect *d, const struct ward_hl7_side *s,
	const struct ward_hl7_pending *asked, bool forgot)
{
	struct ward_net *n = d->net;

	put_text(d, NAME_ACK, ward_hl7_code_str(&s->ack));
	if (s->ack.len == 2)
		ward_emit_z(n, d->name[NAME_OUTCOME],
			s->ack.p[1] == 'A'   ? "accept"
			: s->ack.p[1] == 'E' ? "error"
					     : "reject");
	if (s->n_err) {
		ward_emit_int(n, d->name[NAME_ERRORS], s->n_err);
		put_text(d, NAME_ERROR_CODE, ward_hl7_code_str(&s->err_code));
		put_text(d, NAME_SEVERITY, ward_hl7_code_str(&s->severity));
	}
	if (!asked && !forgot)
		ward_emit_bool(n, d->name[NAME_UNSEEN], true);
	if (!asked)
		return;
	put_text(d, NAME_ANSWERS_TYPE, ward_hl7_code_str(&asked->type));
	put_text(d, NAME_ANSWERS_TRIGGER, ward_hl7_code_str(&asked->trigger));
	put_duration(d, asked->begin);
}

void ward_hl7_tell_message(struct ward_dissect *d, unsigned side,
	const struct ward_hl7_pending *asked, bool forgot, bool cut)
{
	const struct ward_hl7_side *s = &((struct ward_hl7_flow *)d->flow)->side[side];
	struct ward_hl7_msh m;

	if (!ward_hl7_msh((struct ward_str){s->msh, s->n_msh}, &m) ||
		!ward_emit_begin(d->net, d->name[s->has_msa ? NAME_CLASS_ACK : NAME_CLASS_MESSAGE]))
		return;
	put_packet(d, side);
	put_msh(d, &m);
	put_segments(d, s);
	put_device(d, s);
	put_visit(d, s);
	ward_emit_int(d->net, d->name[NAME_BYTES], (int64_t)s->bytes);
	ward_emit_bool(d->net, d->name[NAME_FRAMED], s->framed);
	if (cut)
		ward_emit_bool(d->net, d->name[NAME_CUT], true);
	if (s->has_msa)
		put_ack(d, s, asked, forgot);
	ward_emit_end(d->net);
}

void ward_hl7_tell_commit(
	struct ward_dissect *d, unsigned side, const struct ward_hl7_pending *asked, bool accepted)
{
	struct ward_net *n = d->net;

	if (!ward_emit_begin(n, d->name[NAME_CLASS_ACK]))
		return;
	put_packet(d, side);
	put_text(d, NAME_ACK, accepted ? WARD_STR("CA") : WARD_STR("CR"));
	ward_emit_z(n, d->name[NAME_OUTCOME], accepted ? "accept" : "reject");
	if (!asked)
		ward_emit_bool(n, d->name[NAME_UNSEEN], true);
	if (asked) {
		put_text(d, NAME_ANSWERS_TYPE, ward_hl7_code_str(&asked->type));
		put_text(d, NAME_ANSWERS_TRIGGER, ward_hl7_code_str(&asked->trigger));
		put_duration(d, asked->begin);
	}
	ward_emit_end(n);
}

void ward_hl7_tell_unanswered(struct ward_dissect *d, const struct ward_hl7_pending *p)
{
	if (!ward_dissect_hears(d, p->side != 0) ||
		!ward_emit_begin(d->net, d->name[NAME_CLASS_UNANSWERED]))
		return;
	put_packet(d, p->side);
	put_text(d, NAME_TYPE, ward_hl7_code_str(&p->type));
	put_text(d, NAME_TRIGGER, ward_hl7_code_str(&p->trigger));
	put_duration(d, p->begin);
	ward_emit_end(d->net);
}
