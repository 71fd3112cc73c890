/* Private to the process `api`: what asks `login` for people, in api_sign.c and api_account.c, and
 * what it answers. */
#ifndef WARD_RUN_PROC_API_ACCOUNT_H
#define WARD_RUN_PROC_API_ACCOUNT_H

#include "run/proc/api.h"

/* ---- api_sign.c ---- */
/* True: the path is one of sessions, people, decisions; then it is answered, or will be. */
bool serve_sign(struct server *s, struct ward_httpd_ask *a, struct serve_session *who);
/* The language that is asked for: "it"; empty when none is. */
struct ward_str serve_language(const struct ward_httpd_ask *a);
/* What `login` or `desk` says, in the language of the page that asks. */
struct ward_str serve_text(
	struct server *s, const struct ward_httpd_ask *a, struct ward_str english);
/* False: it was answered why not. */
bool serve_read_body(struct server *s, struct ward_httpd_ask *a, struct serve_body *b);
void serve_forget_body(struct server *s);
/* May the address try once more? False: it was answered that not. */
bool serve_may_sign(struct server *s, struct ward_httpd_ask *a);
/* Asks `login`, for who is signed in, or for nobody; sign and the body are wiped. */
void serve_ask_sign(struct server *s, struct ward_httpd_ask *a, const struct serve_session *who,
	struct ward_sign *sign);

/* ---- api_signed.c ---- */
void serve_signed(struct server *s, const struct serve_pending *p, const struct ward_signed *d,
	struct ward_slice body);
void serve_decided(struct server *s, const struct serve_pending *p, const struct ward_decided *d);
/* Answers with a session; cookie NULL: the browser has it. */
void serve_say_session(struct server *s, struct ward_httpd_ask *a, unsigned status,
	const struct ward_session *x, const uint8_t *token, const char *cookie);

/* ---- api_account.c: requests of people about their account, at posts, and of devices ---- */
enum { SERVE_ORIGIN = 300 };
/* "https://ward.example:8443", by the name at which the browser asked, which is ours. Empty: too
 * long. Borrows ret. */
struct ward_str serve_origin(const struct ward_httpd_ask *a, char ret[SERVE_ORIGIN]);
#define SERVE_ASKED(name) \
	void name(struct server *s, struct ward_httpd_ask *a, struct serve_session *who)
SERVE_ASKED(serve_set_password);
SERVE_ASKED(serve_second);
SERVE_ASKED(serve_second_confirm);
SERVE_ASKED(serve_key);
SERVE_ASKED(serve_key_add);
SERVE_ASKED(serve_key_end);
SERVE_ASKED(serve_prove);
SERVE_ASKED(serve_second_end);
SERVE_ASKED(serve_sessions);
SERVE_ASKED(serve_session_end);
SERVE_ASKED(serve_set_pin);
SERVE_ASKED(serve_pin);
SERVE_ASKED(serve_device);
SERVE_ASKED(serve_devices);
SERVE_ASKED(serve_device_make);
SERVE_ASKED(serve_device_end);

#endif
