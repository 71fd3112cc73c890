#include "cli/commands.h"
#include "event/event.h"
#include "sense/flow/export.h"
#include "sense/net/capture.h"

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

enum { OUT_MAX = 8 << 20, OUT_FLUSH = 1 << 16, WAIT_MS = 100, DATAGRAM_MAX = 65535 };
enum { QUEUE_BYTES = 4 << 20 }; /* exporters send bursts */

struct job {
	const struct ward_cmd *cmd;
	const char *file, *listen;
	struct ward_str source;
	uint64_t port, max_seconds; /* 0: any */
	bool stats;
	uint64_t n_datagram;
	uint64_t n_foreign; /* UDP that is no export */
	struct ward_limits lim;
	struct ward_names names;
	struct ward_counters counters;
	struct ward_wr out;
	struct ward_export *x;
};

static volatile sig_atomic_t asked_to_stop;

static void on_signal(int sig)
{
	(void)sig;
	asked_to_stop = 1;
}

static enum ward_err put_event(void *ctx, const struct ward_event *e)
{
	struct job *job = ctx;

	ward_event_write_json(e, &job->names, &job->out);
	ward_wr_ch(&job->out, '\n');
	return job->out.len < OUT_FLUSH || ward_cli_put(&job->out, stdout) ? WARD_OK : WARD_ERR_IO;
}

static enum ward_err start(struct job *job, ward_ns first)
{
	struct ward_export_opts opts = {.source = job->source, .epoch = (uint64_t)first};

	return job->x ? WARD_OK
		      : ward_export_new(ward_mem_heap(), &job->lim, &job->names, &opts, &job->x);
}

static enum ward_err take(struct job *job, struct ward_export_datagram *d)
{
	struct ward_export_sink sink = {put_event, job};
	enum ward_err err = start(job, d->seen);

	d->seq = job->n_datagram++;
	return err ? err : ward_export_datagram(job->x, d, job->stats ? NULL : &sink);
}

static int finish(struct job *job)
{
	struct ward_export_sink sink = {put_event, job};

	if (job->x && ward_export_flush(job->x, job->stats ? NULL : &sink) != WARD_OK)
		return WARD_EXIT_RUN;
	return ward_cli_put(&job->out, stdout) ? WARD_EXIT_DONE : WARD_EXIT_RUN;
}

/* Of a capture, what travels in UDP to the port that was given, else what looks like an export. */
static enum ward_err take_frame(struct job *job, const struct ward_frame *f)
{
	uint64_t count[WARD_NET_COUNTER_N] = {0};
	struct ward_packet p;

	ward_packet_decode(f, &p, count);
	if (!p.has_transport || p.proto != WARD_PROTO_UDP || p.frag.is)
		return WARD_OK;
	if (job->port ? p.dst_port != job->port : !ward_export_knows(p.payload)) {
		job->n_foreign++;
		return WARD_OK;
	}
	struct ward_export_datagram d = {.seen = f->time,
		.ip_version = p.ip_version,
		.port = p.src_port,
		.bytes = p.payload};

	memcpy(d.ip, p.src_ip, 16);
	return take(job, &d);
}

static bool input_ready(void *ctx)
{
	struct pollfd p = {.fd = STDIN_FILENO, .events = POLLIN};
	struct job *job = ctx;

	for (int timeout_ms = 0; !asked_to_stop; timeout_ms = WAIT_MS) {
		int n = poll(&p, 1, timeout_ms);

		if (n > 0 || (n < 0 && errno != EINTR))
			return true; /* an error, too, is for the read to find */
		if (job->out.len && !ward_cli_put(&job->out, stdout))
			return false;
	}
	return false;
}

static int run_file(struct job *job)
{
	char why[WARD_CAPTURE_WHY];
	struct ward_capture_pipe in = {STDIN_FILENO, input_ready, job};
	struct ward_capture *c;
	struct ward_frame f;
	bool is_pipe = strcmp(job->file, "-") == 0;
	enum ward_err err = is_pipe ? ward_capture_open_pipe(ward_mem_heap(), &in, why, &c)
				    : ward_capture_open(ward_mem_heap(), job->file, why, &c);

	if (err) {
		(void)ward_cli_fail(job->cmd, "%s: %s%s", is_pipe ? "standard input" : job->file,
			why, err == WARD_ERR_MALFORMED ? "; give a pcap or pcapng file" : "");
		return err == WARD_ERR_MALFORMED ? WARD_EXIT_INPUT : WARD_EXIT_RUN;
	}
	while (!asked_to_stop && (err = ward_capture_next(c, &f)) == WARD_OK)
		if ((err = take_frame(job, &f)) != WARD_OK)
			break;
	int code = finish(job);

	if (!code && err == WARD_ERR_CORRUPT) {
		(void)ward_cli_fail(job->cmd,
			"%s: damaged at byte %llu: %s; what came before was used", job->file,
			(unsigned long long)ward_capture_offset(c), ward_capture_why(c));
		code = WARD_EXIT_INPUT;
	} else if (!code && err && err != WARD_ERR_CLOSED) {
		code = ward_cli_fail(job->cmd, "%s: %s", job->file, ward_err_text(err));
	}
	ward_capture_close(c);
	return code;
}

