#include "cli/commands.h"
#include "cli/rules.h"

#include "detect/files.h"

#include <stdlib.h>
#include <unistd.h>

enum { OUT_MAX = 1 << 26, PATH_BYTES = 4096, FOUND_MAX = 4096, WHY_MEMBERS = 8, COL_NAME = 9 };

struct test {
	struct ward_cli_rules x;
	struct ward_wr out;
	const char *regression;
	bool all, flip;
	size_t n, n_failed, n_skipped;
	/* of the regression case in hand */
	struct ward_detector *det;
	size_t rule, got;
	struct ward_event *nearest; /* in near_arena */
	struct ward_arena near_arena;
	uint32_t near;
};

static void put_want(struct ward_wr *w, struct ward_lang *l, size_t want, size_t got)
{
	if (want == SIZE_MAX)
		ward_say(w, l, WARD_TEXT("expected a detection"));
	else if (want == 0)
		ward_say(w, l, WARD_TEXT("expected none"));
	else
		ward_say_n(w, l, want, WARD_TEXT_ONE("expected {n} detection"),
			WARD_TEXT("expected {n} detections"));
	ward_wr_z(w, ", ");
	if (got)
		ward_say_n(w, l, got, WARD_TEXT_ONE("there was {n}"), WARD_TEXT("there were {n}"));
	else
		ward_say(w, l, WARD_TEXT("there was none"));
}

static void json_result(struct test *t, const struct ward_craft_test *r, const char *state)
{
	struct ward_json j = ward_json_on(&t->out);

	ward_json_obj(&j);
	ward_json_key(&j, "kind");
	ward_json_z(&j, "test");
	ward_json_key(&j, "file");
	ward_json_str(&j, r->file);
	ward_json_key(&j, "line");
	ward_json_u64(&j, r->line);
	ward_json_key(&j, "name");
	ward_json_str(&j, r->name);
	ward_json_key(&j, "rule");
	ward_json_str(&j, ward_craft_key(t->x.rs, r->rule));
	ward_json_key(&j, "state");
	ward_json_z(&j, state);
	if (r->want != SIZE_MAX) {
		ward_json_key(&j, "expected");
		ward_json_u64(&j, r->want);
	}
	ward_json_key(&j, "detections");
	ward_json_u64(&j, r->got);
	ward_json_obj_end(&j);
	ward_wr_ch(&t->out, '\n');
}

static void headline(struct test *t, const struct ward_craft_test *r, struct ward_text *text)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 16);
	struct ward_rule_info rule = ward_ruleset_rule(t->x.rs, r->rule);
	struct ward_lang *l = t->x.lang;

	ward_text_open(text, 0, COL_NAME);
	ward_text_put(text, r->passed ? WARD_STYLE_DIM : WARD_STYLE_ALARM,
		ward_lang_text(
			l, ward_str_z(r->passed ? WARD_TEXT("passed") : WARD_TEXT("FAILED"))));
	ward_text_tab(text, COL_NAME);
	ward_text_put(text, WARD_STYLE_BOLD, ward_lang_text(l, rule.title));
	ward_say_colon(&w, l);
	ward_wr_str(&w, r->name);
	if (!r->passed) {
		ward_say_colon(&w, l);
		put_want(&w, l, r->want, r->got);
	}
	ward_text_put(text, WARD_STYLE_PLAIN, ward_wr_text(&w));
	ward_text_close(text);
	if (!r->passed) {
		ward_wr_reset(&w);
		ward_wr_printf(&w, "%.*s:%u", WARD_STR_ARG(r->file), r->line);
		ward_text_open(text, COL_NAME, COL_NAME);
		ward_text_put(text, WARD_STYLE_DIM, ward_wr_text(&w));
		ward_text_close(text);
	}
	ward_wr_fini(&w);
}

/* The event that comes nearest to the rule. */
static enum ward_err nearest(struct ward_detector *det, const struct ward_craft_test *r,
	size_t rule, size_t *ret_i, size_t *ret_n)
{
	uint32_t best = 0;
	enum ward_err err = WARD_OK;

	*ret_n = 0;
	for (size_t i = 0; i < r->n_event && !err; i++) {
		uint32_t near = 0;

		err = ward_craft_near(det, &r->event[i], rule, &near);
		*ret_n += near == UINT32_MAX;
		if (i == 0 || near > best) {
			*ret_i = i;
			best = near;
		}
	}
	return err;
}

