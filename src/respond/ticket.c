#include "respond/ticket.h"

#include "conf/conf.h"
#include "respond/ticket_request.h"

#include <sodium.h>
#include <stdio.h>

enum {
	LETTER_BYTES = 128 * (160 << 10), /* a letter as a tree: a value for every other byte */
	ANSWER_BYTES = 128 * WARD_WEBHOOK_ANSWER,
	VALUE_BYTES = 1 << 20,
	ID_BYTES = 128, /* of a ticket, or a session */
	LOGIN_BYTES = 2048,
};

/* What is to be so of an incident's ticket. */
enum wanted {
	WANT_LOOK,   /* is it closed there? */
	WANT_AGAIN,  /* it was: is it still? */
	WANT_OPEN,   /* there is one, and it says what is new */
	WANT_UPDATE, /* the same of one that was made before */
	WANT_REOPEN, /* the same; one that is closed is opened again */
	WANT_CLOSED, /* there is none that is open */
};

struct item {
	struct ward_id id;
	enum wanted want;
	const struct ward_conf *c; /* WANT_LOOK, of a test: NULL */
};

/* How far a letter came that failed on its way. */
struct reached {
	struct ward_id id; /* of the letter; of a look, of the incident that it goes on with */
	bool any, made;
	bool unheard; /* a ticket was refused, and nobody heard it */
	size_t at;
};

struct ward_ticket {
	struct ward_ticket_opts o;
	struct ward_httpmsg *answer;
	struct ward_arena letter, scratch;
	struct ward_wr login, text, reason;
	/* of the letter in hand */
	struct ward_id id;
	bool any, resumes; /* resumes: it failed, and may come again */
	struct item item[WARD_TICKET_ITEMS];
	size_t n, at;
	struct ward_outcome outcome, refused; /* refused: the first look of it that was */
	enum ward_ticket_do doing;            /* the request that is due, or was sent */
	bool connected;
	bool made;                   /* it was just made, and is looked for */
	bool unheard;                /* as of what was reached */
	bool blind;                  /* what was made is not found: no more is made */
	struct reached kept, looked; /* of letters that were put aside: a look may come between */
	char session[ID_BYTES + 1], ticket[ID_BYTES + 1];
};

enum ward_err ward_ticket_new(const struct ward_ticket_opts *o, struct ward_ticket **ret)
{
	struct ward_ticket *t = ward_mem_alloc(o->mem, sizeof(*t));
	const struct ward_httpmsg_opts http = {.mem = o->mem, .body_max = WARD_WEBHOOK_ANSWER};
	size_t len = sodium_base64_ENCODED_LEN(
		o->user.len + 1 + o->secret.len, sodium_base64_VARIANT_ORIGINAL);
	struct ward_wr both = ward_wr_grow(o->mem, LOGIN_BYTES);

	if (!t)
		return WARD_ERR_NOMEM;
	t->o = *o;
	ward_arena_init(&t->letter, o->mem, LETTER_BYTES);
	ward_arena_init(&t->scratch, o->mem, ANSWER_BYTES);
	t->login = ward_wr_grow(o->mem, LOGIN_BYTES);
	t->text = t->reason = ward_wr_grow(o->mem, VALUE_BYTES);
	ward_wr_str(&both, o->user); /* RFC 7617, 2 */
	ward_wr_ch(&both, ':');
	ward_wr_str(&both, o->secret);
	char *to = (char *)ward_wr_room(&t->login, len); /* with its NUL, which is given back */

	if (to && !ward_wr_bad(&both)) {
		(void)sodium_bin2base64(to, len, both.p, both.len, sodium_base64_VARIANT_ORIGINAL);
		t->login.len--;
	}
	bool bad = !to || ward_wr_bad(&both) || ward_httpmsg_new(&http, &t->answer) != WARD_OK;

	if (both.p)
		ward_wipe(both.p, both.len);
	ward_wr_fini(&both);
	if (bad) {
		ward_ticket_free(t);
		return WARD_ERR_NOMEM;
	}
	*ret = t;
	return WARD_OK;
}

void ward_ticket_free(struct ward_ticket *t)
{
	if (!t)
		return;
	const struct ward_mem *mem = t->o.mem;

	if (t->login.p)
		ward_wipe(t->login.p, t->login.len);
	ward_wr_fini(&t->login);
	ward_wr_fini(&t->text);
	ward_wr_fini(&t->reason);
	ward_httpmsg_free(t->answer);
	ward_arena_fini(&t->letter);
	ward_arena_fini(&t->scratch);
	ward_wipe(t->session, sizeof(t->session));
	ward_mem_free(mem, t, sizeof(*t));
}

