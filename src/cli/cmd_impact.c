#include "cli/cmd_impact_ways.h"
#include "cli/commands.h"
#include "cli/incident.h"
#include "cli/known.h"
#include "cli/lang.h"
#include "cli/when.h"
#include "impact/impact.h"
#include "model/hours.h"

#include <stdlib.h>

enum { SEEDS_MAX = 256, WITH_MAX = 256, OUT_MAX = 1 << 30, DIR_MAX = 4096 };
enum { SLIGHT_MICRO = 5000 }; /* what is less likely is counted, not listed */
enum { HOURS = 24, HOURS_MAX = 24 * 366 };
/* Of one service's diagram, and what is sampled where it does not fit (then within 1 %). */
enum { NARROW_NODES = 1 << 16, NARROW_WORLDS = 10000 };

struct pair {
	const char *asset, *threat;
};

struct options {
	const char *dir, *content, *lang;
	struct pair pair[SEEDS_MAX];
	size_t n;
	const char *with[WITH_MAX];
	size_t n_with;
	const char *at;
	uint64_t hours, n_way; /* ways to each impact; 0: some to each service */
	bool json, timeline, facts, reference;
	enum ward_likelihood_by by; /* how services' likelihoods are found */
};

/* All that lives as long as the command. */
struct job {
	const struct ward_cmd *cmd;
	struct options opt;
	struct ward_diag diag;
	struct ward_limits lim;
	struct ward_model *m;
	struct ward_rules *r;
	struct ward_engine *e;
	struct ward_lang *lang;
	struct ward_seed_threat seed[SEEDS_MAX];
	struct ward_change change[WITH_MAX];
	ward_ns at; /* when the threats begin */
	struct ward_forecast before, after;
	struct ward_router *router; /* NULL: no ways are told */
	struct ward_cli_tell tell;
	struct ward_cli_ways ways;
	struct ward_wr w;
};

static bool has_value(const char *name)
{
	static const char *const names[] = {"--asset", "--threat", "--content", "--lang",
		"--likelihood", "--at", "--with", "--hours", "--paths"};

	for (size_t i = 0; i < WARD_ARRAY_LEN(names); i++)
		if (strcmp(name, names[i]) == 0)
			return true;
	return false;
}

static int count(const struct ward_cmd *cmd, const char *name, const char *value, uint64_t max,
	uint64_t *ret)
{
	if (ward_str_u64(ward_str_z(value), ret) && *ret && *ret <= max)
		return WARD_EXIT_DONE;
	return ward_cli_usage(
		cmd, "%s %s is no number from 1 to %llu", name, value, (unsigned long long)max);
}

/* The options of time, change and ways. */
static int option_of_time(
	const struct ward_cmd *cmd, const char *name, const char *value, struct options *o)
{
	if (strcmp(name, "--at") == 0) {
		o->at = value;
	} else if (strcmp(name, "--with") == 0) {
		if (o->n_with == WITH_MAX)
			return ward_cli_usage(cmd, "more than %d changes", WITH_MAX);
		o->with[o->n_with++] = value;
	} else if (strcmp(name, "--paths") == 0) {
		return count(cmd, "--paths", value, WARD_ROUTES_MAX, &o->n_way);
	} else {
		return count(cmd, "--hours", value, HOURS_MAX, &o->hours);
	}
	return WARD_EXIT_DONE;
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

/* Takes "--asset X" and "--threat Y": each threat is on the asset named last before it. */
static int option(const struct ward_cmd *cmd, char **argv, int *at, int argc, struct options *o,
	const char **asset)
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
	if (!has_value(name))
		return ward_cli_usage(cmd, "'%s' is not an option", name);
	if (!value)
		return ward_cli_usage(cmd, "%s needs a value", name);
	++*at;
	if (strcmp(name, "--content") == 0) {
		o->content = value;
	} else if (strcmp(name, "--lang") == 0) {
		o->lang = value;
	} else if (strcmp(name, "--likelihood") == 0) {
		return option_of_likelihood(cmd, value, o);
	} else if (strcmp(name, "--asset") == 0) {
		*asset = value;
	} else if (strcmp(name, "--threat") != 0) {
		return option_of_time(cmd, name, value, o);
	} else if (!*asset) {
		return ward_cli_usage(cmd, "--threat %s comes before any --asset", value);
	} else if (o->n == SEEDS_MAX) {
		return ward_cli_usage(cmd, "more than %d threats", SEEDS_MAX);
	} else {
		o->pair[o->n++] = (struct pair){*asset, value};
	}
	return WARD_EXIT_DONE;
}

