#include "audit/bundle.h"

#include "audit/belongs.h"

#include <stdlib.h>

enum { PAGE = 512, ROWS_MAX = 1 << 24, IDS_MAX = 1 << 20 };

struct head_at {
	uint64_t row;
	struct ward_head is;
};

struct making {
	struct ward_store *s;
	const struct ward_mem *mem;
	struct ward_wr *w;
	struct ward_bundle_made *made;
	struct ward_hash *leaf; /* n_leaf hashes of leaves */
	size_t n_leaf, cap_leaf;
	struct ward_hash *tree; /* levels of the signed tree, above each other: a node without a
				   sibling goes up as it is */
	size_t cap_tree;
	struct head_at *head;
	size_t n_head, cap_head;
	struct ward_id *named; /* by the incident's revisions, and by the detections among these */
	size_t n_named, cap_named;
	size_t n_sorted;                /* of them, so far */
	const struct ward_id *incident; /* NULL: all */
	struct ward_belongs clips;      /* of it */
	char id[WARD_ID_TEXT];
	uint64_t first, last; /* rows of it; 0: none */
	uint64_t lines;
	enum ward_err err;
};

/* Every leaf through fn. */
static enum ward_err each(struct making *m, ward_store_leaf_fn fn)
{
	uint64_t end = ward_store_last(m->s);

	for (uint64_t after = 0; after < end && !m->err; after += PAGE) {
		enum ward_err err = ward_store_leaves(m->s, after, PAGE, fn, m);

		if (err)
			return err;
	}
	return m->err;
}

static enum ward_err add(struct making *m, void *items, size_t n, size_t *cap, size_t size)
{
	return ward_mem_more(m->mem, items, n, cap, size, ROWS_MAX);
}

static bool names_incident(const struct making *m, const struct ward_store_row *r)
{
	return ward_id_eq(r->id, *m->incident) ||
	       (r->json.p && ward_str_find(r->json, ward_str_z(m->id)) < r->json.len);
}

/* Each id in a revision of the incident. */
static enum ward_err take_names(struct making *m, struct ward_str json)
{
	enum ward_err err = WARD_OK;

	for (size_t i = 0; !err && i + WARD_ID_TEXT - 1 <= json.len; i++) {
		struct ward_id id;

		if (json.p[i] != '-' && i + 8 < json.len && json.p[i + 8] == '-' &&
			ward_id_parse(ward_str_sub(json, i, WARD_ID_TEXT - 1), &id)) {
			err = m->n_named < IDS_MAX
				      ? add(m, &m->named, m->n_named, &m->cap_named, sizeof(id))
				      : WARD_ERR_LIMIT;
			if (!err)
				m->named[m->n_named++] = id;
			i += WARD_ID_TEXT - 2;
		}
	}
	return err;
}

static int by_id(const void *a, const void *b)
{
	return ward_id_cmp(*(const struct ward_id *)a, *(const struct ward_id *)b);
}

static void sort_names(struct making *m)
{
	if (m->n_named)
		qsort(m->named, m->n_named, sizeof(*m->named), by_id);
	m->n_sorted = m->n_named;
}

static bool is_named(const struct making *m, const struct ward_id *id)
{
	return m->n_sorted && bsearch(id, m->named, m->n_sorted, sizeof(*id), by_id);
}

/* The second reading: what the incident's detections name, as reports of people. */
static bool gather_events(void *ctx, const struct ward_store_leaf *l)
{
	struct making *m = ctx;

	if (l->row.kind == WARD_ROW_DETECTION && l->row.json.p && is_named(m, &l->row.id))
		m->err = take_names(m, l->row.json);
	return !m->err;
}

/* The first reading: leaves, heads, what the incident's revisions name. */
static bool gather(void *ctx, const struct ward_store_leaf *l)
{
	struct making *m = ctx;
	struct head_at h = {.row = l->row.row};

	m->err = add(m, &m->leaf, m->n_leaf, &m->cap_leaf, sizeof(*m->leaf));
	if (m->err)
		return false;
	ward_ledger_leaf(
		ward_slice_of(l->commitment.b, sizeof(l->commitment.b)), &m->leaf[m->n_leaf++]);
	if (l->row.kind == WARD_ROW_HEAD && l->row.json.p &&
		ward_head_read(l->row.json, &h.is) == WARD_OK) {
		m->err = add(m, &m->head, m->n_head, &m->cap_head, sizeof(h));
		if (!m->err)
			m->head[m->n_head++] = h;
	}
	if (!m->err && m->incident && l->row.kind == WARD_ROW_INCIDENT && l->row.json.p &&
		ward_id_eq(l->row.id, *m->incident))
		m->err = take_names(m, l->row.json);
	return !m->err;
}

