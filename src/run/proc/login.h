/* Private to the process `login`: what its files share. */
#ifndef WARD_RUN_PROC_LOGIN_H
#define WARD_RUN_PROC_LOGIN_H

#include "run/login_client.h"
#include "run/machines.h"
#include "run/proc/login_direct.h"
#include "run/proc/login_record.h"

enum {
	LOGIN_GUESTS = 4,     /* at the machine's socket */
	LOGIN_DECISIONS = 16, /* that are handed on at once */
	LOGIN_DECISIONS_OF_ONE = 4,
	LOGIN_FILES = 8, /* beside them */
	LOGIN_FILES_OF_ONE = 2,
	LOGIN_FILES_MACHINES = 6, /* so that people find room */
	LOGIN_HANDED = LOGIN_DECISIONS + LOGIN_FILES,
	LOGIN_ROUND_MAX = 32, /* messages of one peer before the others' turn */
};

struct login {
	struct ward_process p;
	struct ward_limits lim;
	const char *dir;
	struct ward_signers who;
	struct ward_accounts accounts;
	struct ward_signing *signing;
	struct ward_signing_sensors sensors;
	struct login_machine { /* that may hand in files; n_machine */
		uint8_t print[WARD_SIGN_TOKEN];
		char who[48]; /* "machine:ID" */
	} machine[WARD_MACHINES_MAX];
	size_t n_machine;
	struct login_record record;
	struct login_direct direct;
	int api, desk, listener;
	int file; /* link; WARD_FD_NONE: nobody looks at files */
	uid_t owner;
	struct guest {
		int fd; /* WARD_FD_NONE: free */
		ward_ns since;
	} guest[LOGIN_GUESTS];
	struct ward_turns turns;
	struct job { /* a password to be checked */
		uint32_t id;
		struct ward_wr body;
		ward_ns since; /* of the message */
	} job[WARD_TURNS_MAX];
	struct handed {
		bool used;
		enum ward_msg_type type;
		int to;             /* link */
		uint32_t asked, id; /* of api's message, of ours */
		ward_ns begun, sent;
		struct ward_str person; /* of people.yml, or a machine */
		struct ward_wr body;
	} handed[LOGIN_HANDED];
	uint32_t next_id;
	ward_ns tidied;
	char places[WARD_DECISION_PLACES]; /* of the decision in hand */
	char *common;                      /* the list of words, and its end */
	uint8_t buf[WARD_MSG_MAX], out[WARD_MSG_BODY_MAX];
};

/* Of a message that is none: for people. */
const char *login_not_understood(void);
void login_forget(struct ward_wr *w);

/* ---- login_decide.c: decisions of who is signed in, to `desk` and back; files, to `file` ---- */
void login_decide(struct login *k, struct ward_msg *m);
/* A piece of the photo of a report that they handed in. */
void login_photo(struct login *k, struct ward_msg *m);
/* A piece of a file that is to be looked at: on to `file`. */
void login_upload(struct login *k, struct ward_msg *m);
/* The same of a machine, that `api` knows by its certificate. */
void login_upload_by(struct login *k, struct ward_msg *m);
/* What `desk` or `file` says, by that link. False: there is no message. */
bool login_hear_decided(struct login *k, int from);
/* Says again what was not answered, and gives up what never is. */
void login_decide_tick(struct login *k);
void login_decide_end(struct login *k);

#endif
