/* The process that speaks with one camera: RTSP over TCP or TLS, with its credentials. What comes
 * of the stream goes to the process that decodes it, packet by packet.
 *
 * So the decoder, a large library that reads whatever the camera sends, has neither a network nor a
 * password, and this one, which has both, reads nothing but RTSP, RTP's head and RTCP's clock. Its
 * sockets are made by a child (dial.h). Which stream of an ONVIF device it takes it has asked
 * before its cage (camera_choose.h). While the decoder has no room nothing is read from the camera.
 */
#include "base/fd.h"
#include "base/hash.h"
#include "base/json.h"
#include "run/camera.h"
#include "run/dial.h"
#include "run/proc/camera_choose.h"
#include "run/proc/camera_tls.h"
#include "sense/video/rtsp.h"
#include "sense/video/sdp.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum {
	EXIT_INPUT = 1,
	URL_MAX = 2048,
	READS_MAX = 64,
	POLL_MS = 500,
	SKEW_DEFAULT_S = 60,
	FOREIGN_MAX = 5
};

static const ward_ns offline_after = 10 * WARD_NS_PER_S;
/* A decoder that takes nothing for longer is none: the camera gives nothing to see. */
static const ward_ns stuck_max = 20 * WARD_NS_PER_S;
/* So long one that is tried may take to show a picture. */
static const ward_ns trial = 6 * WARD_NS_PER_S;

enum state { WAITING, DIALING, TALKING };

struct camera {
	struct ward_process p;
	struct ward_rtsp_url url;
	char address[URL_MAX]; /* as the hospital has it */
	struct camera_choose choose;
	struct ward_choice choice; /* of an ONVIF device's streams */
	unsigned n_foreign;        /* failures in a row by which that may not be one any more */
	const char *name; /* of the camera, where people look on; NULL: the log is written */
	struct ward_health health;
	struct camera_tls_client *tls_client;
	enum state state;
	ward_ns next, since, alive, ticked; /* monotonic; next: attempt, alive: last sign of it */
	int dialer, video, sock;
	struct camera_tls *tls;
	struct ward_rtsp *rtsp;
	uint32_t connection;          /* its number: the decoder knows a new stream by it */
	bool blocked;                 /* the decoder has no room */
	ward_ns stuck;                /* since then it took nothing; 0: it takes what there is */
	bool once, any;               /* any: packets came */
	bool tries;                   /* somebody wants to know whether it gives a picture */
	struct ward_camera_news news; /* of its being there */
	struct ward_camera_news clock;
	bool news_due, clock_due, choice_due;
	bool stream_due; /* the decoder has not got the description: no packet before it */
	ward_ns skew;
	struct ward_health_clock its_clock;
	size_t sdp_len;
	uint8_t sdp[WARD_SDP_MAX];
	uint8_t out[WARD_CAMERA_PACKET_HEAD + (1 << 16)];
};

static bool off_by(ward_ns by, ward_ns skew)
{
	return by > skew || by < -skew;
}

/* To the decoder; AGAIN when it has no room. */
static enum ward_err hand_on(struct camera *c, enum ward_msg_type type, struct ward_slice body)
{
	enum ward_err err = ward_msg_send(c->video, type, c->connection, body);

	if (!err)
		c->stuck = 0;
	else if (err == WARD_ERR_AGAIN) {
		c->blocked = true;
		c->stuck = c->stuck ? c->stuck : ward_clock_mono(c->p.clock);
	} else if (err == WARD_ERR_CLOSED)
		exit(c->any ? WARD_PROCESS_DONE : EXIT_INPUT); /* nobody looks on */
	else
		ward_process_die(&c->p, "the decoder's link", err);
	return err;
}

static enum ward_err on_stream(void *ctx, struct ward_slice sdp)
{
	struct camera *c = ctx;
	enum ward_err err = hand_on(c, WARD_MSG_STREAM, sdp);

	if (err)
		return err;
	c->stream_due = false;
	WARD_ASSERT(sdp.len <= sizeof(c->sdp));
	memcpy(c->sdp, sdp.p, sdp.len);
	c->sdp_len = sdp.len;
	return WARD_OK;
}

