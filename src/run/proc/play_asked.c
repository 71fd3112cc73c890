/* What the desk hands on of trainers and players: taken in once, however often it is handed on, and
 * answered. */
#include "run/proc/play.h"

#include "conf/conf.h"
#include "desk/decision.h"
#include "run/play_clock.h"

/* A step by its id or number, an inject by its id; ANY: none was named. False: there is none. */
static bool find(const struct ward_scenario *s, enum ward_course_what what, struct ward_str name,
	uint32_t *ret)
{
	uint64_t n;

	*ret = WARD_COURSE_ANY;
	for (size_t i = 0; what == WARD_COURSE_INJECT && i < s->lead.n_inject; i++)
		if (ward_str_eq(s->lead.inject[i].id, name))
			*ret = (uint32_t)i;
	if (what == WARD_COURSE_INJECT)
		return *ret != WARD_COURSE_ANY;
	for (size_t i = 0; name.len && i < s->n_step; i++)
		if (ward_str_eq(s->step[i].id, name))
			*ret = (uint32_t)i;
	if (!name.len || *ret != WARD_COURSE_ANY)
		return true;
	if (!ward_str_u64(name, &n) || !n || n > s->lead.n_step)
		return false;
	*ret = (uint32_t)n - 1;
	return true;
}

/* What follows of it beside the course: time, and what is sent at once. */
static void follow(struct player *pl, struct ward_course_entry *e)
{
	struct ward_course_entry next;
	bool held = ward_course_paused(pl->course);

	if (e->what == WARD_COURSE_PAUSE || e->what == WARD_COURSE_RESUME ||
		e->what == WARD_COURSE_NEXT)
		play_set_time(pl, e->played, held);
	if (e->what == WARD_COURSE_REPEAT)
		play_send(pl, e->index);
	if (e->what != WARD_COURSE_NEXT || !held)
		return;
	bool seen, more;

	do { /* by which a branch is decided */
		seen = play_look(pl, 0);
		more = ward_course_next(pl->course, &next) && !ward_process_stopping();
	} while (more && !seen && next.what == WARD_COURSE_BRANCH && play_waits(pl));
	pl->unseen = 0;
	if (more)
		play_on(pl, &next); /* one thing at a time */
}

void play_lead_catch_up(struct player *pl)
{
	size_t n;
	const struct ward_course_entry *e = ward_course_entries(pl->course, &n);
	struct ward_course_entry last = {.what = WARD_COURSE_N};
	bool paused = ward_course_paused(pl->course);

	if (n)
		last = e[n - 1];
	if ((last.what == WARD_COURSE_NEXT && paused) ||
		((last.what == WARD_COURSE_PAUSE || last.what == WARD_COURSE_RESUME) &&
			ward_play_held(pl->clock) != paused))
		follow(pl, &last);
}

static void put_answer(
	struct player *pl, const struct ward_course_entry *e, const struct ward_decided *said)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), WARD_DECISION_ARGS);
	struct ward_json j = ward_json_on(&w);
	struct ward_decided is = *said;

	if (!is.err && e && e->what == WARD_COURSE_SEEN) { /* a player learns nothing by it */
		ward_json_obj(&j);
		ward_json_obj_end(&j);
	} else if (!is.err) {
		ward_json_obj(&j);
		play_show(pl, &j, PLAY_SHOW_TERMINAL);
		if (e && e->what == WARD_COURSE_INJECT) {
			ward_json_key(&j, "tell");
			play_show_texts(pl, &j, &pl->scenario->lead.inject[e->index]);
		}
		ward_json_obj_end(&j);
	}
	if (!is.err)
		is.json = ward_wr_bad(&w) ? WARD_STR("") : ward_wr_text(&w);
	ward_wr_reset(&pl->lead.answer);
	ward_decided_put(&pl->lead.answer, &is);
	play_need(pl, ward_wr_bad(&pl->lead.answer) ? WARD_ERR_NOMEM : WARD_OK, "an answer");
	ward_wr_fini(&w);
}

/* {"of": …, "decided": "contained"} */
static enum ward_err read_args(
	struct player *pl, const struct ward_decision *d, struct ward_course_entry *e)
{
	const struct ward_conf *c = NULL;
	struct ward_diag diag;
	enum ward_err err = WARD_OK;

	ward_arena_reset(&pl->lead.scratch);
	ward_diag_init(&diag, ward_mem_heap());
	if (d->args.len)
		err = ward_conf_json(&pl->lead.scratch, &pl->lim, WARD_STR("args"), 1,
			ward_str_bytes(d->args), &diag, &c);
	ward_diag_fini(&diag);
	e->of = ward_conf_word(c, "of");
	e->decided = ward_lead_decided_parse(ward_conf_word(c, "decided"));
	if (e->what != WARD_COURSE_DECIDE)
		e->decided = WARD_LEAD_CONTAINED;
	return err ? err : e->decided == WARD_LEAD_N ? WARD_ERR_MALFORMED : WARD_OK;
}

