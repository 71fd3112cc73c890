/* Private to the live hospital: its process table, and what the sources of its directory need. */
#ifndef WARD_RUN_LIVE_PRIV_H
#define WARD_RUN_LIVE_PRIV_H

#include "desk/people.h"
#include "respond/act/actuators.h"
#include "directory/directory.h"
#include "exchange/readers.h"
#include "exchange/sources.h"
#include "respond/recipients.h"
#include "run/live_own.h"
#include "run/live_uids.h"
#include "run/oncall_watch.h"
#include "run/beside.h"
#include "run/elsewhere.h"
#include "run/authority.h"
#include "run/board.h"
#include "run/console.h"
#include "run/live.h"
#include "run/entries.h"
#include "run/permits.h"
#include "run/report.h"
struct ward_points;

enum live_process {
	P_JOURNAL,
	P_PSEUDONYM,
	P_STORE,
	P_NOTARY, /* ended after all whose rows it signs */
	P_BRAIN,
	P_TELL,
	P_LOG,
	P_NET,
	P_FIELD,
	P_MQTT,
	P_FLOW,
	P_FILE,  /* live_files.c */
	P_CLIPS, /* where the hospital has an evidence key, as the next */
	P_PHOTO,
	P_VIDEO, /* of each camera its own: live_cameras.c */
	P_LINE,  /* of each source its own, as the next: live_guests.c */
	P_ONVIF,
	P_HOOK,
	P_FEED,
	P_CALLS,
	P_DIODE,
	P_POLL,  /* of each source its own: live_pollers.c */
	P_STAGE, /* what stands in the networks of a played scenario: live_stage.c */
	P_PLAY,
	P_RESPOND,   /* where the hospital has recipients: live_respond.c */
	P_DESK,      /* where people decide: live_desk.c */
	P_PLAYBOOK,  /* live_playbook.c */
	P_ACT,       /* where the hospital has systems that can be asked: live_act.c */
	P_OFFER,     /* where the hospital has readers: live_offer.c */
	P_API,       /* where the console is served: live_api.c */
	P_INGEST,    /* where others may post to the API: live_sources.c */
	P_LOGIN,     /* who is signed in: live_login.c */
	P_RECKON,    /* computes for the console, as P_API */
	P_RECALL,    /* reads the journal for the console, as P_API */
	P_CONFIG,    /* keeps and changes the hospital's directory: live_config.c */
	P_DIRECTORY, /* where the hospital has one of its own: live_directory.c */
	P_QUORUM,    /* where the journal is on a database besides: live_quorum.c */
	P_N,
};

/* Whose boards `api` reads (run/board.h). */
enum live_board {
	LIVE_BOARD_BRAIN,
	LIVE_BOARD_RULES,
	LIVE_BOARD_JOURNAL,
	LIVE_BOARD_SUPERVISOR,
	LIVE_BOARD_PLAY,   /* where a scenario is played */
	LIVE_BOARD_QUORUM, /* where the journal is on a database besides */
	LIVE_BOARDS
};

enum { LIVE_CONSOLE_HOSTS = 56, LIVE_WIRES = 64, LIVE_PATH = 4096 };
struct live_console {
	struct ward_console conf; /* of console.yml */
	int listener;             /* -1: there is none, or the supervisor has it */
	int held;                 /* the same, for the next life; -1 */
	char host[LIVE_CONSOLE_HOSTS][WARD_AUTHORITY_NAME_MAX + 1]; /* names that are ours */
	size_t n_host;
	char url[WARD_AUTHORITY_NAME_MAX + 32]; /* empty: nothing is served */
	char why_not[512];
};

