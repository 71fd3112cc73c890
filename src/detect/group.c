/* Correlations: the table of groups. */
#include "detect/corr.h"
#include "detect/tail.h"

static void group_free(struct ward_detector *det, struct ward_group_state *g)
{
	ward_tail_forget(det, g);
	ward_corr_drop(det, g, g->n);
	ward_mem_free(det->mem, g->entry, g->cap * sizeof(*g->entry));
	ward_mem_free(det->mem, g->shown, g->cap_shown * sizeof(*g->shown));
	ward_mem_free(det->mem, g->value, g->value_bytes);
	ward_mem_free(det->mem, g, sizeof(*g));
}

void ward_corr_fini(struct ward_detector *det)
{
	for (size_t i = 0; i < det->n_group; i++)
		group_free(det, det->group[i]);
	ward_mem_free(det->mem, det->group, det->cap_group * sizeof(*det->group));
	ward_tab_fini(&det->groups);
	ward_chain_fini(det);
	det->group = NULL;
	det->n_group = det->cap_group = 0;
}

struct ward_id ward_corr_key(const struct ward_rule *r, const struct ward_str *value, size_t n)
{
	struct ward_idgen g;

	ward_idgen_init(&g, "detection.group");
	ward_idgen_str(&g, r->key);
	for (size_t i = 0; i < n; i++)
		ward_idgen_str(&g, value[i]);
	return ward_idgen_final(&g);
}

struct ward_id ward_group_place(
	const struct ward_detector *det, uint32_t rule, const struct ward_str *value, size_t n)
{
	struct ward_id part[WARD_AXES + 2] = {{{0}}};
	uint8_t key[16];

	_Static_assert(sizeof(key) == sizeof(det->groups.seed), "as long as a seed");
	WARD_ASSERT(n <= WARD_AXES + 1);
	memcpy(key, &det->groups.seed, sizeof(key));
	memcpy(part[0].b, &rule, sizeof(rule));
	for (size_t i = 0; i < n; i++)
		part[i + 1] = ward_id_keyed(key, ward_str_bytes(value[i]));
	return ward_id_keyed(key, ward_slice_of(part, (n + 1) * sizeof(part[0])));
}

void ward_group_remove(struct ward_detector *det, size_t i)
{
	struct ward_group_state *g = det->group[i];

	(void)ward_tab_del(&det->groups, &g->place);
	group_free(det, g);
	det->group[i] = det->group[--det->n_group];
	if (i < det->n_group) {
		uint32_t *at = ward_tab_find(&det->groups, &det->group[i]->place);

		WARD_ASSERT(at);
		*at = (uint32_t)i;
	}
}

/* The table is full: the oldest sixty-fourth goes, so that a flood of new groups costs one look at
 * the table in many. Each says its last word. */
static enum ward_err evict_groups(struct ward_detector *det, const struct ward_outlet *out)
{
	uint64_t oldest = UINT64_MAX, limit;
	enum ward_err err = WARD_OK;

	for (size_t i = 0; i < det->n_group; i++)
		oldest = det->group[i]->order < oldest ? det->group[i]->order : oldest;
	limit = oldest + (det->group_order - oldest) / 64;
	for (size_t i = 0; i < det->n_group && !err;) {
		struct ward_group_state *g = det->group[i];

		ward_ns horizon = ward_corr_horizon(det, det->rs->rule[g->rule]->corr);

		if (g->order > limit) {
			i++;
			continue;
		}
		det->stats.n_evicted_event += ward_window_weight(g, (struct ward_window){0, g->n});
		while (ward_corr_close_one(det, g, horizon, true, out, &err))
			;
		if (!err) {
			ward_group_remove(det, i);
			det->stats.n_evicted_group++;
		}
	}
	return err;
}

static enum ward_err copy_values(struct ward_detector *det, struct ward_group_state *g,
	const struct ward_str *value, size_t n)
{
	size_t bytes = n * sizeof(*value), used = bytes;

	for (size_t i = 0; i < n; i++)
		if (!ward_add(bytes, value[i].len, &bytes))
			return WARD_ERR_LIMIT;
	g->value_bytes = bytes;
	if (n == 0)
		return WARD_OK;
	g->value = ward_mem_alloc(det->mem, bytes);
	if (!g->value)
		return WARD_ERR_NOMEM;
	for (size_t i = 0; i < n; i++) {
		char *to = (char *)g->value + used;

		if (value[i].len)
			memcpy(to, value[i].p, value[i].len);
		g->value[i] = (struct ward_str){to, value[i].len};
		used += value[i].len;
	}
	return WARD_OK;
}

enum ward_err ward_corr_group_new(struct ward_detector *det, struct ward_id place, uint32_t rule,
	const struct ward_str *value, size_t n, struct ward_group_state **ret)
{
	struct ward_group_state *g = ward_mem_alloc(det->mem, sizeof(*g));
	void *at = NULL;
	enum ward_err err = WARD_ERR_NOMEM;

	if (!g)
		return err;
	g->place = place;
	g->rule = rule;
	g->closed_until = INT64_MIN;
	g->order = ++det->group_order;
	err = copy_values(det, g, value, n);
	if (!err)
		err = ward_mem_more(det->mem, &det->group, det->n_group, &det->cap_group, sizeof(g),
			ward_limit(det->lim, WARD_LIMIT_DETECT_GROUPS));
	if (!err)
		err = ward_tab_put(&det->groups, &place, &at, NULL);
	if (err) {
		group_free(det, g);
		return err;
	}
	uint32_t index = (uint32_t)det->n_group;

	memcpy(at, &index, sizeof(index));
	det->group[det->n_group++] = g;
	*ret = g;
	return WARD_OK;
}

enum ward_err ward_group_for(struct ward_detector *det, uint32_t rule, const struct ward_str *value,
	size_t n, const struct ward_outlet *out, struct ward_group_state **ret)
{
	struct ward_id place = ward_group_place(det, rule, value, n);
	const uint32_t *at = ward_tab_find(&det->groups, &place);
	enum ward_err err = WARD_OK;

	if (at) {
		*ret = det->group[*at];
		return WARD_OK;
	}
	if (det->n_group >= ward_limit(det->lim, WARD_LIMIT_DETECT_GROUPS))
		err = evict_groups(det, out);
	return err ? err : ward_corr_group_new(det, place, rule, value, n, ret);
}
