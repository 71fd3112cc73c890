#include "sense/net/proto/tls/tls.h"

enum {
	RANDOM = 32,
	SESSION_MAX = 32,
	EXT_SERVER_NAME = 0,
	EXT_GROUPS = 10,
	EXT_POINTS = 11,
	EXT_SIGNATURES = 13,
	EXT_ALPN = 16,
	EXT_VERSIONS = 43,
	EXT_KEY_SHARE = 51,
	SSL2_CLIENT_HELLO = 1,
};

bool ward_tls_grease(uint16_t v)
{
	return (v & 0x0f0f) == 0x0a0a && v >> 8 == (v & 0xff);
}

/* A length of two bytes, then as many; an empty slice when it is not there. */
static struct ward_slice list16(struct ward_rd *r)
{
	return ward_rd_bytes(r, ward_rd_be16(r));
}

static struct ward_slice list8(struct ward_rd *r)
{
	return ward_rd_bytes(r, ward_rd_u8(r));
}

/* RFC 6066 3: the first host name. */
static bool server_name(struct ward_rd *r, struct ward_tls_hello *h)
{
	h->has_name = true;
	if (!ward_rd_left(r))
		return true; /* a server's confirmation */
	struct ward_rd list = ward_rd_slice(list16(r));

	while (ward_rd_left(&list)) { /* each takes three bytes at least */
		uint8_t type = ward_rd_u8(&list);
		struct ward_slice name = list16(&list);

		if (ward_rd_bad(&list))
			return false;
		if (type == 0 && !h->name.len)
			h->name = name;
	}
	return !ward_rd_bad(r);
}

/* RFC 7301 3.1 */
static bool alpn(struct ward_rd *r, struct ward_tls_hello *h)
{
	h->alpn = list16(r);
	struct ward_rd list = ward_rd_slice(h->alpn);

	while (ward_rd_left(&list))
		(void)list8(&list); /* takes a byte at least */
	return !ward_rd_bad(r) && !ward_rd_bad(&list);
}

static bool even(struct ward_rd *r, struct ward_slice list)
{
	return !ward_rd_bad(r) && list.len % 2 == 0;
}

static bool extension(uint16_t type, struct ward_rd *r, bool client, struct ward_tls_hello *h)
{
	switch (type) {
	case EXT_SERVER_NAME:
		return server_name(r, h);
	case EXT_GROUPS:
		h->groups = list16(r);
		return even(r, h->groups);
	case EXT_POINTS:
		h->points = list8(r);
		return !ward_rd_bad(r);
	case EXT_SIGNATURES:
		h->signatures = list16(r);
		return even(r, h->signatures);
	case EXT_ALPN:
		return alpn(r, h);
	case EXT_VERSIONS:
		h->versions = client ? list8(r) : ward_rd_bytes(r, 2);
		return even(r, h->versions);
	case EXT_KEY_SHARE:
		if (!client)
			h->group = ward_rd_be16(r);
		return !ward_rd_bad(r);
	default:
		return true;
	}
}

static bool extensions(struct ward_rd *r, bool client, struct ward_tls_hello *h)
{
	if (!ward_rd_left(r))
		return !ward_rd_bad(r); /* RFC 5246 7.4.1.2: none */
	h->has_extensions = true;
	h->extensions = list16(r);
	if (ward_rd_bad(r) || ward_rd_left(r))
		return false;
	struct ward_rd list = ward_rd_slice(h->extensions);

	while (ward_rd_left(&list)) { /* each takes four bytes at least */
		uint16_t type = ward_rd_be16(&list);
		struct ward_rd body = ward_rd_sub(&list, ward_rd_be16(&list));

		if (ward_rd_bad(&list) || !extension(type, &body, client, h))
			return false;
	}
	return true;
}

bool ward_tls_client_hello(struct ward_slice body, struct ward_tls_hello *h)
{
	struct ward_rd r = ward_rd_slice(body);

	memset(h, 0, sizeof(*h));
	h->version = ward_rd_be16(&r);
	h->random = ward_rd_bytes(&r, RANDOM);
	h->session = list8(&r);
	h->ciphers = list16(&r);
	(void)list8(&r); /* compression methods */
	if (ward_rd_bad(&r) || h->session.len > SESSION_MAX || h->ciphers.len % 2)
		return false;
	return extensions(&r, true, h);
}

