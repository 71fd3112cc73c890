/* At the end of a play: what decisions were worth, as its score says it (exercise/worth.h). */
#include "run/proc/play.h"

enum { ARENA_BYTES = 16 << 20 };

static enum ward_err reckon(struct player *pl, struct ward_arena *a)
{
	struct ward_worth w;
	struct ward_str bad;
	enum ward_err err = ward_worth_find(pl->course, a, &w);

	if (!err && pl->truth.range && w.n_branch)
		err = ward_worth_reckon(&w, pl->truth.range, a, &bad);
	if (err == WARD_ERR_NOT_FOUND) { /* `ward exercise check` says what; the rest is told */
		ward_count_name(&pl->p.counters, "play.truth_unknown", 1);
		err = WARD_OK;
	}
	if (err)
		return err;
	struct ward_json j = ward_json_on(&pl->worth);

	ward_worth_write(&w, &j);
	return ward_wr_bad(&pl->worth) ? WARD_ERR_LIMIT : WARD_OK;
}

void play_worth_show(struct player *pl, struct ward_json *j)
{
	if (ward_course_ended(pl->course) && !pl->worth_asked) {
		struct ward_arena a;

		pl->worth_asked = true; /* nothing that comes after the end changes it */
		pl->worth = ward_wr_grow(ward_mem_heap(), 1 << 20);
		ward_arena_init(&a, ward_mem_heap(), ARENA_BYTES);
		if (reckon(pl, &a) != WARD_OK) {
			ward_wr_reset(&pl->worth);
			ward_count_name(&pl->p.counters, "play.worth_unread", 1);
		}
		ward_arena_fini(&a);
	}
	ward_json_key(j, "worth");
	if (pl->worth.len)
		ward_json_raw(j, ward_wr_text(&pl->worth));
	else
		ward_json_null(j);
}
