/* What was approved, as text of the directory's files: new rows in files of the source's own, one
 * cell edited where a row says otherwise; all other bytes stay. */
#include "model/import/merge_int.h"

#include <stdlib.h>

enum { FILE_BYTES_MAX = 256 << 20, NAME_BYTES = 160 };

struct edit {
	size_t file, start, end;
	struct ward_str text;
};

struct plan {
	struct ward_merge *m;
	bool *written; /* [candidates] */
	struct edit *edit;
	size_t n_edit;
	size_t cap_file;
};

static const struct {
	const char *list;
	enum ward_cell cell[12]; /* up to the first that comes twice */
} tables[WARD_NODE_N] = {
	[WARD_NODE_SITE] = {"sites", {WARD_CELL_NAME, WARD_CELL_N}},
	[WARD_NODE_BUILDING] = {"buildings", {WARD_CELL_NAME, WARD_CELL_SITE, WARD_CELL_N}},
	[WARD_NODE_FLOOR] = {"floors",
		{WARD_CELL_NAME, WARD_CELL_BUILDING, WARD_CELL_LEVEL, WARD_CELL_N}},
	[WARD_NODE_ZONE] = {"zones", {WARD_CELL_NAME, WARD_CELL_KIND, WARD_CELL_N}},
	[WARD_NODE_ROOM] = {"rooms",
		{WARD_CELL_NAME, WARD_CELL_FLOOR, WARD_CELL_CLASS, WARD_CELL_ZONE, WARD_CELL_N}},
	[WARD_NODE_DOOR] = {"doors", {WARD_CELL_NAME, WARD_CELL_FROM, WARD_CELL_TO, WARD_CELL_CLASS,
					     WARD_CELL_KEYS, WARD_CELL_N}},
	[WARD_NODE_NETWORK] = {"networks",
		{WARD_CELL_NAME, WARD_CELL_CLASS, WARD_CELL_CIDR, WARD_CELL_VLAN, WARD_CELL_N}},
	[WARD_NODE_ROLE] = {NULL, {WARD_CELL_N}},
	[WARD_NODE_SERVICE] = {NULL, {WARD_CELL_N}},
	[WARD_NODE_ASSET] = {"assets",
		{WARD_CELL_NAME, WARD_CELL_CLASS, WARD_CELL_ROOM, WARD_CELL_NETWORK, WARD_CELL_IP,
			WARD_CELL_MAC, WARD_CELL_KEYS, WARD_CELL_VENDOR, WARD_CELL_MODEL,
			WARD_CELL_CRITICALITY, WARD_CELL_N}},
};

/* RFC 4180. A text that a spreadsheet would take for a formula loses its first characters. */
static void put_cell(struct ward_wr *w, struct ward_str s)
{
	while (s.len && (s.p[0] == '=' || s.p[0] == '+' || s.p[0] == '-' || s.p[0] == '@'))
		s = ward_str_sub(s, 1, s.len);
	bool quote = s.len && s.p[0] == '#';

	for (size_t i = 0; i < s.len; i++)
		quote |= s.p[i] == ',' || s.p[i] == '"';
	if (quote)
		ward_wr_ch(w, '"');
	for (size_t i = 0; i < s.len; i++) {
		if (s.p[i] == '"')
			ward_wr_ch(w, '"');
		ward_wr_ch(w, s.p[i]);
	}
	if (quote)
		ward_wr_ch(w, '"');
}

static const struct ward_model_file *old_file(const struct ward_merge *m, struct ward_str name)
{
	for (size_t i = 0; i < m->in.n_file; i++)
		if (ward_str_eq(m->in.file[i].name, name))
			return &m->in.file[i];
	return NULL;
}

static void add_file(struct plan *p, struct ward_str name, struct ward_wr *w)
{
	struct ward_merge *m = p->m;
	struct ward_slice kept = ward_arena_bytes(&m->arena, ward_wr_slice(w));

	if (ward_wr_bad(w) || !kept.p)
		m->err = m->err ? m->err : WARD_ERR_NOMEM;
	else if (m->n_file < p->cap_file)
		m->file[m->n_file++] = (struct ward_import_file){ward_merge_keep(m, name), kept};
	ward_wr_fini(w);
}

