#include "model/import/merge_int.h"

#include "model/word.h"

const char *ward_import_what_name(enum ward_import_what w)
{
	static const char *const name[WARD_IMPORT_WHAT_N] = {
		"added", "changed", "conflict", "held", "gone"};

	WARD_ASSERT((unsigned)w < WARD_IMPORT_WHAT_N);
	return name[w];
}

static bool ok(struct ward_merge *m, enum ward_err err)
{
	if (err && !m->err)
		m->err = err;
	return err == WARD_OK;
}

struct ward_str ward_merge_keep(struct ward_merge *m, struct ward_str s)
{
	struct ward_str copy = ward_arena_str(&m->arena, s);

	if (copy.p)
		return copy;
	(void)ok(m, WARD_ERR_NOMEM);
	return (struct ward_str){"", 0};
}

struct ward_str ward_merge_say(
	struct ward_merge *m, const char *english, const struct ward_str slot[3])
{
	char buf[1024];
	struct ward_wr w = ward_wr_fixed(buf, sizeof(buf));
	struct ward_str text = m->in.say ? m->in.say(m->in.say_ctx, english) : ward_str_z(english);

	for (size_t i = 0; i < text.len; i++) {
		bool is_slot = slot && i + 2 < text.len && text.p[i] == '{' && text.p[i + 2] == '}';

		if (is_slot && text.p[i + 1] >= 'a' && text.p[i + 1] <= 'c') {
			ward_wr_str(&w, ward_str_sub(slot[text.p[i + 1] - 'a'], 0, 200));
			i += 2;
		} else {
			ward_wr_ch(&w, text.p[i]);
		}
	}
	return ward_merge_keep(m, ward_wr_text(&w));
}

struct ward_import_item *ward_merge_item(struct ward_merge *m, enum ward_import_what what,
	uint32_t cand, uint32_t node, struct ward_str id)
{
	const struct ward_str none = {"", 0};

	if (m->err || !ok(m, ward_mem_more(m->in.mem, &m->item, m->n_item, &m->cap_item,
				     sizeof(*m->item), 8 * (size_t)WARD_CANDIDATE_RELS_MAX)))
		return NULL;
	struct ward_import_item *it = &m->item[m->n_item++];

	*it = (struct ward_import_item){what, cand, WARD_NONE, node, id, WARD_CELL_N, none, none,
		none, what == WARD_IMPORT_ADDED, false, false};
	return it;
}

static struct ward_str id_of_node(const struct ward_merge *m, uint32_t node)
{
	return ward_model_node(m->in.model, node)->id;
}

static void set_aside(struct ward_merge *m, uint32_t cand, enum ward_import_what what,
	const char *english, struct ward_str s)
{
	const struct ward_candidate_node *n = &m->in.c->node[cand];
	struct ward_import_item *it = ward_merge_item(m, what, cand, WARD_NONE, n->id);

	if (it)
		it->why = ward_merge_say(m, english, (const struct ward_str[3]){s});
}

/* The node that all keys name. False when two are named. */
static bool by_keys(struct ward_merge *m, const struct ward_candidate_node *n, uint32_t *ret)
{
	static const enum ward_cell cells[] = {WARD_CELL_IP, WARD_CELL_MAC, WARD_CELL_KEYS};

	for (size_t c = 0; c < WARD_ARRAY_LEN(cells); c++)
		for (struct ward_str rest = n->cell[cells[c]]; rest.p && rest.len;) {
			struct ward_str key = ward_str_cut(&rest, ' '), kind = key;
			unsigned k = cells[c] == WARD_CELL_IP ? WARD_KEY_IP : WARD_KEY_MAC;

			if (cells[c] == WARD_CELL_KEYS) {
				kind = ward_str_cut(&key, ':');
				for (k = 0; k < WARD_KEY_N &&
					    !ward_str_eqz(kind,
						    ward_key_kind_name((enum ward_key_kind)k));
					k++)
					;
			}
			uint32_t node = k == WARD_KEY_N || !key.len
						? WARD_NONE
						: ward_model_by_key(
							  m->in.model, (enum ward_key_kind)k, key);

			if (node == WARD_NONE)
				continue;
			if (*ret != WARD_NONE && *ret != node)
				return false;
			*ret = node;
		}
	return true;
}

