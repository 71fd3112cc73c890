#include "base/limit.h"

_Static_assert(sizeof(size_t) == 8, "limits are handed out as size_t");

static const struct ward_limit_info infos[] = {
#define X(NAME, name, def, min, max, unit, what) \
	[WARD_LIMIT_##NAME] = {name, unit, what, def, min, max},
	WARD_LIMIT_LIST(X)
#undef X
};

const struct ward_limit_info *ward_limit_info(enum ward_limit l)
{
	WARD_ASSERT((unsigned)l < WARD_LIMIT_N);
	return &infos[l];
}

void ward_limits_default(struct ward_limits *l)
{
	for (size_t i = 0; i < WARD_LIMIT_N; i++)
		l->v[i] = infos[i].def;
}

enum ward_err ward_limits_set(struct ward_limits *l, struct ward_str name, uint64_t value)
{
	for (size_t i = 0; i < WARD_LIMIT_N; i++) {
		if (!ward_str_eqz(name, infos[i].name))
			continue;
		if (value < infos[i].min || value > infos[i].max)
			return WARD_ERR_LIMIT;
		l->v[i] = value;
		return WARD_OK;
	}
	return WARD_ERR_NOT_FOUND;
}
