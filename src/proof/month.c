/* Months of the hospital's zone. */
#include "proof/proof.h"

#include "story/zone.h"

ward_month ward_month_of(ward_ns t)
{
	struct ward_local l;

	ward_zone_local(t, &l);
	return 12 * l.year + l.month - 1;
}

ward_ns ward_month_begin(ward_month m)
{
	const struct ward_local l = {.year = m / 12, .month = m % 12 + 1, .day = 1};
	ward_ns t = 0;

	return ward_zone_at(&l, &t) == WARD_OK ? t : 0;
}

bool ward_month_parse(struct ward_str s, ward_month *ret)
{
	uint64_t year, month;

	if (s.len != 7 || s.p[4] != '-' || !ward_str_u64(ward_str_sub(s, 0, 4), &year) ||
		!ward_str_u64(ward_str_sub(s, 5, 2), &month) || year < 1970 || month < 1 ||
		month > 12)
		return false;
	*ret = (ward_month)(12 * year + month - 1);
	return true;
}

void ward_month_write(struct ward_wr *w, ward_month m)
{
	ward_wr_printf(w, "%04d-%02d", m / 12, m % 12 + 1);
}
