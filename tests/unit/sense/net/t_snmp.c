#include "bytes.h"
#include "ber_make.h"
#include "proto_lab.h"

#include "sense/net/proto/snmp/event.h"
#include "sense/net/proto/snmp/mib.h"
#include "sense/net/proto/dissectors.h"

#define V2(community, pdu) "30( 02=1 04'" community "' " pdu ")"
#define PDU(tag, id, error, vars) tag "( 02=" id " 02=" error " 02=0 30(" vars ") )"
#define VAR(oid, value) "30( 06#" oid " " value ") "
#define ASK(id, oid) V2("public", PDU("a0", id, "0", VAR(oid, "05:")))
#define TELL(id, vars) V2("public", PDU("a2", id, "0", vars))
#define V3(id, flags, usm, data) \
	"30( 02=3 30( 02=" id " 02=65507 04:" flags " 02=3 ) 04( 30(" usm ") ) " data ")"
#define ENGINE "04:80001f8803001122334455"
#define USM(user) ENGINE " 02=7 02=99 04'" user "' 04:00 04:"
#define SCOPED(pdu) "30( " ENGINE " 04'' " pdu ")"
#define USM_STATS "1.3.6.1.6.3.15.1.1."

static struct proto_lab lab;
static struct ber_make bytes;

static int setup(void **state)
{
	(void)state;
	proto_lab_open(&lab, &ward_dissect_snmp);
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
	proto_lab_again(&lab, &ward_dissect_snmp);
	proto_lab_forget(&lab);
	lab.frame.time = 1000;
}

static enum ward_verdict feed(unsigned side, const char *notation)
{
	return proto_lab_feed(&lab, side, ber_make(&bytes, notation), false);
}

static void expect_told(const char *what, size_t n)
{
	if (proto_lab_seen(&lab, what) != n)
		fail_msg("not %zu times: %s in\n%.*s", n, what,
			WARD_STR_ARG(ward_wr_text(&lab.out)));
}

static void test_request_and_answer(void **state)
{
	(void)state;
	again();
	assert_int_equal(feed(0, ASK("41", "1.3.6.1.2.1.1.1.0")), WARD_VERDICT_OK);
	expect_told("\"class\":\"net.snmp.get_request\"", 1);
	expect_told("\"snmp.version\":\"2c\",\"snmp.community_default\":true,"
		    "\"snmp.pdu\":\"get_request\",\"snmp.request_id\":41,\"snmp.varbinds\":1,"
		    "\"snmp.oid\":\"1.3.6.1.2.1.1.1.0\"",
		1);
	expect_told("net.login", 0);
	lab.frame.time = 3500;
	assert_int_equal(
		feed(1, TELL("41", VAR("1.3.6.1.2.1.1.1.0", "04'Switch 48'")
					   VAR("1.3.6.1.2.1.1.2.0", "06#1.3.6.1.4.1.9.1.516"))),
		WARD_VERDICT_OK);
	expect_told("\"class\":\"net.snmp.response\"", 1);
	/* told from the side that asked */
	expect_told("\"src_ip\":\"10.0.0.1\"", 3);
	expect_told("\"snmp.error_status\":\"noError\"", 1);
	expect_told("\"snmp.vendor\":\"Cisco\"", 1);
	expect_told("\"snmp.sys_descr\":\"Switch 48\"", 1);
	expect_told("\"snmp.sys_object_id\":\"1.3.6.1.4.1.9.1.516\"", 1);
	expect_told("\"snmp.outcome\":\"ok\",\"snmp.request\":\"get_request\","
		    "\"snmp.latency_ns\":2500",
		1);
	expect_told("\"login.method\":\"community\",\"login.outcome\":\"ok\","
		    "\"login.cleartext\":true",
		1);
	/* once in a row */
	(void)feed(0, ASK("42", "1.3.6.1.2.1.1.3.0"));
	(void)feed(1, TELL("42", VAR("1.3.6.1.2.1.1.3.0", "43:10")));
	expect_told("net.login", 1);
	expect_told("\"snmp.sys_uptime_cs\":16", 1);
	expect_told("\"public\"", 0);
}

