/* Roles played by policy, whatever the file holds: it is taken, or each fault has its line and
 * mend. */
#include "fuzz.h"

#include "../unit/exercise/stage.h"
#include "exercise/policy.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	uint8_t *copy = fuzz_copy(data, len);
	struct ward_policy p = {.n = 0};
	struct ward_arena arena;
	struct stage st;

	stage_open(&st);
	ward_arena_init(&arena, ward_mem_heap(), 64 << 20);
	enum ward_err err = ward_policy_read(&arena, &st.lab.lim, st.lab.m,
		(struct ward_conf_beside){WARD_STR("policy.yml"), ward_slice_of(copy, len)}, &st.d,
		&p);

	WARD_ASSERT(err == WARD_OK || (err == WARD_ERR_CONFIG && st.d.n_error && !p.n));
	WARD_ASSERT(p.n <= WARD_POLICY_ROLES);
	for (size_t i = 0; i < st.d.n; i++)
		WARD_ASSERT(st.d.item[i].line && st.d.item[i].mend.len);
	for (size_t i = 0; i < p.n; i++) {
		WARD_ASSERT(p.role[i].acknowledges >= 0 && p.role[i].contains >= 0);
		(void)ward_policy_contains(&p, &p.role[i].role, 1);
	}
	ward_arena_fini(&arena);
	stage_close(&st);
	free(copy);
	return 0;
}
