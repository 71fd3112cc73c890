/* SMB on a TCP stream: frames, and the messages in them. */
#include "sense/net/proto/smb/stream.h"
#include "sense/net/proto/dissectors.h"

enum {
	PORT_DIRECT = 445,
	PORT_NETBIOS = 139,
	SESSION_REQUEST = 0x81,
	BEGIN_BYTES = 8,
	NETBIOS_NAME = 32 + 2, /* RFC 1001 14.1, without a scope */
};

static const char *const reasons[] = {
#define X(IDENT, name) name,
	WARD_SMB_REASON_LIST(X)
#undef X
};

static enum ward_verdict fail(struct ward_dissect *d, enum ward_smb_reason reason, size_t off)
{
	d->reason = reason;
	d->off = off;
	return d->trusted ? WARD_VERDICT_MALFORMED : WARD_VERDICT_FOREIGN;
}

static enum ward_verdict read_smb1(struct ward_dissect *d, struct ward_slice front, size_t total)
{
	struct ward_smb m;
	size_t block = 0;

	for (unsigned i = 0; i < WARD_SMB_ANDX; i++) {
		if (ward_smb1_parse(front, total, &block, &m))
			ward_smb_see(d, &m);
		else if (m.reason == WARD_SMB_REASON_N)
			break;
		else
			return fail(d, m.reason, WARD_SMB_NBSS + m.off);
	}
	return WARD_VERDICT_OK;
}

/* What begins so late in a long compound that its body is not in front is not read. */
static enum ward_verdict read_smb2(struct ward_dissect *d, struct ward_slice front, size_t total)
{
	struct ward_smb m;
	size_t off = 0;

	for (unsigned i = 0; i < WARD_SMB_CHAIN; i++) {
		bool good = ward_smb2_parse(front, total, off, &m);

		if (!good && i && front.len < total && m.reason != WARD_SMB_SMB2_NEXT)
			break;
		if (!good)
			return fail(d, m.reason, WARD_SMB_NBSS + off + m.off);
		ward_smb_see(d, &m);
		off += m.size;
		if (!m.size || off >= front.len)
			break;
	}
	return WARD_VERDICT_OK;
}

static enum ward_verdict read_message(
	struct ward_dissect *d, const struct ward_smb_frame *frame, struct ward_slice front)
{
	struct ward_smb_flow *f = d->flow;
	size_t total = frame->size - WARD_SMB_NBSS;
	enum ward_verdict v = WARD_VERDICT_OK;

	f->chain = 0;
	switch (frame->protocol) {
	case WARD_SMB_P_1:
		v = read_smb1(d, front, total);
		break;
	case WARD_SMB_P_2:
		v = read_smb2(d, front, total);
		break;
	case WARD_SMB_P_ENCRYPTED:
		ward_smb_tell_encrypted(d, front);
		break;
	case WARD_SMB_P_COMPRESSED:
		ward_smb_tell_compressed(d, front, total);
		break;
	case WARD_SMB_P_UNKNOWN:
	default:
		break;
	}
	f->seen |= v == WARD_VERDICT_OK;
	return v;
}

static enum ward_verdict read_frame(
	struct ward_dissect *d, const struct ward_smb_frame *frame, struct ward_slice payload)
{
	size_t front = frame->size < WARD_SMB_FRONT ? frame->size : WARD_SMB_FRONT;
	struct ward_smb_bulk *bulk = &((struct ward_smb_flow *)d->flow)->bulk[ward_smb_side(d)];
	struct ward_slice message;

	if (payload.len < front) {
		d->need = front;
		return WARD_VERDICT_MORE;
	}
	d->used = frame->size;
	bulk->left = bulk->data = 0;
	message = ward_slice_of(payload.p + WARD_SMB_NBSS, front - WARD_SMB_NBSS);
	if (!frame->type) {
		enum ward_verdict v = read_message(d, frame, message);

		/* What is no file's is passed over unseen. */
		if (v == WARD_VERDICT_OK && bulk->data) {
			bulk->left = frame->size - front;
			d->used = front;
		}
		return v;
	}
	if (frame->type == SESSION_REQUEST) {
		struct ward_rd r = ward_rd_slice(message);
		char called[17], calling[17];

		if (!ward_smb_netbios_name(&r, called) || !ward_smb_netbios_name(&r, calling))
			return fail(d, WARD_SMB_NBSS_NAME, WARD_SMB_NBSS);
	}
	ward_smb_tell_netbios(d, frame, message);
	/* An answer or a keep-alive alone does not make it SMB. */
	return d->trusted || frame->type == SESSION_REQUEST ? WARD_VERDICT_OK
							    : WARD_VERDICT_FOREIGN;
}

/* Is a message's begin at the front of these BEGIN_BYTES? */
static bool is_begin(const uint8_t *p)
{
	struct ward_smb_frame frame;
	enum ward_smb_reason reason;

	return !p[0] &&
	       ward_smb_frame(ward_slice_of(p, BEGIN_BYTES), &frame, &reason) == WARD_SMB_WHOLE;
}

/* After a gap: up to the next begin. */
static enum ward_verdict look_for_begin(struct ward_dissect *d, struct ward_slice payload)
{
	struct ward_smb_flow *f = d->flow;
	size_t at = 0;

	while (at + BEGIN_BYTES <= payload.len && !is_begin(payload.p + at))
		at++;
	if (at + BEGIN_BYTES <= payload.len)
		f->lost[ward_smb_side(d)] = false;
	if (!at)
		return WARD_VERDICT_MORE;
	d->used = at;
	return WARD_VERDICT_OK;
}

