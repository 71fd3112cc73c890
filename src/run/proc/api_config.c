/* The hospital's configuration: questions that wait for `config`, one after the other, and a
 * proposal that somebody takes, which is a decision like others. */
#include "run/proc/api_account.h"

#include "http/target.h"
#include "run/proc/api_proposal.h"
#include "run/upload.h"

#include <poll.h>
#include <stdio.h>

/* So long a question may take: a large hospital is checked. */
static const ward_ns patience = 90 * WARD_NS_PER_S;

#define BASE WARD_API_PATH "config"
#define PROPOSALS BASE "/proposals"
#define TRY BASE "/cameras/try"

/* ---- the link ---- */

static void over(struct serve_configuring *q)
{
	ward_wr_fini(&q->question);
	ward_wr_fini(&q->answer);
	*q = (struct serve_configuring){.ask = NULL};
}

static void send_part(struct server *s, const struct serve_configuring *q, uint32_t off)
{
	struct ward_wr w = ward_wr_fixed(s->message, sizeof(s->message));
	size_t left = q->question.len - off,
	       n = left < WARD_CONFIGURE_PART ? left : WARD_CONFIGURE_PART;
	struct ward_part p = {(uint32_t)q->question.len, off, {q->question.p + off, n}};

	if (q->total) /* the next part of the answer */
		p = (struct ward_part){0, (uint32_t)q->answer.len, {NULL, 0}};
	ward_part_put(&w, &p);
	enum ward_err err = ward_msg_send(s->config, WARD_MSG_CONFIGURE, q->id, ward_wr_slice(&w));

	if (err && err != WARD_ERR_AGAIN)
		ward_process_die(&s->p, "the link with config", err);
}

static struct serve_configuring *asked(struct server *s)
{
	for (size_t i = 0; i < SERVE_CONFIGURING; i++)
		if (s->configuring[i].ask && s->configuring[i].sent)
			return &s->configuring[i];
	return NULL;
}

static void put_next(struct server *s)
{
	struct serve_configuring *next = NULL;

	if (asked(s))
		return;
	for (size_t i = 0; i < SERVE_CONFIGURING; i++) {
		struct serve_configuring *q = &s->configuring[i];

		if (q->ask && (!next || (int32_t)(q->id - next->id) < 0))
			next = q;
	}
	if (!next)
		return;
	next->sent = true;
	next->until = serve_mono(s) + patience;
	send_part(s, next, 0);
}

/* The question is in w, which is taken. */
static void ask(struct server *s, struct ward_httpd_ask *a, struct ward_wr *w, unsigned status)
{
	struct serve_configuring *q = NULL;

	for (size_t i = 0; i < SERVE_CONFIGURING && !q; i++)
		q = s->configuring[i].ask ? NULL : &s->configuring[i];
	if (!q || s->config == WARD_FD_NONE || ward_wr_bad(w)) {
		ward_count_name(&s->p.counters, "api.unconfigured", 1);
		serve_problem(s, a, ward_wr_bad(w) ? 413 : 503,
			ward_wr_bad(w) ? WARD_TEXT("the proposal is too long")
				       : WARD_TEXT("the configuration can't be asked for just now; "
						   "try again"));
		ward_wr_fini(w);
		return;
	}
	*q = (struct serve_configuring){.ask = a,
		.id = s->next_id++,
		.status = status,
		.question = *w,
		.answer = ward_wr_grow(ward_mem_heap(), WARD_CONFIGURE_ANSWER)};
	put_next(s);
}

static unsigned status_of(enum ward_err err)
{
	return err == WARD_ERR_NOT_FOUND                            ? 404
	       : err == WARD_ERR_CONFIG || err == WARD_ERR_STATE    ? 409
	       : err == WARD_ERR_MALFORMED || err == WARD_ERR_LIMIT ? 400
								    : 503;
}

static void answered(struct server *s, struct serve_configuring *q)
{
	struct ward_rd r = ward_rd_slice(ward_wr_slice(&q->answer));
	struct ward_configured d;

	if (ward_configured_get(&r, &d) != WARD_OK)
		serve_problem(s, q->ask, 500, WARD_TEXT("the answer could not be read"));
	else if (d.err)
		serve_problem_str(s, q->ask, status_of(d.err), serve_text(s, q->ask, d.why));
	else if (q->status == 204)
		serve_say(s, q->ask, &(struct serve_answer){.status = 204});
	else
		serve_say(s, q->ask,
			&(struct serve_answer){.status = q->status,
				.type = WARD_API_JSON,
				.body = ward_str_bytes(d.json)});
	over(q);
}

