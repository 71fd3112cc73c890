/* Do the examples notice when their rule is changed? */
#include "craft/craft.h"

#include "detect/detect.h"

#include <stdlib.h>

enum { RULE_MAX = 1 << 20, ARENA_MAX = 1 << 26 };

/* One test file and the rules that its tests are of. */
struct test_file {
	const char *path;
	bool *of; /* by rule: it, or what stands above it, is tested here */
};

/* A reason in `untested` of a test file. */
struct spare {
	struct ward_str rule, change;
};

struct flip {
	const struct ward_craft *c;
	const struct ward_craft_flip_args *args;
	struct ward_craft_flips *n;
	struct ward_arena a, one; /* of all; of the rule in hand */
	size_t n_rule;
	struct test_file *file; /* n_test */
	struct spare *spare;
	size_t n_spare, cap_spare;
	/* of the rule in hand */
	size_t rule;
	struct ward_rule_text *text; /* n_text, those that its tests need; one is the rule's */
	size_t n_text, own;
	struct ward_rule_text *pipeline; /* n_pipeline, those that may have their logsources */
	size_t n_pipeline;
	const struct ward_conf *doc;
	struct ward_wr w;
	/* of the run in hand */
	size_t n_run, n_failed;
	bool *mark; /* that of the file in hand */
};

static void note_subject(void *ctx, const struct ward_craft_test *t)
{
	struct flip *f = ctx;

	f->n_run++;
	f->n_failed += !t->passed;
	if (f->mark)
		ward_craft_below(f->c->rs, t->rule, f->mark);
}

/* Which rules the tests of each file are of; they must hold. */
static enum ward_err read_tests(struct flip *f)
{
	enum ward_err err = WARD_OK;

	f->file = ward_arena_array(&f->a, f->args->n_test + 1, sizeof(*f->file));
	if (!f->file)
		return WARD_ERR_NOMEM;
	for (size_t i = 0; i < f->args->n_test && !err; i++) {
		f->file[i].path = f->args->test[i];
		f->mark = f->file[i].of = ward_arena_array(&f->a, f->n_rule + 1, sizeof(bool));
		if (!f->mark)
			return WARD_ERR_NOMEM;
		err = ward_craft_tests(f->c, f->args->test[i], note_subject, f);
	}
	f->mark = NULL;
	return err ? err : f->n_failed ? WARD_ERR_STATE : WARD_OK;
}

/* `untested: [{rule, change, why}]` of one file. */
static enum ward_err read_spares(struct flip *f, const char *path)
{
	static const char *const keys[] = {"rule", "change", "why", NULL};
	const struct ward_conf *docs = NULL;
	struct ward_diag *d = f->c->diag;
	enum ward_err err = ward_conf_yaml_file(&f->a, f->c->lim, path, d, &docs);

	for (const struct ward_conf *doc = err ? NULL : docs->child; doc; doc = doc->next) {
		const struct ward_conf *list = ward_conf_get(doc, "untested");

		for (const struct ward_conf *v = list ? list->child : NULL; v; v = v->next) {
			struct spare s = {{"", 0}, {"", 0}};
			struct ward_str why, ref = {"", 0};

			ward_conf_only(v, keys, d);
			if (!ward_conf_str(v, "rule", true, d, &ref) ||
				!ward_conf_str(v, "change", true, d, &s.change) ||
				!ward_conf_str(v, "why", true, d, &why))
				continue;
			uint32_t at = ward_ruleset_find(f->c->rs, ref);

			if (at != WARD_NONE)
				s.rule = ward_craft_key(f->c->rs, at);
			err = ward_mem_more(ward_mem_heap(), &f->spare, f->n_spare, &f->cap_spare,
				sizeof(s), 1 << 16);
			if (err)
				return err;
			f->spare[f->n_spare++] = s;
		}
	}
	return err == WARD_ERR_NOMEM || err == WARD_ERR_LIMIT ? err : WARD_OK;
}

