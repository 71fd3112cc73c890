#include "cli/commands.h"
#include "cli/lang.h"
#include "cli/life.h"
#include "cli/patterns.h"
#include "cli/record_heard.h"
#include "exercise/record.h"
#include "model/point/point.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>

enum { FILE_MAX_BYTES = 64 << 20 };

struct args {
	const char *scenario, *out, *content, *code, *life;
};

struct record {
	const struct ward_cmd *cmd;
	struct args args;
	struct ward_limits lim;
	struct ward_names names;
	struct ward_counters counters;
	struct ward_points *points;
	struct ward_log_patterns *patterns;
	struct ward_scenario *life; /* NULL: nothing beside the story */
	struct ward_wr w;
};

static int parse(const struct ward_cmd *cmd, int argc, char **argv, struct args *a)
{
	for (int i = 1; i < argc; i++) {
		const char **value = strcmp(argv[i], "--content") == 0 ? &a->content
				     : strcmp(argv[i], "--lang") == 0  ? &a->code
				     : strcmp(argv[i], "--life") == 0  ? &a->life
								       : NULL;

		if (value && i + 1 == argc)
			return ward_cli_usage(cmd, "%s needs a value", argv[i]);
		if (value) {
			*value = argv[++i];
		} else if (argv[i][0] == '-') {
			return ward_cli_usage(cmd, "'%s' is not an option", argv[i]);
		} else if (!a->scenario) {
			a->scenario = argv[i];
		} else if (!a->out) {
			a->out = argv[i];
		} else {
			return ward_cli_usage(cmd, "'%s' is one argument too many", argv[i]);
		}
	}
	return a->out ? WARD_EXIT_DONE
		      : ward_cli_usage(cmd, "give a scenario's folder and a folder to write to");
}

/* The hospital lies two folders up. */
static bool hospital_of(const char *scenario, char ret[PATH_MAX])
{
	if (!realpath(scenario, ret))
		return false;
	for (int i = 0; i < 2; i++) {
		char *slash = strrchr(ret, '/');

		if (!slash || slash == ret)
			return false;
		*slash = 0;
	}
	return true;
}

static void report(
	struct record *r, struct ward_diag *d, const char *content, const struct ward_model *m)
{
	const struct ward_cli_lang speak = {
		r->args.code, content, m ? ward_model_hospital(m)->language : WARD_STR("")};
	struct ward_lang *lang = NULL;

	if (ward_cli_lang(r->cmd, &speak, &r->lim, &lang) != WARD_EXIT_DONE)
		lang = NULL; /* which was said */
	ward_diag_sort(d);
	for (size_t i = 0; i < d->n; i++) /* notes are for `ward check --notes` */
		if (d->item[i].level != WARD_DIAG_NOTE)
			ward_cli_write_finding(&r->w, &d->item[i], false, lang);
	(void)ward_cli_put(&r->w, stderr);
	ward_lang_free(lang);
}

static int load(struct record *r, struct ward_model **m, struct ward_scenario **s)
{
	struct ward_diag d;
	char dir[PATH_MAX];
	const char *content = ward_cli_content(r->cmd, r->args.content);
	enum ward_err err;

	if (!content)
		return WARD_EXIT_RUN;
	if (!hospital_of(r->args.scenario, dir))
		return ward_cli_fail(r->cmd,
			"'%s' is no folder in a hospital's scenarios: give "
			"HOSPITAL/scenarios/NAME",
			r->args.scenario);
	ward_diag_init(&d, ward_mem_heap());
	struct ward_scenario_in in = {.lim = &r->lim, .mem = ward_mem_heap(), .diag = &d};

	err = ward_model_limits(dir, in.mem, &d, &r->lim);
	if (!err)
		err = ward_model_load(dir, content, &r->lim, in.mem, &d, m);
	in.m = *m;
	const struct ward_point_in of = {*m, &r->lim, in.mem, &d};

	if (!err)
		err = ward_points_load(&of, dir, content, &r->points);
	in.points = r->points;
	if (!err)
		err = ward_scenario_load(r->args.scenario, &in, s);
	if (!err && r->args.life)
		err = ward_life_new(&(const struct ward_life_in){.story = *s,
					    .seed = ward_str_z(r->args.life),
					    .lasts = ward_life_recorded(*s),
					    .soon = ward_life_recorded(*s),
					    .lim = &r->lim,
					    .mem = in.mem,
					    .diag = &d},
			&r->life);
	if (err)
		report(r, &d, content, *m);
	ward_diag_fini(&d);
	if (!err)
		return WARD_EXIT_DONE;
	(void)ward_cli_fail(r->cmd, "cannot play '%s': %s", r->args.scenario, ward_err_text(err));
	return ward_err_class(err) == WARD_ERR_CLASS_INPUT ? WARD_EXIT_INPUT : WARD_EXIT_RUN;
}

