#include "run/proc/config.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

enum { PROPOSAL_BYTES = 16 << 20 };

struct config_proposal *config_proposal(struct config *k, struct ward_str id)
{
	for (size_t i = 0; i < CONFIG_PROPOSALS; i++)
		if (k->proposal[i].used && ward_str_eqz(id, k->proposal[i].id))
			return &k->proposal[i];
	return NULL;
}

void config_drop(struct config_proposal *p)
{
	if (p->used)
		ward_arena_fini(&p->arena);
	*p = (struct config_proposal){.used = false};
}

/* An unused place, or that of the oldest. */
static struct config_proposal *place(struct config *k)
{
	struct config_proposal *p = &k->proposal[0];

	for (size_t i = 0; i < CONFIG_PROPOSALS && p->used; i++)
		if (!k->proposal[i].used || k->proposal[i].made < p->made)
			p = &k->proposal[i];
	config_drop(p);
	return p;
}

/* ---- what it would be ---- */

static struct ward_revision_file *find(struct ward_revision_tree *t, struct ward_str path)
{
	return (struct ward_revision_file *)(uintptr_t)ward_revision_find(t, path);
}

static void take_out(struct ward_revision_tree *t, struct ward_revision_file *f)
{
	size_t i = (size_t)(f - t->file);

	memmove(f, f + 1, (--t->n - i) * sizeof(*f));
}

/* In its place of the order; the array has room. */
static struct ward_revision_file *put_in(struct ward_revision_tree *t, struct ward_str path)
{
	size_t i = t->n++;

	for (; i > 0 && ward_str_cmp(t->file[i - 1].path, path) > 0; i--)
		t->file[i] = t->file[i - 1];
	t->file[i] = (struct ward_revision_file){.path = path};
	return &t->file[i];
}

/* Something that no version holds: a secret, a recording. */
static bool is_kept_out(const struct config *k, struct ward_str path)
{
	char full[8192];
	struct stat st;

	(void)snprintf(full, sizeof(full), "%s/%.*s", k->hospital, WARD_STR_ARG(path));
	return lstat(full, &st) == 0;
}

enum ward_err config_change(struct config *k, struct config_proposal *p,
	const struct ward_configure_file *f, const char **why)
{
	struct ward_revision_file *is = find(&p->tree, f->path);

	*why = WARD_TEXT(
		"a path is none: it is relative, of letters, digits, '-', '_' and '.', without "
		"hidden parts, and ends with .yml, .csv, .md, .json, .xml or .svg");
	if (!ward_revision_path_ok(f->path))
		return WARD_ERR_MALFORMED;
	*why = WARD_TEXT("a file that is to be removed is not there");
	if (!f->has_text && !is)
		return WARD_ERR_MALFORMED;
	*why = WARD_TEXT(
		"there is a file of that name which is not changed here: it holds a secret, or is "
		"no "
		"text; change it on the machine");
	if (!is && is_kept_out(k, f->path))
		return WARD_ERR_MALFORMED;
	*why = WARD_TEXT("a text is not valid UTF-8");
	if (!ward_utf8_valid(f->text, NULL))
		return WARD_ERR_MALFORMED;
	if (!f->has_text) {
		take_out(&p->tree, is);
		return WARD_OK;
	}
	if (!is) {
		struct ward_str path = ward_arena_str(&p->arena, f->path);

		*why = WARD_TEXT("the directory would have too many files");
		if (!path.p || p->tree.n >= WARD_REVISION_FILES)
			return WARD_ERR_LIMIT;
		is = put_in(&p->tree, path);
	}
	/* kept once it is taken: a disk is not filled by asking */
	struct ward_str text = ward_arena_str(&p->arena, ward_slice_text(f->text));

	*why = WARD_TEXT("the texts are too long together");
	if (!text.p)
		return WARD_ERR_LIMIT;
	is->size = text.len;
	is->text = (const uint8_t *)text.p;
	ward_revision_hash(f->text, is->hash);
	return WARD_OK;
}

/* "a.csv" and "a.csv/b.csv": one is a file, also one that is only to go, the other needs a folder
 * of that name. */
static bool is_both(const struct ward_revision_tree *was, const struct ward_revision_tree *t)
{
	for (size_t i = 0; i < t->n; i++)
		for (size_t k = 0; k < t->file[i].path.len; k++) {
			struct ward_str folder = ward_str_sub(t->file[i].path, 0, k);

			if (t->file[i].path.p[k] == '/' &&
				(ward_revision_find(was, folder) || ward_revision_find(t, folder)))
				return true;
		}
	return false;
}

