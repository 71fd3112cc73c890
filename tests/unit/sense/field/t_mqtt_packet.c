#include "mq.h"

#include "sense/field/mqtt_packet.h"

static enum ward_mqtt_reject read_body(
	enum ward_mqtt_type type, uint8_t flags, struct ward_slice body, enum ward_mqtt_version v)
{
	struct ward_mqtt_frame f = {.type = type, .flags = flags, .body = body};
	struct ward_mqtt_connect connect;
	struct ward_mqtt_publish publish;
	struct ward_mqtt_disconnect disconnect;
	uint16_t id;
	size_t n;

	if (type == WARD_MQTT_CONNECT)
		return ward_mqtt_connect_read(body, &connect);
	if (type == WARD_MQTT_PUBLISH)
		return ward_mqtt_publish_read(&f, v, &publish);
	if (type == WARD_MQTT_DISCONNECT)
		return ward_mqtt_disconnect_read(&f, v, &disconnect);
	if (type == WARD_MQTT_PUBREL)
		return ward_mqtt_pubrel_read(&f, &id);
	return ward_mqtt_subscribe_read(&f, v, &id, &n);
}

/* whole: bodies from this length on are right as well (a payload, further filters). */
static const struct {
	enum ward_mqtt_type type;
	enum ward_mqtt_version v;
	const char *body;
	size_t whole;
} good[] = {
	{WARD_MQTT_CONNECT, WARD_MQTT_311,
		"0004 4d515454 04 f6 003c 0001 63 0001 61 0001 77 0001 75 0001 70", 0},
	{WARD_MQTT_CONNECT, WARD_MQTT_31, "0006 4d5149736470 03 02 003c 0001 63", 0},
	{WARD_MQTT_CONNECT, WARD_MQTT_5,
		"0004 4d515454 05 ce 003c 22 1100000001 210001 2700001000 220001 1701 1900"
		"26 0001 61 0001 62 26 0001 61 0001 62 0001 63"
		"1d 1800000001 0101 0200000001 03 0001 61 08 0001 62 09 0001 63 26 0000 0000"
		"0001 61 0001 77 0001 75 0001 70",
		0},
	{WARD_MQTT_PUBLISH, WARD_MQTT_311, "0001 61 0001 7b7d", 5},
	{WARD_MQTT_PUBLISH, WARD_MQTT_5, "0001 61 0001 02 0101 7b7d", 8},
	{WARD_MQTT_SUBSCRIBE, WARD_MQTT_311, "0001 0001 61 02", 0},
	{WARD_MQTT_SUBSCRIBE, WARD_MQTT_5, "0001 02 0b01 0001 61 2e", 0},
	{WARD_MQTT_UNSUBSCRIBE, WARD_MQTT_5, "0001 07 26 0001 61 0001 62 0001 61", 0},
	{WARD_MQTT_PUBREL, WARD_MQTT_311, "0001", 0},
};

/* Whole bodies are taken; every part of one is refused, but where a shorter one is right too. */
static void test_bodies(void **state)
{
	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(good); i++) {
		uint8_t buf[256];
		struct ward_slice s = mq_hex(good[i].body, buf, sizeof(buf));

		for (size_t len = 0; len <= s.len; len++) {
			uint8_t *exact = malloc(len ? len : 1);

			memcpy(exact, buf, len);
			enum ward_mqtt_reject why = read_body(
				good[i].type, 2, (struct ward_slice){exact, len}, good[i].v);
			bool right = len == s.len || (good[i].whole && len >= good[i].whole);

			if ((why == WARD_MQTT_REJECT_NONE) != right)
				fail_msg("%zu of %s: %s", len, good[i].body,
					ward_mqtt_reject_info(why)->counter);
			free(exact);
		}
	}
}