static enum ward_err put(void *ctx, const struct ward_event *e)
{
	struct record *r = ctx;

	ward_event_write_json(e, &r->names, &r->w);
	ward_wr_ch(&r->w, '\n');
	return ward_wr_bad(&r->w) ? WARD_ERR_LIMIT : WARD_OK;
}

static enum ward_err record_sensors(struct record *r, const struct ward_scenario *c)
{
	const struct ward_cli_hearing h = {&r->lim, &r->names, &r->counters};

	return ward_cli_record_sensors(c, r->life, &h, &r->w);
}

static enum ward_err record_logs(struct record *r, const struct ward_scenario *c)
{
	ward_record_syslog(c, r->life, &r->w);
	return WARD_OK;
}

static enum ward_err record_frames(struct record *r, const struct ward_scenario *c)
{
	return ward_record_frames(c, r->life, &r->w);
}

static const struct part {
	const char *name;
	unsigned acts; /* 1 << WARD_ACT_… */
	enum ward_err (*make)(struct record *r, const struct ward_scenario *c);
} parts[] = {
	{"doors.syslog", 1 << WARD_ACT_SYSLOG | 1 << WARD_ACT_LOG, record_logs},
	{"bms.pcap",
		1 << WARD_ACT_ARP | 1 << WARD_ACT_BACNET | 1 << WARD_ACT_TCP | 1 << WARD_ACT_UDP |
			1 << WARD_ACT_TOOL,
		record_frames},
	{"sensors.jsonl", 1 << WARD_ACT_MQTT, record_sensors},
};

/* What err says was made, or not. */
static int write_file(struct record *r, const char *name, enum ward_err err)
{
	char path[PATH_MAX];
	int n = snprintf(path, sizeof(path), "%s/%s", r->args.out, name);

	if (n < 0 || (size_t)n >= sizeof(path))
		return ward_cli_fail(r->cmd, "'%s': the name is too long", r->args.out);
	if (!err && ward_wr_bad(&r->w))
		err = WARD_ERR_LIMIT;
	if (err)
		return ward_cli_fail(r->cmd, "'%s': %s", path, ward_err_text(err));
	FILE *f = fopen(path, "we");

	if (!f)
		return ward_cli_fail(r->cmd, "cannot write '%s': %s", path, strerror(errno));
	bool wrote = ward_cli_put(&r->w, f);

	if (fclose(f) != 0 || !wrote)
		return ward_cli_fail(r->cmd, "cannot write '%s'", path);
	return WARD_EXIT_DONE;
}

static int write_part(struct record *r, const struct part *part, const struct ward_scenario *c)
{
	bool any = false;

	for (unsigned a = 0; a < WARD_ACT_N; a++)
		any |= part->acts >> a & 1 &&
		       (ward_record_count(c, (enum ward_act)a) ||
			       (r->life && ward_record_count(r->life, (enum ward_act)a)));
	if (!any)
		return WARD_EXIT_DONE;
	ward_wr_reset(&r->w);
	enum ward_err err = part->make(r, c);

	return write_file(r, part->name, err);
}

/* What is played of the hospital's machines, a file for each source: what pollers read of
 * controllers, and what devices say of their own accord, on a line or as traps. */
