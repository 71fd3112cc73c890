/* Who an Authorization field says that its sender is. Secrets are read over, never kept. */
#include "sense/net/proto/http/http.h"

enum { DECODED = 1024, NTLM_AUTHENTICATE = 3, NTLM_UNICODE = 1 };

static int digit64(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/* RFC 4648 4, up to what is no digit of it or to the room's end. */
static size_t decode64(struct ward_str s, uint8_t *ret, size_t cap)
{
	uint32_t bits = 0;
	unsigned n_bit = 0;
	size_t n = 0;

	for (size_t i = 0; i < s.len && n < cap; i++) {
		int v = digit64(s.p[i]);

		if (v < 0)
			break;
		bits = bits << 6 | (uint32_t)v;
		n_bit += 6;
		if (n_bit >= 8) {
			n_bit -= 8;
			ret[n++] = (uint8_t)(bits >> n_bit);
		}
	}
	return n;
}

static void keep(struct ward_http_credentials *c, struct ward_slice user)
{
	c->n_user = user.len < sizeof(c->user) ? user.len : sizeof(c->user);
	if (c->n_user)
		memcpy(c->user, user.p, c->n_user);
}

/* Without surrogates: they become question marks. */
static void keep_utf16(struct ward_http_credentials *c, struct ward_slice s)
{
	struct ward_wr w = ward_wr_fixed(c->user, sizeof(c->user));
	struct ward_rd r = ward_rd_slice(s);

	while (ward_rd_left(&r) >= 2 && w.cap - w.len >= 3) {
		unsigned v = ward_rd_le16(&r);

		if (v < 0x80) {
			ward_wr_u8(&w, (uint8_t)v);
		} else if (v < 0x800) {
			ward_wr_u8(&w, (uint8_t)(0xc0 | v >> 6));
			ward_wr_u8(&w, (uint8_t)(0x80 | (v & 63)));
		} else if (v >= 0xd800 && v < 0xe000) {
			ward_wr_ch(&w, '?');
		} else {
			ward_wr_u8(&w, (uint8_t)(0xe0 | v >> 12));
			ward_wr_u8(&w, (uint8_t)(0x80 | (v >> 6 & 63)));
			ward_wr_u8(&w, (uint8_t)(0x80 | (v & 63)));
		}
	}
	c->n_user = w.len;
}

/* MS-NLMP 2.2.1.3: AUTHENTICATE_MESSAGE. */
static bool read_ntlm(struct ward_slice bytes, struct ward_http_credentials *c)
{
	struct ward_rd r = ward_rd_slice(bytes);
	struct ward_slice signature = ward_rd_bytes(&r, 8);
	uint32_t type = ward_rd_le32(&r);

	if (ward_rd_bad(&r) || memcmp(signature.p, "NTLMSSP", 8) != 0 || type != NTLM_AUTHENTICATE)
		return false;
	ward_rd_skip(&r, 24); /* responses and domain */
	size_t len = ward_rd_le16(&r);

	ward_rd_skip(&r, 2);
	size_t at = ward_rd_le32(&r);

	ward_rd_skip(&r, 16); /* workstation and session key */
	bool unicode = ward_rd_le32(&r) & NTLM_UNICODE;
	struct ward_rd body = ward_rd_slice(bytes);

	ward_rd_skip(&body, at);
	struct ward_slice user = ward_rd_bytes(&body, len);

	c->method = "ntlm";
	if (!ward_rd_bad(&r) && !ward_rd_bad(&body) && unicode)
		keep_utf16(c, user);
	else if (!ward_rd_bad(&r) && !ward_rd_bad(&body))
		keep(c, user);
	return true;
}

static bool read_negotiate(struct ward_str value, struct ward_http_credentials *c)
{
	uint8_t bytes[DECODED];
	struct ward_slice all = ward_slice_of(bytes, decode64(value, bytes, sizeof(bytes)));
	size_t at = ward_str_find(
		ward_slice_text(all), (struct ward_str){"NTLMSSP", sizeof("NTLMSSP")});

	/* In SPNEGO (RFC 4178) the NTLM message is a string inside. */
	if (at != SIZE_MAX)
		return read_ntlm(ward_slice_of(all.p + at, all.len - at), c);
	c->method = "kerberos";
	/* RFC 4120 7.5.7: its object id, in DER. */
	return ward_str_find(ward_slice_text(all),
		       WARD_STR("\x2a\x86\x48\x86\xf7\x12\x01\x02\x02")) != SIZE_MAX;
}

static void read_basic(struct ward_str value, struct ward_http_credentials *c)
{
	uint8_t bytes[DECODED];
	struct ward_str all = {(const char *)bytes, decode64(value, bytes, sizeof(bytes))};

	keep(c, ward_str_bytes(ward_str_cut(&all, ':')));
}

bool ward_http_credentials(struct ward_str value, struct ward_http_credentials *c)
{
	struct ward_str rest = value, scheme = ward_str_cut(&rest, ' ');

	*c = (struct ward_http_credentials){.method = "other"};
	rest = ward_str_trim(rest);
	if (!rest.len)
		return false;
	if (ward_str_ieq(scheme, WARD_STR("NTLM")) || ward_str_ieq(scheme, WARD_STR("Negotiate")))
		return read_negotiate(rest, c);
	if (ward_str_ieq(scheme, WARD_STR("Basic"))) {
		c->method = "basic";
		c->cleartext = true;
		read_basic(rest, c);
	} else if (ward_str_ieq(scheme, WARD_STR("Digest"))) {
		c->method = "digest";
		keep(c, ward_str_bytes(ward_http_param(value, "username")));
	} else if (ward_str_ieq(scheme, WARD_STR("Bearer"))) {
		c->method = "bearer";
		c->cleartext = true;
	}
	return true;
}
