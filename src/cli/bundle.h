/* What the `ward bundle` commands share: whose keys are trusted, what runs, a bundle that is read
 * and proven. */
#ifndef WARD_CLI_BUNDLE_H
#define WARD_CLI_BUNDLE_H

#include "cli/lang.h"
#include "update/update.h"

struct ward_cli_bundle {
	const struct ward_cmd *cmd;
	/* What was asked for: */
	const char *file, *keys_file, *content, *code, *to, *allow;
	bool stages;                   /* takes --hospital and --replay, too */
	bool lists;                    /* with --to the file may be left out */
	const char *hospital, *replay; /* what a trial is made with */
	/* Made by ward_cli_bundle_open: */
	struct ward_limits lim;
	struct ward_diag diag;
	struct ward_arena arena;
	struct ward_lang *lang; /* NULL: English */
	const char *content_dir;
	struct ward_update_in in;
	struct ward_update_keys keys;
	char runs[WARD_UPDATE_VERSION]; /* of the bundle that runs in `to`; "": none, not known */
	char highest[WARD_UPDATE_VERSION]; /* of those in `to`; the same */
	uint8_t digest[32];                /* of the manifest of a version that was proven */
	const struct ward_update_take *take;
	struct ward_update u; /* of ward_cli_bundle_read */
};

/* Takes --keys, --content, --lang, --to, --allow and FILE. An exit code; it was said. */
int ward_cli_bundle_args(struct ward_cli_bundle *x, int argc, char **argv);
/* Language, keys (with `keys`), what runs. An exit code; it was said. Call fini in any case. */
int ward_cli_bundle_open(struct ward_cli_bundle *x, bool keys);
void ward_cli_bundle_fini(struct ward_cli_bundle *x);
/* The keys that are known, if any. An exit code; it was said. */
int ward_cli_bundle_keys(struct ward_cli_bundle *x);
/* What x->runs and x->highest let run after them. */
struct ward_update_runs ward_cli_bundle_runs(const struct ward_cli_bundle *x);
/* Reads all of the file, proves it, and asks whether it may come after what runs; of a folder, that
 * of a version, it is proven alone. take: told of what is read, or NULL. An exit code; it was said.
 */
int ward_cli_bundle_read(struct ward_cli_bundle *x, const struct ward_update_take *take);
/* What is wrong, on standard error: findings, or err while `doing`. An exit code. */
int ward_cli_bundle_report(struct ward_cli_bundle *x, enum ward_err err, const char *doing);

#endif
