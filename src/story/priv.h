/* Inside story: what its files share. */
#ifndef WARD_STORY_PRIV_H
#define WARD_STORY_PRIV_H

#include "story/likely.h"
#include "story/record.h"
#include "story/story.h"
#include "story/text.h"
#include "story/zone.h"
#include "words/words.h"

enum {
	TOP = 5,        /* services that are told at length at once */
	STEPS_MAX = 32, /* different first steps of one incident that are remembered */
	COL_LEVEL = 10, /* where level and text of a sign begin */
	COL_SIGN = 18,
	COL_BODY = 2,
};

/* Detections of one title on one thing: told once, then counted. */
struct sign {
	struct ward_str title, on, where;
	unsigned level;        /* the highest */
	ward_ns first, last;   /* begin of the first, end of the last */
	uint64_t n, n_earlier; /* detections now, and by the revision before */
	uint64_t n_told;       /* and when it was last told of; 0: never */
	ward_ns told_last;     /* `last` at that time */
};

/* A service that may be hit by a threat. */
struct care {
	struct ward_arena arena; /* of its texts, renewed with each revision */
	struct ward_str name, threat_name, chain;
	uint64_t asset;
	bool outage;  /* the threat is that it does not work */
	bool further; /* only if whoever did this goes on */
	int64_t lo_micro, hi_micro, priority_micro;
	ward_ns earliest, expected;
	bool alive, told;
	enum ward_likely told_tier;
	ward_ns told_expected;
};

/* What an impact id stands for. */
struct hit {
	uint64_t asset; /* its hash */
	uint32_t care;  /* index + 1; 0: no service */
	uint32_t revision;
};

struct step {
	struct ward_str role, reach, text, on; /* on: where it was first called for */
	bool elsewhere;                        /* and then somewhere else too */
};

/* An incident as it was told so far. */
/* So many things of which nobody knows what follows are told of an incident. */
enum { UNKNOWN_MAX = 4 };

struct tale {
	struct ward_id id;
	uint32_t number, revision;
	struct ward_arena arena;
	struct ward_str state, domain;
	struct ward_headline name; /* told at the end */
	unsigned level;
	ward_ns first, last;
	struct sign *sign; /* in order of telling */
	size_t n_sign, cap_sign;
	struct ward_tab sign_by; /* hashes of title and thing → index */
	struct ward_tab seen;    /* ids of detections and clips, those seen lately */
	struct care *care;
	size_t n_care, cap_care;
	struct ward_tab care_by; /* hashes of asset and threat → index */
	struct ward_tab hit;     /* impact id → struct hit */
	struct ward_tab asset;   /* hash of what is no service → impacts on it */
	struct step step[STEPS_MAX];
	size_t n_step;
	struct ward_str unknown[UNKNOWN_MAX]; /* "name: threat", in order of coming */
	size_t n_unknown, n_unknown_told;
	bool care_changed;         /* since it was told of */
	bool care_told, care_sure; /* once; with what is at least possible */
	bool only_some;            /* of its many members only some are listed */
	bool again;          /* a sign came again, and it was not yet looked at whether to tell */
	uint64_t n_expected; /* detections of it that a works permit expects */
};

/* A detection that no incident has taken up yet. */
struct loose {
	struct ward_id id;
	struct ward_arena arena;
	struct ward_str title, on, because;
	uint64_t because_more;
	struct ward_str reason[WARD_RECORD_REASON];
	size_t n_reason;
	unsigned level;
	bool note;
	ward_ns first, last;
	struct ward_record_permit permit;
};

struct ward_story {
	const struct ward_mem *mem;
	struct ward_limits lim;
	struct ward_counters *counters;
	struct ward_seed seed; /* fixed: the same in each run */
	struct ward_record_reader *reader;
	struct ward_lang *lang;           /* NULL: English */
	struct ward_arena names, scratch; /* of the options; of one record */
	struct ward_str hospital, zone, all;
	struct ward_text text;
	struct ward_wr line;  /* one paragraph while it is composed */
	struct ward_wr aside; /* a part of it that goes into a slot */
	struct tale **tale;
	size_t n_tale, cap_tale;
	uint32_t n_number;
	struct loose *loose;
	size_t n_loose, cap_loose;
	struct ward_tab lone;     /* loose ones that were told: detection id */
	struct ward_tab expected; /* told as expected: hash of title, thing and permit */
	uint64_t n_expected;
	uint64_t n_detection, n_weak, n_lone;
	int day;            /* year, month and day of the last heading: yyyymmdd */
	bool headed, begun; /* whose story it is was told; anything was */
	bool summed;        /* nothing was told since ward_story_before */
	uint32_t block; /* number of the incident whose heading was told last, until a sign comes */
};

void ward_story_count(struct ward_story *s, const char *name);

/* keep.c: what is known. All NOMEM or LIMIT. */
struct tale *ward_story_find(const struct ward_story *s, struct ward_id id, size_t *ret_at);
WARD_MUST_CHECK enum ward_err ward_story_tale_new(
	struct ward_story *s, struct ward_id id, struct tale **ret);
void ward_story_tale_free(struct ward_story *s, struct tale *t);
/* The sign of a member, made when it is new (*ret_new). */
WARD_MUST_CHECK enum ward_err ward_story_sign(struct ward_story *s, struct tale *t,
	const struct ward_record_member *m, struct sign **ret, bool *ret_new);
/* The detection is of this incident, without being one of its signs: a permit expects it. */
WARD_MUST_CHECK enum ward_err ward_story_expects(
	struct ward_story *s, struct tale *t, const struct ward_record_member *m);