static bool is_of(const struct making *m, const struct ward_store_row *r)
{
	if (!m->incident)
		return true;
	if (r->kind == WARD_ROW_HEAD)
		return false;
	return names_incident(m, r) || (r->kind != WARD_ROW_INCIDENT && is_named(m, &r->id)) ||
	       (r->kind != WARD_ROW_INCIDENT && ward_belongs_named(&m->clips, r->id)) ||
	       ward_belongs_row(&m->clips, r);
}

static bool find_span(void *ctx, const struct ward_store_leaf *l)
{
	struct making *m = ctx;

	if (is_of(m, &l->row)) {
		m->first = m->first ? m->first : l->row.row;
		m->last = l->row.row;
	}
	return true;
}

static enum ward_err leaf_at(void *ctx, uint64_t index, struct ward_hash *ret)
{
	struct making *m = ctx;

	*ret = m->leaf[index];
	return WARD_OK;
}

static void put_path(struct making *m, const struct ward_hash *path, size_t n)
{
	ward_wr_z(m->w, ",\"path\":[");
	for (size_t i = 0; i < n; i++) {
		ward_wr_z(m->w, i ? ",\"" : "\"");
		ward_wr_hex(m->w, ward_slice_of(path[i].b, sizeof(path[i].b)));
		ward_wr_ch(m->w, '"');
	}
	ward_wr_ch(m->w, ']');
}

static void end_line(struct making *m)
{
	ward_wr_z(m->w, "}\n");
	m->lines++;
}

static enum ward_err put_consistency(struct making *m, uint64_t from, uint64_t to)
{
	const struct ward_ledger_source src = {leaf_at, m};
	struct ward_hash path[WARD_LEDGER_PROOF];
	size_t n;
	enum ward_err err = ward_ledger_consistency(&src, from, to, path, &n);

	if (err)
		return err;
	ward_wr_printf(m->w, "{\"what\":\"consistency\",\"from\":%llu,\"to\":%llu",
		(unsigned long long)from, (unsigned long long)to);
	put_path(m, path, n);
	end_line(m);
	return WARD_OK;
}

static void put_head(struct making *m, const struct head_at *h)
{
	ward_wr_printf(
		m->w, "{\"what\":\"head\",\"row\":%llu,\"record\":", (unsigned long long)h->row);
	ward_head_write(m->w, &h->is);
	end_line(m);
}

/* The levels above the leaves of the signed tree, for paths in O(log n). */
static enum ward_err grow_tree(struct making *m)
{
	size_t n = (size_t)m->made->top.tree.n, from = 0, at = n;

	m->cap_tree = 2 * n + WARD_LEDGER_PROOF;
	m->tree = ward_mem_alloc(m->mem, m->cap_tree * sizeof(*m->tree));
	if (!m->tree)
		return WARD_ERR_NOMEM;
	memcpy(m->tree, m->leaf, n * sizeof(*m->tree));
	for (; n > 1; n = (n + 1) / 2) {
		for (size_t i = 0; i + 1 < n; i += 2)
			ward_ledger_node(
				&m->tree[from + i], &m->tree[from + i + 1], &m->tree[at++]);
		if (n & 1)
			m->tree[at++] = m->tree[from + n - 1];
		from += n;
	}
	return WARD_OK;
}

/* RFC 9162 2.1.3.1. */
static size_t path_of(const struct making *m, uint64_t row, struct ward_hash ret[WARD_LEDGER_PROOF])
{
	size_t n = (size_t)m->made->top.tree.n, from = 0, i = (size_t)row - 1, n_path = 0;

	for (; n > 1; n = (n + 1) / 2, i /= 2) {
		if ((i ^ 1) < n)
			ret[n_path++] = m->tree[from + (i ^ 1)];
		from += n;
	}
	return n_path;
}

/* Of many heads those that matter here: who signs, the first that has the first row, the first that
 * has all, the last. */
static bool is_told(const struct making *m, size_t i, size_t top)
{
	const struct ward_head *h = &m->head[i].is;
	uint64_t before = 0;

	if (!m->incident || i == top || h->what != WARD_HEAD_TREE)
		return i <= top;
	for (size_t k = 0; k < i; k++)
		if (m->head[k].is.what == WARD_HEAD_TREE)
			before = m->head[k].is.tree.n;
	return i < top && ((before < m->first && h->tree.n >= m->first) ||
				  (before < m->last && h->tree.n >= m->last) || before == 0);
}

/* A log that ended is another tree: its heads show who signs, and are proven by nothing here. */
static enum ward_err put_heads(struct making *m)
{
	size_t top = m->n_head;
	enum ward_err err = WARD_OK;

