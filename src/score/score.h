/* How complete a hospital's directory is, and which single answer would improve its forecasts most.
 *
 * Completeness: per area the things that ought to say something, those that do, and those of which
 * it is only assumed or old (model/basis.h). The best answer is measured: for each question that a
 * person could answer, both ends of what the answer may be are put to the same incidents, and what
 * lies between the two forecasts of critical services counts. Bounded, and it says by what. Pure
 * and deterministic; single-threaded; borrows all that it is given. */
#ifndef WARD_SCORE_SCORE_H
#define WARD_SCORE_SCORE_H

#include "evacuate/facts.h"
#include "impact/impact.h"

/* X(NAME, "name"); what each is about: write.c says it. */
#define WARD_SCORE_AREAS(X)             \
	X(REQUIREMENTS, "requirements") \
	X(POWER, "power")               \
	X(COOLING, "cooling")           \
	X(NETWORK, "network")           \
	X(PEOPLE, "people")             \
	X(BUFFERS, "buffers")           \
	X(RECOVERY, "recovery")         \
	X(TOLERANCE, "tolerance")       \
	X(PROTECTIONS, "protections")   \
	X(EVACUATION, "evacuation")     \
	X(HOURS, "hours")               \
	X(WEIGHT, "weight")             \
	X(DISTANCES, "distances")       \
	X(AGE, "age")

enum ward_score_area {
#define X(NAME, name) WARD_SCORE_##NAME,
	WARD_SCORE_AREAS(X)
#undef X
		WARD_SCORE_AREA_N,
};
/* "power". Lives forever. */
const char *ward_score_area_name(enum ward_score_area a);

enum { WARD_SCORE_MISSING = 5 };
struct ward_score_row {
	uint32_t n, stated, assumed;          /* assumed, or too old: of those stated */
	uint32_t missing[WARD_SCORE_MISSING]; /* the first nodes that say nothing */
};

/* What one could be asked about one thing. What is tried: */
#define WARD_SCORE_ASKS(X)                                                                        \
	X(TAKEOVER, "takeover")   /* can something take over from it? no, or yes */               \
	X(LASTS, "lasts")         /* how long does its buffer last? a short, or a long time */    \
	X(RECOVERY, "recovery")   /* how long until it is back? short, or long */                 \
	X(TOLERANCE, "tolerance") /* how long can its outage be borne? short, or long */          \
	X(HOURS, "hours")         /* does it matter at all hours? office hours only, or always */ \
	X(WEIGHT, "weight")       /* what does a minute without it cost? little, or much */       \
	X(PROTECTED, "protected") /* what protects it against `threat`? nothing, or fully */      \
	X(RELATION, "relation")   /* does `rel` come to it from `other`? no, or yes */

enum ward_score_ask {
#define X(NAME, name) WARD_SCORE_ASK_##NAME,
	WARD_SCORE_ASKS(X)
#undef X
		WARD_SCORE_ASK_N,
};
/* "takeover". Lives forever. */
const char *ward_score_ask_name(enum ward_score_ask a);

struct ward_score_incident {
	uint32_t node, threat;
};
struct ward_score_answer {
	enum ward_score_ask ask;
	uint32_t node;
	struct ward_str buffer; /* LASTS: its kind */
	uint32_t threat;        /* PROTECTED */
	uint32_t other;         /* RELATION: as others of its class have it */
	enum ward_rel_type rel;
	int64_t low, high; /* what was tried: nanoseconds, of WEIGHT millionths */
	bool known;        /* it is stated, if only as assumed or too long ago */
	/* Care units of all incidents tried, with the one and the other; of TOLERANCE only those
	 * lost after its outage could be borne no longer. */
	int64_t lost_micro[2];
	uint32_t changed; /* services, over all incidents, of which the two forecasts say other
			     things: lost or not (likelier than not, within the day); TOLERANCE:
			     borne or not */
	struct ward_score_incident incident; /* that it matters most for */
};

