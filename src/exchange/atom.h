/* A feed of CAP alerts (Atom, RFC 4287), and each alert, without a socket: paths in, answers out.
 * Pure; the path is outside bytes. */
#ifndef WARD_EXCHANGE_ATOM_H
#define WARD_EXCHANGE_ATOM_H

#include "exchange/offer.h"

#define WARD_ATOM_PATH "/cap/"

struct ward_atom_reader {
	struct ward_str hospital, title; /* its name; the reader's */
	struct ward_str base;            /* "https://host:port" as he asked for it */
	struct ward_id feed;             /* the same in each life */
	const struct ward_offer *offer;
	ward_ns since; /* when nothing is in it: as of when */
};

/* Is the path one of its own? */
bool ward_atom_is(struct ward_str target);
/* Writes what lies there: *ret_type is its media type, static. NOT_FOUND: nothing does. NOMEM. */
WARD_MUST_CHECK enum ward_err ward_atom_answer(const struct ward_atom_reader *r,
	struct ward_str target, const char **ret_type, struct ward_wr *body);

#endif
