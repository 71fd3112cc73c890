#include "bytes.h"
#include "proto_lab.h"

#include "sense/net/proto/radius/radius.h"
#include "sense/net/proto/dissectors.h"

#define AUTH "000102030405060708090a0b0c0d0e0f"
#define USER "0106616e6e61" /* anna */
#define NAS "04060a000005"  /* 10.0.0.5 */
#define PASSWORD "0212" AUTH
#define CALLING "1f1330302d31312d32322d33332d34342d3535"        /* 00-11-22-33-44-55 */
#define CALLED "1e173032303030303030303130303a57617264204e6574" /* 020000000100:Ward Net */

static struct proto_lab lab;

static int setup(void **state)
{
	(void)state;
	proto_lab_open(&lab, &ward_dissect_radius);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	proto_lab_close(&lab);
	return 0;
}

static void again(void)
{
	proto_lab_again(&lab, &ward_dissect_radius);
	proto_lab_forget(&lab);
	lab.frame.time = 1000;
}

/* A packet of a code and an id with attributes; the length is made to fit. */
static enum ward_verdict feed(unsigned side, unsigned code, unsigned id, const char *attributes)
{
	char hex[2048];

	(void)snprintf(hex, sizeof(hex), "%02x%02x%04zx" AUTH "%s", code, id,
		WARD_RADIUS_HEAD + strlen(attributes) / 2, attributes);
	struct ward_slice s = unhex(hex);
	enum ward_verdict v = proto_lab_feed(&lab, side, s, false);

	bytes_free(s);
	return v;
}

static void expect_told(const char *what, size_t n)
{
	if (proto_lab_seen(&lab, what) != n)
		fail_msg("not %zu times: %s in\n%.*s", n, what,
			WARD_STR_ARG(ward_wr_text(&lab.out)));
}

static void test_access(void **state)
{
	(void)state;
	again();
	assert_int_equal(feed(0, 1, 7,
				 USER NAS PASSWORD CALLING CALLED "0506000000033d0600000013"
								  "57094769312f302f33"
								  "200473770606000000024d034d"),
		WARD_VERDICT_OK);
	expect_told("\"class\":\"net.radius.access_request\"", 1);
	expect_told("\"radius.id\":7,\"user\":\"anna\",\"radius.nas_ip\":\"10.0.0.5\","
		    "\"radius.nas_identifier\":\"sw\",\"radius.nas_port_id\":\"Gi1/0/3\","
		    "\"radius.connect_info\":\"M\",\"radius.called_mac\":\"02:00:00:00:01:00\","
		    "\"radius.ssid\":\"Ward Net\",\"radius.calling_mac\":\"00:11:22:33:44:55\","
		    "\"radius.nas_port\":3,\"radius.nas_port_type\":\"wireless_802_11\","
		    "\"radius.service_type\":\"framed\",\"radius.method\":\"pap\"}",
		1);
	(void)feed(0, 1, 7, USER NAS PASSWORD);
	expect_told("\"radius.repeated\":true", 1);
	lab.frame.time = 3000;
	assert_int_equal(feed(1, 2, 7, "5106013230310806c0a80102"), WARD_VERDICT_OK);
	expect_told("\"class\":\"net.radius.access_accept\"", 1);
	expect_told("\"user\":\"anna\",\"radius.nas_ip\":\"10.0.0.5\","
		    "\"radius.calling_mac\":\"00:11:22:33:44:55\","
		    "\"radius.framed_ip\":\"192.168.1.2\",\"radius.vlan\":\"201\","
		    "\"radius.method\":\"pap\",\"radius.outcome\":\"accept\","
		    "\"radius.latency_ns\":2000",
		1);
	expect_told("\"service\":\"radius\",\"user\":\"anna\",\"login.method\":\"pap\","
		    "\"login.outcome\":\"ok\"}",
		1);
	expect_told("\"src_ip\":\"10.0.0.1\"", 4);
}

static void test_methods(void **state)
{
	static const struct {
		const char *attributes, *method;
	} sample[] = {
		{USER NAS "4f0a0201000805616263", "eap"},
		{USER NAS "1a0a000001371904aabb", "mschap"},
		{USER NAS "0313" AUTH "00", "chap"},
		{USER NAS PASSWORD "06060000000a", "mac"},
	};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(sample); i++) {
		char want[64];

		again();
		(void)feed(0, 1, 1, sample[i].attributes);
		(void)feed(1, 11, 1, "");
		expect_told("\"radius.outcome\":\"challenge\"", 1);
		expect_told("net.login", 0);
		(void)feed(0, 1, 2, sample[i].attributes);
		(void)feed(1, 3, 2, "");
		(void)snprintf(want, sizeof(want),
			"\"login.method\":\"%s\",\"login.outcome\":\"failed\"", sample[i].method);
		expect_told(want, 1);
	}
	again();
	(void)feed(0, 1, 1, NAS "4f0b02010009190000000d");
	expect_told("\"radius.eap_type\":\"peap\"", 1);
	(void)feed(0, 1, 2, NAS "4f0702010005fe");
	expect_told("\"radius.eap_type\":254", 1);
}

