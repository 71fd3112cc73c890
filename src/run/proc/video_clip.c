#include "run/proc/video_clip.h"

#include "run/footage.h"
#include "sense/video/clip.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { ASKS_MAX = 16, SPARE_S = 30 /* that the ring holds beyond a clip's span */ };

/* After the end of a span: its last pictures have come, and the veils behind them. */
static const ward_ns settled = 2 * WARD_NS_PER_S;

struct video_clips {
	struct viewer *v;
	int link;
	struct ward_veiler *veiler;         /* in memory that the supervisor keeps */
	struct ward_clip_ask ask[ASKS_MAX]; /* the first is being made, once there is a clip */
	size_t n_ask;
	struct ward_clip *clip;
	struct ward_wr out; /* what came of it, all of it before anything is sent */
	bool whole, begun;  /* it is to be sent; and that it begins was */
	size_t off;         /* bytes that were sent */
	struct ward_footage head;
};

static ward_ns span_of(struct viewer *v)
{
	const char *text = ward_process_setting(&v->p, "span");
	int64_t ns = 0;

	if (!text || !ward_str_i64(ward_str_z(text), &ns) || ns <= 0)
		ward_process_die(&v->p, "span", WARD_ERR_CONFIG);
	return ns;
}

struct video_clips *video_clips_new(struct viewer *v)
{
	int link = ward_process_fd(&v->p, "clips");

	if (link == WARD_FD_NONE)
		return NULL;
	struct ward_reel_opts o = {.span = span_of(v) + SPARE_S * WARD_NS_PER_S,
		.bytes = (size_t)ward_limit(&v->lim, WARD_LIMIT_VIDEO_RING),
		.fps = v->decode.fps,
		.counters = &v->p.counters};
	struct video_clips *c = calloc(1, sizeof(*c));

	if (!c || ward_reel_new(&o, &v->decode.reel) != WARD_OK)
		ward_process_die(&v->p, "out of memory", WARD_ERR_NOMEM);
	if (fcntl(link, F_SETFL, O_NONBLOCK) != 0)
		ward_process_die(&v->p, "clips", WARD_ERR_IO);
	c->v = v;
	c->link = link;
	c->out = ward_wr_grow(ward_mem_heap(), (size_t)ward_limit(&v->lim, WARD_LIMIT_VIDEO_CLIP));
	return c;
}

void video_clips_free(struct video_clips *c)
{
	if (!c)
		return;
	ward_clip_free(c->clip);
	ward_reel_free(c->v->decode.reel);
	c->v->decode.reel = NULL;
	ward_wr_fini(&c->out);
	free(c);
}

void video_clips_picture(struct video_clips *c, const struct ward_image *image)
{
	struct viewer *v = c->v;
	struct ward_reel_note n = {
		.time = image->time, .veil = v->veil, .masks = ward_video_masks(v->video)};

	/* without a stamp no clip has this picture */
	if (ward_decoder_stamp(v->decoder, &n.stamp) == WARD_OK)
		ward_reel_note(v->decode.reel, &n);
}

struct pollfd video_clips_poll(const struct video_clips *c)
{
	return (struct pollfd){c->link, (short)(POLLIN | (c->whole ? POLLOUT : 0)), 0};
}

void video_clips_hear(struct video_clips *c)
{
	static uint8_t buf[WARD_MSG_MAX];
	struct ward_msg m;
	struct ward_clip_ask a;
	enum ward_err err = ward_msg_recv(c->link, buf, &m);

	if (err == WARD_ERR_CLOSED)
		ward_process_die(&c->v->p, "the supervisor closed a link", err);
	if (err == WARD_ERR_AGAIN)
		return;
	if (!err && m.type != WARD_MSG_CLIP)
		err = WARD_ERR_DENIED;
	if (!err)
		err = ward_clip_ask_get(&m.body, &a);
	if (!err && c->n_ask == ASKS_MAX)
		err = WARD_ERR_LIMIT; /* whoever asked asks no more after some time */
	if (err)
		ward_count_name(&c->v->p.counters, "video.clips_refused", 1);
	else
		c->ask[c->n_ask++] = a;
}

