#include "sense/net/proto/iec104/iec104.h"

#include "bytes.h"
#include "proto_lab.h"
#include "sense/net/proto/dissectors.h"

enum { TO_SERVER, TO_CLIENT };

#define STARTDT "68 04 07000000 "
/* An APDU in I format: length, send number twice itself, ASDU. */
#define I(len, send, asdu) "68 " len " " send " 0000 " asdu
#define COMMAND(cause, state) I("0e", "0000", "2d 01 " cause " 00 0d91 1a2700 " state)

static enum ward_verdict feed(struct proto_lab *l, unsigned side, const char *hex)
{
	struct ward_slice s = unhex(hex);
	enum ward_verdict v = proto_lab_feed(l, side, s, false);

	bytes_free(s);
	return v;
}

static void open_lab(struct proto_lab *l)
{
	proto_lab_open(l, &ward_dissect_iec104);
	l->trusted = true;
}

struct said {
	const char *hex;
	const char *what[5];
};

static const struct said messages[] = {
	{STARTDT, {"\"net.iec104.u\"", "\"iec104.function\":\"startdt_act\""}},
	{"6804 13000000", {"stopdt_act"}},
	{"6804 83000000", {"testfr_con"}},
	{COMMAND("06", "85"),
		{"\"net.iec104.c_sc_na_1\"", "\"iec104.command\":\"on\"", "\"iec104.select\":true",
			"\"iec104.qualifier\":1", "\"iec104.ioa\":10010"}},
	{I("0e", "0000", "2e 01 06 00 0100 010000 01"), {"\"iec104.command\":\"off\""}},
	{I("0e", "0000", "2f 01 06 00 0100 010000 02"), {"\"iec104.command\":\"higher\""}},
	{I("15", "0000", "3b 01 06 00 0100 010000 02 00000000000000"),
		{"\"net.iec104.c_dc_ta_1\"", "\"iec104.command\":\"on\""}},
	{I("10", "0000", "31 01 06 00 0100 010000 feff 00"),
		{"\"iec104.value\":-2", "\"iec104.select\":false"}},
	{I("12", "0000", "32 01 06 00 0100 010000 0000c03f 80"),
		{"\"iec104.value\":1.5", "\"iec104.select\":true"}},
	{I("11", "0000", "33 01 06 00 0100 010000 ff000000"), {"\"iec104.value\":255"}},
	{I("0e", "0000", "64 01 06 00 0100 000000 14"),
		{"\"net.iec104.c_ic_na_1\"", "\"iec104.command\":\"station_interrogation\""}},
	{I("0e", "0000", "65 01 06 00 0100 000000 45"), {"\"iec104.command\":\"freeze\""}},
	{I("0e", "0000", "69 01 06 00 0100 000000 01"),
		{"\"net.iec104.c_rp_na_1\"", "\"iec104.command\":\"general_reset\""}},
	{I("14", "0000", "67 01 06 00 0100 000000 e803 1e 0a 17 0b 1a"),
		{"\"iec104.time\":\"2026-11-23 10:30:01.000\""}},
	{I("0e", "0000", "46 01 04 00 0100 000000 02"), {"\"iec104.command\":\"remote_reset\""}},
	{I("0f", "0000", "01 82 14 00 0100 0a0000 0001"),
		{"\"net.iec104.m_sp_na_1\"", "\"iec104.ioa\":[10,11]",
			"\"iec104.cause\":\"interrogated_station\"", "\"iec104.objects\":2"}},
	{I("12", "0000", "03 02 d4 05 0100 0a0000 01 140000 02"),
		{"\"iec104.ioa\":[10,20]", "\"iec104.negative\":true", "\"iec104.test\":true",
			"\"iec104.originator\":5"}},
	{I("0d", "0000", "66 01 05 00 0100 0a0000"), {"\"net.iec104.c_rd_na_1\""}},
	{I("0e", "0000", "c8 01 15 00 0100 0a0000 07"),
		{"\"net.iec104.other\"", "\"iec104.type\":200", "\"iec104.cause\":21",
			"\"iec104.unparsed_bytes\":4"}},
};

static void test_messages(void **state)
{
	struct proto_lab l;

	(void)state;
	open_lab(&l);
	for (size_t i = 0; i < WARD_ARRAY_LEN(messages); i++) {
		const struct said *s = &messages[i];

		proto_lab_again(&l, &ward_dissect_iec104);
		l.trusted = true;
		proto_lab_forget(&l);
		if (feed(&l, TO_SERVER, s->hex) != WARD_VERDICT_OK)
			fail_msg("%s: reason %zu at %zu", s->hex, l.d.reason, l.d.off);
		for (size_t k = 0; k < WARD_ARRAY_LEN(s->what) && s->what[k]; k++)
			if (!proto_lab_seen(&l, s->what[k]))
				fail_msg("%s: no %s in %.*s", s->hex, s->what[k],
					WARD_STR_ARG(ward_wr_text(&l.out)));
	}
	proto_lab_close(&l);
}

/* Every prefix wants more; a wrong length is seen by the ASDU's size. */
static void test_prefixes(void **state)
{
	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(messages); i++) {
		struct ward_slice s = unhex(messages[i].hex);
		struct ward_iec104 m;

		for (size_t len = 0; len < s.len; len++) {
			uint8_t *exact = malloc(len ? len : 1);

			assert_non_null(exact);
			memcpy(exact, s.p, len);
			assert_int_equal(
				ward_iec104_parse(ward_slice_of(exact, len), &m), WARD_IEC104_MORE);
			assert_true(m.size == 0 || m.size == s.len);
			free(exact);
		}
		bytes_free(s);
	}
}

