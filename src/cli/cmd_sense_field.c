#include "cli/commands.h"
#include "cli/field_poll.h"
#include "cli/line.h"
#include "sense/field/field.h"
#include "sense/field/listen.h"
#include "sense/field/mqtt.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

enum { OUT_MAX = 1 << 22, CONNECT_MS = 10000, LOOP_MS = 200, HOST_MAX = 256, PASSWORD_MAX = 1024 };

struct args {
	const char *url, *topic, *client, *user, *password_file, *ca, *cert, *key;
	uint64_t count, seconds, heartbeat_s;
	int version;
	char host[HOST_MAX];
	int port;
	char password[PASSWORD_MAX];
	bool listen; /* no broker: clients connect to us */
};

struct state {
	struct ward_field_sensor *field;
	const struct ward_limits *lim;
	struct ward_counters *counters;
	struct ward_names *names;
	struct ward_wr w;
	uint64_t n;
	bool broken; /* standard output */
};

static enum ward_err put(void *ctx, const struct ward_event *e)
{
	struct state *s = ctx;

	ward_event_write_json(e, s->names, &s->w);
	ward_wr_ch(&s->w, '\n');
	s->n++;
	s->broken = !ward_cli_put(&s->w, stdout);
	return s->broken ? WARD_ERR_IO : WARD_OK;
}

static enum ward_err message(void *ctx, struct ward_str topic, struct ward_slice payload)
{
	struct state *s = ctx;

	return ward_field_message(s->field, topic, payload, ward_clock_now(ward_clock_system()));
}

static enum ward_err published(void *ctx, const struct ward_mqtt_message *m)
{
	struct state *s = ctx;
	ward_ns now = ward_clock_now(ward_clock_system());

	return m->dup ? ward_field_message_again(s->field, m->topic, m->payload, now)
		      : ward_field_message(s->field, m->topic, m->payload, now);
}

static int parse(const struct ward_cmd *cmd, int argc, char **argv, struct args *a)
{
	static const char *const numbers[] = {"--count", "--seconds", "--heartbeat"};
	uint64_t *const number[] = {&a->count, &a->seconds, &a->heartbeat_s};
	static const char *const texts[] = {
		"--topic", "--client-id", "--user", "--password-file", "--ca", "--cert", "--key"};
	const char **const text[] = {
		&a->topic, &a->client, &a->user, &a->password_file, &a->ca, &a->cert, &a->key};

	for (int i = 1; i < argc; i++) {
		const char *arg = argv[i], *value = i + 1 < argc ? argv[i + 1] : NULL;
		bool found = strcmp(arg, "--protocol") == 0;

		if (arg[0] != '-') {
			if (a->url)
				return ward_cli_usage(cmd, "one broker only");
			a->url = arg;
			continue;
		}
		if (found && value)
			a->version = strcmp(value, "5") == 0       ? 5
				     : strcmp(value, "3.1.1") == 0 ? 4
								   : 0;
		for (size_t k = 0; k < WARD_ARRAY_LEN(numbers); k++)
			if (strcmp(arg, numbers[k]) == 0) {
				found = true;
				if (value && !ward_str_u64(ward_str_z(value), number[k]))
					return ward_cli_usage(cmd, "%s needs a number", arg);
			}
		for (size_t k = 0; k < WARD_ARRAY_LEN(texts); k++)
			if (strcmp(arg, texts[k]) == 0) {
				found = true;
				*text[k] = value;
			}
		if (!found)
			return ward_cli_usage(cmd, "'%s' is not an option", arg);
		if (!value)
			return ward_cli_usage(cmd, "%s needs a value", arg);
		i++;
	}
	if (!a->url)
		return ward_cli_usage(cmd, "which broker? mqtt://HOST:PORT");
	if (!a->version)
		return ward_cli_usage(cmd, "--protocol is 3.1.1 or 5");
	if (a->heartbeat_s > 86400)
		return ward_cli_usage(cmd, "--heartbeat is at most 86400");
	return WARD_EXIT_DONE;
}

