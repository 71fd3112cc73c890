#include "cli/args.h"
#include "cli/commands.h"
#include "cli/events.h"
#include "cli/lang.h"
#include "cli/ways.h"
#include "cli/when.h"
#include "model/near.h"
#include "paths/paths.h"
#include "story/zone.h"

enum { OUT_MAX = 1 << 30, PATH_MAX_BYTES = 4096, PLANS = 5, SEEN_FILES = 64 };

enum form { FORM_TEXT, FORM_JSON, FORM_EBIOS };

struct options {
	const char *dir, *content, *threat, *lang, *at;
	const char *to[WARD_PATHS_SERVICES];
	size_t n_to;
	const char *file[WARD_FACTS_N];
	const char *seen[SEEN_FILES]; /* captures and event lines */
	size_t n_seen;
	enum form form;
	struct ward_paths_ask ask;
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
	struct ward_attack *a;
	struct ward_facts facts;
	struct ward_names names;
	struct ward_counters counters;
	struct ward_seen seen;
	struct ward_cli_ways ways;
	uint64_t n_rejected; /* records of the files of --seen that gave no event */
	struct ward_paths paths;
	struct ward_wr w;
};

static int number(const struct ward_cmd *cmd, const char *name, const char *value, uint64_t most,
	uint64_t *ret)
{
	if (!ward_str_u64(ward_str_z(value), ret) || *ret > most)
		return ward_cli_usage(cmd, "%s %s is no number up to %llu", name, value,
			(unsigned long long)most);
	return WARD_EXIT_DONE;
}

static int by(const struct ward_cmd *cmd, const char *value, enum ward_paths_by *ret)
{
	static const char *const word[] = {"likelihood", "cost", "time"};

	for (unsigned i = 0; i < WARD_ARRAY_LEN(word); i++)
		if (strcmp(value, word[i]) == 0) {
			*ret = (enum ward_paths_by)i;
			return WARD_EXIT_DONE;
		}
	return ward_cli_usage(cmd, "--by %s is none of likelihood, cost, time", value);
}

static int option(const struct ward_cmd *cmd, const char *name, const char *value, void *ctx)
{
	struct options *o = ctx;
	uint64_t n = 0;
	int code = WARD_EXIT_DONE;

	if (strcmp(name, "--to") == 0) {
		if (o->n_to == WARD_PATHS_SERVICES)
			return ward_cli_usage(cmd, "more than %d services", WARD_PATHS_SERVICES);
		o->to[o->n_to++] = value;
	} else if (strcmp(name, "--seen") == 0) {
		if (o->n_seen == SEEN_FILES)
			return ward_cli_usage(cmd, "more than %d files for --seen", SEEN_FILES);
		o->seen[o->n_seen++] = value;
	} else if (strcmp(name, "--by") == 0) {
		code = by(cmd, value, &o->ask.by);
	} else if (strcmp(name, "--k") == 0) {
		code = number(cmd, name, value, WARD_PATHS_PLANS, &n);
		if (!code && !n)
			code = ward_cli_usage(cmd, "--k 0 asks for nothing");
		o->ask.k = (size_t)n;
	} else if (strcmp(name, "--samples") == 0) {
		code = number(cmd, name, value, WARD_SAMPLE_MOST, &n);
		o->ask.samples = (uint32_t)n;
	} else if (strcmp(name, "--seed") == 0) {
		code = number(cmd, name, value, UINT64_MAX, &o->ask.seed);
	} else if (strcmp(name, "--budget") == 0) {
		code = number(cmd, name, value, UINT32_MAX, &n);
		o->ask.budget = n / 100;
	} else {
		code = ward_cli_usage(cmd, "'%s' is not an option", name);
	}
	return code;
}

