/* Whom lone-worker devices and telephone systems call when somebody needs help: a user agent server
 * of SIP (RFC 3261) over UDP, without a socket: datagrams and time in, datagrams and events out.
 *
 * INVITE and MESSAGE (RFC 3428) are calls for help, each one event (docs/lone-worker.md). One is
 * answered 200 only when its owner says that its event is durable; one that is sent again is
 * answered again and told once. No voice is taken: what is offered is answered `inactive`, and the
 * call is ended soon. REGISTER and OPTIONS show that a device is there; one that must be heard and
 * is not is told as silent.
 *
 * Faces untrusted bytes. Only addresses of `peers` are heard; with a secret, only who proves it
 * (digest, RFC 7616 and 8760). Answers go where a request came from, never elsewhere. Memory is
 * bounded; single-threaded. */
#ifndef WARD_SENSE_SIP_UAS_H
#define WARD_SENSE_SIP_UAS_H

#include "base/counter.h"
#include "event/event.h"
#include "sense/sip/places.h"

/* X(NAME, "counter name", "what is wrong with what came") */
#define WARD_UAS_REJECT_LIST(X)                                                                  \
	X(STRANGER, "sip.reject.stranger", "it comes from an address outside of `peers`")        \
	X(MESSAGE, "sip.reject.message", "it is no message of SIP, or lacks what each has")      \
	X(LIMIT, "sip.reject.limit", "it has more or longer lines than any call")                \
	X(METHOD, "sip.reject.method", "it asks for what Ward does not do")                      \
	X(REQUIRE, "sip.reject.require", "it requires an extension that Ward has not")           \
	X(LOGIN, "sip.reject.login", "its login is wrong")                                       \
	X(CONTACT, "sip.reject.contact", "it says not where to answer")                          \
	X(DIALOG, "sip.reject.dialog", "it belongs to no call")                                  \
	X(FLOOD, "sip.reject.flood", "its sender sends more than anybody needs")                 \
	X(BODY, "sip.reject.body", "its body is none of the kind that it says; the call counts") \
	X(POSITION, "sip.reject.position", "its position can't be read; the call counts")

enum ward_uas_reject {
#define X(NAME, counter, what) WARD_UAS_REJECT_##NAME,
	WARD_UAS_REJECT_LIST(X)
#undef X
		WARD_UAS_REJECT_N,
};
/* Lives forever. */
const char *ward_uas_reject_counter(enum ward_uas_reject r);

/* What became of an event. */
enum ward_uas_taken {
	WARD_UAS_DURABLE,
	WARD_UAS_NO_ROOM,
	WARD_UAS_TOO_LARGE,
	WARD_UAS_ENDING, /* nobody knows: nothing is answered */
};

struct ward_uas_peer {
	uint8_t address[16]; /* IPv4 in its mapped form */
	uint16_t port;
};

/* The realm of its logins. */
#define WARD_UAS_REALM "ward"

struct ward_uas_opts {
	const struct ward_mem *mem; /* pointers and texts are borrowed for the server's life */
	struct ward_names *names;
	struct ward_counters *counters;
	struct ward_str source;
	struct ward_str local;   /* HOST:PORT, by which it is called; IPv6 in brackets */
	struct ward_str address; /* the same without a port and brackets */
	bool v6;
	struct ward_str peers;        /* addresses and networks, parted by blanks */
	struct ward_str secret, user; /* no secret: nobody logs in; no user: each by its number */
	bool md5, sha;                /* the sums that a login may have */
	const struct ward_sip_places *places;
	struct ward_str supervised; /* numbers, parted by blanks */
	ward_ns silence;            /* 0: who does not register is never silent */
	bool declines;              /* INVITE is answered 603, when it is recorded */
	bool registers;             /* REGISTER is taken */
	size_t devices_max;         /* that are known at once */
	struct ward_seed seed;      /* random */
	/* What the words of a call mean: it may change class and fields. NULL: nothing. NOMEM. */
	enum ward_err (*understand)(void *ctx, struct ward_event *e);
	enum ward_uas_taken (*record)(void *ctx, struct ward_event *e);
	void (*send)(void *ctx, const struct ward_uas_peer *to, struct ward_slice datagram);
	void *ctx;
};

struct ward_uas;

/* CONFIG: `peers` has what is no address and no network. NOMEM. */
WARD_MUST_CHECK enum ward_err ward_uas_new(
	const struct ward_uas_opts *o, ward_ns mono, ward_ns now, struct ward_uas **ret);
void ward_uas_free(struct ward_uas *u);
/* One datagram; mono is monotonic, now the time of day. NOMEM. */
WARD_MUST_CHECK enum ward_err ward_uas_hear(struct ward_uas *u, const struct ward_uas_peer *from,
	struct ward_slice datagram, ward_ns mono, ward_ns now);
/* Time passed: a few times a second. NOMEM. */
WARD_MUST_CHECK enum ward_err ward_uas_tick(struct ward_uas *u, ward_ns mono, ward_ns now);

#endif
