/* The parts of a message's body: one, or those of a multipart body (RFC 2046 5.1, RFC 5621).
 *
 * Pure. All of it are outside bytes; what is read borrows the body. A part that holds parts itself
 * is given as it is: nothing is read more than one deep. */
#ifndef WARD_SIP_BODY_H
#define WARD_SIP_BODY_H

#include "base/err.h"
#include "base/slice.h"

enum { WARD_SIP_PARTS = 8 };

struct ward_sip_part {
	struct ward_str type; /* "text/plain;charset=utf-8"; empty: none is stated */
	struct ward_str id;   /* of Content-ID, without its angle brackets; or empty */
	struct ward_str body;
};

struct ward_sip_body {
	struct ward_sip_part part[WARD_SIP_PARTS];
	size_t n;
};

/* An empty body has no parts. MALFORMED: a multipart body that is none; LIMIT: more parts than
 * that. */
WARD_MUST_CHECK enum ward_err ward_sip_body_read(
	struct ward_str content_type, struct ward_str body, struct ward_sip_body *ret);
/* Is `type` of that kind, "text/plain", whatever its parameters? */
bool ward_sip_type_is(struct ward_str type, const char *kind);

#endif
