/* `ward ship`: what a sensor sees, to a Ward elsewhere. */
#include "cli/args.h"
#include "cli/commands.h"
#include "cli/libexec.h"
#include "ship/spool.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SETTINGS = 12, SETTING_MAX = 4096 };

struct options {
	const char *to, *token, *spool, *ca, *certificate, *quota, *keep;
	uint64_t bytes, keep_s;
};

/* The arguments of the process. */
struct child {
	char text[SETTINGS][SETTING_MAX];
	char *argv[SETTINGS + 2];
	size_t n;
	bool too_long;
};

static void set(struct child *c, const char *key, const char *value)
{
	if (!value || c->n == SETTINGS)
		return;
	int len = snprintf(c->text[c->n], SETTING_MAX, "%s=%s", key, value);

	c->too_long = c->too_long || len < 0 || len >= SETTING_MAX;
	c->argv[c->n + 1] = c->text[c->n];
	c->n++;
}

static void set_number(struct child *c, const char *key, uint64_t n)
{
	char text[24];

	(void)snprintf(text, sizeof(text), "%llu", (unsigned long long)n);
	set(c, key, text);
}

/* "512M", "2G": bytes. */
static bool read_bytes(const char *text, uint64_t *ret)
{
	struct ward_str s = ward_str_z(text);
	unsigned shift = 0;

	if (s.len && s.p[s.len - 1] == 'M')
		shift = 20;
	else if (s.len && s.p[s.len - 1] == 'G')
		shift = 30;
	return shift && ward_str_u64(ward_str_sub(s, 0, s.len - 1), ret) && *ret < 1 << 20 &&
	       (*ret <<= shift) >= WARD_SHIP_LEAST;
}

/* "72h": seconds. */
static bool read_hours(const char *text, uint64_t *ret)
{
	struct ward_str s = ward_str_z(text);

	if (!s.len || s.p[s.len - 1] != 'h' || !ward_str_u64(ward_str_sub(s, 0, s.len - 1), ret) ||
		!*ret || *ret > 10000)
		return false;
	*ret *= 3600;
	return true;
}

static int parse(const struct ward_cmd *cmd, int argc, char **argv, struct options *o)
{
	const struct ward_cli_opt opt[] = {{"--to", &o->to, NULL},
		{"--token-file", &o->token, NULL}, {"--spool", &o->spool, NULL},
		{"--ca", &o->ca, NULL}, {"--certificate", &o->certificate, NULL},
		{"--quota", &o->quota, NULL}, {"--keep", &o->keep, NULL}};
	const struct ward_cli_args args = {opt, WARD_ARRAY_LEN(opt), NULL, NULL, NULL, NULL};
	int code = ward_cli_args(cmd, argc, argv, &args);

	if (code)
		return code;
	if (!o->to || !o->token || !o->spool)
		return ward_cli_usage(cmd, "give --to URL, --token-file FILE and --spool DIR");
	if (strncmp(o->to, "https://", 8) != 0 && strncmp(o->to, "http://127.", 11) != 0)
		return ward_cli_usage(
			cmd, "--to %s: give https://HOST[:PORT], the console's address", o->to);
	if (!read_bytes(o->quota ? o->quota : "1G", &o->bytes))
		return ward_cli_usage(cmd, "--quota %s: give 8M or more, as 512M or 2G", o->quota);
	if (!read_hours(o->keep ? o->keep : "72h", &o->keep_s))
		return ward_cli_usage(cmd, "--keep %s: give hours, as 72h", o->keep);
	return WARD_EXIT_DONE;
}

/* The spool's folder, and whose it is: that is who sends, and nobody else. */
static int folder(const struct ward_cmd *cmd, const char *dir, struct stat *ret)
{
	if (mkdir(dir, S_IRWXU) != 0 && errno != EEXIST)
		return ward_cli_fail(cmd, "--spool %s: %s", dir, strerror(errno));
	if (stat(dir, ret) != 0 || !S_ISDIR(ret->st_mode))
		return ward_cli_fail(cmd, "--spool %s is no folder", dir);
	if (ret->st_mode & (S_IRWXG | S_IRWXO))
		return ward_cli_fail(cmd,
			"--spool %s: others may look into it, and it holds what the sensor saw: "
			"chmod 700 %s",
			dir, dir);
	return WARD_EXIT_DONE;
}