static void take(struct server *s, const struct ward_msg *m)
{
	struct serve_configuring *q = asked(s);
	struct ward_part p;
	struct ward_rd r = m->body;

	if (q && m->type == WARD_MSG_AGAIN) { /* another life of it, which knows of no question */
		ward_wr_reset(&q->answer);
		q->total = 0;
		send_part(s, q, 0);
		return;
	}
	if (!q || q->id != m->id || m->type != WARD_MSG_CONFIGURED ||
		ward_part_get(&r, &p) != WARD_OK) {
		ward_count_name(&s->p.counters, "api.config_late", 1);
		return;
	}
	q->until = serve_mono(s) + patience;
	if (!p.total) {
		if (p.off < q->question.len)
			send_part(s, q, p.off);
		return;
	}
	if (p.off != q->answer.len || p.total > WARD_CONFIGURE_ANSWER)
		return;
	q->total = p.total;
	ward_wr_bytes(&q->answer, p.bytes.p, p.bytes.len);
	serve_need(s, ward_wr_bad(&q->answer) ? WARD_ERR_NOMEM : WARD_OK);
	if (q->answer.len < p.total)
		send_part(s, q, 0);
	else
		answered(s, q);
}

void serve_hear_config(struct server *s)
{
	struct serve_configuring *q;
	struct pollfd p = {s->config, POLLIN, 0};

	if (s->config == WARD_FD_NONE)
		return;
	for (int i = 0; i < 16 && poll(&p, 1, 0) == 1; i++) {
		struct ward_msg m;
		enum ward_err err = ward_msg_recv(s->config, s->buf, &m);

		if (err == WARD_ERR_CLOSED || err == WARD_ERR_IO)
			ward_process_die(&s->p, "the link with config", err);
		if (!err)
			take(s, &m);
	}
	q = asked(s);
	if (q && serve_mono(s) > q->until) {
		ward_count_name(&s->p.counters, "api.config_silent", 1);
		serve_problem(s, q->ask, 503, WARD_TEXT("there was no answer in time; try again"));
		over(q);
	}
	put_next(s);
}

/* ---- requests ---- */

static struct ward_wr question(const struct ward_configure_ask *a)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), WARD_CONFIGURE_ASK);

	ward_configure_put(&w, a);
	return w;
}

static void ask_plain(struct server *s, struct ward_httpd_ask *a,
	const struct ward_configure_ask *of, unsigned status)
{
	struct ward_wr w = question(of);

	ask(s, a, &w, status);
}

/* A number of the query; true: it is one, or is not there. */
static bool number_of(struct ward_str query, const char *key, uint64_t *ret)
{
	while (query.p && query.len) {
		struct ward_str v = ward_str_cut(&query, '&');

		if (ward_str_eqz(ward_str_cut(&v, '='), key))
			return ward_str_u64(v, ret) && *ret > 0;
	}
	return true;
}

static void file(struct server *s, struct ward_httpd_ask *a)
{
	struct ward_configure_ask of = {.what = WARD_CONFIGURE_FILE,
		.path = ward_str_sub(a->path, sizeof(BASE "/files/") - 1, a->path.len)};

	if (!of.path.len || of.path.len > WARD_CONFIGURE_PATH ||
		!number_of(a->query, "version", &of.version))
		serve_problem(s, a, 400, WARD_TEXT("say a file, and a version as a number"));
	else
		ask_plain(s, a, &of, 200);
}

static void diff(struct server *s, struct ward_httpd_ask *a)
{
	struct ward_configure_ask of = {.what = WARD_CONFIGURE_DIFF};

	if (!number_of(a->query, "from", &of.version) || !number_of(a->query, "to", &of.to) ||
		!of.version || !of.to)
		serve_problem(s, a, 400, WARD_TEXT("say two versions: from=N&to=M"));
	else
		ask_plain(s, a, &of, 200);
}

static bool is_of(struct ward_str s, const char *more)
{
	for (size_t i = 0; i < s.len; i++)
		if ((s.p[i] < 'a' || s.p[i] > 'z') && !strchr(more, s.p[i]))
			return false;
	return s.len > 0;
}

