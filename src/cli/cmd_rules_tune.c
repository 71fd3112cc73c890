#include "cli/commands.h"
#include "cli/tune_past.h"
#include "story/zone.h"

#include <errno.h>
#include <stdlib.h>

enum { OUT_MAX = 1 << 24, LINE_MAX_BYTES = 1 << 20, SHOWN = 20 };

struct tune {
	struct ward_cli_rules x;
	const char *rule, *dismissed;
	struct ward_cli_tune_past past; /* --since: instead of files */
	struct ward_craft_tune *t;
	size_t n_taken, n_left_out, n_shown;
};

/* A line for people on standard error; slots as said. */
static void tell(
	const struct tune *x, const char *english, const struct ward_word_slot *slot, size_t n_slot)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), OUT_MAX);

	ward_say_text(&w, ward_lang_text(x->x.lang, ward_str_z(english)), slot, n_slot);
	ward_wr_ch(&w, '\n');
	(void)ward_cli_put(&w, stderr);
	ward_wr_fini(&w);
}
#define TELL(x, english, ...)                                              \
	tell((x), (english), (const struct ward_word_slot[]){__VA_ARGS__}, \
		sizeof((const struct ward_word_slot[]){__VA_ARGS__}) /     \
			sizeof(struct ward_word_slot))

/* A number, in the place of a slot's text. */
struct digits {
	char text[32];
};
static struct ward_str digits(const struct tune *x, uint64_t n, struct digits *d)
{
	struct ward_wr w = ward_wr_fixed(d->text, sizeof(d->text));

	ward_say_number(&w, x->x.lang, n);
	return ward_wr_text(&w);
}

static int check(const struct tune *x)
{
	bool files = x->dismissed || x->x.n_event;

	if (x->past.since_text && files)
		return ward_cli_usage(x->x.cmd,
			"--since looks into what 'ward run' kept: give no --dismissed, no "
			"--events");
	if (x->past.since_text && !x->x.hospital)
		return ward_cli_usage(x->x.cmd, "--since needs --hospital");
	if (x->past.state && !x->past.since_text)
		return ward_cli_usage(x->x.cmd, "--state goes with --since");
	if (!x->rule || (!x->past.since_text && (!x->dismissed || !x->x.n_event)))
		return ward_cli_usage(x->x.cmd,
			"give a rule, and --dismissed with --events, or --hospital with --since");
	return WARD_EXIT_DONE;
}

static int parse(struct tune *x, int argc, char **argv)
{
	int code = WARD_EXIT_DONE;

	for (int i = 1; i < argc && !code; i++) {
		const char *a = argv[i];

		if (strcmp(a, "--dismissed") == 0 && i + 1 < argc)
			x->dismissed = argv[++i];
		else if (strcmp(a, "--since") == 0 && i + 1 < argc)
			x->past.since_text = argv[++i];
		else if (strcmp(a, "--state") == 0 && i + 1 < argc)
			x->past.state = argv[++i];
		else if (strcmp(a, "--rules") == 0 && i + 1 < argc) {
			i++;
			x->x.events_to_end = false;
			(void)ward_cli_rules_arg(&x->x, argc, argv, &i, &code);
		} else if (strcmp(a, "--json") == 0 || strcmp(a, "--rules") == 0 ||
			   strcmp(a, "--dismissed") == 0 || strcmp(a, "--since") == 0 ||
			   strcmp(a, "--state") == 0)
			code = ward_cli_usage(x->x.cmd, "'%s' %s", a,
				strcmp(a, "--json") == 0 ? "is not an option" : "needs a value");
		else if (a[0] != '-' && !x->x.events_to_end && !x->rule)
			x->rule = a;
		else if (a[0] != '-' && !x->x.events_to_end)
			code = ward_cli_usage(x->x.cmd, "more than one rule: '%s'", a);
		else if (!ward_cli_rules_arg(&x->x, argc, argv, &i, &code))
			code = ward_cli_usage(x->x.cmd, "'%s' is not an option", a);
	}
	return code ? code : check(x);
}

static int read_dismissed(struct tune *x)
{
	FILE *f = fopen(x->dismissed, "r");
	char *line = NULL;
	size_t cap = 0, no = 0;
	int code = WARD_EXIT_DONE;

	if (!f)
		return ward_cli_fail(
			x->x.cmd, "cannot read '%s': %s", x->dismissed, strerror(errno));
	for (ssize_t n; !code && (n = getline(&line, &cap, f)) > 0;) {
		struct ward_str s = ward_str_trim((struct ward_str){line, (size_t)n});
		bool taken = false;

		no++;
		if (!s.len)
			continue;
		enum ward_err err = s.len > LINE_MAX_BYTES
					    ? WARD_ERR_LIMIT
					    : ward_craft_tune_dismissed(x->t, s, &taken);

		if (err)
			code = ward_cli_fail(x->x.cmd,
				"%s:%zu: no detection as 'ward detect' prints "
				"it: %s",
				x->dismissed, no, ward_err_text(err));
		x->n_taken += taken;
		x->n_left_out += !taken;
	}
	free(line);
	(void)fclose(f);
	return code;
}

