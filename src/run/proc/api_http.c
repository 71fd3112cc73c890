#include "run/proc/api_account.h"
#include "run/proc/api_post.h"

#include "http/target.h"

#include <arpa/inet.h>
#include <sodium.h>
#include <stdio.h>

/* Of one address without a session, and of one session: a page that opens asks some thirty times.
 */
static const struct serve_rate of_nobody = {300, 600}, of_session = {300, 1200};

static const struct ward_httpd_field strict[] = {
	{"Content-Security-Policy",
		"default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'; "
		"img-src 'self' data: blob:; media-src 'self' blob:; object-src 'none'"},
	{"X-Content-Type-Options", "nosniff"},
	{"X-Frame-Options", "DENY"},
	{"Referrer-Policy", "no-referrer"},
	{"Cross-Origin-Opener-Policy", "same-origin"},
	{"Cross-Origin-Resource-Policy", "same-origin"},
	{"Permissions-Policy",
		"accelerometer=(), camera=(), geolocation=(), gyroscope=(), microphone=(), "
		"payment=(), usb=()"},
};

/* ---- answers ---- */

static void put(struct ward_httpd_field *f, size_t *n, const char *name, const char *value)
{
	WARD_ASSERT(*n < WARD_HTTPD_ANSWER_FIELDS);
	if (value)
		f[(*n)++] = (struct ward_httpd_field){name, value};
}

static bool is_local(const struct ward_httpd_ask *a)
{
	return ward_str_ieq(ward_http_host(ward_httpd_value(a, "host")), WARD_STR("localhost"));
}

size_t serve_fields(struct server *s, const struct ward_httpd_ask *a, const struct serve_answer *x,
	struct ward_httpd_field f[WARD_HTTPD_ANSWER_FIELDS])
{
	size_t n = 0;

	(void)s;
	for (size_t i = 0; i < WARD_ARRAY_LEN(strict); i++)
		put(f, &n, strict[i].name, strict[i].value);
	/* of localhost it would bind every other program of that machine, too */
	if (!is_local(a))
		put(f, &n, "Strict-Transport-Security", "max-age=31536000");
	put(f, &n, "Content-Type", x->type);
	put(f, &n, "Cache-Control", x->cache ? x->cache : "no-store");
	put(f, &n, "ETag", x->etag);
	put(f, &n, "Set-Cookie", x->cookie);
	put(f, &n, "Set-Cookie", x->device_cookie);
	put(f, &n, "Set-Cookie", x->cookie_also);
	put(f, &n, "Location", x->location);
	put(f, &n, "Content-Disposition", x->disposition);
	put(f, &n, "Allow", x->allow);
	put(f, &n, "Content-Encoding", x->encoding);
	put(f, &n, "Vary", x->varies ? "Accept-Encoding" : NULL);
	return n;
}

static const char *counter_of(unsigned status)
{
	static const struct {
		unsigned status;
		const char *name;
	} known[] = {{304, "api.answered.304"}, {400, "api.answered.400"},
		{401, "api.answered.401"}, {403, "api.answered.403"}, {404, "api.answered.404"},
		{405, "api.answered.405"}, {410, "api.answered.410"}, {421, "api.answered.421"},
		{429, "api.answered.429"}, {500, "api.answered.500"}, {503, "api.answered.503"}};

	for (size_t i = 0; i < WARD_ARRAY_LEN(known); i++)
		if (known[i].status == status)
			return known[i].name;
	return status < 300 ? "api.answered.2xx" : "api.answered.other";
}

void serve_say(struct server *s, struct ward_httpd_ask *a, const struct serve_answer *x)
{
	struct ward_httpd_field f[WARD_HTTPD_ANSWER_FIELDS];
	char wait[16];
	struct ward_httpd_answer to = {.status = x->status,
		.field = f,
		.n_field = serve_fields(s, a, x, f),
		.body = x->body,
		.lasting = x->lasting};

	if (x->wait_s) {
		(void)snprintf(wait, sizeof(wait), "%u", x->wait_s);
		put(f, &to.n_field, "Retry-After", wait);
	}
	ward_count_name(&s->p.counters, counter_of(x->status), 1);
	if (ward_httpd_answer(a, &to) != WARD_OK)
		ward_count_name(&s->p.counters, "api.answers_lost", 1);
}

