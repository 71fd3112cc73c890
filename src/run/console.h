/* Where the console is served: HOSPITAL/console.yml (docs/https.md), checked; without the file
 * there is nothing in it. Read by `ward check` and by the supervisor. Faces what whoever may write
 * there has written. */
#ifndef WARD_RUN_CONSOLE_H
#define WARD_RUN_CONSOLE_H

#include "conf/conf.h"

#define WARD_CONSOLE_FILE "console.yml"

enum { WARD_CONSOLE_NAMES = 24, WARD_CONSOLE_TEXT = 1024 };

/* Texts live as long as it. */
struct ward_console {
	struct ward_arena arena;
	struct ward_str where;                    /* "ADDRESS:PORT"; empty: not said */
	struct ward_str name[WARD_CONSOLE_NAMES]; /* by which people reach it, besides the usual */
	size_t n_name;
	bool inspect;                     /* files that people hand in there are looked at */
	struct ward_str certificate, key; /* files; empty: of Ward's own authority */
};

struct ward_console_in {
	const char *dir;
	const struct ward_limits *lim;
	const struct ward_mem *mem;
	struct ward_diag *diag;
};

/* CONFIG: with findings. NOMEM, IO, LIMIT. Free either way. */
WARD_MUST_CHECK enum ward_err ward_console_load(
	const struct ward_console_in *in, struct ward_console *ret);
/* The same of a file's bytes, by that name. */
WARD_MUST_CHECK enum ward_err ward_console_read(const struct ward_console_in *in,
	struct ward_str name, struct ward_slice bytes, struct ward_console *ret);
void ward_console_free(struct ward_console *c);

#endif
