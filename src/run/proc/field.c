/* The field sensors' process: MQTT, published to it directly, from listeners that the supervisor
 * holds.
 *
 * What is acknowledged is in the journal. While the journal is full nothing is read, and clients
 * wait. Telemetry that the journal refuses is not acknowledged either: then all clients are sent
 * away, and this process forgets what it knew of the sensors, so that what they send again is taken
 * as if it had never come. */
#include "run/feeder.h"
#include "sense/field/field.h"
#include "sense/field/listen.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { SOURCES_MAX = 16, PASSWORD_MAX = 1024, WAIT_MS = 1000 };

static const ward_ns tick_every = WARD_NS_PER_S;

struct sensor;

struct source {
	struct sensor *s;
	const char *name;
	struct ward_field_sensor *field;
	struct ward_listen *listen;
};

struct sensor {
	struct ward_process p;
	struct ward_limits lim;
	struct ward_names names;
	struct ward_feeder *feeder;
	struct ward_arena arena;
	struct source source[SOURCES_MAX];
	size_t n_source, n_place;
	struct pollfd *place; /* those of each source, one after the other */
	char password[PASSWORD_MAX];
	ward_ns tick;    /* when the next is due, monotonic */
	uint64_t n_shed; /* telemetry, seen so far */
};

/* The sensor's event, as a copy that the feeder may change. */
static enum ward_err put(void *ctx, const struct ward_event *e)
{
	struct sensor *s = ctx;
	struct ward_event copy;
	enum ward_err err;

	ward_arena_reset(&s->arena);
	err = ward_event_copy(e, &s->arena, &copy);
	if (!err)
		ward_feeder_event(s->feeder, &copy);
	return err;
}

static enum ward_err on_message(void *ctx, const struct ward_mqtt_message *m)
{
	struct source *src = ctx;
	ward_ns now = ward_clock_now(src->s->p.clock);

	return m->dup ? ward_field_message_again(src->field, m->topic, m->payload, now)
		      : ward_field_message(src->field, m->topic, m->payload, now);
}

/* A sensor machine that remembers nothing, in place of the one before. */
static void new_field(struct sensor *s, struct source *src)
{
	struct ward_field_opts o = {.mem = ward_mem_heap(),
		.lim = &s->lim,
		.names = &s->names,
		.counters = &s->p.counters,
		.sink = {put, s},
		.source = ward_str_z(src->name)};

	ward_field_free(src->field);
	src->field = NULL;
	if (ward_field_new(&o, &src->field) != WARD_OK)
		ward_process_die(&s->p, "out of memory", WARD_ERR_NOMEM);
}

static void open_source(struct sensor *s, size_t i, size_t n_source)
{
	struct source *src = &s->source[i];
	const char *filter = ward_process_nth(&s->p, "topic", i);
	size_t n_conn = ward_limit(&s->lim, WARD_LIMIT_MQTT_CONNECTIONS) / n_source;
	const char *user = ward_process_setting(&s->p, "user");
	struct ward_mqtt_endpoint_opts o = {.mem = ward_mem_heap(),
		.lim = &s->lim,
		.counters = &s->p.counters,
		.n_conn_max = n_conn ? n_conn : 1,
		.filter = filter ? filter : "ward/v1/#",
		.user = user,
		.password = user ? s->password : NULL,
		.seed = ward_seed_random().k0,
		.message = on_message,
		.ctx = src};
	char fd_name[128];

	src->s = s;
	src->name = ward_process_nth(&s->p, "mqtt", i);
	(void)snprintf(fd_name, sizeof(fd_name), "mqtt.%s", src->name);
	if (!ward_mqtt_filter_valid(ward_str_z(o.filter)))
		ward_process_die(&s->p, "the topic is no filter", WARD_ERR_CONFIG);
	new_field(s, src);
	enum ward_err err = ward_listen_new(&o, ward_process_need_fd(&s->p, fd_name), &src->listen);

	if (err)
		ward_process_die(&s->p, fd_name, err);
	s->n_place += ward_listen_places(src->listen);
}

static void open_sources(struct sensor *s)
{
	size_t n = 0;

	while (ward_process_nth(&s->p, "mqtt", n))
		n++;
	if (n == 0 || n > SOURCES_MAX)
		ward_process_die(&s->p, "1 to 16 sources", WARD_ERR_LIMIT);
	ward_process_secret(&s->p, "password_file", s->password, sizeof(s->password));
	for (size_t i = 0; i < n; i++)
		open_source(s, i, n);
	s->n_source = n;
	s->place = calloc(s->n_place, sizeof(*s->place));
	if (!s->place)
		ward_process_die(&s->p, "out of memory", WARD_ERR_NOMEM);
}

