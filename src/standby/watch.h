/* Of what a machine says of the pair, what people are to know: that one is alone, that a copy lags,
 * that the witness is away, that one took over, that records were set aside, and that all is well
 * again. Each once. Pure: who calls it has the clock. */
#ifndef WARD_STANDBY_WATCH_H
#define WARD_STANDBY_WATCH_H

#include "standby/state.h"

enum ward_standby_news {
	WARD_NEWS_ALONE,    /* only this machine has what is acknowledged */
	WARD_NEWS_LAGS,     /* the other's copy of all but the journal is old */
	WARD_NEWS_WITNESS,  /* the witness is not reached: nobody could take over */
	WARD_NEWS_OVER,     /* this machine took over from one that was not heard */
	WARD_NEWS_FORCED,   /* the same, by hand: records may be on the other alone */
	WARD_NEWS_SWITCHED, /* the lead was handed over as planned */
	WARD_NEWS_ASIDE,    /* the other set records aside that this one does not have */
	WARD_NEWS_WHOLE,    /* all is well (again) */
	WARD_NEWS_N,
};

/* A copy lags when it is as old as so many times what is waited for. */
enum { WARD_NEWS_LAG = 20 };

struct ward_standby_said {
	enum ward_standby_news what;
	ward_ns since; /* wall clock */
	uint64_t n;    /* records of ASIDE; seconds of LAGS; else 0 */
};

/* Zeroed: nothing was told yet. */
struct ward_standby_watch {
	uint64_t epoch, diverged;
	bool told[WARD_NEWS_N];
};

/* "alone", "lags", …; lives forever. */
const char *ward_standby_news_name(enum ward_standby_news what);
/* What is new at the wall clock now, into ret; how many. Nothing unless this machine leads. w then
 * knows it: who could not tell it goes on with the w of before. */
size_t ward_standby_look(struct ward_standby_watch *w, const struct ward_standby_state *s,
	ward_ns now, struct ward_standby_said ret[WARD_NEWS_N]);

#endif
