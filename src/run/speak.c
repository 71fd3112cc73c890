#include "run/speak.h"

#include "respond/spoken.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
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

	if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) == 0 && dup2(in, STDIN_FILENO) >= 0 &&
		dup2(out, STDOUT_FILENO) >= 0 && dup2(null, STDERR_FILENO) >= 0) {
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

static WARD_NORETURN void child(struct ward_process *p, int link, const char *voice, uid_t uid)
{
	const struct ward_sandbox s = {.cage = WARD_CAGE_PROGRAM,
		.uid = uid,
		.gid = uid,
		.n_descriptor_max = DESCRIPTORS_MAX};
	unsigned first = STDERR_FILENO + 1;
	uint8_t text[WARD_SPEAK_TEXT];
	const char *step;
	int abi;
	ssize_t n;

	(void)signal(SIGINT, SIG_IGN); /* it ends with its parent */
	(void)signal(SIGPIPE, SIG_IGN);
	if (((unsigned)link > first && close_range(first, (unsigned)link - 1, 0) != 0) ||
		close_range((unsigned)link + 1, ~0u, 0) != 0)
		_exit(WARD_PROCESS_DIED);
	int null = open("/dev/null", O_WRONLY | O_CLOEXEC); /* what the program complains of */

	if (null < 0)
		_exit(WARD_PROCESS_DIED);
	if (ward_sandbox_enter(&s, &abi, &step) != WARD_OK) {
		WARD_LOG(&p->log, ERROR, "process.sandbox", WARD_KV_Z("step", step),
			WARD_KV_Z("reason", strerror(errno)));
		_exit(WARD_PROCESS_DIED);
	}
	do
		n = recv(link, text, sizeof(text), 0);
	while ((n < 0 && errno == EINTR) || (n > 0 && say(link, voice, null, text, (size_t)n)));
	_exit(n == 0 ? WARD_PROCESS_DONE : WARD_PROCESS_DIED);
}

/* ---- its parent ---- */

void ward_speak_start(struct ward_process *p, const char *voice, int *ret_link)
{
	const char *text = ward_process_setting(p, "uid");
	uint64_t uid = 0;
	int pair[2];
	pid_t pid;

	if (access(WARD_SPOKEN_BY, X_OK) != 0)
		ward_process_die(p, WARD_SPOKEN_BY " is not there: apt install espeak-ng",
			WARD_ERR_NOT_FOUND);
	if (text && !ward_str_u64(ward_str_z(text), &uid))
		ward_process_die(p, "uid", WARD_ERR_CONFIG);
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0)
		ward_process_die(p, "the link to who speaks", WARD_ERR_IO);
	pid = fork();
	if (pid < 0)
		ward_process_die(p, "who speaks", WARD_ERR_IO);
	if (pid == 0)
		child(p, pair[1], voice, (uid_t)uid);
	(void)close(pair[1]);
	if (fcntl(pair[0], F_SETFL, O_NONBLOCK) != 0)
		ward_process_die(p, "the link to who speaks", WARD_ERR_IO);
	*ret_link = pair[0];
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
