/* Rows that are kept, and what goes when there are too many. */
#include "api/priv.h"

#include <stdlib.h>

static size_t size_of(const struct api_kept *k)
{
	return sizeof(*k) + k->json.len;
}

static bool copy(const struct ward_api *a, struct ward_str s, struct ward_str *ret)
{
	char *p = ward_mem_alloc(a->o.mem, s.len + 1);

	if (!p)
		return false;
	memcpy(p, s.p, s.len);
	*ret = (struct ward_str){p, s.len};
	return true;
}

static void drop_text(struct ward_api *a, struct api_kept *k)
{
	ward_mem_free(a->o.mem, (char *)(uintptr_t)k->json.p, k->json.len + 1);
}

struct api_kept *api_keep(struct ward_api *a, const struct ward_store_row *row)
{
	struct api_kept *k = ward_mem_alloc(a->o.mem, sizeof(*k));

	if (!k)
		return NULL;
	*k = (struct api_kept){.id = row->id,
		.kind = row->kind,
		.revision = row->revision,
		.row = row->row,
		.time = row->time,
		.node = WARD_NONE};
	if (!copy(a, row->json, &k->json)) {
		ward_mem_free(a->o.mem, k, sizeof(*k));
		return NULL;
	}
	a->bytes += size_of(k);
	return k;
}

enum ward_err api_keep_again(
	struct ward_api *a, struct api_kept *k, const struct ward_store_row *row)
{
	struct ward_str json;

	if (!copy(a, row->json, &json))
		return WARD_ERR_NOMEM;
	a->bytes -= size_of(k);
	drop_text(a, k);
	k->json = json;
	k->revision = row->revision;
	k->row = row->row;
	k->time = row->time;
	a->bytes += size_of(k);
	return WARD_OK;
}

enum ward_err api_hold(struct ward_api *a, struct api_kept_list *l, struct api_kept *k)
{
	enum ward_err err = ward_mem_more(
		a->o.mem, &l->at, l->n, &l->cap, sizeof(struct api_kept *), API_PARTS);

	if (err)
		return err;
	k->held++;
	l->at[l->n++] = k;
	return WARD_OK;
}

/* What a table still leads to is no longer there. */
static void forget_by(struct ward_api *a, const struct api_kept *k)
{
	struct ward_tab *t = k->kind == WARD_ROW_DETECTION ? &a->signs
			     : k->kind == WARD_ROW_IMPACT  ? &a->impacts
							   : NULL;
	struct api_kept **at = t ? ward_tab_find(t, &k->id) : NULL;
	struct api_kept *is = NULL;

	if (at)
		memcpy(&is, at, sizeof(is));
	if (is == k)
		(void)ward_tab_del(t, &k->id);
}

void api_drop(struct ward_api *a, struct api_kept *k)
{
	if (!k || (k->held && --k->held))
		return;
	forget_by(a, k);
	a->bytes -= size_of(k);
	drop_text(a, k);
	ward_mem_free(a->o.mem, k, sizeof(*k));
}

void api_drop_all(struct ward_api *a, struct api_kept_list *l)
{
	for (size_t i = 0; i < l->n; i++)
		api_drop(a, l->at[i]);
	ward_mem_free(a->o.mem, l->at, l->cap * sizeof(struct api_kept *));
	*l = (struct api_kept_list){.n = 0};
}

struct api_incident *api_incident(const struct ward_api *a, struct ward_id id)
{
	const void *at = ward_tab_find(&a->by_id, &id);
	struct api_incident *in = NULL;

	if (at)
		memcpy(&in, at, sizeof(in));
	return in;
}

static void drop_lines(struct ward_api *a, struct api_incident *in)
{
	for (size_t i = 0; i < API_LANGS; i++) {
		struct ward_str *s = &in->line[i];

		ward_mem_free(a->o.mem, (char *)(uintptr_t)s->p, s->len);
		a->bytes -= s->len;
		*s = (struct ward_str){NULL, 0};
	}
}

void api_touch(struct ward_api *a, struct api_incident *in, uint64_t row)
{
	drop_lines(a, in);
	in->row = row > in->row ? row : in->row;
}

static void free_incident(struct ward_api *a, struct api_incident *in)
{
	drop_lines(a, in);
	ward_mem_free(a->o.mem, (char *)(uintptr_t)in->called.p, in->called.len);
	api_drop_all(a, &in->part);
	api_duties_drop(a, in);
	api_drop(a, in->last);
	api_drop(a, in->named);
	ward_mem_free(a->o.mem, in->turn, in->cap_turn * sizeof(*in->turn));
	a->bytes -= sizeof(*in);
	ward_mem_free(a->o.mem, in, sizeof(*in));
}

