/* The brain's memory to bytes and back: detector, fuser, impacts told, ids seen lately.
 *
 * The bytes are bound to the content that gave them their meaning, and sealed by a hash: what a
 * torn write or a bad disk left is refused before anything of it is believed. */
#include "brain/priv.h"

#include <stdlib.h>

enum { REVISION_MAX = 1 << 30 };

struct told {
	struct ward_id id;
	struct said said;
};

static int told_cmp(const void *a, const void *b)
{
	return ward_id_cmp(((const struct told *)a)->id, ((const struct told *)b)->id);
}

static void save_said(struct ward_brain *b, struct ward_wr *w)
{
	struct told *t = ward_arena_array(&b->scratch, b->said.n, sizeof(*t));
	size_t n = 0, at = 0;
	const void *key;
	void *val;

	if (!t) {
		w->bad = true;
		return;
	}
	while (ward_tab_next(&b->said, &at, &key, &val)) {
		memcpy(&t[n].id, key, sizeof(t[n].id));
		t[n++].said = *(const struct said *)val;
	}
	if (n)
		qsort(t, n, sizeof(*t), told_cmp);
	ward_wr_varint(w, n);
	for (size_t i = 0; i < n; i++) {
		ward_wr_bytes(w, t[i].id.b, sizeof(t[i].id.b));
		ward_wr_bytes(w, t[i].said.incident.b, sizeof(t[i].said.incident.b));
		ward_wr_be32(w, t[i].said.revision);
		ward_wr_u8(w, (uint8_t)(t[i].said.withdrawn | t[i].said.further << 1));
		ward_wr_be64(w, t[i].said.content);
		ward_wr_be64(w, t[i].said.shape);
		ward_wr_be64(w, (uint64_t)t[i].said.lo_micro);
		ward_wr_be64(w, (uint64_t)t[i].said.hi_micro);
		ward_wr_be64(w, (uint64_t)t[i].said.earliest);
		ward_wr_be64(w, (uint64_t)t[i].said.expected);
	}
}

static void save_recent(const struct ward_brain *b, struct ward_wr *w)
{
	ward_wr_varint(w, b->n_recent);
	for (size_t i = 0; i < b->n_recent; i++)
		ward_wr_bytes(
			w, b->recent[(b->at_recent + i) % b->n_recent].b, sizeof(struct ward_id));
}

/* SHA-256 over all that gives the bytes of a checkpoint their meaning. Not the rules: each window
 * knows its own. */
static void print_of(const struct ward_brain *b, uint8_t ret[32])
{
	const struct ward_brain_config *c = &b->c;
	const struct ward_fuse_options *o = &c->fuse;
	int64_t option[] = {o->asset, o->actor, o->place, o->cause, o->place_hops, o->opens,
		o->joins, c->detect.lateness, c->detect.skew, c->baselines != NULL,
		c->inventory != NULL, c->doors != NULL};
	uint8_t hash[32];
	uint8_t buf[2 * 32 + 8 * WARD_ARRAY_LEN(option)];
	struct ward_wr w = ward_wr_fixed(buf, sizeof(buf));

	ward_model_hash(c->model, hash);
	ward_wr_bytes(&w, hash, sizeof(hash));
	ward_rules_hash(c->propagation, hash);
	ward_wr_bytes(&w, hash, sizeof(hash));
	for (size_t i = 0; i < WARD_ARRAY_LEN(option); i++)
		ward_wr_be64(&w, (uint64_t)option[i]);
	WARD_ASSERT(!ward_wr_bad(&w));
	ward_sha256(ward_wr_slice(&w), ret);
}

static void save_baseline(struct ward_brain *b, struct ward_wr *w)
{
	struct ward_wr part = ward_wr_grow(b->c.mem, WARD_BRAIN_PART_MAX);

	if (b->baseline)
		ward_baseline_save(b->baseline, &part);
	w->bad |= ward_wr_bad(&part);
	ward_wr_lv(w, ward_wr_slice(&part));
	ward_wr_fini(&part);
}

