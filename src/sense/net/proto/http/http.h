/* HTTP/1.0 and 1.1 (RFC 9110, RFC 9112): heads of messages, sizes of chunks, and what shows in them
 * who sends, as validated structs.
 *
 * All functions are pure over outside bytes and borrow them; none recurses or allocates. Costs are
 * O(bytes). */
#ifndef WARD_SENSE_NET_HTTP_HTTP_H
#define WARD_SENSE_NET_HTTP_HTTP_H

#include "base/rd.h"
#include "base/wr.h"

/* Reasons why a message is malformed: X(IDENT, "name") */
#define WARD_HTTP_REASON_LIST(X)                    \
	X(START, "net.http.reject.start_line")      \
	X(VERSION, "net.http.reject.version")       \
	X(STATUS, "net.http.reject.status")         \
	X(SIDE, "net.http.reject.side")             \
	X(HEAD_LONG, "net.http.reject.head.long")   \
	X(CHUNK_SIZE, "net.http.reject.chunk.size") \
	X(CHUNK_END, "net.http.reject.chunk.end")   \
	X(TRAILER_LONG, "net.http.reject.trailer.long")

enum ward_http_reason {
#define X(IDENT, name) WARD_HTTP_##IDENT,
	WARD_HTTP_REASON_LIST(X)
#undef X
		WARD_HTTP_REASON_N, /* none */
};

/* What is read on over although no two readers agree about it: X(IDENT, "name") */
#define WARD_HTTP_ANOMALY_LIST(X)                                              \
	X(BOTH_LENGTHS, "content-length-and-transfer-encoding") /* 9112 6.1 */ \
	X(LENGTHS_DIFFER, "content-lengths-differ")             /* 9112 6.3 */ \
	X(LENGTH_INVALID, "content-length-invalid")             /* 9110 8.6 */ \
	X(ENCODING_UNKNOWN, "transfer-encoding-unknown")        /* 9112 6.1 */ \
	X(ENCODING_OLD, "transfer-encoding-in-1.0")             /* 9112 6.1 */ \
	X(BARE_LF, "bare-lf")                                   /* 9112 2.2 */ \
	X(FOLDED, "folded-line")                                /* 9112 5.2 */ \
	X(BEFORE_COLON, "space-before-colon")                   /* 9112 5.1 */ \
	X(NO_COLON, "line-without-colon")                       /* 9112 5 */   \
	X(NAME_INVALID, "field-name-invalid")                   /* 9110 5.1 */ \
	X(CONTROL, "control-byte")                              /* 9110 5.5 */ \
	X(HOST_MISSING, "host-missing")                         /* 9112 3.2 */ \
	X(HOST_REPEATED, "host-repeated")                       /* 9112 3.2 */ \
	X(SPACES, "start-line-spaces")                          /* 9112 3 */

enum ward_http_anomaly {
#define X(IDENT, name) WARD_HTTP_ODD_##IDENT,
	WARD_HTTP_ANOMALY_LIST(X)
#undef X
		WARD_HTTP_ODD_N,
};

/* Header fields whose value is wanted: X(IDENT, "name") */
#define WARD_HTTP_FIELD_LIST(X)                       \
	X(ACCEPT, "Accept")                           \
	X(AUTHORIZATION, "Authorization")             \
	X(CONTENT_DISPOSITION, "Content-Disposition") \
	X(CONTENT_ENCODING, "Content-Encoding")       \
	X(CONTENT_LENGTH, "Content-Length")           \
	X(CONTENT_RANGE, "Content-Range")             \
	X(CONTENT_TYPE, "Content-Type")               \
	X(ETAG, "ETag")                               \
	X(HOST, "Host")                               \
	X(LAST_MODIFIED, "Last-Modified")             \
	X(LOCATION, "Location")                       \
	X(ORIGIN, "Origin")                           \
	X(POWERED_BY, "X-Powered-By")                 \
	X(PROXY_AUTHENTICATE, "Proxy-Authenticate")   \
	X(PROXY_AUTHORIZATION, "Proxy-Authorization") \
	X(REFERER, "Referer")                         \
	X(SERVER, "Server")                           \
	X(TRANSFER_ENCODING, "Transfer-Encoding")     \
	X(UPGRADE, "Upgrade")                         \
	X(USER_AGENT, "User-Agent")                   \
	X(VIA, "Via")                                 \
	X(WEBSOCKET, "Sec-WebSocket-Protocol")        \
	X(WWW_AUTHENTICATE, "WWW-Authenticate")       \
	X(API_VERSION, "X-Api-Version")               \
	X(FORWARDED_FOR, "X-Forwarded-For")

