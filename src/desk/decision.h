/* What a person decides, says or answers, in one form, whoever takes it in and whoever acts on it.
 *
 * `desk` takes it from a person at its socket, knows by the kernel who that is, and hands it to
 * whom it concerns: the journal (what brain judges by), `respond` (messages), `playbook` (runs),
 * `act` (actions). Who receives it checks it again, and what needs a proof is proved to whoever
 * acts, not to `desk`. */
#ifndef WARD_DESK_DECISION_H
#define WARD_DESK_DECISION_H

#include "base/id.h"
#include "base/json.h"
#include "base/rd.h"

/* X(NAME, "name", whom it concerns, what it is about) */
#define WARD_DECISION_LIST(X)                                                              \
	/* an incident */                                                                  \
	X(CONFIRM, "confirm", BRAIN, "it is what it seems")                                \
	X(DISMISS, "dismiss", BRAIN, "it was no attack")                                   \
	X(CONTAIN, "contain", BRAIN, "it spreads no more")                                 \
	X(RECOVER, "recover", BRAIN, "care is back")                                       \
	X(CLOSE, "close", BRAIN, "it is over")                                             \
	X(REOPEN, "reopen", BRAIN, "it was closed or dismissed too early")                 \
	X(NOTE, "note", BRAIN, "a remark for those who read on")                           \
	X(ASSIGN, "assign", BRAIN, "a role is asked to see to it")                         \
	X(MERGE, "merge", BRAIN, "it is the same as another one")                          \
	X(SPLIT, "split", BRAIN, "some of its signs are another one")                      \
	X(LAW, "law", BRAIN, "what the clocks of the law need to know")                    \
	X(TUNE, "tune", BRAIN, "signs like these open no incident for a while")            \
	/* a filter */                                                                     \
	X(LIFT, "lift", BRAIN, "signs like these open incidents again")                    \
	/* a place or thing of the hospital */                                             \
	X(REPORT, "report", BRAIN, "somebody saw or heard something")                      \
	X(PANIC, "panic", BRAIN, "somebody needs help at once")                            \
	X(ALL_CLEAR, "all-clear", BRAIN, "there is no danger there any more")              \
	/* a ward, service or site */                                                      \
	X(ENTER, "enter", BRAIN, "what it can do for patients")                            \
	/* the crisis cell: "crisis", an incident; a task, a call */                       \
	X(ACTIVATE, "activate", BRAIN, "the crisis cell works at a level")                 \
	X(STAND_DOWN, "stand-down", BRAIN, "the crisis is over")                           \
	X(RESOLVE, "resolve", BRAIN, "what the cell decided, and why")                     \
	X(TASK, "task", BRAIN, "somebody is to do something")                              \
	X(TASK_DONE, "task-done", BRAIN, "what became of a task")                          \
	X(RECALL, "recall", BRAIN, "staff is called in")                                   \
	X(RECALL_ANSWER, "recall-answer", BRAIN, "whether somebody comes")                 \
	X(REVIEW, "review", BRAIN, "what is learnt from it")                               \
	/* the watch of a post, an entry of its log, or a hand-over */                     \
	X(LOG, "log", BRAIN, "what is to be known at this post")                           \
	X(LOG_DONE, "log-done", BRAIN, "the key is back, the promise is kept")             \
	X(HAND_OVER, "hand-over", BRAIN, "the watch ends, and who comes is told")          \
	X(TAKE_OVER, "take-over", BRAIN, "the watch begins, with what was told")           \
	/* a host that no list of the hospital has, by its address */                      \
	X(CANDIDATE, "candidate", BRAIN, "whether to ask about it any more")               \
	/* a place or thing; a works permit */                                             \
	X(PERMIT, "permit", BRAIN, "works there are to be expected")                       \
	X(PERMIT_END, "permit-end", BRAIN, "the works are over")                           \
	/* a message */                                                                    \
	X(ACKNOWLEDGE, "acknowledge", RESPOND, "it was read")                              \
	X(ON_MY_WAY, "on-my-way", RESPOND, "somebody goes there")                          \
	X(KEPT, "kept", RESPOND, "an original recording is kept")                          \
	/* a playbook, a run of it, or a request of a run */                               \
	X(START, "start", PLAYBOOK, "begin it")                                            \
	X(CANCEL, "cancel", PLAYBOOK, "end the run")                                       \
	X(DONE, "done", PLAYBOOK, "what was asked for is done, or agreed to")              \
	X(FAILED, "failed", PLAYBOOK, "it could not be done, or is not agreed to")         \
	/* an action */                                                                    \
	X(PROPOSE, "propose", ACT, "show what it would do")                                \
	X(APPROVE, "approve", ACT, "do it")                                                \
	X(REFUSE, "refuse", ACT, "do it not")                                              \
	X(UNDO, "undo", ACT, "take it back")                                               \
	X(RENEW, "renew", ACT, "leave it as it is for longer")                             \
	X(NO_PATIENT, "no-patient", ACT, "no patient depends on it now")                   \
	/* a proposal for the hospital's directory */                                      \
	X(CONFIGURE, "configure", CONFIG, "Ward goes on with it")                          \
	X(APPOINT, "appoint", CONFIG, "the same, of who may what and whom Ward reaches")   \
	/* the configuration; the text is an address */                                    \
	X(TRY, "try", CONFIG, "whether a camera gives a picture there")                    \
	/* a source or analytic with data of persons, an agreement (docs/processing.md) */ \
	X(PROCESSING, "processing", CONFIG, "it stops, runs again, or is renewed")         \
	/* a clip or photo, by its id */                                                   \
	X(READ, "read", CLIPS, "somebody looks at it, for the reason of the text")         \
	/* a camera; answered with the picture: run/still.h */                             \
	X(STILL, "still", BRAIN, "somebody looks at what it shows, and why")               \
	/* an incident */                                                                  \
	X(LOOK, "look", BRAIN, "somebody reads its events and flows, and why")             \
	/* as TRY, by who administers */                                                   \
	X(TRY_ANY, "try-any", CONFIG, "whether a camera gives a picture at any port")      \
	/* a pseudonym in an incident */                                                   \
	X(REVEAL, "reveal", BRAIN, "somebody asks whom a pseudonym stands for, and why")   \
	X(ASK_BADGE, "ask-badge", BRAIN, "was this badge reported lost?")                  \
	X(REVEAL_REVIEW, "reveal-review", BRAIN, "whether it was right, afterwards")       \
	/* "requests"; a request of a person, by its id (docs/transparency.md) */          \
	X(PERSON_REQUEST, "person-request", BRAIN, "somebody asks what there is of them")  \
	X(PERSON_ANSWER, "person-answer", BRAIN, "what becomes of such a request")         \
	X(PERSON_DONE, "person-done", BRAIN, "what was put together for it, or erased")    \
	/* "dpia" */                                                                       \
	X(ASSESS, "assess", BRAIN, "what risk the impact assessment leaves")               \
	/* a duty or control, "nis2/g" (docs/evidence.md) */                               \
	X(VOUCH, "vouch", BRAIN, "what the hospital adds to what the record shows")        \
	/* a source, place or incident by its id, or "all"; a hold by its decision's id */ \
	X(HOLD, "hold", BRAIN, "what was recorded there is not erased for now, and why")   \
	X(RELEASE_HOLD, "release-hold", BRAIN, "it is erased in its time again")           \
	/* an incident */                                                                  \
	X(EXPORT, "export", BRAIN, "what is kept of it is handed out, to whom and why")

