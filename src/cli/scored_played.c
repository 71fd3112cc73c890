#include "cli/scored_played.h"

#include "cli/kept.h"
#include "cli/lang.h"
#include "conf/conf.h"
#include "cli/sensed.h"
#include "desk/decision.h"
#include "run/live.h"

#include <stdio.h>

enum { ROW_BYTES = 1 << 20, LOG_BYTES = 64 << 20, TIME_LEAST = 20, TIME_MOST = 40, ACTIONS = 256 };

struct playing {
	struct ward_cli_scored *x;
	ward_ns begin,
		until; /* the performance, by the clock; until: NEVER, or the next one's begin */
	ward_ns last;  /* on record of it, pauses left out */
	struct ward_wr text;
	struct ward_arena arena;
	struct {
		struct ward_id id;
		struct ward_debrief_action is;
		bool begun; /* what is decided from then on is of its end */
	} action[ACTIONS];  /* that cut off or lock */
	size_t n_action;
	enum ward_err err;
};

/* ---- time without pauses ---- */

/* A text of JSON with its times so. */
static void rewrite(struct playing *p, struct ward_str json)
{
	ward_wr_reset(&p->text);
	for (size_t i = 0; i < json.len;) {
		struct ward_str rest = ward_str_sub(json, i, json.len - i);
		size_t end =
			rest.p[0] == '"' && rest.len > TIME_LEAST
				? ward_str_find(ward_str_sub(rest, 1, rest.len - 1), WARD_STR("\""))
				: SIZE_MAX;
		ward_ns t;

		if (end != SIZE_MAX && end >= TIME_LEAST && end <= TIME_MOST &&
			ward_time_parse(ward_str_sub(rest, 1, end), &t) == WARD_OK) {
			struct ward_json j = ward_json_on(&p->text);

			ward_json_time(&j, ward_course_unpaused(p->x->course, t));
			i += end + 2;
		} else {
			ward_wr_ch(&p->text, json.p[i++]);
		}
	}
}

/* ---- the log ---- */

static int read_log(struct ward_cli_scored *x, struct playing *p)
{
	struct ward_course_begin b = {0};
	struct ward_slice text;
	struct ward_arena a;
	struct ward_diag diag;
	char path[4096];
	uint32_t line = 0;

	(void)snprintf(path, sizeof(path), "%.4000s/%s", x->played, WARD_LEAD_LOG);
	ward_arena_init(&a, ward_mem_heap(), LOG_BYTES);
	ward_diag_init(&diag, ward_mem_heap());
	enum ward_err err = ward_conf_read(&a, &x->rerun.lim, path, &diag, &text);

	if (!err)
		err = ward_course_new(ward_mem_heap(), x->story, &x->course);
	if (!err)
		err = ward_course_log(
			x->course, &x->rerun.lim, ward_slice_text(text), WARD_STR(""), &b, &line);
	ward_diag_fini(&diag);
	ward_arena_fini(&a);
	if (!err) {
		p->begin = x->story->start = b.at;
		p->until = b.until;
		return WARD_EXIT_DONE;
	}
	if (err == WARD_ERR_MALFORMED)
		return ward_cli_fail(
			x->cmd, "'%s':%u: this line is none of this scenario", path, line);
	return ward_cli_fail(x->cmd, "'%s': %s", path,
		err == WARD_ERR_NOT_FOUND ? "no performance of this scenario is there"
					  : ward_err_text(err));
}

/* What must come of the whole story, which was not played; of what has no sign, no incident. */
static void forget_whole(struct ward_expect *e, const struct ward_step *played, size_t n)
{
	bool sign = false;

	for (size_t i = 0; i < n; i++)
		sign |= played[i].truth && played[i].truth->n_sign;
	e->n_threat = e->n_impact = e->n_rule = e->n_playbook = e->n_told = 0;
	if (!sign)
		e->incidents = 0;
}

