/* Private to the process `brain`: what it knows, and what it is thinking about. */
#ifndef WARD_RUN_PROC_BRAIN_H
#define WARD_RUN_PROC_BRAIN_H

#include "brain/brain.h"
#include "detect/unseen.h"
#include "run/board.h"
#include "run/committer.h"
#include "run/process.h"
#include "run/wire.h"

enum { CHANGED_MAX = 64, RULE_BYTES = 128, EVENT_BYTES_MAX = 16 << 20 };

/* The record that is being thought about, and how many lives have ended at it. */
struct place {
	uint64_t seq, deaths;
};

struct mind {
	struct ward_process p;
	struct ward_limits lim;
	struct ward_diag diag;  /* of all but the rules */
	struct ward_diag rules; /* of these */
	struct ward_kept *kept; /* what their files were when they were without an error */
	struct ward_names names;
	struct ward_model *model;
	struct ward_ruleset *ruleset;
	struct ward_rules *propagation;
	struct ward_bl_profiles *baselines; /* NULL: the hospital wants none */
	struct ward_inv_rules *inventory;
	struct ward_door_rules *doors;
	struct ward_points *points;
	struct ward_brain *brain;
	uint32_t permit;         /* the class of events that tell of works permits */
	uint32_t standby;        /* … of the machine that stands beside this one */
	uint32_t quorum;         /* … of the database that has the journal */
	struct ward_arena arena; /* of one event */
	struct ward_ask journal;
	struct ward_committer *store;
	struct ward_wr memory; /* the last checkpoint, until it is committed */
	uint64_t next;         /* sequence to read */
	int at;                /* memory file of the supervisor: struct place */
	struct place dead;     /* where the last lives ended */
	ward_ns ticked;        /* time of the last tick, of the records' clock */
	ward_ns saved;         /* monotonic time of the last checkpoint */
	uint64_t save_seq;     /* what the last committed checkpoint has seen; 0: none */
	/* Correlations whose windows a memory of other rules had, and how many went which way. */
	struct brain_changed {
		char rule[RULE_BYTES];
		uint64_t n_dropped, n_rearmed;
	} changed[CHANGED_MAX + 1]; /* the last: all others */
	size_t n_changed;
	struct ward_unseen unseen;     /* which rules wait in vain */
	size_t n_waiting;              /* in this look */
	struct ward_board board;       /* what it knows of sources, for who shows it */
	struct ward_board rules_board; /* the same of rules */
	struct ward_arena waits_text;
	struct ward_str *waits; /* by rule: the field that never came; or empty */
};

WARD_NORETURN void brain_die(struct mind *m, const char *why, enum ward_err err);

/* Reads the hospital and its rules, or ends; says what is wrong with them. */
void brain_load_content(struct mind *m);
/* Are the rules of now fit to be used? Says on standard output what is wrong with them; the status
 * that the process ends with. */
int brain_trial(struct mind *m);

/* A window of this correlation, which changed (`ctx` is the mind); and which were, after loading.
 */
void brain_on_window(void *ctx, struct ward_str rule, enum ward_window_fate fate);
void brain_tell_windows(struct mind *m);
/* The board of the rules: after loading, and when it is known anew which wait in vain. */
void brain_tell_rules(struct mind *m);
void brain_tell_waiting(struct mind *m);
/* The board of the sources, once a second. */
void brain_tell_board(struct mind *m);

#endif