static enum ward_cell place_cell(enum ward_node_kind k)
{
	switch (k) {
	case WARD_NODE_BUILDING:
		return WARD_CELL_SITE;
	case WARD_NODE_FLOOR:
		return WARD_CELL_BUILDING;
	case WARD_NODE_ROOM:
		return WARD_CELL_FLOOR;
	case WARD_NODE_ASSET:
		return WARD_CELL_ROOM;
	case WARD_NODE_SITE:
	case WARD_NODE_ZONE:
	case WARD_NODE_DOOR:
	case WARD_NODE_NETWORK:
	case WARD_NODE_ROLE:
	case WARD_NODE_SERVICE:
	case WARD_NODE_N:
		break;
	}
	return WARD_CELL_N;
}

/* By name and place; *ret_alike is one of the same name that stands elsewhere, or nowhere. */
static uint32_t by_name(
	struct ward_merge *m, const struct ward_candidate_node *n, uint32_t *ret_alike)
{
	uint32_t i = ward_merge_named(m, n->kind, n->cell[WARD_CELL_NAME]);
	enum ward_cell cell = place_cell(n->kind);
	struct ward_str place = {"", 0};

	*ret_alike = WARD_NONE;
	if (cell != WARD_CELL_N)
		place = ward_merge_refers(m, n->cell[cell]);
	for (; i != WARD_NONE; i = m->next[i]) {
		uint32_t parent = ward_model_node(m->in.model, i)->parent;
		bool here = place.len && parent != WARD_NONE &&
			    ward_str_eq(id_of_node(m, parent), place);

		if (here)
			return i;
		/* Elsewhere for sure is another one. */
		if (!place.len || parent == WARD_NONE)
			*ret_alike = i;
	}
	return WARD_NONE;
}

static uint32_t told_same(const struct ward_merge *m, struct ward_str ref)
{
	for (size_t i = 0; i < m->in.n_same; i++)
		if (ward_str_eq(m->in.same[i].ref, ref))
			return ward_model_find(m->in.model, m->in.same[i].id);
	return WARD_NONE;
}

/* Sets match; false when it is set aside. *ret_alike: of that name alone. */
static bool who(struct ward_merge *m, uint32_t i, uint32_t *ret_alike)
{
	const struct ward_candidate_node *n = &m->in.c->node[i];
	uint32_t node = told_same(m, n->ref), ref = ward_intern_find(&m->refs, n->ref);

	*ret_alike = WARD_NONE;
	if (node == WARD_NONE && ref != WARD_NONE)
		node = m->ref_node[ref];
	if (node == WARD_NONE && n->id_given)
		node = ward_model_find(m->in.model, n->id);
	if (node == WARD_NONE && !by_keys(m, n, &node)) {
		set_aside(m, i, WARD_IMPORT_CONFLICT,
			WARD_TEXT("its keys are those of two things in the directory, one of them "
				  "'{a}'"),
			id_of_node(m, node));
		return false;
	}
	if (node == WARD_NONE)
		node = by_name(m, n, ret_alike);
	if (node == WARD_NONE)
		return true;
	if (ward_model_node(m->in.model, node)->kind != n->kind) {
		set_aside(m, i, WARD_IMPORT_CONFLICT,
			WARD_TEXT("in the directory '{a}' is of another kind"),
			id_of_node(m, node));
		return false;
	}
	if (m->taken_by[node] != WARD_NONE) {
		set_aside(m, i, WARD_IMPORT_CONFLICT,
			WARD_TEXT("another thing of the import is '{a}' already"),
			id_of_node(m, node));
		return false;
	}
	m->taken_by[node] = i;
	m->match[i] = node;
	m->id[i] = id_of_node(m, node);
	return true;
}

