/* Personal health devices (agents) and their managers: associations, how they end, how much was
 * said in them, and what an agent says of itself. */
#include "sense/net/proto/ieee11073/ieee11073.h"

#include "sense/net/emit.h"
#include "sense/net/proto/dissectors.h"
#include "sense/net/text.h"

enum { TEXT = 64 };

#define NAME_LIST(X)                                      \
	X(VERSION, "ieee11073.protocol_version")          \
	X(NOMENCLATURE, "ieee11073.nomenclature_version") \
	X(FUNCTIONAL_UNITS, "ieee11073.functional_units") \
	X(SYSTEM_ID, "ieee11073.system_id")               \
	X(OUI, "ieee11073.vendor_oui")                    \
	X(MANAGER_ID, "ieee11073.manager_system_id")      \
	X(CONFIGURATION, "ieee11073.dev_config_id")       \
	X(SPECIALISATION, "ieee11073.specialisation")     \
	X(RESULT, "ieee11073.result")                     \
	X(OUTCOME, "ieee11073.outcome")                   \
	X(LATENCY, "ieee11073.latency_ns")                \
	X(ENDED, "ieee11073.ended")                       \
	X(REASON, "ieee11073.reason")                     \
	X(AGENT_MESSAGES, "ieee11073.agent_messages")     \
	X(AGENT_BYTES, "ieee11073.agent_bytes")           \
	X(MANAGER_MESSAGES, "ieee11073.manager_messages") \
	X(MANAGER_BYTES, "ieee11073.manager_bytes")       \
	X(MANUFACTURER, "ieee11073.manufacturer")         \
	X(MODEL, "ieee11073.model_number")                \
	X(SPEC_UNSPECIFIED, "ieee11073.unspecified")      \
	X(SPEC_SERIAL, "ieee11073.serial_number")         \
	X(SPEC_PART, "ieee11073.part_number")             \
	X(SPEC_HARDWARE, "ieee11073.hw_revision")         \
	X(SPEC_SOFTWARE, "ieee11073.sw_revision")         \
	X(SPEC_FIRMWARE, "ieee11073.fw_revision")         \
	X(SPEC_PROTOCOL, "ieee11073.protocol_revision")   \
	X(SPEC_GMDN, "ieee11073.gmdn")                    \
	X(CLASS_ASSOCIATION, "net.ieee11073.association") \
	X(CLASS_END, "net.ieee11073.end")                 \
	X(CLASS_DEVICE, "net.ieee11073.device")

enum name {
#define X(IDENT, name) NAME_##IDENT,
	NAME_LIST(X)
#undef X
		NAME_N,
};
_Static_assert(NAME_SPEC_GMDN - NAME_SPEC_UNSPECIFIED + 1 == WARD_IEEE11073_SPECS, "by spec-type");

static const char *const names[] = {
#define X(IDENT, name) name,
	NAME_LIST(X)
#undef X
};

static const char *const reasons[] = {
#define X(IDENT, name) name,
	WARD_IEEE11073_REASON_LIST(X)
#undef X
};

struct flow {
	bool seen;
	bool lost[2];  /* by side: the rest is passed over */
	bool asked;    /* for an association, without answer */
	bool open;     /* an association, or data of one whose begin was not seen */
	uint8_t agent; /* side that asked */
	ward_ns time;  /* of the request, then of the association */
	struct ward_ieee11073_side request;
	uint64_t messages[2], bytes[2];
};

static bool name_at(size_t i, struct ward_wr *w)
{
	if (i >= NAME_N)
		return false;
	ward_wr_z(w, names[i]);
	return true;
}

static uint8_t side_of(const struct ward_dissect *d)
{
	return d->from_client ? 0 : 1;
}

static enum ward_verdict fail(
	struct ward_dissect *d, enum ward_ieee11073_reason reason, size_t used)
{
	const struct flow *f = d->flow;

	if (!f->seen)
		return WARD_VERDICT_FOREIGN;
	d->reason = reason;
	d->off = used ? WARD_IEEE11073_HEAD : 0;
	d->used = used;
	return WARD_VERDICT_MALFORMED;
}

