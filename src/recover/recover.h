/* The way back: from what an incident has taken, or is expected to take, to an order of works that
 * brings care back soonest.
 *
 * (model, rules, content of recovery, incident, people) → plan, pure but for the propagation engine
 * that it is handed. What is planned for, how times come about and what "best" means: README.md.
 * Faces no outside bytes. Single-threaded. */
#ifndef WARD_RECOVER_RECOVER_H
#define WARD_RECOVER_RECOVER_H

#include "impact/impact.h"
#include "recover/works.h"

enum {
	WARD_RECOVER_JOBS = 4096,
	WARD_RECOVER_EXACT = 10,  /* up to so many works the best order is looked for */
	WARD_RECOVER_BEYOND = 10, /* a minute beyond what a service bears counts so many times */
	WARD_RECOVER_OFF = 16,    /* neighbours told of one work */
};

struct ward_lang;

struct ward_recover_world {
	const struct ward_model *m;
	const struct ward_rules *r;
	const struct ward_works *works;
	struct ward_engine *e;
};

/* What is known of one thing's work. */
struct ward_recover_fact {
	uint32_t node;
	bool done;    /* it is back: nothing is to be done */
	ward_ns late; /* else it takes so much longer than planned */
};

struct ward_recover_ask {
	const struct ward_seed_threat *seed;
	size_t n_seed;
	const struct ward_change *change;
	size_t n_change;
	const struct ward_recover_fact *fact;
	size_t n_fact;
	ward_ns at;           /* when the incident began; this and all times: since 1970 */
	ward_ns now;          /* no work begins before it */
	ward_ns stopped;      /* nothing more is struck from then on; WARD_NS_NEVER */
	int64_t likely_micro; /* what is this likely (middle of its interval) is planned for */
	uint32_t teams[WARD_TEAMS_MAX]; /* how many of each kind; 0: as the content says */
};

/* One thing on which people work. */
struct ward_recover_job {
	uint32_t node, threat; /* the threat whose end takes longest */
	const struct ward_work *work;
	uint32_t team, number;      /* kind, and which of these from 0 */
	ward_ns struck;             /* when the threat came to it */
	ward_ns begin, worked, end; /* worked, then verified until the end */
	ward_ns first;              /* its end if what failed first is repaired first */
	ward_ns late;
	bool done;
	bool stated;  /* the hospital says how long it takes */
	bool by_hand; /* what supplies it hangs on itself: it is started without */
	bool medical; /* a medical device: its engineer and the ward decide */
	bool isolate; /* it may spread: off its networks from when it is struck until it is clean */
	bool clinical;  /* but that takes care or a medical device with it: */
	uint32_t word;  /* then only if this clinical role agrees; WARD_NONE: there is none */
	uint32_t waits; /* the job whose end it waits for (supply), or WARD_NONE */
	uint32_t gives, n_gives; /* services that are back by its end, in ward_recover.give */
	uint32_t helps;          /* others that need it too */
	uint32_t off, n_off; /* neighbours not yet found clean at its end, in ward_recover.off */
	uint32_t off_more;   /* and so many more */
};

/* A service that is down, will be, or would be. */
struct ward_recover_service {
	uint32_t node;
	ward_ns down, back; /* equal: it does not fall, as its causes are gone before */
	ward_ns mtpd;       /* 0: nobody says */
	bool assumed;       /* by its class */
	int64_t weight_micro;
	uint32_t last; /* the job that it waits for last, or WARD_NONE */
};

/* A service that is not planned for, as what takes it down is less likely than asked. */
struct ward_recover_risk {
	uint32_t node;
	ward_ns expected; /* when it would fall */
	int64_t lo_micro, hi_micro;
	enum ward_likelihood_by by;
};

/* What an order of works costs. */
struct ward_recover_cost {
	ward_ns lost;        /* sum of services' time down */
	int64_t care_micro;  /* care units lost */
	uint32_t broken;     /* services that are away for longer than they can be */
	int64_t score_micro; /* what is minimised: care units, tenfold beyond what a service bears
			      */
};

struct ward_recover {
	struct ward_arena arena;      /* all below */
	struct ward_recover_job *job; /* by (begin, end, id) */
	size_t n_job;
	struct ward_recover_service *service; /* by (down, id) */
	size_t n_service;
	struct ward_recover_risk *risk; /* the likeliest (middle) first, then by id */
	size_t n_risk;
	uint32_t *give, *off; /* nodes */
	uint32_t teams[WARD_TEAMS_MAX];
	struct ward_recover_cost plan, naive; /* naive: first failed, first repaired */
	int64_t bound_micro; /* no order has a lower score; found without searching them */
	bool weighed;        /* false: too many works and services; begun from `naive` */
	bool exact;          /* the plan's is the lowest there is */
	size_t n_unlikely;   /* things that may be struck too, less likely than asked */
	size_t n_spared;     /* that `stopped` leaves out */
	size_t n_medical; /* medical devices among the jobs: people act on them, with their makers
			   */
};

/* LIMIT: more than WARD_RECOVER_JOBS works. NOT_FOUND as ward_engine_what_if. NOMEM. End it in any
 * case with ward_recover_fini. */
WARD_MUST_CHECK enum ward_err ward_recover_find(const struct ward_recover_world *w,
	const struct ward_recover_ask *ask, const struct ward_mem *mem, struct ward_recover *ret);
void ward_recover_fini(struct ward_recover *p);
/* Is a fact of that thing about a work of the plan? O(works). */
bool ward_recover_has(const struct ward_recover *p, uint32_t node);

/* For people: works by time, services against what they bear, what the order saves. Times are those
 * of the zone in use (story/zone.h). lang: NULL is English. */
void ward_recover_write_text(const struct ward_recover *p, const struct ward_recover_world *w,
	const struct ward_recover_ask *ask, struct ward_lang *lang, struct ward_wr *to);
/* "09:30" of the zone in use; on another day than `now` "03-20 09:30", in another year
 * "2027-03-20 09:30". */
void ward_recover_write_clock(struct ward_wr *w, ward_ns t, ward_ns now);
/* One object per line: work, service, and a summary last. */
void ward_recover_write_json(const struct ward_recover *p, const struct ward_recover_world *w,
	const struct ward_recover_ask *ask, struct ward_lang *lang, struct ward_wr *to);

#endif
