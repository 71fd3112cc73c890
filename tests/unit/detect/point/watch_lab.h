/* A small hospital whose points are watched; what is said of them, as lines. */
#ifndef WARD_TESTS_WATCH_LAB_H
#define WARD_TESTS_WATCH_LAB_H

#include "../../model/lab.h"
#include "detect/point/watch.h"

enum { PLANT_SAID_MAX = 256 };

struct plant {
	struct lab lab;
	struct ward_names names;
	struct ward_points *points;
	struct ward_watch *watch;
	struct ward_arena arena;
	uint64_t n_event;
	size_t n_said;
	struct {
		struct ward_id id;
		ward_ns time;
		char line[640]; /* "class point state value: explanation" */
	} said[PLANT_SAID_MAX];
};

/* points: rows of points.csv with their header; kinds of points.yml, may be "". */
struct plant *plant_new(const char *points, const char *kinds);
void plant_free(struct plant *p);
/* A fresh watch in the place of the old one. */
void plant_again(struct plant *p);
/* An event at a time in ms; its id is made of n. Fields are "name=value"; NULL ends them. A value
 * that looks like a number is one. */
void plant_event(struct plant *p, uint64_t n, int64_t ms, const char *class, ...);
/* A value of a point, at a time in s. */
void plant_value(struct plant *p, int64_t s, const char *point, const char *value);
void plant_tick(struct plant *p, int64_t s);
/* Nothing more comes. */
void plant_end(struct plant *p);
/* How many lines hold this text. */
size_t plant_says(const struct plant *p, const char *what);

#endif
