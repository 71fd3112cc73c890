/* Private to the process `directory`: what its files share.
 *
 * It speaks with the hospital's identity provider or directory server for `login`, one question
 * after the other, each over connections of its own that a child makes (run/dial.h). Nothing that
 * it says counts but what `login` makes of it. */
#ifndef WARD_RUN_PROC_DIRECTORY_H
#define WARD_RUN_PROC_DIRECTORY_H

#include "directory/ldap.h"
#include "directory/oidc.h"
#include "run/direct.h"
#include "run/process.h"
#include "words/words.h"

enum { DIRECTORY_KNOWN = 512, DIRECTORY_ANSWER = 512 << 10 };

struct camera_tls;
struct camera_tls_client;

struct directory {
	struct ward_process p;
	struct ward_limits lim;
	struct ward_directory conf;
	char secret[WARD_OIDC_SECRET + 1];
	struct ward_arena arena; /* of the question in hand */
	char host[WARD_DIRECTORY_HOST + 1];
	struct ward_lang *lang; /* of the log's reasons; NULL: English */
	struct ward_wr why;     /* in it; empty: no reason */
	int login;              /* link */

	/* directory_line.c: the connection in hand */
	struct camera_tls_client *client;
	struct camera_tls *tls;
	int dialer, sock;
	ward_ns until; /* monotonic: the question in hand is given up then */
	ward_ns down;  /* the same: until then it is not asked again, since it was out of reach */

	/* directory_oidc.c */
	struct ward_oidc_provider provider;
	struct ward_jwt_keys *keys;
	ward_ns provider_at, keys_at; /* monotonic: when they were got; 0: never */
	struct directory_known {
		char key[WARD_DIRECTORY_NAME + 1]; /* "sub"; empty: free */
		char *refresh;                     /* n bytes */
		size_t n;
		ward_ns used;
	} known[DIRECTORY_KNOWN];

	struct ward_wr out; /* a request, with what is secret in it */
	uint8_t buf[WARD_MSG_MAX], answer[DIRECTORY_ANSWER];
	size_t n_answer;
};

/* The question can't be answered: AGAIN, with a reason for the log (a WARD_TEXT). */
WARD_MUST_CHECK enum ward_err directory_lost(struct directory *k, const char *why);
/* No: DENIED, with a reason for the log, likewise. */
WARD_MUST_CHECK enum ward_err directory_no(struct directory *k, const char *why);

/* ---- directory_line.c ---- */
/* Before the cage: TLS, and the child that connects. */
void directory_line_prepare(struct directory *k);
/* A connection with TLS. AGAIN. */
WARD_MUST_CHECK enum ward_err directory_line_open(struct directory *k);
void directory_line_close(struct directory *k);
/* All of k->out; wipes it. AGAIN. */
WARD_MUST_CHECK enum ward_err directory_line_say(struct directory *k);
/* Some more bytes behind k->answer. CLOSED: there are none any more; AGAIN. */
WARD_MUST_CHECK enum ward_err directory_line_hear(struct directory *k);

/* ---- directory_oidc.c, directory_ldap.c: *ret's texts are the arena's or k's ---- */
WARD_MUST_CHECK enum ward_err directory_oidc(
	struct directory *k, const struct ward_direct *d, struct ward_directed *ret);
void directory_oidc_forget(struct directory *k);
WARD_MUST_CHECK enum ward_err directory_ldap(
	struct directory *k, const struct ward_direct *d, struct ward_directed *ret);
/* Puts who it is into *ret. */
WARD_MUST_CHECK enum ward_err directory_say_who(
	struct directory *k, const struct ward_directory_who *who, struct ward_directed *ret);

#endif
