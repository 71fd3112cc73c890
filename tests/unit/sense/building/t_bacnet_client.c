/* The client against controllers that answer well and badly, for hours of a clock that stands where
 * it is set. Every datagram that it sends passes `sent`, which lets none through that does not
 * read. */
#include "sense/building/bacnet_client.h"

#include "lab/bacnet_device.h"
#include "lab/heard.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum { DEVICES = 4, QUEUE = 256, DATAGRAM = 1500, RATE = 5 };

/* One hospital's network: devices 1001, 1002 … at 10.0.0.1, 10.0.0.2 …, all on port 47808. */
struct net {
	struct lab_heard heard;
	struct ward_bacnet_scope scope[1];
	struct ward_bacnet_client_opts o;
	struct ward_bacnet_client *c;
	struct lab_device device[DEVICES];
	size_t n_device;
	struct {
		size_t device; /* whose address it comes from */
		size_t len;
		uint8_t p[DATAGRAM];
	} queue[QUEUE];
	size_t n_queue;
	size_t sending; /* device that is at work */
	size_t n_sent;
	ward_ns asked[DEVICES][RATE + 1]; /* the latest questions */
	unsigned open[DEVICES];           /* questions without an answer */
	bool full;                        /* nothing that is told is durable */
};

/* What a device sends is on its way until it is delivered. */
static void from_device(void *ctx, struct ward_slice bytes)
{
	struct net *h = ctx;

	assert_true(bytes.len <= DATAGRAM && h->n_queue < QUEUE);
	h->queue[h->n_queue].device = h->sending;
	h->queue[h->n_queue].len = bytes.len;
	if (bytes.len)
		memcpy(h->queue[h->n_queue].p, bytes.p, bytes.len);
	h->n_queue++;
}

/* The proof: each packet of each test is looked at here, and so is how often each device is asked.
 */
static void sent(void *ctx, const uint8_t ip[4], uint16_t port, struct ward_slice bytes)
{
	struct net *h = ctx;
	size_t i = (size_t)ip[3] - 1;
	char what[96];
	uint8_t buf[1 << 13];
	static struct ward_bacnet m;
	struct ward_wr text = ward_wr_fixed(buf, sizeof(buf));

	if (!lab_reads_only(bytes, h->o.may & WARD_BACNET_MAY_SUBSCRIBE,
		    h->o.may & WARD_BACNET_MAY_ACKNOWLEDGE, what))
		fail_msg("the client wrote: %s", what);
	h->n_sent++;
	assert_int_equal(port, 47808);
	if (ip[3] == 255) {
		for (i = 0; i < h->n_device; i++) {
			h->sending = i;
			lab_device_hear(&h->device[i], bytes);
		}
		return;
	}
	if (i >= h->n_device) /* nobody is there */
		return;
	assert_true(ward_bacnet_parse(bytes, &text, &m));
	if (m.pdu == WARD_BACNET_PDU_CONFIRMED) {
		ward_ns *at = h->asked[i];

		memmove(at, at + 1, RATE * sizeof(*at));
		at[RATE] = h->heard.now.mono;
		assert_true(at[RATE] - at[0] >= WARD_NS_PER_S || !at[0]);
	}
	h->sending = i;
	lab_device_hear(&h->device[i], bytes);
}

static void hear(struct net *h, size_t device, struct ward_slice bytes)
{
	uint8_t *copy = malloc(bytes.len ? bytes.len : 1),
		ip[4] = {10, 0, 0, (uint8_t)(device + 1)};

	assert_non_null(copy);
	if (bytes.len)
		memcpy(copy, bytes.p, bytes.len);
	assert_int_equal(ward_bacnet_client_hear(
				 h->c, ip, 47808, ward_slice_of(copy, bytes.len), h->heard.now),
		WARD_OK);
	free(copy);
}

static void deliver(struct net *h)
{
	for (size_t i = 0; i < h->n_queue; i++) { /* an answer may bring another one */
		uint8_t p[DATAGRAM];
		size_t len = h->queue[i].len;

		if (len)
			memcpy(p, h->queue[i].p, len);
		hear(h, h->queue[i].device, ward_slice_of(p, len));
	}
	h->n_queue = 0;
	ward_bacnet_client_receipts(h->c, !h->full);
}

