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
	struct ward_str field, value;
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
	struct ward_str author; /* DRL 1.1 wants it beside the match; may be empty */
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
	struct ward_permitted permit;
};

enum {
	WARD_DETECTION_EVIDENCE_MAX = 1000,  /* written; of more `evidence_total` says how many */
	WARD_DETECTION_BYTES_MAX = 96 << 10, /* of the whole object */
};

/* {"kind":"detection",…} without newline, at most WARD_DETECTION_BYTES_MAX bytes long: texts are
 * cut, and what does not fit of `match` is left out (`match_total` then says how many). m may be
 * NULL (no node ids are then written). */
void ward_detection_write_json(
	const struct ward_detection *d, const struct ward_model *m, struct ward_wr *w);

#endif