/* Was that inject brought in before the entry? */
static bool is_again(const struct ward_course_entry *e, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (e[k].what == WARD_COURSE_INJECT && e[k].index == e[i].index)
			return true;
	return false;
}

/* By what was brought in, a story without an incident becomes one: what the first of these injects
 * must bring is asked for; each other one is an incident more. */
static void expect_brought(struct ward_cli_scored *x)
{
	struct ward_expect *to = &x->story->expect;
	size_t n;
	const struct ward_course_entry *e = ward_course_entries(x->course, &n);

	for (size_t i = 0; i < n; i++) {
		const struct ward_expect *is = e[i].what == WARD_COURSE_INJECT
						       ? x->story->lead.inject[e[i].index].expect
						       : NULL;

		if (!is || is_again(e, i))
			continue;
		if (to->incidents++)
			continue;
		to->kind = is->kind;
		to->rule = is->rule;
		to->n_rule = is->n_rule;
		to->told = is->told;
		to->n_told = is->n_told;
		to->playbook = is->playbook;
		to->n_playbook = is->n_playbook;
		to->response = is->response;
		to->knows_care = false; /* that nothing is hit was said of the story alone */
	}
}

/* Did the story's steps follow each other sooner than it says, but for a tenth? */
static bool is_shorter(const struct ward_cli_scored *x)
{
	size_t n;
	const struct ward_course_entry *e = ward_course_entries(x->course, &n);
	ward_ns from[2] = {0}, to[2] = {0}; /* as the story says; as it was played */
	bool any = false;

	for (size_t i = 0; i < n; i++) {
		if (e[i].what != WARD_COURSE_STEP)
			continue;
		to[0] = x->written[e[i].index].real;
		to[1] = ward_course_unpaused(x->course, e[i].at);
		if (!any) {
			from[0] = to[0];
			from[1] = to[1];
		}
		any = true;
	}
	return to[1] - from[1] < (to[0] - from[0]) / 10 * 9;
}

/* Until when the watch is known to have gone on: by what it has on record, and by the log. */
static ward_ns last_of(const struct playing *p)
{
	size_t n;
	const struct ward_course_entry *e = ward_course_entries(p->x->course, &n);
	ward_ns last = n ? ward_course_unpaused(p->x->course, e[n - 1].at) : 0;

	return last > p->last ? last : p->last;
}

/* The story is what was played, when it was. */
static enum ward_err as_played(struct ward_cli_scored *x)
{
	struct ward_scenario *s = x->story;
	size_t n, n_step = 0;
	const struct ward_course_entry *e = ward_course_entries(x->course, &n);
	struct ward_step *step = ward_arena_array(&s->arena, n, sizeof(*step));

	if (!step)
		return WARD_ERR_NOMEM;
	enum ward_err err = ward_worth_find(x->course, &s->arena, &x->worth);

	if (err)
		return err;
	for (size_t i = 0; i < n; i++) {
		if (e[i].what != WARD_COURSE_STEP && e[i].what != WARD_COURSE_BROUGHT)
			continue;
		step[n_step] = s->step[e[i].index];
		step[n_step++].real = ward_course_unpaused(x->course, e[i].at) - s->start;
	}
	for (size_t i = 0; i < s->n_step; i++)
		if (s->step[i].truth && ward_course_fate(x->course, i) != WARD_COURSE_PLAYED)
			forget_whole(&s->expect, step, n_step);
	expect_brought(x);
	x->written = s->step;
	s->step = step;
	s->n_step = n_step;
	return WARD_OK;
}

/* ---- what was on record ---- */

static bool is_ours(const struct playing *p, ward_ns t)
{
	return t >= p->begin && t < p->until;
}

/* NULL: it can't be read. */
static const struct ward_conf *read_row(struct playing *p, const struct ward_store_row *row)
{
	const struct ward_conf *c = NULL;
	struct ward_diag diag;

	ward_diag_init(&diag, ward_mem_heap());
	enum ward_err err = ward_conf_json(&p->arena, &p->x->rerun.lim, WARD_STR("row"), 1,
		ward_str_bytes(row->json), &diag, &c);

	ward_diag_fini(&diag);
	return err ? NULL : c;
}

