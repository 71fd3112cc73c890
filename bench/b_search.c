/* `ward search` as a person starts it, over a journal of so many events (argv[1], 2 million) in a
 * new directory below argv[2] or the working directory, which is removed at the end: flows and log
 * lines of a hospital of 4000 hosts, about 145 bytes each, 64 MiB a segment. Of each question how
 * long until the first line stands there, and the processor's time until all is looked at. One
 * address, one hash and one text occur once; a device of the pilot hospital now and then. */
#include "bench.h"
#include "files.h"

#include "base/clock.h"
#include "event/event.h"
#include "journal/journal.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	EVENTS = 2000000,
	BATCH = 512,
	HOSTS = 4000,
	SEGMENT = 64 << 20,
	ARGS_MAX = 16,
	RARE = 9973
};

#define ADDRESS "203.0.113.9"
#define HASH "44d88612fea8a8f36de82e1278abb02f44d88612fea8a8f36de82e1278abb02f"
#define DEVICE "10.40.0.25" /* ahu-05 of the pilot */

extern char **environ;

struct bed {
	struct ward_limits lim;
	struct ward_names names;
	size_t n;
	struct bench_path ward, hospital, dir, state, said;
};

static struct bench_path in(const struct bench_path *dir, const char *name)
{
	struct bench_path p;
	int n = snprintf(p.s, sizeof(p.s), "%s/%s", dir->s, name);

	if (n < 0 || (size_t)n >= sizeof(p.s))
		bench_die("%s: the path is too long", dir->s);
	return p;
}

/* ---- the journal ---- */

static void set(struct bed *b, struct ward_event *e, const char *name, struct ward_value v)
{
	if (ward_event_set(e, ward_name(&b->names, ward_str_z(name)), v) != WARD_OK)
		bench_die("a field can't be set");
}

WARD_PRINTF(2, 3) static struct ward_value text(struct ward_arena *a, const char *fmt, ...)
{
	char buf[256];
	va_list ap;

	va_start(ap, fmt);
	int n = vsnprintf(buf, sizeof(buf), fmt, ap);

	va_end(ap);
	return ward_value_str(ward_arena_str(a, (struct ward_str){buf, (size_t)n}));
}

static void make_line(
	struct bed *b, struct ward_arena *a, size_t i, const unsigned *at, struct ward_event *e)
{
	e->class = ward_name(&b->names, WARD_STR("log.syslog"));
	set(b, e, "host", text(a, "ws-%u", at[0]));
	set(b, e, "app", ward_value_str(WARD_STR("sshd")));
	set(b, e, "severity", ward_value_str(WARD_STR("info")));
	if (i / 4 == b->n / 12)
		set(b, e, "message", text(a, "file written, SHA256=%s", HASH));
	else if (i / 4 == b->n / 16)
		set(b, e, "message", text(a, "a line that nobody wrote twice"));
	else
		set(b, e, "message",
			text(a, "Failed password for invalid user from 10.9.%u.7 port %u",
				at[0] % 250, at[1]));
}

/* Event i: three flows, then a line of a log. */
static void make(
	struct bed *b, struct ward_arena *a, size_t i, uint64_t *random, struct ward_event *e)
{
	unsigned at[] = {
		(unsigned)(bench_random(random) % HOSTS), (unsigned)(bench_random(random) % 50000)};

	ward_event_init(e, a);
	memcpy(e->id.b, &i, sizeof(i));
	e->time = e->seen = (ward_ns)(1780000000 + i / 100) * WARD_NS_PER_S;
	e->source = ward_name(&b->names, WARD_STR("net"));
	if (i % 4 == 3) {
		make_line(b, a, i, at, e);
		return;
	}
	e->class = ward_name(&b->names, WARD_STR("net.flow"));
	set(b, e, "src_ip",
		i == b->n / 2 ? ward_value_str(WARD_STR(ADDRESS))
			      : text(a, "10.1.%u.%u", at[0] / 250, at[0] % 250));
	set(b, e, "dst_ip",
		i % RARE == 0 ? ward_value_str(WARD_STR(DEVICE))
			      : text(a, "10.2.%u.%u", at[1] / 250, at[1] % 250));
	set(b, e, "src_mac", text(a, "00:1b:21:00:%02x:%02x", at[0] / 250, at[0] % 250));
	set(b, e, "src_port", ward_value_int(at[1]));
	set(b, e, "dst_port", ward_value_int(443));
	set(b, e, "proto", ward_value_str(WARD_STR("tcp")));
	set(b, e, "service", ward_value_str(WARD_STR("tls")));
	set(b, e, "packets", ward_value_int(at[1] % 100));
	set(b, e, "bytes", ward_value_int(at[1] * 13));
}

