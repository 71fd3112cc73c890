#include "mq.h"

static bool reached[WARD_MQTT_REJECT_N];

static void count_reached(const struct mq *q)
{
	for (int r = 0; r < WARD_MQTT_REJECT_N; r++)
		if (ward_counter_get(
			    &q->counters, ward_mqtt_reject_info((enum ward_mqtt_reject)r)->counter))
			reached[r] = true;
}

static void done(struct mq *q)
{
	count_reached(q);
	ward_mqtt_endpoint_free(q->e);
}

#define R(NAME) WARD_MQTT_REJECT_##NAME
#define HEAD4 "0004 4d515454 04"
#define HEAD5 "0004 4d515454 05"

/* What ends a connection: after a CONNECT (open) or as the first packet; and what is said then. */
static const struct {
	const char *open, *packet;
	enum ward_mqtt_reject why;
	const char *out;
} bad[] = {
	{CONNECT4, "c0 80808080", R(LENGTH), ""},
	{CONNECT5, "c0 80808080", R(LENGTH), "e001 81"},
	{CONNECT4, "30 ffff7f", R(PACKET), ""},
	{CONNECT5, "30 ffff7f", R(PACKET), "e001 95"},
	{NULL, "10 ffff7f", R(PACKET), ""},
	{CONNECT5, "c100", R(FLAGS), "e001 81"},
	{CONNECT4, "80 06 0001 0001 61 00", R(FLAGS), ""},
	{NULL, "c000", R(FIRST), ""},
	{CONNECT5, CONNECT5, R(AGAIN), "e001 82"},
	{CONNECT4, "2002 0000", R(DIRECTION), ""},
	{CONNECT4, "0000", R(DIRECTION), ""},
	{CONNECT4, "4002 0001", R(DIRECTION), ""},
	{CONNECT5, "f000", R(DIRECTION), "e001 82"},
	{CONNECT5, "6202 0001", R(DIRECTION), "e001 82"},
	{CONNECT4, "3001 00", R(MALFORMED), ""},
	{CONNECT4, "c001 00", R(MALFORMED), ""},
	{CONNECT4, "6203 0001 00", R(MALFORMED), ""},
	{CONNECT4, "e001 00", R(MALFORMED), ""},
	{NULL, "100e " HEAD4 "02 003c 0001 63 00", R(MALFORMED), ""},
	{NULL, "1002 0004", R(MALFORMED), ""},
	{NULL, "100f " HEAD5 "02 003c 80 00 0001 63", R(MALFORMED), "2003 00 81 00"},
	{NULL, "1012 " HEAD5 "02 003c 8080808000 0001 63", R(MALFORMED), "2003 00 81 00"},
	{CONNECT5, "3004 0001 61 09", R(MALFORMED), "e001 81"},
	{CONNECT4, "3003 0001 ff", R(UTF8), ""},
	{CONNECT4, "3003 0001 00", R(UTF8), ""},
	{NULL, "100d 0004 4d515458 04 02 003c 0001 63", R(PROTOCOL), ""},
	{NULL, "100d 0004 4d515454 06 02 003c 0001 63", R(VERSION), "2003 00 84 00"},
	{NULL, "100d 0004 4d515454 03 02 003c 0001 63", R(VERSION), "2002 00 01"},
	{NULL, "100d 0004 4d515454 84 02 003c 0001 63", R(VERSION), "2002 00 01"},
	{NULL, "100f 0006 4d5149736470 04 02 003c 0001 63", R(VERSION), "2002 00 01"},
	{NULL, "100d " HEAD4 "03 003c 0001 63", R(CONNECT), ""},
	{NULL, "1012 " HEAD4 "1e 003c 0001 63 0001 61 0000", R(CONNECT), ""},
	{NULL, "100d " HEAD4 "0a 003c 0001 63", R(CONNECT), ""},
	{NULL, "100d " HEAD4 "22 003c 0001 63", R(CONNECT), ""},
	{NULL, "1010 " HEAD4 "42 003c 0001 63 0001 70", R(CONNECT), ""},
	{NULL, "1011 " HEAD5 "02 003c 03 230001 0001 63", R(PROPERTY), "2003 00 81 00"},
	{NULL, "1010 " HEAD5 "02 003c 02 4000 0001 63", R(PROPERTY), "2003 00 81 00"},
	{CONNECT5, "3007 0001 61 03 0b0100", R(PROPERTY), "e001 81"},
	{NULL, "1011 " HEAD5 "02 003c 03 210000 0001 63", R(VALUE), "2003 00 82 00"},
	{NULL, "1013 " HEAD5 "02 003c 05 2700000000 0001 63", R(VALUE), "2003 00 82 00"},
	{NULL, "1010 " HEAD5 "02 003c 02 1702 0001 63", R(VALUE), "2003 00 82 00"},
	{NULL, "1014 " HEAD5 "02 003c 06 210001210001 0001 63", R(VALUE), "2003 00 82 00"},
	{NULL, "1012 " HEAD5 "02 003c 04 16000161 0001 63", R(VALUE), "2003 00 82 00"},
	{NULL, "100c " HEAD4 "00 003c 0000", R(CLIENT), "2002 00 02"},
	{NULL, "100e 0006 4d5149736470 03 02 003c 0000", R(CLIENT), "2002 00 02"},
	{NULL, "1012 " HEAD5 "02 003c 04 15000161 0001 63", R(METHOD), "2003 00 8c 00"},
	{NULL, "1013 " HEAD5 "02 003c 05 270000003f 0001 63", R(SMALL), "2003 00 95 00"},
	{CONNECT4, "3605 0001 61 0001", R(QOS), ""},
	{CONNECT4, "3803 0001 61", R(QOS), ""},
	{CONNECT5, "3406 0001 61 0001 00", R(QOS_MAX), "e001 9b"},
	{NULL, "1014 " HEAD5 "16 003c 00 0001 63 00 0001 61 0000", R(QOS_MAX), "2003 00 9b 00"},
	{CONNECT4, "3205 0001 61 0000", R(ID), ""},
	{CONNECT4, "8206 0000 0001 61 00", R(ID), ""},
	{CONNECT4, "6202 0000", R(ID), ""},
	{CONNECT4, "3002 0000", R(TOPIC), ""},
	{CONNECT5, "3004 0001 23 00", R(TOPIC), "e001 90"},
	{CONNECT4, "3003 0001 2b", R(TOPIC), ""},
	{NULL, "1013 " HEAD4 "06 003c 0001 63 0001 23 0001 70", R(TOPIC), ""},
	{CONNECT5, "3007 0001 61 03 230001", R(ALIAS), "e001 94"},
	{CONNECT4, "8202 0001", R(FILTERS), ""},
	{CONNECT4, "8206 0001 0001 61 03", R(FILTERS), ""},
	{CONNECT4, "8206 0001 0001 61 04", R(FILTERS), ""},
	{CONNECT5, "8207 0001 00 0001 61 30", R(FILTERS), "e001 82"},
	{CONNECT5, "a203 0001 00", R(FILTERS), "e001 82"},
	{CONNECT5, "e007 00 05 1100000001", R(EXPIRY), "e001 82"},
};

