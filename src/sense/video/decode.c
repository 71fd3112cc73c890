#include "sense/video/decode.h"

#include "sense/video/large.h"
#include "sense/video/reel_av.h"
#include "sense/video/small.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/mem.h>

enum {
	IO_BYTES = 1 << 16,
	PROBE_BYTES = 1 << 20,
	STREAMS_MAX = 16,
	GAP_S = 60,         /* a jump of time by more is taken for damage */
	BYTES_OF_PIXEL = 8, /* of any form of picture, at most */
	STREAM_BYTES =
		64 << 20,       /* one thing that libav holds, of a stream; a picture may be more */
	FILE_BYTES = 256 << 20, /* of a file: it says where each picture is */
	DAMAGED_MAX = 1000,     /* packets in a row of which nothing comes */
};

/* What cameras and recorders write. libav knows some hundred more, and nobody needs their faults.
 */
static const char containers[] =
	"mov,mp4,avi,matroska,webm,mpegts,mpeg,h264,hevc,mjpeg,asf,flv,mxf";
static const char codecs[] =
	"h264,hevc,mpeg4,mjpeg,mpeg1video,mpeg2video,h263,msmpeg4v3,vp8,vp9,av1,"
	"libdav1d,rawvideo";

/* A stream's description, which libav reads as if it were a file before it asks for packets. */
struct live {
	struct ward_decoder_packets from;
	struct ward_slice sdp;
	size_t off;
	bool over; /* libav asks again after an end: what came then would be another stream's */
};

struct ward_decoder {
	struct ward_decoder_opts opts;
	int fd;
	bool is_live;
	struct live live;
	bool io_failed;
	AVIOContext *io;
	AVFormatContext *format;
	AVCodecContext *codec;
	AVPacket *packet;
	AVFrame *frame;
	int stream;
	struct ward_large large;
	struct ward_small small;
	ward_ns first, due,
		last; /* the video's time: of the first picture; of the next; of the last */
	bool begun, draining, ended;
	uint64_t n_frame, n_failed;
	unsigned n_damaged;          /* packets in a row */
	int end_code;                /* why no more packets came */
	char said[WARD_DECODER_WHY]; /* the last thing that libav complained of */
};

/* libav has one place in a process for what it has to say, so there is one here too. */
static char *said;

static void WARD_PRINTF(3, 0) hear(void *ctx, int level, const char *fmt, va_list args)
{
	(void)ctx;
	if (!said || level > AV_LOG_ERROR)
		return;
	(void)vsnprintf(said, WARD_DECODER_WHY, fmt, args);
	said[strcspn(said, "\r\n")] = 0;
	for (char *c = said; *c; c++)
		if (*c < ' ' || *c > '~')
			*c = '?';
}

static int io_read(void *ctx, uint8_t *buf, int cap)
{
	struct ward_decoder *d = ctx;
	ssize_t n;

	do
		n = read(d->fd, buf, (size_t)cap);
	while (n < 0 && errno == EINTR);
	d->io_failed = d->io_failed || n < 0;
	return n > 0 ? (int)n : n == 0 ? AVERROR_EOF : AVERROR(EIO);
}

static int64_t io_seek(void *ctx, int64_t off, int whence)
{
	struct ward_decoder *d = ctx;

	whence &= ~AVSEEK_FORCE;
	if (whence == AVSEEK_SIZE) {
		off_t here = lseek(d->fd, 0, SEEK_CUR), size = lseek(d->fd, 0, SEEK_END);

		if (here < 0 || size < 0 || lseek(d->fd, here, SEEK_SET) < 0)
			return AVERROR(ESPIPE);
		return size;
	}
	off = lseek(d->fd, off, whence);
	return off < 0 ? AVERROR(ESPIPE) : off;
}

