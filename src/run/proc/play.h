/* Private to the process `play`: what it sends by, and how far it is. */
#ifndef WARD_RUN_PROC_PLAY_H
#define WARD_RUN_PROC_PLAY_H

#include "exercise/act.h"
#include "exercise/worth.h"
#include "run/board.h"
#include "run/proc/play_kept.h"
#include "run/process.h"
#include "run/rows_link.h"
#include "story/record.h"

enum {
	PLAY_LINKS = 32,
	PLAY_WIRES = 16,
	PLAY_SENT = WARD_COURSE_ENTRIES,
	PLAY_ACTIONS = 64,
	PLAY_ROLES = 256, /* each is a setting: WARD_PROCESS_ARGS */
	PLAY_TOLD = 64,
	PLAY_REFUSED = 64
};

struct play_link {
	const struct ward_source *source;
	uint32_t from; /* traps: the host that sends them; else WARD_NONE */
	bool stream;
	int fd;                           /* syslog, traps */
	struct ward_publisher *publisher; /* MQTT */
};

struct play_wire {
	const struct ward_source *source;
	int fd;
};

/* Who leads: nothing of it where the play has no desk. */
struct play_lead {
	bool waits;    /* it begins and ends when a trainer says so */
	int desk;      /* WARD_FD_NONE: nobody asks anything */
	int log;       /* file: an entry a line; WARD_FD_NONE: none is kept */
	ward_ns since; /* when this performance began: what is on record before is not of it */
	struct play_action {
		struct ward_id id;
		char thing[128]; /* id of what it is done to */
		char does[16];
	} action[PLAY_ACTIONS]; /* those that were proposed last: a ring */
	size_t n_action;
	struct play_containing {
		struct ward_str recipient; /* who is told … */
		ward_ns after;        /* … contains so long after, by the policy; NEVER: done */
		ward_ns due;          /* gone time; NEVER: was not told yet */
		struct ward_str does; /* instead of that, a word of the story; or empty */
	} containing[PLAY_ROLES];
	size_t n_containing;
	struct play_told {
		ward_ns at;
		char recipient[128];       /* id */
		bool acknowledged, policy; /* by the policy */
	} told[PLAY_TOLD];                 /* messages about incidents, the last ones: a ring */
	size_t n_told;
	bool has_rows;
	struct ward_rows_link rows;
	ward_ns looked; /* monotonic: at the record, last */
	struct ward_record_reader *reader;
	struct ward_arena scratch;
	struct ward_wr line, answer;
	struct play_refused {
		struct ward_id id;
		enum ward_err err;
		const char *why;
	} refused[PLAY_REFUSED]; /* what trainers asked last and did not get: a ring */
	size_t n_refused;
	struct ward_board board;
	uint8_t buf[WARD_MSG_MAX];
};

struct player {
	struct ward_process p;
	struct ward_limits lim;
	struct ward_model *model;
	struct ward_scenario *scenario;
	struct play_link link[PLAY_LINKS];
	size_t n_link;
	struct play_wire wire[PLAY_WIRES];
	size_t n_wire;
	ward_ns begin;  /* monotonic: when the play begins, if nothing holds it */
	uint64_t speed; /* percent */
	char boot[WARD_ACT_BOOT];
	struct ward_course *course;
	ward_ns unseen; /* monotonic: since when a branch waits for the record; 0: none does */
	/* what was sent, or is just being sent, in its order */
	struct play_sent {
		uint32_t step;
		uint64_t seq; /* MQTT: the sensor's own count */
		struct play_mark mark;
		bool put;      /* MQTT: given to this life's publisher */
		bool heard;    /* frames of it are sent in their own time, which … */
		ward_ns began; /* … is told from here, monotonic */
	} * sent;
	size_t n_sent, cap_sent;
	size_t n_over; /* with the first of them all is over */
	int position;  /* memory file: their marks; or WARD_FD_NONE */
	bool is_life;  /* what is played is the life beside a story */
	/* memory files: run/play_clock.h, run/play_sets.h, run/stage_gone.h; or WARD_FD_NONE */
	int clock, sets, gone;
	size_t n_gone; /* read of it */
	struct {
		pid_t pid; /* 0: there is none yet */
		int fd;
		size_t n; /* steps that it was given and has not done */
	} write;          /* who writes to controllers */
	struct ward_wr text;
	struct ward_ask *stage; /* where tools run; NULL: nowhere */
	struct play_lead lead;
	struct play_truth {
		struct ward_range *range; /* NULL: the hospital's physics can't be read */
		struct ward_wr text;      /* JSON of what was true when it was looked at last */
		ward_ns looked;
		size_t n_entry;
	} truth;
	struct play_seen {
		struct ward_arena arena;
		size_t *first; /* of each step: the first of its signs */
		ward_ns *sign; /* of each: when Ward said it first; NEVER */
		ward_ns *told; /* of each role that must be told: when it was first; NEVER */
	} seen;
	struct ward_wr worth; /* JSON of what decisions were worth, from the end on */
	bool worth_asked;
};

