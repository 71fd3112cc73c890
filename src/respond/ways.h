/* The ways to a recipient: what each needs in recipients.yml, checked, and the program that goes
 * it. A table; pure. */
#ifndef WARD_RESPOND_WAYS_H
#define WARD_RESPOND_WAYS_H

#include "base/slice.h"

struct ward_template_slot;

enum {
	WARD_SECRET_MIN = 16, /* bytes of a secret that signs; its first line */
	WARD_SECRET_MAX = 512,
};

/* X(NAME, "key of the file, with its address", "program that sends") */
#define WARD_CHANNEL_LIST(X)          \
	X(WEBHOOK, "webhook", "send") \
	X(MAIL, "mail", "mail")       \
	X(SMS, "sms", "post")         \
	X(CHAT, "chat", "post")       \
	X(MATRIX, "matrix", "post")   \
	X(SMPP, "smpp", "smpp")       \
	X(XMPP, "xmpp", "xmpp")       \
	X(MQTT, "mqtt", "publish")    \
	X(ESPA, "espa", "pager")      \
	X(TICKET, "ticket", "ticket") \
	X(SIP, "sip", "phone")        \
	X(SYSLOG, "syslog", "syslog") \
	X(PLAYED, "played", "played") /* of an exercise: nothing leaves Ward */
enum ward_channel {
#define X(NAME, key, program) WARD_CHANNEL_##NAME,
	WARD_CHANNEL_LIST(X)
#undef X
		WARD_CHANNEL_N,
};

/* What some of them need to know beside the address: X(NAME, "key"). A program has it as a setting
 * of that name. */
#define WARD_DETAIL_LIST(X)                         \
	X(FROM, "from")                             \
	X(TO, "to")                                 \
	X(USER, "user")                             \
	X(ROOM, "room")                             \
	X(METHOD, "method")                         \
	X(HEADER, "header")                         \
	X(TYPE, "content_type")                     \
	X(BODY, "body")                             \
	X(ANSWER, "answer")                         \
	X(SIREN, "siren")                           \
	X(CLIENT_CERTIFICATE, "client_certificate") \
	X(CLIENT_KEY, "client_key")                 \
	X(CALL, "call")                             \
	X(BEEPS, "beeps")                           \
	X(STATION, "station")                       \
	X(BAUD, "baud")                             \
	X(FRAME, "frame")                           \
	X(SENDS, "sends")                           \
	X(SYSTEM, "system")                         \
	X(CALLS_END, "calls_end")
enum ward_detail {
#define X(NAME, key) WARD_DETAIL_##NAME,
	WARD_DETAIL_LIST(X)
#undef X
		WARD_DETAIL_N,
};

/* What a machine gets that keeps how things are, and that no person reads: of a broker data in
 * topics of its own, or one that is on or off; tickets. */
enum ward_topics { WARD_TOPICS_NONE, WARD_TOPICS_DATA, WARD_TOPICS_SIREN, WARD_TOPICS_TICKETS };

enum ward_way_secret {
	WARD_SECRET_ALWAYS,
	WARD_SECRET_OF_USER, /* the password of `user`: both or neither */
	WARD_SECRET_NEVER,   /* nor a certificate: it is a line */
	WARD_SECRET_MAY,
	WARD_SECRET_FREE, /* none; but a certificate says whom to trust */
};

struct ward_way {
	/* ret_why: why not; static */
	bool (*check)(struct ward_str at, const char **ret_why);
	/* The address without what may be secret in it. */
	struct ward_str (*shown)(struct ward_str at);
	const char *what, *form; /* what the address is, and what a right one looks like */
	enum ward_way_secret secret;
	size_t secret_min, secret_max; /* bytes */
	bool data; /* a machine reads it: heartbeats and bookmarks are of use there */
	struct ward_way_detail {
		enum { WARD_DETAIL_NONE, WARD_DETAIL_MAY, WARD_DETAIL_MUST } is;
		bool (*check)(struct ward_str s); /* of one line; NULL: any is right */
		const char *what, *form;          /* as of the address */
	} detail[WARD_DETAIL_N];
	/* Of all that is given: what is wrong with it, and after a line end the mend; NULL:
	 * nothing. Static. Of a slot as ward_template_wrong says it; ret->is is empty before.
	 * May be NULL. */
	const char *(*wrong)(
		struct ward_str at, const struct ward_str *detail, struct ward_template_slot *ret);
};

/* Lives forever. */
const struct ward_way *ward_way(enum ward_channel c);
/* "webhook", "send", "from". Live forever. */
const char *ward_channel_name(enum ward_channel c);
const char *ward_channel_program(enum ward_channel c);
const char *ward_detail_name(enum ward_detail d);
/* It names a file of the hospital directory, which a program has by its path. */
bool ward_detail_is_file(enum ward_detail d);

/* LOCAL@DOMAIN of XMPP in ASCII: what needs no escape, and no resource. */
bool ward_way_is_jid(struct ward_str s);

struct ward_template;
/* The request that SMS, CHAT and MATRIX ask for, by these details; it borrows them. */
void ward_way_template(const struct ward_str *detail, struct ward_template *ret);

#endif
