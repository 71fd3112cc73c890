#include "sense/video/clip.h"

#include "base/diag.h"
#include "sense/video/large.h"
#include "sense/video/mask.h"
#include "sense/video/reel_av.h"

#include <libavutil/mem.h>
#include <stdio.h>

/* So far around a picture its veils reach in time: who moves is hidden where they were and will be.
 */
static const ward_ns reach = 400 * WARD_NS_PER_MS;

struct ward_clip {
	struct ward_clip_opts opts;
	struct ward_cut *cut;
	AVCodecContext *codec;
	AVFrame *frame;
	struct ward_large large;
	struct ward_encoder *encoder; /* from the first picture on */
	ward_ns gap;                  /* between two veils, at most */
	size_t next;                  /* packet */
	size_t note;                  /* the last whose stamp is not after the last picture's */
	bool draining;
	ward_ns due; /* stamp of the next picture that is taken */
	size_t n;    /* pictures */
};

static enum ward_err open_codec(struct ward_clip *c)
{
	const AVCodec *codec = avcodec_find_decoder(c->cut->codec->codec_id);

	if (!codec)
		return WARD_ERR_UNSUPPORTED;
	c->codec = avcodec_alloc_context3(codec);
	c->frame = av_frame_alloc();
	if (!c->codec || !c->frame || avcodec_parameters_to_context(c->codec, c->cut->codec) < 0)
		return WARD_ERR_NOMEM;
	c->codec->thread_count = 1;
	c->codec->max_pixels = (int64_t)ward_limit(c->opts.lim, WARD_LIMIT_VIDEO_PIXELS);
	c->codec->pkt_timebase = c->cut->time_base;
	return avcodec_open2(c->codec, codec, NULL) < 0 ? WARD_ERR_UNSUPPORTED : WARD_OK;
}

enum ward_err ward_clip_new(
	struct ward_cut *cut, const struct ward_clip_opts *o, struct ward_clip **ret)
{
	struct ward_clip *c = av_mallocz(sizeof(*c));
	enum ward_err err;

	WARD_ASSERT(o->fps > 0);
	if (!c) {
		ward_cut_free(cut);
		return WARD_ERR_NOMEM;
	}
	c->opts = *o;
	c->cut = cut;
	c->gap = 5 * WARD_NS_PER_S / 2 / (ward_ns)o->fps;
	c->due = cut->note[cut->first].stamp;
	err = open_codec(c);
	if (err)
		ward_clip_free(c);
	else
		*ret = c;
	return err;
}

void ward_clip_free(struct ward_clip *c)
{
	if (!c)
		return;
	ward_encoder_free(c->encoder);
	ward_large_fini(&c->large);
	av_frame_free(&c->frame);
	avcodec_free_context(&c->codec);
	ward_cut_free(c->cut);
	av_free(c);
}

/* Everybody who is in the picture of that stamp, was just before or is soon after. */
static enum ward_err veil_at(
	struct ward_clip *c, ward_ns stamp, struct ward_veil *ret, uint32_t *ret_masks)
{
	const struct ward_reel_note *note = c->cut->note;
	size_t n = c->cut->n_note, before, after;

	while (c->note + 1 < n && note[c->note + 1].stamp <= stamp)
		c->note++;
	before = c->note;
	after = note[before].stamp == stamp ? before : before + 1;
	if (note[before].stamp > stamp || after == n ||
		note[after].stamp - note[before].stamp > c->gap)
		return WARD_ERR_NOT_FOUND;
	*ret = note[before].veil;
	*ret_masks = note[before].masks;
	for (size_t i = before; i-- > 0 && note[i].stamp >= stamp - reach;)
		ward_veil_join(ret, &note[i].veil);
	for (size_t i = before + 1; i < n && (i <= after || note[i].stamp <= stamp + reach); i++) {
		ward_veil_join(ret, &note[i].veil);
		*ret_masks |= i <= after ? note[i].masks : 0;
	}
	return WARD_OK;
}

static enum ward_err picture(struct ward_clip *c, char *why)
{
	struct ward_canvas canvas;
	struct ward_veil veil;
	ward_ns stamp, begin = c->cut->note[c->cut->first].stamp;
	uint32_t masks;
	enum ward_err err =
		ward_reel_stamp(c->frame->best_effort_timestamp, c->cut->time_base, &stamp);

	if (!err && (stamp < c->due || stamp > c->cut->note[c->cut->last].stamp))
		return WARD_OK; /* before the span, after it, or not due yet */
	if (!err)
		err = veil_at(c, stamp, &veil, &masks);
	if (err) {
		(void)snprintf(why, WARD_CLIP_WHY, "%s",
			WARD_TEXT("it can't be told who is in one of its pictures"));
		return WARD_ERR_NOT_FOUND;
	}
	while (c->due <= stamp)
		c->due += WARD_NS_PER_S / WARD_CLIP_FPS;
	err = ward_large_of(&c->large, c->frame, &canvas);
	if (err)
		return err;
	/* first: what they hide goes into no blur; and again, over what is blurred into them */
	ward_masks_draw(c->opts.plan, masks, &canvas);
	ward_veil_draw(&veil, &canvas, WARD_VEIL_BLOCKS);
	ward_masks_draw(c->opts.plan, masks, &canvas);
	if (!c->encoder)
		err = ward_encoder_open(
			WARD_ENCODER_MP4, &canvas, WARD_CLIP_FPS, c->opts.sink, &c->encoder);
	if (!err)
		err = ward_encoder_put(c->encoder, &canvas, stamp - begin);
	c->n += !err;
	return err;
}

/* The next packet; damage to it costs pictures, not the clip. */
static enum ward_err feed(struct ward_clip *c)
{
	const AVPacket *p = c->next < c->cut->n_packet ? c->cut->packet[c->next] : NULL;
	int code = avcodec_send_packet(c->codec, p);

	c->draining = !p;
	c->next += p ? 1 : 0;
	return code == AVERROR(ENOMEM) ? WARD_ERR_NOMEM : WARD_OK;
}

static enum ward_err end(struct ward_clip *c, char *why)
{
	if (c->n)
		return ward_encoder_end(c->encoder);
	(void)snprintf(why, WARD_CLIP_WHY, "%s", WARD_TEXT("no picture of it can be decoded"));
	return WARD_ERR_CORRUPT;
}

enum ward_err ward_clip_step(struct ward_clip *c, char why[WARD_CLIP_WHY])
{
	int code = avcodec_receive_frame(c->codec, c->frame);
	bool over = code < 0 && c->draining;
	enum ward_err err;

	why[0] = 0;
	if (over)
		err = end(c, why);
	else if (code < 0)
		err = feed(c);
	else
		err = picture(c, why);
	if (err && !why[0])
		(void)snprintf(why, WARD_CLIP_WHY, "%s", ward_err_text(err));
	return err || over ? err : WARD_ERR_AGAIN;
}

void ward_clip_span(const struct ward_clip *c, ward_ns *ret_from, ward_ns *ret_to, size_t *ret_n)
{
	*ret_from = c->cut->note[c->cut->first].time;
	*ret_to = c->cut->note[c->cut->last].time;
	*ret_n = c->n;
}
