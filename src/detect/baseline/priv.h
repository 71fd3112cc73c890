/* Inside the learned normal: profiles as loaded, and what is remembered. */
#ifndef WARD_DETECT_BASELINE_PRIV_H
#define WARD_DETECT_BASELINE_PRIV_H

#include "detect/baseline/baseline.h"
#include "detect/baseline/hist.h"
#include "detect/pattern.h"

enum {
	WARD_BL_PROFILES_MAX = 64,
	WARD_BL_FIELDS_MAX = 6, /* parts of a key or of a value */
	WARD_BL_ALT_MAX = 4,    /* fields of which the first that is there counts */
	WARD_BL_DIMS_MAX = 8,
	WARD_BL_ITEMS_MAX = 64, /* list items of one event that are looked at */
	WARD_BL_TEXT_MAX = 512, /* a key or value; longer ones are cut */
	WARD_BL_PART = 0x1f,    /* between the parts of a text */
	WARD_BL_BEYOND = 0x1e,  /* before how far beyond its range a value is */
};

enum ward_bl_kind { WARD_BL_SET, WARD_BL_RANGE, WARD_BL_RATE, WARD_BL_HOURS, WARD_BL_KIND_N };

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
	struct ward_hist hist;      /* RANGE, RATE */
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
};

struct ward_bl_key {
	struct ward_id id;
	uint32_t profile;
	enum ward_bl_state state; /* ODD: it is new, and that was told */
	char *text;
	uint32_t len;
	uint64_t count;
	ward_ns first, last;
	ward_ns odd_at;             /* last deviation; INT64_MIN: none */
	struct ward_bl_approval by; /* APPROVED */
	struct ward_bl_dim_state dim[];
};

struct ward_bl_profile_state {
	ward_ns first, last; /* of its events; INT64_MAX, INT64_MIN before */
	uint64_t n_event;    /* of all keys */
	uint64_t n_key, n_single;
};

struct ward_baseline {
	const struct ward_bl_profiles *profiles;
	const struct ward_mem *mem;
	struct ward_bl_config cfg;
	struct ward_bl_stats stats;
	struct ward_bl_profile_state *of; /* by profile */
	struct ward_tab keys;             /* id -> struct ward_bl_key * */
	struct ward_tab entries;          /* id -> struct ward_bl_entry * */
	struct ward_bl_key **key;
	size_t n_key, cap_key;
	size_t bytes;
	uint64_t *mask; /* by class id: bit i + 1: profile i takes it; bit 0: not looked at yet */
	size_t n_mask;
	/* of the event in hand */
	struct ward_arena arena;
	const struct ward_event *e;
	ward_ns time;
	ward_detect_sink sink;
	void *ctx;
};

/* table.c: what is remembered, and what is given up. */
struct ward_id ward_bl_key_id(const struct ward_bl_profile *p, struct ward_str key);
/* Of the detection that the key is new. */
struct ward_id ward_bl_new_id(const struct ward_bl_key *k);
struct ward_id ward_bl_entry_id(const struct ward_bl_key *k, size_t dim, struct ward_str text);
struct ward_bl_key *ward_bl_key_find(const struct ward_baseline *b, struct ward_id id);
/* A new key without events; others are given up at a limit. */
WARD_MUST_CHECK enum ward_err ward_bl_key_new(struct ward_baseline *b, struct ward_id id,
	uint32_t profile, struct ward_str text, struct ward_bl_key **ret);
void ward_bl_key_free(struct ward_baseline *b, struct ward_bl_key *k);
/* Forgets the keys for which `gone` is true. */
size_t ward_bl_keys_drop(
	struct ward_baseline *b, bool (*gone)(void *ctx, const struct ward_bl_key *k), void *ctx);
