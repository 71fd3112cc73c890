/* A decision of the kinds for the brain as an event of the journal: what the brain judges by, and
 * what an audit finds.
 *
 * report.observation, report.panic and report.all-clear are what people saw and say of a place;
 * ward.decision is what they decided of an incident; ward.photo names the report whose photo it is.
 * The event's id is the decision's, so that one
 * that is sent again is the same. Nobody but `desk` may write them: the journal takes the control
 * lane from no sensor. */
#ifndef WARD_DESK_EVENT_H
#define WARD_DESK_EVENT_H

#include "desk/decision.h"
#include "event/event.h"

/* What somebody saw: X(NAME, "name", "for people") */
#define WARD_REPORT_LIST(X)                               \
	X(FIRE, "fire", "fire or smoke")                  \
	X(VIOLENCE, "violence", "violence or a threat")   \
	X(BOMB, "bomb", "a bomb threat or a thing left")  \
	X(PERSON, "person", "somebody who is suspicious") \
	X(DEVICE, "device", "a device that misbehaves")   \
	X(OTHER, "other", "something else")

enum ward_report_kind {
#define X(NAME, name, what) WARD_REPORT_##NAME,
	WARD_REPORT_LIST(X)
#undef X
		WARD_REPORT_N,
};
/* "fire". Lives forever. */
const char *ward_report_name(enum ward_report_kind k);
/* WARD_REPORT_N: there is none of this name. */
enum ward_report_kind ward_report_parse(struct ward_str s);

/* What became of a photo that was handed in with a report, told after it: ward.photo. */
struct ward_report_photo {
	struct ward_id report; /* as it is on record */
	struct ward_str person, subject;
	struct ward_str photo; /* its id; empty: it is not kept … */
	struct ward_str why;   /* … and why not */
	ward_ns at;
};

/* ward.decision, or what people report: of the desk alone. */
bool ward_decision_is_class(struct ward_str name);

/* Sets class, id, times and fields of e, which borrows d, whose args are as ward_args_read gave
 * them. report: of a report, of what. LIMIT, NOMEM. */
WARD_MUST_CHECK enum ward_err ward_decision_to_event(const struct ward_decision *d,
	enum ward_report_kind report, struct ward_names *names, struct ward_event *e);
/* The same of a photo. The id is made of the report's: told again, it is the same. */
WARD_MUST_CHECK enum ward_err ward_photo_to_event(
	const struct ward_report_photo *p, struct ward_names *names, struct ward_event *e);
/* That nobody reviewed in time why a name was told to one person alone: ward.review. */
struct ward_review_late {
	struct ward_id of, incident; /* the asking, as it is on record */
	struct ward_str person;      /* who asked */
	ward_ns at;
};
/* The id is made of the asking's. LIMIT, NOMEM. */
WARD_MUST_CHECK enum ward_err ward_review_to_event(
	const struct ward_review_late *l, struct ward_names *names, struct ward_event *e);
/* Reads it back; borrows e. FOREIGN: it is no such event; MALFORMED. */
WARD_MUST_CHECK enum ward_err ward_decision_of_event(
	const struct ward_event *e, struct ward_names *names, struct ward_decision *ret);

#endif