static WARD_NORETURN void become(
	char *program, const struct options *o, const struct stat *of, pid_t parent)
{
	static struct child c;

	c.argv[0] = program;
	set_number(&c, "supervisor", (uint64_t)parent);
	if (geteuid() == 0 && of->st_uid)
		set_number(&c, "uid", of->st_uid);
	set(&c, "fd.in", "0");
	set(&c, "url", o->to);
	set(&c, "secret_file", o->token);
	set(&c, "certificate", o->ca);
	set(&c, "client_certificate", o->certificate);
	set(&c, "spool", o->spool);
	set_number(&c, "bytes", o->bytes);
	set_number(&c, "keep_s", o->keep_s);
	if (!c.too_long)
		(void)execv(program, c.argv);
	(void)fprintf(stderr, "ward ship: cannot start '%s': %s\n", program,
		c.too_long ? "an option is too long" : strerror(errno));
	_exit(WARD_EXIT_RUN);
}

static pid_t sender;

static void on_signal(int sig)
{
	if (sender > 0)
		(void)kill(sender, sig);
}

static int run(const struct ward_cmd *cmd, int argc, char **argv)
{
	struct options o = {.to = NULL};
	char program[WARD_CLI_LIBEXEC_MAX];
	pid_t parent = getpid();
	struct stat of;
	int status, rc = parse(cmd, argc, argv, &o);

	if (!rc)
		rc = folder(cmd, o.spool, &of);
	if (!rc)
		rc = ward_cli_libexec(cmd, "ship", program);
	if (rc)
		return rc;
	sender = fork();
	if (sender == 0)
		become(program, &o, &of, parent);
	if (sender < 0)
		return ward_cli_fail(cmd, "%s", strerror(errno));
	(void)signal(SIGTERM, on_signal);
	(void)signal(SIGINT, SIG_IGN); /* the child has it, too, and ends in order */
	while (waitpid(sender, &status, 0) < 0)
		if (errno != EINTR)
			return ward_cli_fail(cmd, "%s", strerror(errno));
	if (WIFEXITED(status))
		return WEXITSTATUS(status) <= WARD_EXIT_RUN ? WEXITSTATUS(status) : WARD_EXIT_RUN;
	return ward_cli_fail(cmd, "who sends was ended by signal %d (%s)", WTERMSIG(status),
		strsignal(WTERMSIG(status)));
}

const struct ward_cmd ward_cmd_ship = {
	.name = "ship",
	.summary = "bring what a sensor sees to a Ward elsewhere, over cuts",
	.help = "usage: ward sense … | ward ship --to URL --token-file FILE --spool DIR\n"
		"                             [--ca FILE] [--certificate FILE] [--quota BYTES]\n"
		"                             [--keep HOURS]\n\n"
		"Takes event lines from standard input, keeps them on this machine's disk, and\n"
		"posts them to the console's address of a Ward, whose sources.yml has a source of\n"
		"the kind sensor for it (docs/remote-sensors.md). It connects outwards to that "
		"one\n"
		"port; nothing comes in. While it is cut, lines wait; each arrives once. When the\n"
		"input ends, what waits is sent, and then it ends; Ctrl-C ends it before, and the\n"
		"next run goes on.\n\n"
		"  --to URL            https://HOST[:PORT]\n"
		"  --token-file FILE   its first line is the source's token\n"
		"  --spool DIR         where lines wait, of mode 0700; its owner is who sends\n"
		"  --ca FILE           PEM: whom to trust (ca.pem of the console's authority), "
		"else\n"
		"                      whom this machine trusts\n"
		"  --certificate FILE  PEM: a certificate and its key, where the other side asks\n"
		"  --quota BYTES       of the spool, as 512M or 2G (default: 1G). Beyond seven\n"
		"                      tenths only evidence is taken, and what is lost is told\n"
		"  --keep HOURS        what waits for longer is not sent, and told as lost\n"
		"                      (default: 72h)\n\n"
		"Exit: 0 done, 2 usage, 3 could not run.\n",
	.run = run,
};