/* "LIST-import-SOURCE.csv", as it is or with a header. */
static struct ward_wr begin(struct plan *p, const char *list, const char *header,
	char name[NAME_BYTES], struct ward_str *ret)
{
	struct ward_wr n = ward_wr_fixed(name, NAME_BYTES);
	struct ward_wr w = ward_wr_grow(p->m->in.mem, FILE_BYTES_MAX);

	ward_wr_printf(&n, "%s-import-%s.csv", list, p->m->slug);
	*ret = ward_wr_text(&n);
	const struct ward_model_file *f = old_file(p->m, *ret);

	if (f && header) {
		ward_wr_bytes(&w, f->bytes.p, f->bytes.len);
		if (f->bytes.len && f->bytes.p[f->bytes.len - 1] != '\n')
			ward_wr_ch(&w, '\n');
	} else if (header) {
		ward_wr_z(&w, header);
	}
	return w;
}

static struct ward_str value(const struct plan *p, uint32_t i, enum ward_cell cell)
{
	struct ward_str s = p->m->in.c->node[i].cell[cell];

	if (!ward_cell_is_ref(cell) || !s.len)
		return s;
	uint32_t to = ward_intern_find(&p->m->in.c->refs, s);

	return to != WARD_NONE && !p->written[to] ? (struct ward_str){"", 0}
						  : ward_merge_refers(p->m, s);
}

static bool place_written(const struct plan *p, uint32_t i)
{
	const struct ward_candidate_node *n = &p->m->in.c->node[i];

	switch (n->kind) {
	case WARD_NODE_BUILDING:
		return value(p, i, WARD_CELL_SITE).len > 0;
	case WARD_NODE_FLOOR:
		return value(p, i, WARD_CELL_BUILDING).len > 0;
	case WARD_NODE_ROOM:
		return value(p, i, WARD_CELL_FLOOR).len > 0;
	case WARD_NODE_DOOR:
		return value(p, i, WARD_CELL_FROM).len && value(p, i, WARD_CELL_TO).len;
	case WARD_NODE_SITE:
	case WARD_NODE_ZONE:
	case WARD_NODE_NETWORK:
	case WARD_NODE_ROLE:
	case WARD_NODE_SERVICE:
	case WARD_NODE_ASSET:
	case WARD_NODE_N:
		break;
	}
	return true;
}

/* Items of nodes come by kind, places before what is in them. */
static void choose(struct plan *p)
{
	struct ward_merge *m = p->m;

	for (size_t i = 0; i < m->in.c->refs.n; i++)
		p->written[i] = m->match[i] != WARD_NONE;
	for (size_t i = 0; i < m->n_item; i++) {
		struct ward_import_item *it = &m->item[i];

		if (it->cand == WARD_NONE || m->match[it->cand] != WARD_NONE || !it->approved ||
			!m->id[it->cand].len)
			continue;
		p->written[it->cand] = place_written(p, it->cand);
		if (!p->written[it->cand]) {
			it->approved = false;
			it->why = ward_merge_say(
				m, WARD_TEXT("the place that it is in was not approved"), NULL);
		}
	}
}

static void put_row(struct plan *p, struct ward_wr *w, uint32_t i)
{
	const struct ward_candidate_node *n = &p->m->in.c->node[i];

	ward_wr_str(w, p->m->id[i]);
	for (const enum ward_cell *c = tables[n->kind].cell; *c != WARD_CELL_N; c++) {
		struct ward_str s = value(p, i, *c);

		ward_wr_ch(w, ',');
		if (!s.len && *c == WARD_CELL_NAME)
			s = p->m->id[i];
		if (!s.len && *c == WARD_CELL_CLASS && n->kind != WARD_NODE_DOOR)
			s = n->kind == WARD_NODE_ASSET ? WARD_STR("device")
						       : ward_str_z(ward_node_kind_name(n->kind));
		put_cell(w, s);
	}
	ward_wr_ch(w, '\n');
}

static void new_rows(struct plan *p, enum ward_node_kind kind)
{
	struct ward_merge *m = p->m;
	char header[256], name[NAME_BYTES];
	struct ward_wr h = ward_wr_fixed(header, sizeof(header));
	struct ward_str file;
	size_t n = 0;

	if (!tables[kind].list)
		return;
	ward_wr_z(&h, "id");
	for (const enum ward_cell *c = tables[kind].cell; *c != WARD_CELL_N; c++)
		ward_wr_printf(&h, ",%s", ward_cell_name(*c));
	ward_wr_z(&h, "\n");
	ward_wr_u8(&h, 0);
	struct ward_wr w = begin(p, tables[kind].list, header, name, &file);

	for (uint32_t i = 0; i < m->in.c->refs.n; i++) {
		if (m->in.c->node[i].kind != kind || !p->written[i] || m->match[i] != WARD_NONE)
			continue;
		put_row(p, &w, i);
		n++;
	}
	if (n)
		add_file(p, file, &w);
	ward_wr_fini(&w);
}

