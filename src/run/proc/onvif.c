/* The process of one ONVIF device: what it reports, by a pull point or by its metadata stream.
 *
 * It speaks HTTP or RTSP and reads XML, caged, with the device's password; its sockets are made by
 * a child (dial.h) that reads nothing. What the device says is acknowledged to nobody: a message
 * that was read and is not in the journal yet is lost with this process, and states are told again
 * to the next pull point.
 *
 * Or it is asked by the process of a camera which stream to take ("fd.choice"), says so, and ends.
 */
#include "comply/pseudonym.h"
#include "event/classes.h"
#include "run/choice.h"
#include "run/dial.h"
#include "run/feeder.h"
#include "run/proc/camera_tls.h"
#include "run/proc/patterns.h"
#include "sense/onvif/onvif.h"
#include "sense/video/health.h"
#include "xml/doc.h"

#include <errno.h>
#include <openssl/evp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum {
	CHUNK = 16 << 10,
	READS_MAX = 64,
	POLL_MS = 500,
	TOPICS_MAX = 256,
	SKEW_DEFAULT_S = 60,
	EXIT_FAILED = 3,
	FPS_MAX = 240,
	URL = 1280,
};

static const ward_ns offline_after = 30 * WARD_NS_PER_S, tick_every = WARD_NS_PER_S;
static const ward_ns leave_max = WARD_NS_PER_S;

/* Of what the analysis of pictures takes (docs/cameras.md). */
static const struct ward_onvif_need need_default = {640, 5};

enum state { IDLE, DIALING, TALKING };

struct device {
	struct ward_process p;
	const char *name; /* where people look on, on standard output; NULL: the journal is fed */
	struct ward_pseudonym key; /* then: of this run alone */
	struct ward_wr out;
	enum ward_onvif_what what; /* but for events: told once, and then no more */
	struct ward_limits lim;
	struct ward_names names;
	struct ward_feeder *feeder;
	struct ward_arena arena;
	struct ward_log_patterns *patterns; /* what topics mean */
	struct ward_intern unknown;         /* topics that were told once */
	uint32_t topic, class;
	struct ward_onvif_url url;     /* of its services, or only where it is */
	struct ward_rtsp_url metadata; /* its stream; user and password, by either way */
	bool by_stream;
	struct ward_onvif *onvif;
	struct camera_tls_client *tls_client;
	struct camera_tls *tls;
	const char *source, *camera;
	enum state state;
	struct ward_health health;
	struct ward_health_clock its_clock;
	ward_ns next, ticked, skew; /* next: attempt to connect; monotonic */
	uint64_t n_told;
	int dialer, sock;
	int asks; /* the camera's process that wants a stream; or WARD_FD_NONE */
	struct ward_choice choice;
};

static void need(struct device *d, enum ward_err err)
{
	if (err)
		ward_process_die(&d->p, "out of memory", err);
}

static ward_ns mono(const struct device *d)
{
	return ward_clock_mono(d->p.clock);
}

/* ---- events ---- */

/* A topic that nobody gave a meaning is kept as it is, and told once. */
static void unknown(struct device *d, const struct ward_event *e)
{
	struct ward_str topic = ward_event_str(e, d->topic);
	uint32_t id;

	ward_count_name(&d->p.counters, "onvif.unknown", 1);
	if (ward_intern_find(&d->unknown, topic) != WARD_NONE ||
		ward_intern_put(&d->unknown, topic, &id) != WARD_OK)
		return;
	ward_count_name(&d->p.counters, "onvif.topics_unknown", 1);
	if (!d->name)
		WARD_LOG(&d->p.log, INFO, "onvif.unknown", WARD_KV_S("topic", topic));
}

/* To whoever looks on. */
static enum ward_err show(struct device *d)
{
	size_t at = 0;

	ward_wr_ch(&d->out, '\n');
	if (ward_wr_bad(&d->out))
		return WARD_ERR_NOMEM;
	while (at < d->out.len) {
		ssize_t n = write(STDOUT_FILENO, d->out.p + at, d->out.len - at);

		if (n < 0 && errno != EINTR)
			exit(WARD_PROCESS_DONE); /* nobody does any more */
		at += n > 0 ? (size_t)n : 0;
	}
	ward_wr_reset(&d->out);
	return WARD_OK;
}

