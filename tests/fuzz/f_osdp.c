#include "fuzz.h"

#include "sense/field/osdp.h"

static enum ward_err put(void *ctx, const struct ward_event *e)
{
	size_t *n = ctx;

	WARD_ASSERT(e->n_field >= 1 && e->n_field <= 4);
	for (size_t i = 0; i < e->n_field; i++)
		if (e->field[i].v.kind == WARD_VALUE_STR)
			WARD_ASSERT(ward_utf8_valid(ward_str_bytes(e->field[i].v.s), NULL));
	++*n;
	return WARD_OK;
}

/* The same counts of frames however the line is cut: whole, and in pieces of the first byte's
 * length. A frame gives at most the states of its points and what is said of its reader. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	size_t piece = len ? (size_t)data[0] + 1 : 1, n_event[2] = {0, 0};
	uint64_t n_frame[2];

	for (unsigned cut = 0; cut < 2; cut++) {
		struct ward_limits lim;
		struct ward_names names;
		struct ward_counters counters;
		struct ward_osdp *o;
		struct ward_osdp_opts opts = {.mem = ward_mem_heap(),
			.names = &names,
			.counters = &counters,
			.sink = {put, &n_event[cut]}};

		ward_limits_default(&lim);
		ward_counters_init(&counters);
		WARD_ASSERT(ward_names_init(&names, opts.mem, &lim) == WARD_OK);
		WARD_ASSERT(ward_osdp_new(&opts, &o) == WARD_OK);
		for (size_t at = len ? 1 : 0; at < len;) {
			size_t n = cut && len - at > piece ? piece : len - at;
			uint8_t *copy = fuzz_copy(data + at, n);

			WARD_ASSERT(ward_osdp_bytes(o, ward_slice_of(copy, n), 1) == WARD_OK);
			free(copy);
			at += n;
		}
		WARD_ASSERT(ward_osdp_end(o, 2) == WARD_OK);
		n_frame[cut] = ward_counter_get(&counters, "osdp.commands") +
			       ward_counter_get(&counters, "osdp.replies");
		WARD_ASSERT(n_event[cut] <= 35 * n_frame[cut]);
		ward_osdp_free(o);
		ward_names_fini(&names);
	}
	WARD_ASSERT(n_frame[0] == n_frame[1] && n_event[0] == n_event[1]);
	return 0;
}
