/* HOSPITAL/badges.csv (docs/privacy.md): whose a badge is, whether it was reported lost, and when
 * whoever holds it is on duty. Checked; findings have line and mend.
 *
 * A badge has one line or several, each with other hours. Hours are those of the hospital's wall
 * clock. Faces what whoever may write there has written. */
#ifndef WARD_DESK_BADGES_H
#define WARD_DESK_BADGES_H

#include "base/week.h"
#include "conf/conf.h"

#define WARD_BADGES_FILE "badges.csv"

enum {
	WARD_BADGES_MAX = 100000, /* lines */
	WARD_BADGE_TEXT = 128     /* bytes of a cell */
};

struct ward_badge {
	struct ward_str badge, who;
	bool lost;
	struct ward_week_turn hours; /* no days: nobody says when */
};
struct ward_badges {
	struct ward_badge *badge;
	size_t n;
};

struct ward_badges_in {
	const struct ward_limits *lim;
	struct ward_arena *arena; /* all of it lives there */
	struct ward_diag *diag;
};

/* CONFIG: with findings; *ret then holds the lines that are right. NOMEM. */
WARD_MUST_CHECK enum ward_err ward_badges_read(const struct ward_badges_in *in,
	struct ward_str file, struct ward_slice text, struct ward_badges *ret);
/* The same of the hospital's directory; without the file there are none. IO, LIMIT as well. */
WARD_MUST_CHECK enum ward_err ward_badges_load(
	const struct ward_badges_in *in, const char *dir, struct ward_badges *ret);

/* Its hours as a text for another process, empty where nobody says; and whether such a text has
 * that minute since Monday 00:00. False on a text that is none. */
void ward_badge_hours_put(struct ward_wr *w, const struct ward_badge *b);
bool ward_badge_hours_have(struct ward_str hours, uint32_t week_minute);

#endif
