/* A playbook being done: a small value, changed by one transition at a time.
 *
 * The run holds no clock, no socket and no file. `ward_run_next` makes the next transition that
 * needs nobody; `ward_run_answer` takes an answer to a request; `ward_run_cancel` ends it. Each
 * transition gives one record for the ledger and at most one request to somebody, with ids made of
 * (run, number of the transition) and (run, step, attempt, command), so that a transition done
 * again after a crash is the same one. Keep record, request and `ward_run_save` as one, then let
 * the request go out: a run that is killed and loaded goes on exactly there (README.md, "The
 * seam").
 *
 * One owner, one thread. Borrows the playbooks, which must outlive it. Answers come from people and
 * systems, saved states from a disk: both are checked. */
#ifndef WARD_RESPOND_PLAYBOOK_RUN_H
#define WARD_RESPOND_PLAYBOOK_RUN_H

#include "base/id.h"
#include "respond/playbook/sheet.h"

enum {
	WARD_RUN_THREADS_MAX = 64,    /* branches that are done at once */
	WARD_RUN_VALUES_MAX = 256,    /* variables that were given a value */
	WARD_RUN_BOOKS_MAX = 16,      /* playbooks that take part */
	WARD_RUN_DEPTH_MAX = 4,       /* of nested playbooks */
	WARD_RUN_ROUNDS_MAX = 1000,   /* of one while-condition step */
	WARD_RUN_BYTES_MAX = 2 << 20, /* of a saved state */
};
#define WARD_RUN_TIMEOUT (24 * 3600 * WARD_NS_PER_S) /* of a step that says none */

struct ward_run;

enum ward_run_what {
	WARD_RUN_WAITS,     /* a step's delay begins */
	WARD_RUN_BEGUN,     /* a step begins; with a request if it asks for something */
	WARD_RUN_CONFIRMED, /* somebody agreed that it acts; with the request to act */
	WARD_RUN_REFUSED,   /* somebody did not agree */
	WARD_RUN_DONE,      /* a command is done; with the request for the step's next one */
	WARD_RUN_FAILED,
	WARD_RUN_TIMED_OUT,
	WARD_RUN_HANDED,    /* no system may do it: a person is asked to */
	WARD_RUN_AGAIN,     /* a while-condition step decides once more */
	WARD_RUN_MOVED,     /* a step is over and the next one is due */
	WARD_RUN_DROPPED,   /* a branch ends because what it belongs to did */
	WARD_RUN_ENDED,     /* a branch came to its end step */
	WARD_RUN_EXCEPTION, /* workflow_exception takes over */
	WARD_RUN_CANCELLED, /* somebody ended it */
	WARD_RUN_OVER,      /* nothing is left to do */
	WARD_RUN_WHAT_N,
};
/* "begun", "timed-out" … Lives forever. */
const char *ward_run_what_name(enum ward_run_what w);

enum ward_run_outcome { WARD_RUN_OPEN, WARD_RUN_WELL, WARD_RUN_BADLY, WARD_RUN_STOPPED };
/* "open", "done", "failed", "cancelled". Lives forever. */
const char *ward_run_outcome_name(enum ward_run_outcome o);

/* Texts live as long as the playbooks; why lives forever. */
struct ward_run_record {
	struct ward_id id;
	uint64_t number; /* of the transition, from 1 */
	enum ward_run_what what;
	ward_ns at;
	struct ward_str playbook, step; /* ids */
	uint32_t thread, attempt;
	const char *why; /* of a failure; or NULL */
	enum ward_run_outcome outcome;
};

enum ward_run_ask {
	WARD_RUN_ASK_ROLE,    /* tell this role this text, and wait for its answer */
	WARD_RUN_ASK_CONFIRM, /* ask this role whether Ward may do it */
	WARD_RUN_ASK_HTTP,    /* call it */
	WARD_RUN_ASK_BASH,    /* run this command, which is on the hospital's list */
	WARD_RUN_ASK_OPENC2,
};
/* Texts and pointers live as long as the playbooks. */
struct ward_run_request {
	struct ward_id id;
	enum ward_run_ask ask;
	struct ward_str role; /* its id; may be empty */
	struct ward_str name; /* how the playbook calls it */
	const struct ward_playbook *playbook;
	const struct ward_playbook_party *agent; /* of the step; NULL: not defined */
	const struct ward_playbook_step *step;
	const struct ward_playbook_command *command;
	const struct ward_playbook_step *failed; /* the action because of which; or NULL */
	uint32_t thread;
	bool by_hand; /* no system may do the command: this role is asked to do it */
	ward_ns due;  /* then the step has failed */
};

struct ward_run_out {
	struct ward_run_record record;
	bool asks;
	struct ward_run_request request;
	bool withdraws; /* a request that nobody need answer any more */
	struct ward_id withdrawn;
};

