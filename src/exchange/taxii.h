/* A TAXII 2.1 server (OASIS Standard, 2021) of one collection, without a socket: requests in,
 * answers out.
 *
 * Read-only. Each reader is a collection of its own: what may leave to it (offer.h). Who asks has
 * shown already who he is. Requests are outside bytes. Pure. */
#ifndef WARD_EXCHANGE_TAXII_H
#define WARD_EXCHANGE_TAXII_H

#include "exchange/offer.h"

/* Where it begins, and its one API root. */
#define WARD_TAXII_PATH "/taxii2/"
#define WARD_TAXII_ROOT "/taxii2/ward/"
#define WARD_TAXII_TYPE "application/taxii+json;version=2.1"

enum { WARD_TAXII_PAGE = 100, WARD_TAXII_PAGE_MAX = 1000 }; /* objects in an answer */

struct ward_taxii_reader {
	struct ward_str hospital, title; /* its name; the reader's */
	struct ward_str base;            /* "https://host:port" as he asked for it */
	struct ward_id collection;
	const struct ward_offer *offer;
};

struct ward_taxii_ask {
	struct ward_str method, target; /* with its query */
	struct ward_str accept;         /* empty: anything */
};

/* Is the path one of its own? */
bool ward_taxii_is(struct ward_str target);
/* The id of the collection of a reader of this hospital: the same in each life. */
struct ward_id ward_taxii_collection(const struct ward_model *m, struct ward_str reader);

struct ward_taxii_answer {
	unsigned status;
	const char *word;    /* "Not Found"; static */
	int64_t first, last; /* when what it holds was added; only if there is anything: has */
	bool has;
};
/* Writes the body of the answer: JSON, of the media type above, also when it is an error. NOMEM. */
WARD_MUST_CHECK enum ward_err ward_taxii_answer(const struct ward_taxii_reader *r,
	const struct ward_taxii_ask *ask, struct ward_taxii_answer *ret, struct ward_wr *body);
/* "2026-03-12T02:36:42.000001Z": microseconds since 1970, with six digits (3.1.2). */
void ward_taxii_time(int64_t us, struct ward_wr *w);

#endif
