#include "cli/commands.h"
#include "cli/events.h"
#include "cli/lang.h"
#include "cli/patterns.h"
#include "comply/pseudonym.h"
#include "conf/conf.h"
#include "detect/baseline/baseline.h"
#include "enrich/enrich.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { FILES_MAX = 256, PATH_LEN = 4096, OUT_MAX = 1 << 30, OUT_FLUSH = 1 << 16, ROWS = 12 };

struct job;

struct verb {
	const char *name;
	int (*run)(struct job *job);
	size_t n_min; /* arguments behind the verb */
	bool output;  /* takes -o */
};

struct job {
	const struct ward_cmd *cmd;
	const struct verb *verb;
	const char *content, *hospital, *output, *profile, *by, *why;
	const char *arg[FILES_MAX];
	size_t n_arg;
	uint64_t min_events, rows;
	struct ward_limits lim;
	struct ward_names names;
	struct ward_log_patterns *patterns;
	struct ward_counters counters;
	struct ward_diag diag;
	struct ward_threats *threats; /* NULL with a hospital: then its model's */
	struct ward_model *model;     /* NULL: no hospital */
	struct ward_pseudonym pseudonym;
	struct ward_enrich enrich;
	struct ward_arena placed; /* of one event */
	struct ward_bl_profiles *profiles;
	struct ward_baseline *bl;
	struct ward_arena arena;
	struct ward_wr out;
	uint64_t n_event, n_rejected;
	bool failed;
};

static void print(void *ctx, const struct ward_detection *d)
{
	struct job *job = ctx;

	ward_detection_write_json(d, NULL, &job->out);
	ward_wr_ch(&job->out, '\n');
	if (job->out.len >= OUT_FLUSH && !ward_cli_put(&job->out, stdout))
		job->failed = true;
}

static int start(struct job *job, enum ward_bl_mode mode)
{
	struct ward_bl_config c = {.mode = mode,
		.min_events = job->min_events,
		.model = job->model,
		.persons = job->model && ward_model_hospital(job->model)->staff_agreement.len > 0};
	enum ward_err err = ward_baseline_new(job->profiles, &c, ward_mem_heap(), &job->bl);

	return err ? ward_cli_fail(job->cmd, "%s", ward_err_text(err)) : WARD_EXIT_DONE;
}

/* What of a file was not taken in, and what to do about it. */
static void left_out(
	const char *path, const struct ward_bl_stats *s, const struct ward_bl_stats *before)
{
	if (s->n_dropped > before->n_dropped)
		fprintf(stderr,
			"ward baseline: %s: %llu lines are of profiles that are no more or have "
			"changed; learn those anew\n",
			path, (unsigned long long)(s->n_dropped - before->n_dropped));
	if (s->n_off > before->n_off)
		fprintf(stderr,
			"ward baseline: %s: %llu lines are of persons and left out: no agreement "
			"with the staff is named (staff_agreement in hospital.yml, --hospital "
			"DIR)\n",
			path, (unsigned long long)(s->n_off - before->n_off));
}

/* Adds a learned file to what is known. */
static int read_learned(struct job *job, const char *path)
{
	struct ward_slice text;
	uint64_t line = 0;
	struct ward_limits lim = job->lim;
	struct ward_bl_stats before = ward_baseline_stats(job->bl), s;

	lim.v[WARD_LIMIT_CONF_BYTES] = ward_limit_info(WARD_LIMIT_CONF_BYTES)->max;
	enum ward_err err = ward_conf_read(&job->arena, &lim, path, &job->diag, &text);

	if (err)
		return ward_cli_fail(job->cmd, "cannot read '%s': %s", path,
			err == WARD_ERR_NOT_FOUND ? strerror(errno) : ward_err_text(err));
	err = ward_baseline_load(job->bl, text, &line);
	if (err)
		return ward_cli_fail(job->cmd,
			"%s:%llu: %s; a file made by 'ward baseline learn' "
			"is expected",
			path, (unsigned long long)line, ward_err_text(err));
	s = ward_baseline_stats(job->bl);
	left_out(path, &s, &before);
	return WARD_EXIT_DONE;
}

