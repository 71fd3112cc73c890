/* Webhooks out: a message as one HTTP/1.1 POST, and what an answer to it means.
 *
 * Pure: bytes in, bytes out, no socket. Answers are outside bytes, read whole and bounded by
 * http/message before they come here. How a recipient checks the signature: docs/webhooks.md. */
#ifndef WARD_RESPOND_WEBHOOK_H
#define WARD_RESPOND_WEBHOOK_H

#include "base/clock.h"
#include "base/id.h"
#include "http/message.h"
#include "respond/weburl.h"

enum {
	WARD_WEBHOOK_ANSWER = 64 << 10, /* bytes of an answer's body */
	WARD_WEBHOOK_WHY = 160,
};

struct ward_webhook_post {
	const struct ward_weburl *url;
	struct ward_id message; /* the same whenever it is sent again */
	struct ward_str secret;
	struct ward_str body;
	const char *type; /* of the body; NULL: application/json */
	ward_ns now;      /* signed with it: who gets an old one again can tell */
};
/* Writes the whole request. */
void ward_webhook_write(const struct ward_webhook_post *post, struct ward_wr *w);

/* What became of one attempt. The numbers are those of messages between processes. */
enum ward_sent {
	WARD_SENT_DELIVERED = 1, /* the recipient said so (2xx) */
	WARD_SENT_REFUSED = 2,   /* it will not take it (3xx, 4xx): sending it again is of no use */
	WARD_SENT_FAILED = 3,    /* not now (5xx, 408, 425, 429), or no answer: again, later */
	/* somebody there says that he read it: instead of DELIVERED, or after it */
	WARD_SENT_ACKNOWLEDGED = 4,
	WARD_SENT_ON_MY_WAY = 5, /* the same, and goes there */
	/* the ticket of an incident is closed there: beside the outcome, and its id is the
	   incident's, as of a REFUSED that is about one ticket of a message, and of a DELIVERED
	   that says that the ticket is open there again; `why` is what people call the ticket */
	WARD_SENT_CLOSED = 6,
};
struct ward_outcome {
	enum ward_sent what;
	unsigned status;            /* of HTTP; 0: there was none */
	ward_ns retry_after;        /* what it asked for; 0: nothing */
	char why[WARD_WEBHOOK_WHY]; /* in words, printable ASCII */
};
/* What a whole answer means; h still holds its fields. now: of the wall clock. */
void ward_webhook_judge(const struct ward_httpmsg *h, const struct ward_httpmsg_whole *answer,
	ward_ns now, struct ward_outcome *ret);

#endif
