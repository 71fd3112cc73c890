/* What comes in: whose it is, and what devices say of their own accord: that they are there
 * (16.10), alarms (13.8, 13.9), values that changed (13.2). */
#include "event/classes.h"
#include "sense/building/bacnet_priv.h"

#include <stdio.h>

static bool same_at(const struct ward_bacnet_at *a, const struct ward_bacnet_at *b)
{
	return memcmp(a->ip, b->ip, 4) == 0 && a->port == b->port && a->net == b->net &&
	       a->mac_len == b->mac_len && memcmp(a->mac, b->mac, a->mac_len) == 0;
}

static bool in_scope(const struct ward_bacnet_client *c, const uint8_t ip[4], uint16_t port)
{
	struct ward_rd from = ward_rd_from(ip, 4);
	uint32_t address = ward_rd_be32(&from);

	for (size_t i = 0; i < c->o.n_scope; i++) {
		const struct ward_bacnet_scope *s = &c->o.scope[i];
		struct ward_rd r = ward_rd_from(s->ip, 4);

		/* prefix is 8 to 32 */
		if (((address ^ ward_rd_be32(&r)) & UINT32_MAX << (32 - s->prefix)) == 0 &&
			(s->prefix < 32 || port == s->port))
			return true;
	}
	return false;
}

/* By UDP, or by the router or the broadcast manager that handed it on. False: no address of ours.
 */
static bool whose(
	const struct ward_bacnet *m, const uint8_t ip[4], uint16_t port, struct ward_bacnet_at *ret)
{
	enum { FORWARDED = 4 };
	struct ward_bacnet_at at = {.port = port};

	memcpy(at.ip, ip, 4);
	if (m->function == FORWARDED) {
		memcpy(at.ip, m->forwarded_ip, 4);
		at.port = m->forwarded_port;
	}
	if (m->has_src) {
		if (!m->src_address.len || m->src_address.len > WARD_BACNET_MAC)
			return false;
		at.net = m->src_net;
		at.mac_len = (uint8_t)m->src_address.len;
		memcpy(at.mac, m->src_address.p, at.mac_len);
	}
	*ret = at;
	return true;
}

/* The device that is there, or was when it was heard last: an address goes from one to another. */
static struct bacnet_device *at_address(
	struct ward_bacnet_client *c, const struct ward_bacnet_at *at)
{
	struct bacnet_device *was = NULL;

	for (size_t i = 0; i < c->n_device; i++) {
		struct bacnet_device *d = &c->device[i];

		if (!d->at.port || !same_at(&d->at, at))
			continue;
		if (d->found)
			return d;
		was = d;
	}
	return was;
}

/* How many points fit one question and its answer (15.7, 20.1.2.5). */
static size_t group_of(const struct bacnet_device *d)
{
	size_t apdu = d->max_apdu < WARD_BACNET_APDU_MAX ? d->max_apdu : WARD_BACNET_APDU_MAX;
	size_t out = (apdu - WARD_BACNET_HEAD_BYTES) / WARD_BACNET_SPEC_BYTES;
	size_t in = d->sends_segments ? BACNET_GROUP
				      : (apdu - WARD_BACNET_HEAD_BYTES) / WARD_BACNET_RESULT_BYTES;
	size_t n = out < in ? out : in;

	return n < 1 ? 1 : n < BACNET_GROUP ? n : BACNET_GROUP;
}

static enum ward_err tell_found(
	struct ward_bacnet_client *c, const struct bacnet_device *d, ward_ns wall)
{
	struct ward_poll_device who = bacnet_who(d);
	struct ward_event e;
	enum ward_err err = ward_poll_tell_begin(
		&c->tell, ward_class_info(WARD_CLASS_FIELD_ONLINE)->name, &who, wall, &e);

	if (!err)
		err = ward_event_set(
			&e, WARD_FIELD_BACNET_VENDOR, ward_value_int((int64_t)c->m.vendor.v));
	return err ? err : ward_poll_tell_put(&c->tell, &e);
}