static void test_reasons(void **state)
{
	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(bad); i++) {
		struct mq q;
		struct ward_mqtt_conn *c;
		enum ward_mqtt_reject why;

		mq_init(&q);
		mq_start(&q);
		c = bad[i].open ? mq_open(&q, bad[i].open) : mq_begin(&q);
		(void)mq_feed(&q, c, bad[i].packet);
		if (!ward_mqtt_conn_closed(c, &why) || why != bad[i].why)
			fail_msg("%s: %s, not %s", bad[i].packet,
				ward_mqtt_reject_info(why)->counter,
				ward_mqtt_reject_info(bad[i].why)->counter);
		mq_out(c, bad[i].out);
		/* what comes after the end is dropped */
		assert_int_equal(mq_feed(&q, c, "c000"), 2);
		mq_out(c, "");
		assert_int_equal(
			ward_counter_get(&q.counters, ward_mqtt_reject_info(why)->counter), 1);
		mq_end(&q, c);
		mq_got(&q, "");
		done(&q);
	}
}

/* Every proper prefix of a packet is one that is not all there. */
static void test_prefixes(void **state)
{
	static const char *const good[] = {"1000", CONNECT4, CONNECT5, "3205 0001 61 0001",
		"82 06 0001 0001 61 00", "c000", "e000", "308001", "6202 0001"};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(good); i++) {
		uint8_t buf[256];
		struct ward_slice s = mq_hex(good[i], buf, sizeof(buf));

		for (size_t len = 0; len < s.len; len++) {
			struct mq q;
			uint8_t *exact = malloc(len ? len : 1);
			size_t used = 1;

			mq_init(&q);
			mq_start(&q);
			struct ward_mqtt_conn *c = mq_begin(&q);

			memcpy(exact, buf, len);
			assert_int_equal(ward_mqtt_conn_feed(
						 c, (struct ward_slice){exact, len}, q.now, &used),
				WARD_OK);
			assert_int_equal(used, 0);
			assert_false(ward_mqtt_conn_closed(c, NULL));
			free(exact);
			done(&q);
		}
	}
}

