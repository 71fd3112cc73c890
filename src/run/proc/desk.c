/* The process at whose socket people decide: it asks the kernel who is there (of those who are
 * signed in at the console `login` says it, by its link), finds the person and the role in which
 * they decide, and hands the decision to whom it concerns: the journal (what brain judges by,
 * answered once it is durable), or respond, playbook, act and clips where this hospital has them.
 * It holds no credential, and judges nothing. */
#include "run/desk_client.h"
#include "run/photo.h"
#include "run/proc/desk.h"
#include "run/seats.h"
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
		"them for; name one at `clips:` in hospital.yml (docs/privacy.md)"}};

static void hang_up(struct connection *c)
{
	if (!c->of_login)
		(void)close(c->fd);
	if (c->body.p)
		ward_wipe(c->body.p, c->body.cap); /* a one-time code may be in it */
	ward_wr_fini(&c->body);
	*c = (struct connection){.fd = WARD_FD_NONE};
}

static void answer(struct desk *k, struct connection *c, const struct ward_decided *d)
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
		hang_up(c);
	ward_wr_fini(&w);
}

static void refuse(struct desk *k, struct connection *c, enum ward_err err, const char *why)
{
	const struct ward_decided d = {.err = err, .why = ward_str_z(why)};

	answer(k, c, &d);
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

static void hand_on(struct desk *k, struct connection *c, enum peer to)
{
	c->to = to;
	c->waits = true;
	c->asked = k->next_id++;
	c->begun = ward_clock_mono(k->p.clock);
	if (ward_wr_bad(&c->body)) {
		refuse(k, c, WARD_ERR_LIMIT,
			WARD_TEXT("the decision is too long; write a shorter text"));
		return;
	}
	send_on(k, c);
}

/* One record of the control lane. False: it has no room. */
static bool append(struct desk *k, struct connection *c, struct ward_event *e)
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
	hand_on(k, c, JOURNAL);
	return true;
}

/* A role or a person of the hospital. */
static bool has_id(void *ctx, struct ward_str id)
{
	const struct desk *k = ctx;

	return desk_people_role(k->people, id) || desk_people_id(k->people, id);
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
	if (err == WARD_ERR_MALFORMED || err == WARD_ERR_LIMIT) {
		refuse(k, c, err, why);
		return;
	}
	ward_event_init(&e, &k->arena);
	if (!err)
		err = ward_decision_to_event(&form, report, &k->names, &e);
	if (err)
		ward_process_die(&k->p, "out of memory", err);
	c->reports = d->kind == WARD_DECISION_REPORT;
	if (!append(k, c, &e))
		refuse(k, c, WARD_ERR_LIMIT,
			WARD_TEXT("the decision is too long; write a shorter text"));
}

/* Is it about what the kind is about? Whether an incident or a run is there, who acts knows. */
static bool fits(struct desk *k, struct connection *c, const struct ward_decision *d)
{
	enum ward_decision_about about = ward_decision_about(d->kind);
	struct ward_id id;

	if (about == WARD_ABOUT_PLACE && !desk_people_place(k->people, d->subject))
		refuse(k, c, WARD_ERR_NOT_FOUND,
			WARD_TEXT("the hospital has no place or thing of that id; write the id of "
				  "a room, "
				  "zone, floor, building, door or asset"));
	else if (about == WARD_ABOUT_INCIDENT && !ward_id_parse(d->subject, &id))
		refuse(k, c, WARD_ERR_MALFORMED,
			WARD_TEXT("that is no incident's id; `ward incident list` shows them"));
	else if (about == WARD_ABOUT_CRISIS && !ward_str_eqz(d->subject, WARD_CRISIS_SUBJECT) &&
		 !ward_id_parse(d->subject, &id))
		refuse(k, c, WARD_ERR_MALFORMED,
			WARD_TEXT("that is no incident's id; write 'crisis' for the crisis as a "
				  "whole"));
	else if (about == WARD_ABOUT_DECISION && !ward_id_parse(d->subject, &id))
		refuse(k, c, WARD_ERR_MALFORMED,
			WARD_TEXT("that is no id of a task or recall; `ward crisis` shows them"));
	else if ((d->kind == WARD_DECISION_NOTE || d->kind == WARD_DECISION_DISMISS ||
			 d->kind == WARD_DECISION_TUNE || d->kind == WARD_DECISION_READ ||
			 d->kind == WARD_DECISION_CANDIDATE || d->kind == WARD_DECISION_STILL ||
			 d->kind == WARD_DECISION_LOOK || d->kind == WARD_DECISION_REVEAL ||
			 d->kind == WARD_DECISION_REVEAL_REVIEW) &&
		 !d->text.len)
		refuse(k, c, WARD_ERR_MALFORMED, WARD_TEXT("say why, in a text"));
	else
		return true;
	return false;
}

