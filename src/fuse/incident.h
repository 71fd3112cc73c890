/* An incident: detections that tell one story.
 *
 * Plain data owned by the fuser (fuse/fuse.h); valid until its next call. */
#ifndef WARD_FUSE_INCIDENT_H
#define WARD_FUSE_INCIDENT_H

#include "detect/detection.h"

enum ward_incident_state {
	WARD_INCIDENT_SUSPECTED,
	WARD_INCIDENT_CONFIRMED,
	WARD_INCIDENT_CONTAINED,
	WARD_INCIDENT_RECOVERED,
	WARD_INCIDENT_CLOSED,
	WARD_INCIDENT_DISMISSED,
	WARD_INCIDENT_STATE_N,
};
const char *ward_incident_state_name(enum ward_incident_state s);

/* Is it over? Then it takes no new sign, and costs nothing any more. */
static inline bool ward_incident_is_over(enum ward_incident_state s)
{
	return s >= WARD_INCIDENT_RECOVERED;
}

/* What people decide of an incident. */
enum ward_verdict_kind {
	WARD_VERDICT_CONFIRM,
	WARD_VERDICT_CONTAIN,
	WARD_VERDICT_RECOVER,
	WARD_VERDICT_CLOSE,
	WARD_VERDICT_DISMISS,
	WARD_VERDICT_REOPEN,
	WARD_VERDICT_NOTE,
	WARD_VERDICT_ASSIGN, /* somebody is asked to see to it */
	/* two that are one, one that is two: ward_fuser_merge, ward_fuser_split */
	WARD_VERDICT_MERGE,
	WARD_VERDICT_SPLIT,
	WARD_VERDICT_N,
};
/* "confirm". Lives forever. */
const char *ward_verdict_name(enum ward_verdict_kind k);

/* A decision, as the incident's record says it: the role in which it was made, and no person. */
struct ward_verdict {
	enum ward_verdict_kind kind;
	struct ward_id id; /* of the decision */
	ward_ns at;
	struct ward_str role, text; /* the text may be empty, or cut */
};

enum ward_incident_kind { WARD_INCIDENT_CYBER, WARD_INCIDENT_PHYSICAL, WARD_INCIDENT_HYBRID };
const char *ward_incident_kind_name(enum ward_incident_kind k);

/* Why a detection belongs to the story: with which other one, and by what. */
enum ward_join {
	WARD_JOIN_FIRST, /* it began the story */
	WARD_JOIN_ASSET,
	WARD_JOIN_ACTOR,
	WARD_JOIN_PLACE,
	WARD_JOIN_CAUSE,
	WARD_JOIN_EVENT,  /* both rest on one event */
	WARD_JOIN_PEOPLE, /* somebody said so */
};
const char *ward_join_name(enum ward_join j);

/* Repeats of one rule on the same thing are one member. */
struct ward_member {
	const struct ward_detection *d; /* the earliest; first and last span all; no evidence */
	uint64_t count;
	enum ward_join by;
	uint32_t with; /* index of the earlier member that it joins; WARD_NONE for the first */
	uint32_t hops; /* PLACE, CAUSE: graph distance */
};

/* A threat that is on an asset because of this incident. */
struct ward_threat_on {
	uint32_t asset, threat;
	ward_ns since;
	int64_t lo_micro, hi_micro; /* how sure: from the rules' levels */
	uint32_t member;            /* the detection that says so */
};

/* Level, kind, threats, first and last come of the members that are not expected. */
struct ward_incident {
	struct ward_id id; /* from the earliest detection: the same for any order of arrival */
	uint32_t revision;
	bool raised; /* the revision is new; else only its consequences may be */
	bool settle; /* told because time passed: what was withheld is to be told now */
	enum ward_incident_state state;
	enum ward_incident_kind kind;
	enum ward_level level; /* the highest */
	ward_ns first, last;
	const struct ward_member *member; /* by time, then id */
	size_t n_member;
	bool permits; /* works permits have to do with some of them */
	bool alone;   /* told by a sign that is mostly false when it comes alone, and no other */
	const struct ward_threat_on *threat; /* by asset, then threat */
	size_t n_threat;
	const struct ward_id *superseded; /* incidents that turned out to be this one; sorted */
	size_t n_superseded;
	const struct ward_verdict *verdict; /* the last one; NULL: nobody decided anything */
	struct ward_id
		follows; /* the incident that was over when this one's signs came; or zeros */
};

enum {
	WARD_INCIDENT_MEMBERS_MAX = 128,   /* written: of the highest level, then the earliest */
	WARD_INCIDENT_THREATS_MAX = 128,   /* the surest, then the earliest */
	WARD_INCIDENT_CRITICAL_MAX = 8,    /* threats with a critical sign: the first */
	WARD_INCIDENT_FORMER_MAX = 128,    /* the first by id */
	WARD_INCIDENT_BYTES_MAX = 96 << 10 /* of the whole object */
};

/* {"kind":"incident",…}, at most WARD_INCIDENT_BYTES_MAX bytes long: of each list as many as the
 * limits and their share of the bytes allow, with `members_total`, `threats_total` and
 * `supersedes_total`; texts are cut. */
void ward_incident_write_json(
	const struct ward_incident *i, const struct ward_model *m, struct ward_wr *w);

#endif
