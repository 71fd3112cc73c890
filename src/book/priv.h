/* What the chapters share. Internal to the room. */
#ifndef WARD_BOOK_PRIV_H
#define WARD_BOOK_PRIV_H

#include "book/book.h"

enum { BOOK_CELL = 8 << 10, BOOK_NAMES = 6 /* told of a list */ };

struct book {
	const struct ward_book *is;
	struct ward_doc *d;
	struct ward_lang *lang;
	unsigned chapter;
	enum ward_err err;
	struct ward_wr w; /* a line */
};

/* A text of the languages as a block. */
void book_say(struct book *b, enum ward_doc_kind kind, const char *english);
/* What b->w has, as a block; empties it. */
void book_put(struct book *b, enum ward_doc_kind kind);
/* The next chapter's heading, numbered. */
void book_chapter(struct book *b, const char *english);
/* The columns of a table, n texts of the languages. */
void book_head(struct book *b, const char *const *english, size_t n);
/* "Lift A, Lift B and 3 others" of nodes by the count and by index; at most BOOK_NAMES names. */
void book_names(struct book *b, struct ward_wr *w, const uint32_t *node, size_t n);
/* Where it is: room and building, as far as the model says. */
void book_where(const struct book *b, struct ward_wr *w, uint32_t node);

/* Chapters, in the order of the book. */
void book_incidents(struct book *b);
void book_calls(struct book *b);
void book_care(struct book *b);
void book_buffers(struct book *b);
void book_worst(struct book *b);
void book_ways_out(struct book *b);
void book_sheets(struct book *b);
void book_alone(struct book *b);

#endif
