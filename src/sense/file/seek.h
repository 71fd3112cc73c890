/* Which of several words stand in bytes, without case, in one pass over them.
 *
 * Of each word the two bytes beside each other that texts have least often are sought; where they
 * stand the word is held against what is there. The time does not grow with the number of words.
 * Made once, then only read; borrows the words. */
#ifndef WARD_SENSE_FILE_SEEK_H
#define WARD_SENSE_FILE_SEEK_H

#include "base/slice.h"

enum { WARD_SEEK_WORDS = 64, WARD_SEEK_PAIRS = 65536, WARD_SEEK_BUCKETS = 256 };

struct ward_seek {
	const char *const *word; /* in lower case, of two letters or more */
	size_t n;
	uint8_t len[WARD_SEEK_WORDS], at[WARD_SEEK_WORDS]; /* at: where its pair stands in it */
	uint8_t first[WARD_SEEK_BUCKETS], next[WARD_SEEK_WORDS]; /* words by their pair; 1 based */
	uint8_t pair[WARD_SEEK_PAIRS / 8];
};

/* At most WARD_SEEK_WORDS, each of 2 to 255 bytes of ASCII. */
void ward_seek_init(struct ward_seek *v, const char *const *word, size_t n);
/* Bit i: word i stands in it. */
uint64_t ward_seek(const struct ward_seek *v, struct ward_slice s);

#endif
