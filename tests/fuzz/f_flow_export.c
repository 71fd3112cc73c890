#include "fuzz.h"

#include "base/rd.h"
#include "sense/flow/export.h"

static enum ward_err check(void *ctx, const struct ward_event *e)
{
	for (size_t i = 0; i < e->n_field; i++)
		if (e->field[i].v.kind == WARD_VALUE_STR)
			WARD_ASSERT(ward_utf8_valid(ward_str_bytes(e->field[i].v.s), NULL));
	(*(uint64_t *)ctx)++;
	return WARD_OK;
}

/* Datagrams of one exporter, each behind its length in two bytes; small tables, so that they are
 * full. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct ward_rd r = ward_rd_from(data, len);
	struct ward_export_opts opts = {.source = WARD_STR("flow"), .epoch = 1};
	struct ward_counters counters;
	struct ward_limits lim;
	struct ward_names names;
	struct ward_export *x;
	uint64_t n = 0;
	struct ward_export_sink sink = {check, &n};

	ward_limits_default(&lim);
	lim.v[WARD_LIMIT_EVENT_NAMES] = 1024;
	lim.v[WARD_LIMIT_FLOW_EXPORTERS] = 2;
	lim.v[WARD_LIMIT_FLOW_TEMPLATES] = 8;
	WARD_ASSERT(ward_names_init(&names, ward_mem_heap(), &lim) == WARD_OK);
	WARD_ASSERT(ward_export_new(ward_mem_heap(), &lim, &names, &opts, &x) == WARD_OK);
	for (uint64_t seq = 0; ward_rd_left(&r) >= 2; seq++) {
		uint16_t want = ward_rd_be16(&r);
		size_t have = want < ward_rd_left(&r) ? want : ward_rd_left(&r);
		struct ward_slice s = ward_rd_bytes(&r, have);
		uint8_t *copy = fuzz_copy(s.p, s.len);
		struct ward_export_datagram d = {.seen = (ward_ns)seq * 600 * WARD_NS_PER_S,
			.seq = seq,
			.ip_version = 4,
			.ip = {10},
			.bytes = ward_slice_of(copy, s.len)};

		(void)ward_export_knows(d.bytes);
		WARD_ASSERT(ward_export_datagram(x, &d, &sink) == WARD_OK);
		free(copy);
	}
	WARD_ASSERT(ward_export_flush(x, &sink) == WARD_OK);
	ward_counters_init(&counters);
	ward_export_counters(x, &counters);
	WARD_ASSERT(ward_counter_get(&counters, "flow.events") == n);
	ward_export_free(x);
	ward_names_fini(&names);
	return 0;
}
