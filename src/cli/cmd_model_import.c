#include "cli/commands.h"
#include "cli/lang.h"
#include "model/files.h"
#include "model/import/merge.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"

enum {
	FILES_MAX = 64,
	WORDS_MAX = 1024,
	OUT_MAX = 256 << 20,
	ACCEPTED_MAX = 1 << 18,
	ACCEPTED_BYTES = 64 << 20,
	KEY_BYTES = 512
};

struct job {
	const struct ward_cmd *cmd;
	const char *dir, *content, *map, *source, *into, *accept_from, *code, *file[FILES_MAX];
	size_t n_file;
	enum ward_import_format format; /* WARD_IMPORT_N: by each file */
	struct ward_str list;
	const char *accept[WORDS_MAX];
	size_t n_accept;
	struct ward_import_same same[WORDS_MAX];
	size_t n_same;
	struct ward_lang *lang;      /* NULL: English */
	unsigned only;               /* bits of enum ward_import_what; 0: added and changed */
	struct ward_intern accepted; /* of accept_from */
	bool apply, json, texts;
	struct ward_diag diag;
	struct ward_limits lim;
	struct ward_arena arena;
	struct ward_model_files files;
	struct ward_model *m;
	struct ward_candidates c;
	struct ward_merge *merge;
	char name[NAME_MAX + 16];
	ward_ns newest; /* of the files' times of change */
};

static int only(struct job *j, const char *word)
{
	for (unsigned k = 0; k < WARD_IMPORT_GONE; k++)
		if (strcmp(word, ward_import_what_name((enum ward_import_what)k)) == 0) {
			j->only |= 1u << k;
			return WARD_EXIT_DONE;
		}
	return ward_cli_usage(
		j->cmd, "--only takes added, changed, conflict or held, not '%s'", word);
}

static int same(struct job *j, const char *word)
{
	const char *eq = strrchr(word, '=');

	if (!eq || eq == word || !eq[1])
		return ward_cli_usage(j->cmd, "--same takes REF=ID, not '%s'", word);
	if (j->n_same == WORDS_MAX)
		return ward_cli_usage(j->cmd, "more than %d --same", WORDS_MAX);
	j->same[j->n_same++] =
		(struct ward_import_same){{word, (size_t)(eq - word)}, ward_str_z(eq + 1)};
	return WARD_EXIT_DONE;
}

static int option(struct job *j, const char *name, const char *value)
{
	static const char *const known[] = {"--content", "--map", "--source", "--in",
		"--accept-from", "--lang", "--format", "--only", "--accept", "--same", "--list"};
	size_t k = 0;

	while (k < WARD_ARRAY_LEN(known) && strcmp(name, known[k]) != 0)
		k++;
	if (k == WARD_ARRAY_LEN(known))
		return ward_cli_usage(j->cmd, "'%s' is not an option", name);
	if (!value)
		return ward_cli_usage(j->cmd, "%s needs a value", name);
	const char **const plain[] = {
		&j->content, &j->map, &j->source, &j->into, &j->accept_from, &j->code};

	if (k < WARD_ARRAY_LEN(plain)) {
		*plain[k] = value;
	} else if (k == 6) {
		j->format = ward_import_format_parse(ward_str_z(value));
		if (j->format == WARD_IMPORT_N)
			return ward_cli_usage(j->cmd,
				"--format takes csv, inventory, cyclonedx, fhir, brick, bot or "
				"netbox, not '%s'",
				value);
	} else if (k == 7) {
		return only(j, value);
	} else if (k == 8) {
		if (j->n_accept == WORDS_MAX)
			return ward_cli_usage(j->cmd, "more than %d --accept", WORDS_MAX);
		j->accept[j->n_accept++] = value;
	} else if (k == 9) {
		return same(j, value);
	} else {
		j->list = ward_str_z(value);
	}
	return WARD_EXIT_DONE;
}

