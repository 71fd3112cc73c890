/* Who leads a play: what the desk hands on of a trainer, what Ward's record shows of decisions, and
 * the log of it all.
 *
 * Nothing that is decided here goes into Ward but by the wires that the scenario names: the log is
 * the exercise's, not the hospital's. */
#include "run/proc/play.h"

#include "conf/conf.h"
#include "desk/decision.h"
#include "run/play_clock.h"
#include "story/record.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

enum { LOG_MAX = 64 << 20, SCRATCH = 64 << 20 };

static void need(struct player *pl, enum ward_err err, const char *what)
{
	if (err)
		ward_process_die(&pl->p, what, err);
}

/* ---- the log ---- */

static void append(struct player *pl)
{
	struct ward_wr *w = &pl->lead.line;

	ward_wr_ch(w, '\n');
	need(pl, ward_wr_bad(w) ? WARD_ERR_NOMEM : WARD_OK, "a line of the log");
	for (size_t at = 0; at < w->len;) {
		ssize_t n = write(pl->lead.log, w->p + at, w->len - at);

		if (n < 0 && errno == EINTR)
			continue;
		need(pl, n > 0 ? WARD_OK : WARD_ERR_IO, "the exercise's log");
		at += (size_t)n;
	}
}

enum ward_err play_take(struct player *pl, struct ward_course_entry *e, const char **ret_why)
{
	e->at = ward_clock_now(pl->p.clock);
	enum ward_err err = ward_course_take(pl->course, e, ret_why);

	if (err || pl->lead.log == WARD_FD_NONE)
		return err;
	ward_wr_reset(&pl->lead.line);
	ward_course_write(pl->scenario, e, &pl->lead.line);
	append(pl);
	return WARD_OK;
}

/* What a former life of this performance wrote. */
static bool read_back(struct player *pl)
{
	const struct ward_str boot = {pl->boot, sizeof(pl->boot)};
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), LOG_MAX);
	struct ward_course_begin b = {0};
	uint8_t buf[16384];
	uint32_t line = 0;
	off_t at = 0;
	ssize_t n;

	while ((n = pread(pl->lead.log, buf, sizeof(buf), at)) > 0) {
		ward_wr_bytes(&w, buf, (size_t)n);
		at += n;
	}
	need(pl,
		n < 0             ? WARD_ERR_IO
		: ward_wr_bad(&w) ? WARD_ERR_LIMIT
				  : WARD_OK,
		"the exercise's log; put it away");
	enum ward_err err =
		ward_course_log(pl->course, &pl->lim, ward_wr_text(&w), boot, &b, &line);
	size_t half = 0; /* bytes behind the last whole line */

	while (half < w.len && w.p[w.len - half - 1] != '\n')
		half++;
	ward_wr_fini(&w);
	if (err && err != WARD_ERR_NOT_FOUND) {
		WARD_LOG(&pl->p.log, ERROR, "play.log", WARD_KV_U("line", line), WARD_KV_E(err));
		need(pl, err, "the exercise's log");
	}
	if (half) { /* of a life that was killed, or a full disk: it is no entry, and none later */
		need(pl, ftruncate(pl->lead.log, at - (off_t)half) == 0 ? WARD_OK : WARD_ERR_IO,
			"the exercise's log");
		WARD_LOG(&pl->p.log, WARN, "play.log_cut", WARD_KV_U("bytes", half));
	}
	if (!err)
		pl->lead.since = b.at;
	return !err;
}

/* The first life: the performance begins, and waits where a trainer leads it. */
static void write_begin(struct player *pl)
{
	const struct ward_str boot = {pl->boot, sizeof(pl->boot)};
	const struct ward_course_begin b = {.at = ward_clock_now(pl->p.clock), .speed = pl->speed};
	struct ward_course_entry pause = {.what = WARD_COURSE_PAUSE, .played = -1};
	const char *why;

	pl->lead.since = b.at;
	ward_wr_reset(&pl->lead.line);
	ward_course_write_begin(pl->scenario, &b, boot, &pl->lead.line);
	append(pl);
	if (!pl->lead.waits)
		return;
	need(pl, play_take(pl, &pause, &why), "it can't wait");
	play_set_time(pl, -1, true);
}

/* recipient=RECIPIENT:NANOSECONDS:ROLE ROLE …, "-": a policy has them contain nothing. */
static struct ward_str recipient(
	const struct player *pl, size_t i, struct ward_str *ret_after, struct ward_str *ret_roles)
{
	const char *text = ward_process_nth(&pl->p, "recipient", i);
	struct ward_str rest = ward_str_z(text ? text : ""), id = ward_str_cut(&rest, ':');

	*ret_after = ward_str_cut(&rest, ':');
	*ret_roles = rest;
	return id;
}

