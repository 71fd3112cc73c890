/* DNP3 on a connection: frames are made here, with their CRCs. */
#include "sense/net/proto/dnp3/dnp3.h"

#include "bytes.h"
#include "proto_lab.h"
#include "sense/net/proto/dissectors.h"

enum { TO_SERVER, TO_CLIENT, MASTER = 0xc4, OUTSTATION = 0x44 };

static void put_crc(uint8_t *p, size_t len)
{
	unsigned crc = 0;

	for (size_t i = 0; i < len * 8; i++) {
		unsigned bit = (crc ^ (unsigned)p[i / 8] >> i % 8) & 1;

		crc = crc >> 1 ^ (bit ? 0xa6bc : 0);
	}
	crc = ~crc;
	p[len] = (uint8_t)crc;
	p[len + 1] = (uint8_t)(crc >> 8);
}

/* A frame between master 1 and outstation 10; gives its length. */
static size_t make_frame(uint8_t control, struct ward_slice user, uint8_t *ret)
{
	bool master = control & 0x80;
	const uint8_t head[] = {
		5, 0x64, (uint8_t)(5 + user.len), control, master ? 10 : 1, 0, master ? 1 : 10, 0};
	size_t len = WARD_DNP3_HEADER;

	memcpy(ret, head, sizeof(head));
	put_crc(ret, sizeof(head));
	for (size_t off = 0; off < user.len; off += 16) {
		size_t n = user.len - off < 16 ? user.len - off : 16;

		memcpy(ret + len, user.p + off, n);
		put_crc(ret + len, n);
		len += n + 2;
	}
	return len;
}

/* user begins with the transport octet. */
static enum ward_verdict feed(struct proto_lab *l, unsigned side, const char *user)
{
	struct ward_slice s = unhex(user);
	uint8_t bytes[WARD_DNP3_FRAME];
	size_t len = make_frame(side == TO_SERVER ? MASTER : OUTSTATION, s, bytes);

	bytes_free(s);
	return proto_lab_feed(l, side, ward_slice_of(bytes, len), false);
}

static void open_lab(struct proto_lab *l)
{
	proto_lab_open(l, &ward_dissect_dnp3);
	l->trusted = true;
}

static void again(struct proto_lab *l)
{
	proto_lab_again(l, &ward_dissect_dnp3);
	l->trusted = true;
	proto_lab_forget(l);
}

#define RELAY(status) "0c01280100 0500 41 01 64000000 c8000000 " status

struct said {
	const char *user;
	unsigned side;
	const char *what[5];
};

