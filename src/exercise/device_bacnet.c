/* A BACnet/IP device that is asked (ASHRAE 135): who it is, and its present values. Answers that
 * would need segments are refused, upon which a client asks for less at once (5.4.5.3). */
#include "exercise/device_priv.h"
#include "sense/bacnet/bacnet.h"
#include "sense/bacnet/put.h"

#include <math.h>
#include <stdlib.h>

enum {
	BVLC_IP = 0x81, /* J.2.1 */
	DEVICE = 8,     /* clause 21 */
	ANALOG_INPUT = 0,
	BINARY_FIRST = 3, /* an input */
	BINARY_LAST = 5,
	STATE_INPUT = 13,
	SEGMENTATION_NONE = 3,
	VENDOR_ASHRAE = 0,
	HEAD = 6, /* BVLC and NPDU without addresses */
};

/* Clause 20.2.1.4 */
enum { UNSIGNED = 2, REAL = 4, BITS = 8, ENUMERATED = 9, OBJECT = 12 };

/* Clause 21: confirmed and unconfirmed services */
enum { READ = 12, WRITE = 15, READ_MULTIPLE = 14, GET_EVENTS = 29, I_AM = 0, WHO_IS = 8 };

/* 18: classes and codes of errors, reasons to reject and to abort */
enum {
	CLASS_OBJECT = 1,
	CLASS_PROPERTY = 2,
	UNKNOWN_OBJECT = 31,
	UNKNOWN_PROPERTY = 32,
	WRITE_DENIED = 40,
	UNRECOGNIZED_SERVICE = 9,
	NO_SEGMENTATION = 4,
};

struct answer {
	struct ward_device *d;
	const struct ward_bacnet *m;
	ward_ns time;
	struct ward_wr *w;
};

static void head(const struct answer *a)
{
	ward_wr_u8(a->w, BVLC_IP);
	ward_wr_u8(a->w, WARD_BACNET_FN_UNICAST);
	ward_wr_be16(a->w, 0);
	ward_wr_u8(a->w, 1); /* 6.2.1 */
	ward_wr_u8(a->w, 0);
}

static void pdu(const struct answer *a, enum ward_bacnet_pdu type, uint8_t last)
{
	ward_wr_u8(a->w, (uint8_t)(type << 4));
	ward_wr_u8(a->w, a->m->invoke_id);
	ward_wr_u8(a->w, last);
}

/* 16.10 */
static bool i_am(const struct answer *a)
{
	uint32_t device = a->d->value[0].at.object.device;

	if (a->m->low.is && (device < a->m->low.v || device > a->m->high.v))
		return false;
	ward_wr_u8(a->w, WARD_BACNET_PDU_UNCONFIRMED << 4);
	ward_wr_u8(a->w, I_AM);
	ward_bacnet_put_object(a->w, OBJECT, false, DEVICE, device);
	ward_bacnet_put_unsigned(a->w, UNSIGNED, false, WARD_BACNET_APDU_MAX);
	ward_bacnet_put_unsigned(a->w, ENUMERATED, false, SEGMENTATION_NONE);
	ward_bacnet_put_unsigned(a->w, UNSIGNED, false, VENDOR_ASHRAE);
	return true;
}

static struct ward_device_value *find(const struct answer *a, const struct ward_bacnet_item *item)
{
	for (size_t i = 0; item->has_object && i < a->d->n; i++) {
		const struct ward_bacnet_ref *r = &a->d->value[i].at.object;

		if (r->type == item->type && r->instance == item->instance)
			return &a->d->value[i];
	}
	return NULL;
}

/* Clause 12: analog objects have a real, binary ones a member of a list, others count. */
static void put_present(const struct answer *a, const struct ward_device_value *v,
	const struct ward_bacnet_item *item)
{
	enum { ANALOG_LAST = 2 };
	double gives = ward_device_gives(v, a->time);
	float real = ward_device_real(gives);
	uint32_t bits, whole = gives > 0 ? (uint32_t)lround(fmin(gives, UINT32_MAX)) : 0;

	if (item->type <= ANALOG_LAST) {
		memcpy(&bits, &real, sizeof(bits));
		ward_bacnet_put_tag(a->w, REAL, false, sizeof(bits));
		ward_wr_be32(a->w, bits);
	} else if (item->type >= BINARY_FIRST && item->type <= BINARY_LAST) {
		ward_bacnet_put_unsigned(a->w, ENUMERATED, false, whole != 0);
	} else {
		ward_bacnet_put_unsigned(a->w, UNSIGNED, false, whole);
	}
}

/* 12.2.7: in no alarm, no fault, not overridden, in service. */
static void put_flags(const struct answer *a)
{
	enum { UNUSED_BITS = 4 };

	ward_bacnet_put_tag(a->w, BITS, false, 2);
	ward_wr_u8(a->w, UNUSED_BITS);
	ward_wr_u8(a->w, 0);
}

/* The code of the error; 0: the value is there, in context tag `tag`. */
static uint32_t put_value(const struct answer *a, unsigned tag, const struct ward_bacnet_item *item)
{
	const struct ward_device_value *v = find(a, item);
	bool present = item->property == WARD_BACNET_PRESENT_VALUE;

	if (!v)
		return UNKNOWN_OBJECT;
	if (item->has_index || (!present && item->property != WARD_BACNET_STATUS_FLAGS))
		return UNKNOWN_PROPERTY;
	ward_bacnet_put_open(a->w, tag);
	if (present)
		put_present(a, v, item);
	else
		put_flags(a);
	ward_bacnet_put_close(a->w, tag);
	return 0;
}

