#include "cli/check_rooms.h"
#include "cli/commands.h"
#include "cli/lang.h"
#include "cli/versions.h"
#include "revision/diff.h"

#include <stdlib.h>

enum { OUT_MAX = 256 << 20, ARENA = 512 << 20 };

struct args {
	const char *dir, *state, *why, *content, *code;
	struct ward_lang *lang; /* once it was checked; NULL: English */
	const char *word[2];    /* what follows the directory */
	size_t n_word;
};

static int parse(const struct ward_cmd *cmd, int argc, char **argv, size_t n_least, size_t n_most,
	struct args *a)
{
	static const char *const names[] = {"--state", "--why", "--content", "--lang"};
	const char **const value[] = {&a->state, &a->why, &a->content, &a->code};

	for (int i = 1; i < argc; i++) {
		size_t k = 0;

		while (k < WARD_ARRAY_LEN(names) && strcmp(argv[i], names[k]) != 0)
			k++;
		if (k < WARD_ARRAY_LEN(names) && i + 1 == argc)
			return ward_cli_usage(cmd, "%s needs a value", argv[i]);
		if (k < WARD_ARRAY_LEN(names))
			*value[k] = argv[++i];
		else if (argv[i][0] == '-')
			return ward_cli_usage(cmd, "'%s' is not an option", argv[i]);
		else if (!a->dir)
			a->dir = argv[i];
		else if (a->n_word < n_most)
			a->word[a->n_word++] = argv[i];
		else
			return ward_cli_usage(cmd, "'%s' is too much", argv[i]);
	}
	if (!a->dir)
		return ward_cli_usage(cmd, "which hospital directory?");
	return a->n_word < n_least ? ward_cli_usage(cmd, "say what of it") : WARD_EXIT_DONE;
}

static int number(const struct ward_cmd *cmd, const char *word, uint64_t *ret)
{
	return ward_str_u64(ward_str_z(word), ret)
		       ? WARD_EXIT_DONE
		       : ward_cli_usage(cmd, "'%s' is no number of a version", word);
}

static int failed(const struct ward_cmd *cmd, const struct ward_cli_versions *v, enum ward_err err)
{
	const char *why = ward_revision_why(v->r);

	return ward_cli_fail(cmd, "%s", *why ? why : ward_err_text(err));
}

/* ---- log ---- */

static void put_line(struct ward_wr *w, const struct ward_revision_version *v)
{
	ward_wr_printf(w, "%llu\t", (unsigned long long)v->number);
	ward_time_write(w, v->taken);
	ward_wr_printf(w, "\t+%llu ~%llu -%llu\t%.*s\t%.*s\n", (unsigned long long)v->added,
		(unsigned long long)v->changed, (unsigned long long)v->removed, WARD_STR_ARG(v->by),
		WARD_STR_ARG(v->why));
}

static int run_log(const struct ward_cmd *cmd, int argc, char **argv)
{
	struct args a = {.dir = NULL};
	struct ward_cli_versions v = {.r = NULL};
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), OUT_MAX);
	int rc = parse(cmd, argc, argv, 0, 0, &a);
	size_t n = 0;

	if (!rc)
		rc = ward_cli_versions(cmd, a.dir, a.state, false, &v);
	const struct ward_revision_version *list = rc ? NULL : ward_revision_list(v.r, &n);

	while (n-- > 0 && list)
		put_line(&w, &list[n]);
	if (!rc && !ward_cli_put(&w, stdout))
		rc = WARD_EXIT_RUN;
	ward_wr_fini(&w);
	ward_cli_versions_free(&v);
	return rc;
}

/* ---- show ---- */

static enum ward_err show(struct ward_cli_versions *v, uint64_t n, const char *path,
	struct ward_arena *a, struct ward_wr *w)
{
	struct ward_revision_tree t = {0};
	struct ward_slice text;
	enum ward_err err = ward_revision_tree(v->r, n, a, &t);

	for (size_t i = 0; !err && !path && i < t.n; i++)
		ward_wr_printf(w, "%10llu  %.*s\n", (unsigned long long)t.file[i].size,
			WARD_STR_ARG(t.file[i].path));
	if (err || !path)
		return err;
	const struct ward_revision_file *f = ward_revision_find(&t, ward_str_z(path));

