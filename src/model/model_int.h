/* The model's insides: only the files of this room include it. */
#ifndef WARD_MODEL_MODEL_INT_H
#define WARD_MODEL_MODEL_INT_H

#include "model/addr.h"
#include "model/basis.h"
#include "model/origin.h"
#include "model/tz.h"

struct ward_hours;

/* Compressed rows: those of node i are at[off[i]] to at[off[i + 1]]. */
struct ward_rels {
	uint32_t *off; /* n + 1 */
	struct ward_rel *at;
};

/* Classes that the lists and Ward's checks are about; all must be in the ontology. */
enum ward_root {
	WARD_ROOT_SITE,
	WARD_ROOT_BUILDING,
	WARD_ROOT_FLOOR,
	WARD_ROOT_ZONE,
	WARD_ROOT_ROOM,
	WARD_ROOT_DOOR,
	WARD_ROOT_NETWORK,
	WARD_ROOT_ROLE,
	WARD_ROOT_SERVICE,
	WARD_ROOT_DEVICE,
	WARD_ROOT_SOFTWARE,
	WARD_ROOT_DATA,
	WARD_ROOT_SUPPLY,
	WARD_ROOT_N,
};

struct ward_prefix {
	uint8_t b[16];
	uint8_t len;
	uint8_t zero[7]; /* keys are compared as bytes */
};

/* Prefixes to indices: networks, or origins. */
struct ward_prefixes {
	struct ward_tab tab; /* struct ward_prefix to uint32_t */
	uint64_t lengths[3]; /* bit i: some prefix has i bits, 0..128 */
};

struct ward_model {
	const struct ward_mem *mem;
	struct ward_arena arena; /* all arrays and texts below that no table owns */
	struct ward_hospital hospital;
	struct ward_ontology *ontology;
	struct ward_threats *threats;
	uint8_t hash[32];
	uint32_t root[WARD_ROOT_N]; /* their classes */

	struct ward_intern ids; /* id of the table == index of the node */
	struct ward_node *node; /* parts of requirements are behind the n of the hospital */
	size_t n, cap;
	uint32_t n_part;

	struct ward_intern key[WARD_KEY_N];
	uint32_t *key_node[WARD_KEY_N]; /* by id of the table */
	size_t cap_key[WARD_KEY_N];

	struct ward_prefixes networks; /* node index */
	struct ward_prefixes places;   /* origin index */

	struct ward_rels out, in;
	size_t n_rel;
	struct ward_group *group;
	uint32_t n_group;
	uint32_t *group_off; /* n + n_part + 1 */
	struct ward_protection *protection;
	uint32_t *protection_off;
	struct ward_hours **hours; /* by node; NULL where nobody said any; so its entries */
	struct ward_tz tz;
	struct ward_buffer *buffer;
	uint32_t *buffer_off;
	struct ward_basis *basis;
	uint32_t *basis_off;
	struct ward_intern source_ids; /* id of the table == index of the source */
	struct ward_source *source;
	size_t cap_source;
	struct ward_intern origin_ids; /* id of the table == index of the origin */
	struct ward_origin *origin;
	size_t cap_origin;
};

/* Takes the rule of the hospital's time zone from the system's files, if any hours hang on it; a
 * warning where it can't be read. */
void ward_hours_zone(struct ward_model *m, const struct ward_limits *lim, struct ward_diag *diag);
const char *ward_root_name(enum ward_root r);

/* A key in the form that the tables hold, into buf (at least 256 bytes). False when it is no such
 * key. */
bool ward_key_canonical(
	enum ward_key_kind kind, struct ward_str key, uint8_t buf[256], struct ward_str *ret);

#endif
