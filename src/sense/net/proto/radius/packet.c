/* Bytes of one packet into struct ward_radius. */
#include "sense/net/proto/radius/radius.h"

static const struct ward_radius_code_info codes[] = {
#define X(IDENT, code, name, answers, outcome) {(code), (answers), (name), (outcome)},
	WARD_RADIUS_CODE_LIST(X)
#undef X
};

static bool fail(struct ward_radius *m, enum ward_radius_reason reason, size_t off)
{
	m->reason = reason;
	m->off = off;
	return false;
}

/* RFC 2548: Microsoft's challenge and responses */
static bool is_mschap(struct ward_slice value)
{
	enum { MICROSOFT = 311, RESPONSE = 1, RESPONSE_2 = 25 };
	struct ward_rd r = ward_rd_slice(value);
	uint32_t vendor = ward_rd_be32(&r);
	uint8_t type = ward_rd_u8(&r);

	return vendor == MICROSOFT && (type == RESPONSE || type == RESPONSE_2);
}

/* 5: type, length of all three, value; each turn takes two bytes at least. */
static bool attributes(struct ward_radius *m, struct ward_rd *r)
{
	enum { HEAD = 2 };

	while (ward_rd_left(r)) {
		size_t off = r->off;
		uint8_t type = ward_rd_u8(r), len = ward_rd_u8(r);
		struct ward_slice value;

		if (ward_rd_bad(r) || type == 0 || len < HEAD)
			return fail(m, WARD_RADIUS_BAD_ATTRIBUTE, off);
		value = ward_rd_bytes(r, len - (size_t)HEAD);
		if (ward_rd_bad(r))
			return fail(m, WARD_RADIUS_BAD_ATTRIBUTE, off);
		if (!m->value[type].p)
			m->value[type] = value;
		m->mschap |= type == WARD_RADIUS_VENDOR && is_mschap(value);
	}
	return true;
}

bool ward_radius_parse(struct ward_slice bytes, struct ward_radius *m)
{
	struct ward_rd r = ward_rd_slice(bytes);
	uint8_t code = ward_rd_u8(&r);

	memset(m, 0, sizeof(*m));
	m->reason = WARD_RADIUS_REASON_N;
	m->id = ward_rd_u8(&r);
	m->size = ward_rd_be16(&r);
	m->authenticator = ward_rd_bytes(&r, 16);
	if (ward_rd_bad(&r))
		return fail(m, WARD_RADIUS_BAD_HEADER, 0);
	if (m->size < WARD_RADIUS_HEAD || m->size > WARD_RADIUS_MAX || m->size > bytes.len)
		return fail(m, WARD_RADIUS_BAD_LENGTH, 2);
	for (size_t i = 0; i < WARD_ARRAY_LEN(codes); i++)
		if (codes[i].code == code)
			m->info = &codes[i];
	if (!m->info)
		return fail(m, WARD_RADIUS_BAD_CODE, 0);
	r.len = m->size;
	return attributes(m, &r);
}

bool ward_radius_int(const struct ward_radius *m, enum ward_radius_attribute type, uint32_t *ret)
{
	struct ward_rd r = ward_rd_slice(m->value[type]);

	*ret = ward_rd_be32(&r);
	return !ward_rd_bad(&r) && !ward_rd_left(&r);
}

size_t ward_radius_mac(struct ward_slice text, uint8_t ret[6])
{
	struct ward_str s = ward_slice_text(text);
	size_t at = 0;

	for (size_t i = 0; i < 6; i++) {
		if (i && at < s.len && (s.p[at] == '-' || s.p[at] == ':' || s.p[at] == '.'))
			at++;
		if (!ward_str_unhex(ward_str_sub(s, at, 2), &ret[i], 1))
			return 0;
		at += 2;
	}
	return at;
}