/* Time goes on for so many seconds, from one thing that is due to the next. */
static void run(struct net *h, int64_t seconds)
{
	ward_ns until = h->heard.now.mono + seconds * WARD_NS_PER_S;

	for (;;) {
		ward_ns due = ward_bacnet_client_due(h->c);

		if (due > until)
			break;
		lab_heard_wait(&h->heard, due);
		assert_int_equal(ward_bacnet_client_tick(h->c, h->heard.now), WARD_OK);
		deliver(h);
	}
	h->heard.now.wall += until - h->heard.now.mono;
	h->heard.now.mono = until;
}

static void forget(struct net *h)
{
	lab_heard_forget(&h->heard);
}

static size_t count(const struct net *h, const char *what)
{
	return lab_heard_count(&h->heard, what);
}

/* n points of each device: "1001.1" is analog-input 1 of it. */
static struct net *net_new(size_t n_device, size_t n_point)
{
	struct net *h = calloc(1, sizeof(*h));

	assert_non_null(h);
	lab_heard_init(&h->heard);
	h->n_device = n_device;
	for (size_t i = 0; i < n_device; i++) {
		lab_device_init(&h->device[i], 1001 + (uint32_t)i, n_point);
		h->device[i].send = from_device;
		h->device[i].ctx = h;
		for (size_t k = 1; k <= n_point; k++) {
			char id[24], address[48];

			(void)snprintf(id, sizeof(id), "%zu.%zu", 1001 + i, k);
			(void)snprintf(
				address, sizeof(address), "%zu/analog-input:%zu", 1001 + i, k);
			lab_heard_point(&h->heard, id, address, 1);
		}
	}
	h->scope[0] = (struct ward_bacnet_scope){{10, 0, 0, 0}, 24, 47808};
	h->o = (struct ward_bacnet_client_opts){.mem = ward_mem_heap(),
		.lim = &h->heard.lim,
		.names = &h->heard.names,
		.counters = &h->heard.counters,
		.sink = {lab_heard_put, &h->heard},
		.source = WARD_STR("bms"),
		.plan = &h->heard.plan,
		.scope = h->scope,
		.n_scope = 1,
		.rate = RATE,
		.every = 60 * WARD_NS_PER_S,
		.seed = 5,
		.epoch = 1,
		.send = sent,
		.ctx = h};
	return h;
}

static void start(struct net *h)
{
	size_t at = 0;
	const char *why = NULL;

	assert_int_equal(ward_bacnet_client_new(&h->o, h->heard.now, &h->c, &at, &why), WARD_OK);
}

static void net_free(struct net *h)
{
	for (size_t i = 0; i < h->n_device; i++)
		if (h->device[i].n_violation)
			fail_msg("a device was asked: %s", h->device[i].violation);
	ward_bacnet_client_free(h->c);
	lab_heard_fini(&h->heard);
	free(h);
}

static uint64_t counter(const struct net *h, const char *name)
{
	return ward_counter_get(&h->heard.counters, name);
}

static void reads_points_in_rounds(void **state)
{
	struct net *h = net_new(2, 3);

	(void)state;
	lab_heard_point(&h->heard, "tenfold", "1002/analog-input:2", 10);
	lab_heard_point(&h->heard, "gone", "1002/analog-input:77", 1);
	h->device[0].object[1].flags = 4;
	h->device[0].object[2].flags = 1;
	start(h);
	run(h, 30);
	assert_int_equal(count(h, "field.online"), 2);
	assert_non_null(
		strstr(h->heard.text, "field.point src_ip=10.0.0.1 bacnet.device_instance=1001 "
				      "point=1001.1 value=20.5 unit=Cel quality=good;"));
	assert_non_null(strstr(
		h->heard.text, "point=1001.2 value=21.5 unit=Cel quality=bad reason=fault;"));
	assert_non_null(strstr(h->heard.text, "point=1001.3 value=22.5 unit=Cel quality=uncertain "
					      "reason=out-of-service;"));
	assert_non_null(strstr(h->heard.text, "point=tenfold value=215 unit=Cel quality=good;"));
	assert_non_null(
		strstr(h->heard.text, "point=gone unit=Cel quality=bad reason=unknown-object;"));
	assert_int_equal(count(h, "field.point"), 8);
	/* each device was asked once for all of it, and once for its alarms */
	assert_int_equal(h->device[1].n_read_multiple, 1);
	assert_int_equal(h->device[1].n_events, 1);
	forget(h);
	h->device[0].object[0].value = 24.25f;
	run(h, 60);
	assert_int_equal(count(h, "field.point"), 7); /* what is gone is told once */
	assert_non_null(strstr(h->heard.text, "point=1001.1 value=24.25 "));
	assert_int_equal(counter(h, "poll.readings"), 15);
	net_free(h);
}

