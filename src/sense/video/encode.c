#include "sense/video/encode.h"

#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/mem.h>
#include <libavutil/opt.h>

enum { IO_BYTES = 1 << 16, TICKS = 1000, JPEG_QUALITY = 4, DARKEST = 16, LIGHTEST = 235 };

struct ward_encoder {
	enum ward_encoder_form form;
	struct ward_encoder_sink sink;
	enum ward_err err; /* of the sink, for whoever asked libav */
	AVCodecContext *codec;
	AVFormatContext *format; /* NULL: JPEG */
	AVStream *stream;        /* the format's */
	AVFrame *frame;
	AVPacket *packet;
	bool begun; /* the format's head is written */
	int64_t last;
};

static int write_out(void *ctx, uint8_t *p, int n)
{
	struct ward_encoder *e = ctx;

	if (!e->err)
		e->err = e->sink.put(e->sink.ctx, ward_slice_of(p, (size_t)n));
	return e->err ? AVERROR(EIO) : n;
}

static enum ward_err failed(const struct ward_encoder *e, int code)
{
	if (e->err)
		return e->err;
	return code >= 0 ? WARD_OK : code == AVERROR(ENOMEM) ? WARD_ERR_NOMEM : WARD_ERR_IO;
}

static enum ward_err open_codec(struct ward_encoder *e, const struct ward_canvas *like, int fps)
{
	bool jpeg = e->form == WARD_ENCODER_JPEG;
	const AVCodec *codec = jpeg ? avcodec_find_encoder(AV_CODEC_ID_MJPEG)
				    : avcodec_find_encoder_by_name("libx264");
	AVDictionary *options = NULL;
	int code = 0;

	if (!codec)
		return WARD_ERR_UNSUPPORTED;
	e->codec = avcodec_alloc_context3(codec);
	if (!e->codec)
		return WARD_ERR_NOMEM;
	e->codec->width = (int)like->w;
	e->codec->height = (int)like->h;
	e->codec->time_base = (AVRational){1, TICKS};
	e->codec->framerate = (AVRational){fps, 1};
	e->codec->gop_size = 10 * fps;
	e->codec->thread_count = 1;
	e->codec->pix_fmt = jpeg ? AV_PIX_FMT_YUVJ420P : AV_PIX_FMT_YUV420P;
	if (jpeg) {
		/* exact: without a comment of who encoded it */
		e->codec->flags |= AV_CODEC_FLAG_QSCALE | AV_CODEC_FLAG_BITEXACT;
		e->codec->global_quality = JPEG_QUALITY * FF_QP2LAMBDA;
	} else {
		e->codec->flags |= AV_CODEC_FLAG_GLOBAL_HEADER;
		code = av_dict_parse_string(
			&options, "preset=veryfast:tune=zerolatency:crf=25", "=", ":", 0);
	}
	if (code >= 0)
		code = avcodec_open2(e->codec, codec, &options);
	av_dict_free(&options);
	return failed(e, code);
}

static enum ward_err open_format(struct ward_encoder *e)
{
	const char *name = e->form == WARD_ENCODER_MP4 ? "mp4" : "matroska";
	uint8_t *buf = av_malloc(IO_BYTES);
	AVDictionary *options = NULL;
	int code;

	if (!buf || avformat_alloc_output_context2(&e->format, NULL, name, NULL) < 0) {
		av_free(buf);
		return WARD_ERR_NOMEM;
	}
	e->format->pb = avio_alloc_context(buf, IO_BYTES, 1, e, NULL, write_out, NULL);
	if (!e->format->pb) {
		av_free(buf);
		return WARD_ERR_NOMEM;
	}
	e->format->pb->seekable = 0;
	e->format->flags |= AVFMT_FLAG_BITEXACT | AVFMT_FLAG_FLUSH_PACKETS;
	e->stream = avformat_new_stream(e->format, NULL);
	if (!e->stream)
		return WARD_ERR_NOMEM;
	e->stream->time_base = e->codec->time_base;
	e->stream->avg_frame_rate = e->codec->framerate;
	code = avcodec_parameters_from_context(e->stream->codecpar, e->codec);
	if (code >= 0 && e->form == WARD_ENCODER_MP4)
		code = av_dict_set(
			&options, "movflags", "frag_keyframe+empty_moov+default_base_moof", 0);
	if (code >= 0)
		code = avformat_write_header(e->format, &options);
	e->begun = code >= 0;
	av_dict_free(&options);
	return failed(e, code);
}

