#include "cli/device.h"

#include "cli/libexec.h"

#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SETTINGS = 16, SETTING_MAX = 4096, NOBODY = 65534 };

bool ward_cli_device_option(const struct ward_cmd *cmd, int argc, char **argv, int *i,
	struct ward_cli_device *d, int *ret_code)
{
	const struct {
		const char *name, **value;
	} option[] = {{"--user", &d->user}, {"--password-file", &d->password_file},
		{"--certificate", &d->certificate}, {"--source", &d->source},
		{"--content", &d->content}, {"--hospital", &d->hospital}};
	size_t k = 0;

	*ret_code = WARD_EXIT_DONE;
	while (k < WARD_ARRAY_LEN(option) && strcmp(argv[*i], option[k].name) != 0)
		k++;
	if (k == WARD_ARRAY_LEN(option))
		return false;
	if (*i + 1 == argc)
		*ret_code = ward_cli_usage(cmd, "%s needs a value", argv[*i]);
	else
		*option[k].value = argv[++*i];
	return true;
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
	char *program, const struct ward_cli_device *d, const char *content, pid_t parent)
{
	static struct child c;
	char number[24];

	c.argv[0] = program;
	(void)snprintf(number, sizeof(number), "%lld", (long long)parent);
	set(&c, "supervisor", number);
	(void)snprintf(number, sizeof(number), "%d", (int)NOBODY);
	if (geteuid() == 0) /* it needs nothing that root may do */
		set(&c, "uid", number);
	set(&c, "name_for_people", d->url);
	set(&c, "url", d->url);
	set(&c, "source", d->source ? d->source : "onvif");
	set(&c, "user", d->user);
	set(&c, "password_file", d->password_file);
	set(&c, "certificate", d->certificate);
	set(&c, "content", content);
	set(&c, "hospital", d->hospital);
	if (d->once)
		set(&c, d->once, "yes");
	if (!c.too_long)
		(void)execv(program, c.argv);
	(void)fprintf(stderr, "ward: cannot start '%s': %s\n", program,
		c.too_long ? "an option is too long" : strerror(errno));
	_exit(WARD_EXIT_RUN);
}

int ward_cli_device_run(const struct ward_cmd *cmd, const struct ward_cli_device *d, int out)
{
	char program[WARD_CLI_LIBEXEC_MAX];
	const char *content;
	pid_t parent = getpid(), pid;
	int status, rc = ward_cli_libexec(cmd, "onvif", program);

	if (rc)
		return rc;
	content = ward_cli_content(cmd, d->content);
	if (!content)
		return WARD_EXIT_RUN;
	pid = fork();
	if (pid == 0) {
		if (out >= 0 && dup2(out, STDOUT_FILENO) < 0)
			_exit(WARD_EXIT_RUN);
		become(program, d, content, parent);
	}
	if (pid < 0)
		return ward_cli_fail(cmd, "%s", strerror(errno));
	(void)signal(SIGINT, SIG_IGN); /* the child has it, too, and ends in order */
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return ward_cli_fail(cmd, "%s", strerror(errno));
	if (WIFEXITED(status))
		return WEXITSTATUS(status) <= WARD_EXIT_RUN ? WEXITSTATUS(status) : WARD_EXIT_RUN;
	return ward_cli_fail(cmd, "%s: who speaks with it was ended by signal %d (%s)", d->url,
		WTERMSIG(status), strsignal(WTERMSIG(status)));
}
