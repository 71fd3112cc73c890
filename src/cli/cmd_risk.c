#include "cli/commands.h"
#include "cli/lang.h"
#include "risk/risk.h"

#include <stdio.h>
#include <unistd.h>

enum { OUT_MAX = 1 << 30, TEXT_MAX = 1 << 30, PATH_MAX_BYTES = 4096, FILES = 4096, TOP = 10 };

enum form { FORM_TEXT, FORM_JSON, FORM_CSV };
/* What a file is read as. */
enum list { VULNS, DEVICES, MDS2, LISTS };

struct file {
	enum list list;
	const char *path;
};

struct options {
	const char *dir, *content, *lang, *policy;
	struct file file[FILES];
	size_t n_file;
	enum form form;
	uint64_t top;
};

/* All that lives as long as the command. */
struct job {
	const struct ward_cmd *cmd;
	struct options opt;
	struct ward_diag diag;
	struct ward_limits lim;
	struct ward_lang *lang;
	struct ward_model *m;
	struct ward_rules *r;
	struct ward_engine *e;
	struct ward_facts facts;
	struct ward_advices advices;
	struct ward_abouts abouts;
	struct ward_risks risks;
	struct ward_wr w;
};

static const char *const list_name[LISTS] = {"--vulns", "--devices", "--mds2"};

static int add_file(const struct ward_cmd *cmd, struct options *o, enum list l, const char *path)
{
	if (o->n_file == FILES)
		return ward_cli_usage(cmd, "more than %d files", FILES);
	o->file[o->n_file++] = (struct file){l, path};
	return WARD_EXIT_DONE;
}

/* The files that follow, up to the next option; *i stays at the last. */
static int files(
	const struct ward_cmd *cmd, struct options *o, enum list l, int argc, char **argv, int *i)
{
	int code = WARD_EXIT_DONE;

	while (!code && *i + 1 < argc && argv[*i + 1][0] != '-')
		code = add_file(cmd, o, l, argv[++*i]);
	return code;
}

static int option(
	const struct ward_cmd *cmd, const char *name, const char *value, struct options *o)
{
	if (strcmp(name, "--content") == 0)
		o->content = value;
	else if (strcmp(name, "--lang") == 0)
		o->lang = value;
	else if (strcmp(name, "--policy") == 0)
		o->policy = value;
	else if (strcmp(name, "--top") != 0)
		return ward_cli_usage(cmd, "'%s' is not an option", name);
	else if (!ward_str_u64(ward_str_z(value), &o->top))
		return ward_cli_usage(cmd, "--top %s is no number", value);
	return WARD_EXIT_DONE;
}

/* The list of a file option with a file behind it, or LISTS. */
static enum list list_of(int argc, char **argv, int i)
{
	for (unsigned l = 0; l < LISTS; l++)
		if (strcmp(argv[i], list_name[l]) == 0 && i + 1 < argc && argv[i + 1][0] != '-')
			return (enum list)l;
	return LISTS;
}

static int parse(const struct ward_cmd *cmd, int argc, char **argv, struct options *o)
{
	o->top = TOP;
	for (int i = 1; i < argc; i++) {
		enum list l = list_of(argc, argv, i);
		int code = WARD_EXIT_DONE;

		if (l != LISTS) {
			code = files(cmd, o, l, argc, argv, &i);
		} else if (strcmp(argv[i], "--json") == 0) {
			o->form = FORM_JSON;
		} else if (strcmp(argv[i], "--csv") == 0) {
			o->form = FORM_CSV;
		} else if (argv[i][0] == '-' && argv[i][1]) {
			if (i + 1 == argc)
				return ward_cli_usage(
					cmd, "%s needs a value, or is no option", argv[i]);
			code = option(cmd, argv[i], argv[i + 1], o);
			i++;
		} else if (o->dir) {
			code = ward_cli_usage(cmd, "a second directory '%s'", argv[i]);
		} else {
			o->dir = argv[i];
		}
		if (code)
			return code;
	}
	return o->dir ? WARD_EXIT_DONE : ward_cli_usage(cmd, "the hospital directory is missing");
}

