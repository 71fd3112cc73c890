/* A table. With a mapping (YAML) of its columns, or with our own names for them, as
 * `ward inventory --csv` writes them. */
#include "model/import/import.h"
#include "model/word.h"

struct table {
	const struct ward_import_in *in;
	struct ward_candidates *c;
	struct ward_csv csv;
	size_t id;                  /* column, or SIZE_MAX */
	size_t column[WARD_CELL_N]; /* or SIZE_MAX */
	struct ward_str fixed[WARD_CELL_N];
	const struct ward_conf *classes; /* their word: our class */
	size_t serial, host, bacnet;     /* keys with a column of their own */
	enum ward_node_kind kind;
};

static size_t mapped(struct table *t, const char *key)
{
	const struct ward_conf *columns = ward_conf_get(t->in->map, "columns"),
			       *theirs = ward_conf_get(columns, key);
	size_t i;

	if (!t->in->map)
		return ward_csv_column(&t->csv, key);
	if (!theirs)
		return SIZE_MAX;
	for (i = 0; i < t->csv.n_column; i++)
		if (ward_str_eq(t->csv.column[i], theirs->text))
			return i;
	ward_diag_addf(t->in->diag, WARD_DIAG_ERROR, theirs->file, theirs->line,
		WARD_TEXT("the table has no column '%.*s'\ncopy the name from its header"),
		WARD_STR_ARG(theirs->text));
	return SIZE_MAX;
}

static bool list_of(struct table *t)
{
	const struct ward_conf *c = ward_conf_get(t->in->map, "list");
	struct ward_str list = c ? c->text : t->in->list;
	static const char *const name[WARD_NODE_N] = {"sites", "buildings", "floors", "zones",
		"rooms", "doors", "networks", "", "", "assets"};

	t->kind = WARD_NODE_ASSET;
	if (!list.len)
		return true;
	for (unsigned k = 0; k < WARD_NODE_N; k++)
		if (*name[k] && ward_str_eqz(list, name[k])) {
			t->kind = (enum ward_node_kind)k;
			return true;
		}
	ward_diag_addf(t->in->diag, WARD_DIAG_ERROR, c ? c->file : t->csv.file, c ? c->line : 0,
		WARD_TEXT("no rows of '%.*s' are imported\nwrite sites, buildings, floors, zones, "
			  "rooms, "
			  "doors, networks or assets"),
		WARD_STR_ARG(list));
	return false;
}

static bool columns(struct table *t)
{
	static const char *const known[] = {"list", "columns", "fixed", "classes", NULL};
	const struct ward_conf *fixed = ward_conf_get(t->in->map, "fixed");
	size_t n_error = t->in->diag->n_error;

	if (t->in->map)
		(void)ward_word_keys(t->in->map, known, t->in->diag);
	t->id = mapped(t, "id");
	t->serial = mapped(t, "serial");
	t->host = mapped(t, "host");
	t->bacnet = mapped(t, "bacnet");
	t->classes = ward_conf_get(t->in->map, "classes");
	for (unsigned k = 0; k < WARD_CELL_N; k++) {
		const struct ward_conf *f = ward_conf_get(fixed, ward_cell_name((enum ward_cell)k));

		t->column[k] = mapped(t, ward_cell_name((enum ward_cell)k));
		t->fixed[k] = f ? f->text : (struct ward_str){"", 0};
	}
	for (const struct ward_conf *c = t->classes ? t->classes->child : NULL; c; c = c->next)
		(void)ward_import_class(t->in, c);
	if (t->id == SIZE_MAX && t->column[WARD_CELL_NAME] == SIZE_MAX)
		ward_diag_addf(t->in->diag, WARD_DIAG_ERROR, t->csv.file, 1,
			WARD_TEXT("no column says the id or the name\nwrite a mapping with "
				  "`columns: {id: "
				  "…, name: …}` and give it with --map"));
	return t->in->diag->n_error == n_error;
}

static struct ward_str cell_of(const struct table *t, size_t row, size_t column)
{
	return column == SIZE_MAX ? (struct ward_str){"", 0} : t->csv.row[row].cell[column];
}

static struct ward_str class_of(const struct table *t, struct ward_str theirs)
{
	for (const struct ward_conf *c = t->classes ? t->classes->child : NULL; c; c = c->next)
		if (ward_str_eq(c->key, theirs))
			return c->text;
	return theirs;
}

static void row(struct table *t, size_t i)
{
	struct ward_candidates *c = t->c;
	struct ward_str id = cell_of(t, i, t->id), name = cell_of(t, i, t->column[WARD_CELL_NAME]);
	struct ward_str ref = id.len ? id : name;
	uint32_t line = t->csv.row[i].line, n;

	if (!ref.len) {
		ward_candidate_pass(c, WARD_STR("row without id and name"));
		return;
	}
	size_t before = c->refs.n;

	n = ward_candidate_add(c, t->kind, ref, t->csv.file, line);
	if (n == WARD_NONE)
		return;
	if (n < before) {
		ward_candidate_pass(c, WARD_STR("row whose id came before"));
		return;
	}
	ward_candidate_id(c, n, ref);
	c->node[n].id_given = id.len && ward_str_eq(c->node[n].id, id);
	for (unsigned k = 0; k < WARD_CELL_N; k++) {
		struct ward_str s = cell_of(t, i, t->column[k]);

		if (!s.len)
			s = t->fixed[k];
		if (k == WARD_CELL_CLASS)
			s = class_of(t, s);
		if (k == WARD_CELL_CLASS && s.len &&
			ward_ontology_find(ward_model_ontology(t->in->model), s) == WARD_NONE) {
			ward_candidate_pass(c, WARD_STR("class that is none of ours"));
			continue;
		}
		ward_candidate_set(c, n, (enum ward_cell)k, s);
	}
	ward_candidate_key(c, n, "serial", cell_of(t, i, t->serial));
	ward_candidate_key(c, n, "host", cell_of(t, i, t->host));
	ward_candidate_key(c, n, "bacnet", cell_of(t, i, t->bacnet));
}

enum ward_err ward_import_csv(const struct ward_import_in *in, struct ward_str file,
	struct ward_slice text, struct ward_candidates *c)
{
	struct table t = {.in = in, .c = c};
	struct ward_arena a;

	ward_arena_init(&a, in->mem, ward_limit(in->lim, WARD_LIMIT_MODEL_BYTES));
	enum ward_err err = ward_conf_csv_any(&a, in->lim, file, text, in->diag, &t.csv);

	if (!err && (!list_of(&t) || !columns(&t)))
		err = WARD_ERR_CONFIG;
	for (size_t i = 0; !err && i < t.csv.n_row && !c->err; i++)
		row(&t, i);
	ward_arena_fini(&a);
	return err;
}
