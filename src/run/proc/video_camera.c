/* A camera's stream, as the process `camera` hands it on: descriptions, packets, and how the camera
 * is. Each description is of a new stream, for which libav begins anew; the analysis goes on. */
#include "base/fd.h"
#include "run/camera.h"
#include "run/choice.h"
#include "run/proc/video.h"
#include "run/proc/video_clip.h"
#include "run/proc/video_still.h"
#include "run/watchdog.h"
#include "sense/video/damage.h"
#include "sense/video/pace.h"
#include "sense/video/sdp.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>

#include <sys/resource.h>
#include <unistd.h>

enum { POLL_MS = 1000, CLIP_TURN = 16 };

/* By as much the wall clock was set, not only kept right. */
static const ward_ns clock_set = WARD_NS_PER_S;
/* Of one that is tried, so much is looked at. */
static const ward_ns tried_for = 2 * WARD_NS_PER_S;

struct live {
	struct viewer *v;
	int link;
	struct ward_pace pace;
	ward_ns seen; /* when the last packet came, monotonic */
	struct ward_damage damage;
	bool fresh, over;
	bool anew;              /* the decoder is to be opened again, */
	struct ward_slice held; /* with this packet, which is in buf */
	unsigned turn;          /* messages that came while a clip was being made */
	uint32_t stream;        /* its number */
	size_t sdp_len;         /* 0: no stream */
	enum ward_err err;      /* of telling something */
	/* of one that is tried: its pictures, and the size of the last */
	unsigned tried_w, tried_h;
	size_t n_tried;
	ward_ns tried_first, tried_last;
	uint8_t sdp[WARD_SDP_MAX];
	uint8_t buf[WARD_MSG_MAX];
};

/* Of the monotonic clock, by which pictures have their times. */
static ward_ns since_start(const struct live *l, ward_ns time)
{
	return time > l->v->mono ? time - l->v->mono : 0;
}

/* A wall clock that was set moves the events' times, and nothing else. */
static void heed_clock(struct live *l, ward_ns mono, ward_ns wall)
{
	ward_ns start = wall - (mono - l->v->mono), by = start - l->v->start;

	if (by < clock_set && by > -clock_set)
		return;
	l->v->start = start;
	ward_video_clock_set(l->v->video, start);
}

static void tell(struct live *l, struct ward_sign sign, ward_ns time)
{
	sign.time = time;
	if (!l->err)
		l->err = ward_video_tell(l->v->video, &sign);
}

static void on_news(struct live *l, struct ward_rd *body)
{
	struct ward_camera_news n;

	if (ward_camera_read(body, &n) != WARD_OK) {
		ward_count_name(&l->v->p.counters, "camera.malformed", 1);
		return;
	}
	switch (n.what) {
	case WARD_CAMERA_WENT:
		tell(l,
			(struct ward_sign){.class = WARD_CLASS_VIDEO_OFFLINE,
				.state = "on",
				.reason = ward_health_word(n.reason)},
			n.time - l->v->start);
		break;
	case WARD_CAMERA_CAME:
		tell(l,
			(struct ward_sign){.class = WARD_CLASS_VIDEO_OFFLINE,
				.state = "off",
				.duration = n.length},
			n.time - l->v->start);
		break;
	case WARD_CAMERA_CLOCK:
		tell(l,
			(struct ward_sign){.class = WARD_CLASS_SOURCE_CLOCK,
				.state = n.wrong ? "off" : "normal",
				.clock = n.length},
			n.time - l->v->start);
		break;
	}
}