/* What was dismissed at this hospital, and what happened there. */
static int look_back(struct tune *x)
{
	struct ward_cli_tune_past *p = &x->past;
	struct digits d[3];
	int code = ward_cli_tune_dismissed(&x->x, p, x->t);

	if (code)
		return code;
	if (!p->n_taken) {
		TELL(x,
			WARD_TEXT("No filter: of {n} incidents that were dismissed since then, "
				  "none came of this rule ('ward incident dismiss' says that one "
				  "was no attack)."),
			{"n", digits(x, p->n_incident, &d[0])});
		return WARD_EXIT_INPUT;
	}
	code = ward_cli_tune_events(&x->x, p, x->t);
	if (!code)
		TELL(x,
			WARD_TEXT("{n} detections of {incidents} dismissed incidents, among "
				  "{events} events"),
			{"n", digits(x, p->n_taken, &d[0])},
			{"incidents", digits(x, p->n_incident, &d[1])},
			{"events", digits(x, p->n_event, &d[2])});
	return code;
}

static enum ward_err feed(void *ctx, const struct ward_event *e, const char *file, uint64_t line)
{
	struct tune *x = ctx;

	(void)file;
	return ward_craft_tune_event(x->t, e, line);
}

static void hidden(void *ctx, uint64_t line, const struct ward_event *e)
{
	struct tune *x = ctx;
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 12);
	char id[WARD_ID_TEXT];
	struct digits d;

	if (x->n_shown++ < SHOWN) {
		ward_time_write(&w, e->time);
		ward_id_text(e->id, id);
		TELL(x, WARD_TEXT("also hidden: line {n}, {time}, event {id}"),
			{"n", digits(x, line, &d)}, {"time", ward_wr_text(&w)},
			{"id", ward_str_z(id)});
	}
	ward_wr_fini(&w);
}

/* How the filter did; false: it would not do. */
static bool tell_hits(const struct tune *x, const struct ward_craft_hits *h)
{
	struct digits d[4];
	struct ward_str all = digits(x, h->n_dismissed, &d[0]);
	struct ward_str other = digits(x, h->n_other, &d[1]);
	struct ward_str hidden_too = digits(x, h->n_other_hidden, &d[2]);

	if (h->n_dismissed_left || (h->n_other && h->n_other_hidden == h->n_other)) {
		TELL(x,
			WARD_TEXT("No filter: tried, the best one leaves {left} of {all} dismissed "
				  "hits and hides {n} of {other} others."),
			{"left", digits(x, h->n_dismissed_left, &d[3])}, {"all", all},
			{"n", hidden_too}, {"other", other});
		return false;
	}
	TELL(x,
		WARD_TEXT("Tried on these events: hides all {all} dismissed hits and {n} of "
			  "{other} others."),
		{"all", all}, {"n", hidden_too}, {"other", other});
	if (!h->n_other)
		tell(x,
			WARD_TEXT("The rule found nothing else here, so these events do not show "
				  "what it would still find."),
			NULL, 0);
	tell(x,
		WARD_TEXT("Look whether an attacker could have these values too; then put it into "
			  "HOSPITAL/rules."),
		NULL, 0);
	return true;
}

/* Runs the rule with the filter; the filter goes out only when it does what it is for. */
static int verify(struct tune *x, struct ward_wr *filter)
{
	struct ward_rule_text text = {"the proposed filter", ward_wr_slice(filter)};
	struct ward_craft_hits h = {0};
	struct ward_ruleset *rs = NULL;
	struct ward_diag d;

	ward_diag_init(&d, ward_mem_heap());
	enum ward_err err = ward_cli_rules_with(&x->x, &text, 1, &d, &rs);
	size_t n = err ? 0 : ward_ruleset_counts(rs).n;

	if (!err && (n == 0 || ward_ruleset_rule(rs, n - 1).refused))
		err = WARD_ERR_CONFIG;
	if (!err)
		err = ward_craft_tune_verify(x->t, rs, hidden, x, &h);
	ward_ruleset_free(rs);
	ward_diag_fini(&d);
	if (err)
		return ward_cli_fail(
			x->x.cmd, "the proposed filter does not load: %s", ward_err_text(err));
	if (!tell_hits(x, &h))
		return WARD_EXIT_INPUT;
	return ward_cli_put(filter, stdout) ? WARD_EXIT_DONE : WARD_EXIT_RUN;
}

