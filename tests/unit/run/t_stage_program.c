/* A tool on the stage that does not come to its end, or does not even begin: what was captured of
 * it takes the place of nothing, and its folder goes. And one that would be counted anew in a user
 * namespace of its own. */
#include "run/netns.h"
#include "run/proc/stage.h"
#include "run/stage_gone.h"

#include "exercise/stage.h"

#include <fcntl.h>
#include <linux/sched.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

enum { SKIP = 77, TURN_MS = 50, TURNS = 200 };

/* In the child: whatever is not so ends it with its line. */
#define NEED(is)                         \
	do {                             \
		if (!(is))               \
			_exit(__LINE__); \
	} while (0)

static const char good[] = "a capture of an earlier play";
static char content[32], why[WARD_NETNS_WHY];
static struct stage s;

static void put(const char *path, const char *text, mode_t mode)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);

	NEED(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text));
	(void)close(fd);
}

static const char *in(const char *name)
{
	static char path[128];

	(void)snprintf(path, sizeof(path), "%s/stage/%s", content, name);
	return path;
}

static bool is_good(void)
{
	char text[64] = "";
	int fd = open(in("a.pcap"), O_RDONLY | O_CLOEXEC);
	ssize_t n = fd >= 0 ? read(fd, text, sizeof(text)) : -1;

	(void)close(fd);
	return n == (ssize_t)strlen(good) && memcmp(text, good, strlen(good)) == 0;
}

static void put_step(struct ward_step *step, struct ward_tool *tool, const char *program)
{
	*tool = (struct ward_tool){.name = "tool", .program = program, .package = "nothing"};
	*step = (struct ward_step){.act = WARD_ACT_TOOL,
		.tool = {.run = tool, .within = 20 * WARD_NS_PER_S, .capture = WARD_STR("a.pcap")}};
}

/* A stage with one host, which is at the loopback. */
static void open_stage(struct ward_scenario *c, struct ward_host *host, struct ward_step *step)
{
	uid_t n;

	if (ward_netns_enter(why, &n) != WARD_OK || !stage_bound_begin())
		_exit(SKIP);
	(void)snprintf(content, sizeof(content), "/tmp/ward-t-stage-XXXXXX");
	NEED(mkdtemp(content) && chmod(content, 0711) == 0);
	NEED(mkdir(in(""), 0755) == 0);
	put(in("a.pcap"), good, 0644);
	put(in("orphan"), "#!/nowhere/interpreter\n", 0755);
	put(in("waits"), "#!/bin/sh\n: >/dev/null\nexec sleep 60\n", 0755);
	*c = (struct ward_scenario){.host = host, .step = step};
	c->lead.n_step = 1;
	s = (struct stage){.scenario = c,
		.folder = content,
		.content = content,
		.kept_fd = -1,
		.gone_fd = WARD_FD_NONE};
	s.captures = strdup(in(""));
	s.p.clock = ward_clock_system();
	ward_log_init(&s.p.log, STDERR_FILENO, WARD_LOG_INFO, "stage", s.p.clock);
	(void)snprintf(s.dir, sizeof(s.dir), "%s/runs", content);
	NEED(mkdir(s.dir, 0711) == 0);
	s.host[0] = (struct stage_host){.host = 0,
		.as = {.port = "lo", .mac = "02:00:00:00:00:01"},
		.ns = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC)};
	s.n_host = 1;
	NEED(s.captures && s.host[0].ns >= 0);
}

static int never_begins(void)
{
	static const char *const program[] = {"no-such-tool-anywhere", "{content}/orphan"};
	struct ward_host host = {.id = WARD_STR("pump")};
	struct ward_step step;
	struct ward_tool tool;
	struct ward_scenario c;

	open_stage(&c, &host, &step);
	for (size_t i = 0; i < WARD_ARRAY_LEN(program); i++) {
		put_step(&step, &tool, program[i]);
		NEED(!stage_do(&s, 0, why));
		NEED(is_good() && access(in("a.pcap.part"), F_OK) != 0);
		NEED(rmdir(s.dir) == 0); /* nothing is mounted, or left, in it */
		NEED(mkdir(s.dir, 0711) == 0);
	}
	stage_end(&s);
	stage_remove(content);
	return 0;
}

static int is_ended(void)
{
	struct ward_host host = {.id = WARD_STR("pump")};
	struct ward_step step;
	struct ward_tool tool;
	struct ward_scenario c;

	open_stage(&c, &host, &step);
	put_step(&step, &tool, "{content}/waits");
	if (!stage_do(&s, 0, why))
		_exit(strstr(why, "Landlock") ? SKIP : __LINE__);
	NEED(access(in("a.pcap.part"), F_OK) == 0);
	stage_end(&s);
	NEED(is_good() && access(in("a.pcap.part"), F_OK) != 0);
	NEED(mkdir(s.dir, 0711) == 0);
	/* and one that came to its end is the capture */
	put_step(&step, &tool, "true");
	s.run[0] = (struct stage_run){.pid = 0};
	NEED(stage_do(&s, 0, why));
	for (int i = 0; i < TURNS && is_good(); i++) {
		(void)poll(NULL, 0, TURN_MS);
		stage_look(&s);
	}
	NEED(!is_good() && access(in("a.pcap.part"), F_OK) != 0);
	/* a disk that is full leaves the one before */
	put(in("a.pcap"), good, 0644);
	NEED(symlink("/dev/full", in("a.pcap.part")) == 0);
	struct stage_capture *full = stage_capture_open(&s, &s.host[0], step.tool.capture);

	NEED(full && !stage_capture_close(full, true) && is_good());
	NEED(unlink(in("a.pcap.part")) != 0);
	stage_end(&s);
	stage_remove(content);
	return 0;
}

