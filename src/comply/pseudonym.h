/* Identities into tokens, before anything is recorded.
 *
 * A token is `p-` and 16 characters of base32: 80 bits of keyed BLAKE2b over the identity in lower
 * case. What rules need stays readable: the domain of DOMAIN\user and user@domain, a trailing `$`
 * of machine accounts, and well-known accounts (SYSTEM, root …), which name no person. Equal
 * identities give equal tokens under one key; without the key a token says nothing. */
#ifndef WARD_COMPLY_PSEUDONYM_H
#define WARD_COMPLY_PSEUDONYM_H

#include "comply/identifiers.h"
#include "event/event.h"

enum { WARD_PSEUDONYM_KEY = 32 };

struct ward_pseudonym {
	uint8_t key[WARD_PSEUDONYM_KEY]; /* wipe with ward_wipe */
};

/* A key for replays: made from a text, so the same on each run, and no secret. */
void ward_pseudonym_init_replay(struct ward_pseudonym *p, struct ward_str text);

/* Writes what stands for `who`; the empty text gives nothing. Something that is a token already is
 * made into another token: whoever could choose his name must not be able to choose his token. */
void ward_pseudonym_write(const struct ward_pseudonym *p, struct ward_str who, struct ward_wr *w);

/* Gives the token text of an identity, in the arena; p == NULL when it can't. */
typedef struct ward_str (*ward_token_fn)(void *ctx, struct ward_arena *a, struct ward_str who);
/* A ward_token_fn over a struct ward_pseudonym. */
struct ward_str ward_pseudonym_token(void *pseudonym, struct ward_arena *a, struct ward_str who);

/* Replaces identities in an event: fields of the catalogue marked PERSON whole; in fields marked
 * MAYBE and those that the catalogue does not have, whatever names somebody by its shape or by what
 * stands before it (comply/identifiers), and in those marked MAYBE each part between separators
 * (blanks, slashes, quotes, '@' …) that equals an identity of this event. Of a date of birth
 * "(birth date)" is left, of an address "(address)", of all else its token. NOMEM: the event must
 * not be recorded. */
struct ward_pseudonym_way {
	ward_token_fn token;
	void *ctx;
	const struct ward_names *names;     /* of the event; NULL: fields' names say nothing */
	const struct ward_identifiers *own; /* patterns of the hospital; may be NULL */
	uint64_t found[WARD_IDENTIFIER_N];  /* how many were replaced in texts, ever */
};
WARD_MUST_CHECK enum ward_err ward_pseudonym_event(
	struct ward_event *e, struct ward_pseudonym_way *way);

#endif
