/* Correlations: the table of groups. */
#include "detect/corr.h"
#include "detect/fold.h"
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
	ward_origin_fini(det);
	ward_due_fini(det);
	ward_chain_fini(det);
	det->group = NULL;
	det->n_group = det->cap_group = 0;
}

/* The group's values without case. */
static const struct ward_str *folded(const struct ward_corr *c, const struct ward_group_state *g)
{
	return g->value + ward_corr_n_value(c);
}

struct ward_id ward_corr_key(const struct ward_rule *r, const struct ward_group_state *g)
{
	struct ward_idgen gen;

	ward_idgen_init(&gen, "detection.group");
	ward_idgen_str(&gen, r->key);
	for (size_t i = 0; i < ward_corr_n_value(r->corr); i++)
		ward_idgen_str(&gen, folded(r->corr, g)[i]);
	return ward_idgen_final(&gen);
}

/* So many code points at once, not bytes: the same text in other letters is cut at the same place.
 */
enum { PART = 250, PART_BYTES = 4 * PART };

struct ward_id ward_group_folded(const uint8_t key[16], struct ward_str s)
{
	struct ward_id id = {{0}};
	char buf[sizeof(id) + PART_BYTES];
	size_t off = 0;

	do {
		size_t from = off, before = off ? sizeof(id) : 0;

		for (size_t i = 0; i < PART && off < s.len; i++) {
			size_t len = 1;

			(void)ward_fold_next(s, off, &len);
			off += len;
		}
		memcpy(buf, id.b, before);
		before += ward_fold((struct ward_str){s.p + from, off - from}, buf + before);
		id = ward_id_keyed(key, ward_slice_of(buf, before));
	} while (off < s.len);
	return id;
}

struct ward_id ward_group_place(
	const struct ward_detector *det, uint32_t rule, const struct ward_str *value, size_t n)
{
	size_t n_field = det->rs->rule[rule]->corr->group.n;
	struct ward_id part[WARD_AXES + 2] = {{{0}}};
	uint8_t key[16];

	_Static_assert(sizeof(key) == sizeof(det->groups.seed), "as long as a seed");
	WARD_ASSERT(n <= WARD_AXES + 1);
	memcpy(key, &det->groups.seed, sizeof(key));
	memcpy(part[0].b, &rule, sizeof(rule));
	for (size_t i = 0; i < n; i++) /* behind the fields: a place of the hospital, exactly */
		part[i + 1] = i < n_field ? ward_group_folded(key, value[i])
					  : ward_id_keyed(key, ward_str_bytes(value[i]));
	return ward_id_keyed(key, ward_slice_of(part, (n + 1) * sizeof(part[0])));
}

void ward_group_remove(struct ward_detector *det, struct ward_group_state *g)
{
	uint32_t *at = ward_tab_find(&det->groups, &g->place);

	WARD_ASSERT(at && det->group[*at] == g);
	size_t i = *at;

	(void)ward_tab_del(&det->groups, &g->place);
	ward_due_remove(det, g);
	group_free(det, g);
	det->group[i] = det->group[--det->n_group];
	if (i < det->n_group) {
		at = ward_tab_find(&det->groups, &det->group[i]->place);
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
			ward_group_remove(det, g);
			det->stats.n_evicted_group++;
		}
	}
	return err;
}

static enum ward_err copy_values(struct ward_detector *det, struct ward_group_state *g,
	const struct ward_str *value, size_t n)
{
	size_t n_field = det->rs->rule[g->rule]->corr->group.n;
	size_t bytes = 2 * n * sizeof(*value), used = bytes;

	for (size_t i = 0; i < n; i++) {
		size_t both; /* the text and its folding */

		if (!ward_mul(value[i].len, 2, &both) || !ward_add(bytes, both, &bytes))
			return WARD_ERR_LIMIT;
	}
	if (n == 0)
		return WARD_OK;
	g->value = ward_mem_alloc(det->mem, bytes);
	if (!g->value)
		return WARD_ERR_NOMEM;
	g->value_bytes = bytes;
	for (size_t i = 0; i < n; i++) {
		char *to = (char *)g->value + used, *fold = to + value[i].len;
		size_t len = value[i].len;

		if (len)
			memcpy(to, value[i].p, len);
		g->value[i] = (struct ward_str){to, len};
		if (len && i < n_field)
			len = ward_fold(value[i], fold);
		else
			fold = to;
		g->value[n + i] = (struct ward_str){fold, len};
		used += 2 * value[i].len;
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
	g->due = INT64_MIN; /* without an entry it goes */
	if (!err)
		err = ward_due_add(det, g);
	if (!err) {
		err = ward_tab_put(&det->groups, &place, &at, NULL);
		if (err)
			ward_due_remove(det, g);
	}
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
