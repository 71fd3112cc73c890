#include "sense/net/proto/opcua/opcua.h"

#include "bytes.h"
#include "proto_lab.h"
#include "sense/net/proto/dissectors.h"

enum { TO_SERVER, TO_CLIENT, MOST = 4096 };

#define NONE                                                                                \
	"2f000000 687474703a2f2f6f7063666f756e646174696f6e2e6f72672f55412f5365637572697479" \
	"506f6c696379234e6f6e65 "
#define OTHER_POLICY "04000000 6e657721 "
#define NULLS "ffffffff ffffffff "
/* Channel, token, sequence and request numbers. */
#define SEQ(request) "07000000 01000000 01000000 " request "000000 "
#define TYPE(low, high) "01 00 " low high " "
/* Token, time, handle, diagnostics, audit, timeout, additional header. */
#define ASK "00 00 0000000000000000 01000000 00000000 ffffffff e8030000 00 00 00 "
/* Time, handle, result, diagnostics, strings, additional header. */
#define SAY(result) "0000000000000000 01000000 " result " 00 ffffffff 00 00 00 "
#define GOOD "00000000"

#define ASK_OPEN                                                         \
	"00000000 " NONE NULLS "01000000 01000000 " TYPE("be", "01") ASK \
		"00000000 00000000 01000000 00000000 80ee3600"
#define ASK_LOGIN(request, user) \
	SEQ(request)             \
	TYPE("d3", "01") ASK NULLS "ffffffff ffffffff 01 00 4401 01 " user "ffffffff "
#define URI "03000000 75 3a 61 "

/* A chunk with its header, in a block of the exact size. */
static struct ward_slice chunk(const char *type, char last, const char *hex)
{
	struct ward_slice body = unhex(hex);
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), MOST);
	uint8_t *exact = malloc(body.len + 8);

	assert_non_null(exact);
	ward_wr_z(&w, type);
	ward_wr_ch(&w, last);
	ward_wr_le32(&w, (uint32_t)body.len + 8);
	ward_wr_bytes(&w, body.p, body.len);
	assert_int_equal(w.len, body.len + 8);
	memcpy(exact, w.p, w.len);
	struct ward_slice s = ward_slice_of(exact, w.len);

	ward_wr_fini(&w);
	bytes_free(body);
	return s;
}

static enum ward_verdict feed(
	struct proto_lab *l, unsigned side, const char *type, char last, const char *hex)
{
	struct ward_slice s = chunk(type, last, hex);
	enum ward_verdict v = proto_lab_feed(l, side, s, false);

	bytes_free(s);
	return v;
}

/* A channel without security is open. */
static void again(struct proto_lab *l)
{
	proto_lab_again(l, &ward_dissect_opcua);
	l->trusted = true;
	assert_int_equal(feed(l, TO_SERVER, "OPN", 'F', ASK_OPEN), WARD_VERDICT_OK);
	proto_lab_forget(l);
}

static void open_lab(struct proto_lab *l)
{
	proto_lab_open(l, &ward_dissect_opcua);
	l->trusted = true;
}

