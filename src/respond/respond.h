/* Who is told what, and what became of it: the outbox.
 *
 * It is a function of the store's rows alone: incidents, impacts and deliveries go in, in the
 * store's order; what is to be done next comes out, as a row to be kept or a message to be sent.
 * Nothing changes here but by a row that comes back from the store. So whoever is killed anywhere
 * reads the rows again and goes on exactly there: nothing is forgotten, and what may be sent a
 * second time has the same id. Single-threaded; no socket, no clock. */
#ifndef WARD_RESPOND_RESPOND_H
#define WARD_RESPOND_RESPOND_H

#include "base/counter.h"
#include "base/limit.h"
#include "care/care.h"
#include "comply/hold.h"
#include "desk/decision.h"
#include "desk/people.h"
#include "exchange/share.h"
#include "exchange/standard.h"
#include "law/law.h"
#include "respond/recipients.h"
#include "respond/webhook.h"
#include "words/words.h"

/* A recipient, as the outbox knows it. */
struct ward_listener {
	struct ward_str id, name;    /* name: of its function; or empty */
	struct ward_lang *lang;      /* NULL: English; borrowed */
	unsigned level;              /* the lowest that it is told of */
	unsigned kinds;              /* mask */
	bool bookmarks;              /* it is told of cameras that looked, and of nothing else */
	struct ward_share_ask share; /* what of an incident it may be told */
	bool everywhere;             /* else only of incidents where `at` says so */
	/* codes: only with one of these; ids: only when one of these may be hit; none: of all */
	const struct ward_str *threat, *service;
	size_t n_threat, n_service;
	bool untaken;        /* that somebody takes what it was told goes with its next message */
	ward_ns acknowledge; /* it is asked to acknowledge what it is told, within this; 0: not */
	/* of these listeners it follows: it is told of what one of them did not acknowledge, and of
	 * nothing else, whatever its level; 0: it is told at once */
	uint32_t after;
	uint32_t test;               /* weekly, minutes since Monday 00:00, and 1; 0: none */
	ward_ns heartbeat;           /* it gets a sign of life each so long; 0: none */
	const struct ward_str *role; /* it is told of what playbooks ask of these */
	size_t n_role;
	struct ward_str person; /* of who it is, as tasks name them; empty: nobody */
	enum ward_topics topics;
	struct ward_str topic; /* of a siren */
	/* it is sent each change of an incident in this form, and nothing else … */
	enum ward_standard sends;
	struct ward_str sender; /* … by this one, "ward@hospital.example" */
	/* of a standard of availability: again after this, and when it says something else, but not
	 * sooner than this after the one before */
	ward_ns every, at_most_each;
	bool heads; /* it keeps signed heads of the ledger, after `every`, and nothing else */
};

/* A playbook that people can begin. */
struct ward_respond_playbook {
	struct ward_str id, name;      /* "bms-takeover", as one asks for it; its name in English */
	const struct ward_str *threat; /* codes that it answers */
	size_t n_threat;
};

enum {
	WARD_RESPOND_CAMERAS = 64,
	WARD_RESPOND_BY = 64,
	WARD_RESPOND_BOUNDS = 4096, /* places that one thing, or one incident, is in */
	WARD_RESPOND_POSTS = 64,    /* as posts.yml has */
	WARD_RESPOND_ROLES = 256,   /* others are called by their id */
	WARD_RESPOND_AGREEMENTS = 32,
	WARD_RESPOND_HOLDS = 256, /* as many as there can be (comply/hold.h) */
	WARD_RESPOND_HOLDS_UNKNOWN = WARD_RESPOND_HOLDS + 1 /* not read yet: nothing of them ends */
};
/* A post that is manned: ids of it and of the roles that may man it (docs/watch.md). */
struct ward_respond_post {
	struct ward_str id;
	const struct ward_str *role;
	size_t n_role;
};

/* A role of the hospital, as people call it. */
struct ward_respond_role {
	struct ward_str id, name;
};

/* An agreement with the staff's representatives, or a processor's contract, that ends. */
struct ward_respond_agreement {
	struct ward_str id, with;
	ward_ns until;
	bool contract; /* the staff's representatives are told nothing of it */
};

/* A legal hold that ends (docs/privacy.md), now or a little while ago. */
struct ward_respond_hold {
	char id[WARD_ID_TEXT];
	char of[32 + WARD_HOLD_SUBJECT]; /* "source cam-door" */
	ward_ns until;
};

