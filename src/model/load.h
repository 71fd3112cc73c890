/* One load of a hospital: rows of lists become nodes, then attributes and relations, then arrays.
 *
 * Internal to the room. Pass 1 makes a node of each row that has one, so that references may look
 * forward; pass 2 reads the rest of each row; build sorts relations into arrays; check looks at
 * the whole. Findings go to diag and loading goes on; only lack of memory or a limit stops it. */
#ifndef WARD_MODEL_LOAD_H
#define WARD_MODEL_LOAD_H

#include "model/model_int.h"
#include "model/near.h"
#include "model/word.h"

struct ward_list;

/* One entry of a list; from YAML or a table. */
struct ward_row {
	const struct ward_list *list;
	const struct ward_conf *yaml; /* or NULL: then */
	const struct ward_csv *csv;
	size_t csv_row;
	uint32_t index; /* of its node or source, or WARD_NONE */
};

struct ward_edge {
	uint32_t from, to, group, seq;
	enum ward_rel_type type;
	bool written; /* in a relations list, not implied */
	uint32_t line;
	struct ward_str file;
};

struct ward_place {
	struct ward_str file;
	uint32_t line;
};

struct ward_load {
	struct ward_model *m;
	struct ward_diag *diag;
	const struct ward_limits *lim;
	const struct ward_mem *mem;
	struct ward_arena arena;   /* trees and tables of all files */
	struct ward_arena scratch; /* of one row */
	struct ward_row *row;
	size_t n_row, cap_row;
	struct ward_intern ids; /* of nodes, sources and protections: all are unique together */
	struct ward_place *id_place;
	size_t cap_id_place;
	struct ward_edge *edge;
	size_t n_edge, cap_edge;
	struct ward_group *group;
	size_t n_group, cap_group;
	struct ward_protection *protection;
	size_t n_protection, cap_protection;
	struct ward_buffer *buffer;
	size_t n_buffer, cap_buffer;
	struct ward_basis *basis;
	size_t n_basis, cap_basis;
	struct ward_tab buffer_seen; /* (node, kind) */
	uint32_t hospital_line;      /* 0: not seen */
	struct ward_str hospital_file;
	size_t near_budget;
	enum ward_err err; /* NOMEM or LIMIT; nothing more is done then */
	const char *limit; /* the limit's name, with LIMIT */
};

enum { WARD_LIST_KEYS_MAX = 48 };

struct ward_list {
	const char *name;  /* "rooms" */
	const char *thing; /* "room" */
	bool map;          /* one map instead of a list of them */
	bool node;         /* each row makes a node … */
	enum ward_node_kind kind;
	uint32_t roots;    /* … whose class is one of these (1 << WARD_ROOT_…) */
	const char *class; /* its class when none is stated; NULL: must be stated */
	const char *const key[WARD_LIST_KEYS_MAX]; /* all keys, NULL at the end */
	/* Pass 2; r->index is the node. */
	void (*read)(struct ward_load *l, const struct ward_row *r, const struct ward_conf *c);
};

/* The list of that name, or NULL. */
const struct ward_list *ward_model_list(struct ward_str name);
/* All of them, for "did you mean". */
const struct ward_list *ward_model_lists(size_t *ret_n);

/* Pass 1 and 2 over l->row. */
void ward_load_nodes(struct ward_load *l);
void ward_load_rest(struct ward_load *l);
/* Parses one file into rows; findings for what is no list. False on a syntax error. */
bool ward_load_file(struct ward_load *l, const struct ward_model_file *f);

/* Sorts what was collected into the model's arrays. */
void ward_load_build(struct ward_load *l);
/* Breaks and reports cycles of `parent`, gives every node its zone. Before build. */
void ward_load_parents(struct ward_load *l);
/* Everything that is only visible in the whole. After build. */
void ward_load_check(struct ward_load *l);
void ward_load_check_cycles(struct ward_load *l);
void ward_load_check_axioms(struct ward_load *l);
void ward_load_check_nowhere(struct ward_load *l);

/* Remembers the first NOMEM or LIMIT; true when err is OK. */
bool ward_load_ok(struct ward_load *l, enum ward_err err, const char *limit);
/* A copy in the model. */
struct ward_str ward_load_keep(struct ward_load *l, struct ward_str s);
/* The text of a key, kept in the model; empty when absent. An empty required text is a finding. */
struct ward_str ward_load_text(
	struct ward_load *l, const struct ward_conf *c, const char *key, bool required);
/* The same of one line, and so long: names and such go into lists and messages, whose lines are
 * parted. What isn't one is a finding, and is left empty. */
enum { WARD_MODEL_NAME = 200, WARD_MODEL_LINE = 4096 };
struct ward_str ward_load_line(
	struct ward_load *l, const struct ward_conf *c, const char *key, bool required);
struct ward_str ward_load_name(struct ward_load *l, const struct ward_conf *c, bool required);
/* Takes an id for a thing; false with a finding when it is taken. */
bool ward_load_take_id(struct ward_load *l, const struct ward_conf *c, struct ward_str id);
/* The node of a word that must name one of `kinds` (1 << WARD_NODE_…), or WARD_NONE with a finding
 * that says the nearest id. `key` is what the word stands under. */
uint32_t ward_load_node_of(struct ward_load *l, const struct ward_conf *c, const char *key,
	struct ward_word w, uint32_t kinds);
/* The same for the value of a key; WARD_NONE without a finding when absent and not required. */
uint32_t ward_load_ref(struct ward_load *l, const struct ward_conf *c, const char *key,
	bool required, uint32_t kinds);
