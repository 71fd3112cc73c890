/* Private to the programs that tell one recipient, or ask one system, over a TCP connection of its
 * own for each message (or several, one after the other): what all of them do alike.
 *
 * A program takes one letter at a time from `respond` or `act`, has a connection made by a child
 * that reads nothing (run/dial.h), speaks its protocol on it, in TLS where that is asked for, and
 * says what became of it. When to try again is not its business. It is caged before it reads an
 * outside byte, and what it says of an answer is all that anybody learns of the outside.
 *
 * Settings: url, secret_file (its first line), certificate (whom to trust; none: whom this machine
 * trusts), client_certificate and client_key (shown to whoever asks), and what the channel reads
 * itself. */
#ifndef WARD_RUN_PROC_WAY_H
#define WARD_RUN_PROC_WAY_H

#include "respond/recipients.h"
#include "respond/told.h"
#include "run/postbox.h"
#include "run/proc/way_time.h"
#include "run/process.h"

struct camera_tls;
struct camera_tls_client;
struct way_channel;

enum way_state { WAY_IDLE, WAY_DIALING, WAY_TALKING };

/* What is to be done after a turn of the channel. */
enum way_next {
	WAY_ON,       /* send what is in `out`, and wait for more */
	WAY_STARTTLS, /* TLS begins; then the channel's `secured` */
	WAY_AGAIN,    /* another connection; then the channel's `begin` */
	WAY_OVER,     /* `outcome` holds what became of it; the rest of `out` is sent if it goes */
};

struct way {
	struct ward_process p;
	struct ward_limits lim;
	/* of the channel */
	const struct way_channel *channel;
	void *of; /* its own */
	struct ward_weburl url;
	char secret[WARD_SECRET_MAX];
	/* of the message in hand */
	struct ward_id id;
	struct ward_wr body; /* as it came */
	struct ward_wr out;  /* to be sent, behind what is on its way already */
	struct ward_outcome outcome;
	bool again; /* of `begin`: the connection is another one of the message, after WAY_AGAIN */
	/* of way.c */
	struct ward_arena told;   /* what way_told gives */
	struct ward_id delivered; /* the message before, if it was */
	bool any_delivered;
	struct camera_tls_client *client;
	struct camera_tls *tls;
	int link, dialer, sock;
	bool acts; /* it asks for actions; it is `act` that hands them over */
	enum way_state state;
	size_t sent;    /* bytes of `out` */
	short writable; /* what to wait for, to write on */
	short readable; /* the same, to read on */
	struct way_time time;
	uint8_t buf[WARD_MSG_MAX];
};

struct way_channel {
	const char *program;
	/* From the connection to the outcome, at most. With what the dialer takes it is less than
	 * the time after which `respond` asks again (way_time.h). */
	unsigned seconds;
	bool several;  /* answers: that is for each, from the one before (way_answered) */
	bool datagram; /* what has no TLS goes by UDP, each `out` in one datagram */
	bool upgrades; /* TLS may begin by a command of the protocol */
	/* Before the cage: reads its settings, w->url among them. A setting
	 * that is of no use ends the process. */
	void (*prepare)(struct way *w);
	/* Before the cage, and after the child that connects was made, which must not have what is
	 * read here: another secret than the first line of secret_file. May be NULL. */
	void (*ready)(struct way *w);
	/* The connection is there: what the channel says first. */
	enum way_next (*begin)(struct way *w);
	/* Bytes that came; none: the other side ended the connection. */
	enum way_next (*take)(struct way *w, struct ward_slice bytes);
	/* After WAY_STARTTLS, what it says first in TLS; the certificate is checked before a byte
	 * of it leaves. */
	enum way_next (*secured)(struct way *w);
	/* All of `out` was handed over, for protocols that answer nothing. May be NULL. */
	enum way_next (*sent)(struct way *w);
	void (*end)(struct way *w); /* may be NULL */
};

/* Reads the setting `url` into w->url; one that is none ends the process. Before the cage. */
void way_url(struct way *w, enum ward_weburl_scheme scheme);
/* What a person reads of the message in hand, until the next. False: nothing; the outcome is then
 * set. */
bool way_told(struct way *w, struct ward_told *ret);
/* Bytes of an HTTP answer. True: the outcome is set, and *ret_body is what the answer holds, until
 * its next use; false: more is to come. */
bool way_answer(struct way *w, struct ward_httpmsg *answer, struct ward_slice bytes,
	struct ward_slice *ret_body);
/* A whole answer came, and the next one is waited for. */
void way_answered(struct way *w);
/* The program. of: the channel's own memory, which stays the caller's. Gives the exit code. */
int way_run(const struct way_channel *c, void *of, int argc, char **argv);
/* Sets w->outcome; of `why` what is no printable ASCII becomes '?'. Gives WAY_OVER. */
enum way_next way_over(struct way *w, enum ward_sent what, const char *why);

#endif
