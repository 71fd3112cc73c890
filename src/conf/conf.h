/* Configuration that people write: YAML and CSV, with the line of every value.
 *
 * A YAML file becomes a read-only tree in the caller's arena; an alias is a copy of what its anchor
 * names, and counts as if it were written out. Refused with a located finding: duplicate keys,
 * aliases inside of what they name, merge keys, tags, non-text keys, anything too deep, too long or
 * not UTF-8. A CSV file (RFC 4180) becomes rows under a header.
 * Faces files that an administrator, or an attacker who got that far, wrote. */
#ifndef WARD_CONF_CONF_H
#define WARD_CONF_CONF_H

#include "base/diag.h"
#include "base/hash.h"
#include "base/limit.h"
#include "base/mem.h"

enum ward_conf_kind { WARD_CONF_NULL, WARD_CONF_SCALAR, WARD_CONF_SEQ, WARD_CONF_MAP };

/* One YAML value. A scalar keeps its text and whether it was quoted: plain `5`, `true`, `null`
 * can be told from "5". Children are a linked list in the order of the file. */
struct ward_conf {
	enum ward_conf_kind kind;
	bool quoted;
	uint32_t line; /* from 1 */
	struct ward_str file;
	struct ward_str key;  /* in a map: its key; else empty */
	struct ward_str text; /* scalar */
	struct ward_conf *child, *next;
	size_t n_child;
};

/* Parses all documents of one YAML text. *ret is a SEQ of the documents in the arena. CONFIG when
 * a finding was added (the tree is then not given), NOMEM. file is copied. */
WARD_MUST_CHECK enum ward_err ward_conf_yaml(struct ward_arena *a, const struct ward_limits *lim,
	struct ward_str file, struct ward_slice text, struct ward_diag *diag,
	const struct ward_conf **ret);
/* The same, but a document with an error is left out, with its finding, and counted; CONFIG only
 * when none can be told from another. */
WARD_MUST_CHECK enum ward_err ward_conf_yaml_docs(struct ward_arena *a,
	const struct ward_limits *lim, struct ward_str file, struct ward_slice text,
	struct ward_diag *diag, const struct ward_conf **ret, size_t *ret_n_bad);
/* Reads path, then as ward_conf_yaml; `file` in findings is path. */
WARD_MUST_CHECK enum ward_err ward_conf_yaml_file(struct ward_arena *a,
	const struct ward_limits *lim, const char *path, struct ward_diag *diag,
	const struct ward_conf **ret);

/* The same tree from one JSON text (RFC 8259, strict): numbers, true and false are scalars that are
 * not quoted. `line` is where the text begins in its file, from 1. A finding also names the byte.
 */
WARD_MUST_CHECK enum ward_err ward_conf_json(struct ward_arena *a, const struct ward_limits *lim,
	struct ward_str file, uint32_t line, struct ward_slice text, struct ward_diag *diag,
	const struct ward_conf **ret);

/* The value of key in a map, or NULL. c may be NULL or no map. O(children). */
const struct ward_conf *ward_conf_get(const struct ward_conf *c, const char *key);
/* The text of the scalar under key; empty: there is none. */
struct ward_str ward_conf_word(const struct ward_conf *c, const char *key);

/* Typed reads. A missing key (c has no such key) leaves *ret alone and is fine unless `required`;
 * a wrong kind or a bad value adds a finding that names the key, the line and the mend. True when
 * *ret was set. */
bool ward_conf_str(const struct ward_conf *c, const char *key, bool required, struct ward_diag *d,
	struct ward_str *ret);
/* It holds no ends of lines and no control characters, those of ISO 6429's second set (C1) among
 * them. */
bool ward_conf_is_line(struct ward_str s);
/* One line of text, at most max bytes, copied into the arena; else, and without the key, *ret is
 * empty: a finding where it is required. NOMEM. */
WARD_MUST_CHECK enum ward_err ward_conf_line(const struct ward_conf *c, const char *key,
	bool required, size_t max, struct ward_arena *a, struct ward_diag *d, struct ward_str *ret);
bool ward_conf_i64(const struct ward_conf *c, const char *key, bool required, struct ward_diag *d,
	int64_t min, int64_t max, int64_t *ret);
bool ward_conf_bool(
	const struct ward_conf *c, const char *key, bool required, struct ward_diag *d, bool *ret);
/* "15min" (base/clock.h). */
bool ward_conf_duration(const struct ward_conf *c, const char *key, bool required,
	struct ward_diag *d, ward_ns *ret);
/* A decimal in 0..1 with at most six places, in millionths. */
bool ward_conf_degree(const struct ward_conf *c, const char *key, bool required,
	struct ward_diag *d, int64_t *ret_micro);
/* The same for one scalar's text; false when it is no such number. */
bool ward_degree_parse(struct ward_str s, int64_t *ret_micro);
/* An error there; what has the slot {name}. */
void ward_conf_bad(const struct ward_conf *at, const char *what, struct ward_str name,
	const char *mend, struct ward_diag *diag);
/* Adds an error for each key of map c that is not in the NULL-terminated list:
 * a misspelt key must never be ignored in silence. */
void ward_conf_only(const struct ward_conf *c, const char *const *known, struct ward_diag *d);

/* A CSV table: the first record is the header. Lines that start with '#' before the header are
 * comments. Each record must have as many cells as the header. */
struct ward_csv_row {
	uint32_t line;
	struct ward_str *cell; /* n_column */
};
struct ward_csv {
	struct ward_str file;
	struct ward_str *column;
	size_t n_column;
	struct ward_csv_row *row;
	size_t n_row;
};
/* Unquoted cells are borrowed from text, which must live as long as the table. CONFIG when a
 * finding was added, NOMEM. */
WARD_MUST_CHECK enum ward_err ward_conf_csv(struct ward_arena *a, const struct ward_limits *lim,
	struct ward_str file, struct ward_slice text, struct ward_diag *diag, struct ward_csv *ret);
/* The same of other programs' tables: where the header has no comma, semicolons or tabs may part
 * the cells, as spreadsheets write them. */
WARD_MUST_CHECK enum ward_err ward_conf_csv_any(struct ward_arena *a, const struct ward_limits *lim,
	struct ward_str file, struct ward_slice text, struct ward_diag *diag, struct ward_csv *ret);
WARD_MUST_CHECK enum ward_err ward_conf_csv_file(struct ward_arena *a,
	const struct ward_limits *lim, const char *path, struct ward_diag *diag,
	struct ward_csv *ret);
/* Index of a column, or SIZE_MAX. */
size_t ward_csv_column(const struct ward_csv *t, const char *name);

/* Whole file into the arena. NOT_FOUND, LIMIT over CONF_BYTES, IO, NOMEM; adds the finding. */
WARD_MUST_CHECK enum ward_err ward_conf_read(struct ward_arena *a, const struct ward_limits *lim,
	const char *path, struct ward_diag *diag, struct ward_slice *ret);

#endif
