#include "event/classes.h"

static const struct ward_class_info list[WARD_CLASS_N] = {
#define X(IDENT, name, lane, device, what) {name, WARD_WEIGHT_##lane, device, what},
	WARD_CLASS_LIST(X)
#undef X
};

const struct ward_class_info *ward_class_info(enum ward_class c)
{
	WARD_ASSERT(c < WARD_CLASS_N);
	return &list[c];
}

enum ward_class ward_class_find(struct ward_str name)
{
	enum ward_class best = WARD_CLASS_N;
	size_t best_len = 0;

	for (unsigned i = 0; i < WARD_CLASS_N; i++) {
		struct ward_str s = ward_str_z(list[i].name);

		if (ward_str_eq(s, name))
			return (enum ward_class)i;
		if (s.p[s.len - 1] != '*')
			continue;
		s.len--; /* "net." covers "net.arp" */
		if (s.len > best_len && name.len > s.len && ward_str_starts(name, s)) {
			best = (enum ward_class)i;
			best_len = s.len;
		}
	}
	return best;
}

enum ward_weight ward_class_weight(struct ward_str name)
{
	enum ward_class c = ward_class_find(name);

	return c == WARD_CLASS_N ? WARD_WEIGHT_EVIDENCE : list[c].weight;
}
