/* What a hospital says of how it is left: HOSPITAL/evacuation.yml, and how fast people move:
 * content/evacuation.yml.
 *
 * Compartments, the doors, stairs and lifts between them, counts of patients by how they move,
 * staff by shift, shut-offs of oxygen, what the fire brigade wants to know. Counts only: no person
 * is ever in it. The formats are in docs/evacuation.md. Loaded whole, then read-only; resolved
 * against one model, which must outlive it. Faces files that people write. */
#ifndef WARD_EVACUATE_FACTS_H
#define WARD_EVACUATE_FACTS_H

#include "model/escape.h"

#define WARD_EVAC_FILE "evacuation.yml"

enum {
	WARD_EVAC_STOPS = 64, /* of one way */
	WARD_EVAC_SHIFTS = 8,
	WARD_EVAC_METRES = 20, /* of a way that does not say how far it is */
};

/* How a patient moves; in the order in which they leave: the quickest first. */
enum ward_evac_class {
	WARD_EVAC_WALKING,
	WARD_EVAC_WHEELCHAIR,
	WARD_EVAC_BED,
	WARD_EVAC_VENTILATED,
	WARD_EVAC_CLASS_N,
};
/* "walking" … Lives forever. */
const char *ward_evac_class_name(enum ward_evac_class c);

/* What people flee from. */
enum ward_evac_threat { WARD_EVAC_FIRE, WARD_EVAC_SMOKE, WARD_EVAC_GAS, WARD_EVAC_THREAT_N };
const char *ward_evac_threat_name(enum ward_evac_threat t);

/* How one kind of patient is brought away. Times in milliseconds. */
struct ward_evac_how {
	int64_t group;           /* so many in one trip */
	int64_t staff;           /* for one trip on the level or by lift */
	int64_t stairs_staff;    /* by stairs */
	int64_t prepare;         /* before they move */
	int64_t stairs_prepare;  /* more, before stairs */
	int64_t level_mm_s;      /* on the level */
	int64_t floor;           /* one floor of stairs down */
	int64_t door, stairs;    /* each patient holds up a lane of a door, of stairs, so long */
	int64_t width_mm;        /* of a door that lets them through */
	int64_t stairs_width_mm; /* of stairs */
	int64_t area_dm2;        /* floor that one takes where received */
};

struct ward_evac_travel {
	struct ward_evac_how how[WARD_EVAC_CLASS_N];
	int64_t react;                 /* from the alarm until staff are at the bedsides */
	int64_t hand_over;             /* at the other end, before the team is free */
	int64_t staff_mm_s;            /* staff on their way back */
	int64_t staff_floor;           /* and a floor of stairs, either way */
	int64_t lift_load, lift_floor; /* in or out; one floor */
	int64_t lane_mm;               /* one lane of a door or of stairs */
	int64_t bottle;                /* portable oxygen of a ventilated patient */
	struct {
		int64_t available; /* until nobody can stay in the compartment */
		bool lifts;        /* lifts that are not protected may be used */
		bool smoke_holds;  /* what separates smoke compartments holds it */
	} threat[WARD_EVAC_THREAT_N];
	int64_t holds; /* a fire compartment's walls */
};

enum ward_evac_kind { WARD_EVAC_KIND_FIRE, WARD_EVAC_KIND_SMOKE, WARD_EVAC_KIND_OUTSIDE };

/* A part of the hospital that holds fire, or only smoke, back; or a place outside. */
struct ward_evac_compartment {
	struct ward_str id, name;
	enum ward_evac_kind kind;
	uint32_t within;   /* smoke: others with the same number share one fire compartment */
	uint32_t building; /* node, or WARD_NONE (outside) */
	int32_t level;
	int64_t area_dm2;  /* free floor for those who are brought here */
	int64_t available; /* own time that stands for that of the threat; 0: none stated */
	int64_t holds;     /* how long its walls hold a fire; 0: none stated */
	uint32_t line;
};

enum ward_evac_way_kind { WARD_EVAC_DOOR, WARD_EVAC_STAIRS, WARD_EVAC_LIFT };
enum ward_evac_lift { WARD_EVAC_LIFT_ORDINARY, WARD_EVAC_LIFT_BRIGADE, WARD_EVAC_LIFT_EVACUATION };

