/* Doors over the small hospital, and what they infer, as text. */
#ifndef WARD_TESTS_DOOR_LAB_H
#define WARD_TESTS_DOOR_LAB_H

#include "../lab.h"
#include "model/door/doors.h"

enum { SAID_MAX = 4096, SAID_TEXT = 256 };

struct house {
	struct lab lab;
	struct ward_names names;
	struct ward_door_rules *rules;
	struct ward_doors *doors;
	struct ward_arena arena;
	uint64_t n_event;
	size_t n_said;
	char said[SAID_MAX][SAID_TEXT]; /* "door.held D-1 61.000 held [1 2]" */
	struct ward_id id[SAID_MAX];
	bool quiet; /* counts only */
};

/* rules: text of doors.yml; NULL: that of the content. */
struct house *house_new(const char *rules);
void house_free(struct house *h);
/* Doors anew, with nothing remembered. */
void house_again(struct house *h);
/* "field=value" texts up to NULL, in milliseconds; the clock comes to it, too. */
void tell(struct house *h, int64_t ms, const char *class, ...);
/* The same, told (the clock) at another time; returns its number, from 1. */
uint64_t tell_at(struct house *h, int64_t ms, int64_t clock, const char *class, ...);
void tick(struct house *h, int64_t ms);
/* All that was said is this, and is forgotten. */
void said(struct house *h, const char *first, ...);
ward_ns at_ms(int64_t ms);

#endif
