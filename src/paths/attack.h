/* What an attacker can do, and what can be done about it: content/attack/ and DIR/attack/.
 *
 * The format is in docs/content.md. Loaded whole, then read-only; faces files that people write.
 * Everything is resolved against one model, which must outlive it. */
#ifndef WARD_PATHS_ATTACK_H
#define WARD_PATHS_ATTACK_H

#include "model/model.h"

enum {
	WARD_ATTACK_STATES = 256,
	WARD_ATTACK_STEPS = 4096,
	WARD_ATTACK_MEASURES = 1024,
	WARD_ATTACK_LIST = 16, /* entries of one list within a step or measure */
};

/* What an attacker may have: of a thing ("stands in {}"), or as such ("has a staff badge"). */
struct ward_attack_state {
	struct ward_str id, text;
	bool of_attacker;
	struct ward_str file;
	uint32_t line;
};

enum ward_attack_end { WARD_ATTACK_FROM, WARD_ATTACK_TO, WARD_ATTACK_SELF };

struct ward_attack_need {
	uint32_t state;
	enum ward_attack_end of; /* SELF: the attacker */
};

/* Relations that are not of the model: the same thing, what the network rules let through, and
 * none at all (the step needs only what the attacker has). */
enum {
	WARD_ATTACK_REL_SELF = WARD_REL_N,
	WARD_ATTACK_REL_REACHES,
	WARD_ATTACK_REL_NONE,
};

/* A class with exceptions, and the kinds of zone (a bit each; 0: any). */
struct ward_attack_class {
	uint32_t class; /* WARD_NONE: any */
	uint32_t except[WARD_ATTACK_LIST];
	size_t n_except;
	unsigned zones;
};

enum ward_attack_skill { WARD_SKILL_LOW, WARD_SKILL_MEDIUM, WARD_SKILL_HIGH, WARD_SKILL_N };
const char *ward_attack_skill_name(enum ward_attack_skill s);

/* By the hours at which the thing that a step goes to is open (model/hours.h). Where nobody asks of
 * a certain time, it is done while it is open. */
enum ward_attack_hour {
	WARD_HOUR_ANY,
	WARD_HOUR_NOT_SHUT, /* nobody says that it is shut then */
	WARD_HOUR_OPEN,     /* it is said to be open then, and shut at other times */
	WARD_HOUR_SHUT,     /* it is said to be shut then */
	WARD_HOUR_N
};

/* "From a thing that it has `state` of, by `rel`, it gets `gives` of another." */
struct ward_attack_step {
	struct ward_str id, text; /* text: {from} and {to} stand for names */
	uint32_t state;           /* of the thing it starts from; WARD_NONE with REL_NONE */
	struct ward_attack_class from, to;
	unsigned rel; /* enum ward_rel_type or WARD_ATTACK_REL_… */
	bool in;      /* against the relation */
	struct ward_attack_need need[WARD_ATTACK_LIST];
	size_t n_need;
	uint32_t gives, threat; /* one of them: a state, or a threat on the thing; else WARD_NONE */
	int64_t lo_micro, hi_micro;
	bool vulnerability; /* once for each known vulnerability of the thing it goes to */
	enum ward_attack_hour hour;
	enum ward_attack_skill skill;
	ward_ns time;
	uint64_t cost;                          /* hundreds of euros */
	int64_t noise_micro;                    /* how likely it is noticed where something looks */
	struct ward_str seen[WARD_ATTACK_LIST]; /* class of a monitor, or kind of a source */
	size_t n_seen;
	uint32_t hindered[WARD_ATTACK_LIST]; /* threats: protections against them on `to` hinder */
	size_t n_hindered;
	struct ward_str service[WARD_ATTACK_LIST]; /* of network rules; none: any */
	size_t n_service;
	struct ward_str technique; /* ATT&CK id, or "physical" */
	struct ward_str file;
	uint32_t line;
};

/* Something that can be done beforehand, for each thing at one end of its steps. */
struct ward_attack_measure {
	struct ward_str id, text; /* {} stands for the thing's name */
	uint32_t step[WARD_ATTACK_LIST];
	size_t n_step;
	enum ward_attack_end on;
	struct ward_attack_class of;
	int64_t degree_micro; /* 1000000: the steps are no longer possible */
	uint64_t cost;        /* hundreds of euros: the first year */
	uint32_t side;        /* what it does to the thing itself: a threat; WARD_NONE: nothing */
	bool locks;           /* keeps people from going through: never where they escape */

	uint32_t role; /* whose decision it is, or WARD_NONE */
	struct ward_str file;
	uint32_t line;
};

struct ward_attack {
	struct ward_attack_state *state;
	struct ward_attack_step *step;
	struct ward_attack_measure *measure;
	size_t n_state, n_step, n_measure;
	/* Internal. */
	const struct ward_mem *mem;
	struct ward_arena arena;
	size_t cap_state, cap_step, cap_measure;
};

/* A file in memory; its name stands in findings. */
struct ward_attack_text {
	struct ward_str file;
	struct ward_slice bytes;
};

/* Reads every *.yml of the directories (the second may be NULL, or be absent on the disk) as one
 * whole: states, then steps, then measures; the order of files changes nothing. CONFIG when there
 * were error-level findings, IO, NOMEM. Free with ward_attack_free. */
WARD_MUST_CHECK enum ward_err ward_attack_load(const char *content, const char *hospital,
	const struct ward_model *m, const struct ward_limits *lim, const struct ward_mem *mem,
	struct ward_diag *diag, struct ward_attack **ret);
/* The same from memory, of which nothing is borrowed. */
WARD_MUST_CHECK enum ward_err ward_attack_parse(const struct ward_attack_text *text, size_t n,
	const struct ward_model *m, const struct ward_limits *lim, const struct ward_mem *mem,
	struct ward_diag *diag, struct ward_attack **ret);
void ward_attack_free(struct ward_attack *a);

/* Is the node of that class, without its exceptions, in such a zone? */
bool ward_attack_fits(const struct ward_attack_class *c, const struct ward_model *m, uint32_t node);

#endif
