#include "cli/viewer.h"

#include "base/fd.h"
#include "cli/libexec.h"
#include "sense/video/rtsp_url.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { FPS_MAX = 30, PERCENT = 100, SETTING_MAX = 4096 + 64, SETTINGS = 15, NOBODY = 65534 };

/* What a child is started with. */
struct child {
	const char *program;
	size_t n;
	bool too_long;
	char *argv[SETTINGS + 2];
	char text[SETTINGS][SETTING_MAX];
};

int ward_viewer_option(
	const struct ward_cmd *cmd, struct ward_viewer *a, int *i, int argc, char **argv)
{
	const struct {
		const char *name;
		const char **to;
	} texts[] = {{"--source", &a->source}, {"--start", &a->start}, {"--user", &a->user},
		{"--password-file", &a->password_file}, {"--certificate", &a->certificate}};
	const struct {
		const char *name;
		bool *to;
	} flags[] = {{"--once", &a->once}, {"--keyframes", &a->keyframes}};
	const char *arg = argv[*i], *value = *i + 1 < argc ? argv[*i + 1] : NULL;
	const char **to = NULL;
	bool fps = strcmp(arg, "--fps") == 0, budget = strcmp(arg, "--budget") == 0;

	for (size_t k = 0; k < WARD_ARRAY_LEN(flags); k++)
		if (strcmp(arg, flags[k].name) == 0) {
			*flags[k].to = true;
			return WARD_EXIT_DONE;
		}
	for (size_t k = 0; k < WARD_ARRAY_LEN(texts); k++)
		to = strcmp(arg, texts[k].name) == 0 ? texts[k].to : to;
	if (!to && !fps && !budget) {
		if (arg[0] == '-' && arg[1])
			return WARD_VIEWER_NOT_TAKEN;
		if (a->path)
			return ward_cli_usage(cmd, "one video at a time");
		a->path = arg;
		return WARD_EXIT_DONE;
	}
	if (!value || !*value)
		return ward_cli_usage(cmd, "%s needs a value", arg);
	if (to)
		*to = value;
	else if (budget && (!ward_str_u64(ward_str_z(value), &a->budget) || !a->budget ||
				   a->budget > PERCENT))
		return ward_cli_usage(cmd, "--budget is 1 to %d percent", (int)PERCENT);
	else if (fps && (!ward_str_u64(ward_str_z(value), &a->fps) || !a->fps || a->fps > FPS_MAX))
		return ward_cli_usage(cmd, "--fps is 1 to %d", (int)FPS_MAX);
	++*i;
	return WARD_EXIT_DONE;
}

/* A camera's address is never shown whole. */
static int check_camera(const struct ward_cmd *cmd, struct ward_viewer *a)
{
	struct ward_wr w = ward_wr_fixed(a->shown, sizeof(a->shown) - 1);
	struct ward_rtsp_url url;
	const char *why;

	if (ward_rtsp_url_read(ward_str_z(a->path), &url, &why) != WARD_OK)
		return ward_cli_usage(cmd, "the camera's address can't be used: %s", why);
	ward_rtsp_url_show(&url, &w);
	ward_wipe(&url, sizeof(url));
	if (a->start)
		return ward_cli_usage(cmd, "--start is of files: a camera's time is now");
	if (a->tries)
		a->fps = FPS_MAX; /* as often as it has them */
	if (a->password_file && !a->user)
		return ward_cli_usage(cmd, "--password-file needs --user");
	return WARD_EXIT_DONE;
}

int ward_viewer_check(const struct ward_cmd *cmd, struct ward_viewer *a)
{
	if (!a->path)
		return ward_cli_usage(
			cmd, "which video? a file, '-' for standard input, or a camera's rtsp://…");
	a->live = strstr(a->path, "://") != NULL;
	if (a->live)
		return check_camera(cmd, a);
	if (a->user || a->password_file || a->certificate || a->once || a->budget || a->tries)
		return ward_cli_usage(cmd, "--user, --password-file, --certificate, --once, "
					   "--budget and --try are of cameras");
	if (a->start &&
		(ward_time_parse(ward_str_z(a->start), &a->start_ns) != WARD_OK || a->start_ns < 0))
		return ward_cli_usage(
			cmd, "--start is a time from 1970 on, as 2026-11-23T08:00:00Z");
	return WARD_EXIT_DONE;
}

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

WARD_PRINTF(2, 3) static void set(struct child *c, const char *fmt, ...)
{
	va_list args;
	int len;

	WARD_ASSERT(c->n < SETTINGS);
	va_start(args, fmt);
	len = vsnprintf(c->text[c->n], SETTING_MAX, fmt, args);
	va_end(args);
	c->too_long = c->too_long || len < 0 || len >= SETTING_MAX;
	c->argv[c->n + 1] = c->text[c->n];
	c->n++;
}

/* Root without the power of root, as in a cage, stays who it is. */
static bool may_be_nobody(void)
{
	struct __user_cap_header_struct h = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct d[_LINUX_CAPABILITY_U32S_3] = {{0}};

	return geteuid() == 0 && syscall(SYS_capget, &h, d) == 0 &&
	       d[0].effective & 1u << CAP_SETUID;
}

/* In the child: the program takes its place. */
static WARD_NORETURN void become(struct child *c, pid_t parent)
{
	c->argv[0] = (char *)(uintptr_t)c->program;
	set(c, "supervisor=%lld", (long long)parent);
	if (may_be_nobody()) /* it needs nothing that root may do */
		set(c, "uid=%d", (int)NOBODY);
	if (!c->too_long)
		(void)execv(c->program, c->argv);
	(void)fprintf(stderr, "ward: cannot start '%s': %s\n", c->program,
		c->too_long ? "an option is too long" : strerror(errno));
	_exit(WARD_EXIT_RUN);
}

