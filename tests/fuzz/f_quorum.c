/* Where a database is, what its server says of the standbys that it waits for, its rows, and what
 * the process that writes them says of itself, in any bytes: of an address only what it promises is
 * taken; no standby is counted that is not listed; a row is a record that can be written again as
 * it was, or has a reason why it is none. */
#include "fuzz.h"

#include "base/rd.h"
#include "quorum/row.h"
#include "quorum/sound.h"
#include "quorum/state.h"
#include "quorum/where.h"

static bool says_something(struct ward_str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (!memchr(" \t\n\r\v\f", s.p[i], 6))
			return true;
	return false;
}

/* Cells of the lengths that the first bytes say: mostly those of a row. */
static void row(struct ward_slice s)
{
	static const uint8_t usual[WARD_QUORUM_CELLS] = {8, 2, 4, 8, 4, 8, 0};
	struct ward_quorum_cell cell[WARD_QUORUM_CELLS];
	struct ward_record r;
	struct ward_rd rd = ward_rd_slice(s);
	uint8_t odd = ward_rd_u8(&rd);

	for (size_t i = 0; i < WARD_QUORUM_CELLS; i++) {
		size_t n = odd >> i & 1 ? ward_rd_u8(&rd) : usual[i];

		n = i + 1 == WARD_QUORUM_CELLS ? ward_rd_left(&rd) : n;
		struct ward_slice c = ward_rd_bytes(&rd, n);

		cell[i] = (struct ward_quorum_cell){odd & 0x80 && !c.len ? NULL : c.p, c.len};
	}
	const char *why = ward_quorum_row(cell, &r);

	if (!why)
		WARD_ASSERT(r.seq && r.lane < WARD_LANE_N && r.time >= 0 &&
			    r.data.len == cell[WARD_QUORUM_CELLS - 1].len);
	else
		WARD_ASSERT(*why);
}

static void said(struct ward_str s)
{
	struct ward_quorum_state is;
	struct ward_quorum_watch w = {.told = WARD_QUORUM_BEGINS};

	if (ward_quorum_state_read(s, ward_mem_heap(), &is) != WARD_OK)
		return;
	WARD_ASSERT(is.stand < WARD_QUORUM_STANDS && is.fault < WARD_QUORUM_FAULTS);
	if (ward_quorum_watch(&w, &is, is.since))
		WARD_ASSERT(!ward_quorum_watch(&w, &is, is.since));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	uint8_t *p = fuzz_copy(data, len);
	struct ward_str s = ward_slice_text(ward_slice_of(p, len));
	struct ward_quorum_where w;
	struct ward_quorum_names n;
	const char *why = NULL;

	if (ward_quorum_where_read(s, &w, &why) == WARD_OK) {
		WARD_ASSERT(w.n_host && w.n_host <= WARD_QUORUM_HOSTS && w.port);
		WARD_ASSERT(w.user.len && w.user.len < WARD_QUORUM_TEXT && w.database.len);
		WARD_ASSERT(ward_str_find(w.user, WARD_STR(":")) == SIZE_MAX);
		for (size_t i = 0; i < w.n_host; i++)
			WARD_ASSERT(w.host[i].len &&
				    ward_str_find(w.host[i], WARD_STR("/")) == SIZE_MAX &&
				    ward_str_find(w.host[i], WARD_STR(" ")) == SIZE_MAX);
	} else {
		WARD_ASSERT(why && strchr(why, '\n'));
	}
	if (ward_quorum_names_read(s, &n) == WARD_OK)
		WARD_ASSERT((n.listed > 0) == says_something(s));
	row(ward_slice_of(p, len));
	said(s);
	free(p);
	return 0;
}
