/* What is remembered: keys, their entries, and which are given up at a limit. */
#include "detect/baseline/priv.h"

#include <stdlib.h>

struct ward_id ward_bl_key_id(const struct ward_bl_profile *p, struct ward_str key)
{
	struct ward_idgen g;

	ward_idgen_init(&g, "baseline.key");
	ward_idgen_str(&g, p->id);
	ward_idgen_str(&g, key);
	return ward_idgen_final(&g);
}

struct ward_id ward_bl_new_id(const struct ward_bl_key *k)
{
	struct ward_idgen g;

	ward_idgen_init(&g, "baseline.new");
	ward_idgen_id(&g, k->id);
	return ward_idgen_final(&g);
}

struct ward_id ward_bl_entry_id(const struct ward_bl_key *k, size_t dim, struct ward_str text)
{
	struct ward_idgen g;

	ward_idgen_init(&g, "baseline.value");
	ward_idgen_id(&g, k->id);
	ward_idgen_u64(&g, dim);
	ward_idgen_str(&g, text);
	return ward_idgen_final(&g);
}

struct ward_bl_key *ward_bl_key_find(const struct ward_baseline *b, struct ward_id id)
{
	struct ward_bl_key *const *at = ward_tab_find(&b->keys, &id);

	return at ? *at : NULL;
}

struct ward_bl_entry *ward_bl_entry_find(const struct ward_baseline *b, struct ward_id id)
{
	struct ward_bl_entry *const *at = ward_tab_find(&b->entries, &id);

	return at ? *at : NULL;
}

static size_t key_bytes(const struct ward_baseline *b, const struct ward_bl_key *k)
{
	return sizeof(*k) + b->profiles->p[k->profile].n_dim * sizeof(k->dim[0]);
}

static char *copy(const struct ward_mem *mem, struct ward_str s)
{
	char *p = ward_mem_alloc(mem, s.len);

	if (p)
		memcpy(p, s.p, s.len);
	return p;
}

static enum ward_err keep(struct ward_baseline *b, struct ward_str s, char **ret, uint32_t *ret_len)
{
	if (*ret || !s.len)
		return WARD_OK;
	if (s.len > WARD_BL_TEXT_MAX)
		return WARD_ERR_LIMIT;
	*ret = ward_mem_alloc(b->mem, s.len);
	if (!*ret)
		return WARD_ERR_NOMEM;
	memcpy(*ret, s.p, s.len);
	*ret_len = (uint32_t)s.len;
	b->bytes += s.len;
	return WARD_OK;
}

enum ward_err ward_bl_approval_set(struct ward_baseline *b, struct ward_bl_approval *a,
	struct ward_str who, struct ward_str why, ward_ns at)
{
	enum ward_err err = keep(b, who, &a->who, &a->who_len);

	a->at = at;
	return err ? err : keep(b, why, &a->why, &a->why_len);
}

void ward_bl_approval_fini(struct ward_baseline *b, struct ward_bl_approval *a)
{
	b->bytes -= (size_t)a->who_len + a->why_len;
	ward_mem_free(b->mem, a->who, a->who_len);
	ward_mem_free(b->mem, a->why, a->why_len);
	*a = (struct ward_bl_approval){.who = NULL};
}

/* ---- entries ---- */

static size_t entry_bytes(const struct ward_bl_entry *en)
{
	return sizeof(*en) + en->len + en->hist.cap * sizeof(*en->hist.b);
}

static void entry_free(struct ward_baseline *b, struct ward_bl_key *k, struct ward_bl_dim_state *d,
	struct ward_bl_entry *en)
{
	if (en->state != WARD_BL_ODD) {
		d->total -= en->count;
		d->single -= en->count == 1;
	}
	if (en->count)
		ward_bl_lose(b, k, (size_t)(d - k->dim), en);
	d->n--;
	*en->link = en->next;
	if (en->next)
		en->next->link = en->link;
	b->bytes -= entry_bytes(en);
	(void)ward_tab_del(&b->entries, &en->id);
	ward_hist_fini(b->mem, &en->hist);
	ward_mem_free(b->mem, en->text, en->len);
	ward_bl_approval_fini(b, &en->by);
	ward_mem_free(b->mem, en, sizeof(*en));
}