static void test_connect(void **state)
{
	uint8_t buf[256];
	struct ward_mqtt_connect m;

	(void)state;
	assert_int_equal(ward_mqtt_connect_read(mq_hex(good[2].body, buf, sizeof(buf)), &m), 0);
	assert_int_equal(m.version, WARD_MQTT_5);
	assert_true(m.clean && m.has_user && m.has_password && !m.has_method);
	assert_int_equal(m.keep_alive_s, 60);
	assert_int_equal(m.expiry_s, 1);
	assert_int_equal(m.packet_max, 4096);
	assert_true(m.will.set && !m.will.retain);
	assert_int_equal(m.will.qos, 1);
	assert_int_equal(m.will.delay_s, 1);
	assert_true(ward_str_eqz(m.will.topic, "a") && ward_str_eqz(m.client, "c"));
	assert_true(ward_str_eqz(ward_slice_text(m.will.payload), "w"));
	assert_true(ward_str_eqz(m.user, "u"));
	assert_true(ward_str_eqz(ward_slice_text(m.password), "p"));
	assert_int_equal(ward_mqtt_connect_read(mq_hex(good[0].body, buf, sizeof(buf)), &m), 0);
	assert_true(m.will.retain);
	assert_int_equal(m.will.qos, 2);
	assert_int_equal(m.packet_max, UINT32_MAX);
}

/* 32 filters are the most that are answered, and the answer fits 64 bytes. */
static void test_filters(void **state)
{
	uint8_t buf[2 + 33 * 4] = {0, 1}, out[WARD_MQTT_ANSWER_MAX];
	struct ward_wr w = ward_wr_fixed(out, sizeof(out));
	struct ward_mqtt_frame f = {.type = WARD_MQTT_SUBSCRIBE, .body = {buf, 2 + 32 * 4}};
	uint16_t id;
	size_t n;

	(void)state;
	for (size_t i = 0; i < 33; i++)
		memcpy(buf + 2 + 4 * i, (const uint8_t[]){0, 1, 'a', 0}, 4);
	assert_int_equal(ward_mqtt_subscribe_read(&f, WARD_MQTT_311, &id, &n), 0);
	assert_int_equal(n, 32);
	ward_mqtt_write_suback(&w, WARD_MQTT_5, WARD_MQTT_SUBACK, id, n);
	assert_false(ward_wr_bad(&w));
	f.body.len += 4;
	assert_int_equal(
		ward_mqtt_subscribe_read(&f, WARD_MQTT_311, &id, &n), WARD_MQTT_REJECT_FILTERS);
}

static void test_match(void **state)
{
	/* the examples of 4.7.1 and 4.7.2 */
	static const struct {
		const char *filter, *topic;
		bool fits;
	} rows[] = {
		{"sport/tennis/player1/#", "sport/tennis/player1", true},
		{"sport/tennis/player1/#", "sport/tennis/player1/ranking", true},
		{"sport/tennis/player1/#", "sport/tennis/player1/score/wimbledon", true},
		{"sport/#", "sport", true},
		{"sport/#", "sports", false},
		{"#", "a/b", true},
		{"sport/tennis/+", "sport/tennis/player1", true},
		{"sport/tennis/+", "sport/tennis/player1/ranking", false},
		{"sport/+", "sport", false},
		{"sport/+", "sport/", true},
		{"+/+", "/finance", true},
		{"/+", "/finance", true},
		{"+", "/finance", false},
		{"#", "$SYS/x", false},
		{"+/x", "$SYS/x", false},
		{"$SYS/#", "$SYS/x", true},
		{"ward/v1/#", "ward/v1/s/door/d", true},
		{"ward/v1/#", "ward/v2/s/door/d", false},
		{"a", "a/", false},
		{"a/", "a", false},
	};
	static const char *const no[] = {
		"", "sport/tennis#", "sport/tennis/#/ranking", "sport+", "a/+b/c", "a/##", "\xff"};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(rows); i++) {
		assert_true(ward_mqtt_filter_valid(ward_str_z(rows[i].filter)));
		if (ward_mqtt_filter_matches(
			    ward_str_z(rows[i].filter), ward_str_z(rows[i].topic)) != rows[i].fits)
			fail_msg("%s and %s", rows[i].filter, rows[i].topic);
	}
	for (size_t i = 0; i < WARD_ARRAY_LEN(no); i++)
		assert_false(ward_mqtt_filter_valid(ward_str_z(no[i])));
	assert_false(ward_mqtt_filter_valid(WARD_STR("a\0b")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bodies),
		cmocka_unit_test(test_connect),
		cmocka_unit_test(test_filters),
		cmocka_unit_test(test_match),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
