/* Does a version of the directory watch more of people than the one before: another source with
 * their data, another analytic, category of data, kind of people, role or receiver? Then that is on
 * the ledger by itself, for the staff's representatives: nobody need look through differences. And
 * so is whatever the impact assessment rests on and is other: an entry, a source of people's data,
 * an agreement, clips, profiles of staff. */
#include "run/proc/config.h"

#include "conf/conf.h"

enum { THINGS = 1024, TEXT = 1800 };

struct scope {
	struct config *k;
	struct ward_arena *a;
	struct ward_str at[THINGS]; /* "source cam", "data pd:Picture" */
	size_t n;
	bool cut; /* there are more */
	struct rest {
		struct ward_str name; /* "entry cameras" */
		struct ward_id is;    /* of all that it says */
	} rest[THINGS];               /* what the assessment rests on */
	size_t n_rest;
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

/* ---- what the assessment rests on ---- */

static void add_rest(struct scope *s, const char *kind, struct ward_str id, struct ward_id is)
{
	char text[160];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));

	ward_wr_z(&w, kind);
	ward_wr_z(&w, id.len ? " " : "");
	ward_wr_str(&w, id);
	struct ward_str own = ward_arena_str(s->a, ward_wr_text(&w));

	if (s->n_rest < THINGS && own.p && !ward_wr_bad(&w))
		s->rest[s->n_rest++] = (struct rest){own, is};
}

/* All that it says: members, and their texts or lists of texts. */
static void rests_on(
	struct scope *s, const char *kind, struct ward_str id, const struct ward_conf *c)
{
	struct ward_idgen g;

	ward_idgen_init(&g, "ward assessment rests on");
	ward_idgen_str(&g, c->text);
	for (const struct ward_conf *m = c->child; m; m = m->next) {
		ward_idgen_str(&g, m->key);
		ward_idgen_str(&g, m->text);
		for (const struct ward_conf *x = m->child; x; x = x->next)
			ward_idgen_str(&g, x->text);
	}
	add_rest(s, kind, id, ward_idgen_final(&g));
}

static const struct rest *rest_of(const struct scope *s, struct ward_str name)
{
	for (size_t i = 0; i < s->n_rest; i++)
		if (ward_str_eq(s->rest[i].name, name))
			return &s->rest[i];
	return NULL;
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

static void read_register(struct scope *s, const struct ward_conf *c)
{
	for (const struct ward_conf *e = items(c, "entries"); e; e = e->next) {
		add_entry(s, e);
		rests_on(s, "entry", ward_conf_word(e, "id"), e);
	}
	for (const struct ward_conf *e = items(c, "agreements"); e; e = e->next)
		rests_on(s, "agreement", ward_conf_word(e, "id"), e);
}

static void read_house(struct scope *s, const struct ward_conf *house)
{
	const struct ward_conf *staff = ward_conf_get(house, "staff_agreement"),
			       *clips = ward_conf_get(house, "clips");

	if (staff && staff->text.len) {
		add(s, "analytic", WARD_STR("baselines.persons"));
		rests_on(s, "analytic", WARD_STR("baselines.persons"), staff);
	}
	if (clips) {
		add(s, "analytic", WARD_STR("clips"));
		rests_on(s, "analytic", WARD_STR("clips"), clips);
	}
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
			if (is_personal(ward_conf_word(e, "personal_data"),
				    ward_conf_word(e, "kind"))) {
				add(s, "source", ward_conf_word(e, "id"));
				rests_on(s, "source", ward_conf_word(e, "id"), e);
			}
		if (ward_str_eqz(path, "processing.yml"))
			read_register(s, c);
		read_house(s, ward_conf_get(c, "hospital"));
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

		if (!is_personal(personal == SIZE_MAX ? WARD_STR("") : c[personal],
			    kind == SIZE_MAX ? WARD_STR("") : c[kind]))
			continue;
		struct ward_idgen g;

		ward_idgen_init(&g, "ward assessment rests on");
		for (size_t k = 0; k < t.n_column; k++)
			ward_idgen_str(&g, c[k]);
		add(s, "source", c[id]);
		add_rest(s, "source", c[id], ward_idgen_final(&g));
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

/* One more of a list; false: there are too many. */
static bool put(struct ward_wr *w, size_t before, struct ward_str what)
{
	if (w->len - before + what.len > TEXT) {
		ward_wr_z(w, " …");
		return false;
	}
	ward_wr_z(w, w->len > before ? ", " : "");
	ward_wr_str(w, what);
	return true;
}

static void put_wider(const struct scope *was, const struct scope *is, struct ward_wr *w)
{
	size_t before = w->len;

	for (size_t i = 0; !was->cut && i < is->n; i++)
		if (!has(was, is->at[i]) && !put(w, before, is->at[i]))
			return;
}

static void put_moved(const struct scope *was, const struct scope *is, struct ward_wr *w)
{
	size_t before = w->len;

	for (size_t i = 0; i < is->n_rest; i++) {
		const struct rest *old = rest_of(was, is->rest[i].name);

		if ((!old || !ward_id_eq(old->is, is->rest[i].is)) &&
			!put(w, before, is->rest[i].name))
			return;
	}
	for (size_t i = 0; i < was->n_rest; i++)
		if (!rest_of(is, was->rest[i].name) && !put(w, before, was->rest[i].name))
			return;
}

void config_scope(
	struct config *k, uint64_t number, struct ward_wr *ret_wider, struct ward_wr *ret_moved)
{
	static struct scope was, is;
	struct ward_arena a;

	if (number < 2)
		return; /* the first is what the register says */
	ward_arena_init(&a, ward_mem_heap(), CONFIG_ARENA);
	was.k = is.k = k;
	was.a = is.a = &a;
	was.n = was.n_rest = is.n = is.n_rest = 0;
	was.cut = is.cut = false;
	enum ward_err err = read_version(&was, number - 1);

	if (!err)
		err = read_version(&is, number);
	if (!err) {
		put_wider(&was, &is, ret_wider);
		put_moved(&was, &is, ret_moved);
	}
	ward_arena_fini(&a);
}