void ward_brain_save(struct ward_brain *b, struct ward_wr *w)
{
	struct ward_wr part = ward_wr_grow(b->c.mem, WARD_BRAIN_PART_MAX);
	uint8_t print[WARD_BRAIN_PRINT], seal[WARD_BRAIN_SEAL];
	size_t begin = w->len;

	ward_arena_reset(&b->scratch);
	print_of(b, print);
	ward_wr_u8(w, WARD_BRAIN_SAVE_VERSION);
	ward_wr_bytes(w, print, sizeof(print));
	ward_wr_be64(w, (uint64_t)b->now);
	ward_wr_be64(w, (uint64_t)b->clock);
	ward_wr_be64(w, (uint64_t)b->expired);
	ward_brain_seen_save(b, w);
	save_baseline(b, w);
	ward_offsets_save(&b->offsets, w);
	ward_brain_permits_save(b, w);
	ward_brain_mutes_save(b, w);
	ward_brain_doors_save(b, w);
	ward_brain_points_save(b, w);
	ward_brain_sources_save(b, w);
	ward_brain_census_save(b, w);
	ward_detector_save(b->detector, &part);
	w->bad |= ward_wr_bad(&part);
	ward_wr_lv(w, ward_wr_slice(&part));
	ward_wr_reset(&part);
	ward_fuser_save(b->fuser, &part);
	w->bad |= ward_wr_bad(&part);
	ward_wr_lv(w, ward_wr_slice(&part));
	ward_wr_fini(&part);
	save_said(b, w);
	save_recent(b, w);
	if (ward_wr_bad(w))
		return;
	ward_sha256((struct ward_slice){w->p + begin, w->len - begin}, seal);
	ward_wr_bytes(w, seal, sizeof(seal));
}

static bool get_id(struct ward_rd *r, struct ward_id *ret)
{
	struct ward_slice s = ward_rd_bytes(r, sizeof(ret->b));

	if (s.p)
		memcpy(ret->b, s.p, sizeof(ret->b));
	return s.p != NULL;
}

static enum ward_err load_said(struct ward_brain *b, struct ward_rd *r)
{
	uint64_t n = ward_rd_varint(r);

	for (uint64_t i = 0; i < n && !ward_rd_bad(r); i++) {
		struct told t;
		void *val;
		enum ward_err err;

		if (!get_id(r, &t.id) || !get_id(r, &t.said.incident))
			return WARD_ERR_MALFORMED;
		t.said.revision = ward_rd_be32(r);
		uint8_t flags = ward_rd_u8(r);

		t.said.withdrawn = flags & 1;
		t.said.further = flags & 2;
		t.said.content = ward_rd_be64(r);
		t.said.shape = ward_rd_be64(r);
		t.said.lo_micro = (int64_t)ward_rd_be64(r);
		t.said.hi_micro = (int64_t)ward_rd_be64(r);
		t.said.earliest = (ward_ns)ward_rd_be64(r);
		t.said.expected = (ward_ns)ward_rd_be64(r);
		t.said.round = 0;
		if (ward_rd_bad(r) || t.said.revision >= REVISION_MAX)
			return WARD_ERR_MALFORMED;
		err = ward_tab_put(&b->said, &t.id, &val, NULL);
		if (err)
			return err;
		*(struct said *)val = t.said;
	}
	return ward_rd_bad(r) ? WARD_ERR_MALFORMED : WARD_OK;
}

static enum ward_err load_recent(struct ward_brain *b, struct ward_rd *r)
{
	uint64_t n = ward_rd_varint(r);

	for (uint64_t i = 0; i < n && !ward_rd_bad(r); i++) {
		struct ward_id id;
		bool fresh;
		enum ward_err err;

		if (!get_id(r, &id))
			return WARD_ERR_MALFORMED;
		err = ward_brain_fresh(b, id, &fresh);
		if (err)
			return err;
	}
	return ward_rd_bad(r) ? WARD_ERR_MALFORMED : WARD_OK;
}

