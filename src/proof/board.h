/* The monthly report for whoever governs the hospital (NIS2, Article 20): one page, rather looked
 * at than read. What happened and what it cost care, how quick it was seen and decided, what the
 * law waits for, the worst risks and the cheapest measure, data of persons; against the month
 * before; and first what the board must decide. No person is named. Pure. */
#ifndef WARD_PROOF_BOARD_H
#define WARD_PROOF_BOARD_H

#include "proof/norm.h"

enum { WARD_BOARD_RISKS = 3, WARD_BOARD_MEASURES = 3, WARD_BOARD_DECIDE = 12 };

struct ward_board {
	struct ward_proof_tell t;
	const struct ward_processing *processing; /* NULL: it can't be read */
	/* what `reckon` computed; n_risk 0, way_known false: it is not */
	struct {
		uint32_t node;
		int64_t lo, hi; /* millionths */
	} risk[WARD_BOARD_RISKS];
	size_t n_risk;
	bool way_known;
	struct ward_str service;  /* the most critical one */
	int64_t before, after;    /* chance that an attack gets there, millionths */
	uint64_t cost, n_measure; /* euros of all measures that are chosen */
	struct {
		struct ward_str text;
		uint64_t cost;
	} measure[WARD_BOARD_MEASURES]; /* the cheapest of these */
	size_t n_listed;
};

/* Answers of `reckon` to RISKS and PATHS, as trees; each may be NULL. What they lack is not told.
 * Texts are borrowed. */
void ward_board_lend(
	struct ward_board *b, const struct ward_conf *risks, const struct ward_conf *paths);
void ward_board_tell(const struct ward_board *b, struct ward_doc *d);
/* Members of an object, "ward.board/1". */
void ward_board_json(const struct ward_board *b, struct ward_json *j);

#endif
