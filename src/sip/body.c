#include "sip/body.h"

#include "sip/message.h"

enum { BOUNDARY_MAX = 70 }; /* RFC 2046 5.1.1 */

bool ward_sip_type_is(struct ward_str type, const char *kind)
{
	struct ward_str rest = type;

	return ward_str_ieq(ward_str_trim(ward_str_cut(&rest, ';')), ward_str_z(kind));
}

static struct ward_str without(struct ward_str s, char open, char close)
{
	bool there = s.len >= 2 && s.p[0] == open && s.p[s.len - 1] == close;

	return there ? ward_str_sub(s, 1, s.len - 2) : s;
}

/* The line in front, without its end. */
static struct ward_str cut_line(struct ward_str *rest)
{
	struct ward_str line = ward_str_cut(rest, '\n');

	if (line.len && line.p[line.len - 1] == '\r')
		line.len--;
	return line;
}

/* "--BOUNDARY" and blanks: 1; with "--" behind it: 2; else 0. */
static int delimits(struct ward_str line, struct ward_str boundary)
{
	if (!ward_str_starts(line, WARD_STR("--")))
		return 0;
	line = ward_str_sub(line, 2, line.len);
	if (!ward_str_starts(line, boundary))
		return 0;
	line = ward_str_trim(ward_str_sub(line, boundary.len, line.len));
	return !line.len ? 1 : ward_str_eqz(line, "--") ? 2 : 0;
}

/* Header and content of one part. */
static struct ward_sip_part read_part(struct ward_str all)
{
	struct ward_sip_part p = {.type = WARD_STR(""), .id = WARD_STR("")};
	struct ward_str rest = all;

	while (rest.p && rest.len) {
		struct ward_str value = cut_line(&rest), name;

		if (!value.len)
			break;
		name = ward_str_trim(ward_str_cut(&value, ':'));
		value = value.p ? ward_str_trim(value) : WARD_STR("");
		if (ward_str_ieq(name, WARD_STR("Content-Type")))
			p.type = value;
		else if (ward_str_ieq(name, WARD_STR("Content-ID")))
			p.id = without(value, '<', '>');
	}
	p.body = rest.p ? rest : WARD_STR("");
	return p;
}

/* From behind the delimiter up to the line break that belongs to the next one. */
static struct ward_str between(const char *from, const char *to)
{
	struct ward_str s = {from, (size_t)(to - from)};

	if (s.len && s.p[s.len - 1] == '\n')
		s.len--;
	if (s.len && s.p[s.len - 1] == '\r')
		s.len--;
	return s;
}

static enum ward_err read_parts(
	struct ward_str boundary, struct ward_str body, struct ward_sip_body *b)
{
	struct ward_str rest = body;
	const char *from = NULL;

	while (rest.p && rest.len) {
		const char *at = rest.p;
		struct ward_str line = cut_line(&rest);
		int what = delimits(line, boundary);

		if (!what)
			continue;
		if (from && b->n == WARD_SIP_PARTS)
			return WARD_ERR_LIMIT;
		if (from)
			b->part[b->n++] = read_part(between(from, at));
		if (what == 2)
			return WARD_OK;
		from = rest.p;
		if (!from)
			break;
	}
	return WARD_ERR_MALFORMED; /* it does not end */
}

enum ward_err ward_sip_body_read(
	struct ward_str content_type, struct ward_str body, struct ward_sip_body *ret)
{
	struct ward_sip_body b = {.n = 0};
	struct ward_str boundary = without(ward_sip_parameter(content_type, "boundary"), '"', '"');
	enum ward_err err = WARD_OK;

	if (!body.len) {
		*ret = b;
		return WARD_OK;
	}
	if (ward_str_ieq(ward_str_sub(content_type, 0, sizeof("multipart/") - 1),
		    WARD_STR("multipart/"))) {
		if (!boundary.len || boundary.len > BOUNDARY_MAX)
			return WARD_ERR_MALFORMED;
		err = read_parts(boundary, body, &b);
	} else {
		b.part[b.n++] = (struct ward_sip_part){content_type, WARD_STR(""), body};
	}
	if (!err)
		*ret = b;
	return err;
}
