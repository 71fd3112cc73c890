/* Inside the room: what a loaded correlation is. In the ruleset's arena, read-only after loading.
 */
#ifndef WARD_DETECT_CORRELATION_H
#define WARD_DETECT_CORRELATION_H

#include "base/clock.h"
#include "base/slice.h"

enum { WARD_CORR_RANK_MAX = 8 }; /* correlations above each other */

struct ward_corr_alias {
	uint32_t group; /* index in group_by */
	uint32_t rule;  /* position in member */
	uint32_t field; /* slot */
};

struct ward_fields {
	uint32_t *slot;
	struct ward_str *name; /* as written */
	size_t n;
};

/* A bound of a sum, an average or a percentile, in thousandths. */
struct ward_bound {
	int64_t milli;
	bool given, strict; /* strict: the bound itself is outside */
};

enum { WARD_CORR_MEMBERS_MAX = 64 };

struct ward_corr {
	enum ward_corr_type {
		WARD_CORR_COUNT,
		WARD_CORR_TEMPORAL,
		WARD_CORR_ORDERED,
		WARD_CORR_VALUE,
		WARD_CORR_SUM,
		WARD_CORR_AVG,
		WARD_CORR_PERCENTILE,
	} type;
	struct ward_str *ref; /* as written: id or name */
	uint32_t *ref_line;
	uint32_t *member; /* rules */
	size_t n_member;
	/* So many at the end of member must not come (`ward.without`), or with `within` must not
	 * have come (`ward.not_after`). */
	size_t n_without;
	struct ward_fields group;
	struct ward_fields counted; /* value_*: their values together; with group at most 16 */
	struct ward_corr_alias *alias;
	size_t n_alias;
	ward_ns timespan;
	ward_ns within;     /* `not_after`: in so long before an event; 0: there is none of that */
	uint64_t min, max;  /* a count's condition as a closed range; max == UINT64_MAX is open */
	uint64_t not_count; /* neq; UINT64_MAX: none */
	struct ward_bound low, high, no; /* of sum, average, percentile; no: neq */
	unsigned percentile;             /* of numbers; 0: the share of each value, in percent */
	uint64_t jitter; /* event_count: how uneven the first min may be, per mille; 0: as they like
			  */
	unsigned near_hops; /* `ward.near`; 0: anywhere */
	uint32_t near_via;  /* enum ward_rel_type */
	bool generate;
	struct ward_str what, asked; /* for explanations: "value_count of user", "gte 10" */
	/* of linking */
	unsigned rank;   /* 0: over detection rules; else above its members */
	ward_ns delay;   /* how much later than events its members may be told */
	uint32_t *carry; /* slots whose values its entries keep for those above */
	size_t n_carry;
};

static inline size_t ward_corr_n_wanted(const struct ward_corr *c)
{
	return c->n_member - c->n_without;
}

/* Do its windows begin at the group's first entry, and is the condition judged at their end? */
static inline bool ward_corr_tumbles(const struct ward_corr *c)
{
	return c->max != UINT64_MAX || c->not_count != UINT64_MAX || c->high.given || c->no.given ||
	       c->type == WARD_CORR_AVG || c->type == WARD_CORR_PERCENTILE;
}

/* Is nothing said of a window before it is over? */
static inline bool ward_corr_late(const struct ward_corr *c)
{
	return (c->n_without && !c->within) || ward_corr_tumbles(c);
}

/* For so long an entry says something of others that come. */
static inline ward_ns ward_corr_keeps(const struct ward_corr *c)
{
	return c->within > c->timespan ? c->within : c->timespan;
}

/* Is the field's number what counts? */
static inline bool ward_corr_numeric(const struct ward_corr *c)
{
	return c->type == WARD_CORR_SUM || c->type == WARD_CORR_AVG ||
	       (c->type == WARD_CORR_PERCENTILE && c->percentile);
}

/* link.c: the slot of a group-by field or, behind them, of a counted one, as a member calls it. */
uint32_t ward_corr_field(const struct ward_corr *c, size_t axis, uint32_t member_at);
/* metric.c: a decimal number in thousandths, rounded, and beyond ±9.2e15 these; false: none.
 * *ret_exact (may be NULL): it is exactly that. */
WARD_MUST_CHECK bool ward_milli(struct ward_str s, int64_t *ret, bool *ret_exact);

#endif
