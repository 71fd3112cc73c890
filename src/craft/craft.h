/* What those who write detection rules ask of one: what it says, why it matches or not, whether its
 * examples hold, what of the threats it covers, and how to quiet it where it is known to be wrong.
 *
 * For the command line, never on the event path. Rule and test files come from people, events from
 * outside; findings go to the diag with file, line and mend. Single-threaded, reads no clock. What
 * a person reads goes through story/text.h, which escapes it. */
#ifndef WARD_CRAFT_CRAFT_H
#define WARD_CRAFT_CRAFT_H

#include "base/json.h"
#include "conf/conf.h"
#include "detect/trace.h"
#include "model/model.h"
#include "story/text.h"
#include "words/words.h"

/* source.c: the document of a rule, read again from its file, into the arena. NOT_FOUND when the
 * file has changed meanwhile, CONFIG and IO with a finding, NOMEM. */
WARD_MUST_CHECK enum ward_err ward_craft_document(struct ward_arena *a,
	const struct ward_limits *lim, struct ward_str file, uint32_t line, struct ward_diag *d,
	const struct ward_conf **ret);
/* The same out of the bytes of that file. */
WARD_MUST_CHECK enum ward_err ward_craft_document_of(struct ward_arena *a,
	const struct ward_limits *lim, const struct ward_rule_text *text, uint32_t line,
	struct ward_diag *d, const struct ward_conf **ret);

/* words.c: one `field|modifiers: values` of a rule as words: "User begins with 'svc' or 'adm'". */
void ward_craft_item(const struct ward_conf *item, struct ward_lang *lang, struct ward_wr *w);

/* What the functions below share; all borrowed. threats and model may be NULL. */
struct ward_craft {
	const struct ward_ruleset *rs;
	const struct ward_threats *threats;
	const struct ward_model *model;
	const struct ward_limits *lim;
	struct ward_names *names;
	struct ward_lang *lang; /* of what people read at a terminal; NULL: English */
	struct ward_diag *diag;
	/* Or NULL: tests are of the rules of this ruleset, which rs has too, changed */
	const struct ward_ruleset *named;
	/* Or NULL: the bytes of a file of rules as they were loaded, for who may open none; false:
	 * it was not read. */
	bool (*file)(void *ctx, struct ward_str path, struct ward_slice *ret);
	void *file_ctx;
};

/* In which language a rule is told: the labels, and what Ward's own rules say of themselves
 * (content/words/rules). NULL: English, as what nobody translated. Borrowed. */
struct ward_craft_lang {
	struct ward_lang *labels, *rules;
};
/* explain.c: what a rule's text says, as it is looked up in content/words/rules: description
 * without its first step, which has a row of its own (empty: it names none). */
void ward_craft_split(
	struct ward_str description, struct ward_str *ret_what, struct ward_str *ret_step);

/* source.c: what names rule i in detections: its id, else its name, else its title. */
struct ward_str ward_craft_key(const struct ward_ruleset *rs, size_t i);

/* explain.c: rule i in words: what it looks at, its selections, condition or correlation, threat,
 * techniques, author, licence. As ward_craft_document. */
WARD_MUST_CHECK enum ward_err ward_craft_explain(const struct ward_craft *c, size_t i,
	const struct ward_craft_lang *lang, struct ward_text *t);
/* The same as a list for a page, without what ward_rule_info has: {label, text}, with the language
 * of a text that has a translation as `lang`, and groups {label, name, items}. On failure the list
 * is whole, and shorter. */
WARD_MUST_CHECK enum ward_err ward_craft_explain_page(const struct ward_craft *c, size_t i,
	const struct ward_craft_lang *lang, struct ward_json *j);
/* why.c: rule i against one event: which selection holds, by which field and value, and which does
 * not. Not for correlations and filters (UNSUPPORTED). As ward_craft_document and
 * ward_detector_trace. ret may be NULL. */
