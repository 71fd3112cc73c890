#include "sense/log/shape.h"

/* Whole numbers of at least this many digits are milli-, micro- or nanoseconds: as seconds they
 * would be beyond the year 5000. */
static bool whole(int64_t v, ward_ns *ret)
{
	static const struct {
		int64_t below;
		ward_ns unit;
	} scale[] = {
		{100000000000, WARD_NS_PER_S}, /* to 5138 */
		{100000000000000, WARD_NS_PER_MS},
		{100000000000000000, 1000},
		{INT64_MAX, 1},
	};
	size_t i = 0;

	if (v <= 0)
		return false;
	while (v >= scale[i].below && i + 1 < WARD_ARRAY_LEN(scale))
		i++;
	return ward_mul(v, scale[i].unit, ret);
}

/* "1588317935.857356": seconds with a fraction, exactly as far as nanoseconds go. */
static bool seconds(struct ward_str s, ward_ns *ret)
{
	int64_t sec = 0, ns = 0, unit = WARD_NS_PER_S / 10;
	size_t i = 0;
	ward_ns t;

	for (; i < s.len && s.p[i] >= '0' && s.p[i] <= '9'; i++)
		if (!ward_mul(sec, (int64_t)10, &sec) || !ward_add(sec, s.p[i] - '0', &sec))
			return false;
	if (sec <= 0)
		return false;
	if (i == s.len)
		return whole(sec, ret);
	if (s.p[i] != '.' || ++i == s.len)
		return false;
	for (; i < s.len; i++, unit /= 10) {
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
		ns += unit * (s.p[i] - '0');
	}
	if (!ward_mul(sec, WARD_NS_PER_S, &t) || !ward_add(t, ns, &t))
		return false;
	*ret = t;
	return true;
}

bool ward_shape_time_value(const struct ward_value *v, ward_ns *ret)
{
	switch (v->kind) {
	case WARD_VALUE_INT:
		return whole(v->i, ret);
	case WARD_VALUE_NUM:
		return seconds(v->s, ret);
	case WARD_VALUE_STR:
		return ward_time_parse(v->s, ret) == WARD_OK || seconds(v->s, ret);
	case WARD_VALUE_LIST:
		return v->n > 0 && v->item[0].kind != WARD_VALUE_LIST &&
		       ward_shape_time_value(&v->item[0], ret);
	case WARD_VALUE_NULL:
	case WARD_VALUE_BOOL:
	case WARD_VALUE_RAW:
		break;
	}
	return false;
}