static void problem(struct server *s, struct ward_httpd_ask *a, const struct serve_answer *like,
	struct ward_str detail)
{
	struct serve_answer x = *like;
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 64 << 10);

	ward_api_problem(&w, x.status, detail);
	if (x.members.len > 2 && w.len) { /* theirs go before the end of the object */
		w.len--;
		ward_wr_ch(&w, ',');
		ward_wr_str(&w, ward_str_sub(x.members, 1, x.members.len));
	}
	x.type = WARD_API_PROBLEM;
	x.body = ward_wr_slice(&w);
	serve_say(s, a, &x);
	ward_wr_fini(&w);
}

void serve_problem_str(
	struct server *s, struct ward_httpd_ask *a, unsigned status, struct ward_str detail)
{
	problem(s, a, &(struct serve_answer){.status = status, .wait_s = status == 503 ? 2 : 0},
		detail);
}

void serve_problem(struct server *s, struct ward_httpd_ask *a, unsigned status, const char *detail)
{
	serve_problem_str(s, a, status, serve_text(s, a, ward_str_z(detail)));
}

void serve_needs(struct server *s, struct ward_httpd_ask *a, enum ward_right right)
{
	const char *text =
		WARD_TEXT("this needs the right '{right}', which your account does not have");
	const struct ward_word_slot slot = {"right", ward_str_z(ward_right_name(right))};
	char said[512];
	struct ward_wr w = ward_wr_fixed(said, sizeof(said));

	ward_say_text(&w, serve_text(s, a, ward_str_z(text)), &slot, 1);
	serve_problem_str(s, a, 403, ward_wr_text(&w));
}

void serve_problem_with(struct server *s, struct ward_httpd_ask *a, unsigned status,
	struct ward_str detail, struct ward_str members)
{
	problem(s, a, &(struct serve_answer){.status = status, .members = members}, detail);
}

void serve_wait(struct server *s, struct ward_httpd_ask *a, ward_ns wait, struct ward_str detail)
{
	ward_ns seconds = (wait + WARD_NS_PER_S - 1) / WARD_NS_PER_S;

	seconds = seconds < 1 ? 1 : seconds > 86400 ? 86400 : seconds;
	problem(s, a, &(struct serve_answer){.status = 429, .wait_s = (unsigned)seconds},
		serve_text(s, a, detail));
}

void serve_refused(void *ctx, struct ward_httpd_ask *a, unsigned status, const char *why)
{
	serve_problem(ctx, a, status, why);
}

/* ---- who asks, and how often ---- */

bool serve_may(struct server *s, struct serve_bucket *b, const struct serve_rate *r)
{
	enum { MICRO = 1000000 };
	ward_ns now = serve_mono(s), gone = now - b->at;
	int64_t most = r->most * MICRO;

	if (gone > 3600 * WARD_NS_PER_S)
		gone = 3600 * WARD_NS_PER_S;
	b->used_micro -= gone / 1000 * r->per_minute / 60;
	b->used_micro = b->used_micro < 0 ? 0 : b->used_micro;
	b->at = now;
	if (b->used_micro + MICRO > most)
		return false;
	b->used_micro += MICRO;
	return true;
}

/* A few places per address, of IPv6 per network of 64 bits, since a machine has as many addresses
 * in it as it likes; who has asked for nothing for longest makes room. */
struct serve_peer *serve_peer_of(struct server *s, const uint8_t from[WARD_SEATS_PEER])
{
	static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};
	uint8_t peer[WARD_SEATS_PEER] = {0};
	struct serve_peer *oldest = NULL;

	memcpy(peer, from, memcmp(from, mapped, sizeof(mapped)) == 0 ? sizeof(peer) : 8);
	for (size_t i = 0; i < SERVE_BUCKETS; i++) {
		struct serve_peer *p = &s->peer[i];

		if (memcmp(p->is, peer, WARD_SEATS_PEER) == 0)
			return p;
		if (!oldest || p->all.at < oldest->all.at)
			oldest = p;
	}
	*oldest = (struct serve_peer){.all = {.at = serve_mono(s)}};
	memcpy(oldest->is, peer, WARD_SEATS_PEER);
	return oldest;
}