/* Ids of decisions become those of events and rows, among which the first of an id counts. Made of
 * what was said and by whom, the same said again is the same, and nobody can take the id of
 * anything else, or of what somebody else will say. */
static struct ward_id own_id(const struct connection *c, const struct ward_decision *d)
{
	struct ward_idgen g;

	ward_idgen_init(&g, "ward decision");
	ward_idgen_str(&g, c->who->id);
	ward_idgen_id(&g, d->id);
	ward_idgen_u64(&g, d->kind);
	ward_idgen_str(&g, d->subject);
	return ward_idgen_final(&g);
}

static void decide(struct desk *k, struct connection *c, struct ward_decision *d)
{
	static const enum peer to[] = {[WARD_DECISION_BRAIN] = JOURNAL,
		[WARD_DECISION_RESPOND] = RESPOND,
		[WARD_DECISION_PLAYBOOK] = PLAYBOOK,
		[WARD_DECISION_ACT] = ACT,
		[WARD_DECISION_CONFIG] = CONFIG,
		[WARD_DECISION_CLIPS] = CLIPS};
	enum peer peer = to[ward_decision_to(d->kind)];
	ward_ns now = ward_clock_now(k->p.clock), off;
	char why[WHY_MAX];
	const char *said;

	d->person = c->who->id;
	if (!c->of_login) /* which may bind them further */
		d->places = c->who->places;
	d->id = c->decided = own_id(c, d);
	if (!desk_person_role(c->who, &d->role, why, sizeof(why))) {
		refuse(k, c, WARD_ERR_DENIED, why);
		return;
	}
	if (!ward_sub(now, d->at, &off) || off > skew_max || off < -skew_max) {
		refuse(k, c, WARD_ERR_STATE,
			WARD_TEXT("its time is more than a minute from this machine's; decide it "
				  "anew"));
		return;
	}
	if (!fits(k, c, d))
		return;
	enum ward_err wrong =
		desk_reveals_check(&k->reveals, d, c->of_login, &k->lim, &c->wish, &said);

	if (wrong) {
		refuse(k, c, wrong, said);
		return;
	}
	if (peer == CLIPS && !c->of_login) { /* which alone knows the rights of who asks */
		refuse(k, c, WARD_ERR_DENIED,
			WARD_TEXT("look at it in the console, or by `ward clip export`, which "
				  "needs no desk"));
		return;
	}
	if (d->kind == WARD_DECISION_PROCESSING && !c->of_login) { /* likewise */
		refuse(k, c, WARD_ERR_DENIED,
			WARD_TEXT("decide it in the console, where it is known whose right it is"));
		return;
	}
	if (k->peer[peer] == WARD_FD_NONE) {
		refuse(k, c, WARD_ERR_NOT_FOUND, peers[peer].absent);
		return;
	}
	c->looks = d->kind == WARD_DECISION_STILL;
	if (c->looks) {
		enum ward_err err = desk_cameras_ask(&k->cameras,
			c->of_login ? d->subject : WARD_STR(""), now, &c->camera, &said);

		if (err) {
			refuse(k, c, err, said);
			return;
		}
	}
	ward_wr_reset(&c->body);
	if (peer == JOURNAL) {
		record(k, c, d);
		return;
	}
	ward_decision_put(&c->body, d);
	hand_on(k, c, peer);
}

/* ---- photos ---- */

/* Puts it on record what became of the photo, and answers then. */
static void tell_photo(struct desk *k, struct connection *c, enum ward_err err)
{
	struct ward_report_photo p = {.report = c->photo.of,
		.person = c->who->id,
		.subject = ward_str_z(c->photo.subject),
		.photo = ward_str_z(c->photo.id),
		.why = ward_str_z(c->photo.why),
		.at = ward_clock_now(k->p.clock)};
	struct ward_event e;

	c->photo.err = err;
	c->photo.tells = true;
	c->reports = false;
	ward_arena_reset(&k->arena);
	ward_event_init(&e, &k->arena);
	if (ward_photo_to_event(&p, &k->names, &e) != WARD_OK || !append(k, c, &e))
		ward_process_die(&k->p, "out of memory", WARD_ERR_NOMEM);
}

