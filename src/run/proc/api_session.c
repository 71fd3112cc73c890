#include "run/proc/api_post.h"
#include "run/proc/api_account.h"

#include <errno.h>
#include <poll.h>
#include <sodium.h>
#include <stdlib.h>

/* So long what `login` said of a session counts; its answer is waited for; that of who acts. */
static const ward_ns counts = 60 * WARD_NS_PER_S, patience = 15 * WARD_NS_PER_S,
		     decides = 30 * WARD_NS_PER_S;

static void key_of(const uint8_t *token, uint8_t ret[32])
{
	(void)crypto_generichash(ret, 32, token, WARD_SIGN_TOKEN, NULL, 0);
}

static struct serve_session *known(struct server *s, const uint8_t *token)
{
	uint8_t key[32];

	key_of(token, key);
	for (size_t i = 0; i < SERVE_SESSIONS; i++)
		if (s->session[i].used && memcmp(s->session[i].key, key, sizeof(key)) == 0)
			return &s->session[i];
	return NULL;
}

struct serve_session *serve_session_find(struct server *s, const uint8_t *token)
{
	struct serve_session *x = known(s, token);

	return x && serve_mono(s) - x->checked < counts &&
			       ward_clock_now(s->p.clock) < x->is.expires
		       ? x
		       : NULL;
}

static void forget(struct serve_session *x)
{
	if (x->body)
		ward_wipe(x->body, x->n);
	free(x->body);
	ward_wipe(x, sizeof(*x));
}

void serve_session_drop(struct server *s, struct serve_session *x)
{
	serve_stream_end_all(s, x);
	forget(x);
}

/* A place for one more; of those without streams the one that asked for nothing for longest goes.
 */
static struct serve_session *place(struct server *s)
{
	struct serve_session *oldest = NULL;

	for (size_t i = 0; i < SERVE_SESSIONS; i++) {
		struct serve_session *x = &s->session[i];

		if (!x->used)
			return x;
		if (!x->n_stream && (!oldest || x->seen < oldest->seen))
			oldest = x;
	}
	if (oldest)
		serve_session_drop(s, oldest);
	return oldest;
}

struct serve_session *serve_session_keep(
	struct server *s, const uint8_t *token, struct ward_slice body)
{
	struct serve_session *x = known(s, token);
	uint8_t *copy = malloc(body.len ? body.len : 1);
	struct ward_signed d;

	serve_need(s, copy ? WARD_OK : WARD_ERR_NOMEM);
	memcpy(copy, body.p, body.len);
	struct ward_rd r = ward_rd_from(copy, body.len);

	if (ward_signed_get(&r, &d) != WARD_OK || !d.has_session || (!x && !(x = place(s)))) {
		free(copy);
		return NULL;
	}
	if (!x->used) {
		*x = (struct serve_session){.used = true, .seen = serve_mono(s)};
		key_of(token, x->key);
		memcpy(x->token, token, WARD_SIGN_TOKEN);
	}
	if (x->body)
		ward_wipe(x->body, x->n);
	free(x->body);
	x->body = copy;
	x->n = body.len;
	x->is = d.session;
	x->checked = x->asked = serve_mono(s);
	return x;
}

/* ---- what login is asked ---- */

static bool decides_it(const struct serve_pending *p)
{
	return p->question == SERVE_DECIDE || p->question == SERVE_READ ||
	       p->question == SERVE_STILL;
}

static void unanswered(struct server *s, const struct serve_pending *p)
{
	if (!p->ask)
		return;
	if (decides_it(p))
		serve_problem(s, p->ask, 503,
			WARD_TEXT("there was no answer in time: it may have been taken; send it "
				  "again with the same id"));
	else
		serve_problem(
			s, p->ask, 503, WARD_TEXT("accounts can't be asked just now; try again"));
}

void serve_ask_login(struct server *s, const struct serve_pending *like, enum ward_msg_type type,
	struct ward_slice body)
{
	struct serve_pending *p = NULL;
	enum ward_err err = s->login == WARD_FD_NONE ? WARD_ERR_STATE : WARD_ERR_FULL;

	for (size_t i = 0; i < SERVE_PENDING && !p; i++)
		p = s->pending[i].used ? NULL : &s->pending[i];
	uint32_t id = s->next_id++;

	if (p && s->login != WARD_FD_NONE)
		err = ward_msg_send(s->login, type, id, body);
	if (err) {
		ward_count_name(&s->p.counters, "api.login_unasked", 1);
		unanswered(s, like);
		return;
	}
	*p = *like;
	p->used = true;
	p->id = id;
	p->until = serve_mono(s) + (decides_it(like) ? decides : patience);
}

