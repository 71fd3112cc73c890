/* A photo's picture decoded, made upright and smaller, blurred, and encoded anew. */
#include "sense/video/photo.h"

#include "sense/video/encode.h"
#include "sense/video/veil.h"

#include <stdio.h>

#include <libavcodec/avcodec.h>
#include <libavutil/imgutils.h>
#include <libavutil/mem.h>
#include <libavutil/pixdesc.h>
#include <libswscale/swscale.h>

enum {
	PADDING = 128, /* columns and rows that libav makes room for beyond the picture's */
	ALIGN = 32,
	GREY = 0x80,
	/* of a colour of 32 bits, the uppermost 8 */
	ALPHA_OF_PALETTE = __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? 3 : 0,
};

struct work {
	AVCodecContext *codec;
	AVPacket *packet;
	AVFrame *frame;
	struct SwsContext *scale;
	uint8_t *small[4]; /* as it is coded, but smaller */
	int stride[4];
	int w, h;
	uint8_t *up[4]; /* upright */
	int up_stride[4];
};

static void wipe_planes(uint8_t *plane, int w, int h)
{
	int n = plane ? av_image_get_buffer_size(AV_PIX_FMT_YUV420P, w, h, ALIGN) : 0;

	if (n > 0)
		ward_wipe(plane, (size_t)n);
}

/* What the decoder itself made of it on the way, who runs this has wiped (run/proc/photo). */
static void done(struct work *k)
{
	int side = k->w > k->h ? k->w : k->h;

	if (k->packet && k->packet->data)
		ward_wipe(k->packet->data, (size_t)k->packet->size);
	for (size_t i = 0; k->frame && i < AV_NUM_DATA_POINTERS && k->frame->buf[i]; i++)
		ward_wipe(k->frame->buf[i]->data, (size_t)k->frame->buf[i]->size);
	wipe_planes(k->small[0], k->w, k->h);
	wipe_planes(k->up[0], side, side);
	avcodec_free_context(&k->codec);
	av_packet_free(&k->packet);
	av_frame_free(&k->frame);
	sws_freeContext(k->scale);
	av_freep(&k->small[0]);
	av_freep(&k->up[0]);
}

static enum ward_err say(char *why, enum ward_err err, const char *text)
{
	(void)snprintf(why, WARD_PHOTO_WHY, "%s", text);
	return err;
}

static enum ward_err failed(char *why, int code)
{
	if (code == AVERROR(ENOMEM))
		return say(why, WARD_ERR_NOMEM, ward_err_text(WARD_ERR_NOMEM));
	return say(why, WARD_ERR_MALFORMED,
		"the photo is damaged: not all of its picture can be decoded; take the file anew");
}

static enum ward_err decode(
	struct work *k, const struct ward_photo_coded *c, struct ward_slice coded, char *why)
{
	const AVCodec *codec = avcodec_find_decoder_by_name(c->png ? "png" : "mjpeg");
	int code;

	av_log_set_level(AV_LOG_QUIET);
	if (!codec)
		return say(why, WARD_ERR_UNSUPPORTED, "libav lacks the decoder");
	k->codec = avcodec_alloc_context3(codec);
	k->packet = av_packet_alloc();
	k->frame = av_frame_alloc();
	if (!k->codec || !k->packet || !k->frame || av_new_packet(k->packet, (int)coded.len) < 0)
		return failed(why, AVERROR(ENOMEM));
	memcpy(k->packet->data, coded.p, coded.len);
	k->codec->thread_count = 1;
	k->codec->max_pixels = (int64_t)(c->w + PADDING) * (c->h + PADDING);
	/* half a picture would be shown as if it were all of it */
	k->codec->err_recognition = AV_EF_EXPLODE | AV_EF_CRCCHECK | AV_EF_BITSTREAM | AV_EF_BUFFER;
	code = avcodec_open2(k->codec, codec, NULL);
	if (code >= 0)
		code = avcodec_send_packet(k->codec, k->packet);
	if (code >= 0)
		code = avcodec_receive_frame(k->codec, k->frame);
	if (code >= 0 && (k->frame->width != (int)c->w || k->frame->height != (int)c->h ||
				 k->frame->decode_error_flags))
		code = AVERROR_INVALIDDATA;
	return code < 0 ? failed(why, code) : WARD_OK;
}

/* Where a PNG lets through what is behind it, its colours are not what people see who made it: what
 * they erased may still be there. They become one grey, in the decoder's own buffer, so that there
 * is no copy of what was there. libav has all forms with transparency in one plane, or a palette.
 */
static enum ward_err hide_unseen(AVFrame *f, char *why)
{
	const AVPixFmtDescriptor *d = av_pix_fmt_desc_get(f->format);

