#include "model/load.h"

static bool of_class(const struct ward_model *m, uint32_t i, const char *class)
{
	uint32_t c = ward_ontology_find(m->ontology, ward_str_z(class));

	return c != WARD_NONE && ward_model_is(m, i, c);
}

static size_t count_in(const struct ward_model *m, uint32_t i, enum ward_rel_type type)
{
	size_t n, count = 0;
	const struct ward_rel *r = ward_model_in(m, i, &n);

	for (size_t k = 0; k < n; k++)
		count += r[k].type == type;
	return count;
}

static size_t count_out(const struct ward_model *m, uint32_t i, enum ward_rel_type type)
{
	size_t n, count = 0;
	const struct ward_rel *r = ward_model_out(m, i, &n);

	for (size_t k = 0; k < n; k++)
		count += r[k].type == type;
	return count;
}

/* Marks all that can be walked to; gives the number of starting points. */
static size_t walk_from_outside(struct ward_load *l, bool *reached, const char *class)
{
	const struct ward_model *m = l->m;
	uint32_t *queue = ward_arena_array(&l->arena, m->n, sizeof(*queue));
	size_t head = 0, tail = 0, n_start;

	if (!queue) {
		(void)ward_load_ok(l, WARD_ERR_NOMEM, NULL);
		return 0;
	}
	for (uint32_t i = 0; i < m->n; i++) {
		if (m->node[i].kind != WARD_NODE_ROOM || !of_class(m, i, class))
			continue;
		reached[i] = true;
		queue[tail++] = i;
	}
	n_start = tail;
	while (head < tail) {
		size_t n;
		const struct ward_rel *r = ward_model_out(m, queue[head++], &n);

		for (size_t k = 0; k < n; k++) {
			if (r[k].type != WARD_REL_LEADS_TO || reached[r[k].node])
				continue;
			reached[r[k].node] = true;
			queue[tail++] = r[k].node;
		}
	}
	return n_start;
}

static void rooms(struct ward_load *l)
{
	const struct ward_model *m = l->m;
	bool *reached = ward_arena_array(&l->arena, m->n, sizeof(*reached));
	size_t n_start;

	if (!reached) {
		(void)ward_load_ok(l, WARD_ERR_NOMEM, NULL);
		return;
	}
	n_start = walk_from_outside(l, reached, "room.outside");
	if (!n_start)
		n_start = walk_from_outside(l, reached, "room.entrance");
	for (uint32_t i = 0; i < m->n; i++) {
		const struct ward_node *n = &m->node[i];
		bool joined =
			count_in(m, i, WARD_REL_LEADS_TO) || count_out(m, i, WARD_REL_LEADS_TO);

		if (n->kind != WARD_NODE_ROOM || of_class(m, i, "room.outside"))
			continue;
		if (joined && n_start && !reached[i])
			ward_load_say(l, WARD_DIAG_NOTE, n,
				WARD_TEXT("room '{id}' can't be reached from outside"),
				WARD_TEXT("add the door or stairs by which people come to it"),
				{"id", n->id});
	}
}

/* Is the network one of those that the asset is on? */
static bool on_network(const struct ward_model *m, uint32_t asset, uint32_t network)
{
	size_t n;
	const struct ward_rel *r = ward_model_in(m, asset, &n);

	for (size_t k = 0; k < n; k++)
		if (r[k].type == WARD_REL_CONNECTS && r[k].node == network)
			return true;
	return false;
}