/* Which selections did not hold; of a correlation, how often each rule below it matched. */
static void tell_why(struct test *t, const struct ward_craft_test *r, struct ward_text *text)
{
	struct ward_detector *det = NULL;
	uint32_t leaf[WHY_MEMBERS];
	size_t n = 0;
	enum ward_err err = ward_detector_new(
		t->x.rs, &t->x.names, t->x.model, &t->x.lim, NULL, ward_mem_heap(), &det);

	ward_craft_leaves(t->x.rs, r->rule, leaf, WHY_MEMBERS, &n);
	for (size_t k = 0; k < n && !err; k++) {
		struct ward_rule_info m = ward_ruleset_rule(t->x.rs, leaf[k]);
		size_t at = 0, n_match = 0;
		char line[512];
		struct ward_wr w = ward_wr_fixed(line, sizeof(line));

		err = nearest(det, r, leaf[k], &at, &n_match);
		ward_cli_rules_say_of(&w, t->x.lang, &(struct ward_cli_n_of){n_match, r->n_event},
			WARD_TEXT_ONE("matches {n} of {all} events."),
			WARD_TEXT("matches {n} of {all} events."));
		if (!n_match || r->got >= r->want) {
			ward_wr_ch(&w, ' ');
			ward_say(&w, t->x.lang, WARD_TEXT("The nearest"));
			ward_say_colon(&w, t->x.lang);
		}
		ward_text_open(text, 2, 4);
		ward_text_put(text, WARD_STYLE_BOLD, ward_lang_text(t->x.lang, m.title));
		ward_text_z(text, WARD_STYLE_PLAIN, " ");
		ward_text_put(text, WARD_STYLE_PLAIN, ward_wr_text(&w));
		ward_text_close(text);
		if (!err && (!n_match || r->got > r->want))
			err = ward_craft_why(&t->x.craft, det, &r->event[at], leaf[k], text, NULL);
	}
	ward_detector_free(det);
	if (err)
		fprintf(stderr, "ward rules test: %s\n", ward_err_text(err));
}

static void result(void *ctx, const struct ward_craft_test *r)
{
	struct test *t = ctx;
	struct ward_text text = ward_cli_rules_text(&t->out);

	t->n++;
	t->n_failed += !r->passed;
	if (t->x.json) {
		json_result(t, r, r->passed ? "passed" : "failed");
		return;
	}
	if (r->passed && !t->all)
		return;
	headline(t, r, &text);
	if (!r->passed && r->n_event)
		tell_why(t, r, &text);
}

/* SigmaHQ: the record that a case names, beside its info.yml: itself, else as JSON. */
static bool record_of(const struct ward_craft_case *c, char ret[PATH_BYTES])
{
	struct ward_str file = c->file, base = c->path, stem;
	size_t dir = file.len, at = base.len;

	while (dir && file.p[dir - 1] != '/')
		dir--;
	while (at && base.p[at - 1] != '/')
		at--;
	base = ward_str_sub(base, at, base.len);
	for (at = base.len; at && base.p[at - 1] != '.'; at--)
		;
	stem = at ? ward_str_sub(base, 0, at - 1) : base;
	const struct ward_str name[] = {base, stem, stem};
	static const char *const end[] = {"", ".json", ".jsoncls"};

	for (size_t i = 0; i < WARD_ARRAY_LEN(name); i++) {
		int n = snprintf(ret, PATH_BYTES, "%.*s%.*s%s", (int)dir, file.p,
			WARD_STR_ARG(name[i]), end[i]);

		if (n > 0 && n < PATH_BYTES && access(ret, R_OK) == 0)
			return true;
	}
	return false;
}

static enum ward_err feed(void *ctx, const struct ward_event *e, const char *file, uint64_t line)
{
	struct test *t = ctx;
	uint32_t near = 0;
	enum ward_err err = ward_craft_near(t->det, e, t->rule, &near);

	(void)file;
	(void)line;
	t->got += near == UINT32_MAX;
	if (err || (t->nearest && near <= t->near))
		return err;
	ward_arena_reset(&t->near_arena);
	t->nearest = ward_arena_alloc(&t->near_arena, sizeof(*t->nearest));
	t->near = near;
	return t->nearest ? ward_event_copy(e, &t->near_arena, t->nearest) : WARD_ERR_NOMEM;
}

static void skip(struct test *t, const struct ward_craft_case *c, const char *why)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), OUT_MAX);

	t->n_skipped++;
	ward_wr_printf(&w, "%.*s:%u: ", WARD_STR_ARG(c->file), c->line);
	WARD_SAY(&w, t->x.lang, WARD_TEXT("skipped: {why}"),
		{"why", ward_lang_text(t->x.lang, ward_str_z(why))});
	ward_wr_ch(&w, '\n');
	(void)ward_cli_put(&w, stderr);
	ward_wr_fini(&w);
}

