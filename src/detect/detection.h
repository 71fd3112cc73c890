/* A rule that matched: what detect gives and everything after it takes.
 *
 * Plain data; text and arrays belong to whoever holds the record (its arena). */
#ifndef WARD_DETECT_DETECTION_H
#define WARD_DETECT_DETECTION_H

#include "base/clock.h"
#include "base/hash.h"
#include "base/id.h"
#include "base/json.h"

struct ward_model;

enum ward_level { /* Sigma 2.1 */
	WARD_LEVEL_INFORMATIONAL,
	WARD_LEVEL_LOW,
	WARD_LEVEL_MEDIUM,
	WARD_LEVEL_HIGH,
	WARD_LEVEL_CRITICAL,
	WARD_LEVEL_N,
};
const char *ward_level_name(enum ward_level l);

/* How far a rule has come. */
enum ward_stage {
	WARD_STAGE_LIVE,
	WARD_STAGE_NOTICE, /* for people to know: told, and part of no incident */
	WARD_STAGE_SHADOW, /* on trial: recorded and counted, told to nobody */
	WARD_STAGE_OFF,    /* says nothing; correlations over it go on */
	WARD_STAGE_N,
};
/* "live", "notice", "shadow", "off". Lives forever. */
const char *ward_stage_name(enum ward_stage s);

/* A field that took part in the match, for the explanation. */
struct ward_match {
	struct ward_str field;
	struct ward_str value;     /* what the event has there; p == NULL: nothing, or null */
	struct ward_str selection; /* of the rule, as it calls it; empty: it is of none */
	struct ward_str asked;     /* what that asks: `contains "x"`; empty: nothing */
	size_t value_bytes;        /* of the whole value, where `value` is its beginning; else 0 */
};

/* What was counted or measured, beside what is asked for or usual. */
struct ward_measure {
	struct ward_str what; /* "event_count", "value_sum of bytes"; empty: nothing was */
	struct ward_str value;
	struct ward_str asked; /* by a correlation: "gte 10"; may be empty */
	struct ward_str usual; /* by what was learned: "20 to 40"; may be empty */
	ward_ns within;        /* the correlation's timespan; 0: none */
};

/* A rule that a correlation joins, and what of its matches counted. */
struct ward_part {
	struct ward_str rule, title, author, license;
	uint64_t n;                  /* matches, or windows of a lower correlation */
	const struct ward_id *event; /* the first n_event events of them, in the order of time */
	size_t n_event;
	struct ward_str because; /* why the first of them matched; empty: not kept */
};

/* What the works permits say of it (model/permit). */
struct ward_permitted {
	struct ward_str id;  /* of the permit; empty: none has to do with it */
	struct ward_str who; /* who works */
	ward_ns from, until;
	bool expected;           /* the permit covers it: kept and told, and no cause for alarm */
	struct ward_str why;     /* not expected: "place" …, what of the permit does not hold */
	struct ward_str because; /* the same in words: "it is for Second floor A" */
};

struct ward_detection {
	struct ward_id id; /* hash of rule, group and the window's first event: see README */
	uint32_t revision; /* from 1; a later one replaces an earlier one of the same id */
	bool withdrawn;    /* this revision takes it back: a late event made another one of it */
	bool partial;      /* judged by a part of its window: CORRELATION.md says when */
	enum ward_stage stage; /* of the rule; never OFF */
	struct ward_str rule;  /* rule id (a UUID in community rules) */
	struct ward_str title;
	struct ward_str author;     /* DRL 1.1 wants it beside the match; may be empty */
	struct ward_str license;    /* as the rule states it; may be empty */
	const struct ward_str *tag; /* of ATT&CK, as the rule writes them: "attack.t1110.001" */
	size_t n_tag;
	enum ward_level level;
	uint32_t threat;             /* index in the model's dictionary, or WARD_NONE */
	struct ward_str threat_code; /* the same as its code; empty when there is none */
	uint32_t asset;              /* node that has the threat now, or WARD_NONE */
	struct ward_str subject;     /* what the source calls it, when no node is known */
	uint32_t place;              /* room, door, network or other place node, or WARD_NONE */
	struct ward_str actor;       /* token, or empty */
	ward_ns first, last;         /* times of the evidence */
	struct ward_id *evidence;    /* event ids, sorted */
	size_t n_evidence;
	size_t n_evidence_all; /* with those whose ids were not kept; 0: there are none */
	struct ward_match *match;
	size_t n_match;
	size_t n_match_all; /* with those that there was no room for; 0: there are none */
	/* The sentence that an event of Ward's own says of itself, as a list of texts: its name and
	 * its slots (words/reason.h); NULL: none. */
	const struct ward_value *reason;
	struct ward_measure measure;
	const struct ward_part *part; /* of a correlation, in the order of its rules */
	size_t n_part;
	struct ward_permitted permit;
};

enum {
	WARD_DETECTION_EVIDENCE_MAX = 1000,  /* written; of more `evidence_total` says how many */
	WARD_DETECTION_BYTES_MAX = 96 << 10, /* of the whole object */
	WARD_DETECTION_VALUE_MAX = 512,      /* of a value in `match`, in bytes */
	WARD_DETECTION_BECAUSE_MAX = 384,    /* of what ward_detection_because gives at most */
	WARD_DETECTION_BECAUSE_SHORT = 112,  /* of `because` in the object, but for a sentence */
};

/* What an event of Ward's own says of itself, in a sentence: `match` has it first, as a field of
 * this name, and it is why the detection was raised. */
#define WARD_DETECTION_EXPLANATION "explanation"
#define WARD_DETECTION_SLOTS "explanation.slots"

/* `selection: field = "value" (contains "x")`, its texts cut to what fits on a line. */
void ward_match_write_text(const struct ward_match *m, struct ward_wr *w);
/* That sentence; empty: there is none. */
struct ward_str ward_detection_explanation(const struct ward_detection *d);
/* Why it was raised, on one line of at most max bytes for people: what was counted, by which rules,
 * and the fields that made it match. Gives how many of those there was no room for. */
size_t ward_detection_because(const struct ward_detection *d, size_t max, struct ward_wr *w);

/* {"kind":"detection",…} without newline, at most WARD_DETECTION_BYTES_MAX bytes long: texts are
 * cut, and what does not fit of `tags`, `match` and `rules` is left out (`tags_total`,
 * `match_total`, `rules_total` then say how many). m may be NULL (no node ids are then written). */
void ward_detection_write_json(
	const struct ward_detection *d, const struct ward_model *m, struct ward_wr *w);

#endif
