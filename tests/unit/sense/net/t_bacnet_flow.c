/* BACnet on a connection: services with their fields, answers joined with requests, segments. */
#include "sense/bacnet/bacnet.h"

#include "bytes.h"
#include "proto_lab.h"
#include "sense/net/proto/dissectors.h"

enum { TO_SERVER, TO_CLIENT };

/* An NPDU without addresses around the APDU, or BVLC's own message. */
static enum ward_verdict apdu(struct proto_lab *l, unsigned side, const char *hex)
{
	struct ward_slice s = unhex(hex);
	uint8_t bytes[2048] = {0x81, 0x0a, 0, 0, 1, 0};
	size_t len = 6 + s.len;

	assert_true(len <= sizeof(bytes));
	bytes[2] = (uint8_t)(len >> 8);
	bytes[3] = (uint8_t)len;
	memcpy(bytes + 6, s.p, s.len);
	bytes_free(s);
	return proto_lab_feed(l, side, ward_slice_of(bytes, len), false);
}

static enum ward_verdict datagram(struct proto_lab *l, const char *hex)
{
	struct ward_slice s = unhex(hex);
	enum ward_verdict v = proto_lab_feed(l, TO_SERVER, s, false);

	bytes_free(s);
	return v;
}

static void open_lab(struct proto_lab *l)
{
	proto_lab_open(l, &ward_dissect_bacnet);
	l->trusted = true;
}

struct said {
	const char *apdu;
	const char *what[6]; /* in the events */
};

