/* Internal to the room. */
#ifndef WARD_LAW_PRIV_H
#define WARD_LAW_PRIV_H

#include "law/law.h"

/* ---- files ---- */

struct law_reader {
	struct ward_law *law;
	struct ward_diag *diag;
	const struct ward_conf *file; /* its map */
	struct ward_str jurisdiction;
};
void law_bad(const struct law_reader *x, const struct ward_conf *at, const char *what,
	struct ward_str name, const char *mend);
/* An id, which stands in decisions and on screens. */
bool law_id(const struct law_reader *x, const struct ward_conf *c, struct ward_str *ret);
/* The texts of a list, or of one text; how many. */
size_t law_list(const struct law_reader *x, const struct ward_conf *c, const char *key, size_t max,
	const struct ward_conf **ret);
/* form.c: a field, a form; the file's texts of the hospital about itself. */
void law_read_field(const struct law_reader *x, const struct ward_conf *c);
void law_read_form(const struct law_reader *x, const struct ward_conf *c);
void law_read_own(const struct law_reader *x);

/* ---- words ---- */

struct law_word {
	enum ward_law_say say;
	size_t of; /* the fact, rule or field */
	enum ward_law_is is;
	ward_ns time; /* NEVER: it names none */
	struct ward_str number;
	struct ward_str form, draft, lang; /* SENT: of what, its digest, its language; or empty */
	const struct ward_conf *kept;      /* SENT: lines of its fields, a list; or NULL */
};
/* NULL, or what is wrong. args may be NULL. */
const char *law_word(const struct ward_law *l, const struct ward_conf *args, struct law_word *ret);

#endif
