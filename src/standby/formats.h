/* Which formats (base/formats.h) what a machine keeps is written in: its file
 * STATE/standby/formats, a be32 (kept.h), and how two machines agree on later ones. */
#ifndef WARD_STANDBY_FORMATS_H
#define WARD_STANDBY_FORMATS_H

#include "journal/io.h"

/* Where nobody wrote it: the least that there are. Of a machine that never was one of two this says
 * nothing of what it keeps: alone it wrote the last. CORRUPT, IO. */
WARD_MUST_CHECK enum ward_err ward_standby_formats_read(const struct ward_io *io, uint32_t *ret);
/* Durable, whole or as before. FULL, IO. */
WARD_MUST_CHECK enum ward_err ward_standby_formats_write(
	const struct ward_io *io, uint32_t formats);
/* Those that a Ward writes which runs on this state folder by itself: of a machine that is one of
 * two, what the two write, so that it goes back to the other with what it says it has; else the
 * last. VERSION: later ones than this Ward's. CORRUPT, DENIED, IO. */
WARD_MUST_CHECK enum ward_err ward_standby_formats_here(const char *state, uint32_t *ret);
/* What both can, of machines that read up to these. */
static inline uint32_t ward_standby_formats_both(uint32_t a, uint32_t b)
{
	return a < b ? a : b;
}

#endif
