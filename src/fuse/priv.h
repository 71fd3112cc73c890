/* Inside fuse: what its files share. */
#ifndef WARD_FUSE_PRIV_H
#define WARD_FUSE_PRIV_H

#include "fuse/fuse.h"

/* At most so many repeats of one detection are known one by one, the newest by their end. What is
 * older can be neither revised nor withdrawn any more: windows that still change are not that many.
 */
enum { WARD_FUSE_PARTS_MAX = 64, WARD_FUSE_ROLE_MAX = 128, WARD_FUSE_TEXT_MAX = 256 };

/* So many events tell what a detection rests on: its own, or the first one of each rule that a
 * correlation joins. */
enum { WARD_FUSE_MARKS_MAX = 8 };

/* Why a kept detection is linked to its neighbours: the best link in a total order that does not
 * depend on arrival: kind of link, then hops, then the other's time, then its id. */
struct best {
	enum ward_join by; /* WARD_JOIN_FIRST: no link */
	uint32_t hops;
	const struct kept *other; /* in the same group */
};

/* One detection of those that say the same. */
struct part {
	struct ward_id id;
	uint32_t revision;
	ward_ns first, last;
	uint64_t mark[WARD_FUSE_MARKS_MAX]; /* the begin of an event's id */
	size_t n_mark;
};

/* Detections of one rule that say the same of the same thing, none further from the next than
 * ward_fuse_reach: one member of the story, counted. */
struct kept {
	struct ward_arena arena;
	struct ward_detection d; /* the earliest, but first and last span all; without evidence */
	struct ward_id key;      /* equal for those that say the same */
	struct part *part;       /* by (last, id) */
	size_t n_part, cap_part;
	uint64_t *mark; /* of all parts, ascending */
	size_t n_mark, cap_mark;
	uint64_t count;  /* all of them */
	struct part old; /* while count > n_part: the earliest of the others, and their last end */
	struct best best;
	struct group *group;
	struct ward_id side, tie; /* by hand (hand.c); zeros: no person put it anywhere */
};

/* What an incident is besides its members. */
struct gist {
	enum ward_incident_kind kind;
	enum ward_level level; /* the highest */
	ward_ns first, last;
};

/* What people decided last. */
struct decided {
	bool any;
	enum ward_incident_state state;
	enum ward_verdict_kind kind;
	struct ward_id id;
	ward_ns at;
	uint16_t n_role, n_text;
	char role[WARD_FUSE_ROLE_MAX], text[WARD_FUSE_TEXT_MAX];
};

/* A connected component of the link graph. */
struct group {
	struct kept **member; /* by (first, id) */
	size_t n, cap;
	uint32_t revision; /* 0: never given out */
	bool changed;      /* since it was given out */
	bool repeated;     /* since then, and nothing else */
	bool withheld;     /* see ward_fuser_withhold */
	bool due;          /* the time has come to tell of either */
	ward_ns told_at;   /* when it was given out */
	struct ward_id id; /* as last given out */
	struct gist gist;  /* the same */
	struct ward_id *superseded;
	size_t n_superseded, cap_superseded;
	struct decided decided;
	struct ward_id follows; /* an incident that was over; zeros: none */
	ward_ns follows_last;   /* its last sign */
	enum ward_level level;  /* highest of the members that are not expected */
	ward_ns last;
};

/* An incident that is too old to be joined and not over: people may still decide of it. */
struct asleep {
	uint32_t revision;
	struct gist gist;
	struct decided decided;
};

/* A name that no incident has any more: should one get it again, its revisions go on from here. */
struct past {
	uint32_t revision;
	ward_ns last;
};

struct ward_fuser {
	const struct ward_mem *mem;
	const struct ward_model *m;
	struct ward_fuse_options o;
	ward_fuse_cause_fn cause;
	void *cause_ctx;
	size_t max_kept, max_groups;
	struct group **group;
	size_t n_group, cap_group;
	struct ward_tab by_id;  /* id of each part → struct kept * */
	struct ward_tab past;   /* incident id → struct past */
	struct ward_tab asleep; /* incident id → struct asleep */
	ward_ns next_due;       /* no group is due before */
	bool sided;             /* some are on another side than zeros */
	struct ward_counters *counters;
	/* incidents that are no more, and not yet told so */
	struct gone {
		struct ward_id id;
		uint32_t revision;
		struct gist gist; /* as it was told before */
		struct decided decided;
		bool woken; /* it was quiet for long, and people decide of it */
	} * gone;
	size_t n_gone, cap_gone;
	struct ward_arena out; /* of the incident that was given out last */
	struct ward_incident incident;
	struct ward_verdict verdict; /* of that */
	struct decided decided;      /* the same, of one that is no more */
	struct group *told;          /* whose incident that is; NULL when it is no more */
	/* walking distance from one place, reused: valid where stamp == round */
	uint32_t *stamp, *queue;
	uint8_t *dist;
	uint32_t round;
};

/* Marks every node within o.place_hops of the place of d. */
void ward_fuse_walk(struct ward_fuser *f, const struct ward_detection *d);
/* The link between the detection walked from and another; false when there is none. */
bool ward_fuse_link(struct ward_fuser *f, const struct kept *a, const struct kept *b,
	struct best *ret_a, struct best *ret_b);

/* The node that stands for where, or on what, a detection is; WARD_NONE when it says neither. */
uint32_t ward_fuse_node(const struct ward_detection *d);

/* How far apart two detections that say the same may be and still be one member. */
ward_ns ward_fuse_reach(const struct ward_fuse_options *o, const struct ward_detection *d);
/* Between the end of one and the begin of the other; 0 when they overlap. Does not overflow. */
ward_ns ward_fuse_gap(const struct ward_detection *a, const struct ward_detection *b);

