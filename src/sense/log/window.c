#include "sense/log/window.h"

enum ward_err ward_window_open(struct ward_window *w, const struct ward_mem *mem,
	struct ward_input_bytes *bytes, size_t cap)
{
	*w = (struct ward_window){.mem = mem, .bytes = bytes, .cap = cap, .line = 1};
	w->buf = ward_mem_alloc(mem, cap);
	return w->buf ? WARD_OK : WARD_ERR_NOMEM;
}

void ward_window_close(struct ward_window *w)
{
	ward_mem_free(w->mem, w->buf, w->buf ? w->cap : 0);
	w->buf = NULL;
}

void ward_window_forget(struct ward_window *w, size_t n)
{
	const uint8_t *p = w->buf + w->from, *end = p + n;

	while (p < end && (p = memchr(p, '\n', (size_t)(end - p)))) {
		w->line++;
		p++;
	}
	w->from += n;
	w->off += n;
}

enum ward_err ward_window_fill(struct ward_window *w)
{
	size_t n;

	if (w->from) {
		memmove(w->buf, w->buf + w->from, w->to - w->from);
		w->to -= w->from;
		w->from = 0;
	}
	WARD_ASSERT(w->to < w->cap); /* its user takes or skips what is longer than it may be */
	enum ward_err err = ward_input_read(w->bytes, w->buf + w->to, w->cap - w->to, &n);

	if (err != WARD_OK)
		return err;
	w->to += n;
	w->end = n == 0;
	if (w->off == 0 && w->to >= 3 && memcmp(w->buf, "\xef\xbb\xbf", 3) == 0)
		ward_window_forget(w, 3);
	return WARD_OK;
}

uint64_t ward_window_line(const struct ward_window *w, uint64_t off)
{
	uint64_t line = w->line;

	for (uint64_t i = w->off; i < off && i - w->off < w->to - w->from; i++)
		line += w->buf[w->from + (i - w->off)] == '\n';
	return line;
}