/* The least useful first: seldom seen, then long ago. What a person approved goes last. */
static int by_use(const void *a, const void *b)
{
	const struct ward_bl_entry *x = *(struct ward_bl_entry *const *)a;
	const struct ward_bl_entry *y = *(struct ward_bl_entry *const *)b;

	if ((x->state == WARD_BL_APPROVED) != (y->state == WARD_BL_APPROVED))
		return x->state == WARD_BL_APPROVED ? 1 : -1;
	if (x->count != y->count)
		return x->count < y->count ? -1 : 1;
	if (x->last != y->last)
		return x->last < y->last ? -1 : 1;
	return ward_id_cmp(x->id, y->id);
}

/* Gives up an eighth, so that the sorting is O(log n) for each new value. */
static enum ward_err make_room(
	struct ward_baseline *b, struct ward_bl_key *k, struct ward_bl_dim_state *d)
{
	struct ward_bl_entry **all = ward_mem_alloc(b->mem, d->n * sizeof(*all));
	size_t n = 0, gone = d->n / 8 + 1, bytes = d->n * sizeof(*all);

	if (!all)
		return WARD_ERR_NOMEM;
	for (struct ward_bl_entry *en = d->head; en; en = en->next)
		all[n++] = en;
	qsort(all, n, sizeof(*all), by_use);
	for (size_t i = 0; i < gone; i++)
		entry_free(b, k, d, all[i]);
	d->evicted += gone;
	b->stats.n_evicted_value += gone;
	ward_mem_free(b->mem, all, bytes);
	return WARD_OK;
}

enum ward_err ward_bl_entry_new(struct ward_baseline *b, struct ward_bl_key *k, size_t dim,
	struct ward_str text, struct ward_bl_entry **ret)
{
	struct ward_bl_dim_state *d = &k->dim[dim];
	enum ward_err err = WARD_OK;
	void *at;

	if (d->n >= ward_limit(b->profiles->lim, WARD_LIMIT_BASELINE_VALUES))
		err = make_room(b, k, d);
	if (err)
		return err;
	struct ward_bl_entry *en = ward_mem_alloc(b->mem, sizeof(*en));

	if (!en)
		return WARD_ERR_NOMEM;
	en->id = ward_bl_entry_id(k, dim, text);
	en->first = INT64_MAX;
	en->last = INT64_MIN;
	en->min = INT64_MAX;
	en->max = INT64_MIN;
	en->len = (uint32_t)text.len;
	en->text = text.len ? copy(b->mem, text) : NULL;
	err = text.len && !en->text ? WARD_ERR_NOMEM
				    : ward_tab_put(&b->entries, &en->id, &at, NULL);
	if (err) {
		ward_mem_free(b->mem, en->text, text.len);
		ward_mem_free(b->mem, en, sizeof(*en));
		return err;
	}
	memcpy(at, &en, sizeof(struct ward_bl_entry *));
	en->next = d->head;
	en->link = &d->head;
	if (d->head)
		d->head->link = &en->next;
	d->head = en;
	d->n++;
	b->bytes += entry_bytes(en);
	*ret = en;
	return WARD_OK;
}

enum ward_err ward_bl_entry_see(struct ward_baseline *b, struct ward_bl_key *k, size_t dim,
	struct ward_bl_entry *en, uint64_t n, ward_ns first, ward_ns last)
{
	struct ward_bl_dim_state *d = &k->dim[dim];
	bool usual = en->state != WARD_BL_ODD, new = en->count == 0 && n;

	d->single -= usual && en->count == 1;
	en->count += n;
	d->single += usual && en->count == 1;
	d->total += usual ? n : 0;
	en->first = first < en->first ? first : en->first;
	en->last = last > en->last ? last : en->last;
	return new ? ward_bl_gain(b, k, dim, en) : WARD_OK;
}

enum ward_err ward_bl_entry_accept(struct ward_baseline *b, struct ward_bl_key *k, size_t dim,
	struct ward_bl_entry *en, enum ward_bl_state state)
{
	struct ward_bl_dim_state *d = &k->dim[dim];
	bool odd = en->state == WARD_BL_ODD;

	if (odd) {
		d->total += en->count;
		d->single += en->count == 1;
	}
	en->state = state;
	return odd && en->count ? ward_bl_gain(b, k, dim, en) : WARD_OK;
}

enum ward_err ward_bl_bucket_add(struct ward_baseline *b, struct ward_bl_key *k, size_t dim,
	struct ward_bl_entry *en, int32_t bucket, uint64_t n)
{
	size_t cap = en->hist.cap;
	enum ward_err err = ward_hist_add(b->mem, &en->hist, bucket, n);

	b->bytes += (en->hist.cap - cap) * sizeof(*en->hist.b);
	if (err || !k->group || !ward_bl_counts(&b->profiles->p[k->profile], dim, en))
		return err;
	struct ward_hist *h = &k->group->dim[dim].hist;

