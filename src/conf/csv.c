#include "conf/conf.h"

enum { CSV_COLUMNS_MAX = 64 };

struct csv {
	struct ward_arena *a;
	struct ward_diag *diag;
	struct ward_csv *t;
	struct ward_str rest;
	char part;     /* what parts the cells */
	bool any;      /* it may be something else than commas */
	uint32_t line; /* where the next record begins */
	struct ward_str cell[CSV_COLUMNS_MAX];
	size_t n_cell;
	size_t cap_row;
	enum ward_err err;
};

static void refuse(struct csv *c, enum ward_err err, const char *text)
{
	struct ward_str rest = ward_str_z(text), what = ward_str_cut(&rest, '\n');

	ward_diag_say(c->diag, &(struct ward_diag_item){.level = WARD_DIAG_ERROR,
				       .file = c->t->file,
				       .line = c->line,
				       .what = what,
				       .mend = rest});
	c->err = err;
}

/* A quoted cell (RFC 4180 section 2 items 5 to 7): "" inside is one quote. */
static struct ward_str quoted_cell(struct csv *c, uint32_t *n_newline)
{
	struct ward_str in = ward_str_sub(c->rest, 1, c->rest.len);
	size_t i = 0, n = 0;

	while (i < in.len && (in.p[i] != '"' || (i + 1 < in.len && in.p[i + 1] == '"')))
		i += in.p[i] == '"' ? 2 : 1;
	char *out = ward_arena_alloc(c->a, i + 1);

	if (!out) {
		c->err = WARD_ERR_NOMEM;
		return (struct ward_str){NULL, 0};
	}
	for (size_t k = 0; k < i; k++) {
		k += in.p[k] == '"';
		*n_newline += in.p[k] == '\n';
		out[n++] = in.p[k];
	}
	if (i == in.len) {
		refuse(c, WARD_ERR_CONFIG, WARD_TEXT("a quoted cell has no end\nclose the quote"));
		return (struct ward_str){NULL, 0};
	}
	c->rest = ward_str_sub(in, i + 1, in.len);
	if (c->rest.len && c->rest.p[0] != c->part && c->rest.p[0] != '\n' && c->rest.p[0] != '\r')
		refuse(c, WARD_ERR_CONFIG,
			WARD_TEXT("text follows a closing quote\nquote the whole cell and double "
				  "quotes "
				  "inside"));
	return (struct ward_str){out, n};
}

static struct ward_str plain_cell(struct csv *c)
{
	size_t n = 0;

	while (n < c->rest.len && c->rest.p[n] != c->part && c->rest.p[n] != '\n')
		n++;
	struct ward_str cell = ward_str_sub(c->rest, 0, n);

	c->rest = ward_str_sub(c->rest, n, c->rest.len);
	return ward_str_trim(cell);
}

/* Reads one record into c->cell; false at the end or on an error. */
static bool record(struct csv *c)
{
	uint32_t n_newline = 0;

	c->n_cell = 0;
	if (!c->rest.len)
		return false;
	for (;;) {
		struct ward_str cell = c->rest.len && c->rest.p[0] == '"'
					       ? quoted_cell(c, &n_newline)
					       : plain_cell(c);

		if (c->err)
			return false;
		if (c->n_cell == CSV_COLUMNS_MAX) {
			refuse(c, WARD_ERR_LIMIT,
				WARD_TEXT("more than 64 columns\nsplit the table"));
			return false;
		}
		c->cell[c->n_cell++] = cell;
		if (!c->rest.len || c->rest.p[0] != c->part)
			break;
		c->rest = ward_str_sub(c->rest, 1, c->rest.len);
	}
	if (c->rest.len && c->rest.p[0] == '\r')
		c->rest = ward_str_sub(c->rest, 1, c->rest.len);
	if (c->rest.len && c->rest.p[0] == '\n')
		c->rest = ward_str_sub(c->rest, 1, c->rest.len);
	c->t->row[c->t->n_row].line = c->line; /* there is always room for one more */
	c->line += 1 + n_newline;
	return true;
}

static bool room_for_row(struct csv *c)
{
	struct ward_csv_row *row;
	size_t cap = c->cap_row ? c->cap_row * 2 : 64;

	if (c->t->n_row < c->cap_row)
		return true;
	row = ward_arena_array(c->a, cap, sizeof(*row));
	if (!row) {
		c->err = WARD_ERR_NOMEM;
		return false;
	}
	if (c->t->n_row)
		memcpy(row, c->t->row, c->t->n_row * sizeof(*row));
	c->t->row = row;
	c->cap_row = cap;
	return true;
}

static struct ward_str *keep_cells(struct csv *c)
{
	struct ward_str *cell = ward_arena_array(c->a, c->n_cell, sizeof(*cell));

