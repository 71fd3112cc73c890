/* What can be done against an incident, what each action changes of the forecast and what it costs
 * care itself, and the best that can be done together.
 *
 * (model, rules, content of actions and of recovery, incident, people and money) → answer, pure but
 * for the propagation engine that it is handed. It proposes, it never acts. Rules that hold
 * whatever the content says: README.md. Faces files that people write (content); single-threaded.
 */
#ifndef WARD_ACTIONS_ACTIONS_H
#define WARD_ACTIONS_ACTIONS_H

#include "impact/known.h"
#include "recover/works.h"

enum {
	WARD_ACTIONS_MAX = 512,   /* kinds of action */
	WARD_ACTIONS_PAIRS = 512, /* (action, thing) that a forecast is made for */
	WARD_ACTIONS_EXACT = 8,   /* up to so many all combinations are tried */
	WARD_ACTIONS_CHANGES = 8, /* of one action */
	WARD_ACTIONS_TOLD = 8,    /* services named of one action, to people */
	WARD_ACTIONS_SHOWN = 12,  /* actions told to people, beside those that are chosen */
	WARD_ACTIONS_UNKNOWN = -1,
	/* Effort of one question, counted in states that forecasts are read of, never by a clock:
	 * the same answer on every machine. So much each for what actions touch, for each
	 * action alone, and for the best together. */
	WARD_ACTIONS_EFFORT = 1 << 21,
};

struct ward_actions;
struct ward_lang;

/* One kind of action. */
struct ward_action {
	struct ward_str id, text; /* {name}: the thing */
	const uint32_t *threat;   /* that is on the thing, or comes to it */
	size_t n_threat;
	uint32_t class, except[WARD_READER_LIST];
	size_t n_except;
	uint32_t
		relies_on; /* class: not where one is out within the horizon, or none is; or NONE */
	bool isolates, repairs, fails_over;
	const uint32_t *protects; /* against these, to the degree */
	size_t n_protects;
	int64_t degree_micro;
	struct ward_str buffer; /* gives this kind of buffer so long; empty: none */
	ward_ns lasts;
	bool on_top;            /* so long more than the thing has itself */
	int64_t relieves_micro; /* services: this part of the care lost a minute is no longer lost
				 */
	uint32_t side;          /* the threat that it is for the thing itself, or WARD_NONE */
	ward_ns takes;          /* until it has its effect */
	uint64_t cost;          /* hundreds of euros */
	uint32_t team, people;  /* so many teams of that kind (of struct ward_works) */
	struct ward_str role;   /* who may approve it: id of a role of the hospital */
	bool locks;             /* keeps people from going through */
	struct ward_str file;
	uint32_t line;
};

struct ward_action_set {
	struct ward_action *action; /* by id */
	size_t n;
	/* Internal. */
	const struct ward_mem *mem;
	struct ward_arena arena;
	size_t cap;
};

/* Reads every *.yml of both (the second may be NULL, or be absent on the disk) as one whole. CONFIG
 * when there were error-level findings, NOMEM. Borrows works only for the call. */
WARD_MUST_CHECK enum ward_err ward_actions_load(const char *content, const char *hospital,
	const struct ward_model *m, const struct ward_works *works, const struct ward_limits *lim,
	struct ward_diag *diag, struct ward_action_set **ret);
/* The same from memory, of which nothing is borrowed; mem: of all. */
WARD_MUST_CHECK enum ward_err ward_actions_parse(const struct ward_content_text *text,
	const struct ward_model *m, const struct ward_works *works, const struct ward_limits *lim,
	const struct ward_mem *mem, struct ward_diag *diag, struct ward_action_set **ret);
void ward_actions_free(struct ward_action_set *a);

struct ward_actions_world {
	const struct ward_model *m;
	const struct ward_rules *r;
	const struct ward_works *works; /* teams, who answers for patients, what stays */
	const struct ward_action_set *set;
	struct ward_engine *e;
};
struct ward_actions_later {
	ward_ns from;
	struct ward_change change;
};
struct ward_actions_ask {
	const struct ward_seed_threat *seed;
	size_t n_seed;
	const struct ward_change *change; /* things are otherwise, whatever is done */
	size_t n_change;
	/* And from some time on, none of them a threat; what is before `now` counts from then. */
	const struct ward_actions_later *later;
	size_t n_later;
	ward_ns now;                    /* actions begin */
	ward_ns horizon;                /* losses are counted so long from now */
	uint64_t budget;                /* hundreds of euros; UINT64_MAX: whatever it takes */
	uint32_t teams[WARD_TEAMS_MAX]; /* how many of each kind; 0: as the content says */
	/* Doors that are never locked, and places to and from which no door is: those of the
	 * hospital's plan of evacuation. */
	const uint32_t *free;
	size_t n_free;
	bool timeline;   /* how services fare hour by hour is asked, too */
	bool knows_ways; /* there is such a plan: without one no door is locked at all */
	uint64_t effort; /* 0: WARD_ACTIONS_EFFORT */
	bool each; /* a forecast of each pair, also where none is needed to know what it changes */
	/* Called, unless NULL, as soon as doing nothing is known (down, nothing), before any action
	 * is looked at: people need not wait for it. Then the writers below leave it out. */
	void (*begun)(void *ctx, const struct ward_actions *so_far);
	void *ctx;
};

