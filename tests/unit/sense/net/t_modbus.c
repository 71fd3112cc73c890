#include "sense/net/proto/modbus/modbus.h"

#include "bytes.h"
#include "proto_lab.h"
#include "sense/net/proto/dissectors.h"

/* header with transaction 7 and the length, unit 1 */
#define HEAD(len) "0007 0000 " len " 01 "

struct sample {
	const char *hex;
	bool response;
	enum ward_modbus_reason reason; /* REASON_N: valid */
	size_t off;
};

static const struct sample good[] = {
	{HEAD("0006") "01 0013 0013", .response = false},
	{HEAD("0006") "01 03 cd6b05", .response = true},
	{HEAD("0006") "02 00c4 0016", .response = false},
	{HEAD("0006") "03 006b 0003", .response = false},
	{HEAD("0009") "03 06 022b00000064", .response = true},
	{HEAD("0006") "04 0008 0001", .response = false},
	{HEAD("0006") "05 00ac ff00", .response = false},
	{HEAD("0006") "05 00ac ff00", .response = true},
	{HEAD("0006") "06 0001 0003", .response = false},
	{HEAD("0002") "07", .response = false},
	{HEAD("0003") "07 6d", .response = true},
	{HEAD("0006") "08 0000 a537", .response = false},
	{HEAD("0002") "0b", .response = false},
	{HEAD("0006") "0b ffff 0108", .response = true},
	{HEAD("0002") "0c", .response = false},
	{HEAD("000b") "0c 08 0000 0108 0121 20 00", .response = true},
	{HEAD("0009") "0f 0013 000a 02 cd01", .response = false},
	{HEAD("0006") "0f 0013 000a", .response = true},
	{HEAD("000b") "10 0001 0002 04 000a0102", .response = false},
	{HEAD("0006") "10 0001 0002", .response = true},
	{HEAD("0002") "11", .response = false},
	{HEAD("0006") "11 03 09ff41", .response = true},
	{HEAD("0011") "14 0e 06000400010002 06000300090002", .response = false},
	{HEAD("000f") "14 0c 05060dfe0020 050633cd0040", .response = true},
	{HEAD("0010") "15 0d 06000400070003 06af04be100d", .response = false},
	{HEAD("0008") "16 0004 00f2 0025", .response = false},
	{HEAD("0011") "17 0003 0006 000e 0003 06 00ff00ff00ff", .response = false},
	{HEAD("0009") "17 06 00fe0acd0001", .response = true},
	{HEAD("0004") "18 04de", .response = false},
	{HEAD("000a") "18 0006 0002 01b8 1284", .response = true},
	{HEAD("0005") "2b 0e 01 00", .response = false},
	{HEAD("0012") "2b 0e 01 01 00 00 02 00 0341424d 01 03434f4d", .response = true},
	{HEAD("0003") "83 02", .response = true},
};

static bool parse_exact(struct ward_slice s, size_t len, bool response, struct ward_modbus *m)
{
	uint8_t *copy = malloc(len ? len : 1);

	assert_non_null(copy);
	memcpy(copy, s.p, len);
	bool ok = ward_modbus_parse(ward_slice_of(copy, len), response, m);

	free(copy);
	return ok;
}

static bool parse_hex(const char *hex, bool response, struct ward_modbus *m)
{
	struct ward_slice s = unhex(hex);
	bool ok = ward_modbus_parse(s, response, m);

	bytes_free(s);
	return ok;
}

/* Every prefix lacks something; with the length made to fit, it has a reason. */
static void test_prefixes(void **state)
{
	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(good); i++) {
		struct ward_slice s = unhex(good[i].hex);
		uint8_t *p = (uint8_t *)(uintptr_t)s.p;
		struct ward_modbus m;

		assert_true(parse_exact(s, s.len, good[i].response, &m));
		assert_int_equal(m.size, s.len);
		for (size_t cut = 0; cut < s.len; cut++) {
			assert_int_equal(
				ward_modbus_frame(ward_slice_of(s.p, cut), &m), WARD_MODBUS_MORE);
			assert_true(m.size == 0 || m.size == s.len);
			assert_false(parse_exact(s, cut, good[i].response, &m));
			assert_int_equal(m.reason, WARD_MODBUS_MBAP_SHORT);
		}
		for (size_t cut = 8; cut < s.len; cut++) {
			p[5] = (uint8_t)(cut - 6);
			/* Data of diagnostics may have any length. */
			if (!parse_exact(s, cut, good[i].response, &m))
				assert_true(m.reason < WARD_MODBUS_REASON_N && m.off <= cut);
			else
				assert_int_equal(m.function, WARD_MODBUS_F_DIAGNOSTICS);
		}
		bytes_free(s);
	}
}

