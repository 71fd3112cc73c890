/* What `ward sense net` does with files that pass by: their options, the folder they are kept in,
 * and looking at them. */
#ifndef WARD_CLI_SENSE_FILES_H
#define WARD_CLI_SENSE_FILES_H

#include "cli/cli.h"
#include "run/passed.h"
#include "sense/net/carve/spool.h"
#include "sense/net/net.h"

struct ward_cli_files {
	const char *dir, *key; /* as given, or NULL */
	unsigned hashes;       /* ward_hash_kinds */
	bool off;
	int fd; /* of dir, while there is a spool */
	struct ward_spool *spool;
	bool inspect; /* --inspect, and by what */
	const char *content, *hospital, *clamd;
	struct ward_inspector *with;
	struct ward_inspect_cell cell;
	struct ward_passed passed;
	enum ward_err err;           /* the first of what a verdict's output said */
	struct ward_file_sink sinks; /* to both of these */
};

/* --files, --files-key, --files-hash, --no-files, --inspect, --content, --hospital, --clamd. v: the
 * argument behind a, or NULL. Gives how many arguments were taken; 0: a is no option of these; -1:
 * it was said what is wrong. */
int ward_cli_files_option(struct ward_cli_files *f, const struct ward_cmd *cmd, const char *a,
	const char *v, int *ret_code);
/* Do they go together, and with so many workers? An exit code; it was said. */
int ward_cli_files_check(
	const struct ward_cli_files *f, const struct ward_cmd *cmd, uint64_t n_worker);
/* Makes the folder where it is missing, loads what files are looked at by. names and put are for
 * verdicts. An exit code; it was said. */
struct ward_cli_files_to {
	struct ward_limits *lim; /* the hospital's are read into it */
	struct ward_names *names;
	enum ward_err (*put)(void *ctx, struct ward_event *e);
	void *ctx;
};
int ward_cli_files_open(
	struct ward_cli_files *f, const struct ward_cmd *cmd, const struct ward_cli_files_to *to);
/* Where the bytes go; NULL: nowhere. Lives as long as f is open. */
const struct ward_file_sink *ward_cli_files_sink(struct ward_cli_files *f);
/* Nothing more comes: the last verdicts are put. */
void ward_cli_files_end(struct ward_cli_files *f);
/* Adds what became of them to c, and says what was not kept. Gives code, or WARD_EXIT_RUN when the
 * folder did not take something. */
int ward_cli_files_close(
	struct ward_cli_files *f, const struct ward_cmd *cmd, struct ward_counters *c, int code);

#endif
