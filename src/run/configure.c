#include "run/configure.h"

void ward_configure_put(struct ward_wr *w, const struct ward_configure_ask *a)
{
	ward_wr_u8(w, (uint8_t)a->what);
	ward_wr_be64(w, a->version);
	ward_wr_be64(w, a->to);
	ward_wr_lv(w, ward_str_bytes(a->path));
	ward_wr_lv(w, ward_str_bytes(a->why));
	ward_wr_lv(w, ward_str_bytes(a->lang));
	ward_wr_u8(w, (uint8_t)a->how);
	ward_wr_be32(w, a->n);
}

void ward_configure_put_file(struct ward_wr *w, const struct ward_configure_file *f)
{
	ward_wr_lv(w, ward_str_bytes(f->path));
	ward_wr_u8(w, f->has_text);
	ward_wr_be32(w, (uint32_t)f->text.len);
	ward_wr_bytes(w, f->text.p, f->text.len);
}

static bool is_line(struct ward_slice s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.p[i] < ' ' || s.p[i] == 0x7f)
			return false;
	return ward_utf8_valid(s, NULL);
}

bool ward_configure_next(struct ward_rd *files, struct ward_configure_file *ret)
{
	struct ward_configure_file f;

	if (!ward_rd_left(files))
		return false;
	f.path = ward_slice_text(ward_rd_lv(files, WARD_CONFIGURE_PATH));
	f.has_text = ward_rd_u8(files) != 0;
	f.text = ward_rd_bytes(files, ward_rd_be32(files));
	if (ward_rd_bad(files))
		return false;
	*ret = f;
	return true;
}

enum ward_err ward_configure_get(struct ward_rd *r, struct ward_configure_ask *ret)
{
	struct ward_configure_ask a = {0};
	struct ward_configure_file f;
	uint8_t what = ward_rd_u8(r);

	a.version = ward_rd_be64(r);
	a.to = ward_rd_be64(r);
	a.path = ward_slice_text(ward_rd_lv(r, WARD_CONFIGURE_PATH));
	a.why = ward_slice_text(ward_rd_lv(r, WARD_CONFIGURE_WHY));
	a.lang = ward_slice_text(ward_rd_lv(r, WARD_CONFIGURE_LANG));
	uint8_t how = ward_rd_u8(r);

	a.n = ward_rd_be32(r);
	a.files = ward_rd_rest(r);
	if (ward_rd_bad(r) || what >= WARD_CONFIGURE_N || how >= WARD_CONFIGURE_HOW_N ||
		a.n > WARD_CONFIGURE_FILES || !is_line(ward_str_bytes(a.path)) ||
		!is_line(ward_str_bytes(a.why)))
		return WARD_ERR_MALFORMED;
	struct ward_rd files = ward_rd_slice(a.files);

	for (uint32_t i = 0; i < a.n; i++)
		if (!ward_configure_next(&files, &f) || !is_line(ward_str_bytes(f.path)))
			return WARD_ERR_MALFORMED;
	if (ward_rd_bad(&files) || ward_rd_left(&files))
		return WARD_ERR_MALFORMED;
	a.what = (enum ward_configure_what)what;
	a.how = (enum ward_configure_how)how;
	*ret = a;
	return WARD_OK;
}

void ward_configured_put(struct ward_wr *w, const struct ward_configured *d)
{
	ward_wr_u8(w, (uint8_t)d->err);
	ward_wr_lv(w, ward_str_bytes(d->why));
	ward_wr_str(w, d->json);
}

enum ward_err ward_configured_get(struct ward_rd *r, struct ward_configured *ret)
{
	uint8_t err = ward_rd_u8(r);
	struct ward_slice why = ward_rd_lv(r, 4096), json = ward_rd_rest(r);

	if (ward_rd_bad(r) || err >= WARD_ERR_N || !ward_utf8_valid(why, NULL) ||
		!ward_utf8_valid(json, NULL))
		return WARD_ERR_MALFORMED;
	*ret = (struct ward_configured){
		(enum ward_err)err, ward_slice_text(why), ward_slice_text(json)};
	return WARD_OK;
}

void ward_part_put(struct ward_wr *w, const struct ward_part *p)
{
	ward_wr_be32(w, p->total);
	ward_wr_be32(w, p->off);
	ward_wr_bytes(w, p->bytes.p, p->bytes.len);
}

enum ward_err ward_part_get(struct ward_rd *r, struct ward_part *ret)
{
	struct ward_part p = {.total = ward_rd_be32(r), .off = ward_rd_be32(r)};

	p.bytes = ward_rd_rest(r);
	if (ward_rd_bad(r) || p.bytes.len > WARD_CONFIGURE_PART ||
		(p.total ? p.off > p.total || p.bytes.len > p.total - p.off : p.bytes.len != 0))
		return WARD_ERR_MALFORMED;
	*ret = p;
	return WARD_OK;
}
