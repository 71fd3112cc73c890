/* What the HTTP dissector keeps of one connection, shared by its files only. */
#ifndef WARD_SENSE_NET_HTTP_STREAM_H
#define WARD_SENSE_NET_HTTP_STREAM_H

#include "sense/net/proto/http/care.h"
#include "sense/net/proto/http/http.h"
#include "sense/net/sensor.h"

enum {
	WARD_HTTP_REQUESTS = 8,  /* that wait for their answer */
	WARD_HTTP_ROOM = 4096,   /* bytes of all their texts */
	WARD_HTTP_ANSWER = 1536, /* bytes of an answer's texts */
	WARD_HTTP_FIRST = 256,   /* first bytes kept of a body */
	WARD_HTTP_TARGET = 2048, /* bytes kept of a target */
};

/* Texts that are kept of a head, in this order, one behind the other:
 * X(IDENT, "event field", what it is, field it is the value of, most bytes) */
#define WARD_HTTP_REQUEST_TEXTS(X)                                         \
	X(METHOD, "http.method", TEXT, N, 24)                              \
	X(TARGET, "uri", URL, N, WARD_HTTP_TARGET)                         \
	X(HOST, "http.host", TEXT, HOST, 256)                              \
	X(USER_AGENT, "http.user_agent", TEXT, USER_AGENT, 512)            \
	X(LOOKUP_NAME, "http.lookup_header", TEXT, N, 64)                  \
	X(LOOKUP, "http.lookup", TEXT, N, 256)                             \
	X(REFERRER, "http.referrer", URL, REFERER, 512)                    \
	X(FORWARDED_FOR, "http.x_forwarded_for", TEXT, FORWARDED_FOR, 256) \
	X(API_VERSION, "http.x_api_version", TEXT, API_VERSION, 256)       \
	X(TYPE, "http.request_type", TEXT, CONTENT_TYPE, 128)              \
	X(ORIGIN, "http.origin", TEXT, ORIGIN, 128)                        \
	X(VIA, "http.via", TEXT, VIA, 128)                                 \
	X(UPGRADE, "http.upgrade", TEXT, UPGRADE, 64)                      \
	X(WEBSOCKET, "http.websocket_protocols", TEXT, WEBSOCKET, 128)     \
	X(FILE, "file.name", FILE, CONTENT_DISPOSITION, 256)               \
	X(HEADERS, "http.request_headers", LIST, N, 512)                   \
	X(COOKIES, "http.cookies", LIST, N, 256)                           \
	X(USER, "user", NOTHING, N, 256)

#define WARD_HTTP_ANSWER_TEXTS(X)                                         \
	X(REASON, "http.reason", TEXT, N, 64)                             \
	X(SERVER, "http.server", TEXT, SERVER, 256)                       \
	X(POWERED_BY, "http.powered_by", TEXT, POWERED_BY, 128)           \
	X(TYPE, "http.response_type", TEXT, CONTENT_TYPE, 128)            \
	X(ENCODING, "http.response_encoding", TEXT, CONTENT_ENCODING, 32) \
	X(LOCATION, "http.location", URL, LOCATION, 512)                  \
	X(VIA, "http.response_via", TEXT, VIA, 128)                       \
	X(CHALLENGE, "http.challenge", TEXT, N, 32)                       \
	X(REALM, "http.realm", TEXT, N, 128)                              \
	X(UPGRADE, "http.upgraded", TEXT, UPGRADE, 64)                    \
	X(WEBSOCKET, "http.websocket_protocol", TEXT, WEBSOCKET, 64)      \
	X(FILE, "file.name", FILE, CONTENT_DISPOSITION, 256)              \
	X(HEADERS, "http.response_headers", LIST, N, 512)                 \
	X(COOKIES, "http.set_cookies", LIST, N, 128)

enum ward_http_request_text {
#define X(IDENT, name, what, field, max) WARD_HTTP_Q_##IDENT,
	WARD_HTTP_REQUEST_TEXTS(X)
#undef X
		WARD_HTTP_Q_N,
};

enum ward_http_answer_text {
#define X(IDENT, name, what, field, max) WARD_HTTP_A_##IDENT,
	WARD_HTTP_ANSWER_TEXTS(X)
#undef X
		WARD_HTTP_A_N,
};

enum { WARD_HTTP_TEXTS = WARD_HTTP_Q_N };
_Static_assert((unsigned)WARD_HTTP_A_N <= (unsigned)WARD_HTTP_TEXTS, "texts of a head");

