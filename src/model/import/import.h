/* What a hospital has already, as candidates for its directory, and how they differ from it.
 *
 * Readers turn one outside file each into candidates: nodes with the texts of their row, and
 * relations, each with file and line. A merge finds whom they are in the directory and makes items:
 * added, changed, in conflict, held back, gone. A plan writes what was approved as text of the
 * directory's files. Nothing here touches a disk. Faces files of other products: all bounded,
 * findings located. Single-threaded. */
#ifndef WARD_MODEL_IMPORT_IMPORT_H
#define WARD_MODEL_IMPORT_IMPORT_H

#include "conf/conf.h"
#include "model/model.h"

enum { WARD_CANDIDATES_MAX = 1 << 18, WARD_CANDIDATE_RELS_MAX = 1 << 21 };

/* X(NAME, "key of the row", refers to a node) */
#define WARD_CELL_LIST(X)             \
	X(NAME, "name", false)        \
	X(CLASS, "class", false)      \
	X(SITE, "site", true)         \
	X(BUILDING, "building", true) \
	X(LEVEL, "level", false)      \
	X(FLOOR, "floor", true)       \
	X(KIND, "kind", false)        \
	X(ZONE, "zone", true)         \
	X(FROM, "from", true)         \
	X(TO, "to", true)             \
	X(CIDR, "cidr", false)        \
	X(VLAN, "vlan", false)        \
	X(ROOM, "room", true)         \
	X(NETWORK, "network", true)   \
	X(IP, "ip", false)            \
	X(MAC, "mac", false)          \
	X(KEYS, "keys", false)        \
	X(VENDOR, "vendor", false)    \
	X(MODEL, "model", false)      \
	X(CRITICALITY, "criticality", false)

enum ward_cell {
#define X(NAME, name, ref) WARD_CELL_##NAME,
	WARD_CELL_LIST(X)
#undef X
		WARD_CELL_N,
};
/* "name", "class" … Lives forever. */
const char *ward_cell_name(enum ward_cell c);
bool ward_cell_is_ref(enum ward_cell c);

struct ward_candidate_node {
	enum ward_node_kind kind;
	struct ward_str ref; /* what the source calls it; the only one of its name in the import */
	struct ward_str id;  /* the id that it would have */
	bool id_given;       /* the source means an id of the directory */
	struct ward_str cell[WARD_CELL_N]; /* empty: nothing is said. References are refs or ids */
	uint32_t assumed;                  /* cells (1 << …) that the source does not say */
	struct ward_str file;
	uint32_t line;
};

struct ward_candidate_rel {
	struct ward_str from, to; /* refs or ids */
	enum ward_rel_type type;
	struct ward_str file;
	uint32_t line;
};

/* What was read and is no candidate, by its name: "brick:Setpoint". */
struct ward_passed {
	struct ward_str what;
	size_t n;
};

struct ward_candidates {
	const struct ward_mem *mem;
	struct ward_arena arena;
	struct ward_intern refs; /* id of the table == index of the node */
	struct ward_candidate_node *node;
	size_t cap_node;
	struct ward_candidate_rel *rel;
	size_t n_rel, cap_rel;
	struct ward_intern passed_ids;
	struct ward_passed *passed;
	size_t cap_passed;
	ward_ns as_of;     /* when the source says that it was so; 0: it does not */
	enum ward_err err; /* NOMEM or LIMIT: adding has stopped */
};

/* Borrows mem. */
void ward_candidates_init(
	struct ward_candidates *c, const struct ward_mem *mem, const struct ward_limits *lim);
void ward_candidates_fini(struct ward_candidates *c);

/* The candidate of that ref, made when there is none. The kind of an old one stays. WARD_NONE when
 * c->err is set. Copies all. */
uint32_t ward_candidate_add(struct ward_candidates *c, enum ward_node_kind kind,
	struct ward_str ref, struct ward_str file, uint32_t line);
/* The id that it asks for: of `text` the letters, digits and . _ -, the rest as '-'. */
void ward_candidate_id(struct ward_candidates *c, uint32_t i, struct ward_str text);
/* Sets a cell that is empty; words of ip, mac and keys are added. An empty text changes nothing,
 * control characters become blanks. */
void ward_candidate_set(
	struct ward_candidates *c, uint32_t i, enum ward_cell cell, struct ward_str text);
/* Sets one that is empty to what is usual, and marks it as not said by the source. */
void ward_candidate_assume(
	struct ward_candidates *c, uint32_t i, enum ward_cell cell, const char *text);
/* "serial:4711" unless the text has blanks or is longer than a key may be. */
void ward_candidate_key(
	struct ward_candidates *c, uint32_t i, const char *kind, struct ward_str text);
void ward_candidate_relate(struct ward_candidates *c, struct ward_str from, enum ward_rel_type type,
	struct ward_str to, struct ward_str file, uint32_t line);
void ward_candidate_pass(struct ward_candidates *c, struct ward_str what);

/* What all readers are given. */
struct ward_import_in {
	const struct ward_model *model; /* its ontology says which classes there are */
	const char *content;            /* directory with the folder import */
	const struct ward_conf *map;    /* csv: the mapping, or NULL */
	struct ward_str list;           /* csv: the list that its rows are of; empty: assets */
	const struct ward_limits *lim;
	const struct ward_mem *mem;
	struct ward_diag *diag;
};

enum ward_import_format {
	WARD_IMPORT_CSV,       /* a table, with a mapping or with our own column names */
	WARD_IMPORT_CYCLONEDX, /* CycloneDX 1.4 to 1.6, JSON */
	WARD_IMPORT_FHIR,      /* FHIR R4 Bundle, resource or NDJSON */
	WARD_IMPORT_RDF,       /* Brick, BOT, RealEstateCore in Turtle */
	WARD_IMPORT_NETBOX,    /* answers of NetBox's REST API */
	WARD_IMPORT_N,
};
/* "csv" (also "inventory"), "cyclonedx", "fhir", "brick" (also "bot"), "netbox"; WARD_IMPORT_N. */
enum ward_import_format ward_import_format_parse(struct ward_str s);
/* By the file's ending, of JSON also by its first members; WARD_IMPORT_N when nothing tells. */
enum ward_import_format ward_import_format_guess(struct ward_str file, struct ward_slice text);

/* Adds the candidates of one text. CONFIG with a located finding when it is no such text or past a
 * limit, NOMEM; IO when a file of the content can't be read. What was added before stays. */
WARD_MUST_CHECK enum ward_err ward_import_read(const struct ward_import_in *in,
	enum ward_import_format format, struct ward_str file, struct ward_slice text,
	struct ward_candidates *c);

/* The index of a class that a table of content/import names, WARD_NONE with a finding otherwise. */
uint32_t ward_import_class(const struct ward_import_in *in, const struct ward_conf *c);
/* The list that nodes of a class stand in. */
enum ward_node_kind ward_import_kind_of(const struct ward_model *m, uint32_t class);
/* content/import/NAME.yml in the arena. */
WARD_MUST_CHECK enum ward_err ward_import_content(const struct ward_import_in *in,
	struct ward_arena *a, const char *name, const struct ward_conf **ret);

/* The readers behind it. */
typedef enum ward_err ward_import_reader(const struct ward_import_in *in, struct ward_str file,
	struct ward_slice text, struct ward_candidates *c);
ward_import_reader ward_import_csv, ward_import_cyclonedx, ward_import_fhir, ward_import_rdf,
	ward_import_netbox;

#endif
