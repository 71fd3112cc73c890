#include "fuzz.h"

#include "sense/field/espa.h"

static enum ward_err put(void *ctx, const struct ward_event *e)
{
	size_t *n = ctx;

	WARD_ASSERT(e->n_field >= 3 && e->n_field <= 9);
	for (size_t i = 0; i < e->n_field; i++)
		if (e->field[i].v.kind == WARD_VALUE_STR)
			WARD_ASSERT(ward_utf8_valid(ward_str_bytes(e->field[i].v.s), NULL));
	++*n;
	return WARD_OK;
}

/* The first byte: the character set, and how the line is cut. The same is told whole and in pieces,
 * one thing at most for each block, and once, since no time goes by, that some were refused. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	size_t piece = len ? (size_t)(data[0] >> 1) + 1 : 1, n_event[2] = {0, 0};
	uint64_t n_block[2];

	for (unsigned cut = 0; cut < 2; cut++) {
		struct ward_limits lim;
		struct ward_names names;
		struct ward_counters counters;
		struct ward_espa *e;
		struct ward_espa_opts opts = {.mem = ward_mem_heap(),
			.names = &names,
			.counters = &counters,
			.charset = len && data[0] & 1 ? WARD_ESPA_DIN_66003 : WARD_ESPA_LATIN_1,
			.sink = {put, &n_event[cut]}};

		ward_limits_default(&lim);
		ward_counters_init(&counters);
		WARD_ASSERT(ward_names_init(&names, opts.mem, &lim) == WARD_OK);
		WARD_ASSERT(ward_espa_new(&opts, &e) == WARD_OK);
		for (size_t at = len ? 1 : 0; at < len;) {
			size_t n = cut && len - at > piece ? piece : len - at;
			uint8_t *copy = fuzz_copy(data + at, n);

			WARD_ASSERT(ward_espa_bytes(e, ward_slice_of(copy, n), 1) == WARD_OK);
			free(copy);
			at += n;
		}
		WARD_ASSERT(ward_espa_end(e, 1) == WARD_OK);
		n_block[cut] = ward_counter_get(&counters, "espa.blocks");
		WARD_ASSERT(n_event[cut] <= n_block[cut] + 1);
		ward_espa_free(e);
		ward_names_fini(&names);
	}
	WARD_ASSERT(n_block[0] == n_block[1] && n_event[0] == n_event[1]);
	return 0;
}
