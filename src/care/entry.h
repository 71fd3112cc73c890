/* What people enter of wards and sites: HOSPITAL/care.csv (docs/availability.md), one line each.
 *
 * Written by people, by hand or by `ward care set`; each line says some fields of one ward or site,
 * who says it, when, and until when it is good. Every line is checked; one that is wrong is a
 * finding with line and mend, and says nothing. Faces what whoever may write there has written. */
#ifndef WARD_CARE_ENTRY_H
#define WARD_CARE_ENTRY_H

#include "conf/conf.h"
#include "event/event.h"
#include "model/model.h"

#define WARD_CARE_FILE "care.csv"
/* Of the events that tell of entries (event/classes.h). */
#define WARD_CARE_CLASS "ward.care"

enum {
	WARD_CARE_NONE = -1,      /* nothing is said */
	WARD_CARE_TEXT_MAX = 200, /* bytes of `by` and `why` */
	WARD_CARE_COUNT_MAX = 100000,
	WARD_CARE_ENTRIES_MAX = 65536,
};

/* From the best to the worst. X(NAME, "name") */
#define WARD_CARE_STATE_LIST(X)     \
	X(OPEN, "open")             \
	X(SURGE, "surge")           \
	X(THREATENED, "threatened") \
	X(LIMITED, "limited")       \
	X(EVACUATING, "evacuating") \
	X(CLOSED, "closed")         \
	X(EVACUATED, "evacuated")

enum ward_care_state {
#define X(NAME, name) WARD_CARE_STATE_##NAME,
	WARD_CARE_STATE_LIST(X)
#undef X
		WARD_CARE_STATE_N,
};

/* Types of bed as EDXL-HAVE 1.0 has them (3.2.5), with the FHIR RoleCode that SANER's concept map
 * gives each ("" where it has none). X(NAME, "name", "RoleCode") */
#define WARD_BED_TYPE_LIST(X)                                   \
	X(ADULT_ICU, "AdultICU", "ICU")                         \
	X(PEDIATRIC_ICU, "PediatricICU", "PEDICU")              \
	X(NEONATAL_ICU, "NeonatalICU", "PEDNICU")               \
	X(EMERGENCY, "EmergencyDepartment", "ER")               \
	X(NURSERY, "NurseryBeds", "")                           \
	X(MEDICAL, "MedicalSurgical", "HU")                     \
	X(REHAB, "RehabLongTermCare", "RHU")                    \
	X(BURN, "Burn", "")                                     \
	X(PEDIATRICS, "Pediatrics", "PEDU")                     \
	X(PSYCHIATRIC, "AdultPsychiatric", "PHU")               \
	X(PEDIATRIC_PSYCHIATRIC, "PediatricPsychiatric", "PHU") \
	X(NEGATIVE_FLOW, "NegativeFlowIsolation", "")           \
	X(OTHER_ISOLATION, "OtherIsolation", "")                \
	X(THEATRE, "OperatingRooms", "")

enum ward_bed_type {
#define X(NAME, name, role) WARD_BED_##NAME,
	WARD_BED_TYPE_LIST(X)
#undef X
		WARD_BED_N,
};

/* Each field is a number, or a word of a list whose index is the number. */
enum ward_care_field {
	WARD_CARE_STATE,     /* enum ward_care_state */
	WARD_CARE_TRAFFIC,   /* ambulances: normal, advisory, closed, none */
	WARD_CARE_SECURITY,  /* normal, elevated, restricted, lockdown, quarantine */
	WARD_CARE_STAFFING,  /* adequate, insufficient */
	WARD_CARE_STAFFED,   /* beds with staff */
	WARD_CARE_AVAILABLE, /* of these free for a patient */
	WARD_CARE_OCCUPIED,
	WARD_CARE_MORE_24H, /* beds that could be had besides within 24 hours */
	WARD_CARE_MORE_72H,
	WARD_CARE_STAFF, /* people on duty */
	WARD_CARE_FIELD_N,
};
enum ward_care_traffic {
	WARD_CARE_TRAFFIC_NORMAL,
	WARD_CARE_TRAFFIC_ADVISORY,
	WARD_CARE_TRAFFIC_CLOSED,
	WARD_CARE_TRAFFIC_NONE, /* it has no emergency department */
	WARD_CARE_TRAFFIC_N,
};
/* "state", "diversion" … the column's name. Lives forever. */
const char *ward_care_field_name(enum ward_care_field f);
/* The word for a value, or NULL when the field is a number or has no such value. */
const char *ward_care_word(enum ward_care_field f, int64_t value);
/* The word in English for people, a key of words; never NULL for a value of a list. */
const char *ward_care_word_text(enum ward_care_field f, int64_t value);
const char *ward_bed_type_name(enum ward_bed_type t);
const char *ward_bed_type_role(enum ward_bed_type t);
/* The type of a service's beds, by its class. */
enum ward_bed_type ward_care_bed_type(const struct ward_model *m, uint32_t node);
/* WARD_BED_N when there is none of that name. */
enum ward_bed_type ward_bed_type_parse(struct ward_str s);