static enum ward_err read_as(struct job *j, enum list l, const char *path)
{
	struct ward_str name = ward_str_z(path);
	struct ward_slice text;
	struct ward_arena a;

	ward_arena_init(&a, ward_mem_heap(), TEXT_MAX);
	enum ward_err err = ward_conf_read(&a, &j->lim, path, &j->diag, &text);

	if (err && err != WARD_ERR_NOMEM)
		err = WARD_ERR_CONFIG; /* it was said why */
	else if (!err && l == VULNS)
		err = ward_advices_read(&j->advices, name, text, &j->diag);
	else if (!err && l == DEVICES)
		err = ward_abouts_devices(&j->abouts, name, text, &j->diag);
	else if (!err)
		err = ward_abouts_answers(&j->abouts, name, text, &j->diag);
	ward_arena_fini(&a);
	return err;
}

/* All files, so that one run says all that is wrong; then those of DIR/attack that are there. */
static enum ward_err read_files(struct job *j)
{
	enum ward_err first = WARD_OK;

	for (size_t i = 0; i < j->opt.n_file && first != WARD_ERR_NOMEM; i++) {
		enum ward_err err = read_as(j, j->opt.file[i].list, j->opt.file[i].path);

		first = err && first != WARD_ERR_NOMEM ? err : first;
	}
	for (unsigned f = 0; f < WARD_FACTS_POLICY && !first; f++) {
		char path[PATH_MAX_BYTES];
		int n = snprintf(path, sizeof(path), "%s/attack/%s", j->opt.dir,
			ward_facts_name((enum ward_facts_file)f));

		if (n > 0 && (size_t)n < sizeof(path) && access(path, F_OK) == 0)
			first = read_as(j, VULNS, path);
	}
	return first;
}

static enum ward_err read_policy(struct job *j)
{
	const char *given[WARD_FACTS_N] = {[WARD_FACTS_POLICY] = j->opt.policy};
	char dir[PATH_MAX_BYTES];
	int n = snprintf(dir, sizeof(dir), "%s/attack", j->opt.dir);

	if (n < 0 || (size_t)n >= sizeof(dir))
		return WARD_ERR_LIMIT;
	return ward_facts_load(dir, given, j->m, &j->lim, ward_mem_heap(), &j->diag, &j->facts);
}

/* Programs get a language only where they ask for it. */
static int speak(struct job *j, const char *content)
{
	const struct ward_cli_lang lang = {
		j->opt.lang, content, ward_model_hospital(j->m)->language};

	return j->opt.form != FORM_TEXT && !j->opt.lang
		       ? WARD_EXIT_DONE
		       : ward_cli_lang(j->cmd, &lang, &j->lim, &j->lang);
}

static int load(struct job *j)
{
	const struct ward_mem *mem = ward_mem_heap();
	const char *content = ward_cli_content(j->cmd, j->opt.content);
	char rules[PATH_MAX_BYTES];

	if (!content)
		return WARD_EXIT_RUN;
	if (snprintf(rules, sizeof(rules), "%s/propagation", content) >= (int)sizeof(rules))
		return ward_cli_fail(j->cmd, "a path is too long");
	int code = ward_cli_hospital(j->cmd, j->opt.dir);

	if (code)
		return code;
	ward_limits_default(&j->lim);
	enum ward_err err = ward_model_limits(j->opt.dir, mem, &j->diag, &j->lim);

	if (!err)
		err = ward_model_load(j->opt.dir, content, &j->lim, mem, &j->diag, &j->m);
	if (!err)
		code = speak(j, content);
	if (code)
		return code;
	if (!err)
		err = ward_rules_load(rules, j->m, &j->lim, mem, &j->diag, &j->r);
	if (!err)
		err = ward_abouts_init(&j->abouts, j->m, &j->lim, mem);
	if (!err)
		err = read_policy(j);
	if (!err)
		err = read_files(j);
	if (!err)
		err = ward_engine_new(j->m, j->r, &j->lim, mem, &j->e);
	if (!err)
		return WARD_EXIT_DONE;
	return ward_cli_report_in(j->cmd, err, j->opt.dir, &j->diag, j->lang, &j->w);
}

