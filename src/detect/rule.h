/* Inside the room: what a loaded rule is; how it is loaded is in load.h. Everything here lives in
 * the ruleset's arena and is read-only after loading. Others include detect.h. */
#ifndef WARD_DETECT_RULE_H
#define WARD_DETECT_RULE_H

#include "conf/conf.h"
#include "detect/cond.h"
#include "detect/correlation.h"
#include "detect/detect.h"
#include "detect/pattern.h"
#include "detect/literals.h"
#include "detect/refs.h"
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
	struct ward_str text;             /* as the rule writes it, for explanations */
	const struct ward_literals *need; /* REGEX: one of them stands in what matches; NULL: not
					     known */
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
	uint16_t key;         /* which of its map's keys in the file it is of */
	struct ward_str mods; /* "contains|all", for explanations; empty: none */
	struct ward_test *test;
	size_t n_test;
};

struct ward_item_map { /* AND */
	struct ward_item *item;
	size_t n_item;
};

struct ward_rule;
struct ward_selection { /* OR */
	struct ward_str name;
	const struct ward_rule *owner; /* whose document it stands in: the rule's, or a filter's */
	struct ward_item_map *map;
	size_t n_map;
};

/* What the `ward:` map says; slots, WARD_NONE when it says nothing. */
struct ward_meaning {
	uint32_t threat; /* index in the dictionary, or WARD_NONE */
	uint32_t asset, place, subject, actor;
	bool part; /* speaks through correlations only, whatever these generate */
};

/* How a rule reaches events: if the route takes the event, the rule is tried, its field names
 * replaced by the map's. */
struct ward_binding {
	uint32_t route, map; /* map: index + 1; 0 is none */
};

/* Sigma filters: which rules. */
struct ward_filter {
	struct ward_str *ref;
	uint32_t *ref_line;
	size_t n_ref;
	bool any; /* all of its logsource */
	uint32_t line;
};

struct ward_rule {
	struct ward_str id, name, title, author, license, file;
	struct ward_str key;  /* the id, else the name, else the title: never empty */
	struct ward_id print; /* of its document, and the value lists that it names */
	struct ward_id whole; /* and of its filters, members and pipelines */
	struct ward_id feed;  /* the same, but of a correlation what decides what it holds alone */
	uint32_t line;
	enum ward_level level;
	enum ward_stage stage;
	bool level_given, refused, member, silent; /* silent: speaks only through correlations */
	const char *reason;         /* of refusal, else of the first warning; for the counts */
	struct ward_filter *filter; /* what a filter is for; it matches nothing by itself */
	size_t n_filter;            /* of a rule: filters in it */
	struct ward_meaning meaning;
	struct ward_str threat_code;
	struct ward_str *attack; /* technique ids of its tags: "T1110.001" */
	size_t n_attack;
	struct ward_str *tag; /* those of ATT&CK, as written: "attack.t1110.001" */
	size_t n_tag;
	struct ward_selection *selection;
	uint8_t *used; /* by the condition */
	size_t n_selection;
	struct ward_cond cond;
	struct ward_str product, category, service;
	size_t n_regex_state;   /* of its expressions together */
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
	struct ward_str *text; /* beside pattern, as written */
	size_t n_pattern;
};

struct ward_route {
	struct ward_pattern *class;  /* any of; none: any class */
	struct ward_str *class_text; /* beside class, as written */
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
struct ward_plan;
struct ward_stage_ref;

struct ward_ruleset {
	const struct ward_mem *mem;
	const struct ward_limits *lim;
	struct ward_limits lim_copy;
	struct ward_arena arena;
	struct ward_intern fields; /* slots: names in rules and pipelines, blanks stripped */
	struct ward_rule **rule;
	size_t n_rule, cap_rule;
	struct ward_refs refs; /* the same by id and by name */
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
	struct ward_stage_ref *stage; /* that documents with `stages` name */
	size_t n_stage, cap_stage;
	enum ward_err (*read)(void *ctx, struct ward_arena *a, const char *path,
		struct ward_diag *diag, struct ward_slice *ret); /* NULL: ward_conf_read */
	void *read_ctx;
	struct ward_rule_file { /* that was read: each once, however it is named */
		uint64_t device, inode;
	} * file;
	size_t n_file, cap_file;
	bool shadow_live;  /* what is in shadow speaks as if it were live */
	unsigned rank_max; /* of the correlations */
	size_t regex_max;  /* instructions of the biggest one */
	size_t n_regex;
	const struct ward_threats *threats;
	uint32_t field_asset, field_door, field_room, field_network, field_actor, field_untrusted,
		field_time;
	uint32_t field_subject[7]; /* what names a thing when nothing better does */
	uint8_t hash[32];
	uint8_t ground[32];     /* the same of pipelines alone */
	struct ward_plan *plan; /* plan.h */
	struct ward_ruleset_counts counts;
};

/* What its detections say. */
static inline enum ward_stage ward_rule_stage(
	const struct ward_ruleset *rs, const struct ward_rule *r)
{
	return rs->shadow_live && r->stage == WARD_STAGE_SHADOW ? WARD_STAGE_LIVE : r->stage;
}

#endif
