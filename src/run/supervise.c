#include "run/supervise_priv.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static const ward_ns pause_first = 100 * WARD_NS_PER_MS, pause_max = 10 * WARD_NS_PER_S;
static const ward_ns healthy_after = 60 * WARD_NS_PER_S, grace = 10 * WARD_NS_PER_S;

enum ward_err ward_supervisor_new(const char *libexec, struct ward_log *log,
	const struct ward_clock *clock, const struct ward_mem *mem, ward_exit_fn on_exit, void *ctx,
	struct ward_supervisor **ret)
{
	struct ward_supervisor *s = ward_mem_alloc(mem, sizeof(*s));

	if (!s)
		return WARD_ERR_NOMEM;
	s->libexec = libexec;
	s->log = log;
	s->clock = clock;
	s->on_exit = on_exit;
	s->ctx = ctx;
	s->signals = -1;
	s->heard = -1;
	s->nothing = open("/dev/null", O_RDWR | O_CLOEXEC);
	if (s->nothing < 0) {
		ward_mem_free(mem, s, sizeof(*s));
		return WARD_ERR_IO;
	}
	ward_arena_init(&s->arena, mem, 1 << 20);
	ward_notify_open(&s->notify);
	*ret = s;
	return WARD_OK;
}

void ward_supervisor_free(struct ward_supervisor *s)
{
	if (!s)
		return;
	for (size_t i = 0; i < s->n; i++) {
		for (size_t k = 0; k < s->child[i].n_handed; k++) {
			close(s->child[i].handed[k].fd);
			if (s->child[i].handed[k].shown >= 0)
				close(s->child[i].handed[k].shown);
		}
	}
	if (s->signals >= 0)
		close(s->signals);
	close(s->nothing);
	ward_notify_close(&s->notify);
	ward_arena_fini(&s->arena);
	ward_mem_free(s->arena.mem, s, sizeof(*s));
}

enum ward_err ward_supervisor_add(
	struct ward_supervisor *s, const char *name, uid_t uid, bool once, size_t *ret)
{
	char text[24];
	int n;
	enum ward_err err;

	if (s->n == WARD_PROCESSES_MAX)
		return WARD_ERR_LIMIT;
	s->child[s->n] = (struct child){.name = name, .program = name, .uid = uid, .once = once};
	*ret = s->n++;
	n = snprintf(text, sizeof(text), "%ld", (long)getpid());
	WARD_ASSERT(n > 0 && (size_t)n < sizeof(text));
	err = ward_supervisor_set(s, *ret, "supervisor", text);
	n = snprintf(text, sizeof(text), "%u", (unsigned)uid);
	WARD_ASSERT(n > 0 && (size_t)n < sizeof(text));
	return err || uid == 0 ? err : ward_supervisor_set(s, *ret, "uid", text);
}

enum ward_err ward_supervisor_program(
	struct ward_supervisor *s, size_t process, const char *program)
{
	s->child[process].program = program;
	return ward_supervisor_set(s, process, "name", s->child[process].name);
}

enum ward_err ward_supervisor_set(
	struct ward_supervisor *s, size_t process, const char *key, const char *value)
{
	struct child *c = &s->child[process];
	size_t len = strlen(key) + strlen(value) + 2;
	char *text;

	if (c->n_arg == WARD_PROCESS_ARGS)
		return WARD_ERR_LIMIT;
	text = ward_arena_alloc(&s->arena, len);
	if (!text)
		return WARD_ERR_NOMEM;
	WARD_ASSERT(snprintf(text, len, "%s=%s", key, value) == (int)len - 1);
	c->arg[c->n_arg++] = text;
	return WARD_OK;
}

enum ward_err ward_supervisor_hand(
	struct ward_supervisor *s, size_t process, const char *name, int fd)
{
	struct child *c = &s->child[process];
	struct ward_str copy = ward_arena_str(&s->arena, ward_str_z(name));
	char key[96], value[16];

	if (!copy.p)
		return WARD_ERR_NOMEM;
	if (c->n_handed == HANDED_MAX || copy.len + 4 > sizeof(key))
		return WARD_ERR_LIMIT;
	(void)snprintf(key, sizeof(key), "fd.%s", name);
	(void)snprintf(value, sizeof(value), "%zu", FD_FIRST + c->n_handed);
	enum ward_err err = ward_supervisor_set(s, process, key, value);

	if (err)
		return err;
	c->handed[c->n_handed].name = copy.p;
	c->handed[c->n_handed].shown = -1;
	c->handed[c->n_handed++].fd = fd;
	return WARD_OK;
}