static void on_delivery(struct playing *p, const struct ward_store_row *row)
{
	struct ward_cli_scored *x = p->x;
	const struct ward_conf *c = read_row(p, row);

	if (!c || row->revision != 1 || !ward_conf_get(c, "covers"))
		return;
	for (size_t i = 0; i < x->alerted.recipients.n && !p->err; i++)
		if (ward_str_eq(x->alerted.recipients.r[i].id, ward_conf_word(c, "recipient")))
			p->err = ward_cli_scored_told(x, &x->alerted.recipients.r[i],
				ward_conf_word(c, "body"),
				ward_course_unpaused(x->course, row->time));
}

static void on_proposed(
	struct playing *p, const struct ward_store_row *row, const struct ward_conf *c)
{
	bool lock = ward_str_eqz(ward_conf_word(c, "does"), "lock");
	uint32_t on = ward_model_find(p->x->story->model, ward_conf_word(c, "thing"));

	if (on == WARD_NONE || (!lock && !ward_str_eqz(ward_conf_word(c, "does"), "isolate")))
		return;
	if (p->n_action == ACTIONS) {
		p->err = WARD_ERR_LIMIT;
		return;
	}
	p->action[p->n_action].id = row->id;
	p->action[p->n_action++].is = (struct ward_debrief_action){on, lock};
}

/* Who agreed to an action or refused it, before it began. */
static void on_action(struct playing *p, const struct ward_store_row *row)
{
	const struct ward_conf *c = read_row(p, row);
	struct ward_str event = c ? ward_conf_word(c, "event") : WARD_STR("");
	bool refuses = ward_str_eqz(event, "refuse");
	size_t i = 0;

	if (ward_str_eqz(event, "propose")) {
		on_proposed(p, row, c);
		return;
	}
	while (i < p->n_action && !ward_id_eq(p->action[i].id, row->id))
		i++;
	if (i == p->n_action || p->action[i].begun)
		return;
	p->action[i].begun = ward_str_eqz(event, "begin");
	if (!refuses && !ward_str_eqz(event, "agree") && !ward_str_eqz(event, "approve") &&
		!ward_str_eqz(event, "ask")) /* who is second where care is touched */
		return;
	p->err = ward_debrief_decide_on(p->x->debrief,
		&(struct ward_debrief_decision){
			.what = refuses ? WARD_DEBRIEF_REFUSED : WARD_DEBRIEF_APPROVED,
			.action = p->action[i].is,
			.who = ward_conf_word(c, "role"),
			.policy = ward_str_eqz(ward_conf_word(c, "policy"), "true")},
		ward_course_unpaused(p->x->course, row->time));
}

/* Who began a run. */
static void on_run(struct playing *p, const struct ward_store_row *row)
{
	const struct ward_conf *c = row->revision == 1 ? read_row(p, row) : NULL;
	struct ward_str word = ward_conf_word(c, "playbook_word");

	if (!c)
		return;
	p->err = ward_debrief_decide_on(p->x->debrief,
		&(struct ward_debrief_decision){.what = WARD_DEBRIEF_BEGAN,
			.action = {.on = WARD_NONE},
			.who = ward_conf_word(c, "begun_by"),
			.of = word.len ? word : ward_conf_word(c, "playbook"),
			.playbook_name = ward_conf_word(c, "playbook_name"),
			.policy = ward_str_eqz(ward_conf_word(c, "person"), WARD_DECISION_POLICY)},
		ward_course_unpaused(p->x->course, row->time));
}

