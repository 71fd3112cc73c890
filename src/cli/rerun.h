/* Recorded input through the whole brain, for `ward replay` and for who judges what came of it:
 * what a hospital's brain is made of, loaded, and files merged by time. */
#ifndef WARD_CLI_RERUN_H
#define WARD_CLI_RERUN_H

#include "brain/brain.h"
#include "cli/cli.h"
#include "comply/pseudonym.h"
#include "model/point/point.h"

struct ward_log_patterns;
struct ward_permits;
struct ward_cli_rerun_file;

enum { WARD_CLI_RERUN_FILES = 64 };

struct ward_cli_rerun {
	/* as asked for */
	const struct ward_cmd *cmd;
	const char *dir, *content_option;
	const char *path[WARD_CLI_RERUN_FILES];
	size_t n_file;
	bool arrivals;           /* by arrival instead of the event's time */
	bool as_live;            /* rules in shadow as if they were live */
	bool past;               /* no files: the caller feeds the brain with what sensors made */
	bool no_place, no_cause; /* detections are not linked by neighbourhood, by cause */
	/* the brain's clock goes on this often between events, as it does live, for a while behind
	 * each; 0: it goes by events alone */
	ward_ns beat;
	void (*clock)(void *ctx, ward_ns now); /* before each beat; may be NULL */
	/* of each event, before the brain has it (false: it is left out), and after; may be NULL */
	bool (*before)(void *ctx, const struct ward_event *e);
	void (*after)(void *ctx, const struct ward_event *e);
	ward_output_fn out;
	void *ctx;
	/* loaded */
	const char *content;
	struct ward_limits lim;
	struct ward_diag diag;
	struct ward_counters counters;
	struct ward_names names;
	struct ward_model *model;
	struct ward_ruleset *ruleset;
	struct ward_rules *propagation;
	struct ward_bl_profiles *baselines; /* NULL: the hospital wants none */
	struct ward_inv_rules *inventory;
	struct ward_door_rules *doors;
	struct ward_points *points;
	struct ward_permits *permits;
	struct ward_brain *brain;
	struct ward_pseudonym pseudonym;
	struct ward_log_patterns *patterns;
	struct ward_cli_rerun_file *file;
	uint64_t n_event, n_rejected;
	ward_ns seen; /* of the last event; 0: none */
};

void ward_cli_rerun_init(struct ward_cli_rerun *x, const struct ward_cmd *cmd);
void ward_cli_rerun_fini(struct ward_cli_rerun *x);
/* What the brain of `dir` is made of. An exit code; what is wrong was said. */
int ward_cli_rerun_load(struct ward_cli_rerun *x);
/* The brain, and the files opened. As above. */
int ward_cli_rerun_start(struct ward_cli_rerun *x);
/* All events of the files, and the end. As above. */
int ward_cli_rerun_play(struct ward_cli_rerun *x);

#endif
