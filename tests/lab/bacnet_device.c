#include "lab/bacnet_device.h"

#include "sense/bacnet/put.h"

#include <stdio.h>

enum {
	PRESENT_VALUE = 85,
	STATUS_FLAGS = 111,
	ANALOG_INPUT = 0,
	DEVICE = 8,
	APPLICATION_REAL = 4,
	APPLICATION_BITS = 8,
	APPLICATION_ENUMERATED = 9,
	APPLICATION_OBJECT = 12,
	APPLICATION_UNSIGNED = 2,
	HEAD = 6, /* BVLC and NPDU */
	DATAGRAM = 1500,
	SERVICE_READ = 12,
	SERVICE_MULTIPLE = 14,
	SERVICE_EVENTS = 29,
	SERVICE_SUBSCRIBE = 5,
};

void lab_device_init(struct lab_device *d, uint32_t instance, size_t n)
{
	memset(d, 0, sizeof(*d));
	d->instance = instance;
	d->max_apdu = 1476;
	d->segments = true;
	for (size_t i = 0; i < n && i < LAB_OBJECTS; i++)
		d->object[d->n_object++] =
			(struct lab_object){ANALOG_INPUT, (uint32_t)i + 1, 20.5f + (float)i, 0, 0};
}

static void begin(struct ward_wr *w, uint8_t *buf, size_t cap)
{
	*w = ward_wr_fixed(buf, cap);
	ward_wr_u8(w, 0x81);
	ward_wr_u8(w, 0x0a);
	ward_wr_be16(w, 0);
	ward_wr_u8(w, 1);
	ward_wr_u8(w, 0);
}

static void finish(struct lab_device *d, struct ward_wr *w)
{
	WARD_ASSERT(!ward_wr_bad(w));
	w->p[2] = (uint8_t)(w->len >> 8);
	w->p[3] = (uint8_t)w->len;
	d->send(d->ctx, ward_wr_slice(w));
}

void lab_device_i_am(struct lab_device *d, uint32_t instance)
{
	uint8_t buf[64];
	struct ward_wr w;

	begin(&w, buf, sizeof(buf));
	ward_wr_u8(&w, 0x10);
	ward_wr_u8(&w, 0);
	ward_bacnet_put_object(&w, APPLICATION_OBJECT, false, DEVICE, instance);
	ward_bacnet_put_unsigned(&w, APPLICATION_UNSIGNED, false, d->max_apdu);
	ward_bacnet_put_unsigned(&w, APPLICATION_ENUMERATED, false, d->segments ? 0 : 3);
	ward_bacnet_put_unsigned(&w, APPLICATION_UNSIGNED, false, 260);
	finish(d, &w);
}

static void put_real(struct ward_wr *w, float v)
{
	uint32_t bits;

	memcpy(&bits, &v, sizeof(bits));
	ward_bacnet_put_tag(w, APPLICATION_REAL, false, 4);
	ward_wr_be32(w, bits);
}

static void put_flags(struct ward_wr *w, uint8_t flags)
{
	ward_bacnet_put_tag(w, APPLICATION_BITS, false, 2);
	ward_wr_u8(w, 4); /* unused bits */
	ward_wr_u8(w, (uint8_t)(flags << 4));
}

static struct lab_object *find(struct lab_device *d, uint32_t type, uint32_t instance)
{
	for (size_t i = 0; i < d->n_object; i++)
		if (d->object[i].type == type && d->object[i].instance == instance)
			return &d->object[i];
	return NULL;
}

/* The value in context tag `tag`; or, of the multiple, an error in [5]. False: no such property. */
static bool put_value(
	struct lab_device *d, struct ward_wr *w, unsigned tag, const struct ward_bacnet_item *item)
{
	const struct lab_object *o = find(d, item->type, item->instance);

	if (!o || (item->property != PRESENT_VALUE && item->property != STATUS_FLAGS))
		return false;
	ward_bacnet_put_open(w, tag);
	if (d->manner == LAB_OVERSIZED) {
		ward_bacnet_put_tag(w, 7, false, 1200);
		for (size_t i = 0; i < 1200; i++)
			ward_wr_u8(w, i ? 'x' : 0);
	} else if (item->property == PRESENT_VALUE) {
		put_real(w, o->value);
	} else {
		put_flags(w, o->flags);
	}
	ward_bacnet_put_close(w, tag);
	return true;
}

static void put_error(struct ward_wr *w, uint32_t class, uint32_t code)
{
	ward_bacnet_put_unsigned(w, APPLICATION_ENUMERATED, false, class);
	ward_bacnet_put_unsigned(w, APPLICATION_ENUMERATED, false, code);
}