/* Answers too long for the device's buffers: it is asked for less, and never for nothing. */
static void splits_what_does_not_fit(void **state)
{
	static const struct {
		unsigned max_apdu;
		bool segments, no_multiple;
	} way[] = {{50, false, false}, {206, false, false}, {206, true, false}, {480, true, false},
		{1476, false, false}, {1476, false, true}, {50, false, true}};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(way); i++) {
		struct net *h = net_new(1, 40);

		h->device[0].max_apdu = way[i].max_apdu;
		h->device[0].segments = way[i].segments;
		h->device[0].no_multiple = way[i].no_multiple;
		start(h);
		run(h, 59);
		assert_int_equal(count(h, "field.point"), 40);
		assert_int_equal(count(h, "value="), 40);
		assert_int_equal(count(h, "quality=good"), 40);
		assert_int_equal(count(h, "reason=no-status-flags"), way[i].no_multiple ? 40 : 0);
		if (way[i].segments)
			assert_true(h->device[0].n_segment_ack >= 2);
		net_free(h);
	}
}

/* Gone and back are told once each, however long it takes; meanwhile it is asked ever more seldom.
 */
static void tells_who_went_and_came(void **state)
{
	struct net *h = net_new(2, 2);

	(void)state;
	start(h);
	run(h, 120);
	forget(h);
	h->device[0].manner = LAB_SILENT;
	run(h, 3600);
	unsigned heard = h->device[0].n_heard;

	assert_int_equal(count(h, "field.offline"), 1);
	assert_non_null(
		strstr(h->heard.text, "field.offline src_ip=10.0.0.1 bacnet.device_instance=1001 "
				      "reason=unanswered duration_ns="));
	assert_int_equal(count(h, "field.online"), 0);
	run(h, 3600);
	assert_true(h->device[0].n_heard - heard <= 13); /* each five minutes or more */
	h->device[0].manner = LAB_GOOD;
	run(h, 600);
	assert_int_equal(count(h, "field.online"), 1);
	assert_true(count(h, "point=1001.1 value=") >= 2);
	/* the other one was read all the while */
	assert_true(count(h, "point=1002.1 value=") >= 128);
	net_free(h);
}

/* Who says that it is busy is there, and is left alone for longer and longer. */
static void leaves_the_busy_alone(void **state)
{
	static const enum lab_manner manner[] = {LAB_BUSY, LAB_ERROR_BUSY};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(manner); i++) {
		struct net *h = net_new(1, 5);

		h->device[0].manner = manner[i];
		start(h);
		run(h, 3600);
		assert_true(h->device[0].n_heard < 30);
		assert_int_equal(count(h, "field.online"), 1);
		assert_int_equal(count(h, "field.offline"), 0);
		/* that there are no values is told, once */
		assert_int_equal(count(h, "field.point"), 5);
		assert_int_equal(count(h, "quality=bad reason=busy"), 5);
		assert_true(counter(h, "poll.busy") >= 10);
		h->device[0].manner = LAB_GOOD;
		run(h, 900);
		assert_true(count(h, "field.point") >= 10);
		net_free(h);
	}
}

/* Whatever a device answers: bounded, counted, told once a minute; others are read meanwhile. */
static void bears_the_hostile(void **state)
{
	static const char *const reject[LAB_MANNERS] = {
		[LAB_WRONG_INVOKE] = "bacnet.reject.unasked",
		[LAB_WRONG_OBJECT] = "bacnet.reject.other",
		[LAB_TRUNCATED] = "bacnet.reject.malformed",
		[LAB_ENDLESS] = "bacnet.reject.too_long",
		[LAB_ODD_SEGMENTS] = "bacnet.reject.segment",
		[LAB_NOISE] = "bacnet.reject.malformed",
	};

	(void)state;
	for (int manner = LAB_WRONG_INVOKE; manner < LAB_MANNERS; manner++) {
		struct net *h = net_new(2, 20);

		h->device[0].manner = (enum lab_manner)manner;
		start(h);
		run(h, 600);
		if (reject[manner]) {
			char told[64];

			(void)snprintf(told, sizeof(told), "reason=%s", reject[manner]);
			assert_true(counter(h, reject[manner]) >= 1);
			assert_true(count(h, told) >= 1);
			assert_int_equal(count(h, "point=1001.1 value=2"), 0);
		}
		assert_true(count(h, "field.refused") <= 11 * 3); /* a minute, of a reason */
		assert_true(h->device[0].n_segment <= 16 * h->device[0].n_heard);
		assert_true(count(h, "point=1002.20 value=39.5") >= 9);
		net_free(h);
	}
}

