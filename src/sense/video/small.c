#include "sense/video/small.h"

#include "base/wide.h"

#include <libavutil/imgutils.h>
#include <libavutil/mem.h>

/* The source's size, made smaller by one factor until it fits. Even, so that colour has half of it.
 */
static enum ward_err begin(struct ward_small *s, const AVFrame *f)
{
	unsigned w = (unsigned)f->width, h = (unsigned)f->height;
	size_t n;

	if (!ward_image_shape(w, h))
		return WARD_ERR_MALFORMED;
	if (!s->w || !s->h) {
		s->w = w;
		s->h = h;
	}
	s->to_w = s->w;
	s->to_h = s->h;
	if (s->to_w > WARD_SMALL_W) {
		s->to_h = s->to_h * WARD_SMALL_W / s->to_w;
		s->to_w = WARD_SMALL_W;
	}
	if (s->to_h > WARD_SMALL_H) {
		s->to_w = s->to_w * WARD_SMALL_H / s->to_h;
		s->to_h = WARD_SMALL_H;
	}
	s->to_w &= ~1u;
	s->to_h &= ~1u;
	n = (size_t)s->to_w * s->to_h;
	s->packed = av_malloc(n + n / 2);
	if (!s->packed || av_image_alloc(s->plane, s->stride, (int)s->to_w, (int)s->to_h,
				  AV_PIX_FMT_YUV420P, 32) < 0)
		return WARD_ERR_NOMEM;
	return WARD_OK;
}

/* As libswscale makes it smaller, whatever its form. */
static bool scale(struct ward_small *s, const AVFrame *f)
{
	uint8_t *to = s->packed;

	/* the size or form may change in the midst of a stream */
	s->scale = sws_getCachedContext(s->scale, f->width, f->height, f->format, (int)s->to_w,
		(int)s->to_h, AV_PIX_FMT_YUV420P, SWS_AREA, NULL, NULL, NULL);
	if (!s->scale)
		return false;
	(void)sws_scale(s->scale, (const uint8_t *const *)f->data, f->linesize, 0, f->height,
		s->plane, s->stride);
	for (size_t p = 0; p < 3; p++) {
		size_t w = p ? s->to_w / 2 : s->to_w, h = p ? s->to_h / 2 : s->to_h;

		for (size_t row = 0; row < h; row++, to += w)
			memcpy(to, s->plane[p] + row * (size_t)s->stride[p], w);
	}
	return true;
}

/* Most cameras' pictures are of the form that is asked for, and a whole number of times as large:
 * then less has to be done. */
static WARD_WIDE bool shrink(struct ward_small *s, const AVFrame *f)
{
	unsigned k = (unsigned)f->width / s->to_w;
	uint8_t *to = s->packed;

	if (f->format != AV_PIX_FMT_YUV420P || !k || k > 16 || (unsigned)f->width != k * s->to_w ||
		(unsigned)f->height != k * s->to_h)
		return false;
	for (size_t p = 0; p < 3; p++) {
		unsigned w = p ? s->to_w / 2 : s->to_w, h = p ? s->to_h / 2 : s->to_h;

		if (f->linesize[p] < (int)(w * k)) /* upside down, or less than a row */
			return false;
		ward_plane_shrink(f->data[p], (size_t)f->linesize[p], k, to, w, h);
		to += (size_t)w * h;
	}
	return true;
}

enum ward_err ward_small_of(
	struct ward_small *s, const AVFrame *f, ward_ns time, struct ward_image *ret)
{
	enum ward_err err = s->packed ? WARD_OK : begin(s, f);

	if (err)
		return err;
	if (!shrink(s, f) && !scale(s, f))
		return WARD_ERR_UNSUPPORTED;
	size_t n = (size_t)s->to_w * s->to_h;

	*ret = (struct ward_image){
		s->to_w, s->to_h, s->packed, s->packed + n, s->packed + n + n / 4, time};
	return WARD_OK;
}

void ward_small_fini(struct ward_small *s)
{
	sws_freeContext(s->scale);
	av_freep(&s->plane[0]);
	av_freep(&s->packed);
	*s = (struct ward_small){0};
}
