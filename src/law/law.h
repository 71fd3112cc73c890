/* The clocks of the law: which duties to tell somebody an incident brings, by when, and what of it
 * is done.
 *
 * The rules are dated data (content/law, docs/law.md): the European Union's, the hospital's
 * country's, and the hospital's own. What they ask are facts, each of which people answer; until
 * they do, what is on record may make one likely. (rules, what is on record, what people said, now)
 * → clocks, pure. It is an aid to those who answer for it and no legal advice: what no text of the
 * law was read for is marked so. Faces files of administrators, and rows that hold what people
 * wrote. Single-threaded. */
#ifndef WARD_LAW_LAW_H
#define WARD_LAW_LAW_H

#include "conf/conf.h"
#include "desk/decision.h"
#include "law/fact.h"
#include "law/form.h"
#include "law/term.h"

enum {
	WARD_LAW_RULES = 96,
	WARD_LAW_FACTS = 64,
	WARD_LAW_ROLES = 16,
	WARD_LAW_REMIND = 4,
	WARD_LAW_NAME = 32, /* bytes of an id */
	WARD_LAW_TEXT = 300,
	/* things that something can be said of */
	WARD_LAW_WORDS = WARD_LAW_FACTS + 3 * WARD_LAW_RULES + WARD_LAW_FIELDS + 1,
};

enum ward_law_from {
	WARD_LAW_FROM_EVENT,    /* it began */
	WARD_LAW_FROM_DETECTED, /* Ward saw it */
	WARD_LAW_FROM_AWARE,    /* somebody named said that it is so: reasonable certainty */
	WARD_LAW_FROM_SENT,     /* what another rule asks for was sent */
	WARD_LAW_FROM_FACT,     /* somebody said that a fact is so */
};

/* What a rule is about: an incident; a request of a person about their data; such a one whose time
 * was made longer, which the person was told. */
enum ward_law_about { WARD_LAW_OF_INCIDENT, WARD_LAW_OF_REQUEST, WARD_LAW_OF_LONGER };

struct ward_law_rule {
	enum ward_law_about about;
	struct ward_str id, law, name, to, jurisdiction;
	ward_ns in_force, until; /* until: NEVER */
	uint8_t when[WARD_LAW_LIST], unless[WARD_LAW_LIST];
	size_t n_when, n_unless;
	enum ward_law_from from;
	uint8_t from_of; /* SENT: which rule; FACT: which fact */
	struct ward_term due;
	bool every;                    /* what was sent begins it anew, as long as it is due */
	struct ward_str series, phase; /* "nis2", "warning": which step of which reports; or "" */
	enum ward_law_mark mark;
	struct ward_str need[WARD_LAW_LIST]; /* what has to stand in it */
	size_t n_need;
};

struct ward_law {
	struct ward_law_fact fact[WARD_LAW_FACTS];
	struct ward_law_rule rule[WARD_LAW_RULES];
	struct ward_str role[WARD_LAW_ROLES]; /* what the hospital is to the law: "essential" */
	struct ward_holiday holiday[WARD_HOLIDAYS];
	struct ward_law_field field[WARD_LAW_FIELDS];
	struct ward_law_form form[WARD_LAW_FORMS];
	struct ward_law_own own[WARD_LAW_OWN];
	struct ward_str remind[WARD_LAW_REMIND]; /* roles: who answers, a deputy, management */
	size_t n_fact, n_rule, n_role, n_holiday, n_field, n_form, n_own, n_remind;
};

/* A file of rules; `bytes` is read. */
struct ward_law_file {
	struct ward_str name;
	struct ward_slice bytes;
};

/* The rules of these files, in their order, for a hospital: a later file adds facts and rules, and
 * takes rules of earlier ones out (`replaces`). The hospital's own, if any, is the last of them and
 * says its `roles`; without it it is a "controller" and "essential". Rules for other roles are left
 * out. CONFIG with findings; NOMEM. All lives as long as the arena. */