static bool begin(const struct ward_dissect *d, enum name class, bool turned)
{
	if (!ward_emit_begin(d->net, d->name[class]))
		return false;
	if (turned)
		ward_emit_packet_turned(d->net, d->packet);
	else
		ward_emit_packet(d->net, d->packet);
	return true;
}

static void put_hex(const struct ward_dissect *d, enum name field, const uint8_t *p, size_t len)
{
	char text[2 * WARD_IEEE11073_SYSTEM_ID];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));

	ward_wr_hex(&w, ward_slice_of(p, len));
	ward_emit_str(d->net, d->name[field], ward_wr_text(&w));
}

static void put_text(const struct ward_dissect *d, enum name field, struct ward_slice s)
{
	char text[4 * TEXT];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));
	struct ward_str plain = ward_str_sub(ward_slice_text(s), 0, TEXT);

	while (plain.len && !plain.p[plain.len - 1]) /* strings are filled up to even length */
		plain.len--;
	ward_net_text(&w, ward_str_bytes(plain), "");
	if (w.len)
		ward_emit_str(d->net, d->name[field], ward_wr_text(&w));
}

static void put_request(const struct ward_dissect *d, const struct ward_ieee11073_side *s)
{
	const char *what = ward_ieee11073_specialisation(s->configuration);

	if (!s->has)
		return;
	ward_emit_int(d->net, d->name[NAME_VERSION], s->protocol_version);
	ward_emit_int(d->net, d->name[NAME_NOMENCLATURE], s->nomenclature_version);
	ward_emit_int(d->net, d->name[NAME_FUNCTIONAL_UNITS], s->functional_units);
	put_hex(d, NAME_SYSTEM_ID, s->system_id, WARD_IEEE11073_SYSTEM_ID);
	put_hex(d, NAME_OUI, s->system_id, 3);
	ward_emit_int(d->net, d->name[NAME_CONFIGURATION], s->configuration);
	if (what)
		ward_emit_z(d->net, d->name[NAME_SPECIALISATION], what);
}

/* The association that f's agent asked for; result NULL: no answer came. */
static void tell_association(const struct ward_dissect *d, const uint16_t *result,
	const struct ward_ieee11073_side *manager)
{
	struct flow *f = d->flow;
	ward_ns now = d->net->frame->time;

	f->asked = false;
	if (!begin(d, NAME_CLASS_ASSOCIATION, f->agent != side_of(d)))
		return;
	put_request(d, &f->request);
	if (!result) {
		ward_emit_z(d->net, d->name[NAME_OUTCOME], ward_dissect_silence(d, f->agent != 0));
		ward_emit_end(d->net);
		return;
	}
	if (manager->has)
		put_hex(d, NAME_MANAGER_ID, manager->system_id, WARD_IEEE11073_SYSTEM_ID);
	ward_emit_z(d->net, d->name[NAME_RESULT], ward_ieee11073_result_name(*result));
	ward_emit_z(d->net, d->name[NAME_OUTCOME],
		*result == 0 || *result == 3 ? "accepted" : "rejected");
	if (now >= f->time)
		ward_emit_int(d->net, d->name[NAME_LATENCY], now - f->time);
	ward_emit_end(d->net);
}

/* end NULL: the connection was over before. */
static void tell_end(const struct ward_dissect *d, const struct ward_ieee11073_end *end)
{
	struct flow *f = d->flow;
	ward_ns now = d->net->frame->time;
	uint8_t agent = f->agent;

	f->open = false;
	if (!begin(d, NAME_CLASS_END, agent != side_of(d)))
		return;
	ward_emit_z(d->net, d->name[NAME_ENDED],
		!end         ? "connection"
		: end->abort ? "abort"
			     : "release");
	if (end && ward_ieee11073_end_name(end))
		ward_emit_z(d->net, d->name[NAME_REASON], ward_ieee11073_end_name(end));
	ward_emit_int(d->net, d->name[NAME_AGENT_MESSAGES], (int64_t)f->messages[agent]);
	ward_emit_int(d->net, d->name[NAME_AGENT_BYTES], (int64_t)f->bytes[agent]);
	ward_emit_int(d->net, d->name[NAME_MANAGER_MESSAGES], (int64_t)f->messages[!agent]);
	ward_emit_int(d->net, d->name[NAME_MANAGER_BYTES], (int64_t)f->bytes[!agent]);
	if (now >= f->time)
		ward_emit_int(d->net, WARD_FIELD_DURATION_NS, now - f->time);
	ward_emit_end(d->net);
}