/* mqtt://HOST[:PORT] or mqtts://HOST[:PORT]; an IPv6 address stands in brackets. */
static bool split_url(struct args *a)
{
	struct ward_str s = ward_str_z(a->url);
	bool tls = ward_str_starts(s, WARD_STR("mqtts://"));
	uint64_t port = tls ? 8883 : 1883;

	a->listen = ward_str_starts(s, WARD_STR("mqtt-listen://"));
	if (a->listen)
		return !a->client && !a->ca && !a->cert && !a->key &&
		       (a->user != NULL) == (a->password_file != NULL);
	if (!tls && !ward_str_starts(s, WARD_STR("mqtt://")))
		return false;
	s = ward_str_sub(s, tls ? 8 : 7, s.len);
	struct ward_str rest = s, host;

	if (s.len && s.p[0] == '[') {
		rest = ward_str_sub(s, 1, s.len);
		host = ward_str_cut(&rest, ']');
		if (rest.len && rest.p[0] != ':')
			return false;
		rest = rest.len ? ward_str_sub(rest, 1, rest.len) : (struct ward_str){NULL, 0};
	} else {
		host = ward_str_cut(&rest, ':');
	}
	if (rest.p && (!ward_str_u64(rest, &port) || port == 0 || port > 65535))
		return false;
	if (host.len == 0 || host.len >= sizeof(a->host))
		return false;
	memcpy(a->host, host.p, host.len);
	a->port = (int)port;
	if (tls && !a->ca)
		a->ca = "/etc/ssl/certs/ca-certificates.crt";
	return tls || !a->ca;
}

/* A file, since arguments can be seen by every user of the machine. */
static bool read_password(struct args *a)
{
	FILE *f = a->password_file ? fopen(a->password_file, "re") : NULL;
	bool ok;

	if (!a->password_file)
		return true;
	if (!f)
		return false;
	ok = fgets(a->password, sizeof(a->password), f) != NULL;
	a->password[strcspn(a->password, "\r\n")] = 0;
	return fclose(f) == 0 && ok;
}

static enum ward_err listen_until(struct ward_mqtt *m, struct state *s, const struct args *a)
{
	const struct ward_clock *clock = ward_clock_system();
	ward_ns begin = ward_clock_mono(clock), tick = begin;
	enum ward_err err = WARD_OK;

	while (err == WARD_OK && (!a->count || s->n < a->count)) {
		ward_ns now = ward_clock_mono(clock);

		if (a->seconds && now - begin >= (ward_ns)a->seconds * WARD_NS_PER_S)
			break;
		if (now - tick >= WARD_NS_PER_S) {
			tick = now;
			err = ward_field_tick(s->field, ward_clock_now(clock));
		}
		if (err == WARD_OK)
			err = ward_mqtt_loop(m, LOOP_MS);
	}
	return err;
}

/* True while there is time and something is wanted. */
static bool goes_on(const struct state *s, const struct args *a, ward_ns begin)
{
	ward_ns now = ward_clock_mono(ward_clock_system());

	return (!a->count || s->n < a->count) &&
	       (!a->seconds || now - begin < (ward_ns)a->seconds * WARD_NS_PER_S);
}

/* Rounds of the listener: what is printed is written, so that it may be acknowledged. */
static enum ward_err serve_until(
	struct ward_listen *l, struct state *s, const struct args *a, struct pollfd *p)
{
	const struct ward_clock *clock = ward_clock_system();
	ward_ns begin = ward_clock_mono(clock), tick = begin;
	enum ward_err err = WARD_OK;

	while (err == WARD_OK && goes_on(s, a, begin)) {
		ward_listen_poll(l, p);
		if (poll(p, (nfds_t)ward_listen_places(l), ward_listen_unsettled(l) ? 0 : LOOP_MS) <
			0)
			return errno == EINTR ? WARD_OK : WARD_ERR_IO;
		ward_ns now = ward_clock_mono(clock);

		err = ward_listen_round(l, p, now);
		if (err == WARD_OK && now - tick >= WARD_NS_PER_S) {
			tick = now;
			err = ward_listen_tick(l, now);
			if (err == WARD_OK)
				err = ward_field_tick(s->field, ward_clock_now(clock));
		}
		if (err == WARD_OK)
			err = ward_listen_acknowledge(l, now);
	}
	ward_listen_leave(l, WARD_MQTT_REJECT_LEAVING, ward_clock_mono(clock));
	return err;
}