enum ward_err ward_encoder_open(enum ward_encoder_form form, const struct ward_canvas *like,
	unsigned fps, struct ward_encoder_sink sink, struct ward_encoder **ret)
{
	struct ward_encoder *e = av_mallocz(sizeof(*e));
	enum ward_err err;

	WARD_ASSERT(like->w && like->h && like->w % 2 == 0 && like->h % 2 == 0 && fps);
	if (!e)
		return WARD_ERR_NOMEM;
	e->form = form;
	e->sink = sink;
	e->last = -1;
	e->packet = av_packet_alloc();
	e->frame = av_frame_alloc();
	err = e->packet && e->frame ? open_codec(e, like, (int)fps) : WARD_ERR_NOMEM;
	if (!err && form != WARD_ENCODER_JPEG)
		err = open_format(e);
	if (!err) {
		e->frame->format = e->codec->pix_fmt;
		e->frame->width = e->codec->width;
		e->frame->height = e->codec->height;
		err = failed(e, av_frame_get_buffer(e->frame, 0));
	}
	if (err)
		ward_encoder_free(e);
	else
		*ret = e;
	return err;
}

void ward_encoder_free(struct ward_encoder *e)
{
	if (!e)
		return;
	if (e->format) {
		if (e->format->pb)
			av_freep(&e->format->pb->buffer);
		avio_context_free(&e->format->pb);
		avformat_free_context(e->format);
	}
	av_frame_free(&e->frame);
	av_packet_free(&e->packet);
	avcodec_free_context(&e->codec);
	av_free(e);
}

/* What the codec has ready. */
static enum ward_err drain(struct ward_encoder *e)
{
	for (;;) {
		int code = avcodec_receive_packet(e->codec, e->packet);

		if (code == AVERROR(EAGAIN) || code == AVERROR_EOF)
			return WARD_OK;
		if (code < 0)
			return failed(e, code);
		if (!e->format) {
			(void)write_out(e, e->packet->data, e->packet->size);
			av_packet_unref(e->packet);
		} else {
			av_packet_rescale_ts(e->packet, e->codec->time_base, e->stream->time_base);
			code = av_write_frame(e->format, e->packet);
			av_packet_unref(e->packet);
		}
		if (code < 0 || e->err)
			return failed(e, code);
	}
}

/* JPEG has all 256 levels of brightness, video those from 16 to 235. */
static uint8_t widen(uint8_t y)
{
	int v = (y - DARKEST) * 255 / (LIGHTEST - DARKEST);

	return (uint8_t)(v < 0 ? 0 : v > 255 ? 255 : v);
}

static void copy(struct ward_encoder *e, const struct ward_canvas *c)
{
	for (size_t p = 0; p < WARD_ARRAY_LEN(c->plane); p++) {
		size_t w = p ? c->w / 2 : c->w, h = p ? c->h / 2 : c->h;
		bool wide = !p && e->form == WARD_ENCODER_JPEG;

		for (size_t y = 0; y < h; y++) {
			uint8_t *to = e->frame->data[p] + y * (size_t)e->frame->linesize[p];
			const uint8_t *from = c->plane[p] + y * c->stride[p];

			if (!wide)
				memcpy(to, from, w);
			for (size_t x = 0; wide && x < w; x++)
				to[x] = widen(from[x]);
		}
	}
}

enum ward_err ward_encoder_put(struct ward_encoder *e, const struct ward_canvas *c, ward_ns time)
{
	int64_t at = time / (WARD_NS_PER_S / TICKS);
	int code;

	if ((int)c->w != e->codec->width || (int)c->h != e->codec->height)
		return WARD_ERR_MALFORMED;
	code = av_frame_make_writable(e->frame);
	if (code < 0)
		return failed(e, code);
	copy(e, c);
	e->last = at > e->last ? at : e->last + 1;
	e->frame->pts = e->last;
	e->frame->quality = e->codec->global_quality;
	code = avcodec_send_frame(e->codec, e->frame);
	return code < 0 ? failed(e, code) : drain(e);
}

enum ward_err ward_encoder_end(struct ward_encoder *e)
{
	int code = avcodec_send_frame(e->codec, NULL);
	enum ward_err err = code < 0 && code != AVERROR_EOF ? failed(e, code) : drain(e);

	if (!err && e->begun) {
		e->begun = false;
		err = failed(e, av_write_trailer(e->format));
	}
	return err;
}
