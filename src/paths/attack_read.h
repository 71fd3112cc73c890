/* Reading one state, step or measure. Internal to the room. */
#ifndef WARD_PATHS_ATTACK_READ_H
#define WARD_PATHS_ATTACK_READ_H

#include "conf/conf.h"
#include "paths/attack.h"

enum { WARD_ATTACK_FILES = 1024 };

struct ward_attack_reader {
	struct ward_attack *a;
	const struct ward_model *m;
	const struct ward_limits *lim;
	struct ward_diag *diag;
	struct ward_arena scratch; /* parsed files: all of them, for several passes */
	const struct ward_conf *file[WARD_ATTACK_FILES];
	size_t n_file;
	size_t near_budget;
	bool nomem;
};

/* A finding "what 'name'" with its mend, at the line of `at`. */
void ward_attack_bad(struct ward_attack_reader *l, const struct ward_conf *at, const char *what,
	struct ward_str name, const char *mend);
/* Each adds what the map c says, or findings; states before steps before measures. */
void ward_attack_read_state(struct ward_attack_reader *l, const struct ward_conf *c);
void ward_attack_read_step(struct ward_attack_reader *l, const struct ward_conf *c);
void ward_attack_read_measure(struct ward_attack_reader *l, const struct ward_conf *c);

#endif
