/* What the store's rows say, as JSON for the console and for other systems: docs in README.md, the
 * contract in content/openapi.json.
 *
 * Requests in, answers out; without a socket, a file or a clock. What rows tell is kept in memory
 * in bounds: of each incident the last revision with all that belongs to it, so that an answer
 * reads what it is about and nothing else. What falls out is counted and said. Every endpoint
 * demands a right of who asks, and where they have places, what is elsewhere is not there for them.
 * Requests are outside bytes, and rows hold what outsiders wrote: neither is trusted.
 * Single-threaded; one owner. */
#ifndef WARD_API_API_H
#define WARD_API_API_H

#include "base/counter.h"
#include "care/entry.h"
#include "desk/decision.h"
#include "desk/people.h"
#include "desk/rights.h"
#include "exchange/share.h"
#include "plan/plan.h"
#include "reckon/ask.h"
#include "respond/playbook/country.h"
#include "respond/playbook/playbook.h"
#include "store/store.h"
#include "watch/posts.h"
#include "words/words.h"

#define WARD_API_PATH "/api/v1/"
#define WARD_API_JSON "application/json"
#define WARD_API_PROBLEM "application/problem+json" /* RFC 9457 */

enum {
	WARD_API_INCIDENTS = 16384,      /* kept at once */
	WARD_API_BYTES = 256 << 20,      /* of rows that are kept */
	WARD_API_ANSWER = 32 << 20,      /* bytes of one answer */
	WARD_API_FEED = 8192,            /* last rows that a reader can go on from */
	WARD_API_PAGE_MAX = 500,         /* items that one page has at most */
	WARD_API_QUERY = 2048,           /* bytes of path and query together */
	WARD_API_CACHE = 128,            /* answers that are kept … */
	WARD_API_CACHE_BYTES = 32 << 20, /* … and their bytes */
	WARD_API_RECKONED = 64,          /* what `reckon` said, and … */
	WARD_API_RECKONED_BYTES = 8 << 20,
	WARD_API_SHAPE = 96 /* bytes of what was searched by, with its NUL */
};

struct ward_api;

/* What a system of the hospital can be asked to do. Texts and lists are borrowed. */
struct ward_api_ability {
	struct ward_str id, does, system; /* "switches/port", "isolate", its name */
	bool hosts; /* of `on`, networks: it acts on one host there which nobody knows */
	uint64_t persons, lasts_seconds; /* 0: it is never taken back */
	const uint32_t *role, *on;       /* nodes: who may approve it; any one of which */
	size_t n_role, n_on;
};

/* Who has which role, for the crisis cell; of a person nothing but this is known here. */
struct ward_api_person {
	struct ward_str id, name;
	struct ward_str role[WARD_PERSON_ROLES]; /* the first is the usual one */
	size_t n_role;
};
struct ward_api_cell {
	const struct ward_playbook_country *country; /* levels of alert, cards; NULL: none */
	const struct ward_api_person *person;
	size_t n_person;
	/* Ids of who is on call for the role at that time, at most n; NULL: nobody says. */
	size_t (*on_call)(
		void *ctx, struct ward_str role, ward_ns t, struct ward_str *ret, size_t n);
	void *ctx;
	const struct ward_law *law;               /* clocks of the law; NULL: nobody says */
	const struct ward_processing *processing; /* the record of it; NULL: it can't be read */
	const struct ward_notice_content *notice; /* signs and notes; NULL: they can't be read */
	const struct ward_norms *norms;           /* NULL: they can't be read */
	size_t n_factor; /* of the people, those who approve with a one-time code */
};

/* A source that reads cameras' pictures; texts are borrowed. */
struct ward_api_camera {
	const struct ward_source *source;
	struct ward_str plan;  /* JSON of what is watched in them (sense/video/plan_json.h) */
	struct ward_str wrong; /* what its file lacks; empty: nothing */
};

