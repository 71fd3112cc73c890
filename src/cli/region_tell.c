#include "cli/region_tell.h"

#include <time.h>
#include <unistd.h>

enum { TURN_S = 2, TOLD = 4096 };

/* What is seen at several, and which of its hospitals have the notice. */
struct told {
	struct ward_id id;
	bool site[WARD_REGION_SITES];
};
struct tell {
	const struct ward_cli_region_tell *o;
	struct told told[TOLD]; /* a ring */
	size_t n_told;
	struct ward_wr w;
};

/* NULL: it is new. */
static struct told *told_of(struct tell *t, struct ward_id id)
{
	for (size_t i = 0; i < t->n_told && i < TOLD; i++)
		if (ward_id_eq(t->told[i].id, id))
			return &t->told[i];
	return NULL;
}

/* What a shipper that ended had read and not kept is lost: its hospital is told again, where it
 * counts once. */
static void hear(struct tell *t)
{
	uint8_t site;

	while (read(t->o->again, &site, 1) == 1)
		for (size_t i = 0; site < WARD_REGION_SITES && i < t->n_told && i < TOLD; i++)
			t->told[i].site[site] = false;
}

/* False: it could not be told. */
static bool tell_site(struct tell *t, const struct ward_region_same *s, size_t site)
{
	const struct ward_region_names names = ward_cli_region_names(t->o->x);

	if (t->o->notices[site] < 0)
		return true;
	ward_wr_reset(&t->w);
	ward_region_write_notice(&t->o->x->view, s, site, &names, t->o->lang[site], &t->w);
	return !ward_wr_bad(&t->w) &&
	       write(t->o->notices[site], t->w.p, t->w.len) == (ssize_t)t->w.len;
}

/* Each line and each notice once, whoever else can't be told: that one is tried in the next turn
 * again. */
static int tell(struct tell *t)
{
	const struct ward_region_view *v = &t->o->x->view;

	for (size_t i = 0; i < v->n_same; i++) {
		const struct ward_region_same *s = &v->same[i];
		struct ward_id id = ward_region_same_id(&t->o->x->region, s);
		struct told *told = told_of(t, id);

		if (!told) {
			told = &t->told[t->n_told++ % TOLD];
			*told = (struct told){.id = id};
			ward_wr_reset(&t->w);
			ward_region_write_same(v, s, &t->w);
			if (!ward_cli_put(&t->w, stdout))
				return WARD_EXIT_RUN;
		}
		for (size_t k = 0; k < s->n; k++) {
			bool *done = &told->site[s->at[k].site];

			*done = *done || tell_site(t, s, s->at[k].site);
		}
	}
	return WARD_EXIT_DONE;
}

void ward_cli_region_tell(const struct ward_cli_region_tell *o)
{
	static struct tell t;
	const struct timespec pause = {TURN_S, 0};

	t = (struct tell){.o = o, .w = ward_wr_grow(ward_mem_heap(), 1 << 20)};
	int code = ward_cli_region_cage(o->x, o->uid, o->gid);

	while (!*o->stopping && !code) {
		hear(&t);
		code = ward_cli_region_look(o->x);
		if (!code)
			code = tell(&t);
		if (!*o->stopping && !code)
			(void)nanosleep(&pause, NULL);
	}
	_exit(code);
}
