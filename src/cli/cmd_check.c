#include "actions/actions.h"
#include "cli/commands.h"
#include "detect/baseline/baseline.h"
#include "detect/detect.h"
#include "evacuate/facts.h"
#include "exercise/scenario.h"
#include "impact/impact.h"
#include "model/basis.h"
#include "model/inventory/rules.h"
#include "model/model.h"
#include "model/permit/file.h"
#include "paths/attack.h"
#include "paths/facts.h"
#include "recover/works.h"
#include "sense/log/pattern.h"

#include <limits.h>
#include <unistd.h>

enum { OUT_MAX = 64 << 20 };

struct args {
	const char *dir, *content;
	bool json, notes;
};

static int parse(const struct ward_cmd *cmd, int argc, char **argv, struct args *ret)
{
	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--json") == 0)
			ret->json = true;
		else if (strcmp(argv[i], "--notes") == 0)
			ret->notes = true;
		else if (strcmp(argv[i], "--content") == 0 && i + 1 == argc)
			return ward_cli_usage(cmd, "--content needs a directory");
		else if (strcmp(argv[i], "--content") == 0)
			ret->content = argv[++i];
		else if (argv[i][0] == '-')
			return ward_cli_usage(cmd, "'%s' is not an option", argv[i]);
		else if (ret->dir)
			return ward_cli_usage(cmd, "one directory at a time");
		else
			ret->dir = argv[i];
	}
	return ret->dir ? WARD_EXIT_DONE : ward_cli_usage(cmd, "which hospital directory?");
}

/* What people wrote, without what would drive a terminal. */
static void plain(struct ward_wr *w, struct ward_str s)
{
	for (size_t i = 0; i < s.len; i++)
		ward_wr_ch(w, (unsigned char)s.p[i] < ' ' || s.p[i] == 0x7f ? '?' : s.p[i]);
}

static void finding(struct ward_wr *w, const struct ward_diag_item *it, bool colour)
{
	static const char *const name[] = {"error", "warning", "note"};
	static const char *const on[] = {"\x1b[1;31m", "\x1b[1;33m", "\x1b[1;36m"};

	plain(w, it->file);
	if (it->line)
		ward_wr_printf(w, ":%u", it->line);
	ward_wr_printf(w, "%s%s%s%s: ", it->file.len ? ": " : "", colour ? on[it->level] : "",
		name[it->level], colour ? "\x1b[0m" : "");
	plain(w, it->what);
	ward_wr_ch(w, '\n');
	if (!it->mend.len)
		return;
	ward_wr_z(w, colour ? "    \x1b[2mmend:\x1b[0m " : "    mend: ");
	plain(w, it->mend);
	ward_wr_ch(w, '\n');
}

static size_t count_notes(const struct ward_diag *d)
{
	size_t n = 0;

	for (size_t i = 0; i < d->n; i++)
		n += d->item[i].level == WARD_DIAG_NOTE;
	return n;
}

static void counts(const struct ward_model *m, size_t n_kind[WARD_NODE_N], size_t *ret_relation)
{
	size_t n;

	*ret_relation = 0;
	for (uint32_t i = 0; i < ward_model_n(m); i++) {
		n_kind[ward_model_node(m, i)->kind]++;
		(void)ward_model_out(m, i, &n);
		*ret_relation += n;
	}
}

static void amount(struct ward_wr *w, size_t n, const char *one, const char *many)
{
	ward_wr_printf(w, "%zu %s", n, n == 1 ? one : many);
}

static const char *plural(enum ward_node_kind k)
{
	static const char *const many[WARD_NODE_N] = {"sites", "buildings", "floors", "zones",
		"rooms", "doors", "networks", "roles", "services", "assets"};

	return many[k];
}

