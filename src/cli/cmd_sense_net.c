#include "cli/commands.h"
#include "cli/sense_files.h"
#include "cli/workers.h"
#include "event/event.h"
#include "event/json.h"
#include "sense/net/capture.h"
#include "sense/net/dissector.h"
#include "sense/net/net.h"
#include "sense/net/ring.h"

#include <errno.h>
#include <poll.h>
#include <unistd.h>

enum { OUT_BUFFER = 1 << 18, WAIT_MS = 100, WHERE_MAX = 8 };

struct job {
	const struct ward_cmd *cmd;
	const char *where; /* of this worker */
	const char *sources[WHERE_MAX];
	size_t n_where;
	uint64_t n_worker;
	unsigned worker; /* of the source's workers */
	unsigned slot;   /* of all workers */
	uint16_t group;  /* that shares an interface */
	struct ward_workers_out shared;
	struct ward_str source;
	bool stats;
	struct ward_work work;
	ward_ns began;
	uint64_t max_packets;
	uint64_t max_seconds;
	bool told_link;          /* that packets are of a link type that is not decoded */
	ward_ns look_at;         /* since the beginning: when drops are asked for again */
	uint64_t dropped, downs; /* as told */
	struct ward_cli_files files;
	struct ward_limits lim;
	struct ward_names names;
	struct ward_wr out;
	struct ward_net *net;
};

/* Whole lines: the buffer is given up in one piece. */
static bool put_lines(struct job *job)
{
	return ward_workers_put(&job->shared, &job->out);
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

static enum ward_err put_verdict(void *ctx, struct ward_event *e)
{
	return put_event(ctx, e);
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
	ward_wr_printf(w, "\n           reads %s%s\n", m->reads,
		m->files ? "; files pass by in it (net.file)" : "");
}

/* What the engine itself reads on the link, in the same three lines. */
static void list_link(struct ward_wr *w)
{
	static const struct {
		const char *name, *title, *type, *reads;
	} link[] = {
		{"arp", "Address Resolution Protocol (RFC 826)", "0806",
			"who says to have which address, gratuitous and differing senders; moves "
			"of an "
			"address"},
		{"lldp", "Link Layer Discovery Protocol (IEEE 802.1AB, ANSI/TIA-1057)", "88cc",
			"chassis, port, system, capabilities, management addresses, VLAN, "
			"LLDP-MED's "
			"inventory and location"},
		{"cdp", "Cisco Discovery Protocol (no public standard)", "LLC/SNAP 00000c 2000",
			"device, platform, software, port, VLAN, addresses"},
	};

	for (size_t i = 0; i < WARD_ARRAY_LEN(link); i++)
		ward_wr_printf(w,
			"%-10s eth  IT        %s\n           type %s\n           reads %s\n",
			link[i].name, link[i].title, link[i].type, link[i].reads);
}

/* --list-protocols: what the sensor knows, three lines each. */
static int list_protocols(void)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 20);

	list_link(&w);
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
		if (job->max_seconds && is_file(job->sources[i])) {
			*ret_code = ward_cli_usage(job->cmd,
				"'%s' is a file: --seconds is for interfaces; --count ends a file "
				"early",
				job->sources[i]);
			return false;
		}
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
	if (job->n_worker > WARD_WORKERS_MAX)
		*ret_code = ward_cli_usage(job->cmd, "at most %d workers", (int)WARD_WORKERS_MAX);
	job->where = job->sources[0];
	return job->n_worker <= WARD_WORKERS_MAX;
}

/* NAME=N of `ward limits`. */
static bool set_limit(struct job *job, const char *text, int *ret_code)
{
	struct ward_str rest = text ? ward_str_z(text) : WARD_STR(""),
			name = ward_str_cut(&rest, '=');
	uint64_t n;
	enum ward_err err = rest.p && ward_str_u64(rest, &n) ? ward_limits_set(&job->lim, name, n)
							     : WARD_ERR_MALFORMED;

	if (err)
		*ret_code = ward_cli_usage(job->cmd,
			"--limit '%s': %s; `ward limits` lists names and ranges", text ? text : "",
			err == WARD_ERR_LIMIT       ? "the number is out of range"
			: err == WARD_ERR_NOT_FOUND ? "there is no such limit"
						    : "write NAME=NUMBER");
	return !err;
}