static struct ward_str actor(void *ctx, struct ward_arena *a, uint32_t field, struct ward_str who)
{
	(void)field;
	return ward_pseudonym_token(ctx, a, who);
}

/* Placed in the hospital, unless a replay did that before. */
static enum ward_err take_placed(struct job *job, const struct ward_event *e)
{
	struct ward_event own;
	enum ward_err err;

	if (ward_event_get(e, WARD_FIELD_WARD_ACTOR) || ward_event_get(e, WARD_FIELD_WARD_ASSET))
		return ward_baseline_event(job->bl, e, ward_enrich_time(e), print, job);
	ward_arena_reset(&job->placed);
	err = ward_event_copy(e, &job->placed, &own);
	if (!err)
		err = ward_enrich_event(&job->enrich, &own);
	return err ? err : ward_baseline_event(job->bl, &own, ward_enrich_time(&own), print, job);
}

/* CLOSED, once something could not be printed: no more is read. */
static enum ward_err take_event(void *ctx, const struct ward_event *e)
{
	struct job *job = ctx;
	enum ward_err err;

	job->n_event++;
	err = job->model ? take_placed(job, e)
			 : ward_baseline_event(job->bl, e, e->time, print, job);
	return err ? err : job->failed ? WARD_ERR_CLOSED : WARD_OK;
}

static int read_events(struct job *job, const char *path)
{
	struct ward_input_opts opts = {.mem = ward_mem_heap(),
		.patterns = job->patterns,
		.lim = &job->lim,
		.names = &job->names,
		.counters = &job->counters};

	int code = ward_cli_events(job->cmd, &opts, path, take_event, job, &job->n_rejected);

	return job->failed ? WARD_EXIT_RUN : code;
}

/* Those that waited for their turn. */
static int finish(struct job *job)
{
	if (ward_baseline_tick(job->bl, WARD_NS_NEVER, print, job) != WARD_OK)
		return ward_cli_fail(job->cmd, "out of memory");
	return job->failed ? WARD_EXIT_RUN : WARD_EXIT_DONE;
}

/* To a file beside it that then takes its name, so that no reader sees a part. */
static int write_learned(struct job *job, const char *path)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), OUT_MAX);
	char part[PATH_LEN];
	int n = snprintf(part, sizeof(part), "%s.part", path);
	FILE *f = n > 0 && (size_t)n < sizeof(part) ? fopen(part, "we") : NULL;

	ward_baseline_save(job->bl, &w);
	bool ok = f && !ward_wr_bad(&w) && fwrite(w.p, 1, w.len, f) == w.len && fflush(f) == 0 &&
		  fsync(fileno(f)) == 0;

	if (f && fclose(f) != 0)
		ok = false;
	ward_wr_fini(&w);
	if (ok && rename(part, path) == 0)
		return WARD_EXIT_DONE;
	int code = ward_cli_fail(job->cmd, "cannot write '%s': %s", path, strerror(errno));

	if (f)
		(void)unlink(part);
	return code;
}

static void summary(const struct job *job)
{
	struct ward_bl_stats s = ward_baseline_stats(job->bl);

	fprintf(stderr,
		"%llu events, %llu looked at, %llu rejected, %llu deviations, %llu repeats of "
		"them\n",
		(unsigned long long)job->n_event, (unsigned long long)s.n_event,
		(unsigned long long)job->n_rejected, (unsigned long long)s.n_detection,
		(unsigned long long)s.n_repeated);
	if (s.n_evicted_key || s.n_evicted_value)
		fprintf(stderr,
			"ward baseline: over its limits: %llu keys and %llu values were given up; "
			"raise baseline.keys, .values or .bytes\n",
			(unsigned long long)s.n_evicted_key, (unsigned long long)s.n_evicted_value);
	if (s.n_withheld)
		fprintf(stderr,
			"ward baseline: %llu events are of persons and were not looked at: no "
			"agreement with the staff is named (staff_agreement in hospital.yml, "
			"--hospital DIR)\n",
			(unsigned long long)s.n_withheld);
	if (s.n_shared)
		fprintf(stderr,
			"ward baseline: %llu times something was at two places at once that always "
			"is: used by several\n",
			(unsigned long long)s.n_shared);
	if (s.n_late)
		fprintf(stderr,
			"ward baseline: %llu events came too late for their rate or their way\n",
			(unsigned long long)s.n_late);
}

