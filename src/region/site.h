/* What one hospital gave its region's coordinator: an answer of its `/api/v1/region`
 * (docs/region.md), read and checked.
 *
 * Outside bytes: whoever made them may have been taken over. Lists and texts are bounded, texts are
 * one line of UTF-8, codes are ids; members that are not known are passed over. Pure. */
#ifndef WARD_REGION_SITE_H
#define WARD_REGION_SITE_H

#include "care/have.h"
#include "conf/conf.h"

enum {
	WARD_SITE_BYTES = 8 << 20,               /* of one answer */
	WARD_SITE_KEPT = WARD_SITE_BYTES + 1024, /* … as it is kept */
	WARD_SITE_INCIDENTS = 256,               /* as many as are given */
	WARD_SITE_SIGNS = 16,
	WARD_SITE_FROM = 8,
	WARD_SITE_SERVICES = 64,
	WARD_SITE_IMPACTS = 1024,
	WARD_SITE_ID = 96, /* bytes of an id */
	WARD_SITE_TEXT = 512
};

/* What a hospital gives: bits. */
enum {
	WARD_SITE_AVAILABILITY = 1,
	WARD_SITE_GIVES_INCIDENTS = 2,
	WARD_SITE_GIVES_IMPACTS = 4,
	WARD_SITE_NAMES = 8
};

struct ward_site_sign {
	struct ward_str rule, threat; /* threat: a code; may be empty */
	unsigned level;               /* below WARD_RECORD_LEVELS */
	ward_ns last;
	uint64_t count;
	struct ward_str from[WARD_SITE_FROM]; /* addresses, as text */
	size_t n_from;
};
struct ward_site_incident {
	struct ward_id id;
	unsigned level;
	struct ward_str state, domain, name; /* name: empty, unless names are given */
	ward_ns first, last;
	struct ward_str service[WARD_SITE_SERVICES]; /* classes */
	size_t n_service;
	struct ward_site_sign sign[WARD_SITE_SIGNS];
	size_t n_sign;
};
struct ward_site_impact {
	struct ward_str service, name, likely; /* likely: "possible" … */
	ward_ns earliest, expected;            /* NEVER: not said */
};
struct ward_site {
	struct ward_str hospital, name;
	ward_ns at; /* its own clock's */
	bool exercise;
	unsigned gives;
	struct ward_have have;
	struct ward_site_incident *incident;
	size_t n_incident;
	uint64_t n_open; /* all of them, those beyond what was given included */
	struct ward_site_impact *impact;
	size_t n_impact;
};

/* All of *ret lives in the arena and, of `have`, until ward_site_fini, which is to be called in any
 * case. CONFIG: it is no such answer, or says something impossible; diag says what, with `file`.
 * NOMEM. */
WARD_MUST_CHECK enum ward_err ward_site_read(struct ward_slice bytes, struct ward_str file,
	const struct ward_limits *lim, struct ward_arena *a, struct ward_diag *diag,
	struct ward_site *ret);
/* The same of one that was kept, {"heard":TIME,"site":ANSWER}: *ret_heard is when it came. */
WARD_MUST_CHECK enum ward_err ward_site_read_kept(struct ward_slice bytes, struct ward_str file,
	const struct ward_limits *lim, struct ward_arena *a, struct ward_diag *diag,
	ward_ns *ret_heard, struct ward_site *ret);
/* Writes that of an answer which was read well. */
void ward_site_keep(struct ward_wr *w, ward_ns heard, struct ward_slice answer);
void ward_site_fini(struct ward_site *s);

#endif
