/* Keys of a kind: what its peers do speaks for a key while it is learned, and puts into proportion
 * what is told of it later. */
#include "detect/baseline/priv.h"

enum {
	SHARED_MAX = 1 << 26,
	SHARED_BYTES = 64,  /* of an entry in the table, about */
	CLOSED_MIN = 20,    /* pairs of a peer and a value, before peers judge values */
	HOURS_MIN = 200,    /* busy hours of peers, before they judge rates */
	NOVEL_PER_CENT = 5, /* as for one key's own values */
	TOP_PER_MILLE = 995,
	HOME_MIN = 8, /* events before a home is looked for */
};

static struct ward_id group_id(const struct ward_bl_profile *p, struct ward_str text)
{
	struct ward_idgen g;

	ward_idgen_init(&g, "baseline.group");
	ward_idgen_str(&g, p->id);
	ward_idgen_str(&g, text);
	return ward_idgen_final(&g);
}

static struct ward_id shared_id(const struct ward_bl_group *g, size_t dim, struct ward_str text)
{
	struct ward_idgen i;

	ward_idgen_init(&i, "baseline.shared");
	ward_idgen_id(&i, g->id);
	ward_idgen_u64(&i, dim);
	ward_idgen_str(&i, text);
	return ward_idgen_final(&i);
}

static size_t group_bytes(const struct ward_baseline *b, const struct ward_bl_group *g)
{
	return sizeof(*g) + b->profiles->p[g->profile].n_dim * sizeof(g->dim[0]);
}

static bool is_value(enum ward_bl_kind kind)
{
	return kind == WARD_BL_SET || kind == WARD_BL_HOURS || kind == WARD_BL_WEEK;
}

bool ward_bl_counts(const struct ward_bl_profile *p, size_t dim, const struct ward_bl_entry *en)
{
	return p->dim[dim].kind == WARD_BL_RATE && en->state != WARD_BL_ODD && en->len == 3 &&
	       memcmp(en->text, "all", 3) == 0;
}

/* ---- sums ---- */

static enum ward_err gain_value(
	struct ward_baseline *b, struct ward_bl_group *g, size_t dim, struct ward_str text)
{
	struct ward_id id = shared_id(g, dim, text);
	struct ward_bl_group_dim *d = &g->dim[dim];
	bool new;
	void *v;
	enum ward_err err = ward_tab_put(&b->shared, &id, &v, &new);

	if (err)
		return err;
	uint64_t n = 0;

	if (!new)
		memcpy(&n, v, sizeof(n));
	else
		b->bytes += SHARED_BYTES;
	d->single -= n == 1;
	n++;
	d->single += n == 1;
	d->total++;
	memcpy(v, &n, sizeof(n));
	return WARD_OK;
}

static void lose_value(
	struct ward_baseline *b, struct ward_bl_group *g, size_t dim, struct ward_str text)
{
	struct ward_id id = shared_id(g, dim, text);
	struct ward_bl_group_dim *d = &g->dim[dim];
	void *v = ward_tab_find(&b->shared, &id);
	uint64_t n;

	if (!v) /* memory was short when it was gained */
		return;
	memcpy(&n, v, sizeof(n));
	d->single -= n == 1;
	n--;
	d->single += n == 1;
	d->total--;
	memcpy(v, &n, sizeof(n));
	if (n)
		return;
	(void)ward_tab_del(&b->shared, &id);
	b->bytes -= SHARED_BYTES;
}

enum ward_err ward_bl_gain(
	struct ward_baseline *b, struct ward_bl_key *k, size_t dim, const struct ward_bl_entry *en)
{
	const struct ward_bl_profile *p = &b->profiles->p[k->profile];
	enum ward_err err = WARD_OK;

	if (!k->group || en->state == WARD_BL_ODD)
		return WARD_OK;
	if (is_value(p->dim[dim].kind))
		return gain_value(b, k->group, dim, (struct ward_str){en->text, en->len});
	if (!ward_bl_counts(p, dim, en))
		return WARD_OK;
	struct ward_hist *h = &k->group->dim[dim].hist;
	size_t cap = h->cap;

