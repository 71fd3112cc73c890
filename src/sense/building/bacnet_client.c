#include "sense/building/bacnet_client.h"

#include "base/hash.h"
#include "sense/building/bacnet_priv.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>

enum { PROCESS = 0x57415244 /* "WARD": who subscribed */, LIFETIME_S = 600 };

static const char *const reject_name[] = {
#define X(IDENT, name) name,
	WARD_BACNET_REJECT_LIST(X)
#undef X
};

enum ward_err ward_bacnet_scope_parse(struct ward_str s, struct ward_bacnet_scope *ret)
{
	struct ward_str port = s, at = ward_str_cut(&port, ':');
	struct ward_str prefix = at, ip = ward_str_cut(&prefix, '/');
	struct ward_bacnet_scope scope = {.prefix = 32, .port = WARD_BACNET_PORT};
	uint64_t n = 0;
	char text[16];

	if (!ip.len || ip.len >= sizeof(text))
		return WARD_ERR_MALFORMED;
	memcpy(text, ip.p, ip.len);
	text[ip.len] = 0;
	if (inet_pton(AF_INET, text, scope.ip) != 1)
		return WARD_ERR_MALFORMED;
	if (prefix.p) {
		if (!ward_str_u64(prefix, &n) || n < 8 || n > 32)
			return WARD_ERR_MALFORMED;
		scope.prefix = (unsigned)n;
	}
	if (port.p) {
		if (!ward_str_u64(port, &n) || n == 0 || n > UINT16_MAX)
			return WARD_ERR_MALFORMED;
		scope.port = (uint16_t)n;
	}
	*ret = scope;
	return WARD_OK;
}

struct bacnet_device *bacnet_find(struct ward_bacnet_client *c, uint32_t instance)
{
	for (size_t i = 0; i < c->n_device; i++)
		if (c->device[i].instance == instance)
			return &c->device[i];
	return NULL;
}

struct ward_poll_device bacnet_who(const struct bacnet_device *d)
{
	return (struct ward_poll_device){
		.ip = ward_str_z(d->ip), .has_instance = true, .instance = d->instance};
}

enum ward_err bacnet_refuse(struct ward_bacnet_client *c, struct bacnet_device *d,
	enum ward_bacnet_reject why, struct ward_poll_now now)
{
	struct ward_poll_device who = {.has_instance = false};

	if (d)
		who = bacnet_who(d);
	return ward_poll_tell_refused(&c->tell, &who, reject_name[why],
		d ? &d->refused[why] : &c->refused[why], now.wall);
}

static enum ward_err add_device(
	struct ward_bacnet_client *c, uint32_t instance, ward_ns mono, struct bacnet_device **ret)
{
	enum ward_err err = ward_mem_more(c->o.mem, &c->device, c->n_device, &c->cap_device,
		sizeof(*c->device), c->max_device);

	if (err)
		return err;
	struct bacnet_device *d = &c->device[c->n_device++];

	*d = (struct bacnet_device){.instance = instance, .round = mono, .events = mono};
	ward_poll_pace_init(&d->pace, &c->pace, c->o.seed ^ (uint64_t)instance << 20, mono);
	*ret = d;
	return WARD_OK;
}

static int by_device(const void *a, const void *b)
{
	const struct bacnet_point *x = a, *y = b;

	if (x->ref.device != y->ref.device)
		return x->ref.device < y->ref.device ? -1 : 1;
	return x->plan < y->plan ? -1 : x->plan > y->plan;
}

static enum ward_err read_points(
	struct ward_bacnet_client *c, size_t *ret_point, const char **ret_why)
{
	const struct ward_poll_plan *plan = c->o.plan;

	c->point = ward_mem_alloc(c->o.mem, plan->n * sizeof(*c->point));
	if (plan->n && !c->point)
		return WARD_ERR_NOMEM;
	c->n_point = plan->n;
	for (size_t i = 0; i < plan->n; i++) {
		*ret_point = i;
		c->point[i].plan = &plan->point[i];
		if (ward_bacnet_ref_parse(plan->point[i].address, &c->point[i].ref, ret_why))
			return WARD_ERR_CONFIG;
	}
	if (plan->n)
		qsort(c->point, plan->n, sizeof(*c->point), by_device);
	return WARD_OK;
}

static enum ward_err add_devices(struct ward_bacnet_client *c, ward_ns mono)
{
	struct bacnet_device *d = NULL;
	enum ward_err err = WARD_OK;

