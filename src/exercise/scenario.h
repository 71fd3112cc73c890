/* A scenario: a story that is played against a hospital, and the truth about it
 * (docs/scenarios.md).
 *
 * Loaded whole and checked against the hospital's model; what is loaded can be played as it is. It
 * borrows the model, whose sources and texts it points into; read-only afterwards, any thread.
 * Faces files that people wrote. */
#ifndef WARD_EXERCISE_SCENARIO_H
#define WARD_EXERCISE_SCENARIO_H

#include "exercise/controlled.h"
#include "exercise/lead.h"
#include "exercise/stage.h"
#include "exercise/truth.h"
#include "model/model.h"

struct ward_points;

enum { WARD_SCENARIO_TEXT_MAX = 255, WARD_SCENARIO_PAIRS_MAX = 32, WARD_STANDS_MAX = 40 };

#define WARD_SCENARIO_LAST (30 * 86400 * WARD_NS_PER_S) /* nothing comes later than that */

/* Who can send on a network: an asset with its address, or an actor of the scenario. */
struct ward_host {
	struct ward_str id;
	uint32_t network; /* node */
	uint8_t ip[4], mac[6];
	uint8_t broadcast[4]; /* of its network; zeros: the model has no IPv4 prefix around ip */
	unsigned prefix;      /* its length, or less; 0 likewise */
};

/* A field of a syslog message, a member of an MQTT payload, or an object of a trap. */
struct ward_pair {
	struct ward_str key, value;
	bool raw; /* a number, true, false or null: JSON as it stands */
};

enum ward_act {
	WARD_ACT_SYSLOG,
	WARD_ACT_MQTT,
	WARD_ACT_ARP,
	WARD_ACT_BACNET,
	WARD_ACT_ESPA,
	WARD_ACT_TRAP,
	WARD_ACT_LOG,
	WARD_ACT_TCP,
	WARD_ACT_UDP,
	WARD_ACT_SMB, /* in scenario.yml; loaded as TCP */
	WARD_ACT_SIP, /* in scenario.yml; loaded as UDP */
	WARD_ACT_TOOL,
	WARD_ACT_SET, /* nothing that is sent: what a played controller measures is another */
	WARD_ACT_N,
	WARD_ACT_NONE = WARD_ACT_N, /* it sends nothing: only its truth is told */
};
/* "syslog", "mqtt" … as in scenario.yml; "none". Lives forever. */
const char *ward_act_name(enum ward_act a);

/* Application types of ASHRAE 135 clause 20.2 that a scenario can write: X(IDENT, "name") */
#define WARD_ACT_VALUE_LIST(X)      \
	X(NULL, "null")             \
	X(BOOLEAN, "boolean")       \
	X(UNSIGNED, "unsigned")     \
	X(SIGNED, "signed")         \
	X(REAL, "real")             \
	X(ENUMERATED, "enumerated") \
	X(TEXT, "text")

enum ward_act_value_type {
#define X(IDENT, name) WARD_ACT_VALUE_##IDENT,
	WARD_ACT_VALUE_LIST(X)
#undef X
		WARD_ACT_VALUE_N,
};

struct ward_act_value {
	enum ward_act_value_type type;
	uint32_t bits;        /* the number; signed in two's complement, real as IEEE 754 */
	struct ward_str text; /* TEXT: UTF-8, at most WARD_SCENARIO_TEXT_MAX bytes */
};

enum ward_bacnet_act {
	WARD_BACNET_ACT_WHO_IS,
	WARD_BACNET_ACT_I_AM,
	WARD_BACNET_ACT_READ,
	WARD_BACNET_ACT_WRITE,
	WARD_BACNET_ACT_N,
};
enum ward_reply { WARD_REPLY_NONE, WARD_REPLY_ACK, WARD_REPLY_VALUE };

/* What one side of a conversation says in one go. */
struct ward_saying {
	bool server; /* who was asked says it */
	struct ward_str bytes;
};
/* Sayings of a step; bytes of all of them; bytes of one over UDP. */
enum { WARD_SAYINGS_MAX = 256, WARD_SAYING_MAX = 1 << 16, WARD_DATAGRAM_MAX = 1460 };