	for (size_t i = 0; i < en->hist.n && !err; i++)
		err = ward_hist_add(b->mem, h, en->hist.b[i].bucket, en->hist.b[i].count);
	b->bytes += (h->cap - cap) * sizeof(*h->b);
	return err;
}

void ward_bl_lose(
	struct ward_baseline *b, struct ward_bl_key *k, size_t dim, const struct ward_bl_entry *en)
{
	const struct ward_bl_profile *p = &b->profiles->p[k->profile];

	if (!k->group || en->state == WARD_BL_ODD)
		return;
	if (is_value(p->dim[dim].kind))
		lose_value(b, k->group, dim, (struct ward_str){en->text, en->len});
	else if (ward_bl_counts(p, dim, en))
		for (size_t i = 0; i < en->hist.n; i++)
			ward_hist_take(&k->group->dim[dim].hist, en->hist.b[i].bucket,
				en->hist.b[i].count);
}

/* ---- membership ---- */

void ward_bl_leave(struct ward_baseline *b, struct ward_bl_key *k)
{
	struct ward_bl_group *g = k->group;
	const struct ward_bl_profile *p = &b->profiles->p[k->profile];

	if (!g)
		return;
	for (size_t i = 0; i < p->n_dim; i++)
		for (const struct ward_bl_entry *en = k->dim[i].head; en; en = en->next)
			if (en->count)
				ward_bl_lose(b, k, i, en);
	k->group = NULL;
	if (--g->n_key)
		return;
	(void)ward_tab_del(&b->groups, &g->id);
	b->bytes -= group_bytes(b, g) + g->len;
	for (size_t i = 0; i < p->n_dim; i++) {
		b->bytes -= g->dim[i].hist.cap * sizeof(*g->dim[i].hist.b);
		ward_hist_fini(b->mem, &g->dim[i].hist);
	}
	ward_mem_free(b->mem, g->text, g->len);
	ward_mem_free(b->mem, g, group_bytes(b, g));
}

static enum ward_err found(struct ward_baseline *b, uint32_t profile, struct ward_id id,
	struct ward_str text, struct ward_bl_group **ret)
{
	const struct ward_bl_profile *p = &b->profiles->p[profile];
	size_t bytes = sizeof(struct ward_bl_group) + p->n_dim * sizeof((*ret)->dim[0]);
	struct ward_bl_group *g = ward_mem_alloc(b->mem, bytes);
	void *at;

	if (!g)
		return WARD_ERR_NOMEM;
	g->id = id;
	g->profile = profile;
	g->text = ward_mem_alloc(b->mem, text.len);
	g->len = (uint32_t)text.len;
	enum ward_err err = g->text ? ward_tab_put(&b->groups, &id, &at, NULL) : WARD_ERR_NOMEM;

	if (err) {
		ward_mem_free(b->mem, g->text, text.len);
		ward_mem_free(b->mem, g, bytes);
		return err;
	}
	memcpy(g->text, text.p, text.len);
	memcpy(at, &g, sizeof(g));
	b->bytes += bytes + text.len;
	*ret = g;
	return WARD_OK;
}

enum ward_err ward_bl_join(struct ward_baseline *b, struct ward_bl_key *k, struct ward_str text)
{
	const struct ward_bl_profile *p = &b->profiles->p[k->profile];
	enum ward_err err = WARD_OK;

	if (k->group && ward_str_eq((struct ward_str){k->group->text, k->group->len}, text))
		return WARD_OK;
	ward_bl_leave(b, k);

	struct ward_id id = group_id(p, text);
	struct ward_bl_group *const *at = ward_tab_find(&b->groups, &id);
	struct ward_bl_group *g = at ? *at : NULL;

	if (!g)
		err = found(b, k->profile, id, text, &g);
	if (err)
		return err;
	k->group = g;
	g->n_key++;
	for (size_t i = 0; i < p->n_dim && !err; i++)
		for (const struct ward_bl_entry *en = k->dim[i].head; en && !err; en = en->next)
			if (en->count)
				err = ward_bl_gain(b, k, i, en);
	return err;
}

/* The usual value of a dimension that was seen most; of equal ones the first by text. */
static struct ward_str most_seen(const struct ward_bl_dim_state *d)
{
	const struct ward_bl_entry *best = NULL;

