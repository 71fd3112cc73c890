#include "sense/building/bacnet_ask.h"

#include "sense/bacnet/put.h"

enum {
	BVLC_IP = 0x81, /* J.2.1 */
	BROADCAST = 11, /* J.2.11 */
	LENGTH_AT = 2,
	NPDU_VERSION = 1,
	EXPECTS_REPLY = 0x04, /* 6.2.2 */
	HAS_DESTINATION = 0x20,
	HOPS = 255,
	TAKES_SEGMENTS = 0x02,     /* 20.1.2.3 */
	SEGMENTS_AND_APDU = 0x45,  /* 20.1.2.4, .5: 16 segments, 1476 bytes */
	WINDOW = 1,                /* 20.1.5.5: we ask for one segment after the other */
	ABORT_BUFFER_OVERFLOW = 1, /* 20.1.9 */
	DEVICE_TYPE = 8,
};

static const struct {
	enum ward_bacnet_pdu pdu;
	uint8_t service;
	unsigned may;
} rows[WARD_BACNET_ASK_N] = {
#define X(IDENT, pdu, service, may) {WARD_BACNET_PDU_##pdu, service, WARD_BACNET_MAY_##may},
	WARD_BACNET_ASK_LIST(X)
#undef X
};

uint8_t ward_bacnet_ask_service(enum ward_bacnet_ask ask)
{
	WARD_ASSERT(ask < WARD_BACNET_ASK_N);
	return rows[ask].service;
}

enum ward_bacnet_pdu ward_bacnet_ask_pdu(enum ward_bacnet_ask ask)
{
	WARD_ASSERT(ask < WARD_BACNET_ASK_N);
	return rows[ask].pdu;
}

/* 6.2 */
static void put_npdu(struct ward_wr *w, const struct ward_bacnet_at *at, bool reply)
{
	bool routed = at && at->net;

	ward_wr_u8(w, NPDU_VERSION);
	ward_wr_u8(w, (uint8_t)((reply ? EXPECTS_REPLY : 0) | (routed ? HAS_DESTINATION : 0)));
	if (!routed)
		return;
	ward_wr_be16(w, at->net);
	ward_wr_u8(w, at->mac_len);
	ward_wr_bytes(w, at->mac, at->mac_len);
	ward_wr_u8(w, HOPS);
}

void ward_bacnet_ask_begin(struct ward_wr *w, enum ward_bacnet_ask ask, unsigned may,
	const struct ward_bacnet_at *at, uint8_t invoke)
{
	WARD_ASSERT(ask < WARD_BACNET_ASK_N && (rows[ask].may & ~may) == 0 && w->len == 0);
	enum ward_bacnet_pdu pdu = rows[ask].pdu;
	bool confirmed = pdu == WARD_BACNET_PDU_CONFIRMED;

	ward_wr_u8(w, BVLC_IP);
	ward_wr_u8(w, (uint8_t)(at ? WARD_BACNET_FN_UNICAST : BROADCAST));
	ward_wr_be16(w, 0);
	put_npdu(w, at, confirmed);
	ward_wr_u8(w, (uint8_t)((unsigned)pdu << 4 | (confirmed ? TAKES_SEGMENTS : 0)));
	if (confirmed)
		ward_wr_u8(w, SEGMENTS_AND_APDU);
	if (pdu != WARD_BACNET_PDU_UNCONFIRMED)
		ward_wr_u8(w, invoke);
	if (pdu == WARD_BACNET_PDU_ABORT)
		ward_wr_u8(w, ABORT_BUFFER_OVERFLOW);
	else if (pdu != WARD_BACNET_PDU_SEGMENT_ACK)
		ward_wr_u8(w, rows[ask].service);
}

void ward_bacnet_ask_end(struct ward_wr *w)
{
	WARD_ASSERT(!ward_wr_bad(w) && w->len > LENGTH_AT + 1 && w->len <= UINT16_MAX);
	w->p[LENGTH_AT] = (uint8_t)(w->len >> 8);
	w->p[LENGTH_AT + 1] = (uint8_t)w->len;
}

void ward_bacnet_put_who_is(struct ward_wr *w, uint32_t low, uint32_t high)
{
	ward_bacnet_put_unsigned(w, 0, true, low);
	ward_bacnet_put_unsigned(w, 1, true, high);
}

