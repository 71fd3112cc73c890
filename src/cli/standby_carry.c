/* The machine that follows takes what the other keeps. */
#include "cli/standby_carry.h"

#include "backup/mirror.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

/* At most so many pieces are asked for and not there. */
enum { WINDOW = 16, SHARE = 20 };

/* A copy is asked for so long after the last, and not for more than a twentieth of the time. */
static const ward_ns least = 10 * WARD_NS_PER_S, after_failure = 2 * WARD_NS_PER_S,
		     lost_after = 120 * WARD_NS_PER_S, piece_lost_after = 5 * WARD_NS_PER_S,
		     denied_every = 60 * WARD_NS_PER_S;

struct taking {
	const struct ward_cli_carrying *c;
	uint8_t id[WARD_MIRROR_SUM]; /* of what we have */
	struct ward_mirror_in *in;   /* of what comes; NULL: nothing */
	uint64_t number, bytes, got, asked, wall;
	ward_ns next, began, heard; /* monotonic; next: when it asks, or asks again */
};

static void send_it(const struct ward_cli_carrying *c, const struct ward_wr *w)
{
	if (!ward_wr_bad(w) && w->len)
		(void)send(c->link, w->p, w->len, MSG_NOSIGNAL | MSG_DONTWAIT);
}

void ward_cli_standby_say(const struct ward_cli_carrying *c, const struct ward_carry *what)
{
	static uint8_t text[WARD_CARRY_MAX], bytes[WARD_CARRY_SEALED_MAX];
	struct ward_wr t = ward_wr_fixed(text, sizeof(text)),
		       w = ward_wr_fixed(bytes, sizeof(bytes));
	bool own = what->what == WARD_CARRY_HAS || what->what == WARD_CARRY_OURS;

	ward_carry_write(&t, what);
	WARD_ASSERT(!ward_wr_bad(&t));
	if (own)
		send_it(c, &t);
	else if (ward_carry_seal_put(c->seal, ward_wr_slice(&t), &w) == WARD_OK)
		send_it(c, &w);
}

void ward_cli_standby_begin(const struct ward_cli_carrying *c)
{
	uint8_t bytes[128];
	struct ward_wr w = ward_wr_fixed(bytes, sizeof(bytes));

	ward_carry_seal_begin(c->seal, &w);
	send_it(c, &w);
}

/* Words of our own `standby`, which hands on none of the other's. */
static bool is_own_word(const struct ward_cli_carrying *c, struct ward_slice said)
{
	return said.len == 1 &&
	       said.p[0] == (c->seal->gives ? WARD_CARRY_STOPPED : WARD_CARRY_AGAIN);
}

enum ward_err ward_cli_standby_hear(
	const struct ward_cli_carrying *c, int ms, uint8_t *bytes, struct ward_carry *ret)
{
	static uint8_t came[WARD_CARRY_SEALED_MAX];
	struct pollfd p = {c->link, POLLIN, 0};
	uint8_t answer[128];
	struct ward_wr w = ward_wr_fixed(answer, sizeof(answer));
	struct ward_slice text;
	ssize_t n;
	enum ward_err err;

	if (poll(&p, 1, ms) <= 0)
		return WARD_ERR_AGAIN;
	n = recv(c->link, came, sizeof(came), MSG_DONTWAIT);
	if (n == 0)
		return WARD_ERR_CLOSED;
	if (n < 0)
		return errno == EAGAIN || errno == EINTR ? WARD_ERR_AGAIN : WARD_ERR_CLOSED;
	text = ward_slice_of(came, (size_t)n);
	if (is_own_word(c, text))
		return ward_carry_read(text, ret);
	err = ward_carry_seal_get(c->seal, text, bytes, &w, &text);
	send_it(c, &w);
	return err ? err : ward_carry_read(text, ret);
}

static ward_ns now(void)
{
	return ward_clock_mono(ward_clock_system());
}

static void drop(struct taking *t, ward_ns after)
{
	ward_mirror_in_free(t->in);
	t->in = NULL;
	t->next = now() + after;
}

/* Without a session one is begun first: its answer asks. */
static void ask(struct taking *t)
{
	if (!t->c->seal->ready) {
		drop(t, after_failure);
		ward_cli_standby_begin(t->c);
		return;
	}
	drop(t, lost_after);
	t->began = now();
	ward_cli_standby_say(t->c, &(struct ward_carry){.what = WARD_CARRY_ASK, .id = t->id});
}

static void fails(struct taking *t, enum ward_err err)
{
	(void)ward_cli_fail(t->c->cmd,
		"what the other machine keeps can't be kept here: %s; it is tried again",
		err == WARD_ERR_VERSION
			? "its database is of a newer Ward: install here the version that it has"
			: ward_err_text(err));
	if (err == WARD_ERR_NOT_FOUND) /* all of it, then */
		memset(t->id, 0, sizeof(t->id));
	drop(t, err == WARD_ERR_FULL ? least : after_failure);
}

