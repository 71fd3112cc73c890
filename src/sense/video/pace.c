#include "sense/video/pace.h"

static const ward_ns late_max = 2 * WARD_NS_PER_S;
static const ward_ns rest_min = WARD_NS_PER_S, rest_max = 60 * WARD_NS_PER_S;

void ward_pace_restart(struct ward_pace *p)
{
	p->begun = false;
}

ward_ns ward_pace_time(struct ward_pace *p, ward_ns stamp, ward_ns seen)
{
	ward_ns t, late;

	/* stamps are the camera's: they may be as large as they like */
	if (!p->begun || !ward_add(stamp, p->shift, &t) || !ward_sub(seen, t, &late) || late < 0 ||
		late > late_max) {
		t = seen;
		if (!ward_sub(seen, stamp, &p->shift))
			p->shift = 0;
		p->begun = true;
	}
	p->last = t > p->last ? t : p->last;
	return p->last;
}

ward_ns ward_pace_rest(struct ward_pace *p, ward_ns seen)
{
	bool again = p->wait && seen - p->bad < 2 * rest_max;
	ward_ns wait = again ? 2 * p->wait : rest_min;

	p->bad = seen;
	p->wait = wait < rest_max ? wait : rest_max;
	return p->wait;
}
