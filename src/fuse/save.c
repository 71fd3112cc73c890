/* The fuser's memory to and from bytes. Links are not stored: they follow from the detections, so
 * loading takes them in again and gives each group back its number and its former names. */
#include "base/rd.h"
#include "fuse/priv.h"

#include <stdlib.h>

enum { SAVE_VERSION = 1, TEXT_MAX = 1 << 20 };

static void put_text(struct ward_wr *w, struct ward_str s)
{
	ward_wr_lv(w, ward_str_bytes(s));
}

static void put_node(struct ward_wr *w, const struct ward_model *m, uint32_t node)
{
	put_text(w, node == WARD_NONE ? WARD_STR("") : ward_model_node(m, node)->id);
}

static void put_detection(
	struct ward_wr *w, const struct ward_model *m, const struct ward_detection *d)
{
	ward_wr_bytes(w, d->id.b, sizeof(d->id.b));
	ward_wr_varint(w, d->revision);
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
	ward_wr_be64(w, (uint64_t)d->first);
	ward_wr_be64(w, (uint64_t)d->last);
	ward_wr_varint(w, d->n_evidence);
	for (size_t i = 0; i < d->n_evidence; i++)
		ward_wr_bytes(w, d->evidence[i].b, sizeof(d->evidence[i].b));
	ward_wr_varint(w, d->n_match);
	for (size_t i = 0; i < d->n_match; i++) {
		put_text(w, d->match[i].field);
		put_text(w, d->match[i].value);
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
	ward_wr_varint(w, f->n_group);
	for (size_t i = 0; i < f->n_group; i++) {
		const struct group *g = f->group[i];

		ward_wr_varint(w, g->n);
		for (size_t k = 0; k < g->n; k++)
			put_detection(w, f->m, &g->member[k]->d);
		ward_wr_varint(w, g->revision);
		ward_wr_bytes(w, g->id.b, sizeof(g->id.b));
		ward_wr_varint(w, g->n_superseded);
		for (size_t k = 0; k < g->n_superseded; k++)
			ward_wr_bytes(w, g->superseded[k].b, sizeof(g->superseded[k].b));
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

static enum ward_err get_detection(struct ward_rd *r, const struct ward_fuser *f,
	struct ward_arena *a, struct ward_detection *d)
{
	struct ward_str threat;

	*d = (struct ward_detection){.id = get_id(r)};
	d->revision = (uint32_t)ward_rd_varint(r);
	d->rule = get_text(r);
	d->title = get_text(r);
	d->author = get_text(r);
	uint8_t level = ward_rd_u8(r);

	threat = get_text(r);
	d->asset = ward_model_find(f->m, get_text(r));
	d->subject = get_text(r);
	d->place = ward_model_find(f->m, get_text(r));
	d->actor = get_text(r);
	d->first = (ward_ns)ward_rd_be64(r);
	d->last = (ward_ns)ward_rd_be64(r);
	d->n_evidence = get_count(r, sizeof(struct ward_id));
	d->evidence = ward_arena_array(a, d->n_evidence, sizeof(*d->evidence));
	for (size_t i = 0; d->evidence && i < d->n_evidence; i++)
		d->evidence[i] = get_id(r);
	d->n_match = get_count(r, 2);
	d->match = ward_arena_array(a, d->n_match, sizeof(*d->match));
	for (size_t i = 0; d->match && i < d->n_match; i++) {
		d->match[i].field = get_text(r);
		d->match[i].value = get_text(r);
	}
	if (ward_rd_bad(r) || level >= WARD_LEVEL_N)
		return WARD_ERR_MALFORMED;
	d->level = (enum ward_level)level;
	d->threat = ward_threats_find(ward_model_threats(f->m), threat);
	d->threat_code = threat;
	return d->evidence && d->match ? WARD_OK : WARD_ERR_NOMEM;
}

static enum ward_err load_member(struct ward_fuser *f, struct ward_rd *r, struct group **ret)
{
	struct ward_arena a;
	struct ward_detection d;
	struct kept *k = NULL;
	void *slot;
	bool fresh;
	enum ward_err err;

	ward_arena_init(&a, f->mem, 64 << 20);
	err = get_detection(r, f, &a, &d);
	if (!err)
		err = ward_fuse_keep(f, &d, &k);
	ward_arena_fini(&a);
	if (err)
		return err;
	err = ward_tab_put(&f->by_id, &k->d.id, &slot, &fresh);
	if (!err && !fresh)
		err = WARD_ERR_MALFORMED;
	if (!err) {
		memcpy(slot, &k, sizeof(k));
		err = ward_fuse_place(f, k);
		*ret = k->group;
		f->n_kept += k->group != NULL;
	}
	if (err && !k->group)
		ward_fuse_drop(f, k);
	return err;
}

static enum ward_err load_group(struct ward_fuser *f, struct ward_rd *r)
{
	struct group *g = NULL;
	size_t n = get_count(r, sizeof(struct ward_id));
	enum ward_err err = n ? WARD_OK : WARD_ERR_MALFORMED;

	for (size_t i = 0; !err && i < n; i++)
		err = load_member(f, r, &g);
	if (err)
		return err;
	g->revision = (uint32_t)ward_rd_varint(r);
	g->changed = false;
	g->id = get_id(r);
	n = get_count(r, sizeof(struct ward_id));
	for (size_t i = 0; i < n && !err; i++) {
		err = ward_mem_more(f->mem, &g->superseded, g->n_superseded, &g->cap_superseded,
			sizeof(*g->superseded), n);
		if (!err)
			g->superseded[g->n_superseded++] = get_id(r);
	}
	return ward_rd_bad(r) ? WARD_ERR_MALFORMED : err;
}

enum ward_err ward_fuser_load(struct ward_fuser *f, struct ward_rd *r)
{
	enum ward_err err = WARD_OK;
	size_t n;

	ward_fuse_clear(f);
	if (ward_rd_u8(r) != SAVE_VERSION)
		return ward_rd_bad(r) ? WARD_ERR_MALFORMED : WARD_ERR_VERSION;
	n = get_count(r, sizeof(struct ward_id));
	for (size_t i = 0; !err && i < n; i++)
		err = load_group(f, r);
	if (!err && ward_rd_bad(r))
		err = WARD_ERR_MALFORMED;
	if (err)
		ward_fuse_clear(f);
	return err;
}