enum ward_err ward_supervisor_shows(struct ward_supervisor *s, size_t process, const char *name)
{
	struct child *c = &s->child[process];
	char path[64];
	size_t i = 0;

	while (i < c->n_handed && strcmp(c->handed[i].name, name) != 0)
		i++;
	if (i == c->n_handed)
		return WARD_ERR_NOT_FOUND;
	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", c->handed[i].fd);
	c->handed[i].shown = open(path, O_RDONLY | O_CLOEXEC);
	return c->handed[i].shown < 0 ? WARD_ERR_IO : WARD_OK;
}

static bool make_pair(int pair[2])
{
	int bytes = QUEUE_BYTES;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0)
		return false;
	for (int i = 0; i < 2; i++) /* a smaller queue only means more waiting */
		(void)setsockopt(pair[i], SOL_SOCKET, SO_SNDBUF, &bytes, sizeof(bytes));
	return true;
}

enum ward_err ward_supervisor_link(struct ward_supervisor *s, size_t a, size_t b)
{
	int pair[2];
	enum ward_err err;

	if (!make_pair(pair))
		return WARD_ERR_IO;
	err = ward_supervisor_hand(s, a, s->child[b].name, pair[0]);
	if (err) {
		close(pair[0]);
		close(pair[1]);
		return err;
	}
	err = ward_supervisor_hand(s, b, s->child[a].name, pair[1]);
	if (err)
		close(pair[1]);
	return err;
}

enum ward_err ward_supervisor_link_self(struct ward_supervisor *s, size_t a, int *ret)
{
	int pair[2];
	enum ward_err err;

	if (!make_pair(pair))
		return WARD_ERR_IO;
	err = ward_supervisor_hand(s, a, "supervisor", pair[0]);
	if (err) {
		close(pair[0]);
		close(pair[1]);
		return err;
	}
	*ret = pair[1];
	return WARD_OK;
}

void ward_supervisor_listen(struct ward_supervisor *s, int fd, void (*fn)(void *ctx), void *ctx)
{
	s->heard = fd;
	s->on_heard = fn;
	s->heard_ctx = ctx;
}

void ward_supervisor_each(
	struct ward_supervisor *s, ward_ns every, void (*fn)(void *ctx), void *ctx)
{
	s->each = every;
	s->each_at = INT64_MIN;
	s->on_each = fn;
	s->each_ctx = ctx;
}

void ward_supervisor_ends_all(struct ward_supervisor *s, size_t process)
{
	s->child[process].ends_all = true;
}

void ward_supervisor_terminal(struct ward_supervisor *s, size_t process)
{
	s->child[process].terminal = true;
}

pid_t ward_supervisor_pid(const struct ward_supervisor *s, size_t process)
{
	return s->child[process].pid;
}

void ward_supervisor_reloads(
	struct ward_supervisor *s, size_t process, void (*told)(void *ctx, bool taken), void *ctx)
{
	s->reloads = &s->child[process];
	s->told = told;
	s->told_ctx = ctx;
}

bool ward_supervisor_at(
	const struct ward_supervisor *s, size_t process, struct ward_process_state *ret)
{
	const struct child *c = &s->child[process];

	if (process >= s->n)
		return false;
	*ret = (struct ward_process_state){.name = c->name,
		.runs = c->pid != 0,
		.done = c->done,
		.since = c->started,
		.n_restart = c->n_restart};
	return true;
}

void ward_supervisor_follows(struct ward_supervisor *s, size_t process)
{
	s->child[process].follows = true;
}

static void start(struct ward_supervisor *s, struct child *c)
{
	char path[4096];
	int n = snprintf(path, sizeof(path), "%s/%s", s->libexec, c->program);

	WARD_ASSERT(n > 0 && (size_t)n < sizeof(path));
	c->started = ward_clock_mono(s->clock);
	c->pid = fork();
	if (c->pid == 0)
		ward_supervisor_exec(s, c, path);
	if (c->pid < 0) {
		c->pid = 0;
		c->start_at = c->started + pause_max;
		WARD_LOG(s->log, ERROR, "supervisor.fork", WARD_KV_Z("process", c->name),
			WARD_KV_Z("reason", strerror(errno)));
	}
}

/* Nothing at the first end, then 100 ms, 200 ms … 10 s, while it keeps ending soon. */
static void plan_restart(struct ward_supervisor *s, struct child *c, ward_ns now)
{
	if (now - c->started >= healthy_after)
		c->pause = 0;
	c->start_at = now + c->pause;
	c->pause = c->pause ? c->pause * 2 : pause_first;
	if (c->pause > pause_max)
		c->pause = pause_max;
	c->n_restart++;
	(void)s;
}

