#include "run/proc/login_direct.h"

#include "words/words.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

enum { STILL_MOST = 4 /* that are asked about at once */ };

/* `directory` gives up after eight seconds, and may have another question in hand. */
static const ward_ns patience = 12 * WARD_NS_PER_S, look_every = 30 * WARD_NS_PER_S;

static ward_ns mono(const struct login_direct *d)
{
	return ward_clock_mono(d->p->clock);
}

void login_direct_open(struct login_direct *d, struct ward_process *p)
{
	d->p = p;
	d->link = ward_process_fd(p, "directory");
	d->roster = ward_process_fd(p, "roster");
	d->next_id = ward_process_ids();
	if (d->link != WARD_FD_NONE && fcntl(d->link, F_SETFL, O_NONBLOCK) != 0)
		ward_process_die(p, "directory", WARD_ERR_IO);
}

static void forget(struct login_asked *x)
{
	if (x->body.p)
		ward_wipe(x->body.p, x->body.cap); /* a password may be in it */
	ward_wr_fini(&x->body);
	*x = (struct login_asked){.why = ASKED_FREE};
}

void login_direct_end(struct login_direct *d)
{
	for (size_t i = 0; i < LOGIN_ASKED; i++)
		if (d->asked[i].why)
			forget(&d->asked[i]);
}

/* ---- asking ---- */

static struct login_asked *place(struct login_direct *d)
{
	for (size_t i = 0; i < LOGIN_ASKED; i++)
		if (!d->asked[i].why)
			return &d->asked[i];
	return NULL;
}

/* False: it can't be asked; x is free. */
static bool ask(struct login_direct *d, struct login_asked *x, const struct ward_direct *what)
{
	uint8_t out[WARD_OIDC_CODE + 4096];
	struct ward_wr w = ward_wr_fixed(out, sizeof(out));

	x->id = d->next_id++;
	x->until = mono(d) + patience;
	ward_direct_put(&w, what);
	bool ok = !ward_wr_bad(&w) && !ward_wr_bad(&x->body) &&
		  ward_msg_send(d->link, WARD_MSG_DIRECT, x->id, ward_wr_slice(&w)) == WARD_OK;

	ward_wipe(out, sizeof(out));
	ward_count_name(
		&d->p->counters, ok ? "login.asked_directory" : "login.directory_unasked", 1);
	if (!ok)
		forget(x);
	return ok;
}

/* A place for what `api` asked; NULL: it was answered that there is none, or it waits already. */
static struct login_asked *begin(struct login_direct *d, uint32_t id, unsigned why)
{
	struct ward_signed busy = {.err = WARD_ERR_AGAIN,
		.why = ward_str_z(WARD_TEXT("many sign in just now; try again in a moment")),
		.wait = 2 * WARD_NS_PER_S};
	struct login_asked *x = place(d);

	for (size_t i = 0; i < LOGIN_ASKED; i++)
		if (d->asked[i].why && d->asked[i].why != ASKED_STILL && d->asked[i].asked == id)
			return NULL;
	if (!x) {
		d->say(d->ctx, id, &busy);
		return NULL;
	}
	x->why = why;
	x->asked = id;
	x->body = ward_wr_grow(ward_mem_heap(), WARD_MSG_BODY_MAX);
	return x;
}

/* Whom they name is somebody with another id here. */
static void by_own_password(struct login_direct *d, uint32_t id, const struct ward_sign *s)
{
	const struct ward_session *who = ward_signers_named(d->who, s->person);
	struct ward_sign as = *s;

	as.person = who ? who->person : s->person;
	d->turn(d->ctx, id, &as);
}

bool login_direct_sign(struct login_direct *d, uint32_t id, const struct ward_sign *s)
{
	struct ward_direct what;
	struct ward_signed no;

	if (d->link == WARD_FD_NONE || !ward_signing_asks(d->signing, s, &what) ||
		what.what == WARD_DIRECT_STILL) /* once the password is right */
		return false;
	if (!ward_signing_may_ask(d->signing, s, &no)) {
		d->say(d->ctx, id, &no);
		return true;
	}
	struct login_asked *x = begin(d, id, ASKED_PASSWORD);

	if (!x)
		return true;
	x->since = s->since;
	ward_sign_put(&x->body, s);
	if (!ask(d, x, &what))
		by_own_password(d, id, s);
	return true;
}

void login_direct_word(struct login_direct *d, uint32_t id, const struct ward_sign *s)
{
	static const struct ward_directed silent = {.err = WARD_ERR_AGAIN};
	struct login_asked *x = begin(d, id, ASKED_PASSWORD);
	struct ward_direct what;
	struct ward_signed ret;

	if (!x)
		return;
	x->since = s->since;
	ward_sign_put(&x->body, s);
	if (d->link != WARD_FD_NONE && ward_signing_asks(d->signing, s, &what) && ask(d, x, &what))
		return;
	if (x->why)
		forget(x);
	(void)ward_signing_told(d->signing, s, &silent, &ret);
	by_own_password(d, id, s);
}

static void unreached(struct login_direct *d, uint32_t id, const struct ward_enter *e)
{
	const struct ward_directed lost = {.err = WARD_ERR_AGAIN};
	struct ward_signed ret;

	ward_signing_entered(d->signing, e, &lost, &ret);
	d->say(d->ctx, id, &ret);
}