/* Of a question only its device's own answer counts. */
static void believes_only_whom_it_asked(void **state)
{
	struct net *h = net_new(2, 1);

	(void)state;
	h->device[0].manner = LAB_SILENT;
	start(h);
	run(h, 30);
	forget(h);
	/* another device says that it is the one that is silent, and that it has its alarm */
	h->sending = 1;
	lab_device_i_am(&h->device[1], 1002);
	h->device[0].manner = LAB_GOOD;
	lab_device_event(&h->device[0], 0, 3, false); /* from the address of 1002 */
	deliver(h);
	assert_non_null(
		strstr(h->heard.text, "field.refused src_ip=10.0.0.2 bacnet.device_instance=1002 "
				      "reason=bacnet.reject.address lost=1;"));
	assert_int_equal(count(h, "field.alarm"), 0);
	run(h, 600);
	/* found by its own word by now: another's does not move it */
	h->sending = 1;
	lab_device_i_am(&h->device[1], 1001);
	deliver(h);
	assert_true(counter(h, "bacnet.reject.address") == 2);
	run(h, 120);
	assert_true(count(h, "src_ip=10.0.0.2 bacnet.device_instance=1001 point") == 0);
	assert_true(count(h, "src_ip=10.0.0.1 bacnet.device_instance=1001 point") >= 2);
	/* from outside of the controllers' network nothing is heard but who claims to be one */
	uint8_t ip[4] = {10, 9, 9, 9};

	forget(h);
	h->sending = 0;
	h->device[0].object[0].value = 99;
	lab_device_change(&h->device[0], 0);
	lab_device_i_am(&h->device[0], 1001);
	lab_device_i_am(&h->device[0], 5);
	for (size_t i = 0; i < h->n_queue; i++)
		assert_int_equal(
			ward_bacnet_client_hear(h->c, ip, 47808,
				ward_slice_of(h->queue[i].p, h->queue[i].len), h->heard.now),
			WARD_OK);
	h->n_queue = 0;
	assert_true(counter(h, "bacnet.reject.stranger") == 2);
	assert_true(counter(h, "bacnet.others") == 1);
	assert_int_equal(count(h, "value=99"), 0);
	net_free(h);
}

/* A broadcast manager that is one of `controllers` speaks for those behind it; nobody else does by
 * writing a controller's address into his datagram (Annex J.2.5). */
static void believes_no_forwarding_stranger(void **state)
{
	static const struct {
		uint8_t ip[4];
		bool ours;
	} from[] = {{{10, 9, 9, 9}, false}, {{10, 0, 0, 77}, true}};
	struct net *h = net_new(1, 2);

	(void)state;
	start(h);
	run(h, 20);
	for (size_t i = 0; i < WARD_ARRAY_LEN(from); i++) {
		uint8_t f[DATAGRAM + 6] = {0x81, 0x04, 0, 0, 10, 0, 0, 1, 0xba, 0xc0};

		h->sending = 0;
		lab_device_event(&h->device[0], i, 3, false);
		size_t len = h->queue[0].len - 4; /* behind its own BVLC */

		memcpy(f + 10, h->queue[0].p + 4, len);
		f[2] = (uint8_t)((len + 10) >> 8);
		f[3] = (uint8_t)(len + 10);
		h->n_queue = 0;
		assert_int_equal(ward_bacnet_client_hear(h->c, from[i].ip, 47808,
					 ward_slice_of(f, len + 10), h->heard.now),
			WARD_OK);
		assert_int_equal(count(h, "field.alarm"), from[i].ours);
		assert_true(counter(h, "bacnet.reject.stranger") == 1);
	}
	assert_non_null(strstr(h->heard.text, "state=high-limit point=1001.2 "));
	net_free(h);
}

/* A controller was replaced by one with another instance at the same address: it is read, though
 * the plan has the old one too. */
