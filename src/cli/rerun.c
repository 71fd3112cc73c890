#include "cli/rerun.h"

#include "brain/brain.h"
#include "cli/events.h"
#include "cli/inorder.h"
#include "cli/lang.h"
#include "cli/loaded.h"
#include "cli/patterns.h"
#include "model/permit/file.h"
#include "sense/log/log.h"
#include "sense/net/replay.h"

#include <errno.h>
#include <stdlib.h>

enum { EVENT_BYTES_MAX = 64 << 20 };

struct ward_cli_rerun_file {
	const char *path;
	struct ward_cli_problems problems;
	struct ward_input in;
	struct ward_cli_sorted *sorted; /* its events are not in the order of time */
	struct ward_arena arena;
	struct ward_event e;
	bool open, ready;
};

static const struct ward_input_driver *const drivers[] = {
	WARD_LOG_DRIVERS, &ward_net_driver_pcap, &ward_net_driver_pcapng, NULL};

static struct ward_str actor(void *ctx, struct ward_arena *a, uint32_t field, struct ward_str who)
{
	(void)field;
	return ward_pseudonym_token(ctx, a, who);
}

static enum ward_err load_inventory(struct ward_cli_rerun *x)
{
	char path[4096];

	(void)snprintf(path, sizeof(path), "%s/inventory", x->content);
	return ward_inv_rules_load(
		path, ward_model_ontology(x->model), &x->names, &x->lim, &x->diag, &x->inventory);
}

static enum ward_err load_doors(struct ward_cli_rerun *x)
{
	char path[4096];

	(void)snprintf(path, sizeof(path), "%s/doors.yml", x->content);
	return ward_door_rules_load(
		path, ward_model_ontology(x->model), &x->lim, ward_mem_heap(), &x->diag, &x->doors);
}

/* A row that is wrong is no point, and is told. */
static enum ward_err load_points(struct ward_cli_rerun *x)
{
	const struct ward_point_in in = {x->model, &x->lim, ward_mem_heap(), &x->diag};
	enum ward_err err = ward_points_load(&in, x->dir, x->content, &x->points);

	return err == WARD_ERR_CONFIG ? WARD_OK : err;
}

static enum ward_err load_baselines(struct ward_cli_rerun *x)
{
	char path[4096];

	(void)snprintf(path, sizeof(path), "%s/baselines", x->content);
	return ward_bl_profiles_load(
		path, ward_model_threats(x->model), &x->names, &x->lim, &x->diag, &x->baselines);
}

/* A permit that is wrong covers nothing, and is told. */
static enum ward_err load_permits(struct ward_cli_rerun *x)
{
	const struct ward_permit_in in = {x->model, &x->lim, ward_mem_heap(), &x->diag};
	enum ward_err err = ward_permits_load(&in, x->dir, &x->permits);

	return err == WARD_ERR_CONFIG ? WARD_OK : err;
}

static enum ward_err give_permits(struct ward_cli_rerun *x)
{
	enum ward_err err = WARD_OK;

	for (size_t i = 0; !err && i < ward_permits_n(x->permits); i++)
		err = ward_brain_permit(x->brain, ward_permits_at(x->permits, i));
	return err;
}

int ward_cli_rerun_load(struct ward_cli_rerun *x)
{
	char rules[4096], propagation[4096];
	const char *rule_paths[] = {rules};
	struct ward_ruleset_args args = {.rules = rule_paths, .n_rules = 1, .hospital = x->dir};
	enum ward_err err;

	x->content = args.content = ward_cli_content(x->cmd, x->content_option);
	if (!x->content)
		return WARD_EXIT_RUN;
	(void)snprintf(rules, sizeof(rules), "%s/rules", x->content);
	(void)snprintf(propagation, sizeof(propagation), "%s/propagation", x->content);
	err = ward_model_limits(x->dir, ward_mem_heap(), &x->diag, &x->lim);
	if (!err)
		err = ward_names_init(&x->names, ward_mem_heap(), &x->lim);
	if (!err)
		err = ward_model_load(
			x->dir, x->content, &x->lim, ward_mem_heap(), &x->diag, &x->model);
	if (!err)
		err = ward_rules_load(
			propagation, x->model, &x->lim, ward_mem_heap(), &x->diag, &x->propagation);
	if (!err) {
		args.threats = ward_model_threats(x->model);
		args.shadow_live = x->as_live;
		err = ward_ruleset_load(&args, &x->lim, ward_mem_heap(), &x->diag, &x->ruleset);
	}
	if (!err && ward_model_hospital(x->model)->baselines)
		err = load_baselines(x);
	if (!err)
		err = load_inventory(x);
	if (!err)
		err = load_doors(x);
	if (!err)
		err = load_points(x);
	if (!err)
		err = load_permits(x);
	if (err || x->diag.n_error) {
		const struct ward_cli_lang speak = {NULL, x->content,
			x->model ? ward_model_hospital(x->model)->language : WARD_STR("")};

		ward_cli_findings_in(x->cmd, &x->diag, NULL, &speak);
	}
	if (err)
		return ward_cli_fail(x->cmd, "cannot load '%s': %s", x->dir, ward_err_text(err));
	ward_cli_refused(x->cmd, x->ruleset, x->dir);
	return ward_cli_patterns(x->cmd, x->content, x->dir, &x->names, &x->lim, &x->patterns);
}

