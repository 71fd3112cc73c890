#include "bytes.h"
#include "proto_lab.h"

#include "sense/net/proto/dissectors.h"
#include "sense/net/proto/quic/quic.h"

#include <openssl/evp.h>

#define DCID "8394c8f03e515708"
#define RANDOM "0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20"
/* "a.b", h3, TLS 1.3; idle timeout of 30 s, user agent "abc", a reserved parameter */
#define CLIENT_HELLO                                                                   \
	"01000059 0303" RANDOM "00 0002 1301 0100 002e 0000 0008 0006 00 0003 612e62 " \
	"0010 0005 0003 02 6833 002b 0003 02 0304 0039 000e 01 04 80007530 7129 03 616263 1b 00 "
#define SERVER_HELLO "02000034 0303" RANDOM "00 1301 00 000c 002b 0002 0304 0033 0002 001d "
#define RETRY_RANDOM "cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c"
#define HELLO_RETRY "02000034 0303" RETRY_RANDOM "00 1302 00 000c 002b 0002 0304 0033 0002 0017 "
#define CRYPTO_CLIENT "06 00 405d " CLIENT_HELLO
#define CRYPTO_SERVER "06 00 38 " SERVER_HELLO

static struct proto_lab lab;

static int setup(void **state)
{
	(void)state;
	proto_lab_open(&lab, &ward_dissect_quic);
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
	proto_lab_again(&lab, &ward_dissect_quic);
	proto_lab_forget(&lab);
}

static void told(const char *what, size_t n)
{
	if (proto_lab_seen(&lab, what) != n)
		fail_msg("not %zu times: %s in\n%.*s", n, what,
			WARD_STR_ARG(ward_wr_text(&lab.out)));
}

/* An Initial packet's protection, the other way round than the product's. */
static void seal(const struct ward_quic_keys *k, struct ward_wr *w, size_t from, size_t number_at)
{
	uint8_t nonce[12], mask[32], *p = w->p + from;
	size_t head = number_at + 2 - from, body = w->len - number_at - 2;
	EVP_CIPHER_CTX *c = EVP_CIPHER_CTX_new();
	int n = 0;

	memcpy(nonce, k->iv, sizeof(nonce));
	nonce[10] ^= p[head - 2];
	nonce[11] ^= p[head - 1];
	assert_int_equal(EVP_EncryptInit_ex(c, EVP_aes_128_gcm(), NULL, k->key, nonce), 1);
	assert_int_equal(EVP_EncryptUpdate(c, NULL, &n, p, (int)head), 1);
	assert_int_equal(EVP_EncryptUpdate(c, p + head, &n, p + head, (int)body), 1);
	assert_int_equal(EVP_EncryptFinal_ex(c, p + head + n, &n), 1);
	uint8_t *tag = ward_wr_room(w, 16);

	assert_int_equal(EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_GCM_GET_TAG, 16, tag), 1);
	assert_int_equal(EVP_EncryptInit_ex(c, EVP_aes_128_ecb(), NULL, k->hp, NULL), 1);
	assert_int_equal(EVP_EncryptUpdate(c, mask, &n, p + head + 2, 16), 1);
	EVP_CIPHER_CTX_free(c);
	p[0] ^= mask[0] & 0x0f;
	p[head - 2] ^= mask[1];
	p[head - 1] ^= mask[2];
}

struct initial {
	uint32_t version;
	const char *dcid, *scid, *token;
	const char *keys; /* the id that they are from */
	bool server;
};

static const struct initial first = {.version = 1, .dcid = DCID, .scid = "", .keys = DCID};
static const struct initial answer = {
	.version = 1, .dcid = "", .scid = "0a0b", .keys = DCID, .server = true};