/* A door, stairs or a lift: from each stop one gets to each other. */
struct ward_evac_way {
	enum ward_evac_way_kind kind;
	struct ward_str id, name;
	uint32_t node;  /* the door or lift of the model, or WARD_NONE */
	uint32_t *stop; /* compartments */
	size_t n_stop;
	int64_t width_mm;
	int64_t mm;  /* to it, from the midst of a compartment (doors: to the next midst) */
	bool stated; /* else mm is WARD_EVAC_METRES */
	enum ward_evac_lift lift;
	bool bed; /* lifts: takes a bed */
	uint32_t line;
};

/* The patients of one service in one compartment. */
struct ward_evac_ward {
	uint32_t service, at; /* node; compartment */
	int64_t count[WARD_EVAC_CLASS_N];
	int64_t staff[WARD_EVAC_SHIFTS]; /* there, by shift */
	bool stated[WARD_EVAC_SHIFTS];   /* how many; else staff is 0 */
	int64_t spare[WARD_EVAC_SHIFTS]; /* of them, who may go and help elsewhere */
	int64_t shelter;                 /* its own rooms protect so long; 0: they don't */
	uint32_t line;
};

/* People who come to help: a fire team, porters. */
struct ward_evac_help {
	struct ward_str name;
	int64_t staff[WARD_EVAC_SHIFTS];
	int64_t arrives; /* after the alarm */
	uint32_t line;
};

struct ward_evac_shift {
	struct ward_str id, name;
	int64_t from, to; /* minutes of the day */
};

/* A valve that shuts off the oxygen of compartments. */
struct ward_evac_oxygen {
	struct ward_str id, name;
	uint32_t place; /* room where the valve is */
	uint32_t *serves;
	size_t n_serves;
	uint32_t line;
};

/* What the brigade wants to know of a place: "oxygen", "mri" … */
struct ward_evac_hazard {
	struct ward_str kind, text;
	uint32_t place;
	uint32_t line;
};

struct ward_evac_access {
	uint32_t building, place; /* place may be WARD_NONE */
	struct ward_str text;
};

struct ward_evac {
	struct ward_evac_travel travel;
	struct ward_str plan, reviewed; /* the hospital's own plan; when the facts were looked at */
	int64_t brigade;                /* how soon it is there */
	struct ward_evac_shift shift[WARD_EVAC_SHIFTS];
	struct ward_evac_compartment *compartment;
	struct ward_evac_way *way;
	struct ward_evac_ward *ward;
	struct ward_evac_help *help;
	struct ward_evac_oxygen *oxygen;
	struct ward_evac_hazard *hazard;
	struct ward_evac_access *access;
	size_t n_shift, n_compartment, n_way, n_ward, n_help, n_oxygen, n_hazard, n_access;
	uint32_t *of; /* by node: the compartment of a room, or WARD_NONE */
	size_t trips_max, staff_max, looks_max; /* of one answer, by the limits */
	/* Internal. */
	const struct ward_model *m;
	const struct ward_mem *mem;
	struct ward_arena arena;
};

/* A file in memory; its name stands in findings. */
struct ward_evac_text {
	struct ward_str file;
	struct ward_slice bytes;
};

/* Reads CONTENT/evacuation.yml and DIR/evacuation.yml. NOT_FOUND when the hospital has none (no
 * finding: not every hospital does), CONFIG with findings, IO, NOMEM. Free with ward_evac_free. */
WARD_MUST_CHECK enum ward_err ward_evac_load(const char *content, const char *hospital,
	const struct ward_model *m, const struct ward_limits *lim, const struct ward_mem *mem,
	struct ward_diag *diag, struct ward_evac **ret);
/* The same from memory, of which nothing is borrowed. */
WARD_MUST_CHECK enum ward_err ward_evac_parse(const struct ward_evac_text *content,
	const struct ward_evac_text *hospital, const struct ward_model *m,
	const struct ward_limits *lim, const struct ward_mem *mem, struct ward_diag *diag,
	struct ward_evac **ret);
void ward_evac_free(struct ward_evac *e);
/* Which doors are never locked by this plan; lives as long as e. NOMEM. */
WARD_MUST_CHECK enum ward_err ward_evac_escape(struct ward_evac *e, struct ward_escape *ret);

/* How many floors the way has from one stop to another; negative: up. */
int32_t ward_evac_floors(const struct ward_evac *e, uint32_t from, uint32_t to);
/* The compartment of that id, or WARD_NONE. O(compartments). */
uint32_t ward_evac_find(const struct ward_evac *e, struct ward_str id);

#endif
