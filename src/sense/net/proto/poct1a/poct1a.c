/* Point-of-care devices and their observation reviewers: which messages they send each other, and
 * what a device says of itself in its hello. */
#include "sense/net/proto/poct1a/poct1a.h"

#include "sense/net/emit.h"
#include "sense/net/proto/dissectors.h"
#include "sense/net/proto/wsd/xml.h"
#include "sense/net/text.h"

enum {
	MESSAGE_MAX =
		65536, /* of a message that is read; the rest of a longer one is passed over */
	TEXT = 64,
};

/* X(IDENT, "name"); those of poct1a.h follow */
#define NAME_LIST(X)                           \
	X(TYPE, "poct1a.message_type")         \
	X(BYTES, "poct1a.bytes")               \
	X(OUTCOME, "poct1a.outcome")           \
	X(ANSWERS, "poct1a.answers_type")      \
	X(LATENCY, "poct1a.latency_ns")        \
	X(UNSEEN, "poct1a.request_unseen")     \
	X(CLASS_HELLO, "net.poct1a.hello")     \
	X(CLASS_MESSAGE, "net.poct1a.message") \
	X(CLASS_ACK, "net.poct1a.ack")         \
	X(CLASS_UNANSWERED, "net.poct1a.unanswered")

enum name {
#define X(IDENT, name) NAME_##IDENT,
	NAME_LIST(X)
#undef X
		NAME_ELEMENT,
	NAME_N = NAME_ELEMENT + WARD_POCT1A_TOLD,
};

static const char *const names[] = {
#define X(IDENT, name) name,
	NAME_LIST(X)
#undef X
#define X(IDENT, element, field) field,
		WARD_POCT1A_ELEMENT_LIST(X)
#undef X
};

static const char *const reasons[] = {
#define X(IDENT, name) name,
	WARD_POCT1A_REASON_LIST(X)
#undef X
};

/* A side's last message that wants an acknowledgment. */
struct pending {
	bool used;
	char type[WARD_POCT1A_TYPE];
	uint64_t control; /* hash */
	ward_ns time;
};

struct flow {
	bool seen;
	struct {
		bool lost;                   /* a begin is looked for */
		bool inside;                 /* of a message that is passed over */
		char type[WARD_POCT1A_TYPE]; /* of that one */
		struct pending pending;
	} side[2];
};

static bool name_at(size_t i, struct ward_wr *w)
{
	if (i >= NAME_N)
		return false;
	ward_wr_z(w, names[i]);
	return true;
}

static unsigned side_of(const struct ward_dissect *d)
{
	return d->from_client ? 0 : 1;
}

static enum ward_verdict fail(
	struct ward_dissect *d, enum ward_poct1a_reason reason, size_t off, size_t used)
{
	const struct flow *f = d->flow;

	if (!f->seen)
		return WARD_VERDICT_FOREIGN;
	d->reason = reason;
	d->off = off;
	d->used = used;
	return WARD_VERDICT_MALFORMED;
}

static void put_value(const struct ward_dissect *d, uint32_t name, struct ward_str value)
{
	char plain[TEXT], text[4 * TEXT];
	struct ward_wr p = ward_wr_fixed(plain, sizeof(plain)),
		       w = ward_wr_fixed(text, sizeof(text));

	ward_xml_unescape(&p, ward_str_sub(value, 0, TEXT));
	ward_net_text(&w, ward_wr_slice(&p), "");
	if (w.len)
		ward_emit_str(d->net, name, ward_wr_text(&w));
}

static uint64_t hash(struct ward_str control)
{
	return ward_siphash((struct ward_seed){0x706f637431, control.len}, control.p, control.len);
}

/* POCT1-A, Appendix B: a device waits for the answer to these. */
static bool wants_ack(struct ward_str type)
{
	static const char *const wants[] = {"HEL", "DST", "OBS", "EVS"};

	for (size_t i = 0; i < WARD_ARRAY_LEN(wants); i++)
		if (ward_str_starts(type, ward_str_z(wants[i])))
			return true;
	return false;
}

