#include "run/sealed.h"

void ward_fetch_put(struct ward_wr *w, const struct ward_fetch *f)
{
	ward_wr_bytes(w, f->id.b, sizeof(f->id.b));
	ward_wr_bytes(w, f->reading, sizeof(f->reading));
	ward_wr_be64(w, f->off);
}

enum ward_err ward_fetch_get(struct ward_rd *r, struct ward_fetch *ret)
{
	struct ward_slice id = ward_rd_bytes(r, sizeof(ret->id.b));
	struct ward_slice reading = ward_rd_bytes(r, sizeof(ret->reading));
	uint64_t off = ward_rd_be64(r);

	if (ward_rd_bad(r) || ward_rd_left(r))
		return WARD_ERR_MALFORMED;
	memcpy(ret->id.b, id.p, sizeof(ret->id.b));
	memcpy(ret->reading, reading.p, sizeof(ret->reading));
	ret->off = off;
	return WARD_OK;
}

void ward_fetched_put(struct ward_wr *w, const struct ward_fetched *f)
{
	ward_wr_u8(w, (uint8_t)f->err);
	ward_wr_be64(w, f->size);
	ward_wr_bytes(w, f->bytes.p, f->bytes.len);
}

enum ward_err ward_fetched_get(struct ward_rd *r, uint64_t off, struct ward_fetched *ret)
{
	uint8_t err = ward_rd_u8(r);
	uint64_t size = ward_rd_be64(r);
	struct ward_slice bytes = ward_rd_rest(r);
	bool ok = !err;

	if (ward_rd_bad(r) || err >= WARD_ERR_N || bytes.len > WARD_SEALED_PIECE ||
		ok != (bytes.len > 0) || (ok && (off >= size || bytes.len > size - off)))
		return WARD_ERR_MALFORMED;
	*ret = (struct ward_fetched){(enum ward_err)err, size, bytes};
	return WARD_OK;
}
