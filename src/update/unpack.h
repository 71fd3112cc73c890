/* A bundle beside what runs: unpacked into a folder of its own, which gets its name (the version)
 * once all is proven and tried; a link says which of them runs, another which ran before.
 *
 *   DIR/2026.48.1/content/…, packages/…, manifest.json, manifest.sig    as its bundle had it
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
	int fd;                          /* of the member that is written; -1: none */
	struct ward_slice manifest, sig; /* as they came; in the arena of `in` */
};

/* Unpacks what is read into a folder beside its place. Borrows both. Undo it in any case. */
struct ward_update_take ward_update_unpack(
	struct ward_update_unpack *x, const struct ward_update_in *in, const char *to);
/* All was read: manifest and signature beside it, durably, and its name. IO, FULL. */
WARD_MUST_CHECK enum ward_err ward_update_unpacked(struct ward_update_unpack *x);
/* Removes what has no name yet. */
void ward_update_unpack_undo(struct ward_update_unpack *x);

/* The manifest of a version that is there. CONFIG, IO (errno), NOMEM. */
WARD_MUST_CHECK enum ward_err ward_update_kept(const struct ward_update_in *in, const char *to,
	const char *version, struct ward_update *ret);
/* A version in a folder proven anew: its manifest by a trusted key (NULL: that is not asked), each
 * file against it, and that there is no other. ret_digest: SHA-256 of the manifest. CONFIG
 * (findings), IO (errno), NOMEM. */
WARD_MUST_CHECK enum ward_err ward_update_prove(const struct ward_update_in *in,
	const struct ward_update_keys *keys, const char *folder, struct ward_update *ret,
	uint8_t ret_digest[32]);
/* The highest version that DIR has a folder of; "": none. IO (errno). */
WARD_MUST_CHECK enum ward_err ward_update_highest(const char *to, char ret[WARD_UPDATE_VERSION]);
/* Which version a link of DIR leads to; "": there is none. CONFIG: it leads elsewhere. IO. */
WARD_MUST_CHECK enum ward_err ward_update_link(const struct ward_update_in *in, const char *to,
	const char *name, char ret[WARD_UPDATE_VERSION]);
/* From now on `version` is what runs, and what ran is the former one. IO. */
WARD_MUST_CHECK enum ward_err ward_update_activate(
	const struct ward_update_in *in, const char *to, const char *version);

#endif