static const struct said {
	const char *type, *hex;
	const char *what[6];
} messages[] = {
	{"HEL", "00000000 00000100 00000100 00000000 00000000 04000000 6f70633a",
		{"\"net.opcua.hello\"", "\"opcua.endpoint_url\":\"opc:\""}},
	{"ACK", "00000000 00000100 00000100 00000000 00000000", {"\"net.opcua.acknowledge\""}},
	{"ERR", "00007d80 02000000 6f6b",
		{"\"net.opcua.error\"", "\"opcua.status\":\"BadTcpServerTooBusy\"",
			"\"opcua.error_text\":\"ok\""}},
	{"ERR", "0000ff8f ffffffff", {"\"opcua.status\":\"0x8fff0000\""}},
	{"RHE", URI "04000000 6f70633a",
		{"\"net.opcua.reverse_hello\"", "\"opcua.server_uri\":\"u:a\""}},
	{"OPN", ASK_OPEN,
		{"\"net.opcua.open\"", "\"opcua.security_policy\":\"None\"",
			"\"opcua.security_mode\":\"none\"", "\"opcua.lifetime_ms\":3600000"}},
	{"OPN", "00000000 " OTHER_POLICY "01000000 00 02000000 abcd 0102030405060708",
		{"\"net.opcua.open\"", "\"opcua.security_policy\":\"new!\"",
			"\"opcua.cert.unreadable\":true",
			"\"opcua.receiver_thumbprint\":\"abcd\""}},
	{"CLO", SEQ("02") TYPE("c4", "01") ASK, {"\"opcua.service\":\"CloseSecureChannel\""}},
	/* CreateSession: who the client is */
	{"MSG",
		SEQ("02") TYPE("cd", "01") ASK URI URI
		"02 " URI "01000000 " NULLS "ffffffff ffffffff " URI URI
		"ffffffff ffffffff 0000000000000000 00000000",
		{"\"opcua.application_uri\":\"u:a\"", "\"opcua.application_name\":\"u:a\"",
			"\"opcua.application_type\":\"client\"", "\"opcua.session_name\":\"u:a\"",
			"\"opcua.endpoint_url\":\"u:a\""}},
	/* Write: ns=2;s=Set Value Double 1.5; a GUID with a String[]; a Boolean */
	{"MSG",
		SEQ("03") TYPE("a1", "02") ASK
		"03000000 "
		"03 0200 03000000 536574 0d000000 ffffffff 01 0b 000000000000f83f "
		"04 0300 0102030405060708 090a0b0c0d0e0f10 0d000000 ffffffff 01 8c 02000000 "
		"01000000 61 ffffffff "
		"00 05 01000000 ffffffff 03 01 01 00000000",
		{"\"opcua.service\":\"Write\"", "\"opcua.targets\":3",
			"\"opcua.node\":[\"ns=2;s=Set\",\"ns=3;g=04030201-0605-0807-090a-"
			"0b0c0d0e0f10\",\"i=5\"]",
			"\"opcua.value\":[1.5,\"\",true]",
			"\"opcua.value_type\":[\"Double\",\"String[]\",\"Boolean\"]",
			"\"opcua.attribute\":[\"Value\",\"Value\",\"NodeId\"]"}},
	/* Call with a Variant of Variants */
	{"MSG",
		SEQ("04") TYPE("c8", "02") ASK "01000000 02 0100 e8030000 05 0100 02000000 abcd "
					       "01000000 98 02000000 06 01000000 17 01 03 07",
		{"\"opcua.service\":\"Call\"", "\"opcua.node\":\"ns=1;i=1000\"",
			"\"opcua.method\":\"ns=1;b=abcd\""}},
	{"MSG",
		SEQ("05") TYPE("77", "02") ASK "0000000000000000 00000000 01000000 "
					       "00 07 0d000000 ffffffff 0000 ffffffff",
		{"\"opcua.service\":\"Read\"", "\"opcua.node\":\"i=7\""}},
	{"MSG",
		SEQ("06") TYPE("0f", "02") ASK "00 00 0000000000000000 00000000 00000000 01000000 "
					       "00 55 00000000 00 1f 01 00000000 3f000000",
		{"\"opcua.service\":\"Browse\"", "\"opcua.node\":\"i=85\""}},
	{"MSG", SEQ("07") TYPE("f4", "01") ASK "01000000 00 09 01",
		{"\"opcua.service\":\"DeleteNodes\"", "\"opcua.node\":\"i=9\""}},
	{"MSG",
		SEQ("08") TYPE("e8", "01") ASK "01000000 00 23 00 1f 00 00 0100 ffffffff "
					       "01000000 00 00 00 00 3a",
		{"\"opcua.service\":\"AddNodes\"", "\"opcua.node\":\"i=35\""}},
	{"MSG",
		SEQ("09") TYPE("ef", "02") ASK
		"01000000 00000000 01000000 00 07 0d000000 ffffffff "
		"0000 ffffffff 02000000 01000000 0000000000000000 00 00 00 01000000 01",
		{"\"opcua.service\":\"CreateMonitoredItems\"", "\"opcua.node\":\"i=7\""}},
	{"MSG", SEQ("0a") TYPE("b5", "01") ASK URI URI "01000000 02 " URI "00000000",
		{"\"opcua.service\":\"RegisterServer\"", "\"opcua.product_uri\":\"u:a\""}},
	{"MSG", SEQ("0b") TYPE("ff", "7f") "00",
		{"\"net.opcua.request\"", "\"opcua.type_id\":32767"}},
	/* GetEndpoints: one, that lets anybody in */
	{"MSG",
		SEQ("0c") TYPE("af", "01") SAY(GOOD) "01000000 " URI URI URI "00 00000000 " NULLS
						     "ffffffff ffffffff 03000000 " URI
						     "01000000 " URI "00000000 " NULLS "ffffffff "
						     "ffffffff 01",
		{"\"opcua.endpoint_mode\":\"sign_and_encrypt\"",
			"\"opcua.endpoint_policy\":\"u:a\"", "\"opcua.endpoint_anonymous\":true",
			"\"opcua.application_type\":\"server\"",
			"\"opcua.outcome\":\"unrequested\""}},
	{"MSG",
		SEQ("0d") TYPE("8d", "01") "0000000000000000 01000000 00001f80 7f 01000000 "
					   "01000000 01000000 01000000 01000000 78 00001f80 00 "
					   "01000000 ffffffff 00 00 00",
		{"\"net.opcua.response\"", "\"opcua.status\":\"BadUserAccessDenied\""}},
};

