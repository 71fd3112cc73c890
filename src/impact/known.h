/* What is known of where a threat on a thing leads, before anything is computed. Pure. */
#ifndef WARD_IMPACT_KNOWN_H
#define WARD_IMPACT_KNOWN_H

#include "impact/impact.h"

/* Where a threat on one thing may go on: */
enum ward_leads {
	WARD_LEADS_ON,      /* a rule takes it to another state by a relation that the thing has */
	WARD_LEADS_NOWHERE, /* the content says that it ends there, and why */
	WARD_LEADS_UNKNOWN, /* neither: nobody said what it leads to */
};
struct ward_known {
	enum ward_leads leads;
	bool fits;           /* the dictionary has this threat for things of its class */
	bool covered;        /* UNKNOWN: there are rules, but the thing has no relation for them */
	struct ward_str why; /* NOWHERE: the reason, for people; lives as long as r */
};
/* Protections and changes do not count: what they stop is known. O(relations of the asset · rules
 * that apply to it). */
struct ward_known ward_rules_known(
	const struct ward_rules *r, const struct ward_model *m, uint32_t asset, uint32_t threat);
/* Can things of that class have that threat, says the dictionary? */
bool ward_threat_fits(const struct ward_model *m, uint32_t threat, uint32_t class);
/* Does the content say what that threat does on things of that class: by a rule, as what services
 * require, or by an end? For tests of content. */
bool ward_rules_cover(
	const struct ward_rules *r, const struct ward_model *m, uint32_t class, uint32_t threat);
/* Things that burn what they have, by what is reached, and of which nobody said how long it lasts:
 * a rule (`only_buffered`) passes over them, so the forecast takes them to go on for ever. By id,
 * in a; not those that are seeds, or are down by then anyway. NOMEM. O(states · rules and
 * relations). */
struct ward_endless {
	const uint32_t *node;
	size_t n;
};
WARD_MUST_CHECK enum ward_err ward_impacts_endless(const struct ward_impacts *all,
	const struct ward_rules *r, const struct ward_model *m, struct ward_arena *a,
	struct ward_endless *ret);
/* A line for each, for people: the first ten, and how many more. */
void ward_endless_say(const struct ward_endless *x, const struct ward_model *m,
	struct ward_lang *lang, struct ward_wr *w);
/* A member of an object of JSON, "endless": their ids. */
void ward_endless_write(
	struct ward_json *j, const struct ward_endless *x, const struct ward_model *m);
/* Members of an object of JSON: "leads":"unknown", or "leads":"nowhere" and "leads_why"; and
 * "fits":false. Nothing where it goes on and fits. */
void ward_known_write(struct ward_json *j, const struct ward_known *k, struct ward_lang *lang);

#endif
