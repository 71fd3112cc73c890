/* What the law wants told, of all incidents at once: the clocks that are open, by their end. */
#include "api/duty.h"

#include <stdlib.h>

enum { CLOCKS = 512 };

struct open_clock {
	struct api_incident *of;
	struct ward_law_clock k;
	ward_ns end; /* of what is likely and has not begun, the worst; NEVER: at once */
};

static unsigned rank(const struct open_clock *c)
{
	return c->k.state == WARD_LAW_LATE                                              ? 0
	       : c->end == WARD_NS_NEVER && c->k.state != WARD_LAW_WAITS                ? 1
	       : c->k.state == WARD_LAW_WAITS && c->k.rule->from != WARD_LAW_FROM_AWARE ? 3
											: 2;
}

/* Late, without undue delay, by their end, and what follows others. */
static int by_end(const void *a, const void *b)
{
	const struct open_clock *x = a, *y = b;

	if (rank(x) != rank(y))
		return rank(x) < rank(y) ? -1 : 1;
	if (x->end != y->end)
		return x->end < y->end ? -1 : 1;
	if (x->of != y->of)
		return memcmp(x->of->id.b, y->of->id.b, sizeof(x->of->id.b));
	return x->k.rule < y->k.rule ? -1 : x->k.rule > y->k.rule;
}

static bool is_open(const struct ward_law_clock *k)
{
	return k->state == WARD_LAW_WAITS || k->state == WARD_LAW_RUNS ||
	       k->state == WARD_LAW_LATE || k->state == WARD_LAW_CHANGED;
}

/* Also of what is over: its final report may still be due. */
static enum ward_err gather(struct api_request *r, struct api_incident *in, struct open_clock *ret,
	size_t *n, size_t *left)
{
	struct ward_law_clock k[WARD_LAW_RULES];
	struct ward_law_case c;
	struct ward_law_record record = api_law_record(r->a, in, r->ask->now);

	ward_law_case_init(&c, r->a->o.mem);
	enum ward_err err = api_law_case(r->a, in, &c);

	if (!err)
		err = api_law_moved(r, in, &c, &record);
	size_t all = err ? 0 : ward_law_clocks(r->a->o.cell.law, &c, &record, r->ask->now, k);

	for (size_t i = 0; i < all; i++) {
		if (!is_open(&k[i]) || (in->phase == WARD_PHASE_OVER && k[i].is != WARD_LAW_YES))
			continue;
		if (*n == CLOCKS) {
			(*left)++;
			continue;
		}
		ret[*n] = (struct open_clock){in, k[i], k[i].due};
		if (k[i].state == WARD_LAW_WAITS)
			ret[*n].end = k[i].worst;
		if (k[i].state == WARD_LAW_CHANGED)
			ret[*n].end = k[i].next == i ? WARD_NS_NEVER : k[k[i].next].due;
		ret[(*n)++].k.said = NULL; /* the case's, which ends here */
	}
	ward_law_case_fini(&c);
	return err;
}

static void put(struct api_request *r, const struct open_clock *c)
{
	ward_json_obj(&r->j);
	ward_json_put_id(&r->j, "incident", c->of->id);
	api_line_name(r->a, c->of, r->at, &r->j);
	ward_json_put_str(&r->j, "level", ward_str_z(api_level_name[c->of->level]));
	ward_json_put_time_or_null(&r->j, "end", c->end);
	ward_json_key(&r->j, "clock");
	api_clock_put(r, &c->k);
	ward_json_obj_end(&r->j);
}

void api_clocks(struct api_request *r)
{
	struct open_clock *all =
		ward_arena_array(&r->a->scratch, CLOCKS, sizeof(struct open_clock));
	size_t n = 0, left = 0;
	enum ward_err err = all ? WARD_OK : WARD_ERR_NOMEM;

	for (size_t i = 0; r->a->o.cell.law && i < r->a->n_incident && !err; i++) {
		struct api_incident *in = r->a->incident[i];

		if (in->phase != WARD_PHASE_DISMISSED && api_is_zero(in->into) &&
			(in->law || in->phase != WARD_PHASE_OVER) && api_scope_sees(&r->scope, in))
			err = gather(r, in, all, &n, &left);
	}
	if (err) {
		r->w->bad = true;
		return;
	}
	if (n)
		qsort(all, n, sizeof(struct open_clock), by_end);
	ward_json_obj(&r->j);
	ward_json_put_bool(&r->j, "exercise", r->a->o.exercise);
	ward_json_key(&r->j, "clocks");
	ward_json_arr(&r->j);
	for (size_t i = 0; i < n; i++)
		put(r, &all[i]);
	ward_json_arr_end(&r->j);
	ward_json_put_u64(&r->j, "left", left);
	ward_json_obj_end(&r->j);
}