static const struct said services[] = {
	{"00050100 0912 1c01000005 2902 3e19013f 4c00616263 5e19025f",
		{"\"net.bacnet.acknowledge_alarm\"", "\"bacnet.event_state\":\"offnormal\"",
			"\"user\":\"abc\"", "\"bacnet.object_type\":\"binary-output\""}},
	{"1003 0901 1c02000001 2c00000001 3e19013f 4901 5964 6901 7b006f6b 8900 9901 a900 b901 "
	 "ce1900cf",
		{"\"net.bacnet.unconfirmed_event_notification\"",
			"\"bacnet.event_type\":\"change-of-state\"", "\"bacnet.text_bytes\":2",
			"\"bacnet.ack_required\":true", "\"bacnet.from_state\":\"normal\"",
			"\"bacnet.event_state\":\"fault\""}},
	{"300103 c400000001 9102 8205e0 c400000002 91f0 8205e0",
		{"\"bacnet.value\":[\"offnormal\",240]", "\"bacnet.object_instance\":[1,2]"}},
	{"00050104 0900 1e195f1f", {"\"bacnet.acknowledgment_filter\":\"all\""}},
	{"00050106 c402800000 0e 3100 2201b8 0f",
		{"\"net.bacnet.atomic_read_file\"", "\"bacnet.file_position\":0",
			"\"bacnet.requested_count\":440"}},
	{"300106 11 0e 3100 63010203 0f",
		{"\"bacnet.end_of_file\":true", "\"bacnet.data_bytes\":3"}},
	{"00050107 c402800000 0e 31ff 63010203 0f",
		{"\"net.bacnet.atomic_write_file\"", "\"bacnet.file_position\":-1",
			"\"bacnet.object_type\":\"file\""}},
	{"00050107 c402800000 1e 3100 2102 61aa 61bb 1f",
		{"\"bacnet.record_access\":true", "\"bacnet.requested_count\":2",
			"\"bacnet.data_bytes\":2"}},
	{"300107 0905", {"\"bacnet.file_position\":5"}},
	{"300107 1905", {"\"bacnet.record_access\":true"}},
	{"00050108 0c03c00001 1966 3e21013f",
		{"\"net.bacnet.add_list_element\"", "\"bacnet.property\":\"recipient-list\"",
			"\"bacnet.value\":1"}},
	{"0005010a 0e 0902 0f 1e 0955 2e21052f 3908 1f",
		{"\"net.bacnet.create_object\"", "\"bacnet.object_type\":[\"analog-value\",null]",
			"\"bacnet.value\":[null,5]"}},
	{"0005010a 0e 1c00000001 0f", {"\"bacnet.object_instance\":1"}},
	{"30010a c400000001", {"\"bacnet.object_type\":\"analog-input\""}},
	{"0005010b c400000001", {"\"net.bacnet.delete_object\"", "\"bacnet.object_instance\":1"}},
	{"300112 0905 1901", {"\"bacnet.private_service\":1", "\"bacnet.vendor_id\":5"}},
	{"00050113 0c02000005 1e09031f 2901 3b006f6b",
		{"\"net.bacnet.confirmed_text_message\"", "\"bacnet.message_class\":3",
			"\"bacnet.message_priority\":\"urgent\"", "\"bacnet.text_bytes\":2"}},
	{"00050115 9101 2105", {"\"bacnet.vt_class\":\"ansi-x3-64\"", "\"bacnet.vt_session\":5"}},
	{"300115 2107", {"\"bacnet.vt_session\":7"}},
	{"00050116 211d", {"\"net.bacnet.vt_close\"", "\"bacnet.vt_session\":29"}},
	{"00050117 2105 624142 2100", {"\"bacnet.data_bytes\":2"}},
	{"0005011a 0c05000002 1983 3e 2101 310a 3f",
		{"\"bacnet.range_index\":1", "\"bacnet.requested_count\":10",
			"\"bacnet.property\":\"log-buffer\""}},
	{"0005011a 0c05000002 1983 7e a471060301 b4030f352f 310a 7f",
		{"\"net.bacnet.read_range\""}},
	{"30011a 0c05000002 1983 3a05e0 4901 5e21075f 6905",
		{"\"bacnet.item_count\":1", "\"bacnet.first_sequence\":5"}},
	{"0005011b 0912 1c004d444c 2904 3c05400001",
		{"\"bacnet.life_safety_operation\":\"reset\"", "\"user\":\"MDL\"",
			"\"bacnet.object_type\":\"life-safety-point\""}},
	{"0005011c 0912 1c0000000a 2901 393c 4e09554f 5c3f800000",
		{"\"net.bacnet.subscribe_cov_property\"", "\"bacnet.confirmed\":true",
			"\"bacnet.duration\":60", "\"bacnet.property\":\"present-value\""}},
	{"0005011d 0c00000001", {"\"net.bacnet.get_event_information\""}},
	{"30011d 0e 0c00000001 1902 2a05e0 3e19013f 4900 5a05e0 6e21016f 0f 1900",
		{"\"bacnet.value\":\"offnormal\"", "\"bacnet.more_events\":false"}},
	{"0005011e 0912 1901 293c 3905 4e 0c0000000a 1e 0e09550f 1c3f800000 2901 1f 4f",
		{"\"net.bacnet.subscribe_cov_property_multiple\"", "\"bacnet.process_id\":18",
			"\"bacnet.property\":\"present-value\""}},
	{"100b 0912 1c02000004 2927 3ea471060301b4030f352f3f 4e 0c00000000 1e 0955 2e21012f 1f 4f",
		{"\"net.bacnet.unconfirmed_cov_notification_multiple\"", "\"bacnet.value\":1",
			"\"bacnet.device_instance\":4"}},
	{"100a 0917 1908 2e 0901 0e21050f 2f 3900",
		{"\"net.bacnet.write_group\"", "\"bacnet.group\":23",
			"\"bacnet.group_priority\":8"}},
	{"100d 22022b 73004d31 73005331",
		{"\"net.bacnet.who_am_i\"", "\"bacnet.vendor_id\":555", "\"bacnet.model\":\"M1\"",
			"\"bacnet.serial\":\"S1\""}},
	{"100e 22022b 73004d31 73005331 c402000003 610a",
		{"\"net.bacnet.you_are\"", "\"bacnet.device_instance\":3"}},
};

