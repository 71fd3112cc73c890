/* What does not run since something is missing that the law wants: said at the start, and to the
 * processes that load the model by themselves. */
#include "run/live_stopped.h"

#include "processing/duty.h"

#include <stdio.h>

enum { THINGS = 512, TEXT = 2000, DAY_S = 86400, MORNING_S = 7 * 3600 };

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

/* On the days on which it is said again before the end, and on each day behind it. */
static bool is_due(const struct ward_proc_verdict *v, ward_ns now, bool first)
{
	int64_t left = v->ended ? (v->ended->until - now) / WARD_NS_PER_S / DAY_S : INT64_MAX;

	return v->state == WARD_PROC_ENDED || v->state == WARD_PROC_EXPIRED ||
	       (v->state == WARD_PROC_ENDING && (first || left == 59 || left == 29 || left <= 6));
}

static void tell_end(const struct live *l, const struct ward_proc_verdict *v)
{
	char text[TEXT];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));

	ward_processing_say(&w, l->o->lang, v);
	ward_wr_z(&w, "; ");
	ward_processing_mend(&w, l->o->lang, v);
	if (ward_wr_bad(&w))
		return;
	fprintf(stderr, "ward: %.*s: %.*s\n", WARD_STR_ARG(v->id), WARD_STR_ARG(ward_wr_text(&w)));
	WARD_LOG(l->o->log, WARN, "supervisor.agreement", WARD_KV_S("of", v->id),
		WARD_KV_S("what", ward_wr_text(&w)));
}

void live_tell_ends(struct live *l)
{
	ward_ns now = ward_clock_now(l->o->clock);
	int64_t day = (now / WARD_NS_PER_S - MORNING_S) / DAY_S;
	bool first = !l->told_day;

	if (!l->o->processing || day <= l->told_day)
		return;
	l->told_day = day;
	struct ward_proc_verdict *v = ward_mem_alloc(ward_mem_heap(), THINGS * sizeof(*v));
	size_t n = v ? ward_processing_judge(l->o->processing, l->m, now, v, THINGS) : 0;

	for (size_t i = 0; i < n && i < THINGS; i++)
		if (is_due(&v[i], now, first))
			tell_end(l, &v[i]);
	ward_mem_free(ward_mem_heap(), v, THINGS * sizeof(*v));
}

enum ward_err live_tell_rows(struct live *l)
{
	const struct ward_processing *p = l->o->processing;
	enum ward_err err = WARD_OK;
	char said[160];

	for (size_t i = 0; p && !err && i < p->n_entry; i++)
		for (size_t k = 0; !err && k < p->entry[i].rows.n; k++) {
			const struct ward_proc_demand *d = ward_processing_least(p, WARD_STR(""),
				p->entry[i].rows.at[k], ward_clock_now(l->o->clock));
			ward_ns keep = p->entry[i].retention;

			keep = d && d->least > keep ? d->least : keep;
			int n = snprintf(said, sizeof(said), "%lld %.*s %.*s",
				(long long)(keep / WARD_NS_PER_S),
				WARD_STR_ARG(p->entry[i].rows.at[k]), WARD_STR_ARG(p->entry[i].id));

			err = n > 0 && n < (int)sizeof(said)
				      ? live_tell(l, l->number[P_STORE], "keep", ward_str_z(said))
				      : WARD_ERR_LIMIT;
		}
	return err;
}
