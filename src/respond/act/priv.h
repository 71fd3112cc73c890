/* Actions that are under way, shared by the files of this room. Internal. */
#ifndef WARD_RESPOND_ACT_PRIV_H
#define WARD_RESPOND_ACT_PRIV_H

#include "respond/act/act.h"
#include "respond/act/command.h"
#include "respond/act/port.h"

enum {
	PERSON_BYTES = 64,
	WRONG_MAX = 5,
	ROW_MAX = 64 << 10,
	DECIDED_MAX = 64,
	PLAYBOOK_MOST = 128
};

/* A proposal, and what one of two agreed to. */
#define ACT_STANDS ((ward_ns)30 * 60 * WARD_NS_PER_S)

struct action {
	struct ward_id id;
	uint32_t revision;
	enum ward_act_state state;
	size_t ability; /* SIZE_MAX: the table has it not any more */
	uint32_t node;  /* WARD_NONE: the hospital has it not any more */
	char host[18];  /* of it, by its MAC address; or empty (command.h) */
	char port[WARD_PORT_NAME +
		  1]; /* at which it was found, where it was looked for; or empty */
	char behind[WARD_PORT_BEHIND]; /* all that was at that port; or empty */
	bool changed;                  /* what would be asked for is not what was shown */
	bool clinical, two;
	uint8_t digest[32]; /* of all that was shown */
	size_t agreed;      /* who did, to its beginning or renewal (act_who); or SIZE_MAX */
	uint32_t agreed_as; /* the role, or WARD_NONE */
	ward_ns agreed_at;
	ward_ns expires; /* of a proposal; of what is asked, the ward's time limit */
	ward_ns until;   /* of what is done; 0: for good */
	ward_ns begun;
	bool locks;
	bool by_playbook;
	/* Of this life only. */
	ward_ns seen; /* by the policy, first, as gone time; NEVER */
	bool mine;    /* this life wrote that it begins */
	bool on_way;  /* the system is asked */
	bool unsure;  /* it may have been done by an attempt of which nobody knows */
	unsigned attempts;
	ward_ns next; /* not asked for before; of what is in doubt: not taken back by itself before
		       */
};

/* A decision that is on record, so that who asks again is answered as then. */
struct act_decided {
	struct ward_id id, action;
	bool wrong; /* its code was */
};

enum { SEEK_WAITS = 8 };

/* On which port something hangs is asked of all switches at once, before it is proposed: of one
 * thing after the other. */
struct act_seek {
	struct ward_id of; /* the action that is to be proposed; zero: nothing is looked for */
	struct ward_act_thing thing; /* its host lives in `host` */
	char host[18];
	ward_ns begun, over; /* over is 0: not yet */
	bool by_person;
	/* What people wait for, in the order in which it was asked for first. */
	struct act_wait {
		struct ward_id id;
		ward_ns at; /* when it was asked for last */
	} wait[SEEK_WAITS];
	size_t n_wait;
	ward_ns silent[WARD_ACTUATORS_MAX]; /* when that switch gave no answer last; 0: it did */
	struct act_switch {
		struct ward_id asked; /* by which its answer is known */
		bool on_way; /* it may be asked for a thing of which nobody waits any more */
		enum { SEEK_IDLE, SEEK_ASKED, SEEK_HERE, SEEK_TWICE, SEEK_AWAY, SEEK_SILENT } at;
		char port[WARD_PORT_NAME + 1], behind[WARD_PORT_BEHIND];
		uint8_t mac[WARD_PORT_DEVICES][6]; /* behind it */
		size_t n_mac;
		size_t unheard; /* of what was found: a switch that gave no answer; SIZE_MAX: all
				   did */
	} sw[WARD_ACTUATORS_MAX];
};

struct ward_act {
	struct ward_act_opts o;
	struct action *action; /* [WARD_ACTS_MAX] */
	size_t n;
	uint64_t *last_step;         /* [n_person]: of the last code that was taken */
	ward_ns (*wrong)[WRONG_MAX]; /* [n_person]: when a wrong code was given */
	unsigned *n_wrong;
	struct act_decided decided[DECIDED_MAX]; /* a ring */
	size_t n_decided;
	bool burns;
	struct act_seek seek;
	struct ward_id begins; /* whose beginning was given out last */
	uint32_t begins_at;    /* as that revision */
	struct ward_arena scratch;
	struct ward_wr row, body, answer;
	char why[WARD_ACT_WHY];
};

