#include "cli/scored.h"

#include "cli/lang.h"
#include "cli/policy_file.h"
#include "cli/saved.h"
#include "cli/scored_played.h"
#include "cli/scored_policy.h"
#include "cli/timed.h"
#include "story/zone.h"

/* After the last sign people are told what waited for its minute. */
enum { LATE_TURNS = 15, LATE_STEP_S = 60 };
enum { INCIDENTS_MAX = 1 << 16, IDS_BYTES = 4 << 20, ROW_MAX = 1 << 20 };

static void fail(struct ward_cli_scored *x, enum ward_err err)
{
	if (err && !x->err)
		x->err = err;
}

/* Is it of networks, hosts and programs? */
static bool is_cyber(const struct ward_cli_scored *x, const struct ward_event *e)
{
	struct ward_str class = ward_name_text(&x->rerun.names, e->class);

	return ward_str_starts(class, WARD_STR("net.")) ||
	       ward_str_starts(class, WARD_STR("host.")) ||
	       ward_str_starts(class, WARD_STR("log."));
}

static void clock_at(void *ctx, ward_ns now)
{
	struct ward_cli_scored *x = ctx;

	x->now = now;
	fail(x, ward_cli_alerted_turn(&x->alerted, now));
	fail(x, ward_cli_scored_begin(x, now));
}

static bool before(void *ctx, const struct ward_event *e)
{
	struct ward_cli_scored *x = ctx;

	if ((x->without == WARD_WITHOUT_CYBER && is_cyber(x, e)) ||
		(x->without == WARD_WITHOUT_PHYSICAL && !is_cyber(x, e)))
		return false;
	if (e->seen > x->now)
		x->now = e->seen;
	fail(x, ward_debrief_event(
			x->debrief, e->id, ward_name_text(&x->rerun.names, e->source), e->time));
	return true;
}

static void after(void *ctx, const struct ward_event *e)
{
	struct ward_cli_scored *x = ctx;

	(void)e;
	fail(x, ward_cli_alerted_turn(&x->alerted, x->now));
}

/* The last row of each incident, for what it saves to know of it. */
enum ward_err ward_cli_scored_keep(
	struct ward_cli_scored *x, struct ward_id incident, struct ward_str json)
{
	char id[WARD_ID_TEXT];
	uint32_t at;

	ward_id_text(incident, id);
	enum ward_err err = ward_intern_put(&x->incident, ward_str_z(id), &at);

	if (!err)
		err = ward_mem_more(
			ward_mem_heap(), &x->row, at, &x->cap_row, sizeof(*x->row), INCIDENTS_MAX);
	if (err)
		return WARD_ERR_NOMEM;
	if (!x->row[at].p)
		x->row[at] = ward_wr_grow(ward_mem_heap(), ROW_MAX);
	ward_wr_reset(&x->row[at]);
	ward_wr_str(&x->row[at], json);
	return ward_wr_bad(&x->row[at]) ? WARD_ERR_NOMEM : WARD_OK;
}

static void on_output(void *ctx, const struct ward_output *o)
{
	struct ward_cli_scored *x = ctx;

	if (x->without == WARD_WITHOUT_IMPACT && o->kind == WARD_OUTPUT_IMPACT)
		return;
	if (o->kind == WARD_OUTPUT_INCIDENT) {
		fail(x, ward_cli_scored_begin(x, x->now));
		fail(x, ward_cli_begun_incident(x->begun, o->id, o->revision, o->json, x->now));
	}
	fail(x, ward_debrief_row(x->debrief, o->json, x->now));
	if (o->kind == WARD_OUTPUT_INCIDENT)
		fail(x, ward_cli_scored_keep(x, o->id, o->json));
	if (o->kind == WARD_OUTPUT_INCIDENT)
		fail(x, ward_cli_approved_row(x->approved, o->json, x->now));
	if (o->kind == WARD_OUTPUT_INCIDENT || o->kind == WARD_OUTPUT_IMPACT)
		fail(x, ward_cli_alerted_row(&x->alerted, o->json));
}

/* By policy: whoever of the roles is quickest. */
static ward_ns answers(void *ctx, const struct ward_recipient *r)
{
	const struct ward_cli_scored *x = ctx;

	return ward_policy_acknowledges(&x->roles, r->role, r->n_role);
}

static enum ward_err acknowledged(void *ctx, const struct ward_recipient *r, ward_ns now)
{
	struct ward_cli_scored *x = ctx;

	enum ward_err err = WARD_OK;

