#include "cli/args.h"
#include "cli/commands.h"
#include "cli/lang.h"
#include "cli/when.h"
#include "model/files.h"
#include "score/score.h"

#include <string.h>

enum { OUT_MAX = 1 << 26, DIR_BYTES = 4096, FILES_MORE = 1 };

struct job {
	const struct ward_cmd *cmd;
	const char *dir, *content, *lang_code, *at;
	bool json;
	struct ward_limits lim;
	struct ward_diag diag;
	struct ward_arena arena;
	struct ward_wr w, trial_file;
	struct ward_model *m, *trial;
	struct ward_rules *r;
	struct ward_engine *e;
	struct ward_evac *evac; /* NULL: the hospital does not say how it is left */
	struct ward_lang *lang;
};

static int parse(struct job *j, int argc, char **argv)
{
	const struct ward_cli_opt opt[] = {{"--content", &j->content, NULL},
		{"--lang", &j->lang_code, NULL}, {"--at", &j->at, NULL},
		{"--json", NULL, &j->json}};
	const struct ward_cli_args args = {opt, WARD_ARRAY_LEN(opt), &j->dir, NULL, NULL, NULL};
	int code = ward_cli_args(j->cmd, argc, argv, &args);

	if (code)
		return code;
	return j->dir ? WARD_EXIT_DONE : ward_cli_usage(j->cmd, "which hospital directory?");
}

static int report(struct job *j, enum ward_err err, const char *doing)
{
	return ward_cli_report_in(j->cmd, err, doing, &j->diag, j->lang, &j->w);
}

/* The model once more, with one file behind all others. */
static enum ward_err load_trial(struct job *j, const char *content)
{
	struct ward_model_files d;
	enum ward_err err =
		ward_model_files_read(j->dir, content, &j->lim, &j->arena, &j->diag, &d);

	if (err)
		return err;
	struct ward_model_file *file = ward_arena_array(&j->arena, d.n + FILES_MORE, sizeof(*file));

	if (!file)
		return WARD_ERR_NOMEM;
	memcpy(file, d.file, d.n * sizeof(*file));
	ward_score_trial(j->m, &j->trial_file);
	/* '~' comes after all that the name of a file of a directory begins with */
	file[d.n] = (struct ward_model_file){
		WARD_STR("~score.yml"), WARD_STR("~score.yml"), ward_wr_slice(&j->trial_file)};
	return ward_model_load_files(
		file, d.n + FILES_MORE, d.content, &j->lim, ward_mem_heap(), &j->diag, &j->trial);
}

static int load(struct job *j)
{
	const char *content = ward_cli_content(j->cmd, j->content);
	char dir[DIR_BYTES];

	if (!content)
		return WARD_EXIT_RUN;
	int n = snprintf(dir, sizeof(dir), "%s/propagation", content);

	if (n < 0 || (size_t)n >= sizeof(dir))
		return ward_cli_fail(j->cmd, "the path of the content directory is too long");
	enum ward_err err = ward_model_limits(j->dir, ward_mem_heap(), &j->diag, &j->lim);

	if (!err)
		err = ward_model_load(j->dir, content, &j->lim, ward_mem_heap(), &j->diag, &j->m);
	if (!err)
		err = load_trial(j, content);
	if (err)
		return report(j, err, j->dir);
	err = ward_rules_load(dir, j->trial, &j->lim, ward_mem_heap(), &j->diag, &j->r);
	if (!err)
		err = ward_engine_new(j->trial, j->r, &j->lim, ward_mem_heap(), &j->e);
	if (err)
		return report(j, err, dir);
	err = ward_evac_load(content, j->dir, j->m, &j->lim, ward_mem_heap(), &j->diag, &j->evac);
	if (err && err != WARD_ERR_NOT_FOUND)
		return report(j, err, j->dir);
	const struct ward_cli_lang lang = {
		j->lang_code, content, ward_model_hospital(j->m)->language};

	return j->json && !j->lang_code ? WARD_EXIT_DONE
					: ward_cli_lang(j->cmd, &lang, &j->lim, &j->lang);
}

static int work(struct job *j)
{
	struct ward_score s;
	ward_ns now = ward_clock_now(ward_clock_system());

	if (j->at && !ward_cli_time(ward_str_z(j->at), now, &now))
		return ward_cli_usage(j->cmd, "--at %s is no time", j->at);
	int code = load(j);

	if (code)
		return code;
	const struct ward_score_world world = {j->m, j->trial, j->e, j->evac, ward_mem_heap(), now};
	enum ward_err err = ward_score_make(&world, &s);

	if (err)
		return ward_cli_fail(j->cmd, "%s", ward_err_text(err));
	(j->json ? ward_score_write_json : ward_score_write_text)(&s, j->m, j->lang, &j->w);
	return ward_cli_put(&j->w, stdout) ? WARD_EXIT_DONE : WARD_EXIT_RUN;
}

static int run(const struct ward_cmd *cmd, int argc, char **argv)
{
	struct job j = {.cmd = cmd};
	int code = parse(&j, argc, argv);

	if (code)
		return code;
	ward_limits_default(&j.lim);
	ward_diag_init(&j.diag, ward_mem_heap());
	ward_arena_init(&j.arena, ward_mem_heap(), ward_limit(&j.lim, WARD_LIMIT_MODEL_BYTES));
	j.w = ward_wr_grow(ward_mem_heap(), OUT_MAX);
	j.trial_file = ward_wr_grow(ward_mem_heap(), OUT_MAX);
	code = work(&j);
	ward_evac_free(j.evac);
	ward_engine_free(j.e);
	ward_rules_free(j.r);
	ward_lang_free(j.lang);
	ward_model_free(j.trial);
	ward_model_free(j.m);
	ward_wr_fini(&j.trial_file);
	ward_wr_fini(&j.w);
	ward_arena_fini(&j.arena);
	ward_diag_fini(&j.diag);
	return code;
}

const struct ward_cmd ward_cmd_model_score = {
	.name = "model score",
	.summary = "what a hospital's directory leaves out, and which answer would help most",
	.help = "usage: ward model score DIR [--at TIME] [--lang CODE] [--content DIR] [--json]\n\n"
		"Says per area (power, cooling, people, recovery …) how much of what is asked the\n"
		"directory states, what of it is only assumed, and what is missing. Then measures "
		"which\n"
		"single answer would improve the forecasts of critical services most, and where to "
		"write\n"
		"it: both ends of what it may be are tried on the incidents that cost most "
		"(docs/model.md).\n\n"
		"  --at TIME      facts are as old as they are then (else now)\n"
		"  --lang CODE    en, fr, it, nl (default: $WARD_LANG, else the first of the "
		"hospital's\n"
		"                 languages)\n"
		"  --content DIR  ontology, threats and rules (else $WARD_CONTENT, else the "
		"built-in\n"
		"                 place)\n"
		"  --json         one JSON object per line: area, answer, and a summary last\n\n"
		"Exit: 0 done, 1 the hospital or the rules have problems (reported), 2 wrong "
		"usage, "
		"3\n"
		"could not run.\n",
	.run = run,
};
