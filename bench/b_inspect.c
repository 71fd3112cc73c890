/* Looking at files, beside the plain search by YARA's own program with the same rules, and beside
 * ClamAV's daemon with a few signatures: whole programs, their CPU seconds, the same files in the
 * same order. Ours hashes, names, opens and looks at each as well, in a process per file. */
#include "bench.h"
#include "clam.h"
#include "files.h"

#include <fcntl.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ROUNDS = 7, FILES = 200, WORDS = 8 };

struct corpus {
	const char *name;
	const char *pattern;
	size_t file_min, file_max; /* bytes */
	uint64_t bytes_max;        /* of all */
};

/* Empty files, which show what a process for each costs in itself; programs and libraries, which
 * are searched in one piece; documents, which are many and small; compressed ones, which only ours
 * unpacks. */
static const struct corpus corpora[] = {
	{"empty files", "@", 0, 0, 0},
	{"libraries", "/usr/lib/x86_64-linux-gnu/*.so.*", 1 << 20, 64 << 20, 160 << 20},
	{"texts", "/usr/lib/python3*/*.py", 1 << 10, 1 << 20, 16 << 20},
	{"compressed texts", "/usr/share/doc/*/changelog.Debian.gz", 1 << 10, 1 << 20, 16 << 20},
};

struct run {
	const char *argv[FILES + WORDS + 2];
	size_t n;
};

static void add(struct run *r, const char *word)
{
	r->argv[r->n++] = word;
}

/* "@": made here, of no bytes. */
static void make_empty(struct bench_path *dir, struct bench_path *pattern)
{
	(void)snprintf(dir->s, sizeof(dir->s), "%s", "/tmp/ward-bench-XXXXXX");
	if (!mkdtemp(dir->s))
		bench_die("no folder can be made in /tmp");
	for (size_t i = 0; i < FILES; i++) {
		char path[64];
		int fd;

		(void)snprintf(path, sizeof(path), "%.40s/%zu.txt", dir->s, i);
		fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
		if (fd < 0)
			bench_die("%s can't be made", path);
		(void)close(fd);
	}
	(void)snprintf(pattern->s, sizeof(pattern->s), "%.40s/*", dir->s);
}

static uint64_t choose(const struct corpus *c, const glob_t *g, struct run *ours, size_t *ret_n)
{
	uint64_t sum = 0;

	*ret_n = 0;
	for (size_t i = 0; i < g->gl_pathc && *ret_n < FILES; i++) {
		struct stat st;

		if (lstat(g->gl_pathv[i], &st) != 0 || !S_ISREG(st.st_mode) ||
			(size_t)st.st_size < c->file_min || (size_t)st.st_size > c->file_max ||
			sum + (uint64_t)st.st_size > c->bytes_max)
			continue;
		add(ours, g->gl_pathv[i]);
		sum += (uint64_t)st.st_size;
		++*ret_n;
	}
	return sum;
}

/* YARA's program takes the files by a list. */
static struct bench_path list_of(const struct run *r, size_t n)
{
	struct bench_path list;
	int fd = bench_temporary(&list);
	FILE *f = fdopen(fd, "w");

	if (!f)
		bench_die("%s can't be written", list.s);
	for (size_t i = r->n - n; i < r->n; i++)
		fprintf(f, "%s\n", r->argv[i]);
	if (fclose(f) != 0)
		bench_die("%s can't be written", list.s);
	return list;
}

static void memory(const char *name, const struct run *r)
{
	struct rusage use;
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		if (freopen("/dev/null", "w", stdout) && freopen("/dev/null", "w", stderr))
			(void)execv(r->argv[0], (char *const *)(uintptr_t)r->argv);
		_exit(1);
	}
	if (pid < 0 || wait4(pid, &status, 0, &use) != pid)
		bench_die("%s: can't be run", name);
	bench_note(name, "%ld MiB at most in any process", use.ru_maxrss / 1024);
}

/* In turn, as bench_pair does, which can't see what the daemon takes. */
static void beside_clam(
	const struct bench *b, struct run *ours, const struct bench_clam *clam, const char *list)
{
	double ns[ROUNDS], theirs[ROUNDS];

	(void)bench_clam_scan(clam, list);
	for (size_t i = 0; i < ROUNDS; i++) {
		double before = bench_cpu();

		bench_programs(ours->argv);
		ns[i] = (bench_cpu() - before) / (double)b->n;
		theirs[i] = bench_clam_scan(clam, list) / (double)b->n;
	}
	bench_given_pair(b, ns, "clamd and clamdscan, 12 signatures", theirs);
}

static void measure(const struct corpus *c, const char *ward, const char *content,
	const char *rules, const struct bench_clam *clam)
{
	struct run ours = {.n = 0};
	char name[80];
	size_t n;
	glob_t g;
	const char *const first[] = {
		ward, "inspect", "--json", "--clamd", "/nonexistent", "--content", content, "--"};

	(void)snprintf(name, sizeof(name), "inspect/%s", c->name);
	struct bench_path dir = {""}, pattern;

	(void)snprintf(pattern.s, sizeof(pattern.s), "%s", c->pattern);
	if (*c->pattern == '@')
		make_empty(&dir, &pattern);
	if (glob(pattern.s, 0, NULL, &g) != 0) {
		bench_skip(name, "there are no such files");
		return;
	}
	for (size_t i = 0; i < WARD_ARRAY_LEN(first); i++)
		add(&ours, first[i]);
	uint64_t bytes = choose(c, &g, &ours, &n);
	struct bench_path list = list_of(&ours, n);
	const char *const yara[] = {"yara", "-p", "1", "--scan-list", rules, list.s, NULL, NULL};

	bench_note(name, "%zu files, %llu KiB", n, (unsigned long long)(bytes >> 10));
	bool large = c->file_min >= 1 << 20;

	const struct bench b = {
		name, large ? "MiB" : "file", large ? (size_t)(bytes >> 20) : n, ROUNDS, BENCH_CPU};

	bench_pair(&b, (struct bench_side){"ward inspect", bench_programs, ours.argv, NULL},
		(struct bench_side){
			"yara, the same rules", bench_programs, (void *)(uintptr_t)yara, NULL});
	if (clam->pid)
		beside_clam(&b, &ours, clam, list.s);
	memory(name, &ours);
	(void)unlink(list.s);
	globfree(&g);
	if (*dir.s)
		bench_remove(dir.s);
}

int main(void)
{
	struct bench_path ward = bench_ward(), content = bench_source("content"),
			  rules = bench_source("content/inspect/rules/ward.yar");

	struct bench_clam clam;

	if (!bench_have("yara")) {
		bench_skip("inspect", "yara is not installed");
		return 0;
	}
	if (!bench_clam_begin(&clam))
		bench_skip("inspect", "clamd is not installed");
	for (size_t i = 0; i < WARD_ARRAY_LEN(corpora); i++)
		measure(&corpora[i], ward.s, content.s, rules.s, &clam);
	bench_clam_end(&clam);
	return 0;
}
