/* Nodes and edges out of the chains of records; and the graph as JSON. */
#include "plan/graph_layers.h"

#include "conf/conf.h"
#include "story/likely.h"
#include "words/words.h"

enum {
	SCRATCH_MAX = 64 << 20,
	ID_MAX = 1024,
	LINKS = 64, /* of a chain, as impact writes them; a graph has room for so many of each */
};

struct gather {
	const struct ward_graph_in *in;
	struct ward_arena *a;
	struct ward_graph *g;
	struct ward_arena scratch;
	struct ward_diag diag; /* what is wrong with a record is counted, not told */
	struct ward_intern ids;
	struct ward_tab pairs; /* struct pair → index of the edge + 1 */
};
struct pair {
	uint32_t from, to;
};

static struct ward_str text_of(const struct ward_conf *map, const char *key)
{
	const struct ward_conf *c = ward_conf_get(map, key);

	return c && c->kind == WARD_CONF_SCALAR ? c->text : WARD_STR("");
}

static bool is_true(const struct ward_conf *map, const char *key)
{
	const struct ward_conf *c = ward_conf_get(map, key);

	return c && c->kind == WARD_CONF_SCALAR && !c->quoted && ward_str_eqz(c->text, "true");
}

static enum ward_err keep(struct gather *t, struct ward_str s, struct ward_str *ret)
{
	*ret = ward_arena_str(t->a, s);
	return ret->p ? WARD_OK : WARD_ERR_NOMEM;
}

/* The node of a link, new or old. LIMIT: there is no room. */
static enum ward_err take_node(struct gather *t, const struct ward_conf *link, uint32_t *ret)
{
	struct ward_str asset = text_of(link, "asset"), threat = text_of(link, "threat");
	char id[ID_MAX];
	struct ward_wr w = ward_wr_fixed(id, sizeof(id));

	ward_wr_str(&w, asset);
	ward_wr_u8(&w, 0);
	ward_wr_str(&w, threat);
	if (ward_wr_bad(&w))
		return WARD_ERR_LIMIT;
	size_t before = t->ids.n;
	enum ward_err err = ward_intern_put(&t->ids, ward_wr_text(&w), ret);

	if (err || t->ids.n == before)
		return err;
	struct ward_graph_node *n = &t->g->node[*ret];

	n->node = ward_model_find(t->in->m, asset);
	n->service = n->node != WARD_NONE &&
		     ward_model_node(t->in->m, n->node)->kind == WARD_NODE_SERVICE;
	n->seed = ward_str_eqz(text_of(link, "rule"), "seed");
	err = keep(t, asset, &n->asset);
	if (!err)
		err = keep(t, text_of(link, "asset_name"), &n->name);
	if (!err)
		err = keep(t, threat, &n->threat);
	if (!err)
		err = keep(t, text_of(link, "threat_name"), &n->threat_name);
	t->g->n_node++;
	return err;
}

static enum ward_err take_edge(
	struct gather *t, uint32_t from, uint32_t to, const struct ward_conf *link)
{
	const struct pair key = {from, to};
	void *v;
	bool new;

	if (from == to)
		return WARD_OK;
	enum ward_err err = ward_tab_put(&t->pairs, &key, &v, &new);

	if (err || !new)
		return err;
	struct ward_graph_edge *e = &t->g->edge[t->g->n_edge];

	*e = (struct ward_graph_edge){.from = from, .to = to};
	err = keep(t, text_of(link, "why"), &e->why);
	if (!err)
		err = keep(t, text_of(link, "group"), &e->group);
	t->g->n_edge++;
	return err;
}

