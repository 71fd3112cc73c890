/* Detection rules: each in words, and whether its examples hold with the content that is here. All
 * files are read when the room is made, and all examples tried then: what is asked later opens
 * nothing. */
#include "reckon/priv.h"

#include "craft/craft.h"
#include "detect/files.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum {
	PATH_BYTES = 4096,
	FILES_MAX = 1 << 16,
	TESTS_MAX = 1 << 17,
	TEXT_BYTES = 64 << 20,
	SHOWN = 200,          /* tests of one rule */
	ROOM_LEFT = 16 << 10, /* of an answer: what a rule's last test needs */
	EACH = 160,           /* bytes of a rule's numbers in the list, at most */
};

struct known_test {
	struct ward_str file, name;
	uint32_t line;
	size_t rule, want, got;
	bool passed;
};

struct reckon_rules {
	const struct ward_mem *mem;
	struct ward_ruleset *rs;
	struct ward_craft craft;
	struct ward_diag diag; /* what is wrong with rules: `ward rules check` tells */
	struct ward_arena arena;
	struct ward_intern path; /* of files, beside text */
	struct ward_slice *text; /* as they were read */
	size_t n_text, cap_text;
	struct known_test *test;
	size_t n_test, cap_test;
	size_t n_untried; /* that there was no room for */
};

/* ---- what is read ---- */

static enum ward_err keep(struct reckon_rules *k, struct ward_str path, struct ward_slice bytes)
{
	uint32_t id = 0;
	enum ward_err err = ward_intern_put(&k->path, path, &id);

	if (err)
		return err;
	if (id == k->n_text) {
		err = ward_mem_more(
			k->mem, &k->text, k->n_text, &k->cap_text, sizeof(*k->text), FILES_MAX);
		if (err)
			return err;
		k->text[k->n_text++] = (struct ward_slice){NULL, 0};
	}
	k->text[id] = ward_arena_bytes(&k->arena, bytes);
	return bytes.len && !k->text[id].p ? WARD_ERR_NOMEM : WARD_OK;
}

/* As ward_conf_read, and what was read is kept. */
static enum ward_err read_kept(void *ctx, struct ward_arena *a, const char *path,
	struct ward_diag *diag, struct ward_slice *ret)
{
	struct reckon_rules *k = ctx;
	enum ward_err err = ward_conf_read(a, k->craft.lim, path, diag, ret);

	return err ? err : keep(k, ward_str_z(path), *ret);
}

static bool kept(void *ctx, struct ward_str path, struct ward_slice *ret)
{
	const struct reckon_rules *k = ctx;
	uint32_t id = ward_intern_find(&k->path, path);

	if (id == WARD_NONE)
		return false;
	*ret = k->text[id];
	return true;
}

static void note(void *ctx, const struct ward_craft_test *t)
{
	struct reckon_rules *k = ctx;
	struct known_test is = {ward_arena_str(&k->arena, t->file),
		ward_arena_str(&k->arena, t->name), t->line, t->rule, t->want, t->got, t->passed};

	if (!is.file.p || !is.name.p ||
		ward_mem_more(k->mem, &k->test, k->n_test, &k->cap_test, sizeof(*k->test),
			TESTS_MAX) != WARD_OK)
		k->n_untried++;
	else
		k->test[k->n_test++] = is;
}

/* The examples beside Ward's own rules, then those of the hospital. */
static enum ward_err try_all(struct reckon_rules *k, const char *own, const char *site)
{
	const char *path[2] = {own, site};
	const char **file = NULL;
	struct ward_arena a;
	size_t n = 0;

	ward_arena_init(&a, k->mem, TEXT_BYTES);
	enum ward_err err =
		ward_test_files(&a, path, access(site, F_OK) == 0 ? 2 : 1, &k->diag, &file, &n);

	for (size_t i = 0; i < n && !err; i++)
		err = ward_craft_tests(&k->craft, file[i], note, k);
	ward_arena_fini(&a);
	return err;
}

enum ward_err reckon_load_rules(struct ward_reckon *r)
{
	const struct ward_reckon_opts *o = &r->o;
	char own[PATH_BYTES], site[PATH_BYTES];
	const char *paths[] = {own};
	struct reckon_rules *k = ward_mem_alloc(o->mem, sizeof(*k));

