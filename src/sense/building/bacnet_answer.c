/* Answers to the client's questions: values, segments, and all the ways to say no. */
#include "sense/building/bacnet_priv.h"

enum { ODD_SEGMENTS_MAX = 8, EVENTS_EVERY_S = 300, BUSY_MAX = 5 };

/* Clause 18.10 and 18.9: reasons by which a device says that the answer would be too long … */
enum { ABORT_BUFFER = 1, ABORT_SEGMENTATION = 4, ABORT_TOO_LONG = 11 };
enum { REJECT_BUFFER = 1, REJECT_ARGUMENTS = 7, REJECT_SERVICE = 9 };
/* … and 18.1 to 18.3, that it can't now. */
enum { ERROR_CONFIGURING = 2, ERROR_BUSY = 3, ERROR_OPERATIONAL = 25 };

static struct ward_value value_of(const struct ward_bacnet_item *item)
{
	switch (item->value.kind) {
	case WARD_BACNET_VALUE_INT:
		return ward_value_int(item->value.i);
	case WARD_BACNET_VALUE_NUM:
		return (struct ward_value){.kind = WARD_VALUE_NUM, .s = item->value.s};
	case WARD_BACNET_VALUE_STR:
		return ward_value_str(item->value.s);
	case WARD_BACNET_VALUE_NONE:
		break;
	}
	return (struct ward_value){.kind = WARD_VALUE_NULL};
}

/* BACnetStatusFlags (clause 21): in-alarm, fault, overridden, out-of-service, as "0100". */
static enum ward_poll_quality quality_of(const struct ward_bacnet_item *flags, const char **ret_why)
{
	enum { FAULT = 1, OVERRIDDEN = 2, OUT_OF_SERVICE = 3, FLAGS = 4 };
	struct ward_str s = flags ? flags->value.s : (struct ward_str){NULL, 0};

	*ret_why = NULL;
	if (!flags || flags->value.kind != WARD_BACNET_VALUE_STR || s.len != FLAGS) {
		*ret_why = "no-status-flags"; /* of a device that is read one by one */
		return WARD_POLL_GOOD;
	}
	if (s.p[FAULT] == '1')
		*ret_why = "fault";
	else if (s.p[OUT_OF_SERVICE] == '1')
		*ret_why = "out-of-service";
	else if (s.p[OVERRIDDEN] == '1')
		*ret_why = "overridden";
	if (!*ret_why)
		return WARD_POLL_GOOD;
	return s.p[FAULT] == '1' ? WARD_POLL_BAD : WARD_POLL_UNCERTAIN;
}

enum ward_err bacnet_reading(struct ward_bacnet_client *c, struct bacnet_device *d,
	struct bacnet_point *p, const struct ward_bacnet_item *value,
	const struct ward_bacnet_item *flags, struct ward_poll_now now)
{
	struct ward_poll_device who = bacnet_who(d);
	struct ward_poll_reading r = {.point = p->plan, .value = value_of(value)};

	/* a property that is no measurement has no flags of its own */
	if (p->ref.usual)
		r.quality = quality_of(flags, &r.reason);
	p->quality = r.quality;
	p->told = true;
	return ward_poll_tell_reading(&c->tell, &who, &r, now.wall);
}

enum ward_err bacnet_no_reading(struct ward_bacnet_client *c, struct bacnet_device *d,
	struct bacnet_point *p, const char *why, struct ward_poll_now now)
{
	struct ward_poll_device who = bacnet_who(d);
	struct ward_poll_reading r = {.point = p->plan, .quality = WARD_POLL_BAD, .reason = why};

	ward_count_name(c->o.counters, "poll.no_value", 1);
	if (p->told && p->quality == WARD_POLL_BAD)
		return WARD_OK;
	p->told = true;
	p->quality = WARD_POLL_BAD;
	return ward_poll_tell_reading(&c->tell, &who, &r, now.wall);
}

/* So many points of this round are done. */
static void advance(struct ward_bacnet_client *c, struct bacnet_device *d, ward_ns mono)
{
	d->next = d->q.first + d->q.n;
	if (d->next < d->n_point)
		return;
	d->next = 0;
	d->round += c->o.every;
	if (d->round > mono)
		return;
	/* the round took longer than it may: the device sets the pace */
	ward_count_name(c->o.counters, "poll.late_rounds", 1);
	d->round = mono;
}

static const struct ward_bacnet_item *item_of(
	const struct ward_bacnet *m, const struct ward_bacnet_ref *ref, uint32_t property)
{
	for (size_t i = 0; i < m->n_item; i++) {
		const struct ward_bacnet_item *item = &m->item[i];

		if (item->has_object && item->type == ref->type &&
			item->instance == ref->instance && item->has_property &&
			item->property == property && !item->has_index)
			return item;
	}
	return NULL;
}

