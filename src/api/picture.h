/* Inside api: the picture that rows give, and what goes into it and out of it. */
#ifndef WARD_API_PICTURE_H
#define WARD_API_PICTURE_H

#include "api/computed.h"
#include "api/watched.h"
#include "base/json.h"
#include "care/past.h"
#include "crisis/crisis.h"
#include "law/law.h"
#include "model/permit/permit.h"
#include "respond/playbook/drive.h"
#include "watch/load.h"
#include "watch/shift.h"

enum {
	API_LANGS = WARD_HOSPITAL_LANGUAGES + 1,
	API_NODES = 256, /* of one incident's signs, by which it is found; more are counted */
	API_FLOORS = 32, /* likewise */
	API_GROUP = 64,  /* incidents that one row belongs to */
	API_STATE = 16,  /* bytes of a state's or a domain's name */
	API_ROLE = 128,
	API_BROKEN = 64,     /* things that fell silent, of which is told at a hand-over */
	API_PARTS = 1 << 20, /* rows of one incident */
	API_TEXTS = 1 << 16, /* by which detections are found … */
	API_TEXT_BYTES = 16 << 20
};

/* What an impact says. */
struct api_forecast {
	uint32_t node;                         /* WARD_NONE: the hospital does not have it */
	bool service, withdrawn, confidential; /* what it takes: others could read it */
	int64_t lo, hi, priority;
	ward_ns earliest, expected;
};

/* What a detection is found by; texts are of `texts`, or WARD_NONE. */
struct api_sign {
	uint64_t first_row; /* with which it came */
	ward_ns last;
	uint32_t rule, title, on;
	unsigned level;
};

/* A row that is kept. */
struct api_kept {
	struct ward_id id;
	enum ward_row_kind kind;
	uint32_t revision;
	uint32_t held; /* by how many; it goes with the last */
	uint64_t row;
	ward_ns time;
	struct ward_str json; /* its own */
	uint32_t node;        /* of a detection; or WARD_NONE */
	struct ward_id rule;  /* api_rule_key of a detection's */
	struct ward_id of;    /* the incident that a detection was given to last; a kept file */
	union {
		struct api_forecast f; /* of an impact */
		struct api_sign s;     /* of a detection */
		bool gone;             /* of a file: it is not kept, or no more */
	};
};

struct api_kept_list {
	struct api_kept **at;
	size_t n, cap;
};

/* A revision that says another state or level than the one before. */
struct api_turn {
	uint64_t row;
	ward_ns time, last;
	uint32_t revision;
	unsigned level;
	char state[API_STATE];
};

struct api_incident {
	struct ward_id id, into, follows; /* zeros: none */
	struct api_kept *last, *named;    /* the latest revision, and that with signs */
	struct api_kept_list part;        /* detections, impacts, and what others kept of it */
	struct api_turn *turn;
	size_t n_turn, cap_turn;
	uint64_t first_row, row;
	unsigned level;
	enum ward_phase phase;
	char state[API_STATE], domain[API_STATE];
	ward_ns first, seen; /* its first and its latest sign */
	size_t n_sign;
	uint32_t node[API_NODES], floor[API_FLOORS];
	size_t n_node, n_floor;
	bool placed;  /* of one at least the place is known */
	int64_t harm; /* millionths, of services; made with the line */
	unsigned taken_level;
	ward_ns taken; /* NEVER */
	bool left;     /* and is not there any more */
	char taken_by[API_ROLE];
	ward_ns asked; /* NEVER: nobody is asked who has not answered */
	char asked_for[API_ROLE];
	struct ward_law_case *law; /* NULL: nobody said anything for the law */
	struct ward_str called;    /* its own: texts of name, and where, one behind the other */
	struct ward_headline name;
	struct ward_str where;
	struct ward_str line[API_LANGS]; /* its own; p NULL: to be made */
};

struct api_action {
	struct ward_id id, incident; /* zeros: of none */
	uint32_t thing;              /* node, or WARD_NONE */
	struct api_kept_list row;    /* its rows, the proposal first */
	char state[API_STATE];
};

/* What a row told of a change, for streams. */
struct api_change {
	uint64_t row;
	enum ward_row_kind kind;
	struct ward_id id;
	struct ward_id *incident; /* its own */
	size_t n_incident;
	bool common; /* of no incident, and whoever sees incidents may know */
};

