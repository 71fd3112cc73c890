#include "run/proc/api_account.h"

#include <stdio.h>

/* A body of one text or more, each of which goes to a field of what `login` is asked. */
struct part {
	const char *name;
	struct ward_str *to;
	bool optional;
};

static void with_body(struct server *s, struct ward_httpd_ask *a, struct serve_session *who,
	struct ward_sign *sign, const struct part *part, size_t n)
{
	struct serve_body b;
	char why[64];

	if (!serve_read_body(s, a, &b))
		return;
	for (size_t i = 0; i < n; i++) {
		*part[i].to = serve_body_text(&b, part[i].name);
		if (part[i].to->len || part[i].optional)
			continue;
		(void)snprintf(why, sizeof(why), "say %s", part[i].name);
		serve_problem(s, a, 400, why);
		serve_forget_body(s);
		return;
	}
	serve_ask_sign(s, a, who, sign);
}

struct ward_str serve_origin(const struct ward_httpd_ask *a, char ret[SERVE_ORIGIN])
{
	struct ward_str host = ward_httpd_value(a, "host");
	int n = snprintf(ret, SERVE_ORIGIN, "https://%.*s", WARD_STR_ARG(host));

	return n > 0 && n < SERVE_ORIGIN ? (struct ward_str){ret, (size_t)n} : WARD_STR("");
}

void serve_key(struct server *s, struct ward_httpd_ask *a, struct serve_session *who)
{
	serve_ask_sign(s, a, who, &(struct ward_sign){.what = WARD_SIGN_KEY});
}

void serve_key_add(struct server *s, struct ward_httpd_ask *a, struct serve_session *who)
{
	struct ward_sign sign = {.what = WARD_SIGN_KEY_ADD};
	char origin[SERVE_ORIGIN];
	struct serve_body b;

	if (!serve_read_body(s, a, &b))
		return;
	sign.code = serve_body_text(&b, "name");
	sign.proof = serve_body_object(&b, "key");
	sign.old = serve_origin(a, origin);
	serve_ask_sign(s, a, who, &sign);
}

void serve_key_end(struct server *s, struct ward_httpd_ask *a, struct serve_session *who)
{
	struct ward_sign sign = {.what = WARD_SIGN_KEY_END};
	const struct part part[] = {{"id", &sign.code, false}};

	with_body(s, a, who, &sign, part, WARD_ARRAY_LEN(part));
}

void serve_prove(struct server *s, struct ward_httpd_ask *a, struct serve_session *who)
{
	struct ward_sign sign = {.what = WARD_SIGN_PROVE};
	char origin[SERVE_ORIGIN];
	struct serve_body b;

	if (!serve_may_sign(s, a) || !serve_read_body(s, a, &b))
		return;
	sign.password = serve_body_text(&b, "password");
	sign.code = serve_body_text(&b, "totp");
	sign.proof = serve_body_object(&b, "key");
	if (sign.proof.len)
		sign.old = serve_origin(a, origin);
	serve_ask_sign(s, a, who, &sign);
}

void serve_second_end(struct server *s, struct ward_httpd_ask *a, struct serve_session *who)
{
	struct ward_sign sign = {.what = WARD_SIGN_SECOND_END};
	const struct part part[] = {{"totp", &sign.code, false}};

	with_body(s, a, who, &sign, part, WARD_ARRAY_LEN(part));
}

void serve_sessions(struct server *s, struct ward_httpd_ask *a, struct serve_session *who)
{
	serve_ask_sign(s, a, who, &(struct ward_sign){.what = WARD_SIGN_SESSIONS});
}

void serve_session_end(struct server *s, struct ward_httpd_ask *a, struct serve_session *who)
{
	struct ward_sign sign = {.what = WARD_SIGN_SESSION_END};
	const struct part part[] = {{"id", &sign.code, false}};

	with_body(s, a, who, &sign, part, WARD_ARRAY_LEN(part));
}

void serve_set_pin(struct server *s, struct ward_httpd_ask *a, struct serve_session *who)
{
	struct ward_sign sign = {.what = WARD_SIGN_SET_PIN};
	const struct part part[] = {{"pin", &sign.password, true}};

	with_body(s, a, who, &sign, part, WARD_ARRAY_LEN(part));
}

void serve_pin(struct server *s, struct ward_httpd_ask *a, struct serve_session *who)
{
	struct ward_sign sign = {.what = WARD_SIGN_PIN};
	const struct part part[] = {
		{"person", &sign.person, false}, {"pin", &sign.password, false}};

	if (serve_may_sign(s, a))
		with_body(s, a, who, &sign, part, WARD_ARRAY_LEN(part));
}

/* Nobody's session counts here: it is the browser that asks. */
void serve_device(struct server *s, struct ward_httpd_ask *a, struct serve_session *who)
{
	struct ward_sign sign = {.what = WARD_SIGN_DEVICE};
	const struct part part[] = {{"link", &sign.code, true}};

	(void)who;
	with_body(s, a, NULL, &sign, part, WARD_ARRAY_LEN(part));
}

void serve_devices(struct server *s, struct ward_httpd_ask *a, struct serve_session *who)
{
	serve_ask_sign(s, a, who, &(struct ward_sign){.what = WARD_SIGN_DEVICES});
}

void serve_device_make(struct server *s, struct ward_httpd_ask *a, struct serve_session *who)
{
	struct ward_sign sign = {.what = WARD_SIGN_DEVICE_MAKE};
	const struct part part[] = {{"limit", &sign.code, false}, {"name", &sign.old, false},
		{"place", &sign.person, true}};

	with_body(s, a, who, &sign, part, WARD_ARRAY_LEN(part));
}

void serve_device_end(struct server *s, struct ward_httpd_ask *a, struct serve_session *who)
{
	struct ward_sign sign = {.what = WARD_SIGN_DEVICE_END};
	const struct part part[] = {{"id", &sign.code, false}};

	with_body(s, a, who, &sign, part, WARD_ARRAY_LEN(part));
}

void serve_set_password(struct server *s, struct ward_httpd_ask *a, struct serve_session *who)
{
	struct serve_body b;
	struct ward_sign sign = {.what = WARD_SIGN_SET_PASSWORD};

	if (!serve_read_body(s, a, &b))
		return;
	sign.old = serve_body_text(&b, "old");
	sign.password = serve_body_text(&b, "password");
	serve_ask_sign(s, a, who, &sign);
}

void serve_second(struct server *s, struct ward_httpd_ask *a, struct serve_session *who)
{
	serve_ask_sign(s, a, who, &(struct ward_sign){.what = WARD_SIGN_SECOND});
}

void serve_second_confirm(struct server *s, struct ward_httpd_ask *a, struct serve_session *who)
{
	struct serve_body b;
	struct ward_sign sign = {.what = WARD_SIGN_SECOND_CONFIRM};

	if (!serve_read_body(s, a, &b))
		return;
	sign.code = serve_body_text(&b, "totp");
	serve_ask_sign(s, a, who, &sign);
}
