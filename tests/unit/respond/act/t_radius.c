#include "respond/act/radius.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

/* Packets that another program computed (Python's hashlib and hmac). */
static const char request[] =
	"2b07005722f62f7bf2be17404a2c581ab6a7c8cd200773772d61301f1330302d31422d32312d30412d30422d30"
	"4337066b09a90040060000000d41060000000651053939395012968953f946d94f91a3ef876a09a04435";
static const char ack[] =
	"2c0700267b05df8c16defa6cad13b287095e71155012302d42fe7fb6efb749e0df4f81338f53";
static const char nak[] =
	"2d07002c8144a2db35ee241d791f46d2bb0e14926506000001f75012d54e3d81830cacdccb18ac7d50b424d2";
static const char plain_ack[] = "2c07001447ce6f39374b4ad1dc376a22e601875f";

static const struct ward_str secret = {"a-shared-secret-of-both", 23};

static struct ward_slice bytes(const char *hex, uint8_t *to)
{
	size_t n = strlen(hex) / 2;

	assert_true(ward_str_unhex(ward_str_z(hex), to, n));
	return ward_slice_of(to, n);
}

static struct ward_radius_ask asking(void)
{
	return (struct ward_radius_ask){.id = 7,
		.time = 1795795200,
		.mac = {0x00, 0x1B, 0x21, 0x0A, 0x0B, 0x0C},
		.set = WARD_RADIUS_VLAN,
		.value = WARD_STR("999"),
		.nas = WARD_STR("sw-a0")};
}

static void t_request(void **state)
{
	uint8_t want[256], buf[WARD_RADIUS_MAX];
	struct ward_slice all = bytes(request, want);
	struct ward_wr w = ward_wr_fixed(buf, sizeof(buf));
	struct ward_radius_ask a = asking();

	(void)state;
	assert_int_equal(ward_radius_write(&w, &a, secret), WARD_OK);
	assert_int_equal(w.len, all.len);
	assert_memory_equal(buf, want, all.len);
	ward_wr_reset(&w);
	a.set = WARD_RADIUS_FILTER;
	a.value = WARD_STR("quarantine");
	assert_int_equal(ward_radius_write(&w, &a, secret), WARD_OK);
	assert_true(ward_str_find(ward_wr_text(&w), WARD_STR("\x0b\x0cquarantine")) != SIZE_MAX);
	a.value = WARD_STR("");
	assert_int_equal(ward_radius_write(&w, &a, secret), WARD_ERR_LIMIT);
}

static void t_answers(void **state)
{
	uint8_t q[256], a[256];
	struct ward_slice asked = bytes(request, q);
	struct ward_radius_said said = {.done = false};

	(void)state;
	assert_int_equal(ward_radius_read(bytes(ack, a), asked, secret, &said), WARD_OK);
	assert_true(said.done);
	assert_int_equal(ward_radius_read(bytes(plain_ack, a), asked, secret, &said), WARD_OK);
	assert_true(said.done);
	assert_int_equal(ward_radius_read(bytes(nak, a), asked, secret, &said), WARD_OK);
	assert_false(said.done);
	assert_int_equal(said.cause, 503);
	assert_string_equal(ward_radius_cause(503), "the device has no session there");
	assert_string_equal(ward_radius_cause(0), "it would not, and does not say why");
}

