/* What a request asks for and what its reader takes, out of the request's line and fields. They are
 * untrusted bytes; nothing is copied but the decoded path. */
#ifndef WARD_HTTP_TARGET_H
#define WARD_HTTP_TARGET_H

#include "base/wr.h"

/* The path of a target in origin form (RFC 9112 3.2.1), decoded into cap bytes, and the query as it
 * was sent, empty without one. False: another form, longer than cap, or what could be read in two
 * ways: an escape that is none, control characters, '\', no UTF-8, an empty segment, "." or "..".
 */
bool ward_http_path(struct ward_str target, char *to, size_t cap, struct ward_str *ret,
	struct ward_str *ret_query);
/* The value of a query's parameter, decoded as that of a form (URL Standard 5.1) into *w, whose
 * bytes it borrows. p NULL: it is not there, is there twice (RFC 6749 3.1), has a broken escape, is
 * longer than max, or *w has no room. It may hold any byte. */
struct ward_str ward_http_param(
	struct ward_str query, const char *key, size_t max, struct ward_wr *w);
/* The value of a cookie by its exact name (RFC 6265 5.4); empty when it is not there, or there
 * twice. */
struct ward_str ward_http_cookie(struct ward_str field, struct ward_str name);
/* Does an Accept-Encoding field take this coding (RFC 9110 12.5.3)? Only where it names it. */
bool ward_http_takes(struct ward_str field, struct ward_str coding);
/* Is it among the entity tags of an If-None-Match field (RFC 9110 13.1.2)? Compared weakly; tag
 * with its quotes. */
bool ward_http_has_tag(struct ward_str field, struct ward_str tag);
/* The host of a Host field or of an origin, without its port; of IPv6 without brackets. Empty: it
 * is none. */
struct ward_str ward_http_host(struct ward_str field);

#endif
