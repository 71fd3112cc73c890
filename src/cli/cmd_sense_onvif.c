#include "cli/commands.h"
#include "cli/libexec.h"
#include "run/process.h"
#include "sense/onvif/onvif.h"
#include "sense/video/rtsp_url.h"

#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SETTINGS = 16, SETTING_MAX = 4096, NOBODY = 65534 };

struct args {
	const char *url, *user, *password_file, *certificate, *source, *content, *hospital;
	bool streams;
};

static int parse(const struct ward_cmd *cmd, int argc, char **argv, struct args *a)
{
	const struct {
		const char *name, **value;
	} option[] = {{"--user", &a->user}, {"--password-file", &a->password_file},
		{"--certificate", &a->certificate}, {"--source", &a->source},
		{"--content", &a->content}, {"--hospital", &a->hospital}};

	for (int i = 1; i < argc; i++) {
		size_t k = 0;

		if (strcmp(argv[i], "--streams") == 0) {
			a->streams = true;
			continue;
		}
		if (argv[i][0] != '-') {
			if (a->url)
				return ward_cli_usage(cmd, "one device only");
			a->url = argv[i];
			continue;
		}
		while (k < WARD_ARRAY_LEN(option) && strcmp(argv[i], option[k].name) != 0)
			k++;
		if (k == WARD_ARRAY_LEN(option))
			return ward_cli_usage(cmd, "'%s' is not an option", argv[i]);
		if (i + 1 == argc)
			return ward_cli_usage(cmd, "%s needs a value", argv[i]);
		*option[k].value = argv[++i];
	}
	return WARD_EXIT_DONE;
}

static int check(const struct ward_cmd *cmd, const struct args *a)
{
	struct ward_onvif_url url;
	struct ward_rtsp_url stream;
	const char *why;

	if (!a->url)
		return ward_cli_usage(cmd, "which device? onvif://HOST[:PORT], onvifs://… or, of "
					   "its metadata, rtsp://HOST/PATH");
	if (strncmp(a->url, "rtsp", 4) == 0) {
		if (ward_rtsp_url_read(ward_str_z(a->url), &stream, &why) != WARD_OK)
			return ward_cli_usage(cmd, "that is no stream's address: %s", why);
		if (stream.user[0])
			return ward_cli_usage(cmd, "others can see what programs are called "
						   "with: --user and --password-file instead");
		if (a->streams)
			return ward_cli_usage(cmd, "a stream has no streams: onvif://HOST");
	} else if (ward_onvif_url_read(ward_str_z(a->url), &url, &why) != WARD_OK) {
		return ward_cli_usage(cmd, "'%s' is no device's address: %s", a->url, why);
	}
	if (!a->user != !a->password_file)
		return ward_cli_usage(cmd, "--user and --password-file belong together");
	return WARD_EXIT_DONE;
}

struct child {
	char text[SETTINGS][SETTING_MAX];
	char *argv[SETTINGS + 2];
	int n;
	bool too_long;
};

static void set(struct child *c, const char *key, const char *value)
{
	if (!value)
		return;
	WARD_ASSERT(c->n < SETTINGS);
	int len = snprintf(c->text[c->n], SETTING_MAX, "%s=%s", key, value);

	c->too_long = c->too_long || len < 0 || len >= SETTING_MAX;
	c->argv[c->n + 1] = c->text[c->n];
	c->n++;
}

/* In the child: the program that speaks with the device takes its place. */
static WARD_NORETURN void become(
	char *program, const struct args *a, const char *content, pid_t parent)
{
	static struct child c;
	char number[24];

	c.argv[0] = program;
	(void)snprintf(number, sizeof(number), "%lld", (long long)parent);
	set(&c, "supervisor", number);
	(void)snprintf(number, sizeof(number), "%d", (int)NOBODY);
	if (geteuid() == 0) /* it needs nothing that root may do */
		set(&c, "uid", number);
	set(&c, "name_for_people", a->url);
	set(&c, "url", a->url);
	set(&c, "source", a->source ? a->source : "onvif");
	set(&c, "user", a->user);
	set(&c, "password_file", a->password_file);
	set(&c, "certificate", a->certificate);
	set(&c, "content", content);
	set(&c, "hospital", a->hospital);
	set(&c, "streams", a->streams ? "yes" : NULL);
	if (!c.too_long)
		(void)execv(program, c.argv);
	(void)fprintf(stderr, "ward sense onvif: cannot start '%s': %s\n", program,
		c.too_long ? "an option is too long" : strerror(errno));
	_exit(WARD_EXIT_RUN);
}

static int run(const struct ward_cmd *cmd, int argc, char **argv)
{
	struct args a = {.url = NULL};
	char program[WARD_CLI_LIBEXEC_MAX];
	const char *content;
	pid_t parent = getpid(), pid;
	int status, rc = parse(cmd, argc, argv, &a);

	if (!rc)
		rc = check(cmd, &a);
	if (!rc)
		rc = ward_cli_libexec(cmd, "onvif", program);
	if (rc)
		return rc;
	content = ward_cli_content(cmd, a.content);
	if (!content)
		return WARD_EXIT_RUN;
	pid = fork();
	if (pid == 0)
		become(program, &a, content, parent);
	if (pid < 0)
		return ward_cli_fail(cmd, "%s", strerror(errno));
	(void)signal(SIGINT, SIG_IGN); /* the child has it, too, and ends in order */
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return ward_cli_fail(cmd, "%s", strerror(errno));
	if (WIFEXITED(status))
		return WEXITSTATUS(status) <= WARD_EXIT_RUN ? WEXITSTATUS(status) : WARD_EXIT_RUN;
	return ward_cli_fail(cmd, "%s: who speaks with it was ended by signal %d (%s)", a.url,
		WTERMSIG(status), strsignal(WTERMSIG(status)));
}

const struct ward_cmd ward_cmd_sense_onvif = {
	.name = "sense onvif",
	.summary = "what an ONVIF device reports, as event lines",
	.help = "usage: ward sense onvif [OPTION…] onvif://HOST[:PORT] | rtsp://HOST/PATH\n\n"
		"Asks a camera, door controller or recorder for its events (ONVIF, by a pull\n"
		"point), or reads its metadata stream (rtsp://), and prints them as JSON lines:\n"
		"doors, badges (as tokens of this run), tampering, what its own analysis sees.\n"
		"onvifs:// and rtsps:// are over TLS. What topics mean stands in\n"
		"log-patterns/onvif.yml: docs/onvif.md. Ctrl-C ends it.\n\n"
		"  --streams             only print which streams the device offers, for\n"
		"                        sources.yml: the smallest suffices for the analysis\n"
		"  --user NAME --password-file FILE\n"
		"  --certificate FILE    PEM: the device's, or who made it; else the machine's\n"
		"  --source NAME         doors and readers are called NAME/TOKEN (default: onvif)\n"
		"  --content DIR, --hospital DIR   whose log-patterns\n\n"
		"Exit: 0 done, 2 usage, 3 could not run.\n",
	.run = run,
};