static void model_text(struct ward_wr *w, const struct ward_model *m)
{
	const struct ward_hospital *h = ward_model_hospital(m);
	size_t n_kind[WARD_NODE_N] = {0}, n_relation, n_source;
	uint8_t hash[32];

	counts(m, n_kind, &n_relation);
	(void)ward_model_sources(m, &n_source);
	ward_model_hash(m, hash);
	plain(w, h->name.len ? h->name : WARD_STR("(unnamed hospital)"));
	if (h->city.len) {
		ward_wr_z(w, ", ");
		plain(w, h->city);
	}
	ward_wr_z(w, h->synthetic ? " (synthetic)\n  " : "\n  ");
	for (unsigned k = 0; k < WARD_NODE_N; k++) {
		enum ward_node_kind kind = (enum ward_node_kind)k;

		ward_wr_z(w, !k ? "" : k == WARD_NODE_NETWORK ? "\n  " : ", ");
		amount(w, n_kind[k], ward_node_kind_name(kind), plural(kind));
	}
	ward_wr_z(w, "\n  ");
	amount(w, n_relation, "relation", "relations");
	ward_wr_z(w, ", ");
	amount(w, n_source, "source", "sources");
	ward_wr_z(w, "; version ");
	ward_wr_hex(w, ward_slice_of(hash, 6));
	ward_wr_ch(w, '\n');
}

static void summary_text(struct ward_wr *w, const struct ward_model *m, const struct ward_diag *d,
	const struct args *a, bool colour)
{
	size_t n_note = count_notes(d);
	bool bad = d->n_error > 0;

	if (d->n)
		ward_wr_ch(w, '\n');
	if (m)
		model_text(w, m);
	else
		ward_wr_z(w, "No model could be built.\n");
	ward_wr_z(w, !colour ? "" : bad ? "\x1b[1;31m" : "\x1b[1;32m");
	amount(w, d->n_error, "error", "errors");
	ward_wr_z(w, ", ");
	amount(w, d->n_warning, "warning", "warnings");
	ward_wr_z(w, ", ");
	amount(w, n_note, "note", "notes");
	ward_wr_z(w, colour ? "\x1b[0m" : "");
	if (n_note && !a->notes)
		ward_wr_z(w, " (--notes shows them)");
	ward_wr_z(w, bad ? ": mend the errors before Ward can run on it\n" : "\n");
}

static void text(struct ward_wr *w, const struct ward_model *m, const struct ward_diag *d,
	const struct args *a)
{
	bool colour = ward_cli_colour(stdout);

	for (size_t i = 0; i < d->n; i++)
		if (a->notes || d->item[i].level != WARD_DIAG_NOTE)
			finding(w, &d->item[i], colour);
	if (d->n_dropped)
		ward_wr_printf(w, "(%zu more findings are not shown)\n", d->n_dropped);
	summary_text(w, m, d, a, colour);
}

static void summary_json(struct ward_wr *w, const struct ward_model *m, const struct ward_diag *d)
{
	struct ward_json j = ward_json_on(w);
	size_t n_kind[WARD_NODE_N] = {0}, n_relation = 0;
	uint8_t hash[32];

	ward_json_obj(&j);
	ward_json_key(&j, "kind");
	ward_json_z(&j, "summary");
	if (m) {
		counts(m, n_kind, &n_relation);
		ward_json_key(&j, "hospital");
		ward_json_str(&j, ward_model_hospital(m)->id);
		ward_json_key(&j, "hash");
		ward_model_hash(m, hash);
		char hex[64];
		struct ward_wr h = ward_wr_fixed(hex, sizeof(hex));

		ward_wr_hex(&h, ward_slice_of(hash, sizeof(hash)));
		ward_json_str(&j, ward_wr_text(&h));
		ward_json_key(&j, "nodes");
		ward_json_obj(&j);
		for (unsigned k = 0; k < WARD_NODE_N; k++) {
			ward_json_key(&j, plural((enum ward_node_kind)k));
			ward_json_u64(&j, n_kind[k]);
		}
		ward_json_obj_end(&j);
		ward_json_key(&j, "relations");
		ward_json_u64(&j, n_relation);
	}
	ward_json_key(&j, "errors");
	ward_json_u64(&j, d->n_error);
	ward_json_key(&j, "warnings");
	ward_json_u64(&j, d->n_warning);
	ward_json_key(&j, "notes");
	ward_json_u64(&j, count_notes(d));
	ward_json_obj_end(&j);
	ward_wr_ch(w, '\n');
}

