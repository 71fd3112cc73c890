/* The process of one serial line that is listened to: badge readers (OSDP), or a fire panel's or
 * nurse call's calls (ESPA).
 *
 * A device is opened before the cage; one that is gone (an adapter that was pulled out) ends this
 * process, and the next life opens it anew. A serial server is connected to by a child (dial.h),
 * again and again. Nothing is ever written to either. What was read and is not in the journal yet
 * is lost with this process. */
#include "event/classes.h"
#include "run/dial.h"
#include "run/feeder.h"
#include "run/proc/patterns.h"
#include "run/serial.h"
#include "sense/field/tap.h"
#include "sense/video/health.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

enum { CHUNK = 4096, READS_MAX = 16, POLL_MS = 500 };

static const ward_ns offline_after = 10 * WARD_NS_PER_S, tick_every = WARD_NS_PER_S;
/* A line whose control station polls nobody, or not any more. */
static const ward_ns silent_after = 60 * WARD_NS_PER_S;

enum state { WAITING, DIALING, HEARING };

struct line {
	struct ward_process p;
	struct ward_limits lim;
	struct ward_names names;
	struct ward_feeder *feeder;
	struct ward_arena arena;
	struct ward_log_patterns *patterns; /* what words of a call mean */
	struct ward_tap *tap;
	const char *source, *protocol;
	enum state state;
	struct ward_health health;
	ward_ns next, ticked; /* monotonic */
	uint64_t n_told;
	int dialer; /* -1: a device */
	int fd;     /* device or connection; -1: none */
};

static void need(struct line *l, enum ward_err err)
{
	if (err)
		ward_process_die(&l->p, "out of memory", err);
}

static enum ward_err put(void *ctx, const struct ward_event *e)
{
	struct line *l = ctx;
	struct ward_event copy;
	enum ward_err err;

	ward_arena_reset(&l->arena);
	err = ward_event_copy(e, &l->arena, &copy);
	if (!err)
		err = ward_log_patterns_call(l->patterns, &copy);
	if (!err)
		ward_feeder_event(l->feeder, &copy);
	return err;
}

/* That the line can't be heard any more, or again. */
static void tell(struct line *l, enum ward_class class, const char *reason, ward_ns length)
{
	struct ward_event e;
	ward_ns now = ward_clock_now(l->p.clock);
	struct ward_str source = ward_str_z(l->source);

	ward_arena_reset(&l->arena);
	ward_event_init(&e, &l->arena);
	e.id = ward_event_id(source, (uint64_t)now, l->n_told++, 1);
	e.time = e.seen = now;
	e.source = ward_name(&l->names, source);
	e.class = ward_name(&l->names, ward_str_z(ward_class_info(class)->name));
	need(l, ward_event_set(&e, WARD_FIELD_SENSOR, ward_value_str(source)));
	need(l, ward_event_set(&e, WARD_FIELD_POINT, ward_value_str(ward_str_z(l->protocol))));
	if (reason)
		need(l, ward_event_set(&e, WARD_FIELD_REASON, ward_value_str(ward_str_z(reason))));
	if (length)
		need(l, ward_event_set(&e, WARD_FIELD_DURATION_NS, ward_value_int(length)));
	ward_feeder_event(l->feeder, &e);
}

static void tick(struct line *l, ward_ns now)
{
	enum ward_health_news news;

	if (now - l->ticked < tick_every)
		return;
	l->ticked = now;
	if (l->state == HEARING)
		ward_health_heard(&l->health, now);
	news = ward_health_tick(&l->health, now);
	if (news == WARD_HEALTH_WENT)
		tell(l, WARD_CLASS_FIELD_OFFLINE, ward_health_word(l->health.reason), 0);
	if (news == WARD_HEALTH_CAME)
		tell(l, WARD_CLASS_FIELD_ONLINE, NULL, now - l->health.gone);
	if (l->state == HEARING)
		need(l, ward_tap_tick(l->tap, ward_clock_now(l->p.clock)));
}

static void lost(struct line *l, enum ward_health_reason reason)
{
	ward_ns now = ward_clock_mono(l->p.clock);
	const char *word = ward_health_word(reason);

	if (l->fd >= 0) {
		(void)close(l->fd);
		need(l, ward_tap_end(l->tap, ward_clock_now(l->p.clock)));
	}
	l->fd = -1;
	l->state = WAITING;
	ward_count_name(&l->p.counters, "line.lost", 1);
	if (l->dialer < 0) {
		tell(l, WARD_CLASS_FIELD_OFFLINE, word, 0);
		ward_feeder_flush(l->feeder);
		ward_process_die(&l->p, "the serial device is gone", WARD_ERR_CLOSED);
	}
	l->next = now + ward_health_lost(&l->health, reason, now);
	WARD_LOG(&l->p.log, WARN, "line.lost", WARD_KV_Z("reason", word),
		WARD_KV_I("again_ms", (l->next - now) / WARD_NS_PER_MS));
}

static void dialed(struct line *l)
{
	enum ward_err err = ward_dial_take(l->dialer, &l->fd);

	if (!err)
		l->state = HEARING;
	else if (err == WARD_ERR_DENIED)
		lost(l, WARD_HEALTH_REFUSED);
	else if (err == WARD_ERR_NOT_FOUND)
		lost(l, WARD_HEALTH_UNREACHABLE);
	else if (err != WARD_ERR_AGAIN)
		ward_process_die(&l->p, "the dialer is gone", err);
}