struct ward_api_who serve_who(const struct serve_session *x)
{
	return (struct ward_api_who){.person = x->is.person,
		.name = x->is.name,
		.role = x->is.role,
		.n_role = x->is.n_role,
		.rights = x->is.rights,
		.place = x->is.place,
		.n_place = x->is.n_place};
}

static bool is_address(struct ward_str host)
{
	char text[INET6_ADDRSTRLEN];
	uint8_t b[16];

	if (!host.len || host.len >= sizeof(text))
		return false;
	memcpy(text, host.p, host.len);
	text[host.len] = 0;
	return inet_pton(AF_INET, text, b) == 1 || inet_pton(AF_INET6, text, b) == 1;
}

/* A page of another name that leads here is no page of ours; to an address none can be bound. */
static bool ours(const struct server *s, struct ward_str host)
{
	if (is_address(host))
		return true;
	for (size_t i = 0; i < s->n_name; i++)
		if (ward_str_ieq(s->name[i], host))
			return true;
	return false;
}

static bool is_unsafe(const struct ward_httpd_ask *a)
{
	return !ward_str_eqz(a->method, "GET");
}

/* Of what changes something: does it come from a page of ours? */
static bool from_us(const struct ward_httpd_ask *a)
{
	struct ward_str origin = ward_httpd_value(a, "origin"), host = ward_httpd_value(a, "host");
	struct ward_str site = ward_httpd_value(a, "sec-fetch-site");

	if (site.p && !ward_str_eqz(site, "same-origin") && !ward_str_eqz(site, "none"))
		return false;
	return !origin.p || (ward_str_starts(origin, WARD_STR("https://")) &&
				    ward_str_ieq(ward_str_sub(origin, 8, origin.len), host));
}

/* ---- what is asked for ---- */

/* One language alone was chosen for this page; a list is how the browser was installed. */
static struct ward_str language(const struct ward_httpd_ask *a, const struct serve_session *who)
{
	struct ward_str l = ward_httpd_value(a, "accept-language");

	if (l.len == 2)
		return l;
	return who && who->is.language.len ? who->is.language
	       : l.p                       ? ward_str_sub(l, 0, 2)
					   : WARD_STR("");
}

struct ward_str serve_language(const struct ward_httpd_ask *a)
{
	return language(a, NULL);
}

struct ward_str serve_text(
	struct server *s, const struct ward_httpd_ask *a, struct ward_str english)
{
	struct ward_str l = language(a, NULL);

	for (size_t i = 0; i < s->n_lang; i++)
		if (ward_str_eq(ward_lang_code(s->lang[i]), l))
			return ward_lang_text(s->lang[i], english);
	return english;
}

static void data(struct server *s, struct ward_httpd_ask *a, struct serve_session *who)
{
	struct ward_api_answer r = {.status = 500};
	struct ward_api_who is = who ? serve_who(who) : (struct ward_api_who){.rights = 0};
	struct ward_str match = ward_httpd_value(a, "if-none-match");
	const struct ward_api_ask ask = {.method = a->method,
		.path = a->path,
		.query = a->query,
		.if_none_match = match.p ? match : WARD_STR(""),
		.lang = language(a, who),
		.body = a->body,
		.who = who ? &is : NULL,
		.now = ward_clock_now(s->p.clock)};

	if (!s->all && !ward_str_eqz(a->path, WARD_API_PATH "openapi.json")) {
		serve_problem(
			s, a, 503, WARD_TEXT("what is kept is still being read; ask again soon"));
		return;
	}
	ward_wr_reset(&s->out);
	ward_api_answer(s->api, &ask, &s->out, &r);
	if (r.question.len && r.status == 503) {
		serve_reckon(s, a, who, r.question);
		return;
	}
	if (r.question.len)
		serve_reckon_aside(s, r.question);
	if (ward_wr_bad(&s->out)) {
		serve_problem(s, a, 500, WARD_TEXT("the answer is too long; ask for less"));
		return;
	}
	if (r.searched[0] && who && !who->is_machine)
		serve_searched(s, a, who, r.searched);
	serve_say(s, a,
		&(struct serve_answer){.status = r.status,
			.type = r.type,
			.body = r.type ? ward_wr_slice(&s->out) : (struct ward_slice){NULL, 0},
			.cache = r.no_store || !r.etag[0] ? NULL : "private, no-cache",
			.etag = r.etag[0] ? r.etag : NULL,
			.allow = r.allow,
			.wait_s = r.status == 503 ? 2 : 0});
}

