/* Case folding for rule values: UTF-8 in, UTF-8 out, never longer.
 *
 * Simple folding (Unicode CaseFolding.txt, status C and S) of ASCII, Latin-1, Latin Extended-A,
 * Greek and Cyrillic; other scripts compare as they are. Pure; a byte that is no UTF-8 stands for
 * itself. */
#ifndef WARD_DETECT_FOLD_H
#define WARD_DETECT_FOLD_H

#include "base/slice.h"

/* The folded form of one code point. */
uint32_t ward_fold_cp(uint32_t cp);
/* The other case of one code point (upper for a folded one), or cp when it has none. */
uint32_t ward_fold_other(uint32_t cp);
/* The code point at s.p[off] (off < s.len), its length in bytes in *ret_len. A byte that begins no
 * valid sequence is given as 0x110000 + byte, length 1. */
uint32_t ward_fold_next(struct ward_str s, size_t off, size_t *ret_len);
/* Writes the folded s to out (room for s.len bytes) and returns the length. O(len). */
size_t ward_fold(struct ward_str s, char *out);

#endif