	for (size_t i = 0; !err && i < c->n_point; i++) {
		if (!d || d->instance != c->point[i].ref.device) {
			err = add_device(c, c->point[i].ref.device, mono, &d);
			if (err)
				break;
			d->point = &c->point[i];
		}
		d->n_point++;
	}
	return err;
}

enum ward_err ward_bacnet_client_new(const struct ward_bacnet_client_opts *opts,
	struct ward_poll_now now, struct ward_bacnet_client **ret, size_t *ret_point,
	const char **ret_why)
{
	struct ward_bacnet_client *c = ward_mem_alloc(opts->mem, sizeof(*c));
	enum ward_err err;

	if (!c)
		return WARD_ERR_NOMEM;
	c->o = *opts;
	c->max_device = ward_limit(opts->lim, WARD_LIMIT_POLL_DEVICES);
	c->max_alarm = ward_limit(opts->lim, WARD_LIMIT_POLL_ALARMS);
	c->waiting_max = ward_limit(opts->lim, WARD_LIMIT_POLL_ASKED);
	c->pace = ward_poll_pace_default(
		opts->rate ? opts->rate : (unsigned)ward_limit(opts->lim, WARD_LIMIT_POLL_RATE));
	c->invoke = (uint8_t)opts->seed;
	c->survey = opts->plan->n == 0;
	c->survey_at = c->who_is = now.mono;
	ward_poll_tell_init(
		&c->tell, opts->mem, opts->names, opts->counters, opts->source, opts->epoch);
	c->tell.sink = opts->sink;
	err = read_points(c, ret_point, ret_why);
	if (!err)
		err = add_devices(c, now.mono);
	if (err)
		ward_bacnet_client_free(c);
	else
		*ret = c;
	return err;
}

static void drop_whole(struct ward_bacnet_client *c, struct bacnet_question *q)
{
	ward_mem_free(c->o.mem, q->whole, q->whole ? BACNET_WHOLE_MAX : 0);
	q->whole = NULL;
	q->len = 0;
}

void ward_bacnet_client_free(struct ward_bacnet_client *c)
{
	if (!c)
		return;
	for (size_t i = 0; i < c->n_device; i++) {
		struct bacnet_device *d = &c->device[i];

		drop_whole(c, &d->q);
		ward_mem_free(c->o.mem, d->alarm, d->cap_alarm * sizeof(*d->alarm));
	}
	ward_mem_free(c->o.mem, c->device, c->cap_device * sizeof(*c->device));
	ward_mem_free(c->o.mem, c->point, c->n_point * sizeof(*c->point));
	ward_poll_tell_fini(&c->tell);
	ward_mem_free(c->o.mem, c, sizeof(*c));
}

enum ward_err bacnet_end(struct ward_bacnet_client *c, struct bacnet_device *d,
	enum ward_poll_pace_end end, struct ward_poll_now now)
{
	struct ward_poll_device who = bacnet_who(d);
	ward_ns heard = d->pace.heard;
	enum ward_poll_pace_news news;

	drop_whole(c, &d->q);
	if (d->q.ask != WARD_BACNET_ASK_WHO_IS)
		c->n_waiting--;
	d->n_busy = end == WARD_POLL_PACE_BUSY ? d->n_busy + 1 : 0;
	if (end == WARD_POLL_PACE_BUSY)
		ward_count_name(c->o.counters, "poll.busy", 1);
	if (end == WARD_POLL_PACE_MISSED)
		ward_count_name(c->o.counters, "poll.missed", 1);
	news = ward_poll_pace_ended(&d->pace, end, now.mono);
	if (d->pace.state == WARD_POLL_PACE_OFF)
		d->found = false; /* it may have another address by now */
	if (news == WARD_POLL_PACE_CAME)
		return ward_poll_tell_online(&c->tell, &who, now.wall);
	if (news == WARD_POLL_PACE_WENT)
		return ward_poll_tell_offline(&c->tell, &who, now.mono - heard, now.wall);
	return WARD_OK;
}

