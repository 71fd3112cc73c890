#include "cli/check_rooms.h"

#include "actions/actions.h"
#include "care/entry.h"
#include "cli/check_controllers.h"
#include "cli/check_evidence.h"
#include "cli/check_forged.h"
#include "cli/check_journal.h"
#include "cli/check_people.h"
#include "cli/check_zones.h"
#include "cli/playbooks.h"
#include "detect/baseline/baseline.h"
#include "detect/detect.h"
#include "evacuate/facts.h"
#include "exercise/scenario.h"
#include "impact/impact.h"
#include "model/basis.h"
#include "model/door/rules.h"
#include "model/inventory/rules.h"
#include "model/permit/file.h"
#include "model/point/point.h"
#include "paths/attack.h"
#include "paths/facts.h"
#include "plan/plan.h"
#include "recover/works.h"
#include "run/console.h"
#include "run/machines.h"
#include "exchange/sources.h"
#include "respond/act/actuators.h"
#include "sense/log/pattern.h"

#include <limits.h>
#include <stdio.h>
#include <unistd.h>

enum { CARE_BYTES_MAX = 256 << 20 };

/* What one room has to say about the directory. `m` is NULL when no model could be built; rooms
 * that need one are then skipped. Findings go to diag; the result is OK, CONFIG, or why the room
 * could not look (IO, NOMEM). */
struct checker {
	enum ward_err (*run)(const char *hospital, const char *content, struct ward_limits *lim,
		struct ward_diag *d, struct ward_model **m);
};

/* "DIR/name"; false: it has no room. */
static bool beneath(char path[PATH_MAX], const char *dir, const char *name)
{
	int n = snprintf(path, PATH_MAX, "%s/%s", dir, name);

	return n > 0 && n < PATH_MAX;
}

static enum ward_err check_limits(const char *hospital, const char *content,
	struct ward_limits *lim, struct ward_diag *d, struct ward_model **m)
{
	(void)content;
	(void)m;
	return ward_model_limits(hospital, ward_mem_heap(), d, lim);
}

static enum ward_err check_model(const char *hospital, const char *content, struct ward_limits *lim,
	struct ward_diag *d, struct ward_model **m)
{
	return ward_model_load(hospital, content, lim, ward_mem_heap(), d, m);
}

static enum ward_err check_facts(const char *hospital, const char *content, struct ward_limits *lim,
	struct ward_diag *d, struct ward_model **m)
{
	(void)hospital;
	(void)content;
	(void)lim;
	/* A model with errors may not be whole. */
	if (*m && !d->n_error)
		ward_model_basis_check(*m, ward_clock_now(ward_clock_system()), d);
	return WARD_OK;
}

static enum ward_err check_propagation(const char *hospital, const char *content,
	struct ward_limits *lim, struct ward_diag *d, struct ward_model **m)
{
	char dir[PATH_MAX];
	struct ward_rules *r = NULL;

	(void)hospital;
	if (!*m)
		return WARD_OK;
	if (!beneath(dir, content, "propagation"))
		return WARD_ERR_LIMIT;
	enum ward_err err = ward_rules_load(dir, *m, lim, ward_mem_heap(), d, &r);

	ward_rules_free(r);
	return err;
}

/* Attack steps, measures and facts. Content of one's own may do without. */
static enum ward_err check_attack(const char *hospital, const char *content,
	struct ward_limits *lim, struct ward_diag *d, struct ward_model **m)
{
	static const char *const given[WARD_FACTS_N] = {NULL};
	char dir[PATH_MAX], own[PATH_MAX];
	struct ward_attack *attack = NULL;
	struct ward_facts facts = {0};

	if (!beneath(dir, content, "attack") || !beneath(own, hospital, "attack"))
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
static enum ward_err check_recovery(const char *hospital, const char *content,
	struct ward_limits *lim, struct ward_diag *d, struct ward_model **m)
{
	char dir[2][PATH_MAX], own[2][PATH_MAX];
	static const char *const what[] = {"recovery", "actions"};
	struct ward_works *works = NULL;
	struct ward_action_set *set = NULL;

