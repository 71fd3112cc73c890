/* Initial keys and protection (RFC 9001 5), in contexts that are made once. */
#include "sense/net/proto/quic/quic.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>

enum { SHA = 32, BLOCK = 64, SALT = 20, SAMPLE = 16, NUMBER_MAX = 4, LABEL_MAX = 64 };

static EVP_MD_CTX *sha;
static EVP_CIPHER_CTX *gcm, *ecb;

bool ward_quic_start(void)
{
	if (sha && gcm && ecb)
		return true;
	if (OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL) != 1)
		return false;
	sha = EVP_MD_CTX_new();
	gcm = EVP_CIPHER_CTX_new();
	ecb = EVP_CIPHER_CTX_new();
	return sha && gcm && ecb && EVP_DigestInit_ex(sha, EVP_sha256(), NULL) == 1 &&
	       EVP_DecryptInit_ex(gcm, EVP_aes_128_gcm(), NULL, NULL, NULL) == 1 &&
	       EVP_EncryptInit_ex(ecb, EVP_aes_128_ecb(), NULL, NULL, NULL) == 1;
}

static bool sha256(struct ward_slice a, struct ward_slice b, uint8_t ret[SHA])
{
	return EVP_DigestInit_ex(sha, NULL, NULL) == 1 && EVP_DigestUpdate(sha, a.p, a.len) == 1 &&
	       EVP_DigestUpdate(sha, b.p, b.len) == 1 && EVP_DigestFinal_ex(sha, ret, NULL) == 1;
}

/* RFC 2104; the key is no longer than a block. */
static bool hmac(struct ward_slice key, struct ward_slice text, uint8_t ret[SHA])
{
	uint8_t pad[BLOCK] = {0}, inner[SHA];

	WARD_ASSERT(key.len <= BLOCK);
	memcpy(pad, key.p, key.len);
	for (size_t i = 0; i < BLOCK; i++)
		pad[i] ^= 0x36;
	if (!sha256(ward_slice_of(pad, BLOCK), text, inner))
		return false;
	for (size_t i = 0; i < BLOCK; i++)
		pad[i] ^= 0x36 ^ 0x5c;
	return sha256(ward_slice_of(pad, BLOCK), ward_slice_of(inner, SHA), ret);
}

/* HKDF-Expand-Label of RFC 8446 7.1 without a context, up to one block (RFC 5869 2.3). */
static bool expand(const uint8_t secret[SHA], const char *label, uint8_t *ret, size_t len)
{
	uint8_t info[LABEL_MAX], block[SHA];
	struct ward_wr w = ward_wr_fixed(info, sizeof(info));
	size_t n = strlen(label);

	WARD_ASSERT(len <= SHA && n < 32);
	ward_wr_be16(&w, (uint16_t)len);
	ward_wr_u8(&w, (uint8_t)(6 + n));
	ward_wr_z(&w, "tls13 ");
	ward_wr_z(&w, label);
	ward_wr_u8(&w, 0);
	ward_wr_u8(&w, 1); /* the block's number */
	if (!hmac(ward_slice_of(secret, SHA), ward_wr_slice(&w), block))
		return false;
	memcpy(ret, block, len);
	return true;
}

/* By the first and last version; of the labels, those of key, iv and header protection. */
static const struct suite {
	uint32_t first, last;
	uint8_t salt[SALT];
	const char *label[3];
} suites[] = {
	{1, 1, /* RFC 9001 5.2 */
		{0x38, 0x76, 0x2c, 0xf7, 0xf5, 0x59, 0x34, 0xb3, 0x4d, 0x17, 0x9a, 0xe6, 0xa4, 0xc8,
			0x0c, 0xad, 0xcc, 0xbb, 0x7f, 0x0a},
		{"quic key", "quic iv", "quic hp"}},
	{0x6b3343cf, 0x6b3343cf, /* RFC 9369 3.3.1 */
		{0x0d, 0xed, 0xe3, 0xde, 0xf7, 0x00, 0xa6, 0xdb, 0x81, 0x93, 0x81, 0xbe, 0x6e, 0x26,
			0x9d, 0xcb, 0xf9, 0xbd, 0x2e, 0xd9},
		{"quicv2 key", "quicv2 iv", "quicv2 hp"}},
	{0xff00001d, 0xff000020, /* draft-ietf-quic-tls-29 5.2 */
		{0xaf, 0xbf, 0xec, 0x28, 0x99, 0x93, 0xd2, 0x4c, 0x9e, 0x97, 0x86, 0xf1, 0x9c, 0x61,
			0x11, 0xe0, 0x43, 0x90, 0xa8, 0x99},
		{"quic key", "quic iv", "quic hp"}},
	{0xff000021, 0xff000022, /* draft-ietf-quic-tls-33 5.2: as in the RFC */
		{0x38, 0x76, 0x2c, 0xf7, 0xf5, 0x59, 0x34, 0xb3, 0x4d, 0x17, 0x9a, 0xe6, 0xa4, 0xc8,
			0x0c, 0xad, 0xcc, 0xbb, 0x7f, 0x0a},
		{"quic key", "quic iv", "quic hp"}},
	{0xff00001b, 0xff00001c, /* draft-ietf-quic-tls-27 5.2 */
		{0xc3, 0xee, 0xf7, 0x12, 0xc7, 0x2e, 0xbb, 0x5a, 0x11, 0xa7, 0xd2, 0x43, 0x2b, 0xb4,
			0x63, 0x65, 0xbe, 0xf9, 0xf5, 0x02},
		{"quic key", "quic iv", "quic hp"}},
	{0xfaceb002, 0xfaceb002, /* the same, by its own number */
		{0xc3, 0xee, 0xf7, 0x12, 0xc7, 0x2e, 0xbb, 0x5a, 0x11, 0xa7, 0xd2, 0x43, 0x2b, 0xb4,
			0x63, 0x65, 0xbe, 0xf9, 0xf5, 0x02},
		{"quic key", "quic iv", "quic hp"}},
};

