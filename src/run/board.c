#include "run/board.h"

#include "base/rd.h"

#include <errno.h>
#include <unistd.h>

/* Before the text: its sum and its length. */
enum { HEAD_BYTES = sizeof(struct ward_id) + 8 };

static struct ward_id sum_of(struct ward_slice s)
{
	struct ward_idgen g;

	ward_idgen_init(&g, "ward board");
	ward_idgen_bytes(&g, s.p, s.len);
	return ward_idgen_final(&g);
}

void ward_board_init(struct ward_board *b, int fd)
{
	*b = (struct ward_board){.fd = fd, .w = ward_wr_grow(ward_mem_heap(), WARD_BOARD_BYTES)};
}

void ward_board_fini(struct ward_board *b)
{
	ward_wr_fini(&b->w);
}

struct ward_json *ward_board_begin(struct ward_board *b, ward_ns now)
{
	static const uint8_t head[HEAD_BYTES];

	if (b->fd < 0 || (b->written && now - b->written < WARD_NS_PER_S && now >= b->written))
		return NULL;
	b->written = now;
	ward_wr_reset(&b->w);
	ward_wr_bytes(&b->w, head, sizeof(head));
	b->j = ward_json_on(&b->w);
	ward_json_obj(&b->j);
	ward_board_ns(&b->j, "at", now);
	return &b->j;
}

bool ward_board_end(struct ward_board *b)
{
	ward_json_obj_end(&b->j);
	if (ward_wr_bad(&b->w))
		return false;
	uint8_t *head = b->w.p;
	struct ward_slice text = {b->w.p + HEAD_BYTES, b->w.len - HEAD_BYTES};
	struct ward_id sum = sum_of(text);
	struct ward_wr w = ward_wr_fixed(head, HEAD_BYTES);

	ward_wr_bytes(&w, sum.b, sizeof(sum.b));
	ward_wr_be64(&w, text.len);
	for (size_t at = 0; at < b->w.len;) {
		ssize_t n = pwrite(b->fd, b->w.p + at, b->w.len - at, (off_t)at);

		if (n == 0 || (n < 0 && errno != EINTR))
			return true; /* its sum says that it is not whole */
		at += n > 0 ? (size_t)n : 0;
	}
	return true;
}

enum ward_err ward_board_read(int fd, struct ward_id *last, struct ward_wr *w)
{
	uint8_t head[HEAD_BYTES], buf[16384];
	ssize_t n = pread(fd, head, sizeof(head), 0);
	struct ward_rd r = ward_rd_from(head, sizeof(head));
	struct ward_id sum;

	if (n != (ssize_t)sizeof(head))
		return n < 0 ? WARD_ERR_IO : WARD_ERR_AGAIN;
	const uint8_t *at_sum = ward_rd_take(&r, sizeof(sum.b));
	uint64_t len = ward_rd_be64(&r);

	if (!at_sum)
		return WARD_ERR_AGAIN;
	memcpy(sum.b, at_sum, sizeof(sum.b));
	if (ward_id_eq(sum, *last) || len > WARD_BOARD_BYTES)
		return WARD_ERR_AGAIN;
	for (uint64_t at = 0; at < len; at += (uint64_t)n) {
		size_t want = len - at < sizeof(buf) ? (size_t)(len - at) : sizeof(buf);

		n = pread(fd, buf, want, HEAD_BYTES + (off_t)at);
		if (n <= 0)
			return n < 0 ? WARD_ERR_IO : WARD_ERR_AGAIN;
		ward_wr_bytes(w, buf, (size_t)n);
	}
	if (ward_wr_bad(w))
		return WARD_ERR_NOMEM;
	if (!ward_id_eq(sum, sum_of(ward_wr_slice(w))))
		return WARD_ERR_AGAIN;
	*last = sum;
	return WARD_OK;
}

void ward_board_ns(struct ward_json *j, const char *key, ward_ns t)
{
	ward_json_key(j, key);
	if (t == WARD_NS_NEVER)
		ward_json_null(j);
	else
		ward_json_i64(j, t);
}
