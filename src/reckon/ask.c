#include "reckon/ask.h"

void ward_reckon_put(struct ward_wr *w, const struct ward_reckon_ask *ask)
{
	ward_wr_u8(w, (uint8_t)ask->what);
	ward_wr_be64(w, ask->budget);
	ward_wr_be64(w, ask->minute);
	ward_wr_be64(w, ask->skip);
	ward_wr_be64(w, ask->limit);
	ward_wr_be64(w, ask->least);
	ward_wr_lv(w, ward_str_bytes(ask->subject));
	ward_wr_lv(w, ward_str_bytes(ask->measures));
	ward_wr_lv(w, ward_str_bytes(ask->fails));
	ward_wr_lv(w, ward_str_bytes(ask->search));
	ward_wr_lv(w, ward_str_bytes(ask->class));
	ward_wr_lv(w, ward_str_bytes(ask->place));
	ward_wr_lv(w, ward_str_bytes(ask->lang));
	ward_wr_be64(w, (uint64_t)ask->now);
	ward_wr_be64(w, (uint64_t)ask->begun);
	ward_wr_lv(w, ask->seeds);
}

static struct ward_str get_text(struct ward_rd *r, size_t max, bool *ok)
{
	struct ward_slice s = ward_rd_lv(r, max);

	*ok = *ok && !ward_rd_bad(r) && ward_utf8_valid(s, NULL);
	return *ok ? ward_slice_text(s) : (struct ward_str){"", 0};
}

enum ward_err ward_reckon_get(struct ward_rd *r, struct ward_reckon_ask *ret)
{
	struct ward_reckon_ask a = {.what = WARD_RECKON_N};
	uint8_t what = ward_rd_u8(r);
	bool ok = true;

	a.budget = ward_rd_be64(r);
	a.minute = ward_rd_be64(r);
	a.skip = ward_rd_be64(r);
	a.limit = ward_rd_be64(r);
	a.least = ward_rd_be64(r);
	a.subject = get_text(r, WARD_RECKON_ID, &ok);
	a.measures = get_text(r, WARD_RECKON_IDS, &ok);
	a.fails = get_text(r, WARD_RECKON_IDS, &ok);
	a.search = get_text(r, WARD_RECKON_ID, &ok);
	a.class = get_text(r, WARD_RECKON_ID, &ok);
	a.place = get_text(r, WARD_RECKON_ID, &ok);
	a.lang = get_text(r, WARD_RECKON_ID, &ok);
	a.now = (ward_ns)ward_rd_be64(r);
	a.begun = (ward_ns)ward_rd_be64(r);
	a.seeds = ward_rd_lv(r, WARD_RECKON_SEEDS);
	if (!ok || ward_rd_bad(r) || ward_rd_left(r) || what >= WARD_RECKON_N)
		return WARD_ERR_MALFORMED;
	a.what = (enum ward_reckon_what)what;
	*ret = a;
	return WARD_OK;
}

void ward_reckon_seed_put(struct ward_wr *w, const struct ward_reckon_seed *seed)
{
	ward_wr_be64(w, (uint64_t)seed->since);
	ward_wr_be64(w, (uint64_t)seed->lo_micro);
	ward_wr_be64(w, (uint64_t)seed->hi_micro);
	ward_wr_lv(w, ward_str_bytes(seed->asset));
	ward_wr_lv(w, ward_str_bytes(seed->threat));
}

enum ward_err ward_reckon_seed_get(struct ward_rd *r, struct ward_reckon_seed *ret)
{
	struct ward_reckon_seed s = {.since = (ward_ns)ward_rd_be64(r)};
	bool ok = true;

	s.lo_micro = (int64_t)ward_rd_be64(r);
	s.hi_micro = (int64_t)ward_rd_be64(r);
	s.asset = get_text(r, WARD_RECKON_ID, &ok);
	s.threat = get_text(r, WARD_RECKON_ID, &ok);
	if (!ok || ward_rd_bad(r))
		return WARD_ERR_MALFORMED;
	*ret = s;
	return WARD_OK;
}

void ward_reckoned_put(struct ward_wr *w, const struct ward_reckoned *d)
{
	ward_wr_u8(w, (uint8_t)d->err);
	ward_wr_be64(w, (uint64_t)d->took);
	ward_wr_lv(w, ward_str_bytes(d->text));
}

enum ward_err ward_reckoned_get(struct ward_rd *r, struct ward_reckoned *ret)
{
	uint8_t err = ward_rd_u8(r);
	uint64_t took = ward_rd_be64(r);
	bool ok = true;
	struct ward_str text = get_text(r, WARD_RECKON_ANSWER, &ok);

	if (!ok || ward_rd_bad(r) || ward_rd_left(r) || err >= WARD_ERR_N)
		return WARD_ERR_MALFORMED;
	*ret = (struct ward_reckoned){(enum ward_err)err, text, (ward_ns)took};
	return WARD_OK;
}
