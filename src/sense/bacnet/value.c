/* Primitive values of clause 20.2.2 to 20.2.14 as text. */
#include "sense/bacnet/names.h"
#include "sense/bacnet/tag.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

typedef bool primitive_fn(
	struct ward_bacnet_rd *b, struct ward_rd content, struct ward_bacnet_value *ret);

static bool bad_length(struct ward_bacnet_rd *b)
{
	return ward_bacnet_fail(b, WARD_BACNET_TAG_LENGTH);
}

static void set_int(struct ward_bacnet_rd *b, struct ward_bacnet_value *ret, int64_t v)
{
	*ret = (struct ward_bacnet_value){.kind = WARD_BACNET_VALUE_INT, .i = v};
	ward_wr_i64(b->text, v);
}

static bool put_null(struct ward_bacnet_rd *b, struct ward_rd r, struct ward_bacnet_value *ret)
{
	if (ward_rd_left(&r))
		return bad_length(b);
	ret->kind = WARD_BACNET_VALUE_STR;
	ward_wr_z(b->text, "null");
	return true;
}

static bool put_unsigned(struct ward_bacnet_rd *b, struct ward_rd r, struct ward_bacnet_value *ret)
{
	size_t len = ward_rd_left(&r);
	uint64_t v = 0;

	if (len < 1 || len > 8)
		return bad_length(b);
	while (ward_rd_left(&r))
		v = v << 8 | ward_rd_u8(&r);
	if (v <= INT64_MAX) {
		set_int(b, ret, (int64_t)v);
		return true;
	}
	ret->kind = WARD_BACNET_VALUE_NUM;
	ward_wr_u64(b->text, v);
	return true;
}

static bool put_signed(struct ward_bacnet_rd *b, struct ward_rd r, struct ward_bacnet_value *ret)
{
	size_t len = ward_rd_left(&r);

	if (len < 1 || len > 8)
		return bad_length(b);
	uint64_t v = ward_rd_peek(&r) & 0x80 ? UINT64_MAX : 0;

	while (ward_rd_left(&r))
		v = v << 8 | ward_rd_u8(&r);
	set_int(b, ret, (int64_t)v);
	return true;
}

/* The shortest decimal that reads back as the same number; not a number and infinity are words. */
static void put_float(
	struct ward_bacnet_rd *b, double v, bool is_double, struct ward_bacnet_value *ret)
{
	char text[40];
	int digits = is_double ? 15 : 6, most = is_double ? 17 : 9;

	if (!isfinite(v)) {
		ret->kind = WARD_BACNET_VALUE_STR;
		ward_wr_z(b->text, isnan(v) ? "nan" : v < 0 ? "-inf" : "inf");
		return;
	}
	for (; digits <= most; digits++) {
		(void)snprintf(text, sizeof(text), "%.*g", digits, v);
		if (is_double ? strtod(text, NULL) == v : (double)strtof(text, NULL) == v)
			break;
	}
	ret->kind = WARD_BACNET_VALUE_NUM;
	ward_wr_z(b->text, text);
}

static bool put_real(struct ward_bacnet_rd *b, struct ward_rd r, struct ward_bacnet_value *ret)
{
	float v;

	if (ward_rd_left(&r) != 4)
		return bad_length(b);
	uint32_t bits = ward_rd_be32(&r);

	memcpy(&v, &bits, sizeof(v));
	put_float(b, (double)v, false, ret);
	return true;
}

static bool put_double(struct ward_bacnet_rd *b, struct ward_rd r, struct ward_bacnet_value *ret)
{
	double v;

	if (ward_rd_left(&r) != 8)
		return bad_length(b);
	uint64_t bits = ward_rd_be64(&r);

	memcpy(&v, &bits, sizeof(v));
	put_float(b, v, true, ret);
	return true;
}

static bool put_octets(struct ward_bacnet_rd *b, struct ward_rd r, struct ward_bacnet_value *ret)
{
	ret->kind = WARD_BACNET_VALUE_STR;
	ward_wr_z(b->text, "0x");
	ward_wr_hex(b->text, ward_rd_rest(&r));
	return true;
}

static void put_utf8(struct ward_wr *w, uint32_t c)
{
	if (c > 0x10ffff || (c >= 0xd800 && c < 0xe000))
		c = 0xfffd;
	if (c < 0x80) {
		ward_wr_u8(w, (uint8_t)c);
		return;
	}
	if (c < 0x800) {
		ward_wr_u8(w, (uint8_t)(0xc0 | c >> 6));
	} else {
		if (c < 0x10000) {
			ward_wr_u8(w, (uint8_t)(0xe0 | c >> 12));
		} else {
			ward_wr_u8(w, (uint8_t)(0xf0 | c >> 18));
			ward_wr_u8(w, (uint8_t)(0x80 | (c >> 12 & 0x3f)));
		}
		ward_wr_u8(w, (uint8_t)(0x80 | (c >> 6 & 0x3f)));
	}
	ward_wr_u8(w, (uint8_t)(0x80 | (c & 0x3f)));
}

/* Text that claims to be UTF-8: each bad byte becomes U+FFFD. */
static void put_checked(struct ward_wr *w, struct ward_slice s)
{
	size_t good;

	while (s.len && !ward_utf8_valid(s, &good)) {
		ward_wr_bytes(w, s.p, good);
		put_utf8(w, 0xfffd);
		s.p += good + 1;
		s.len -= good + 1;
	}
	ward_wr_bytes(w, s.p, s.len);
}