static void test_messages(void **state)
{
	struct proto_lab l;

	(void)state;
	open_lab(&l);
	for (size_t i = 0; i < WARD_ARRAY_LEN(messages); i++) {
		const struct said *s = &messages[i];

		again(&l);
		if (feed(&l, TO_SERVER, s->type, 'F', s->hex) != WARD_VERDICT_OK)
			fail_msg("%s %s: reason %zu at %zu", s->type, s->hex, l.d.reason, l.d.off);
		for (size_t k = 0; k < WARD_ARRAY_LEN(s->what) && s->what[k]; k++)
			if (!proto_lab_seen(&l, s->what[k]))
				fail_msg("%s %s: no %s in %.*s", s->type, s->hex, s->what[k],
					WARD_STR_ARG(ward_wr_text(&l.out)));
	}
	proto_lab_close(&l);
}

static enum ward_opcua_frame parse(struct ward_slice s, struct ward_opcua *m)
{
	static const struct ward_opcua_context plain = {.secured = false};

	return ward_opcua_parse(s, &plain, m);
}

/* Every prefix wants more; a body that ends early, with the right size, is wrong or says less. */
static void test_prefixes(void **state)
{
	static struct ward_opcua m;

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(messages); i++) {
		struct ward_slice s = chunk(messages[i].type, 'F', messages[i].hex);

		assert_int_equal(parse(s, &m), WARD_OPCUA_WHOLE);
		for (size_t len = 0; len < s.len; len++) {
			uint8_t *exact = malloc(len ? len : 1);

			assert_non_null(exact);
			memcpy(exact, s.p, len);
			assert_int_equal(parse(ward_slice_of(exact, len), &m), WARD_OPCUA_MORE);
			assert_true(m.need == 8 || m.need == s.len);
			if (len > 8) {
				exact[4] = (uint8_t)len;
				exact[5] = (uint8_t)(len >> 8);
				assert_int_not_equal(
					parse(ward_slice_of(exact, len), &m), WARD_OPCUA_MORE);
			}
			free(exact);
		}
		bytes_free(s);
	}
}

/* No wrong byte breaks anything. */
static void test_flips(void **state)
{
	static struct ward_opcua m;

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(messages); i++) {
		struct ward_slice s = chunk(messages[i].type, 'F', messages[i].hex);
		uint8_t *p = (uint8_t *)(uintptr_t)s.p;

		for (size_t k = 0; k < s.len * 8; k++) {
			p[k / 8] ^= (uint8_t)(1 << k % 8);
			(void)parse(s, &m);
			p[k / 8] ^= (uint8_t)(1 << k % 8);
			p[k / 8] ^= 0xff;
			(void)parse(s, &m);
			p[k / 8] ^= 0xff;
		}
		bytes_free(s);
	}
}