static const struct said messages[] = {
	{"c0 c101 3c0206 3c0306 010200 0005", TO_SERVER,
		{"\"net.dnp3.read\"", "\"dnp3.group\":[60,60,1]", "\"dnp3.start\":[null,null,0]",
			"\"dnp3.stop\":[null,null,5]"}},
	{"c0 c105 " RELAY("00"), TO_SERVER,
		{"\"net.dnp3.direct_operate\"", "\"dnp3.index\":5",
			"\"dnp3.control_code\":\"pulse_on\"", "\"dnp3.trip_close\":\"close\"",
			"\"dnp3.on_ms\":100"}},
	{"c0 c103 29012801000700f6ffffff00 2902170109feff00", TO_SERVER,
		{"\"net.dnp3.select\"", "\"dnp3.value\":[-10,-2]", "\"dnp3.index\":[7,9]"}},
	{"c0 c104 29031701030000c03f00 2904170103000000000000044000", TO_SERVER,
		{"\"dnp3.value\":[1.5,2.5]"}},
	{"c0 c102 50010007 0700", TO_SERVER, {"\"net.dnp3.write\"", "\"dnp3.group\":80"}},
	{"c0 c102 320107010000000000 01", TO_SERVER, {"\"dnp3.time_ms\":1099511627776"}},
	{"c0 c10d", TO_SERVER, {"\"net.dnp3.cold_restart\""}},
	{"c0 c118", TO_SERVER, {"\"net.dnp3.record_current_time\""}},
	{"c0 c112 5a015b010300617070", TO_SERVER,
		{"\"net.dnp3.stop_appl\"", "\"dnp3.application\":\"app\""}},
	{"c0 c119 46035b011e00 1a000400000000000000b60100000000 10000000 0100 0004 0000 612e6263",
		TO_SERVER,
		{"\"net.dnp3.open_file\"", "\"file.name\":\"a.bc\"", "\"file.bytes\":16",
			"\"dnp3.file_mode\":\"read\""}},
	{"c0 c11d 46025b011200 0c00030000000000 00000000 6a6f65 747470", TO_SERVER,
		{"\"net.dnp3.authenticate_file\"", "\"user\":\"joe\"", "\"net.login\"",
			"\"login.cleartext\":true"}},
	{"c0 c120 78015b010600 010000000700", TO_SERVER,
		{"\"net.dnp3.authenticate_req\"", "\"dnp3.auth_user_number\":7"}},
	{"c0 c107 140006", TO_SERVER, {"\"net.dnp3.immed_freeze\""}},
	{"c0 c10b 32020701000000000000 00000000 140006", TO_SERVER,
		{"\"net.dnp3.freeze_at_time\"", "\"dnp3.time_ms\":0"}},
	{"c0 c181 0000 34020701e803", TO_CLIENT, {"\"dnp3.delay_ms\":1000"}},
	{"c0 c181 0000 340107010200", TO_CLIENT, {"\"dnp3.delay_ms\":2000"}},
	{"c0 c181 8201 00fc000000010441426344 00f800000001023132", TO_CLIENT,
		{"\"dnp3.vendor\":\"ABcD\"", "\"dnp3.serial\":\"12\"",
			"\"dnp3.iin\":[\"class_1_events\",\"device_restart\","
			"\"no_func_code_support\"]"}},
	{"c0 f182 1000 02021701 03 81000000000000", TO_CLIENT,
		{"\"net.dnp3.unsolicited_response\"", "\"dnp3.unsolicited\":true",
			"\"dnp3.iin\":\"need_time\""}},
	{"c0 c181 0000 010100000f ffff 1e01000001 0100000000 0100000000", TO_CLIENT,
		{"\"dnp3.group\":[1,30]"}},
	{"c0 c181 0000 46045b010d00 01000000 20000000 0004 0000 05", TO_CLIENT,
		{"\"dnp3.file_handle\":1", "\"dnp3.file_status\":5"}},
	{"c0 c181 0000 46055b010a00 01000000 00000080 6162", TO_CLIENT, {"\"dnp3.file_block\":0"}},
	{"c0 c181 0000 46065b010900 01000000 00000080 00", TO_CLIENT, {"\"dnp3.file_status\":0"}},
	{"c0 c181 0000 46075b011700 1400030001000a0000000000000000000000 0000 616263", TO_CLIENT,
		{"\"file.name\":\"abc\"", "\"file.bytes\":10"}},
	{"c0 c181 0000 46085b010300 782e79", TO_CLIENT, {"\"file.name\":\"x.y\""}},
	{"c0 c181 0000 fa010001 0102", TO_CLIENT, {"\"dnp3.unparsed_bytes\""}},
	{"c0 c181 0000 6e0300 0000 616263", TO_CLIENT, {"\"dnp3.group\":110"}},
};

static void test_messages(void **state)
{
	struct proto_lab l;

	(void)state;
	open_lab(&l);
	for (size_t i = 0; i < WARD_ARRAY_LEN(messages); i++) {
		const struct said *s = &messages[i];

		again(&l);
		if (feed(&l, s->side, s->user) != WARD_VERDICT_OK)
			fail_msg("%s: reason %zu at %zu", s->user, l.d.reason, l.d.off);
		for (size_t k = 0; k < WARD_ARRAY_LEN(s->what) && s->what[k]; k++)
			if (!proto_lab_seen(&l, s->what[k]))
				fail_msg("%s: no %s in %.*s", s->user, s->what[k],
					WARD_STR_ARG(ward_wr_text(&l.out)));
	}
	assert_int_equal(proto_lab_seen(&l, "ttp"), 0);
	proto_lab_close(&l);
}

