/* Pages of a PDF: text and lines where the caller says, in two embedded fonts, and the order in
 * which they are read out: a tree of parts (tagged PDF, ISO 32000-1 14.8), as screen readers need
 * it. What is of no part stands on the page only, as a foot or a rule does.
 *
 * The only file that knows the library (libharu). Points (1/72 inch), y from the bottom.
 * Single-threaded; owns its memory. Texts are UTF-8; characters beyond U+FFFF are shown as U+FFFD.
 * An error stays: it is told by the end. */
#ifndef WARD_REPORT_PAGE_H
#define WARD_REPORT_PAGE_H

#include "base/clock.h"
#include "base/wr.h"

#define WARD_PAGE_WIDTH 595.0f /* A4 */
#define WARD_PAGE_HEIGHT 842.0f

struct ward_page_how {
	struct ward_str title, lang; /* of the document; "fr" */
	ward_ns made;                /* the only time in it */
};
struct ward_page_ink {
	float size;
	bool bold, red, grey;
};

enum ward_page_role {
	WARD_PAGE_DOCUMENT,
	WARD_PAGE_TITLE,   /* of the document: heading of level 1 */
	WARD_PAGE_HEADING, /* level 2 */
	WARD_PAGE_TEXT,
	WARD_PAGE_LIST, /* of items, each with a label and a body */
	WARD_PAGE_ITEM,
	WARD_PAGE_LABEL,
	WARD_PAGE_BODY,
	WARD_PAGE_TABLE, /* of rows, each of heads of columns or of cells */
	WARD_PAGE_ROW,
	WARD_PAGE_HEAD,
	WARD_PAGE_CELL,
	WARD_PAGE_ROLES,
};

struct ward_page;
struct ward_page_part;
/* NOT_FOUND: the fonts (Debian: fonts-dejavu-core) are not there. NOMEM. */
WARD_MUST_CHECK enum ward_err ward_page_open(
	const struct ward_page_how *how, struct ward_page **ret);
void ward_page_free(struct ward_page *p);

float ward_page_width(
	const struct ward_page *p, const struct ward_page_ink *ink, struct ward_str s);
/* The next part of `of`; NULL: of the document as a whole. Lives as long as p; NULL after an error,
 * which the end tells. */
struct ward_page_part *ward_page_part(
	struct ward_page *p, struct ward_page_part *of, enum ward_page_role role);
/* A new page; what follows stands on it. */
void ward_page_next(struct ward_page *p);
/* Where text is written, and of which part, behind what that has already; NULL: of none. */
struct ward_page_at {
	struct ward_page_part *part;
	float x, y;
};
void ward_page_text(struct ward_page *p, const struct ward_page_ink *ink, struct ward_page_at at,
	struct ward_str s);
void ward_page_line(struct ward_page *p, float x, float y, float to_x);
/* A black shape with n corners, x and y of each: of no part. */
void ward_page_shape(struct ward_page *p, const float (*xy)[2], size_t n);
/* A filled rectangle, x and y its lower left corner; red: what is meant. Of no part: what it shows
 * is to be told by a text, too. */
struct ward_page_box {
	float x, y, wide, high;
	bool red;
};
void ward_page_bar(struct ward_page *p, const struct ward_page_box *b);
/* The whole of it: the same calls give the same bytes. NOMEM; FOREIGN: the library could not. */
WARD_MUST_CHECK enum ward_err ward_page_end(struct ward_page *p, struct ward_wr *w);

#endif
