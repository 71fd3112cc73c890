#include "sense/log/field.h"

static uint32_t n_of(const struct ward_value *v)
{
	return v->kind == WARD_VALUE_LIST ? v->n : 1;
}

static const struct ward_value *items_of(const struct ward_value *v)
{
	return v->kind == WARD_VALUE_LIST ? v->item : v;
}

/* Lists have room for a power of two, so that most additions find some. */
static size_t room_for(size_t n)
{
	size_t cap = 1;

	while (cap < n)
		cap *= 2;
	return cap;
}

struct ward_value *ward_log_list(struct ward_arena *arena, size_t n)
{
	WARD_ASSERT(n <= WARD_LOG_ITEMS);
	return ward_arena_array(arena, room_for(n), sizeof(struct ward_value));
}

enum ward_err ward_log_add(struct ward_event *e, uint32_t name, struct ward_value v)
{
	const struct ward_value *old = ward_event_get(e, name);

	if (!old)
		return ward_event_set(e, name, v);
	uint32_t n = n_of(old), k = n_of(&v);
	bool fits = old->kind == WARD_VALUE_LIST && room_for(n) >= (size_t)n + k;
	struct ward_value *item;

	if (n > WARD_LOG_ITEMS || k > WARD_LOG_ITEMS - n)
		return WARD_ERR_LIMIT;
	/* the list's owner is this event, its memory the event's arena: it may be written to */
	item = fits ? (struct ward_value *)(uintptr_t)old->item : ward_log_list(e->arena, n + k);
	if (!item)
		return WARD_ERR_NOMEM;
	if (!fits)
		memcpy(item, items_of(old), n * sizeof(*item));
	memcpy(item + n, items_of(&v), k * sizeof(*item));
	return ward_event_set(
		e, name, (struct ward_value){.kind = WARD_VALUE_LIST, .n = n + k, .item = item});
}
