#include "cli/cmd_impact_brief.h"
#include "cli/cmd_impact_ways.h"
#include "cli/commands.h"
#include "cli/course.h"
#include "cli/incident.h"
#include "cli/known.h"
#include "impact/write.h"
#include "model/hours.h"

#include <stdlib.h>

enum { SINGLES = 8 };         /* changes told one by one in a timeline */
enum { BESIDE_MAX = 20 };     /* of what is no service, for people */
enum { SLIGHT_MICRO = 5000 }; /* what is less likely is counted, not listed */
enum { MANY = 9 };            /* services hit, for whom one way is enough */
enum { HOURS = 24, HOURS_MAX = 24 * 366, ARENA_MAX = 1 << 30 };
/* Of one service's diagram, and what is sampled where it does not fit (then within 1 %). */
enum { NARROW_NODES = 1 << 16, NARROW_WORLDS = 10000 };

struct options {
	struct ward_cli_incident o;
	uint64_t hours, n_way; /* ways to each impact; 0: some to each service */
	bool json, timeline, facts, reference;
	enum ward_likelihood_by by; /* how services' likelihoods are found */
};

/* All that lives as long as the command. */
struct job {
	const struct ward_cmd *cmd;
	struct options opt;
	struct ward_cli_case c;
	struct ward_works *works;   /* how things come back; only where something acts later */
	struct ward_course before;  /* without the changes */
	struct ward_course with;    /* with all */
	struct ward_course *single; /* with each, where there are several and a timeline */
	struct ward_router *router; /* NULL: no ways are told */
	struct ward_cli_tell tell;
	struct ward_cli_ways ways;
	size_t n_service; /* impacts on services */
	struct ward_arena arena;
	struct ward_endless endless; /* in arena */
};

static int count(const struct ward_cmd *cmd, const char *name, const char *value, uint64_t max,
	uint64_t *ret)
{
	if (ward_str_u64(ward_str_z(value), ret) && *ret && *ret <= max)
		return WARD_EXIT_DONE;
	return ward_cli_usage(
		cmd, "%s %s is no number from 1 to %llu", name, value, (unsigned long long)max);
}

static int option_of_likelihood(const struct ward_cmd *cmd, const char *value, struct options *o)
{
	o->by = WARD_LIKELIHOOD_BOUND;
	while (strcmp(value, ward_likelihood_by_name(o->by)) != 0)
		if (o->by++ == WARD_LIKELIHOOD_SAMPLED)
			return ward_cli_usage(
				cmd, "--likelihood %s: it is exact, sampled or bound", value);
	return WARD_EXIT_DONE;
}

static int option(const struct ward_cmd *cmd, char **argv, int *at, int argc, struct options *o)
{
	const char *name = argv[*at], *value = *at + 1 < argc ? argv[*at + 1] : NULL;
	const struct {
		const char *name;
		bool *is;
	} flag[] = {{"--json", &o->json}, {"--reference", &o->reference},
		{"--timeline", &o->timeline}, {"--facts", &o->facts}};

	for (size_t i = 0; i < WARD_ARRAY_LEN(flag); i++)
		if (strcmp(name, flag[i].name) == 0) {
			*flag[i].is = true;
			return WARD_EXIT_DONE;
		}
	bool known = strcmp(name, "--likelihood") == 0 || strcmp(name, "--paths") == 0 ||
		     strcmp(name, "--hours") == 0;

	if (!known)
		return ward_cli_usage(cmd, "'%s' is not an option", name);
	if (!value)
		return ward_cli_usage(cmd, "%s needs a value", name);
	++*at;
	if (strcmp(name, "--likelihood") == 0)
		return option_of_likelihood(cmd, value, o);
	return strcmp(name, "--paths") == 0 ? count(cmd, name, value, WARD_ROUTES_MAX, &o->n_way)
					    : count(cmd, name, value, HOURS_MAX, &o->hours);
}

