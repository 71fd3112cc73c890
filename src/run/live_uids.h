/* User ids of the processes of `ward run` that there are many of, and of those that came after
 * them; the others' are in the table of live.c. */
#ifndef WARD_RUN_LIVE_UIDS_H
#define WARD_RUN_LIVE_UIDS_H

#include "respond/act/actuators.h"
#include "exchange/sources.h"
#include "respond/recipients.h"
#include "run/process.h"

/* Ids of processes that there are many of, behind those of the table. */
enum {
	LIVE_UID_JOURNAL = 61000,
	LIVE_UID_STORE = 61002,
	LIVE_UID_INDICATORS = 61027,
	LIVE_UID_CAMERAS = LIVE_UID_INDICATORS + WARD_INDICATOR_SOURCES, /* two each */
	LIVE_UID_GUESTS = LIVE_UID_CAMERAS + 2 * WARD_CAMERAS_MAX,
	LIVE_UID_POLLERS = LIVE_UID_GUESTS + WARD_LINES_MAX + WARD_ONVIF_MAX + WARD_HOOKS_MAX +
			   WARD_FEEDS_MAX + WARD_CALLS_MAX + WARD_DIODES_MAX,
	LIVE_UID_SCENES = LIVE_UID_POLLERS + WARD_POLLERS_MAX,
	LIVE_UID_SENDS = LIVE_UID_SCENES + WARD_CAMERAS_MAX,
	LIVE_UID_HANDS = LIVE_UID_SENDS + WARD_RECIPIENTS_MAX,
	LIVE_UID_DEVICES = LIVE_UID_HANDS + WARD_ACTUATORS_MAX,
	LIVE_UID_PHOTO = LIVE_UID_DEVICES + WARD_POLLERS_MAX,
	LIVE_UID_INGEST,
	LIVE_UID_DIRECTORY,
	LIVE_UID_RECALL,
	LIVE_UID_NOTARY,
	LIVE_UID_FILE,
	LIVE_UID_QUORUM,
	LIVE_UID_LIFE,
	LIVE_UID_TOOLS, /* what `stage` runs for a scenario */
};

#endif
