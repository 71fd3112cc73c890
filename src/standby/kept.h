/* Small files of a fixed form that must be whole: written beside, synced, renamed.
 *
 * `WARDSTBY`, the bytes, be32 CRC-32C of both. */
#ifndef WARD_STANDBY_KEPT_H
#define WARD_STANDBY_KEPT_H

#include "journal/io.h"

enum { WARD_STANDBY_KEPT_MAX = 4096 };

/* Durable, whole or as before. FULL, IO. */
WARD_MUST_CHECK enum ward_err ward_standby_keep(
	const struct ward_io *io, const char *name, struct ward_slice bytes);
/* Exactly n bytes. NOT_FOUND; CORRUPT: another length, or not what was written; IO. */
WARD_MUST_CHECK enum ward_err ward_standby_recall(
	const struct ward_io *io, const char *name, uint8_t *ret, size_t n);

#endif