/* Appends the packet with these frames, padded to 32 bytes at least. */
static void make(struct ward_wr *w, const struct initial *i, const char *frames)
{
	struct ward_slice dcid = unhex(i->dcid), scid = unhex(i->scid),
			  token = unhex(i->token ? i->token : ""), keys_of = unhex(i->keys),
			  plain = unhex(frames);
	size_t from = w->len, body = plain.len < 32 ? 32 : plain.len;
	struct ward_quic_keys keys[2];

	ward_wr_u8(w, i->version == 0x6b3343cf ? 0xd1 : 0xc1); /* number of two bytes */
	ward_wr_be32(w, i->version);
	ward_wr_u8(w, (uint8_t)dcid.len);
	ward_wr_bytes(w, dcid.p, dcid.len);
	ward_wr_u8(w, (uint8_t)scid.len);
	ward_wr_bytes(w, scid.p, scid.len);
	ward_wr_u8(w, (uint8_t)token.len);
	ward_wr_bytes(w, token.p, token.len);
	ward_wr_be16(w, (uint16_t)(0x4000 | (2 + body + 16)));
	size_t number_at = w->len;

	ward_wr_be16(w, 0x0102);
	ward_wr_bytes(w, plain.p, plain.len);
	for (size_t at = plain.len; at < body; at++)
		ward_wr_u8(w, 0);
	assert_true(ward_quic_derive(i->version, keys_of, keys));
	seal(&keys[i->server], w, from, number_at);
	assert_false(ward_wr_bad(w));
	bytes_free(dcid);
	bytes_free(scid);
	bytes_free(token);
	bytes_free(keys_of);
	bytes_free(plain);
}

static enum ward_verdict say(const struct initial *i, const char *frames)
{
	uint8_t buf[8192];
	struct ward_wr w = ward_wr_fixed(buf, sizeof(buf));

	make(&w, i, frames);
	return proto_lab_feed(&lab, i->server, ward_wr_slice(&w), false);
}

static enum ward_verdict feed(unsigned side, const char *hex)
{
	struct ward_slice s = unhex(hex);
	enum ward_verdict v = proto_lab_feed(&lab, side, s, false);

	bytes_free(s);
	return v;
}

static void check_keys(
	const struct ward_quic_keys *k, const char *key, const char *iv, const char *hp)
{
	struct ward_slice a = unhex(key), b = unhex(iv), c = unhex(hp);

	assert_memory_equal(k->key, a.p, 16);
	assert_memory_equal(k->iv, b.p, 12);
	assert_memory_equal(k->hp, c.p, 16);
	bytes_free(a);
	bytes_free(b);
	bytes_free(c);
}

/* RFC 9001 A.1, RFC 9369 A.1 */
static void test_keys(void **state)
{
	struct ward_slice dcid = unhex(DCID);
	struct ward_quic_keys k[2];

	(void)state;
	assert_true(ward_quic_derive(1, dcid, k));
	check_keys(&k[0], "1f369613dd76d5467730efcbe3b1a22d", "fa044b2f42a3fd3b46fb255c",
		"9f50449e04a0e810283a1e9933adedd2");
	check_keys(&k[1], "cf3a5331653c364c88f0f379b6067e37", "0ac1493ca1905853b0bba03e",
		"c206b8d9b9f0f37644430b490eeaa314");
	assert_true(ward_quic_derive(0x6b3343cf, dcid, k));
	check_keys(&k[0], "8b1a0bc121284290a29e0971b5cd045d", "91f73e2351d8fa91660e909f",
		"45b95e15235d6f45a6b19cbcb0294ba9");
	assert_false(ward_quic_derive(2, dcid, k));
	/* each known version has its keys */
	for (uint32_t v = 0xff00001b; v <= 0xff000022; v++)
		assert_true(ward_quic_version_name(v) && ward_quic_derive(v, dcid, k));
	assert_true(ward_quic_version_name(0xfaceb002) && ward_quic_derive(0xfaceb002, dcid, k));
	bytes_free(dcid);
}

