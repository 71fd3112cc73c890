/* What commands share that put one incident on paper: found by the beginning of its id, gathered of
 * what `ward run` kept or of files, without pseudonyms of persons. */
#ifndef WARD_CLI_REPORTED_H
#define WARD_CLI_REPORTED_H

#include "cli/commands.h"
#include "cli/recorded.h"
#include "report/report.h"

struct ward_cli_reported {
	struct ward_cli_recorded in;
	const char *id, *out;     /* as given */
	char whole[WARD_ID_TEXT]; /* the id that `id` begins */
	bool exercise;
	struct ward_arena arena;
	struct ward_report r;
	struct ward_wr w; /* what is put out */
};

void ward_cli_reported_init(struct ward_cli_reported *j, const struct ward_cmd *cmd);
void ward_cli_reported_fini(struct ward_cli_reported *j);
/* An exit code; what is wrong was said. */
int ward_cli_reported_load(struct ward_cli_reported *j);
/* w, to standard output or to a file that is not there yet. An exit code, as above. */
int ward_cli_reported_out(struct ward_cli_reported *j);

#endif
