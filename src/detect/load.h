/* Inside the room: loading. Files come from people: findings go to the diag, a rule that can't be
 * is refused whole. Single-threaded; everything made lives in the ruleset's arena. */
#ifndef WARD_DETECT_LOAD_H
#define WARD_DETECT_LOAD_H

#include "detect/files.h"
#include "detect/rule.h"

/* The slot of a field name without its blanks. LIMIT, NOMEM. */
WARD_MUST_CHECK enum ward_err ward_ruleset_slot(
	struct ward_ruleset *rs, struct ward_str name, uint32_t *ret);

/* The bytes of a file of rules or lists, by whom the ruleset lets read. As ward_conf_read. */
WARD_MUST_CHECK enum ward_err ward_ruleset_read(struct ward_ruleset *rs, struct ward_arena *a,
	const char *path, struct ward_diag *d, struct ward_slice *ret);

/* Adds the bytes of one file to the ruleset's hash. */
void ward_ruleset_mix(struct ward_ruleset *rs, struct ward_slice text);

/* Marks the rule refused (once) and adds the finding. reason: a short literal for the counts. */
void ward_rule_refuse(struct ward_rule *r, struct ward_diag *d, uint32_t line, const char *reason,
	const char *fmt, ...) WARD_PRINTF(5, 6);

/* A finding that leaves the rule in use. reason as above. */
void ward_rule_warn(struct ward_rule *r, struct ward_diag *d, uint32_t line, const char *reason,
	const char *fmt, ...) WARD_PRINTF(5, 6);

/* load_doc.c: one document of a file. NOMEM, LIMIT. */
WARD_MUST_CHECK enum ward_err ward_rule_load_doc(struct ward_ruleset *rs,
	const struct ward_conf *doc, struct ward_str file, struct ward_diag *d);
/* Refuses the rule for a key of the map that is nearly one of `known`, warns of others that are
 * neither there nor in `allowed`. */
void ward_rule_keys(struct ward_rule *r, const struct ward_conf *map, const char *const *known,
	const char *const *allowed, struct ward_diag *d);
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
/* load_cond.c: a time such as 5m; false: it is none. */
bool ward_corr_span(const struct ward_conf *v, ward_ns *ret);
/* load_cond.c: `timespan` and `condition` of a correlation; false: refused. */
bool ward_corr_load_timespan(struct ward_rule *r, const struct ward_conf *c, struct ward_diag *d);
bool ward_corr_load_condition(struct ward_rule *r, const struct ward_conf *c, struct ward_diag *d);
/* load_ext.c: what is ours in the document's `ward` map: without, not_after (references are read by
 * ward_rule_load_corr), near, jitter_permille. */
bool ward_corr_load_ours(struct ward_rule *r, const struct ward_conf *doc, struct ward_diag *d);
/* stage.c: `ward: {stage: …}` of a rule (ours: that map); a document with `stages`; and, when all
 * are linked, puts the stages into the rules that are named, and takes what is off out of the way.
 */
void ward_stage_load(struct ward_rule *r, const struct ward_conf *ours, struct ward_diag *d);
WARD_MUST_CHECK enum ward_err ward_stages_load(struct ward_ruleset *rs, const struct ward_conf *doc,
	struct ward_str file, struct ward_diag *d);
void ward_stages_apply(struct ward_ruleset *rs, struct ward_diag *d);
void ward_stages_free(struct ward_ruleset *rs);
/* link.c, after all rules are read: references, parents, who is silent. */
WARD_MUST_CHECK enum ward_err ward_ruleset_link(struct ward_ruleset *rs, struct ward_diag *d);
/* print.c: of one document; then, when all are linked and filtered, of each rule with all that it
 * hangs on. */
struct ward_id ward_rule_print(
	const struct ward_ruleset *rs, const struct ward_rule *r, const struct ward_conf *doc);
/* Of a correlation, what decides which entries it holds. */
struct ward_id ward_corr_feed(const struct ward_rule *r, const struct ward_conf *doc);
void ward_ruleset_prints(struct ward_ruleset *rs);
/* pipeline.c: reads one file's logsources, from the path or from its bytes when given; binds rules
 * to routes. */
WARD_MUST_CHECK enum ward_err ward_pipeline_load(struct ward_ruleset *rs, const char *path,
	const struct ward_slice *bytes, struct ward_diag *d);
WARD_MUST_CHECK enum ward_err ward_pipeline_bind(
	struct ward_ruleset *rs, uint32_t rule, struct ward_diag *d);

#endif
