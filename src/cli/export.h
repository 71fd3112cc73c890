/* `ward export KIND DIR [FILE…]`: a table of kinds, each in its own export_KIND.c.
 *
 * A new kind is a row in WARD_EXPORT_LIST and the function ward_export_KIND in export_KIND.c. */
#ifndef WARD_CLI_EXPORT_H
#define WARD_CLI_EXPORT_H

#include "cli/recorded.h"

struct ward_export_ask {
	struct ward_cli_recorded in; /* model, records, language, time */
	bool exercise;               /* marked so that nobody can take it for real */
};

/* X(kind, blanks up to 8 columns, what it is: for the help) */
#define WARD_EXPORT_LIST(X)

/* Each writes one document. CONFIG when errors were added to in.diag: nothing is then put out;
 * warnings are told. */
#define X(kind, blanks, says)                             \
	WARD_MUST_CHECK enum ward_err ward_export_##kind( \
		struct ward_export_ask *ask, struct ward_wr *w);
WARD_EXPORT_LIST(X)
#undef X

#endif
