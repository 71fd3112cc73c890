/* `ward ship`: what a sensor sees, to a Ward elsewhere; and how a sensor is taken in there. */
#include "cli/args.h"
#include "cli/commands.h"
#include "cli/ship.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { CODE_BYTES = 256 };

static int run(const struct ward_cmd *cmd, int argc, char **argv)
{
	struct ward_cli_ship o = {.in = STDIN_FILENO, .code = -1};
	const struct ward_cli_opt opt[] = {{"--to", &o.to, NULL}, {"--token-file", &o.token, NULL},
		{"--spool", &o.spool, NULL}, {"--ca", &o.ca, NULL},
		{"--certificate", &o.certificate, NULL}, {"--quota", &o.quota, NULL},
		{"--keep", &o.keep, NULL}, {"--rate", &o.rate, NULL}};
	const struct ward_cli_args args = {opt, WARD_ARRAY_LEN(opt), NULL, NULL, NULL, NULL};
	pid_t pid;
	int rc = ward_cli_args(cmd, argc, argv, &args);

	if (!rc)
		rc = ward_cli_ship_start(cmd, &o, &pid);
	return rc ? rc : ward_cli_ship_wait(cmd, pid);
}

/* The code's line, in memory: arguments can be seen by every user of the machine. */
static int read_code(const struct ward_cmd *cmd, int *ret)
{
	char line[CODE_BYTES];

	if (isatty(STDIN_FILENO))
		(void)fputs("The code that 'ward sensor add' printed: ", stderr);
	if (!fgets(line, sizeof(line), stdin))
		return ward_cli_fail(cmd, "there is no code on standard input");
	int fd = memfd_create("code", 0);
	size_t n = strlen(line);
	bool ok = fd >= 0 && write(fd, line, n) == (ssize_t)n && lseek(fd, 0, SEEK_SET) == 0;

	ward_wipe(line, sizeof(line));
	if (!ok)
		return ward_cli_fail(cmd, "a file in memory: %s", strerror(errno));
	*ret = fd;
	return WARD_EXIT_DONE;
}

static int enrol(const struct ward_cmd *cmd, int argc, char **argv)
{
	struct ward_cli_ship o = {.in = -1, .code = -1, .enrol = "code"};
	bool renew = false;
	const struct ward_cli_opt opt[] = {{"--to", &o.to, NULL}, {"--spool", &o.spool, NULL},
		{"--ca", &o.ca, NULL}, {"--renew", NULL, &renew}};
	const struct ward_cli_args args = {opt, WARD_ARRAY_LEN(opt), NULL, NULL, NULL, NULL};
	pid_t pid;
	int rc = ward_cli_args(cmd, argc, argv, &args);

	if (!rc && !renew && !o.to)
		rc = ward_cli_usage(cmd, "give --to https://HOST[:PORT], the console's address");
	if (!rc && renew)
		o.enrol = "renew";
	else if (!rc)
		rc = read_code(cmd, &o.code);
	if (!rc)
		rc = ward_cli_ship_start(cmd, &o, &pid);
	if (!rc)
		rc = ward_cli_ship_wait(cmd, pid);
	if (!rc)
		printf("This sensor has a certificate now, and its key is in %s alone.\n", o.spool);
	return rc;
}

const struct ward_cmd ward_cmd_ship = {
	.name = "ship",
	.summary = "bring what a sensor sees to a Ward elsewhere, over cuts",
	.help = "usage: ward sense … | ward ship --spool DIR [--to URL] [--token-file FILE]\n"
		"                             [--ca FILE] [--certificate FILE] [--quota BYTES]\n"
		"                             [--keep HOURS] [--rate N]\n\n"
		"Takes event lines from standard input, keeps them on this machine's disk, and\n"
		"posts them to the console's address of a Ward, whose sources.yml has a source of\n"
		"the kind sensor for it (docs/remote-sensors.md). It connects outwards to that "
		"one\n"
		"port; nothing comes in. While it is cut, lines wait; each arrives once. When the\n"
		"input ends, what waits is sent, and then it ends; Ctrl-C ends it before, and the\n"
		"next run goes on. After 'ward ship enrol' the spool's folder says who it is and\n"
		"where to, and its certificate is renewed by itself.\n\n"
		"  --spool DIR         where lines wait, of mode 0700; its owner is who sends\n"
		"  --to URL            https://HOST[:PORT] (default: where it was enrolled), or\n"
		"                      diode://HOST:PORT, a line that goes one way: datagrams, "
		"some\n"
		"                      of which may be lost, and no answer\n"
		"  --token-file FILE   not enrolled: its first line is the source's token\n"
		"  --ca FILE           PEM: whom to trust (ca.pem of the console's authority), "
		"else\n"
		"                      whom the enrolment said, or whom this machine trusts\n"
		"  --certificate FILE  PEM: a certificate and its key, where the other side asks\n"
		"  --quota BYTES       of the spool, as 512M or 2G (default: 1G). Beyond seven\n"
		"                      tenths only evidence is taken, and what is lost is told\n"
		"  --keep HOURS        what waits for longer is not sent, and told as lost\n"
		"                      (default: 72h)\n"
		"  --rate N            of a one-way line: datagrams a second (default: 2000)\n\n"
		"Exit: 0 done, 2 usage, 3 could not run.\n",
	.run = run,
};

const struct ward_cmd ward_cmd_ship_enrol = {
	.name = "ship enrol",
	.summary = "have this machine's sensor taken in by a Ward elsewhere",
	.help = "usage: ward ship enrol --to URL --spool DIR [--ca FILE]\n"
		"       ward ship enrol --renew --spool DIR\n\n"
		"Reads from standard input the code that 'ward sensor add' printed at the "
		"hospital,\n"
		"makes a key in DIR, which never leaves it, and gets a certificate for it. "
		"Nothing\n"
		"is sent before the other side has shown the certificate that the code names, and\n"
		"the code itself is not sent at all. From then on 'ward ship' and 'ward sense …\n"
		"--to' with this DIR show the certificate, and renew it by themselves when a "
		"third\n"
		"of its 90 days is left.\n\n"
		"  --to URL     https://HOST[:PORT], the console's address\n"
		"  --spool DIR  of mode 0700; its owner is who sends. One for each sensor\n"
		"  --ca FILE    PEM: whom to trust afterwards, where the hospital's console has a\n"
		"               certificate of another authority that this machine does not trust\n"
		"  --renew      now, with the certificate that is there\n\n"
		"Exit: 0 done, 1 it was refused, or could not be reached (told why), 2 usage,\n"
		"3 could not run.\n",
	.run = enrol,
};
