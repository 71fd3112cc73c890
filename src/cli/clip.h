/* The clips that `ward run` keeps of incidents, as files, for `ward clip`. */
#ifndef WARD_CLI_CLIP_H
#define WARD_CLI_CLIP_H

#include "base/json.h"
#include "cli/cli.h"
#include "comply/evidence.h"

#include <limits.h>

/* A whole file, at most max bytes; standard error says what is wrong. w: on the heap. */
int ward_cli_clip_read(const struct ward_cmd *cmd, const char *path, size_t max, struct ward_wr *w);
/* A key in hexadecimal digits, the first line of a file. */
int ward_cli_clip_key(const struct ward_cmd *cmd, const char *path, uint8_t ret[32]);
/* Makes the file, which must not be there, readable by its owner alone. */
int ward_cli_clip_write(const struct ward_cmd *cmd, const char *path, struct ward_slice bytes);

/* "who": the caller, as far as the system knows: sudo's where there is one. */
void ward_cli_put_who(struct ward_json *j);
/* Hands something in to a process of `ward run`, which takes it to the ledger at once or when it
 * runs again: FOLDER/ID.json, whole, and belonging to whom the folder belongs. An exit code; it was
 * said.
 */
int ward_cli_hand_in(
	const struct ward_cmd *cmd, const char *folder, const char *id, struct ward_slice bytes);

/* What the head of each says that is kept in the state folder; without a folder none. */
void ward_cli_clip_each(
	const char *state, void (*fn)(void *ctx, const struct ward_evidence *e), void *ctx);

/* Opens one that is kept in the state folder, once its reading, with the reason, is on record. */
struct ward_cli_clip_ask {
	const char *state, *key, *reason, *id;
};
/* clip: on the heap; ret_end: "mp4" or, of a photo, "jpg". An exit code; it was said. */
int ward_cli_clip_open(const struct ward_cmd *cmd, const struct ward_cli_clip_ask *a,
	struct ward_wr *clip, const char **ret_end);

#endif
