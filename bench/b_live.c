/* The live system, all its processes: from a door controller's datagram to the line with the
 * incident that it changed, which is after two durable commits (journal, store), five messages
 * between processes and a whole propagation. Against the two durable writes alone, on the same
 * disk. Each run forces another controlled door of the pilot, so each is news. In networks of its
 * own. */
#include "bench.h"
#include "files.h"

#include "base/clock.h"
#include "run/netns.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { DOORS_MAX = 256, LINE_MAX_BYTES = 1 << 20, PATIENCE_MS = 60000, QUIET_MS = 200 };

struct live {
	pid_t ward;
	int out; /* its JSON lines */
	int udp;
	char door[DOORS_MAX][32];
	size_t n_door, at;
	char buf[LINE_MAX_BYTES];
	size_t len;
	int file; /* of the bound */
	char state[64];
};

/* Ids of the controlled doors, as their controllers say them: "…,door:AU-D03". */
static void read_doors(struct live *l)
{
	struct bench_path path = bench_source("pilots/turin/doors.csv");
	struct ward_str text = bench_read(path.s, 1 << 20), rest = text;

	while (rest.p && l->n_door < DOORS_MAX) {
		struct ward_str row = ward_str_cut(&rest, '\n'), keys = row;

		while (keys.p && !ward_str_starts(keys, WARD_STR("door:")))
			(void)ward_str_cut(&keys, ',');
		if (!keys.p)
			continue;
		keys = ward_str_sub(keys, 5, keys.len);
		keys = ward_str_cut(&keys, ' ');
		(void)snprintf(
			l->door[l->n_door++], sizeof(l->door[0]), "%.*s", WARD_STR_ARG(keys));
	}
	bench_free(text);
}

static void start(struct live *l)
{
	struct bench_path ward = bench_ward(), pilot = bench_source("pilots/turin");
	char *argv[] = {ward.s, "run", "--json", "--state", l->state, pilot.s, NULL};
	int fd[2];

	if (pipe2(fd, O_CLOEXEC) != 0)
		bench_die("pipe");
	l->ward = fork();
	if (l->ward < 0)
		bench_die("fork");
	if (l->ward == 0) {
		(void)prctl(PR_SET_PDEATHSIG, SIGTERM, 0, 0, 0);
		if (dup2(fd[1], STDOUT_FILENO) < 0)
			_exit(1);
		execv(ward.s, argv);
		_exit(1);
	}
	(void)close(fd[1]);
	l->out = fd[0];
}

/* A connection is taken once Ward listens; the datagram socket is opened before that one. */
static void wait_listening(void)
{
	struct sockaddr_in at = {.sin_family = AF_INET,
		.sin_port = htons(5514),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK)};

	for (int i = 0; i < PATIENCE_MS / 50; i++) {
		int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
		bool ok = fd >= 0 && connect(fd, (struct sockaddr *)&at, sizeof(at)) == 0;

		if (fd >= 0)
			(void)close(fd);
		if (ok)
			return;
		(void)poll(NULL, 0, 50);
	}
	bench_die("Ward does not listen");
}

/* Takes what is there off the pipe; false when nothing came in time. */
static bool take(struct live *l, int ms)
{
	struct pollfd p = {.fd = l->out, .events = POLLIN};
	ssize_t n;

	if (poll(&p, 1, ms) <= 0)
		return false;
	if (l->len == sizeof(l->buf))
		bench_die("a line is too long");
	n = read(l->out, l->buf + l->len, sizeof(l->buf) - l->len);
	if (n <= 0)
		bench_die("ward run ended");
	l->len += (size_t)n;
	return true;
}

/* Whole lines that came; true when one is an incident. */
static bool incident_in(struct live *l)
{
	struct ward_str all = {l->buf, l->len};
	bool found = false;
	size_t used = 0;

	for (;;) {
		struct ward_str rest = ward_str_sub(all, used, all.len), line;
		size_t end = 0;

		while (end < rest.len && rest.p[end] != '\n')
			end++;
		if (end == rest.len)
			break;
		line = ward_str_sub(rest, 0, end);
		found |= ward_str_starts(line, WARD_STR("{\"kind\":\"incident\""));
		used += end + 1;
	}
	memmove(l->buf, l->buf + used, l->len - used);
	l->len -= used;
	return found;
}

static void settle(void *ctx)
{
	struct live *l = ctx;

	while (take(l, QUIET_MS))
		(void)incident_in(l);
}

static void force_door(void *ctx)
{
	struct live *l = ctx;
	char text[512], when[48];
	struct ward_wr w = ward_wr_fixed((uint8_t *)when, sizeof(when));
	int n;

	ward_time_write(&w, ward_clock_now(ward_clock_system()));
	n = snprintf(text, sizeof(text),
		"<134>1 %.*s dc-au ward - door.forced [ward@32473 class=\"door.forced\" "
		"door=\"%s\"]",
		(int)w.len, when, l->door[l->at++ % l->n_door]);
	if (send(l->udp, text, (size_t)n, 0) != n)
		bench_die("send: %s", strerror(errno));
	while (!incident_in(l))
		if (!take(l, PATIENCE_MS))
			bench_die("no incident came of door %s", l->door[(l->at - 1) % l->n_door]);
}

static void two_writes(void *ctx)
{
	struct live *l = ctx;
	static const char block[4096];

	for (int i = 0; i < 2; i++)
		if (write(l->file, block, sizeof(block)) != (ssize_t)sizeof(block) ||
			fdatasync(l->file) != 0)
			bench_die("the bound's file: %s", strerror(errno));
}

static void open_all(struct live *l)
{
	struct sockaddr_in at = {.sin_family = AF_INET,
		.sin_port = htons(5514),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	char path[96];

	(void)snprintf(l->state, sizeof(l->state), "/tmp/ward-bench-XXXXXX");
	if (!mkdtemp(l->state) || chmod(l->state, 0711) != 0)
		bench_die("%s: %s", l->state, strerror(errno));
	(void)snprintf(path, sizeof(path), "%s/bound", l->state);
	l->file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	l->udp = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (l->file < 0 || l->udp < 0 || connect(l->udp, (struct sockaddr *)&at, sizeof(at)) != 0)
		bench_die("%s", strerror(errno));
}

static void remove_state(const struct live *l)
{
	static const char *const folders[] = {"journal", "store", "pseudonym", ""};
	char path[96];

	for (size_t i = 0; i < WARD_ARRAY_LEN(folders); i++) {
		(void)snprintf(path, sizeof(path), "%s/%s", l->state, folders[i]);
		bench_remove(path);
	}
}

int main(void)
{
	static struct live l;
	char why[WARD_NETNS_WHY];
	uid_t uids;

	if (ward_netns_enter(why, &uids) != WARD_OK ||
		ward_netns_pair("bms0", "bms0-far", why) != WARD_OK) {
		bench_skip("live/datagram to incident", why);
		return 0;
	}
	read_doors(&l);
	if (l.n_door < 8)
		bench_die("no controlled doors");
	open_all(&l);
	start(&l);
	wait_listening();
	/* one run is the warm-up of each side */
	bench_pair(
		&(struct bench){"live/datagram to incident", "event", 1, l.n_door - 1, BENCH_WALL},
		(struct bench_side){"ward run", force_door, &l, settle},
		(struct bench_side){"two writes + fdatasync", two_writes, &l, NULL});
	(void)kill(l.ward, SIGTERM);
	(void)waitpid(l.ward, NULL, 0);
	remove_state(&l);
	return 0;
}