/* First the description, to its end; then packets, one each. */
static int live_read(void *ctx, uint8_t *buf, int cap)
{
	struct ward_decoder *d = ctx;
	struct live *l = &d->live;
	size_t n = l->sdp.len - l->off;

	if (l->sdp.p) {
		if (!n)
			return AVERROR_EOF;
		n = n < (size_t)cap ? n : (size_t)cap;
		memcpy(buf, l->sdp.p + l->off, n);
		l->off += n;
		return (int)n;
	}
	l->over = l->over || (size_t)cap < WARD_DECODER_PACKET ||
		  l->from.next(l->from.ctx, buf, &n) != WARD_OK;
	WARD_ASSERT(l->over || (n && n <= WARD_DECODER_PACKET));
	return l->over ? AVERROR_EOF : (int)n;
}

/* What libav would report to the sender: nobody waits for it. */
static int live_write(void *ctx, uint8_t *buf, int len)
{
	(void)ctx;
	(void)buf;
	return len;
}

static enum ward_err fail(
	struct ward_decoder *d, enum ward_err err, char *why, const char *what, int code)
{
	char text[AV_ERROR_MAX_STRING_SIZE] = "";

	if (d->io_failed) {
		(void)snprintf(why, WARD_DECODER_WHY, "it can't be read");
		return WARD_ERR_IO;
	}
	if (code == AVERROR(ENOMEM))
		err = WARD_ERR_NOMEM;
	if (code < 0)
		(void)av_strerror(code, text, sizeof(text));
	(void)snprintf(why, WARD_DECODER_WHY, "%s%s%.80s%s%.80s", what, code < 0 ? ": " : "", text,
		d->said[0] ? "; " : "", d->said);
	return err;
}

static enum ward_err new_format(struct ward_decoder *d, const char *formats)
{
	bool seeks = !d->is_live && lseek(d->fd, 0, SEEK_CUR) >= 0;
	uint8_t *buf = av_malloc(IO_BYTES);

	/* one that is written, too, and directly, is read without its buffer: packets stay apart */
	if (buf)
		d->io = avio_alloc_context(buf, IO_BYTES, d->is_live, d,
			d->is_live ? live_read : io_read, d->is_live ? live_write : NULL,
			seeks ? io_seek : NULL);
	if (!d->io) {
		av_free(buf);
		return WARD_ERR_NOMEM;
	}
	d->io->direct = d->is_live;
	d->format = avformat_alloc_context();
	if (!d->format)
		return WARD_ERR_NOMEM;
	d->format->pb = d->io;
	d->format->probesize = PROBE_BYTES;
	d->format->format_probesize = PROBE_BYTES;
	d->format->max_streams = STREAMS_MAX;
	/* nothing that a video says may make libav open another one */
	d->format->protocol_whitelist = av_strdup("");
	d->format->format_whitelist = av_strdup(formats);
	d->format->codec_whitelist = av_strdup(codecs);
	return d->format->protocol_whitelist && d->format->format_whitelist &&
			       d->format->codec_whitelist
		       ? WARD_OK
		       : WARD_ERR_NOMEM;
}

static enum ward_err open_format(struct ward_decoder *d, char *why)
{
	enum ward_err err = new_format(d, containers);
	int code;

	if (err)
		return err;
	code = avformat_open_input(&d->format, NULL, NULL, NULL);
	if (code < 0) /* it has freed the context */
		return fail(d, WARD_ERR_FOREIGN, why, "no video that can be read", code);
	code = avformat_find_stream_info(d->format, NULL);
	return code < 0 ? fail(d, WARD_ERR_FOREIGN, why, "what it holds can't be told", code)
			: WARD_OK;
}

/* libav's own RTSP client would need sockets. Its SDP reader takes the packets from us. */
static enum ward_err open_stream(struct ward_decoder *d, char *why)
{
	enum ward_err err = new_format(d, "sdp");
	AVDictionary *options = NULL;
	int code;

	if (err)
		return err;
	/* a connection keeps the order: no packet waits for one before it */
	code = av_dict_set(&options, "sdp_flags", "custom_io", 0);
	if (code >= 0)
		code = av_dict_set(&options, "reorder_queue_size", "0", 0);
	if (code >= 0)
		code = avformat_open_input(&d->format, NULL, av_find_input_format("sdp"), &options);
	av_dict_free(&options);
	if (code < 0)
		return fail(d, WARD_ERR_FOREIGN, why, "its description can't be read", code);
	d->live.sdp = (struct ward_slice){0};
	d->io->eof_reached = 0; /* it was the description's end only */
	return WARD_OK;
}

