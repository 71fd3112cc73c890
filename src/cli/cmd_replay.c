#include "cli/commands.h"
#include "cli/events.h"
#include "cli/inorder.h"
#include "cli/lang.h"
#include "cli/loaded.h"
#include "cli/losses.h"
#include "cli/past.h"
#include "cli/patterns.h"
#include "brain/brain.h"
#include "comply/pseudonym.h"
#include "model/coverage/coverage.h"
#include "model/permit/file.h"
#include "sense/log/log.h"
#include "sense/net/replay.h"
#include "story/story.h"
#include "story/zone.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { FILES_MAX = 64, EVENT_BYTES_MAX = 64 << 20, OUT_BYTES_MAX = 64 << 20 };

struct file {
	const char *path;
	struct ward_cli_problems problems;
	struct ward_input in;
	struct ward_cli_sorted *sorted; /* its events are not in the order of time */
	struct ward_arena arena;
	struct ward_event e;
	bool open, ready;
};

struct replay {
	const struct ward_cmd *cmd;
	const char *dir, *content_option, *content, *lang_option;
	bool json, events, arrivals, as_live;
	struct ward_cli_past past; /* --since: instead of files */
	struct ward_limits lim;
	struct ward_diag diag;
	struct ward_counters counters;
	struct ward_names names;
	struct ward_model *model;
	struct ward_ruleset *ruleset;
	struct ward_rules *propagation;
	struct ward_bl_profiles *baselines; /* NULL: the hospital wants none */
	struct ward_inv_rules *inventory;
	struct ward_door_rules *doors;
	struct ward_points *points;
	struct ward_permits *permits;
	struct ward_brain *brain;
	struct ward_lang *lang;
	struct ward_story *story; /* NULL with --json */
	struct ward_pseudonym pseudonym;
	struct ward_log_patterns *patterns;
	struct file file[FILES_MAX];
	size_t n_file;
	struct ward_wr out;
	uint64_t n_event, n_rejected, n_output[WARD_OUTPUT_N];
	struct ward_tab ids[WARD_OUTPUT_N]; /* distinct, for the summary */
	bool failed;
};

static const struct ward_input_driver *const drivers[] = {
	WARD_LOG_DRIVERS, &ward_net_driver_pcap, &ward_net_driver_pcapng, NULL};

static struct ward_str actor(void *ctx, struct ward_arena *a, uint32_t field, struct ward_str who)
{
	(void)field;
	return ward_pseudonym_token(ctx, a, who);
}

static void put_line(struct replay *r, struct ward_str json)
{
	ward_wr_str(&r->out, json);
	ward_wr_ch(&r->out, '\n');
	if (!ward_cli_put(&r->out, stdout))
		r->failed = true;
}

static void put_story(struct replay *r, enum ward_err err)
{
	if (err || !ward_cli_put(&r->out, stdout))
		r->failed = true;
}

static void on_output(void *ctx, const struct ward_output *o)
{
	struct replay *r = ctx;
	void *unused;

	if (r->past.since_text) {
		ward_cli_past_output(&r->past, o);
		return;
	}
	r->n_output[o->kind]++;
	if (ward_tab_put(&r->ids[o->kind], &o->id, &unused, NULL) != WARD_OK)
		r->failed = true;
	if (r->json)
		put_line(r, o->json);
	else
		put_story(r, ward_story_record(r->story, o->json, &r->out));
}

/* Of an option with a value, where it goes; NULL: it is none. */
static const char **value_of(struct replay *r, const char *a)
{
	return strcmp(a, "--content") == 0 ? &r->content_option
	       : strcmp(a, "--lang") == 0  ? &r->lang_option
	       : strcmp(a, "--since") == 0 ? &r->past.since_text
	       : strcmp(a, "--state") == 0 ? &r->past.state
					   : NULL;
}

