/* Names of the kinds of rows: for whoever shows rows, and holds no database. */
#include "store/store.h"

static const char *const kind_name[WARD_ROW_KIND_LAST + 1] = {"?", "detection", "incident",
	"impact", "clip", "delivery", "run", "action", "decision", "permit", "account", "head",
	"census", "deletion"};

const char *ward_row_kind_name(enum ward_row_kind k)
{
	return kind_name[(unsigned)k <= WARD_ROW_KIND_LAST ? k : 0];
}

enum ward_row_kind ward_row_kind_parse(struct ward_str s)
{
	for (unsigned k = WARD_ROW_DETECTION; k <= WARD_ROW_KIND_LAST; k++)
		if (ward_str_eqz(s, kind_name[k]))
			return (enum ward_row_kind)k;
	return 0;
}
