#include "unit.h"

#include "detect/reading.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>

/* As the C library reads it. */
static bool addr_by_library(const char *s, uint8_t ret[16])
{
	memset(ret, 0, 10);
	memset(ret + 10, 0xff, 2);
	return inet_pton(AF_INET, s, ret + 12) == 1 || inet_pton(AF_INET6, s, ret) == 1;
}

static void same_addr(const char *s)
{
	uint8_t a[16], b[16];
	bool want = addr_by_library(s, b), got = ward_read_addr(ward_str_z(s), a);

	if (want != got)
		print_message("%s\n", s);
	assert_int_equal(got, want);
	if (got)
		assert_memory_equal(a, b, 16);
}

static void addresses(void **state)
{
	static const char *const text[] = {"10.2.3.4", "255.255.255.255", "0.0.0.0", "256.1.1.1",
		"01.2.3.4", "1.2.3", "1.2.3.", "1.2.3.4.", "1.2.3.4.5", ".1.2.3", "1..2.3",
		"1.2.3.4 ", " 1.2.3.4", "1.2.3.a", "1.2.3.0004", "1.2.3.00", "", "1", "::", "::1",
		"10.2.3.4%eth0", "fc00::/7", "::ffff:10.2.3.4", "2001:db8::1",
		"2001:DB8:0:0:0:0:0:1", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8:9",
		"::1.2.3.4.5", "g::1", "ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255",
		"ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.2555"};
	uint8_t a[16], b[16];

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(text); i++)
		same_addr(text[i]);
	/* a zone says on which link it is, not another address */
	assert_true(ward_read_addr(WARD_STR("fe80::1%eth0"), a) && addr_by_library("fe80::1", b));
	assert_memory_equal(a, b, 16);
	assert_false(ward_read_addr((struct ward_str){"10.2.3.4\0x", 10}, a));
	assert_false(ward_read_addr((struct ward_str){"::1\0", 4}, a));
}

static uint64_t seed = 1;

static unsigned below(unsigned n)
{
	seed = seed * 6364136223846793005u + 1442695040888963407u;
	return (unsigned)(seed >> 33) % n;
}

static void any_addresses(void **state)
{
	static const char of[] = "0123456789..::af";
	char text[24];

	(void)state;
	for (size_t i = 0; i < 100000; i++) {
		size_t n = 1 + below(sizeof(text) - 1);

		for (size_t k = 0; k + 1 < n; k++)
			text[k] = of[below(sizeof(of) - 1)];
		text[n - 1] = 0;
		same_addr(text);
		(void)snprintf(text, sizeof(text), "%u.%u.%u.%0*u", below(300), below(300),
			below(30), (int)below(3), below(300));
		same_addr(text);
	}
}

static void same_number(const char *s)
{
	char *end = NULL;
	long double want = strtold(s, &end), got = 0;
	bool is = *s && !*end && !s[strspn(s, "0123456789+-.eE")];

	if (ward_read_number(ward_str_z(s), &got) != is)
		print_message("%s\n", s);
	assert_int_equal(ward_read_number(ward_str_z(s), &got), is);
	if (is)
		assert_true(got >= want && got <= want);
}

static void numbers(void **state)
{
	static const char *const text[] = {"0", "-0", "+7", "4", "04", "1.5", ".5", "5.", ".", "-",
		"+", "-.", "", "1e3", "1E-3", "e3", "1e", "0x10", "inf", "nan", " 1", "1 ", "1.2.3",
		"--1", "9223372036854775807", "-9223372036854775808", "999999999999999999",
		"0.000000000000000001", "123456789.123456789", "1234567890123456789",
		"0.1234567890123456789", "123456789012345678901234567890"};
	char buf[32];
	long double v;

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(text); i++)
		same_number(text[i]);
	for (size_t i = 0; i < 100000; i++) {
		(void)snprintf(buf, sizeof(buf), "%s%u.%0*u", below(2) ? "-" : "", below(1u << 30),
			(int)below(9), below(1u << 30));
		same_number(buf);
	}
	assert_false(ward_read_number((struct ward_str){"1\0", 2}, &v));
	assert_false(ward_read_number(
		S("0000000000000000000000000000000000000000000000000000000000000001"), &v));
}

int main(void)
{
	const struct CMUnitTest tests[] = {T(addresses), T(any_addresses), T(numbers)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