static int check(struct replay *r)
{
	bool since = r->past.since_text != NULL;

	if (since && r->n_file)
		return ward_cli_usage(r->cmd, "--since looks into the journal: give no files");
	if (since && (r->events || r->arrivals))
		return ward_cli_usage(r->cmd, "--events and --arrivals are for files");
	if (!since && (r->past.state || r->as_live))
		return ward_cli_usage(r->cmd, "--state and --as-live go with --since");
	if (r->lang_option && (since || r->json))
		return ward_cli_usage(
			r->cmd, "--lang is for the story; records and --since are in English");
	if (since && !r->dir)
		return ward_cli_usage(r->cmd, "give a hospital directory");
	if (!since && !r->n_file)
		return ward_cli_usage(r->cmd, "give a hospital directory and recorded files");
	return WARD_EXIT_DONE;
}

static int parse(struct replay *r, int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		const char **value = value_of(r, argv[i]);

		if (strcmp(argv[i], "--json") == 0) {
			r->json = true;
		} else if (strcmp(argv[i], "--events") == 0) {
			r->events = true;
		} else if (strcmp(argv[i], "--arrivals") == 0) {
			r->arrivals = true;
		} else if (strcmp(argv[i], "--as-live") == 0) {
			r->as_live = true;
		} else if (value) {
			if (i + 1 == argc)
				return ward_cli_usage(r->cmd, "%s needs a value", argv[i]);
			*value = argv[++i];
		} else if (argv[i][0] == '-' && argv[i][1]) {
			return ward_cli_usage(r->cmd, "'%s' is not an option", argv[i]);
		} else if (!r->dir) {
			r->dir = argv[i];
		} else if (r->n_file == FILES_MAX) {
			return ward_cli_usage(r->cmd, "more than %d files", FILES_MAX);
		} else {
			r->file[r->n_file++].path = argv[i];
		}
	}
	return check(r);
}

static enum ward_err load_inventory(struct replay *r)
{
	char path[4096];

	(void)snprintf(path, sizeof(path), "%s/inventory", r->content);
	return ward_inv_rules_load(
		path, ward_model_ontology(r->model), &r->names, &r->lim, &r->diag, &r->inventory);
}

static enum ward_err load_doors(struct replay *r)
{
	char path[4096];

	(void)snprintf(path, sizeof(path), "%s/doors.yml", r->content);
	return ward_door_rules_load(
		path, ward_model_ontology(r->model), &r->lim, ward_mem_heap(), &r->diag, &r->doors);
}

/* A row that is wrong is no point, and is told. */
static enum ward_err load_points(struct replay *r)
{
	const struct ward_point_in in = {r->model, &r->lim, ward_mem_heap(), &r->diag};
	enum ward_err err = ward_points_load(&in, r->dir, r->content, &r->points);

	return err == WARD_ERR_CONFIG ? WARD_OK : err;
}

static enum ward_err load_baselines(struct replay *r)
{
	char path[4096];

	(void)snprintf(path, sizeof(path), "%s/baselines", r->content);
	return ward_bl_profiles_load(
		path, ward_model_threats(r->model), &r->names, &r->lim, &r->diag, &r->baselines);
}

/* A permit that is wrong covers nothing, and is told. */
static enum ward_err load_permits(struct replay *r)
{
	const struct ward_permit_in in = {r->model, &r->lim, ward_mem_heap(), &r->diag};
	enum ward_err err = ward_permits_load(&in, r->dir, &r->permits);

	return err == WARD_ERR_CONFIG ? WARD_OK : err;
}

static enum ward_err give_permits(struct replay *r)
{
	enum ward_err err = WARD_OK;

	for (size_t i = 0; !err && i < ward_permits_n(r->permits); i++)
		err = ward_brain_permit(r->brain, ward_permits_at(r->permits, i));
	return err;
}

