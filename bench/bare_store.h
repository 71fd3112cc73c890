/* What the store would be without a ledger, for what the ledger costs: the same rows found and put
 * in the same way, in transactions as durable, with a position; but no salts, leaves and tree. Ends
 * the program when something goes wrong. */
#ifndef WARD_BENCH_BARE_STORE_H
#define WARD_BENCH_BARE_STORE_H

#include "store/store.h"

struct bare_store;

/* Makes the file. */
struct bare_store *bare_store_open(const char *path);
void bare_store_close(struct bare_store *s);
void bare_store_begin(struct bare_store *s);
void bare_store_put(struct bare_store *s, const struct ward_store_row *r);
void bare_store_commit(struct bare_store *s, uint64_t position);

#endif
