/* The terms of an event: the whole words that it can be found by without reading it.
 *
 * One function makes them, for the index that is written, for the needle that is looked up there,
 * and for the match itself, so that the three can't disagree. Terms are of the event as it was
 * sensed: what `enrich` adds is not among them. Events were written by outsiders. Pure. */
#ifndef WARD_SEARCH_TERM_H
#define WARD_SEARCH_TERM_H

#include "event/event.h"

/* The numbers are in index files. */
enum ward_term_kind {
	WARD_TERM_WORD = 1,   /* a whole value, or a word of one, ASCII letters small */
	WARD_TERM_IP = 2,     /* 16 bytes, IPv4 in its IPv4-mapped form */
	WARD_TERM_NET = 3,    /* the /24 (IPv4) or /64 (IPv6) around an IP, 16 bytes */
	WARD_TERM_MAC = 4,    /* 6 bytes */
	WARD_TERM_DOMAIN = 5, /* a name with a dot, and each of its parents that has one */
	WARD_TERM_CLASS = 6,  /* the event's class, and each of its beginnings before a dot */
	WARD_TERM_SOURCE = 7,
};

enum {
	WARD_TERM_BYTES_MAX = 255, /* longer values and words are no terms */
	WARD_TERM_PARENTS_MAX = 8, /* of a domain or class; the shortest are left out */
};

/* bytes live during the call. */
typedef void (*ward_term_fn)(void *ctx, enum ward_term_kind kind, struct ward_slice bytes);

/* Every term, some more than once. O(bytes of the event). */
void ward_terms_of(
	const struct ward_event *e, const struct ward_names *names, ward_term_fn fn, void *ctx);
/* The terms of one text. */
void ward_terms_of_text(struct ward_str s, ward_term_fn fn, void *ctx);

/* 64 bits that stand for a term in an index; the same in every process. Whoever writes events may
 * make two terms collide: an index may therefore only say "perhaps". */
uint64_t ward_term_hash(enum ward_term_kind kind, struct ward_slice bytes);

/* ASCII letters small; false when s is longer than WARD_TERM_BYTES_MAX. */
bool ward_term_fold(struct ward_str s, char ret[WARD_TERM_BYTES_MAX]);

#endif