/* To a decoder that began anew. */
static enum ward_err send_stream(struct camera *c)
{
	enum ward_err err = WARD_OK;

	if (c->stream_due)
		err = hand_on(c, WARD_MSG_STREAM, ward_slice_of(c->sdp, c->sdp_len));
	c->stream_due = c->stream_due && err;
	return err;
}

static enum ward_err on_packet(void *ctx, struct ward_slice rtp)
{
	struct camera *c = ctx;
	struct ward_wr w = ward_wr_fixed(c->out, sizeof(c->out));
	enum ward_err err = send_stream(c);

	if (err)
		return err;
	ward_wr_be64(&w, (uint64_t)ward_clock_mono(c->p.clock));
	ward_wr_be64(&w, (uint64_t)ward_clock_now(c->p.clock));
	ward_wr_bytes(&w, rtp.p, rtp.len);
	err = hand_on(c, WARD_MSG_PACKET, ward_wr_slice(&w));
	if (err)
		return err;
	c->any = true;
	c->n_foreign = 0;
	ward_count_name(&c->p.counters, "camera.packets", 1);
	ward_health_heard(&c->health, ward_clock_mono(c->p.clock));
	return WARD_OK;
}

static enum ward_err on_clock(void *ctx, ward_ns says)
{
	struct camera *c = ctx;
	ward_ns now = ward_clock_now(c->p.clock), by = now - says;
	bool wrong = off_by(by, c->skew);

	if (!ward_health_clock(&c->its_clock, wrong, ward_clock_mono(c->p.clock)))
		return WARD_OK;
	c->clock = (struct ward_camera_news){
		.what = WARD_CAMERA_CLOCK, .wrong = wrong, .time = now, .length = by};
	c->clock_due = true;
	return WARD_OK;
}

static bool send_news(struct camera *c, const struct ward_camera_news *n)
{
	uint8_t text[64];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));

	ward_camera_write(n, &w);
	return hand_on(c, WARD_MSG_CAMERA, ward_wr_slice(&w)) == WARD_OK;
}

static bool send_choice(struct camera *c)
{
	uint8_t text[WARD_CHOICE_BYTES];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));

	ward_choice_write(&c->choice, &w);
	return hand_on(c, WARD_MSG_CHOICE, ward_wr_slice(&w)) == WARD_OK;
}

/* Offline, and not by its own fault. */
static void say_stuck(struct camera *c, ward_ns now)
{
	static const char why[] = "its decoder takes nothing: the camera is not seen";

	if (c->name)
		(void)fprintf(stderr, "ward sense video: %s: %s\n", c->name, why);
	else
		WARD_LOG(&c->p.log, WARN, "camera.stuck", WARD_KV_Z("why", why),
			WARD_KV_I("for_ms", (now - c->stuck) / WARD_NS_PER_MS));
}

static void tick(struct camera *c, ward_ns now)
{
	if (now - c->ticked >= WARD_NS_PER_S) {
		/* that the decoder has no room for a moment is not the camera's fault */
		if (c->blocked && c->state == TALKING && now - c->stuck < stuck_max)
			ward_health_heard(&c->health, now);
		enum ward_health_news news = ward_health_tick(&c->health, now);

		c->ticked = now;
		if (news != WARD_HEALTH_SAME) {
			bool went = news == WARD_HEALTH_WENT;

			if (went && c->stuck)
				say_stuck(c, now);
			/* one that was not told takes the other with it */
			c->news_due = !c->news_due;
			c->news = (struct ward_camera_news){
				.what = went ? WARD_CAMERA_WENT : WARD_CAMERA_CAME,
				.reason = c->health.reason,
				.time = ward_clock_now(c->p.clock),
				.length = went ? 0 : now - c->health.gone};
		}
	}
	(void)send_stream(c); /* else it is still due */
	if (c->news_due)
		c->news_due = !send_news(c, &c->news);
	if (c->clock_due)
		c->clock_due = !send_news(c, &c->clock);
	if (c->choice_due)
		c->choice_due = !send_choice(c);
	/* what blocks a stream waits for room; without one each tick tries anew */
	if (c->state != TALKING)
		c->blocked = false;
}

