#include "cli/commands.h"
#include "event/event.h"
#include "event/json.h"
#include "sense/net/capture.h"
#include "sense/net/dissector.h"
#include "sense/net/net.h"
#include "sense/net/ring.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { OUT_BUFFER = 1 << 18, WAIT_MS = 100, WHERE_MAX = 8, WORKERS_MAX = 16 };
/* A live frame's number says which worker's ring it is from. */
enum { SLOT_SHIFT = 56 };

struct job {
	const struct ward_cmd *cmd;
	const char *where; /* of this worker */
	const char *sources[WHERE_MAX];
	size_t n_where;
	uint64_t n_worker;
	unsigned worker; /* of the source's workers */
	unsigned slot;   /* of all workers */
	uint16_t group;  /* that shares an interface */
	int lock;        /* held while lines are written; -1: there is nobody else */
	struct ward_str source;
	bool stats;
	bool live;
	bool counted; /* by workers */
	uint64_t sent_packets;
	ward_ns began;
	uint64_t max_packets;
	uint64_t max_seconds;
	struct ward_limits lim;
	struct ward_names names;
	struct ward_wr out;
	struct ward_net *net;
	struct ward_counters counters;
};

static volatile sig_atomic_t asked_to_stop;

static void on_signal(int sig)
{
	(void)sig;
	asked_to_stop = 1;
}

/* Whole lines: the buffer is given up in one piece. */
static bool put_lines(struct job *job)
{
	struct flock held = {.l_type = F_WRLCK, .l_whence = SEEK_SET}, free = held;

	free.l_type = F_UNLCK;
	if (job->lock >= 0)
		while (fcntl(job->lock, F_SETLKW, &held) != 0 && errno == EINTR)
			;
	bool wrote = ward_cli_put(&job->out, stdout);

	if (job->lock >= 0)
		(void)fcntl(job->lock, F_SETLK, &free);
	return wrote;
}

static enum ward_err put_event(void *ctx, const struct ward_event *e)
{
	struct job *job = ctx;

	ward_event_write_json(e, &job->names, &job->out);
	ward_wr_ch(&job->out, '\n');
	if (job->out.len >= OUT_BUFFER / 2 && !put_lines(job))
		return WARD_ERR_IO;
	return WARD_OK;
}

static void list_line(struct ward_wr *w, const struct ward_dissector *m)
{
	static const char *const kind[] = {[WARD_DISSECT_MEDICAL] = "medical",
		[WARD_DISSECT_BUILDING] = "building",
		[WARD_DISSECT_IT] = "IT"};
	const char *over = m->proto == WARD_PROTO_TCP   ? "tcp"
			   : m->proto == WARD_PROTO_UDP ? "udp"
							: "ip ";

	ward_wr_printf(w, "%-10s %s  %-8s  %s (%s)\n", m->name, over, kind[m->kind], m->title,
		m->standard);
	ward_wr_printf(w, "           %s", m->port[0] ? "ports" : "any port");
	for (size_t i = 0; i < WARD_DISSECT_PORTS && m->port[i]; i++)
		ward_wr_printf(w, " %u", m->port[i]);
	ward_wr_printf(w, "\n           reads %s\n", m->reads);
}

/* --list-protocols: what the sensor knows, three lines each. */
static int list_protocols(void)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 20);

	for (size_t i = 0; i < ward_dissector_count(); i++)
		list_line(&w, ward_dissector_at(i));
	bool wrote = ward_cli_put(&w, stdout);

	ward_wr_fini(&w);
	return wrote ? WARD_EXIT_DONE : WARD_EXIT_RUN;
}

static bool is_file(const char *where)
{
	return strcmp(where, "-") == 0 || strchr(where, '/') || access(where, F_OK) == 0;
}

static bool check_sources(struct job *job, int *ret_code)
{
	bool many = job->n_worker > 1;

	for (size_t i = 0; i < job->n_where; i++) {
		if (job->n_where > 1 && is_file(job->sources[i])) {
			*ret_code = ward_cli_usage(job->cmd,
				"'%s' is a file: one file at a time, or several interfaces",
				job->sources[i]);
			return false;
		}
		if (many && strcmp(job->sources[i], "-") == 0) {
			*ret_code = ward_cli_usage(
				job->cmd, "standard input can't be read by several workers");
			return false;
		}
	}
	if (job->n_worker > WORKERS_MAX)
		*ret_code = ward_cli_usage(job->cmd, "at most %d workers", (int)WORKERS_MAX);
	job->where = job->sources[0];
	return job->n_worker <= WORKERS_MAX;
}

