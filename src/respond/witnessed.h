/* Inside respond: what its heads for witnesses keep (witness.c). */
#ifndef WARD_RESPOND_WITNESSED_H
#define WARD_RESPOND_WITNESSED_H

#include "comply/head.h"

struct witnessed {
	bool known;
	struct ward_head head; /* the last tree head, if known */
	uint64_t row, soon;    /* the row in hand; the last one that is to be witnessed soon */
};

#endif
