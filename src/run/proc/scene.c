/* A camera of a played scenario: whoever connects by RTSP is sent its footage, as a camera sends
 * what is before it, from where the play is.
 *
 * It stands for the outside world, as the player does; pictures go out when they are due, so a
 * client that is slow loses some. What was sent is counted, and what was not. */
#include "exercise/clip.h"
#include "exercise/rtsp_server.h"
#include "run/listen.h"
#include "run/play_clock.h"
#include "run/process.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { CLIENTS_MAX = 4, BACKLOG_BYTES = 1 << 20 };

struct client {
	int fd;
	struct ward_rtsp_server rtsp;
	bool shown; /* from a picture on that stands for itself */
	bool slow;  /* it took too little, and waits for the next of those */
	struct ward_wr out;
	size_t sent; /* of out */
};

struct scene {
	struct ward_process p;
	struct ward_footage_clip *clip;
	int listener, clock;         /* clock: whether the play waits for a trainer */
	bool begun;                  /* the play, as far as this camera shows it */
	ward_ns begin, period, next; /* monotonic: of the play; between pictures; of the next one */
	ward_ns first;               /* when the stream began */
	size_t again, i;             /* pictures: gone on from after the end; the next */
	struct client client[CLIENTS_MAX];
	size_t n_client;
};

static ward_ns number(struct scene *s, const char *key, ward_ns usual)
{
	const char *text = ward_process_setting(&s->p, key);
	uint64_t v = (uint64_t)usual;

	if (text && (!ward_str_u64(ward_str_z(text), &v) || v > INT64_MAX))
		ward_process_die(&s->p, key, WARD_ERR_CONFIG);
	return (ward_ns)v;
}

/* The one that is due, or the last before that stands for itself. */
static size_t picture_at(const struct scene *s, ward_ns now)
{
	return ward_footage_clip_key(s->clip,
		ward_footage_clip_at(s->clip, ward_play_gone(s->clock, s->begin, now), s->again));
}

/* The footage is opened before the cage, and read in it. */
static int open_footage(struct scene *s)
{
	const char *path = ward_process_setting(&s->p, "clip");
	int fd = path ? open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY) : -1;

	if (!path)
		ward_process_die(&s->p, "clip", WARD_ERR_CONFIG);
	if (fd < 0)
		ward_process_die(&s->p, path, errno == ENOENT ? WARD_ERR_NOT_FOUND : WARD_ERR_IO);
	/* libav turns dates of the file into text: that must not ask for the time zone's file */
	if (setenv("TZ", "UTC0", 1) != 0)
		ward_process_die(&s->p, "the environment", WARD_ERR_NOMEM);
	tzset();
	return fd;
}

static void set_up(struct scene *s, int fd)
{
	char why[WARD_FOOTAGE_CLIP_WHY];
	enum ward_err err = ward_footage_clip_open(fd, &s->clip, why);
	ward_ns now = ward_clock_mono(s->p.clock);

	(void)close(fd);
	if (err)
		ward_process_die(&s->p, why, err);
	s->listener = ward_process_need_fd(&s->p, "camera");
	s->clock = ward_process_fd(&s->p, "clock");
	s->begin = number(s, "begin", now);
	s->begun = ward_play_gone(s->clock, s->begin, now) >= 0;
	s->period = ward_footage_clip_period(s->clip);
	s->again = (size_t)(number(s, "again", 0) / s->period);
	s->again = s->again < ward_footage_clip_pictures(s->clip) ? s->again : 0;
	s->again = ward_footage_clip_key(s->clip, s->again);
	s->i = picture_at(s, now);
	s->first = s->next = now;
}

static void forget(struct scene *s, size_t i)
{
	(void)close(s->client[i].fd);
	ward_wr_fini(&s->client[i].out);
	s->client[i] = s->client[--s->n_client];
}

/* False when the client is gone. */
static bool flush(struct client *c)
{
	while (c->sent < c->out.len) {
		ssize_t n = send(c->fd, c->out.p + c->sent, c->out.len - c->sent,
			MSG_DONTWAIT | MSG_NOSIGNAL);

		if (n < 0)
			return errno == EAGAIN || errno == EINTR;
		c->sent += (size_t)n;
	}
	ward_wr_reset(&c->out);
	c->sent = 0;
	return true;
}

