/* Field sensors over MQTT: messages in, events out (docs/mqtt.md).
 *
 * A pure state machine over (topic, payload, time): reads no clock, file or socket. Sees untrusted
 * bytes; single-threaded. It remembers each sensor's state, boot and sequence, so that it tells a
 * change from a heartbeat, a loss from silence, and a redelivery from news. A new life remembers
 * nothing: then the first word of each sensor is told as a change, since it may be one, and no gap
 * is told before it. Events of one message have the same ids in every life. */
#ifndef WARD_SENSE_FIELD_FIELD_H
#define WARD_SENSE_FIELD_FIELD_H

#include "base/counter.h"
#include "event/event.h"

/* X(NAME, "counter name", "what is wrong") */
#define WARD_FIELD_REJECT_LIST(X)                                                              \
	X(NONE, "field.accept", "nothing")                                                     \
	X(TOPIC, "field.reject.topic", "not ward/v1/SITE/KIND/SENSOR")                         \
	X(KIND, "field.reject.kind", "KIND is none that is known")                             \
	X(SIZE, "field.reject.size", "longer than field.payload")                              \
	X(JSON, "field.reject.json", "the payload is not a JSON object")                       \
	X(BOOT, "field.reject.boot", "boot is not a text of 1 to 64 bytes")                    \
	X(SEQ, "field.reject.seq", "seq is not a whole number from 0")                         \
	X(TIME, "field.reject.time", "time is not RFC 3339")                                   \
	X(STATE, "field.reject.state", "state is no word of this KIND")                        \
	X(VALUE, "field.reject.value", "value is not a number, or missing where it is needed") \
	X(UNIT, "field.reject.unit", "unit is not that of this KIND")                          \
	X(HEARTBEAT, "field.reject.heartbeat", "heartbeat_s is not 1 to 86400")                \
	X(TEXT, "field.reject.text", "door, reader, badge, reason or direction is not a text") \
	X(SENSORS, "field.reject.sensors", "more sensors than field.sensors")

enum ward_field_reject {
#define X(NAME, counter, what) WARD_FIELD_REJECT_##NAME,
	WARD_FIELD_REJECT_LIST(X)
#undef X
		WARD_FIELD_REJECT_N,
};

/* Both live forever. */
const char *ward_field_reject_counter(enum ward_field_reject r);
const char *ward_field_reject_text(enum ward_field_reject r);

/* Where events go: borrowed for the call; an error is handed on to the caller of the sensor. */
struct ward_field_sink {
	enum ward_err (*put)(void *ctx, const struct ward_event *e);
	void *ctx;
};

struct ward_field_opts {
	const struct ward_mem *mem; /* pointers are borrowed for the sensor's life */
	const struct ward_limits *lim;
	struct ward_names *names;
	struct ward_counters *counters;
	struct ward_field_sink sink;
	ward_ns heartbeat;      /* of sensors that do not say theirs; 0: 60 s */
	struct ward_str source; /* of the events; empty: "mqtt" */
};

struct ward_field_sensor;

/* NOMEM. */
WARD_MUST_CHECK enum ward_err ward_field_new(
	const struct ward_field_opts *opts, struct ward_field_sensor **ret);
void ward_field_free(struct ward_field_sensor *f);

/* One message as it came. Gives no, one or several events. What is refused is counted, gives one
 * field.refused per sensor and minute, and is OK: an error is NOMEM or the sink's. */
WARD_MUST_CHECK enum ward_err ward_field_message(
	struct ward_field_sensor *f, struct ward_str topic, struct ward_slice payload, ward_ns now);

/* The same for a message that its transport delivers once more (MQTT's DUP). As long as nothing but
 * those is known of a sensor, no gap is told: what is missing between them may have come to a
 * former life of this one. */
WARD_MUST_CHECK enum ward_err ward_field_message_again(
	struct ward_field_sensor *f, struct ward_str topic, struct ward_slice payload, ward_ns now);

/* Call about once a second: gives field.silent for each sensor that was not heard for one and a
 * half heartbeats. O(sensors). */
WARD_MUST_CHECK enum ward_err ward_field_tick(struct ward_field_sensor *f, ward_ns now);

/* The table of kinds, for the documentation: false after the last. states is "a, b, c". */
bool ward_field_kind_at(size_t i, const char **ret_kind, const char **ret_unit, bool *ret_value,
	struct ward_wr *states);

#endif