static void test_errors(void **state)
{
	(void)state;
	again();
	(void)feed(0, V2("s3cret", PDU("a3", "7", "0", VAR("1.3.6.1.2.1.1.5.0", "04'x'"))));
	expect_told("\"class\":\"net.snmp.set_request\"", 1);
	expect_told("\"snmp.community_default\":false", 1);
	expect_told("sys_name", 0); /* what is set may be a secret */
	(void)feed(1, V2("s3cret", PDU("a2", "7", "17", VAR("1.3.6.1.2.1.1.5.0", "04'x'"))));
	expect_told("\"snmp.error_status\":\"notWritable\"", 1);
	expect_told("\"snmp.outcome\":\"error\"", 1);
	expect_told("\"login.outcome\":\"ok\"", 1);
	(void)feed(0, V2("s3cret", PDU("a0", "8", "0", "")));
	(void)feed(1, V2("s3cret", PDU("a2", "8", "16", "")));
	expect_told("\"login.outcome\":\"failed\"", 1);
	(void)feed(0, V2("s3cret", "a5( 02=9 02=1 02=20 30( ) )"));
	expect_told("\"snmp.non_repeaters\":1,\"snmp.max_repetitions\":20", 1);
	(void)feed(1, V2("s3cret", PDU("a2", "9", "0", VAR("1.3.6.1.2.1.1.5.0", "82:"))));
	expect_told("\"snmp.exception\":\"endOfMibView\"", 1);
	(void)feed(1, V2("s3cret", PDU("a2", "9", "99", "")));
	expect_told("\"snmp.error_status\":99", 1);
	expect_told("\"snmp.outcome\":\"unrequested\"", 1);
	expect_told("s3cret", 0);
}

static void test_unanswered(void **state)
{
	char text[256];

	(void)state;
	again();
	for (unsigned i = 0; i < WARD_SNMP_PENDING + 2; i++) {
		(void)snprintf(text, sizeof(text),
			V2("guess%u",
				"a0( 02=%u 02=0 02=0 30( " VAR("1.3.6.1.2.1.1.1.0", "05:") ") )"),
			i, i);
		assert_int_equal(feed(0, text), WARD_VERDICT_OK);
		if (i == 0)
			(void)feed(0, text);
	}
	expect_told("\"snmp.repeated\":true", 1);
	expect_told("\"class\":\"net.snmp.unanswered\"", 2);
	expect_told(
		"\"snmp.version\":\"2c\",\"snmp.request_id\":1,\"snmp.community_default\":false,"
		"\"snmp.request\":\"get_request\",\"snmp.oid\":\"1.3.6.1.2.1.1.1.0\"",
		1);
	expect_told("\"login.method\":\"community\",\"login.outcome\":\"unknown\"", 2);
	/* the rest when the flow is over, once */
	for (int i = 0; i < 2; i++)
		proto_lab_over(&lab, 0);
	expect_told("\"class\":\"net.snmp.unanswered\"", WARD_SNMP_PENDING + 2);
	expect_told("\"login.outcome\":\"unknown\"", WARD_SNMP_PENDING + 2);
	expect_told("guess", 0);
}

static void test_traps(void **state)
{
	(void)state;
	again();
	assert_int_equal(feed(0, "30( 02=0 04'public' a4( 06#1.3.6.1.4.1.318.1.3 40:c0a80101 02=6 "
				 "02=5 43:64 "
				 "30( " VAR("1.3.6.1.2.1.1.5.0", "04'ups-3'") ") ) )"),
		WARD_VERDICT_OK);
	expect_told("\"class\":\"net.snmp.trap\"", 1);
	expect_told(
		"\"snmp.enterprise\":\"1.3.6.1.4.1.318.1.3\",\"snmp.vendor\":\"APC\","
		"\"snmp.agent_ip\":\"192.168.1.1\",\"snmp.generic_trap\":\"enterpriseSpecific\","
		"\"snmp.specific_trap\":5,\"snmp.uptime_cs\":100,"
		"\"snmp.trap_oid\":\"1.3.6.1.4.1.318.1.3.0.5\"",
		1);
	expect_told("\"snmp.sys_name\":\"ups-3\"", 1);
	(void)feed(0,
		"30( 02=0 04'public' a4( 06#1.3.6.1.4.1.9 40:c0a80101 02=2 02=0 43:64 30( ) ) )");
	expect_told("\"snmp.generic_trap\":\"linkDown\"", 1);
	expect_told("\"snmp.trap_oid\":\"1.3.6.1.6.3.1.1.5.3\"", 1);
	(void)feed(
		0, V2("public", PDU("a7", "3", "0",
					VAR("1.3.6.1.2.1.1.3.0", "43:01") VAR(
						"1.3.6.1.6.3.1.1.4.1.0", "06#1.3.6.1.6.3.1.1.5.5")
						VAR("1.3.6.1.6.3.1.1.4.3.0", "06#1.3.6.1.4.1.9"))));
	expect_told("\"snmp.trap_oid\":\"1.3.6.1.6.3.1.1.5.5\"", 1);
	expect_told("\"snmp.enterprise\":\"1.3.6.1.4.1.9\"", 2);
	expect_told("net.login", 0);
	(void)feed(0, V2("public", PDU("a6", "4", "0", "")));
	(void)feed(1, V2("public", PDU("a2", "4", "0", "")));
	expect_told("\"snmp.request\":\"inform_request\"", 1);
}

