#include "cli/commands.h"
#include "cli/rules.h"

#include <stdlib.h>

enum { OUT_MAX = 1 << 26, MEMBERS_MAX = 16 };

/* The event that comes nearest to one rule, kept. */
struct nearest {
	uint32_t rule, near;
	size_t n_match;
	struct ward_arena arena;
	struct ward_event e;
	uint64_t line;
	bool any;
};

struct explain {
	struct ward_cli_rules x;
	const char *rule, *file;
	struct ward_craft_lang lang;
	struct ward_wr out;
	struct ward_detector *det;
	size_t at, n_event, n_detection;
	struct nearest leaf[MEMBERS_MAX];
	size_t n_leaf;
};

static void count(void *ctx, const struct ward_detection *d)
{
	struct explain *x = ctx;
	struct ward_rule_info r = ward_ruleset_rule(x->x.rs, x->at);

	x->n_detection += d->revision == 1 && ward_str_eq(d->rule, r.id.len     ? r.id
								   : r.name.len ? r.name
										: r.title);
}

static enum ward_err feed(void *ctx, const struct ward_event *e, const char *file, uint64_t line)
{
	struct explain *x = ctx;
	enum ward_err err = ward_detector_event(x->det, e, count, x);

	(void)file;
	x->n_event++;
	for (size_t i = 0; i < x->n_leaf && !err; i++) {
		struct nearest *l = &x->leaf[i];
		uint32_t near = 0;

		err = ward_craft_near(x->det, e, l->rule, &near);
		l->n_match += near == UINT32_MAX;
		if (err || (l->any && near <= l->near))
			continue;
		ward_arena_reset(&l->arena);
		err = ward_event_copy(e, &l->arena, &l->e);
		l->near = near;
		l->line = line;
		l->any = true;
	}
	return err;
}

static enum ward_err tell_leaf(struct explain *x, struct nearest *l, struct ward_text *t)
{
	char digits[32];
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 16);
	struct ward_wr number = ward_wr_fixed(digits, sizeof(digits));
	enum ward_err err = WARD_OK;

	ward_wr_u64(&number, l->line);
	ward_text_gap(t);
	if (l->rule != x->at) {
		ward_wr_str(
			&w, ward_lang_text(x->x.lang, ward_ruleset_rule(x->x.rs, l->rule).title));
		ward_say_colon(&w, x->x.lang);
	}
	ward_cli_rules_say_of(&w, x->x.lang, &(struct ward_cli_n_of){l->n_match, x->n_event},
		WARD_TEXT_ONE("matches {n} of {all} events."),
		WARD_TEXT("matches {n} of {all} events."));
	if (l->any) {
		ward_wr_ch(&w, ' ');
		ward_say(&w, x->x.lang,
			l->n_match ? WARD_TEXT("The first of them") : WARD_TEXT("The nearest"));
		ward_wr_z(&w, ", ");
		if (l->line)
			WARD_SAY(
				&w, x->x.lang, WARD_TEXT("line {n}"), {"n", ward_wr_text(&number)});
		if (l->line)
			ward_wr_z(&w, ", ");
		ward_time_write(&w, l->e.time);
		ward_wr_z(&w, ", ");
		ward_wr_str(&w, ward_name_text(&x->x.names, l->e.class));
		ward_say_colon(&w, x->x.lang);
	}
	ward_text_open(t, 0, 2);
	ward_text_put(t, WARD_STYLE_BOLD, ward_wr_text(&w));
	ward_text_close(t);
	ward_wr_fini(&w);
	if (l->any)
		err = ward_craft_why(&x->x.craft, x->det, &l->e, l->rule, t, NULL);
	return err;
}

static int on_events(struct explain *x, struct ward_text *t)
{
	uint32_t leaf[MEMBERS_MAX];
	struct ward_rule_info r = ward_ruleset_rule(x->x.rs, x->at);
	enum ward_err err = ward_detector_new(
		x->x.rs, &x->x.names, x->x.model, &x->x.lim, NULL, ward_mem_heap(), &x->det);

	if (r.refused || r.filter)
		return ward_cli_fail(x->x.cmd,
			"'%s' was refused or is a filter: it has no events of its own", x->rule);
	ward_craft_leaves(x->x.rs, x->at, leaf, MEMBERS_MAX, &x->n_leaf);
	for (size_t i = 0; i < x->n_leaf; i++) {
		x->leaf[i].rule = leaf[i];
		ward_arena_init(&x->leaf[i].arena, ward_mem_heap(), 64 << 20);
	}
	int code = err ? ward_cli_fail(x->x.cmd, "%s", ward_err_text(err))
		       : ward_cli_rules_events(&x->x, x->file, feed, x);

	if (!code)
		err = ward_detector_tick(x->det, WARD_NS_NEVER, count, x);
	if (!code && r.corr) {
		ward_text_gap(t);
		ward_cli_rules_say_of(&x->out, x->x.lang,
			&(struct ward_cli_n_of){x->n_detection, x->n_event},
			WARD_TEXT_ONE("The correlation makes {n} detection of {all} events."),
			WARD_TEXT("The correlation makes {n} detections of {all} events."));
		ward_wr_ch(&x->out, '\n');
	}
	for (size_t i = 0; i < x->n_leaf && !code && !err; i++)
		err = tell_leaf(x, &x->leaf[i], t);
	if (err && !code)
		code = ward_cli_fail(x->x.cmd, "%s", ward_err_text(err));
	for (size_t i = 0; i < x->n_leaf; i++)
		ward_arena_fini(&x->leaf[i].arena);
	return code ? code : x->x.n_rejected ? WARD_EXIT_INPUT : WARD_EXIT_DONE;
}

