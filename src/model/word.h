/* Reading the words of one entry of a list: ids, lists of words, known keys.
 *
 * Internal to the room. On top of conf's typed reads: what is wrong becomes a located finding with
 * its mend. Pure but for the findings. */
#ifndef WARD_MODEL_WORD_H
#define WARD_MODEL_WORD_H

#include "conf/conf.h"

enum { WARD_WORD_ID_MAX = 128 };

/* As ward_conf_only, but names the key that was most likely meant; also an error when c is no map.
 * False then. */
bool ward_word_keys(const struct ward_conf *c, const char *const *known, struct ward_diag *d);
/* [a-z0-9][a-z0-9._-]*, at most WARD_WORD_ID_MAX bytes. */
bool ward_word_is_id(struct ward_str s);
/* A required key that holds an id; false with a finding otherwise. */
bool ward_word_id(
	const struct ward_conf *c, const char *key, struct ward_diag *d, struct ward_str *ret);

struct ward_words {
	struct ward_word {
		struct ward_str s;
		uint32_t line;
	} * at;
	size_t n;
};
/* A list of words, or one text with words parted by blanks; an absent key gives none. The words
 * borrow c's text, the array lives in the arena. CONFIG with a finding when it is neither, NOMEM;
 * *ret is then empty. */
WARD_MUST_CHECK enum ward_err ward_words(const struct ward_conf *c, const char *key,
	struct ward_arena *a, struct ward_diag *d, struct ward_words *ret);

#endif
