/* What `api` and `login` say to each other: who signs in, and who is signed in.
 *
 * SIGN    u8 what, 16 bytes from, 32 bytes token, 32 bytes device, lv person, password, old, code,
 * proof SIGNED  u8 error, lv why, be64 wait, lv JSON, 32 bytes token, 32 bytes device, u8 whether a
 *         session follows: lv person, name, language, u8 n and n lv roles, be64 rights, u8 n and n
 *         lv places, be64 expires, u8 flags (1: second factor, 2: must set a password, 4: at a
 *         shared post, 8: a wall screen, 16: proved of late)
 * DECIDE  from api to login: 32 bytes token, then the decision (desk/decision.h), of nobody
 *
 * Each request is answered by one message of the same id: SIGN by SIGNED, DECIDE by DECIDED. Asked
 * again without an answer, a check, a sign-out, an account that is disabled or enabled are the same
 * again; a sign-in makes another session. Both sides check everything: `api` reads what the
 * outside sends, and may have been taken over. */
#ifndef WARD_RUN_SIGN_H
#define WARD_RUN_SIGN_H

#include "desk/decision.h"
#include "desk/people.h"
#include "desk/rights.h"

/* X(NAME, which of the fields it needs) */
#define WARD_SIGN_LIST(X)                                                                         \
	X(PASSWORD, "sign in: person, password; code: of the second factor, where there is one")  \
	X(CODE, "sign in by a one-time code: code; person where known, password: the new one")    \
	X(CHECK, "token: who is that?")                                                           \
	X(OUT, "token: sign out")                                                                 \
	X(SET_PASSWORD, "token; old unless there is none yet; password")                          \
	X(PEOPLE, "token; person: only those behind; people.yml, who has an account (JSON)")      \
	X(ISSUE, "token of who administers; person: whom a one-time code is made for (JSON)")     \
	X(DISABLE, "token of who administers; person: whose account and sessions end")            \
	X(ENABLE, "token of who administers; person: whose account is good again")                \
	X(SECOND, "token: begin with a second factor; its secret (JSON)")                         \
	X(SECOND_CONFIRM, "token, code: of the second factor that was begun with; it counts now") \
	X(LOOK, "token: who is that? It counts as no use: for a page that only listens")          \
	X(PROVE, "token; password, code, or proof and old: it is still the person")               \
	X(SECOND_END, "token, code: the second factor counts no more")                            \
	X(SESSIONS, "token: where the person is signed in, what their account has (JSON)")        \
	X(SESSION_END, "token, code: which of the person's sessions ends")                        \
	X(SET_PIN, "token, password: the PIN for shared posts; empty: none")                      \
	X(PIN, "device, person, password: the PIN of who comes back at a shared post")            \
	X(KEY, "token: begin with a security key (JSON)")                                         \
	X(KEY_ADD, "token; old: the page's origin; code: its name; proof: what the key said")     \
	X(KEY_END, "token; code: which security key counts no more")                              \
	X(DEVICE, "device, or code: its link. What it is, who may come back (JSON)")              \
	X(DEVICES, "token of who administers: posts and wall screens (JSON)")                     \
	X(DEVICE_MAKE, "token of who administers; code: limit; old: name; person: place or none") \
	X(DEVICE_END, "token of who administers; code: which is one no more")                     \
	X(SEARCHED, "token; code: what of the past was searched, by which questions: on record")  \
	X(SENSORS, "sensors elsewhere, and how they stand (JSON)")                                \
	X(SENSOR_ADD, "person: id of its source; a code that takes it in, once (JSON)")           \
	X(SENSOR_END, "person: id of its source; its certificate is good no more")                \
	X(SENSOR_KEY, "old: its public key; code: a proof, or token: its certificate's print")    \
	X(SENSOR_IS, "token: the print of a certificate; which sensor is that? (JSON)")

enum ward_sign_what {
#define X(NAME, what) WARD_SIGN_##NAME,
	WARD_SIGN_LIST(X)
#undef X
		WARD_SIGN_N,
};

enum {
	WARD_SIGN_TOKEN = 32,
	WARD_SIGN_TEXT = 65,         /* a token in hex, with the NUL */
	WARD_SIGN_FROM = 16,         /* an IPv6 address, or an IPv4 one mapped into it */
	WARD_SIGN_SECRET = 256,      /* bytes of a password or code, at most */
	WARD_SIGN_PASSWORD_MIN = 12, /* characters, at least */
	WARD_SIGN_PROOF = 4096,
	WARD_SIGN_SHAPE = 96, /* bytes of what SEARCHED says, at most */
	WARD_SIGN_WHY = 320,  /* bytes, at most */
	WARD_SIGN_JSON = 128 << 10,
	WARD_SENSORS_MAX = 64,
	WARD_SENSOR_ID = 96, /* bytes of a source's id, at most */
};

