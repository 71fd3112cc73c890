/* The hospital as one graph: places, devices, networks, roles, care services and how they hang
 * together.
 *
 * Loaded whole from a hospital directory (docs/hospital-directory.md) and then read-only; every
 * thing is a node with a dense index (the order of files, then of lines). Freed whole; all text
 * lives as long as the model. Faces files of people; lookups are O(1). */
#ifndef WARD_MODEL_MODEL_H
#define WARD_MODEL_MODEL_H

#include "base/clock.h"
#include "base/diag.h"
#include "base/hash.h"
#include "base/limit.h"
#include "model/group.h"
#include "model/ontology.h"
#include "model/source.h"
#include "model/threat.h"

/* X(NAME, "name", "name read backwards", meaning). Direction: from → to. */
#define WARD_REL_LIST(X)                                                                           \
	X(CONTAINS, "contains", "is in", "a place or whole contains a part")                       \
	X(LEADS_TO, "leads_to", "is reached from",                                                 \
		"one can walk from a place or door to the next")                                   \
	X(HOSTS, "hosts", "runs on", "a device hosts software or data; a room hosts a service")    \
	X(CONTROLS, "controls", "is controlled by", "a controller commands a device or door")      \
	X(POWERS, "powers", "is powered by", "electricity")                                        \
	X(COOLS, "cools", "is cooled by", "air or water at the right temperature")                 \
	X(SUPPLIES, "supplies", "is supplied by", "gas, water, data, goods")                       \
	X(CONNECTS, "connects", "is connected to", "a network connects a device, both ways")       \
	X(REQUIRES, "requires", "is required by", "a service needs an asset or a service, k of n") \
	X(MONITORS, "monitors", "is monitored by", "a sensor watches a place or device")

enum ward_rel_type {
#define X(NAME, name, back, what) WARD_REL_##NAME,
	WARD_REL_LIST(X)
#undef X
		WARD_REL_N,
};
const char *ward_rel_name(enum ward_rel_type t);
/* WARD_REL_N when there is no such relation. */
enum ward_rel_type ward_rel_parse(struct ward_str s);

struct ward_rel {
	enum ward_rel_type type;
	uint32_t node;  /* the other end */
	uint32_t group; /* REQUIRES: index in ward_model_group(); else WARD_NONE */
};

enum ward_node_kind {
	WARD_NODE_SITE,
	WARD_NODE_BUILDING,
	WARD_NODE_FLOOR,
	WARD_NODE_ZONE,
	WARD_NODE_ROOM,
	WARD_NODE_DOOR,
	WARD_NODE_NETWORK,
	WARD_NODE_ROLE,
	WARD_NODE_SERVICE,
	WARD_NODE_ASSET, /* devices, software, data, supplies */
	WARD_NODE_N,
};
/* "site", "building" … "asset". Lives forever. */
const char *ward_node_kind_name(enum ward_node_kind k);

/* Who may be in a zone. */
enum ward_zone_kind {
	WARD_ZONE_NONE, /* no zone */
	WARD_ZONE_PUBLIC,
	WARD_ZONE_CLINICAL,
	WARD_ZONE_STAFF,
	WARD_ZONE_RESTRICTED,
	WARD_ZONE_TECHNICAL,
	WARD_ZONE_N,
};
/* "none", "public" … Lives forever. */
const char *ward_zone_kind_name(enum ward_zone_kind k);

struct ward_node {
	enum ward_node_kind kind;
	struct ward_str id;   /* unique in the hospital */
	struct ward_str name; /* for people; the id when none was given */
	uint32_t class;       /* index in the ontology */
	uint32_t parent;  /* what contains it, or WARD_NONE; a door: the room that it leads to */
	uint32_t zone;    /* rooms: zone node or WARD_NONE; others: that of their room */
	uint32_t network; /* assets: network node or WARD_NONE */
	uint32_t criticality;           /* 1 (least) to 5; 0 not stated */
	uint32_t beds, staff, patients; /* services; counts only */
	bool counts_patients;           /* services: `patients` is given, be it 0 */
	int64_t weight_micro; /* services: care units lost per minute of outage, millionths */
	struct ward_str file;
	uint32_t line;
	uint32_t metres; /* rooms: the shortest way through; 0 not stated */
	uint32_t role;   /* services: the role node that answers for it, or WARD_NONE */
	int32_t level;   /* floors */
	uint32_t vlan;   /* networks; 0 not stated */
	enum ward_zone_kind zone_kind;   /* zones */
	struct ward_str reach;           /* roles: how they are called; may be empty */
	struct ward_str vendor, product; /* assets; may be empty */
	ward_ns recovery, mtpd;          /* assets, services: ISO 22301 3.1; 0 not stated */
};

