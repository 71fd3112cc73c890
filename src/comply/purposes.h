/* Purposes whose pseudonyms are kept apart (HOSPITAL/identifiers.yml, docs/privacy.md): by the
 * tokens of one nobody can be joined with the tokens of another, since each has a key of its own,
 * derived from the hospital's. A source is of the purpose that names it, else of the common one,
 * security, whose key is the hospital's itself. Faces a file of administrators, and a setting of
 * the supervisor. */
#ifndef WARD_COMPLY_PURPOSES_H
#define WARD_COMPLY_PURPOSES_H

#include "comply/identifier_own.h"
#include "comply/pseudonym.h"

enum { WARD_PURPOSES = 8, WARD_PURPOSE_NAME = 32, WARD_PURPOSE_SOURCES = 64, WARD_PURPOSE_ID = 64 };

struct ward_purposes {
	char name[WARD_PURPOSES][WARD_PURPOSE_NAME + 1];
	size_t n;
	struct {
		char id[WARD_PURPOSE_ID + 1];
		size_t of;     /* index of the purpose */
		uint32_t line; /* where the file names it; 0: not out of a file */
	} source[WARD_PURPOSE_SOURCES];
	size_t n_source;
};

/* The list "purposes" of the hospital's identifiers.yml; without it there are none. CONFIG: it has
 * findings. NOMEM. */
WARD_MUST_CHECK enum ward_err ward_purposes_load(
	const struct ward_identifiers_in *in, const char *dir, struct ward_purposes *ret);
/* The same of what was read of the file. False: findings were added. */
bool ward_purposes_of(
	const struct ward_conf *file, struct ward_diag *diag, struct ward_purposes *ret);

/* "staffing=rota parking,visits=desk", and back. False: it is no such text. */
void ward_purposes_write(const struct ward_purposes *p, struct ward_wr *w);
bool ward_purposes_read(struct ward_str text, struct ward_purposes *ret);

/* The name of the purpose that a source is of; empty: the common one. */
struct ward_str ward_purposes_find(const struct ward_purposes *p, struct ward_str source);
/* The key of a purpose; of the empty name the hospital's itself. */
void ward_purpose_key(
	const struct ward_pseudonym *hospital, struct ward_str purpose, struct ward_pseudonym *ret);

#endif
