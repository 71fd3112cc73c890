/* A folder of `ward evidence export`, checked on any machine: its manifest, the ledger's rows in
 * it, and clips against the rows that say what was captured. Files of anybody. */
#ifndef WARD_CLI_AUDIT_EXPORT_H
#define WARD_CLI_AUDIT_EXPORT_H

#include "audit/bundle.h"
#include "cli/cli.h"

struct ward_cli_export {
	const struct ward_cmd *cmd;
	const char *folder;
	const struct ward_code *witness; /* what somebody has of the ledger; or NULL */
	struct ward_bundle_seen seen;
	uint64_t n_file, n_fault;
	uint8_t manifest[32]; /* its SHA-256 */
};

/* Faults go to standard error. An exit code: 1 also when it is no export. */
int ward_cli_export_check(struct ward_cli_export *x);

#endif
