/* What does not run since something is missing that the law wants: said at the start, and to the
 * processes that load the model by themselves. */
#include "run/live_stopped.h"

const char *live_why_stopped(const struct live *l, struct ward_str id)
{
	for (size_t i = 0; i < l->o->n_stopped; i++)
		if (ward_str_eqz(id, l->o->stopped[i].id))
			return l->o->stopped[i].why;
	return NULL;
}

void live_put_why(struct ward_wr *w, const char *why)
{
	if (!why)
		return;
	ward_wr_z(w, "           ");
	ward_wr_z(w, why);
	ward_wr_ch(w, '\n');
}

/* An analytic that the hospital wants, and that may not run. */
void live_put_stopped(struct ward_wr *w, const struct live *l)
{
	for (size_t i = 0; i < l->o->n_stopped; i++) {
		const struct ward_live_stopped *x = &l->o->stopped[i];

		if (ward_model_source(l->m, ward_str_z(x->id)))
			continue;
		ward_wr_z(w, "  ");
		ward_say(w, l->o->lang, WARD_TEXT("STOPPED"));
		ward_wr_printf(w, "  %s\n", x->id);
		live_put_why(w, x->why);
	}
}

/* What of the model does not run, for a process that loads it by itself. */
enum ward_err live_set_stopped(struct live *l)
{
	static const enum live_process who[] = {P_BRAIN, P_API, P_RECKON};
	enum ward_err err = WARD_OK;

	for (size_t k = 0; k < WARD_ARRAY_LEN(who); k++)
		for (size_t i = 0; !err && l->used[who[k]] && i < l->o->n_stopped; i++)
			err = ward_supervisor_set(
				l->s, l->number[who[k]], "stopped", l->o->stopped[i].id);
	return err;
}
