/* What Ward tells as a syslog message (RFC 5424): a signed head of the ledger as it is, of all else
 * its one line for people.
 *
 * Pure. Reads bodies that `respond` wrote (ward.head/1, ward.message/1 …). */
#ifndef WARD_RESPOND_SYSLOG_H
#define WARD_RESPOND_SYSLOG_H

#include "base/limit.h"
#include "base/mem.h"
#include "base/wr.h"

enum {
	WARD_SYSLOG_TEXT = 1024,    /* bytes of a text for people, at most */
	WARD_SYSLOG_DATAGRAM = 2048 /* RFC 5426 3.2: what any receiver should take */
};

/* One message; framed: with its length before it, as over TLS (RFC 5425 4.3). MALFORMED: the body
 * is none of respond's, or tells nothing. NOMEM. */
WARD_MUST_CHECK enum ward_err ward_syslog_write(struct ward_arena *a, const struct ward_limits *lim,
	struct ward_str body, bool framed, struct ward_wr *w);

#endif