/* There is none: why, cut to whole characters, since it becomes a field of an event. */
static void no_photo(struct desk *k, struct connection *c, enum ward_err err, struct ward_str why)
{
	size_t max = sizeof(c->photo.why) - 1, n = why.len < max ? why.len : max;

	while (n < why.len && n && ((uint8_t)why.p[n] & 0xC0) == 0x80)
		n--;
	c->photo.id[0] = 0;
	(void)snprintf(c->photo.why, sizeof(c->photo.why), "%.*s", (int)n, why.p);
	tell_photo(k, c, err);
}

/* Is that a report of somebody who is signed in, which is on record? Of the last ones it is known.
 */
static bool was_reported(const struct desk *k, struct ward_id report)
{
	for (size_t i = 0; i < DESK_LATELY; i++)
		if (i < k->n_lately && ward_id_eq(k->lately[i], report))
			return true;
	return false;
}

/* A piece of a photo of the report that is on record. */
static void hand_in(struct desk *k, struct connection *c, struct ward_photo_piece *p)
{
	const struct ward_decision report = {
		.kind = WARD_DECISION_REPORT, .id = p->id, .subject = p->subject};
	struct ward_idgen person;

	p->id = own_id(c, &report);
	if (!ward_id_eq(c->reported, p->id) && !(c->of_login && was_reported(k, p->id))) {
		refuse(k, c, WARD_ERR_STATE,
			WARD_TEXT("a photo follows its report; say the report first"));
		return;
	}
	ward_idgen_init(&person, "ward photo of person");
	ward_idgen_str(&person, c->who->id);
	p->by = ward_idgen_final(&person);
	c->photo.of = p->id;
	(void)snprintf(
		c->photo.subject, sizeof(c->photo.subject), "%.*s", WARD_STR_ARG(p->subject));
	if (k->peer[PHOTO] == WARD_FD_NONE) {
		no_photo(k, c, WARD_ERR_NOT_FOUND, ward_str_z(peers[PHOTO].absent));
		return;
	}
	ward_wr_reset(&c->body);
	ward_photo_put(&c->body, p);
	hand_on(k, c, PHOTO);
}

/* What became of a piece: of the last one, whether there is a photo. */
static void hear_photo(struct desk *k, struct connection *c, const struct ward_decided *d)
{
	struct ward_id id;

	ward_wipe(c->body.p, c->body.cap); /* a piece of it, not blurred */
	if (d->err) {
		no_photo(k, c, d->err, d->why);
	} else if (ward_photo_said(d->json, &id)) {
		ward_id_text(id, c->photo.id);
		c->photo.why[0] = 0;
		tell_photo(k, c, WARD_OK);
	} else {
		answer(k, c, d);
	}
}

/* It is on record, or could not be. */
static void photo_told(struct desk *k, struct connection *c, const struct ward_decided *recorded)
{
	char text[64];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));
	struct ward_decided d = {.err = c->photo.err, .why = ward_str_z(c->photo.why)};
	struct ward_id id;

	c->photo.tells = false;
	if (!d.err && ward_id_parse(ward_str_z(c->photo.id), &id))
		ward_photo_say(&w, id);
	d.json = ward_wr_text(&w);
	answer(k, c, recorded->err ? recorded : &d);
}

/* Is what it waits for a photo's? */
static bool of_photo(const struct connection *c)
{
	return c->to == PHOTO || c->photo.tells;
}

/* ---- stills ---- */

/* The looking is on record: whoever decodes is asked. */
static void look(struct desk *k, struct connection *c)
{
	ward_wr_reset(&c->body);
	ward_still_ask_put(&c->body, c->decided);
	hand_on(k, c, VIDEO);
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
		answer(k, c,
			&(struct ward_decided){.err = is.why.len ? WARD_ERR_STATE : WARD_OK,
				.why = is.why,
				.json = ward_wr_text(&w)});
	else
		ward_count_name(&k->p.counters, "desk.late_answers", 1);
	ward_wipe(json, w.len);
}

/* ---- connections ---- */

