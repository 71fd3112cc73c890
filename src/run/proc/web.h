/* Private to processes that answer HTTP: many connections on one listener that the supervisor
 * holds, with or without TLS, each request to the process's own function.
 *
 * Outside bytes come in here and are read by http/message; who may keep a connection is said by
 * seats. One request at a time is answered of each connection. */
#ifndef WARD_RUN_PROC_WEB_H
#define WARD_RUN_PROC_WEB_H

#include "http/message.h"
#include "run/process.h"

struct log_tls_server;
struct web;

/* What is answered; all but body may be NULL or empty. */
struct web_answer {
	unsigned status;
	const char *word;   /* "Not Found" */
	const char *type;   /* media type; NULL: text/plain */
	const char *fields; /* more of them, each with its CR and LF */
	struct ward_str body;
	const char *counter; /* its name, forever */
	bool keep;           /* the connection may be used again */
	bool known;          /* who asks has shown who he is */
};

struct web_opts {
	struct ward_process *p;
	int listener;
	struct log_tls_server *tls; /* NULL: in clear; borrowed */
	size_t body_max, answer_max;
	/* Answers one request by web_say. False: the process is to end. */
	bool (*request)(
		void *ctx, const struct ward_httpmsg *http, const struct ward_httpmsg_whole *m);
	/* It is no HTTP, or too long (LIMIT): what to say; then the connection ends. */
	void (*broken)(void *ctx, enum ward_err err, const char *why);
	void *ctx;
	const char *late, *refused, *ended; /* names of counters, forever */
};

/* Before the cage. Ends the process when there is no memory, or the listener is none. */
struct web *web_new(const struct web_opts *o);
void web_free(struct web *w);
/* Within `request` and `broken`: once for each. */
void web_say(struct web *w, const struct web_answer *a);
/* Waits for what comes, also on `also` (WARD_FD_NONE: nothing), at most wait_ms. False: the process
 * is to end. */
bool web_turn(struct web *w, int also, int wait_ms);

#endif