static void test_handshake(void **state)
{
	(void)state;
	again();
	assert_int_equal(say(&first, CRYPTO_CLIENT), WARD_VERDICT_OK);
	told("\"class\":\"net.quic\",\"fields\":{\"src_ip\":\"10.0.0.1\"", 1);
	told("\"quic.version\":\"1\",\"quic.dcid_bytes\":8,\"quic.scid_bytes\":0,"
	     "\"tls.server_name\":\"a.b\",\"tls.alpn\":\"h3\"",
		1);
	told("\"tls.ja4\":\"q13d0104h3_", 1);
	told("\"quic.max_idle_timeout_ms\":30000", 1);
	told("\"quic.user_agent\":\"abc\"", 1);
	told("\"quic.transport_parameters\":[1,12585]", 1);
	assert_int_equal(say(&answer, "02 00 00 00 00 " CRYPTO_SERVER), WARD_VERDICT_OK);
	told("\"class\":\"net.quic.server\",\"fields\":{\"src_ip\":\"10.0.0.2\"", 1);
	told("\"tls.version\":\"tls1.3\",\"tls.cipher\":4865", 1);
	told("\"tls.group\":29", 1);
	/* said again: told once; what can't be read says nothing */
	assert_int_equal(say(&first, CRYPTO_CLIENT), WARD_VERDICT_OK);
	assert_int_equal(feed(1, "40 0102030405060708090a0b0c0d0e0f"), WARD_VERDICT_OK);
	told("\"class\":\"net.quic\"", 1);
	told("net.malformed", 0);
	/* a new connection on the same ports */
	const struct initial next = {
		.version = 1, .dcid = "0011223344556677", .scid = "01", .keys = "0011223344556677"};

	assert_int_equal(say(&next, CRYPTO_CLIENT), WARD_VERDICT_OK);
	told("\"class\":\"net.quic\"", 2);
}

static void test_pieces(void **state)
{
	char rest[512];

	(void)state;
	again();
	/* the message from its 5th byte on, then its front; between them a ping and padding */
	(void)snprintf(rest, sizeof(rest), "06 04 4059 %s 01 00", &CLIENT_HELLO[8]);
	assert_int_equal(say(&first, rest), WARD_VERDICT_OK);
	told("net.quic", 0);
	assert_int_equal(say(&first, "00 01 06 00 04 01000059 03 00 00 01 00 00 00 00 00 00"),
		WARD_VERDICT_OK);
	told("\"tls.server_name\":\"a.b\"", 1);
	/* longer than is kept */
	again();
	assert_int_equal(say(&first, "06 00 04 01001000"), WARD_VERDICT_OK);
	told("\"quic.hello_unread\":true", 1);
	assert_int_equal(say(&first, "06 80100000 04 00000000"), WARD_VERDICT_OK);
}

static void test_retry(void **state)
{
	const struct initial second = {
		.version = 1, .dcid = "0a0b0c0d", .scid = "", .token = "aabb", .keys = "0a0b0c0d"};
	const struct initial hello_answer = {
		.version = 1, .dcid = "", .scid = "0a0b", .keys = "0a0b0c0d", .server = true};

	(void)state;
	again();
	assert_int_equal(say(&first, CRYPTO_CLIENT), WARD_VERDICT_OK);
	assert_int_equal(
		feed(1, "f0 00000001 00 04 0a0b0c0d aabb 000102030405060708090a0b0c0d0e0f"),
		WARD_VERDICT_OK);
	told("\"class\":\"net.quic.retry\"", 1);
	told("\"quic.token_bytes\":2", 1);
	assert_int_equal(say(&second, CRYPTO_CLIENT), WARD_VERDICT_OK);
	told("\"class\":\"net.quic\"", 1);
	/* a HelloRetryRequest, then the ServerHello behind it */
	assert_int_equal(say(&hello_answer, "06 00 38 " HELLO_RETRY), WARD_VERDICT_OK);
	told("\"tls.hello_retry\":true", 1);
	assert_int_equal(say(&hello_answer, "06 38 38 " SERVER_HELLO), WARD_VERDICT_OK);
	told("\"class\":\"net.quic.server\"", 2);
	told("\"tls.cipher\":4865", 1);
}

