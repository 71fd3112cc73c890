#include "detect/values.h"

#include "detect/window.h"

enum { SLOTS_MIN = 64 };

static size_t place(const struct ward_values *t, uint64_t value)
{
	uint64_t h = (value ^ t->seed) * 0x9e3779b97f4a7c15u;
	size_t at = (size_t)(h ^ h >> 32) & (t->n_slot - 1);

	while (t->slot[at].n && t->slot[at].value != value)
		at = (at + 1) & (t->n_slot - 1);
	return at;
}

static enum ward_err make(struct ward_values *t, const struct ward_mem *mem, size_t n_slot)
{
	struct ward_values old = *t;
	struct ward_value_last *slot = ward_mem_alloc(mem, n_slot * sizeof(*slot));

	if (!slot)
		return WARD_ERR_NOMEM;
	t->slot = slot;
	t->n_slot = n_slot;
	for (size_t i = 0; i < old.n_slot; i++)
		if (old.slot[i].n)
			t->slot[place(t, old.slot[i].value)] = old.slot[i];
	ward_values_fini(&old, mem);
	return WARD_OK;
}

enum ward_err ward_values_init(struct ward_values *t, const struct ward_mem *mem, uint64_t seed,
	const struct ward_entry *entry, size_t n)
{
	size_t n_slot = SLOTS_MIN;

	while (n_slot < 2 * (n + 1))
		n_slot *= 2;
	*t = (struct ward_values){.seed = seed};
	enum ward_err err = make(t, mem, n_slot);

	for (size_t i = 0; i < n && !err; i++)
		ward_values_add(t, &entry[i]);
	return err;
}

void ward_values_fini(struct ward_values *t, const struct ward_mem *mem)
{
	ward_mem_free(mem, t->slot, t->n_slot * sizeof(*t->slot));
	*t = (struct ward_values){.n = 0};
}

const struct ward_value_last *ward_values_find(const struct ward_values *t, uint64_t value)
{
	const struct ward_value_last *v = &t->slot[place(t, value)];

	return v->n ? v : NULL;
}

enum ward_err ward_values_room(struct ward_values *t, const struct ward_mem *mem)
{
	return 2 * (t->n + 1) > t->n_slot ? make(t, mem, 2 * t->n_slot) : WARD_OK;
}

void ward_values_add(struct ward_values *t, const struct ward_entry *e)
{
	struct ward_value_last *v = &t->slot[place(t, e->value)];

	t->n += v->n == 0;
	if (v->n == 0 || e->time > v->time) {
		v->value = e->value;
		v->time = e->time;
	}
	v->n++;
}

void ward_values_drop(struct ward_values *t, const struct ward_entry *e)
{
	size_t hole = place(t, e->value), mask = t->n_slot - 1;

	WARD_ASSERT(t->slot[hole].n > 0);
	if (--t->slot[hole].n)
		return;
	t->n--;
	/* Those behind it that were pushed on by it move up. */
	for (size_t at = (hole + 1) & mask; t->slot[at].n; at = (at + 1) & mask) {
		struct ward_value_last v = t->slot[at];

		t->slot[at].n = 0;
		t->slot[place(t, v.value)] = v;
	}
}
