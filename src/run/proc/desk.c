/* The process at whose socket people decide: it asks the kernel who is there (of those who are
 * signed in at the console `login` says it, by its link), finds the person and the role in which
 * they decide, and hands the decision to whom it concerns: the journal (what brain judges by,
 * answered once it is durable), or respond, playbook, act and clips where this hospital has them.
 * It holds no credential, and judges nothing. */
#include "comply/hold.h"
#include "run/desk_client.h"
#include "run/photo.h"
#include "run/proc/desk.h"
#include "run/still.h"
#include "run/wire.h"
#include "crisis/crisis.h"
#include "desk/args.h"
#include "desk/event.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

enum { WAIT_MS = 1000, WHY_MAX = 320 };

/* So long one who acts may take; and how far a decision's time may be from ours. */
static const ward_ns patience = 20 * WARD_NS_PER_S, again = 2 * WARD_NS_PER_S,
		     skew_max = 60 * WARD_NS_PER_S, idle_max = 10 * WARD_NS_PER_S;

static const struct {
	const char *name, *absent;
} peers[PEERS] = {{"journal", ""},
	{"respond", "nobody is told outside of Ward here; write recipients.yml (docs/webhooks.md)"},
	{"playbook", "no process drives playbooks in this hospital"},
	{"act", "no process acts in this hospital; write actuators.yml (docs/acting.md)"},
	{"config", "no process changes the hospital's directory here; edit its files"},
	{"photo",
		"this hospital keeps no photos, since it has no evidence key to encrypt them for; "
		"name one at `clips:` in hospital.yml (docs/privacy.md)"},
	{"clips",
		"this hospital keeps no clips and photos, since it has no evidence key to encrypt "
		"them for; name one at `clips:` in hospital.yml (docs/privacy.md)"},
	{"play", "no scenario is played here; begin one with `ward run --play`"}};

const char *desk_absent(enum peer p)
{
	return peers[p].absent;
}

void desk_hang_up(struct connection *c)
{
	if (!c->of_login)
		(void)close(c->fd);
	if (c->body.p)
		ward_wipe(c->body.p, c->body.cap); /* a one-time code may be in it */
	ward_wr_fini(&c->body);
	*c = (struct connection){.fd = WARD_FD_NONE};
}

void desk_answer(struct desk *k, struct connection *c, const struct ward_decided *d)
{
	uint8_t body[WARD_DECISION_TEXT + 64];
	struct ward_wr w = d->json.len ? ward_wr_grow(ward_mem_heap(), WARD_MSG_BODY_MAX)
				       : ward_wr_fixed(body, sizeof(body));

	ward_decided_put(&w, d);
	c->waits = false;
	c->since = ward_clock_mono(k->p.clock);
	ward_count_name(&k->p.counters, d->err ? "desk.answered_otherwise" : "desk.answered_ok", 1);
	/* one message at a time is out, so the queue has room, or it is gone; login asks again */
	if (ward_wr_bad(&w) ||
		ward_msg_send(c->fd, WARD_MSG_DECIDED, c->id, ward_wr_slice(&w)) != WARD_OK ||
		c->of_login)
		desk_hang_up(c);
	ward_wr_fini(&w);
}

void desk_refuse(struct desk *k, struct connection *c, enum ward_err err, const char *why)
{
	const struct ward_decided d = {.err = err, .why = ward_str_z(why)};

	desk_answer(k, c, &d);
}

static void send_on(struct desk *k, struct connection *c)
{
	enum ward_msg_type t = c->to == JOURNAL ? WARD_MSG_APPEND
			       : c->to == PHOTO ? WARD_MSG_PHOTO
			       : c->to == VIDEO ? WARD_MSG_STILL
						: WARD_MSG_DECIDE;
	int fd = c->to == VIDEO ? k->cameras.link[c->camera] : k->peer[c->to];
	enum ward_err err = ward_msg_send(fd, t, c->asked, ward_wr_slice(&c->body));

	c->sent = ward_clock_mono(k->p.clock);
	if (err && err != WARD_ERR_AGAIN)
		ward_process_die(&k->p, c->to == VIDEO ? "video" : peers[c->to].name, err);
}