struct ward_care_entry {
	uint32_t where;                   /* service, or site */
	enum ward_bed_type bed;           /* of the counts of beds; the ward's own is WARD_BED_N */
	int64_t value[WARD_CARE_FIELD_N]; /* WARD_CARE_NONE: not said */
	ward_ns made, until;              /* good from made on, until included */
	struct ward_str by, why;
	uint32_t line;
};

enum ward_care_column {
	WARD_CARE_COL_WHERE,
	WARD_CARE_COL_BED = WARD_CARE_COL_WHERE + 1,
	WARD_CARE_COL_VALUE, /* the fields in their order */
	WARD_CARE_COL_MADE = WARD_CARE_COL_VALUE + WARD_CARE_FIELD_N,
	WARD_CARE_COL_UNTIL,
	WARD_CARE_COL_BY,
	WARD_CARE_COL_WHY,
	WARD_CARE_COL_N,
};
/* "where", "bed_type", "state" … Lives forever. */
const char *ward_care_column_name(enum ward_care_column c);

struct ward_care_in {
	const struct ward_model *m;
	const struct ward_limits *lim;
	struct ward_diag *diag;
	struct ward_arena *arena; /* of the entries and their texts */
};
struct ward_care_entries {
	struct ward_care_entry *at;
	size_t n;
};
/* The good lines of a text. CONFIG when a finding of level error was added (*ret holds the good
 * ones), NOMEM. */
WARD_MUST_CHECK enum ward_err ward_care_entries_parse(const struct ward_care_in *in,
	struct ward_str file, struct ward_slice text, struct ward_care_entries *ret);
/* Of a hospital directory; without the file none. IO too. */
WARD_MUST_CHECK enum ward_err ward_care_entries_load(
	const struct ward_care_in *in, const char *dir, struct ward_care_entries *ret);

/* The same as text for ward_care_entries_parse, those that are over before `from` left out. */
void ward_care_entries_write(const struct ward_care_entries *e, const struct ward_model *m,
	ward_ns from, struct ward_wr *w);

/* One line as text; an empty cell is absent. */
struct ward_care_row {
	struct ward_str cell[WARD_CARE_COL_N];
};
/* The text with one more line; an empty text gets a header first. The line is not checked: parse
 * what comes out. CONFIG: the text is no table, or lacks a column for a cell (with a finding). */
WARD_MUST_CHECK enum ward_err ward_care_row_add(const struct ward_care_in *in, struct ward_str file,
	struct ward_slice text, const struct ward_care_row *row, struct ward_wr *out);

/* event.c: what an entry says, as an id; and it as an event of class ward.care with the columns as
 * fields, "care.where" and so on. Values borrow x's texts and e's arena. NOMEM, LIMIT. */
struct ward_id ward_care_entry_id(const struct ward_care_entry *x, const struct ward_model *m);
WARD_MUST_CHECK enum ward_err ward_care_entry_to_event(const struct ward_care_entry *x,
	const struct ward_model *m, struct ward_names *names, struct ward_event *e);
/* That the line of such an entry was removed before it was over. */
WARD_MUST_CHECK enum ward_err ward_care_gone_to_event(
	struct ward_id entry, struct ward_names *names, struct ward_event *e);

#endif