const struct ward_outcome *ward_ticket_outcome(const struct ward_ticket *t)
{
	return &t->outcome;
}

/* ---- the letter ---- */

static bool take_look(struct ward_ticket *t, const struct ward_conf *list, enum wanted want)
{
	for (const struct ward_conf *i = list->child; i; i = i->next) {
		struct item *it = &t->item[t->n];

		if (t->n == WARD_TICKET_ITEMS || i->kind != WARD_CONF_SCALAR ||
			!ward_id_parse(i->text, &it->id))
			return false;
		it->want = want;
		it->c = NULL;
		t->n++;
	}
	return true;
}

static bool take_tickets(struct ward_ticket *t, const struct ward_conf *list)
{
	static const char *const what[] = {[WANT_OPEN] = "open",
		[WANT_UPDATE] = "update",
		[WANT_REOPEN] = "reopen",
		[WANT_CLOSED] = "close"};

	for (const struct ward_conf *i = list->child; i; i = i->next) {
		struct item *it = &t->item[t->n];
		size_t k = WANT_OPEN;

		while (k <= WANT_CLOSED && !ward_str_eqz(ward_conf_word(i, "do"), what[k]))
			k++;
		if (t->n == WARD_TICKET_ITEMS || k > WANT_CLOSED ||
			!ward_id_parse(ward_conf_word(i, "incident"), &it->id))
			return false;
		it->want = (enum wanted)k;
		it->c = i;
		t->n++;
	}
	return true;
}

static bool take_letter(struct ward_ticket *t, const struct ward_conf *c)
{
	const struct ward_conf *look = ward_conf_get(c, "look"),
			       *closed = ward_conf_get(c, "closed"),
			       *tickets = ward_conf_get(c, "tickets");

	t->n = 0;
	if (ward_str_eqz(ward_conf_word(c, "schema"), "ward.test/1")) { /* is one let in? */
		t->item[t->n++] = (struct item){t->id, WANT_LOOK, NULL};
		return true;
	}
	return ward_str_eqz(ward_conf_word(c, "schema"), "ward.tickets/1") &&
	       (look || closed || tickets) && (!look || take_look(t, look, WANT_LOOK)) &&
	       (!closed || take_look(t, closed, WANT_AGAIN)) &&
	       (!tickets || take_tickets(t, tickets));
}

static void over(struct ward_ticket *t, enum ward_sent what, const char *why)
{
	t->outcome = (struct ward_outcome){.what = what};
	(void)snprintf(t->outcome.why, sizeof(t->outcome.why), "%s", why);
}

static bool looks(const struct ward_ticket *t)
{
	return t->n && t->item[0].want <= WANT_AGAIN;
}

static void put_aside(struct ward_ticket *t)
{
	bool left = t->any && t->resumes && t->at < t->n;
	size_t on =
		t->at ? t->at : t->n > 1; /* what stops it first of all is not all that there is */

	if (t->any && looks(t))
		t->looked = (struct reached){.id = t->item[left ? on : 0].id, .any = left};
	else if (t->any)
		t->kept = (struct reached){t->id, t->resumes, t->made, t->unheard, t->at};
	t->any = false;
}

/* The list from the one on that the last look did not get to; then what it got to. */
static void look_on(struct ward_ticket *t)
{
	struct item all[2 * WARD_TICKET_ITEMS];
	size_t from = 0;

	while (from < t->n && !ward_id_eq(t->item[from].id, t->looked.id))
		from++;
	if (!t->looked.any || from == t->n)
		return;
	memcpy(all, t->item, t->n * sizeof(*all));
	memcpy(all + t->n, t->item, t->n * sizeof(*all));
	memcpy(t->item, all + from, t->n * sizeof(*all));
}

static void go_on(struct ward_ticket *t)
{
	const struct reached nothing = {.any = false};
	const struct reached *r = &t->kept;

	if (looks(t))
		look_on(t);
	if (looks(t) || !r->any || !ward_id_eq(r->id, t->id))
		r = &nothing;
	t->at = r->at;
	t->made = r->made;
	t->unheard = r->unheard;
	t->refused = t->outcome;
}

enum ward_err ward_ticket_begin(struct ward_ticket *t, struct ward_id id, struct ward_str body)
{
	const struct ward_conf *c;
	struct ward_diag diag;

	put_aside(t);
	ward_arena_reset(&t->letter);
	ward_diag_init(&diag, t->o.mem);
	enum ward_err err = ward_conf_json(
		&t->letter, t->o.lim, WARD_STR("letter"), 1, ward_str_bytes(body), &diag, &c);

