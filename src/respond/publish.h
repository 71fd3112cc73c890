/* A client of an MQTT broker that publishes and nothing else, MQTT 5: bytes in, bytes out, no
 * socket.
 *
 * One connection for each message: CONNECT, each publication with QoS 1 once the one before is
 * acknowledged, DISCONNECT. The broker's bytes are outside bytes. Version 5, since before it a
 * broker acknowledges what it does not let through, and can't say that nobody listens. */
#ifndef WARD_RESPOND_PUBLISH_H
#define WARD_RESPOND_PUBLISH_H

#include "base/limit.h"
#include "base/mem.h"
#include "base/wr.h"
#include "respond/webhook.h"

enum {
	WARD_PUBLISH_ANSWER = 4096, /* bytes of a packet of the broker */
	WARD_PUBLISH_TOPIC = 512,   /* of a topic */
	WARD_PUBLISH_MAX = 1024,    /* publications of one message */
};

/* Whether it names one topic, to which one may publish. */
bool ward_topic_valid(struct ward_str topic);

struct ward_publication {
	struct ward_str topic, payload;
	bool retain;        /* whoever comes later gets it, too */
	bool heard;         /* that nobody listens is a failure */
	uint32_t expires_s; /* then the broker forgets it; 0: never */
};
/* The publications of a message's body ("ward.topics/1", docs/topics.md), in arena. MALFORMED;
 * NOMEM.
 */
WARD_MUST_CHECK enum ward_err ward_publications_read(struct ward_str body,
	const struct ward_limits *lim, struct ward_arena *arena, struct ward_publication **ret,
	size_t *ret_n);

struct ward_publish_opts {
	struct ward_str client;             /* id */
	struct ward_str user, password;     /* empty: none */
	const struct ward_publication *all; /* borrowed; their topics are valid */
	size_t n;                           /* at least one */
};
struct ward_publish {
	struct ward_publish_opts o;
	bool connected;
	size_t at;           /* the publication on its way */
	uint64_t packet_max; /* of the broker */
	uint8_t in[WARD_PUBLISH_ANSWER];
	size_t n_in;
};
/* Writes the first bytes for the broker. */
void ward_publish_begin(
	struct ward_publish *p, const struct ward_publish_opts *o, struct ward_wr *w);
/* What the broker sent. MORE: w has what is to be sent now, or nothing; OK: it is over, *ret says
 * what became of it, and w may have last bytes. */
WARD_MUST_CHECK enum ward_err ward_publish_take(struct ward_publish *p, struct ward_slice bytes,
	struct ward_wr *w, struct ward_outcome *ret);

#endif