void ward_bacnet_put_read(struct ward_wr *w, const struct ward_bacnet_ref *ref, uint32_t property)
{
	ward_bacnet_put_object(w, 0, true, ref->type, ref->instance);
	ward_bacnet_put_unsigned(w, 1, true, property);
}

void ward_bacnet_put_read_spec(struct ward_wr *w, const struct ward_bacnet_ref *ref)
{
	ward_bacnet_put_object(w, 0, true, ref->type, ref->instance);
	ward_bacnet_put_open(w, 1);
	ward_bacnet_put_unsigned(w, 0, true, ref->property);
	if (ref->usual)
		ward_bacnet_put_unsigned(w, 0, true, WARD_BACNET_STATUS_FLAGS);
	ward_bacnet_put_close(w, 1);
}

void ward_bacnet_put_events_after(
	struct ward_wr *w, bool has_last, uint32_t type, uint32_t instance)
{
	if (has_last)
		ward_bacnet_put_object(w, 0, true, type, instance);
}

void ward_bacnet_put_subscribe(
	struct ward_wr *w, uint32_t process, const struct ward_bacnet_ref *ref, uint32_t lifetime_s)
{
	ward_bacnet_put_unsigned(w, 0, true, process);
	ward_bacnet_put_object(w, 1, true, ref->type, ref->instance);
	ward_bacnet_put_unsigned(w, 2, true, 0); /* unconfirmed notifications: no receipts */
	ward_bacnet_put_unsigned(w, 3, true, lifetime_s);
}

void ward_bacnet_put_segment_ack(struct ward_wr *w, uint8_t sequence)
{
	ward_wr_u8(w, sequence);
	ward_wr_u8(w, WINDOW);
}

/* A name of the list, or its number. */
static bool parse_name(struct ward_str s, enum ward_bacnet_list list, uint32_t max, uint32_t *ret)
{
	size_t n = ward_bacnet_name_count(list);
	uint64_t number;

	if (ward_str_u64(s, &number) && number <= max) {
		*ret = (uint32_t)number;
		return true;
	}
	for (size_t i = 0; i < n; i++) {
		const char *name = ward_bacnet_name(list, (uint32_t)i);

		if (name && ward_str_eqz(s, name)) {
			*ret = (uint32_t)i;
			return true;
		}
	}
	return false;
}

static bool parse_instance(struct ward_str s, uint32_t *ret)
{
	uint64_t v;

	/* the highest one stands for none (12.1, 20.2.14) */
	if (!ward_str_u64(s, &v) || v >= WARD_BACNET_INSTANCE_MAX)
		return false;
	*ret = (uint32_t)v;
	return true;
}

enum ward_err ward_bacnet_ref_parse(
	struct ward_str s, struct ward_bacnet_ref *ret, const char **ret_why)
{
	struct ward_bacnet_ref ref = {.property = WARD_BACNET_PRESENT_VALUE};
	struct ward_str rest = s, device = ward_str_cut(&rest, '/');
	struct ward_str object = ward_str_cut(&rest, '/'), type = ward_str_cut(&object, ':');

	*ret_why = NULL;
	if (!parse_instance(device, &ref.device))
		*ret_why = "an address begins with the device's instance: 1001/analog-input:3";
	else if (!parse_name(type, WARD_BACNET_NAMES_OBJECT_TYPE, WARD_BACNET_TYPE_MAX, &ref.type))
		*ret_why = "the object's type is a name of ASHRAE 135 or a number: "
			   "1001/analog-input:3";
	else if (!object.p || !parse_instance(object, &ref.instance))
		*ret_why = "the object's instance is missing: 1001/analog-input:3";
	else if (rest.p && !parse_name(rest, WARD_BACNET_NAMES_PROPERTY, WARD_BACNET_INSTANCE_MAX,
				   &ref.property))
		*ret_why = "the property is a name of ASHRAE 135 or a number: "
			   "1001/analog-input:3/present-value";
	if (*ret_why)
		return WARD_ERR_MALFORMED;
	ref.usual = ref.property == WARD_BACNET_PRESENT_VALUE && ref.type != DEVICE_TYPE;
	*ret = ref;
	return WARD_OK;
}
