#include "respond/publish.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

struct fix {
	struct ward_publication two[2];
	struct ward_publish p;
	struct ward_wr out;
	struct ward_outcome o;
};

static void begin(struct fix *x, const char *user, const char *password)
{
	x->two[0] = (struct ward_publication){.topic = WARD_STR("plant/siren"),
		.payload = WARD_STR("on"),
		.retain = true,
		.heard = true};
	x->two[1] = (struct ward_publication){.topic = WARD_STR("ward/turin/incident/1"),
		.payload = WARD_STR("{}"),
		.expires_s = 604800};
	const struct ward_publish_opts o = {.client = WARD_STR("ward-soc"),
		.user = ward_str_z(user),
		.password = ward_str_z(password),
		.all = x->two,
		.n = WARD_ARRAY_LEN(x->two)};

	x->out = ward_wr_grow(ward_mem_heap(), 1 << 16);
	ward_publish_begin(&x->p, &o, &x->out);
}

static enum ward_err take(struct fix *x, const void *p, size_t n)
{
	ward_wr_reset(&x->out);
	return ward_publish_take(&x->p, ward_slice_of(p, n), &x->out, &x->o);
}
#define TAKE(x, lit) take((x), "" lit, sizeof(lit) - 1)
#define SAID(x, lit)                                                   \
	do {                                                           \
		assert_int_equal((x)->out.len, sizeof(lit) - 1);       \
		assert_memory_equal((x)->out.p, lit, sizeof(lit) - 1); \
	} while (0)

/* OASIS MQTT 5.0, byte for byte. */
static void test_bytes(void **state)
{
	struct fix x;

	(void)state;
	begin(&x, "", "");
	SAID(&x, "\x10\x15\0\4MQTT\5\2\0\x3c\0\0\x08ward-soc");
	ward_wr_fini(&x.out);
	begin(&x, "u", "pw");
	SAID(&x, "\x10\x1c\0\4MQTT\5\xc2\0\x3c\0\0\x08ward-soc\0\1u\0\2pw");
	assert_int_equal(TAKE(&x, "\x20\x03\0\0\0"), WARD_ERR_MORE);
	SAID(&x, "\x33\x14\0\x0bplant/siren\0\1\2\1\1on");
	assert_int_equal(TAKE(&x, "\x40\2\0\1"), WARD_ERR_MORE);
	SAID(&x, "\x32\x23\0\x15ward/turin/incident/1\0\2\7\1\1\2\0\x09\x3a\x80{}");
	/* nobody need listen to it */
	assert_int_equal(TAKE(&x, "\x40\3\0\2\x10"), WARD_OK);
	SAID(&x, "\xe0\0");
	assert_int_equal(x.o.what, WARD_SENT_DELIVERED);
	ward_wr_fini(&x.out);
}

/* In pieces it is the same; what Mosquitto 2.0 says. */
static void test_pieces(void **state)
{
	static const char connack[] = "\x20\x09\0\0\6\x22\0\x0a\x21\0\x14",
			  pubacks[] = "\x40\2\0\1"
				      "\xd0\0"
				      "\x40\4\0\2\0\0";
	struct fix x;

	(void)state;
	begin(&x, "", "");
	for (size_t i = 0; i + 1 < sizeof(connack); i++)
		assert_int_equal(take(&x, connack + i, 1), WARD_ERR_MORE);
	assert_true(x.p.connected && x.out.len);
	for (size_t i = 0; i + 2 < sizeof(pubacks); i++)
		assert_int_equal(take(&x, pubacks + i, 1), WARD_ERR_MORE);
	assert_int_equal(take(&x, pubacks + sizeof(pubacks) - 2, 1), WARD_OK);
	assert_int_equal(x.o.what, WARD_SENT_DELIVERED);
	ward_wr_fini(&x.out);
}