/* "ADDR:PORT" or "[ADDR]:PORT". */
static bool parse_listen(const char *text, struct sockaddr_storage *ret, socklen_t *ret_len)
{
	struct ward_str s = ward_str_z(text);
	size_t colon = s.len;
	char addr[INET6_ADDRSTRLEN];
	uint64_t port;

	while (colon > 0 && s.p[colon - 1] != ':')
		colon--;
	if (!colon || !ward_str_u64(ward_str_sub(s, colon, s.len), &port) || port > 65535)
		return false;
	s = ward_str_sub(s, 0, colon - 1);
	bool is_6 = s.len > 2 && s.p[0] == '[' && s.p[s.len - 1] == ']';

	if (is_6)
		s = ward_str_sub(s, 1, s.len - 2);
	if (s.len >= sizeof(addr))
		return false;
	(void)snprintf(addr, sizeof(addr), "%.*s", WARD_STR_ARG(s));
	struct sockaddr_in in = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
	struct sockaddr_in6 in6 = {.sin6_family = AF_INET6, .sin6_port = htons((uint16_t)port)};

	memset(ret, 0, sizeof(*ret));
	if (is_6 && inet_pton(AF_INET6, addr, &in6.sin6_addr) == 1) {
		memcpy(ret, &in6, sizeof(in6));
		*ret_len = sizeof(in6);
		return true;
	}
	memcpy(ret, &in, sizeof(in));
	*ret_len = sizeof(in);
	if (is_6 || inet_pton(AF_INET, addr, &in.sin_addr) != 1)
		return false;
	memcpy(ret, &in, sizeof(in));
	return true;
}

static void set_sender(struct ward_export_datagram *d, const struct sockaddr_storage *from)
{
	struct sockaddr_in in;
	struct sockaddr_in6 in6;

	if (from->ss_family == AF_INET6) {
		memcpy(&in6, from, sizeof(in6));
		d->ip_version = 6;
		memcpy(d->ip, &in6.sin6_addr, 16);
		d->port = ntohs(in6.sin6_port);
	} else {
		memcpy(&in, from, sizeof(in));
		d->ip_version = 4;
		memcpy(d->ip, &in.sin_addr, 4);
		d->port = ntohs(in.sin_port);
	}
}

static int read_socket(struct job *job, int fd, uint8_t *buffer)
{
	const struct ward_clock *clock = ward_clock_system();
	ward_ns from = ward_clock_mono(clock);
	struct pollfd p = {.fd = fd, .events = POLLIN};

	while (!asked_to_stop) {
		struct sockaddr_storage sender;
		socklen_t len = sizeof(sender);
		ward_ns run_for = ward_clock_mono(clock) - from;

		if (job->max_seconds && (uint64_t)(run_for / WARD_NS_PER_S) >= job->max_seconds)
			break;
		int n_ready = poll(&p, 1, WAIT_MS);

		if (n_ready <= 0) {
			if (n_ready < 0 && errno != EINTR)
				return ward_cli_fail(job->cmd, "%s", strerror(errno));
			if (job->out.len && !ward_cli_put(&job->out, stdout))
				return WARD_EXIT_RUN;
			continue;
		}
		ssize_t n = recvfrom(fd, buffer, DATAGRAM_MAX, MSG_DONTWAIT,
			(struct sockaddr *)(void *)&sender, &len);

		if (n < 0)
			continue; /* an error of one datagram: the next is waited for */
		struct ward_export_datagram d = {
			.seen = ward_clock_now(clock), .bytes = ward_slice_of(buffer, (size_t)n)};

		set_sender(&d, &sender);
		if (take(job, &d) != WARD_OK)
			return WARD_EXIT_RUN;
	}
	return finish(job);
}

static int run_socket(struct job *job)
{
	struct sockaddr_storage at;
	socklen_t len;
	int queue = QUEUE_BYTES;

	if (!parse_listen(job->listen, &at, &len))
		return ward_cli_usage(
			job->cmd, "'%s' is not like 192.0.2.1:2055 or [::]:2055", job->listen);
	int fd = socket(at.ss_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || bind(fd, (const struct sockaddr *)(const void *)&at, len) != 0) {
		int code = ward_cli_fail(job->cmd, "%s: %s", job->listen, strerror(errno));

		if (fd >= 0)
			(void)close(fd);
		return code;
	}
	(void)setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &queue, sizeof(queue));
	uint8_t *buffer = ward_mem_alloc(ward_mem_heap(), DATAGRAM_MAX);
	int code = buffer ? read_socket(job, fd, buffer)
			  : ward_cli_fail(job->cmd, "%s", ward_err_text(WARD_ERR_NOMEM));

	ward_mem_free(ward_mem_heap(), buffer, DATAGRAM_MAX);
	(void)close(fd);
	return code;
}

