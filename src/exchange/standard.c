#include "exchange/standard.h"

static const char *const name[] = {"",
#define X(NAME, name, type) name,
	WARD_STANDARD_LIST(X)
#undef X
};

static const char *const type[] = {"application/json",
#define X(NAME, name, type) type,
	WARD_STANDARD_LIST(X)
#undef X
};

enum ward_standard ward_standard_parse(struct ward_str s)
{
	enum ward_standard i = (enum ward_standard)(WARD_STANDARD_NONE + 1);

	while (i < WARD_STANDARD_N && !ward_str_eqz(s, name[i]))
		i++;
	return i < WARD_STANDARD_N ? i : WARD_STANDARD_NONE;
}

const char *ward_standard_name(enum ward_standard s)
{
	return name[s];
}

const char *ward_standard_type(enum ward_standard s)
{
	return type[s];
}
