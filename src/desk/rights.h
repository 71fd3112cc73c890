/* What a person may see and decide in the console: rights, and the profiles that give them.
 *
 * A person has the profiles that people.yml names (`console: [guard]`), else those of their roles,
 * else `staff`; which rights a profile gives is content (rights.yml). A right is a bit of a mask.
 * Where a person has places, rights hold there. */
#ifndef WARD_DESK_RIGHTS_H
#define WARD_DESK_RIGHTS_H

#include "conf/conf.h"
#include "desk/decision.h"

/* X(NAME, "name", what it lets do) */
#define WARD_RIGHT_LIST(X)                                                               \
	X(SEE_INCIDENTS, "see.incidents", "incidents, and what is done about them")      \
	X(SEE_PLANS, "see.plans", "floor plans, and the places and roles of the model")  \
	X(SEE_ASSETS, "see.assets", "the inventory")                                     \
	X(SEE_CARE, "see.care", "what wards and services can do for patients")           \
	X(SEE_PATHS, "see.paths", "how a service could be attacked, and blind spots")    \
	X(SEE_EVIDENCE, "see.evidence", "clips, photos and records")                     \
	X(SEE_AUDIT, "see.audit", "who decided and looked at what")                      \
	X(SEE_STATE, "see.state", "what watches, and whether it works")                  \
	X(REPORT, "report", "saying what somebody saw; calling for help")                \
	X(DECIDE_INCIDENT, "decide.incident", "confirming, dismissing, closing")         \
	X(TUNE, "tune", "holding back signs that were no attack")                        \
	X(ACKNOWLEDGE, "acknowledge", "saying that a message was read, a task is done")  \
	X(RUN_PLAYBOOK, "run.playbook", "beginning and ending runs of playbooks")        \
	X(PROPOSE, "propose", "having an action shown with its effect")                  \
	X(APPROVE, "approve", "having an action done, refused, undone")                  \
	X(ENTER_CARE, "enter.care", "entering beds and the state of wards")              \
	X(LEAD_CRISIS, "lead.crisis", "leading the crisis cell")                         \
	X(ANSWER_LAW, "answer.law", "what the law's clocks need to know, what was sent") \
	X(DECIDE_PROCESSING, "decide.processing",                                        \
		"what has data of persons stops, runs, is renewed")                      \
	X(KEEP_WATCH, "keep.watch", "the log of a post, and handing it over")            \
	X(PERMIT, "permit", "making works permits, in which alarms are expected")        \
	X(CONFIGURE, "configure", "changing what Ward knows of the hospital")            \
	X(ADMINISTER, "administer", "accounts of people")                                \
	X(METRICS, "metrics", "counters of the machine")                                 \
	X(REVEAL, "reveal", "asking for the name behind a pseudonym")                    \
	X(REVIEW_REVEAL, "review.reveal", "saying afterwards whether that was right")    \
	X(SEE_PROOF, "see.proof", "what the record shows of duties, the board's report") \
	X(VOUCH, "vouch", "adding to that what Ward can't know")                         \
	X(EXERCISE, "exercise", "leading a played scenario, and seeing what comes")      \
	X(GIVE_AVAILABILITY, "give.availability", "beds and states, for the region")     \
	X(GIVE_INCIDENTS, "give.incidents", "… and what is open, without names")         \
	X(GIVE_IMPACTS, "give.impacts", "… and what that will take of care")             \
	X(GIVE_NAMES, "give.names", "… and what the things and wards are called")

enum ward_right {
#define X(NAME, name, what) WARD_RIGHT_##NAME,
	WARD_RIGHT_LIST(X)
#undef X
		WARD_RIGHT_N,
};
#define WARD_RIGHT_BIT(r) (UINT64_C(1) << (r))
#define WARD_RIGHTS_ALL (WARD_RIGHT_BIT(WARD_RIGHT_N) - 1)

/* "see.incidents". Lives forever. */
const char *ward_right_name(enum ward_right r);
/* WARD_RIGHT_N: there is none of this name. */
enum ward_right ward_right_parse(struct ward_str s);
/* Whoever has these has what a region is given, and nothing else. */
bool ward_rights_only_give(uint64_t rights);
/* Which right this kind of decision needs; N: it is enough to be somebody. */
enum ward_right ward_decision_right(enum ward_decision_kind k);
bool ward_decision_let(enum ward_decision_kind k, uint64_t rights);

/* X(NAME, "name") */
#define WARD_PROFILE_LIST(X)                                  \
	X(GUARD, "guard")                                     \
	X(OPERATOR, "operator")                               \
	X(ANALYST, "analyst")                                 \
	X(CRISIS_MANAGER, "crisis-manager")                   \
	X(ENGINEER, "engineer")                               \
	X(DATA_PROTECTION_OFFICER, "data-protection-officer") \
	X(ADMINISTRATOR, "administrator")                     \
	X(AUDITOR, "auditor")                                 \
	X(STAFF_REPRESENTATIVE, "staff-representative")       \
	X(TRAINER, "trainer")                                 \
	X(STAFF, "staff")

enum ward_profile {
#define X(NAME, name) WARD_PROFILE_##NAME,
	WARD_PROFILE_LIST(X)
#undef X
		WARD_PROFILE_N,
};
#define WARD_PROFILE_BIT(p) (UINT32_C(1) << (p))

/* "guard". Lives forever. */
const char *ward_profile_name(enum ward_profile p);
/* WARD_PROFILE_N: there is none of this name. */
enum ward_profile ward_profile_parse(struct ward_str s);

#endif
