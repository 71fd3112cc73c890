/* Inside the learned normal: profiles as loaded, and what is remembered, as structures. */
#ifndef WARD_DETECT_BASELINE_STATE_H
#define WARD_DETECT_BASELINE_STATE_H

#include "base/people.h"
#include "detect/baseline/baseline.h"
#include "detect/baseline/hist.h"
#include "detect/pattern.h"
#include "model/walk.h"

enum {
	WARD_BL_PROFILES_MAX = 64,
	WARD_BL_FIELDS_MAX = 6, /* parts of a key or of a value */
	WARD_BL_ALT_MAX = 4,    /* fields of which the first that is there counts */
	WARD_BL_DIMS_MAX = 8,
	WARD_BL_ITEMS_MAX = 64,                /* list items of one event that are looked at */
	WARD_BL_TEXT_MAX = 512,                /* a key or value; longer ones are cut */
	WARD_BL_PART = 0x1f,                   /* between the parts of a text */
	WARD_BL_BEYOND = 0x1e,                 /* before how far beyond its range a value is */
	WARD_BL_PEERS_MIN = WARD_PEOPLE_LEAST, /* fewer give no figures and judge nobody */
	WARD_BL_HELD_BYTES = 1 << 16,          /* one event that waits for its turn */
};

enum ward_bl_kind {
	WARD_BL_SET,
	WARD_BL_RANGE,
	WARD_BL_RATE,
	WARD_BL_HOURS,
	WARD_BL_WEEK,
	WARD_BL_WALK,
	WARD_BL_TRAVEL,
	WARD_BL_KIND_N,
};

/* One part of a key or value. */
struct ward_bl_part {
	uint32_t alt[WARD_BL_ALT_MAX];
	size_t n_alt;
	bool counted; /* a number to which the position among the list's items is added */
};

struct ward_bl_parts {
	struct ward_bl_part part[WARD_BL_FIELDS_MAX];
	size_t n;
};

struct ward_bl_cond {
	uint32_t field;
	struct ward_pattern *glob; /* any of them */
	size_t n;
};

struct ward_bl_dim {
	struct ward_str id, says;
	enum ward_bl_kind kind;
	struct ward_bl_parts of; /* SET: the value; RANGE: one part, the number */
	struct ward_bl_parts by; /* RANGE: a range for each value of these */
	int64_t margin;          /* RANGE: per cent of the width that it may be beyond */
	int64_t factor;          /* RANGE (0: margin counts), RATE: times the usual */
	int64_t floor;           /* RANGE with a factor, RATE: this much is always usual */
	ward_ns slack;           /* WALK, TRAVEL: so much too fast is usual */
	int64_t speed;           /* TRAVEL: km/h that nobody exceeds */
	enum ward_level level;
};

struct ward_bl_profile {
	struct ward_str id, title, threat_code;
	uint32_t threat;
	struct ward_pattern *class;
	size_t n_class;
	struct ward_bl_cond *when, *unless;
	size_t n_when, n_unless;
	struct ward_bl_parts key;
	struct ward_bl_dim dim[WARD_BL_DIMS_MAX];
	size_t n_dim;
	ward_ns period; /* learning, from the key's first event */
	uint64_t min_events;
	ward_ns drift; /* 0: frozen when learned */
	bool tell_new; /* a key never seen is a deviation */
	bool persons;  /* its keys are persons: off without an agreement */
	bool ordered;  /* its events wait a minute, so that they come in the order of time */
	struct ward_bl_parts peers; /* keys with the same of these are peers … */
	size_t home; /* … or those that have this dimension's most seen value in common;
			WARD_BL_DIMS_MAX: there are no peers */
	enum ward_level level;
	struct ward_id print; /* of all that gives the learned its meaning */
};

struct ward_bl_profiles {
	struct ward_arena arena;
	const struct ward_mem *mem;
	struct ward_names *names;
	const struct ward_limits *lim;
	struct ward_bl_profile *p;
	size_t n;
	uint64_t ordered; /* bit i: profile i is */
};

enum ward_bl_state { WARD_BL_USUAL, WARD_BL_ODD, WARD_BL_APPROVED, WARD_BL_STATE_N };

/* Who said that a deviation is usual; texts may be NULL. */
struct ward_bl_approval {
	char *who, *why;
	uint32_t who_len, why_len;
	ward_ns at;
};