static void test_services(void **state)
{
	struct proto_lab l;

	(void)state;
	open_lab(&l);
	for (size_t i = 0; i < WARD_ARRAY_LEN(services); i++) {
		const struct said *s = &services[i];

		proto_lab_forget(&l);
		if (apdu(&l, TO_SERVER, s->apdu) != WARD_VERDICT_OK)
			fail_msg("%s: reason %zu at %zu", s->apdu, l.d.reason, l.d.off);
		for (size_t k = 0; k < WARD_ARRAY_LEN(s->what) && s->what[k]; k++)
			if (!proto_lab_seen(&l, s->what[k]))
				fail_msg("%s: no %s in %.*s", s->apdu, s->what[k],
					WARD_STR_ARG(ward_wr_text(&l.out)));
		assert_int_equal(proto_lab_seen(&l, "unparsed_bytes"), 0);
	}
	proto_lab_close(&l);
}

/* Cut anywhere: a reason, or what was left out is optional; never more than there is. */
static void test_cut(void **state)
{
	static uint8_t buf[4096];

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(services); i++) {
		struct ward_slice s = unhex(services[i].apdu);

		for (size_t len = 0; len < s.len; len++) {
			uint8_t *exact = malloc(len ? len : 1);
			struct ward_wr text = ward_wr_fixed(buf, sizeof(buf));
			struct ward_bacnet m;

			assert_non_null(exact);
			memcpy(exact, s.p, len);
			bool ok = ward_bacnet_apdu(ward_slice_of(exact, len), &text, &m);

			assert_true(ok == (m.reason == WARD_BACNET_REASON_N) && m.off <= len);
			free(exact);
		}
		bytes_free(s);
	}
}

static void test_bvlc(void **state)
{
	struct proto_lab l;

	(void)state;
	open_lab(&l);
	assert_int_equal(datagram(&l, "8101000e 0a000001bac0ffffff00"), WARD_VERDICT_OK);
	assert_int_equal(proto_lab_seen(&l, "\"bacnet.table_ip\":\"10.0.0.1\""), 1);
	assert_int_equal(proto_lab_seen(&l, "\"bacnet.table_mask\":\"255.255.255.0\""), 1);
	assert_int_equal(datagram(&l, "81070018 0a000002bac0003c001e 0a000003bac000780002"),
		WARD_VERDICT_OK);
	assert_int_equal(proto_lab_seen(&l, "\"bacnet.table_ttl_s\":[60,120]"), 1);
	assert_int_equal(proto_lab_seen(&l, "\"bacnet.table_left_s\":[30,2]"), 1);
	assert_int_equal(datagram(&l, "8108000a 0a000002bac0"), WARD_VERDICT_OK);
	assert_int_equal(proto_lab_seen(&l, "\"net.bacnet.delete_foreign_device_table_entry\""), 1);
	assert_int_equal(datagram(&l, "81000006 0030"), WARD_VERDICT_OK);
	assert_int_equal(proto_lab_seen(&l, "\"bacnet.outcome\":\"failed\""), 1);
	assert_int_equal(datagram(&l, "81000006 0000"), WARD_VERDICT_OK);
	assert_int_equal(proto_lab_seen(&l, "\"bacnet.outcome\":\"ok\""), 1);
	assert_int_equal(datagram(&l, "810c0008 01020304"), WARD_VERDICT_OK);
	assert_int_equal(proto_lab_seen(&l, "\"net.bacnet.secure_bvll\""), 1);
	proto_lab_close(&l);
}

#define READ(invoke) "0005" invoke "0c 0c00000005 1955"
#define READ_OTHER(invoke) "0005" invoke "0c 0c00000006 1955"