static enum ward_err give(struct device *d, struct ward_event *e)
{
	struct ward_pseudonym_way way = {
		.token = ward_pseudonym_token, .ctx = &d->key, .names = &d->names};
	enum ward_err err;

	if (!d->name) {
		ward_feeder_event(d->feeder, e);
		return WARD_OK;
	}
	err = ward_pseudonym_event(e, &way);
	if (err)
		return err;
	ward_event_write_json(e, &d->names, &d->out);
	return show(d);
}

/* The stream to take; of a device with several pictures the first of which one is to be taken. One
 * whose address is of no use is none. */
static void choose(struct device *d, const struct ward_onvif_stream *s)
{
	struct ward_choice *c = &d->choice;
	struct ward_rtsp_url u;
	const char *why;

	c->offered += c->offered < UINT8_MAX;
	if (!s->take || c->taken || ward_rtsp_url_read(s->uri, &u, &why) != WARD_OK)
		return;
	const char *host = strstr(u.request, "://") + 3, *path = host + strcspn(host, "/?");

	if (strlen(path) >= sizeof(c->path))
		return;
	c->taken = true;
	c->tls = u.tls;
	c->port = u.port;
	(void)snprintf(c->path, sizeof(c->path), "%s", path);
	(void)snprintf(c->profile, sizeof(c->profile), "%.*s", WARD_STR_ARG(s->profile));
	(void)snprintf(c->encoding, sizeof(c->encoding), "%.*s", WARD_STR_ARG(s->encoding));
	c->width = s->width;
	c->height = s->height;
	c->millifps = s->millifps;
	c->kbps = s->kbps;
	c->suffices = s->suffices;
}

/* To the process that asked. */
static void tell_choice(struct device *d, enum ward_health_reason reason)
{
	uint8_t text[WARD_CHOICE_BYTES];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));

	d->choice.reason = reason;
	ward_choice_write(&d->choice, &w);
	if (ward_msg_send(d->asks, WARD_MSG_CHOICE, 0, ward_wr_slice(&w)) != WARD_OK)
		ward_process_die(&d->p, "who asked is gone", WARD_ERR_CLOSED);
}

static void stream(void *ctx, const struct ward_onvif_stream *s)
{
	struct device *d = ctx;

	if (d->asks != WARD_FD_NONE) {
		choose(d, s);
		return;
	}
	ward_onvif_stream_json(s, &d->out);
	need(d, show(d));
}

static void recording(void *ctx, const struct ward_onvif_recording *r)
{
	struct device *d = ctx;

	ward_onvif_recording_json(r, &d->out);
	need(d, show(d));
}

static void door(void *ctx, const struct ward_onvif_door *one)
{
	struct device *d = ctx;

	ward_onvif_door_json(one, ward_str_z(d->source), &d->out);
	need(d, show(d));
}

static enum ward_err put(void *ctx, const struct ward_event *e)
{
	struct device *d = ctx;
	struct ward_event copy;
	ward_ns time;
	bool known;
	enum ward_err err;

	ward_arena_reset(&d->arena);
	err = ward_event_copy(e, &d->arena, &copy);
	if (!err)
		err = ward_log_patterns_json(d->patterns, &copy, &time, &known);
	if (err)
		return err;
	if (copy.class == d->class)
		unknown(d, e);
	return give(d, &copy);
}

static void begin(struct device *d, struct ward_event *e, enum ward_class class)
{
	ward_ns now = ward_clock_now(d->p.clock);
	struct ward_str source = ward_str_z(d->source);

	ward_arena_reset(&d->arena);
	ward_event_init(e, &d->arena);
	e->id = ward_event_id(source, (uint64_t)now, d->n_told++, 1);
	e->time = e->seen = now;
	e->source = ward_name(&d->names, source);
	e->class = ward_name(&d->names, ward_str_z(ward_class_info(class)->name));
	need(d, ward_event_set(e, WARD_FIELD_SENSOR, ward_value_str(source)));
	if (d->camera)
		need(d, ward_event_set(
				e, WARD_FIELD_CAMERA, ward_value_str(ward_str_z(d->camera))));
}

/* That the device can't be heard any more, or again. */
static void tell(struct device *d, enum ward_class class, const char *reason, ward_ns length)
{
	struct ward_event e;

	begin(d, &e, class);
	need(d, ward_event_set(&e, WARD_FIELD_POINT, ward_value_str(WARD_STR("onvif"))));
	if (reason)
		need(d, ward_event_set(&e, WARD_FIELD_REASON, ward_value_str(ward_str_z(reason))));
	if (length)
		need(d, ward_event_set(&e, WARD_FIELD_DURATION_NS, ward_value_int(length)));
	need(d, give(d, &e));
}

