#include "sense/net/proto/tls/flow.h"

#include "bytes.h"
#include "proto_lab.h"
#include "sense/net/proto/dissectors.h"

/* Self-signed, for ward.test and 10.0.0.1, valid for one day. */
#define CERT                                                                               \
	"308201983082013fa00302010202145e055416e11681f8bb586d2dc50214cc40fff16c300a06082a" \
	"8648ce3d04030230143112301006035504030c09776172642e74657374301e170d32363131323630" \
	"30323632325a170d3236313132373030323632325a30143112301006035504030c09776172642e74" \
	"6573743059301306072a8648ce3d020106082a8648ce3d03010703420004247ecd415f9d95d23754" \
	"93f947981e538ab569c4bb54a74f131c8c9b190d3a211dd8d3aee31c5b0d3c60ed6ce4e071cb1886" \
	"b5a8c80ddf89097d8169e613329fa36f306d301d0603551d0e04160414c3c47f53e0ba3b7010f05a" \
	"88f2f6cf1994f80d6f301f0603551d23041830168014c3c47f53e0ba3b7010f05a88f2f6cf1994f8" \
	"0d6f300f0603551d130101ff040530030101ff301a0603551d11041330118209776172642e746573" \
	"7487040a000001300a06082a8648ce3d040302034700304402203c9ecfb9c4dc2a0c4ecae435d36c" \
	"ade5fe14b0c51b89464343a98cdba30c0818022068037ded25aa9969c33d9c084427616fc5597f45" \
	"874e8c73ed042c0f10194d34"

#define RANDOM "0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20"
/* GREASE, TLS 1.3 and 1.2 ciphers; names "a.b", groups, points, signatures, ALPN h2, versions */
#define CLIENT_BODY                     \
	"0303" RANDOM "00"              \
	"0006 1a1a 1301 c02f"           \
	"0100"                          \
	"0040"                          \
	"0a0a 0000"                     \
	"0000 0008 0006 00 0003 612e62" \
	"000a 0006 0004 2a2a 001d"      \
	"000b 0002 0100"                \
	"000d 0006 0004 0403 0804"      \
	"0010 0005 0003 02 6832"        \
	"002b 0005 04 0304 0303"        \
	"0017 0000"
#define CLIENT        \
	"160301 0073" \
	"0100006f" CLIENT_BODY
#define SERVER_1_3                 \
	"160303 0038"              \
	"02000034"                 \
	"0303" RANDOM "00 1301 00" \
	"000c"                     \
	"002b 0002 0304 0033 0002 001d"
#define SERVER_1_2    \
	"160303 002a" \
	"02000026"    \
	"0303" RANDOM "00 c02f 00"
#define DONE          \
	"160303 0004" \
	"0e000000"
#define CHANGE "140303 0001 01"

enum { UP, DOWN };

static struct proto_lab lab;

