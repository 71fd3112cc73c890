/* Text for a terminal: wrapped to its width, escaped, with colour if asked for.
 *
 * The one sink of this room, and so the one place where text is escaped: whatever is handed in,
 * only printable characters, blanks and line ends reach the output, and escape sequences only of
 * this file. Input must be UTF-8. Single-threaded. */
#ifndef WARD_STORY_TEXT_H
#define WARD_STORY_TEXT_H

#include "base/slice.h"
#include "base/wr.h"

enum ward_style {
	WARD_STYLE_PLAIN,
	WARD_STYLE_BOLD,
	WARD_STYLE_DIM,
	WARD_STYLE_WARN,  /* yellow */
	WARD_STYLE_ALARM, /* bold red */
	WARD_STYLE_N,
};

struct ward_text {
	struct ward_wr *w; /* borrowed; the caller checks ward_wr_bad */
	size_t width;      /* columns of the terminal */
	bool colour;
	/* private: the paragraph that is open */
	size_t indent, col;
	bool blank; /* one is due before the next word */
	bool begun; /* something stands in this line */
};

/* Widths below 40 columns count as 40, above 120 as 120: longer lines are hard to read. */
void ward_text_init(struct ward_text *t, size_t width, bool colour);

/* Begins a paragraph at column `first`; its further lines begin at `indent` (columns, at most 30).
 */
void ward_text_open(struct ward_text *t, size_t first, size_t indent);
/* More of the paragraph. Breaks lines at blanks (runs of them count as one); a word longer than a
 * line is broken where the line ends. A no-break space, wide or narrow (U+00A0, U+202F), is written
 * as a blank that does not break, since a terminal's columns are of one width. Control characters,
 * among them those of direction and the invisible ones, are written as \u{1b}. */
void ward_text_put(struct ward_text *t, enum ward_style style, struct ward_str s);
void ward_text_z(struct ward_text *t, enum ward_style style, const char *s);
/* The same, of what is quoted: all blanks of a run are written, the first of them may be a line's
 * end. */
void ward_text_quote(struct ward_text *t, enum ward_style style, struct ward_str s);
/* Ends the paragraph and its line. */
void ward_text_close(struct ward_text *t);
/* Fills up with blanks to this column, if the line is not there yet; else one blank is due. */
void ward_text_tab(struct ward_text *t, size_t col);
/* An empty line. */
void ward_text_gap(struct ward_text *t);

/* s in one line, without wrapping: escaped as above, line ends and tabs as blanks, cut with "…"
 * where it would take more than max columns. Gives the columns that it took. */
size_t ward_text_line(struct ward_wr *w, struct ward_str s, size_t max);
/* The same for what is laid out elsewhere: blanks that do not break (U+00A0, U+202F) stay so. */
size_t ward_text_paper(struct ward_wr *w, struct ward_str s, size_t max);

/* Is the character one that is written as \u{…}? */
bool ward_text_hides(uint32_t c);

/* Columns that s takes when it is written by ward_text_put. */
size_t ward_text_columns(struct ward_str s);

#endif