static void test_reasons(void **state)
{
	static const struct {
		const char *type;
		char last;
		const char *hex;
		enum ward_opcua_reason reason;
		size_t off;
	} samples[] = {
		{"XYZ", 'F', "00000000", WARD_OPCUA_BAD_HEADER_TYPE, 0},
		{"MSG", 'X', "00000000", WARD_OPCUA_BAD_HEADER_CHUNK, 3},
		{"HEL", 'C', "00000000", WARD_OPCUA_BAD_HEADER_CHUNK, 3},
		{"HEL", 'F', "00000000", WARD_OPCUA_BAD_HEADER_SIZE, 4},
		{"HEL", 'F', "00000000 00000100 00000100 00000000 00000000 05000000 6f70633a",
			WARD_OPCUA_BAD_HELLO, 8},
		{"HEL", 'F', "00000000 00000100 00000100 00000000 00000000 03000000 6f70633a",
			WARD_OPCUA_BAD_HELLO, 8},
		{"RHE", 'F', "01000000 20 05000000", WARD_OPCUA_BAD_HELLO, 8},
		{"RHE", 'F', URI "05000000 6f70633a", WARD_OPCUA_BAD_HELLO, 8},
		{"ACK", 'F', "00000000 00000100 00000100 00000000 00000000 00",
			WARD_OPCUA_BAD_ACKNOWLEDGE, 8},
		{"ERR", 'F', "00007d80 03000000 6f6b", WARD_OPCUA_BAD_ERROR, 8},
		{"MSG", 'A', SEQ("02") "00007d80 03000000 6f6b", WARD_OPCUA_BAD_ERROR, 32},
		{"OPN", 'F', "00000000 00000001 " NULLS "01000000 01000000 0000",
			WARD_OPCUA_BAD_SECURITY, 8},
		{"MSG", 'A', "07000000 01000000", WARD_OPCUA_BAD_SECURITY, 16},
		{"MSG", 'F', SEQ("02") "03 0000 00000000 00", WARD_OPCUA_BAD_SERVICE_HEADER, 31},
		{"MSG", 'F', SEQ("02") TYPE("a1", "02") "00 00 00", WARD_OPCUA_BAD_SERVICE_HEADER,
			30},
		{"MSG", 'F', SEQ("02") TYPE("a1", "02") ASK "02000000 00 05 0d000000 ffffffff 00",
			WARD_OPCUA_BAD_SERVICE_BODY, 72},
		/* deeper than anybody means it */
		{"MSG", 'F',
			SEQ("02") TYPE("a1", "02") ASK
			"01000000 00 05 0d000000 ffffffff 01 "
			"98 01000000 98 01000000 98 01000000 98 01000000 06 00000000",
			WARD_OPCUA_BAD_SERVICE_BODY, 92},
	};
	bool met[WARD_OPCUA_REASON_N] = {false};
	struct proto_lab l;

	(void)state;
	open_lab(&l);
	for (size_t i = 0; i < WARD_ARRAY_LEN(samples); i++) {
		again(&l);
		assert_int_equal(
			feed(&l, TO_SERVER, samples[i].type, samples[i].last, samples[i].hex),
			WARD_VERDICT_MALFORMED);
		if (l.d.reason != samples[i].reason || l.d.off != samples[i].off)
			fail_msg("%zu: reason %zu at %zu", i, l.d.reason, l.d.off);
		met[samples[i].reason] = true;
	}
	for (size_t i = 0; i < WARD_OPCUA_REASON_N; i++)
		assert_true(met[i]);
	proto_lab_close(&l);
}

#define ASK_WRITE(request) \
	SEQ(request) TYPE("a1", "02") ASK "01000000 00 05 0d000000 ffffffff 01 06 2a000000"
#define SAY_WRITE(request, result, n, results) \
	SEQ(request) TYPE("a4", "02") SAY(result) n " " results " 00000000"

