/* What commands share that put one incident on paper: found by the beginning of its id, gathered of
 * what `ward run` kept or of files, without pseudonyms of persons. */
#ifndef WARD_CLI_REPORTED_H
#define WARD_CLI_REPORTED_H

#include "cli/commands.h"
#include "cli/recorded.h"
#include "report/report.h"

/* Of their help: the options that all of them have but --format, and an empty line. */
#define WARD_CLI_REPORTED_OPTIONS                                                          \
	"  --out FILE       there instead of standard output; never over a file that is\n" \
	"                   there\n"                                                       \
	"  --at TIME        as was known then: 09:00, \"2026-03-19 09:00\", RFC 3339\n"    \
	"  --exercise       marked as an exercise\n"                                       \
	"  --lang CODE      en, fr, it, nl (default: $WARD_LANG, else the first of the\n"  \
	"                   hospital's languages)\n"                                       \
	"  --state DIR      where `ward run` keeps what it knows (default: as there)\n"    \
	"  --content DIR    ontology, threats, words (else $WARD_CONTENT, else the "       \
	"built-in\n"                                                                       \
	"                   place)\n\n"

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
/* Takes argv[*i] if it is --format or --out with its value, --exercise, or what
 * ward_cli_recorded_take does. An exit code; what is wrong was said, also that it is no option. */
int ward_cli_reported_take(
	struct ward_cli_reported *j, const char **ret_format, int argc, char **argv, int *i);
/* An exit code; what is wrong was said. */
int ward_cli_reported_load(struct ward_cli_reported *j);
/* w, to standard output or to a file that is not there yet. An exit code, as above. */
int ward_cli_reported_out(struct ward_cli_reported *j);

#endif