static void welcome(struct scene *s)
{
	int fd = accept4(s->listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	struct client *c = &s->client[s->n_client];

	if (fd < 0)
		return;
	if (s->n_client == CLIENTS_MAX) {
		(void)close(fd);
		return;
	}
	s->n_client++;
	*c = (struct client){.fd = fd, .out = ward_wr_grow(ward_mem_heap(), BACKLOG_BYTES)};
	ward_rtsp_server_init(&c->rtsp, ward_str_z(ward_footage_clip_sdp(s->clip)));
}

/* False when the client is gone. */
static bool hear(struct client *c)
{
	uint8_t buf[4096];
	ssize_t n = recv(c->fd, buf, sizeof(buf), MSG_DONTWAIT);

	if (n < 0)
		return errno == EAGAIN || errno == EINTR;
	if (!n)
		return false;
	bool goes_on = ward_rtsp_server_take(&c->rtsp, ward_slice_of(buf, (size_t)n), &c->out);

	return flush(c) && goes_on && !ward_wr_bad(&c->out);
}

static void send_packet(void *ctx, struct ward_slice packet, bool rtcp)
{
	struct scene *s = ctx;

	for (size_t i = 0; i < s->n_client; i++) {
		if (!s->client[i].shown)
			continue;
		ward_rtsp_server_frame(&s->client[i].rtsp, packet, rtcp, &s->client[i].out);
		if (!rtcp)
			ward_count_name(&s->p.counters, "scene.packets", 1);
	}
}

/* Is this picture for the client? */
static void admit(struct scene *s, struct client *c, bool key)
{
	bool room = c->out.len < BACKLOG_BYTES / 2;

	c->slow = (c->slow || c->shown) && c->rtsp.playing;
	c->shown = c->rtsp.playing && room && (c->shown || key);
	c->slow = c->slow && !c->shown;
	if (c->shown || c->slow)
		ward_count_name(&s->p.counters, c->shown ? "scene.pictures" : "scene.left_out", 1);
}

static void show(struct scene *s, ward_ns now)
{
	bool key = ward_footage_clip_key(s->clip, s->i) == s->i;
	enum ward_err err;

	for (size_t i = 0; i < s->n_client; i++)
		admit(s, &s->client[i], key);
	err = ward_footage_clip_show(s->clip, s->i, s->next - s->first, send_packet, s);
	if (err)
		ward_process_die(&s->p, "a picture could not be packed", err);
	for (size_t i = s->n_client; i-- > 0;)
		if (!flush(&s->client[i]) || ward_wr_bad(&s->client[i].out))
			forget(s, i);
	bool begins = !s->begun && !ward_play_held(s->clock) &&
		      ward_play_gone(s->clock, s->begin, s->next + s->period) >= 0;

	s->begun |= begins;
	s->i = begins ? 0 : s->i + 1 < ward_footage_clip_pictures(s->clip) ? s->i + 1 : s->again;
	s->next += s->period;
	if (now - s->next > WARD_NS_PER_S) { /* this machine was asleep */
		ward_count_name(
			&s->p.counters, "scene.asleep", (uint64_t)((now - s->next) / s->period));
		s->next = now;
		s->i = picture_at(s, now);
	}
}

static void turn(struct scene *s)
{
	struct pollfd p[1 + CLIENTS_MAX] = {{.fd = s->listener, .events = POLLIN}};
	ward_ns left = s->next - ward_clock_mono(s->p.clock);
	size_t n = s->n_client;

	for (size_t i = 0; i < n; i++)
		p[1 + i] = (struct pollfd){.fd = s->client[i].fd,
			.events = (short)(POLLIN | (s->client[i].out.len ? POLLOUT : 0))};
	if (poll(p, (nfds_t)(1 + n), left <= 0 ? 0 : (int)(left / WARD_NS_PER_MS) + 1) < 0) {
		if (errno != EINTR)
			ward_process_die(&s->p, "poll", WARD_ERR_IO);
		return;
	}
	for (size_t i = n; i-- > 0;)
		if (p[1 + i].revents && (!flush(&s->client[i]) || !hear(&s->client[i])))
			forget(s, i);
	if (p[0].revents)
		welcome(s);
	for (ward_ns now; (now = ward_clock_mono(s->p.clock)) >= s->next;)
		show(s, now);
}

int main(int argc, char **argv)
{
	struct scene *s = calloc(1, sizeof(*s));

	if (!s)
		return WARD_PROCESS_DIED;
	ward_process_begin(&s->p, "scene", argc, argv);
	int fd = open_footage(s);

	ward_process_cage(&s->p, WARD_CAGE_OUTSIDE, NULL);
	set_up(s, fd);
	while (!ward_process_stopping()) {
		turn(s);
		ward_process_count(&s->p);
	}
	while (s->n_client)
		forget(s, 0);
	ward_footage_clip_free(s->clip);
	int code = ward_process_end(&s->p);

	free(s);
	return code;
}