	ward_diag_fini(&diag);
	if (err == WARD_ERR_NOMEM)
		return err;
	t->id = id;
	t->resumes = true;
	t->connected = false;
	t->session[0] = 0;
	t->outcome = (struct ward_outcome){.what = WARD_SENT_DELIVERED};
	if (err || !take_letter(t, c)) {
		over(t, WARD_SENT_REFUSED, "the message holds nothing for a ticket system");
		return WARD_ERR_MALFORMED;
	}
	t->any = true;
	go_on(t);
	t->doing = t->o.system->request[WARD_TICKET_LOGIN].path.len ? WARD_TICKET_LOGIN
								    : WARD_TICKET_FIND;
	return WARD_OK;
}

/* ---- requests ---- */

static void put_request(struct ward_ticket *t, enum ward_ticket_do d, struct ward_wr *w)
{
	const struct item *it = t->at < t->n ? &t->item[t->at] : NULL;
	char id[WARD_ID_TEXT] = "";

	if (it)
		ward_id_text(it->id, id);
	const struct ticket_values v = {.system = t->o.system,
		.url = t->o.url,
		.user = t->o.user,
		.secret = t->o.secret,
		.login = ward_wr_text(&t->login),
		.session = ward_str_z(t->session),
		.ticket = ward_str_z(t->ticket),
		.incident = ward_str_z(id),
		.c = it ? it->c : NULL};

	respond_ticket_write(&v, d, &t->text, &t->reason, w);
	ward_httpmsg_begin(t->answer);
}

/* All is said: who opened a session closes it, whatever comes back. */
static enum ward_ticket_next finish(struct ward_ticket *t, struct ward_wr *w)
{
	t->resumes = t->outcome.what == WARD_SENT_FAILED;
	if (t->connected && t->session[0] && t->o.system->request[WARD_TICKET_LOGOUT].path.len)
		put_request(t, WARD_TICKET_LOGOUT, w);
	t->connected = false;
	return WARD_TICKET_OVER;
}

/* The request that is due, once there is a connection for it. */
static enum ward_ticket_next ask(struct ward_ticket *t, enum ward_ticket_do d, struct ward_wr *w)
{
	t->doing = d;
	if (d == WARD_TICKET_FIND && t->at == t->n) {
		t->outcome = t->refused;
		if (t->unheard)
			over(t, WARD_SENT_FAILED, "Ward did not hear which ticket was refused");
		enum ward_ticket_next next = finish(t, w);

		t->resumes = t->resumes && !t->unheard; /* all of it again */
		return next;
	}
	if (!t->connected)
		return WARD_TICKET_AGAIN;
	put_request(t, d, w);
	return WARD_TICKET_ON;
}

enum ward_ticket_next ward_ticket_connected(struct ward_ticket *t, struct ward_wr *w)
{
	t->connected = true;
	return ask(t, t->doing, w);
}

/* ---- answers ---- */

/* RFC 6901, 4: "~1" is '/', "~0" is '~'. */
static bool is_key(struct ward_str key, struct ward_str token)
{
	size_t at = 0;

	for (size_t i = 0; i < key.len; i++) {
		bool escaped = key.p[i] == '/' || key.p[i] == '~';

		if (escaped && ward_str_starts(ward_str_sub(token, at, 2),
				       key.p[i] == '/' ? WARD_STR("~1") : WARD_STR("~0")))
			at += 2;
		else if (!escaped && at < token.len && token.p[at] == key.p[i])
			at++;
		else
			return false;
	}
	return at == token.len;
}

/* NULL: the answer holds no such thing. */
static const struct ward_conf *at_pointer(const struct ward_conf *c, struct ward_str pointer)
{
	struct ward_str rest = ward_str_sub(pointer, 1, pointer.len);

	while (c && pointer.len && rest.p) {
		struct ward_str token = ward_str_cut(&rest, '/');
		const struct ward_conf *i = c->child;
		uint64_t n;

		if (c->kind == WARD_CONF_SEQ && ward_str_u64(token, &n)) {
			while (i && n--)
				i = i->next;
		} else if (c->kind == WARD_CONF_MAP) {
			while (i && !is_key(i->key, token))
				i = i->next;
		} else {
			i = NULL;
		}
		c = i;
	}
	return c;
}

/* A value that goes into a request, or before people: one line, and not too long. */
static bool read_value(const struct ward_conf *c, struct ward_str pointer, char *to, size_t cap)
{
	const struct ward_conf *v = at_pointer(c, pointer);

	to[0] = 0;
	if (!v || v->kind != WARD_CONF_SCALAR || !v->text.len || v->text.len >= cap)
		return false;
	for (size_t i = 0; i < v->text.len; i++)
		if (v->text.p[i] <= ' ' || v->text.p[i] > '~')
			return false;
	memcpy(to, v->text.p, v->text.len);
	to[v->text.len] = 0;
	return true;
}

