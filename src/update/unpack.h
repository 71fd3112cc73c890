/* A bundle beside what runs: unpacked into a folder of its own, which gets its name (the version)
 * once all is proven and tried; a link says which of them runs, another which ran before.
 *
 *   DIR/2026.48.1/content/…, packages/…, manifest.json     a version, as its bundle had it
 *   DIR/current -> 2026.48.1, DIR/former -> 2026.44.1
 * Nothing that runs is written over or removed: what is replaced are the links, each by a rename.
 * DIR is its caller's, and nobody else writes to it. */
#ifndef WARD_UPDATE_UNPACK_H
#define WARD_UPDATE_UNPACK_H

#include "backup/place.h"
#include "update/update.h"

#define WARD_UPDATE_CURRENT "current"
#define WARD_UPDATE_FORMER "former"

struct ward_update_unpack {
	const struct ward_update_in *in;
	const char *to; /* DIR */
	struct ward_place place;
	int fd; /* of the member that is written; -1: none */
};

/* Unpacks what is read into a folder beside its place. Borrows both. Undo it in any case. */
struct ward_update_take ward_update_unpack(
	struct ward_update_unpack *x, const struct ward_update_in *in, const char *to);
/* All was read: its manifest beside it, durably, and its name. CONFIG, IO, FULL. */
WARD_MUST_CHECK enum ward_err ward_update_unpacked(
	struct ward_update_unpack *x, const struct ward_update *u);
/* Removes what has no name yet. */
void ward_update_unpack_undo(struct ward_update_unpack *x);

/* The manifest of a version that is there. CONFIG, IO (errno), NOMEM. */
WARD_MUST_CHECK enum ward_err ward_update_kept(const struct ward_update_in *in, const char *to,
	const char *version, struct ward_update *ret);
/* Which version a link of DIR leads to; "": there is none. CONFIG: it leads elsewhere. IO. */
WARD_MUST_CHECK enum ward_err ward_update_link(const struct ward_update_in *in, const char *to,
	const char *name, char ret[WARD_UPDATE_VERSION]);
/* From now on `version` is what runs, and what ran is the former one. IO. */
WARD_MUST_CHECK enum ward_err ward_update_activate(
	const struct ward_update_in *in, const char *to, const char *version);

#endif
