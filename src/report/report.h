/* One incident for people: what is on record of it, gathered, and told as a document (doc.h), as
 * JSON (docs/report.md: "ward.report/1"), as a sheet for the wall, and as a text to read over the
 * radio.
 *
 * Takes all rows of the store in their order, or the lines of `ward replay --json`. Those of the
 * brain are read as records; what others kept (messages, clips, runs of playbooks, actions,
 * decisions) by the members that are known here, and belongs to the incident when it names it, or
 * names what belongs to it. Rows are not trusted. Persons are named by role alone. Pure, no clock;
 * the same rows give the same bytes. */
#ifndef WARD_REPORT_REPORT_H
#define WARD_REPORT_REPORT_H

#include "exchange/exchange.h"
#include "report/doc.h"
#include "words/words.h"

struct ward_report_row {
	struct ward_str json;
	const struct ward_record *is; /* read from it */
	uint64_t row;                 /* its number in the store; 0: none */
	ward_ns time;                 /* when it was kept; WARD_NS_NEVER: not known */
};

/* Where it can be verified that nothing of it was changed. */
struct ward_report_ledger {
	bool known;
	uint64_t n; /* rows; the root is over all of them */
	ward_ns time;
	uint8_t root[32];
};

struct ward_report_ask {
	const struct ward_model *model;
	const struct ward_limits *lim;
	const struct ward_report_row *row;
	size_t n_row;
	struct ward_id id;
	ward_ns at;
	bool as_then; /* only what was known at `at` */
	bool exercise;
	struct ward_report_ledger ledger;
};

enum ward_report_kind {
	WARD_REPORT_MESSAGE,
	WARD_REPORT_CLIP,
	WARD_REPORT_PHOTO,     /* of what somebody reported */
	WARD_REPORT_RECORDING, /* that an original is kept */
	WARD_REPORT_RUN,
	WARD_REPORT_ACTION,
	WARD_REPORT_DECISION,
	WARD_REPORT_KINDS,
};
/* "message" … Lives forever. */
const char *ward_report_kind_name(enum ward_report_kind k);

/* Something that was done, asked or decided. What a row does not say is empty, or NEVER. */
struct ward_report_step {
	enum ward_report_kind kind;
	uint64_t row;
	ward_ns at, from, to, until;
	struct ward_str id, what, state, role, on, why;
	struct ward_str asks, ends; /* of runs: the request that is made, answered or withdrawn */
};

/* A revision that says another state or level. */
struct ward_report_turn {
	ward_ns at;
	unsigned level;
	struct ward_str state;
};

struct ward_report {
	struct ward_exchange x;
	const struct ward_exchange_incident *i;
	struct ward_report_turn *turn;
	size_t n_turn;
	struct ward_report_step *step; /* in the order of rows */
	size_t n_step;
	size_t n_unread; /* rows that could not be read, and may have been about it */
	uint64_t first_row, last_row;
	struct ward_report_ledger ledger;
};
/* All that it makes is in arena; borrows what the ask points to. NOT_FOUND: no row is of this
 * incident. NOMEM. O(rows log rows). */
WARD_MUST_CHECK enum ward_err ward_report_gather(
	const struct ward_report_ask *ask, struct ward_arena *arena, struct ward_report *ret);

/* The last that is known of each thing that steps are about, in the order in which they began.
 * Writes at most r->n_step indexes into r->step. */
size_t ward_report_last(const struct ward_report *r, enum ward_report_kind kind, size_t *ret);
/* Does somebody have to see to what this step says, as far as later ones tell? O(steps). */
bool ward_report_is_open(const struct ward_report *r, size_t i);

/* All of it, the summary first. */
void ward_report_tell(const struct ward_report *r, struct ward_lang *lang, struct ward_doc *d);
/* What, where, what it means for care, what to do: for a wall, in few words. */
void ward_report_sheet(const struct ward_report *r, struct ward_lang *lang, struct ward_doc *d);
/* The same in about thirty words that can be read out in ten seconds: numbers and abbreviations
 * spelled. */
void ward_report_radio(const struct ward_report *r, struct ward_lang *lang, struct ward_wr *w);
/* One object, for programs. Codes stay as they are; what Ward says to people (titles, what to do)
 * is in that language. */
void ward_report_json(const struct ward_report *r, struct ward_lang *lang, struct ward_wr *w);

#endif