struct live {
	const struct ward_live_options *o;
	const struct ward_model *m;
	char *why;
	struct ward_supervisor *s;
	size_t number[P_N]; /* in the supervisor's table */
	bool used[P_N];
	size_t net[WARD_SOURCE_WORKERS]; /* the same of net's workers; the first is P_NET */
	unsigned n_net;
	struct live_camera {
		char video_name[WARD_PROCESS_NAME], camera_name[WARD_PROCESS_NAME];
		size_t video, camera; /* in the supervisor's table */
		const struct ward_source *source;
	} camera[WARD_CAMERAS_MAX];
	size_t n_camera;
	size_t scene[WARD_CAMERAS_MAX];        /* likewise; of each footage that is played */
	int play_clock, play_sets, stage_gone; /* memory files: run/NAME.h of these; -1 */
	ward_ns play_begin;                    /* monotonic: live_play_begin; 0: not set yet */
	struct live_guest {
		char name[WARD_PROCESS_NAME];
		size_t number; /* in the supervisor's table */
		const struct live_guest_kind *kind;
		const struct ward_source *source;
	} guest[WARD_GUESTS_MAX];
	size_t n_guest;
	int64_t told_day; /* of agreements that end, since 1970; 0: not yet */
	size_t n_ingest;  /* sources of P_INGEST */
	struct live_poller {
		char name[WARD_PROCESS_NAME];
		size_t number; /* in the supervisor's table */
		const struct ward_source *source;
	} poller[WARD_POLLERS_MAX];
	size_t n_poller;
	struct ward_recipients recipients; /* of recipients.yml */
	struct ward_people people;         /* of people.yml */
	struct ward_directory directory;   /* of directory.yml */
	uid_t person_uid[WARD_PEOPLE_MAX]; /* (uid_t)-1: the person has no user here */
	uid_t own_uid;                     /* as seen outside of a namespace of its own */
	struct live_send {
		char name[WARD_PROCESS_NAME];
		size_t number; /* in the supervisor's table */
		const struct ward_recipient *to;
	} send[WARD_RECIPIENTS_MAX];
	size_t n_send;
	struct ward_actuators actuators;          /* of actuators.yml */
	struct ward_readers readers;              /* of readers.yml */
	struct ward_indicator_sources indicators; /* of indicators.yml */
	char taxii[WARD_INDICATOR_SOURCES][WARD_PROCESS_NAME];
	struct live_hand {
		char name[WARD_PROCESS_NAME];
		size_t number; /* in the supervisor's table */
		const struct ward_actuator *of;
	} hand[WARD_ACTUATORS_MAX];
	size_t n_hand;
	struct live_console console;
	uid_t n_uid;   /* ids that may be given away; 1: only our own */
	ward_ns epoch; /* when the rings were made: a part of the ids of what they hold */
	struct ward_reporter reporter;
	struct ward_permit_watch permits;
	struct ward_entry_watch entries;
	struct ward_oncall_watch oncall;
	struct ward_beside beside;       /* with the machine beside this one */
	struct ward_elsewhere elsewhere; /* with the database that has the journal */
	int board_fd[LIVE_BOARDS]; /* memory files: what processes show of themselves; -1: none */
	struct ward_board board;   /* the supervisor's own */
	struct live_wire {
		char name[16]; /* as IFNAMSIZ */
		uint64_t frames, per_second;
		ward_ns at; /* monotonic: when they were counted */
	} wire[LIVE_WIRES];
	size_t n_wire;
	int care;   /* memory file: what people entered of availability (run/handed.h) */
	int roster; /* the same: who is on call, for `login` */
	int first;  /* memory file: the code of the first one who signs in */
	bool nobody_administers, anew; /* anew: `config` said that all is to begin so */
	int config, duty; /* link with `config`, -1; memory file: which recipients are on duty */
};

/* err, with what it was about in the live hospital's `why`; IO: errno says what. */
enum ward_err live_because(struct live *l, enum ward_err err, const char *what);
/* "key=value" for a process. */
WARD_MUST_CHECK enum ward_err live_set_text(
	struct live *l, enum live_process p, const char *key, struct ward_str value);
/* Does the source's `where` begin so? Then what follows. */
bool live_starts(const struct ward_source *s, const char *way, struct ward_str *ret_rest);
/* Which process reads a source; P_N: none does while live. */
enum live_process live_reader_of(const struct ward_source *s);
/* "limit=…" of what the hospital's limits.yml changes. */
WARD_MUST_CHECK enum ward_err live_set_limits(struct live *l, size_t number);
/* Links a sensor with journal and pseudonym. */
WARD_MUST_CHECK enum ward_err live_link_sensor(struct live *l, size_t number);
/* Two processes for each camera; then what links and tells them. CONFIG: there are too many. */
WARD_MUST_CHECK enum ward_err live_add_cameras(struct live *l);
WARD_MUST_CHECK enum ward_err live_set_cameras(struct live *l);
/* Is the source a camera or a controller that the played scenario has nothing of? Then nobody
 * watches it. */