static void test_publish_311(void **state)
{
	struct mq q;

	(void)state;
	mq_init(&q);
	mq_start(&q);
	struct ward_mqtt_conn *c = mq_begin(&q);

	(void)mq_feed(&q, c, CONNECT4);
	mq_out(c, "2002 0000");
	/* QoS 0, 1, 1 again, 2; acknowledged in their order, and only when they may be */
	(void)mq_feed(&q, c,
		"3005 0001 61 7830 3207 0001 61 0001 7831 3b07 0001 61 0002 7832"
		"3407 0001 61 0003 7833");
	mq_got(&q, "a=x0/0 a=x1/1 a=x2/1d a=x3/2");
	mq_out(c, "");
	assert_int_equal(ward_mqtt_conn_due(c), 3);
	ward_mqtt_conn_acknowledge(c);
	mq_out(c, "4002 0001 4002 0002 5002 0003");
	ward_mqtt_conn_acknowledge(c);
	mq_out(c, "");
	(void)mq_feed(&q, c, "6202 0003 c000");
	mq_out(c, "7002 0003 d000");
	/* nobody can subscribe; bridges unsubscribe */
	(void)mq_feed(&q, c, "82 0a 0004 0001 61 00 0001 62 01");
	mq_out(c, "9004 0004 8080");
	(void)mq_feed(&q, c, "a2 05 0005 0001 61");
	mq_out(c, "b002 0005");
	(void)mq_feed(&q, c, "e000");
	enum ward_mqtt_reject why;

	assert_true(ward_mqtt_conn_closed(c, &why));
	assert_int_equal(why, WARD_MQTT_REJECT_NONE);
	mq_out(c, "");
	mq_end(&q, c);
	done(&q);
}

