/* Places an event in the hospital: whose address, which door, which room, which care, and when.
 *
 * A pure function of model, source and event: no clock, no memory beyond the event's arena, no
 * state but counters and what was learned of the senders' clocks (offset.h). One per process,
 * single-threaded; the brain runs it on what comes from the journal, so its input was written by
 * outsiders. Every lookup is O(1); the services of an asset cost its relations. Values that it sets
 * borrow the model, which must outlive the event. */
#ifndef WARD_ENRICH_ENRICH_H
#define WARD_ENRICH_ENRICH_H

#include "enrich/offset.h"
#include "event/event.h"
#include "model/model.h"
#include "model/point/point.h"

enum { WARD_ENRICH_SERVICES_MAX = 64 };

/* Gives the token for the person that a field names (badge, user …), in the arena or for ever; an
 * empty text gives none. p == NULL: there is no memory. */
typedef struct ward_str (*ward_enrich_actor_fn)(
	void *ctx, struct ward_arena *a, uint32_t field, struct ward_str who);
/* For events whose identities were made tokens before: the field's text as it is. */
struct ward_str ward_enrich_actor_as_is(
	void *ctx, struct ward_arena *a, uint32_t field, struct ward_str who);

struct ward_enrich {
	const struct ward_model *model;   /* borrowed, as all below */
	const struct ward_points *points; /* NULL: none */
	const struct ward_names *names;
	ward_enrich_actor_fn actor; /* NULL: no ward.actor */
	void *actor_ctx;
	/* The events were enriched by us before (a replay of our own records): what ward.* they
	 * bring stays where nothing better is found. Else every ward.* that arrives is removed:
	 * nobody can place himself. ward.overflow stays: decoding made it. */
	bool ours;
	struct ward_offsets *offsets; /* NULL: no clock is judged */
	/* What the last event told of its sender's clock: NULL, or the clock that was just found
	 * wrong or right again; valid until the next event. */
	const struct ward_offset *turned;
	struct {
		uint64_t n_event;
		uint64_t n_removed;   /* ward.* fields that came from outside */
		uint64_t n_unknown;   /* ward.known or ward.peer_known is false */
		uint64_t n_untrusted; /* time differs too much from arrival */
		uint64_t n_corrected; /* its sender's clock is wrong, and by how much is known */
		uint64_t n_told_late; /* right, but told only when the flow timed out */
		uint64_t n_cut;       /* more services than WARD_ENRICH_SERVICES_MAX */
	} count;
};

/* Sets, each only when it is found:
 *   ward.asset, ward.asset_class: by, for classes door.*: door, reader, camera, sensor; else:
 *     camera, sensor, reader, door; then by point (of points.csv); then for classes net.*:
 *     src_ip, src_mac, bacnet.device_instance, host; else: host, bacnet.device_instance, src_ip,
 *     src_mac; a host also by its name without the domain, or by the address that stands for it
 *     of classes report.*: the node that decision.subject names; of call.*, field.silent and
 *     field.online: the room or thing that call.place names, else call.room
 *   ward.peer_asset, ward.peer_class: by dst_ip, dst_mac; else, when the asset is another, by
 *     src_ip, src_mac
 *   ward.known, ward.peer_known: whether src and dst are in the model; only for an address on one
 *     of our networks, or an unroutable one from hardware on a captured network; absent for
 *     broadcast and the like
 *   ward.network: of iface, else of src_ip, else of dst_ip, else of the asset
 *   ward.origin: the origin (a list of the model) that src_ip belongs to
 *   ward.door: of door or reader, else the asset, else the one door that the asset monitors or
 *     controls
 *   ward.room, ward.zone, ward.floor, ward.building: of the asset (of what it monitors, when it
 *     has no place), else of the door, or of the point, when that is of a room
 *   ward.service: those that require the asset or the room or are in the room; sorted by id
 *   ward.actor: the actor callback on badge, user, User, TargetUserName, SubjectUserName: the
 *     first that is there
 *   ward.time: the time corrected by what its sender's clock is off (the sender: the source's
 *     `host`, else `sensor`, else the source as a whole); for a flow that ended up to 61 minutes
 *     before it was told (so long idle ones are waited for), and for all of a source of kind net,
 *     whose clock is Ward's: the source's skew before seen
 *   ward.time_untrusted: true when time (ward.time, where it is set) and seen differ by more than
 *     the source's skew (60 s for a source that the model does not have, by id), or of what is
 *     told late by more than WARD_LATENESS, if that is more; false for a source
 *     of the model and with ward.time otherwise
 * A hardware address counts only where no router can stand between: without an IP address, with an
 * address of the link, or with one of the network that the asset is on.
 * LIMIT or NOMEM: the event is then partly enriched. */
WARD_MUST_CHECK enum ward_err ward_enrich_event(struct ward_enrich *en, struct ward_event *e);
/* The time that an enriched event is placed at: ward.time, else seen when its time is untrusted,
 * else its time. */
ward_ns ward_enrich_time(const struct ward_event *e);
/* Could a value that it sets hold that text, which is in lower case? Of ward.actor: beyond what the
 * event has itself. O(the model). */
bool ward_enrich_may_say(const struct ward_model *m, struct ward_str folded);
/* What identifies the sender within its source, as in ward.time; empty: the source as a whole. */
struct ward_str ward_enrich_sender(const struct ward_event *e);

#endif