enum ward_decision_to {
	WARD_DECISION_BRAIN,
	WARD_DECISION_RESPOND,
	WARD_DECISION_PLAYBOOK,
	WARD_DECISION_ACT,
	WARD_DECISION_CONFIG,
	WARD_DECISION_CLIPS,
};

/* The subject of what the crisis cell decides of no single incident. */
#define WARD_CRISIS_SUBJECT "crisis"

enum ward_decision_kind {
#define X(NAME, name, to, what) WARD_DECISION_##NAME,
	WARD_DECISION_LIST(X)
#undef X
		WARD_DECISION_N,
};
/* "confirm" … Lives forever. */
const char *ward_decision_name(enum ward_decision_kind k);
/* "it is what it seems" … Lives forever. */
const char *ward_decision_says(enum ward_decision_kind k);
/* WARD_DECISION_N: there is none of this name. */
enum ward_decision_kind ward_decision_parse(struct ward_str s);
enum ward_decision_to ward_decision_to(enum ward_decision_kind k);
/* What the subject of a decision of this kind is. */
enum ward_decision_about {
	WARD_ABOUT_INCIDENT,
	WARD_ABOUT_PLACE,    /* a place or thing of the hospital */
	WARD_ABOUT_CRISIS,   /* WARD_CRISIS_SUBJECT, or an incident */
	WARD_ABOUT_DECISION, /* one that was decided before, by its id */
	WARD_ABOUT_OTHER, /* who acts knows: a message, run, action, or what the kind's page says */
};
enum ward_decision_about ward_decision_about(enum ward_decision_kind k);

enum {
	WARD_DECISION_SUBJECT = 128, /* bytes, at most */
	WARD_DECISION_TEXT = 2000,
	WARD_DECISION_PROOF = 512,
	WARD_DECISION_ARGS = 64 << 10,
	WARD_DECISION_PLACES = 64 * 130, /* a person's, with what is between */
};

struct ward_decision {
	enum ward_decision_kind kind;
	struct ward_id id; /* of the decision: sent again, it is the same */
	ward_ns at;
	struct ward_str person; /* id in people.yml */
	struct ward_str role;   /* id of the role in which it is decided: one that the person has */
	struct ward_str
		subject; /* what it is about: an id of incident, message, run, action …, a place */
	struct ward_str text;  /* the reason, or what somebody saw; may be empty */
	struct ward_str args;  /* a JSON object of what the kind needs; may be empty */
	struct ward_str proof; /* a one-time code, for who checks it; never kept; may be empty */
	/* The ids of nodes to which the person is bound, blanks between; empty: to none. Said by
	 * `login` and `desk`, which know the person. */
	struct ward_str places;
};

/* Between processes: u8 kind, 16 bytes id, be64 time, lv person, role, subject, text, args, proof,
 * places. */
void ward_decision_put(struct ward_wr *w, const struct ward_decision *d);
/* MALFORMED: also texts that are no UTF-8, too long, or hold control characters but line feed and
 * tab in text and args. Borrows what r reads. */
WARD_MUST_CHECK enum ward_err ward_decision_get(struct ward_rd *r, struct ward_decision *ret);

/* What became of it: u8 error, lv text for the person (at most 2000 bytes), lv JSON of the answer.
 */
struct ward_decided {
	enum ward_err err; /* OK, NOT_FOUND, DENIED, STATE, CONFIG, LIMIT, AGAIN … */
	struct ward_str why, json;
};
void ward_decided_put(struct ward_wr *w, const struct ward_decided *d);
/* MALFORMED. */
WARD_MUST_CHECK enum ward_err ward_decided_get(struct ward_rd *r, struct ward_decided *ret);

#endif
