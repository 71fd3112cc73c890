/* What `ward standby …` commands share: a program of libexec/ward beside them, and its state. */
#ifndef WARD_CLI_STANDBY_H
#define WARD_CLI_STANDBY_H

#include "base/limit.h"
#include "cli/libexec.h"

#include <sys/types.h>

enum { WARD_CLI_STANDBY_SETTINGS = 96, WARD_CLI_STANDBY_TEXT = 4096, WARD_CLI_STANDBY_OLD_S = 10 };

/* How the program is started: "key=value" settings, and descriptors, which are handed over under
 * the numbers that they have here. */
struct ward_cli_standby_child {
	char path[WARD_CLI_LIBEXEC_MAX];
	char text[WARD_CLI_STANDBY_SETTINGS][WARD_CLI_STANDBY_TEXT];
	char *argv[WARD_CLI_STANDBY_SETTINGS + 2];
	size_t n;
	bool too_long;
};

/* A NULL value sets nothing. */
void ward_cli_standby_set(struct ward_cli_standby_child *c, const char *key, const char *value);
void ward_cli_standby_number(struct ward_cli_standby_child *c, const char *key, uint64_t n);
/* The same of a descriptor, which is to stay open in the child. */
void ward_cli_standby_hand(struct ward_cli_standby_child *c, const char *name, int fd);
/* Starts it; it dies with us. RUN after a message. */
int ward_cli_standby_start(
	const struct ward_cmd *cmd, struct ward_cli_standby_child *c, pid_t *ret);
/* A folder of ours with this mode, made where it is not there, given to uid (0: kept). */
int ward_cli_standby_folder(const struct ward_cmd *cmd, const char *path, mode_t mode, uid_t uid);
/* A listener on "ADDR:PORT". */
int ward_cli_standby_listen(const struct ward_cmd *cmd, const char *at, int *ret);
/* Of the guardian: no other one runs with this state folder while we do, and whoever says a word to
 * it finds us. RUN after a message. */
int ward_cli_standby_lock(const struct ward_cmd *cmd, const char *state);
/* What the machine says of itself, as JSON: STATE/standby/state.json into text. RUN after a
 * message: also when no guardian runs there, or what it says is older than WARD_CLI_STANDBY_OLD_S.
 */
int ward_cli_standby_state(const struct ward_cmd *cmd, const char *state, char text[2048]);
/* The same in words, with what is to be done, on standard output. code, content: NULL as usual. */
int ward_cli_standby_tell(
	const struct ward_cmd *cmd, const char *text, const char *code, const char *content);
/* A signal for the guardian that runs with this state folder, and for nobody else. RUN after a
 * message. */
int ward_cli_standby_signal(const struct ward_cmd *cmd, const char *state, int sig);

#endif