static int setup(void **state)
{
	(void)state;
	proto_lab_open(&lab, &ward_dissect_tls);
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

static size_t said(const char *what)
{
	return proto_lab_seen(&lab, what);
}

static void test_fingerprints(void **state)
{
	struct ward_slice s = unhex(CLIENT_BODY);
	char ja3[WARD_TLS_JA3], ja4[WARD_TLS_JA4];
	struct ward_tls_hello h;

	(void)state;
	assert_true(ward_tls_client_hello(s, &h));
	assert_int_equal(ward_tls_hello_version(&h), WARD_TLS_1_3);
	assert_true(ward_tls_ja3(&h, ja3) && ward_tls_ja4(&h, 't', ja4));
	assert_string_equal(ja3, "36ad791c51656031c2f03eee207379c8");
	assert_string_equal(ja4, "t13d0207h2_c1929292aa6b_38dbf9c86be1");
	bytes_free(s);
}

/* A cut hello is malformed, except where the extensions as a whole are missing. */
static void test_hello_prefixes(void **state)
{
	struct ward_slice s = unhex(CLIENT_BODY);
	size_t without = 2 + 32 + 1 + 2 + 6 + 2;

	(void)state;
	for (size_t cut = 0; cut < s.len; cut++) {
		uint8_t *exact = malloc(cut ? cut : 1);
		struct ward_tls_hello h;

		assert_non_null(exact);
		memcpy(exact, s.p, cut);
		assert_int_equal(
			ward_tls_client_hello(ward_slice_of(exact, cut), &h), cut == without);
		assert_false(ward_tls_server_hello(ward_slice_of(exact, cut), &h) && cut < 38);
		free(exact);
	}
	bytes_free(s);
}

static void test_bytes_turned(void **state)
{
	struct ward_slice s = unhex(CLIENT SERVER_1_3);
	uint8_t *p = (uint8_t *)(uintptr_t)s.p;

	(void)state;
	for (size_t at = 0; at < s.len; at++)
		for (unsigned bit = 0; bit < 8; bit++) {
			proto_lab_again(&lab, &ward_dissect_tls);
			p[at] ^= (uint8_t)(1U << bit);
			(void)proto_lab_feed(&lab, UP, s, false);
			(void)proto_lab_feed(&lab, DOWN, s, false);
			p[at] ^= (uint8_t)(1U << bit);
		}
	bytes_free(s);
}

static void test_1_3(void **state)
{
	(void)state;
	assert_int_equal(feed(UP, CLIENT), WARD_VERDICT_OK);
	assert_int_equal(lab.out.len, 0);
	assert_int_equal(feed(DOWN, SERVER_1_3 CHANGE), WARD_VERDICT_OK);
	assert_int_equal(said("\"class\":\"net.tls\""), 1);
	assert_true(said("\"tls.version\":\"tls1.3\"") && said("\"tls.server_name\":\"a.b\""));
	assert_true(said("\"src_port\":50000") && said("\"tls.alpn\":\"h2\""));
	/* Encrypted: skipped by length, also what has not come yet. */
	assert_int_equal(feed(DOWN, "170303 0010 00"), WARD_VERDICT_OK);
	assert_int_equal(lab.side[DOWN].skip, 15);
	assert_int_equal(said("anomaly"), 0);
}

static void offer(struct ward_tls_hello_kept *k, const char *entries)
{
	k->n_alpn = (uint8_t)strlen(entries);
	memcpy(k->alpn, entries, k->n_alpn);
}

/* What the server chose, then what was offered, then the port; a port before plain HTTP. */
static void test_carries(void **state)
{
	static const struct {
		const char *offered, *chosen;
		uint16_t port;
		const char *name;
		enum ward_tls_carries_by by;
	} row[] = {
		{"", "", 47808, "bacnet-sc", WARD_TLS_CARRIES_BY_PORT},
		{"\x08http/1.1", "\x08http/1.1", 47808, "bacnet-sc", WARD_TLS_CARRIES_BY_PORT},
		{"\x12hub.bsc.bacnet.org", "", 4443, "bacnet-sc", WARD_TLS_CARRIES_BY_ALPN},
		{"\x11"
		 "dc.bsc.bacnet.org\x02h2",
			"", 443, "bacnet-sc", WARD_TLS_CARRIES_BY_ALPN},
		{"\x02h2\x04mqtt", "\x04mqtt", 443, "mqtt", WARD_TLS_CARRIES_BY_ALPN},
		{"", "", 2762, "dicom", WARD_TLS_CARRIES_BY_PORT},
		{"\x02zz", "", 802, "modbus", WARD_TLS_CARRIES_BY_PORT},
		{"\x02h2", "", 4711, "http", WARD_TLS_CARRIES_BY_ALPN},
		{"\x02zz", "", 4711, NULL, 0},
	};
	static struct ward_tls_flow f;

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(row); i++) {
		enum ward_tls_carries_by by;

		offer(&f.client, row[i].offered);
		offer(&f.server, row[i].chosen);
		const char *name = ward_tls_carries(&f, row[i].port, &by);

		if (!row[i].name) {
			assert_null(name);
			continue;
		}
		assert_string_equal(name, row[i].name);
		assert_int_equal(by, row[i].by);
	}
	(void)feed(UP, CLIENT);
	(void)feed(DOWN, SERVER_1_3 CHANGE);
	assert_int_equal(said("\"tls.carries\":\"http\",\"tls.carries_by\":\"port\""), 1);
}

static void test_pieces(void **state)
{
	struct ward_slice s = unhex(CLIENT);

	(void)state;
	for (size_t i = 0; i + 1 < s.len; i++)
		assert_int_equal(proto_lab_feed(&lab, UP, ward_slice_of(s.p + i, 1), false),
			WARD_VERDICT_MORE);
	assert_int_equal(proto_lab_feed(&lab, UP, ward_slice_of(s.p + s.len - 1, 1), false),
		WARD_VERDICT_OK);
	(void)proto_lab_feed(&lab, UP, ward_slice_of(NULL, 0), true);
	assert_true(said("\"tls.outcome\":\"unanswered\"") && said("tls.ja4"));
	bytes_free(s);
}