static void test_publish_5(void **state)
{
	struct mq q;

	(void)state;
	mq_init(&q);
	q.opts.filter = "ward/v1/#";
	q.opts.seed = 41;
	q.lim.v[WARD_LIMIT_MQTT_INFLIGHT] = 2;
	q.lim.v[WARD_LIMIT_MQTT_TOPIC] = 9;
	mq_start(&q);
	struct ward_mqtt_conn *c = mq_begin(&q);

	/* without an id it gets one: Maximum QoS, Receive Maximum, Maximum Packet Size, "ward-41"
	 */
	(void)mq_feed(&q, c, "100d " HEAD5 "02 003c 00 0000");
	mq_out(c, "2017 00 00 14 2401 210002 2700002000 120007 776172642d3431");
	/* the filter decides, and says so; properties are passed over */
	(void)mq_feed(&q, c,
		"3212 0009 776172642f76312f61 0001 02 0101 7b7d"
		"3208 0003 782f79 0002 00");
	mq_got(&q, "ward/v1/a={}/1");
	ward_mqtt_conn_acknowledge(c);
	mq_out(c, "4002 0001 4003 0002 90");
	(void)mq_feed(&q, c, "320f 000a 776172642f76312f6161 0003 00");
	mq_got(&q, "");
	ward_mqtt_conn_acknowledge(c);
	mq_out(c, "4003 0003 90");
	(void)mq_feed(&q, c, "8207 0004 00 0001 61 01 a206 0005 00 0001 61");
	mq_out(c, "9004 0004 00 87 b004 0005 00 11");
	/* the third one is over Receive Maximum */
	(void)mq_feed(&q, c, "3208 0003 782f79 0006 00 3208 0003 782f79 0007 00");
	assert_false(ward_mqtt_conn_closed(c, NULL));
	(void)mq_feed(&q, c, "3208 0003 782f79 0008 00");
	assert_true(ward_mqtt_conn_closed(c, NULL));
	ward_mqtt_conn_acknowledge(c);
	mq_out(c, "e001 93");
	mq_end(&q, c);
	/* MQTT 3 is made to wait */
	c = mq_open(&q, CONNECT4);
	assert_int_equal(mq_feed(&q, c, "3207 0003 782f79 0001 3207 0003 782f79 0002 c000"), 18);
	ward_mqtt_conn_acknowledge(c);
	mq_out(c, "4002 0001 4002 0002");
	assert_int_equal(mq_feed(&q, c, "c000"), 2);
	mq_end(&q, c);
	done(&q);
}

/* Answers that nobody reads make the client wait, and the buffer never overflows. */
static void test_unread(void **state)
{
	struct mq q;
	size_t n = 0, sent = 0;

	(void)state;
	mq_init(&q);
	mq_start(&q);
	struct ward_mqtt_conn *c = mq_open(&q, CONNECT4);

	while (mq_feed(&q, c, "c000") == 2 && n < 100000)
		n++;
	assert_in_range(n, 100, 1000);
	while (ward_mqtt_conn_output(c).len) {
		ward_mqtt_conn_sent(c, 2);
		sent++;
	}
	assert_int_equal(sent, n);
	assert_int_equal(mq_feed(&q, c, "c000"), 2);
	mq_tick(&q, 90);
	assert_false(ward_mqtt_conn_closed(c, NULL));
	mq_tick(&q, 1);
	assert_true(ward_mqtt_conn_closed(c, NULL));
	mq_end(&q, c);
	done(&q);
}

static void test_user(void **state)
{
	static const struct {
		const char *connect;
		bool in;
	} tries[] = {
		{"1013 " HEAD4 "c2 003c 0001 63 0001 75 0001 70", true},
		{"1013 " HEAD4 "c2 003c 0001 63 0001 75 0001 71", false},
		{"1013 " HEAD4 "c2 003c 0001 63 0001 76 0001 70", false},
		{"1012 " HEAD4 "c2 003c 0001 63 0001 75 0000", false},
		{"1010 " HEAD4 "82 003c 0001 63 0001 75", false},
		{CONNECT4, false},
	};
	struct mq q;

	(void)state;
	mq_init(&q);
	q.opts.user = "u";
	q.opts.password = "p";
	mq_start(&q);
	for (size_t i = 0; i < WARD_ARRAY_LEN(tries); i++) {
		struct ward_mqtt_conn *c = mq_begin(&q);

		(void)mq_feed(&q, c, tries[i].connect);
		mq_out(c, tries[i].in ? "2002 0000" : "2002 0004");
		assert_int_equal(ward_mqtt_conn_closed(c, NULL), !tries[i].in);
		mq_end(&q, c);
	}
	done(&q);
}

