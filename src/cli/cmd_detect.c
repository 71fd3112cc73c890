#include "cli/commands.h"
#include "cli/detect_crew.h"
#include "cli/inorder.h"
#include "cli/lang.h"
#include "cli/loaded.h"
#include "cli/losses.h"
#include "cli/patterns.h"
#include "cli/said.h"
#include "detect/detect.h"
#include "model/door/doors.h"
#include "model/model.h"
#include "sense/log/log.h"

#include <errno.h>
#include <sys/stat.h>

enum { PATHS_MAX = 256, OUT_MAX = 1 << 26, OUT_FLUSH = 1 << 16, FINDINGS_SHOWN = 40 };

struct args {
	const char *rules[PATHS_MAX];
	size_t n_rules;
	const char *pipeline[PATHS_MAX];
	size_t n_pipeline;
	const char *file[PATHS_MAX]; /* of events */
	size_t n_file;
	const char *content, *hospital;
	uint64_t n_thread;
	bool json, text;
};

struct printer {
	struct ward_wr out;
	const uint64_t *line; /* of the event that is being looked at; 0: of none */
	const char *file;     /* where that stands; NULL: there is only one */
	bool failed, text;
	size_t put, skip; /* bytes that went out; of what comes, those that did so before */
};

struct problems {
	uint64_t n, line;
	const char *file;
};

/* Behind --rules PATH more rules may follow; what else stands there are events. */
static bool is_rules(const char *path)
{
	struct ward_str s = ward_str_z(path);
	struct stat st;

	return ward_str_ends(s, WARD_STR(".yml")) || ward_str_ends(s, WARD_STR(".yaml")) ||
	       (stat(path, &st) == 0 && S_ISDIR(st.st_mode));
}

static int parse(const struct ward_cmd *cmd, int argc, char **argv, struct args *a)
{
	const char *threads = "1";
	bool rules = false;

	for (int i = 1; i < argc; i++) {
		const char *arg = argv[i];
		bool value = strcmp(arg, "--rules") == 0 || strcmp(arg, "--pipeline") == 0 ||
			     strcmp(arg, "--content") == 0 || strcmp(arg, "--hospital") == 0 ||
			     strcmp(arg, "--threads") == 0;

		if (value && i + 1 >= argc)
			return ward_cli_usage(cmd, "%s needs a value", arg);
		if (a->n_rules == PATHS_MAX || a->n_pipeline == PATHS_MAX || a->n_file == PATHS_MAX)
			return ward_cli_usage(cmd, "more than %d paths", PATHS_MAX);
		rules = value ? strcmp(arg, "--rules") == 0 : rules && arg[0] != '-';
		if (strcmp(arg, "--rules") == 0)
			a->rules[a->n_rules++] = argv[++i];
		else if (strcmp(arg, "--pipeline") == 0)
			a->pipeline[a->n_pipeline++] = argv[++i];
		else if (strcmp(arg, "--content") == 0)
			a->content = argv[++i];
		else if (strcmp(arg, "--hospital") == 0)
			a->hospital = argv[++i];
		else if (strcmp(arg, "--threads") == 0)
			threads = argv[++i];
		else if (strcmp(arg, "--json") == 0)
			a->json = true;
		else if (strcmp(arg, "--text") == 0)
			a->text = true;
		else if (arg[0] == '-' && arg[1])
			return ward_cli_usage(cmd, "'%s' is not an option", arg);
		else if (rules && is_rules(arg))
			a->rules[a->n_rules++] = arg;
		else
			a->file[a->n_file++] = arg;
	}
	if (!ward_str_u64(ward_str_z(threads), &a->n_thread) || a->n_thread < 1 ||
		a->n_thread > WARD_CREW_MAX)
		return ward_cli_usage(
			cmd, "--threads takes 1 to %d, not '%s'", WARD_CREW_MAX, threads);
	if (!a->n_rules)
		return ward_cli_usage(cmd, "give --rules");
	if (!a->n_file)
		return ward_cli_usage(cmd, "give a file of events ('-' is standard input)");
	return WARD_EXIT_DONE;
}

static void problem(void *ctx, const struct ward_input_problem *p)
{
	struct problems *s = ctx;

	s->n += p->dropped;
	if (s->n <= FINDINGS_SHOWN)
		fprintf(stderr, "%s:%llu: %s: %s (byte %llu)\n", s->file,
			(unsigned long long)p->line, p->dropped ? "error" : "warning", p->what,
			(unsigned long long)p->off);
}

