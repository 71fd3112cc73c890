/* A chat message by XMPP: the client's side of one stream (RFC 6120), which begins TLS, logs in by
 * SASL (SCRAM-SHA-256 where it is offered, else PLAIN), binds, sends one message (RFC 6121 5) and
 * asks the server for a sign that it has it (XEP-0199).
 *
 * Pure: bytes in, bytes out, no socket and no TLS. What the server sends are outside bytes; a
 * stanza is bounded, XML beyond what RFC 6120 11 allows is refused, and nothing of a text goes
 * further than the name of an error. */
#ifndef WARD_RESPOND_XMPP_H
#define WARD_RESPOND_XMPP_H

#include "respond/scram.h"
#include "respond/webhook.h"
#include "xml/doc.h"

enum {
	WARD_XMPP_ADDRESS = 254, /* bytes of LOCAL@DOMAIN */
	WARD_XMPP_PASSWORD = 512,
	WARD_XMPP_STANZA = 64 << 10, /* bytes of one that comes */
	WARD_XMPP_DEPTH = 16,
};

/* Borrowed for as long as the session lasts. */
struct ward_xmpp_opts {
	struct ward_str user; /* whose password it is; ward_way_is_jid (ways.h), as `to` */
	struct ward_str password;
	struct ward_str to, text; /* text: UTF-8, anything */
	struct ward_id message;   /* the same whenever it is sent again */
	const uint8_t *nonce;     /* WARD_SCRAM_NONCE bytes that nobody can guess */
	bool tls;                 /* the connection is encrypted from its first byte */
	bool plain;               /* it stays in clear: the server is this machine */
};

enum ward_xmpp_state {
	WARD_XMPP_FEATURES, /* what the stream offers */
	WARD_XMPP_STARTTLS,
	WARD_XMPP_HANDSHAKE, /* the caller's turn: TLS, then ward_xmpp_secured */
	WARD_XMPP_LOGIN,
	WARD_XMPP_BIND,
	WARD_XMPP_SENT,
	WARD_XMPP_OVER, /* the outcome is known */
};

struct ward_xmpp {
	struct ward_xmpp_opts o;
	enum ward_xmpp_state state;
	bool secure, known; /* TLS; logged in */
	bool scrams;        /* it logs in by SCRAM */
	struct ward_scram scram;
	/* where the bytes are: within which kind of markup, and how deep */
	unsigned lex, depth;
	struct ward_wr stanza;   /* the one that comes */
	struct ward_wr document; /* and as a document of its own */
	struct ward_arena texts;
	struct ward_xmldoc doc;
	struct ward_outcome outcome;
};

/* Once, before the cage; it holds nothing yet. */
void ward_xmpp_init(struct ward_xmpp *x, const struct ward_mem *mem);
void ward_xmpp_fini(struct ward_xmpp *x);
/* A session begins; what is to be sent first is added to `out`. */
void ward_xmpp_begin(struct ward_xmpp *x, const struct ward_xmpp_opts *o, struct ward_wr *out);
/* Takes what the server sent; what is to be sent next is added to `out`. After it, look at state:
 * HANDSHAKE and OVER are for the caller, all others wait for more. Empty bytes: it hung up. */
void ward_xmpp_take(struct ward_xmpp *x, struct ward_slice bytes, struct ward_wr *out);
/* The handshake that HANDSHAKE asked for begins: what follows goes through it, once the certificate
 * was checked. */
void ward_xmpp_secured(struct ward_xmpp *x, struct ward_wr *out);

#endif