static void test_version_3(void **state)
{
	(void)state;
	again();
	/* discovery */
	(void)feed(0, V3("1", "04", "04: 02=0 02=0 04: 04: 04:", SCOPED(PDU("a0", "5", "0", ""))));
	expect_told("\"snmp.version\":\"3\",\"snmp.msg_id\":1,\"snmp.security_level\":"
		    "\"noAuthNoPriv\",\"snmp.pdu\"",
		1);
	(void)feed(1,
		V3("1", "00", USM(""), SCOPED(PDU("a8", "5", "0", VAR(USM_STATS "4.0", "41:01")))));
	expect_told("\"snmp.engine_id\":\"80001f8803001122334455\",\"snmp.engine_enterprise\":8072,"
		    "\"snmp.engine_vendor\":\"Net-SNMP\",\"snmp.engine_mac\":\"00:11:22:33:44:55\","
		    "\"snmp.engine_boots\":7,\"snmp.engine_time_s\":99",
		1);
	expect_told("\"snmp.report\":\"usmStatsUnknownEngineIDs\"", 1);
	expect_told("\"snmp.outcome\":\"report\"", 1);
	expect_told("net.login", 0);
	/* encrypted */
	(void)feed(0, V3("2", "07", USM("anna"), "04:deadbeef"));
	expect_told("\"class\":\"net.snmp.encrypted\"", 1);
	expect_told("\"snmp.security_level\":\"authPriv\",\"user\":\"anna\"", 1);
	(void)feed(1, V3("2", "03", USM("anna"), "04:deadbeef"));
	expect_told("\"snmp.outcome\":\"encrypted\",\"snmp.request\":\"encrypted\"", 1);
	expect_told("\"user\":\"anna\",\"login.method\":\"usm\",\"login.outcome\":\"ok\"}", 1);
	/* refused */
	(void)feed(0, V3("3", "05", USM("bert"), SCOPED(PDU("a0", "6", "0", ""))));
	(void)feed(1, V3("3", "00", USM("bert"),
			      SCOPED(PDU("a8", "6", "0", VAR(USM_STATS "5.0", "41:01")))));
	expect_told("\"snmp.report\":\"usmStatsWrongDigests\"", 1);
	expect_told("\"user\":\"bert\",\"login.method\":\"usm\",\"login.outcome\":\"failed\"", 1);
	/* another security model: its parameters are opaque */
	(void)feed(0, "30( 02=3 30( 02=4 02=65507 04:04 02=4 ) 04:0102 " SCOPED(
			      PDU("a0", "6", "0", "")) ")");
	expect_told("\"snmp.security_model\":4", 1);
}