static void test_versions(void **state)
{
	const struct initial two = {
		.version = 0x6b3343cf, .dcid = "", .scid = "0a", .keys = DCID, .server = true};
	const struct initial odd = {.version = 1, .dcid = DCID, .scid = "", .keys = DCID};

	(void)state;
	again();
	assert_int_equal(feed(1, "80 00000000 00 08" DCID "1a2a3a4a 00000001"), WARD_VERDICT_OK);
	told("\"class\":\"net.quic.version_negotiation\"", 1);
	told("\"quic.versions\":[438975050,1]", 1);
	/* the server goes on in another version */
	assert_int_equal(say(&odd, CRYPTO_CLIENT), WARD_VERDICT_OK);
	assert_int_equal(say(&two, CRYPTO_SERVER), WARD_VERDICT_OK);
	told("\"class\":\"net.quic.server\"", 1);
	told("\"quic.version\":\"2\"", 1);
	/* one that is not known: only that it is there */
	assert_int_equal(feed(0, "c0 0a0a0a0a 08" DCID "00 0102"), WARD_VERDICT_OK);
}

static void test_close(void **state)
{
	(void)state;
	again();
	assert_int_equal(say(&first, CRYPTO_CLIENT), WARD_VERDICT_OK);
	assert_int_equal(say(&answer, "1c 4128 06 02 6e6f"), WARD_VERDICT_OK);
	told("\"quic.error\":\"handshake-failure\",\"quic.error_code\":296,"
	     "\"quic.reason_phrase\":\"no\"",
		1);
	again();
	assert_int_equal(say(&first, CRYPTO_CLIENT), WARD_VERDICT_OK);
	assert_int_equal(say(&answer, "1c 02 00 00"), WARD_VERDICT_OK);
	told("\"quic.error\":\"connection-refused\"", 1);
}

static void test_coalesced(void **state)
{
	uint8_t buf[1024];
	struct ward_wr w = ward_wr_fixed(buf, sizeof(buf));
	struct ward_slice handshake =
		unhex("e0 00000001 00 00 14 000102030405060708090a0b0c0d0e0f10111213");

	(void)state;
	again();
	assert_int_equal(say(&first, CRYPTO_CLIENT), WARD_VERDICT_OK);
	ward_wr_bytes(&w, handshake.p, handshake.len);
	make(&w, &answer, CRYPTO_SERVER);
	ward_wr_bytes(&w, "\0\0\0", 3);
	assert_int_equal(proto_lab_feed(&lab, 1, ward_wr_slice(&w), false), WARD_VERDICT_OK);
	told("\"class\":\"net.quic.server\"", 1);
	bytes_free(handshake);
}