WARD_MUST_CHECK enum ward_err ward_craft_why(const struct ward_craft *c, struct ward_detector *det,
	const struct ward_event *e, size_t i, struct ward_text *t, struct ward_trace *ret);
/* How near the rule comes to the event, to compare events: 0 is not of its logsource; a match is
 * UINT32_MAX. As ward_detector_trace. */
WARD_MUST_CHECK enum ward_err ward_craft_near(
	struct ward_detector *det, const struct ward_event *e, size_t i, uint32_t *ret);
/* The rules without members that stand below rule i (itself when it has none); at most max, *ret_n
 * of them. */
void ward_craft_leaves(
	const struct ward_ruleset *rs, size_t i, uint32_t *ret, size_t max, size_t *ret_n);
/* Marks in `in` (as many as the ruleset has) rule i and all that stand below it. */
void ward_craft_below(const struct ward_ruleset *rs, size_t i, bool *in);

/* suite.c: examples of rules, docs/rules.md "Tests". */
struct ward_craft_test {
	struct ward_str file, name; /* live during the call */
	uint32_t line;
	size_t rule;      /* which it is about */
	size_t want, got; /* detections; want SIZE_MAX: at least one */
	bool passed;
	const struct ward_event *event; /* as they were fed, in order of time */
	size_t n_event;
};
typedef void (*ward_craft_test_fn)(void *ctx, const struct ward_craft_test *t);
/* Runs the tests of one file (NAME.test.yml, else FOREIGN) over the ruleset. Errors in the file are
 * findings and leave that test out. NOMEM, LIMIT. */
WARD_MUST_CHECK enum ward_err ward_craft_tests(
	const struct ward_craft *c, const char *path, ward_craft_test_fn fn, void *ctx);

/* The same from memory. */
WARD_MUST_CHECK enum ward_err ward_craft_tests_text(const struct ward_craft *c,
	const struct ward_rule_text *text, ward_craft_test_fn fn, void *ctx);

/* write.c: a document as one line of YAML (its JSON part), with one change. */
enum ward_craft_how { WARD_CRAFT_SAME, WARD_CRAFT_DROP, WARD_CRAFT_TEXT, WARD_CRAFT_KEY };
struct ward_craft_change {
	const struct ward_conf *at; /* the node that is left out, has another text or another key */
	enum ward_craft_how how;
	struct ward_str with; /* that text or key */
};
/* Deeper than 60 levels: w is then bad. change may be NULL. */
void ward_craft_write(
	struct ward_wr *w, const struct ward_conf *doc, const struct ward_craft_change *change);

/* changes.c: every single change of a rule's document that its examples should notice, in the
 * document's order: selections always and never true, items left out, turned round or without a
 * modifier, values left out, numbers one more and less; of a correlation its threshold, timespan,
 * order, groups, rules and what is ours. `what` names it, and lives during the call. */
typedef enum ward_err (*ward_craft_change_fn)(
	void *ctx, const struct ward_craft_change *change, struct ward_str what);
/* What fn gave, or NOMEM. */
WARD_MUST_CHECK enum ward_err ward_craft_changes(
	const struct ward_conf *doc, ward_craft_change_fn fn, void *ctx);

/* flip.c: do the examples notice when the rule is changed? */
enum ward_craft_fate {
	WARD_CRAFT_NOTICED,  /* a test failed */
	WARD_CRAFT_SURVIVED, /* none did */
	WARD_CRAFT_SPARED,   /* none did, and `untested` of a test file says why */
	WARD_CRAFT_STALE,    /* `untested` names it, and a test failed */
};
struct ward_craft_flip {
	size_t rule;
	struct ward_str what; /* lives during the call */
	uint32_t line;        /* of the rule's file */
	enum ward_craft_fate fate;
};
typedef void (*ward_craft_flip_fn)(void *ctx, const struct ward_craft_flip *f);
struct ward_craft_flips {
	size_t n_rule;  /* rules that were changed */
	size_t n_bare;  /* those that no test is of, nor of a correlation above them */
	size_t n_meant; /* changes that were not refused */
};
/* The rules of c->rs, each changed in every way and held to all tests of the files that are of it
 * or of what stands above it. `extra`: pipelines and value lists that the rules need, as texts.
 * bare is called for each rule without tests. The tests must hold before. NOMEM, LIMIT, and as
 * ward_craft_document. */