void desk_hand_on(struct desk *k, struct connection *c, enum peer to)
{
	c->to = to;
	c->waits = true;
	c->asked = k->next_id++;
	c->begun = ward_clock_mono(k->p.clock);
	if (ward_wr_bad(&c->body)) {
		desk_refuse(k, c, WARD_ERR_LIMIT,
			WARD_TEXT("the decision is too long; write a shorter text"));
		return;
	}
	send_on(k, c);
}

/* One record of the control lane. False: it has no room. */
bool desk_append(struct desk *k, struct connection *c, struct ward_event *e)
{
	struct ward_wr w = ward_wr_fixed(k->record, sizeof(k->record));

	e->source = ward_name(&k->names, WARD_STR("desk"));
	e->seen = ward_clock_now(k->p.clock);
	ward_event_encode(e, &k->names, &w);
	ward_batch_begin(&k->batch);
	if (ward_wr_bad(&w) ||
		!ward_batch_add(&k->batch, WARD_LANE_CONTROL, WARD_RECORD_EVENT, ward_wr_slice(&w)))
		return false;
	struct ward_slice body = ward_batch_body(&k->batch);

	ward_wr_reset(&c->body);
	ward_wr_bytes(&c->body, body.p, body.len);
	desk_hand_on(k, c, JOURNAL);
	return true;
}

/* A role or a person of the hospital. */
static bool has_id(void *ctx, struct ward_str id)
{
	const struct desk *k = ctx;

	return desk_people_role(k->people, id) || desk_people_id(k->people, id);
}

/* NULL: the hold is as it has to be. */
static const char *hold_wrong(struct desk *k, const struct ward_decision *d)
{
	const struct ward_conf *args;
	struct ward_diag diag;
	struct ward_hold h;

	ward_diag_init(&diag, ward_mem_heap());
	enum ward_err err = ward_conf_json(
		&k->arena, &k->lim, WARD_STR("args"), 1, ward_str_bytes(d->args), &diag, &args);
	ward_diag_fini(&diag);
	if (err)
		return WARD_TEXT("its args are no JSON object");
	const char *why = ward_hold_read(args, d->subject, d->at, &h);

	if (!why && h.scope == WARD_HOLD_PLACE && !desk_people_place(k->people, d->subject))
		return WARD_TEXT("the hospital has no place or thing of that id; write the id of "
				 "a room, zone, floor, building, door or asset");
	if (!why && h.scope == WARD_HOLD_SOURCE && !desk_people_source(k->people, d->subject))
		return WARD_TEXT("sources.yml has no source of that id; what one gave that is no "
				 "longer there is held by its place, or with all of its time");
	struct ward_str owner = ward_conf_word(args, "owner"); /* none: who decides */

	if (!why && owner.len && !has_id(k, owner))
		return WARD_TEXT(
			"who answers for the hold is to be a role or a person of the hospital");
	return why;
}

/* What brain judges by. */
static void record(struct desk *k, struct connection *c, const struct ward_decision *d)
{
	struct ward_decision form = *d;
	enum ward_report_kind report = WARD_REPORT_OTHER;
	const struct ward_crisis_ids ids = {has_id, k};
	const char *why = "", *said;
	struct ward_event e;

	enum ward_err err = ward_args_read(d, &k->lim, &k->arena, &form.args, &why);

	if (!err && d->kind == WARD_DECISION_REPORT && form.args.len) {
		report = ward_report_parse(ward_args_text(form.args, "report", &k->lim, &k->arena));
		why = WARD_TEXT("a report is of fire, violence, bomb, person, device or other");
		err = report == WARD_REPORT_N ? WARD_ERR_MALFORMED : WARD_OK;
	}
	if (!err && (said = ward_crisis_wrong(&form, &ids, &k->lim, &k->arena)) != NULL) {
		why = said;
		err = WARD_ERR_MALFORMED;
	}
	if (!err && (said = ward_law_wrong(&form, desk_people_law(k->people),
			     ward_clock_now(k->p.clock), &k->lim, &k->arena)) != NULL) {
		why = said;
		err = WARD_ERR_MALFORMED;
	}
	if (!err && d->kind == WARD_DECISION_HOLD && (said = hold_wrong(k, &form)) != NULL) {
		why = said;
		err = WARD_ERR_MALFORMED;
	}
	if (err == WARD_ERR_MALFORMED || err == WARD_ERR_LIMIT) {
		desk_refuse(k, c, err, why);
		return;
	}
	ward_event_init(&e, &k->arena);
	if (!err)
		err = ward_decision_to_event(&form, report, &k->names, &e);
	if (err)
		ward_process_die(&k->p, "out of memory", err);
	c->reports = d->kind == WARD_DECISION_REPORT;
	if (!desk_append(k, c, &e))
		desk_refuse(k, c, WARD_ERR_LIMIT,
			WARD_TEXT("the decision is too long; write a shorter text"));
}