/* An id that nobody has. */
static struct ward_str new_id(struct ward_merge *m, const struct ward_candidate_node *n)
{
	char buf[160];
	struct ward_str base = n->id;

	if (!ward_word_is_id(base))
		base = ward_str_z(ward_node_kind_name(n->kind));
	for (unsigned k = 1; k < 1u << 20; k++) {
		struct ward_wr w = ward_wr_fixed(buf, sizeof(buf));
		size_t before = m->ids.n;
		uint32_t id;

		ward_wr_str(&w, base);
		if (k > 1)
			ward_wr_printf(&w, "-%u", k);
		struct ward_str s = ward_wr_text(&w);

		if (ward_model_find(m->in.model, s) != WARD_NONE ||
			ward_model_source(m->in.model, s))
			continue;
		if (!ok(m, ward_intern_put(&m->ids, s, &id)))
			break;
		if (id == before)
			return ward_intern_at(&m->ids, id);
	}
	(void)ok(m, WARD_ERR_LIMIT);
	return (struct ward_str){"", 0};
}

/* The one site of the house, or what the caller said for those that state no place. */
static struct ward_str fallback(const struct ward_merge *m, enum ward_node_kind kind)
{
	uint32_t into = ward_model_find(m->in.model, m->in.into), found = WARD_NONE;

	if (into != WARD_NONE && ward_model_node(m->in.model, into)->kind == kind)
		return m->in.into;
	if (kind != WARD_NODE_SITE)
		return (struct ward_str){"", 0};
	for (uint32_t i = 0; i < ward_model_n(m->in.model); i++) {
		if (ward_model_node(m->in.model, i)->kind != WARD_NODE_SITE)
			continue;
		if (found != WARD_NONE)
			return (struct ward_str){"", 0};
		found = i;
	}
	return found == WARD_NONE ? (struct ward_str){"", 0} : id_of_node(m, found);
}

/* What a row of each list must have; docs/hospital-directory.md. */
static bool lacks(struct ward_merge *m, uint32_t i, const char **ret)
{
	static const struct {
		enum ward_node_kind kind;
		enum ward_cell cell;
		enum ward_node_kind of;
		const char *why;
	} need[] = {
		{WARD_NODE_BUILDING, WARD_CELL_SITE, WARD_NODE_SITE,
			WARD_TEXT("on which site it is, is not said: name one with --in")},
		{WARD_NODE_FLOOR, WARD_CELL_BUILDING, WARD_NODE_BUILDING,
			WARD_TEXT("in which building it is, is not said: name one with --in")},
		{WARD_NODE_ROOM, WARD_CELL_FLOOR, WARD_NODE_FLOOR,
			WARD_TEXT("on which floor it is, is not said: name one with --in")},
		{WARD_NODE_ZONE, WARD_CELL_KIND, WARD_NODE_N,
			WARD_TEXT("who may be in it is not said")},
		{WARD_NODE_NETWORK, WARD_CELL_CIDR, WARD_NODE_N,
			WARD_TEXT("its addresses are not said")},
		{WARD_NODE_DOOR, WARD_CELL_FROM, WARD_NODE_N,
			WARD_TEXT("which rooms it is between is not said")},
		{WARD_NODE_DOOR, WARD_CELL_TO, WARD_NODE_N, WARD_TEXT("it is at one room only")},
	};
	struct ward_candidate_node *n = &m->in.c->node[i];

	if (n->kind == WARD_NODE_FLOOR && !n->cell[WARD_CELL_LEVEL].len) {
		n->cell[WARD_CELL_LEVEL] = WARD_STR("0");
		n->assumed |= 1u << WARD_CELL_LEVEL;
	}
	for (size_t k = 0; k < WARD_ARRAY_LEN(need); k++) {
		struct ward_str *cell = &n->cell[need[k].cell];

		if (need[k].kind != n->kind)
			continue;
		if (ward_cell_is_ref(need[k].cell) && !ward_merge_refers(m, *cell).len)
			*cell = need[k].of == WARD_NODE_N ? (struct ward_str){"", 0}
							  : fallback(m, need[k].of);
		*ret = need[k].why;
		if (!cell->len)
			return true;
	}
	return false;
}