static const char *error_name(uint32_t code)
{
	const char *name = ward_bacnet_name(WARD_BACNET_NAMES_ERROR_CODE, code);

	return name ? name : "error";
}

static enum ward_err read_point(struct ward_bacnet_client *c, struct bacnet_device *d,
	struct bacnet_point *p, struct ward_poll_now now)
{
	const struct ward_bacnet_item *value = item_of(&c->m, &p->ref, p->ref.property);
	const struct ward_bacnet_item *flags = item_of(&c->m, &p->ref, WARD_BACNET_STATUS_FLAGS);

	if (!value)
		return bacnet_no_reading(c, d, p, "missing-in-answer", now);
	if (value->has_error)
		return bacnet_no_reading(c, d, p, error_name(value->error_code), now);
	return bacnet_reading(c, d, p, value, flags, now);
}

static enum ward_err on_values(
	struct ward_bacnet_client *c, struct bacnet_device *d, struct ward_poll_now now)
{
	struct bacnet_question q = d->q;
	bool any = false;
	enum ward_err err;

	for (size_t i = 0; i < q.n && !any; i++) {
		const struct ward_bacnet_ref *ref = &d->point[q.first + i].ref;

		any = item_of(&c->m, ref, ref->property) != NULL;
	}
	/* whatever it is an answer to, this question still waits for its own */
	if (!any)
		return bacnet_refuse(c, d, WARD_BACNET_REJECT_OTHER, now);
	advance(c, d, now.mono);
	err = bacnet_end(c, d, WARD_POLL_PACE_ANSWERED, now);
	for (size_t i = 0; !err && i < q.n; i++)
		err = read_point(c, d, &d->point[q.first + i], now);
	return err;
}

static void events_done(struct bacnet_device *d, ward_ns mono)
{
	d->has_last = false;
	d->n_listed = 0;
	d->events = mono + EVENTS_EVERY_S * WARD_NS_PER_S;
}

static bool same_last(const struct bacnet_device *d, const struct ward_bacnet_item *item)
{
	return d->has_last && d->last_type == item->type && d->last_instance == item->instance;
}

/* 13.12: with more to come, the next question names the last object. */
static enum ward_err on_events(
	struct ward_bacnet_client *c, struct bacnet_device *d, struct ward_poll_now now)
{
	const struct ward_bacnet *m = &c->m;
	/* of a list that is longer than we take at once the rest is asked for, as of one in parts
	 */
	bool more =
		(m->number[WARD_BACNET_MORE_EVENTS].is && m->number[WARD_BACNET_MORE_EVENTS].v) ||
		m->n_item < m->n_item_seen;
	enum ward_err err = bacnet_end(c, d, WARD_POLL_PACE_ANSWERED, now);

	if (!err)
		err = bacnet_alarms(c, d, now);
	if (!err && !more)
		err = bacnet_alarms_end(c, d, now);
	d->n_listed += m->n_item;
	if (err || !more) {
		events_done(d, now.mono);
		return err;
	}
	/* a list that does not go on, or has no end */
	if (!m->n_item || d->n_listed > c->max_alarm || same_last(d, &m->item[m->n_item - 1])) {
		events_done(d, now.mono);
		return bacnet_alarms_over(c, d, 1, now);
	}
	d->has_last = true;
	d->last_type = m->item[m->n_item - 1].type;
	d->last_instance = m->item[m->n_item - 1].instance;
	return err;
}

/* The service of the open question was done. */
static enum ward_err on_service(
	struct ward_bacnet_client *c, struct bacnet_device *d, struct ward_poll_now now)
{
	switch (d->q.ask) {
	case WARD_BACNET_ASK_READ_PROPERTY:
	case WARD_BACNET_ASK_READ_PROPERTY_MULTIPLE:
		return on_values(c, d, now);
	case WARD_BACNET_ASK_GET_EVENT_INFORMATION:
		return on_events(c, d, now);
	case WARD_BACNET_ASK_SUBSCRIBE_COV:
		return bacnet_end(c, d, WARD_POLL_PACE_ANSWERED, now);
	case WARD_BACNET_ASK_WHO_IS:
	case WARD_BACNET_ASK_EVENT_RECEIPT:
	case WARD_BACNET_ASK_SEGMENT_ACK:
	case WARD_BACNET_ASK_ABORT:
	case WARD_BACNET_ASK_N:
		break;
	}
	return bacnet_refuse(c, d, WARD_BACNET_REJECT_UNASKED, now);
}

