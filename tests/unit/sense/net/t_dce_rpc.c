#include "bytes.h"
#include "proto_lab.h"

#include "sense/net/proto/dce_rpc/rpc.h"
#include "sense/net/proto/dissectors.h"

enum { CLIENT, SERVER };

#define DREP "10000000 "
#define NDR "045d888aeb1cc9119fe808002b104860 02000000 "
#define SVCCTL "81bb7a364498f135ad3298f038001003 02000000 "
#define NETLOGON "785634123412cdabef0001234567cffb 01000000 "
#define EPMAPPER "0883afe11f5dc91191a408002b14a0fa 03000000 "
#define BIND(uuid) \
	"05000b03 " DREP "4800 0000 01000000 b810b810 00000000 01000000 00000100 " uuid NDR
#define ACK(result)                                                                              \
	"05000c03 " DREP "4400 0000 01000000 b810b810 34120000 0d00 5c504950455c6e747376637300 " \
	"00 01000000 " result " 0000 " NDR
#define CALL(opnum) "05000003 " DREP "1c00 0000 02000000 04000000 0000 " opnum " 01020304"
#define FRAGMENT(flags, opnum) \
	"050000" flags " " DREP "1c00 0000 02000000 04000000 0000 " opnum " 01020304"
#define ANSWER "05000203 " DREP "1c00 0000 02000000 04000000 0000 0000 00000000"
#define FAULT(code) "05000303 " DREP "2000 0000 02000000 00000000 0000 0000 " code " 00000000"
#define NAK "05000d03 " DREP "1400 0000 01000000 0400 0000"
#define NAME "02000000 00000000 02000000 41000000 "
#define CHALLENGE(bytes) \
	"05000003 " DREP "3400 0000 02000000 1c000000 0000 0400 00000000 " NAME bytes
#define AUTHENTICATE3(bytes)                                                    \
	"05000003 " DREP "4c00 0000 02000000 34000000 0000 1a00 00000000 " NAME \
	"0600 0000 " NAME bytes " ffff2f21"
#define AUTHENTICATED(status) \
	"05000203 " DREP      \
	"2c00 0000 02000000 14000000 0000 0000 0000000000000000 ffff2f21 e8030000 " status
#define ZEROS "0000000000000000"
#define TOWER                                                                                    \
	"0500 1300 0d81bb7a364498f135ad3298f038001003 0200 0200 0000 1300 "                      \
	"0d045d888aeb1cc9119fe808002b104860 0200 0200 0000 0100 0b 0200 0000 0100 07 0200 c213 " \
	"0100 09 0400 0a000001"
#define MAPPED                                                                        \
	"05000203 " DREP "9300 0000 02000000 7b000000 0000 0000 00000000" ZEROS ZEROS \
	" 01000000 04000000 00000000 01000000 03000000 4b000000 4b000000 " TOWER
#define MAPPED_64                                                                        \
	"05000203 " DREP "a700 0000 02000000 8f000000 0000 0000 00000000" ZEROS ZEROS    \
	" 01000000 0400000000000000 0000000000000000 0100000000000000 0300000000000000 " \
	"4b00000000000000 4b000000 " TOWER
#define TOKEN                                                                         \
	"4e544c4d53535000 03000000 1800 1800 4c000000 0000 0000 00000000 0200 0200 "  \
	"48000000 0200 0200 4a000000 0000 0000 00000000 0000 0000 00000000 01000002 " \
	"0a00 6345 0000000f 4800 6100 " ZEROS ZEROS ZEROS
#define AUTH3 "05001003 " DREP "8000 6400 01000000 00000000 0a 05 00 00 00000000 " TOKEN

static struct proto_lab lab;

static int setup(void **state)
{
	(void)state;
	proto_lab_open(&lab, &ward_dissect_dce_rpc);
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
	proto_lab_again(&lab, &ward_dissect_dce_rpc);
	proto_lab_forget(&lab);
}

static enum ward_verdict feed(unsigned side, const char *hex)
{
	struct ward_slice s = unhex(hex);
	enum ward_verdict v = proto_lab_feed(&lab, side, s, false);

	bytes_free(s);
	return v;
}

static void expect(unsigned side, const char *hex)
{
	assert_int_equal(feed(side, hex), WARD_VERDICT_OK);
}

static void expect_told(const char *what, size_t n)
{
	if (proto_lab_seen(&lab, what) != n)
		fail_msg("not %zu times: %s in\n%.*s", n, what,
			WARD_STR_ARG(ward_wr_text(&lab.out)));
}

static void bound(const char *bind)
{
	again();
	expect(CLIENT, bind);
	expect(SERVER, ACK("0000"));
}