	if (!f)
		return WARD_ERR_NOT_FOUND;
	err = ward_revision_text(v->r, f->hash, a, &text);
	if (!err)
		ward_wr_bytes(w, text.p, text.len);
	return err;
}

static int run_show(const struct ward_cmd *cmd, int argc, char **argv)
{
	struct args a = {.dir = NULL};
	struct ward_cli_versions v = {.r = NULL};
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), OUT_MAX);
	struct ward_arena arena;
	uint64_t n = 0;
	int rc = parse(cmd, argc, argv, 1, 2, &a);

	if (!rc)
		rc = number(cmd, a.word[0], &n);
	if (!rc)
		rc = ward_cli_versions(cmd, a.dir, a.state, false, &v);
	ward_arena_init(&arena, ward_mem_heap(), ARENA);
	enum ward_err err = rc ? WARD_OK : show(&v, n, a.word[1], &arena, &w);

	if (err)
		rc = failed(cmd, &v, err);
	else if (!rc && !ward_cli_put(&w, stdout))
		rc = WARD_EXIT_RUN;
	ward_arena_fini(&arena);
	ward_wr_fini(&w);
	ward_cli_versions_free(&v);
	return rc;
}

/* ---- diff ---- */

/* As diff -u writes it. */
static void put_hunk(struct ward_wr *w, const struct ward_diff_hunk *h)
{
	size_t n[2] = {0, 0};

	for (size_t i = 0; i < h->n; i++) {
		n[0] += h->line[i].sign != '+';
		n[1] += h->line[i].sign != '-';
	}
	ward_wr_printf(w, "@@ -%zu,%zu +%zu,%zu @@\n", h->from, n[0], h->to, n[1]);
	for (size_t i = 0; i < h->n; i++) {
		ward_wr_ch(w, h->line[i].sign);
		ward_wr_str(w, h->line[i].text);
		ward_wr_ch(w, '\n');
	}
}

static enum ward_err put_file(struct ward_cli_versions *v, const struct ward_revision_file *from,
	const struct ward_revision_file *to, struct ward_arena *a, struct ward_wr *w)
{
	struct ward_slice was = {0}, is = {0};
	struct ward_diff d = {0};
	const struct ward_revision_file *of = to ? to : from;

	WARD_ASSERT(of); /* one of them is there */
	struct ward_str path = of->path;
	enum ward_err err = from ? ward_revision_text(v->r, from->hash, a, &was) : WARD_OK;

	if (!err && to)
		err = ward_revision_text(v->r, to->hash, a, &is);
	if (!err)
		err = ward_diff_lines(
			ward_slice_text(was), ward_slice_text(is), WARD_DIFF_AROUND, a, &d);
	if (err)
		return err;
	ward_wr_printf(w, "--- %s%.*s\n+++ %s%.*s\n", from ? "" : "/dev/null ", WARD_STR_ARG(path),
		to ? "" : "/dev/null ", WARD_STR_ARG(path));
	for (size_t i = 0; i < d.n; i++)
		put_hunk(w, &d.hunk[i]);
	return WARD_OK;
}

static enum ward_err diff(struct ward_cli_versions *v, const struct ward_revision_tree *from,
	const struct ward_revision_tree *to, struct ward_arena *a, struct ward_wr *w)
{
	enum ward_err err = WARD_OK;

	for (size_t i = 0; !err && i < from->n; i++) {
		const struct ward_revision_file *is = ward_revision_find(to, from->file[i].path);

		if (!is || memcmp(is->hash, from->file[i].hash, WARD_REVISION_HASH) != 0)
			err = put_file(v, &from->file[i], is, a, w);
	}
	for (size_t i = 0; !err && i < to->n; i++)
		if (!ward_revision_find(from, to->file[i].path))
			err = put_file(v, NULL, &to->file[i], a, w);
	return err;
}