static void test_reasons(void **state)
{
	static const struct {
		const char *hex;
		enum ward_iec104_reason reason;
		size_t off;
	} samples[] = {
		{"69 04 07000000", WARD_IEC104_APCI_START, 0},
		{"68 03 070000", WARD_IEC104_APCI_LENGTH, 1},
		{"68 fe 07000000", WARD_IEC104_APCI_LENGTH, 1},
		{"68 04 0f000000", WARD_IEC104_APCI_CONTROL, 2},
		{"68 04 07000100", WARD_IEC104_APCI_CONTROL, 2},
		{"68 05 07000000 00", WARD_IEC104_APCI_CONTROL, 2},
		{"68 04 01010000", WARD_IEC104_APCI_CONTROL, 2},
		{"68 04 01000100", WARD_IEC104_APCI_CONTROL, 4},
		{I("08", "0000", "2d 01 06 00"), WARD_IEC104_ASDU_SHORT, 6},
		{I("0e", "0000", "2d 01 00 00 0100 010000 01"), WARD_IEC104_ASDU_CAUSE, 6},
		{I("0e", "0000", "2d 01 30 00 0100 010000 01"), WARD_IEC104_ASDU_CAUSE, 6},
		{I("0e", "0000", "00 01 06 00 0100 010000 01"), WARD_IEC104_ASDU_CAUSE, 6},
		{I("0e", "0000", "2d 02 06 00 0100 010000 01"), WARD_IEC104_ASDU_SIZE, 6},
		{I("0a", "0000", "2d 00 06 00 0100"), WARD_IEC104_ASDU_SIZE, 6},
	};
	bool met[WARD_IEC104_REASON_N] = {false};
	struct proto_lab l;

	(void)state;
	open_lab(&l);
	for (size_t i = 0; i < WARD_ARRAY_LEN(samples); i++) {
		proto_lab_again(&l, &ward_dissect_iec104);
		l.trusted = true;
		assert_int_equal(feed(&l, TO_SERVER, samples[i].hex), WARD_VERDICT_MALFORMED);
		assert_int_equal(l.d.reason, samples[i].reason);
		assert_int_equal(l.d.off, samples[i].off);
		met[samples[i].reason] = true;
	}
	for (size_t i = 0; i < WARD_IEC104_REASON_N; i++)
		assert_true(met[i]);
	proto_lab_close(&l);
}

static void test_outcomes(void **state)
{
	struct proto_lab l;

	(void)state;
	open_lab(&l);
	(void)feed(&l, TO_SERVER, STARTDT COMMAND("06", "81"));
	(void)feed(&l, TO_CLIENT, COMMAND("07", "81"));
	assert_int_equal(proto_lab_seen(&l, "\"iec104.outcome\":\"ok\""), 1);
	assert_int_equal(proto_lab_seen(&l, "iec104.latency_ns"), 1);
	(void)feed(&l, TO_SERVER, COMMAND("06", "01"));
	assert_int_equal(proto_lab_seen(&l, "\"iec104.anomaly\":\"send-sequence\""), 1);
	(void)feed(&l, TO_CLIENT, COMMAND("47", "01"));
	assert_int_equal(proto_lab_seen(&l, "\"iec104.outcome\":\"refused\""), 1);
	(void)feed(&l, TO_SERVER, COMMAND("08", "01"));
	(void)feed(&l, TO_CLIENT, COMMAND("6f", "01"));
	assert_int_equal(proto_lab_seen(&l, "\"iec104.outcome\":\"rejected\""), 1);
	(void)feed(&l, TO_CLIENT, COMMAND("07", "01"));
	assert_int_equal(proto_lab_seen(&l, "\"iec104.outcome\":\"unrequested\""), 1);
	(void)feed(&l, TO_SERVER, COMMAND("06", "01"));
	proto_lab_over(&l, TO_SERVER);
	assert_int_equal(proto_lab_seen(&l, "\"net.iec104.unanswered\""), 1);
	proto_lab_close(&l);
}

/* S format alone says nothing; after a gap a begin is found again. */
static void test_gap(void **state)
{
	struct proto_lab l;

	(void)state;
	open_lab(&l);
	assert_int_equal(feed(&l, TO_SERVER, STARTDT), WARD_VERDICT_OK);
	proto_lab_forget(&l);
	assert_int_equal(feed(&l, TO_SERVER, "68 04 01000200"), WARD_VERDICT_OK);
	assert_int_equal(proto_lab_seen(&l, "\"class\""), 0);
	assert_true(proto_lab_gap(&l, TO_SERVER, 100));
	assert_int_equal(feed(&l, TO_SERVER, "00 00 68 04"), WARD_VERDICT_OK);
	assert_int_equal(feed(&l, TO_SERVER, COMMAND("06", "01")), WARD_VERDICT_OK);
	assert_int_equal(proto_lab_seen(&l, "\"net.iec104.c_sc_na_1\""), 1);
	proto_lab_close(&l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_messages),
		cmocka_unit_test(test_prefixes),
		cmocka_unit_test(test_reasons),
		cmocka_unit_test(test_outcomes),
		cmocka_unit_test(test_gap),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
