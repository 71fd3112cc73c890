/* Roles played by policy, whatever the file holds: it is taken, or each fault has its line and
 * mend. */
#include "fuzz.h"

#include "../unit/exercise/stage.h"
#include "exercise/policy.h"

/* Whatever a policy says, somebody who may says it, and in time. */
static void decided(const struct ward_policy *p)
{
	const ward_ns half_an_hour = 1800 * WARD_NS_PER_S;
	struct ward_policy_known known = {.told = {0}};
	uint32_t role[WARD_POLICY_ROLES];

	for (size_t i = 0; i < p->n; i++) {
		role[i] = p->role[i].role;
		known.answers[i] = i % 2;
	}
	for (unsigned k = 0; k < 4; k++) {
		const struct ward_policy_proposal x = {WARD_NS_PER_S, role,
			p->n / 2 + 1 > p->n ? p->n : p->n / 2 + 1, k & 1, k & 2};
		struct ward_policy_verdict v = ward_policy_decide(p, &known, &x);

		WARD_ASSERT(v.n <= 2 && (v.n || v.at == WARD_NS_NEVER));
		WARD_ASSERT(v.at == WARD_NS_NEVER || v.at - x.at <= half_an_hour);
		WARD_ASSERT(v.at == WARD_NS_NEVER || v.refused || !k || v.n == 2);
		WARD_ASSERT(v.n < 2 || p->role[v.by[0]].role != p->role[v.by[1]].role);
	}
}

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
		WARD_ASSERT(p.role[i].acknowledges >= 0 && p.role[i].contains >= 0 &&
			    p.role[i].begins >= 0);
		const struct ward_policy_role *begins = ward_policy_begins(&p, &p.role[i].role, 1);

		WARD_ASSERT(p.role[i].n_does <= WARD_POLICY_DOES);
		for (size_t k = 0; k < p.role[i].n_does; k++)
			WARD_ASSERT(p.role[i].does[k].word[0] && p.role[i].does[k].after >= 0);
		WARD_ASSERT(!begins || begins->role == p.role[i].role);
		(void)ward_policy_contains(&p, &p.role[i].role, 1);
		WARD_ASSERT(
			p.role[i].approves == WARD_NS_NEVER || p.role[i].refuses == WARD_NS_NEVER);
	}
	decided(&p);
	ward_arena_fini(&arena);
	stage_close(&st);
	free(copy);
	return 0;
}