static int run_diff(const struct ward_cmd *cmd, int argc, char **argv)
{
	struct args a = {.dir = NULL};
	struct ward_cli_versions v = {.r = NULL};
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), OUT_MAX);
	struct ward_revision_tree from = {0}, to = {0};
	struct ward_arena arena;
	uint64_t n = 0, m = 0;
	int rc = parse(cmd, argc, argv, 2, 2, &a);

	if (!rc)
		rc = number(cmd, a.word[0], &n);
	if (!rc)
		rc = number(cmd, a.word[1], &m);
	if (!rc)
		rc = ward_cli_versions(cmd, a.dir, a.state, false, &v);
	ward_arena_init(&arena, ward_mem_heap(), ARENA);
	enum ward_err err = rc ? WARD_OK : ward_revision_tree(v.r, n, &arena, &from);

	if (!rc && !err)
		err = ward_revision_tree(v.r, m, &arena, &to);
	if (!rc && !err)
		err = diff(&v, &from, &to, &arena, &w);
	if (err)
		rc = failed(cmd, &v, err);
	else if (!rc && !ward_cli_put(&w, stdout))
		rc = WARD_EXIT_RUN;
	ward_arena_fini(&arena);
	ward_wr_fini(&w);
	ward_cli_versions_free(&v);
	return rc;
}

/* ---- take, back ---- */

/* As `ward check`, in short, and in the language that is found by it. dir: which directory. */
static int check(const struct ward_cmd *cmd, struct args *a, const char *dir)
{
	const char *content = ward_cli_content(cmd, a->content);
	struct ward_limits lim;
	struct ward_model *m = NULL;
	struct ward_diag d;

	if (!content)
		return WARD_EXIT_RUN;
	ward_limits_default(&lim);
	ward_diag_init(&d, ward_mem_heap());
	bool ran = ward_cli_check_rooms(dir, content, &lim, &d, &m);
	const struct ward_cli_lang speak = {
		a->code, content, m ? ward_model_hospital(m)->language : WARD_STR("")};
	int rc = ran ? ward_cli_lang(cmd, &speak, &lim, &a->lang)
		     : ward_cli_fail(cmd, "'%s' could not be checked", dir);

	if (!rc && d.n_error) {
		ward_cli_findings(&d, dir, a->lang);
		rc = WARD_EXIT_INPUT;
	}
	ward_diag_fini(&d);
	ward_model_free(m);
	return rc;
}

static struct ward_revision_taking taking(const struct args *a, const char *why)
{
	return (struct ward_revision_taking){.by = ward_cli_user(),
		.why = ward_str_z(a->why ? a->why : why),
		.now = ward_clock_now(ward_clock_system())};
}

/* english: of version {n}. */
static int said(const struct args *a, const char *english, uint64_t n)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), OUT_MAX);
	char version[24];

	(void)snprintf(version, sizeof(version), "%llu", (unsigned long long)n);
	WARD_SAY(&w, a->lang, english, {"n", ward_str_z(version)});
	ward_wr_ch(&w, '\n');
	bool put = ward_cli_put(&w, stdout);

	ward_wr_fini(&w);
	return put ? WARD_EXIT_DONE : WARD_EXIT_RUN;
}

static int taken(const struct args *a, uint64_t n)
{
	return said(a,
		WARD_TEXT("version {n}; a Ward that runs goes on with what it began with: start it "
			  "anew, or, where rules alone changed, send it SIGHUP"),
		n);
}

static int run_take(const struct ward_cmd *cmd, int argc, char **argv)
{
	struct args a = {.dir = NULL};
	struct ward_cli_versions v = {.r = NULL};
	uint64_t n = 0;
	int rc = parse(cmd, argc, argv, 0, 0, &a);

	if (!rc)
		rc = check(cmd, &a, a.dir);
	if (!rc)
		rc = ward_cli_versions(cmd, a.dir, a.state, true, &v);
	const struct ward_revision_taking t = taking(&a, "changed on the machine");
	enum ward_err err = rc ? WARD_OK : ward_revision_note(v.r, &t, &n);

	if (err)
		rc = failed(cmd, &v, err);
	else if (!rc && n)
		rc = taken(&a, n);
	else if (!rc)
		rc = said(&a, WARD_TEXT("Nothing changed since version {n}."),
			ward_revision_current(v.r));
	ward_lang_free(a.lang);
	ward_cli_versions_free(&v);
	return rc;
}