static void tell_reload(struct ward_supervisor *s, bool taken)
{
	if (taken)
		WARD_LOG(s->log, INFO, "supervisor.reloaded",
			WARD_KV_Z("process", s->reloads->name));
	else
		WARD_LOG(s->log, ERROR, "supervisor.reload_refused",
			WARD_KV_Z("process", s->reloads->name));
	if (s->told)
		s->told(s->told_ctx, taken);
}

static void start_trial(struct ward_supervisor *s)
{
	char path[4096];
	int n = snprintf(path, sizeof(path), "%s/%s", s->libexec, s->reloads->program);

	WARD_ASSERT(n > 0 && (size_t)n < sizeof(path));
	s->trial_again = s->trial != 0; /* what it reads may be older than this signal */
	if (s->trial)
		return;
	s->trial = fork();
	if (s->trial == 0)
		ward_supervisor_exec_trial(s, s->reloads, path);
	if (s->trial < 0) {
		s->trial = 0;
		tell_reload(s, false);
	}
}

static void begin_followers_anew(struct ward_supervisor *s)
{
	for (size_t i = 0; i < s->n; i++) {
		struct child *c = &s->child[i];

		c->planned |= c->follows && c->pid && kill(c->pid, SIGTERM) == 0;
	}
}

static void trial_ended(struct ward_supervisor *s, int status)
{
	s->trial = 0;
	if (s->stopping)
		return;
	if (s->trial_again) {
		start_trial(s);
		return;
	}
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
		tell_reload(s, false);
		return;
	}
	begin_followers_anew(s);
	s->reloads->planned = s->reloads->pid != 0;
	if (!s->reloads->planned || kill(s->reloads->pid, SIGTERM) != 0)
		tell_reload(s, true); /* it is about to be started anyway */
}

static void ended(struct ward_supervisor *s, struct child *c, int status)
{
	bool well = WIFEXITED(status) && WEXITSTATUS(status) == 0;
	bool planned = c->planned;
	ward_ns now = ward_clock_mono(s->clock);
	struct ward_exit_report r;

	c->pid = 0;
	c->planned = false;
	if (s->stopping)
		return;
	if (planned && well) {
		start(s, c);
		if (c == s->reloads)
			tell_reload(s, true);
		return;
	}
	if (c->ends_all && well) {
		s->stopping = true;
		return;
	}
	if (c->once && well) {
		c->done = true;
		r = (struct ward_exit_report){
			.name = c->name, .status = status, .n_restart = c->n_restart, .done = true};
		if (s->on_exit)
			s->on_exit(s->ctx, &r);
		return;
	}
	plan_restart(s, c, now);
	r = (struct ward_exit_report){.name = c->name,
		.status = status,
		.n_restart = c->n_restart,
		.pause = c->start_at - now};
	WARD_LOG(s->log, WARN, "supervisor.ended", WARD_KV_Z("process", c->name),
		WARD_KV_I("status", WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status)),
		WARD_KV_U("restarts", c->n_restart));
	if (c->start_at <= now)
		start(s, c);
	if (s->on_exit)
		s->on_exit(s->ctx, &r);
}

static void reap(struct ward_supervisor *s)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		if (pid == s->trial)
			trial_ended(s, status);
		for (size_t i = 0; i < s->n; i++)
			if (s->child[i].pid == pid)
				ended(s, &s->child[i], status);
	}
}

/* Milliseconds until something is due, -1 for nothing; starts the processes that are, and does what
 * is done regularly. */
static int do_due(struct ward_supervisor *s)
{
	ward_ns now = ward_clock_mono(s->clock), next = WARD_NS_NEVER;

	if (s->on_each && now >= s->each_at) {
		s->on_each(s->each_ctx);
		s->each_at = now + s->each;
	}
	if (s->on_each)
		next = s->each_at;

	for (size_t i = 0; i < s->n; i++) {
		struct child *c = &s->child[i];

		if (c->pid || c->done)
			continue;
		if (c->start_at <= now)
			start(s, c);
		else if (c->start_at < next)
			next = c->start_at;
	}
	if (next == WARD_NS_NEVER)
		return -1;
	return next > now ? (int)((next - now) / WARD_NS_PER_MS) + 1 : 1;
}