static int said(int *ret_code, int code)
{
	*ret_code = code;
	return -1;
}

/* How many arguments the option a takes, v being what follows it; 0: it is none; -1: it was said
 * what is wrong. */
static int take_option(struct job *job, const char *a, const char *v, int *ret_code)
{
	uint64_t *number = strcmp(a, "--seconds") == 0   ? &job->max_seconds
			   : strcmp(a, "--count") == 0   ? &job->max_packets
			   : strcmp(a, "--workers") == 0 ? &job->n_worker
							 : NULL;
	int files = ward_cli_files_option(&job->files, job->cmd, a, v, ret_code);

	if (files)
		return files;
	if (strcmp(a, "--stats") == 0) {
		job->stats = true;
		return 1;
	}
	if (number && (!v || !ward_str_u64(ward_str_z(v), number) || *number == 0))
		return said(ret_code, ward_cli_usage(job->cmd, "%s needs a number from 1 on", a));
	if (strcmp(a, "--limit") == 0 && !set_limit(job, v, ret_code))
		return -1;
	if (strcmp(a, "--source") == 0) {
		if (!v || !*v)
			return said(ret_code, ward_cli_usage(job->cmd, "--source needs a name"));
		job->source = ward_str_z(v);
		return 2;
	}
	if (number || strcmp(a, "--limit") == 0)
		return 2;
	if (strcmp(a, "--list-protocols") == 0)
		return said(ret_code, ward_cli_usage(job->cmd, "--list-protocols stands alone"));
	if (a[0] == '-' && a[1])
		return said(ret_code, ward_cli_usage(job->cmd, "'%s' is not an option", a));
	return 0;
}

static bool parse_args(struct job *job, int argc, char **argv, int *ret_code)
{
	for (int i = 1; i < argc;) {
		int n = take_option(job, argv[i], i + 1 < argc ? argv[i + 1] : NULL, ret_code);

		if (n < 0)
			return false;
		if (!n && job->n_where == WHERE_MAX) {
			*ret_code =
				ward_cli_usage(job->cmd, "'%s' is one source too many", argv[i]);
			return false;
		}
		if (!n)
			job->sources[job->n_where++] = argv[i++];
		i += n;
	}
	if (!job->n_where)
		*ret_code = ward_cli_usage(
			job->cmd, "which capture file or interface? '-' is standard input");
	if (!job->n_where || !check_sources(job, ret_code))
		return false;
	*ret_code = ward_cli_files_check(&job->files, job->cmd, job->n_worker * job->n_where);
	return *ret_code == WARD_EXIT_DONE;
}

/* The first packet's time is the epoch: two files of one source do not share event ids, one file
 * read twice does. */
static enum ward_err start(struct job *job, struct ward_str iface, ward_ns first)
{
	struct ward_net_opts opts = {
		.source = job->source, .epoch = (uint64_t)first, .iface = iface};

	/* who shares a ring's packets was already decided */
	opts.worker = job->work.live ? 0 : job->worker;
	opts.n_worker = job->work.live ? 0 : (unsigned)job->n_worker;
	opts.ring = job->work.live ? job->slot : 0;
	opts.no_files = job->files.off;
	opts.file_hashes = job->files.hashes;
	enum ward_err err = ward_net_new(ward_mem_heap(), &job->lim, &job->names, &opts, &job->net);

	if (!err)
		ward_net_files(job->net, ward_cli_files_sink(&job->files));
	return err;
}

/* Counters that are 0 are left out, but for the packets: that there were none is the news. Of the
 * others only losses can be there then, which sort before it. */
