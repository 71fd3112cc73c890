/* What the files of a start share. Internal to the room. */
#ifndef WARD_MODEL_MAKE_START_INT_H
#define WARD_MODEL_MAKE_START_INT_H

#include "conf/conf.h"
#include "model/make/start.h"

enum { START_TEMPLATES_MAX = WARD_MAKE_FILES_MAX - 1 }; /* and facts.csv */

struct start_template {
	struct ward_str name;
	struct ward_str when, times; /* a question; may be empty */
	struct ward_str text;
	struct ward_str file;
	uint32_t line;
};

/* A fact that was answered: "!icu_beds icu beds". */
struct start_known {
	struct ward_str on, key;
};

struct ward_start {
	const struct ward_mem *mem;
	const struct ward_limits *lim;
	struct ward_arena arena;
	struct ward_start_question *question;
	size_t n;
	struct start_template template[START_TEMPLATES_MAX];
	size_t n_template;
	struct start_known *known;
	size_t n_known, cap_known;
};

/* s->n when there is no such question. */
size_t start_find(const struct ward_start *s, struct ward_str id);

#endif