static ward_ns wall(const struct video_clips *c)
{
	return c->v->start + (ward_clock_mono(c->v->p.clock) - c->v->mono);
}

bool video_clips_due(const struct video_clips *c)
{
	return c->n_ask && !c->whole && (c->clip || wall(c) >= c->ask[0].to + settled);
}

/* The first of the asks is dealt with. */
static void done(struct video_clips *c)
{
	ward_clip_free(c->clip);
	c->clip = NULL;
	c->whole = c->begun = false;
	c->off = 0;
	ward_wr_fini(&c->out);
	c->n_ask--;
	memmove(c->ask, c->ask + 1, c->n_ask * sizeof(c->ask[0]));
}

/* False: the link has no room now. */
static bool tell(struct video_clips *c, const struct ward_footage *f)
{
	static uint8_t buf[WARD_FOOTAGE_PIECE + 512];
	struct ward_wr w = ward_wr_fixed(buf, sizeof(buf));
	enum ward_err err;

	ward_footage_put(&w, f);
	WARD_ASSERT(!ward_wr_bad(&w));
	err = ward_msg_send(c->link, WARD_MSG_FOOTAGE, 0, ward_wr_slice(&w));
	if (err && err != WARD_ERR_AGAIN)
		ward_process_die(&c->v->p, "the link to clips", err);
	return !err;
}

static void tell_none(struct video_clips *c, const char *why)
{
	struct ward_footage f = {
		.id = c->ask[0].id, .what = WARD_FOOTAGE_NONE, .why = ward_str_z(why)};

	ward_count_name(&c->v->p.counters, "video.clips_none", 1);
	(void)tell(c, &f); /* else whoever asked hears nothing, which is none, too */
	done(c);
}

static enum ward_err put(void *ctx, struct ward_slice bytes)
{
	struct video_clips *c = ctx;

	ward_wr_bytes(&c->out, bytes.p, bytes.len);
	return ward_wr_bad(&c->out) ? WARD_ERR_LIMIT : WARD_OK;
}

static void begin(struct video_clips *c)
{
	struct viewer *v = c->v;
	struct ward_clip_opts o = {
		.lim = &v->lim, .plan = &v->plan, .fps = v->decode.fps, .sink = {put, c}};
	struct ward_cut *cut = NULL;
	enum ward_err err = ward_reel_cut(
		v->decode.reel, c->ask[0].from - v->start, c->ask[0].to - v->start, &cut);

	if (err == WARD_ERR_NOT_FOUND)
		tell_none(c, "nothing of that time is in memory");
	else if (err || (err = ward_clip_new(cut, &o, &c->clip)))
		tell_none(c, ward_err_text(err));
}

static void make(struct video_clips *c)
{
	char why[WARD_CLIP_WHY];
	ward_ns from, to;
	size_t n;
	enum ward_err err = ward_clip_step(c->clip, why);

	if (err == WARD_ERR_AGAIN)
		return;
	if (err) {
		tell_none(c, why);
		return;
	}
	ward_clip_span(c->clip, &from, &to, &n);
	ward_clip_free(c->clip);
	c->clip = NULL;
	c->whole = true;
	c->head = (struct ward_footage){.id = c->ask[0].id,
		.what = WARD_FOOTAGE_BEGIN,
		.from = c->v->start + from,
		.to = c->v->start + to,
		.n = (uint32_t)n,
		.size = c->out.len};
	ward_count_name(&c->v->p.counters, "video.clips", 1);
}

static void hand_over(struct video_clips *c)
{
	if (!c->begun) {
		c->begun = tell(c, &c->head);
		return;
	}
	size_t left = c->out.len - c->off,
	       n = left < WARD_FOOTAGE_PIECE ? left : WARD_FOOTAGE_PIECE;
	struct ward_footage f = {.id = c->ask[0].id,
		.what = WARD_FOOTAGE_BYTES,
		.bytes = ward_slice_of(c->out.p + c->off, n)};

	if (tell(c, &f))
		c->off += n;
	if (c->off == c->out.len)
		done(c);
}

void video_clips_work(struct video_clips *c)
{
	if (c->whole)
		hand_over(c);
	else if (c->clip)
		make(c);
	else
		begin(c);
}
