/* `ward export KIND DIR [FILE…]`: a table of kinds, each in its own export_KIND.c.
 *
 * A new kind is a row in WARD_EXPORT_LIST and the function ward_export_KIND in an export_….c. */
#ifndef WARD_CLI_EXPORT_H
#define WARD_CLI_EXPORT_H

#include "cli/recorded.h"

/* To whom it goes, and of which incident; all may be NULL. */
struct ward_export_to {
	const char *recipient, *tlp, *purpose, *sender, *incident, *told, *sign;
	bool preview;
};

struct ward_export_ask {
	struct ward_cli_recorded in; /* model, records, language, time */
	bool exercise;               /* marked so that nobody can take it for real */
	struct ward_export_to to;    /* of kinds that tell of incidents */
};

/* X(kind, blanks up to 8 columns, what it is: for the help) */
#define WARD_EXPORT_LIST(X)                                                           \
	X(cap, "     ", "one incident as a CAP 1.2 alert")                            \
	X(de, "      ", "CAP alerts of all incidents in an EDXL-DE 1.0 distribution") \
	X(idmef, "   ", "signs and incidents as IDMEFv2 messages, one a line")        \
	X(misp, "    ", "all incidents as a MISP event")                              \
	X(stix, "    ", "all incidents as a STIX 2.1 bundle")                         \
	X(ocsf, "    ", "signs and incidents as OCSF findings, one a line")           \
	X(ecs, "     ", "the same in the Elastic Common Schema")                      \
	X(cef, "     ", "signs and incidents in the Common Event Format")             \
	X(syslog, "  ", "the same as syslog messages (RFC 5424)")                     \
	X(have, "    ", "beds, services and ambulances of each site: EDXL-HAVE 1.0")  \
	X(saner, "   ", "beds of each site and ward: FHIR R4, SANER MeasureReport")

/* Each writes one document. CONFIG when errors were added to in.diag and nothing is to be put out;
 * OK with errors there: it is put out without what was wrong. All findings are told. */
#define X(kind, blanks, says)                             \
	WARD_MUST_CHECK enum ward_err ward_export_##kind( \
		struct ward_export_ask *ask, struct ward_wr *w);
WARD_EXPORT_LIST(X)
#undef X

#endif
