/* What a former life of the stage began and can't end: it is known from a file in memory that the
 * supervisor holds, told, and what is left of it is taken away. */
#include "run/proc/stage.h"

#include <stdio.h>
#include <unistd.h>

static void write_back(struct stage *s)
{
	if (s->kept_fd != WARD_FD_NONE &&
		pwrite(s->kept_fd, &s->kept, sizeof(s->kept), 0) != (ssize_t)sizeof(s->kept))
		ward_count_name(&s->p.counters, "stage.not_kept", 1);
}

/* Half of what a tool's host said is no capture of it. */
static void tell_lost(struct stage *s, uint32_t step)
{
	const struct ward_step *t = &s->scenario->step[step];
	char path[STAGE_PATH];
	bool gone =
		s->captures && stage_capture_path(s, t->tool.capture, path) && unlink(path) == 0;

	ward_count_name(&s->p.counters, "stage.tools_lost", 1);
	WARD_LOG(&s->p.log, WARN, "stage.tool_lost", WARD_KV_U("step", step + 1),
		WARD_KV_Z("tool", t->tool.run->name),
		WARD_KV_Z("capture", gone ? "removed" : "none"));
}

void stage_kept_begin(struct stage *s)
{
	struct stage_kept was = {.lives = 0};

	s->kept_fd = ward_process_fd(&s->p, "kept");
	if (s->kept_fd != WARD_FD_NONE &&
		pread(s->kept_fd, &was, sizeof(was), 0) == (ssize_t)sizeof(was)) {
		was.dir[sizeof(was.dir) - 1] = 0;
		WARD_LOG(&s->p.log, WARN, "stage.again", WARD_KV_U("lives", was.lives));
		for (size_t i = 0; i < STAGE_RUNS; i++)
			if (was.tool[i] && was.tool[i] <= s->scenario->lead.n_step &&
				s->scenario->step[was.tool[i] - 1].act == WARD_ACT_TOOL)
				tell_lost(s, was.tool[i] - 1);
		stage_remove(was.dir);
	}
	s->kept = (struct stage_kept){.lives = was.lives + 1};
	(void)snprintf(s->kept.dir, sizeof(s->kept.dir), "%s", s->dir);
	write_back(s);
}

void stage_kept_tool(struct stage *s, const struct stage_run *r, bool runs)
{
	s->kept.tool[r - s->run] = runs ? r->step + 1 : 0;
	write_back(s);
}