/* What one could be asked about people and their ways. What is tried: */
#define WARD_SCORE_PEOPLES(X)                                                             \
	X(STAFF, "staff") /* how many are with a ward's patients in a shift? few, many */ \
	X(WAY, "way")     /* how far is it to a door, to stairs? near, far */             \
	X(WARD, "ward")   /* who is with these patients, and where are they led? */       \
	X(WALK, "walk")   /* how long is a corridor? short, long */

enum ward_score_people {
#define X(NAME, name) WARD_SCORE_PEOPLE_##NAME,
	WARD_SCORE_PEOPLES(X)
#undef X
		WARD_SCORE_PEOPLE_N,
};
/* "staff". Lives forever. */
const char *ward_score_people_name(enum ward_score_people p);

struct ward_score_person {
	enum ward_score_people ask;
	uint32_t node;        /* service, door or lift (WARD_NONE: the file names it alone), room */
	struct ward_str name; /* what it is about; lives as long as model and evacuation */
	struct ward_str shift; /* STAFF */
	struct ward_str place; /* STAFF, WAY: the compartment where it burns */
	uint32_t line;         /* in evacuation.yml; WARD, WALK: of its own row */
	int64_t low, high;     /* what was tried: people, metres */
	bool known;            /* it is stated, if only as assumed or too long ago */
	int64_t late[2]; /* patients who are not out in time; WARD: of whom nothing is known */
	int64_t ms[2];   /* until the last is out; WALK: the walks together */
	uint32_t n_walk; /* WALK: that change */
};

enum {
	WARD_SCORE_INCIDENTS = 12,
	WARD_SCORE_OF_THREAT = 6, /* incidents of one threat, at most */
	WARD_SCORE_ASKED = 48,    /* questions of each kind that are measured */
	WARD_SCORE_PERSONS = 24,  /* questions of each kind about people that are measured */
	WARD_SCORE_TRIED = 512, /* outages that the worst are found of; 128 of each other threat */
};
struct ward_score {
	struct ward_score_row row[WARD_SCORE_AREA_N];
	uint32_t percent; /* mean of the areas'; what is assumed counts half */
	struct ward_score_answer
		answer[WARD_SCORE_ASK_N * WARD_SCORE_ASKED]; /* those that matter, the most first */
	size_t n_answer;
	struct ward_score_person person[WARD_SCORE_PEOPLE_N * WARD_SCORE_PERSONS]; /* likewise */
	size_t n_person;
	size_t n_asked, n_could; /* questions measured, and all that there were */
	struct ward_score_incident incident[WARD_SCORE_INCIDENTS]; /* that they were measured on */
	size_t n_incident;
	size_t n_run;  /* of the engine */
	ward_ns as_of; /* the moment at which facts are old */
};

/* One file more, for a copy of the model that the answers are tried on: a buffer that lasts no time
 * on everything that usually has one and says none, and relations that others of their class have.
 * Loaded after all others, its nodes are the same. */
void ward_score_trial(const struct ward_model *m, struct ward_wr *w);

struct ward_score_world {
	const struct ward_model *m, *trial; /* as it is written; loaded with that file */
	struct ward_engine *e;              /* on trial */
	struct ward_evac *evac; /* NULL: the hospital does not say how it is left. Changed while it
				   is tried, and afterwards as before */
	const struct ward_mem *mem;
	ward_ns now; /* facts are as old as they are then, or on the newest day of them if that is
			later; 0: that day */
};
/* LIMIT, NOMEM of the engine. */
WARD_MUST_CHECK enum ward_err ward_score_make(
	const struct ward_score_world *world, struct ward_score *ret);
/* For people in their language, and as one JSON object per line: areas, answers, a summary. */
void ward_score_write_text(const struct ward_score *s, const struct ward_model *m,
	struct ward_lang *lang, struct ward_wr *w);
void ward_score_write_json(const struct ward_score *s, const struct ward_model *m,
	struct ward_lang *lang, struct ward_wr *w);
/* One object for a page: the areas with what each is about, and the first `most` answers. */
void ward_score_write_page(const struct ward_score *s, const struct ward_model *m, size_t most,
	struct ward_lang *lang, struct ward_json *j);
/* Percent of one area; 100 where nothing is asked. */
uint32_t ward_score_percent(const struct ward_score_row *r);

#endif
