/* The pilot's brain on a bench: content loaded once, recordings as records of a journal, and what
 * the brain gives as rows of a store. */
#ifndef WARD_TESTS_BRAIN_LAB_H
#define WARD_TESTS_BRAIN_LAB_H

#include "brain/brain.h"
#include "comply/pseudonym.h"
#include "sense/input.h"

/* One record that the brain takes: an event, or a tick. */
struct record {
	ward_ns time, seen;      /* tick: both are its time */
	struct ward_slice event; /* encoded; p == NULL: a tick */
	struct ward_id id;
};

/* What a store keeps: rows by (kind, id, revision); a row that is there already must be the same.
 */
struct rows {
	struct row {
		enum ward_output_kind kind;
		struct ward_id id;
		uint32_t revision;
		ward_ns time;
		struct ward_str json;
	} * row;
	size_t n, cap, n_put, bytes;
	size_t longest; /* bytes of one row */
	struct ward_tab at;
	struct ward_arena text;
};

struct lab {
	struct ward_limits lim;
	struct ward_diag diag;
	struct ward_counters counters;
	struct ward_names names;
	struct ward_model *model;
	struct ward_ruleset *ruleset;
	struct ward_rules *propagation;
	struct ward_inv_rules *inventory;
	struct ward_door_rules *doors;
	struct ward_points *points;
	struct ward_pseudonym pseudonym;
	struct ward_arena text, one; /* of all records; of the event in hand */
	struct ward_brain_config config;
};

/* The pilot with the project's content. */
struct lab *lab_new(void);
void lab_free(struct lab *l);

/* The recording of a scenario, merged by time; seen is the event's time. On the heap. */
struct record *lab_records(struct lab *l, const char *scenario, size_t *ret_n);
/* The same of one file of the source tree. */
struct record *lab_file(struct lab *l, const char *file, size_t *ret_n);
/* A record of one event of the class, with a sensor's field. n makes its id. */
struct record lab_event(
	struct lab *l, const char *class, const char *sensor, const char *state, uint64_t n);
/* A record of any event. */
struct record lab_record(struct lab *l, const struct ward_event *e);
/* A record of one event line. */
struct record lab_line(struct lab *l, const char *json);
void lab_sort(struct record *r, size_t n); /* by seen, then time, then id */

/* A brain whose rows go to out (which may be NULL). */
struct ward_brain *lab_brain(struct lab *l, struct rows *out);
/* Feeds one record with the record's times. */
void lab_feed(struct lab *l, struct ward_brain *b, const struct record *r);

void rows_init(struct rows *s);
void rows_fini(struct rows *s);
/* Are they the same set? Fails the test otherwise. */
void rows_same(const struct rows *a, const struct rows *b);
/* The last revision of what holds in the end: without impacts that were withdrawn and incidents
 * that became part of others, without revision numbers and former names. Sorted. On the heap of
 * ret, which is initialised here. */
void rows_final(const struct rows *s, struct rows *ret);

/* A small generator, so that each run draws the same. */
struct dice {
	uint64_t s;
};
uint32_t dice_below(struct dice *d, uint32_t n);

#endif
