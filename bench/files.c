#include "files.h"

#include "bench.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PROGRAMS_MAX = 4, ARGS_MAX = 256, FOLDERS_OPEN = 16 };

extern char **environ;

static struct bench_path below(const char *root, const char *relative)
{
	struct bench_path p;
	int n = snprintf(p.s, sizeof(p.s), "%s/%s", root, relative);

	if (n < 0 || (size_t)n >= sizeof(p.s))
		bench_die("the path of %s is too long", relative);
	return p;
}

struct bench_path bench_source(const char *relative)
{
	const char *root = getenv("WARD_SOURCE_ROOT");

	return below(root ? root : ".", relative);
}

bool bench_shared(const char *relative, struct bench_path *ret)
{
	const char *root = getenv("WARD_SHARED_DATA");
	struct bench_path usual = bench_source("../shared/data");

	*ret = below(root ? root : usual.s, relative);
	return access(ret->s, R_OK) == 0;
}

struct bench_path bench_ward(void)
{
	const char *program = getenv("WARD_PROGRAM");
	struct bench_path p = bench_source("build/ward");

	if (program && snprintf(p.s, sizeof(p.s), "%s", program) < 0)
		bench_die("WARD_PROGRAM");
	if (access(p.s, X_OK) != 0)
		bench_die("%s: %s", p.s, strerror(errno));
	return p;
}

/* The file itself, or the output of zstd. */
static int open_text(const char *path, pid_t *ret_zstd)
{
	char *argv[] = {"zstd", "-dcq", (char *)(uintptr_t)path, NULL};
	posix_spawn_file_actions_t to;
	int fd[2], err;

	*ret_zstd = 0;
	if (!ward_str_ends(ward_str_z(path), WARD_STR(".zst"))) {
		fd[0] = open(path, O_RDONLY | O_CLOEXEC);
		if (fd[0] < 0)
			bench_die("%s: %s", path, strerror(errno));
		return fd[0];
	}
	if (pipe2(fd, O_CLOEXEC) != 0)
		bench_die("pipe");
	posix_spawn_file_actions_init(&to);
	posix_spawn_file_actions_adddup2(&to, fd[1], 1);
	err = posix_spawnp(ret_zstd, argv[0], &to, NULL, argv, environ);
	posix_spawn_file_actions_destroy(&to);
	if (err)
		bench_die("zstd: %s", strerror(err));
	(void)close(fd[1]);
	return fd[0];
}

struct ward_str bench_read(const char *path, size_t max)
{
	pid_t zstd;
	int fd = open_text(path, &zstd), status;
	size_t cap = 1 << 20, len = 0;
	char *p = malloc(cap);
	ssize_t n = 1;

	while (p && n > 0 && len < max) {
		if (len == cap)
			p = realloc(p, cap *= 2);
		n = p ? read(fd, p + len, cap - len < max - len ? cap - len : max - len) : -1;
		len += n > 0 ? (size_t)n : 0;
	}
	if (!p || n < 0)
		bench_die("%s: cannot be read", path);
	(void)close(fd); /* zstd ends by SIGPIPE when we have enough */
	if (zstd)
		(void)waitpid(zstd, &status, 0);
	while (n > 0 && len && p[len - 1] != '\n')
		len--;
	if (!len)
		bench_die("%s: empty", path);
	return (struct ward_str){p, len};
}

struct ward_str bench_repeat(struct ward_str s, size_t min)
{
	size_t times = (min + s.len - 1) / s.len;
	char *p = malloc(times * s.len);

	if (!p)
		bench_die("out of memory");
	for (size_t i = 0; i < times; i++)
		memcpy(p + i * s.len, s.p, s.len);
	bench_free(s);
	return (struct ward_str){p, times * s.len};
}

void bench_free(struct ward_str s)
{
	free((void *)(uintptr_t)s.p);
}

int bench_temporary(struct bench_path *ret)
{
	const char *dir = getenv("TMPDIR");

	*ret = below(dir ? dir : "/tmp", "ward-bench.XXXXXX");
	int fd = mkostemp(ret->s, O_CLOEXEC);

	if (fd < 0)
		bench_die("%s: %s", ret->s, strerror(errno));
	return fd;
}

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *at)
{
	(void)st;
	(void)kind;
	(void)at;
	return remove(path);
}

void bench_remove(const char *dir)
{
	if (nftw(dir, remove_one, FOLDERS_OPEN, FTW_DEPTH | FTW_PHYS) != 0)
		bench_die("%s: %s", dir, strerror(errno));
}

static pid_t start(char *const argv[])
{
	posix_spawn_file_actions_t to;
	pid_t pid;

	posix_spawn_file_actions_init(&to);
	posix_spawn_file_actions_addopen(&to, 1, "/dev/null", O_WRONLY, 0);
	posix_spawn_file_actions_addopen(&to, 2, "/dev/null", O_WRONLY, 0);
	int err = posix_spawnp(&pid, argv[0], &to, NULL, argv, environ);

	posix_spawn_file_actions_destroy(&to);
	if (err)
		bench_die("%s: %s", argv[0], strerror(err));
	return pid;
}

static void finish(pid_t pid, const char *name)
{
	int status = 0;

	if (waitpid(pid, &status, 0) != pid)
		bench_die("%s: %s", name, strerror(errno));
	if (!WIFEXITED(status) || WEXITSTATUS(status) > 1)
		bench_die("%s failed; run it by hand to see why", name);
}

/* The first argument list is taken off *rest and started. */
static pid_t start_next(const char *const **rest, const char **ret_name)
{
	char *argv[ARGS_MAX];
	size_t n = 0;

	do {
		if (n == ARGS_MAX)
			bench_die("%s: too many arguments", argv[0]);
		argv[n++] = (char *)(uintptr_t) * *rest;
	} while (*(*rest)++);
	*ret_name = argv[0];
	return start(argv);
}

void bench_programs(void *ctx)
{
	const char *const *rest = ctx;
	const char *name;

	while (*rest) {
		pid_t pid = start_next(&rest, &name);

		finish(pid, name);
	}
}

void bench_programs_at_once(void *ctx)
{
	const char *const *rest = ctx;
	const char *name[PROGRAMS_MAX];
	pid_t pid[PROGRAMS_MAX];
	size_t n = 0;

	for (; *rest; n++) {
		if (n == PROGRAMS_MAX)
			bench_die("%s: too many programs", name[0]);
		pid[n] = start_next(&rest, &name[n]);
	}
	while (n-- > 0)
		finish(pid[n], name[n]);
}

bool bench_have(const char *program)
{
	const char *path = getenv("PATH");
	struct ward_str rest = ward_str_z(path ? path : "/usr/bin:/bin");

	while (rest.p) {
		struct ward_str dir = ward_str_cut(&rest, ':');
		struct bench_path p;

		(void)snprintf(p.s, sizeof(p.s), "%.*s/%s", WARD_STR_ARG(dir), program);
		if (access(p.s, X_OK) == 0)
			return true;
	}
	return false;
}
