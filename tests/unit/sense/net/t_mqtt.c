#include "bytes.h"
#include "proto_lab.h"

#include "sense/net/proto/dissectors.h"
#include "sense/net/proto/mqtt/mqtt.h"

/* Client "dev", user "nurse", password "secret", will "w/t"; of 5.0 with a session expiry of 60 s.
 */
#define CONNECT_4                                                                                  \
	"10 28 0004 4d515454 04 e6 003c 0003 646576 0003 772f74 0003 787878 0005 6e75727365 0006 " \
	"736563726574 "
#define CONNECT_5 "10 15 0004 4d515454 05 02 003c 05 110000003c 0003 646576 "
#define CONNECT_3 "10 11 0006 4d5149736470 03 00 000a 0003 646576 "
#define CONNACK_4 "20 02 00 00 "
#define CONNACK_5 "20 08 00 00 05 12 0002 7831 "
#define PINGREQ "c0 00 "
#define PINGRESP "d0 00 "

static struct proto_lab lab;

static int setup(void **state)
{
	(void)state;
	proto_lab_open(&lab, &ward_dissect_mqtt);
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
	proto_lab_again(&lab, &ward_dissect_mqtt);
	proto_lab_forget(&lab);
}

static enum ward_verdict feed(unsigned side, const char *hex)
{
	struct ward_slice s = unhex(hex);
	enum ward_verdict v = proto_lab_feed(&lab, side, s, false);

	bytes_free(s);
	return v;
}

static void end(void)
{
	for (unsigned side = 0; side < 2; side++)
		(void)proto_lab_feed(&lab, side, ward_slice_of(NULL, 0), true);
}

static void told(const char *what, size_t n)
{
	if (proto_lab_seen(&lab, what) != n)
		fail_msg("not %zu times: %s in\n%.*s", n, what,
			WARD_STR_ARG(ward_wr_text(&lab.out)));
}

static void test_connect(void **state)
{
	(void)state;
	again();
	assert_int_equal(feed(0, CONNECT_4), WARD_VERDICT_OK);
	told("net.mqtt", 0);
	assert_int_equal(feed(1, CONNACK_4), WARD_VERDICT_OK);
	told("\"class\":\"net.mqtt.connect\",\"fields\":{\"src_ip\":\"10.0.0.1\"", 1);
	told("\"mqtt.version\":\"3.1.1\",\"mqtt.client_id\":\"dev\",\"mqtt.keep_alive_s\":60,"
	     "\"mqtt.clean_start\":true,\"mqtt.will\":true,\"uri\":\"w/t\",\"mqtt.will_qos\":0,"
	     "\"mqtt.will_retain\":true,\"mqtt.will_bytes\":3,\"mqtt.user_name_given\":true,"
	     "\"mqtt.password_given\":true,\"mqtt.outcome\":\"accepted\"",
		1);
	told("\"user\":\"nurse\",\"login.method\":\"password\",\"login.outcome\":\"ok\","
	     "\"login.cleartext\":true",
		1);
	told("secret", 0);
	told("nurse", 1);
	again();
	assert_int_equal(feed(0, CONNECT_4), WARD_VERDICT_OK);
	assert_int_equal(feed(1, "20 02 00 05"), WARD_VERDICT_OK);
	told("\"mqtt.outcome\":\"refused\",\"mqtt.reason\":\"not-authorized\"", 1);
	told("\"login.outcome\":\"failed\"", 1);
	again();
	assert_int_equal(feed(0, CONNECT_3), WARD_VERDICT_OK);
	assert_int_equal(feed(0, CONNECT_4), WARD_VERDICT_OK);
	told("\"mqtt.version\":\"3.1\",\"mqtt.client_id\":\"dev\",\"mqtt.keep_alive_s\":10,"
	     "\"mqtt.clean_start\":false,\"mqtt.outcome\":\"unanswered\"",
		1);
	end();
	told("\"mqtt.outcome\":\"unanswered\"", 2);
	told("\"login.outcome\":\"unknown\"", 1);
}