static void test_bytes_turned(void **state)
{
	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(good); i++) {
		struct ward_slice s = unhex(good[i].hex);
		uint8_t *p = (uint8_t *)(uintptr_t)s.p;
		struct ward_modbus m;

		for (size_t at = 0; at < s.len; at++)
			for (unsigned v = 0; v < 256; v++) {
				uint8_t was = p[at];

				p[at] = (uint8_t)v;
				bool ok = parse_exact(s, s.len, good[i].response, &m);

				assert_true(ok == (m.reason == WARD_MODBUS_REASON_N));
				assert_true(m.off <= s.len);
				p[at] = was;
			}
		bytes_free(s);
	}
}

static void test_reasons(void **state)
{
	static const struct sample samples[] = {
		{"0007", false, WARD_MODBUS_MBAP_SHORT, 2},
		{"0007 0001 0002 01 11", false, WARD_MODBUS_MBAP_PROTOCOL, 2},
		{HEAD("0001") "11", false, WARD_MODBUS_MBAP_LENGTH, 4},
		{HEAD("00ff") "11", false, WARD_MODBUS_MBAP_LENGTH, 4},
		{HEAD("0002") "00", false, WARD_MODBUS_FUNCTION, 7},
		{HEAD("0003") "83 02", false, WARD_MODBUS_FUNCTION, 7},
		{HEAD("0004") "03 0000", false, WARD_MODBUS_BODY_SHORT, 10},
		{HEAD("0002") "83", true, WARD_MODBUS_BODY_SHORT, 8},
		{HEAD("0003") "11 00", false, WARD_MODBUS_BODY_LONG, 8},
		{HEAD("0006") "03 0000 0000", false, WARD_MODBUS_COUNT, 10},
		{HEAD("0006") "03 0000 007e", false, WARD_MODBUS_COUNT, 10},
		{HEAD("0006") "01 0000 07d1", false, WARD_MODBUS_COUNT, 10},
		{HEAD("0008") "18 0004 0002 0000", true, WARD_MODBUS_COUNT, 10},
		{HEAD("0009") "10 0001 0001 04 0000", false, WARD_MODBUS_BYTE_COUNT, 12},
		{HEAD("0006") "03 03 000000", true, WARD_MODBUS_BYTE_COUNT, 8},
		{HEAD("0006") "01 04 000000", true, WARD_MODBUS_BYTE_COUNT, 8},
		{HEAD("0006") "18 0004 0001", true, WARD_MODBUS_BYTE_COUNT, 8},
		{HEAD("0006") "05 0001 ff01", false, WARD_MODBUS_VALUE, 10},
		{HEAD("000a") "14 07 05000400010002", false, WARD_MODBUS_FILE_REFERENCE, 9},
		{HEAD("0005") "14 02 0105", true, WARD_MODBUS_FILE_REFERENCE, 10},
		{HEAD("0005") "2b 0e 05 00", false, WARD_MODBUS_IDENTIFICATION, 9},
		{HEAD("0008") "2b 0e 01 01 01 00 00", true, WARD_MODBUS_IDENTIFICATION, 9},
	};
	bool met[WARD_MODBUS_REASON_N] = {false};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(samples); i++) {
		struct ward_modbus m;

		assert_false(parse_hex(samples[i].hex, samples[i].response, &m));
		assert_int_equal(m.reason, samples[i].reason);
		assert_int_equal(m.off, samples[i].off);
		met[m.reason] = true;
	}
	for (size_t i = 0; i < WARD_MODBUS_REASON_N; i++)
		assert_true(met[i]);
}

