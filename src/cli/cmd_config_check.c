/* ward config check: would it be taken, and as what? */
#include "cli/check_rooms.h"
#include "cli/commands.h"
#include "cli/lang.h"
#include "cli/versions.h"

#include <unistd.h>

enum { OUT_MAX = 64 << 20, ARENA = 64 << 20 };

struct args {
	const char *dir, *state, *content, *code;
	struct ward_lang *lang; /* NULL: English */
	bool json;
};

static int parse(const struct ward_cmd *cmd, int argc, char **argv, struct args *a)
{
	for (int i = 1; i < argc; i++) {
		const char **value = strcmp(argv[i], "--state") == 0     ? &a->state
				     : strcmp(argv[i], "--content") == 0 ? &a->content
				     : strcmp(argv[i], "--lang") == 0    ? &a->code
									 : NULL;

		if (value && i + 1 == argc)
			return ward_cli_usage(cmd, "%s needs a value", argv[i]);
		if (value)
			*value = argv[++i];
		else if (strcmp(argv[i], "--json") == 0)
			a->json = true;
		else if (argv[i][0] == '-')
			return ward_cli_usage(cmd, "'%s' is not an option", argv[i]);
		else if (a->dir)
			return ward_cli_usage(cmd, "one directory at a time");
		else
			a->dir = argv[i];
	}
	return a->dir ? WARD_EXIT_DONE : ward_cli_usage(cmd, "which hospital directory?");
}

/* What of the directory is another than in the last version. */
struct change {
	struct ward_revision_tree was, is;
	uint64_t last; /* 0: there is no version yet */
};

typedef void (*file_fn)(struct ward_wr *w, char sign, struct ward_str path);

static void each(struct ward_wr *w, const struct change *c, file_fn fn)
{
	size_t i = 0, k = 0;

	while (c->last && (i < c->was.n || k < c->is.n)) {
		int order = i == c->was.n  ? 1
			    : k == c->is.n ? -1
					   : ward_str_cmp(c->was.file[i].path, c->is.file[k].path);

		if (order < 0)
			fn(w, '-', c->was.file[i++].path);
		else if (order > 0)
			fn(w, '+', c->is.file[k++].path);
		else if (memcmp(c->was.file[i++].hash, c->is.file[k++].hash, WARD_REVISION_HASH) !=
			 0)
			fn(w, '~', c->is.file[k - 1].path);
	}
}

static void line(struct ward_wr *w, char sign, struct ward_str path)
{
	ward_wr_printf(w, "  %c %.*s\n", sign, WARD_STR_ARG(path));
}

static void object(struct ward_wr *w, char sign, struct ward_str path)
{
	struct ward_json j = ward_json_on(w);

	ward_json_obj(&j);
	ward_json_key(&j, "kind");
	ward_json_z(&j, "file");
	ward_json_key(&j, "path");
	ward_json_str(&j, path);
	ward_json_key(&j, "what");
	ward_json_z(&j, sign == '+' ? "added" : sign == '-' ? "removed" : "changed");
	ward_json_obj_end(&j);
	ward_wr_ch(w, '\n');
}

/* "+1 ~2 -0", of the version that was the last. */
static void put_since(struct ward_wr *w, struct ward_lang *lang, uint64_t last,
	const struct ward_revision_version *n)
{
	char version[24], files[80];

	(void)snprintf(version, sizeof(version), "%llu", (unsigned long long)last);
	(void)snprintf(files, sizeof(files), "+%llu ~%llu -%llu", (unsigned long long)n->added,
		(unsigned long long)n->changed, (unsigned long long)n->removed);
	WARD_SAY(w, lang, WARD_TEXT("Since version {version}: {files} files."),
		{"version", ward_str_z(version)}, {"files", ward_str_z(files)});
	ward_wr_ch(w, ' ');
}

static void put_text(
	struct ward_wr *w, const struct change *c, struct ward_diag *d, struct ward_lang *lang)
{
	struct ward_revision_version n = {0};
	char version[24];

	ward_revision_count(&c->was, &c->is, &n);
	bool differs = n.added || n.changed || n.removed;
	bool same = !d->n_error && c->last && !differs;

	ward_cli_write_findings(w, d, lang);
	each(w, c, line);
	ward_say_n(w, lang, d->n_error, WARD_TEXT_ONE("{n} error"), WARD_TEXT("{n} errors"));
	ward_wr_z(w, ", ");
	ward_say_n(w, lang, d->n_warning, WARD_TEXT_ONE("{n} warning"), WARD_TEXT("{n} warnings"));
	ward_wr_z(w, ". ");
	if (!c->last) {
		ward_say(w, lang, WARD_TEXT("There is no version yet."));
		ward_wr_ch(w, ' ');
	} else if (differs) {
		put_since(w, lang, c->last, &n);
	}
	(void)snprintf(version, sizeof(version), "%llu", (unsigned long long)c->last + !same);
	WARD_SAY(w, lang,
		d->n_error ? WARD_TEXT("It would not be taken: mend the errors.")
		: same     ? WARD_TEXT("Nothing changed since version {n}.")
			   : WARD_TEXT("It would be taken as version {n} (`ward config take`)."),
		{"n", ward_str_z(version)});
	ward_wr_ch(w, '\n');
}

