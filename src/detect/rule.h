/* Inside the room: what a loaded rule is. Everything here lives in the ruleset's arena and is
 * read-only after loading. Others include detect.h. */
#ifndef WARD_DETECT_RULE_H
#define WARD_DETECT_RULE_H

#include "conf/conf.h"
#include "detect/cond.h"
#include "detect/detect.h"
#include "detect/pattern.h"
#include "detect/regex.h"

enum ward_test_kind {
	WARD_TEST_PATTERN,
	WARD_TEST_REGEX,
	WARD_TEST_CIDR,
	WARD_TEST_NULL,
	WARD_TEST_EXISTS,
	WARD_TEST_COMPARE,
	WARD_TEST_TIME,
	WARD_TEST_FIELD,
};

enum ward_compare {
	WARD_COMPARE_LT,
	WARD_COMPARE_LTE,
	WARD_COMPARE_GT,
	WARD_COMPARE_GTE,
	WARD_COMPARE_EQ,
};

enum ward_time_part {
	WARD_TIME_MINUTE,
	WARD_TIME_HOUR,
	WARD_TIME_DAY,
	WARD_TIME_WEEK, /* ISO 8601: 1 to 53 */
	WARD_TIME_MONTH,
	WARD_TIME_YEAR,
};

/* timepart.c: a part of a time that is written as in RFC 3339 (the date alone, '/' for '-' and a
 * blank for 'T' are fine), as it stands there: no zone is minded. false: no such time. */
WARD_MUST_CHECK bool ward_time_part(struct ward_str s, enum ward_time_part part, int64_t *ret);

struct ward_cidr {
	uint8_t addr[16]; /* IPv4 as ::ffff:a.b.c.d (RFC 4291 2.5.5.2) */
	unsigned bits;    /* of 128 */
};

/* One value of a rule. */
struct ward_test {
	enum ward_test_kind kind;
	union {
		struct ward_pattern pattern;
		const struct ward_regex *regex;
		struct ward_cidr cidr;
		bool exists;
		struct {
			enum ward_compare op;
			enum ward_time_part part; /* TIME: of the value, compared as a number */
			long double than;         /* 64-bit mantissa: every int64 is exact */
		} compare;
		struct { /* another field's value, with WARD_PATTERN_* around it */
			uint32_t field;
			enum ward_pattern_wrap wrap;
			bool cased;
		} other;
	};
};

/* field: values, joined by OR, or by AND with `all`; the whole turned round with `neq`. */
struct ward_item {
	uint32_t field; /* slot, or WARD_NONE: keywords, any field of the event */
	bool all, negated;
	struct ward_test *test;
	size_t n_test;
};

struct ward_item_map { /* AND */
	struct ward_item *item;
	size_t n_item;
};

struct ward_selection { /* OR */
	struct ward_str name;
	struct ward_item_map *map;
	size_t n_map;
};

/* What the `ward:` map says; slots, WARD_NONE when it says nothing. */
struct ward_meaning {
	uint32_t threat; /* index in the dictionary, or WARD_NONE */
	uint32_t asset, place, subject, actor;
};

/* How a rule reaches events: if the route takes the event, the rule is tried, its field names
 * replaced by the map's. */
struct ward_binding {
	uint32_t route, map; /* map: index + 1; 0 is none */
};

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
	size_t n_without; /* so many at the end of member must not come (`ward.without`) */
	struct ward_fields group;
	struct ward_fields counted; /* value_*: their values together; with group at most 16 */
	struct ward_corr_alias *alias;
	size_t n_alias;
	ward_ns timespan;
	uint64_t min, max;  /* a count's condition as a closed range; max == UINT64_MAX is open */
	uint64_t not_count; /* neq; UINT64_MAX: none */
	struct ward_bound low, high, no; /* of sum, average, percentile; no: neq */
	unsigned percentile;             /* of numbers; 0: the share of each value, in percent */
	uint64_t jitter; /* event_count: how uneven the first min may be, per mille; 0: as they like
			  */
	unsigned near_hops; /* `ward.near`; 0: anywhere */
	uint32_t near_via;  /* enum ward_rel_type */
	bool generate;
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
	return c->n_without || ward_corr_tumbles(c);
}

/* Is the field's number what counts? */
static inline bool ward_corr_numeric(const struct ward_corr *c)
{
	return c->type == WARD_CORR_SUM || c->type == WARD_CORR_AVG ||
	       (c->type == WARD_CORR_PERCENTILE && c->percentile);
}

