/* Private to the process `api`: events that others post (api_post.c). */
#ifndef WARD_RUN_PROC_API_POST_H
#define WARD_RUN_PROC_API_POST_H

#include "run/proc/api.h"

/* Events of another system, with its token. */
void serve_post(struct server *s, struct ward_httpd_ask *a);
/* What `ingest` says became of them, and what it does not say. */
void serve_hear_ingest(struct server *s);

#endif