static bool end_written(const struct plan *p, struct ward_str ref)
{
	uint32_t i = ward_intern_find(&p->m->in.c->refs, ref);

	return i == WARD_NONE || p->written[i];
}

static void new_relations(struct plan *p)
{
	struct ward_merge *m = p->m;
	char name[NAME_BYTES];
	struct ward_str file;
	struct ward_wr w = begin(p, "relations", "from,relation,to\n", name, &file);
	size_t n = 0;

	for (size_t i = 0; i < m->n_item; i++) {
		struct ward_import_item *it = &m->item[i];
		const struct ward_candidate_rel *r;

		if (it->rel == WARD_NONE || !it->approved)
			continue;
		r = &m->in.c->rel[it->rel];
		it->approved = end_written(p, r->from) && end_written(p, r->to);
		if (!it->approved)
			continue;
		ward_wr_str(&w, ward_merge_refers(m, r->from));
		ward_wr_printf(&w, ",%s,", ward_rel_name(r->type));
		ward_wr_str(&w, ward_merge_refers(m, r->to));
		ward_wr_ch(&w, '\n');
		n++;
	}
	if (n)
		add_file(p, file, &w);
	ward_wr_fini(&w);
}

static void put_day(struct ward_wr *w, ward_ns t)
{
	int y, mo, d;
	int64_t s;

	ward_time_split(t, &y, &mo, &d, &s);
	ward_wr_printf(w, "%04d-%02d-%02d", y, mo, d);
}

static void put_fact(struct plan *p, struct ward_wr *w, struct ward_str id, const char *key,
	ward_ns as_of, struct ward_str ref)
{
	put_cell(w, id);
	ward_wr_printf(w, ",%s,", key);
	put_day(w, as_of);
	ward_wr_ch(w, ',');
	put_cell(w, p->m->in.source);
	ward_wr_ch(w, ',');
	put_cell(w, ref);
	ward_wr_z(w, *key ? ",true\n" : ",\n");
}

/* Who said so, when, and what it calls the thing: known again by that next time. */
static void facts(struct plan *p)
{
	struct ward_merge *m = p->m;
	ward_ns as_of = m->in.c->as_of ? m->in.c->as_of : m->in.now;
	char name[NAME_BYTES];
	struct ward_str file;
	struct ward_wr w = begin(p, "facts", NULL, name, &file);
	size_t n, n_row = 0;

	ward_wr_z(&w, "# Written by `ward model import`, anew at each import of this source.\n"
		      "on,key,as_of,by,ref,assumed\n");
	for (uint32_t i = 0; i < m->in.c->refs.n; i++) {
		if (!p->written[i])
			continue;
		put_fact(p, &w, m->id[i], "", as_of, m->in.c->node[i].ref);
		for (unsigned k = 0; k < WARD_CELL_N && m->match[i] == WARD_NONE; k++)
			if (m->in.c->node[i].assumed >> k & 1)
				put_fact(p, &w, m->id[i], ward_cell_name((enum ward_cell)k), as_of,
					(struct ward_str){"", 0});
		n_row++;
	}
	for (uint32_t i = 0; i < m->refs.n; i++) {
		uint32_t node = m->ref_node[i];
		const struct ward_basis *b = ward_model_basis(m->in.model, node, &n);

		for (size_t k = 0; k < n && m->taken_by[node] == WARD_NONE; k++)
			if (ward_str_eq(b[k].by, m->in.source) && b[k].ref.len)
				put_fact(p, &w, ward_model_node(m->in.model, node)->id, "",
					b[k].as_of, b[k].ref);
	}
	if (n_row)
		add_file(p, file, &w);
	ward_wr_fini(&w);
}

static int by_place(const void *a, const void *b)
{
	const struct edit *x = a, *y = b;

	if (x->file != y->file)
		return x->file < y->file ? -1 : 1;
	return (x->start > y->start) - (x->start < y->start);
}

static void find_edits(struct plan *p)
{
	struct ward_merge *m = p->m;

	for (size_t i = 0; i < m->n_item; i++) {
		struct ward_import_item *it = &m->item[i];
		struct edit *e = &p->edit[p->n_edit];

		if (it->cell == WARD_CELL_N || !it->approved)
			continue;
		struct ward_str to = it->new;
		uint32_t cand = ward_cell_is_ref(it->cell)
					? ward_intern_find(&m->in.c->refs,
						  m->in.c->node[it->cand].cell[it->cell])
					: WARD_NONE;

		if (cand != WARD_NONE && !p->written[cand]) {
			it->approved = false;
			continue;
		}
		it->by_hand = !ward_merge_span(
			m, it->node, it->cell, it->old, &e->file, &e->start, &e->end);
		e->text = to;
		p->n_edit += !it->by_hand;
	}
	if (p->n_edit)
		qsort(p->edit, p->n_edit, sizeof(*p->edit), by_place);
}

