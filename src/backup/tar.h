/* Heads of a tar archive's files: ustar (POSIX.1-2017, pax, "ustar Interchange Format"), sizes over
 * 8 GiB as GNU tar writes them. Only plain files: a folder is made where a file needs it, and
 * links, devices and all else are refused. Pure. */
#ifndef WARD_BACKUP_TAR_H
#define WARD_BACKUP_TAR_H

#include "base/err.h"
#include "base/slice.h"

enum { WARD_TAR_BLOCK = 512, WARD_TAR_PATH = 256, WARD_TAR_DEPTH = 16 };

struct ward_tar_file {
	char path[WARD_TAR_PATH]; /* relative; see ward_tar_path_ok */
	uint64_t size;
	uint32_t uid, mode; /* mode: permission bits */
	int64_t time;       /* seconds since 1970 */
};

/* May this be made beneath a folder? Relative, no empty part, ".", "..", or control character;
 * UTF-8; at most WARD_TAR_DEPTH parts, and less than WARD_TAR_PATH bytes. */
bool ward_tar_path_ok(struct ward_str path);

/* LIMIT: the path is not ok, or too long in its last part. */
WARD_MUST_CHECK enum ward_err ward_tar_write(
	const struct ward_tar_file *f, uint8_t ret[WARD_TAR_BLOCK]);
/* CLOSED: zeros, of which two end an archive. CORRUPT: the checksum; MALFORMED: a field;
 * UNSUPPORTED: no plain file; DENIED: the path is not ok. ret->path is set in the last two, where
 * it has a text. */
WARD_MUST_CHECK enum ward_err ward_tar_read(
	const uint8_t block[WARD_TAR_BLOCK], struct ward_tar_file *ret);

/* Zeros behind a file of this size. */
static inline size_t ward_tar_padding(uint64_t size)
{
	return (size_t)((WARD_TAR_BLOCK - size % WARD_TAR_BLOCK) % WARD_TAR_BLOCK);
}

#endif