/* The answer would be too long: fewer points, then one property. */
static enum ward_err on_too_long(
	struct ward_bacnet_client *c, struct bacnet_device *d, struct ward_poll_now now)
{
	struct bacnet_question q = d->q;
	enum ward_err err = bacnet_end(c, d, WARD_POLL_PACE_ANSWERED, now);

	if (err)
		return err;
	if (q.ask == WARD_BACNET_ASK_READ_PROPERTY_MULTIPLE) {
		ward_count_name(c->o.counters, "poll.split", 1);
		d->no_multiple = q.n == 1;
		d->group = q.n > 1 ? q.n / 2 : 1;
	} else if (q.ask == WARD_BACNET_ASK_READ_PROPERTY) {
		advance(c, d, now.mono);
		err = bacnet_no_reading(c, d, &d->point[q.first], "too-long", now);
	} else {
		events_done(d, now.mono);
	}
	return err;
}

/* The device won't do this, and says why. */
static enum ward_err on_refusal(struct ward_bacnet_client *c, struct bacnet_device *d,
	bool no_service, const char *why, struct ward_poll_now now)
{
	struct bacnet_question q = d->q;
	enum ward_err err = bacnet_end(c, d, WARD_POLL_PACE_ANSWERED, now);

	if (err)
		return err;
	if (q.ask == WARD_BACNET_ASK_GET_EVENT_INFORMATION) {
		d->no_events |= no_service;
		events_done(d, now.mono);
	} else if (q.ask == WARD_BACNET_ASK_SUBSCRIBE_COV) {
		/* the object may not have it; the renewal is its next chance */
		d->no_subscribe |= no_service;
	} else if (q.ask == WARD_BACNET_ASK_READ_PROPERTY_MULTIPLE && (no_service || q.n == 1)) {
		d->no_multiple = true;
	} else if (q.ask == WARD_BACNET_ASK_READ_PROPERTY_MULTIPLE) {
		ward_count_name(c->o.counters, "poll.split", 1);
		d->group = q.n / 2;
	} else {
		advance(c, d, now.mono);
		err = bacnet_no_reading(c, d, &d->point[q.first], why, now);
	}
	return err;
}

/* It can't now. Whoever never can has no values, which is told, and is asked for the next ones. */
static enum ward_err on_busy(
	struct ward_bacnet_client *c, struct bacnet_device *d, struct ward_poll_now now)
{
	struct bacnet_question q = d->q;
	enum ward_err err = bacnet_end(c, d, WARD_POLL_PACE_BUSY, now);

	if (d->n_busy < BUSY_MAX)
		return err;
	if (q.ask == WARD_BACNET_ASK_GET_EVENT_INFORMATION)
		events_done(d, now.mono);
	if (q.ask != WARD_BACNET_ASK_READ_PROPERTY &&
		q.ask != WARD_BACNET_ASK_READ_PROPERTY_MULTIPLE)
		return err;
	advance(c, d, now.mono);
	for (size_t i = 0; !err && i < q.n; i++)
		err = bacnet_no_reading(c, d, &d->point[q.first + i], "busy", now);
	return err;
}

static enum ward_err on_error(
	struct ward_bacnet_client *c, struct bacnet_device *d, struct ward_poll_now now)
{
	uint32_t code = c->m.error_code.v;

	if (c->m.error_class.v == 0 &&
		(code == ERROR_CONFIGURING || code == ERROR_BUSY || code == ERROR_OPERATIONAL))
		return on_busy(c, d, now);
	return on_refusal(c, d, false, error_name(code), now);
}

static enum ward_err on_reject(
	struct ward_bacnet_client *c, struct bacnet_device *d, struct ward_poll_now now)
{
	const char *why = ward_bacnet_name(WARD_BACNET_NAMES_REJECT_REASON, c->m.reason_code);

	if (c->m.reason_code == REJECT_BUFFER || c->m.reason_code == REJECT_ARGUMENTS)
		return on_too_long(c, d, now);
	return on_refusal(c, d, c->m.reason_code == REJECT_SERVICE, why ? why : "rejected", now);
}

static enum ward_err on_abort(
	struct ward_bacnet_client *c, struct bacnet_device *d, struct ward_poll_now now)
{
	uint8_t reason = c->m.reason_code;

	if (reason == ABORT_BUFFER || reason == ABORT_SEGMENTATION || reason == ABORT_TOO_LONG)
		return on_too_long(c, d, now);
	return on_busy(c, d, now);
}