static int parse(struct job *j, int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		int code = WARD_EXIT_DONE;

		if (strcmp(argv[i], "--apply") == 0)
			j->apply = true;
		else if (strcmp(argv[i], "--json") == 0)
			j->json = true;
		else if (strcmp(argv[i], "--texts") == 0)
			j->texts = true;
		else if (argv[i][0] == '-') {
			code = option(j, argv[i], i + 1 < argc ? argv[i + 1] : NULL);
			i++;
		} else if (!j->dir)
			j->dir = argv[i];
		else if (j->n_file == FILES_MAX)
			code = ward_cli_usage(j->cmd, "more than %d files", FILES_MAX);
		else
			j->file[j->n_file++] = argv[i];
		if (code)
			return code;
	}
	return j->n_file
		       ? WARD_EXIT_DONE
		       : ward_cli_usage(j->cmd, "give the hospital directory and files to import");
}

/* Findings to standard error, as JSON to standard output; what the error means for the exit. */
static int report(struct job *j, enum ward_err err, const char *doing)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), OUT_MAX);

	if (j->json) {
		ward_diag_sort(&j->diag);
		ward_cli_say_findings(&j->diag, j->lang);
		ward_diag_write_json(&j->diag, &w);
	} else {
		ward_cli_write_findings(&w, &j->diag, j->lang);
	}
	(void)ward_cli_put(&w, j->json ? stdout : stderr);
	ward_wr_fini(&w);
	return err == WARD_ERR_CONFIG ? WARD_EXIT_INPUT
				      : ward_cli_fail(j->cmd, "%s: %s", doing, ward_err_text(err));
}

/* What is asked for does not go with what is there: wrong usage, or a finding for who reads JSON.
 */
static int refuse(struct job *j, const char *file, const char *what, const char *mend)
{
	if (!j->json)
		return ward_cli_usage(j->cmd, "%s%s%s: %s", file, *file ? ": " : "", what, mend);
	ward_diag_add(&j->diag, WARD_DIAG_ERROR, ward_str_z(file), 0,
		ward_lang_text(j->lang, ward_str_z(what)),
		ward_lang_text(j->lang, ward_str_z(mend)));
	return report(j, WARD_ERR_CONFIG, file);
}

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static int read_file(struct job *j, const struct ward_import_in *in, const char *path)
{
	enum ward_import_format format = j->format;
	struct ward_slice text;
	struct stat st;
	enum ward_err err = ward_conf_read(&j->arena, &j->lim, path, &j->diag, &text);

	if (err)
		return report(j,
			err == WARD_ERR_NOT_FOUND || err == WARD_ERR_LIMIT ? WARD_ERR_CONFIG : err,
			path);
	if (format == WARD_IMPORT_N)
		format = ward_import_format_guess(ward_str_z(path), text);
	if (format == WARD_IMPORT_N)
		return refuse(j, path, WARD_TEXT("nothing tells what it is"),
			WARD_TEXT("say its format: csv, inventory, cyclonedx, fhir, brick, bot or "
				  "netbox"));
	if (stat(path, &st) == 0 && (ward_ns)st.st_mtime * WARD_NS_PER_S > j->newest)
		j->newest = (ward_ns)st.st_mtime * WARD_NS_PER_S;
	err = ward_import_read(in, format, ward_str_z(path), text, &j->c);
	return err ? report(j, err, path) : WARD_EXIT_DONE;
}

static int load(struct job *j, const char *content)
{
	const struct ward_mem *mem = ward_mem_heap();
	enum ward_err err = ward_model_limits(j->dir, mem, &j->diag, &j->lim);

	if (!err)
		err = ward_model_files_read(
			j->dir, content, &j->lim, &j->arena, &j->diag, &j->files);
	if (!err)
		err = ward_model_load_files(
			j->files.file, j->files.n, j->files.content, &j->lim, mem, &j->diag, &j->m);
	return err ? report(j, err, j->dir) : WARD_EXIT_DONE;
}

