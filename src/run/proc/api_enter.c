/* Browsers that sign in at the hospital's identity provider: they are sent there, and come back
 * with a code, which `login` judges.
 *
 * The session's cookie is for requests of our own pages alone, and a browser that comes back is on
 * a way that began elsewhere: so it gets a page that goes on by itself. Until then it is known by a
 * cookie of its own, which is good for nothing else. */
#include "run/proc/api.h"

#include "http/target.h"
#include "run/direct.h"
#include "words/words.h"

#include <sodium.h>
#include <stdio.h>

enum { COOKIE_MAX = 192, PAGE_MAX = 8192, VALUE_MAX = WARD_OIDC_CODE };

#define BASE WARD_API_PATH
#define ENTERING "__Host-ward-entering"

static const char entering_gone[] = ENTERING "=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0";

/* ---- what is asked ---- */

static void ask(struct server *s, struct ward_httpd_ask *a, struct ward_enter *e)
{
	struct serve_pending p = {.question = SERVE_ENTER, .enter = e->what, .ask = a};
	struct ward_wr w = ward_wr_fixed(s->message, sizeof(s->message));

	memcpy(e->from, a->peer, sizeof(e->from));
	memcpy(p.token, e->token, sizeof(p.token));
	(void)ward_sign_parse(
		ward_http_cookie(ward_httpd_value(a, "cookie"), WARD_STR(SERVE_DEVICE_COOKIE)),
		e->device);
	ward_enter_put(&w, e);
	serve_ask_login(s, &p, WARD_MSG_ENTER, ward_wr_slice(&w));
	ward_wipe(s->message, w.len);
	ward_wipe(&p, sizeof(p));
	ward_wipe(e, sizeof(*e));
}

static void begin(struct server *s, struct ward_httpd_ask *a)
{
	struct ward_enter e = {.what = WARD_ENTER_BEGIN};

	randombytes_buf(e.token, sizeof(e.token));
	ask(s, a, &e);
}

static void finish(struct server *s, struct ward_httpd_ask *a)
{
	struct ward_wr scratch = ward_wr_fixed(s->scratch, sizeof(s->scratch));
	struct ward_enter e = {.what = WARD_ENTER_FINISH};
	struct ward_str cookie =
		ward_http_cookie(ward_httpd_value(a, "cookie"), WARD_STR(ENTERING));

	e.state = ward_http_param(a->query, "state", VALUE_MAX, &scratch);
	e.code = ward_http_param(a->query, "code", VALUE_MAX, &scratch);
	e.issuer = ward_http_param(a->query, "iss", VALUE_MAX, &scratch);
	e.error = ward_http_param(a->query, "error", VALUE_MAX, &scratch);
	if (e.error.len > WARD_DIRECTORY_NAME)
		e.error = WARD_STR("too long");
	if (e.state.len >= WARD_SIGN_TEXT || e.issuer.len > WARD_DIRECTORY_TEXT)
		e.state = (struct ward_str){0}; /* none of ours: refused as such */
	if (!e.state.p || !ward_sign_parse(cookie, e.token))
		ward_wipe(e.token, sizeof(e.token));
	if (e.issuer.len > WARD_DIRECTORY_TEXT)
		e.issuer = (struct ward_str){0};
	ask(s, a, &e);
	ward_wipe(s->scratch, scratch.len);
}

static bool may_enter(struct server *s, struct ward_httpd_ask *a)
{
	static const struct serve_rate rate = {20, 20}; /* each sign-in takes two */

	if (serve_may(s, &serve_peer_of(s, a->peer)->signing, &rate))
		return true;
	ward_count_name(&s->p.counters, "api.signing_limited", 1);
	serve_wait(s, a, 3 * WARD_NS_PER_S,
		ward_str_z(WARD_TEXT("too many attempts from this address; wait a little")));
	return false;
}

/* As much as whoever asks without a session may. */
static bool may_look(struct server *s, struct ward_httpd_ask *a)
{
	static const struct serve_rate rate = {300, 600};

	if (serve_may(s, &serve_peer_of(s, a->peer)->all, &rate))
		return true;
	serve_wait(
		s, a, WARD_NS_PER_S, ward_str_z(WARD_TEXT("too many requests from this address")));
	return false;
}

bool serve_enter(struct server *s, struct ward_httpd_ask *a)
{
	bool ways = ward_str_eqz(a->path, BASE "session/ways"),
	     goes = ward_str_eqz(a->path, BASE "session/oidc"),
	     comes = ward_str_eqz(a->path, BASE "session/oidc/callback");

	if (!ways && !goes && !comes)
		return false;
	if (!ward_str_eqz(a->method, "GET"))
		serve_say(s, a, &(struct serve_answer){.status = 405, .allow = "GET, HEAD"});
	else if (ways && may_look(s, a))
		ask(s, a, &(struct ward_enter){.what = WARD_ENTER_WAYS});
	else if (!ways && may_enter(s, a))
		(goes ? begin : finish)(s, a);
	return true;
}

/* ---- answers ---- */

static struct ward_lang *lang_of(struct server *s, const struct ward_httpd_ask *a)
{
	struct ward_str l = ward_str_sub(ward_httpd_value(a, "accept-language"), 0, 2);

	for (size_t i = 0; i < s->n_lang; i++)
		if (ward_str_ieq(ward_lang_code(s->lang[i]), l))
			return s->lang[i];
	return NULL;
}