static int parse(const struct ward_cmd *cmd, int argc, char **argv, struct options *o)
{
	o->ask.k = PLANS;
	o->ask.budget = WARD_AOG_NEVER;
	o->ask.samples = WARD_PATHS_USUAL;
	o->ask.seed = 1;
	o->threat = "outage";
	bool json = false, ebios = false;
	const struct ward_cli_opt opt[] = {
		{"--vulnerabilities", &o->file[WARD_FACTS_VULNERABILITIES], NULL},
		{"--kev", &o->file[WARD_FACTS_KEV], NULL},
		{"--epss", &o->file[WARD_FACTS_EPSS], NULL},
		{"--policy", &o->file[WARD_FACTS_POLICY], NULL}, {"--threat", &o->threat, NULL},
		{"--at", &o->at, NULL}, {"--content", &o->content, NULL},
		{"--lang", &o->lang, NULL}, {"--json", NULL, &json}, {"--ebios", NULL, &ebios}};
	const struct ward_cli_args args = {opt, WARD_ARRAY_LEN(opt), &o->dir, NULL, option, o};
	int code = ward_cli_args(cmd, argc, argv, &args);

	if (code)
		return code;
	if (json && ebios)
		return ward_cli_usage(cmd, "give one of --json, --ebios");
	o->form = json ? FORM_JSON : ebios ? FORM_EBIOS : FORM_TEXT;
	if (!o->dir)
		return ward_cli_usage(cmd, "the hospital directory is missing");
	if (o->form == FORM_EBIOS) /* which tells no times of draws */
		o->ask.samples = 0;
	return WARD_EXIT_DONE;
}

static int report(struct job *j, enum ward_err err, const char *doing)
{
	return ward_cli_report_in(j->cmd, err, doing, &j->diag, j->opt.ask.lang, &j->w);
}

static int load(struct job *j)
{
	const struct ward_mem *mem = ward_mem_heap();
	const char *content = ward_cli_content(j->cmd, j->opt.content);
	char rules[PATH_MAX_BYTES], attack[PATH_MAX_BYTES], own[PATH_MAX_BYTES];

	if (!content)
		return WARD_EXIT_RUN;
	if (snprintf(rules, sizeof(rules), "%s/propagation", content) >= (int)sizeof(rules) ||
		snprintf(attack, sizeof(attack), "%s/attack", content) >= (int)sizeof(attack) ||
		snprintf(own, sizeof(own), "%s/attack", j->opt.dir) >= (int)sizeof(own))
		return ward_cli_fail(j->cmd, "a path is too long");
	ward_limits_default(&j->lim);
	enum ward_err err = ward_model_limits(j->opt.dir, mem, &j->diag, &j->lim);

	if (!err)
		err = ward_model_load(j->opt.dir, content, &j->lim, mem, &j->diag, &j->m);
	if (!err)
		err = ward_rules_load(rules, j->m, &j->lim, mem, &j->diag, &j->r);
	if (!err)
		err = ward_attack_load(attack, own, j->m, &j->lim, mem, &j->diag, &j->a);
	if (!err)
		err = ward_facts_load(own, j->opt.file, j->m, &j->lim, mem, &j->diag, &j->facts);
	if (!err)
		err = ward_engine_new(j->m, j->r, &j->lim, mem, &j->e);
	if (!err)
		err = ward_cli_ways_load(content, j->opt.dir, j->m, &j->lim, &j->diag, &j->ways);
	if (err)
		return report(j, err, j->opt.dir);
	const struct ward_cli_lang lang = {
		j->opt.lang, content, ward_model_hospital(j->m)->language};

	/* programs get a language only where they ask for it */
	return j->opt.form == FORM_JSON && !j->opt.lang
		       ? WARD_EXIT_DONE
		       : ward_cli_lang(j->cmd, &lang, &j->lim, &j->opt.ask.lang);
}

static int unknown(const struct job *j, const char *what, const struct ward_near *near)
{
	return ward_cli_usage(j->cmd, "there is no %s '%.*s'%s%.*s%s", what,
		WARD_STR_ARG(near->want), near->best.len ? "; did you mean '" : "",
		WARD_STR_ARG(near->best), near->best.len ? "'?" : "");
}

/* Where none is named: the services of criticality 4 and 5, the most critical first, then by id. */
static int critical(struct job *j)
{
	struct ward_paths_ask *ask = &j->opt.ask;

	for (uint32_t k = 0; k < ward_model_n(j->m); k++) {
		const struct ward_node *n = ward_model_node(j->m, k);
		size_t at = ask->n_service;

		if (n->kind != WARD_NODE_SERVICE || n->criticality < 4)
			continue;
		for (; at > 0; at--) {
			const struct ward_node *before =
				ward_model_node(j->m, ask->service[at - 1]);

			if (before->criticality > n->criticality ||
				(before->criticality == n->criticality &&
					ward_str_cmp(before->id, n->id) < 0))
				break;
			if (at < WARD_PATHS_SERVICES)
				ask->service[at] = ask->service[at - 1];
		}
		if (at < WARD_PATHS_SERVICES)
			ask->service[at] = k;
		ask->n_service += ask->n_service < WARD_PATHS_SERVICES;
	}
	return ask->n_service ? WARD_EXIT_DONE
			      : ward_cli_usage(j->cmd, "no service has criticality 4 or 5: give at "
						       "least one --to SERVICE");
}