/* A camera that somebody records, or that people can look at. */
struct ward_respond_camera {
	struct ward_str key, name; /* key: as its recorder calls it */
	struct ward_str url;       /* with the slots {camera} and {time}; may be empty */
	ward_ns recorded_for;      /* then it is overwritten; 0: nobody said */
};

/* A thing or place of the hospital: who wants to know of it, and which cameras look at it. */
struct ward_respond_place {
	uint32_t listeners;
	uint64_t cameras;
	bool placed; /* it is somewhere … */
	/* … in these places, by numbers that `bounds` gives, too; borrowed from the options */
	const uint32_t *bound;
	size_t n_bound; /* at most WARD_RESPOND_BOUNDS */
};

struct ward_respond_opts {
	const struct ward_mem *mem;
	const struct ward_limits *lim;
	struct ward_counters *counters; /* respond.unreadable, respond.forgotten …; or NULL */
	struct ward_str hospital, hospital_name;
	const struct ward_sharing *sharing;
	const struct ward_model *model; /* for `sends`, or ward_respond_compares; else NULL */
	bool exercise;                  /* all that is told now is played, and is marked so */
	ward_ns told_until;             /* an earlier sign is no news: run/fetched.h; 0: none is */
	const struct ward_listener *listener;
	size_t n_listener; /* at most WARD_RECIPIENTS_MAX */
	const struct ward_respond_camera *camera;
	size_t n_camera; /* at most WARD_RESPOND_CAMERAS */
	const struct ward_respond_playbook *playbook;
	size_t n_playbook; /* at most WARD_RECIPIENT_PLAYBOOKS */
	const struct ward_respond_post *post;
	size_t n_post;              /* at most WARD_RESPOND_POSTS */
	const struct ward_law *law; /* whose clocks somebody is reminded of; NULL: of none */
	const struct ward_respond_role *role;
	size_t n_role; /* at most WARD_RESPOND_ROLES */
	const struct ward_respond_agreement *agreement;
	size_t n_agreement;                   /* at most WARD_RESPOND_AGREEMENTS */
	const struct ward_respond_hold *hold; /* becomes another at any time */
	const size_t *n_hold; /* at most WARD_RESPOND_HOLDS, or ..._UNKNOWN; NULL: none */
	ward_ns hand_over; /* for longer nobody may be there before who took an incident is gone */
	/* The thing or place of this id; false: the hospital knows no such thing. */
	bool (*at)(void *ctx, struct ward_str id, struct ward_respond_place *ret);
	/* A decision's places that the hospital has; NULL: who is bound to places takes nothing. */
	size_t (*bounds)(void *ctx, struct ward_str places, uint32_t ret[WARD_PERSON_PLACES]);
	void *ctx;
};

struct ward_respond;

/* Is there somebody to tell that the record says otherwise than what was sent by law? Then it needs
 * the model, and rows of detections. */
bool ward_respond_compares(const struct ward_respond_opts *o);
/* Borrows what o points to, copies o. NOMEM. */
WARD_MUST_CHECK enum ward_err ward_respond_new(
	const struct ward_respond_opts *o, struct ward_respond **ret);
void ward_respond_free(struct ward_respond *r);

/* A row of the store: an incident or an impact; where a listener has `sends`, or
 * ward_respond_compares, also a detection. One
 * that can't be read is counted and left. NOMEM. */
WARD_MUST_CHECK enum ward_err ward_respond_record(struct ward_respond *r, struct ward_str json);

/* The row that comes next is this one, by its place in the ledger. */
void ward_respond_row(struct ward_respond *r, uint64_t row);
/* A row of what the notary signed: for who gets heads. */
void ward_respond_head(struct ward_respond *r, struct ward_str json);

/* A row of a run of a playbook: what it asks of a role is told to those who have it. NOMEM. */
WARD_MUST_CHECK enum ward_err ward_respond_run(struct ward_respond *r, struct ward_str json);
/* A row of an action: that it waits for an approval is told to those who may give it. NOMEM. */
WARD_MUST_CHECK enum ward_err ward_respond_action(struct ward_respond *r, struct ward_str json);
/* A row of a decision: a task of the crisis cell, or an incident that is handed to somebody, is
 * told to who has it, a call to all who have the role; who mans a post. NOMEM. */
WARD_MUST_CHECK enum ward_err ward_respond_decision(struct ward_respond *r, struct ward_str json);
/* Who of the listeners is on duty: a bit for each. Who is not is told of nothing new, and of what
 * he was told before as ever. All are until somebody says otherwise. */
void ward_respond_duty(struct ward_respond *r, uint32_t listeners);

/* What people entered of wards and sites, borrowed until it is said anew. Nobody is told of
 * availability before. */