static void takes_over_an_address(void **state)
{
	struct net *h = net_new(2, 2);

	(void)state;
	h->device[1].manner = LAB_SILENT;
	start(h);
	run(h, 90);
	assert_true(count(h, "src_ip=10.0.0.1 bacnet.device_instance=1001 point") >= 2);
	h->device[0].manner = LAB_SILENT;
	run(h, 300);
	assert_int_equal(count(h, "field.offline src_ip=10.0.0.1 bacnet.device_instance=1001 "), 1);
	forget(h);
	lab_device_init(&h->device[0], 1002, 2);
	h->device[0].send = from_device;
	h->device[0].ctx = h;
	run(h, 1200);
	assert_true(count(h, "src_ip=10.0.0.1 bacnet.device_instance=1002 point") >= 2);
	assert_true(counter(h, "bacnet.reject.unasked") == 0);
	net_free(h);
}

static void hears_alarms(void **state)
{
	(void)state;
	for (unsigned receipt = 0; receipt < 2; receipt++) {
		struct net *h = net_new(1, 3);

		h->o.may = receipt ? WARD_BACNET_MAY_ACKNOWLEDGE : WARD_BACNET_MAY_READ;
		h->device[0].object[2].event_state = 1;
		start(h);
		run(h, 20);
		/* one that lasted already, by GetEventInformation */
		assert_int_equal(count(h, "field.alarm"), 1);
		assert_non_null(strstr(h->heard.text, "state=fault point=1001.3 bacnet.object_type="
						      "analog-input bacnet.object_instance=3;"));
		forget(h);
		h->sending = 0;
		lab_device_event(&h->device[0], 0, 3, true);
		lab_device_event(&h->device[0], 0, 3, true); /* since nobody took it */
		lab_device_event(&h->device[0], 1, 4, false);
		lab_device_event(&h->device[0], 0, 0, true);
		deliver(h);
		assert_int_equal(count(h, "field.alarm"), 3);
		assert_non_null(strstr(h->heard.text, "state=high-limit point=1001.1 "));
		assert_non_null(strstr(h->heard.text, "state=low-limit point=1001.2 "));
		assert_non_null(strstr(h->heard.text, "state=normal point=1001.1 "));
		assert_non_null(
			strstr(h->heard.text, "reason=out-of-range bacnet.event_priority=64;"));
		assert_int_equal(h->device[0].n_receipt, receipt ? 3 : 0);
		forget(h);
		run(h, 900);
		assert_int_equal(count(h, "field.alarm"), 0);
		net_free(h);
	}
}

/* A receipt leaves only for what is durable; the device that had none sends its alarm again, which
 * is no news. */
static void acknowledges_what_is_durable(void **state)
{
	struct net *h = net_new(1, 3);

	(void)state;
	h->o.may = WARD_BACNET_MAY_ACKNOWLEDGE;
	start(h);
	run(h, 20);
	h->sending = 0;
	h->full = true;
	lab_device_event(&h->device[0], 0, 3, true);
	hear(h, 0, ward_slice_of(h->queue[0].p, h->queue[0].len));
	assert_int_equal(count(h, "state=high-limit point=1001.1 "), 1);
	assert_int_equal(h->device[0].n_receipt, 0);
	deliver(h); /* the same again */
	assert_int_equal(h->device[0].n_receipt, 0);
	h->full = false;
	lab_device_event(&h->device[0], 0, 3, true);
	deliver(h);
	assert_int_equal(count(h, "field.alarm"), 1);
	assert_int_equal(h->device[0].n_receipt, 1);
	/* of more than there is room for, the rest comes again */
	for (size_t i = 0; i < WARD_BACNET_RECEIPTS + 5; i++)
		lab_device_event(&h->device[0], 1, i % 2 ? 3 : 0, true);
	deliver(h);
	assert_int_equal(h->device[0].n_receipt, 1 + WARD_BACNET_RECEIPTS);
	assert_int_equal(counter(h, "bacnet.receipts_over"), 5);
	net_free(h);
}

/* A device that takes longer for its points than `every`: its alarms are asked for as ever, and its
 * subscriptions made; its points are read all the while. */
