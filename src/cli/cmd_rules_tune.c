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
	int code = ward_cli_tune_dismissed(&x->x, p, x->t);

	if (code)
		return code;
	if (!p->n_taken) {
		fprintf(stderr,
			"ward rules tune: no filter: of %zu incidents that were dismissed since "
			"then, none came of this rule ('ward incident dismiss' says that one was "
			"no "
			"attack)\n",
			p->n_incident);
		return WARD_EXIT_INPUT;
	}
	code = ward_cli_tune_events(&x->x, p, x->t);
	if (!code)
		fprintf(stderr, "%zu detections of %zu dismissed incidents, among %llu events\n",
			p->n_taken, p->n_incident, (unsigned long long)p->n_event);
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

	if (x->n_shown++ < SHOWN) {
		ward_time_write(&w, e->time);
		ward_id_text(e->id, id);
		fprintf(stderr, "  also hidden: line %llu, %.*s, event %s\n",
			(unsigned long long)line, (int)w.len, (const char *)w.p, id);
	}
	ward_wr_fini(&w);
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
	if (h.n_dismissed_left || (h.n_other && h.n_other_hidden == h.n_other)) {
		fprintf(stderr,
			"ward rules tune: no filter: tried, the best one leaves %zu of %zu "
			"dismissed hits and hides %zu of %zu others\n",
			h.n_dismissed_left, h.n_dismissed, h.n_other_hidden, h.n_other);
		return WARD_EXIT_INPUT;
	}
	fprintf(stderr,
		"Tried on these events: hides all %zu dismissed hits and %zu of %zu others.\n"
		"%s"
		"Look whether an attacker could have these values too; then put it into "
		"HOSPITAL/rules.\n",
		h.n_dismissed, h.n_other_hidden, h.n_other,
		h.n_other ? ""
			  : "The rule found nothing else here, so these events do not show what "
			    "it would still find.\n");
	return ward_cli_put(filter, stdout) ? WARD_EXIT_DONE : WARD_EXIT_RUN;
}

static int propose(struct tune *x)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), OUT_MAX);
	enum ward_craft_verdict verdict = WARD_CRAFT_NOTHING;
	enum ward_err err = ward_craft_tune_propose(x->t, &w, &verdict);
	int code = err ? ward_cli_fail(x->x.cmd, "%s", ward_err_text(err)) : WARD_EXIT_DONE;

	if (!code && verdict != WARD_CRAFT_PROPOSED) {
		fprintf(stderr, "ward rules tune: no filter: %s\n",
			ward_craft_verdict_text(verdict));
		code = WARD_EXIT_INPUT;
	} else if (!code) {
		code = verify(x, &w);
	}
	ward_wr_fini(&w);
	return code;
}

static int work(struct tune *x)
{
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
		fprintf(stderr, "%zu lines of '%s' are of other rules and left out\n",
			x->n_left_out, x->dismissed);
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
		"  --content DIR     instead of the content that belongs to this program\n\n"
		"Exit: 0 proposed, 1 no filter or it would not do, 2 usage, 3 could not run.\n",
	.run = run,
};