/* What is asked of a house that is laid out, or what comes of the answers, which the query has. */
static void lay_out(struct server *s, struct ward_httpd_ask *a, enum ward_configure_what what)
{
	struct ward_configure_ask of = {.what = what};
	struct ward_wr answers = ward_wr_grow(ward_mem_heap(), 2 * WARD_API_QUERY), w;
	struct ward_str query = a->query;
	bool ok = true;

	while (ok && query.p && query.len) {
		struct ward_str v = ward_str_cut(&query, '&'), key = ward_str_cut(&v, '=');

		ok = is_of(key, "_") && v.p && is_of(v, "0123456789");
		if (ok && ward_str_eqz(key, "lang"))
			of.path = v;
		else if (ok)
			ward_wr_printf(
				&answers, "%.*s: %.*s\n", WARD_STR_ARG(key), WARD_STR_ARG(v));
	}
	of.n = what == WARD_CONFIGURE_LAYOUT;
	w = question(&of);
	if (of.n)
		ward_configure_put_file(
			&w, &(struct ward_configure_file){.path = WARD_STR("answers"),
				    .has_text = true,
				    .text = ward_wr_slice(&answers)});
	ward_wr_fini(&answers);
	if (ok) {
		ask(s, a, &w, 200);
		return;
	}
	ward_wr_fini(&w);
	serve_problem(
		s, a, 400, WARD_TEXT("answers are numbers, yes or no: icu_beds=12&pharmacy=no"));
}

/* ---- a proposal ---- */

static void propose(struct server *s, struct ward_httpd_ask *a)
{
	struct ward_str type = ward_httpd_value(a, "content-type");
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), WARD_CONFIGURE_ASK);

	type = type.p ? ward_str_trim(ward_str_cut(&type, ';')) : WARD_STR("");
	bool json = ward_str_ieq(type, WARD_STR(WARD_API_JSON));
	const char *wrong = json ? serve_proposal(a->body, serve_language(a), &w) : NULL;

	if (json && !wrong) {
		ask(s, a, &w, 201);
		return;
	}
	ward_wr_fini(&w);
	serve_problem(s, a, json ? 400 : 415,
		wrong ? wrong : WARD_TEXT("say it as JSON (Content-Type: application/json)"));
}

/* Taken: a decision, of which `login` says whose it is and `desk` hands it to `config`. Its id is
 * the proposal's: sent again, it is the same. */
static void take_it(
	struct server *s, struct ward_httpd_ask *a, struct serve_session *who, struct ward_str id)
{
	struct serve_pending p = {.question = SERVE_DECIDE, .configures = true, .ask = a};
	struct ward_wr w = ward_wr_fixed(s->message, sizeof(s->message));
	bool all = (who->is.rights & WARD_RIGHT_BIT(WARD_RIGHT_ADMINISTER)) != 0;
	struct ward_decision d = {.kind = all ? WARD_DECISION_APPOINT : WARD_DECISION_CONFIGURE,
		.at = ward_clock_now(s->p.clock),
		.person = WARD_STR(""),
		.role = WARD_STR(""),
		.subject = id};

	if (!ward_id_parse(id, &d.id)) {
		serve_problem(s, a, 404, WARD_TEXT("there is no such proposal"));
		return;
	}
	ward_sign_decide_put(&w, who->token, &d);
	serve_ask_login(s, &p, WARD_MSG_DECIDE, ward_wr_slice(&w));
	ward_wipe(s->message, w.len);
}

/* Whether a camera gives a picture at an address: it is on record who wanted to know. */
static void try_camera(struct server *s, struct ward_httpd_ask *a, struct serve_session *who)
{
	struct serve_pending p = {.question = SERVE_DECIDE, .configures = true, .ask = a};
	struct ward_wr w = ward_wr_fixed(s->message, sizeof(s->message));
	struct serve_body b;

	if (!serve_read_body(s, a, &b))
		return;
	bool any = who->is.rights & WARD_RIGHT_BIT(WARD_RIGHT_ADMINISTER);
	const struct ward_decision d = {.kind = any ? WARD_DECISION_TRY_ANY : WARD_DECISION_TRY,
		.id = ward_id_v7(s->p.clock),
		.at = ward_clock_now(s->p.clock),
		.person = WARD_STR(""),
		.role = WARD_STR(""),
		.subject = WARD_STR("configuration"),
		.text = ward_str_trim(serve_body_text(&b, "where"))};

	if (!d.text.len || d.text.len > WARD_DECISION_TEXT) {
		serve_problem(s, a, 400, WARD_TEXT("say where: the camera's address"));
	} else {
		ward_sign_decide_put(&w, who->token, &d);
		serve_ask_login(s, &p, WARD_MSG_DECIDE, ward_wr_slice(&w));
	}
	ward_wipe(s->message, w.len);
	serve_forget_body(s);
}