	if (!k)
		return WARD_ERR_NOMEM;
	*k = (struct reckon_rules){.mem = o->mem,
		.craft = {.threats = ward_model_threats(r->m),
			.model = r->m,
			.lim = o->lim,
			.names = &r->names,
			.file = kept,
			.file_ctx = k}};
	r->known = k;
	k->craft.diag = &k->diag;
	ward_diag_init(&k->diag, o->mem);
	ward_arena_init(&k->arena, o->mem, TEXT_BYTES);
	ward_intern_init(&k->path, o->mem, FILES_MAX, TEXT_BYTES);
	(void)snprintf(own, sizeof(own), "%s/rules", o->content);
	(void)snprintf(site, sizeof(site), "%s/rules", o->dir);
	const struct ward_ruleset_args args = {.rules = paths,
		.n_rules = 1,
		.content = o->content,
		.threats = k->craft.threats,
		.hospital = o->dir,
		.read = read_kept,
		.read_ctx = k};
	enum ward_err err = ward_ruleset_load(&args, o->lim, o->mem, &k->diag, &k->rs);

	k->craft.rs = k->rs;
	if (!err)
		err = try_all(k, own, site);
	if (err && err != WARD_ERR_NOMEM) { /* the brain tells it; here nothing is known of them */
		reckon_free_rules(r);
		return WARD_OK;
	}
	return err;
}

void reckon_free_rules(struct ward_reckon *r)
{
	struct reckon_rules *k = r->known;

	if (!k)
		return;
	ward_ruleset_free(k->rs);
	ward_mem_free(k->mem, k->test, k->cap_test * sizeof(*k->test));
	ward_mem_free(k->mem, k->text, k->cap_text * sizeof(*k->text));
	ward_intern_fini(&k->path);
	ward_arena_fini(&k->arena);
	ward_diag_fini(&k->diag);
	ward_mem_free(k->mem, k, sizeof(*k));
	r->known = NULL;
}

/* ---- answers ---- */

/* Below the content or the hospital: where it lies on this machine is nobody's business. */
static struct ward_str below(const struct ward_reckon *r, struct ward_str path)
{
	const char *const dir[] = {r->o.dir, r->o.content};

	for (size_t i = 0; i < WARD_ARRAY_LEN(dir); i++) {
		size_t len = strlen(dir[i]);

		if (ward_str_starts(path, ward_str_z(dir[i])) && path.len > len)
			return ward_str_sub(path, len + (path.p[len] == '/'), path.len);
	}
	return path;
}

static void put_test(const struct ward_reckon *r, const struct known_test *t, struct ward_json *j)
{
	ward_json_obj(j);
	ward_json_put_str(j, "name", t->name);
	ward_json_put_str(j, "file", below(r, t->file));
	ward_json_put_u64(j, "line", t->line);
	ward_json_key(j, "passed");
	ward_json_bool(j, t->passed);
	ward_json_key(j, "wants"); /* null: at least one */
	if (t->want == SIZE_MAX)
		ward_json_null(j);
	else
		ward_json_u64(j, t->want);
	ward_json_put_u64(j, "got", t->got);
	ward_json_obj_end(j);
}

static void put_tests(const struct ward_reckon *r, size_t rule, struct ward_json *j)
{
	const struct reckon_rules *k = r->known;
	uint64_t n = 0, failed = 0, given = 0;

	ward_json_key(j, "tests"); /* those that fail first */
	ward_json_arr(j);
	for (unsigned round = 0; round < 2; round++)
		for (size_t i = 0; i < k->n_test; i++) {
			const struct known_test *t = &k->test[i];

			if (t->rule != rule || t->passed != (round == 1))
				continue;
			n++;
			failed += !t->passed;
			if (given == SHOWN || j->w->len + ROOM_LEFT > WARD_RECKON_ANSWER)
				continue;
			given++;
			put_test(r, t, j);
		}
	ward_json_arr_end(j);
	ward_json_put_u64(j, "tried", n);
	ward_json_put_u64(j, "failed", failed);
}

static void put_threat(struct reckon_job *job, const struct ward_rule_info *is)
{
	struct ward_json *j = &job->j;

	ward_json_key(j, "threat");
	if (is->threat == WARD_NONE) {
		ward_json_null(j);
		return;
	}
	const struct ward_threat *t = ward_threats_at(job->r->known->craft.threats, is->threat);

	ward_json_obj(j);
	ward_json_put_str(j, "code", t->code);
	ward_json_put_str(j, "name", ward_lang_text(job->lang, t->name));
	ward_json_obj_end(j);
}

