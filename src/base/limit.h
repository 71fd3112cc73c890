/* Every limit of Ward, in one list with its default, range, unit and reason.
 *
 * `docs/limits.md` is printed from this list by `ward limits --markdown`; a hospital changes one
 * in limits.yml of its directory. Code takes `const struct ward_limits *`. */
#ifndef WARD_BASE_LIMIT_H
#define WARD_BASE_LIMIT_H

#include "base/err.h"
#include "base/slice.h"

/* X(NAME, "dotted.name", default, min, max, "unit", "what it bounds") */
#define WARD_LIMIT_LIST(X)                                                                         \
	X(EVENT_BYTES, "event.bytes", 262144, 1024, 16777216, "bytes",                             \
		"one event as JSON or binary; longer input is refused")                            \
	X(EVENT_FIELDS, "event.fields", 512, 16, 4096, "fields", "fields of one event")            \
	X(EVENT_DEPTH, "event.depth", 16, 2, 64, "levels", "nesting of one JSON event")            \
	X(EVENT_NAMES, "event.names", 65536, 1024, 1048576, "names",                               \
		"distinct field, class and source names that one process remembers")               \
	X(EVENT_NAME_BYTES, "event.name_bytes", 512, 64, 4096, "bytes",                            \
		"one field name; a longer one counts as ward.overflow")                            \
	X(EVENT_ITEMS, "event.items", 16384, 64, 1048576, "values",                                \
		"values in all lists of one event together")                                       \
	X(CONF_BYTES, "conf.bytes", 16777216, 4096, 268435456, "bytes", "one configuration file")  \
	X(CONF_NODES, "conf.nodes", 1048576, 1024, 16777216, "nodes", "values in one YAML file")   \
	X(CONF_DEPTH, "conf.depth", 32, 4, 64, "levels", "nesting of one YAML file")               \
	X(MODEL_NODES, "model.nodes", 262144, 1024, 4194304, "nodes",                              \
		"places, assets, services, networks and roles of one hospital")                    \
	X(MODEL_RELATIONS, "model.relations", 2097152, 1024, 33554432, "relations",                \
		"relations between them")                                                          \
	X(MODEL_FILES, "model.files", 1024, 8, 65536, "files", "files of one hospital directory")  \
	X(MODEL_BYTES, "model.bytes", 1073741824, 65536, 68719476736, "bytes",                     \
		"memory for one hospital while it is loaded")                                      \
	X(MODEL_CLASSES, "model.classes", 16384, 64, 1048576, "classes",                           \
		"classes of the ontology")                                                         \
	X(MODEL_THREATS, "model.threats", 4096, 16, 65536, "threats", "threats of the dictionary") \
	X(MODEL_PERMITS, "model.permits", 4096, 16, 65536, "permits",                              \
		"works permits that are known at once")                                            \
	X(MODEL_POINTS, "model.points", 16384, 16, 262144, "points",                               \
		"measured points of one hospital")                                                 \
	X(INVENTORY_HOSTS, "inventory.hosts", 65536, 16, 1048576, "endpoints",                     \
		"pairs of hardware and IP address that the inventory remembers")                   \
	X(INVENTORY_BYTES, "inventory.bytes", 268435456, 65536, 17179869184, "bytes",              \
		"what the inventory remembers of them together")                                   \
	X(PLAN_PARTS, "plan.parts", 16384, 16, 262144, "rectangles",                               \
		"what the rooms of one plan.csv are made of together")                             \
	X(POINT_HELD, "point.held", 16384, 16, 1048576, "events",                                  \
		"values of points that wait to be taken in the order of their time")               \
	X(DOOR_DOORS, "door.doors", 65536, 16, 1048576, "doors",                                   \
		"doors whose state is remembered")                                                 \
	X(DOOR_BADGES, "door.badges", 65536, 16, 1048576, "badges",                                \
		"badges that opened a door in the last 20 minutes")                                \
	X(DOOR_HELD, "door.held", 16384, 16, 1048576, "events",                                    \
		"events that wait to be taken in the order of their time")                         \
	X(COVERAGE_ROWS, "coverage.rows", 65536, 16, 1048576, "rows",                              \
		"networks, protocols and ways of seeing them in one table of coverage")            \
	X(NET_FLOWS, "net.flows", 131072, 1024, 4194304, "flows", "flows remembered at once")      \
	X(NET_HOSTS, "net.hosts", 65536, 256, 1048576, "hosts",                                    \
		"addresses remembered as seen on a network")                                       \
	X(NET_FRAGMENTS, "net.fragments", 4096, 16, 262144, "datagrams",                           \
		"IP datagrams that are put together from fragments at once")                       \
	X(NET_FRAGMENT_BYTES, "net.fragment.bytes", 8388608, 131072, 1073741824, "bytes",          \
		"IP fragments held for all datagrams together")                                    \
	X(NET_STREAMS, "net.streams", 32768, 16, 1048576, "connections",                           \
		"TCP connections whose content is followed at once")                               \
	X(NET_STREAM_BYTES, "net.stream.bytes", 134217728, 65536, 4294967296, "bytes",             \
		"TCP content held for all connections together")                                   \
	X(NET_STREAM_SIDE, "net.stream.side", 262144, 4096, 16777216, "bytes",                     \
		"TCP content held for one direction; longer messages are passed over")             \
	X(NET_STATES, "net.states", 32768, 16, 1048576, "flows",                                   \
		"flows for which a dissector remembers up to 2 KiB; half as many up to 8, "        \
		"an eighth up to 32")                                                              \
	X(SPOOL_FILE, "spool.file", 268435456, 1024, 1099511627776, "bytes",                       \
		"one file that passed by and is kept; a longer one is not")                        \
	X(SPOOL_FILES, "spool.files", 100000, 1, 10000000, "files",                                \
		"files in the folder of those that passed by")                                     \
	X(SPOOL_BYTES, "spool.bytes", 8589934592, 1024, 1099511627776, "bytes",                    \
		"all files of that folder together")                                               \
	X(FLOW_EXPORTERS, "flow.exporters", 1024, 1, 65536, "exporters",                           \
		"exporters and their domains whose templates and numbers are remembered")          \
	X(FLOW_TEMPLATES, "flow.templates", 4096, 8, 65536, "templates",                           \
		"templates of all flow exporters together")                                        \
	X(FLOW_TEMPLATE_AGE, "flow.template.age", 7200, 60, 604800, "seconds",                     \
		"a template that was not sent again for longer is not used")                       \
	X(LOG_PATTERNS, "log.patterns", 16384, 16, 1048576, "shapes",                              \
		"shapes of lines in all patterns together")                                        \
	X(DETECT_RULES, "detect.rules", 16384, 16, 131072, "rules", "rules loaded at once")        \
	X(DETECT_RULE_BYTES, "detect.rule_bytes", 536870912, 1048576, 4294967296, "bytes",         \
		"memory for all loaded rules together")                                            \
	X(DETECT_REGEX, "detect.regex", 8192, 64, 20000, "states",                                 \
		"states of all regular expressions of one rule; one with more is refused")         \
	X(DETECT_GROUPS, "detect.groups", 65536, 256, 4194304, "groups",                           \
		"correlation groups held open at once; the oldest is given up and counted")        \
	X(DETECT_WINDOW, "detect.window", 4096, 16, 1048576, "events",                             \
		"entries of one correlation group; when it is full, events share one")             \
	X(BASELINE_KEYS, "baseline.keys", 65536, 16, 4194304, "keys",                              \
		"things whose usual behaviour is remembered, over all profiles")                   \
	X(BASELINE_VALUES, "baseline.values", 1024, 8, 65536, "values",                            \
		"usual values of one dimension of one thing")                                      \
	X(BASELINE_HELD, "baseline.held", 16384, 16, 1048576, "events",                            \
		"events that wait a minute to be judged in the order of their time")               \
	X(BASELINE_BYTES, "baseline.bytes", 268435456, 65536, 17179869184, "bytes",                \
		"what is remembered of them together")                                             \
	X(FUSE_INCIDENTS, "fuse.incidents", 4096, 16, 65536, "incidents", "incidents kept open")   \
	X(FUSE_DETECTIONS, "fuse.detections", 65536, 256, 1048576, "detections",                   \
		"detections held for joining")                                                     \
	X(IMPACT_STATES, "impact.states", 1048576, 1024, 16777216, "states",                       \
		"(asset, threat) states of one propagation")                                       \
	X(IMPACT_EDGES, "impact.edges", 16777216, 1024, 268435456, "edges",                        \
		"rules applied to relations in one propagation")                                   \
	X(IMPACT_RULES, "impact.rules", 16384, 16, 262144, "rules",                                \
		"propagation rules, and files of them")                                            \
	X(BRAIN_RECENT, "brain.recent", 65536, 16, 4194304, "events",                              \
		"ids remembered, so that an event delivered again counts once")                    \
	X(ENRICH_CLOCKS, "enrich.clocks", 4096, 16, 65536, "clocks",                               \
		"senders whose clocks are compared with their arrival")                            \
	X(JOURNAL_BYTES, "journal.bytes", 8589934592, 1048576, 1099511627776, "bytes",             \
		"all segments of the journal together")                                            \
	X(JOURNAL_SEGMENT, "journal.segment", 67108864, 65536, 1073741824, "bytes",                \
		"one segment file")                                                                \
	X(JOURNAL_RECORD, "journal.record", 1048576, 1024, 16777216, "bytes", "one record")        \
	X(JOURNAL_SOURCES, "journal.sources", 65536, 256, 1048576, "sources",                      \
		"producers whose share of the journal is counted")                                 \
	X(STORE_COMMIT, "store.commit", 67108864, 1048576, 1073741824, "bytes",                    \
		"rows that the brain collects for one transaction")                                \
	X(STORE_CHECKPOINT, "store.checkpoint", 1073741824, 1048576, 17179869184, "bytes",         \
		"one checkpoint of the brain")                                                     \
	X(PSEUDONYM_ROTATE_DAYS, "pseudonym.rotate_days", 365, 1, 36500, "days",                   \
		"a key makes pseudonyms; then there is a new one")                                 \
	X(PSEUDONYM_KEEP_DAYS, "pseudonym.keep_days", 730, 1, 36500, "days",                       \
		"an old key is kept after it made its last pseudonym; then it is destroyed")       \
	X(STORE_LOG_DAYS, "store.log_days", 730, 1, 36500, "days",                                 \
		"logs of posts, hand-overs and findings of reviews are kept; older ones are "      \
		"erased")                                                                          \
	X(LEDGER_HEAD_S, "ledger.head_s", 300, 30, 86400, "s",                                     \
		"a row waits for a signed tree head; a decision a thirtieth of it")                \
	X(FIELD_SENSORS, "field.sensors", 4096, 16, 65536, "sensors",                              \
		"field sensors remembered by one MQTT sensor process")                             \
	X(FIELD_PAYLOAD, "field.payload", 4096, 256, 65536, "bytes", "one MQTT payload")           \
	X(POLL_POINTS, "poll.points", 16384, 1, 262144, "points",                                  \
		"points that are polled by one source of controllers")                             \
	X(POLL_DEVICES, "poll.devices", 1024, 1, 16384, "devices", "controllers of one source")    \
	X(POLL_RATE, "poll.rate", 5, 1, 100, "questions a second",                                 \
		"what one controller is asked at most")                                            \
	X(POLL_ASKED, "poll.asked", 8, 1, 256, "devices",                                          \
		"controllers of one source whose answers are waited for at once")                  \
	X(POLL_ALARMS, "poll.alarms", 1024, 1, 65536, "alarms",                                    \
		"alarms of one controller that last, each remembered so that it is told once")     \
	X(VIDEO_PIXELS, "video.pixels", 8912896, 76800, 134217728, "pixels",                       \
		"one picture of a video; a larger one is not decoded")                             \
	X(VIDEO_RING, "video.ring", 33554432, 1048576, 1073741824, "bytes",                        \
		"what a camera sent last, in memory, where clips are made")                        \
	X(VIDEO_CLIP, "video.clip", 67108864, 1048576, 1073741824, "bytes", "one clip")            \
	X(PHOTO_BYTES, "photo.bytes", 16777216, 65536, 67108864, "bytes",                          \
		"a photo that somebody hands in")                                                  \
	X(PHOTO_PIXELS, "photo.pixels", 52428800, 76800, 134217728, "pixels",                      \
		"a photo that somebody hands in; a larger one is not decoded")                     \
	X(PHOTO_KEPT, "photo.kept", 2000, 1, 1000000, "photos",                                    \
		"photos that are kept at once; beyond it none is until one expires")               \
	X(MQTT_PACKET, "mqtt.packet", 8192, 512, 131072, "bytes",                                  \
		"one MQTT packet; a longer one ends its connection")                               \
	X(MQTT_TOPIC, "mqtt.topic", 256, 64, 4096, "bytes", "one MQTT topic name")                 \
	X(MQTT_CLIENT, "mqtt.client", 128, 23, 1024, "bytes", "one MQTT client id")                \
	X(MQTT_CONNECTIONS, "mqtt.connections", 192, 1, 192, "connections",                        \
		"MQTT connections that are open at once")                                          \
	X(MQTT_SESSIONS, "mqtt.sessions", 1024, 16, 65536, "clients",                              \
		"MQTT clients remembered, connected or not")                                       \
	X(MQTT_INFLIGHT, "mqtt.inflight", 64, 1, 1024, "messages",                                 \
		"unacknowledged messages of one MQTT connection")                                  \
	X(MQTT_CONNECT, "mqtt.connect", 10, 1, 600, "seconds",                                     \
		"from an MQTT connection to its CONNECT")                                          \
	X(STORY_SIGNS, "story.signs", 4096, 16, 65536, "signs",                                    \
		"different signs of one incident that the story tells by name")                    \
	X(EXERCISE_STEPS, "exercise.steps", 4096, 1, 16384, "steps", "steps of one scenario")      \
	X(EVACUATE_COMPARTMENTS, "evacuate.compartments", 1024, 2, 16384, "compartments",          \
		"fire and smoke compartments of one plan of evacuation")                           \
	X(EVACUATE_WAYS, "evacuate.ways", 512, 2, 16384, "ways",                                   \
		"doors, stairs and lifts of such a plan, of each kind")                            \
	X(EVACUATE_WARDS, "evacuate.wards", 512, 1, 16384, "wards",                                \
		"places with patients in such a plan")                                             \
	X(EVACUATE_ENTRIES, "evacuate.entries", 1024, 1, 16384, "entries",                         \
		"entries of any other list of such a plan")                                        \
	X(EVACUATE_PATIENTS, "evacuate.patients", 1000, 1, 100000, "people",                       \
		"patients of one kind, or staff of one shift, in one entry")                       \
	X(EVACUATE_TRIPS, "evacuate.trips", 4096, 16, 65536, "trips",                              \
		"trips with patients in one answer; more is too large to plan")                    \
	X(EVACUATE_STAFF, "evacuate.staff", 4096, 256, 65536, "people",                            \
		"staff in one answer, up to 200 more than are at hand included")                   \
	X(EVACUATE_LOOKS, "evacuate.looks", 2000, 1, 1000000, "sets",                              \
		"sets of ways that one answer looks at, as far as its work allows")                \
	X(INPUT_UNPACKED, "input.unpacked", 68719476736, 65536, 1099511627776, "bytes",            \
		"what one compressed file may unpack to")                                          \
	X(INPUT_RATIO, "input.ratio", 1000, 10, 1000000, "times",                                  \
		"how many times larger than its file unpacked input may be, beyond 16 MiB")        \
	X(FILE_BYTES, "file.bytes", 268435456, 65536, 4294967296, "bytes",                         \
		"of a file that are looked at; the rest is only hashed")                           \
	X(FILE_WAITING, "file.waiting", 268435456, 1048576, 68719476736, "bytes",                  \
		"files that pass by and come, or wait to be looked at, all together in memory")    \
	X(FILE_QUEUE, "file.queue", 1024, 1, 65536, "files", "files that wait to be looked at")    \
	X(FILE_WATCHED, "file.watched", 65536, 16, 4194304, "files",                               \
		"files of watched folders that are remembered; more are told, and not looked at")  \
	X(FILE_UNPACKED, "file.unpacked", 536870912, 65536, 17179869184, "bytes",                  \
		"what is unpacked of one file, all that lies in each other together")              \
	X(FILE_RATIO, "file.ratio", 250, 10, 100000, "times",                                      \
		"how many times larger than itself it may unpack to, beyond 16 MiB")               \
	X(FILE_PARTS, "file.parts", 4096, 16, 65536, "things", "things that lie in one file")      \
	X(FILE_DEPTH, "file.depth", 16, 2, 64, "levels", "how deep they lie in each other")        \
	X(FILE_SECONDS, "file.seconds", 60, 1, 3600, "seconds", "looking at one file")             \
	X(FILE_MEMORY, "file.memory", 536870912, 67108864, 17179869184, "bytes",                   \
		"what looking at one file may use besides the file itself")                        \
	X(FILE_KEPT, "file.kept", 200, 1, 100000, "files", "suspicious files that are kept")       \
	X(FILE_KEPT_BYTES, "file.kept_bytes", 33554432, 65536, 268435456, "bytes", "each of them") \
	X(FILE_HASHES, "file.hashes", 4194304, 1024, 67108864, "hashes",                           \
		"known good and known bad files together")                                         \
	X(LOG_LINE, "log.line", 65536, 256, 1048576, "bytes", "one line of a log")                 \
	X(LOG_RECORD, "log.record", 131072, 1024, 1048576, "bytes",                                \
		"the lines that are one record of a log together")                                 \
	X(LOG_LINES, "log.lines", 512, 2, 65536, "lines", "lines that are one record of a log")    \
	X(LOG_FILES, "log.files", 64, 1, 128, "files", "log files that one source follows")        \
	X(SIP_DEVICES, "sip.devices", 1024, 16, 65536, "devices",                                  \
		"devices of one source of calls that are remembered, to tell their silence")

enum ward_limit {
#define X(NAME, name, def, min, max, unit, what) WARD_LIMIT_##NAME,
	WARD_LIMIT_LIST(X)
#undef X
		WARD_LIMIT_N,
};

struct ward_limits {
	uint64_t v[WARD_LIMIT_N];
};

struct ward_limit_info {
	const char *name, *unit, *what;
	uint64_t def, min, max;
};

/* Lives forever. */
const struct ward_limit_info *ward_limit_info(enum ward_limit l);
void ward_limits_default(struct ward_limits *l);
/* NOT_FOUND for an unknown name, LIMIT outside the range; then nothing changed. */
WARD_MUST_CHECK enum ward_err ward_limits_set(
	struct ward_limits *l, struct ward_str name, uint64_t value);
/* Fits size_t on every machine that we build for. */
static inline size_t ward_limit(const struct ward_limits *l, enum ward_limit which)
{
	return (size_t)l->v[which];
}

#endif
