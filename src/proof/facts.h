/* The numbers that there are: each is collected in one place, by its name, and the norms
 * (proof/norm.h) say for what it speaks. Pure. */
#ifndef WARD_PROOF_FACTS_H
#define WARD_PROOF_FACTS_H

#include "base/slice.h"
#include "words/words.h"

/* Where a number comes from. */
enum ward_fact_from {
	WARD_FROM_RECORD,    /* rows of the ledger */
	WARD_FROM_DIRECTORY, /* the hospital's directory */
	WARD_FROM_REGISTER,  /* its record of processing */
	WARD_FROM_N,
};

/* What it is: so many, of which none are missing; so many, and none is as well; a length of time.
 */
enum ward_fact_kind { WARD_FACT_COUNT, WARD_FACT_CALM, WARD_FACT_LASTS };

/* X(NAME, "name", where from, what it is) */
#define WARD_FACT_LIST(X)                           \
	X(INCIDENTS, "incidents", RECORD, COUNT)    \
	X(GRAVE, "grave", RECORD, COUNT)            \
	X(OVER, "over", RECORD, COUNT)              \
	X(DISMISSED, "dismissed", RECORD, CALM)     \
	X(DETECT, "detect", RECORD, LASTS)          \
	X(DECIDE, "decide", RECORD, LASTS)          \
	X(END, "end", RECORD, LASTS)                \
	X(HARM, "harm", RECORD, CALM)               \
	X(HARM_LIKELY, "harm-likely", RECORD, CALM) \
	X(MESSAGES, "messages", RECORD, COUNT)      \
	X(LOST, "lost", RECORD, CALM)               \
	X(TAKEN, "taken", RECORD, COUNT)            \
	X(TESTS, "tests", RECORD, COUNT)            \
	X(RUNS, "runs", RECORD, COUNT)              \
	X(STEPS, "steps", RECORD, COUNT)            \
	X(ACTIONS, "actions", RECORD, COUNT)        \
	X(CRISIS, "crisis", RECORD, COUNT)          \
	X(REVIEWS, "reviews", RECORD, COUNT)        \
	X(REPORTS, "reports", RECORD, COUNT)        \
	X(HANDOVERS, "handovers", RECORD, COUNT)    \
	X(WORKS, "works", RECORD, COUNT)            \
	X(NOTICES, "notices", RECORD, CALM)         \
	X(LOOKS, "looks", RECORD, CALM)             \
	X(REVEALS, "reveals", RECORD, CALM)         \
	X(REVIEWED, "reviewed", RECORD, COUNT)      \
	X(ERASED, "erased", RECORD, COUNT)          \
	X(SIGNINS, "signins", RECORD, COUNT)        \
	X(FAILED, "failed", RECORD, CALM)           \
	X(SECOND, "second", RECORD, COUNT)          \
	X(CHANGES, "changes", RECORD, COUNT)        \
	X(TUNED, "tuned", RECORD, CALM)             \
	X(HEADS, "heads", RECORD, COUNT)            \
	X(BREAKS, "breaks", RECORD, CALM)           \
	X(SIGNS, "signs", RECORD, COUNT)            \
	X(REQUESTS, "requests", RECORD, CALM)       \
	X(ANSWERS, "answers", RECORD, CALM)         \
	X(BACKUPS, "backups", RECORD, COUNT)        \
	X(RESTORES, "restores", RECORD, COUNT)      \
	X(TRAININGS, "trainings", RECORD, COUNT)    \
	X(EXERCISES, "exercises", RECORD, COUNT)    \
	X(WEAKNESSES, "weaknesses", RECORD, COUNT)  \
	X(VERIFIES, "verifies", RECORD, COUNT)      \
	X(AUDITS, "audits", RECORD, COUNT)          \
	X(ASSETS, "assets", DIRECTORY, COUNT)       \
	X(PLACED, "placed", DIRECTORY, COUNT)       \
	X(MEDICAL, "medical", DIRECTORY, COUNT)     \
	X(NETWORKS, "networks", DIRECTORY, COUNT)   \
	X(SOURCES, "sources", DIRECTORY, COUNT)     \
	X(SEALED, "sealed", DIRECTORY, COUNT)       \
	X(GUARDS, "guards", DIRECTORY, COUNT)       \
	X(SPARES, "spares", DIRECTORY, COUNT)       \
	X(LIMITS, "limits", DIRECTORY, COUNT)       \
	X(PEOPLE, "people", DIRECTORY, COUNT)       \
	X(FACTORS, "factors", DIRECTORY, COUNT)     \
	X(KEY, "key", DIRECTORY, COUNT)             \
	X(PURPOSES, "purposes", REGISTER, COUNT)    \
	X(AGREEMENTS, "agreements", REGISTER, COUNT)

enum ward_fact {
#define X(NAME, name, from, kind) WARD_FACT_##NAME,
	WARD_FACT_LIST(X)
#undef X
		WARD_FACT_N,
};

/* "incidents". Lives forever. */
const char *ward_fact_name(enum ward_fact f);
/* WARD_FACT_N: there is none. */
enum ward_fact ward_fact_parse(struct ward_str s);
/* In English, a text of the languages. Lives forever. */
const char *ward_fact_text(enum ward_fact f);
enum ward_fact_from ward_fact_from(enum ward_fact f);
/* "record", and for people "Ward's ledger". Live forever. */
const char *ward_from_name(enum ward_fact_from f);
const char *ward_from_text(enum ward_fact_from f);
enum ward_fact_kind ward_fact_kind(enum ward_fact f);
/* Is it a figure of people who have accounts, or of what each of them does with it? Of fewer than
 * five none is given (base/people.h). */
bool ward_fact_of_people(enum ward_fact f);

#endif