static void health(struct server *s, struct ward_httpd_ask *a)
{
	serve_say(s, a,
		&(struct serve_answer){.status = s->all ? 200 : 503,
			.type = WARD_API_JSON,
			.body = ward_str_bytes(s->all ? WARD_STR("{\"status\":\"ok\"}\n")
						      : WARD_STR("{\"status\":\"starting\"}\n")),
			.lasting = true,
			.wait_s = s->all ? 0 : 2});
}

static bool has_metrics_token(const struct server *s, const struct ward_httpd_ask *a)
{
	struct ward_str rest = ward_httpd_value(a, "authorization");
	struct ward_str scheme = ward_str_cut(&rest, ' ');
	size_t n = strlen(s->metrics_token);

	return n && rest.len == n && ward_str_ieq(scheme, WARD_STR("Bearer")) &&
	       sodium_memcmp(rest.p, s->metrics_token, n) == 0;
}

static void put_metric(struct ward_wr *w, const char *type, const char *name, uint64_t v)
{
	ward_wr_printf(
		w, "# TYPE ward_%s %s\nward_%s %llu\n", name, type, name, (unsigned long long)v);
}

/* Prometheus' text format, version 0.0.4. */
static void metrics(struct server *s, struct ward_httpd_ask *a, const struct serve_session *who)
{
	uint64_t n_session = 0, n_stream = 0;

	if (!has_metrics_token(s, a) &&
		!(who && who->is.rights & WARD_RIGHT_BIT(WARD_RIGHT_METRICS))) {
		serve_problem(s, a, who ? 403 : 401,
			WARD_TEXT("metrics are for the right `metrics`, or for the token of "
				  "api/metrics.token in the state folder"));
		return;
	}
	for (size_t i = 0; i < SERVE_SESSIONS; i++)
		n_session += s->session[i].used;
	for (size_t i = 0; i < WARD_HTTPD_STREAMS; i++)
		n_stream += s->stream[i].used;
	ward_wr_reset(&s->out);
	put_metric(&s->out, "gauge", "store_last_row", s->last);
	put_metric(&s->out, "gauge", "api_last_row", s->query.after);
	put_metric(&s->out, "gauge", "api_sessions", n_session);
	put_metric(&s->out, "gauge", "api_streams", n_stream);
	ward_wr_z(&s->out, "# TYPE ward_api_events_total counter\n");
	for (size_t i = 0; i < s->p.counters.n; i++)
		ward_wr_printf(&s->out, "ward_api_events_total{name=\"%s\"} %llu\n",
			s->p.counters.name[i], (unsigned long long)s->p.counters.value[i]);
	serve_say(s, a,
		&(struct serve_answer){.status = 200,
			.type = "text/plain; version=0.0.4; charset=utf-8",
			.body = ward_wr_slice(&s->out)});
}

static void certificate(struct server *s, struct ward_httpd_ask *a)
{
	if (!s->ca)
		serve_problem(s, a, 404,
			WARD_TEXT(
				"the console's certificate is the hospital's own: nothing is to be "
				"installed"));
	else
		serve_say(s, a,
			&(struct serve_answer){.status = 200,
				.type = "application/x-x509-ca-cert",
				.body = ward_str_bytes(ward_str_z(s->ca)),
				.lasting = true});
}

