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

/* X(NAME, "name", whom it concerns, the right that it needs, what more it asks, what it is about):
 * NO_MORE, or of WHY, CONSOLE and PROOF; see enum ward_decision_asks */
#define WARD_DECISION_LIST(X)                                                                      \
	/* an incident */                                                                          \
	X(CONFIRM, "confirm", BRAIN, DECIDE_INCIDENT, NO_MORE, "it is what it seems")              \
	X(DISMISS, "dismiss", BRAIN, DECIDE_INCIDENT, WHY, "it was no attack")                     \
	X(CONTAIN, "contain", BRAIN, DECIDE_INCIDENT, NO_MORE, "it spreads no more")               \
	X(RECOVER, "recover", BRAIN, DECIDE_INCIDENT, NO_MORE, "care is back")                     \
	X(CLOSE, "close", BRAIN, DECIDE_INCIDENT, NO_MORE, "it is over")                           \
	X(REOPEN, "reopen", BRAIN, DECIDE_INCIDENT, NO_MORE,                                       \
		"it was closed or dismissed too early")                                            \
	X(NOTE, "note", BRAIN, DECIDE_INCIDENT, WHY, "a remark for those who read on")             \
	X(ASSIGN, "assign", BRAIN, DECIDE_INCIDENT, NO_MORE, "a role is asked to see to it")       \
	X(MERGE, "merge", BRAIN, DECIDE_INCIDENT, NO_MORE, "it is the same as another one")        \
	X(SPLIT, "split", BRAIN, DECIDE_INCIDENT, NO_MORE, "some of its signs are another one")    \
	X(LAW, "law", BRAIN, ANSWER_LAW, NO_MORE, "what the clocks of the law need to know")       \
	X(TUNE, "tune", BRAIN, TUNE, WHY, "signs like these open no incident for a while")         \
	/* a filter */                                                                             \
	X(LIFT, "lift", BRAIN, TUNE, NO_MORE, "signs like these open incidents again")             \
	/* a place or thing of the hospital */                                                     \
	X(REPORT, "report", BRAIN, REPORT, NO_MORE, "somebody saw or heard something")             \
	X(PANIC, "panic", BRAIN, REPORT, NO_MORE, "somebody needs help at once")                   \
	X(ALL_CLEAR, "all-clear", BRAIN, DECIDE_INCIDENT, NO_MORE,                                 \
		"there is no danger there any more")                                               \
	/* a ward, service or site */                                                              \
	X(ENTER, "enter", BRAIN, ENTER_CARE, NO_MORE, "what it can do for patients")               \
	/* the crisis cell: "crisis", an incident; a task, a call */                               \
	X(ACTIVATE, "activate", BRAIN, LEAD_CRISIS, NO_MORE, "the crisis cell works at a level")   \
	X(STAND_DOWN, "stand-down", BRAIN, LEAD_CRISIS, NO_MORE, "the crisis is over")             \
	X(RESOLVE, "resolve", BRAIN, LEAD_CRISIS, NO_MORE, "what the cell decided, and why")       \
	X(TASK, "task", BRAIN, LEAD_CRISIS, NO_MORE, "somebody is to do something")                \
	X(TASK_DONE, "task-done", BRAIN, ACKNOWLEDGE, NO_MORE, "what became of a task")            \
	X(RECALL, "recall", BRAIN, LEAD_CRISIS, NO_MORE, "staff is called in")                     \
	X(RECALL_ANSWER, "recall-answer", BRAIN, ACKNOWLEDGE, NO_MORE, "whether somebody comes")   \
	X(REVIEW, "review", BRAIN, LEAD_CRISIS, NO_MORE, "what is learnt from it")                 \
	/* the watch of a post, an entry of its log, or a hand-over */                             \
	X(LOG, "log", BRAIN, KEEP_WATCH, NO_MORE, "what is to be known at this post")              \
	X(LOG_DONE, "log-done", BRAIN, KEEP_WATCH, NO_MORE,                                        \
		"the key is back, the promise is kept")                                            \
	X(HAND_OVER, "hand-over", BRAIN, KEEP_WATCH, NO_MORE,                                      \
		"the watch ends, and who comes is told")                                           \
	X(TAKE_OVER, "take-over", BRAIN, KEEP_WATCH, NO_MORE,                                      \
		"the watch begins, with what was told")                                            \
	/* a host that no list of the hospital has, by its address */                              \
	X(CANDIDATE, "candidate", BRAIN, CONFIGURE, WHY, "whether to ask about it any more")       \
	/* a place or thing; a works permit */                                                     \
	X(PERMIT, "permit", BRAIN, PERMIT, NO_MORE, "works there are to be expected")              \
	X(PERMIT_END, "permit-end", BRAIN, KEEP_WATCH, NO_MORE, "the works are over")              \
	/* a message */                                                                            \
	X(ACKNOWLEDGE, "acknowledge", RESPOND, ACKNOWLEDGE, NO_MORE, "it was read")                \
	X(ON_MY_WAY, "on-my-way", RESPOND, ACKNOWLEDGE, NO_MORE, "somebody goes there")            \
	X(KEPT, "kept", RESPOND, ACKNOWLEDGE, NO_MORE, "an original recording is kept")            \
	/* a playbook, a run of it, or a request of a run */                                       \
	X(START, "start", PLAYBOOK, RUN_PLAYBOOK, NO_MORE, "begin it")                             \
	X(CANCEL, "cancel", PLAYBOOK, RUN_PLAYBOOK, PROOF, "end the run")                          \
	X(DONE, "done", PLAYBOOK, ACKNOWLEDGE, NO_MORE,                                            \
		"what was asked for is done, or agreed to")                                        \
	X(FAILED, "failed", PLAYBOOK, ACKNOWLEDGE, NO_MORE,                                        \
		"it could not be done, or is not agreed to")                                       \
	/* an action */                                                                            \
	X(PROPOSE, "propose", ACT, PROPOSE, NO_MORE, "show what it would do")                      \
	X(APPROVE, "approve", ACT, APPROVE, NO_MORE, "do it")                                      \
	X(REFUSE, "refuse", ACT, APPROVE, NO_MORE, "do it not")                                    \
	X(UNDO, "undo", ACT, APPROVE, NO_MORE, "take it back")                                     \
	X(RENEW, "renew", ACT, APPROVE, NO_MORE, "leave it as it is for longer")                   \
	X(NO_PATIENT, "no-patient", ACT, ACKNOWLEDGE, NO_MORE, "no patient depends on it now")     \
	/* a proposal for the hospital's directory */                                              \
	X(CONFIGURE, "configure", CONFIG, CONFIGURE, PROOF, "Ward goes on with it")                \
	X(APPOINT, "appoint", CONFIG, ADMINISTER, PROOF,                                           \
		"the same, of who may what and whom Ward reaches")                                 \
	/* the configuration; the text is an address */                                            \
	X(TRY, "try", CONFIG, CONFIGURE, NO_MORE, "whether a camera gives a picture there")        \
	/* a source or analytic with data of persons, an agreement (docs/processing.md) */         \
	X(PROCESSING, "processing", CONFIG, DECIDE_PROCESSING, CONSOLE | PROOF,                    \
		"it stops, runs again, or is renewed")                                             \
	/* a clip or photo, by its id */                                                           \
	X(READ, "read", CLIPS, SEE_EVIDENCE, WHY | CONSOLE | PROOF,                                \
		"somebody looks at it, for the reason of the text")                                \
	/* a camera; answered with the picture: run/still.h */                                     \
	X(STILL, "still", BRAIN, CONFIGURE, WHY | PROOF,                                           \
		"somebody looks at what it shows, and why")                                        \
	/* an incident */                                                                          \
	X(LOOK, "look", BRAIN, SEE_EVIDENCE, WHY | PROOF,                                          \
		"somebody reads its events and flows, and why")                                    \
	/* as TRY, by who administers */                                                           \
	X(TRY_ANY, "try-any", CONFIG, ADMINISTER, NO_MORE,                                         \
		"whether a camera gives a picture at any port")                                    \
	/* a pseudonym in an incident */                                                           \
	X(REVEAL, "reveal", BRAIN, REVEAL, WHY,                                                    \
		"somebody asks whom a pseudonym stands for, and why")                              \
	X(ASK_BADGE, "ask-badge", BRAIN, SEE_INCIDENTS, NO_MORE, "was this badge reported lost?")  \
	X(REVEAL_REVIEW, "reveal-review", BRAIN, REVIEW_REVEAL, WHY | CONSOLE,                     \
		"whether it was right, afterwards")                                                \
	/* "requests"; a request of a person, by its id (docs/transparency.md) */                  \
	X(PERSON_REQUEST, "person-request", BRAIN, DECIDE_PROCESSING, CONSOLE,                     \
		"somebody asks what there is of them")                                             \
	X(PERSON_ANSWER, "person-answer", BRAIN, ANSWER_LAW, CONSOLE,                              \
		"what becomes of such a request")                                                  \
	X(PERSON_DONE, "person-done", BRAIN, ANSWER_LAW, NO_MORE,                                  \
		"what was put together for it, or erased")                                         \
	/* "dpia" */                                                                               \
	X(ASSESS, "assess", BRAIN, DECIDE_PROCESSING, CONSOLE,                                     \
		"what risk the impact assessment leaves")                                          \
	/* a duty or control, "nis2/g" (docs/evidence.md) */                                       \
	X(VOUCH, "vouch", BRAIN, VOUCH, WHY | CONSOLE,                                             \
		"what the hospital adds to what the record shows")                                 \
	/* a source, place or incident by its id, or "all"; a hold by its decision's id */         \
	X(HOLD, "hold", BRAIN, DECIDE_PROCESSING, WHY,                                             \
		"what was recorded there is not erased for now, and why")                          \
	X(RELEASE_HOLD, "release-hold", BRAIN, DECIDE_PROCESSING, WHY | PROOF,                     \
		"it is erased in its time again")                                                  \
	/* an incident */                                                                          \
	X(EXPORT, "export", BRAIN, SEE_EVIDENCE, WHY | PROOF,                                      \
		"what is kept of it is handed out, to whom and why")                               \
	/* what was done, of WARD_DRILL_LIST (docs/evidence.md) */                                 \
	X(DRILL, "drill", BRAIN, VOUCH, WHY, "what was done so that the hospital is ready")        \
	/* "pseudonyms" */                                                                         \
	X(ROTATE_KEYS, "rotate-keys", BRAIN, DECIDE_PROCESSING, WHY,                               \
		"from now on everybody has another pseudonym")                                     \
	/* what is asked of a played scenario: "pause" … (exercise/course.h); not on record: the \
	 * exercise's log has it */                                                                \
	X(LEAD, "lead", PLAY, EXERCISE, NO_MORE, "a trainer leads the exercise")                   \
	/* a version of a bundle (docs/bundle.md) */                                               \
	X(UPDATE, "update", BRAIN, CONFIGURE, WHY, "which bundle of rules and lists runs")         \
	/* what a trainer told in a played scenario, by its id: whoever is signed in; not on       \
	 * record but in the exercise's log */                                                     \
	X(SEEN, "seen", PLAY, N, NO_MORE, "a player has what the trainer told")

