/* The table as bytes, for checkpoints; format in README.md. */
#include "model/coverage/priv.h"

#include "base/rd.h"

enum { SAVE_VERSION = 4, TEXT_MAX = 1 << 20 };

static void put_texts(const struct ward_intern *t, struct ward_wr *w)
{
	ward_wr_varint(w, t->n);
	for (uint32_t i = 0; i < t->n; i++)
		ward_wr_lv(w, ward_str_bytes(ward_intern_at(t, i)));
}

static void put_span(const struct ward_cover_span *s, struct ward_wr *w)
{
	ward_wr_be64(w, (uint64_t)s->first);
	ward_wr_be64(w, (uint64_t)s->last);
}

static void put_row(const struct ward_cover_row *row, struct ward_wr *w)
{
	ward_wr_varint(w, row->key.net);
	ward_wr_varint(w, row->key.proto);
	ward_wr_u8(w, (uint8_t)row->key.how);
	put_span(&row->span, w);
	ward_wr_varint(w, row->flows);
	ward_wr_varint(w, row->packets);
	ward_wr_varint(w, row->bytes);
	ward_wr_varint(w, row->one_sided);
	ward_wr_varint(w, row->source);
	ward_wr_u8(w, row->others);
}

/* By the assets' ids: the model may be another by the time that it is loaded. */
static void put_heard(const struct ward_coverage *c, struct ward_wr *w)
{
	size_t n = c->heard ? ward_model_n(c->model) : 0, n_heard = 0;

	for (size_t i = 0; i < n; i++)
		n_heard += c->heard[i] != 0;
	ward_wr_varint(w, n_heard);
	for (size_t i = 0; i < n; i++) {
		if (!c->heard[i])
			continue;
		ward_wr_lv(w, ward_str_bytes(ward_model_node(c->model, (uint32_t)i)->id));
		ward_wr_u8(w, c->heard[i]);
	}
}

void ward_coverage_save(const struct ward_coverage *c, struct ward_wr *w)
{
	struct ward_cover_row *row = NULL;
	size_t n = 0;

	if (ward_cover_sorted(c, &row, &n) != WARD_OK) {
		w->bad = true;
		return;
	}
	ward_wr_u8(w, SAVE_VERSION);
	put_texts(&c->net, w);
	put_texts(&c->proto, w);
	put_texts(&c->source, w);
	put_texts(&c->formats, w);
	put_texts(&c->reasons, w);
	ward_wr_varint(w, c->n_src);
	for (size_t i = 0; i < c->n_src; i++) {
		const struct ward_cover_source *s = &c->src[i];

		put_span(&s->span, w);
		ward_wr_varint(w, s->events);
		ward_wr_varint(w, s->flows);
		ward_wr_varint(w, s->flows_told);
		ward_wr_varint(w, s->formats);
		ward_wr_varint(w, s->seen_bytes);
		ward_wr_varint(w, s->unseen_bytes);
		ward_wr_varint(w, s->lost);
		ward_wr_varint(w, s->lost_frames);
		ward_wr_varint(w, s->lost_events);
		ward_wr_varint(w, s->reasons);
		ward_wr_varint(w, s->snapped);
		ward_wr_varint(w, s->undecoded);
		ward_wr_varint(w, s->link_type);
		ward_wr_varint(w, s->sent);
		ward_wr_u8(w, s->live);
	}
	ward_wr_varint(w, n);
	for (size_t i = 0; i < n; i++)
		put_row(&row[i], w);
	put_heard(c, w);
	ward_wr_varint(w, c->left_out);
	if (row)
		ward_mem_free(c->mem, row, n * sizeof(*row));
}

static enum ward_err get_texts(struct ward_intern *t, struct ward_rd *r)
{
	for (uint64_t n = ward_rd_varint(r), i = 0; i < n; i++) {
		struct ward_str s = ward_slice_text(ward_rd_lv(r, TEXT_MAX));
		uint32_t id;

		if (ward_rd_bad(r) || !ward_utf8_valid(ward_str_bytes(s), NULL))
			return WARD_ERR_MALFORMED;
		enum ward_err err = ward_intern_put(t, s, &id);

		if (err)
			return err;
		if (id != i)
			return WARD_ERR_MALFORMED;
	}
	return WARD_OK;
}

static struct ward_cover_span get_span(struct ward_rd *r)
{
	struct ward_cover_span s = {.first = (ward_ns)ward_rd_be64(r)};

	s.last = (ward_ns)ward_rd_be64(r);
	return s;
}

static enum ward_err get_sources(struct ward_coverage *c, struct ward_rd *r)
{
	uint64_t n = ward_rd_varint(r);