static void put_html(struct ward_wr *w, struct ward_str s)
{
	for (size_t i = 0; i < s.len; i++)
		switch (s.p[i]) {
		case '&':
			ward_wr_z(w, "&amp;");
			break;
		case '<':
			ward_wr_z(w, "&lt;");
			break;
		case '>':
			ward_wr_z(w, "&gt;");
			break;
		case '"':
			ward_wr_z(w, "&quot;");
			break;
		default:
			ward_wr_ch(w, s.p[i]);
		}
}

static void put_text(struct ward_wr *w, struct ward_lang *lang, struct ward_str english)
{
	put_html(w, ward_lang_text(lang, english));
}

/* A page of a sentence and a link, to which it goes on by itself when all is well. */
static void page(struct server *s, struct ward_httpd_ask *a, const struct serve_answer *like,
	struct ward_str text, const char *link)
{
	struct ward_lang *lang = lang_of(s, a);
	struct serve_answer x = *like;
	struct ward_wr *w = &s->out;
	bool on = x.status == 200;

	ward_wr_reset(w);
	ward_wr_z(w, "<!doctype html>\n<html lang=\"");
	put_html(w, lang ? ward_lang_code(lang) : WARD_STR("en"));
	ward_wr_z(w, "\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" "
		     "content=\"width=device-width\"><meta name=\"color-scheme\" "
		     "content=\"light dark\">");
	if (on)
		ward_wr_z(w, "<meta http-equiv=\"refresh\" content=\"0;url=/\">");
	ward_wr_z(w, "<title>Ward</title></head><body><main><h1>Ward</h1><p>");
	put_text(w, lang, text);
	ward_wr_printf(w, "</p><p><a href=\"%s\">", link);
	put_text(w, lang,
		on ? ward_str_z(WARD_TEXT("Go on")) : ward_str_z(WARD_TEXT("Back to signing in")));
	ward_wr_z(w, "</a></p></main></body></html>\n");
	x.type = "text/html; charset=utf-8";
	x.body = ward_wr_slice(w);
	serve_say(s, a, &x);
}

static void refused(struct server *s, const struct serve_pending *p, const struct ward_signed *d)
{
	unsigned status = d->err == WARD_ERR_DENIED      ? 401
			  : d->err == WARD_ERR_STATE     ? 403
			  : d->err == WARD_ERR_NOT_FOUND ? 404
			  : d->err == WARD_ERR_MALFORMED ? 400
							 : 503;
	struct ward_str why =
		d->why.len ? d->why
			   : ward_str_z(WARD_TEXT("you could not be signed in; try again"));

	page(s, p->ask, &(struct serve_answer){.status = status, .cookie = entering_gone}, why,
		"/sign-in");
}

/* The address of the provider, out of {"url":"…"}, which `login` made. */
static bool take_url(struct ward_str json, struct ward_wr *w)
{
	struct serve_body b;
	uint8_t bytes[PAGE_MAX];
	struct ward_wr scratch = ward_wr_fixed(bytes, sizeof(bytes));

	if (serve_body_read(ward_str_bytes(json), &scratch, &b))
		return false;
	struct ward_str url = serve_body_text(&b, "url");

	ward_wr_str(w, url);
	ward_wr_ch(w, 0);
	return ward_str_starts(url, WARD_STR("https://")) && !ward_wr_bad(w);
}

static void goes(struct server *s, const struct serve_pending *p, const struct ward_signed *d)
{
	char cookie[COOKIE_MAX], hex[WARD_SIGN_TEXT], url[PAGE_MAX];
	struct ward_wr w = ward_wr_fixed(url, sizeof(url));

	if (!take_url(d->json, &w)) {
		serve_problem(s, p->ask, 500, WARD_TEXT("there is no address of the provider"));
		return;
	}
	ward_sign_text(p->token, hex);
	(void)snprintf(cookie, sizeof(cookie),
		ENTERING "=%s; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=600", hex);
	serve_say(s, p->ask,
		&(struct serve_answer){.status = 303, .cookie = cookie, .location = url});
	ward_wipe(hex, sizeof(hex));
	ward_wipe(cookie, sizeof(cookie));
}

void serve_entered(struct server *s, const struct serve_pending *p, const struct ward_signed *d,
	struct ward_slice body)
{
	char cookie[COOKIE_MAX];

	if (p->enter == WARD_ENTER_WAYS && !d->err) {
		serve_say(s, p->ask,
			&(struct serve_answer){.status = 200,
				.type = WARD_API_JSON,
				.body = ward_str_bytes(d->json)});
	} else if (d->err) {
		refused(s, p, d);
	} else if (p->enter == WARD_ENTER_BEGIN) {
		goes(s, p, d);
	} else if (!serve_session_keep(s, d->token, body)) {
		serve_problem(s, p->ask, 503, WARD_TEXT("there is no room for another session"));
	} else {
		serve_cookie(d->token, cookie, sizeof(cookie));
		ward_httpd_known(p->ask);
		page(s, p->ask,
			&(struct serve_answer){
				.status = 200, .cookie = cookie, .cookie_also = entering_gone},
			ward_str_z(WARD_TEXT("You are signed in.")), "/");
		ward_wipe(cookie, sizeof(cookie));
	}
}
