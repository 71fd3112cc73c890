#include "model/addr.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static void addresses(void **state)
{
	static const struct {
		const char *in, *out;
	} row[] = {
		{"10.0.0.1", "10.0.0.1"},
		{"::ffff:10.0.0.1", "10.0.0.1"},
		{"FE80::0:1", "fe80::1"},
		{"", NULL},
		{"10.0.0", NULL},
		{"10.0.0.01", NULL},
		{"10.0.0.1 ", NULL},
		{":::", NULL},
		{"fe80::1%eth0", NULL},
		{"0000:0000:0000:0000:0000:0000:0000:0000:0000:0000", NULL},
	};
	struct ward_addr a;
	char buf[46];

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(row); i++) {
		assert_int_equal(ward_addr_parse(ward_str_z(row[i].in), &a), row[i].out != NULL);
		if (row[i].out)
			assert_true(ward_str_eqz(ward_addr_text(&a, buf), row[i].out));
	}
	assert_false(ward_addr_parse(WARD_STR("10.0.0.1\0"), &a));
}

static void macs(void **state)
{
	static const char *const good[] = {
		"00:1b:63:84:45:e6", "00-1B-63-84-45-E6", "001b.6384.45e6"};
	static const char *const bad[] = {"", "00:1b:63:84:45",
		"00:1b:63:84:45:e6:", "001b638445e6", "001b:6384:45e6", "00.1b.63.84.45.e6",
		"0g:1b:63:84:45:e6", "001b.638445e6."};
	static const uint8_t want[6] = {0, 0x1b, 0x63, 0x84, 0x45, 0xe6};
	uint8_t mac[6];

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(good); i++) {
		assert_true(ward_addr_mac(ward_str_z(good[i]), mac));
		assert_memory_equal(mac, want, 6);
		for (size_t n = 0; n < strlen(good[i]); n++)
			assert_false(ward_addr_mac((struct ward_str){good[i], n}, mac));
	}
	for (size_t i = 0; i < WARD_ARRAY_LEN(bad); i++)
		assert_false(ward_addr_mac(ward_str_z(bad[i]), mac));
}

static void prefixes(void **state)
{
	static const char *const bad[] = {"", "/", "10.0.0.0", "10.0.0.0/", "10.0.0.0/33",
		"fd00::/129", "10.0.0.0/-1", "10.0.0.0/8/8", "x/8"};
	struct ward_cidr c;
	bool host_bits;

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(bad); i++)
		assert_false(ward_addr_cidr(ward_str_z(bad[i]), &c, &host_bits));
	assert_true(ward_addr_cidr(WARD_STR("10.20.0.0/14"), &c, &host_bits));
	assert_int_equal(c.len, 96 + 14);
	assert_false(host_bits);
	assert_true(ward_addr_cidr(WARD_STR("10.23.0.0/14"), &c, &host_bits));
	assert_true(host_bits);
	assert_int_equal(c.ip.b[13], 20);
	assert_true(ward_addr_cidr(WARD_STR("::/0"), &c, &host_bits));
	assert_int_equal(c.len, 0);
	assert_true(ward_addr_cidr(WARD_STR("fd00::1/128"), &c, &host_bits));
	assert_false(host_bits);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(addresses),
		cmocka_unit_test(macs),
		cmocka_unit_test(prefixes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