struct ward_protection {
	struct ward_str id, name;
	uint32_t node;
	uint32_t threat;       /* index in the dictionary; family entries are expanded on loading */
	int64_t degree_micro;  /* 0..1000000 */
	struct ward_str scope; /* protections of one scope don't add: the best counts */
};

/* Something on a node that postpones: "ups", "fuel", "tank", "thermal", "paper". */
struct ward_buffer {
	uint32_t node;
	struct ward_str kind;
	ward_ns lasts;
};

enum { WARD_HOSPITAL_LANGUAGES = 8 };

struct ward_hospital {
	struct ward_str id, name, city, country, timezone;
	struct ward_str language; /* the first of its languages, "it"; empty: it names none */
	struct ward_str languages[WARD_HOSPITAL_LANGUAGES]; /* all of them, the first again */
	size_t n_languages;
	bool synthetic, baselines;       /* learn what is usual, and tell what is not */
	struct ward_str staff_agreement; /* to learn of persons, too; empty: there is none */
	struct ward_str clips_key;       /* file of the evidence key; empty: no clips are made */
	unsigned hand_out;  /* people who have to say that evidence is handed out: 1, or 2 */
	ward_ns files_keep; /* suspicious files; 0: they are not kept */
	ward_ns clips_before, clips_after, clips_keep; /* an incident's span; how long they stay */
	/* Where the journal's records are given besides (quorum/where.h), and the files of the
	 * password and of who is trusted; empty: nowhere. */
	struct ward_str journal, journal_password_file, journal_trust;
	struct ward_str journal_file; /* where that is said … */
	uint32_t journal_line;
};

/* Ways by which the outside world names a node. */
enum ward_key_kind {
	WARD_KEY_IP,     /* text form, canonical (inet_ntop) */
	WARD_KEY_MAC,    /* lower case with colons */
	WARD_KEY_READER, /* as the controller knows it; so the next ones */
	WARD_KEY_DOOR,
	WARD_KEY_CAMERA,
	WARD_KEY_SENSOR,
	WARD_KEY_BACNET, /* device instance, decimal */
	WARD_KEY_HOST,   /* host name, lower case */
	WARD_KEY_SERIAL, /* as its maker wrote it */
	WARD_KEY_POINT,  /* point of care, as the patient administration calls a ward */
	WARD_KEY_IFACE,  /* capture interface → network node */
	WARD_KEY_N,
};
/* "ip", "mac", "reader" … Lives forever. */
const char *ward_key_kind_name(enum ward_key_kind k);

struct ward_model;

/* Loads DIR with the ontology and threats of `content` (a directory). Every problem goes to diag;
 * CONFIG when there was an error-level one (*ret is then still given if a graph could be built, so
 * that `check` can go on, else NULL). IO, NOMEM. Free with ward_model_free. */
WARD_MUST_CHECK enum ward_err ward_model_load(const char *dir, const char *content,
	const struct ward_limits *lim, const struct ward_mem *mem, struct ward_diag *diag,
	struct ward_model **ret);

/* One file of a model that is in memory already. */
struct ward_model_file {
	struct ward_str name; /* "rooms.csv": it says what the file is, as in a directory */
	struct ward_str path; /* for findings */
	struct ward_slice bytes;
};
/* As ward_model_load without touching a disk: file[0..n) of the hospital in byte order of their
 * names, content[0] is ontology.yml and content[1] threats.yml. Borrows all for the call. */
WARD_MUST_CHECK enum ward_err ward_model_load_files(const struct ward_model_file *file, size_t n,
	const struct ward_model_file content[2], const struct ward_limits *lim,
	const struct ward_mem *mem, struct ward_diag *diag, struct ward_model **ret);

