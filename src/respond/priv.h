/* Inside respond: what its files share. */
#ifndef WARD_RESPOND_PRIV_H
#define WARD_RESPOND_PRIV_H

#include "exchange/follow.h"
#include "respond/change.h"
#include "respond/reminds.h"
#include "respond/respond.h"
#include "respond/witnessed.h"
#include "story/likely.h"
#include "story/record.h"

enum {
	CASES_MAX = 16384,           /* incidents that are remembered */
	CARES_MAX = 64,              /* services of one incident */
	COVERS_MAX = 500,            /* incidents that one message is about */
	NAMED_MAX = 10,              /* of them told in full */
	DATA_MAX = 32,               /* the same as data alone */
	SHOTS_MAX = 16,              /* cameras of one incident */
	REQUESTS_MAX = 4096,         /* that are open, or of which somebody is to be told */
	RESPOND_SAYS_MAX = 32 << 10, /* bytes of what one says */
	REQUEST_LEVEL = 3,           /* they are as urgent as an incident of that level */
	CARE_NAMED = 4,              /* services that are named of each */
	PLANS_MAX = 3,               /* playbooks that one message names of each: the surest */
	DECIDED_MAX = 64,            /* decisions that are remembered */
	TICKETS_HOUR = 30,           /* new tickets of one system, at most, in an hour */
	LOOK_ATTEMPTS = 4,           /* then the next tickets are looked at */
	BURST = 5,                   /* messages that go at once; then it is one a minute */
	WARD_RESPOND_TICKET = 33,    /* bytes of what people call a ticket, with its NUL */
	BODY_MAX = 96 << 10,         /* bytes of a message */
	ROW_MAX = 155 << 10,
};

/* What an incident is now. */
enum phase { PHASE_OPEN, PHASE_OVER, PHASE_DISMISSED, PHASE_MERGED, PHASE_N };
extern const char *const respond_phase_name[PHASE_N];
extern const char *const respond_level_name[WARD_RECORD_LEVELS];

/* What one recipient was told of it last. */
struct told {
	bool known, confirmed;
	uint8_t level, phase, tier, keep, spots;
	uint16_t services; /* at least possible */
	uint8_t shots;     /* cameras that looked, and until when */
	uint8_t taken;     /* enum taken */
	bool call;         /* it was asked to acknowledge it */
	uint8_t critical;  /* of so many kinds is what is critical in it; of one: 0 or 1 */
	uint8_t tickets;   /* which closing of its tickets elsewhere stands; 0: none */
	ward_ns until;
	struct ward_edition edition; /* of a standard's message */
};

/* Whether somebody takes care of it. */
enum taken { TAKEN_NONE, TAKEN_ACKNOWLEDGED, TAKEN_ON_MY_WAY, TAKEN_N };
extern const char *const respond_taken_name[TAKEN_N];

/* A recipient was asked to acknowledge an incident. */
struct call {
	ward_ns since, last;      /* first asked, and last; since 0: it is not asked */
	uint32_t n;               /* how often it was asked again */
	bool lost;                /* the message: nobody there knows of it */
	struct ward_id asked, by; /* the messages that asked first, and that told of it last */
};

/* How it stands with the originals of cameras. */
enum keep { KEEP_NONE, KEEP_ASKED, KEEP_NEAR, KEEP_LOST, KEEP_N };

/* A camera that looked, and from when to when. */
struct shot {
	unsigned camera;
	ward_ns from, to;
	ward_ns kept_from, kept_to; /* somebody has it; none: 0 */
};

struct texts { /* of one thing, in one block */
	char *p;
	size_t len;
};

/* A care service that the incident may hit. */
struct care {
	struct ward_id impact;
	uint32_t revision;
	bool alive, outage;
	int64_t lo_micro, hi_micro, priority_micro;
	ward_ns earliest, expected;
	struct ward_str asset, name, threat_name;
	struct texts texts;
};
struct incident {
	struct ward_id id, into; /* into: of PHASE_MERGED, what it is a part of */
	uint32_t revision;
	unsigned level, domain, spots; /* spots: rooms of critical signs */
	enum phase phase;
	bool confirmed, placed; /* placed: somewhere that is known */
	ward_ns first, last;
	uint64_t n_sign, effect_more; /* effect_more: things that have the effect, too */
	/* reason: what people wrote when they decided */
	struct ward_str title, on, effect, effect_on, where, state, kind, role, reach, step, reason;
	struct texts texts;
	uint32_t at, about; /* bit k: listener k wants to know of where it is, of what it is */
	uint32_t *bound;    /* of `placed`: places that it is in, ascending */
	size_t n_bound, cap_bound;
	struct care *care;
	size_t n_care, cap_care;
	struct shot shot[SHOTS_MAX];
	size_t n_shot;
	struct told told[WARD_RECIPIENTS_MAX]; /* counting on the message that is on its way … */
	struct told was[WARD_RECIPIENTS_MAX];  /* … and without it, where `covered` has bit k */
	uint32_t opened;                       /* the revision that opened it, again or first */
	uint32_t closed_there;                 /* listeners where its ticket is closed since … */
	ward_ns closed_at;                     /* … of the last of them */
	uint32_t n_closing;                    /* how often one was closed, whatever came then */
	char ticket[WARD_RESPOND_TICKET];
	uint32_t refused, n_refused; /* listeners that did not take its ticket, so often … */
	ward_ns refused_at;          /* … the last time then … */
	unsigned refused_level;      /* … when it was of this level */
	uint32_t covered, owed;      /* owed: a message about it was lost */
	struct answer *answer;       /* plan.h: the surest first; of equals as playbooks stand */
	size_t n_answer, cap_answer;
	struct also *also; /* n_also; none where what is critical is of one kind */
	size_t n_also;
	struct texts also_texts;
	struct call call[WARD_RECIPIENTS_MAX];
	enum taken taken;     /* what somebody said … */
	unsigned taken_level; /* … when it was of this level: what is higher is another matter */
	unsigned taken_critical; /* … and so is what is critical of more kinds than these */
	ward_ns taken_at;
	char taken_by[WARD_RESPOND_BY]; /* the role, or the recipient that answered */
	ward_ns gone;                   /* since then who takes it is not there, in this life; 0 */
};