void ward_respond_entries(struct ward_respond *r, const struct ward_care_entry *entry, size_t n);
/* Of how many incidents that go on not all is part of what is told of availability, as it was
 * looked at last: there were too many. Messages say so. */
size_t ward_respond_unknown(const struct ward_respond *r);

/* What the rows so far lead to, as bytes for _load. False: w has no room. O(incidents). */
bool ward_respond_save(struct ward_respond *r, struct ward_wr *w);
/* Into a new one with the same options. MALFORMED: not what it would save; then, and after NOMEM,
 * it can only be freed. */
WARD_MUST_CHECK enum ward_err ward_respond_load(struct ward_respond *r, struct ward_slice saved);

/* A row about a message, as it is kept. */
struct ward_delivery {
	struct ward_id id; /* of the message */
	uint32_t revision; /* 1 queued, then one more for each attempt */
	ward_ns time;
	struct ward_str json; /* lives until the next call */
	bool given_up;        /* of what ward_respond_said gives: it failed for a day */
	bool unanswered; /* of what ward_respond_next gives: the last of a ladder is asked again */
};
/* One that came from the store. As above. */
WARD_MUST_CHECK enum ward_err ward_respond_delivery(
	struct ward_respond *r, const struct ward_delivery *d);

/* Once all rows are in: the next message that is to be queued, as the row that queues it, or one
 * that is superseded. Keep it, and hand it in when the store gives it. False: there is none.
 * O(incidents). */
bool ward_respond_next(struct ward_respond *r, ward_ns now, struct ward_delivery *ret);
/* The message that this recipient is to get now; body lives until the next call. False: none. */
bool ward_respond_message(struct ward_respond *r, size_t listener, ward_ns now,
	struct ward_id *ret_id, struct ward_str *ret_body);
/* What is on its way to this recipient, if it asks only for what somebody took, or what is over: it
 * need not be heard any more. False: there is nothing such. */
bool ward_respond_void(struct ward_respond *r, size_t listener, struct ward_id *ret_id);
/* A sign of life is due, and no message: it is no row. It counts as given until
 * ward_respond_beat_said. Body as above. */
bool ward_respond_beat(struct ward_respond *r, size_t listener, ward_ns now, struct ward_id *ret_id,
	struct ward_str *ret_body);
/* What became of it; false: it was none. */
bool ward_respond_beat_said(
	struct ward_respond *r, size_t listener, struct ward_id id, const struct ward_outcome *o);
/* Somebody keeps an original: the row that says so, of the JSON that `ward preserve confirm` wrote.
 * False: it is none, or of no recording that is asked for. */
bool ward_respond_confirm(
	struct ward_respond *r, struct ward_slice json, struct ward_delivery *ret);
/* A person acknowledges, or goes there (ACKNOWLEDGE, ON_MY_WAY; its subject is the id of a message
 * or an incident), or a recipient answered a message of its own so (listener; else SIZE_MAX). OK:
 * *ret is the row that says so. NOT_FOUND: it is about nothing that is open; DUPLICATE: this
 * decision is on record already; MALFORMED: its subject is no id; UNSUPPORTED: another kind;
 * *ret_why says it, and lives forever. */
WARD_MUST_CHECK enum ward_err ward_respond_acknowledge(struct ward_respond *r,
	const struct ward_decision *d, size_t listener, struct ward_delivery *ret,
	const char **ret_why);
/* What this recipient says of the ticket that it keeps of an incident. CLOSED: it is closed there;
 * DELIVERED: it is open there again; REFUSED: that of the message on its way was not kept. True:
 * *ret is the row that says so. False: it was told of no such incident, or it is on record. */
bool ward_respond_ticket(struct ward_respond *r, size_t listener, struct ward_id incident,
	const struct ward_outcome *o, ward_ns now, struct ward_delivery *ret);
/* The recordings that are to be kept, one JSON object on a line each. */
void ward_respond_recordings(struct ward_respond *r, ward_ns now, struct ward_wr *w);
/* Who was told that nobody need hear it any more did not tell it: the row that says so. That counts
 * neither as an attempt nor as a failure of the way. False: no such message is waited for. */
bool ward_respond_withdrawn(struct ward_respond *r, size_t listener, struct ward_id id, ward_ns now,
	struct ward_delivery *ret);
/* What became of an attempt, as the row that says so. False: no such message is waited for. */
bool ward_respond_said(struct ward_respond *r, size_t listener, struct ward_id id,
	const struct ward_outcome *o, ward_ns now, struct ward_delivery *ret);

#endif