static void put_counters(struct job *job, struct ward_wr *w, struct ward_json *j)
{
	ward_counters_json(&job->work.counters, "", j);
	if (ward_counter_get(&job->work.counters, "net.packets") || w->len < 2)
		return;
	bool empty = w->p[w->len - 2] == '{';

	w->len--; /* the end of the object */
	ward_wr_z(w, empty ? "\"net.packets\":0}" : ",\"net.packets\":0}");
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
	put_counters(job, &w, &j);
	/* a sensor's interface sends nothing: said, not left out, when it is so */
	if (job->work.live) {
		ward_json_key(&j, "sent_packets");
		ward_json_u64(&j, job->work.sent_packets);
	}
	ward_json_obj_end(&j);
	ward_wr_ch(&w, '\n');
	(void)ward_cli_put(&w, stderr);
	ward_wr_fini(&w);
}

static bool wanted(const struct job *job, uint64_t n_packets)
{
	return !ward_workers_stopping() && (!job->max_packets || n_packets < job->max_packets);
}

/* Once: of the file's link type, or the first such packet's where it has several. */
static void tell_link(struct job *job, uint16_t link_type)
{
	if (!job->told_link && job->worker == 0)
		(void)ward_cli_fail(job->cmd,
			"%s: link type %u (%s) is not decoded; its packets are only counted",
			job->where, link_type, ward_capture_link_name(link_type));
	job->told_link = true;
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
		if (f.link == WARD_LINK_UNKNOWN)
			tell_link(job, f.link_type);
		ward_net_dropped(job->net, ward_capture_dropped(c));
		if ((err = ward_net_packet(job->net, &f, to)) != WARD_OK)
			return WARD_EXIT_RUN;
	}
	/* a file without packets has counters, too, and may say that some were lost */
	if (!job->net && start(job, WARD_STR(""), 0) != WARD_OK)
		return WARD_EXIT_RUN;
	ward_net_dropped(job->net, ward_capture_dropped(c));
	if (ward_net_flush(job->net, to) != WARD_OK)
		return WARD_EXIT_RUN;
	if (ward_workers_stopping())
		return WARD_EXIT_DONE;
	if (err && err != WARD_ERR_CLOSED && err != WARD_ERR_CORRUPT)
		return ward_cli_fail(job->cmd, "%s: %s", job->where, ward_err_text(err));
	if (err == WARD_ERR_CORRUPT) {
		if (job->worker == 0)
			(void)ward_cli_fail(job->cmd,
				"%s: damaged at byte %llu: %s; what came before was used",
				strcmp(job->where, "-") == 0 ? "standard input" : job->where,
				(unsigned long long)ward_capture_offset(c), ward_capture_why(c));
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

	for (int timeout_ms = 0; !ward_workers_stopping(); timeout_ms = WAIT_MS) {
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
		(void)ward_cli_fail(job->cmd, "%s: %s%s", is_pipe ? "standard input" : job->where,
			why, err == WARD_ERR_MALFORMED ? "; give a pcap or pcapng file" : "");
		return err == WARD_ERR_MALFORMED ? WARD_EXIT_INPUT : WARD_EXIT_RUN;
	}
	if (ward_capture_link(c) == WARD_LINK_UNKNOWN)
		tell_link(job, ward_capture_link_type(c));
	int code = read_frames(job, c);

	ward_capture_close(c);
	return code;
}

static enum ward_err take_frame(
	struct job *job, struct ward_frame *f, const struct ward_net_sink *to)
{
	f->seq = ward_ring_seq(f->seq, job->slot);
	return ward_net_packet(job->net, f, to);
}

/* What was heard until now: the ring still holds some of it. */
static enum ward_err drain(struct job *job, struct ward_ring *r, const struct ward_net_sink *to)
{
	ward_ns until = ward_clock_now(ward_clock_system());
	struct ward_frame f;
	enum ward_err err;

	while ((err = ward_ring_next(r, WARD_RING_SETTLE_MS, &f)) == WARD_OK && f.time <= until)
		if ((err = take_frame(job, &f, to)) != WARD_OK)
			return err;
	return WARD_OK;
}

