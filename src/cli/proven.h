/* What commands share that tell what the record and the set-up show: all rows that are kept (or
 * files of them), the law, the register, the people, and the norms. */
#ifndef WARD_CLI_PROVEN_H
#define WARD_CLI_PROVEN_H

#include "cli/reported.h"
#include "proof/norm.h"

struct ward_cli_proven {
	struct ward_cli_reported is;       /* in, out, arena, w */
	const char *format, *norm, *month; /* as given; format: "md" without one */
	struct ward_law law;
	struct ward_processing processing;
	struct ward_norms norms;
	struct ward_proof *proof;
	struct ward_proof_ask ask;
	struct ward_proof_facts facts;
};

/* x is large: not for a stack. */
void ward_cli_proven_init(struct ward_cli_proven *x, const struct ward_cmd *cmd);
/* Reads --format, --out, --exercise, and what all commands about records have (`own`, or NULL, is
 * an option of the command with its value), reads and counts all, tells it, and frees x. An exit
 * code; what is wrong was said. */
int ward_cli_proven_run(struct ward_cli_proven *x, int argc, char **argv, const char *own,
	const char **ret_own, int (*tell)(struct ward_cli_proven *x));
/* What is told, as asked for. */
struct ward_proof_tell ward_cli_proven_tell(const struct ward_cli_proven *x);
/* Of a document its bytes; one: a PDF has one page. An exit code. */
int ward_cli_proven_put(struct ward_cli_proven *x, const struct ward_doc *d, bool one);

#endif