static void take_signals(struct ward_supervisor *s)
{
	struct signalfd_siginfo info;

	while (read(s->signals, &info, sizeof(info)) == (ssize_t)sizeof(info)) {
		/* The kernel's own is that of a terminal that is gone. */
		bool asked = info.ssi_signo == SIGHUP && info.ssi_code != SI_KERNEL && s->reloads;

		if (asked && !s->stopping)
			start_trial(s);
		else if (!asked && info.ssi_signo != SIGCHLD)
			s->stopping = s->signalled = true;
	}
	reap(s);
}

void ward_supervisor_reload(struct ward_supervisor *s)
{
	if (s->reloads && !s->stopping)
		start_trial(s);
}

void ward_supervisor_stop(struct ward_supervisor *s)
{
	s->stopping = true;
}

bool ward_supervisor_signalled(const struct ward_supervisor *s)
{
	return s->signalled;
}

static bool wait_signal(struct ward_supervisor *s, int timeout_ms)
{
	struct pollfd p[] = {
		{.fd = s->signals, .events = POLLIN}, {.fd = s->heard, .events = POLLIN}};

	if (poll(p, WARD_ARRAY_LEN(p), timeout_ms) <= 0)
		return false;
	if (p[1].revents & POLLIN)
		s->on_heard(s->heard_ctx);
	return p[0].revents != 0;
}

/* True while a process runs this program; with a signal, each is sent it. */
static bool any_runs(const struct ward_supervisor *s, const char *program, int sig)
{
	bool any = false;

	for (size_t i = 0; i < s->n; i++) {
		const struct child *c = &s->child[i];

		if (!c->pid || strcmp(c->program, program) != 0)
			continue;
		any = true;
		if (sig)
			(void)kill(c->pid, sig);
	}
	return any;
}

static bool is_last_of_its_program(const struct ward_supervisor *s, size_t process)
{
	for (size_t i = process + 1; i < s->n; i++)
		if (strcmp(s->child[i].program, s->child[process].program) == 0)
			return false;
	return true;
}

/* Gives each process, last started first, `grace` to end by itself. Those of one program depend on
 * each other in nothing and end side by side, however many cameras there are. */
static void stop_all(struct ward_supervisor *s)
{
	s->stopping = true;
	ward_notify_say(&s->notify, "STOPPING=1");
	if (s->trial) {
		(void)kill(s->trial, SIGKILL);
		(void)waitpid(s->trial, NULL, 0);
		s->trial = 0;
	}
	for (size_t i = s->n; i-- > 0;) {
		const char *program = s->child[i].program;
		ward_ns until = ward_clock_mono(s->clock) + grace;

		if (!is_last_of_its_program(s, i) || !any_runs(s, program, SIGTERM))
			continue;
		while (any_runs(s, program, 0) && ward_clock_mono(s->clock) < until) {
			(void)wait_signal(s, 20);
			take_signals(s);
		}
	}
	for (size_t i = 0; i < s->n; i++) {
		struct child *c = &s->child[i];

		if (!c->pid)
			continue;
		WARD_LOG(s->log, WARN, "supervisor.killed", WARD_KV_Z("process", c->name));
		(void)kill(c->pid, SIGKILL);
		(void)waitpid(c->pid, NULL, 0);
		c->pid = 0;
	}
}

/* How many run, when that changed; ready once each was started. */
static void tell_manager(struct ward_supervisor *s)
{
	char text[96];
	size_t n = 0, of = 0;

	for (size_t i = 0; i < s->n; i++) {
		n += s->child[i].pid != 0;
		of += !s->child[i].done;
	}
	if (n == s->n_told)
		return;
	(void)snprintf(text, sizeof(text), "%sSTATUS=%zu of %zu processes run\n",
		s->n_told ? "" : "READY=1\n", n, of);
	s->n_told = n;
	ward_notify_say(&s->notify, text);
}

enum ward_err ward_supervisor_run(struct ward_supervisor *s)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGHUP);
	if (sigprocmask(SIG_BLOCK, &set, &s->mask_before) != 0)
		return WARD_ERR_IO;
	s->signals = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
	if (s->signals < 0) {
		(void)sigprocmask(SIG_SETMASK, &s->mask_before, NULL);
		return WARD_ERR_IO;
	}
	while (!s->stopping) {
		int timeout_ms = do_due(s);

		if (s->stopping) /* asked for just now */
			break;
		ward_ns now = ward_clock_mono(s->clock);

		tell_manager(s);
		ward_notify_alive(&s->notify, now);
		if (wait_signal(s, ward_notify_sleep_ms(&s->notify, now, timeout_ms)))
			take_signals(s);
	}
	stop_all(s);
	(void)sigprocmask(SIG_SETMASK, &s->mask_before, NULL);
	return WARD_OK;
}
