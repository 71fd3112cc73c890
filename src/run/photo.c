#include "run/photo.h"

#include "base/mem.h"

#include <stdio.h>

#define BEFORE "{\"photo\":\""

enum { WHOLE = UINT16_MAX };

static void put_share(struct ward_wr *w, float f)
{
	ward_wr_be16(w, (uint16_t)(f * WHOLE + 0.5F));
}

static float get_share(struct ward_rd *r)
{
	return (float)ward_rd_be16(r) / WHOLE;
}

void ward_photo_put(struct ward_wr *w, const struct ward_photo_piece *p)
{
	ward_wr_bytes(w, p->id.b, sizeof(p->id.b));
	ward_wr_bytes(w, p->by.b, sizeof(p->by.b));
	ward_wr_lv(w, ward_str_bytes(p->subject));
	ward_wr_be32(w, p->size);
	ward_wr_be32(w, p->off);
	ward_wr_u8(w, (uint8_t)p->n_show);
	for (size_t i = 0; i < p->n_show; i++) {
		put_share(w, p->show[i].x);
		put_share(w, p->show[i].y);
		put_share(w, p->show[i].w);
		put_share(w, p->show[i].h);
	}
	ward_wr_bytes(w, p->bytes.p, p->bytes.len);
}

enum ward_err ward_photo_get(struct ward_rd *r, struct ward_photo_piece *ret)
{
	struct ward_photo_piece p = {.n_show = 0};
	struct ward_slice id = ward_rd_bytes(r, sizeof(p.id.b)),
			  by = ward_rd_bytes(r, sizeof(p.by.b));
	struct ward_slice subject = ward_rd_lv(r, WARD_DECISION_SUBJECT);
	bool ok = true;

	p.size = ward_rd_be32(r);
	p.off = ward_rd_be32(r);
	p.n_show = ward_rd_u8(r);
	if (ward_rd_bad(r) || p.n_show > WARD_PHOTO_SHOWN || !ward_utf8_valid(subject, NULL))
		return WARD_ERR_MALFORMED;
	for (size_t i = 0; i < p.n_show; i++) {
		p.show[i].x = get_share(r);
		p.show[i].y = get_share(r);
		p.show[i].w = get_share(r);
		p.show[i].h = get_share(r);
		ok = ok && ward_photo_box_ok(&p.show[i]);
	}
	p.bytes = ward_rd_rest(r);
	if (!ok || ward_rd_bad(r) || !p.bytes.len || p.off > p.size || p.bytes.len > p.size - p.off)
		return WARD_ERR_MALFORMED;
	memcpy(p.id.b, id.p, sizeof(p.id.b));
	memcpy(p.by.b, by.p, sizeof(p.by.b));
	p.subject = ward_slice_text(subject);
	*ret = p;
	return WARD_OK;
}

void ward_photo_forget(struct ward_photo_in *in)
{
	if (in->file.p)
		ward_wipe(in->file.p, in->size);
	ward_mem_free(ward_mem_heap(), in->file.p, in->size);
	*in = (struct ward_photo_in){.size = 0};
}

enum ward_err ward_photo_take(
	struct ward_photo_in *in, const struct ward_photo_piece *p, size_t max)
{
	if (p->size > max)
		return WARD_ERR_LIMIT;
	if (!p->off) {
		ward_photo_forget(in);
		/* all of it at once: growing would leave copies that nobody wipes */
		uint8_t *file = ward_mem_alloc(ward_mem_heap(), p->size);

		if (!file)
			return WARD_ERR_NOMEM;
		*in = (struct ward_photo_in){p->id, p->size, ward_wr_fixed(file, p->size)};
	}
	if (!ward_id_eq(in->id, p->id) || in->size != p->size || p->off > in->file.len) {
		ward_photo_forget(in);
		return WARD_ERR_MALFORMED;
	}
	if (p->off == in->file.len)
		ward_wr_bytes(&in->file, p->bytes.p, p->bytes.len);
	if (ward_wr_bad(&in->file)) {
		ward_photo_forget(in);
		return WARD_ERR_NOMEM;
	}
	return in->file.len == in->size ? WARD_OK : WARD_ERR_AGAIN;
}

void ward_photo_say(struct ward_wr *w, struct ward_id photo)
{
	ward_wr_z(w, BEFORE);
	ward_id_write(w, photo);
	ward_wr_z(w, "\"}");
}

bool ward_photo_said(struct ward_str json, struct ward_id *ret)
{
	return ward_str_starts(json, WARD_STR(BEFORE)) &&
	       ward_id_parse(ward_str_sub(json, sizeof(BEFORE) - 1, WARD_ID_TEXT - 1), ret);
}

static enum ward_err fail(char *why, enum ward_err err, struct ward_str text)
{
	(void)snprintf(why, WARD_PHOTO_WHY, "%.*s", WARD_STR_ARG(text));
	return err;
}

/* One piece, until that time. */
static enum ward_err ask_one(struct ward_ask *ask, ward_ns until, const struct ward_photo_piece *p,
	struct ward_decided *ret)
{
	static uint8_t body[WARD_PHOTO_PIECE + 1024];
	struct ward_wr w = ward_wr_fixed(body, sizeof(body));
	struct ward_msg m;

	ask->give_up = until - ward_clock_mono(ask->clock);
	if (ask->give_up <= 0)
		return WARD_ERR_AGAIN;
	ward_photo_put(&w, p);
	WARD_ASSERT(!ward_wr_bad(&w));
	enum ward_err err = ward_ask(ask, WARD_MSG_PHOTO, ward_wr_slice(&w), WARD_MSG_DECIDED, &m);

	ward_wipe(body, sizeof(body));
	return err ? err : ward_decided_get(&m.body, ret);
}

enum ward_err ward_photo_hand(struct ward_ask *ask, struct ward_photo_piece *p,
	struct ward_slice file, struct ward_id *ret, char why[WARD_PHOTO_WHY])
{
	const ward_ns all = ask->give_up, until = ward_clock_mono(ask->clock) + all;
	struct ward_decided said = {.err = WARD_OK};

	if (file.len > UINT32_MAX || !file.len)
		return fail(why, WARD_ERR_LIMIT, WARD_STR("the file is empty, or far too large"));
	p->size = (uint32_t)file.len;
	for (size_t off = 0; off < file.len; off += p->bytes.len) {
		size_t left = file.len - off;

		p->off = (uint32_t)off;
		p->bytes = ward_slice_of(
			file.p + off, left < WARD_PHOTO_PIECE ? left : WARD_PHOTO_PIECE);
		enum ward_err err = ask_one(ask, until, p, &said);

		ask->give_up = all;
		if (err)
			return fail(why, err,
				err == WARD_ERR_AGAIN
					? WARD_STR("it took too long; `ward clip list` shows "
						   "whether it is kept after all")
					: ward_str_z(ward_err_text(err)));
		if (said.err)
			return fail(why, said.err, said.why);
	}
	return ward_photo_said(said.json, ret)
		       ? WARD_OK
		       : fail(why, WARD_ERR_MALFORMED, WARD_STR("its answer could not be read"));
}