void login_direct_enter(struct login_direct *d, const struct ward_msg *m)
{
	struct ward_rd r = m->body;
	struct ward_entering was;
	struct ward_direct what;
	struct ward_signed no = {.err = WARD_ERR_MALFORMED};
	struct ward_enter e;
	bool asks = false;

	if (ward_enter_get(&r, &e) != WARD_OK)
		ward_count_name(&d->p->counters, "login.malformed", 1);
	else if (e.what == WARD_ENTER_WAYS)
		ward_signing_ways(d->signing, &no);
	else if (e.what == WARD_ENTER_BEGIN)
		asks = ward_signing_enter(d->signing, &e, mono(d), &what, &no);
	else
		asks = ward_signing_come_back(d->signing, &e, mono(d), &was, &what, &no);
	if (!asks) {
		d->say(d->ctx, m->id, &no);
		return;
	}
	/* which post it is was told when it went: it comes from elsewhere, without that cookie */
	if (e.what == WARD_ENTER_FINISH)
		memcpy(e.device, was.device, sizeof(e.device));
	struct login_asked *x = begin(d, m->id, ASKED_ENTER);

	if (x)
		ward_enter_put(&x->body, &e);
	if (x && !ask(d, x, &what))
		unreached(d, m->id, &e);
	ward_wipe(&was, sizeof(was));
}

/* ---- answers ---- */

static void told(struct login_direct *d, struct login_asked *x, const struct ward_directed *a)
{
	struct ward_rd r = ward_rd_slice(ward_wr_slice(&x->body));
	struct ward_signed ret = {.err = WARD_ERR_MALFORMED};
	struct ward_enter e;
	struct ward_sign s;

	if (x->why == ASKED_STILL) {
		ward_signing_still(d->signing, ward_wr_text(&x->body), a);
	} else if (x->why == ASKED_ENTER && ward_enter_get(&r, &e) == WARD_OK) {
		ward_signing_entered(d->signing, &e, a, &ret);
		d->say(d->ctx, x->asked, &ret);
	} else if (x->why == ASKED_PASSWORD && ward_sign_get(&r, &s) == WARD_OK) {
		s.since = x->since;
		if (ward_signing_told(d->signing, &s, a, &ret))
			d->say(d->ctx, x->asked, &ret);
		else
			by_own_password(d, x->asked, &s);
	} else {
		ward_process_die(d->p, "a message of our own", WARD_ERR_STATE);
	}
	ward_wipe(ret.token, sizeof(ret.token));
	forget(x);
}

bool login_direct_hear(struct login_direct *d)
{
	struct ward_msg m;
	struct ward_directed a;
	enum ward_err err =
		d->link == WARD_FD_NONE ? WARD_ERR_AGAIN : ward_msg_recv(d->link, d->buf, &m);

	if (err == WARD_ERR_CLOSED)
		ward_process_die(d->p, "directory", err);
	if (err == WARD_ERR_AGAIN)
		return false;
	if (err || m.type != WARD_MSG_DIRECTED || ward_directed_get(&m.body, &a) != WARD_OK) {
		ward_count_name(&d->p->counters, "login.directory_malformed", 1);
		return true;
	}
	for (size_t i = 0; i < LOGIN_ASKED; i++)
		if (d->asked[i].why && d->asked[i].id == m.id) {
			told(d, &d->asked[i], &a);
			return true;
		}
	ward_count_name(&d->p->counters, "login.directory_late", 1);
	return true;
}

/* ---- time ---- */

static void look_at_roster(struct login_direct *d)
{
	ssize_t n =
		d->roster == WARD_FD_NONE ? 0 : pread(d->roster, d->on_call, sizeof(d->on_call), 0);

	/* its first line says whether there is one, so that nobody on call is not the same as no
	 * roster */
	ward_signing_roster(d->signing,
		n > 0 ? (struct ward_str){d->on_call, (size_t)n} : (struct ward_str){NULL, 0});
}

static void ask_about(struct login_direct *d)
{
	struct ward_direct what;
	size_t n = 0;

	for (size_t i = 0; i < LOGIN_ASKED; i++)
		n += d->asked[i].why == ASKED_STILL;
	while (d->link != WARD_FD_NONE && n++ < STILL_MOST) {
		struct login_asked *x = place(d);

		if (!x || !ward_signing_due(d->signing, mono(d), &what))
			return;
		x->why = ASKED_STILL;
		x->body = ward_wr_grow(ward_mem_heap(), WARD_ACCOUNT_KEY + 1);
		ward_wr_str(&x->body, what.name);
		if (!ask(d, x, &what))
			return;
	}
}

void login_direct_look(struct login_direct *d)
{
	static const struct ward_directed silent = {.err = WARD_ERR_AGAIN};

	for (size_t i = 0; i < LOGIN_ASKED; i++)
		if (d->asked[i].why && mono(d) >= d->asked[i].until)
			told(d, &d->asked[i], &silent);
	if (!d->looked || mono(d) - d->looked >= look_every) {
		d->looked = mono(d);
		look_at_roster(d);
	}
	ask_about(d);
}
