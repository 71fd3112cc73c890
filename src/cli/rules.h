/* What the `ward rules …` commands share: rules, content, hospital, and files of events. */
#ifndef WARD_CLI_RULES_H
#define WARD_CLI_RULES_H

#include "cli/lang.h"
#include "craft/craft.h"
#include "sense/input.h"

enum { WARD_CLI_PATHS = 256 };

struct ward_cli_rules {
	const struct ward_cmd *cmd;
	const char *path[WARD_CLI_PATHS], *event[WARD_CLI_PATHS];
	size_t n_path, n_event; /* rules; files of events */
	const char *content, *hospital;
	const char *code;   /* --lang, or NULL */
	const char *beside; /* a file or directory that is read, too, if it is there; or NULL */
	bool json;
	bool events_to_end; /* --events takes all that follows up to the next option */
	/* made by ward_cli_rules_load */
	struct ward_lang *lang; /* NULL: English, also of data that no language was asked for */
	struct ward_limits lim;
	struct ward_names names;
	struct ward_counters counters;
	struct ward_diag diag;
	struct ward_threats *threats;
	struct ward_model *model; /* when asked for */
	struct ward_log_patterns *patterns;
	struct ward_ruleset *rs;
	struct ward_craft craft; /* of all these */
	const char *loaded[2];   /* the paths when none were given */
	char own[4096];
	uint64_t n_rejected; /* records without an event */
};

/* One argument at argv[*i]: --content, --hospital, --lang, --json, --events FILE… or a
 * rule path. True when
 * it was taken (*i then stands on the last word of it); *ret_code is not 0 after a wrong one. */
bool ward_cli_rules_arg(struct ward_cli_rules *x, int argc, char **argv, int *i, int *ret_code);
/* An exit code, and it was said: the threats, the rules of the paths, or content's when there are
 * none, then the hospital's. model: the hospital directory itself, too. */
int ward_cli_rules_load(struct ward_cli_rules *x, bool model);
/* The same rules with texts behind them, for what-if; findings go to diag. */
WARD_MUST_CHECK enum ward_err ward_cli_rules_with(const struct ward_cli_rules *x,
	const struct ward_rule_text *text, size_t n, struct ward_diag *diag,
	struct ward_ruleset **ret);
void ward_cli_rules_fini(struct ward_cli_rules *x);

/* line: from 1, or 0. */
typedef enum ward_err (*ward_cli_event_fn)(
	void *ctx, const struct ward_event *e, const char *file, uint64_t line);
/* All events of one file: event lines, logs, captures. An exit code, and it was said. */
int ward_cli_rules_events(
	struct ward_cli_rules *x, const char *path, ward_cli_event_fn fn, void *ctx);

/* The rule that the word means: an id, a name, or a file with only one that speaks; WARD_NONE, and
 * it was said. */
uint32_t ward_cli_rules_find(struct ward_cli_rules *x, const char *word);

/* rules_flip.c: changes each rule and holds it to the test files; all: tells what was noticed, too.
 * Writes to out. An exit code, and what could not be was said. */
int ward_cli_rules_flip(struct ward_cli_rules *x, const char *const *test, size_t n_test, bool all,
	struct ward_wr *out);

/* A text that counts {n} of {all} things. */
struct ward_cli_n_of {
	uint64_t n, of;
};
void ward_cli_rules_say_of(struct ward_wr *w, struct ward_lang *l, const struct ward_cli_n_of *n,
	const char *one, const char *others);
/* What is wrong with rules or tests, on standard error, in the language. */
void ward_cli_rules_findings(const struct ward_cli_rules *x);

/* A text sink for standard output: the terminal's width, or 100 columns. */
struct ward_text ward_cli_rules_text(struct ward_wr *w);

#endif
