/* The ledger of a running or stopped `ward run`, for commands that prove or check it: read only. */
#ifndef WARD_CLI_AUDIT_H
#define WARD_CLI_AUDIT_H

#include "audit/bundle.h"
#include "cli/cli.h"

#include <limits.h>

struct ward_cli_audit {
	const struct ward_cmd *cmd;
	const char *hospital, *state_option; /* as they were given; one may be NULL */
	char state[PATH_MAX];
	char path[PATH_MAX + 32]; /* of the database that is read */
	int lock, door;           /* WARD_FD_NONE */
	bool runs;                /* then it is a copy that its store made */
	struct ward_store *s;
};

/* Finds the state folder. An exit code; what is wrong was said. */
int ward_cli_audit_place(struct ward_cli_audit *a);
/* Opens its ledger; faults of the database go to standard error. As above; close in any case. */
int ward_cli_audit_open(struct ward_cli_audit *a);
void ward_cli_audit_close(struct ward_cli_audit *a);
/* The last tree head that the notary signed. NOT_FOUND: none yet. */
WARD_MUST_CHECK enum ward_err ward_cli_audit_last(
	struct ward_cli_audit *a, struct ward_head *ret, uint64_t *ret_row);
/* "ward audit: WHAT (row N)" on standard error: a ward_trail_fault_fn, whose ctx is the command. */
void ward_cli_audit_fault(void *ctx, const char *what, uint64_t row);

#endif