/* When events come up. */
static ward_cli_turn_fn turn_of(const struct ward_cli_rerun *x)
{
	return x->arrivals ? ward_cli_by_arrival : ward_cli_by_time;
}

static int open_files(struct ward_cli_rerun *x)
{
	x->file = calloc(x->n_file + 1, sizeof(*x->file));
	if (!x->file)
		return ward_cli_fail(x->cmd, "out of memory");
	for (size_t i = 0; i < x->n_file; i++) {
		struct ward_cli_rerun_file *f = &x->file[i];
		struct ward_input_opts opts = {.mem = ward_mem_heap(),
			.lim = &x->lim,
			.names = &x->names,
			.counters = &x->counters,
			.patterns = x->patterns,
			.problem = ward_cli_problem,
			.ctx = &f->problems};

		f->path = x->path[i];
		f->problems = (struct ward_cli_problems){.cmd = x->cmd, .file = f->path};
		enum ward_err err =
			ward_input_open(&f->in, f->path, WARD_INPUT_UNKNOWN, drivers, &opts);

		if (err == WARD_ERR_UNSUPPORTED)
			return ward_cli_fail(x->cmd, "'%s' %s", f->path,
				ward_input_refusal(
					ward_slice_of(f->in.bytes.head, f->in.bytes.n_head)));
		if (err)
			return ward_cli_fail(x->cmd, "cannot read '%s': %s", f->path,
				err == WARD_ERR_NOT_FOUND ? strerror(errno) : ward_err_text(err));
		ward_arena_init(&f->arena, ward_mem_heap(), EVENT_BYTES_MAX);
		f->open = true;
		err = ward_cli_sort_log(x->cmd, &f->in, f->path, turn_of(x), &f->sorted);
		if (err)
			return ward_cli_fail(
				x->cmd, "cannot sort '%s': %s", f->path, ward_err_text(err));
	}
	return WARD_EXIT_DONE;
}

int ward_cli_rerun_start(struct ward_cli_rerun *x)
{
	struct ward_brain_config c = {.lim = &x->lim,
		.model = x->model,
		.ruleset = x->ruleset,
		.propagation = x->propagation,
		.baselines = x->baselines,
		.inventory = x->inventory,
		.doors = x->doors,
		.points = x->points,
		.mem = ward_mem_heap(),
		.names = &x->names,
		.counters = &x->counters,
		.actor = actor,
		.actor_ctx = &x->pseudonym,
		.detect = ward_detect_config_default(),
		.out = x->out,
		.out_ctx = x->ctx};

	ward_fuse_options_default(&c.fuse);
	if (x->no_place) {
		c.fuse.place = -1; /* none are so near in time */
		c.fuse.place_hops = 0;
	}
	if (x->no_cause)
		c.fuse.cause = -1;
	if (x->past) /* the sensors have made tokens of identities */
		c.actor = ward_enrich_actor_as_is;
	ward_pseudonym_init_replay(&x->pseudonym, ward_model_hospital(x->model)->id);
	if (ward_brain_new(&c, &x->brain) != WARD_OK || (!x->past && give_permits(x) != WARD_OK))
		return ward_cli_fail(x->cmd, "out of memory");
	return open_files(x);
}

