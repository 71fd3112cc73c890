/* Private to the process `api`: what its files that answer requests give each other; the other half
 * of api.h, which includes it. */
#ifndef WARD_RUN_PROC_API_PARTS_H
#define WARD_RUN_PROC_API_PARTS_H

#include "run/proc/api.h"

/* ---- api_reckon.c ---- */
/* Who asks waits for what `reckon` says to that. */
void serve_reckon(struct server *s, struct ward_httpd_ask *a, const struct serve_session *who,
	struct ward_str question);
/* Nobody waits: what it says is for the next answer. */
void serve_reckon_aside(struct server *s, struct ward_str question);
/* What came from it, and what does not come. */
void serve_hear_reckon(struct server *s);

/* ---- api_config.c ---- */
/* True: the path is of the hospital's configuration; it is answered, or will be. */
bool serve_config(struct server *s, struct ward_httpd_ask *a, struct serve_session *who);
/* What came from `config`, and what does not come. */
void serve_hear_config(struct server *s);
/* For ward_httpd_opts: a proposal's may be longer, of who may make one. */
size_t serve_body_of(void *ctx, const struct ward_httpd_ask *a);

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
/* The machine whose certificate was shown; NULL: none that is known, and good. *ret_why: the
 * counter that tells which; NULL: none was shown. */
struct serve_session *serve_machine_shown(
	struct server *s, const struct ward_httpd_ask *a, const char **ret_why);
/* The same, counted. */
struct serve_session *serve_machine_of(struct server *s, const struct ward_httpd_ask *a);
/* SHA-256 of the certificate of that machine: WARD_MACHINE_PRINT bytes. */
const uint8_t *serve_machine_print(const struct server *s, const struct serve_session *who);

/* ---- api_evidence.c ---- */
/* True: the path is about a clip or photo; it is answered, or will be. */
bool serve_evidence(struct server *s, struct ward_httpd_ask *a, struct serve_session *who);
/* The reading is on the ledger; json is what `clips` said. */
void serve_reading(struct server *s, const struct serve_pending *p, struct ward_str json);
/* What came from `clips`, and what does not come. */
void serve_hear_clips(struct server *s);
/* True: that was one of its streams, which is over. */
bool serve_sealed_gone(struct server *s, void *stream_ctx);

/* ---- api_cameras.c: before the cage ---- */
struct ward_api_camera *serve_cameras(struct server *s, size_t *ret_n);

/* ---- api_still.c ---- */
/* True: the path is that of a camera's still; it is answered, or will be. */
bool serve_still(struct server *s, struct ward_httpd_ask *a, struct serve_session *who);
/* The looking is on record; json is what `desk` said. */
void serve_still_is(struct server *s, const struct serve_pending *p, struct ward_str json);

/* ---- api_photo.c ---- */
/* True: the path is that of a report's photo; it is answered, or will be. */
bool serve_photo(struct server *s, struct ward_httpd_ask *a, struct serve_session *who);

/* ---- api_upload.c ---- */
/* True: the path is that of files that are to be looked at; it is answered, or will be. */
bool serve_upload(struct server *s, struct ward_httpd_ask *a, struct serve_session *who);
/* What a body may be long where it is a piece of such a file of who may hand one in. */
bool serve_upload_body(struct server *s, const struct ward_httpd_ask *a);

/* ---- api_stream.c ---- */
void serve_stream(struct server *s, struct ward_httpd_ask *a, struct serve_session *who);
void serve_stream_gone(void *ctx, void *stream_ctx);
void serve_stream_end_all(struct server *s, struct serve_session *x);
/* Tells what is new, and asks again whose sessions are open. */
void serve_streams(struct server *s);

#endif