static int serve(const struct ward_cmd *cmd, const struct args *a, struct state *s)
{
	struct ward_mqtt_endpoint_opts o = {.mem = ward_mem_heap(),
		.lim = s->lim,
		.counters = s->counters,
		.filter = a->topic,
		.user = a->user,
		.password = a->user ? a->password : NULL,
		.seed = ward_seed_random().k0,
		.message = published,
		.ctx = s};
	struct ward_str where = ward_str_z(a->url);
	struct ward_listen *l = NULL;
	struct pollfd *p = NULL;
	int fd = -1;
	enum ward_err err;

	if (!ward_mqtt_filter_valid(ward_str_z(a->topic)))
		return ward_cli_usage(cmd, "'%s' is no topic filter", a->topic);
	err = ward_listen_socket(ward_str_sub(where, strlen("mqtt-listen://"), where.len), &fd);
	if (err == WARD_ERR_MALFORMED)
		return ward_cli_usage(cmd, "'%s' is not mqtt-listen://ADDR:PORT", a->url);
	if (err == WARD_OK)
		err = ward_listen_new(&o, fd, &l);
	if (err == WARD_OK) {
		p = calloc(ward_listen_places(l), sizeof(*p));
		err = p ? serve_until(l, s, a, p) : WARD_ERR_NOMEM;
	}
	free(p);
	ward_listen_free(l);
	if (fd >= 0)
		close(fd);
	if (err != WARD_OK && !s->broken)
		return ward_cli_fail(cmd, "cannot listen at '%s': %s", a->url,
			err == WARD_ERR_IO ? strerror(errno) : ward_err_text(err));
	return s->broken ? WARD_EXIT_RUN : WARD_EXIT_DONE;
}

static int hear(const struct ward_cmd *cmd, const struct args *a, struct state *s)
{
	struct ward_mqtt *m = NULL;
	struct ward_mqtt_opts o = {.host = a->host,
		.port = a->port,
		.version = a->version,
		.client = a->client,
		.user = a->user,
		.password = a->password_file ? a->password : NULL,
		.ca_file = a->ca,
		.cert_file = a->cert,
		.key_file = a->key,
		.message = message,
		.ctx = s};
	const char *doing = "connect to";
	enum ward_err err = ward_mqtt_connect(&o, &m);
	int rc = WARD_EXIT_DONE;

	if (err == WARD_OK) {
		doing = "subscribe at";
		err = ward_mqtt_subscribe(m, a->topic, CONNECT_MS);
	}
	if (err == WARD_OK) {
		doing = "listen to";
		err = listen_until(m, s, a);
	}
	if (err != WARD_OK && !s->broken)
		rc = ward_cli_fail(cmd, "cannot %s '%s': %s", doing, a->url,
			m && *ward_mqtt_why(m) ? ward_mqtt_why(m) : ward_err_text(err));
	ward_mqtt_free(m);
	return s->broken ? WARD_EXIT_RUN : rc;
}

static int run(const struct ward_cmd *cmd, int argc, char **argv)
{
	struct args a = {.topic = "ward/v1/#", .version = 5};
	struct ward_limits lim;
	struct ward_names names;
	struct ward_counters counters;
	struct state s = {.names = &names, .lim = &lim, .counters = &counters};
	if (argc > 1 && ward_cli_is_line(argv[1]))
		return ward_cli_line(cmd, argc - 1, argv + 1);
	if (argc > 1 && strcmp(argv[1], "bacnet") == 0)
		return ward_cli_field_bacnet(cmd, argc - 1, argv + 1);
	if (argc > 1 && strcmp(argv[1], "modbus") == 0)
		return ward_cli_field_modbus(cmd, argc - 1, argv + 1);
	if (argc > 1 && strcmp(argv[1], "snmp") == 0)
		return ward_cli_field_snmp(cmd, argc - 1, argv + 1);
	int rc = parse(cmd, argc, argv, &a);

	if (rc != WARD_EXIT_DONE)
		return rc;
	if (!split_url(&a))
		return ward_cli_usage(cmd,
			"'%s' is not mqtt://HOST[:PORT], mqtts://HOST[:PORT] (--ca goes with it) "
			"or mqtt-listen://ADDR:PORT (--user goes with --password-file)",
			a.url);
	if (!read_password(&a))
		return ward_cli_fail(cmd, "cannot read '%s'", a.password_file);
	ward_limits_default(&lim);
	ward_counters_init(&counters);
	if (ward_names_init(&names, ward_mem_heap(), &lim) != WARD_OK)
		return ward_cli_fail(cmd, "out of memory");
	struct ward_field_opts o = {.mem = ward_mem_heap(),
		.lim = &lim,
		.names = &names,
		.counters = &counters,
		.sink = {put, &s},
		.heartbeat = (ward_ns)a.heartbeat_s * WARD_NS_PER_S};

	s.w = ward_wr_grow(o.mem, OUT_MAX);
	if (ward_field_new(&o, &s.field) != WARD_OK)
		rc = ward_cli_fail(cmd, "out of memory");
	else
		rc = a.listen ? serve(cmd, &a, &s) : hear(cmd, &a, &s);
	ward_cli_summary(&counters);
	ward_wipe(a.password, sizeof(a.password));
	ward_field_free(s.field);
	ward_wr_fini(&s.w);
	ward_names_fini(&names);
	return rc;
}

