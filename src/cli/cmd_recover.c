#include "cli/args.h"
#include "cli/commands.h"
#include "cli/known.h"
#include "recover/recover.h"

enum { FACTS_MAX = 256, PERCENT = 50 };

struct options {
	struct ward_cli_incident incident;
	const char *now, *stopped;
	const char *fact[FACTS_MAX]; /* "X" or "X=MINUTES" */
	bool done[FACTS_MAX];
	size_t n_fact;
	const char *teams[WARD_TEAMS_MAX];
	size_t n_teams;
	uint64_t percent;
	bool json;
};

struct job {
	const struct ward_cmd *cmd;
	struct options opt;
	struct ward_cli_case c;
	struct ward_works *works;
	struct ward_recover_fact fact[FACTS_MAX];
	struct ward_recover_ask ask;
	struct ward_recover plan;
};

static int option(const struct ward_cmd *cmd, const char *name, const char *value, void *ctx)
{
	struct options *o = ctx;
	if (strcmp(name, "--done") == 0 || strcmp(name, "--late") == 0) {
		if (o->n_fact == FACTS_MAX)
			return ward_cli_usage(
				cmd, "more than %d times --done or --late", FACTS_MAX);
		o->done[o->n_fact] = strcmp(name, "--done") == 0;
		o->fact[o->n_fact++] = value;
	} else if (strcmp(name, "--teams") == 0) {
		if (o->n_teams == WARD_TEAMS_MAX)
			return ward_cli_usage(cmd, "more than %d times --teams", WARD_TEAMS_MAX);
		o->teams[o->n_teams++] = value;
	} else if (strcmp(name, "--likely") == 0) {
		if (!ward_str_u64(ward_str_z(value), &o->percent) || o->percent > 100)
			return ward_cli_usage(cmd, "--likely %s is no number from 0 to 100", value);
	} else {
		return ward_cli_usage(cmd, "'%s' is not an option", name);
	}
	return WARD_EXIT_DONE;
}

static int parse(const struct ward_cmd *cmd, int argc, char **argv, struct options *o)
{
	o->percent = PERCENT;
	const struct ward_cli_opt opt[] = {{"--json", NULL, &o->json}, {"--now", &o->now, NULL},
		{"--stopped", &o->stopped, NULL}};
	const struct ward_cli_args args = {opt, WARD_ARRAY_LEN(opt), NULL, &o->incident, option, o};
	int code = ward_cli_args(cmd, argc, argv, &args);

	if (code)
		return code;
	return ward_cli_incident_complete(cmd, &o->incident);
}

/* "X" or, for --late, "X=45min" ("X=45": minutes). */
static int fact(struct job *j, size_t i)
{
	struct ward_str rest = ward_str_z(j->opt.fact[i]), asset = ward_str_cut(&rest, '=');
	struct ward_recover_fact *f = &j->fact[i];
	uint64_t min;

	f->done = j->opt.done[i];
	if (!f->done) {
		if (rest.p && ward_str_u64(rest, &min))
			f->late = min <= 60 * 24 * 366 ? (ward_ns)min * 60 * WARD_NS_PER_S
						       : WARD_NS_NEVER;
		else if (!rest.p || ward_duration_parse(rest, &f->late) || f->late < 0)
			return ward_cli_usage(j->cmd, "--late %s: write ASSET=MINUTES, or ASSET=2h",
				j->opt.fact[i]);
		if (f->late > WARD_WORK_LONGEST)
			return ward_cli_usage(
				j->cmd, "--late %s: write at most 366d", j->opt.fact[i]);
	}
	return ward_cli_asset(j->cmd, j->c.m, asset, &f->node);
}

static int resolve(struct job *j)
{
	const struct options *o = &j->opt;
	int code = WARD_EXIT_DONE;

	j->ask = (struct ward_recover_ask){.seed = j->c.seed,
		.n_seed = o->incident.n,
		.change = j->c.change,
		.n_change = o->incident.n_with,
		.fact = j->fact,
		.n_fact = o->n_fact,
		.at = j->c.at,
		.now = j->c.at,
		.stopped = WARD_NS_NEVER,
		.likely_micro = (int64_t)o->percent * 10000};
	if (o->now)
		code = ward_cli_moment(j->cmd, "--now", o->now, j->c.at, &j->ask.now);
	if (!code && j->ask.now < j->c.at)
		code = ward_cli_usage(j->cmd,
			"--now %s is before --at: works begin when something has happened, or "
			"later",
			o->now);
	if (!code && o->stopped)
		code = ward_cli_moment(j->cmd, "--stopped", o->stopped, j->c.at, &j->ask.stopped);
	for (size_t i = 0; !code && i < o->n_teams; i++)
		code = ward_cli_teams(j->cmd, j->works, o->teams[i], j->ask.teams);
	for (size_t i = 0; !code && i < o->n_fact; i++)
		code = fact(j, i);
	return code;
}

