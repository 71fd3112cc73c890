#include "model/load.h"

#define ROOT(r) (1u << WARD_ROOT_##r)
#define ASSET_ROOTS (ROOT(DEVICE) | ROOT(SOFTWARE) | ROOT(DATA) | ROOT(SUPPLY))

/* docs/hospital-directory.md says the same for people. */
static const struct ward_list lists[] = {
	{"hospital", "hospital", .map = true,
		.key = {"id", "name", "city", "country", "timezone", "languages", "synthetic",
			"baselines", "staff_agreement", "clips"},
		.read = ward_read_hospital},
	{"sites", "site", .node = true, .kind = WARD_NODE_SITE, .roots = ROOT(SITE),
		.class = "site", .key = {"id", "name"}, .read = ward_read_site},
	{"buildings", "building", .node = true, .kind = WARD_NODE_BUILDING, .roots = ROOT(BUILDING),
		.class = "building", .key = {"id", "name", "site"}, .read = ward_read_building},
	{"floors", "floor", .node = true, .kind = WARD_NODE_FLOOR, .roots = ROOT(FLOOR),
		.class = "floor", .key = {"id", "name", "building", "level"},
		.read = ward_read_floor},
	{"zones", "zone", .node = true, .kind = WARD_NODE_ZONE, .roots = ROOT(ZONE),
		.class = "zone", .key = {"id", "name", "kind"}, .read = ward_read_zone},
	{"rooms", "room", .node = true, .kind = WARD_NODE_ROOM, .roots = ROOT(ROOM),
		.key = {"id", "name", "floor", "class", "zone", "metres", "open"},
		.read = ward_read_room},
	{"doors", "door", .node = true, .kind = WARD_NODE_DOOR, .roots = ROOT(DOOR),
		.class = "door",
		.key = {"id", "name", "from", "to", "class", "one_way", "keys", "open"},
		.read = ward_read_door},
	{"networks", "network", .node = true, .kind = WARD_NODE_NETWORK, .roots = ROOT(NETWORK),
		.key = {"id", "name", "class", "cidr", "vlan", "iface"}, .read = ward_read_network},
	{"roles", "role", .node = true, .kind = WARD_NODE_ROLE, .roots = ROOT(ROLE),
		.class = "role", .key = {"id", "name", "reach"}, .read = ward_read_role},
	{"assets", "asset", .node = true, .kind = WARD_NODE_ASSET, .roots = ASSET_ROOTS,
		.key = {"id", "name", "class", "room", "network", "ip", "mac", "keys", "vendor",
			"model", "criticality", "recovery", "mtpd", "hours", "otherwise"},
		.read = ward_read_asset},
	{"services", "service", .node = true, .kind = WARD_NODE_SERVICE, .roots = ROOT(SERVICE),
		.key = {"id", "name", "class", "rooms", "beds", "staff", "patients", "criticality",
			"weight", "requires", "role", "recovery", "mtpd", "hours", "otherwise",
			"points_of_care"},
		.read = ward_read_service},
	{"relations", "relation", .key = {"from", "relation", "to"}, .read = ward_read_relation},
	{"protections", "protection", .key = {"id", "on", "against", "degree", "name", "scope"},
		.read = ward_read_protection},
	{"buffers", "buffer", .key = {"on", "kind", "lasts"}, .read = ward_read_buffer},
	{"facts", "fact", .key = {"on", "key", "as_of", "by", "ref", "half_life", "assumed"},
		.read = ward_read_basis},
	{"origins", "origin", .key = {"id", "name", "cidr", "country", "latitude", "longitude"},
		.read = ward_read_origin},
	{"sources", "source",
		.key = {"id", "name", "kind", "where", "topic", "watches", "purpose", "legal_basis",
			"personal_data", "retention", "skew", "workers", "multiline", "charset",
			"certificate", "key", "clients", "zones", "user", "password_file", "fps",
			"keyframes", "baud", "frame", "budget", "priority", "controllers", "every",
			"cov", "acknowledge", "security", "at", "geocodes", "camera_url",
			"recorded_for", "expect_every", "plan", "inspect", "only_new", "peers",
			"supervised", "silence", "answer", "register", "login", "map"},
		.read = ward_read_source},
};

const struct ward_list *ward_model_lists(size_t *ret_n)
{
	*ret_n = WARD_ARRAY_LEN(lists);
	return lists;
}

const struct ward_list *ward_model_list(struct ward_str name)
{
	for (size_t i = 0; i < WARD_ARRAY_LEN(lists); i++)
		if (ward_str_eqz(name, lists[i].name))
			return &lists[i];
	return NULL;
}

/* A row of a table as the map that YAML would have given: empty cells are absent keys. In scratch,
 * which this call resets. */
