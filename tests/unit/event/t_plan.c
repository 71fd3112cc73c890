/* The private addresses of a site that was planned apart: each its own, and nothing else is
 * touched. */
#include "event/plan.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct ward_limits lim;
static struct ward_names names;

static void becomes(const char *field, const char *was, const char *is)
{
	struct ward_plan_prefix p;
	struct ward_arena a;
	struct ward_event e;

	assert_true(ward_plan_prefix_parse(WARD_STR("fd12:3456:789a:2::/96"), &p));
	ward_arena_init(&a, ward_mem_heap(), 1 << 16);
	ward_event_init(&e, &a);
	uint32_t name = ward_name(&names, ward_str_z(field));

	assert_int_equal(ward_event_set(&e, name, ward_value_str(ward_str_z(was))), WARD_OK);
	assert_int_equal(ward_plan_event(&p, &names, &e), WARD_OK);
	assert_true(ward_str_eqz(ward_event_str(&e, name), is));
	ward_arena_fini(&a);
}

static void puts_private_addresses_into_the_prefix(void **state)
{
	(void)state;
	becomes("src_ip", "10.1.2.3", "fd12:3456:789a:2::a01:203");
	becomes("dst_ip", "172.31.255.1", "fd12:3456:789a:2::ac1f:ff01");
	becomes("tunnel.src_ip", "192.168.0.9", "fd12:3456:789a:2::c0a8:9");
	becomes("lldp.management_address", "100.64.0.1", "fd12:3456:789a:2::6440:1");
	becomes("icmp.gateway", "10.0.0.1", "fd12:3456:789a:2::a00:1");
}

static void leaves_what_means_the_same_everywhere(void **state)
{
	static const char *const same[] = {"8.8.8.8", "172.32.0.1", "100.128.0.1", "192.169.0.1",
		"224.0.0.251", "255.255.255.255", "0.0.0.0", "127.0.0.1", "169.254.1.1", "fe80::1",
		"2001:db8::1", "10.1.2", "10.1.2.3.4", "10.1.2.300", "10.1.2.3 ", "", "x"};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(same); i++)
		becomes("src_ip", same[i], same[i]);
	/* what is no address, also where it looks like one */
	becomes("net.version", "10.1.2.3", "10.1.2.3");
	becomes("message", "10.1.2.3", "10.1.2.3");
	becomes("zip", "10.1.2.3", "10.1.2.3");
}

static void lists_too(void **state)
{
	const struct ward_value item[] = {
		ward_value_str(WARD_STR("10.0.0.7")), ward_value_str(WARD_STR("8.8.4.4"))};
	struct ward_plan_prefix p;
	struct ward_arena a;
	struct ward_event e;

	(void)state;
	assert_true(ward_plan_prefix_parse(WARD_STR("fc00::/96"), &p));
	ward_arena_init(&a, ward_mem_heap(), 1 << 16);
	ward_event_init(&e, &a);
	uint32_t name = ward_name(&names, WARD_STR("wsd.addresses"));
	const struct ward_value list = {.kind = WARD_VALUE_LIST, .n = 2, .item = item};

	assert_int_equal(ward_event_set(&e, name, list), WARD_OK);
	assert_int_equal(ward_plan_event(&p, &names, &e), WARD_OK);
	const struct ward_value *v = ward_event_get(&e, name);

	assert_true(ward_str_eqz(v->item[0].s, "fc00::a00:7"));
	assert_true(ward_str_eqz(v->item[1].s, "8.8.4.4"));
	ward_arena_fini(&a);
}

static void is_a_prefix_of_ones_own(void **state)
{
	static const char *const none[] = {"", "/96", "fd12::", "fd12::/64", "fd12::/97",
		"fd12::1/96", "2001:db8::/96", "fe80::/96", "10.0.0.0/96", "fd12::/96 ",
		"fd12::/-96"};
	struct ward_plan_prefix p;

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(none); i++)
		assert_false(ward_plan_prefix_parse(ward_str_z(none[i]), &p));
}

static int begin(void **state)
{
	(void)state;
	ward_limits_default(&lim);
	return ward_names_init(&names, ward_mem_heap(), &lim) == WARD_OK ? 0 : -1;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(puts_private_addresses_into_the_prefix),
		cmocka_unit_test(leaves_what_means_the_same_everywhere),
		cmocka_unit_test(lists_too),
		cmocka_unit_test(is_a_prefix_of_ones_own),
	};

	return cmocka_run_group_tests(tests, begin, NULL);
}
