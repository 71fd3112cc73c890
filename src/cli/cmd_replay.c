#include "cli/commands.h"
#include "cli/lang.h"
#include "cli/loaded.h"
#include "cli/losses.h"
#include "cli/past.h"
#include "cli/rerun.h"
#include "model/coverage/coverage.h"
#include "story/story.h"
#include "story/zone.h"

#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { OUT_BYTES_MAX = 64 << 20 };

struct replay {
	struct ward_cli_rerun x;
	const char *lang_option;
	bool json, events;
	struct ward_cli_past past; /* --since: instead of files */
	struct ward_lang *lang;
	struct ward_story *story; /* NULL with --json */
	struct ward_wr out;
	uint64_t n_output[WARD_OUTPUT_N];
	struct ward_tab ids[WARD_OUTPUT_N]; /* distinct, for the summary */
	bool failed;
};

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
	return strcmp(a, "--content") == 0 ? &r->x.content_option
	       : strcmp(a, "--lang") == 0  ? &r->lang_option
	       : strcmp(a, "--since") == 0 ? &r->past.since_text
	       : strcmp(a, "--state") == 0 ? &r->past.state
					   : NULL;
}

static int check(struct replay *r)
{
	bool since = r->past.since_text != NULL;

	if (since && r->x.n_file)
		return ward_cli_usage(r->x.cmd, "--since looks into the journal: give no files");
	if (since && (r->events || r->x.arrivals))
		return ward_cli_usage(r->x.cmd, "--events and --arrivals are for files");
	if (!since && (r->past.state || r->x.as_live))
		return ward_cli_usage(r->x.cmd, "--state and --as-live go with --since");
	if (r->lang_option && (since || r->json))
		return ward_cli_usage(
			r->x.cmd, "--lang is for the story; records and --since are in English");
	if (since && !r->x.dir)
		return ward_cli_usage(r->x.cmd, "give a hospital directory");
	if (!since && !r->x.n_file)
		return ward_cli_usage(r->x.cmd, "give a hospital directory and recorded files");
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
			r->x.arrivals = true;
		} else if (strcmp(argv[i], "--as-live") == 0) {
			r->x.as_live = true;
		} else if (value) {
			if (i + 1 == argc)
				return ward_cli_usage(r->x.cmd, "%s needs a value", argv[i]);
			*value = argv[++i];
		} else if (argv[i][0] == '-' && argv[i][1]) {
			return ward_cli_usage(r->x.cmd, "'%s' is not an option", argv[i]);
		} else if (!r->x.dir) {
			r->x.dir = argv[i];
		} else if (r->x.n_file == WARD_CLI_RERUN_FILES) {
			return ward_cli_usage(r->x.cmd, "more than %d files", WARD_CLI_RERUN_FILES);
		} else {
			r->x.path[r->x.n_file++] = argv[i];
		}
	}
	return check(r);
}