/* As of any source: ours minus its, in seconds. */
static void tell_clock(struct device *d, ward_ns by)
{
	struct ward_event e;
	char text[32];
	long long ms = (long long)(by / WARD_NS_PER_MS);
	unsigned long long size = (unsigned long long)(ms < 0 ? -ms : ms);
	int n = snprintf(
		text, sizeof(text), "%s%llu.%03llu", ms < 0 ? "-" : "", size / 1000, size % 1000);

	begin(d, &e, WARD_CLASS_SOURCE_CLOCK);
	struct ward_str value = ward_arena_str(&d->arena, (struct ward_str){text, (size_t)n});

	if (!value.p)
		need(d, WARD_ERR_NOMEM);
	need(d, ward_event_set(&e, WARD_FIELD_STATE,
			ward_value_str(d->its_clock.wrong ? WARD_STR("off") : WARD_STR("normal"))));
	need(d, ward_event_set(&e, WARD_FIELD_VALUE,
			(struct ward_value){.kind = WARD_VALUE_NUM, .s = value}));
	need(d, ward_event_set(&e, WARD_FIELD_UNIT, ward_value_str(WARD_STR("s"))));
	need(d, give(d, &e));
}

static void tick(struct device *d, ward_ns now)
{
	ward_ns ahead;

	if (now - d->ticked < tick_every)
		return;
	d->ticked = now;
	/* while it holds an answer back it is there */
	if (ward_onvif_serves(d->onvif) && !ward_onvif_overdue(d->onvif, now))
		ward_health_heard(&d->health, now);
	enum ward_health_news news = ward_health_tick(&d->health, now);

	if (news == WARD_HEALTH_WENT)
		tell(d, WARD_CLASS_FIELD_OFFLINE, ward_health_word(d->health.reason), 0);
	if (news == WARD_HEALTH_CAME)
		tell(d, WARD_CLASS_FIELD_ONLINE, NULL, now - d->health.gone);
	if (ward_onvif_clock(d->onvif, &ahead) &&
		ward_health_clock(&d->its_clock, ahead > d->skew || ahead < -d->skew, now))
		tell_clock(d, -ahead);
}

/* ---- the connection ---- */

static void hang_up(struct device *d)
{
	camera_tls_free(d->tls);
	d->tls = NULL;
	if (d->sock >= 0)
		(void)close(d->sock);
	d->sock = -1;
	d->state = IDLE;
}

static void lost(struct device *d, enum ward_health_reason reason, const char *why)
{
	ward_ns now = mono(d);
	enum ward_err err = ward_onvif_ended(d->onvif, now, ward_clock_now(d->p.clock));

	need(d, err == WARD_ERR_NOMEM ? err : WARD_OK); /* else it knows already, or does now */
	hang_up(d);
	d->next = now + ward_health_lost(&d->health, reason, now);
	ward_count_name(&d->p.counters, "onvif.lost", 1);
	if (d->name) {
		(void)fprintf(stderr, "ward sense onvif: %s: %s\n", d->name, why);
		if (d->what != WARD_ONVIF_EVENTS)
			exit(EXIT_FAILED);
		return;
	}
	WARD_LOG(&d->p.log, WARN, "onvif.lost", WARD_KV_Z("reason", ward_health_word(reason)),
		WARD_KV_Z("why", why), WARD_KV_I("again_ms", (d->next - now) / WARD_NS_PER_MS));
	if (d->asks != WARD_FD_NONE) {
		d->choice.taken = false;
		tell_choice(d, reason);
		exit(EXIT_FAILED);
	}
}

/* What the client said of bytes, or of their end. */
static void heed(struct device *d, enum ward_err err)
{
	if (err == WARD_ERR_CLOSED)
		hang_up(d);
	else if (err == WARD_ERR_DENIED)
		lost(d, WARD_HEALTH_DENIED, ward_onvif_why(d->onvif));
	else if (err == WARD_ERR_FOREIGN)
		lost(d, WARD_HEALTH_FOREIGN, ward_onvif_why(d->onvif));
	else
		need(d, err);
}

