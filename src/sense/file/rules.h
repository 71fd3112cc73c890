/* YARA rules by libyara: compiled once from files, with one scanner. A rule says in its
 * meta what it means (`says`) and what it adds to the sum (`weight`, 0 to 100; 40 without it). No
 * rule may include files or import modules that read more than the bytes. */
#ifndef WARD_SENSE_FILE_RULES_H
#define WARD_SENSE_FILE_RULES_H

#include "base/diag.h"
#include "base/limit.h"

struct ward_file_rules; /* compiled */
struct ward_scan;

enum { WARD_RULES_WEIGHT = 40 };

/* The *.yar files of the folders (NULL: none), by name. CONFIG: findings were added; NOMEM. */
WARD_MUST_CHECK enum ward_err ward_file_rules_load(const char *const *folder, size_t n_folder,
	const struct ward_limits *lim, struct ward_diag *diag, struct ward_file_rules **ret);
void ward_file_rules_free(struct ward_file_rules *r);
size_t ward_file_rules_n(const struct ward_file_rules *r);

/* Before the cage: its memory is taken now. NOMEM. */
WARD_MUST_CHECK enum ward_err ward_scan_new(
	const struct ward_file_rules *r, unsigned seconds, struct ward_scan **ret);
void ward_scan_free(struct ward_scan *s);
/* Tells each rule that is found, once. AGAIN: it took too long; NOMEM. */
WARD_MUST_CHECK enum ward_err ward_scan_bytes(struct ward_scan *s, struct ward_slice bytes,
	void (*found)(void *ctx, const char *rule, const char *says, unsigned weight), void *ctx);

#endif
