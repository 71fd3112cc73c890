/* What Active Directory puts into LDAP: the answer to a ping, signed messages, and NTLM. */
#include "sense/net/proto/ldap/ldap.h"

#include "sense/net/text.h"

enum {
	/* MS-ADTS 6.3.1.3: the responses with this layout */
	LOGON_EX = 23,
	LOGON_UNKNOWN_EX = 25,
	GUID_BYTES = 16,
	POINTER = 0xc0, /* RFC 1035 4.1.4 */
	HOPS = 8,
	NAME_MAX = 255,
};

/* A name at r, its labels joined by dots. A pointer goes backwards only, so that it ends. */
static bool compressed(struct ward_rd *r, struct ward_wr *w, struct ward_str *ret)
{
	struct ward_rd at = *r;
	size_t from = w->len;
	unsigned hops = 0;

	for (;;) {
		size_t begin = at.off, n = ward_rd_u8(&at);

		if ((n & POINTER) == POINTER) {
			size_t to = (n & ~(size_t)POINTER) << 8 | ward_rd_u8(&at);

			if (hops++ == 0)
				*r = at;
			if (ward_rd_bad(&at) || to >= begin || hops > HOPS)
				return false;
			at.off = to;
			continue;
		}
		if (ward_rd_bad(&at) || n & POINTER || w->len - from + n > NAME_MAX)
			return false;
		if (n == 0)
			break;
		if (w->len > from)
			ward_wr_ch(w, '.');
		ward_text_ascii(w, ward_rd_bytes(&at, n), n);
	}
	if (hops == 0)
		*r = at;
	*ret = (struct ward_str){(const char *)w->p + from, w->len - from};
	return !ward_rd_bad(&at) && !ward_wr_bad(w);
}

bool ward_ldap_netlogon_of(
	struct ward_slice value, struct ward_wr *w, struct ward_ldap_netlogon *ret)
{
	struct ward_rd r = ward_rd_slice(value);
	uint16_t opcode = ward_rd_le16(&r);

	memset(ret, 0, sizeof(*ret));
	ward_rd_skip(&r, 2);
	ret->flags = ward_rd_le32(&r);
	ward_rd_skip(&r, GUID_BYTES);
	if (ward_rd_bad(&r) || opcode < LOGON_EX || opcode > LOGON_UNKNOWN_EX)
		return false;
	for (size_t i = 0; i < WARD_LDAP_NL_N; i++)
		if (!compressed(&r, w, &ret->name[i]))
			return false;
	return true;
}

enum {
	CFX_WRAP = 0x0504, /* RFC 4121 4.2.6.2 */
	CFX_SEALED = 2,
	NTLM_SIGNATURE = 0x01000000, /* MS-NLMP 2.2.2.9.1: its version */
};

bool ward_ldap_maybe_signed(struct ward_slice head)
{
	struct ward_rd r = ward_rd_slice(head);
	uint32_t first = ward_rd_be32(&r);

	return first == NTLM_SIGNATURE || (first >> 16 == CFX_WRAP && !(first >> 8 & CFX_SEALED));
}

bool ward_ldap_signed(struct ward_slice buffer, struct ward_slice *ret)
{
	struct ward_rd r = ward_rd_slice(buffer);
	uint32_t first = ward_rd_be32(&r);
	uint16_t checksum = ward_rd_be16(&r), rotated = ward_rd_be16(&r);

	ward_rd_skip(&r, 8); /* the sequence number; of NTLM the rest of the signature */
	if (first == NTLM_SIGNATURE) {
		*ret = ward_rd_rest(&r);
		return !ward_rd_bad(&r) && ret->len;
	}
	/* The checksum follows the text, unless both are rotated by its length. */
	if (rotated)
		ward_rd_skip(&r, checksum);
	if (ward_rd_bad(&r) || (rotated && rotated != checksum))
		return false;
	*ret = ward_rd_rest(&r);
	if (!rotated && ret->len >= checksum)
		ret->len -= checksum;
	return ret->len != 0;
}

/* UTF-16 (little endian) as UTF-8; lone surrogates as '?'. */
static void utf16(struct ward_wr *w, struct ward_rd *r)
{
	while (ward_rd_left(r) >= 2) {
		uint32_t c = ward_rd_le16(r);

		if (c >= 0xd800 && c < 0xdc00 && ward_rd_left(r) >= 2) {
			struct ward_rd ahead = *r;
			uint32_t low = ward_rd_le16(&ahead);

			if (low >= 0xdc00 && low < 0xe000) {
				c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
				*r = ahead;
			}
		}
		if (c >= 0xd800 && c < 0xe000)
			c = '?';
		if (c < 0x80) {
			ward_wr_u8(w, (uint8_t)c);
		} else if (c < 0x800) {
			ward_wr_u8(w, (uint8_t)(0xc0 | c >> 6));
			ward_wr_u8(w, (uint8_t)(0x80 | (c & 0x3f)));
		} else if (c < 0x10000) {
			ward_wr_u8(w, (uint8_t)(0xe0 | c >> 12));
			ward_wr_u8(w, (uint8_t)(0x80 | (c >> 6 & 0x3f)));
			ward_wr_u8(w, (uint8_t)(0x80 | (c & 0x3f)));
		} else {
			ward_wr_u8(w, (uint8_t)(0xf0 | c >> 18));
			ward_wr_u8(w, (uint8_t)(0x80 | (c >> 12 & 0x3f)));
			ward_wr_u8(w, (uint8_t)(0x80 | (c >> 6 & 0x3f)));
			ward_wr_u8(w, (uint8_t)(0x80 | (c & 0x3f)));
		}
	}
}

/* MS-NLMP 2.2.1.3: the user name's length and place follow those of three others. */
void ward_ldap_ntlm(struct ward_slice credentials, struct ward_wr *w, bool *ret_ntlm)
{
	enum { AUTHENTICATE = 3, USER_AT = 36, USER_MAX = 104 };
	static const char signature[] = "NTLMSSP"; /* with its NUL */
	size_t at = ward_str_find(
		ward_slice_text(credentials), (struct ward_str){signature, sizeof(signature)});
	struct ward_rd whole, r, name;
	uint32_t type;
	uint16_t len;

	*ret_ntlm = at != SIZE_MAX;
	if (!*ret_ntlm)
		return;
	whole = ward_rd_from(credentials.p + at, credentials.len - at);
	r = whole;
	ward_rd_skip(&r, sizeof(signature));
	type = ward_rd_le32(&r);
	ward_rd_skip(&r, USER_AT - sizeof(signature) - sizeof(type));
	len = ward_rd_le16(&r);
	ward_rd_skip(&r, 2);
	name = whole;
	ward_rd_skip(&name, ward_rd_le32(&r));
	name = ward_rd_sub(&name, len);
	if (!ward_rd_bad(&r) && !ward_rd_bad(&name) && type == AUTHENTICATE && len <= 2 * USER_MAX)
		utf16(w, &name);
}
