/* HTTPS for people's browsers: libmicrohttpd behind this header, driven by the caller's loop.
 *
 * It faces whoever connects. Bounds of connections, heads, bodies and times are kept here, and what
 * could be read in two ways is refused before the caller sees it, but for the words of the refusal,
 * which are the caller's. A request that libmicrohttpd itself can't read is answered by it, in its
 * own words. Everything that the kernel is asked for is made by ward_httpd_new, before the cage
 * (WARD_CAGE_SERVE). One thread. */
#ifndef WARD_RUN_HTTPD_H
#define WARD_RUN_HTTPD_H

#include "base/clock.h"
#include "base/counter.h"
#include "base/err.h"
#include "run/seats.h"

enum {
	WARD_HTTPD_CONNECTIONS = 1024,
	WARD_HTTPD_SHARE = 256, /* of one peer */
	WARD_HTTPD_STREAMS = 512,
	WARD_HTTPD_TARGET_MAX = 4096,   /* bytes of path and query */
	WARD_HTTPD_HEAD_MAX = 16 << 10, /* of a request's line and fields */
	WARD_HTTPD_FIELDS_MAX = 64,
	WARD_HTTPD_QUEUE_MAX = 256 << 10, /* that wait in one stream */
	WARD_HTTPD_ANSWER_FIELDS = 24,
	WARD_HTTPD_DESCRIPTORS = WARD_HTTPD_CONNECTIONS + 128, /* that the process needs */
};
/* A connection's first byte to its first request's last; a body; an answer that is taken; between
 * two requests; and a stream's silence. */
#define WARD_HTTPD_REQUEST_TIME (10 * WARD_NS_PER_S)
#define WARD_HTTPD_ANSWER_TIME (60 * WARD_NS_PER_S)
#define WARD_HTTPD_IDLE_TIME (60 * WARD_NS_PER_S)
#define WARD_HTTPD_PULSE (15 * WARD_NS_PER_S)

/* TLS 1.3 and 1.2, ephemeral keys, authenticated encryption, nothing else. */
#define WARD_HTTPD_PRIORITIES                                                                 \
	"NONE:+VERS-TLS1.3:+VERS-TLS1.2:+AES-256-GCM:+CHACHA20-POLY1305:+AES-128-GCM:+AEAD:"  \
	"+ECDHE-ECDSA:+ECDHE-RSA:+GROUP-X25519:+GROUP-SECP256R1:+GROUP-SECP384R1:"            \
	"+SIGN-ECDSA-SHA256:+SIGN-ECDSA-SECP256R1-SHA256:+SIGN-ECDSA-SHA384:"                 \
	"+SIGN-ECDSA-SECP384R1-SHA384:+SIGN-EDDSA-ED25519:+SIGN-RSA-PSS-RSAE-SHA256:"         \
	"+SIGN-RSA-PSS-RSAE-SHA384:+SIGN-RSA-SHA256:+SIGN-RSA-SHA384:+CTYPE-X509:+COMP-NULL:" \
	"%SERVER_PRECEDENCE:%NO_TICKETS"

struct ward_httpd;

/* One request, which is answered exactly once: in the callback, or at any time later. Everything in
 * it lives until then. */
struct ward_httpd_ask {
	struct ward_str method; /* of HEAD "GET": what is answered goes out without its body */
	/* Decoded: begins with '/', is UTF-8, without control characters, '\', empty segments, "."
	 * and "..". Empty in a refusal. */
	struct ward_str path;
	struct ward_str query; /* as it was sent, what follows '?' */
	struct ward_slice body;
	uint8_t peer[WARD_SEATS_PEER]; /* whole address */
};

struct ward_httpd_field {
	const char *name, *value;
};
struct ward_httpd_answer {
	unsigned status;
	const struct ward_httpd_field
		*field; /* besides those of every answer; values without line ends */
	size_t n_field;
	struct ward_slice body; /* copied, unless it is lasting */
	bool lasting;           /* it outlives the server */
	/* of a stream: bytes that will be said in all, with nothing else between them; what ends
	 * before is broken off. 0: not known */
	uint64_t size;
};

