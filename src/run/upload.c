#include "run/upload.h"

enum { LANGUAGE = 8 };

void ward_upload_put(struct ward_wr *w, const struct ward_upload_piece *p)
{
	ward_wr_bytes(w, p->id.b, sizeof(p->id.b));
	ward_wr_lv(w, ward_str_bytes(p->name));
	ward_wr_lv(w, ward_str_bytes(p->type));
	ward_wr_lv(w, ward_str_bytes(p->language));
	ward_wr_be32(w, p->size);
	ward_wr_be32(w, p->off);
	ward_wr_bytes(w, p->bytes.p, p->bytes.len);
}

static bool get_text(struct ward_rd *r, size_t max, struct ward_str *ret)
{
	struct ward_slice s = ward_rd_lv(r, max);

	*ret = (struct ward_str){(const char *)s.p, s.len};
	for (size_t i = 0; i < s.len; i++)
		if (s.p[i] < 0x20 || s.p[i] == 0x7f)
			return false;
	return !ward_rd_bad(r) && ward_utf8_valid(s, NULL);
}

enum ward_err ward_upload_get(struct ward_rd *r, struct ward_upload_piece *ret)
{
	struct ward_upload_piece p = {.size = 0};
	struct ward_slice id = ward_rd_bytes(r, sizeof(p.id.b));
	bool ok = get_text(r, WARD_UPLOAD_TEXT, &p.name) && p.name.len &&
		  get_text(r, WARD_UPLOAD_TEXT, &p.type) && get_text(r, LANGUAGE, &p.language);

	p.size = ward_rd_be32(r);
	p.off = ward_rd_be32(r);
	p.bytes = ward_rd_rest(r);
	if (!ok || ward_rd_bad(r) || !p.size || p.size > WARD_UPLOAD_MAX || p.off > p.size ||
		p.bytes.len > p.size - p.off || p.bytes.len > WARD_UPLOAD_PIECE ||
		(!p.bytes.len && p.off != p.size))
		return WARD_ERR_MALFORMED;
	memcpy(p.id.b, id.p, sizeof(p.id.b));
	*ret = p;
	return WARD_OK;
}