void ward_decoder_shed(struct ward_decoder *d, enum ward_shed_level shed)
{
	d->opts.shed = shed;
	d->codec->skip_frame = d->opts.keyframes || shed >= WARD_SHED_KEYFRAMES ? AVDISCARD_NONKEY
			       : shed >= WARD_SHED_REFERENCE                    ? AVDISCARD_NONREF
										: AVDISCARD_DEFAULT;
}

static enum ward_err open_codec(struct ward_decoder *d, char *why)
{
	const AVCodec *codec = NULL;
	int code = av_find_best_stream(d->format, AVMEDIA_TYPE_VIDEO, -1, -1, &codec, 0);

	if (code < 0)
		return fail(
			d, WARD_ERR_UNSUPPORTED, why, "no picture in it that can be decoded", code);
	d->stream = code;
	for (unsigned i = 0; i < d->format->nb_streams; i++)
		if ((int)i != d->stream)
			d->format->streams[i]->discard = AVDISCARD_ALL;
	d->codec = avcodec_alloc_context3(codec);
	if (!d->codec)
		return WARD_ERR_NOMEM;
	code = avcodec_parameters_to_context(d->codec, d->format->streams[d->stream]->codecpar);
	d->codec->thread_count = 1;
	d->codec->codec_whitelist = av_strdup(codecs); /* freed with it */
	if (!d->codec->codec_whitelist)
		return WARD_ERR_NOMEM;
	d->codec->max_pixels = (int64_t)ward_limit(d->opts.lim, WARD_LIMIT_VIDEO_PIXELS);
	d->codec->pkt_timebase = d->format->streams[d->stream]->time_base;
	ward_decoder_shed(d, d->opts.shed);
	/* edges of blocks stay in pictures that no other is made of: they are made smaller anyway
	 */
	d->codec->skip_loop_filter = AVDISCARD_NONREF;
	if (code >= 0)
		code = avcodec_open2(d->codec, codec, NULL);
	if (code < 0)
		return fail(d, WARD_ERR_UNSUPPORTED, why, "its codec can't be started", code);
	return WARD_OK;
}

/* What never ends a picture grows no further. One bound holds for the process. */
static void bound_memory(const struct ward_decoder *d)
{
	size_t picture = (size_t)ward_limit(d->opts.lim, WARD_LIMIT_VIDEO_PIXELS) * BYTES_OF_PIXEL;
	size_t least = d->is_live ? STREAM_BYTES : FILE_BYTES;

	av_max_alloc(picture > least ? picture : least);
}

static enum ward_err open_any(const struct ward_decoder *like, char *why, struct ward_decoder **ret)
{
	struct ward_decoder *d = av_mallocz(sizeof(*d));
	enum ward_err err;

	WARD_ASSERT(like->opts.fps >= 1 && like->opts.fps <= 30);
	(void)snprintf(why, WARD_DECODER_WHY, "out of memory");
	if (!d)
		return WARD_ERR_NOMEM;
	*d = *like;
	d->small.w = d->opts.w;
	d->small.h = d->opts.h;
	said = d->said;
	av_log_set_callback(hear);
	bound_memory(d);
	d->packet = av_packet_alloc();
	d->frame = av_frame_alloc();
	err = d->packet && d->frame ? WARD_OK : WARD_ERR_NOMEM;
	if (!err)
		err = d->is_live ? open_stream(d, why) : open_format(d, why);
	if (!err)
		err = open_codec(d, why);
	if (!err && d->opts.reel)
		err = ward_reel_begin(d->opts.reel, d->format->streams[d->stream]->codecpar,
			d->format->streams[d->stream]->time_base);
	if (err) {
		ward_decoder_close(d);
		return err;
	}
	*ret = d;
	return WARD_OK;
}

enum ward_err ward_decoder_open(int fd, const struct ward_decoder_opts *opts,
	char why[WARD_DECODER_WHY], struct ward_decoder **ret)
{
	return open_any(&(struct ward_decoder){.opts = *opts, .fd = fd}, why, ret);
}

