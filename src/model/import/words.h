/* Classes by words in other people's texts: content/import/words.yml. */
#ifndef WARD_MODEL_IMPORT_WORDS_H
#define WARD_MODEL_IMPORT_WORDS_H

#include "model/import/import.h"

/* The words of content/import/words.yml in the arena; a class that is not there is a finding. */
WARD_MUST_CHECK enum ward_err ward_import_words(
	const struct ward_import_in *in, struct ward_arena *a, const struct ward_conf **ret);
/* The class of the longest word found in the text that is `root` or below it; empty when none is.
 * A word stands alone: no letter before or after it, but for one that ends in a part of a word. */
struct ward_str ward_import_word_class(
	const struct ward_conf *words, struct ward_str text, const char *root);
/* A text of a map, empty when it is absent or no scalar. */
struct ward_str ward_import_text(const struct ward_conf *c, const char *key);

#endif
