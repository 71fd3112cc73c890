/* What Ward can ask other systems of the hospital to do: HOSPITAL/actuators.yml (docs/acting.md),
 * checked against the model.
 *
 * Read by the process `act` and by the supervisor. Faces what whoever may write there has written:
 * what must never be acted on is refused here, whoever asks for it later. */
#ifndef WARD_RESPOND_ACT_ACTUATORS_H
#define WARD_RESPOND_ACT_ACTUATORS_H

#include "conf/conf.h"
#include "model/escape.h"

#define WARD_ACTUATORS_FILE "actuators.yml"

enum {
	WARD_ACTUATORS_MAX = 8,
	WARD_ABILITIES_MAX = 128, /* of all together */
	WARD_ACTUATOR_ID = 32,    /* bytes, at most */
	WARD_ACTUATOR_TEXT = 1024,
	WARD_ABILITY_THINGS = 256, /* that it acts on, or cuts off */
	WARD_ABILITY_ROLES = 8,
};
/* An action stands so long at most, unless somebody renews it. */
#define WARD_ACT_LASTS_MAX ((ward_ns)24 * 3600 * WARD_NS_PER_S)

/* X(NAME, "name", what it does) */
#define WARD_DOES_LIST(X)                                         \
	X(ISOLATE, "isolate", "takes it off its networks")        \
	X(LOCK, "lock", "keeps people from going through a door") \
	X(RELEASE, "release", "lets people through a door")       \
	X(TELL, "tell", "opens a ticket or writes into a chat; changes nothing of the hospital")
enum ward_does {
#define X(NAME, name, what) WARD_DOES_##NAME,
	WARD_DOES_LIST(X)
#undef X
		WARD_DOES_N,
};
/* "isolate". Lives forever. */
const char *ward_does_name(enum ward_does d);

/* How a system is asked. X(NAME, "name": the key that says where it is, "program" that asks) */
#define WARD_ACT_WAY_LIST(X)             \
	X(WEBHOOK, "webhook", "send")    \
	X(SSH, "ssh", "ssh")             \
	X(RADIUS, "radius", "radius")    \
	X(SNMP, "snmp", "snmpset")       \
	X(HTTP, "http-api", "call")      \
	X(OPENC2, "openc2-http", "call") \
	X(PLAYED, "played", "played") /* of an exercise: nothing leaves Ward */
enum ward_act_way {
#define X(NAME, name, program) WARD_ACT_WAY_##NAME,
	WARD_ACT_WAY_LIST(X)
#undef X
		WARD_ACT_WAY_N,
};
/* The program of libexec that asks so. Lives forever. */
const char *ward_act_way_program(enum ward_act_way w);
/* The media type of what a system that is asked so gets and answers. Lives forever; NULL: it is not
 * asked by calls (call.h). */
const char *ward_actuator_type(enum ward_act_way w);

/* What may be done when nobody knows whether it was done. */
enum ward_repeat {
	WARD_REPEAT_SAFE, /* asked again by the same key: the system does it once */
	WARD_REPEAT_ONCE, /* never: a person looks */
	WARD_REPEAT_N,
};

/* One thing that a system can do. Texts and lists live as long as the table. */
struct ward_ability {
	struct ward_str id;
	size_t actuator; /* in the table */
	enum ward_does does;
	enum ward_repeat repeat;
	uint32_t *on; /* nodes: any one of them */
	size_t n_on;
	uint32_t *cuts; /* nodes that go with it, whichever it is: a network's, a gateway's */
	size_t n_cuts;
	uint32_t *role; /* nodes: who may approve it */
	size_t n_role;
	bool hosts; /* `on` are networks: it acts on one host there which the hospital does not know
		     */
	bool seeks; /* of SNMP: on which port it hangs is looked for when it is proposed */
	bool undo;  /* it can be taken back */
	bool two;   /* two different persons approve it */
	/* Of SSH, templates (command.h): what does it, takes it back, and says "on" or "off"; the
	 * last may be empty. Each can be filled in for each of `on`. Of RADIUS, what is set
	 * (radius.h), and set when it is taken back; of a device with one MAC address. Of SNMP the
	 * same of a port (port.h). Of calls, two lines (call.h) and what is sent with them, which
	 * may be empty: all templates. */
	struct ward_str run, back, look, content, back_content;
	struct ward_str *port; /* of SNMP: on which each of `on` hangs; NULL: it `seeks` */
	ward_ns lasts;         /* it is undone then, unless renewed; 0: it can't be undone */
	uint32_t line;
};

/* A system. */
struct ward_actuator {
	struct ward_str id, name; /* for people; the id when none was given */
	enum ward_act_way way;
	struct ward_str
		where; /* of a webhook its URL; of calls https://HOST[:PORT]; else HOST:PORT */
	struct ward_str secret_file, certificate;
	struct ward_str user;     /* of SSH and SNMP */
	struct ward_str host_key; /* of SSH, a file */
	struct ward_str security; /* of SNMP (port.h) */
	struct ward_str uplinks;  /* of SNMP: ports that are never touched, with tabs between */
	struct ward_str nas;      /* of RADIUS, NAS-Identifier; may be empty */
	struct ward_str header;   /* of calls: the field that shows the secret */
	bool exercise;            /* it is asked for in played scenarios, and only there */
	uint32_t line;
};

struct ward_actuators {
	struct ward_arena arena;
	struct ward_actuator a[WARD_ACTUATORS_MAX];
	size_t n;
	struct ward_ability *ability;
	size_t n_ability;
};

struct ward_actuators_in {
	const struct ward_model *m;
	const struct ward_escape *escape; /* NULL: there is no plan of evacuation */
	const struct ward_limits *lim;
	const struct ward_mem *mem;
	struct ward_diag *diag;
};

/* Reads the text of a file. CONFIG: with findings. NOMEM. Free either way. */
WARD_MUST_CHECK enum ward_err ward_actuators_read(const struct ward_actuators_in *in,
	struct ward_str file, struct ward_slice text, struct ward_actuators *ret);
/* The same of the hospital directory; without the file there are none. The files of secrets and
 * certificates must be there, those of secrets be their owner's alone. IO as well. */
WARD_MUST_CHECK enum ward_err ward_actuators_load(
	const struct ward_actuators_in *in, const char *dir, struct ward_actuators *ret);
void ward_actuators_free(struct ward_actuators *t);

/* By "ACTUATOR/ABILITY"; SIZE_MAX: there is none. */
size_t ward_ability_find(const struct ward_actuators *t, struct ward_str name);
bool ward_ability_acts_on(const struct ward_ability *a, uint32_t node);
/* What does that to the node itself and cuts off least with it, of equals the first, by a system
 * for exercises or by one that is real; SIZE_MAX: nothing. */
size_t ward_ability_narrowest(
	const struct ward_actuators *t, enum ward_does does, uint32_t node, bool exercise);

#endif
