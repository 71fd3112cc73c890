/* The process that ships events to a Ward elsewhere, started beside a command: `ward ship`, `ward
 * ship enrol`, and every `ward sense … --to`. */
#ifndef WARD_CLI_SHIP_H
#define WARD_CLI_SHIP_H

#include "cli/cli.h"

#include <sys/types.h>

/* As they were given; NULL: not. */
struct ward_cli_ship {
	const char *to; /* https://HOST[:PORT], diode://HOST:PORT; else what an enrolment left in
			   the spool */
	const char *spool;
	const char *token; /* a file; else the enrolment's certificate */
	const char *ca, *certificate;
	const char *quota, *keep; /* "1G", "72h" */
	const char *rate;         /* of a one-way line: datagrams in a second */
	const char *enrol;        /* "code" or "renew": a certificate, and no events */
	uid_t uid;                /* who sends, where root starts it; 0: whose the spool is */
	bool apart;               /* a terminal's Ctrl-C is not for it */
	int in, code; /* descriptors: event lines; of enrol "code" the code's line; or -1 */
};

/* Starts it, in a process of its own that may do no more (src/run/README.md). DONE, or USAGE or RUN
 * after a message. */
int ward_cli_ship_start(const struct ward_cmd *cmd, const struct ward_cli_ship *o, pid_t *ret);
/* Its exit code, or RUN after a message, of what waitpid said of it. */
int ward_cli_ship_ended(const struct ward_cmd *cmd, int status);
/* Passes SIGTERM on to it, and waits for its end. Its exit code, or RUN after a message. */
int ward_cli_ship_wait(const struct ward_cmd *cmd, pid_t pid);

#endif