static void need(struct sensor *s, const struct source *src, enum ward_err err)
{
	if (err)
		ward_process_die(&s->p, src->name, err);
}

static void leave(struct sensor *s, enum ward_mqtt_reject why)
{
	for (size_t i = 0; i < s->n_source; i++)
		ward_listen_leave(s->source[i].listen, why, ward_clock_mono(s->p.clock));
}

/* Telemetry was refused: nobody may be told that it is safe. */
static void begin_anew(struct sensor *s)
{
	WARD_LOG(&s->p.log, WARN, "field.full", WARD_KV_U("shed", ward_feeder_shed(s->feeder)));
	leave(s, WARD_MQTT_REJECT_FULL);
	for (size_t i = 0; i < s->n_source; i++)
		new_field(s, &s->source[i]);
}

/* Makes durable what was taken, then acknowledges it. False when the process is to stop before it
 * knows: then nothing is acknowledged. */
static bool settle(struct sensor *s)
{
	ward_ns before = ward_clock_mono(s->p.clock), after;

	ward_feeder_flush(s->feeder);
	if (!ward_feeder_empty(s->feeder))
		return false;
	after = ward_clock_mono(s->p.clock);
	/* who was not read meanwhile was not silent: the same time to catch up */
	if (after - before > tick_every)
		s->tick = after + (after - before);
	if (s->n_shed != ward_feeder_shed(s->feeder)) {
		s->n_shed = ward_feeder_shed(s->feeder);
		begin_anew(s);
		return true;
	}
	for (size_t i = 0; i < s->n_source; i++)
		need(s, &s->source[i], ward_listen_acknowledge(s->source[i].listen, after));
	return true;
}

static void tick(struct sensor *s, ward_ns now)
{
	if (now < s->tick)
		return;
	s->tick = now + tick_every;
	for (size_t i = 0; i < s->n_source; i++) {
		struct source *src = &s->source[i];

		need(s, src, ward_listen_tick(src->listen, now));
		need(s, src, ward_field_tick(src->field, ward_clock_now(s->p.clock)));
	}
}

static void run(struct sensor *s)
{
	int wait_ms = 0;

	for (bool going = true; going && !ward_process_stopping();) {
		struct pollfd *p = s->place;

		for (size_t i = 0; i < s->n_source; i++) {
			ward_listen_poll(s->source[i].listen, p);
			p += ward_listen_places(s->source[i].listen);
		}
		if (poll(s->place, (nfds_t)s->n_place, wait_ms) < 0) {
			if (errno != EINTR)
				ward_process_die(&s->p, "poll", WARD_ERR_IO);
			continue;
		}
		ward_ns now = ward_clock_mono(s->p.clock);

		p = s->place;
		for (size_t i = 0; i < s->n_source; i++) {
			need(s, &s->source[i], ward_listen_round(s->source[i].listen, p, now));
			p += ward_listen_places(s->source[i].listen);
		}
		tick(s, now);
		going = settle(s);
		ward_process_count(&s->p);
		wait_ms = WAIT_MS;
		for (size_t i = 0; i < s->n_source; i++)
			if (ward_listen_unsettled(s->source[i].listen))
				wait_ms = 0;
	}
}

int main(int argc, char **argv)
{
	struct sensor *s = calloc(1, sizeof(*s));

	if (!s)
		return WARD_PROCESS_DIED;
	ward_process_begin(&s->p, "field", argc, argv);
	ward_process_limits(&s->p, &s->lim);
	ward_arena_init(&s->arena, ward_mem_heap(), (size_t)1 << 20);
	if (ward_names_init(&s->names, ward_mem_heap(), &s->lim) != WARD_OK ||
		ward_feeder_new(&s->p, &s->names, &s->feeder) != WARD_OK)
		ward_process_die(&s->p, "out of memory", WARD_ERR_NOMEM);
	open_sources(s);
	ward_process_cage(&s->p, WARD_CAGE_LISTEN, NULL);
	run(s);
	leave(s, WARD_MQTT_REJECT_LEAVING);
	ward_wipe(s->password, sizeof(s->password));
	return ward_process_end(&s->p);
}
