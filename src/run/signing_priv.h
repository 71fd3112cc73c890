/* Shared by the parts of signing (run/signing.h), and of no meaning to others. */
#ifndef WARD_RUN_SIGNING_PRIV_H
#define WARD_RUN_SIGNING_PRIV_H

#include "run/signing.h"
#include "run/signing_direct.h"

struct ward_json;

struct ward_signing {
	struct ward_signing_opts o;
	struct ward_guesses guesses;
	char nobody[WARD_ACCOUNT_PASSWORD]; /* a hash that no password has */
	bool used;                          /* a session was, since it was saved */
	struct ward_session screen;         /* of the wall screen that was looked for last */
	char screen_id[WARD_PERSON_ID + 1]; /* its person */
	struct ward_wr json;
	struct ward_signing_direct direct;
};

static inline ward_ns signing_now_of(const struct ward_signing *g)
{
	return ward_clock_now(g->o.clock);
}

/* ---- signing_wait.c: addresses, and who must wait ---- */

/* "machine", "loopback", "private", "public". */
const char *signing_kind_of(const uint8_t from[WARD_SIGN_FROM], bool local);
/* The person signed in from there: their password is asked for there without waits that others'
 * wrong answers make. */
void signing_make_familiar(struct ward_account *a, const uint8_t from[WARD_SIGN_FROM]);
ward_ns signing_wait_of(const struct ward_signing *g, const struct ward_sign *s);
void signing_was_wrong(struct ward_signing *g, const struct ward_sign *s);
void signing_was_right(struct ward_signing *g, const struct ward_sign *s);

/* ---- signing_session.c ---- */

void signing_refuse(struct ward_signed *ret, enum ward_err err, const char *why);
/* by: who did it, unless the person. */
void signing_record(struct ward_signing *g, enum ward_told what, struct ward_str person,
	struct ward_str by, const struct ward_sign *s, bool local);
/* Saves. False: a, which may be NULL, is as before, and *ret says that it did not happen. */
bool signing_keep(struct ward_signing *g, struct ward_account *a, const struct ward_account *before,
	struct ward_signed *ret);
void signing_hash_of(const char *domain, const void *p, size_t len, uint8_t ret[WARD_SIGN_TOKEN]);
void signing_drop_ended(struct ward_signing *g);
void signing_drop_all_of(struct ward_signing *g, struct ward_str person);
/* What is said of a session. */
void signing_fill(const struct ward_signing *g, const struct ward_signed_in *s,
	const struct ward_session *who, struct ward_session *ret);
/* What a new session is. */
struct signing_new {
	const struct ward_session *who;
	const struct ward_device *at; /* NULL: no device of ours */
	bool second, must, proved;
	ward_ns made;   /* 0: now */
	bool directory; /* by the hospital's directory, or by its cached word */
};
/* A new session, which is not saved. */
void signing_begin(struct ward_signing *g, const struct signing_new *n, struct ward_signed *ret);
/* The session of a token, and who it is; NULL: nobody that is known, and good. */
struct ward_signed_in *signing_find(struct ward_signing *g, const uint8_t token[WARD_SIGN_TOKEN],
	const struct ward_session **ret_who);
void signing_use(struct ward_signing *g, struct ward_signed_in *s);

/* ---- signing_account.c ---- */

/* Of a one-time code, as it was typed. */
void signing_code_hash(struct ward_str code, uint8_t ret[WARD_SIGN_TOKEN]);
void signing_give_code(struct ward_signing *g, struct ward_account *a, char ret[WARD_SIGN_TEXT]);
void signing_issue(struct ward_signing *g, const struct ward_sign *s, bool local,
	const struct ward_session *who, struct ward_str by, struct ward_signed *ret);
void signing_set_disabled(struct ward_signing *g, const struct ward_sign *s, bool local,
	const struct ward_session *who, struct ward_str by, struct ward_signed *ret);
/* As many as there is room for, behind that person; "next" is where to go on. */
void signing_people(
	struct ward_signing *g, struct ward_str after, bool accounts, struct ward_signed *ret);
void signing_second(
	struct ward_signing *g, const struct ward_session *who, struct ward_signed *ret);
void signing_second_confirm(struct ward_signing *g, const struct ward_sign *s,
	struct ward_signed_in *in, const struct ward_session *who, struct ward_signed *ret);

/* ---- signing.c ---- */

/* A name, password or code is wrong: on record, with a wait for the next. */
void signing_wrong(struct ward_signing *g, const struct ward_sign *s, struct ward_signed *ret);
/* Is the second factor right, if there is one? It is then good no more. */
bool signing_second_is(struct ward_signing *g, struct ward_account *a, const struct ward_sign *s);

/* ---- signing_groups.c ---- */

/* Of what somebody may, what their groups in the directory leave. */
void signing_narrow(
	const struct ward_signing *g, const struct ward_account *a, struct ward_session *s);