static int parse(const struct ward_cmd *cmd, int argc, char **argv, struct options *o)
{
	int code = WARD_EXIT_DONE;

	for (int i = 1; !code && i < argc; i++) {
		bool taken = false;

		code = ward_cli_incident_take(cmd, argc, argv, &i, &o->o, &taken);
		if (!code && !taken)
			code = option(cmd, argv, &i, argc, o);
	}
	if (!code)
		code = ward_cli_incident_complete(cmd, &o->o);
	if (!code && o->reference && (o->o.n_with || o->timeline || o->facts || o->n_way))
		return ward_cli_usage(cmd,
			"--reference knows no time, change or likelihood: leave out --with, "
			"--timeline, --facts and --paths");
	return code;
}

static bool is_service(const struct job *j, const struct ward_impact *it)
{
	return ward_model_node(j->c.m, it->asset)->kind == WARD_NODE_SERVICE;
}

/* All that is on no service keeps its bounds. */
static enum ward_err narrow(struct job *j, const struct ward_impacts *all)
{
	struct ward_narrow how = {.nodes = j->opt.by == WARD_LIKELIHOOD_EXACT ? NARROW_NODES : 0,
		.worlds = NARROW_WORLDS,
		.seed = 1};

	if (j->opt.by == WARD_LIKELIHOOD_BOUND || j->opt.reference)
		return WARD_OK;
	return ward_engine_narrow_services(j->c.e, &how, all);
}

/* "Theatre 3: Too warm in 18 min, likelihood 80–100 %, 12 care units lost a minute" */
static void write_head(struct job *j, const struct ward_impact *it)
{
	struct ward_str name = ward_model_node(j->c.m, it->asset)->name;
	struct ward_str threat = ward_lang_text(
		j->c.lang, ward_threats_at(ward_model_threats(j->c.m), it->threat)->name);
	bool reference = j->opt.reference;
	int64_t factor = !reference && it->need == WARD_NEED_AVAILABILITY && is_service(j, it)
				 ? ward_model_factor(j->c.m, it->asset, it->expected)
				 : 1000000;
	char text[6][128];
	struct ward_wr when = ward_wr_fixed(text[0], sizeof(text[0]));
	struct ward_wr likelihood = ward_wr_fixed(text[1], sizeof(text[1]));
	struct ward_wr number = ward_wr_fixed(text[2], sizeof(text[2]));
	struct ward_wr local = ward_wr_fixed(text[3], sizeof(text[3]));
	struct ward_wr part = ward_wr_fixed(text[4], sizeof(text[4]));
	struct ward_wr times = ward_wr_fixed(text[5], sizeof(text[5]));

	ward_impact_write_when(&when, it->expected - j->c.at, it->earliest - j->c.at, j->c.lang);
	ward_impact_write_likelihood(&likelihood, it, j->c.lang);
	ward_wr_printf(
		&number, "%.6g", (double)(reference ? it->score_micro : it->loss_micro) / 1e6);
	ward_say_decimal(&local, j->c.lang, ward_wr_text(&number));
	ward_wr_printf(&part, "%.6g", (double)factor / 1e6);
	ward_say_decimal(&times, j->c.lang, ward_wr_text(&part));
	WARD_SAY(&j->c.w, j->c.lang,
		reference ? WARD_TEXT("{name}: {what}, score {number}")
		: factor != 1000000
			? WARD_TEXT("{name}: {what} {when}, likelihood {likelihood}, {number} care "
				    "units lost a minute at that time of the week (x {factor})")
		: it->loss_micro ? WARD_TEXT("{name}: {what} {when}, likelihood {likelihood}, "
					     "{number} care units lost a minute")
				 : WARD_TEXT("{name}: {what} {when}, likelihood {likelihood}"),
		{"name", name}, {"what", threat}, {"when", ward_wr_text(&when)},
		{"likelihood", ward_wr_text(&likelihood)}, {"number", ward_wr_text(&local)},
		{"factor", ward_wr_text(&times)});
}

/* What was asked for: ways to everything, else to services: where many are hit, one to each. */
static enum ward_err write_ways(struct job *j, size_t i)
{
	size_t n = j->opt.n_way;

	if (!n && is_service(j, &j->ways.all->item[i]))
		n = j->opt.json || j->n_service < MANY ? WARD_ROUTES_DEFAULT : 1;
	return j->router && n ? ward_cli_ways_tell(&j->ways, j->router, i, n) : WARD_OK;
}