static void test_outcomes(void **state)
{
	struct proto_lab l;

	(void)state;
	open_lab(&l);
	again(&l);
	(void)feed(&l, TO_SERVER, "MSG", 'F', ASK_WRITE("02"));
	assert_int_equal(proto_lab_seen(&l, "\"opcua.value\":42"), 1);
	(void)feed(&l, TO_CLIENT, "MSG", 'F', SAY_WRITE("02", GOOD, "01000000", GOOD));
	assert_int_equal(proto_lab_seen(&l, "\"opcua.outcome\":\"ok\""), 1);
	assert_int_equal(proto_lab_seen(&l, "opcua.latency_ns"), 1);
	(void)feed(&l, TO_SERVER, "MSG", 'F', ASK_WRITE("03"));
	(void)feed(&l, TO_CLIENT, "MSG", 'F', SAY_WRITE("03", GOOD, "01000000", "00001f80"));
	assert_int_equal(proto_lab_seen(&l, "\"opcua.outcome\":\"refused\""), 1);
	assert_int_equal(proto_lab_seen(&l, "\"opcua.result\":\"BadUserAccessDenied\""), 1);
	(void)feed(&l, TO_SERVER, "MSG", 'F', ASK_WRITE("04"));
	(void)feed(
		&l, TO_CLIENT, "MSG", 'F', SAY_WRITE("04", GOOD, "02000000", "00001f80 00000000"));
	assert_int_equal(proto_lab_seen(&l, "\"opcua.outcome\":\"partly\""), 1);
	(void)feed(&l, TO_SERVER, "MSG", 'F', ASK_WRITE("05"));
	(void)feed(&l, TO_CLIENT, "MSG", 'F', SEQ("05") TYPE("8d", "01") SAY("00002580"));
	assert_int_equal(proto_lab_seen(&l, "\"opcua.outcome\":\"error\""), 1);
	assert_int_equal(proto_lab_seen(&l, "\"opcua.service\":\"Write\""), 8);
	(void)feed(&l, TO_CLIENT, "MSG", 'F', SAY_WRITE("05", GOOD, "01000000", GOOD));
	assert_int_equal(proto_lab_seen(&l, "\"opcua.outcome\":\"unrequested\""), 1);
	(void)feed(&l, TO_SERVER, "MSG", 'F', ASK_WRITE("06"));
	proto_lab_over(&l, TO_SERVER);
	/* with the opening */
	assert_int_equal(proto_lab_seen(&l, "\"net.opcua.unanswered\""), 2);
	proto_lab_close(&l);
}

#define USER "15000000 ffffffff 03000000 626f62 02000000 7077 "
#define SAY_LOGIN(request, result) \
	SEQ(request)               \
	TYPE("d6", "01")           \
	SAY(result)                \
	"ffffffff 00000000 "       \
	"00000000"

static void test_login(void **state)
{
	struct proto_lab l;

	(void)state;
	open_lab(&l);
	again(&l);
	(void)feed(&l, TO_SERVER, "MSG", 'F', ASK_LOGIN("02", USER));
	assert_int_equal(proto_lab_seen(&l, "\"opcua.identity\":\"user_name\""), 1);
	assert_int_equal(proto_lab_seen(&l, "bob"), 0);
	(void)feed(&l, TO_CLIENT, "MSG", 'F', SAY_LOGIN("02", "00002180"));
	assert_int_equal(proto_lab_seen(&l, "\"net.login\""), 1);
	assert_int_equal(proto_lab_seen(&l, "\"user\":\"bob\""), 1);
	assert_int_equal(proto_lab_seen(&l, "\"login.outcome\":\"failed\""), 1);
	assert_int_equal(proto_lab_seen(&l, "\"login.cleartext\":true"), 1);
	assert_int_equal(proto_lab_seen(&l, "pw"), 0);
	(void)feed(&l, TO_SERVER, "MSG", 'F', ASK_LOGIN("03", USER));
	(void)feed(&l, TO_CLIENT, "MSG", 'F', SAY_LOGIN("03", GOOD));
	assert_int_equal(proto_lab_seen(&l, "\"login.outcome\":\"ok\""), 1);
	proto_lab_forget(&l);
	/* what is done in a session says who does it */
	(void)feed(&l, TO_SERVER, "MSG", 'F',
		SEQ("04") TYPE("d3", "01") ASK NULLS "ffffffff ffffffff 01 00 4101 01 04000000 "
						     "ffffffff " NULLS);
	(void)feed(&l, TO_CLIENT, "MSG", 'F', SAY_LOGIN("04", GOOD));
	assert_int_equal(proto_lab_seen(&l, "\"login.method\":\"anonymous\""), 1);
	(void)feed(&l, TO_SERVER, "MSG", 'F', ASK_WRITE("05"));
	assert_int_equal(proto_lab_seen(&l, "\"opcua.identity\":\"anonymous\""), 3);
	(void)feed(&l, TO_SERVER, "MSG", 'F', ASK_LOGIN("06", USER));
	proto_lab_over(&l, TO_SERVER);
	assert_int_equal(proto_lab_seen(&l, "\"login.outcome\":\"unknown\""), 1);
	proto_lab_close(&l);
}