/* Sigma filters: which rules. */
struct ward_filter {
	struct ward_str *ref;
	uint32_t *ref_line;
	size_t n_ref;
	bool any; /* all of its logsource */
	uint32_t line;
};

struct ward_rule {
	struct ward_str id, name, title, author, file;
	struct ward_str key; /* the id, else the name, else the title: never empty */
	uint32_t line;
	enum ward_level level;
	bool level_given, refused, member, silent; /* silent: speaks only through correlations */
	const char *reason;         /* of refusal, else of the first warning; for the counts */
	struct ward_filter *filter; /* what a filter is for; it matches nothing by itself */
	size_t n_filter;            /* of a rule: filters in it */
	struct ward_meaning meaning;
	struct ward_str threat_code;
	struct ward_selection *selection;
	bool *used; /* by the condition */
	size_t n_selection;
	struct ward_cond cond;
	struct ward_str product, category, service;
	struct ward_corr *corr; /* NULL: a detection rule */
	uint32_t *parent;       /* correlations that it is a member of */
	size_t n_parent;
	struct ward_binding *binding;
	size_t n_binding;
};

/* A condition of a pipeline on an event's field: any of the patterns. */
struct ward_when {
	uint32_t field;
	struct ward_pattern *pattern;
	size_t n_pattern;
};

struct ward_route {
	struct ward_pattern *class; /* any of; none: any class */
	size_t n_class;
	struct ward_when *when; /* all of */
	size_t n_when;
	struct ward_str key; /* canonical text, to find equal ones */
	uint32_t *rule;      /* ascending */
	uint32_t *map;       /* beside rule */
	size_t n_rule, cap_rule;
};

struct ward_fieldmap {
	uint32_t *from, *to; /* slots */
	size_t n;
};

/* One line of a pipeline. */
struct ward_logsource {
	struct ward_str product, category, service; /* empty: the rule must say nothing either */
	bool any_category, any_service;             /* '*': whatever the rule says */
	const struct ward_conf *conf;               /* class and when, made into routes on demand */
	const struct ward_conf *fields, *common;    /* maps of field names; may be NULL */
};

/* What a placeholder stands for: values in Sigma's notation. */
struct ward_value_list {
	struct ward_str name, *value;
	size_t n;
};

struct ward_ruleset {
	const struct ward_mem *mem;
	const struct ward_limits *lim;
	struct ward_limits lim_copy;
	struct ward_arena arena;
	struct ward_intern fields; /* slots: names in rules and pipelines, blanks stripped */
	struct ward_rule **rule;
	size_t n_rule, cap_rule;
	struct ward_logsource *logsource;
	size_t n_logsource, cap_logsource;
	struct ward_route *route;
	size_t n_route, cap_route;
	struct ward_intern route_keys;
	struct ward_fieldmap *map;
	size_t n_map, cap_map;
	struct ward_str prefix[16]; /* of event field names, left out when looking for a slot */
	size_t n_prefix;
	struct ward_value_list *list;
	size_t n_list, cap_list;
	unsigned rank_max; /* of the correlations */
	size_t regex_max;  /* instructions of the biggest one */
	size_t n_regex;
	const struct ward_threats *threats;
	uint32_t field_asset, field_door, field_room, field_network, field_actor, field_untrusted;
	uint32_t field_subject[7]; /* what names a thing when nothing better does */
	uint8_t hash[32];
	struct ward_ruleset_counts counts;
};

/* The slot of a field name without its blanks. LIMIT, NOMEM. */
WARD_MUST_CHECK enum ward_err ward_ruleset_slot(
	struct ward_ruleset *rs, struct ward_str name, uint32_t *ret);

/* Adds the bytes of one file to the ruleset's hash. */
void ward_ruleset_mix(struct ward_ruleset *rs, struct ward_slice text);

/* Marks the rule refused (once) and adds the finding. reason: a short literal for the counts. */
void ward_rule_refuse(struct ward_rule *r, struct ward_diag *d, uint32_t line, const char *reason,
	const char *fmt, ...) WARD_PRINTF(5, 6);

/* A finding that leaves the rule in use. reason as above. */
void ward_rule_warn(struct ward_rule *r, struct ward_diag *d, uint32_t line, const char *reason,
	const char *fmt, ...) WARD_PRINTF(5, 6);