/* The chain is that of the likeliest way, the head's time that of the soonest. */
static void write_chain_time(struct job *j, const struct ward_impact *it)
{
	char text[128];
	struct ward_wr when = ward_wr_fixed(text, sizeof(text));

	ward_impact_write_when(
		&when, it->chain_expected - j->c.at, it->chain_earliest - j->c.at, j->c.lang);
	ward_wr_ch(&j->c.w, ' ');
	WARD_SAY(&j->c.w, j->c.lang,
		WARD_TEXT("({when} by this, the likeliest way; another is sooner)"),
		{"when", ward_wr_text(&when)});
}

static enum ward_err write_item(struct job *j, const struct ward_impacts *all, size_t i)
{
	const struct ward_impact *it = &all->item[i];
	struct ward_wr *w = &j->c.w;

	ward_wr_z(w, "  ");
	write_head(j, it);
	ward_wr_z(w, "\n      ");
	ward_impact_write_reason(all, i, j->c.m, j->c.lang, w);
	if (!j->opt.reference && ward_impact_has_sooner(it))
		write_chain_time(j, it);
	if (it->loop) {
		ward_wr_ch(w, ' ');
		ward_say(w, j->c.lang,
			WARD_TEXT("(only a loop without a live source still held it)"));
	}
	ward_wr_ch(w, '\n');
	return write_ways(j, i);
}

static size_t count_services(const struct job *j, const struct ward_impacts *all)
{
	size_t n = 0;

	for (size_t i = 0; i < all->n; i++)
		n += is_service(j, &all->item[i]);
	return n;
}

static void write_title(struct job *j, const char *english)
{
	ward_wr_ch(&j->c.w, '\n');
	ward_say(&j->c.w, j->c.lang, english);
	ward_wr_ch(&j->c.w, '\n');
}

static struct ward_cli_known known_of(const struct job *j)
{
	return (struct ward_cli_known){
		j->c.seed, j->opt.o.n, j->c.r, j->c.m, j->c.lang, j->opt.o.dir};
}

/* Told as 0 %, and nothing that anybody saw. */
static bool is_slight(const struct job *j, const struct ward_impact *it)
{
	return !j->opt.reference && it->rule != WARD_IMPACT_SEED && it->hi_micro < SLIGHT_MICRO;
}

static void write_slight(struct job *j, size_t n)
{
	char text[24];
	struct ward_wr number = ward_wr_fixed(text, sizeof(text));

	if (!n)
		return;
	ward_say_number(&number, j->c.lang, n);
	ward_wr_ch(&j->c.w, '\n');
	WARD_SAY(&j->c.w, j->c.lang, WARD_TEXT("Not listed, each below half a percent: {n}"),
		{"n", ward_wr_text(&number)});
	ward_wr_ch(&j->c.w, '\n');
}

static void write_more(struct job *j, size_t n)
{
	ward_wr_z(&j->c.w, "  ");
	ward_say_n(&j->c.w, j->c.lang, n, WARD_TEXT_ONE("and {n} more; --json lists all"),
		WARD_TEXT("and {n} more; --json lists all"));
	ward_wr_ch(&j->c.w, '\n');
}

static enum ward_err write_people(struct job *j, const struct ward_impacts *all)
{
	struct ward_wr *w = &j->c.w;
	size_t n_service = j->n_service, n_slight = 0, n_beside = 0;
	struct ward_cli_known known = known_of(j);
	enum ward_err err =
		j->opt.reference ? WARD_OK : ward_cli_brief(all, j->c.at, SLIGHT_MICRO, &j->tell);