/* Fetches the next event of a file that has none in hand; false when reading failed. */
static bool fetch(struct ward_cli_rerun *x, struct ward_cli_rerun_file *f)
{
	enum ward_err err;

	if (!f->open || f->ready)
		return true;
	struct ward_cli_place place;

	err = f->sorted ? ward_cli_sorted_next(f->sorted, &f->arena, &f->e, &place)
			: ward_input_next(&f->in, &f->arena, &f->e);
	f->ready = err == WARD_OK;
	if (f->ready)
		return true;
	ward_input_close(&f->in);
	ward_cli_sorted_free(f->sorted);
	ward_arena_fini(&f->arena);
	ward_cli_problems_end(&f->problems);
	x->n_rejected += f->problems.n_dropped;
	f->open = false;
	if (err == WARD_ERR_CLOSED)
		return true;
	(void)ward_cli_fail(x->cmd, "'%s': %s", f->path, ward_err_text(err));
	return false;
}

/* The file whose event is the earliest; of equal times the one whose id is least, so that the
 * order of the arguments has no say. */
static struct ward_cli_rerun_file *earliest(struct ward_cli_rerun *x)
{
	struct ward_cli_rerun_file *best = NULL;

	for (size_t i = 0; i < x->n_file; i++) {
		struct ward_cli_rerun_file *f = &x->file[i];

		if (!f->ready)
			continue;
		ward_ns t = turn_of(x)(&f->e), first = best ? turn_of(x)(&best->e) : t;

		if (!best || t < first || (t == first && ward_id_cmp(f->e.id, best->e.id) < 0))
			best = f;
	}
	return best;
}

/* Lets the clock go on until the next event. Long pauses of a recording are no silence of its
 * sensors: it leaves out what goes on as ever. */
static enum ward_err go_on(struct ward_cli_rerun *x, ward_ns until)
{
	enum { BEHIND_S = 120 };
	enum ward_err err = WARD_OK;
	ward_ns end = x->seen + BEHIND_S * WARD_NS_PER_S;

	if (!x->beat || !x->seen)
		return WARD_OK;
	for (ward_ns t = x->seen + x->beat; !err && t < until && t <= end; t += x->beat) {
		if (x->clock)
			x->clock(x->ctx, t);
		err = ward_brain_tick(x->brain, t);
	}
	return err;
}

int ward_cli_rerun_play(struct ward_cli_rerun *x)
{
	for (;;) {
		struct ward_cli_rerun_file *f;

		for (size_t i = 0; i < x->n_file; i++)
			if (!fetch(x, &x->file[i]))
				return WARD_EXIT_RUN;
		f = earliest(x);
		if (!f)
			break;
		f->ready = false;
		if (!x->arrivals)
			f->e.seen = f->e.time; /* replay goes by event time */
		x->n_event++;
		if (go_on(x, f->e.seen) != WARD_OK)
			return ward_cli_fail(x->cmd, "out of memory");
		if (x->before && !x->before(x->ctx, &f->e))
			continue;
		x->seen = f->e.seen > x->seen ? f->e.seen : x->seen;
		if (ward_brain_event(x->brain, &f->e) != WARD_OK)
			return ward_cli_fail(x->cmd, "out of memory");
		if (x->after)
			x->after(x->ctx, &f->e);
	}
	if (go_on(x, WARD_NS_NEVER) != WARD_OK ||
		ward_brain_tick(x->brain, WARD_NS_NEVER) != WARD_OK)
		return ward_cli_fail(x->cmd, "out of memory");
	return WARD_EXIT_DONE;
}

void ward_cli_rerun_init(struct ward_cli_rerun *x, const struct ward_cmd *cmd)
{
	*x = (struct ward_cli_rerun){.cmd = cmd};
	ward_limits_default(&x->lim);
	ward_diag_init(&x->diag, ward_mem_heap());
	ward_counters_init(&x->counters);
}

void ward_cli_rerun_fini(struct ward_cli_rerun *x)
{
	for (size_t i = 0; x->file && i < x->n_file; i++) {
		if (!x->file[i].open)
			continue;
		ward_input_close(&x->file[i].in);
		ward_cli_sorted_free(x->file[i].sorted);
		ward_arena_fini(&x->file[i].arena);
	}
	free(x->file);
	ward_brain_free(x->brain);
	ward_log_patterns_free(x->patterns);
	ward_bl_profiles_free(x->baselines);
	ward_inv_rules_free(x->inventory);
	ward_door_rules_free(x->doors);
	ward_points_free(x->points);
	ward_permits_free(x->permits);
	ward_ruleset_free(x->ruleset);
	ward_rules_free(x->propagation);
	ward_model_free(x->model);
	ward_names_fini(&x->names);
	ward_diag_fini(&x->diag);
}