/* Clause 16.10, to all of the scope: an address by itself, a network by its broadcast address. */
static void send_who_is(struct ward_bacnet_client *c, const struct bacnet_device *d)
{
	for (size_t i = 0; i < c->o.n_scope; i++) {
		const struct ward_bacnet_scope *s = &c->o.scope[i];
		struct ward_bacnet_at at = {.port = s->port};
		struct ward_wr w = ward_wr_fixed(c->out, sizeof(c->out));

		for (size_t k = 0; k < 4; k++) {
			unsigned kept = s->prefix < 8 * k        ? 0
					: s->prefix >= 8 * k + 8 ? 8
								 : s->prefix - (unsigned)(8 * k);

			at.ip[k] = (uint8_t)(s->ip[k] | 0xff >> kept);
		}
		ward_bacnet_ask_begin(
			&w, WARD_BACNET_ASK_WHO_IS, c->o.may, s->prefix == 32 ? &at : NULL, 0);
		if (d)
			ward_bacnet_put_who_is(&w, d->instance, d->instance);
		ward_bacnet_ask_end(&w);
		ward_count_name(c->o.counters, "poll.asked", 1);
		c->o.send(c->o.ctx, at.ip, at.port, ward_wr_slice(&w));
	}
	c->who_is += WARD_NS_PER_S / c->pace.rate;
}

static void put_body(
	const struct ward_bacnet_client *c, const struct bacnet_device *d, struct ward_wr *w)
{
	const struct bacnet_question *q = &d->q;

	(void)c;
	switch (q->ask) {
	case WARD_BACNET_ASK_READ_PROPERTY:
		ward_bacnet_put_read(w, &d->point[q->first].ref, d->point[q->first].ref.property);
		return;
	case WARD_BACNET_ASK_READ_PROPERTY_MULTIPLE:
		for (size_t i = 0; i < q->n; i++)
			ward_bacnet_put_read_spec(w, &d->point[q->first + i].ref);
		return;
	case WARD_BACNET_ASK_GET_EVENT_INFORMATION:
		ward_bacnet_put_events_after(w, d->has_last, d->last_type, d->last_instance);
		return;
	case WARD_BACNET_ASK_SUBSCRIBE_COV:
		ward_bacnet_put_subscribe(w, PROCESS, &d->point[q->first].ref, LIFETIME_S);
		return;
	case WARD_BACNET_ASK_WHO_IS: /* these are no questions to one device */
	case WARD_BACNET_ASK_EVENT_RECEIPT:
	case WARD_BACNET_ASK_SEGMENT_ACK:
	case WARD_BACNET_ASK_ABORT:
	case WARD_BACNET_ASK_N:
		break;
	}
	WARD_ASSERT(q->ask == WARD_BACNET_ASK_READ_PROPERTY);
}

void bacnet_send(struct ward_bacnet_client *c, const struct bacnet_device *d)
{
	struct ward_wr w = ward_wr_fixed(c->out, sizeof(c->out));

	ward_bacnet_ask_begin(&w, d->q.ask, c->o.may, &d->at, d->q.invoke);
	put_body(c, d, &w);
	ward_bacnet_ask_end(&w);
	ward_count_name(c->o.counters, "poll.asked", 1);
	c->o.send(c->o.ctx, d->at.ip, d->at.port, ward_wr_slice(&w));
}

static void ask(struct ward_bacnet_client *c, struct bacnet_device *d, enum ward_bacnet_ask what,
	size_t first, size_t n, ward_ns mono)
{
	d->q = (struct bacnet_question){.ask = what, .invoke = c->invoke++, .first = first, .n = n};
	ward_poll_pace_asked(&d->pace, mono);
	if (what == WARD_BACNET_ASK_WHO_IS) {
		send_who_is(c, d);
		return;
	}
	c->n_waiting++;
	bacnet_send(c, d);
}

/* The next of the points whose subscription is to be made or renewed; n_point: none. */
static size_t next_subscription(
	const struct ward_bacnet_client *c, const struct bacnet_device *d, ward_ns mono)
{
	size_t i = 0;

	if (!(c->o.may & WARD_BACNET_MAY_SUBSCRIBE) || d->no_subscribe)
		return d->n_point;
	while (i < d->n_point && (!d->point[i].ref.usual || mono < d->point[i].subscribe))
		i++;
	return i;
}

static bool ask_readings(struct ward_bacnet_client *c, struct bacnet_device *d, ward_ns mono)
{
	size_t n = d->n_point - d->next;

	if (!d->n_point || mono < d->round)
		return false;
	n = n < d->group ? n : d->group;
	if (d->no_multiple)
		ask(c, d, WARD_BACNET_ASK_READ_PROPERTY, d->next, 1, mono);
	else
		ask(c, d, WARD_BACNET_ASK_READ_PROPERTY_MULTIPLE, d->next, n, mono);
	return true;
}