static size_t columns(void)
{
	struct winsize size;

	return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

static int start_story(struct replay *r)
{
	const struct ward_hospital *h = ward_model_hospital(r->x.model);
	struct ward_story_opts o = {.mem = ward_mem_heap(),
		.lim = &r->x.lim,
		.lang = r->lang,
		.counters = &r->x.counters,
		.hospital = h->name,
		.zone = h->timezone,
		.all = WARD_STR("ward replay --json"),
		.width = columns(),
		.colour = ward_cli_colour(stdout)};

	ward_lang_count_in(r->lang, &r->x.counters);
	if (ward_zone_use(h->timezone) != WARD_OK) {
		fprintf(stderr, "ward replay: no time zone '%.*s' on this system: times are UTC\n",
			WARD_STR_ARG(h->timezone));
		o.zone = WARD_STR("UTC");
	}
	if (ward_story_new(&o, &r->story) != WARD_OK)
		return ward_cli_fail(r->x.cmd, "out of memory");
	return WARD_EXIT_DONE;
}

/* What is told after each event. */
static void after(void *ctx, const struct ward_event *e)
{
	struct replay *r = ctx;

	if (r->story)
		put_story(r, ward_story_flush(r->story, &r->out));
	if (r->events) {
		ward_event_write_json(e, &r->x.names, &r->out);
		put_line(r, WARD_STR(""));
	}
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
	ward_json_u64(&j, r->x.n_event);
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
	ward_json_u64(&j, r->x.n_rejected);
	ward_json_key(&j, "counters");
	ward_counters_json(&r->x.counters, "", &j);
	ward_json_obj_end(&j);
	put_line(r, WARD_STR(""));
}

/* Silence is no peace where nothing was seen. */
static void end_story(struct replay *r)
{
	put_story(r, ward_story_end(r->story, r->x.n_event, 0, &r->out));
	if (r->ids[WARD_OUTPUT_INCIDENT].n)
		return;
	ward_wr_ch(&r->out, '\n');
	ward_say(&r->out, r->lang, WARD_TEXT("What of the networks was seen, and what was not:"));
	put_line(r, WARD_STR("\n"));
	put_story(r, ward_coverage_write_table(
			     ward_brain_coverage(r->x.brain), false, r->lang, &r->out));
}

static void finish(struct replay *r)
{
	ward_story_free(r->story);
	ward_lang_free(r->lang);
	for (size_t i = 0; i < WARD_OUTPUT_N; i++)
		if (r->ids[i].mem)
			ward_tab_fini(&r->ids[i]);
	ward_cli_rerun_fini(&r->x);
	ward_wr_fini(&r->out);
	free(r);
}

/* What the journal holds instead of files. */
static int look_back(struct replay *r)
{
	struct ward_cli_past *p = &r->past;
	int code;

	p->cmd = r->x.cmd;
	p->json = r->json;
	p->shadow_live = r->x.as_live;
	p->lim = &r->x.lim;
	p->names = &r->x.names;
	p->model = r->x.model;
	p->ruleset = r->x.ruleset;
	if (ward_zone_use(ward_model_hospital(r->x.model)->timezone) != WARD_OK)
		fprintf(stderr, "ward replay: no such time zone on this system: times are UTC\n");
	code = ward_cli_past_begin(p);
	if (!code)
		code = ward_cli_rerun_start(&r->x);
	if (!code)
		code = ward_cli_past_run(p, r->x.brain);
	ward_cli_past_fini(p);
	return code;
}

static int replay(struct replay *r)
{
	struct ward_cli_lang lang = {
		r->lang_option, r->x.content, ward_model_hospital(r->x.model)->language};
	int code = r->json ? WARD_EXIT_DONE : ward_cli_lang(r->x.cmd, &lang, &r->x.lim, &r->lang);

	if (!code && !r->json)
		code = start_story(r);
	if (!code)
		code = ward_cli_rerun_start(&r->x);
	if (!code)
		code = ward_cli_rerun_play(&r->x);
	if (code)
		return code;
	if (r->json)
		summary(r);
	else
		end_story(r);
	if (!r->json && !r->failed) {
		struct ward_detect_stats lost =
			ward_detector_stats(ward_brain_detector(r->x.brain));

		ward_cli_waited(r->x.cmd, r->x.ruleset, ward_brain_detector(r->x.brain),
			"ward rules check --hospital HOSPITAL --events FILE...");
		ward_cli_losses(
			r->x.cmd, &lost, "ward rules check --hospital HOSPITAL --events FILE...");
	}
	return r->failed ? WARD_EXIT_RUN : r->x.n_rejected ? WARD_EXIT_INPUT : WARD_EXIT_DONE;
}

static int run(const struct ward_cmd *cmd, int argc, char **argv)
{
	struct replay *r = calloc(1, sizeof(*r));
	int code;

	if (!r)
		return ward_cli_fail(cmd, "out of memory");
	ward_cli_rerun_init(&r->x, cmd);
	r->x.out = on_output;
	r->x.after = after;
	r->x.ctx = r;
	r->out = ward_wr_grow(ward_mem_heap(), OUT_BYTES_MAX);
	for (size_t i = 0; i < WARD_OUTPUT_N; i++)
		ward_tab_init(&r->ids[i], ward_mem_heap(), sizeof(struct ward_id), 0, 1 << 24);
	code = parse(r, argc, argv);
	r->x.past = r->past.since_text != NULL;
	if (!code)
		code = ward_cli_rerun_load(&r->x);
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
