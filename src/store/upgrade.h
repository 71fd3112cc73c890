/* The way from one form of the database to the next, and back.
 *
 * Before a database of an older form is brought to this version's, a copy of it is made beside it,
 * compared with what it is of, and only then named: ward-FORM-TIME.db. All steps are one
 * transaction, so that whenever the process is killed there is the old database or the new one. One
 * copy is kept, until the next upgrade. */
#ifndef WARD_STORE_UPGRADE_H
#define WARD_STORE_UPGRADE_H

#include "store/store.h"

enum { WARD_STORE_KEPT_NAME = 48, WARD_STORE_KEPT_MAX = 16 };

/* A database that lies beside the one in use. */
struct ward_store_kept {
	char name[WARD_STORE_KEPT_NAME];
	uint64_t form; /* what the file says, not its name */
	ward_ns time;  /* when it was put aside */
	uint64_t bytes;
};

/* The form that this version makes and reads. */
uint64_t ward_store_form(void);
/* The form of a database's file, without opening it as a database: what it was when its log was
 * last taken into it. NOT_FOUND: no such file. FOREIGN: no database of Ward's. IO. */
WARD_MUST_CHECK enum ward_err ward_store_form_of(const char *path, uint64_t *ret);
/* Those in the folder, the latest first, at most max. IO. */
WARD_MUST_CHECK enum ward_err ward_store_kept(
	const char *folder, struct ward_store_kept *ret, size_t max, size_t *ret_n);
/* Bytes that an upgrade of the database at path may need beside it, and those that its disk has.
 * IO. */
WARD_MUST_CHECK enum ward_err ward_store_room(
	const char *path, uint64_t *ret_needs, uint64_t *ret_has);

/* What a trial found, or is about. */
struct ward_store_trial {
	uint64_t from, to; /* forms */
	uint64_t needs, has;
	struct ward_tree_head head;
	size_t n_fault; /* of the database as it is */
};
/* Brings a copy of the database of o to this version's form, holds it against what it is of, and
 * removes it; the database is left as it is. Errors as ward_store_open; FULL: no room for it, ret
 * says how much. CORRUPT: what came out is not what went in. O(all). */
WARD_MUST_CHECK enum ward_err ward_store_try(
	const struct ward_store_options *o, struct ward_store_trial *ret);
/* Puts the kept copy of that name, which must verify, in the place of o->path, whose database is
 * kept in turn. AGAIN: it is open elsewhere. NOT_FOUND, VERSION, CORRUPT: of the copy; then nothing
 * changed. NOMEM, IO. ret: what it was put aside as. O(all). */
WARD_MUST_CHECK enum ward_err ward_store_back(
	const struct ward_store_options *o, const char *name, struct ward_store_kept *ret);

#endif
