#include "recall/ask.h"

void ward_recall_put(struct ward_wr *w, const struct ward_recall_ask *ask)
{
	ward_wr_u8(w, (uint8_t)(WARD_RECALL_MARK + ask->what));
	ward_wr_be64(w, (uint64_t)ask->from);
	ward_wr_be64(w, (uint64_t)ask->to);
	ward_wr_be64(w, ask->minute);
	ward_wr_lv(w, ask->ids);
	ward_wr_lv(w, ward_str_bytes(ask->who));
	ward_wr_lv(w, ward_str_bytes(ask->source));
}

static struct ward_str get_text(struct ward_rd *r, size_t max, bool *ok)
{
	struct ward_slice s = ward_rd_lv(r, max);

	*ok = *ok && !ward_rd_bad(r) && ward_utf8_valid(s, NULL);
	return *ok ? ward_slice_text(s) : (struct ward_str){"", 0};
}

enum ward_err ward_recall_get(struct ward_rd *r, struct ward_recall_ask *ret)
{
	struct ward_recall_ask a;
	unsigned what = ward_rd_u8(r);
	bool ok = true;

	a.from = (ward_ns)ward_rd_be64(r);
	a.to = (ward_ns)ward_rd_be64(r);
	a.minute = ward_rd_be64(r);
	a.ids = ward_rd_lv(r, WARD_RECALL_IDS * sizeof(struct ward_id));
	a.who = get_text(r, WARD_RECALL_WHO, &ok);
	a.source = get_text(r, WARD_RECALL_SOURCE, &ok);
	if (!ok || ward_rd_bad(r) || ward_rd_left(r) || what < WARD_RECALL_MARK ||
		what >= WARD_RECALL_MARK + WARD_RECALL_N || a.from > a.to ||
		a.ids.len % sizeof(struct ward_id))
		return WARD_ERR_MALFORMED;
	a.what = (enum ward_recall_what)(what - WARD_RECALL_MARK);
	*ret = a;
	return WARD_OK;
}
