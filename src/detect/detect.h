/* Detection: Sigma rules over events, alone and correlated.
 *
 * A ruleset is loaded from rule files and pipelines (docs/content.md), is read-only and may serve
 * many detectors. A detector holds the windows of one stream of events; single-threaded, no clock:
 * time is the events' and the ticks'. Rules come from people and events from outside: a rule that
 * this version can't carry out exactly is refused whole, with its place and its mend, and the
 * others load; no input makes a match slow beyond O(text x rule). See README.md for the semantics
 * of correlation and for what order independence means. */
#ifndef WARD_DETECT_DETECT_H
#define WARD_DETECT_DETECT_H

#include "base/diag.h"
#include "base/limit.h"
#include "base/rd.h"
#include "detect/detection.h"
#include "event/event.h"

struct ward_threats;
struct ward_ruleset;

/* A file in memory; its name stands in findings. */
struct ward_rule_text {
	const char *file;
	struct ward_slice bytes;
};

struct ward_ruleset_args {
	const char *const *rules; /* files or directories (read whole, recursively) */
	size_t n_rules;
	const char *content;          /* directory: pipelines/NAME.yml */
	const char *const *pipelines; /* names; none: all that content has */
	size_t n_pipelines;
	const struct ward_threats *threats; /* borrowed for as long as the ruleset; may be NULL */
	/* Hospital directory, or NULL: value lists of its folder lists, then rules and filters of
	 * its folder rules, behind the others. Neither folder must be there. */
	const char *hospital;
	const struct ward_rule_text *texts; /* rules and filters in memory, behind all others */
	size_t n_texts;
	/* What-if: detections of rules in shadow are as if these were live. */
	bool shadow_live;
	/* Reads a file of rules or lists in place of ward_conf_read, as that does (kept.h); NULL:
	 * that reads it. */
	enum ward_err (*read)(void *ctx, struct ward_arena *a, const char *path,
		struct ward_diag *diag, struct ward_slice *ret);
	void *read_ctx;
};

/* How many rules, by fate. */
struct ward_ruleset_counts {
	size_t n;           /* documents that are rules */
	size_t n_broken;    /* documents and files that can't be read: no rules yet */
	size_t n_loaded;    /* ready to match */
	size_t n_refused;   /* with an error in diag, broken ones too */
	size_t n_warned;    /* of the loaded: with a warning in diag */
	size_t n_filter;    /* of the loaded: filters */
	size_t n_unmapped;  /* loaded, but no pipeline knows their logsource: they never match */
	size_t n_corr;      /* of the loaded: correlations */
	size_t n_regex;     /* regular expressions compiled */
	size_t n_bad_regex; /* and refused */
	size_t n_stage[WARD_STAGE_N]; /* of the loaded rules and correlations */
};

/* Loads everything that can be loaded. Every problem goes to diag: an error for each refused rule
 * or file, a warning for each rule that can never match. OK even when rules were refused: look at
 * the counts. CONFIG when a pipeline is broken or missing, NOMEM, LIMIT. Borrows mem. Free with
 * ward_ruleset_free. */
WARD_MUST_CHECK enum ward_err ward_ruleset_load(const struct ward_ruleset_args *args,
	const struct ward_limits *lim, const struct ward_mem *mem, struct ward_diag *diag,
	struct ward_ruleset **ret);

struct ward_ruleset_texts {
	const struct ward_rule_text *rules, *pipelines, *lists;
	size_t n_rules, n_pipelines, n_lists;
	const struct ward_threats *threats; /* as in ward_ruleset_args */
};
/* The same from memory; borrows nothing of the texts. */
WARD_MUST_CHECK enum ward_err ward_ruleset_parse(const struct ward_ruleset_texts *texts,
	const struct ward_limits *lim, const struct ward_mem *mem, struct ward_diag *diag,
	struct ward_ruleset **ret);
