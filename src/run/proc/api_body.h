/* The body of a request that says something: one JSON object (RFC 8259), of which the members of
 * the outermost level are known. It is untrusted, and may hold a password. */
#ifndef WARD_RUN_PROC_API_BODY_H
#define WARD_RUN_PROC_API_BODY_H

#include "base/slice.h"
#include "base/wr.h"

enum { SERVE_MEMBERS = 16, SERVE_DEPTH = 32 };

struct serve_body {
	struct serve_member {
		struct ward_str name, value; /* of a text unescaped, else as it was written */
		char kind;                   /* '"', '{', '[', or '0' for all else */
	} member[SERVE_MEMBERS];
	size_t n;
};

/* Reads it; unescaped texts go to scratch, which holds at least body.len bytes. NULL: it is right,
 * else why it is not. A name that comes twice is an error. */
const char *serve_body_read(
	struct ward_slice body, struct ward_wr *scratch, struct serve_body *ret);
/* The text of this name; empty when there is none. */
struct ward_str serve_body_text(const struct serve_body *b, const char *name);
/* The object of this name, as it was written; empty when there is none. */
struct ward_str serve_body_object(const struct serve_body *b, const char *name);
/* The list of this name, as it was written; empty when there is none. */
struct ward_str serve_body_list(const struct serve_body *b, const char *name);
/* Takes the next of its values off a list. False: there is none, or it is no list. scratch as
 * above; nothing stays in it. */
bool serve_body_next(struct ward_str *list, struct ward_wr *scratch, struct ward_str *ret);
/* The same, of a list of texts: the text, unescaped into scratch, good until the next is asked for.
 * False also: it is no text. */
bool serve_body_next_text(struct ward_str *list, struct ward_wr *scratch, struct ward_str *ret);
/* A whole number of this name; false: there is none, or it is no such number. */
bool serve_body_u64(const struct serve_body *b, const char *name, uint64_t *ret);
/* '"' of a text, '{', '[', '0' for all else; 0: there is none of this name. */
char serve_body_kind(const struct serve_body *b, const char *name);
/* Is there a member of this name that is no text (object: no object)? */
bool serve_body_odd(const struct serve_body *b, const char *name, bool object);

#endif
