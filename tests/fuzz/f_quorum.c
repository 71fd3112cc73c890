/* Where a database is, and what its server says of the standbys that it waits for, in any bytes: of
 * an address only what it promises is taken; no standby is counted that is not listed. */
#include "fuzz.h"

#include "quorum/sound.h"
#include "quorum/where.h"

static bool says_something(struct ward_str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (!memchr(" \t\n\r\v\f", s.p[i], 6))
			return true;
	return false;
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
	free(p);
	return 0;
}
