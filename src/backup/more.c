#include "backup/more.h"

#include <stdlib.h>

static const size_t paths_bytes = (size_t)WARD_ARCHIVE_LINES;

void ward_more_list_init(struct ward_more_list *l, const struct ward_mem *mem)
{
	*l = (struct ward_more_list){.mem = mem};
	ward_arena_init(&l->kept, mem, paths_bytes);
}

void ward_more_list_fini(struct ward_more_list *l)
{
	if (!l->mem)
		return;
	ward_mem_free(l->mem, l->file, l->cap_file * sizeof(*l->file));
	ward_mem_free(l->mem, l->piece, l->cap_piece * sizeof(*l->piece));
	ward_arena_fini(&l->kept);
	*l = (struct ward_more_list){.mem = NULL};
}

enum ward_err ward_more_list_file(struct ward_more_list *l, const struct ward_more_file *f)
{
	struct ward_str path = ward_arena_str(&l->kept, ward_str_z(f->path));
	enum ward_err err = ward_mem_more(l->mem, (void *)&l->file, l->n_file, &l->cap_file,
		sizeof(*l->file), WARD_ARCHIVE_FILES);

	if (!err && !path.p)
		err = WARD_ERR_NOMEM;
	if (!err)
		l->file[l->n_file++] = (struct ward_more_file){path.p, f->size, f->time};
	return err;
}

enum ward_err ward_more_list_piece(struct ward_more_list *l, const struct ward_journal_piece *p)
{
	enum ward_err err = ward_mem_more(l->mem, (void *)&l->piece, l->n_piece, &l->cap_piece,
		sizeof(*l->piece), WARD_MORE_SEGMENTS);

	if (!err)
		l->piece[l->n_piece++] = *p;
	return err;
}

static int by_path(const void *a, const void *b)
{
	return strcmp(
		((const struct ward_more_file *)a)->path, ((const struct ward_more_file *)b)->path);
}

void ward_more_list_sort(struct ward_more_list *l)
{
	if (l->n_file)
		qsort(l->file, l->n_file, sizeof(*l->file), by_path);
}

const struct ward_more_file *ward_more_list_find(const struct ward_more_list *l, const char *path)
{
	const struct ward_more_file key = {.path = path};

	return l->n_file ? bsearch(&key, l->file, l->n_file, sizeof(key), by_path) : NULL;
}

void ward_more_list_write(const struct ward_more_list *l, struct ward_wr *w)
{
	char name[WARD_JOURNAL_FILE_NAME];

	for (size_t i = 0; i < l->n_piece; i++) {
		const struct ward_journal_piece *p = &l->piece[i];

		ward_journal_seg_file(&p->seg, name);
		ward_wr_printf(w, "segment %s %llu %llu %llu\n", name,
			(unsigned long long)p->seg.tag, (unsigned long long)p->seg.len,
			(unsigned long long)p->from);
	}
	for (size_t i = 0; i < l->n_file; i++)
		ward_wr_printf(w, "file %llu %llu %s\n", (unsigned long long)l->file[i].size,
			(unsigned long long)l->file[i].time, l->file[i].path);
}

static enum ward_err read_piece(struct ward_more_list *l, struct ward_str line)
{
	struct ward_str name = ward_str_cut(&line, ' '), tag = ward_str_cut(&line, ' '),
			len = ward_str_cut(&line, ' ');
	struct ward_journal_piece p;

	if (!ward_journal_seg_of(name, (struct ward_slice){NULL, 0}, 0, &p.seg) ||
		!ward_str_u64(tag, &p.seg.tag) || !ward_str_u64(len, &p.seg.len) ||
		!ward_str_u64(line, &p.from) || p.from > p.seg.len)
		return WARD_ERR_MALFORMED;
	return ward_more_list_piece(l, &p);
}

static enum ward_err read_file(struct ward_more_list *l, struct ward_str line)
{
	struct ward_str size = ward_str_cut(&line, ' '), time = ward_str_cut(&line, ' ');
	char path[WARD_TAR_PATH];
	struct ward_more_file f = {.path = path};

	if (!ward_str_u64(size, &f.size) || !ward_str_u64(time, &f.time) || !ward_tar_path_ok(line))
		return WARD_ERR_MALFORMED;
	memcpy(path, line.p, line.len);
	path[line.len] = 0;
	return ward_more_list_file(l, &f);
}

enum ward_err ward_more_list_read(struct ward_more_list *l, struct ward_str text, size_t *ret_line)
{
	enum ward_err err = WARD_OK;

