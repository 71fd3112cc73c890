/* Where indicators are got: HOSPITAL/indicators.yml (docs/search.md), checked.
 *
 * Read by `ward check` and by the supervisor. Faces what whoever may write there has written. */
#ifndef WARD_EXCHANGE_SOURCES_H
#define WARD_EXCHANGE_SOURCES_H

#include "conf/conf.h"

#define WARD_INDICATORS_FILE "indicators.yml"

enum { WARD_INDICATOR_SOURCES = 3, WARD_INDICATOR_TEXT = 1024, WARD_INDICATOR_ID = 32 };

struct ward_indicator_source {
	struct ward_str id;
	struct ward_str where;       /* "https://…", of a TAXII 2.1 server */
	struct ward_str user;        /* empty: the secret is a bearer's token */
	struct ward_str secret_file; /* its first line; empty: none is needed */
	struct ward_str certificate; /* PEM file of whom to trust; empty: what this machine does */
	ward_ns every;
	uint32_t line;
};

/* Texts live as long as the list. */
struct ward_indicator_sources {
	struct ward_arena arena;
	struct ward_indicator_source s[WARD_INDICATOR_SOURCES];
	size_t n;
};

/* Of the hospital directory; without the file there are none. CONFIG: with findings. NOMEM, IO.
 * Free either way. */
WARD_MUST_CHECK enum ward_err ward_indicator_sources_load(const char *dir,
	const struct ward_limits *lim, const struct ward_mem *mem, struct ward_diag *diag,
	struct ward_indicator_sources *ret);
void ward_indicator_sources_free(struct ward_indicator_sources *s);

#endif