static void test_outcomes(void **state)
{
	static const struct {
		const char *answer, *outcome;
	} samples[] = {
		{"20010c", "ok"},
		{"30010c 0c00000005 1955 3e44000000003f", "ok"},
		{"50010c 9101 911f", "error"},
		{"600109", "rejected"},
		{"710104", "aborted"},
	};
	struct proto_lab l;

	(void)state;
	open_lab(&l);
	for (size_t i = 0; i < WARD_ARRAY_LEN(samples); i++) {
		char what[64];

		assert_int_equal(apdu(&l, TO_SERVER, READ("01")), WARD_VERDICT_OK);
		proto_lab_forget(&l);
		assert_int_equal(apdu(&l, TO_CLIENT, samples[i].answer), WARD_VERDICT_OK);
		(void)snprintf(what, sizeof(what), "\"bacnet.outcome\":\"%s\"", samples[i].outcome);
		assert_int_equal(proto_lab_seen(&l, what), 1);
		assert_int_equal(proto_lab_seen(&l, "bacnet.latency_ns"), 1);
		assert_int_equal(proto_lab_seen(&l, "\"bacnet.object_instance\":5"), 1);
		assert_int_equal(proto_lab_seen(&l, "\"bacnet.service\":\"read-property\""), 1);
	}
	proto_lab_forget(&l);
	assert_int_equal(apdu(&l, TO_CLIENT, "20010c"), WARD_VERDICT_OK);
	assert_int_equal(proto_lab_seen(&l, "\"bacnet.outcome\":\"unrequested\""), 1);
	/* The client's own abort. */
	assert_int_equal(apdu(&l, TO_SERVER, READ("02")), WARD_VERDICT_OK);
	assert_int_equal(apdu(&l, TO_SERVER, "700200"), WARD_VERDICT_OK);
	assert_int_equal(proto_lab_seen(&l, "\"bacnet.outcome\":\"aborted\""), 1);
	proto_lab_forget(&l);
	proto_lab_over(&l, TO_SERVER);
	assert_int_equal(proto_lab_seen(&l, "unanswered"), 0);
	proto_lab_close(&l);
}

static void test_unanswered(void **state)
{
	struct proto_lab l;
	char hex[64];

	(void)state;
	open_lab(&l);
	assert_int_equal(apdu(&l, TO_SERVER, READ("01")), WARD_VERDICT_OK);
	assert_int_equal(apdu(&l, TO_SERVER, READ("01")), WARD_VERDICT_OK);
	assert_int_equal(proto_lab_seen(&l, "\"bacnet.anomaly\":\"repeated\""), 1);
	assert_int_equal(apdu(&l, TO_SERVER, READ_OTHER("01")), WARD_VERDICT_OK);
	assert_int_equal(proto_lab_seen(&l, "\"net.bacnet.unanswered\""), 1);
	for (unsigned i = 2; i <= 65; i++) {
		(void)snprintf(hex, sizeof(hex), "0005%02x0c 0c00000005 1955", i);
		assert_int_equal(apdu(&l, TO_SERVER, hex), WARD_VERDICT_OK);
	}
	assert_int_equal(proto_lab_seen(&l, "\"net.bacnet.unanswered\""), 2);
	proto_lab_over(&l, TO_SERVER);
	assert_int_equal(proto_lab_seen(&l, "\"net.bacnet.unanswered\""), 66);
	proto_lab_close(&l);
}

static void test_password(void **state)
{
	static const char ask[] = "00050114 0900 1d0700736563726574";
	struct proto_lab l;

	(void)state;
	open_lab(&l);
	(void)apdu(&l, TO_SERVER, ask);
	(void)apdu(&l, TO_CLIENT, "200114");
	assert_int_equal(proto_lab_seen(&l, "\"login.outcome\":\"ok\""), 1);
	(void)apdu(&l, TO_SERVER, ask);
	(void)apdu(&l, TO_CLIENT, "500114 9104 911a");
	assert_int_equal(proto_lab_seen(&l, "\"login.outcome\":\"failed\""), 1);
	(void)apdu(&l, TO_SERVER, ask);
	proto_lab_over(&l, TO_SERVER);
	assert_int_equal(proto_lab_seen(&l, "\"login.outcome\":\"unknown\""), 1);
	assert_int_equal(proto_lab_seen(&l, "secret"), 0);
	proto_lab_close(&l);
}

#define ASK_LIST "02455d0c 0c020000fe 194c"
#define PART_0 "3c5d00030c 0c020000fe 194c 3e c400000001"
#define PART_1 "3c5d01030c c400000002"
#define PART_2 "385d02030c c400000003 3f"

