#include "sense/net/proto/tpkt/tpkt.h"

enum {
	VERSION = 3,
	LAST = 0x80,
	SHORTEST = WARD_TPKT_HEAD + 3, /* the header of a DT */
};

static enum ward_tpkt_framing no(struct ward_tpkt *t, enum ward_tpkt_reason reason, size_t off)
{
	t->reason = reason;
	t->off = off;
	return WARD_TPKT_NOT;
}

/* After the code: what each TPDU has fixed (13.3 to 13.7). */
static bool fixed_part(struct ward_rd *head, struct ward_tpkt *t)
{
	switch (t->code) {
	case WARD_COTP_CR:
	case WARD_COTP_CC:
	case WARD_COTP_DR:
		t->dst_ref = ward_rd_be16(head);
		t->src_ref = ward_rd_be16(head);
		t->option = ward_rd_u8(head);
		t->variable = ward_rd_rest(head);
		return !ward_rd_bad(head);
	case WARD_COTP_DT:
		t->last = ward_rd_u8(head) & LAST;
		return !ward_rd_bad(head) && ward_rd_left(head) == 0;
	case WARD_COTP_DC:
	case WARD_COTP_ER:
		return true;
	default:
		return false;
	}
}

static enum ward_tpkt_framing tpdu(struct ward_slice bytes, struct ward_tpkt *t)
{
	struct ward_rd r = ward_rd_from(bytes.p, t->size);

	ward_rd_skip(&r, WARD_TPKT_HEAD);
	struct ward_rd head = ward_rd_sub(&r, ward_rd_u8(&r));
	uint8_t code = ward_rd_u8(&head);

	/* The low four bits are a credit, which class 0 does not have. */
	t->code = code & 0xf0;
	if (ward_rd_bad(&head) || (code & 0x0f) || !fixed_part(&head, t))
		return no(t, WARD_TPKT_TPDU, WARD_TPKT_HEAD);
	t->data_off = r.off;
	t->data = ward_rd_rest(&r);
	return t->code == WARD_COTP_DT || t->data.len == 0 ? WARD_TPKT_WHOLE
							   : no(t, WARD_TPKT_TPDU, t->data_off);
}

enum ward_tpkt_framing ward_tpkt_read(struct ward_slice bytes, struct ward_tpkt *t)
{
	struct ward_rd r = ward_rd_slice(bytes);
	uint8_t version = ward_rd_u8(&r), reserved = ward_rd_u8(&r);
	uint16_t len = ward_rd_be16(&r);

	memset(t, 0, sizeof(*t));
	if ((bytes.len > 0 && version != VERSION) || (bytes.len > 1 && reserved != 0))
		return no(t, WARD_TPKT_HEADER, 0);
	if (ward_rd_bad(&r))
		return WARD_TPKT_MORE;
	if (len < SHORTEST)
		return no(t, WARD_TPKT_HEADER, 2);
	t->size = len;
	return bytes.len < len ? WARD_TPKT_MORE : tpdu(bytes, t);
}

bool ward_cotp_parameter(struct ward_slice variable, uint8_t code, struct ward_slice *ret)
{
	struct ward_rd r = ward_rd_slice(variable);

	*ret = (struct ward_slice){NULL, 0};
	/* each takes two bytes at least */
	while (ward_rd_left(&r)) {
		uint8_t is = ward_rd_u8(&r);
		struct ward_slice value = ward_rd_bytes(&r, ward_rd_u8(&r));

		if (ward_rd_bad(&r))
			return false;
		if (is == code)
			*ret = value;
	}
	return true;
}
