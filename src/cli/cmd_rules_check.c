#include "cli/commands.h"
#include "cli/rules.h"

#include <stdlib.h>

enum { OUT_MAX = 1 << 28, REASONS_MAX = 64, COL_TITLE = 14 };

struct check {
	struct ward_cli_rules x;
	struct ward_detector *det;
	bool all; /* tell the loaded ones too */
	struct ward_wr out;
	size_t n_event, n_waiting; /* rules that can't work on these events */
};

static const char *state_name(const struct ward_rule_info *r)
{
	return r->state == WARD_RULE_REFUSED  ? WARD_TEXT("refused")
	       : r->state == WARD_RULE_WARNED ? WARD_TEXT("warned")
					      : WARD_TEXT("loaded");
}

static void json_rule(struct check *c, const struct ward_rule_info *r)
{
	struct ward_json j = ward_json_on(&c->out);

	ward_json_obj(&j);
	ward_json_key(&j, "kind");
	ward_json_z(&j, "rule");
	ward_json_key(&j, "id");
	ward_json_str(&j, r->id);
	ward_json_key(&j, "title");
	ward_json_str(&j, r->title);
	ward_json_key(&j, "file");
	ward_json_str(&j, r->file);
	ward_json_key(&j, "line");
	ward_json_u64(&j, r->line);
	ward_json_key(&j, "state");
	ward_json_z(&j, state_name(r));
	if (r->reason) {
		ward_json_key(&j, "reason");
		ward_json_z(&j, r->reason);
	}
	ward_json_key(&j, "form");
	ward_json_z(&j, r->corr ? "correlation" : r->filter ? "filter" : "rule");
	ward_json_key(&j, "stage");
	ward_json_z(&j, ward_stage_name(r->stage));
	ward_json_key(&j, "silent");
	ward_json_bool(&j, r->silent);
	ward_json_key(&j, "filters");
	ward_json_u64(&j, r->n_filter);
	ward_json_obj_end(&j);
	ward_wr_ch(&c->out, '\n');
}

static void text_rules(struct check *c, struct ward_text *t)
{
	for (size_t i = 0; c->all && i < ward_ruleset_counts(c->x.rs).n; i++) {
		struct ward_rule_info r = ward_ruleset_rule(c->x.rs, i);
		struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 16);

		ward_wr_str(&w, r.file);
		ward_wr_printf(&w, ":%u", r.line);
		ward_text_open(t, 0, COL_TITLE);
		ward_text_put(t, r.state == WARD_RULE_LOADED ? WARD_STYLE_PLAIN : WARD_STYLE_WARN,
			ward_lang_text(c->x.lang, ward_str_z(state_name(&r))));
		ward_text_tab(t, COL_TITLE);
		if (r.stage != WARD_STAGE_LIVE) {
			ward_text_z(t, WARD_STYLE_WARN, ward_stage_name(r.stage));
			ward_text_z(t, WARD_STYLE_PLAIN, ": ");
		}
		ward_text_put(t, WARD_STYLE_PLAIN, ward_lang_text(c->x.lang, r.title));
		ward_text_z(t, WARD_STYLE_PLAIN, " ");
		ward_text_put(t, WARD_STYLE_DIM, ward_wr_text(&w));
		ward_text_close(t);
		ward_wr_fini(&w);
	}
}

struct reason {
	const char *what;
	enum ward_rule_state state;
	size_t n;
};

static int by_count(const void *a, const void *b)
{
	const struct reason *x = a, *y = b;

	return x->n != y->n ? (x->n > y->n ? -1 : 1) : strcmp(x->what, y->what);
}

static size_t reasons(struct check *c, struct reason list[REASONS_MAX])
{
	size_t n = 0;

	for (size_t i = 0; i < ward_ruleset_counts(c->x.rs).n; i++) {
		struct ward_rule_info r = ward_ruleset_rule(c->x.rs, i);
		size_t k = 0;

		if (!r.reason)
			continue;
		while (k < n && (strcmp(list[k].what, r.reason) != 0 || list[k].state != r.state))
			k++;
		if (k == REASONS_MAX)
			continue;
		if (k == n)
			list[n++] = (struct reason){r.reason, r.state, 0};
		list[k].n++;
	}
	if (n)
		qsort(list, n, sizeof(*list), by_count);
	return n;
}

static struct ward_str number(struct ward_wr *w, const struct check *c, size_t n)
{
	size_t at = w->len;

	ward_say_number(w, c->x.lang, n);
	return ward_str_sub(ward_wr_text(w), at, SIZE_MAX);
}

/* "420 live, 2 shadow, 1 off", as files of rules have the words; nothing when all are live. */
static void text_stages(struct check *c, const struct ward_ruleset_counts *n)
{
	char list[256];
	struct ward_wr w = ward_wr_fixed(list, sizeof(list));

	if (n->n_stage[WARD_STAGE_LIVE] + n->n_filter == n->n_loaded)
		return;
	for (unsigned i = 0; i < WARD_STAGE_N; i++)
		if (n->n_stage[i])
			ward_wr_printf(&w, "%s%zu %s", w.len ? ", " : "", n->n_stage[i],
				ward_stage_name((enum ward_stage)i));
	ward_wr_z(&c->out, "  ");
	WARD_SAY(&c->out, c->x.lang,
		c->all ? WARD_TEXT("stages: {list}")
		       : WARD_TEXT("stages: {list} (--all shows which)"),
		{"list", ward_wr_text(&w)});
	ward_wr_ch(&c->out, '\n');
}

