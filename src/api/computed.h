/* Inside api: what `reckon` computed, as it is kept. */
#ifndef WARD_API_COMPUTED_H
#define WARD_API_COMPUTED_H

#include "base/mem.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/id.h"
#include "reckon/ask.h"

struct ward_api;

/* A question and what was said to it, both its own. */
struct api_reckoned {
	struct ward_str question, text;
	enum ward_err err;
	uint64_t used;
};

/* An answer, as long as it is good. */
struct api_cached {
	struct ward_str key, body;
	uint64_t version, used;
	char etag[40];
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

struct api_incident;
struct api_request;
/* back.c: how the order of recovery is to be read. */
enum api_back_is {
	API_BACK_NONE,      /* nothing is open */
	API_BACK_COMPUTING, /* there is none yet */
	API_BACK_OLDER,     /* what is open is another by now */
	API_BACK_CURRENT,
	API_BACK_FAILED, /* why says it */
};
/* The last plan for what is open, which is asked for anew where it is of something else; the
 * request's answer does not wait for it. */
enum api_back_is api_back(struct api_request *r, struct api_incident *const *in, size_t n);
/* What `reckon` said. */
WARD_MUST_CHECK enum ward_err api_back_take(
	struct ward_api *a, const struct ward_reckon_ask *ask, const struct ward_reckoned *d);

#endif
