/* The process for one existing MQTT broker: subscribes there, and hears what field sensors publish.
 *
 * libmosquitto 2.0 acknowledges a message before it hands it over, so that the broker may forget
 * one that is not in the journal yet. Messages are therefore taken and settled one by one: a death
 * loses one message at most, which the next one's seq makes known. What comes while this process is
 * away waits at the broker, by a lasting session. A lost connection ends the process: the next life
 * connects anew, since this one can't leave its sandbox. */
#include "run/feeder.h"
#include "sense/field/field.h"
#include "sense/field/mqtt.h"

#include <stdio.h>
#include <stdlib.h>

enum { PASSWORD_MAX = 1024, CLIENT_MAX = 160, SUBSCRIBE_MS = 10000, WAIT_MS = 1000 };

struct sensor {
	struct ward_process p;
	struct ward_limits lim;
	struct ward_names names;
	struct ward_feeder *feeder;
	struct ward_arena arena;
	struct ward_field_sensor *field;
	struct ward_mqtt *mqtt;
	char password[PASSWORD_MAX];
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

static enum ward_err on_message(void *ctx, struct ward_str topic, struct ward_slice payload)
{
	struct sensor *s = ctx;
	enum ward_err err =
		ward_field_message(s->field, topic, payload, ward_clock_now(s->p.clock));

	/* here, since a broker sends what it kept before it answers the subscription */
	ward_feeder_flush(s->feeder);
	return err;
}

static const char *must(struct sensor *s, const char *key)
{
	const char *v = ward_process_setting(&s->p, key);

	if (!v)
		ward_process_die(&s->p, key, WARD_ERR_CONFIG);
	return v;
}

static void check(struct sensor *s, const char *doing, enum ward_err err)
{
	if (!err)
		return;
	WARD_LOG(&s->p.log, ERROR, "mqtt.failed", WARD_KV_Z("doing", doing),
		WARD_KV_Z("why", s->mqtt ? ward_mqtt_why(s->mqtt) : ward_err_text(err)));
	ward_process_die(&s->p, doing, err);
}

static void connect_broker(struct sensor *s)
{
	const char *version = ward_process_setting(&s->p, "version");
	const char *user = ward_process_setting(&s->p, "user");
	char client[CLIENT_MAX];
	uint64_t port;

	/* the same in each life, so that the broker keeps what comes meanwhile */
	(void)snprintf(client, sizeof(client), "ward-%s", must(s, "source"));
	if (!ward_str_u64(ward_str_z(must(s, "port")), &port) || !port || port > 65535)
		ward_process_die(&s->p, "port", WARD_ERR_CONFIG);
	if (version && strcmp(version, "5") != 0 && strcmp(version, "3.1.1") != 0)
		ward_process_die(&s->p, "version is 3.1.1 or 5", WARD_ERR_CONFIG);
	ward_process_secret(&s->p, "password_file", s->password, sizeof(s->password));
	struct ward_mqtt_opts o = {.host = must(s, "host"),
		.port = (int)port,
		.version = version && strcmp(version, "3.1.1") == 0 ? 4 : 5,
		.client = client,
		.user = user,
		.password = user ? s->password : NULL,
		.ca_file = ward_process_setting(&s->p, "ca"),
		.cert_file = ward_process_setting(&s->p, "cert"),
		.key_file = ward_process_setting(&s->p, "key"),
		.message = on_message,
		.ctx = s};
	enum ward_err err = ward_mqtt_connect(&o, &s->mqtt);

	ward_wipe(s->password, sizeof(s->password));
	check(s, "connect", err);
}

static void run(struct sensor *s)
{
	ward_ns tick = 0;

	while (!ward_process_stopping()) {
		ward_ns now = ward_clock_mono(s->p.clock);
		enum ward_err err = ward_mqtt_loop(s->mqtt, WAIT_MS);

		if (now - tick >= WARD_NS_PER_S && !err) {
			tick = now;
			err = ward_field_tick(s->field, ward_clock_now(s->p.clock));
		}
		ward_feeder_flush(s->feeder); /* what the tick gave */
		ward_process_count(&s->p);
		if (!ward_process_stopping())
			check(s, "listen", err);
	}
}

int main(int argc, char **argv)
{
	struct sensor *s = calloc(1, sizeof(*s));

	if (!s)
		return WARD_PROCESS_DIED;
	ward_process_begin(&s->p, "mqtt", argc, argv);
	ward_process_limits(&s->p, &s->lim);
	ward_arena_init(&s->arena, ward_mem_heap(), (size_t)1 << 20);
	if (ward_names_init(&s->names, ward_mem_heap(), &s->lim) != WARD_OK ||
		ward_feeder_new(&s->p, &s->names, &s->feeder) != WARD_OK)
		ward_process_die(&s->p, "out of memory", WARD_ERR_NOMEM);
	struct ward_field_opts o = {.mem = ward_mem_heap(),
		.lim = &s->lim,
		.names = &s->names,
		.counters = &s->p.counters,
		.sink = {put, s},
		.source = ward_str_z(must(s, "source"))};
	const char *topic = must(s, "topic");

	if (ward_field_new(&o, &s->field) != WARD_OK)
		ward_process_die(&s->p, "out of memory", WARD_ERR_NOMEM);
	connect_broker(s);
	/* the broker's first word, its CONNACK, is read inside */
	ward_process_cage(&s->p, WARD_CAGE_PLAIN, NULL);
	check(s, "subscribe", ward_mqtt_subscribe(s->mqtt, topic, SUBSCRIBE_MS));
	run(s);
	ward_mqtt_free(s->mqtt);
	return ward_process_end(&s->p);
}