/* What Ward's own rules say is translated apart from all else: nobody else reads it. */
static int speak(struct explain *x)
{
	char dir[4096];

	x->lang.labels = x->x.lang;
	if (!x->lang.labels)
		return WARD_EXIT_DONE;
	(void)snprintf(dir, sizeof(dir), "%s/words/rules", x->x.content);
	enum ward_err err = ward_lang_load(dir, ward_lang_code(x->lang.labels), &x->x.lim,
		ward_mem_heap(), &x->x.diag, &x->lang.rules);

	return !err || err == WARD_ERR_NOT_FOUND
		       ? WARD_EXIT_DONE
		       : ward_cli_fail(x->x.cmd, "%s: %s", dir, ward_err_text(err));
}

static int print(struct explain *x)
{
	struct ward_text t = ward_cli_rules_text(&x->out);
	uint32_t at = ward_cli_rules_find(&x->x, x->rule);

	if (at == WARD_NONE)
		return WARD_EXIT_RUN;
	x->at = at;
	enum ward_err err = ward_craft_explain(&x->x.craft, at, &x->lang, &t);
	int code = err ? ward_cli_fail(x->x.cmd, "%s", ward_err_text(err)) : WARD_EXIT_DONE;

	if (!code && x->file)
		code = on_events(x, &t);
	return ward_cli_put(&x->out, stdout) ? code : WARD_EXIT_RUN;
}

/* The first two words are the rule and the file; --rules PATH… says where rules are. */
static int parse(struct explain *x, int argc, char **argv)
{
	int code = WARD_EXIT_DONE;
	bool rules = false;

	for (int i = 1; i < argc && !code; i++) {
		const char *a = argv[i];

		if (strcmp(a, "--rules") == 0)
			rules = true;
		else if (strcmp(a, "--events") == 0 || strcmp(a, "--json") == 0)
			code = ward_cli_usage(x->x.cmd, "'%s' is not an option", a);
		else if (a[0] != '-' && !rules && !x->rule)
			x->rule = a;
		else if ((a[0] != '-' || !a[1]) && !rules && !x->file)
			x->file = a;
		else if (a[0] != '-' && !rules)
			code = ward_cli_usage(x->x.cmd, "more than a rule and a file: '%s'", a);
		else if (!ward_cli_rules_arg(&x->x, argc, argv, &i, &code))
			code = ward_cli_usage(x->x.cmd, "'%s' is not an option", a);
		else
			rules = rules && a[0] != '-';
	}
	/* A file of somebody's own needs no --rules: it is read beside Ward's. */
	if (!code && x->rule && !x->x.n_path)
		x->x.beside = x->rule;
	if (!code && !x->rule)
		code = ward_cli_usage(x->x.cmd, "which rule? Give its id, name, title or file");
	return code;
}

static int run(const struct ward_cmd *cmd, int argc, char **argv)
{
	struct explain *x = calloc(1, sizeof(*x));

	if (!x)
		return ward_cli_fail(cmd, "out of memory");
	x->x.cmd = cmd;
	x->out = ward_wr_grow(ward_mem_heap(), OUT_MAX);
	int code = parse(x, argc, argv);

	if (!code) {
		code = ward_cli_rules_load(&x->x, true);
		if (!code)
			code = speak(x);
		if (!code)
			code = print(x);
		ward_detector_free(x->det);
		ward_cli_rules_fini(&x->x);
	}
	ward_lang_free(x->lang.rules);
	ward_wr_fini(&x->out);
	free(x);
	return code;
}

const struct ward_cmd ward_cmd_rules_explain = {
	.name = "rules explain",
	.summary = "one detection rule in words, and why it matches an event or not",
	.help = "usage: ward rules explain [OPTION…] RULE [EVENT-FILE] [--rules PATH…]\n\n"
		"RULE is an id, name, title or file. Says in words what the rule looks at, its\n"
		"selections and condition or what it correlates, its threat, ATT&CK techniques,\n"
		"author and licence. With a file of events (any that 'ward detect' reads, or a\n"
		"capture): of the first event that matches, or of the nearest one, which "
		"selection\n"
		"holds (+), by which field and value, and which does not (-).\n\n"
		"  --rules PATH…     rule files or directories (default: Ward's own, and RULE if "
		"it\n"
		"                    is a file)\n"
		"  --hospital DIR    value lists, rules and filters of this hospital directory "
		"too\n"
		"  --lang CODE       in this language, also what Ward's own rules say of "
		"themselves\n"
		"                    (default: $WARD_LANG, else the hospital's, else English)\n"
		"  --content DIR     instead of the content that belongs to this program\n\n"
		"Exit: 0 done, 1 a record gave no event, 2 usage, 3 could not run.\n",
	.run = run,
};
