/* What a controller of building or utilities measures while a scenario is played, over time and by
 * what is written to it (docs/scenarios.md). Lives in the scenario's arena. */
#ifndef WARD_EXERCISE_CONTROLLED_H
#define WARD_EXERCISE_CONTROLLED_H

#include "base/clock.h"
#include "base/slice.h"

struct ward_source;

/* From `at` on a value goes to `to`, within `over`; before the first it is what that leads to. */
struct ward_move {
	ward_ns at, over;
	double to;
};
struct ward_moves {
	struct ward_move *move; /* none begins before the one before it has ended */
	size_t n;
};
/* The value of moves, so long after the play's beginning; it may be before. */
double ward_moves_at(const struct ward_moves *m, ward_ns time);

/* How a value follows others of the same controller: their sum at when[0] and when[1] would bring
 * it to is[0] and is[1], and anything between or beyond in proportion; it gets there by the
 * first-order law with the time constant `within`. Where that is 0, `is` is what is added each
 * second. It never leaves low to high. */
enum { WARD_FOLLOW_MAX = 8 };
struct ward_follow {
	struct ward_str of[WARD_FOLLOW_MAX]; /* points */
	size_t n_of;                         /* 0: it follows nothing */
	double when[2], is[2], low, high;
	ward_ns within;
};

/* A controller of building or utilities, which answers whoever polls it while the scenario is
 * played live (exercise/device.h). */
struct ward_controller {
	const struct ward_source *source; /* bacnet:, modbus: or snmp: */
	struct ward_str at;               /* ADDR:PORT */
	struct ward_str *host;            /* assets for which it stands on their network: what */
	size_t n_host;                    /* steps write to one of them is written to it */
	uint32_t line;
	struct ward_controlled {
		struct ward_str point;   /* id */
		struct ward_moves moves; /* one that follows has its beginning here */
		struct ward_follow law;
		bool setting; /* it stays as it begins until somebody writes it */
		uint32_t line;
	} * value;
	size_t n_value;
};
/* Does it stand for the host of that id? */
bool ward_controller_is(const struct ward_controller *k, struct ward_str host);

#endif