static int propose(struct tune *x)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), OUT_MAX);
	enum ward_craft_verdict verdict = WARD_CRAFT_NOTHING;
	enum ward_err err = ward_craft_tune_propose(x->t, &w, &verdict);
	int code = err ? ward_cli_fail(x->x.cmd, "%s", ward_err_text(err)) : WARD_EXIT_DONE;

	if (!code && verdict != WARD_CRAFT_PROPOSED) {
		TELL(x, WARD_TEXT("No filter: {why}."),
			{"why", ward_lang_text(
					x->x.lang, ward_str_z(ward_craft_verdict_text(verdict)))});
		code = WARD_EXIT_INPUT;
	} else if (!code) {
		code = verify(x, &w);
	}
	ward_wr_fini(&w);
	return code;
}

static int work(struct tune *x)
{
	struct digits d;
	uint32_t at = ward_cli_rules_find(&x->x, x->rule);
	enum ward_err err = at == WARD_NONE ? WARD_OK : ward_craft_tune_new(&x->x.craft, at, &x->t);

	if (at == WARD_NONE)
		return WARD_EXIT_RUN;
	if (err == WARD_ERR_UNSUPPORTED)
		return ward_cli_fail(x->x.cmd,
			"'%s' is a correlation, a filter or refused: name one of the rules that it "
			"joins ('ward rules explain' lists them)",
			x->rule);
	if (err)
		return ward_cli_fail(x->x.cmd, "%s", ward_err_text(err));
	int code = x->past.since_text ? look_back(x) : read_dismissed(x);

	if (!code && x->n_left_out)
		TELL(x, WARD_TEXT("{n} lines of '{file}' are of other rules and left out"),
			{"n", digits(x, x->n_left_out, &d)}, {"file", ward_str_z(x->dismissed)});
	for (size_t i = 0; i < x->x.n_event && !code; i++)
		code = ward_cli_rules_events(&x->x, x->x.event[i], feed, x);
	return code ? code : propose(x);
}

static int run(const struct ward_cmd *cmd, int argc, char **argv)
{
	struct tune *x = calloc(1, sizeof(*x));

	if (!x)
		return ward_cli_fail(cmd, "out of memory");
	x->x.cmd = cmd;
	int code = parse(x, argc, argv);

	if (!code) {
		code = ward_cli_rules_load(&x->x, x->past.since_text != NULL);
		if (!code && x->x.model &&
			ward_zone_use(ward_model_hospital(x->x.model)->timezone) != WARD_OK)
			fputs("ward rules tune: no such time zone on this system: times are UTC\n",
				stderr);
		if (!code)
			code = work(x);
		ward_craft_tune_free(x->t);
		ward_cli_rules_fini(&x->x);
	}
	free(x);
	return code;
}

const struct ward_cmd ward_cmd_rules_tune = {
	.name = "rules tune",
	.summary = "a filter for what somebody dismissed, tried out",
	.help = "usage: ward rules tune RULE --hospital DIR --since TIME [OPTION…]\n"
		"       ward rules tune RULE --dismissed FILE --events FILE… [OPTION…]\n\n"
		"Prints a Sigma filter (docs/rules.md) that hides those detections of RULE (id,\n"
		"name, title or file) that were dismissed, by what their events have in common:\n"
		"who, where and what. It is tried on the events first; what it hides beyond the\n"
		"dismissed is told on standard error. There is none when nothing in the events\n"
		"shows that the rule would still find something.\n\n"
		"  --since TIME      what people dismissed since then ('ward incident dismiss'), "
		"and\n"
		"                    the events of that time, as 'ward run' has kept them: 30d,\n"
		"                    2026-03-12, '2026-03-12 09:00' (the hospital's clock) or RFC "
		"3339\n"
		"  --state DIR       where 'ward run' keeps it (default: as for 'ward run')\n"
		"  --dismissed FILE  detections as 'ward detect' prints them, one JSON object per\n"
		"                    line, of the rule or of a correlation that joins it\n"
		"  --events FILE…    the same files that were given to 'ward detect', and more\n"
		"  --rules PATH      rule file or directory (may be repeated; default: Ward's "
		"own)\n"
		"  --hospital DIR    value lists, rules and filters of this hospital directory "
		"too\n"
		"  --lang CODE       in this language (default: $WARD_LANG, else the hospital's, "
		"else\n"
		"                    English)\n"
		"  --content DIR     instead of the content that belongs to this program\n\n"
		"Exit: 0 proposed, 1 no filter or it would not do, 2 usage, 3 could not run.\n",
	.run = run,
};
