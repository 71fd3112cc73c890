#include "fuzz.h"

#include "sense/field/field.h"

static enum ward_err put(void *ctx, const struct ward_event *e)
{
	uint64_t *n = ctx;

	WARD_ASSERT(e->n_field < 32);
	++*n;
	return WARD_OK;
}

/* Messages apart by NUL: topic, LF, payload. The time goes on by the length of each. No message
 * gives more than online, restart, gap and itself. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct ward_limits lim;
	struct ward_names names;
	struct ward_counters counters;
	struct ward_field_sensor *f;
	uint64_t n = 0;
	struct ward_field_opts o = {.mem = ward_mem_heap(),
		.lim = &lim,
		.names = &names,
		.counters = &counters,
		.sink = {put, &n}};
	ward_ns now = 0;

	ward_limits_default(&lim);
	lim.v[WARD_LIMIT_FIELD_SENSORS] = 16;
	ward_counters_init(&counters);
	WARD_ASSERT(ward_names_init(&names, o.mem, &lim) == WARD_OK);
	WARD_ASSERT(ward_field_new(&o, &f) == WARD_OK);
	struct ward_str rest = {(const char *)data, len};

	while (rest.p && rest.len) {
		struct ward_str payload = ward_str_cut(&rest, '\0');
		struct ward_str topic = ward_str_cut(&payload, '\n');
		uint8_t *copy = fuzz_copy((const uint8_t *)payload.p, payload.len);

		n = 0;
		now += (ward_ns)payload.len * WARD_NS_PER_S;
		WARD_ASSERT(ward_field_message(f, topic, ward_slice_of(copy, payload.len), now) ==
			    WARD_OK);
		WARD_ASSERT(n <= 4);
		WARD_ASSERT(ward_field_tick(f, now) == WARD_OK);
		free(copy);
	}
	ward_field_free(f);
	ward_names_fini(&names);
	return 0;
}
