/* Private to this room: the part of an input that a driver is looking at. */
#ifndef WARD_SENSE_LOG_WINDOW_H
#define WARD_SENSE_LOG_WINDOW_H

#include "sense/input.h"

struct ward_window {
	const struct ward_mem *mem;
	struct ward_input_bytes *bytes;
	uint8_t *buf; /* cap; the bytes from `from` to `to` are not used yet */
	size_t cap, from, to;
	uint64_t off;  /* of buf[from] in the input */
	uint64_t line; /* of buf[from], from 1 */
	bool end;      /* nothing follows behind `to` */
};

/* cap > 0. Borrows mem and bytes. NOMEM. */
WARD_MUST_CHECK enum ward_err ward_window_open(struct ward_window *w, const struct ward_mem *mem,
	struct ward_input_bytes *bytes, size_t cap);
void ward_window_close(struct ward_window *w);
static inline struct ward_slice ward_window_bytes(const struct ward_window *w)
{
	return (struct ward_slice){w->buf + w->from, w->to - w->from};
}
/* The first n bytes are used. */
void ward_window_forget(struct ward_window *w, size_t n);
/* Reads on behind the bytes that are there; there has to be room. A byte order mark at the very
 * beginning is no part of the input. IO, NOMEM. */
WARD_MUST_CHECK enum ward_err ward_window_fill(struct ward_window *w);
/* The line of a byte that is in the window. */
uint64_t ward_window_line(const struct ward_window *w, uint64_t off);

#endif
