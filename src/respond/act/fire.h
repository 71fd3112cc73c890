/* Whether there is a fire alarm, by the incidents that are open. */
#ifndef WARD_RESPOND_ACT_FIRE_H
#define WARD_RESPOND_ACT_FIRE_H

#include "story/record.h"

enum { WARD_ACT_FIRES = 64 };

struct ward_act_fires {
	struct ward_id id[WARD_ACT_FIRES];
	size_t n;
	bool more; /* than that at once: then it burns as long as their rows are there */
};

/* An incident's row: once something of it is on fire or smokes it burns until it is over, and so
 * does one that takes it up. False: it can't be read, and nothing changed. */
bool ward_act_fires_take(struct ward_act_fires *f, struct ward_record_reader *r,
	struct ward_arena *scratch, struct ward_str json);
static inline bool ward_act_burns(const struct ward_act_fires *f)
{
	return f->n > 0 || f->more;
}

#endif
