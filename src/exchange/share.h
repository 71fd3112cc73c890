/* What of an incident may leave the house, to whom and how far: content/sharing.yml, applied to the
 * facts before they are written in any format.
 *
 * A field that the table does not let out is emptied, so that no format can tell it; addresses and
 * pseudonyms that stand in other texts are taken out of them. Each thing left out is remembered
 * with the reason. Persons are never told. Pure. */
#ifndef WARD_EXCHANGE_SHARE_H
#define WARD_EXCHANGE_SHARE_H

#include "exchange/exchange.h"
#include "words/words.h"

/* X(NAME, "name") */
#define WARD_SHARE_FIELDS(X)      \
	X(SIGN, "sign")           \
	X(PLACE, "place")         \
	X(ASSET, "asset")         \
	X(ADDRESS, "address")     \
	X(PERSON, "person")       \
	X(TECHNIQUE, "technique") \
	X(IMPACT, "impact")       \
	X(CHAIN, "chain")         \
	X(STEP, "step")           \
	X(CONTACT, "contact")

enum ward_share_field {
#define X(NAME, name) WARD_SHARE_##NAME,
	WARD_SHARE_FIELDS(X)
#undef X
		WARD_SHARE_N,
};
enum { WARD_SHARE_RECIPIENTS = 32 };

enum ward_share_why {
	WARD_SHARE_LEAVES,
	WARD_SHARE_NEVER,   /* for nobody */
	WARD_SHARE_NOT_FOR, /* not for this recipient */
	WARD_SHARE_TOO_WIDE /* the marking lets it go further than this field may */
};

struct ward_share_recipient {
	struct ward_str id, name;
	enum ward_tlp tlp, narrowest; /* if none is said; beyond which it makes no sense */
};
struct ward_sharing {
	struct ward_share_recipient recipient[WARD_SHARE_RECIPIENTS];
	size_t n_recipient;
	struct {
		bool known, never;
		enum ward_tlp widest;
		uint32_t to; /* bit of each recipient */
		/* the same: of those that get it, in any marking but clear, for a stated purpose */
		uint32_t by_purpose;
	} field[WARD_SHARE_N];
};
/* Texts live in arena. CONFIG with findings; NOMEM. */
WARD_MUST_CHECK enum ward_err ward_sharing_parse(struct ward_str file, struct ward_slice text,
	const struct ward_limits *lim, struct ward_arena *arena, struct ward_diag *diag,
	struct ward_sharing *ret);
/* CONTENT/sharing.yml. Also IO. */
WARD_MUST_CHECK enum ward_err ward_sharing_load(const char *content, const struct ward_limits *lim,
	struct ward_arena *arena, struct ward_diag *diag, struct ward_sharing *ret);

struct ward_share_ask {
	struct ward_str recipient; /* empty: the first of the table */
	struct ward_str tlp;       /* empty: the recipient's */
	struct ward_str purpose;   /* empty: none */
};

struct ward_share_left_out {
	enum ward_share_field field;
	struct ward_str value, of; /* of: the sign's or the incident's title */
};
struct ward_shared {
	const struct ward_share_recipient *to;
	enum ward_share_why why[WARD_SHARE_N];
	bool by_purpose[WARD_SHARE_N]; /* a stated purpose lets it out */
	struct ward_share_left_out *left_out;
	size_t n_left_out, cap; /* its memory is mem's */
	const struct ward_mem *mem;
};
/* Empties in x what may not leave and says in *ret what that was. CONFIG: no such recipient or
 * marking, or the marking is narrower than the recipient is close; it was said in diag. NOMEM. */
WARD_MUST_CHECK enum ward_err ward_share(const struct ward_sharing *s,
	const struct ward_share_ask *ask, struct ward_exchange *x, const struct ward_mem *mem,
	struct ward_diag *diag, struct ward_shared *ret);
void ward_shared_fini(struct ward_shared *s);

/* For a person: to whom it goes, what leaves, what is left out and why. */
void ward_shared_write(const struct ward_sharing *s, const struct ward_shared *did,
	const struct ward_exchange *x, struct ward_lang *lang, struct ward_wr *w);

#endif