/* A YAML scalar in double quotes unless it is a plain word. */
static void put_yaml(struct ward_wr *w, struct ward_str s)
{
	bool plain = s.len > 0;

	for (size_t i = 0; i < s.len; i++) {
		char c = s.p[i];

		plain &= (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (i && c == '-') ||
			 (c >= '0' && c <= '9') || (i && c == '.') || c == '_';
	}
	if (plain) {
		ward_wr_str(w, s);
		return;
	}
	ward_wr_ch(w, '"');
	for (size_t i = 0; i < s.len; i++) {
		if (s.p[i] == '"' || s.p[i] == '\\')
			ward_wr_ch(w, '\\');
		ward_wr_ch(w, s.p[i]);
	}
	ward_wr_ch(w, '"');
}

static void edits(struct plan *p)
{
	const struct ward_model_file *all = p->m->in.file;

	for (size_t i = 0; i < p->n_edit;) {
		const struct ward_model_file *f = &all[p->edit[i].file];
		struct ward_wr w = ward_wr_grow(p->m->in.mem, FILE_BYTES_MAX);
		bool yaml = ward_str_ends(f->name, WARD_STR(".yml"));
		size_t off = 0, file = p->edit[i].file;

		for (; i < p->n_edit && p->edit[i].file == file; i++) {
			const struct edit *e = &p->edit[i];

			if (e->start < off)
				continue; /* two words for one cell: the first */
			ward_wr_bytes(&w, f->bytes.p + off, e->start - off);
			if (yaml)
				put_yaml(&w, e->text);
			else
				put_cell(&w, e->text);
			off = e->end;
		}
		ward_wr_bytes(&w, f->bytes.p + off, f->bytes.len - off);
		add_file(p, f->name, &w);
	}
}

static int by_name(const void *a, const void *b)
{
	return ward_str_cmp(((const struct ward_import_file *)a)->name,
		((const struct ward_import_file *)b)->name);
}

/* A row may be added to a file in which a cell is edited: the rows go behind the edited text. */
static void join(struct ward_merge *m)
{
	size_t n = 0;

	if (m->n_file)
		qsort(m->file, m->n_file, sizeof(*m->file), by_name);
	for (size_t i = 0; i < m->n_file; i++) {
		const struct ward_model_file *old = old_file(m, m->file[i].name);

		if (n && ward_str_eq(m->file[n - 1].name, m->file[i].name) && old) {
			struct ward_slice a = m->file[n - 1].bytes, b = m->file[i].bytes;
			/* The one with new rows begins with the old text as it was. */
			bool first = a.len >= old->bytes.len &&
				     memcmp(a.p, old->bytes.p, old->bytes.len) == 0;
			struct ward_slice rows = first ? a : b, cells = first ? b : a;
			size_t n_new = rows.len - old->bytes.len;
			uint8_t *to = ward_arena_raw(&m->arena, cells.len + n_new);

			if (!to) {
				m->err = WARD_ERR_NOMEM;
				return;
			}
			memcpy(to, cells.p, cells.len);
			memcpy(to + cells.len, rows.p + old->bytes.len, n_new);
			m->file[n - 1].bytes = ward_slice_of(to, cells.len + n_new);
		} else {
			m->file[n++] = m->file[i];
		}
	}
	m->n_file = n;
}

enum ward_err ward_merge_plan(
	struct ward_merge *m, const struct ward_import_file **ret, size_t *ret_n)
{
	struct plan p = {.m = m, .cap_file = m->in.n_file + WARD_NODE_N + 2};

	m->n_file = 0;
	p.written = ward_arena_array(&m->arena, m->in.c->refs.n, sizeof(*p.written));
	p.edit = ward_arena_array(&m->arena, m->n_item + 1, sizeof(*p.edit));
	m->file = ward_arena_array(&m->arena, p.cap_file, sizeof(*m->file));
	if (!p.written || !p.edit || !m->file)
		return WARD_ERR_NOMEM;
	choose(&p);
	for (unsigned k = 0; k < WARD_NODE_N; k++)
		new_rows(&p, (enum ward_node_kind)k);
	new_relations(&p);
	find_edits(&p);
	edits(&p);
	facts(&p);
	join(m);
	*ret = m->file;
	*ret_n = m->n_file;
	return m->err;
}
