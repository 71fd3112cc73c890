/* Wills and sessions of the MQTT endpoint: 3.1.2.5, 3.1.3.2, 3.14.4, 4.1. */
#include "mq.h"

#define HEAD4 "0004 4d515454 04"
#define HEAD5 "0004 4d515454 05"
/* client "c", keep alive 60 s, will "w" to topic "a" with QoS 1 */
#define WILL4(clean) "1013 " HEAD4 clean "003c 0001 63 0001 61 0001 77"
/* the same in 5.0: session expiry and will delay in seconds, as two hex digits */
#define WILL5(clean, expiry, delay)                                                               \
	"101f " HEAD5 clean "003c 05 11000000" expiry "0001 63 05 18000000" delay "0001 61 0001 " \
	"77"

enum how { BYE, BYE_WILL, BREAK, ERROR, SILENCE, OVER_CLEAN, OVER_KEPT };

/* What becomes of the will right away, after 5 s, and after 20 s more. */
static const struct {
	const char *connect;
	enum how how;
	bool at_once, after_5, after_25;
} rows[] = {
	{WILL4("0e"), BYE, false, false, false},
	{WILL4("0e"), BREAK, true, false, false},
	{WILL4("0c"), BREAK, true, false, false},
	{WILL4("0e"), ERROR, true, false, false},
	{WILL4("0e"), SILENCE, true, false, false},
	{WILL4("0e"), OVER_CLEAN, true, false, false},
	{WILL4("0c"), OVER_KEPT, true, false, false},
	{WILL5("0e", "00", "00"), BYE, false, false, false},
	{WILL5("0e", "00", "00"), BYE_WILL, true, false, false},
	{WILL5("0e", "00", "00"), BREAK, true, false, false},
	{WILL5("0e", "00", "00"), ERROR, true, false, false},
	{WILL5("0e", "00", "00"), SILENCE, true, false, false},
	/* the session ends before the delay does: the will is due with it */
	{WILL5("0e", "00", "14"), BREAK, true, false, false},
	{WILL5("0e", "05", "14"), BREAK, false, true, false},
	{WILL5("0e", "40", "14"), BREAK, false, false, true},
	{WILL5("0e", "40", "14"), BYE, false, false, false},
	{WILL5("0e", "40", "14"), BYE_WILL, false, false, true},
	{WILL5("0e", "40", "05"), SILENCE, false, true, false},
	/* taken over: only a delayed will of a session that goes on is spared */
	{WILL5("0e", "40", "00"), OVER_KEPT, true, false, false},
	{WILL5("0e", "40", "14"), OVER_KEPT, false, false, false},
	{WILL5("0e", "40", "14"), OVER_CLEAN, true, false, false},
	{WILL5("0e", "00", "14"), OVER_KEPT, true, false, false},
};

static struct ward_mqtt_conn *leave(struct mq *q, struct ward_mqtt_conn *c, enum how how)
{
	struct ward_mqtt_conn *d = NULL;
	bool over = how == OVER_CLEAN || how == OVER_KEPT;

	if (how == BYE)
		(void)mq_feed(q, c, "e000");
	if (how == BYE_WILL)
		(void)mq_feed(q, c, "e001 04");
	if (how == ERROR)
		(void)mq_feed(q, c, "c100");
	if (how == SILENCE)
		mq_tick(q, 91);
	if (over)
		d = mq_open(q, how == OVER_CLEAN ? CONNECT5 : "100e " HEAD5 "00 003c 00 0001 63");
	if (how != BREAK)
		assert_true(ward_mqtt_conn_closed(c, NULL));
	if (over)
		assert_int_equal(ward_counter_get(&q->counters, "mqtt.closed.taken"), 1);
	mq_end(q, c);
	return d;
}

static void test_wills(void **state)
{
	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(rows); i++) {
		struct mq q;

		mq_init(&q);
		mq_start(&q);
		struct ward_mqtt_conn *d = leave(&q, mq_open(&q, rows[i].connect), rows[i].how);

		mq_got(&q, rows[i].at_once ? "a=w/1w" : "");
		mq_tick(&q, 5);
		mq_got(&q, rows[i].after_5 ? "a=w/1w" : "");
		mq_tick(&q, 20);
		mq_got(&q, rows[i].after_25 ? "a=w/1w" : "");
		if (d)
			mq_end(&q, d);
		mq_got(&q, "");
		ward_mqtt_endpoint_free(q.e);
	}
}