/* Is it about what the kind is about? Whether an incident or a run is there, who acts knows. */
static bool fits(struct desk *k, struct connection *c, const struct ward_decision *d)
{
	enum ward_decision_about about = ward_decision_about(d->kind);
	struct ward_id id;

	if (about == WARD_ABOUT_PLACE && !desk_people_place(k->people, d->subject))
		desk_refuse(k, c, WARD_ERR_NOT_FOUND,
			WARD_TEXT("the hospital has no place or thing of that id; write the id of "
				  "a room, "
				  "zone, floor, building, door or asset"));
	else if (about == WARD_ABOUT_INCIDENT && !ward_id_parse(d->subject, &id))
		desk_refuse(k, c, WARD_ERR_MALFORMED,
			WARD_TEXT("that is no incident's id; `ward incident list` shows them"));
	else if (about == WARD_ABOUT_CRISIS && !ward_str_eqz(d->subject, WARD_CRISIS_SUBJECT) &&
		 !ward_id_parse(d->subject, &id))
		desk_refuse(k, c, WARD_ERR_MALFORMED,
			WARD_TEXT("that is no incident's id; write 'crisis' for the crisis as a "
				  "whole"));
	else if (about == WARD_ABOUT_DECISION && !ward_id_parse(d->subject, &id))
		desk_refuse(k, c, WARD_ERR_MALFORMED,
			WARD_TEXT("that is no id of a task or recall; `ward crisis` shows them"));
	else if ((ward_decision_asks(d->kind) & WARD_ASKS_WHY) && !d->text.len)
		desk_refuse(k, c, WARD_ERR_MALFORMED, WARD_TEXT("say why, in a text"));
	else if (d->kind == WARD_DECISION_DRILL && ward_drill_parse(d->subject) == WARD_DRILL_N)
		desk_refuse(k, c, WARD_ERR_MALFORMED,
			WARD_TEXT("say what was done: backup, restore, training, exercise, "
				  "weakness, verify or audit"));
	else
		return true;
	return false;
}

/* Ids of decisions become those of events and rows, among which the first of an id counts. Made of
 * what was said and by whom, the same said again is the same, and nobody can take the id of
 * anything else, or of what somebody else will say. */
struct ward_id desk_own_id(const struct connection *c, const struct ward_decision *d)
{
	struct ward_idgen g;

	ward_idgen_init(&g, "ward decision");
	ward_idgen_str(&g, c->who->id);
	ward_idgen_id(&g, d->id);
	ward_idgen_u64(&g, d->kind);
	ward_idgen_str(&g, d->subject);
	return ward_idgen_final(&g);
}

/* What is of the whole hospital, or tells a name: nobody decides it at the machine's socket who is
 * bound to places. `login` looks at the place of each subject, and says which the session's are; a
 * name is told at once, before anybody knows where its incident is. */
static bool is_of_all(const struct connection *c, enum ward_decision_kind kind)
{
	static const enum ward_decision_kind all[] = {WARD_DECISION_CONFIGURE,
		WARD_DECISION_APPOINT, WARD_DECISION_TRY, WARD_DECISION_TRY_ANY, WARD_DECISION_HOLD,
		WARD_DECISION_RELEASE_HOLD, WARD_DECISION_ROTATE_KEYS, WARD_DECISION_CANDIDATE,
		WARD_DECISION_LIFT, WARD_DECISION_TUNE, WARD_DECISION_ALL_CLEAR};
	bool is = kind == WARD_DECISION_REVEAL;

	for (size_t i = 0; !c->of_login && i < WARD_ARRAY_LEN(all); i++)
		is |= kind == all[i];
	return is;
}

/* By the rights of the person's profiles, whichever way it came: `login` has looked by those of the
 * session already, which may be fewer, and never are more. */
