/* What the tests of the MQTT endpoint share: packets as hex, and one endpoint with its log. */
#ifndef WARD_TESTS_FIELD_MQ_H
#define WARD_TESTS_FIELD_MQ_H

#include "sense/field/endpoint.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

/* CONNECT of client "c", clean, keep alive 60 s */
#define CONNECT4 "100d 0004 4d515454 04 02 003c 0001 63"
#define CONNECT5 "100e 0004 4d515454 05 02 003c 00 0001 63"

struct mq {
	struct ward_limits lim;
	struct ward_counters counters;
	struct ward_mqtt_endpoint_opts opts;
	struct ward_mqtt_endpoint *e;
	char got[1024]; /* "topic=payload/qos[d][w] …" */
	ward_ns now;
};

static inline struct ward_slice mq_hex(const char *hex, uint8_t *buf, size_t cap)
{
	size_t n = 0;

	for (const char *p = hex; *p; p++) {
		unsigned v = 0;

		if (*p == ' ')
			continue;
		assert_true(n < cap && sscanf(p, "%2x", &v) == 1);
		buf[n++] = (uint8_t)v;
		p++;
	}
	return (struct ward_slice){buf, n};
}

static inline enum ward_err mq_message(void *ctx, const struct ward_mqtt_message *m)
{
	struct mq *q = ctx;
	size_t n = strlen(q->got);

	snprintf(q->got + n, sizeof(q->got) - n, "%s%.*s=%.*s/%u%s%s", n ? " " : "",
		WARD_STR_ARG(m->topic), WARD_STR_ARG(ward_slice_text(m->payload)), m->qos,
		m->dup ? "d" : "", m->will ? "w" : "");
	return WARD_OK;
}

static inline void mq_init(struct mq *q)
{
	*q = (struct mq){.now = WARD_NS_PER_S};
	ward_limits_default(&q->lim);
	ward_counters_init(&q->counters);
	q->opts = (struct ward_mqtt_endpoint_opts){.mem = ward_mem_heap(),
		.lim = &q->lim,
		.counters = &q->counters,
		.filter = "#",
		.message = mq_message,
		.ctx = q};
}

static inline void mq_start(struct mq *q)
{
	assert_int_equal(ward_mqtt_endpoint_new(&q->opts, &q->e), WARD_OK);
}

static inline struct ward_mqtt_conn *mq_begin(struct mq *q)
{
	struct ward_mqtt_conn *c;

	assert_int_equal(ward_mqtt_conn_begin(q->e, q->now, &c), WARD_OK);
	return c;
}

/* Feeds hex as a block of exactly its size; gives how much was used. */
static inline size_t mq_feed(struct mq *q, struct ward_mqtt_conn *c, const char *hex)
{
	uint8_t buf[2048];
	struct ward_slice s = mq_hex(hex, buf, sizeof(buf));
	uint8_t *exact = malloc(s.len ? s.len : 1);
	size_t used;

	memcpy(exact, buf, s.len);
	assert_int_equal(
		ward_mqtt_conn_feed(c, (struct ward_slice){exact, s.len}, q->now, &used), WARD_OK);
	free(exact);
	return used;
}

/* The output must be this; it is taken off. */
static inline void mq_out(struct ward_mqtt_conn *c, const char *hex)
{
	uint8_t buf[2048];
	struct ward_slice want = mq_hex(hex, buf, sizeof(buf)), out = ward_mqtt_conn_output(c);
	char text[512] = "";

	for (size_t i = 0; i < out.len && i < 200; i++)
		snprintf(text + 2 * i, sizeof(text) - 2 * i, "%02x", out.p[i]);
	if (out.len != want.len || (out.len && memcmp(out.p, want.p, out.len) != 0))
		fail_msg("sent %s, not %s", text, hex);
	ward_mqtt_conn_sent(c, out.len);
}

static inline void mq_got(struct mq *q, const char *want)
{
	assert_string_equal(q->got, want);
	q->got[0] = 0;
}

/* Connects with this CONNECT and drops the CONNACK. */
static inline struct ward_mqtt_conn *mq_open(struct mq *q, const char *connect)
{
	struct ward_mqtt_conn *c = mq_begin(q);

	(void)mq_feed(q, c, connect);
	assert_false(ward_mqtt_conn_closed(c, NULL));
	ward_mqtt_conn_sent(c, ward_mqtt_conn_output(c).len);
	return c;
}

static inline void mq_end(struct mq *q, struct ward_mqtt_conn *c)
{
	assert_int_equal(ward_mqtt_conn_end(c, q->now), WARD_OK);
}

static inline void mq_tick(struct mq *q, ward_ns seconds)
{
	q->now += seconds * WARD_NS_PER_S;
	assert_int_equal(ward_mqtt_endpoint_tick(q->e, q->now), WARD_OK);
}

#endif
