/* How a led play goes: what of the story is done, what comes next, what a trainer brought in, what
 * was decided, and which branches the story took.
 *
 * A state machine without clock, socket or file. All that happens is an entry, and an entry that
 * was taken is kept: the same entries give the same course, so a player that is started anew takes
 * them again, and who debriefs takes them from the exercise's log (docs/exercise.md), a line of
 * JSON each. Times of the play run without pauses. Single-threaded. */
#ifndef WARD_EXERCISE_COURSE_H
#define WARD_EXERCISE_COURSE_H

#include "exercise/scenario.h"

/* X(NAME, "name", a trainer asks for it) */
#define WARD_COURSE_LIST(X)                                                                       \
	X(STEP, "step", false)       /* step `index` of the story was played */                   \
	X(BROUGHT, "brought", false) /* step `index` of an inject or a branch was */              \
	X(BRANCH, "branch", false)   /* `index` was decided: taken or not */                      \
	X(END, "end", true)          /* nothing is left, or the trainer ends it */                \
	X(PAUSE, "pause", true)                                                                   \
	X(RESUME, "resume", true)                                                                 \
	X(NEXT, "next", true)     /* the time until what comes next is left out */                \
	X(SKIP, "skip", true)     /* step `index` of the story is not played */                   \
	X(REPEAT, "repeat", true) /* step `index`, which was played, once more */                 \
	X(INJECT, "inject", true) /* inject `index` of the scenario */                            \
	X(SAY, "say", true)       /* role `of` is told `text`: an inject that nobody prepared */  \
	X(DECIDE, "decide", true) /* `decided` `of`, by `by` */                                   \
	X(NOTE, "note", true)     /* `text`, for the debriefing */                                \
	X(SEEN, "seen", false) /* `by` in role `of` has what was told: say or inject `message` */ \
	X(GONE, "gone", false) /* what stood at host `of`, a `text`, ended and stays away */

enum ward_course_what {
#define X(NAME, name, asked) WARD_COURSE_##NAME,
	WARD_COURSE_LIST(X)
#undef X
		WARD_COURSE_N,
};
/* "step". Lives forever. */
const char *ward_course_name(enum ward_course_what w);
/* WARD_COURSE_N: nothing of this name, or (asked) nothing that a trainer asks for. */
enum ward_course_what ward_course_parse(struct ward_str s, bool asked);

enum { WARD_COURSE_TEXT = 2000, WARD_COURSE_ENTRIES = 1 << 16, WARD_COURSE_ANY = INT32_MAX };

struct ward_course_entry {
	enum ward_course_what what;
	struct ward_id id;      /* of the decision by which it was asked for; all zero: of none */
	struct ward_id message; /* of SEEN: the decision by which that was told */
	ward_ns at;             /* when it was */
	ward_ns played;         /* of the play: as `at` of steps, pauses left out */
	uint32_t index;         /* ANY of skip and repeat: the next one, the last one */
	bool taken;             /* of a branch */
	bool itself;            /* a decision that Ward's record shows: nobody entered it */
	enum ward_lead_decided decided;
	struct ward_str of, text;
	struct ward_str by; /* a person's id; a role, of what policy did; empty: nobody */
};

enum ward_course_fate {
	WARD_COURSE_WAITS,
	WARD_COURSE_PLAYED,
	WARD_COURSE_SKIPPED, /* the trainer said so */
	WARD_COURSE_LEFT,    /* a branch was taken */
};
enum ward_course_way { WARD_COURSE_OPEN, WARD_COURSE_TAKEN, WARD_COURSE_NOT_TAKEN };

struct ward_course; /* opaque */

/* Of a scenario, which is borrowed, as is mem. */
WARD_MUST_CHECK enum ward_err ward_course_new(
	const struct ward_mem *mem, const struct ward_scenario *s, struct ward_course **ret);
void ward_course_free(struct ward_course *c);

/* Takes it in; of skip and repeat `index` is then the step's own. STATE: that can't be now;
 * NOT_FOUND: there is no such step or inject; LIMIT; NOMEM: in all of them nothing was changed, and
 * *ret_why (not NULL, lives forever) says it for people. The texts are copied. */
WARD_MUST_CHECK enum ward_err ward_course_take(
	struct ward_course *c, struct ward_course_entry *e, const char **ret_why);
/* What comes next of itself, and when (`played`): a branch, a step, what was brought in, the end.
 * False: nothing does, since it has ended. */
bool ward_course_next(const struct ward_course *c, struct ward_course_entry *ret);

const struct ward_scenario *ward_course_scenario(const struct ward_course *c);
bool ward_course_paused(const struct ward_course *c);
bool ward_course_ended(const struct ward_course *c);
/* Of a step of the story, of one that was brought in; of a branch; how often an inject was. */
enum ward_course_fate ward_course_fate(const struct ward_course *c, size_t step);
enum ward_course_way ward_course_way(const struct ward_course *c, size_t branch);
uint32_t ward_course_injected(const struct ward_course *c, size_t inject);
/* When it was first decided so; NEVER. `of` empty in an entry stands for any. */
ward_ns ward_course_decided(
	const struct ward_course *c, enum ward_lead_decided d, struct ward_str of);
/* Is somebody in that role told something by it (a say, or an inject with a text for them)? Empty:
 * is anybody? *ret: what; of several the first, lives as long as the course. */
bool ward_course_tells(const struct ward_course *c, const struct ward_course_entry *e,
	struct ward_str role, struct ward_str *ret);
/* What was taken of the decision with that id, borrowed until the next call of take; NULL: nothing
 * was. */
const struct ward_course_entry *ward_course_asked(const struct ward_course *c, struct ward_id id);
/* All that was taken, in its order; borrowed until the next call of take. */
const struct ward_course_entry *ward_course_entries(const struct ward_course *c, size_t *ret_n);

/* A time of the clock, without the pauses before it. */
ward_ns ward_course_unpaused(const struct ward_course *c, ward_ns t);

/* The entry as a line of the log, without its end: time, played_s, what, and what it has. */
void ward_course_write(
	const struct ward_scenario *s, const struct ward_course_entry *e, struct ward_wr *w);
/* From such a line; its texts lie in the arena. MALFORMED: it is none of this scenario; NOMEM. */
WARD_MUST_CHECK enum ward_err ward_course_read(const struct ward_scenario *s,
	const struct ward_limits *lim, struct ward_arena *a, struct ward_str line,
	struct ward_course_entry *ret);

/* The line with which a performance begins in the log. */
struct ward_course_begin {
	ward_ns at;
	ward_ns until;  /* as read: when the next one began, of whatever scenario; NEVER */
	uint64_t speed; /* percent */
};
/* boot: of its sensors (exercise/act.h), which tells performances apart. */
void ward_course_write_begin(const struct ward_scenario *s, const struct ward_course_begin *b,
	struct ward_str boot, struct ward_wr *w);
/* Takes all entries of the last performance of its scenario in the log's text (with a boot: of that
 * one) into c, which is new, to where another begins. A last line without its end was just being
 * written, and is left out. NOT_FOUND: there is no such performance; MALFORMED: line *ret_line
 * can't be read, or can't have been; NOMEM.
 */
WARD_MUST_CHECK enum ward_err ward_course_log(struct ward_course *c, const struct ward_limits *lim,
	struct ward_str text, struct ward_str boot, struct ward_course_begin *ret,
	uint32_t *ret_line);

#endif
