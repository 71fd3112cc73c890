#include "exercise/policy.h"

/* "3min", "never"; without the key never. */
static ward_ns time_of(const struct ward_conf *c, const char *key, struct ward_diag *diag)
{
	ward_ns t = WARD_NS_NEVER;

	if (ward_str_eqz(ward_conf_word(c, key), "never"))
		return WARD_NS_NEVER;
	if (ward_conf_duration(c, key, false, diag, &t) && t < 0)
		t = WARD_NS_NEVER;
	return t;
}

static void read_role(const struct ward_model *m, const struct ward_conf *c, struct ward_diag *diag,
	struct ward_policy *p)
{
	static const char *const known[] = {"acknowledges", "contains", "answers", "agrees", NULL};
	uint32_t node = ward_model_find(m, c->key);
	int64_t agrees = 100;

	if (node == WARD_NONE || ward_model_node(m, node)->kind != WARD_NODE_ROLE) {
		ward_conf_bad(c, WARD_TEXT("the hospital has no role '{name}'"), c->key,
			WARD_TEXT("write a role of its directory"), diag);
		return;
	}
	if (c->kind != WARD_CONF_MAP || p->n == WARD_POLICY_ROLES) {
		ward_conf_bad(c, WARD_TEXT("what '{name}' does is no map, or there are too many"),
			c->key,
			WARD_TEXT("write `acknowledges: 3min` and `contains: 12min` under it, for "
				  "at most "
				  "64 roles"),
			diag);
		return;
	}
	ward_conf_only(c, known, diag);
	(void)ward_conf_i64(
		c, "agrees", false, diag, 0, 100, &agrees); /* else a finding is there */
	p->role[p->n++] = (struct ward_policy_role){node, time_of(c, "acknowledges", diag),
		time_of(c, "contains", diag), time_of(c, "answers", diag), (unsigned)agrees};
}

enum ward_err ward_policy_read(struct ward_arena *a, const struct ward_limits *lim,
	const struct ward_model *m, struct ward_conf_beside in, struct ward_diag *diag,
	struct ward_policy *ret)
{
	static const char *const known[] = {"roles", NULL};
	struct ward_policy p = {.n = 0};
	const struct ward_conf *docs;
	size_t before = diag->n_error;
	enum ward_err err = ward_conf_yaml(a, lim, in.path, in.bytes, diag, &docs);

	if (err)
		return err;
	const struct ward_conf *roles = ward_conf_get(docs->child, "roles");

	if (!roles || roles->kind != WARD_CONF_MAP || docs->child->next) {
		ward_diag_addf(diag, WARD_DIAG_ERROR, in.path, 1,
			WARD_TEXT("a policy is one map with `roles`\nwrite what each role does as "
				  "docs/scoring.md has it"));
		return WARD_ERR_CONFIG;
	}
	ward_conf_only(docs->child, known, diag);
	for (const struct ward_conf *c = roles->child; c; c = c->next)
		read_role(m, c, diag, &p);
	if (diag->n_error > before)
		return WARD_ERR_CONFIG;
	*ret = p;
	return WARD_OK;
}

static ward_ns soonest(const struct ward_policy *p, const uint32_t *role, size_t n, bool contains)
{
	ward_ns t = WARD_NS_NEVER;

	for (size_t i = 0; i < p->n; i++) {
		ward_ns own = contains ? p->role[i].contains : p->role[i].acknowledges;

		for (size_t k = 0; k < n; k++)
			if (role[k] == p->role[i].role && own < t)
				t = own;
	}
	return t;
}

ward_ns ward_policy_acknowledges(const struct ward_policy *p, const uint32_t *role, size_t n)
{
	return soonest(p, role, n, false);
}

ward_ns ward_policy_contains(const struct ward_policy *p, const uint32_t *role, size_t n)
{
	return soonest(p, role, n, true);
}