static bool is_closed(const struct ward_ticket *t, const char *state)
{
	for (size_t i = 0; i < t->o.system->n_closed; i++)
		if (ward_str_eqz(t->o.system->closed[i], state))
			return true;
	return false;
}

static enum ward_ticket_next next_item(struct ward_ticket *t, struct ward_wr *w)
{
	t->at++;
	t->made = false;
	return ask(t, WARD_TICKET_FIND, w);
}

/* "find: it answered 503" */
static void say(struct ward_ticket *t, struct ward_outcome *o, const char *why)
{
	char all[WARD_WEBHOOK_WHY];

	(void)snprintf(all, sizeof(all), "%s: %s", ward_ticket_name(t->doing), why);
	memcpy(o->why, all, sizeof(all));
}

static enum ward_ticket_next fail(struct ward_ticket *t, const char *why, struct ward_wr *w)
{
	t->outcome = (struct ward_outcome){.what = WARD_SENT_FAILED};
	say(t, &t->outcome, why);
	return finish(t, w);
}

/* Of a look nothing is lost: it is said when all were asked for. */
static void refuse_one(struct ward_ticket *t, const struct ward_outcome *o)
{
	const struct item *it = &t->item[t->at];

	if (it->want > WANT_AGAIN)
		t->unheard = !t->o.says(t->o.ctx, it->id, o) || t->unheard;
	else if (t->refused.what == WARD_SENT_DELIVERED)
		t->refused = *o;
}

/* Who lets nobody in, or answers no question, refuses the letter, as long as nothing of it was
 * kept; anything else is the matter of one ticket, and the others are kept. */
static enum ward_ticket_next refuse(struct ward_ticket *t, struct ward_outcome o, struct ward_wr *w)
{
	bool in = t->doing != WARD_TICKET_LOGIN, asks = t->doing == WARD_TICKET_FIND && o.status;

	if (!t->at && (!in || asks)) {
		t->outcome = o;
		return finish(t, w);
	}
	for (; !in && t->at + 1 < t->n; t->at++)
		refuse_one(t, &o);
	refuse_one(t, &o);
	return next_item(t, w);
}

static enum ward_ticket_next lacks(
	struct ward_ticket *t, struct ward_str pointer, struct ward_wr *w)
{
	struct ward_outcome o = {.what = WARD_SENT_REFUSED};
	char why[WARD_WEBHOOK_WHY];

	(void)snprintf(why, sizeof(why), "its answer holds nothing of use at %.*s",
		(int)(pointer.len < 80 ? pointer.len : 80), pointer.p);
	say(t, &o, why);
	return refuse(t, o, w);
}

static enum ward_ticket_next refuse_why(struct ward_ticket *t, const char *why, struct ward_wr *w)
{
	struct ward_outcome o = {.what = WARD_SENT_REFUSED};

	say(t, &o, why);
	return refuse(t, o, w);
}

/* One is made once, whatever `find` answers: who does not find what is there would be given a new
 * one with each message. */
static enum ward_ticket_next found_none(struct ward_ticket *t, struct ward_wr *w)
{
	enum wanted want = t->item[t->at].want;

	t->blind = t->blind || t->made;
	if (want == WANT_UPDATE)
		return refuse_why(t,
			"its ticket is not there any more: it was deleted, or lost what `find` "
			"asks for; put that back",
			w);
	if (want != WANT_OPEN && want != WANT_REOPEN)
		return next_item(t, w);
	if (!t->blind)
		return ask(t, WARD_TICKET_CREATE, w);
	return refuse_why(t,
		"it does not find what `create` made: mend both in the ticket system's file, then "
		"begin Ward anew",
		w);
}

static enum ward_ticket_next found(
	struct ward_ticket *t, const struct ward_conf *c, struct ward_wr *w)
{
	const struct ward_ticket_system *s = t->o.system;
	const struct item *it = &t->item[t->at];
	char state[ID_BYTES], number[WARD_TICKET_NUMBER + 1];

	if (!at_pointer(c, s->id))
		return found_none(t, w);
	if (t->made)
		return next_item(t, w);
	if (!read_value(c, s->id, t->ticket, sizeof(t->ticket)))
		return lacks(t, s->id, w);
	if (!read_value(c, s->state, state, sizeof(state)))
		return lacks(t, s->state, w);
	bool shut = is_closed(t, state), looks = it->want <= WANT_AGAIN;

