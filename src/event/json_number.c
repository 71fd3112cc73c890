#include "event/event.h"
#include "event/json_lex.h"

/* The digits from off on; off of what follows. */
static size_t digits(struct ward_str s, size_t off)
{
	while (off < s.len && s.p[off] >= '0' && s.p[off] <= '9')
		off++;
	return off;
}

/* The part after the integer; 0 when it is malformed. */
static size_t fraction(struct ward_str s, size_t off)
{
	size_t end;

	if (off < s.len && s.p[off] == '.') {
		end = digits(s, off + 1);
		if (end == off + 1)
			return 0;
		off = end;
	}
	if (off < s.len && (s.p[off] == 'e' || s.p[off] == 'E')) {
		off++;
		if (off < s.len && (s.p[off] == '+' || s.p[off] == '-'))
			off++;
		end = digits(s, off);
		if (end == off)
			return 0;
		off = end;
	}
	return off;
}

size_t ward_json_lex_number(struct ward_str s, struct ward_value *ret)
{
	size_t neg = s.len > 0 && s.p[0] == '-', end = digits(s, neg), whole = end;
	uint64_t v = 0, most = (uint64_t)INT64_MAX + neg;

	if (end == neg || (s.p[neg] == '0' && end > neg + 1))
		return 0;
	if (end < s.len && (s.p[end] == '.' || s.p[end] == 'e' || s.p[end] == 'E'))
		end = fraction(s, end);
	*ret = (struct ward_value){.kind = WARD_VALUE_NUM, .s = {s.p, end}};
	/* 19 digits fit uint64 without overflow. */
	if (end != whole || whole - neg > 19)
		return end;
	for (size_t i = neg; i < whole; i++)
		v = v * 10 + (uint64_t)(s.p[i] - '0');
	if (v <= most && !(neg && v == 0))
		*ret = ward_value_int(neg ? (int64_t)(0 - v) : (int64_t)v);
	return end;
}

enum ward_value_kind ward_number_kind(struct ward_str s, int64_t *ret)
{
	struct ward_value v;

	if (s.len == 0 || ward_json_lex_number(s, &v) != s.len)
		return WARD_VALUE_NULL;
	if (v.kind == WARD_VALUE_INT)
		*ret = v.i;
	return v.kind;
}