/* Lines of profiles that are others now, or of persons when there is no agreement any more, are
 * dropped and counted. */
static enum ward_err load_baseline(struct ward_brain *b, struct ward_rd *r)
{
	struct ward_slice part = ward_rd_lv(r, WARD_BRAIN_PART_MAX);

	if (ward_rd_bad(r) || (part.len && !b->baseline))
		return WARD_ERR_MALFORMED;
	enum ward_err err = b->baseline ? ward_baseline_load(b->baseline, part, NULL) : WARD_OK;

	if (!b->baseline)
		return err;

	b->learned = ward_baseline_stats(b->baseline);
	ward_count_name(b->c.counters, "baseline.dropped", b->learned.n_dropped + b->learned.n_off);
	return err;
}

static void on_window(void *ctx, struct ward_str rule, enum ward_window_fate fate)
{
	struct ward_brain *b = ctx;

	ward_count_name(b->c.counters,
		fate == WARD_WINDOW_REARMED ? "brain.windows_rearmed" : "brain.windows_dropped", 1);
	if (b->c.window)
		b->c.window(b->c.window_ctx, rule, fate);
}

/* Everything after the version and the print. */
static enum ward_err load_body(struct ward_brain *b, struct ward_rd *r)
{
	struct ward_rd part;
	enum ward_err err;

	b->now = (ward_ns)ward_rd_be64(r);
	b->clock = (ward_ns)ward_rd_be64(r);
	b->expired = (ward_ns)ward_rd_be64(r);
	err = ward_brain_seen_load(b, r);
	if (!err)
		err = load_baseline(b, r);
	if (!err)
		err = ward_offsets_load(&b->offsets, r);
	if (!err)
		err = ward_brain_permits_load(b, r);
	if (!err)
		err = ward_brain_mutes_load(b, r);
	if (!err)
		err = ward_brain_doors_load(b, r);
	if (!err)
		err = ward_brain_points_load(b, r);
	if (!err)
		err = ward_brain_sources_load(b, r);
	if (!err)
		err = ward_brain_census_load(b, r);
	if (err)
		return err;
	part = ward_rd_slice(ward_rd_lv(r, WARD_BRAIN_PART_MAX));
	if (ward_rd_bad(r))
		return WARD_ERR_MALFORMED;
	err = ward_detector_load(b->detector, &part, on_window, b);
	b->counted = ward_detector_stats(b->detector);
	if (!err && ward_rd_left(&part))
		err = WARD_ERR_MALFORMED;
	part = ward_rd_slice(ward_rd_lv(r, WARD_BRAIN_PART_MAX));
	if (!err && ward_rd_bad(r))
		err = WARD_ERR_MALFORMED;
	if (!err)
		err = ward_fuser_load(b->fuser, &part);
	if (!err && ward_rd_left(&part))
		err = WARD_ERR_MALFORMED;
	if (!err)
		err = load_said(b, r);
	if (!err)
		err = load_recent(b, r);
	return !err && ward_rd_left(r) ? WARD_ERR_MALFORMED : err;
}

enum ward_err ward_brain_load(struct ward_brain *b, struct ward_rd *r)
{
	struct ward_slice all = ward_rd_rest(r);
	uint8_t print[WARD_BRAIN_PRINT];
	struct ward_rd body;
	const uint8_t *got;

	if (ward_rd_bad(r))
		return WARD_ERR_MALFORMED;
	enum ward_err err = ward_brain_unseal(all, &body);

	if (err)
		return err;
	got = ward_rd_take(&body, WARD_BRAIN_PRINT);
	print_of(b, print);
	if (!got || memcmp(got, print, WARD_BRAIN_PRINT) != 0)
		return WARD_ERR_VERSION;
	return load_body(b, &body);
}
