/* Private to the process `api`: what it holds of files, of questions that are computed, and of how
 * often somebody asks. */
#ifndef WARD_RUN_PROC_API_HELD_H
#define WARD_RUN_PROC_API_HELD_H

#include "run/httpd.h"
#include "run/turns.h"

/* Tokens of a bucket: `most` at once, `per_s` each second. */
struct serve_bucket {
	ward_ns at; /* monotonic */
	int64_t used_micro;
};
struct serve_rate {
	int64_t most, per_minute;
};

struct serve_file {
	char *path; /* "/assets/x.js" */
	const char *type;
	struct serve_bytes {
		uint8_t *p; /* NULL: not there */
		size_t n;
	} plain, gzip; /* RFC 1952: as it is kept */
	char etag[36];
	bool lasting; /* its name changes with it */
};

/* What `reckon` or `recall` is asked, and who waits for it: none where an answer is only kept. */
struct serve_reckoning {
	uint32_t id;
	uint8_t *text; /* n bytes, its own; NULL: unused */
	size_t n;
	struct ward_httpd_ask *ask[WARD_TURNS_WAITING];
	size_t n_ask;
	ward_ns until; /* monotonic, once it is sent */
};
/* All that one of them is asked: each question at the place of its turn. */
struct serve_queue {
	struct ward_turns turns;
	struct serve_reckoning question[WARD_TURNS];
};

#endif