static void put(struct printer *p)
{
	size_t cut = p->skip < p->out.len ? p->skip : p->out.len;

	p->skip -= cut;
	p->out.len -= cut;
	if (cut)
		memmove(p->out.p, p->out.p + cut, p->out.len);
	p->put += p->out.len;
	if (p->out.len && !ward_cli_put(&p->out, stdout))
		p->failed = true;
}

/* {"kind":"detection",…} and where the event stands that completed it. */
static void put_json(struct printer *p, const struct ward_detection *d)
{
	size_t before = p->out.len;

	ward_detection_write_json(d, NULL, &p->out);
	if (*p->line && p->out.len > before && p->out.p[p->out.len - 1] == '}') {
		struct ward_json j = ward_json_on(&p->out);

		p->out.len--;
		if (p->file) {
			ward_wr_z(&p->out, ",\"file\":");
			ward_json_str(&j, ward_str_z(p->file));
		}
		ward_wr_z(&p->out, ",\"line\":");
		ward_wr_u64(&p->out, *p->line);
		ward_wr_ch(&p->out, '}');
	}
	ward_wr_ch(&p->out, '\n');
}

static void print(void *ctx, const struct ward_detection *d)
{
	struct printer *p = ctx;

	if (p->text)
		ward_cli_said(d, NULL, &p->out);
	else
		put_json(p, d);
	if (p->out.len >= OUT_FLUSH)
		put(p);
}

/* Refused and unmapped rules, then the counts. */
static bool report(const struct ward_ruleset *rs, const struct ward_diag *d, const struct args *a)
{
	struct ward_ruleset_counts c = ward_ruleset_counts(rs);
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), OUT_MAX);
	struct ward_json j = ward_json_on(&w);

	if (a->json) {
		ward_diag_write_json(d, &w);
		ward_json_obj(&j);
		ward_json_key(&j, "kind");
		ward_json_z(&j, "rules");
		ward_json_key(&j, "loaded");
		ward_json_u64(&j, c.n_loaded);
		ward_json_key(&j, "refused");
		ward_json_u64(&j, c.n_refused);
		ward_json_key(&j, "unmapped");
		ward_json_u64(&j, c.n_unmapped);
		ward_json_obj_end(&j);
		ward_wr_ch(&w, '\n');
	} else {
		ward_wr_printf(&w,
			"%zu rules: %zu loaded, %zu refused, %zu of the loaded can never match "
			"(no pipeline knows their logsource)\n",
			c.n, c.n_loaded, c.n_refused, c.n_unmapped);
	}
	bool ok = ward_cli_put(&w, stderr);

	ward_wr_fini(&w);
	return ok;
}

/* One run over the input. */
struct run {
	const struct ward_cmd *cmd;
	const struct args *a;
	const char *content;
	const struct ward_ruleset *rs;
	struct ward_input_opts *opts;
	struct ward_detector *det;
	const struct ward_door_rules *door_rules;
	struct ward_doors *doors; /* NULL: the content says nothing of doors */
	struct printer p;
	bool sorted;  /* there are correlations, and several files or one out of order */
	bool several; /* threads read it */
};

/* The time that the detector correlates it by. */
static ward_ns turn(const struct ward_event *e)
{
	const struct ward_detect_config cfg = ward_detect_config_default();

	return ward_detect_believes(&cfg, e) ? e->time : e->seen;
}

/* What follows from doors is judged like what was read; it stands in no line. */
static enum ward_err inferred(void *ctx, const struct ward_event *e)
{
	struct run *r = ctx;
	uint64_t line = *r->opts->line;

	*r->opts->line = 0;
	enum ward_err err = ward_detector_event(r->det, e, print, &r->p);

	*r->opts->line = line;
	return err;
}

static enum ward_err judge(struct run *r, const struct ward_event *e)
{
	enum ward_err err = WARD_OK;

	if (r->doors)
		err = ward_doors_event(r->doors, e, turn(e), turn(e), inferred, r);
	return err ? err : ward_detector_event(r->det, e, print, &r->p);
}

static const struct ward_input_driver *const drivers[] = {WARD_LOG_DRIVERS, NULL};

/* From here on events are of that file. */
static void turn_to(struct run *r, size_t i)
{
	struct problems *bad = r->opts->ctx;

	bad->file = r->a->file[i];
	r->p.file = r->a->n_file > 1 ? r->a->file[i] : NULL;
}

/* STATE: it was said why. */
static enum ward_err open_file(struct run *r, size_t i, struct ward_input *in)
{
	const char *file = r->a->file[i];
	enum ward_err err = ward_input_open(in, file, WARD_INPUT_UNKNOWN, drivers, r->opts);

