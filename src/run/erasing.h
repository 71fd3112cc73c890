/* Rows of the store go when the hospital has kept them for as long as it says: what people wrote in
 * logs of posts, hand-overs and reviews (limit `store.log_days`), and kinds of rows by the
 * register's entries (`rows` of processing.yml).
 *
 * What an open incident names stays, and so does what a hold covers (comply/hold.h). What goes is
 * counted in a row of its own, in the same transaction. An order (run/ordering.h) names rows that
 * go since a person asked for it, sooner, unless one of those reasons keeps them. Looked at by the
 * store's process, some rows at a time, between the brain's transactions. Single-threaded. */
#ifndef WARD_RUN_ERASING_H
#define WARD_RUN_ERASING_H

#include "base/limit.h"
#include "base/log.h"
#include "comply/hold.h"
#include "comply/order.h"
#include "store/store.h"

enum { WARD_ERASING_RULES = 16, WARD_ERASING_IDS = 1 << 18, WARD_ERASING_JSON = 1024 };

struct ward_erasing_rule {
	enum ward_row_kind kind;
	ward_ns keeps;
	bool logs;     /* of these rows only what is a log */
	char rule[96]; /* as the proof names it */
};

enum ward_erasing_stage {
	WARD_ERASING_HOLDS,     /* decisions are read for holds */
	WARD_ERASING_INCIDENTS, /* ids of what open incidents need are gathered */
	WARD_ERASING_ROWS,      /* rule by rule */
};

struct ward_erasing {
	struct ward_store *store;
	const struct ward_clock *clock;
	struct ward_log *log;
	struct ward_counters *counters;
	/* Internal: */
	struct ward_erasing_rule rule[WARD_ERASING_RULES];
	size_t n_rule, at;
	enum ward_erasing_stage stage;
	ward_ns next;     /* monotonic: when it is looked at again */
	uint64_t after;   /* rows that were looked at */
	uint64_t decided; /* decisions that were read for holds */
	size_t n_read;    /* rows by the last call */
	size_t n, n_kept; /* erased, and kept though their time is over, since the first was */
	struct ward_holds holds;
	struct ward_limits lim;
	struct ward_arena arena;
	struct ward_id *id; /* what open and held incidents name, sorted */
	size_t n_id, cap_id;
	bool too_many;   /* then nothing goes */
	const char *dir; /* of the store, where orders lie; NULL: there are none */
	struct ward_order order;
	bool ordered;
	unsigned order_kind; /* what of it is next */
	uint64_t order_after, n_order, n_order_kept;
	ward_ns order_next; /* monotonic: when one is looked for again */
	char json[WARD_ERASING_JSON];
};

/* Borrows all, and dir once the caller sets it; days of logs. */
void ward_erasing_init(struct ward_erasing *e, struct ward_store *store,
	const struct ward_clock *clock, uint64_t days);
void ward_erasing_fini(struct ward_erasing *e);
/* A rule more. said: "SECONDS KIND ENTRY", as the supervisor says it. MALFORMED, LIMIT. */
WARD_MUST_CHECK enum ward_err ward_erasing_add(struct ward_erasing *e, struct ward_str said);
/* Is a row of a decision one of those? */
bool ward_erasing_is_log(struct ward_str json);
/* Looks, when it is time to. Errors are those of the store, after which it is to be opened anew. */
WARD_MUST_CHECK enum ward_err ward_erasing_turn(struct ward_erasing *e);

#endif