/* When and how likely, of the last link. False: the record does not say it. */
static bool facts(const struct ward_conf *r, struct ward_graph_node *n)
{
	const struct ward_conf *l = ward_conf_get(r, "likelihood");
	int64_t lo, hi;
	ward_ns expected;

	if (!l || l->kind != WARD_CONF_SEQ || l->n_child != 2 ||
		l->child->kind != WARD_CONF_SCALAR || l->child->next->kind != WARD_CONF_SCALAR ||
		!ward_degree_parse(l->child->text, &lo) ||
		!ward_degree_parse(l->child->next->text, &hi) ||
		ward_time_parse(text_of(r, "expected"), &expected) != WARD_OK)
		return false;
	n->told = true;
	n->lo_micro = lo;
	n->hi_micro =
		n->service && !ward_conf_get(r, "likelihood_by") ? ward_likely_upper(lo, hi) : hi;
	n->expected = expected;
	return true;
}

static bool is_chain(const struct ward_conf *chain)
{
	if (!chain || chain->kind != WARD_CONF_SEQ || !chain->n_child)
		return false;
	for (const struct ward_conf *c = chain->child; c; c = c->next)
		if (c->kind != WARD_CONF_MAP || !text_of(c, "asset").len ||
			!text_of(c, "threat").len)
			return false;
	return true;
}

/* MALFORMED: it is no impact. LIMIT: not all of it had room. */
static enum ward_err take(struct gather *t, const struct ward_conf *r)
{
	const struct ward_conf *chain = ward_conf_get(r, "chain");
	uint32_t last = WARD_NONE, at = WARD_NONE;

	if (!ward_str_eqz(text_of(r, "kind"), "impact"))
		return WARD_ERR_MALFORMED;
	if (is_true(r, "withdrawn"))
		return WARD_OK;
	if (!is_chain(chain))
		return WARD_ERR_MALFORMED;
	for (const struct ward_conf *c = chain->child; c; c = c->next, last = at) {
		enum ward_err err = take_node(t, c, &at);

		if (!err && last != WARD_NONE)
			err = take_edge(t, last, at, c);
		if (err)
			return err;
	}
	return facts(r, &t->g->node[at]) ? WARD_OK : WARD_ERR_MALFORMED;
}

static enum ward_err take_record(struct gather *t, struct ward_str json)
{
	const struct ward_conf *r;

	ward_arena_reset(&t->scratch);
	ward_diag_init(&t->diag, t->a->mem);
	enum ward_err err = ward_conf_json(
		&t->scratch, t->in->lim, WARD_STR("record"), 1, ward_str_bytes(json), &t->diag, &r);

	ward_diag_fini(&t->diag);
	if (!err)
		err = take(t, r);
	if (err == WARD_ERR_NOMEM)
		return err;
	t->g->n_left += err == WARD_ERR_LIMIT;
	t->g->n_unread += err && err != WARD_ERR_LIMIT;
	return WARD_OK;
}

enum ward_err ward_graph_make(
	const struct ward_graph_in *in, struct ward_arena *a, struct ward_graph *ret)
{
	struct gather t = {.in = in, .a = a, .g = ret};
	size_t links = in->n < GRAPH_EDGES / LINKS ? in->n * LINKS + 1 : GRAPH_EDGES;
	size_t nodes = links < WARD_GRAPH_NODES ? links : WARD_GRAPH_NODES;
	enum ward_err err = WARD_OK;

	*ret = (struct ward_graph){.node = ward_arena_array(a, nodes, sizeof(*ret->node)),
		.edge = ward_arena_array(a, links, sizeof(*ret->edge))};
	if (!ret->node || !ret->edge)
		return WARD_ERR_NOMEM;
	ward_arena_init(&t.scratch, a->mem, SCRATCH_MAX);
	ward_intern_init(&t.ids, a->mem, nodes, nodes * ID_MAX);
	ward_tab_init(&t.pairs, a->mem, sizeof(struct pair), 1, links);
	for (size_t i = 0; i < in->n && !err; i++)
		err = take_record(&t, in->record[i]);
	if (!err)
		err = graph_lay(ret, a);
	ward_tab_fini(&t.pairs);
	ward_intern_fini(&t.ids);
	ward_arena_fini(&t.scratch);
	return err;
}

