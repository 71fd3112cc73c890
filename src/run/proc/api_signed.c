/* What `login` and `desk` say to what people asked, as answers to browsers: a session and its
 * cookies, a refusal, what a decision gave. */
#include "run/proc/api_account.h"

#include <sodium.h>
#include <stdio.h>

enum { COOKIE_MAX = 192 };

/* ---- a session, as JSON ---- */

static void put_named(struct server *s, struct ward_json *j, struct ward_str id)
{
	uint32_t i = ward_model_find(s->m, id);

	ward_json_obj(j);
	ward_json_key(j, "id");
	ward_json_str(j, id);
	ward_json_key(j, "name");
	ward_json_str(j, i == WARD_NONE ? id : ward_model_node(s->m, i)->name);
	ward_json_obj_end(j);
}

static void put_hospital(struct server *s, struct ward_json *j)
{
	const struct ward_hospital *h = ward_model_hospital(s->m);

	ward_json_key(j, "hospital");
	ward_json_obj(j);
	ward_json_put_str(j, "id", h->id);
	ward_json_put_str(j, "name", h->name);
	ward_json_put_str(j, "city", h->city);
	ward_json_put_str(j, "country", h->country);
	ward_json_put_str(j, "timezone", h->timezone);
	ward_json_key(j, "languages");
	ward_json_arr(j);
	for (size_t i = 0; i < h->n_languages; i++)
		ward_json_str(j, h->languages[i]);
	ward_json_arr_end(j);
	ward_json_put_bool(j, "exercise", ward_model_exercise(s->m, s->exercise));
	ward_json_obj_end(j);
}

static void put_session(struct server *s, const struct ward_session *x, const uint8_t *token)
{
	char csrf[WARD_SIGN_TEXT];
	struct ward_json j = ward_json_on(&s->out);

	ward_wr_reset(&s->out);
	ward_sign_csrf(token, csrf);
	ward_json_obj(&j);
	ward_json_key(&j, "person");
	ward_json_obj(&j);
	ward_json_put_str(&j, "id", x->person);
	ward_json_put_str(&j, "name", x->name);
	ward_json_obj_end(&j);
	ward_json_key(&j, "roles");
	ward_json_arr(&j);
	for (size_t i = 0; i < x->n_role; i++)
		put_named(s, &j, x->role[i]);
	ward_json_arr_end(&j);
	ward_json_key(&j, "rights");
	ward_json_arr(&j);
	for (unsigned r = 0; r < WARD_RIGHT_N; r++)
		if (x->rights & WARD_RIGHT_BIT(r))
			ward_json_z(&j, ward_right_name((enum ward_right)r));
	ward_json_arr_end(&j);
	ward_json_key(&j, "places");
	ward_json_arr(&j);
	for (size_t i = 0; i < x->n_place; i++)
		put_named(s, &j, x->place[i]);
	ward_json_arr_end(&j);
	ward_json_put_str(&j, "language", x->language);
	ward_json_put_str(&j, "csrf", ward_str_z(csrf));
	ward_json_key(&j, "expires");
	ward_json_time(&j, x->expires);
	ward_json_put_bool(&j, "second_factor", x->totp);
	ward_json_put_bool(&j, "must_set_password", x->must_set_password);
	ward_json_put_bool(&j, "post", x->post);
	ward_json_put_bool(&j, "wall", x->wall);
	put_hospital(s, &j);
	ward_json_obj_end(&j);
	ward_wr_ch(&s->out, '\n');
	ward_wipe(csrf, sizeof(csrf));
}

void serve_say_session(struct server *s, struct ward_httpd_ask *a, unsigned status,
	const struct ward_session *x, const uint8_t *token, const char *cookie)
{
	put_session(s, x, token);
	serve_say(s, a,
		&(struct serve_answer){.status = status,
			.type = WARD_API_JSON,
			.body = ward_wr_slice(&s->out),
			.cookie = cookie});
}

void serve_cookie(const uint8_t *token, char *ret, size_t n)
{
	char hex[WARD_SIGN_TEXT];

	ward_sign_text(token, hex);
	(void)snprintf(ret, n, SERVE_COOKIE "=%s; Path=/; Secure; HttpOnly; SameSite=Strict", hex);
	ward_wipe(hex, sizeof(hex));
}