/* Filters of the site, and correlations that join it, by their titles. */
static void put_named(const struct reckon_rules *k, const char *key, uint32_t rule, bool above,
	struct ward_json *j)
{
	size_t n = ward_ruleset_counts(k->rs).n, given = 0;

	ward_json_key(j, key);
	ward_json_arr(j);
	for (size_t i = 0; i < n && given < SHOWN; i++) {
		const uint32_t *member = NULL;
		size_t n_member = ward_ruleset_members(k->rs, above ? i : rule, &member);
		uint32_t seek = above ? rule : (uint32_t)i;
		bool is = false;

		for (size_t m = 0; m < n_member; m++)
			is |= member[m] == seek;
		if (!is)
			continue;
		given++;
		ward_json_obj(j);
		ward_json_put_str(j, "id", ward_craft_key(k->rs, i));
		ward_json_put_str(j, "title", ward_ruleset_rule(k->rs, i).title);
		ward_json_obj_end(j);
	}
	ward_json_arr_end(j);
}

static enum ward_err loaded(struct reckon_job *job)
{
	return job->r->known ? WARD_OK
			     : reckon_no(job, WARD_ERR_CONFIG,
				       WARD_TEXT("the rules can't be loaded: run ward rules check"),
				       WARD_STR(""));
}

enum ward_err reckon_rule(struct reckon_job *job)
{
	const struct reckon_rules *k = job->r->known;
	struct ward_json *j = &job->j;
	enum ward_err err = loaded(job);
	uint32_t at = err ? WARD_NONE : ward_ruleset_find(k->rs, job->ask->subject);

	if (err)
		return err;
	if (at == WARD_NONE)
		return reckon_no(job, WARD_ERR_NOT_FOUND,
			WARD_TEXT("no rule has the id or name '{id}'"), job->ask->subject);
	struct ward_rule_info is = ward_ruleset_rule(k->rs, at);

	ward_json_obj(j);
	ward_json_put_str(j, "id", ward_craft_key(k->rs, at));
	ward_json_put_str(j, "title", ward_lang_text(job->lang, is.title));
	ward_json_put_str(j, "file", below(job->r, is.file));
	ward_json_put_u64(j, "line", is.line);
	ward_json_key(j, "correlation");
	ward_json_bool(j, is.corr);
	put_threat(job, &is);
	ward_json_key(j, "words");
	const struct ward_craft_lang lang = {job->lang, job->rule_lang};

	err = is.refused ? WARD_ERR_NOT_FOUND : ward_craft_explain_page(&k->craft, at, &lang, j);
	if (is.refused) {
		ward_json_arr(j);
		ward_json_arr_end(j);
	}
	if (err == WARD_ERR_NOMEM)
		return err;
	ward_json_put_u64(j, "filters", is.n_filter);
	put_named(k, "joins", at, false, j);
	put_named(k, "joined_by", at, true, j);
	put_tests(job->r, at, j);
	ward_json_obj_end(j);
	return WARD_OK;
}

enum ward_err reckon_rules(struct reckon_job *job)
{
	const struct reckon_rules *k = job->r->known;
	struct ward_json *j = &job->j;
	enum ward_err err = loaded(job);
	size_t n = err ? 0 : ward_ruleset_counts(k->rs).n;
	struct count {
		uint32_t tried, failed;
	} *count = err ? NULL : ward_mem_alloc(k->mem, (n + 1) * sizeof(*count));

	if (err || !count)
		return err ? err : WARD_ERR_NOMEM;
	memset(count, 0, (n + 1) * sizeof(*count));
	for (size_t i = 0; i < k->n_test; i++) {
		count[k->test[i].rule].tried++;
		count[k->test[i].rule].failed += !k->test[i].passed;
	}
	ward_json_obj(j);
	ward_json_key(j, "items");
	ward_json_arr(j);
	size_t i = 0;

	/* Those without are left out: no tests. */
	for (; i < n && j->w->len + EACH + ROOM_LEFT < WARD_RECKON_ANSWER; i++) {
		if (!count[i].tried)
			continue;
		ward_json_obj(j);
		ward_json_put_str(j, "id", ward_craft_key(k->rs, i));
		ward_json_put_u64(j, "tried", count[i].tried);
		ward_json_put_u64(j, "failed", count[i].failed);
		ward_json_obj_end(j);
	}
	ward_json_arr_end(j);
	ward_json_put_u64(j, "more", n - i); /* rules that the answer had no room for */
	ward_json_obj_end(j);
	ward_mem_free(k->mem, count, (n + 1) * sizeof(*count));
	return WARD_OK;
}
