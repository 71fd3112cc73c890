/* `ward rules test --flip`: each rule changed in every way, and held to its own examples. */
#include "cli/rules.h"

#include "detect/files.h"

#include <unistd.h>

enum { PATH_BYTES = 4096, ARENA_MAX = 1 << 27, COL_TITLE = 15 };

struct flip {
	struct ward_cli_rules *x;
	struct ward_wr *out;
	bool all;
	size_t n_fate[WARD_CRAFT_STALE + 1];
	struct ward_arena a;
};

static const char *const fate_word[] = {
	[WARD_CRAFT_NOTICED] = "noticed",
	[WARD_CRAFT_SURVIVED] = "survived",
	[WARD_CRAFT_SPARED] = "spared",
	[WARD_CRAFT_STALE] = "stale",
};

static void json_line(struct flip *f, size_t rule, const struct ward_craft_flip *r)
{
	struct ward_json j = ward_json_on(f->out);
	struct ward_rule_info info = ward_ruleset_rule(f->x->rs, rule);

	ward_json_obj(&j);
	ward_json_key(&j, "kind");
	ward_json_z(&j, "flip");
	ward_json_key(&j, "rule");
	ward_json_str(&j, ward_craft_key(f->x->rs, rule));
	ward_json_key(&j, "file");
	ward_json_str(&j, info.file);
	ward_json_key(&j, "line");
	ward_json_u64(&j, r ? r->line : info.line);
	if (r) {
		ward_json_key(&j, "change");
		ward_json_str(&j, r->what);
	}
	ward_json_key(&j, "state");
	ward_json_z(&j, r ? fate_word[r->fate] : "untested");
	ward_json_obj_end(&j);
	ward_wr_ch(f->out, '\n');
}

static void text_line(struct flip *f, size_t rule, const struct ward_craft_flip *r)
{
	struct ward_text t = ward_cli_rules_text(f->out);
	struct ward_rule_info info = ward_ruleset_rule(f->x->rs, rule);
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 17);
	bool fine = r && (r->fate == WARD_CRAFT_NOTICED || r->fate == WARD_CRAFT_SPARED);

	const char *word = !r                               ? WARD_TEXT("UNTESTED")
			   : r->fate == WARD_CRAFT_SURVIVED ? WARD_TEXT("SURVIVED")
			   : r->fate == WARD_CRAFT_STALE    ? WARD_TEXT("STALE")
			   : r->fate == WARD_CRAFT_SPARED   ? WARD_TEXT("spared")
							    : WARD_TEXT("noticed");

	ward_text_open(&t, 0, COL_TITLE);
	ward_text_put(&t, fine ? WARD_STYLE_DIM : WARD_STYLE_ALARM,
		ward_lang_text(f->x->lang, ward_str_z(word)));
	ward_text_tab(&t, COL_TITLE);
	ward_text_put(&t, WARD_STYLE_BOLD, ward_lang_text(f->x->lang, info.title));
	if (r) {
		ward_say_colon(&w, f->x->lang);
		ward_wr_str(&w, r->what);
	}
	ward_text_put(&t, WARD_STYLE_PLAIN, ward_wr_text(&w));
	ward_text_close(&t);
	if (!fine) {
		ward_wr_reset(&w);
		ward_wr_printf(&w, "%.*s:%u", WARD_STR_ARG(info.file), r ? r->line : info.line);
		ward_text_open(&t, COL_TITLE, COL_TITLE);
		ward_text_put(&t, WARD_STYLE_DIM, ward_wr_text(&w));
		ward_text_close(&t);
	}
	ward_wr_fini(&w);
}

static void told(void *ctx, const struct ward_craft_flip *r)
{
	struct flip *f = ctx;

	f->n_fate[r->fate]++;
	if (f->x->json)
		json_line(f, r->rule, r);
	else if (f->all || r->fate == WARD_CRAFT_SURVIVED || r->fate == WARD_CRAFT_STALE)
		text_line(f, r->rule, r);
}

static void bare(void *ctx, size_t rule)
{
	struct flip *f = ctx;

	if (f->x->json)
		json_line(f, rule, NULL);
	else
		text_line(f, rule, NULL);
}