/* What one room has to say about the directory. `m` is NULL when no model could be built; rooms
 * that need one are then skipped. Findings go to diag; the result is OK, CONFIG, or why the room
 * could not look (IO, NOMEM). */
struct checker {
	enum ward_err (*run)(const struct args *a, const char *content, struct ward_limits *lim,
		struct ward_diag *d, struct ward_model **m);
};

static enum ward_err check_limits(const struct args *a, const char *content,
	struct ward_limits *lim, struct ward_diag *d, struct ward_model **m)
{
	(void)content;
	(void)m;
	return ward_model_limits(a->dir, ward_mem_heap(), d, lim);
}

static enum ward_err check_model(const struct args *a, const char *content, struct ward_limits *lim,
	struct ward_diag *d, struct ward_model **m)
{
	return ward_model_load(a->dir, content, lim, ward_mem_heap(), d, m);
}

static enum ward_err check_facts(const struct args *a, const char *content, struct ward_limits *lim,
	struct ward_diag *d, struct ward_model **m)
{
	(void)a;
	(void)content;
	(void)lim;
	/* A model with errors may not be whole. */
	if (*m && !d->n_error)
		ward_model_basis_check(*m, ward_clock_now(ward_clock_system()), d);
	return WARD_OK;
}

static enum ward_err check_propagation(const struct args *a, const char *content,
	struct ward_limits *lim, struct ward_diag *d, struct ward_model **m)
{
	char dir[PATH_MAX];
	struct ward_rules *r = NULL;
	int n = snprintf(dir, sizeof(dir), "%s/propagation", content);

	(void)a;
	if (!*m)
		return WARD_OK;
	if (n < 0 || (size_t)n >= sizeof(dir))
		return WARD_ERR_LIMIT;
	enum ward_err err = ward_rules_load(dir, *m, lim, ward_mem_heap(), d, &r);

	ward_rules_free(r);
	return err;
}

/* Attack steps, measures and facts. Content of one's own may do without. */
static enum ward_err check_attack(const struct args *a, const char *content,
	struct ward_limits *lim, struct ward_diag *d, struct ward_model **m)
{
	static const char *const given[WARD_FACTS_N] = {NULL};
	char dir[PATH_MAX], own[PATH_MAX];
	struct ward_attack *attack = NULL;
	struct ward_facts facts = {0};
	int n = snprintf(dir, sizeof(dir), "%s/attack", content);
	int n_own = snprintf(own, sizeof(own), "%s/attack", a->dir);

	if (n < 0 || (size_t)n >= sizeof(dir) || n_own < 0 || (size_t)n_own >= sizeof(own))
		return WARD_ERR_LIMIT;
	if (!*m || access(dir, F_OK) != 0)
		return WARD_OK;
	enum ward_err err = ward_attack_load(dir, own, *m, lim, ward_mem_heap(), d, &attack);

	if (!err || err == WARD_ERR_CONFIG)
		err = ward_facts_load(own, given, *m, lim, ward_mem_heap(), d, &facts);
	ward_facts_fini(&facts);
	ward_attack_free(attack);
	return err;
}

/* How things come back, and what can be done at once. Content of one's own may do without. */
static enum ward_err check_recovery(const struct args *a, const char *content,
	struct ward_limits *lim, struct ward_diag *d, struct ward_model **m)
{
	char dir[2][PATH_MAX], own[2][PATH_MAX];
	static const char *const what[] = {"recovery", "actions"};
	struct ward_works *works = NULL;
	struct ward_action_set *set = NULL;

	for (unsigned i = 0; i < 2; i++) {
		int n = snprintf(dir[i], PATH_MAX, "%s/%s", content, what[i]);
		int n_own = snprintf(own[i], PATH_MAX, "%s/%s", a->dir, what[i]);

		if (n < 0 || n >= PATH_MAX || n_own < 0 || n_own >= PATH_MAX)
			return WARD_ERR_LIMIT;
	}
	if (!*m || access(dir[0], F_OK) != 0)
		return WARD_OK;
	enum ward_err err = ward_works_load(dir[0], own[0], *m, lim, ward_mem_heap(), d, &works);