static void test_call(void **state)
{
	(void)state;
	bound(BIND(SVCCTL));
	expect_told("\"net.dce_rpc.bind\"", 1);
	expect_told("\"dce_rpc.endpoint\":\"svcctl\",\"dce_rpc.interface\":"
		    "\"367abb81-9844-35f1-ad32-98f038001003\",\"dce_rpc.outcome\":\"ok\"",
		1);
	expect_told("\"dce_rpc.secondary_address\":\"\\\\PIPE\\\\ntsvcs\"", 1);
	expect(CLIENT, CALL("0c00"));
	expect(SERVER, ANSWER);
	expect_told("\"net.dce_rpc.call\"", 1);
	expect_told("\"dce_rpc.operation\":\"CreateServiceW\",\"dce_rpc.opnum\":12,"
		    "\"dce_rpc.outcome\":\"ok\"",
		1);
	expect(CLIENT, CALL("ff00"));
	expect(SERVER, FAULT("05000000"));
	expect_told("\"dce_rpc.opnum\":255,\"dce_rpc.outcome\":\"fault\","
		    "\"dce_rpc.fault\":\"access_denied\"",
		1);
	expect(CLIENT, CALL("1300"));
	expect(SERVER, FAULT("efbeadde"));
	expect_told("\"dce_rpc.fault\":\"0xdeadbeef\"", 1);
}

/* A call in fragments is one; a last fragment of which no other was seen is one, too. */
static void test_fragments(void **state)
{
	(void)state;
	bound(BIND(SVCCTL));
	expect(CLIENT, FRAGMENT("01", "0c00"));
	expect(CLIENT, FRAGMENT("02", "0c00"));
	expect(SERVER, ANSWER);
	expect_told("\"net.dce_rpc.call\"", 1);
	bound(BIND(SVCCTL));
	expect(CLIENT, FRAGMENT("02", "0c00"));
	expect(SERVER, ANSWER);
	expect_told("\"dce_rpc.operation\":\"CreateServiceW\",\"dce_rpc.opnum\":12,"
		    "\"dce_rpc.outcome\":\"ok\"",
		1);
}

static void test_bind(void **state)
{
	(void)state;
	again();
	expect(CLIENT, BIND(SVCCTL));
	expect(SERVER, NAK);
	expect_told("\"dce_rpc.outcome\":\"rejected\",\"dce_rpc.reject_reason\":4", 1);
	expect(CLIENT, BIND("000102030405060708090a0b0c0d0e0f 01000000 "));
	expect(SERVER, ACK("0200"));
	expect_told("\"dce_rpc.endpoint\":\"03020100-0504-0706-0809-0a0b0c0d0e0f\"", 1);
	expect_told("\"dce_rpc.outcome\":\"rejected\",\"dce_rpc.refused\":1", 1);
	expect(CLIENT, BIND(SVCCTL));
	expect(CLIENT, BIND(SVCCTL));
	expect_told("\"net.dce_rpc.unanswered\"", 1);
}

static void test_zerologon(void **state)
{
	(void)state;
	bound(BIND(NETLOGON));
	expect(CLIENT, CHALLENGE(ZEROS));
	expect(SERVER, ANSWER);
	expect_told("\"dce_rpc.operation\":\"NetrServerReqChallenge\",\"dce_rpc.opnum\":4,"
		    "\"dce_rpc.netlogon_zero\":true",
		1);
	expect_told("\"dce_rpc.netlogon_status\":\"SUCCESS\"", 1);
	expect(CLIENT, AUTHENTICATE3(ZEROS));
	expect(SERVER, AUTHENTICATED("220000c0"));
	expect_told("\"dce_rpc.operation\":\"NetrServerAuthenticate3\",\"dce_rpc.opnum\":26,"
		    "\"dce_rpc.netlogon_zero\":true,\"dce_rpc.netlogon_channel\":6",
		1);
	expect_told("\"dce_rpc.netlogon_status\":\"ACCESS_DENIED\"", 1);
	expect(CLIENT, CHALLENGE("0000000000000001"));
	expect(SERVER, ANSWER);
	expect_told("\"dce_rpc.netlogon_zero\":false", 1);
}

static void test_mapper(void **state)
{
	static const char *const answers[] = {MAPPED, MAPPED_64};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(answers); i++) {
		bound(BIND(EPMAPPER));
		expect(CLIENT, CALL("0300"));
		expect(SERVER, answers[i]);
		expect_told("\"dce_rpc.operation\":\"ept_map\"", 1);
		expect_told("\"net.dce_rpc.endpoint\"", 1);
		expect_told("\"dce_rpc.mapped_port\":49683,\"dce_rpc.mapped_ip\":\"10.0.0.1\"", 1);
	}
	bound(BIND(EPMAPPER));
	expect(CLIENT, CALL("0300"));
	expect(SERVER, ANSWER);
	expect_told("\"net.dce_rpc.endpoint\"", 0);
}