static void test_connect_5(void **state)
{
	(void)state;
	again();
	assert_int_equal(feed(0, CONNECT_5), WARD_VERDICT_OK);
	assert_int_equal(feed(1, CONNACK_5), WARD_VERDICT_OK);
	told("\"mqtt.version\":\"5.0\"", 1);
	told("\"mqtt.session_expiry_s\":60", 1);
	told("\"mqtt.reason\":\"success\"", 1);
	told("\"mqtt.assigned_client_id\":\"x1\"", 1);
	told("net.login", 0);
	/* authentication method "SCRAM" without a password; bridge */
	again();
	assert_int_equal(feed(0, "10 18 0004 4d515454 85 02 003c 08 150005 534352414d 0003 646576"),
		WARD_VERDICT_OK);
	assert_int_equal(feed(1, "f0 0b 18 09 150005 534352414d 26"), WARD_VERDICT_MALFORMED);
	assert_int_equal(proto_lab_reason(&lab, WARD_NETMQTT_BAD_PROPERTY), 1);
	again();
	assert_int_equal(feed(0, "10 18 0004 4d515454 85 02 003c 08 150005 534352414d 0003 646576"),
		WARD_VERDICT_OK);
	assert_int_equal(feed(1, "f0 0a 18 08 150005 534352414d"), WARD_VERDICT_OK);
	assert_int_equal(feed(1, "20 03 01 8c 00"), WARD_VERDICT_OK);
	told("\"mqtt.bridge\":true", 1);
	told("\"mqtt.authentication_method\":\"SCRAM\"", 1);
	told("\"mqtt.reason\":\"bad-authentication-method\"", 1);
	told("\"login.method\":\"sasl\",\"login.outcome\":\"failed\"}", 1);
}

static void test_publish(void **state)
{
	(void)state;
	again();
	assert_int_equal(feed(0, CONNECT_4), WARD_VERDICT_OK);
	proto_lab_forget(&lab);
	/* DUP, QoS 1, RETAIN; "t/1", id 7, payload "patient" */
	assert_int_equal(feed(0, "3b 0e 0003 742f31 0007 70617469656e74"), WARD_VERDICT_OK);
	told("\"uri\":\"t/1\",\"mqtt.qos\":1,\"mqtt.retain\":true,\"mqtt.dup\":true,"
	     "\"mqtt.packet_id\":7,\"mqtt.payload_bytes\":7",
		1);
	told("patient", 0);
	/* The payload is not waited for, nor read as packets. */
	assert_int_equal(feed(0, "30 9f01 0003 742f32"), WARD_VERDICT_OK);
	told("\"uri\":\"t/2\",\"mqtt.qos\":0,\"mqtt.payload_bytes\":154", 1);
	for (unsigned i = 0; i < 77; i++)
		(void)feed(0, PINGREQ);
	assert_int_equal(feed(0, PINGREQ), WARD_VERDICT_OK);
	assert_int_equal(feed(1, PINGRESP), WARD_VERDICT_OK);
	end();
	told("\"mqtt.end\":\"closed\",\"mqtt.publishes\":2,\"mqtt.payload_bytes\":161,"
	     "\"mqtt.publishes_back\":0,\"mqtt.payload_bytes_back\":0,\"mqtt.subscriptions\":0,"
	     "\"mqtt.pings\":1,\"mqtt.pings_back\":1",
		1);
}

static void test_alias(void **state)
{
	char hex[64];

	(void)state;
	again();
	assert_int_equal(feed(0, CONNECT_5), WARD_VERDICT_OK);
	assert_int_equal(feed(0, "30 0a 0003 742f31 03 230001 78"), WARD_VERDICT_OK);
	assert_int_equal(feed(0, "30 07 0000 03 230001 78"), WARD_VERDICT_OK);
	told("\"uri\":\"t/1\",\"mqtt.topic_alias\":1", 2);
	/* the other direction has its own */
	assert_int_equal(feed(1, "30 07 0000 03 230001 78"), WARD_VERDICT_OK);
	told("\"uri\":\"t/1\"", 2);
	told("\"mqtt.topic_alias\":1", 3);
	/* more than are kept: the oldest is forgotten */
	for (unsigned i = 2; i < 10; i++) {
		(void)snprintf(hex, sizeof(hex), "30 0a 0003 742f32 03 23%04x 78", i);
		assert_int_equal(feed(0, hex), WARD_VERDICT_OK);
	}
	assert_int_equal(feed(0, "30 07 0000 03 230001 78"), WARD_VERDICT_OK);
	told("\"uri\":\"t/1\"", 2);
	assert_int_equal(feed(0, "30 07 0000 03 230009 78"), WARD_VERDICT_OK);
	told("\"uri\":\"t/2\"", 9);
}