static void text_totals(struct check *c, const struct ward_ruleset_counts *n,
	const struct reason *list, size_t n_reason)
{
	char digits[256];
	struct ward_wr w = ward_wr_fixed(digits, sizeof(digits));

	WARD_SAY(&c->out, c->x.lang,
		WARD_TEXT("{n} rules: {loaded} loaded ({correlations} correlations, {filters} "
			  "filters, {warned} with a warning), {refused} refused"),
		{"n", number(&w, c, n->n + n->n_broken)}, {"loaded", number(&w, c, n->n_loaded)},
		{"correlations", number(&w, c, n->n_corr)}, {"filters", number(&w, c, n->n_filter)},
		{"warned", number(&w, c, n->n_warned)}, {"refused", number(&w, c, n->n_refused)});
	ward_wr_ch(&c->out, '\n');
	text_stages(c, n);
	for (size_t i = 0; i < n_reason; i++) {
		ward_wr_printf(&c->out, "  %6zu ", list[i].n);
		ward_say(&c->out, c->x.lang,
			list[i].state == WARD_RULE_REFUSED ? WARD_TEXT("refused")
							   : WARD_TEXT("warned"));
		ward_say_colon(&c->out, c->x.lang);
		ward_say(&c->out, c->x.lang, list[i].what);
		ward_wr_ch(&c->out, '\n');
	}
}

static void totals(struct check *c)
{
	struct ward_ruleset_counts n = ward_ruleset_counts(c->x.rs);
	struct reason list[REASONS_MAX];
	size_t n_reason = reasons(c, list);
	struct ward_json j = ward_json_on(&c->out);

	if (!c->x.json) {
		text_totals(c, &n, list, n_reason);
		return;
	}
	ward_json_obj(&j);
	ward_json_key(&j, "kind");
	ward_json_z(&j, "rules");
	const struct {
		const char *key;
		size_t n;
	} count[] = {{"rules", n.n + n.n_broken}, {"loaded", n.n_loaded}, {"warned", n.n_warned},
		{"refused", n.n_refused}, {"correlations", n.n_corr}, {"filters", n.n_filter},
		{"unmapped", n.n_unmapped}};

	for (size_t i = 0; i < WARD_ARRAY_LEN(count); i++) {
		ward_json_key(&j, count[i].key);
		ward_json_u64(&j, count[i].n);
	}
	ward_json_key(&j, "stages");
	ward_json_obj(&j);
	for (unsigned i = 0; i < WARD_STAGE_N; i++) {
		ward_json_key(&j, ward_stage_name((enum ward_stage)i));
		ward_json_u64(&j, n.n_stage[i]);
	}
	ward_json_obj_end(&j);
	ward_json_key(&j, "reasons");
	ward_json_obj(&j);
	for (size_t i = 0; i < n_reason; i++) {
		ward_json_key(&j, list[i].what);
		ward_json_u64(&j, list[i].n);
	}
	ward_json_obj_end(&j);
	ward_json_obj_end(&j);
	ward_wr_ch(&c->out, '\n');
}

static void nothing(void *ctx, const struct ward_detection *d)
{
	(void)ctx;
	(void)d;
}

static enum ward_err feed(void *ctx, const struct ward_event *e, const char *file, uint64_t line)
{
	struct check *c = ctx;

	(void)file;
	(void)line;
	c->n_event++;
	return ward_detector_event(c->det, e, nothing, NULL);
}

/* What a rule waits for in vain. */
static void unseen(void *ctx, size_t i, struct ward_str field)
{
	struct check *c = ctx;
	struct ward_rule_info r = ward_ruleset_rule(c->x.rs, i);
	struct ward_json j = ward_json_on(&c->out);

	c->n_waiting++;
	if (c->x.json) {
		ward_json_obj(&j);
		ward_json_key(&j, "kind");
		ward_json_z(&j, "unseen");
		ward_json_key(&j, "id");
		ward_json_str(&j, r.id);
		ward_json_key(&j, "title");
		ward_json_str(&j, r.title);
		ward_json_key(&j, "what");
		ward_json_z(&j, field.len ? "field" : "logsource");
		if (field.len) {
			ward_json_key(&j, "field");
			ward_json_str(&j, field);
		}
		ward_json_obj_end(&j);
		ward_wr_ch(&c->out, '\n');
		return;
	}
	struct ward_text t = ward_cli_rules_text(&c->out);

	ward_text_open(&t, 2, 6);
	ward_text_put(&t, WARD_STYLE_PLAIN, ward_lang_text(c->x.lang, r.title));
	ward_text_z(&t, WARD_STYLE_DIM, " - ");
	ward_text_put(&t, WARD_STYLE_DIM,
		ward_lang_text(c->x.lang,
			ward_str_z(field.len ? WARD_TEXT("no event of its logsource had the field")
					     : WARD_TEXT("no event came of its logsource"))));
	const struct ward_str word[] = {field, r.product, r.category, r.service};

	for (size_t k = field.len ? 0 : 1; k < (field.len ? 1 : WARD_ARRAY_LEN(word)); k++) {
		if (!word[k].len)
			continue;
		ward_text_z(&t, WARD_STYLE_WARN, " ");
		ward_text_put(&t, WARD_STYLE_WARN, word[k]);
	}
	ward_text_close(&t);
}

