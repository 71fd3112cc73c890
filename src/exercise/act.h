/* What a step sends, as bytes: frames, syslog messages, MQTT messages.
 *
 * Pure: the same step and time give the same bytes, in the recording and live, before and after a
 * restart. All into a writer of the caller's; a writer without room is bad, as always. */
#ifndef WARD_EXERCISE_ACT_H
#define WARD_EXERCISE_ACT_H

#include "exercise/scenario.h"

enum {
	WARD_ACT_FRAME_MAX = 1514,   /* bytes of the longest frame, without its checksum */
	WARD_ACT_TEXT_MAX = 1 << 15, /* bytes of the longest syslog message or payload */
	WARD_ACT_TOPIC_MAX = 512,
	WARD_ACT_ESPA_MAX = 512,
	WARD_ACT_TRAP_MAX = 1400,
	WARD_ACT_BOOT = 8,
};

/* How many frames the step is: 0 for all but ARP, BACNET, TCP, UDP and TOOL; a request and its
 * answer are 2. */
size_t ward_act_frames(const struct ward_step *s);
/* Frame i < ward_act_frames: from its destination address to its padding (60 bytes at least). */
void ward_act_frame(const struct ward_scenario *c, size_t step, size_t i, struct ward_wr *w);
/* The request of a BACNET step as a datagram's payload (ASHRAE 135 annex J.2). */
void ward_act_bacnet(const struct ward_step *s, struct ward_wr *w);
/* How long after the step's time a device sends frame i. */
ward_ns ward_act_frame_after(const struct ward_step *s, size_t i);
/* The network that the step's frames are on. */
uint32_t ward_act_network(const struct ward_scenario *c, const struct ward_step *s);

/* One RFC 5424 message without line end or length: of a SYSLOG or a LOG step. */
void ward_act_syslog(
	const struct ward_scenario *c, const struct ward_step *s, ward_ns time, struct ward_wr *w);

/* ward/v1/HOSPITAL/KIND/SENSOR */
void ward_act_topic(const struct ward_scenario *c, const struct ward_step *s, struct ward_wr *w);
/* The JSON payload: boot, seq, time, then the step's members. */
void ward_act_payload(
	const struct ward_step *s, struct ward_str boot, ward_ns time, struct ward_wr *w);
/* The sensors' boot of one performance: `performance` tells them apart (its start). */
struct ward_str ward_act_boot(
	const struct ward_scenario *c, ward_ns performance, char ret[WARD_ACT_BOOT]);

/* The call as it is heard on the line: who calls is asked, selects, sends its block, and gets an
 * answer. */
void ward_act_espa(const struct ward_step *s, struct ward_wr *w);
/* The calls on the line of a source, one behind the other: when each is due, which step it is, and
 * its bytes. */
void ward_act_espa_plan(
	const struct ward_scenario *c, const struct ward_source *source, struct ward_wr *w);
/* What is heard between two calls: who could call is asked, and has nothing to say. */
void ward_act_espa_poll(struct ward_wr *w);
/* One datagram, of version 2c. */
void ward_act_trap(const struct ward_scenario *c, const struct ward_step *s, struct ward_wr *w);

#endif
