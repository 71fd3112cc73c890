/* The log sensor's process: syslog by UDP, TCP and TLS from descriptors that the supervisor holds,
 * and files that it follows.
 *
 * While the journal is full nothing is read: a sender by TCP waits, and a file's position stays. */
#include "run/proc/log.h"
#include "run/proc/patterns.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

static const ward_ns skew_usual = 60 * WARD_NS_PER_S;

/* The setting "ID.KEY" of a source, or NULL. */
static const char *setting(const struct log_process *s, const char *id, const char *key)
{
	char name[160];

	(void)snprintf(name, sizeof(name), "%s.%s", id, key);
	return ward_process_setting(&s->p, name);
}

/* "json=ID" says that a source sends JSON objects; the others send syslog. */
static enum ward_log_format format_of(const struct ward_process *p, const char *source)
{
	const char *name;

	for (size_t i = 0; (name = ward_process_nth(p, "json", i)) != NULL; i++)
		if (strcmp(name, source) == 0)
			return WARD_LOG_JSON;
	return WARD_LOG_SYSLOG;
}

static void open_socket(struct log_process *s, struct log_source *src, const char *kind)
{
	char name[128], why[LOG_TLS_WHY];

	(void)snprintf(name, sizeof(name), "%s.%s", kind, src->name);
	src->fd = ward_process_need_fd(&s->p, name);
	if (fcntl(src->fd, F_SETFL, O_NONBLOCK) != 0)
		ward_process_die(&s->p, name, WARD_ERR_IO);
	if (src->way == LOG_UDP &&
		setsockopt(src->fd, SOL_SOCKET, SO_TIMESTAMPNS, &(int){1}, sizeof(int)) != 0)
		ward_process_die(&s->p, name, WARD_ERR_IO);
	if (src->way != LOG_TLS)
		return;
	const char *certificate = setting(s, src->name, "certificate"),
		   *key = setting(s, src->name, "key");

	if (!certificate || !key ||
		log_tls_server_new(certificate, key, setting(s, src->name, "clients"), why,
			&src->tls) != WARD_OK)
		ward_process_die(
			&s->p, certificate && key ? why : "no certificate", WARD_ERR_CONFIG);
}

/* Positions lie in the process's own folder; they are opened before the cage. */
static void open_positions(struct log_process *s)
{
	const char *dir = ward_process_setting(&s->p, "dir");
	char path[4096];
	int fd;

	if (s->positions.turn || s->positions.fd > 0)
		return;
	if (!dir || snprintf(path, sizeof(path), "%s/positions", dir) >= (int)sizeof(path))
		ward_process_die(&s->p, "no folder for positions", WARD_ERR_CONFIG);
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0 || ward_positions_open(&s->positions, fd) != WARD_OK)
		ward_process_die(&s->p, path, WARD_ERR_IO);
}

static void open_files(struct log_process *s, struct log_source *src)
{
	static char folder[LOG_SOURCES_MAX][4096];
	const char *path = setting(s, src->name, "path");
	struct ward_follow_opts o = {.mem = ward_mem_heap(),
		.lim = &s->lim,
		.clock = s->p.clock,
		.counters = &s->p.counters,
		.positions = &s->positions,
		.source = src->name,
		.multiline = src->multiline,
		.json = src->format == WARD_LOG_JSON};
	char *at = folder[s->n_source];

	src->fd = WARD_FD_NONE;
	open_positions(s);
	if (!path || ward_follow_folder(ward_str_z(path), at, sizeof(folder[0])) != WARD_OK)
		ward_process_die(&s->p, src->name, WARD_ERR_CONFIG);
	enum ward_err err = ward_follow_new(ward_str_z(path), &o, &src->follow);

	if (err)
		ward_process_die(&s->p, path, err);
	ward_process_may_read(&s->p, at);
}

static void open_source(struct log_process *s, const char *name, const char *kind, enum log_way way)
{
	struct log_source *src = &s->source[s->n_source];

	if (s->n_source == LOG_SOURCES_MAX)
		ward_process_die(&s->p, "too many sources", WARD_ERR_LIMIT);
	const char *charset = setting(s, name, "charset"), *skew = setting(s, name, "skew");
	int64_t bound;

	src->name = name;
	src->way = way;
	src->format = format_of(&s->p, name);
	src->charset = charset ? ward_charset_find(ward_str_z(charset)) : WARD_CHARSET_UTF8;
	src->multiline = ward_str_z(setting(s, name, "multiline"));
	src->skew_bound = skew && ward_str_i64(ward_str_z(skew), &bound) ? bound : skew_usual;
	/* each life of the sensor numbers anew */
	src->epoch = (uint64_t)ward_clock_now(s->p.clock);
	src->opts = (struct ward_input_opts){.mem = ward_mem_heap(),
		.lim = &s->lim,
		.names = &s->names,
		.counters = &s->p.counters,
		.patterns = s->patterns,
		.source = ward_str_z(name)};
	if (src->charset == WARD_CHARSET_N)
		ward_process_die(&s->p, "no such character set", WARD_ERR_CONFIG);
	if (ward_log_sensor_new(&src->opts, src->format, &src->log) != WARD_OK)
		ward_process_die(&s->p, name, WARD_ERR_NOMEM);
	if (way == LOG_FILE)
		open_files(s, src);
	else
		open_socket(s, src, kind);
	s->n_source++;
}