/* All .yml files of a folder, if it is there. */
static enum ward_err read_folder(struct flip *f, const char *top, const char *name,
	const struct ward_rule_text **ret, size_t *ret_n)
{
	char path[PATH_BYTES];
	const char *const folder = path;
	const char **file = NULL;

	(void)snprintf(path, sizeof(path), "%s/%s", top, name);
	*ret_n = 0;
	if (access(path, F_OK) != 0)
		return WARD_OK;
	enum ward_err err = ward_rule_files(&f->a, &folder, 1, &f->x->diag, &file, ret_n);
	struct ward_rule_text *text =
		err ? NULL : ward_arena_array(&f->a, *ret_n + 1, sizeof(*text));

	if (!text)
		return err ? err : WARD_ERR_NOMEM;
	for (size_t i = 0; i < *ret_n && !err; i++) {
		text[i].file = file[i];
		err = ward_conf_read(&f->a, &f->x->lim, file[i], &f->x->diag, &text[i].bytes);
	}
	*ret = text;
	return err;
}

static void sum_up(struct flip *f, const struct ward_craft_flips *n)
{
	const size_t count[] = {n->n_rule, n->n_bare, n->n_meant, f->n_fate[WARD_CRAFT_NOTICED],
		f->n_fate[WARD_CRAFT_SURVIVED], f->n_fate[WARD_CRAFT_SPARED],
		f->n_fate[WARD_CRAFT_STALE]};
	static const char *const name[] = {
		"rules", "untested", "changes", "noticed", "survived", "spared", "stale"};
	struct ward_word_slot slot[WARD_ARRAY_LEN(name)];
	struct ward_json j = ward_json_on(f->out);
	char digits[256];
	struct ward_wr d = ward_wr_fixed(digits, sizeof(digits));

	if (f->x->json) {
		ward_json_obj(&j);
		ward_json_put_z(&j, "kind", "flips");
		for (size_t i = 0; i < WARD_ARRAY_LEN(name); i++)
			ward_json_put_u64(&j, name[i], count[i]);
		ward_json_obj_end(&j);
		ward_wr_ch(f->out, '\n');
		return;
	}
	for (size_t i = 0; i < WARD_ARRAY_LEN(name); i++) {
		size_t at = d.len;

		ward_say_number(&d, f->x->lang, count[i]);
		slot[i] = (struct ward_word_slot){
			name[i], ward_str_sub(ward_wr_text(&d), at, SIZE_MAX)};
	}
	ward_say_text(f->out,
		ward_lang_text(f->x->lang,
			ward_str_z(WARD_TEXT("{rules} rules, {untested} without a test; {changes} "
					     "changes: {noticed} noticed, {survived} survived, "
					     "{spared} spared, {stale} spared in vain"))),
		slot, WARD_ARRAY_LEN(slot));
	ward_wr_ch(f->out, '\n');
}

int ward_cli_rules_flip(struct ward_cli_rules *x, const char *const *test, size_t n_test, bool all,
	struct ward_wr *out)
{
	struct flip f = {.x = x, .out = out, .all = all};
	struct ward_craft_flip_args args = {
		.test = test, .n_test = n_test, .flip = told, .bare = bare, .ctx = &f};
	struct ward_craft_flips n = {0};

	ward_arena_init(&f.a, ward_mem_heap(), ARENA_MAX);
	enum ward_err err = read_folder(
		&f, x->content, "pipelines", &args.extra.pipelines, &args.extra.n_pipelines);

	if (!err && x->hospital)
		err = read_folder(&f, x->hospital, "lists", &args.extra.lists, &args.extra.n_lists);
	if (!err)
		err = ward_craft_flip(&x->craft, &args, &n);
	ward_arena_fini(&f.a);
	if (err == WARD_ERR_STATE)
		return ward_cli_fail(x->cmd,
			"the tests do not hold as they are; see 'ward rules test' without --flip");
	if (err)
		return ward_cli_fail(x->cmd, "%s", ward_err_text(err));
	sum_up(&f, &n);
	return n.n_bare || f.n_fate[WARD_CRAFT_SURVIVED] || f.n_fate[WARD_CRAFT_STALE]
		       ? WARD_EXIT_INPUT
		       : WARD_EXIT_DONE;
}
