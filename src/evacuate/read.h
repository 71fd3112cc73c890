/* Reading the lists of evacuation.yml. Internal to the room. */
#ifndef WARD_EVACUATE_READ_H
#define WARD_EVACUATE_READ_H

#include "conf/conf.h"
#include "evacuate/facts.h"

struct ward_evac_reader {
	struct ward_evac *e;
	const struct ward_model *m;
	struct ward_diag *diag;
	struct ward_str file;
	size_t near_budget;
	const struct ward_limits *lim;
	bool nomem;
};

/* A finding "what 'name'" with its mend, at the line of `at`. */
void ward_evac_bad(struct ward_evac_reader *l, const struct ward_conf *at, const char *what,
	struct ward_str name, const char *mend);
void ward_evac_warn(struct ward_evac_reader *l, uint32_t line, const char *what,
	struct ward_str name, const char *mend);
struct ward_str ward_evac_keep(struct ward_evac_reader *l, struct ward_str s);
/* Zeroed, in the arena; NULL sets nomem. */
void *ward_evac_array(struct ward_evac_reader *l, size_t n, size_t size);
/* The list of that key with at most so many maps; NULL (and a finding where it is no such list). */
const struct ward_conf *ward_evac_list(
	struct ward_evac_reader *l, const struct ward_conf *doc, const char *key, uint64_t max);
/* A node of the model by id: WARD_NONE and a finding when there is none of that kind. */
uint32_t ward_evac_node(struct ward_evac_reader *l, const struct ward_conf *map, const char *key,
	bool required, enum ward_node_kind kind);
uint32_t ward_evac_at(struct ward_evac_reader *l, const struct ward_conf *at, struct ward_str id);
/* A whole number, "30s", in milliseconds, "2.5" metres … of a map; keeps *ret when absent. */
void ward_evac_ms(struct ward_evac_reader *l, const struct ward_conf *map, const char *key,
	bool required, int64_t *ret);
/* By shift: {day: 3, night: 1}, or one number for all. */
void ward_evac_by_shift(struct ward_evac_reader *l, const struct ward_conf *map, const char *key,
	int64_t ret[WARD_EVAC_SHIFTS]);

/* Each reads its part of the document. */
void ward_evac_read_travel(struct ward_evac_reader *l, const struct ward_conf *doc);
void ward_evac_read_places(struct ward_evac_reader *l, const struct ward_conf *doc);
void ward_evac_read_ways(struct ward_evac_reader *l, const struct ward_conf *doc);
void ward_evac_read_people(struct ward_evac_reader *l, const struct ward_conf *doc);
void ward_evac_read_brigade(struct ward_evac_reader *l, const struct ward_conf *doc);
/* What is right by itself and yet does not fit together, or is missing. */
void ward_evac_check(struct ward_evac_reader *l);

#endif