static void read_policy(struct player *pl)
{
	struct play_lead *l = &pl->lead;
	struct ward_str id, ns, roles;
	uint64_t after;

	for (size_t i = 0; (id = recipient(pl, i, &ns, &roles)).len; i++) {
		if (ward_str_eqz(ns, "-"))
			continue;
		if (l->n_containing == PLAY_ROLES || !ward_str_u64(ns, &after) || after > INT64_MAX)
			ward_process_die(&pl->p, "recipient", WARD_ERR_CONFIG);
		l->containing[l->n_containing++] =
			(struct play_containing){id, (ward_ns)after, WARD_NS_NEVER};
	}
}

bool play_lead_begin(struct player *pl)
{
	struct play_lead *l = &pl->lead;

	l->line = ward_wr_grow(ward_mem_heap(), 1 << 16);
	l->answer = ward_wr_grow(ward_mem_heap(), WARD_MSG_BODY_MAX);
	ward_arena_init(&l->scratch, ward_mem_heap(), SCRATCH);
	ward_board_init(&l->board, ward_process_fd(&pl->p, "board"));
	l->waits = ward_process_setting(&pl->p, "lead") != NULL && l->desk != WARD_FD_NONE;
	need(pl, ward_record_reader_new(ward_mem_heap(), &pl->lim, &l->reader), "out of memory");
	if (l->desk != WARD_FD_NONE && fcntl(l->desk, F_SETFL, O_NONBLOCK) != 0)
		need(pl, WARD_ERR_IO, "desk");
	read_policy(pl);
	if (l->log == WARD_FD_NONE)
		return false;
	if (read_back(pl))
		return true;
	write_begin(pl);
	return false;
}

void play_lead_end(struct player *pl)
{
	ward_record_reader_free(pl->lead.reader);
	ward_arena_fini(&pl->lead.scratch);
	ward_board_fini(&pl->lead.board);
	ward_wr_fini(&pl->lead.line);
	ward_wr_fini(&pl->lead.answer);
}

/* ---- what Ward's record shows ---- */

/* Each only once: what is known is refused. */
static void decided(
	struct player *pl, enum ward_lead_decided what, struct ward_str of, struct ward_str by)
{
	struct ward_course_entry e = {.what = WARD_COURSE_DECIDE,
		.played = play_time(pl),
		.itself = true,
		.decided = what,
		.of = of,
		.by = by};
	const char *why;

	if (!of.len || ward_course_decided(pl->course, what, of) != WARD_NS_NEVER ||
		ward_course_ended(pl->course))
		return;
	if (play_take(pl, &e, &why) != WARD_OK)
		ward_count_name(&pl->p.counters, "play.decisions_unread", 1);
}

/* An incident that people contained: nothing spreads from what its signs are on. */
static void on_incident(struct player *pl, struct ward_str json)
{
	struct ward_record r;

	if (ward_record_read(pl->lead.reader, json, &pl->lead.scratch, &r) != WARD_OK ||
		r.kind != WARD_RECORD_INCIDENT || !ward_str_eqz(r.state, "contained"))
		return;
	for (size_t i = 0; i < r.n_on_asset; i++)
		decided(pl, WARD_LEAD_CONTAINED, r.on_asset[i], WARD_STR(""));
}

static void on_action(
	struct player *pl, const struct ward_store_row *row, const struct ward_conf *c)
{
	struct play_lead *l = &pl->lead;
	struct ward_str thing = ward_conf_word(c, "thing");

	if (row->revision == 1 && thing.len < sizeof(l->action[0].thing)) {
		struct play_action *a = &l->action[l->n_action++ % PLAY_ACTIONS];

		a->id = row->id;
		(void)snprintf(a->thing, sizeof(a->thing), "%.*s", WARD_STR_ARG(thing));
	}
	if (!ward_str_eqz(ward_conf_word(c, "state"), "done"))
		return;
	for (size_t i = 0; i < PLAY_ACTIONS && i < l->n_action; i++)
		if (ward_id_eq(l->action[i].id, row->id))
			decided(pl, WARD_LEAD_CONTAINED, ward_str_z(l->action[i].thing),
				WARD_STR(""));
}

/* ---- roles that a policy plays ---- */

static ward_ns gone(const struct player *pl)
{
	return ward_play_gone(pl->clock, pl->begin, ward_clock_mono(pl->p.clock));
}

/* Who is told of an incident, where a policy has them contain it so long after. */
static void told(struct player *pl, const struct ward_conf *row, ward_ns at)
{
	struct play_lead *l = &pl->lead;
	struct ward_str who = ward_conf_word(row, "recipient");

	if (ward_conf_get(row, "covers") && who.len < sizeof(l->told[0].recipient)) {
		struct play_told *t = &l->told[l->n_told++ % PLAY_TOLD];

		*t = (struct play_told){.at = at};
		(void)snprintf(t->recipient, sizeof(t->recipient), "%.*s", WARD_STR_ARG(who));
	}
	for (size_t i = 0; ward_conf_get(row, "covers") && i < l->n_containing; i++)
		if (ward_str_eq(l->containing[i].recipient, who) &&
			l->containing[i].due == WARD_NS_NEVER &&
			!ward_add(gone(pl), l->containing[i].after, &l->containing[i].due))
			l->containing[i].due = WARD_NS_NEVER;
}

