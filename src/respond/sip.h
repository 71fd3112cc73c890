/* One telephone call by SIP over UDP, as its caller (RFC 3261): datagrams and time in, datagrams
 * out.
 *
 * It invites, logs in where it is asked to, rings for a while, and ends what it began: by CANCEL
 * before somebody answers, by BYE behind. What is heard are outside bytes: only what belongs to
 * this call, by Call-ID, tags and branches that nobody else knows, changes anything. Requests that
 * belong to no call are answered as well, so that an exchange sees that Ward is there. */
#ifndef WARD_RESPOND_SIP_H
#define WARD_RESPOND_SIP_H

#include "base/clock.h"
#include "sip/message.h"
#include "respond/webhook.h"

enum {
	WARD_SIP_PORT = 5060,
	WARD_SIP_OUT = 4096, /* bytes of a message that is sent */
	WARD_SIP_TEXT = 512, /* of a value that is kept */
	WARD_SIP_RANDOM = 24,
};

struct ward_sip_opts {
	struct ward_str to, host;       /* NUMBER, and HOST[:PORT] as it stands in addresses */
	struct ward_str from;           /* as whom it calls */
	struct ward_str user, password; /* may be empty */
	struct ward_str local;          /* HOST:PORT where it hears; IPv6 in brackets */
	struct ward_str address;        /* the same without a port and brackets */
	bool v6;
	uint16_t media_port;
	uint8_t random[WARD_SIP_RANDOM];
	void (*send)(void *ctx, struct ward_slice datagram);
	void *ctx;
};

enum ward_sip_state {
	WARD_SIP_CALLING, /* nobody said anything yet */
	WARD_SIP_RINGING, /* the exchange is at it */
	WARD_SIP_CANCELLING,
	WARD_SIP_TALKING,
	WARD_SIP_ENDING,
	WARD_SIP_OVER,
};

struct ward_sip {
	struct ward_sip_opts o;
	enum ward_sip_state state;
	bool answered;               /* somebody, or a machine, took the call */
	bool hung_up;                /* and it was not Ward who ended it */
	struct ward_sip_media media; /* since it was answered */
	char key;                    /* the last one pressed, by INFO; the caller sets it to 0 */
	struct ward_outcome outcome; /* OVER, and nothing could be said: why; else .what is 0 */
	/* of sip.c */
	char call_id[2 * WARD_SIP_RANDOM + 1], tag[17];
	uint32_t cseq; /* of the last request with a number of its own */
	unsigned branch, invite_branch, bye_branch;
	uint32_t invite_cseq;
	unsigned logins;
	char to[WARD_SIP_TEXT], target[WARD_SIP_TEXT], routes[WARD_SIP_OUT / 2];
	uint8_t last[WARD_SIP_OUT]; /* what is sent again until it is answered */
	size_t n_last;
	ward_ns again, wait, end;
};

/* Texts of o live as long as the call. */
void ward_sip_begin(struct ward_sip *s, const struct ward_sip_opts *o, ward_ns now);
void ward_sip_hear(struct ward_sip *s, struct ward_slice datagram, ward_ns now);
/* Time passed: a few times a second. */
void ward_sip_tick(struct ward_sip *s, ward_ns now);
/* Ends the call, in whatever state it is. `outcome` is what became of one that nobody answered. */
void ward_sip_hang_up(struct ward_sip *s, ward_ns now, const struct ward_outcome *outcome);

#endif