static void put_ack(const struct ward_dissect *d, const struct ward_poct1a *m)
{
	struct flow *f = d->flow;
	struct pending *p = &f->side[!side_of(d)].pending;
	struct ward_str type = m->value[WARD_POCT1A_ELEMENT_ACK];
	ward_ns now = d->net->frame->time;

	if (type.len)
		ward_emit_z(d->net, d->name[NAME_OUTCOME],
			ward_str_eqz(type, "AA") ? "accept" : "error");
	if (!p->used || p->control != hash(m->value[WARD_POCT1A_ELEMENT_ACK_CONTROL])) {
		ward_emit_bool(d->net, d->name[NAME_UNSEEN], true);
		return;
	}
	ward_emit_str(d->net, d->name[NAME_ANSWERS], (struct ward_str){p->type, sizeof(p->type)});
	if (now >= p->time)
		ward_emit_int(d->net, d->name[NAME_LATENCY], now - p->time);
	p->used = false;
}

/* bytes: of the message; 0: it is longer than what was read. */
static void tell(const struct ward_dissect *d, struct ward_str type, const struct ward_poct1a *m,
	size_t bytes)
{
	bool ack = ward_str_starts(type, WARD_STR("ACK")),
	     hello = ward_str_starts(type, WARD_STR("HEL"));

	if (!ward_emit_begin(d->net, d->name[ack     ? NAME_CLASS_ACK
					     : hello ? NAME_CLASS_HELLO
						     : NAME_CLASS_MESSAGE]))
		return;
	ward_emit_packet(d->net, d->packet);
	ward_emit_str(d->net, d->name[NAME_TYPE], type);
	for (size_t i = 0; i < WARD_POCT1A_TOLD; i++)
		put_value(d, d->name[NAME_ELEMENT + i], m->value[i]);
	if (bytes)
		ward_emit_int(d->net, d->name[NAME_BYTES], (int64_t)bytes);
	if (ack)
		put_ack(d, m);
	ward_emit_end(d->net);
}

static void await(const struct ward_dissect *d, struct ward_str type, const struct ward_poct1a *m)
{
	struct flow *f = d->flow;
	struct pending *p = &f->side[side_of(d)].pending;

	if (!wants_ack(type))
		return;
	*p = (struct pending){.used = true,
		.control = hash(m->value[WARD_POCT1A_ELEMENT_CONTROL]),
		.time = d->net->frame->time};
	memcpy(p->type, type.p, sizeof(p->type));
}

static enum ward_verdict see_message(
	struct ward_dissect *d, struct ward_slice message, struct ward_str type, size_t root)
{
	struct flow *f = d->flow;
	struct ward_poct1a m;
	bool good = ward_poct1a_read(ward_str_sub(ward_slice_text(message), root, message.len), &m);

	if (!good)
		return fail(d, WARD_POCT1A_XML, root, message.len);
	f->seen = true;
	d->used = message.len;
	tell(d, type, &m, message.len);
	await(d, type, &m);
	return WARD_VERDICT_OK;
}

/* Too long to be read as a whole: its front says who it is from, the rest is passed over. */
static enum ward_verdict see_front(
	struct ward_dissect *d, struct ward_slice payload, struct ward_str type, size_t root)
{
	struct flow *f = d->flow;
	struct ward_poct1a m;

	if (!f->seen)
		return WARD_VERDICT_FOREIGN;
	(void)ward_poct1a_read(
		ward_str_sub(ward_slice_text(payload), root, MESSAGE_MAX - root), &m);
	tell(d, type, &m, 0);
	await(d, type, &m);
	f->side[side_of(d)].inside = true;
	memcpy(f->side[side_of(d)].type, type.p, WARD_POCT1A_TYPE);
	d->used = MESSAGE_MAX;
	return WARD_VERDICT_OK;
}

static enum ward_verdict pass_over(struct ward_dissect *d, struct ward_slice payload)
{
	struct flow *f = d->flow;
	const struct ward_str type = {f->side[side_of(d)].type, WARD_POCT1A_TYPE};
	const size_t tag = WARD_POCT1A_TYPE + 3;
	size_t end = ward_poct1a_end(payload, type);

