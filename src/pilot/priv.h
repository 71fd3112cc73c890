/* What the room's writers share. */
#ifndef WARD_PILOT_PRIV_H
#define WARD_PILOT_PRIV_H

#include "pilot/tell.h"

struct pilot_text {
	char p[160];
};
struct pilot_tell {
	const struct ward_pilot_report *r;
	struct ward_lang *lang;
	struct ward_doc *d;
	struct ward_wr line; /* of the document, in the making */
};

struct ward_str pilot_say(const struct pilot_tell *x, const char *english);
void pilot_put(struct pilot_tell *x, enum ward_doc_kind kind); /* the line, and begins another */
void pilot_heading(struct pilot_tell *x, const char *english);

/* "0.82", "12.5": with so many digits behind the mark; "–" of NaN. */
struct ward_str pilot_number(
	struct pilot_text *t, const struct pilot_tell *x, double v, int digits);
struct ward_str pilot_percent(struct pilot_text *t, const struct pilot_tell *x, double share);
/* "4:30" (minutes and seconds), "−0:40", "never". */
struct ward_str pilot_time(struct pilot_text *t, const struct pilot_tell *x, double seconds);
struct ward_str pilot_date(struct pilot_text *t, const struct pilot_tell *x, int64_t day);
/* How the numbers of a measure are written. */
typedef struct ward_str (*pilot_writes)(struct pilot_text *t, const struct pilot_tell *x, double v);
struct ward_str pilot_tenth(struct pilot_text *t, const struct pilot_tell *x, double v);
/* "4:10 to 9:00"; that there are too few for one. */
struct ward_str pilot_span(struct pilot_text *t, const struct pilot_tell *x,
	const struct ward_stats_span *s, pilot_writes writes);
/* "5:20 (middle half 4:10 to 9:00; n = 12)" */
struct ward_str pilot_median(struct pilot_text *t, const struct pilot_tell *x,
	const struct ward_stats_median *m, pilot_writes writes);
/* "With Ward", "with today's tools". */
struct ward_str pilot_with(const struct pilot_tell *x, enum ward_pilot_with k);

/* The parts behind the first table. */
void pilot_tell_times(struct pilot_tell *x);
void pilot_tell_care(struct pilot_tell *x);
void pilot_tell_daily(struct pilot_tell *x); /* interruptions, sample, upkeep, complaints */
void pilot_tell_forms(struct pilot_tell *x);
void pilot_tell_stop(struct pilot_tell *x);

#endif