	for (const struct ward_bl_entry *en = d->head; en; en = en->next) {
		if (en->state == WARD_BL_ODD || (best && en->count < best->count))
			continue;
		if (!best || en->count > best->count ||
			ward_str_cmp((struct ward_str){en->text, en->len},
				(struct ward_str){best->text, best->len}) < 0)
			best = en;
	}
	return best ? (struct ward_str){best->text, best->len} : (struct ward_str){"", 0};
}

enum ward_err ward_bl_regroup(struct ward_baseline *b, struct ward_bl_key *k)
{
	const struct ward_bl_profile *p = &b->profiles->p[k->profile];
	char text[WARD_BL_TEXT_MAX];
	struct ward_str s;

	if (p->peers.n)
		return ward_bl_text(b->e, &p->peers, 0, text, &s) ? ward_bl_join(b, k, s) : WARD_OK;
	if (p->home >= p->n_dim || k->count < HOME_MIN || (k->count & (k->count - 1)))
		return WARD_OK;
	s = most_seen(&k->dim[p->home]);
	return s.len ? ward_bl_join(b, k, s) : WARD_OK;
}

/* ---- judgement ---- */

size_t ward_bl_peers(const struct ward_bl_key *k)
{
	return k->group ? k->group->n_key - 1 : 0;
}

uint64_t ward_bl_peers_have(const struct ward_baseline *b, const struct ward_bl_key *k, size_t dim,
	struct ward_str text)
{
	if (!k->group)
		return 0;
	struct ward_id id = shared_id(k->group, dim, text);
	const void *v = ward_tab_find(&b->shared, &id);
	uint64_t n = 0;

	if (v)
		memcpy(&n, v, sizeof(n));
	return n;
}

/* Enough of them, and the profile was learned: who is new himself judges nobody. */
static bool may_judge(const struct ward_baseline *b, const struct ward_bl_key *k)
{
	const struct ward_bl_profile_state *of = &b->of[k->profile];
	ward_ns age;

	return ward_bl_peers(k) >= WARD_BL_PEERS_MIN && of->first != INT64_MAX &&
	       ward_sub(b->time, of->first, &age) && age >= b->profiles->p[k->profile].period;
}

bool ward_bl_peers_closed(const struct ward_baseline *b, const struct ward_bl_key *k, size_t dim)
{
	if (!may_judge(b, k))
		return false;
	const struct ward_bl_group_dim *d = &k->group->dim[dim];

	return d->total >= CLOSED_MIN && d->single <= d->total / (100 / NOVEL_PER_CENT);
}

int64_t ward_bl_peers_most(const struct ward_baseline *b, const struct ward_bl_key *k, size_t dim)
{
	const struct ward_bl_dim *d = &b->profiles->p[k->profile].dim[dim];

	if (!may_judge(b, k) || k->group->dim[dim].hist.total < HOURS_MIN)
		return INT64_MAX;
	int64_t top = ward_hist_quantile(&k->group->dim[dim].hist, 0, TOP_PER_MILLE), most;

	return ward_mul(top, d->factor, &most) ? most : INT64_MAX;
}

void ward_bl_put_peers(const struct ward_baseline *b, const struct ward_bl_key *k, size_t dim,
	struct ward_str text, struct ward_wr *w)
{
	const struct ward_bl_profile *p = &b->profiles->p[k->profile];
	size_t n = ward_bl_peers(k);

	if (!k->group || (n < WARD_BL_PEERS_MIN && !p->persons))
		return;
	if (!ward_people_told(n)) {
		ward_wr_z(w, "; those like it (");
		ward_bl_put_parts(w, (struct ward_str){k->group->text, k->group->len});
		ward_wr_z(w, ") are " WARD_PEOPLE_FEW ": no figures");
		return;
	}
	uint64_t have = ward_bl_peers_have(b, k, dim, text);

	ward_wr_z(w, "; ");
	if (have)
		ward_wr_u64(w, have);
	else
		ward_wr_z(w, "none");
	ward_wr_printf(w, " of the %zu like it (", n);
	ward_bl_put_parts(w, (struct ward_str){k->group->text, k->group->len});
	ward_wr_z(w, have == 1 ? ") has" : ") have");
}
