#include "run/proc/desk_open.h"

#include "story/record.h"

enum { HIGH = 3, TEXT_BYTES = 8 << 20 };

enum ward_err desk_open_init(struct desk_open *o, const struct ward_limits *lim)
{
	*o = (struct desk_open){.n = 0};
	ward_arena_init(&o->arena, ward_mem_heap(), TEXT_BYTES);
	return ward_record_reader_new(ward_mem_heap(), lim, &o->reader);
}

void desk_open_fini(struct desk_open *o)
{
	ward_record_reader_free(o->reader);
	ward_arena_fini(&o->arena);
}

static void drop(struct desk_open *o, struct ward_id id)
{
	for (size_t i = 0; i < o->n; i++)
		if (ward_id_eq(o->at[i], id)) {
			memmove(&o->at[i], &o->at[i + 1], (--o->n - i) * sizeof(o->at[0]));
			return;
		}
}

void desk_open_take(struct desk_open *o, struct ward_str json)
{
	struct ward_record r;

	ward_arena_reset(&o->arena);
	if (ward_record_read(o->reader, json, &o->arena, &r) != WARD_OK) {
		o->unread++;
		return;
	}
	if (r.kind != WARD_RECORD_INCIDENT)
		return;
	drop(o, r.id);
	for (size_t i = 0; i < r.n_superseded; i++)
		drop(o, r.superseded[i]);
	if (ward_record_phase(r.state) != WARD_PHASE_OPEN || r.level < HIGH)
		return;
	if (o->n == DESK_OPEN) {
		drop(o, o->at[0]);
		o->forgotten++;
	}
	o->at[o->n++] = r.id;
}

bool desk_open_has(const struct desk_open *o, struct ward_id id)
{
	for (size_t i = 0; i < o->n; i++)
		if (ward_id_eq(o->at[i], id))
			return true;
	return false;
}
