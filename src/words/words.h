/* What Ward says to people, in their language.
 *
 * English is the source and the key: code and content say an English text, and a language gives
 * its own for it, as in gettext. A language is one file, content/words/CODE.yml; several can be in
 * use at once, and none is the process's. NULL is English: every function takes it.
 * A text that a language lacks is given in English, and counted. Lookups allocate nothing.
 * Loading faces files of an administrator, or of an attacker who got that far. Single-threaded. */
#ifndef WARD_WORDS_WORDS_H
#define WARD_WORDS_WORDS_H

#include "base/counter.h"
#include "base/diag.h"
#include "base/limit.h"

struct ward_lang;

enum {
	WARD_WORDS_TEXTS_MAX = 16384, /* of one language */
	WARD_WORDS_BYTES_MAX = 1024,  /* of one text */
	WARD_WORDS_SLOTS_MAX = 8,     /* in one text */
	WARD_WORDS_CODE_MAX = 3,      /* letters of a language's code */
};

/* Two or three lower-case letters, ISO 639: "it". */
bool ward_lang_is_code(struct ward_str code);
/* Reads DIR/CODE.yml; for "en" *ret is NULL. NOT_FOUND (nothing is said of it), CONFIG with
 * findings, LIMIT, IO, NOMEM. Borrows mem. */
WARD_MUST_CHECK enum ward_err ward_lang_load(const char *dir, struct ward_str code,
	const struct ward_limits *lim, const struct ward_mem *mem, struct ward_diag *diag,
	struct ward_lang **ret);
/* The same of a file's text; `file` is what findings call it. */
WARD_MUST_CHECK enum ward_err ward_lang_read(struct ward_slice text, struct ward_str file,
	const struct ward_limits *lim, const struct ward_mem *mem, struct ward_diag *diag,
	struct ward_lang **ret);
void ward_lang_free(struct ward_lang *l);
/* The codes in DIR, "en, fr, it", for messages; English is always there. */
void ward_lang_list(const char *dir, struct ward_wr *w);

/* "it"; "en" of NULL. Lives as long as the language. */
struct ward_str ward_lang_code(const struct ward_lang *l);
/* How often a text was asked for that it lacks; in counters as `words.missing` too, borrowed. */
uint64_t ward_lang_missing(const struct ward_lang *l);
void ward_lang_count_in(struct ward_lang *l, struct ward_counters *counters);
/* Text i of the language, in the file's order, by its English; false behind the last. */
bool ward_lang_at(const struct ward_lang *l, size_t i, struct ward_str *ret);

/* What this language says for an English text. Borrowed from the language, or english itself.
 * O(length). */
struct ward_str ward_lang_text(struct ward_lang *l, struct ward_str english);
/* The same of a text that counts n things: the form for one, or for others (CLDR plural rules of
 * whole numbers below a million). */
struct ward_str ward_lang_text_n(
	struct ward_lang *l, uint64_t n, const char *one, const char *others);

/* A text with slots, "in {time}": cuts the next part off *rest. *ret_literal is the text before the
 * slot, *ret_slot its name, empty when there is none behind the literal. False at the end. */
bool ward_words_next(
	struct ward_str *rest, struct ward_str *ret_literal, struct ward_str *ret_slot);

/* What stands in a slot. */
struct ward_word_slot {
	const char *name;
	struct ward_str text;
};
/* Writes a text (of this language) with its slots filled; one that is not given stays as it is
 * written. */
void ward_say_text(
	struct ward_wr *w, struct ward_str text, const struct ward_word_slot *slot, size_t n_slot);
/* WARD_SAY(w, l, WARD_TEXT("in {time}"), {"time", t}); one or more slots. */
#define WARD_SAY(w, l, english, ...)                                   \
	ward_say_text((w), ward_lang_text((l), ward_str_z(english)),   \
		(const struct ward_word_slot[]){__VA_ARGS__},          \
		sizeof((const struct ward_word_slot[]){__VA_ARGS__}) / \
			sizeof(struct ward_word_slot))
/* A text without slots. */
void ward_say(struct ward_wr *w, struct ward_lang *l, const char *english);
/* A text that counts, whose one slot is {n}, grouped. */
void ward_say_n(
	struct ward_wr *w, struct ward_lang *l, uint64_t n, const char *one, const char *others);

/* "4,577", "4.577". */
void ward_say_number(struct ward_wr *w, const struct ward_lang *l, uint64_t n);
/* A number that is written with a point, with the language's decimal mark: "0,25". */
void ward_say_decimal(struct ward_wr *w, const struct ward_lang *l, struct ward_str number);
/* Between a name and what is said of it, and between two of a list, with the language's space
 * before. */
void ward_say_colon(struct ward_wr *w, struct ward_lang *l);
void ward_say_semicolon(struct ward_wr *w, struct ward_lang *l);
/* A name within a sentence: "Too warm" gives "too warm", "CT scanner" stays. */
void ward_say_inner(struct ward_wr *w, struct ward_str name);

#endif