static int resolve(struct job *j)
{
	const struct ward_threats *threats = ward_model_threats(j->m);
	size_t budget = SIZE_MAX;
	struct ward_near near = ward_near_start(ward_str_z(j->opt.threat), &budget);

	j->opt.ask.threat = ward_threats_find(threats, ward_str_z(j->opt.threat));
	for (uint32_t k = 0; k < ward_threats_n(threats); k++)
		ward_near_offer(&near, ward_threats_at(threats, k)->code);
	if (j->opt.ask.threat == WARD_NONE)
		return unknown(j, "threat", &near);
	if (!j->opt.n_to)
		return critical(j);
	for (size_t i = 0; i < j->opt.n_to; i++) {
		uint32_t node = ward_model_find(j->m, ward_str_z(j->opt.to[i]));

		if (node == WARD_NONE || ward_model_node(j->m, node)->kind != WARD_NODE_SERVICE) {
			near = ward_near_start(ward_str_z(j->opt.to[i]), &budget);
			for (uint32_t k = 0; k < ward_model_n(j->m); k++)
				if (ward_model_node(j->m, k)->kind == WARD_NODE_SERVICE)
					ward_near_offer(&near, ward_model_node(j->m, k)->id);
			return unknown(j, "service", &near);
		}
		j->opt.ask.service[j->opt.ask.n_service++] = node;
	}
	return WARD_EXIT_DONE;
}

/* A flow that was answered; its service, or protocol and port where nobody knows it. */
static enum ward_err take_event(void *ctx, const struct ward_event *e)
{
	struct job *j = ctx;
	const struct ward_value *back = ward_event_get(e, WARD_FIELD_PACKETS_BACK);
	const struct ward_value *port = ward_event_get(e, WARD_FIELD_DST_PORT);
	struct ward_str service = ward_event_str(e, WARD_FIELD_SERVICE);
	char text[32];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));

	if (!ward_str_eqz(ward_name_text(&j->names, e->class), "net.flow") || !back ||
		back->kind != WARD_VALUE_INT || back->i <= 0)
		return WARD_OK;
	ward_wr_str(&w, ward_str_sub(ward_event_str(e, WARD_FIELD_PROTO), 0, 8));
	if (port && port->kind == WARD_VALUE_INT)
		ward_wr_printf(&w, "/%u", (unsigned)(port->i & 0xffff));
	return ward_seen_flow(&j->seen, j->m, ward_event_str(e, WARD_FIELD_SRC_IP),
		ward_event_str(e, WARD_FIELD_DST_IP), service.len ? service : ward_wr_text(&w));
}

static int look(struct job *j)
{
	struct ward_input_opts opts = {.mem = ward_mem_heap(),
		.lim = &j->lim,
		.names = &j->names,
		.counters = &j->counters};
	int code = WARD_EXIT_DONE;

	if (!j->opt.n_seen)
		return code;
	if (ward_names_init(&j->names, ward_mem_heap(), &j->lim) != WARD_OK)
		return ward_cli_fail(j->cmd, "out of memory");
	for (size_t i = 0; i < j->opt.n_seen && !code; i++)
		code = ward_cli_events(
			j->cmd, &opts, j->opt.seen[i], take_event, j, &j->n_rejected);
	enum ward_err err = code ? WARD_OK : ward_seen_seal(&j->seen, &j->facts);

	return err ? ward_cli_fail(j->cmd, "%s", ward_err_text(err)) : code;
}

static int work(struct job *j)
{
	static void (*const write[])(const struct ward_paths *, const struct ward_paths_world *,
		const struct ward_paths_ask *, struct ward_wr *) = {
		ward_paths_write_text, ward_paths_write_json, ward_paths_write_ebios};
	int code = load(j);

	if (!code)
		code = resolve(j);
	if (!code)
		code = look(j);
	if (code)
		return code;
	struct ward_paths_world world = {
		j->m, j->r, j->a, &j->facts, j->opt.n_seen ? &j->seen : NULL, &j->ways.escape, 0};

	if (j->opt.at && ward_zone_use(ward_model_hospital(j->m)->timezone) != WARD_OK)
		fprintf(stderr, "ward paths: no time zone '%.*s' on this system: times are UTC\n",
			WARD_STR_ARG(ward_model_hospital(j->m)->timezone));
	if (j->opt.at && (!ward_cli_time(ward_str_z(j->opt.at), ward_clock_now(ward_clock_system()),
				  &world.at) ||
				 world.at <= 0))
		return ward_cli_usage(j->cmd,
			"--at %s is no time since 1970: write 09:00, \"2026-03-19 09:00\" or RFC "
			"3339",
			j->opt.at);
	enum ward_err err = ward_paths_find(&world, j->e, &j->opt.ask, ward_mem_heap(), &j->paths);

	if (!err)
		write[j->opt.form](&j->paths, &world, &j->opt.ask, &j->w);
	ward_paths_fini(&j->paths);
	if (err)
		return ward_cli_fail(j->cmd, "%s", ward_err_text(err));
	if (!ward_cli_put(&j->w, stdout))
		return WARD_EXIT_RUN;
	return j->n_rejected ? WARD_EXIT_INPUT : WARD_EXIT_DONE;
}