/* What is over first, of these the quietest. */
static int by_use(const void *va, const void *vb)
{
	const struct api_incident *const *x = va, *const *y = vb;
	bool over_x = (*x)->phase != WARD_PHASE_OPEN, over_y = (*y)->phase != WARD_PHASE_OPEN;

	if (over_x != over_y)
		return over_x ? -1 : 1;
	return (*x)->row < (*y)->row ? -1 : (*x)->row > (*y)->row;
}

static int by_age(const void *va, const void *vb)
{
	const struct api_incident *const *x = va, *const *y = vb;

	return (*x)->first_row < (*y)->first_row ? -1 : (*x)->first_row > (*y)->first_row;
}

/* Ids that lead to no incident any more. */
static void sweep(struct ward_api *a)
{
	struct ward_tab old = a->about;
	const void *key;
	void *val;

	ward_tab_init(&a->about, a->o.mem, old.key_len, old.val_len, old.max);
	for (size_t at = 0; ward_tab_next(&old, &at, &key, &val);) {
		struct api_group g;
		size_t n = 0;

		memcpy(&g, val, sizeof(g));
		for (size_t i = 0; i < g.n; i++)
			n += api_incident(a, g.id[i]) != NULL;
		void *to;

		if (n && ward_tab_put(&a->about, key, &to, NULL) == WARD_OK)
			memcpy(to, &g, sizeof(g));
		else
			ward_mem_free(a->o.mem, g.id, g.n * sizeof(*g.id));
	}
	ward_tab_fini(&old);
}

void api_forget_loose(struct ward_api *a)
{
	size_t n = a->loose.n - a->loose.n / 2;

	for (size_t i = 0; i < n; i++)
		api_drop(a, a->loose.at[i]);
	a->loose.n -= n;
	if (n)
		memmove(a->loose.at, a->loose.at + n, a->loose.n * sizeof(struct api_kept *));
	a->signs_forgotten += n;
	if (a->o.counters)
		ward_count_name(a->o.counters, "api.signs_forgotten", n);
}

/* Is there more than so many eighths of what there may be, n incidents being left? */
static bool is_full(const struct ward_api *a, size_t n, size_t eighths)
{
	return n > (size_t)WARD_API_INCIDENTS / 8 * eighths ||
	       a->bytes > (size_t)WARD_API_BYTES / 8 * eighths;
}

void api_forget(struct ward_api *a)
{
	size_t n = 0;

	if (!is_full(a, a->n_incident, 8))
		return;
	if (a->bytes > (size_t)WARD_API_BYTES)
		api_forget_loose(a);
	qsort(a->incident, a->n_incident, sizeof(struct api_incident *), by_use);
	while (n < a->n_incident && is_full(a, a->n_incident - n, 7)) {
		struct api_incident *in = a->incident[n++];

		(void)ward_tab_del(&a->by_id, &in->id);
		free_incident(a, in);
	}
	a->n_incident -= n;
	memmove(a->incident, a->incident + n, a->n_incident * sizeof(struct api_incident *));
	if (a->n_incident)
		qsort(a->incident, a->n_incident, sizeof(struct api_incident *), by_age);
	a->forgotten += n;
	if (a->o.counters)
		ward_count_name(a->o.counters, "api.incidents_forgotten", n);
	sweep(a);
}

void api_picture_free(struct ward_api *a)
{
	const void *key;
	void *val;

	for (size_t i = 0; i < a->n_incident; i++)
		free_incident(a, a->incident[i]);
	ward_mem_free(a->o.mem, a->incident, a->cap_incident * sizeof(struct api_incident *));
	for (size_t i = 0; i < a->n_action; i++) {
		api_drop_all(a, &a->action[i]->row);
		ward_mem_free(a->o.mem, a->action[i], sizeof(*a->action[i]));
	}
	ward_mem_free(a->o.mem, a->action, a->cap_action * sizeof(struct api_action *));
	api_drop_all(a, &a->loose);
	api_drop_all(a, &a->photo);
	api_drop_all(a, &a->file);
	api_drop_all(a, &a->report);
	api_drop_all(a, &a->filter);
	api_drop_all(a, &a->aside);
	for (size_t at = 0; ward_tab_next(&a->about, &at, &key, &val);) {
		struct api_group g;

		memcpy(&g, val, sizeof(g));
		ward_mem_free(a->o.mem, g.id, g.n * sizeof(*g.id));
	}
	struct ward_tab *all[] = {
		&a->by_id, &a->signs, &a->impacts, &a->about, &a->by_action, &a->asked};

	for (size_t i = 0; i < WARD_ARRAY_LEN(all); i++)
		ward_tab_fini(all[i]);
	ward_intern_fini(&a->texts);
}