static void ended(struct device *d)
{
	enum ward_err err = ward_onvif_ended(d->onvif, mono(d), ward_clock_now(d->p.clock));

	if (err)
		heed(d, err);
	else
		hang_up(d);
}

static void dialed(struct device *d)
{
	enum ward_err err = ward_dial_take(d->dialer, &d->sock);

	if (err == WARD_ERR_AGAIN)
		return;
	if (err == WARD_ERR_DENIED || err == WARD_ERR_NOT_FOUND) {
		lost(d, err == WARD_ERR_DENIED ? WARD_HEALTH_REFUSED : WARD_HEALTH_UNREACHABLE,
			err == WARD_ERR_DENIED ? "it refuses connections" : "it can't be reached");
		return;
	}
	if (err)
		ward_process_die(&d->p, "the dialer is gone", err);
	d->state = TALKING;
	ward_count_name(&d->p.counters, "onvif.connections", 1);
	if (d->url.tls)
		need(d, camera_tls_new(d->tls_client, d->sock, &d->tls));
}

static ssize_t get(struct device *d, void *p, size_t cap, const char **ret_why)
{
	*ret_why = "the connection was reset";
	return d->tls ? camera_tls_read(d->tls, p, cap, ret_why) : recv(d->sock, p, cap, 0);
}

static ssize_t send_on(struct device *d, struct ward_slice s, const char **ret_why)
{
	*ret_why = "the connection was reset";
	return d->tls ? camera_tls_write(d->tls, s.p, s.len, ret_why)
		      : send(d->sock, s.p, s.len, MSG_NOSIGNAL);
}

static void read_on(struct device *d)
{
	uint8_t buf[CHUNK];

	for (int i = 0; i < READS_MAX && d->state == TALKING; i++) {
		const char *why;
		ssize_t n = get(d, buf, sizeof(buf), &why);

		if (n < 0 && (errno == EAGAIN || errno == EINTR))
			return;
		if (n < 0)
			lost(d, WARD_HEALTH_FOREIGN, why);
		else if (n == 0)
			ended(d);
		else
			heed(d, ward_onvif_bytes(d->onvif, ward_slice_of(buf, (size_t)n), mono(d),
					ward_clock_now(d->p.clock)));
	}
}

static void write_on(struct device *d, struct ward_slice due)
{
	const char *why;
	ssize_t n = send_on(d, due, &why);

	if (n > 0)
		ward_onvif_sent(d->onvif, (size_t)n);
	else if (n < 0 && errno != EAGAIN && errno != EINTR)
		lost(d, WARD_HEALTH_FOREIGN, why);
}

/* One turn: what is due is sent, what came is read. */
static void turn(struct device *d, ward_ns now)
{
	struct ward_slice due;

	if (now < d->next)
		return;
	need(d, ward_onvif_due(d->onvif, now, ward_clock_now(d->p.clock), &due));
	if (due.len && d->state == IDLE) {
		if (ward_dial_ask(d->dialer) != WARD_OK)
			ward_process_die(&d->p, "the dialer is gone", WARD_ERR_CLOSED);
		d->state = DIALING;
	}
	if (d->state == DIALING)
		dialed(d);
	if (d->state == TALKING && due.len)
		write_on(d, due);
	if (d->state == TALKING)
		read_on(d);
	if (d->state == TALKING && ward_onvif_overdue(d->onvif, now))
		ended(d);
}

static void wait(struct device *d, ward_ns now)
{
	ward_ns at = ward_onvif_busy(d->onvif) ? now + POLL_MS * WARD_NS_PER_MS
					       : ward_onvif_next(d->onvif);
	struct ward_slice due = {NULL, 0};

	at = at < d->next ? d->next : at;
	if (d->state == TALKING)
		need(d, ward_onvif_due(d->onvif, now, ward_clock_now(d->p.clock), &due));
	ward_ns ms = at <= now ? 0 : (at - now) / WARD_NS_PER_MS + 1;
	short events = (short)(POLLIN | (due.len ? POLLOUT : 0));
	struct pollfd p[] = {
		{d->sock, d->tls ? (short)(events | camera_tls_events(d->tls)) : events, 0},
		{d->state == DIALING ? d->dialer : -1, POLLIN, 0}};

	if (poll(p, WARD_ARRAY_LEN(p), ms < POLL_MS ? (int)ms : POLL_MS) < 0 && errno != EINTR)
		ward_process_die(&d->p, "poll", WARD_ERR_IO);
}