static int run(const struct ward_cmd *cmd, int argc, char **argv)
{
	struct job j = {.cmd = cmd};
	int code = parse(cmd, argc, argv, &j.opt);

	if (code)
		return code;
	ward_diag_init(&j.diag, ward_mem_heap());
	j.w = ward_wr_grow(ward_mem_heap(), OUT_MAX);
	ward_counters_init(&j.counters);
	ward_seen_init(&j.seen, ward_mem_heap());
	code = work(&j);
	ward_lang_free(j.opt.ask.lang);
	ward_engine_free(j.e);
	ward_facts_fini(&j.facts);
	ward_seen_fini(&j.seen);
	ward_cli_ways_fini(&j.ways);
	ward_names_fini(&j.names);
	ward_attack_free(j.a);
	ward_rules_free(j.r);
	ward_model_free(j.m);
	ward_wr_fini(&j.w);
	ward_diag_fini(&j.diag);
	return code;
}

const struct ward_cmd ward_cmd_paths = {
	.name = "paths",
	.summary = "how an attacker could stop a care service, and the cheapest way to prevent it",
	.help = "usage: ward paths DIR [--to SERVICE …] [--threat CODE] [--k N] [--samples N]\n"
		"                  [--seed N] [--by likelihood|cost|time] [--budget EUR] [--at "
		"TIME]\n"
		"                  [--json | --ebios]\n"
		"                  [--vulnerabilities FILE] [--kev FILE] [--epss FILE]\n"
		"                  [--policy FILE] [--seen FILE …] [--lang CODE] [--content "
		"DIR]\n\n"
		"Plans of attack on the hospital in DIR, through doors and networks, that end in "
		"the\n"
		"loss of a care service; how long an attacker takes; the steps that every plan "
		"has;\n"
		"the measures that prevent most for the money, with what they cost care "
		"themselves.\n\n"
		"  --to SERVICE   a service's id, once for each; the first is the one that "
		"measures "
		"are\n"
		"                 for (default: those of criticality 4 and 5, at most 16)\n"
		"  --threat CODE  what happens to it (default outage)\n"
		"  --k N          kinds of plan for each service (default 5, at most 100)\n"
		"  --samples N    how often steps' chances and times are drawn (default 1000, "
		"fewer "
		"for\n"
		"                 large graphs; at most 100000; 0: not at all)\n"
		"  --seed N       of the draws (default 1): the same gives the same answer\n"
		"  --by …         the likeliest (default), the cheapest for the attacker, the "
		"quickest\n"
		"  --at TIME      when it is done: doors and entrances by their hours (else when "
		"it "
		"suits)\n"
		"  --budget EUR   what measures may cost together (default: whatever it takes)\n"
		"  --ebios        Markdown by EBIOS Risk Manager\n"
		"  --vulnerabilities, --kev, --epss, --policy FILE\n"
		"                 CSV files; else those in DIR/attack/ (docs/attack-paths.md)\n"
		"  --seen FILE    a capture or event lines: conversations between networks; what "
		"the\n"
		"                 policy does not let through is told, and counts as a way\n"
		"  --lang CODE    en, fr, it, nl (default: $WARD_LANG, else the first of the "
		"hospital's\n"
		"                 languages); with --json the texts, else English\n"
		"  --content DIR  ontology, threats, rules, attack steps (else $WARD_CONTENT, "
		"else\n"
		"                 the built-in place)\n"
		"  --json         one object per line: plan, time, choke, measure, residual, "
		"summary\n\n"
		"Exit: 0 done, 1 the hospital, rules or files have problems (reported), 2 wrong "
		"usage\n"
		"or an unknown id (the nearest is named), 3 could not run.\n",
	.run = run,
};