static bool parse_args(struct job *job, int argc, char **argv, int *ret_code)
{
	for (int i = 1; i < argc; i++) {
		const char *a = argv[i], *v = i + 1 < argc ? argv[i + 1] : NULL;
		uint64_t *number = strcmp(a, "--seconds") == 0   ? &job->max_seconds
				   : strcmp(a, "--count") == 0   ? &job->max_packets
				   : strcmp(a, "--workers") == 0 ? &job->n_worker
								 : NULL;

		if (strcmp(a, "--stats") == 0) {
			job->stats = true;
		} else if (number) {
			i++;
			if (!v || !ward_str_u64(ward_str_z(v), number) || *number == 0) {
				*ret_code =
					ward_cli_usage(job->cmd, "%s needs a number from 1 on", a);
				return false;
			}
		} else if (strcmp(a, "--source") == 0) {
			i++;
			if (!v || !*v) {
				*ret_code = ward_cli_usage(job->cmd, "--source needs a name");
				return false;
			}
			job->source = ward_str_z(v);
		} else if (a[0] == '-' && a[1]) {
			*ret_code = ward_cli_usage(job->cmd, "'%s' is not an option", a);
			return false;
		} else if (job->n_where == WHERE_MAX) {
			*ret_code = ward_cli_usage(job->cmd, "'%s' is one source too many", a);
			return false;
		} else {
			job->sources[job->n_where++] = a;
		}
	}
	if (!job->n_where)
		*ret_code = ward_cli_usage(
			job->cmd, "which capture file or interface? '-' is standard input");
	return job->n_where != 0 && check_sources(job, ret_code);
}

/* The first packet's time is the epoch: two files of one source do not share event ids, one file
 * read twice does. */
static enum ward_err start(struct job *job, struct ward_str iface, ward_ns first)
{
	struct ward_net_opts opts = {
		.source = job->source, .epoch = (uint64_t)first, .iface = iface};

	/* who shares a ring's packets was already decided */
	opts.worker = job->live ? 0 : job->worker;
	opts.n_worker = job->live ? 0 : (unsigned)job->n_worker;

	return ward_net_new(ward_mem_heap(), &job->lim, &job->names, &opts, &job->net);
}

static void summary(struct job *job)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 20);
	struct ward_json j = ward_json_on(&w);

	ward_json_obj(&j);
	ward_json_key(&j, "kind");
	ward_json_z(&j, "summary");
	ward_json_key(&j, "source");
	ward_json_str(&j, job->source);
	ward_json_key(&j, "counters");
	ward_counters_json(&job->counters, "", &j);
	/* a sensor's interface sends nothing: said, not left out, when it is so */
	if (job->live) {
		ward_json_key(&j, "sent_packets");
		ward_json_u64(&j, job->sent_packets);
	}
	ward_json_obj_end(&j);
	ward_wr_ch(&w, '\n');
	(void)ward_cli_put(&w, stderr);
	ward_wr_fini(&w);
}

static bool wanted(const struct job *job, uint64_t n_packets)
{
	return !asked_to_stop && (!job->max_packets || n_packets < job->max_packets);
}

static int read_frames(struct job *job, struct ward_capture *c)
{
	struct ward_net_sink sink = {put_event, job};
	const struct ward_net_sink *to = job->stats ? NULL : &sink;
	enum ward_err err = WARD_OK;
	struct ward_frame f;

	for (uint64_t n = 0; wanted(job, n); n++) {
		if ((err = ward_capture_next(c, &f)) != WARD_OK)
			break;
		if (!job->net && (err = start(job, WARD_STR(""), f.time)) != WARD_OK)
			return ward_cli_fail(job->cmd, "%s", ward_err_text(err));
		if ((err = ward_net_packet(job->net, &f, to)) != WARD_OK)
			return WARD_EXIT_RUN;
	}
	if (job->net && ward_net_flush(job->net, to) != WARD_OK)
		return WARD_EXIT_RUN;
	if (asked_to_stop)
		return WARD_EXIT_DONE;
	if (err && err != WARD_ERR_CLOSED && err != WARD_ERR_CORRUPT)
		return ward_cli_fail(job->cmd, "%s: %s", job->where, ward_err_text(err));
	if (err == WARD_ERR_CORRUPT) {
		if (job->worker == 0)
			(void)ward_cli_fail(job->cmd, "%s: damaged: %s; what came before was used",
				job->where, ward_capture_why(c));
		return WARD_EXIT_INPUT;
	}
	return WARD_EXIT_DONE;
}

/* Standard input may be a live capture's pipe: what there is to say is said before the next packet
 * is waited for. */
static bool input_ready(void *ctx)
{
	struct pollfd p = {.fd = STDIN_FILENO, .events = POLLIN};
	struct job *job = ctx;

	for (int timeout_ms = 0; !asked_to_stop; timeout_ms = WAIT_MS) {
		int n = poll(&p, 1, timeout_ms);

		if (n > 0 || (n < 0 && errno != EINTR))
			return true; /* an error, too, is for the read to find */
		if (job->out.len && !put_lines(job))
			return false;
	}
	return false;
}