static void test_reasons(void **state)
{
	static const struct {
		const char *user;
		enum ward_dnp3_reason reason;
	} samples[] = {
		{"c0 c1", WARD_DNP3_APP_SHORT},
		{"c0 c181 00", WARD_DNP3_APP_SHORT},
		{"c0 c163", WARD_DNP3_APP_FUNCTION},
		{"c0 c101 3c02", WARD_DNP3_OBJECT_SHORT},
		{"c0 c101 010200 00", WARD_DNP3_OBJECT_SHORT},
		{"c0 c101 010217 05 0102", WARD_DNP3_OBJECT_SHORT},
		{"c0 c102 500100 0007", WARD_DNP3_OBJECT_SHORT},
		{"c0 c105 0c012801000500 4101", WARD_DNP3_OBJECT_SHORT},
		{"c0 c101 01023c", WARD_DNP3_OBJECT_QUALIFIER},
		{"c0 c101 010270", WARD_DNP3_OBJECT_QUALIFIER},
		{"c0 c101 010200 0500", WARD_DNP3_OBJECT_RANGE},
		{"c0 c119 46035b010400 1a000400", WARD_DNP3_OBJECT_BODY},
	};
	uint8_t bytes[WARD_DNP3_FRAME];
	struct proto_lab l;
	size_t len;

	(void)state;
	open_lab(&l);
	for (size_t i = 0; i < WARD_ARRAY_LEN(samples); i++) {
		again(&l);
		assert_int_equal(feed(&l, TO_SERVER, samples[i].user), WARD_VERDICT_MALFORMED);
		assert_int_equal(l.d.reason, samples[i].reason);
	}
	for (unsigned i = 0; i < 4; i++) { /* the start, the header's CRC, the data's, the length */
		static const enum ward_dnp3_reason reason[] = {WARD_DNP3_LINK_START,
			WARD_DNP3_LINK_CRC, WARD_DNP3_DATA_CRC, WARD_DNP3_LINK_LENGTH};
		static const uint8_t at[] = {1, 8, 13, 2};
		struct ward_slice s = unhex("c0c10d");

		again(&l);
		len = make_frame(MASTER, s, bytes);
		bytes[at[i]] ^= 8;
		if (i == 3)
			put_crc(bytes, 8);
		bytes_free(s);
		if (i == 3)
			bytes[2] = 4, put_crc(bytes, 8);
		assert_int_equal(proto_lab_feed(&l, TO_SERVER, ward_slice_of(bytes, len), false),
			WARD_VERDICT_MALFORMED);
		assert_int_equal(l.d.reason, reason[i]);
	}
	proto_lab_close(&l);
}

static void test_outcomes(void **state)
{
	struct proto_lab l;

	(void)state;
	open_lab(&l);
	(void)feed(&l, TO_SERVER, "c0 c103 " RELAY("00"));
	(void)feed(&l, TO_CLIENT, "c0 c181 0000 " RELAY("00"));
	assert_int_equal(proto_lab_seen(&l, "\"dnp3.outcome\":\"ok\""), 1);
	assert_int_equal(proto_lab_seen(&l, "\"dnp3.status\":\"success\""), 1);
	assert_int_equal(proto_lab_seen(&l, "dnp3.latency_ns"), 1);
	(void)feed(&l, TO_SERVER, "c0 c204 " RELAY("00"));
	(void)feed(&l, TO_CLIENT, "c0 c281 0000 " RELAY("02"));
	assert_int_equal(proto_lab_seen(&l, "\"dnp3.outcome\":\"refused\""), 1);
	assert_int_equal(proto_lab_seen(&l, "\"dnp3.status\":\"no_select\""), 1);
	(void)feed(&l, TO_SERVER, "c0 c30d");
	(void)feed(&l, TO_CLIENT, "c0 c381 0001");
	assert_int_equal(proto_lab_seen(&l, "\"dnp3.outcome\":\"rejected\""), 1);
	(void)feed(&l, TO_CLIENT, "c0 c481 0000");
	assert_int_equal(proto_lab_seen(&l, "\"dnp3.outcome\":\"unrequested\""), 1);
	(void)feed(&l, TO_SERVER, "c0 c500"); /* a confirmation is not answered */
	(void)feed(&l, TO_SERVER, "c0 c60d");
	proto_lab_over(&l, TO_SERVER);
	assert_int_equal(proto_lab_seen(&l, "\"net.dnp3.unanswered\""), 1);
	proto_lab_close(&l);
}