/* Which stream it is that comes. */
static void on_choice(struct live *l, struct ward_rd *body)
{
	struct ward_choice c;

	if (ward_choice_read(body, &c) != WARD_OK || !c.taken) {
		ward_count_name(&l->v->p.counters, "camera.malformed", 1);
		return;
	}
	const struct ward_sign_stream stream = {.profile = c.profile,
		.encoding = c.encoding,
		.width = c.width,
		.height = c.height,
		.millifps = c.millifps,
		.kbps = c.kbps,
		.offered = c.offered};

	tell(l,
		(struct ward_sign){.class = WARD_CLASS_VIDEO_STREAM,
			.reason = c.suffices ? "suffices" : "largest",
			.stream = &stream},
		since_start(l, ward_clock_mono(l->v->p.clock)));
}

/* What lasts is told once: how often it is tried anew is up to the camera. */
static void tell_damage(struct live *l)
{
	tell(l,
		(struct ward_sign){.class = WARD_CLASS_VIDEO_DAMAGED,
			.state = l->damage.damaged ? "on" : "off"},
		since_start(l, l->seen));
}

/* What the packets before this one were good for. */
static void heed_damage(struct live *l)
{
	const struct viewer *v = l->v;
	struct ward_damage_decoder of = {
		.keyed = v->decode.keyframes || v->shed.level >= WARD_SHED_KEYFRAMES};

	if (v->decoder) {
		of.n_picture = ward_decoder_frames(v->decoder);
		of.n_failed = ward_decoder_failures(v->decoder);
	}
	switch (ward_damage_packet(&l->damage, l->seen, &of)) {
	case WARD_DAMAGE_SAME:
		break;
	case WARD_DAMAGE_ON:
	case WARD_DAMAGE_OFF:
		tell_damage(l);
		break;
	case WARD_DAMAGE_ANEW:
		l->anew = true;
		break;
	}
}

/* False: it is the one that is there already, told again since we asked. */
static bool on_stream(struct live *l, struct ward_msg *m)
{
	struct ward_slice sdp = ward_rd_rest(&m->body);

	if (l->sdp_len && m->id == l->stream)
		return false;

	if (!sdp.len || sdp.len > sizeof(l->sdp)) {
		ward_count_name(&l->v->p.counters, "camera.malformed", 1);
		return false;
	}
	l->stream = m->id;
	memcpy(l->sdp, sdp.p, sdp.len);
	l->sdp_len = sdp.len;
	l->fresh = true;
	return true;
}

/* Waits for a message; true when there is one. Clips are made in between, and stills heard of. */
static bool wait(struct live *l)
{
	struct video_clips *c = l->v->clips;
	struct video_still *s = l->v->still;
	bool due = c && video_clips_due(c);
	struct pollfd p[] = {{.fd = l->link, .events = POLLIN},
		c ? video_clips_poll(c) : (struct pollfd){.fd = -1},
		s ? video_still_poll(s) : (struct pollfd){.fd = -1}};
	int n = poll(p, WARD_ARRAY_LEN(p), due ? 0 : POLL_MS);

	if (n < 0 && errno != EINTR)
		ward_process_die(&l->v->p, "poll", WARD_ERR_IO);
	if (n < 0)
		return false;
	if (p[2].revents)
		video_still_hear(s);
	if (s)
		video_still_tick(s);
	if (p[1].revents & ~POLLOUT)
		video_clips_hear(c);
	if (p[1].revents & POLLOUT || (due && (!p[0].revents || ++l->turn % CLIP_TURN == 0)))
		video_clips_work(c);
	return p[0].revents != 0;
}

/* The next message; false when there will be none, or the process is to stop. */
static bool receive(struct live *l, struct ward_msg *ret)
{
	while (!ward_process_stopping() && !l->err) {
		bool any = wait(l);
		enum ward_err err;

		ward_watchdog_progress();
		ward_process_count(&l->v->p);
		if (!any)
			continue;
		err = ward_msg_recv(l->link, l->buf, ret);
		if (!err)
			return true;
		if (err == WARD_ERR_MALFORMED)
			ward_count_name(&l->v->p.counters, "camera.malformed", 1);
		else if (err != WARD_ERR_AGAIN)
			break;
	}
	l->over = true;
	return false;
}

