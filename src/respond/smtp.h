/* E-mail out: a message as RFC 5322 text, and the client's side of one SMTP session (RFC 5321,
 * STARTTLS of RFC 3207, AUTH PLAIN of RFC 4954) that hands it over.
 *
 * Pure: bytes in, bytes out, no socket and no TLS. Replies are outside bytes; a reply is bounded,
 * and nothing of its text goes further than its code. */
#ifndef WARD_RESPOND_SMTP_H
#define WARD_RESPOND_SMTP_H

#include "respond/webhook.h"

enum {
	WARD_SMTP_ADDRESS = 254, /* bytes of a mail address (RFC 5321 4.5.3.1.3) */
	WARD_SMTP_LINE = 1000,   /* bytes of a reply's line, with its end */
	WARD_SMTP_LINES = 100,   /* of one reply */
	WARD_SMTP_LOGIN = 512,   /* bytes of a user, and of a password */
};

/* LOCAL@DOMAIN in ASCII, without quotes: what needs no escape in a command or a field. */
bool ward_smtp_is_address(struct ward_str s);

struct ward_smtp_mail {
	struct ward_str from, to;      /* ward_smtp_is_address */
	struct ward_str subject, text; /* UTF-8; both may hold anything */
	struct ward_id message;        /* the same whenever it is sent again */
	ward_ns now;
};
/* Header and body, lines ended by CR LF, without the dots of DATA. */
void ward_smtp_mail_write(const struct ward_smtp_mail *m, struct ward_wr *w);

/* Borrowed for as long as the session lasts. */
struct ward_smtp_opts {
	struct ward_str from, to, mail; /* mail: what ward_smtp_mail_write wrote */
	struct ward_str user, password; /* user empty: it doesn't log in */
	bool tls;   /* the connection is encrypted from its first byte (smtps) */
	bool plain; /* it stays in clear: the server is this machine */
};

enum ward_smtp_state {
	WARD_SMTP_GREETING,
	WARD_SMTP_EHLO,
	WARD_SMTP_STARTTLS,
	WARD_SMTP_HANDSHAKE, /* the caller's turn: TLS, then ward_smtp_secured */
	WARD_SMTP_AUTH,
	WARD_SMTP_MAIL,
	WARD_SMTP_RCPT,
	WARD_SMTP_DATA,
	WARD_SMTP_BODY,
	WARD_SMTP_OVER, /* the outcome is known */
};

struct ward_smtp {
	struct ward_smtp_opts o;
	enum ward_smtp_state state;
	bool secure, has_tls, has_plain;
	char line[WARD_SMTP_LINE];
	size_t len, n_line;
	unsigned code; /* of the reply's first line */
	struct ward_outcome outcome;
};

void ward_smtp_begin(struct ward_smtp *s, const struct ward_smtp_opts *o);
/* Takes what the server sent; what is to be sent next is added to `out`. After it, look at state:
 * HANDSHAKE and OVER are for the caller, all others wait for more. Empty bytes: it hung up. */
void ward_smtp_take(struct ward_smtp *s, struct ward_slice bytes, struct ward_wr *out);
/* The handshake that HANDSHAKE asked for is done, with a certificate that was checked. */
void ward_smtp_secured(struct ward_smtp *s, struct ward_wr *out);

#endif