static int do_learn(struct job *job)
{
	int code = job->output ? start(job, WARD_BL_LEARN)
			       : ward_cli_usage(job->cmd, "learn needs -o FILE");

	if (!code && access(job->output, F_OK) == 0)
		code = read_learned(job, job->output);
	for (size_t i = 0; i < job->n_arg && !code; i++)
		code = read_events(job, job->arg[i]);
	if (!code)
		code = finish(job);
	if (!code)
		code = write_learned(job, job->output);
	if (!code)
		summary(job);
	return code;
}

static int do_judge(struct job *job)
{
	int code = start(job, WARD_BL_JUDGE);

	if (!code)
		code = read_learned(job, job->arg[0]);
	for (size_t i = 1; i < job->n_arg && !code; i++)
		code = read_events(job, job->arg[i]);
	if (!code)
		code = finish(job);
	if (!code && !ward_cli_put(&job->out, stdout))
		code = WARD_EXIT_RUN;
	if (!code && job->output)
		code = write_learned(job, job->output);
	if (!code)
		summary(job);
	return code;
}

static int do_show(struct job *job)
{
	int code = start(job, WARD_BL_JUDGE);

	for (size_t i = 0; i < job->n_arg && !code; i++)
		code = read_learned(job, job->arg[i]);
	if (code)
		return code;
	ward_baseline_show(job->bl, ward_str_z(job->profile), (size_t)job->rows, &job->out);
	return ward_cli_put(&job->out, stdout) ? WARD_EXIT_DONE : WARD_EXIT_RUN;
}

static int do_approve(struct job *job)
{
	ward_ns now = ward_clock_now(ward_clock_system());
	int code = job->by && job->why ? start(job, WARD_BL_JUDGE)
				       : ward_cli_usage(job->cmd, "approve needs --by and --why");

	if (!code)
		code = read_learned(job, job->arg[0]);
	for (size_t i = 1; i < job->n_arg && !code; i++) {
		struct ward_id id;

		if (!ward_id_parse(ward_str_z(job->arg[i]), &id))
			return ward_cli_usage(job->cmd, "'%s' is not an id", job->arg[i]);
		enum ward_err err = ward_baseline_approve(
			job->bl, id, ward_str_z(job->by), ward_str_z(job->why), now);

		if (err)
			code = ward_cli_fail(job->cmd, "'%s': %s in '%s' (judge -o notes them)",
				job->arg[i], ward_err_text(err), job->arg[0]);
	}
	return code ? code : write_learned(job, job->arg[0]);
}

static int do_forget(struct job *job)
{
	const char *key = job->n_arg > 2 ? job->arg[2] : "";
	int code = start(job, WARD_BL_JUDGE);

	if (!code && job->n_arg > 3)
		code = ward_cli_usage(job->cmd, "forget FILE PROFILE [KEY]");
	if (!code)
		code = read_learned(job, job->arg[0]);
	if (code)
		return code;
	size_t n = ward_baseline_forget(job->bl, ward_str_z(job->arg[1]), ward_str_z(key));

	if (!n)
		return ward_cli_fail(job->cmd, "'%s' knows no such profile or key", job->arg[0]);
	fprintf(stderr, "%zu forgotten\n", n);
	return write_learned(job, job->arg[0]);
}