static void test_login(void **state)
{
	(void)state;
	bound(BIND(SVCCTL));
	expect(CLIENT, AUTH3);
	expect_told("net.login", 0);
	expect(CLIENT, CALL("0c00"));
	expect(SERVER, ANSWER);
	expect_told("\"user\":\"a\",\"login.method\":\"ntlm\",\"login.outcome\":\"ok\"", 1);
	expect_told("\"service\":\"dce_rpc\",\"user\":\"a\",\"ntlm.domain\":\"H\"", 1);
	bound(BIND(SVCCTL));
	expect(CLIENT, AUTH3);
	expect(CLIENT, CALL("0c00"));
	expect(SERVER, FAULT("05000000"));
	expect_told("\"login.outcome\":\"failed\"", 1);
	bound(BIND(SVCCTL));
	expect(CLIENT, AUTH3);
	expect(CLIENT, CALL("0c00"));
	for (unsigned side = 0; side < 2; side++)
		(void)proto_lab_feed(&lab, side, ward_slice_of(NULL, 0), true);
	expect_told("\"login.outcome\":\"unknown\"", 1);
	expect_told("\"net.dce_rpc.unanswered\"", 1);
}

static void test_limits(void **state)
{
	(void)state;
	bound(BIND(SVCCTL));
	for (unsigned i = 0; i < WARD_RPC_CALLS + 1; i++)
		expect(CLIENT, CALL("0c00"));
	expect_told("\"net.dce_rpc.unanswered\"", 1);
}

static void test_gap(void **state)
{
	(void)state;
	again();
	assert_false(proto_lab_gap(&lab, CLIENT, 4));
	bound(BIND(SVCCTL));
	assert_true(proto_lab_gap(&lab, CLIENT, 4));
	assert_int_equal(feed(CLIENT, "ffffffffffffffffffffffffffffffff"), WARD_VERDICT_MORE);
	expect(CLIENT, CALL("0c00"));
	expect(SERVER, ANSWER);
	expect_told("\"dce_rpc.operation\":\"CreateServiceW\"", 1);
}

static const struct {
	const char *hex;
	enum ward_rpc_reason reason;
} bad[] = {
	{"04000b03", WARD_RPC_VERSION},
	{"05020b03", WARD_RPC_VERSION},
	{"05000103", WARD_RPC_TYPE},
	{"05000b03 20000000", WARD_RPC_DREP},
	{"05000b03 " DREP "1b00 0000 01000000", WARD_RPC_LENGTH},
	{"05000b03 " DREP "4800 3900 01000000", WARD_RPC_AUTH},
	{"05000b03 " DREP "1c00 0000 01000000 b810b810 00000000 01000000", WARD_RPC_BODY},
};

static void test_reasons(void **state)
{
	bool met[WARD_RPC_REASON_N] = {false};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(bad); i++) {
		again();
		assert_int_equal(feed(CLIENT, bad[i].hex), WARD_VERDICT_MALFORMED);
		assert_int_equal(lab.d.reason, bad[i].reason);
		met[bad[i].reason] = true;
		again();
		lab.trusted = false;
		assert_int_equal(feed(CLIENT, bad[i].hex), WARD_VERDICT_FOREIGN);
	}
	for (size_t i = 0; i < WARD_RPC_REASON_N; i++)
		assert_true(met[i]);
}

static bool probe(const char *text)
{
	struct ward_slice s = unhex(text);
	bool yes = ward_dissect_dce_rpc.probe_stream(s) == WARD_PROBE_YES;

	bytes_free(s);
	return yes;
}

static void test_probe(void **state)
{
	(void)state;
	assert_true(probe(BIND(SVCCTL)));
	assert_true(probe(ACK("0000")));
	assert_true(probe(CALL("0000")));
	assert_false(probe(""));
	assert_false(probe("0500"));
	assert_false(probe("05000b60 " DREP "4800 0000 01000000"));
	assert_false(probe("05000b03 " DREP "1c00 0000 01000000 b810b810 00000000 00000000"));
}

/* The same call, integers the other way round. */
static void test_big_endian(void **state)
{
	(void)state;
	again();
	expect(CLIENT, "05000b03 00000000 0048 0000 00000001 10b810b8 00000000 01000000 0000 0100 "
		       "367abb81 9844 35f1 ad3298f038001003 00020000 "
		       "8a885d04 1ceb 11c9 9fe808002b104860 00000002");
	expect(SERVER, ACK("0000"));
	expect_told("\"dce_rpc.endpoint\":\"svcctl\"", 1);
	expect(CLIENT, "05000003 00000000 001c 0000 00000002 00000004 0000 000c 01020304");
	expect(SERVER, ANSWER);
	expect_told("\"dce_rpc.operation\":\"CreateServiceW\"", 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_call),
		cmocka_unit_test(test_fragments),
		cmocka_unit_test(test_bind),
		cmocka_unit_test(test_zerologon),
		cmocka_unit_test(test_mapper),
		cmocka_unit_test(test_login),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_gap),
		cmocka_unit_test(test_reasons),
		cmocka_unit_test(test_probe),
		cmocka_unit_test(test_big_endian),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