bool ward_tls_server_hello(struct ward_slice body, struct ward_tls_hello *h)
{
	/* RFC 8446 4.1.3: SHA-256 of "HelloRetryRequest" */
	static const uint8_t retry[RANDOM] = {0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe,
		0x1d, 0x8c, 0x02, 0x1e, 0x65, 0xb8, 0x91, 0xc2, 0xa2, 0x11, 0x16, 0x7a, 0xbb, 0x8c,
		0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c};
	struct ward_rd r = ward_rd_slice(body);

	memset(h, 0, sizeof(*h));
	h->version = ward_rd_be16(&r);
	h->random = ward_rd_bytes(&r, RANDOM);
	/* Drafts 18 to 21 of TLS 1.3 have neither session id nor compression. */
	bool draft = h->version > 0x7f00 && h->version < 0x7f16;

	if (!draft)
		h->session = list8(&r);
	h->ciphers = ward_rd_bytes(&r, 2);
	if (!draft)
		(void)ward_rd_u8(&r);
	if (ward_rd_bad(&r) || h->session.len > SESSION_MAX)
		return false;
	h->retry = memcmp(h->random.p, retry, RANDOM) == 0;
	return extensions(&r, false, h);
}

bool ward_tls_ssl2_hello(struct ward_slice body, struct ward_tls_hello *h)
{
	struct ward_rd r = ward_rd_slice(body);
	uint8_t type = ward_rd_u8(&r);
	uint16_t n_cipher, n_session, n_challenge;

	memset(h, 0, sizeof(*h));
	h->version = ward_rd_be16(&r);
	n_cipher = ward_rd_be16(&r);
	n_session = ward_rd_be16(&r);
	n_challenge = ward_rd_be16(&r);
	h->ciphers = ward_rd_bytes(&r, n_cipher);
	h->session = ward_rd_bytes(&r, n_session);
	h->random = ward_rd_bytes(&r, n_challenge);
	if (ward_rd_bad(&r) || ward_rd_left(&r) || type != SSL2_CLIENT_HELLO)
		return false;
	if (h->version != WARD_TLS_SSL2 &&
		(h->version < WARD_TLS_SSL3 || h->version > WARD_TLS_1_2))
		return false;
	return n_cipher && n_cipher % 3 == 0 && (n_session == 0 || n_session == 16) &&
	       n_challenge >= 16 && n_challenge <= RANDOM;
}

/* Drafts of TLS 1.3 count as it; a number that means nothing counts not at all. */
static uint16_t plain_version(uint16_t v)
{
	if (ward_tls_grease(v))
		return 0;
	return v >> 8 == 0x7f ? WARD_TLS_1_3 : v;
}

uint16_t ward_tls_hello_version(const struct ward_tls_hello *h)
{
	struct ward_rd r = ward_rd_slice(h->versions);
	uint16_t highest = 0;

	while (ward_rd_left(&r)) { /* an even number of bytes */
		uint16_t v = plain_version(ward_rd_be16(&r));

		if (v > highest && v <= WARD_TLS_1_3)
			highest = v;
	}
	return highest ? highest : plain_version(h->version);
}

const char *ward_tls_version_name(unsigned version)
{
	static const char *const name[] = {"ssl3", "tls1.0", "tls1.1", "tls1.2", "tls1.3"};

	if (version == WARD_TLS_SSL2)
		return "ssl2";
	return version >= WARD_TLS_SSL3 && version - WARD_TLS_SSL3 < WARD_ARRAY_LEN(name)
		       ? name[version - WARD_TLS_SSL3]
		       : NULL;
}

const char *ward_tls_alert_name(unsigned description)
{
	static const char *const name[] = {
		[0] = "close-notify",
		[10] = "unexpected-message",
		[20] = "bad-record-mac",
		[21] = "decryption-failed",
		[22] = "record-overflow",
		[30] = "decompression-failure",
		[40] = "handshake-failure",
		[41] = "no-certificate",
		[42] = "bad-certificate",
		[43] = "unsupported-certificate",
		[44] = "certificate-revoked",
		[45] = "certificate-expired",
		[46] = "certificate-unknown",
		[47] = "illegal-parameter",
		[48] = "unknown-ca",
		[49] = "access-denied",
		[50] = "decode-error",
		[51] = "decrypt-error",
		[60] = "export-restriction",
		[70] = "protocol-version",
		[71] = "insufficient-security",
		[80] = "internal-error",
		[86] = "inappropriate-fallback",
		[90] = "user-canceled",
		[100] = "no-renegotiation",
		[109] = "missing-extension",
		[110] = "unsupported-extension",
		[111] = "certificate-unobtainable",
		[112] = "unrecognized-name",
		[113] = "bad-certificate-status-response",
		[114] = "bad-certificate-hash-value",
		[115] = "unknown-psk-identity",
		[116] = "certificate-required",
		[120] = "no-application-protocol",
	};

	return description < WARD_ARRAY_LEN(name) ? name[description] : NULL;
}