static void append(struct ward_journal *j, const struct ward_wr *w)
{
	struct ward_record r = {.lane = WARD_LANE_TELEMETRY,
		.type = WARD_RECORD_EVENT,
		.source = 2,
		.data = ward_wr_slice(w)};
	uint64_t seq;

	if (ward_journal_append(j, &r, 1, &seq) != WARD_OK)
		bench_die("append");
}

static void fill(struct bed *b)
{
	struct bench_path path = in(&b->state, "journal");
	struct ward_journal_options opt;
	struct ward_io_dir dir;
	struct ward_journal *j;
	struct ward_arena arena;
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 20);
	uint64_t random = 1;

	ward_journal_options_default(&opt, &b->lim);
	opt.total_bytes = opt.source_bytes = UINT64_C(1) << 40;
	opt.segment_bytes = SEGMENT;
	ward_arena_init(&arena, ward_mem_heap(), 1 << 20);
	if (ward_io_dir_open(&dir, path.s, true, true) != WARD_OK ||
		ward_journal_open(&opt, &dir.io, ward_clock_system(), ward_mem_heap(), &j))
		bench_die("can't open the journal");
	for (size_t i = 0; i < b->n; i++) {
		struct ward_event e;

		ward_arena_reset(&arena);
		make(b, &arena, i, &random, &e);
		ward_wr_reset(&w);
		ward_event_encode(&e, &b->names, &w);
		append(j, &w);
		if ((i % BATCH == BATCH - 1 || i + 1 == b->n) && ward_journal_commit(j) != WARD_OK)
			bench_die("commit");
	}
	ward_journal_close(j);
	ward_io_dir_close(&dir);
	ward_arena_fini(&arena);
	ward_wr_fini(&w);
}

/* ---- questions ---- */

/* What is in memory of the files goes, so that the next question finds them on the disk. */
static void forget(const struct bed *b, const char *folder)
{
	struct bench_path path = in(&b->state, folder);
	DIR *d = opendir(path.s);

	for (struct dirent *f; d && (f = readdir(d)) != NULL;) {
		struct bench_path file = in(&path, f->d_name);
		int fd = f->d_name[0] == '.' ? -1 : open(file.s, O_RDONLY | O_CLOEXEC);

		if (fd < 0)
			continue;
		if (fdatasync(fd) != 0 || posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED) != 0)
			bench_die("%s: %s", file.s, strerror(errno));
		(void)close(fd);
	}
	if (d)
		(void)closedir(d);
}

struct answer {
	double first, cpu; /* ns from the start, 0 without a line; of the processor, all of it */
	size_t n_line;
	char said[256]; /* its last words */
};

static double since(ward_ns begun)
{
	return (double)(ward_clock_mono(ward_clock_system()) - begun);
}

static void last_words(const struct bed *b, struct answer *r)
{
	struct ward_str all = bench_read(b->said.s, 1 << 20), rest = all;

	while (rest.p) {
		struct ward_str line = ward_str_cut(&rest, '\n');

		if (ward_str_find(line, WARD_STR("found in")) != SIZE_MAX)
			(void)snprintf(r->said, sizeof(r->said), "%.*s", WARD_STR_ARG(line));
	}
	bench_free(all);
}

/* args: what follows `ward search --hospital … --state …`, ended by NULL. */
static struct answer ask(const struct bed *b, const char *const *args)
{
	const char *argv[ARGS_MAX] = {
		b->ward.s, "search", "--hospital", b->hospital.s, "--state", b->state.s, NULL};
	posix_spawn_file_actions_t to;
	struct answer r = {0};
	char buf[1 << 16];
	size_t n = 6;
	int fd[2], status = 0;
	pid_t pid;