/* What the kernel had to drop is told within five seconds, not only counted at the end; that the
 * interface is down at once. */
static void tell_loss(struct job *job, struct ward_ring *r, ward_ns run_for)
{
	if (ward_ring_downs(r) > job->downs)
		(void)fprintf(stderr,
			"ward sense net: %s: the interface is down, nothing is heard until it is "
			"up: 'ip link set %s up'\n",
			job->where, job->where);
	job->downs = ward_ring_downs(r);
	if (run_for < job->look_at)
		return;
	job->look_at = run_for + 5 * WARD_NS_PER_S;
	uint64_t n = ward_ring_drops(r);

	if (n > job->dropped)
		(void)fprintf(stderr, "ward sense net: %s: %llu frames lost, the ring was full\n",
			job->where, (unsigned long long)(n - job->dropped));
	job->dropped = n;
}

/* Frames until the time, the count or a signal says stop. */
static int read_ring(struct job *job, struct ward_ring *r)
{
	struct ward_net_sink sink = {put_event, job};
	const struct ward_net_sink *to = job->stats ? NULL : &sink;
	const struct ward_clock *clock = ward_clock_system();
	ward_ns from = ward_clock_mono(clock);
	enum ward_err err = WARD_OK;
	uint64_t n = 0;

	while (!err && wanted(job, n)) {
		struct ward_frame f;
		enum ward_err heard = ward_ring_next(r, WAIT_MS, &f);
		ward_ns run_for = ward_clock_mono(clock) - from;

		if (heard == WARD_OK) {
			n++;
			err = take_frame(job, &f, to);
		} else if (heard == WARD_ERR_AGAIN) {
			/* A little late: the kernel may still hold frames of this second. */
			err = ward_net_tick(job->net, ward_clock_now(clock) - WARD_NS_PER_S, to);
			if (!err && !put_lines(job))
				err = WARD_ERR_IO;
		} else {
			return ward_cli_fail(job->cmd, "%s: the interface has gone", job->where);
		}
		tell_loss(job, r, run_for);
		if (job->max_seconds && (uint64_t)(run_for / WARD_NS_PER_S) >= job->max_seconds)
			break;
	}
	if (!err && !(job->max_packets && n >= job->max_packets))
		err = drain(job, r, to);
	if (!err)
		err = ward_net_flush(job->net, to);
	return err ? WARD_EXIT_RUN : WARD_EXIT_DONE;
}

/* The interface's ring, or one of several that share it. */
static enum ward_err open_ring(struct job *job, char *why, struct ward_ring **ret)
{
	int fd = -1;
	enum ward_err err = ward_ring_socket(job->where, why, &fd);

	if (!err && job->n_worker > 1)
		err = ward_ring_share(fd, job->group, why);
	if (!err)
		err = ward_ring_attach(ward_mem_heap(), fd, why, ret);
	if (err && fd >= 0)
		(void)close(fd);
	return err;
}

static int run_live(struct job *job)
{
	char why[WARD_RING_WHY];
	struct ward_ring *r;
	enum ward_err err = open_ring(job, why, &r);

	if (err)
		return ward_cli_fail(job->cmd, "%s", why);
	job->work.live = true;
	err = start(job, ward_str_z(job->where), job->began);
	int code = err ? ward_cli_fail(job->cmd, "%s", ward_err_text(err)) : read_ring(job, r);

	ward_count_name(&job->work.counters, "net.loss.kernel_dropped", ward_ring_drops(r));
	ward_count_name(&job->work.counters, "net.loss.interface_down", ward_ring_downs(r));
	ward_ring_close(r);
	return code;
}

/* One worker's whole life; its counters are left in job->counters. */
static int work(struct job *job)
{
	const struct ward_cli_files_to to = {&job->lim, &job->names, put_verdict, job};
	int code = ward_cli_files_open(&job->files, job->cmd, &to);

	if (code)
		return code;
	code = is_file(job->where) ? run_file(job) : run_live(job);
	ward_cli_files_end(&job->files);
	if (code != WARD_EXIT_RUN && !put_lines(job))
		code = WARD_EXIT_RUN;
	if (job->net) {
		ward_net_counters(job->net, &job->work.counters);
		job->work.sent_packets = ward_net_count(job->net, WARD_NET_SENT_PACKETS);
		job->work.counted = true;
	}
	return ward_cli_files_close(&job->files, job->cmd, &job->work.counters, code);
}