static void test_segments(void **state)
{
	char part[2 * 240 + 3];
	struct proto_lab l;

	(void)state;
	open_lab(&l);
	(void)feed(&l, TO_SERVER, "40 c105 0c01280100");
	(void)feed(&l, TO_SERVER, "81 0500 41 01 64000000 c8000000 00");
	assert_int_equal(proto_lab_seen(&l, "\"dnp3.segments\":2"), 1);
	(void)feed(&l, TO_SERVER, "40 c105 0c01280100");
	(void)feed(&l, TO_SERVER, "82 0500");
	assert_int_equal(proto_lab_seen(&l, "\"dnp3.anomaly\":\"segment-missing\""), 1);
	for (unsigned i = 0; i < 12; i++) {
		(void)snprintf(part, sizeof(part), "%02x", i ? i : 0x40);
		memset(part + 2, '0', sizeof(part) - 3);
		part[sizeof(part) - 1] = 0;
		if (!i)
			memcpy(part + 2, "c1026e01", 8);
		assert_int_equal(feed(&l, TO_SERVER, part), WARD_VERDICT_OK);
	}
	assert_int_equal(feed(&l, TO_SERVER, "8c00"), WARD_VERDICT_OK);
	assert_int_equal(proto_lab_seen(&l, "\"dnp3.anomaly\":\"fragment-too-long\""), 1);
	assert_int_equal(proto_lab_seen(&l, "\"dnp3.anomaly\":\"segment-missing\""), 1);
	proto_lab_close(&l);
}

/* Frames of the link alone; noise, and the next begin after a gap. */
static void test_link(void **state)
{
	uint8_t bytes[WARD_DNP3_FRAME + 4] = {0x05, 0x05, 0x64, 0x00};
	struct proto_lab l;
	size_t len;

	(void)state;
	open_lab(&l);
	len = make_frame(0xc9, ward_slice_of(NULL, 0), bytes);
	assert_int_equal(
		proto_lab_feed(&l, TO_SERVER, ward_slice_of(bytes, len), false), WARD_VERDICT_OK);
	assert_int_equal(proto_lab_seen(&l, "\"dnp3.link_function\":\"request_link_status\""), 1);
	len = make_frame(0x4e, ward_slice_of(NULL, 0), bytes);
	(void)proto_lab_feed(&l, TO_CLIENT, ward_slice_of(bytes, len), false);
	assert_int_equal(proto_lab_seen(&l, "\"dnp3.link_function\":14"), 1);
	assert_true(proto_lab_gap(&l, TO_SERVER, 100));
	memcpy(bytes, "\x05\x05\x64\x00", 4);
	len = 4 + make_frame(0xc0, ward_slice_of(NULL, 0), bytes + 4);
	(void)proto_lab_feed(&l, TO_SERVER, ward_slice_of(bytes, len), false);
	assert_int_equal(proto_lab_seen(&l, "\"dnp3.link_function\":\"reset_link_states\""), 1);
	proto_lab_close(&l);
}

static void test_datagrams(void **state)
{
	uint8_t bytes[2 * WARD_DNP3_FRAME];
	struct ward_slice s = unhex("c0c10d");
	struct proto_lab l;

	(void)state;
	proto_lab_open(&l, &ward_dissect_dnp3_udp);
	l.trusted = true;
	size_t len = make_frame(MASTER, s, bytes);

	len += make_frame(MASTER, s, bytes + len);
	assert_int_equal(
		proto_lab_feed(&l, TO_SERVER, ward_slice_of(bytes, len), false), WARD_VERDICT_OK);
	assert_int_equal(proto_lab_seen(&l, "\"net.dnp3.cold_restart\""), 2);
	assert_int_equal(proto_lab_feed(&l, TO_SERVER, ward_slice_of(bytes, len - 1), false),
		WARD_VERDICT_MALFORMED);
	assert_int_equal(l.d.reason, WARD_DNP3_LINK_SHORT);
	bytes[len / 2] = 0;
	assert_int_equal(proto_lab_feed(&l, TO_SERVER, ward_slice_of(bytes, len), false),
		WARD_VERDICT_MALFORMED);
	assert_int_equal(l.d.reason, WARD_DNP3_LINK_START);
	l.partial = true;
	assert_int_equal(
		proto_lab_feed(&l, TO_SERVER, ward_slice_of(bytes, 12), false), WARD_VERDICT_MORE);
	bytes_free(s);
	proto_lab_close(&l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_messages),
		cmocka_unit_test(test_reasons),
		cmocka_unit_test(test_outcomes),
		cmocka_unit_test(test_segments),
		cmocka_unit_test(test_link),
		cmocka_unit_test(test_datagrams),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