	if (!end && payload.len < tag)
		return WARD_VERDICT_MORE;
	f->side[side_of(d)].inside = !end;
	d->used = end ? end : payload.len - tag + 1;
	return WARD_VERDICT_OK;
}

static bool all_blank(struct ward_slice s)
{
	return ward_str_trim(ward_slice_text(s)).len == 0;
}

/* No message begins here. */
static enum ward_verdict see_foreign(struct ward_dissect *d, struct ward_slice payload)
{
	struct flow *f = d->flow;
	const uint8_t *next = memchr(payload.p + 1, '<', payload.len - 1);

	if (!f->side[side_of(d)].lost)
		return fail(d, WARD_POCT1A_START, 0, 0);
	d->used = next ? (size_t)(next - payload.p) : payload.len;
	return WARD_VERDICT_OK;
}

static enum ward_verdict parse(struct ward_dissect *d, struct ward_slice payload)
{
	struct flow *f = d->flow;
	struct ward_str type;
	size_t root, end;

	if (!payload.len)
		return WARD_VERDICT_MORE;
	if (f->side[side_of(d)].inside)
		return pass_over(d, payload);
	if (f->seen && all_blank(payload)) {
		d->used = payload.len;
		return WARD_VERDICT_OK;
	}
	switch (ward_poct1a_start(payload, &type, &root)) {
	case WARD_POCT1A_MORE:
		return WARD_VERDICT_MORE;
	case WARD_POCT1A_NOT:
		return see_foreign(d, payload);
	case WARD_POCT1A_WHOLE:
	default:
		break;
	}
	f->side[side_of(d)].lost = false;
	end = ward_poct1a_end(payload, type);
	if (end && end <= MESSAGE_MAX)
		return see_message(d, ward_slice_of(payload.p, end), type, root);
	if (payload.len > MESSAGE_MAX)
		return see_front(d, payload, type, root);
	return WARD_VERDICT_MORE;
}

static bool gap(struct ward_dissect *d, uint64_t lost)
{
	struct flow *f = d->flow;

	(void)lost;
	f->side[side_of(d)].lost = true;
	f->side[side_of(d)].inside = false;
	return f->seen;
}

static void over(struct ward_dissect *d)
{
	struct flow *f = d->flow;

	for (unsigned side = 0; side < 2; side++) {
		const struct pending *p = &f->side[side].pending;

		if (!p->used || !ward_dissect_hears(d, side != 0) ||
			!ward_emit_begin(d->net, d->name[NAME_CLASS_UNANSWERED]))
			continue;
		if (side == side_of(d))
			ward_emit_packet(d->net, d->packet);
		else
			ward_emit_packet_turned(d->net, d->packet);
		ward_emit_str(
			d->net, d->name[NAME_TYPE], (struct ward_str){p->type, sizeof(p->type)});
		ward_emit_end(d->net);
	}
}

static enum ward_probe probe(struct ward_slice payload)
{
	static const enum ward_probe said[] = {[WARD_POCT1A_WHOLE] = WARD_PROBE_YES,
		[WARD_POCT1A_MORE] = WARD_PROBE_MORE,
		[WARD_POCT1A_NOT] = WARD_PROBE_NO};
	struct ward_str type;
	size_t root;

	return said[ward_poct1a_start(payload, &type, &root)];
}

const struct ward_dissector ward_dissect_poct1a = {
	.name = "poct1a",
	.kind = WARD_DISSECT_MEDICAL,
	.title = "POCT1-A (point-of-care devices)",
	.standard = "CLSI POCT01-A2, Appendix B",
	.reads = "message types and acknowledgments, and what a device says of itself; no patient, "
		 "operator or observation",
	.proto = WARD_PROTO_TCP,
	.probe_stream = probe,
	.parse = parse,
	.gap = gap,
	.over = over,
	.flow_bytes = sizeof(struct flow),
	.reason = reasons,
	.n_reason = WARD_ARRAY_LEN(reasons),
	.name_at = name_at,
};