	cap = h->cap;
	err = ward_hist_add(b->mem, h, bucket, n);
	b->bytes += (h->cap - cap) * sizeof(*h->b);
	return err;
}

enum ward_err ward_bl_age(struct ward_baseline *b, struct ward_bl_key *k, size_t dim,
	struct ward_bl_entry *en, uint64_t most)
{
	if (en->hist.total < most)
		return WARD_OK;
	ward_bl_lose(b, k, dim, en);
	ward_hist_halve(&en->hist);
	/* What is left is what it is about; a bucket's edge is as near as is known. */
	if (en->hist.n) {
		int64_t low = ward_hist_edge(en->hist.b[0].bucket - (en->hist.b[0].bucket > 0));
		int32_t top = en->hist.b[en->hist.n - 1].bucket;
		int64_t high = ward_hist_edge(top + (top < 0));

		en->min = low > en->min ? low : en->min;
		en->max = high < en->max ? high : en->max;
	}
	return ward_bl_gain(b, k, dim, en);
}

enum ward_err ward_bl_stand(
	struct ward_baseline *b, struct ward_bl_dim_state *d, struct ward_str where, ward_ns at)
{
	char *p = copy(b->mem, where);

	if (!p)
		return WARD_ERR_NOMEM;
	b->bytes += where.len - d->where_len;
	ward_mem_free(b->mem, d->where, d->where_len);
	d->where = p;
	d->where_len = (uint32_t)where.len;
	d->at = at;
	return WARD_OK;
}

enum ward_err ward_bl_number_see(struct ward_baseline *b, struct ward_bl_key *k, size_t dim,
	struct ward_bl_entry *en, int64_t milli, uint64_t n)
{
	enum ward_err err = ward_bl_bucket_add(b, k, dim, en, ward_hist_bucket_of(milli), n);

	if (err)
		return err;
	en->min = milli < en->min ? milli : en->min;
	en->max = milli > en->max ? milli : en->max;
	return WARD_OK;
}

/* ---- keys ---- */

/* Takes it out of all but the array. */
static void key_release(struct ward_baseline *b, struct ward_bl_key *k)
{
	struct ward_bl_profile_state *of = &b->of[k->profile];
	size_t bytes = key_bytes(b, k);

	for (size_t i = 0; i < b->profiles->p[k->profile].n_dim; i++)
		while (k->dim[i].head)
			entry_free(b, k, &k->dim[i], k->dim[i].head);
	for (size_t i = 0; i < b->profiles->p[k->profile].n_dim; i++) {
		b->bytes -= k->dim[i].where_len;
		ward_mem_free(b->mem, k->dim[i].where, k->dim[i].where_len);
	}
	ward_bl_leave(b, k);
	of->n_key--;
	of->n_single -= k->count == 1;
	b->bytes -= bytes + k->len;
	ward_bl_approval_fini(b, &k->by);
	(void)ward_tab_del(&b->keys, &k->id);
	ward_mem_free(b->mem, k->text, k->len);
	ward_mem_free(b->mem, k, bytes);
}

size_t ward_bl_keys_drop(
	struct ward_baseline *b, bool (*gone)(void *ctx, const struct ward_bl_key *k), void *ctx)
{
	size_t n = 0, before = b->n_key;

	for (size_t i = 0; i < before; i++) {
		if (gone(ctx, b->key[i]))
			key_release(b, b->key[i]);
		else
			b->key[n++] = b->key[i];
	}
	b->n_key = n;
	return before - n;
}

/* Seen this often a key is no passer-by: who makes up new ones drives out his own first. */
enum { SETTLED = 20 };

/* Passers-by first, then the oldest; of two as old the one seen less. */
static int by_age(const void *a, const void *b)
{
	const struct ward_bl_key *x = *(struct ward_bl_key *const *)a;
	const struct ward_bl_key *y = *(struct ward_bl_key *const *)b;

	if ((x->count < SETTLED) != (y->count < SETTLED))
		return x->count < SETTLED ? -1 : 1;
	if (x->last != y->last)
		return x->last < y->last ? -1 : 1;
	if (x->count != y->count)
		return x->count < y->count ? -1 : 1;
	return ward_id_cmp(x->id, y->id);
}

/* Gives up a sixty-fourth, as the detector does with its groups. */
static void give_up(struct ward_baseline *b)
{
	size_t gone = b->n_key / 64 + 1;

	qsort(b->key, b->n_key, sizeof(struct ward_bl_key *), by_age);
	for (size_t i = 0; i < gone; i++)
		key_release(b, b->key[i]);
	b->n_key -= gone;
	memmove(b->key, b->key + gone, b->n_key * sizeof(struct ward_bl_key *));
	b->stats.n_evicted_key += gone;
}