static void hang_up(struct camera *c)
{
	camera_tls_free(c->tls);
	c->tls = NULL;
	ward_rtsp_free(c->rtsp);
	c->rtsp = NULL;
	if (c->sock >= 0)
		(void)close(c->sock);
	c->sock = -1;
	c->sdp_len = 0;
	c->blocked = c->stream_due = false;
}

/* Of one that is tried: what is wrong, on standard output. */
static void say_trial(const char *reason, const char *why)
{
	char text[WARD_RTSP_WHY + CAMERA_TLS_WHY + 128];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));
	struct ward_json j = ward_json_on(&w);

	ward_json_obj(&j);
	ward_json_key(&j, "kind");
	ward_json_z(&j, "trial");
	ward_json_key(&j, "answers");
	ward_json_bool(&j, false);
	ward_json_key(&j, "reason");
	ward_json_z(&j, reason);
	ward_json_key(&j, "why");
	ward_json_z(&j, why);
	ward_json_obj_end(&j);
	ward_wr_ch(&w, '\n');
	if (!ward_wr_bad(&w) && !ward_fd_write(STDOUT_FILENO, ward_wr_slice(&w)))
		exit(WARD_PROCESS_DIED); /* nobody hears it */
}

static void lost(struct camera *c, enum ward_health_reason reason, const char *why)
{
	ward_ns now = ward_clock_mono(c->p.clock);
	const char *word = ward_health_word(reason);
	char said[WARD_RTSP_WHY + CAMERA_TLS_WHY];

	(void)snprintf(said, sizeof(said), "%s", why && why[0] ? why : word);
	hang_up(c);
	c->next = now + ward_health_lost(&c->health, reason, now);
	c->state = WAITING;
	ward_count_name(&c->p.counters, "camera.lost", 1);
	if (c->tries)
		say_trial(word, said);
	else if (c->name)
		(void)fprintf(stderr, "ward sense video: %s: %s\n", c->name, said);
	else
		WARD_LOG(&c->p.log, WARN, "camera.lost", WARD_KV_Z("reason", word),
			WARD_KV_Z("why", said),
			WARD_KV_I("again_ms", (c->next - now) / WARD_NS_PER_MS));
	if (c->once)
		exit(c->any && !c->tries ? WARD_PROCESS_DONE : EXIT_INPUT);
	c->n_foreign = reason == WARD_HEALTH_FOREIGN ? c->n_foreign + 1 : 0;
	if (c->choice.taken && c->n_foreign >= FOREIGN_MAX) {
		/* the device has it no more: our next life asks which it has */
		WARD_LOG(&c->p.log, WARN, "camera.choice_over",
			WARD_KV_Z("profile", c->choice.profile));
		exit(WARD_PROCESS_DONE);
	}
}

static void connected(struct camera *c)
{
	struct ward_rtsp_opts o = {.mem = ward_mem_heap(),
		.counters = &c->p.counters,
		.url = &c->url,
		.sink = {on_stream, on_packet, on_clock, c},
		.random = ward_seed_random().k0};

	c->state = TALKING;
	c->connection++;
	c->since = c->alive = ward_clock_mono(c->p.clock);
	ward_count_name(&c->p.counters, "camera.connections", 1);
	if (ward_rtsp_new(&o, &c->rtsp) != WARD_OK ||
		(c->url.tls && camera_tls_new(c->tls_client, c->sock, &c->tls) != WARD_OK))
		ward_process_die(&c->p, "out of memory", WARD_ERR_NOMEM);
}

static void dialed(struct camera *c)
{
	enum ward_err err = ward_dial_take(c->dialer, &c->sock);

	if (!err)
		connected(c);
	else if (err == WARD_ERR_DENIED)
		lost(c, WARD_HEALTH_REFUSED, "it refuses connections");
	else if (err == WARD_ERR_NOT_FOUND)
		lost(c, WARD_HEALTH_UNREACHABLE, "it can't be reached");
	else if (err != WARD_ERR_AGAIN)
		ward_process_die(&c->p, "the dialer is gone", err);
}