	for (size_t i = 0; i < r->n_role && !err; i++)
		err = ward_cli_scored_decided(x, WARD_LEAD_ACKNOWLEDGED,
			ward_model_node(x->rerun.model, r->role[i])->id,
			r->name.len ? r->name : r->id, now);
	return err ? err
		   : ward_debrief_decide(x->debrief, WARD_DEBRIEF_ACKNOWLEDGED,
			     r->name.len ? r->name : r->id, now);
}

/* What only people in the room would know of, by policy: after the first message, once. */
static enum ward_err act(struct ward_cli_scored *x, const struct ward_recipient *r, ward_ns now)
{
	struct ward_str who = r->name.len ? r->name : r->id;
	enum ward_err err = WARD_OK;

	for (size_t i = 0; i < x->roles.n; i++)
		for (size_t k = 0; k < r->n_role && !err; k++) {
			bool told = x->acts[i];

			x->acts[i] = told || r->role[k] == x->roles.role[i].role;
			if (x->acts[i] && !told)
				err = ward_cli_scored_act(x, &x->roles.role[i], who, now);
		}
	return err;
}

/* Who is told may contain it; the first who does counts. */
static void contain(struct ward_cli_scored *x, const struct ward_recipient *r, ward_ns now)
{
	ward_ns after = ward_policy_contains(&x->roles, r->role, r->n_role), at;

	/* beyond the end of time is never */
	if (after == WARD_NS_NEVER || !ward_add(now, after, &at) || at >= x->contained)
		return;
	x->contained = at;
	x->contained_by = r->name.len ? r->name : r->id;
}

enum ward_err ward_cli_scored_told(
	void *ctx, const struct ward_recipient *r, struct ward_str body, ward_ns now)
{
	struct ward_cli_scored *x = ctx;
	struct ward_str name = r->name.len ? r->name : r->id;
	enum ward_err err = ward_debrief_message(x->debrief, r->id, now);

	contain(x, r, now);
	if (!err)
		err = act(x, r, now);
	ward_cli_approved_told(x->approved, r->role, r->n_role, name, now);
	for (size_t i = 0; i < r->n_role && !err; i++)
		err = ward_debrief_alert(x->debrief, name, r->role[i], now);
	for (size_t i = 0; i < x->alerted.n_playbook && !err; i++) {
		struct ward_str id = x->alerted.playbook[i].id;
		char named[256]; /* as docs/webhooks.md has it in `playbooks` */
		int n = snprintf(
			named, sizeof(named), "{\"id\":\"%.*s\",\"name\":", WARD_STR_ARG(id));

		if (n > 0 && (size_t)n < sizeof(named) &&
			ward_str_find(body, ward_str_z(named)) != SIZE_MAX)
			err = ward_debrief_playbook(x->debrief, id);
	}
	return err;
}

static enum ward_err queued(void *ctx, struct ward_str row, ward_ns now)
{
	const struct ward_cli_scored *x = ctx;

	return ward_cli_begun_told(x->begun, row, now);
}

/* Its story, and the physics of its care; of a play these once it is known what was played. */
static int load_story(struct ward_cli_scored *x)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 64 << 20);
	struct ward_diag diag;
	int code;

	ward_diag_init(&diag, ward_mem_heap());
	const struct ward_cli_lang speak = {NULL, x->rerun.content, WARD_STR("")};
	const struct ward_scenario_in in = {
		x->rerun.model, &x->rerun.lim, ward_mem_heap(), &diag, x->rerun.points};
	enum ward_err err = x->story ? WARD_OK : ward_scenario_load(x->scenario, &in, &x->story);

	if (!err && (!x->played || x->written))
		err = ward_cli_physics_open(
			&x->physics, x->story, x->hospital, &x->rerun.lim, &diag);

	code = !err ? WARD_EXIT_DONE : ward_cli_report(x->cmd, err, x->scenario, &diag, &speak, &w);
	ward_wr_fini(&w);
	ward_diag_fini(&diag);
	if (code || x->story->n_recording || x->played)
		return code == WARD_EXIT_INPUT ? WARD_EXIT_USAGE : code;
	(void)ward_cli_fail(x->cmd,
		"'%s' names no recording: write one with `ward exercise record %s %s/recording` "
		"and "
		"name its files under `recording`",
		x->scenario, x->scenario, x->scenario);
	return WARD_EXIT_USAGE;
}

