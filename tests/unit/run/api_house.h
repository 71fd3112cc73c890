/* The real process of the console in its cage, with a test in the places of store and login, and a
 * browser. One house, one thread. */
#ifndef WARD_TESTS_RUN_API_HOUSE_H
#define WARD_TESTS_RUN_API_HOUSE_H

#include "live.h"
#include "run/ipc.h"
#include "run/sign.h"

#include <openssl/ssl.h>

enum { TEXT = 4200, GOT = 1 << 20, PATIENCE_MS = 60000, LONG_TEXT = 60 };
/* First bytes of tokens of other sessions: of somebody who has no password, of somebody else. */
enum { NO_PASSWORD = 0xEE, OTHER = 0xDD };

#define BODY "application/json"

struct house {
	char folder[64], arg[8][TEXT];
	int store[2], login[2], reckon[2], listener;
	uint16_t port;
	uint8_t token[WARD_SIGN_TOKEN];
	char cookie[128], csrf[WARD_SIGN_TEXT];
	unsigned n_sign[WARD_SIGN_N], n_decision;
	bool over; /* the session is */
	char decided[256];
	struct live_process api;
	SSL_CTX *ctx;
};

extern struct house h;
extern uint8_t buf[WARD_MSG_MAX], out[WARD_MSG_BODY_MAX];
extern char got[GOT];                   /* the last answer */
extern const char long_text[LONG_TEXT]; /* of a page that is kept packed */

void begin(void);
void end(void);
/* What came from the process is answered. */
void store_turn(void);
void login_turn(void);

struct tab {
	SSL *ssl;
	int fd;
	size_t n;
};
struct tab open_tab(void);
void close_tab(struct tab *t);
void say(struct tab *t, const char *text);
/* Until words came, or (NULL) an answer is whole; the peers have their turns meanwhile. */
void hear(struct tab *t, const char *words);
/* METHOD PATH, further fields, and a body, or NULL. */
void ask(struct tab *t, const char *what, const char *fields, const char *body);
/* Fails the test unless the last answer has both. */
void answers(const char *status, const char *words);
/* A tab of a process that serves. */
struct tab ready(void);

#endif
