/* The supervisor over real processes: shell scripts in a folder of their own. */
#include "run/notify.h"
#include "run/supervise.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static char folder[64];
static int out[2]; /* what the scripts and the exit reports say */

static void script(const char *name, const char *body)
{
	char path[128];
	FILE *f;

	(void)snprintf(path, sizeof(path), "%s/%s", folder, name);
	f = fopen(path, "we");
	assert_non_null(f);
	fprintf(f, "#!/bin/bash\n%s\n", body);
	assert_int_equal(fclose(f), 0);
	assert_int_equal(chmod(path, 0700), 0);
}

static void on_exit_report(void *ctx, const struct ward_exit_report *r)
{
	(void)ctx;
	(void)dprintf(out[1], "ended:%s:%s:%llu\n", r->name, r->pause ? "pause" : "now",
		(unsigned long long)r->n_restart);
}

struct fixture {
	struct ward_supervisor *s;
	struct ward_log log;
};

static void begin(struct fixture *f)
{
	ward_log_init(&f->log, STDERR_FILENO, WARD_LOG_ERROR, "t", ward_clock_system());
	assert_int_equal(ward_supervisor_new(folder, &f->log, ward_clock_system(), ward_mem_heap(),
				 on_exit_report, NULL, &f->s),
		WARD_OK);
}

static size_t add(struct fixture *f, const char *name, bool once)
{
	size_t n;
	int fd = fcntl(out[1], F_DUPFD_CLOEXEC, 3);

	assert_int_equal(ward_supervisor_add(f->s, name, 0, once, &n), WARD_OK);
	assert_int_equal(ward_supervisor_hand(f->s, n, "out", fd), WARD_OK);
	return n;
}

/* The supervisor in a process of its own, as in life. */
static pid_t run(struct fixture *f)
{
	pid_t pid = fork();

	if (pid == 0) {
		(void)prctl(PR_SET_PDEATHSIG, SIGTERM, 0, 0, 0); /* also when a test fails */
		_exit(ward_supervisor_run(f->s) == WARD_OK ? 0 : 1);
	}
	assert_true(pid > 0);
	return pid;
}

/* Reads until `want` has come `n` times; false after a generous while. */
static bool heard(const char *want, int n)
{
	static char text[1 << 16];
	size_t len = 0;
	time_t until = time(NULL) + 60;

	text[0] = 0;
	while (time(NULL) < until) {
		struct pollfd p = {.fd = out[0], .events = POLLIN};
		int count = 0;

		for (const char *at = text; (at = strstr(at, want)) != NULL; at += strlen(want))
			count++;
		if (count >= n)
			return true;
		if (poll(&p, 1, 200) <= 0)
			continue;
		ssize_t got = read(out[0], text + len, sizeof(text) - 1 - len);

		if (got <= 0)
			return false;
		len += (size_t)got;
		text[len] = 0;
	}
	print_error("heard only:\n%s", text);
	return false;
}