/* The words under a key; none on a finding. */
struct ward_words ward_load_words(struct ward_load *l, const struct ward_conf *c, const char *key);
/* Index of the word under `key` in name[0..n), with a finding and `n` when it is none of them. */
size_t ward_load_word_of(struct ward_load *l, const struct ward_conf *c, const char *key,
	const char *const *name, size_t n);
/* `requires` of a service, with all that is nested in it. */
void ward_load_requires(struct ward_load *l, const struct ward_conf *c, uint32_t owner);
/* `hours` and `otherwise` of an asset or service. */
void ward_load_hours(struct ward_load *l, const struct ward_conf *c, uint32_t node);
/* `open` of a room or door. */
void ward_load_open(struct ward_load *l, const struct ward_conf *c, uint32_t node);
/* `recovery` and `mtpd` of an asset or service. */
void ward_load_outage_times(struct ward_load *l, const struct ward_conf *c, uint32_t node);
/* Adds a relation; nothing when an end is WARD_NONE. */
void ward_load_edge(struct ward_load *l, const struct ward_conf *c, enum ward_rel_type type,
	uint32_t from, uint32_t to);
/* Adds a group that is complete but for file and line, and its relations: from the service that it
 * is of, whatever part of it owns the group. */
void ward_load_group(struct ward_load *l, const struct ward_conf *c, struct ward_group g);
/* Makes a key name a node; a finding when it is taken or malformed. */
void ward_load_key(struct ward_load *l, const struct ward_conf *c, enum ward_key_kind kind,
	struct ward_str key, uint32_t node);
/* Makes a word's prefix lead to index, with a finding when it is none; the index that has it
 * already, else WARD_NONE. */
uint32_t ward_load_prefix(struct ward_load *l, const struct ward_conf *c, struct ward_word w,
	struct ward_prefixes *to, uint32_t index);
void ward_load_prefix_twice(
	struct ward_load *l, const struct ward_conf *c, struct ward_word w, struct ward_str other);

#define ward_load_error(l, c, ...) \
	ward_diag_addf((l)->diag, WARD_DIAG_ERROR, (c)->file, (c)->line, __VA_ARGS__)
#define ward_load_warn(l, c, ...) \
	ward_diag_addf((l)->diag, WARD_DIAG_WARNING, (c)->file, (c)->line, __VA_ARGS__)
#define ward_load_note(l, c, ...) \
	ward_diag_addf((l)->diag, WARD_DIAG_NOTE, (c)->file, (c)->line, __VA_ARGS__)

/* Whether the text is one of those words, which blanks part. */
bool ward_load_one_of(struct ward_str s, const char *words);
/* Warnings that are fetched: https: is of what others post, too. */
bool ward_load_is_fetched(const struct ward_source *s);
/* What a camera is asked for, and who asks. The address is shown to many, so no secret is in it. */
void ward_read_camera(struct ward_load *l, const struct ward_conf *c, struct ward_source *s);
/* Where people see its cameras, and how long a recorder keeps them. */
void ward_read_recorder(struct ward_load *l, const struct ward_conf *c, struct ward_source *s);
/* What a source of calls has besides: whom it hears, and where callers are. */
void ward_read_plan(struct ward_load *l, const struct ward_conf *c, struct ward_source *s);
void ward_read_calls(struct ward_load *l, const struct ward_conf *c, struct ward_source *s);

/* A finding that `ward check` can say in other languages: WARD_TEXT for what and mend, then slots.
 */
#define ward_load_say(l, level_, c, what_, mend_, ...)                                   \
	ward_diag_say((l)->diag,                                                         \
		&(struct ward_diag_item){.level = (level_),                              \
			.file = (c)->file,                                               \
			.line = (c)->line,                                               \
			.what = ward_str_z(what_),                                       \
			.mend = ward_str_z(mend_),                                       \
			.slot = (const struct ward_diag_slot[]){__VA_ARGS__},            \
			.n_slot = sizeof((const struct ward_diag_slot[]){__VA_ARGS__}) / \
				  sizeof(struct ward_diag_slot)})

/* Rows of lists, by where they are written. */
void ward_read_hospital(struct ward_load *, const struct ward_row *, const struct ward_conf *);
void ward_read_site(struct ward_load *, const struct ward_row *, const struct ward_conf *);
void ward_read_building(struct ward_load *, const struct ward_row *, const struct ward_conf *);
void ward_read_floor(struct ward_load *, const struct ward_row *, const struct ward_conf *);
void ward_read_zone(struct ward_load *, const struct ward_row *, const struct ward_conf *);
void ward_read_room(struct ward_load *, const struct ward_row *, const struct ward_conf *);
void ward_read_door(struct ward_load *, const struct ward_row *, const struct ward_conf *);
void ward_read_network(struct ward_load *, const struct ward_row *, const struct ward_conf *);
void ward_read_role(struct ward_load *, const struct ward_row *, const struct ward_conf *);
void ward_read_asset(struct ward_load *, const struct ward_row *, const struct ward_conf *);
void ward_read_service(struct ward_load *, const struct ward_row *, const struct ward_conf *);
void ward_read_relation(struct ward_load *, const struct ward_row *, const struct ward_conf *);
void ward_read_protection(struct ward_load *, const struct ward_row *, const struct ward_conf *);
void ward_read_buffer(struct ward_load *, const struct ward_row *, const struct ward_conf *);
void ward_read_basis(struct ward_load *, const struct ward_row *, const struct ward_conf *);
void ward_read_origin(struct ward_load *, const struct ward_row *, const struct ward_conf *);
void ward_read_source(struct ward_load *, const struct ward_row *, const struct ward_conf *);

#endif
