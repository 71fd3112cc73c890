/* Who leads a played scenario: what the process `play` is linked with and told beside the scenario.
 */
#ifndef WARD_RUN_LIVE_LEAD_H
#define WARD_RUN_LIVE_LEAD_H

#include "run/live_priv.h"

/* The process `play`: its desk, the record, its log and its time. IO: the log can't be opened. */
WARD_MUST_CHECK enum ward_err live_set_lead(struct live *l);
/* A played recipient: when it acknowledges by the policy, if a role of it is played so. */
WARD_MUST_CHECK enum ward_err live_set_policy(
	struct live *l, size_t number, const struct ward_recipient *r);
/* What is played beside it (a camera, a controller, a line) goes by the same time. */
WARD_MUST_CHECK enum ward_err live_share_clock(struct live *l, size_t number);
/* The same, with its beginning, for whom time stands still while the play does (run/play_clock.h).
 */
WARD_MUST_CHECK enum ward_err live_share_time(struct live *l, size_t number);
/* When the play begins, if nothing holds it, monotonic: from the first call on the same. */
ward_ns live_play_begin(struct live *l);
/* … and a controller hears what happens to it. */
WARD_MUST_CHECK enum ward_err live_share_sets(struct live *l, size_t number);

/* What ended of what stands on the stage, to who leads. */
WARD_MUST_CHECK enum ward_err live_share_gone(struct live *l, size_t number);

/* Has the played scenario tools that run, or servers that stand in its networks? Then the process
 * `stage`, which `play` asks for its tools' steps. */
bool live_has_stage(const struct live *l);
WARD_MUST_CHECK enum ward_err live_set_stage(struct live *l);

/* The cameras of a played scenario: a process for each that has footage. */
WARD_MUST_CHECK enum ward_err live_add_scenes(struct live *l, ward_ns begin);
/* The controllers of a played scenario: a process for each. */
WARD_MUST_CHECK enum ward_err live_add_devices(struct live *l, ward_ns begin);

/* A process that plays ordinary life beside the scenario, from `begin` (monotonic) until the
 * scenario has ended, if that was asked for. */
WARD_MUST_CHECK enum ward_err live_add_life(struct live *l, ward_ns begin);
/* "wire=SOURCE:IFACE" of each far end, for who plays there. */
WARD_MUST_CHECK enum ward_err live_set_wires(struct live *l, size_t number);
/* Is it that process? Its end is no news. */
bool live_is_life(const char *name);

#endif