static int go_back(
	const struct ward_cmd *cmd, struct args *a, struct ward_cli_versions *v, uint64_t to)
{
	char stage[PATH_MAX + 8], why[64];
	struct ward_revision_tree t = {0};
	struct ward_arena arena;
	uint64_t n = 0;
	int rc = WARD_EXIT_DONE;

	(void)snprintf(why, sizeof(why), "back to version %llu", (unsigned long long)to);
	(void)snprintf(stage, sizeof(stage), "%s/back", v->folder);
	const struct ward_revision_taking by_hand = taking(a, "changed on the machine"),
					  t_back = taking(a, why);

	ward_arena_init(&arena, ward_mem_heap(), ARENA);
	enum ward_err err = ward_revision_tree(v->r, to, &arena, &t);

	if (!err)
		err = ward_revision_stage(v->r, &t, stage);
	if (!err)
		rc = check(cmd, a, stage); /* content and limits may have changed since */
	ward_revision_unstage(stage);
	if (!err && !rc)
		err = ward_revision_note(v->r, &by_hand, &n); /* nothing is written over unseen */
	if (!err && !rc)
		err = ward_revision_take(v->r, &t, &t_back, &n);
	ward_arena_fini(&arena);
	if (err)
		return failed(cmd, v, err);
	return rc ? rc : taken(a, n);
}

static int run_back(const struct ward_cmd *cmd, int argc, char **argv)
{
	struct args a = {.dir = NULL};
	struct ward_cli_versions v = {.r = NULL};
	uint64_t to = 0;
	int rc = parse(cmd, argc, argv, 1, 1, &a);

	if (!rc)
		rc = number(cmd, a.word[0], &to);
	if (!rc)
		rc = ward_cli_versions(cmd, a.dir, a.state, true, &v);
	if (!rc)
		rc = go_back(cmd, &a, &v, to);
	ward_lang_free(a.lang);
	ward_cli_versions_free(&v);
	return rc;
}

/* ---- */

#define OPTIONS                                                               \
	"  --state DIR    the state folder (default: as `ward run` has it)\n" \
	"\nExit codes: 0 done, 1 the directory has errors, 2 wrong usage, 3 could not run.\n"
#define TAKING                                                                      \
	"  --why TEXT     stands in the list of versions\n"                         \
	"  --content DIR  the content that it is checked with\n"                    \
	"  --lang CODE    en, fr, it, nl (default: $WARD_LANG, else the first of\n" \
	"                 the hospital's languages)\n"

const struct ward_cmd ward_cmd_config_log = {
	.name = "config log",
	.summary = "versions of a hospital directory: when, who, why",
	.help = "usage: ward config log [--state DIR] HOSPITAL\n\n"
		"One line for each version, the latest first: number, time, files added, changed "
		"and\nremoved, who took it, why (docs/configuration.md).\n\n" OPTIONS,
	.run = run_log,
};
const struct ward_cmd ward_cmd_config_show = {
	.name = "config show",
	.summary = "the files of a version, or one of them",
	.help = "usage: ward config show [--state DIR] HOSPITAL VERSION [FILE]\n\n"
		"The files that the version holds, or the text of one.\n\n" OPTIONS,
	.run = run_show,
};
const struct ward_cmd ward_cmd_config_diff = {
	.name = "config diff",
	.summary = "what changed from one version to another",
	.help = "usage: ward config diff [--state DIR] HOSPITAL VERSION VERSION\n\n"
		"Line by line, as diff -u.\n\n" OPTIONS,
	.run = run_diff,
};
const struct ward_cmd ward_cmd_config_take = {
	.name = "config take",
	.summary = "make what was edited by hand a version, once it is right",
	.help = "usage: ward config take [--why TEXT] [OPTION…] HOSPITAL\n\n"
		"Checks the directory as `ward check`, and keeps it as a version. Without it `ward "
		"run`\nkeeps it when it starts, whatever it is.\n\n" TAKING OPTIONS,
	.run = run_take,
};
const struct ward_cmd ward_cmd_config_back = {
	.name = "config back",
	.summary = "make a hospital directory what a version of it was",
	.help = "usage: ward config back [--why TEXT] [OPTION…] HOSPITAL VERSION\n\n"
		"Checks the version, keeps what is there as one where it is none yet, and writes "
		"the\nversion's files into the directory, as a version of its own. Files that hold "
		"secrets\nare left as they are.\n\n" TAKING OPTIONS,
	.run = run_back,
};