/* The program that decodes. */
static WARD_NORETURN void become_video(
	const char *program, const struct ward_viewer *a, int fd, pid_t parent)
{
	static struct child c;
	const char *source = a->source                   ? a->source
			     : a->live                   ? "camera"
			     : strcmp(a->path, "-") == 0 ? "video"
							 : base_name(a->path);

	c.program = program;
	set(&c, "fd.%s=%d", a->live ? "camera" : "in", fd);
	set(&c, "fps=%llu", (unsigned long long)a->fps);
	set(&c, "start=%lld", (long long)a->start_ns);
	set(&c, "source=%s", source);
	set(&c, "name_for_people=%s",
		a->live                     ? a->shown
		: strcmp(a->path, "-") == 0 ? "standard input"
					    : a->path);
	if (a->zones)
		set(&c, "plan=%s", a->zones);
	if (a->tries)
		set(&c, "try=yes");
	if (a->keyframes)
		set(&c, "keyframes=yes");
	if (a->budget)
		set(&c, "budget=%llu", (unsigned long long)a->budget);
	if (a->show) {
		set(&c, "show=%s", a->show);
		set(&c, "fd.show=%d", a->show_fd);
	}
	become(&c, parent);
}

/* The program that speaks with the camera. The address goes through a file in memory. */
static WARD_NORETURN void become_camera(
	const char *program, const struct ward_viewer *a, int fd, pid_t parent)
{
	static struct child c;
	int url = memfd_create("url", 0);

	c.program = program;
	if (url < 0 || !ward_fd_write(url, ward_str_bytes(ward_str_z(a->path)))) {
		(void)fprintf(stderr, "ward: %s\n", strerror(errno));
		_exit(WARD_EXIT_RUN);
	}
	set(&c, "fd.video=%d", fd);
	set(&c, "fd.url=%d", url);
	set(&c, "name_for_people=%s", a->shown);
	if (a->user)
		set(&c, "user=%s", a->user);
	if (a->password_file)
		set(&c, "password_file=%s", a->password_file);
	if (a->certificate)
		set(&c, "certificate=%s", a->certificate);
	if (a->tries)
		set(&c, "try=yes");
	if (a->once)
		set(&c, "once=yes");
	become(&c, parent);
}

/* Its exit code, as this command's. */
static int wait_for(
	const struct ward_cmd *cmd, const struct ward_viewer *a, pid_t pid, bool decodes)
{
	int status;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return ward_cli_fail(cmd, "%s", strerror(errno));
	if (WIFEXITED(status))
		return WEXITSTATUS(status) <= WARD_EXIT_RUN ? WEXITSTATUS(status) : WARD_EXIT_RUN;
	if (decodes)
		return ward_cli_fail(cmd,
			"%s: its decoder was ended by signal %d (%s): the video is broken or made "
			"to attack; do not play it elsewhere",
			a->live ? a->shown : a->path, WTERMSIG(status),
			strsignal(WTERMSIG(status)));
	return ward_cli_fail(cmd, "%s: who speaks with it was ended by signal %d (%s)", a->shown,
		WTERMSIG(status), strsignal(WTERMSIG(status)));
}

/* The decoder reads from fd. */
static int watch_file(const struct ward_cmd *cmd, const struct ward_viewer *a, const char *video)
{
	pid_t parent = getpid(), pid;
	int fd = STDIN_FILENO, rc;

	if (strcmp(a->path, "-") != 0)
		fd = open(a->path, O_RDONLY | O_NOCTTY); /* the child inherits it */
	if (fd < 0)
		return ward_cli_fail(cmd, "cannot open '%s': %s", a->path, strerror(errno));
	pid = fork();
	if (pid == 0)
		become_video(video, a, fd, parent);
	(void)signal(SIGINT, SIG_IGN); /* the child has it, too, and ends in order */
	rc = pid < 0 ? ward_cli_fail(cmd, "%s", strerror(errno)) : wait_for(cmd, a, pid, true);
	if (fd != STDIN_FILENO)
		(void)close(fd);
	return rc;
}

/* One speaks with the camera, the other decodes what it hands on. */
static int watch_camera(const struct ward_cmd *cmd, const struct ward_viewer *a, const char *video)
{
	char camera[WARD_CLI_LIBEXEC_MAX];
	pid_t parent = getpid(), decoder, speaker;
	int rc = ward_cli_libexec(cmd, "camera", camera), pair[2], spoken;

	if (rc)
		return rc;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair) != 0)
		return ward_cli_fail(cmd, "%s", strerror(errno));
	decoder = fork();
	if (decoder == 0) {
		(void)close(pair[1]);
		become_video(video, a, pair[0], parent);
	}
	speaker = decoder < 0 ? -1 : fork();
	if (speaker == 0) {
		(void)close(pair[0]);
		become_camera(camera, a, pair[1], parent);
	}
	rc = decoder < 0 || speaker < 0 ? ward_cli_fail(cmd, "%s", strerror(errno)) : 0;
	(void)close(pair[0]); /* each ends when the other does */
	(void)close(pair[1]);
	(void)signal(SIGINT, SIG_IGN);
	if (decoder > 0)
		rc = wait_for(cmd, a, decoder, true);
	spoken = speaker > 0 ? wait_for(cmd, a, speaker, false) : 0;
	return rc ? rc : spoken;
}

int ward_viewer_run(const struct ward_cmd *cmd, const struct ward_viewer *a)
{
	char program[WARD_CLI_LIBEXEC_MAX];
	int rc = ward_cli_libexec(cmd, "video", program);

	if (rc)
		return rc;
	return a->live ? watch_camera(cmd, a, program) : watch_file(cmd, a, program);
}
