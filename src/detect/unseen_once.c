#include "detect/unseen.h"

#include "detect/engine.h"

void ward_unseen_init(struct ward_unseen *u, const struct ward_mem *mem)
{
	*u = (struct ward_unseen){.mem = mem, .next = INT64_MIN};
}

void ward_unseen_fini(struct ward_unseen *u)
{
	ward_mem_free(u->mem, u->told, u->n_rule * sizeof(*u->told));
	u->told = NULL;
}

static ward_ns later(ward_ns now, int64_t seconds)
{
	ward_ns at;

	return ward_add(now, seconds * WARD_NS_PER_S, &at) ? at : WARD_NS_NEVER;
}

bool ward_unseen_due(struct ward_unseen *u, ward_ns now)
{
	u->n_event++;
	if (u->next == INT64_MIN)
		u->next = later(now, WARD_UNSEEN_FIRST_S);
	if (u->n_event < WARD_UNSEEN_EVENTS || now < u->next)
		return false;
	u->next = later(now, WARD_UNSEEN_NEXT_S);
	return true;
}

struct look {
	const struct ward_unseen *u;
	ward_unseen_fn fn;
	void *ctx;
	bool *now; /* by rule: told in this look */
	size_t n_source;
};

static void on_unseen(void *ctx, size_t i, struct ward_str field)
{
	struct look *l = ctx;

	if (l->u->told[i])
		return;
	l->now[i] = true;
	l->n_source += field.len == 0;
	if (field.len)
		l->fn(l->ctx, i, field);
}

enum ward_err ward_unseen_look(struct ward_unseen *u, const struct ward_detector *det,
	ward_unseen_fn fn, void *ctx, size_t *ret_n_source)
{
	size_t n = det->rs->n_rule;
	struct look l = {.u = u, .fn = fn, .ctx = ctx};

	if (!u->told) {
		u->told = ward_mem_alloc(u->mem, n * sizeof(*u->told));
		u->n_rule = n;
	}
	WARD_ASSERT(u->n_rule == n);
	l.now = ward_mem_alloc(u->mem, n * sizeof(*l.now));
	if (n && (!u->told || !l.now)) {
		ward_mem_free(u->mem, l.now, l.now ? n * sizeof(*l.now) : 0);
		return WARD_ERR_NOMEM;
	}
	ward_detector_unseen(det, on_unseen, &l);
	for (size_t i = 0; i < n; i++)
		u->told[i] |= l.now[i];
	ward_mem_free(u->mem, l.now, n * sizeof(*l.now));
	*ret_n_source = l.n_source;
	return WARD_OK;
}