static void test_writes(void **state)
{
	struct ward_modbus m;

	(void)state;
	assert_true(parse_hex(HEAD("0009") "0f 0013 000a 02 cd01", false, &m));
	assert_int_equal(m.n_value, 10);
	assert_int_equal(m.value[0], 1);
	assert_int_equal(m.value[1], 0);
	assert_int_equal(m.value[8], 1);
	assert_true(parse_hex(HEAD("000b") "10 0001 0002 04 000a0102", false, &m));
	assert_int_equal(m.n_value, 2);
	assert_int_equal(m.value[1], 0x102);
	assert_true(parse_hex(HEAD("0011") "17 0003 0006 000e 0003 06 00ff00ff00ff", false, &m));
	assert_int_equal(m.address.v, 3);
	assert_int_equal(m.write_address.v, 14);
	assert_int_equal(m.write_count.v, 3);
}

/* More coils than are kept: the rest is counted. */
static void test_many_coils(void **state)
{
	uint8_t bytes[260] = {0, 7, 0, 0, 0, 253, 1, 15, 0, 0, 1968 >> 8, 1968 & 255, 246};
	struct ward_modbus m;

	(void)state;
	assert_true(ward_modbus_parse(ward_slice_of(bytes, 259), false, &m));
	assert_int_equal(m.n_value, WARD_MODBUS_VALUES);
	assert_int_equal(m.n_value_seen, 1968);
}

enum { TO_SERVER, TO_CLIENT };

static struct proto_lab lab;

static int setup(void **state)
{
	(void)state;
	proto_lab_open(&lab, &ward_dissect_modbus);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	proto_lab_close(&lab);
	return 0;
}

static enum ward_verdict feed(unsigned side, const char *hex)
{
	struct ward_slice s = unhex(hex);
	enum ward_verdict v = proto_lab_feed(&lab, side, s, false);

	bytes_free(s);
	return v;
}

static bool said(const char *what)
{
	return proto_lab_seen(&lab, what);
}

static void test_joined(void **state)
{
	(void)state;
	assert_int_equal(feed(TO_SERVER, HEAD("0006") "03 006b 0003"), WARD_VERDICT_OK);
	assert_true(said("net.modbus.read_holding_registers"));
	proto_lab_forget(&lab);
	assert_int_equal(feed(TO_CLIENT, HEAD("0009") "03 06 022b00000064"), WARD_VERDICT_OK);
	assert_true(said("net.modbus.ack") && said("\"modbus.address\":107"));
	assert_true(said("\"modbus.outcome\":\"ok\"") && !said("anomaly"));
	proto_lab_forget(&lab);
	assert_int_equal(feed(TO_CLIENT, HEAD("0003") "83 02"), WARD_VERDICT_OK);
	assert_true(said("net.modbus.exception") && said("illegal-data-address"));
	assert_true(said("\"modbus.outcome\":\"unrequested\""));
}

static void test_anomalies(void **state)
{
	static const struct {
		const char *request, *response, *says;
	} row[] = {
		{HEAD("0006") "03 006b 0003", HEAD("0005") "03 02 0000", "count-differs"},
		{HEAD("0006") "01 006b 0009", HEAD("0004") "01 01 00", "count-differs"},
		{HEAD("0006") "01 006b 0009", HEAD("0003") "81 06", "exception"},
		{HEAD("0006") "06 0001 0003", HEAD("0006") "06 0002 0003", "address-differs"},
		{HEAD("0002") "07", HEAD("0006") "0b 0000 0000", "function-differs"},
		{HEAD("0002") "07", "0007 0000 0003 02 07 00", "unit-differs"},
	};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(row); i++) {
		proto_lab_forget(&lab);
		assert_int_equal(feed(TO_SERVER, row[i].request), WARD_VERDICT_OK);
		assert_int_equal(feed(TO_CLIENT, row[i].response), WARD_VERDICT_OK);
		assert_true(said(row[i].says));
	}
}

/* The table of open transactions is bounded: the oldest is given up, and told. */
static void test_unanswered(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 16; i++)
		assert_int_equal(feed(TO_SERVER, HEAD("0002") "07"), WARD_VERDICT_OK);
	assert_false(said("net.modbus.unanswered"));
	assert_int_equal(feed(TO_SERVER, HEAD("0002") "07"), WARD_VERDICT_OK);
	assert_true(said("net.modbus.unanswered"));
}

