/* NetBIOS session service (RFC 1002 4.3), also as "direct TCP" (MS-SMB2 2.1): there the length has
 * all three bytes. */
#include "sense/net/proto/smb/smb.h"

enum {
	SESSION_MESSAGE = 0x00,
	SESSION_REQUEST = 0x81,
	POSITIVE = 0x82,
	NEGATIVE = 0x83,
	RETARGET = 0x84,
	KEEP_ALIVE = 0x85,
	REQUEST_MOST = 2 * 255, /* two names, with scopes */
	SMB_MAGIC = 0x534d42,   /* "SMB" after the first byte */
	NAME_BYTES = 32,
};

static enum ward_smb_protocol protocol_of(uint32_t magic)
{
	static const enum ward_smb_protocol last[] = {
		WARD_SMB_P_COMPRESSED, WARD_SMB_P_ENCRYPTED, WARD_SMB_P_2, WARD_SMB_P_1};

	if ((magic & 0xffffff) != SMB_MAGIC || magic >> 24 < 0xfc)
		return WARD_SMB_P_UNKNOWN;
	return last[(magic >> 24) - 0xfc];
}

static size_t head_of(enum ward_smb_protocol p)
{
	return p == WARD_SMB_P_1           ? WARD_SMB1_HEAD + 3
	       : p == WARD_SMB_P_2         ? WARD_SMB2_HEAD
	       : p == WARD_SMB_P_ENCRYPTED ? 52
					   : 16;
}

/* What may stand as a length in frames other than messages, 4.3.2 to 4.3.6. */
static bool length_fits(uint8_t type, uint32_t len)
{
	switch (type) {
	case SESSION_REQUEST:
		return len >= 2 * (NAME_BYTES + 2) && len <= REQUEST_MOST;
	case POSITIVE:
	case KEEP_ALIVE:
		return len == 0;
	case NEGATIVE:
		return len == 1;
	case RETARGET:
		return len == 6;
	default:
		return false;
	}
}

static enum ward_smb_framing message(struct ward_rd *r, uint32_t len, struct ward_smb_frame *ret,
	enum ward_smb_reason *ret_reason)
{
	uint32_t magic = ward_rd_be32(r);

	if (len < 4) {
		*ret_reason = WARD_SMB_NBSS_LENGTH;
		return WARD_SMB_NOT;
	}
	if (ward_rd_bad(r))
		return WARD_SMB_MORE;
	ret->protocol = protocol_of(magic);
	if (ret->protocol == WARD_SMB_P_UNKNOWN)
		*ret_reason = WARD_SMB_PROTOCOL;
	else if (len < head_of(ret->protocol))
		*ret_reason = ret->protocol == WARD_SMB_P_ENCRYPTED    ? WARD_SMB_TRANSFORM_SHORT
			      : ret->protocol == WARD_SMB_P_COMPRESSED ? WARD_SMB_COMPRESSION_SHORT
								       : WARD_SMB_NBSS_LENGTH;
	else
		return WARD_SMB_WHOLE;
	return WARD_SMB_NOT;
}

enum ward_smb_framing ward_smb_frame(
	struct ward_slice bytes, struct ward_smb_frame *ret, enum ward_smb_reason *ret_reason)
{
	struct ward_rd r = ward_rd_slice(bytes);
	uint8_t type = ward_rd_u8(&r);
	uint32_t len = ward_rd_be24(&r);

	*ret = (struct ward_smb_frame){0};
	*ret_reason = WARD_SMB_REASON_N;
	if (bytes.len && type != SESSION_MESSAGE && (type < SESSION_REQUEST || type > KEEP_ALIVE)) {
		*ret_reason = WARD_SMB_NBSS_TYPE;
		return WARD_SMB_NOT;
	}
	if (ward_rd_bad(&r))
		return WARD_SMB_MORE;
	ret->type = type;
	ret->size = WARD_SMB_NBSS + (size_t)len;
	if (type == SESSION_MESSAGE)
		return message(&r, len, ret, ret_reason);
	if (length_fits(type, len))
		return WARD_SMB_WHOLE;
	*ret_reason = WARD_SMB_NBSS_LENGTH;
	return WARD_SMB_NOT;
}

bool ward_smb_netbios_name(struct ward_rd *r, char ret[17])
{
	size_t len = 0;

	if (ward_rd_u8(r) != NAME_BYTES)
		return false;
	for (size_t i = 0; i < NAME_BYTES / 2; i++) {
		unsigned hi = ward_rd_u8(r) - 'A', lo = ward_rd_u8(r) - 'A';

		if (hi > 15 || lo > 15)
			return false;
		char c = (char)(hi << 4 | lo);

		/* The last byte is the kind of service. */
		ret[i] = i < NAME_BYTES / 2 - 1 ? (c >= ' ' && c < 0x7f ? c : '?') : 0;
		if (ret[i] && c != ' ')
			len = i + 1;
	}
	ret[len] = 0;
	/* The scope: labels up to an empty one. */
	for (size_t n = 0; n < 255; n++) {
		size_t label = ward_rd_u8(r);

		if (!label)
			break;
		ward_rd_skip(r, label);
	}
	return !ward_rd_bad(r);
}

/* log2 of v > 0 in units of 1/65536, by repeated squaring of the mantissa. */
static uint64_t log2_q16(uint64_t v)
{
	unsigned whole = 63 - (unsigned)__builtin_clzll(v);
	uint64_t m = v << (31 - whole), out = whole; /* v < 2^31: 1 <= m / 2^31 < 2 */

	for (unsigned i = 0; i < 16; i++) {
		m = m * m >> 31;
		out <<= 1;
		if (m >> 32) {
			m >>= 1;
			out |= 1;
		}
	}
	return out;
}

unsigned ward_smb_entropy(struct ward_slice s)
{
	uint32_t n[256] = {0};
	uint64_t sum = 0;
	uint64_t len = s.len < 1 << 20 ? s.len : 1 << 20;

	if (!len)
		return 0;
	for (size_t i = 0; i < len; i++)
		n[s.p[i]]++;
	for (size_t i = 0; i < WARD_ARRAY_LEN(n); i++)
		sum += n[i] ? n[i] * log2_q16(n[i]) : 0;
	return (unsigned)((log2_q16(len) - sum / len) * 1000 / (UINT64_C(8) << 16));
}