static void put_id(struct ward_json *j, const char *key, const struct ward_graph_node *n)
{
	char id[2 * ID_MAX];
	struct ward_wr w = ward_wr_fixed(id, sizeof(id));

	ward_wr_str(&w, n->asset);
	ward_wr_ch(&w, '/');
	ward_wr_str(&w, n->threat);
	ward_json_put_str(j, key, ward_wr_text(&w));
}

static void put_facts(struct ward_json *j, const struct ward_graph_node *n)
{
	ward_json_key(j, "expected");
	if (n->told)
		ward_json_time(j, n->expected);
	else
		ward_json_null(j);
	ward_json_key(j, "likelihood");
	if (n->told) {
		ward_json_arr(j);
		ward_json_micro(j, n->lo_micro);
		ward_json_micro(j, n->hi_micro);
		ward_json_arr_end(j);
	} else {
		ward_json_null(j);
	}
	ward_json_key(j, "likely");
	if (n->told)
		ward_json_z(j,
			ward_likely_name(n->service ? ward_likely(n->lo_micro, n->hi_micro)
						    : ward_likely_bound(n->lo_micro, n->hi_micro)));
	else
		ward_json_null(j);
}

static void put_node(struct ward_json *j, const struct ward_graph_node *n,
	const struct ward_model *m, struct ward_lang *lang)
{
	ward_json_obj(j);
	put_id(j, "id", n);
	ward_json_put_str(j, "node", n->asset);
	ward_json_put_str(j, "name", n->name);
	ward_json_key(j, "kind");
	if (n->node != WARD_NONE)
		ward_json_z(j, ward_node_kind_name(ward_model_node(m, n->node)->kind));
	else
		ward_json_null(j);
	ward_json_put_str(j, "threat", n->threat);
	ward_json_put_str(j, "threat_name", ward_lang_text(lang, n->threat_name));
	put_facts(j, n);
	ward_json_key(j, "service");
	ward_json_bool(j, n->service);
	ward_json_key(j, "seed");
	ward_json_bool(j, n->seed);
	ward_json_put_i64(j, "x", n->x);
	ward_json_put_i64(j, "y", n->y);
	ward_json_put_i64(j, "w", WARD_GRAPH_WIDE);
	ward_json_put_i64(j, "h", WARD_GRAPH_HIGH);
	ward_json_obj_end(j);
}

static void put_edge(struct ward_json *j, const struct ward_graph *g,
	const struct ward_graph_edge *e, struct ward_lang *lang)
{
	ward_json_obj(j);
	put_id(j, "from", &g->node[e->from]);
	put_id(j, "to", &g->node[e->to]);
	ward_json_put_str(j, "why", ward_lang_text(lang, e->why));
	if (e->group.len)
		ward_json_put_str(j, "group", e->group);
	ward_json_key(j, "points");
	ward_json_arr(j);
	for (size_t i = 0; i < e->n_point; i++) {
		ward_json_arr(j);
		ward_json_i64(j, e->point[i].x);
		ward_json_i64(j, e->point[i].y);
		ward_json_arr_end(j);
	}
	ward_json_arr_end(j);
	ward_json_obj_end(j);
}

void ward_graph_write_json(const struct ward_graph *g, const struct ward_model *m,
	struct ward_lang *lang, struct ward_wr *w)
{
	struct ward_json j = ward_json_on(w);

	ward_json_obj(&j);
	ward_json_put_i64(&j, "width", g->width);
	ward_json_put_i64(&j, "height", g->height);
	ward_json_put_i64(&j, "left_out", (int64_t)g->n_left);
	ward_json_key(&j, "nodes");
	ward_json_arr(&j);
	for (size_t i = 0; i < g->n_node; i++)
		put_node(&j, &g->node[i], m, lang);
	ward_json_arr_end(&j);
	ward_json_key(&j, "edges");
	ward_json_arr(&j);
	for (size_t i = 0; i < g->n_edge; i++)
		put_edge(&j, g, &g->edge[i], lang);
	ward_json_arr_end(&j);
	ward_json_obj_end(&j);
}