	if (ward_rd_bad(r) || n > c->source.n)
		return WARD_ERR_MALFORMED;
	while (c->n_src < n) {
		enum ward_err err = ward_mem_more(c->mem, &c->src, c->n_src, &c->cap_src,
			sizeof(*c->src), SIZE_MAX / sizeof(*c->src));

		if (err)
			return err;
		struct ward_cover_source *s = &c->src[c->n_src++];

		s->span = get_span(r);
		s->events = ward_rd_varint(r);
		s->flows = ward_rd_varint(r);
		s->flows_told = ward_rd_varint(r);
		uint64_t formats = ward_rd_varint(r);

		if (formats >> c->formats.n)
			return WARD_ERR_MALFORMED;
		s->formats = (uint32_t)formats;
		s->seen_bytes = ward_rd_varint(r);
		s->unseen_bytes = ward_rd_varint(r);
		s->lost = ward_rd_varint(r);
		s->lost_frames = ward_rd_varint(r);
		s->lost_events = ward_rd_varint(r);
		uint64_t reasons = ward_rd_varint(r);

		if (reasons >> c->reasons.n)
			return WARD_ERR_MALFORMED;
		s->reasons = (uint32_t)reasons;
		s->snapped = ward_rd_varint(r);
		s->undecoded = ward_rd_varint(r);
		s->link_type = ward_rd_varint(r);
		s->sent = ward_rd_varint(r);
		uint8_t live = ward_rd_u8(r);

		s->live = live;
		if (ward_rd_bad(r) || live > 1)
			return WARD_ERR_MALFORMED;
	}
	return WARD_OK;
}

static enum ward_err get_row(struct ward_coverage *c, struct ward_rd *r)
{
	uint64_t net = ward_rd_varint(r), proto = ward_rd_varint(r);
	struct ward_cover_row row = {.key.how = ward_rd_u8(r)};
	bool fresh;
	void *v;

	row.span = get_span(r);
	row.flows = ward_rd_varint(r);
	row.packets = ward_rd_varint(r);
	row.bytes = ward_rd_varint(r);
	row.one_sided = ward_rd_varint(r);
	uint64_t source = ward_rd_varint(r);
	uint8_t others = ward_rd_u8(r);

	if (ward_rd_bad(r) || net >= c->net.n || proto >= c->proto.n ||
		row.key.how >= WARD_COVER_N || source >= c->n_src || others > 1)
		return WARD_ERR_MALFORMED;
	row.key.net = (uint32_t)net;
	row.key.proto = (uint32_t)proto;
	row.source = (uint32_t)source;
	row.others = others;
	enum ward_err err = ward_tab_put(&c->rows, &row.key, &v, &fresh);

	if (!err && !fresh)
		return WARD_ERR_MALFORMED;
	if (!err) {
		memcpy(v, &row, sizeof(row));
		err = ward_cover_counted(c, &row.key);
	}
	return err;
}

static enum ward_err get_rows(struct ward_coverage *c, struct ward_rd *r)
{
	enum ward_err err = WARD_OK;

	/* Each turn takes bytes or fails. */
	for (uint64_t n = ward_rd_varint(r); n && !err; n--)
		err = get_row(c, r);
	return err;
}

static enum ward_err get_heard(struct ward_coverage *c, struct ward_rd *r)
{
	for (uint64_t n = ward_rd_varint(r); n; n--) {
		struct ward_str id = ward_slice_text(ward_rd_lv(r, TEXT_MAX));
		uint8_t how = ward_rd_u8(r);

		if (ward_rd_bad(r) || how < 1 || how > 3)
			return WARD_ERR_MALFORMED;
		uint32_t node = c->model ? ward_model_find(c->model, id) : WARD_NONE;

		if (node != WARD_NONE)
			c->heard[node] = how;
	}
	return WARD_OK;
}

enum ward_err ward_coverage_load(struct ward_coverage *c, struct ward_slice bytes)
{
	struct ward_rd r = ward_rd_slice(bytes);
	enum ward_err err = ward_rd_u8(&r) == SAVE_VERSION ? WARD_OK : WARD_ERR_VERSION;

	WARD_ASSERT(!c->rows.n && !c->n_src && !c->source.n);
	if (!err)
		err = get_texts(&c->net, &r);
	if (!err)
		err = get_texts(&c->proto, &r);
	if (!err)
		err = get_texts(&c->source, &r);
	if (!err)
		err = get_texts(&c->formats, &r);
	if (!err)
		err = get_texts(&c->reasons, &r);
	if (!err)
		err = get_sources(c, &r);
	if (!err)
		err = get_rows(c, &r);
	if (!err)
		err = get_heard(c, &r);
	c->left_out = ward_rd_varint(&r);
	if (!err && (ward_rd_bad(&r) || ward_rd_left(&r)))
		err = WARD_ERR_MALFORMED;
	return err;
}