static ssize_t get(struct camera *c, void *p, size_t cap, const char **ret_why)
{
	if (c->tls)
		return camera_tls_read(c->tls, p, cap, ret_why);
	*ret_why = "the connection was reset";
	return recv(c->sock, p, cap, 0);
}

static ssize_t put(struct camera *c, const void *p, size_t n, const char **ret_why)
{
	if (c->tls)
		return camera_tls_write(c->tls, p, n, ret_why);
	*ret_why = "the connection was reset";
	return send(c->sock, p, n, MSG_NOSIGNAL);
}

static enum ward_health_reason reason_of(enum ward_err err)
{
	return err == WARD_ERR_DENIED ? WARD_HEALTH_DENIED : WARD_HEALTH_FOREIGN;
}

/* False: the connection is over. */
static bool read_on(struct camera *c)
{
	for (int i = 0; i < READS_MAX && !c->blocked; i++) {
		const char *why = NULL;
		size_t cap;
		uint8_t *to = ward_rtsp_room(c->rtsp, &cap);
		ssize_t n = get(c, to, cap, &why);
		enum ward_err err;

		if (n < 0 && (errno == EAGAIN || errno == EINTR))
			return true;
		if (n <= 0) {
			lost(c, n ? WARD_HEALTH_FOREIGN : WARD_HEALTH_ENDED,
				n ? why : "it ended the stream");
			return false;
		}
		err = ward_rtsp_go(c->rtsp, (size_t)n);
		if (err && err != WARD_ERR_AGAIN) {
			lost(c, reason_of(err), ward_rtsp_why(c->rtsp));
			return false;
		}
	}
	return true;
}

static bool write_on(struct camera *c)
{
	for (;;) {
		struct ward_slice due = ward_rtsp_due(c->rtsp);
		const char *why = NULL;
		ssize_t n = due.len ? put(c, due.p, due.len, &why) : 0;

		if (n > 0) {
			ward_rtsp_sent(c->rtsp, (size_t)n);
			continue;
		}
		if (!due.len || (n < 0 && (errno == EAGAIN || errno == EINTR)))
			return true;
		lost(c, n ? WARD_HEALTH_FOREIGN : WARD_HEALTH_ENDED,
			n ? why : "it ended the connection");
		return false;
	}
}

static void talk(struct camera *c, ward_ns now)
{
	ward_ns every = ward_rtsp_alive_every(c->rtsp);

	if (c->blocked) {
		enum ward_err err;

		c->blocked = false;
		c->since = now; /* meanwhile nothing was read: it has not stalled */
		err = ward_rtsp_go(c->rtsp, 0);
		if (err && err != WARD_ERR_AGAIN) {
			lost(c, reason_of(err), ward_rtsp_why(c->rtsp));
			return;
		}
	}
	if (every && now - c->alive >= every) {
		c->alive = now;
		ward_rtsp_alive(c->rtsp);
	}
	if (!write_on(c) || !read_on(c) || !write_on(c))
		return;
	if (!c->blocked && ward_health_stalled(&c->health, c->since, now))
		lost(c, WARD_HEALTH_STALLED, "nothing comes of it");
}

/* The decoder began anew: it needs the description, and it does not know how the camera is. */
static void heed_video(struct camera *c)
{
	static uint8_t buf[WARD_MSG_MAX];
	struct ward_msg m;
	enum ward_err err = ward_msg_recv(c->video, buf, &m);

	if (err == WARD_ERR_CLOSED)
		exit(c->any ? WARD_PROCESS_DONE : EXIT_INPUT);
	if (err || m.type != WARD_MSG_AGAIN)
		return;
	c->stream_due = c->sdp_len != 0;
	if (c->health.offline && !c->news_due) {
		c->news_due = true;
		c->news = (struct ward_camera_news){.what = WARD_CAMERA_WENT,
			.reason = c->health.reason,
			.time = ward_clock_now(c->p.clock)};
	}
}

