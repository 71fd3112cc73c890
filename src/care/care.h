/* What the hospital can do for patients at a moment: each ward and service, its beds, the sites.
 *
 * A pure fold: what the hospital's directory says, what people entered (care/entry.h), moves of
 * patients as counts, and the records of the brain (story/record.h) give what is computed, what was
 * entered, which of both counts and why. No clock, no file; the same input gives the same answer.
 * Entries and moves may come in any order; records come as the brain gave them, and one that comes
 * twice counts once. Everything is in the caller's arena and borrows model, entries and records.
 * Single-threaded. */
#ifndef WARD_CARE_CARE_H
#define WARD_CARE_CARE_H

#include "care/entry.h"
#include "story/likely.h"
#include "story/record.h"

struct ward_lang;

enum {
	WARD_CARE_CHANGES = 32,   /* of one ward: the last ones */
	WARD_CARE_LOSSES = 64,    /* of one ward: the worst */
	WARD_CARE_BED_ROWS = 8,   /* types of bed in one ward */
	WARD_CARE_OLD_HOURS = 24, /* without a sign of its incident, a loss is told as old */
};

/* So many came, or (below 0) went: a count, nobody's identity. */
struct ward_care_move {
	uint32_t node; /* the service */
	ward_ns time;
	int64_t delta;
};

struct ward_care_ask {
	const struct ward_model *m;
	const struct ward_care_entry *entry;
	size_t n_entry;
	const struct ward_record *const *record;
	size_t n_record;
	const ward_ns *known; /* of each record, since when it was (care/past.h); NULL: their order
				 says it */
	size_t n_unknown;     /* incidents that go on, and of which not all records are there */
	const struct ward_care_move *move;
	size_t n_move;
	ward_ns at; /* nothing that was not known then counts */
};

/* Which of what is computed and what was entered counts, and why. X(NAME, "name") */
#define WARD_CARE_WHY_LIST(X)               \
	X(NEITHER, "neither")               \
	X(COMPUTED, "computed")             \
	X(ENTERED, "entered")               \
	X(SAME, "same")                     \
	X(ENTERED_LATER, "entered_later")   \
	X(ENTERED_WORSE, "entered_worse")   \
	X(COMPUTED_LATER, "computed_later") \
	X(COUNTED_ON, "counted_on")         \
	X(COUNTED, "counted")               \
	X(CLOSED, "closed")

enum ward_care_why {
#define X(NAME, name) WARD_CARE_WHY_##NAME,
	WARD_CARE_WHY_LIST(X)
#undef X
		WARD_CARE_WHY_N,
};
/* "computed_later"; and its sentence (English, the key of words). Live forever. */
const char *ward_care_why_name(enum ward_care_why w);
const char *ward_care_why_text(enum ward_care_why w);

/* A field with both its sides; WARD_CARE_NONE where a side says nothing. */
struct ward_care_value {
	int64_t is, computed, entered;
	const struct ward_care_entry *entry; /* that says `entered`; or NULL */
	enum ward_care_why why;
};

/* What an incident takes of a ward, as the brain forecasts it. */
struct ward_care_loss {
	const struct ward_record *incident; /* its revision in question; NULL: not in the records */
	const struct ward_record *impact;
	uint32_t number; /* of the incident, in order of coming, from 1; 0: not in the records */
	enum ward_likely sure;
	enum ward_care_state state; /* what it makes of the ward by itself */
	ward_ns known;              /* since when it is known in this way */
	ward_ns heard; /* the last sign of its incident; NEVER: that is not in the records */
};
/* Nobody heard of its incident for long: it is as it was told last, and may be otherwise by now. */
static inline bool ward_care_is_old(ward_ns heard, ward_ns at)
{
	return heard < at && at - heard >= (ward_ns)WARD_CARE_OLD_HOURS * 3600 * WARD_NS_PER_S;
}

struct ward_care_change {
	ward_ns time;
	enum ward_care_state state;
	enum ward_care_why why;
};

/* Who came and went since the last count of the ward's own beds, or since Ward counts. */
struct ward_care_moved {
	int64_t came, went;
	ward_ns since; /* of the entry that they are added to; NEVER: of the directory's number */
	ward_ns last;  /* the latest of them; NEVER: there is none, and all else is 0 */
};

struct ward_care_beds {
	enum ward_bed_type type;
	struct ward_care_value staffed, occupied, available, more_24h, more_72h;
	struct ward_care_moved moved;
};

struct ward_care_ward {
	uint32_t node, site; /* site: WARD_NONE when it is in no room */
	bool care;           /* a care service; else a supporting one */
	struct ward_care_value state, staffing, staff;
	struct ward_care_beds bed[WARD_CARE_BED_ROWS];
	size_t n_bed;
	struct ward_care_loss *loss; /* those at least possible, the worst first */
	size_t n_loss, n_loss_more, n_unsure;
	ward_ns next;    /* when the soonest of them is expected; NEVER */
	ward_ns heard;   /* the last sign of what they are of; NEVER: no loss, or of none known */
	ward_ns overdue; /* they are old and count, and by them the ward could be open again since
			    then: nobody said that it is. NEVER: it is not */
	uint32_t n_device, n_device_lost,
		n_device_threatened; /* medical devices that it requires */
	struct ward_care_change *change;
	size_t n_change;
	bool changes_cut;
};

/* A site; with services in no room, or without sites, one more whose node is WARD_NONE. */
struct ward_care_site {
	uint32_t node;
	struct ward_care_value state, traffic, security, staffing;
	size_t n_ward, n_in[WARD_CARE_STATE_N]; /* wards in each state */
	int64_t staffed, occupied, available;   /* sums of what is known of its beds, or NONE */
	bool emergency;                         /* it has an emergency department */
};

struct ward_availability {
	ward_ns at;
	struct ward_care_ward *ward; /* care services first, then the worst state, then by weight */
	size_t n_ward;
	struct ward_care_site *site; /* in the model's order */
	size_t n_site;
	size_t n_incident; /* that are not over */
	size_t n_orphan;   /* impacts whose incident is not in the records */
	size_t n_foreign;  /* impacts on what the hospital does not have */
	size_t n_unknown;  /* as asked: while it is above 0, nothing is surely open */
};

/* NOMEM, LIMIT (the arena is full). O(records log records + wards · moments). */
WARD_MUST_CHECK enum ward_err ward_availability_find(
	const struct ward_care_ask *ask, struct ward_arena *a, struct ward_availability *ret);

/* For people, to a terminal of that width (0: unknown). */
void ward_care_write_text(const struct ward_availability *c, const struct ward_model *m,
	struct ward_lang *lang, size_t width, bool colour, struct ward_wr *w);
/* One object a line: {"kind":"availability","what":"hospital"|"site"|"ward",…}. */
void ward_care_write_json(
	const struct ward_availability *c, const struct ward_model *m, struct ward_wr *w);
/* One line per ward and type of bed, with a header. */
void ward_care_write_csv(
	const struct ward_availability *c, const struct ward_model *m, struct ward_wr *w);

#endif
