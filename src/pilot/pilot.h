/* A hospital's own pilot (docs/pilot-protocol.md): what it wrote down, read and checked.
 *
 * A directory: pilot.yml says what the pilot is, its phases, aims and stop criteria; tables (CSV)
 * hold what was measured, each under the name that the table says. A table need not be there yet.
 * All that is wrong is found at once, each with file, line and mend. Single-threaded; owns its
 * memory. Faces files that people and spreadsheets wrote. */
#ifndef WARD_PILOT_PILOT_H
#define WARD_PILOT_PILOT_H

#include "conf/conf.h"
#include "conf/dir.h"

enum ward_pilot_table_id {
	WARD_PILOT_GRADED,
	WARD_PILOT_PAIRS,
	WARD_PILOT_CARE,
	WARD_PILOT_INTERRUPTIONS,
	WARD_PILOT_UPKEEP,
	WARD_PILOT_COMPLAINTS,
	WARD_PILOT_STOPS,
	WARD_PILOT_SUS,
	WARD_PILOT_TLX,
	WARD_PILOT_TABLES,
};

/* With what the watch worked: the words of the column `with`. */
enum ward_pilot_with { WARD_PILOT_WARD, WARD_PILOT_TODAY, WARD_PILOT_WITHS };

/* Columns, in the order of the schema; a file may have them in any. */
enum {
	WARD_GRADED_DAY,
	WARD_GRADED_CASE,
	WARD_GRADED_TOLD,
	WARD_GRADED_A,
	WARD_GRADED_B,
	WARD_GRADED_C
};
enum {
	WARD_PAIRS_PAIR,
	WARD_PAIRS_WITH,
	WARD_PAIRS_DAY,
	WARD_PAIRS_WATCH,
	WARD_PAIRS_UNDERSTOOD,
	WARD_PAIRS_ACTED
};
enum { WARD_CARE_PAIR, WARD_CARE_WITH, WARD_CARE_SERVICE, WARD_CARE_SAID, WARD_CARE_HIT };
enum {
	WARD_INTERRUPTIONS_DAY,
	WARD_INTERRUPTIONS_ROLE,
	WARD_INTERRUPTIONS_WITH,
	WARD_INTERRUPTIONS_HOURS,
	WARD_INTERRUPTIONS_N
};
enum { WARD_UPKEEP_WEEK, WARD_UPKEEP_ON, WARD_UPKEEP_HOURS };
enum { WARD_COMPLAINTS_RECEIVED, WARD_COMPLAINTS_ANSWERED, WARD_COMPLAINTS_OUTCOME };
enum { WARD_STOPS_DAY, WARD_STOPS_CRITERION, WARD_STOPS_DECIDED, WARD_STOPS_WHY };
enum { WARD_FORM_PERSON, WARD_FORM_DAY, WARD_FORM_WITH, WARD_FORM_ANSWERS };

/* Of WARD_GRADED_TOLD, of grades, of yes and no, of what was decided. */
enum { WARD_TOLD_WARD, WARD_TOLD_TODAY, WARD_TOLD_BOTH, WARD_TOLD_NOBODY };
enum { WARD_GRADE_REAL, WARD_GRADE_WORTH, WARD_GRADE_NOTHING, WARD_GRADES };
enum { WARD_PILOT_YES, WARD_PILOT_NO };
enum { WARD_STOP_STOPPED, WARD_STOP_WENT_ON };

enum {
	WARD_SUS_ITEMS = 10,
	WARD_TLX_SCALES = 6,
	WARD_TLX_WEIGHTS = 15, /* comparisons of two scales; the weights add up to it */
	WARD_PILOT_COLUMNS = 16,
};

