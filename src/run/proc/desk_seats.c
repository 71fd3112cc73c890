/* Who is at the desk: people at its socket, of whom the kernel says which user they are, and those
 * for whom `login` speaks. Nobody who is not listed keeps a seat. */
#include "run/proc/desk.h"
#include "run/seats.h"

#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

enum { WHY_MAX = 320 };

void desk_serve(struct desk *k, struct connection *c)
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
	if (err == WARD_ERR_CLOSED && c->waits && desk_of_photo(c)) {
		c->gone = true;
	} else if (err) { /* gone, or no command of ours */
		ward_count_name(&k->p.counters,
			err == WARD_ERR_CLOSED ? "desk.closed" : "desk.malformed", 1);
		desk_hang_up(c);
	} else if (c->waits && (!desk_of_photo(c) || m.type == WARD_MSG_PHOTO)) {
		c->id = m.id; /* asked again: the answer goes to the last one that asked */
	} else if (m.type == WARD_MSG_PHOTO) {
		c->id = m.id;
		desk_photo_hand_in(k, c, &piece);
	} else { /* also while a photo is waited for: no report does */
		c->id = m.id;
		c->waits = c->photo.tells = false;
		ward_arena_reset(&k->arena);
		desk_decide(k, c, &d);
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

void desk_hear_login(struct desk *k)
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
		desk_photo_hand_in(k, c, &piece);
	else if (c->who)
		desk_decide(k, c, &d);
	else
		desk_refuse(k, c, WARD_ERR_DENIED, WARD_TEXT("people.yml has nobody of that id"));
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
		desk_hang_up(&k->conn[i]);
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
	desk_refuse(k, &c, WARD_ERR_DENIED, why);
	if (c.fd != WARD_FD_NONE)
		desk_hang_up(&c);
}

/* Who may decide, and has no seat now. */
static void put_off(struct desk *k, int fd)
{
	struct connection c = {.fd = fd};

	ward_count_name(&k->p.counters, "desk.connections_refused", 1);
	desk_refuse(k, &c, WARD_ERR_AGAIN,
		WARD_TEXT("as many decisions of yours as may wait for an answer wait already, or "
			  "the desk is full: this one was not taken; decide it again once one is "
			  "answered"));
	if (c.fd != WARD_FD_NONE)
		desk_hang_up(&c);
}

void desk_accept(struct desk *k)
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
		put_off(k, fd);
		return;
	}
	*c = (struct connection){.fd = fd,
		.who = who,
		.uid = u.uid,
		.since = ward_clock_mono(k->p.clock),
		.body = ward_wr_grow(ward_mem_heap(), WARD_MSG_BODY_MAX)};
}
