/* A document as a PDF of A4 pages: its exercise mark and "page n of m" on each, heads of tables
 * again where they go on. The same document gives the same bytes. */
#ifndef WARD_REPORT_PDF_H
#define WARD_REPORT_PDF_H

#include "report/doc.h"
#include "words/words.h"

struct ward_pdf_how {
	struct ward_lang *lang;
	ward_ns made;
	struct ward_str foot; /* at the foot of each page */
	bool wall;            /* on one page, as large as it can be */
};
/* NOT_FOUND: the fonts are not there (page.h). NOMEM, FOREIGN. O(text). */
WARD_MUST_CHECK enum ward_err ward_doc_pdf(
	const struct ward_doc *d, const struct ward_pdf_how *how, struct ward_wr *w);

/* The same on one page, no larger than usual, smaller where it has to be: by half at most, so that
 * whoever calls it bounds what stands there. */
WARD_MUST_CHECK enum ward_err ward_doc_pdf_page(
	const struct ward_doc *d, const struct ward_pdf_how *how, struct ward_wr *w);

#endif
