#include "model/import/merge_int.h"

static const char *const list_name[WARD_NODE_N] = {"sites", "buildings", "floors", "zones", "rooms",
	"doors", "networks", "roles", "services", "assets"};

static void take(struct ward_merge *m, struct ward_str id, struct ward_row_at at)
{
	uint32_t node = ward_model_find(m->in.model, id);

	if (node != WARD_NONE)
		m->row[node] = at;
}

static void yaml_rows(struct ward_merge *m, size_t file, const struct ward_conf *docs)
{
	for (const struct ward_conf *doc = docs->child; doc; doc = doc->next)
		for (const struct ward_conf *list = doc->child; list; list = list->next)
			for (unsigned k = 0; k < WARD_NODE_N; k++) {
				if (!ward_str_eqz(list->key, list_name[k]))
					continue;
				for (const struct ward_conf *c = list->child; c; c = c->next) {
					const struct ward_conf *id = ward_conf_get(c, "id");

					if (id)
						take(m, id->text,
							(struct ward_row_at){
								.file = file, .yaml = c});
				}
			}
}

static void csv_rows(struct ward_merge *m, size_t file, const struct ward_csv *t)
{
	size_t id = ward_csv_column(t, "id");

	for (size_t i = 0; id != SIZE_MAX && i < t->n_row; i++)
		take(m, t->row[i].cell[id], (struct ward_row_at){.file = file, .csv = t, .row = i});
}

static bool of_nodes(struct ward_str name)
{
	struct ward_str stem = ward_str_sub(name, 0, name.len - 4);
	struct ward_str list = ward_str_cut(&stem, '-');

	for (unsigned k = 0; k < WARD_NODE_N; k++)
		if (ward_str_eqz(list, list_name[k]))
			return true;
	return false;
}

enum ward_err ward_merge_rows(struct ward_merge *m)
{
	m->row = ward_arena_array(&m->arena, ward_model_n(m->in.model), sizeof(*m->row));
	if (!m->row)
		return WARD_ERR_NOMEM;
	for (size_t i = 0; i < m->in.n_file; i++) {
		const struct ward_model_file *f = &m->in.file[i];
		enum ward_err err = WARD_OK;

		if (ward_str_ends(f->name, WARD_STR(".yml"))) {
			const struct ward_conf *docs;

			err = ward_conf_yaml(
				&m->arena, m->in.lim, f->path, f->bytes, m->in.diag, &docs);
			if (!err)
				yaml_rows(m, i, docs);
		} else if (of_nodes(f->name)) {
			struct ward_csv *t = ward_arena_alloc(&m->arena, sizeof(*t));

			err = !t ? WARD_ERR_NOMEM
				 : ward_conf_csv(
					   &m->arena, m->in.lim, f->path, f->bytes, m->in.diag, t);
			if (!err)
				csv_rows(m, i, t);
		}
		if (err)
			return err;
	}
	return WARD_OK;
}

/* A list as words parted by blanks, as a table would have it. */
static struct ward_str words(struct ward_merge *m, const struct ward_conf *c)
{
	char buf[4096];
	struct ward_wr w = ward_wr_fixed(buf, sizeof(buf));

	if (c->kind != WARD_CONF_SEQ)
		return c->text;
	for (const struct ward_conf *k = c->child; k; k = k->next) {
		if (k != c->child)
			ward_wr_ch(&w, ' ');
		ward_wr_str(&w, k->text);
	}
	return ward_merge_keep(m, ward_wr_text(&w));
}

struct ward_str ward_merge_cell(struct ward_merge *m, uint32_t node, enum ward_cell cell)
{
	const struct ward_row_at *at = &m->row[node];

	if (at->csv) {
		size_t column = ward_csv_column(at->csv, ward_cell_name(cell));

		return column == SIZE_MAX ? (struct ward_str){"", 0}
					  : at->csv->row[at->row].cell[column];
	}
	const struct ward_conf *c = at->yaml ? ward_conf_get(at->yaml, ward_cell_name(cell)) : NULL;

	return c ? words(m, c) : (struct ward_str){"", 0};
}

/* The offset at which line `line` begins (from 1), or the length. */
static size_t line_start(struct ward_str text, uint32_t line)
{
	size_t off = 0;

	for (; line > 1 && off < text.len; off++)
		line -= text.p[off] == '\n';
	return off;
}

/* The column-th cell of the record at off, quotes included. */
static void csv_span(
	struct ward_str text, size_t off, size_t column, size_t *ret_start, size_t *ret_end)
{
	for (;; column--, off++) {
		size_t start = off;

		if (off < text.len && text.p[off] == '"') {
			for (off++; off < text.len; off++) {
				if (text.p[off] != '"')
					continue;
				if (off + 1 >= text.len || text.p[off + 1] != '"')
					break;
				off++;
			}
			off += off < text.len;
		} else {
			while (off < text.len && text.p[off] != ',' && text.p[off] != '\n' &&
				text.p[off] != '\r')
				off++;
		}
		*ret_start = start;
		*ret_end = off;
		if (column == 0 || off >= text.len || text.p[off] != ',')
			return;
	}
}

/* `key: old` once on the line, plain or in quotes: anything else is for people's hands. */
static bool yaml_span(struct ward_str text, size_t start, const char *key, struct ward_str old,
	size_t *ret_start, size_t *ret_end)
{
	struct ward_str line = ward_str_sub(text, start, text.len);
	size_t n_key = strlen(key), n = 0;

	line = ward_str_cut(&line, '\n');
	for (size_t i = 0; i + n_key + 2 <= line.len; i++) {
		if (memcmp(line.p + i, key, n_key) != 0 || line.p[i + n_key] != ':' ||
			line.p[i + n_key + 1] != ' ' || (i && !strchr(" {,", line.p[i - 1])))
			continue;
		size_t at = i + n_key + 2, end;
		char quote =
			at < line.len && (line.p[at] == '"' || line.p[at] == '\'') ? line.p[at] : 0;

		end = at + (quote ? 1 : 0);
		if (!old.len || line.len - end < old.len ||
			memcmp(line.p + end, old.p, old.len) != 0)
			return false;
		end += old.len;
		if (quote ? (end >= line.len || line.p[end++] != quote)
			  : (end < line.len && !strchr(",}", line.p[end])))
			return false;
		n++;
		*ret_start = start + at;
		*ret_end = start + end;
	}
	return n == 1;
}

bool ward_merge_span(const struct ward_merge *m, uint32_t node, enum ward_cell cell,
	struct ward_str old, size_t *ret_file, size_t *ret_start, size_t *ret_end)
{
	const struct ward_row_at *at = &m->row[node];
	struct ward_str text = ward_slice_text(m->in.file[at->file].bytes);

	*ret_file = at->file;
	if (at->csv) {
		size_t column = ward_csv_column(at->csv, ward_cell_name(cell));

		if (column == SIZE_MAX)
			return false;
		csv_span(text, line_start(text, at->csv->row[at->row].line), column, ret_start,
			ret_end);
		return true;
	}
	const struct ward_conf *c = at->yaml ? ward_conf_get(at->yaml, ward_cell_name(cell)) : NULL;

	return c && c->kind == WARD_CONF_SCALAR &&
	       yaml_span(text, line_start(text, c->line), ward_cell_name(cell), old, ret_start,
		       ret_end);
}