struct ward_craft_flip_args {
	const char *const *test; /* files */
	size_t n_test;
	struct ward_ruleset_texts extra; /* without rules */
	ward_craft_flip_fn flip;
	void (*bare)(void *ctx, size_t rule);
	void *ctx;
};
WARD_MUST_CHECK enum ward_err ward_craft_flip(const struct ward_craft *c,
	const struct ward_craft_flip_args *args, struct ward_craft_flips *ret);

/* suite.c: SigmaHQ's regression format: info.yml, one call for each of its tests. */
struct ward_craft_case {
	struct ward_str file, name, path,
		rule; /* path: of the record, as written; live in the call */
	uint32_t line;
	size_t want; /* SIZE_MAX: at least one */
};
typedef void (*ward_craft_case_fn)(void *ctx, const struct ward_craft_case *t);
WARD_MUST_CHECK enum ward_err ward_craft_regression(
	const struct ward_craft *c, const char *path, ward_craft_case_fn fn, void *ctx);

/* cover.c: what is seen by which kind of sensor. */
enum ward_craft_sensor {
	WARD_CRAFT_NET,   /* packets: Ward's network sensor */
	WARD_CRAFT_FLOW,  /* flow records of routers */
	WARD_CRAFT_FIELD, /* doors, cameras, fire, power, climate, calls */
	WARD_CRAFT_LOG,   /* logs of hosts, firewalls and other products */
	WARD_CRAFT_OWN,   /* what Ward concludes: the inventory, losses of input */
	WARD_CRAFT_SENSOR_N,
};
const char *ward_craft_sensor_name(enum ward_craft_sensor s);
/* Bits (1 << enum ward_craft_sensor) of the kinds that give rule i its events; those of a
 * correlation are all that its members have. */
unsigned ward_craft_sensors(const struct ward_ruleset *rs, size_t i);
/* Does some source of the hospital (c->model) give the rule its events, of a correlation each of
 * its members theirs, by the source's kind and, for field sensors, by what it watches? Without a
 * hospital true. */
bool ward_craft_fed(const struct ward_craft *c, size_t i);
/* Tables: threats, then techniques, each by the rules that tell it, the sensors that these need
 * and, with a hospital, its sources that have them. Rules that never speak (refused, silent,
 * without a pipeline) do not count. Nothing is written when memory is out. O(threats x rules). */
void ward_craft_cover_text(const struct ward_craft *c, struct ward_text *t);
/* The same, one object per line: {"kind":"threat"…}, {"kind":"technique"…}. */
void ward_craft_cover_json(const struct ward_craft *c, struct ward_wr *w);
/* A layer of the ATT&CK Navigator, format 4.5: techniques of Enterprise or, with ics, of ICS
 * (T0…); the score is how many rules have it, with a hospital how many of them have a source. */
void ward_craft_cover_navigator(const struct ward_craft *c, bool ics, struct ward_wr *w);

/* channels.c: which Windows event logs, and of these which event numbers, the loaded rules read:
 * for people, as one object per line ({"kind":"channel"…}), or as the query of a subscription of
 * Windows Event Forwarding. What a rule excludes counts as read. False: no memory. */
enum ward_craft_channels {
	WARD_CRAFT_CHANNELS_TEXT,
	WARD_CRAFT_CHANNELS_JSON,
	WARD_CRAFT_CHANNELS_QUERY,
};
WARD_MUST_CHECK bool ward_craft_channels(
	const struct ward_craft *c, enum ward_craft_channels how, struct ward_text *t);

#endif
