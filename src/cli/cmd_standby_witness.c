/* `ward standby witness`: who of two machines leads, remembered on a third. */
#include "cli/args.h"
#include "cli/commands.h"
#include "cli/standby.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

struct options {
	const char *listen, *certificate, *key, *trust, *dir;
};

static pid_t child;

static void on_end(int sig)
{
	if (child > 0)
		(void)kill(child, sig);
}

static int parse(const struct ward_cmd *cmd, int argc, char **argv, struct options *o)
{
	const struct ward_cli_opt opt[] = {{"--listen", &o->listen, NULL},
		{"--certificate", &o->certificate, NULL}, {"--key", &o->key, NULL},
		{"--trust", &o->trust, NULL}, {"--state", &o->dir, NULL}};
	const struct ward_cli_args args = {opt, WARD_ARRAY_LEN(opt), NULL, NULL, NULL, NULL};
	int code = ward_cli_args(cmd, argc, argv, &args);

	if (!code && (!o->listen || !o->certificate || !o->key || !o->trust || !o->dir))
		code = ward_cli_usage(
			cmd, "give --listen, --certificate, --key, --trust and --state");
	return code;
}

static int start(
	const struct ward_cmd *cmd, const struct options *o, struct ward_cli_standby_child *c)
{
	int listener, rc = ward_cli_libexec(cmd, "witness", c->path);
	struct stat of;

	if (!rc)
		rc = ward_cli_standby_listen(cmd, o->listen, &listener);
	if (!rc)
		rc = ward_cli_standby_folder(cmd, o->dir, S_IRWXU, 0);
	if (rc)
		return rc;
	ward_cli_standby_number(c, "supervisor", (uint64_t)getpid());
	if (geteuid() == 0 && stat(o->dir, &of) == 0 && of.st_uid)
		ward_cli_standby_number(c, "uid", of.st_uid);
	ward_cli_standby_set(c, "certificate", o->certificate);
	ward_cli_standby_set(c, "key", o->key);
	ward_cli_standby_set(c, "trust", o->trust);
	ward_cli_standby_set(c, "dir", o->dir);
	ward_cli_standby_hand(c, "listener", listener);
	return ward_cli_standby_start(cmd, c, &child);
}

static int run(const struct ward_cmd *cmd, int argc, char **argv)
{
	struct options o = {.listen = NULL};
	struct ward_cli_standby_child *c = calloc(1, sizeof(*c));
	int status = 0, rc = c ? parse(cmd, argc, argv, &o) : ward_cli_fail(cmd, "out of memory");

	if (!rc)
		rc = start(cmd, &o, c);
	free(c);
	if (rc)
		return rc;
	(void)signal(SIGTERM, on_end);
	(void)signal(SIGINT, on_end);
	while (waitpid(child, &status, 0) < 0)
		if (errno != EINTR)
			return ward_cli_fail(cmd, "%s", strerror(errno));
	return WIFEXITED(status) && WEXITSTATUS(status) == 0
		       ? WARD_EXIT_DONE
		       : ward_cli_fail(cmd, "it has ended; its last words are above");
}

const struct ward_cmd ward_cmd_standby_witness = {
	.name = "standby witness",
	.summary = "on a third machine: who of two leads",
	.help = "usage: ward standby witness --listen ADDRESS:PORT --certificate FILE --key FILE\n"
		"                            --trust FILE --state DIR\n\n"
		"Remembers which of two machines leads (ward standby run), and whether it went "
		"on\n"
		"alone: so never both lead. Needs next to nothing: a few bytes a second, no\n"
		"clock. It must not run on one of the two (docs/standby.md).\n\n"
		"  --listen ADDR:PORT  where both connect to\n"
		"  --certificate FILE  PEM: shown to both; --key FILE its key\n"
		"  --trust FILE        PEM: the certificates of both\n"
		"  --state DIR         what it remembers; its owner is who runs\n\n"
		"Exit: 0 ended by a signal, 2 usage, 3 could not run.\n",
	.run = run,
};
