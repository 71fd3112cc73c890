/* Files that are followed. */
#include "run/proc/log.h"

enum { BURST = 1024 /* records before the other sources get their turn */ };

static const ward_ns idle_after = WARD_NS_PER_S;

bool log_files(struct log_process *s, struct log_source *src)
{
	ward_ns now = ward_clock_mono(s->p.clock);
	struct ward_follow_record r;

	ward_follow_look(src->follow);
	for (size_t i = 0; i < BURST; i++) {
		bool idle = now - src->read >= idle_after;
		enum ward_err err = ward_follow_next(src->follow, idle, &r);

		if (err == WARD_ERR_AGAIN)
			return false;
		if (err)
			ward_process_die(&s->p, src->name, err);
		src->read = now;
		log_record(s, src, r.text, r.off, r.epoch, r.live);
	}
	return true;
}

void log_files_commit(struct log_process *s, struct log_source *src, bool now)
{
	uint64_t n_shed = ward_feeder_shed(s->feeder);
	enum ward_err err;

	if (!ward_feeder_empty(s->feeder))
		return;
	if (n_shed != src->n_shed) { /* a file can wait, so nothing of it is lost */
		src->n_shed = n_shed;
		ward_count_name(&s->p.counters, "log.rewound", 1);
		ward_follow_rewind(src->follow);
		return;
	}
	err = ward_follow_commit(src->follow, now);
	if (err)
		ward_process_die(&s->p, "the positions of files cannot be written", err);
}