static void send_part(
	struct ward_bacnet_client *c, const struct bacnet_device *d, enum ward_bacnet_ask what)
{
	struct ward_wr w = ward_wr_fixed(c->out, sizeof(c->out));

	ward_bacnet_ask_begin(&w, what, c->o.may, &d->at, d->q.invoke);
	if (what == WARD_BACNET_ASK_SEGMENT_ACK)
		ward_bacnet_put_segment_ack(&w, (uint8_t)(d->q.next - 1));
	ward_bacnet_ask_end(&w);
	c->o.send(c->o.ctx, d->at.ip, d->at.port, ward_wr_slice(&w));
}

/* 5.4.4.3: what has no end is broken off, and asked for in smaller parts. */
static enum ward_err break_off(struct ward_bacnet_client *c, struct bacnet_device *d,
	enum ward_bacnet_reject why, struct ward_poll_now now)
{
	enum ward_err err = bacnet_refuse(c, d, why, now);

	send_part(c, d, WARD_BACNET_ASK_ABORT);
	return err ? err : on_too_long(c, d, now);
}

static enum ward_err on_whole(
	struct ward_bacnet_client *c, struct bacnet_device *d, struct ward_poll_now now)
{
	struct ward_wr text = ward_wr_fixed(c->text, sizeof(c->text));
	struct ward_slice whole = ward_slice_of(d->q.whole, d->q.len);

	if (!ward_bacnet_whole(whole, &text, &c->m))
		return break_off(c, d, WARD_BACNET_REJECT_MALFORMED, now);
	return on_service(c, d, now);
}

/* 5.4.4: one segment after the other, since our window is one. */
static enum ward_err on_segment(
	struct ward_bacnet_client *c, struct bacnet_device *d, struct ward_poll_now now)
{
	struct bacnet_question *q = &d->q;
	struct ward_slice body = c->m.body;

	if (c->m.segment != q->next) {
		enum ward_err err = bacnet_refuse(c, d, WARD_BACNET_REJECT_SEGMENT, now);

		if (err || ++q->n_odd > ODD_SEGMENTS_MAX)
			return err ? err : break_off(c, d, WARD_BACNET_REJECT_TOO_LONG, now);
		if (q->next) /* our word of the last one was lost */
			send_part(c, d, WARD_BACNET_ASK_SEGMENT_ACK);
		return WARD_OK;
	}
	if (q->next == WARD_BACNET_SEGMENTS || body.len > WARD_BACNET_APDU_MAX)
		return break_off(c, d, WARD_BACNET_REJECT_TOO_LONG, now);
	if (!q->whole)
		q->whole = ward_mem_alloc(c->o.mem, BACNET_WHOLE_MAX);
	if (!q->whole)
		return WARD_ERR_NOMEM;
	if (body.len)
		memcpy(q->whole + q->len, body.p, body.len);
	q->len += body.len;
	q->next++;
	ward_poll_pace_goes_on(&d->pace, now.mono);
	send_part(c, d, WARD_BACNET_ASK_SEGMENT_ACK);
	return c->m.more_follows ? WARD_OK : on_whole(c, d, now);
}

enum ward_err bacnet_answer(
	struct ward_bacnet_client *c, struct bacnet_device *d, struct ward_poll_now now)
{
	const struct ward_bacnet *m = &c->m;
	bool confirmed = d->pace.waits && d->q.ask != WARD_BACNET_ASK_WHO_IS;

	if (!confirmed || m->invoke_id != d->q.invoke ||
		(m->has_service && m->service != ward_bacnet_ask_service(d->q.ask)))
		return bacnet_refuse(c, d, WARD_BACNET_REJECT_UNASKED, now);
	switch (m->pdu) {
	case WARD_BACNET_PDU_COMPLEX_ACK:
		return m->segmented ? on_segment(c, d, now) : on_service(c, d, now);
	case WARD_BACNET_PDU_SIMPLE_ACK:
		if (d->q.ask == WARD_BACNET_ASK_SUBSCRIBE_COV)
			return on_service(c, d, now);
		break;
	case WARD_BACNET_PDU_ERROR:
		return on_error(c, d, now);
	case WARD_BACNET_PDU_REJECT:
		return on_reject(c, d, now);
	case WARD_BACNET_PDU_ABORT:
		if (m->from_server)
			return on_abort(c, d, now);
		break;
	case WARD_BACNET_PDU_CONFIRMED:
	case WARD_BACNET_PDU_UNCONFIRMED:
	case WARD_BACNET_PDU_SEGMENT_ACK:
	case WARD_BACNET_PDU_N:
		break;
	}
	return bacnet_refuse(c, d, WARD_BACNET_REJECT_UNASKED, now);
}