WARD_MUST_CHECK enum ward_err ward_law_read(const struct ward_law_file *file, size_t n,
	struct ward_arena *a, const struct ward_limits *lim, struct ward_diag *diag,
	struct ward_law *ret);
/* DIR/eu.yml and DIR/forms/eu.yml, then those of the country ("IT"; none has a file: the Union's
 * alone), then HOSPITAL/law.yml, if there is one. NOT_FOUND, LIMIT, IO, and as ward_law_read. */
WARD_MUST_CHECK enum ward_err ward_law_load(const char *content, const char *hospital,
	struct ward_str country, struct ward_arena *a, const struct ward_limits *lim,
	struct ward_diag *diag, struct ward_law *ret);
/* SIZE_MAX: there is none. */
size_t ward_law_fact_of(const struct ward_law *l, struct ward_str id);
size_t ward_law_rule_of(const struct ward_law *l, struct ward_str id);

/* By when a name that one person alone was told at `at` is to be reviewed: three working days of
 * the country. LIMIT. */
WARD_MUST_CHECK enum ward_err ward_law_review_due(
	const struct ward_law *l, ward_ns at, ward_ns *ret);

/* ---- what people said of an incident ---- */

/* X(NAME, "name"): what a decision says */
#define WARD_LAW_SAY_LIST(X)                                                 \
	X(AWARE, "aware")   /* since when the hospital knows, for certain */ \
	X(FACT, "fact")     /* whether a fact is so */                       \
	X(SENT, "sent")     /* what a rule asks for was sent */              \
	X(TRIED, "tried")   /* it could not be sent; it is still due */      \
	X(WAIVED, "waived") /* it is not due */                              \
	X(FIELD, "field")   /* what stands in a field of the forms */
enum ward_law_say {
#define X(NAME, name) WARD_LAW_SAY_##NAME,
	WARD_LAW_SAY_LIST(X)
#undef X
		WARD_LAW_SAY_N,
};

/* The last word on something. */
struct ward_law_said {
	enum ward_law_say say;
	size_t of;           /* the fact, the rule, or the field */
	unsigned times;      /* how often it was said */
	enum ward_law_is is; /* FACT; WAIVED, SENT, FIELD: NO takes it back */
	ward_ns at;          /* when it was said */
	ward_ns time;        /* AWARE, SENT: of what time it is said */
	ward_ns was;         /* of what time it was said before; NEVER: it was not */
	char person[WARD_LAW_NAME + 1], role[WARD_LAW_NAME + 1];
	char number[WARD_LAW_NAME + 1]; /* SENT: the receiver's */
	char why[WARD_LAW_TEXT + 1];
	/* FIELD: what stands in it. SENT: of the draft that was sent a line for each field, its id,
	 * 16 digits of its digest, its beginning. The case's; may be empty */
	char *value;
	size_t value_len;
	char form[WARD_LAW_NAME + 1], lang[4], draft[65]; /* SENT: of that draft; or "" */
};

struct ward_law_case {
	const struct ward_mem *mem;
	struct ward_law_said *said;
	size_t n, cap;
};
void ward_law_case_init(struct ward_law_case *c, const struct ward_mem *mem);
void ward_law_case_fini(struct ward_law_case *c);
/* NULL: nobody said it. */
const struct ward_law_said *ward_law_said(
	const struct ward_law_case *c, enum ward_law_say say, size_t of);

/* A row of a decision of kind LAW that was taken. STATE: it says nothing that can be (it names a
 * fact or rule that is none of these). Then, and by NOMEM, nothing changes. */
WARD_MUST_CHECK enum ward_err ward_law_take(
	struct ward_law_case *c, const struct ward_law *l, const struct ward_conf *row);
/* What was said of an incident that became a part of this one: where this has no word on
 * something; and of two that knew, the earlier. */
WARD_MUST_CHECK enum ward_err ward_law_join(
	struct ward_law_case *c, const struct ward_law_case *part);

