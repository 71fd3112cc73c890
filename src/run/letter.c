#include "run/letter.h"

static const ward_ns wait_most = 24 * 3600 * WARD_NS_PER_S;

static struct ward_id get_id(struct ward_rd *r)
{
	struct ward_id id = {{0}};
	struct ward_slice s = ward_rd_bytes(r, sizeof(id.b));

	if (!ward_rd_bad(r))
		memcpy(id.b, s.p, sizeof(id.b));
	return id;
}

void ward_letter_put(struct ward_wr *w, const struct ward_letter *l)
{
	ward_wr_bytes(w, l->id.b, sizeof(l->id.b));
	ward_wr_str(w, l->body);
}

enum ward_err ward_letter_get(struct ward_rd *r, struct ward_letter *ret)
{
	struct ward_letter l = {.id = get_id(r)};
	struct ward_slice body = ward_rd_rest(r);

	if (ward_rd_bad(r) || !body.len || !ward_utf8_valid(body, NULL))
		return WARD_ERR_MALFORMED;
	l.body = ward_slice_text(body);
	*ret = l;
	return WARD_OK;
}

void ward_outcome_put(struct ward_wr *w, struct ward_id id, const struct ward_outcome *o)
{
	ward_wr_bytes(w, id.b, sizeof(id.b));
	ward_wr_u8(w, (uint8_t)o->what);
	ward_wr_be16(w, (uint16_t)o->status);
	ward_wr_be64(w, (uint64_t)o->retry_after);
	ward_wr_lv(w, ward_str_bytes(ward_str_z(o->why)));
}

enum ward_err ward_outcome_get(struct ward_rd *r, struct ward_id *ret_id, struct ward_outcome *ret)
{
	struct ward_id id = get_id(r);
	uint8_t what = ward_rd_u8(r);
	struct ward_outcome o = {
		.status = ward_rd_be16(r), .retry_after = (ward_ns)ward_rd_be64(r)};
	struct ward_slice why = ward_rd_lv(r, WARD_WEBHOOK_WHY);

	if (ward_rd_bad(r) || ward_rd_left(r) || what < WARD_SENT_DELIVERED ||
		what > WARD_SENT_ON_MY_WAY || o.retry_after < 0 || o.retry_after > wait_most ||
		why.len >= sizeof(o.why))
		return WARD_ERR_MALFORMED;
	for (size_t i = 0; i < why.len; i++) {
		if (why.p[i] < ' ' || why.p[i] > '~')
			return WARD_ERR_MALFORMED;
		o.why[i] = (char)why.p[i];
	}
	o.what = (enum ward_sent)what;
	*ret_id = id;
	*ret = o;
	return WARD_OK;
}