static int load(struct replay *r)
{
	char rules[4096], propagation[4096];
	const char *rule_paths[] = {rules};
	struct ward_ruleset_args args = {.rules = rule_paths, .n_rules = 1, .hospital = r->dir};
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), OUT_BYTES_MAX);
	enum ward_err err;

	r->content = args.content = ward_cli_content(r->cmd, r->content_option);
	if (!r->content)
		return WARD_EXIT_RUN;
	(void)snprintf(rules, sizeof(rules), "%s/rules", r->content);
	(void)snprintf(propagation, sizeof(propagation), "%s/propagation", r->content);
	err = ward_model_limits(r->dir, ward_mem_heap(), &r->diag, &r->lim);
	if (!err)
		err = ward_names_init(&r->names, ward_mem_heap(), &r->lim);
	if (!err)
		err = ward_model_load(
			r->dir, r->content, &r->lim, ward_mem_heap(), &r->diag, &r->model);
	if (!err)
		err = ward_rules_load(
			propagation, r->model, &r->lim, ward_mem_heap(), &r->diag, &r->propagation);
	if (!err) {
		args.threats = ward_model_threats(r->model);
		args.shadow_live = r->as_live;
		err = ward_ruleset_load(&args, &r->lim, ward_mem_heap(), &r->diag, &r->ruleset);
	}
	if (!err && ward_model_hospital(r->model)->baselines)
		err = load_baselines(r);
	if (!err)
		err = load_inventory(r);
	if (!err)
		err = load_doors(r);
	if (!err)
		err = load_points(r);
	if (!err)
		err = load_permits(r);
	if (err || r->diag.n_error) {
		ward_diag_sort(&r->diag);
		ward_diag_write_text(&r->diag, &w);
		(void)ward_cli_put(&w, stderr);
	}
	ward_wr_fini(&w);
	if (err)
		return ward_cli_fail(r->cmd, "cannot load '%s': %s", r->dir, ward_err_text(err));
	ward_cli_refused(r->cmd, r->ruleset, r->dir);
	return ward_cli_patterns(r->cmd, r->content, r->dir, &r->names, &r->lim, &r->patterns);
}