static void test_subscribe(void **state)
{
	(void)state;
	again();
	assert_int_equal(feed(0, CONNECT_5), WARD_VERDICT_OK);
	assert_int_equal(feed(1, CONNACK_5), WARD_VERDICT_OK);
	assert_int_equal(feed(0, "82 0d 0001 00 0001 23 01 0003 2b2f61 02"), WARD_VERDICT_OK);
	told("subscribe", 0);
	assert_int_equal(feed(1, "90 05 0001 00 01 87"), WARD_VERDICT_OK);
	told("\"class\":\"net.mqtt.subscribe\",\"fields\":{\"src_ip\":\"10.0.0.1\"", 1);
	told("\"uri\":[\"#\",\"+/a\"],\"mqtt.all_topics\":true,\"mqtt.requested_qos\":[1,2],"
	     "\"mqtt.outcome\":\"partial\",\"mqtt.reason_codes\":[1,135]",
		1);
	assert_int_equal(feed(0, "a2 08 0002 00 0003 2b2f61"), WARD_VERDICT_OK);
	assert_int_equal(feed(1, "b0 04 0002 00 00"), WARD_VERDICT_OK);
	told("\"class\":\"net.mqtt.unsubscribe\"", 1);
	/* an answer to nothing, and questions that nobody answers */
	assert_int_equal(feed(1, "90 04 0009 00 01"), WARD_VERDICT_OK);
	told("subscribe\"", 2);
	for (unsigned i = 0; i < 4; i++)
		assert_int_equal(feed(0, "82 07 0003 00 0001 61 00"), WARD_VERDICT_OK);
	told("unanswered", 0);
	assert_int_equal(feed(0, "82 07 0004 00 0001 62 00"), WARD_VERDICT_OK);
	told("unanswered", 1);
	assert_int_equal(feed(1, "90 04 0004 00 80"), WARD_VERDICT_OK);
	told("\"uri\":\"b\",\"mqtt.requested_qos\":0,\"mqtt.outcome\":\"refused\"", 1);
	end();
	told("unanswered", 4);
	told("\"mqtt.subscriptions\":7", 1);
}

static void test_many_filters(void **state)
{
	char hex[512] = "82 6e 0001 ";

	(void)state;
	again();
	assert_int_equal(feed(0, CONNECT_4), WARD_VERDICT_OK);
	for (unsigned i = 0; i < 27; i++)
		strncat(hex, "0001 61 00", sizeof(hex) - strlen(hex) - 1);
	assert_int_equal(feed(0, hex), WARD_VERDICT_OK);
	assert_int_equal(feed(1, "90 03 0001 00"), WARD_VERDICT_OK);
	told("\"mqtt.filters_seen\":27", 1);
}

static void test_refused(void **state)
{
	(void)state;
	again();
	assert_int_equal(feed(0, CONNECT_5), WARD_VERDICT_OK);
	assert_int_equal(feed(1, "40 02 0007"), WARD_VERDICT_OK);
	assert_int_equal(feed(1, "40 03 0007 10"), WARD_VERDICT_OK);
	told("publish_refused", 0);
	assert_int_equal(feed(1, "50 09 0007 87 05 1f0002 6e6f"), WARD_VERDICT_OK);
	told("\"mqtt.packet\":\"pubrec\",\"mqtt.packet_id\":7,\"mqtt.reason\":\"not-authorized\","
	     "\"mqtt.reason_code\":135,\"mqtt.reason_string\":\"no\"",
		1);
	assert_int_equal(feed(1, "e0 01 8e"), WARD_VERDICT_OK);
	told("\"class\":\"net.mqtt.disconnect\",\"fields\":{\"src_ip\":\"10.0.0.2\"", 1);
	told("\"mqtt.reason\":\"session-taken-over\"", 1);
	assert_int_equal(feed(0, "e0 00"), WARD_VERDICT_OK);
	told("\"mqtt.reason\":\"normal-disconnection\"", 1);
	end();
	told("\"mqtt.end\":\"disconnect\"", 1);
	told("\"mqtt.refusals\":1", 1);
}