struct ward_sign {
	enum ward_sign_what what;
	uint8_t from[WARD_SIGN_FROM];    /* who asks, outside; all zero: this machine */
	uint8_t token[WARD_SIGN_TOKEN];  /* of who is signed in; all zero: nobody */
	uint8_t device[WARD_SIGN_TOKEN]; /* key of a post or wall screen; all zero: it is none */
	struct ward_str person;          /* id of people.yml: who signs in, or whom it is about */
	struct ward_str password, old, code;
	struct ward_str proof; /* JSON of run/webauthn.h; old is then the origin of the page */
	ward_ns since;         /* monotonic, when it came; in no message: 0, now */
};
void ward_sign_put(struct ward_wr *w, const struct ward_sign *s);
/* Texts borrow the message. MALFORMED: also texts that are no UTF-8, too long, or hold control
 * characters. */
WARD_MUST_CHECK enum ward_err ward_sign_get(struct ward_rd *r, struct ward_sign *ret);

/* What may be known of a session; texts borrow the message. */
struct ward_session {
	struct ward_str person, name; /* id of people.yml */
	struct ward_str language;     /* "it" */
	struct ward_str
		role[WARD_PERSON_ROLES]; /* ids of the hospital's roles; the first is usual */
	size_t n_role;
	uint64_t rights; /* WARD_RIGHT_BIT; none until a password is set */
	struct ward_str place[WARD_PERSON_PLACES]; /* ids of nodes; none: everywhere */
	size_t n_place;
	ward_ns expires;        /* wall clock: unless it is used before */
	bool totp;              /* signed in with a second factor */
	bool must_set_password; /* by a one-time code: SET_PASSWORD is next */
	bool post, wall;        /* where it is; of a wall screen `person` is "@" and its id */
	bool proved;            /* a few minutes ago at most: dangerous acts go */
};

/* The part of a body that is a session. */
void ward_session_put(struct ward_wr *w, const struct ward_session *s);
/* What is none makes r bad; *ret is then not to be used. */
void ward_session_get(struct ward_rd *r, struct ward_session *ret);

/* JSON of what is DENIED until the person proves that it is them (PROVE): members of the problem.
 * Where a second factor has to prove it, "second_factor" is there, too, and "key" of one that may.
 */
#define WARD_SIGN_STEP_UP "{\"step_up\":true}"

/* err: OK; CLOSED: the token is of nobody that is signed in (401); DENIED: wrong password or code
 * at a sign-in (401), else the person may not (403); AGAIN: not before `wait` has passed (429);
 * MALFORMED: a password that is refused, or what is no request (400); NOT_FOUND: no such person
 * (404); STATE: there is no account to do that to (409); IO: it could not be kept, so it did not
 * happen (500). */
struct ward_signed {
	enum ward_err err;
	struct ward_str why; /* a sentence for the person, in English (WARD_TEXT); empty when OK */
	ward_ns wait;        /* of AGAIN: how long from now on */
	/* of a sign-in that is DENIED since a security key is to answer, too:
	 * {"key":{"challenge","ids"}}; then the same is asked with `proof`.
	 * PEOPLE: {"items":[{"id","name","roles":[…],"account"}],"next"}, account only for who
	 * administers; ISSUE: {"code","expires"}; SECOND: {"secret","uri","qr":{"size","path"}};
	 * SENSORS: {"items":[{"id","state","made","until","seen"}]}; SENSOR_ADD as ISSUE;
	 * SENSOR_KEY: {"sensor","certificate","ca","until"}; SENSOR_IS: {"sensor"} */
	struct ward_str json;
	uint8_t token[WARD_SIGN_TOKEN];  /* of a new session: after a sign-in, and after
					    SET_PASSWORD, which ends all others of the person; else
					    zeros */
	uint8_t device[WARD_SIGN_TOKEN]; /* the key of a browser that was bound just now, or zeros
					  */
	bool has_session;                /* of sign-in, CHECK, LOOK, SET_PASSWORD, SECOND_CONFIRM,
					    PROVE, PIN, and DEVICE at a wall screen */
	struct ward_session session;
};
void ward_signed_put(struct ward_wr *w, const struct ward_signed *s);
/* MALFORMED. */
WARD_MUST_CHECK enum ward_err ward_signed_get(struct ward_rd *r, struct ward_signed *ret);

/* d's person may be empty, and its role (then it is the usual one). */
void ward_sign_decide_put(
	struct ward_wr *w, const uint8_t token[WARD_SIGN_TOKEN], const struct ward_decision *d);
/* MALFORMED. */
WARD_MUST_CHECK enum ward_err ward_sign_decide_get(
	struct ward_rd *r, uint8_t ret_token[WARD_SIGN_TOKEN], struct ward_decision *ret);

/* Of a sensor elsewhere, as ids of sources are: [a-z0-9][a-z0-9._-]* */
bool ward_sensor_is_id(struct ward_str id);

/* Hex, for a cookie; and back: false when it is none. */
void ward_sign_text(const uint8_t token[WARD_SIGN_TOKEN], char ret[WARD_SIGN_TEXT]);
bool ward_sign_parse(struct ward_str s, uint8_t ret[WARD_SIGN_TOKEN]);
/* What the page sends back in X-Ward-Token with what is unsafe: made of the token, which nobody can
 * find from it. */
void ward_sign_csrf(const uint8_t token[WARD_SIGN_TOKEN], char ret[WARD_SIGN_TEXT]);
/* Takes as long for any text: is it that of the token? */
bool ward_sign_csrf_is(const uint8_t token[WARD_SIGN_TOKEN], struct ward_str said);

#endif
