#include "run/proc/api.h"

/* How long a session's streams go on without `login` being asked of it, and how much may wait in a
 * stream before it gets more. */
static const ward_ns ask_again = 45 * WARD_NS_PER_S;
enum { WAITS_MOST = 32 << 10, EVENTS = 256 };

static uint64_t last_row(const struct server *s)
{
	ward_ns at;

	return ward_api_row(s->api, &at);
}

static void put_hello(struct server *s, struct ward_wr *w)
{
	struct ward_json j = ward_json_on(w);

	ward_wr_z(w, "retry: 2000\nevent: hello\ndata: ");
	ward_json_obj(&j);
	ward_json_key(&j, "row");
	ward_json_u64(&j, last_row(s));
	ward_json_key(&j, "at");
	ward_json_time(&j, ward_clock_now(s->p.clock));
	ward_json_obj_end(&j);
	ward_wr_z(w, "\n\n");
}

void serve_stream_gone(void *ctx, void *stream_ctx)
{
	struct serve_stream *x = stream_ctx;

	if (serve_sealed_gone(ctx, stream_ctx))
		return;
	if (x->session)
		x->session->n_stream--;
	*x = (struct serve_stream){.used = false};
}

static void end(struct serve_stream *x)
{
	static const char over[] = "event: end\ndata: {}\n\n";

	if (x->session)
		x->session->n_stream--;
	x->session = NULL;
	(void)ward_httpd_push(x->is, ward_str_bytes(ward_str_z(over)));
	ward_httpd_finish(x->is);
}

void serve_stream_end_all(struct server *s, struct serve_session *of)
{
	for (size_t i = 0; i < WARD_HTTPD_STREAMS && of->n_stream; i++)
		if (s->stream[i].used && s->stream[i].session == of)
			end(&s->stream[i]);
}

static bool is_of(const struct serve_stream *x, const struct serve_session *who, bool anywhere)
{
	return x->used && x->session &&
	       (anywhere ? ward_str_eq(x->session->is.person, who->is.person) : x->session == who);
}

/* A page that was left without a word may still have its place: the newest ones count, of a
 * session, and of a person wherever they are signed in. */
static void make_room(struct server *s, const struct serve_session *who, bool anywhere, size_t most)
{
	struct serve_stream *oldest = NULL;
	size_t n = 0;

	for (size_t i = 0; i < WARD_HTTPD_STREAMS; i++) {
		struct serve_stream *x = &s->stream[i];

		if (!is_of(x, who, anywhere))
			continue;
		n++;
		oldest = !oldest || x->begun < oldest->begun ? x : oldest;
	}
	if (n >= most)
		end(oldest);
}

static struct serve_stream *place(struct server *s)
{
	for (size_t i = 0; i < WARD_HTTPD_STREAMS; i++)
		if (!s->stream[i].used)
			return &s->stream[i];
	return NULL;
}