static void regression_case(void *ctx, const struct ward_craft_case *c)
{
	struct test *t = ctx;
	char path[PATH_BYTES];
	uint32_t at = ward_ruleset_find(t->x.rs, c->rule);
	struct ward_craft_test r = {
		.file = c->file, .name = c->name, .line = c->line, .want = c->want, .rule = at};

	if (at == WARD_NONE || ward_ruleset_rule(t->x.rs, at).refused ||
		ward_ruleset_rule(t->x.rs, at).corr) {
		skip(t, c, WARD_TEXT("its rule is not loaded, or a correlation"));
		return;
	}
	if (!record_of(c, path)) {
		skip(t, c, WARD_TEXT("there is no record beside it"));
		return;
	}
	t->rule = at;
	t->got = t->near = 0;
	t->nearest = NULL;
	ward_arena_init(&t->near_arena, ward_mem_heap(), 64 << 20);
	if (ward_cli_rules_events(&t->x, path, feed, t) == WARD_EXIT_DONE) {
		r.got = t->got;
		r.passed = r.want == SIZE_MAX ? r.got > 0 : r.got == r.want;
		r.event = t->nearest;
		r.n_event = t->nearest != NULL;
		result(t, &r);
	} else {
		skip(t, c, WARD_TEXT("its record can't be read"));
	}
	ward_arena_fini(&t->near_arena);
}

static enum ward_err run_regression(struct test *t, struct ward_arena *a)
{
	const char **file = NULL;
	size_t n = 0;
	enum ward_err err = ward_rule_files(a, &t->regression, 1, &t->x.diag, &file, &n);

	if (!err)
		err = ward_detector_new(t->x.rs, &t->x.names, t->x.model, &t->x.lim, NULL,
			ward_mem_heap(), &t->det);
	for (size_t i = 0; i < n && !err; i++)
		if (ward_str_ends(ward_str_z(file[i]), WARD_STR("info.yml")))
			err = ward_craft_regression(&t->x.craft, file[i], regression_case, t);
	return err;
}

/* The test files of the paths, then those of the hospital. */
static enum ward_err test_files(
	struct test *t, struct ward_arena *a, const char ***ret, size_t *ret_n)
{
	const char *path[WARD_CLI_PATHS + 1];
	char *site = ward_arena_alloc(a, PATH_BYTES);
	size_t n = 0;

	if (!site)
		return WARD_ERR_NOMEM;
	for (size_t i = 0; i < (t->x.n_path ? t->x.n_path : 1); i++)
		path[n++] = t->x.n_path ? t->x.path[i] : t->x.loaded[i];
	(void)snprintf(site, PATH_BYTES, "%s/rules", t->x.hospital ? t->x.hospital : "");
	if (t->x.hospital && access(site, F_OK) == 0)
		path[n++] = site;
	return ward_test_files(a, path, n, &t->x.diag, ret, ret_n);
}

static enum ward_err run_all(struct test *t, int *ret_code)
{
	const char **file = NULL;
	size_t n = 0;
	struct ward_arena a;
	enum ward_err err = WARD_OK;

	ward_arena_init(&a, ward_mem_heap(), 64 << 20);
	err = t->regression ? run_regression(t, &a) : test_files(t, &a, &file, &n);
	if (!err && t->flip)
		*ret_code = ward_cli_rules_flip(&t->x, file, n, t->all, &t->out);
	for (size_t i = 0; i < n && !err && !t->flip; i++)
		err = ward_craft_tests(&t->x.craft, file[i], result, t);
	ward_arena_fini(&a);
	return err;
}

static void count_up(struct test *t)
{
	char digits[96];
	struct ward_wr d = ward_wr_fixed(digits, sizeof(digits));
	const size_t n[] = {t->n - t->n_failed, t->n_failed, t->n_skipped};
	struct ward_str said[WARD_ARRAY_LEN(n)];

	if (t->x.json) {
		ward_wr_printf(&t->out,
			"{\"kind\":\"tests\",\"passed\":%zu,\"failed\":%zu,\"skipped\":%zu}\n",
			n[0], n[1], n[2]);
		return;
	}
	for (size_t i = 0; i < WARD_ARRAY_LEN(n); i++) {
		size_t at = d.len;

		ward_say_number(&d, t->x.lang, n[i]);
		said[i] = ward_str_sub(ward_wr_text(&d), at, SIZE_MAX);
	}
	WARD_SAY(&t->out, t->x.lang,
		WARD_TEXT("{passed} passed, {failed} failed, {skipped} skipped"),
		{"passed", said[0]}, {"failed", said[1]}, {"skipped", said[2]});
	ward_wr_ch(&t->out, '\n');
}