/* What is lost within the horizon, by the middle of likelihoods; and from the lower ends at the
 * expected times to the upper ends at the earliest. */
struct ward_actions_loss {
	int64_t care_micro; /* care units */
	int64_t least_micro, worst_micro;
	int64_t minutes_micro; /* minutes of services */
	uint32_t services;     /* that are likelier down than not at its end */
};

/* A service is down so long, as likely as that; nothing is said of the rest of the time. */
struct ward_actions_spell {
	uint32_t service;
	ward_ns from, to;
	int64_t lo_micro, hi_micro;
};
struct ward_actions_spells {
	struct ward_actions_spell *at; /* by time, as they were counted */
	size_t n;
	bool beyond; /* the forecast takes more than WARD_CHANGES_MAX changes: nothing is told */
};

/* An action on a thing. */
struct ward_actions_item {
	uint32_t action, node;
	struct ward_actions_loss after;
	const uint32_t *saved; /* services no longer likelier down than not */
	uint32_t n_saved;
	const struct ward_impact *side; /* services that its own harm comes to, if begun at `now` */
	size_t n_side, n_down; /* the first n_down are likelier down than not by it alone; of the
				  others an outage only gets likelier or sooner */
	int64_t harm_micro, down_micro; /* care units a minute that it costs by itself; by these */
	uint32_t approve; /* role node, or WARD_NONE: the hospital has not the one that is named */
	bool clinical;    /* it touches care, or what carries care (recover/care.h): */
	uint32_t touched; /* whom soonest, or WARD_NONE: not seen by the forecast */
	uint32_t word;    /* then this clinical role has to agree too */
	int64_t gain_micro; /* care units avoided, less its cost at one unit per hundred euros */
	struct ward_actions_spells spells; /* where that is asked, as worst_micro */
	bool takes;  /* all that it does is to take ways from the forecast (impact/touch.h) */
	bool with;   /* works only with others that keep what it relies on: chosen with these, and
			`after` is what is lost with them */
	bool beyond; /* takes more people or money than there is: never chosen */
	bool chosen;
};

struct ward_actions {
	struct ward_arena arena;
	struct ward_impact *down; /* services that fall within the horizon if nothing is done */
	size_t n_down;
	struct ward_endless endless;      /* what that forecast takes to run for ever */
	struct ward_actions_loss nothing; /* doing nothing */
	struct ward_actions_item *item;   /* by gain, the best first */
	size_t n_item, n_with; /* behind them n_with that work only with others, if not chosen */
	struct ward_actions_loss best; /* all chosen together */
	struct ward_actions_spells nothing_spells, best_spells;
	uint64_t best_cost;
	bool told;           /* doing nothing was told by `begun` */
	bool exact;          /* all combinations of those that help by themselves were tried */
	bool one_by_one;     /* too many for that, or for the effort: the best was added */
	bool spent;          /* the effort was used up: there may be better */
	int64_t bound_micro; /* no combination loses less than this (README.md) */
	size_t n_useful;     /* that help by themselves */
	size_t n_more;       /* pairs beyond WARD_ACTIONS_PAIRS, or beyond the effort */
	size_t n_unjudged; /* pairs, and combinations, whose forecast has more than WARD_CHANGES_MAX
			    */
	/* Not proposed: on a medical device; locks where no plan of evacuation says which doors are
	 * ways of escape; locks of a way of escape or of the fire brigade; locks while it burns;
	 * work where it burns; touches care and no clinical role can agree. */
	size_t n_medical, n_planless, n_escape, n_fire, n_burning, n_unreliable, n_unanswered;
	/* Nor that works only with others, and with these takes more people or money than there is.
	 */
	size_t n_short;
};

/* LIMIT, NOT_FOUND as the engine, NOMEM. End it in any case with ward_actions_fini. */
WARD_MUST_CHECK enum ward_err ward_actions_find(const struct ward_actions_world *w,
	const struct ward_actions_ask *ask, const struct ward_mem *mem, struct ward_actions *ret);
void ward_actions_fini(struct ward_actions *p);
/* Does it change anything worth telling, or is it chosen? */
bool ward_actions_changes(const struct ward_actions *p, const struct ward_actions_item *it);

/* For people: doing nothing first, then actions, then the best together. */
void ward_actions_write_text(const struct ward_actions *p, const struct ward_actions_world *w,
	const struct ward_actions_ask *ask, struct ward_lang *lang, struct ward_wr *to);
/* Only doing nothing, as both writers begin; for `begun`. */
void ward_actions_write_nothing_text(const struct ward_actions *p,
	const struct ward_actions_world *w, const struct ward_actions_ask *ask,
	struct ward_lang *lang, struct ward_wr *to);
void ward_actions_write_nothing_json(const struct ward_actions *p,
	const struct ward_actions_world *w, const struct ward_actions_ask *ask,
	struct ward_lang *lang, struct ward_wr *to);
/* One object per line: nothing, action, and a summary last. */
void ward_actions_write_json(const struct ward_actions *p, const struct ward_actions_world *w,
	const struct ward_actions_ask *ask, struct ward_lang *lang, struct ward_wr *to);

#endif
