/* A list under construction in a buffer of the caller: what stands before it, be16 how many, items.
 * As many are taken as have room, and no more than so many. */
#ifndef WARD_RUN_COUNTED_H
#define WARD_RUN_COUNTED_H

#include "base/wr.h"

struct ward_counted {
	struct ward_wr w;
	uint16_t n, most;
	size_t at; /* where the count stands */
};

/* Into buf; what stands before the list is put next, then ward_counted_from. */
void ward_counted_begin(struct ward_counted *l, uint8_t *buf, size_t cap, uint16_t most);
/* The list begins here. */
void ward_counted_from(struct ward_counted *l);
/* put writes one item. False: it had no room, or there are so many; then the list is as before. */
bool ward_counted_add(
	struct ward_counted *l, void (*put)(struct ward_wr *w, const void *item), const void *item);
/* All of it. Valid until the next add. */
struct ward_slice ward_counted_body(struct ward_counted *l);

#endif