/* One message over many records; what is missing is waited for, not the next record only. */
static void test_fragments(void **state)
{
	struct ward_slice s = unhex("0100006f" CLIENT_BODY);

	(void)state;
	for (size_t i = 0; i < s.len; i++) {
		const uint8_t record[] = {0x16, 3, 1, 0, 1, s.p[i]};

		assert_int_equal(proto_lab_feed(&lab, UP, ward_slice_of(record, 6), false),
			i + 1 < s.len ? WARD_VERDICT_MORE : WARD_VERDICT_OK);
		if (i >= 3 && i + 1 < s.len) /* its length is known */
			assert_int_equal(lab.d.need, 6 * (i + 1) + 5 + (s.len - i - 1));
	}
	assert_int_equal(feed(DOWN, SERVER_1_3), WARD_VERDICT_OK);
	assert_true(said("\"tls.server_name\":\"a.b\""));
	bytes_free(s);
}

static void test_certificate(void **state)
{
	struct ward_slice der = unhex(CERT);
	size_t n = der.len;
	uint8_t head[] = {0x16, 3, 3, (uint8_t)((n + 10) >> 8), (uint8_t)(n + 10), 11, 0,
		(uint8_t)((n + 6) >> 8), (uint8_t)(n + 6), 0, (uint8_t)((n + 3) >> 8),
		(uint8_t)(n + 3), 0, (uint8_t)(n >> 8), (uint8_t)n};

	(void)state;
	(void)feed(UP, CLIENT);
	(void)feed(DOWN, SERVER_1_2);
	(void)proto_lab_feed(&lab, DOWN, ward_slice_of(head, sizeof(head)), false);
	assert_int_equal(proto_lab_feed(&lab, DOWN, der, false), WARD_VERDICT_OK);
	assert_int_equal(feed(DOWN, DONE CHANGE "160303 0003 616263"), WARD_VERDICT_OK);
	assert_int_equal(said("\"class\":\"net.tls\""), 1);
	assert_true(said("\"tls.cert.subject\":\"CN=ward.test\"") && said("self_signed\":true"));
	assert_true(said("\"tls.cert.san\":[\"ward.test\",\"10.0.0.1\"]"));
	assert_true(said("not_yet_valid\":true")); /* the lab's frames are of 1970 */
	bytes_free(der);
}

static void test_certificate_prefixes(void **state)
{
	struct ward_slice der = unhex(CERT);
	char buf[8192];

	(void)state;
	for (size_t cut = 0; cut < der.len; cut++) {
		struct ward_wr text = ward_wr_fixed(buf, sizeof(buf));
		struct ward_tls_cert c;

		assert_false(ward_tls_cert_read(ward_slice_of(der.p, cut), &text, &c));
	}
	bytes_free(der);
}

static void test_certificate_again(void **state)
{
	static struct ward_tls_certs known;
	struct ward_slice der = unhex(CERT);
	const struct ward_tls_cert *c = ward_tls_cert_find(&known, der);

	(void)state;
	assert_non_null(c);
	assert_true(ward_str_eqz(c->subject, "CN=ward.test") && c->n_san == 2);
	for (size_t cut = 0; cut < der.len; cut++)
		assert_null(ward_tls_cert_find(&known, ward_slice_of(der.p, cut)));
	for (size_t i = 0; i < 2; i++) { /* read anew, then remembered */
		c = ward_tls_cert_find(&known, der);
		assert_non_null(c);
		assert_true(ward_str_eqz(c->subject, "CN=ward.test") && c->n_san == 2);
	}
	bytes_free(der);
}

static void test_resumed_and_refused(void **state)
{
	(void)state;
	(void)feed(UP, CLIENT);
	(void)feed(DOWN, "150303 0002 0228");
	assert_true(said("\"tls.outcome\":\"refused\"") && said("handshake-failure"));
	assert_true(said("\"tls.alert_by\":\"server\""));
	(void)feed(UP, "150303 0002 0230");
	assert_int_equal(said("net.tls.alert"), 1);
}