static void put_json(
	struct ward_wr *w, const struct change *c, struct ward_diag *d, struct ward_lang *lang)
{
	struct ward_json j = ward_json_on(w);

	ward_cli_say_findings(d, lang);
	ward_diag_write_json(d, w);
	each(w, c, object);
	ward_json_obj(&j);
	ward_json_key(&j, "kind");
	ward_json_z(&j, "summary");
	ward_json_key(&j, "errors");
	ward_json_u64(&j, d->n_error);
	ward_json_key(&j, "warnings");
	ward_json_u64(&j, d->n_warning);
	ward_json_key(&j, "version"); /* the last one */
	ward_json_u64(&j, c->last);
	ward_json_obj_end(&j);
	ward_wr_ch(w, '\n');
}

static int compare(const struct ward_cmd *cmd, const struct args *a, struct ward_arena *arena,
	struct change *c)
{
	struct ward_cli_versions v = {.r = NULL};
	bool there = false;
	int rc = ward_cli_versions_there(cmd, a->dir, a->state, &there);

	if (rc || !there)
		return rc;
	rc = ward_cli_versions(cmd, a->dir, a->state, false, &v);
	if (rc)
		return rc;
	c->last = ward_revision_current(v.r);
	enum ward_err err = c->last ? ward_revision_tree(v.r, c->last, arena, &c->was) : WARD_OK;

	if (!err && c->last)
		err = ward_revision_scan(v.r, false, arena, &c->is);
	if (err)
		rc = ward_cli_fail(cmd, "%s", ward_revision_why(v.r));
	ward_cli_versions_free(&v);
	return rc;
}

/* Findings are in d, and the language in a; an exit code. */
static int look(const struct ward_cmd *cmd, struct args *a, struct ward_diag *d)
{
	const char *content = ward_cli_content(cmd, a->content);
	struct ward_limits lim;
	struct ward_model *m = NULL;

	if (!content)
		return WARD_EXIT_RUN;
	ward_limits_default(&lim);
	bool ran = ward_cli_check_rooms(a->dir, content, &lim, d, &m);
	const struct ward_cli_lang speak = {
		a->code, content, m ? ward_model_hospital(m)->language : WARD_STR("")};
	int rc = !ran                  ? ward_cli_fail(cmd, "'%s' could not be checked", a->dir)
		 : a->json && !a->code ? WARD_EXIT_DONE
				       : ward_cli_lang(cmd, &speak, &lim, &a->lang);

	ward_model_free(m);
	ward_diag_sort(d);
	return rc;
}

static int run(const struct ward_cmd *cmd, int argc, char **argv)
{
	struct args a = {.dir = NULL};
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), OUT_MAX);
	struct ward_arena arena;
	struct change c = {.last = 0};
	struct ward_diag d;
	int rc = parse(cmd, argc, argv, &a);

	ward_diag_init(&d, ward_mem_heap());
	ward_arena_init(&arena, ward_mem_heap(), ARENA);
	if (!rc)
		rc = ward_cli_hospital(cmd, a.dir);
	if (!rc)
		rc = look(cmd, &a, &d);
	if (!rc)
		rc = compare(cmd, &a, &arena, &c);
	if (!rc) {
		(a.json ? put_json : put_text)(&w, &c, &d, a.lang);
		rc = !ward_cli_put(&w, stdout) ? WARD_EXIT_RUN
		     : d.n_error               ? WARD_EXIT_INPUT
					       : WARD_EXIT_DONE;
	}
	ward_lang_free(a.lang);
	ward_arena_fini(&arena);
	ward_diag_fini(&d);
	ward_wr_fini(&w);
	return rc;
}

const struct ward_cmd ward_cmd_config_check = {
	.name = "config check",
	.summary = "would what was edited be taken? what is wrong, and what changed",
	.help = "usage: ward config check [--content DIR] [--state DIR] [--lang CODE] [--json] "
		"HOSPITAL\n\n"
		"Checks the directory as `ward check` does and as a proposal of the console is "
		"checked,\nsays which files changed since the last version, and whether `ward "
		"config take` would\nkeep it. Nothing is written (docs/configuration.md).\n\n"
		"  --content DIR  the content that it is checked with\n"
		"  --state DIR    the state folder (default: as `ward run` has it)\n"
		"  --lang CODE    en, fr, it, nl (default: $WARD_LANG, else the first of the "
		"hospital's\n"
		"                 languages; of --json: English)\n"
		"  --json         one finding or file per line, then one summary\n\n"
		"Exit codes: 0 it would be taken (warnings may be there), 1 it has errors, 2 "
		"wrong\n"
		"usage, 3 could not read.\n",
	.run = run,
};
