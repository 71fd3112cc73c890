#include "sense/net/proto/telnet/telnet.h"

#include "bytes.h"
#include "proto_lab.h"

#include "sense/net/proto/dissectors.h"

#define B(lit) ward_slice_of(lit, sizeof(lit) - 1)

static struct proto_lab lab;

static int setup(void **state)
{
	(void)state;
	proto_lab_open(&lab, &ward_dissect_telnet);
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
	proto_lab_again(&lab, &ward_dissect_telnet);
	proto_lab_forget(&lab);
}

static void feed(unsigned side, struct ward_slice bytes)
{
	assert_int_equal(proto_lab_feed(&lab, side, bytes, false), WARD_VERDICT_OK);
}

static void expect_told(const char *what, size_t n)
{
	if (proto_lab_seen(&lab, what) != n)
		fail_msg("not %zu times: %s in\n%.*s", n, what,
			WARD_STR_ARG(ward_wr_text(&lab.out)));
}

/* As far as the password's end. */
static void type_login(void)
{
	again();
	feed(0, B("\xff\xfb\x18\xff\xfd\x03"));
	feed(1, B("\xff\xfd\x18\xff\xfb\x01\xff\xfa\x18\x01\xff\xf0"));
	feed(0, B("\xff\xfa\x18\0xterm\xff\xf0"));
	feed(1, B("\r\nUbuntu 20.04 (plc7)\r\n\x1b[1mlogin:\x1b[0m "));
	feed(0, B("jq"));
	feed(1, B("jq"));
	feed(0, B("\x7f"
		  "doe\r\0"));
	feed(1, B("\b \bdoe\r\nPassword: "));
	feed(0, B("hunter2\r\0"));
	expect_told("\"net.login\"", 0);
}

static void test_session(void **state)
{
	(void)state;
	type_login();
	feed(1, B("\r\nLast login: Thu Dec  2 from 10.0.0.1\r\n$ "));
	expect_told("\"user\":\"jdoe\",\"login.method\":\"password\",\"login.outcome\":\"ok\","
		    "\"login.cleartext\":true",
		1);
	feed(0, B("cat secret.txt\r\n"));
	feed(1, B("cat secret.txt\r\nlaunch codes\r\n$ "));
	proto_lab_over(&lab, 0);
	expect_told("\"class\":\"net.telnet.session\"", 1);
	expect_told("\"telnet.client_will\":\"terminal_type\","
		    "\"telnet.client_do\":\"suppress_go_ahead\",\"telnet.server_will\":\"echo\","
		    "\"telnet.server_do\":\"terminal_type\",\"telnet.terminal_type\":\"xterm\","
		    "\"telnet.banner\":\"Ubuntu 20.04 (plc7)\",\"telnet.logins\":1,",
		1);
	expect_told("hunter2", 0);
	expect_told("secret.txt", 0);
	expect_told("codes", 0);
	expect_told("net.malformed", 0);
}

static void expect_outcome(struct ward_slice answer, const char *outcome)
{
	char text[64];

	type_login();
	feed(1, answer);
	feed(0, B("ls\r\n"));
	proto_lab_over(&lab, 0);
	(void)snprintf(text, sizeof(text), "\"login.outcome\":\"%s\"", outcome);
	expect_told(text, 1);
	expect_told("\"user\":\"jdoe\"", 1);
	expect_told("hunter2", 0);
}

static void test_outcomes(void **state)
{
	(void)state;
	expect_outcome(B("\r\nLogin incorrect\r\nlogin: "), "failed");
	expect_outcome(B("\r\nlogin: "), "failed");
	expect_outcome(B("\r\nPassword: "), "failed");
	expect_outcome(B("\r\n% Access denied"), "failed");
	expect_outcome(B("\r\nrouter> "), "ok");
	expect_outcome(B("\r\nWelcome to Microsoft Telnet Service\r\n"), "ok");
	expect_outcome(B("\r\nmenu of the day\r\n"), "unknown");
	/* a password alone, as of network gear */
	again();
	feed(1, B("\xff\xfb\x01\r\nPassword: "));
	feed(0, B("hunter2\r\n"));
	feed(1, B("\r\nsw1#"));
	feed(0, B("en"));
	expect_told("\"login.outcome\":\"ok\"", 1);
	expect_told("\"user\"", 0);
	/* after a gap nobody is asked any more */
	again();
	feed(1, B("\xff\xfb\x01login: "));
	feed(0, B("j"));
	assert_true(proto_lab_gap(&lab, 0, 3));
	feed(0, B("x\r\n"));
	proto_lab_over(&lab, 1);
	expect_told("\"src_port\":50000", 1);
	expect_told("\"net.login\"", 0);
}

static void test_reasons(void **state)
{
	static uint8_t longest[WARD_TELNET_SUB_MAX + 10] = {255, 250, 24};

	(void)state;
	again();
	feed(0, B("\xff\xfd\x03"));
	assert_int_equal(proto_lab_feed(&lab, 0, B("a\xff\x01"), false), WARD_VERDICT_MALFORMED);
	assert_int_equal(
		proto_lab_feed(&lab, 0, B("\xff\xfa\x18\xff\x01"), false), WARD_VERDICT_MALFORMED);
	assert_int_equal(proto_lab_reason(&lab, WARD_TELNET_COMMAND), 2);
	(void)proto_lab_feed(&lab, 0, ward_slice_of(longest, sizeof(longest)), false);
	assert_int_equal(proto_lab_reason(&lab, WARD_TELNET_LENGTH), 1);
	feed(1, B("a\xff\xff"
		  "b\xff\xf1\xff\xfa\x18\xff\xff\xff\xf0"));
	feed(1, B("\xff\xfa\x26\x03\x01\xff\xf0 login: "));
	feed(0, B("ciphertext\r\n"));
	proto_lab_over(&lab, 0);
	expect_told("\"telnet.encrypted\":true", 1);
	expect_told("\"telnet.server_bytes\":3", 1);
}

static void test_probe(void **state)
{
	static const char *const foreign[] = {"", "\xff", "\xff\xfd", "login: ", "\xff\xf4\x03",
		"\xff\xff\xff", "\xff\xfd\xc8", "\xff\xfd\x03\xc8", "\xff\xd8\xff\xe0"};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(foreign); i++)
		assert_false(ward_dissect_telnet.probe_stream(ward_slice_of(
				     foreign[i], strlen(foreign[i]))) == WARD_PROBE_YES);
	assert_true(ward_dissect_telnet.probe_stream(B("\xff\xfd\x03")) == WARD_PROBE_YES);
	assert_true(ward_dissect_telnet.probe_stream(B("\xff\xfb\x25\xff\xfd")) == WARD_PROBE_YES);
	again();
	lab.trusted = false;
	assert_int_equal(proto_lab_feed(&lab, 0, B("login: "), false), WARD_VERDICT_FOREIGN);
	assert_string_equal(ward_telnet_option_name(24), "terminal_type");
	assert_null(ward_telnet_option_name(60));
	assert_null(ward_telnet_option_name(64));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_session),
		cmocka_unit_test(test_outcomes),
		cmocka_unit_test(test_reasons),
		cmocka_unit_test(test_probe),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