static const struct ward_conf *document(struct flip *f, size_t rule, enum ward_err *ret)
{
	struct ward_rule_info r = ward_ruleset_rule(f->c->rs, rule);
	const struct ward_conf *doc = NULL;

	*ret = ward_craft_document(&f->one, f->c->lim, r.file, r.line, f->c->diag, &doc);
	return *ret ? NULL : doc;
}

/* The rule's text as it is, for as long as the rule is in hand. */
static enum ward_err write_text(
	struct flip *f, const struct ward_conf *doc, size_t rule, struct ward_rule_text *ret)
{
	struct ward_str file = ward_ruleset_rule(f->c->rs, rule).file;

	ward_wr_reset(&f->w);
	ward_craft_write(&f->w, doc, NULL);
	ret->file = ward_arena_str(&f->one, file).p;
	ret->bytes = ward_arena_bytes(&f->one, ward_wr_slice(&f->w));
	if (ward_wr_bad(&f->w))
		return WARD_ERR_LIMIT;
	return ret->file && ret->bytes.p ? WARD_OK : WARD_ERR_NOMEM;
}

/* Does some test of this file need the rule? Filters speak with every rule. */
static bool is_needed(const struct flip *f, size_t rule)
{
	if (ward_ruleset_rule(f->c->rs, rule).filter)
		return true;
	for (size_t i = 0; i < f->args->n_test; i++)
		if (f->file[i].of[f->rule] && f->file[i].of[rule])
			return true;
	return false;
}

/* Can the pipeline have a logsource of a rule in hand? Then the product stands in it. */
static bool may_have(const struct flip *f, const struct ward_rule_text *pipeline)
{
	struct ward_str all = {(const char *)pipeline->bytes.p, pipeline->bytes.len};

	for (size_t i = 0; i < f->n_rule; i++) {
		struct ward_rule_info r = ward_ruleset_rule(f->c->rs, i);

		if (!r.corr && is_needed(f, i) && ward_str_find(all, r.product) != SIZE_MAX)
			return true;
	}
	return false;
}

/* Most pipelines are of other products, and reading them is most of what a change costs. */
static enum ward_err gather_pipelines(struct flip *f)
{
	size_t n = f->args->extra.n_pipelines;

	f->n_pipeline = 0;
	f->pipeline = ward_arena_array(&f->one, n + 1, sizeof(*f->pipeline));
	for (size_t i = 0; i < n && f->pipeline; i++)
		if (may_have(f, &f->args->extra.pipelines[i]))
			f->pipeline[f->n_pipeline++] = f->args->extra.pipelines[i];
	return f->pipeline ? WARD_OK : WARD_ERR_NOMEM;
}

/* All texts that the tests of the rule in hand need. */
static enum ward_err gather(struct flip *f)
{
	enum ward_err err = WARD_OK;

	f->n_text = 0;
	f->text = ward_arena_array(&f->one, f->n_rule + 1, sizeof(*f->text));
	if (!f->text)
		return WARD_ERR_NOMEM;
	for (size_t i = 0; i < f->n_rule && !err; i++) {
		if (ward_ruleset_rule(f->c->rs, i).refused || !is_needed(f, i))
			continue;
		const struct ward_conf *doc = document(f, i, &err);

		if (err)
			break;
		if (i == f->rule) {
			f->own = f->n_text;
			f->doc = doc;
		}
		err = write_text(f, doc, i, &f->text[f->n_text++]);
	}
	return err;
}

/* The tests over the texts as they stand: how many ran and failed; *ret_meant: nothing refused. */
static enum ward_err run(struct flip *f, bool *ret_meant)
{
	struct ward_ruleset_texts texts = f->args->extra;
	struct ward_craft c = *f->c;
	struct ward_diag diag;
	struct ward_ruleset *rs = NULL;

	texts.rules = f->text;
	texts.n_rules = f->n_text;
	texts.pipelines = f->pipeline;
	texts.n_pipelines = f->n_pipeline;
	texts.threats = f->c->threats;
	ward_diag_init(&diag, ward_mem_heap());
	enum ward_err err = ward_ruleset_parse(&texts, f->c->lim, ward_mem_heap(), &diag, &rs);