static size_t columns(void)
{
	struct winsize size;

	return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

static int start_story(struct replay *r)
{
	const struct ward_hospital *h = ward_model_hospital(r->model);
	struct ward_story_opts o = {.mem = ward_mem_heap(),
		.lim = &r->lim,
		.lang = r->lang,
		.counters = &r->counters,
		.hospital = h->name,
		.zone = h->timezone,
		.all = WARD_STR("ward replay --json"),
		.width = columns(),
		.colour = ward_cli_colour(stdout)};

	ward_lang_count_in(r->lang, &r->counters);
	if (ward_zone_use(h->timezone) != WARD_OK) {
		fprintf(stderr, "ward replay: no time zone '%.*s' on this system: times are UTC\n",
			WARD_STR_ARG(h->timezone));
		o.zone = WARD_STR("UTC");
	}
	if (ward_story_new(&o, &r->story) != WARD_OK)
		return ward_cli_fail(r->cmd, "out of memory");
	return WARD_EXIT_DONE;
}

/* When events come up. */
static ward_cli_turn_fn turn_of(const struct replay *r)
{
	return r->arrivals ? ward_cli_by_arrival : ward_cli_by_time;
}

static int open_files(struct replay *r)
{
	for (size_t i = 0; i < r->n_file; i++) {
		struct file *f = &r->file[i];
		struct ward_input_opts opts = {.mem = ward_mem_heap(),
			.lim = &r->lim,
			.names = &r->names,
			.counters = &r->counters,
			.patterns = r->patterns,
			.problem = ward_cli_problem,
			.ctx = &f->problems};

		f->problems = (struct ward_cli_problems){.cmd = r->cmd, .file = f->path};
		enum ward_err err =
			ward_input_open(&f->in, f->path, WARD_INPUT_UNKNOWN, drivers, &opts);

		if (err == WARD_ERR_UNSUPPORTED)
			return ward_cli_fail(r->cmd, "'%s' %s", f->path,
				ward_input_refusal(
					ward_slice_of(f->in.bytes.head, f->in.bytes.n_head)));
		if (err)
			return ward_cli_fail(r->cmd, "cannot read '%s': %s", f->path,
				err == WARD_ERR_NOT_FOUND ? strerror(errno) : ward_err_text(err));
		ward_arena_init(&f->arena, ward_mem_heap(), EVENT_BYTES_MAX);
		f->open = true;
		err = ward_cli_sort_log(r->cmd, &f->in, f->path, turn_of(r), &f->sorted);
		if (err)
			return ward_cli_fail(
				r->cmd, "cannot sort '%s': %s", f->path, ward_err_text(err));
	}
	return WARD_EXIT_DONE;
}

static int start(struct replay *r)
{
	struct ward_brain_config c = {.lim = &r->lim,
		.model = r->model,
		.ruleset = r->ruleset,
		.propagation = r->propagation,
		.baselines = r->baselines,
		.inventory = r->inventory,
		.doors = r->doors,
		.points = r->points,
		.mem = ward_mem_heap(),
		.names = &r->names,
		.counters = &r->counters,
		.actor = actor,
		.actor_ctx = &r->pseudonym,
		.detect = ward_detect_config_default(),
		.out = on_output,
		.out_ctx = r};

	ward_fuse_options_default(&c.fuse);
	if (r->past.since_text) /* the sensors have made tokens of identities */
		c.actor = ward_enrich_actor_as_is;
	ward_pseudonym_init_replay(&r->pseudonym, ward_model_hospital(r->model)->id);
	for (size_t i = 0; i < WARD_OUTPUT_N; i++)
		ward_tab_init(&r->ids[i], ward_mem_heap(), sizeof(struct ward_id), 0, 1 << 24);
	if (ward_brain_new(&c, &r->brain) != WARD_OK ||
		(!r->past.since_text && give_permits(r) != WARD_OK))
		return ward_cli_fail(r->cmd, "out of memory");
	return open_files(r);
}

/* Fetches the next event of a file that has none in hand; false when reading failed. */
static bool fetch(struct replay *r, struct file *f)
{
	enum ward_err err;

	if (!f->open || f->ready)
		return true;
	struct ward_cli_place place;

	err = f->sorted ? ward_cli_sorted_next(f->sorted, &f->arena, &f->e, &place)
			: ward_input_next(&f->in, &f->arena, &f->e);
	f->ready = err == WARD_OK;
	if (f->ready)
		return true;
	ward_input_close(&f->in);
	ward_cli_sorted_free(f->sorted);
	ward_arena_fini(&f->arena);
	ward_cli_problems_end(&f->problems);
	r->n_rejected += f->problems.n_dropped;
	f->open = false;
	if (err == WARD_ERR_CLOSED)
		return true;
	(void)ward_cli_fail(r->cmd, "'%s': %s", f->path, ward_err_text(err));
	return false;
}

/* The file whose event is the earliest; of equal times the one whose id is least, so that the
 * order of the arguments has no say. */
static struct file *earliest(struct replay *r)
{
	struct file *best = NULL;

	for (size_t i = 0; i < r->n_file; i++) {
		struct file *f = &r->file[i];

		if (!f->ready)
			continue;
		ward_ns t = turn_of(r)(&f->e), first = best ? turn_of(r)(&best->e) : t;

		if (!best || t < first || (t == first && ward_id_cmp(f->e.id, best->e.id) < 0))
			best = f;
	}
	return best;
}

static int play(struct replay *r)
{
	for (;;) {
		struct file *f;

		for (size_t i = 0; i < r->n_file; i++)
			if (!fetch(r, &r->file[i]))
				return WARD_EXIT_RUN;
		f = earliest(r);
		if (!f)
			break;
		f->ready = false;
		if (!r->arrivals)
			f->e.seen = f->e.time; /* replay goes by event time */
		r->n_event++;
		if (ward_brain_event(r->brain, &f->e) != WARD_OK)
			return ward_cli_fail(r->cmd, "out of memory");
		if (r->story)
			put_story(r, ward_story_flush(r->story, &r->out));
		if (r->events) {
			ward_event_write_json(&f->e, &r->names, &r->out);
			put_line(r, WARD_STR(""));
		}
	}
	if (ward_brain_tick(r->brain, WARD_NS_NEVER) != WARD_OK)
		return ward_cli_fail(r->cmd, "out of memory");
	return WARD_EXIT_DONE;
}

static void summary(struct replay *r)
{
	static const char *const key[] = {
		"detections", "incidents", "impacts", "decisions", "permits", "accounts"};
	uint64_t n_record = 0;
	struct ward_json j = ward_json_on(&r->out);

	ward_json_obj(&j);
	ward_json_key(&j, "kind");
	ward_json_z(&j, "summary");
	ward_json_key(&j, "events");
	ward_json_u64(&j, r->n_event);
	for (size_t i = 0; i < WARD_OUTPUT_N; i++) {
		n_record += r->n_output[i];
		if (i >= WARD_OUTPUT_DECISION && !r->n_output[i])
			continue;
		ward_json_key(&j, key[i]);
		ward_json_u64(&j, r->ids[i].n);
	}
	ward_json_key(&j, "records");
	ward_json_u64(&j, n_record);
	ward_json_key(&j, "rejected");
	ward_json_u64(&j, r->n_rejected);
	ward_json_key(&j, "counters");
	ward_counters_json(&r->counters, "", &j);
	ward_json_obj_end(&j);
	put_line(r, WARD_STR(""));
}

/* Silence is no peace where nothing was seen. */
static void end_story(struct replay *r)
{
	put_story(r, ward_story_end(r->story, r->n_event, 0, &r->out));
	if (r->ids[WARD_OUTPUT_INCIDENT].n)
		return;
	ward_wr_ch(&r->out, '\n');
	ward_say(&r->out, r->lang, WARD_TEXT("What of the networks was seen, and what was not:"));
	put_line(r, WARD_STR("\n"));
	put_story(r, ward_coverage_write_table(ward_brain_coverage(r->brain), false, &r->out));
}

static void finish(struct replay *r)
{
	for (size_t i = 0; i < r->n_file; i++) {
		if (!r->file[i].open)
			continue;
		ward_input_close(&r->file[i].in);
		ward_cli_sorted_free(r->file[i].sorted);
		ward_arena_fini(&r->file[i].arena);
	}
	ward_brain_free(r->brain);
	ward_story_free(r->story);
	ward_lang_free(r->lang);
	for (size_t i = 0; i < WARD_OUTPUT_N; i++)
		if (r->ids[i].mem)
			ward_tab_fini(&r->ids[i]);
	ward_log_patterns_free(r->patterns);
	ward_bl_profiles_free(r->baselines);
	ward_inv_rules_free(r->inventory);
	ward_door_rules_free(r->doors);
	ward_points_free(r->points);
	ward_permits_free(r->permits);
	ward_ruleset_free(r->ruleset);
	ward_rules_free(r->propagation);
	ward_model_free(r->model);
	ward_names_fini(&r->names);
	ward_diag_fini(&r->diag);
	ward_wr_fini(&r->out);
	free(r);
}

/* What the journal holds instead of files. */
static int look_back(struct replay *r)
{
	struct ward_cli_past *p = &r->past;
	int code;

	p->cmd = r->cmd;
	p->json = r->json;
	p->shadow_live = r->as_live;
	p->lim = &r->lim;
	p->names = &r->names;
	p->model = r->model;
	p->ruleset = r->ruleset;
	if (ward_zone_use(ward_model_hospital(r->model)->timezone) != WARD_OK)
		fprintf(stderr, "ward replay: no such time zone on this system: times are UTC\n");
	code = ward_cli_past_begin(p);
	if (!code)
		code = start(r);
	if (!code)
		code = ward_cli_past_run(p, r->brain);
	ward_cli_past_fini(p);
	return code;
}

static int replay(struct replay *r)
{
	struct ward_cli_lang lang = {
		r->lang_option, r->content, ward_model_hospital(r->model)->language};
	int code = r->json ? WARD_EXIT_DONE : ward_cli_lang(r->cmd, &lang, &r->lim, &r->lang);

	if (!code && !r->json)
		code = start_story(r);
	if (!code)
		code = start(r);
	if (!code)
		code = play(r);
	if (code)
		return code;
	if (r->json)
		summary(r);
	else
		end_story(r);
	if (!r->json && !r->failed) {
		struct ward_detect_stats lost = ward_detector_stats(ward_brain_detector(r->brain));

		ward_cli_waited(r->cmd, r->ruleset, ward_brain_detector(r->brain),
			"ward rules check --hospital HOSPITAL --events FILE...");
		ward_cli_losses(
			r->cmd, &lost, "ward rules check --hospital HOSPITAL --events FILE...");
	}
	return r->failed ? WARD_EXIT_RUN : r->n_rejected ? WARD_EXIT_INPUT : WARD_EXIT_DONE;
}

static int run(const struct ward_cmd *cmd, int argc, char **argv)
{
	struct replay *r = calloc(1, sizeof(*r));
	int code;

	if (!r)
		return ward_cli_fail(cmd, "out of memory");
	r->cmd = cmd;
	r->out = ward_wr_grow(ward_mem_heap(), OUT_BYTES_MAX);
	ward_limits_default(&r->lim);
	ward_diag_init(&r->diag, ward_mem_heap());
	ward_counters_init(&r->counters);
	code = parse(r, argc, argv);
	if (!code)
		code = load(r);
	if (!code)
		code = r->past.since_text ? look_back(r) : replay(r);
	finish(r);
	return code;
}

const struct ward_cmd ward_cmd_replay = {
	.name = "replay",
	.summary = "recorded input through the whole pipeline",
	.help = "usage: ward replay [--json] [--events] [--arrivals] [--lang CODE] [--content "
		"DIR]\n"
		"                   HOSPITAL FILE…\n"
		"       ward replay --since TIME [--as-live] [--json] [--state DIR] [--content "
		"DIR]\n"
		"                   HOSPITAL\n\n"
		"Reads recorded input (captures, syslog, JSON lines of Ward or of others; "
		"recognised\n"
		"by content), merges it by event time (what is not in its order is sorted), places "
		"it in the hospital, and tells what\n"
		"follows: the signs, why they are one attack, the care that it will cost, the "
		"first\n"
		"step; at the end a summary. Times are the hospital's. The same input gives the\n"
		"same output, byte for byte.\n\n"
		"  --json         all records as JSON lines: detections, incidents, impacts, each\n"
		"                 with \"kind\" and revision, and a summary\n"
		"  --events       the events too, as they were placed\n"
		"  --arrivals     by the recorded arrival (\"seen\") instead of the event time: as "
		"it\n"
		"                 was live, clocks that are wrong included\n"
		"  --lang CODE    the story's language: en, fr, it, nl (default: $WARD_LANG, else "
		"the\n"
		"                 first of the hospital's languages; records are in English)\n"
		"  --content DIR  threats, rules and propagation (default: beside the program)\n\n"
		"With --since no files, but what the journal of 'ward run' retains: which alarms\n"
		"today's rules would have raised, in how many incidents, and who would have been\n"
		"called, per rule and per role. Nothing of the state is changed. Events before "
		"TIME\n"
		"are looked at, so that what was known is known; works permits count as they "
		"did.\n\n"
		"  --since TIME   7d, 2026-03-12, '2026-03-12 09:00' (the hospital's clock) or RFC "
		"3339\n"
		"  --as-live      as if the rules in shadow were live\n"
		"  --state DIR    what 'ward run' keeps (default: as for 'ward run')\n\n"
		"Exit codes: 0 done, 1 some input was rejected (counted), 2 wrong usage, 3 could "
		"not\n"
		"run.\n",
	.run = run,
};
