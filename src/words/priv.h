/* Inside words: what a language is. */
#ifndef WARD_WORDS_PRIV_H
#define WARD_WORDS_PRIV_H

#include "base/hash.h"
#include "words/words.h"

/* The forms of one text; `one` is empty where the language makes no difference. */
struct forms {
	struct ward_str one, others;
};

struct ward_lang {
	const struct ward_mem *mem;
	struct ward_arena arena;
	struct ward_intern key; /* the English texts; its ids index forms */
	struct forms *forms;
	size_t cap;
	struct ward_str code, decimal, group;
	bool zero_is_one; /* French says "0 signe" */
	uint64_t missing;
	struct ward_counters *counters; /* or NULL */
};

#endif