static void test_accounting(void **state)
{
	(void)state;
	again();
	(void)feed(0, 4, 1,
		USER NAS "2806000000022c0573312d2e06000000632a06000003e82b0600000005"
			 "310600000001");
	expect_told("\"radius.acct_session_id\":\"s1-\",\"radius.acct_status\":\"stop\","
		    "\"radius.acct_session_time_s\":99,\"radius.acct_input_bytes\":1000,"
		    "\"radius.acct_output_bytes\":5,\"radius.acct_cause\":1",
		1);
	(void)feed(1, 5, 1, "");
	expect_told("\"class\":\"net.radius.accounting_response\"", 1);
	expect_told("\"radius.outcome\":\"ok\"", 1);
	(void)feed(1, 45, 9, "");
	expect_told("\"radius.outcome\":\"unrequested\"", 1);
	expect_told("net.login", 0);
	/* neither a login */
	(void)feed(0, 12, 3, "");
	(void)feed(1, 2, 3, "");
	expect_told("\"radius.outcome\":\"accept\"", 1);
	expect_told("net.login", 0);
	/* the answer is there, its request was not seen */
	(void)feed(1, 2, 77, USER);
	expect_told("\"user\":\"anna\",\"login.outcome\":\"ok\"", 1);
}

static void test_unanswered(void **state)
{
	(void)state;
	again();
	for (unsigned id = 0; id < 33; id++)
		(void)feed(0, 1, id, USER NAS CALLING);
	expect_told("\"class\":\"net.radius.unanswered\"", 1);
	expect_told("\"radius.id\":0,\"user\":\"anna\",\"radius.nas_ip\":\"10.0.0.5\","
		    "\"radius.calling_mac\":\"00:11:22:33:44:55\"}",
		2); /* the request, and that it was not answered */
}

static void test_macs(void **state)
{
	static const struct {
		const char *text;
		size_t n;
	} sample[] = {
		{"00-11-22-33-44-55", 17},
		{"00:11:22:33:44:55:ssid", 17},
		{"0011.2233.4455", 14},
		{"001122334455", 12},
		{"00112233445", 0},
		{"+49 30 1234567", 0},
		{"", 0},
	};
	static const uint8_t want[6] = {0, 0x11, 0x22, 0x33, 0x44, 0x55};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(sample); i++) {
		uint8_t mac[6];
		struct ward_slice s = ward_slice_of(sample[i].text, strlen(sample[i].text));

		assert_int_equal(ward_radius_mac(s, mac), sample[i].n);
		if (sample[i].n)
			assert_memory_equal(mac, want, 6);
	}
}

static void test_reasons(void **state)
{
	static const struct {
		const char *hex;
		enum ward_radius_reason reason;
		size_t off;
	} sample[] = {
		{"0101 0014", WARD_RADIUS_BAD_HEADER, 0},
		{"0101 0013" AUTH, WARD_RADIUS_BAD_LENGTH, 2},
		{"0101 0015" AUTH, WARD_RADIUS_BAD_LENGTH, 2},
		{"0601 0014" AUTH, WARD_RADIUS_BAD_CODE, 0},
		{"0101 0016" AUTH "0101", WARD_RADIUS_BAD_ATTRIBUTE, 20},
		{"0101 0016" AUTH "0103", WARD_RADIUS_BAD_ATTRIBUTE, 20},
		{"0101 0015" AUTH "01", WARD_RADIUS_BAD_ATTRIBUTE, 20},
		{"0101 0018" AUTH "01020002", WARD_RADIUS_BAD_ATTRIBUTE, 22},
	};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(sample); i++) {
		struct ward_slice s = unhex(sample[i].hex);

		again();
		assert_int_equal(proto_lab_feed(&lab, 0, s, false), WARD_VERDICT_MALFORMED);
		assert_int_equal(lab.d.reason, sample[i].reason);
		assert_int_equal(lab.d.off, sample[i].off);
		assert_false(ward_dissect_radius.probe(s));
		bytes_free(s);
	}
}

/* On other ports only a request with what it must have is believed. */
static void test_probe(void **state)
{
	(void)state;
	again();
	lab.trusted = false;
	assert_int_equal(feed(0, 1, 1, USER), WARD_VERDICT_FOREIGN);
	assert_int_equal(feed(0, 2, 1, USER NAS), WARD_VERDICT_FOREIGN);
	assert_int_equal(feed(0, 4, 1, USER NAS), WARD_VERDICT_FOREIGN);
	assert_int_equal(feed(0, 4, 1, USER NAS "280600000001"), WARD_VERDICT_OK);
	again();
	lab.partial = true;
	assert_int_equal(feed(0, 1, 1, USER NAS), WARD_VERDICT_MORE);
	/* padding behind the length is ignored where the port says what it is */
	struct ward_slice s = unhex("0101 0014" AUTH "0000");

	again();
	assert_int_equal(proto_lab_feed(&lab, 0, s, false), WARD_VERDICT_OK);
	assert_false(ward_dissect_radius.probe(s));
	bytes_free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_access),
		cmocka_unit_test(test_methods),
		cmocka_unit_test(test_accounting),
		cmocka_unit_test(test_unanswered),
		cmocka_unit_test(test_macs),
		cmocka_unit_test(test_reasons),
		cmocka_unit_test(test_probe),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
