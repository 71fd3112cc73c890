/* Private to `ship`: a line that goes one way (ship/diode.h). Each batch is a group, whose
 * datagrams leave at a pace; then it is done with, since nobody can say that it arrived. While
 * there is nothing to say, an empty group says each five seconds that the line is there. */
#ifndef WARD_RUN_PROC_SHIP_DIODE_H
#define WARD_RUN_PROC_SHIP_DIODE_H

#include "run/proc/ship_link.h"
#include "ship/diode.h"

struct ship_diode {
	struct ward_process *p;
	struct ward_diode_out *out; /* NULL: there is no such line */
	int dialer, sock;
	bool dialing, sending;
	ward_ns next, apart, said; /* monotonic; apart: between two datagrams */
	ward_ns at_least;          /* between two, by the rate */
	uint8_t key[WARD_DIODE_KEY];
};

/* Settings url (diode://HOST:PORT), secret_file and rate (datagrams in a second). Before the cage;
 * ends the process when something is wrong. */
void ship_diode_open(struct ship_diode *d, struct ward_process *p);
/* In the cage: sessions of a folder follow each other, whatever its clock does. */
void ship_diode_begin(struct ship_diode *d, const char *dir);
/* Before the end: a group in hand to its end, as the pace has it. WAITS: there was none, or it
 * never began, and nobody counts it. */
enum ship_fate ship_diode_finish(struct ship_diode *d);
/* Then: so many empty groups that all that was lost is told there, and that this is the end. */
void ship_diode_settle(struct ship_diode *d);
void ship_diode_close(struct ship_diode *d);

/* The lines are copied; only where nothing is on its way. */
void ship_diode_post(struct ship_diode *d, struct ward_str lines);
/* ARRIVED: all of it left, or what was said was that the line is there; WAITS. */
enum ship_fate ship_diode_turn(struct ship_diode *d);
/* For poll: the dialer, and how long at most. */
int ship_diode_poll(const struct ship_diode *d, struct pollfd *ret);

#endif