	if (n_service || !ward_cli_known_n(&known)) {
		ward_say(w, j->c.lang,
			n_service ? WARD_TEXT("Care services that are hit, the soonest first:")
				  : WARD_TEXT("No care service is hit, as far as the directory "
					      "says."));
		ward_wr_ch(w, '\n');
	}
	for (unsigned pass = 0; pass < 2; pass++) {
		if (pass)
			ward_cli_known_text(&known, w);
		if (pass)
			ward_endless_say(&j->endless, j->c.m, j->c.lang, w);
		if (pass && all->n > n_service)
			write_title(j, WARD_TEXT("Beside them:"));
		for (size_t i = 0; !err && i < all->n; i++) {
			if (is_service(j, &all->item[i]) != (pass == 0))
				continue;
			if (is_slight(j, &all->item[i]))
				n_slight++;
			else if (pass == 0 || ++n_beside <= BESIDE_MAX || j->opt.n_way)
				err = write_item(j, all, i);
		}
	}
	if (n_beside > BESIDE_MAX && !j->opt.n_way)
		write_more(j, n_beside - BESIDE_MAX);
	write_slight(j, n_slight);
	if (all->n_barrier)
		write_title(j, WARD_TEXT("Stopped by full protection:"));
	for (size_t i = 0; i < all->n_barrier && i < BESIDE_MAX; i++) {
		ward_wr_z(w, "  ");
		ward_cli_ways_barrier(&j->ways, i);
		ward_wr_ch(w, '\n');
	}
	if (all->n_barrier > BESIDE_MAX)
		write_more(j, all->n_barrier - BESIDE_MAX);
	return err;
}

static void summary_count(struct ward_json *json, const char *key, size_t n)
{
	ward_json_key(json, key);
	ward_json_u64(json, n);
}

static enum ward_err write_lines(struct job *j, const struct ward_impacts *all)
{
	enum ward_err err = WARD_OK;

	for (size_t i = 0; !err && i < all->n; i++) {
		ward_impact_write_json(all, i, j->c.r, j->c.m, j->c.lang, &j->c.w);
		ward_wr_ch(&j->c.w, '\n');
		err = write_ways(j, i);
	}
	for (size_t i = 0; i < all->n_barrier; i++) {
		ward_barrier_write_json(all, i, j->c.r, j->c.m, j->c.lang, &j->c.w);
		ward_wr_ch(&j->c.w, '\n');
	}
	return err;
}

/* Were there more parts than a course holds, in any that is told? */
static bool is_cut(const struct job *j)
{
	bool cut = j->before.cut || j->with.cut;

	for (size_t i = 0; j->single && i < j->opt.o.n_with; i++)
		cut = cut || j->single[i].cut;
	return cut;
}

static void write_summary(struct job *j, const struct ward_impacts *all)
{
	struct ward_json json = ward_json_on(&j->c.w);
	struct ward_cli_known known = known_of(j);

	ward_json_obj(&json);
	ward_json_key(&json, "kind");
	ward_json_z(&json, "summary");
	ward_json_key(&json, "mode");
	ward_json_z(&json, j->opt.reference ? "reference" : "full");
	summary_count(&json, "seeds", j->opt.o.n);
	summary_count(&json, "impacts", all->n);
	summary_count(&json, "services", j->n_service);
	summary_count(&json, "barriers", all->n_barrier);
	summary_count(&json, "unknown", ward_cli_known_n(&known));
	summary_count(&json, "rules", ward_rules_n(j->c.r));
	ward_endless_write(&json, &j->endless, j->c.m);
	ward_json_key(&json, "limit");
	ward_json_bool(&json, is_cut(j));
	ward_json_obj_end(&json);
	ward_wr_ch(&j->c.w, '\n');
}

static enum ward_err narrow_for(void *ctx, const struct ward_impacts *all)
{
	return narrow(ctx, all);
}

/* With n changes from the i-th on. */
static enum ward_err course(
	struct job *j, size_t i, size_t n, struct ward_impacts *all, struct ward_course *ret)
{
	struct ward_course_ask ask = {.c = &j->c,
		.works = j->works,
		.n_seed = j->opt.o.n,
		.first = i,
		.n = n,
		.end = j->c.at + (ward_ns)j->opt.hours * 3600 * WARD_NS_PER_S,
		.narrow = narrow_for,
		.ctx = j};

	return ward_course_find(&ask, all, ret);
}

/* Without the changes, with each where that is told side by side, then with all. */
static enum ward_err courses(struct job *j, struct ward_impacts *all)
{
	size_t n = j->opt.o.n_with;
	enum ward_err err = course(j, 0, 0, all, &j->before);