static void one_proposal(struct server *s, struct ward_httpd_ask *a, struct serve_session *who)
{
	struct ward_str rest = ward_str_sub(a->path, sizeof(PROPOSALS "/") - 1, a->path.len),
			id = ward_str_cut(&rest, '/');

	if (!rest.p && ward_str_eqz(a->method, "DELETE"))
		ask_plain(s, a,
			&(struct ward_configure_ask){.what = WARD_CONFIGURE_DROP,
				.path = ward_str_sub(id, 0, WARD_CONFIGURE_PATH)},
			204);
	else if (ward_str_eqz(rest, "take") && ward_str_eqz(a->method, "POST"))
		take_it(s, a, who, id);
	else
		serve_say(s, a,
			&(struct serve_answer){.status = 405, .allow = rest.p ? "POST" : "DELETE"});
}

static void get(struct server *s, struct ward_httpd_ask *a)
{
	if (!ward_str_eqz(a->method, "GET"))
		serve_say(s, a, &(struct serve_answer){.status = 405, .allow = "GET, HEAD"});
	else if (ward_str_eqz(a->path, BASE))
		ask_plain(s, a, &(struct ward_configure_ask){.what = WARD_CONFIGURE_STATE}, 200);
	else if (ward_str_eqz(a->path, BASE "/versions"))
		ask_plain(s, a, &(struct ward_configure_ask){.what = WARD_CONFIGURE_VERSIONS}, 200);
	else if (ward_str_eqz(a->path, BASE "/diff"))
		diff(s, a);
	else if (ward_str_eqz(a->path, BASE "/questions"))
		lay_out(s, a, WARD_CONFIGURE_QUESTIONS);
	else if (ward_str_eqz(a->path, BASE "/layout"))
		lay_out(s, a, WARD_CONFIGURE_LAYOUT);
	else if (ward_str_starts(a->path, WARD_STR(BASE "/files/")))
		file(s, a);
	else
		serve_problem(s, a, 404, WARD_TEXT("there is no such thing"));
}

static bool may(const struct serve_session *who)
{
	return who->is.rights & WARD_RIGHT_BIT(WARD_RIGHT_CONFIGURE) && !who->is.n_place;
}

bool serve_config(struct server *s, struct ward_httpd_ask *a, struct serve_session *who)
{
	if (!ward_str_eqz(a->path, BASE) && !ward_str_starts(a->path, WARD_STR(BASE "/")))
		return false;
	if (!who)
		serve_problem(s, a, 401, WARD_TEXT("sign in first"));
	else if (!may(who))
		serve_problem(s, a, 403,
			WARD_TEXT("the configuration is for the right `configure`, in the whole "
				  "hospital"));
	else if (ward_str_starts(a->path, WARD_STR(PROPOSALS "/")))
		one_proposal(s, a, who);
	else if (ward_str_eqz(a->path, TRY) && ward_str_eqz(a->method, "POST"))
		try_camera(s, a, who);
	else if (ward_str_eqz(a->path, TRY))
		serve_say(s, a, &(struct serve_answer){.status = 405, .allow = "POST"});
	else if (!ward_str_eqz(a->path, PROPOSALS))
		get(s, a);
	else if (ward_str_eqz(a->method, "POST"))
		propose(s, a);
	else
		serve_say(s, a, &(struct serve_answer){.status = 405, .allow = "POST"});
	return true;
}

size_t serve_body_of(void *ctx, const struct ward_httpd_ask *a)
{
	struct server *s = ctx;
	uint8_t token[WARD_SIGN_TOKEN];
	struct ward_str cookie =
		ward_http_cookie(ward_httpd_value(a, "cookie"), WARD_STR(SERVE_COOKIE));
	const struct serve_session *who =
		ward_str_eqz(a->path, PROPOSALS) && ward_sign_parse(cookie, token)
			? serve_session_find(s, token)
			: NULL;

	return who && may(who)           ? SERVE_CONFIGURE_BODY
	       : serve_upload_body(s, a) ? WARD_UPLOAD_PIECE
					 : SERVE_BODY_MAX;
}