static const struct ward_conf *row_map(struct ward_load *l, const struct ward_row *r)
{
	const struct ward_csv_row *row;
	struct ward_conf *map, *cell, **end;

	ward_arena_reset(&l->scratch);
	if (r->yaml)
		return r->yaml;
	row = &r->csv->row[r->csv_row];
	map = ward_arena_array(&l->scratch, r->csv->n_column + 1, sizeof(*map));
	if (!map) {
		l->err = WARD_ERR_NOMEM;
		return NULL;
	}
	*map = (struct ward_conf){.kind = WARD_CONF_MAP, .line = row->line, .file = r->csv->file};
	cell = map + 1;
	end = &map->child;
	for (size_t i = 0; i < r->csv->n_column; i++) {
		if (!row->cell[i].len)
			continue;
		*cell = (struct ward_conf){.kind = WARD_CONF_SCALAR,
			.line = row->line,
			.file = r->csv->file,
			.key = r->csv->column[i],
			.text = row->cell[i]};
		*end = cell;
		end = &cell->next;
		cell++;
		map->n_child++;
	}
	return map;
}

static uint32_t class_of(
	struct ward_load *l, const struct ward_list *list, const struct ward_conf *c)
{
	const struct ward_ontology *o = l->m->ontology;
	struct ward_str s = ward_str_z(list->class);
	uint32_t fallback = WARD_NONE, class;
	char roots[96];
	struct ward_wr w = ward_wr_fixed(roots, sizeof(roots));

	for (unsigned r = WARD_ROOT_N; r-- > 0;)
		if (list->roots >> r & 1)
			fallback = l->m->root[r];
	for (unsigned r = 0; r < WARD_ROOT_N; r++)
		if (list->roots >> r & 1)
			ward_wr_printf(
				&w, "%s%s", w.len ? ", " : "", ward_root_name((enum ward_root)r));
	if (!ward_conf_str(c, "class", list->class == NULL, l->diag, &s) && !list->class)
		return fallback;
	class = ward_ontology_find(o, s);
	if (class == WARD_NONE) {
		struct ward_near near = ward_near_start(s, &l->near_budget);

		for (uint32_t i = 0; i < ward_ontology_n(o); i++)
			ward_near_offer(&near, ward_ontology_class(o, i)->id);
		if (near.best.len)
			ward_load_error(l, c,
				WARD_TEXT("the class '%.*s' is not in the ontology\nwrite '%.*s' "
					  "if that was meant"),
				WARD_STR_ARG(s), WARD_STR_ARG(near.best));
		else
			ward_load_error(l, c,
				WARD_TEXT("the class '%.*s' is not in the ontology\nchoose one of "
					  "content/ontology.yml"),
				WARD_STR_ARG(s));
		return fallback;
	}
	for (unsigned r = 0; r < WARD_ROOT_N; r++)
		if (list->roots >> r & 1 && ward_ontology_is(o, class, l->m->root[r]))
			return class;
	ward_load_error(l, c,
		WARD_TEXT("the class '%.*s' does not belong in the list %s\nchoose a class of "
			  "%.*s, or move "
			  "the entry"),
		WARD_STR_ARG(s), list->name, WARD_STR_ARG(ward_wr_text(&w)));
	return fallback;
}

static void node_add(struct ward_load *l, struct ward_row *r, const struct ward_conf *c)
{
	struct ward_model *m = l->m;
	struct ward_str id, name;
	uint32_t i;

	if (!ward_word_id(c, "id", l->diag, &id) || !ward_load_take_id(l, c, id))
		return;
	if (!ward_load_ok(l,
		    ward_mem_more(l->mem, &m->node, m->n, &m->cap, sizeof(*m->node),
			    ward_limit(l->lim, WARD_LIMIT_MODEL_NODES)),
		    "model.nodes") ||
		!ward_load_ok(l, ward_intern_put(&m->ids, id, &i), "model.bytes"))
		return;
	name = ward_load_name(l, c, r->list->kind != WARD_NODE_DOOR);
	m->node[i] = (struct ward_node){.kind = r->list->kind,
		.id = ward_intern_at(&m->ids, i),
		.class = class_of(l, r->list, c),
		.parent = WARD_NONE,
		.zone = WARD_NONE,
		.network = WARD_NONE,
		.role = WARD_NONE,
		.file = c->file,
		.line = c->line};
	m->node[i].name = name.len ? name : m->node[i].id;
	m->node[i].file = ward_load_keep(l, c->file);
	m->n++;
	r->index = i;
}

void ward_load_nodes(struct ward_load *l)
{
	for (size_t i = 0; i < l->n_row && !l->err; i++) {
		struct ward_row *r = &l->row[i];
		const struct ward_conf *c = row_map(l, r);

		if (!c)
			return;
		if (r->yaml && !ward_word_keys(c, r->list->key, l->diag))
			r->list = NULL; /* no map: nothing to read */
		else if (r->list->node)
			node_add(l, r, c);
	}
}

void ward_load_rest(struct ward_load *l)
{
	for (size_t i = 0; i < l->n_row && !l->err; i++) {
		const struct ward_row *r = &l->row[i];
		const struct ward_conf *c = row_map(l, r);

		if (!c)
			return;
		if (r->list && (!r->list->node || r->index != WARD_NONE))
			r->list->read(l, r, c);
	}
}