static int load_policy(struct ward_cli_scored *x)
{
	const struct ward_cli_lang speak = {NULL, x->rerun.content, WARD_STR("")};
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 64 << 20);
	struct ward_diag diag;

	x->contained = WARD_NS_NEVER;
	if (!x->policy)
		return WARD_EXIT_DONE;
	ward_diag_init(&diag, ward_mem_heap());
	enum ward_err err = ward_cli_policy_read(&(struct ward_cli_policy_in){.file = x->policy,
							 .hospital = x->hospital,
							 .content = x->rerun.content,
							 .story = x->alone ? x->story : NULL,
							 .lim = &x->rerun.lim,
							 .m = x->rerun.model,
							 .diag = &diag},
		&x->roles);

	if (!err)
		err = ward_cli_approved_new(&x->rerun, x->hospital, &x->roles, &diag, &x->approved);
	int code =
		err ? ward_cli_report(x->cmd, err, x->policy, &diag, &speak, &w) : WARD_EXIT_DONE;

	ward_diag_fini(&diag);
	ward_wr_fini(&w);
	return code == WARD_EXIT_INPUT ? WARD_EXIT_USAGE : code;
}

static int list_recording(struct ward_cli_scored *x)
{
	for (size_t i = 0; i < x->story->n_recording; i++) {
		if (i == WARD_CLI_RERUN_FILES)
			return ward_cli_fail(x->cmd, "more than %d files in '%s'",
				(int)WARD_CLI_RERUN_FILES, x->scenario);
		int n = snprintf(x->path[i], sizeof(x->path[i]), "%s/recording/%.*s", x->scenario,
			WARD_STR_ARG(x->story->recording[i]));

		if (n < 0 || (size_t)n >= sizeof(x->path[i]))
			return ward_cli_fail(x->cmd, "'%s': the name is too long", x->scenario);
		x->rerun.path[x->rerun.n_file++] = x->path[i];
	}
	return WARD_EXIT_DONE;
}

/* Life as more files, put together with the recording by time. */
static int list_life(struct ward_cli_scored *x)
{
	struct ward_diag diag;

	if (!x->life)
		return WARD_EXIT_DONE;
	ward_diag_init(&diag, ward_mem_heap());
	int code = ward_cli_life_write(x->cmd,
		&(const struct ward_life_in){.story = x->story,
			.seed = ward_str_z(x->life),
			.lasts = ward_life_recorded(x->story),
			.soon = ward_life_recorded(x->story),
			.lim = &x->rerun.lim,
			.mem = ward_mem_heap(),
			.diag = &diag},
		&x->beside);

	ward_diag_fini(&diag);
	for (size_t i = 0; i < x->beside.n && !code; i++) {
		if (x->rerun.n_file == WARD_CLI_RERUN_FILES)
			return ward_cli_fail(x->cmd, "more than %d files in '%s'",
				(int)WARD_CLI_RERUN_FILES, x->scenario);
		x->rerun.path[x->rerun.n_file++] = x->beside.path[i];
	}
	return code;
}

static int begin(struct ward_cli_scored *x)
{
	const struct ward_debrief_in in = {x->story, &x->rerun.lim, ward_mem_heap()};

	x->alerted = (struct ward_cli_alerted){.cmd = x->cmd,
		.dir = x->hospital,
		.content = x->rerun.content,
		.m = x->rerun.model,
		.lim = &x->rerun.lim,
		.counters = &x->rerun.counters,
		.playbooks = x->playbooks,
		.told = ward_cli_scored_told,
		.queued = x->policy ? queued : NULL,
		.answered = x->answered,
		.answers = x->policy ? answers : NULL,
		.acknowledged = x->policy ? acknowledged : NULL,
		.ctx = x};
	if (ward_zone_use(ward_model_hospital(x->rerun.model)->timezone) != WARD_OK)
		fprintf(stderr, "ward %s: no such time zone on this system: times are UTC\n",
			x->cmd->name);
	if (ward_debrief_new(&in, &x->debrief) != WARD_OK)
		return ward_cli_fail(x->cmd, "out of memory");
	int code = ward_cli_alerted_begin(&x->alerted);

	if (code || !x->policy)
		return code;
	return ward_cli_begun_new(&(struct ward_cli_begun_in){.m = x->rerun.model,
					  .lim = &x->rerun.lim,
					  .policy = &x->roles,
					  .recipients = &x->alerted.recipients,
					  .playbooks = x->playbooks},
		       &x->begun)
		       ? ward_cli_fail(x->cmd, "out of memory")
		       : WARD_EXIT_DONE;
}

/* The last row of the story's incident; empty: there is none. */
static struct ward_str story_row(const struct ward_cli_scored *x)
{
	char id[WARD_ID_TEXT];

	if (!x->score->n_member)
		return WARD_STR("");
	ward_id_text(x->score->incident, id);
	uint32_t at = ward_intern_find(&x->incident, ward_str_z(id));

	return at == WARD_NONE ? WARD_STR("") : ward_wr_text(&x->row[at]);
}

static enum ward_err measure(struct ward_cli_scored *x)
{
	struct ward_debrief_timed timed;

