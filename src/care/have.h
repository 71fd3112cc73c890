/* EDXL-HAVE 1.0 (OASIS 2008, with errata 2009): what a hospital can take, for others.
 *
 * Written from the fold; no author of an entry, no cause and no chain of an incident leaves with
 * it. Read: other hospitals' documents, whole and strictly; bytes are not trusted. */
#ifndef WARD_CARE_HAVE_H
#define WARD_CARE_HAVE_H

#include "care/care.h"
#include "xml/doc.h"

struct ward_xml;

struct ward_care_export {
	const struct ward_availability *c;
	const struct ward_model *m;
	struct ward_lang *lang; /* of comments; NULL: English */
	bool exercise;          /* the name of each hospital and a comment of each part say so */
	bool undated; /* without the time that it is written: the same bytes as long as it says the
			 same */
	bool brief;   /* of beds and devices the sums alone, not each ward's; of wards that are not
			 open   some by name, the others counted */
};

/* One HospitalStatus, a Hospital for each site. */
void ward_care_write_have(const struct ward_care_export *x, struct ward_wr *w);
/* The same as an element of a document that is being written. */
void ward_care_put_have(const struct ward_care_export *x, struct ward_xml *xml);
/* Another hospital's document: whole, as it was checked. */
struct ward_have {
	struct ward_xmldoc doc; /* its texts are in the arena */
	struct ward_have_hospital *hospital;
	size_t n;
};
struct ward_have_hospital {
	struct ward_str name;
	bool exercise; /* its name or a comment begins with EXERCISE */
	/* as written, each one of HAVE's words; empty: not said */
	struct ward_str traffic, facility, security, clinical, staffing;
	ward_ns updated;
	struct {
		bool said;
		int64_t available, baseline; /* WARD_CARE_NONE: not said */
	} bed[WARD_BED_N];                   /* by type: the sum row, else the sum of its parts */
};
/* CONFIG: it is no such document, or breaks the schema or a rule of the standard's text; all that
 * is wrong is in diag, with its line. NOMEM. *ret is to be freed in any case but NOMEM. */
WARD_MUST_CHECK enum ward_err ward_have_read(struct ward_slice bytes, struct ward_str file,
	struct ward_arena *a, struct ward_diag *diag, struct ward_have *ret);
/* The same of a document that was read already, in ret->doc; the rest of *ret is empty. */
WARD_MUST_CHECK enum ward_err ward_have_take(
	struct ward_str file, struct ward_arena *a, struct ward_diag *diag, struct ward_have *ret);
void ward_have_fini(struct ward_have *h);

/* A FHIR R4 Bundle (collection): for each site an Organization, a Location and a MeasureReport by
 * the SANER profile PublicHealthMeasureReport, and a Location for each ward with beds. */
void ward_care_write_saner(const struct ward_care_export *x, struct ward_wr *w);

#endif
