/* What was heard of a tool, in its place: each frame as long behind the first as it was then. Like
 * the tool it goes on beside the story, and while a trainer holds that. */
#include "run/proc/play.h"
#include "run/proc/play_link.h"

#include <errno.h>

static ward_ns due(const struct player *pl, const struct play_sent *sent)
{
	const struct ward_step *s = &pl->scenario->step[sent->step];

	return sent->began + play_scaled(s->tool.heard[sent->mark.frames].after, 100, pl->speed);
}

ward_ns play_heard_due(const struct player *pl)
{
	ward_ns soonest = WARD_NS_NEVER;

	for (size_t i = pl->n_over; i < pl->n_sent; i++)
		if (pl->sent[i].heard && due(pl, &pl->sent[i]) < soonest)
			soonest = due(pl, &pl->sent[i]);
	return soonest;
}

static void send_frame(struct player *pl, size_t i)
{
	struct play_sent *sent = &pl->sent[i];
	const struct ward_step *s = &pl->scenario->step[sent->step];
	struct ward_str frame = s->tool.heard[sent->mark.frames].frame;
	enum ward_err err = ward_link_frame(
		play_wire_of(pl, ward_act_network(pl->scenario, s))->fd, ward_str_bytes(frame));

	if (err) {
		WARD_LOG(&pl->p.log, ERROR, "play.step_failed", WARD_KV_U("step", sent->step + 1),
			WARD_KV_Z("act", ward_act_name(s->act)),
			WARD_KV_Z("reason", strerror(errno)));
		ward_process_die(&pl->p, "a step could not be sent", err);
	}
	play_framed(pl, i);
}

/* What is due of one; once all is, also what it writes. */
static void go_on(struct player *pl, size_t i)
{
	struct play_sent *sent = &pl->sent[i];
	size_t n = pl->scenario->step[sent->step].tool.n_heard;

	while (sent->mark.frames < n && due(pl, sent) <= ward_clock_mono(pl->p.clock))
		send_frame(pl, i);
	if (sent->mark.frames < n)
		return;
	sent->heard = false;
	play_over(pl, i, PLAY_SAID);
	play_write(pl, i);
}

void play_heard_begin(struct player *pl, size_t i)
{
	struct play_sent *sent = &pl->sent[i];
	const struct ward_step *s = &pl->scenario->step[sent->step];
	bool some = sent->mark.frames < s->tool.n_heard;
	ward_ns gone = some ? s->tool.heard[sent->mark.frames].after : 0;

	sent->heard = true;
	sent->began = ward_clock_mono(pl->p.clock) - play_scaled(gone, 100, pl->speed);
	go_on(pl, i);
}

void play_heard(struct player *pl)
{
	for (size_t i = pl->n_over; i < pl->n_sent; i++)
		if (pl->sent[i].heard)
			go_on(pl, i);
}
