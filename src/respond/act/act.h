/* Actions on the hospital: proposed, shown, approved by people, done, and taken back.
 *
 * A function of the store's rows alone: rows of actions and incidents go in, in the store's order;
 * what is next comes out, as a row to be kept or a request to be sent. Nothing changes here but by
 * a row that comes back from the store. Single-threaded; no socket, no clock of its own.
 *
 * Nothing is ever begun but after rows of approval, and these are made by ward_act_decide alone,
 * from a decision whose proof it checked itself; and in an exercise, of systems that are played, by
 * ward_act_policy for roles that nobody plays. */
#ifndef WARD_RESPOND_ACT_ACT_H
#define WARD_RESPOND_ACT_ACT_H

#include "base/counter.h"
#include "desk/decision.h"
#include "respond/act/actuators.h"
#include "respond/act/command.h"
#include "respond/act/totp.h"
#include "respond/webhook.h"

enum {
	WARD_ACTS_MAX =
		1024, /* actions that are known; of more the oldest that is over is forgotten */
	WARD_ACT_PERSONS = 1024, /* who may approve */
	WARD_ACT_PERSON_ROLES = 16,
	WARD_ACT_POLICY_ROLES = 64, /* that a policy plays in an exercise */
	WARD_ACT_EFFECT = 16 << 10, /* bytes of JSON */
	WARD_ACT_BODY = 8 << 10,    /* of a request to a system */
	WARD_ACT_WHY = 256,
};

/* X(NAME, "name") */
#define WARD_ACT_STATE_LIST(X)                                                            \
	X(PROPOSED, "proposed")                                                           \
	X(AGREED, "agreed") /* by one of two */                                           \
	X(ASKED, "asked")   /* the ward, whether a patient depends on it */               \
	X(READY, "ready")   /* approved */                                                \
	X(DOING, "doing")                                                                 \
	X(DONE, "done") /* and stands */                                                  \
	X(BACK, "back") /* to be taken back */                                            \
	X(UNDOING, "undoing")                                                             \
	X(DOUBT, "in-doubt") /* nobody knows whether it was done: a person looks */       \
	X(UNDONE, "undone")                                                               \
	X(FINISHED, "finished")   /* done, and of a kind that is never taken back */      \
	X(FAILED, "failed")       /* the system would not */                              \
	X(REFUSED, "refused")     /* by a person; of what is in doubt: somebody looked */ \
	X(SUSPENDED, "suspended") /* a lock, by a fire alarm */                           \
	X(EXPIRED, "expired")
enum ward_act_state {
#define X(NAME, name) WARD_ACT_##NAME,
	WARD_ACT_STATE_LIST(X)
#undef X
		WARD_ACT_STATE_N,
};
const char *ward_act_state_name(enum ward_act_state s);

#define WARD_ACT_EVENT_LIST(X) \
	X(AGREE, "agree")      \
	X(APPROVE, "approve")  \
	X(ASK, "ask")          \
	X(ANSWER, "answer")    \
	X(REFUSE, "refuse")    \
	X(SUSPEND, "suspend")  \
	X(EXPIRE, "expire")    \
	X(BEGIN, "begin")      \
	X(SUCCEED, "succeed")  \
	X(FINISH, "finish")    \
	X(FAIL, "fail")        \
	X(DOUBT, "doubt")      \
	X(RENEW, "renew")      \
	X(UNDO, "undo")        \
	X(UNDO_BEGIN, "undo-begin")
enum ward_act_event {
#define X(NAME, name) WARD_ACT_EV_##NAME,
	WARD_ACT_EVENT_LIST(X)
#undef X
		WARD_ACT_EVENT_N,
};
/* STATE: there is no such step. */
WARD_MUST_CHECK enum ward_err ward_act_step(
	enum ward_act_state s, enum ward_act_event e, enum ward_act_state *ret);
/* Nothing can come of it any more but by a decision. */
bool ward_act_over(enum ward_act_state s);

struct ward_act_person {
	struct ward_str id;
	uint32_t role[WARD_ACT_PERSON_ROLES]; /* nodes */
	size_t n_role;
	uint8_t secret[WARD_TOTP_SECRET_MAX];
	size_t len_secret; /* 0: can't approve */
};

/* A role that nobody plays in an exercise: what it says of each action that is for it, so long
 * after it was proposed. */
struct ward_act_policy_role {
	uint32_t role;             /* node */
	ward_ns approves, refuses; /* NEVER: does not */
};