static void row_add(struct ward_load *l, struct ward_row r)
{
	size_t max = 2 * ward_limit(l->lim, WARD_LIMIT_MODEL_RELATIONS);

	r.index = WARD_NONE;
	if (ward_load_ok(l,
		    ward_mem_more(l->mem, &l->row, l->n_row, &l->cap_row, sizeof(*l->row), max),
		    "model.relations"))
		l->row[l->n_row++] = r;
}

static void no_such_list(
	struct ward_load *l, struct ward_str file, uint32_t line, struct ward_str name)
{
	struct ward_near near = ward_near_start(name, &l->near_budget);

	for (size_t i = 0; i < WARD_ARRAY_LEN(lists); i++)
		ward_near_offer(&near, ward_str_z(lists[i].name));
	const struct ward_diag_slot slot[] = {{"list", name}, {"near", near.best}};

	ward_diag_say(l->diag,
		&(struct ward_diag_item){.level = WARD_DIAG_ERROR,
			.file = file,
			.line = line,
			.what = ward_str_z(WARD_TEXT("there is no list '{list}'")),
			.mend = ward_str_z(near.best.len
						   ? WARD_TEXT("write '{near}' if that was meant")
						   : WARD_TEXT("see docs/hospital-directory.md for "
							       "the lists")),
			.slot = slot,
			.n_slot = WARD_ARRAY_LEN(slot)});
}

static void yaml_list(struct ward_load *l, const struct ward_conf *v)
{
	const struct ward_list *list = ward_model_list(v->key);

	if (!list) {
		no_such_list(l, v->file, v->line, v->key);
	} else if (list->map) {
		row_add(l, (struct ward_row){.list = list, .yaml = v});
	} else if (v->kind == WARD_CONF_SEQ) {
		for (const struct ward_conf *c = v->child; c && !l->err; c = c->next)
			row_add(l, (struct ward_row){.list = list, .yaml = c});
	} else if (v->kind != WARD_CONF_NULL) {
		ward_load_error(l, v,
			WARD_TEXT("'%s' must be a list\nwrite `%s:` and under it `- {id: …}`"),
			list->name, list->name);
	}
}

static bool yaml_file(struct ward_load *l, const struct ward_model_file *f)
{
	const struct ward_conf *docs;
	enum ward_err err = ward_conf_yaml(&l->arena, l->lim, f->path, f->bytes, l->diag, &docs);

	if (err) {
		if (err != WARD_ERR_CONFIG)
			(void)ward_load_ok(l, err, "model.bytes");
		return false;
	}
	for (const struct ward_conf *doc = docs->child; doc; doc = doc->next) {
		if (doc->kind == WARD_CONF_NULL)
			continue;
		if (doc->kind != WARD_CONF_MAP)
			ward_load_error(l, doc,
				WARD_TEXT("the file must hold lists by name\nbegin with a list's "
					  "name, such "
					  "as `rooms:`"));
		else
			for (const struct ward_conf *v = doc->child; v; v = v->next)
				yaml_list(l, v);
	}
	return true;
}

static bool csv_file(struct ward_load *l, const struct ward_model_file *f, struct ward_str stem)
{
	struct ward_str rest = stem;
	const struct ward_list *list = ward_model_list(ward_str_cut(&rest, '-'));
	struct ward_csv *t = ward_arena_alloc(&l->arena, sizeof(*t));
	struct ward_conf *column;

	if (!list || list->map) {
		rest = stem;
		no_such_list(l, f->path, 0, ward_str_cut(&rest, '-'));
		return true;
	}
	if (!t) {
		l->err = WARD_ERR_NOMEM;
		return false;
	}
	enum ward_err err = ward_conf_csv(&l->arena, l->lim, f->path, f->bytes, l->diag, t);

	if (err) {
		if (err != WARD_ERR_CONFIG)
			(void)ward_load_ok(l, err, "model.bytes");
		return false;
	}
	/* The header's words are the keys of each row: checked once. */
	column = ward_arena_array(&l->arena, t->n_column + 1, sizeof(*column));
	if (!column) {
		l->err = WARD_ERR_NOMEM;
		return false;
	}
	struct ward_conf map = {.kind = WARD_CONF_MAP, .file = t->file, .child = column};

	for (size_t i = 0; i < t->n_column; i++)
		column[i] = (struct ward_conf){.kind = WARD_CONF_SCALAR,
			.file = t->file,
			.key = t->column[i],
			.next = i + 1 < t->n_column ? &column[i + 1] : NULL};
	WARD_ASSERT(!list->key[WARD_LIST_KEYS_MAX - 1]);
	(void)ward_word_keys(&map, list->key, l->diag);
	for (size_t i = 0; i < t->n_row && !l->err; i++)
		row_add(l, (struct ward_row){.list = list, .csv = t, .csv_row = i});
	return true;
}

bool ward_load_file(struct ward_load *l, const struct ward_model_file *f)
{
	struct ward_str stem = f->name;

	if (ward_str_eqz(f->name, "limits.yml"))
		return true; /* ward_model_limits reads it */
	if (ward_str_ends(f->name, WARD_STR(".yml")))
		return yaml_file(l, f);
	if (!ward_str_ends(f->name, WARD_STR(".csv")))
		return true;
	stem.len -= 4;
	return csv_file(l, f, stem);
}