static int work(struct job *j)
{
	int code = ward_cli_case_load(j->cmd, &j->opt.incident, j->opt.json, &j->c);

	if (!code)
		code = ward_cli_case_works(j->cmd, &j->c, &j->works);
	if (!code)
		code = ward_cli_case_resolve(j->cmd, &j->opt.incident, &j->c);
	if (!code)
		code = resolve(j);
	if (code)
		return code;
	struct ward_recover_world w = {j->c.m, j->c.r, j->works, j->c.e};
	enum ward_err err = ward_recover_find(&w, &j->ask, ward_mem_heap(), &j->plan);

	const struct ward_cli_known known = {
		j->c.seed, j->opt.incident.n, j->c.r, j->c.m, j->c.lang, j->opt.incident.dir};

	if (!err) {
		(j->opt.json ? ward_cli_known_json : ward_cli_known_text)(&known, &j->c.w);
		(j->opt.json ? ward_recover_write_json : ward_recover_write_text)(
			&j->plan, &w, &j->ask, j->c.lang, &j->c.w);
	}
	ward_recover_fini(&j->plan);
	if (err == WARD_ERR_LIMIT)
		return ward_cli_fail(j->cmd,
			"more than %d works: plan for what is likelier, with "
			"--likely",
			WARD_RECOVER_JOBS);
	if (err)
		return ward_cli_case_fail(j->cmd, err);
	return ward_cli_put(&j->c.w, stdout) ? WARD_EXIT_DONE : WARD_EXIT_RUN;
}

static int run(const struct ward_cmd *cmd, int argc, char **argv)
{
	struct job j = {.cmd = cmd};
	int code = parse(cmd, argc, argv, &j.opt);

	if (code)
		return code;
	ward_cli_case_init(&j.c);
	code = work(&j);
	ward_works_free(j.works);
	ward_cli_case_fini(&j.c);
	return code;
}

const struct ward_cmd ward_cmd_recover = {
	.name = "recover",
	.summary = "in which order to bring things back after an incident, so that care is back "
		   "soonest",
	.help = "usage: ward recover DIR --asset ID --threat CODE [--asset … --threat …] [--at "
		"TIME]\n"
		"                    [--now TIME] [--with CHANGE …] [--done ID …] [--late ID=MIN "
		"…]\n"
		"                    [--teams N | --teams TEAM=N …] [--stopped TIME] [--likely "
		"PERCENT]\n"
		"                    [--lang CODE] [--content DIR] [--json]\n\n"
		"What the incident takes, or is expected to take, and the order of works that "
		"brings\n"
		"care back soonest: when, what, which team, why; for each service when it is back\n"
		"against how long it can be away; what the order saves (docs/recovery.md).\n\n"
		"  --asset ID      what is hit; --threat CODE: by what (both may be repeated)\n"
		"  --at TIME       when it began (default now): 09:00, \"2026-03-19 09:00\", RFC "
		"3339\n"
		"  --now TIME      when the plan is made: no work begins before (default: --at);\n"
		"                  also a length of time after --at, as 45min\n"
		"  --with CHANGE   things are otherwise: as for `ward impact`, e.g. repaired=ID,\n"
		"                  but from the beginning\n"
		"  --done ID       the work on it is done\n"
		"  --late ID=MIN   the work on it takes so much longer\n"
		"  --teams N       so many teams of every kind; TEAM=N: of that kind\n"
		"  --stopped TIME  nothing more is struck from then on\n"
		"  --likely PERCENT  plan for what is this likely (default 50)\n"
		"  --lang CODE     en, fr, it, nl (default: $WARD_LANG, else the first of the\n"
		"                  hospital's languages); with --json the texts, else English\n"
		"  --content DIR   ontology, threats, rules, works (else $WARD_CONTENT, else the\n"
		"                  built-in place)\n"
		"  --json          one object per line: known, work, service, summary\n\n"
		"Exit: 0 done, 1 the hospital or content has problems (reported), 2 wrong usage or "
		"an\n"
		"unknown id (the nearest is named), 3 could not run.\n",
	.run = run,
};
