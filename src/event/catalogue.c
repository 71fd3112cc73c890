#include "event/catalogue.h"

static const struct ward_field_info list[WARD_FIELD_N] = {
#define X(IDENT, name, identity, what) {name, WARD_IDENTITY_##identity, what},
	WARD_FIELD_LIST(X)
#undef X
};

const struct ward_field_info *ward_field_info(enum ward_field_id id)
{
	WARD_ASSERT(id < WARD_FIELD_N);
	return &list[id];
}