enum ward_err ward_decoder_open_rtp(struct ward_slice sdp, struct ward_decoder_packets packets,
	const struct ward_decoder_opts *opts, char why[WARD_DECODER_WHY], struct ward_decoder **ret)
{
	struct ward_decoder like = {
		.opts = *opts, .fd = -1, .is_live = true, .live = {.from = packets, .sdp = sdp}};

	return open_any(&like, why, ret);
}

void ward_decoder_close(struct ward_decoder *d)
{
	if (!d)
		return;
	if (said == d->said)
		said = NULL;
	ward_large_fini(&d->large);
	ward_small_fini(&d->small);
	av_frame_free(&d->frame);
	av_packet_free(&d->packet);
	avcodec_free_context(&d->codec);
	avformat_close_input(&d->format);
	if (d->io)
		av_freep(&d->io->buffer);
	avio_context_free(&d->io);
	av_free(d);
}

/* The picture's time in the video, counted from 0; one that has none follows the one before. */
static ward_ns time_of(struct ward_decoder *d)
{
	const AVStream *s = d->format->streams[d->stream];
	int64_t stamp = d->frame->best_effort_timestamp;
	ward_ns usual = WARD_NS_PER_S / 25;
	AVRational rate = s->avg_frame_rate;

	if (rate.num > 0 && rate.den > 0)
		usual = av_rescale(WARD_NS_PER_S, rate.den, rate.num);
	if (stamp == AV_NOPTS_VALUE)
		return d->begun ? d->last + usual : 0;
	ward_ns t = av_rescale_q(stamp, s->time_base, (AVRational){1, (int)WARD_NS_PER_S});

	if (!d->begun)
		d->first = t;
	/* overflow is undefined, and a stamp can be anything */
	if (!ward_sub(t, d->first, &t) || t < d->last || t - d->last > GAP_S * WARD_NS_PER_S) {
		if (d->begun)
			ward_count_name(d->opts.counters, "video.time_jumps", 1);
		t = d->begun ? d->last + usual : 0;
	}
	return t;
}

static enum ward_err give(struct ward_decoder *d, ward_ns t, char *why, struct ward_image *ret)
{
	enum ward_err err = ward_small_of(&d->small, d->frame, t, ret);

	if (err == WARD_ERR_UNSUPPORTED)
		return fail(d, err, why, "its form of picture is not known", 0);
	if (err != WARD_ERR_MALFORMED)
		return err;
	(void)snprintf(why, WARD_DECODER_WHY, "its picture of %d by %d can't be used",
		d->frame->width, d->frame->height);
	return WARD_ERR_UNSUPPORTED;
}

/* The end: it is one only if as much came as the file says that it holds. */
static enum ward_err end(struct ward_decoder *d, char *why)
{
	int code = d->end_code;
	const AVStream *s = d->format->streams[d->stream];
	double says = s->duration != AV_NOPTS_VALUE ? (double)s->duration * av_q2d(s->time_base)
						    : (double)d->format->duration / AV_TIME_BASE;
	double has = (double)d->last / (double)WARD_NS_PER_S;

	d->ended = true;
	if (d->is_live)
		return WARD_ERR_CLOSED;
	if (d->io_failed || (code != AVERROR_EOF && code < 0))
		return fail(d, WARD_ERR_CORRUPT, why, "it can't be read on", code);
	if (!d->n_frame)
		return fail(d, WARD_ERR_CORRUPT, why, "no picture could be decoded", 0);
	/* containers know one or the other */
	if (!d->opts.keyframes && s->nb_frames > 0 &&
		d->n_frame + 2 < (uint64_t)s->nb_frames / 100 * 98) {
		(void)snprintf(why, WARD_DECODER_WHY,
			"it ends early, at %.1f s: it says %lld frames and has %llu", has,
			(long long)s->nb_frames, (unsigned long long)d->n_frame);
		return WARD_ERR_CORRUPT;
	}
	if (says > 0 && has + 1 < says * 0.98) {
		(void)snprintf(why, WARD_DECODER_WHY, "it ends early, at %.1f s: it says %.1f s",
			has, says);
		return WARD_ERR_CORRUPT;
	}
	return WARD_ERR_CLOSED;
}