	f->n_run = f->n_failed = 0;
	*ret_meant = !err && !ward_ruleset_counts(rs).n_refused;
	c.rs = rs;
	c.named = f->c->rs;
	c.diag = &diag;
	for (size_t i = 0; i < f->args->n_test && *ret_meant && !f->n_failed && !err; i++)
		if (f->file[i].of[f->rule])
			err = ward_craft_tests(&c, f->file[i].path, note_subject, f);
	ward_ruleset_free(rs);
	ward_diag_fini(&diag);
	return err == WARD_ERR_CONFIG ? WARD_OK : err;
}

static bool is_spared(const struct flip *f, struct ward_str what)
{
	struct ward_str key = ward_craft_key(f->c->rs, f->rule);

	for (size_t i = 0; i < f->n_spare; i++)
		if (ward_str_eq(f->spare[i].rule, key) && ward_str_eq(f->spare[i].change, what))
			return true;
	return false;
}

static enum ward_err try_change(
	void *ctx, const struct ward_craft_change *change, struct ward_str what)
{
	struct flip *f = ctx;
	struct ward_craft_flip r = {.rule = f->rule, .what = what, .line = change->at->line};
	struct ward_slice kept = f->text[f->own].bytes;
	bool meant = false;

	ward_wr_reset(&f->w);
	ward_craft_write(&f->w, f->doc, change);
	if (ward_wr_bad(&f->w))
		return WARD_ERR_LIMIT;
	f->text[f->own].bytes = ward_wr_slice(&f->w);
	enum ward_err err = run(f, &meant);

	f->text[f->own].bytes = kept;
	if (err || !meant)
		return err;
	bool spared = is_spared(f, what);

	f->n->n_meant++;
	r.fate = f->n_failed ? (spared ? WARD_CRAFT_STALE : WARD_CRAFT_NOTICED)
			     : (spared ? WARD_CRAFT_SPARED : WARD_CRAFT_SURVIVED);
	f->args->flip(f->args->ctx, &r);
	return WARD_OK;
}

/* All changes of one rule. */
static enum ward_err flip_rule(struct flip *f, size_t rule)
{
	bool tested = false, meant = false;

	f->rule = rule;
	for (size_t i = 0; i < f->args->n_test; i++)
		tested |= f->file[i].of[rule];
	f->n->n_rule++;
	if (!tested) {
		f->n->n_bare++;
		f->args->bare(f->args->ctx, rule);
		return WARD_OK;
	}
	ward_arena_reset(&f->one);
	enum ward_err err = gather(f);

	if (!err)
		err = gather_pipelines(f);
	if (!err)
		err = run(f, &meant);
	/* Without a change all must be as it was, or what follows says nothing. */
	if (!err && (!meant || !f->n_run || f->n_failed))
		err = WARD_ERR_STATE;
	return err ? err : ward_craft_changes(f->doc, try_change, f);
}

enum ward_err ward_craft_flip(const struct ward_craft *c, const struct ward_craft_flip_args *args,
	struct ward_craft_flips *ret)
{
	struct flip f = {.c = c,
		.args = args,
		.n = ret,
		.n_rule = ward_ruleset_counts(c->rs).n,
		.w = ward_wr_grow(ward_mem_heap(), RULE_MAX)};

	*ret = (struct ward_craft_flips){0};
	ward_arena_init(&f.a, ward_mem_heap(), ARENA_MAX);
	ward_arena_init(&f.one, ward_mem_heap(), ARENA_MAX);
	enum ward_err err = read_tests(&f);

	for (size_t i = 0; i < args->n_test && !err; i++)
		err = read_spares(&f, args->test[i]);
	for (size_t i = 0; i < f.n_rule && !err; i++) {
		struct ward_rule_info r = ward_ruleset_rule(c->rs, i);

		if (!r.refused && !r.filter)
			err = flip_rule(&f, i);
	}
	ward_mem_free(ward_mem_heap(), f.spare, f.cap_spare * sizeof(*f.spare));
	ward_wr_fini(&f.w);
	ward_arena_fini(&f.one);
	ward_arena_fini(&f.a);
	return err;
}