bool live_unplayed(const struct live *l, const struct ward_source *s);
/* The other sensors that have a process for each source; then what tells them. CONFIG: there are
 * too many. */
WARD_MUST_CHECK enum ward_err live_add_guests(struct live *l);
WARD_MUST_CHECK enum ward_err live_set_guests(struct live *l);
/* Is it a sensor with a process for each source? */
bool live_is_guest(enum live_process p);
/* By which name the model knows the camera that a source watches; empty: there is none. */
struct ward_str live_camera_key(const struct live *l, const struct ward_source *s);
/* "key=value" for a process; nothing when there is no value. The second: a file, whose path may be
 * relative to the hospital directory. The third: through a file in memory, since an argument can be
 * seen by every user of the machine. The last: such a path. */
WARD_MUST_CHECK enum ward_err live_tell(
	struct live *l, size_t number, const char *key, struct ward_str value);
WARD_MUST_CHECK enum ward_err live_tell_file(
	struct live *l, size_t number, const char *key, struct ward_str file);
WARD_MUST_CHECK enum ward_err live_path_of(
	const struct live *l, struct ward_str file, char path[LIVE_PATH]);
WARD_MUST_CHECK enum ward_err live_tell_secret(
	struct live *l, size_t number, const char *key, struct ward_str text);
/* A process for each source of controllers; then what tells it what to ask. CONFIG: too many, or
 * nothing that can be asked. */
WARD_MUST_CHECK enum ward_err live_add_pollers(struct live *l);
WARD_MUST_CHECK enum ward_err live_set_pollers(struct live *l);
/* The points of the hospital; free them. CONFIG: they have errors. */
WARD_MUST_CHECK enum ward_err live_points(struct live *l, struct ward_points **ret);
/* A text for a process, which none of its lives can change. */
WARD_MUST_CHECK enum ward_err live_hand_text(
	struct live *l, size_t number, const char *key, const struct ward_wr *w);
/* Are clips and photos kept? Then what the processes of it need, with links to cameras and desk. */
bool live_wants_clips(const struct live *l);
WARD_MUST_CHECK enum ward_err live_set_clips(struct live *l);
/* A camera looks at itself, at what the model says that it monitors, and at the room that it is in,
 * with all that is there. */
bool live_looks_at(const struct live *l, uint32_t camera, uint32_t node);
/* Reads whom there is to tell. CONFIG: the file has problems, or what was played would be told as
 * real. */
WARD_MUST_CHECK enum ward_err live_find_recipients(struct live *l);
/* Is anybody told in this run? Of a played scenario only recipients of exercises are. */
bool live_is_told(const struct live *l);
/* A process for each that is told in this run; then what tells them and `respond`. */
WARD_MUST_CHECK enum ward_err live_add_sends(struct live *l);
WARD_MUST_CHECK enum ward_err live_set_respond(struct live *l);
/* Reads which systems can be asked. CONFIG: the file has problems. */
WARD_MUST_CHECK enum ward_err live_find_actuators(struct live *l);
/* Is any of them asked in this run? Of a played scenario only those of exercises are. */
bool live_acts(const struct live *l);
/* A process for each that is; then what tells them and `act`. */
WARD_MUST_CHECK enum ward_err live_add_hands(struct live *l);
WARD_MUST_CHECK enum ward_err live_set_act(struct live *l);
/* What can be proposed, for a process that shows it. */
WARD_MUST_CHECK enum ward_err live_hand_abilities(struct live *l, size_t number);
/* Reads where indicators are got. CONFIG: the file has problems. */
WARD_MUST_CHECK enum ward_err live_find_indicators(struct live *l);
/* A process for each of these, unless a scenario is played, and what tells it. */
WARD_MUST_CHECK enum ward_err live_add_indicators(struct live *l);
/* What people enter of availability, for this process. */
WARD_MUST_CHECK enum ward_err live_hand_care(struct live *l, size_t number);
/* What `playbook` is told and linked with. */
WARD_MUST_CHECK enum ward_err live_set_playbook(struct live *l);
/* A file of zeros in memory that ends with this run. */
WARD_MUST_CHECK enum ward_err live_hand_memory(
	struct live *l, size_t number, const char *name, size_t bytes);
/* Opens what each source names, and hands it to its process. */
WARD_MUST_CHECK enum ward_err live_open_sources(struct live *l);

#endif
