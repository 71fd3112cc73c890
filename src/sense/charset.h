/* Text in the character sets that logs come in, as UTF-8.
 *
 * Pure; sees untrusted bytes. What is no character of the set becomes U+FFFD and is counted by the
 * caller. */
#ifndef WARD_SENSE_CHARSET_H
#define WARD_SENSE_CHARSET_H

#include "base/wr.h"

enum ward_charset {
	WARD_CHARSET_UTF8,
	WARD_CHARSET_UTF16LE,
	WARD_CHARSET_UTF16BE,
	WARD_CHARSET_LATIN1,       /* ISO 8859-1 */
	WARD_CHARSET_WINDOWS_1252, /* its five unassigned bytes are kept as C1 controls */
	WARD_CHARSET_N,
};

/* "utf-8", "utf-16le", "utf-16be", "latin-1", "windows-1252" (any case); WARD_CHARSET_N for none of
 * them. */
enum ward_charset ward_charset_find(struct ward_str name);
/* UTF-16 by its byte order mark (RFC 2781 3.2), else UTF8. */
enum ward_charset ward_charset_sniff(struct ward_slice head);

/* Writes s as UTF-8. Bytes that end inside a character are left out unless end is true (then they
 * are U+FFFD); *ret_used says how many were taken. Gives how many U+FFFD had to be written. UTF8 is
 * copied and not looked at. */
size_t ward_charset_decode(
	enum ward_charset set, struct ward_slice s, bool end, struct ward_wr *w, size_t *ret_used);

/* Writes one code point as UTF-8; one that there is not as U+FFFD. */
void ward_utf8_put(struct ward_wr *w, uint32_t c);

#endif
