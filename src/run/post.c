#include "run/post.h"

#include "base/slice.h"

void ward_post_put(struct ward_wr *w, const struct ward_post *p)
{
	ward_wr_lv(w, ward_str_bytes(p->token));
	ward_wr_lv(w, ward_str_bytes(p->key));
	ward_wr_lv(w, ward_str_bytes(p->sensor));
	ward_wr_bytes(w, p->batch.p, p->batch.len);
}

enum ward_err ward_post_get(struct ward_rd *r, struct ward_post *ret)
{
	struct ward_post p = {.token = ward_slice_text(ward_rd_lv(r, WARD_POST_TOKEN))};

	p.key = ward_slice_text(ward_rd_lv(r, WARD_POST_KEY));
	p.sensor = ward_slice_text(ward_rd_lv(r, WARD_POST_SENSOR));
	p.batch = ward_rd_rest(r);
	if (ward_rd_bad(r) || p.batch.len > WARD_POST_BATCH)
		return WARD_ERR_MALFORMED;
	*ret = p;
	return WARD_OK;
}

void ward_posted_put(struct ward_wr *w, const struct ward_posted *p)
{
	ward_wr_be16(w, (uint16_t)p->status);
	ward_wr_str(w, p->text);
}

enum ward_err ward_posted_get(struct ward_rd *r, struct ward_posted *ret)
{
	struct ward_posted p = {.status = ward_rd_be16(r)};

	p.text = ward_slice_text(ward_rd_rest(r));
	if (ward_rd_bad(r) || p.text.len > WARD_POST_ANSWER ||
		(p.status != 202 && p.status != 400 && p.status != 401 && p.status != 503) ||
		!ward_utf8_valid(ward_str_bytes(p.text), NULL))
		return WARD_ERR_MALFORMED;
	*ret = p;
	return WARD_OK;
}