/* ---- what a program on the stage tries: this one, with a word ---- */

/* Of a clone or clone3 that went well, in the child. */
static bool is_made(long pid)
{
	if (pid == 0)
		_exit(0);
	return pid > 0 && waitpid((pid_t)pid, NULL, 0) == (pid_t)pid;
}

/* A bit for each way to a user namespace that is open; another when none can fork any more. */
static int ways(void)
{
	struct clone_args three = {.flags = CLONE_NEWUSER, .exit_signal = SIGCHLD};
	int open = !is_made(fork()) << 3;

	open |= is_made(syscall(SYS_clone3, &three, sizeof(three))) << 2;
	open |= is_made(syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, NULL, NULL, NULL, NULL)) << 1;
	return open | (unshare(CLONE_NEWUSER) == 0);
}

static void copy_self(const char *to)
{
	char bytes[1 << 16];
	int from = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	int fd = open(to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0755);
	ssize_t n;

	NEED(from >= 0 && fd >= 0);
	while ((n = read(from, bytes, sizeof(bytes))) > 0)
		NEED(write(fd, bytes, (size_t)n) == n);
	NEED(n == 0 && close(from) == 0 && close(fd) == 0);
}

static int is_counted(void)
{
	static const struct ward_peer peer = {.name = "peer",
		.program = "{content}/self",
		.package = "nothing",
		.args = {"ways"}};
	struct ward_host host = {.id = WARD_STR("pump")};
	struct ward_step step;
	struct ward_tool tool;
	struct ward_scenario c;
	int status = -1;

	open_stage(&c, &host, &step);
	copy_self(in("self"));
	pid_t free = fork();

	if (free == 0)
		_exit(ways());
	NEED(waitpid(free, &status, 0) == free);
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 7) /* nobody may here */
		_exit(SKIP);
	put_step(&step, &tool, "{content}/self ways");
	if (!stage_do(&s, 0, why))
		_exit(strstr(why, "Landlock") ? SKIP : __LINE__);
	NEED(waitpid(s.run[0].pid, &status, 0) == s.run[0].pid);
	NEED(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	NEED(stage_serve(&s, &(const struct ward_stand){.host = 0, .serves = &peer}, why));
	NEED(s.run[1].pid > 0 && waitpid(s.run[1].pid, &status, 0) == s.run[1].pid);
	NEED(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	s.run[0].pid = s.run[1].pid = 0;
	stage_end(&s);
	stage_remove(content);
	return 0;
}

static void in_child(int (*work)(void))
{
	int status = 0;
	pid_t pid = fork();

	if (pid == 0)
		_exit(work());
	assert_true(pid > 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	if (WEXITSTATUS(status) == SKIP)
		skip();
	assert_int_equal(WEXITSTATUS(status), 0);
}

static void test_never_begins(void **state)
{
	(void)state;
	in_child(never_begins);
}

static void test_is_ended(void **state)
{
	(void)state;
	in_child(is_ended);
}

/* A server that ends is told to who leads, by its place, and is begun by no later life. */
static int is_gone(void)
{
	static const struct ward_peer peer = {
		.name = "peer", .program = "true", .package = "nothing"};
	const struct ward_stand stand[] = {{.host = 0}, {.host = 0, .serves = &peer}};
	struct ward_host host = {.id = WARD_STR("pump")};
	struct ward_scenario c;
	struct ward_step step;
	uint32_t which = UINT32_MAX;

	open_stage(&c, &host, &step);
	c.stand = (struct ward_stand *)(uintptr_t)stand;
	c.n_stand = WARD_ARRAY_LEN(stand);
	s.gone_fd = memfd_create("gone", MFD_CLOEXEC);
	NEED(s.gone_fd >= 0);
	if (!stage_serve(&s, &stand[1], why))
		_exit(strstr(why, "Landlock") ? SKIP : __LINE__);
	NEED(!ward_stage_gone_read(s.gone_fd, 0, &which));
	for (int i = 0; i < TURNS && !ward_stage_gone_read(s.gone_fd, 0, &which); i++) {
		(void)poll(NULL, 0, TURN_MS);
		stage_look(&s);
	}
	NEED(which == 1 && !ward_stage_gone_read(s.gone_fd, 1, &which));
	NEED(!stage_serve(&s, &stand[1], why) && strstr(why, "ended before"));
	NEED(s.run[0].pid == 0 && !ward_stage_gone_read(s.gone_fd, 1, &which));
	stage_end(&s);
	stage_remove(content);
	return 0;
}

static void test_is_gone(void **state)
{
	(void)state;
	in_child(is_gone);
}

static void test_is_counted(void **state)
{
	(void)state;
	in_child(is_counted);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_never_begins),
		cmocka_unit_test(test_is_ended), cmocka_unit_test(test_is_counted),
		cmocka_unit_test(test_is_gone)};

	if (argc == 2 && strcmp(argv[1], "ways") == 0)
		return ways();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
