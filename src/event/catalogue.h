/* The field catalogue: fields that Ward itself gives or understands, with permanent numbers.
 *
 * A number is never reused or changed (records on disk hold it); new fields go to the end. The
 * `identity` column says what a value can tell about a person and so what `pseudonym` does with it
 * before it is recorded: NONE, PERSON (replaced by a token), MAYBE (parts equal to a known
 * identity are replaced). Source-native fields (Sysmon, auditd, Zeek …) keep their own names and
 * need no entry; those listed are there because they carry identities or are very common. */
#ifndef WARD_EVENT_CATALOGUE_H
#define WARD_EVENT_CATALOGUE_H

#include "base/slice.h"

enum ward_identity { WARD_IDENTITY_NONE, WARD_IDENTITY_PERSON, WARD_IDENTITY_MAYBE };

/* X(IDENT, "name", identity, "meaning and unit") in order of number, from 0 */
#define WARD_FIELD_LIST(X)                                                                         \
	X(WARD_OVERFLOW, "ward.overflow", NONE, "stands for names beyond the limit")               \
	X(WARD_ASSET, "ward.asset", NONE, "model id of the asset that the event is about")         \
	X(WARD_PEER_ASSET, "ward.peer_asset", NONE, "model id of the other side (destination)")    \
	X(WARD_CLASS, "ward.asset_class", NONE, "class of ward.asset")                             \
	X(WARD_PEER_CLASS, "ward.peer_class", NONE, "class of ward.peer_asset")                    \
	X(WARD_KNOWN, "ward.known", NONE, "false: the address is in no model entry")               \
	X(WARD_PEER_KNOWN, "ward.peer_known", NONE, "the same for the other side")                 \
	X(WARD_NETWORK, "ward.network", NONE, "model id of the network")                           \
	X(WARD_DOOR, "ward.door", NONE, "model id of the door")                                    \
	X(WARD_ROOM, "ward.room", NONE, "model id of the room")                                    \
	X(WARD_ZONE, "ward.zone", NONE, "model id of the zone")                                    \
	X(WARD_FLOOR, "ward.floor", NONE, "model id of the floor")                                 \
	X(WARD_BUILDING, "ward.building", NONE, "model id of the building")                        \
	X(WARD_SERVICE, "ward.service", NONE, "model ids of services that need the asset or room") \
	X(WARD_ACTOR, "ward.actor", NONE, "who did it, as a token")                                \
	X(WARD_TIME_UNTRUSTED, "ward.time_untrusted", NONE, "time and seen differ by too much")    \
	X(IFACE, "iface", NONE, "capture interface")                                               \
	X(VLAN, "vlan", NONE, "802.1Q VLAN id")                                                    \
	X(SRC_MAC, "src_mac", NONE, "aa:bb:cc:dd:ee:ff")                                           \
	X(DST_MAC, "dst_mac", NONE, "aa:bb:cc:dd:ee:ff")                                           \
	X(SRC_IP, "src_ip", NONE, "IPv4 or IPv6 address")                                          \
	X(DST_IP, "dst_ip", NONE, "IPv4 or IPv6 address")                                          \
	X(SRC_PORT, "src_port", NONE, "UDP or TCP port")                                           \
	X(DST_PORT, "dst_port", NONE, "UDP or TCP port")                                           \
	X(PROTO, "proto", NONE, "tcp, udp, icmp or the IP protocol number")                        \
	X(SERVICE, "service", NONE,                                                                \
		"application protocols that were confirmed, as bacnet or smtp,tls")                \
	X(PACKETS, "packets", NONE, "packets from src to dst")                                     \
	X(BYTES, "bytes", NONE, "IP bytes from src to dst")                                        \
	X(PACKETS_BACK, "packets_back", NONE, "packets from dst to src")                           \
	X(BYTES_BACK, "bytes_back", NONE, "IP bytes from dst to src")                              \
	X(DURATION_NS, "duration_ns", NONE, "nanoseconds from first to last packet")               \
	X(STATE, "state", NONE, "state word of the class, such as high, normal, on_battery")       \
	X(ARP_OP, "arp.op", NONE, "request or reply")                                              \
	X(BACNET_PDU, "bacnet.pdu_type", NONE, "APDU type, ASHRAE 135 20.1.2")                     \
	X(BACNET_SERVICE, "bacnet.service", NONE, "service name, ASHRAE 135 clause 21")            \
	X(BACNET_INVOKE_ID, "bacnet.invoke_id", NONE, "invoke id")                                 \
	X(BACNET_OBJECT_TYPE, "bacnet.object_type", NONE, "object type name")                      \
	X(BACNET_OBJECT, "bacnet.object_instance", NONE, "object instance number")                 \
	X(BACNET_PROPERTY, "bacnet.property", NONE, "property name")                               \
	X(BACNET_VALUE, "bacnet.value", NONE, "application value as text or number")               \
	X(BACNET_PRIORITY, "bacnet.priority", NONE, "command priority 1 (highest) to 16")          \
	X(BACNET_DEVICE, "bacnet.device_instance", NONE, "device instance")                        \
	X(BACNET_VENDOR, "bacnet.vendor_id", NONE, "ASHRAE vendor id")                             \
	X(BACNET_LOW, "bacnet.low_limit", NONE, "Who-Is low limit")                                \
	X(BACNET_HIGH, "bacnet.high_limit", NONE, "Who-Is high limit")                             \
	X(BACNET_ERROR, "bacnet.error", NONE, "error class and code, reject or abort reason")      \
	X(DOOR, "door", NONE, "door id as the controller knows it")                                \
	X(READER, "reader", NONE, "badge reader id as the controller knows it")                    \
	X(BADGE, "badge", PERSON, "credential number")                                             \
	X(CAMERA, "camera", NONE, "camera id")                                                     \
	X(PERSONS, "persons", NONE, "people counted")                                              \
	X(DIRECTION, "direction", NONE, "in or out")                                               \
	X(REASON, "reason", NONE, "why, as a word of the class")                                   \
	X(SENSOR, "sensor", NONE, "field sensor id")                                               \
	X(POINT, "point", NONE, "measured point")                                                  \
	X(VALUE, "value", NONE, "measured value in unit")                                          \
	X(UNIT, "unit", NONE, "unit by UCUM code, such as Cel, V, %")                              \
	X(SEQ, "seq", NONE, "the source's own sequence number")                                    \
	X(BOOT, "boot", NONE, "the source's boot id")                                              \
	X(HOST, "host", NONE, "host name in a log header")                                         \
	X(APP, "app", NONE, "application name in a log header")                                    \
	X(PROCID, "procid", NONE, "process id in a log header")                                    \
	X(MSGID, "msgid", NONE, "RFC 5424 MSGID")                                                  \
	X(FACILITY, "facility", NONE, "syslog facility keyword")                                   \
	X(SEVERITY, "severity", NONE, "syslog severity keyword")                                   \
	X(MESSAGE, "message", MAYBE, "free text of a log line")                                    \
	X(LOST, "lost", NONE, "things lost: packets, lines, messages")                             \
	X(USER, "user", PERSON, "user name")                                                       \
	X(USER_NAME, "User", PERSON, "Sysmon: domain and user")                                    \
	X(TARGET_USER_NAME, "TargetUserName", PERSON, "Windows Security: account")                 \
	X(SUBJECT_USER_NAME, "SubjectUserName", PERSON, "Windows Security: account")               \
	X(COMMAND_LINE, "CommandLine", MAYBE, "Windows: command line")                             \
	X(IMAGE, "Image", MAYBE, "Windows: path of the program")                                   \
	X(PARENT_USER, "ParentUser", PERSON, "Sysmon: domain and user of the parent process")      \
	X(SOURCE_USER, "SourceUser", PERSON, "Sysmon: domain and user of the accessing process")   \
	X(TARGET_USER, "TargetUser", PERSON, "Sysmon: domain and user of the accessed process")    \
	X(PARENT_COMMAND_LINE, "ParentCommandLine", MAYBE, "Windows: the parent's command line")   \
	X(PARENT_IMAGE, "ParentImage", MAYBE, "Windows: path of the parent's program")             \
	X(TARGET_FILENAME, "TargetFilename", MAYBE, "Sysmon: path of the file")                    \
	X(TARGET_OBJECT, "TargetObject", MAYBE, "Sysmon: registry path")                           \
	X(CURRENT_DIRECTORY, "CurrentDirectory", MAYBE, "Sysmon: working directory")               \
	X(LOGIN_METHOD, "login.method", NONE, "how somebody showed who they are")                  \
	X(LOGIN_OUTCOME, "login.outcome", NONE, "ok, failed, or unknown")                          \
	X(LOGIN_CLEARTEXT, "login.cleartext", NONE, "true: the secret could be read")              \
	X(URI, "uri", MAYBE, "request target or locator")                                          \
	X(FILE_NAME, "file.name", MAYBE, "name or path of a file")                                 \
	X(FILE_BYTES, "file.bytes", NONE, "size in bytes")                                         \
	X(OPERATION, "operation", NONE, "what was asked for, in the protocol's words")             \
	X(OUTCOME, "outcome", NONE, "what became of a request, as a word")                         \
	X(ACCT, "acct", PERSON, "Linux audit: account that the record is about")                   \
	X(AUDIT_AUID, "AUID", PERSON, "Linux audit, enriched: who logged in")                      \
	X(AUDIT_UID, "UID", PERSON, "Linux audit, enriched: user")                                 \
	X(AUDIT_EUID, "EUID", PERSON, "Linux audit, enriched: effective user")                     \
	X(AUDIT_SUID, "SUID", PERSON, "Linux audit, enriched: saved user")                         \
	X(AUDIT_FSUID, "FSUID", PERSON, "Linux audit, enriched: user of file access")              \
	X(PROCTITLE, "proctitle", MAYBE, "Linux audit: the whole command line")                    \
	X(JOURNAL_CMDLINE, "_CMDLINE", MAYBE, "systemd's journal: command line of the sender")     \
	X(LOG_PATTERN, "log.pattern", NONE, "which pattern recognised the record: source.id")      \
	X(WHOM, "target_user", PERSON, "the account that was acted on or acted as")                \
	X(MAIL_FROM, "mail.from", PERSON, "sender of the envelope")                                \
	X(MAIL_TO, "mail.to", PERSON, "recipient of the envelope")                                 \
	X(PATIENT, "patient", PERSON, "name or number of a patient in a log")                      \
	X(COMMAND, "command", MAYBE, "command that somebody ran")                                  \
	X(WARD_TIME, "ward.time", NONE, "the time that the event is placed at, where not its own") \
	X(UNCERTAINTY, "uncertainty", NONE, "how far value may be from the truth, in unit")        \
	X(ALERT_NAME, "alert.name", MAYBE, "title of another product's alert")                     \
	X(ALERT_TEXT, "alert.text", MAYBE, "what another product's alert says more")               \
	X(WARD_ORIGIN, "ward.origin", NONE, "id of the place that src_ip belongs to")              \
	X(FILE_PATH, "file.path", MAYBE, "path of a file beneath the folder that is watched")      \
	X(FILE_OWNER, "file.owner", PERSON, "user that a file belongs to, as a name or number")

enum ward_field_id {
#define X(IDENT, name, identity, what) WARD_FIELD_##IDENT,
	WARD_FIELD_LIST(X)
#undef X
		WARD_FIELD_N,
};

struct ward_field_info {
	const char *name;
	enum ward_identity identity;
	const char *what;
};

/* id < WARD_FIELD_N. Lives forever. */
const struct ward_field_info *ward_field_info(enum ward_field_id id);

#endif