struct ward_run_value {
	struct ward_str name, value;
};
struct ward_run_answer {
	struct ward_id request;
	bool well;                          /* done, or agreed */
	const char *why;                    /* when not; lives forever, or NULL */
	const struct ward_run_value *value; /* what the step asks for (out_args) */
	size_t n_value;
};

/* A new run. `given` fills external variables; names that the playbook does not declare so are left
 * alone. STATE when the playbook is not sound, DENIED when it is revoked or not valid at `now`,
 * CONFIG when a value does not fit its variable, NOMEM. Free with ward_run_free. */
WARD_MUST_CHECK enum ward_err ward_run_begin(const struct ward_playbook *p,
	const struct ward_playbooks *all, struct ward_id id, ward_ns now,
	const struct ward_run_value *given, size_t n_given, const struct ward_mem *mem,
	struct ward_run **ret);
void ward_run_free(struct ward_run *r);

/* The next transition that needs nobody; AGAIN: there is none before ward_run_due, or without an
 * answer. NOMEM leaves the run as it was. */
WARD_MUST_CHECK enum ward_err ward_run_next(
	struct ward_run *r, ward_ns now, struct ward_run_out *ret);
/* NOT_FOUND: no such request is open (answered, withdrawn or timed out). CONFIG: a value that the
 * step asks for is missing, is none that it asks for, or does not fit; the request stays open.
 * NOMEM. */
WARD_MUST_CHECK enum ward_err ward_run_answer(struct ward_run *r,
	const struct ward_run_answer *answer, ward_ns now, struct ward_run_out *ret);
/* A request that acts is asked of a person instead, under another id: no system may do it.
 * NOT_FOUND: no such request is open. why lives forever. */
WARD_MUST_CHECK enum ward_err ward_run_by_hand(struct ward_run *r, struct ward_id request,
	const char *why, ward_ns now, struct ward_run_out *ret);
/* STATE when it is over or being cancelled already. */
WARD_MUST_CHECK enum ward_err ward_run_cancel(
	struct ward_run *r, ward_ns now, struct ward_run_out *ret);

struct ward_id ward_run_id(const struct ward_run *r);
enum ward_run_outcome ward_run_is(const struct ward_run *r);
/* When ward_run_next has something to do without an answer; WARD_NS_NEVER. */
ward_ns ward_run_due(const struct ward_run *r);
/* Open request i, by thread; false behind the last. To be sent again after a crash, by its id. */
bool ward_run_open(const struct ward_run *r, size_t i, struct ward_run_request *ret);
/* What a request says, in a language, variables filled in; what somebody else has not done stands
 * before it. */
void ward_run_say(const struct ward_run *r, const struct ward_run_request *q, struct ward_lang *l,
	struct ward_wr *w);
/* What a request says, without its run: texts in English as the playbook has them, with names of
 * variables. They live as long as the playbooks. */
enum { WARD_RUN_LATE = 8, WARD_RUN_QUESTIONS = 8 };
struct ward_run_phrase {
	struct ward_str text;
	struct ward_str type;    /* of a command that acts; else empty */
	struct ward_str by_hand; /* where it is to be done by hand; empty: if somebody agrees, Ward
				    proposes it */
	struct ward_str content; /* what is to be sent with what is done by hand; may be empty */
	struct ward_str late_name;           /* who has not done … */
	struct ward_str late[WARD_RUN_LATE]; /* … this before */
	size_t n_late;
	struct {
		struct ward_str name, text;
	} question[WARD_RUN_QUESTIONS]; /* what is to be answered, and by which variable */
	size_t n_question;
};
void ward_run_phrase(const struct ward_run_request *q, struct ward_run_phrase *ret);
/* In a language, variables filled in. */
void ward_run_phrase_say(const struct ward_run_phrase *p, struct ward_lang *l,
	ward_playbook_value_fn value, void *ctx, struct ward_wr *w);
/* A variable as the request's step sees it. False: it has no value. */
bool ward_run_value(const struct ward_run *r, const struct ward_run_request *q,
	struct ward_str name, struct ward_str *ret);
/* The whole state: a version, then fields of ward_wr. At most WARD_RUN_BYTES_MAX. */
void ward_run_save(const struct ward_run *r, struct ward_wr *w);
/* VERSION, NOT_FOUND (a playbook of the state, by its hash, is not among these or has errors by
 * itself), MALFORMED, NOMEM. In one that is no longer sound, nothing but `manual` is done. */
WARD_MUST_CHECK enum ward_err ward_run_load(struct ward_slice bytes,
	const struct ward_playbooks *all, const struct ward_mem *mem, struct ward_run **ret);

#endif