static void on_row(void *ctx, const struct ward_store_row *row)
{
	struct playing *p = ctx;
	struct ward_cli_scored *x = p->x;

	if (p->err || !is_ours(p, row->time))
		return;
	ward_arena_reset(&p->arena);
	if (row->kind == WARD_ROW_DELIVERY)
		on_delivery(p, row);
	else if (row->kind == WARD_ROW_ACTION)
		on_action(p, row);
	else if (row->kind == WARD_ROW_RUN)
		on_run(p, row);
	if (row->kind != WARD_ROW_DETECTION && row->kind != WARD_ROW_INCIDENT &&
		row->kind != WARD_ROW_IMPACT)
		return;
	rewrite(p, row->json);
	ward_ns told = ward_course_unpaused(x->course, row->time);
	enum ward_err err = ward_wr_bad(&p->text)
				    ? WARD_ERR_NOMEM
				    : ward_debrief_row(x->debrief, ward_wr_text(&p->text), told);

	x->now = told > x->now ? told : x->now;
	p->last = told > p->last ? told : p->last;
	if (!err && row->kind == WARD_ROW_INCIDENT)
		err = ward_cli_scored_keep(x, row->id, ward_wr_text(&p->text));
	p->err = err == WARD_ERR_MALFORMED ? WARD_OK : err; /* a row of another form */
}

static enum ward_err on_event(void *ctx, struct ward_id id, struct ward_str source, ward_ns time)
{
	struct playing *p = ctx;

	if (!is_ours(p, time))
		return WARD_OK;
	time = ward_course_unpaused(p->x->course, time);
	p->last = time > p->last ? time : p->last;
	return ward_debrief_event(p->x->debrief, id, source, time);
}

/* ---- what was decided ---- */

static enum ward_err take_decisions(struct ward_cli_scored *x)
{
	size_t n;
	const struct ward_course_entry *e = ward_course_entries(x->course, &n);
	enum ward_err err = WARD_OK;

	for (size_t i = 0; i < n && !err; i++) {
		ward_ns at = ward_course_unpaused(x->course, e[i].at);

		if (e[i].what != WARD_COURSE_DECIDE)
			continue;
		bool played = ward_str_eqz(e[i].text, WARD_DECISION_POLICY);

		if (e[i].decided == WARD_LEAD_ACKNOWLEDGED)
			err = ward_debrief_decide_on(x->debrief,
				&(struct ward_debrief_decision){.what = WARD_DEBRIEF_ACKNOWLEDGED,
					.action = {.on = WARD_NONE},
					.who = e[i].of,
					.policy = played},
				at);
		if (e[i].decided != WARD_LEAD_CONTAINED || at >= x->contained)
			continue;
		x->contained = at;
		x->contained_by = e[i].by.len ? e[i].by : e[i].of;
		x->contained_played = played;
	}
	return err;
}

int ward_cli_scored_played(struct ward_cli_scored *x)
{
	struct playing p = {.x = x, .text = ward_wr_grow(ward_mem_heap(), ROW_BYTES)};
	struct ward_cli_kept kept;

	ward_arena_init(&p.arena, ward_mem_heap(), ROW_BYTES * 16);
	int code = read_log(x, &p);

	if (!code)
		p.err = as_played(x);
	if (!code && !p.err)
		p.err = ward_cli_sensed(&(struct ward_cli_sensed){.state = x->played,
			.lim = &x->rerun.lim,
			.names = &x->rerun.names,
			.from = p.begin,
			.event = on_event,
			.ctx = &p});
	if (!code && !p.err)
		code = ward_cli_kept(x->cmd, x->played, ward_model_hospital(x->rerun.model)->id,
			on_row, &p, &kept);
	if (!code && !p.err)
		p.err = take_decisions(x);
	if (!code && !p.err)
		ward_debrief_play(x->debrief, last_of(&p), is_shorter(x));
	if (!code && p.err == WARD_ERR_LIMIT && p.n_action == ACTIONS)
		code = ward_cli_fail(x->cmd,
			"'%s': more than %d actions were proposed in the play: score a shorter one",
			x->played, ACTIONS);
	else if (!code && p.err)
		code = ward_cli_fail(x->cmd, "'%s': %s", x->played, ward_err_text(p.err));
	ward_arena_fini(&p.arena);
	ward_wr_fini(&p.text);
	return code;
}

