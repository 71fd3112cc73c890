#include "respond/act/port.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void t_states(void **state)
{
	static const char *const none[] = {"", "down", "Shutdown", "shutdown ", "vlan", "vlan ",
		"vlan 0", "vlan 4095", "vlan 01", "vlan -1", "vlan 1 ", "vlan  1", "vlan 1;",
		"vlan 99999999999999999999", "filter x"};
	struct ward_port_state s;

	(void)state;
	assert_true(ward_port_state(WARD_STR("shutdown"), &s));
	assert_true(s.what == WARD_PORT_STATUS && s.value == 2); /* RFC 2863: down */
	assert_true(ward_port_state(WARD_STR("up"), &s));
	assert_true(s.what == WARD_PORT_STATUS && s.value == 1);
	assert_true(ward_port_state(WARD_STR("vlan 4094"), &s));
	assert_true(s.what == WARD_PORT_PVID && s.value == 4094);
	for (size_t i = 0; i < WARD_ARRAY_LEN(none); i++)
		assert_false(ward_port_state(ward_str_z(none[i]), &s));
}

static void t_names(void **state)
{
#define TEN "1234567890"
#define SIXTY TEN TEN TEN TEN TEN TEN
	static const char most[] = SIXTY "1234", more[] = SIXTY "12345";
	static const char *const good[] = {"Gi1/0/7", "7", "GigabitEthernet 1/0/7", most};
	static const char *const none[] = {"", " 7", "7 ", "a\tb", "a\nb", "\x7f", "\xc3\xa9", more,
		"ifIndex", "ifIndex 0", "ifIndex 2147483648", "ifIndex x", "ifIndex "};
	struct ward_port_name n;

	(void)state;
	assert_true(ward_port_name(WARD_STR("ifIndex 2147483647"), &n));
	assert_true(!n.name.len && n.index == 2147483647);
	for (size_t i = 0; i < WARD_ARRAY_LEN(good); i++) {
		assert_true(ward_port_name(ward_str_z(good[i]), &n));
		assert_true(ward_str_eqz(n.name, good[i]));
	}
	for (size_t i = 0; i < WARD_ARRAY_LEN(none); i++)
		assert_false(ward_port_name(ward_str_z(none[i]), &n));
	assert_true(ward_port_uplink(WARD_STR("a\tb c\td"), WARD_STR("b c")));
	assert_true(ward_port_uplink(WARD_STR("a"), WARD_STR("a")));
	assert_false(ward_port_uplink(WARD_STR("a\tb c\td"), WARD_STR("c")));
	assert_false(ward_port_uplink(WARD_STR(""), WARD_STR("c")));
}

/* Where a switch has it: said and read; of what is none, every part is missed. */
static void t_seen(void **state)
{
	static const char text[] = "2 02:00:00:00:00:01 02:00:00:00:0a:ff Gigabit 1/0/7";
	static const char *const none[] = {"", "x", "0", "0 ", "1 Gi7", "5 Gi7",
		"2 02:00:00:00:00:01 Gi7", "1 02:00:00:00:00:0g Gi7", "1 02:00:00:00:00:01",
		"0 a\tb", "-1 a", "0  a"};
	struct ward_port_seen seen;
	char again[160];
	struct ward_wr w = ward_wr_fixed(again, sizeof(again));

	(void)state;
	assert_true(ward_port_seen_get(ward_str_z(text), &seen));
	assert_int_equal(seen.n_mac, 2);
	assert_int_equal(seen.mac[1][5], 0xff);
	assert_true(ward_str_eqz(seen.port, "Gigabit 1/0/7"));
	ward_port_seen_put(&w, &seen);
	assert_true(ward_str_eqz(ward_wr_text(&w), text));
	assert_true(ward_port_seen_get(WARD_STR("0 ifIndex 12"), &seen));
	for (size_t i = 0; i < WARD_ARRAY_LEN(none); i++)
		assert_false(ward_port_seen_get(ward_str_z(none[i]), &seen));
}

