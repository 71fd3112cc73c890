#include "bytes.h"
#include "proto_lab.h"

#include "sense/net/proto/dissectors.h"

#define ALIVE                                                                                \
	"NOTIFY * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\nCACHE-CONTROL: max-age=1800\r\n" \
	"LOCATION: http://10.0.0.9:80/d.xml\r\nNT: upnp:rootdevice\r\nNTS: ssdp:alive\r\n"   \
	"SERVER: Linux/3.4 UPnP/1.0 IPCam/7\r\nUSN: uuid:1-2::upnp:rootdevice\r\n"           \
	"BOOTID.UPNP.ORG: 7\r\nCPFN.UPNP.ORG: DOE's telephone\r\n"
#define SEARCH "M-SEARCH * HTTP/1.1\r\nHost: 239.255.255.250:1900\r\nST: ssdp:all\r\n"
#define RESPONSE "HTTP/1.1 200 OK\r\nST: upnp:rootdevice\r\n"

static struct proto_lab lab;

static int setup(void **state)
{
	(void)state;
	proto_lab_open(&lab, &ward_dissect_ssdp);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	proto_lab_close(&lab);
	return 0;
}

static enum ward_verdict feed(const char *text, bool trusted)
{
	proto_lab_again(&lab, &ward_dissect_ssdp);
	proto_lab_forget(&lab);
	lab.trusted = trusted;
	return proto_lab_feed(&lab, 0, ward_slice_of(text, strlen(text)), false);
}

static void expect_told(const char *what, size_t n)
{
	if (proto_lab_seen(&lab, what) != n)
		fail_msg("not %zu times: %s in\n%.*s", n, what,
			WARD_STR_ARG(ward_wr_text(&lab.out)));
}

static void test_messages(void **state)
{
	(void)state;
	assert_int_equal(feed(ALIVE "\r\n", false), WARD_VERDICT_OK);
	expect_told("\"class\":\"net.ssdp.notify\"", 1);
	expect_told("\"ssdp.nt\":\"upnp:rootdevice\",\"ssdp.nts\":\"ssdp:alive\","
		    "\"ssdp.usn\":\"uuid:1-2::upnp:rootdevice\","
		    "\"ssdp.location\":\"http://10.0.0.9:80/d.xml\","
		    "\"ssdp.server\":\"Linux/3.4 UPnP/1.0 IPCam/7\",\"ssdp.boot_id\":7,"
		    "\"ssdp.max_age_s\":1800",
		1);
	expect_told("DOE", 0);
	assert_int_equal(
		feed(SEARCH "MAN: \"ssdp:discover\"\r\nMX: 3\r\nUSER-AGENT: a/1\r\n\r\n", false),
		WARD_VERDICT_OK);
	expect_told("\"class\":\"net.ssdp.search\"", 1);
	expect_told("\"ssdp.st\":\"ssdp:all\",\"ssdp.user_agent\":\"a/1\","
		    "\"ssdp.man\":\"\\\"ssdp:discover\\\"\",\"ssdp.mx_s\":3",
		1);
	/* Without its last line, and in lower case. */
	assert_int_equal(feed(RESPONSE "usn: uuid:3\r\nmx: x\r\n", false), WARD_VERDICT_OK);
	expect_told("\"class\":\"net.ssdp.response\"", 1);
	expect_told("\"ssdp.usn\":\"uuid:3\"", 1);
	expect_told("mx_s", 0);
}

static void test_reasons(void **state)
{
	static const struct {
		const char *text, *reason;
	} rows[] = {
		{"no message", "net.ssdp.reject.start_line"},
		{"GET * HTTP/1.1\r\n\r\n", "net.ssdp.reject.method"},
		{"NOTIFY /x HTTP/1.1\r\n\r\n", "net.ssdp.reject.method"},
		{"HTTP/1.1 404 No\r\n\r\n", "net.ssdp.reject.method"},
		{"NOTIFY * HTTP/1.1\r\nNT: a\r\nNTS: b\r\n\r\n", "net.ssdp.reject.fields"},
		{SEARCH "\r\n", "net.ssdp.reject.fields"},
		{RESPONSE "\r\n", "net.ssdp.reject.fields"},
	};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(rows); i++) {
		assert_int_equal(feed(rows[i].text, true), WARD_VERDICT_MALFORMED);
		assert_string_equal(ward_dissect_ssdp.reason[lab.d.reason], rows[i].reason);
		assert_int_equal(feed(rows[i].text, false), WARD_VERDICT_FOREIGN);
		expect_told("class", 0);
	}
	proto_lab_again(&lab, &ward_dissect_ssdp);
	lab.partial = true;
	assert_int_equal(
		proto_lab_feed(&lab, 0, ward_slice_of(RESPONSE, 30), false), WARD_VERDICT_MORE);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_messages),
		cmocka_unit_test(test_reasons),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