static int write_machines(struct record *r, const struct ward_scenario *c)
{
	const struct ward_cli_polled p = {c, r->points, &r->lim, &r->names, &r->counters, {put, r}};
	size_t n;
	const struct ward_source *s = ward_model_sources(c->model, &n);
	int rc = WARD_EXIT_DONE;

	for (size_t i = 0; i < n && !rc; i++) {
		bool polled = ward_scenario_controls(c, &s[i]);
		char name[NAME_MAX];

		if (!polled && !ward_cli_heard(c, &s[i]))
			continue;
		(void)snprintf(name, sizeof(name), "%.*s.jsonl", WARD_STR_ARG(s[i].id));
		ward_wr_reset(&r->w);
		enum ward_err err = polled ? ward_cli_record_controllers(&p, &s[i])
					   : ward_cli_record_heard(&p, r->patterns, &s[i]);

		rc = write_file(r, name, err);
	}
	return rc;
}

static int run(const struct ward_cmd *cmd, int argc, char **argv)
{
	struct record r = {.cmd = cmd};
	char seed[WARD_CLI_LIFE_DRAWN];
	WARD_AUTO(ward_model_freep) struct ward_model *m = NULL;
	WARD_AUTO(ward_scenario_freep) struct ward_scenario *s = NULL;
	int rc = parse(cmd, argc, argv, &r.args);

	if (rc != WARD_EXIT_DONE)
		return rc;
	ward_limits_default(&r.lim);
	ward_counters_init(&r.counters);
	r.w = ward_wr_grow(ward_mem_heap(), FILE_MAX_BYTES);
	if (r.args.life)
		rc = ward_cli_life_seed(cmd, &r.args.life, seed);
	if (!rc)
		rc = load(&r, &m, &s);
	if (!rc && mkdir(r.args.out, 0777) != 0 && errno != EEXIST)
		rc = ward_cli_fail(cmd, "cannot make '%s': %s", r.args.out, strerror(errno));
	if (!rc && ward_names_init(&r.names, ward_mem_heap(), &r.lim) != WARD_OK)
		rc = ward_cli_fail(cmd, "out of memory");
	for (size_t i = 0; i < WARD_ARRAY_LEN(parts) && !rc; i++)
		rc = write_part(&r, &parts[i], s);
	if (!rc) {
		char dir[PATH_MAX];

		rc = ward_cli_patterns(cmd, ward_cli_content(cmd, r.args.content),
			hospital_of(r.args.scenario, dir) ? dir : NULL, &r.names, &r.lim,
			&r.patterns);
	}
	if (!rc)
		rc = write_machines(&r, s);
	ward_scenario_free(r.life);
	ward_points_free(r.points);
	ward_log_patterns_free(r.patterns);
	ward_names_fini(&r.names);
	ward_wr_fini(&r.w);
	return rc;
}

const struct ward_cmd ward_cmd_exercise_record = {
	.name = "exercise record",
	.summary = "a scenario as recorded input for replay",
	.help = "usage: ward exercise record [--life SEED] [--content DIR] [--lang CODE]\n"
		"                            HOSPITAL/scenarios/NAME OUTDIR\n\n"
		"Writes what the steps of a scenario (docs/scenarios.md) send, at their `real` "
		"times,\n"
		"as files that `ward replay` reads:\n\n"
		"  doors.syslog   every syslog message, one a line\n"
		"  bms.pcap       every frame, ARP and BACnet/IP with their answers\n"
		"  sensors.jsonl  what the field sensor makes of the MQTT messages\n"
		"  SOURCE.jsonl   what the poller of a source reads of played controllers, what "
		"is\n"
		"                 heard on a line to pagers, or of traps\n\n"
		"A file without content is not written. The same scenario gives the same bytes: "
		"kept\n"
		"recordings are made so. Frames and messages are built by the code that plays "
		"them\n"
		"live.\n\n"
		"  --life SEED    ordinary life beside the story, from its beginning to its last "
		"step:\n"
		"                 people at doors, sensors, machines that talk "
		"(docs/exercise.md);\n"
		"                 the same text of at most 64 bytes gives the same bytes, '-' one "
		"that\n"
		"                 is drawn and told\n"
		"  --content DIR  threats and ontology (default: beside the program)\n"
		"  --lang CODE    of what is wrong: en, fr, it, nl (default: $WARD_LANG, else the\n"
		"                 first of the hospital's languages)\n\n"
		"Exit codes: 0 done, 1 the scenario or hospital has problems (reported), 2 wrong "
		"usage,\n"
		"3 could not run.\n",
	.run = run,
};