void ward_ruleset_free(struct ward_ruleset *rs);
/* For WARD_AUTO. */
void ward_ruleset_freep(struct ward_ruleset **rs);
struct ward_ruleset_counts ward_ruleset_counts(const struct ward_ruleset *rs);
/* SHA-256 over the bytes of all rule and pipeline files in order: names this version. */
void ward_ruleset_hash(const struct ward_ruleset *rs, uint8_t ret[32]);

/* The longest window of its correlations; 0 without any. */
ward_ns ward_ruleset_span(const struct ward_ruleset *rs);

/* What became of a document. Its findings, with line and mend, are in diag. */
enum ward_rule_state { WARD_RULE_LOADED, WARD_RULE_WARNED, WARD_RULE_REFUSED };

struct ward_rule_info {
	struct ward_str id, name, title, author, file; /* all text lives as long as the ruleset */
	struct ward_str product, category, service;    /* its logsource; a correlation has none */
	uint32_t threat;                               /* of the dictionary, or WARD_NONE */
	const struct ward_str *attack;                 /* techniques of its tags: "T1110.001" */
	size_t n_attack;
	const struct ward_str *tag; /* of ATT&CK and of Ward, as it writes them */
	size_t n_tag;
	enum ward_level level;
	enum ward_stage stage; /* as it is written, also with shadow_live */
	uint32_t line;
	bool corr, filter, refused, unmapped, silent; /* silent: speaks only through correlations */
	enum ward_rule_state state;
	const char *reason; /* why not simply loaded, a few words for counting; else NULL. Lives
			       forever */
	size_t n_filter;    /* filters that apply to it */
};
/* i < ward_ruleset_counts().n, in order of loading. */
struct ward_rule_info ward_ruleset_rule(const struct ward_ruleset *rs, size_t i);
/* The first rule of this id or name, filters left out; WARD_NONE. O(length). */
uint32_t ward_ruleset_find(const struct ward_ruleset *rs, struct ward_str ref);
/* The classes of events that reach it, as its pipelines write them ("net.bacnet.*"), repeats
 * included; empty: any class whose fields say so. */
typedef void (*ward_class_fn)(void *ctx, struct ward_str glob);
void ward_ruleset_classes(const struct ward_ruleset *rs, size_t i, ward_class_fn fn, void *ctx);
/* The same of all lines of all pipelines, whether a rule needs them or not. */
void ward_ruleset_all_classes(const struct ward_ruleset *rs, ward_class_fn fn, void *ctx);
/* What the pipelines of rule i ask of a field a, each with what they, or where they ask for nothing
 * the rule itself, ask of a field b: every pair, wildcards as written; b is "*" where nobody says.
 */
typedef void (*ward_pair_fn)(void *ctx, struct ward_str a, struct ward_str b);
void ward_ruleset_pairs(const struct ward_ruleset *rs, size_t i, struct ward_str a,
	struct ward_str b, ward_pair_fn fn, void *ctx);
/* The rules that a correlation joins, those that must not come behind; 0 of others and
 * of refused ones. */
size_t ward_ruleset_members(const struct ward_ruleset *rs, size_t i, const uint32_t **ret);

struct ward_detector;
struct ward_model;

struct ward_detect_config {
	ward_ns lateness; /* how far behind the newest event one may come and still be correlated */
	ward_ns skew; /* so far ahead of seen, or behind it (or lateness, if that is more), a time
		       * is believed, where no source says more; else `seen` counts */
};
/* 120 s and 60 s. */
struct ward_detect_config ward_detect_config_default(void);
/* Is an event's own time believed, as far as its arrival can say? */
bool ward_detect_believes(const struct ward_detect_config *cfg, const struct ward_event *e);

/* d is valid during the call only. */
typedef void (*ward_detect_sink)(void *ctx, const struct ward_detection *d);

struct ward_detect_stats {
	uint64_t n_event, n_routed; /* events; events that some rule's logsource fits */
	uint64_t n_match;           /* matches of single rules, silent ones included */
	uint64_t n_detection;       /* given to the sink, revisions included */
	uint64_t n_late;            /* matches too late to be correlated */
	uint64_t n_ungrouped;       /* matches without a value for a group-by field */
	uint64_t n_untrusted;       /* events correlated by `seen` */
	uint64_t n_evicted_event;   /* dropped from a full window */
	uint64_t n_evicted_group;   /* groups given up because the table was full */
};