static void test_reasons(void **state)
{
	static const struct {
		bool connected;
		const char *bytes;
		size_t n;
		enum ward_sent what;
		const char *why;
	} all[] = {
#define B(lit) "" lit, sizeof(lit) - 1
		{false, B("\x20\3\0\x87\0"), WARD_SENT_REFUSED, "it does not allow that"},
		{false, B("\x20\3\0\x86\0"), WARD_SENT_REFUSED, "user or password is wrong"},
		{false, B("\x20\3\0\x89\0"), WARD_SENT_FAILED, "it is busy"},
		{false, B("\x20\3\0\xee\0"), WARD_SENT_FAILED,
			"it gives a reason that is not known"},
		/* MQTT 3.1.1 */
		{false, B("\x20\2\0\1"), WARD_SENT_REFUSED, "it does not speak MQTT 5"},
		{false, B("\x20\2\0\0"), WARD_SENT_FAILED, "it answers with what is no MQTT 5"},
		{false, B("\x20\5\0\0\2\x24\0"), WARD_SENT_REFUSED,
			"it takes no messages of QoS 1"},
		{false, B("\x20\5\0\0\2\x25\0"), WARD_SENT_REFUSED, "it retains no messages"},
		{false, B("\x20\x08\0\0\5\x27\0\0\0\x10"), WARD_SENT_REFUSED,
			"the message is too large"},
		{false, B("\x20\x08\0\0\5\x27\0\0\0\0"), WARD_SENT_FAILED,
			"it answers with what is no MQTT 5"},
		{false, B("\x20\5\0\0\2\x7f\0"), WARD_SENT_FAILED,
			"it answers with what is no MQTT 5"},
		{false, B("\x20\3\2\0\0"), WARD_SENT_FAILED, "it answers with what is no MQTT 5"},
		{false, B("\x40\2\0\1"), WARD_SENT_FAILED, "it answers with what is no MQTT 5"},
		{false, B("HTTP/1.1 400 "), WARD_SENT_FAILED, "it answers with what is no MQTT 5"},
		{false, B("\x20\xff\xff\xff\xff\x7f"), WARD_SENT_FAILED,
			"it answers with what is no MQTT 5"},
		{false, B("\x20\xff\xff\xff\x7f"), WARD_SENT_FAILED,
			"it answers with what is no MQTT 5"},
		{true, B("\x40\3\0\1\x10"), WARD_SENT_FAILED, "nobody listens to the topic"},
		{true, B("\x40\3\0\1\x87"), WARD_SENT_REFUSED, "it does not allow that"},
		{true, B("\x40\3\0\1\x97"), WARD_SENT_FAILED, "a quota is exceeded"},
		{true, B("\x40\2\0\2"), WARD_SENT_FAILED, "it answers with what is no MQTT 5"},
		{true, B("\x40\1\0"), WARD_SENT_FAILED, "it answers with what is no MQTT 5"},
		{true, B("\x20\3\0\0\0"), WARD_SENT_FAILED, "it answers with what is no MQTT 5"},
		{true, B("\xe0\1\x95"), WARD_SENT_REFUSED, "the message is too large"},
		{true, B("\xe0\1\x8b"), WARD_SENT_FAILED, "it is being stopped"},
		{true, B("\xe0\0"), WARD_SENT_FAILED, "it gives a reason that is not known"},
		/* a message to us, who asked for none */
		{true, B("\x30\5\0\1ahi"), WARD_SENT_FAILED, "it answers with what is no MQTT 5"}};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(all); i++) {
		struct fix x;

		begin(&x, "", "");
		if (all[i].connected)
			assert_int_equal(TAKE(&x, "\x20\3\0\0\0"), WARD_ERR_MORE);
		assert_int_equal(take(&x, all[i].bytes, all[i].n), WARD_OK);
		assert_int_equal(x.o.what, all[i].what);
		assert_string_equal(x.o.why, all[i].why);
		ward_wr_fini(&x.out);
	}
}

/* All properties that a CONNACK may have. */
static void test_properties(void **state)
{
	static const char connack[] =
		"\x20\x40\0\0\x3d\x11\0\0\0\1\x21\0\1\x24\1\x25\1\x27\0\1\0\0\x12\0\1a\x22\0\1\x1f"
		"\0\2no"
		"\x26\0\1k\0\1v\x28\1\x29\1\x2a\1\x13\0\1\x1a\0\1r\x1c\0\1s\x15\0\1m\x16\0\1d";
	struct fix x;

	(void)state;
	for (size_t cut = 0; cut + 1 < sizeof(connack); cut++) { /* each prefix waits */
		begin(&x, "", "");
		assert_int_equal(take(&x, connack, cut), WARD_ERR_MORE);
		assert_false(x.p.connected);
		ward_wr_fini(&x.out);
	}
	begin(&x, "", "");
	assert_int_equal(take(&x, connack, sizeof(connack) - 1), WARD_ERR_MORE);
	assert_true(x.p.connected);
	assert_int_equal(x.p.packet_max, 65536);
	ward_wr_fini(&x.out);
}

static void test_topic(void **state)
{
	(void)state;
	assert_true(ward_topic_valid(WARD_STR("a/b c/é")));
	assert_false(ward_topic_valid(WARD_STR("")));
	assert_false(ward_topic_valid(WARD_STR("a/+/b")));
	assert_false(ward_topic_valid(WARD_STR("a/#")));
	assert_false(ward_topic_valid(WARD_STR("$SYS/x")));
	assert_false(ward_topic_valid(WARD_STR("a\nb")));
	assert_false(ward_topic_valid(WARD_STR("a\xff")));
}

static void test_read(void **state)
{
	static const char *const bad[] = {"", "{", "[]", "{}", "{\"publish\":{}}",
		"{\"publish\":[]}", "{\"publish\":[{\"payload\":\"on\"}]}",
		"{\"publish\":[{\"topic\":\"a\"}]}",
		"{\"publish\":[{\"topic\":\"#\",\"payload\":\"on\"}]}",
		"{\"publish\":[{\"topic\":\"a\",\"payload\":{}}]}",
		"{\"publish\":[{\"topic\":\"a\",\"payload\":\"\",\"expires\":4294967296}]}"};
	struct ward_publication *all;
	struct ward_limits lim;
	struct ward_arena a;
	size_t n;

	(void)state;
	ward_limits_default(&lim);
	ward_arena_init(&a, ward_mem_heap(), 1 << 20);
	for (size_t i = 0; i < WARD_ARRAY_LEN(bad); i++)
		assert_int_equal(ward_publications_read(ward_str_z(bad[i]), &lim, &a, &all, &n),
			WARD_ERR_MALFORMED);
	assert_int_equal(
		ward_publications_read(
			WARD_STR("{\"publish\":[{\"topic\":\"a\",\"payload\":\"{\\\"x\\\":1}\","
				 "\"retain\":true,\"expires\":60},{\"topic\":\"b\",\"payload\":"
				 "\"\",\"heard\":true}]}"),
			&lim, &a, &all, &n),
		WARD_OK);
	assert_int_equal(n, 2);
	assert_true(ward_str_eqz(all[0].payload, "{\"x\":1}"));
	assert_true(all[0].retain && !all[0].heard && all[0].expires_s == 60);
	assert_true(!all[1].retain && all[1].heard && !all[1].expires_s);
	ward_arena_fini(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_bytes),
		cmocka_unit_test(test_pieces), cmocka_unit_test(test_reasons),
		cmocka_unit_test(test_properties), cmocka_unit_test(test_topic),
		cmocka_unit_test(test_read)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
