/* Impacts as records and as lines for people.
 *
 * Pure; what is written goes into the caller's ward_wr, whose errors stay there. */
#ifndef WARD_IMPACT_WRITE_H
#define WARD_IMPACT_WRITE_H

#include "impact/impact.h"

/* One object with all its texts is at most so long: texts are cut, of a long chain the links
 * nearest to the impact are told (at most 64). */
enum { WARD_IMPACT_BYTES_MAX = 96 << 10 };
/* The members of that object alone, into one that the caller opened and closes. */
void ward_impact_write_members(struct ward_json *j, const struct ward_impacts *all, size_t i,
	const struct ward_rules *r, const struct ward_model *m);
/* {"kind":"impact",…}: with the chain of reasons down to the seed. Of its texts `threat_name` and
 * `why` are in this language (NULL: English, as in records); names of the hospital stay. */
void ward_impact_write_json(const struct ward_impacts *all, size_t i, const struct ward_rules *r,
	const struct ward_model *m, struct ward_lang *lang, struct ward_wr *w);
/* {"kind":"barrier",…}: what was stopped, by which protection, and the chain that led there. */
void ward_barrier_write_json(const struct ward_impacts *all, size_t i, const struct ward_rules *r,
	const struct ward_model *m, struct ward_lang *lang, struct ward_wr *w);
/* One line for people: "AHU-2: Outage → Theatre 3: Overheating in 18 min, likelihood 80–100 %";
 * where another way is sooner than that chain, first when it is by the chain. */
void ward_impact_write_text(const struct ward_impacts *all, size_t i, const struct ward_model *m,
	struct ward_lang *lang, struct ward_wr *w);
/* The parts of that line: the chain; when, counted from now ("in 18 min (or now)"); the likelihood;
 * and a length of time such as "18 min". */
void ward_impact_write_reason(const struct ward_impacts *all, size_t i, const struct ward_model *m,
	struct ward_lang *lang, struct ward_wr *w);
void ward_impact_write_when(
	struct ward_wr *w, ward_ns expected, ward_ns earliest, struct ward_lang *lang);
void ward_impact_write_likelihood(
	struct ward_wr *w, const struct ward_impact *it, struct ward_lang *lang);
/* Is it expected sooner than by the chain that is told, the likeliest? */
bool ward_impact_has_sooner(const struct ward_impact *it);
void ward_impact_write_span(struct ward_wr *w, ward_ns ns, struct ward_lang *lang);
/* Unlike a span never rounded: in minutes, or in seconds where these do not divide it. */
void ward_impact_write_mark(struct ward_wr *w, ward_ns ns, struct ward_lang *lang);
/* A column of `width` letters and a blank: cut between letters, of however many bytes. */
void ward_impact_write_name(struct ward_wr *w, struct ward_str name, size_t width);

#endif