static int run_file(struct job *job)
{
	char why[WARD_CAPTURE_WHY];
	struct ward_capture_pipe in = {STDIN_FILENO, input_ready, job};
	bool is_pipe = strcmp(job->where, "-") == 0;
	struct ward_capture *c;
	enum ward_err err = is_pipe ? ward_capture_open_pipe(ward_mem_heap(), &in, why, &c)
				    : ward_capture_open(ward_mem_heap(), job->where, why, &c);

	if (err) {
		(void)ward_cli_fail(job->cmd, "%s: %s%s", job->where, why,
			err == WARD_ERR_MALFORMED ? "; give a pcap or pcapng file" : "");
		return err == WARD_ERR_MALFORMED ? WARD_EXIT_INPUT : WARD_EXIT_RUN;
	}
	if (ward_capture_link(c) == WARD_LINK_UNKNOWN && job->worker == 0)
		(void)ward_cli_fail(job->cmd,
			"%s: link type %s is not decoded; every packet is only counted", job->where,
			ward_capture_link_name(c));
	int code = read_frames(job, c);

	ward_capture_close(c);
	return code;
}

/* Frames until the time, the count or a signal says stop. */
static int read_ring(struct job *job, struct ward_ring *r)
{
	struct ward_net_sink sink = {put_event, job};
	const struct ward_net_sink *to = job->stats ? NULL : &sink;
	const struct ward_clock *clock = ward_clock_system();
	ward_ns from = ward_clock_mono(clock);
	uint64_t n = 0;

	while (wanted(job, n)) {
		struct ward_frame f;
		enum ward_err err = ward_ring_next(r, WAIT_MS, &f);
		ward_ns run_for = ward_clock_mono(clock) - from;

		if (job->max_seconds && (uint64_t)(run_for / WARD_NS_PER_S) >= job->max_seconds)
			break;
		if (err == WARD_OK) {
			n++;
			f.seq |= (uint64_t)job->slot << SLOT_SHIFT;
			err = ward_net_packet(job->net, &f, to);
		} else if (err == WARD_ERR_AGAIN) {
			/* A little late: the kernel may still hold frames of this second. */
			err = ward_net_tick(job->net, ward_clock_now(clock) - WARD_NS_PER_S, to);
			if (!err && !put_lines(job))
				err = WARD_ERR_IO;
		} else {
			return ward_cli_fail(job->cmd, "%s: the interface has gone", job->where);
		}
		if (err)
			return WARD_EXIT_RUN;
	}
	return ward_net_flush(job->net, to) == WARD_OK ? WARD_EXIT_DONE : WARD_EXIT_RUN;
}

static int run_live(struct job *job)
{
	char why[WARD_RING_WHY];
	struct ward_ring *r;
	enum ward_err err = ward_ring_open(ward_mem_heap(), job->where, why, &r);

	if (err)
		return ward_cli_fail(job->cmd, "%s", why);
	job->live = true;
	if (job->n_worker > 1 && ward_ring_share(r, job->group, why) != WARD_OK) {
		ward_ring_close(r);
		return ward_cli_fail(job->cmd, "%s: %s", job->where, why);
	}
	err = start(job, ward_str_z(job->where), job->began);
	int code = err ? ward_cli_fail(job->cmd, "%s", ward_err_text(err)) : read_ring(job, r);

	ward_count_name(&job->counters, "net.loss.kernel_dropped", ward_ring_drops(r));
	ward_ring_close(r);
	return code;
}

/* One worker's whole life; its counters are left in job->counters. */
static int work(struct job *job)
{
	int code = is_file(job->where) ? run_file(job) : run_live(job);

	if (code != WARD_EXIT_RUN && !put_lines(job))
		code = WARD_EXIT_RUN;
	if (job->net) {
		ward_net_counters(job->net, &job->counters);
		job->sent_packets = ward_net_count(job->net, WARD_NET_SENT_PACKETS);
	}
	return code;
}

/* What a worker leaves behind. */
struct done {
	bool live, counted;
	uint64_t sent_packets;
	struct ward_counters counters; /* names are the same in each process: they were forked */
};

static pid_t workers[WHERE_MAX * WORKERS_MAX];

static void pass_on(int sig)
{
	asked_to_stop = 1;
	for (size_t i = 0; i < WARD_ARRAY_LEN(workers); i++)
		if (workers[i] > 0)
			(void)kill(workers[i], sig);
}