static enum ward_err give(struct live *l, uint8_t *p, size_t *ret_len)
{
	memcpy(p, l->held.p, l->held.len);
	*ret_len = l->held.len;
	l->held.len = 0;
	return WARD_OK;
}

/* The decoder's next packet; CLOSED when the stream is over, another one begins, or the decoder is
 * to begin anew. */
static enum ward_err next(void *ctx, uint8_t *p, size_t *ret_len)
{
	struct live *l = ctx;
	struct ward_msg m;

	if (l->held.len)
		return give(l, p, ret_len);
	while (receive(l, &m)) {
		if (m.type == WARD_MSG_CAMERA) {
			on_news(l, &m.body);
		} else if (m.type == WARD_MSG_CHOICE) {
			on_choice(l, &m.body);
		} else if (m.type == WARD_MSG_STREAM) {
			if (on_stream(l, &m))
				return WARD_ERR_CLOSED;
		} else if (m.type == WARD_MSG_PACKET) {
			ward_ns seen = (ward_ns)ward_rd_be64(&m.body);
			ward_ns wall = (ward_ns)ward_rd_be64(&m.body);
			struct ward_slice rtp = ward_rd_rest(&m.body);

			if (!rtp.len || rtp.len > WARD_DECODER_PACKET)
				continue;
			l->seen = seen;
			heed_clock(l, seen, wall);
			l->held = rtp;
			heed_damage(l);
			return l->anew ? WARD_ERR_CLOSED : give(l, p, ret_len);
		}
	}
	return WARD_ERR_CLOSED;
}

/* Waits for a stream; what comes without one can't be used. */
static bool wait_for_stream(struct live *l)
{
	uint8_t lost[WARD_DECODER_PACKET];
	size_t n;

	while (!l->sdp_len && !l->over)
		(void)next(l, lost, &n);
	return !l->over;
}

/* Of this process so far. */
static ward_ns processor_time(void)
{
	struct rusage r;

	WARD_ASSERT(getrusage(RUSAGE_SELF, &r) == 0);
	return ((ward_ns)r.ru_utime.tv_sec + r.ru_stime.tv_sec) * WARD_NS_PER_S +
	       ((ward_ns)r.ru_utime.tv_usec + r.ru_stime.tv_usec) * 1000;
}

/* Takes less of the camera, or more again, and tells so. */
static void shed(struct live *l, ward_ns time)
{
	struct viewer *v = l->v;
	ward_ns now = ward_clock_mono(v->p.clock), since = v->shed.since;

	if (!ward_shed_step(&v->shed, now, processor_time(), now - l->seen))
		return;
	v->decode.shed = v->shed.level;
	ward_decoder_shed(v->decoder, v->shed.level);
	tell(l,
		(struct ward_sign){.class = WARD_CLASS_VIDEO_SHED,
			.state = v->shed.level == WARD_SHED_NONE ? "off" : "on",
			.reason = ward_shed_word(v->shed.level),
			.duration = since ? now - since : 0,
			.part = (float)v->shed.percent / 100},
		time);
}

/* What is known of a camera that is tried, on standard output; its rate is of what came so far. */
static void say_trial(struct live *l)
{
	struct viewer *v = l->v;
	struct ward_json j = ward_json_on(&v->out);
	ward_ns took = l->tried_last - l->tried_first;

	ward_wr_reset(&v->out);
	ward_json_obj(&j);
	ward_json_key(&j, "kind");
	ward_json_z(&j, "trial");
	ward_json_key(&j, "answers");
	ward_json_bool(&j, true);
	ward_json_key(&j, "width");
	ward_json_u64(&j, l->tried_w);
	ward_json_key(&j, "height");
	ward_json_u64(&j, l->tried_h);
	if (took > 0) {
		double rate = (double)(l->n_tried - 1) * (double)WARD_NS_PER_S / (double)took;

		ward_json_key(&j, "fps");
		ward_json_micro(&j, (int64_t)(rate * 10 + 0.5) * 100000);
	}
	ward_json_obj_end(&j);
	ward_wr_ch(&v->out, '\n');
	if (!ward_fd_write(STDOUT_FILENO, ward_wr_slice(&v->out)))
		v->unheard = true;
}

