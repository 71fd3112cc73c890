#include "run/footage.h"

static void get_id(struct ward_rd *r, struct ward_id *ret)
{
	struct ward_slice s = ward_rd_bytes(r, sizeof(ret->b));

	if (!ward_rd_bad(r))
		memcpy(ret->b, s.p, sizeof(ret->b));
}

void ward_clip_ask_put(struct ward_wr *w, const struct ward_clip_ask *a)
{
	ward_wr_bytes(w, a->id.b, sizeof(a->id.b));
	ward_wr_be64(w, (uint64_t)a->from);
	ward_wr_be64(w, (uint64_t)a->to);
}

enum ward_err ward_clip_ask_get(struct ward_rd *r, struct ward_clip_ask *ret)
{
	struct ward_clip_ask a = {.from = 0};

	get_id(r, &a.id);
	a.from = (ward_ns)ward_rd_be64(r);
	a.to = (ward_ns)ward_rd_be64(r);
	if (ward_rd_bad(r) || ward_rd_left(r) || a.to < a.from)
		return WARD_ERR_MALFORMED;
	*ret = a;
	return WARD_OK;
}

void ward_footage_put(struct ward_wr *w, const struct ward_footage *f)
{
	ward_wr_bytes(w, f->id.b, sizeof(f->id.b));
	ward_wr_u8(w, (uint8_t)f->what);
	switch (f->what) {
	case WARD_FOOTAGE_NONE:
		ward_wr_lv(w, ward_str_bytes(f->why));
		break;
	case WARD_FOOTAGE_BEGIN:
		ward_wr_be64(w, (uint64_t)f->from);
		ward_wr_be64(w, (uint64_t)f->to);
		ward_wr_be32(w, f->n);
		ward_wr_be64(w, f->size);
		break;
	case WARD_FOOTAGE_BYTES:
		ward_wr_bytes(w, f->bytes.p, f->bytes.len);
		break;
	}
}

enum ward_err ward_footage_get(struct ward_rd *r, struct ward_footage *ret)
{
	struct ward_footage f = {.n = 0};
	uint8_t what;
	size_t bad;

	get_id(r, &f.id);
	what = ward_rd_u8(r);
	if (ward_rd_bad(r) || what < WARD_FOOTAGE_NONE || what > WARD_FOOTAGE_BYTES)
		return WARD_ERR_MALFORMED;
	f.what = (enum ward_footage_what)what;
	if (what == WARD_FOOTAGE_NONE) {
		f.why = ward_slice_text(ward_rd_lv(r, WARD_FOOTAGE_WHY));
	} else if (what == WARD_FOOTAGE_BEGIN) {
		f.from = (ward_ns)ward_rd_be64(r);
		f.to = (ward_ns)ward_rd_be64(r);
		f.n = ward_rd_be32(r);
		f.size = ward_rd_be64(r);
	} else {
		f.bytes = ward_rd_rest(r);
	}
	if (ward_rd_bad(r) || ward_rd_left(r) || f.to < f.from ||
		(what == WARD_FOOTAGE_NONE && !ward_utf8_valid(ward_str_bytes(f.why), &bad)) ||
		(what == WARD_FOOTAGE_BEGIN && !f.size) ||
		(what == WARD_FOOTAGE_BYTES && !f.bytes.len))
		return WARD_ERR_MALFORMED;
	*ret = f;
	return WARD_OK;
}
