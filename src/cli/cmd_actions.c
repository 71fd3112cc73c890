#include "actions/actions.h"
#include "cli/args.h"
#include "cli/commands.h"
#include "cli/incident.h"
#include "cli/known.h"
#include "cli/lang.h"
#include "cli/ways.h"

enum { HOURS = 8, HOURS_MAX = 24 * 31, PATH_BYTES = 4096 };

struct options {
	struct ward_cli_incident incident;
	const char *now;
	const char *teams[WARD_TEAMS_MAX];
	size_t n_teams;
	uint64_t hours, budget;
	bool json, timeline;
};

struct job {
	const struct ward_cmd *cmd;
	struct options opt;
	struct ward_cli_case c;
	struct ward_works *works;
	struct ward_action_set *set;
	struct ward_cli_ways ways;
	struct ward_change now[WARD_CLI_WITH];
	struct ward_actions_later later[WARD_CLI_WITH];
	struct ward_actions_ask ask;
	struct ward_actions found;
	bool wrote; /* doing nothing */
};

static int option(const struct ward_cmd *cmd, const char *name, const char *value, void *ctx)
{
	struct options *o = ctx;
	uint64_t n;

	if (strcmp(name, "--teams") == 0) {
		if (o->n_teams == WARD_TEAMS_MAX)
			return ward_cli_usage(cmd, "more than %d times --teams", WARD_TEAMS_MAX);
		o->teams[o->n_teams++] = value;
	} else if (strcmp(name, "--hours") == 0) {
		if (!ward_str_u64(ward_str_z(value), &o->hours) || !o->hours ||
			o->hours > HOURS_MAX)
			return ward_cli_usage(
				cmd, "--hours %s is no number from 1 to %d", value, HOURS_MAX);
	} else if (strcmp(name, "--budget") == 0) {
		if (!ward_str_u64(ward_str_z(value), &n))
			return ward_cli_usage(cmd, "--budget %s is no number of euros", value);
		o->budget = n / 100;
	} else {
		return ward_cli_usage(cmd, "'%s' is not an option", name);
	}
	return WARD_EXIT_DONE;
}

static int parse(const struct ward_cmd *cmd, int argc, char **argv, struct options *o)
{
	o->hours = HOURS;
	o->incident.later = true;
	o->budget = UINT64_MAX;
	const struct ward_cli_opt opt[] = {{"--json", NULL, &o->json},
		{"--timeline", NULL, &o->timeline}, {"--now", &o->now, NULL}};
	const struct ward_cli_args args = {opt, WARD_ARRAY_LEN(opt), NULL, &o->incident, option, o};
	int code = ward_cli_args(cmd, argc, argv, &args);

	if (code)
		return code;
	return ward_cli_incident_complete(cmd, &o->incident);
}

static int load(struct job *j)
{
	char dir[PATH_BYTES], own[PATH_BYTES];
	int code = ward_cli_case_load(j->cmd, &j->opt.incident, j->opt.json, &j->c);

	if (!code)
		code = ward_cli_case_works(j->cmd, &j->c, &j->works);
	if (code)
		return code;
	if (snprintf(dir, sizeof(dir), "%s/actions", j->c.content) >= PATH_BYTES ||
		snprintf(own, sizeof(own), "%s/actions", j->c.dir) >= PATH_BYTES)
		return ward_cli_fail(j->cmd, "a path is too long");
	enum ward_err err =
		ward_actions_load(dir, own, j->c.m, j->works, &j->c.lim, &j->c.diag, &j->set);

	if (err)
		return ward_cli_report_in(j->cmd, err, dir, &j->c.diag, j->c.lang, &j->c.w);
	return ward_cli_case_resolve(j->cmd, &j->opt.incident, &j->c);
}

/* Doing nothing is told as soon as it is known. */
static void begun(void *ctx, const struct ward_actions *so_far)
{
	struct job *j = ctx;
	const struct ward_actions_world w = {j->c.m, j->c.r, j->works, j->set, j->c.e};
	const struct ward_cli_known known = {
		j->c.seed, j->opt.incident.n, j->c.r, j->c.m, j->c.lang, j->opt.incident.dir};

	(j->opt.json ? ward_cli_known_json : ward_cli_known_text)(&known, &j->c.w);
	(j->opt.json ? ward_actions_write_nothing_json : ward_actions_write_nothing_text)(
		so_far, &w, &j->ask, j->c.lang, &j->c.w);
	j->wrote = ward_cli_put(&j->c.w, stdout);
}

/* What is otherwise from the beginning, and what only later. */
static int changes(struct job *j)
{
	for (size_t i = 0; i < j->opt.incident.n_with; i++) {
		const struct ward_change *c = &j->c.change[i];

		if (j->c.from[i] <= j->c.at)
			j->now[j->ask.n_change++] = *c;
		else if (c->kind == WARD_CHANGE_THREAT)
			return ward_cli_usage(j->cmd,
				"--with %s: actions are looked for against what is there; leave "
				"out "
				"%s, or ask again when it has come about",
				j->opt.incident.with[i], strrchr(j->opt.incident.with[i], '@'));
		else
			j->later[j->ask.n_later++] = (struct ward_actions_later){j->c.from[i], *c};
	}
	j->ask.change = j->now;
	j->ask.later = j->later;
	return WARD_EXIT_DONE;
}

