/* What `respond` knows, as a file of its folder, so that its start need not read the whole store.
 *
 * STATE/respond/memory: 8 bytes "WARDRSP1", be64 number of the last row that it knows, 16 bytes id
 * and be32 revision of that row, 16 bytes of whom there is to tell (another list begins anew), 16
 * bytes of what follows: ward_respond_save's. Renamed into place and not made durable: whoever does
 * not find it as it should be reads all rows. The ids of contents are made by SHA-256 (base/id.h).
 */
#ifndef WARD_RUN_PROC_RESPOND_MEMORY_H
#define WARD_RUN_PROC_RESPOND_MEMORY_H

#include "base/id.h"
#include "base/wr.h"

enum { RESPOND_MEMORY_MAX = 256 << 20, RESPOND_MEMORY_PATH = 4096 };

struct respond_memory {
	uint64_t row;
	struct ward_id row_id;
	uint32_t revision;
	struct ward_id whom;
};

struct ward_id respond_memory_id(struct ward_slice s);
/* False: it can't be written; what was there is still there. */
bool respond_memory_write(const char *dir, const struct respond_memory *m, struct ward_slice saved);
/* False: there is none, or not as it should be, or of others than `whom`. *ret_saved looks into w.
 */
bool respond_memory_read(const char *dir, struct ward_id whom, struct ward_wr *w,
	struct respond_memory *ret, struct ward_slice *ret_saved);

#endif