static void wait(struct camera *c, ward_ns now)
{
	bool due = c->rtsp && ward_rtsp_due(c->rtsp).len;
	bool for_video =
		c->blocked || c->stream_due || c->news_due || c->clock_due || c->choice_due;
	short talk_events = (short)((c->blocked ? 0 : POLLIN) | (due ? POLLOUT : 0));
	ward_ns left = c->state == WAITING ? (c->next - now) / WARD_NS_PER_MS + 1 : POLL_MS;
	struct pollfd p[] = {
		{c->video, (short)(POLLIN | (for_video ? POLLOUT : 0)), 0},
		{c->state == DIALING ? c->dialer : -1, POLLIN, 0},
		{c->sock,
			c->tls && !c->blocked ? (short)(talk_events | camera_tls_events(c->tls))
					      : talk_events,
			0},
	};
	int ms = left < 0 ? 0 : left < POLL_MS ? (int)left : POLL_MS;

	if (poll(p, WARD_ARRAY_LEN(p), ms) < 0 && errno != EINTR)
		ward_process_die(&c->p, "poll", WARD_ERR_IO);
	if (p[0].revents & (POLLIN | POLLHUP))
		heed_video(c);
}

static void run(struct camera *c)
{
	ward_ns until = ward_clock_mono(c->p.clock) + trial;

	while (!ward_process_stopping()) {
		ward_ns now = ward_clock_mono(c->p.clock);

		tick(c, now);
		if (c->tries && now >= until)
			lost(c, c->state == DIALING ? WARD_HEALTH_UNREACHABLE : WARD_HEALTH_STALLED,
				"no picture came of it within some seconds");
		if (c->state == WAITING && now >= c->next) {
			if (ward_dial_ask(c->dialer) != WARD_OK)
				ward_process_die(&c->p, "the dialer is gone", WARD_ERR_CLOSED);
			c->state = DIALING;
		}
		if (c->state == DIALING)
			dialed(c);
		if (c->state == TALKING)
			talk(c, now);
		wait(c, now);
		ward_process_count(&c->p);
	}
	if (c->rtsp) {
		ward_rtsp_bye(c->rtsp);
		(void)write_on(c);
	}
}

/* What became of asking the device. True: it is known where the stream is. */
static bool chosen(struct camera *c)
{
	const char *why = "the device could not be asked which streams it has";
	enum ward_err err = camera_choose_take(&c->p, &c->choose, c->dialer, &c->choice);

	if (err == WARD_ERR_AGAIN)
		return false;
	c->dialer = -1;
	if (!err && c->choice.taken)
		err = camera_choose_url(&c->choose, &c->choice, &c->url, &why);
	if (err || !c->choice.taken) {
		c->choice.taken = false;
		lost(c, err ? WARD_HEALTH_FOREIGN : c->choice.reason, why);
		return false;
	}
	c->state = WAITING;
	c->choice_due = true;
	WARD_LOG(&c->p.log, INFO, "camera.choice", WARD_KV_Z("profile", c->choice.profile),
		WARD_KV_I("width", c->choice.width), WARD_KV_I("height", c->choice.height),
		WARD_KV_I("millifps", c->choice.millifps), WARD_KV_I("of", c->choice.offered),
		WARD_KV_Z("why", c->choice.suffices ? "the least that suffices"
						    : "the largest: none suffices"));
	return true;
}

/* Asks the ONVIF device until it says which streams it has; meanwhile the camera is one that can't
 * be reached. False: the process is to stop. */
static bool choose(struct camera *c)
{
	while (!ward_process_stopping()) {
		ward_ns now = ward_clock_mono(c->p.clock);

		tick(c, now);
		if (c->state == WAITING && now >= c->next) {
			camera_choose_begin(&c->p, &c->choose, &c->dialer);
			c->state = DIALING;
		}
		if (c->state == DIALING && chosen(c))
			return true;
		wait(c, now);
		ward_process_count(&c->p);
	}
	return false;
}

