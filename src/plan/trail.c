#include "plan/trail.h"

#include "model/addr.h"
#include "story/record.h"
#include "words/words.h"

#include <stdlib.h>

enum { GAP = 28, PAD = 14, HEAD = 24, ALSO = 512, ADDRESS_TEXT = 46 };

/* ---- steps ---- */

/* The node that this address stands for, or WARD_NONE. */
static uint32_t known(const struct ward_model *m, struct ward_str address)
{
	uint32_t at = ward_model_by_key(m, WARD_KEY_IP, address);

	return at != WARD_NONE ? at : ward_model_by_key(m, WARD_KEY_MAC, address);
}

/* The first network that it is on, WARD_NONE without one. A network is its own. */
static uint32_t network_of(const struct ward_model *m, uint32_t node)
{
	size_t n;
	const struct ward_rel *r = ward_model_in(m, node, &n);

	if (ward_model_node(m, node)->kind == WARD_NODE_NETWORK)
		return node;
	for (size_t i = 0; i < n; i++)
		if (r[i].type == WARD_REL_CONNECTS)
			return r[i].node;
	return WARD_NONE;
}

/* What the sign is on. False: it names nothing. */
static bool place(
	const struct ward_trail_sign *s, const struct ward_model *m, struct ward_trail_step *ret)
{
	uint32_t net = s->node == WARD_NONE ? WARD_NONE : network_of(m, s->node);
	uint32_t host = s->address.len ? known(m, s->address) : WARD_NONE;
	bool of_net = s->node == WARD_NONE || s->node == net;

	*ret = (struct ward_trail_step){.node = s->node,
		.title = s->title,
		.network = net,
		.level = s->level,
		.at = s->at,
		.joins = s->joins};
	if (!s->address.len || !of_net)
		return s->node != WARD_NONE;
	ret->node = host;
	ret->address = host == WARD_NONE ? s->address : WARD_STR("");
	if (net == WARD_NONE)
		ret->network = host == WARD_NONE ? ward_model_network_of(m, s->address)
						 : network_of(m, host);
	return true;
}

static bool is_same(const struct ward_trail_step *a, const struct ward_trail_step *b)
{
	return a->node == b->node && ward_str_eq(a->address, b->address);
}

/* Of the network as such: it says which host only where an address is. */
static bool is_network(const struct ward_trail_step *s)
{
	return s->node != WARD_NONE && s->node == s->network;
}

static bool has(const struct ward_trail_step *s, uint32_t node)
{
	for (size_t i = 0; i < s->n_also; i++)
		if (s->also[i] == node)
			return true;
	return false;
}

/* The step that tells of it already, or NULL. */
static struct ward_trail_step *told(struct ward_trail *t, const struct ward_trail_step *s)
{
	for (size_t i = 0; i < t->n_step; i++) {
		struct ward_trail_step *x = &t->step[i];

		if (is_same(x, s) || (s->node != WARD_NONE && has(x, s->node)))
			return x;
		if (is_network(s) && x->address.len && x->network == s->network)
			return x;
	}
	return NULL;
}

static enum ward_err add(
	struct ward_trail *t, struct ward_arena *a, const struct ward_trail_step *s)
{
	struct ward_trail_step *last = t->n_step ? &t->step[t->n_step - 1] : NULL, *of = told(t, s);

	if (of) {
		of->level = s->level > of->level ? s->level : of->level;
		return WARD_OK;
	}
	if (last && s->node != WARD_NONE && last->node != WARD_NONE &&
		last->network == s->network && ward_str_eq(last->title, s->title)) {
		if (!last->also)
			last->also = ward_arena_array(a, ALSO, sizeof(*last->also));
		if (!last->also)
			return WARD_ERR_NOMEM;
		last->level = s->level > last->level ? s->level : last->level;
		if (last->n_also < ALSO)
			last->also[last->n_also++] = s->node;
		else
			t->n_left++;
		return WARD_OK;
	}
	if (t->n_step < WARD_TRAIL_STEPS)
		t->step[t->n_step++] = *s;
	else
		t->n_left++;
	return WARD_OK;
}

static int by_time(const void *va, const void *vb)
{
	const struct ward_trail_step *a = va, *b = vb;

	if (a->at != b->at)
		return a->at < b->at ? -1 : 1;
	if (a->joins != b->joins)
		return a->joins ? 1 : -1;
	if (a->node != b->node)
		return a->node < b->node ? -1 : 1;
	int c = ward_str_cmp(a->title, b->title);

	return c ? c : ward_str_cmp(a->address, b->address);
}

/* ---- where it lies ---- */

static size_t things_on(const struct ward_model *m, uint32_t network)
{
	size_t n, all = 0;
	const struct ward_rel *r = ward_model_out(m, network, &n);

	for (size_t i = 0; i < n; i++)
		all += r[i].type == WARD_REL_CONNECTS;
	return all;
}

static uint32_t lane_of(struct ward_trail *t, const struct ward_model *m, uint32_t network)
{
	for (size_t i = 0; i < t->n_lane; i++)
		if (t->lane[i].network == network)
			return (uint32_t)i;
	t->lane[t->n_lane] = (struct ward_trail_lane){
		.network = network, .n_other = network == WARD_NONE ? 0 : things_on(m, network)};
	return (uint32_t)t->n_lane++;
}