/* An answer is true only whole: no bit of it may be another, and no byte may lack. */
static void t_forged(void **state)
{
	static const char *const all[] = {ack, nak, plain_ack};
	uint8_t q[256], a[256];
	struct ward_slice asked = bytes(request, q);
	struct ward_radius_said said;

	(void)state;
	for (size_t k = 0; k < WARD_ARRAY_LEN(all); k++) {
		struct ward_slice s = bytes(all[k], a);

		for (size_t i = 0; i < s.len * 8; i++) {
			a[i / 8] ^= (uint8_t)(1u << i % 8);
			assert_int_not_equal(ward_radius_read(s, asked, secret, &said), WARD_OK);
			a[i / 8] ^= (uint8_t)(1u << i % 8);
		}
		for (size_t n = 0; n < s.len; n++)
			assert_int_equal(
				ward_radius_read(ward_slice_of(a, n), asked, secret, &said),
				WARD_ERR_MALFORMED);
		assert_int_equal(ward_radius_read(s, asked, WARD_STR("another-secret--"), &said),
			WARD_ERR_DENIED);
		q[10] ^= 1; /* an answer to another request */
		assert_int_equal(ward_radius_read(s, asked, secret, &said), WARD_ERR_DENIED);
		q[10] ^= 1;
		q[1] ^= 1;
		assert_int_equal(ward_radius_read(s, asked, secret, &said), WARD_ERR_FOREIGN);
		q[1] ^= 1;
	}
}

static void t_what(void **state)
{
	static const char *const bad[] = {"", "vlan", "vlan ", "vlan  9", "vlan 9 9", "port 1",
		"filter a\tb", "filter a\"b", "filter caf\xc3\xa9"};
	enum ward_radius_set set;
	struct ward_str value;
	char text[80] = "vlan ";

	(void)state;
	assert_true(ward_radius_what(WARD_STR("vlan 999"), &set, &value));
	assert_int_equal(set, WARD_RADIUS_VLAN);
	assert_true(ward_str_eqz(value, "999"));
	assert_true(ward_radius_what(WARD_STR("filter Ward:q-1_a/b.c"), &set, &value));
	assert_int_equal(set, WARD_RADIUS_FILTER);
	for (size_t i = 0; i < WARD_ARRAY_LEN(bad); i++)
		assert_false(ward_radius_what(ward_str_z(bad[i]), &set, &value));
	memset(text + 5, '9', WARD_RADIUS_VALUE);
	assert_true(ward_radius_what(ward_str_z(text), &set, &value));
	text[5 + WARD_RADIUS_VALUE] = '9';
	assert_false(ward_radius_what(ward_str_z(text), &set, &value));
}

/* The body of a request, as `act` makes it. */
static void t_asked(void **state)
{
	static const char *const bad[] = {"", "{", "{\"run\":\"vlan 9\"}",
		"{\"run\":\"vlan 9\",\"mac\":\"00:1b:21:0a:0b\"}",
		"{\"run\":\"vlan 9\",\"mac\":\"00:1b:21:0a:0b:0\"}",
		"{\"run\":\"vlan 9\",\"mac\":\"00-1b-21-0a-0b-0c\"}",
		"{\"run\":\"vlan 9;\",\"mac\":\"00:1b:21:0a:0b:0c\"}",
		"{\"run\":{\"a\":1},\"mac\":\"00:1b:21:0a:0b:0c\"}"};
	const struct ward_radius_ask want = asking();
	struct ward_radius_ask a = {.id = 7};
	struct ward_limits lim;
	struct ward_arena arena;

	(void)state;
	ward_limits_default(&lim);
	ward_arena_init(&arena, ward_mem_heap(), 1 << 20);
	assert_int_equal(ward_radius_asked(&arena, &lim,
				 WARD_STR("{\"kind\":\"action\",\"thing\":\"x\",\"run\":\"vlan "
					  "999\",\"mac\":\"00:1b:21:0a:0b:0c\"}"),
				 &a),
		WARD_OK);
	assert_int_equal(a.set, WARD_RADIUS_VLAN);
	assert_true(ward_str_eqz(a.value, "999"));
	assert_memory_equal(a.mac, want.mac, sizeof(a.mac));
	for (size_t i = 0; i < WARD_ARRAY_LEN(bad); i++)
		assert_int_equal(ward_radius_asked(&arena, &lim, ward_str_z(bad[i]), &a),
			WARD_ERR_MALFORMED);
	ward_arena_fini(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(t_request), cmocka_unit_test(t_answers),
		cmocka_unit_test(t_forged), cmocka_unit_test(t_what), cmocka_unit_test(t_asked)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
