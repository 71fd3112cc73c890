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

/* Who senses, and who ships what it says: both are children of this process. */
struct both {
	pid_t sensor, ship; /* 0: it ended, and nobody may signal that number any more */
	int sensed, shipped;
	bool asked; /* somebody told us to end */
};

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

/* Whoever ended, and what follows for the other: what the sensor said is put onto the disk, and
 * sent unless somebody asked to end; a sensor whose words nobody takes ends at once. */
static void reap(struct both *b)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		if (pid == b->sensor) {
			b->sensor = 0;
			b->sensed = status;
			if (b->asked && b->ship)
				(void)kill(b->ship, SIGTERM);
		} else if (pid == b->ship) {
			b->ship = 0;
			b->shipped = status;
			if (b->sensor)
				(void)kill(b->sensor, SIGTERM);
		}
	}
}

/* Until both have ended. The signals of the set are blocked, so none comes between what is looked
 * at and what is done. */
static int watch(const struct ward_cmd *cmd, struct both *b, const sigset_t *set)
{
	bool unheard = false; /* who ships ended before the sensor */

	for (int sig = 0;; (void)sigwait(set, &sig)) {
		if (sig == SIGTERM || sig == SIGINT) {
			b->asked = true;
			(void)kill(b->sensor ? b->sensor : b->ship, b->sensor ? sig : SIGTERM);
		}
		reap(b);
		unheard = unheard || (b->sensor && !b->ship);
		if (!b->sensor && !b->ship)
			break;
	}
	int rc = WIFEXITED(b->sensed) ? WEXITSTATUS(b->sensed)
		 : b->asked           ? WARD_EXIT_DONE
				      : WARD_EXIT_RUN;
	int shipped = ward_cli_ship_ended(cmd, b->shipped);

	if (WIFSIGNALED(b->sensed) && !b->asked && unheard)
		(void)ward_cli_fail(cmd, "who sends ended, and so the sensor was, too");
	else if (WIFSIGNALED(b->sensed) && !b->asked)
		(void)ward_cli_fail(cmd, "the sensor was ended by signal %d (%s)",
			WTERMSIG(b->sensed), strsignal(WTERMSIG(b->sensed)));
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
	struct both b = {.sensor = 0};
	const char *wrong = NULL;
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
			  : ward_cli_ship_start(cmd, &o, &b.ship);

	if (rc)
		return rc;
	(void)close(o.in);
	sigset_t set, before;

	(void)sigemptyset(&set);
	(void)sigaddset(&set, SIGTERM);
	(void)sigaddset(&set, SIGINT);
	(void)sigaddset(&set, SIGCHLD);
	(void)signal(SIGCHLD, SIG_DFL); /* or nobody could wait for them */
	(void)sigprocmask(SIG_BLOCK, &set, &before);
	b.sensor = fork();
	if (b.sensor == 0) {
		(void)sigprocmask(SIG_SETMASK, &before, NULL);
		sense(cmd, argc, argv, line[1]);
	}
	(void)close(line[1]);
	if (b.sensor < 0) {
		(void)ward_cli_fail(cmd, "%s", strerror(errno));
		b.sensor = 0;
		b.sensed = WARD_EXIT_RUN << 8;
	}
	return watch(cmd, &b, &set);
}