static int on_events(struct check *c)
{
	enum ward_err err = ward_detector_new(
		c->x.rs, &c->x.names, c->x.model, &c->x.lim, NULL, ward_mem_heap(), &c->det);
	int code = err ? ward_cli_fail(c->x.cmd, "%s", ward_err_text(err)) : WARD_EXIT_DONE;

	for (size_t i = 0; i < c->x.n_event && !code; i++)
		code = ward_cli_rules_events(&c->x, c->x.event[i], feed, c);
	if (code)
		return code;
	if (!c->x.json) {
		ward_wr_ch(&c->out, '\n');
		ward_say_n(&c->out, c->x.lang, c->n_event,
			WARD_TEXT_ONE("On {n} event (a field that is only asked for by a filter "
				      "or a 'not' need not be there):"),
			WARD_TEXT("On these {n} events (a field that is only asked for by a "
				  "filter or a 'not' need not be there):"));
		ward_wr_ch(&c->out, '\n');
	}
	ward_detector_unseen(c->det, unseen, c);
	if (!c->x.json && !c->n_waiting) {
		ward_wr_z(&c->out, "  ");
		ward_say(&c->out, c->x.lang,
			WARD_TEXT("every loaded rule has its logsource and its fields"));
		ward_wr_ch(&c->out, '\n');
	}
	return WARD_EXIT_DONE;
}

static int report(struct check *c)
{
	struct ward_text t = ward_cli_rules_text(&c->out);

	ward_diag_sort(&c->x.diag);
	if (c->x.json) {
		for (size_t i = 0; i < ward_ruleset_counts(c->x.rs).n; i++) {
			struct ward_rule_info r = ward_ruleset_rule(c->x.rs, i);

			json_rule(c, &r);
		}
		ward_cli_say_findings(&c->x.diag, c->x.lang);
		ward_diag_write_json(&c->x.diag, &c->out);
	} else {
		text_rules(c, &t);
		for (size_t i = 0; c->x.lang && i < c->x.diag.n; i++)
			ward_cli_write_finding(&c->out, &c->x.diag.item[i], false, c->x.lang);
		if (!c->x.lang)
			ward_diag_write_text(&c->x.diag, &c->out);
	}
	totals(c);
	int code = c->x.n_event ? on_events(c) : WARD_EXIT_DONE;

	if (!ward_cli_put(&c->out, stdout))
		return WARD_EXIT_RUN;
	return code                                   ? code
	       : c->x.diag.n_error || c->x.n_rejected ? WARD_EXIT_INPUT
						      : WARD_EXIT_DONE;
}

static int run(const struct ward_cmd *cmd, int argc, char **argv)
{
	struct check *c = calloc(1, sizeof(*c));
	int code = WARD_EXIT_DONE;

	if (!c)
		return ward_cli_fail(cmd, "out of memory");
	c->x.cmd = cmd;
	c->out = ward_wr_grow(ward_mem_heap(), OUT_MAX);
	for (int i = 1; i < argc && !code; i++) {
		if (strcmp(argv[i], "--all") == 0)
			c->all = true;
		else if (!ward_cli_rules_arg(&c->x, argc, argv, &i, &code))
			code = ward_cli_usage(cmd, "'%s' is not an option", argv[i]);
	}
	if (!code) {
		code = ward_cli_rules_load(&c->x, false);
		if (!code)
			code = report(c);
		ward_detector_free(c->det);
		ward_cli_rules_fini(&c->x);
	}
	ward_wr_fini(&c->out);
	free(c);
	return code;
}

const struct ward_cmd ward_cmd_rules_check = {
	.name = "rules check",
	.summary = "what became of each detection rule, and what it waits for",
	.help = "usage: ward rules check [OPTION…] [PATH…] [--events FILE…]\n\n"
		"Loads rules (files or directories; none: Ward's own) and says which were refused\n"
		"or warned of, with file, line and mend, how many for which reason, and how many\n"
		"are at which stage (off, shadow, notice, live).\n\n"
		"  --all             the loaded ones too, one line each\n"
		"  --events FILE…    also which rules can't work on these events: their logsource\n"
		"                    or a field that they ask for never came\n"
		"  --hospital DIR    value lists, rules and filters of this hospital directory "
		"too\n"
		"  --lang CODE       in this language (default: $WARD_LANG, else English)\n"
		"  --content DIR     instead of the content that belongs to this program\n"
		"  --json            one object per line: rule, finding, rules, unseen\n\n"
		"Exit: 0 done, 1 a rule was refused or a record gave no event, 2 usage,\n"
		"3 could not run.\n",
	.run = run,
};
