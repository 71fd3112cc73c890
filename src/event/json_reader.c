#include "event/json.h"

static const struct {
	const char *counter, *text;
} reject_info[WARD_JSON_REJECT_N] = {
#define X(NAME, counter, what) {counter, what},
	WARD_JSON_REJECT_LIST(X)
#undef X
};

const char *ward_json_reject_counter(enum ward_json_reject r)
{
	WARD_ASSERT(r < WARD_JSON_REJECT_N);
	return reject_info[r].counter;
}

const char *ward_json_reject_text(enum ward_json_reject r)
{
	WARD_ASSERT(r < WARD_JSON_REJECT_N);
	return reject_info[r].text;
}

enum ward_err ward_json_reader_init(struct ward_json_reader *r, struct ward_names *names,
	const struct ward_mem *mem, const struct ward_limits *lim)
{
	/* A prefix, a dot and a key, each within name_bytes_max. */
	size_t cap_path = 2 * names->name_bytes_max + 2;
	uint8_t *path = ward_mem_alloc(mem, cap_path);

	if (!path)
		return WARD_ERR_NOMEM;
	WARD_ASSERT(ward_limit(lim, WARD_LIMIT_EVENT_DEPTH) <= WARD_JSON_DEPTH_MAX);
	*r = (struct ward_json_reader){.names = names,
		.mem = mem,
		.max_bytes = ward_limit(lim, WARD_LIMIT_EVENT_BYTES),
		.max_fields = ward_limit(lim, WARD_LIMIT_EVENT_FIELDS),
		.max_depth = ward_limit(lim, WARD_LIMIT_EVENT_DEPTH),
		.max_items = ward_limit(lim, WARD_LIMIT_EVENT_ITEMS),
		.path = path,
		.cap_path = cap_path};
	return WARD_OK;
}

void ward_json_reader_fini(struct ward_json_reader *r)
{
	ward_mem_free(r->mem, r->mark, r->n_mark * sizeof(*r->mark));
	ward_mem_free(r->mem, r->field, r->cap_field * sizeof(*r->field));
	ward_mem_free(r->mem, r->item, r->cap_item * sizeof(*r->item));
	ward_mem_free(r->mem, r->path, r->cap_path);
	*r = (struct ward_json_reader){.mem = r->mem};
}