	while (*args && n + 1 < ARGS_MAX)
		argv[n++] = *args++;
	if (pipe2(fd, O_CLOEXEC) != 0)
		bench_die("pipe");
	posix_spawn_file_actions_init(&to);
	posix_spawn_file_actions_adddup2(&to, fd[1], 1);
	posix_spawn_file_actions_addopen(&to, 2, b->said.s, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	double before = bench_cpu();
	ward_ns begun = ward_clock_mono(ward_clock_system());

	if (posix_spawn(&pid, argv[0], &to, NULL, (char *const *)(uintptr_t)argv, environ) != 0)
		bench_die("%s: %s", argv[0], strerror(errno));
	(void)close(fd[1]);
	for (ssize_t got; (got = read(fd[0], buf, sizeof(buf))) > 0;) {
		if (!r.n_line)
			r.first = since(begun);
		for (ssize_t i = 0; i < got; i++)
			r.n_line += buf[i] == '\n';
	}
	if (waitpid(pid, &status, 0) != pid || !WIFEXITED(status) || WEXITSTATUS(status) != 0)
		bench_die("ward search failed: %s", b->said.s);
	r.cpu = bench_cpu() - before;
	(void)close(fd[0]);
	posix_spawn_file_actions_destroy(&to);
	last_words(b, &r);
	return r;
}

struct question {
	const char *name;
	const char *arg[6];
	size_t least; /* lines, at least */
	bool cold;    /* journal and indexes are on the disk only */
};

static void put(const struct bed *b, const struct question *q)
{
	char name[128];

	if (q->cold) {
		forget(b, "journal");
		forget(b, "search");
	}
	struct answer r = ask(b, q->arg);

	if (r.n_line < q->least)
		bench_die("%s: %zu lines: %s", q->name, r.n_line, r.said);
	(void)snprintf(name, sizeof(name), "search/%s: first line", q->name);
	if (r.n_line)
		bench_given(&(struct bench){name, "question", 1, 1, BENCH_WALL}, &r.first);
	(void)snprintf(name, sizeof(name), "search/%s: all", q->name);
	r.cpu /= (double)b->n;
	bench_given(&(struct bench){name, "event", b->n, 1, BENCH_CPU}, &r.cpu);
	bench_note(name, "%s", r.said);
}

int main(int argc, char **argv)
{
	static struct bed b;
	const char *top = argc > 2 ? argv[2] : ".";
	struct bench_path logins = bench_source("content/rules/network/login_guessed.yml");
	struct bench_path flows = bench_source("content/rules/network/beacon.yml");
	const struct question all[] = {
		{"indexes are written", {"--limit", "0", "no such text", NULL}, 0, false},
		{"address of one event", {"--limit", "0", ADDRESS, NULL}, 1, false},
		{"address of one event, from the disk", {"--limit", "0", ADDRESS, NULL}, 1, true},
		{"address of no event", {"--limit", "0", "203.0.113.10", NULL}, 0, false},
		{"hash of one event", {"--limit", "0", HASH, NULL}, 1, false},
		{"device, by its id", {"asset=ahu-05", NULL}, 100, false},
		{"device, by its address", {DEVICE, NULL}, 100, false},
		{"text of one event", {"--limit", "0", "nobody wrote twice", NULL}, 1, false},
		{"device without events", {"--limit", "0", "asset=ahu-07", NULL}, 0, false},
		{"rule of what there is none of", {"--summary", "--rules", logins.s, NULL}, 0,
			false},
		{"rule of flows", {"--summary", "--rules", flows.s, NULL}, 0, false},
	};

	b.n = argc > 1 ? strtoul(argv[1], NULL, 10) : EVENTS;
	b.ward = bench_ward();
	b.hospital = bench_source("pilots/turin");
	if (snprintf(b.dir.s, sizeof(b.dir.s), "%s/b_search.XXXXXX", top) < 0 || !mkdtemp(b.dir.s))
		bench_die("can't make a directory in %s", top);
	b.state = in(&b.dir, "state");
	b.said = in(&b.dir, "said");
	ward_limits_default(&b.lim);
	if (mkdir(b.state.s, 0700) != 0 ||
		ward_names_init(&b.names, ward_mem_heap(), &b.lim) != WARD_OK)
		bench_die("can't make the directories");
	ward_ns begun = ward_clock_mono(ward_clock_system());

	fill(&b);
	bench_note("search", "%zu events written in %.0f s", b.n, since(begun) / 1e9);
	for (size_t i = 0; i < WARD_ARRAY_LEN(all); i++)
		put(&b, &all[i]);
	ward_names_fini(&b.names);
	bench_remove(b.dir.s);
	return 0;
}