static void want(struct taking *t)
{
	while (t->asked < t->bytes && t->asked - t->got < (uint64_t)WINDOW * WARD_CARRY_PIECE) {
		ward_cli_standby_say(
			t->c, &(struct ward_carry){
				      .what = WARD_CARRY_WANT, .number = t->number, .n = t->asked});
		t->asked += WARD_CARRY_PIECE;
	}
}

bool ward_cli_standby_has_aside(const char *state)
{
	char path[PATH_MAX + 16];
	const struct dirent *e = NULL;
	bool found = false;

	(void)snprintf(path, sizeof(path), "%s/standby", state);
	DIR *d = opendir(path);

	while (d && !found && (e = readdir(d)) != NULL)
		found = strncmp(e->d_name, "aside-", 6) == 0;
	if (d)
		(void)closedir(d);
	return found;
}

/* We have what the other had at that time. What was set aside here, if anything, was so before: the
 * journal is followed first. */
static void has(struct taking *t)
{
	ward_ns took = now() - t->began;
	char why[WARD_MIRROR_WHY];

	if (ward_mirror_retire(t->c->state, ward_cli_standby_has_aside(t->c->state), why) !=
		WARD_OK)
		(void)ward_cli_fail(t->c->cmd,
			"what this machine kept when it led can't be removed: %s; it is tried "
			"again",
			why);
	ward_cli_standby_say(
		t->c, &(struct ward_carry){
			      .what = WARD_CARRY_OURS, .mono = (uint64_t)now(), .wall = t->wall});
	drop(t, took * SHARE > least ? took * SHARE : least);
}

static void on_given(struct taking *t, const struct ward_carry *c)
{
	enum ward_err err;

	drop(t, lost_after);
	err = ward_mirror_in_new(t->c->state, ward_mem_heap(), &t->in);
	if (err) {
		fails(t, err);
		return;
	}
	t->number = c->number;
	t->bytes = c->n;
	t->wall = c->wall;
	t->got = t->asked = 0;
	t->heard = now();
	want(t);
}

static void on_bytes(struct taking *t, const struct ward_carry *c)
{
	enum ward_err err;

	if (!t->in || c->number != t->number || c->n != t->got || !c->data.len)
		return;
	t->heard = now();
	t->next = t->heard + lost_after;
	err = ward_mirror_in_feed(t->in, c->data);
	t->got += c->data.len;
	if (!err && t->got < t->bytes) {
		want(t);
		return;
	}
	if (!err)
		err = ward_mirror_in_done(t->in, t->id);
	if (err) {
		fails(t, err);
		return;
	}
	ward_cli_standby_say(t->c, &(struct ward_carry){.what = WARD_CARRY_KEPT, .id = t->id});
	has(t);
}

static void on_said(struct taking *t, const struct ward_carry *c)
{
	if (c->what == WARD_CARRY_AGAIN) { /* on another link, or for the last time */
		t->c->seal->ready = false;
		ask(t);
	} else if (c->what == WARD_CARRY_GIVEN) {
		on_given(t, c);
	} else if (c->what == WARD_CARRY_BYTES) {
		on_bytes(t, c);
	} else if (c->what == WARD_CARRY_NONE) {
		drop(t, after_failure);
	} else if (c->what == WARD_CARRY_SAME && memcmp(c->id, t->id, sizeof(t->id)) == 0) {
		t->wall = c->wall;
		has(t);
	}
}

void ward_cli_standby_denied(const struct ward_cli_carrying *c)
{
	static ward_ns said;

	if (said && now() - said < denied_every)
		return;
	said = now();
	(void)ward_cli_fail(c->cmd,
		"what should be of the other machine is not made with our --carry-key: have both "
		"the same? Nothing of it is taken");
}

int ward_cli_standby_take(const struct ward_cli_carrying *c)
{
	static uint8_t bytes[WARD_CARRY_MAX];
	struct taking t = {.c = c, .next = now()};
	struct ward_carry said;
	enum ward_err err = WARD_OK;

	ward_mirror_id(c->state, ward_mem_heap(), t.id);
	while (err != WARD_ERR_CLOSED) {
		bool ready = c->seal->ready;

		err = ward_cli_standby_hear(c, 200, bytes, &said);
		if (!err)
			on_said(&t, &said);
		else if (err == WARD_ERR_AGAIN && !ready && c->seal->ready)
			ask(&t);
		else if (err == WARD_ERR_STATE && ready) { /* who gives was begun anew */
			c->seal->ready = false;
			drop(&t, after_failure);
		}
		if (err == WARD_ERR_DENIED || err == WARD_ERR_MALFORMED)
			ward_cli_standby_denied(c);
		if (t.in && now() - t.heard > piece_lost_after) { /* once more from what we have */
			t.asked = t.got;
			t.heard = now();
			want(&t);
		}
		if (now() >= t.next)
			ask(&t);
	}
	ward_mirror_in_free(t.in);
	return WARD_EXIT_DONE;
}