static int read_all(struct job *j, const char *content)
{
	struct ward_import_in in = {.model = j->m,
		.content = content,
		.list = j->list,
		.lim = &j->lim,
		.mem = ward_mem_heap(),
		.diag = &j->diag};
	const struct ward_conf *docs;
	int code = WARD_EXIT_DONE;

	if (j->map) {
		enum ward_err err =
			ward_conf_yaml_file(&j->arena, &j->lim, j->map, &j->diag, &docs);

		if (err)
			return report(j, err, j->map);
		in.map = docs->child;
	}
	for (size_t i = 0; i < j->n_file && !code; i++)
		code = read_file(j, &in, j->file[i]);
	return code;
}

/* One key or name of the source a line: these alone. */
static int read_accepted(struct job *j)
{
	struct ward_slice text = {0};
	uint32_t id;
	enum ward_err err =
		j->accept_from ? ward_conf_read(&j->arena, &j->lim, j->accept_from, &j->diag, &text)
			       : WARD_OK;
	struct ward_str rest = ward_slice_text(text);

	while (!err && rest.p && rest.len) {
		struct ward_str line = ward_str_cut(&rest, '\n');

		if (line.len)
			err = ward_intern_put(&j->accepted, line, &id);
	}
	return err ? report(j, err, j->accept_from) : WARD_EXIT_DONE;
}

static bool is_listed(const struct job *j, const struct ward_import_item *it)
{
	char key[KEY_BYTES];
	struct ward_wr w = ward_wr_fixed(key, sizeof(key));

	ward_import_key(it, &w);
	return ward_intern_find(&j->accepted, it->id) != WARD_NONE ||
	       (!ward_wr_bad(&w) && ward_intern_find(&j->accepted, ward_wr_text(&w)) != WARD_NONE);
}

static bool accepted(const struct job *j, const struct ward_import_item *it)
{
	for (size_t i = 0; i < j->n_accept; i++) {
		struct ward_str s = ward_str_z(j->accept[i]);

		if (ward_str_eq(s, it->id) ||
			(it->cand != WARD_NONE && ward_str_eq(s, j->c.node[it->cand].ref)))
			return true;
	}
	return is_listed(j, it);
}

static void approve(struct job *j)
{
	size_t n;
	struct ward_import_item *it = ward_merge_items(j->merge, &n);
	unsigned kinds = j->only ? j->only : 1u << WARD_IMPORT_ADDED | 1u << WARD_IMPORT_CHANGED;

	if ((j->n_accept || j->accept_from) && !j->only)
		kinds = 0;
	for (size_t i = 0; i < n; i++)
		it[i].approved = it[i].may && ((kinds >> it[i].what & 1) || accepted(j, &it[i]));
}

static struct ward_str say(void *ctx, const char *english)
{
	return ward_lang_text(((struct job *)ctx)->lang, ward_str_z(english));
}

static int merge(struct job *j)
{
	const char *name = j->source ? j->source : base_name(j->file[0]);
	const struct ward_merge_in in = {.model = j->m,
		.file = j->files.file,
		.n_file = j->files.n,
		.c = &j->c,
		.source = ward_str_z(name),
		.now = j->newest ? j->newest : ward_clock_now(ward_clock_system()),
		.into = ward_str_z(j->into),
		.same = j->same,
		.n_same = j->n_same,
		.lim = &j->lim,
		.mem = ward_mem_heap(),
		.diag = &j->diag,
		.say = say,
		.say_ctx = j};

	for (size_t i = 0; i < j->n_same; i++)
		if (ward_model_find(j->m, j->same[i].id) == WARD_NONE)
			return ward_cli_usage(
				j->cmd, "--same: there is no '%.*s'", WARD_STR_ARG(j->same[i].id));
	if (j->into && ward_model_find(j->m, ward_str_z(j->into)) == WARD_NONE)
		return refuse(j, "",
			WARD_TEXT("the directory has no thing of the id that --in says"),
			WARD_TEXT("write the id of a site, building or floor"));
	enum ward_err err = ward_merge_new(&in, &j->merge);

	return err ? report(j, err, "merging") : WARD_EXIT_DONE;
}