	if (shut == (it->want != WANT_AGAIN) && it->want != WANT_REOPEN &&
		it->want != WANT_CLOSED) {
		struct ward_outcome o = {.what = shut ? WARD_SENT_CLOSED : WARD_SENT_DELIVERED};

		if (read_value(c, s->number, number, sizeof(number)) &&
			ward_ticket_is_number(ward_str_z(number)))
			memcpy(o.why, number, sizeof(number));
		(void)t->o.says(t->o.ctx, it->id, &o); /* what is not heard is seen again */
	}
	if (shut && it->want == WANT_REOPEN)
		return ask(t, WARD_TICKET_REOPEN, w);
	if (shut || looks)
		return next_item(t, w);
	return ask(t, it->want == WANT_CLOSED ? WARD_TICKET_CLOSE : WARD_TICKET_UPDATE, w);
}

static enum ward_ticket_next on_good(
	struct ward_ticket *t, const struct ward_conf *c, struct ward_wr *w)
{
	const struct ward_ticket_request *q = &t->o.system->request[t->doing];

	if (t->doing == WARD_TICKET_FIND)
		return found(t, c, w);
	if (t->doing == WARD_TICKET_LOGIN) {
		if (!read_value(c, t->o.system->session, t->session, sizeof(t->session)))
			return lacks(t, t->o.system->session, w);
		return ask(t, WARD_TICKET_FIND, w);
	}
	if (q->answer.len && !at_pointer(c, q->answer))
		return lacks(t, q->answer, w);
	t->made = t->doing == WARD_TICKET_CREATE;
	return t->made ? ask(t, WARD_TICKET_FIND, w) : next_item(t, w);
}

/* *ret: NULL: it holds nothing, or (FAILED) no JSON. */
static enum ward_err read_body(
	struct ward_ticket *t, struct ward_slice body, const struct ward_conf **ret)
{
	struct ward_diag diag;

	*ret = NULL;
	if (!ward_str_trim(ward_slice_text(body)).len)
		return WARD_OK;
	ward_arena_reset(&t->scratch);
	ward_diag_init(&diag, t->o.mem);
	enum ward_err err =
		ward_conf_json(&t->scratch, t->o.lim, WARD_STR("answer"), 1, body, &diag, ret);

	ward_diag_fini(&diag);
	return err;
}

static enum ward_err judge(struct ward_ticket *t, const struct ward_httpmsg_whole *a, ward_ns now,
	struct ward_wr *w, enum ward_ticket_next *ret)
{
	const struct ward_conf *c;
	struct ward_outcome o;

	ward_webhook_judge(t->answer, a, now, &o);
	t->connected = t->connected && a->keep;
	if (o.status == 500 && t->doing != WARD_TICKET_LOGIN &&
		(t->doing != WARD_TICKET_FIND || (looks(t) && t->at)))
		o.what = WARD_SENT_REFUSED; /* it answers, and fails at this one */
	if (o.what != WARD_SENT_DELIVERED) {
		char why[WARD_WEBHOOK_WHY];

		memcpy(why, o.why, sizeof(why));
		say(t, &o, why);
		t->outcome = o;
		*ret = o.what == WARD_SENT_REFUSED ? refuse(t, o, w) : finish(t, w);
		return WARD_OK;
	}
	enum ward_err err = read_body(t, a->body, &c);

	if (err == WARD_ERR_NOMEM)
		return err;
	*ret = err ? fail(t, "its answer is no JSON", w) : on_good(t, c, w);
	return WARD_OK;
}

enum ward_err ward_ticket_take(struct ward_ticket *t, struct ward_slice bytes, ward_ns now,
	struct ward_wr *w, enum ward_ticket_next *ret)
{
	struct ward_httpmsg_whole whole;
	size_t used = 0;
	enum ward_err err = bytes.len ? ward_httpmsg_take(t->answer, bytes, &used, &whole)
				      : ward_httpmsg_end(t->answer, &whole);

	*ret = WARD_TICKET_ON;
	if (err == WARD_ERR_NOMEM || (err == WARD_ERR_MORE && bytes.len))
		return err == WARD_ERR_MORE ? WARD_OK : err;
	if (!bytes.len || (!err && used < bytes.len)) /* it is gone, or says what nobody asked */
		whole.keep = false;
	if (!bytes.len)
		t->connected = false;
	if (err) {
		t->connected = false;
		*ret = fail(t,
			err == WARD_ERR_MORE ? "it ended the connection without an answer"
					     : ward_httpmsg_why(t->answer),
			w);
		return WARD_OK;
	}
	return judge(t, &whole, now, w, ret);
}