	if (!err && access(dir[1], F_OK) == 0)
		err = ward_actions_load(dir[1], own[1], *m, works, lim, d, &set);
	ward_actions_free(set);
	ward_works_free(works);
	return err;
}

/* Not every hospital has said how it is left. */
static enum ward_err check_evacuation(const struct args *a, const char *content,
	struct ward_limits *lim, struct ward_diag *d, struct ward_model **m)
{
	struct ward_evac *e = NULL;
	enum ward_err err =
		*m ? ward_evac_load(content, a->dir, *m, lim, ward_mem_heap(), d, &e) : WARD_OK;

	ward_evac_free(e);
	return err == WARD_ERR_NOT_FOUND ? WARD_OK : err;
}

/* Content of one's own may do without. */
static enum ward_err check_inventory(const struct args *a, const char *content,
	struct ward_limits *lim, struct ward_diag *d, struct ward_model **m)
{
	char dir[PATH_MAX];
	struct ward_names names;
	struct ward_inv_rules *r = NULL;
	int n = snprintf(dir, sizeof(dir), "%s/inventory", content);

	(void)a;
	if (n < 0 || (size_t)n >= sizeof(dir))
		return WARD_ERR_LIMIT;
	if (!*m || access(dir, F_OK) != 0)
		return WARD_OK;
	enum ward_err err = ward_names_init(&names, ward_mem_heap(), lim);

	if (!err)
		err = ward_inv_rules_load(dir, ward_model_ontology(*m), &names, lim, d, &r);
	ward_inv_rules_free(r);
	ward_names_fini(&names);
	return err;
}

static enum ward_err check_baselines(const struct args *a, const char *content,
	struct ward_limits *lim, struct ward_diag *d, struct ward_model **m)
{
	char dir[PATH_MAX];
	struct ward_names names;
	struct ward_bl_profiles *ps = NULL;
	int n = snprintf(dir, sizeof(dir), "%s/baselines", content);

	(void)a;
	if (n < 0 || (size_t)n >= sizeof(dir))
		return WARD_ERR_LIMIT;
	if (!*m || access(dir, F_OK) != 0)
		return WARD_OK;
	enum ward_err err = ward_names_init(&names, ward_mem_heap(), lim);

	if (!err)
		err = ward_bl_profiles_load(dir, ward_model_threats(*m), &names, lim, d, &ps);
	ward_bl_profiles_free(ps);
	ward_names_fini(&names);
	return err;
}

/* Those of the content, then the hospital's own; each with the tests beside it. */
static enum ward_err check_log_patterns(const struct args *a, const char *content,
	struct ward_limits *lim, struct ward_diag *d, struct ward_model **m)
{
	const char *const root[] = {content, a->dir};
	struct ward_log_patterns *p = NULL;
	struct ward_names names;
	enum ward_err err = ward_names_init(&names, ward_mem_heap(), lim), worst;

	(void)m;
	if (!err)
		err = ward_log_patterns_new(&names, lim, ward_mem_heap(), &p);
	worst = err;
	for (size_t i = 0; i < WARD_ARRAY_LEN(root) && !err; i++) {
		char dir[PATH_MAX];
		int n = snprintf(dir, sizeof(dir), "%s/log-patterns", root[i]);

		err = n < 0 || (size_t)n >= sizeof(dir) ? WARD_ERR_LIMIT
							: ward_log_patterns_load(p, dir, d);
		if (err == WARD_ERR_CONFIG || err == WARD_ERR_NOT_FOUND)
			err = WARD_OK; /* the findings say it; both may do without */
		worst = err;
	}
	ward_log_patterns_free(p);
	ward_names_fini(&names);
	return worst;
}

/* The content's rules, then the hospital's own lists, rules and filters. Content of one's own may do
 * without. */
static enum ward_err check_rules(const struct args *a, const char *content, struct ward_limits *lim,
	struct ward_diag *d, struct ward_model **m)
{
	char dir[PATH_MAX], pipelines[PATH_MAX];
	const char *const rules = dir;
	struct ward_ruleset *rs = NULL;
	int n = snprintf(dir, sizeof(dir), "%s/rules", content);

