/* Private to the BACnet/IP client: its devices and their open questions. */
#ifndef WARD_SENSE_BUILDING_BACNET_PRIV_H
#define WARD_SENSE_BUILDING_BACNET_PRIV_H

#include "sense/building/bacnet_client.h"
#include "sense/building/poll_pace.h"

enum {
	BACNET_GROUP = 30, /* points in one ReadPropertyMultiple; two items each are read */
	BACNET_WHOLE_MAX = WARD_BACNET_SEGMENTS * WARD_BACNET_APDU_MAX,
	BACNET_TEXTS = 1 << 16,
};

/* A confirmed alarm that was told, and is acknowledged once that is durable. */
struct bacnet_receipt {
	struct ward_bacnet_at at;
	uint8_t invoke;
};

struct bacnet_alarm {
	uint32_t type, instance, state;
	bool fresh;  /* told or listed since the device was first asked for its list */
	bool listed; /* it was in a list */
};

struct bacnet_point {
	struct ward_bacnet_ref ref;
	const struct ward_poll_point *plan;
	enum ward_poll_quality quality; /* as it was told last */
	bool told;
	ward_ns subscribe; /* when the subscription is to be renewed */
};

/* The open question, and what came of a long answer to it. */
struct bacnet_question {
	enum ward_bacnet_ask ask;
	uint8_t invoke;
	uint8_t tries;
	size_t first, n; /* points of the device */
	uint8_t *whole;  /* segments put together; NULL: none came */
	size_t len;
	uint8_t next;   /* number of the segment that comes next */
	unsigned n_odd; /* segments out of turn */
};

struct bacnet_device {
	uint32_t instance;
	bool found;
	struct ward_bacnet_at at;
	char ip[16];
	unsigned max_apdu;
	bool sends_segments;
	bool no_multiple, no_events, no_subscribe; /* it said that it can't */
	size_t group;                              /* points asked for at once */
	struct ward_poll_pace pace;
	struct bacnet_question q;
	unsigned n_busy;            /* questions in a row that it could not answer then */
	struct bacnet_point *point; /* n_point */
	size_t n_point, next;       /* next of this round */
	ward_ns round;              /* when the next round begins */
	unsigned turn;              /* what has its turn next */
	ward_ns events;             /* when its alarms are asked for */
	bool wants_events, has_last;
	uint32_t last_type, last_instance;
	size_t n_listed;            /* alarms of the list that is being read */
	struct bacnet_alarm *alarm; /* by object, so that each is told once */
	size_t n_alarm, cap_alarm;
	bool alarms_over; /* told that there are more than are remembered */
	struct ward_poll_refused refused[WARD_BACNET_REJECT_N];
};

struct ward_bacnet_client {
	struct ward_bacnet_client_opts o;
	struct ward_poll_tell tell;
	struct ward_poll_pace_opts pace;
	struct bacnet_device *device; /* by instance */
	size_t n_device, cap_device, max_device;
	size_t max_alarm;           /* of each device */
	struct bacnet_point *point; /* by device, then as in the plan */
	size_t n_point;
	bool survey;       /* no plan: which devices are there? */
	ward_ns survey_at; /* next Who-Is to everybody */
	ward_ns who_is;    /* no Who-Is before, whomever it seeks */
	size_t n_waiting, waiting_max, turn;
	uint8_t invoke;
	struct bacnet_receipt receipt[WARD_BACNET_RECEIPTS];
	size_t n_receipt;
	struct ward_poll_refused refused[WARD_BACNET_REJECT_N]; /* of nobody we know */
	struct ward_bacnet m;
	uint8_t text[BACNET_TEXTS], out[WARD_BACNET_APDU_MAX];
};

/* The device of that instance, or NULL. */
struct bacnet_device *bacnet_find(struct ward_bacnet_client *c, uint32_t instance);
struct ward_poll_device bacnet_who(const struct bacnet_device *d);
enum ward_err bacnet_refuse(struct ward_bacnet_client *c, struct bacnet_device *d,
	enum ward_bacnet_reject why, struct ward_poll_now now);
/* Ends the open question. */
enum ward_err bacnet_end(struct ward_bacnet_client *c, struct bacnet_device *d,
	enum ward_poll_pace_end end, struct ward_poll_now now);
/* Writes and sends; q->invoke is in it. */
void bacnet_send(struct ward_bacnet_client *c, const struct bacnet_device *d);

/* bacnet_answer.c: c->m is a message of d's address that answers something. */
enum ward_err bacnet_answer(
	struct ward_bacnet_client *c, struct bacnet_device *d, struct ward_poll_now now);
/* bacnet_told.c: c->m is what a device says of its own accord. */
enum ward_err bacnet_told(
	struct ward_bacnet_client *c, const struct ward_bacnet_at *at, struct ward_poll_now now);
/* The alarms of the answer in c->m, each told when it is another than before; beyond max_alarm they
 * are counted, and that is told. */
enum ward_err bacnet_alarms(
	struct ward_bacnet_client *c, struct bacnet_device *d, struct ward_poll_now now);
/* A list begins; and came to its end: an alarm that the device listed before and has no more is
 * told as normal, and whatever is not in it is told again when it comes. */
void bacnet_alarms_begin(struct bacnet_device *d);
/* More alarms than are remembered, or a list without an end: counted, and told until they are
 * fewer. */
enum ward_err bacnet_alarms_over(
	struct ward_bacnet_client *c, struct bacnet_device *d, size_t n, struct ward_poll_now now);
enum ward_err bacnet_alarms_end(
	struct ward_bacnet_client *c, struct bacnet_device *d, struct ward_poll_now now);
/* A reading of point p. value NULL kind: none. flags: of status-flags, -1 when unknown. */
enum ward_err bacnet_reading(struct ward_bacnet_client *c, struct bacnet_device *d,
	struct bacnet_point *p, const struct ward_bacnet_item *value,
	const struct ward_bacnet_item *flags, struct ward_poll_now now);
/* There is none, and why; told when that is news. */
enum ward_err bacnet_no_reading(struct ward_bacnet_client *c, struct bacnet_device *d,
	struct bacnet_point *p, const char *why, struct ward_poll_now now);

#endif