void serve_stream(struct server *s, struct ward_httpd_ask *a, struct serve_session *who)
{
	struct ward_httpd_field f[WARD_HTTPD_ANSWER_FIELDS];
	struct serve_answer like = {.status = 200, .type = "text/event-stream"};
	struct ward_str from = ward_httpd_value(a, "last-event-id");
	struct serve_stream *x = place(s);
	struct ward_httpd_shown shown = {.until = INT64_MAX};
	uint64_t after;

	if (!ward_str_eqz(a->method, "GET") || !who) {
		serve_problem(s, a, who ? 405 : 401,
			who ? WARD_TEXT("it can only be read") : WARD_TEXT("sign in first"));
		return;
	}
	if (!s->all || !x) {
		serve_problem(s, a, 503,
			x ? WARD_TEXT("what is kept is still being read; ask again soon")
			  : WARD_TEXT("there are too many streams"));
		return;
	}
	make_room(s, who, false, SERVE_SESSION_STREAMS);
	make_room(s, who, true, SERVE_PERSON_STREAMS);
	if (!ward_str_u64(from.p ? from : WARD_STR(""), &after) || after > last_row(s))
		after = last_row(s);
	ward_wr_reset(&s->out);
	put_hello(s, &s->out);
	*x = (struct serve_stream){
		.used = true, .s = s, .session = who, .after = after, .begun = serve_mono(s)};
	if (who->is_machine)
		(void)ward_httpd_shown(a, &shown); /* it has: that is how it is known */
	x->until = shown.until;
	struct ward_httpd_answer answer = {.status = 200,
		.field = f,
		.n_field = serve_fields(s, a, &like, f),
		.body = ward_wr_slice(&s->out)};
	enum ward_err err = ward_httpd_stream(a, &answer, x, &x->is);

	if (err) {
		x->used = false;
		if (err == WARD_ERR_FULL)
			serve_problem(s, a, 503, WARD_TEXT("there are too many streams"));
		return;
	}
	who->n_stream++;
	ward_count_name(&s->p.counters, "api.streams", 1);
	s->fed = 0; /* it may have missed some */
}

/* What was told last, in s->out: the next stream is mostly told the same. */
struct told {
	bool is;
	uint64_t rights, after, last; /* of who sees all places */
};

/* What is new for it, as far as it takes it. True: there may be more. */
static bool feed(struct server *s, struct serve_stream *x, struct told *t)
{
	struct ward_api_who who = serve_who(x->session);

	if (ward_httpd_waiting(x->is) > WAITS_MOST)
		return true;
	if (!t->is || who.n_place || t->rights != who.rights || t->after != x->after) {
		*t = (struct told){!who.n_place, who.rights, x->after, x->after};
		ward_wr_reset(&s->out);
		(void)ward_api_feed(s->api, &who, x->after, EVENTS, &s->out, &t->last);
	}
	x->after = t->last;
	if (s->out.len && !ward_httpd_push(x->is, ward_wr_slice(&s->out)))
		return false;
	return t->last < last_row(s);
}

static void look(struct server *s)
{
	ward_ns now = serve_mono(s), wall = ward_clock_now(s->p.clock);

	for (size_t i = 0; i < WARD_HTTPD_STREAMS; i++)
		if (s->stream[i].used && s->stream[i].session && wall >= s->stream[i].until)
			end(&s->stream[i]);
	for (size_t i = 0; i < SERVE_SESSIONS; i++) {
		struct serve_session *x = &s->session[i];

		if (!x->used)
			continue;
		if (wall >= x->is.expires) {
			serve_session_drop(s, x);
		} else if (x->n_stream && now - x->asked > ask_again) {
			x->asked = now;
			serve_ask_who(s, NULL, x->token);
		} else if (x->n_stream && now - x->checked > 4 * ask_again) {
			/* nobody says that it is still one */
			serve_session_drop(s, x);
		}
	}
}

/* Players have something else to read; what it is, each asks. */
static void tell_news(struct server *s)
{
	static const char told[] = "event: exercise\ndata: {}\n\n";
	uint64_t news = ward_api_play_news(s->api);

	if (news == s->play_news)
		return;
	s->play_news = news;
	for (size_t i = 0; i < WARD_HTTPD_STREAMS; i++) {
		struct serve_stream *x = &s->stream[i];

		if (x->used && x->session && !x->session->is_machine)
			(void)ward_httpd_push(x->is, ward_str_bytes(ward_str_z(told)));
	}
}

void serve_streams(struct server *s)
{
	uint64_t row = last_row(s);
	struct told told = {.is = false};
	bool more = false;

	look(s);
	tell_news(s);
	if (row == s->fed)
		return;
	for (size_t i = 0; i < WARD_HTTPD_STREAMS; i++)
		if (s->stream[i].used && s->stream[i].session)
			more |= feed(s, &s->stream[i], &told);
	s->fed = more ? 0 : row;
}
