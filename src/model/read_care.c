#include "model/load.h"

#define KIND(k) (1u << WARD_NODE_##k)
enum { COUNT_MAX = 1000000 };
static const uint32_t all_kinds = (1u << WARD_NODE_N) - 1;

/* A decimal from 0 to a million with at most six places, in millionths. */
static bool weight_parse(struct ward_str s, int64_t *ret)
{
	struct ward_str rest = s, whole = ward_str_cut(&rest, '.');
	uint64_t units, micro = 0, scale = 100000;

	if (!ward_str_u64(whole, &units) || units > COUNT_MAX)
		return false;
	if (rest.p && (rest.len == 0 || rest.len > 6))
		return false;
	for (size_t i = 0; i < rest.len; i++, scale /= 10) {
		if (rest.p[i] < '0' || rest.p[i] > '9')
			return false;
		micro += scale * (uint64_t)(rest.p[i] - '0');
	}
	*ret = (int64_t)(units * 1000000 + micro);
	return true;
}

static uint32_t count(
	struct ward_load *l, const struct ward_conf *c, const char *key, int64_t min, int64_t max)
{
	int64_t v = 0;

	(void)ward_conf_i64(c, key, false, l->diag, min, max, &v);
	return (uint32_t)v;
}

void ward_read_service(struct ward_load *l, const struct ward_row *r, const struct ward_conf *c)
{
	struct ward_node *n = &l->m->node[r->index];
	struct ward_words rooms = ward_load_words(l, c, "rooms");
	struct ward_str weight;

	for (size_t i = 0; i < rooms.n; i++) {
		uint32_t room = ward_load_node_of(l, c, "rooms", rooms.at[i], KIND(ROOM));

		ward_load_edge(l, c, WARD_REL_HOSTS, room, r->index);
	}
	struct ward_words points = ward_load_words(l, c, "points_of_care");

	for (size_t i = 0; i < points.n; i++)
		ward_load_key(l, c, WARD_KEY_POINT, points.at[i].s, r->index);
	n->beds = count(l, c, "beds", 0, COUNT_MAX);
	n->staff = count(l, c, "staff", 0, COUNT_MAX);
	n->patients = count(l, c, "patients", 0, COUNT_MAX);
	n->counts_patients = ward_conf_get(c, "patients") != NULL;
	n->criticality = count(l, c, "criticality", 1, 5);
	if (ward_conf_str(c, "weight", false, l->diag, &weight) &&
		!weight_parse(weight, &n->weight_micro))
		ward_load_error(l, c,
			WARD_TEXT("'weight' has the bad value '%.*s'\nwrite a decimal from 0 to "
				  "1000000 with at most six places"),
			WARD_STR_ARG(weight));
	n->role = ward_load_ref(l, c, "role", false, KIND(ROLE));
	ward_load_hours(l, c, r->index);
	ward_load_outage_times(l, c, r->index);
	ward_load_requires(l, c, r->index);
}

/* An explicit `contains` gives its target a place. */
static bool take_parent(struct ward_load *l, const struct ward_conf *c, uint32_t from, uint32_t to)
{
	struct ward_node *n = &l->m->node[to];

	if (n->parent != WARD_NONE && n->parent != from) {
		ward_load_error(l, c,
			WARD_TEXT("'%.*s' is in '%.*s' already\na thing is in one place: remove "
				  "one of the two"),
			WARD_STR_ARG(n->id), WARD_STR_ARG(l->m->node[n->parent].id));
		return false;
	}
	n->parent = from;
	return true;
}

static void not_allowed(struct ward_load *l, const struct ward_conf *c, enum ward_rel_type type,
	uint32_t from, uint32_t to)
{
	const struct ward_model *m = l->m;
	bool turned =
		ward_ontology_allows(m->ontology, type, m->node[to].class, m->node[from].class);

	ward_load_error(l, c, WARD_TEXT("no '%s' from '%.*s' (%.*s) to '%.*s' (%.*s)\n%s"),
		ward_rel_name(type), WARD_STR_ARG(m->node[from].id),
		WARD_STR_ARG(ward_ontology_class(m->ontology, m->node[from].class)->id),
		WARD_STR_ARG(m->node[to].id),
		WARD_STR_ARG(ward_ontology_class(m->ontology, m->node[to].class)->id),
		turned ? WARD_TEXT("swap `from` and `to`: a relation goes from the one that acts")
		       : WARD_TEXT("see the table of relations in docs/hospital-directory.md"));
}