/* The first chunk of a message is read, the others passed over; an abort is told. */
static void test_chunks(void **state)
{
	struct proto_lab l;

	(void)state;
	open_lab(&l);
	again(&l);
	assert_int_equal(feed(&l, TO_SERVER, "MSG", 'C',
				 SEQ("02") TYPE("a1", "02") ASK "02000000 00 05 0d000000 ffffffff "
								"01 06 2a000000 00 05 0d"),
		WARD_VERDICT_OK);
	assert_int_equal(proto_lab_seen(&l, "\"opcua.partial\":true"), 1);
	assert_int_equal(proto_lab_seen(&l, "\"opcua.targets\":2"), 1);
	assert_int_equal(proto_lab_seen(&l, "\"opcua.value\":42"), 1);
	assert_int_equal(
		feed(&l, TO_SERVER, "MSG", 'C', SEQ("02") "0000 0000 0000"), WARD_VERDICT_OK);
	assert_int_equal(
		feed(&l, TO_SERVER, "MSG", 'F', SEQ("02") "0000 0000 0000"), WARD_VERDICT_OK);
	assert_int_equal(proto_lab_seen(&l, "\"class\""), 1);
	(void)feed(&l, TO_SERVER, "MSG", 'C', SEQ("03") TYPE("a1", "02") ASK "02000000");
	(void)feed(&l, TO_SERVER, "MSG", 'A', SEQ("03") "00008080 ffffffff");
	assert_int_equal(proto_lab_seen(&l, "\"net.opcua.abort\""), 1);
	assert_int_equal(proto_lab_seen(&l, "\"opcua.status\":\"BadTcpMessageTooLarge\""), 1);
	(void)feed(&l, TO_SERVER, "MSG", 'F', ASK_WRITE("03"));
	assert_int_equal(proto_lab_seen(&l, "\"opcua.service\":\"Write\""), 3);
	proto_lab_close(&l);
}

/* Under another policy only what is signed and not encrypted says something. */
static void test_secured(void **state)
{
	struct proto_lab l;

	(void)state;
	open_lab(&l);
	again(&l);
	(void)feed(&l, TO_SERVER, "OPN", 'F',
		"00000000 " OTHER_POLICY "01000000 00 02000000 abcd 0102030405060708");
	proto_lab_forget(&l);
	assert_int_equal(
		feed(&l, TO_SERVER, "MSG", 'F', SEQ("02") "ff 01 02 03 04 05"), WARD_VERDICT_OK);
	assert_int_equal(proto_lab_seen(&l, "\"class\""), 0);
	assert_int_equal(
		feed(&l, TO_SERVER, "MSG", 'F', ASK_WRITE("03") "0102030405"), WARD_VERDICT_OK);
	assert_int_equal(proto_lab_seen(&l, "\"opcua.security_mode\":\"sign\""), 1);
	proto_lab_close(&l);
}

static void test_gap(void **state)
{
	struct proto_lab l;

	(void)state;
	open_lab(&l);
	again(&l);
	assert_true(proto_lab_gap(&l, TO_SERVER, 100));
	struct ward_slice s = unhex("00 00 4d 53 47");

	assert_int_equal(proto_lab_feed(&l, TO_SERVER, s, false), WARD_VERDICT_OK);
	bytes_free(s);
	assert_int_equal(feed(&l, TO_SERVER, "MSG", 'F', ASK_WRITE("03")), WARD_VERDICT_OK);
	assert_int_equal(proto_lab_seen(&l, "\"opcua.service\":\"Write\""), 1);
	proto_lab_close(&l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_messages),
		cmocka_unit_test(test_prefixes),
		cmocka_unit_test(test_flips),
		cmocka_unit_test(test_reasons),
		cmocka_unit_test(test_outcomes),
		cmocka_unit_test(test_login),
		cmocka_unit_test(test_chunks),
		cmocka_unit_test(test_secured),
		cmocka_unit_test(test_gap),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