void serve_ask_who(struct server *s, struct ward_httpd_ask *a, const uint8_t *token)
{
	struct serve_pending p = {.question = a ? SERVE_WHO : SERVE_LOOK, .ask = a};
	struct ward_sign sign = {.what = WARD_SIGN_CHECK};
	struct ward_wr w = ward_wr_fixed(s->message, sizeof(s->message));

	/* a page that only listens does not keep its session alive */
	if (!a || ward_str_eqz(a->path, WARD_API_PATH "events"))
		sign.what = WARD_SIGN_LOOK;
	if (a)
		memcpy(sign.from, a->peer, sizeof(sign.from));
	memcpy(sign.token, token, sizeof(sign.token));
	memcpy(p.token, token, sizeof(p.token));
	p.what = sign.what;
	ward_sign_put(&w, &sign);
	serve_ask_login(s, &p, WARD_MSG_SIGN, ward_wr_slice(&w));
	ward_wipe(&sign, sizeof(sign));
	ward_wipe(&p, sizeof(p));
}

/* ---- what it answers ---- */

static void told_who(struct server *s, const struct serve_pending *p, const struct ward_signed *d,
	struct ward_slice body)
{
	struct serve_session *x = known(s, p->token);

	if (!d->err && d->has_session)
		x = serve_session_keep(s, p->token, body);
	else if (d->err == WARD_ERR_CLOSED || d->err == WARD_ERR_DENIED) {
		if (x)
			serve_session_drop(s, x);
		x = NULL;
	} else {
		unanswered(s, p); /* it could not say: what is known counts until it ends */
		return;
	}
	if (p->ask)
		serve_dispatch(s, p->ask, x);
}

static void take(struct server *s, const struct ward_msg *m)
{
	struct ward_rd r = m->body, all = m->body;
	struct ward_slice body = ward_rd_rest(&all);
	struct serve_pending *p = NULL, was;
	struct ward_signed d;
	struct ward_decided decided;

	for (size_t i = 0; i < SERVE_PENDING && !p; i++)
		p = s->pending[i].used && s->pending[i].id == m->id ? &s->pending[i] : NULL;
	bool decision = p && decides_it(p);

	if (!p || m->type != (decision ? WARD_MSG_DECIDED : WARD_MSG_SIGNED)) {
		ward_count_name(&s->p.counters, "api.login_late", 1);
		return;
	}
	was = *p;
	ward_wipe(p, sizeof(*p));
	enum ward_err err = decision ? ward_decided_get(&r, &decided) : ward_signed_get(&r, &d);

	if (err) {
		ward_count_name(&s->p.counters, "api.login_malformed", 1);
		unanswered(s, &was);
	} else if (decision) {
		serve_decided(s, &was, &decided);
	} else if (was.question == SERVE_SEARCHED) {
		if (d.err)
			ward_count_name(&s->p.counters, "api.searches_untold", 1);
	} else if (was.question == SERVE_SENSOR) {
		serve_sensor_told(s, &was, &d);
	} else if (was.question == SERVE_SIGN) {
		serve_signed(s, &was, &d, body);
	} else if (was.question == SERVE_ENTER) {
		serve_entered(s, &was, &d, body);
	} else {
		told_who(s, &was, &d, body);
	}
	ward_wipe(&was, sizeof(was));
}

static bool readable(int fd)
{
	struct pollfd p = {fd, POLLIN, 0};

	return fd != WARD_FD_NONE && poll(&p, 1, 0) == 1;
}

void serve_hear_login(struct server *s)
{
	ward_ns now = serve_mono(s);

	for (int i = 0; i < 64 && readable(s->login); i++) {
		struct ward_msg m;
		enum ward_err err = ward_msg_recv(s->login, s->buf, &m);

		if (err == WARD_ERR_CLOSED || err == WARD_ERR_IO)
			ward_process_die(&s->p, "the link with login", err);
		if (!err) {
			size_t n = ward_rd_left(&m.body);

			take(s, &m);
			ward_wipe(s->buf, WARD_MSG_HEADER + n);
		}
	}
	for (size_t i = 0; i < SERVE_PENDING; i++) {
		struct serve_pending was = s->pending[i];

		if (!was.used || now < was.until)
			continue;
		ward_wipe(&s->pending[i], sizeof(s->pending[i]));
		ward_count_name(&s->p.counters, "api.login_silent", 1);
		unanswered(s, &was);
	}
}