/* A picture of one that is tried: two seconds tell how often they come. */
static enum ward_err try_picture(struct live *l, const struct ward_image *image)
{
	ward_decoder_size(l->v->decoder, &l->tried_w, &l->tried_h);
	if (!l->n_tried++)
		l->tried_first = image->time;
	l->tried_last = image->time;
	l->over = l->tried_last - l->tried_first >= tried_for;
	return l->over ? WARD_ERR_CLOSED : WARD_OK;
}

static enum ward_err picture(struct live *l, struct ward_image *image)
{
	struct viewer *v = l->v;

	ward_watchdog_progress();
	if (v->tries)
		return try_picture(l, image);
	image->time = since_start(l, ward_pace_time(&l->pace, image->time, l->seen));
	shed(l, image->time);
	v->decode.w = image->w;
	v->decode.h = image->h;
	return l->err ? l->err : video_picture(v, image);
}

static void undecodable(struct live *l, const char *why)
{
	ward_count_name(&l->v->p.counters, "video.undecodable", 1);
	if (!ward_damage_useless(&l->damage))
		return;
	video_say(l->v, why);
	tell_damage(l);
}

/* Drops what comes, so that a stream that ends so at once does not keep us busy. A new one may be
 * better. */
static void rest(struct live *l)
{
	ward_ns until = l->seen + ward_pace_rest(&l->pace, l->seen);
	uint8_t lost[WARD_DECODER_PACKET];
	size_t n;

	while (l->seen < until && !l->fresh && !l->over)
		(void)next(l, lost, &n);
}

/* One stream, to its end. */
static enum ward_err watch_stream(struct live *l)
{
	struct viewer *v = l->v;
	struct ward_decoder_packets packets = {next, l};
	char why[WARD_DECODER_WHY] = "";
	struct ward_image image;
	enum ward_err err, told = WARD_OK;

	if (l->fresh) { /* one that goes on after damage is no new one */
		ward_video_resume(v->video);
		ward_damage_stream(&l->damage);
	}
	l->fresh = l->anew = false;
	ward_damage_begin(&l->damage);
	ward_pace_restart(&l->pace);
	err = ward_decoder_open_rtp(
		ward_slice_of(l->sdp, l->sdp_len), packets, &v->decode, why, &v->decoder);
	if (err) {
		l->sdp_len = 0;
		undecodable(l, why);
		return err == WARD_ERR_NOMEM ? err : l->err;
	}
	while (!told && !l->anew && !(err = ward_decoder_next(v->decoder, why, &image)))
		told = picture(l, &image);
	v->n_frame += ward_decoder_frames(v->decoder);
	ward_decoder_close(v->decoder);
	v->decoder = NULL;
	if (told || l->err || l->anew || err == WARD_ERR_CLOSED)
		return told ? told : l->err;
	undecodable(l, why);
	rest(l);
	return l->err;
}

int video_watch_camera(struct viewer *v, int link)
{
	static struct live l;
	enum ward_err err = ward_msg_send(link, WARD_MSG_AGAIN, 0, ward_slice_of("", 0));

	l.v = v;
	l.link = link;
	l.seen = v->mono;
	while (!err && wait_for_stream(&l))
		err = watch_stream(&l);
	if (v->tries && l.n_tried)
		say_trial(&l);
	err = err ? err : l.err;
	if (err && err != WARD_ERR_CLOSED && !v->unheard) {
		video_say(v, ward_err_text(err));
		return VIDEO_EXIT_RUN;
	}
	return v->unheard ? VIDEO_EXIT_RUN : 0;
}
