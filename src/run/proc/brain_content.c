/* The hospital and the rules by which the brain thinks: read, told about, and tried before they are
 * taken. */
#include "run/board.h"
#include "run/ground.h"
#include "run/kept_file.h"
#include "run/proc/brain.h"
#include "run/stopped.h"

#include <stdio.h>

static void tell_diag(struct mind *m, struct ward_diag *diag)
{
	ward_diag_sort(diag);
	for (size_t i = 0; i < diag->n; i++) {
		const struct ward_diag_item *d = &diag->item[i];

		if (d->level == WARD_DIAG_ERROR)
			WARD_LOG(&m->p.log, ERROR, "brain.finding", WARD_KV_S("file", d->file),
				WARD_KV_U("line", d->line), WARD_KV_S("what", d->what),
				WARD_KV_S("mend", d->mend));
		else if (d->level == WARD_DIAG_WARNING)
			WARD_LOG(&m->p.log, WARN, "brain.finding", WARD_KV_S("file", d->file),
				WARD_KV_U("line", d->line), WARD_KV_S("what", d->what),
				WARD_KV_S("mend", d->mend));
	}
}

/* A rule that does not load is one that does not watch: each is told, the others work. */
static void tell_findings(struct mind *m)
{
	struct ward_ruleset_counts c = ward_ruleset_counts(m->ruleset);

	ward_count_name(&m->p.counters, "brain.rules_refused", c.n_refused);
	ward_count_name(&m->p.counters, "brain.files_as_before", ward_kept_n_used(m->kept));
	WARD_LOG(&m->p.log, INFO, "brain.rules", WARD_KV_U("live", c.n_stage[WARD_STAGE_LIVE]),
		WARD_KV_U("notice", c.n_stage[WARD_STAGE_NOTICE]),
		WARD_KV_U("shadow", c.n_stage[WARD_STAGE_SHADOW]),
		WARD_KV_U("off", c.n_stage[WARD_STAGE_OFF]), WARD_KV_U("refused", c.n_refused));
	tell_diag(m, &m->diag);
	tell_diag(m, &m->rules);
}

static enum ward_err read_content(struct mind *m)
{
	const char *dir = ward_process_setting(&m->p, "hospital");
	const char *content = ward_process_setting(&m->p, "content");
	char rules[4096], propagation[4096], baselines[4096], inventory[4096], doors[4096];
	const char *rule_paths[] = {rules};
	struct ward_ruleset_args args = {
		.rules = rule_paths, .n_rules = 1, .content = content, .hospital = dir};
	enum ward_err err;

	if (!dir || !content)
		return WARD_ERR_CONFIG;
	(void)snprintf(rules, sizeof(rules), "%s/rules", content);
	(void)snprintf(propagation, sizeof(propagation), "%s/propagation", content);
	(void)snprintf(baselines, sizeof(baselines), "%s/baselines", content);
	(void)snprintf(inventory, sizeof(inventory), "%s/inventory", content);
	(void)snprintf(doors, sizeof(doors), "%s/doors.yml", content);
	err = ward_model_load(dir, content, &m->lim, ward_mem_heap(), &m->diag, &m->model);
	ward_stopped_mark(&m->p, m->model);
	if (!err)
		err = ward_rules_load(
			propagation, m->model, &m->lim, ward_mem_heap(), &m->diag, &m->propagation);
	if (!err) {
		args.threats = ward_model_threats(m->model);
		err = ward_kept_ruleset(m->kept, &args, &m->rules, &m->ruleset);
	}
	if (!err && ward_model_hospital(m->model)->baselines)
		err = ward_bl_profiles_load(
			baselines, args.threats, &m->names, &m->lim, &m->diag, &m->baselines);
	if (!err)
		err = ward_inv_rules_load(inventory, ward_model_ontology(m->model), &m->names,
			&m->lim, &m->diag, &m->inventory);
	if (!err)
		err = ward_door_rules_load(doors, ward_model_ontology(m->model), &m->lim,
			ward_mem_heap(), &m->diag, &m->doors);
	const struct ward_point_in in = {m->model, &m->lim, ward_mem_heap(), &m->diag};

	if (!err)
		err = ward_points_load(&in, dir, content, &m->points);
	/* A row that is wrong is no point, and is told. */
	return err == WARD_ERR_CONFIG && m->points ? WARD_OK : err;
}

void brain_load_content(struct mind *m)
{
	enum ward_err err = read_content(m);

	if (err)
		brain_die(m, "cannot load the hospital and its rules; 'ward check' says more", err);
	struct ward_ruleset_counts c = ward_ruleset_counts(m->ruleset);

	err = ward_kept_file_write(m->kept, ward_process_fd(&m->p, "kept"));
	if (err)
		WARD_LOG(&m->p.log, WARN, "brain.kept_lost", WARD_KV_E(err));
	tell_findings(m);
	WARD_LOG(&m->p.log, INFO, "brain.rules", WARD_KV_U("loaded", c.n_loaded),
		WARD_KV_U("refused", c.n_refused));
}

/* What a memory must have in common with this content, whatever the rules. */
static bool same_ground(struct mind *m)
{
	const char *was = ward_process_setting(&m->p, "ground");
	char now[WARD_GROUND_TEXT];

	ward_ground_text(m->model, m->propagation, now);
	return !was || strcmp(was, now) == 0;
}

/* Is there an error in anything but the files of rules and lists? */
static bool beyond_rules(const struct mind *m)
{
	bool any = m->diag.n_error > 0;

	for (size_t i = 0; i < m->rules.n; i++)
		any |= m->rules.item[i].level == WARD_DIAG_ERROR &&
		       !ward_kept_has(m->kept, m->rules.item[i].file);
	return any;
}

static void say_diag(struct ward_diag *diag)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), EVENT_BYTES_MAX);

	ward_diag_sort(diag);
	ward_diag_write_text(diag, &w);
	(void)fwrite(w.p, 1, w.len, stdout);
	ward_wr_fini(&w);
}

/* Are the rules of now fit to be used? Says on standard output what is wrong with them; a rule that
 * can't be used is no reason to go on without the others. */
int brain_trial(struct mind *m)
{
	enum ward_err err = read_content(m);
	bool beyond = beyond_rules(m), moved = !err && !beyond && !same_ground(m);

	say_diag(&m->diag);
	say_diag(&m->rules);
	if (err)
		printf("ward: cannot load the rules: %s\n", ward_err_text(err));
	else if (moved)
		printf("ward: more than rules changed: for the hospital's own files and for "
		       "propagation\n      end 'ward run' and start it again\n");
	else if (!beyond && m->rules.n_error)
		printf("ward: %zu detection rules are refused and do not watch; of %zu files with "
		       "an error the rules\n      watch as they were before it\n",
			ward_ruleset_counts(m->ruleset).n_refused, ward_kept_n_used(m->kept));
	(void)fflush(stdout);
	return err || beyond || moved ? WARD_PROCESS_DIED : WARD_PROCESS_DONE;
}