static void refused(struct player *pl, struct ward_id id, enum ward_err err, const char *why)
{
	pl->lead.refused[pl->lead.n_refused++ % PLAY_REFUSED] = (struct play_refused){id, err, why};
}

/* A player has what was told. */
static void on_seen(struct player *pl, const struct ward_decision *d)
{
	struct ward_course_entry e = {.what = WARD_COURSE_SEEN,
		.id = d->id,
		.played = play_time(pl),
		.of = d->role,
		.by = d->person};
	struct ward_decided said = {.err = WARD_ERR_MALFORMED};
	const char *why = WARD_TEXT("nothing of this id was told to that role");

	if (ward_id_parse(d->subject, &e.message))
		said.err = play_take(pl, &e, &why);
	if (said.err) {
		refused(pl, d->id, said.err, why);
		said.why = ward_str_z(why);
	}
	put_answer(pl, &e, &said);
}

static void decide(struct player *pl, const struct ward_decision *d)
{
	struct ward_course_entry e = {.what = ward_course_parse(d->subject, true),
		.id = d->id,
		.played = play_time(pl),
		.text = d->text,
		.by = d->person};
	struct ward_decided said = {.err = WARD_OK};
	const char *why = "";

	if (ward_str_eqz(d->subject, "status")) {
		put_answer(pl, NULL, &said);
		return;
	}
	if (e.what == WARD_COURSE_N || read_args(pl, d, &e) != WARD_OK) {
		said.err = WARD_ERR_MALFORMED;
		why = WARD_TEXT("that is nothing by which a play is led");
	} else if ((e.what == WARD_COURSE_INJECT || e.what == WARD_COURSE_SKIP ||
			   e.what == WARD_COURSE_REPEAT) &&
		   !find(pl->scenario, e.what, e.of, &e.index)) {
		said.err = WARD_ERR_NOT_FOUND;
		why = e.what == WARD_COURSE_INJECT ? WARD_TEXT("the scenario has no such inject")
						   : WARD_TEXT("the story has no such step");
	} else {
		if (e.what == WARD_COURSE_INJECT || e.what == WARD_COURSE_SKIP ||
			e.what == WARD_COURSE_REPEAT)
			e.of = WARD_STR("");
		said.err = play_take(pl, &e, &why);
	}
	if (said.err)
		refused(pl, d->id, said.err, why);
	else
		follow(pl, &e);
	said.why = said.err ? ward_str_z(why) : WARD_STR("");
	put_answer(pl, &e, &said);
}

/* What was handed on once more, since its answer was late, or a former life took it, is not done
 * again. */
static void answer(struct player *pl, const struct ward_decision *d)
{
	const struct play_lead *l = &pl->lead;
	const struct ward_course_entry *was = ward_course_asked(pl->course, d->id);
	struct ward_decided said = {.err = WARD_OK};

	for (size_t i = 0; i < PLAY_REFUSED && i < l->n_refused; i++)
		if (ward_id_eq(l->refused[i].id, d->id))
			said = (struct ward_decided){
				.err = l->refused[i].err, .why = ward_str_z(l->refused[i].why)};
	if (was || said.err)
		put_answer(pl, was, &said);
	else if (d->kind == WARD_DECISION_SEEN)
		on_seen(pl, d);
	else
		decide(pl, d);
}

void play_hear(struct player *pl)
{
	struct play_lead *l = &pl->lead;
	struct ward_decision d;
	struct ward_msg m;
	enum ward_err err;

	if (l->desk == WARD_FD_NONE)
		return;
	while ((err = ward_msg_recv(l->desk, l->buf, &m)) != WARD_ERR_AGAIN) {
		if (err == WARD_ERR_CLOSED)
			ward_process_die(&pl->p, "the supervisor closed a link", err);
		if (!err)
			err = m.type == WARD_MSG_DECIDE ? ward_decision_get(&m.body, &d)
							: WARD_ERR_DENIED;
		if (!err && d.kind != WARD_DECISION_LEAD && d.kind != WARD_DECISION_SEEN)
			err = WARD_ERR_DENIED;
		if (err) {
			ward_count_name(&pl->p.counters, "play.refused", 1);
			continue;
		}
		answer(pl, &d);
		err = ward_msg_send(l->desk, WARD_MSG_DECIDED, m.id, ward_wr_slice(&l->answer));
		if (err && err != WARD_ERR_AGAIN)
			ward_process_die(&pl->p, "the supervisor closed a link", err);
	}
}