static bool may(struct desk *k, struct connection *c, const struct ward_decision *d)
{
	if ((ward_decision_asks(d->kind) & WARD_ASKS_CONSOLE) && !c->of_login) {
		desk_refuse(k, c, WARD_ERR_DENIED,
			d->kind == WARD_DECISION_READ
				? WARD_TEXT("look at it in the console, or by `ward clip export`, "
					    "which needs no desk")
				: WARD_TEXT("decide it in the console, where it is known whose "
					    "right it is"));
		return false;
	}
	if (!ward_decision_let(d->kind, c->who->rights)) {
		ward_count_name(&k->p.counters, "desk.without_right", 1);
		desk_refuse(k, c, WARD_ERR_DENIED,
			WARD_TEXT("your profile does not let you decide that; people.yml says who "
				  "has which"));
		return false;
	}
	if (!d->places.len || !is_of_all(c, d->kind))
		return true;
	ward_count_name(&k->p.counters, "desk.elsewhere", 1);
	desk_refuse(k, c, WARD_ERR_DENIED,
		WARD_TEXT("this tells of the whole hospital, and you have places of it"));
	return false;
}

void desk_decide(struct desk *k, struct connection *c, struct ward_decision *d)
{
	static const enum peer to[] = {[WARD_DECISION_BRAIN] = JOURNAL,
		[WARD_DECISION_RESPOND] = RESPOND,
		[WARD_DECISION_PLAYBOOK] = PLAYBOOK,
		[WARD_DECISION_ACT] = ACT,
		[WARD_DECISION_CONFIG] = CONFIG,
		[WARD_DECISION_CLIPS] = CLIPS,
		[WARD_DECISION_PLAY] = PLAY};
	enum peer peer = to[ward_decision_to(d->kind)];
	ward_ns now = ward_clock_now(k->p.clock), off;
	char why[WHY_MAX];
	const char *said;

	d->person = c->who->id;
	if (!c->of_login) /* which may bind them further */
		d->places = c->who->places;
	d->id = c->decided = desk_own_id(c, d);
	if (!desk_person_role(c->who, &d->role, why, sizeof(why))) {
		desk_refuse(k, c, WARD_ERR_DENIED, why);
		return;
	}
	if (!may(k, c, d))
		return;
	if (!ward_sub(now, d->at, &off) || off > skew_max || off < -skew_max) {
		desk_refuse(k, c, WARD_ERR_STATE,
			WARD_TEXT("its time is more than a minute from this machine's; decide it "
				  "anew"));
		return;
	}
	if (!fits(k, c, d))
		return;
	enum ward_err wrong = desk_reveals_check(&k->reveals, d, &k->lim, &c->wish, &said);

	if (wrong) {
		desk_refuse(k, c, wrong, said);
		return;
	}
	if (k->peer[peer] == WARD_FD_NONE) {
		desk_refuse(k, c, WARD_ERR_NOT_FOUND, peers[peer].absent);
		return;
	}
	c->looks = d->kind == WARD_DECISION_STILL;
	if (c->looks) {
		enum ward_err err = desk_cameras_ask(&k->cameras,
			c->of_login ? d->subject : WARD_STR(""), now, &c->camera, &said);

		if (err) {
			desk_refuse(k, c, err, said);
			return;
		}
	}
	ward_wr_reset(&c->body);
	if (peer == JOURNAL) {
		record(k, c, d);
		return;
	}
	ward_decision_put(&c->body, d);
	desk_hand_on(k, c, peer);
}

/* ---- stills ---- */

/* The looking is on record: whoever decodes is asked. */
static void look(struct desk *k, struct connection *c)
{
	ward_wr_reset(&c->body);
	ward_still_ask_put(&c->body, c->decided);
	desk_hand_on(k, c, VIDEO);
}

static void hear_video(struct desk *k, size_t camera)
{
	static uint8_t json[WARD_STILL_SAYS];
	struct ward_wr w = ward_wr_fixed(json, sizeof(json));
	struct ward_still_is is;
	struct connection *c = NULL;

	if (!desk_cameras_hear(&k->cameras, &k->p, camera, k->buf, &is))
		return;
	for (size_t i = 0; i < SEATS && !c; i++)
		if (k->conn[i].fd != WARD_FD_NONE && k->conn[i].waits && k->conn[i].to == VIDEO &&
			ward_id_eq(k->conn[i].decided, is.id))
			c = &k->conn[i];
	if (c && is.jpeg.len)
		ward_still_say(&w, &is);
	if (c)
		desk_answer(k, c,
			&(struct ward_decided){.err = is.why.len ? WARD_ERR_STATE : WARD_OK,
				.why = is.why,
				.json = ward_wr_text(&w)});
	else
		ward_count_name(&k->p.counters, "desk.late_answers", 1);
	ward_wipe(json, w.len);
}