void ward_read_relation(struct ward_load *l, const struct ward_row *r, const struct ward_conf *c)
{
	static const char *const name[] = {
#define X(NAME, text, back, what) text,
		WARD_REL_LIST(X)
#undef X
	};
	uint32_t from = ward_load_ref(l, c, "from", true, all_kinds);
	uint32_t to = ward_load_ref(l, c, "to", true, all_kinds);
	size_t type = ward_load_word_of(l, c, "relation", name, WARD_REL_N);

	(void)r;
	if (from == WARD_NONE || to == WARD_NONE || type == WARD_REL_N)
		return;
	enum ward_rel_type t = (enum ward_rel_type)type;

	if (from == to) {
		ward_load_error(l, c, WARD_TEXT("'%.*s' is related to itself\nname two things"),
			WARD_STR_ARG(l->m->node[from].id));
	} else if (!ward_ontology_allows(
			   l->m->ontology, t, l->m->node[from].class, l->m->node[to].class)) {
		not_allowed(l, c, t, from, to);
	} else if (t == WARD_REL_REQUIRES) {
		uint32_t *member = ward_arena_array(&l->m->arena, 1, sizeof(*member));

		if (!member) {
			(void)ward_load_ok(l, WARD_ERR_NOMEM, NULL);
			return;
		}
		*member = to;
		ward_load_group(l, c,
			(struct ward_group){.owner = from,
				.need = 1,
				.member = member,
				.n_member = 1,
				.name = {"", 0}});
	} else if (t != WARD_REL_CONTAINS || take_parent(l, c, from, to)) {
		ward_load_edge(l, c, t, from, to);
		if (!l->err)
			l->edge[l->n_edge - 1].written = true;
	}
}

static bool family_matches(struct ward_str against, struct ward_str code)
{
	struct ward_str family = ward_str_sub(against, 0, against.len - 2);

	return ward_str_eq(ward_str_cut(&code, '.'), family);
}

static void protect(struct ward_load *l, const struct ward_protection *p)
{
	if (!ward_load_ok(l,
		    ward_mem_more(l->mem, &l->protection, l->n_protection, &l->cap_protection,
			    sizeof(*l->protection), ward_limit(l->lim, WARD_LIMIT_MODEL_RELATIONS)),
		    "model.relations"))
		return;
	l->protection[l->n_protection++] = *p;
}

static void no_threat(struct ward_load *l, const struct ward_conf *c, struct ward_str against)
{
	struct ward_near near = ward_near_start(against, &l->near_budget);

	for (uint32_t i = 0; i < ward_threats_n(l->m->threats); i++)
		ward_near_offer(&near, ward_threats_at(l->m->threats, i)->code);
	if (near.best.len)
		ward_load_error(l, c,
			WARD_TEXT("the threat '%.*s' is not in the dictionary\nwrite '%.*s' if "
				  "that was meant"),
			WARD_STR_ARG(against), WARD_STR_ARG(near.best));
	else
		ward_load_error(l, c,
			WARD_TEXT("the threat '%.*s' is not in the dictionary\nchoose a code of "
				  "content/threats.yml, or family.*"),
			WARD_STR_ARG(against));
}

void ward_read_protection(struct ward_load *l, const struct ward_row *r, const struct ward_conf *c)
{
	struct ward_protection p = {.name = ward_load_name(l, c, false)};
	struct ward_str id, against = {"", 0};
	bool any = false;

	(void)r;
	if (!ward_word_id(c, "id", l->diag, &id) || !ward_load_take_id(l, c, id))
		return;
	p.id = ward_load_keep(l, id);
	if (!p.name.len)
		p.name = p.id;
	p.scope = ward_load_line(l, c, "scope", false);
	if (!p.scope.len)
		p.scope = p.id;
	p.node = ward_load_ref(l, c, "on", true, all_kinds);
	(void)ward_conf_degree(c, "degree", true, l->diag, &p.degree_micro);
	if (!ward_conf_str(c, "against", true, l->diag, &against))
		return;
	bool family = ward_str_ends(against, WARD_STR(".*"));
	uint32_t exact = ward_threats_find(l->m->threats, against);

	for (uint32_t t = 0; t < ward_threats_n(l->m->threats) && !l->err; t++) {
		struct ward_str code = ward_threats_at(l->m->threats, t)->code;

		if (family ? !family_matches(against, code) : t != exact)
			continue;
		any = true;
		p.threat = t;
		if (p.node != WARD_NONE)
			protect(l, &p);
	}
	if (!any)
		no_threat(l, c, against);
}

void ward_read_buffer(struct ward_load *l, const struct ward_row *r, const struct ward_conf *c)
{
	static const char *const name[] = {"ups", "fuel", "tank", "thermal", "paper"};
	struct ward_buffer b = {.node = ward_load_ref(l, c, "on", true, all_kinds)};
	size_t kind = ward_load_word_of(l, c, "kind", name, WARD_ARRAY_LEN(name));

	(void)r;
	if (!ward_conf_duration(c, "lasts", true, l->diag, &b.lasts) || b.node == WARD_NONE ||
		kind == WARD_ARRAY_LEN(name))
		return;
	b.kind = ward_str_z(name[kind]);
	uint32_t key[2] = {b.node, (uint32_t)kind};
	void *v;
	bool new;

	if (!ward_load_ok(l, ward_tab_put(&l->buffer_seen, key, &v, &new), "model.nodes"))
		return;
	if (!new) {
		ward_load_error(l, c,
			WARD_TEXT("'%.*s' has a buffer of kind %s already\nremove one of the two"),
			WARD_STR_ARG(l->m->node[b.node].id), name[kind]);
		return;
	}
	if (ward_load_ok(l,
		    ward_mem_more(l->mem, &l->buffer, l->n_buffer, &l->cap_buffer,
			    sizeof(*l->buffer), ward_limit(l->lim, WARD_LIMIT_MODEL_NODES)),
		    "model.nodes"))
		l->buffer[l->n_buffer++] = b;
}