static void put_error(const struct answer *a, uint32_t code)
{
	ward_bacnet_put_unsigned(
		a->w, ENUMERATED, false, code == UNKNOWN_OBJECT ? CLASS_OBJECT : CLASS_PROPERTY);
	ward_bacnet_put_unsigned(a->w, ENUMERATED, false, code);
}

static void error(const struct answer *a, uint32_t code)
{
	a->w->len = HEAD;
	pdu(a, WARD_BACNET_PDU_ERROR, a->m->service);
	put_error(a, code);
}

/* 15.5 */
static void read_one(const struct answer *a)
{
	const struct ward_bacnet_item *item = &a->m->item[0];
	uint32_t code;

	pdu(a, WARD_BACNET_PDU_COMPLEX_ACK, READ);
	ward_bacnet_put_object(a->w, 0, true, item->type, item->instance);
	ward_bacnet_put_unsigned(a->w, 1, true, item->property);
	code = put_value(a, 3, item);
	if (code)
		error(a, code);
}

/* 15.7; one list of results for each property, which the clause allows. */
static void read_multiple(const struct answer *a)
{
	pdu(a, WARD_BACNET_PDU_COMPLEX_ACK, READ_MULTIPLE);
	for (size_t i = 0; i < a->m->n_item; i++) {
		const struct ward_bacnet_item *item = &a->m->item[i];

		ward_bacnet_put_object(a->w, 0, true, item->type, item->instance);
		ward_bacnet_put_open(a->w, 1);
		ward_bacnet_put_unsigned(a->w, 2, true, item->property);
		uint32_t code = put_value(a, 4, item);

		if (code) {
			ward_bacnet_put_open(a->w, 5);
			put_error(a, code);
			ward_bacnet_put_close(a->w, 5);
		}
		ward_bacnet_put_close(a->w, 1);
	}
	if (ward_wr_bad(a->w) || a->m->n_item_seen > a->m->n_item) {
		ward_wr_reset(a->w);
		head(a);
		pdu(a, WARD_BACNET_PDU_ABORT, NO_SEGMENTATION);
		a->w->p[HEAD] |= 1; /* by the one that was asked: 20.1.9.1 */
	}
}

/* 13.12: there are none. */
static void no_events(const struct answer *a)
{
	pdu(a, WARD_BACNET_PDU_COMPLEX_ACK, GET_EVENTS);
	ward_bacnet_put_open(a->w, 0);
	ward_bacnet_put_close(a->w, 0);
	ward_bacnet_put_tag(a->w, 1, true, 1);
	ward_wr_u8(a->w, 0);
}

/* 15.9: what others follow can be written, whatever the priority; NULL gives it back. */
static void write_one(const struct answer *a)
{
	const struct ward_bacnet_item *item = &a->m->item[0];
	const struct ward_bacnet_value *is = &item->value;
	struct ward_device_value *v = a->m->n_item ? find(a, item) : NULL;
	char text[40], *end = text;
	double number = (double)is->i;

	if (!v) {
		error(a, UNKNOWN_OBJECT);
		return;
	}
	if (is->kind == WARD_BACNET_VALUE_NUM && is->s.len < sizeof(text)) {
		memcpy(text, is->s.p, is->s.len);
		text[is->s.len] = 0;
		number = strtod(text, &end);
	}
	/* an input can be written out of service only (12.2.4), and here none ever is */
	bool good = item->property == WARD_BACNET_PRESENT_VALUE && !item->has_index &&
		    item->type != ANALOG_INPUT && item->type != BINARY_FIRST &&
		    item->type != STATE_INPUT;

	/* as the parser has NULL: 20.2.2 */
	if (good && is->kind == WARD_BACNET_VALUE_STR && ward_str_eqz(is->s, "null"))
		good = ward_device_release(a->d, v);
	else
		good = good && (is->kind == WARD_BACNET_VALUE_INT || end != text) &&
		       ward_device_set(a->d, v, number);
	if (good)
		pdu(a, WARD_BACNET_PDU_SIMPLE_ACK, WRITE);
	else
		error(a, WRITE_DENIED);
}

static void confirmed(const struct answer *a)
{
	if (a->m->service == READ)
		read_one(a);
	else if (a->m->service == READ_MULTIPLE)
		read_multiple(a);
	else if (a->m->service == GET_EVENTS)
		no_events(a);
	else if (a->m->service == WRITE)
		write_one(a);
	else
		pdu(a, WARD_BACNET_PDU_REJECT, UNRECOGNIZED_SERVICE);
}

bool ward_device_hear(
	struct ward_device *d, ward_ns time, struct ward_slice datagram, struct ward_wr *out)
{
	static uint8_t buf[1 << 14];
	static struct ward_bacnet m;
	struct ward_wr text = ward_wr_fixed(buf, sizeof(buf));
	const struct answer a = {d, &m, time, out};
	bool told =
		ward_bacnet_parse(datagram, &text, &m) && m.has_apdu && !m.has_src && !m.segmented;

	if (!told)
		return false;
	ward_device_live(d, time);
	head(&a);
	if (m.pdu == WARD_BACNET_PDU_CONFIRMED)
		confirmed(&a);
	else if (m.pdu != WARD_BACNET_PDU_UNCONFIRMED || m.service != WHO_IS || !i_am(&a))
		return false;
	if (ward_wr_bad(out))
		return false;
	out->p[2] = (uint8_t)(out->len >> 8);
	out->p[3] = (uint8_t)out->len;
	return true;
}
