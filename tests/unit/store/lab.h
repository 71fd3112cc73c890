/* What the store's tests share: a folder of their own, a store in it, rows made from numbers, and a
 * second hand on the database for doing damage. Failures end the test. */
#ifndef WARD_TESTS_STORE_LAB_H
#define WARD_TESTS_STORE_LAB_H

#include "store/store.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

struct lab {
	char dir[64], path[80];
	struct ward_clock_fake clock;
	struct ward_store *s;
	const char *fault[16]; /* those told, in order */
	uint64_t fault_row[16];
	size_t n_fault;
	uint8_t salt; /* of the next row */
	char json[64];
	bool keeping;                   /* a database is kept before it is upgraded */
	enum ward_store_stage stage[8]; /* of upgrades, as told */
	size_t n_stage;
	struct ward_store_upgrade upgrade; /* the last */
	char kept[64];
};

void lab_init(struct lab *l);
void lab_fini(struct lab *l); /* closes, removes the folder */
/* The same for cmocka, with the lab as its state. */
int lab_setup(void **state);
int lab_teardown(void **state);

enum ward_err lab_try_open(struct lab *l, const struct ward_mem *mem);
void lab_open(struct lab *l);
void lab_close(struct lab *l);
/* Puts the closed database into the form k, an older one, as its migrations made it: with all its
 * rows, which must be of kinds that it had. */
void lab_make_older(struct lab *l, size_t k);
/* Runs SQL of any kind on the closed database; it must succeed. */
void lab_sql(struct lab *l, const char *sql);

/* Row i: detections, incidents and impacts in turn; text lives until the next one. */
struct ward_store_row lab_row(struct lab *l, uint32_t i);
void lab_put(struct lab *l, uint32_t i);
/* Rows from … to - 1 in one transaction. */
void lab_fill(struct lab *l, uint32_t from, uint32_t to, uint64_t position);
bool lab_told(const struct lab *l, const char *what, uint64_t row);

#endif
