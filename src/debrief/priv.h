/* Inside debrief: what was told, as it is kept until it is judged. */
#ifndef WARD_DEBRIEF_PRIV_H
#define WARD_DEBRIEF_PRIV_H

#include "base/hash.h"
#include "base/json.h"
#include "debrief/debrief.h"
#include "story/record.h"

/* One telling of a detection. */
struct debrief_detection {
	struct ward_id id;
	ward_ns told, first, last;
	struct ward_str rule, title, on;
	uint32_t threat, asset, place; /* index, nodes; or WARD_NONE */
	const struct ward_id *evidence;
	size_t n_evidence;
};
/* The last revision of an incident. */
struct debrief_incident {
	struct ward_id id;
	ward_ns told, first; /* told the first time; its begin */
	enum ward_phase phase;
	bool superseded; /* another took it up */
	uint32_t into;   /* index of that one */
	struct ward_str domain, headline;
	struct ward_record_member *member;
	size_t n_member, n_own;
};
/* The last revision of a forecast for a service. */
struct debrief_impact {
	struct ward_id id, incident;
	uint32_t node, threat;
	bool withdrawn;
	int64_t lo_micro, hi_micro;
	ward_ns expected, earliest, possible; /* possible: when it was first said to be; NEVER */
	ward_ns said_first, said_last;        /* between which `expected` was */
	ward_ns by_link;                      /* `expected`, by the chain */
	struct ward_debrief_link *link;       /* of the last revision */
	size_t n_link, cap_link;
};
struct debrief_alert {
	struct ward_str recipient;
	uint32_t role;
	ward_ns told;
};
struct debrief_message {
	struct ward_str recipient;
	ward_ns told;
};
struct debrief_event {
	uint32_t source; /* index of a name */
	ward_ns time;
};

struct ward_debrief {
	struct ward_debrief_in in;
	struct ward_limits lim;
	struct ward_arena arena, scratch;
	struct ward_record_reader *reader;
	struct ward_intern source, text; /* text: names and threats of chains */
	struct ward_tab event;           /* id → struct debrief_event */
	struct ward_tab detection;       /* id → 1 + index of its first telling */
	struct ward_tab incident;        /* id → index of the incident */
	struct ward_tab impact;          /* id → index of the impact */
	struct debrief_detection *d;
	struct debrief_incident *i;
	struct debrief_impact *m;
	struct debrief_alert *a;
	struct ward_str *playbook;
	struct debrief_message *g;
	ward_ns until; /* of a play: its end; else NEVER */
	bool shorter;  /* … its steps followed each other sooner than the story's */
	size_t n_d, n_i, n_m, n_a, n_g, n_playbook;
	size_t cap_d, cap_i, cap_m, cap_a, cap_g, cap_playbook, cap_decision;
	struct ward_debrief_score score;
};

/* Index of the story's incident, or WARD_NONE. */
uint32_t debrief_find_story(struct ward_debrief *d);
/* Is a detection of this incident, or of one that it took up? */
bool debrief_in_incident(const struct ward_debrief *d, uint32_t incident, struct ward_id detection);
/* Is it of the story: foreseen, or made of what a step of the story sent? */
bool debrief_is_own(const struct ward_debrief *d, const struct debrief_detection *x);
/* Is it the sign that the truth asks for? */
bool debrief_is_sign(const struct debrief_detection *x, const struct ward_truth *t);
/* Is it a forecast of the story's incident as it stands at the end? */
bool debrief_counts(const struct ward_debrief *d, const struct debrief_impact *m, uint32_t story);
/* When the first step that a sensor could notice was; NEVER: there is none. */
ward_ns debrief_first_act(const struct ward_debrief *d, ward_ns *ret_within);

WARD_MUST_CHECK enum ward_err debrief_judge_steps(struct ward_debrief *d, uint32_t story);
WARD_MUST_CHECK enum ward_err debrief_judge_story(struct ward_debrief *d, uint32_t story);
WARD_MUST_CHECK enum ward_err debrief_judge_named(struct ward_debrief *d, uint32_t story);
WARD_MUST_CHECK enum ward_err debrief_judge_care(struct ward_debrief *d, uint32_t story);
/* Times of what care lost, once it is judged what was forecast. */
WARD_MUST_CHECK enum ward_err debrief_judge_times(struct ward_debrief *d);
WARD_MUST_CHECK enum ward_err debrief_judge_told(struct ward_debrief *d);
WARD_MUST_CHECK enum ward_err debrief_count_messages(struct ward_debrief *d);
/* Sets a mark of a part of a whole; of no whole it is not known. */
void debrief_share(struct ward_debrief *d, enum ward_debrief_mark_id m, size_t part, size_t whole);
/* The member `marks` of an open object; asked: with what is asked for. */
void debrief_json_marks(
	struct ward_json *j, const struct ward_debrief_mark mark[WARD_DEBRIEF_MARK_N], bool asked);
/* Figures that were published of the field; did the run measure the same? The member `beside` of an
 * open object has those that it did. */
enum debrief_beside {
	DEBRIEF_F_SCORE,
	DEBRIEF_PROPAGATION,
	DEBRIEF_REACTION,
	DEBRIEF_BESIDE_N,
};
bool debrief_beside(const struct ward_debrief_score *s, enum debrief_beside of);
void debrief_json_beside(const struct ward_debrief_score *s, struct ward_json *j);
void debrief_value(struct ward_debrief *d, enum ward_debrief_mark_id m, int64_t value);

#endif