struct ward_api_opts {
	const struct ward_mem *mem; /* pointers are borrowed for its life */
	const struct ward_model *model;
	const struct ward_limits *lim;
	struct ward_counters *counters; /* api.incidents_forgotten, api.unreadable … */
	struct ward_lang *const *lang;  /* besides English */
	size_t n_lang;
	const struct ward_playbooks *playbooks; /* NULL: none */
	size_t n_playbook;                      /* the first ones, that can be begun now */
	const struct ward_plans *plans;         /* floors, laid out; NULL: none */
	const struct ward_sharing *sharing;     /* what of a person is never shown; NULL: all is */
	const struct ward_watchposts *posts;    /* that are manned; NULL: none */
	struct ward_str openapi;                /* content/openapi.json; empty: it is not here */
	struct ward_api_cell cell;
	bool exercise; /* what is seen is played */
	bool tells,
		acts; /* whether anybody is told of incidents here, or anything done about them */
	const struct ward_api_ability *ability; /* what can be proposed */
	size_t n_ability;
	const struct ward_api_camera *camera;
	size_t n_camera;
};

/* NOMEM. */
WARD_MUST_CHECK enum ward_err ward_api_new(const struct ward_api_opts *o, struct ward_api **ret);
void ward_api_free(struct ward_api *a);

/* Each row, in order. One that can't be read is counted (api.unreadable) and left, one that came
 * before is passed over. NOMEM: the picture lacks it. */
WARD_MUST_CHECK enum ward_err ward_api_take(struct ward_api *a, const struct ward_store_row *row);
/* What people entered of wards, as care.csv says it by now; copied. NOMEM: as it was. */
WARD_MUST_CHECK enum ward_err ward_api_entries(
	struct ward_api *a, const struct ward_care_entries *entries);
/* Whether what somebody enters of a ward (a decision of kind ENTER) is an entry. CONFIG: ret_why
 * has what is wrong and the mend; NOMEM. */
WARD_MUST_CHECK enum ward_err ward_api_entry_check(
	struct ward_api *a, const struct ward_decision *d, struct ward_wr *ret_why);
/* What processes show of themselves, each a JSON object (run/board.h; its members are read in
 * state.c). One that can't be read is counted (api.boards_unread) and left. */
enum ward_api_board {
	WARD_API_BOARD_BRAIN,
	WARD_API_BOARD_RULES,
	WARD_API_BOARD_JOURNAL,
	WARD_API_BOARD_SUPERVISOR,
	WARD_API_BOARD_PLAY,
	WARD_API_BOARDS,
};
void ward_api_board(struct ward_api *a, enum ward_api_board which, struct ward_str json);
/* Of a play: other than before when its players have something else to read; 0: nothing. */
uint64_t ward_api_play_news(const struct ward_api *a);
/* Completes what somebody with these roles decides of the watch of a post: the role that mans it,
 * their name, and of a hand-over its sheet, if it still is what `d` says was shown. What it sets
 * lives until the next call of this room. STATE, CONFIG, NOT_FOUND with a sentence that lives
 * forever: it can't be decided; NOMEM. */
struct ward_api_who;
WARD_MUST_CHECK enum ward_err ward_api_watch_complete(struct ward_api *a,
	const struct ward_api_who *who, struct ward_decision *d, const char **ret_why);
/* May that person look at this clip or photo of the incident? DENIED: not without the right;
 * NOT_FOUND: the incident is none that they see, or has none of that id; STATE: it was erased, or
 * never made; NOMEM. */
WARD_MUST_CHECK enum ward_err ward_api_evidence(struct ward_api *a, const struct ward_api_who *who,
	struct ward_str incident, struct ward_str id);
/* Whether a permit that somebody makes or ends (PERMIT, PERMIT_END) is one, and theirs to make.
 * CONFIG, STATE, DENIED: ret_why has what is wrong and the mend; LIMIT, NOMEM. */
WARD_MUST_CHECK enum ward_err ward_api_permit_check(struct ward_api *a,
	const struct ward_api_who *who, const struct ward_decision *d, struct ward_wr *ret_why);
/* Is what they decide about (an incident; a message, run or action, which belong to some) at a
 * place of theirs, or at none that is known? True also of what is not known here: who acts says so.
 */
bool ward_api_within(
	struct ward_api *a, const struct ward_api_who *who, const struct ward_decision *d);
/* Whether what somebody decides of the record of processing (PROCESSING) can be. CONFIG, STATE:
 * ret_why has what is wrong and the mend; NOMEM. */
WARD_MUST_CHECK enum ward_err ward_api_processing_check(
	struct ward_api *a, const struct ward_decision *d, struct ward_wr *ret_why);
/* Whether what somebody says of a request of a person (PERSON_REQUEST, PERSON_ANSWER, PERSON_DONE)
 * or of the impact assessment (ASSESS) can be. CONFIG, STATE: ret_why has what is wrong and the
 * mend; NOMEM. */