void ward_bl_approval_fini(struct ward_baseline *b, struct ward_bl_approval *a);
struct ward_bl_entry *ward_bl_entry_find(const struct ward_baseline *b, struct ward_id id);
/* A new entry without events; *ret NULL when the dimension is full of what can't be given up. */
WARD_MUST_CHECK enum ward_err ward_bl_entry_new(struct ward_baseline *b, struct ward_bl_key *k,
	size_t dim, struct ward_str text, struct ward_bl_entry **ret);
/* Counts n sights of an entry between two times; keeps the sums of its dimension. */
void ward_bl_entry_see(struct ward_bl_key *k, size_t dim, struct ward_bl_entry *en, uint64_t n,
	ward_ns first, ward_ns last);
/* An odd entry is usual from now on. */
void ward_bl_entry_accept(
	struct ward_bl_key *k, size_t dim, struct ward_bl_entry *en, enum ward_bl_state state);
WARD_MUST_CHECK enum ward_err ward_bl_number_see(
	struct ward_baseline *b, struct ward_bl_entry *en, int64_t milli, uint64_t n);
/* Within the bytes again, by giving up keys. */
WARD_MUST_CHECK enum ward_err ward_bl_trim(struct ward_baseline *b);
/* Sorted by profile, then text; in place. */
void ward_bl_sort_keys(struct ward_baseline *b);
/* The entries of a dimension, sorted by text, in an array of the arena; NULL: no memory or none. */
struct ward_bl_entry **ward_bl_sorted(
	struct ward_arena *a, const struct ward_bl_dim_state *d, bool by_count);

/* value.c: of an event to texts and numbers. */
/* Joined parts, item i of lists; false when a part has no value. text holds WARD_BL_TEXT_MAX. */
bool ward_bl_text(const struct ward_event *e, const struct ward_bl_parts *p, size_t i, char *text,
	struct ward_str *ret);
/* How many items the lists among the parts have; 1 without lists. */
size_t ward_bl_items(const struct ward_event *e, const struct ward_bl_parts *p);
/* In thousandths; false when it is no number or does not fit. */
bool ward_bl_milli(struct ward_str s, int64_t *ret);
bool ward_bl_number(
	const struct ward_event *e, const struct ward_bl_part *p, size_t i, int64_t *ret);
bool ward_bl_takes(const struct ward_bl_profile *p, const struct ward_event *e);

/* judge.c */
/* Is a value that was never seen news for this dimension? Not while it keeps growing: by Good and
 * Turing the chance that the next one is new is that of the values seen once. */
bool ward_bl_closed(const struct ward_bl_dim_state *d);
struct ward_bl_bounds {
	int64_t low, high;       /* what was usual, without the rare top */
	int64_t lowest, highest; /* beyond these is a deviation */
};
struct ward_bl_bounds ward_bl_bounds(const struct ward_bl_dim *d, const struct ward_bl_entry *en);
struct ward_bl_usual {
	int64_t usual; /* thousandths: the median of this hour of the week, shrunk */
	int64_t limit; /* more is a deviation */
};
struct ward_bl_usual ward_bl_rate(
	const struct ward_baseline *b, const struct ward_bl_key *k, size_t dim, ward_ns hour);
/* "Tue 03" */
struct ward_str ward_bl_hour_text(ward_ns t, char ret[16]);
/* "workday 03" */
struct ward_str ward_bl_day_text(ward_ns t, int shift, char ret[16]);

/* tell.c: a deviation as a detection. */
struct ward_bl_told {
	const struct ward_bl_key *key;
	size_t dim;             /* WARD_BL_DIMS_MAX: the key itself is new */
	struct ward_id id;      /* names it for ever */
	struct ward_str value;  /* parts */
	struct ward_str reason; /* words */
};
void ward_bl_tell(struct ward_baseline *b, const struct ward_bl_told *t);
void ward_bl_put_parts(struct ward_wr *w, struct ward_str text);
void ward_bl_put_milli(struct ward_wr *w, int64_t milli);
void ward_bl_put_span(struct ward_wr *w, ward_ns span);

const char *ward_bl_kind_name(enum ward_bl_kind k);
const char *ward_bl_state_name(enum ward_bl_state s);

#endif
