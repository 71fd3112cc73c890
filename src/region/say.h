/* A region's hospitals told: to people as a table, to programs as JSON lines, and to the hospitals
 * themselves that what they see is seen elsewhere, too.
 *
 * Pure. What sites wrote is escaped here. */
#ifndef WARD_REGION_SAY_H
#define WARD_REGION_SAY_H

#include "model/ontology.h"
#include "model/threat.h"
#include "region/region.h"
#include "words/words.h"

/* Names of what codes and classes stand for; either may be NULL. */
struct ward_region_names {
	const struct ward_ontology *ontology;
	const struct ward_threats *threats;
};

/* Times are the machine's zone's. */
void ward_region_write_text(const struct ward_region_view *v, const struct ward_region_names *n,
	struct ward_lang *lang, bool colour, struct ward_wr *w);
/* A line {"kind":"region_site",…} for each hospital, {"kind":"region_same",…} for each attack. */
void ward_region_write_json(const struct ward_region_view *v, struct ward_wr *w);
/* One of the latter. */
void ward_region_write_same(
	const struct ward_region_view *v, const struct ward_region_same *s, struct ward_wr *w);
/* One event line (class log.alert, docs/alerts.md) for the hospital of that index, in that
 * language: how many hospitals have it, and when; never which others they are. */
void ward_region_write_notice(const struct ward_region_view *v, const struct ward_region_same *same,
	size_t site, const struct ward_region_names *n, struct ward_lang *lang, struct ward_wr *w);

#endif