const struct ward_cmd ward_cmd_sense_field = {
	.name = "sense field",
	.summary = "field sensors, badge readers, fire panels and building controllers, as events",
	.help = "usage: ward sense field [OPTION…] mqtt://HOST[:PORT]\n"
		"       ward sense field [OPTION…] mqtt-listen://ADDR:PORT\n"
		"       ward sense field osdp [OPTION…] LINE\n"
		"       ward sense field espa [OPTION…] LINE\n"
		"       ward sense field bacnet [OPTION…] CONTROLLER…\n"
		"       ward sense field modbus|snmp [OPTION…] HOST:PORT\n\n"
		"Listens to a broker and prints what field sensors say as JSON lines: changes of\n"
		"state, losses, restarts, silence. Topics and payloads: docs/mqtt.md. mqtts:// is\n"
		"TLS. With mqtt-listen:// no broker is needed: sensors publish to this program,\n"
		"which acknowledges each message once its events are written to standard output.\n"
		"On end: a summary of all counters as one JSON object on standard error.\n\n"
		"  --topic FILTER        what to listen to, or to accept (default: ward/v1/#)\n"
		"  --protocol VERSION    3.1.1 or 5 (default: 5); mqtt-listen takes both\n"
		"  --count N             end after N events\n"
		"  --seconds N           end after N seconds\n"
		"  --heartbeat SECONDS   of sensors that do not say theirs (default: 60)\n"
		"  --client-id ID        a lasting session: the broker keeps messages meanwhile\n"
		"  --user NAME --password-file FILE\n"
		"  --ca FILE --cert FILE --key FILE\n\n"
		"osdp listens to what a controller and its badge readers say to each other "
		"(OSDP):\n"
		"LINE is a file of captured bytes, '-' (standard input), a serial device or\n"
		"tcp://HOST:PORT, a serial server. Prints cards (as tokens of this run), keys\n"
		"pressed (how many), tampering, readers that are gone or refuse, and lines that\n"
		"anybody can read: docs/osdp.md. It sends nothing.\n\n"
		"espa does the same with the line from a fire panel or nurse call to a paging\n"
		"system, ESPA 4.4.4: calls, with what their words mean by the log patterns for\n"
		"the program espa: docs/espa.md.\n\n"
		"  --baud N              of a serial device (default: 9600)\n"
		"  --frame BITS          of a serial device: 8n1 (default), 7e1, 7o1, 8e1, 8n2, "
		"7e2\n"
		"  --line NAME           readers and pagers are called NAME/ADDRESS\n"
		"  --charset SET         of espa: latin-1 (default) or din-66003\n"
		"  --content DIR, --hospital DIR   of espa: whose log-patterns\n\n"
		"bacnet, modbus and snmp ask controllers, reading only: docs/building.md.\n"
		"CONTROLLER is an address or a network (10.20.0.0/24), and only these are "
		"believed;\n"
		"without points, bacnet prints which devices there are.\n\n"
		"  --point [NAME=]ADDRESS  what to read; may be repeated. bacnet: as\n"
		"                        1001/analog-input:3; modbus: as 1/holding:40001/f32;\n"
		"                        snmp: as 1.3.6.1.2.1.1.3.0\n"
		"  --hospital DIR --source ID\n"
		"                        the points of that source in DIR/points.csv\n"
		"  --every N             seconds between two readings of a point (default: 60)\n"
		"  --at ADDR:PORT        bacnet: own address (default: 0.0.0.0:47808)\n"
		"  --cov                 bacnet: subscribe to changes, which a device has to "
		"remember\n"
		"  --acknowledge         bacnet: tell a device that its confirmed alarm was "
		"heard\n\n"
		"  --security v2c|sha-aes|sha256-aes\n"
		"                        snmp: version 2c (default), or 3 with --user; the "
		"community\n"
		"                        or pass phrases are in --password-file (default: "
		"public)\n\n"
		"Exit: 0 done, 2 usage, 3 could not run or the connection was lost.\n",
	.run = run,
};