/* ---- those who act ---- */

/* {"decision":"ID"}: under which it will be a row. */
static struct ward_str id_text(const struct connection *c, char *json)
{
	char id[WARD_ID_TEXT];

	ward_id_text(c->decided, id);
	int n = snprintf(json, WARD_ID_TEXT + 16, "{\"decision\":\"%s\"}", id);

	return (struct ward_str){json, (size_t)n};
}

static void take_answer(struct desk *k, struct connection *c, struct ward_msg *m)
{
	struct ward_decided d = {.err = WARD_OK};
	char json[WARD_ID_TEXT + WARD_DECISION_TEXT];

	if (c->to == JOURNAL) {
		uint8_t err = ward_rd_u8(&m->body);

		d.err = err < WARD_ERR_N ? (enum ward_err)err : WARD_ERR_MALFORMED;
		d.why = d.err == WARD_OK ? WARD_STR("recorded")
			: d.err == WARD_ERR_FULL
				? ward_str_z(WARD_TEXT("there is no room for it: it is NOT "
						       "recorded; free some of the disk"))
				: ward_str_z(
					  WARD_TEXT("the journal refused it: it is NOT recorded"));
		if (d.err == WARD_OK && c->reports)
			c->reported = c->decided;
		if (d.err == WARD_OK && c->reports && c->of_login &&
			!desk_was_reported(k, c->decided))
			k->lately[k->n_lately++ % DESK_LATELY] = c->decided;
		if (d.err == WARD_OK && c->wish.is)
			desk_reveals_answer(&k->reveals, &c->wish, c->decided,
				ward_clock_now(k->p.clock), (struct desk_said){json, sizeof(json)},
				&d);
		else if (d.err == WARD_OK)
			d.json = id_text(c, json);
	} else if (ward_decided_get(&m->body, &d) != WARD_OK) {
		desk_refuse(k, c, WARD_ERR_MALFORMED,
			WARD_TEXT("its answer could not be read; see ward.log"));
		return;
	}
	if (c->looks && c->to == JOURNAL && !d.err)
		look(k, c);
	else if (c->to == PHOTO)
		desk_photo_hear(k, c, &d);
	else if (c->photo.tells)
		desk_photo_told(k, c, &d);
	else
		desk_answer(k, c, &d);
}

static void hear(struct desk *k, enum peer from)
{
	enum ward_msg_type due = from == JOURNAL ? WARD_MSG_APPENDED : WARD_MSG_DECIDED;
	struct ward_msg m;
	enum ward_err err = ward_msg_recv(k->peer[from], k->buf, &m);

	if (err == WARD_ERR_CLOSED)
		ward_process_die(&k->p, peers[from].name, err);
	if (err || m.type != due) {
		if (err != WARD_ERR_AGAIN)
			ward_count_name(&k->p.counters, "desk.unread_answers", 1);
		return;
	}
	for (size_t i = 0; i < SEATS; i++) {
		struct connection *c = &k->conn[i];

		if (c->fd != WARD_FD_NONE && c->waits && c->to == from && c->asked == m.id) {
			take_answer(k, c, &m);
			return;
		}
	}
	if (from != JOURNAL || !desk_late_heard(k, &m))
		ward_count_name(&k->p.counters, "desk.late_answers", 1); /* who asked is gone */
}

/* Asks again whoever does not answer, and lets go who asks nothing. */
static void look_at_clock(struct desk *k)
{
	ward_ns now = ward_clock_mono(k->p.clock);

	for (size_t i = 0; i < SEATS; i++) {
		struct connection *c = &k->conn[i];

		if (c->fd == WARD_FD_NONE)
			continue;
		if (c->waits && c->to == PHOTO && now - c->begun > patience)
			desk_photo_none(k, c, WARD_ERR_AGAIN,
				WARD_STR("nobody made it fit to be kept in time"));
		else if (c->waits && c->to == VIDEO && now - c->begun > patience)
			desk_refuse(k, c, WARD_ERR_AGAIN,
				WARD_TEXT("whoever decodes this camera gives no answer: no picture "
					  "was "
					  "shown"));
		else if (c->waits && now - c->begun > patience)
			desk_refuse(k, c, WARD_ERR_AGAIN,
				WARD_TEXT("no answer from who acts on it: whether it was taken is "
					  "not known; "
					  "decide it again, the log says more"));
		else if (c->waits && now - c->sent > again)
			send_on(k, c);
		else if (!c->waits && now - c->since > idle_max)
			desk_hang_up(c);
	}
}

