#include "base/wr.h"
#include "sense/charset.h"
#include "sense/log/binxml.h"
#include "sense/log/field.h"

/* [MS-EVEN6] 2.2.18, BinXmlVariant */
enum {
	T_NULL = 0x00,
	T_STRING = 0x01,
	T_ANSI = 0x02,
	T_INT8 = 0x03,
	T_UINT8 = 0x04,
	T_INT16 = 0x05,
	T_UINT16 = 0x06,
	T_INT32 = 0x07,
	T_UINT32 = 0x08,
	T_INT64 = 0x09,
	T_UINT64 = 0x0a,
	T_REAL32 = 0x0b,
	T_REAL64 = 0x0c,
	T_BOOL = 0x0d,
	T_BINARY = 0x0e,
	T_GUID = 0x0f,
	T_SIZE = 0x10,
	T_FILETIME = 0x11,
	T_SYSTIME = 0x12,
	T_SID = 0x13,
	T_HEX32 = 0x14,
	T_HEX64 = 0x15,
	T_ARRAY = 0x80,
};

enum { SID_PARTS_MAX = 15, CHARS_PER_UNIT = 3 };

/* Between 1601 and 1970, in FILETIME's unit of 100 ns. */
#define FILETIME_EPOCH 116444736000000000ull

/* Sizes of the types that have one; 0: all bytes that there are. */
static size_t size_of(uint8_t type)
{
	static const uint8_t size[] = {[T_INT8] = 1,
		[T_UINT8] = 1,
		[T_INT16] = 2,
		[T_UINT16] = 2,
		[T_INT32] = 4,
		[T_UINT32] = 4,
		[T_INT64] = 8,
		[T_UINT64] = 8,
		[T_REAL32] = 4,
		[T_REAL64] = 8,
		[T_BOOL] = 4,
		[T_GUID] = 16,
		[T_FILETIME] = 8,
		[T_SYSTIME] = 16,
		[T_HEX32] = 4,
		[T_HEX64] = 8};

	return type < WARD_ARRAY_LEN(size) ? size[type] : 0;
}

static enum ward_err keep(struct ward_arena *a, const struct ward_wr *w, enum ward_value_kind kind,
	struct ward_value *ret)
{
	struct ward_str s = ward_arena_str(a, ward_wr_text(w));

	if (!s.p)
		return WARD_ERR_NOMEM;
	*ret = (struct ward_value){.kind = kind, .s = s};
	return WARD_OK;
}

/* UTF-16LE to its first NUL, or bytes of the machine's code page. */
static enum ward_err text(
	uint8_t type, struct ward_slice s, struct ward_arena *a, struct ward_value *ret)
{
	size_t unit = type == T_STRING ? 2 : 1, used, n;
	struct ward_rd r = ward_rd_slice(s);

	for (n = 0; n + unit <= s.len; n += unit)
		if ((unit == 2 ? ward_rd_le16(&r) : ward_rd_u8(&r)) == 0)
			break;
	size_t cap = n / unit * CHARS_PER_UNIT + 1;
	uint8_t *p = ward_arena_alloc(a, cap);
	struct ward_wr w = ward_wr_fixed(p, p ? cap : 0);

	if (!p)
		return WARD_ERR_NOMEM;
	(void)ward_charset_decode(unit == 2 ? WARD_CHARSET_UTF16LE : WARD_CHARSET_WINDOWS_1252,
		ward_slice_of(s.p, n), true, &w, &used);
	*ret = ward_value_str(ward_wr_text(&w));
	return WARD_OK;
}

static int64_t sign_extend(uint64_t v, size_t size)
{
	unsigned shift = 64 - 8 * (unsigned)size;

	return (int64_t)(v << shift) >> shift;
}

static uint64_t number(struct ward_rd *r, size_t size)
{
	switch (size) {
	case 1:
		return ward_rd_u8(r);
	case 2:
		return ward_rd_le16(r);
	case 4:
		return ward_rd_le32(r);
	default:
		return ward_rd_le64(r);
	}
}

/* A number that RFC 8259 has no word for (not finite) is text. */
static enum ward_err real(double d, int digits, struct ward_arena *a, struct ward_value *ret)
{
	uint8_t buf[40];
	struct ward_wr w = ward_wr_fixed(buf, sizeof(buf));
	int64_t i;

