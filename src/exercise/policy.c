#include "exercise/policy.h"

#include <stdio.h>

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

/* does: {panel: 6min} */
static void read_does(
	const struct ward_conf *c, struct ward_diag *diag, struct ward_policy_role *is)
{
	const struct ward_conf *all = ward_conf_get(c, "does");

	if (all && all->kind != WARD_CONF_MAP) {
		ward_conf_bad(all, WARD_TEXT("what '{name}' does in the room is no map"), c->key,
			WARD_TEXT("write `does: {WORD: 6min}`, with a word that a branch of the "
				  "story asks for as `decided`"),
			diag);
		return;
	}
	for (const struct ward_conf *d = all ? all->child : NULL; d; d = d->next) {
		char word[WARD_POLICY_WORD];
		int n = snprintf(word, sizeof(word), "%.*s", WARD_STR_ARG(d->key));

		if (n <= 0 || (size_t)n >= sizeof(word) || !ward_conf_is_line(d->key) ||
			is->n_does == WARD_POLICY_DOES) {
			ward_conf_bad(d,
				WARD_TEXT("'{name}' is no word of a story, or there are too many"),
				d->key,
				WARD_TEXT("write at most 8, each a line of at most 63 bytes"),
				diag);
			return;
		}
		is->does[is->n_does].after = time_of(all, word, diag);
		is->does[is->n_does].line = d->line;
		memcpy(is->does[is->n_does++].word, word, sizeof(word));
	}
}

static void read_role(const struct ward_model *m, const struct ward_conf *c, struct ward_diag *diag,
	struct ward_policy *p)
{
	static const char *const known[] = {"acknowledges", "contains", "begins", "does", "answers",
		"agrees", "approves", "refuses", NULL};
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
	struct ward_policy_role is = {.role = node,
		.acknowledges = time_of(c, "acknowledges", diag),
		.contains = time_of(c, "contains", diag),
		.begins = time_of(c, "begins", diag),
		.answers = time_of(c, "answers", diag),
		.agrees = (unsigned)agrees,
		.approves = time_of(c, "approves", diag),
		.refuses = time_of(c, "refuses", diag),
		.line = c->line};

	if (is.approves != WARD_NS_NEVER && is.refuses != WARD_NS_NEVER) {
		ward_conf_bad(c, WARD_TEXT("'{name}' approves and refuses the same"), c->key,
			WARD_TEXT("write `approves` or `refuses` under it, not both"), diag);
		return;
	}
	read_does(c, diag, &is);
	p->role[p->n++] = is;
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

enum ward_err ward_policy_leave(struct ward_policy *p, uint32_t role)
{
	size_t i = 0;

	while (i < p->n && p->role[i].role != role)
		i++;
	if (i == WARD_POLICY_ROLES)
		return WARD_ERR_LIMIT;
	p->n += i == p->n;
	p->role[i] = (struct ward_policy_role){.role = role,
		.acknowledges = WARD_NS_NEVER,
		.contains = WARD_NS_NEVER,
		.begins = WARD_NS_NEVER,
		.answers = WARD_NS_NEVER,
		.agrees = 100,
		.approves = WARD_NS_NEVER,
		.refuses = WARD_NS_NEVER,
		.left = true};
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

const struct ward_policy_role *ward_policy_begins(
	const struct ward_policy *p, const uint32_t *role, size_t n)
{
	const struct ward_policy_role *first = NULL;

	for (size_t i = 0; p && i < p->n; i++)
		for (size_t k = 0; k < n; k++)
			if (role[k] == p->role[i].role &&
				p->role[i].begins < (first ? first->begins : WARD_NS_NEVER))
				first = &p->role[i];
	return first;
}

bool ward_policy_approves(const struct ward_policy *p)
{
	bool any = false;

	for (size_t i = 0; i < p->n; i++)
		any |= p->role[i].approves != WARD_NS_NEVER || p->role[i].refuses != WARD_NS_NEVER;
	return any;
}

/* ---- what is proposed ---- */

static const ward_ns stands = 30 * 60 * WARD_NS_PER_S; /* as src/respond/act has it */

static bool may(const struct ward_policy *p, const struct ward_policy_known *known,
	const struct ward_policy_proposal *x, size_t i)
{
	bool is = x->clinical && known->answers[i];

	for (size_t k = 0; k < x->n_role; k++)
		is |= x->role[k] == p->role[i].role;
	return is;
}

/* When that role says so; NEVER, also of what is over then. */
static ward_ns says(const struct ward_policy *p, const struct ward_policy_known *known,
	const struct ward_policy_proposal *x, size_t i, bool refuses)
{
	ward_ns after = refuses ? p->role[i].refuses : p->role[i].approves, at, end;
	ward_ns since = known->told[i] > x->at ? known->told[i] : x->at;

	if (after == WARD_NS_NEVER || known->told[i] == WARD_NS_NEVER || !may(p, known, x, i) ||
		!ward_add(since, after, &at) || !ward_add(x->at, stands, &end) || at > end)
		return WARD_NS_NEVER;
	return at;
}

/* The first who approves it, beside who did before (SIZE_MAX: nobody): another role, and where it
 * touches care one of the two answers for patients. SIZE_MAX: nobody does. */
static size_t next(const struct ward_policy *p, const struct ward_policy_known *known,
	const struct ward_policy_proposal *x, size_t before)
{
	size_t best = SIZE_MAX;
	ward_ns first = WARD_NS_NEVER;

	for (size_t i = 0; i < p->n; i++) {
		ward_ns at = says(p, known, x, i, false);
		bool makes_two =
			before == SIZE_MAX ||
			(p->role[i].role != p->role[before].role &&
				(!x->clinical || known->answers[i] || known->answers[before]));

		if (at >= first || !makes_two)
			continue;
		first = at;
		best = i;
	}
	return best;
}

static void agree(struct ward_policy_verdict *v, size_t who, ward_ns when)
{
	v->by[v->n] = who;
	v->when[v->n++] = when;
}

struct ward_policy_verdict ward_policy_decide(const struct ward_policy *p,
	const struct ward_policy_known *known, const struct ward_policy_proposal *x)
{
	struct ward_policy_verdict v = {.at = WARD_NS_NEVER};
	size_t one = next(p, known, x, SIZE_MAX), two = SIZE_MAX, no = SIZE_MAX;
	ward_ns refused = WARD_NS_NEVER;

	if (one != SIZE_MAX)
		agree(&v, one, says(p, known, x, one, false));
	if (one != SIZE_MAX && (x->two || x->clinical))
		two = next(p, known, x, one);
	if (two != SIZE_MAX)
		agree(&v, two, says(p, known, x, two, false));
	if (v.n == (x->two || x->clinical ? 2u : 1u)) /* whoever is last has said so */
		v.at = v.when[v.n - 1];
	for (size_t i = 0; i < p->n; i++)
		if (says(p, known, x, i, true) < refused) {
			refused = says(p, known, x, i, true);
			no = i;
		}
	if (no != SIZE_MAX && refused <= v.at) {
		v = (struct ward_policy_verdict){.at = refused, .refused = true};
		agree(&v, no, refused);
	}
	return v;
}
