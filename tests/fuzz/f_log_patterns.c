/* Patterns of log lines as people write them: taken or refused with a finding, and what was taken
 * holds out against some lines. */
#include "fuzz.h"

#include "sense/log/pattern.h"

static const char *const lines[] = {"", " ", "Failed password for root from 192.0.2.7 port 1 ssh2",
	"a=1 b=\"x\" c=<d>, e", "CEF:0|a|b|c|d|e|1|src=192.0.2.7 msg=x",
	"2026-01-15 10:11:12,a,\"b\"", "[12.5] x IN= OUT=eth0 SRC=192.0.2.7 DPT=22"};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct ward_limits lim;
	struct ward_names names;
	struct ward_diag diag;
	struct ward_arena arena;
	struct ward_log_patterns *p = NULL;

	ward_limits_default(&lim);
	ward_diag_init(&diag, ward_mem_heap());
	ward_arena_init(&arena, ward_mem_heap(), 1 << 20);
	WARD_ASSERT(ward_names_init(&names, ward_mem_heap(), &lim) == WARD_OK);
	WARD_ASSERT(ward_log_patterns_new(&names, &lim, ward_mem_heap(), &p) == WARD_OK);
	uint8_t *copy = fuzz_copy(data, len);
	enum ward_err err =
		ward_log_patterns_parse(p, WARD_STR("f.yml"), ward_slice_of(copy, len), &diag);

	free(copy);
	WARD_ASSERT(err == WARD_OK || err == WARD_ERR_CONFIG || err == WARD_ERR_LIMIT);
	WARD_ASSERT((err == WARD_OK) == (diag.n_error == 0));
	for (size_t i = 0; i < WARD_ARRAY_LEN(lines); i++) {
		struct ward_event e;
		ward_ns time;
		bool fits;

		ward_arena_reset(&arena);
		ward_event_init(&e, &arena);
		WARD_ASSERT(ward_log_patterns_line(p, WARD_STR("sshd"), ward_str_z(lines[i]), &e,
				    &time, &fits) == WARD_OK);
		WARD_ASSERT(fits || !e.n_field);
	}
	ward_log_patterns_free(p);
	ward_names_fini(&names);
	ward_arena_fini(&arena);
	ward_diag_fini(&diag);
	return 0;
}