static void tell_device(const struct ward_dissect *d, const struct ward_ieee11073_device *m)
{
	bool any = m->manufacturer.len || m->model.len;

	for (size_t i = 0; i < WARD_IEEE11073_SPECS; i++)
		any |= m->spec[i].len != 0;
	if (!any || !begin(d, NAME_CLASS_DEVICE, false))
		return;
	put_text(d, NAME_MANUFACTURER, m->manufacturer);
	put_text(d, NAME_MODEL, m->model);
	for (unsigned i = 0; i < WARD_IEEE11073_SPECS; i++)
		put_text(d, NAME_SPEC_UNSPECIFIED + i, m->spec[i]);
	ward_emit_end(d->net);
}

/* What was open ends without a word: a new association begins, or the connection is over. */
static void settle(const struct ward_dissect *d)
{
	struct flow *f = d->flow;

	if (f->asked)
		tell_association(d, NULL, NULL);
	if (f->open)
		tell_end(d, NULL);
}

static enum ward_verdict see_request(struct ward_dissect *d, struct ward_slice body)
{
	struct flow *f = d->flow;
	struct ward_ieee11073_side side;
	uint32_t version;

	if (!ward_ieee11073_request(body, &version, &side))
		return fail(d, WARD_IEEE11073_REQUEST, d->used);
	settle(d);
	f->seen = f->asked = true;
	f->agent = side_of(d);
	f->request = side;
	f->time = d->net->frame->time;
	return WARD_VERDICT_OK;
}

static enum ward_verdict see_response(struct ward_dissect *d, struct ward_slice body)
{
	struct flow *f = d->flow;
	struct ward_ieee11073_side manager;
	uint16_t result;

	if (!ward_ieee11073_response(body, &result, &manager))
		return fail(d, WARD_IEEE11073_RESPONSE, d->used);
	/* on a connection that was not seen from its begin, who answers must say all */
	if (!f->seen && !manager.has)
		return WARD_VERDICT_FOREIGN;
	f->seen = true;
	if (!f->asked) {
		f->agent = !side_of(d);
		f->request.has = false;
		f->time = d->net->frame->time;
	}
	tell_association(d, &result, &manager);
	f->open = result == 0 || result == 3;
	f->time = d->net->frame->time;
	memset(f->messages, 0, sizeof(f->messages));
	memset(f->bytes, 0, sizeof(f->bytes));
	return WARD_VERDICT_OK;
}

/* The request to release is told, not its answer. */
static enum ward_verdict see_end(struct ward_dissect *d, struct ward_slice body, uint16_t type)
{
	struct flow *f = d->flow;
	struct ward_rd r = ward_rd_slice(body);
	struct ward_ieee11073_end end = {.abort = type == WARD_IEEE11073_ABRT,
		.answer = type == WARD_IEEE11073_RLRE,
		.reason = ward_rd_be16(&r)};

	if (ward_rd_bad(&r) || ward_rd_left(&r))
		return fail(d, WARD_IEEE11073_END, d->used);
	if (!f->seen)
		return WARD_VERDICT_FOREIGN;
	if (f->asked && !f->open)
		tell_association(d, NULL, NULL);
	if (f->open && !end.answer)
		tell_end(d, &end);
	return WARD_VERDICT_OK;
}

static enum ward_verdict see_data(struct ward_dissect *d, struct ward_slice body)
{
	struct flow *f = d->flow;
	struct ward_ieee11073_data data;
	struct ward_ieee11073_device device;