static int parse(struct job *job, int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		const char *a = argv[i], *v = i + 1 < argc ? argv[i + 1] : NULL;
		uint64_t *number = strcmp(a, "--seconds") == 0 ? &job->max_seconds
				   : strcmp(a, "--port") == 0  ? &job->port
							       : NULL;
		bool text = strcmp(a, "--listen") == 0 || strcmp(a, "--source") == 0;

		if (strcmp(a, "--stats") == 0) {
			job->stats = true;
		} else if (number || text) {
			i++;
			if (number && (!v || !ward_str_u64(ward_str_z(v), number) || !*number))
				return ward_cli_usage(job->cmd, "%s needs a number from 1 on", a);
			if (text && (!v || !*v))
				return ward_cli_usage(job->cmd, "%s needs a value", a);
			if (text && a[2] == 'l')
				job->listen = v;
			else if (text)
				job->source = ward_str_z(v);
		} else if (a[0] == '-' && a[1]) {
			return ward_cli_usage(job->cmd, "'%s' is not an option", a);
		} else if (job->file) {
			return ward_cli_usage(job->cmd, "'%s' is one file too many", a);
		} else {
			job->file = a;
		}
	}
	if (!job->file == !job->listen)
		return ward_cli_usage(job->cmd,
			"give either a capture file ('-' is standard input) or --listen ADDR:PORT");
	return WARD_EXIT_DONE;
}

static void summary(struct job *job)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 20);
	struct ward_json j = ward_json_on(&w);

	if (job->x)
		ward_export_counters(job->x, &job->counters);
	ward_count_name(&job->counters, "flow.skip.foreign", job->n_foreign);
	ward_json_obj(&j);
	ward_json_key(&j, "kind");
	ward_json_z(&j, "summary");
	ward_json_key(&j, "source");
	ward_json_str(&j, job->source);
	ward_json_key(&j, "counters");
	ward_counters_json(&job->counters, "", &j);
	ward_json_obj_end(&j);
	ward_wr_ch(&w, '\n');
	(void)ward_cli_put(&w, stderr);
	ward_wr_fini(&w);
}

static int run(const struct ward_cmd *cmd, int argc, char **argv)
{
	struct job *job = calloc(1, sizeof(*job));

	if (!job)
		return ward_cli_fail(cmd, "out of memory");
	job->cmd = cmd;
	job->source = WARD_STR("flow");
	job->out = ward_wr_grow(ward_mem_heap(), OUT_MAX);
	ward_limits_default(&job->lim);
	ward_counters_init(&job->counters);
	int code = parse(job, argc, argv);

	if (!code && ward_names_init(&job->names, ward_mem_heap(), &job->lim) != WARD_OK)
		code = ward_cli_fail(cmd, "out of memory");
	if (!code) {
		(void)signal(SIGINT, on_signal);
		(void)signal(SIGTERM, on_signal);
		code = job->listen ? run_socket(job) : run_file(job);
		if (code == WARD_EXIT_DONE || code == WARD_EXIT_INPUT)
			summary(job);
	}
	ward_export_free(job->x);
	ward_names_fini(&job->names);
	ward_wr_fini(&job->out);
	free(job);
	return code;
}

const struct ward_cmd ward_cmd_sense_flow = {
	.name = "sense flow",
	.summary = "flows as switches and routers export them; events as JSON lines",
	.help = "usage: ward sense flow [OPTION…] FILE|-\n"
		"       ward sense flow [OPTION…] --listen ADDR:PORT\n\n"
		"Where no port is mirrored: reads NetFlow 5 and 9, IPFIX and sFlow 5 from a UDP\n"
		"socket, or from a capture of such datagrams (pcap or pcapng; '-' is standard\n"
		"input), and prints each flow record as one net.flow event per line. Standard\n"
		"error gets one JSON line of counters: what was read, skipped, rejected and, by\n"
		"the exporters' own numbers, lost. It sends nothing.\n\n"
		"  --listen ADDR:PORT  as 192.0.2.1:2055 or [::]:2055, until a signal comes\n"
		"  --seconds N         or for N seconds\n"
		"  --port N            of a capture: all UDP to this port; without, what looks\n"
		"                      like an export, to any port\n"
		"  --source NAME       the event source (default: flow)\n"
		"  --stats             counters only\n\n"
		"Exit codes: 0 done, 1 the capture was damaged, 2 wrong usage, 3 could not run.\n",
	.run = run,
};
