/* One line of text per event, for people: when, what, where and who, in words.
 *
 * The columns are fixed, so that lines of a stream stand below each other. Text of the event is
 * escaped (story/text.h). Times are of the zone in use (story/zone.h). */
#ifndef WARD_SEARCH_LINE_H
#define WARD_SEARCH_LINE_H

#include "event/event.h"

struct ward_line_opts {
	const struct ward_names *names;
	size_t width; /* columns; 0: lines are not cut */
	bool colour;
};

/* "2026-11-23 14:05:07  door.forced  asset or address → the other side  words", and a line end. */
void ward_line_write(const struct ward_line_opts *o, const struct ward_event *e, struct ward_wr *w);
/* "2026-11-23 14:05:07" of the zone in use. */
void ward_line_time(ward_ns t, struct ward_wr *w);

#endif