struct ward_step {
	ward_ns at, real; /* offsets: in live play, in the recording; both never go back */
	struct ward_str note,
		id; /* id: by which branches and trainers name it, and those of one kind */
	uint32_t line;
	const struct ward_step_truth *truth; /* NULL: the hospital's ordinary life */
	enum ward_act act;
	const struct ward_source *source; /* SYSLOG, MQTT, ESPA, TRAP, LOG */
	struct ward_pair *pair;           /* SYSLOG, MQTT, TRAP */
	size_t n_pair;
	struct {
		struct ward_str host, class;
	} syslog;
	struct {
		struct ward_str kind, sensor;
		uint64_t seq; /* how many steps of this sensor were before */
	} mqtt;
	uint32_t from; /* ARP, BACNET, TRAP, TCP, UDP, TOOL: index of a host */
	struct {
		uint8_t target[4];
		uint32_t answer; /* the host that has target, or WARD_NONE */
	} arp;
	struct {
		enum ward_bacnet_act service;
		uint32_t to; /* index of a host, or WARD_NONE: broadcast */
		bool ranged;
		uint32_t low, high;      /* WHO_IS, when ranged */
		uint32_t device, vendor; /* I_AM */
		uint32_t type, instance, property;
		struct ward_act_value value; /* WRITE */
		uint32_t priority;           /* WRITE: 1 to 16; 0: none is sent */
		enum ward_reply reply;
		struct ward_act_value answer; /* READ with a reply */
		uint8_t invoke;               /* READ, WRITE: counts the requests of this sender */
	} bacnet;
	struct {
		struct ward_str address, message; /* the pager; what it shows: ASCII */
		uint8_t type, priority;           /* as in ESPA 4.4.4: '1' to '3' */
	} espa;
	struct {
		struct ward_str oid; /* which trap it is */
	} trap;
	struct {
		struct ward_str host, app, text; /* text: UTF-8, as a program writes it */
	} log;
	struct {
		uint32_t to;   /* index of a host */
		uint16_t port; /* of who is asked */
		bool refused;  /* TCP: the connection is */
		struct ward_saying *say;
		size_t n_say;
	} talk; /* TCP, UDP */
	struct {
		const struct ward_tool *run;
		struct ward_str *with; /* words of the command behind its name, with words in braces
					  (exercise/stage.h) */
		size_t n_with;
		ward_ns within;          /* ended then, if it has not */
		struct ward_str capture; /* what was heard when it ran: a file of stage/ */
		struct ward_heard {
			ward_ns after; /* the first */
			struct ward_str frame;
		} * heard;
		size_t n_heard;
	} tool;
	struct {
		const struct ward_controller *controller;
		uint32_t value; /* which of its values */
		double to;      /* in the point's unit */
	} set;
};

/* What answers at the address of a host while the scenario is played in network namespaces: a
 * server of others, a played controller, or neither: who asks is refused. */
struct ward_stand {
	uint32_t host;
	const struct ward_peer *serves;
	struct ward_str leases; /* "FIRST,LAST": addresses that it gives out (RFC 2131); empty */
	const struct ward_controller *controller;
	uint32_t line;
};

/* What a camera shows while the scenario is played live. */
struct ward_footage {
	const struct ward_source *source; /* rtsp:// */
	struct ward_str clip;             /* a video file, relative to the scenario's folder */
	ward_ns again; /* from here on it goes on, after its end and before the play */
};

struct ward_scenario {
	struct ward_arena arena; /* all texts and arrays */
	const struct ward_mem *mem;
	const struct ward_model *model;
	struct ward_str file, id, title, story;
	struct ward_str variant; /* what was changed of a scenario; empty: nothing */
	bool synthetic;
	ward_ns start;
	ward_ns utc_offset; /* east of UTC: as `start` is written, so the devices' clocks show it */
	struct ward_str *recording;
	size_t n_recording;
	struct ward_host *host; /* those that the steps name, and all actors */
	size_t n_host;
	struct ward_footage *footage;
	size_t n_footage;
	struct ward_controller *controller;
	size_t n_controller;
	struct ward_stand *stand;
	size_t n_stand;
	struct ward_expect expect;
	struct ward_step
		*step; /* lead.n_step: those of the story, then those of injects, branches */
	size_t n_step; /* of the story */
	struct ward_lead lead;
};

/* What loading needs; all are borrowed, m and mem as long as the scenario lives. */
struct ward_scenario_in {
	const struct ward_model *m;
	const struct ward_limits *lim;
	const struct ward_mem *mem;
	struct ward_diag *diag;
	const struct ward_points *points; /* NULL: those of controllers are not looked up */
};

/* Loads DIR/scenario.yml; DIR's last part is the id that it must have. Every problem goes to diag;
 * CONFIG when there was an error-level one, NOT_FOUND, IO, LIMIT (the file's; a finding says so),
 * NOMEM; then *ret is untouched. Free with ward_scenario_free. */
WARD_MUST_CHECK enum ward_err ward_scenario_load(
	const char *dir, const struct ward_scenario_in *in, struct ward_scenario **ret);
/* The same from memory, borrowed for the call: path names it in findings, id is the one that it
 * must have. */
WARD_MUST_CHECK enum ward_err ward_scenario_parse(struct ward_str path, struct ward_str id,
	struct ward_slice text, const struct ward_scenario_in *in, struct ward_scenario **ret);
/* What the camera behind a source shows, or NULL. */
const struct ward_footage *ward_scenario_footage(
	const struct ward_scenario *s, const struct ward_source *source);
/* Has it a step of this source? */
bool ward_scenario_says(const struct ward_scenario *s, const struct ward_source *source);
/* Has the scenario a controller that answers for this source? */
bool ward_scenario_controls(const struct ward_scenario *s, const struct ward_source *source);
/* As offsets of a recording (`real` of steps) when the play is at that time: between two steps in
 * proportion, behind the last as the clock goes. */
ward_ns ward_scenario_story_time(const struct ward_scenario *s, ward_ns played);
void ward_scenario_free(struct ward_scenario *s);
/* For WARD_AUTO. */
void ward_scenario_freep(struct ward_scenario **s);

/* Checks every HOSPITAL/scenarios/NAME/scenario.yml, in order of their names; without that folder,
 * nothing. CONFIG when there was an error-level finding; LIMIT, IO, NOMEM. */
WARD_MUST_CHECK enum ward_err ward_scenarios_check(
	const char *hospital, const struct ward_scenario_in *in);

#endif
