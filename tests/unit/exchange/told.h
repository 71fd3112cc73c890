/* Records of one incident in the small hospital of model/lab.h, as facts, for the tests of this
 * room. */
#ifndef WARD_TESTS_EXCHANGE_TOLD_H
#define WARD_TESTS_EXCHANGE_TOLD_H

#include "../model/lab.h"
#include "exchange/format.h"
#include "exchange/share.h"

enum { TOLD_RECORDS = 64 };

struct told {
	struct lab lab;
	struct ward_arena arena;
	struct ward_record record[TOLD_RECORDS];
	const struct ward_record *all[TOLD_RECORDS];
	size_t n;
	struct ward_exchange_ask ask;
	struct ward_exchange x;
	struct ward_sharing sharing;
};

/* Two signs, an incident of two revisions, an impact on a service; then more lines, each a record.
 */
extern const char *const told_lines[];
extern const char told_incident[]; /* its id */

void told_begin(struct told *t);
void told_add(struct told *t, const char *json);
enum ward_err told_gather(struct told *t);
/* The table of content/sharing.yml. */
void told_table(struct told *t);
void told_end(struct told *t);

#endif
