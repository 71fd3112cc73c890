/* HTTP/1.1 messages out of bytes (RFC 9112), requests or responses: a pure, bounded state machine
 * without a socket.
 *
 * Sees untrusted bytes. A message is its first line, at most 16 KiB of fields, and a body by
 * length, in chunks, or (of a response) to the end of the connection. What is ambiguous is refused,
 * not guessed: a length beside chunks, two lengths, folded or nameless fields, control characters.
 */
#ifndef WARD_HTTP_MESSAGE_H
#define WARD_HTTP_MESSAGE_H

#include "base/err.h"
#include "base/mem.h"
#include "base/wr.h"

enum { WARD_HTTPMSG_HEAD = 16 << 10, WARD_HTTPMSG_FIELDS = 64 };

struct ward_httpmsg_opts {
	const struct ward_mem *mem; /* borrowed */
	bool request;               /* else responses are read */
	size_t body_max;
};

/* Texts live until the next begin or take. */
struct ward_httpmsg_whole {
	struct ward_str method, target; /* of a request */
	unsigned status;                /* of a response */
	struct ward_slice body;
	bool keep; /* the connection may be used again */
};

struct ward_httpmsg;

/* NOMEM. */
WARD_MUST_CHECK enum ward_err ward_httpmsg_new(
	const struct ward_httpmsg_opts *opts, struct ward_httpmsg **ret);
void ward_httpmsg_free(struct ward_httpmsg *h);
/* Forgets the message in hand: a new connection. */
void ward_httpmsg_begin(struct ward_httpmsg *h);
/* Takes bytes off the front: OK: *ret is a whole message, and *ret_used bytes belong to it; begin
 * before the next. MORE: all were taken. MALFORMED, LIMIT: ward_httpmsg_why says what; the
 * connection is of no use any more. NOMEM. Responses 1xx are passed over. */
WARD_MUST_CHECK enum ward_err ward_httpmsg_take(struct ward_httpmsg *h, struct ward_slice bytes,
	size_t *ret_used, struct ward_httpmsg_whole *ret);
/* The peer ended the connection: OK: that made a message whole; MORE: there was none; MALFORMED: it
 * was cut. */
WARD_MUST_CHECK enum ward_err ward_httpmsg_end(
	struct ward_httpmsg *h, struct ward_httpmsg_whole *ret);
/* After LIMIT: is it only that its body is too long? Then *ret is the message without a body. */
bool ward_httpmsg_headed(const struct ward_httpmsg *h, struct ward_httpmsg_whole *ret);
/* What was wrong; static. */
const char *ward_httpmsg_why(const struct ward_httpmsg *h);
/* A field of the message in hand by its name in any case, the ith of several; p == NULL: none. */
struct ward_str ward_httpmsg_field(const struct ward_httpmsg *h, const char *name, size_t i);
/* True once the fields were read and a body is waited for that the sender holds back (RFC 9110
 * 10.1.1); then it is to be told "100 Continue", once. */
bool ward_httpmsg_expects(struct ward_httpmsg *h);

#endif
