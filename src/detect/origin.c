#include "detect/origin.h"

#include "detect/corr.h"

struct key {
	struct ward_id id;
	uint32_t rule;
};
_Static_assert(sizeof(struct key) == sizeof(struct ward_id) + sizeof(uint32_t), "no padding");

void ward_origin_init(struct ward_detector *det)
{
	ward_tab_init(&det->origins, det->mem, sizeof(struct key), sizeof(struct ward_origin *),
		SIZE_MAX);
}

void ward_origin_free(struct ward_detector *det, struct ward_origin *o)
{
	ward_mem_free(det->mem, o, sizeof(*o));
}

void ward_origin_fini(struct ward_detector *det)
{
	const void *key;
	void *val;

	for (size_t at = 0; ward_tab_next(&det->origins, &at, &key, &val);) {
		struct ward_origin *o, *next;

		memcpy(&o, val, sizeof(o));
		for (; o; o = next) {
			next = o->next;
			ward_origin_free(det, o);
		}
	}
	ward_tab_fini(&det->origins);
}

enum ward_err ward_origin_add(
	struct ward_detector *det, struct ward_group_state *g, struct ward_id id)
{
	struct key key = {id, g->rule};
	struct ward_origin *first = NULL, *last = NULL, *o = ward_mem_alloc(det->mem, sizeof(*o));
	void *val = NULL;

	if (!o)
		return WARD_ERR_NOMEM;
	enum ward_err err = ward_tab_put(&det->origins, &key, &val, NULL);

	if (err) {
		ward_origin_free(det, o);
		return err;
	}
	memcpy(&first, val, sizeof(first));
	for (struct ward_origin *i = first; i; i = i->next) {
		last = i;
		if (i->group != g)
			continue;
		i->n++;
		ward_origin_free(det, o);
		return WARD_OK;
	}
	*o = (struct ward_origin){.group = g, .n = 1};
	if (last)
		last->next = o;
	else
		memcpy(val, &o, sizeof(o));
	return WARD_OK;
}

void ward_origin_drop(struct ward_detector *det, struct ward_group_state *g, struct ward_id id)
{
	struct key key = {id, g->rule};
	void *val = ward_tab_find(&det->origins, &key);
	struct ward_origin *o = NULL, *before = NULL;

	if (val)
		memcpy(&o, val, sizeof(o));
	for (; o && o->group != g; o = o->next)
		before = o;
	if (!o || --o->n)
		return;
	if (before)
		before->next = o->next;
	else if (o->next)
		memcpy(val, &o->next, sizeof(o->next));
	else
		(void)ward_tab_del(&det->origins, &key);
	ward_origin_free(det, o);
}

struct ward_origin *ward_origin_take(struct ward_detector *det, uint32_t rule, struct ward_id id)
{
	struct key key = {id, rule};
	const void *val = ward_tab_find(&det->origins, &key);
	struct ward_origin *o = NULL;

	if (!val)
		return NULL;
	memcpy(&o, val, sizeof(o));
	(void)ward_tab_del(&det->origins, &key);
	return o;
}