	if (j->opt.timeline && n > 1 && n <= SINGLES) {
		j->single = calloc(n, sizeof(*j->single));
		if (!j->single)
			return WARD_ERR_NOMEM;
		for (size_t i = 0; !err && i < n; i++)
			err = course(j, i, 1, all, &j->single[i]);
	}
	if (!err && n)
		err = course(j, 0, n, all, &j->with);
	return err;
}

/* Those that act from the beginning. */
static size_t changes_now(const struct job *j, struct ward_change now[WARD_CLI_WITH])
{
	size_t n = 0;

	for (size_t i = 0; i < j->opt.o.n_with; i++)
		if (j->c.from[i] <= j->c.at)
			now[n++] = j->c.change[i];
	return n;
}

/* What is told first is how things are at the beginning. */
static enum ward_err propagate(struct job *j, struct ward_impacts *all)
{
	struct ward_change now[WARD_CLI_WITH];

	if (j->opt.reference)
		return ward_engine_run(j->c.e, WARD_IMPACT_REFERENCE, j->c.seed, j->opt.o.n, all);
	enum ward_err err = courses(j, all);

	if (err || j->with.n < 2)
		return err;
	err = ward_engine_what_if(j->c.e, j->c.seed, j->opt.o.n, now, changes_now(j, now), all);
	return err ? err : narrow(j, all);
}

/* Afterwards the items of `all` are no more. */
static enum ward_err tell_facts(struct job *j, const struct ward_impacts *all)
{
	struct ward_change now[WARD_CLI_WITH];
	struct ward_pivots pivots;
	enum ward_err err = ward_pivots_find(
		j->c.e, j->c.m, all, now, changes_now(j, now), ward_mem_heap(), &pivots);

	if (!err)
		ward_cli_pivots(&pivots, &j->tell);
	ward_pivots_fini(&pivots);
	return err;
}

static void tell_timeline(struct job *j)
{
	struct ward_timeline t = {.at = j->c.at,
		.hours = (int64_t)j->opt.hours,
		.before = &j->before,
		.with = j->opt.o.n_with ? &j->with : NULL,
		.single = j->single,
		.change = j->opt.o.with,
		.n_change = j->opt.o.n_with};

	ward_cli_timeline(&t, &j->tell);
}

static enum ward_err tell_all(struct job *j, const struct ward_impacts *all)
{
	enum ward_err err = WARD_OK;

	j->n_service = count_services(j, all);
	j->tell = (struct ward_cli_tell){j->c.m, j->c.lang, j->opt.json, &j->c.w};
	j->ways = (struct ward_cli_ways){&j->tell, all, j->c.r, j->c.at};
	if (!j->opt.reference)
		err = ward_impacts_endless(all, j->c.r, j->c.m, &j->arena, &j->endless);
	if (!err && !j->opt.reference)
		err = ward_router_new(j->c.e, all, &j->router);
	if (!err)
		err = j->opt.json ? write_lines(j, all) : write_people(j, all);
	if (!err && j->opt.o.n_with)
		err = ward_cli_difference(&j->before, &j->with, &j->tell);
	if (!err && j->opt.timeline)
		tell_timeline(j);
	if (!err && !j->opt.json && is_cut(j)) {
		ward_say(&j->c.w, j->c.lang,
			WARD_TEXT("LIMIT: what is back later than the last change shown is not "
				  "told."));
		ward_wr_ch(&j->c.w, '\n');
	}
	if (!err && j->opt.facts)
		err = tell_facts(j, all);
	if (!err && j->opt.json)
		write_summary(j, all);
	return err;
}

static int work(struct job *j)
{
	struct ward_impacts all;
	int code = ward_cli_case_load(j->cmd, &j->opt.o, j->opt.json, &j->c);

	if (!code)
		code = ward_cli_case_resolve(j->cmd, &j->opt.o, &j->c);
	for (size_t i = 0; !code && !j->works && i < j->opt.o.n_with; i++)
		if (j->c.from[i] > j->c.at)
			code = ward_cli_case_works(j->cmd, &j->c, &j->works);
	if (code)
		return code;
	enum ward_err err = propagate(j, &all);

	if (!err)
		err = tell_all(j, &all);
	if (err)
		return ward_cli_case_fail(j->cmd, err);
	return ward_cli_put(&j->c.w, stdout) ? WARD_EXIT_DONE : WARD_EXIT_RUN;
}