	if (!cell) {
		c->err = WARD_ERR_NOMEM;
		return NULL;
	}
	memcpy(cell, c->cell, c->n_cell * sizeof(*cell));
	return cell;
}

/* What parts the cells of a header without commas: spreadsheets write semicolons where a comma is
 * the decimal sign, and tabs. */
static char parted_by(struct ward_str rest)
{
	struct ward_str line = ward_str_cut(&rest, '\n');

	if (ward_str_find(line, WARD_STR(",")) != SIZE_MAX)
		return ',';
	if (ward_str_find(line, WARD_STR(";")) != SIZE_MAX)
		return ';';
	return ward_str_find(line, WARD_STR("\t")) != SIZE_MAX ? '\t' : ',';
}

static void header(struct csv *c)
{
	while (c->rest.len && (c->rest.p[0] == '#' || c->rest.p[0] == '\n')) {
		(void)ward_str_cut(&c->rest, '\n');
		c->line++;
	}
	c->part = parted_by(c->rest);
	if (c->part != ',' && !c->any)
		refuse(c, WARD_ERR_CONFIG,
			WARD_TEXT("semicolons or tabs part the cells of this table\nsave it with "
				  "commas"));
	if (c->err || !room_for_row(c) || !record(c)) {
		if (!c->err)
			refuse(c, WARD_ERR_CONFIG,
				WARD_TEXT("the table is empty\nbegin with a header line"));
		return;
	}
	c->t->column = keep_cells(c);
	c->t->n_column = c->n_cell;
	for (size_t i = 0; !c->err && i < c->n_cell; i++)
		for (size_t k = 0; k < i; k++)
			if (ward_str_eq(c->cell[i], c->cell[k]))
				refuse(c, WARD_ERR_DUPLICATE,
					WARD_TEXT("the header names a column twice\nrename or "
						  "remove one"));
}

static void rows(struct csv *c)
{
	while (!c->err && room_for_row(c) && record(c)) {
		struct ward_csv_row *row = &c->t->row[c->t->n_row];

		if (c->n_cell == 1 && c->cell[0].len == 0)
			continue; /* an empty line */
		if (c->n_cell != c->t->n_column) {
			ward_diag_addf(c->diag, WARD_DIAG_ERROR, c->t->file, row->line,
				WARD_TEXT("%zu cells where the header has %zu\n"
					  "add or remove commas; quote a cell that holds one"),
				c->n_cell, c->t->n_column);
			c->err = WARD_ERR_CONFIG;
			return;
		}
		row->cell = keep_cells(c);
		c->t->n_row++;
	}
}

static void read_all(struct csv *c, const struct ward_limits *lim, struct ward_slice text)
{
	size_t off;

	if (text.len > ward_limit(lim, WARD_LIMIT_CONF_BYTES)) {
		refuse(c, WARD_ERR_LIMIT,
			WARD_TEXT("larger than the limit conf.bytes\nsplit the file"));
	} else if (!ward_utf8_valid(text, &off)) {
		for (size_t i = 0; i < off; i++)
			c->line += text.p[i] == '\n';
		refuse(c, WARD_ERR_UTF8,
			WARD_TEXT("text that is not UTF-8\nsave the file as UTF-8"));
	} else {
		if (ward_str_starts(c->rest, WARD_STR("\xef\xbb\xbf"))) /* byte order mark */
			c->rest = ward_str_sub(c->rest, 3, c->rest.len);
		header(c);
		rows(c);
	}
}

static enum ward_err table(struct csv c, const struct ward_limits *lim, struct ward_str file,
	struct ward_slice text, struct ward_csv *ret)
{
	struct ward_csv t = {.file = ward_arena_str(c.a, file)};

	if (!t.file.p)
		return WARD_ERR_NOMEM;
	c.t = &t;
	c.rest = ward_slice_text(text);
	c.line = 1;
	read_all(&c, lim, text);
	if (c.err)
		return c.err == WARD_ERR_NOMEM ? c.err : WARD_ERR_CONFIG;
	*ret = t;
	return WARD_OK;
}

enum ward_err ward_conf_csv(struct ward_arena *a, const struct ward_limits *lim,
	struct ward_str file, struct ward_slice text, struct ward_diag *diag, struct ward_csv *ret)
{
	return table((struct csv){.a = a, .diag = diag}, lim, file, text, ret);
}

enum ward_err ward_conf_csv_any(struct ward_arena *a, const struct ward_limits *lim,
	struct ward_str file, struct ward_slice text, struct ward_diag *diag, struct ward_csv *ret)
{
	return table((struct csv){.a = a, .diag = diag, .any = true}, lim, file, text, ret);
}

size_t ward_csv_column(const struct ward_csv *t, const char *name)
{
	for (size_t i = 0; i < t->n_column; i++)
		if (ward_str_eqz(t->column[i], name))
			return i;
	return SIZE_MAX;
}