static void run(struct desk *k)
{
	enum { CAMERAS = 2 + PEERS + CONNECTIONS_MAX };
	struct pollfd p[CAMERAS + WARD_CAMERAS_MAX];

	while (!ward_process_stopping()) {
		p[0] = (struct pollfd){k->listener, POLLIN, 0};
		p[1] = (struct pollfd){k->login, POLLIN, 0};
		for (size_t i = 0; i < PEERS; i++)
			p[2 + i] = (struct pollfd){k->peer[i], POLLIN, 0};
		for (size_t i = 0; i < CONNECTIONS_MAX; i++)
			p[2 + PEERS + i] =
				(struct pollfd){k->conn[i].gone ? -1 : k->conn[i].fd, POLLIN, 0};
		desk_cameras_poll(&k->cameras, p + CAMERAS);
		if (poll(p, WARD_ARRAY_LEN(p), k->reveals.behind && !k->late.waits ? 0 : WAIT_MS) <
				0 &&
			errno != EINTR)
			ward_process_die(&k->p, "poll", WARD_ERR_IO);
		for (size_t i = 0; i < PEERS; i++)
			if (k->peer[i] != WARD_FD_NONE && p[2 + i].revents)
				hear(k, (enum peer)i);
		for (size_t i = 0; i < WARD_CAMERAS_MAX; i++)
			if (p[CAMERAS + i].revents)
				hear_video(k, i);
		for (size_t i = 0; i < CONNECTIONS_MAX; i++)
			if (k->conn[i].fd != WARD_FD_NONE && p[2 + PEERS + i].revents)
				desk_serve(k, &k->conn[i]);
		if (p[0].revents)
			desk_accept(k);
		if (p[1].revents)
			desk_hear_login(k);
		look_at_clock(k);
		desk_late_look(k);
		ward_process_count(&k->p);
	}
}

static void open_desk(struct desk *k)
{
	k->listener = ward_process_need_fd(&k->p, "listener");
	(void)ward_process_need_fd(&k->p, peers[JOURNAL].name);
	if (fcntl(k->listener, F_SETFL, O_NONBLOCK) != 0)
		ward_process_die(&k->p, "the listener", WARD_ERR_IO);
	for (size_t i = 0; i < PEERS; i++) {
		k->peer[i] = ward_process_fd(&k->p, peers[i].name);
		if (k->peer[i] != WARD_FD_NONE && fcntl(k->peer[i], F_SETFL, O_NONBLOCK) != 0)
			ward_process_die(&k->p, peers[i].name, WARD_ERR_IO);
	}
	k->login = ward_process_fd(&k->p, "login");
	if (k->login != WARD_FD_NONE && fcntl(k->login, F_SETFL, O_NONBLOCK) != 0)
		ward_process_die(&k->p, "login", WARD_ERR_IO);
	for (size_t i = 0; i < SEATS; i++)
		k->conn[i].fd = WARD_FD_NONE;
	k->next_id = ward_process_ids();
	desk_cameras_open(&k->cameras, &k->p);
	desk_reveals_open(&k->reveals, &k->p, &k->lim);
	k->people = desk_people_open(&k->p, ward_process_need_fd(&k->p, "people"));
}

int main(int argc, char **argv)
{
	struct desk *k = calloc(1, sizeof(*k));

	if (!k)
		return WARD_PROCESS_DIED;
	ward_process_begin(&k->p, "desk", argc, argv);
	ward_process_limits(&k->p, &k->lim);
	ward_arena_init(&k->arena, ward_mem_heap(), (size_t)4 << 20);
	if (ward_names_init(&k->names, ward_mem_heap(), &k->lim) != WARD_OK)
		ward_process_die(&k->p, "out of memory", WARD_ERR_NOMEM);
	open_desk(k);
	ward_process_cage(&k->p, WARD_CAGE_LISTEN, NULL);
	run(k);
	for (size_t i = 0; i < SEATS; i++)
		if (k->conn[i].fd != WARD_FD_NONE)
			desk_hang_up(&k->conn[i]);
	return ward_process_end(&k->p);
}