/* What is open when the flow ends was never answered, whichever side is said to be the client. */
static void test_over(void **state)
{
	(void)state;
	assert_int_equal(feed(TO_SERVER, HEAD("0002") "07"), WARD_VERDICT_OK);
	assert_int_equal(feed(TO_CLIENT, HEAD("0003") "07 6d"), WARD_VERDICT_OK);
	assert_int_equal(feed(TO_SERVER, HEAD("0006") "01 0013 0013"), WARD_VERDICT_OK);
	proto_lab_forget(&lab);
	proto_lab_over(&lab, TO_CLIENT);
	assert_true(said("net.modbus.unanswered"));
	assert_true(said("\"dst_port\":502"));
	assert_true(said("\"modbus.address\":19"));
	proto_lab_forget(&lab);
	proto_lab_over(&lab, TO_SERVER);
	assert_int_equal(lab.out.len, 0);
}

static void test_identity(void **state)
{
	(void)state;
	assert_int_equal(
		feed(TO_CLIENT, HEAD("0016") "2b 0e 01 01 00 00 03 00 0341424d 01 03434f4d "
					     "02 02310a"),
		WARD_VERDICT_OK);
	assert_true(said("net.modbus.identity") && said("\"modbus.vendor\":\"ABM\""));
	assert_true(said("\"modbus.product\":\"COM\"") && said("\"modbus.revision\":\"1?\""));
}

static void test_pieces(void **state)
{
	struct ward_slice s = unhex(HEAD("0006") "03 006b 0003");

	(void)state;
	for (size_t i = 0; i + 1 < s.len; i++) {
		assert_int_equal(proto_lab_feed(&lab, TO_SERVER, ward_slice_of(s.p + i, 1), false),
			WARD_VERDICT_MORE);
		assert_int_equal(lab.d.need, i + 1 < 6 ? 0 : s.len);
	}
	assert_int_equal(lab.out.len, 0);
	(void)proto_lab_feed(&lab, TO_SERVER, ward_slice_of(s.p + s.len - 1, 1), false);
	assert_true(said("net.modbus.read_holding_registers"));
	bytes_free(s);
}

/* What is malformed inside of a right header is told, and the next message is read. */
static void test_goes_on(void **state)
{
	(void)state;
	assert_int_equal(feed(TO_SERVER, HEAD("0002") "0b"), WARD_VERDICT_OK);
	assert_int_equal(
		feed(TO_SERVER, HEAD("0006") "03 0000 0000" HEAD("0002") "07"), WARD_VERDICT_OK);
	assert_true(said("\"modbus.malformed\":\"net.modbus.reject.count\""));
	assert_true(said("net.modbus.read_exception_status"));
	proto_lab_forget(&lab);
	assert_int_equal(feed(TO_SERVER, "474554202f48"), WARD_VERDICT_MALFORMED);
	assert_int_equal(feed(TO_SERVER, "474554202f48"), WARD_VERDICT_OK);
	assert_int_equal(lab.out.len, 0);
	assert_int_equal(feed(TO_SERVER, HEAD("0002") "07"), WARD_VERDICT_OK);
	assert_true(said("net.modbus.read_exception_status"));
}

static void test_gap(void **state)
{
	(void)state;
	assert_false(proto_lab_gap(&lab, TO_SERVER, 5)); /* it may be anything */
	proto_lab_again(&lab, &ward_dissect_modbus);
	assert_int_equal(feed(TO_SERVER, HEAD("0002") "0b"), WARD_VERDICT_OK);
	proto_lab_forget(&lab);
	assert_true(proto_lab_gap(&lab, TO_SERVER, 5));
	assert_int_equal(feed(TO_SERVER, "0003"), WARD_VERDICT_OK);
	assert_int_equal(lab.out.len, 0);
	assert_int_equal(feed(TO_SERVER, HEAD("0002") "07"), WARD_VERDICT_OK);
	assert_true(said("net.modbus.read_exception_status"));
}

/* On another port only what is surely Modbus. */
static void test_foreign(void **state)
{
	static const char *const hex[] = {"0000000000060000000000000000", HEAD("0003") "41 00"};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(hex); i++) {
		struct ward_slice s = unhex(hex[i]);

		proto_lab_again(&lab, &ward_dissect_modbus);
		lab.trusted = false;
		assert_false(lab.module->probe_stream(s) == WARD_PROBE_YES);
		assert_int_equal(proto_lab_feed(&lab, TO_SERVER, s, false), WARD_VERDICT_FOREIGN);
		bytes_free(s);
	}
	proto_lab_again(&lab, &ward_dissect_modbus);
	assert_int_equal(feed(TO_SERVER, hex[1]), WARD_VERDICT_OK);
	assert_true(said("net.modbus.other"));
}

