/* Private to the process `api`: what its files that answer requests give each other; the other half
 * of api.h, which includes it. */
#ifndef WARD_RUN_PROC_API_PARTS_H
#define WARD_RUN_PROC_API_PARTS_H

#include "run/proc/api.h"

/* ---- api_reckon.c ---- */
/* Who asks waits for what `reckon` says to that. */
void serve_reckon(struct server *s, struct ward_httpd_ask *a, struct ward_str question);
/* What came from it, and what does not come. */
void serve_hear_reckon(struct server *s);

/* ---- api_sign.c ---- */
/* True: the path is one of sessions, people, decisions; then it is answered, or will be. */
bool serve_sign(struct server *s, struct ward_httpd_ask *a, struct serve_session *who);
void serve_signed(struct server *s, const struct serve_pending *p, const struct ward_signed *d,
	struct ward_slice body);
void serve_decided(struct server *s, const struct serve_pending *p, const struct ward_decided *d);

/* The cookie of a session, into n bytes. */
void serve_cookie(const uint8_t *token, char *ret, size_t n);

/* ---- api_enter.c ---- */
/* True: the path is one of those by which browsers sign in elsewhere; it is answered, or will be.
 */
bool serve_enter(struct server *s, struct ward_httpd_ask *a);
void serve_entered(struct server *s, const struct serve_pending *p, const struct ward_signed *d,
	struct ward_slice body);

/* ---- api_machine.c ---- */
/* Before the cage. */
void serve_machines_read(struct server *s);
/* The machine whose certificate was shown; NULL: none that is known, and good. */
struct serve_session *serve_machine_of(struct server *s, const struct ward_httpd_ask *a);

/* False: it was answered why not. */
bool serve_read_body(struct server *s, struct ward_httpd_ask *a, struct serve_body *b);
void serve_forget_body(struct server *s);
/* May the address try once more? False: it was answered that not. */
bool serve_may_sign(struct server *s, struct ward_httpd_ask *a);
/* Asks `login`, for who is signed in, or for nobody; sign and the body are wiped. */
void serve_ask_sign(struct server *s, struct ward_httpd_ask *a, const struct serve_session *who,
	struct ward_sign *sign);

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
/* ---- api_post.c ---- */
/* Events of another system, with its token. */
void serve_post(struct server *s, struct ward_httpd_ask *a);
/* What `ingest` says became of them, and what it does not say. */
void serve_hear_ingest(struct server *s);

/* ---- api_stream.c ---- */
void serve_stream(struct server *s, struct ward_httpd_ask *a, struct serve_session *who);
void serve_stream_gone(void *ctx, void *stream_ctx);
void serve_stream_end_all(struct server *s, struct serve_session *x);
/* Tells what is new, and asks again whose sessions are open. */
void serve_streams(struct server *s);

#endif
