/* Pages of a PDF: text and lines where the caller says, in two embedded fonts.
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

struct ward_page;
/* NOT_FOUND: the fonts (Debian: fonts-dejavu-core) are not there. NOMEM. */
WARD_MUST_CHECK enum ward_err ward_page_open(
	const struct ward_page_how *how, struct ward_page **ret);
void ward_page_free(struct ward_page *p);

float ward_page_width(
	const struct ward_page *p, const struct ward_page_ink *ink, struct ward_str s);
/* A new page; what follows stands on it. */
void ward_page_next(struct ward_page *p);
void ward_page_text(
	struct ward_page *p, const struct ward_page_ink *ink, float x, float y, struct ward_str s);
void ward_page_line(struct ward_page *p, float x, float y, float to_x);
/* The whole of it: the same calls give the same bytes. NOMEM; FOREIGN: the library could not. */
WARD_MUST_CHECK enum ward_err ward_page_end(struct ward_page *p, struct ward_wr *w);

#endif
