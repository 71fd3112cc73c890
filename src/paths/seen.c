#include "paths/seen.h"

#include <stdlib.h>

enum { NAMES = 1 << 16, BYTES_MAX = 64 << 20, FIRST_MERGE = 4096 };

void ward_seen_init(struct ward_seen *s, const struct ward_mem *mem)
{
	*s = (struct ward_seen){.mem = mem};
	ward_intern_init(&s->names, mem, NAMES, BYTES_MAX);
}

void ward_seen_fini(struct ward_seen *s)
{
	if (!s->mem)
		return;
	ward_intern_fini(&s->names);
	ward_mem_free(s->mem, s->way, s->cap * sizeof(*s->way));
	*s = (struct ward_seen){0};
}

static int cmp(const void *va, const void *vb)
{
	const struct ward_seen_way *a = va, *b = vb;

	int c = ward_str_cmp(a->from_id, b->from_id);

	c = c ? c : ward_str_cmp(a->to_id, b->to_id);
	return c ? c : ward_str_cmp(a->service, b->service);
}

static void merge(struct ward_seen *s)
{
	size_t n = 0;

	if (s->n)
		qsort(s->way, s->n, sizeof(*s->way), cmp);
	for (size_t i = 0; i < s->n; i++)
		if (n && cmp(&s->way[n - 1], &s->way[i]) == 0)
			s->way[n - 1].times += s->way[i].times;
		else
			s->way[n++] = s->way[i];
	s->n = n;
}

enum ward_err ward_seen_flow(struct ward_seen *s, const struct ward_model *m,
	struct ward_str src_ip, struct ward_str dst_ip, struct ward_str service)
{
	uint32_t from = ward_model_network_of(m, src_ip), to = ward_model_network_of(m, dst_ip);
	uint32_t name;

	if (from == WARD_NONE || to == WARD_NONE || from == to)
		return WARD_OK;
	enum ward_err err = ward_intern_put(&s->names, service, &name);

	/* what is there again and again is put together before more memory is taken */
	if (!err && s->n == s->cap && s->n >= FIRST_MERGE)
		merge(s);
	if (!err)
		err = ward_mem_more(s->mem, &s->way, s->n, &s->cap, sizeof(*s->way), WARD_SEEN_MAX);
	if (!err)
		s->way[s->n++] = (struct ward_seen_way){from, to, ward_model_node(m, from)->id,
			ward_model_node(m, to)->id, ward_intern_at(&s->names, name), 1, true};
	return err;
}

static bool lets(const struct ward_facts *f, const struct ward_seen_way *w)
{
	size_t n;
	const struct ward_reach *r = ward_facts_reaching(f, w->to, &n);

	for (size_t i = 0; i < n; i++)
		if (r[i].from == w->from &&
			(ward_str_eqz(r[i].service, "*") || ward_str_eq(r[i].service, w->service)))
			return true;
	return false;
}

enum ward_err ward_seen_seal(struct ward_seen *s, struct ward_facts *f)
{
	enum ward_err err = WARD_OK;

	merge(s);
	for (size_t i = 0; i < s->n; i++)
		s->way[i].allowed = lets(f, &s->way[i]);
	for (size_t i = 0; i < s->n && !err; i++)
		if (!s->way[i].allowed)
			err = ward_facts_reach(f, s->way[i].from, s->way[i].to, s->way[i].service);
	return err;
}

bool ward_seen_between(const struct ward_seen *s, uint32_t from, uint32_t to)
{
	for (size_t i = 0; i < s->n; i++)
		if (s->way[i].from == from && s->way[i].to == to)
			return true;
	return false;
}