static const struct verb verbs[] = {
	{"learn", do_learn, 1, true},
	{"judge", do_judge, 2, true},
	{"show", do_show, 1, false},
	{"approve", do_approve, 2, false},
	{"forget", do_forget, 2, false},
};

static int number(struct job *job, const char *name, const char *text, uint64_t *ret)
{
	if (ward_str_u64(ward_str_z(text), ret) && *ret > 0)
		return WARD_EXIT_DONE;
	return ward_cli_usage(job->cmd, "%s needs a number from 1 on, not '%s'", name, text);
}

static int option(struct job *job, const char *name, const char *value)
{
	const struct {
		const char *name;
		const char **to;
	} text[] = {{"--content", &job->content}, {"--hospital", &job->hospital},
		{"--profile", &job->profile}, {"--by", &job->by}, {"--why", &job->why},
		{"-o", &job->output}};

	if (!value)
		return ward_cli_usage(job->cmd, "'%s' is not an option or needs a value", name);
	for (size_t i = 0; i < WARD_ARRAY_LEN(text); i++)
		if (strcmp(name, text[i].name) == 0) {
			*text[i].to = value;
			return WARD_EXIT_DONE;
		}
	if (strcmp(name, "--min") == 0)
		return number(job, name, value, &job->min_events);
	if (strcmp(name, "--rows") == 0)
		return number(job, name, value, &job->rows);
	return ward_cli_usage(job->cmd, "'%s' is not an option", name);
}

static int parse(struct job *job, int argc, char **argv)
{
	int code = WARD_EXIT_DONE;
	size_t v = 0;

	while (argc > 1 && v < WARD_ARRAY_LEN(verbs) && strcmp(argv[1], verbs[v].name) != 0)
		v++;
	if (argc < 2 || v == WARD_ARRAY_LEN(verbs))
		return ward_cli_usage(job->cmd, "say learn, judge, show, approve or forget");
	job->verb = &verbs[v];
	for (int i = 2; i < argc && !code; i++) {
		if (argv[i][0] == '-' && argv[i][1]) {
			code = option(job, argv[i], i + 1 < argc ? argv[i + 1] : NULL);
			i++;
		} else if (job->n_arg == FILES_MAX) {
			code = ward_cli_usage(job->cmd, "more than %d arguments", FILES_MAX);
		} else {
			job->arg[job->n_arg++] = argv[i];
		}
	}
	if (!code && job->n_arg < job->verb->n_min)
		code = ward_cli_usage(job->cmd, "%s needs more arguments", job->verb->name);
	if (!code && job->output && !job->verb->output)
		code = ward_cli_usage(job->cmd, "%s takes no -o", job->verb->name);
	return code;
}

/* With a hospital its model, else the threats alone; path is what is being read. */
static enum ward_err load_threats(struct job *job, const char *content, char path[PATH_LEN])
{
	enum ward_err err;

	if (!job->hospital) {
		(void)snprintf(path, PATH_LEN, "%s/threats.yml", content);
		return ward_threats_load(
			path, &job->lim, ward_mem_heap(), &job->diag, &job->threats);
	}
	(void)snprintf(path, PATH_LEN, "%s", job->hospital);
	err = ward_model_limits(job->hospital, ward_mem_heap(), &job->diag, &job->lim);
	if (!err)
		err = ward_model_load(job->hospital, content, &job->lim, ward_mem_heap(),
			&job->diag, &job->model);
	if (err)
		return err;
	ward_pseudonym_init_replay(&job->pseudonym, ward_model_hospital(job->model)->id);
	job->enrich = (struct ward_enrich){.model = job->model,
		.names = &job->names,
		.actor = actor,
		.actor_ctx = &job->pseudonym,
		.ours = true};
	return WARD_OK;
}

