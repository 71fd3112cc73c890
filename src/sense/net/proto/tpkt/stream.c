#include "sense/net/proto/tpkt/stream.h"

enum { NOTHING_YET = -1, NO_PACKETS = -2 };

/* The first byte of the first data in bytes. */
static int first_data(struct ward_slice bytes)
{
	size_t off = 0;

	while (off < bytes.len) {
		struct ward_tpkt t;
		struct ward_slice rest = ward_slice_of(bytes.p + off, bytes.len - off);

		switch (ward_tpkt_read(rest, &t)) {
		case WARD_TPKT_NOT:
			return NO_PACKETS;
		case WARD_TPKT_MORE:
			return NOTHING_YET;
		case WARD_TPKT_WHOLE:
		default:
			if (t.data.len)
				return t.data.p[0];
			off += t.size;
		}
	}
	return NOTHING_YET;
}

static enum ward_verdict recognise(
	const struct ward_tpkt_stream *s, struct ward_slice payload, uint8_t id)
{
	int first = s->seen ? id : first_data(payload);

	if (first == id)
		return WARD_VERDICT_OK;
	return first == NOTHING_YET ? WARD_VERDICT_MORE : WARD_VERDICT_FOREIGN;
}

enum ward_verdict ward_tpkt_next(struct ward_dissect *d, struct ward_tpkt_stream *s,
	struct ward_slice payload, uint8_t id, struct ward_tpkt *t)
{
	enum ward_tpkt_framing framing = ward_tpkt_read(payload, t);

	if (s->lost[d->from_client] && framing == WARD_TPKT_NOT) {
		d->used = payload.len;
		t->size = 0;
		return WARD_VERDICT_OK;
	}
	s->lost[d->from_client] = false;
	if (framing == WARD_TPKT_NOT)
		return d->trusted ? WARD_VERDICT_MALFORMED : WARD_VERDICT_FOREIGN;
	enum ward_verdict known = recognise(s, payload, id);

	if (framing == WARD_TPKT_MORE && known != WARD_VERDICT_FOREIGN) {
		d->need = t->size;
		return WARD_VERDICT_MORE;
	}
	return known;
}

enum ward_probe ward_tpkt_probe(struct ward_slice payload, uint8_t id)
{
	struct ward_slice calling, called;
	struct ward_tpkt t;

	switch (ward_tpkt_read(payload, &t)) {
	case WARD_TPKT_NOT:
		return WARD_PROBE_NO;
	case WARD_TPKT_MORE:
		return WARD_PROBE_MORE;
	case WARD_TPKT_WHOLE:
	default:
		break;
	}
	if (t.code == WARD_COTP_DT)
		return ward_probe_of(t.data.len && t.data.p[0] == id);
	return ward_probe_of((t.code == WARD_COTP_CR || t.code == WARD_COTP_CC) &&
			     ward_cotp_parameter(t.variable, WARD_COTP_CALLING, &calling) &&
			     ward_cotp_parameter(t.variable, WARD_COTP_CALLED, &called) &&
			     called.len);
}