static enum ward_err fits(
	const struct ward_revision_tree *was, const struct ward_revision_tree *t, const char **why)
{
	if (!is_both(was, t))
		return WARD_OK;
	*why = WARD_TEXT("a file and a folder would have the same name; name one of them "
			 "otherwise, or take the file out before");
	return WARD_ERR_MALFORMED;
}

/* As its base is, with room for changes. */
static enum ward_err begin(struct config *k, struct config_proposal *p,
	struct ward_revision_tree *ret_base, const char **why)
{
	struct ward_revision_tree base;
	enum ward_err err = ward_revision_tree(k->r, p->base, &p->arena, &base);

	*why = ward_revision_why(k->r);
	if (err)
		return err;
	p->tree.file = ward_arena_array(
		&p->arena, base.n + WARD_CONFIGURE_FILES + 1, sizeof(p->tree.file[0]));
	if (!p->tree.file)
		return WARD_ERR_NOMEM;
	memcpy(p->tree.file, base.file, base.n * sizeof(base.file[0]));
	p->tree.n = base.n;
	*ret_base = base;
	return WARD_OK;
}

enum ward_err config_base(struct config *k, struct config_proposal *p, const char **why)
{
	struct ward_revision_tree base;

	return begin(k, p, &base, why);
}

static enum ward_err by_files(struct config *k, struct config_proposal *p,
	const struct ward_configure_ask *a, const char **why)
{
	struct ward_revision_tree base = {0};
	struct ward_configure_file f;
	struct ward_rd files = ward_rd_slice(a->files);
	enum ward_err err = begin(k, p, &base, why);

	while (!err && ward_configure_next(&files, &f))
		err = config_change(k, p, &f, why);
	return err ? err : fits(&base, &p->tree, why);
}

static enum ward_err build(struct config *k, struct config_proposal *p,
	const struct ward_configure_ask *a, struct ward_json *j, const char **why)
{
	if (a->how == WARD_CONFIGURE_FILES_NEW)
		return by_files(k, p, a, why);
	if (a->how == WARD_CONFIGURE_IMPORT) {
		struct ward_revision_tree base = {0};
		enum ward_err err = begin(k, p, &base, why);

		if (!err)
			err = config_import(k, p, a, j, why);
		return err ? err : fits(&base, &p->tree, why);
	}
	if (a->how == WARD_CONFIGURE_BACK) {
		enum ward_err err = ward_revision_tree(k->r, a->to, &p->arena, &p->tree);

		*why = ward_revision_why(k->r);
		return err;
	}
	*why = WARD_TEXT("that way of proposing is not known");
	return WARD_ERR_MALFORMED;
}

typedef bool (*is_fn)(struct config *k, const struct ward_revision_file *f);

/* Are all files in which they differ such ones? */
static bool differ_in(struct config *k, const struct ward_revision_tree *from,
	const struct ward_revision_tree *to, is_fn is)
{
	const struct ward_revision_tree *all[] = {from, to};

	for (size_t t = 0; t < 2; t++)
		for (size_t i = 0; i < all[t]->n; i++) {
			const struct ward_revision_file *f = &all[t]->file[i],
							*o = ward_revision_find(
								all[1 - t], f->path);

			if (o && memcmp(o->hash, f->hash, WARD_REVISION_HASH) == 0)
				continue;
			if (!is(k, f))
				return false;
		}
	return true;
}

static bool of_rules(struct config *k, const struct ward_revision_file *f)
{
	(void)k;
	return ward_str_starts(f->path, WARD_STR("rules/"));
}

/* A text in which nothing stands but that list: any YAML file may hold any list of the directory,
 * also sources and the hospital itself. Whatever YAML could say in another way is no such text. */
static bool holds_only(struct config *k, const struct ward_revision_file *f, struct ward_str list)
{
	struct ward_slice text;
	bool begun = false;

	if (ward_revision_text_of(k->r, f, &k->scratch, &text) != WARD_OK)
		return false;
	for (struct ward_str rest = ward_slice_text(text); rest.len;) {
		struct ward_str line = ward_str_cut(&rest, '\n'), what = ward_str_trim(line);
		bool within =
			line.len && (line.p[0] == ' ' || ward_str_starts(line, WARD_STR("- ")));

		if (!what.len || what.p[0] == '#' || (begun && within))
			continue;
		if (!ward_str_starts(line, list) ||
			!ward_str_eqz(ward_str_sub(what, list.len, what.len), ":"))
			return false;
		begun = true;
	}
	return true;
}