/* Notes that a clip is of this incident; *ret_new false: it was told. */
WARD_MUST_CHECK enum ward_err ward_story_clip(
	struct tale *t, const struct ward_record *r, bool *ret_new);
/* True the first time that this is told under this permit. */
WARD_MUST_CHECK enum ward_err ward_story_first_expected(
	struct ward_story *s, const struct loose *l, bool *ret);
WARD_MUST_CHECK enum ward_err ward_story_impact(
	struct ward_story *s, struct tale *t, const struct ward_record *r);
/* Counts a detection that repeats a sign of an incident; false when it does not. */
WARD_MUST_CHECK enum ward_err ward_story_repeat(
	struct ward_story *s, const struct loose *l, bool *ret);

/* incident.c */
WARD_MUST_CHECK enum ward_err ward_story_incident(
	struct ward_story *s, const struct ward_record *r);

/* tell.c: signs, headings, first steps. */
void ward_tell_sign(struct ward_story *s, const struct tale *t, const struct sign *sign,
	const struct ward_record_member *m);
void ward_tell_lone(struct ward_story *s, const struct loose *l);
void ward_tell_note(struct ward_story *s, const struct loose *l);
void ward_tell_expected(struct ward_story *s, const struct loose *l);
/* because.c */
/* The detection that became a sign, which came before its incident; NULL: it is settled. */
const struct loose *ward_story_loose(const struct ward_story *s, struct ward_id id);
/* What made its rule match, in the rule's and the event's own words; nothing where it is not known.
 */
void ward_tell_because(struct ward_story *s, const struct loose *l);
/* That signs beside an incident are expected. */
void ward_tell_works(struct ward_story *s, const struct tale *t);
/* Why a permit that comes near does not cover what was just told; nothing when there is none. */
void ward_tell_not_covered(struct ward_story *s, const struct ward_record_permit *p, ward_ns now);
/* That there is a clip of the incident, or why there is none. */
void ward_tell_clip(struct ward_story *s, const struct tale *t, const struct ward_record *r);
void ward_tell_taken_back(struct ward_story *s, struct ward_str title, struct ward_str on);
/* Those signs that came again and were not told of for long. */
void ward_tell_repeats(struct ward_story *s, struct tale *t);
/* The heading of an incident: that it opened or is another now (changed), what is to be done
 * (new_step: the step known last), or both. */
void ward_tell_opened(struct ward_story *s, const struct tale *t, bool changed, bool new_step);
/* A sentence of {incident}, {level}, {domain}, {state} and perhaps {span}; in the summary too. */
void ward_tell_standing(
	struct ward_story *s, const struct tale *t, const char *english, struct ward_str span);
/* A slot of a sentence: what stands in it, in which style, and what follows it plainly. */
struct piece {
	const char *name;
	struct ward_str text;
	enum ward_style style;
	struct ward_str tail;
};
/* More of the paragraph: a sentence with its slots filled, its own words in this style. */
void ward_tell_pieces(struct ward_story *s, enum ward_style style, const char *english,
	const struct piece *piece, size_t n_piece);
#define PLAIN(slot, words) ((struct piece){.name = (slot), .text = (words)})
#define STYLED(slot, words, in) ((struct piece){.name = (slot), .text = (words), .style = (in)})
#define TELL(s, style, english, ...)                                                   \
	ward_tell_pieces((s), (style), (english), (const struct piece[]){__VA_ARGS__}, \
		sizeof((const struct piece[]){__VA_ARGS__}) / sizeof(struct piece))
/* That somebody outside will not learn of it; nothing of what was delivered or is tried again. */
void ward_tell_undelivered(struct ward_story *s, const struct ward_record *r);
/* A text without slots. */
void ward_tell_say(struct ward_story *s, enum ward_style style, const char *english);
/* A paragraph by itself, of a text whose one slot is {n}. */
void ward_tell_line(
	struct ward_story *s, size_t indent, uint64_t n, const char *one, const char *others);
/* What the story's language says for a text of a record: a title, a threat, a first step. */
struct ward_str ward_tell_text(const struct ward_story *s, struct ward_str english);

/* Short texts that go into slots; they live where the caller puts them. */
enum { SHORT_BYTES = 96 };
struct brief {
	char p[SHORT_BYTES];
};
/* "INCIDENT 3" */
struct ward_str ward_tell_incident(struct brief *b, const struct ward_story *s, uint32_t number);
/* A number as its digits, for what is not counted. */
struct ward_str ward_tell_digits(struct brief *b, int64_t n);
/* The slot {role}, "Guard (extension 1)"; its tail is in s->aside until that is used again. */
struct piece ward_tell_role(struct ward_story *s, const struct step *step);
/* To the minute, with the day when it is not that of `now`: "Fri 00:30", "19 Mar 00:30". */
struct ward_str ward_tell_forecast(
	struct brief *b, const struct ward_story *s, ward_ns t, ward_ns now);
/* What is in s->line, as more of the paragraph; s->line is then empty. */
void ward_tell_put(struct ward_story *s, enum ward_style style);

/* care.c: consequences. */
WARD_MUST_CHECK enum ward_err ward_tell_care(struct ward_story *s, struct tale *t);
/* All that is hit, for the summary, as it looks at `now`. */
WARD_MUST_CHECK enum ward_err ward_tell_care_all(
	struct ward_story *s, const struct tale *t, ward_ns now);

/* summary.c */
struct summary {
	const char *title; /* a sentence of {counts} */
	uint64_t n_event;  /* 0: not known */
	size_t most;       /* incidents that are told, the latest */
	ward_ns now;       /* or the last sign, if that is later */
};
WARD_MUST_CHECK enum ward_err ward_tell_summary(struct ward_story *s, const struct summary *sum);

#endif
