/* Private to the process `login`: what it asks of `directory`, who waits for the answer, and the
 * roster that the supervisor hands it. What answers mean is run/signing_direct.h. */
#ifndef WARD_RUN_PROC_LOGIN_DIRECT_H
#define WARD_RUN_PROC_LOGIN_DIRECT_H

#include "run/process.h"
#include "run/signing_direct.h"

enum { LOGIN_ASKED = 64 };

struct login_direct {
	struct ward_process *p;
	const struct ward_signers *who;
	struct ward_signing *signing; /* once it is made */
	int link, roster;             /* WARD_FD_NONE: there is none */
	uint32_t next_id;
	/* Answers a message of `api`. */
	void (*say)(void *ctx, uint32_t id, const struct ward_signed *s);
	/* It waits for its turn to be checked by the password that they have here. */
	void (*turn)(void *ctx, uint32_t id, const struct ward_sign *s);
	void *ctx;
	struct login_asked {
		enum { ASKED_FREE, ASKED_PASSWORD, ASKED_ENTER, ASKED_STILL } why;
		uint32_t id, asked;   /* of our message, of api's */
		struct ward_wr body;  /* SIGN or ENTER, as it came; of STILL the key */
		ward_ns until, since; /* of our question; of api's message */
	} asked[LOGIN_ASKED];
	char on_call[WARD_ROSTER_BYTES];
	ward_ns looked;
	uint8_t buf[WARD_MSG_MAX];
};

/* Before the cage; p's links `directory` and `roster` may be missing. */
void login_direct_open(struct login_direct *d, struct ward_process *p);
void login_direct_end(struct login_direct *d);
/* True: it is answered, or will be. */
bool login_direct_sign(struct login_direct *d, uint32_t id, const struct ward_sign *s);
/* The password here is right: the provider is asked before it is looked at again. */
void login_direct_word(struct login_direct *d, uint32_t id, const struct ward_sign *s);
/* A message of the kind ENTER. */
void login_direct_enter(struct login_direct *d, const struct ward_msg *m);
/* False: there is no message. */
bool login_direct_hear(struct login_direct *d);
/* Who did not get an answer, whom to ask about, who is on call. */
void login_direct_look(struct login_direct *d);

#endif
