#include "range/rows.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

enum { PATH_BYTES = 4096 };

/* The lists that this room reads, by their names. */
static const char *const lists[] = {
	"rooms", "networks", "assets", "services", "doors", "relations", "buffers"};

/* NAME.csv and NAME-anything.csv hold rows of NAME. */
static bool is_table_of(struct ward_str file, const char *list)
{
	size_t len = strlen(list);

	return ward_str_ends(file, WARD_STR(".csv")) && ward_str_starts(file, ward_str_z(list)) &&
	       (file.p[len] == '.' || file.p[len] == '-');
}

static bool is_ours(struct ward_str file)
{
	if (ward_str_ends(file, WARD_STR(".yml")))
		return true;
	for (size_t i = 0; i < WARD_ARRAY_LEN(lists); i++)
		if (is_table_of(file, lists[i]))
			return true;
	return false;
}

static int by_name(const void *a, const void *b)
{
	return ward_str_cmp(
		((const struct range_file *)a)->name, ((const struct range_file *)b)->name);
}

static enum ward_err list_dir(struct range_files *f, const char *dir, struct ward_arena *a,
	const struct ward_limits *lim, struct ward_diag *diag)
{
	size_t max = ward_limit(lim, WARD_LIMIT_MODEL_FILES);
	DIR *open = opendir(dir);
	enum ward_err err = WARD_OK;

	if (!open) {
		ward_diag_addf(diag, WARD_DIAG_ERROR, ward_str_z(dir), 0,
			WARD_TEXT("cannot read the directory: %s\ngive a hospital directory"),
			strerror(errno));
		return WARD_ERR_IO;
	}
	f->file = ward_arena_array(a, max, sizeof(*f->file));
	if (!f->file)
		err = WARD_ERR_NOMEM;
	for (struct dirent *e = readdir(open); e && !err; e = readdir(open)) {
		if (e->d_name[0] == '.' || !is_ours(ward_str_z(e->d_name)))
			continue;
		if (f->n == max) {
			err = WARD_ERR_LIMIT;
			break;
		}
		f->file[f->n].name = ward_arena_str(a, ward_str_z(e->d_name));
		if (!f->file[f->n++].name.p)
			err = WARD_ERR_NOMEM;
	}
	(void)closedir(open);
	if (!err && f->n)
		qsort(f->file, f->n, sizeof(*f->file), by_name);
	return err;
}

static enum ward_err read_one(struct range_file *f, const char *dir, struct ward_arena *a,
	const struct ward_limits *lim, struct ward_diag *diag)
{
	char path[PATH_BYTES];
	int n = snprintf(path, sizeof(path), "%s/%.*s", dir, WARD_STR_ARG(f->name));

	if (n < 0 || (size_t)n >= sizeof(path))
		return WARD_ERR_LIMIT;
	if (ward_str_ends(f->name, WARD_STR(".csv")))
		return ward_conf_csv_file(a, lim, path, diag, &f->table);
	return ward_conf_yaml_file(a, lim, path, diag, &f->docs);
}

enum ward_err range_files_read(struct range_files *f, const char *dir, struct ward_arena *a,
	const struct ward_limits *lim, struct ward_diag *diag)
{
	enum ward_err err = list_dir(f, dir, a, lim, diag);

	for (size_t i = 0; i < f->n && !err; i++)
		err = read_one(&f->file[i], dir, a, lim, diag);
	return err;
}

static enum ward_err rows_of_tree(const struct range_file *f, const char *list,
	enum ward_err (*on)(void *ctx, const struct range_row *row), void *ctx)
{
	enum ward_err err = WARD_OK;

	for (const struct ward_conf *doc = f->docs->child; doc && !err; doc = doc->next) {
		const struct ward_conf *seq = ward_conf_get(doc, list);

		if (!seq || seq->kind != WARD_CONF_SEQ)
			continue;
		for (const struct ward_conf *c = seq->child; c && !err; c = c->next)
			if (c->kind == WARD_CONF_MAP)
				err = on(ctx, &(struct range_row){.map = c});
	}
	return err;
}

enum ward_err range_rows(const struct range_files *f, const char *list,
	enum ward_err (*on)(void *ctx, const struct range_row *row), void *ctx)
{
	enum ward_err err = WARD_OK;

	for (size_t i = 0; i < f->n && !err; i++) {
		const struct range_file *one = &f->file[i];

		if (one->docs)
			err = rows_of_tree(one, list, on, ctx);
		else if (is_table_of(one->name, list))
			for (size_t k = 0; k < one->table.n_row && !err; k++)
				err = on(ctx, &(struct range_row){.table = &one->table, .i = k});
	}
	return err;
}

struct ward_str range_cell(const struct range_row *row, const char *key)
{
	if (row->map)
		return ward_conf_word(row->map, key);
	size_t i = ward_csv_column(row->table, key);

	return i == SIZE_MAX ? WARD_STR("") : row->table->row[row->i].cell[i];
}

const struct ward_conf *range_tree(const struct range_row *row, const char *key)
{
	return row->map ? ward_conf_get(row->map, key) : NULL;
}

struct ward_str range_row_file(const struct range_row *row)
{
	return row->map ? row->map->file : row->table->file;
}

uint32_t range_row_line(const struct range_row *row)
{
	return row->map ? row->map->line : row->table->row[row->i].line;
}