enum ward_pilot_kind {
	WARD_PILOT_NAME,  /* a word of up to 80 bytes */
	WARD_PILOT_TEXT,  /* a line of up to 400 */
	WARD_PILOT_DATE,  /* "2026-09-14": n is days since 1970-01-01 */
	WARD_PILOT_WORD,  /* one of some: n is its place */
	WARD_PILOT_COUNT, /* a whole number */
	WARD_PILOT_HOURS, /* "3.5" or "3,5": n in thousandths */
	WARD_PILOT_SPAN,  /* "4:30" (minutes), "1:04:30" or "270s"; "never": WARD_NS_NEVER */
};
struct ward_pilot_column {
	const char *name;
	enum ward_pilot_kind kind;
	bool optional; /* the cell may be empty, and the column not be there */
	int64_t min, max;
	const char *const *word; /* of WORD; NULL behind the last */
};
struct ward_pilot_schema {
	const char *file;
	size_t n;
	struct ward_pilot_column column[WARD_PILOT_COLUMNS];
};
/* Lives forever. */
const struct ward_pilot_schema *ward_pilot_schema(enum ward_pilot_table_id id);

struct ward_pilot_cell {
	bool known;
	struct ward_str text;
	int64_t n;
};
struct ward_pilot_row {
	uint32_t line;
	struct ward_pilot_cell cell[WARD_PILOT_COLUMNS];
};
struct ward_pilot_table {
	bool there;
	struct ward_str file;
	size_t n;
	struct ward_pilot_row *row;
};

enum ward_pilot_phase {
	WARD_PILOT_INVENTORY,
	WARD_PILOT_SHADOW,
	WARD_PILOT_LIVE,
	WARD_PILOT_RED_TEAM,
	WARD_PILOT_PHASES,
};
enum { WARD_PILOT_ROLES = 32, WARD_PILOT_CRITERIA = 32 };

/* Who is interrupted, how often at most in `hours` (6 in 12; 1 in 168). */
struct ward_pilot_role {
	struct ward_str id, name;
	int64_t most, hours;
};
struct ward_pilot_criterion {
	struct ward_str id, text;
};
struct ward_pilot {
	struct ward_arena arena;
	struct ward_str name, hospital;
	bool synthetic; /* a trial of the forms: no hospital's numbers */
	struct {
		bool known;
		int64_t from, to; /* days; the last is part of it */
	} phase[WARD_PILOT_PHASES];
	struct ward_pilot_role role[WARD_PILOT_ROLES];
	size_t n_role;
	/* What is aimed at: shares in millionths; hours a week, points, days. */
	int64_t worth_micro, care_micro, upkeep, usability, complaints;
	int64_t stop_written; /* day; */
	struct ward_str stop_by;
	struct ward_pilot_criterion criterion[WARD_PILOT_CRITERIA];
	size_t n_criterion;
	struct ward_pilot_table table[WARD_PILOT_TABLES];
};

void ward_pilot_init(struct ward_pilot *p, const struct ward_mem *mem);
void ward_pilot_fini(struct ward_pilot *p);
/* Reads all that is in the directory. CONFIG: findings of errors were added, and nothing may be
 * made of it; warnings alone are OK. NOMEM, IO. */
WARD_MUST_CHECK enum ward_err ward_pilot_load(struct ward_pilot *p, const char *dir,
	const struct ward_limits *lim, struct ward_diag *diag);
/* The same of sus.csv and tlx.csv alone: what staff said after an exercise. That neither is there
 * is an error, too. */
WARD_MUST_CHECK enum ward_err ward_pilot_load_forms(struct ward_pilot *p, const char *dir,
	const struct ward_limits *lim, struct ward_diag *diag);
/* The parts of that, for bytes that are in memory; file is what findings call it. Findings are
 * added; NOMEM. */
WARD_MUST_CHECK enum ward_err ward_pilot_read(struct ward_pilot *p, const struct ward_limits *lim,
	struct ward_str file, struct ward_slice text, struct ward_diag *diag);
WARD_MUST_CHECK enum ward_err ward_pilot_table_read(struct ward_arena *a,
	const struct ward_limits *lim, enum ward_pilot_table_id id, struct ward_conf_beside in,
	struct ward_diag *diag, struct ward_pilot_table *ret);
/* What one table says against another, or against pilot.yml. */
void ward_pilot_check(const struct ward_pilot *p, struct ward_diag *diag);

/* Days since 1970-01-01 of "2026-09-14"; false: it is no day of the calendar. */
bool ward_pilot_day(struct ward_str s, int64_t *ret);
/* "inventory" … as pilot.yml has it. Lives forever. */
const char *ward_pilot_phase_name(enum ward_pilot_phase p);

#endif
