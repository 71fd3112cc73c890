/* Lists of named values as devices write them: key=value, CSV, CEF, LEEF.
 *
 * A cursor over a text that gives one pair after the other, in the text's order; every step takes
 * at least one byte, so that a whole list costs O(text). Sees untrusted bytes; pure; borrows the
 * text. Nothing is refused: what is no pair is passed over. */
#ifndef WARD_SENSE_LOG_PAIR_H
#define WARD_SENSE_LOG_PAIR_H

#include "base/mem.h"

enum ward_pair_kind {
	WARD_PAIR_KV,   /* key=value, key="value", key='value', key=<value>, key:"value"; between
			   them blanks, ',' or ';' */
	WARD_PAIR_CSV,  /* values only, quoted as in RFC 4180; the caller knows their names */
	WARD_PAIR_CEF,  /* ArcSight Common Event Format, from its version number on */
	WARD_PAIR_LEEF, /* IBM Log Event Extended Format 1.0 and 2.0, from its version number on */
};

struct ward_pair {
	struct ward_str key;   /* CSV: empty */
	struct ward_str value; /* as it stands there: ward_pair_text takes its escapes away */
	char escape; /* 0: none; '\\': before a quote or itself; '=': CEF's; '"': doubled quotes */
};

struct ward_pairs {
	struct ward_str rest;
	enum ward_pair_kind kind;
	char separator; /* CSV; LEEF sets its own */
	unsigned at;    /* of CEF's and LEEF's header fields */
	bool end;
};

/* separator counts for CSV only. */
struct ward_pairs ward_pairs_on(enum ward_pair_kind kind, char separator, struct ward_str text);
/* False at the end. */
bool ward_pairs_next(struct ward_pairs *it, struct ward_pair *ret);
/* The value without escapes: a view of it where there are none, else in the arena; p == NULL when
 * there is no room. */
struct ward_str ward_pair_text(const struct ward_pair *p, struct ward_arena *arena);

#endif
