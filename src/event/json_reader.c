#include "event/json_parse.h"

enum { TEXT_MIN = 4096 };

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
	size_t depth = ward_limit(lim, WARD_LIMIT_EVENT_DEPTH);
	uint8_t *path = ward_mem_alloc(mem, cap_path);
	struct ward_json_frame *frame = ward_mem_alloc(mem, depth * sizeof(*frame));

	WARD_ASSERT(depth <= WARD_JSON_DEPTH_MAX);
	if (!path || !frame) {
		ward_mem_free(mem, path, cap_path);
		ward_mem_free(mem, frame, depth * sizeof(*frame));
		return WARD_ERR_NOMEM;
	}
	*r = (struct ward_json_reader){.names = names,
		.mem = mem,
		.max_bytes = ward_limit(lim, WARD_LIMIT_EVENT_BYTES),
		.max_fields = ward_limit(lim, WARD_LIMIT_EVENT_FIELDS),
		.max_depth = depth,
		.frame = frame,
		.max_items = ward_limit(lim, WARD_LIMIT_EVENT_ITEMS),
		.path = path,
		.cap_path = cap_path};
	return WARD_OK;
}

static size_t words(size_t len)
{
	return len / 64 + 1;
}

static void quotes_free(struct ward_json_reader *r)
{
	struct ward_quotes *q = &r->quotes;

	ward_mem_free(r->mem, q->at, (r->cap_text + WARD_QUOTES_SLACK) * sizeof(*q->at));
	ward_mem_free(r->mem, q->odd, words(r->cap_text) * sizeof(*q->odd));
	ward_mem_free(r->mem, q->hard, words(r->cap_text) * sizeof(*q->hard));
	*q = (struct ward_quotes){.n = 0};
	r->cap_text = 0;
}

bool ward_json_quotes(struct ward_json_reader *r, struct ward_str text)
{
	struct ward_quotes *q = &r->quotes;

	if (!q->at || text.len > r->cap_text) {
		/* text.len <= max_bytes, far below SIZE_MAX / 16 */
		size_t cap = 2 * text.len > TEXT_MIN ? 2 * text.len : TEXT_MIN;

		quotes_free(r);
		r->cap_text = cap;
		q->at = ward_mem_alloc(r->mem, (cap + WARD_QUOTES_SLACK) * sizeof(*q->at));
		q->odd = ward_mem_alloc(r->mem, words(cap) * sizeof(*q->odd));
		q->hard = ward_mem_alloc(r->mem, words(cap) * sizeof(*q->hard));
		if (!q->at || !q->odd || !q->hard) {
			quotes_free(r);
			return false;
		}
	}
	ward_quotes_find((const uint8_t *)text.p, text.len, q);
	return true;
}

void ward_json_reader_fini(struct ward_json_reader *r)
{
	ward_mem_free(r->mem, r->mark, r->n_mark * sizeof(*r->mark));
	ward_mem_free(r->mem, r->field, r->cap_field * sizeof(*r->field));
	ward_mem_free(r->mem, r->item, r->cap_item * sizeof(*r->item));
	ward_mem_free(r->mem, r->path, r->cap_path);
	ward_mem_free(r->mem, r->frame, r->max_depth * sizeof(*r->frame));
	ward_mem_free(r->mem, r->step, r->cap_step * sizeof(*r->step));
	quotes_free(r);
	*r = (struct ward_json_reader){.mem = r->mem};
}
