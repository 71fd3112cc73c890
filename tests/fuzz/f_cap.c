#include "fuzz.h"

#include "sense/cap/cap.h"

static enum ward_err put(void *ctx, const struct ward_event *e)
{
	size_t *n = ctx;

	for (size_t i = 0; i < e->n_field; i++)
		WARD_ASSERT(e->field[i].v.s.len &&
			    ward_utf8_valid(ward_str_bytes(e->field[i].v.s), NULL));
	++*n;
	return WARD_OK;
}

/* A document either breaks a rule and tells nothing, or is told alike when it is read again. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct ward_limits lim;
	struct ward_names names;
	struct ward_counters counters;
	struct ward_arena arena;
	struct ward_xmldoc x = {.mem = ward_mem_heap(), .arena = &arena};
	size_t n[2] = {0, 0};

	ward_limits_default(&lim);
	ward_counters_init(&counters);
	ward_arena_init(&arena, ward_mem_heap(), 16 << 20);
	WARD_ASSERT(ward_names_init(&names, ward_mem_heap(), &lim) == WARD_OK);
	uint8_t *copy = fuzz_copy(data, len);

	if (ward_xmldoc_read(&x, ward_slice_of(copy, len)) == WARD_OK)
		for (size_t i = 0; i < 2; i++) {
			struct ward_cap_opts o = {.names = &names,
				.counters = &counters,
				.source = WARD_STR("s"),
				.at = WARD_STR("45.0703,7.6869"),
				.geocodes = WARD_STR("SAME:006037"),
				.put = put,
				.ctx = &n[i]};
			const char *why = NULL;
			uint32_t line;
			enum ward_err err = ward_cap_read(&o, &x, 1, &arena, &why, &line);

			WARD_ASSERT(!err || (err == WARD_ERR_MALFORMED && why && !n[i]));
		}
	WARD_ASSERT(n[0] == n[1]);
	free(copy);
	ward_xmldoc_fini(&x);
	ward_arena_fini(&arena);
	ward_names_fini(&names);
	return 0;
}
