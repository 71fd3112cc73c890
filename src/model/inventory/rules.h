/* What may be concluded from what was observed: content/inventory/ files, as data.
 *
 * A rule names classes of events and conditions on their fields, and claims something of the host
 * that it is about, with a confidence; or it ties a hardware to an IP address. docs/content.md has
 * the syntax. Read-only after loading; fields are ids of the names that were given. Faces files
 * written by people. */
#ifndef WARD_MODEL_INVENTORY_RULES_H
#define WARD_MODEL_INVENTORY_RULES_H

#include "conf/conf.h"
#include "event/event.h"
#include "model/ontology.h"

/* X(NAME, "name", several): several true: a host may well have several values of it at once. */
#define WARD_ATTR_LIST(X)                                                         \
	X(CLASS, "class", false)       /* of the ontology */                      \
	X(ROLE, "role", true)          /* what it does, in words */               \
	X(VENDOR, "vendor", false)     /* who made it */                          \
	X(MODEL, "model", false)       /* what its maker calls it */              \
	X(SERIAL, "serial", false)     /* its maker's number of it */             \
	X(FIRMWARE, "firmware", false) /* version of what it is delivered with */ \
	X(SOFTWARE, "software", true)  /* name, a blank, version */               \
	X(OS, "os", false)             /* operating system */                     \
	X(NAME, "name", true)          /* how it is called on the network */

enum ward_attr {
#define X(NAME, name, several) WARD_ATTR_##NAME,
	WARD_ATTR_LIST(X)
#undef X
		WARD_ATTR_N,
};
/* Lives forever. */
const char *ward_attr_name(enum ward_attr a);
/* WARD_ATTR_N when there is none. */
enum ward_attr ward_attr_parse(struct ward_str s);
bool ward_attr_several(enum ward_attr a);

/* How an address and a hardware were tied; the bits of an endpoint's `proof`. */
enum { WARD_PROOF_LINK = 1, WARD_PROOF_LEASE = 2 };

enum { WARD_INV_WILD = 4, WARD_INV_ROWS = 64, WARD_INV_VALUE = 160 };

struct ward_inv_cond {
	uint32_t field;
	struct ward_str *glob; /* any of them */
	size_t n_glob;
};

struct ward_inv_table {
	struct ward_str name;
	const struct ward_conf *map;
};

enum ward_inv_part_kind { WARD_INV_TEXT, WARD_INV_FIELD, WARD_INV_WILDCARD };

struct ward_inv_part {
	enum ward_inv_part_kind kind;
	struct ward_str text;          /* TEXT */
	uint32_t field;                /* FIELD: name id; WILDCARD: which, from 0 */
	const struct ward_conf *table; /* looked up there; or NULL */
};

struct ward_inv_template {
	struct ward_inv_part *part;
	size_t n_part;
};

struct ward_inv_says {
	enum ward_attr attr;
	uint8_t confidence; /* 1 to 100 */
	struct ward_inv_template value, version;
};

enum ward_inv_of { WARD_INV_SOURCE, WARD_INV_DESTINATION, WARD_INV_BY_FIELD };

struct ward_inv_rule {
	struct ward_str id, why;
	struct ward_str *class; /* globs, any of them */
	size_t n_class;
	struct ward_inv_cond *cond; /* all of them */
	size_t n_cond;
	struct ward_inv_cond *unless; /* none of them */
	size_t n_unless;
	enum ward_inv_of of;
	uint32_t of_field; /* BY_FIELD: holds a hardware or IP address */
	struct ward_inv_says *says;
	size_t n_says;
	bool tie; /* the addresses of these fields are one host's */
	uint32_t tie_mac, tie_ip;
	uint8_t proof;
};

/* How far a kind of sighting is believed, and how fast that fades. */
struct ward_inv_kind {
	struct ward_str name;
	uint8_t confidence;
	ward_ns half_life;
};

struct ward_inv_rules {
	struct ward_arena arena;
	const struct ward_mem *mem;
	struct ward_names *names;            /* borrowed */
	const struct ward_ontology *classes; /* borrowed */
	const struct ward_limits *lim;       /* borrowed */
	struct ward_inv_rule *rule;          /* in order of files and lines */
	size_t n_rule, cap_rule;
	struct ward_inv_table *table;
	size_t n_table, cap_table;
	struct ward_inv_kind *kind;
	size_t n_kind, cap_kind;
	uint32_t *mobile; /* classes of things that are moved about */
	size_t n_mobile, cap_mobile;
};

/* Reads every *.yml of dir in byte order of names. CONFIG when there was an error-level finding,
 * IO, NOMEM: nothing is given. Free with ward_inv_rules_free, which takes NULL. */
WARD_MUST_CHECK enum ward_err ward_inv_rules_load(const char *dir,
	const struct ward_ontology *classes, struct ward_names *names,
	const struct ward_limits *lim, struct ward_diag *diag, struct ward_inv_rules **ret);
/* The same of one text; file names it in findings. */
WARD_MUST_CHECK enum ward_err ward_inv_rules_parse(struct ward_str file, struct ward_slice text,
	struct ward_inv_rules *rules, struct ward_diag *diag);
/* Without rules, for ward_inv_rules_parse. */
WARD_MUST_CHECK enum ward_err ward_inv_rules_new(const struct ward_ontology *classes,
	struct ward_names *names, const struct ward_limits *lim, const struct ward_mem *mem,
	struct ward_inv_rules **ret);
void ward_inv_rules_free(struct ward_inv_rules *rules);
/* WARD_NONE when there is none. O(rules). */
uint32_t ward_inv_rules_find(const struct ward_inv_rules *rules, struct ward_str id);
/* The kind of sighting, or NULL. */
const struct ward_inv_kind *ward_inv_kind(const struct ward_inv_rules *rules, const char *name);
bool ward_inv_mobile(const struct ward_inv_rules *rules, uint32_t class);

/* Does the whole of s fit the glob ('*' any run, '?' one byte; ASCII case is folded)? What the
 * first WARD_INV_WILD stars stood for goes into wild (may be NULL), from *n_wild on. */
bool ward_inv_glob(struct ward_str glob, struct ward_str s, struct ward_str wild[WARD_INV_WILD],
	size_t *n_wild);

#endif