static int parse(const struct ward_cmd *cmd, int argc, char **argv, struct options *o)
{
	const char *asset = NULL;

	for (int i = 1; i < argc; i++) {
		if (argv[i][0] == '-' && argv[i][1]) {
			int code = option(cmd, argv, &i, argc, o, &asset);

			if (code)
				return code;
		} else if (o->dir) {
			return ward_cli_usage(cmd, "a second directory '%s'", argv[i]);
		} else {
			o->dir = argv[i];
		}
	}
	if (!o->dir)
		return ward_cli_usage(cmd, "the hospital directory is missing");
	if (!o->n)
		return ward_cli_usage(cmd, "give at least one --asset ID --threat ID");
	if (o->reference && (o->n_with || o->timeline || o->facts || o->n_way))
		return ward_cli_usage(cmd,
			"--reference knows no time, change or likelihood: leave out --with, "
			"--timeline, --facts and --paths");
	return WARD_EXIT_DONE;
}

static int resolve_time(struct job *j)
{
	ward_ns now = ward_clock_now(ward_clock_system());

	j->at = now - now % WARD_NS_PER_S;
	if (j->opt.at && !ward_cli_time(ward_str_z(j->opt.at), now, &j->at))
		return ward_cli_usage(j->cmd,
			"--at %s is no time: write 09:00, \"2026-03-19 09:00\" or RFC 3339",
			j->opt.at);
	return WARD_EXIT_DONE;
}

static int resolve_changes(struct job *j)
{
	int code = WARD_EXIT_DONE;

	for (size_t i = 0; !code && i < j->opt.n_with; i++)
		code = ward_cli_change(j->cmd, j->m, j->opt.with[i], j->at, &j->change[i]);
	return code;
}

static int resolve(struct job *j)
{
	int code = WARD_EXIT_DONE;

	for (size_t i = 0; !code && i < j->opt.n; i++) {
		struct ward_seed_threat *s = &j->seed[i];

		*s = (struct ward_seed_threat){
			.since = j->at, .lo_micro = 1000000, .hi_micro = 1000000};
		code = ward_cli_asset(j->cmd, j->m, ward_str_z(j->opt.pair[i].asset), &s->asset);
		if (!code)
			code = ward_cli_threat(
				j->cmd, j->m, ward_str_z(j->opt.pair[i].threat), &s->threat);
		if (!code)
			code = ward_cli_fits(j->cmd, j->m, s->asset, s->threat);
	}
	return code;
}

static int report(struct job *j, enum ward_err err, const char *doing)
{
	return ward_cli_report(j->cmd, err, doing, &j->diag, &j->w);
}

static int load(struct job *j)
{
	const struct ward_mem *mem = ward_mem_heap();
	const char *content = ward_cli_content(j->cmd, j->opt.content);
	char dir[DIR_MAX];

	if (!content)
		return WARD_EXIT_RUN;
	int n = snprintf(dir, sizeof(dir), "%s/propagation", content);

	if (n < 0 || (size_t)n >= sizeof(dir))
		return ward_cli_fail(j->cmd, "the path of the content directory is too long");
	ward_limits_default(&j->lim);
	enum ward_err err = ward_model_limits(j->opt.dir, mem, &j->diag, &j->lim);

	if (!err)
		err = ward_model_load(j->opt.dir, content, &j->lim, mem, &j->diag, &j->m);

	if (err)
		return report(j, err, j->opt.dir);
	err = ward_rules_load(dir, j->m, &j->lim, mem, &j->diag, &j->r);
	if (!err)
		err = ward_engine_new(j->m, j->r, &j->lim, mem, &j->e);
	if (err)
		return report(j, err, dir);
	const struct ward_cli_lang lang = {
		j->opt.lang, content, ward_model_hospital(j->m)->language};

	/* programs get a language only where they ask for it */
	return j->opt.json && !j->opt.lang ? WARD_EXIT_DONE
					   : ward_cli_lang(j->cmd, &lang, &j->lim, &j->lang);
}

