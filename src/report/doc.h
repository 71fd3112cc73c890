/* A document for people, as a list of blocks: what Markdown and PDF are both written from.
 *
 * Texts are copied, cleaned on the way in: each is one line, and characters that control, hide or
 * turn direction stand as \u{1b}; escaping for a format is its writer's. Single-threaded; owns its
 * memory. */
#ifndef WARD_REPORT_DOC_H
#define WARD_REPORT_DOC_H

#include "base/mem.h"
#include "base/wr.h"

enum { WARD_DOC_CELLS = 6, WARD_DOC_BLOCKS = 20000, WARD_DOC_TEXT_MAX = 4000 /* columns */ };

enum ward_doc_kind {
	WARD_DOC_MARK,    /* EXERCISE; in a PDF on each page */
	WARD_DOC_TITLE,   /* once, first */
	WARD_DOC_HEADING, /* of a part */
	WARD_DOC_TEXT,    /* a paragraph */
	WARD_DOC_STRONG,  /* one that must not be overlooked */
	WARD_DOC_ITEM,    /* of a list */
	WARD_DOC_HEAD,    /* begins a table: its columns' names */
	WARD_DOC_ROW,     /* of the table before it */
	WARD_DOC_BARS,    /* numbers by time: what, "3 0 12", from, to */
};

struct ward_doc_block {
	enum ward_doc_kind kind;
	size_t n;
	struct ward_str cell[WARD_DOC_CELLS]; /* cell[0] of what is no table */
};

struct ward_doc {
	struct ward_arena arena;
	struct ward_str lang; /* "fr": for the PDF; borrowed */
	struct ward_doc_block *block;
	size_t n, cap;
	size_t n_left;     /* blocks that there was no room for */
	bool camera;       /* a sign: in a PDF under a camera's pictogram */
	enum ward_err err; /* NOMEM: it lacks something */
};
void ward_doc_init(struct ward_doc *d, struct ward_str lang);
void ward_doc_fini(struct ward_doc *d);
/* Adds a block; an empty text adds none. */
void ward_doc_put(struct ward_doc *d, enum ward_doc_kind kind, struct ward_str text);
/* Of a table; at most WARD_DOC_CELLS. */
void ward_doc_row(
	struct ward_doc *d, enum ward_doc_kind kind, const struct ward_str *cell, size_t n);
/* Says in place of the last block that there was no room for more, if so. */
void ward_doc_end(struct ward_doc *d, struct ward_str text);

/* As CommonMark with tables as GitHub and GitLab know them: whatever a text holds, it is shown as
 * text. */
void ward_doc_markdown(const struct ward_doc *d, struct ward_wr *w);

#endif