/* What the hospital is, and what is looked for in it. All else says who may do what, who is called,
 * which secrets are read, and where Ward listens, sends and acts. */
static bool of_hospital(struct config *k, const struct ward_revision_file *f)
{
	static const char *const lists[] = {"services", "protections"};
	struct ward_str name = f->path, more = name;

	if (of_rules(k, f) || ward_str_starts(name, WARD_STR("cameras/")) ||
		ward_str_eqz(name, "evacuation.yml") || ward_str_eqz(name, "README.md"))
		return true;
	for (size_t i = 0; i < WARD_ARRAY_LEN(lists); i++) {
		more = name;
		if (ward_str_eqz(ward_str_cut(&more, '.'), lists[i]) && ward_str_eqz(more, "yml"))
			return holds_only(k, f, ward_str_z(lists[i]));
	}
	/* a table holds the list that it is called by */
	return ward_str_ends(name, WARD_STR(".csv")) &&
	       !ward_str_starts(name, WARD_STR("sources")) &&
	       !ward_str_starts(name, WARD_STR("hospital")) &&
	       !ward_str_starts(name, WARD_STR("processing")) && !ward_str_eqz(name, "oncall.csv");
}

bool config_of_rules(struct config *k, const struct ward_revision_tree *from,
	const struct ward_revision_tree *to)
{
	return differ_in(k, from, to, of_rules);
}

/* ---- a proposal ---- */

/* What somebody changed by hand meanwhile is a version first: nothing is written over it unseen. */
static enum ward_err is_current(
	struct config *k, const struct ward_configure_ask *a, const char **why)
{
	uint64_t noted;
	enum ward_err err = config_note(k, &noted);

	*why = ward_revision_why(k->r);
	if (err)
		return err;
	*why = WARD_TEXT(
		"the configuration was changed meanwhile; look at what changed, and propose again");
	return a->version == ward_revision_current(k->r) ? WARD_OK : WARD_ERR_CONFIG;
}

static enum ward_err fill(struct config *k, struct config_proposal *p,
	const struct ward_configure_ask *a, struct ward_wr *json, const char **why)
{
	struct ward_revision_tree base = {0};
	struct ward_json j = ward_json_on(json);
	enum ward_err err;

	ward_json_obj(&j);
	ward_json_key(&j, "id");
	ward_json_z(&j, p->id);
	ward_json_key(&j, "base");
	ward_json_u64(&j, p->base);
	err = build(k, p, a, &j, why);
	if (!err) {
		err = ward_revision_tree(k->r, p->base, &k->scratch, &base);
		*why = ward_revision_why(k->r);
	}
	if (!err)
		err = config_check(k, p, &base, a->lang, &j, why);
	if (err)
		return err;
	if (!config_put_diff(k, &j, &base, &p->tree)) {
		err = WARD_ERR_LIMIT;
		*why = WARD_TEXT("the difference is too large");
	}
	p->rules_only = config_of_rules(k, &base, &p->tree);
	p->appoints = !differ_in(k, &base, &p->tree, of_hospital);
	ward_json_key(&j, "restarts");
	ward_json_bool(&j, !p->rules_only);
	ward_json_obj_end(&j);
	return err;
}

enum ward_err config_propose(struct config *k, const struct ward_configure_ask *a,
	struct ward_wr *json, const char **ret_why)
{
	enum ward_err err = is_current(k, a, ret_why);

	if (!err && !a->why.len) {
		*ret_why = WARD_TEXT("say why, in a sentence: it stands in the list of versions");
		err = WARD_ERR_MALFORMED;
	}
	if (err)
		return err;
	struct config_proposal *p = place(k);

	p->used = true;
	p->made = ward_clock_mono(k->p.clock);
	p->base = a->version;
	ward_arena_init(&p->arena, ward_mem_heap(), PROPOSAL_BYTES);
	ward_id_text(ward_id_v7(k->p.clock), p->id);
	(void)snprintf(p->why, sizeof(p->why), "%.*s", WARD_STR_ARG(a->why));
	err = fill(k, p, a, json, ret_why);
	if (err)
		config_drop(p);
	else
		ward_count_name(&k->p.counters, "config.proposed", 1);
	return err;
}
