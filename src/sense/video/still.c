#include "sense/video/still.h"

#include "sense/video/encode.h"
#include "sense/video/mask.h"

/* As far around a picture the veils of a clip reach in time (clip.c). */
static const ward_ns reach = 400 * WARD_NS_PER_MS;

void ward_still_note(
	struct ward_still *s, ward_ns time, const struct ward_veil *veil, uint32_t masks)
{
	size_t i = s->n++ % WARD_STILL_NOTES;

	s->note[i].time = time;
	s->note[i].veil = *veil;
	s->last = time;
	if (s->taken) {
		ward_veil_join(&s->veil, veil);
		s->masks |= masks;
	} else {
		s->masks = masks;
	}
}

/* The mean of the pixels of `from` that one of `to` stands for. */
static void shrink(uint8_t *to, unsigned w, unsigned h, const uint8_t *from, size_t stride,
	unsigned from_w, unsigned from_h)
{
	for (unsigned y = 0; y < h; y++) {
		unsigned y0 = y * from_h / h, y1 = (y + 1) * from_h / h;

		for (unsigned x = 0; x < w; x++) {
			unsigned x0 = x * from_w / w, x1 = (x + 1) * from_w / w;
			unsigned long sum = 0;

			for (unsigned fy = y0; fy < y1; fy++)
				for (unsigned fx = x0; fx < x1; fx++)
					sum += from[fy * stride + fx];
			to[(size_t)y * w + x] =
				(uint8_t)(sum / ((unsigned long)(y1 - y0) * (x1 - x0)));
		}
	}
}

/* The picture in memory. */
static struct ward_canvas canvas_of(struct ward_still *s)
{
	size_t n = (size_t)s->w * s->h;

	return (struct ward_canvas){.w = s->w,
		.h = s->h,
		.plane = {s->pixel, s->pixel + n, s->pixel + n + n / 4},
		.stride = {s->w, s->w / 2, s->w / 2}};
}

/* Sides that are even and fit, in the picture's own shape; never larger than it. */
static bool fit(struct ward_still *s, unsigned w, unsigned h)
{
	unsigned to_w = w, to_h = h;

	if (to_w > WARD_STILL_W) {
		to_h = to_h * WARD_STILL_W / to_w;
		to_w = WARD_STILL_W;
	}
	if (to_h > WARD_STILL_H) {
		to_w = to_w * WARD_STILL_H / to_h;
		to_h = WARD_STILL_H;
	}
	s->w = to_w & ~1U;
	s->h = to_h & ~1U;
	return s->w >= WARD_IMAGE_SIDE_MIN && s->h >= WARD_IMAGE_SIDE_MIN;
}

enum ward_err ward_still_take(struct ward_still *s, const struct ward_canvas *c)
{
	if (!s->n || !fit(s, c->w, c->h))
		return WARD_ERR_UNSUPPORTED;
	struct ward_canvas to = canvas_of(s);

	for (size_t p = 0; p < WARD_ARRAY_LEN(to.plane); p++)
		shrink(to.plane[p], p ? to.w / 2 : to.w, p ? to.h / 2 : to.h, c->plane[p],
			c->stride[p], p ? (c->w + 1) / 2 : c->w, p ? (c->h + 1) / 2 : c->h);
	s->veil = (struct ward_veil){.row = {0}};
	for (size_t i = 0; i < WARD_STILL_NOTES && i < s->n; i++)
		if (s->note[i].time >= s->last - reach)
			ward_veil_join(&s->veil, &s->note[i].veil);
	s->time = s->last;
	s->taken = true;
	return WARD_OK;
}

bool ward_still_ready(const struct ward_still *s)
{
	return s->taken && s->last - s->time >= reach;
}

void ward_still_forget(struct ward_still *s)
{
	ward_wipe(s->pixel, sizeof(s->pixel));
	s->taken = false;
}

static bool hides_all(const struct ward_veil *v)
{
	uint64_t all = UINT64_MAX;

	for (size_t y = 0; y < WARD_VEIL_ROWS; y++)
		all &= v->row[y];
	return all == UINT64_MAX;
}

static enum ward_err put(void *ctx, struct ward_slice bytes)
{
	ward_wr_bytes(ctx, bytes.p, bytes.len);
	return ward_wr_bad(ctx) ? WARD_ERR_LIMIT : WARD_OK;
}

static enum ward_err encode(const struct ward_canvas *c, struct ward_wr *w)
{
	struct ward_encoder *e = NULL;
	enum ward_err err =
		ward_encoder_open(WARD_ENCODER_JPEG, c, 1, (struct ward_encoder_sink){put, w}, &e);

	if (!err)
		err = ward_encoder_put(e, c, 0);
	if (!err)
		err = ward_encoder_end(e);
	ward_encoder_free(e);
	return !err && w->len > WARD_STILL_BYTES ? WARD_ERR_LIMIT : err;
}

/* In place: what is written lies before what is read. */
static bool halve(struct ward_still *s)
{
	struct ward_canvas from = canvas_of(s);

	s->w = from.w / 2 & ~1U;
	s->h = from.h / 2 & ~1U;
	if (s->w < WARD_IMAGE_SIDE_MIN || s->h < WARD_IMAGE_SIDE_MIN)
		return false;
	struct ward_canvas to = canvas_of(s);

	for (size_t p = 0; p < WARD_ARRAY_LEN(to.plane); p++)
		shrink(to.plane[p], p ? to.w / 2 : to.w, p ? to.h / 2 : to.h, from.plane[p],
			from.stride[p], p ? from.w / 2 : from.w, p ? from.h / 2 : from.h);
	return true;
}

enum ward_err ward_still_make(struct ward_still *s, const struct ward_plan *plan, struct ward_wr *w)
{
	struct ward_canvas c = canvas_of(s);
	enum ward_err err = s->taken ? WARD_OK : WARD_ERR_STATE;

	if (!err && hides_all(&s->veil))
		err = WARD_ERR_STATE;
	if (!err) {
		/* first: what they hide goes into no blur; and again, over what is blurred into
		 * them */
		ward_masks_draw(plan, s->masks, &c);
		ward_veil_draw(&s->veil, &c, WARD_VEIL_BLOCKS);
		ward_masks_draw(plan, s->masks, &c);
		do {
			ward_wr_reset(w);
			c = canvas_of(s);
			err = encode(&c, w);
		} while (err == WARD_ERR_LIMIT && halve(s));
	}
	ward_still_forget(s);
	return err;
}
