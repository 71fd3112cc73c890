/* The records of one stream of bytes, live: a framer, what puts lines together, and the bytes that
 * are not used yet.
 *
 * Pure; single-threaded; sees untrusted bytes. The reader of a socket or file puts bytes in and
 * takes records out. */
#ifndef WARD_SENSE_LOG_LINES_H
#define WARD_SENSE_LOG_LINES_H

#include "sense/log/frame.h"
#include "sense/log/join.h"

struct ward_lines;

/* max is the longest line; multiline as in ward_join_new; off is the place of the first byte.
 * NOMEM, CONFIG. Borrows mem. */
WARD_MUST_CHECK enum ward_err ward_lines_new(const struct ward_mem *mem,
	const struct ward_limits *lim, enum ward_frame_mode mode, size_t max,
	struct ward_str multiline, uint64_t off, struct ward_lines **ret);
void ward_lines_free(struct ward_lines *l);

/* Where the next bytes go, and for how many there is room: none until ward_lines_next said false.
 */
uint8_t *ward_lines_room(struct ward_lines *l, size_t *ret_cap);
void ward_lines_add(struct ward_lines *l, size_t n);
/* The next record; end: no bytes follow. False: there is none as yet. ret->text lives until the
 * next call; ret->off is the place of its first byte. */
bool ward_lines_next(struct ward_lines *l, bool end, struct ward_joined *ret);
/* A record that waits for more lines, when none came for a while; false when there is none. Bytes
 * of a line without its end stay. */
bool ward_lines_rest(struct ward_lines *l, struct ward_joined *ret);
/* All before this place came out as records. */
uint64_t ward_lines_place(const struct ward_lines *l);
/* Lines that were too long or ended before their count, since the last call. */
uint64_t ward_lines_faults(struct ward_lines *l);

#endif