/* What an action does to care, by the forecast. */
struct ward_act_effect {
	bool clinical;        /* touches a medical device or what carries care */
	struct ward_str json; /* an object; lives until the next call */
};

struct ward_act_opts {
	const struct ward_mem *mem;
	const struct ward_limits *lim;
	struct ward_counters *counters; /* act.unreadable, act.forgotten …; or NULL */
	const struct ward_model *m;
	const struct ward_actuators *table;
	const struct ward_act_person *person;
	size_t n_person;
	bool exercise; /* what is done now is played: systems of exercises alone are asked */
	const struct ward_act_policy_role *policy; /* in an exercise alone; at most POLICY_ROLES */
	size_t n_policy;
	/* LIMIT, NOMEM: then nothing is proposed. */
	enum ward_err (*effect)(void *ctx, const struct ward_ability *a, struct ward_act_thing on,
		struct ward_act_effect *ret);
	/* Does that role answer for patients? */
	bool (*answers)(void *ctx, uint32_t role);
	void (*nonce)(void *ctx, uint8_t ret[16]);
	void *ctx;
};

/* A row, as it is kept. */
struct ward_act_row {
	struct ward_id id;
	uint32_t revision; /* 1 is the proposal */
	ward_ns time;
	struct ward_str json; /* lives until the next call */
};

struct ward_act;

/* Borrows what o points to, copies o. NOMEM; DENIED: a policy where nothing is played. */
WARD_MUST_CHECK enum ward_err ward_act_new(const struct ward_act_opts *o, struct ward_act **ret);
void ward_act_free(struct ward_act *a);

/* A row of an action that came from the store. One that can't be read is counted and left. NOMEM.
 */
WARD_MUST_CHECK enum ward_err ward_act_take(struct ward_act *a, const struct ward_act_row *row);
/* Is it on fire, by the incidents that are open? */
void ward_act_fire(struct ward_act *a, bool burns);

/* What a person decided, who was known at the desk; or of a playbook (by_person is false), which
 * may propose and nothing else. ret->why and ret->json live until the next call. True: keep
 * *ret_row, and hand it in, before the answer is given. Once all rows are in. False with AGAIN: a
 * switch has to be asked first; answer nothing, and hand the same in once more. */
bool ward_act_decide(struct ward_act *a, const struct ward_decision *d, bool by_person, ward_ns now,
	struct ward_act_row *ret_row, struct ward_decided *ret);
/* What a role that the policy plays decides by now, by the rules of ward_act_decide but for its
 * code: it approves, says that no patient depends on it, or refuses, of systems that are played and
 * of nothing else. No message makes one. A role is one person, also beside a person of that role.
 * gone: time that stands still while the play does, from which it counts. Keep *ret, and hand it
 * in. False: nothing is due. O(actions * roles). */
bool ward_act_policy(struct ward_act *a, ward_ns gone, ward_ns now, struct ward_act_row *ret);
/* What is next by itself: what expires, is suspended, is to be taken back, is to be begun, is in
 * doubt. Keep it, and hand it in when the store gives it. False: there is nothing. O(actions). */
bool ward_act_next(struct ward_act *a, ward_ns now, struct ward_act_row *ret);
/* What the system is to be asked now; body lives until the next call. It counts as on its way until
 * ward_act_said or ward_act_lost. False: nothing. */
bool ward_act_request(struct ward_act *a, size_t actuator, ward_ns now, struct ward_id *ret_id,
	struct ward_str *ret_body);
/* What a switch is to be asked so that a proposal can be made that waits for its answer: on which
 * of its ports something hangs. As ward_act_request; nothing is changed by it. */
bool ward_act_seek(struct ward_act *a, size_t actuator, ward_ns now, struct ward_id *ret_id,
	struct ward_str *ret_body);
/* Is it the answer to that? Then there is no more to it. */
bool ward_act_sought(
	struct ward_act *a, size_t actuator, struct ward_id id, const struct ward_outcome *o);
/* What became of it: the row that says so. False: it is no answer to anything that is on its way,
 * or is asked again later. */
bool ward_act_said(struct ward_act *a, size_t actuator, struct ward_id id,
	const struct ward_outcome *o, ward_ns now, struct ward_act_row *ret);
/* Who asks the system began anew, or does not answer: what was on its way may have been done. */
void ward_act_lost(struct ward_act *a, size_t actuator);

/* The state of an action; false: none is known. */
bool ward_act_state(const struct ward_act *a, struct ward_id id, enum ward_act_state *ret);

#endif
