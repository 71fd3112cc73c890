/* With whom something was agreed about personal data: the staff's representatives, an authority, a
 * processor (GDPR 28), and what the register has of each processor. Part of
 * processing/processing.h. */
#ifndef WARD_PROCESSING_PARTY_H
#define WARD_PROCESSING_PARTY_H

#include "base/clock.h"
#include "base/slice.h"

enum {
	WARD_PROC_LIST = 32, /* things of one list */
	WARD_PROC_AGREEMENTS = 32,
	WARD_PROC_PROCESSORS = 32,
};

struct ward_processing;

struct ward_proc_list {
	struct ward_str at[WARD_PROC_LIST];
	size_t n;
};

/* An agreement with the staff's representatives, an authority's permit in its place, or the
 * contract with a processor. */
struct ward_proc_agreement {
	struct ward_str id, with, ref;
	ward_ns from, until;     /* [from, until): whole days in UTC; NEVER: no end */
	struct ward_str renewed; /* by a decision: the new reference; empty: it is as written */
	struct ward_str file;
	uint32_t line;
};

/* Who processes personal data on the hospital's behalf (GDPR 4(8), 28). */
struct ward_proc_processor {
	struct ward_str id, name, does; /* does: what for (28(3): subject matter) */
	struct ward_str contract;       /* the id of an agreement; may be none */
	struct ward_str place, country; /* where it is done; ISO 3166-1 alpha-2, empty: not known */
	struct ward_str instructions;   /* where they are documented (28(3)(a)) */
	struct ward_proc_list others;   /* processors that it engages (28(2), 28(4)) */
	ward_ns tells;                  /* of a breach, within (33(2)); 0: nothing is agreed */
	struct ward_str file;
	uint32_t line;
};
/* By its id; NULL: there is no record of it. O(processors). */
const struct ward_proc_processor *ward_proc_processor(
	const struct ward_processing *p, struct ward_str id);
/* Its contract, in force or not; NULL: none is written down. */
const struct ward_proc_agreement *ward_proc_contract(
	const struct ward_processing *p, const struct ward_proc_processor *r);
/* Is it a processor's contract, and so nothing that was agreed with the staff? */
bool ward_proc_is_contract(const struct ward_processing *p, const struct ward_proc_agreement *g);
/* Its newest reference: "agreement of 2 March 2026"; its id where it has none. */
struct ward_str ward_proc_ref(const struct ward_proc_agreement *g);
/* Is that place in the European Economic Area, as far as the register says? What it does not say
 * counts as inside: `ward check` asks for it. */
bool ward_proc_inside(const struct ward_processing *p, const struct ward_proc_processor *r);

#endif
