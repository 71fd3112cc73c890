/* A kind of ticket system as data: which requests find, make, change and close a ticket there, and
 * where its answers say what Ward needs to know (docs/tickets.md). Files of content/tickets, or of
 * the hospital's own folder `tickets`, checked.
 *
 * Pure but for _load. Faces what whoever may write there has written. */
#ifndef WARD_RESPOND_TICKET_SYSTEM_H
#define WARD_RESPOND_TICKET_SYSTEM_H

#include "base/diag.h"
#include "base/limit.h"
#include "conf/conf.h"
#include "respond/template.h"

enum {
	WARD_TICKET_CLOSED = 16, /* states that mean closed */
	WARD_TICKET_LEVELS = 5,
	WARD_TICKET_NAME = 32,   /* bytes of a system's name */
	WARD_TICKET_NUMBER = 32, /* of what people call a ticket */
};

/* X(NAME, "key", whether it must be there, slots that may stand in it, beside those of who asks) */
#define WARD_TICKET_LIST(X)                                                          \
	X(LOGIN, "login", false, 0)                                                  \
	X(FIND, "find", true, 1u << WARD_SLOT_INCIDENT)                              \
	X(CREATE, "create", true, WARD_SLOTS_TICKET)                                 \
	X(UPDATE, "update", true, WARD_SLOTS_TICKET | 1u << WARD_SLOT_TICKET)        \
	X(REOPEN, "reopen", true, WARD_SLOTS_TICKET | 1u << WARD_SLOT_TICKET)        \
	X(CLOSE, "close", true,                                                      \
		WARD_SLOTS_TICKET | 1u << WARD_SLOT_TICKET | 1u << WARD_SLOT_REASON) \
	X(LOGOUT, "logout", false, 0)
#define WARD_SLOTS_TICKET                                                             \
	(1u << WARD_SLOT_INCIDENT | 1u << WARD_SLOT_TITLE | 1u << WARD_SLOT_MESSAGE | \
		1u << WARD_SLOT_WHERE | 1u << WARD_SLOT_LEVEL | 1u << WARD_SLOT_PRIORITY)
enum ward_ticket_do {
#define X(NAME, key, must, slots) WARD_TICKET_##NAME,
	WARD_TICKET_LIST(X)
#undef X
		WARD_TICKET_N,
};
/* "find". Lives forever. */
const char *ward_ticket_name(enum ward_ticket_do d);

struct ward_ticket_request {
	struct ward_template t;
	struct ward_str path;   /* behind that of the recipient's address; empty: there is none */
	struct ward_str answer; /* JSON pointer to what its answer must hold; may be empty */
};

/* Texts live as long as it does. */
struct ward_ticket_system {
	struct ward_arena arena;
	struct ward_ticket_request request[WARD_TICKET_N];
	struct ward_str session; /* JSON pointers (RFC 6901): into the answer to login … */
	struct ward_str id, state, number; /* … and to find; number: for people, may be empty */
	struct ward_str closed[WARD_TICKET_CLOSED];
	size_t n_closed;
	struct ward_str priority[WARD_TICKET_LEVELS]; /* informational … critical */
	uint64_t title;                               /* characters of a title, at most */
	bool html;                                    /* texts of several lines are HTML there */
};

struct ward_ticket_in {
	const struct ward_limits *lim;
	const struct ward_mem *mem;
	struct ward_diag *diag;
};

/* Reads the text of a file. CONFIG: with findings. NOMEM. Free either way. */
WARD_MUST_CHECK enum ward_err ward_ticket_system_read(const struct ward_ticket_in *in,
	struct ward_str file, struct ward_slice text, struct ward_ticket_system *ret);
/* The file of that name: of dir/tickets, else of content/tickets. NOT_FOUND: there is none; without
 * a finding. As above, IO. */
WARD_MUST_CHECK enum ward_err ward_ticket_system_load(const struct ward_ticket_in *in,
	const char *dir, const char *content, struct ward_str name, struct ward_ticket_system *ret);
void ward_ticket_system_free(struct ward_ticket_system *s);
/* It can be a file's: lower-case letters, digits, '-' and '_'. */
bool ward_ticket_is_system(struct ward_str s);
/* It can be what people call a ticket, and is shown to them: ASCII letters, digits, '-', '_', '#'.
 */
bool ward_ticket_is_number(struct ward_str s);
/* The path of that file. False: there is none, or the path is too long. */
enum { WARD_TICKET_PATH = 4096 };
bool ward_ticket_system_path(
	const char *dir, const char *content, struct ward_str name, char ret[WARD_TICKET_PATH]);
/* Whether a slot of who asks (user, secret, login) stands in it. */
bool ward_ticket_system_asks(const struct ward_ticket_system *s, enum ward_slot slot);

#endif
