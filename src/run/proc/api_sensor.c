/* Sensors elsewhere: what they post, with the certificate that they show, and how they get one.
 * Which sensor a certificate is of, and whether it counts, `login` says; what it said counts for a
 * minute. */
#include "run/proc/api_account.h"
#include "run/proc/api_post.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

static const ward_ns good_for = 60 * WARD_NS_PER_S;

static struct serve_sensor *known(struct server *s, const uint8_t print[WARD_SIGN_TOKEN])
{
	for (size_t i = 0; i < WARD_SENSORS_MAX; i++)
		if (s->sensor[i].id[0] && memcmp(s->sensor[i].print, print, WARD_SIGN_TOKEN) == 0)
			return &s->sensor[i];
	return NULL;
}

static bool in_time(struct server *s, const struct ward_httpd_shown *shown)
{
	ward_ns now = ward_clock_now(s->p.clock);

	return now >= shown->from && now < shown->until;
}

bool serve_sensor_post(struct server *s, struct ward_httpd_ask *a)
{
	struct serve_pending p = {.question = SERVE_SENSOR, .what = WARD_SIGN_SENSOR_IS, .ask = a};
	struct ward_sign sign = {.what = WARD_SIGN_SENSOR_IS};
	struct ward_wr w = ward_wr_fixed(s->message, sizeof(s->message));
	struct ward_httpd_shown shown;

	if (!s->sensors || !ward_httpd_shown(a, &shown))
		return false;
	struct serve_sensor *x = known(s, shown.print);

	if (!in_time(s, &shown)) {
		serve_problem(s, a, 403,
			WARD_TEXT("the sensor's certificate is over, or this machine's clock is "
				  "wrong: `ward sensor add` makes a code that takes it in again"));
	} else if (x && serve_mono(s) - x->checked < good_for) {
		serve_post_of(s, a, ward_str_z(x->id), shown.print);
	} else if (serve_may_post(s, a)) { /* whose it is costs `login` a question */
		memcpy(sign.from, a->peer, sizeof(sign.from));
		memcpy(sign.token, shown.print, sizeof(sign.token));
		memcpy(p.token, shown.print, sizeof(p.token));
		ward_sign_put(&w, &sign);
		serve_ask_login(s, &p, WARD_MSG_SIGN, ward_wr_slice(&w));
	}
	return true;
}

/* The one that was asked for least of late makes room. */
static struct serve_sensor *keep(
	struct server *s, const uint8_t print[WARD_SIGN_TOKEN], struct ward_str id)
{
	struct serve_sensor *x = known(s, print), *oldest = &s->sensor[0];

	for (size_t i = 0; i < WARD_SENSORS_MAX; i++)
		if (s->sensor[i].checked < oldest->checked)
			oldest = &s->sensor[i];
	x = x ? x : oldest;
	*x = (struct serve_sensor){.checked = serve_mono(s)};
	memcpy(x->print, print, sizeof(x->print));
	memcpy(x->id, id.p, id.len);
	return x;
}

void serve_sensor_told(struct server *s, const struct serve_pending *p, const struct ward_signed *d)
{
	struct ward_wr scratch = ward_wr_fixed(s->scratch, sizeof(s->scratch));
	struct serve_sensor *x = known(s, p->token);
	struct serve_body b;

	if (d->err) {
		if (x && d->err == WARD_ERR_DENIED)
			*x = (struct serve_sensor){.checked = 0};
		serve_problem_str(s, p->ask, d->err == WARD_ERR_DENIED ? 403 : 503,
			serve_text(s, p->ask, d->why));
		return;
	}
	const char *wrong = serve_body_read(ward_str_bytes(d->json), &scratch, &b);
	struct ward_str id = wrong ? WARD_STR("") : serve_body_text(&b, "sensor");

	if (!ward_sensor_is_id(id)) {
		ward_count_name(&s->p.counters, "api.login_malformed", 1);
		serve_problem(
			s, p->ask, 503, WARD_TEXT("accounts can't be asked just now; try again"));
		return;
	}
	x = keep(s, p->token, id);
	serve_post_of(s, p->ask, ward_str_z(x->id), x->print);
}

bool serve_sensor_key(struct server *s, struct ward_httpd_ask *a)
{
	struct ward_sign sign = {.what = WARD_SIGN_SENSOR_KEY};
	struct ward_httpd_shown shown;
	struct serve_body b;

	if (!ward_str_eqz(a->path, WARD_API_PATH "sensor/certificate"))
		return false;
	if (!ward_str_eqz(a->method, "POST")) {
		serve_problem(s, a, 405, WARD_TEXT("a sensor posts its public key here"));
		return true;
	}
	if (!serve_may_sign(s, a) || !serve_read_body(s, a, &b))
		return true;
	sign.old = serve_body_text(&b, "key");
	sign.code = serve_body_text(&b, "proof");
	bool by_certificate = !sign.code.len && s->sensors && ward_httpd_shown(a, &shown);

	if (!s->sensors) {
		serve_problem(s, a, 404,
			WARD_TEXT("no sensor can be taken in: sources.yml has no source of `kind: "
				  "sensor` without a `password_file`"));
	} else if (!sign.old.len || (!sign.code.len && !by_certificate)) {
		serve_problem(s, a, 400,
			WARD_TEXT("say key, and the proof of a code; without one the certificate "
				  "that is to be renewed has to be shown"));
	} else if (by_certificate && !in_time(s, &shown)) {
		serve_problem(s, a, 403,
			WARD_TEXT("the sensor's certificate is over, or this machine's clock is "
				  "wrong: `ward sensor add` makes a code that takes it in again"));
	} else {
		if (by_certificate)
			memcpy(sign.token, shown.print, sizeof(sign.token));
		serve_ask_sign(s, a, NULL, &sign);
		return true;
	}
	serve_forget_body(s);
	return true;
}
