/* Calls by SIP (RFC 3261) as they pass by: which are under way, and what became of them.
 *
 * The table is of a sensor, not of a flow: a flow of UDP is over after a minute without a packet,
 * a call is not, and may begin over TCP and end over UDP (18.1.1). Fixed size; who calls and is
 * called stands in it as it came, and leaves it only in fields that are hidden before anything is
 * recorded. Sees outside bytes through room sip. */
#ifndef WARD_SENSE_NET_PROTO_SIP_H
#define WARD_SENSE_NET_PROTO_SIP_H

#include "sense/net/lru.h"
#include "sense/net/packet.h"
#include "sip/message.h"

enum {
	WARD_SIP_CALLS = 1024,   /* under way at once; see ward_sip_call_oldest */
	WARD_SIP_CALL_NAME = 48, /* bytes of a number or name that are kept */
};

/* What a call waits for. */
enum ward_sip_state {
	WARD_SIP_RINGS, /* an answer, also of a REGISTER */
	WARD_SIP_LASTS, /* its end */
	WARD_SIP_OVER,  /* nothing: it was told, and is asked for again where its answer was lost */
	WARD_SIP_ACKED, /* likewise, but who called has the answer (RFC 3261 17.2.1, timer I) */
	WARD_SIP_STATES,
};

/* Somebody, as an address of SIP names them, without %-escapes (RFC 3261 19.1.4), a number without
 * its visual separators (RFC 3966 5.1.1). */
struct ward_sip_name {
	uint8_t n, text[WARD_SIP_CALL_NAME];
};

/* One side of a call: where its messages come from. */
struct ward_sip_end {
	uint8_t ip[16];
	uint16_t port;
};

struct ward_sip_call {
	uint64_t id;     /* of Call-ID alone */
	uint64_t tag;    /* of who answered */
	uint64_t branch; /* of its last request's transaction */
	enum ward_sip_state state;
	ward_ns since;           /* of that state */
	bool registers;          /* a REGISTER that shows a password waits for its answer */
	bool aside;              /* another one has its Call-ID, tag and addresses now */
	bool shown, shown_proxy; /* its last request showed a password: 401, 407 ask for it */
	bool challenged;         /* and was asked for one */
	bool cancelled;          /* who calls wants it no more */
	uint8_t ip_version;      /* 4 or 6 */
	uint8_t proto;           /* WARD_PROTO_UDP or WARD_PROTO_TCP */
	uint16_t vlan;           /* 0: none */
	uint32_t cseq;           /* of that request */
	ward_ns asked, answered; /* answered: 0 until then */
	struct ward_sip_end from, to;
	struct ward_sip_name user, called;
};

struct ward_sip_calls {
	struct ward_lru table; /* by Call-ID, tag of who calls, and both addresses; the last one of
				  these by nothing else */
};

/* NOMEM leaves it empty. `calls` is a struct ward_sip_calls, all zero. */
WARD_MUST_CHECK enum ward_err ward_sip_calls_open(void *calls, const struct ward_mem *mem);
void ward_sip_calls_close(void *calls);
/* The call or REGISTER of a message between the packet's addresses, or NULL. A call is told by
 * Call-ID and the tag of who calls (12), which stands in From, or in To of what the called side
 * asks; a REGISTER by its transaction (17.1.3). Of several calls that have these in common it is
 * the one of this transaction, or that was answered with this tag, else the last one. */
struct ward_sip_call *ward_sip_call_find(const struct ward_sip_calls *c,
	const struct ward_packet *p, const struct ward_sip_message *m);
/* Of a full table the one to give up for another: told ones first, then ringing ones. NULL: there
 * is room. */
struct ward_sip_call *ward_sip_call_oldest(const struct ward_sip_calls *c);
/* The packet's sender asks: a new call, or a REGISTER, which is not in the table, which has room.
 */
struct ward_sip_call *ward_sip_call_begin(struct ward_sip_calls *c, const struct ward_packet *p,
	const struct ward_sip_message *m, ward_ns now);
/* Does the INVITE belong to the transaction of the call's last one (17.2.3), and call the same? */
bool ward_sip_call_repeats(const struct ward_sip_calls *c, const struct ward_sip_call *call,
	const struct ward_sip_message *m);
/* Does the request call whom that call does? */
bool ward_sip_call_is_to(const struct ward_sip_call *call, const struct ward_sip_message *m);
/* The call's last request is this one. */
void ward_sip_call_goes_on(const struct ward_sip_calls *c, struct ward_sip_call *call,
	const struct ward_sip_message *m);
/* Makes way for another one with Call-ID, tag and addresses of this message, which are the call's:
 * from then on it is found by its transaction, or, once it was answered, by the tag of that. NULL:
 * so it is, and `call` is no more to be used; else nothing was done: that one has its place. */
WARD_MUST_CHECK struct ward_sip_call *ward_sip_call_aside(struct ward_sip_calls *c,
	struct ward_sip_call *call, const struct ward_packet *p, const struct ward_sip_message *m);
void ward_sip_call_turn(struct ward_sip_calls *c, struct ward_sip_call *call,
	enum ward_sip_state state, ward_ns now);
/* One that is not to be waited for any more, or NULL: no call rings for longer than three minutes
 * (RFC 3261 16.6 item 11), half a day is the longest one, and an answer is asked for again for 32
 * s (17.2.1, timer H). */
struct ward_sip_call *ward_sip_call_aged(const struct ward_sip_calls *c, ward_ns now);
/* A hash of Call-ID: the same for the same call wherever it passes by. */
uint64_t ward_sip_call_id(struct ward_str call_id);
/* Does it last, and is this the tag of who answered? */
bool ward_sip_call_within(
	const struct ward_sip_calls *c, const struct ward_sip_call *call, struct ward_str tag);
/* Keeps the tag of the answer. */
void ward_sip_call_answer(
	struct ward_sip_calls *c, struct ward_sip_call *call, struct ward_str tag, ward_ns now);
/* Who asks: who let the call in says it (RFC 3325), else who calls. Empty: nobody, or who is not
 * known, as gateways write it. */
struct ward_sip_name ward_sip_caller(const struct ward_sip_message *m);
/* Whom a request is for: where it is sent (Request-URI; "urn:service:sos", RFC 5031, as it stands),
 * and only where that names nobody, and of an answer, what its sender wrote as To, which sends it
 * nowhere (8.1.1.2). */
struct ward_sip_name ward_sip_called(const struct ward_sip_message *m);
/* What became of a call that was answered with this status (RFC 3261 21), 300 to 699; NULL: it is
 * asked for again with a password. Lives forever. */
const char *ward_sip_refusal(unsigned status);

#endif
