#include "cli/idle.h"

#include "cli/lang.h"
#include "processing/processing.h"

enum { BYTES = 64 << 20, THINGS = 512, WHY = 2000 };

static const char *text_of(struct ward_arena *a, struct ward_str s)
{
	return ward_arena_str(a, s).p;
}

/* "it lacks …; add … (docs/…)" */
static const char *why_of(
	struct ward_arena *a, struct ward_lang *lang, const struct ward_proc_verdict *v)
{
	char text[WHY];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));

	ward_processing_say(&w, lang, v);
	ward_wr_z(&w, "; ");
	ward_processing_mend(&w, lang, v);
	return text_of(a, ward_wr_bad(&w) ? v->id : ward_wr_text(&w));
}

static enum ward_err stop(struct ward_cli_idle *x, struct ward_lang *lang, struct ward_model *m,
	const struct ward_processing *p, ward_ns now)
{
	struct ward_proc_verdict *v = ward_arena_array(&x->arena, THINGS, sizeof(*v));
	size_t n;

	x->at = ward_arena_array(&x->arena, THINGS, sizeof(*x->at));
	if (!v || !x->at)
		return WARD_ERR_NOMEM;
	n = ward_processing_judge(p, m, now, v, THINGS);
	if (n > THINGS)
		return WARD_ERR_LIMIT;
	for (size_t i = 0; i < n; i++) {
		struct ward_live_stopped *to = &x->at[x->n];

		if (ward_proc_runs(v[i].state))
			continue;
		to->id = text_of(&x->arena, v[i].id);
		to->why = why_of(&x->arena, lang, &v[i]);
		if (!to->id || !to->why)
			return WARD_ERR_NOMEM;
		x->n++;
	}
	for (size_t i = 0; i < x->n; i++)
		ward_model_stop(m, ward_str_z(x->at[i].id));
	return WARD_OK;
}

int ward_cli_idle(const struct ward_cmd *cmd, const struct ward_cli_idle_in *in,
	struct ward_model *m, struct ward_cli_idle *ret)
{
	ward_ns now = ward_clock_now(ward_clock_system());
	struct ward_processing *p;
	struct ward_diag diag;

	*ret = (struct ward_cli_idle){.is = true};
	ward_arena_init(&ret->arena, ward_mem_heap(), BYTES);
	ward_diag_init(&diag, ward_mem_heap());
	p = ward_arena_alloc(&ret->arena, sizeof(*p));
	const struct ward_processing_in of = {
		in->content, in->hospital, m, in->lim, &ret->arena, &diag, now};
	enum ward_err err = p ? ward_processing_load(&of, p) : WARD_ERR_NOMEM;

	ward_cli_findings(&diag, NULL, in->lang);
	ward_diag_fini(&diag);
	if (!err || err == WARD_ERR_CONFIG) /* what is right of it counts */
		err = stop(ret, in->lang, m, p, now);
	ret->is_register = err ? NULL : p;
	return err ? ward_cli_fail(cmd, "the register of processing: %s", ward_err_text(err))
		   : WARD_EXIT_DONE;
}

void ward_cli_idle_free(struct ward_cli_idle *x)
{
	if (x->is)
		ward_arena_fini(&x->arena);
}
