/* The fuser's memory to and from bytes. Links are not stored: they follow from the detections, so
 * loading takes them in again and gives each group back its number and its former names. */
#include "base/rd.h"
#include "fuse/priv.h"

#include <stdlib.h>

enum { SAVE_VERSION = 6, TEXT_MAX = 1 << 20, REVISION_MAX = 1 << 30 };

static void put_text(struct ward_wr *w, struct ward_str s)
{
	ward_wr_lv(w, ward_str_bytes(s));
}

static void put_node(struct ward_wr *w, const struct ward_model *m, uint32_t node)
{
	put_text(w, node == WARD_NONE ? WARD_STR("") : ward_model_node(m, node)->id);
}

static void put_part(struct ward_wr *w, const struct part *p)
{
	ward_wr_bytes(w, p->id.b, sizeof(p->id.b));
	ward_wr_varint(w, p->revision);
	ward_wr_be64(w, (uint64_t)p->first);
	ward_wr_be64(w, (uint64_t)p->last);
	ward_wr_u8(w, (uint8_t)p->n_mark);
	for (size_t i = 0; i < p->n_mark; i++)
		ward_wr_bytes(w, &p->mark[i], sizeof(p->mark[i])); /* as they stand in an id */
}

static void put_permit(struct ward_wr *w, const struct ward_permitted *p)
{
	put_text(w, p->id);
	if (!p->id.len)
		return;
	put_text(w, p->who);
	ward_wr_be64(w, (uint64_t)p->from);
	ward_wr_be64(w, (uint64_t)p->until);
	ward_wr_u8(w, p->expected);
	put_text(w, p->why);
	put_text(w, p->because);
}

static void put_kept(struct ward_wr *w, const struct ward_model *m, const struct kept *k)
{
	const struct ward_detection *d = &k->d;

	put_text(w, d->rule);
	put_text(w, d->title);
	put_text(w, d->author);
	ward_wr_u8(w, (uint8_t)d->level);
	put_text(w, d->threat == WARD_NONE
			    ? WARD_STR("")
			    : ward_threats_at(ward_model_threats(m), d->threat)->code);
	put_node(w, m, d->asset);
	put_text(w, d->subject);
	put_node(w, m, d->place);
	put_text(w, d->actor);
	put_permit(w, &d->permit);
	ward_wr_bytes(w, k->side.b, sizeof(k->side.b));
	ward_wr_bytes(w, k->tie.b, sizeof(k->tie.b));
	ward_wr_varint(w, k->count);
	ward_wr_varint(w, k->n_part);
	for (size_t i = 0; i < k->n_part; i++)
		put_part(w, &k->part[i]);
	if (k->count > k->n_part)
		put_part(w, &k->old);
}

static void put_ids(struct ward_wr *w, const struct ward_id *id, size_t n)
{
	ward_wr_varint(w, n);
	for (size_t i = 0; i < n; i++)
		ward_wr_bytes(w, id[i].b, sizeof(id[i].b));
}

static int id_cmp(const void *a, const void *b)
{
	return ward_id_cmp(*(const struct ward_id *)a, *(const struct ward_id *)b);
}

static void put_past(struct ward_wr *w, struct ward_fuser *f)
{
	struct ward_id *id;
	size_t n = 0, at = 0;
	const void *key;
	void *val;

	ward_arena_reset(&f->out);
	id = ward_arena_array(&f->out, f->past.n, sizeof(*id));
	if (!id) {
		w->bad = true;
		return;
	}
	while (ward_tab_next(&f->past, &at, &key, &val))
		memcpy(&id[n++], key, sizeof(*id));
	if (n)
		qsort(id, n, sizeof(*id), id_cmp);
	ward_wr_varint(w, n);
	for (size_t i = 0; i < n; i++) {
		const struct past *p = ward_tab_find(&f->past, &id[i]);

		ward_wr_bytes(w, id[i].b, sizeof(id[i].b));
		ward_wr_varint(w, p->revision);
		ward_wr_be64(w, (uint64_t)p->last);
	}
}

/* In order of their first detection: equal states give equal bytes. */
static int group_cmp(const void *va, const void *vb)
{
	const struct group *a = *(struct group *const *)va, *b = *(struct group *const *)vb;

	return ward_id_cmp(a->member[0]->d.id, b->member[0]->d.id);
}