/* The directory as it would be, checked as a whole before a byte is written. */
static int try_out(struct job *j, const struct ward_import_file *f, size_t n)
{
	size_t n_all = j->files.n;
	struct ward_model_file *all = ward_arena_array(&j->arena, n_all + n, sizeof(*all));
	struct ward_model *m = NULL;

	if (!all)
		return ward_cli_fail(j->cmd, "%s", ward_err_text(WARD_ERR_NOMEM));
	memcpy(all, j->files.file, n_all * sizeof(*all));
	for (size_t i = 0; i < n; i++) {
		size_t k = 0;

		while (k < n_all && !ward_str_eq(all[k].name, f[i].name))
			k++;
		if (k == n_all)
			n_all++;
		all[k] = (struct ward_model_file){f[i].name, f[i].name, f[i].bytes};
	}
	ward_model_files_sort(all, n_all);
	ward_diag_fini(&j->diag);
	ward_diag_init(&j->diag, ward_mem_heap());
	enum ward_err err = ward_model_load_files(
		all, n_all, j->files.content, &j->lim, ward_mem_heap(), &j->diag, &m);

	ward_model_free(m);
	if (!err)
		return WARD_EXIT_DONE;
	(void)report(j, err, "the directory as it would be");
	fputs("ward model import: nothing was written: with the import the directory would have "
	      "the errors above\n",
		stderr);
	return WARD_EXIT_INPUT;
}

/* Beside it first, then in its place: a reader sees the old or the new file. */
static bool write_one(int dir, const char *name, struct ward_slice bytes)
{
	char tmp[NAME_MAX + 16];
	int n = snprintf(tmp, sizeof(tmp), ".%s.new", name);

	if (n < 0 || (size_t)n >= sizeof(tmp))
		return false;
	int fd = openat(dir, tmp, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0644);

	if (fd < 0)
		return false;
	bool fine = ward_fd_write(fd, bytes) && fsync(fd) == 0;

	fine &= close(fd) == 0;
	fine = fine && renameat(dir, tmp, dir, name) == 0;
	if (!fine)
		(void)unlinkat(dir, tmp, 0);
	return fine;
}

static int write_all(struct job *j, const struct ward_import_file *f, size_t n)
{
	int dir = open(j->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC), code = WARD_EXIT_DONE;

	if (dir < 0)
		return ward_cli_fail(j->cmd, "%s: %s", j->dir, strerror(errno));
	for (size_t i = 0; i < n && !code; i++) {
		if (!write_one(dir, f[i].name.p, f[i].bytes))
			code = ward_cli_fail(
				j->cmd, "%s/%s: %s", j->dir, f[i].name.p, strerror(errno));
		else
			fprintf(stderr, "wrote %s/%s\n", j->dir, f[i].name.p);
	}
	(void)close(dir);
	return code;
}

/* Files as they would be, for a program that takes them over itself. */
static void put_texts(struct ward_wr *w, const struct ward_import_file *f, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct ward_json j = ward_json_on(w);

		ward_json_obj(&j);
		ward_json_key(&j, "kind");
		ward_json_z(&j, "file");
		ward_json_key(&j, "path");
		ward_json_str(&j, f[i].name);
		ward_json_key(&j, "text");
		ward_json_str(&j, ward_slice_text(f[i].bytes));
		ward_json_obj_end(&j);
		ward_wr_ch(w, '\n');
	}
}

static int show(struct job *j, const struct ward_import_file *f, size_t n)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), OUT_MAX);

	if (j->json && j->texts)
		put_texts(&w, f, n);
	if (j->json)
		ward_merge_write_json(j->merge, &w);
	else
		ward_merge_write_text(j->merge, &w);
	bool fine = ward_cli_put(&w, stdout);

	ward_wr_fini(&w);
	return fine ? WARD_EXIT_DONE : WARD_EXIT_RUN;
}