WARD_MUST_CHECK enum ward_err ward_api_person_check(struct ward_api *a,
	const struct ward_api_who *who, const struct ward_decision *d, struct ward_wr *ret_why);
/* Whether a control of a norm is called so (VOUCH). CONFIG: ret_why says what to name. */
WARD_MUST_CHECK enum ward_err ward_api_vouch_check(
	struct ward_api *a, const struct ward_decision *d, struct ward_wr *ret_why);
/* Whether a name may be asked for by one person alone (REVEAL, `emergency`): of an open incident
 * that is high or critical. STATE: ret_why has what is wrong and the mend. */
WARD_MUST_CHECK enum ward_err ward_api_reveal_check(
	struct ward_api *a, const struct ward_decision *d, struct ward_wr *ret_why);
/* Is that a camera whose picture is read, and may they see it? */
bool ward_api_camera(
	const struct ward_api *a, const struct ward_api_who *who, struct ward_str camera);
/* Forgets entries of logs and findings of reviews that are older than the hospital keeps them
 * (`store.log_days`), as the store does. */
void ward_api_expire(struct ward_api *a, ward_ns now);
/* The last row taken and its time; 0: none. */
uint64_t ward_api_row(const struct ward_api *a, ward_ns *ret_time);

/* Who asks, as `login` says it of the session. */
struct ward_api_who {
	struct ward_str person;
	struct ward_str name; /* for people; may be empty */
	const struct ward_str *role;
	size_t n_role;   /* ids of nodes */
	uint64_t rights; /* WARD_RIGHT_BIT */
	const struct ward_str *place;
	size_t n_place; /* ids of nodes; none: everywhere */
};

struct ward_api_ask {
	struct ward_str method, path, query; /* path: decoded, without the query */
	struct ward_str if_none_match;       /* may be empty; so may lang */
	struct ward_str lang;                /* "it": of the session, else of Accept-Language */
	struct ward_slice body;
	const struct ward_api_who *who; /* NULL: nobody signed in */
	ward_ns now;
};

struct ward_api_answer {
	unsigned status;
	const char *type;  /* NULL: there is no body (304); lives forever */
	char etag[40];     /* with its quotes; empty: none */
	const char *allow; /* of 405: "GET"; else NULL */
	bool no_store;     /* else "private, no-cache" */
	/* Of a question about the past: which one, and by what, but not what was asked for
	 * ("detections: q, since"); empty: it is none. */
	char searched[WARD_API_SHAPE];
	/* To be put to `reckon` (reckon/ask.h); what it says is handed in by ward_api_reckoned.
	 * With 503 the same is asked again then, else nobody waits for it. Empty: nothing. Lives
	 * until the next. */
	struct ward_str question;
};
/* Writes the body behind what w holds. Whatever is wrong is an answer: 400, 401, 403, 404, 405,
 * 413, 503. */
void ward_api_answer(struct ward_api *a, const struct ward_api_ask *ask, struct ward_wr *w,
	struct ward_api_answer *ret);
/* What `reckon` said to a question; kept as long as there is room. NOMEM: it is not. */
WARD_MUST_CHECK enum ward_err ward_api_reckoned(
	struct ward_api *a, struct ward_str question, const struct ward_reckoned *d);
/* It says nothing: one that nobody waits for may be asked again. */
void ward_api_unreckoned(struct ward_api *a, struct ward_str question);
/* An error as application/problem+json; `detail` says what is wrong and the mend. */
void ward_api_problem(struct ward_wr *w, unsigned status, struct ward_str detail);

/* For SSE: changes by rows after `after`, those that `who` may see, at most `most` of them, as
 * `id: N\nevent: change\ndata: {…}\n\n`. *ret_last is the row to go on from. Where more happened
 * since than is remembered, it begins with `event: hello`, as a stream does: read anew. */
size_t ward_api_feed(struct ward_api *a, const struct ward_api_who *who, uint64_t after,
	size_t most, struct ward_wr *w, uint64_t *ret_last);

/* The table of endpoints, for who describes and checks them. */
struct ward_api_about {
	const char *method, *path; /* "/api/v1/incidents/{id}" */
	const char *summary;
	enum ward_right right; /* WARD_RIGHT_N: it is enough to be signed in … */
	bool open;             /* … and not even that */
};
/* False behind the last. Texts live forever. */
bool ward_api_at(size_t i, struct ward_api_about *ret);

#endif