/* Clause 20.2.9: one byte of character set, then the text. */
static bool put_chars(struct ward_bacnet_rd *b, struct ward_rd r, struct ward_bacnet_value *ret)
{
	if (ward_rd_left(&r) < 1)
		return bad_length(b);
	uint8_t set = ward_rd_u8(&r);

	ret->kind = WARD_BACNET_VALUE_STR;
	switch (set) {
	case 0: /* ISO 10646 UTF-8; before 2010 ANSI X3.4 */
		put_checked(b->text, ward_rd_rest(&r));
		return true;
	case 3: /* UCS-4 */
		while (ward_rd_left(&r) >= 4)
			put_utf8(b->text, ward_rd_be32(&r));
		break;
	case 4: /* UCS-2 */
		while (ward_rd_left(&r) >= 2)
			put_utf8(b->text, ward_rd_be16(&r));
		break;
	case 5: /* ISO 8859-1 */
		while (ward_rd_left(&r))
			put_utf8(b->text, ward_rd_u8(&r));
		break;
	default: /* DBCS with a code page, JIS X 0208: as bytes */
		return put_octets(b, r, ret);
	}
	return ward_rd_left(&r) ? bad_length(b) : true;
}

/* Clause 20.2.10: the number of unused bits in the last byte, then bits from the highest. */
static bool put_bits(struct ward_bacnet_rd *b, struct ward_rd r, struct ward_bacnet_value *ret)
{
	size_t len = ward_rd_left(&r);
	uint8_t unused = ward_rd_u8(&r);

	if (len < 1 || unused > 7 || (len == 1 && unused))
		return bad_length(b);
	ret->kind = WARD_BACNET_VALUE_STR;
	for (size_t i = 0; i < (len - 1) * 8 - unused; i++)
		ward_wr_ch(b->text, r.p[r.off + i / 8] & 0x80 >> i % 8 ? '1' : '0');
	return true;
}

static void put_part(struct ward_wr *w, const char *before, uint8_t v)
{
	ward_wr_z(w, before);
	if (v == 0xff) { /* unspecified */
		ward_wr_ch(w, '*');
		return;
	}
	if (v < 10)
		ward_wr_ch(w, '0');
	ward_wr_u64(w, v);
}

/* Clause 20.2.12: year less 1900, month, day, day of week. */
static bool put_date(struct ward_bacnet_rd *b, struct ward_rd r, struct ward_bacnet_value *ret)
{
	if (ward_rd_left(&r) != 4)
		return bad_length(b);
	uint8_t year = ward_rd_u8(&r), month = ward_rd_u8(&r), day = ward_rd_u8(&r);

	ret->kind = WARD_BACNET_VALUE_STR;
	if (year == 0xff)
		ward_wr_ch(b->text, '*');
	else
		ward_wr_u64(b->text, 1900u + year);
	put_part(b->text, "-", month);
	put_part(b->text, "-", day);
	return true;
}

/* Clause 20.2.13: hour, minute, second, hundredths. */
static bool put_time(struct ward_bacnet_rd *b, struct ward_rd r, struct ward_bacnet_value *ret)
{
	static const char *const before[] = {"", ":", ":", "."};

	if (ward_rd_left(&r) != 4)
		return bad_length(b);
	ret->kind = WARD_BACNET_VALUE_STR;
	for (size_t i = 0; i < WARD_ARRAY_LEN(before); i++)
		put_part(b->text, before[i], ward_rd_u8(&r));
	return true;
}

static bool put_object_id(struct ward_bacnet_rd *b, struct ward_rd r, struct ward_bacnet_value *ret)
{
	if (ward_rd_left(&r) != 4)
		return bad_length(b);
	uint32_t id = ward_rd_be32(&r);
	const char *type = ward_bacnet_name(WARD_BACNET_NAMES_OBJECT_TYPE, id >> 22);

	ret->kind = WARD_BACNET_VALUE_STR;
	if (type)
		ward_wr_z(b->text, type);
	else
		ward_wr_u64(b->text, id >> 22);
	ward_wr_ch(b->text, ',');
	ward_wr_u64(b->text, id & 0x3fffff);
	return true;
}

static primitive_fn *const primitives[WARD_BACNET_APPLICATION_N] = {
	[WARD_BACNET_NULL] = put_null,
	[WARD_BACNET_UNSIGNED] = put_unsigned,
	[WARD_BACNET_SIGNED] = put_signed,
	[WARD_BACNET_REAL] = put_real,
	[WARD_BACNET_DOUBLE] = put_double,
	[WARD_BACNET_OCTETS] = put_octets,
	[WARD_BACNET_CHARS] = put_chars,
	[WARD_BACNET_BITS] = put_bits,
	[WARD_BACNET_ENUMERATED] = put_unsigned,
	[WARD_BACNET_DATE] = put_date,
	[WARD_BACNET_TIME] = put_time,
	[WARD_BACNET_OBJECT_ID] = put_object_id,
};

bool ward_bacnet_primitive(struct ward_bacnet_rd *b, enum ward_bacnet_application type,
	const struct ward_bacnet_tag *tag, struct ward_bacnet_value *ret)
{
	size_t from = b->text->len;

	WARD_ASSERT((unsigned)type < WARD_BACNET_APPLICATION_N);
	*ret = (struct ward_bacnet_value){.kind = WARD_BACNET_VALUE_STR};
	if (type == WARD_BACNET_BOOLEAN && !tag->context) {
		ward_wr_z(b->text, tag->len ? "true" : "false");
	} else {
		struct ward_rd content = ward_rd_sub(&b->r, tag->len);

		WARD_ASSERT(primitives[type] && !ward_rd_bad(&content));
		if (!primitives[type](b, content, ret))
			return false;
	}
	/* Text of a single value is settled by the caller when it joins several. */
	size_t len = b->text->len - from;

	ret->s = (struct ward_str){(const char *)b->text->p + from, len};
	return true;
}