static void tell_refused(const struct test *t, size_t n)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), OUT_MAX);

	if (!n)
		return;
	ward_say_n(&w, t->x.lang, n, WARD_TEXT_ONE("{n} rule was refused; see 'ward rules check'"),
		WARD_TEXT("{n} rules were refused; see 'ward rules check'"));
	ward_wr_ch(&w, '\n');
	(void)ward_cli_put(&w, stderr);
	ward_wr_fini(&w);
}

static int report(struct test *t)
{
	size_t n_refused = ward_ruleset_counts(t->x.rs).n_refused;

	/* What is wrong with rules is for 'ward rules check' to tell. */
	ward_diag_fini(&t->x.diag);
	ward_diag_init(&t->x.diag, ward_mem_heap());
	int code = WARD_EXIT_DONE;
	enum ward_err err = run_all(t, &code);

	ward_diag_sort(&t->x.diag);
	ward_cli_rules_findings(&t->x);
	tell_refused(t, n_refused);
	if (!t->flip)
		count_up(t);
	if (!ward_cli_put(&t->out, stdout))
		return WARD_EXIT_RUN;
	if (err)
		return ward_cli_fail(t->x.cmd, "%s", ward_err_text(err));
	if (t->flip)
		return code ? code : n_refused || t->x.diag.n_error ? WARD_EXIT_INPUT : code;
	if (!t->n && !t->n_skipped)
		return ward_cli_fail(t->x.cmd,
			"no tests there: write NAME.test.yml beside NAME.yml (docs/rules.md)");
	return t->n_failed || n_refused || t->x.diag.n_error ? WARD_EXIT_INPUT : WARD_EXIT_DONE;
}

static int run(const struct ward_cmd *cmd, int argc, char **argv)
{
	struct test *t = calloc(1, sizeof(*t));
	int code = WARD_EXIT_DONE;

	if (!t)
		return ward_cli_fail(cmd, "out of memory");
	t->x.cmd = cmd;
	t->out = ward_wr_grow(ward_mem_heap(), OUT_MAX);
	for (int i = 1; i < argc && !code; i++) {
		if (strcmp(argv[i], "--regression") == 0 && i + 1 < argc)
			t->regression = argv[++i];
		else if (strcmp(argv[i], "--all") == 0)
			t->all = true;
		else if (strcmp(argv[i], "--flip") == 0)
			t->flip = true;
		else if (strcmp(argv[i], "--regression") == 0)
			code = ward_cli_usage(cmd, "--regression needs a value");
		else if (strcmp(argv[i], "--events") == 0 ||
			 !ward_cli_rules_arg(&t->x, argc, argv, &i, &code))
			code = ward_cli_usage(cmd, "'%s' is not an option", argv[i]);
	}
	if (!code) {
		code = ward_cli_rules_load(&t->x, true);
		if (!code)
			code = report(t);
		ward_detector_free(t->det);
		ward_cli_rules_fini(&t->x);
	}
	ward_wr_fini(&t->out);
	free(t);
	return code;
}

const struct ward_cmd ward_cmd_rules_test = {
	.name = "rules test",
	.summary = "runs the examples that stand beside detection rules",
	.help = "usage: ward rules test [--flip] [OPTION…] [PATH…]\n"
		"       ward rules test --regression DIR PATH…\n\n"
		"Runs NAME.test.yml, the examples of NAME.yml (docs/rules.md), over the rules of\n"
		"PATH (files or directories; none: Ward's own): which passed, and of those that\n"
		"failed which selection did not hold, or how often each rule of a correlation\n"
		"matched.\n\n"
		"  --all             tell those that passed too\n"
		"  --flip            change each rule in every way (selections always and never "
		"true,\n"
		"                    values left out, thresholds one more and less, timespans "
		"twice\n"
		"                    and half …) and tell the changes that no test notices\n"
		"  --regression DIR  SigmaHQ's tests instead: every info.yml below DIR, with the\n"
		"                    record that it names beside it (.evtx, or the same as .json)\n"
		"  --hospital DIR    also the rules, filters, lists and tests of this hospital\n"
		"  --lang CODE       in this language (default: $WARD_LANG, else the hospital's, "
		"else\n"
		"                    English)\n"
		"  --content DIR     instead of the content that belongs to this program\n"
		"  --json            one object per line: test, and tests (the counts) last;\n"
		"                    with --flip: flip, and flips\n\n"
		"Exit: 0 all passed, 1 one failed, a change was not noticed, a rule has no test "
		"or\n"
		"something was refused, 2 usage, 3 could not run.\n",
	.run = run,
};