/* Devices have few pull points: ours is given back. */
static void leave(struct device *d)
{
	ward_ns until = mono(d) + leave_max;

	if (!ward_onvif_leave(d->onvif) && d->state == TALKING)
		hang_up(d);
	d->next = 0;
	while (!ward_onvif_done(d->onvif) && mono(d) < until) {
		turn(d, mono(d));
		wait(d, mono(d));
	}
}

static void run(struct device *d)
{
	while (!ward_process_stopping() && !ward_onvif_done(d->onvif)) {
		ward_ns now = mono(d);

		tick(d, now);
		turn(d, now);
		if (d->feeder) {
			ward_feeder_flush(d->feeder); /* nothing waits for a next message */
			ward_process_count(&d->p);
		}
		wait(d, mono(d));
	}
	leave(d);
	if (d->feeder)
		ward_feeder_flush(d->feeder);
}

/* ---- settings ---- */

static const char *must(struct device *d, const char *key)
{
	const char *v = ward_process_setting(&d->p, key);

	if (!v)
		ward_process_die(&d->p, key, WARD_ERR_CONFIG);
	return v;
}

static bool read_url(struct device *d, struct ward_str text, const char **ret_why)
{
	d->by_stream = ward_str_starts(text, WARD_STR("rtsp"));
	if (!d->by_stream)
		return ward_onvif_url_read(text, &d->url, ret_why) == WARD_OK;
	if (ward_rtsp_url_read(text, &d->metadata, ret_why) != WARD_OK)
		return false;
	_Static_assert(sizeof(d->url.host) == sizeof(d->metadata.host), "a host is copied whole");
	d->url.tls = d->metadata.tls;
	d->url.port = d->metadata.port;
	memcpy(d->url.host, d->metadata.host, sizeof(d->url.host));
	return true;
}

static void settle(struct device *d)
{
	const char *why = "the device's address", *user = ward_process_setting(&d->p, "user"),
		   *skew = ward_process_setting(&d->p, "skew"),
		   *url = ward_process_setting(&d->p, "url"); /* else it is handed over */
	char handed[URL];
	int64_t ns = SKEW_DEFAULT_S * WARD_NS_PER_S;

	d->name = ward_process_setting(&d->p, "name_for_people");
	d->asks = ward_process_fd(&d->p, "choice");
	d->what = ward_process_setting(&d->p, "streams") || d->asks != WARD_FD_NONE
			  ? WARD_ONVIF_STREAMS
		  : ward_process_setting(&d->p, "recordings") ? WARD_ONVIF_RECORDINGS
		  : ward_process_setting(&d->p, "doors")      ? WARD_ONVIF_DOORS
							      : WARD_ONVIF_EVENTS;
	d->source = must(d, "source");
	d->camera = ward_process_setting(&d->p, "camera");
	if (!url)
		ward_process_secret(&d->p, "url", handed, sizeof(handed));
	if (!read_url(d, ward_str_z(url ? url : handed), &why))
		ward_process_die(&d->p, why, WARD_ERR_CONFIG);
	if (user) {
		if (strlen(user) >= sizeof(d->metadata.user) || strpbrk(user, "\":\\"))
			ward_process_die(&d->p, "user", WARD_ERR_CONFIG);
		(void)snprintf(d->metadata.user, sizeof(d->metadata.user), "%s", user);
		ward_process_secret(
			&d->p, "password_file", d->metadata.password, sizeof(d->metadata.password));
	}
	if (skew && !ward_str_i64(ward_str_z(skew), &ns))
		ward_process_die(&d->p, "skew", WARD_ERR_CONFIG);
	d->skew = ns;
}

/* OpenSSL reads its configuration with its first use, and the time zone with the first certificate:
 * that must be before the cage. */
static void prepare(struct device *d)
{
	static const char *const digests[] = {"MD5", "SHA256"};
	uint8_t sum[EVP_MAX_MD_SIZE];
	size_t n;
	char why[CAMERA_TLS_WHY] = "out of memory";

	if (setenv("TZ", "UTC0", 1) != 0)
		ward_process_die(&d->p, "the environment", WARD_ERR_NOMEM);
	tzset();
	for (size_t i = 0; i < WARD_ARRAY_LEN(digests); i++)
		if (EVP_Q_digest(NULL, digests[i], NULL, "", 0, sum, &n) != 1)
			ward_process_die(&d->p, digests[i], WARD_ERR_UNSUPPORTED);
	if (d->url.tls &&
		camera_tls_client_new(d->url.host, ward_process_setting(&d->p, "certificate"), why,
			&d->tls_client) != WARD_OK)
		ward_process_die(&d->p, why, WARD_ERR_CONFIG);
	ward_xmldoc_prepare();
}

