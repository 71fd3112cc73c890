/* A signed head of the ledger on a sheet of paper, to keep where nobody of the machine can reach
 * it. */
#ifndef WARD_CLI_AUDIT_SHEET_H
#define WARD_CLI_AUDIT_SHEET_H

#include "cli/cli.h"
#include "comply/head.h"

struct ward_cli_sheet {
	const struct ward_cmd *cmd;
	const char *hospital, *lang; /* NULL: none is given */
	const char *out;             /* a PDF; never over a file that is there */
};
/* An exit code; what is wrong was said. */
int ward_cli_audit_sheet(
	const struct ward_cli_sheet *s, const struct ward_head *h, const char *code);

#endif