/* play_tool.c: whether the step is done by its tool; else what was heard when it ran is to be sent.
 * sent: how many were sent before. */
void play_tool_begin(struct player *pl);
bool play_tool(struct player *pl, uint32_t step, size_t sent);

/* play_load.c: the scenario, with what it needs; else the process ends. */
void play_load(struct player *pl);
/* Time of the play, as `at` of steps. */
ward_ns play_time(const struct player *pl);
/* From now on it is that time, and goes on or is held. */
void play_set_time(struct player *pl, ward_ns played, bool held);
/* What comes next of itself: done, and taken in. */
void play_on(struct player *pl, struct ward_course_entry *e);
/* A branch is due and the record can't be had, by which its way is decided: true after a moment,
 * and false when it was waited for long enough. Then, and once it was had, unseen is to be 0. */
bool play_waits(struct player *pl);
/* Sends a step, perhaps once more. */
void play_send(struct player *pl, uint32_t step);
/* Whatever of the i-th that was noted is not over. */
void play_say(struct player *pl, size_t i);
/* t times by, divided by of. */
ward_ns play_scaled(ward_ns t, uint64_t by, uint64_t of);
/* The first wire on that network, so that a frame goes out once; else the process ends. */
const struct play_wire *play_wire_of(struct player *pl, uint32_t network);

/* play_write.c: what the i-th step that was sent does to a played controller, if it does anything;
 * then it wrote, or waits for its answer in a child, behind what waits there. The log says what
 * was refused or not answered. */
void play_write(struct player *pl, size_t i);
/* Does any of it wait? What does not wrote. */
bool play_writing(struct player *pl);
/* Until none does, or for a while; the child's end is that of the process. */
void play_write_end(struct player *pl);

/* play_lead.c: what a former life did is taken in again; false: there was none. */
bool play_lead_begin(struct player *pl);
void play_lead_end(struct player *pl);
/* Takes the entry in, and writes it down. Its time is now, `played` as it is. */
enum ward_err play_take(struct player *pl, struct ward_course_entry *e, const char **ret_why);
/* Looks at what the record shows, if the last look is at least that long ago, and shows how it
 * goes. True: all that it had is known. */
bool play_look(struct player *pl, ward_ns least);
/* What a role does in the room by the policy, and who tells it: the i-th. False: there is none. */
struct play_does {
	struct ward_str recipient, role, word;
	ward_ns after;
};
bool play_does(struct player *pl, size_t i, struct play_does *ret);
/* The last state of a play that ended. */
void play_lead_last(struct player *pl);
/* Without it the process ends. */
void play_need(struct player *pl, enum ward_err err, const char *what);

/* play_asked.c: whatever the desk asks. */
void play_hear(struct player *pl);
/* What a former life took last and was killed before it did. Once all can be sent. */
void play_lead_catch_up(struct player *pl);

/* play_show.c: how the play goes, as members of an object: all of it; all but most of its steps and
 * log; or what a terminal shows. */
enum play_shown { PLAY_SHOW_ALL, PLAY_SHOW_FEW_STEPS, PLAY_SHOW_TERMINAL };
void play_show(struct player *pl, struct ward_json *j, enum play_shown how);
/* What an inject tells, and to whom: a list. */
void play_show_texts(const struct player *pl, struct ward_json *j, const struct ward_inject *x);

/* play_truth.c: the physics of the hospital, read before the cage. */
void play_truth_load(struct player *pl, const char *hospital);
void play_truth_free(struct player *pl);
/* A member `truth`: what is not as it should be, and what care loses; null where nobody can say. */
void play_truth_show(struct player *pl, struct ward_json *j);

/* play_seen.c: what is expected of the steps, and when Ward said it. NOMEM. */
WARD_MUST_CHECK enum ward_err play_seen_begin(struct player *pl);
void play_seen_end(struct player *pl);
/* A detection was told; a role was. */
void play_seen_sign(struct player *pl, const struct ward_record *r, ward_ns told);
void play_seen_told(struct player *pl, struct ward_str role, ward_ns at);
/* Members: `signs` of a step; of the whole story `response` and `expected`. */
void play_seen_show_signs(const struct player *pl, struct ward_json *j, size_t step);
void play_seen_show_story(const struct player *pl, struct ward_json *j);

/* play_worth.c: a member `worth`; null before the end. */
void play_worth_show(struct player *pl, struct ward_json *j);

/* play_life.c: the scenario becomes the life beside it. */
WARD_MUST_CHECK enum ward_err play_life_load(
	struct player *pl, const struct ward_scenario_in *of, const char *seed);
/* Is it life, has the story ended, and is nobody just passing a door? */
bool play_life_ends(const struct player *pl);
/* What is played has ended: if it is the story, life may end too. */
void play_life_end(struct player *pl);

#endif
