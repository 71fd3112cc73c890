/* Lists of files by their hashes: one per line, SHA-256, SHA-1 or MD5 in hex, then, after blanks,
 * what it is. '#' begins a comment. Files of an administrator, or made of indicators that others
 * share. */
#ifndef WARD_SENSE_FILE_HASHES_H
#define WARD_SENSE_FILE_HASHES_H

#include "base/diag.h"
#include "base/limit.h"
#include "base/mem.h"

enum ward_hash_of { WARD_HASH_MD5, WARD_HASH_SHA1, WARD_HASH_SHA256, WARD_HASH_N };
enum { WARD_HASH_BYTES = 32 }; /* of the longest */

struct ward_hash_row {
	uint8_t of; /* enum ward_hash_of */
	uint8_t hash[WARD_HASH_BYTES];
	struct ward_str what; /* in the arena */
};

struct ward_hashes {
	const struct ward_mem *mem;
	struct ward_arena *arena;
	struct ward_hash_row *row; /* sorted once ward_hashes_ready was called */
	size_t n, cap;
	bool of[WARD_HASH_N]; /* are there any? */
};

/* Borrows both. */
void ward_hashes_init(struct ward_hashes *h, const struct ward_mem *mem, struct ward_arena *arena);
void ward_hashes_fini(struct ward_hashes *h);
/* Adds the lines of a text; each that is none is an error with its line. LIMIT: more than
 * file.hashes; NOMEM. */
WARD_MUST_CHECK enum ward_err ward_hashes_read(struct ward_hashes *h, const struct ward_limits *lim,
	struct ward_str file, struct ward_slice text, struct ward_diag *diag);
/* The same of lines out of others' documents (indicator/indicator.h): those that are no hash of a
 * file that is known here are passed over, as they are about something else. */
WARD_MUST_CHECK enum ward_err ward_hashes_pick(struct ward_hashes *h, const struct ward_limits *lim,
	struct ward_str file, struct ward_slice lines, struct ward_diag *diag);
void ward_hashes_ready(struct ward_hashes *h);
/* O(log n); NULL: it is not there. */
const struct ward_hash_row *ward_hashes_find(
	const struct ward_hashes *h, enum ward_hash_of of, const uint8_t *hash);
size_t ward_hash_length(enum ward_hash_of of);

#endif