/* Without a plan every device is news, once. */
static enum ward_err add_found(
	struct ward_bacnet_client *c, uint32_t instance, ward_ns mono, struct bacnet_device **ret)
{
	enum ward_err err = ward_mem_more(c->o.mem, &c->device, c->n_device, &c->cap_device,
		sizeof(*c->device), c->max_device);

	*ret = NULL;
	if (err == WARD_ERR_LIMIT) {
		ward_count_name(c->o.counters, "poll.devices_over", 1);
		return WARD_OK;
	}
	if (err)
		return err;
	*ret = &c->device[c->n_device++];
	**ret = (struct bacnet_device){.instance = instance};
	ward_poll_pace_init(&(*ret)->pace, &c->pace, instance, mono);
	return WARD_OK;
}

static void place(struct bacnet_device *d, const struct ward_bacnet *m,
	const struct ward_bacnet_at *at, ward_ns mono)
{
	enum { SEGMENTED_BOTH = 0, SEGMENTED_TRANSMIT = 1 }; /* BACnetSegmentation (clause 21) */

	d->found = true;
	d->at = *at;
	(void)snprintf(
		d->ip, sizeof(d->ip), "%u.%u.%u.%u", at->ip[0], at->ip[1], at->ip[2], at->ip[3]);
	d->max_apdu = m->max_apdu.v < WARD_BACNET_APDU_MIN ? WARD_BACNET_APDU_MIN : m->max_apdu.v;
	d->sends_segments =
		m->segmentation.v == SEGMENTED_BOTH || m->segmentation.v == SEGMENTED_TRANSMIT;
	d->group = group_of(d);
	d->no_multiple = d->no_events = d->no_subscribe = false;
	d->next = 0;
	for (size_t i = 0; i < d->n_point; i++)
		d->point[i].subscribe = mono;
	if (d->round < mono)
		d->round = mono;
	/* the question was where it is */
	if (d->pace.waits)
		ward_poll_pace_dropped(&d->pace);
}

/* 16.10. It is only believed once it answers a question there; so a stranger's word costs a
 * question and nothing else. */
static enum ward_err on_i_am(
	struct ward_bacnet_client *c, const struct ward_bacnet_at *at, struct ward_poll_now now)
{
	struct bacnet_device *d = bacnet_find(c, c->m.device.v);
	enum ward_err err;

	if (d && d->found)
		return same_at(&d->at, at) ? WARD_OK
					   : bacnet_refuse(c, d, WARD_BACNET_REJECT_ADDRESS, now);
	if (!d && !c->survey)
		return WARD_OK; /* not one of ours */
	if (d) {
		place(d, &c->m, at, now.mono);
		return WARD_OK;
	}
	err = add_found(c, c->m.device.v, now.mono, &d);
	if (err || !d)
		return err;
	place(d, &c->m, at, now.mono);
	return tell_found(c, d, now.wall);
}

static const struct bacnet_point *point_of(
	const struct bacnet_device *d, const struct ward_bacnet_item *item)
{
	for (size_t i = 0; i < d->n_point; i++)
		if (d->point[i].ref.type == item->type &&
			d->point[i].ref.instance == item->instance && d->point[i].ref.usual)
			return &d->point[i];
	return NULL;
}

static enum ward_err set_name(
	struct ward_event *e, uint32_t field, enum ward_bacnet_list list, int64_t number)
{
	const char *name = number < 0 ? NULL : ward_bacnet_name(list, (uint32_t)number);

	return ward_event_set(
		e, field, name ? ward_value_str(ward_str_z(name)) : ward_value_int(number));
}