static void hear(struct line *l)
{
	uint8_t buf[CHUNK];

	for (int i = 0; i < READS_MAX; i++) {
		ssize_t n = read(l->fd, buf, sizeof(buf));

		if (n < 0 && (errno == EAGAIN || errno == EINTR))
			return;
		if (n <= 0) {
			lost(l, n ? WARD_HEALTH_FOREIGN : WARD_HEALTH_ENDED);
			return;
		}
		ward_count_name(&l->p.counters, "line.bytes", (uint64_t)n);
		need(l, ward_tap_bytes(
				l->tap, ward_slice_of(buf, (size_t)n), ward_clock_now(l->p.clock)));
	}
}

static void run(struct line *l)
{
	while (!ward_process_stopping()) {
		ward_ns now = ward_clock_mono(l->p.clock);

		tick(l, now);
		if (l->state == WAITING && now >= l->next) {
			if (ward_dial_ask(l->dialer) != WARD_OK)
				ward_process_die(&l->p, "the dialer is gone", WARD_ERR_CLOSED);
			l->state = DIALING;
		}
		if (l->state == DIALING)
			dialed(l);
		ward_feeder_flush(l->feeder); /* nothing waits for a next byte */
		struct pollfd p[] = {
			{l->fd, POLLIN, 0}, {l->state == DIALING ? l->dialer : -1, POLLIN, 0}};

		if (poll(p, WARD_ARRAY_LEN(p), POLL_MS) < 0 && errno != EINTR)
			ward_process_die(&l->p, "poll", WARD_ERR_IO);
		if (l->fd >= 0 && p[0].revents)
			hear(l);
		ward_process_count(&l->p);
	}
}

static const char *must(struct line *l, const char *key)
{
	const char *v = ward_process_setting(&l->p, key);

	if (!v)
		ward_process_die(&l->p, key, WARD_ERR_CONFIG);
	return v;
}

static void open_device(struct line *l, const char *device)
{
	struct ward_str frame = ward_str_z(must(l, "frame"));
	uint64_t baud;

	if (!ward_str_u64(ward_str_z(must(l, "baud")), &baud) || !ward_serial_baud_known(baud) ||
		!ward_serial_frame_known(frame))
		ward_process_die(&l->p, "baud and frame", WARD_ERR_CONFIG);
	if (ward_serial_open(device, baud, frame, &l->fd) != WARD_OK)
		ward_process_die(&l->p, device, WARD_ERR_IO);
	l->state = HEARING;
}

static void open_way(struct line *l)
{
	const char *device = ward_process_setting(&l->p, "device");
	struct ward_dial to;

	l->fd = l->dialer = -1;
	if (device) {
		open_device(l, device);
		return;
	}
	if (!ward_dial_parse(ward_str_z(must(l, "at")), &to))
		ward_process_die(&l->p, "at", WARD_ERR_CONFIG);
	ward_dial_start(&l->p, &to, &l->dialer);
}

static void open_tap(struct line *l)
{
	const char *charset = ward_process_setting(&l->p, "charset");
	struct ward_tap_opts o = {.mem = ward_mem_heap(),
		.names = &l->names,
		.counters = &l->p.counters,
		.sink = {put, l},
		.silent = silent_after};

	l->source = must(l, "source");
	l->protocol = must(l, "protocol");
	o.protocol = ward_tap_find(ward_str_z(l->protocol));
	o.charset = ward_espa_charset_find(ward_str_z(charset ? charset : "latin-1"));
	if (o.protocol == WARD_TAP_N || o.charset == WARD_ESPA_CHARSETS)
		ward_process_die(&l->p, "protocol and charset", WARD_ERR_CONFIG);
	o.source = o.line = ward_str_z(l->source);
	o.epoch = (uint64_t)ward_clock_now(l->p.clock); /* each life numbers anew */
	need(l, ward_tap_new(&o, &l->tap));
}

int main(int argc, char **argv)
{
	struct line *l = calloc(1, sizeof(*l));

	if (!l)
		return WARD_PROCESS_DIED;
	ward_process_begin(&l->p, "line", argc, argv);
	ward_process_limits(&l->p, &l->lim);
	ward_arena_init(&l->arena, ward_mem_heap(), (size_t)1 << 20);
	if (ward_names_init(&l->names, ward_mem_heap(), &l->lim) != WARD_OK ||
		ward_feeder_new(&l->p, &l->names, &l->feeder) != WARD_OK)
		ward_process_die(&l->p, "out of memory", WARD_ERR_NOMEM);
	open_tap(l);
	l->patterns = process_patterns(&l->p, &l->names, &l->lim);
	open_way(l);
	ward_process_cage(&l->p, WARD_CAGE_PLAIN, NULL);
	ward_health_init(
		&l->health, ward_seed_random(), offline_after, ward_clock_mono(l->p.clock));
	run(l);
	ward_feeder_flush(l->feeder);
	ward_tap_free(l->tap);
	ward_log_patterns_free(l->patterns);
	return ward_process_end(&l->p);
}