static void device_cookie_of(const uint8_t *key, char ret[COOKIE_MAX])
{
	char hex[WARD_SIGN_TEXT];

	ward_sign_text(key, hex);
	(void)snprintf(ret, COOKIE_MAX,
		SERVE_DEVICE_COOKIE
		"=%s; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=34560000", /* 400 d */
		hex);
	ward_wipe(hex, sizeof(hex));
}

static const char cookie_gone[] =
	SERVE_COOKIE "=; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=0";

/* ---- answers ---- */

static unsigned status_of(const struct serve_pending *p, enum ward_err err)
{
	if (p->configures && (err == WARD_ERR_CONFIG || err == WARD_ERR_FULL))
		return err == WARD_ERR_CONFIG ? 422 : 429;
	bool signing = p->what == WARD_SIGN_PASSWORD || p->what == WARD_SIGN_CODE ||
		       p->what == WARD_SIGN_PIN;

	if (err == WARD_ERR_DENIED)
		return p->question == SERVE_SIGN && signing ? 401 : 403;
	return err == WARD_ERR_CLOSED                               ? 401
	       : err == WARD_ERR_NOT_FOUND                          ? 404
	       : err == WARD_ERR_STATE || err == WARD_ERR_CONFIG    ? 409
	       : err == WARD_ERR_MALFORMED || err == WARD_ERR_LIMIT ? 400
	       : err == WARD_ERR_AGAIN || err == WARD_ERR_FULL      ? 503
								    : 500;
}

static void no(struct server *s, const struct serve_pending *p, enum ward_err err,
	struct ward_str why, struct ward_str json)
{
	why = why.len ? serve_text(s, p->ask, why) : ward_str_z(ward_err_text(err));
	if (err == WARD_ERR_DENIED && json.len > 2 && json.p[0] == '{') {
		serve_problem_with(s, p->ask, status_of(p, err), why, json);
		return;
	}
	serve_problem_str(s, p->ask, status_of(p, err), why);
}

static bool is_set(const uint8_t token[WARD_SIGN_TOKEN])
{
	return !sodium_is_zero(token, WARD_SIGN_TOKEN);
}

static void say_json(
	struct server *s, const struct serve_pending *p, unsigned status, struct ward_str json)
{
	serve_say(s, p->ask,
		&(struct serve_answer){
			.status = status, .type = WARD_API_JSON, .body = ward_str_bytes(json)});
}

/* Signed in, or with a new password: the token is new. */
static void signed_in(struct server *s, const struct serve_pending *p, const struct ward_signed *d,
	struct ward_slice body)
{
	char cookie[COOKIE_MAX];
	struct serve_session *x = is_set(d->token) ? serve_session_keep(s, d->token, body) : NULL;

	if (!x) {
		serve_problem(s, p->ask, 503, WARD_TEXT("there is no room for another session"));
		return;
	}
	serve_cookie(d->token, cookie, sizeof(cookie));
	ward_httpd_known(p->ask);
	if (p->what == WARD_SIGN_SET_PASSWORD)
		serve_say(s, p->ask, &(struct serve_answer){.status = 204, .cookie = cookie});
	else
		serve_say_session(s, p->ask, 201, &x->is, d->token, cookie);
	ward_wipe(cookie, sizeof(cookie));
}

/* A post or wall screen; the latter is signed in by it. */
static void at_device(struct server *s, const struct serve_pending *p, const struct ward_signed *d,
	struct ward_slice body)
{
	char cookie[COOKIE_MAX], device[COOKIE_MAX];

	if (is_set(d->token) && !serve_session_keep(s, d->token, body)) {
		serve_problem(s, p->ask, 503, WARD_TEXT("there is no room for another session"));
		return;
	}
	serve_cookie(d->token, cookie, sizeof(cookie));
	device_cookie_of(d->device, device);
	serve_say(s, p->ask,
		&(struct serve_answer){.status = 200,
			.type = WARD_API_JSON,
			.body = ward_str_bytes(d->json),
			.cookie = is_set(d->token) ? cookie : NULL,
			.device_cookie = is_set(d->device) ? device : NULL});
	ward_wipe(cookie, sizeof(cookie));
	ward_wipe(device, sizeof(device));
}