static enum ward_err tell_alarm(struct ward_bacnet_client *c, const struct bacnet_device *d,
	const struct ward_bacnet_item *item, int64_t state, ward_ns wall)
{
	const struct ward_bacnet *m = &c->m;
	const struct bacnet_point *p = point_of(d, item);
	struct ward_poll_device who = bacnet_who(d);
	struct ward_event e;
	enum ward_err err = ward_poll_tell_begin(
		&c->tell, ward_class_info(WARD_CLASS_FIELD_ALARM)->name, &who, wall, &e);

	if (!err)
		err = set_name(&e, WARD_FIELD_STATE, WARD_BACNET_NAMES_EVENT_STATE, state);
	if (!err && p)
		err = ward_event_set(&e, WARD_FIELD_POINT, ward_value_str(p->plan->id));
	if (!err)
		err = set_name(&e, WARD_FIELD_BACNET_OBJECT_TYPE, WARD_BACNET_NAMES_OBJECT_TYPE,
			(int64_t)item->type);
	if (!err)
		err = ward_event_set(
			&e, WARD_FIELD_BACNET_OBJECT, ward_value_int((int64_t)item->instance));
	if (!err && m->number[WARD_BACNET_EVENT_TYPE].is)
		err = set_name(&e, WARD_FIELD_REASON, WARD_BACNET_NAMES_EVENT_TYPE,
			m->number[WARD_BACNET_EVENT_TYPE].v);
	if (!err && m->number[WARD_BACNET_EVENT_PRIORITY].is)
		err = ward_event_set(&e, ward_name(c->o.names, WARD_STR("bacnet.event_priority")),
			ward_value_int(m->number[WARD_BACNET_EVENT_PRIORITY].v));
	return err ? err : ward_poll_tell_put(&c->tell, &e);
}

