/* Internal to the room. */
#ifndef WARD_LAW_PRIV_H
#define WARD_LAW_PRIV_H

#include "law/law.h"

struct law_word {
	enum ward_law_say say;
	size_t of; /* the fact or rule */
	enum ward_law_is is;
	ward_ns time; /* NEVER: it names none */
	struct ward_str number;
};
/* NULL, or what is wrong. args may be NULL. */
const char *law_word(const struct ward_law *l, const struct ward_conf *args, struct law_word *ret);

#endif
