#include "run/erasing.h"

#include "base/counter.h"

static const ward_ns each = 3600 * WARD_NS_PER_S, soon = WARD_NS_PER_S, day = 86400 * WARD_NS_PER_S;

void ward_erasing_init(struct ward_erasing *e, struct ward_store *store,
	const struct ward_clock *clock, uint64_t days)
{
	*e = (struct ward_erasing){.store = store,
		.clock = clock,
		.keeps = (ward_ns)days * day,
		.next = ward_clock_mono(clock) + soon};
}

bool ward_erasing_is_log(struct ward_str json)
{
	static const char *const kind[] = {"log", "log-done", "hand-over", "take-over", "review"};
	/* the first in the row is its own: what a person wrote comes after it, its quotes escaped
	 */
	const struct ward_str key = WARD_STR("\"what\":\"");
	size_t at = ward_str_find(json, key);

	if (at == SIZE_MAX)
		return false;
	struct ward_str rest = ward_str_sub(json, at + key.len, SIZE_MAX),
			what = ward_str_cut(&rest, '"');

	for (size_t i = 0; i < WARD_ARRAY_LEN(kind); i++)
		if (ward_str_eqz(what, kind[i]))
			return true;
	return false;
}

static bool is_log(void *ctx, const struct ward_store_row *r)
{
	(void)ctx;
	return ward_erasing_is_log(r->json);
}

enum ward_err ward_erasing_turn(struct ward_erasing *e)
{
	ward_ns now = ward_clock_mono(e->clock), before;
	size_t n = 0;

	if (now < e->next)
		return WARD_OK;
	e->next = now + soon;
	if (!ward_sub(ward_clock_now(e->clock), e->keeps, &before))
		return WARD_OK;
	enum ward_err err =
		ward_store_erase(e->store, WARD_ROW_DECISION, before, is_log, NULL, &e->after, &n);

	if (err == WARD_ERR_STATE)
		return WARD_OK; /* the brain is at it: in a moment */
	e->n += n;
	if (n && e->counters)
		ward_count_name(e->counters, "store.erased", n);
	if (err || e->after)
		return err;
	e->next = now + each;
	if (e->n && e->log)
		WARD_LOG(e->log, INFO, "store.erased", WARD_KV_U("rows", e->n));
	e->n = 0;
	return WARD_OK;
}