/* What is kept of a head besides its texts. */
struct ward_http_kept {
	uint16_t len[WARD_HTTP_TEXTS]; /* of each text */
	uint16_t size;                 /* of all */
	uint8_t major, minor;
	uint8_t care; /* ward_http_care_kind that its types tell */
	bool cut;     /* a text is not whole */
	bool length_given;
	uint32_t anomaly;
	uint64_t length;
};

/* A body, as far as it was seen. */
struct ward_http_body {
	uint64_t bytes;
	const char *mime, *bundle; /* or NULL; live forever */
	bool cut;                  /* it did not come to its end */
};

struct ward_http_request {
	struct ward_http_kept kept;
	struct ward_http_body body;
	bool receiving; /* its body has not ended yet */
	bool head, connect;
	bool cleartext;    /* of the credentials */
	const char *login; /* method of the credentials, or NULL */
	uint32_t depth;    /* which one of the connection, from 1 */
	ward_ns time;
};

struct ward_http_answer {
	struct ward_http_kept kept;
	struct ward_http_body body;
	uint16_t status;
	ward_ns time;
};

enum ward_http_state {
	WARD_HTTP_BETWEEN, /* before a head */
	WARD_HTTP_LENGTH,  /* in a body of `left` bytes more */
	WARD_HTTP_SIZE,    /* before a chunk's size */
	WARD_HTTP_CHUNK,   /* in a chunk of `left` bytes more */
	WARD_HTTP_AFTER,   /* before the line end of a chunk */
	WARD_HTTP_TRAILER, /* behind the last chunk */
	WARD_HTTP_CLOSE,   /* in a body that ends with the connection */
	WARD_HTTP_LOST,    /* after a gap: a begin is looked for */
	WARD_HTTP_STATE_N,
};

struct ward_http_side {
	enum ward_http_state state;
	bool closed;
	bool torn; /* bytes of the body are lost: those that follow are not its first */
	uint16_t n_first;
	uint32_t scanned; /* bytes of the head that hold no end */
	uint32_t file;    /* number of the body's; 0: none */
	uint64_t left, bytes;
	uint8_t first[WARD_HTTP_FIRST];
};

/* Who asks, on a connection of either version. */
struct ward_http_talk {
	uint8_t client; /* side */
	uint64_t login; /* hash of the last that was told as good */
};

struct ward_http_flow {
	struct ward_http_talk talk;
	bool seen;           /* a head */
	bool tunnel;         /* what follows is another protocol */
	bool answering;      /* `answer` is set */
	uint8_t n_request;   /* oldest first */
	uint32_t n_unpaired; /* requests behind them that were told at once */
	uint32_t depth;
	struct ward_http_side side[2];
	struct ward_http_request request[WARD_HTTP_REQUESTS];
	struct ward_http_answer answer;
	uint8_t room[WARD_HTTP_ROOM]; /* the requests' texts */
	uint8_t answer_room[WARD_HTTP_ANSWER];
};

static inline unsigned ward_http_side_of(const struct ward_dissect *d)
{
	return d->from_client ? 0 : 1;
}

/* The i-th text of kept in room. */
struct ward_str ward_http_text(const struct ward_http_kept *kept, const uint8_t *room, size_t i);
/* Writes the texts of a head to w and fills ret; user: of the credentials. */
void ward_http_keep(const struct ward_http_head *h, struct ward_slice user, struct ward_wr *w,
	struct ward_http_kept *ret);

/* event.c: one transaction. A request without an answer, an answer without a request: NULL. */
struct ward_http_told {
	const struct ward_http_request *request;
	const uint8_t *request_room;
	const struct ward_http_answer *answer;
	const uint8_t *answer_room;
	const char *outcome; /* lives forever */
};

bool ward_http_name_at(size_t i, struct ward_wr *w);
size_t ward_http_name_count(void);
/* Of a dissector whose first names are ward_http_name_at's. */
void ward_http_tell(const struct ward_dissect *d, const struct ward_http_talk *talk,
	const struct ward_http_told *t);
/* The credentials of a request, once the status has settled what they were good for; 0: it did not
 * come. */
void ward_http_tell_login(const struct ward_dissect *d, struct ward_http_talk *talk,
	const struct ward_http_request *r, const uint8_t *room, unsigned status);
/* The name that a head gives its body; empty: none. */
struct ward_str ward_http_file_name(const struct ward_http_head *h);
/* Begins the file that the body behind a head is: its number. r: what the head answers, or NULL. */
uint32_t ward_http_begin_file(struct ward_dissect *d, const struct ward_http_head *h,
	const struct ward_http_request *r, const uint8_t *room);
/* What a request's head says for its transaction; room of WARD_HTTP_ROOM bytes (w) takes the texts.
 */
struct ward_http_request ward_http_ask(
	const struct ward_dissect *d, const struct ward_http_head *h, struct ward_wr *w);

#endif