static void t_sought(void **state)
{
	static const char *const none[] = {"", "[]", "{}", "{\"kind\":\"find-port\"}",
		"{\"kind\":\"find-port\",\"macs\":[]}", "{\"kind\":\"find-port\",\"macs\":[1]}",
		"{\"kind\":\"find-port\",\"macs\":[\"02:00:00:00:00\"]}"};
	struct ward_port_ask a;
	struct ward_limits lim;
	struct ward_arena arena;
	const struct ward_str good =
		WARD_STR("{\"kind\":\"find-port\",\"macs\":[\"02:00:00:00:00:07\"]}");

	(void)state;
	ward_limits_default(&lim);
	ward_arena_init(&arena, ward_mem_heap(), 1 << 20);
	assert_true(ward_port_seeks(good));
	assert_false(ward_port_seeks(WARD_STR("{\"kind\":\"action\"}")));
	assert_int_equal(ward_port_sought(&arena, &lim, good, &a), WARD_OK);
	assert_true(a.n_mac == 1 && a.mac[0][5] == 7);
	for (size_t i = 0; i < WARD_ARRAY_LEN(none); i++)
		assert_int_equal(ward_port_sought(&arena, &lim, ward_str_z(none[i]), &a),
			WARD_ERR_MALFORMED);
	ward_arena_fini(&arena);
}

static void t_requests(void **state)
{
	static const char good[] = "{\"kind\":\"action\",\"undo\":true,\"run\":\"vlan 20\","
				   "\"port\":\"Gi1/0/7\",\"from\":\"vlan 999\"}";
	static const char *const none[] = {"", "{}", "[1]",
		"{\"run\":\"up\",\"from\":\"shutdown\"}", "{\"port\":\"a\",\"from\":\"shutdown\"}",
		"{\"port\":\"a\",\"run\":\"up\"}",
		"{\"port\":\"a\",\"run\":\"up\",\"from\":\"up\"}",
		"{\"port\":\"a\",\"run\":\"up\",\"from\":\"vlan 1\"}",
		"{\"port\":[\"a\"],\"run\":\"up\",\"from\":\"shutdown\"}"};
	struct ward_port_ask a;
	struct ward_limits lim;
	struct ward_arena arena;

	(void)state;
	ward_limits_default(&lim);
	ward_arena_init(&arena, ward_mem_heap(), 1 << 20);
	assert_int_equal(ward_port_asked(&arena, &lim, ward_str_z(good), &a), WARD_OK);
	assert_true(ward_str_eqz(a.port.name, "Gi1/0/7"));
	assert_int_equal(a.to.value, 20);
	assert_int_equal(a.from.value, 999);
	assert_true(a.undo);
	for (size_t n = 0; n < sizeof(good) - 1; n++) /* each prefix */
		assert_int_equal(ward_port_asked(&arena, &lim, (struct ward_str){good, n}, &a),
			WARD_ERR_MALFORMED);
	for (size_t i = 0; i < WARD_ARRAY_LEN(none); i++)
		assert_int_equal(
			ward_port_asked(&arena, &lim, ward_str_z(none[i]), &a), WARD_ERR_MALFORMED);
	ward_arena_fini(&arena);
}

static void t_phrases(void **state)
{
	struct ward_str auth, privacy;

	(void)state;
	assert_true(ward_port_phrases(WARD_STR("phrase of one\tphrase of two"), &auth, &privacy));
	assert_true(ward_str_eqz(auth, "phrase of one") && ward_str_eqz(privacy, "phrase of two"));
	assert_true(ward_port_phrases(WARD_STR("eight is"), &auth, &privacy));
	assert_true(ward_str_eqz(auth, "eight is") && ward_str_eqz(privacy, "eight is"));
	assert_false(ward_port_phrases(WARD_STR("seven i"), &auth, &privacy));
	assert_false(ward_port_phrases(WARD_STR("phrase of one\t"), &auth, &privacy));
	assert_false(ward_port_phrases(WARD_STR("phrase of one\tseven i"), &auth, &privacy));
	assert_false(ward_port_phrases(WARD_STR("\tphrase of two"), &auth, &privacy));
	assert_true(ward_port_security(WARD_STR("sha256-aes")));
	assert_true(ward_port_security(WARD_STR("sha-aes")));
	assert_false(ward_port_security(WARD_STR("v2c")));
	assert_false(ward_port_security(WARD_STR("")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(t_states), cmocka_unit_test(t_names),
		cmocka_unit_test(t_requests), cmocka_unit_test(t_phrases), cmocka_unit_test(t_seen),
		cmocka_unit_test(t_sought)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
