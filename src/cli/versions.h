/* The versions of a hospital's directory, for `ward run` and `ward config …`:
 * docs/configuration.md. */
#ifndef WARD_CLI_VERSIONS_H
#define WARD_CLI_VERSIONS_H

#include "cli/cli.h"
#include "revision/revision.h"

#include <limits.h>

struct ward_cli_versions {
	char state[PATH_MAX], folder[PATH_MAX];
	const char *dir;
	struct ward_revision *r;
};
/* Opens those of the hospital's directory `dir`, beneath the state folder that the option names, or
 * the usual one of the hospital (played: of what is played). write: as who owns the directory,
 * since files of root would be in the way of who writes there later. An exit code; it was said. */
int ward_cli_versions(const struct ward_cmd *cmd, const char *dir, const char *state, bool write,
	struct ward_cli_versions *ret);
/* Is there a version of it yet? An exit code, as above. */
int ward_cli_versions_there(
	const struct ward_cmd *cmd, const char *dir, const char *state, bool *ret);
void ward_cli_versions_free(struct ward_cli_versions *v);
/* The state folder that the option names, or the usual one of the hospital in dir. An exit code; it
 * was said. */
int ward_cli_versions_state(
	const struct ward_cmd *cmd, const char *dir, const char *option, char ret[PATH_MAX]);
/* Who asks, by the machine's users. Lives until the next call. */
struct ward_str ward_cli_user(void);

/* At the start of `ward run`, before anything is read: what was begun is finished, and what was
 * changed by hand becomes a version. The version; 0: there is none, which is said where it is more
 * than that there is no state folder yet. */
uint64_t ward_cli_versions_begin(
	const struct ward_cmd *cmd, const char *dir, const char *state, bool played);
/* The directory can't be run with, and its last version was taken by who is not at the machine:
 * back to the last that was run with, said loudly. True: it is worth another try. */
bool ward_cli_versions_back(
	const struct ward_cmd *cmd, const char *dir, const char *state, bool played);

#endif