	for (unsigned i = 0; i < 2; i++) {
		if (!beneath(dir[i], content, what[i]) || !beneath(own[i], hospital, what[i]))
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
static enum ward_err check_evacuation(const char *hospital, const char *content,
	struct ward_limits *lim, struct ward_diag *d, struct ward_model **m)
{
	struct ward_evac *e = NULL;
	enum ward_err err =
		*m ? ward_evac_load(content, hospital, *m, lim, ward_mem_heap(), d, &e) : WARD_OK;

	ward_evac_free(e);
	return err == WARD_ERR_NOT_FOUND ? WARD_OK : err;
}

/* Content of one's own may do without. */
static enum ward_err check_inventory(const char *hospital, const char *content,
	struct ward_limits *lim, struct ward_diag *d, struct ward_model **m)
{
	char dir[PATH_MAX];
	struct ward_names names;
	struct ward_inv_rules *r = NULL;

	(void)hospital;
	if (!beneath(dir, content, "inventory"))
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

static enum ward_err check_doors(const char *hospital, const char *content, struct ward_limits *lim,
	struct ward_diag *d, struct ward_model **m)
{
	char path[PATH_MAX];
	struct ward_door_rules *r = NULL;

	(void)hospital;
	if (!beneath(path, content, "doors.yml"))
		return WARD_ERR_LIMIT;
	if (!*m)
		return WARD_OK;
	enum ward_err err =
		ward_door_rules_load(path, ward_model_ontology(*m), lim, ward_mem_heap(), d, &r);

	ward_door_rules_free(r);
	return err;
}

static enum ward_err check_zones(const char *hospital, const char *content, struct ward_limits *lim,
	struct ward_diag *d, struct ward_model **m)
{
	(void)content;
	return *m ? ward_cli_check_zones(hospital, *m, lim, d) : WARD_OK;
}

static enum ward_err check_evidence(const char *hospital, const char *content,
	struct ward_limits *lim, struct ward_diag *d, struct ward_model **m)
{
	(void)content;
	(void)lim;
	return *m ? ward_cli_check_evidence(hospital, *m, d) : WARD_OK;
}

static enum ward_err check_baselines(const char *hospital, const char *content,
	struct ward_limits *lim, struct ward_diag *d, struct ward_model **m)
{
	char dir[PATH_MAX];
	struct ward_names names;
	struct ward_bl_profiles *ps = NULL;

	(void)hospital;
	if (!beneath(dir, content, "baselines"))
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
static enum ward_err check_log_patterns(const char *hospital, const char *content,
	struct ward_limits *lim, struct ward_diag *d, struct ward_model **m)
{
	const char *const root[] = {content, hospital};
	struct ward_log_patterns *p = NULL;
	struct ward_names names;
	enum ward_err err = ward_names_init(&names, ward_mem_heap(), lim), worst;

	(void)m;
	if (!err)
		err = ward_log_patterns_new(&names, lim, ward_mem_heap(), &p);
	worst = err;
	for (size_t i = 0; i < WARD_ARRAY_LEN(root) && !err; i++) {
		char dir[PATH_MAX];

		err = beneath(dir, root[i], "log-patterns") ? ward_log_patterns_load(p, dir, d)
							    : WARD_ERR_LIMIT;
		if (err == WARD_ERR_CONFIG || err == WARD_ERR_NOT_FOUND)
			err = WARD_OK; /* the findings say it; both may do without */
		worst = err;
	}
	ward_log_patterns_free(p);
	ward_names_fini(&names);
	return worst;
}

/* The content's rules, then the hospital's own lists, rules and filters. Content of one's own may
 * do without. */
static enum ward_err check_rules(const char *hospital, const char *content, struct ward_limits *lim,
	struct ward_diag *d, struct ward_model **m)
{
	char dir[PATH_MAX], pipelines[PATH_MAX];
	const char *const rules = dir;
	struct ward_ruleset *rs = NULL;

	if (!beneath(dir, content, "rules") || !beneath(pipelines, content, "pipelines"))
		return WARD_ERR_LIMIT;
	if (!*m || access(dir, F_OK) != 0 || access(pipelines, F_OK) != 0)
		return WARD_OK;
	const struct ward_ruleset_args args = {.rules = &rules,
		.n_rules = 1,
		.content = content,
		.threats = ward_model_threats(*m),
		.hospital = hospital};
	enum ward_err err = ward_ruleset_load(&args, lim, ward_mem_heap(), d, &rs);

	ward_ruleset_free(rs);
	return err;
}

static enum ward_err check_forged(const char *hospital, const char *content,
	struct ward_limits *lim, struct ward_diag *d, struct ward_model **m)
{
	(void)hospital;
	(void)content;
	(void)lim;
	if (*m)
		ward_cli_check_forged(*m, d);
	return WARD_OK;
}

static enum ward_err check_permits(const char *hospital, const char *content,
	struct ward_limits *lim, struct ward_diag *d, struct ward_model **m)
{
	const struct ward_permit_in in = {*m, lim, ward_mem_heap(), d};
	struct ward_permits *permits = NULL;
	enum ward_err err = *m ? ward_permits_load(&in, hospital, &permits) : WARD_OK;

	(void)content;
	ward_permits_free(permits);
	return err;
}

static enum ward_err check_care(const char *hospital, const char *content, struct ward_limits *lim,
	struct ward_diag *d, struct ward_model **m)
{
	struct ward_care_entries entries;
	struct ward_arena arena;

	(void)content;
	ward_arena_init(&arena, ward_mem_heap(), CARE_BYTES_MAX);
	const struct ward_care_in in = {*m, lim, d, &arena};
	enum ward_err err = *m ? ward_care_entries_load(&in, hospital, &entries) : WARD_OK;

	ward_arena_fini(&arena);
	return err;
}

static enum ward_err check_points(const char *hospital, const char *content,
	struct ward_limits *lim, struct ward_diag *d, struct ward_model **m)
{
	const struct ward_point_in in = {*m, lim, ward_mem_heap(), d};
	struct ward_points *points = NULL;
	enum ward_err err = *m ? ward_points_load(&in, hospital, content, &points) : WARD_OK;

	ward_points_free(points);
	return err;
}

static enum ward_err check_controllers(const char *hospital, const char *content,
	struct ward_limits *lim, struct ward_diag *d, struct ward_model **m)
{
	return *m ? ward_cli_check_controllers(hospital, content, *m, lim, d) : WARD_OK;
}

static enum ward_err check_scenarios(const char *hospital, const char *content,
	struct ward_limits *lim, struct ward_diag *d, struct ward_model **m)
{
	/* what is wrong with the points has been told */
	struct ward_diag told;
	const struct ward_point_in of = {*m, lim, ward_mem_heap(), &told};
	struct ward_points *points = NULL;
	struct ward_scenario_in in = {.m = *m, .lim = lim, .mem = ward_mem_heap(), .diag = d};
	enum ward_err err;

	if (!*m)
		return WARD_OK;
	ward_diag_init(&told, ward_mem_heap());
	err = ward_points_load(&of, hospital, content, &points);
	in.points = points;
	if (!err || err == WARD_ERR_CONFIG)
		err = ward_scenarios_check(hospital, &in);
	ward_points_free(points);
	ward_diag_fini(&told);
	return err;
}

static enum ward_err check_console(const char *hospital, const char *content,
	struct ward_limits *lim, struct ward_diag *d, struct ward_model **m)
{
	const struct ward_console_in in = {hospital, lim, ward_mem_heap(), d};
	struct ward_console c = {.n_name = 0};
	enum ward_err err = *m ? ward_console_load(&in, &c) : WARD_OK;

	(void)content;
	ward_console_free(&c);
	return err;
}

static enum ward_err check_machines(const char *hospital, const char *content,
	struct ward_limits *lim, struct ward_diag *d, struct ward_model **m)
{
	const struct ward_machines_in in = {*m, lim, ward_mem_heap(), d};
	struct ward_machines x = {.n = 0};
	enum ward_err err = *m ? ward_machines_load(&in, hospital, &x) : WARD_OK;

	(void)content;
	ward_machines_free(&x);
	return err;
}

static enum ward_err check_indicators(const char *hospital, const char *content,
	struct ward_limits *lim, struct ward_diag *d, struct ward_model **m)
{
	struct ward_indicator_sources s = {.n = 0};
	enum ward_err err = ward_indicator_sources_load(hospital, lim, ward_mem_heap(), d, &s);

	(void)content;
	(void)m;
	ward_indicator_sources_free(&s);
	return err;
}

/* By the plan of evacuation, without which no lock can be judged: what is wrong with it has been
 * told, and comes first. */
static enum ward_err check_actuators(const char *hospital, const char *content,
	struct ward_limits *lim, struct ward_diag *d, struct ward_model **m)
{
	struct ward_escape escape = {.known = false};
	struct ward_evac *e = NULL;
	struct ward_actuators table = {.n = 0};
	struct ward_diag told;

	if (!*m)
		return WARD_OK;
	ward_diag_init(&told, ward_mem_heap());
	enum ward_err err = ward_evac_load(content, hospital, *m, lim, ward_mem_heap(), &told, &e);
	const struct ward_actuators_in in = {*m, &escape, lim, ward_mem_heap(), d};

	if (!err)
		err = ward_evac_escape(e, &escape);
	if (!err || err == WARD_ERR_NOT_FOUND)
		err = ward_actuators_load(&in, hospital, &table);
	ward_actuators_free(&table);
	ward_evac_free(e);
	ward_diag_fini(&told);
	return err;
}

static enum ward_err check_plans(const char *hospital, const char *content, struct ward_limits *lim,
	struct ward_diag *d, struct ward_model **m)
{
	const struct ward_plan_in in = {*m, lim, ward_mem_heap(), d};
	struct ward_plans *p = NULL;
	enum ward_err err = *m ? ward_plans_load(&in, hospital, &p) : WARD_OK;

	(void)content;
	ward_plans_free(p);
	return err;
}

static enum ward_err check_playbooks(const char *hospital, const char *content,
	struct ward_limits *lim, struct ward_diag *d, struct ward_model **m)
{
	return *m ? ward_cli_check_playbooks(hospital, content, *m, lim, d) : WARD_OK;
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
	{check_doors},
	{check_zones},
	{check_evidence},
	{check_baselines},
	{check_log_patterns},
	{check_rules},
	{check_forged},
	{check_permits},
	{check_care},
	{check_points},
	{check_controllers},
	{check_scenarios},
	{check_plans},
	{ward_cli_check_journal},
	{ward_cli_check_people},
	{ward_cli_check_posts},
	{ward_cli_check_directory},
	{ward_cli_check_recipients},
	{ward_cli_check_readers},
	{check_console},
	{check_machines},
	{check_indicators},
	{ward_cli_check_oncall},
	{ward_cli_check_badges},
	{ward_cli_check_identifiers},
	{ward_cli_check_law},
	{ward_cli_check_processing},
	{ward_cli_check_notice},
	{check_actuators},
	{check_playbooks},
};

bool ward_cli_check_rooms(const char *hospital, const char *content, struct ward_limits *lim,
	struct ward_diag *d, struct ward_model **m)
{
	bool looked = true;

	for (size_t i = 0; i < WARD_ARRAY_LEN(checkers); i++) {
		enum ward_err err = checkers[i].run(hospital, content, lim, d, m);

		looked &= err == WARD_OK || err == WARD_ERR_CONFIG;
	}
	return looked;
}