/* A copy that stands for no detection yet. */
WARD_MUST_CHECK enum ward_err ward_fuse_keep(
	struct ward_fuser *f, const struct ward_detection *d, struct kept **ret);
void ward_fuse_drop(struct ward_fuser *f, struct kept *k);
/* The same, and forgets the ids that it stands for. */
void ward_fuse_forget(struct ward_fuser *f, struct kept *k);

/* repeat.c */
struct ward_id ward_fuse_key(const struct ward_detection *d);
/* The key of what stands for all subjects, once there are too many. */
struct ward_id ward_fuse_crowd_key(const struct ward_detection *d);
/* One more detection in k; a known id is replaced. k->d says the span of all afterwards. When k is
 * in a group, its place there may have to change. */
WARD_MUST_CHECK enum ward_err ward_fuse_part_add(
	struct ward_fuser *f, struct kept *k, const struct part *p);
struct part *ward_fuse_part_find(const struct kept *k, struct ward_id id);
/* Do both rest on one event? */
bool ward_fuse_shares(const struct kept *a, const struct kept *b);
/* Sets id, revision, first and last of k->d by the parts. */
void ward_fuse_span(struct kept *k);
/* Takes in a detection whose id is not known. */
WARD_MUST_CHECK enum ward_err ward_fuse_insert(
	struct ward_fuser *f, const struct ward_detection *d, struct kept **ret);
/* A known one has a later revision that says the same. */
WARD_MUST_CHECK enum ward_err ward_fuse_revise(
	struct ward_fuser *f, struct kept *k, const struct ward_detection *d);
/* Takes a detection out of k. forget: nothing else has its id. */
WARD_MUST_CHECK enum ward_err ward_fuse_part_remove(
	struct ward_fuser *f, struct kept *k, struct part *p, bool forget);

WARD_MUST_CHECK enum ward_err ward_fuse_group_new(struct ward_fuser *f, struct group **ret);
void ward_fuse_group_free(struct ward_fuser *f, struct group *g);
WARD_MUST_CHECK enum ward_err ward_fuse_group_add(
	struct ward_fuser *f, struct group *g, struct kept *k);
void ward_fuse_group_take(struct group *g, const struct kept *k);
/* Takes a detection into the graph; k->group is where it ended, NULL if it is in none. */
WARD_MUST_CHECK enum ward_err ward_fuse_place(struct ward_fuser *f, struct kept *k);
/* Places again all that is left of a group; it may fall apart. The part with the earliest
 * detection goes on as the incident that it was. An empty group is freed, its incident gone. */
WARD_MUST_CHECK enum ward_err ward_fuse_regroup(struct ward_fuser *f, struct group *g);
/* A repeat came: to be told in time. */
void ward_fuse_repeated(struct ward_fuser *f, struct group *g);
/* The group's name will be another, or none. */
WARD_MUST_CHECK enum ward_err ward_fuse_retire(
	struct ward_fuser *f, const struct group *g, uint32_t revision);
/* Gives it the name of its earliest detection, and the next revision. */
WARD_MUST_CHECK enum ward_err ward_fuse_rename(struct ward_fuser *f, struct group *g);
/* Builds f->incident from a group. */
WARD_MUST_CHECK enum ward_err ward_fuse_tell(struct ward_fuser *f, struct group *g);
/* What its members say of it. */
struct gist ward_fuse_gist(const struct ward_fuser *f, const struct group *g);
/* The earliest member that is not expected; where all are, the earliest. */
const struct kept *ward_fuse_lead(const struct group *g);

/* hand.c. Always linked, by hand; and not kept apart by hand. */
bool ward_fuse_tied(const struct kept *a, const struct kept *b);
bool ward_fuse_beside(const struct kept *a, const struct kept *b);
/* A new one, in no group yet, goes to the side of what it links with best. */
void ward_fuse_choose_side(struct ward_fuser *f, struct kept *k);
/* Is a the better link? */
bool ward_fuse_better(const struct best *a, const struct best *b);

/* decide.c. The incident that has this name, or had it; NULL: none. */
struct group *ward_fuse_find(struct ward_fuser *f, struct ward_id id);
void ward_fuse_decided_set(struct decided *d, const struct ward_verdict *v);
/* Is it over, so that it takes no new sign? */
bool ward_fuse_sealed(const struct group *g);
/* It names one incident that was over: the one with the latest sign. */
void ward_fuse_follow(struct group *g, struct ward_id id, ward_ns last);
/* Two become one: the later of both decisions, and the state of both. */
void ward_fuse_decided_join(struct decided *to, const struct decided *from);
/* Sets state and verdict of f->incident; the texts are borrowed from d. */
void ward_fuse_decided_tell(struct ward_fuser *f, const struct decided *d);
/* An incident that is not over goes to sleep: its group is about to be given up. */
void ward_fuse_sleep(struct ward_fuser *f, const struct group *g);
void ward_fuse_decided_save(struct ward_wr *w, const struct decided *d);
void ward_fuse_decided_load(struct ward_rd *r, struct decided *d);
void ward_fuse_asleep_save(struct ward_fuser *f, struct ward_wr *w);
WARD_MUST_CHECK enum ward_err ward_fuse_asleep_load(struct ward_fuser *f, struct ward_rd *r);

/* Forgets everything. */
void ward_fuse_clear(struct ward_fuser *f);
void ward_fuse_count(struct ward_fuser *f, const char *name);

#endif