static void test_segments(void **state)
{
	struct proto_lab l;

	(void)state;
	open_lab(&l);
	(void)apdu(&l, TO_SERVER, ASK_LIST);
	proto_lab_forget(&l);
	(void)apdu(&l, TO_CLIENT, PART_0);
	(void)apdu(&l, TO_CLIENT, PART_0); /* again */
	(void)apdu(&l, TO_CLIENT, PART_2); /* before its turn */
	(void)apdu(&l, TO_CLIENT, PART_1);
	assert_int_equal(proto_lab_seen(&l, "\"class\""), 0);
	assert_int_equal(apdu(&l, TO_CLIENT, PART_2), WARD_VERDICT_OK);
	assert_int_equal(proto_lab_seen(&l, "\"bacnet.segments\":3"), 1);
	assert_int_equal(proto_lab_seen(&l, "\"bacnet.outcome\":\"ok\""), 1);
	assert_int_equal(proto_lab_seen(&l, "analog-input,1 analog-input,2 analog-input,3"), 1);
	assert_int_equal(apdu(&l, TO_SERVER, "405d0203"), WARD_VERDICT_OK);
	assert_int_equal(proto_lab_seen(&l, "\"net.bacnet.segment_ack\""), 1);
	proto_lab_close(&l);
}

static void test_segments_missing(void **state)
{
	struct proto_lab l;

	(void)state;
	open_lab(&l);
	(void)apdu(&l, TO_CLIENT, PART_1); /* the first never came */
	(void)apdu(&l, TO_CLIENT, PART_2);
	assert_int_equal(proto_lab_seen(&l, "\"bacnet.anomaly\":\"segment-missing\""), 1);
	(void)apdu(&l, TO_CLIENT, PART_0);
	(void)apdu(&l, TO_CLIENT, "3c5e00030c 0c020000fe"); /* another comes before its end */
	assert_int_equal(proto_lab_seen(&l, "\"bacnet.anomaly\":\"segment-missing\""), 2);
	proto_lab_over(&l, TO_SERVER); /* and ends never */
	assert_int_equal(proto_lab_seen(&l, "\"bacnet.anomaly\":\"segment-missing\""), 3);
	/* An abort says so itself. */
	(void)apdu(&l, TO_CLIENT, PART_0);
	(void)apdu(&l, TO_CLIENT, "715d04");
	proto_lab_over(&l, TO_SERVER);
	assert_int_equal(proto_lab_seen(&l, "\"bacnet.anomaly\":\"segment-missing\""), 3);
	/* The begin again, after the window. */
	(void)apdu(&l, TO_SERVER, "0c455d00010f 0102");
	(void)apdu(&l, TO_SERVER, "0c455d01010f 0102");
	(void)apdu(&l, TO_SERVER, "0c455d00010f 0102");
	assert_int_equal(proto_lab_seen(&l, "\"bacnet.anomaly\":\"segment-missing\""), 4);
	proto_lab_close(&l);
}

static void test_segments_wrong(void **state)
{
	char part[2 * 1400 + 16];
	struct proto_lab l;

	(void)state;
	open_lab(&l);
	/* Put together it is no ReadProperty. */
	(void)apdu(&l, TO_SERVER, "0c455d00030c 0c00");
	assert_int_equal(apdu(&l, TO_SERVER, "08455d01030c 0000050600"), WARD_VERDICT_MALFORMED);
	assert_int_equal(l.d.reason, WARD_BACNET_TAG_INVALID);
	for (unsigned i = 0; i < 4; i++) {
		int n = snprintf(part, sizeof(part), "%s5d%02x0307", i < 3 ? "0c45" : "0845", i);

		memset(part + n, '0', 2 * 1400);
		part[n + 2 * 1400] = 0;
		assert_int_equal(apdu(&l, TO_SERVER, part), WARD_VERDICT_OK);
	}
	assert_int_equal(proto_lab_seen(&l, "\"bacnet.anomaly\":\"segments-too-long\""), 1);
	proto_lab_close(&l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_services),
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_bvlc),
		cmocka_unit_test(test_outcomes),
		cmocka_unit_test(test_unanswered),
		cmocka_unit_test(test_password),
		cmocka_unit_test(test_segments),
		cmocka_unit_test(test_segments_missing),
		cmocka_unit_test(test_segments_wrong),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
