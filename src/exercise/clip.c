#include "exercise/clip.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/mem.h>

enum {
	SDP_MAX = 4096,
	IO_BYTES = 1 << 16,
	CONTROL_FIRST = 200, /* RFC 3550 12.1 */
	CONTROL_LAST = 204,
};

/* What footage is kept in, and RTP carries. */
static const char containers[] = "mov,mp4,matroska,webm,avi,mpegts";
static const char codecs[] = "h264,hevc,mjpeg,mpeg4";

struct ward_footage_clip {
	int fd; /* while it is opened */
	AVFormatContext *in, *out;
	AVIOContext *io;
	AVPacket **picture;
	size_t n, cap;
	int stream;
	ward_ns period;
	bool begun; /* the muxer has written its head */
	char sdp[SDP_MAX];
	ward_footage_clip_packet_fn fn; /* while a picture is shown */
	void *ctx;
};

/* libav's muxer flushes packet by packet. */
static int give(void *ctx, uint8_t *buf, int len)
{
	struct ward_footage_clip *c = ctx;

	if (c->fn && len > 1)
		c->fn(c->ctx, ward_slice_of(buf, (size_t)len),
			buf[1] >= CONTROL_FIRST && buf[1] <= CONTROL_LAST);
	return len;
}

static enum ward_err bad(
	enum ward_err err, char why[WARD_FOOTAGE_CLIP_WHY], const char *what, int code)
{
	char text[AV_ERROR_MAX_STRING_SIZE] = "";

	if (code)
		(void)av_strerror(code, text, sizeof(text));
	(void)snprintf(why, WARD_FOOTAGE_CLIP_WHY, "%s%s%s", what, code ? ": " : "", text);
	return err;
}

static enum ward_err keep(struct ward_footage_clip *c, AVPacket *p, char why[WARD_FOOTAGE_CLIP_WHY])
{
	if (c->n == WARD_FOOTAGE_CLIP_PICTURES)
		return bad(WARD_ERR_LIMIT, why, "it has more than 10,000 pictures", 0);
	if (c->n == c->cap) {
		size_t cap = c->cap ? 2 * c->cap : 256;
		AVPacket **more = realloc(c->picture, cap * sizeof(*more));

		if (!more)
			return bad(WARD_ERR_NOMEM, why, "no memory", 0);
		c->picture = more;
		c->cap = cap;
	}
	c->picture[c->n] = av_packet_clone(p);
	if (!c->picture[c->n])
		return bad(WARD_ERR_NOMEM, why, "no memory", 0);
	c->n++;
	return WARD_OK;
}

static enum ward_err read_pictures(struct ward_footage_clip *c, char why[WARD_FOOTAGE_CLIP_WHY])
{
	AVPacket *p = av_packet_alloc();
	enum ward_err err = p ? WARD_OK : WARD_ERR_NOMEM;
	int64_t last = INT64_MIN;

	while (!err && av_read_frame(c->in, p) >= 0) {
		/* RTP has one time for each picture: that of showing it */
		if (p->stream_index == c->stream && p->pts != AV_NOPTS_VALUE && p->pts < last)
			err = bad(WARD_ERR_MALFORMED, why,
				"its pictures are kept in another order than they are shown in, "
				"which cameras don't do: make it anew without B-frames (ffmpeg -i "
				"CLIP -c:v libx264 -bf 0 -g 10 NEW.mkv)",
				0);
		else if (p->stream_index == c->stream)
			err = keep(c, p, why);
		if (p->stream_index == c->stream && p->pts != AV_NOPTS_VALUE)
			last = p->pts;
		av_packet_unref(p);
	}
	av_packet_free(&p);
	if (!err && (!c->n || !(c->picture[0]->flags & AV_PKT_FLAG_KEY)))
		err = bad(WARD_ERR_MALFORMED, why,
			"it does not begin with a picture that stands for itself", 0);
	return err;
}

static int io_read(void *ctx, uint8_t *buf, int cap)
{
	struct ward_footage_clip *c = ctx;
	ssize_t n = read(c->fd, buf, (size_t)cap);

	return n > 0 ? (int)n : n == 0 ? AVERROR_EOF : AVERROR(EIO);
}

static int64_t io_seek(void *ctx, int64_t off, int whence)
{
	struct ward_footage_clip *c = ctx;
	struct stat st;

	if (whence & AVSEEK_SIZE)
		return fstat(c->fd, &st) == 0 ? (int64_t)st.st_size : AVERROR(ESPIPE);
	off = lseek(c->fd, off, whence & ~AVSEEK_FORCE);
	return off < 0 ? AVERROR(ESPIPE) : off;
}

/* libav opens nothing itself, and knows few forms. */
static enum ward_err new_in(struct ward_footage_clip *c, char why[WARD_FOOTAGE_CLIP_WHY])
{
	unsigned char *buf = av_malloc(IO_BYTES);

	if (buf)
		c->io = avio_alloc_context(buf, IO_BYTES, 0, c, io_read, NULL, io_seek);
	if (!c->io)
		av_free(buf);
	c->in = c->io ? avformat_alloc_context() : NULL;
	if (!c->in)
		return bad(WARD_ERR_NOMEM, why, "no memory", 0);
	c->in->pb = c->io;
	c->in->protocol_whitelist = av_strdup("");
	c->in->format_whitelist = av_strdup(containers);
	c->in->codec_whitelist = av_strdup(codecs);
	return c->in->protocol_whitelist && c->in->format_whitelist && c->in->codec_whitelist
		       ? WARD_OK
		       : bad(WARD_ERR_NOMEM, why, "no memory", 0);
}

