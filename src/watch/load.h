/* How many alarms people get, of which rules, and how many of them were for nothing: the last 30
 * days of incidents and signs, as their records come.
 *
 * An alarm is an incident: what somebody is told of. It counts for each rule that has a sign in it,
 * and for the role whose first step it is. Of what people decided, the share that was not dismissed
 * is the precision. Bounded: the last 8,192 incidents, 65,536 signs, 512 rules; what is older or
 * more is counted. Pure, single-threaded. Faces what records say. */
#ifndef WARD_SHIFT_LOAD_H
#define WARD_SHIFT_LOAD_H

#include "base/id.h"
#include "base/mem.h"
#include "base/slice.h"

enum {
	WARD_ALARMS_DAYS = 30,
	WARD_ALARMS_INCIDENTS = 8192,
	WARD_ALARMS_SIGNS = 65536,
	WARD_ALARMS_RULES = 512,
	WARD_ALARMS_ROLES = 64,
	WARD_ALARMS_RULES_OF = 8, /* of one incident */
	WARD_ALARMS_NAME = 128,
};

struct ward_alarms;

/* NOMEM. */
WARD_MUST_CHECK enum ward_err ward_alarms_new(const struct ward_mem *mem, struct ward_alarms **ret);
void ward_alarms_free(struct ward_alarms *l);

/* A detection, by its rule; seen again it is the same. NOMEM. */
WARD_MUST_CHECK enum ward_err ward_alarms_sign(struct ward_alarms *l, struct ward_id id,
	struct ward_str rule, struct ward_str title, ward_ns at);
/* A revision of an incident: since when, whose first step it is (may be empty: as before), its
 * state. NOMEM. */
WARD_MUST_CHECK enum ward_err ward_alarms_incident(struct ward_alarms *l, struct ward_id id,
	ward_ns first, struct ward_str role, struct ward_str state);
/* It has this sign. One of an unknown incident or sign is passed over. */
void ward_alarms_member(struct ward_alarms *l, struct ward_id incident, struct ward_id sign);

struct ward_alarms_row {
	struct ward_str name, title; /* of a rule or a role; live as long as nothing is added */
	uint64_t signs;              /* of a rule */
	struct ward_str rule,
		rule_title; /* of a role: the rule that most of them are of; or empty */
	uint64_t incidents, decided, dismissed;
};
struct ward_alarms_all {
	struct ward_alarms_row *rule, *role; /* the most incidents first; in the arena */
	size_t n_rule, n_role;
	uint64_t day[WARD_ALARMS_DAYS]; /* incidents: the first is 29 days ago, the last today */
	uint64_t incidents, decided, dismissed;
	uint64_t standing;  /* open for more than a day */
	uint64_t ten_min;   /* the most that began within ten minutes */
	uint64_t forgotten; /* of those 30 days, incidents and signs that there was no room for */
};
/* Of the 30 days before `now`. NOMEM. */
WARD_MUST_CHECK enum ward_err ward_alarms_ask(const struct ward_alarms *l, ward_ns now,
	struct ward_arena *a, struct ward_alarms_all *ret);

#endif