static void test_reasons(void **state)
{
	static const struct {
		const char *hex;
		enum ward_quic_reason reason;
	} row[] = {
		{"c0 0000", WARD_QUIC_BAD_HEADER},
		{"c0 00000001 08" DCID, WARD_QUIC_BAD_HEADER},
		{"c0 00000001 15 00112233445566778899aabbccddeeff0011223344 00 00 14",
			WARD_QUIC_BAD_CONNECTION_ID},
		{"c0 00000001 00 00 00 13 00112233445566778899aabbccddeeff001122",
			WARD_QUIC_BAD_LENGTH},
		{"c0 00000001 00 00 4fff 00", WARD_QUIC_BAD_LENGTH},
		{"e0 00000001 00 00 15 00", WARD_QUIC_BAD_LENGTH},
		{"f0 00000001 00 00 000102030405060708090a0b0c0d0e0f", WARD_QUIC_BAD_LENGTH},
		{"80 00000000 00 00 000000", WARD_QUIC_BAD_VERSIONS},
		{"80 00000000 00 00", WARD_QUIC_BAD_VERSIONS},
	};
	static const char *const frames[] = {"08 00", "06 00 7fff 00", "1d 00 00"};
	bool met[WARD_QUIC_REASON_N] = {false};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(row); i++) {
		again();
		assert_int_equal(feed(0, row[i].hex), WARD_VERDICT_MALFORMED);
		assert_int_equal(lab.d.reason, row[i].reason);
		met[row[i].reason] = true;
	}
	for (size_t i = 0; i < WARD_ARRAY_LEN(frames); i++) {
		again();
		assert_int_equal(say(&first, frames[i]), WARD_VERDICT_MALFORMED);
		assert_int_equal(lab.d.reason, WARD_QUIC_BAD_FRAME);
		met[WARD_QUIC_BAD_FRAME] = true;
	}
	again();
	assert_int_equal(say(&first, "06 00 08 01000004 03030000"), WARD_VERDICT_MALFORMED);
	assert_int_equal(lab.d.reason, WARD_QUIC_BAD_HELLO);
	met[WARD_QUIC_BAD_HELLO] = true;
	told("\"quic.hello_unread\":true", 1);
	for (size_t i = 0; i < WARD_QUIC_REASON_N; i++)
		assert_true(met[i]);
}

/* On a port of something else only what opens is QUIC. */
static void test_foreign(void **state)
{
	static const char *const foreign[] = {"", "80",
		"0001 0000 2112a442 000102030405060708090a0b",
		"c0 00000001 00 00 00 14 000102030405060708090a0b0c0d0e0f10111213",
		"c0 0a0a0a0a 08" DCID "00 010203040506070809",
		"80 00000000 00 08" DCID "0a0a0a0a 1a1a1a1a"};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(foreign); i++) {
		struct ward_slice s = unhex(foreign[i]);

		assert_false(ward_dissect_quic.probe(s));
		bytes_free(s);
	}
	again();
	lab.trusted = false;
	assert_int_equal(
		feed(0, "c0 00000001 08" DCID "00 00 14 000102030405060708090a0b0c0d0e0f10111213"),
		WARD_VERDICT_FOREIGN);
	assert_int_equal(
		feed(0, "f0 00000001 00 04 0a0b0c0d aabb 000102030405060708090a0b0c0d0e0f"),
		WARD_VERDICT_FOREIGN);
	assert_int_equal(
		feed(0, "80 00000000 00 08" DCID "1a2a3a4a 00000001"), WARD_VERDICT_FOREIGN);
	assert_int_equal(
		feed(0, "e0 00000001 00 01 0a 14 000102030405060708090a0b0c0d0e0f10111213"),
		WARD_VERDICT_FOREIGN);
	assert_int_equal(lab.out.len, 0);
	assert_int_equal(say(&first, CRYPTO_CLIENT), WARD_VERDICT_OK);
	told("\"class\":\"net.quic\"", 1);
	again();
	lab.partial = true;
	assert_int_equal(say(&first, CRYPTO_CLIENT), WARD_VERDICT_MORE);
}

static void test_damaged(void **state)
{
	uint8_t buf[512];
	struct ward_wr w = ward_wr_fixed(buf, sizeof(buf));

	(void)state;
	make(&w, &first, CRYPTO_CLIENT);
	for (size_t i = 0; i < w.len; i++) {
		again();
		lab.trusted = false;
		buf[i] ^= 0x40;
		(void)proto_lab_feed(&lab, 0, ward_wr_slice(&w), false);
		buf[i] ^= 0x40;
		told("net.quic", 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_keys),
		cmocka_unit_test(test_handshake),
		cmocka_unit_test(test_pieces),
		cmocka_unit_test(test_retry),
		cmocka_unit_test(test_versions),
		cmocka_unit_test(test_close),
		cmocka_unit_test(test_coalesced),
		cmocka_unit_test(test_reasons),
		cmocka_unit_test(test_foreign),
		cmocka_unit_test(test_damaged),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
