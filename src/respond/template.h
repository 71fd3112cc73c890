/* HTTP requests by template: each gateway for short messages, each chat and each ticket system has
 * an interface of its own, so a file says what it is to be sent, with slots for what changes.
 *
 * Pure. A template is what whoever may write into the hospital directory has written; values hold
 * anything, and are escaped by where they stand. */
#ifndef WARD_RESPOND_TEMPLATE_H
#define WARD_RESPOND_TEMPLATE_H

#include "base/id.h"
#include "respond/weburl.h"

/* X(NAME, "slot", what stands there) */
#define WARD_SLOT_LIST(X)                                              \
	X(TO, "to", "whom it is for")                                  \
	X(FROM, "from", "who says it")                                 \
	X(TEXT, "text", "the message in one line")                     \
	X(MESSAGE, "message", "all of the message")                    \
	X(ID, "id", "the same whenever the message comes again")       \
	X(ROOM, "room", "where it is said")                            \
	X(SECRET, "secret", "the first line of secret_file")           \
	X(INCIDENT, "incident", "Ward's id of an incident")            \
	X(TITLE, "title", "what it is, in one line")                   \
	X(WHERE, "where", "where it is")                               \
	X(LEVEL, "level", "how serious it is")                         \
	X(PRIORITY, "priority", "the same, as a ticket system counts") \
	X(REASON, "reason", "why it is closed")                        \
	X(TICKET, "ticket", "the ticket's id there")                   \
	X(USER, "user", "as whom Ward logs in")                        \
	X(LOGIN, "login", "user and secret, for Basic")                \
	X(SESSION, "session", "what a login gave")
enum ward_slot {
#define X(NAME, slot, what) WARD_SLOT_##NAME,
	WARD_SLOT_LIST(X)
#undef X
		WARD_SLOT_N,
};

/* How a value is escaped. */
enum ward_template_as {
	WARD_AS_URL,  /* all but letters, digits and -._~ in percent (RFC 3986 2.1) */
	WARD_AS_FORM, /* the same */
	WARD_AS_JSON, /* within the quotes of a string */
	WARD_AS_XML,
	WARD_AS_PLAIN,
	WARD_AS_FIELD, /* of a header: control characters become blanks */
};

/* That of a body's content type: application/json, application/x-www-form-urlencoded, text/plain,
 * application/xml, text/xml. False: another one. */
bool ward_template_type(struct ward_str content_type, enum ward_template_as *ret);
/* Those of a message. */
#define WARD_SLOTS_TOLD ((1u << (WARD_SLOT_SECRET + 1)) - 1)

/* A bit for each slot that stands in it. *ret_unknown: the first {word} that is no slot, or an
 * empty text. */
unsigned ward_template_slots(struct ward_str t, struct ward_str *ret_unknown);
/* Writes it with the values in it. */
void ward_template_fill(struct ward_str t, enum ward_template_as as,
	const struct ward_str value[WARD_SLOT_N], struct ward_wr *w);

/* A request; headers, path and body are templates. */
enum { WARD_TEMPLATE_HEADERS = 4 };
struct ward_template {
	struct ward_str method;                        /* "GET", "POST", "PUT" or "PATCH" */
	struct ward_str header[WARD_TEMPLATE_HEADERS]; /* "Authorization: Bearer {secret}"; or
							  empty */
	struct ward_str type;                          /* of the body */
	struct ward_str body;                          /* of GET empty */
	bool keep;                                     /* another one follows on its connection */
};
/* The slot that is wrong, and those that may stand in its place: "{nr}", "{to} {text}". */
struct ward_template_slot {
	char is[68], may[320];
};
/* Why it can't be sent to that path, and after a line end the mend; NULL: it can. Static. Where
 * ret->is is not empty, it is said of that slot, and its mend is to write one of ret->may. */
const char *ward_template_wrong(
	const struct ward_template *t, struct ward_str path, struct ward_template_slot *ret);
/* The same of a request that need not hold a message; slots: those that may stand in it. */
const char *ward_template_wrong_of(const struct ward_template *t, struct ward_str path,
	unsigned slots, struct ward_template_slot *ret);
/* Writes the whole request of a template with which nothing is wrong. Without a WARD_SLOT_ID it has
 * no Idempotency-Key. */
void ward_template_write(const struct ward_template *t, const struct ward_weburl *url,
	const struct ward_str value[WARD_SLOT_N], struct ward_wr *w);

#endif