enum ward_http_field {
#define X(IDENT, name) WARD_HTTP_F_##IDENT,
	WARD_HTTP_FIELD_LIST(X)
#undef X
		WARD_HTTP_F_N,
};

enum {
	WARD_HTTP_HEAD = 65536, /* the longest head */
	WARD_HTTP_LINE =
		16384,       /* the longest chunk size with its extension, or line of a trailer */
	WARD_HTTP_MIME = 32, /* first bytes of a body that tell what it is */
};

/* One head. Of a field that comes more than once the first value counts. */
struct ward_http_head {
	bool answer;
	uint8_t major, minor; /* version */
	uint16_t status;
	struct ward_str method, target, reason_phrase;
	struct ward_str fields; /* all lines behind the start line */
	struct ward_str value[WARD_HTTP_F_N];
	bool has[WARD_HTTP_F_N];
	bool chunked, encoded; /* last transfer coding is chunked; there is one */
	bool length_given;
	uint64_t length;
	uint32_t anomaly; /* bits of ward_http_anomaly */
	/* The first field whose value asks for a lookup ("${"). */
	struct ward_str lookup_name, lookup;
	/* Why, when it is malformed. */
	enum ward_http_reason reason;
};

/* Could the bytes begin a request or an answer? Of a start line that is not whole, as far as it is
 * there. */
bool ward_http_starts(struct ward_slice bytes);
/* Is that not sure yet: a method's front, or a start line that is not whole? */
bool ward_http_may_start(struct ward_slice bytes);
bool ward_http_starts_answer(struct ward_slice bytes);
/* The same of a connection that is known, with as few bytes as there are. */
bool ward_http_goes_on(struct ward_slice bytes);
/* The length of the head at the front up to and with its empty line; 0: it does not end. Bytes up
 * to `from` were searched before without success. */
size_t ward_http_head_size(struct ward_slice bytes, size_t from);
/* Fills all of ret from a whole head. False: malformed, ret->reason is set. */
WARD_MUST_CHECK bool ward_http_head(struct ward_slice bytes, struct ward_http_head *ret);
/* Reads ret->fields into an otherwise new ret; for who has taken the start line elsewhere. */
void ward_http_fields(struct ward_http_head *ret);
/* The next field line of rest; false after the last. What is no field line is passed over; odd
 * gathers bits of ward_http_anomaly. */
bool ward_http_next(struct ward_str *rest, struct ward_str *ret_name, struct ward_str *ret_value,
	uint32_t *odd);
/* Size of a chunk from its line without the line end (9112 7.1). */
WARD_MUST_CHECK bool ward_http_chunk_size(struct ward_str line, uint64_t *ret);
/* The value of a parameter (`; name="value"`, or with `,`) of a field's value; empty: there is
 * none. */
struct ward_str ward_http_param(struct ward_str value, const char *name);
/* The media type without parameters. */
struct ward_str ward_http_media_type(struct ward_str value);

/* Who an Authorization field says that they are (RFC 7617, RFC 7616, RFC 6750, MS-NTHT). */
struct ward_http_credentials {
	const char *method; /* basic, digest, bearer, ntlm, kerberos, other; lives forever */
	bool cleartext;
	uint8_t user[256];
	size_t n_user;
};

/* False: it does not say who (a first message of NTLM, nothing at all). */
bool ward_http_credentials(struct ward_str value, struct ward_http_credentials *ret);

#endif
