#include "sense/net/counters.h"

static const struct ward_net_counter_info infos[] = {
#define X(IDENT, name, KIND) {name, WARD_NET_##KIND},
	WARD_NET_COUNTER_LIST(X)
#undef X
};

const struct ward_net_counter_info *ward_net_counter_info(enum ward_net_counter c)
{
	WARD_ASSERT((unsigned)c < WARD_NET_COUNTER_N);
	return &infos[c];
}
