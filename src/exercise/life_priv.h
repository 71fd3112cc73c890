/* Private to this room: what life is made with. Steps are written as in scenario.yml, in whatever
 * order, and loaded as any other scenario at the end, so that what holds of a story holds of them.
 * After an error nothing more is done. */
#ifndef WARD_EXERCISE_LIFE_PRIV_H
#define WARD_EXERCISE_LIFE_PRIV_H

#include "base/mem.h"
#include "exercise/life.h"

struct ward_life {
	const struct ward_life_in *in;
	const struct ward_model *m;
	struct ward_arena arena;
	bool *apart;         /* of each node: the story's */
	uint64_t dice;       /* SplitMix64 */
	double share[2];     /* how much happens of what machines do, and people; 1: all */
	bool people;         /* whose pace it is just now */
	size_t max;          /* steps */
	struct ward_wr text; /* of all steps, one behind the other */
	struct ward_life_step {
		ward_ns at;
		size_t off, len, order;
	} * step;
	size_t n, cap;
	size_t wanted[2]; /* steps of both, those for which there was no room too */
	enum ward_err err;
};

/* Nodes of the model, in its order. */
struct ward_life_nodes {
	uint32_t *at;
	size_t n;
};

/* From 0 to below 1; one of n. */
double ward_life_dice(struct ward_life *l);
size_t ward_life_one_of(struct ward_life *l, size_t n);
/* Calls one(l, at, ctx) at moments so many times a day in the mean: by the hours of a hospital, as
 * people do, or evenly. Once at least soon, if there is time; none so late that it would not be
 * over in time. */
struct ward_life_pace {
	double a_day;
	bool by_hour;
};
void ward_life_pace(struct ward_life *l, struct ward_life_pace p,
	void (*one)(struct ward_life *l, ward_ns at, void *ctx), void *ctx);
/* The hour of the day, 0 to 23. */
unsigned ward_life_hour(const struct ward_life *l, ward_ns at);
/* Is there room for n more steps? If not, they count as wanted. */
bool ward_life_room(struct ward_life *l, size_t n);
/* A step begins: its act is written there, on one line, and the step ends by the second. */
struct ward_wr *ward_life_begin(struct ward_life *l, ward_ns at);
void ward_life_end(struct ward_life *l);
/* A text between double quotes. */
void ward_life_quote(struct ward_wr *w, struct ward_str s);
/* Can it be written so: printable ASCII, and something? */
bool ward_life_plain(struct ward_str s);
/* Room for n nodes; NULL and l->err when there is none. */
uint32_t *ward_life_nodes(struct ward_life *l, size_t n);
/* The class of that id; WARD_NONE. */
uint32_t ward_life_class(const struct ward_life *l, const char *id);
/* Whether a node is of a class, which may be WARD_NONE. */
bool ward_life_is(const struct ward_life *l, uint32_t node, uint32_t class);

/* The four bytes of an asset's IPv4 address, in the model; NULL: it has none. */
const uint8_t *ward_life_ip(const struct ward_model *m, uint32_t node);

/* life_apart.c: marks what is the story's. */
void ward_life_part(struct ward_life *l);
/* Does the story say that word in a field, or as a sensor? */
bool ward_life_said(const struct ward_life *l, struct ward_str word);

/* What happens. */
void ward_life_doors(struct ward_life *l);
void ward_life_sensors(struct ward_life *l);
void ward_life_logins(struct ward_life *l);
void ward_life_wires(struct ward_life *l);

/* life_talk.c: a step in which two assets talk, as the act of scenario.yml. */
struct ward_life_talk {
	struct ward_str from, to; /* ids */
	uint64_t number;          /* of the message, image or query */
	ward_ns at;
	const uint8_t *ip; /* IPv4 of who is asked */
};
typedef void (*ward_life_talk_fn)(struct ward_life *l, const struct ward_life_talk *t);
void ward_life_poll(struct ward_life *l, const struct ward_life_talk *t);   /* BACnet */
void ward_life_result(struct ward_life *l, const struct ward_life_talk *t); /* HL7, as the next */
void ward_life_order(struct ward_life *l, const struct ward_life_talk *t);
void ward_life_echo(struct ward_life *l, const struct ward_life_talk *t); /* DICOM, as the next */
void ward_life_image(struct ward_life *l, const struct ward_life_talk *t);
void ward_life_name(struct ward_life *l, const struct ward_life_talk *t); /* DNS */
void ward_life_file(struct ward_life *l, const struct ward_life_talk *t); /* SMB */
void ward_life_mail(struct ward_life *l, const struct ward_life_talk *t); /* SMTP */

#endif
