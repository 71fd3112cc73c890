/* Inside respond: what the files that write messages share. */
#ifndef WARD_RESPOND_MESSAGE_H
#define WARD_RESPOND_MESSAGE_H

#include "respond/brief.h"
#include "respond/priv.h"

enum { LINE_MAX = 16 << 10 };

struct writer {
	struct ward_respond *r;
	struct ward_lang *lang;
	struct shown shown;
	size_t listener;
	struct ward_wr text, line; /* text: what people read */
	struct ward_wr subject;
	ward_ns now;
};

const char *respond_tier_word(enum tier t);
const char *respond_change_text(enum change c);
/* In the reader's language. */
struct ward_str respond_level_word(const struct writer *w, unsigned level);
/* Who takes it, or until when somebody is to say so. False: neither; nothing was written. */
bool respond_put_taken(const struct writer *w, const struct item *it, struct ward_wr *to);
/* Members "short" and "page" of a message about n_all items, of which n are told: for ways with
 * little room. */
void respond_json_short(const struct writer *w, size_t n, size_t n_all, struct ward_json *j);
/* The same of a text that tells of no incident. */
void respond_json_quiet(const struct ward_respond *r, struct ward_str text, struct ward_json *j);

#endif
