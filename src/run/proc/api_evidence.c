/* Clips, photos and suspicious files for a page: the reason goes by `login` and `desk` to `clips`,
 * which puts it on the ledger and gives a reading, good once; the bytes come from there in pieces,
 * as they lie, sealed, and go out as fast as the browser takes them. At most a few pieces of each
 * are here. */
#include "run/proc/api_account.h"

#include <poll.h>
#include <sodium.h>

#define BASE WARD_API_PATH "evidence/"

/* How long a piece is waited for until it is asked for again, and in all. */
static const ward_ns piece_again = 2 * WARD_NS_PER_S, piece_patience = 20 * WARD_NS_PER_S;

enum { WAITS_MOST = 64 << 10 /* bytes that a browser has not taken, before the next piece */ };

/* ---- the reading ---- */

static void read_it(
	struct server *s, struct ward_httpd_ask *a, struct serve_session *who, struct ward_str id)
{
	struct serve_pending p = {.question = SERVE_READ, .ask = a};
	struct ward_wr w = ward_wr_fixed(s->message, sizeof(s->message));
	const struct ward_api_who is = serve_who(who);
	struct serve_body b;

	if (!serve_read_body(s, a, &b))
		return;
	struct ward_decision d = {.kind = WARD_DECISION_READ,
		.at = ward_clock_now(s->p.clock),
		.person = WARD_STR(""), /* `login` says who it is */
		.role = serve_body_text(&b, "role"),
		.subject = id,
		.text = ward_str_trim(serve_body_text(&b, "reason")),
		.args = WARD_STR(""),
		.proof = WARD_STR("")};
	enum ward_err err = ward_api_evidence(s->api, &is, serve_body_text(&b, "incident"), id);

	if (err == WARD_ERR_DENIED)
		serve_needs(s, a, WARD_RIGHT_SEE_EVIDENCE);
	else if (!ward_id_parse(serve_body_text(&b, "id"), &d.id))
		serve_problem(s, a, 400,
			WARD_TEXT("say an id of the reading: a UUID that you make, the same when "
				  "you send it "
				  "again"));
	else if (!d.text.len || d.text.len > WARD_DECISION_TEXT)
		serve_problem(s, a, 422,
			d.text.len ? WARD_TEXT("the reason is too long: 2000 bytes at most")
				   : WARD_TEXT("say in `reason` why you look at it: it stays on "
					       "record"));
	else if (d.role.len > WARD_DECISION_SUBJECT)
		serve_problem(s, a, 400, WARD_TEXT("the role is too long"));
	else if (err == WARD_ERR_STATE)
		serve_problem(s, a, 410,
			WARD_TEXT("it is kept no more: its time was over, or there never was "
				  "one; the list says which"));
	else if (err)
		serve_problem(s, a, err == WARD_ERR_NOMEM ? 503 : 404,
			err == WARD_ERR_NOMEM
				? WARD_TEXT("there is not enough memory: try again")
				: WARD_TEXT("the incident has no clip or photo of that id, or "
					    "you may not see it"));
	else {
		ward_sign_decide_put(&w, who->token, &d);
		serve_ask_login(s, &p, WARD_MSG_DECIDE, ward_wr_slice(&w));
	}
	ward_wipe(s->message, w.len);
	serve_forget_body(s);
}

void serve_reading(struct server *s, const struct serve_pending *p, struct ward_str json)
{
	serve_say(s, p->ask,
		&(struct serve_answer){
			.status = 201, .type = WARD_API_JSON, .body = ward_str_bytes(json)});
}

/* ---- its bytes ---- */

static void over(struct serve_sealed *x)
{
	ward_wipe(x, sizeof(*x));
}

/* Asked again it has the same id, so that the first answer counts, and no second one does. */
static void ask_piece(struct server *s, struct serve_sealed *x)
{
	uint8_t body[128];
	struct ward_wr w = ward_wr_fixed(body, sizeof(body));

	if (!x->asked)
		x->id = s->next_id++;
	x->asked = serve_mono(s);
	ward_fetch_put(&w, &x->is);
	enum ward_err err = ward_msg_send(s->clips.link, WARD_MSG_FETCH, x->id, ward_wr_slice(&w));

	ward_wipe(body, sizeof(body));
	if (err && err != WARD_ERR_AGAIN)
		ward_process_die(&s->p, "the link with clips", err);
}

/* "reading=HEX" and nothing else. */
static bool reading_of(struct ward_str query, uint8_t ret[WARD_READING])
{
	return ward_str_starts(query, WARD_STR("reading=")) &&
	       ward_sign_parse(ward_str_sub(query, 8, query.len), ret);
}

_Static_assert((int)WARD_READING == (int)WARD_SIGN_TOKEN, "a reading is written as a token is");

static void sealed(struct server *s, struct ward_httpd_ask *a, const struct serve_session *who,
	struct ward_str id)
{
	struct serve_sealed *x = NULL;
	struct ward_fetch f = {.off = 0};

	for (size_t i = 0; i < SERVE_SEALED && !x; i++)
		x = s->clips.sealed[i].used ? NULL : &s->clips.sealed[i];
	if (!(who->is.rights & WARD_RIGHT_BIT(WARD_RIGHT_SEE_EVIDENCE)))
		serve_needs(s, a, WARD_RIGHT_SEE_EVIDENCE);
	else if (!ward_id_parse(id, &f.id) || !reading_of(a->query, f.reading))
		serve_problem(s, a, 400,
			WARD_TEXT("name the reading that `POST …/reading` gave: ?reading=…, "
				  "nothing else"));
	else if (s->clips.link == WARD_FD_NONE)
		serve_problem(s, a, 404, WARD_TEXT("this hospital keeps no clips and photos"));
	else if (!x)
		serve_problem(s, a, 503,
			WARD_TEXT("many look at pictures just now; try again in a moment"));
	else {
		*x = (struct serve_sealed){.used = true, .ask = a, .is = f, .since = serve_mono(s)};
		ask_piece(s, x);
	}
	ward_wipe(&f, sizeof(f));
}