	(void)snprintf(pipelines, sizeof(pipelines), "%s/pipelines", content);
	if (n < 0 || (size_t)n >= sizeof(dir))
		return WARD_ERR_LIMIT;
	if (!*m || access(dir, F_OK) != 0 || access(pipelines, F_OK) != 0)
		return WARD_OK;
	const struct ward_ruleset_args args = {.rules = &rules,
		.n_rules = 1,
		.content = content,
		.threats = ward_model_threats(*m),
		.hospital = a->dir};
	enum ward_err err = ward_ruleset_load(&args, lim, ward_mem_heap(), d, &rs);

	ward_ruleset_free(rs);
	return err;
}

static enum ward_err check_permits(const struct args *a, const char *content,
	struct ward_limits *lim, struct ward_diag *d, struct ward_model **m)
{
	const struct ward_permit_in in = {*m, lim, ward_mem_heap(), d};
	struct ward_permits *permits = NULL;
	enum ward_err err = *m ? ward_permits_load(&in, a->dir, &permits) : WARD_OK;

	(void)content;
	ward_permits_free(permits);
	return err;
}

static enum ward_err check_scenarios(const struct args *a, const char *content,
	struct ward_limits *lim, struct ward_diag *d, struct ward_model **m)
{
	const struct ward_scenario_in in = {.m = *m, .lim = lim, .mem = ward_mem_heap(), .diag = d};

	(void)content;
	return *m ? ward_scenarios_check(a->dir, &in) : WARD_OK;
}

/* In this order; each later room sees the model. */
static const struct checker checkers[] = {
	{check_limits},
	{check_model},
	{check_facts},
	{check_propagation},
	{check_attack},
	{check_recovery},
	{check_evacuation},
	{check_inventory},
	{check_baselines},
	{check_log_patterns},
	{check_rules},
	{check_permits},
	{check_scenarios},
};

static int run(const struct ward_cmd *cmd, int argc, char **argv)
{
	struct args a = {.dir = NULL};
	WARD_AUTO(ward_model_freep) struct ward_model *m = NULL;
	struct ward_diag d;
	struct ward_limits lim;
	bool ran = true;
	int exit = parse(cmd, argc, argv, &a);

	if (exit != WARD_EXIT_DONE)
		return exit;
	const char *content = ward_cli_content(cmd, a.content);

	if (!content)
		return WARD_EXIT_RUN;
	ward_limits_default(&lim);
	ward_diag_init(&d, ward_mem_heap());
	for (size_t i = 0; i < WARD_ARRAY_LEN(checkers); i++) {
		enum ward_err err = checkers[i].run(&a, content, &lim, &d, &m);

		ran &= err == WARD_OK || err == WARD_ERR_CONFIG;
	}
	ward_diag_sort(&d);
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), OUT_MAX);

	if (a.json) {
		ward_diag_write_json(&d, &w);
		summary_json(&w, m, &d);
	} else {
		text(&w, m, &d, &a);
	}
	ran &= ward_cli_put(&w, stdout);
	exit = !ran ? WARD_EXIT_RUN : d.n_error ? WARD_EXIT_INPUT : WARD_EXIT_DONE;
	ward_wr_fini(&w);
	ward_diag_fini(&d);
	return exit;
}

const struct ward_cmd ward_cmd_check = {
	.name = "check",
	.summary = "is a hospital directory right? every problem with its mend",
	.help = "usage: ward check [--content DIR] [--notes] [--json] DIR\n\n"
		"Reads a hospital directory (docs/hospital-directory.md), its scenarios\n"
		"(docs/scenarios.md), its log patterns with their tests (docs/log-patterns.md), "
		"its\n"
		"rules and filters (docs/rules.md), its works permits (docs/permits.md) and the\n"
		"content it is used with, and reports every problem at once: file, line, what is\n"
		"wrong, the mend.\n\n"
		"  --content DIR  the content directory (default: WARD_CONTENT, else Ward's own)\n"
		"  --notes        show notes too: things that may well be meant\n"
		"  --json         one finding per line, then one summary\n\n"
		"Exit codes: 0 nothing wrong (warnings may be there), 1 errors, 3 could not "
		"read.\n",
	.run = run,
};