static int run(const struct ward_cmd *cmd, int argc, char **argv)
{
	struct job j = {
		.cmd = cmd, .opt = {.o.later = true, .hours = HOURS, .by = WARD_LIKELIHOOD_EXACT}};
	int code = parse(cmd, argc, argv, &j.opt);

	if (code)
		return code;
	ward_cli_case_init(&j.c);
	ward_arena_init(&j.arena, ward_mem_heap(), ARENA_MAX);
	code = work(&j);
	for (size_t i = 0; j.single && i < j.opt.o.n_with; i++)
		ward_course_fini(&j.single[i]);
	free(j.single);
	ward_course_fini(&j.before);
	ward_course_fini(&j.with);
	ward_router_free(j.router);
	ward_works_free(j.works);
	ward_arena_fini(&j.arena);
	ward_cli_case_fini(&j.c);
	return code;
}

const struct ward_cmd ward_cmd_impact = {
	.name = "impact",
	.summary = "what a threat on an asset leads to, when, and why",
	.help = "usage: ward impact DIR --asset ID --threat CODE [--asset ID --threat CODE …]\n"
		"                   [--at TIME] [--with CHANGE]… [--timeline] [--hours N] "
		"[--facts]\n"
		"                   [--likelihood exact|sampled|bound] [--paths K] [--reference]\n"
		"                   [--content DIR] [--json]\n\n"
		"Asks \"what if\": with these threats on these assets of the hospital in DIR, "
		"which\n"
		"care services are hit, in how much time, how likely, and by which chain of "
		"causes.\n"
		"A --threat is on the --asset named last before it. Nothing is changed or sent.\n\n"
		"  --at TIME      when the threats begin (else now): 09:00, \"2026-03-19 09:00\" "
		"or "
		"RFC\n"
		"                 3339\n"
		"  --with CHANGE  as things are now, and how this changes the forecast; one of\n"
		"                 down=ASSET, threat=ASSET:CODE, repaired=ASSET, isolated=ASSET,\n"
		"                 failed-over=ASSET, protected=ASSET:CODE:DEGREE,\n"
		"                 unprotected=ASSET:CODE, cut=FROM:RELATION:TO,\n"
		"                 buffer=ASSET:KIND:LEFT; with @+30min or @09:30 behind it acts\n"
		"                 so long after --at, or then: until then all goes on without it,\n"
		"                 and what has come about by then stays or goes away in its time\n"
		"  --timeline     how each service that is hit fares in the next hours, without "
		"the\n"
		"                 changes and with each\n"
		"  --hours N      of the timeline (24)\n"
		"  --facts        what one fact would change: each that spares a service, or\n"
		"                 alone keeps it\n"
		"  --paths K      the K likeliest ways to each impact, 1 to 16, step by step, and\n"
		"                 what stopped another (else 3 to each service, one where\n"
		"                 many are hit); and the soonest where none of these is\n"
		"  --likelihood HOW  of services: exact (else), in the model of chance of the\n"
		"                 rules; sampled from 10000 worlds, with 95 % in the interval, as\n"
		"                 is also done where exact takes too much memory; bound, at once.\n"
		"                 All else has bounds; each says which it is\n"
		"  --reference    the published SAFECARE score instead: 1 - protection, 0 at a\n"
		"                 barrier; no time, likelihood or redundancy\n"
		"  --lang CODE    en, fr, it, nl (default: $WARD_LANG, else the first of the "
		"hospital's\n"
		"                 languages); with --json the texts why and threat_name, else "
		"English\n"
		"  --content DIR  ontology, threats and rules (else $WARD_CONTENT, else the "
		"built-in\n"
		"                 place)\n"
		"  --json         one JSON object per line: impact, paths, barrier,\n"
		"                 difference, timeline, fact, and a summary last\n\n"
		"Exit: 0 done, 1 the hospital or the rules have problems (reported), 2 wrong usage "
		"or\n"
		"an unknown id (the nearest is named), 3 could not run.\n",
	.run = run,
};
