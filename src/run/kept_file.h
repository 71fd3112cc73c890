/* What is kept of rule files (detect/kept.h) from one life of the brain to the next: a file in
 * memory that the supervisor holds. */
#ifndef WARD_RUN_KEPT_FILE_H
#define WARD_RUN_KEPT_FILE_H

#include "detect/kept.h"

/* Into one that knows no file; an empty file, or WARD_FD_NONE, says nothing. MALFORMED, LIMIT, IO,
 * NOMEM: it knows no file. */
WARD_MUST_CHECK enum ward_err ward_kept_file_read(struct ward_kept *k, int fd);
/* In place of what was there; on failure (IO, NOMEM) the file is empty. WARD_FD_NONE: nothing is
 * done. */
WARD_MUST_CHECK enum ward_err ward_kept_file_write(const struct ward_kept *k, int fd);

#endif
