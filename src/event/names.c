#include "event/event.h"

#include "base/formats.h"

/* Bytes of text in the table: room for names of 64 bytes on average. */
enum { NAME_BYTES_MEAN = 64 };

enum ward_err ward_names_init(
	struct ward_names *names, const struct ward_mem *mem, const struct ward_limits *lim)
{
	size_t max = ward_limit(lim, WARD_LIMIT_EVENT_NAMES) + WARD_FIELD_N;

	/* what every version reads, until somebody says which formats are written */
	*names = (struct ward_names){.numbered = ward_fields_in(WARD_FORMATS_LEAST),
		.name_bytes_max = ward_limit(lim, WARD_LIMIT_EVENT_NAME_BYTES)};
	ward_intern_init(&names->t, mem, max, max * NAME_BYTES_MEAN);
	for (uint32_t i = 0; i < WARD_FIELD_N; i++) {
		uint32_t id = WARD_NONE;
		enum ward_err err = ward_intern_put(
			&names->t, ward_str_z(ward_field_info((enum ward_field_id)i)->name), &id);

		if (err != WARD_OK) {
			ward_names_fini(names);
			return err;
		}
		WARD_ASSERT(id == i); /* else two catalogue entries have one name */
	}
	return WARD_OK;
}

void ward_names_fini(struct ward_names *names)
{
	if (!names->t.mem)
		return;
	ward_mem_free(names->t.mem, names->mark, names->n_mark * sizeof(*names->mark));
	ward_intern_fini(&names->t);
	names->mark = NULL;
	names->n_mark = 0;
}

uint32_t ward_name(struct ward_names *names, struct ward_str s)
{
	uint32_t id;

	if (s.len <= names->name_bytes_max && ward_intern_put(&names->t, s, &id) == WARD_OK)
		return id;
	names->n_overflow++;
	return WARD_FIELD_WARD_OVERFLOW;
}

void ward_names_round(struct ward_names *names)
{
	if (++names->round != 0)
		return;
	if (names->n_mark)
		memset(names->mark, 0, names->n_mark * sizeof(*names->mark));
	names->round = 1;
}

enum ward_err ward_names_once_more(struct ward_names *names, uint32_t id)
{
	if (id >= names->n_mark) {
		size_t n = names->n_mark ? names->n_mark : 256;

		while (n <= id)
			n *= 2; /* id < names->t.n, far below SIZE_MAX / 8 */
		uint32_t *mark = ward_mem_resize(names->t.mem, names->mark,
			names->n_mark * sizeof(*mark), n * sizeof(*mark));

		if (!mark)
			return WARD_ERR_NOMEM;
		memset(mark + names->n_mark, 0, (n - names->n_mark) * sizeof(*mark));
		names->mark = mark;
		names->n_mark = n;
	}
	if (names->mark[id] == names->round)
		return WARD_ERR_DUPLICATE;
	names->mark[id] = names->round;
	return WARD_OK;
}