/* What people do so that the hospital is ready: the subject of DRILL. X(NAME, "name") */
#define WARD_DRILL_LIST(X)                                                     \
	X(BACKUP, "backup")     /* a backup was made */                        \
	X(RESTORE, "restore")   /* one was restored as a trial */              \
	X(TRAINING, "training") /* staff was trained */                        \
	X(EXERCISE, "exercise") /* an exercise was held */                     \
	X(WEAKNESS, "weakness") /* a known weakness was mended, or accepted */ \
	X(VERIFY, "verify")     /* the ledger was computed anew */             \
	X(AUDIT, "audit")       /* somebody else looked: a test, an audit */
enum ward_drill {
#define X(NAME, name) WARD_DRILL_##NAME,
	WARD_DRILL_LIST(X)
#undef X
		WARD_DRILL_N,
};
/* N: none of that name. */
enum ward_drill ward_drill_parse(struct ward_str s);

enum ward_decision_to {
	WARD_DECISION_BRAIN,
	WARD_DECISION_RESPOND,
	WARD_DECISION_PLAYBOOK,
	WARD_DECISION_ACT,
	WARD_DECISION_CONFIG,
	WARD_DECISION_CLIPS,
	WARD_DECISION_PLAY,
};

/* The person of what is decided for a role that nobody plays in an exercise. */
#define WARD_DECISION_POLICY "policy"

/* The subject of what the crisis cell decides of no single incident. */
#define WARD_CRISIS_SUBJECT "crisis"

enum ward_decision_kind {
#define X(NAME, name, to, right, asks, what) WARD_DECISION_##NAME,
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
/* What a decision asks beside the right (desk/rights.h), each a bit. */
enum ward_decision_asks {
	WARD_ASKS_WHY = 1,     /* a reason, in the text */
	WARD_ASKS_CONSOLE = 2, /* to be said by who is signed in, never at the machine's socket */
	WARD_ASKS_PROOF = 4,   /* of who is signed in: a proof of late that it is them */
};
unsigned ward_decision_asks(enum ward_decision_kind k);
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