static int work(struct job *j)
{
	const struct options *o = &j->opt;
	int code = load(j);

	if (code)
		return code;
	enum ward_err err =
		ward_cli_ways_load(j->c.content, j->c.dir, j->c.m, &j->c.lim, &j->c.diag, &j->ways);

	if (err)
		return ward_cli_report_in(j->cmd, err, j->c.dir, &j->c.diag, j->c.lang, &j->c.w);
	j->ask = (struct ward_actions_ask){.seed = j->c.seed,
		.n_seed = o->incident.n,
		.now = j->c.at,
		.horizon = (ward_ns)o->hours * 3600 * WARD_NS_PER_S,
		.budget = o->budget,
		.free = j->ways.escape.free,
		.n_free = j->ways.escape.n_free,
		.knows_ways = j->ways.escape.known,
		.begun = begun,
		.ctx = j};
	code = changes(j);
	if (!code && o->now)
		code = ward_cli_moment(j->cmd, "--now", o->now, j->c.at, &j->ask.now);
	if (!code && j->ask.now < j->c.at)
		code = ward_cli_usage(j->cmd,
			"--now %s is before --at: actions begin when something has happened, or "
			"later",
			o->now);
	for (size_t i = 0; !code && i < o->n_teams; i++)
		code = ward_cli_teams(j->cmd, j->works, o->teams[i], j->ask.teams);
	if (code)
		return code;
	j->ask.timeline = o->timeline;
	struct ward_actions_world w = {j->c.m, j->c.r, j->works, j->set, j->c.e};
	err = ward_actions_find(&w, &j->ask, ward_mem_heap(), &j->found);

	if (!err)
		(o->json ? ward_actions_write_json : ward_actions_write_text)(
			&j->found, &w, &j->ask, j->c.lang, &j->c.w);
	ward_actions_fini(&j->found);
	if (err)
		return ward_cli_case_fail(j->cmd, err);
	return j->wrote && ward_cli_put(&j->c.w, stdout) ? WARD_EXIT_DONE : WARD_EXIT_RUN;
}

static int run(const struct ward_cmd *cmd, int argc, char **argv)
{
	struct job j = {.cmd = cmd};
	int code = parse(cmd, argc, argv, &j.opt);

	if (code)
		return code;
	ward_cli_case_init(&j.c);
	code = work(&j);
	ward_cli_ways_fini(&j.ways);
	ward_actions_free(j.set);
	ward_works_free(j.works);
	ward_cli_case_fini(&j.c);
	return code;
}

const struct ward_cmd ward_cmd_actions = {
	.name = "actions",
	.summary = "what can be done against an incident, what it avoids and what it costs care "
		   "itself",
	.help = "usage: ward actions DIR --asset ID --threat CODE [--asset … --threat …] [--at "
		"TIME]\n"
		"                    [--now TIME] [--with CHANGE …] [--hours N] [--budget EUR]\n"
		"                    [--teams N | --teams TEAM=N …] [--lang CODE] [--content DIR]\n"
		"                    [--timeline] [--json]\n\n"
		"Doing nothing and its forecast first; then the actions that are possible, the "
		"best\n"
		"first, each with what it avoids, when it has its effect, what it takes down "
		"itself,\n"
		"who may approve it; and the best that can be done together (docs/recovery.md).\n"
		"Nothing is done: people decide.\n\n"
		"  --asset ID      what is hit; --threat CODE: by what (both may be repeated)\n"
		"  --at TIME       when it began (default now): 09:00, \"2026-03-19 09:00\", RFC "
		"3339\n"
		"  --now TIME      when actions begin (default: --at); also a length of time after "
		"it\n"
		"  --with CHANGE   things are otherwise: as for `ward impact`, with @TIME from "
		"then on\n"
		"  --hours N       losses are counted so long from --now (default 8)\n"
		"  --timeline      how services fare in these hours, with nothing done and with\n"
		"                  each action that is shown\n"
		"  --budget EUR    what actions may cost together\n"
		"  --teams N       so many teams of every kind; TEAM=N: of that kind\n"
		"  --lang CODE     en, fr, it, nl (default: $WARD_LANG, else the first of the\n"
		"                  hospital's languages); with --json the texts, else English\n"
		"  --content DIR   ontology, threats, rules, works, actions (else $WARD_CONTENT, "
		"else\n"
		"                  the built-in place)\n"
		"  --json          one object per line: known, nothing, action, summary\n\n"
		"Exit: 0 done, 1 the hospital or content has problems (reported), 2 wrong usage or "
		"an\n"
		"unknown id (the nearest is named), 3 could not run.\n",
	.run = run,
};
