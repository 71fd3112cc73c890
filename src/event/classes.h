/* The classes of events that Ward's sensors give: their lane in the journal and their meaning.
 *
 * docs/events.md is printed from this list. A name that ends in ".*" stands for all below it. */
#ifndef WARD_EVENT_CLASSES_H
#define WARD_EVENT_CLASSES_H

#include "base/slice.h"

/* EVIDENCE is never dropped; TELEMETRY may be shed under pressure, counted. */
enum ward_weight { WARD_WEIGHT_EVIDENCE, WARD_WEIGHT_TELEMETRY };

/* X(IDENT, "name", lane, device, "meaning"). device 1: a device in the field may give it itself, in
 * the structured data of its own syslog message (see docs/events.md). */
#define WARD_CLASS_LIST(X)                                                                         \
	X(DOOR_GRANTED, "door.granted", EVIDENCE, 1, "a credential was accepted")                  \
	X(DOOR_DENIED, "door.denied", EVIDENCE, 1, "a credential was refused")                     \
	X(DOOR_FORCED, "door.forced", EVIDENCE, 1, "opened without a credential or exit button")   \
	X(DOOR_HELD, "door.held", EVIDENCE, 1, "open for longer than allowed")                     \
	X(DOOR_OPENED, "door.opened", EVIDENCE, 1, "the contact opened")                           \
	X(DOOR_CLOSED, "door.closed", EVIDENCE, 1, "the contact closed")                           \
	X(DOOR_TAMPER, "door.tamper", EVIDENCE, 1,                                                 \
		"reader, lock or controller was interfered with")                                  \
	X(FIRE_ALARM, "fire.alarm", EVIDENCE, 1,                                                   \
		"a fire detector or call point; state says which way")                             \
	X(FIRE_FAULT, "fire.fault", EVIDENCE, 1, "a fault of the fire alarm system")               \
	X(POWER_STATE, "power.state", EVIDENCE, 1, "supply, UPS or generator; state in words")     \
	X(ENV_TEMPERATURE, "env.temperature", EVIDENCE, 1,                                         \
		"temperature left or entered its range")                                           \
	X(ENV_HUMIDITY, "env.humidity", EVIDENCE, 1, "humidity left or entered its range")         \
	X(ENV_PRESSURE, "env.pressure", EVIDENCE, 1, "room pressure left or entered its range")    \
	X(ENV_FLOOD, "env.flood", EVIDENCE, 1, "water where none should be")                       \
	X(ENV_GLASS, "env.glass", EVIDENCE, 1, "glass broke")                                      \
	X(ENV_GAS, "env.gas", EVIDENCE, 1, "gas concentration or medical gas supply")              \
	X(VIDEO_COUNT, "video.count", TELEMETRY, 1, "people counted by a camera")                  \
	X(VIDEO_LOITER, "video.loiter", EVIDENCE, 1, "somebody stays where nobody waits")          \
	X(VIDEO_TAMPER, "video.tamper", EVIDENCE, 1, "a camera was covered, moved or blinded")     \
	X(CALL_DURESS, "call.duress", EVIDENCE, 1, "a panic button")                               \
	X(CALL_PAGE, "call.page", EVIDENCE, 1,                                                     \
		"what a fire panel or nurse call sends to pagers, in its own words")               \
	X(FIELD_POINT, "field.point", TELEMETRY, 0, "a sensor's value as it was sent, unchanged")  \
	X(FIELD_ONLINE, "field.online", EVIDENCE, 0, "a field sensor is there (again)")            \
	X(FIELD_OFFLINE, "field.offline", EVIDENCE, 0,                                             \
		"a field sensor left: its last will or word")                                      \
	X(FIELD_SILENT, "field.silent", EVIDENCE, 0, "nothing heard for longer than a heartbeat")  \
	X(FIELD_REFUSED, "field.refused", EVIDENCE, 0,                                             \
		"a field sensor sent what is not understood")                                      \
	X(SOURCE_GAP, "source.gap", EVIDENCE, 0,                                                   \
		"numbers of a source are missing; lost says how many")                             \
	X(SOURCE_RESTART, "source.restart", EVIDENCE, 0, "a source began anew")                    \
	X(SOURCE_CLOCK, "source.clock", EVIDENCE, 0,                                               \
		"the clock of a source went wrong or right: its records' median lag, in seconds")  \
	X(SOURCE_SILENT, "source.silent", EVIDENCE, 0,                                             \
		"a source said nothing for longer than it should; state off: it is heard again")   \
	X(HOST_AUDITD, "host.auditd", TELEMETRY, 0,                                                \
		"an event of Linux's audit system, its records joined")                            \
	X(HOST_WINDOWS, "host.windows", TELEMETRY, 0, "a record of a Windows event log")           \
	X(HOST_LOGIN, "host.login", TELEMETRY, 0,                                                  \
		"somebody shows who they are, as a log tells; login.outcome says how it went")     \
	X(HOST_ANY, "host.*", TELEMETRY, 0, "what else happened on a host, as its log tells")      \
	X(NET_FIREWALL, "net.firewall", TELEMETRY, 0,                                              \
		"a firewall let something through or stopped it, as its log tells")                \
	X(NET_FLOW, "net.flow", TELEMETRY, 0, "who spoke with whom and how much")                  \
	X(NET_BACNET, "net.bacnet.*", TELEMETRY, 0, "a BACnet message; the service ends the name") \
	X(NET_ZEEK, "net.zeek.*", TELEMETRY, 0, "a record of Zeek; its log ends the name")         \
	X(NET_SURICATA, "net.suricata.*", TELEMETRY, 0,                                            \
		"a record of Suricata; its event_type ends the name")                              \
	X(NET_ANY, "net.*", TELEMETRY, 0, "other observations of the network sensor")              \
	X(ASSET_ANY, "asset.*", EVIDENCE, 0, "news of the inventory: new, changed, conflict")      \
	X(CLOUD_TRAIL, "cloud.aws.cloudtrail", TELEMETRY, 0, "a record of AWS CloudTrail")         \
	X(LOG_ALERT, "log.alert", EVIDENCE, 0, "another product's finding")                        \
	X(LOG_ANY, "log.*", TELEMETRY, 0, "a record whose pattern is known; what ends the name")   \
	X(LOG_SYSLOG, "log.syslog", TELEMETRY, 0, "a syslog message, RFC 5424 or RFC 3164")        \
	X(LOG_PLAIN, "log.plain", TELEMETRY, 0, "a line of text without a known header")           \
	X(LOG_OCSF, "log.ocsf", TELEMETRY, 0, "an OCSF record")                                    \
	X(LOG_ECS, "log.ecs", TELEMETRY, 0, "a record in the Elastic Common Schema")               \
	X(LOG_JOURNAL, "log.journal", TELEMETRY, 0, "an entry of systemd's journal")               \
	X(LOG_CSV, "log.csv", TELEMETRY, 0, "a row of comma-separated values")                     \
	X(LOG_JSON, "log.json", TELEMETRY, 0, "any other JSON record")                             \
	X(WARD_LOSS, "ward.loss", EVIDENCE, 0, "Ward itself lost input; lost says how much")       \
	X(WARD_PROCESS, "ward.process", EVIDENCE, 0,                                               \
		"a process of Ward ended and was started again")                                   \
	X(WARD_PERMIT, "ward.permit", EVIDENCE, 0,                                                 \
		"a works permit was made, changed or ended; only Ward itself tells it")            \
	X(WARD_STANDBY, "ward.standby", EVIDENCE, 0,                                               \
		"what became of two machines that stand by for each other; only Ward tells it")    \
	X(WARD_QUORUM, "ward.quorum", EVIDENCE, 0,                                                 \
		"what became of the journal's database on several machines; only Ward tells it")   \
	X(WARD_TICK, "ward.tick", EVIDENCE, 0, "time went by without input of a source")           \
	X(VIDEO_INTRUSION, "video.intrusion", EVIDENCE, 1, "somebody entered a watched zone")      \
	X(VIDEO_LINE_CROSSED, "video.line_crossed", TELEMETRY, 1,                                  \
		"somebody crossed a line; direction says which way")                               \
	X(VIDEO_OBJECT_LEFT, "video.object_left", EVIDENCE, 1,                                     \
		"a thing was put down, and nobody is near it")                                     \
	X(VIDEO_OBJECT_REMOVED, "video.object_removed", EVIDENCE, 1,                               \
		"a thing that had its place is gone from it")                                      \
	X(VIDEO_RUNNING, "video.running", EVIDENCE, 1, "somebody runs")                            \
	X(VIDEO_AGITATION, "video.agitation", EVIDENCE, 1, "quick, disordered motion: a fight?")   \
	X(VIDEO_FALL, "video.fall", EVIDENCE, 1, "somebody may have fallen")                       \
	X(VIDEO_FLAME, "video.flame", EVIDENCE, 1, "what looks and flickers like flames")          \
	X(VIDEO_SMOKE, "video.smoke", EVIDENCE, 1, "what spreads and rises like smoke")            \
	X(VIDEO_CROWD, "video.crowd", EVIDENCE, 1,                                                 \
		"as many people in a zone as are too many; state off: fewer again")                \
	X(VIDEO_SHED, "video.shed", EVIDENCE, 0,                                                   \
		"a camera is analysed less, for want of computing time; reason says what stays")   \
	X(VIDEO_SLOW, "video.slow", EVIDENCE, 0,                                                   \
		"fewer pictures come than falls and fights can be seen by; state off: enough")     \
	X(VIDEO_OFFLINE, "video.offline", EVIDENCE, 0,                                             \
		"a camera gives no stream, or again; reason says why")                             \
	X(VIDEO_DAMAGED, "video.damaged", EVIDENCE, 0,                                             \
		"a camera's stream comes, but no picture can be decoded of it")                    \
	X(VIDEO_STREAM, "video.stream", EVIDENCE, 0,                                               \
		"which of its streams a camera is watched by; reason says why that one")           \
	X(VIDEO_LEARNING, "video.learning", TELEMETRY, 0,                                          \
		"after a gap a camera's background is learned: nobody is seen until it is off")    \
	X(VIDEO_TAMPER_COVERED, "video.tamper.covered", EVIDENCE, 1,                               \
		"a camera sees nothing, or only a part: something is before it")                   \
	X(VIDEO_TAMPER_WASHED_OUT, "video.tamper.washed_out", EVIDENCE, 1, "a camera is dazzled")  \
	X(VIDEO_TAMPER_BLACK, "video.tamper.black", EVIDENCE, 1, "a camera's picture is black")    \
	X(VIDEO_TAMPER_DEFOCUSED, "video.tamper.defocused", EVIDENCE, 1,                           \
		"a camera's picture lost its sharpness")                                           \
	X(VIDEO_TAMPER_MOVED, "video.tamper.moved", EVIDENCE, 1, "a camera looks elsewhere")       \
	X(VIDEO_TAMPER_FROZEN, "video.tamper.frozen", EVIDENCE, 1,                                 \
		"a camera's picture stands still, without even its noise")                         \
	X(VIDEO_TAMPER_LOOPED, "video.tamper.looped", EVIDENCE, 1,                                 \
		"a camera shows again what it showed before")                                      \
	X(DOOR_EXIT, "door.exit", EVIDENCE, 1,                                                     \
		"somebody asks to go out: a button or a motion detector")                          \
	X(DOOR_FAULT, "door.fault", EVIDENCE, 1, "the lock has a fault; state off: it is over")    \
	X(DOOR_NOT_TAKEN, "door.not_taken", EVIDENCE, 1,                                           \
		"a credential was accepted, and the door was not opened")                          \
	X(DOOR_TAILGATED, "door.tailgated", EVIDENCE, 1,                                           \
		"more people went in than credentials were accepted")                              \
	X(DOOR_UNBADGED, "door.unbadged", EVIDENCE, 1,                                             \
		"somebody went in, and no credential was accepted")                                \
	X(BADGE_TWO_PLACES, "badge.two_places", EVIDENCE, 0,                                       \
		"a badge opened two doors sooner than anybody gets from one to the other")         \
	X(POINT_RANGE, "point.range", EVIDENCE, 0, "a measured value left or entered its range")   \
	X(POINT_RATE, "point.rate", EVIDENCE, 0, "a measured value changes faster than it can")    \
	X(POINT_STUCK, "point.stuck", EVIDENCE, 0, "a value that always moves stands still")       \
	X(POINT_DRIFT, "point.drift", EVIDENCE, 0, "the mean of a value has moved away")           \
	X(POINT_PEER, "point.peer", EVIDENCE, 0, "two sensors of the same thing disagree")         \
	X(POINT_RELATION, "point.relation", EVIDENCE, 0,                                           \
		"what has to follow of another value does not")                                    \
	X(POINT_UNEXPLAINED, "point.unexplained", EVIDENCE, 0,                                     \
		"a setting changed, and nobody was seen to change it")                             \
	X(POINT_FORCED, "point.forced", EVIDENCE, 0,                                               \
		"a value is set by hand or its controller has it out of service")                  \
	X(POINT_UNREAD, "point.unread", EVIDENCE, 0,                                               \
		"values of a point come and can't be judged; reason says why")                     \
	X(READER_CARD, "reader.card", EVIDENCE, 1, "a credential was held to a reader")            \
	X(READER_KEYPAD, "reader.keypad", EVIDENCE, 1,                                             \
		"keys were pressed at a reader; their number only")                                \
	X(READER_STATE, "reader.state", EVIDENCE, 1,                                               \
		"power or an input of a reader changed; state in words")                           \
	X(READER_ONLINE, "reader.online", EVIDENCE, 1, "a reader answers again")                   \
	X(READER_OFFLINE, "reader.offline", EVIDENCE, 1, "a reader does not answer any more")      \
	X(READER_REFUSED, "reader.refused", EVIDENCE, 1,                                           \
		"a reader refused a command; reason says why")                                     \
	X(READER_CLEARTEXT, "reader.cleartext", EVIDENCE, 1, "a reader's line is not encrypted")   \
	X(READER_DEFAULT_KEY, "reader.default_key", EVIDENCE, 1,                                   \
		"a reader's line is encrypted with the key that everybody knows")                  \
	X(FIELD_ALARM, "field.alarm", EVIDENCE, 0,                                                 \
		"a controller tells an alarm or event of its own, or that it is over")             \
	X(VIDEO_OBJECT, "video.object", TELEMETRY, 1,                                              \
		"a camera's own analysis follows something; state off: it left")                   \
	X(WARD_CARE, "ward.care", EVIDENCE, 0,                                                     \
		"somebody entered what a ward or site can do; only Ward itself tells it")          \
	X(WARD_DECISION, "ward.decision", EVIDENCE, 0,                                             \
		"a person decided of an incident; only Ward's desk tells it")                      \
	X(REPORT_OBSERVATION, "report.observation", EVIDENCE, 0,                                   \
		"a person told what they saw; only Ward's desk tells it")                          \
	X(REPORT_PANIC, "report.panic", EVIDENCE, 0,                                               \
		"a person needs help at once; only Ward's desk tells it")                          \
	X(REPORT_ALL_CLEAR, "report.all-clear", EVIDENCE, 0,                                       \
		"a person says that there is no danger any more; only Ward's desk tells it")       \
	X(WARD_PHOTO, "ward.photo", EVIDENCE, 0,                                                   \
		"a photo came with what a person told; only Ward's desk tells it")                 \
	X(WARD_ACCOUNT, "ward.account", EVIDENCE, 0,                                               \
		"somebody signed in or failed to, or an account changed; only Ward's login tells " \
		"it")                                                                              \
	X(WARD_REVIEW, "ward.review", EVIDENCE, 0,                                                 \
		"a name told in an emergency was not reviewed in time; only Ward's desk tells it") \
	X(CALL_NEWBORN, "call.newborn", EVIDENCE, 1,                                               \
		"a newborn's tag is at an exit, was taken off, or is not heard any more")          \
	X(CALL_WANDER, "call.wander", EVIDENCE, 1,                                                 \
		"the same of a patient who must not go out alone")                                 \
	X(LIFT_STATE, "lift.state", EVIDENCE, 1,                                                   \
		"a lift stands still, with or without people; or it runs again")                   \
	X(WARD_ERASED, "ward.erased", EVIDENCE, 0,                                                 \
		"what was kept long enough was erased; only Ward's journal tells it")              \
	X(FILE_CLEAN, "file.clean", TELEMETRY, 0,                                                  \
		"a file and all that lies in it was looked at; nothing was found")                 \
	X(FILE_NOTICE, "file.notice", TELEMETRY, 0,                                                \
		"something of a file should be known, and is no ground for suspicion alone")       \
	X(FILE_SUSPICIOUS, "file.suspicious", EVIDENCE, 0,                                         \
		"what was found in a file makes it suspicious; file.reasons says what")            \
	X(FILE_MALICIOUS, "file.malicious", EVIDENCE, 0,                                           \
		"what was found in a file makes it malicious; file.reasons says what")             \
	X(FILE_UNLOOKED, "file.unlooked", TELEMETRY, 0,                                            \
		"a file could not be looked at; reason says why")

enum ward_class {
#define X(IDENT, name, lane, device, what) WARD_CLASS_##IDENT,
	WARD_CLASS_LIST(X)
#undef X
		WARD_CLASS_N,
};

struct ward_class_info {
	const char *name;
	enum ward_weight weight;
	bool device;
	const char *what;
};

/* c < WARD_CLASS_N. Lives forever. */
const struct ward_class_info *ward_class_info(enum ward_class c);
/* The entry of a class: its own, else the longest ".*" that covers it, else WARD_CLASS_N. */
enum ward_class ward_class_find(struct ward_str name);
/* The lane of any class; one that is not listed is evidence, so that nothing is shed by mistake. */
enum ward_weight ward_class_weight(struct ward_str name);

#endif
