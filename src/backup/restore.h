/* Brings a backup back, into folders that are not there or empty.
 *
 * All is first written beside the target (TARGET.restoring), which nobody else may write to; only
 * when the manifest, the database with its ledger, and the journal are found whole, it gets its
 * name. So a target is there whole or not at all. An archive is bytes from outside: whoever made it
 * can fill the disk at most as far as the archive may grow there, and write nowhere else.
 *
 * Increments (take.h) follow their backup as a chain: each names the file before it by its SHA-256.
 * All that are given are read: what a later one says to be erased, or gone, is so also in a state
 * of an earlier moment. Of database and files that has what the last increment before the moment
 * had; of the journal all up to it. */
#ifndef WARD_BACKUP_RESTORE_H
#define WARD_BACKUP_RESTORE_H

#include "backup/take.h"
#include "base/clock.h"
#include "journal/until.h"

enum {
	/* Ids that processes have (run/live.c): as root their files are given back to them, and no
	 * file to anybody else. */
	WARD_BACKUP_UID_FIRST = 61000,
	WARD_BACKUP_UID_LAST = 61999,
};

struct ward_restore_options {
	int archive;             /* the backup; read to its end */
	const char *const *more; /* increments that go on from it, in their order: paths */
	size_t n_more;
	const ward_ns *until; /* nothing that was recorded after it; NULL: all that there is */
	/* With `until`, before the state gets its name: the journal has been cut,
	 * and its process is to remember what records behind number `after` say. May be NULL. */
	enum ward_err (*settle)(void *ctx, const struct ward_io *journal, uint64_t after);
	const char *state;     /* where the state shall be */
	const char *hospital;  /* where the directory shall be; NULL: it is read, and left out */
	const uint8_t *secret; /* WARD_BACKUP_KEY bytes that open what is sealed; NULL: left out */
	const struct ward_clock *clock;
	const struct ward_mem *mem;
	ward_backup_tell told; /* of what is left out, or was damaged already; may be NULL */
	void *ctx;
};

struct ward_restored {
	struct ward_backup_head base;    /* of the backup … */
	struct ward_backup_head head;    /* … and of the last file of which all was taken */
	size_t n_more;                   /* increments of which all was taken */
	struct ward_journal_until until; /* where it was cut; commit 0: it was not */
	uint64_t n_erased;               /* rows of the backup that were erased since */
	uint64_t n_gone;                 /* its files that there are no more */
	struct ward_archive_sums sums;
	uint64_t n_sealed, n_left_out; /* files that were opened; that were not, or not asked for */
	uint64_t n_record, n_damage;   /* of the journal */
};

/* On an error nothing is at the targets that was not there (but the hospital's directory, when the
 * state could not get its name after it), and ret_why (WARD_BACKUP_WHY bytes)
 * says what is wrong: STATE a target that is there, a moment that the chain does not have; DENIED a
 * path that leads elsewhere; FOREIGN, VERSION, MORE, CORRUPT, MALFORMED, UNSUPPORTED, LIMIT the
 * archive; FULL, IO, NOMEM the machine. n_damage: the journal had it when it was backed up; it is
 * restored as it was. */
WARD_MUST_CHECK enum ward_err ward_backup_restore(
	const struct ward_restore_options *o, struct ward_restored *ret, char *ret_why);

#endif
