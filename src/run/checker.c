#include "run/checker.h"

#include "run/child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { DESCRIPTORS_MAX = 256, CHUNK = 32 << 10, WORDS_MAX = 30 };

#define MEMORY_MAX ((rlim_t)2 << 30)

/* The first byte of what the child answers; of END the second is the exit code. */
enum { SAID = 's', END = 'e', KILLED = 'k' };

/* ---- the child ---- */

/* Of files: with a bound of memory. Of cameras what it starts has its own; and what it says beside
 * the answer, where it dials, is for nobody's log. */
static bool bound(enum ward_checker_of of, int null)
{
	const struct rlimit most = {MEMORY_MAX, MEMORY_MAX};

	if (of == WARD_CHECKER_CAMERAS)
		return dup2(null, STDERR_FILENO) >= 0;
	return WARD_PROCESS_UNBOUND || setrlimit(RLIMIT_AS, &most) == 0;
}

/* What a proposal can name beyond the hospital's directory is what /etc/ward has, and who there is
 * on this machine. */
static bool narrow(const struct ward_checker *l)
{
	static const char *const files[] = {WARD_CHILD_LIBRARIES, "/etc/passwd", "/etc/group",
		"/etc/nsswitch.conf", "/etc/localtime", "/etc/ward", NULL},
				 *const cameras[] = {
					 WARD_CHILD_LIBRARIES, WARD_CHILD_NAMES, "/etc/ssl", NULL};
	bool tries = l->of == WARD_CHECKER_CAMERAS;
	const struct ward_child_reach reach = {
		.path = tries ? cameras : files, .more = l->path, .connects = tries};

	return ward_child_narrow(&reach);
}

static WARD_NORETURN void run(
	const struct ward_checker *l, char *words, size_t len, int null, int out)
{
	const char *argv[WORDS_MAX + 2] = {l->ward};
	const char *const env[] = {"LC_ALL=C.UTF-8", "PATH=/usr/bin:/bin", "HOME=/", NULL};
	size_t n = 1;

	for (size_t i = 0; i < len && n <= WORDS_MAX; i += strlen(words + i) + 1)
		argv[n++] = words + i;
	if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) == 0 && dup2(null, STDIN_FILENO) >= 0 &&
		dup2(out, STDOUT_FILENO) >= 0 && bound(l->of, null) && narrow(l)) {
		(void)alarm(l->of == WARD_CHECKER_FILES ? WARD_CHECKER_SECONDS
							: WARD_CHECKER_TRIAL_SECONDS);
		(void)execve(
			l->ward, (char *const *)(uintptr_t)argv, (char *const *)(uintptr_t)env);
	}
	_exit(WARD_PROCESS_DIED);
}

static bool answer(int link, const uint8_t *p, size_t n)
{
	return send(link, p, n, MSG_NOSIGNAL) == (ssize_t)n;
}

/* False: the link is closed. */
static bool hand_on(int link, int from, size_t *ret_n)
{
	uint8_t buf[1 + CHUNK];
	ssize_t n;

	buf[0] = SAID;
	for (*ret_n = 0; *ret_n <= WARD_CHECKER_OUTPUT; *ret_n += (size_t)n) {
		do
			n = read(from, buf + 1, CHUNK);
		while (n < 0 && errno == EINTR);
		if (n <= 0)
			return true;
		if (!answer(link, buf, 1 + (size_t)n))
			return false;
	}
	return true;
}

static bool look(int link, const struct ward_checker *l, int null, char *words, size_t len)
{
	uint8_t last[2] = {KILLED, 0};
	int out[2], status = -1;
	size_t n = 0;

	if (pipe2(out, O_CLOEXEC) != 0)
		return false;
	pid_t pid = fork();

	if (pid == 0)
		run(l, words, len, null, out[1]);
	(void)close(out[1]);
	bool ok = pid > 0 && hand_on(link, out[0], &n);

	(void)close(out[0]);
	if (pid > 0 && n > WARD_CHECKER_OUTPUT)
		(void)kill(pid, SIGKILL);
	while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (pid > 0 && WIFEXITED(status)) {
		last[0] = END;
		last[1] = (uint8_t)WEXITSTATUS(status);
	}
	return ok && answer(link, last, sizeof(last));
}

static void live(struct ward_process *p, int link, int null, void *ctx)
{
	char words[WARD_CHECKER_WORDS + 1];
	ssize_t n;

	(void)p;
	do {
		n = recv(link, words, WARD_CHECKER_WORDS, 0);
		words[n > 0 ? n : 0] = 0;
	} while ((n < 0 && errno == EINTR) || (n > 0 && look(link, ctx, null, words, (size_t)n)));
	_exit(n == 0 ? WARD_PROCESS_DONE : WARD_PROCESS_DIED);
}

/* ---- its parent ---- */

void ward_checker_start(struct ward_process *p, const struct ward_checker *l, int *ret_link)
{
	struct ward_checker copy = *l;
	bool tries = l->of == WARD_CHECKER_CAMERAS;
	const struct ward_child c = {.what = tries ? "who tries cameras" : "who checks",
		.cage = WARD_CAGE_PROGRAM | (tries ? WARD_CAGE_CONNECT : 0),
		.n_descriptor_max = DESCRIPTORS_MAX,
		.opens = "/dev/null",
		.live = live,
		.ctx = &copy};

	ward_child_start(p, &c, ret_link);
}

enum ward_err ward_checker_begin(int link, const char *const *word, size_t n)
{
	char words[WARD_CHECKER_WORDS];
	struct ward_wr all = ward_wr_fixed(words, sizeof(words));

	for (size_t i = 0; i < n; i++)
		ward_wr_bytes(&all, word[i], strlen(word[i]) + 1);
	if (ward_wr_bad(&all) || n > WORDS_MAX)
		return WARD_ERR_LIMIT;
	return send(link, words, all.len, MSG_NOSIGNAL) == (ssize_t)all.len ? WARD_OK
									    : WARD_ERR_CLOSED;
}

enum ward_err ward_checker_hear(int link, struct ward_wr *w, int *ret_status)
{
	uint8_t buf[1 + CHUNK];

	for (;;) {
		ssize_t got = recv(link, buf, sizeof(buf), MSG_DONTWAIT);

		if (got < 0 && (errno == EAGAIN || errno == EINTR))
			return WARD_ERR_MORE;
		if (got <= 0)
			return WARD_ERR_CLOSED;
		if (buf[0] == SAID) {
			ward_wr_bytes(w, buf + 1, (size_t)got - 1);
			continue;
		}
		if (buf[0] != END || got != 2)
			return WARD_ERR_AGAIN;
		*ret_status = buf[1];
		return ward_wr_bad(w) ? WARD_ERR_LIMIT : WARD_OK;
	}
}

enum ward_err ward_checker_run(
	int link, const char *const *word, size_t n, struct ward_wr *w, int *ret_status)
{
	struct pollfd p = {link, POLLIN, 0};
	enum ward_err err = ward_checker_begin(link, word, n);

	if (err)
		return err;
	do {
		/* a little more than it has: its alarm ends it */
		int rc = poll(&p, 1, (WARD_CHECKER_SECONDS + 10) * 1000);

		if (rc == 0 || (rc < 0 && (errno != EINTR || ward_process_stopping())))
			return WARD_ERR_CLOSED;
		err = ward_checker_hear(link, w, ret_status);
	} while (err == WARD_ERR_MORE);
	return err;
}