/* What is known of one value of one dimension of one key. */
struct ward_bl_entry {
	struct ward_id id; /* of profile, key, dimension, text; of an odd one: of its detection */
	struct ward_bl_entry *next, **link;
	char *text;
	uint32_t len;
	enum ward_bl_state state;
	uint64_t count;
	ward_ns first, last;
	uint32_t days; /* ODD: distinct days on which it was seen, in order of arrival */
	int64_t min, max;
	struct ward_hist hist; /* RANGE, RATE */
	/* RANGE, RATE "all": the bounds of what was usual when learning ended: what is learned
	 * later moves what is judged by only so far. */
	bool anchored;
	int64_t anchor_low, anchor_high;
	struct ward_bl_approval by; /* APPROVED */
};

struct ward_bl_dim_state {
	struct ward_bl_entry *head;
	size_t n;         /* entries */
	uint64_t single;  /* usual ones that were seen once */
	uint64_t total;   /* counts of the usual ones */
	uint64_t evicted; /* > 0: open, not judged */
	/* RATE: the hour that is being counted */
	ward_ns hour; /* INT64_MIN: none */
	uint64_t in_hour;
	bool told; /* this hour's deviation is known: it teaches nothing */
	ward_ns told_at;
	/* WALK, TRAVEL: where it was last */
	char *where; /* NULL: nowhere yet */
	uint32_t where_len;
	ward_ns at;
};

/* Keys of one profile that are of a kind, and what they have in common: sums over their usual
 * values, kept as those come and go. Lives as long as it has members. */
struct ward_bl_group_dim {
	uint64_t single, total; /* values that one member has; all pairs of a member and a value */
	struct ward_hist hist;  /* RATE: counts of the members' busy hours */
};

struct ward_bl_group {
	struct ward_id id;
	uint32_t profile;
	char *text;
	uint32_t len;
	size_t n_key;
	struct ward_bl_group_dim dim[];
};

struct ward_bl_key {
	struct ward_id id;
	uint32_t profile;
	enum ward_bl_state state; /* ODD: it is new, and that was told */
	char *text;
	uint32_t len;
	uint64_t count;
	ward_ns first, last;
	ward_ns odd_at;              /* last deviation; INT64_MIN: none */
	struct ward_bl_group *group; /* NULL: none known */
	struct ward_bl_approval by;  /* APPROVED */
	struct ward_bl_dim_state dim[];
};

struct ward_bl_profile_state {
	ward_ns first, last; /* of its events; INT64_MAX, INT64_MIN before */
	uint64_t n_event;    /* of all keys */
	uint64_t n_key, n_single;
};

/* An event of an ordered profile that waits until what was before it has come. */
struct ward_bl_held {
	ward_ns time;
	struct ward_id id;
	uint8_t *bytes; /* the fields that profiles look at, as a binary record */
	uint32_t len;
};

struct ward_baseline {
	const struct ward_bl_profiles *profiles;
	const struct ward_mem *mem;
	struct ward_bl_config cfg;
	struct ward_bl_stats stats;
	struct ward_bl_profile_state *of; /* by profile */
	struct ward_tab keys;             /* id -> struct ward_bl_key * */
	struct ward_tab entries;          /* id -> struct ward_bl_entry * */
	uint64_t allowed;                 /* bit i: profile i may look */
	struct ward_tab groups;           /* id -> struct ward_bl_group * */
	struct ward_tab shared;           /* id of group, dimension, value -> members (uint64_t) */
	struct ward_bl_key **key;
	size_t n_key, cap_key;
	size_t bytes;
	uint64_t *mask; /* by class id: bit i + 1: profile i takes it; bit 0: not looked at yet */
	size_t n_mask;
	struct ward_walk *walk;    /* NULL: no model */
	struct ward_bl_held *held; /* a heap: the earliest first */
	size_t n_held, cap_held;
	ward_ns latest, released; /* of all events; of those held */
	struct ward_arena held_arena;
	uint32_t *field; /* that ordered profiles look at */
	size_t n_field;
	/* of the event in hand */
	struct ward_arena arena;
	const struct ward_event *e;
	ward_ns time;
	ward_detect_sink sink;
	void *ctx;
};

#endif