/* Two new things can't have one key. */
static bool keys_free(struct ward_merge *m, const struct ward_candidate_node *n)
{
	static const enum ward_cell cells[] = {WARD_CELL_IP, WARD_CELL_MAC, WARD_CELL_KEYS};

	for (unsigned pass = 0; pass < 2; pass++)
		for (size_t c = 0; c < WARD_ARRAY_LEN(cells); c++)
			for (struct ward_str rest = n->cell[cells[c]]; rest.p && rest.len;) {
				char buf[WARD_MERGE_KEY_BYTES];
				struct ward_str key = ward_merge_name_key(
					(enum ward_node_kind)c, ward_str_cut(&rest, ' '), buf);
				uint32_t id;

				if (pass == 0 && ward_intern_find(&m->keys, key) != WARD_NONE)
					return false;
				if (pass == 1)
					(void)ok(m, ward_intern_put(&m->keys, key, &id));
			}
	return true;
}

/* The directory takes no asset on a network that one of its addresses is outside of. */
static bool on_network(struct ward_merge *m, const struct ward_candidate_node *n)
{
	uint32_t net =
		ward_model_find(m->in.model, ward_merge_refers(m, n->cell[WARD_CELL_NETWORK]));

	for (struct ward_str rest = n->cell[WARD_CELL_IP]; net != WARD_NONE && rest.p && rest.len;)
		if (ward_model_network_of(m->in.model, ward_str_cut(&rest, ' ')) != net)
			return false;
	return true;
}

static void node(struct ward_merge *m, uint32_t i)
{
	const struct ward_candidate_node *n = &m->in.c->node[i];
	const char *why;
	uint32_t alike;

	if (!who(m, i, &alike))
		return;
	if (m->match[i] != WARD_NONE) {
		ward_merge_differ(m, i);
		return;
	}
	if (n->kind == WARD_NODE_SERVICE || n->kind == WARD_NODE_ROLE) {
		set_aside(m, i, WARD_IMPORT_HELD,
			WARD_TEXT("what it needs is not said: write it into services.yml"), n->id);
		return;
	}
	if (lacks(m, i, &why)) {
		set_aside(m, i, WARD_IMPORT_HELD, why, n->id);
		return;
	}
	if (!on_network(m, n) || !keys_free(m, n)) {
		set_aside(m, i, WARD_IMPORT_CONFLICT,
			on_network(m, n)
				? WARD_TEXT("another new thing of the import has one of its keys")
				: WARD_TEXT("its address is not one of its network's"),
			n->id);
		return;
	}
	m->id[i] = new_id(m, n);
	struct ward_import_item *it = ward_merge_item(m, WARD_IMPORT_ADDED, i, WARD_NONE, m->id[i]);

	if (!it || alike == WARD_NONE)
		return;
	it->what = WARD_IMPORT_HELD;
	m->held[i] = true;
	it->why = ward_merge_say(m,
		WARD_TEXT("'{a}' has this name: say --same '{b}={a}' if it is that, else --accept "
			  "{c}"),
		(const struct ward_str[3]){id_of_node(m, alike), n->ref, m->id[i]});
}

static bool is_there(const struct ward_merge *m, uint32_t from, enum ward_rel_type t, uint32_t to)
{
	size_t n;
	const struct ward_rel *r = ward_model_out(m->in.model, from, &n);

	for (size_t i = 0; i < n; i++)
		if (r[i].type == t && r[i].node == to)
			return true;
	return false;
}

/* A thing is in one place: a whole beside a room, or a second whole, is left out. */
static bool has_place(struct ward_merge *m, struct ward_str ref)
{
	uint32_t i = ward_intern_find(&m->in.c->refs, ref), node;

	if (i == WARD_NONE)
		return true;
	node = m->match[i];
	bool has = m->placed[i] || m->in.c->node[i].cell[WARD_CELL_ROOM].len ||
		   (node != WARD_NONE && ward_model_node(m->in.model, node)->parent != WARD_NONE);

	m->placed[i] = true;
	return has;
}