static bool ask_subscription(struct ward_bacnet_client *c, struct bacnet_device *d, ward_ns mono)
{
	size_t s = next_subscription(c, d, mono);

	if (s == d->n_point)
		return false;
	d->point[s].subscribe = mono + LIFETIME_S / 2 * WARD_NS_PER_S;
	ask(c, d, WARD_BACNET_ASK_SUBSCRIBE_COV, s, 1, mono);
	return true;
}

static bool ask_alarms(struct ward_bacnet_client *c, struct bacnet_device *d, ward_ns mono)
{
	if (c->survey || d->no_events || mono < d->events)
		return false;
	if (!d->has_last)
		bacnet_alarms_begin(d);
	ask(c, d, WARD_BACNET_ASK_GET_EVENT_INFORMATION, 0, 0, mono);
	return true;
}

/* Each kind that is due has its turn: a round that is longer than it may be, or a list without an
 * end, puts off no other. */
static void ask_found(struct ward_bacnet_client *c, struct bacnet_device *d, ward_ns mono)
{
	static bool (*const kind[])(struct ward_bacnet_client *, struct bacnet_device *,
		ward_ns) = {ask_readings, ask_subscription, ask_alarms};
	const unsigned n = WARD_ARRAY_LEN(kind);

	for (unsigned i = 0; i < n; i++)
		if (kind[(d->turn + i) % n](c, d, mono)) {
			d->turn = (d->turn + i + 1) % n;
			return;
		}
}

static void ask_next(struct ward_bacnet_client *c, struct bacnet_device *d, ward_ns mono)
{
	if (!ward_poll_pace_may(&d->pace, mono))
		return;
	if (d->found) {
		if (c->n_waiting < c->waiting_max)
			ask_found(c, d, mono);
	} else if (!c->survey && mono >= c->who_is) {
		c->who_is = mono;
		ask(c, d, WARD_BACNET_ASK_WHO_IS, 0, 0, mono);
	}
}

enum ward_err ward_bacnet_client_tick(struct ward_bacnet_client *c, struct ward_poll_now now)
{
	enum ward_err err = WARD_OK;

	if (c->survey && now.mono >= c->survey_at) {
		c->survey_at = now.mono + c->o.every;
		send_who_is(c, NULL);
	}
	for (size_t i = 0; !err && i < c->n_device; i++) {
		struct bacnet_device *d = &c->device[i];

		if (ward_poll_pace_late(&d->pace, now.mono))
			err = bacnet_end(c, d, WARD_POLL_PACE_MISSED, now);
	}
	/* not always the same ones first */
	for (size_t i = 0; !err && i < c->n_device; i++)
		ask_next(c, &c->device[(c->turn + i) % c->n_device], now.mono);
	if (c->n_device)
		c->turn = (c->turn + 1) % c->n_device;
	return err;
}

/* When d wants to be asked, if it may. */
static ward_ns wanted(const struct ward_bacnet_client *c, const struct bacnet_device *d)
{
	ward_ns at = INT64_MAX;

	if (!d->found)
		return c->survey ? at : c->who_is;
	if (d->n_point)
		at = d->round;
	if (!c->survey && !d->no_events && d->events < at)
		at = d->events;
	for (size_t i = 0;
		c->o.may & WARD_BACNET_MAY_SUBSCRIBE && !d->no_subscribe && i < d->n_point; i++)
		if (d->point[i].ref.usual && d->point[i].subscribe < at)
			at = d->point[i].subscribe;
	return at;
}

ward_ns ward_bacnet_client_due(const struct ward_bacnet_client *c)
{
	ward_ns due = c->survey ? c->survey_at : INT64_MAX;

	for (size_t i = 0; i < c->n_device; i++) {
		const struct bacnet_device *d = &c->device[i];
		ward_ns at = ward_poll_pace_due(&d->pace), want = wanted(c, d);

		if (!d->pace.waits && want > at)
			at = want;
		/* whoever waits for a place is looked at again when one is free */
		if (!d->pace.waits && d->found && c->n_waiting >= c->waiting_max)
			continue;
		due = at < due ? at : due;
	}
	return due;
}