	ward_wr_printf(&w, "%.*g", digits, d);
	enum ward_value_kind kind = ward_number_kind(ward_wr_text(&w), &i);

	if (kind == WARD_VALUE_INT) {
		*ret = ward_value_int(i);
		return WARD_OK;
	}
	return keep(a, &w, kind == WARD_VALUE_NUM ? WARD_VALUE_NUM : WARD_VALUE_STR, ret);
}

static enum ward_err reals(
	uint8_t type, struct ward_rd *r, struct ward_arena *a, struct ward_value *ret)
{
	if (type == T_REAL32) {
		uint32_t bits = ward_rd_le32(r);
		float f;

		memcpy(&f, &bits, sizeof(f));
		return real((double)f, 9, a, ret);
	}
	uint64_t bits = ward_rd_le64(r);
	double d;

	memcpy(&d, &bits, sizeof(d));
	return real(d, 17, a, ret);
}

static void upper_hex(struct ward_wr *w, struct ward_slice s)
{
	for (size_t i = 0; i < s.len; i++)
		ward_wr_printf(w, "%02X", s.p[i]);
}

static void guid(struct ward_rd *r, struct ward_wr *w)
{
	uint32_t a = ward_rd_le32(r);
	unsigned b = ward_rd_le16(r), c = ward_rd_le16(r);

	ward_wr_printf(w, "%08X-%04X-%04X-", a, b, c);
	upper_hex(w, ward_rd_bytes(r, 2));
	ward_wr_ch(w, '-');
	upper_hex(w, ward_rd_bytes(r, 6));
}

/* [MS-DTYP] 2.3.3 */
static void filetime(uint64_t t, struct ward_wr *w)
{
	uint64_t since = t - FILETIME_EPOCH;

	if (t < FILETIME_EPOCH || since > INT64_MAX / 100)
		ward_wr_u64(w, t); /* no time that there can be */
	else
		ward_time_write(w, (ward_ns)(since * 100));
}

/* [MS-DTYP] 2.3.13 */
static void systime(struct ward_rd *r, struct ward_wr *w)
{
	unsigned v[8];

	for (size_t i = 0; i < WARD_ARRAY_LEN(v); i++)
		v[i] = ward_rd_le16(r);
	ward_wr_printf(
		w, "%04u-%02u-%02uT%02u:%02u:%02u.%03uZ", v[0], v[1], v[3], v[4], v[5], v[6], v[7]);
}

/* [MS-DTYP] 2.4.2.2, written as 2.4.2.1 says */
static void sid(struct ward_rd *r, struct ward_wr *w)
{
	unsigned revision = ward_rd_u8(r), n = ward_rd_u8(r);
	uint64_t authority = (uint64_t)ward_rd_be16(r) << 32;

	authority |= ward_rd_be32(r);
	ward_wr_printf(w, "S-%u-%llu", revision, (unsigned long long)authority);
	for (unsigned i = 0; i < n && i < SID_PARTS_MAX && ward_rd_left(r); i++) {
		ward_wr_ch(w, '-');
		ward_wr_u64(w, ward_rd_le32(r));
	}
}

static enum ward_err written(
	uint8_t type, struct ward_rd *r, struct ward_arena *a, struct ward_value *ret)
{
	uint8_t buf[256];
	struct ward_wr w = ward_wr_fixed(buf, sizeof(buf));

	if (type == T_GUID)
		guid(r, &w);
	else if (type == T_FILETIME)
		filetime(ward_rd_le64(r), &w);
	else if (type == T_SYSTIME)
		systime(r, &w);
	else if (type == T_SID)
		sid(r, &w);
	else
		ward_wr_printf(&w, "0x%llx", (unsigned long long)number(r, size_of(type)));
	return ward_rd_bad(r) ? WARD_ERR_MALFORMED : keep(a, &w, WARD_VALUE_STR, ret);
}

static enum ward_err binary(struct ward_slice s, struct ward_arena *a, struct ward_value *ret)
{
	size_t cap = 2 * s.len + 1;
	uint8_t *p = ward_arena_alloc(a, cap);
	struct ward_wr w = ward_wr_fixed(p, p ? cap : 0);

	if (!p)
		return WARD_ERR_NOMEM;
	upper_hex(&w, s);
	*ret = ward_value_str(ward_wr_text(&w));
	return WARD_OK;
}