	turn_to(r, i);
	if (!err)
		return WARD_OK;
	if (err == WARD_ERR_UNSUPPORTED && in->kind == WARD_INPUT_UNKNOWN)
		(void)ward_cli_fail(r->cmd, "'%s' %s", file,
			ward_input_refusal(ward_slice_of(in->bytes.head, in->bytes.n_head)));
	else
		(void)ward_cli_fail(r->cmd, "cannot read '%s': %s", file,
			err == WARD_ERR_NOT_FOUND ? strerror(errno) : ward_err_text(err));
	return WARD_ERR_STATE;
}

/* The files as they are, one behind the other. */
static enum ward_err feed(struct run *r)
{
	enum ward_err err = WARD_OK;

	for (size_t i = 0; i < r->a->n_file && !err; i++) {
		struct ward_arena arena;
		struct ward_input in;
		struct ward_event e;

		err = open_file(r, i, &in);
		if (err)
			return err;
		ward_arena_init(&arena, ward_mem_heap(), OUT_MAX);
		while (!r->p.failed && (err = ward_input_next(&in, &arena, &e)) == WARD_OK) {
			err = judge(r, &e);
			if (err)
				break;
		}
		ward_arena_fini(&arena);
		ward_input_close(&in);
		err = err == WARD_ERR_CLOSED ? WARD_OK : err;
		if (r->p.failed)
			return WARD_ERR_STATE;
	}
	return err;
}

static enum ward_err judge_sorted(struct run *r, struct ward_cli_sorted *s)
{
	enum ward_err err = ward_cli_sorted_begin(s);
	struct ward_cli_place place;
	struct ward_arena arena;
	struct ward_event e;

	ward_arena_init(&arena, ward_mem_heap(), OUT_MAX);
	while (!err && !r->p.failed) {
		err = ward_cli_sorted_next(s, &arena, &e, &place);
		if (err)
			break;
		turn_to(r, place.file);
		*r->opts->line = place.line;
		err = judge(r, &e);
	}
	ward_arena_fini(&arena);
	if (r->p.failed)
		return WARD_ERR_STATE;
	return err == WARD_ERR_CLOSED ? WARD_OK : err;
}

/* The events of all files in one order of time. */
static enum ward_err feed_sorted(struct run *r)
{
	struct ward_cli_sorted *s = ward_cli_sorted_new(r->opts);
	enum ward_err err = s ? WARD_OK : WARD_ERR_NOMEM;

	for (size_t i = 0; i < r->a->n_file && !err; i++) {
		struct ward_input in;

		err = open_file(r, i, &in);
		if (err)
			break;
		err = ward_cli_sorted_add(s, &in, turn, i);
		ward_input_close(&in);
	}
	if (!err)
		err = judge_sorted(r, s);
	ward_cli_sorted_free(s);
	return err;
}

static enum ward_err by_one(struct run *r)
{
	return r->sorted ? feed_sorted(r) : feed(r);
}

/* What one thread says is what several would have said: it begins anew, and what went out before
 * is not said again. */
static enum ward_err by_several(struct run *r)
{
	struct ward_cli_crew crew = {.cmd = r->cmd,
		.content = r->content,
		.file = r->a->file[0],
		.n_thread = (size_t)r->a->n_thread,
		.rs = r->rs,
		.opts = r->opts,
		.det = r->det,
		.sink = print,
		.ctx = &r->p,
		.failed = &r->p.failed};
	const char *why = NULL;
	enum ward_err err = ward_cli_crew_run(&crew, &why);

	if (err != WARD_ERR_AGAIN && err != WARD_ERR_NOT_FOUND && err != WARD_ERR_IO)
		return err;
	if (err == WARD_ERR_AGAIN)
		fprintf(stderr, "ward detect: one thread reads '%s': %s\n", r->a->file[0], why);
	ward_detector_free(r->det);
	r->det = NULL;
	ward_wr_reset(&r->p.out);
	r->p.skip = r->p.put;
	err = ward_detector_new(
		r->rs, r->opts->names, NULL, r->opts->lim, NULL, r->opts->mem, &r->det);
	return err ? err : by_one(r);
}

