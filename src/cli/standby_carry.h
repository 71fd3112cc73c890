/* Who carries the state of the machine that leads to the one beside it: children of `ward standby
 * run`, since only it may read what all processes keep. They speak with each other through the two
 * processes `standby` (run/carry.h); one gives, one takes. */
#ifndef WARD_CLI_STANDBY_CARRY_H
#define WARD_CLI_STANDBY_CARRY_H

#include "cli/cli.h"
#include "run/carry_seal.h"

struct ward_cli_carrying {
	const struct ward_cmd *cmd;
	int link; /* SOCK_SEQPACKET, with `standby` */
	const char *state, *hospital;
	struct ward_carry_seal *seal;
};

/* Binds this process, and what it starts, to these two folders, the second for reading alone, and
 * from TCP, as far as the kernel can (Landlock). RUN after a message. */
int ward_cli_standby_cage(const struct ward_cli_carrying *c);
/* The secret of both machines, of a file that is ours or root's and that nobody else may read. RUN
 * after a message. */
int ward_cli_standby_secret(
	const struct ward_cmd *cmd, const char *path, uint8_t ret[WARD_CARRY_KEY]);
/* On the machine that leads; until the link ends. */
int ward_cli_standby_give(const struct ward_cli_carrying *c);
/* On the machine that follows; the same. */
int ward_cli_standby_take(const struct ward_cli_carrying *c);
/* Was something set aside here that nobody else has? Then what stood beside it is kept, too. */
bool ward_cli_standby_has_aside(const char *state);
/* Before the copy is put in place: the legal holds of the leader are those of our journal, so that
 * nothing goes that is held. What was looked through there is none of ours: our segments are
 * others. RUN after a message. */
int ward_cli_standby_holds(const struct ward_cmd *cmd, const char *state);
/* One message, sealed unless it is for our own `standby`; it may be lost, and is asked for again.
 */
void ward_cli_standby_say(const struct ward_cli_carrying *c, const struct ward_carry *what);
/* What came was not of who has our secret; said once a minute. */
void ward_cli_standby_denied(const struct ward_cli_carrying *c);
/* Of who takes: a session begins anew. */
void ward_cli_standby_begin(const struct ward_cli_carrying *c);
/* The next message into bytes (WARD_CARRY_MAX), after at most ms. AGAIN: none; CLOSED: the link has
 * ended; STATE: who gives has another session; MALFORMED, DENIED: none of who has our secret. */
WARD_MUST_CHECK enum ward_err ward_cli_standby_hear(
	const struct ward_cli_carrying *c, int ms, uint8_t *bytes, struct ward_carry *ret);

#endif