static void start_worker(struct job *job, struct done *done, unsigned slot)
{
	job->slot = slot;
	job->worker = slot % (unsigned)job->n_worker;
	job->where = job->sources[slot / job->n_worker];
	job->group = (uint16_t)((unsigned)getpid() + slot / (unsigned)job->n_worker);
	pid_t parent = getpid(), pid = fork();

	if (pid != 0) {
		workers[slot] = pid;
		return;
	}
	(void)prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (getppid() != parent)
		_exit(WARD_EXIT_RUN);
	(void)signal(SIGINT, on_signal);
	(void)signal(SIGTERM, on_signal);
	int code = work(job);

	*done = (struct done){job->live, job->net != NULL, job->sent_packets, job->counters};
	_exit(code);
}

/* A process per worker: each reads the file, or has a ring; they share the lock of the output. */
static int run_workers(struct job *job)
{
	unsigned n = (unsigned)(job->n_where * job->n_worker);
	struct done *done = mmap(
		NULL, n * sizeof(*done), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int code = WARD_EXIT_DONE;

	job->lock = memfd_create("output", MFD_CLOEXEC);
	if (done == MAP_FAILED || job->lock < 0)
		return ward_cli_fail(job->cmd, "no workers: %s", strerror(errno));
	(void)signal(SIGINT, pass_on);
	(void)signal(SIGTERM, pass_on);
	for (unsigned i = 0; i < n; i++)
		start_worker(job, &done[i], i);
	for (unsigned i = 0; i < n; i++) {
		int status = 0;

		if (workers[i] < 0 || waitpid(workers[i], &status, 0) < 0 || !WIFEXITED(status))
			code = ward_cli_fail(job->cmd, "a worker has died");
		else if (WEXITSTATUS(status) > code)
			code = WEXITSTATUS(status);
		workers[i] = 0;
		job->live |= done[i].live;
		job->counted |= done[i].counted;
		job->sent_packets += done[i].sent_packets;
		for (size_t k = 0; k < done[i].counters.n; k++)
			ward_count_name(&job->counters, done[i].counters.name[k],
				done[i].counters.value[k]);
	}
	(void)munmap(done, n * sizeof(*done));
	(void)close(job->lock);
	return code;
}

static int run(const struct ward_cmd *cmd, int argc, char **argv)
{
	struct job job = {.cmd = cmd,
		.source = WARD_STR("net"),
		.n_worker = 1,
		.lock = -1,
		.began = ward_clock_now(ward_clock_system()),
		.out = ward_wr_grow(ward_mem_heap(), 8 << 20)};
	int code = WARD_EXIT_RUN;
	enum ward_err err;

	if (argc == 2 && strcmp(argv[1], "--list-protocols") == 0)
		return list_protocols();
	if (!parse_args(&job, argc, argv, &code))
		return code;
	(void)signal(SIGINT, on_signal);
	(void)signal(SIGTERM, on_signal);
	ward_limits_default(&job.lim);
	ward_counters_init(&job.counters);
	if ((err = ward_names_init(&job.names, ward_mem_heap(), &job.lim)) != WARD_OK)
		return ward_cli_fail(cmd, "%s", ward_err_text(err));
	code = job.n_where * job.n_worker > 1 ? run_workers(&job) : work(&job);
	if (job.net || job.counted || code != WARD_EXIT_RUN)
		summary(&job);
	ward_net_free(job.net);
	ward_names_fini(&job.names);
	ward_wr_fini(&job.out);
	return code;
}

const struct ward_cmd ward_cmd_sense_net = {
	.name = "sense net",
	.summary = "watch a network or a capture file; events as JSON lines",
	.help = "usage: ward sense net [OPTION…] FILE|INTERFACE…|-\n\n"
		"Watches network interfaces, or reads a capture file (pcap or pcapng; '-' is\n"
		"standard input, for example of 'tcpdump -U -w -'), and prints what it shows as "
		"events, one JSON object per line:\n"
		"flows, hosts, ARP, and the messages of the protocols that Ward dissects. "
		"Standard\n"
		"error gets one JSON line of counters: packets, what was rejected and why, what "
		"was\n"
		"skipped, what was lost. It sends nothing. An interface needs CAP_NET_RAW.\n\n"
		"  --list-protocols  the protocols that are dissected: transport, ports, the\n"
		"                 standard that is followed, what is read\n"
		"  --stats        only the counters: nothing on standard output\n"
		"  --source NAME  name of the source in events (default: net)\n"
		"  --count N      stop after N packets\n"
		"  --seconds N    interface only: stop after N seconds\n"
		"  --workers N    share the work among N processes (of each interface)\n\n"
		"Exit codes: 0 done (also after SIGINT), 1 no capture file or a damaged one, 2 "
		"wrong\n"
		"usage, 3 could not run.\n",
	.run = run,
};
