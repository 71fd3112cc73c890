/* The network sensor and other programs that read the same two files: ndpiReader and Suricata,
 * which name and log protocols, and tshark, which dissects them. Whole programs, one thread each,
 * turn by turn, by their CPU seconds; what they would log goes to the null device. */
#include "bench.h"
#include "files.h"
#include "traffic.h"

#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	ROUNDS = 3,
	SCALING_ROUNDS = 9,
	PACKETS = 1500000,
	TSHARK_PACKETS = 150000,
	CONTENT_MEAN = 350
};

/* A program's arguments, ended by two NULL; at `file` stands the capture once it is known. */
struct tool {
	const char *name;
	size_t file;
	const char *argv[24];
};

#define SURICATA                                                                             \
	"suricata", "-r", NULL, "-k", "none", "--runmode", "single", "-l", "/tmp", "--set",  \
		"outputs.0.fast.enabled=no", "--set", "outputs.7.stats.enabled=no", "--set", \
		"outputs.1.eve-log.filename=/dev/null"

static struct tool ward_json = {"ward sense net", 3, {"", "sense", "net"}};
static struct tool ward_count = {"ward sense net", 3, {"", "sense", "net", NULL, "--stats"}};
static struct tool tcpdump = {
	"tcpdump -w /dev/null", 2, {"tcpdump", "-r", NULL, "-n", "-w", "/dev/null"}};
static struct tool two_workers = {
	"ward sense net --workers 2", 5, {"", "sense", "net", "--workers", "2"}};
static struct tool peers[] = {
	{"ndpiReader -q", 3, {"ndpiReader", "-q", "-i"}},
	{"suricata, no rules", 2, {SURICATA, "-S", "/dev/null"}},
	{"suricata, its rules", 2, {SURICATA}},
};
static struct tool tshark = {"tshark -T fields", 2,
	{"tshark", "-r", NULL, "-n", "-T", "fields", "-e", "frame.number", "-e", "ip.src", "-e",
		"ip.dst", "-e", "_ws.col.Protocol", "-e", "dns.qry.name", "-e", "http.host", "-e",
		"tls.handshake.extensions_server_name"}};

/* Once more, alone, for its peak of memory. */
static void memory(const char *what, const struct tool *t)
{
	struct rusage use;
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		if (freopen("/dev/null", "w", stdout) && freopen("/dev/null", "w", stderr))
			(void)execvp(t->argv[0], (char *const *)(uintptr_t)t->argv);
		_exit(1);
	}
	if (pid < 0 || wait4(pid, &status, 0, &use) != pid)
		bench_die("%s: can't be run", t->name);
	bench_note(what, "%s: %ld MiB at most", t->name, use.ru_maxrss / 1024);
}

static void pair(
	const char *what, uint64_t n, const char *path, struct tool *ours, struct tool *peer)
{
	char name[80];

	if (!bench_have(peer->argv[0])) {
		bench_skip(what, peer->name);
		return;
	}
	ours->argv[ours->file] = peer->argv[peer->file] = path;
	(void)snprintf(name, sizeof(name), "net/%s, %s", what,
		ours == &ward_count ? "counters only" : "events");
	bench_pair(&(struct bench){name, "packet", n, ROUNDS, BENCH_CPU},
		(struct bench_side){ours->name, bench_programs, ours->argv, NULL},
		(struct bench_side){peer->name, bench_programs, peer->argv, NULL});
	memory(what, peer);
}

/* What a second worker brings, beside what the machine brings to two programs that have nothing to
 * do with each other: 1 would be two whole processors. */
static void scaling(const char *what, uint64_t n, const char *path)
{
	const char *const two[] = {"tcpdump", "-r", path, "-n", "-w", "/dev/null", NULL, "tcpdump",
		"-r", path, "-n", "-w", "/dev/null", NULL, NULL};
	char name[80];

	two_workers.argv[two_workers.file] = ward_json.argv[ward_json.file] =
		tcpdump.argv[tcpdump.file] = path;
	(void)snprintf(name, sizeof(name), "net/%s, two workers", what);
	bench_pair(&(struct bench){name, "packet", n, ROUNDS, BENCH_WALL},
		(struct bench_side){two_workers.name, bench_programs, two_workers.argv, NULL},
		(struct bench_side){ward_json.name, bench_programs, ward_json.argv, NULL});
	if (!bench_have(tcpdump.argv[0]))
		return;
	(void)snprintf(name, sizeof(name), "net/%s, two tcpdumps", what);
	bench_pair(&(struct bench){name, "packet", n, SCALING_ROUNDS, BENCH_WALL},
		(struct bench_side){
			"two at once", bench_programs_at_once, (void *)(uintptr_t)two, NULL},
		(struct bench_side){"one of them", bench_programs, tcpdump.argv, NULL});
}

static void measure(const char *what, size_t min_mean)
{
	struct bench_traffic all, some;

	if (!bench_traffic_make(PACKETS, min_mean, &all) ||
		!bench_traffic_make(TSHARK_PACKETS, min_mean, &some)) {
		bench_skip(what, "no shared data");
		return;
	}
	bench_note(what, "%llu packets of %llu bytes on average", (unsigned long long)all.n_packet,
		(unsigned long long)(all.bytes / all.n_packet));
	pair(what, all.n_packet, all.path.s, &ward_count, &tcpdump);
	for (size_t i = 0; i < WARD_ARRAY_LEN(peers); i++)
		pair(what, all.n_packet, all.path.s, &ward_json, &peers[i]);
	memory(what, &ward_json);
	scaling(what, all.n_packet, all.path.s);
	pair(what, some.n_packet, some.path.s, &ward_json, &tshark);
	(void)unlink(all.path.s);
	(void)unlink(some.path.s);
}

int main(void)
{
	struct bench_path ward = bench_ward();

	ward_json.argv[0] = ward_count.argv[0] = two_workers.argv[0] = ward.s;
	measure("small packets", 0);
	measure("content", CONTENT_MEAN);
	return 0;
}