void ward_fuser_save(struct ward_fuser *f, struct ward_wr *w)
{
	if (f->n_group)
		qsort(f->group, f->n_group, sizeof(struct group *), group_cmp);
	ward_wr_u8(w, SAVE_VERSION);
	put_past(w, f);
	ward_fuse_asleep_save(f, w);
	ward_wr_varint(w, f->n_group);
	for (size_t i = 0; i < f->n_group; i++) {
		const struct group *g = f->group[i];

		ward_fuse_decided_save(w, &g->decided);
		ward_wr_varint(w, g->n);
		for (size_t k = 0; k < g->n; k++)
			put_kept(w, f->m, g->member[k]);
		ward_wr_varint(w, g->revision);
		ward_wr_u8(w, (uint8_t)(g->repeated | g->withheld << 1));
		ward_wr_be64(w, (uint64_t)g->told_at);
		ward_wr_bytes(w, g->id.b, sizeof(g->id.b));
		put_ids(w, g->superseded, g->n_superseded);
		ward_wr_bytes(w, g->follows.b, sizeof(g->follows.b));
		ward_wr_be64(w, (uint64_t)g->follows_last);
	}
}

static struct ward_str get_text(struct ward_rd *r)
{
	return ward_slice_text(ward_rd_lv(r, TEXT_MAX));
}

static struct ward_id get_id(struct ward_rd *r)
{
	struct ward_slice s = ward_rd_bytes(r, sizeof(struct ward_id));
	struct ward_id id = {{0}};

	if (s.p)
		memcpy(id.b, s.p, sizeof(id.b));
	return id;
}

/* A count of items of at least min bytes each; bad when the rest can't hold them. */
static size_t get_count(struct ward_rd *r, size_t min)
{
	uint64_t n = ward_rd_varint(r);

	if (n > ward_rd_left(r) / min)
		r->bad = true;
	return r->bad ? 0 : (size_t)n;
}

static uint32_t get_revision(struct ward_rd *r)
{
	uint64_t v = ward_rd_varint(r);

	if (v >= REVISION_MAX)
		r->bad = true;
	return r->bad ? 0 : (uint32_t)v;
}

static struct part get_part(struct ward_rd *r)
{
	struct part p = {.id = get_id(r), .revision = get_revision(r)};

	p.first = (ward_ns)ward_rd_be64(r);
	p.last = (ward_ns)ward_rd_be64(r);
	p.n_mark = ward_rd_u8(r);
	if (p.first > p.last || p.n_mark > WARD_FUSE_MARKS_MAX) {
		r->bad = true;
		p.n_mark = 0;
	}
	for (size_t i = 0; i < p.n_mark; i++) {
		struct ward_slice s = ward_rd_bytes(r, sizeof(p.mark[i]));

		if (s.p)
			memcpy(&p.mark[i], s.p, sizeof(p.mark[i]));
	}
	return p;
}

static uint32_t get_node(struct ward_rd *r, const struct ward_model *m)
{
	struct ward_str id = get_text(r);
	uint32_t node = id.len ? ward_model_find(m, id) : WARD_NONE;

	if (id.len && node == WARD_NONE)
		r->bad = true; /* of another model */
	return node;
}

static struct ward_permitted get_permit(struct ward_rd *r)
{
	struct ward_permitted p = {.id = get_text(r)};
	uint8_t expected;

	if (!p.id.len)
		return p;
	p.who = get_text(r);
	p.from = (ward_ns)ward_rd_be64(r);
	p.until = (ward_ns)ward_rd_be64(r);
	expected = ward_rd_u8(r);
	p.expected = expected == 1;
	p.why = get_text(r);
	p.because = get_text(r);
	if (expected > 1)
		r->bad = true;
	return p;
}

/* What all of a member say; texts are borrowed from r. */
static enum ward_err get_detection(
	struct ward_rd *r, const struct ward_fuser *f, struct ward_detection *d)
{
	*d = (struct ward_detection){.rule = get_text(r)};
	d->title = get_text(r);
	d->author = get_text(r);
	uint8_t level = ward_rd_u8(r);

	d->threat_code = get_text(r);
	d->asset = get_node(r, f->m);
	d->subject = get_text(r);
	d->place = get_node(r, f->m);
	d->actor = get_text(r);
	d->permit = get_permit(r);
	if (ward_rd_bad(r) || level >= WARD_LEVEL_N)
		return WARD_ERR_MALFORMED;
	d->level = (enum ward_level)level;
	d->threat = d->threat_code.len ? ward_threats_find(ward_model_threats(f->m), d->threat_code)
				       : WARD_NONE;
	return d->threat_code.len && d->threat == WARD_NONE ? WARD_ERR_MALFORMED : WARD_OK;
}

static enum ward_err get_parts(struct ward_rd *r, struct ward_fuser *f, struct kept *k)
{
	uint64_t count = ward_rd_varint(r);
	size_t n = get_count(r, sizeof(struct ward_id));
	enum ward_err err = WARD_OK;

