/* Private to the process `respond`: what its files share. */
#ifndef WARD_RUN_PROC_RESPOND_H
#define WARD_RUN_PROC_RESPOND_H

#include "respond/respond.h"
#include "run/handed.h"
#include "run/held.h"
#include "run/proc/respond_listeners.h"
#include "run/proc/respond_memory.h"
#include "run/process.h"
#include "run/rows_link.h"

struct responder {
	struct ward_process p;
	struct ward_limits lim;
	struct ward_rows_link rows;
	struct ward_respond *respond;
	struct ward_respond_opts o;
	struct respond_listeners whom;
	int duty;  /* memory of the supervisor: who is on duty … */
	int care;  /* … and what people entered of availability */
	int holds; /* … and of the journal: what is held; WARD_FD_NONE: it does not say */
	struct ward_id holds_read;
	struct ward_holds held;
	struct ward_respond_hold hold[WARD_RESPOND_HOLDS]; /* and those that ended lately */
	size_t n_hold;
	struct ward_entries_taken entries;
	size_t unknown; /* incidents that are not all part of what is told of availability */
	int send[WARD_RECIPIENTS_MAX];       /* links */
	bool beat_lost[WARD_RECIPIENTS_MAX]; /* the last heartbeat was */
	int desk;                            /* link; WARD_FD_NONE: there is none */
	ward_ns asked[WARD_RECIPIENTS_MAX];  /* monotonic; 0: nothing is on its way */
	struct ward_id asked_for[WARD_RECIPIENTS_MAX], withdrawn[WARD_RECIPIENTS_MAX];
	struct ward_arena texts;
	struct ward_sharing sharing;
	struct ward_model *model; /* where `facts` */
	bool facts; /* a standard's messages are sent, or what was sent by law is compared */
	const char *dir;
	ward_ns looked; /* monotonic: at its folder */
	struct ward_wr list, listed;
	struct respond_memory known; /* the last row, and whom there is to tell */
	uint64_t saved;              /* up to that row */
	bool fetched;                /* all that there were at the start */
	uint8_t buf[WARD_MSG_MAX];
	uint8_t out[WARD_MSG_BODY_MAX];
};

/* A row of its own. Durable when it returns true, and read back. False: this process is to stop. */
bool responder_keep(struct responder *d, const struct ward_delivery *of);

/* ---- respond_hear.c: who sends, and who decides ---- */
/* False: there is no message of who sends to that listener. */
bool responder_hear(struct responder *d, size_t k);
/* False: there is no decision of the desk's. */
bool responder_hear_desk(struct responder *d);
/* What is on its way to that listener need not be heard any more. */
void responder_withdraw(struct responder *d, size_t k);
/* What that listener is to get now, if it waits for nothing. */
void responder_hand_over(struct responder *d, size_t k);

/* ---- respond_folder.c: originals that somebody keeps ---- */
void responder_make_folder(struct responder *d);
/* Takes confirmations, and lists what is to be kept; each two seconds. */
void responder_look_into_folder(struct responder *d);

#endif