static void serve(struct desk *k, struct connection *c)
{
	struct ward_photo_piece piece;
	struct ward_decision d;
	struct ward_msg m;
	enum ward_err err = ward_msg_recv(c->fd, k->buf, &m);

	if (err == WARD_ERR_AGAIN)
		return;
	if (!err && m.type == WARD_MSG_DECIDE)
		err = ward_decision_get(&m.body, &d);
	else if (!err && m.type == WARD_MSG_PHOTO)
		err = ward_photo_get(&m.body, &piece);
	else if (!err)
		err = WARD_ERR_MALFORMED;
	if (err == WARD_ERR_CLOSED && c->waits && of_photo(c)) {
		c->gone = true;
	} else if (err) { /* gone, or no command of ours */
		ward_count_name(&k->p.counters,
			err == WARD_ERR_CLOSED ? "desk.closed" : "desk.malformed", 1);
		hang_up(c);
	} else if (c->waits && (!of_photo(c) || m.type == WARD_MSG_PHOTO)) {
		c->id = m.id; /* asked again: the answer goes to the last one that asked */
	} else if (m.type == WARD_MSG_PHOTO) {
		c->id = m.id;
		hand_in(k, c, &piece);
	} else { /* also while a photo is waited for: no report does */
		c->id = m.id;
		c->waits = c->photo.tells = false;
		ward_arena_reset(&k->arena);
		decide(k, c, &d);
	}
	/* it may hold a one-time code */
	ward_wipe(k->buf, sizeof(k->buf));
}

/* A decision of somebody who is signed in, or a piece of the photo of their report; who it is,
 * `login` says. */
static enum ward_err of_login(struct ward_msg *m, struct ward_decision *ret_d,
	struct ward_photo_piece *ret_piece, struct ward_str *ret_person)
{
	enum ward_err err = WARD_ERR_MALFORMED;

	if (m->type == WARD_MSG_DECIDE) {
		err = ward_decision_get(&m->body, ret_d);
		*ret_person = ret_d->person;
	} else if (m->type == WARD_MSG_PHOTO) {
		*ret_person = ward_slice_text(ward_rd_lv(&m->body, WARD_DECISION_SUBJECT));
		err = ward_photo_get(&m->body, ret_piece);
	}
	return err;
}

static void hear_login(struct desk *k)
{
	struct ward_photo_piece piece;
	struct connection *c = NULL;
	struct ward_str person = {0};
	struct ward_decision d = {.person = {0}};
	struct ward_msg m;
	enum ward_err err = ward_msg_recv(k->login, k->buf, &m);

	if (err == WARD_ERR_CLOSED)
		ward_process_die(&k->p, "login", err);
	if (err == WARD_ERR_AGAIN)
		return;
	if (err || of_login(&m, &d, &piece, &person) != WARD_OK) {
		ward_count_name(&k->p.counters, "desk.malformed", 1);
		return;
	}
	for (size_t i = CONNECTIONS_MAX; i < SEATS; i++) {
		if (k->conn[i].fd == WARD_FD_NONE)
			c = &k->conn[i];
		else if (k->conn[i].id == m.id) /* asked again: the answer comes */
			return;
	}
	if (!c) /* login asks again */
		return;
	*c = (struct connection){.fd = k->login,
		.of_login = true,
		.id = m.id,
		.who = desk_people_id(k->people, person),
		.since = ward_clock_mono(k->p.clock),
		.body = ward_wr_grow(ward_mem_heap(), WARD_MSG_BODY_MAX)};
	ward_arena_reset(&k->arena);
	if (c->who && m.type == WARD_MSG_PHOTO)
		hand_in(k, c, &piece);
	else if (c->who)
		decide(k, c, &d);
	else
		refuse(k, c, WARD_ERR_DENIED, WARD_TEXT("people.yml has nobody of that id"));
	ward_wipe(k->buf, sizeof(k->buf)); /* it may hold a one-time code */
}

static struct ward_seat seat_of(const struct connection *c)
{
	struct ward_seat s = {.taken = c->fd != WARD_FD_NONE,
		.known = c->waits,
		.busy = c->waits,
		.since = c->since};

	memcpy(s.peer, &c->uid, sizeof(c->uid));
	return s;
}

/* Where the new connection of this user sits; NULL: nowhere. */
static struct connection *place(struct desk *k, uid_t uid)
{
	struct ward_seat seat[CONNECTIONS_MAX];
	uint8_t peer[WARD_SEATS_PEER] = {0};

	memcpy(peer, &uid, sizeof(uid));
	for (size_t i = 0; i < CONNECTIONS_MAX; i++)
		seat[i] = seat_of(&k->conn[i]);
	size_t i = ward_seats_pick(seat, CONNECTIONS_MAX, SHARE, peer);

	if (i == CONNECTIONS_MAX)
		return NULL;
	if (seat[i].taken)
		hang_up(&k->conn[i]);
	return &k->conn[i];
}

