/* From a sensor's events to the journal: identities hidden, encoded, batched, acknowledged.
 *
 * A batch is sent when it is full or when the sensor has nothing more to read, and the sensor waits
 * until it is durable: so a slow or full journal makes the sensor stop reading, and what its socket
 * then drops is counted there. Nothing leaves the process with an identity in it: when the
 * pseudonym process does not answer, the sensor waits. */
#ifndef WARD_RUN_FEEDER_H
#define WARD_RUN_FEEDER_H

#include "comply/pseudonym.h"
#include "run/process.h"
#include "run/wire.h"

struct ward_feeder;

/* Takes the links "journal" and "pseudonym" of p. Borrows p and names. Ends the process when they
 * are missing. NOMEM. */
WARD_MUST_CHECK enum ward_err ward_feeder_new(
	struct ward_process *p, struct ward_names *names, struct ward_feeder **ret);
/* Hides, encodes and batches one event; its fields are changed. Ends the process when a link is
 * gone for good. An event that is too large for one record (128 KiB) is left out, counted, and told
 * as what has no room. */
void ward_feeder_event(struct ward_feeder *f, struct ward_event *e);
/* How many events of telemetry were dropped so far for want of room: whoever has to acknowledge its
 * input must not do so for what came since it last looked. */
uint64_t ward_feeder_shed(const struct ward_feeder *f);
/* How many events were left out so far as too large: nor must it acknowledge these, and offering
 * them again doesn't help. */
uint64_t ward_feeder_too_large(const struct ward_feeder *f);
/* True when nothing is batched: all that came is durable, dropped or too large. */
bool ward_feeder_empty(const struct ward_feeder *f);
/* Sends what is batched and waits until it is durable. Telemetry that the journal has no room for
 * is counted and dropped, and an event `ward.loss` says so as soon as there is room. */
void ward_feeder_flush(struct ward_feeder *f);

#endif