static int work(struct job *j)
{
	int code = load(j);

	if (code)
		return code;
	struct ward_risk_world world = {
		j->m, j->e, &j->facts, &j->advices, &j->abouts, WARD_RISK_LOOK, NULL};
	enum ward_err err = ward_risks_find(&world, ward_mem_heap(), &j->risks);

	if (!err && j->opt.form == FORM_JSON)
		ward_risks_write_json(&j->risks, &world, j->lang, &j->w);
	else if (!err && j->opt.form == FORM_CSV)
		ward_risks_write_csv(&j->risks, &world, &j->w);
	else if (!err)
		ward_risks_write_text(&j->risks, &world, (size_t)j->opt.top, j->lang, &j->w);
	ward_risks_fini(&j->risks);
	if (err)
		return ward_cli_fail(j->cmd, "%s", ward_err_text(err));
	return ward_cli_put(&j->w, stdout) ? WARD_EXIT_DONE : WARD_EXIT_RUN;
}

static int run(const struct ward_cmd *cmd, int argc, char **argv)
{
	static struct job j; /* the list of files is too large for the stack */
	int code;

	j = (struct job){.cmd = cmd};
	code = parse(cmd, argc, argv, &j.opt);
	if (code)
		return code;
	ward_diag_init(&j.diag, ward_mem_heap());
	j.w = ward_wr_grow(ward_mem_heap(), OUT_MAX);
	ward_advices_init(&j.advices, ward_mem_heap(), &j.lim);
	code = work(&j);
	ward_lang_free(j.lang);
	ward_engine_free(j.e);
	ward_facts_fini(&j.facts);
	ward_abouts_fini(&j.abouts);
	ward_advices_fini(&j.advices);
	ward_rules_free(j.r);
	ward_model_free(j.m);
	ward_wr_fini(&j.w);
	ward_diag_fini(&j.diag);
	return code;
}

const struct ward_cmd ward_cmd_risk = {
	.name = "risk",
	.summary =
		"the risk of each medical device and building controller, with what would lower it",
	.help = "usage: ward risk DIR [--vulns FILE …] [--devices FILE …] [--mds2 FILE …]\n"
		"                 [--policy FILE] [--top N] [--json | --csv] [--lang CODE]\n"
		"                 [--content DIR]\n\n"
		"Each device's risk, as criticality x exposure x vulnerability x what protection\n"
		"leaves: intervals, wide where facts are missing, each with its reasons and "
		"sources;\n"
		"the highest first; and what would lower it, and to what (docs/device-risk.md).\n\n"
		"  --vulns FILE …    CSAF 2.0 advisories and VEX (JSON); lists of CVEs, CISA's "
		"KEV,\n"
		"                    FIRST's EPSS (CSV). Those in DIR/attack/ count, too\n"
		"  --devices FILE …  versions, CPE, purl, reach from the Internet (CSV), or what\n"
		"                    'ward inventory --json' wrote\n"
		"  --mds2 FILE …     makers' answers in the manner of MDS2 (CSV or YAML)\n"
		"  --policy FILE     what firewalls let through (else DIR/attack/policy.csv)\n"
		"  --top N           devices told in text (default 10); --json and --csv give all\n"
		"  --json            one object per line: risk, then summary\n"
		"  --csv             a table\n"
		"  --lang CODE       en, fr, it, nl (default: $WARD_LANG, else the first of the\n"
		"                    hospital's languages); with --json the texts, else English\n"
		"  --content DIR     ontology, threats, rules (else $WARD_CONTENT, else the "
		"built-in\n"
		"                    place)\n\n"
		"Exit: 0 done, 1 the hospital or a file has problems (reported), 2 wrong usage,\n"
		"3 could not run.\n",
	.run = run,
};