/* Who mans a post; zeros: nobody. */
struct manned {
	bool ever;
	struct ward_id who, waits; /* made of the person; a hand-over that nobody accepted */
};

/* One recipient's: at most one message is on its way; what changes meanwhile goes with the next. */
struct box {
	struct ward_id last; /* message: queued last, by which the next one's id is made */
	bool pending;
	uint32_t attempts;
	unsigned level;      /* the highest that the last one told of */
	unsigned n_lost;     /* messages in a row that were refused or given up … */
	ward_ns lost, since; /* … the last of them then; the first of them was queued */
	ward_ns queued, next;
	bool told_to_wait; /* the recipient asked for the wait until then */
	ward_ns waited;    /* between attempts: as planned, so that no clock that is set ends it */
	ward_ns recent[BURST]; /* when messages were queued, in a ring */
	size_t n_queued;
	ward_ns made_since; /* of a ticket system: tickets that are new since then, in an hour */
	uint64_t n_made;
	struct ward_wr body;
	/* whether it is reached: the first attempt that failed since the last that did not … */
	ward_ns failing;
	uint32_t told_ill, was_ill; /* … and of which others it was told that they are not */
	ward_ns tested;             /* the last weekly test was queued */
	/* of heartbeats, in this life: the last, and how many of that day */
	int64_t beat, beat_day;
	uint64_t n_beat, n_beat_lost;
	struct ward_id beat_id;
	/* of tickets: which of the lists is looked at, and how often that failed */
	uint32_t look, look_failed;
	/* of availability and heads: what the last message says (zero: lost), when, of how many */
	struct ward_id says;
	ward_ns said;
	uint64_t head_n;
};

/* An incident that a message is about. */
struct item {
	const struct incident *in;
	enum change change;
	struct told now;
	uint16_t plan[PLANS_MAX]; /* playbooks that it names */
	size_t n_plan;
	const struct also *also; /* of CHANGE_MORE: what is new */
};

struct ward_respond {
	struct ward_respond_opts o;
	struct ward_record_reader *reader;
	struct ward_offer_past *past; /* NULL: nobody is told what hangs on it */
	struct available *available;  /* NULL: nobody is told of it */
	struct ward_arena scratch;
	struct incident **incident; /* n_incident */
	size_t n_incident, cap_incident;
	struct ward_tab by_id;
	struct box box[WARD_RECIPIENTS_MAX];
	struct request *request;
	size_t n_request, cap_request;
	struct reminds law;
	struct manned post[WARD_RESPOND_POSTS];
	struct ward_id lead; /* made of the role that leads it, or the last one; zeros: none */
	uint32_t steps;      /* recipients that may be told what is to be done */
	uint32_t duty;     /* recipients that are on duty; whoever is not is told of nothing new */
	struct item *item; /* CASES_MAX */
	struct ward_id decided[DECIDED_MAX]; /* decisions that are on record, in a ring */
	uint32_t n_decided, alert;           /* alert: the level of the crisis; 0: none is on */
	struct witnessed witness;
	struct ward_wr body, row;
};

/* Too early for whoever refused so many in a row, the last then, or was not reached? */
bool respond_is_slow(unsigned n_lost, ward_ns lost, ward_ns now);
extern const ward_ns respond_give_up_after; /* of waiting between attempts, together */
void respond_count(const struct ward_respond *r, const char *name);
/* One that knows nothing yet; NULL: out of memory. */
struct incident *respond_new_incident(struct ward_respond *r, struct ward_id id);
bool respond_keep_texts(
	struct ward_respond *r, struct texts *t, struct ward_str *const s[], size_t n);
struct incident *respond_find(const struct ward_respond *r, struct ward_id id);
enum ward_likely respond_tier(const struct care *c);
/* Those alive and at least possible, the surest first. Gives how many; at most n are kept. */
size_t respond_rank_care(const struct incident *in, const struct care *best[], size_t n);
/* What somebody who is told of it now knows. */
struct told respond_now(const struct ward_respond *r, const struct incident *in, ward_ns now);
/* more: there is something critical in it that this recipient was not told of (also.h). */
enum change respond_change(
	const struct told *before, const struct told *now, const struct incident *in, bool more);
/* The same for somebody who keeps bookmarks of cameras. */
enum change respond_camera_change(
	const struct told *before, const struct told *now, const struct incident *in);
void respond_forget_all(struct ward_respond *r);
/* What people call this role; its id where it has no name, and what is no role as it is. */
struct ward_str respond_role_name(const struct ward_respond *r, struct ward_str role);

#endif