static enum ward_verdict feed_untrusted(unsigned side, const char *hex)
{
	struct ward_slice s = unhex(hex);
	enum ward_verdict v = proto_lab_feed(&lab, side, s, false);

	bytes_free(s);
	return v;
}

/* There ten bytes are no proof: it takes an answer, or two messages. */
static void test_two_are_sure(void **state)
{
	static const char request[] = HEAD("0006") "03 006b 0003";
	static const char answer[] = HEAD("0009") "03 06 022b 0000 0064";

	(void)state;
	proto_lab_again(&lab, &ward_dissect_modbus);
	lab.trusted = false;
	assert_int_equal(feed_untrusted(TO_SERVER, request), WARD_VERDICT_MORE);
	assert_int_equal(proto_lab_feed(&lab, TO_SERVER, (struct ward_slice){NULL, 0}, true),
		WARD_VERDICT_FOREIGN);
	proto_lab_again(&lab, &ward_dissect_modbus);
	proto_lab_forget(&lab);
	lab.trusted = false;
	assert_int_equal(feed_untrusted(TO_SERVER, request), WARD_VERDICT_MORE);
	assert_int_equal(feed_untrusted(TO_CLIENT, answer), WARD_VERDICT_MORE);
	assert_true(lab.d.other_first);
	assert_int_equal(lab.out.len, 0);
	/* the same bytes again, as the engine hands them over then */
	assert_int_equal(feed_untrusted(TO_SERVER, ""), WARD_VERDICT_OK);
	assert_int_equal(feed_untrusted(TO_CLIENT, ""), WARD_VERDICT_OK);
	assert_true(said("\"modbus.outcome\":\"ok\""));
	/* another's answer, and then a second request */
	proto_lab_again(&lab, &ward_dissect_modbus);
	lab.trusted = false;
	assert_int_equal(feed_untrusted(TO_SERVER, request), WARD_VERDICT_MORE);
	assert_int_equal(feed_untrusted(TO_CLIENT, "0008 0000 0009 01 03 06 022b 0000 0064"),
		WARD_VERDICT_MORE);
	assert_false(lab.d.other_first);
	assert_int_equal(feed_untrusted(TO_SERVER, request), WARD_VERDICT_OK);
}

static void test_datagram(void **state)
{
	static const struct {
		const char *hex;
		enum ward_modbus_reason reason;
	} bad[] = {{HEAD("0006") "03 006b 0003 00", WARD_MODBUS_BODY_LONG},
		{HEAD("0006") "03", WARD_MODBUS_MBAP_SHORT}};

	(void)state;
	proto_lab_again(&lab, &ward_dissect_modbus_udp);
	assert_int_equal(feed(TO_SERVER, HEAD("0006") "03 006b 0003"), WARD_VERDICT_OK);
	for (size_t i = 0; i < WARD_ARRAY_LEN(bad); i++) {
		assert_int_equal(feed(TO_SERVER, bad[i].hex), WARD_VERDICT_MALFORMED);
		assert_int_equal(lab.d.reason, bad[i].reason);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_prefixes),
		cmocka_unit_test(test_bytes_turned),
		cmocka_unit_test(test_reasons),
		cmocka_unit_test(test_writes),
		cmocka_unit_test(test_many_coils),
		cmocka_unit_test_setup_teardown(test_joined, setup, teardown),
		cmocka_unit_test_setup_teardown(test_anomalies, setup, teardown),
		cmocka_unit_test_setup_teardown(test_unanswered, setup, teardown),
		cmocka_unit_test_setup_teardown(test_over, setup, teardown),
		cmocka_unit_test_setup_teardown(test_identity, setup, teardown),
		cmocka_unit_test_setup_teardown(test_pieces, setup, teardown),
		cmocka_unit_test_setup_teardown(test_goes_on, setup, teardown),
		cmocka_unit_test_setup_teardown(test_gap, setup, teardown),
		cmocka_unit_test_setup_teardown(test_foreign, setup, teardown),
		cmocka_unit_test_setup_teardown(test_two_are_sure, setup, teardown),
		cmocka_unit_test_setup_teardown(test_datagram, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
