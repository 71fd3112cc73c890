/* Frames and header blocks of HTTP/2 (RFC 9113 4, 6, 8.3). */
#include "sense/net/proto/http2/http2.h"

enum { FIELD_BYTES = 8192 };

static const struct {
	uint32_t least, most;
	bool stream;
} frames[] = {
#define X(IDENT, number, least, most, stream) {least, most, stream},
	WARD_HTTP2_FRAME_LIST(X)
#undef X
};

bool ward_http2_frame(struct ward_slice bytes, struct ward_http2_frame *f)
{
	struct ward_rd r = ward_rd_slice(bytes);

	f->len = ward_rd_be24(&r);
	f->type = ward_rd_u8(&r);
	f->flags = ward_rd_u8(&r);
	f->stream = ward_rd_be32(&r) & 0x7fffffff;
	return !ward_rd_bad(&r);
}

enum ward_http2_reason ward_http2_fault(const struct ward_http2_frame *f)
{
	if (f->type == WARD_HTTP2_CONT)
		return WARD_HTTP2_CONTINUATION; /* 6.10: it only follows */
	if (f->type == WARD_HTTP2_WINDOW_UPDATE)
		return f->len == 4 ? WARD_HTTP2_REASON_N : WARD_HTTP2_FRAME_LENGTH;
	if (f->type >= WARD_ARRAY_LEN(frames))
		return WARD_HTTP2_REASON_N; /* 5.5: extensions are passed over */
	if (f->len < frames[f->type].least || f->len > frames[f->type].most ||
		(f->type == WARD_HTTP2_SETTINGS && f->len % 6))
		return WARD_HTTP2_FRAME_LENGTH;
	return frames[f->type].stream == (f->stream != 0) ? WARD_HTTP2_REASON_N
							  : WARD_HTTP2_FRAME_STREAM;
}

static struct ward_str keep(struct ward_wr *w, struct ward_str s)
{
	size_t at = w->len;

	ward_wr_str(w, s);
	return ward_wr_bad(w) ? WARD_STR("") : (struct ward_str){(const char *)w->p + at, s.len};
}

static void see_pseudo(struct ward_http2_pseudo *p, const struct ward_hpack_field *f)
{
	const struct {
		const char *name;
		struct ward_str *to;
	} rows[] = {{":method", &p->method}, {":path", &p->path}, {":authority", &p->authority},
		{":status", &p->status}};

	for (size_t i = 0; i < WARD_ARRAY_LEN(rows); i++)
		if (ward_str_eqz(f->name, rows[i].name) && !rows[i].to->len)
			*rows[i].to = keep(&p->text, f->value);
}

/* As a line; a line end in a value (8.2.1 forbids it) would look like another field. */
static void put_line(struct ward_wr *w, const struct ward_hpack_field *f)
{
	ward_wr_str(w, f->name);
	ward_wr_z(w, ": ");
	for (size_t i = 0; i < f->value.len; i++)
		ward_wr_ch(w, f->value.p[i] == '\n' ? '\0' : f->value.p[i]);
	ward_wr_z(w, "\r\n");
}

bool ward_http2_block(struct ward_hpack *h, struct ward_slice block, struct ward_wr *lines,
	struct ward_http2_pseudo *ret)
{
	struct ward_rd r = ward_rd_slice(block);
	uint8_t bytes[FIELD_BYTES];
	struct ward_wr w = ward_wr_fixed(bytes, sizeof(bytes));
	struct ward_hpack_field f;

	for (; ward_hpack_next(h, &r, &w, &f); ward_wr_reset(&w)) {
		if (f.name.len && f.name.p[0] == ':')
			see_pseudo(ret, &f);
		else if (f.name.len + f.value.len + 4 <= lines->cap - lines->len)
			put_line(lines, &f);
	}
	return !ward_rd_bad(&r);
}