static bool is_service(const struct job *j, const struct ward_impact *it)
{
	return ward_model_node(j->m, it->asset)->kind == WARD_NODE_SERVICE;
}

/* Services are few and what people decide by; all else keeps its bounds. */
static enum ward_err narrow(struct job *j, const struct ward_impacts *all)
{
	struct ward_narrow how = {.nodes = j->opt.by == WARD_LIKELIHOOD_EXACT ? NARROW_NODES : 0,
		.worlds = NARROW_WORLDS,
		.seed = 1};
	size_t n = 0;

	if (j->opt.by == WARD_LIKELIHOOD_BOUND || j->opt.reference)
		return WARD_OK;
	uint32_t *item = calloc(all->n + 1, sizeof(*item));

	if (!item)
		return WARD_ERR_NOMEM;
	for (uint32_t i = 0; i < all->n; i++)
		if (is_service(j, &all->item[i]))
			item[n++] = i;
	enum ward_err err = ward_engine_narrow(j->e, &how, item, n);

	free(item);
	return err;
}

/* "Theatre 3: Too warm in 18 min, likelihood 80–100 %, 12 care units lost a minute" */
static void write_head(struct job *j, const struct ward_impact *it)
{
	struct ward_str name = ward_model_node(j->m, it->asset)->name;
	struct ward_str threat = ward_lang_text(
		j->lang, ward_threats_at(ward_model_threats(j->m), it->threat)->name);
	bool reference = j->opt.reference;
	int64_t factor = !reference && it->need == WARD_NEED_AVAILABILITY && is_service(j, it)
				 ? ward_model_factor(j->m, it->asset, it->expected)
				 : 1000000;
	char text[6][128];
	struct ward_wr when = ward_wr_fixed(text[0], sizeof(text[0]));
	struct ward_wr likelihood = ward_wr_fixed(text[1], sizeof(text[1]));
	struct ward_wr number = ward_wr_fixed(text[2], sizeof(text[2]));
	struct ward_wr local = ward_wr_fixed(text[3], sizeof(text[3]));
	struct ward_wr part = ward_wr_fixed(text[4], sizeof(text[4]));
	struct ward_wr times = ward_wr_fixed(text[5], sizeof(text[5]));

	ward_impact_write_when(&when, it->expected - j->at, it->earliest - j->at, j->lang);
	ward_impact_write_likelihood(&likelihood, it, j->lang);
	ward_wr_printf(
		&number, "%.6g", (double)(reference ? it->score_micro : it->loss_micro) / 1e6);
	ward_say_decimal(&local, j->lang, ward_wr_text(&number));
	ward_wr_printf(&part, "%.6g", (double)factor / 1e6);
	ward_say_decimal(&times, j->lang, ward_wr_text(&part));
	WARD_SAY(&j->w, j->lang,
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

/* What was asked for: ways to everything, else to services. */
static enum ward_err write_ways(struct job *j, const struct ward_impacts *all, size_t i)
{
	const struct ward_routes *routes;
	size_t n = j->opt.n_way;

	if (!n && is_service(j, &all->item[i]))
		n = WARD_ROUTES_DEFAULT;

	if (!j->router || !n)
		return WARD_OK;
	enum ward_err err = ward_router_find(j->router, i, n, &routes);

	if (!err)
		ward_cli_ways_write(&j->ways, i, routes);
	return err;
}

/* The chain is that of the likeliest way, the head's time that of the soonest. */
static void write_chain_time(struct job *j, const struct ward_impact *it)
{
	char text[128];
	struct ward_wr when = ward_wr_fixed(text, sizeof(text));

	ward_impact_write_when(
		&when, it->chain_expected - j->at, it->chain_earliest - j->at, j->lang);
	ward_wr_ch(&j->w, ' ');
	WARD_SAY(&j->w, j->lang,
		WARD_TEXT("({when} by this, the likeliest way; another is sooner)"),
		{"when", ward_wr_text(&when)});
}

static enum ward_err write_item(struct job *j, const struct ward_impacts *all, size_t i)
{
	const struct ward_impact *it = &all->item[i];
	struct ward_wr *w = &j->w;

	ward_wr_z(w, "  ");
	write_head(j, it);
	ward_wr_z(w, "\n      ");
	ward_impact_write_reason(all, i, j->m, j->lang, w);
	if (!j->opt.reference && ward_impact_has_sooner(it))
		write_chain_time(j, it);
	if (it->loop) {
		ward_wr_ch(w, ' ');
		ward_say(
			w, j->lang, WARD_TEXT("(only a loop without a live source still held it)"));
	}
	ward_wr_ch(w, '\n');
	return write_ways(j, all, i);
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
	ward_wr_ch(&j->w, '\n');
	ward_say(&j->w, j->lang, english);
	ward_wr_ch(&j->w, '\n');
}

static struct ward_cli_known known_of(const struct job *j)
{
	return (struct ward_cli_known){j->seed, j->opt.n, j->r, j->m, j->lang, j->opt.dir};
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
	ward_say_number(&number, j->lang, n);
	ward_wr_ch(&j->w, '\n');
	WARD_SAY(&j->w, j->lang, WARD_TEXT("Not listed, each below half a percent: {n}"),
		{"n", ward_wr_text(&number)});
	ward_wr_ch(&j->w, '\n');
}

static enum ward_err write_people(struct job *j, const struct ward_impacts *all)
{
	struct ward_wr *w = &j->w;
	size_t n_service = count_services(j, all), n_slight = 0;
	struct ward_cli_known known = known_of(j);
	enum ward_err err = WARD_OK;

	if (n_service || !ward_cli_known_n(&known)) {
		ward_say(w, j->lang,
			n_service ? WARD_TEXT("Care services that are hit, the soonest first:")
				  : WARD_TEXT("No care service is hit, as far as the directory "
					      "says."));
		ward_wr_ch(w, '\n');
	}
	for (unsigned pass = 0; pass < 2; pass++) {
		if (pass)
			ward_cli_known_text(&known, w);
		if (pass && all->n > n_service)
			write_title(j, WARD_TEXT("Beside them:"));
		for (size_t i = 0; !err && i < all->n; i++) {
			if (is_service(j, &all->item[i]) != (pass == 0))
				continue;
			if (is_slight(j, &all->item[i]))
				n_slight++;
			else
				err = write_item(j, all, i);
		}
	}
	write_slight(j, n_slight);
	if (all->n_barrier)
		write_title(j, WARD_TEXT("Stopped by full protection:"));
	for (size_t i = 0; i < all->n_barrier; i++) {
		ward_wr_z(w, "  ");
		ward_cli_ways_barrier(&j->ways, i);
		ward_wr_ch(w, '\n');
	}
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
		ward_impact_write_json(all, i, j->r, j->m, j->lang, &j->w);
		ward_wr_ch(&j->w, '\n');
		err = write_ways(j, all, i);
	}
	for (size_t i = 0; i < all->n_barrier; i++) {
		ward_barrier_write_json(all, i, j->r, j->m, j->lang, &j->w);
		ward_wr_ch(&j->w, '\n');
	}
	return err;
}

static void write_summary(struct job *j, const struct ward_impacts *all, size_t n_service)
{
	struct ward_json json = ward_json_on(&j->w);
	struct ward_cli_known known = known_of(j);

	ward_json_obj(&json);
	ward_json_key(&json, "kind");
	ward_json_z(&json, "summary");
	ward_json_key(&json, "mode");
	ward_json_z(&json, j->opt.reference ? "reference" : "full");
	summary_count(&json, "seeds", j->opt.n);
	summary_count(&json, "impacts", all->n);
	summary_count(&json, "services", n_service);
	summary_count(&json, "barriers", all->n_barrier);
	summary_count(&json, "unknown", ward_cli_known_n(&known));
	summary_count(&json, "rules", ward_rules_n(j->r));
	ward_json_obj_end(&json);
	ward_wr_ch(&j->w, '\n');
}

/* Without the changes first, when there are any. */
static enum ward_err propagate(struct job *j, struct ward_impacts *all)
{
	enum ward_err err =
		ward_engine_run(j->e, j->opt.reference ? WARD_IMPACT_REFERENCE : WARD_IMPACT_FULL,
			j->seed, j->opt.n, all);

	if (!err)
		err = narrow(j, all);
	if (err || !j->opt.n_with)
		return err;
	err = ward_forecast_copy(all, &j->before);
	if (!err)
		err = ward_engine_what_if(j->e, j->seed, j->opt.n, j->change, j->opt.n_with, all);
	if (!err)
		err = narrow(j, all);
	return err ? err : ward_forecast_copy(all, &j->after);
}

/* Afterwards the items of `all` are no more. */
static enum ward_err tell_facts(struct job *j, const struct ward_impacts *all)
{
	struct ward_pivots pivots;
	enum ward_err err = ward_pivots_find(
		j->e, j->m, all, j->change, j->opt.n_with, ward_mem_heap(), &pivots);

	if (!err)
		ward_cli_pivots(&pivots, &j->tell);
	ward_pivots_fini(&pivots);
	return err;
}

static enum ward_err tell_all(struct job *j, const struct ward_impacts *all)
{
	size_t n_service = count_services(j, all);
	enum ward_err err = WARD_OK;

	j->tell = (struct ward_cli_tell){j->m, j->lang, j->opt.json, &j->w};
	j->ways = (struct ward_cli_ways){&j->tell, all, j->r, j->at};
	if (!j->opt.reference)
		err = ward_router_new(j->e, all, &j->router);
	if (!err)
		err = j->opt.json ? write_lines(j, all) : write_people(j, all);
	if (j->opt.n_with)
		ward_cli_difference(&j->before, &j->after, &j->tell);
	if (j->opt.timeline)
		ward_cli_timeline(all, j->at, (int64_t)j->opt.hours, &j->tell);
	if (!err && j->opt.facts)
		err = tell_facts(j, all);
	if (!err && j->opt.json)
		write_summary(j, all, n_service);
	return err;
}

static int work(struct job *j)
{
	struct ward_impacts all;
	int code = load(j);

	if (!code)
		code = resolve_time(j);
	if (!code)
		code = resolve(j);
	if (!code)
		code = resolve_changes(j);
	if (code)
		return code;
	enum ward_err err = propagate(j, &all);

	if (err == WARD_ERR_NOT_FOUND)
		return ward_cli_usage(j->cmd, "a --with names a relation or a buffer that the "
					      "hospital has not");
	if (!err)
		err = tell_all(j, &all);
	if (err)
		return ward_cli_fail(j->cmd, "%s", ward_err_text(err));
	return ward_cli_put(&j->w, stdout) ? WARD_EXIT_DONE : WARD_EXIT_RUN;
}

static int run(const struct ward_cmd *cmd, int argc, char **argv)
{
	struct job j = {.cmd = cmd, .opt.hours = HOURS, .opt.by = WARD_LIKELIHOOD_EXACT};
	int code = parse(cmd, argc, argv, &j.opt);

	if (code)
		return code;
	ward_diag_init(&j.diag, ward_mem_heap());
	j.w = ward_wr_grow(ward_mem_heap(), OUT_MAX);
	code = work(&j);
	ward_forecast_fini(&j.before);
	ward_forecast_fini(&j.after);
	ward_router_free(j.router);
	ward_engine_free(j.e);
	ward_lang_free(j.lang);
	ward_rules_free(j.r);
	ward_model_free(j.m);
	ward_wr_fini(&j.w);
	ward_diag_fini(&j.diag);
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
		"                 buffer=ASSET:KIND:LEFT\n"
		"  --timeline     how each service that is hit fares in the next hours\n"
		"  --hours N      of the timeline (24)\n"
		"  --facts        what one fact would change: each that spares a service, or\n"
		"                 alone keeps it\n"
		"  --paths K      the K likeliest ways to each impact, 1 to 16, step by step, and\n"
		"                 what stopped another (else 3 to each service)\n"
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