	for (size_t i = 0; i < m->n_head; i++)
		if (m->head[i].is.what == WARD_HEAD_TREE && m->head[i].is.tree.n <= m->n_leaf)
			top = i;
	if (top == m->n_head)
		return WARD_ERR_STATE;
	m->made->top = m->head[top].is;
	for (size_t i = 0; i < m->n_head; i++)
		if (is_told(m, i, top))
			put_head(m, &m->head[i]);
	for (size_t i = 0; i < top && !err; i++)
		if (is_told(m, i, top) && m->head[i].is.what != WARD_HEAD_BREAK &&
			ward_hash_eq(&m->head[i].is.tree.log, &m->made->top.tree.log))
			err = put_consistency(m, m->head[i].is.tree.n, m->made->top.tree.n);
	return err;
}

static bool put_row(void *ctx, const struct ward_store_leaf *l)
{
	struct making *m = ctx;
	const struct ward_store_row *r = &l->row;
	struct ward_hash path[WARD_LEDGER_PROOF];
	char id[WARD_ID_TEXT];
	size_t n = 0;

	if (!is_of(m, r))
		return true;
	if (r->row > m->made->top.tree.n && r->kind == WARD_ROW_HEAD)
		return true;
	if (r->row > m->made->top.tree.n) {
		m->made->n_late++;
		return true;
	}
	if (m->incident)
		n = path_of(m, r->row, path);
	ward_id_text(r->id, id);
	ward_wr_printf(m->w,
		"{\"what\":\"row\",\"row\":%llu,\"row_kind\":%u,\"id\":\"%s\",\"revision\":%lu,"
		"\"time\":%lld,\"salt\":\"",
		(unsigned long long)r->row, (unsigned)r->kind, id, (unsigned long)r->revision,
		(long long)r->time);
	ward_wr_hex(m->w, l->salt);
	ward_wr_z(m->w, "\",\"commitment\":\"");
	ward_wr_hex(m->w, ward_slice_of(l->commitment.b, sizeof(l->commitment.b)));
	ward_wr_ch(m->w, '"');
	put_path(m, path, n);
	ward_wr_z(m->w, ",\"record\":");
	ward_wr_str(m->w, r->json.p ? r->json : WARD_STR("null"));
	end_line(m);
	m->made->n_row++;
	m->made->n_erased += !r->json.p;
	m->err = ward_wr_bad(m->w) ? WARD_ERR_LIMIT : WARD_OK;
	return !m->err;
}

static void put_end(struct making *m, size_t begin)
{
	uint8_t sum[32];

	if (ward_wr_bad(m->w))
		return;
	ward_sha256((struct ward_slice){m->w->p + begin, m->w->len - begin}, sum);
	ward_wr_printf(m->w, "{\"what\":\"end\",\"lines\":%llu,\"sha256\":\"",
		(unsigned long long)m->lines);
	ward_wr_hex(m->w, ward_slice_of(sum, sizeof(sum)));
	ward_wr_z(m->w, "\"}\n");
}

static enum ward_err make(struct making *m)
{
	size_t begin = m->w->len;
	enum ward_err err = m->incident ? ward_belongs_find(&m->clips, m->s) : WARD_OK;

	if (!err)
		err = each(m, gather);
	if (err)
		return err;
	sort_names(m);
	if (m->n_named)
		err = each(m, gather_events);
	sort_names(m);
	if (!err)
		err = each(m, find_span);
	if (!err && !m->first)
		err = WARD_ERR_NOT_FOUND;
	if (err)
		return err;
	ward_wr_printf(m->w, "{\"what\":\"bundle\",\"version\":1,\"of\":\"%s\",\"leaves\":%llu",
		m->incident ? m->id : "all", (unsigned long long)m->n_leaf);
	end_line(m);
	err = put_heads(m);
	if (!err && m->incident)
		err = grow_tree(m);
	if (!err)
		err = each(m, put_row);
	if (!err)
		put_end(m, begin);
	return err || !ward_wr_bad(m->w) ? err : WARD_ERR_LIMIT;
}

enum ward_err ward_bundle_write(struct ward_store *s, const struct ward_id *incident,
	const struct ward_mem *mem, struct ward_wr *w, struct ward_bundle_made *ret)
{
	struct making m = {.s = s, .mem = mem, .w = w, .made = ret, .incident = incident};

	*ret = (struct ward_bundle_made){.n_row = 0};
	ward_belongs_init(&m.clips, mem, incident ? *incident : (struct ward_id){{0}});
	if (incident)
		ward_id_text(*incident, m.id);
	enum ward_err err = make(&m);

	ward_belongs_fini(&m.clips);
	ward_mem_free(mem, m.leaf, m.cap_leaf * sizeof(*m.leaf));
	ward_mem_free(mem, m.tree, m.cap_tree * sizeof(*m.tree));
	ward_mem_free(mem, m.head, m.cap_head * sizeof(*m.head));
	ward_mem_free(mem, m.named, m.cap_named * sizeof(*m.named));
	return err;
}