/* A connection whose begin was not seen: what is sure is told. */
static void test_middle(void **state)
{
	(void)state;
	again();
	lab.packet[0].src_port = lab.packet[1].dst_port = 1883; /* who spoke first is the server */
	lab.packet[0].dst_port = lab.packet[1].src_port = 50000;
	assert_int_equal(feed(0, "30 06 0003 742f31 78"), WARD_VERDICT_OK);
	told("\"uri\":\"t/1\",\"mqtt.qos\":0}", 1);
	/* reads as 5.0 only */
	assert_int_equal(feed(1, "82 07 0003 00 0001 61 00"), WARD_VERDICT_OK);
	assert_int_equal(feed(0, "90 04 0003 00 00"), WARD_VERDICT_OK);
	told("\"class\":\"net.mqtt.subscribe\",\"fields\":{\"src_ip\":\"10.0.0.2\"", 1);
	told("\"mqtt.version\":\"5.0\"", 1);
	end();
	told("\"class\":\"net.mqtt.connection\",\"fields\":{\"src_ip\":\"10.0.0.2\"", 1);
	/* a CONNACK alone */
	again();
	assert_int_equal(feed(1, CONNACK_5), WARD_VERDICT_OK);
	assert_int_equal(feed(0, "30 07 0003 742f31 00 78"), WARD_VERDICT_OK);
	told("\"mqtt.version\":\"5.0\",\"uri\":\"t/1\",\"mqtt.qos\":0,\"mqtt.payload_bytes\":1", 1);
}

static void test_reasons(void **state)
{
	static const struct {
		const char *before, *hex;
		enum ward_netmqtt_reason reason;
	} row[] = {
		{CONNECT_4, "00 00", WARD_NETMQTT_BAD_TYPE},
		{CONNECT_4, "80 06 0001 0001 61 00", WARD_NETMQTT_BAD_FLAGS},
		{CONNECT_4, "c1 00", WARD_NETMQTT_BAD_FLAGS},
		{CONNECT_4, "30 ffffffff 01", WARD_NETMQTT_BAD_LENGTH},
		{CONNECT_4, "c0 01 00", WARD_NETMQTT_BAD_LENGTH},
		{CONNECT_4, "30 04 0003 7478", WARD_NETMQTT_BAD_SHORT},
		{"", "10 10 0004 4d515454 04 00 003c 0009 646576 61", WARD_NETMQTT_BAD_SHORT},
		{"", "10 10 0004 4d515454 04 00 003c 0003 646576 61", WARD_NETMQTT_BAD_LONG},
		{"", "10 0f 0004 4d515454 06 00 003c 0003 646576", WARD_NETMQTT_BAD_PROTOCOL},
		{"", "10 0f 0004 4d515454 04 01 003c 0003 646576", WARD_NETMQTT_BAD_CONNECT_FLAGS},
		{"", "10 0f 0004 4d515454 04 08 003c 0003 646576", WARD_NETMQTT_BAD_CONNECT_FLAGS},
		{"", "10 0f 0004 4d515454 04 00 003c 0003 64ff76", WARD_NETMQTT_BAD_TEXT},
		{CONNECT_4, "30 06 0003 740031 78", WARD_NETMQTT_BAD_TEXT},
		{CONNECT_4, "30 06 0003 742f23 78", WARD_NETMQTT_BAD_TOPIC},
		{CONNECT_4, "30 03 0000 78", WARD_NETMQTT_BAD_TOPIC},
		{CONNECT_4, "82 05 0001 0000 00", WARD_NETMQTT_BAD_TOPIC},
		{CONNECT_4, "36 08 0003 742f31 0001 78", WARD_NETMQTT_BAD_QOS},
		{CONNECT_4, "82 06 0001 0001 61 03", WARD_NETMQTT_BAD_QOS},
		{CONNECT_5, "30 08 0003 742f31 01 04", WARD_NETMQTT_BAD_PROPERTY},
		{CONNECT_5, "30 08 0003 742f31 01 23 78", WARD_NETMQTT_BAD_PROPERTY},
		{CONNECT_5, "82 05 0001 02 1701", WARD_NETMQTT_BAD_EMPTY},
	};
	bool met[WARD_NETMQTT_REASON_N] = {false};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(row); i++) {
		again();
		uint64_t was = proto_lab_reason(&lab, row[i].reason);

		if (*row[i].before)
			assert_int_equal(feed(0, row[i].before), WARD_VERDICT_OK);
		enum ward_verdict v = feed(0, row[i].hex);

		if (v != WARD_VERDICT_MALFORMED || lab.d.reason != row[i].reason)
			fail_msg("%s: verdict %d, reason %zu", row[i].hex, (int)v, lab.d.reason);
		assert_true(proto_lab_reason(&lab, row[i].reason) > was);
		met[row[i].reason] = true;
	}
	for (size_t i = 0; i < WARD_NETMQTT_REASON_N; i++)
		assert_true(met[i]);
}