/* What the analysis needs: so many pictures a second as it was told to take. */
static struct ward_onvif_need need_of(struct device *d)
{
	const char *fps = ward_process_setting(&d->p, "fps");
	struct ward_onvif_need need = need_default;
	uint64_t n;

	if (fps && (!ward_str_u64(ward_str_z(fps), &n) || !n || n > FPS_MAX))
		ward_process_die(&d->p, "fps", WARD_ERR_CONFIG);
	need.fps = fps ? (unsigned)n : need.fps;
	return need;
}

static void open_device(struct device *d)
{
	struct ward_onvif_opts o = {.mem = ward_mem_heap(),
		.names = &d->names,
		.counters = &d->p.counters,
		.url = &d->url,
		.user = d->metadata.user[0] ? d->metadata.user : NULL,
		.password = d->metadata.password,
		.source = ward_str_z(d->source),
		.camera = ward_str_z(d->camera ? d->camera : ""),
		.sink = {put, stream, recording, door, d},
		.random = ward_seed_random(),
		.what = d->what,
		.need = need_of(d),
		.metadata = d->by_stream ? &d->metadata : NULL};

	ward_intern_init(&d->unknown, o.mem, TOPICS_MAX, (size_t)TOPICS_MAX * 256);
	d->topic = ward_name(&d->names, WARD_STR("onvif.topic"));
	d->class = ward_name(&d->names, WARD_STR("log.onvif"));
	if (ward_onvif_new(&o, &d->onvif) != WARD_OK)
		ward_process_die(&d->p, "no memory, or OpenSSL has no SHA-1", WARD_ERR_NOMEM);
}

int main(int argc, char **argv)
{
	struct device *d = calloc(1, sizeof(*d));

	if (!d)
		return WARD_PROCESS_DIED;
	ward_process_begin(&d->p, "onvif", argc, argv);
	ward_process_limits(&d->p, &d->lim);
	ward_arena_init(&d->arena, ward_mem_heap(), (size_t)1 << 20);
	d->sock = -1;
	d->out = ward_wr_grow(ward_mem_heap(), (size_t)1 << 20);
	settle(d);
	if (ward_names_init(&d->names, ward_mem_heap(), &d->lim) != WARD_OK ||
		(!d->name && d->asks == WARD_FD_NONE &&
			ward_feeder_new(&d->p, &d->names, &d->feeder) != WARD_OK))
		ward_process_die(&d->p, "out of memory", WARD_ERR_NOMEM);
	if (getrandom(d->key.key, sizeof(d->key.key), 0) != (ssize_t)sizeof(d->key.key))
		ward_process_die(&d->p, "the random source", WARD_ERR_IO);
	prepare(d);
	if (d->what == WARD_ONVIF_EVENTS)
		d->patterns = process_patterns(&d->p, &d->names, &d->lim);
	open_device(d);
	struct ward_dial to = {.port = d->url.port,
		.secret = d->metadata.password,
		.len_secret = sizeof(d->metadata.password)};

	_Static_assert(sizeof(to.host) >= sizeof(d->url.host), "a host is copied whole");
	memcpy(to.host, d->url.host, sizeof(d->url.host));
	ward_dial_start(&d->p, &to, &d->dialer);
	ward_process_cage(&d->p, WARD_CAGE_PLAIN, NULL);
	ward_health_init(&d->health, ward_seed_random(), offline_after, mono(d));
	run(d);
	if (d->asks != WARD_FD_NONE && ward_onvif_done(d->onvif))
		tell_choice(d, WARD_HEALTH_FOREIGN);
	hang_up(d);
	ward_onvif_free(d->onvif);
	camera_tls_client_free(d->tls_client);
	ward_wipe(d->metadata.password, sizeof(d->metadata.password));
	ward_log_patterns_free(d->patterns);
	ward_intern_fini(&d->unknown);
	ward_wipe(&d->key, sizeof(d->key));
	ward_wr_fini(&d->out);
	return d->feeder ? ward_process_end(&d->p) : WARD_PROCESS_DONE;
}
