/* Zeek's own form of a log: a header of lines that begin with '#', then columns parted by tabs
 * (docs.zeek.org, "Zeek Log Formats"). */
#include "sense/log/zeek.h"

enum { SET_ITEMS_MAX = 256 };

enum type { TYPE_TEXT, TYPE_NUMBER, TYPE_BOOL, TYPE_LIST, TYPE_LIST_NUMBER };

static enum type type_of(struct ward_str s)
{
	static const char *const number[] = {"count", "int", "port", "double", "interval", "time"};
	struct ward_str of = s;
	bool list = ward_str_starts(s, WARD_STR("set[")) || ward_str_starts(s, WARD_STR("vector["));

	if (list) {
		(void)ward_str_cut(&of, '[');
		of.len -= of.len > 0;
	}
	for (size_t i = 0; i < WARD_ARRAY_LEN(number); i++)
		if (ward_str_eqz(of, number[i]))
			return list ? TYPE_LIST_NUMBER : TYPE_NUMBER;
	if (list)
		return TYPE_LIST;
	return ward_str_eqz(s, "bool") ? TYPE_BOOL : TYPE_TEXT;
}

static enum ward_err bad(struct ward_input_problem *p, const char *counter, const char *what)
{
	p->counter = counter;
	p->what = what;
	p->dropped = true;
	return WARD_ERR_MALFORMED;
}

static void keep(char *to, size_t cap, struct ward_str s)
{
	size_t n = s.len < cap ? s.len : cap - 1;

	memcpy(to, s.p, n);
	to[n] = 0;
}

static enum ward_err columns(
	struct ward_zeek *z, struct ward_str rest, struct ward_input_problem *problem)
{
	z->n_column = 0;
	while (rest.p) {
		struct ward_str name = ward_str_cut(&rest, '\t');

		if (!name.len || z->n_column == WARD_ZEEK_COLUMNS) {
			z->n_column = 0;
			return bad(problem, "zeek.reject.header",
				"#fields has an empty name, or more than 256");
		}
		z->type[z->n_column] = TYPE_TEXT;
		z->column[z->n_column++] = ward_name(z->names, name);
	}
	return WARD_ERR_AGAIN;
}

static enum ward_err header(
	struct ward_zeek *z, struct ward_str line, struct ward_input_problem *problem)
{
	struct ward_str rest = line, key;

	if (ward_str_starts(line, WARD_STR("#separator"))) {
		z->n_column = 0;
		z->path[0] = 0;
		z->set_separator = ',';
		keep(z->unset, sizeof(z->unset), WARD_STR("-"));
		keep(z->empty, sizeof(z->empty), WARD_STR("(empty)"));
		return ward_str_eqz(line, "#separator \\x09")
			       ? WARD_ERR_AGAIN
			       : bad(problem, "zeek.reject.header",
					 "columns are not parted by tabs: use Zeek's default");
	}
	key = ward_str_cut(&rest, '\t');
	if (!rest.p)
		return WARD_ERR_AGAIN; /* a remark */
	if (ward_str_eqz(key, "#fields"))
		return columns(z, rest, problem);
	if (ward_str_eqz(key, "#path"))
		keep(z->path, sizeof(z->path), rest);
	else if (ward_str_eqz(key, "#unset_field"))
		keep(z->unset, sizeof(z->unset), rest);
	else if (ward_str_eqz(key, "#empty_field"))
		keep(z->empty, sizeof(z->empty), rest);
	else if (ward_str_eqz(key, "#set_separator") && rest.len == 1)
		z->set_separator = rest.p[0];
	else if (ward_str_eqz(key, "#types"))
		for (size_t i = 0; i < z->n_column && rest.p; i++)
			z->type[i] = (uint8_t)type_of(ward_str_cut(&rest, '\t'));
	return WARD_ERR_AGAIN;
}

/* A number that is none stays text. */
static struct ward_value scalar(struct ward_str s, bool number)
{
	struct ward_value v = ward_value_str(s);
	int64_t i;
	enum ward_value_kind kind = number ? ward_number_kind(s, &i) : WARD_VALUE_NULL;

	if (kind == WARD_VALUE_INT)
		return ward_value_int(i);
	if (kind == WARD_VALUE_NUM)
		v.kind = WARD_VALUE_NUM;
	return v;
}

static enum ward_err list(const struct ward_zeek *z, struct ward_str s, bool number,
	struct ward_arena *arena, struct ward_value *ret)
{
	struct ward_value *item;
	size_t n = 1;

	*ret = (struct ward_value){.kind = WARD_VALUE_LIST};
	if (ward_str_eqz(s, z->empty))
		return WARD_OK;
	for (size_t i = 0; i < s.len && n < SET_ITEMS_MAX; i++)
		n += s.p[i] == z->set_separator;
	item = ward_arena_array(arena, n, sizeof(*item));
	if (!item)
		return WARD_ERR_NOMEM;
	/* what is beyond the limit stays together in the last */
	for (size_t i = 0; i < n; i++)
		item[i] = scalar(i + 1 < n ? ward_str_cut(&s, z->set_separator) : s, number);
	ret->n = (uint32_t)n;
	ret->item = item;
	return WARD_OK;
}

static enum ward_err value(const struct ward_zeek *z, struct ward_str s, enum type type,
	struct ward_arena *arena, struct ward_value *ret)
{
	if (type == TYPE_LIST || type == TYPE_LIST_NUMBER)
		return list(z, s, type == TYPE_LIST_NUMBER, arena, ret);
	if (type == TYPE_BOOL && (ward_str_eqz(s, "T") || ward_str_eqz(s, "F")))
		*ret = ward_value_bool(s.p[0] == 'T');
	else if (ward_str_eqz(s, z->empty))
		*ret = ward_value_str(WARD_STR(""));
	else
		*ret = scalar(s, type == TYPE_NUMBER);
	return WARD_OK;
}

enum ward_err ward_zeek_line(struct ward_zeek *z, struct ward_str line, struct ward_arena *arena,
	struct ward_event *ret, struct ward_input_problem *problem)
{
	struct ward_str rest, path;
	struct ward_value v;
	enum ward_err err = WARD_OK;
	size_t i = 0;

	if (!ward_utf8_valid(ward_str_bytes(line), NULL))
		return bad(problem, "zeek.reject.utf8", "not UTF-8");
	if (line.len && line.p[0] == '#')
		return header(z, line, problem);
	if (!z->n_column)
		return bad(problem, "zeek.reject.header", "no #fields came before");
	rest = ward_arena_str(arena, line);
	path = ward_arena_str(arena, ward_str_z(z->path));
	if (!rest.p || !path.p)
		return WARD_ERR_NOMEM;
	ward_event_init(ret, arena);
	if (path.len)
		err = ward_event_set(ret, z->name_path, ward_value_str(path));
	for (; !err && rest.p && i < z->n_column; i++) {
		struct ward_str s = ward_str_cut(&rest, '\t');

		if (ward_str_eqz(s, z->unset))
			continue;
		err = value(z, s, (enum type)z->type[i], arena, &v);
		if (!err)
			err = ward_event_set(ret, z->column[i], v);
	}
	if (err)
		return err;
	return rest.p || i < z->n_column
		       ? bad(problem, "zeek.reject.columns", "not as many columns as #fields has")
		       : WARD_OK;
}