static bool is_held(const struct ward_merge *m, struct ward_str ref)
{
	uint32_t i = ward_intern_find(&m->in.c->refs, ref);

	return i != WARD_NONE && m->held[i];
}

/* Left out, but neither unsaid nor uncounted. */
static void lost(struct ward_merge *m, uint32_t i)
{
	if (ok(m, ward_mem_more(m->in.mem, &m->lost, m->n_lost, &m->cap_lost, sizeof(*m->lost),
			  SIZE_MAX / sizeof(*m->lost))))
		m->lost[m->n_lost++] = i;
}

static void relation(struct ward_merge *m, uint32_t i)
{
	const struct ward_candidate_rel *r = &m->in.c->rel[i];
	struct ward_str from = ward_merge_refers(m, r->from), to = ward_merge_refers(m, r->to);
	char buf[400];
	struct ward_wr w = ward_wr_fixed(buf, sizeof(buf));
	size_t before = m->rels.n;
	uint32_t id, a = ward_model_find(m->in.model, from), b = ward_model_find(m->in.model, to);

	if (!from.len || !to.len) {
		lost(m, i);
		return;
	}
	if (ward_str_eq(from, to)) {
		m->n_self++;
		return;
	}
	ward_wr_printf(
		&w, "%.*s %s %.*s", WARD_STR_ARG(from), ward_rel_name(r->type), WARD_STR_ARG(to));
	if (!ok(m, ward_intern_put(&m->rels, ward_wr_text(&w), &id)) || id < before)
		return;
	if (a != WARD_NONE && b != WARD_NONE && is_there(m, a, r->type, b))
		return;
	if (r->type == WARD_REL_CONTAINS && has_place(m, r->to)) {
		m->n_second++;
		return;
	}
	struct ward_import_item *it = ward_merge_item(
		m, WARD_IMPORT_ADDED, WARD_NONE, WARD_NONE, ward_intern_at(&m->rels, id));

	if (!it)
		return;
	it->rel = i;
	if (!is_held(m, r->from) && !is_held(m, r->to))
		return;
	m->n_waiting++;
	it->why = ward_merge_say(m, WARD_TEXT("only with '{a}', which is held back"),
		(const struct ward_str[3]){is_held(m, r->from) ? from : to});
}

static void gone(struct ward_merge *m)
{
	for (uint32_t i = 0; i < m->refs.n; i++) {
		uint32_t node = m->ref_node[i];

		if (m->taken_by[node] == WARD_NONE)
			(void)ward_merge_item(
				m, WARD_IMPORT_GONE, WARD_NONE, node, id_of_node(m, node));
	}
}

static void all(struct ward_merge *m)
{
	static const enum ward_node_kind order[] = {WARD_NODE_SITE, WARD_NODE_BUILDING,
		WARD_NODE_FLOOR, WARD_NODE_ZONE, WARD_NODE_ROOM, WARD_NODE_NETWORK, WARD_NODE_ROLE,
		WARD_NODE_ASSET, WARD_NODE_DOOR, WARD_NODE_SERVICE};
	size_t n = m->in.c->refs.n;

	for (size_t k = 0; k < WARD_ARRAY_LEN(order); k++)
		for (uint32_t i = 0; i < n && !m->err; i++)
			if (m->in.c->node[i].kind == order[k])
				node(m, i);
	for (uint32_t i = 0; i < m->in.c->n_rel && !m->err; i++)
		relation(m, i);
	if (!m->err)
		gone(m);
}