/* One of the processes: each reads the file, or has a ring. */
static int work_slot(
	void *ctx, unsigned slot, const struct ward_workers_out *out, struct ward_work *ret)
{
	struct job *job = ctx;

	job->shared = *out;
	job->slot = slot;
	job->worker = slot % (unsigned)job->n_worker;
	job->where = job->sources[slot / job->n_worker];
	job->group = (uint16_t)(job->group + slot / job->n_worker);
	int code = work(job);

	*ret = job->work;
	return code;
}

static int run_workers(struct job *job)
{
	job->group = (uint16_t)getpid(); /* other runs have other numbers */
	return ward_workers_run(
		job->cmd, (unsigned)(job->n_where * job->n_worker), work_slot, job, &job->work);
}

static int run(const struct ward_cmd *cmd, int argc, char **argv)
{
	struct job job = {.cmd = cmd,
		.source = WARD_STR("net"),
		.n_worker = 1,
		.shared = {.lock = -1},
		.began = ward_clock_now(ward_clock_system()),
		.out = ward_wr_grow(ward_mem_heap(), 8 << 20)};
	int code = WARD_EXIT_RUN;
	enum ward_err err;

	if (argc == 2 && strcmp(argv[1], "--list-protocols") == 0)
		return list_protocols();
	ward_limits_default(&job.lim);
	if (!parse_args(&job, argc, argv, &code))
		return code;
	ward_workers_catch();
	ward_counters_init(&job.work.counters);
	if ((err = ward_names_init(&job.names, ward_mem_heap(), &job.lim)) != WARD_OK)
		return ward_cli_fail(cmd, "%s", ward_err_text(err));
	code = job.n_where * job.n_worker > 1 ? run_workers(&job) : work(&job);
	if (job.work.counted || code != WARD_EXIT_RUN)
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
		"standard input, for example of 'tcpdump -U -w -'), and prints what it shows as\n"
		"events, one JSON object per line: flows, hosts, ARP, and the messages of the\n"
		"protocols that Ward dissects. Standard error gets one JSON line of counters:\n"
		"packets, what was rejected and why, what was skipped, what was lost. It sends\n"
		"nothing. An interface needs CAP_NET_RAW.\n\n"
		"  --list-protocols  the protocols that are dissected: transport, ports, the\n"
		"                 standard that is followed, what is read\n"
		"  --stats        only the counters: nothing on standard output\n"
		"  --source NAME  name of the source in events (default: net)\n"
		"  --count N      stop after N packets\n"
		"  --seconds N    interface only: stop after N seconds\n"
		"  --workers N    share the work among N processes (of each interface)\n"
		"  --no-files     files that pass by are not looked at: no net.file\n"
		"  --files-hash LIST  also md5, sha1 of them; sha256 always\n"
		"  --files DIR    keep them in this folder, each as SHA256-NAME; the same content\n"
		"                 once, of one with a hole what lies before it (one worker)\n"
		"  --files-key FILE  of 'ward clip key' (.pub): only who has the secret one can "
		"read\n"
		"                 them, with 'ward files open'\n"
		"  --inspect      look at them as 'ward inspect' does: a verdict each, "
		"file.malicious\n"
		"                 and others, with --content, --hospital, --clamd as there\n"
		"  --limit NAME=N how much is remembered, such as net.flows=500000 ('ward "
		"limits')\n"
		"                 for each worker; when it is full, what is worth least goes, "
		"counted\n\n"
		"Exit codes: 0 done (also after SIGINT), 1 no capture file or a damaged one, 2 "
		"wrong\n"
		"usage, 3 could not run.\n",
	.run = run,
};