	if (!f->seen)
		return WARD_VERDICT_FOREIGN;
	if (!ward_ieee11073_data(body, &data))
		return fail(d, WARD_IEEE11073_PRESENTATION, d->used);
	f->open = true;
	f->messages[side_of(d)]++;
	f->bytes[side_of(d)] += body.len;
	if (data.choice != WARD_IEEE11073_GET_RESPONSE)
		return WARD_VERDICT_OK;
	if (!ward_ieee11073_device(data.body, &device))
		return fail(d, WARD_IEEE11073_ATTRIBUTES, d->used);
	tell_device(d, &device);
	return WARD_VERDICT_OK;
}

static bool is_type(uint16_t type)
{
	return type >= WARD_IEEE11073_AARQ && type <= WARD_IEEE11073_PRST && !(type & 0xff);
}

static enum ward_verdict parse(struct ward_dissect *d, struct ward_slice payload)
{
	struct flow *f = d->flow;
	struct ward_rd r = ward_rd_slice(payload);

	if (f->lost[side_of(d)] && payload.len) {
		d->used = payload.len;
		return WARD_VERDICT_OK;
	}
	uint16_t type = ward_rd_be16(&r), len = ward_rd_be16(&r);

	if (ward_rd_bad(&r))
		return WARD_VERDICT_MORE;
	if (!is_type(type))
		return fail(d, WARD_IEEE11073_TYPE, 0);
	d->need = d->used = (size_t)WARD_IEEE11073_HEAD + len;
	if (ward_rd_left(&r) < len)
		return WARD_VERDICT_MORE;
	struct ward_slice body = ward_rd_bytes(&r, len);

	switch (type) {
	case WARD_IEEE11073_AARQ:
		return see_request(d, body);
	case WARD_IEEE11073_AARE:
		return see_response(d, body);
	case WARD_IEEE11073_PRST:
		return see_data(d, body);
	default:
		return see_end(d, body, type);
	}
}

/* No message says where it begins but by the one before it. */
static bool gap(struct ward_dissect *d, uint64_t lost)
{
	struct flow *f = d->flow;

	(void)lost;
	f->lost[side_of(d)] = true;
	return f->seen;
}

static void over(struct ward_dissect *d)
{
	settle(d);
}

/* An association's request or answer, with its first fixed values. */
static enum ward_probe probe(struct ward_slice payload)
{
	struct ward_rd r = ward_rd_slice(payload);
	uint16_t type = ward_rd_be16(&r), len = ward_rd_be16(&r);

	if (payload.len < 2)
		return payload.p[0] == WARD_IEEE11073_AARQ >> 8 ||
				       payload.p[0] == WARD_IEEE11073_AARE >> 8
			       ? WARD_PROBE_MORE
			       : WARD_PROBE_NO;
	if (type == WARD_IEEE11073_AARQ) {
		uint32_t version = ward_rd_be32(&r);
		uint16_t n = ward_rd_be16(&r), size = ward_rd_be16(&r);

		return ward_rd_bad(&r)
			       ? WARD_PROBE_MORE
			       : ward_probe_of(version & 0x80000000 && !(version & 0x0fffffff) &&
					       n && size + 8 == len);
	}
	uint16_t result = ward_rd_be16(&r), protocol = ward_rd_be16(&r), size = ward_rd_be16(&r);

	if (type != WARD_IEEE11073_AARE || ward_rd_bad(&r))
		return type == WARD_IEEE11073_AARE ? WARD_PROBE_MORE : WARD_PROBE_NO;
	return ward_probe_of(ward_ieee11073_result_name(result) &&
			     protocol == WARD_IEEE11073_PROTOCOL && size + 6 == len);
}

const struct ward_dissector ward_dissect_ieee11073 = {
	.name = "ieee11073",
	.kind = WARD_DISSECT_MEDICAL,
	.title = "IEEE 11073-20601 (personal health devices)",
	.standard = "IEEE 11073-20601, Annex A; configurations of 11073-104xx",
	.reads = "associations, kinds of devices, makers, models, serial numbers; of measurements "
		 "counts and bytes",
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