/* load_rule.c: `logsource` of one document, and its `detection` or `filter` (c, a map or not). */
WARD_MUST_CHECK enum ward_err ward_rule_load_detection(struct ward_ruleset *rs, struct ward_rule *r,
	const struct ward_conf *doc, const struct ward_conf *c, struct ward_diag *d);
/* load_v1.c: refuses what is of Sigma 1 in a detection, with the rewrite; false: nothing is. */
bool ward_rule_refuse_v1(struct ward_ruleset *rs, struct ward_rule *r,
	const struct ward_conf *condition, const struct ward_conf *timeframe, struct ward_diag *d);
/* filter.c: a document with `filter`; and, when all rules are read, puts filters into the rules
 * that they name. */
WARD_MUST_CHECK enum ward_err ward_rule_load_filter(struct ward_ruleset *rs, struct ward_rule *r,
	const struct ward_conf *doc, struct ward_diag *d);
WARD_MUST_CHECK enum ward_err ward_filters_apply(struct ward_ruleset *rs, struct ward_diag *d);
/* load_value.c: one `field|modifiers: values` pair; adds at most as many items to the map as there
 * are values, at least one. */
WARD_MUST_CHECK enum ward_err ward_rule_load_item(struct ward_ruleset *rs, struct ward_rule *r,
	const struct ward_conf *c, struct ward_diag *d, struct ward_item_map *ret);
/* A list of keywords: values without a field. */
WARD_MUST_CHECK enum ward_err ward_rule_load_keywords(struct ward_ruleset *rs, struct ward_rule *r,
	const struct ward_conf *list, struct ward_diag *d, struct ward_item *ret);
/* lists.c: the `lists:` of one file, from the path or from its bytes when given. A file that can't
 * be used has its findings. NOMEM, LIMIT. */
WARD_MUST_CHECK enum ward_err ward_lists_load(struct ward_ruleset *rs, const char *path,
	const struct ward_slice *bytes, struct ward_diag *d);
/* NULL when there is none of this name. */
const struct ward_value_list *ward_lists_find(const struct ward_ruleset *rs, struct ward_str name);
/* load_corr.c */
WARD_MUST_CHECK enum ward_err ward_rule_load_corr(struct ward_ruleset *rs, struct ward_rule *r,
	const struct ward_conf *doc, struct ward_diag *d);
/* load_cond.c: `timespan` and `condition` of a correlation; false: refused. */
bool ward_corr_load_timespan(struct ward_rule *r, const struct ward_conf *c, struct ward_diag *d);
bool ward_corr_load_condition(struct ward_rule *r, const struct ward_conf *c, struct ward_diag *d);
/* load_ext.c: what is ours in the document's `ward` map: without (references are read by
 * ward_rule_load_corr), near, jitter_permille. */
bool ward_corr_load_ours(struct ward_rule *r, const struct ward_conf *doc, struct ward_diag *d);
/* metric.c: a decimal number in thousandths, rounded; false: none, or beyond 9.2e15. *ret_exact
 * (may be NULL): nothing was rounded. */
WARD_MUST_CHECK bool ward_milli(struct ward_str s, int64_t *ret, bool *ret_exact);
/* link.c: the slot of a group-by field or, behind them, of a counted one, as a member calls it. */
/* The rule of this id or name, filters left out; WARD_NONE. */
uint32_t ward_ruleset_find(const struct ward_ruleset *rs, struct ward_str ref);
uint32_t ward_corr_field(const struct ward_corr *c, size_t axis, uint32_t member_at);
/* link.c, after all rules are read: references, parents, who is silent. */
WARD_MUST_CHECK enum ward_err ward_ruleset_link(struct ward_ruleset *rs, struct ward_diag *d);
/* pipeline.c: reads one file's logsources, from the path or from its bytes when given; binds rules
 * to routes. */
WARD_MUST_CHECK enum ward_err ward_pipeline_load(struct ward_ruleset *rs, const char *path,
	const struct ward_slice *bytes, struct ward_diag *d);
WARD_MUST_CHECK enum ward_err ward_pipeline_bind(
	struct ward_ruleset *rs, uint32_t rule, struct ward_diag *d);

/* files.c: the paths of all .yml and .yaml files, sorted by byte order within each argument. */
WARD_MUST_CHECK enum ward_err ward_rule_files(struct ward_arena *a, const char *const *path,
	size_t n_path, struct ward_diag *d, const char ***ret, size_t *ret_n);

#endif
