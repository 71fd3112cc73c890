/* What a run remembers. Inside this room. */
#ifndef WARD_RESPOND_PLAYBOOK_STATE_H
#define WARD_RESPOND_PLAYBOOK_STATE_H

#include "respond/playbook/check.h"
#include "respond/playbook/run.h"

enum ward_run_phase {
	WARD_RUN_READY,   /* its step has not begun */
	WARD_RUN_DELAYED, /* until `due` */
	WARD_RUN_CONFIRM, /* a request is open: may it act? */
	WARD_RUN_ASKED,   /* a request is open: command `command` */
	WARD_RUN_INSIDE,  /* its branches are being done */
	WARD_RUN_LEFT_WELL,
	WARD_RUN_LEFT_BADLY,
	WARD_RUN_BY_HAND, /* a request is open: a person does command `command` */
	WARD_RUN_PHASE_N,
};

/* A place in a workflow. Children have higher ids than their parent; by id they are in order. */
struct ward_run_thread {
	uint32_t id, parent; /* id of the thread in whose step it is; WARD_NONE: the first */
	uint32_t book, step;
	uint8_t phase; /* enum ward_run_phase */
	bool root;     /* the first of its playbook, which holds its variables */
	bool excepted; /* such a one: workflow_exception has taken over */
	uint32_t attempt, command, rounds;
	uint32_t failed; /* the action that failed, so that this step's turn came; or WARD_NONE */
	ward_ns due;
};

/* A variable's value that is not the playbook's own. */
struct ward_run_var {
	uint32_t thread; /* that of the step, or the first of the playbook */
	uint32_t var;
	bool of_step;
	uint16_t len;
	char *text; /* heap, len bytes */
};

struct ward_run {
	const struct ward_mem *mem;
	const struct ward_playbooks *all;
	const struct ward_playbook *book[WARD_RUN_BOOKS_MAX];
	size_t n_book;
	struct ward_id id;
	uint64_t number; /* of the last transition */
	uint32_t n_attempt, next_thread;
	enum ward_run_outcome outcome, result; /* OPEN until it is over; how it ended */
	bool stopping;                         /* cancelled, branches are still being dropped */
	struct ward_run_thread *thread;
	size_t n_thread, cap_thread;
	struct ward_run_var *var;
	size_t n_var, cap_var;
};

/* now + span, at most the end of time. */
static inline ward_ns ward_run_later(ward_ns now, ward_ns span)
{
	return now > WARD_NS_NEVER - 1 - span ? WARD_NS_NEVER - 1 : now + span;
}

struct ward_run_thread *ward_run_thread_of(const struct ward_run *r, uint32_t id);
const struct ward_playbook_step *ward_run_step_of(
	const struct ward_run *r, const struct ward_run_thread *t);
/* Records a transition of a thread, with its request if it has one now. */
void ward_run_told(struct ward_run *r, const struct ward_run_thread *t, enum ward_run_what what,
	const char *why, ward_ns now, struct ward_run_out *ret);
void ward_run_request_of(
	const struct ward_run *r, const struct ward_run_thread *t, struct ward_run_request *ret);

/* Is a playbook begun, also one that another does? STATE: not sound; DENIED: revoked, not valid. */
WARD_MUST_CHECK enum ward_err ward_run_may_begin(const struct ward_playbook *p, ward_ns now);
/* Makes room for n more threads; LIMIT, NOMEM. Moves them. */
WARD_MUST_CHECK enum ward_err ward_run_room(struct ward_run *r, size_t n);
/* Puts a thread behind the last; there is room. */
struct ward_run_thread *ward_run_spawn(struct ward_run *r, struct ward_run_thread t);
/* Takes a thread out, with its variables. Its children must be gone. */
void ward_run_remove(struct ward_run *r, uint32_t id);
/* Begins the work of an action, or decides what a step does; *ret_why when it fails at once. NOMEM
 * leaves nothing behind but threads that the caller takes back. */
WARD_MUST_CHECK enum ward_err ward_run_work(
	struct ward_run *r, uint32_t thread, ward_ns now, const char **ret_why);
/* May the command be done, with the values that there are? *ret_why not, or NULL. NOMEM. */
WARD_MUST_CHECK enum ward_err ward_run_may_act(const struct ward_run *r,
	const struct ward_run_thread *t, uint32_t command, const char **ret_why);
/* Sets command and phase of a thread; *ret_why when it may not be done: it has left badly. NOMEM
 * leaves it as it was. */
WARD_MUST_CHECK enum ward_err ward_run_command(const struct ward_run *r, struct ward_run_thread *t,
	uint32_t command, const char **ret_why);

/* A variable as a thread sees it. False: it is declared nowhere, or has no value. */
bool ward_run_get(const struct ward_run *r, const struct ward_run_thread *t, struct ward_str name,
	struct ward_str *ret);
/* Where it is declared: the thread that owns it, and the declaration; NULL. */
const struct ward_playbook_var *ward_run_declared(const struct ward_run *r,
	const struct ward_run_thread *t, struct ward_str name, struct ward_run_var *ret_where);
/* NOMEM, LIMIT; NOT_FOUND when it is declared nowhere. */
WARD_MUST_CHECK enum ward_err ward_run_set(struct ward_run *r, const struct ward_run_thread *t,
	struct ward_str name, struct ward_str value);
/* Forgets the values of a thread's step; all: of its playbook, too. */
void ward_run_forget(struct ward_run *r, uint32_t thread, bool all);

#endif