static void test_limits(void **state)
{
	struct mq q;
	struct ward_mqtt_conn *c, *d, *none = NULL;

	(void)state;
	mq_init(&q);
	q.opts.n_conn_max = 2;
	q.lim.v[WARD_LIMIT_MQTT_SESSIONS] = 1;
	q.lim.v[WARD_LIMIT_MQTT_CLIENT] = 2;
	mq_start(&q);
	c = mq_open(&q, CONNECT4);
	d = mq_begin(&q);
	assert_int_equal(ward_mqtt_conn_begin(q.e, q.now, &none), WARD_ERR_LIMIT);
	(void)mq_feed(&q, d, "100d " HEAD4 "02 003c 0001 64");
	mq_out(d, "2002 0003");
	mq_end(&q, d);
	d = mq_begin(&q);
	(void)mq_feed(&q, d, "100f " HEAD4 "02 003c 0003 646464");
	mq_out(d, "2002 0002");
	mq_end(&q, d);
	/* a lasting session that is gone makes place */
	mq_end(&q, c);
	c = mq_open(&q, "100d " HEAD4 "00 003c 0001 63");
	mq_end(&q, c);
	c = mq_open(&q, "100d " HEAD4 "02 003c 0001 64");
	assert_int_equal(ward_counter_get(&q.counters, "mqtt.sessions_forgotten"), 1);
	mq_end(&q, c);
	/* one that never says CONNECT */
	c = mq_begin(&q);
	mq_tick(&q, 10);
	assert_false(ward_mqtt_conn_closed(c, NULL));
	mq_tick(&q, 1);
	assert_true(ward_mqtt_conn_closed(c, NULL));
	mq_end(&q, c);
	done(&q);
}

static void test_leave(void **state)
{
	struct mq q;

	(void)state;
	mq_init(&q);
	mq_start(&q);
	struct ward_mqtt_conn *c = mq_open(&q, CONNECT5);
	struct ward_mqtt_conn *d = mq_open(&q, "1013 " HEAD4 "06 003c 0001 64 0001 61 0001 77");

	(void)mq_feed(&q, d, "3205 0001 61 0001");
	mq_got(&q, "a=/1");
	ward_mqtt_endpoint_leave(q.e, WARD_MQTT_REJECT_FULL, q.now);
	ward_mqtt_conn_acknowledge(d);
	mq_out(c, "e001 97");
	mq_out(d, "");
	mq_end(&q, c);
	mq_end(&q, d);
	c = mq_open(&q, CONNECT5);
	ward_mqtt_endpoint_leave(q.e, WARD_MQTT_REJECT_LEAVING, q.now);
	mq_out(c, "e001 8b");
	mq_got(&q, ""); /* no will */
	done(&q);
}

/* Every allocation fails once; nothing leaks. */
static void test_memory(void **state)
{
	enum ward_err err = WARD_ERR_NOMEM;

	(void)state;
	for (uint64_t at = 1; err == WARD_ERR_NOMEM; at++) {
		struct ward_mem_failing f;
		struct mq q;
		struct ward_mqtt_conn *c;
		uint8_t buf[64];
		struct ward_slice s =
			mq_hex("1013 " HEAD4 "06 003c 0001 64 0001 61 0001 77", buf, sizeof(buf));
		size_t used;

		ward_mem_failing_init(&f, at);
		mq_init(&q);
		q.opts.mem = &f.mem;
		err = ward_mqtt_endpoint_new(&q.opts, &q.e);
		if (!err)
			err = ward_mqtt_conn_begin(q.e, q.now, &c);
		if (!err)
			err = ward_mqtt_conn_feed(c, s, q.now, &used);
		ward_mqtt_endpoint_free(q.e);
		assert_true(at < 20);
	}
	assert_int_equal(err, WARD_OK);
}

/* Last: no reason is left that no test has reached. */
static void test_all_reached(void **state)
{
	(void)state;
	reached[WARD_MQTT_REJECT_TAKEN] = true; /* t_will */
	for (int r = 0; r < WARD_MQTT_REJECT_N; r++)
		if (!reached[r])
			fail_msg("not reached: %s",
				ward_mqtt_reject_info((enum ward_mqtt_reject)r)->counter);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reasons),
		cmocka_unit_test(test_prefixes),
		cmocka_unit_test(test_publish_311),
		cmocka_unit_test(test_publish_5),
		cmocka_unit_test(test_unread),
		cmocka_unit_test(test_user),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_leave),
		cmocka_unit_test(test_memory),
		cmocka_unit_test(test_all_reached),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
