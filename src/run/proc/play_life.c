/* Ordinary life beside a story, played by a process of its own: a scenario that nobody wrote, at
 * the speed of clocks, until the story has ended. */
#include "run/proc/play.h"

#include "exercise/life.h"

#include <unistd.h>

/* So long a play may last that life goes on beside all of it. */
static const ward_ns longest = 4 * 3600 * WARD_NS_PER_S;

enum ward_err play_life_load(struct player *pl, const struct ward_scenario_in *of, const char *seed)
{
	const struct ward_life_in in = {.story = pl->scenario,
		.seed = ward_str_z(seed),
		.lasts = longest,
		.soon = pl->scenario->n_step ? pl->scenario->step[pl->scenario->n_step - 1].at : 0,
		.lim = of->lim,
		.mem = of->mem,
		.diag = of->diag};
	struct ward_scenario *life = NULL;
	enum ward_err err = ward_life_new(&in, &life);

	if (err)
		return err;
	ward_scenario_free(pl->scenario);
	pl->scenario = life;
	pl->is_life = true;
	WARD_LOG(&pl->p.log, INFO, "play.life", WARD_KV_Z("seed", seed),
		WARD_KV_U("steps", life->n_step));
	return WARD_OK;
}

/* A file in memory that has a byte once the story has ended; WARD_FD_NONE: it has no life beside
 * it.
 */
static int over(const struct player *pl)
{
	return ward_process_fd(&pl->p, "over");
}

bool play_life_ends(const struct player *pl)
{
	char b;

	return pl->is_life && pread(over(pl), &b, 1, 0) == 1 &&
	       ward_life_rests(pl->scenario, pl->n_sent);
}

void play_life_end(struct player *pl)
{
	if (!pl->is_life && over(pl) != WARD_FD_NONE && pwrite(over(pl), "1", 1, 0) != 1)
		ward_process_die(&pl->p, "cannot say that the play has ended", WARD_ERR_IO);
}