enum ward_err ward_bl_trim(struct ward_baseline *b)
{
	size_t max = ward_limit(b->profiles->lim, WARD_LIMIT_BASELINE_BYTES);
	enum ward_err err = WARD_OK;

	while (b->bytes > max && b->n_key > 1)
		give_up(b);
	/* One key alone is over it: its dimensions lose values instead. */
	for (size_t i = 0; b->bytes > max && b->n_key && !err; i++) {
		struct ward_bl_key *k = b->key[0];

		if (i == b->profiles->p[k->profile].n_dim)
			break;
		while (b->bytes > max && k->dim[i].n > 1 && !err)
			err = make_room(b, k, &k->dim[i]);
	}
	return err;
}

enum ward_err ward_bl_key_new(struct ward_baseline *b, struct ward_id id, uint32_t profile,
	struct ward_str text, struct ward_bl_key **ret)
{
	const struct ward_bl_profile *p = &b->profiles->p[profile];
	size_t max = ward_limit(b->profiles->lim, WARD_LIMIT_BASELINE_KEYS);
	size_t bytes = sizeof(struct ward_bl_key) + p->n_dim * sizeof(struct ward_bl_dim_state);
	void *at;

	if (b->n_key >= max)
		give_up(b);
	enum ward_err err =
		ward_mem_more(b->mem, &b->key, b->n_key, &b->cap_key, sizeof(*b->key), max);

	if (err)
		return err;
	struct ward_bl_key *k = ward_mem_alloc(b->mem, bytes);

	if (!k)
		return WARD_ERR_NOMEM;
	k->text = copy(b->mem, text);
	err = k->text ? ward_tab_put(&b->keys, &id, &at, NULL) : WARD_ERR_NOMEM;
	if (err) {
		ward_mem_free(b->mem, k->text, text.len);
		ward_mem_free(b->mem, k, bytes);
		return err;
	}
	memcpy(at, &k, sizeof(struct ward_bl_key *));
	k->id = id;
	k->profile = profile;
	k->len = (uint32_t)text.len;
	k->first = INT64_MAX;
	k->last = k->odd_at = INT64_MIN;
	for (size_t i = 0; i < p->n_dim; i++)
		k->dim[i].hour = k->dim[i].told_at = k->dim[i].at = INT64_MIN;
	b->key[b->n_key++] = k;
	b->of[profile].n_key++;
	b->bytes += bytes + text.len;
	*ret = k;
	return WARD_OK;
}

/* ---- in order ---- */

static int by_text(const void *a, const void *b)
{
	const struct ward_bl_key *x = *(struct ward_bl_key *const *)a;
	const struct ward_bl_key *y = *(struct ward_bl_key *const *)b;

	if (x->profile != y->profile)
		return x->profile < y->profile ? -1 : 1;
	return ward_str_cmp((struct ward_str){x->text, x->len}, (struct ward_str){y->text, y->len});
}

void ward_bl_sort_keys(struct ward_baseline *b)
{
	if (b->n_key)
		qsort(b->key, b->n_key, sizeof(struct ward_bl_key *), by_text);
}

static int entry_by_text(const void *a, const void *b)
{
	const struct ward_bl_entry *x = *(struct ward_bl_entry *const *)a;
	const struct ward_bl_entry *y = *(struct ward_bl_entry *const *)b;

	return ward_str_cmp((struct ward_str){x->text, x->len}, (struct ward_str){y->text, y->len});
}

static int entry_by_count(const void *a, const void *b)
{
	const struct ward_bl_entry *x = *(struct ward_bl_entry *const *)a;
	const struct ward_bl_entry *y = *(struct ward_bl_entry *const *)b;

	if (x->count != y->count)
		return x->count > y->count ? -1 : 1;
	return entry_by_text(a, b);
}

struct ward_bl_entry **ward_bl_sorted(
	struct ward_arena *a, const struct ward_bl_dim_state *d, bool by_count)
{
	struct ward_bl_entry **all =
		d->n ? ward_arena_array(a, d->n, sizeof(struct ward_bl_entry *)) : NULL;
	size_t n = 0;

	if (!all)
		return NULL;
	for (struct ward_bl_entry *en = d->head; en; en = en->next)
		all[n++] = en;
	qsort(all, n, sizeof(*all), by_count ? entry_by_count : entry_by_text);
	return all;
}