/* Borrows rs, names, model (may be NULL) and lim for as long as the detector lives. NOMEM. Free
 * with ward_detector_free. */
WARD_MUST_CHECK enum ward_err ward_detector_new(const struct ward_ruleset *rs,
	struct ward_names *names, const struct ward_model *model, const struct ward_limits *lim,
	const struct ward_detect_config *cfg, const struct ward_mem *mem,
	struct ward_detector **ret);
void ward_detector_free(struct ward_detector *det);
/* For WARD_AUTO. */
void ward_detector_freep(struct ward_detector **det);

/* Tries all rules on one event; the sink gets every detection in a fixed order. Advances the
 * watermark to e->seen. NOMEM, LIMIT: then some rules may not have seen the event. */
WARD_MUST_CHECK enum ward_err ward_detector_event(
	struct ward_detector *det, const struct ward_event *e, ward_detect_sink sink, void *ctx);
/* The two halves of ward_detector_event, for a detector each (crew.h). The first remembers nothing
 * of the event: it finds what matches, *ret_n of rs's own numbers that the second takes; they are
 * valid until the next call. The second needs only e->seen where nothing was found. As above. */
WARD_MUST_CHECK enum ward_err ward_detector_find(
	struct ward_detector *det, const struct ward_event *e, const uint32_t **ret, size_t *ret_n);
WARD_MUST_CHECK enum ward_err ward_detector_found(struct ward_detector *det,
	const struct ward_event *e, const uint32_t *found, size_t n, ward_detect_sink sink,
	void *ctx);
/* What `from` counted as a finder, and what it saw, is added to det's. */
void ward_detector_count(struct ward_detector *det, const struct ward_detector *from);
/* It is at least `now` (the clock of `seen`): windows that can no longer change are closed. With
 * WARD_NS_NEVER all are. NOMEM. */
WARD_MUST_CHECK enum ward_err ward_detector_tick(
	struct ward_detector *det, ward_ns now, ward_detect_sink sink, void *ctx);
struct ward_detect_stats ward_detector_stats(const struct ward_detector *det);

/* What the rules wait for in vain. field is empty: no event of the rule's logsource came; else none
 * with this field (as the rule calls it), though the logsource came. Of a correlation it is a field
 * that it groups by or counts, as the member calls it whose logsource came. i: as in
 * ward_ruleset_rule. */
typedef void (*ward_unseen_fn)(void *ctx, size_t i, struct ward_str field);
/* Since the detector was made (a restored state says nothing of it); stats say after how many
 * events. Rules that were refused or have no pipeline are left out: loading told of them. Each
 * field of a rule once. O(values of all rules). */
void ward_detector_unseen(const struct ward_detector *det, ward_unseen_fn fn, void *ctx);

/* State for a checkpoint, version 7: the same bytes for the same state. */
void ward_detector_save(const struct ward_detector *det, struct ward_wr *w);
/* What becomes of a window whose correlation is not the one that it was of. */
enum ward_window_fate {
	WARD_WINDOW_DROPPED,
	WARD_WINDOW_REARMED, /* judged from now on by what the correlation says now */
};
/* Told of one such window, by the key of its correlation. */
typedef void (*ward_window_fn)(void *ctx, struct ward_str rule, enum ward_window_fate fate);
/* Into a new detector, over the same rules or others, also from version 6. A window whose
 * correlation changed in its timespan or the bounds of its condition alone is rearmed, unless
 * something was told of it, which then stays as it was told, or it holds bundles. Windows of
 * correlations that no longer exist, or that changed otherwise (they themselves, a rule or filter
 * that they hang on, a value list that these name, the pipelines), are dropped. fn may be NULL.
 * VERSION, MALFORMED, LIMIT, NOMEM; the detector is then empty. */
WARD_MUST_CHECK enum ward_err ward_detector_load(
	struct ward_detector *det, struct ward_rd *r, ward_window_fn fn, void *ctx);

#endif