/* Which device hangs on which port. */
static void test_tables(void **state)
{
	static const char *const told[] = {
		("\"snmp.fdb_port\":[7,12],\"snmp.fdb_mac\":[\"00:11:22:33:44:55\","
		 "\"00:11:22:33:44:56\"]"),
		"\"snmp.fdb_vlan_port\":3,\"snmp.fdb_vlan_mac\":\"00:11:22:33:44:57\"",
		"\"snmp.bridge_if\":10012,\"snmp.bridge_port\":12",
		"\"snmp.if_name\":\"Gi0/12\",\"snmp.if_name_index\":10012",
		"\"snmp.if_alias\":\"OR 3\",\"snmp.if_alias_index\":10012",
		"\"snmp.arp_mac\":\"02:00:00:00:00:01\",\"snmp.arp_ip\":\"10.1.2.3\"",
		"\"snmp.lldp_chassis\":\"02:00:00:00:00:09\",\"snmp.lldp_chassis_port\":4",
		"\"snmp.lldp_port_id\":[\"Gi0/12\",\"0001\"],\"snmp.lldp_port_id_port\":[4,5]",
		"\"snmp.lldp_sys_name\":\"sw-2\",\"snmp.lldp_sys_name_port\":4",
		"\"snmp.lldp_enabled\":\"2800\",\"snmp.lldp_enabled_port\":4",
		"\"snmp.serial\":\"FOC1\"",
	};

	(void)state;
	again();
	(void)feed(
		1, TELL("9", VAR("1.3.6.1.2.1.17.4.3.1.2.0.17.34.51.68.85", "02=7") VAR(
				     "1.3.6.1.2.1.17.4.3.1.2.0.17.34.51.68.86",
				     "02=12") VAR("1.3.6.1.2.1.17.4.3.1.2.0.17.34.51.68.300",
				     "02=1") VAR("1.3.6.1.2.1.17.7.1.2.2.1.2.20.0.17.34.51.68.87",
				     "02=3") VAR("1.3.6.1.2.1.17.1.4.1.2.12",
				     "02=10012") VAR("1.3.6.1.2.1.31.1.1.1.1.10012",
				     "04'Gi0/12'") VAR("1.3.6.1.2.1.31.1.1.1.18.10012",
				     "04'OR 3'") VAR("1.3.6.1.2.1.4.22.1.2.5.10.1.2.3",
				     "04:020000000001") VAR("1.0.8802.1.1.2.1.4.1.1.5.0.4.1",
				     "04:020000000009") VAR("1.0.8802.1.1.2.1.4.1.1.7.0.4.1",
				     "04'Gi0/12'") VAR("1.0.8802.1.1.2.1.4.1.1.7.0.5.1",
				     "04:0001") VAR("1.0.8802.1.1.2.1.4.1.1.12.0.4.1", "04:2800")
				     VAR("1.0.8802.1.1.2.1.4.1.1.9.0.4.1", "04'sw-2'") VAR(
					     "1.3.6.1.2.1.47.1.1.1.1.11.1", "04'FOC1'")
					     VAR("1.3.6.1.2.1.47.1.1.1.1.11.2", "04'FOC2'") VAR(
						     "1.3.6.1.2.1.1.4.0", "04'anna@example.org'")));
	for (size_t i = 0; i < WARD_ARRAY_LEN(told); i++)
		expect_told(told[i], 1);
	expect_told("anna", 0);
	expect_told("FOC2", 0);
}

static void test_many_variables(void **state)
{
	static char text[8192];
	size_t len;

	(void)state;
	again();
	len = (size_t)snprintf(text, sizeof(text), "30( 02=1 04'public' a2( 02=1 02=0 02=0 30( ");
	for (unsigned i = 0; i < WARD_SNMP_VARS + 3; i++)
		len += (size_t)snprintf(text + len, sizeof(text) - len,
			"30( 06#1.3.6.1.2.1.2.2.1.2.%u 04'e' ) ", i);
	(void)snprintf(text + len, sizeof(text) - len, ") ) )");
	assert_int_equal(feed(1, text), WARD_VERDICT_OK);
	expect_told("\"snmp.varbinds\":67", 1);
	expect_told("1.3.6.1.2.1.2.2.1.2.63\"", 1);
	expect_told("1.3.6.1.2.1.2.2.1.2.64\"", 0);
}