static void asks_the_slow_for_alarms(void **state)
{
	struct net *h = net_new(1, LAB_OBJECTS);

	(void)state;
	h->o.may = WARD_BACNET_MAY_SUBSCRIBE;
	h->o.every = 10 * WARD_NS_PER_S;
	h->device[0].no_multiple = true;
	h->device[0].object[5].event_state = 3;
	start(h);
	run(h, 60);
	assert_int_equal(count(h, "state=high-limit point=1001.6 "), 1);
	assert_true(h->device[0].n_subscribe >= LAB_OBJECTS);
	run(h, 1140);
	assert_true(counter(h, "poll.late_rounds") > 20);
	assert_true(h->device[0].n_events >= 4 && h->device[0].n_events <= 5);
	assert_true(count(h, "point=1001.96 value=") >= 40);
	net_free(h);
}

/* A device of which Ward is no recipient says only by its list that an alarm is over; the next one
 * of the same object is told again. */
static void hears_alarms_that_come_again(void **state)
{
	struct net *h = net_new(1, 3);

	(void)state;
	start(h);
	for (unsigned i = 0; i < 3; i++) {
		h->device[0].object[2].event_state = 3;
		run(h, 400);
		assert_int_equal(count(h, "state=high-limit point=1001.3 "), 1);
		h->device[0].object[2].event_state = 0;
		run(h, 400);
		assert_int_equal(count(h, "state=normal point=1001.3 "), 1);
		assert_int_equal(count(h, "field.alarm"), 2);
		forget(h);
	}
	/* what was only told is over when the device says so, and is told again whenever it comes
	 */
	h->sending = 0;
	lab_device_event(&h->device[0], 0, 3, false);
	deliver(h);
	h->device[0].object[0].event_state = 0;
	run(h, 400);
	lab_device_event(&h->device[0], 0, 3, false);
	deliver(h);
	assert_int_equal(count(h, "state=high-limit point=1001.1 "), 2);
	assert_int_equal(count(h, "field.alarm"), 2);
	net_free(h);
}

/* More alarms than one answer holds: each is told, and once. */
static void hears_long_lists_of_alarms(void **state)
{
	struct net *h = net_new(1, LAB_OBJECTS);
	size_t n = LAB_OBJECTS;

	(void)state;
	for (size_t i = 0; i < n; i++)
		h->device[0].object[i].event_state = 3;
	h->device[0].events_max = 7; /* many answers */
	start(h);
	run(h, 2000);
	assert_int_equal(count(h, "field.alarm"), n);
	assert_int_equal(counter(h, "bacnet.alarms_over"), 0);
	forget(h);
	for (size_t i = 0; i < n; i += 2)
		h->device[0].object[i].event_state = 0;
	run(h, 700);
	assert_int_equal(count(h, "state=normal"), n / 2);
	assert_int_equal(count(h, "field.alarm"), n / 2);
	net_free(h);
}

/* More than are remembered: the others are told as ever, the rest is counted and told once; what
 * the device says itself is never lost. */
static void bounds_its_memory_of_alarms(void **state)
{
	struct net *h = net_new(1, 24);

	(void)state;
	h->heard.lim.v[WARD_LIMIT_POLL_ALARMS] = 10;
	for (size_t i = 0; i < 24; i++)
		h->device[0].object[i].event_state = 3;
	h->device[0].events_max = 5;
	start(h);
	run(h, 3600);
	assert_int_equal(count(h, "field.alarm"), 10);
	assert_int_equal(count(h, "reason=bacnet.reject.alarms"), 1);
	assert_true(counter(h, "bacnet.alarms_over") >= 12);
	h->sending = 0;
	lab_device_event(&h->device[0], 20, 5, false);
	deliver(h);
	assert_int_equal(count(h, "field.alarm"), 11);
	/* fewer: there is room again, and more of them are news again */
	for (size_t i = 0; i < 20; i++)
		h->device[0].object[i].event_state = 0;
	run(h, 700);
	assert_int_equal(count(h, "state=normal"), 10);
	assert_int_equal(count(h, "state=high-limit"), 13); /* and one in another state */
	net_free(h);
}

/* A device that gives the same part of its list again and again. */
static void ends_a_list_that_does_not_go_on(void **state)
{
	struct net *h = net_new(1, 40);

	(void)state;
	for (size_t i = 0; i < 40; i++)
		h->device[0].object[i].event_state = 3;
	h->device[0].events_max = 5;
	h->device[0].same_events = true;
	start(h);
	run(h, 250);
	assert_true(h->device[0].n_events <= 2);
	assert_int_equal(count(h, "reason=bacnet.reject.alarms"), 1);
	assert_true(count(h, "field.alarm") > 0);
	net_free(h);
}