void serve_signed(struct server *s, const struct serve_pending *p, const struct ward_signed *d,
	struct ward_slice body)
{
	struct serve_session *old = is_set(p->token) ? serve_session_find(s, p->token) : NULL;

	if (d->err == WARD_ERR_AGAIN) {
		serve_wait(s, p->ask, d->wait, serve_text(s, p->ask, d->why));
		return;
	}
	if (d->err) {
		if (d->err == WARD_ERR_CLOSED && old)
			serve_session_drop(s, old);
		no(s, p, d->err, d->why, d->json);
		return;
	}
	switch (p->what) {
	case WARD_SIGN_PASSWORD:
	case WARD_SIGN_CODE:
		signed_in(s, p, d, body);
		break;
	case WARD_SIGN_DEVICE:
		at_device(s, p, d, body);
		break;
	case WARD_SIGN_SET_PASSWORD:
	case WARD_SIGN_PIN:
		if (old)
			serve_session_drop(s, old);
		signed_in(s, p, d, body);
		break;
	case WARD_SIGN_OUT:
		if (old)
			serve_session_drop(s, old);
		serve_say(s, p->ask, &(struct serve_answer){.status = 204, .cookie = cookie_gone});
		break;
	case WARD_SIGN_SECOND_CONFIRM:
	case WARD_SIGN_PROVE:
		(void)serve_session_keep(s, p->token, body);
		serve_say(s, p->ask, &(struct serve_answer){.status = 204});
		break;
	case WARD_SIGN_PEOPLE:
	case WARD_SIGN_SESSIONS:
	case WARD_SIGN_DEVICES:
		say_json(s, p, 200, d->json);
		break;
	case WARD_SIGN_ISSUE:
	case WARD_SIGN_SECOND:
	case WARD_SIGN_KEY:
	case WARD_SIGN_DEVICE_MAKE:
	case WARD_SIGN_SENSOR_KEY:
		say_json(s, p, 201, d->json);
		break;
	case WARD_SIGN_DISABLE:
	case WARD_SIGN_ENABLE:
	case WARD_SIGN_SECOND_END:
	case WARD_SIGN_KEY_ADD:
	case WARD_SIGN_KEY_END:
	case WARD_SIGN_SESSION_END:
	case WARD_SIGN_SET_PIN:
	case WARD_SIGN_DEVICE_END:
		serve_say(s, p->ask, &(struct serve_answer){.status = 204});
		break;
	case WARD_SIGN_CHECK:
	case WARD_SIGN_LOOK:
	case WARD_SIGN_SEARCHED:
	case WARD_SIGN_SENSORS:
	case WARD_SIGN_SENSOR_ADD:
	case WARD_SIGN_SENSOR_END:
	case WARD_SIGN_SENSOR_IS:
	case WARD_SIGN_N:
	default:
		serve_problem(s, p->ask, 500, WARD_TEXT("nobody asked for that"));
	}
}

void serve_decided(struct server *s, const struct serve_pending *p, const struct ward_decided *d)
{
	if (d->err) {
		no(s, p, d->err, d->why, d->json);
		return;
	}
	if (p->configures) {
		say_json(s, p, 200, d->json);
		return;
	}
	if (p->question == SERVE_READ) {
		serve_reading(s, p, d->json);
		return;
	}
	if (p->question == SERVE_STILL) {
		serve_still_is(s, p, d->json);
		return;
	}
	struct ward_json j = ward_json_on(&s->out);

	ward_wr_reset(&s->out);
	ward_json_obj(&j);
	ward_json_put_bool(&j, "ok", true);
	ward_json_key(&j, "answer");
	ward_json_raw(&j, d->json.len ? d->json : WARD_STR("null"));
	ward_json_obj_end(&j);
	ward_wr_ch(&s->out, '\n');
	say_json(s, p, 200, ward_wr_text(&s->out));
}