static enum ward_err open_in(struct ward_footage_clip *c, char why[WARD_FOOTAGE_CLIP_WHY])
{
	const AVStream *s;
	enum ward_err err = new_in(c, why);
	int code;

	if (err)
		return err;
	code = avformat_open_input(&c->in, NULL, NULL, NULL);
	if (code < 0) /* it has freed the context */
		return bad(WARD_ERR_MALFORMED, why, "it cannot be opened", code);
	code = avformat_find_stream_info(c->in, NULL);
	if (code >= 0)
		code = c->stream = av_find_best_stream(c->in, AVMEDIA_TYPE_VIDEO, -1, -1, NULL, 0);
	if (code < 0)
		return bad(WARD_ERR_MALFORMED, why, "no video is in it", code);
	s = c->in->streams[c->stream];
	if (s->avg_frame_rate.num <= 0 || s->avg_frame_rate.den <= 0)
		return bad(WARD_ERR_MALFORMED, why,
			"how many pictures a second it has is not known", 0);
	c->period = av_rescale(WARD_NS_PER_S, s->avg_frame_rate.den, s->avg_frame_rate.num);
	return read_pictures(c, why);
}

static enum ward_err open_out(struct ward_footage_clip *c, char why[WARD_FOOTAGE_CLIP_WHY])
{
	int code = avformat_alloc_output_context2(&c->out, NULL, "rtp", NULL);
	AVStream *s = code < 0 ? NULL : avformat_new_stream(c->out, NULL);
	unsigned char *buf = s ? av_malloc(WARD_FOOTAGE_CLIP_PACKET) : NULL;

	if (!buf)
		return bad(WARD_ERR_NOMEM, why, "no memory", 0);
	c->out->pb = avio_alloc_context(buf, WARD_FOOTAGE_CLIP_PACKET, 1, c, NULL, give, NULL);
	if (!c->out->pb) {
		av_free(buf);
		return bad(WARD_ERR_NOMEM, why, "no memory", 0);
	}
	c->out->pb->max_packet_size = WARD_FOOTAGE_CLIP_PACKET;
	code = avcodec_parameters_copy(s->codecpar, c->in->streams[c->stream]->codecpar);
	s->codecpar->codec_tag = 0;
	if (code >= 0)
		code = avformat_write_header(c->out, NULL);
	c->begun = code >= 0;
	if (code >= 0)
		code = av_sdp_create(&c->out, 1, c->sdp, sizeof(c->sdp));
	return code < 0 ? bad(WARD_ERR_MALFORMED, why, "RTP does not carry it", code) : WARD_OK;
}

enum ward_err ward_footage_clip_open(
	int fd, struct ward_footage_clip **ret, char ret_why[WARD_FOOTAGE_CLIP_WHY])
{
	struct ward_footage_clip *c = calloc(1, sizeof(*c));
	enum ward_err err;

	av_log_set_level(AV_LOG_QUIET);
	if (!c)
		return bad(WARD_ERR_NOMEM, ret_why, "no memory", 0);
	c->fd = fd;
	err = open_in(c, ret_why);
	if (!err)
		err = open_out(c, ret_why);
	if (err) {
		ward_footage_clip_free(c);
		return err;
	}
	*ret = c;
	return WARD_OK;
}

void ward_footage_clip_free(struct ward_footage_clip *c)
{
	if (!c)
		return;
	for (size_t i = 0; i < c->n; i++)
		av_packet_free(&c->picture[i]);
	free(c->picture);
	if (c->begun)
		(void)av_write_trailer(c->out); /* what the muxer holds is freed there only */
	if (c->out && c->out->pb) {
		av_freep(&c->out->pb->buffer);
		avio_context_free(&c->out->pb);
	}
	avformat_free_context(c->out);
	avformat_close_input(&c->in);
	if (c->io)
		av_freep(&c->io->buffer);
	avio_context_free(&c->io);
	free(c);
}

size_t ward_footage_clip_pictures(const struct ward_footage_clip *c)
{
	return c->n;
}

ward_ns ward_footage_clip_period(const struct ward_footage_clip *c)
{
	return c->period;
}

const char *ward_footage_clip_sdp(const struct ward_footage_clip *c)
{
	return c->sdp;
}

size_t ward_footage_clip_at(const struct ward_footage_clip *c, ward_ns time, size_t again)
{
	size_t i = time < 0 ? 0 : (size_t)(time / c->period);

	again = again < c->n ? again : c->n - 1;
	if (time >= 0 && i < c->n)
		return i;
	if (time < 0)
		return again + (size_t)(-time / c->period) % (c->n - again);
	return again + (i - c->n) % (c->n - again);
}

size_t ward_footage_clip_key(const struct ward_footage_clip *c, size_t i)
{
	WARD_ASSERT(i < c->n);
	while (!(c->picture[i]->flags & AV_PKT_FLAG_KEY))
		i--; /* the first is one */
	return i;
}

enum ward_err ward_footage_clip_show(struct ward_footage_clip *c, size_t i, ward_ns time,
	ward_footage_clip_packet_fn fn, void *ctx)
{
	AVPacket *p = av_packet_clone(c->picture[i]);
	int code;

	if (!p)
		return WARD_ERR_NOMEM;
	p->stream_index = 0;
	p->pts = p->dts = av_rescale_q(
		time, (AVRational){1, (int)WARD_NS_PER_S}, c->out->streams[0]->time_base);
	p->duration = 0;
	c->fn = fn;
	c->ctx = ctx;
	code = av_write_frame(c->out, p);
	c->fn = NULL;
	av_packet_free(&p);
	return code < 0 ? WARD_ERR_IO : WARD_OK;
}
