/* Inside store: the form of the database, and how it came to be. */
#ifndef WARD_STORE_MIGRATE_H
#define WARD_STORE_MIGRATE_H

#include "base/err.h"
#include "base/formats.h"

#include <stddef.h>
#include <stdint.h>

struct sqlite3;

enum { WARD_STORE_APPLICATION = 0x57415244 /* "WARD": SQLite's application_id */ };

/* The SQL of each migration: item i leads from version i to i + 1 and sets it. Lives forever. */
const char *const *ward_store_migrations(size_t *ret_n);
/* Brings db to version n by the list, all steps in one transaction. VERSION: it is beyond n.
 * FOREIGN: it is no database of Ward. CORRUPT: a step does not fit what is there. IO, FULL, NOMEM,
 * AGAIN. After an error it is as it was. */
WARD_MUST_CHECK enum ward_err ward_store_migrate(
	struct sqlite3 *db, const char *const *list, size_t n);
/* VERSION and FOREIGN as above, without changing anything. */
WARD_MUST_CHECK enum ward_err ward_store_recognise(struct sqlite3 *db, size_t n);
/* The form that the database has in these formats (base/formats.h). */
static inline size_t ward_store_form_in(uint32_t formats)
{
	return ward_form_in(WARD_FORM_DATABASE, formats);
}
/* VERSION when it is of none of the forms that this Ward works with as they are. */
WARD_MUST_CHECK enum ward_err ward_store_is_form(struct sqlite3 *db);

#endif
