/* The two forms that staff fill in, as sheets to print and as tables to fill.
 *
 * Usability after the System Usability Scale (Brooke 1996: ten statements, 1 to 5), task load after
 * NASA-TLX (Hart and Staveland 1988: six scales, 0 to 100; weighted: of each two of the six, which
 * counted more), both in Ward's own words, so that they can be translated and shown freely. Pure.
 */
#ifndef WARD_PILOT_FORM_H
#define WARD_PILOT_FORM_H

#include "pilot/pilot.h"
#include "report/doc.h"
#include "words/words.h"

enum ward_pilot_sheet { WARD_SHEET_SUS, WARD_SHEET_TLX, WARD_SHEET_TLX_WEIGHTED };

/* English texts of the languages. i: from 0. Live forever. */
const char *ward_pilot_sus_text(size_t i);
const char *ward_pilot_tlx_text(size_t i);
/* "mental demand" … */
const char *ward_pilot_tlx_name(size_t i);

/* A sheet for one person and one occasion. */
void ward_pilot_sheet(enum ward_pilot_sheet s, struct ward_lang *lang, struct ward_doc *d);
/* The table that those who collect the sheets fill: comments that say what each column is, and the
 * first line. Any table of the pilot. */
void ward_pilot_blank(
	enum ward_pilot_table_id id, bool weights, struct ward_lang *lang, struct ward_wr *w);
/* pilot.yml to begin with: what is to be filled in stands in brackets. */
void ward_pilot_blank_about(struct ward_wr *w);

#endif