static void test_downgrade(void **state)
{
	(void)state;
	(void)feed(UP, CLIENT);
	(void)feed(DOWN, "160303 002a"
			 "02000026"
			 "0303"
			 "000000000000000000000000000000000000000000000000 444f574e47524401"
			 "00 0035 00" DONE);
	assert_true(said("\"tls.anomaly\":[\"downgrade\",\"cipher-not-offered\"]"));
}

static void test_retry(void **state)
{
	(void)state;
	(void)feed(UP, CLIENT);
	(void)feed(DOWN, "160303 002a"
			 "02000026"
			 "0303"
			 "cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c"
			 "00 1301 00");
	assert_int_equal(lab.out.len, 0);
	(void)feed(UP, CHANGE CLIENT);
	(void)feed(DOWN, SERVER_1_3);
	assert_true(said("\"tls.hello_retry\":true"));
}

static void test_ssl2(void **state)
{
	(void)state;
	assert_int_equal(
		feed(UP, "801c 01 0002 0003 0000 0010 010080 00112233445566778899aabbccddeeff"),
		WARD_VERDICT_OK);
	assert_int_equal(feed(DOWN, "8001 04"), WARD_VERDICT_OK);
	assert_true(said("\"tls.client_version\":\"ssl2\"") && said("obsolete\":true"));
}

static void test_reasons(void **state)
{
	static const struct {
		const char *hex;
		enum ward_tls_reason reason;
	} row[] = {
		{CLIENT "990303 0001 00", WARD_TLS_BAD_RECORD_TYPE},
		{CLIENT "160903 0001 00", WARD_TLS_BAD_RECORD_VERSION},
		{"160303 0000", WARD_TLS_BAD_RECORD_LENGTH},
		{"160303 ffff", WARD_TLS_BAD_RECORD_LENGTH},
		{"160303 0002 0100" CHANGE, WARD_TLS_BAD_INTERLEAVED},
		{"160303 0004 63000000", WARD_TLS_BAD_HANDSHAKE},
		{"160303 0004 01ffffff", WARD_TLS_BAD_HANDSHAKE},
		{"160303 0004 01000000", WARD_TLS_BAD_CLIENT_HELLO},
		{"160303 0004 02000000", WARD_TLS_BAD_SERVER_HELLO},
		{"160303 0007 0b000003 000001", WARD_TLS_BAD_CERTIFICATE},
		{"150303 0003 010203", WARD_TLS_BAD_ALERT},
		{"140303 0002 0101", WARD_TLS_BAD_CHANGE_CIPHER},
		{"180302 0003 01 4000", WARD_TLS_BAD_HEARTBEAT},
		{"801c 01 0002 0003 0000 0011 010080 00112233445566778899aabbccddeeff",
			WARD_TLS_BAD_SSL2},
	};
	bool met[WARD_TLS_REASON_N] = {false};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(row); i++) {
		struct ward_slice s = unhex(row[i].hex);

		proto_lab_again(&lab, &ward_dissect_tls);
		assert_int_equal(proto_lab_feed(&lab, UP, s, false), WARD_VERDICT_MALFORMED);
		assert_int_equal(lab.d.reason, row[i].reason);
		met[lab.d.reason] = true;
		bytes_free(s);
	}
	for (size_t i = 0; i < WARD_TLS_REASON_N; i++)
		assert_true(met[i]);
	assert_int_equal(said("\"tls.heartbeat_claimed\":16384"), 1);
}

static void test_foreign(void **state)
{
	struct ward_slice s = unhex("474554202f20485454502f312e31");

	(void)state;
	assert_false(lab.module->probe_stream(s) == WARD_PROBE_YES);
	assert_int_equal(proto_lab_feed(&lab, UP, s, false), WARD_VERDICT_FOREIGN);
	bytes_free(s);
}

static void test_gap(void **state)
{
	(void)state;
	(void)feed(UP, CLIENT);
	assert_false(proto_lab_gap(&lab, DOWN, 100));
	assert_true(said("\"tls.outcome\":\"unanswered\""));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(test_##name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(fingerprints),
		TEST(hello_prefixes),
		TEST(bytes_turned),
		TEST(1_3),
		TEST(carries),
		TEST(pieces),
		TEST(fragments),
		TEST(certificate),
		TEST(certificate_prefixes),
		TEST(certificate_again),
		TEST(resumed_and_refused),
		TEST(downgrade),
		TEST(retry),
		TEST(ssl2),
		TEST(reasons),
		TEST(foreign),
		TEST(gap),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