struct ward_httpd_stream;

struct ward_httpd_opts {
	int listener; /* listening; taken, and closed at the end */
	const char *certificate,
		*key; /* PEM, of the chain and of its first; borrowed for the call */
	/* Whoever connects may show a certificate of their own, or not; PEM of whom those are that
	 * browsers offer one of; NULL: nobody is asked for one. Borrowed for the call. */
	const char *asks_for;
	size_t body_max;
	/* Of this request, whose head is there: less than body_max; NULL: body_max. */
	size_t (*body_of)(void *ctx, const struct ward_httpd_ask *a);
	const struct ward_httpd_field *always; /* of every answer; borrowed; n_always */
	size_t n_always;
	struct ward_str pulse; /* what a stream says when it has nothing to say; borrowed */
	/* A whole request. */
	void (*request)(void *ctx, struct ward_httpd_ask *a);
	/* Nothing that can be served: to be answered at once with this status and reason. */
	void (*refused)(void *ctx, struct ward_httpd_ask *a, unsigned status, const char *why);
	/* The stream that was given this is over; it may not be touched any more. */
	void (*gone)(void *ctx, void *stream_ctx);
	void *ctx;
	const struct ward_clock *clock;
	struct ward_counters *counters;
};

/* Borrows what is in o for as long as it lives, unless said otherwise. CONFIG: certificate and key
 * are none, or don't belong together; *ret_why says more. NOMEM, IO. */
WARD_MUST_CHECK enum ward_err ward_httpd_new(
	const struct ward_httpd_opts *o, struct ward_httpd **ret, const char **ret_why);
/* Ends all connections; whoever waits for an answer gets none. NULL is fine. */
void ward_httpd_free(struct ward_httpd *h);

/* Waits until there is something to do, one of also (n_also <= 8, -1 is none) can be read, or
 * wait_ms passed; does it. IO. */
WARD_MUST_CHECK enum ward_err ward_httpd_turn(
	struct ward_httpd *h, const int *also, size_t n_also, int wait_ms);

/* A field of the request's head, by its name in any case; empty (p NULL) without it. Of host,
 * origin, cookie, authorization and content-length there is never more than one. */
struct ward_str ward_httpd_value(const struct ward_httpd_ask *a, const char *name);
/* The certificate that was shown: that its key is there, TLS has proved; whose it is, and whether
 * it is good, is the caller's to say. */
struct ward_httpd_shown {
	uint8_t print[32];   /* SHA-256 of the whole */
	ward_ns from, until; /* wall clock */
};
/* False: there is none. */
bool ward_httpd_shown(const struct ward_httpd_ask *a, struct ward_httpd_shown *ret);
/* Whoever asked has shown who he is: his connection is not ended for another one. */
void ward_httpd_known(struct ward_httpd_ask *a);

/* Answers, and ends the ask. NOMEM: the connection was ended instead. */
WARD_MUST_CHECK enum ward_err ward_httpd_answer(
	struct ward_httpd_ask *a, const struct ward_httpd_answer *answer);
/* Answers with a stream, whose body is what it begins with. FULL: there are too many, the ask is
 * still to be answered. NOMEM: the connection was ended. */
WARD_MUST_CHECK enum ward_err ward_httpd_stream(struct ward_httpd_ask *a,
	const struct ward_httpd_answer *answer, void *stream_ctx, struct ward_httpd_stream **ret);
/* Says something in it. False: whoever reads is too slow, and it will end. */
bool ward_httpd_push(struct ward_httpd_stream *s, struct ward_slice bytes);
/* Bytes that wait to be taken. */
size_t ward_httpd_waiting(const struct ward_httpd_stream *s);
/* Ends it once what it has to say was taken. */
void ward_httpd_finish(struct ward_httpd_stream *s);

#endif