/* 15.7.3: one list for each item, which the standard allows as well as one for each object. */
static void put_multiple(struct lab_device *d, struct ward_wr *w)
{
	enum { OBJECT_CLASS = 1, UNKNOWN_OBJECT = 31 };

	for (size_t i = 0; i < d->m.n_item; i++) {
		const struct ward_bacnet_item *item = &d->m.item[i];
		uint32_t other = d->manner == LAB_WRONG_OBJECT ? 7000 : 0;

		ward_bacnet_put_object(w, 0, true, item->type, item->instance + other);
		ward_bacnet_put_open(w, 1);
		ward_bacnet_put_unsigned(w, 2, true, item->property);
		if (!put_value(d, w, 4, item)) {
			ward_bacnet_put_open(w, 5);
			put_error(w, OBJECT_CLASS, UNKNOWN_OBJECT);
			ward_bacnet_put_close(w, 5);
		}
		ward_bacnet_put_close(w, 1);
	}
}

static bool put_one(struct lab_device *d, struct ward_wr *w)
{
	const struct ward_bacnet_item *item = &d->m.item[0];
	uint32_t other = d->manner == LAB_WRONG_OBJECT ? 7000 : 0;

	ward_bacnet_put_object(w, 0, true, item->type, item->instance + other);
	ward_bacnet_put_unsigned(w, 1, true, item->property);
	return put_value(d, w, 3, item);
}

static void put_stamp(struct ward_wr *w, unsigned tag)
{
	ward_bacnet_put_open(w, tag);
	ward_bacnet_put_unsigned(w, 1, true, 7); /* a sequence number */
	ward_bacnet_put_close(w, tag);
}

/* 13.12: behind the object that the question names. */
static void put_events(struct lab_device *d, struct ward_wr *w)
{
	size_t first = 0, n = 0;
	bool more = false;

	for (size_t i = 0; d->m.n_item && i < d->n_object && !d->same_events; i++)
		if (d->object[i].type == d->m.item[0].type &&
			d->object[i].instance == d->m.item[0].instance)
			first = i + 1;
	ward_bacnet_put_open(w, 0);
	for (size_t i = first; i < d->n_object; i++) {
		const struct lab_object *o = &d->object[i];

		if (!o->event_state)
			continue;
		more = d->events_max && n++ == d->events_max;
		if (more)
			break;
		ward_bacnet_put_object(w, 0, true, o->type, o->instance);
		ward_bacnet_put_unsigned(w, 1, true, o->event_state);
		ward_bacnet_put_tag(w, 2, true, 2);
		ward_wr_be16(w, 0x05e0);
		ward_bacnet_put_open(w, 3);
		for (size_t k = 0; k < 3; k++)
			ward_bacnet_put_unsigned(w, 1, true, 7);
		ward_bacnet_put_close(w, 3);
		ward_bacnet_put_unsigned(w, 4, true, 0);
		ward_bacnet_put_tag(w, 5, true, 2);
		ward_wr_be16(w, 0x05e0);
		ward_bacnet_put_open(w, 6);
		for (size_t k = 0; k < 3; k++)
			ward_bacnet_put_unsigned(w, APPLICATION_UNSIGNED, false, 5);
		ward_bacnet_put_close(w, 6);
	}
	ward_bacnet_put_close(w, 0);
	ward_bacnet_put_tag(w, 1, true, 1);
	ward_wr_u8(w, more);
}

static void send_plain(struct lab_device *d, uint8_t first, uint8_t last, const uint8_t *more)
{
	uint8_t buf[64];
	struct ward_wr w;

	begin(&w, buf, sizeof(buf));
	ward_wr_u8(&w, first);
	ward_wr_u8(&w, d->m.invoke_id);
	ward_wr_u8(&w, last);
	if (more)
		put_error(&w, more[0], more[1]);
	finish(d, &w);
}

static void abort_with(struct lab_device *d, uint8_t reason)
{
	send_plain(d, 0x71, reason, NULL);
}

static void reject_with(struct lab_device *d, uint8_t reason)
{
	send_plain(d, 0x60, reason, NULL);
}

static void error_with(struct lab_device *d, uint8_t class, uint8_t code)
{
	send_plain(d, 0x50, d->m.service, (const uint8_t[]){class, code});
}

