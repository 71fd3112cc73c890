/* Inside care: what both exports say alike. */
#ifndef WARD_CARE_EXPORT_H
#define WARD_CARE_EXPORT_H

#include "care/have.h"

/* Whole seconds with the offset of the zone in use: "2026-03-12T03:36:42+01:00". */
struct ward_stamp {
	char p[40];
};
struct ward_str ward_care_stamp(struct ward_stamp *s, ward_ns t);
struct ward_str ward_care_site_name(
	const struct ward_care_export *x, const struct ward_care_site *s);
struct ward_str ward_care_site_id(const struct ward_care_export *x, const struct ward_care_site *s);
static inline bool ward_care_in_site(const struct ward_care_export *x,
	const struct ward_care_site *s, const struct ward_care_ward *w)
{
	return x->c->n_site == 1 || w->site == s->node;
}
/* Theatres and bays of the emergency department are no beds for inpatients. */
static inline bool ward_care_inpatient(enum ward_bed_type t)
{
	return t != WARD_BED_THEATRE && t != WARD_BED_EMERGENCY;
}
/* Incidents go on of which not all is known (n_unknown): nothing that is well is surely so, and
 * this says it. Nothing, when all is known. */
void ward_care_say_unknown(const struct ward_care_export *x, struct ward_wr *out);
/* "Operating theatres: limited; last heard at 2026-…; care may be lost about 2026-…: likely". */
void ward_care_say_ward(
	const struct ward_care_export *x, const struct ward_care_ward *w, struct ward_wr *out);

#endif
