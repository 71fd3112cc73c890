/* Named counters: nothing is lost, dropped or refused without one.
 *
 * One set per process (or per filter command), single-threaded. Names are string literals in the
 * dotted style of metrics ("net.packets", "json.reject.depth") and live forever. */
#ifndef WARD_BASE_COUNTER_H
#define WARD_BASE_COUNTER_H

#include "base/json.h"

enum { WARD_COUNTER_MAX = 512 };

struct ward_counters {
	const char *name[WARD_COUNTER_MAX];
	uint64_t value[WARD_COUNTER_MAX];
	size_t n;
};

void ward_counters_init(struct ward_counters *c);
/* The index of name, registered at first use. Names compare by text. Aborts when there are more
 * than WARD_COUNTER_MAX: that is a count of our own source lines. O(n): keep the index. */
size_t ward_counter(struct ward_counters *c, const char *name);
static inline void ward_count(struct ward_counters *c, size_t index, uint64_t by)
{
	c->value[index] += by;
}
/* Registers and adds in one call, for rare paths. */
void ward_count_name(struct ward_counters *c, const char *name, uint64_t by);
uint64_t ward_counter_get(const struct ward_counters *c, const char *name);
/* A JSON object of all counters that are not zero and start with prefix ("" for all), sorted by
 * name, the prefix cut off. */
void ward_counters_json(const struct ward_counters *c, const char *prefix, struct ward_json *j);

#endif
