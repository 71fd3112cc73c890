/* What a system is asked for by HTTP: a call as actuators.yml says it, as OpenC2 where the system
 * speaks that (OpenC2 Language Specification 1.0, its transfer by HTTPS), and what the answer
 * means.
 *
 * Pure. What is asked for comes from `act`, answers are an outsider's. */
#ifndef WARD_RESPOND_ACT_CALL_H
#define WARD_RESPOND_ACT_CALL_H

#include "base/limit.h"
#include "base/mem.h"
#include "respond/webhook.h"

#define WARD_CALL_JSON "application/json"
#define WARD_CALL_OPENC2 "application/openc2+json;version=1.0"
#define WARD_CALL_HEADER "Authorization: Bearer {secret}"

/* "POST https://host/path HTTP/1.1", as CACAO has it; the last word, and of the address all but the
 * path, may be missing. */
struct ward_call_line {
	struct ward_str method; /* GET, POST, PUT, PATCH or DELETE */
	struct ward_str origin; /* "https://host"; empty: it is not said */
	struct ward_str path;   /* with its query, without its first '/' */
};
/* False: it is none. Borrows text. */
bool ward_call_line(struct ward_str text, struct ward_call_line *ret);

/* Why that can't be what a system is asked for, and after "\n" the mend; NULL: it can. Lives
 * forever. */
const char *ward_call_wrong(struct ward_str line, struct ward_str content, bool openc2,
	const struct ward_limits *lim, const struct ward_mem *mem);
/* The same of `header`: "NAME: VALUE" with {secret} in the value. */
const char *ward_call_header_wrong(struct ward_str header);

/* Texts live in the arena. */
struct ward_call {
	struct ward_call_line line;
	struct ward_str content, type, header;
	bool openc2;
};
/* Out of the request of `act`. MALFORMED, NOMEM. */
WARD_MUST_CHECK enum ward_err ward_call_read(struct ward_arena *arena,
	const struct ward_limits *lim, struct ward_str body, struct ward_call *ret);
/* Writes the whole request. id: the same whenever it is asked again. */
void ward_call_write(const struct ward_call *c, const struct ward_weburl *url, struct ward_id id,
	struct ward_str secret, struct ward_wr *w);
/* What an answer of OpenC2 that HTTP calls good means: by its `status`, where 102 is no end, and
 * what holds none is no answer. */
void ward_call_judge(const struct ward_limits *lim, const struct ward_mem *mem,
	struct ward_slice answer, struct ward_outcome *o);

#endif
