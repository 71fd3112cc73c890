/* A region's hospitals, as its coordinator's file says them (docs/region.md), and what their words
 * together show: who has beds, who is hit, whose word is old, and what the same attack looks like
 * at several.
 *
 * Pure and single-threaded. The file is the coordinator's own; what sites say is outside bytes,
 * checked by site.h. */
#ifndef WARD_REGION_REGION_H
#define WARD_REGION_REGION_H

#include "region/site.h"

#define WARD_REGION_FILE "region.yml"

enum {
	WARD_REGION_SITES = 64,
	WARD_REGION_ID = 32,
	WARD_REGION_NAME = 256,
	WARD_REGION_PATH = 1024,
	WARD_REGION_SAME = 256 /* attacks at several hospitals that are told at once */
};
/* The rule of our own notices (say.h): where it comes back it is no attack's. */
#define WARD_REGION_NOTICE_RULE "region.same-attack"
/* Signs of one kind that are no further apart are the same attack. */
#define WARD_REGION_APART (3600 * WARD_NS_PER_S)

/* Texts live as long as the region. */
struct ward_region_site {
	struct ward_str id, name;                    /* name: the id when none was given */
	struct ward_str at;                          /* "https://HOST[:PORT]" */
	struct ward_str trust, certificate, notices; /* files, whole paths; may be empty */
	struct ward_str language;                    /* of notices: "it"; empty: English */
	uint32_t line;
};
struct ward_region {
	struct ward_arena arena;
	struct ward_str id, name;
	ward_ns every, stale;
	struct ward_region_site *site; /* in the order of the file */
	size_t n_site;
};

struct ward_region_in {
	const struct ward_limits *lim;
	const struct ward_mem *mem;
	struct ward_diag *diag;
	const char *dir; /* in which the file and those that it names lie */
};
/* CONFIG with findings, NOMEM. Free either way. */
WARD_MUST_CHECK enum ward_err ward_region_read(const struct ward_region_in *in,
	struct ward_str file, struct ward_slice text, struct ward_region *ret);
/* DIR/region.yml. Also NOT_FOUND, IO, LIMIT. */
WARD_MUST_CHECK enum ward_err ward_region_load(
	const struct ward_region_in *in, struct ward_region *ret);
void ward_region_free(struct ward_region *r);

/* ---- what they say together ---- */

struct ward_region_word {
	const struct ward_region_site *of;
	const struct ward_site *site; /* NULL: it never said a word that could be read */
	ward_ns age;                  /* of its word; NEVER: there is none */
	bool stale;                   /* older than the region's `stale`, or none */
};

enum ward_region_kind { WARD_REGION_RULE, WARD_REGION_ADDRESS };
/* The same rule, or the same address, in open incidents of two hospitals or more within an hour. */
struct ward_region_same {
	enum ward_region_kind kind;
	struct ward_str key, threat; /* threat: a code; may be empty */
	bool exercise;               /* of hospitals that play: never mixed with those that don't */
	unsigned level;              /* that two hospitals say it has: one alone alarms nobody */
	size_t n;                    /* by their place in the region's file */
	struct ward_region_at {
		size_t site;
		ward_ns last;
		struct ward_id incident;
		unsigned level;         /* the highest of its signs there */
		struct ward_str threat; /* as it says itself */
	} at[WARD_REGION_SITES];
};
struct ward_region_view {
	const struct ward_region *region;
	ward_ns now;
	struct ward_region_word word[WARD_REGION_SITES];
	struct ward_region_same *same; /* the latest first */
	size_t n_same, n_same_more;
};

/* site: n_site pointers in the order of the file, NULL where there is no word; heard: when each was
 * got, by our clock. A word whose own time lies ahead of that counts as of then. Lists live in the
 * arena. Rules count from level medium on. NOMEM. O(s log s) signs. */
WARD_MUST_CHECK enum ward_err ward_region_see(const struct ward_region *r,
	const struct ward_site *const *site, const ward_ns *heard, ward_ns now,
	struct ward_arena *arena, struct ward_region_view *ret);

/* Of whom it is told: the same for a day, as long as it is at the same hospitals. */
struct ward_id ward_region_same_id(const struct ward_region *r, const struct ward_region_same *s);

#endif
