#include "run/speak.h"

#include "respond/spoken.h"
#include "run/child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { DESCRIPTORS_MAX = 64, CHUNK = 32 << 10, SECONDS_MAX = 10 };

/* The first byte of what the child answers. */
enum { SOUND = 's', END = 'e', FAILED = 'f' };

/* ---- the child ---- */

static WARD_NORETURN void run(const char *voice, int null, int in, int out)
{
	/* words a minute: slower than the program's own, for who is woken */
	const char *const argv[] = {
		WARD_SPOKEN_BY, "--stdin", "--stdout", "-v", voice, "-s", "155", NULL};
	const char *const env[] = {"LC_ALL=C.UTF-8", "HOME=/dev/null", NULL};

	static const char *const reads[] = {WARD_CHILD_LIBRARIES, NULL};
	const struct ward_child_reach reach = {.path = reads};

	if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) == 0 && dup2(in, STDIN_FILENO) >= 0 &&
		dup2(out, STDOUT_FILENO) >= 0 && dup2(null, STDERR_FILENO) >= 0 &&
		ward_child_narrow(&reach)) {
		(void)alarm(SECONDS_MAX);
		(void)execve(
			argv[0], (char *const *)(uintptr_t)argv, (char *const *)(uintptr_t)env);
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

	buf[0] = SOUND;
	for (*ret_n = 0; *ret_n <= WARD_SPEAK_SOUND; *ret_n += (size_t)n) {
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

static bool say(int link, const char *voice, int null, const uint8_t *text, size_t len)
{
	int in[2], out[2], status = -1;
	uint8_t last = FAILED;
	size_t n = 0;

	if (pipe2(in, O_CLOEXEC) != 0)
		return false;
	if (pipe2(out, O_CLOEXEC) != 0)
		return false;
	pid_t pid = fork();

	if (pid == 0)
		run(voice, null, in[0], out[1]);
	(void)close(in[0]);
	(void)close(out[1]);
	if (pid > 0 && write(in[1], text, len) == (ssize_t)len) /* less than a pipe holds */
		status = 0;
	(void)close(in[1]);
	bool ok = pid > 0 && hand_on(link, out[0], &n);

	(void)close(out[0]);
	if (pid > 0 && n > WARD_SPEAK_SOUND)
		(void)kill(pid, SIGKILL);
	while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (n && n <= WARD_SPEAK_SOUND && WIFEXITED(status) && WEXITSTATUS(status) == 0)
		last = END;
	return ok && answer(link, &last, 1);
}

static void live(struct ward_process *p, int link, int null, void *ctx)
{
	uint8_t text[WARD_SPEAK_TEXT];
	ssize_t n;

	(void)p;
	do
		n = recv(link, text, sizeof(text), 0);
	while ((n < 0 && errno == EINTR) || (n > 0 && say(link, ctx, null, text, (size_t)n)));
	_exit(n == 0 ? WARD_PROCESS_DONE : WARD_PROCESS_DIED);
}

/* ---- its parent ---- */

void ward_speak_start(struct ward_process *p, const char *voice, int *ret_link)
{
	char name[WARD_SPEAK_VOICE + 1];
	const struct ward_child c = {.what = "who speaks",
		.cage = WARD_CAGE_PROGRAM,
		.n_descriptor_max = DESCRIPTORS_MAX,
		.opens = "/dev/null",
		.live = live,
		.ctx = name};

	(void)snprintf(name, sizeof(name), "%s", voice);
	if (access(WARD_SPOKEN_BY, X_OK) != 0)
		ward_process_die(p, WARD_SPOKEN_BY " is not there: apt install espeak-ng",
			WARD_ERR_NOT_FOUND);
	ward_child_start(p, &c, ret_link);
	if (fcntl(*ret_link, F_SETFL, O_NONBLOCK) != 0)
		ward_process_die(p, "the link to who speaks", WARD_ERR_IO);
}

static enum ward_err gone(void)
{
	return errno == EPIPE || errno == ECONNRESET ? WARD_ERR_CLOSED : WARD_ERR_IO;
}

enum ward_err ward_speak_ask(int link, struct ward_str text)
{
	WARD_ASSERT(text.len && text.len <= WARD_SPEAK_TEXT);
	return send(link, text.p, text.len, MSG_NOSIGNAL) == (ssize_t)text.len ? WARD_OK : gone();
}

enum ward_err ward_speak_take(int link, struct ward_wr *w)
{
	uint8_t buf[1 + CHUNK];

	for (;;) {
		ssize_t n = recv(link, buf, sizeof(buf), 0);

		if (n < 0 && (errno == EAGAIN || errno == EINTR))
			return WARD_ERR_AGAIN;
		if (n <= 0)
			return n == 0 ? WARD_ERR_CLOSED : gone();
		if (buf[0] == END && n == 1)
			return ward_wr_bad(w) ? WARD_ERR_UNSUPPORTED : WARD_OK;
		if (buf[0] != SOUND)
			return WARD_ERR_UNSUPPORTED;
		ward_wr_bytes(w, buf + 1, (size_t)n - 1);
	}
}