/* 20.1.5: the next segment of d->whole. */
static void send_segment(struct lab_device *d)
{
	uint8_t buf[DATAGRAM];
	struct ward_wr w;
	size_t room = d->max_apdu - 5, n = d->len - d->at < room ? d->len - d->at : room;
	bool endless = d->manner == LAB_ENDLESS, more = endless || d->at + n < d->len;

	begin(&w, buf, sizeof(buf));
	ward_wr_u8(&w, (uint8_t)(0x38 | (more ? 4 : 0)));
	ward_wr_u8(&w, d->invoke);
	ward_wr_u8(&w, (uint8_t)(d->manner == LAB_ODD_SEGMENTS ? d->sequence + 3 : d->sequence));
	ward_wr_u8(&w, 4); /* window that it proposes */
	ward_wr_u8(&w, d->service);
	ward_wr_bytes(&w, d->whole + d->at, n);
	if (!endless)
		d->at += n;
	d->sequence++;
	d->n_segment++;
	finish(d, &w);
}

static void send_answer(struct lab_device *d, struct ward_slice body)
{
	uint8_t buf[DATAGRAM];
	struct ward_wr w;

	if (d->manner == LAB_ENDLESS || d->manner == LAB_ODD_SEGMENTS ||
		body.len + 3 > d->max_apdu) {
		if (!d->segments) {
			abort_with(d, 4);
			return;
		}
		memcpy(d->whole, body.p, body.len);
		d->len = body.len;
		d->at = 0;
		d->sequence = 0;
		d->invoke = d->m.invoke_id;
		d->service = d->m.service;
		send_segment(d);
		return;
	}
	begin(&w, buf, sizeof(buf));
	ward_wr_u8(&w, 0x30);
	ward_wr_u8(&w, (uint8_t)(d->m.invoke_id + (d->manner == LAB_WRONG_INVOKE)));
	ward_wr_u8(&w, d->m.service);
	ward_wr_bytes(&w, body.p, d->manner == LAB_TRUNCATED ? body.len / 2 + 1 : body.len);
	finish(d, &w);
}

static bool misbehave(struct lab_device *d)
{
	static const uint8_t noise[] = {0x81, 0x0a, 0x00, 0x09, 0x01, 0x00, 0x30, 0xff, 0xff};

	switch (d->manner) {
	case LAB_SILENT:
		return true;
	case LAB_BUSY:
		abort_with(d, 9);
		return true;
	case LAB_ERROR_BUSY:
		error_with(d, 0, 3);
		return true;
	case LAB_NOISE:
		d->send(d->ctx, ward_slice_of(noise, sizeof(noise)));
		d->send(d->ctx, ward_slice_of(noise, 3));
		d->send(d->ctx, ward_slice_of(noise, 0));
		return true;
	case LAB_GOOD:
	case LAB_WRONG_INVOKE:
	case LAB_WRONG_OBJECT:
	case LAB_TRUNCATED:
	case LAB_OVERSIZED:
	case LAB_ENDLESS:
	case LAB_ODD_SEGMENTS:
	case LAB_MANNERS:
		break;
	}
	return false;
}

static void on_confirmed(struct lab_device *d)
{
	enum { UNRECOGNIZED = 9, PROPERTY_CLASS = 2, UNKNOWN_PROPERTY = 32 };
	static uint8_t body[1 << 17];
	struct ward_wr w = ward_wr_fixed(body, sizeof(d->whole));

	d->n_read += d->m.service == SERVICE_READ;
	d->n_read_multiple += d->m.service == SERVICE_MULTIPLE;
	d->n_events += d->m.service == SERVICE_EVENTS;
	d->n_subscribe += d->m.service == SERVICE_SUBSCRIBE;
	if (misbehave(d))
		return;
	if ((d->m.service == SERVICE_MULTIPLE && d->no_multiple) ||
		(d->m.service == SERVICE_EVENTS && d->no_events)) {
		reject_with(d, UNRECOGNIZED);
		return;
	}
	if (d->m.service == SERVICE_SUBSCRIBE) {
		send_plain(d, 0x20, SERVICE_SUBSCRIBE, NULL);
		return;
	}
	if (d->m.service == SERVICE_READ && !put_one(d, &w)) {
		error_with(d, PROPERTY_CLASS, UNKNOWN_PROPERTY);
		return;
	}
	if (d->m.service == SERVICE_MULTIPLE)
		put_multiple(d, &w);
	if (d->m.service == SERVICE_EVENTS)
		put_events(d, &w);
	WARD_ASSERT(!ward_wr_bad(&w));
	send_answer(d, ward_wr_slice(&w));
}