static void test_prefixes(void **state)
{
	static const char *const whole[] = {CONNECT_3, CONNECT_4, CONNECT_5, CONNACK_4, CONNACK_5,
		"82 07 0003 00 0001 61 00", "90 04 0004 00 80", "50 09 0007 87 05 1f0002 6e6f"};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(whole); i++) {
		struct ward_slice s = unhex(whole[i]);

		for (size_t cut = 1; cut < s.len; cut++) {
			again();
			assert_int_equal(proto_lab_feed(&lab, 0, ward_slice_of(s.p, cut), false),
				WARD_VERDICT_MORE);
			assert_int_equal(lab.out.len, 0);
		}
		bytes_free(s);
	}
}

static void test_gap(void **state)
{
	(void)state;
	again();
	assert_false(proto_lab_gap(&lab, 0, 10)); /* it may be anything */
	again();
	assert_int_equal(feed(0, CONNECT_4), WARD_VERDICT_OK);
	assert_true(proto_lab_gap(&lab, 0, 10));
	assert_int_equal(feed(0, "742f31 00"), WARD_VERDICT_OK);
	told("publish", 0);
	assert_int_equal(feed(0, "30 06 0003 742f31 78"), WARD_VERDICT_OK);
	told("\"uri\":\"t/1\"", 1);
}

static bool probed(const char *hex)
{
	struct ward_slice s = unhex(hex);
	bool yes = ward_dissect_mqtt.probe_stream(s) == WARD_PROBE_YES;

	bytes_free(s);
	return yes;
}

static void test_probe(void **state)
{
	/* LDAP, SNMP, HTTP, TLS, zeros, a wrong name, another level, a cut answer */
	static const char *const foreign[] = {"", "300c020101600702010304008000",
		"30 26 02 01 01 04 06 7075626c6963", "474554202f20485454502f",
		"1603010005 0100000100", "00000000", "10 0f 0004 4d515455 04 00 003c 0003",
		"10 0f 0004 4d515454 07 00 003c", "20 02 00", "30 06 0003 742f23 78",
		"30 8204 0030 8203b8a003020102", "30 9f01 0002 742f 78"};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(foreign); i++)
		if (probed(foreign[i]))
			fail_msg("%s", foreign[i]);
	assert_true(probed(CONNECT_3) && probed(CONNECT_4) && probed(CONNECT_5));
	assert_true(probed("10 0f 0004 4d515454 04")); /* cut behind the level */
	assert_true(probed("30 9f01 0003 742f31 78")); /* longer than its segment */
	assert_true(probed("30 06 0003 742f31 78") && probed(PINGREQ PINGREQ));
	/* A ping is too little to name a protocol by, unless the port does. */
	again();
	lab.trusted = false;
	assert_int_equal(feed(0, PINGREQ), WARD_VERDICT_FOREIGN);
	again();
	lab.trusted = false;
	assert_int_equal(feed(0, "30 06 0003 742f31 78"), WARD_VERDICT_OK);
	again();
	lab.trusted = false;
	assert_int_equal(feed(0, "30 06 0003 740131 78"), WARD_VERDICT_FOREIGN);
}

static void test_names(void **state)
{
	(void)state;
	assert_string_equal(ward_netmqtt_version_name(3), "3.1");
	assert_null(ward_netmqtt_version_name(6));
	assert_string_equal(ward_netmqtt_connack_name(4, 4), "bad-user-name-or-password");
	assert_null(ward_netmqtt_connack_name(4, 6));
	assert_null(ward_netmqtt_code_name(0xa3));
	assert_true(ward_netmqtt_all(WARD_STR("#")) && ward_netmqtt_all(WARD_STR("+/+/#")));
	assert_true(ward_netmqtt_all(WARD_STR("$share/g/#")));
	assert_false(ward_netmqtt_all(WARD_STR("a/#")) || ward_netmqtt_all(WARD_STR("+")));
	assert_false(ward_netmqtt_all(WARD_STR("$share/g")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_connect),
		cmocka_unit_test(test_connect_5),
		cmocka_unit_test(test_publish),
		cmocka_unit_test(test_alias),
		cmocka_unit_test(test_subscribe),
		cmocka_unit_test(test_many_filters),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_middle),
		cmocka_unit_test(test_reasons),
		cmocka_unit_test(test_prefixes),
		cmocka_unit_test(test_gap),
		cmocka_unit_test(test_probe),
		cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