static enum ward_err scalar(
	uint8_t type, struct ward_rd *r, struct ward_arena *a, struct ward_value *ret)
{
	size_t size = type == T_SIZE ? ward_rd_left(r) : size_of(type);
	uint64_t v;

	switch (type) {
	case T_NULL:
		*ret = (struct ward_value){.kind = WARD_VALUE_NULL};
		return WARD_OK;
	case T_STRING:
	case T_ANSI:
		return text(type, ward_rd_rest(r), a, ret);
	case T_REAL32:
	case T_REAL64:
		return reals(type, r, a, ret);
	case T_BINARY:
		return binary(ward_rd_rest(r), a, ret);
	case T_GUID:
	case T_FILETIME:
	case T_SYSTIME:
	case T_SID:
	case T_HEX32:
	case T_HEX64:
		return written(type, r, a, ret);
	case T_BOOL:
		*ret = ward_value_bool(ward_rd_le32(r) != 0);
		return WARD_OK;
	case T_INT8:
	case T_INT16:
	case T_INT32:
	case T_INT64:
		*ret = ward_value_int(sign_extend(number(r, size), size));
		return WARD_OK;
	case T_SIZE: /* of a pointer on the machine that wrote it */
		return written(size == 4 ? T_HEX32 : T_HEX64, r, a, ret);
	case T_UINT8:
	case T_UINT16:
	case T_UINT32:
	case T_UINT64:
		break;
	default:
		return WARD_ERR_MALFORMED;
	}
	v = number(r, size);
	if (v <= INT64_MAX) {
		*ret = ward_value_int((int64_t)v);
		return WARD_OK;
	}
	uint8_t buf[24];
	struct ward_wr w = ward_wr_fixed(buf, sizeof(buf));

	ward_wr_u64(&w, v);
	return keep(a, &w, WARD_VALUE_NUM, ret);
}

/* The bytes of an array's next item: to a NUL for text, by its own count for a SID. */
static struct ward_rd item(uint8_t type, struct ward_rd *r)
{
	size_t n = size_of(type), unit = type == T_STRING ? 2 : 1;
	struct ward_rd at = *r;

	if (type == T_SIZE)
		n = 8;
	if (type == T_SID) {
		ward_rd_skip(&at, 1);
		n = 8 + 4 * (size_t)ward_rd_u8(&at);
	}
	if (type != T_STRING && type != T_ANSI)
		return ward_rd_sub(r, n);
	while (ward_rd_left(&at) >= unit)
		if ((unit == 2 ? ward_rd_le16(&at) : ward_rd_u8(&at)) == 0)
			break;
	return ward_rd_sub(r, at.off - r->off ? at.off - r->off : ward_rd_left(r));
}

static enum ward_err array(
	uint8_t type, struct ward_rd *r, struct ward_arena *a, struct ward_value *ret)
{
	bool sized = size_of(type) || type == T_STRING || type == T_ANSI || type == T_SID ||
		     type == T_SIZE;
	struct ward_value *v;
	uint32_t n = 0;
	size_t max;

	if (!sized)
		return WARD_ERR_MALFORMED;
	max = ward_rd_left(r) < WARD_LOG_ITEMS ? ward_rd_left(r) : WARD_LOG_ITEMS;
	v = ward_log_list(a, max); /* an item has a byte at least */
	if (!v)
		return WARD_ERR_NOMEM;
	while (ward_rd_left(r) && n < max) { /* each turn takes a byte, or r is bad */
		struct ward_rd one = item(type, r);
		enum ward_err err = scalar(type, &one, a, &v[n++]);

		if (err || ward_rd_bad(&one))
			return err ? err : WARD_ERR_MALFORMED;
	}
	*ret = (struct ward_value){.kind = WARD_VALUE_LIST, .n = n, .item = v};
	return WARD_OK;
}

enum ward_err ward_binxml_value(
	uint8_t type, struct ward_rd *r, struct ward_arena *arena, struct ward_value *ret)
{
	struct ward_value v;
	enum ward_err err = type & T_ARRAY ? array((uint8_t)(type & ~T_ARRAY), r, arena, &v)
					   : scalar(type, r, arena, &v);

	if (err || ward_rd_bad(r))
		return err ? err : WARD_ERR_MALFORMED;
	*ret = v;
	return WARD_OK;
}