/* Where the alarm of the object is, or would be. */
static size_t alarm_place(const struct bacnet_device *d, const struct ward_bacnet_item *item)
{
	size_t low = 0, high = d->n_alarm;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		const struct bacnet_alarm *a = &d->alarm[mid];

		if (a->type < item->type || (a->type == item->type && a->instance < item->instance))
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static struct bacnet_alarm *alarm_of(struct bacnet_device *d, const struct ward_bacnet_item *item)
{
	size_t i = alarm_place(d, item);

	return i < d->n_alarm && d->alarm[i].type == item->type &&
			       d->alarm[i].instance == item->instance
		       ? &d->alarm[i]
		       : NULL;
}

/* Remembers the state; what is normal is not kept. LIMIT: there is no room for it. */
static enum ward_err remember(struct ward_bacnet_client *c, struct bacnet_device *d,
	const struct ward_bacnet_item *item, uint32_t state, bool *ret_news)
{
	struct bacnet_alarm *a = alarm_of(d, item);

	*ret_news = !a || a->state != state;
	if (!a && state) {
		size_t i = alarm_place(d, item);
		enum ward_err err = ward_mem_more(c->o.mem, &d->alarm, d->n_alarm, &d->cap_alarm,
			sizeof(*d->alarm), c->max_alarm);

		if (err)
			return err;
		a = &d->alarm[i];
		memmove(a + 1, a, (d->n_alarm++ - i) * sizeof(*a));
		*a = (struct bacnet_alarm){.type = item->type, .instance = item->instance};
	}
	if (!a)
		return WARD_OK;
	a->state = state;
	a->fresh = true;
	if (!state) {
		memmove(a, a + 1, (size_t)(d->alarm + --d->n_alarm - a) * sizeof(*a));
		d->alarms_over = false;
	}
	return WARD_OK;
}

enum ward_err bacnet_alarms_over(
	struct ward_bacnet_client *c, struct bacnet_device *d, size_t n, struct ward_poll_now now)
{
	ward_count_name(c->o.counters, "bacnet.alarms_over", n);
	if (d->alarms_over)
		return WARD_OK;
	d->alarms_over = true;
	return bacnet_refuse(c, d, WARD_BACNET_REJECT_ALARMS, now);
}

/* A summary has states by name, or as numbers without one. */
static bool state_of(const struct ward_bacnet_value *v, uint32_t *ret)
{
	size_t n = ward_bacnet_name_count(WARD_BACNET_NAMES_EVENT_STATE);

	if (v->kind == WARD_BACNET_VALUE_INT && v->i >= 0 && v->i <= UINT32_MAX) {
		*ret = (uint32_t)v->i;
		return true;
	}
	for (uint32_t i = 0; v->kind == WARD_BACNET_VALUE_STR && i < n; i++) {
		const char *name = ward_bacnet_name(WARD_BACNET_NAMES_EVENT_STATE, i);

		if (name && ward_str_eqz(v->s, name)) {
			*ret = i;
			return true;
		}
	}
	return false;
}

void bacnet_alarms_begin(struct bacnet_device *d)
{
	for (size_t i = 0; i < d->n_alarm; i++)
		d->alarm[i].fresh = false;
}

enum ward_err bacnet_alarms_end(
	struct ward_bacnet_client *c, struct bacnet_device *d, struct ward_poll_now now)
{
	enum ward_err err = WARD_OK;
	size_t n = 0, was = d->n_alarm;

	for (size_t i = 0; i < was; i++) {
		struct bacnet_alarm a = d->alarm[i];
		struct ward_bacnet_item item = {
			.has_object = true, .type = a.type, .instance = a.instance};

		if (a.fresh || err)
			d->alarm[n++] = a;
		else if (a.listed) /* one that was never in a list says itself that it is over */
			err = tell_alarm(c, d, &item, 0, now.wall);
	}
	d->n_alarm = n;
	if (n < was)
		d->alarms_over = false;
	return err;
}

/* One alarm of a list. */
static enum ward_err listed(struct ward_bacnet_client *c, struct bacnet_device *d,
	const struct ward_bacnet_item *item, uint32_t state, struct ward_poll_now now)
{
	struct bacnet_alarm *a = alarm_of(d, item);
	bool news;

	/* what is normal and only not acknowledged stays in the list, and is no news */
	if (state == 0 && !a)
		return WARD_OK;
	enum ward_err err = remember(c, d, item, state, &news);

	if (err == WARD_ERR_LIMIT)
		return bacnet_alarms_over(c, d, 1, now);
	if (!err && news)
		err = tell_alarm(c, d, item, state, now.wall);
	a = alarm_of(d, item);
	if (a)
		a->listed = true;
	return err;
}

enum ward_err bacnet_alarms(
	struct ward_bacnet_client *c, struct bacnet_device *d, struct ward_poll_now now)
{
	enum ward_err err = WARD_OK;

	for (size_t i = 0; !err && i < c->m.n_item; i++) {
		const struct ward_bacnet_item *item = &c->m.item[i];
		uint32_t state;

		if (item->has_object && state_of(&item->value, &state))
			err = listed(c, d, item, state, now);
	}
	return err;
}

/* 13.8, 13.9. A confirmed one comes again until somebody takes it: told once, as any. One that
 * there is no room to remember is told all the same: it may be the only time that it comes. */
static enum ward_err on_event(
	struct ward_bacnet_client *c, struct bacnet_device *d, struct ward_poll_now now)
{
	const struct ward_bacnet *m = &c->m;
	const struct ward_bacnet_number *state = &m->number[WARD_BACNET_EVENT_STATE];
	bool receipt = m->pdu == WARD_BACNET_PDU_CONFIRMED &&
		       (c->o.may & WARD_BACNET_MAY_ACKNOWLEDGE) != 0;
	enum ward_err err = WARD_OK;

	if (m->n_item && m->item[0].has_object && state->is && state->v >= 0 &&
		state->v <= UINT32_MAX) {
		bool news;

		err = remember(c, d, &m->item[0], (uint32_t)state->v, &news);
		if (err == WARD_ERR_LIMIT)
			err = bacnet_alarms_over(c, d, 1, now);
		if (!err && news)
			err = tell_alarm(c, d, &m->item[0], state->v, now.wall);
	}
	if (err || !receipt)
		return err;
	if (c->n_receipt < WARD_BACNET_RECEIPTS)
		c->receipt[c->n_receipt++] =
			(struct bacnet_receipt){.at = d->at, .invoke = m->invoke_id};
	else
		ward_count_name(c->o.counters, "bacnet.receipts_over", 1);
	return WARD_OK;
}

void ward_bacnet_client_receipts(struct ward_bacnet_client *c, bool durable)
{
	for (size_t i = 0; durable && i < c->n_receipt; i++) {
		const struct bacnet_receipt *r = &c->receipt[i];
		struct ward_wr w = ward_wr_fixed(c->out, sizeof(c->out));

		ward_bacnet_ask_begin(
			&w, WARD_BACNET_ASK_EVENT_RECEIPT, c->o.may, &r->at, r->invoke);
		ward_bacnet_ask_end(&w);
		c->o.send(c->o.ctx, r->at.ip, r->at.port, ward_wr_slice(&w));
	}
	c->n_receipt = 0;
}

/* 13.2 */
static enum ward_err on_change(
	struct ward_bacnet_client *c, struct bacnet_device *d, struct ward_poll_now now)
{
	const struct ward_bacnet_item *value = NULL, *flags = NULL;
	enum ward_err err = WARD_OK;

	for (size_t i = 0; i < c->m.n_item; i++) {
		if (c->m.item[i].property == WARD_BACNET_PRESENT_VALUE)
			value = &c->m.item[i];
		if (c->m.item[i].property == WARD_BACNET_STATUS_FLAGS)
			flags = &c->m.item[i];
	}
	for (size_t i = 0; value && !err && i < d->n_point; i++) {
		struct bacnet_point *p = &d->point[i];

		if (p->ref.usual && p->ref.type == value->type &&
			p->ref.instance == value->instance)
			err = bacnet_reading(c, d, p, value, flags, now);
	}
	return err;
}

enum ward_err bacnet_told(
	struct ward_bacnet_client *c, const struct ward_bacnet_at *at, struct ward_poll_now now)
{
	enum { I_AM = 0, COV = 2, EVENT = 3, CONFIRMED_EVENT = 2 };
	const struct ward_bacnet *m = &c->m;
	bool confirmed = m->pdu == WARD_BACNET_PDU_CONFIRMED;

	if (!confirmed && m->service == I_AM)
		return on_i_am(c, at, now);
	struct bacnet_device *d = at_address(c, at);
	bool event = m->service == (confirmed ? CONFIRMED_EVENT : EVENT);
	bool change = !confirmed && m->service == COV;

	if (!event && !change)
		return WARD_OK; /* others' questions: not for us */
	/* nobody speaks for another */
	if (!d || !m->device.is || m->device.v != d->instance)
		return bacnet_refuse(c, d, WARD_BACNET_REJECT_ADDRESS, now);
	if (event)
		return on_event(c, d, now);
	if (c->o.may & WARD_BACNET_MAY_SUBSCRIBE)
		return on_change(c, d, now);
	return bacnet_refuse(c, d, WARD_BACNET_REJECT_UNASKED, now);
}

/* Others speak on this network too, which is no matter; that one says it is a device of ours, is:
 * it lies, or `controllers` is wrong. */
static enum ward_err on_stranger(struct ward_bacnet_client *c, bool good, struct ward_poll_now now)
{
	struct bacnet_device *d = good && c->m.has_apdu && c->m.device.is && !c->survey
					  ? bacnet_find(c, c->m.device.v)
					  : NULL;

	if (d)
		return bacnet_refuse(c, d, WARD_BACNET_REJECT_STRANGER, now);
	ward_count_name(c->o.counters, "bacnet.others", 1);
	return WARD_OK;
}

enum ward_err ward_bacnet_client_hear(struct ward_bacnet_client *c, const uint8_t ip[4],
	uint16_t port, struct ward_slice bytes, struct ward_poll_now now)
{
	struct ward_wr text = ward_wr_fixed(c->text, sizeof(c->text));
	struct ward_bacnet_at at;
	bool good = ward_bacnet_parse(bytes, &text, &c->m);

	ward_count_name(c->o.counters, "poll.heard", 1);
	/* of what is handed on, also whoever does that: anybody can write another's address into it
	 */
	if (!whose(&c->m, ip, port, &at) || !in_scope(c, ip, port) || !in_scope(c, at.ip, at.port))
		return on_stranger(c, good, now);
	struct bacnet_device *d = at_address(c, &at);

	if (!good)
		return bacnet_refuse(c, d, WARD_BACNET_REJECT_MALFORMED, now);
	if (!c->m.has_apdu)
		return WARD_OK; /* of routers and broadcast managers among themselves */
	if (c->m.pdu == WARD_BACNET_PDU_CONFIRMED || c->m.pdu == WARD_BACNET_PDU_UNCONFIRMED)
		return bacnet_told(c, &at, now);
	if (!d)
		return bacnet_refuse(c, NULL, WARD_BACNET_REJECT_UNASKED, now);
	return bacnet_answer(c, d, now);
}