static void summary(const struct run *r)
{
	struct ward_detect_stats s = ward_detector_stats(r->det);
	const struct problems *bad = r->opts->ctx;

	struct ward_cli_waiting w = ward_cli_waiting(r->det);

	if (r->a->json) {
		fprintf(stderr,
			"{\"kind\":\"summary\",\"events\":%llu,\"rejected\":%llu,"
			"\"detections\":%llu,\"without_source\":%zu,\"without_field\":%zu,"
			"\"sorted\":%s,\"late\":%llu,\"ungrouped\":%llu,\"untrusted\":%llu,"
			"\"evicted_events\":%llu,\"evicted_groups\":%llu}\n",
			(unsigned long long)s.n_event, (unsigned long long)bad->n,
			(unsigned long long)s.n_detection, w.n_source, w.n_field,
			r->sorted ? "true" : "false", (unsigned long long)s.n_late,
			(unsigned long long)s.n_ungrouped, (unsigned long long)s.n_untrusted,
			(unsigned long long)s.n_evicted_event,
			(unsigned long long)s.n_evicted_group);
		return;
	}
	fprintf(stderr, "%llu events, %llu rejected, %llu detections\n",
		(unsigned long long)s.n_event, (unsigned long long)bad->n,
		(unsigned long long)s.n_detection);
	ward_cli_waited(r->cmd, r->rs, r->det, "ward rules check RULES --events FILE");
	ward_cli_losses(r->cmd, &s, "ward rules check RULES --events FILE");
}

/* Correlations want the order of time; several threads want one file as it is. */
static void choose_order(struct run *r)
{
	const struct args *a = r->a;
	bool corr = ward_ruleset_counts(r->rs).n_corr > 0;

	r->sorted = corr &&
		    (a->n_file > 1 || ward_cli_is_unordered(a->file[0], drivers, r->opts, turn));
	r->several = a->n_thread > 1 && a->n_file == 1 && !r->sorted;
	if (r->sorted && !a->json && a->n_file == 1)
		fprintf(stderr,
			"ward detect: '%s' is not in the order of time: its events are sorted\n",
			a->file[0]);
	if (r->sorted && !a->json && a->n_file > 1)
		fprintf(stderr,
			"ward detect: the events of %zu files are taken in one order of time\n",
			a->n_file);
	if (a->n_thread > 1 && a->n_file > 1)
		fprintf(stderr, "ward detect: one thread reads several files\n");
	else if (a->n_thread > 1 && r->sorted)
		fprintf(stderr, "ward detect: one thread reads '%s': it is sorted\n", a->file[0]);
}

static int detect(struct run *r, bool bad_rules)
{
	const struct problems *bad = r->opts->ctx;

	r->p = (struct printer){.out = ward_wr_grow(r->opts->mem, OUT_MAX),
		.line = r->opts->line,
		.text = r->a->text};
	enum ward_err err = ward_detector_new(
		r->rs, r->opts->names, NULL, r->opts->lim, NULL, r->opts->mem, &r->det);

	if (!err && r->door_rules)
		err = ward_doors_new(
			r->door_rules, NULL, r->opts->names, r->opts->lim, r->opts->mem, &r->doors);
	if (!err)
		choose_order(r);
	if (!err)
		err = r->several ? by_several(r) : by_one(r);
	*r->opts->line = 0;
	if (!err && r->doors)
		err = ward_doors_tick(r->doors, WARD_NS_NEVER, inferred, r);
	if (!err)
		err = ward_detector_tick(r->det, WARD_NS_NEVER, print, &r->p);
	if (err != WARD_ERR_STATE)
		put(&r->p);
	if (r->p.failed)
		err = WARD_ERR_STATE;
	if (r->det && err != WARD_ERR_STATE)
		summary(r);
	ward_doors_free(r->doors);
	ward_detector_free(r->det);
	ward_wr_fini(&r->p.out);
	if (err)
		return err == WARD_ERR_STATE ? WARD_EXIT_RUN
					     : ward_cli_fail(r->cmd, "%s", ward_err_text(err));
	return bad->n || bad_rules ? WARD_EXIT_INPUT : WARD_EXIT_DONE;
}

static int with_rules(const struct ward_cmd *cmd, const struct args *a, const char *content,
	const struct ward_threats *threats, struct ward_input_opts *opts)
{
	struct ward_ruleset_args args = {.rules = a->rules,
		.n_rules = a->n_rules,
		.content = content,
		.pipelines = a->pipeline,
		.n_pipelines = a->n_pipeline,
		.threats = threats,
		.hospital = a->hospital};
	struct ward_ruleset *rs = NULL;
	struct ward_door_rules *doors = NULL;
	struct ward_diag diag;
	char path[4096];
	int rc = WARD_EXIT_RUN;

	ward_diag_init(&diag, opts->mem);
	enum ward_err err = ward_ruleset_load(&args, opts->lim, opts->mem, &diag, &rs);

	(void)snprintf(path, sizeof(path), "%s/doors.yml", content);
	if (!err)
		err = ward_door_rules_load(path, NULL, opts->lim, opts->mem, &diag, &doors);
	ward_diag_sort(&diag);
	if (err || !a->json)
		ward_cli_findings_in(
			cmd, &diag, NULL, &(struct ward_cli_lang){NULL, content, WARD_STR("")});
	if (!err) {
		if (report(rs, &diag, a))
			rc = detect(&(struct run){.cmd = cmd,
					    .a = a,
					    .content = content,
					    .rs = rs,
					    .door_rules = doors,
					    .opts = opts},
				diag.n_error > 0);
	} else {
		rc = ward_cli_fail(cmd, "the rules can't be loaded: %s", ward_err_text(err));
	}
	ward_door_rules_free(doors);
	ward_ruleset_free(rs);
	ward_diag_fini(&diag);
	return rc;
}

