/* What pollers say: readings, devices that come and go, alarms, answers that are not believed.
 *
 * One for each source; makes events, numbers them and hands them to the sink. Private to this room
 * and to whoever runs a poller. */
#ifndef WARD_SENSE_BUILDING_POLL_TELL_H
#define WARD_SENSE_BUILDING_POLL_TELL_H

#include "base/counter.h"
#include "event/event.h"
#include "sense/building/poll_plan.h"

/* Where events go: borrowed for the call; an error is handed on to the caller of the poller. */
struct ward_poll_sink {
	enum ward_err (*put)(void *ctx, const struct ward_event *e);
	void *ctx;
};

/* Both clocks at one moment: wall for what is told, mono for what is waited for. */
struct ward_poll_now {
	ward_ns wall, mono;
};

struct ward_poll_tell {
	struct ward_names *names; /* borrowed, as counters */
	struct ward_counters *counters;
	struct ward_poll_sink sink;
	struct ward_str source;
	uint32_t source_name, quality, unit;
	struct ward_event_origin origin;
	uint64_t seq;
	struct ward_arena arena;
};

/* What can be said of a value; words as in OPC 10000-8 A.4.3.3. */
enum ward_poll_quality { WARD_POLL_GOOD, WARD_POLL_UNCERTAIN, WARD_POLL_BAD };

struct ward_poll_reading {
	const struct ward_poll_point *point;
	struct ward_value value; /* as it was read; NULL: none */
	enum ward_poll_quality quality;
	const char *reason; /* for the quality, or NULL */
};

/* The device that an event is about. */
struct ward_poll_device {
	struct ward_str ip;
	bool has_instance;
	uint32_t instance; /* BACnet's device instance */
	bool has_unit;
	uint8_t unit; /* Modbus' unit */
};

/* What is refused is told once a minute for each device and reason, with how often it was. */
struct ward_poll_refused {
	ward_ns at;
	bool told;
	uint64_t n;
};

/* epoch: of this life of the poller. Borrows source. */
void ward_poll_tell_init(struct ward_poll_tell *t, const struct ward_mem *mem,
	struct ward_names *names, struct ward_counters *counters, struct ward_str source,
	uint64_t epoch);
void ward_poll_tell_fini(struct ward_poll_tell *t);

/* Begins an event; the caller sets what else it has and puts it. NOMEM, LIMIT. */
WARD_MUST_CHECK enum ward_err ward_poll_tell_begin(struct ward_poll_tell *t, const char *class,
	const struct ward_poll_device *d, ward_ns wall, struct ward_event *ret);
WARD_MUST_CHECK enum ward_err ward_poll_tell_put(
	struct ward_poll_tell *t, const struct ward_event *e);

/* Each NOMEM, LIMIT or the sink's. */
WARD_MUST_CHECK enum ward_err ward_poll_tell_reading(struct ward_poll_tell *t,
	const struct ward_poll_device *d, const struct ward_poll_reading *r, ward_ns wall);
/* It is there, again or for the first time; or gone, after so long without an answer. */
WARD_MUST_CHECK enum ward_err ward_poll_tell_online(
	struct ward_poll_tell *t, const struct ward_poll_device *d, ward_ns wall);
WARD_MUST_CHECK enum ward_err ward_poll_tell_offline(
	struct ward_poll_tell *t, const struct ward_poll_device *d, ward_ns length, ward_ns wall);
/* Counts under `reason`, a literal. */
WARD_MUST_CHECK enum ward_err ward_poll_tell_refused(struct ward_poll_tell *t,
	const struct ward_poll_device *d, const char *reason, struct ward_poll_refused *r,
	ward_ns wall);

/* value * scale + offset. As it is without them, or when it is not a number; the text of a new
 * number goes into buf. */
struct ward_value ward_poll_tell_scaled(
	const struct ward_poll_point *p, struct ward_value v, char buf[32]);

#endif