bool lab_reads_only(struct ward_slice bytes, bool subscribe, bool receipt, char what[96])
{
	static uint8_t buf[1 << 14];
	static struct ward_bacnet m;
	struct ward_wr text = ward_wr_fixed(buf, sizeof(buf));
	bool ok = ward_bacnet_parse(bytes, &text, &m) && m.has_apdu && !m.padding;

	if (ok && m.pdu == WARD_BACNET_PDU_CONFIRMED)
		ok = m.service == SERVICE_READ || m.service == SERVICE_MULTIPLE ||
		     m.service == SERVICE_EVENTS || (subscribe && m.service == SERVICE_SUBSCRIBE);
	else if (ok && m.pdu == WARD_BACNET_PDU_UNCONFIRMED)
		ok = m.service == 8;
	else if (ok && m.pdu == WARD_BACNET_PDU_SIMPLE_ACK)
		ok = receipt && m.service == 2;
	else
		ok = ok && (m.pdu == WARD_BACNET_PDU_SEGMENT_ACK || m.pdu == WARD_BACNET_PDU_ABORT);
	if (!ok)
		(void)snprintf(what, 96, "PDU type %u, service %u, %zu bytes", (unsigned)m.pdu,
			m.service, bytes.len);
	return ok;
}

void lab_device_hear(struct lab_device *d, struct ward_slice bytes)
{
	struct ward_wr text = ward_wr_fixed(d->text, sizeof(d->text));
	char what[96];

	d->n_heard++;
	if (!lab_reads_only(bytes, true, true, what)) {
		if (!d->n_violation++)
			memcpy(d->violation, what, sizeof(what));
		return;
	}
	WARD_ASSERT(ward_bacnet_parse(bytes, &text, &d->m));
	if (d->m.pdu == WARD_BACNET_PDU_UNCONFIRMED) {
		d->n_who_is++;
		if (d->manner != LAB_SILENT &&
			(!d->m.low.is || (d->m.low.v <= d->instance && d->instance <= d->m.high.v)))
			lab_device_i_am(d, d->instance);
	} else if (d->m.pdu == WARD_BACNET_PDU_CONFIRMED) {
		on_confirmed(d);
	} else if (d->m.pdu == WARD_BACNET_PDU_SEGMENT_ACK) {
		d->n_segment_ack++;
		if (d->m.invoke_id == d->invoke && (d->at < d->len || d->manner == LAB_ENDLESS))
			send_segment(d);
	} else {
		d->n_receipt += d->m.pdu == WARD_BACNET_PDU_SIMPLE_ACK;
		d->n_abort += d->m.pdu == WARD_BACNET_PDU_ABORT;
		d->len = d->at = 0;
	}
}

void lab_device_event(struct lab_device *d, size_t object, uint32_t state, bool confirmed)
{
	struct lab_object *o = &d->object[object];
	uint8_t buf[256];
	struct ward_wr w;

	begin(&w, buf, sizeof(buf));
	if (confirmed)
		ward_wr_bytes(&w, (const uint8_t[]){0x00, 0x05, 0x11, 0x02}, 4);
	else
		ward_wr_bytes(&w, (const uint8_t[]){0x10, 0x03}, 2);
	ward_bacnet_put_unsigned(&w, 0, true, 1);
	ward_bacnet_put_object(&w, 1, true, DEVICE, d->instance);
	ward_bacnet_put_object(&w, 2, true, o->type, o->instance);
	put_stamp(&w, 3);
	ward_bacnet_put_unsigned(&w, 4, true, 3);
	ward_bacnet_put_unsigned(&w, 5, true, 64);
	ward_bacnet_put_unsigned(&w, 6, true, 5); /* out-of-range */
	ward_bacnet_put_unsigned(&w, 8, true, 0); /* alarm */
	ward_bacnet_put_tag(&w, 9, true, 1);
	ward_wr_u8(&w, 0);
	ward_bacnet_put_unsigned(&w, 10, true, o->event_state);
	ward_bacnet_put_unsigned(&w, 11, true, state);
	o->event_state = state;
	finish(d, &w);
}

void lab_device_change(struct lab_device *d, size_t object)
{
	struct lab_object *o = &d->object[object];
	uint8_t buf[256];
	struct ward_wr w;

	begin(&w, buf, sizeof(buf));
	ward_wr_bytes(&w, (const uint8_t[]){0x10, 0x02}, 2);
	ward_bacnet_put_unsigned(&w, 0, true, 1);
	ward_bacnet_put_object(&w, 1, true, DEVICE, d->instance);
	ward_bacnet_put_object(&w, 2, true, o->type, o->instance);
	ward_bacnet_put_unsigned(&w, 3, true, 300);
	ward_bacnet_put_open(&w, 4);
	ward_bacnet_put_unsigned(&w, 0, true, PRESENT_VALUE);
	ward_bacnet_put_open(&w, 2);
	put_real(&w, o->value);
	ward_bacnet_put_close(&w, 2);
	ward_bacnet_put_unsigned(&w, 0, true, STATUS_FLAGS);
	ward_bacnet_put_open(&w, 2);
	put_flags(&w, o->flags);
	ward_bacnet_put_close(&w, 2);
	ward_bacnet_put_close(&w, 4);
	finish(d, &w);
}
