/* The file of a backup: a tar archive in one zstd frame, whose last file MANIFEST has a line
 * "SHA-256 in hex, two blanks, path" for each file before it, as sha256sum writes and checks them.
 *
 * Written and read as a stream. A reader believes nothing before the end: ward_archive_done says
 * that all was there, each file as its line says. `zstd -d | tar x` and `sha256sum -c MANIFEST` do
 * the same by hand. */
#ifndef WARD_BACKUP_ARCHIVE_H
#define WARD_BACKUP_ARCHIVE_H

#include "backup/tar.h"
#include "base/mem.h"

#define WARD_ARCHIVE_MANIFEST "MANIFEST"

enum {
	WARD_ARCHIVE_FILES = 500000,    /* at most */
	WARD_ARCHIVE_LINES = 160 << 20, /* bytes of the manifest, at most */
	WARD_ARCHIVE_SHA256 = 32,
};

struct ward_archive_sums {
	uint64_t n_file, bytes;              /* of what is in it */
	uint64_t written;                    /* of the archive's file */
	uint8_t sha256[WARD_ARCHIVE_SHA256]; /* of it */
};

struct ward_archive_out;

/* Writes to fd, from where it is. Borrows mem. NOMEM. */
WARD_MUST_CHECK enum ward_err ward_archive_new(
	int fd, const struct ward_mem *mem, struct ward_archive_out **ret);
/* A file, whose f->size bytes follow. LIMIT: too many, or no such path can be written. IO, FULL:
 * errno says why, and only free is left. */
WARD_MUST_CHECK enum ward_err ward_archive_begin(
	struct ward_archive_out *o, const struct ward_tar_file *f);
/* STATE: more than were stated. */
WARD_MUST_CHECK enum ward_err ward_archive_bytes(struct ward_archive_out *o, struct ward_slice s);
/* STATE: less than were stated. */
WARD_MUST_CHECK enum ward_err ward_archive_end(struct ward_archive_out *o);
/* The manifest and the end. The caller makes the file durable. */
WARD_MUST_CHECK enum ward_err ward_archive_finish(
	struct ward_archive_out *o, struct ward_archive_sums *ret);
/* NULL is fine. */
void ward_archive_free(struct ward_archive_out *o);

/* What is read goes there; any error ends the reading, and is given by ward_archive_feed. The file
 * that end concludes may still be found wrong by the manifest. */
struct ward_archive_take {
	enum ward_err (*begin)(void *ctx, const struct ward_tar_file *f);
	enum ward_err (*bytes)(void *ctx, struct ward_slice s);
	enum ward_err (*end)(void *ctx);
	void *ctx;
};

struct ward_archive_in;

/* Borrows mem; copies take. NOMEM. */
WARD_MUST_CHECK enum ward_err ward_archive_in_new(const struct ward_archive_take *take,
	const struct ward_mem *mem, struct ward_archive_in **ret);
/* NULL is fine. */
void ward_archive_in_free(struct ward_archive_in *in);
/* More of the archive's file. FOREIGN: no zstd frame; CORRUPT: a checksum, the manifest, or bytes
 * behind the end; LIMIT: too many files; those of ward_tar_read; those of take. Only free is left
 * then, and ward_archive_at says where it was. */
WARD_MUST_CHECK enum ward_err ward_archive_feed(struct ward_archive_in *in, struct ward_slice s);
/* The same of what is in the frame. */
WARD_MUST_CHECK enum ward_err ward_archive_feed_tar(
	struct ward_archive_in *in, struct ward_slice s);
/* The file has ended. OK: all was there, as the manifest says. MORE: it ends too early. */
WARD_MUST_CHECK enum ward_err ward_archive_done(
	const struct ward_archive_in *in, struct ward_archive_sums *ret);
/* The path of the file that was read last; "" before the first. Lives as long as in. */
const char *ward_archive_at(const struct ward_archive_in *in);

#endif