/* Nobody that is not listed keeps a connection: told why, and let go. */
static void turn_away(struct desk *k, int fd, uid_t uid)
{
	struct connection c = {.fd = fd};
	char why[WHY_MAX];
	struct ward_wr w = ward_wr_fixed(why, sizeof(why) - 1);

	ward_wr_printf(&w,
		"you (user number %u) are nobody in this hospital's people.yml, and root or who "
		"runs Ward is no person by that; add a line with `user:` and `roles:`, and "
		"start Ward anew",
		(unsigned)uid);
	why[w.len] = 0;
	ward_count_name(&k->p.counters, "desk.strangers", 1);
	refuse(k, &c, WARD_ERR_DENIED, why);
	if (c.fd != WARD_FD_NONE)
		hang_up(&c);
}

static void accept_one(struct desk *k)
{
	int fd = accept4(k->listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	struct ucred u;
	socklen_t len = sizeof(u);

	if (fd < 0)
		return;
	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &u, &len) != 0 || len != sizeof(u)) {
		(void)close(fd);
		return;
	}
	const struct desk_person *who = desk_people_user(k->people, u.uid);

	if (!who) {
		turn_away(k, fd, u.uid);
		return;
	}
	struct connection *c = place(k, u.uid);

	if (!c) {
		ward_count_name(&k->p.counters, "desk.connections_refused", 1);
		(void)close(fd);
		return;
	}
	*c = (struct connection){.fd = fd,
		.who = who,
		.uid = u.uid,
		.since = ward_clock_mono(k->p.clock),
		.body = ward_wr_grow(ward_mem_heap(), WARD_MSG_BODY_MAX)};
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
		if (d.err == WARD_OK && c->reports && c->of_login && !was_reported(k, c->decided))
			k->lately[k->n_lately++ % DESK_LATELY] = c->decided;
		if (d.err == WARD_OK && c->wish.is)
			desk_reveals_answer(&k->reveals, &c->wish, c->decided,
				ward_clock_now(k->p.clock), (struct desk_said){json, sizeof(json)},
				&d);
		else if (d.err == WARD_OK)
			d.json = id_text(c, json);
	} else if (ward_decided_get(&m->body, &d) != WARD_OK) {
		refuse(k, c, WARD_ERR_MALFORMED,
			WARD_TEXT("its answer could not be read; see ward.log"));
		return;
	}
	if (c->looks && c->to == JOURNAL && !d.err)
		look(k, c);
	else if (c->to == PHOTO)
		hear_photo(k, c, &d);
	else if (c->photo.tells)
		photo_told(k, c, &d);
	else
		answer(k, c, &d);
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
			no_photo(k, c, WARD_ERR_AGAIN,
				WARD_STR("nobody made it fit to be kept in time"));
		else if (c->waits && c->to == VIDEO && now - c->begun > patience)
			refuse(k, c, WARD_ERR_AGAIN,
				WARD_TEXT("whoever decodes this camera gives no answer: no picture "
					  "was "
					  "shown"));
		else if (c->waits && now - c->begun > patience)
			refuse(k, c, WARD_ERR_AGAIN,
				WARD_TEXT("no answer from who acts on it: whether it was taken is "
					  "not known; "
					  "decide it again, the log says more"));
		else if (c->waits && now - c->sent > again)
			send_on(k, c);
		else if (!c->waits && now - c->since > idle_max)
			hang_up(c);
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
		if (poll(p, WARD_ARRAY_LEN(p), WAIT_MS) < 0 && errno != EINTR)
			ward_process_die(&k->p, "poll", WARD_ERR_IO);
		for (size_t i = 0; i < PEERS; i++)
			if (k->peer[i] != WARD_FD_NONE && p[2 + i].revents)
				hear(k, (enum peer)i);
		for (size_t i = 0; i < WARD_CAMERAS_MAX; i++)
			if (p[CAMERAS + i].revents)
				hear_video(k, i);
		for (size_t i = 0; i < CONNECTIONS_MAX; i++)
			if (k->conn[i].fd != WARD_FD_NONE && p[2 + PEERS + i].revents)
				serve(k, &k->conn[i]);
		if (p[0].revents)
			accept_one(k);
		if (p[1].revents)
			hear_login(k);
		look_at_clock(k);
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
	desk_reveals_open(&k->reveals, &k->p);
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
			hang_up(&k->conn[i]);
	return ward_process_end(&k->p);
}
