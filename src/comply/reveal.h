/* Whom a token stands for, of those whom the hospital lists.
 *
 * Nobody keeps which token belongs to whom: the token of everybody who is listed is computed anew,
 * under each key that there still is, and compared. Pure; only who has the keys can do it. O(values
 * of the list). */
#ifndef WARD_COMPLY_REVEAL_H
#define WARD_COMPLY_REVEAL_H

#include "comply/pseudonym.h"

enum ward_lost { WARD_LOST_UNKNOWN, WARD_LOST_NO, WARD_LOST_YES };

enum { WARD_REVEAL_HOURS = 16 };

struct ward_revealed {
	struct ward_str who;                      /* borrows the list */
	enum ward_lost lost;                      /* of a badge that is listed */
	struct ward_str hours[WARD_REVEAL_HOURS]; /* when it is on duty; none: nobody says */
	size_t n_hours;
};

/* The list, one a line, parts with tabs between them: "person", who it is, and what they are called
 * (accounts, names, mail addresses, telephones); "badge", whose it is, "lost", "held" or "", its
 * hours or "" (desk/badges.h), and its number; a badge may have several. */
bool ward_reveal(const struct ward_pseudonym *key, size_t n_key, struct ward_str list,
	struct ward_str token, struct ward_revealed *ret);
/* The first token in a text, "HOSP\p-…" or "p-…@ward.example"; empty: there is none. */
struct ward_str ward_reveal_token(struct ward_str s);

#endif