/* NULL, or why a decision of kind LAW can't be as it is. Lives forever. now: nothing is said of
 * later. */
const char *ward_law_wrong(const struct ward_decision *d, const struct ward_law *l, ward_ns now,
	const struct ward_limits *lim, struct ward_arena *a);

/* ---- clocks ---- */

struct ward_law_record {
	ward_ns event, detected; /* its first sign, by its own time; and when Ward had it */
	bool seen[WARD_LAW_SEEN_N];
	uint64_t measured[WARD_LAW_MEASURE_N];
	bool counted[WARD_LAW_MEASURE_N]; /* false: nobody measured it */
	/* of what was sent for a rule: the record says something else by now (law/draft) */
	bool moved[WARD_LAW_RULES];
};

/* X(NAME, "name"): where a duty is */
#define WARD_LAW_STATE_LIST(X)                                               \
	X(OFF, "off")       /* somebody said that what it needs is not so */ \
	X(WAIVED, "waived") /* somebody said that it is not due */           \
	X(ASKS, "asks")     /* it hangs on what nobody has answered */       \
	X(WAITS, "waits")   /* it is due or likely so, and has not begun */  \
	X(RUNS, "runs")                                                      \
	X(LATE, "late")                                                      \
	X(SENT, "sent")                                                      \
	X(CHANGED, "changed") /* sent, and something was said since */
enum ward_law_state {
#define X(NAME, name) WARD_LAW_##NAME,
	WARD_LAW_STATE_LIST(X)
#undef X
		WARD_LAW_STATE_N,
};
const char *ward_law_state_name(enum ward_law_state s);

struct ward_law_clock {
	const struct ward_law_rule *rule;
	enum ward_law_state state;
	enum ward_law_is is; /* is it due? */
	ward_ns from, due;   /* NEVER: it has not begun; no end is named */
	ward_ns worst;       /* AWARE: the end if all was known when Ward saw it; else NEVER */
	unsigned used;       /* thousandths of its time; 0 without an end */
	const struct ward_law_said *said; /* SENT, CHANGED, WAIVED; else NULL */
	/* CHANGED: with which of these clocks the receiver is told, its index; the same again if
	 * none of its series follows. By when: that one's end. */
	size_t next;
};

/* A request of a person about their data. */
struct ward_law_request {
	ward_ns received, longer, done; /* NEVER: it was not made longer; it is not answered */
};
/* Its clock: RUNS, LATE or SENT. NOT_FOUND: no rule that holds here is about requests. */
WARD_MUST_CHECK enum ward_err ward_law_request_clock(const struct ward_law *l,
	const struct ward_law_request *q, ward_ns now, struct ward_law_clock *ret);

/* What is known of a fact: by whom, and (ret_said, NULL: nobody) in what words. */
enum ward_law_is ward_law_fact_is(const struct ward_law *l, size_t fact,
	const struct ward_law_case *c, const struct ward_law_record *r,
	const struct ward_law_said **ret_said);
/* The same, and what it rests on. */
struct ward_law_weighed ward_law_weigh(const struct ward_law *l, size_t fact,
	const struct ward_law_case *c, const struct ward_law_record *r);
/* Does a rule that holds here hang on it? */
bool ward_law_is_asked(const struct ward_law *l, size_t fact);
/* What was said since `sent` that its receiver has to be told: facts, AWARE, fields of its form; at
 * most max, the latest of each; how many. */
size_t ward_law_changes(const struct ward_law *l, const struct ward_law_case *c,
	const struct ward_law_said *sent, const struct ward_law_said **ret, size_t max);
/* The clocks of the rules that are in force at its event, in the order of the rules; how many. c
 * may be NULL: nobody said anything. */
size_t ward_law_clocks(const struct ward_law *l, const struct ward_law_case *c,
	const struct ward_law_record *r, ward_ns now, struct ward_law_clock ret[WARD_LAW_RULES]);

#endif