void serve_dispatch(struct server *s, struct ward_httpd_ask *a, struct serve_session *who)
{
	if (who) {
		ward_httpd_known(a);
		who->seen = serve_mono(s);
	}
	if (who && !serve_may(s, &who->bucket, &of_session)) {
		serve_wait(s, a, WARD_NS_PER_S,
			ward_str_z(WARD_TEXT("too many requests of this session")));
		return;
	}
	/* no page of another server can make a machine ask */
	if (who && !who->is_machine && is_unsafe(a) &&
		!ward_sign_csrf_is(who->token, ward_httpd_value(a, "x-ward-token"))) {
		serve_problem(
			s, a, 403, WARD_TEXT("X-Ward-Token is missing or not that of the session"));
		return;
	}
	if (who && who->is.must_set_password &&
		!ward_str_starts(a->path, WARD_STR(WARD_API_PATH "session"))) {
		serve_problem(s, a, 403, WARD_TEXT("set a password first"));
		return;
	}
	/* being somebody is enough for some paths: not for a region */
	if (who && ward_rights_only_give(who->is.rights) &&
		!ward_str_eqz(a->path, WARD_API_PATH "region")) {
		serve_problem(
			s, a, 403, WARD_TEXT("a region is given /api/v1/region and nothing else"));
		return;
	}
	if (ward_str_eqz(a->path, "/metrics"))
		metrics(s, a, who);
	else if (ward_str_eqz(a->path, WARD_API_PATH "events"))
		serve_stream(s, a, who);
	else if (serve_config(s, a, who && who->is_machine ? NULL : who))
		;
	else if (!serve_sign(s, a, who && who->is_machine ? NULL : who) &&
		 !serve_evidence(s, a, who && who->is_machine ? NULL : who) &&
		 !serve_still(s, a, who && who->is_machine ? NULL : who) &&
		 !serve_photo(s, a, who && who->is_machine ? NULL : who) &&
		 !serve_upload(s, a, who))
		data(s, a, who);
}

/* What needs no session; true: it was answered. */
static bool open_to_all(struct server *s, struct ward_httpd_ask *a)
{
	bool api = ward_str_starts(a->path, WARD_STR("/api/")) || ward_str_eqz(a->path, "/metrics");

	if (api)
		return false;
	if (is_unsafe(a))
		problem(s, a, &(struct serve_answer){.status = 405, .allow = "GET, HEAD"},
			WARD_STR("this can only be read"));
	else if (ward_str_eqz(a->path, "/health"))
		health(s, a);
	else if (ward_str_eqz(a->path, "/ca.pem"))
		certificate(s, a);
	else
		serve_file(s, a);
	return true;
}

void serve_request(void *ctx, struct ward_httpd_ask *a)
{
	struct server *s = ctx;
	struct ward_str cookie =
		ward_http_cookie(ward_httpd_value(a, "cookie"), WARD_STR(SERVE_COOKIE));
	uint8_t token[WARD_SIGN_TOKEN];

	if (!ours(s, ward_http_host(ward_httpd_value(a, "host")))) {
		serve_problem(s, a, 421,
			WARD_TEXT("this is not a name of this server; add it to `names` of "
				  "console.yml"));
		return;
	}
	if (is_unsafe(a) && !from_us(a)) {
		serve_problem(s, a, 403, WARD_TEXT("it comes from a page of another server"));
		return;
	}
	if (open_to_all(s, a))
		return;
	if (ward_str_eqz(a->method, "POST") && ward_str_eqz(a->path, WARD_API_PATH "events")) {
		serve_post(s, a); /* no session lets anybody: nothing of a browser counts */
		return;
	}
	/* whoever signs in elsewhere is nobody yet, nor is a sensor with its code */
	if (serve_sensor_key(s, a) || serve_enter(s, a))
		return;
	bool has = ward_sign_parse(cookie, token);
	struct serve_session *who = has ? serve_session_find(s, token) : serve_machine_of(s, a);

	if (!who && !serve_may(s, &serve_peer_of(s, a->peer)->all, &of_nobody)) {
		serve_wait(s, a, WARD_NS_PER_S,
			ward_str_z(WARD_TEXT("too many requests from this address")));
	} else if (has && !who) {
		serve_ask_who(s, a, token);
	} else {
		serve_dispatch(s, a, who);
	}
	ward_wipe(token, sizeof(token));
}
