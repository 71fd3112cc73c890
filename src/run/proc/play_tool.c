/* Steps that a tool of others does, in the process `stage`. */
#include "run/proc/play.h"

#include <stdlib.h>

/* The stage may still wait for what stands there. */
static const ward_ns again = 2 * WARD_NS_PER_S, give_up = 40 * WARD_NS_PER_S;

void play_tool_begin(struct player *pl)
{
	int fd = ward_process_fd(&pl->p, "stage");

	if (fd == WARD_FD_NONE)
		return;
	pl->stage = calloc(1, sizeof(*pl->stage));
	if (!pl->stage)
		ward_process_die(&pl->p, "the stage", WARD_ERR_NOMEM);
	*pl->stage = (struct ward_ask){.fd = fd,
		.next_id = ward_process_ids(),
		.again = again,
		.give_up = give_up,
		.clock = pl->p.clock};
}

bool play_tool(struct player *pl, uint32_t step, size_t sent)
{
	const struct ward_step *s = &pl->scenario->step[step];
	uint8_t body[8];
	struct ward_wr w = ward_wr_fixed(body, sizeof(body));
	struct ward_msg m;

	if (s->act != WARD_ACT_TOOL || !pl->stage)
		return false;
	ward_wr_be32(&w, (uint32_t)sent);
	ward_wr_be32(&w, step);
	enum ward_err err =
		ward_ask(pl->stage, WARD_MSG_TOOL, ward_wr_slice(&w), WARD_MSG_TOOL_IS, &m);
	/* who did not answer once is not waited for again */
	pl->stage->give_up = err ? again : give_up;
	bool runs = !err && ward_rd_u8(&m.body) == 1 && !ward_rd_bad(&m.body);

	if (!runs)
		WARD_LOG(&pl->p.log, WARN, "play.tool_captured", WARD_KV_U("step", step + 1),
			WARD_KV_Z("tool", s->tool.run->name), WARD_KV_U("frames", s->tool.n_heard));
	ward_count_name(&pl->p.counters, runs ? "play.tools" : "play.captures", 1);
	return runs;
}