struct action *act_find(const struct ward_act *a, struct ward_id id);
/* Is there room for one more? */
bool act_has_room(const struct ward_act *a);
size_t act_person(const struct ward_act *a, struct ward_str id);
/* Who decided by that row: a person's index, or of a role that the policy plays its own behind
 * those of persons; SIZE_MAX: nobody who is known. */
size_t act_who(const struct ward_act *a, const struct ward_conf *row);
/* The role of such an index that the policy plays; NULL: it is a person's. */
static inline const struct ward_act_policy_role *act_played(const struct ward_act *a, size_t who)
{
	return who == SIZE_MAX || who < a->o.n_person ? NULL : &a->o.policy[who - a->o.n_person];
}
void act_count(const struct ward_act *a, const char *name);

/* A row about an action: begun, members added on, ended. False: it did not fit. */
struct ward_json act_row_begin(
	struct ward_act *a, struct ward_id id, const char *event, enum ward_act_state state);
bool act_row_end(struct ward_act *a, struct ward_json *j, struct ward_act_row *ret);
/* The whole row of an event without members of its own but why (may be NULL). Asserts that the
 * table has the step. */
bool act_row_of(struct ward_act *a, const struct action *x, enum ward_act_event e, const char *why,
	ward_ns now, struct ward_act_row *ret);
const char *act_event_name(enum ward_act_event e);

/* The request that goes to the system, into a->body. */
void act_body(struct ward_act *a, const struct ward_ability *y, struct ward_act_thing on,
	struct ward_id id, bool undo);

/* "macs": by which a switch knows the thing. */
void act_macs(struct ward_act *a, struct ward_json *j, struct ward_act_thing on);
/* On which port the thing hangs; empty: the ability is about none. */
struct ward_str act_port(const struct ward_ability *y, struct ward_act_thing on);
/* The hash of all that decides what is done by it, and taken back: kept with the proposal, so that
 * nothing else is asked for after the hospital's files were changed. Of an ability that acts on the
 * node. */
void act_asks(const struct ward_act *a, const struct ward_ability *y, struct ward_act_thing on,
	uint8_t ret[32]);
/* Gives the answer that it is not so, and why; false. */
bool act_no(struct ward_act *a, struct ward_decided *ret, enum ward_err err, const char *why);
/* Is the node elsewhere than where who decides may? */
bool act_elsewhere(const struct ward_act *a, const struct ward_decision *d, uint32_t node);
/* The decision's args, until the next call; NULL: none, or none that can be read. */
const struct ward_conf *act_args(struct ward_act *a, const struct ward_decision *d);
/* As ward_act_decide, of an action, by who that is (act_who), at the decision's time. */
bool act_decide_as(struct ward_act *a, const struct action *x, const struct ward_decision *d,
	size_t who, struct ward_act_row *row, struct ward_decided *ret);
/* As ward_act_decide, of a proposal. */
bool act_propose(struct ward_act *a, const struct ward_decision *d, bool by_person, ward_ns now,
	struct ward_act_row *row, struct ward_decided *ret);

/* What a port is looked for for. */
struct act_sought {
	struct ward_id id; /* of the action */
	struct ward_act_thing on;
	bool by_person;
};
/* Looks for that port: AGAIN until it is known. Then *ability is one of the switch that has it, and
 * *ret says where. */
bool act_seek(struct ward_act *a, const struct act_sought *of, size_t *ability, ward_ns now,
	struct act_switch *ret, struct ward_decided *ret_said);

/* That a switch gave no answer, and that it may hang there; false. */
bool act_unheard(struct ward_act *a, size_t actuator, struct ward_decided *ret);

/* What it is on. */
static inline struct ward_act_thing act_thing(const struct action *x)
{
	return (struct ward_act_thing){
		x->node, ward_str_z(x->host), ward_str_z(x->port), ward_str_z(x->behind)};
}

#endif
