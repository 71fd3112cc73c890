#include "sense/video/large.h"

#include <libavutil/imgutils.h>
#include <libavutil/mem.h>

static enum ward_err begin(struct ward_large *l, unsigned w, unsigned h)
{
	if (!ward_image_shape(w, h))
		return WARD_ERR_UNSUPPORTED;
	if (w > WARD_LARGE_W) {
		h = h * WARD_LARGE_W / w;
		w = WARD_LARGE_W;
	}
	if (h > WARD_LARGE_H) {
		w = w * WARD_LARGE_H / h;
		h = WARD_LARGE_H;
	}
	l->w = w & ~1u;
	l->h = h & ~1u;
	if (l->w < WARD_IMAGE_SIDE_MIN || l->h < WARD_IMAGE_SIDE_MIN)
		return WARD_ERR_UNSUPPORTED;
	return av_image_alloc(l->plane, l->stride, (int)l->w, (int)l->h, AV_PIX_FMT_YUV420P, 32) < 0
		       ? WARD_ERR_NOMEM
		       : WARD_OK;
}

enum ward_err ward_large_of(struct ward_large *l, const AVFrame *f, struct ward_canvas *ret)
{
	enum ward_err err =
		l->plane[0] ? WARD_OK : begin(l, (unsigned)f->width, (unsigned)f->height);

	if (err)
		return err;
	l->scale = sws_getCachedContext(l->scale, f->width, f->height, f->format, (int)l->w,
		(int)l->h, AV_PIX_FMT_YUV420P, SWS_AREA, NULL, NULL, NULL);
	if (!l->scale)
		return WARD_ERR_UNSUPPORTED;
	(void)sws_scale(l->scale, (const uint8_t *const *)f->data, f->linesize, 0, f->height,
		l->plane, l->stride);
	*ret = (struct ward_canvas){.w = l->w, .h = l->h};
	for (size_t p = 0; p < WARD_ARRAY_LEN(ret->plane); p++) {
		ret->plane[p] = l->plane[p];
		ret->stride[p] = (size_t)l->stride[p];
	}
	return WARD_OK;
}

void ward_large_fini(struct ward_large *l)
{
	sws_freeContext(l->scale);
	av_freep(&l->plane[0]);
	*l = (struct ward_large){0};
}