static void addresses(struct ward_load *l)
{
	const struct ward_model *m = l->m;
	const struct ward_intern *t = &m->key[WARD_KEY_IP];
	bool *named = ward_arena_array(&l->arena, m->n, sizeof(*named));

	if (!named) {
		(void)ward_load_ok(l, WARD_ERR_NOMEM, NULL);
		return;
	}
	for (uint32_t id = 0; id < t->n; id++) {
		uint32_t asset = m->key_node[WARD_KEY_IP][id];
		struct ward_addr ip;
		char buf[46];

		memcpy(ip.b, ward_intern_at(t, id).p, sizeof(ip.b));
		struct ward_str text = ward_addr_text(&ip, buf);
		uint32_t network = ward_model_network_of(m, text);
		const struct ward_node *n = &m->node[asset];

		named[asset] = true;
		if (network != WARD_NONE && on_network(m, asset, network))
			continue;
		if (!count_in(m, asset, WARD_REL_CONNECTS))
			ward_load_say(l, WARD_DIAG_NOTE, n,
				WARD_TEXT("asset '{id}' has the address {address} and no network"),
				WARD_TEXT("add `network:` with the one that it is plugged into"),
				{"id", n->id}, {"address", text});
		else
			ward_load_say(l, WARD_DIAG_ERROR, n,
				WARD_TEXT("the address {address} of asset '{id}' is in no network "
					  "that it is on"),
				WARD_TEXT("correct the address, its `network`, or the network's "
					  "`cidr`"),
				{"id", n->id}, {"address", text});
	}
	for (uint32_t id = 0; id < m->key[WARD_KEY_MAC].n; id++)
		named[m->key_node[WARD_KEY_MAC][id]] = true;
	for (uint32_t i = 0; i < m->n; i++)
		if (m->node[i].network != WARD_NONE && !named[i])
			ward_load_say(l, WARD_DIAG_NOTE, &m->node[i],
				WARD_TEXT(
					"asset '{id}' is on a network and has neither ip nor mac"),
				WARD_TEXT("add one, or its traffic counts as an unknown device's"),
				{"id", m->node[i].id});
}

static void sources(struct ward_load *l)
{
	const struct ward_model *m = l->m;

	for (uint32_t i = 0; i < m->source_ids.n; i++) {
		const struct ward_source *s = &m->source[i];
		struct ward_str rest = s->where;

		if (!ward_str_eqz(ward_str_cut(&rest, ':'), "iface") || !rest.len)
			continue;
		if (ward_model_by_key(m, WARD_KEY_IFACE, rest) == WARD_NONE)
			ward_load_say(l, WARD_DIAG_WARNING, s,
				WARD_TEXT("no network has the interface '{name}'"),
				WARD_TEXT("add `iface: {name}` to the network that is captured "
					  "there"),
				{"name", rest});
	}
}

static void no_role(struct ward_load *l, struct ward_str role, uint32_t count)
{
	char text[16];
	struct ward_wr n = ward_wr_fixed(text, sizeof(text));

	ward_wr_u64(&n, count);
	ward_load_say(l, WARD_DIAG_WARNING, (&(struct ward_place){l->hospital_file, 0}),
		WARD_TEXT("there is no role '{role}', whose first step it is for {n} threats"),
		WARD_TEXT(
			"add it to `roles`: `id: {role}`, a `name`, and how it is called: `reach`"),
		{"role", role}, {"n", ward_wr_text(&n)});
}

/* Each first step of the dictionary is somebody's: once per role that is missing. */
static void roles(struct ward_load *l)
{
	const struct ward_model *m = l->m;
	uint32_t n = ward_threats_n(m->threats);

	for (uint32_t i = 0; i < n; i++) {
		struct ward_str role = ward_threats_at(m->threats, i)->step_role;
		uint32_t node = ward_model_find(m, role);
		uint32_t first = 0, count = 0;

		if (node != WARD_NONE && m->node[node].kind == WARD_NODE_ROLE)
			continue;
		for (uint32_t k = 0; k < n; k++) {
			if (!ward_str_eq(role, ward_threats_at(m->threats, k)->step_role))
				continue;
			first = count++ ? first : k;
		}
		if (first == i && role.len)
			no_role(l, role, count);
	}
}

void ward_load_check(struct ward_load *l)
{
	if (!l->hospital_line)
		ward_diag_say(l->diag,
			&(struct ward_diag_item){.level = WARD_DIAG_ERROR,
				.file = {"", 0},
				.what = ward_str_z(WARD_TEXT("no file describes the hospital")),
				.mend = ward_str_z(
					WARD_TEXT("add `hospital:` with `id`, `name`, `city`, "
						  "`country` and `timezone`"))});
	rooms(l);
	ward_load_check_axioms(l);
	ward_load_check_nowhere(l);
	addresses(l);
	sources(l);
	roles(l);
	if (!l->err)
		ward_load_check_cycles(l);
}