static const struct suite *suite_of(uint32_t version)
{
	for (size_t i = 0; i < WARD_ARRAY_LEN(suites); i++)
		if (version >= suites[i].first && version <= suites[i].last)
			return &suites[i];
	return NULL;
}

bool ward_quic_derive(uint32_t version, struct ward_slice dcid, struct ward_quic_keys ret[2])
{
	static const char *const side[] = {"client in", "server in"};
	const struct suite *s = suite_of(version);
	uint8_t initial[SHA], secret[SHA];

	if (!s || !hmac(ward_slice_of(s->salt, SALT), dcid, initial))
		return false;
	for (size_t i = 0; i < 2; i++) {
		struct ward_quic_keys *k = &ret[i];

		if (!expand(initial, side[i], secret, SHA) ||
			!expand(secret, s->label[0], k->key, sizeof(k->key)) ||
			!expand(secret, s->label[1], k->iv, sizeof(k->iv)) ||
			!expand(secret, s->label[2], k->hp, sizeof(k->hp)))
			return false;
	}
	return true;
}

/* 5.4.1: the header's first byte and the packet number, as they were before. Gives the number's
 * length; 0: libcrypto failed. */
static size_t unmask(const struct ward_quic_keys *keys, struct ward_slice packet, size_t number_at,
	uint8_t *first, uint8_t number[NUMBER_MAX])
{
	uint8_t mask[SAMPLE];
	int n = 0;

	if (EVP_EncryptInit_ex(ecb, NULL, NULL, keys->hp, NULL) != 1 ||
		EVP_CIPHER_CTX_set_padding(ecb, 0) != 1 ||
		EVP_EncryptUpdate(ecb, mask, &n, packet.p + number_at + NUMBER_MAX, SAMPLE) != 1)
		return 0;
	*first = (uint8_t)(packet.p[0] ^ (mask[0] & 0x0f));
	size_t len = (*first & 3) + 1u;

	for (size_t i = 0; i < len; i++)
		number[i] = packet.p[number_at + i] ^ mask[1 + i];
	return len;
}

/* 5.3: the header is authenticated as it was before protection. */
static bool take_header(
	struct ward_slice packet, size_t number_at, uint8_t first, struct ward_slice number)
{
	int n = 0;

	return EVP_DecryptUpdate(gcm, NULL, &n, &first, 1) == 1 &&
	       EVP_DecryptUpdate(gcm, NULL, &n, packet.p + 1, (int)number_at - 1) == 1 &&
	       EVP_DecryptUpdate(gcm, NULL, &n, number.p, (int)number.len) == 1;
}

bool ward_quic_open(const struct ward_quic_keys *keys, struct ward_slice packet, size_t number_at,
	struct ward_wr *plain)
{
	uint8_t first, number[NUMBER_MAX] = {0}, nonce[sizeof(keys->iv)], tag[WARD_QUIC_TAG];
	int n = 0;

	/* a datagram is below 64 KiB, so that all lengths fit an int */
	if (packet.len > UINT16_MAX || packet.len < number_at + NUMBER_MAX + WARD_QUIC_TAG)
		return false;
	size_t n_number = unmask(keys, packet, number_at, &first, number);
	size_t body = packet.len - number_at - n_number - WARD_QUIC_TAG;

	if (!n_number || body == 0)
		return false;
	memcpy(nonce, keys->iv, sizeof(nonce));
	for (size_t i = 0; i < n_number; i++)
		nonce[sizeof(nonce) - n_number + i] ^= number[i];
	memcpy(tag, packet.p + packet.len - sizeof(tag), sizeof(tag));
	uint8_t *to = ward_wr_room(plain, body);

	return to && EVP_DecryptInit_ex(gcm, NULL, NULL, keys->key, nonce) == 1 &&
	       take_header(packet, number_at, first, ward_slice_of(number, n_number)) &&
	       EVP_DecryptUpdate(gcm, to, &n, packet.p + number_at + n_number, (int)body) == 1 &&
	       EVP_CIPHER_CTX_ctrl(gcm, EVP_CTRL_GCM_SET_TAG, sizeof(tag), tag) == 1 &&
	       EVP_DecryptFinal_ex(gcm, to + n, &n) == 1;
}