/* A packet can't be decoded. A stream that is entered in the midst of a group of pictures, and says
 * how to decode it only where one begins, has nothing but such until then: they say nothing of it.
 */
static void damaged(struct ward_decoder *d)
{
	const AVCodecDescriptor *of = d->codec->codec_descriptor;
	bool entered = d->is_live && !d->codec->extradata_size &&
		       d->codec->pix_fmt == AV_PIX_FMT_NONE &&
		       !(of && of->props & AV_CODEC_PROP_INTRA_ONLY);

	ward_count_name(d->opts.counters, "video.damaged", 1);
	d->n_damaged += !entered;
	d->n_failed += !entered;
}

/* Sends one packet, or the end of them, to the codec. */
static enum ward_err feed(struct ward_decoder *d, char *why)
{
	int code = av_read_frame(d->format, d->packet);

	if (code < 0) {
		d->end_code = d->draining ? d->end_code : code;
		/* what the codec still holds comes first; it takes the end once */
		if (!d->draining && avcodec_send_packet(d->codec, NULL) >= 0) {
			d->draining = true;
			return WARD_OK;
		}
		return end(d, why);
	}
	if (d->packet->stream_index == d->stream) {
		if (d->opts.reel && ward_reel_packet(d->opts.reel, d->packet) != WARD_OK)
			return WARD_ERR_NOMEM;
		code = avcodec_send_packet(d->codec, d->packet);
		if (code < 0 && code != AVERROR(EAGAIN))
			damaged(d);
	}
	av_packet_unref(d->packet);
	if (code == AVERROR(ENOMEM))
		return WARD_ERR_NOMEM;
	if (d->n_damaged >= DAMAGED_MAX)
		return fail(d, WARD_ERR_CORRUPT, why, "nothing in it can be decoded any more", 0);
	return WARD_OK;
}

enum ward_err ward_decoder_next(
	struct ward_decoder *d, char why[WARD_DECODER_WHY], struct ward_image *ret)
{
	(void)snprintf(why, WARD_DECODER_WHY, "out of memory");
	if (d->ended)
		return WARD_ERR_CLOSED;
	for (;;) {
		int code = avcodec_receive_frame(d->codec, d->frame);
		enum ward_err err;

		if (code == AVERROR(EAGAIN) || code == AVERROR_EOF) {
			err = code == AVERROR_EOF ? end(d, why) : feed(d, why);
			if (err)
				return err;
			continue;
		}
		if (code < 0) {
			damaged(d);
			if (d->n_damaged >= DAMAGED_MAX)
				return fail(d, WARD_ERR_CORRUPT, why,
					"nothing in it can be decoded any more", code);
			continue;
		}
		ward_ns t = time_of(d);

		d->n_damaged = 0;
		d->n_frame++;
		d->last = t;
		if (d->begun && t < d->due)
			continue;
		/* the next in the raster, so that rates that don't divide evenly do not drift */
		d->due = d->begun ? d->due : 0;
		while (d->due <= t)
			d->due += WARD_NS_PER_S / (ward_ns)d->opts.fps *
				  (d->opts.shed == WARD_SHED_NONE ? 1 : 2);
		d->begun = true;
		return give(d, t, why, ret);
	}
}

enum ward_err ward_decoder_large(struct ward_decoder *d, struct ward_canvas *ret)
{
	return ward_large_of(&d->large, d->frame, ret);
}

enum ward_err ward_decoder_stamp(const struct ward_decoder *d, ward_ns *ret)
{
	return ward_reel_stamp(
		d->frame->best_effort_timestamp, d->format->streams[d->stream]->time_base, ret);
}

uint64_t ward_decoder_frames(const struct ward_decoder *d)
{
	return d->n_frame;
}

uint64_t ward_decoder_failures(const struct ward_decoder *d)
{
	return d->n_failed;
}

void ward_decoder_size(const struct ward_decoder *d, unsigned *ret_w, unsigned *ret_h)
{
	*ret_w = d->codec->width > 0 ? (unsigned)d->codec->width : 0;
	*ret_h = d->codec->height > 0 ? (unsigned)d->codec->height : 0;
}