	*ret_line = 0;
	while (!err && text.len) {
		struct ward_str line = ward_str_cut(&text, '\n'), word = ward_str_cut(&line, ' ');

		++*ret_line;
		if (!text.p) /* the last one ends, too */
			err = WARD_ERR_MALFORMED;
		else if (ward_str_eqz(word, "segment"))
			err = read_piece(l, line);
		else
			err = ward_str_eqz(word, "file") ? read_file(l, line) : WARD_ERR_MALFORMED;
	}
	ward_more_list_sort(l);
	for (size_t i = 1; !err && i < l->n_file; i++)
		if (strcmp(l->file[i - 1].path, l->file[i].path) == 0)
			err = WARD_ERR_MALFORMED;
	return err;
}

/* ---- rows ---- */

void ward_more_row_write(const struct ward_store_leaf *l, struct ward_wr *w)
{
	ward_wr_be64(w, l->row.row);
	ward_wr_u8(w, (uint8_t)l->row.kind);
	ward_wr_bytes(w, l->row.id.b, sizeof(l->row.id.b));
	ward_wr_be32(w, l->row.revision);
	ward_wr_be64(w, (uint64_t)l->row.time);
	ward_wr_bytes(w, l->commitment.b, sizeof(l->commitment.b));
	ward_wr_u8(w, l->row.json.p != NULL);
	if (!l->row.json.p)
		return;
	ward_wr_bytes(w, l->salt.p, l->salt.len);
	ward_wr_lv(w, ward_str_bytes(l->row.json));
}

enum ward_err ward_more_row_read(struct ward_rd *r, struct ward_store_leaf *ret)
{
	struct ward_store_leaf l = {.row = {.row = ward_rd_be64(r)}};
	uint8_t kind = ward_rd_u8(r);
	struct ward_slice id = ward_rd_bytes(r, sizeof(l.row.id.b));

	l.row.revision = ward_rd_be32(r);
	l.row.time = (ward_ns)ward_rd_be64(r);
	struct ward_slice commitment = ward_rd_bytes(r, sizeof(l.commitment.b));
	uint8_t has = ward_rd_u8(r);

	if (ward_rd_bad(r) || kind < WARD_ROW_DETECTION || kind > WARD_ROW_KIND_LAST || has > 1)
		return WARD_ERR_MALFORMED;
	l.row.kind = (enum ward_row_kind)kind;
	memcpy(l.row.id.b, id.p, sizeof(l.row.id.b));
	memcpy(l.commitment.b, commitment.p, sizeof(l.commitment.b));
	if (has) {
		l.salt = ward_rd_bytes(r, WARD_LEDGER_SALT);
		struct ward_slice json = ward_rd_lv(r, WARD_ROW_JSON_MAX);

		if (ward_rd_bad(r) || !json.len)
			return WARD_ERR_MALFORMED;
		l.row.json = ward_slice_text(json);
	}
	*ret = l;
	return WARD_OK;
}

/* ---- erased rows ---- */

void ward_more_gone_fini(struct ward_more_gone *g)
{
	if (g->mem)
		ward_mem_free(g->mem, g->run, g->cap * sizeof(*g->run));
	*g = (struct ward_more_gone){.mem = NULL};
}

static enum ward_err add_run(struct ward_more_gone *g, const struct ward_more_run *run)
{
	enum ward_err err = ward_mem_more(
		g->mem, (void *)&g->run, g->n, &g->cap, sizeof(*g->run), WARD_MORE_RUNS);

	if (!err)
		g->run[g->n++] = *run;
	return err;
}

enum ward_err ward_more_gone_add(struct ward_more_gone *g, uint64_t number)
{
	if (g->n && g->run[g->n - 1].last + 1 == number) {
		g->run[g->n - 1].last = number;
		return WARD_OK;
	}
	return add_run(g, &(struct ward_more_run){number, number});
}

static int within(const void *key, const void *item)
{
	uint64_t n = *(const uint64_t *)key;
	const struct ward_more_run *r = item;

	return n < r->first ? -1 : n > r->last;
}

bool ward_more_gone_has(const struct ward_more_gone *g, uint64_t number)
{
	return g->n && bsearch(&number, g->run, g->n, sizeof(*g->run), within);
}

void ward_more_gone_write(const struct ward_more_gone *g, struct ward_wr *w)
{
	for (size_t i = 0; i < g->n; i++) {
		ward_wr_be64(w, g->run[i].first);
		ward_wr_be64(w, g->run[i].last);
	}
}

enum ward_err ward_more_gone_read(struct ward_more_gone *g, struct ward_slice s)
{
	struct ward_rd r = ward_rd_slice(s);
	uint64_t before = 0;
	enum ward_err err = WARD_OK;

	while (!err && ward_rd_left(&r)) {
		struct ward_more_run run = {.first = ward_rd_be64(&r)};

		run.last = ward_rd_be64(&r);
		if (ward_rd_bad(&r) || run.first <= before || run.last < run.first ||
			run.last > INT64_MAX)
			return WARD_ERR_MALFORMED;
		before = run.last;
		err = add_run(g, &run);
	}
	return err;
}