	if (!d || (d->flags & AV_PIX_FMT_FLAG_ALPHA && d->flags & AV_PIX_FMT_FLAG_PLANAR))
		return say(why, WARD_ERR_UNSUPPORTED,
			"the photo's colours can't be read; save it as a usual JPEG");
	if (d->flags & AV_PIX_FMT_FLAG_PAL) {
		for (size_t i = 0; i < AVPALETTE_COUNT; i++)
			if (f->data[1][4 * i + ALPHA_OF_PALETTE] != 0xFF)
				memset(f->data[1] + 4 * i, GREY, 4);
	} else if (d->flags & AV_PIX_FMT_FLAG_ALPHA) {
		const AVComponentDescriptor *a = &d->comp[d->nb_components - 1];
		size_t step = (size_t)a->step, at = (size_t)a->offset, n = step - at;

		for (int y = 0; y < f->height; y++) {
			uint8_t *p = f->data[0] + (ptrdiff_t)y * f->linesize[0];

			for (int x = 0; x < f->width; x++, p += step)
				if (p[at] != 0xFF || p[at + n - 1] != 0xFF)
					memset(p, GREY, step);
		}
	}
	return WARD_OK;
}

static int even(unsigned n, unsigned side)
{
	uint64_t v = side > WARD_PHOTO_SIDE ? (uint64_t)n * WARD_PHOTO_SIDE / side : n;

	return v < WARD_IMAGE_SIDE_MIN ? WARD_IMAGE_SIDE_MIN : (int)(v & ~1ULL);
}

static enum ward_err shrink(struct work *k, char *why)
{
	const AVFrame *f = k->frame;
	unsigned w = (unsigned)f->width, h = (unsigned)f->height, side = w > h ? w : h;

	k->w = even(w, side);
	k->h = even(h, side);
	if (av_image_alloc(k->small, k->stride, k->w, k->h, AV_PIX_FMT_YUV420P, ALIGN) < 0 ||
		av_image_alloc(k->up, k->up_stride, k->w > k->h ? k->w : k->h,
			k->w > k->h ? k->w : k->h, AV_PIX_FMT_YUV420P, ALIGN) < 0)
		return failed(why, AVERROR(ENOMEM));
	k->scale = sws_getContext(f->width, f->height, f->format, k->w, k->h, AV_PIX_FMT_YUV420P,
		SWS_AREA, NULL, NULL, NULL);
	if (!k->scale)
		return say(why, WARD_ERR_UNSUPPORTED,
			"the photo's colours can't be read; save it as a usual JPEG");
	(void)sws_scale(k->scale, (const uint8_t *const *)f->data, f->linesize, 0, f->height,
		k->small, k->stride);
	return WARD_OK;
}

/* EXIF 2.32, 4.6.4 A: which pixel of the coded picture stands at x, y of the upright one. */
static void turn(struct work *k, unsigned turned, struct ward_canvas *ret)
{
	bool across = turned >= 5; /* columns become rows */

	*ret = (struct ward_canvas){
		.w = (unsigned)(across ? k->h : k->w), .h = (unsigned)(across ? k->w : k->h)};
	for (size_t p = 0; p < WARD_ARRAY_LEN(ret->plane); p++) {
		size_t w = (size_t)k->w / (p ? 2 : 1), h = (size_t)k->h / (p ? 2 : 1);
		size_t up_w = across ? h : w, up_h = across ? w : h;

		ret->plane[p] = k->up[p];
		ret->stride[p] = (size_t)k->up_stride[p];
		for (size_t y = 0; y < up_h; y++)
			for (size_t x = 0; x < up_w; x++) {
				size_t a = across ? y : x, b = across ? x : y;
				bool left =
					turned == 2 || turned == 3 || turned == 7 || turned == 8;
				bool under =
					turned == 3 || turned == 4 || turned == 6 || turned == 7;

				a = left ? w - 1 - a : a;
				b = under ? h - 1 - b : b;
				ret->plane[p][y * ret->stride[p] + x] =
					k->small[p][b * (size_t)k->stride[p] + a];
			}
	}
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
	return err;
}

enum ward_err ward_photo_make(struct ward_slice file, const struct ward_veil *veil,
	const struct ward_limits *lim, struct ward_wr *w, char why[WARD_PHOTO_WHY])
{
	const size_t room = file.len + 64; /* at once: growing would leave copies */
	uint8_t *bytes = ward_mem_alloc(ward_mem_heap(), room);
	struct ward_wr coded = ward_wr_fixed(bytes, bytes ? room : 0);
	struct ward_photo_coded c = {0};
	struct ward_canvas canvas;
	struct work k = {0};
	enum ward_err err = ward_photo_strip(file, lim, &coded, &c, why);

	if (!err)
		err = decode(&k, &c, ward_wr_slice(&coded), why);
	if (bytes)
		ward_wipe(bytes, room);
	ward_mem_free(ward_mem_heap(), bytes, room);
	if (!err && c.png)
		err = hide_unseen(k.frame, why);
	if (!err)
		err = shrink(&k, why);
	if (!err) {
		turn(&k, c.turned, &canvas);
		ward_veil_draw(veil, &canvas, WARD_VEIL_BLOCKS_PHOTO);
		err = encode(&canvas, w);
		if (err)
			(void)say(why, err, "the new picture could not be made");
	}
	done(&k);
	return err;
}