static int run(const struct ward_cmd *cmd, int argc, char **argv)
{
	struct args a = {.n_rules = 0};
	struct ward_limits lim;
	struct ward_names names;
	struct ward_counters counters;
	struct ward_threats *threats = NULL;
	struct ward_diag diag;
	char path[4096];
	int rc = parse(cmd, argc, argv, &a);

	if (rc != WARD_EXIT_DONE)
		return rc;
	const char *content = ward_cli_content(cmd, a.content);

	if (!content)
		return WARD_EXIT_RUN;
	struct problems bad = {.file = a.file[0]};
	struct ward_input_opts opts = {.mem = ward_mem_heap(),
		.lim = &lim,
		.lazy = true,
		.names = &names,
		.counters = &counters,
		.line = &bad.line,
		.problem = problem,
		.ctx = &bad};

	opts.reference = ward_clock_now(ward_clock_system());
	ward_limits_default(&lim);
	ward_counters_init(&counters);
	ward_diag_init(&diag, opts.mem);
	(void)snprintf(path, sizeof(path), "%s/threats.yml", content);
	if (ward_threats_load(path, &lim, opts.mem, &diag, &threats) != WARD_OK ||
		ward_names_init(&names, opts.mem, &lim) != WARD_OK) {
		rc = ward_cli_fail(cmd, "cannot use '%s'; try 'ward check'", path);
	} else {
		struct ward_log_patterns *patterns = NULL;

		rc = ward_cli_patterns(cmd, content, NULL, &names, &lim, &patterns);
		opts.patterns = patterns;
		if (rc == WARD_EXIT_DONE)
			rc = with_rules(cmd, &a, content, threats, &opts);
		ward_log_patterns_free(patterns);
		ward_names_fini(&names);
	}
	ward_threats_free(threats);
	ward_diag_fini(&diag);
	return rc;
}

const struct ward_cmd ward_cmd_detect = {
	.name = "detect",
	.summary = "Sigma rules over events: detections as JSON lines",
	.help = "usage: ward detect --rules PATH… [OPTION…] FILE…\n\n"
		"Tries Sigma rules (files or directories, read recursively) on the events of the\n"
		"FILEs ('-': standard input): Ward's event lines, JSON of others, syslog or text.\n"
		"Behind --rules, directories and .yml files are rules, all else are FILEs.\n"
		"Prints detections as JSON lines: rule (id, title, level, author, license, tags),\n"
		"because (why, on one line), match (selection, field, value and what was asked),\n"
		"of correlations measure and rules, evidence (event ids), line (of the event that\n"
		"completed it), of several FILEs also file.\n"
		"What became of each rule goes to standard error: a rule that can't be carried "
		"out\n"
		"exactly is refused with its place and its mend, the others work; at the end how\n"
		"many waited in vain for an event of their logsource or for a field, and what "
		"could\n"
		"not be correlated. A file whose events are not in the order of their time is "
		"sorted\n"
		"when there are correlations, and several FILEs are then taken in one order of "
		"time;\n"
		"one standard input or pipe is taken as it comes.\n"
		"What follows from the events of a door (forced, held, followed) is tried too.\n\n"
		"  --pipeline NAME   use content/pipelines/NAME.yml only (may be repeated)\n"
		"  --content DIR     instead of the content that belongs to this program\n"
		"  --hospital DIR    value lists, filters and rules of this hospital directory "
		"too\n"
		"  --threads N       so many threads (1 to 16, default 1) for JSON with an object "
		"on each\n"
		"                    line; what is printed is the same\n"
		"  --text            detections for people: what, when, where, and why\n"
		"  --json            the report on standard error as JSON lines too\n\n"
		"Exit: 0 done, 1 a rule was refused or a record gave no event, 2 usage,\n"
		"3 could not run.\n",
	.run = run,
};