	if (!x->timed || x->without == WARD_WITHOUT_IMPACT)
		return WARD_OK;
	enum ward_err err = ward_cli_timed(&x->rerun, story_row(x), &x->rerun.diag, &timed);

	if (!err)
		ward_debrief_time(x->debrief, &timed);
	return err;
}

static enum ward_err save(struct ward_cli_scored *x)
{
	struct ward_cli_saved saved = {.rerun = &x->rerun,
		.incident = story_row(x),
		.act = ward_debrief_first_act(x->debrief),
		.told = ward_debrief_first_told(x->debrief),
		.hit = ward_debrief_first_hit(x->debrief),
		.physics = &x->physics,
		.contained = x->contained,
		.start = x->story->start};
	struct ward_debrief_saved is;
	bool spared = x->story->expect.knows_care && !x->story->expect.n_care;

	if (!x->score->n_member || x->without == WARD_WITHOUT_IMPACT || spared || x->unsaved)
		return WARD_OK;
	enum ward_err err = ward_cli_saved(&saved, &x->rerun.diag, &is);

	if (!err)
		ward_debrief_save(x->debrief, &is);
	return err;
}

static int judge(struct ward_cli_scored *x)
{
	for (size_t i = 0; i < LATE_TURNS && !x->err; i++) {
		x->now += LATE_STEP_S * WARD_NS_PER_S;
		fail(x, ward_cli_alerted_turn(&x->alerted, x->now));
	}
	if (!x->err && x->contained != WARD_NS_NEVER) {
		fail(x, ward_cli_scored_decided(x, WARD_LEAD_CONTAINED, WARD_STR(""),
				x->contained_by, x->contained));
		fail(x, ward_debrief_decide_on(x->debrief,
				&(struct ward_debrief_decision){.what = WARD_DEBRIEF_CONTAINED,
					.action = {.on = WARD_NONE},
					.who = x->contained_by,
					.policy = x->contained_played},
				x->contained));
	}
	if (!x->err)
		fail(x, ward_cli_scored_approve(x));
	if (!x->err)
		fail(x, ward_cli_scored_begin(x, WARD_NS_NEVER));
	if (!x->err)
		fail(x, ward_debrief_end(x->debrief, &x->score));
	if (!x->err)
		fail(x, save(x));
	if (!x->err)
		fail(x, measure(x));
	return x->err ? ward_cli_scored_failed(x) : ward_cli_scored_policy_worth(x);
}

int ward_cli_scored_run(struct ward_cli_scored *x)
{
	struct ward_cli_rerun *r = &x->rerun;
	int code;

	ward_cli_rerun_init(r, x->cmd);
	ward_intern_init(&x->incident, ward_mem_heap(), INCIDENTS_MAX, IDS_BYTES);
	r->dir = x->hospital;
	r->content_option = x->content_option;
	r->before = before;
	r->beat = WARD_NS_PER_S;
	r->clock = clock_at;
	r->no_place = x->without == WARD_WITHOUT_PLACE;
	r->no_cause = x->without == WARD_WITHOUT_IMPACT;
	r->after = after;
	r->out = on_output;
	r->ctx = x;
	code = ward_cli_rerun_load(r);
	if (code) /* what is wrong with the hospital was said */
		return r->diag.n_error ? WARD_EXIT_USAGE : code;
	code = load_story(x);
	if (!code)
		code = load_policy(x);
	if (!code && !x->played)
		code = list_recording(x);
	if (!code && !x->played)
		code = list_life(x);
	if (!code)
		code = begin(x);
	if (!code && x->played) {
		code = ward_cli_scored_played(x);
		if (!code)
			code = load_story(x); /* care, by what was played */
		if (!code)
			code = ward_cli_scored_played_worth(x);
		return code ? code : judge(x);
	}
	if (!code)
		code = ward_cli_rerun_start(r);
	if (!code)
		code = ward_cli_rerun_play(r);
	return code ? code : judge(x);
}

void ward_cli_scored_fini(struct ward_cli_scored *x)
{
	ward_cli_approved_free(x->approved);
	ward_cli_begun_free(x->begun);
	ward_cli_physics_close(&x->physics);
	ward_cli_life_remove(&x->beside);
	for (size_t i = 0; i < x->incident.n; i++)
		ward_wr_fini(&x->row[i]);
	ward_mem_free(ward_mem_heap(), x->row, x->cap_row * sizeof(*x->row));
	ward_intern_fini(&x->incident);
	ward_debrief_free(x->debrief);
	if (x->alerted.cmd)
		ward_cli_alerted_fini(&x->alerted);
	ward_course_free(x->course);
	ward_scenario_free(x->story);
	ward_cli_rerun_fini(&x->rerun);
}
