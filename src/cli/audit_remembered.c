/* What the journal's process remembers of retention, held against the ledger: an older copy of it
 * lacks holds that people decided, or was written less often than a deletion's row says. */
#include "cli/audit_beside.h"

#include "comply/retained.h"
#include "run/retention.h"

#include <limits.h>
#include <stdio.h>
#include <unistd.h>

enum { REMEMBERED_BYTES = 16 << 20 };

void ward_cli_remembered_row(
	struct ward_cli_beside *b, const struct ward_store_row *row, const struct ward_conf *c)
{
	uint64_t n;

	if (row->kind == WARD_ROW_DECISION) {
		if (!b->retained)
			b->retained = ward_mem_alloc(ward_mem_heap(), sizeof(*b->retained));
		if (b->retained)
			ward_retained_decision(b->retained, row->row, row->id, row->time, c);
		return;
	}
	if (!ward_str_u64(ward_conf_word(c, "remembered"), &n))
		return; /* of rows, or of a Ward that said none */
	if (n < b->remembered) {
		char what[192];

		(void)snprintf(what, sizeof(what),
			"it was put back to an older copy, or was gone, between rows %llu and "
			"%llu: "
			"look whether all holds are there, and who was at the machine",
			(unsigned long long)b->remembered_row, (unsigned long long)row->row);
		ward_cli_beside_fault(b, "journal/" WARD_RETENTION_FILE, what);
	}
	b->remembered = n;
	b->remembered_row = row->row;
}

/* Each hold of the ledger that lasts; those beyond what is kept apart are one of all. */
static void check_holds(struct ward_cli_beside *b, const char *path, const struct ward_holds *have)
{
	ward_ns now = ward_clock_now(ward_clock_system());
	const struct ward_id all = {.b = {0}};

	for (size_t i = 0; b->retained && i < b->retained->n_hold; i++) {
		const struct ward_retained_hold *h = &b->retained->hold[i];
		bool is = ward_retained_state(h, now) >= WARD_HOLD_ENDED;
		char what[160];

		for (size_t k = 0; !is && k < have->n; k++)
			is = ward_id_eq(have->h[k].id, h->h.id) || ward_id_eq(have->h[k].id, all);
		if (is)
			continue;
		(void)snprintf(what, sizeof(what),
			"the hold of row %llu lasts, and it is not there: what it holds may be "
			"erased; place it anew",
			(unsigned long long)h->row);
		ward_cli_beside_fault(b, path, what);
	}
}

void ward_cli_remembered_check(struct ward_cli_beside *b)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), REMEMBERED_BYTES);
	struct ward_holds *have = ward_mem_alloc(ward_mem_heap(), sizeof(*have));
	char path[PATH_MAX + 32], what[192];

	(void)snprintf(path, sizeof(path), "%s/journal/" WARD_RETENTION_FILE, b->at->state);
	if (have && access(path, F_OK) == 0 && ward_cli_beside_read(b, path, &w)) {
		const struct ward_str file = ward_slice_text(ward_wr_slice(&w));
		uint64_t n = ward_retention_read(file, have);

		if (!ward_retention_whole(file))
			ward_cli_beside_fault(b, path,
				"it is not what Ward wrote: holds may be missing (a Ward of before "
				"says no sum; the next start writes it anew)");
		(void)snprintf(what, sizeof(what),
			"it is an older copy: it was written %llu times, and row %llu says %llu",
			(unsigned long long)n, (unsigned long long)b->remembered_row,
			(unsigned long long)b->remembered);
		if (n <= b->remembered && b->remembered)
			ward_cli_beside_fault(b, path, what);
		check_holds(b, path, have);
	} else if (b->remembered) {
		ward_cli_beside_fault(b, path, "it is gone, and rows say that it was there");
	}
	ward_mem_free(ward_mem_heap(), have, sizeof(*have));
	ward_wr_fini(&w);
}