static int load(struct job *job)
{
	const char *content = ward_cli_content(job->cmd, job->content);
	char path[PATH_LEN];

	if (!content)
		return WARD_EXIT_RUN;
	enum ward_err err = load_threats(job, content, path);

	if (!err)
		err = ward_names_init(&job->names, ward_mem_heap(), &job->lim);
	if (!err) {
		(void)snprintf(path, sizeof(path), "%s/baselines", content);
		err = ward_bl_profiles_load(path,
			job->model ? ward_model_threats(job->model) : job->threats, &job->names,
			&job->lim, &job->diag, &job->profiles);
	}
	if (!err)
		return ward_cli_patterns(
			job->cmd, content, job->hospital, &job->names, &job->lim, &job->patterns);
	ward_cli_findings_in(
		job->cmd, &job->diag, NULL, &(struct ward_cli_lang){NULL, content, WARD_STR("")});
	return ward_cli_fail(job->cmd, "cannot load '%s': %s", path, ward_err_text(err));
}

static int run(const struct ward_cmd *cmd, int argc, char **argv)
{
	struct job *job = calloc(1, sizeof(*job));
	int code;

	if (!job)
		return ward_cli_fail(cmd, "out of memory");
	job->cmd = cmd;
	job->rows = ROWS;
	job->profile = "";
	job->out = ward_wr_grow(ward_mem_heap(), OUT_MAX);
	ward_limits_default(&job->lim);
	ward_counters_init(&job->counters);
	ward_diag_init(&job->diag, ward_mem_heap());
	ward_arena_init(&job->arena, ward_mem_heap(), OUT_MAX);
	ward_arena_init(&job->placed, ward_mem_heap(), OUT_MAX);
	code = parse(job, argc, argv);
	if (!code)
		code = load(job);
	if (!code)
		code = job->verb->run(job);
	if (!code && job->n_rejected)
		code = WARD_EXIT_INPUT;
	ward_baseline_free(job->bl);
	ward_log_patterns_free(job->patterns);
	ward_bl_profiles_free(job->profiles);
	ward_threats_free(job->threats);
	ward_model_free(job->model);
	ward_wipe(&job->pseudonym, sizeof(job->pseudonym));
	ward_arena_fini(&job->placed);
	ward_names_fini(&job->names);
	ward_arena_fini(&job->arena);
	ward_diag_fini(&job->diag);
	ward_wr_fini(&job->out);
	free(job);
	return code;
}

const struct ward_cmd ward_cmd_baseline = {
	.name = "baseline",
	.summary = "what is usual: learn it, look at it, tell what is not",
	.help = "usage: ward baseline learn -o FILE EVENTS…\n"
		"       ward baseline show FILE…\n"
		"       ward baseline judge FILE EVENTS…\n"
		"       ward baseline approve FILE --by WHO --why TEXT DETECTION-ID…\n"
		"       ward baseline forget FILE PROFILE [KEY]\n\n"
		"Learns what each device usually does from captures and event lines (recognised "
		"by\n"
		"content; '-' is standard input), by the profiles of content/baselines: which\n"
		"values, how large, how many in an hour, at which hours. FILE is JSON lines that "
		"a\n"
		"person can read and edit; learn adds to it.\n\n"
		"  learn     everything in EVENTS is usual\n"
		"  show      what is known, as tables\n"
		"  judge     what is not usual, as detections (JSON lines), told once each; FILE\n"
		"            stays as it is\n"
		"  approve   these deviations, noted by judge -o, are usual from now on\n"
		"  forget    a profile's keys, or the one named as show names it\n\n"
		"  -o FILE        learn: what is known; judge: the same with the deviations noted\n"
		"  --min N        judge a key from N events on (default: as the profile says)\n"
		"  --profile ID   show only this one\n"
		"  --rows N       show at most so many values of each (default 12)\n"
		"  --by, --why    approve: who says so, and why\n"
		"  --hospital DIR events are placed there; its staff_agreement lets profiles of\n"
		"                 persons look; ways are its doors\n"
		"  --content DIR  instead of the content that belongs to this program\n\n"
		"Exit codes: 0 done, 1 some input was rejected, 2 wrong usage, 3 could not run.\n",
	.run = run,
};
