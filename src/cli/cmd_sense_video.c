#include "cli/commands.h"
#include "cli/libexec.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

enum { FPS_DEFAULT = 5, FPS_MAX = 30, SETTING_MAX = 4096 + 64, SETTINGS = 10, NOBODY = 65534 };

struct args {
	const char *path, *zones, *source, *start;
	uint64_t fps;
	ward_ns start_ns;
};

static int parse(const struct ward_cmd *cmd, int argc, char **argv, struct args *a)
{
	const struct {
		const char *name;
		const char **to;
	} texts[] = {{"--zones", &a->zones}, {"--source", &a->source}, {"--start", &a->start}};

	for (int i = 1; i < argc; i++) {
		const char *arg = argv[i], *value = i + 1 < argc ? argv[i + 1] : NULL;
		const char **to = NULL;
		bool fps = strcmp(arg, "--fps") == 0;

		for (size_t k = 0; k < WARD_ARRAY_LEN(texts); k++)
			to = strcmp(arg, texts[k].name) == 0 ? texts[k].to : to;
		if (!to && !fps) {
			if (arg[0] == '-' && arg[1])
				return ward_cli_usage(cmd, "'%s' is not an option", arg);
			if (a->path)
				return ward_cli_usage(cmd, "one video at a time");
			a->path = arg;
			continue;
		}
		if (!value || !*value)
			return ward_cli_usage(cmd, "%s needs a value", arg);
		if (to)
			*to = value;
		else if (!ward_str_u64(ward_str_z(value), &a->fps) || !a->fps || a->fps > FPS_MAX)
			return ward_cli_usage(cmd, "--fps is 1 to %d", (int)FPS_MAX);
		i++;
	}
	if (!a->path)
		return ward_cli_usage(cmd, "which video? a file, or '-' for standard input");
	if (strstr(a->path, "://"))
		return ward_cli_usage(
			cmd, "'%s': only files are read yet, or '-' for standard input", a->path);
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

/* In the child: the program that decodes takes its place. */
static WARD_NORETURN void become(const char *program, const struct args *a, int fd, pid_t parent)
{
	static char text[SETTINGS][SETTING_MAX];
	char *argv[SETTINGS + 2] = {(char *)(uintptr_t)program};
	const char *source = a->source                   ? a->source
			     : strcmp(a->path, "-") == 0 ? "video"
							 : base_name(a->path);
	size_t n = 0;
	bool ok = true;

#define SET(...)                                                        \
	do {                                                            \
		int len_ = snprintf(text[n], SETTING_MAX, __VA_ARGS__); \
		ok = ok && len_ > 0 && len_ < SETTING_MAX;              \
		argv[n + 1] = text[n];                                  \
		n++;                                                    \
	} while (0)
	SET("supervisor=%lld", (long long)parent);
	SET("fd.in=%d", fd);
	SET("fps=%llu", (unsigned long long)a->fps);
	SET("start=%lld", (long long)a->start_ns);
	SET("source=%s", source);
	SET("name_for_people=%s", strcmp(a->path, "-") == 0 ? "standard input" : a->path);
	if (a->zones)
		SET("plan=%s", a->zones);
	if (geteuid() == 0) /* it needs nothing that root may do */
		SET("uid=%d", (int)NOBODY);
#undef SET
	if (ok)
		(void)execv(program, argv);
	(void)fprintf(stderr, "ward sense video: cannot start '%s': %s\n", program,
		ok ? strerror(errno) : "an option is too long");
	_exit(WARD_EXIT_RUN);
}

/* Its exit code, as this command's. */
static int wait_for(const struct ward_cmd *cmd, const struct args *a, pid_t pid)
{
	int status;

	(void)signal(SIGINT, SIG_IGN); /* the child has it, too, and ends in order */
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return ward_cli_fail(cmd, "%s", strerror(errno));
	if (WIFEXITED(status))
		return WEXITSTATUS(status) <= WARD_EXIT_RUN ? WEXITSTATUS(status) : WARD_EXIT_RUN;
	return ward_cli_fail(cmd,
		"%s: its decoder was ended by signal %d (%s): the video is broken or made to "
		"attack; do not play it elsewhere",
		a->path, WTERMSIG(status), strsignal(WTERMSIG(status)));
}

static int run(const struct ward_cmd *cmd, int argc, char **argv)
{
	struct args a = {.fps = FPS_DEFAULT};
	char program[WARD_CLI_LIBEXEC_MAX];
	int rc = parse(cmd, argc, argv, &a), fd = STDIN_FILENO;
	pid_t parent = getpid(), pid;

	if (!rc)
		rc = ward_cli_libexec(cmd, "video", program);
	if (rc)
		return rc;
	if (strcmp(a.path, "-") != 0)
		fd = open(a.path, O_RDONLY | O_NOCTTY); /* the child inherits it */
	if (fd < 0)
		return ward_cli_fail(cmd, "cannot open '%s': %s", a.path, strerror(errno));
	pid = fork();
	if (pid == 0)
		become(program, &a, fd, parent);
	rc = pid < 0 ? ward_cli_fail(cmd, "%s", strerror(errno)) : wait_for(cmd, &a, pid);
	if (fd != STDIN_FILENO)
		(void)close(fd);
	return rc;
}

const struct ward_cmd ward_cmd_sense_video = {
	.name = "sense video",
	.summary = "what a camera sees as event lines",
	.help = "usage: ward sense video [OPTION…] FILE|-\n\n"
		"Watches a video file and prints what happens in it as JSON lines: who enters a\n"
		"zone, stays there, crosses a line or runs, what is left behind, what looks like\n"
		"flames, and when the camera is covered, turned, frozen or fed with a recording.\n"
		"Zones and lines are drawn in a file; without one only what needs none is told.\n"
		"The video is decoded in a process of its own, which can open no file and no\n"
		"connection; no picture leaves it. On end: a summary of all counters as one JSON\n"
		"object on standard error.\n\n"
		"  --zones FILE     zones and lines of the camera (YAML: "
		"src/sense/video/README.md)\n"
		"  --fps N          pictures a second that are analysed, 1 to 30 (default: 5)\n"
		"  --source NAME    of the events (default: the file's base name)\n"
		"  --start TIME     of its first picture, as 2026-11-23T08:00:00Z (default: its\n"
		"                   events count from 1970-01-01T00:00:00Z)\n\n"
		"Exit: 0 done, 1 the video or the zones are broken (reported), 2 usage, 3 could\n"
		"not run.\n",
	.run = run,
};