/* ---- what decisions were worth ---- */

int ward_cli_scored_played_worth(struct ward_cli_scored *x)
{
	const struct ward_cli_lang speak = {NULL, x->rerun.content, WARD_STR("")};
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), ROW_BYTES);
	struct ward_range *own = NULL;
	struct ward_str bad = WARD_STR("");
	struct ward_diag diag;
	enum ward_err err = WARD_OK;

	ward_diag_init(&diag, ward_mem_heap());
	if (!x->physics.r && x->worth.n_branch)
		err = ward_range_load(x->hospital, &x->rerun.lim, ward_mem_heap(), &diag, &own);
	int code =
		err ? ward_cli_report(x->cmd, err, x->hospital, &diag, &speak, &w) : WARD_EXIT_DONE;

	if (!code && x->worth.n_branch)
		err = ward_worth_reckon(
			&x->worth, own ? own : x->physics.r, &x->story->arena, &bad);
	if (err == WARD_ERR_NOT_FOUND)
		code = ward_cli_fail(x->cmd,
			"'%s': what a step does to '%.*s' is nothing that the physics know; `ward "
			"exercise check` says where",
			x->scenario, WARD_STR_ARG(bad));
	else if (!code && err)
		code = ward_cli_fail(x->cmd, "'%s': %s", x->scenario, ward_err_text(err));
	ward_range_free(own);
	ward_diag_fini(&diag);
	ward_wr_fini(&w);
	if (!code)
		ward_debrief_worth(x->debrief, &x->worth);
	return code == WARD_EXIT_INPUT ? WARD_EXIT_USAGE : code;
}

/* ---- how it was led ---- */

/* NULL: the debriefing has it elsewhere, or it is no news. */
static const char *word_of(const struct ward_course_entry *e)
{
	switch (e->what) {
	case WARD_COURSE_PAUSE:
		return WARD_TEXT("paused");
	case WARD_COURSE_NEXT:
		return WARD_TEXT("time left out");
	case WARD_COURSE_SKIP:
		return WARD_TEXT("skipped");
	case WARD_COURSE_REPEAT:
		return WARD_TEXT("sent again");
	case WARD_COURSE_INJECT:
		return WARD_TEXT("brought in");
	case WARD_COURSE_SAY:
		return WARD_TEXT("told");
	case WARD_COURSE_NOTE:
		return ward_str_eqz(e->by, WARD_DECISION_POLICY) ? WARD_TEXT("answered by policy")
								 : WARD_TEXT("noted");
	case WARD_COURSE_GONE:
		return WARD_TEXT("ended, and stays away");
	case WARD_COURSE_BRANCH:
		return e->taken ? WARD_TEXT("branch") : NULL;
	case WARD_COURSE_DECIDE:
		return e->itself                          ? NULL
		       : e->decided == WARD_LEAD_PLAYBOOK ? WARD_TEXT("playbook begun")
		       : e->decided == WARD_LEAD_DECIDED  ? WARD_TEXT("done")
							  : NULL;
	case WARD_COURSE_STEP:
	case WARD_COURSE_BROUGHT:
	case WARD_COURSE_END:
	case WARD_COURSE_RESUME:
	case WARD_COURSE_SEEN:
	case WARD_COURSE_N:
		return NULL;
	}
	return NULL;
}

/* How long it stood still from there on; 0: to its end. */
static ward_ns pause_of(const struct ward_course_entry *e, size_t n, size_t i)
{
	for (size_t k = i + 1; k < n; k++)
		if (e[k].what == WARD_COURSE_RESUME)
			return e[k].at - e[i].at;
	return 0;
}

static void put_time(struct ward_wr *w, ward_ns t)
{
	ward_wr_printf(w, "%lld:%02lld", (long long)(t / WARD_NS_PER_S / 60),
		(long long)(t / WARD_NS_PER_S % 60));
}