/* Whatever it is that a branch asks for: who contains it does all of it. */
static void contain(struct player *pl)
{
	struct play_lead *l = &pl->lead;
	const char *why;

	for (size_t i = 0; i < l->n_containing && !ward_course_ended(pl->course);) {
		struct ward_course_entry e = {.what = WARD_COURSE_DECIDE,
			.played = play_time(pl),
			.decided = WARD_LEAD_CONTAINED,
			.text = WARD_STR("policy"),
			.by = l->containing[i].recipient};

		if (l->containing[i].due == WARD_NS_NEVER || l->containing[i].due > gone(pl)) {
			i++;
			continue;
		}
		l->containing[i] = l->containing[--l->n_containing];
		if (play_take(pl, &e, &why) != WARD_OK) /* somebody did before */
			ward_count_name(&pl->p.counters, "play.policy_late", 1);
	}
}

/* Who has it: the role of who said so at the desk, or all that the recipient stands for. */
static void acknowledged(struct player *pl, struct ward_str role, struct ward_str by)
{
	struct ward_str id, after, roles;

	decided(pl, WARD_LEAD_ACKNOWLEDGED, role, role);
	for (size_t i = 0; (id = recipient(pl, i, &after, &roles)).len; i++) {
		bool theirs = !role.len && ward_str_eq(id, by);

		while (roles.len) {
			struct ward_str is = ward_str_cut(&roles, ' ');

			if (!role.len && ward_str_eq(id, by))
				decided(pl, WARD_LEAD_ACKNOWLEDGED, is, by);
			theirs |= role.len && ward_str_eq(is, role);
		}
		for (size_t k = 0; theirs && k < PLAY_TOLD && k < pl->lead.n_told; k++)
			pl->lead.told[k].acknowledged |=
				ward_str_eqz(id, pl->lead.told[k].recipient);
	}
}

/* An action on the hospital that was done; a run that began; a message that somebody has. */
static void on_other(struct player *pl, const struct ward_store_row *row)
{
	const struct ward_conf *c;
	struct ward_diag diag;

	ward_diag_init(&diag, ward_mem_heap());
	enum ward_err err = ward_conf_json(&pl->lead.scratch, &pl->lim, WARD_STR("row"), 1,
		ward_str_bytes(row->json), &diag, &c);

	ward_diag_fini(&diag);
	if (err)
		return;
	struct ward_str role = ward_conf_word(c, "role");

	if (row->kind == WARD_ROW_DELIVERY && row->revision == 1)
		told(pl, c, row->time);
	if (row->kind == WARD_ROW_DELIVERY &&
		ward_str_eqz(ward_conf_word(c, "kind"), "acknowledgement"))
		acknowledged(pl, role, ward_conf_word(c, "recipient"));
	else if (row->kind == WARD_ROW_RUN && row->revision == 1)
		decided(pl, WARD_LEAD_PLAYBOOK, ward_conf_word(c, "playbook"),
			ward_conf_word(c, "begun_by"));
	else if (row->kind == WARD_ROW_ACTION)
		on_action(pl, row, c);
}

static void on_row(void *ctx, const struct ward_store_row *row)
{
	struct player *pl = ctx;

	if (row->time < pl->lead.since) /* of another performance */
		return;
	ward_arena_reset(&pl->lead.scratch);
	if (row->kind == WARD_ROW_INCIDENT)
		on_incident(pl, row->json);
	else
		on_other(pl, row);
}

/* A story that is too long to be shown whole is shown by what is next and what was last. */
static void show_all(struct player *pl)
{
	struct ward_board *b = &pl->lead.board;
	struct ward_json *j = ward_board_begin(b, ward_clock_now(pl->p.clock));

	if (!j)
		return;
	play_show(pl, j, PLAY_SHOW_ALL);
	if (ward_board_end(b))
		return;
	ward_count_name(&pl->p.counters, "play.shown_in_part", 1);
	b->written = 0;
	j = ward_board_begin(b, ward_clock_now(pl->p.clock));
	play_show(pl, j, PLAY_SHOW_FEW_STEPS);
	(void)ward_board_end(b);
}

void play_lead_last(struct player *pl)
{
	if (pl->lead.desk == WARD_FD_NONE)
		return;
	pl->lead.board.written = 0; /* however short a time ago it was */
	show_all(pl);
}

bool play_look(struct player *pl, ward_ns least)
{
	struct play_lead *l = &pl->lead;
	ward_ns now = ward_clock_mono(pl->p.clock);
	bool all = false;

	if (l->desk == WARD_FD_NONE)
		return true;
	if (!l->has_rows) {
		ward_rows_link_begin(&l->rows, &pl->p, on_row, pl);
		l->has_rows = true;
	}
	if (now - l->looked >= least) {
		all = ward_rows_link_fetch(&l->rows);
		l->looked = ward_clock_mono(pl->p.clock);
	}
	contain(pl);
	show_all(pl);
	return all;
}

/* ---- what a trainer asks ---- */

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
	need(pl, ward_wr_bad(&pl->lead.answer) ? WARD_ERR_NOMEM : WARD_OK, "an answer");
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
