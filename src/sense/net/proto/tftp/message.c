#include "sense/net/proto/tftp/tftp.h"

enum { NAME_MAX = 255, OPTIONS_MAX = 16 };

static bool fail(struct ward_tftp *m, enum ward_tftp_reason reason, size_t off)
{
	m->reason = reason;
	m->off = off;
	return false;
}

/* Up to its NUL, which must be there. */
static bool string(struct ward_rd *r, struct ward_str *ret)
{
	const uint8_t *p = r->p + r->off;
	size_t left = ward_rd_left(r);
	const uint8_t *end = left ? memchr(p, 0, left) : NULL;

	if (!end)
		return false;
	*ret = (struct ward_str){(const char *)p, (size_t)(end - p)};
	ward_rd_skip(r, ret->len + 1);
	return true;
}

/* RFC 2347: names and values; those that are not known are passed over. */
static bool options(struct ward_rd *r, struct ward_tftp *m)
{
	struct ward_str name, value;
	uint64_t v;

	for (size_t i = 0; i < OPTIONS_MAX && ward_rd_left(r); i++) {
		size_t at = r->off;

		if (!string(r, &name) || !string(r, &value))
			return fail(m, WARD_TFTP_OPTION, at);
		if (ward_str_ieq(name, WARD_STR("blksize"))) {
			if (!ward_str_u64(value, &v) || v < 8 || v > WARD_TFTP_BLOCK_MAX)
				return fail(m, WARD_TFTP_BLOCK_SIZE, at);
			m->block_size = (uint32_t)v;
		} else if (ward_str_ieq(name, WARD_STR("tsize")) && ward_str_u64(value, &v)) {
			m->has_total = true;
			m->total = v;
		}
	}
	return true;
}

static bool request(struct ward_rd *r, struct ward_tftp *m)
{
	if (!string(r, &m->file) || !m->file.len || m->file.len > NAME_MAX)
		return fail(m, WARD_TFTP_STRING, 2);
	size_t at = r->off;

	if (!string(r, &m->mode))
		return fail(m, WARD_TFTP_STRING, at);
	if (!ward_str_ieq(m->mode, WARD_STR("octet")) &&
		!ward_str_ieq(m->mode, WARD_STR("netascii")) &&
		!ward_str_ieq(m->mode, WARD_STR("mail")))
		return fail(m, WARD_TFTP_MODE, at);
	return options(r, m);
}

bool ward_tftp_parse(struct ward_slice bytes, struct ward_tftp *ret)
{
	struct ward_rd r = ward_rd_slice(bytes);
	uint16_t opcode = ward_rd_be16(&r);

	*ret = (struct ward_tftp){.reason = WARD_TFTP_REASON_N};
	if (ward_rd_bad(&r))
		return fail(ret, WARD_TFTP_SHORT, bytes.len);
	if (opcode < WARD_TFTP_READ || opcode > WARD_TFTP_OPTIONS)
		return fail(ret, WARD_TFTP_OPCODE, 0);
	ret->opcode = (enum ward_tftp_opcode)opcode;
	if (opcode <= WARD_TFTP_WRITE)
		return request(&r, ret);
	if (opcode == WARD_TFTP_OPTIONS)
		return options(&r, ret);
	ret->block = ward_rd_be16(&r);
	if (ward_rd_bad(&r))
		return fail(ret, WARD_TFTP_SHORT, bytes.len);
	if (opcode == WARD_TFTP_DATA)
		ret->data = ward_rd_rest(&r);
	return true;
}
