/* UTF-16LE of a message as text of an event. */
#ifndef WARD_SENSE_NET_UTF16_H
#define WARD_SENSE_NET_UTF16_H

#include "base/wr.h"

/* Appends s as UTF-8 up to its first NUL: control characters as '?', half surrogate pairs as
 * U+FFFD, an odd last byte left out. */
void ward_utf16le_text(struct ward_wr *w, struct ward_slice s);

#endif