static bool arrays(struct ward_merge *m)
{
	size_t n = m->in.c->refs.n, n_node = ward_model_n(m->in.model), n_ref = 0, n_b;

	for (uint32_t i = 0; i < n_node; i++) {
		(void)ward_model_basis(m->in.model, i, &n_b);
		n_ref += n_b;
	}
	m->first = ward_arena_array(&m->arena, n_node, sizeof(*m->first));
	m->next = ward_arena_array(&m->arena, n_node, sizeof(*m->next));
	m->taken_by = ward_arena_array(&m->arena, n_node, sizeof(*m->taken_by));
	m->ref_node = ward_arena_array(&m->arena, n_ref, sizeof(*m->ref_node));
	m->match = ward_arena_array(&m->arena, n, sizeof(*m->match));
	m->id = ward_arena_array(&m->arena, n, sizeof(*m->id));
	m->placed = ward_arena_array(&m->arena, n, sizeof(*m->placed));
	m->held = ward_arena_array(&m->arena, n, sizeof(*m->held));
	if (!m->first || !m->next || !m->taken_by || !m->ref_node || !m->match || !m->id ||
		!m->placed || !m->held)
		return ok(m, WARD_ERR_NOMEM);
	for (size_t i = 0; i < n; i++) {
		m->match[i] = WARD_NONE;
		m->id[i] = (struct ward_str){"", 0};
	}
	return true;
}

static void slug(struct ward_merge *m)
{
	struct ward_str s = ward_str_sub(m->in.source, 0, sizeof(m->slug) - 1);
	char last = '-';
	size_t n = 0;

	for (size_t i = 0; i < s.len; i++) {
		char c = s.p[i] >= 'A' && s.p[i] <= 'Z' ? (char)(s.p[i] + 32) : s.p[i];
		bool fine = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');

		c = fine ? c : '-';
		if (c != '-' || last != '-')
			m->slug[n++] = c;
		last = c;
	}
	m->slug[n] = 0;
}

enum ward_err ward_merge_new(const struct ward_merge_in *in, struct ward_merge **ret)
{
	struct ward_merge *m = ward_mem_alloc(in->mem, sizeof(*m));
	size_t max = ward_limit(in->lim, WARD_LIMIT_MODEL_BYTES);

	if (!m)
		return WARD_ERR_NOMEM;
	*m = (struct ward_merge){.in = *in};
	ward_arena_init(&m->arena, in->mem, max);
	ward_intern_init(&m->names, in->mem, ward_limit(in->lim, WARD_LIMIT_MODEL_NODES), max);
	ward_intern_init(&m->refs, in->mem, ward_limit(in->lim, WARD_LIMIT_MODEL_RELATIONS), max);
	ward_intern_init(&m->ids, in->mem, WARD_CANDIDATES_MAX, max);
	ward_intern_init(&m->keys, in->mem, 4 * (size_t)WARD_CANDIDATES_MAX, max);
	ward_intern_init(&m->rels, in->mem, WARD_CANDIDATE_RELS_MAX, max);
	slug(m);
	m->err = ward_merge_rows(m);
	if (!m->err && arrays(m))
		for (uint32_t i = 0; i < ward_model_n(in->model) && !m->err; i++)
			ward_merge_index(m, i);
	if (!m->err)
		ward_merge_resolve(m);
	if (!m->err)
		all(m);
	enum ward_err err = m->err;

	if (err)
		ward_merge_free(m);
	else
		*ret = m;
	return err;
}

void ward_merge_free(struct ward_merge *m)
{
	if (!m)
		return;
	ward_mem_free(m->in.mem, m->item, m->cap_item * sizeof(*m->item));
	ward_mem_free(m->in.mem, m->lost, m->cap_lost * sizeof(*m->lost));
	ward_mem_free(m->in.mem, m->nowhere, m->cap_nowhere * sizeof(*m->nowhere));
	ward_intern_fini(&m->names);
	ward_intern_fini(&m->refs);
	ward_intern_fini(&m->ids);
	ward_intern_fini(&m->rels);
	ward_intern_fini(&m->keys);
	ward_arena_fini(&m->arena);
	ward_mem_free(m->in.mem, m, sizeof(*m));
}

struct ward_import_item *ward_merge_items(struct ward_merge *m, size_t *ret_n)
{
	*ret_n = m->n_item;
	return m->item;
}

size_t ward_merge_n_same(const struct ward_merge *m)
{
	return m->n_same;
}