/* The first piece: what it is, and the stream that the others go into. */
static void begin(struct server *s, struct serve_sealed *x, const struct ward_fetched *d)
{
	struct ward_httpd_field f[WARD_HTTPD_ANSWER_FIELDS];
	/* whoever opens the address gets something to keep, and nothing that a click opens */
	struct serve_answer like = {.status = 200,
		.type = "application/octet-stream",
		.disposition = "attachment; filename=\"sealed.bin\""};
	struct ward_httpd_ask *a = x->ask;
	struct ward_httpd_answer answer = {.status = 200,
		.field = f,
		.n_field = serve_fields(s, a, &like, f),
		.body = d->bytes,
		.size = d->size};
	enum ward_err err = ward_httpd_stream(a, &answer, x, &x->stream);

	x->ask = NULL;
	if (err) {
		over(x);
		if (err == WARD_ERR_FULL)
			serve_problem(s, a, 503, WARD_TEXT("there are too many streams"));
		return;
	}
	ward_count_name(&s->p.counters, "api.sealed_begun", 1);
}

static void no(struct server *s, struct serve_sealed *x, enum ward_err err)
{
	struct ward_httpd_ask *a = x->ask;

	ward_count_name(&s->p.counters, "api.sealed_cut", 1);
	if (x->stream) { /* shorter than it says: no page takes that for the whole */
		x->asked = 0;
		x->finished = true;
		ward_httpd_finish(x->stream);
		return;
	}
	over(x);
	if (err == WARD_ERR_AGAIN)
		serve_problem(s, a, 503,
			WARD_TEXT("who keeps clips does not answer; try again in a moment"));
	else
		serve_problem(s, a, 410,
			WARD_TEXT("this reading was used, or is older than a minute: say the "
				  "reason again"));
}

static void take(struct server *s, struct ward_msg *m)
{
	struct serve_sealed *x = NULL;
	struct ward_fetched d;

	for (size_t i = 0; i < SERVE_SEALED && !x; i++)
		x = s->clips.sealed[i].used && s->clips.sealed[i].asked &&
				    s->clips.sealed[i].id == m->id
			    ? &s->clips.sealed[i]
			    : NULL;
	if (!x || m->type != WARD_MSG_FETCHED ||
		ward_fetched_get(&m->body, x->is.off, &d) != WARD_OK) {
		ward_count_name(&s->p.counters, "api.clips_late", 1);
		return;
	}
	x->asked = 0;
	x->since = serve_mono(s);
	if (d.err) {
		no(s, x, d.err);
		return;
	}
	x->is.off += d.bytes.len;
	x->size = d.size;
	if (x->ask)
		begin(s, x, &d);
	else
		(void)ward_httpd_push(x->stream, d.bytes); /* it tells when it is gone */
	if (x->used && x->is.off == x->size) {
		x->finished = true;
		ward_httpd_finish(x->stream);
	}
}

bool serve_sealed_gone(struct server *s, void *stream_ctx)
{
	for (size_t i = 0; i < SERVE_SEALED; i++)
		if (stream_ctx == &s->clips.sealed[i]) {
			over(&s->clips.sealed[i]);
			return true;
		}
	return false;
}

void serve_hear_clips(struct server *s)
{
	struct pollfd fd = {s->clips.link, POLLIN, 0};
	ward_ns now = serve_mono(s);

	for (int n = 0; s->clips.link != WARD_FD_NONE && n < SERVE_SEALED && poll(&fd, 1, 0) == 1;
		n++) {
		struct ward_msg m;
		enum ward_err err = ward_msg_recv(s->clips.link, s->buf, &m);

		if (err == WARD_ERR_CLOSED || err == WARD_ERR_IO)
			ward_process_die(&s->p, "the link with clips", err);
		if (!err)
			take(s, &m);
	}
	for (size_t i = 0; i < SERVE_SEALED; i++) {
		struct serve_sealed *x = &s->clips.sealed[i];

		if (!x->used || x->finished)
			continue;
		if (!x->asked && ward_httpd_waiting(x->stream) <= WAITS_MOST)
			x->since = now;
		if (x->asked && now - x->since > piece_patience)
			no(s, x, WARD_ERR_AGAIN);
		else if (x->asked ? now - x->asked > piece_again
				  : ward_httpd_waiting(x->stream) <= WAITS_MOST)
			ask_piece(s, x);
	}
}

/* ---- which ---- */

bool serve_evidence(struct server *s, struct ward_httpd_ask *a, struct serve_session *who)
{
	struct ward_str act = a->path;

	if (!ward_str_starts(a->path, WARD_STR(BASE)))
		return false;
	act = ward_str_sub(a->path, sizeof(BASE) - 1, a->path.len);
	struct ward_str id = ward_str_cut(&act, '/');
	bool reads = act.p && ward_str_eqz(act, "reading");

	if (!reads && !(act.p && ward_str_eqz(act, "sealed")))
		return false;
	if (!ward_str_eqz(a->method, reads ? "POST" : "GET"))
		serve_say(s, a,
			&(struct serve_answer){.status = 405, .allow = reads ? "POST" : "GET"});
	else if (!who)
		serve_problem(s, a, 401, WARD_TEXT("sign in first"));
	else if (reads)
		read_it(s, a, who, id);
	else
		sealed(s, a, who, id);
	return true;
}
