/* What persons ask of the hospital by law: what there is of them (GDPR 15), that it is erased
 * (GDPR 17), that it stops (GDPR 21); and what became of it.
 *
 * Rows of decisions PERSON_REQUEST, PERSON_ANSWER, PERSON_DONE and ASSESS (desk/decision.h) → the
 * register of requests, each with its end and what comes next, and the last assessment. A request
 * names nobody: the hospital's own file does, whose number it has. Rows are not trusted. Pure.
 * Single-threaded. docs/transparency.md */
#ifndef WARD_SUBJECT_SUBJECT_H
#define WARD_SUBJECT_SUBJECT_H

#include "base/id.h"
#include "conf/conf.h"
#include "notice/notice.h"

enum {
	WARD_SUBJECT_REQUESTS = 256, /* of answered ones the oldest goes first, counted */
	WARD_SUBJECT_THINGS = 16,    /* of one decision on erasing */
	WARD_SUBJECT_TEXT = 512,
};
#define WARD_SUBJECT_OF "requests" /* what a new one is about, as a decision's subject */

/* X(NAME, "name") */
#define WARD_SUBJECT_RIGHT_LIST(X)                            \
	X(ACCESS, "access")       /* what there is of them */ \
	X(ERASURE, "erasure")     /* that it is erased */     \
	X(OBJECTION, "objection") /* that it stops, for their reasons */
enum ward_subject_right {
#define X(NAME, name) WARD_SUBJECT_##NAME,
	WARD_SUBJECT_RIGHT_LIST(X)
#undef X
		WARD_SUBJECT_RIGHT_N,
};
const char *ward_subject_right_name(enum ward_subject_right r);
const char *ward_subject_right_says(enum ward_subject_right r);

/* What is said of a request. X(NAME, "name") */
#define WARD_SUBJECT_SAY_LIST(X)                                                                \
	X(AGREE, "agree")   /* a second person: what there is may be put together, or erased */ \
	X(EXTEND, "extend") /* two months more, for the reason of the text */                   \
	X(DECIDE, "decide") /* of erasure and objection: what goes, what stays and why */       \
	X(PACKED, "packed") /* the package's digest */                                          \
	X(ERASED, "erased") /* what was erased, and its proof's digest */                       \
	X(ANSWER, "answer") /* the letter went out */                                           \
	X(REFUSE, "refuse") /* why; the letter says to whom to complain */
enum ward_subject_say {
#define X(NAME, name) WARD_SUBJECT_SAY_##NAME,
	WARD_SUBJECT_SAY_LIST(X)
#undef X
		WARD_SUBJECT_SAY_N,
};
const char *ward_subject_say_name(enum ward_subject_say s);

/* In the order of life: what it waits for. */
enum ward_subject_state {
	WARD_SUBJECT_NEW,     /* a second person */
	WARD_SUBJECT_DECIDES, /* erasure, objection: what goes and what stays */
	WARD_SUBJECT_AGREED,  /* to be put together, or erased */
	WARD_SUBJECT_READY,   /* the letter */
	WARD_SUBJECT_ANSWERED,
	WARD_SUBJECT_REFUSED,
	WARD_SUBJECT_STATE_N,
};
const char *ward_subject_state_name(enum ward_subject_state s);
bool ward_subject_open(enum ward_subject_state s);

struct ward_subject_request {
	struct ward_id id; /* of the decision that took it in */
	enum ward_subject_right right;
	enum ward_subject_state state;
	ward_ns at, received, due, closed; /* closed NEVER: open */
	bool extended, decided;
	struct ward_str ref, identity; /* the hospital's file; how it was checked who asks */
	struct ward_str first, second; /* persons; second empty: nobody yet */
	struct ward_str role, second_role;
	struct ward_str more;   /* why it takes longer */
	struct ward_str text;   /* the last word: the refusal's reason, the remark */
	struct ward_str digest; /* of the package, or of the proof of erasing */
	struct ward_str goes[WARD_SUBJECT_THINGS], stays[WARD_SUBJECT_THINGS];
	size_t n_goes, n_stays;
};

struct ward_subject_book {
	const struct ward_limits *lim;
	struct ward_arena arena, scratch;
	struct ward_subject_request r[WARD_SUBJECT_REQUESTS];
	size_t n;
	uint64_t n_forgotten, n_void; /* void: rows that say what can't be */
	struct ward_notice_assessed assessed;
};
/* `lim` is borrowed. The book is large: not for a stack. */
void ward_subject_init(struct ward_subject_book *b, const struct ward_limits *lim);
void ward_subject_fini(struct ward_subject_book *b);
/* A row of a decision, as it was read. What is no word on a request is left. NOMEM. */
WARD_MUST_CHECK enum ward_err ward_subject_take(
	struct ward_subject_book *b, const struct ward_conf *row);
/* The same of its JSON, whatever kind of decision it is. */
WARD_MUST_CHECK enum ward_err ward_subject_take_json(
	struct ward_subject_book *b, struct ward_str json);
/* NULL: none. O(requests). */
const struct ward_subject_request *ward_subject_find(
	const struct ward_subject_book *b, struct ward_id id);

/* Whether something can be said of it. NULL: it can; else the sentence that refuses it, which lives
 * forever. `args`: the decision's, or NULL. */
const char *ward_subject_wrong_request(const struct ward_conf *args);
/* Does it say what was put together or erased, and not what somebody decides? */
bool ward_subject_is_done(const struct ward_conf *args);
const char *ward_subject_wrong_answer(const struct ward_subject_request *r,
	const struct ward_conf *args, struct ward_str person, struct ward_str text);
/* One month from when it came, or three: GDPR 12(3). */
ward_ns ward_subject_due(ward_ns received, bool extended);

/* ---- the letter ---- */

/* What was found, for a letter. */
struct ward_subject_found {
	uint64_t n_event, n_row, n_reveal, n_clip;
	uint64_t n_left;     /* fields and records with somebody else's data: not in the package */
	ward_ns from, until; /* of what was found */
};
/* What was erased since they asked for it, and what stays. */
struct ward_subject_erased {
	uint64_t n_record, n_row, n_clip;
	uint64_t n_wait;      /* stay while an incident is open, or a legal hold lasts */
	uint64_t n_duty;      /* stay, since they prove who decided or did what */
	uint64_t n_new;       /* came after it was looked for what goes */
	uint64_t n_damaged;   /* could not be erased: go with what is damaged there */
	uint64_t n_left;      /* were not erased, and it is not known why */
	uint64_t first, last; /* rows of the ledger that prove it; 0: none */
};
struct ward_subject_letter {
	const struct ward_subject_request *r;
	const struct ward_processing *p;
	const struct ward_model *m;
	const struct ward_proc_verdict *v;
	size_t n;
	const struct ward_subject_found *found;   /* NULL: nothing was looked for */
	const struct ward_subject_erased *erased; /* NULL: nothing was erased by a command */
	struct ward_lang *lang;
	ward_ns now;
};
/* What goes to the person who asked. NOMEM is the document's. */
void ward_subject_letter(const struct ward_subject_letter *l, struct ward_doc *doc);

#endif
