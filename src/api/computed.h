/* Inside api: what `reckon` computed, as it is kept. */
#ifndef WARD_API_COMPUTED_H
#define WARD_API_COMPUTED_H

#include "base/mem.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/id.h"

/* A question and what was said to it, both its own. */
struct api_reckoned {
	struct ward_str question, text;
	enum ward_err err;
	uint64_t used;
};

/* In which order things are brought back: what `reckon` said last, in its arena. */
struct api_back {
	struct ward_arena arena;
	bool known; /* there is a plan */
	struct api_back_work {
		uint32_t node, *gives;
		size_t n_gives;
		struct ward_str text, team;
		uint64_t number; /* of the team's kind, from 1 */
		ward_ns begin, end;
		bool medical;
	} * work;
	struct api_back_service {
		uint32_t node;
		ward_ns down, back, bears; /* bears 0: nobody says */
	} * service;
	size_t n_work, n_service;
	uint64_t works_total;
	ward_ns at, took; /* as of when it is; to compute it */
	ward_ns asked_at;
	struct ward_id of, asked; /* the revisions that it is of, and that are asked about */
	bool waits;               /* asked is */
	struct ward_str why;      /* of a plan that there is not; p NULL: there is no reason */
	uint64_t n_said;
};

#endif
