/* Calls to pagers and DECT handsets by a paging system that speaks ESPA 4.4.4: bytes and time in,
 * bytes out (docs/ways.md).
 *
 * Two roles on the line. As the control station Ward polls, and selects the paging system itself.
 * As a station it is polled by who controls the line, mostly the paging system, and selects it
 * when its turn comes. A call is delivered when the paging system acknowledged its block: that a
 * pager rang, nobody says. Pure; what comes of the line are outside bytes. */
#ifndef WARD_RESPOND_PAGER_H
#define WARD_RESPOND_PAGER_H

#include "base/limit.h"
#include "base/mem.h"
#include "base/wr.h"
#include "respond/webhook.h"

enum {
	WARD_PAGER_BLOCK = 256,
	WARD_PAGER_ADDRESS = 16, /* of a pager: digits */
	WARD_PAGER_TEXT = 128,   /* 4.3: of a display message */
};

/* 4.3, records of a call. */
enum ward_pager_priority { WARD_PAGER_ALARM = 1, WARD_PAGER_HIGH = 2, WARD_PAGER_NORMAL = 3 };
struct ward_pager_call {
	struct ward_str address, text; /* text: ASCII */
	unsigned beeps;                /* 0 to 9 */
	enum ward_pager_priority priority;
};
/* 1 to WARD_PAGER_ADDRESS digits. */
bool ward_pager_address(struct ward_str s);
/* What a pager is told of a message that `respond` wrote, in arena: the text, and by the level of
 * the most serious incident the priority. MALFORMED: it holds no text for a pager. NOMEM. */
WARD_MUST_CHECK enum ward_err ward_pager_read(struct ward_str body, const struct ward_limits *lim,
	struct ward_arena *arena, struct ward_pager_call *ret);

/* serial:/dev/NAME, or serial-server:HOST:PORT. Both borrow `at`. */
struct ward_pager_line {
	struct ward_str device; /* its path; empty: a serial server */
	struct ward_str server; /* HOST:PORT */
};
/* False: *ret_why says why; static. */
WARD_MUST_CHECK bool ward_pager_line_read(
	struct ward_str at, struct ward_pager_line *ret, const char **ret_why);

struct ward_pager_opts {
	bool control;     /* Ward is the control station */
	char own, system; /* addresses on the line: Ward's, the paging system's */
};

enum ward_pager_state { WARD_PAGER_IDLE, WARD_PAGER_WAITS, WARD_PAGER_SELECTS, WARD_PAGER_SENDS };

struct ward_pager {
	struct ward_pager_opts o;
	enum ward_pager_state state;
	bool over; /* `outcome` says what became of the call */
	struct ward_outcome outcome;
	uint8_t block[WARD_PAGER_BLOCK];
	size_t n_block;
	unsigned attempts;
	uint8_t last, before; /* the last two characters heard */
	bool polled;          /* ever, since the call began */
	ward_ns since;        /* the state began, or Ward last spoke */
	ward_ns began;        /* the call */
};

void ward_pager_init(struct ward_pager *p, const struct ward_pager_opts *o, ward_ns now);
/* Begins a call; there is none on its way, and its address is one. What is said first goes to w. */
void ward_pager_begin(
	struct ward_pager *p, const struct ward_pager_call *c, ward_ns now, struct ward_wr *w);
/* What was heard; what is said to it goes to w. */
void ward_pager_hear(struct ward_pager *p, struct ward_slice bytes, ward_ns now, struct ward_wr *w);
/* Time passed: a few times a second. */
void ward_pager_tick(struct ward_pager *p, ward_ns now, struct ward_wr *w);
/* The line ended with the call on its way. */
void ward_pager_lost(struct ward_pager *p, const char *why);
/* True once for each call: what became of it. */
bool ward_pager_over(struct ward_pager *p, struct ward_outcome *ret);

#endif
