#include "conf/id.h"

bool ward_conf_is_id(struct ward_str s, size_t max)
{
	for (size_t i = 0; i < s.len; i++)
		if (!((s.p[i] >= 'a' && s.p[i] <= 'z') || (s.p[i] >= '0' && s.p[i] <= '9') ||
			    (i && s.p[i] == '-')))
			return false;
	return s.len && s.len <= max;
}
