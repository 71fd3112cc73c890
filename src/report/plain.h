/* A document for a terminal: wrapped to its width, tables in columns that fit in it, colour if
 * asked for. What of a text would drive a terminal is written as \u{1b} (story/text.h). */
#ifndef WARD_REPORT_PLAIN_H
#define WARD_REPORT_PLAIN_H

#include "report/doc.h"

/* width: columns, 40 to 120 (story/text.h). O(text). */
void ward_doc_plain(const struct ward_doc *d, size_t width, bool colour, struct ward_wr *w);

#endif