static void test_taken(void **state)
{
	struct mq q;
	enum ward_mqtt_reject why;

	(void)state;
	mq_init(&q);
	mq_start(&q);
	struct ward_mqtt_conn *c = mq_open(&q, CONNECT5);

	(void)mq_feed(&q, c, "3206 0001 61 0001 00");
	struct ward_mqtt_conn *d = mq_open(&q, CONNECT4);

	assert_true(ward_mqtt_conn_closed(c, &why));
	assert_int_equal(why, WARD_MQTT_REJECT_TAKEN);
	ward_mqtt_conn_acknowledge(c);
	mq_out(c, "e001 8e");
	mq_end(&q, c);
	assert_false(ward_mqtt_conn_closed(d, NULL));
	assert_int_equal(mq_feed(&q, d, "c000"), 2);
	mq_out(d, "d000");
	/* a will outside the filter is counted */
	mq_end(&q, d);
	ward_mqtt_endpoint_free(q.e);
	mq_init(&q);
	q.opts.filter = "b";
	mq_start(&q);
	mq_end(&q, mq_open(&q, WILL4("0e")));
	mq_got(&q, "");
	assert_int_equal(ward_counter_get(&q.counters, "mqtt.refused.foreign"), 1);
	ward_mqtt_endpoint_free(q.e);
}

static struct ward_mqtt_conn *present(struct mq *q, const char *connect, bool want)
{
	struct ward_mqtt_conn *c = mq_begin(q);

	(void)mq_feed(q, c, connect);
	struct ward_slice out = ward_mqtt_conn_output(c);

	assert_true(out.len >= 4 && out.p[0] == 0x20);
	assert_int_equal(out.p[2], want);
	ward_mqtt_conn_sent(c, out.len);
	return c;
}

static void test_sessions(void **state)
{
	static const char kept4[] = "100d " HEAD4 "00 003c 0001 63";
	static const char kept5[] = "1013 " HEAD5 "00 003c 05 1100000010 0001 63";
	struct mq q;

	(void)state;
	mq_init(&q);
	mq_start(&q);
	/* 3.1.1: lasts until a clean one */
	mq_end(&q, present(&q, kept4, false));
	mq_tick(&q, 1000000);
	mq_end(&q, present(&q, kept4, true));
	mq_end(&q, present(&q, CONNECT4, false));
	mq_end(&q, present(&q, kept4, false));
	/* 5.0: as long as it says, which DISCONNECT may change */
	mq_end(&q, present(&q, kept5, true));
	mq_tick(&q, 15);
	mq_end(&q, present(&q, kept5, true));
	q.now += 16 * WARD_NS_PER_S; /* over, even before a tick has seen it */
	struct ward_mqtt_conn *c = present(&q, kept5, false);

	(void)mq_feed(&q, c, "e007 00 05 1100000000");
	mq_end(&q, c);
	c = present(&q, kept5, false);
	(void)mq_feed(&q, c, "e007 00 05 11ffffffff");
	mq_end(&q, c);
	mq_tick(&q, 1000000);
	mq_end(&q, present(&q, kept5, true));
	ward_mqtt_endpoint_free(q.e);
}

/* The callback's error comes out wherever the message came from. */
static enum ward_err refuse(void *ctx, const struct ward_mqtt_message *m)
{
	(void)ctx;
	(void)m;
	return WARD_ERR_IO;
}

static void test_errors(void **state)
{
	struct mq q;
	uint8_t buf[64];
	struct ward_slice s = mq_hex("3003 0001 61", buf, sizeof(buf));
	size_t used;

	(void)state;
	mq_init(&q);
	q.opts.message = refuse;
	mq_start(&q);
	struct ward_mqtt_conn *c = mq_open(&q, CONNECT4);

	assert_int_equal(ward_mqtt_conn_feed(c, s, q.now, &used), WARD_ERR_IO);
	mq_end(&q, c);
	c = mq_open(&q, WILL4("0e"));
	assert_int_equal(ward_mqtt_conn_end(c, q.now), WARD_ERR_IO);
	c = mq_open(&q, WILL4("0e"));
	q.now += 100 * WARD_NS_PER_S;
	assert_int_equal(ward_mqtt_endpoint_tick(q.e, q.now), WARD_ERR_IO);
	ward_mqtt_endpoint_free(q.e);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_wills),
		cmocka_unit_test(test_taken),
		cmocka_unit_test(test_sessions),
		cmocka_unit_test(test_errors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