struct ward_api {
	struct ward_api_opts o;
	struct ward_lang *lang[API_LANGS]; /* the first is English: NULL */
	uint32_t *role, *floor;            /* nodes of the model */
	size_t n_lang, n_role, n_floor;
	struct ward_record_reader *reader;
	struct ward_arena of_line;      /* of the line that is made */
	struct ward_arena scratch;      /* of the row or request in hand */
	struct api_incident **incident; /* in the order in which they came */
	size_t n_incident, cap_incident;
	size_t n_law;               /* of which something was said for the law */
	struct ward_tab by_id;      /* id → struct api_incident * */
	struct ward_tab signs;      /* a detection's id → struct api_kept * */
	struct ward_tab impacts;    /* an impact's id → struct api_kept * */
	struct ward_tab about;      /* id of what belongs to incidents → struct api_group */
	struct api_kept_list loose; /* of all signs, in their order */
	struct ward_intern texts;   /* rules, titles and names of detections */
	uint64_t signs_forgotten;
	bool files_cut;              /* … and older ones that are kept are not among them */
	struct api_kept_list photo;  /* of reports */
	struct api_kept_list file;   /* suspicious ones that are kept: rows of clips … */
	struct api_kept_list report; /* what people saw and called for: decisions, in their order */
	struct api_kept_list filter; /* decisions that hold signs back */
	struct api_kept_list aside;  /* decisions not to ask about hosts, the last of each */
	struct api_action **action;
	size_t n_action, cap_action;
	struct ward_tab by_action; /* id → struct api_action * */
	struct ward_tab asked;     /* a request's id → ward_ns */
	struct ward_drive *drive;
	struct ward_crisis crisis;
	struct ward_subject_book *subject;
	struct ward_care_past *past;
	struct ward_watchposts no_posts; /* where the hospital has none */
	struct ward_shift *watch;
	struct ward_permits *permits;
	struct ward_alarms *load;
	struct api_broken {
		struct ward_id id; /* of the detection */
		uint32_t node;
		ward_ns since;
		char what[API_ROLE];
	} broken[API_BROKEN]; /* things that are not heard, a ring */
	uint64_t n_broken;
	struct ward_care_entries entries; /* in entry_arena */
	struct ward_arena entry_arena;
	struct api_change feed[WARD_API_FEED];
	uint64_t n_feed; /* all that there were */
	struct api_board board[WARD_API_BOARDS];
	uint64_t boards, n_review; /* that came */
	struct ward_tab hits;      /* api_rule_key → struct api_hits */
	struct api_looks looks[API_RINGS];
	struct api_review review[API_REVIEWS]; /* a ring */
	struct api_ledger ledger;
	struct ward_proof *proof; /* what duties and norms ask for */
	struct ward_retained *retained;
	ward_ns time, oldest;        /* oldest: of the first row; NEVER: none came */
	uint64_t row, version, turn; /* turn: of the cache */
	size_t bytes;
	uint64_t forgotten; /* incidents */
	struct api_cached cache[WARD_API_CACHE];
	size_t cache_bytes;
	struct api_reckoned reckoned[WARD_API_RECKONED];
	size_t reckoned_bytes;
	struct api_back back;
	char question[WARD_RECKON_QUESTION]; /* of the answer in hand */
	struct ward_wr raw, body; /* of the answer in hand: as it is made, and without what hides */
};

struct api_group {
	struct ward_id *id; /* its own */
	size_t n;
};

/* ---- keep.c ---- NULL: there is no memory. Held by nobody yet. */
struct api_kept *api_keep(struct ward_api *a, const struct ward_store_row *row);
/* Its text is another from here on. */
WARD_MUST_CHECK enum ward_err api_keep_again(
	struct ward_api *a, struct api_kept *k, const struct ward_store_row *row);
/* One more holds it. */
WARD_MUST_CHECK enum ward_err api_hold(
	struct ward_api *a, struct api_kept_list *l, struct api_kept *k);
void api_drop(struct ward_api *a, struct api_kept *k);
void api_drop_all(struct ward_api *a, struct api_kept_list *l);
/* NULL: there is none. */
struct api_incident *api_incident(const struct ward_api *a, struct ward_id id);
/* What its lines say may be otherwise. */
void api_touch(struct ward_api *a, struct api_incident *in, uint64_t row);
/* Makes room where bounds are passed: what is over and was quiet for longest goes first. */
void api_forget(struct ward_api *a);
/* The older half of signs: those that no incident has are gone then. */
void api_forget_loose(struct ward_api *a);
void api_picture_free(struct ward_api *a);

/* ---- where.c ---- */
/* Whom it is shown to. */
struct api_scope {
	const struct ward_model *m;
	uint32_t place[WARD_PERSON_PLACES];
	size_t n;
	bool everywhere;
};
void api_scope_of(
	const struct ward_model *m, const struct ward_api_who *who, struct api_scope *ret);
/* Is the node in one of the places? */
bool api_scope_has(const struct api_scope *s, uint32_t node);
/* Also where it is at no known place. */
bool api_scope_sees(const struct api_scope *s, const struct api_incident *in);
/* May who is bound to these decide of it? What is at no place is for everybody; so is WARD_NONE. */
bool api_scope_may(const struct api_scope *s, uint32_t node);
/* The room, else the smallest place that it is known to be in; or WARD_NONE. A service: of the
 * first room that hosts it. */
uint32_t api_place(const struct ward_model *m, uint32_t node);
/* "Plant room A, Padiglione A". */
void api_put_where(struct ward_wr *w, const struct ward_model *m, uint32_t node);

static inline bool api_is_zero(struct ward_id id)
{
	return ward_id_eq(id, (struct ward_id){{0}});
}
/* A row's text as a tree in that arena; else *ret is NULL: errors are those of ward_conf_json. */
WARD_MUST_CHECK enum ward_err api_row_read(const struct ward_api *a, struct ward_arena *to,
	struct ward_str json, const struct ward_conf **ret);
/* The text of the scalar under key; empty: there is none. */
struct ward_str api_word(const struct ward_conf *c, const char *key);
extern const char *const api_level_name[]; /* of WARD_RECORD_LEVELS */

#endif
