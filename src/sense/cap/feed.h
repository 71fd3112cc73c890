/* A list of warnings (Atom, RFC 4287; RSS 2.0): where each of them lies. Sees untrusted documents;
 * pure. */
#ifndef WARD_SENSE_CAP_FEED_H
#define WARD_SENSE_CAP_FEED_H

#include "base/err.h"
#include "base/id.h"
#include "xml/doc.h"

enum { WARD_FEED_ENTRIES = 256, WARD_FEED_PATH = 1024 };

struct ward_feed_entry {
	struct ward_id version; /* of its id, where it lies and when it was changed */
	char path[WARD_FEED_PATH];
};

struct ward_feed {
	struct ward_feed_entry at[WARD_FEED_ENTRIES]; /* as listed */
	size_t n;
	size_t more;      /* beyond WARD_FEED_ENTRIES */
	size_t elsewhere; /* on another host, or not by https: not read */
	size_t odd;       /* without a usable address */
};

/* The host and port that entries must lie at; the port is 443 where an address names none. FOREIGN:
 * the document is neither Atom nor RSS. */
WARD_MUST_CHECK enum ward_err ward_feed_read(
	const struct ward_xmldoc *x, struct ward_str host, uint16_t port, struct ward_feed *ret);

#endif
