#include "cli/playbooks.h"

#include "cli/lang.h"
#include "respond/act/called.h"

#include <dirent.h>
#include <stdlib.h>
#include <sys/stat.h>

enum { PATH_BYTES = 4096, OUT_MAX = 64 << 20, PLAYBOOKS_MAX = 4096 };

static bool is_dir(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

static bool is_hospital(const char *path)
{
	char file[PATH_BYTES];
	struct stat st;

	return is_dir(path) && snprintf(file, sizeof(file), "%s/hospital.yml", path) < PATH_BYTES &&
	       stat(file, &st) == 0;
}

static int word(struct ward_cli_playbooks *x, const char *arg)
{
	if (arg[0] == '-')
		return ward_cli_usage(x->cmd, "'%s' is not an option", arg);
	if (is_hospital(arg)) {
		if (x->dir)
			return ward_cli_usage(x->cmd, "one hospital directory at a time");
		x->dir = arg;
	} else if (x->n_path == WARD_CLI_PLAYBOOKS_PATHS) {
		return ward_cli_usage(x->cmd, "more than %d paths", WARD_CLI_PLAYBOOKS_PATHS);
	} else {
		x->path[x->n_path++] = arg;
	}
	return WARD_EXIT_DONE;
}

int ward_cli_playbooks_args(struct ward_cli_playbooks *x, int argc, char **argv)
{
	const struct {
		const char *name;
		const char **value;
	} opt[] = {
		{"--content", &x->content}, {"--lang", &x->lang_option}, {"--threat", &x->threat}};
	int code = WARD_EXIT_DONE;

	for (int i = 1; i < argc && !code; i++) {
		size_t k = 0;

		while (k < WARD_ARRAY_LEN(opt) &&
			(strcmp(argv[i], opt[k].name) != 0 || !strstr(x->cmd->help, opt[k].name)))
			k++;
		if (strcmp(argv[i], "--json") == 0)
			x->json = true;
		else if (k == WARD_ARRAY_LEN(opt))
			code = word(x, argv[i]);
		else if (i + 1 == argc)
			code = ward_cli_usage(x->cmd, "%s needs a value", argv[i]);
		else
			*opt[k].value = argv[++i];
	}
	return code;
}

static enum ward_err read_one(struct ward_cli_playbooks *x, const char *path)
{
	struct ward_playbook *p;
	enum ward_err err = ward_mem_more(ward_mem_heap(), &x->item, x->n, &x->cap,
		sizeof(struct ward_playbook *), PLAYBOOKS_MAX);

	if (err)
		return err;
	err = ward_playbook_file(path, &x->lim, ward_mem_heap(), &x->diag, &p);
	if (!err)
		x->item[x->n++] = p;
	else
		x->n_bad++;
	return err == WARD_ERR_NOMEM ? err : WARD_OK; /* the rest was said */
}

static int only_json(const struct dirent *e)
{
	return e->d_name[0] != '.' && ward_str_ends(ward_str_z(e->d_name), WARD_STR(".json"));
}

static enum ward_err read_dir(struct ward_cli_playbooks *x, const char *dir)
{
	struct dirent **entry;
	char path[PATH_BYTES];
	int n = scandir(dir, &entry, only_json, alphasort);
	enum ward_err err = n < 0 ? WARD_ERR_IO : WARD_OK;

	for (int i = 0; i < n; i++) {
		if (!err &&
			snprintf(path, sizeof(path), "%s/%s", dir, entry[i]->d_name) < PATH_BYTES)
			err = read_one(x, path);
		free(entry[i]);
	}
	if (n >= 0)
		free(entry);
	return err;
}

static void begin(struct ward_cli_playbooks *x)
{
	ward_diag_init(&x->diag, ward_mem_heap());
	ward_arena_init(&x->arena, ward_mem_heap(), OUT_MAX);
	x->w = ward_wr_grow(ward_mem_heap(), OUT_MAX);
}

static void forget_findings(struct ward_cli_playbooks *x)
{
	ward_diag_fini(&x->diag);
	ward_diag_init(&x->diag, ward_mem_heap());
	x->n_bad = 0;
}

/* What systems of the hospital may be asked for. */
static enum ward_err read_systems(struct ward_cli_playbooks *x)
{
	const struct ward_actuators_in in = {
		x->m, &x->ways.escape, &x->lim, ward_mem_heap(), &x->diag};

	enum ward_err err = ward_actuators_load(&in, x->dir, &x->systems);

	x->systems_known = !err;
	return err;
}

static bool may(void *ctx, struct ward_str command, uint32_t node)
{
	const struct ward_cli_playbooks *x = ctx;
	const struct ward_conf *c;
	struct ward_arena arena;
	struct ward_diag diag;

	ward_diag_init(&diag, ward_mem_heap());
	ward_arena_init(&arena, ward_mem_heap(), OUT_MAX);
	bool is =
		ward_conf_json(&arena, &x->lim, WARD_STR("command"), 1, ward_str_bytes(command),
			&diag, &c) == WARD_OK &&
		(ward_ability_called(&x->systems, x->m, &x->lim, c, node, false) != SIZE_MAX ||
			ward_ability_called(&x->systems, x->m, &x->lim, c, node, true) != SIZE_MAX);

	ward_arena_fini(&arena);
	ward_diag_fini(&diag);
	return is;
}

/* The hospital's own file of levels and cards, else content's. */
static enum ward_err read_country(struct ward_cli_playbooks *x)
{
	struct ward_str code = ward_model_hospital(x->m)->country;
	char path[PATH_BYTES];
	struct stat st;

	if (snprintf(path, sizeof(path), "%s/playbooks/countries.yml", x->dir) >= PATH_BYTES ||
		(stat(path, &st) != 0 && snprintf(path, sizeof(path), "%s/playbooks/countries.yml",
						 x->content) >= PATH_BYTES) ||
		stat(path, &st) != 0)
		return WARD_OK;
	enum ward_err err =
		ward_playbook_country(&x->arena, &x->lim, path, code, &x->diag, &x->country);

	return err == WARD_ERR_NOT_FOUND ? WARD_OK : err;
}

static int hospital(struct ward_cli_playbooks *x)
{
	char path[PATH_BYTES];
	const struct ward_mem *mem = ward_mem_heap();
	const struct ward_cli_lang speak = {x->lang_option, x->content, WARD_STR("")};
	enum ward_err err = WARD_OK;

	if (!x->dir) {
		if (snprintf(path, sizeof(path), "%s/threats.yml", x->content) >= PATH_BYTES)
			return ward_cli_fail(x->cmd, "a path is too long");
		err = ward_threats_load(path, &x->lim, mem, &x->diag, &x->t);
		return err ? ward_cli_report(x->cmd, err, path, &x->diag, &speak, &x->w)
			   : WARD_EXIT_DONE;
	}
	err = ward_model_limits(x->dir, mem, &x->diag, &x->lim);
	if (!err)
		err = ward_model_load(x->dir, x->content, &x->lim, mem, &x->diag, &x->m);
	if (!err)
		err = ward_cli_ways_load(x->content, x->dir, x->m, &x->lim, &x->diag, &x->ways);
	if (!err)
		err = ward_playbook_never_new(x->m, &x->ways.escape, mem, &x->never);
	if (!err)
		err = read_systems(x);
	if (!err)
		err = read_country(x);
	if (err)
		return ward_cli_report(x->cmd, err, x->dir, &x->diag, &speak, &x->w);
	forget_findings(x); /* what `ward check` says of the hospital is not said again */
	return WARD_EXIT_DONE;
}

/* Content's and the hospital's. */
static enum ward_err read_all(struct ward_cli_playbooks *x)
{
	const char *in[] = {x->content, x->dir};
	char path[PATH_BYTES];
	enum ward_err err = WARD_OK;

	for (size_t i = 0; i < WARD_ARRAY_LEN(in) && !err; i++)
		if (in[i] && snprintf(path, sizeof(path), "%s/playbooks", in[i]) < PATH_BYTES &&
			is_dir(path))
			err = read_dir(x, path);
	return err;
}

/* Those behind what was asked for are there to be named by it; what is wrong with them is not said.
 */
static enum ward_err read_others(struct ward_cli_playbooks *x)
{
	struct ward_diag said = x->diag;
	size_t n_bad = x->n_bad;

	ward_diag_init(&x->diag, ward_mem_heap());
	enum ward_err err = read_all(x);

	ward_diag_fini(&x->diag);
	x->diag = said;
	x->n_bad = n_bad;
	return err;
}

/* A word that is no path is a playbook's name: "ransomware". */
static enum ward_err read_word(struct ward_cli_playbooks *x, const char *word)
{
	const char *in[] = {x->dir, x->content};
	char path[PATH_BYTES];
	struct stat st;

	if (is_dir(word))
		return read_dir(x, word);
	for (size_t i = 0; i < WARD_ARRAY_LEN(in) && !strchr(word, '/') && stat(word, &st) != 0;
		i++)
		if (in[i] &&
			snprintf(path, sizeof(path), "%s/playbooks/%s.json", in[i], word) <
				PATH_BYTES &&
			stat(path, &st) == 0)
			return read_one(x, path);
	return read_one(x, word);
}

static int files(struct ward_cli_playbooks *x)
{
	enum ward_err err = x->n_path ? WARD_OK : read_all(x);

	for (size_t i = 0; i < x->n_path && !err; i++)
		err = read_word(x, x->path[i]);
	x->n_asked = x->n;
	if (x->n_path && !err)
		err = read_others(x);
	return err ? ward_cli_fail(x->cmd, "%s", ward_err_text(err)) : WARD_EXIT_DONE;
}

static struct ward_playbook_world world_of(
	struct ward_cli_playbooks *x, const struct ward_playbooks *all)
{
	return (struct ward_playbook_world){.m = x->m,
		.t = x->m ? ward_model_threats(x->m) : x->t,
		.never = x->never,
		.may = x->systems_known ? may : NULL,
		.ctx = x,
		.others = all};
}

static void twice(struct ward_cli_playbooks *x, size_t i)
{
	const struct ward_playbook *p = x->item[i];

	for (size_t k = 0; k < i; k++)
		if (ward_str_eq(x->item[k]->id, p->id) &&
			ward_str_eq(x->item[k]->modified, p->modified))
			ward_diag_addf(&x->diag, WARD_DIAG_ERROR, p->file, 1,
				WARD_TEXT("/id: the same version of the same playbook as "
					  "%.*s\nremove one of the two, or give a new one its own "
					  "id"),
				WARD_STR_ARG(x->item[k]->file));
}

/* Those from `first` to `end`; the others are only there to be named. */
static enum ward_err check(struct ward_cli_playbooks *x, size_t first, size_t end)
{
	const struct ward_playbooks all = {.item = x->item, .n = x->n, .never = x->never};
	const struct ward_playbook_world world = world_of(x, &all);

	for (size_t i = first; i < end; i++) {
		enum ward_err err = ward_playbook_check(x->item[i], &world, &x->diag);

		if (err == WARD_ERR_NOMEM)
			return err;
		twice(x, i);
	}
	ward_diag_sort(&x->diag);
	return WARD_OK;
}

int ward_cli_playbooks_load(struct ward_cli_playbooks *x)
{
	ward_limits_default(&x->lim);
	begin(x);
	x->content = ward_cli_content(x->cmd, x->content);
	int code = x->content ? hospital(x) : WARD_EXIT_RUN;

	if (!code) {
		const struct ward_cli_lang lang = {x->lang_option, x->content,
			x->m ? ward_model_hospital(x->m)->language : WARD_STR("")};

		code = ward_cli_lang(x->cmd, &lang, &x->lim, &x->lang);
	}
	if (!code)
		code = files(x);
	if (code)
		return code;
	enum ward_err err = check(x, 0, x->n_asked);

	return err ? ward_cli_fail(x->cmd, "%s", ward_err_text(err)) : WARD_EXIT_DONE;
}

void ward_cli_playbooks_fini(struct ward_cli_playbooks *x)
{
	for (size_t i = 0; i < x->n; i++)
		ward_playbook_free(x->item[i]);
	ward_mem_free(ward_mem_heap(), x->item, x->cap * sizeof(struct ward_playbook *));
	ward_playbook_never_free(x->never);
	ward_actuators_free(&x->systems);
	ward_cli_ways_fini(&x->ways);
	ward_model_free(x->m);
	ward_threats_free(x->t);
	ward_lang_free(x->lang);
	ward_arena_fini(&x->arena);
	ward_wr_fini(&x->w);
	ward_diag_fini(&x->diag);
}

/* Content's are read so that the hospital's can name them; its roles need not all be there. */
static enum ward_err own(struct ward_cli_playbooks *x, const char *dir)
{
	char shared[PATH_BYTES];
	enum ward_err err =
		ward_cli_ways_load(x->content, x->dir, x->m, &x->lim, &x->diag, &x->ways);

	if (err != WARD_ERR_NOMEM)
		err = ward_playbook_never_new(x->m, &x->ways.escape, ward_mem_heap(), &x->never);
	if (snprintf(shared, sizeof(shared), "%s/playbooks", x->content) < PATH_BYTES &&
		is_dir(shared) && err != WARD_ERR_NOMEM)
		err = read_dir(x, shared);
	if (err == WARD_ERR_NOMEM)
		return err;
	size_t first = x->n;

	if (read_systems(x) == WARD_ERR_NOMEM)
		return WARD_ERR_NOMEM;
	forget_findings(x); /* what is wrong with systems is said of them */
	err = read_dir(x, dir);
	if (!err)
		err = check(x, first, x->n);
	if (!err && !x->diag.n_error)
		err = read_country(x);
	return err;
}

enum ward_err ward_cli_check_playbooks(const char *dir, const char *content, struct ward_model *m,
	const struct ward_limits *lim, struct ward_diag *d)
{
	struct ward_cli_playbooks x = {.dir = dir, .content = content, .lim = *lim, .m = m};
	char path[PATH_BYTES];

	if (snprintf(path, sizeof(path), "%s/playbooks", dir) >= PATH_BYTES || !is_dir(path))
		return WARD_OK;
	begin(&x);
	enum ward_err err = own(&x, path);
	bool bad = x.diag.n_error > 0;

	for (size_t i = 0; i < x.diag.n; i++) {
		const struct ward_diag_item *it = &x.diag.item[i];

		ward_diag_add(d, it->level, it->file, it->line, it->what, it->mend);
	}
	x.m = NULL; /* the caller's */
	ward_cli_playbooks_fini(&x);
	return err ? err : bad ? WARD_ERR_CONFIG : WARD_OK;
}
