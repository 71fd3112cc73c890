/* What lies beside the ledger in a state folder, held against its rows: clips, versions of the
 * hospital's directory, what the notary keeps, playbooks as runs began with them, the journal.
 *
 * Each kind is a table of docs/audit.md. Files of anybody: read as their rooms read them. Faults go
 * to standard error, as those of the ledger do. */
#ifndef WARD_CLI_AUDIT_BESIDE_H
#define WARD_CLI_AUDIT_BESIDE_H

#include "audit/trail.h"
#include "cli/audit.h"

struct ward_cli_clip_row;
struct ward_cli_version_row;
struct ward_conf;
struct ward_retained;

struct ward_cli_beside {
	struct ward_cli_audit *at;
	struct ward_arena texts; /* of the rows below */
	struct ward_cli_clip_row *clip;
	struct ward_cli_version_row *version;
	struct ward_hash *playbook; /* of runs: SHA-256 of what each began with */
	size_t n_clip, cap_clip, n_version, cap_version, n_playbook, cap_playbook;
	struct ward_retained *retained;      /* of which the holds count here */
	uint64_t remembered, remembered_row; /* what rows of deletions say, and which said it */
	bool has_notary;
	struct ward_hash notary_root; /* … and how many rows it knew */
	uint64_t notary_n;
	uint64_t n_fault, n_file, n_record;
};

/* Before the ledger is opened: the notary may go on meanwhile, and never has less than it had. */
void ward_cli_beside_begin(struct ward_cli_beside *b, struct ward_cli_audit *at);
/* Each row of the ledger. NOMEM, LIMIT. */
WARD_MUST_CHECK enum ward_err ward_cli_beside_row(
	struct ward_cli_beside *b, const struct ward_store_row *row);
/* The tree as it grows: what the notary knew is in it. */
void ward_cli_beside_tree(struct ward_cli_beside *b, const struct ward_ledger *tree);
/* Then all files. total: rows of the ledger. NOMEM, IO. */
WARD_MUST_CHECK enum ward_err ward_cli_beside_check(struct ward_cli_beside *b, uint64_t total);
void ward_cli_beside_end(struct ward_cli_beside *b);

/* Of its files: */
void ward_cli_beside_fault(struct ward_cli_beside *b, const char *file, const char *what);
/* False: it can't be read, and that was said. */
bool ward_cli_beside_read(struct ward_cli_beside *b, const char *path, struct ward_wr *w);
/* audit_remembered.c: what retention remembers, held against the rows of deletions and holds. */
void ward_cli_remembered_row(
	struct ward_cli_beside *b, const struct ward_store_row *row, const struct ward_conf *c);
void ward_cli_remembered_check(struct ward_cli_beside *b);

#endif