/* ---- signing_direct.c ---- */

/* What the directory says of the person counts for each session of theirs. */
bool signing_is_directorys(const struct ward_signing *g, struct ward_str person);
/* The password that they have here is right: does it count beside the directory? *ret_directory:
 * what that says of them counts for the session. False: *ret says why not. */
bool signing_counts_here(struct ward_signing *g, const struct ward_account *a,
	const struct ward_sign *s, bool *ret_directory, struct ward_signed *ret);
/* ---- signing_proof.c: what the person does with their account ---- */

/* Says that it is to be proved, unless it was of late. */
bool signing_is_proved(const struct ward_session *is, struct ward_signed *ret);
/* The same by a second factor of those that the account has, if it has one; asks its keys, too. */
bool signing_is_proved_twice(struct ward_signing *g, const struct ward_signed_in *s,
	struct ward_account *a, struct ward_signed *ret);
void signing_prove(struct ward_signing *g, const struct ward_sign *s, struct ward_signed_in *in,
	const struct ward_session *who, struct ward_signed *ret);
void signing_second_end(struct ward_signing *g, const struct ward_sign *s,
	const struct ward_session *who, struct ward_signed *ret);
void signing_sessions(struct ward_signing *g, const struct ward_signed_in *in,
	const struct ward_session *who, struct ward_signed *ret);
void signing_session_end(struct ward_signing *g, const struct ward_sign *s,
	const struct ward_session *who, struct ward_signed *ret);
void signing_set_pin(struct ward_signing *g, const struct ward_sign *s,
	const struct ward_session *who, struct ward_signed *ret);

/* ---- signing_key.c: security keys ---- */

/* Refuses until a key answers. Gives a challenge, once, for a short while: as the member "key" of
 * an object. step_up: or another proof by a second factor does, and then the same is asked again.
 */
void signing_key_ask(
	struct ward_signing *g, struct ward_account *a, bool step_up, struct ward_signed *ret);
/* Does a key of the account answer what it was asked? That is then good no more. */
bool signing_key_answers(struct ward_signing *g, struct ward_account *a, const struct ward_sign *s);
void signing_key(struct ward_signing *g, const struct ward_session *who, struct ward_signed *ret);
void signing_key_add(struct ward_signing *g, const struct ward_sign *s, struct ward_signed_in *in,
	const struct ward_session *who, struct ward_signed *ret);
void signing_key_end(struct ward_signing *g, const struct ward_sign *s,
	const struct ward_session *who, struct ward_signed *ret);
/* What the person sees of them: as the member "keys". */
void signing_keys_put(const struct ward_account *a, struct ward_json *j);

/* ---- signing_sensor.c: sensors elsewhere; the first three only at the machine ---- */

void signing_sensors(struct ward_signing *g, struct ward_signed *ret);
void signing_sensor_add(struct ward_signing *g, const struct ward_sign *s, struct ward_signed *ret);
void signing_sensor_end(struct ward_signing *g, const struct ward_sign *s, struct ward_signed *ret);
/* A certificate for its key, by a proof of the code or by the certificate that it shows. */
void signing_sensor_key(struct ward_signing *g, const struct ward_sign *s, struct ward_signed *ret);
void signing_sensor_is(struct ward_signing *g, const struct ward_sign *s, struct ward_signed *ret);

/* ---- signing_qr.c ---- */

/* The member "qr": the text as a picture that an authenticator reads; without memory nothing. */
void signing_qr(const char *text, struct ward_json *j);

/* ---- signing_device.c: shared posts and wall screens ---- */

/* Whose key it is; NULL: nobody's that is bound. */
struct ward_device *signing_device_of(
	const struct ward_signing *g, const uint8_t key[WARD_SIGN_TOKEN]);
/* What a wall screen is, as a session; NULL: `person` names none. Until the next call. */
const struct ward_session *signing_screen(struct ward_signing *g, struct ward_str person);
/* What may be done and seen at d only. False: none of the person's places is there. */
bool signing_limit(
	const struct ward_signing *g, const struct ward_device *d, struct ward_session *is);
/* Signed in there fully: may come back. */
void signing_present(
	struct ward_signing *g, struct ward_device *d, struct ward_str person, bool second);
/* Comes back nowhere. */
void signing_absent(struct ward_signing *g, struct ward_str person);
void signing_pin(struct ward_signing *g, const struct ward_sign *s, struct ward_signed *ret);
void signing_device(struct ward_signing *g, const struct ward_sign *s, struct ward_signed *ret);
/* Of who administers: all, one more, one less. */
void signing_devices(struct ward_signing *g, struct ward_signed *ret);
void signing_device_make(struct ward_signing *g, const struct ward_sign *s, struct ward_str by,
	struct ward_signed *ret);
void signing_device_end(struct ward_signing *g, const struct ward_sign *s, struct ward_str by,
	struct ward_signed *ret);

#endif