static void test_reasons(void **state)
{
	static const struct {
		const char *notation;
		enum ward_snmp_reason reason;
		size_t off;
	} sample[] = {
		{"31( 02=1 )", WARD_SNMP_MESSAGE, 0},
		{"30( 02=2 04'public' )", WARD_SNMP_VERSION, 4},
		{"30( 02=4 04'public' )", WARD_SNMP_VERSION, 4},
		{"30( 02=1 05: )", WARD_SNMP_COMMUNITY, 7},
		{"30( 02=1 04'' 05: )", WARD_SNMP_PDU_TYPE, 10},
		{"30( 02=1 04'' a9: )", WARD_SNMP_PDU_TYPE, 10},
		{"30( 02=1 04'' a0( 02=1 02=0 ) )", WARD_SNMP_PDU, 20},
		{"30( 02=1 04'' a0( 02=1 02=0 02=0 30( ) 05: ) )", WARD_SNMP_PDU, 27},
		{"30( 02=1 04'' a0( 02=1 02=0 02=0 04( ) ) )", WARD_SNMP_VARBIND, 23},
		{"30( 02=1 04'' a0( 02=1 02=0 02=0 30( 30( 06#1.3.6 ) ) ) )", WARD_SNMP_VARBIND,
			35},
		{"30( 02=1 04'' a0( 02=1 02=0 02=0 30( 30( 06:2b86 05: ) ) ) )", WARD_SNMP_OID, 31},
		{"30( 02=0 04'' a4( 06#1.3.6 40:010203 ) )", WARD_SNMP_TRAP, 18},
		{"30( 02=0 04'' a4( 06#1.3.6 40:01020304 02=1 02=1 43:0102030405 30( ) ) )",
			WARD_SNMP_TRAP, 31},
		{"30( 02=3 30( 02=1 02=1 04:0102 02=3 ) )", WARD_SNMP_HEADER, 20},
		{"30( 02=3 30( 02=1 02=1 04:01 02=3 05: ) )", WARD_SNMP_HEADER, 24},
		{"30( 02=3 30( 02=1 02=1 04:01 02=3 ) 04( 30( 04: ) ) )", WARD_SNMP_SECURITY, 35},
		{V3("1", "00", USM(""), "02=1"), WARD_SNMP_SCOPED_PDU, 64},
		{V3("1", "00", USM(""), "30( 04: 04: a0( 02=1 02=0 02=0 30( ) ) 05: )"),
			WARD_SNMP_SCOPED_PDU, 91},
		{ASK("1", "1.3.6") " 05:", WARD_SNMP_TRAILING, 44},
	};
	bool met[WARD_SNMP_REASON_N] = {false};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(sample); i++) {
		again();
		assert_int_equal(feed(0, sample[i].notation), WARD_VERDICT_MALFORMED);
		if (lab.d.reason != sample[i].reason || lab.d.off != sample[i].off)
			fail_msg("%s: reason %zu at %zu", sample[i].notation, lab.d.reason,
				lab.d.off);
		met[lab.d.reason] = true;
		assert_int_equal(proto_lab_reason(&lab, sample[i].reason), 1);
		lab.net->module[lab.module_at].reason[sample[i].reason] = 0;
	}
	for (size_t i = 0; i < WARD_SNMP_REASON_N; i++)
		assert_true(met[i]);
}

static void test_probe(void **state)
{
	static const char *const not [] = {
		"30( 02=1 63( ) )",            /* LDAP */
		"30( 02=1 04'public' 30( ) )", /* no PDU */
		"30( 02=2 04'public' a0( ) )", /* version */
		"31( 02=1 04'public' a0( ) )",
		"30( 02=1 04'public' a0( ) ) 05:", /* more than the message */
		"30( 02=3 30( 02=1 ) )",
	};
	struct ward_slice s;

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(not ); i++)
		assert_false(ward_snmp_probe(ber_make(&bytes, not [i])));
	assert_true(ward_snmp_probe(ber_make(&bytes, V3("1", "00", USM(""), SCOPED("a0( )")))));
	s = ber_make(&bytes, ASK("1", "1.3.6"));
	/* cut by the snap length: enough is there up to the PDU */
	for (size_t n = 0; n <= s.len; n++)
		assert_int_equal(ward_snmp_probe(ward_slice_of(s.p, n)), n > 16);
	again();
	lab.trusted = false;
	assert_int_equal(feed(0, "30( 02=1 04'public' a0( ) )"), WARD_VERDICT_FOREIGN);
	again();
	lab.partial = true;
	s = ber_make(&bytes, ASK("1", "1.3.6"));
	s.len -= 3;
	assert_int_equal(proto_lab_feed(&lab, 0, s, false), WARD_VERDICT_MORE);
	expect_told("net.snmp", 0);
}

static void test_names(void **state)
{
	(void)state;
	assert_null(ward_snmp_pdu_name(WARD_SNMP_PDU_N));
	assert_null(ward_snmp_error_name(-1));
	assert_null(ward_snmp_trap_name(7));
	assert_null(ward_snmp_vendor(1));
	assert_true(ward_snmp_community_default(ward_slice_of("PRIVATE", 7)));
	assert_false(ward_snmp_community_default(ward_slice_of("publi", 5)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_request_and_answer),
		cmocka_unit_test(test_errors),
		cmocka_unit_test(test_unanswered),
		cmocka_unit_test(test_traps),
		cmocka_unit_test(test_version_3),
		cmocka_unit_test(test_tables),
		cmocka_unit_test(test_many_variables),
		cmocka_unit_test(test_reasons),
		cmocka_unit_test(test_probe),
		cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
