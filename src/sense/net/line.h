/* Lines of text protocols: commands, and replies with three digits (RFC 959 4.2, RFC 5321 4.2).
 * Pure functions; texts borrow the bytes. */
#ifndef WARD_SENSE_NET_LINE_H
#define WARD_SENSE_NET_LINE_H

#include "base/slice.h"

enum ward_line { WARD_LINE_WHOLE, WARD_LINE_MORE, WARD_LINE_LONG };

struct ward_reply {
	unsigned code;
	bool last; /* no more lines of it follow */
	struct ward_str text;
};

/* The first line, without LF or CR LF; *ret_used: with them. LONG: no end within max bytes. MORE:
 * no end yet, *ret is what is there, without CR. */
enum ward_line ward_line_take(
	struct ward_slice s, size_t max, struct ward_str *ret, size_t *ret_used);
/* Cuts the first word off, and the blanks behind it. */
struct ward_str ward_line_word(struct ward_str *rest);
/* False: does not begin with three digits, the first 1 to 5, and no fourth. A '-' behind them says
 * that more lines follow; the blank that else stands there may lack. */
bool ward_line_reply(struct ward_str line, struct ward_reply *ret);
/* Could this be the front of a reply, or of a line that begins with a word of ASCII letters? True
 * with a whole word too, or code. */
bool ward_line_may_begin(struct ward_str front);
/* ASCII letters of both cases count as one. */
bool ward_line_has(struct ward_str text, const char *lower);
/* Printable ASCII, tabs, and what is over 127. */
bool ward_line_is_text(struct ward_str s);
/* RFC 4648 4, with padding or without. Gives how many bytes were written, at most cap; SIZE_MAX: it
 * is none. */
size_t ward_line_base64(struct ward_str s, uint8_t *ret, size_t cap);

#endif