static void subscribes_only_where_it_may(void **state)
{
	(void)state;
	for (unsigned may = 0; may < 2; may++) {
		struct net *h = net_new(1, 3);

		h->o.may = may ? WARD_BACNET_MAY_SUBSCRIBE : WARD_BACNET_MAY_READ;
		start(h);
		run(h, 20);
		assert_int_equal(h->device[0].n_subscribe, may ? 3 : 0);
		forget(h);
		h->device[0].object[1].value = 30.25f;
		h->sending = 0;
		lab_device_change(&h->device[0], 1);
		deliver(h);
		assert_int_equal(count(h, "point=1001.2 value=30.25 "), may);
		assert_int_equal(counter(h, "bacnet.reject.unasked"), !may);
		run(h, 600); /* renewed before it ends */
		assert_int_equal(h->device[0].n_subscribe, may ? 9 : 0);
		net_free(h);
	}
}

/* Without points it says which devices there are, once each. */
static void surveys(void **state)
{
	struct net *h = net_new(3, 0);

	(void)state;
	start(h);
	run(h, 600);
	assert_int_equal(count(h, "field.online"), 3);
	assert_non_null(
		strstr(h->heard.text, "field.online src_ip=10.0.0.3 bacnet.device_instance=1003 "
				      "bacnet.vendor_id=260;"));
	assert_int_equal(h->device[0].n_heard, h->device[0].n_who_is);
	net_free(h);
}

static void names_a_bad_address(void **state)
{
	struct net *h = net_new(1, 2);
	size_t at = 0;
	const char *why = NULL;

	(void)state;
	lab_heard_point(&h->heard, "bad", "1001/analog-imput:3", 1);
	assert_int_equal(
		ward_bacnet_client_new(&h->o, h->heard.now, &h->c, &at, &why), WARD_ERR_CONFIG);
	assert_int_equal(at, 2);
	assert_non_null(strstr(why, "analog-input"));
	h->c = NULL;
	net_free(h);
}

/* No answer of any kind, cut anywhere, does more than be refused. */
static void bears_every_prefix(void **state)
{
	struct net *h = net_new(1, 3);
	uint8_t ip[4] = {10, 0, 0, 1};

	(void)state;
	h->heard.quiet = true;
	start(h);
	run(h, 10);
	for (unsigned way = 0; way < 3; way++) {
		h->n_queue = 0;
		h->sending = 0;
		if (way == 0)
			lab_device_event(&h->device[0], 0, 3, true);
		else if (way == 1)
			lab_device_change(&h->device[0], 0);
		else
			lab_device_i_am(&h->device[0], 1001);
		for (size_t n = 0; n < h->queue[0].len; n++) {
			uint8_t *copy = malloc(n ? n : 1);

			assert_non_null(copy);
			memcpy(copy, h->queue[0].p, n);
			assert_int_equal(ward_bacnet_client_hear(h->c, ip, 47808,
						 ward_slice_of(copy, n), h->heard.now),
				WARD_OK);
			free(copy);
		}
	}
	h->n_queue = 0;
	assert_true(counter(h, "bacnet.reject.malformed") > 100);
	net_free(h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(reads_points_in_rounds),
		cmocka_unit_test(splits_what_does_not_fit),
		cmocka_unit_test(tells_who_went_and_came), cmocka_unit_test(leaves_the_busy_alone),
		cmocka_unit_test(bears_the_hostile), cmocka_unit_test(believes_only_whom_it_asked),
		cmocka_unit_test(believes_no_forwarding_stranger),
		cmocka_unit_test(takes_over_an_address), cmocka_unit_test(hears_alarms),
		cmocka_unit_test(asks_the_slow_for_alarms),
		cmocka_unit_test(acknowledges_what_is_durable),
		cmocka_unit_test(hears_alarms_that_come_again),
		cmocka_unit_test(hears_long_lists_of_alarms),
		cmocka_unit_test(bounds_its_memory_of_alarms),
		cmocka_unit_test(ends_a_list_that_does_not_go_on),
		cmocka_unit_test(subscribes_only_where_it_may), cmocka_unit_test(surveys),
		cmocka_unit_test(names_a_bad_address), cmocka_unit_test(bears_every_prefix)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
