/* What the SMTP dissector keeps of one connection, shared by its files only. */
#ifndef WARD_SENSE_NET_SMTP_STREAM_H
#define WARD_SENSE_NET_SMTP_STREAM_H

#include "base/clock.h"
#include "sense/net/dissector.h"
#include "sense/net/line.h"
#include "sense/net/proto/smtp/smtp.h"

enum {
	WARD_SMTP_PENDING = 32, /* commands that wait for their replies (RFC 2920) */
	WARD_SMTP_NAME = 128,   /* of a host, a domain, a file, a program */
	WARD_SMTP_LIST = 8,     /* domains, files */
};

struct ward_smtp_text {
	uint8_t len;
	char p[WARD_SMTP_NAME];
};

struct ward_smtp_pending {
	const char *name;
	uint8_t kind;
	bool last; /* BDAT: of the message */
	ward_ns time;
};

enum ward_smtp_state { WARD_SMTP_AT_COMMAND, WARD_SMTP_IN_DATA, WARD_SMTP_IN_CHUNK };

/* From MAIL to the end of the message. */
struct ward_smtp_mail {
	bool open, has_sender;
	uint32_t recipients, refused;
	uint64_t bytes;
	uint8_t n_domain, n_file;
	struct ward_smtp_text sender, domain[WARD_SMTP_LIST], file[WARD_SMTP_LIST], agent;
	/* Place in the message. */
	bool in_header, in_content; /* of the message or a part; a Content- field */
	bool in_long;               /* the rest of a line is passed over */
};

struct ward_smtp_auth {
	bool on;
	uint8_t mechanism;
	uint8_t left; /* responses that are still to come; UINT8_MAX: not known */
	struct ward_smtp_text user;
};

struct ward_smtp_flow {
	bool seen, greeted;   /* it is SMTP; its greeting may be */
	bool heard;           /* the server has answered */
	bool lost[2];         /* by side, server second: the rest of a line is passed over */
	bool silent;          /* the server has closed */
	bool offers_tls;      /* in the reply to EHLO */
	uint8_t state, n, at; /* of the client; pending: how many, the oldest */
	uint16_t more;        /* code of a reply of several lines; 0: none */
	uint64_t chunk;       /* bytes left of a BDAT */
	bool last_chunk;      /* the message ends with it */
	uint32_t file;        /* number of the message as one; 0: none */
	uint64_t file_at;     /* bytes of it so far */
	struct ward_smtp_text banner, hello, offers_auth;
	struct ward_smtp_auth auth;
	struct ward_smtp_mail mail;
	struct ward_smtp_pending pending[WARD_SMTP_PENDING];
};

static inline void ward_smtp_keep(struct ward_smtp_text *t, struct ward_str s)
{
	t->len = (uint8_t)(s.len < sizeof(t->p) ? s.len : sizeof(t->p));
	if (t->len)
		memcpy(t->p, s.p, t->len);
}

static inline struct ward_str ward_smtp_str(const struct ward_smtp_text *t)
{
	return (struct ward_str){t->p, t->len};
}

/* A port says who serves better than who was heard first. */
bool ward_smtp_is_server(const struct ward_dissect *d);

/* events.c; all come from the client. reply: NULL: there is none. */
bool ward_smtp_name_at(size_t i, struct ward_wr *w);
void ward_smtp_tell_hello(const struct ward_dissect *d, const struct ward_smtp_pending *p,
	const struct ward_reply *reply);
void ward_smtp_tell_command(const struct ward_dissect *d, const struct ward_smtp_pending *p,
	const struct ward_reply *reply);
/* p: DATA, or the last BDAT; NULL: it came to none. */
void ward_smtp_tell_mail(const struct ward_dissect *d, const struct ward_smtp_pending *p,
	const struct ward_reply *reply);
void ward_smtp_tell_login(const struct ward_dissect *d, const struct ward_reply *reply);

/* content.c: lines of the message, without their ends. */
void ward_smtp_see_content(struct ward_smtp_mail *m, struct ward_str line);
/* Bytes of the message as it was before dots were put in, for who takes files. */
void ward_smtp_carve(struct ward_dissect *d, struct ward_slice bytes);

#endif