	if (ward_rd_bad(r) || n == 0 || n > WARD_FUSE_PARTS_MAX || count < n || count > INT64_MAX)
		return WARD_ERR_MALFORMED;
	for (size_t i = 0; i < n && !err; i++) {
		struct part p = get_part(r);

		if (ward_rd_bad(r) || ward_tab_find(&f->by_id, &p.id))
			return WARD_ERR_MALFORMED;
		err = ward_fuse_part_add(f, k, &p);
	}
	if (err || count == n)
		return err;
	k->old = get_part(r);
	if (ward_rd_bad(r))
		return WARD_ERR_MALFORMED;
	k->count = count;
	ward_fuse_span(k);
	return WARD_OK;
}

/* own: of what is over, the group that all its members are put into; it is made for the first. */
static enum ward_err into_own(
	struct ward_fuser *f, struct kept *k, const struct decided *d, struct group **own)
{
	enum ward_err err = *own ? WARD_OK : ward_fuse_group_new(f, own);

	if (err)
		return err;
	(*own)->decided = *d;
	return ward_fuse_group_add(f, *own, k);
}

static enum ward_err load_member(
	struct ward_fuser *f, struct ward_rd *r, const struct decided *o, struct group **ret)
{
	struct ward_detection d;
	struct kept *k = NULL;
	enum ward_err err = get_detection(r, f, &d);

	if (!err)
		err = ward_fuse_keep(f, &d, &k);
	if (err)
		return err;
	k->side = get_id(r);
	k->tie = get_id(r);
	f->sided |= !ward_id_eq(k->side, (struct ward_id){{0}});
	err = get_parts(r, f, k);
	if (!err && o->any && ward_incident_is_over(o->state))
		err = into_own(f, k, o, ret);
	if (!err)
		err = ward_fuse_place(f, k);
	if (k->group)
		*ret = k->group;
	else
		ward_fuse_forget(f, k);
	return err;
}

static enum ward_err load_past(struct ward_fuser *f, struct ward_rd *r)
{
	size_t n = get_count(r, sizeof(struct ward_id));
	enum ward_err err = WARD_OK;

	for (size_t i = 0; i < n && !err; i++) {
		struct ward_id id = get_id(r);
		struct past p = {get_revision(r), 0};
		void *val;

		p.last = (ward_ns)ward_rd_be64(r);
		if (ward_rd_bad(r))
			return WARD_ERR_MALFORMED;
		err = ward_tab_put(&f->past, &id, &val, NULL);
		if (!err)
			*(struct past *)val = p;
	}
	return err;
}

static enum ward_err load_group(struct ward_fuser *f, struct ward_rd *r)
{
	struct group *g = NULL;
	struct decided decided;

	ward_fuse_decided_load(r, &decided);
	size_t n = get_count(r, sizeof(struct ward_id));
	enum ward_err err = n ? WARD_OK : WARD_ERR_MALFORMED;

	for (size_t i = 0; !err && i < n; i++)
		err = load_member(f, r, &decided, &g);
	if (err)
		return err;
	uint8_t flags;

	g->revision = get_revision(r);
	flags = ward_rd_u8(r);
	if (flags > 3)
		r->bad = true;
	g->changed = false;
	g->decided = decided;
	g->repeated = flags & 1;
	g->withheld = flags >> 1 & 1;
	g->told_at = (ward_ns)ward_rd_be64(r);
	g->id = get_id(r);
	g->gist = ward_fuse_gist(f, g); /* all was told when it was saved */
	n = get_count(r, sizeof(struct ward_id));
	for (size_t i = 0; i < n && !err; i++) {
		err = ward_mem_more(f->mem, &g->superseded, g->n_superseded, &g->cap_superseded,
			sizeof(*g->superseded), n);
		if (!err)
			g->superseded[g->n_superseded++] = get_id(r);
	}
	g->follows = get_id(r);
	g->follows_last = (ward_ns)ward_rd_be64(r);
	return ward_rd_bad(r) ? WARD_ERR_MALFORMED : err;
}

enum ward_err ward_fuser_load(struct ward_fuser *f, struct ward_rd *r)
{
	enum ward_err err = WARD_OK;
	size_t n;

	ward_fuse_clear(f);
	if (ward_rd_u8(r) != SAVE_VERSION)
		return ward_rd_bad(r) ? WARD_ERR_MALFORMED : WARD_ERR_VERSION;
	err = load_past(f, r);
	if (!err)
		err = ward_fuse_asleep_load(f, r);
	n = err ? 0 : get_count(r, sizeof(struct ward_id));
	for (size_t i = 0; !err && i < n; i++)
		err = load_group(f, r);
	f->next_due = INT64_MIN; /* to be looked for */
	if (!err && ward_rd_bad(r))
		err = WARD_ERR_MALFORMED;
	if (err)
		ward_fuse_clear(f);
	return err;
}
