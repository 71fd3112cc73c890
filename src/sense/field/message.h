/* Private to this room: one message, checked. */
#ifndef WARD_SENSE_FIELD_MESSAGE_H
#define WARD_SENSE_FIELD_MESSAGE_H

#include "event/json.h"
#include "sense/field/field.h"
#include "sense/field/kind.h"

/* X(IDENT, "member of the payload"): those that are not fields of the event by themselves */
#define WARD_FIELD_MEMBER_LIST(X) \
	X(TIME, "time")           \
	X(HEARTBEAT, "heartbeat_s")

struct ward_field_member {
#define X(IDENT, name) uint32_t IDENT;
	WARD_FIELD_MEMBER_LIST(X)
#undef X
};

struct ward_field_message {
	struct ward_str site, sensor; /* of the topic */
	const struct ward_field_kind *kind;
	bool offline; /* last will or leave-taking: nothing below but boot and seq is set */
	struct ward_str boot;
	bool has_seq; /* false: offline without one */
	int64_t seq;
	ward_ns time;
	const struct ward_field_word *word; /* NULL: none was given */
	struct ward_value value;            /* NULL: none */
	ward_ns heartbeat;                  /* 0: not given */
	struct ward_event raw;              /* the payload's members */
	size_t n_unknown;                   /* members that nobody knows: not used */
};

/* The topic alone: sets site, kind and sensor. */
enum ward_field_reject ward_field_topic(struct ward_str topic, struct ward_field_message *m);
/* The payload of a message whose topic is checked; now stands for a time that is not given. Memory
 * is the arena's. */
enum ward_field_reject ward_field_payload(struct ward_json_reader *r,
	const struct ward_field_member *member, struct ward_slice payload, ward_ns now,
	struct ward_arena *arena, struct ward_field_message *m);

#endif
