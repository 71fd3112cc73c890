/* What `ward quorum …` commands share: the hospital's database for the journal, and the program of
 * libexec/ward that alone speaks with it. */
#ifndef WARD_CLI_QUORUM_H
#define WARD_CLI_QUORUM_H

#include "cli/cli.h"
#include "conf/conf.h"
#include "model/model.h"
#include "words/words.h"

#include <limits.h>
#include <sys/types.h>

struct ward_cli_quorum {
	const struct ward_cmd *cmd;
	const char *dir, *state_option, *lang_option;
	bool json, lost;
	bool without_rows;    /* those of the database are to be set aside */
	bool store;           /* of the database its rows are asked for */
	uint64_t rows_epoch;  /* of the claim under which they were read; 0: they were not */
	char state[PATH_MAX]; /* where `ward run` keeps, or will */
	struct ward_limits lim;
	struct ward_model *m;
	struct ward_lang *lang;
	struct ward_wr text; /* what the program said: one line of JSON … */
	struct ward_arena arena;
	struct ward_diag diag;
	const struct ward_conf *said; /* … read */
};

/* The words behind the command, the hospital, its state folder, and that it has a `journal`. An
 * exit code; what is wrong was said. Give it to end in any case. status: its
 * options, else those of `fetch`. */
int ward_cli_quorum_begin(
	const struct ward_cmd *cmd, int argc, char **argv, bool status, struct ward_cli_quorum *q);
void ward_cli_quorum_end(struct ward_cli_quorum *q);
/* Runs the program and reads what it says into q->said, in place of what it said before: how the
 * log is; or, with a folder, makes a journal there, or q->store the store's database, as the user
 * uid (0: as who we are). An exit code. */
int ward_cli_quorum_ask(struct ward_cli_quorum *q, const char *folder, uid_t uid);
/* A member of what it said; 0, or an empty text, where there is none. */
uint64_t ward_cli_quorum_number(const struct ward_conf *c, const char *key);
struct ward_str ward_cli_quorum_word(const struct ward_conf *c, const char *key);

#endif