/* Sets what limits.yml of DIR changes; without that file, nothing. Call it before ward_model_load,
 * which only makes the file part of the hash. CONFIG, IO, NOMEM: then *lim holds what was right. */
WARD_MUST_CHECK enum ward_err ward_model_limits(const char *dir, const struct ward_mem *mem,
	struct ward_diag *diag, struct ward_limits *lim);
/* The same from memory; file names it in findings. */
WARD_MUST_CHECK enum ward_err ward_model_limits_parse(struct ward_str file, struct ward_slice text,
	const struct ward_mem *mem, struct ward_diag *diag, struct ward_limits *lim);
void ward_model_free(struct ward_model *m);
/* For WARD_AUTO. */
void ward_model_freep(struct ward_model **m);

/* SHA-256 over what was loaded (files in order, content included): names this version. */
void ward_model_hash(const struct ward_model *m, uint8_t ret[32]);
const struct ward_hospital *ward_model_hospital(const struct ward_model *m);
/* Is what is said of the hospital an exercise? When that was asked for or played, and always of a
 * hospital that is made up. */
static inline bool ward_model_exercise(const struct ward_model *m, bool asked)
{
	return asked || ward_model_hospital(m)->synthetic;
}
const struct ward_ontology *ward_model_ontology(const struct ward_model *m);
const struct ward_threats *ward_model_threats(const struct ward_model *m);

uint32_t ward_model_n(const struct ward_model *m);
const struct ward_node *ward_model_node(const struct ward_model *m, uint32_t i);
/* WARD_NONE when there is none. O(1). */
uint32_t ward_model_find(const struct ward_model *m, struct ward_str id);
/* The asset that others call so: by its host name, by the address that stands for it, or, of a name
 * with a domain, by the part before the first dot. WARD_NONE. O(1). */
uint32_t ward_model_by_host(const struct ward_model *m, struct ward_str name);
/* WARD_NONE when there is none. Addresses are compared as addresses (letter case, separators and
 * IPv4-mapped forms make no difference), hosts without letter case. O(1). */
uint32_t ward_model_by_key(
	const struct ward_model *m, enum ward_key_kind kind, struct ward_str key);
/* The first key of that kind that names the node; empty when there is none. An IP address is given
 * as its 16 bytes (IPv4 in its IPv4-mapped form), a MAC as its 6. O(keys of that kind). */
struct ward_str ward_model_key(const struct ward_model *m, uint32_t i, enum ward_key_kind kind);
/* The network whose CIDR contains an IPv4/IPv6 address in text form (longest prefix). */
uint32_t ward_model_network_of(const struct ward_model *m, struct ward_str ip);
/* Does an address in text form name no single host: unspecified, loopback, multicast, broadcast, or
 * the first or last address of one of the hospital's IPv4 networks? */
bool ward_model_is_group_address(const struct ward_model *m, struct ward_str ip);
/* Is it of the link only (169.254.0.0/16, fe80::/10), so that no router carries it? */
bool ward_model_is_link_local(struct ward_str ip);
/* Climbs `parent` to the first node of that kind (itself included), or WARD_NONE. */
uint32_t ward_model_up(const struct ward_model *m, uint32_t i, enum ward_node_kind kind);
/* Is the node of that ontology class or of one below it? O(1). */
bool ward_model_is(const struct ward_model *m, uint32_t i, uint32_t class);

/* Relations that leave, or arrive at, a node: sorted by (type, node). */
const struct ward_rel *ward_model_out(const struct ward_model *m, uint32_t i, size_t *ret_n);
const struct ward_rel *ward_model_in(const struct ward_model *m, uint32_t i, size_t *ret_n);
const struct ward_protection *ward_model_protections(
	const struct ward_model *m, uint32_t i, size_t *ret_n);
const struct ward_buffer *ward_model_buffers(const struct ward_model *m, uint32_t i, size_t *ret_n);
const struct ward_source *ward_model_sources(const struct ward_model *m, size_t *ret_n);
/* The source of that id, or NULL. O(1). */
const struct ward_source *ward_model_source(const struct ward_model *m, struct ward_str id);
/* It does not run (processing/processing.h): a source is `stopped`, of "clips" and
 * "baselines.persons" the hospital wants none. What there is none of is passed over. */
void ward_model_stop(struct ward_model *m, struct ward_str what);

#endif