static void close_side(struct ward_dissect *d)
{
	struct ward_smb_flow *f = d->flow;

	f->closed |= (uint8_t)(1u << ward_smb_side(d));
	if (f->closed == 3)
		ward_smb_finish(d);
}

static enum ward_verdict parse_one(struct ward_dissect *d, struct ward_slice payload)
{
	struct ward_smb_flow *f = d->flow;
	struct ward_smb_frame frame;
	enum ward_smb_reason reason;

	if (f->bulk[ward_smb_side(d)].left) {
		d->used = ward_smb_carve_more(d, payload);
		return d->used ? WARD_VERDICT_OK : WARD_VERDICT_MORE;
	}
	if (f->lost[ward_smb_side(d)]) {
		enum ward_verdict v = look_for_begin(d, payload);

		if (v == WARD_VERDICT_OK || f->lost[ward_smb_side(d)])
			return v;
	}
	switch (ward_smb_frame(payload, &frame, &reason)) {
	case WARD_SMB_NOT:
		return fail(d, reason, 0);
	case WARD_SMB_MORE:
		return WARD_VERDICT_MORE;
	case WARD_SMB_WHOLE:
	default:
		return read_frame(d, &frame, payload);
	}
}

static enum ward_verdict parse(struct ward_dissect *d, struct ward_slice payload)
{
	enum ward_verdict v = parse_one(d, payload);

	if (d->end && (v == WARD_VERDICT_MORE || (v == WARD_VERDICT_OK && d->used >= payload.len)))
		close_side(d);
	return v;
}

static bool gap(struct ward_dissect *d, uint64_t lost)
{
	struct ward_smb_flow *f = d->flow;

	if (lost <= f->bulk[ward_smb_side(d)].left) {
		ward_smb_carve_gap(d, lost);
		return true;
	}
	f->bulk[ward_smb_side(d)].left = 0;
	f->lost[ward_smb_side(d)] = f->seen;
	return f->seen;
}

static bool whole_front(const struct ward_smb_frame *frame, struct ward_slice front)
{
	struct ward_smb m;
	size_t total = frame->size - WARD_SMB_NBSS, block = 0;

	if (front.len > total)
		front.len = total;
	switch (frame->protocol) {
	case WARD_SMB_P_1:
		if (front.len < WARD_SMB1_HEAD)
			return front.len == total;
		return ward_smb_command_name(1, front.p[4]) &&
		       (front.len < total || ward_smb1_parse(front, total, &block, &m));
	case WARD_SMB_P_2:
		return ward_smb2_parse(front, total, 0, &m) ||
		       (m.reason == WARD_SMB_SMB2_BODY && front.len < total);
	case WARD_SMB_P_ENCRYPTED:
	case WARD_SMB_P_COMPRESSED:
		return true;
	case WARD_SMB_P_UNKNOWN:
	default:
		return false;
	}
}

static enum ward_probe probe_message(const struct ward_smb_frame *frame, struct ward_slice front)
{
	size_t total = frame->size - WARD_SMB_NBSS;
	size_t least =
		frame->protocol == WARD_SMB_P_1 ? (size_t)WARD_SMB1_HEAD : (size_t)WARD_SMB2_HEAD;

	if (frame->protocol <= WARD_SMB_P_2 && front.len < total && front.len < least)
		return WARD_PROBE_MORE;
	return ward_probe_of(whole_front(frame, front));
}

static enum ward_probe probe(struct ward_slice payload)
{
	struct ward_smb_frame frame;
	enum ward_smb_reason reason;
	char name[17];

	switch (ward_smb_frame(payload, &frame, &reason)) {
	case WARD_SMB_MORE:
		return WARD_PROBE_MORE;
	case WARD_SMB_NOT:
		return WARD_PROBE_NO;
	case WARD_SMB_WHOLE:
	default:
		break;
	}
	struct ward_slice rest =
		ward_slice_of(payload.p + WARD_SMB_NBSS, payload.len - WARD_SMB_NBSS);
	struct ward_rd r = ward_rd_slice(rest);

	if (frame.type == SESSION_REQUEST && !ward_smb_netbios_name(&r, name))
		return rest.len < NETBIOS_NAME && (!rest.len || rest.p[0] == 32) ? WARD_PROBE_MORE
										 : WARD_PROBE_NO;
	if (frame.type == SESSION_REQUEST)
		return WARD_PROBE_YES;
	return frame.type ? WARD_PROBE_NO : probe_message(&frame, rest);
}

const struct ward_dissector ward_dissect_smb = {
	.name = "smb",
	.kind = WARD_DISSECT_IT,
	.title = "SMB 1, 2 and 3",
	.standard = "MS-CIFS 2.2, MS-SMB 2.2, MS-SMB2 2.2, RFC 1002 4.3, MS-NLMP 2.2",
	.reads =
		"dialects, sessions and who logs in, shares, files opened, renamed, deleted, bytes "
		"read and written per file, transactions, statuses; no contents",
	.proto = WARD_PROTO_TCP,
	.port = {PORT_DIRECT, PORT_NETBIOS},
	.probe_stream = probe,
	.parse = parse,
	.gap = gap,
	.files = true,
	.flow_bytes = sizeof(struct ward_smb_flow),
	.reason = reasons,
	.n_reason = WARD_ARRAY_LEN(reasons),
	.name_at = ward_smb_name_at,
};
