/* The brain's memory to bytes and back: detector, fuser, impacts told, ids seen lately. */
#include "brain/priv.h"

#include <stdlib.h>

enum { SAVE_VERSION = 1, PART_BYTES_MAX = 512 << 20 };

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
		ward_wr_be64(w, t[i].said.content);
	}
}

static void save_recent(const struct ward_brain *b, struct ward_wr *w)
{
	ward_wr_varint(w, b->n_recent);
	for (size_t i = 0; i < b->n_recent; i++)
		ward_wr_bytes(
			w, b->recent[(b->at_recent + i) % b->n_recent].b, sizeof(struct ward_id));
}

void ward_brain_save(struct ward_brain *b, struct ward_wr *w)
{
	struct ward_wr part = ward_wr_grow(b->c.mem, PART_BYTES_MAX);

	ward_arena_reset(&b->scratch);
	ward_wr_u8(w, SAVE_VERSION);
	ward_wr_be64(w, (uint64_t)b->now);
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
		t.said.content = ward_rd_be64(r);
		t.said.round = 0;
		if (ward_rd_bad(r))
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

enum ward_err ward_brain_load(struct ward_brain *b, struct ward_rd *r)
{
	uint64_t dropped = 0;
	struct ward_rd part;
	enum ward_err err;

	if (ward_rd_u8(r) != SAVE_VERSION)
		return ward_rd_bad(r) ? WARD_ERR_MALFORMED : WARD_ERR_VERSION;
	b->now = (ward_ns)ward_rd_be64(r);
	part = ward_rd_slice(ward_rd_lv(r, PART_BYTES_MAX));
	if (ward_rd_bad(r))
		return WARD_ERR_MALFORMED;
	err = ward_detector_load(b->detector, &part, &dropped);
	ward_count_name(b->c.counters, "brain.windows_dropped", dropped);
	part = ward_rd_slice(ward_rd_lv(r, PART_BYTES_MAX));
	if (!err && ward_rd_bad(r))
		err = WARD_ERR_MALFORMED;
	if (!err)
		err = ward_fuser_load(b->fuser, &part);
	if (!err)
		err = load_said(b, r);
	return err ? err : load_recent(b, r);
}
