/* Inside api: what watches, what rules found, who looked; parts of the picture. */
#ifndef WARD_API_WATCHED_H
#define WARD_API_WATCHED_H

#include "api/api.h"
#include "comply/head.h"

enum {
	API_RULES = 8192, /* of which hits are counted … */
	API_DAYS = 30,    /* … each day so long */
	API_LOOKS = 2048, /* who looked or decided, and who signed in: of each the last ones */
	API_LOOK_TEXT = 1024
};

/* What a rule found. */
struct api_hits {
	int64_t day; /* since 1970, the last that is counted */
	uint32_t per_day[API_DAYS];
	ward_ns last;
	/* Detections in incidents that people dismissed, and in those that they took for what they
	 * seem; made with the answer. */
	uint64_t dismissed, confirmed;
};

enum api_look_kind { API_LOOK_READ, API_LOOK_SEARCH, API_LOOK_DECISION, API_LOOK_ACCOUNT };

/* Somebody looked at evidence, searched, decided, or signed in. Texts are in `text`, its own. */
struct api_look {
	uint64_t row;
	ward_ns time;
	enum api_look_kind kind;
	struct ward_id incident; /* zeros: none */
	struct ward_str who, role, what, on, why;
	char *text;
	size_t len;
};

/* Sign-ins are many: they push nothing else out. */
enum api_ring { API_RING_ACTS, API_RING_ACCOUNTS, API_RINGS };
struct api_looks {
	struct api_look at[API_LOOKS];
	uint64_t n; /* all that there were */
};

/* A name that one person alone was told, and what was said of it afterwards. */
enum { API_REVIEWS = 128, API_REVIEW_TEXT = 512 };
struct api_review {
	struct ward_id id, incident; /* id: of the decision */
	ward_ns time, due, done;     /* due: NEVER: not known; done: 0: nobody reviewed it */
	char who[128], role[128], by[128], why[API_REVIEW_TEXT], says[API_REVIEW_TEXT];
	char right; /* 'y', 'n', '?': nobody said */
};

/* What the notary said. */
struct api_ledger {
	struct ward_head last; /* not signed: none came */
	uint64_t keys, breaks, unread;
	ward_ns broken; /* the last break */
};

struct api_board {
	struct ward_arena arena;
	const struct ward_conf *is; /* NULL: none came */
};

/* ---- state.c, law.c ---- */
void api_boards_init(struct ward_api *a);
void api_boards_free(struct ward_api *a);
struct ward_id api_rule_key(struct ward_str rule);
WARD_MUST_CHECK enum ward_err api_hit(struct ward_api *a, struct ward_id rule, ward_ns time);
/* Keeps who looked or decided, if the row tells of that. NOMEM. */
WARD_MUST_CHECK enum ward_err api_look_take(
	struct ward_api *a, const struct ward_store_row *row, const struct ward_conf *c);
void api_looks_free(struct ward_api *a);
/* reviews.c: a row of a decision, perhaps of such a name; the member "reviews" of an answer. */
struct api_request;
void api_review_take(
	struct ward_api *a, const struct ward_store_row *row, const struct ward_conf *c);
void api_reviews_put(struct api_request *r);
/* Of who is in people.yml, the name; else the id. */
struct ward_str api_person_name(const struct ward_api *a, struct ward_str id);
/* A member with what the incident is called; empty: it is not known any more. */
void api_incident_name(struct api_request *r, struct ward_id id, const char *key);
/* ledger.c: a row of the notary. */
void api_ledger_take(struct ward_api *a, const struct ward_store_row *row);
/* The member "ledger" of an answer; those of the register of processing. */
void api_ledger_put(struct api_request *r);
void api_processing(struct api_request *r);
/* notices.c, persons.c */
void api_notices(struct api_request *r);
/* Is that the digest of the impact assessment as it is now? STATE: no; NOMEM. */
WARD_MUST_CHECK enum ward_err api_notice_is(
	const struct ward_api *a, ward_ns now, struct ward_str digest);
void api_notice(struct api_request *r);
void api_ethics(struct api_request *r);
void api_persons(struct api_request *r);
void api_person_letter(struct api_request *r);
/* retained.c: keeps what the row tells of deletions and holds, if it does. NOMEM. */
WARD_MUST_CHECK enum ward_err api_retained_take(
	struct ward_api *a, const struct ward_store_row *row, const struct ward_conf *c);
void api_retained_free(struct ward_api *a);
void api_retention(struct api_request *r);
void api_put_register(struct api_request *r);
/* proof.c: what the record shows of norms; the board's month. */
void api_proof(struct api_request *r);
void api_board(struct api_request *r);

#endif