static void end(struct fixture *f, pid_t pid, bool ask)
{
	int status;

	if (ask)
		assert_int_equal(kill(pid, SIGTERM), 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
	ward_supervisor_free(f->s);
}

static void t_restarts(void **state)
{
	struct fixture f;

	(void)state;
	script("failing", "echo life >&10; exit 3");
	begin(&f);
	(void)add(&f, "failing", false);

	pid_t pid = run(&f);

	/* the first time at once, then after pauses; the same descriptor in each life */
	assert_true(heard("ended:failing:now:1", 1));
	assert_true(heard("ended:failing:pause:3", 1));
	end(&f, pid, true);
}

static void t_arguments(void **state)
{
	struct fixture f;
	char want[64];

	(void)state;
	script("args", "echo \"$*\" >&10; exec sleep 60");
	begin(&f);

	size_t n = add(&f, "args", false);

	assert_int_equal(ward_supervisor_set(f.s, n, "dir", "a b"), WARD_OK);
	(void)snprintf(want, sizeof(want), "supervisor=%ld fd.out=10 dir=a b\n", (long)getpid());

	pid_t pid = run(&f);

	assert_true(heard(want, 1));
	end(&f, pid, true);
}

/* What the supervisor was started with is not handed on, whatever its number. */
static void t_nothing_inherited(void **state)
{
	struct fixture f;
	int low, high;

	(void)state;
	script("looks",
		"ls /proc/self/fd | tr '\\n' ' ' >&10; echo . >&10; exec sleep 60 >&- 2>&-");
	low = fcntl(out[1], F_DUPFD, 3);
	high = fcntl(out[1], F_DUPFD, 100);
	assert_true(low >= 3 && high >= 100);
	begin(&f);
	(void)add(&f, "looks", false);

	pid_t pid = run(&f);

	/* the three, what is handed, and ls's own folder */
	assert_true(heard("0 1 10 2 3 .\n", 1));
	end(&f, pid, true);
	close(low);
	close(high);
}

static void t_once_and_ends_all(void **state)
{
	struct fixture f;

	(void)state;
	script("once", "echo once-ran >&10; exit 0");
	script("last", "while ! grep -q x \"${2#dir=}\" 2>/dev/null; do sleep 0.1; done; exit 0");
	begin(&f);
	(void)add(&f, "once", true);

	size_t last;
	char flag[96];

	(void)snprintf(flag, sizeof(flag), "%s/flag", folder);
	assert_int_equal(ward_supervisor_add(f.s, "last", 0, false, &last), WARD_OK);
	assert_int_equal(ward_supervisor_set(f.s, last, "dir", flag), WARD_OK);
	ward_supervisor_ends_all(f.s, last);

	pid_t pid = run(&f);

	assert_true(heard("once-ran", 1));

	FILE *file = fopen(flag, "we");

	assert_non_null(file);
	fputs("x\n", file);
	assert_int_equal(fclose(file), 0);
	end(&f, pid, false); /* by itself */
	assert_int_equal(unlink(flag), 0);
}

/* Stopped in the reverse order, each after the one before it has ended; whoever does not listen is
 * killed. */
static void t_order(void **state)
{
	struct fixture f;

	(void)state;
	script("first", "trap 'echo first-stops >&10; exit 0' TERM; echo up >&10\n"
			"while :; do sleep 0.05; done");
	script("second", "trap 'sleep 0.3; echo second-stops >&10; exit 0' TERM; echo up >&10\n"
			 "while :; do sleep 0.05; done");
	script("deaf", "trap '' TERM; echo up >&10\nwhile :; do sleep 0.05; done");
	begin(&f);
	(void)add(&f, "deaf", false);
	(void)add(&f, "first", false);
	(void)add(&f, "second", false);

	pid_t pid = run(&f);

	assert_true(heard("up\n", 3));
	assert_int_equal(kill(pid, SIGTERM), 0);
	assert_true(heard("second-stops\nfirst-stops\n", 1));
	end(&f, pid, false);
}

/* Those of one program side by side: each of these ends only once all were told to. */
static void t_together(void **state)
{
	struct fixture f;
	char text[512], told[96];

	(void)state;
	(void)snprintf(told, sizeof(told), "%s/told", folder);
	(void)snprintf(text, sizeof(text),
		"trap 'echo x >>%s; while [ $(wc -l <%s) -lt 3 ]; do sleep 0.01; done; echo ends "
		">&10; "
		"exit 0' TERM; echo up >&10\nwhile :; do sleep 0.05; done",
		told, told);
	script("camera", text);
	script("between", "trap 'echo between >&10; exit 0' TERM; echo up >&10\n"
			  "while :; do sleep 0.05; done");
	begin(&f);
	(void)add(&f, "camera", false);
	(void)add(&f, "between", false);
	for (int i = 1; i < 3; i++)
		assert_int_equal(
			ward_supervisor_program(
				f.s, add(&f, i == 1 ? "camera-1" : "camera-2", false), "camera"),
			WARD_OK);

	pid_t pid = run(&f);

	assert_true(heard("up\n", 4));
	assert_int_equal(kill(pid, SIGTERM), 0);
	assert_true(heard("ends\nends\nends\nbetween\n", 1));
	end(&f, pid, false);
	assert_int_equal(unlink(told), 0);
}

static void stop(void *s)
{
	ward_supervisor_stop(s);
}

/* Stopped by itself, as by who begins anew: whether somebody asked to end meanwhile is told. */
static void t_stop_signalled(void **state)
{
	struct fixture f;
	int status, ready[2];

	(void)state;
	script("slow", "trap 'echo stops >&10; sleep 0.3; exit 0' TERM\n"
		       "echo ready >&11; while :; do sleep 0.05; done");
	for (int asked = 0; asked < 2; asked++) {
		begin(&f);
		assert_int_equal(pipe(ready), 0);
		size_t n = add(&f, "slow", false);

		assert_int_equal(
			ward_supervisor_hand(f.s, n, "ready", fcntl(ready[1], F_DUPFD_CLOEXEC, 3)),
			WARD_OK);
		pid_t pid = fork();

		if (pid == 0) {
			(void)prctl(PR_SET_PDEATHSIG, SIGTERM, 0, 0, 0);
			ward_supervisor_listen(f.s, ready[0], stop, f.s);
			if (ward_supervisor_run(f.s) != WARD_OK)
				_exit(1);
			_exit(ward_supervisor_signalled(f.s) ? 2 : 0);
		}
		assert_true(pid > 0);
		assert_true(heard("stops\n", 1));
		if (asked)
			assert_int_equal(kill(pid, SIGINT), 0);
		assert_int_equal(waitpid(pid, &status, 0), pid);
		assert_true(WIFEXITED(status));
		assert_int_equal(WEXITSTATUS(status), asked ? 2 : 0);
		ward_supervisor_free(f.s);
		(void)close(ready[0]);
		(void)close(ready[1]);
	}
}

static void on_reload(void *ctx, bool taken)
{
	(void)ctx;
	(void)dprintf(out[1], "reload:%s\n", taken ? "taken" : "refused");
}

static void verdict(const char *path, const char *code)
{
	FILE *f = fopen(path, "we");

	assert_non_null(f);
	fputs(code, f);
	assert_int_equal(fclose(f), 0);
}

/* Waits until the file holds this text. */
static bool holds(const char *path, const char *want)
{
	char text[256] = "";

	for (time_t until = time(NULL) + 60; time(NULL) < until; (void)usleep(20000)) {
		int fd = open(path, O_RDONLY | O_CLOEXEC);
		ssize_t n = fd < 0 ? 0 : read(fd, text, sizeof(text) - 1);

		if (fd >= 0)
			(void)close(fd);
		text[n > 0 ? n : 0] = 0;
		if (strcmp(text, want) == 0)
			return true;
	}
	print_error("holds only:\n%s", text);
	return false;
}

/* SIGHUP: tried beside the one that runs, which is ended and started at once when the trial was
 * good, and counts as no restart; else it goes on. Its descriptors are not the trial's, but for
 * one that it may read. */
static void t_reload(void **state)
{
	struct fixture f;
	char file[96], lives[128], follows[128];

	(void)state;
	script("serves",
		"for a; do case $a in dir=*) dir=${a#dir=};; trial=1) trial=1;; esac; done\n"
		"if [ -n \"$trial\" ]; then\n"
		"  (echo x >&10) 2>/dev/null && exit 9; (echo x >&11) 2>/dev/null && exit 9\n"
		"  [ \"$(cat /proc/self/fd/11)\" = kept ] || exit 8; exit $(cat \"$dir\"); fi\n"
		"trap 'echo bye >>\"$dir.lives\"; exit 0' TERM; echo life >>\"$dir.lives\"\n"
		"while :; do sleep 0.05; done");
	script("follows", "for a; do case $a in dir=*) dir=${a#dir=};; esac; done\n"
			  "trap 'echo bye >>\"$dir.follows\"; exit 0' TERM\n"
			  "echo life >>\"$dir.follows\"; while :; do sleep 0.05; done");
	(void)snprintf(file, sizeof(file), "%s/verdict", folder);
	(void)snprintf(lives, sizeof(lives), "%s.lives", file);
	(void)snprintf(follows, sizeof(follows), "%s.follows", file);
	begin(&f);
	size_t n = add(&f, "serves", false);

	int kept = memfd_create("kept", MFD_CLOEXEC);

	assert_true(kept >= 0);
	assert_int_equal(write(kept, "kept", 4), 4);
	assert_int_equal(ward_supervisor_hand(f.s, n, "kept", kept), WARD_OK);
	assert_int_equal(ward_supervisor_shows(f.s, n, "none"), WARD_ERR_NOT_FOUND);
	assert_int_equal(ward_supervisor_shows(f.s, n, "kept"), WARD_OK);
	assert_int_equal(ward_supervisor_set(f.s, n, "dir", file), WARD_OK);
	ward_supervisor_reloads(f.s, n, on_reload, NULL);
	size_t other = add(&f, "follows", false); /* begun anew when rules are taken, not before */

	assert_int_equal(ward_supervisor_set(f.s, other, "dir", file), WARD_OK);
	ward_supervisor_follows(f.s, other);
	verdict(file, "1");
	pid_t pid = run(&f);

	assert_true(holds(lives, "life\n"));
	assert_int_equal(kill(pid, SIGHUP), 0);
	assert_true(heard("reload:refused\n", 1));
	assert_true(holds(lives, "life\n"));
	assert_true(holds(follows, "life\n"));
	verdict(file, "0");
	for (int i = 0; i < 3; i++) { /* a pause would come with the second, were they counted */
		assert_int_equal(kill(pid, SIGHUP), 0);
		assert_true(heard("reload:taken\n", 1));
		assert_true(holds(lives, i == 0   ? "life\nbye\nlife\n"
					 : i == 1 ? "life\nbye\nlife\nbye\nlife\n"
						  : "life\nbye\nlife\nbye\nlife\nbye\nlife\n"));
		assert_true(holds(follows, i == 0   ? "life\nbye\nlife\n"
					   : i == 1 ? "life\nbye\nlife\nbye\nlife\n"
						    : "life\nbye\nlife\nbye\nlife\nbye\nlife\n"));
	}
	end(&f, pid, true);
	assert_int_equal(unlink(file), 0);
	assert_int_equal(unlink(lives), 0);
	assert_int_equal(unlink(follows), 0);
}

static void t_links(void **state)
{
	struct fixture f;
	int self;
	char buf[16];

	(void)state;
	/* a message waits in the link while nobody runs at its other end */
	script("talks", "printf hello >&11; exec sleep 60");
	script("reads", "head -c 5 <&11 >&10; exec sleep 60");
	begin(&f);

	size_t a = add(&f, "talks", false), b = add(&f, "reads", false);

	assert_int_equal(ward_supervisor_link(f.s, a, b), WARD_OK);
	assert_int_equal(ward_supervisor_link_self(f.s, a, &self), WARD_OK);

	pid_t pid = run(&f);

	assert_true(heard("hello", 1));
	end(&f, pid, true);
	assert_int_equal(read(self, buf, sizeof(buf)), 0); /* the other end is closed */
	assert_int_equal(close(self), 0);
}

/* In the supervisor's process: what the link said goes to the test. */
static void heard_on_link(void *ctx)
{
	char buf[16];
	ssize_t n = read(*(int *)ctx, buf, sizeof(buf));

	(void)dprintf(out[1], "link:%.*s\n", (int)n, buf);
}

/* A link of the supervisor's own is listened to, beside its signals. */
static void t_listens(void **state)
{
	struct fixture f;
	int self;

	(void)state;
	script("talks", "printf one >&11; sleep 0.1; printf two >&11; exec sleep 60");
	begin(&f);

	size_t a = add(&f, "talks", false);

	assert_int_equal(ward_supervisor_link_self(f.s, a, &self), WARD_OK);
	ward_supervisor_listen(f.s, self, heard_on_link, &self);

	pid_t pid = run(&f);

	assert_true(heard("link:", 2));
	end(&f, pid, true);
	assert_int_equal(close(self), 0);
}

static void each(void *ctx)
{
	(void)ctx;
	(void)dprintf(out[1], "tick;");
}

/* At once and then again and again, while nothing else happens. */
static void t_each(void **state)
{
	struct fixture f;

	(void)state;
	script("idle", "exec sleep 600");
	begin(&f);
	(void)add(&f, "idle", false);
	ward_supervisor_each(f.s, 20 * WARD_NS_PER_MS, each, NULL);
	pid_t pid = run(&f);

	assert_true(heard("tick;", 5));
	end(&f, pid, true);
}

static void t_limits(void **state)
{
	struct fixture f;
	size_t n = 0;
	enum ward_err err = WARD_OK;

	(void)state;
	begin(&f);
	for (size_t i = 0; i < WARD_PROCESSES_MAX; i++)
		assert_int_equal(ward_supervisor_add(f.s, "x", 0, false, &n), WARD_OK);
	assert_int_equal(ward_supervisor_add(f.s, "x", 0, false, &n), WARD_ERR_LIMIT);
	for (size_t i = 0; i < WARD_PROCESS_ARGS && !err; i++)
		err = ward_supervisor_set(f.s, 0, "k", "v");
	assert_int_equal(err, WARD_ERR_LIMIT);
	ward_supervisor_free(f.s);
	ward_supervisor_free(NULL);
}

/* A service manager's socket, of the file system or abstract ("@…"). */
static int manager(const char *name)
{
	struct sockaddr_un a = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	size_t len = strlen(name);

	memcpy(a.sun_path, name, len);
	if (name[0] == '@')
		a.sun_path[0] = 0;
	assert_true(fd >= 0);
	assert_int_equal(bind(fd, (const struct sockaddr *)&a,
				 (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len)),
		0);
	assert_int_equal(setenv("NOTIFY_SOCKET", name, 1), 0);
	return fd;
}

/* The next datagram that begins so; others are passed over. */
static bool told(int fd, const char *want)
{
	char text[256];
	struct pollfd p = {.fd = fd, .events = POLLIN};

	while (poll(&p, 1, 30000) > 0) {
		ssize_t n = recv(fd, text, sizeof(text) - 1, 0);

		text[n > 0 ? n : 0] = 0;
		if (strncmp(text, want, strlen(want)) == 0)
			return true;
	}
	print_error("never told: %s", want);
	return false;
}

static void t_manager(void **state)
{
	struct fixture f;
	char path[96];

	(void)state;
	script("idle",
		"echo \"asked:${NOTIFY_SOCKET-no}:${WATCHDOG_USEC-no}\" >&10; exec sleep 60");
	(void)snprintf(path, sizeof(path), "%s/notify", folder);

	int fd = manager(path);

	assert_int_equal(setenv("WATCHDOG_USEC", "300000", 1), 0);
	begin(&f);
	(void)add(&f, "idle", false);
	(void)add(&f, "idle", false);

	pid_t pid = run(&f);

	assert_true(told(fd, "READY=1\nSTATUS=2 of 2 processes run\n"));
	assert_true(told(fd, "WATCHDOG=1"));
	assert_true(told(fd, "WATCHDOG=1"));
	assert_true(heard("asked:no:no\n", 2)); /* it is nobody else's to tell */
	assert_int_equal(kill(pid, SIGTERM), 0);
	assert_true(told(fd, "STOPPING=1"));
	end(&f, pid, false);
	(void)close(fd);
	assert_int_equal(unlink(path), 0);
}

/* No watchdog asked for; then none of any kind, and a socket that is no socket. */
static void t_manager_abstract(void **state)
{
	static const char *const bad[] = {"relative", "/", "@", "/no/such/socket"};
	struct fixture f;
	char name[96];

	(void)state;
	script("idle", "exec sleep 60");
	(void)snprintf(name, sizeof(name), "@ward-supervise-%ld", (long)getpid());

	int fd = manager(name);

	begin(&f);
	(void)add(&f, "idle", false);

	pid_t pid = run(&f);

	assert_true(told(fd, "READY=1"));
	end(&f, pid, true);
	(void)close(fd);
	for (size_t i = 0; i < WARD_ARRAY_LEN(bad); i++) {
		struct ward_notify n;

		assert_int_equal(setenv("NOTIFY_SOCKET", bad[i], 1), 0);
		assert_int_equal(setenv("WATCHDOG_USEC", "300000", 1), 0);
		ward_notify_open(&n);
		assert_int_equal(n.fd, -1);
		assert_true(n.every == 0);
		ward_notify_say(&n, "READY=1");
		assert_int_equal(ward_notify_sleep_ms(&n, 0, 7), 7);
		ward_notify_close(&n);
	}
}

static int setup(void **state)
{
	(void)state;
	(void)snprintf(folder, sizeof(folder), "/tmp/ward-supervise-XXXXXX");
	return mkdtemp(folder) ? 0 : -1;
}

static int each_setup(void **state)
{
	(void)state;
	return pipe2(out, O_CLOEXEC);
}

static int each_teardown(void **state)
{
	(void)state;
	return close(out[0]) | close(out[1]);
}

static int teardown(void **state)
{
	static const char *const made[] = {"failing", "args", "looks", "once", "last", "first",
		"second", "slow", "camera", "between", "deaf", "talks", "reads", "serves",
		"follows", "idle"};
	char path[128];

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(made); i++) {
		(void)snprintf(path, sizeof(path), "%s/%s", folder, made[i]);
		(void)unlink(path);
	}
	return rmdir(folder);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, each_setup, each_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {TEST(t_restarts), TEST(t_arguments),
		TEST(t_nothing_inherited), TEST(t_once_and_ends_all), TEST(t_order), TEST(t_links),
		TEST(t_together), TEST(t_stop_signalled), TEST(t_reload), TEST(t_listens),
		TEST(t_each), TEST(t_manager), TEST(t_manager_abstract), TEST(t_limits)};

	return cmocka_run_group_tests(tests, setup, teardown);
}
