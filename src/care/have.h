/* EDXL-HAVE 1.0 (OASIS 2008, with errata 2009): what a hospital can take, for others.
 *
 * Written from the fold; no author of an entry, no cause and no chain of an incident leaves with
 * it. Read: other hospitals' documents, whole and strictly; bytes are not trusted. */
#ifndef WARD_CARE_HAVE_H
#define WARD_CARE_HAVE_H

#include "care/care.h"

struct ward_care_export {
	const struct ward_availability *c;
	const struct ward_model *m;
	struct ward_lang *lang; /* of comments; NULL: English */
	bool exercise;          /* the name of each hospital and a comment of each part say so */
};

/* One HospitalStatus, a Hospital for each site. */
void ward_care_write_have(const struct ward_care_export *x, struct ward_wr *w);
/* A FHIR R4 Bundle (collection): for each site an Organization, a Location and a MeasureReport by
 * the SANER profile PublicHealthMeasureReport, and a Location for each ward with beds. */
void ward_care_write_saner(const struct ward_care_export *x, struct ward_wr *w);

#endif
