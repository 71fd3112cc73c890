/* Does a version of the directory watch more of people than the one before: another source with
 * their data, another analytic, category of data, kind of people, role or receiver? Then that is on
 * the ledger by itself, for the staff's representatives: nobody need look through differences. */
#include "run/proc/config.h"

#include "conf/conf.h"

enum { THINGS = 1024, TEXT = 1800 };

struct scope {
	struct config *k;
	struct ward_arena *a;
	struct ward_str at[THINGS]; /* "source cam", "data pd:Picture" */
	size_t n;
	bool cut; /* there are more */
};

static bool has(const struct scope *s, struct ward_str what)
{
	for (size_t i = 0; i < s->n; i++)
		if (ward_str_eq(s->at[i], what))
			return true;
	return false;
}

static void add(struct scope *s, const char *kind, struct ward_str what)
{
	char text[160];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));

	ward_wr_z(&w, kind);
	ward_wr_ch(&w, ' ');
	ward_wr_str(&w, what);
	if (!what.len || ward_wr_bad(&w) || has(s, ward_wr_text(&w)))
		return;
	struct ward_str own = ward_arena_str(s->a, ward_wr_text(&w));

	s->cut |= s->n == THINGS || !own.p;
	if (!s->cut)
		s->at[s->n++] = own;
}

/* The texts of a list, or one text. */
static void add_list(
	struct scope *s, const char *kind, const struct ward_conf *map, const char *key)
{
	const struct ward_conf *list = ward_conf_get(map, key);
	const struct ward_conf *c = list && list->kind == WARD_CONF_SEQ ? list->child : list;

	for (; c; c = list->kind == WARD_CONF_SEQ ? c->next : NULL)
		if (c->kind == WARD_CONF_SCALAR)
			add(s, kind, c->text);
}

static void add_entry(struct scope *s, const struct ward_conf *e)
{
	add_list(s, "analytic", e, "analytics");
	add_list(s, "data", e, "data");
	add_list(s, "people", e, "people");
	add_list(s, "role", e, "roles");
	add_list(s, "told", e, "told");
	add_list(s, "told", e, "recipients");
	add_list(s, "transfer", e, "transfers");
}

static const struct ward_conf *items(const struct ward_conf *map, const char *key)
{
	const struct ward_conf *list = ward_conf_get(map, key);

	return list && list->kind == WARD_CONF_SEQ ? list->child : NULL;
}

static bool is_personal(struct ward_str personal_data, struct ward_str kind)
{
	return ward_str_eqz(personal_data, "true") || ward_str_eqz(kind, "video");
}

static void read_yaml(struct scope *s, struct ward_str path, struct ward_slice text)
{
	const struct ward_conf *docs;
	struct ward_diag d;

	ward_diag_init(&d, ward_mem_heap());
	enum ward_err err = ward_conf_yaml(s->a, &s->k->lim, path, text, &d, &docs);

	ward_diag_fini(&d);
	for (const struct ward_conf *c = err ? NULL : docs->child; c; c = c->next) {
		for (const struct ward_conf *e = items(c, "sources"); e; e = e->next)
			if (is_personal(
				    ward_conf_word(e, "personal_data"), ward_conf_word(e, "kind")))
				add(s, "source", ward_conf_word(e, "id"));
		if (ward_str_eqz(path, "processing.yml"))
			for (const struct ward_conf *e = items(c, "entries"); e; e = e->next)
				add_entry(s, e);
		if (ward_conf_word(ward_conf_get(c, "hospital"), "staff_agreement").len)
			add(s, "analytic", WARD_STR("baselines.persons"));
		if (ward_conf_get(ward_conf_get(c, "hospital"), "clips"))
			add(s, "analytic", WARD_STR("clips"));
	}
}

static void read_csv(struct scope *s, struct ward_str path, struct ward_slice text)
{
	struct ward_csv t;
	struct ward_diag d;

	ward_diag_init(&d, ward_mem_heap());
	enum ward_err err = ward_conf_csv(s->a, &s->k->lim, path, text, &d, &t);

	ward_diag_fini(&d);
	if (err)
		return;
	size_t id = ward_csv_column(&t, "id"), kind = ward_csv_column(&t, "kind"),
	       personal = ward_csv_column(&t, "personal_data");

	for (size_t i = 0; id != SIZE_MAX && i < t.n_row; i++) {
		const struct ward_str *c = t.row[i].cell;

		if (is_personal(personal == SIZE_MAX ? WARD_STR("") : c[personal],
			    kind == SIZE_MAX ? WARD_STR("") : c[kind]))
			add(s, "source", c[id]);
	}
}

/* What cannot be read says nothing: Ward does not run with it. */
static enum ward_err read_version(struct scope *s, uint64_t number)
{
	struct ward_revision_tree t;
	struct ward_slice text;
	enum ward_err err = ward_revision_tree(s->k->r, number, s->a, &t);

	for (size_t i = 0; !err && i < t.n; i++) {
		struct ward_str path = t.file[i].path;
		bool csv = ward_str_starts(path, WARD_STR("sources")) &&
			   ward_str_ends(path, WARD_STR(".csv"));
		bool yaml = ward_str_ends(path, WARD_STR(".yml")) &&
			    ward_str_find(path, WARD_STR("/")) == SIZE_MAX;

		if (!csv && !yaml)
			continue;
		err = ward_revision_text_of(s->k->r, &t.file[i], s->a, &text);
		if (!err && yaml)
			read_yaml(s, path, text);
		else if (!err)
			read_csv(s, path, text);
	}
	return err;
}

bool config_widens(struct config *k, uint64_t number, struct ward_wr *ret)
{
	static struct scope was, is;
	struct ward_arena a;
	size_t before = ret->len;

	if (number < 2)
		return false; /* the first is what the register says */
	ward_arena_init(&a, ward_mem_heap(), CONFIG_ARENA);
	was = (struct scope){.k = k, .a = &a};
	is = (struct scope){.k = k, .a = &a};
	enum ward_err err = read_version(&was, number - 1);

	if (!err)
		err = read_version(&is, number);
	for (size_t i = 0; !err && !was.cut && i < is.n; i++) {
		if (has(&was, is.at[i]))
			continue;
		if (ret->len - before + is.at[i].len > TEXT) {
			ward_wr_z(ret, " …");
			break;
		}
		ward_wr_z(ret, ret->len > before ? ", " : "");
		ward_wr_str(ret, is.at[i]);
	}
	ward_arena_fini(&a);
	return ret->len > before && !ward_wr_bad(ret);
}
