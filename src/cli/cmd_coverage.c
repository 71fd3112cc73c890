#include "cli/commands.h"
#include "cli/events.h"
#include "cli/lang.h"
#include "cli/patterns.h"
#include "cli/stored.h"
#include "model/coverage/coverage.h"

#include <stdlib.h>

enum { FILES_MAX = 256, OUT_MAX = 1 << 28 };

struct job {
	const struct ward_cmd *cmd;
	const char *hospital, *content, *state, *lang_option, *file[FILES_MAX];
	size_t n_file;
	bool json, live;
	struct ward_limits lim;
	struct ward_names names;
	struct ward_counters counters;
	struct ward_diag diag;
	struct ward_model *model;
	struct ward_coverage *coverage;
	struct ward_log_patterns *patterns;
	struct ward_lang *lang;
	uint64_t n_rejected;
};

static int parse(struct job *job, int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		const char *a = argv[i];
		const char **to = strcmp(a, "--hospital") == 0  ? &job->hospital
				  : strcmp(a, "--content") == 0 ? &job->content
				  : strcmp(a, "--state") == 0   ? &job->state
				  : strcmp(a, "--lang") == 0    ? &job->lang_option
								: NULL;

		if (to && i + 1 == argc)
			return ward_cli_usage(job->cmd, "%s needs a value", a);
		if (to)
			*to = argv[++i];
		else if (strcmp(a, "--json") == 0)
			job->json = true;
		else if (strcmp(a, "--live") == 0)
			job->live = true;
		else if (a[0] == '-' && a[1])
			return ward_cli_usage(job->cmd, "'%s' is not an option", a);
		else if (job->n_file == FILES_MAX)
			return ward_cli_usage(job->cmd, "more than %d files", FILES_MAX);
		else
			job->file[job->n_file++] = a;
	}
	job->live |= job->state != NULL;
	if (job->live && (job->n_file || !job->hospital))
		return ward_cli_usage(job->cmd, "--live goes with --hospital, and without files");
	return job->n_file || job->live
		       ? WARD_EXIT_DONE
		       : ward_cli_usage(job->cmd, "which captures or event lines? '-' is "
						  "standard input");
}

static int load(struct job *job)
{
	const char *content = ward_cli_content(job->cmd, job->content);
	enum ward_err err = WARD_OK;

	if (!content)
		return WARD_EXIT_RUN;
	if (job->hospital)
		err = ward_model_limits(job->hospital, ward_mem_heap(), &job->diag, &job->lim);
	if (!err && job->hospital)
		err = ward_model_load(job->hospital, content, &job->lim, ward_mem_heap(),
			&job->diag, &job->model);
	if (err) {
		ward_cli_findings_in(job->cmd, &job->diag, job->hospital,
			&(struct ward_cli_lang){job->lang_option, content, WARD_STR("")});
		return ward_cli_fail(
			job->cmd, "cannot load '%s': %s", job->hospital, ward_err_text(err));
	}
	const struct ward_cli_lang speak = {job->lang_option, content,
		job->model ? ward_model_hospital(job->model)->language : WARD_STR("")};
	int code =
		job->json ? WARD_EXIT_DONE : ward_cli_lang(job->cmd, &speak, &job->lim, &job->lang);

	if (code)
		return code;
	err = ward_names_init(&job->names, ward_mem_heap(), &job->lim);
	if (!err)
		err = ward_coverage_new(
			ward_mem_heap(), &job->lim, &job->names, job->model, &job->coverage);
	if (err)
		return ward_cli_fail(job->cmd, "%s", ward_err_text(err));
	return job->n_file ? ward_cli_patterns(job->cmd, content, job->hospital, &job->names,
				     &job->lim, &job->patterns)
			   : WARD_EXIT_DONE;
}

static enum ward_err take_event(void *ctx, const struct ward_event *e)
{
	struct job *job = ctx;

	return ward_coverage_event(job->coverage, e);
}

static int read_file(struct job *job, const char *path)
{
	struct ward_input_opts opts = {.mem = ward_mem_heap(),
		.lim = &job->lim,
		.names = &job->names,
		.counters = &job->counters,
		.patterns = job->patterns};

	return ward_cli_events(job->cmd, &opts, path, take_event, job, &job->n_rejected);
}

static int print(struct job *job)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), OUT_MAX);
	enum ward_err err = job->json
				    ? ward_coverage_write_json(job->coverage, &w)
				    : ward_coverage_write_table(job->coverage, true, job->lang, &w);
	int code = err ? ward_cli_fail(job->cmd, "%s", ward_err_text(err)) : WARD_EXIT_DONE;

	if (!code && !ward_cli_put(&w, stdout))
		code = WARD_EXIT_RUN;
	ward_wr_fini(&w);
	return code;
}

static int run(const struct ward_cmd *cmd, int argc, char **argv)
{
	struct job *job = calloc(1, sizeof(*job));

	if (!job)
		return ward_cli_fail(cmd, "out of memory");
	job->cmd = cmd;
	ward_limits_default(&job->lim);
	ward_counters_init(&job->counters);
	ward_diag_init(&job->diag, ward_mem_heap());
	int code = parse(job, argc, argv);

	if (!code)
		code = load(job);
	for (size_t i = 0; i < job->n_file && !code; i++)
		code = read_file(job, job->file[i]);
	if (!code && job->live)
		code = ward_cli_stored_coverage(job->cmd, job->state,
			ward_model_hospital(job->model)->id, stderr, job->coverage);
	if (!code)
		code = print(job);
	if (!code && job->n_rejected)
		code = WARD_EXIT_INPUT;
	ward_coverage_free(job->coverage);
	ward_lang_free(job->lang);
	ward_log_patterns_free(job->patterns);
	ward_model_free(job->model);
	ward_names_fini(&job->names);
	ward_diag_fini(&job->diag);
	free(job);
	return code;
}

const struct ward_cmd ward_cmd_coverage = {
	.name = "coverage",
	.summary = "what of the networks is seen, how, and what is not",
	.help = "usage: ward coverage [OPTION…] FILE…\n"
		"       ward coverage --live --hospital DIR [OPTION…]\n\n"
		"Reads captures and event lines (recognised by content; '-' is standard input, "
		"for\n"
		"example of 'ward sense flow') and says per network and protocol whether it is "
		"seen\n"
		"in clear, encrypted, unrecognised or as flow only, since when, how much, and by\n"
		"which source; per source what it missed; and per network which assets of the\n"
		"hospital directory no source has heard, and why.\n\n"
		"  --hospital DIR    networks and assets of this hospital directory; without, "
		"networks\n"
		"                    are /24 and /64 prefixes\n"
		"  --live            what 'ward run' has seen of that hospital, running or "
		"stopped, as\n"
		"                    of what it kept last (each 30 s)\n"
		"  --state DIR       the same, where 'ward run' was given this --state\n"
		"  --json            one object per line\n"
		"  --lang CODE       en, fr, it, nl (default: $WARD_LANG, else the first of the\n"
		"                    hospital's languages)\n"
		"  --content DIR     instead of the content that belongs to this program; its\n"
		"                    log-patterns, and the hospital's, say what lines of logs "
		"mean\n\n"
		"Exit codes: 0 done, 1 some input was rejected, 2 wrong usage, 3 could not run.\n",
	.run = run,
};
