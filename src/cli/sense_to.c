#include "cli/sense_to.h"

#include "cli/ship.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static pid_t sensor;
static volatile sig_atomic_t asked;

static void on_signal(int sig)
{
	asked = 1;
	if (sensor > 0)
		(void)kill(sensor, sig);
}

/* Ours off the words; the others stay, in order. False: one lacks its value. */
static bool take(struct ward_cli_ship *o, int *argc, char **argv, const char **ret_wrong)
{
	const struct {
		const char *name, **value;
	} opt[] = {{"--to", &o->to}, {"--spool", &o->spool}, {"--token-file", &o->token},
		{"--to-ca", &o->ca}, {"--quota", &o->quota}, {"--keep", &o->keep},
		{"--rate", &o->rate}};
	int n = 0;

	for (int i = 0; i < *argc; i++) {
		size_t k = 0;

		while (k < WARD_ARRAY_LEN(opt) && strcmp(argv[i], opt[k].name) != 0)
			k++;
		if (k == WARD_ARRAY_LEN(opt)) {
			argv[n++] = argv[i];
			continue;
		}
		*ret_wrong = argv[i];
		if (i + 1 == *argc || !argv[i + 1][0])
			return false;
		*opt[k].value = argv[++i];
	}
	*argc = n;
	argv[n] = NULL;
	return true;
}

static WARD_NORETURN void sense(const struct ward_cmd *cmd, int argc, char **argv, int to)
{
	int rc = dup2(to, STDOUT_FILENO) == STDOUT_FILENO
			 ? cmd->run(cmd, argc, argv)
			 : ward_cli_fail(cmd, "%s", strerror(errno));

	if (fflush(stdout) != 0 && !rc)
		rc = WARD_EXIT_RUN;
	exit(rc);
}

/* The sensor ends, by itself or as it was asked to; then what it said is on the disk, and sent
 * unless somebody asked to end. */
static int watch(const struct ward_cmd *cmd, pid_t ship)
{
	int status = 0;

	while (waitpid(sensor, &status, 0) < 0)
		if (errno != EINTR)
			return ward_cli_fail(cmd, "%s", strerror(errno));
	int rc = WIFEXITED(status) ? WEXITSTATUS(status) : asked ? WARD_EXIT_DONE : WARD_EXIT_RUN;

	if (WIFSIGNALED(status) && !asked)
		(void)ward_cli_fail(cmd, "the sensor was ended by signal %d (%s)", WTERMSIG(status),
			strsignal(WTERMSIG(status)));
	if (asked)
		(void)kill(ship, SIGTERM);
	int shipped = ward_cli_ship_wait(cmd, ship);

	return rc ? rc : shipped;
}

void ward_cli_sense_help(FILE *f)
{
	fputs("\nA sensor that ships by itself, to a Ward elsewhere (docs/remote-sensors.md):\n"
	      "  --to URL --spool DIR  events go to that Ward, over cuts, and not to standard "
	      "output;\n"
	      "                        --token-file, --to-ca, --quota, --keep and --rate are as of "
	      "'ward "
	      "ship'\n",
		f);
}

int ward_cli_sense(const struct ward_cmd *cmd, int argc, char **argv)
{
	struct ward_cli_ship o = {.code = -1, .apart = true};
	const char *wrong = NULL;
	pid_t ship;
	int line[2];

	if (!take(&o, &argc, argv, &wrong))
		return ward_cli_usage(cmd, "%s needs a value", wrong);
	if (!wrong)
		return cmd->run(cmd, argc, argv);
	if (!o.spool)
		return ward_cli_usage(cmd,
			"%s is of a sensor that ships by itself: give --spool DIR, where events "
			"wait on the disk",
			wrong);
	if (pipe2(line, O_CLOEXEC) != 0)
		return ward_cli_fail(cmd, "%s", strerror(errno));
	o.in = fcntl(line[0], F_DUPFD, 3); /* the only end that goes over to who ships */
	(void)close(line[0]);
	int rc = o.in < 0 ? ward_cli_fail(cmd, "%s", strerror(errno))
			  : ward_cli_ship_start(cmd, &o, &ship);

	if (rc)
		return rc;
	(void)close(o.in);
	sensor = fork();
	if (sensor == 0)
		sense(cmd, argc, argv, line[1]);
	(void)close(line[1]);
	if (sensor < 0) {
		(void)ward_cli_fail(cmd, "%s", strerror(errno));
		(void)ward_cli_ship_wait(cmd, ship);
		return WARD_EXIT_RUN;
	}
	(void)signal(SIGTERM, on_signal);
	(void)signal(SIGINT, on_signal);
	return watch(cmd, ship);
}
