/* Who leads a play: what the desk hands on of a trainer, what Ward's record shows of decisions, and
 * the log of it all.
 *
 * Nothing that is decided here goes into Ward but by the wires that the scenario names: the log is
 * the exercise's, not the hospital's. */
#include "run/proc/play.h"

#include "conf/conf.h"
#include "desk/decision.h"
#include "run/play_clock.h"
#include "run/stage_gone.h"
#include "run/supervise.h"
#include "story/record.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

enum { LOG_MAX = 64 << 20, SCRATCH = 64 << 20 };

void play_need(struct player *pl, enum ward_err err, const char *what)
{
	if (err)
		ward_process_die(&pl->p, what, err);
}

/* ---- the log ---- */

static void append(struct player *pl)
{
	struct ward_wr *w = &pl->lead.line;

	ward_wr_ch(w, '\n');
	play_need(pl, ward_wr_bad(w) ? WARD_ERR_NOMEM : WARD_OK, "a line of the log");
	for (size_t at = 0; at < w->len;) {
		ssize_t n = write(pl->lead.log, w->p + at, w->len - at);

		if (n < 0 && errno == EINTR)
			continue;
		play_need(pl, n > 0 ? WARD_OK : WARD_ERR_IO, "the exercise's log");
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
	play_need(pl,
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
		play_need(pl, err, "the exercise's log");
	}
	if (half) { /* of a life that was killed, or a full disk: it is no entry, and none later */
		play_need(pl,
			ftruncate(pl->lead.log, at - (off_t)half) == 0 ? WARD_OK : WARD_ERR_IO,
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
	play_need(pl, play_take(pl, &pause, &why), "it can't wait");
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

/* does=RECIPIENT:ROLE:NANOSECONDS:WORD */
bool play_does(struct player *pl, size_t i, struct play_does *ret)
{
	const char *text = ward_process_nth(&pl->p, "does", i);
	uint64_t after;

	if (!text)
		return false;
	ret->word = ward_str_z(text);
	ret->recipient = ward_str_cut(&ret->word, ':');
	ret->role = ward_str_cut(&ret->word, ':');
	if (!ward_str_u64(ward_str_cut(&ret->word, ':'), &after) || after > INT64_MAX ||
		!ret->word.len)
		ward_process_die(&pl->p, "does", WARD_ERR_CONFIG);
	ret->after = (ward_ns)after;
	return true;
}

static void read_policy(struct player *pl)
{
	_Static_assert((int)PLAY_ROLES >= (int)WARD_PROCESS_ARGS, "all that it can be told");
	struct play_lead *l = &pl->lead;
	struct ward_str id, ns, roles;
	struct play_does d;
	uint64_t after;

	for (size_t i = 0; (id = recipient(pl, i, &ns, &roles)).len; i++) {
		if (ward_str_eqz(ns, "-"))
			continue;
		if (l->n_containing == PLAY_ROLES || !ward_str_u64(ns, &after) || after > INT64_MAX)
			ward_process_die(&pl->p, "recipient", WARD_ERR_CONFIG);
		l->containing[l->n_containing++] =
			(struct play_containing){id, (ward_ns)after, WARD_NS_NEVER, {0}};
	}
	for (size_t i = 0; play_does(pl, i, &d); i++) {
		if (l->n_containing == PLAY_ROLES)
			ward_process_die(&pl->p, "does", WARD_ERR_CONFIG);
		l->containing[l->n_containing++] =
			(struct play_containing){d.recipient, d.after, WARD_NS_NEVER, d.word};
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
	play_need(
		pl, ward_record_reader_new(ward_mem_heap(), &pl->lim, &l->reader), "out of memory");
	if (l->desk != WARD_FD_NONE && fcntl(l->desk, F_SETFL, O_NONBLOCK) != 0)
		play_need(pl, WARD_ERR_IO, "desk");
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
static void decided_by(struct player *pl, enum ward_lead_decided what, struct ward_str of,
	struct ward_str by, bool policy)
{
	struct ward_course_entry e = {.what = WARD_COURSE_DECIDE,
		.played = play_time(pl),
		.itself = true,
		.decided = what,
		.of = of,
		.text = policy ? WARD_STR(WARD_DECISION_POLICY) : WARD_STR(""),
		.by = by};
	const char *why;

	if (!of.len || ward_course_decided(pl->course, what, of) != WARD_NS_NEVER ||
		ward_course_ended(pl->course))
		return;
	if (play_take(pl, &e, &why) != WARD_OK)
		ward_count_name(&pl->p.counters, "play.decisions_unread", 1);
}

static void decided(
	struct player *pl, enum ward_lead_decided what, struct ward_str of, struct ward_str by)
{
	decided_by(pl, what, of, by, false);
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

static void on_detection(struct player *pl, const struct ward_store_row *row)
{
	struct ward_record r;

	if (ward_record_read(pl->lead.reader, row->json, &pl->lead.scratch, &r) == WARD_OK)
		play_seen_sign(pl, &r, row->time);
	else
		ward_count_name(&pl->p.counters, "play.sign_unread", 1);
}

/* What a policy answered or decided stands in the log, once, whichever life sees it. */
static void note_policy(struct player *pl, const struct ward_store_row *row, struct ward_str role,
	const struct ward_wr *text)
{
	struct ward_course_entry e = {.what = WARD_COURSE_NOTE,
		.played = play_time(pl),
		.of = role,
		.text = ward_wr_text(text),
		.by = WARD_STR(WARD_DECISION_POLICY)};
	struct ward_idgen g;
	const char *why;

	ward_idgen_init(&g, "ward policy note");
	ward_idgen_id(&g, row->id);
	ward_idgen_u64(&g, row->revision);
	e.id = ward_idgen_final(&g);
	if (ward_wr_bad(text) || (!ward_course_asked(pl->course, e.id) && play_take(pl, &e, &why)))
		ward_count_name(&pl->p.counters, "play.policy_unread", 1);
}

/* What a policy decided of an action that waited. */
static void on_decided(struct player *pl, const struct ward_store_row *row,
	const struct ward_conf *c, const struct play_action *a)
{
	char buf[WARD_COURSE_TEXT];
	struct ward_wr w = ward_wr_fixed(buf, sizeof(buf));
	struct ward_str event = ward_conf_word(c, "event");

	ward_wr_printf(&w, "%s %s: %s", a->does, a->thing,
		ward_str_eqz(event, "refuse")   ? "refused"
		: ward_str_eqz(event, "answer") ? "no patient depends on it"
						: "approved");
	note_policy(pl, row, ward_conf_word(c, "role"), &w);
}

static void on_action(
	struct player *pl, const struct ward_store_row *row, const struct ward_conf *c)
{
	struct play_lead *l = &pl->lead;
	struct ward_str thing = ward_conf_word(c, "thing");
	bool policy = ward_str_eqz(ward_conf_word(c, "policy"), "true");
	bool done = ward_str_eqz(ward_conf_word(c, "state"), "done");

	if (row->revision == 1 && thing.len < sizeof(l->action[0].thing)) {
		struct play_action *a = &l->action[l->n_action++ % PLAY_ACTIONS];

		a->id = row->id;
		(void)snprintf(a->thing, sizeof(a->thing), "%.*s", WARD_STR_ARG(thing));
		(void)snprintf(
			a->does, sizeof(a->does), "%.*s", WARD_STR_ARG(ward_conf_word(c, "does")));
	}
	for (size_t i = 0; (done || policy) && i < PLAY_ACTIONS && i < l->n_action; i++) {
		if (!ward_id_eq(l->action[i].id, row->id))
			continue;
		if (policy)
			on_decided(pl, row, c, &l->action[i]);
		if (done)
			decided(pl, WARD_LEAD_CONTAINED, ward_str_z(l->action[i].thing),
				WARD_STR(""));
	}
}

/* ---- roles that a policy plays ---- */

static ward_ns gone(const struct player *pl)
{
	return ward_play_gone(pl->clock, pl->begin, ward_clock_mono(pl->p.clock));
}

static void told_roles(struct player *pl, struct ward_str who, ward_ns at)
{
	struct ward_str id, after, roles;

	for (size_t i = 0; (id = recipient(pl, i, &after, &roles)).len; i++)
		while (ward_str_eq(id, who) && roles.len)
			play_seen_told(pl, ward_str_cut(&roles, ' '), at);
}

/* Who is told of an incident, where a policy has them contain it so long after. */
static void told(struct player *pl, const struct ward_conf *row, ward_ns at)
{
	struct play_lead *l = &pl->lead;
	struct ward_str who = ward_conf_word(row, "recipient");

	if (ward_conf_get(row, "covers") && who.len < sizeof(l->told[0].recipient)) {
		struct play_told *t = &l->told[l->n_told++ % PLAY_TOLD];

		told_roles(pl, who, at);
		*t = (struct play_told){.at = at};
		(void)snprintf(t->recipient, sizeof(t->recipient), "%.*s", WARD_STR_ARG(who));
	}
	for (size_t i = 0; ward_conf_get(row, "covers") && i < l->n_containing; i++)
		if (ward_str_eq(l->containing[i].recipient, who) &&
			l->containing[i].due == WARD_NS_NEVER &&
			!ward_add(gone(pl), l->containing[i].after, &l->containing[i].due))
			l->containing[i].due = WARD_NS_NEVER;
}

/* Whatever it is that a branch asks for: who contains it does all of it; what somebody does in the
 * room is what the story calls it. */
static void contain(struct player *pl)
{
	struct play_lead *l = &pl->lead;
	const char *why;

	for (size_t i = 0; i < l->n_containing && !ward_course_ended(pl->course);) {
		struct ward_course_entry e = {.what = WARD_COURSE_DECIDE,
			.played = play_time(pl),
			.decided =
				l->containing[i].does.len ? WARD_LEAD_DECIDED : WARD_LEAD_CONTAINED,
			.of = l->containing[i].does,
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
static void acknowledged(struct player *pl, const struct ward_conf *c)
{
	struct ward_str role = ward_conf_word(c, "role"), by = ward_conf_word(c, "recipient");
	bool policy = ward_str_eqz(ward_conf_word(c, "policy"), "true");
	struct ward_str id, after, roles;

	decided(pl, WARD_LEAD_ACKNOWLEDGED, role, role);
	for (size_t i = 0; (id = recipient(pl, i, &after, &roles)).len; i++) {
		bool theirs = !role.len && ward_str_eq(id, by);

		while (roles.len) {
			struct ward_str is = ward_str_cut(&roles, ' ');

			if (!role.len && ward_str_eq(id, by))
				decided_by(pl, WARD_LEAD_ACKNOWLEDGED, is, by, policy);
			theirs |= role.len && ward_str_eq(is, role);
		}
		for (size_t k = 0; theirs && k < PLAY_TOLD && k < pl->lead.n_told; k++) {
			struct play_told *t = &pl->lead.told[k];

			if (t->acknowledged || !ward_str_eqz(id, t->recipient))
				continue;
			t->acknowledged = true;
			t->policy = policy;
		}
	}
}

/* What a policy answered to a playbook. */
static void on_policy(
	struct player *pl, const struct ward_store_row *row, const struct ward_conf *c)
{
	char buf[WARD_COURSE_TEXT];
	struct ward_wr w = ward_wr_fixed(buf, sizeof(buf));

	ward_wr_str(&w, ward_conf_word(c, "playbook_name"));
	ward_wr_z(&w, ward_str_eqz(ward_conf_word(c, "well"), "true") ? ": done" : ": not done");
	note_policy(pl, row, ward_conf_word(c, "role"), &w);
}

/* A branch calls a playbook as people do, by its file. */
static void begun(struct player *pl, const struct ward_conf *c)
{
	struct ward_str word = ward_conf_word(c, "playbook_word");

	decided_by(pl, WARD_LEAD_PLAYBOOK, word.len ? word : ward_conf_word(c, "playbook"),
		ward_conf_word(c, "begun_by"),
		ward_str_eqz(ward_conf_word(c, "person"), WARD_DECISION_POLICY));
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
	if (row->kind == WARD_ROW_DELIVERY && row->revision == 1)
		told(pl, c, row->time);
	if (row->kind == WARD_ROW_DELIVERY &&
		ward_str_eqz(ward_conf_word(c, "kind"), "acknowledgement"))
		acknowledged(pl, c);
	else if (row->kind == WARD_ROW_RUN && ward_str_eqz(ward_conf_word(c, "cause"), "answer") &&
		 ward_str_eqz(ward_conf_word(c, "person"), WARD_DECISION_POLICY))
		on_policy(pl, row, c);
	else if (row->kind == WARD_ROW_RUN && row->revision == 1)
		begun(pl, c);
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
	else if (row->kind == WARD_ROW_DETECTION)
		on_detection(pl, row);
	else
		on_other(pl, row);
}

/* What ended on the stage, each once, whichever life sees it. */
static void look_at_stage(struct player *pl)
{
	const struct ward_scenario *s = pl->scenario;
	uint32_t stand;

	for (; ward_stage_gone_read(pl->gone, pl->n_gone, &stand); pl->n_gone++) {
		struct ward_course_entry e = {.what = WARD_COURSE_GONE, .played = play_time(pl)};
		struct ward_idgen g;
		const char *why;

		if (stand >= s->n_stand)
			continue;
		ward_idgen_init(&g, "ward stage gone");
		ward_idgen_u64(&g, pl->n_gone);
		e.id = ward_idgen_final(&g);
		e.of = s->host[s->stand[stand].host].id;
		e.text = s->stand[stand].serves ? ward_str_z(s->stand[stand].serves->name)
						: WARD_STR("controller");
		if (!ward_course_ended(pl->course) && !ward_course_asked(pl->course, e.id) &&
			play_take(pl, &e, &why) != WARD_OK)
			ward_count_name(&pl->p.counters, "play.gone_unread", 1);
	}
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
	look_at_stage(pl);
	show_all(pl);
	return all;
}