static int work(struct job *j)
{
	const char *content = ward_cli_content(j->cmd, j->content);
	const struct ward_import_file *f = NULL;
	size_t n = 0;
	const struct ward_cli_lang speak = {j->code, content, WARD_STR("")};
	int code = content ? ward_cli_lang(j->cmd, &speak, &j->lim, &j->lang) : WARD_EXIT_RUN;

	if (!code)
		code = load(j, content);
	if (!code) {
		ward_candidates_init(&j->c, ward_mem_heap(), &j->lim);
		code = read_all(j, content);
	}
	if (!code)
		code = merge(j);
	if (!code)
		code = read_accepted(j);
	if (code)
		return code;
	approve(j);
	enum ward_err err = ward_merge_plan(j->merge, &f, &n);

	if (err)
		return report(j, err, "planning");
	code = show(j, f, n);
	if (!code && j->apply)
		code = try_out(j, f, n);
	if (!code && j->apply)
		code = write_all(j, f, n);
	else if (!code && !j->json)
		fputs("Nothing was written: --apply writes it.\n", stderr);
	return code;
}

static int run(const struct ward_cmd *cmd, int argc, char **argv)
{
	struct job *j = ward_mem_alloc(ward_mem_heap(), sizeof(*j));

	if (!j)
		return ward_cli_fail(cmd, "%s", ward_err_text(WARD_ERR_NOMEM));
	j->cmd = cmd;
	j->format = WARD_IMPORT_N;
	j->list = (struct ward_str){"", 0};
	int code = parse(j, argc, argv);

	if (!code) {
		ward_limits_default(&j->lim);
		ward_diag_init(&j->diag, ward_mem_heap());
		ward_arena_init(
			&j->arena, ward_mem_heap(), ward_limit(&j->lim, WARD_LIMIT_MODEL_BYTES));
		ward_intern_init(&j->accepted, ward_mem_heap(), ACCEPTED_MAX, ACCEPTED_BYTES);
		code = work(j);
		ward_merge_free(j->merge);
		ward_intern_fini(&j->accepted);
		if (j->c.mem)
			ward_candidates_fini(&j->c);
		ward_model_free(j->m);
		ward_arena_fini(&j->arena);
		ward_diag_fini(&j->diag);
		ward_lang_free(j->lang);
	}
	ward_mem_free(ward_mem_heap(), j, sizeof(*j));
	return code;
}

const struct ward_cmd ward_cmd_model_import = {
	.name = "model import",
	.summary = "what a hospital has already, as a difference to its directory",
	.help = "usage: ward model import DIR FILE… [--format F] [--source NAME] [--in ID]\n"
		"                         [--map FILE] [--list LIST] [--same REF=ID]…\n"
		"                         [--only WHAT]… [--accept ID]… [--accept-from FILE]\n"
		"                         [--apply] [--json [--texts]] [--lang CODE]\n\n"
		"Reads lists, plans and inventories of other products and shows what they would\n"
		"change in the hospital directory DIR (docs/import.md). Without --apply nothing "
		"is\n"
		"written; with it, only when `ward check` has no error with the result.\n\n"
		"  --format F      csv, inventory, cyclonedx, fhir, brick, bot or netbox (else by "
		"the\n"
		"                  file)\n"
		"  --source NAME   what the source is called, the same each time (else the first "
		"file's\n"
		"                  name)\n"
		"  --in ID         a site, building or floor for what says no place\n"
		"  --map FILE      csv: which column is what\n"
		"  --list LIST     csv: rows of that list (else assets)\n"
		"  --same REF=ID   what the source calls REF is ID of the directory\n"
		"  --only WHAT     approve added, changed, conflict or held (else added and "
		"changed)\n"
		"  --accept ID     approve these alone, by id or by the source's name\n"
		"  --accept-from FILE  these alone, by id or \"ID CELL\", one a line\n"
		"  --apply         write what is approved\n"
		"  --content DIR   the content directory (default: WARD_CONTENT, else Ward's own)\n"
		"  --json          one item per line, then one summary; findings are lines, too\n"
		"  --texts         with --json: also the files as they would be\n"
		"  --lang CODE     in that language (else $WARD_LANG, else English)\n\n"
		"Exit codes: 0 done, 1 the input or the result had errors, 2 wrong usage, 3 could "
		"not\n"
		"read or write.\n",
	.run = run,
};