/* A column a step, so that each leads to the right; a row a lane. */
static void lay(struct ward_trail *t, const struct ward_model *m)
{
	const int32_t row = HEAD + WARD_TRAIL_HIGH + 2 * PAD;

	for (size_t i = 0; i < t->n_step; i++)
		if (t->step[i].network == WARD_NONE) {
			(void)lane_of(t, m, WARD_NONE);
			break;
		}
	for (size_t i = 0; i < t->n_step; i++) {
		struct ward_trail_step *s = &t->step[i];

		s->lane = lane_of(t, m, s->network);
		s->x = PAD + (int32_t)i * (WARD_TRAIL_WIDE + GAP);
		s->y = (int32_t)s->lane * (row + PAD) + HEAD + PAD;
		struct ward_trail_lane *l = &t->lane[s->lane];
		size_t of = s->node != WARD_NONE && !is_network(s) ? 1 + s->n_also : 0;

		l->n_other -= l->n_other < of ? l->n_other : of;
	}
	for (size_t i = 0; i < t->n_lane; i++) {
		t->lane[i].y = (int32_t)i * (row + PAD);
		t->lane[i].high = row;
	}
	t->width = t->n_step ? 2 * PAD - GAP + (int32_t)t->n_step * (WARD_TRAIL_WIDE + GAP) : 0;
	t->height = t->n_lane ? (int32_t)t->n_lane * (row + PAD) - PAD : 0;
}

enum ward_err ward_trail_make(const struct ward_trail_sign *sign, size_t n,
	const struct ward_model *m, struct ward_arena *a, struct ward_trail *ret)
{
	struct ward_trail_step *all = ward_arena_array(a, n, sizeof(*all));
	enum ward_err err = WARD_OK;
	size_t k = 0;

	*ret = (struct ward_trail){
		.step = ward_arena_array(a, WARD_TRAIL_STEPS, sizeof(*ret->step)),
		.lane = ward_arena_array(a, WARD_TRAIL_STEPS + 1, sizeof(*ret->lane))};
	if (!all || !ret->step || !ret->lane)
		return WARD_ERR_NOMEM;
	for (size_t i = 0; i < n; i++)
		k += place(&sign[i], m, &all[k]);
	if (k)
		qsort(all, k, sizeof(*all), by_time);
	for (size_t i = 0; i < k && !err; i++)
		err = add(ret, a, &all[i]);
	if (!err)
		lay(ret, m);
	return err;
}

/* ---- JSON ---- */

static void put_nodes(
	struct ward_json *j, const struct ward_trail_step *s, const struct ward_model *m)
{
	ward_json_key(j, "nodes");
	ward_json_arr(j);
	if (s->node != WARD_NONE)
		ward_json_str(j, ward_model_node(m, s->node)->id);
	for (size_t i = 0; i < s->n_also; i++)
		ward_json_str(j, ward_model_node(m, s->also[i])->id);
	ward_json_arr_end(j);
}

static void put_step(struct ward_json *j, const struct ward_trail *t, size_t i,
	const struct ward_model *m, struct ward_lang *lang)
{
	const struct ward_trail_step *s = &t->step[i];

	ward_json_obj(j);
	ward_json_put_i64(j, "n", (int64_t)i + 1);
	put_nodes(j, s, m);
	ward_json_put_str(j, "name",
		s->node != WARD_NONE
			? ward_model_node(m, s->node)->name
			: ward_lang_text(lang, ward_str_z(WARD_TEXT("Unknown device"))));
	ward_json_put_str(j, "address", s->address);
	ward_json_key(j, "kind");
	ward_json_z(j, s->node == WARD_NONE
			       ? "asset"
			       : ward_node_kind_name(ward_model_node(m, s->node)->kind));
	ward_json_put_str(j, "title", ward_lang_text(lang, s->title));
	ward_json_key(j, "level");
	ward_json_z(j, ward_record_level_name(s->level));
	ward_json_key(j, "at");
	ward_json_time(j, s->at);
	ward_json_put_i64(j, "lane", s->lane);
	ward_json_put_i64(j, "x", s->x);
	ward_json_put_i64(j, "y", s->y);
	ward_json_put_i64(j, "w", WARD_TRAIL_WIDE);
	ward_json_put_i64(j, "h", WARD_TRAIL_HIGH);
	ward_json_obj_end(j);
}

static void put_lane(
	struct ward_json *j, const struct ward_trail_lane *l, const struct ward_model *m)
{
	const struct ward_node *n = l->network == WARD_NONE ? NULL : ward_model_node(m, l->network);

	ward_json_obj(j);
	ward_json_put_str(j, "network", n ? n->id : WARD_STR(""));
	ward_json_put_str(j, "name", n ? n->name : WARD_STR(""));
	ward_json_put_i64(j, "others", (int64_t)l->n_other);
	ward_json_put_i64(j, "y", l->y);
	ward_json_put_i64(j, "h", l->high);
	ward_json_obj_end(j);
}

void ward_trail_write_json(const struct ward_trail *t, const struct ward_model *m,
	struct ward_lang *lang, struct ward_wr *w)
{
	struct ward_json j = ward_json_on(w);

	ward_json_obj(&j);
	ward_json_put_i64(&j, "width", t->width);
	ward_json_put_i64(&j, "height", t->height);
	ward_json_put_i64(&j, "left_out", (int64_t)t->n_left);
	ward_json_key(&j, "lanes");
	ward_json_arr(&j);
	for (size_t i = 0; i < t->n_lane; i++)
		put_lane(&j, &t->lane[i], m);
	ward_json_arr_end(&j);
	ward_json_key(&j, "steps");
	ward_json_arr(&j);
	for (size_t i = 0; i < t->n_step; i++)
		put_step(&j, t, i, m, lang);
	ward_json_arr_end(&j);
	ward_json_obj_end(&j);
}