/* The address. Of secrets nothing is an argument. */
static void settle_address(struct camera *c)
{
	const char *why = "the camera's address";

	ward_process_secret(&c->p, "url", c->address, sizeof(c->address));
	if (ward_str_starts(ward_str_z(c->address), WARD_STR("onvif")))
		c->choose.device = c->address;
	else if (ward_rtsp_url_read(ward_str_z(c->address), &c->url, &why) != WARD_OK)
		ward_process_die(&c->p, why, WARD_ERR_CONFIG);
	else
		ward_wipe(c->address, sizeof(c->address));
}

/* Who we are there. */
static void settle_user(struct camera *c)
{
	const char *user = ward_process_setting(&c->p, "user");

	if (!user)
		return;
	if (strlen(user) >= sizeof(c->url.user) || strpbrk(user, "\":\\"))
		ward_process_die(&c->p, "user", WARD_ERR_CONFIG);
	(void)snprintf(c->url.user, sizeof(c->url.user), "%s", user);
	ward_process_secret(&c->p, "password_file", c->url.password, sizeof(c->url.password));
}

static void settle(struct camera *c)
{
	const char *skew = ward_process_setting(&c->p, "skew");
	int64_t ns = SKEW_DEFAULT_S * WARD_NS_PER_S;

	if (skew && !ward_str_i64(ward_str_z(skew), &ns))
		ward_process_die(&c->p, "skew", WARD_ERR_CONFIG);
	c->skew = ns;
	c->name = ward_process_setting(&c->p, "name_for_people");
	c->tries = ward_process_setting(&c->p, "try") != NULL;
	c->once = c->tries || ward_process_setting(&c->p, "once") != NULL;
	c->connection = ward_process_ids(); /* no number of a former life */
	ward_health_init(
		&c->health, ward_seed_random(), offline_after, ward_clock_mono(c->p.clock));
}

/* OpenSSL reads its configuration with its first use, and the time zone with the first certificate:
 * that must be before the cage. */
static void prepare_openssl(struct camera *c)
{
	uint8_t sum[EVP_MAX_MD_SIZE];
	size_t n;
	char why[CAMERA_TLS_WHY] = "out of memory";

	if (setenv("TZ", "UTC0", 1) != 0)
		ward_process_die(&c->p, "the environment", WARD_ERR_NOMEM);
	tzset();
	if (EVP_Q_digest(NULL, "MD5", NULL, "", 0, sum, &n) != 1 ||
		EVP_Q_digest(NULL, "SHA256", NULL, "", 0, sum, &n) != 1)
		ward_process_die(&c->p, "OpenSSL has no MD5 or SHA-256", WARD_ERR_UNSUPPORTED);
	if (c->url.tls &&
		camera_tls_client_new(c->url.host, ward_process_setting(&c->p, "certificate"), why,
			&c->tls_client) != WARD_OK)
		ward_process_die(&c->p, why, WARD_ERR_CONFIG);
}

int main(int argc, char **argv)
{
	struct camera *c = calloc(1, sizeof(*c));

	if (!c)
		return WARD_PROCESS_DIED;
	ward_process_begin(&c->p, "camera", argc, argv);
	c->sock = c->dialer = -1;
	c->video = ward_process_need_fd(&c->p, "video");
	if (fcntl(c->video, F_SETFL, O_NONBLOCK) != 0)
		ward_process_die(&c->p, "the decoder's link", WARD_ERR_IO);
	settle(c);
	settle_address(c);
	if (c->choose.device && !choose(c))
		return ward_process_end(&c->p);
	settle_user(c);
	prepare_openssl(c);
	struct ward_dial to = {
		.port = c->url.port, .secret = &c->url, .len_secret = sizeof(c->url)};

	_Static_assert(sizeof(to.host) >= sizeof(c->url.host), "a host is copied whole");
	memcpy(to.host, c->url.host, sizeof(c->url.host));
	ward_dial_start(&c->p, &to, &c->dialer);
	ward_process_cage(&c->p, WARD_CAGE_PLAIN, NULL);
	run(c);
	hang_up(c);
	camera_tls_client_free(c->tls_client);
	ward_wipe(&c->url, sizeof(c->url));
	int code = c->name ? WARD_PROCESS_DONE : ward_process_end(&c->p);

	free(c);
	return code;
}
