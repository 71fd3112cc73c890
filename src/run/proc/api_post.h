/* Private to the process `api`: events that others post (api_post.c). */
#ifndef WARD_RUN_PROC_API_POST_H
#define WARD_RUN_PROC_API_POST_H

#include "run/proc/api.h"

/* Events of another system, with its token. */
void serve_post(struct server *s, struct ward_httpd_ask *a);
/* The same of a sensor that is known by its certificate. */
void serve_post_of(struct server *s, struct ward_httpd_ask *a, struct ward_str sensor,
	const uint8_t print[WARD_SIGN_TOKEN]);
/* True: an address that is not known to post yet may. False: it was answered that it has to wait.
 */
bool serve_may_post(struct server *s, struct ward_httpd_ask *a);
/* What `ingest` says became of them, and what it does not say. */
void serve_hear_ingest(struct server *s);

/* ---- api_sensor.c ---- */

/* With a certificate, and a console that takes sensors in. False: it is neither. */
bool serve_sensor_post(struct server *s, struct ward_httpd_ask *a);
/* What `login` says of a certificate. */
void serve_sensor_told(
	struct server *s, const struct serve_pending *p, const struct ward_signed *d);
/* A certificate for a sensor's key. False: something else was asked for. */
bool serve_sensor_key(struct server *s, struct ward_httpd_ask *a);

#endif
