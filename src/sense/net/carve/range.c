#include "sense/net/carve/range.h"

bool ward_range_read(struct ward_str field, struct ward_file_range *ret)
{
	struct ward_str rest = ward_str_trim(field), unit = ward_str_cut(&rest, ' ');
	struct ward_str span = ward_str_trim(ward_str_cut(&rest, '/')), all = ward_str_trim(rest);
	struct ward_str first = ward_str_trim(ward_str_cut(&span, '-')), last = ward_str_trim(span);
	uint64_t from, to, total = 0;

	if (!ward_str_ieq(unit, WARD_STR("bytes")) || !ward_str_u64(first, &from) ||
		!ward_str_u64(last, &to) || to < from || to == UINT64_MAX)
		return false;
	if (!ward_str_eqz(all, "*") && (!ward_str_u64(all, &total) || total <= to))
		return false;
	ret->from = from;
	ret->total = total;
	ret->piece = true;
	return true;
}