static void open_sources(struct log_process *s)
{
	static const char *const kinds[] = {
		[LOG_UDP] = "udp", [LOG_TCP] = "tcp", [LOG_TLS] = "tls", [LOG_FILE] = "file"};

	for (size_t k = 0; k < WARD_ARRAY_LEN(kinds); k++) {
		const char *name;

		for (size_t i = 0; (name = ward_process_nth(&s->p, kinds[k], i)) != NULL; i++)
			open_source(s, name, kinds[k], (enum log_way)k);
	}
}

static void on_source(struct log_process *s, struct log_source *src, bool heard, bool *ret_more)
{
	if (src->way == LOG_FILE)
		*ret_more = log_files(s, src) || *ret_more;
	else if (heard && src->way == LOG_UDP)
		log_datagrams(s, src);
	else if (heard)
		log_accept(s, src);
}

static void attach_flight(struct log_process *s)
{
	bool torn;
	enum ward_err err = ward_flight_attach(
		ward_mem_heap(), ward_process_need_fd(&s->p, "flight"), &torn, &s->flight);

	if (err)
		ward_process_die(&s->p, "memory of what is not durable yet", err);
	if (torn)
		ward_count_name(&s->p.counters, "log.flight_torn", 1);
}

static void run(struct log_process *s)
{
	struct pollfd p[LOG_SOURCES_MAX + LOG_CONNECTIONS_MAX];
	bool more = false;

	while (!ward_process_stopping()) {
		for (size_t i = 0; i < s->n_source; i++) {
			const struct log_source *src = &s->source[i];
			int fd = src->follow ? ward_follow_fd(src->follow) : src->fd;

			p[i] = (struct pollfd){.fd = fd, .events = POLLIN};
		}
		for (size_t i = 0; i < LOG_CONNECTIONS_MAX; i++)
			p[s->n_source + i] = (struct pollfd){
				.fd = s->conn[i].fd, .events = log_stream_events(&s->conn[i])};
		if (poll(p, (nfds_t)(s->n_source + LOG_CONNECTIONS_MAX), more ? 0 : 1000) < 0 &&
			errno != EINTR)
			ward_process_die(&s->p, "poll", WARD_ERR_IO);
		for (size_t i = 0; i < LOG_CONNECTIONS_MAX; i++)
			if (s->conn[i].fd != WARD_FD_NONE && p[s->n_source + i].revents)
				log_stream(s, &s->conn[i]);
		log_streams_idle(s);
		more = false;
		for (size_t i = 0; i < s->n_source; i++)
			on_source(s, &s->source[i], p[i].revents != 0, &more);
		log_commit(s); /* nothing waits for a next message */
		for (size_t i = 0; i < s->n_source; i++)
			if (s->source[i].follow)
				log_files_commit(s, &s->source[i], false);
		ward_process_count(&s->p);
	}
	for (size_t i = 0; i < s->n_source; i++)
		if (s->source[i].follow)
			log_files_commit(s, &s->source[i], true);
}

static bool follows(const struct log_process *s)
{
	for (size_t i = 0; i < s->n_source; i++)
		if (s->source[i].follow)
			return true;
	return false;
}

int main(int argc, char **argv)
{
	struct log_process *s = calloc(1, sizeof(*s));

	if (!s)
		return WARD_PROCESS_DIED;
	ward_process_begin(&s->p, "log", argc, argv);
	ward_process_limits(&s->p, &s->lim);
	ward_arena_init(&s->arena, ward_mem_heap(), (size_t)64 << 20);
	for (size_t i = 0; i < LOG_CONNECTIONS_MAX; i++)
		s->conn[i].fd = WARD_FD_NONE;
	if (ward_names_init(&s->names, ward_mem_heap(), &s->lim) != WARD_OK ||
		ward_feeder_new(&s->p, &s->names, &s->feeder) != WARD_OK)
		ward_process_die(&s->p, "out of memory", WARD_ERR_NOMEM);
	attach_flight(s);
	s->patterns = process_patterns(&s->p, &s->names, &s->lim);
	open_sources(s);
	ward_process_cage(&s->p, WARD_CAGE_LISTEN | (follows(s) ? WARD_CAGE_FOLLOW : 0), NULL);
	log_resume(s);
	run(s);
	for (size_t i = 0; i < LOG_CONNECTIONS_MAX; i++)
		if (s->conn[i].fd != WARD_FD_NONE)
			log_hang_up(&s->conn[i]);
	ward_log_patterns_free(s->patterns);
	return ward_process_end(&s->p);
}
