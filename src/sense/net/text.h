/* Bytes of a message as text of an event, whatever encoding its sender had in mind. */
#ifndef WARD_SENSE_NET_TEXT_H
#define WARD_SENSE_NET_TEXT_H

#include "base/wr.h"

/* Appends s as a zone file writes it (RFC 1035 5.1): \DDD in decimal for control bytes, and for all
 * over 127 when s is no UTF-8; a backslash before itself and before what stands in `escape`. What
 * is appended is valid UTF-8. */
void ward_net_text(struct ward_wr *w, struct ward_slice s, const char *escape);
/* Printable ASCII as it is, each other byte as '?'; at most max bytes of s. */
static inline void ward_text_ascii(struct ward_wr *w, struct ward_slice s, size_t max)
{
	for (size_t i = 0; i < s.len && i < max; i++)
		ward_wr_ch(w, s.p[i] >= 0x20 && s.p[i] < 0x7f ? (char)s.p[i] : '?');
}

#endif