/* Who said at a screen that they have what was told, and when. */
static void put_seen(const struct ward_cli_scored *x, struct ward_lang *lang,
	const struct ward_course_entry *e, size_t n, size_t i, struct ward_wr *w)
{
	const struct ward_model *m = x->story->model;
	struct ward_str text;
	char buf[32];
	struct ward_wr t = ward_wr_fixed(buf, sizeof(buf));
	size_t seen = 0;

	if (!ward_course_tells(x->course, &e[i], WARD_STR(""), &text))
		return;
	for (size_t k = i + 1; k < n; k++) {
		uint32_t role = ward_model_find(m, e[k].of);

		if (e[k].what != WARD_COURSE_SEEN || !ward_id_eq(e[k].message, e[i].id))
			continue;
		ward_wr_reset(&t);
		put_time(&t, e[k].played < 0 ? 0 : e[k].played);
		ward_wr_z(w, seen++ ? ", " : " (");
		WARD_SAY(w, lang, WARD_TEXT("seen by {role} at {time}"),
			{"role", role == WARD_NONE ? e[k].of : ward_model_node(m, role)->name},
			{"time", ward_wr_text(&t)});
	}
	if (!seen) {
		ward_wr_z(w, " (");
		ward_say(w, lang, WARD_TEXT("nobody said at a screen that they have it"));
	}
	ward_wr_ch(w, ')');
}

static void put_what(const struct ward_cli_scored *x, const struct ward_course_entry *e, size_t n,
	size_t i, struct ward_wr *w)
{
	const struct ward_lead *l = &x->story->lead;

	if (e[i].what == WARD_COURSE_PAUSE)
		put_time(w, pause_of(e, n, i));
	else if (e[i].what == WARD_COURSE_INJECT)
		ward_wr_str(w, l->inject[e[i].index].title);
	else if (e[i].what == WARD_COURSE_BRANCH)
		ward_wr_str(w, l->branch[e[i].index].note);
	else if (e[i].what == WARD_COURSE_SKIP || e[i].what == WARD_COURSE_REPEAT)
		ward_wr_str(w, x->written[e[i].index].note);
	ward_wr_str(w, e[i].of);
	ward_wr_z(w, e[i].of.len && e[i].text.len ? ": " : "");
	ward_wr_str(w, e[i].text);
}

void ward_cli_scored_played_tell(
	const struct ward_cli_scored *x, struct ward_lang *lang, struct ward_doc *d)
{
	size_t n;
	const struct ward_course_entry *e = ward_course_entries(x->course, &n);
	struct ward_wr at = ward_wr_grow(ward_mem_heap(), ROW_BYTES),
		       what = ward_wr_grow(ward_mem_heap(), ROW_BYTES);
	bool any = false;

	for (size_t i = 0; i < n; i++) {
		const char *word = word_of(&e[i]);

		if (!word)
			continue;
		if (!any) {
			ward_doc_put(d, WARD_DOC_HEADING,
				ward_lang_text(lang, ward_str_z(WARD_TEXT("How it was led"))));
			ward_doc_row(d, WARD_DOC_HEAD,
				(struct ward_str[]){
					ward_lang_text(lang, ward_str_z(WARD_TEXT("At"))),
					ward_lang_text(lang, ward_str_z(WARD_TEXT("What"))),
					ward_lang_text(lang, ward_str_z(WARD_TEXT("Which")))},
				3);
		}
		any = true;
		ward_wr_reset(&at);
		ward_wr_reset(&what);
		put_time(&at, e[i].played < 0 ? 0 : e[i].played);
		put_what(x, e, n, i, &what);
		put_seen(x, lang, e, n, i, &what);
		ward_doc_row(d, WARD_DOC_ROW,
			(struct ward_str[]){ward_wr_text(&at),
				ward_lang_text(lang, ward_str_z(word)), ward_wr_text(&what)},
			3);
	}
	ward_wr_fini(&at);
	ward_wr_fini(&what);
}
