/* Inside drive: its runs, what makes one go on, and rows of both. */
#ifndef WARD_RESPOND_PLAYBOOK_DRIVE_PRIV_H
#define WARD_RESPOND_PLAYBOOK_DRIVE_PRIV_H

#include "conf/conf.h"
#include "respond/playbook/drive.h"

enum { DRIVE_VALUES_MAX = 64, DRIVE_JSON_BYTES = 160000, DRIVE_STATE_BYTES = 60000 };

enum drive_cause { DRIVE_BEGIN, DRIVE_NEXT, DRIVE_ANSWER, DRIVE_CANCEL, DRIVE_N };

struct drive_entry {
	struct ward_drive_run is;
	struct ward_run *run;
	uint32_t revision; /* of the last row that is known */
};

struct ward_drive {
	const struct ward_playbooks *all;
	size_t n_now;
	const struct ward_limits *lim;
	struct ward_counters *counters;
	const struct ward_mem *mem;
	struct drive_entry *entry;
	size_t n, cap;
	struct ward_tab by_id; /* run → index */
	struct ward_arena texts, scratch;
	struct ward_wr json, state;
	char why[256];
};

/* What makes a run go on. */
struct drive_step {
	enum drive_cause cause;
	ward_ns at;
	struct ward_str role, person, text;
	struct ward_str incident; /* BEGIN */
	uint8_t hash[32];
	struct ward_id request; /* ANSWER */
	bool well;
	struct ward_run_value value[DRIVE_VALUES_MAX];
	size_t n_value;
};

/* drive_row.c. The next row of the run, which has gone on by s, with what that gave (NULL: it
 * began). False: it is too long. */
bool drive_write_row(struct ward_drive *d, struct drive_entry *e, const struct drive_step *s,
	const struct ward_run_out *out, struct ward_drive_row *ret);
/* In the scratch arena, which it resets; NULL: it is no JSON object. */
const struct ward_conf *drive_parse(struct ward_drive *d, struct ward_str json);
struct ward_str drive_word(const struct ward_conf *c, const char *key);
/* {"__name__": "value"}; what is no such name is passed over. False: there are too many. */
bool drive_read_values(struct drive_step *s, const struct ward_conf *map);
/* Of every row: how the run is after it. False: it is none. */
bool drive_read_row(
	const struct ward_conf *c, struct drive_step *s, enum ward_run_outcome *outcome);
/* NULL with OK: no such run can go on with these playbooks. NOMEM. */
WARD_MUST_CHECK enum ward_err drive_read_state(
	struct ward_drive *d, const struct ward_conf *c, struct ward_id id, struct ward_run **ret);

#endif
